/* csv_columns: which column of a register list says what. */
#include "learn/csv_columns.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define HEADING_MAX     80

const char *const csv_role_names[CSV_ROLES] = {
    [CSV_ADDRESS] = "address", [CSV_NAME] = "name",   [CSV_LABEL] = "label", [CSV_TYPE] = "type",
    [CSV_COUNT] = "count",     [CSV_SCALE] = "scale", [CSV_GAIN] = "gain",   [CSV_DECIMALS] = "decimals",
    [CSV_OFFSET] = "offset",   [CSV_ORDER] = "order", [CSV_UNIT] = "unit",   [CSV_ACCESS] = "access",
    [CSV_TABLE] = "table",     [CSV_VALUE] = "value", [CSV_BIT] = "bit",
};

int csv_role_find(const char *word)
{
    for (int r = 0; r < CSV_ROLES; r++) {
        if (strcasecmp(csv_role_names[r], word) == 0)
            return r;
    }
    return -1;
}

/* Headings as vendors write them, the surest first. A heading is one of these, begins with it, or has it as words. */
static const struct {
    enum csv_role role;
    const char *words;
} known[] = {
    {CSV_TABLE, "function code"},
    {CSV_TABLE, "modbus function"},
    {CSV_TABLE, "register type"},
    {CSV_TABLE, "reg type"},
    {CSV_TABLE, "object type"},
    {CSV_TABLE, "function"},
    {CSV_TABLE, "fc"},
    {CSV_TABLE, "func"},
    {CSV_TABLE, "table"},
    {CSV_TABLE, "area"},
    {CSV_TABLE, "memory area"},
    {CSV_TABLE, "code fonction"},
    {CSV_TABLE, "fonction"},
    {CSV_TABLE, "funktionscode"},
    {CSV_TABLE, "funktion"},
    {CSV_TABLE, "tabelle"},
    {CSV_COUNT, "number of registers"},
    {CSV_COUNT, "register count"},
    {CSV_COUNT, "register length"},
    {CSV_COUNT, "no of registers"},
    {CSV_COUNT, "length"},
    {CSV_COUNT, "count"},
    {CSV_COUNT, "size"},
    {CSV_COUNT, "quantity"},
    {CSV_COUNT, "words"},
    {CSV_COUNT, "word count"},
    {CSV_COUNT, "registers"},
    {CSV_COUNT, "len"},
    {CSV_COUNT, "qty"},
    {CSV_COUNT, "bytes"},
    {CSV_COUNT, "bits"},
    {CSV_COUNT, "num"},
    {CSV_COUNT, "nombre de registres"},
    {CSV_COUNT, "nombre de mots"},
    {CSV_COUNT, "nb registres"},
    {CSV_COUNT, "nb mots"},
    {CSV_COUNT, "longueur"},
    {CSV_COUNT, "taille"},
    {CSV_COUNT, "anzahl"},
    {CSV_COUNT, "lange"},
    {CSV_COUNT, "laenge"},
    {CSV_ADDRESS, "start address"},
    {CSV_ADDRESS, "register address"},
    {CSV_ADDRESS, "modbus address"},
    {CSV_ADDRESS, "address"},
    {CSV_ADDRESS, "addr"},
    {CSV_ADDRESS, "adresse"},
    {CSV_ADDRESS, "register number"},
    {CSV_ADDRESS, "register no"},
    {CSV_ADDRESS, "modbus register"},
    {CSV_ADDRESS, "reference"},
    {CSV_TYPE, "data type"},
    {CSV_TYPE, "datatype"},
    {CSV_TYPE, "datentyp"},
    {CSV_TYPE, "type de donnees"},
    {CSV_TYPE, "typ"},
    {CSV_TYPE, "data format"},
    {CSV_TYPE, "value type"},
    {CSV_TYPE, "type"},
    {CSV_TYPE, "format"},
    {CSV_TYPE, "encoding"},
    {CSV_TYPE, "decode"},
    {CSV_NAME, "register name"},
    {CSV_NAME, "signal name"},
    {CSV_NAME, "point name"},
    {CSV_NAME, "tag name"},
    {CSV_NAME, "parameter name"},
    {CSV_NAME, "name"},
    {CSV_NAME, "tag"},
    {CSV_NAME, "parameter"},
    {CSV_NAME, "variable"},
    {CSV_NAME, "signal"},
    {CSV_NAME, "symbol"},
    {CSV_NAME, "point"},
    {CSV_NAME, "item"},
    {CSV_NAME, "bezeichnung"},
    {CSV_NAME, "nom"},
    {CSV_NAME, "mnemonique"},
    {CSV_NAME, "repere"},
    {CSV_LABEL, "description"},
    {CSV_LABEL, "beschreibung"},
    {CSV_LABEL, "label"},
    {CSV_LABEL, "definition"},
    {CSV_LABEL, "comment"},
    {CSV_LABEL, "remark"},
    {CSV_LABEL, "note"},
    {CSV_LABEL, "desc"},
    {CSV_LABEL, "libelle"},
    {CSV_LABEL, "designation"},
    {CSV_LABEL, "commentaire"},
    {CSV_LABEL, "remarque"},
    {CSV_LABEL, "bemerkung"},
    {CSV_LABEL, "kommentar"},
    {CSV_ADDRESS, "register"},
    {CSV_ADDRESS, "registre"},
    {CSV_ADDRESS, "reg"},
    {CSV_SCALE, "scale"},
    {CSV_SCALE, "scale factor"},
    {CSV_SCALE, "scaling"},
    {CSV_SCALE, "factor"},
    {CSV_SCALE, "faktor"},
    {CSV_SCALE, "multiplier"},
    {CSV_SCALE, "resolution"},
    {CSV_SCALE, "coefficient"},
    {CSV_SCALE, "ratio"},
    {CSV_SCALE, "echelle"},
    {CSV_SCALE, "facteur"},
    {CSV_SCALE, "multiplicateur"},
    {CSV_SCALE, "skalierung"},
    {CSV_SCALE, "skalierungsfaktor"},
    {CSV_SCALE, "multiplikator"},
    {CSV_SCALE, "auflosung"},
    {CSV_SCALE, "aufloesung"},
    {CSV_GAIN, "gain"},
    {CSV_GAIN, "divisor"},
    {CSV_GAIN, "divider"},
    {CSV_GAIN, "diviseur"},
    {CSV_GAIN, "teiler"},
    {CSV_DECIMALS, "decimals"},
    {CSV_DECIMALS, "decimal places"},
    {CSV_DECIMALS, "nombre de decimales"},
    {CSV_DECIMALS, "decimales"},
    {CSV_DECIMALS, "nachkommastellen"},
    {CSV_DECIMALS, "dezimalstellen"},
    {CSV_OFFSET, "value offset"},
    {CSV_OFFSET, "offset"},
    {CSV_OFFSET, "decalage"},
    {CSV_OFFSET, "versatz"},
    {CSV_ORDER, "byte order"},
    {CSV_ORDER, "word order"},
    {CSV_ORDER, "order"},
    {CSV_ORDER, "endian"},
    {CSV_ORDER, "endianness"},
    {CSV_ORDER, "byteorder"},
    {CSV_ORDER, "swap"},
    {CSV_ORDER, "ordre des mots"},
    {CSV_ORDER, "ordre des octets"},
    {CSV_ORDER, "ordre"},
    {CSV_ORDER, "wortreihenfolge"},
    {CSV_ORDER, "bytereihenfolge"},
    {CSV_ORDER, "reihenfolge"},
    {CSV_UNIT, "engineering unit"},
    {CSV_UNIT, "unit"},
    {CSV_UNIT, "units"},
    {CSV_UNIT, "einheit"},
    {CSV_UNIT, "unite"},
    {CSV_UNIT, "unites"},
    {CSV_UNIT, "einheiten"},
    {CSV_UNIT, "uom"},
    {CSV_ACCESS, "access"},
    {CSV_ACCESS, "read write"},
    {CSV_ACCESS, "r w"},
    {CSV_ACCESS, "rw"},
    {CSV_ACCESS, "ro rw"},
    {CSV_ACCESS, "readwrite"},
    {CSV_ACCESS, "attribute"},
    {CSV_ACCESS, "permission"},
    {CSV_ACCESS, "mode"},
    {CSV_ACCESS, "zugriff"},
    {CSV_ACCESS, "acces"},
    {CSV_ACCESS, "lecture ecriture"},
    {CSV_ACCESS, "lesen schreiben"},
    {CSV_VALUE, "default value"},
    {CSV_VALUE, "default"},
    {CSV_VALUE, "initial value"},
    {CSV_VALUE, "initial"},
    {CSV_VALUE, "value"},
    {CSV_VALUE, "valeur par defaut"},
    {CSV_VALUE, "valeur initiale"},
    {CSV_VALUE, "valeur"},
    {CSV_VALUE, "standardwert"},
    {CSV_VALUE, "vorgabewert"},
    {CSV_VALUE, "startwert"},
    {CSV_VALUE, "wert"},
    {CSV_BIT, "bit"},
    {CSV_BIT, "bit number"},
    {CSV_BIT, "bit position"},
};

