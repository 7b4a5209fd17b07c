/* What HTTP answers in French: a text of web/ beside its French, found by its English, so that the code reads as it
 * speaks. The conversions (%s) of both are the same, in the same order. Names, keys and JSON are the same in all
 * languages. What stands here comes before what the stages say (src/french): some nouns are other words in a sentence.
 */
#include <string.h>
#include <strings.h>

#include "mbplant/base/tr.h"
#include "mbplant/french.h"
#include "web_priv.h"

/* clang-format off */
static const struct mbp_pair spoken[] = {
    {"%s cannot be written", "%s ne peut pas être écrit"},
    {"%s cannot be written; %s can", "%s ne peut pas être écrit ; %s peut l’être"},
    {"%s cannot be written; coils and holding_registers can", "%s ne peut pas être écrit ; coils et holding_registers peuvent l’être"},
    {"%s has a condition: %.160s; one for both is maintenance.when of the plant file", "%s a une condition : %.160s ; une pour les deux se règle par maintenance.when du fichier de l’installation"},
    {"%s has no alarms", "%s n’a pas d’alarmes"},
    {"%s is a block of raw registers: write them with POST %s/registers", "%s est un bloc de registres bruts : les écrire par POST %s/registers"},
    {"%s takes a number", "%s attend un nombre"},
    {"%s takes a text", "%s attend un texte"},
    {"%s takes a value; null switches off limits alone", "%s attend une valeur ; null ne désactive que les limites"},
    {"%s: %s is outside what %s can hold: %s..%s", "%s : %s est hors de ce que %s peut contenir : %s..%s"},
    {"%s: it is longer than the plant file allows, which is %s", "%s : c’est plus long que ne le permet le fichier d’installation : %s"},
    {"%s: its unit has no room for a command record; name the sensor", "%s : son unité n’a pas de place pour un bloc de commande ; nommer le capteur"},
    {"%s: its work is due when %s already", "%s : son intervention est déjà due quand %s"},
    {"%s: the map of its unit has no point %s%s%s for that; mbplantd --check tells why", "%s : la table de son unité n’a pas de point %s%s%s pour cela ; mbplantd --check dit pourquoi"},
    {"%s: the text has %zu bytes, %u fit", "%s : le texte a %zu octets, il y a place pour %u"},
    {"%s: it lasts as long as the bypass does; POST .../restore arms the interlock", "%s : elle dure autant que le shuntage ; POST .../restore réarme la sécurité"},
    {"%u streams are open, and there are no more", "%u flux sont ouverts, il n’y en a pas d’autre"},
    {"'%.40s' is no number of an event", "« %.40s » n’est pas le numéro d’un événement"},
    {"'%.80s' is not known: this takes %s", "« %.80s » est inconnu : sont admis %s"},
    {"'%.80s' is not known: this takes no arguments", "« %.80s » est inconnu : aucun argument n’est admis"},
    {"'%s' and 'why' are the same: one of them", "« %s » et « why » disent la même chose : l’un des deux"},
    {"'%s' cannot be '%.40s': it is a time like 3d or 2h", "« %s » ne peut être « %.40s » : c’est une durée comme 3d ou 2h"},
    {"'%s' cannot be '%.60s': it is %s", "« %s » ne peut être « %.60s » : c’est %s"},
    {"'%s' cannot be '%.80s': it is one of %s", "« %s » ne peut être « %.80s » : c’est l’un de %s"},
    {"'%s' has no value", "« %s » n’a pas de valeur"},
    {"'%s' is missing: %s", "« %s » manque : %s"},
    {"'%s' is no name for a snapshot: %s", "« %s » n’est pas un nom d’instantané : %s"},
    {"'%s' must be %s", "« %s » doit être %s"},
    {"'%s' must be a number", "« %s » doit être un nombre"},
    {"'%s' must be a number from %.15g to %.15g", "« %s » doit être un nombre de %.15g à %.15g"},
    {"'%s' must be a whole number", "« %s » doit être un nombre entier"},
    {"'%s' must be a whole number from %.15g to %.15g", "« %s » doit être un nombre entier de %.15g à %.15g"},
    {"'%s' must be true or false", "« %s » doit être true ou false"},
    {"'%s' must be true, or a name in quotes", "« %s » doit être true, ou un nom entre guillemets"},
    {"'%s' stands there twice", "« %s » y est deux fois"},
    {"'%s': %s", "« %s » : %s"},
    {"'at' and 'count' end beyond address 65535", "« at » et « count » vont au-delà de l’adresse 65535"},
    {"'at' and 'values' end beyond address 65535", "« at » et « values » vont au-delà de l’adresse 65535"},
    {"'client' cannot be '%.60s': it is an address such as 127.0.0.1", "« client » ne peut être « %.60s » : c’est une adresse comme 127.0.0.1"},
    {"'code' cannot be '%s': it is a word of the journal such as 'alarm raised', its beginning, or its number%s%s%s", "« code » ne peut être « %s » : c’est un mot du journal comme 'alarm raised', son début ou son numéro%s%s%s"},
    {"'for' must be a duration from 1s to 65533s such as 30min, or once", "« for » doit être une durée de 1s à 65533s comme 30min, ou once"},
    {"'from' is after 'to', or after now", "« from » est après « to », ou après maintenant"},
    {"'keys' has more than %u keys", "« keys » a plus de %u clés"},
    {"'keys' is missing: what is to be set", "« keys » manque : ce qu’il faut mettre"},
    {"'seed' must be a whole number from 0 to 18446744073709551615; above 2^53 as a text", "« seed » doit être un nombre entier de 0 à 18446744073709551615 ; au-delà de 2^53 comme texte"},
    {"'select' is longer than 255 bytes", "« select » dépasse 255 octets"},
    {"'since' is not before 'until'", "« since » n’est pas avant « until »"},
    {"'table' cannot be '%.40s': it is coils or holding_registers", "« table » ne peut être « %.40s » : c’est coils ou holding_registers"},
    {"'table' cannot be '%.40s': it is coils, discrete_inputs, holding_registers or input_registers", "« table » ne peut être « %.40s » : c’est coils, discrete_inputs, holding_registers ou input_registers"},
    {"'topics' are values, alarms, machines and events, with commas between", "« topics » sont values, alarms, machines et events, séparés par des virgules"},
    {"'when' goes alone: such work is preventive, due by its condition, and takes what the plant file says", "« when » va seul : cette intervention est préventive, due par sa condition, et dure ce que dit le fichier de l’installation"},
    {"'where' is missing: the unit's id, of a sensor the machine's name or the unit's id", "« where » manque : le numéro de l’unité ; d’un capteur le nom de la machine ou le numéro de l’unité"},
    {"Content-Length must stand there once, as a number", "Content-Length doit y être une fois, comme nombre"},
    {"Last-Event-ID must be the number of an event", "Last-Event-ID doit être le numéro d’un événement"},
    {"a %s has no body", "un %s n’a pas de corps"},
    {"a body has at most %u bytes", "un corps a au plus %u octets"},
    {"a body is sent with its Content-Length, without Transfer-Encoding", "un corps s’envoie avec son Content-Length, sans Transfer-Encoding"},
    {"a coil takes 0 and 1, not %u", "une bobine prend 0 et 1, pas %u"},
    {"a command has a JSON body, and its Content-Length", "une commande a un corps JSON et son Content-Length"},
    {"a command is JSON: send it with Content-Type: application/json", "une commande est en JSON : l’envoyer avec Content-Type: application/json"},
    {"a plant file that goes over a wire has at most %u bytes", "un fichier d’installation transmis a au plus %u octets"},
    {"a plant of more than %u sensors has no trends", "une installation de plus de %u capteurs n’a pas de courbes"},
    {"a snapshot with a name is asked for alone", "un instantané nommé se demande seul"},
    {"another large body is on its way; again in a moment", "un autre corps long est en route ; réessayer dans un instant"},
    {"another plant file is being looked at; again in a moment", "un autre fichier d’installation est à l’examen ; réessayer dans un instant"},
    {"another site's page has no business with this plant", "la page d’un autre site n’a rien à faire ici"},
    {"another snapshot is being worked on; again in a moment", "un autre instantané est en cours ; réessayer dans un instant"},
    {"at most %u can be written at once", "au plus %u peuvent être écrits à la fois"},
    {"commands are not taken over a network without a token: give the plant file http: {token_file: PATH}", "aucune commande n’est acceptée par le réseau sans jeton : le fichier d’installation doit dire http: {token_file: CHEMIN}"},
    {"commands need the token of http: token_file, as Authorization: Bearer TOKEN", "une commande demande le jeton de http: token_file, par Authorization: Bearer JETON"},
    {"give 'note' or 'cause'", "donner « note » ou « cause »"},
    {"give one of 'due', 'due_running', 'due_products'", "donner l’un de « due », « due_running », « due_products »"},
    {"it takes longer than expected; GET %s/sim says what came of it", "cela prend plus de temps que prévu ; GET %s/sim dit ce qu’il en est"},
    {"it takes longer than expected; mbplantctl plant says what came of it", "cela prend plus de temps que prévu ; mbplantctl plant dit ce qu’il en est"},
    {"mbplantd is stopping", "mbplantd s’arrête"},
    {"no limit is given: low_low, low, high, high_high", "aucune limite n’est donnée : low_low, low, high, high_high"},
    {"no point has a name that '%.80s' of 'select' chooses", "aucun point n’a un nom que « %.80s » de « select » désigne"},
    {"no point has a name that 'select' chooses", "aucun point n’a un nom que « select » désigne"},
    {"no scenario plays on this plant: mbplantd --scenario FILE plays one", "aucun scénario ne se joue ici : mbplantd --scenario FICHIER en joue un"},
    {"no setting is given", "aucun réglage n’est donné"},
    {"no target '%.40s'; there are %s", "pas de cible « %.40s » ; il y a %s"},
    {"not enough memory for a stream", "pas assez de mémoire pour un flux"},
    {"not enough memory for the answer", "pas assez de mémoire pour la réponse"},
    {"not enough memory for the capture", "pas assez de mémoire pour la capture"},
    {"not enough memory for the report", "pas assez de mémoire pour le rapport"},
    {"not enough memory for the trend", "pas assez de mémoire pour la courbe"},
    {"not enough memory to watch the traffic", "pas assez de mémoire pour suivre le trafic"},
    {"other reports are being made; again in a moment", "d’autres rapports sont en cours ; réessayer dans un instant"},
    {"other trends are being read; again in a moment", "d’autres courbes sont en cours de lecture ; réessayer dans un instant"},
    {"remove takes no 'keys'", "remove n’admet pas « keys »"},
    {"say why: 'text' or 'why'", "dire pourquoi : « text » ou « why »"},
    {"so the plant file would be wrong: %.*s", "ainsi, le fichier de l’installation serait erroné : %.*s"},
    {"the access rules do not let this host see the instructor's unit", "les règles d’accès ne laissent pas ce poste voir l’unité de l’instructeur"},
    {"a number of the JSON is too large: a whole one above 9223372036854775807 is said as a text of its digits, to a float with a point or an exponent: 1e19", "un nombre du JSON est trop grand : un entier au-dessus de 9223372036854775807 se donne comme texte de ses chiffres, pour un flottant avec un point ou un exposant : 1e19"},
    {"the body has a NUL (\\u0000), which no text may have", "le corps a un NUL (\\u0000), qu’aucun texte ne peut avoir"},
    {"the body must be one JSON object, no key twice, as in {\"value\": 1}", "le corps doit être un objet JSON, sans clé double, comme {\"value\": 1}"},
    {"the body must be UTF-8, and has bytes that are none: another character set such as Latin-1?", "le corps doit être en UTF-8 et a des octets qui n’en sont pas : un autre jeu de caractères, Latin-1 par exemple ?"},
    {"the file of samples cannot be read (%s): mbplantd's log says why", "le fichier des mesures ne peut être lu (%s) : le journal de mbplantd dit pourquoi"},
    {"the journal cannot be read just now", "le journal ne peut être lu en ce moment"},
    {"the journal cannot be written: events wait in memory", "le journal ne peut être écrit : les événements attendent en mémoire"},
    {"the journal cannot store it just now; it will when it can", "le journal ne peut l’enregistrer en ce moment ; il le fera dès que possible"},
    {"the path has characters that none has", "le chemin a des caractères qu’aucun n’a"},
    {"the plant file's access rules do not admit this host", "les règles d’accès du fichier d’installation n’admettent pas ce poste"},
    {"the plant has no %s '%.60s'", "l’installation n’a pas %s « %.60s »"},
    {"the plant has no %s '%s'%s", "l’installation n’a pas %s « %s »%s"},
    {"the plant has no %s '%s'; did you mean %s%s?%s", "l’installation n’a pas %s « %s » ; vouliez-vous %s%s ?%s"},
    {"the plant has no instructor: it says instructor: true in the plant file", "l’installation n’a pas d’instructeur : il faut instructor: true dans son fichier"},
    {"the plant has no parameter '%s'; %s/parameters lists them", "l’installation n’a pas de paramètre « %s » ; %s/parameters les donne"},
    {"the plant is running, and only a paused one steps", "l’installation est en marche, et seule une installation en pause avance pas à pas"},
    {"the plant has no unit %.0f", "l’installation n’a pas d’unité %.0f"},
    {"there is no %s %u", "il n’y a pas %s %u"},
    {"there is no incident %u", "il n’y a pas d’incident %u"},
    {"there is no incident '%.40s'", "il n’y a pas d’incident « %.40s »"},
    {"there is no memory for the request's body; ask again", "pas assez de mémoire pour le corps de la requête ; réessayer"},
    {"there is nothing at this path; %s/openapi.json lists what there is", "il n’y a rien à ce chemin ; %s/openapi.json donne ce qu’il y a"},
    {"these are too many values", "ce sont trop de valeurs"},
    {"this host is reached as localhost or by its address, not by the name that the request has", "ce poste s’appelle localhost ou par son adresse, pas par le nom qu’a la requête"},
    {"this page was not built in", "cette page n’a pas été incluse à la compilation"},
    {"this path takes %s", "ce chemin admet %s"},
    {"this token is %s's: nobody else speaks with it", "ce jeton est celui de %s : nul autre ne parle avec lui"},
    {"too many comments came since the last scan; again in a moment", "trop de commentaires depuis le dernier cycle ; réessayer dans un instant"},
    {"cancelled", "annulée"},
    {"done", "terminée"},
    {"started", "commencée"},
    {"work %u is %s already", "l’intervention %u est déjà %s"},
    {"work %u is %s already, by %s", "l’intervention %u est déjà %s, par %s"},
    {"machine", "de machine"},
    {"sensor", "de capteur"},
    {"actuator", "d’actionneur"},
    {"controller", "de régulateur"},
    {"alarm", "d’alarme"},
    {"point", "de point"},
    {"fault", "de défaut"},
    {"incident", "d’incident"},
    {"work", "d’intervention"},
    {"; " WEB_API "/map lists them", " ; " WEB_API "/map les donne"},
    {": alarms are SENSOR.low_low, .low, .high, .high_high, ...; a sensor's name means all of its alarms", " : les alarmes sont CAPTEUR.low_low, .low, .high, .high_high, ... ; le nom d’un capteur les désigne toutes"},
    {"an array of whole numbers from 0 to 65535", "une liste de nombres entiers de 0 à 65535"},
    {"a number, a text or a bool", "un nombre, un texte ou un booléen"},
    {"an object of texts, as in {\"max\": \"90\"}", "un objet de textes, comme {\"max\": \"90\"}"},
    {"the access rules do not let this host write there", "les règles d’accès ne laissent pas ce poste écrire là"},
    {"there is no such address, or it cannot be written", "cette adresse n’existe pas, ou ne peut être écrite"},
    {"this quantity or value is not taken", "cette quantité ou cette valeur n’est pas admise"},
    {"this value is not allowed there", "cette valeur n’y est pas permise"},
    {"the plant is busy; again in a moment", "l’installation est occupée ; réessayer dans un instant"},
    {"the plant refused", "l’installation a refusé"},
    {"the request was not applied; the journal says why", "la demande n’a pas été appliquée ; le journal dit pourquoi"},
    {"refused", "refusé"},
};
/* clang-format on */

