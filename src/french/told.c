/* What stages tell of what was asked: results of commands (src/map/deeds.c), statuses (src/base/status.c), points that
 * moved (src/change). */
#include "tables.h"

/* clang-format off */
static const struct mbp_pair rows[] = {
    {"a sensor", "un capteur"},
    {"it is empty", "il est vide"},
    {"out of memory", "mémoire insuffisante"},
    {"an actuator", "un actionneur"},
    {"illegal function", "fonction non admise"},
    {"illegal data address", "adresse non admise"},
    {"illegal data value", "valeur non admise"},
    {"server device failure", "défaillance de l’esclave"},
    {"server device busy", "esclave occupé"},
    {"negative acknowledge", "requête rejetée"},
    {"memory parity error", "erreur de parité mémoire"},
    {"gateway path unavailable", "passerelle sans chemin"},
    {"gateway target device failed to respond", "aucune réponse derrière la passerelle"},
    {"the operating system refused", "le système a refusé"},
    {"not in the expected format", "pas dans la forme attendue"},
    {"outside the allowed range", "hors des limites permises"},
    {"there is no such thing", "cela n’existe pas"},
    {"held by another program", "tenu par un autre programme"},
    {"stored data is damaged", "les données enregistrées sont abîmées"},
    {"stored data is of a later version", "les données enregistrées sont d’une version plus récente"},
    {"no room", "pas de place"},
    {"nothing was asked yet", "rien n’a encore été demandé"},
    {"it waits for the next scan", "cela attend le prochain cycle"},
    {"nothing of that number has alarms", "rien de ce numéro n’a d’alarmes"},
    {"it has no such alarm", "il n’a pas cette alarme"},
    {"there is no such command", "cette commande n’existe pas"},
    {"it is longer than the plant file allows", "c’est plus long que ne le permet le fichier d’installation"},
    {"the operator has not the right", "l’opérateur n’en a pas le droit"},
    {"the plant has no operator of that number", "l’installation n’a pas d’opérateur de ce numéro"},
    {"it is no interlock", "ce n’est pas une sécurité"},
    {"too many commands wait for the next scan", "trop de commandes attendent le prochain cycle"},
    {"not enough memory", "mémoire insuffisante"},
    {"it was so already", "c’était déjà ainsi"},
    {", by ", ", par "},
    {"; did you mean '", " ; vouliez-vous « "},
    {"'?", " » ?"},
    {"it must have 1 to %zu bytes, and has %zu", "il doit avoir de 1 à %zu octets, et en a %zu"},
    {"byte %zu is no UTF-8", "l’octet %zu n’est pas de l’UTF-8"},
    {"byte %zu begins a control character, U+%04X", "l’octet %zu commence un caractère de commande, U+%04X"},
    {"it is too long", "il est trop long"},
    {"it is no UTF-8", "il n’est pas en UTF-8"},
    {"it has something else than letters, digits, _ - . and spaces", "il a autre chose que lettres, chiffres, _ - . et espaces"},
    {"it begins with - or . or a space, or ends with a space", "il commence par - ou . ou une espace, ou finit par une espace"},

    /* what both programs say */
    {"%s: the plant file does not let it be bypassed", "%s : le fichier de l’installation ne permet pas de la shunter"},
    {"work %u is the machine's stay in maintenance: it ends with its return to service", "l’intervention %u est le séjour de la machine en maintenance : elle finit avec sa remise en service"},
    {"an event number from 1, a time (2026-11-24, 2026-11-24T08:00, 08:00, with Z or +01:00 for another zone than the local one), a time ago (2h), today, yesterday or now", "un numéro d’événement à partir de 1, une heure (2026-11-24, 2026-11-24T08:00, 08:00, avec Z ou +01:00 pour un autre fuseau que celui d’ici), une durée passée (2h), today, yesterday ou now"},
    {"a text", "un texte"},
    {"machine", "machine"},
    {"sensor", "capteur"},
};
/* clang-format on */

const struct french_table french_told = FRENCH_TABLE(rows);
