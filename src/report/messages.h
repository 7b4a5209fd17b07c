/* messages: every word of the reports that is meant for people, in every language. One line holds a message in all of
 * them, so that none can be missing; the conversions (%s) of a line are the same, in the same order. */
#ifndef MBP_REPORT_MESSAGES_H
#define MBP_REPORT_MESSAGES_H

#include "mbplant/plant/interlock.h"
#include "mbplant/report/words.h"

// clang-format off
/* M(ID, English, French) */
#define MBP_MESSAGES(M) \
    /* events */ \
    M(UNIT, "unit %u", "unité %u") \
    M(MACHINE_OF_UNIT, "machine %u of unit %u", "machine %u de l'unité %u") \
    M(SENSOR_OF_UNIT, "sensor %u of unit %u", "capteur %u de l'unité %u") \
    M(LIMIT, "limit", "limite") \
    M(RATE_OF_CHANGE, "Rate of change", "Variation trop rapide") \
    M(CONDITION, "Alarm", "Alarme") \
    M(BAD_QUALITY, "Bad quality", "Mesure douteuse") \
    M(WITH_LIMIT, " (limit %s)", " (limite %s)") \
    M(PER_TIME, "%s per %s", "%s par %s") \
    M(CONDITION_CLEARED, " cleared", ", retour à la normale") \
    M(CLEARED, " cleared:", ", retour à la normale :") \
    M(ACKNOWLEDGED, " acknowledged", ", acquittement") \
    M(RESET, " reset", ", réarmement") \
    M(STILL_THERE, ", acknowledged and still there", ", acquittée et toujours présente") \
    M(CHATTERS, ": it comes too often", " : elle bat") \
    M(CALM, ": it has calmed down", " : elle ne bat plus") \
    M(CAME_TIMES, ", it came %.0f times meanwhile", ", %.0f apparitions entre-temps") \
    M(EXPRESSION_TRUE, ": as its expression says", " : par son expression") \
    M(EXPRESSION_OVER, ": its expression is FALSE", " : son expression est fausse") \
    M(FOR, " for %s", " pour %s") \
    M(UNTIL_NORMAL, " until it returns to normal", " jusqu'au retour à la normale") \
    M(TIME_OVER, ": its time is over", " : fin du délai") \
    M(IS_NORMAL, ": it has returned to normal", " : retour à la normale") \
    M(NEW_PLANT, ": the plant was changed", " : installation modifiée") \
    M(NOT_PERMITTED, " does not permit it", " ne le permet pas") \
    M(OUT_OF_SERVICE, " alarms taken out of service", ", alarmes mises hors service") \
    M(IN_SERVICE, " alarms back in service", ", alarmes remises en service") \
    M(ONE_OUT_OF_SERVICE, " taken out of service", ", mise hors service") \
    M(ONE_IN_SERVICE, " back in service", ", remise en service") \
    M(STILL_LATCHED, ": its trip is over, but latched: reset it", " : déclenchement terminé mais mémorisé, à réarmer") \
    M(BY_CONDITION, ", by its condition", ", par sa condition") \
    M(AND_PRODUCTS, " and %.0f products", " et %.0f produits") \
    M(BY, " by %s", " par %s") \
    M(COMMA_BY, ", by %s", ", par %s") \
    M(UNKNOWN_STATE, "unknown state", "état inconnu") \
    M(CHANGES, " %s -> %s: ", " %s → %s : ") \
    M(REFUSED, " %s -> %s refused: ", " %s → %s refusé : ") \
    M(COMMANDED, "commanded", "commandé") \
    M(MAINTENANCE_OVER, "planned maintenance is over", "fin de la maintenance prévue") \
    M(A_TRIP_STILL_ACTIVE, "a tripping alarm is still active", "une alarme de déclenchement est encore active") \
    M(STILL_ACTIVE, " still active", ", alarme encore active") \
    M(ASKED_BY, "; asked by %s", " ; demandé par %s") \
    M(NO_TRANSITION, "there is no way from the one to the other", "ce passage n'existe pas") \
    M(RESTORED, "restored", "rétabli") \
    M(CAUSE_NUMBER, "cause %u", "cause %u") \
    M(RELEASED, " released from %s", ", forçage à %s levé") \
    M(FORCED, " forced to %s", " forcé à %s") \
    M(FORCED_ONCE, " forced once to %s", " forcé une fois à %s") \
    M(WAS, " (was %s)", " (au lieu de %s)") \
    M(LIMIT_CHANGED, " limit %s %s -> %s", " seuil %s %s → %s") \
    M(POINT_REFUSED, "%s: %s refused: %s", "%s : %s, refus : %s") \
    M(N_VALUE, "value", "valeur") \
    M(N_COMMAND, "command", "commande") \
    M(N_SETTING, "setting", "réglage") \
    M(N_WRITE, "write", "écriture") \
    M(WHY_RANGE, "outside its range %s..%s%s%s", "hors de l'étendue %s..%s%s%s") \
    M(WHY_MOVED, "%s in automatic moves it", "%s en automatique l'actionne") \
    M(WHY_LOGIC, "its unit's logic moves it", "la logique de son unité l'actionne") \
    M(WHY_LOW_HIGH, "the lowest output would be above the highest", "la sortie la plus basse serait au-dessus de la plus haute") \
    M(WHY_ORDER, "limits rise: low_low < low < high < high_high", "les limites croissent : low_low < low < high < high_high") \
    M(WHY_REJECT, "its values cannot be injected (inject: reject in the plant file)", \
      "ses valeurs ne peuvent être injectées (inject: reject dans le fichier de l'installation)") \
    M(WHY_ACCEPT, "the plant file accepts it only while %s", "le fichier d'installation ne l'accepte que si %s") \
    M(WHY_READ_ONLY, "the point is read only", "le point est en lecture seule") \
    M(TAKES, "it takes %s", "il faut %s") \
    M(NO_RIGHT, "%s is %s; it takes %s to %s", "%s a le rôle %s ; il faut %s pour %s") \
    M(NO_NAME, "it takes %s to %s, and nobody said who asks", "il faut %s pour %s, et personne n'a dit qui demande") \
    M(NO_OPERATOR, "the plant has no operator '%s'; it takes %s to %s", \
      "l'installation n'a pas d'opérateur « %s » ; il faut %s pour %s") \
    M(NO_OPERATOR_BUT, "the plant has no operator '%s' (is it '%s'?); it takes %s to %s", \
      "l'installation n'a pas d'opérateur « %s » (est-ce « %s » ?) ; il faut %s pour %s") \
    M(WRITE, "write of %s to %s %u", "écriture de %s dans %s %u") \
    M(FILE, "file", "fichier") \
    M(DIAGNOSTICS, "diagnostics (function 8), sub-function", "diagnostic (fonction 8), sous-fonction") \
    M(COUNTERS_CLEARED, "counters of function 8 of unit %u cleared (sub-function %u)", \
      "compteurs de la fonction 8 de l'unité %u remis à zéro (sous-fonction %u)") \
    M(WRITE_REFUSED, " of unit %u refused: %s", " de l'unité %u refusée : %s") \
    M(PLANT_CHANGED, "plant changed: %.0f machines and sensors added, removed or changed", \
      "installation modifiée : %.0f machines et capteurs ajoutés, retirés ou modifiés") \
    M(CHANGED, " changed: %s", ", modification : %s") \
    M(REGISTER_MOVED, "; holding register %.0f -> %.0f", " ; registre de maintien %.0f -> %.0f") \
    M(POINT_OF_UNIT, "%s of unit %u", "%s de l'unité %u") \
    M(WRITTEN, " written %s%s%s -> %s%s%s", ", écriture %s%s%s -> %s%s%s") \
    M(POINT_FORCED, " forced %s%s%s -> %s%s%s", ", forçage %s%s%s -> %s%s%s") \
    M(POINT_RELEASED, " released %s%s%s -> %s%s%s", ", forçage levé %s%s%s -> %s%s%s") \
    M(WRITTEN_MORE, ", with %u more writes in between", ", avec %u autres écritures entre-temps") \
    M(WRITTEN_WORDS, ", and %u more of its words", ", et %u autres de ses registres") \
    M(LOGIC_OF_UNIT, "logic %.0f of unit %u", "logique %.0f de l'unité %u") \
    M(DIVISION_BY_ZERO, "division by zero", "division par zéro") \
    M(OUT_OF_RANGE, "out of range", "hors plage") \
    M(UNDEFINED, "a function is not defined there", "une fonction n'y est pas définie") \
    M(NO_VALUE, "something that it reads has no value", "ce qu'elle lit n'a pas de valeur") \
    M(AT_CHARACTER, ": %s at character %u", " : %s au caractère %u") \
    M(WRITES_AGGREGATED, "%.0f more of '%s' like the one before", "%.0f autres « %s » comme le précédent") \
    M(BY_SCANS, " by %s scans", " de %s cycles") \
    M(TIMES_REAL, " %s -> %s times real time", " %s -> %s fois le temps réel") \
    M(AS_AFTER_SCAN, ": the plant is as it was after scan %u", " : l'installation est comme après le cycle %u") \
    M(TO_SEED, " to %llu", " : %llu") \
    M(CLOCK_BACK, "wall clock set back by %s s", "horloge retardée de %s s") \
    M(CLOCK_FORWARD, "wall clock set forward by %s s", "horloge avancée de %s s") \
    M(MORE_LIKE_IT, ", and %u more like it", ", et %u autres semblables") \
    M(OR_ABOVE, " or above", " ou plus") \
    M(JOURNAL_RECOVERED, "journal is written again", "le journal est de nouveau écrit") \
    M(JOURNAL_REFUSED, "journal cannot be written", "le journal ne peut être écrit") \
    M(JOURNAL_OVERRUN, "journal overrun", "le journal a débordé") \
    M(JOURNAL_TROUBLE, "journal trouble", "incident du journal") \
    M(EVENTS_LOST, "; %.0f events lost", " ; %.0f événements perdus") \
    M(EVENT_NUMBER, "event %u", "événement %u") \
    M(COLON, ": %s", " : %s") \
    M(FIELD_VALUE, ", value %s", ", valeur %s") \
    M(FIELD_LIMIT, ", limit or old value %s", ", limite ou ancienne valeur %s") \
    M(FIELD_DETAIL, ", detail %u", ", détail %u") \
    M(AFTER_HOURS, " after %.1f running hours", " après %.1f heures de marche") \
    M(MADE_SO_FAR, ": %u good and %.0f rejected so far", " : %u bonnes et %.0f rebutées jusqu'ici") \
    M(NOTE, "note", "remarque") \
    M(CAUSE_OF, "cause of incident %u", "cause de l'incident %u") \
    M(OF_INCIDENT, " on incident %u", " sur l'incident %u") \
    M(WORK_OPENED, "%s work opened", "intervention %s ouverte") \
    M(WORK_STARTED, "work %u started", "intervention %u commencée") \
    M(WORK_DONE, "work %u done", "intervention %u terminée") \
    M(WORK_CANCELLED, "work %u cancelled", "intervention %u annulée") \
    M(CORRECTIVE, "corrective", "corrective") \
    M(PREVENTIVE, "preventive", "préventive") \
    M(TO_TAKE, ", to take %s", ", durée prévue %s") \
    M(DUE_IN, ", due in %s", ", échéance dans %s") \
    M(DUE_AFTER_RUNNING, ", due at %s of running", ", échéance à %s de marche") \
    M(DUE_BY_CONDITION, ", due by condition", ", échéance selon une condition") \
    M(DUE_AFTER_PRODUCTS, ", due at %s products", ", échéance à %s produits") \
    M(OFF, "off", "aucune") \
    /* titles */ \
    M(T_INCIDENTS, "Incidents", "Incidents") \
    M(T_CAUSES, "Down time by cause", "Arrêts par cause") \
    M(T_WORK, "Maintenance work", "Interventions de maintenance") \
    M(WORK_TO_DO, "Work", "Interventions") \
    M(T_TARGETS, "Alarms against targets", "Alarmes et objectifs") \
    M(T_DISTRIBUTION, "Alarms in ten minutes", "Alarmes par dix minutes") \
    M(T_NOW, "Now", "À présent") \
    M(T_OEE, "Production and OEE", "Production et TRS") \
    M(T_LINE, "Line", "Ligne") \
    M(C_INCIDENTS, "INCIDENTS", "INCIDENTS") \
    M(C_CUMULATED, "CUMULATED", "CUMUL") \
    M(C_FIGURE, "FIGURE", "INDICATEUR") \
    M(C_TARGET, "TARGET", "OBJECTIF") \
    M(C_VERDICT, "VERDICT", "RÉSULTAT") \
    M(C_IN_TEN, "ALARMS", "ALARMES") \
    M(C_WINDOWS, "TEN MINUTES", "TRANCHES DE 10 MIN") \
    M(W_MET, "met", "atteint") \
    M(W_MISSED, "missed", "dépassé") \
    M(W_PER_DAY, "alarms a day", "alarmes par jour") \
    M(W_PER_TEN, "alarms in ten minutes, on average", "alarmes par dix minutes, en moyenne") \
    M(W_PEAK_TEN, "alarms in the worst ten minutes", "alarmes dans les dix pires minutes") \
    M(W_OVER_TEN, "ten minutes with more than 10 alarms", "tranches de dix minutes à plus de 10 alarmes") \
    M(W_FLOODED, "time in flood", "temps en avalanche") \
    M(W_TOP_TEN, "share of the ten most frequent alarms", "part des dix alarmes les plus fréquentes") \
    M(W_CHATTERING, "chattering alarms", "alarmes battantes") \
    M(W_STALE_ONES, "stale alarms (more than 24 h)", "alarmes permanentes (plus de 24 h)") \
    M(W_PRIORITY_OF, "priority %s", "priorité %s") \
    M(L_TARGETS, "targets of ISA-18.2 and EEMUA 191 for one operator; the shares of priorities are told, not judged", \
      "objectifs d'ISA-18.2 et d'EEMUA 191 pour un opérateur ; les parts des priorités sont données sans jugement") \
    M(L_WORK, "%u done, %u to be done or under way, %u overdue", "terminées : %u, ouvertes ou en cours : %u, en retard : %u") \
    M(L_LINE, "%s while no machine is down (machines in a row: one that is down stops all)", \
      "%s sans machine à l'arrêt (machines en série : une seule à l'arrêt arrête tout)") \
    M(L_TO, "%s to %s", "du %s au %s") \
    M(NONE_M, "None.", "Aucun.") \
    M(NO_INCIDENTS, "no incidents", "aucun incident") \
    M(NO_WORK, "no work", "aucune intervention") \
    M(COLUMNS_LEFT_OUT, "columns without room: %zu; a wider terminal or a pipe shows them\n", \
      "colonnes sans place : %zu ; un terminal plus large ou une redirection les montre\n") \
    M(NO_OPEN_WORK, "no work is open; --all lists what was done", "aucune intervention ouverte ; --all donne celles qui sont terminées") \
    M(INCIDENT_OF, "Incident %u: %s", "Incident %u : %s") \
    M(W_OPEN, "open", "ouverte") \
    M(W_STARTED, "started", "en cours") \
    M(W_DONE, "done", "terminée") \
    M(W_CANCELLED, "cancelled", "annulée") \
    M(W_OVERDUE, "overdue", "en retard") \
    M(W_MACHINE_REMOVED, "machine removed", "machine retirée") \
    M(W_AGO, "%s ago", "il y a %s") \
    M(W_LASTS, "lasts", "en cours") \
    M(C_NUMBER, "NUMBER", "NUMÉRO") \
    M(C_TO, "TO", "FIN") \
    M(C_FIRST_OUT, "FIRST OUT", "PREMIER DÉFAUT") \
    M(C_OPENED, "OPENED", "OUVERTE LE") \
    M(C_REAL, "REAL", "RÉELLE") \
    M(C_WHO, "WHO", "PAR") \
    M(C_WHAT, "WHAT", "OBJET") \
    M(C_RESULT, "RESULT", "RÉSULTAT") \
    M(T_FROM, "from", "début") \
    M(T_TO, "to", "fin") \
    M(T_FIRST_OUT, "first out", "premier défaut") \
    M(T_DOWN, "down", "arrêt") \
    M(T_OF_IT_MAINTENANCE, "in maintenance", "dont maintenance") \
    M(T_ACKNOWLEDGED, "acknowledged", "acquittement") \
    M(T_CAUSE, "cause", "cause") \
    M(T_PLANT, "Plant", "Installation") \
    M(T_MADE, "Made", "Établi le") \
    M(T_MACHINES, "Machines", "Machines") \
    M(T_ALARMS, "Alarms", "Alarmes") \
    M(T_ALARM_TEXTS, "What the alarms mean", "Signification des alarmes") \
    M(T_ACTUATORS, "Actuators", "Actionneurs") \
    M(T_CONTROLLERS, "Controllers", "Régulateurs") \
    M(T_INCIDENT, "Last incident", "Dernier incident") \
    M(T_PRODUCTION, "Production", "Production") \
    M(T_SCANS, "Scans", "Cycles") \
    M(T_JOURNAL, "Journal", "Journal") \
    M(T_REPORT, "Report", "Rapport") \
    M(T_COUNTERS, "Since the start", "Depuis la mise en service") \
    M(T_PERIOD, "Period", "Période") \
    M(T_IN_SHORT, "In short", "En bref") \
    M(T_FIGURES, "Availability of machines", "Disponibilité des machines") \
    M(T_PERIOD_ALARMS, "Alarms of the period", "Alarmes de la période") \
    M(T_ACTORS, "Worst alarms", "Alarmes les plus fréquentes") \
    M(T_FLOODS, "Alarm floods", "Avalanches d'alarmes") \
    M(T_MAINTENANCE, "Maintenance", "Maintenance") \
    M(T_RAISED, "Raised", "Apparues") \
    M(T_RATE, "Rate", "Fréquence") \
    M(T_PEAK, "Peak", "Pointe") \
    M(T_FLOOD, "Floods", "Avalanches") \
    M(T_CHATTERING, "Chattering", "Battantes") \
    M(T_STALE, "Stale", "Permanentes") \
    M(T_ANSWER, "Acknowledged", "Acquittées") \
    M(T_SHELVED, "Shelved", "Mises de côté") \
    M(T_AVAILABILITY, "Availability", "Disponibilité") \
    M(T_TIMELINE, "States over time", "États au fil du temps") \
    M(T_ALARM_CHART, "Alarms over time", "Alarmes au fil du temps") \
    M(T_MADE_WITH, "Made with mbplantctl %s", "Établi avec mbplantctl %s") \
    /* lines */ \
    M(L_MACHINES, "%zu machine%s: %u en_service, %u en_panne, %u maintenance; %u sensor%s", \
      "%zu machine%s : %u en service, %u en panne, %u en maintenance ; %u capteur%s") \
    M(L_ALARMS, "%u active, %u unacknowledged", "actives : %u, non acquittées : %u") \
    M(L_ALARMS_ACTIVE, "%u active", "actives : %u") \
    M(L_ALARMS_UNTOLD, "no address shows them", "aucune adresse ne les montre") \
    M(L_NO_INCIDENT, "none in the journal", "aucun dans le journal") \
    M(L_INCIDENT, "%s  %s (event %u)", "%s  %s (événement %u)") \
    M(L_NOTHING_YET, "nothing yet", "rien encore") \
    M(L_PRODUCTION, "%s good, %s reject (%s good)", "%s bonnes, %s rebutées (%s bonnes)") \
    M(L_SCANS, "%u done, %u late; simulated time %s", "%u effectués, %u en retard ; temps simulé %s") \
    M(L_JOURNAL, "%s%u events wait to be stored: what they tell is not in this report; %u events are lost", \
      "%s%u événements attendent d'être enregistrés : ce rapport n'en tient pas compte ; %u événements perdus") \
    M(L_JOURNAL_REFUSED, "cannot be written: ", "ne peut être écrit : ") \
    M(L_PERIOD, "%s to %s: %s of the plant's time, %s events", "du %s au %s : %s de temps de fonctionnement, %s événements") \
    M(L_PLANT_CHANGED, "the plant was changed in it, %u times: machines and sensors are those of now, by name, for as " \
      "long as there were any; what was removed is left out", "l'installation y a été modifiée %u fois : machines et " \
      "capteurs sont ceux d'aujourd'hui, par nom, tant qu'ils existaient ; ceux qui ont été supprimés n'y figurent pas") \
    M(L_LOOKED_FROM, "what went on at its beginning was looked for back to event %u: since when it did is not known", \
      "ce qui durait à son début a été cherché jusqu'à l'événement %u : on ne sait depuis quand") \
    M(L_NO_TIME, "no time of the plant lies in it", "elle ne contient aucun temps de l'installation") \
    M(L_RAISED, "%u: %u critical, %u high, %u medium, %u low; %u cleared", \
      "%u ; critiques : %u, hautes : %u, moyennes : %u, basses : %u ; disparues : %u") \
    M(L_RATE, "%s an hour", "%s par heure") \
    M(L_PEAK, "%u in ten minutes, at %s", "%u en dix minutes, le %s") \
    M(L_NONE, "none", "aucune") \
    M(L_FLOODS, "%zu, %s of the time (more than 10 in ten minutes)", "%zu, %s du temps (plus de 10 en dix minutes)") \
    M(L_CHATTERING, "%u (three times or more in a minute)", "%u (trois fois ou plus en une minute)") \
    M(L_STALE, "%u (active for more than 24 h)", "%u (actives depuis plus de 24 h)") \
    M(L_ANSWER, "%u, after %s on average; %u waiting", "%u, après %s en moyenne ; %u en attente") \
    M(L_ANSWER_UNKNOWN, "%u; %u waiting", "%u ; %u en attente") \
    M(L_SHELVED, "%u", "%u") \
    M(L_AVAILABILITY, "%s of all machines together", "%s pour toutes les machines") \
    M(L_ESTIMATED, "~ reckoned from running time: the journal tells no counters near both ends of the period", \
      "~ calculé d'après le temps de marche : le journal ne donne pas de compteurs près des deux bouts de la période") \
    M(L_UNKNOWN_END, "- not known: nothing that is stored tells what it was like at the period's end", \
      "- inconnu : rien d'enregistré ne dit l'état à la fin de la période") \
    M(L_DEFINITIONS, "availability = running / (running + down); a repair is down time, planned maintenance is not; " \
      "OEE = availability x performance x quality (ISO 22400-2)", \
      "disponibilité = marche / (marche + arrêt) ; une réparation est un arrêt, la maintenance prévue n'en est pas un ; " \
      "TRS = disponibilité x performance x qualité (ISO 22400-2)") \
    M(NONE_THERE, "None.", "Aucune.") \
    M(NONE_SHOWN, "No address shows them.", "Aucune adresse ne les montre.") \
    /* columns */ \
    M(C_MACHINE, "MACHINE", "MACHINE") \
    M(C_LABEL, "LABEL", "DÉSIGNATION") \
    M(C_UNIT, "UNIT", "UNITÉ") \
    M(C_STATE, "STATE", "ÉTAT") \
    M(C_SINCE, "SINCE", "DEPUIS") \
    M(C_FOR, "FOR", "DURÉE") \
    M(C_GOOD, "GOOD", "BONNES") \
    M(C_REJECT, "REJECT", "REBUT") \
    M(C_RUNNING, "RUNNING", "MARCHE") \
    M(C_DOWN, "DOWN", "ARRÊT") \
    M(C_PLANNED, "PLANNED", "PLANIFIÉE") \
    M(C_MAINTENANCE, "MAINTENANCE", "MAINTENANCE") \
    M(C_FAILURES, "FAILURES", "PANNES") \
    M(C_ALARMS, "ALARMS", "ALARMES") \
    M(C_CAUSE, "CAUSE", "CAUSE") \
    M(C_ALARM, "ALARM", "ALARME") \
    M(C_CONSEQUENCE, "CONSEQUENCE", "CONSÉQUENCE") \
    M(C_ACTION, "WHAT TO DO", "CONDUITE À TENIR") \
    M(C_SENSOR, "SENSOR", "CAPTEUR") \
    M(C_DIAGNOSIS, "DIAGNOSIS", "DIAGNOSTIC") \
    M(C_VALUE, "VALUE", "VALEUR") \
    M(C_LIMIT, "LIMIT", "LIMITE") \
    M(C_OF, "OF", "SEUIL") \
    M(C_PRIORITY, "PRIORITY", "PRIORITÉ") \
    M(C_ACTUATOR, "ACTUATOR", "ACTIONNEUR") \
    M(C_KIND, "KIND", "TYPE") \
    M(C_COMMAND, "COMMAND", "COMMANDE") \
    M(C_POSITION, "POSITION", "POSITION") \
    M(C_MOVED_BY, "MOVED BY", "PILOTÉ PAR") \
    M(C_CONTROLLER, "CONTROLLER", "RÉGULATEUR") \
    M(C_MODE, "MODE", "MODE") \
    M(C_INPUT, "INPUT", "MESURE") \
    M(C_SETPOINT, "SETPOINT", "CONSIGNE") \
    M(C_OUTPUT, "OUTPUT", "SORTIE") \
    M(C_MOVES, "MOVES", "AGIT SUR") \
    M(C_AVAILABILITY, "AVAILABILITY", "DISPONIBILITÉ") \
    M(C_TECHNICAL, "TECHNICAL", "DISPO. TECHNIQUE") \
    M(C_MTBF, "MTBF", "MTBF") \
    M(C_MTTR, "MTTR", "MTTR") \
    M(C_PERFORMANCE, "PERFORMANCE", "PERFORMANCE") \
    M(C_QUALITY, "QUALITY", "QUALITÉ") \
    M(C_OEE, "OEE", "TRS") \
    M(C_RAISED, "RAISED", "APPARUES") \
    M(C_SHARE, "SHARE", "PART") \
    M(C_CHATTER, "CHATTER", "BATTEMENTS") \
    M(C_ACTIVE, "ACTIVE", "ACTIVE") \
    M(C_FROM, "FROM", "DÉBUT") \
    M(C_LENGTH, "LENGTH", "DURÉE") \
    M(C_PEAK, "PEAK", "POINTE") \
    M(C_STARTED, "STARTED", "DÉBUTÉES") \
    M(C_DONE, "DONE", "FAITES") \
    M(C_REPAIRS, "REPAIRS", "RÉPARATIONS") \
    M(C_REPAIR_TIME, "REPAIR TIME", "TEMPS DE RÉPARATION") \
    M(C_MAINTENANCE_TIME, "MAINTENANCE", "MAINTENANCE") \
    M(C_EVERY, "EVERY", "PÉRIODICITÉ") \
    M(C_DUE, "DUE IN", "ÉCHÉANCE") \
    /* words in cells */ \
    M(W_DUE, " (due)", " (due)") \
    M(W_NOW, "now", "maintenant") \
    M(W_OR, " or ", " ou ") \
    M(W_PRODUCTS, "%u product%s", "%u produit%s") \
    M(W_STALE, "%s, stale", "%s, permanente") \
    M(W_AS_IS, "%s", "%s") \
    M(W_SHELVED, "shelved", "mise de côté") \
    M(W_ACTIVE_UNACK, "active, unacknowledged", "active, non acquittée") \
    M(W_ACTIVE_ACK, "active, acknowledged", "active, acquittée") \
    M(W_ACTIVE, "active", "active") \
    M(W_BYPASSED, MBP_BYPASS_MESSAGE, "sécurité shuntée") \
    M(W_BYPASSED_SAYS, MBP_BYPASS_MESSAGE ": %s", "sécurité shuntée : %s") \
    M(W_NORMAL, "normal", "normale") \
    M(W_LATCHED_UNACK, "latched, unacknowledged", "mémorisée, non acquittée") \
    M(W_LATCHED_ACK, "latched, acknowledged", "mémorisée, acquittée") \
    M(W_SUPPRESSED, "suppressed", "inhibée") \
    M(W_OUT_OF_SERVICE, "out of service", "hors service") \
    M(W_RETURNED, "returned, unacknowledged", "disparue, non acquittée") \
    M(W_REPAIR, "repair", "réparation") \
    M(W_STOPPED, "plant stopped", "installation à l'arrêt") \
    M(W_DAYS, "d", "j") \
    M(W_DECIMAL, ".", ",") \
    M(W_AT, "%s at %s", "%s à %s") \
    M(W_LOGIC, "logic", "logique") \
    M(W_SCENARIO, "scenario", "scénario") \
    M(W_OTHER_ACTORS, "others", "autres") \
    M(W_PERCENT, "%s %%", "%s %%") \
    M(W_ON, "on", "marche") \
    M(W_OFF, "off", "arrêt") \
    M(W_LOW, "low", "basse") \
    M(W_MEDIUM, "medium", "moyenne") \
    M(W_HIGH, "high", "haute") \
    M(W_CRITICAL, "critical", "critique") \
    M(W_OTHERS, "and %zu more", "et %zu autres") \
    M(W_TARGET, "limit of a flood: 10 in ten minutes", "seuil d'avalanche : 10 en dix minutes") \
    M(W_EACH_BAR, "%s a bar; local time", "%s par barre ; heure locale") \
    M(W_TIMES, "local time", "heure locale")
