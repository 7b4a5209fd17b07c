/* messages: every word of the reports that is meant for people, in every language. One line holds a message in all of
 * them, so that none can be missing; the conversions (%s) of a line are the same, in the same order. */
#ifndef MBP_REPORT_MESSAGES_H
#define MBP_REPORT_MESSAGES_H

#include "mbplant/report.h"

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
    M(CLEARED, " cleared:", ", retour à la normale :") \
    M(ACKNOWLEDGED, " acknowledged", ", acquittement") \
    M(RESET, " reset", ", réarmement") \
    M(FOR, " for %s", " pour %s") \
    M(UNTIL_NORMAL, " until it returns to normal", " jusqu'au retour à la normale") \
    M(TIME_OVER, ": its time is over", " : fin du délai") \
    M(IS_NORMAL, ": it has returned to normal", " : retour à la normale") \
    M(OUT_OF_SERVICE, " alarms taken out of service", ", alarmes mises hors service") \
    M(IN_SERVICE, " alarms back in service", ", alarmes remises en service") \
    M(STILL_LATCHED, ": its trip is over, but latched: reset it", " : déclenchement terminé mais mémorisé, à réarmer") \
    M(AND_PRODUCTS, " and %.0f products", " et %.0f produits") \
    M(BY, " by %s", " par %s") \
    M(COMMA_BY, ", by %s", ", par %s") \
    M(UNKNOWN_STATE, "unknown state", "état inconnu") \
    M(CHANGES, " %s -> %s: ", " %s -> %s : ") \
    M(REFUSED, " %s -> %s refused: ", " %s -> %s refusé : ") \
    M(COMMANDED, "commanded", "sur commande") \
    M(MAINTENANCE_OVER, "planned maintenance is over", "fin de la maintenance prévue") \
    M(A_TRIP_STILL_ACTIVE, "a tripping alarm is still active", "une alarme de déclenchement est encore active") \
    M(STILL_ACTIVE, " still active", ", alarme encore active") \
    M(ASKED_BY, "; asked by %s", " ; demandé par %s") \
    M(NO_TRANSITION, "there is no way from the one to the other", "ce passage n'existe pas") \
    M(RESTORED, "restored", "rétabli") \
    M(CAUSE_NUMBER, "cause %u", "cause %u") \
    M(RELEASED, " released from %s", ", forçage à %s levé") \
    M(FORCED, " forced to %s", " forcé à %s") \
    M(FORCED_ONCE, " forced once to %s", " forcé une fois à %s") \
    M(WAS, " (was %s)", " (au lieu de %s)") \
    M(LIMIT_CHANGED, " limit %s %s -> %s", " limite %s %s -> %s") \
    M(POINT_REFUSED, "%s: %s refused: %s", "%s : %s, refus : %s") \
    M(N_VALUE, "value", "valeur") \
    M(N_COMMAND, "command", "commande") \
    M(N_SETTING, "setting", "réglage") \
    M(N_WRITE, "write", "écriture") \
    M(WHY_RANGE, "outside its range %s..%s%s%s", "hors de l'étendue %s..%s%s%s") \
    M(WHY_MOVED, "%s in automatic moves it", "%s en automatique l'actionne") \
    M(WHY_LOGIC, "its unit's logic moves it", "la logique de son unité l'actionne") \
    M(WHY_SETTING, "outside what this setting allows", "hors de ce que ce réglage permet") \
    M(WHY_ORDER, "limits rise: low_low < low < high < high_high", "les limites croissent : low_low < low < high < high_high") \
    M(WHY_REJECT, "its values cannot be injected (inject: reject in the plant file)", \
      "ses valeurs ne peuvent être injectées (inject: reject dans le fichier de l'installation)") \
    M(WHY_READ_ONLY, "the point is read only", "le point est en lecture seule") \
    M(WRITE, "write of %s to %s %u", "écriture de %s dans %s %u") \
    M(FILE, "file", "fichier") \
    M(DIAGNOSTICS, "diagnostics (function 8), sub-function", "diagnostic (fonction 8), sous-fonction") \
    M(COUNTERS_CLEARED, "counters of function 8 of unit %u cleared (sub-function %u)", \
      "compteurs de la fonction 8 de l'unité %u remis à zéro (sous-fonction %u)") \
    M(WRITE_REFUSED, " of unit %u refused: %s", " de l'unité %u refusée : %s") \
    M(PLANT_CHANGED, "plant changed: %.0f machines and sensors added, removed or changed", \
      "installation modifiée : %.0f machines et capteurs ajoutés, retirés ou modifiés") \
    M(CHANGED, " changed: %s", ", modification : %s") \
    M(REGISTER_MOVED, "; holding register %.0f -> %.0f", " ; registre de maintien %.0f -> %.0f") \
    M(POINT_OF_UNIT, "%s of unit %u", "%s de l'unité %u") \
    M(WRITTEN, " written %s%s%s -> %s%s%s", ", écriture %s%s%s -> %s%s%s") \
    M(POINT_FORCED, " forced %s%s%s -> %s%s%s", ", forçage %s%s%s -> %s%s%s") \
    M(POINT_RELEASED, " released %s%s%s -> %s%s%s", ", forçage levé %s%s%s -> %s%s%s") \
    M(WRITTEN_MORE, ", with %u more writes in between", ", avec %u autres écritures entre-temps") \
    M(WRITTEN_WORDS, ", and %u more of its words", ", et %u autres de ses mots") \
    M(LOGIC_OF_UNIT, "logic %.0f of unit %u", "logique %.0f de l'unité %u") \
    M(DIVISION_BY_ZERO, "division by zero", "division par zéro") \
    M(OUT_OF_RANGE, "out of range", "hors plage") \
    M(UNDEFINED, "a function is not defined there", "une fonction n'y est pas définie") \
    M(NO_VALUE, "something that it reads has no value", "ce qu'elle lit n'a pas de valeur") \
    M(AT_CHARACTER, ": %s at character %u", " : %s au caractère %u") \
    M(WRITES_AGGREGATED, "%.0f more of '%s' like the one before", "%.0f autres « %s » comme le précédent") \
    M(BY_SCANS, " by %s scans", " de %s cycles") \
    M(TIMES_REAL, " %s -> %s times real time", " %s -> %s fois le temps réel") \
    M(AS_AFTER_SCAN, ": the plant is as it was after scan %u", " : l'installation est comme après le cycle %u") \
    M(CLOCK_BACK, "wall clock set back by %s s", "horloge retardée de %s s") \
    M(CLOCK_FORWARD, "wall clock set forward by %s s", "horloge avancée de %s s") \
    M(MORE_LIKE_IT, ", and %u more like it", ", et %u autres semblables") \
    M(OR_ABOVE, " or above", " ou plus") \
    M(JOURNAL_RECOVERED, "journal is written again", "le journal est de nouveau écrit") \
    M(JOURNAL_REFUSED, "journal cannot be written", "le journal ne peut être écrit") \
    M(JOURNAL_OVERRUN, "journal overrun", "le journal a débordé") \
    M(JOURNAL_TROUBLE, "journal trouble", "incident du journal") \
    M(EVENTS_LOST, "; %.0f events lost", " ; %.0f événements perdus") \
    M(EVENT_NUMBER, "event %u", "événement %u") \
    M(COLON, ": %s", " : %s") \
    M(FIELD_VALUE, ", value %s", ", valeur %s") \
    M(FIELD_LIMIT, ", limit or old value %s", ", limite ou ancienne valeur %s") \
    M(FIELD_DETAIL, ", detail %u", ", détail %u") \
    M(AFTER_HOURS, " after %.1f running hours", " après %.1f heures de marche") \
    M(MADE_SO_FAR, ": %u good and %.0f rejected so far", " : %u bonnes et %.0f rebutées jusqu'ici") \
    M(OFF, "off", "aucune") \
    /* titles */ \
    M(T_PLANT, "Plant", "Installation") \
    M(T_MADE, "Made", "Établi") \
    M(T_MACHINES, "Machines", "Machines") \
    M(T_ALARMS, "Alarms", "Alarmes") \
    M(T_ACTUATORS, "Actuators", "Actionneurs") \
    M(T_CONTROLLERS, "Controllers", "Régulateurs") \
    M(T_INCIDENT, "Last incident", "Dernier incident") \
    M(T_PRODUCTION, "Production", "Production") \
    M(T_SCANS, "Scans", "Cycles") \
    M(T_JOURNAL, "Journal", "Journal") \
    M(T_REPORT, "Report", "Rapport") \
    M(T_COUNTERS, "Since the start", "Depuis la mise en service") \
    M(T_PERIOD, "Period", "Période") \
    M(T_FIGURES, "Availability and OEE", "Disponibilité et TRS") \
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
      "%zu machine%s : %u en_service, %u en_panne, %u maintenance ; %u capteur%s") \
    M(L_ALARMS, "%u active, %u unacknowledged", "actives : %u, non acquittées : %u") \
    M(L_NO_INCIDENT, "none in the journal", "aucun dans le journal") \
    M(L_INCIDENT, "%s  %s (event %u)", "%s  %s (événement %u)") \
    M(L_NOTHING_YET, "nothing yet", "rien encore") \
    M(L_PRODUCTION, "%s good, %s reject (%s good)", "%s bonnes, %s rebutées (%s bonnes)") \
    M(L_SCANS, "%u done, %u late; simulated time %s", "%u effectués, %u en retard ; temps simulé %s") \
    M(L_JOURNAL, "%s%u events wait to be stored: what they tell is not in this report; %u events are lost", \
      "%s%u événements attendent d'être enregistrés : ce rapport n'en tient pas compte ; %u événements perdus") \
    M(L_JOURNAL_REFUSED, "cannot be written: ", "ne peut être écrit : ") \
    M(L_PERIOD, "%s to %s: %s of the plant's time, %s events", "%s à %s : %s de temps de l'installation, %s événements") \
    M(L_PLANT_CHANGED, "the plant was changed in it, %u times: machines and sensors are those of now, by name, for as " \
      "long as there were any; what was removed is left out", "l'installation y a été modifiée %u fois : machines et " \
      "capteurs sont ceux d'aujourd'hui, par nom, tant qu'ils existaient ; ceux qui ont été supprimés n'y figurent pas") \
    M(L_LOOKED_FROM, "what went on at its beginning was looked for back to event %u: since when it did is not known", \
      "ce qui durait à son début a été cherché jusqu'à l'événement %u : on ne sait depuis quand") \
    M(L_NO_TIME, "no time of the plant lies in it", "elle ne contient aucun temps de l'installation") \
    M(L_RAISED, "%u: %u critical, %u high, %u medium, %u low; %u cleared", \
      "%u : %u critiques, %u hautes, %u moyennes, %u basses ; %u disparues") \
    M(L_RATE, "%s an hour", "%s par heure") \
    M(L_PEAK, "%u in ten minutes, at %s", "%u en dix minutes, à %s") \
    M(L_NONE, "none", "aucune") \
    M(L_FLOODS, "%zu, %s of the time (more than 10 in ten minutes)", "%zu, %s du temps (plus de 10 en dix minutes)") \
    M(L_CHATTERING, "%u (three times or more in a minute)", "%u (trois fois ou plus en une minute)") \
    M(L_STALE, "%u (active for more than 24 h)", "%u (actives depuis plus de 24 h)") \
    M(L_ANSWER, "%u, after %s on average; %u waiting", "%u, après %s en moyenne ; %u en attente") \
    M(L_ANSWER_UNKNOWN, "%u; %u waiting", "%u ; %u en attente") \
    M(L_SHELVED, "%u times", "%u fois") \
    M(L_AVAILABILITY, "%s of all machines together", "%s pour toutes les machines") \
    M(L_ESTIMATED, "~ reckoned from running time: the journal tells no counters near both ends of the period", \
      "~ calculé d'après le temps de marche : le journal ne donne pas de compteurs près des deux bouts de la période") \
    M(L_UNKNOWN_END, "- not known: nothing that is stored tells what it was like at the period's end", \
      "- inconnu : rien d'enregistré ne dit l'état à la fin de la période") \
    M(L_DEFINITIONS, "availability = running / (running + down); a repair is down time, planned maintenance is not; " \
      "OEE = availability x performance x quality (ISO 22400-2)", \
      "disponibilité = marche / (marche + arrêt) ; une réparation est un arrêt, la maintenance prévue n'en est pas un ; " \
      "TRS = disponibilité x performance x qualité (ISO 22400-2)") \
    M(NONE_THERE, "None.", "Aucune.") \
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
    M(C_PLANNED, "PLANNED", "PRÉVUE") \
    M(C_MAINTENANCE, "MAINTENANCE", "MAINTENANCE") \
    M(C_FAILURES, "FAILURES", "PANNES") \
    M(C_ALARMS, "ALARMS", "ALARMES") \
    M(C_CAUSE, "CAUSE", "CAUSE") \
    M(C_SENSOR, "SENSOR", "CAPTEUR") \
    M(C_DIAGNOSIS, "DIAGNOSIS", "DIAGNOSTIC") \
    M(C_VALUE, "VALUE", "VALEUR") \
    M(C_LIMIT, "LIMIT", "LIMITE") \
    M(C_OF, "OF", "SEUIL") \
    M(C_PRIORITY, "PRIORITY", "PRIORITÉ") \
    M(C_ACTUATOR, "ACTUATOR", "ACTIONNEUR") \
    M(C_KIND, "KIND", "GENRE") \
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
    M(C_TECHNICAL, "TECHNICAL", "TECHNIQUE") \
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
    M(C_EVERY, "EVERY", "TOUTES LES") \
    M(C_DUE, "DUE IN", "DUE DANS") \
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
    M(W_PERCENT, "%s %%", "%s %%") \
    M(W_LOW, "low", "basse") \
    M(W_MEDIUM, "medium", "moyenne") \
    M(W_HIGH, "high", "haute") \
    M(W_CRITICAL, "critical", "critique") \
    M(W_OTHERS, "and %zu more", "et %zu autres") \
    M(W_TARGET, "limit of a flood: 10 in ten minutes", "seuil d'avalanche : 10 en dix minutes") \
    M(W_EACH_BAR, "%s a bar; times are UTC", "%s par barre ; heures UTC") \
    M(W_TIMES, "times are UTC", "heures UTC")
// clang-format on

enum mbp_message {
#define MBP_MESSAGE_ID(id, en, fr) MSG_##id,
    MBP_MESSAGES(MBP_MESSAGE_ID)
#undef MBP_MESSAGE_ID
        MSG_COUNT
};

/* Static storage. */
const char *mbp_message(enum mbp_lang lang, enum mbp_message id);

/* Words of enums that are prose. Static storage. */
const char *mbp_message_priority(enum mbp_lang lang, enum mbp_priority priority);
const char *mbp_message_exception(enum mbp_lang lang, enum mbp_status exception);

/* An event's kind in words; "" when it has none. */
const char *mbp_message_code(enum mbp_lang lang, uint16_t code);

/* What is different in a changed thing, a set of enum mbp_changed: "limits, signal". Returns buf. 256 bytes suffice. */
const char *mbp_message_changed(enum mbp_lang lang, uint32_t details, char *buf, size_t size);

/* Replaces the decimal points in a text of a number by the language's. Returns text. */
char *mbp_message_decimal(enum mbp_lang lang, char *text);

#endif
