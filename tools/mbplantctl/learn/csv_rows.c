/* csv_rows: a text with separators as rows of cells. */
#include "learn/csv_rows.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static size_t put_utf8(uint32_t code, char *out)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    out[0] = (char)(0xE0 | code >> 12);
    out[1] = (char)(0x80 | (code >> 6 & 0x3F));
    out[2] = (char)(0x80 | (code & 0x3F));
    return 3;
}

/* Characters beyond the first 65536 become a question mark: no list of registers needs them. */
static char *from_utf16(const unsigned char *bytes, size_t len, bool little)
{
    char *text = malloc(len / 2 * 3 + 1);
    size_t used = 0;
    for (size_t at = 2; text != NULL && at + 1 < len; at += 2) {
        uint32_t code = little ? bytes[at] | (uint32_t)bytes[at + 1] << 8 : (uint32_t)bytes[at] << 8 | bytes[at + 1];
        bool plain = code != 0 && (code < 0xD800 || code > 0xDFFF);
        used += put_utf8(plain ? code : '?', text + used);
    }
    if (text != NULL)
        text[used] = '\0';
    return text;
}

static char *from_bytes(const char *bytes, size_t len)
{
    char *text = malloc(2 * len + 1);
    size_t used = 0;
    for (size_t at = 0; text != NULL && at < len;) {
        char next[5] = {0};
        uint32_t code = 0;
        memcpy(next, bytes + at, len - at < 4 ? len - at : 4);
        size_t taken = mbp_utf8_next(next, &code);
        if (next[0] == '\0')
            next[0] = '?';
        if (taken > 1)
            memcpy(text + used, next, taken);
        used += taken > 1 ? taken : put_utf8((unsigned char)next[0], text + used);
        at += taken > 1 ? taken : 1;
    }
    if (text != NULL)
        text[used] = '\0';
    return text;
}

char *csv_text(const char *bytes, size_t len)
{
    const unsigned char *raw = (const unsigned char *)bytes;
    if (len >= 2 && ((raw[0] == 0xFF && raw[1] == 0xFE) || (raw[0] == 0xFE && raw[1] == 0xFF)))
        return from_utf16(raw, len, raw[0] == 0xFF);
    bool mark = len >= 3 && memcmp(raw, "\xEF\xBB\xBF", 3) == 0;
    return from_bytes(bytes + (mark ? 3 : 0), len - (mark ? 3 : 0));
}

/* How many lines of the first ones have the separator, and how often at most. */
static unsigned weigh(const char *text, char separator)
{
    unsigned weight = 0;
    bool quoted = false;
    unsigned lines = 0;
    for (; *text != '\0' && lines < 50; text++) {
        quoted = quoted != (*text == '"');
        weight += !quoted && *text == separator;
        lines += *text == '\n';
    }
    return weight;
}

char csv_separator(const char *text)
{
    static const char separators[] = {';', '\t', '|', ','};
    char best = ',';
    unsigned most = 0;
    for (size_t i = 0; i < sizeof separators; i++) {
        unsigned weight = weigh(text, separators[i]);
        if (weight > most) {
            most = weight;
            best = separators[i];
        }
    }
    return best;
}

static char *trim(char *cell)
{
    while (isspace((unsigned char)*cell) || strncmp(cell, "\xC2\xA0", 2) == 0)
        cell += *cell == '\xC2' ? 2 : 1;
    size_t len = strlen(cell);
    while (len > 0 && (isspace((unsigned char)cell[len - 1]) || (len > 1 && strcmp(cell + len - 2, "\xC2\xA0") == 0)))
        len -= cell[len - 1] == '\xA0' ? 2 : 1;
    cell[len] = '\0';
    return cell;
}

/* Whether a quote that opens at `at` is closed before the text ends. */
static bool is_closed(const char *at)
{
    return strchr(at + 1, '"') != NULL;
}

/* One cell, cut in place; returns what ended it: the separator, '\n' or '\0'. */
static char next_cell(char **text, uint32_t *line, char separator, char **cell)
{
    char *from = *text;
    while (*from == ' ' || (*from == '\t' && separator != '\t'))
        from++;
    bool quoted = *from == '"' && is_closed(from);
    char *put = from;
    from += quoted;
    char *start = put;
    for (; *from != '\0'; from++) {
        if (quoted && *from == '"' && from[1] == '"') {
            from++;
        } else if (quoted && *from == '"') {
            quoted = false;
            continue;
        } else if (!quoted && (*from == separator || *from == '\n' || *from == '\r')) {
            break;
        }
        *line += *from == '\n';
        *put++ = *from;
    }
    char end = *from == '\r' ? '\n' : *from;
    if (*from == '\r' && from[1] == '\n')
        from++;
    *line += end == '\n';
    *text = *from != '\0' ? from + 1 : from;
    *put = '\0';
    *cell = trim(start);
    return end;
}

bool csv_next(char **text, uint32_t *line, char separator, struct csv_row *row)
{
    if (**text == '\0')
        return false;
    *row = (struct csv_row){.line = *line};
    for (char end = separator; end == separator;) {
        char *cell;
        end = next_cell(text, line, separator, &cell);
        if (row->count < CSV_CELLS_MAX)
            row->cells[row->count++] = cell;
    }
    return true;
}