static const char *french_of(const char *english)
{
    for (size_t i = 0; i < COUNT_OF(spoken); i++) {
        if (strcmp(spoken[i].english, english) == 0)
            return spoken[i].french;
    }
    return mbp_french(english);
}

const char *web_tr(const struct web_call *call, const char *english)
{
    return call->lang == MBP_LANG_FR ? french_of(english) : english;
}

const char *web_tr_made(const struct web_call *call, const char *text, char *buf, size_t size)
{
    return call->lang == MBP_LANG_FR ? mbp_french_sent(text, buf, size) : text;
}

void web_speak(const struct web_call *call)
{
    mbp_tr_use(call != NULL && call->lang == MBP_LANG_FR ? mbp_french : NULL);
}

/* ---- which language ---------------------------------------------------------------------------------------------- */

/* Of one part of Accept-Language ("fr-CH;q=0.9"), in thousandths. */
static unsigned weight_of(const char *part, size_t len)
{
    unsigned weight = 1000;
    const char *q = memmem(part, len, "q=", 2);
    if (q == NULL)
        return weight;
    weight = q[2] == '1' ? 1000 : 0;
    unsigned unit = 100;
    for (const char *at = q + 4; q[2] == '0' && q[3] == '.' && at < part + len && *at >= '0' && *at <= '9'; at++) {
        weight += unit * (unsigned)(*at - '0');
        unit /= 10;
    }
    return weight;
}

enum mbp_lang web_lang_wanted(const char *accepted)
{
    enum mbp_lang wanted = MBP_LANG_EN;
    unsigned best = 0;
    while (accepted != NULL && *accepted != '\0') {
        accepted += strspn(accepted, " \t,");
        size_t len = strcspn(accepted, ",");
        size_t tag = strcspn(accepted, ",;- \t");
        unsigned weight = weight_of(accepted, len);
        for (unsigned i = 0; i < MBP_LANG_COUNT && weight > best; i++) {
            const char *name = mbp_lang_name((enum mbp_lang)i);
            if (tag != strlen(name) || strncasecmp(accepted, name, tag) != 0)
                continue;
            wanted = (enum mbp_lang)i;
            best = weight;
        }
        accepted += len;
    }
    return wanted;
}