// clang-format on

enum mbp_message {
#define MBP_MESSAGE_ID(id, en, fr) MSG_##id,
    MBP_MESSAGES(MBP_MESSAGE_ID)
#undef MBP_MESSAGE_ID
        MSG_COUNT
};

/* Static storage. */
const char *mbp_message(enum mbp_lang lang, enum mbp_message id);

/* Static storage. */
const char *mbp_message_exception(enum mbp_lang lang, enum mbp_status exception);

/* An event's kind in words; "" when it has none. */
const char *mbp_message_code(enum mbp_lang lang, uint16_t code);

/* What is different in a changed thing, a set of enum mbp_changed: "limits, signal". Returns buf. 256 bytes suffice. */
const char *mbp_message_changed(enum mbp_lang lang, uint32_t details, char *buf, size_t size);

/* mbp_actuator_text in that language. Returns buf. 64 bytes suffice. */
const char *mbp_message_actuator(enum mbp_lang lang, const struct mbp_actuator *actuator, double position, char *buf,
                                 size_t size);

/* Who did an event, as mbp_names_peer says, with the language's words between name and address. Returns buf. */
const char *mbp_message_peer(enum mbp_lang lang, const struct mbp_names *names, const struct mbp_event *event,
                             char *buf, size_t size);

#endif
