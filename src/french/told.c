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
    {"%s of unit %u: %u of its points moved to other addresses\n", "%s de l’unité %u : %u de ses points ont changé d’adresse\n"},
    {"%s of unit %u: its value moved from holding register %u (%s) to %u (%s)", "%s de l’unité %u : sa valeur est passée du registre de maintien %u (%s) au %u (%s)"},
    {", and %u of its other points", ", et %u de ses autres points"},
    {"and %u more machines and sensors\n", "et %u autres machines et capteurs\n"},
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
};
/* clang-format on */

const struct french_table french_told = FRENCH_TABLE(rows);
