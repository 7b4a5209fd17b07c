/* What a slave sends as a text: what became of a plant file that was put (src/daemon/reload.c, src/plant/local.c), of
 * snapshots (src/daemon/snapshots.c). On the wire it is English; who reads it finds the French by its form. */
#include "tables.h"

/* clang-format off */
static const struct mbp_pair rows[] = {
    /* a plant file */
    {"a scenario plays on the running plant, and is for that one: it can be changed when the scenario has ended", "un scénario se joue sur l’installation en marche, et il est pour elle : elle pourra être changée quand il sera fini"},
    {"not enough memory for the change", "pas assez de mémoire pour le changement"},
    {"the journal cannot be written and has no room for the change", "le journal ne peut être écrit et n’a pas de place pour le changement"},
    {"not enough memory for this plant", "pas assez de mémoire pour cette installation"},
    {"no memory or thread to read it", "pas de mémoire ou de fil d’exécution pour le lire"},
    {"%s: not enough memory for this plant", "%s : pas assez de mémoire pour cette installation"},
    {"the plant file's 'listen' is now %s: mbplantd stays at %s until it is restarted", "« listen » du fichier d’installation est maintenant %s : mbplantd reste à %s jusqu’à son redémarrage"},
    {"the plant file's 'mqtt' is another one: mbplantd stays with the broker that it has until it is restarted", "« mqtt » du fichier d’installation est un autre : mbplantd garde son courtier jusqu’à son redémarrage"},
    {"the plant has no instructor any more: plant put, and sim, end with this one", "l’installation n’a plus d’instructeur : plant put et sim finissent avec celle-ci"},
    {"nothing is staged: write the new plant file to files 900.. of this unit first", "rien n’est déposé : écrire d’abord le nouveau fichier d’installation dans les fichiers 900.. de cette unité"},
    {"the staged text's length, its first two registers, is beyond what files 900.. hold", "la longueur du texte déposé, ses deux premiers registres, dépasse ce que contiennent les fichiers 900.."},
    {"another text is staged than the one that is meant: two masters at once? transfer it again", "le texte déposé n’est pas celui qui est voulu : deux maîtres à la fois ? le transférer de nouveau"},
    {"the staged text does not fit its CRC-32: a part of it is missing, or two masters wrote at once; transfer it again", "le texte déposé ne correspond pas à son CRC-32 : il en manque une partie, ou deux maîtres ont écrit à la fois ; le transférer de nouveau"},
    {"so %s on mbplantd's side stays as it is: a restart begins with that", "%s, du côté de mbplantd, reste donc tel quel : un redémarrage commence avec lui"},
    {"the plant runs, but %s on mbplantd's side cannot be replaced (%s): a restart begins with what it was", "l’installation est en marche, mais %s, du côté de mbplantd, ne peut être remplacé (%s) : un redémarrage commence avec l’ancien"},
    {"'%s' of a plant that comes over Modbus is not taken over: what runs keeps its own. Who has the machine changes it in mbplantd's plant file (SIGHUP, or a restart)", "« %s » d’une installation qui vient par Modbus n’est pas repris : celle qui est en marche garde le sien. Qui a la main sur le poste le change dans le fichier d’installation de mbplantd (SIGHUP, ou un redémarrage)"},

    /* points that moved */
    {"%s of unit %u: %u of its points moved to other addresses\n", "%s de l’unité %u : %u de ses points ont changé d’adresse\n"},
    {"%s of unit %u: its value moved from holding register %u (%s) to %u (%s)", "%s de l’unité %u : sa valeur est passée du registre de maintien %u (%s) au %u (%s)"},
    {", and %u of its other points", ", et %u de ses autres points"},
    {"and %u more machines and sensors\n", "et %u autres machines et capteurs\n"},

    /* snapshots with names */
    {"there are %u snapshots: remove some first", "il y a %u instantanés : en supprimer d’abord"},
    {"there is no snapshot '%s'; mbplantctl sim snapshots lists them", "il n’y a pas d’instantané « %s » ; mbplantctl sim snapshots les donne"},
    {"snapshot '%s' is no snapshot", "« %s » n’est pas un instantané"},
    {"snapshot '%s' is of another version of mbplantd", "l’instantané « %s » est d’une autre version de mbplantd"},
    {"snapshot '%s' is of another plant file than the one that runs (of %s): it can be restored where that runs", "l’instantané « %s » est d’un autre fichier d’installation que celui qui est en marche (de %s) : il peut être rétabli là où celui-là est en marche"},
    {"snapshot '%s' is damaged, or a part of it is missing", "l’instantané « %s » est abîmé, ou il en manque une partie"},
    {"snapshot '%s' cannot be written: %s; nothing was changed", "l’instantané « %s » ne peut être écrit : %s ; rien n’a été changé"},
    {"snapshot '%s' cannot be read: %s", "l’instantané « %s » ne peut être lu : %s"},
    {"snapshot '%s' cannot be removed: %s", "l’instantané « %s » ne peut être supprimé : %s"},
};
/* clang-format on */

const struct french_table french_sent = FRENCH_TABLE(rows);