/* Of a letter with an accent, from Ã on in Unicode, the letter: headings in French and German are written with and
 * without. 0 = it is none. */
static char without_accent(const char *cell)
{
    static const char letters[] = "aaaaaa\0ceeeeiiii\0nooooo\0ouuuuy\0saaaaaa\0ceeeeiiii\0nooooo\0ouuuuy\0y";
    const unsigned char second = (unsigned char)cell[1];
    return cell[0] == '\xC3' && second >= 0x80 && second <= 0xBF ? letters[second - 0x80] : '\0';
}

/* Small letters and digits with one space between words. */
static void normalise(const char *cell, char out[HEADING_MAX])
{
    size_t len = 0;
    bool gap = false;
    for (; *cell != '\0' && len + 2 < HEADING_MAX; cell++) {
        char letter = isalnum((unsigned char)*cell) ? (char)tolower((unsigned char)*cell) : without_accent(cell);
        if (letter == '\0') {
            gap = len > 0;
            continue;
        }
        if (gap)
            out[len++] = ' ';
        gap = false;
        out[len++] = letter;
        cell += *cell == '\xC3';
    }
    out[len] = '\0';
}

/* 3 it is the words, 2 it begins with them, 1 it has them, 0 it has not. */
static unsigned fit(const char *heading, const char *words)
{
    size_t len = strlen(words);
    for (const char *at = strstr(heading, words); at != NULL; at = strstr(at + 1, words)) {
        bool begins = at == heading || at[-1] == ' ';
        bool ends = at[len] == '\0' || at[len] == ' ';
        if (begins && ends)
            return at != heading ? 1 : at[len] == '\0' ? 3 : 2;
    }
    return 0;
}

