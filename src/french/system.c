/* What the operating system says (errno as glibc words it), names that do not resolve, libmodbus and the broker's
 * library: their own catalogs are seldom installed. */
#include "tables.h"

/* clang-format off */
static const struct mbp_pair rows[] = {
    {"Operation not permitted", "opération non permise"},
    {"No such file or directory", "aucun fichier ou dossier de ce nom"},
    {"Input/output error", "erreur d’entrée/sortie"},
    {"No such device or address", "aucun périphérique ou adresse de ce nom"},
    {"Permission denied", "permission refusée"},
    {"Device or resource busy", "périphérique ou ressource occupé"},
    {"File exists", "le fichier existe déjà"},
    {"No such device", "aucun périphérique de ce nom"},
    {"Not a directory", "ce n’est pas un dossier"},
    {"Is a directory", "c’est un dossier"},
    {"Invalid argument", "argument non valable"},
    {"Too many open files", "trop de fichiers ouverts"},
    {"Inappropriate ioctl for device", "ce n’est pas une ligne série"},
    {"File too large", "fichier trop grand"},
    {"No space left on device", "plus de place sur le disque"},
    {"Read-only file system", "système de fichiers en lecture seule"},
    {"Broken pipe", "tube rompu"},
    {"File name too long", "nom de fichier trop long"},
    {"Too many levels of symbolic links", "trop de liens symboliques"},
    {"Cannot allocate memory", "mémoire insuffisante"},
    {"Address already in use", "adresse déjà utilisée"},
    {"Cannot assign requested address", "cette adresse n’est pas de ce poste"},
    {"Network is down", "le réseau est arrêté"},
    {"Network is unreachable", "le réseau est inaccessible"},
    {"Connection reset by peer", "connexion coupée par le correspondant"},
    {"Connection timed out", "délai de connexion dépassé"},
    {"Connection refused", "connexion refusée"},
    {"No route to host", "aucune route vers ce poste"},
    {"Name or service not known", "nom ou service inconnu"},
    {"Temporary failure in name resolution", "échec temporaire de la résolution du nom"},
    {"No address associated with hostname", "aucune adresse pour ce nom"},
    {"Invalid data", "données non valables"},
    {"Too many data", "trop de données"},
    {"Response not from requested slave", "la réponse est d’un autre esclave"},
    {"The connection was refused.", "la connexion a été refusée."},
    {"The connection was lost.", "la connexion a été perdue."},
    {"A TLS error occurred.", "erreur de TLS."},
    {"Lookup error.", "le nom ne peut être résolu."},
    {"%s: not enough memory to read it\n", "%s : pas assez de mémoire pour le lire\n"},
    {"it is no regular file", "ce n’est pas un fichier ordinaire"},
    {"it is not below the plant file's folder, or is a link", "il n’est pas sous le dossier du fichier d’installation, ou c’est un lien"},
    {"%s: cannot be read: %s\n", "%s : ne peut être lu : %s\n"},
};
/* clang-format on */

const struct french_table french_system = FRENCH_TABLE(rows);