static void take(struct csv_columns *out, enum csv_role role, unsigned column, const char *heading)
{
    out->of[role] = (int)column;
    if (role == CSV_ADDRESS)
        out->hexadecimal = fit(heading, "hex") > 0;
    if (role == CSV_COUNT)
        out->word_bytes = fit(heading, "bytes") > 0 || fit(heading, "byte") > 0 ? 1 : fit(heading, "bits") > 0 ? 8 : 0;
}

bool csv_column_taken(const struct csv_columns *columns, unsigned column)
{
    for (int r = 0; r < CSV_ROLES; r++) {
        if (columns->of[r] == (int)column)
            return true;
    }
    return false;
}

static void take_named(const struct csv_row *row, const char *const named[CSV_ROLES], struct csv_columns *out)
{
    for (int r = 0; r < CSV_ROLES; r++) {
        for (unsigned c = 0; c < row->count && named[r] != NULL; c++) {
            char heading[HEADING_MAX];
            normalise(row->cells[c], heading);
            if (out->of[r] < 0 && strcasecmp(row->cells[c], named[r]) == 0)
                take(out, (enum csv_role)r, c, heading);
        }
    }
}

/* A column of decimal addresses goes before one of hexadecimal ones. */
static void take_known(const struct csv_row *row, unsigned wanted, bool hex, struct csv_columns *out)
{
    for (size_t k = 0; k < COUNT_OF(known); k++) {
        for (unsigned c = 0; c < row->count; c++) {
            char heading[HEADING_MAX];
            normalise(row->cells[c], heading);
            bool is_hex = known[k].role == CSV_ADDRESS && fit(heading, "hex") > 0;
            if (out->of[known[k].role] < 0 && !csv_column_taken(out, c) && is_hex == hex &&
                fit(heading, known[k].words) == wanted)
                take(out, known[k].role, c, heading);
        }
    }
}

bool csv_columns_find(const struct csv_row *row, const char *const named[CSV_ROLES], struct csv_columns *out)
{
    struct csv_columns columns = {.hexadecimal = false};
    unsigned found = 0;
    memset(columns.of, 0xFF, sizeof columns.of);
    take_named(row, named, &columns);
    for (unsigned wanted = 3; wanted >= 1; wanted--) {
        take_known(row, wanted, false, &columns);
        take_known(row, wanted, true, &columns);
    }
    if (columns.of[CSV_ADDRESS] < 0 && columns.of[CSV_OFFSET] >= 0) {
        columns.of[CSV_ADDRESS] = columns.of[CSV_OFFSET];
        columns.of[CSV_OFFSET] = -1;
    }
    for (int r = 0; r < CSV_ROLES; r++) {
        found += columns.of[r] >= 0;
        if (named[r] != NULL && columns.of[r] < 0)
            return false;
    }
    if (columns.of[CSV_ADDRESS] < 0 || found < 2)
        return false;
    *out = columns;
    return true;
}

enum csv_role csv_column_like(const struct csv_columns *columns, const char *cell)
{
    static const enum csv_role often[] = {CSV_SCALE, CSV_UNIT, CSV_TYPE, CSV_LABEL};
    char heading[HEADING_MAX];
    normalise(cell, heading);
    for (unsigned wanted = 3; wanted >= 1; wanted--) {
        for (size_t k = 0; k < COUNT_OF(known); k++) {
            if (fit(heading, known[k].words) == wanted)
                return known[k].role;
        }
    }
    for (size_t r = 0; r < COUNT_OF(often); r++) {
        if (columns->of[often[r]] < 0)
            return often[r];
    }
    return CSV_OFFSET;
}
