/* The French of a text that is made already, as a slave sends it: found by its form. */
#include <stdio.h>
#include <string.h>

#include "tables.h"

#define PIECES_MAX 8u

struct piece {
    const char *at;
    size_t len;
    bool is_name; /* it stands in quotes */
};

/* The length of the conversion at text: %s, %.64s, %zu. */
static size_t conversion(const char *text)
{
    return 1 + strspn(text + 1, "0123456789.lzh") + 1;
}

/* What a form fixes ahead of its next conversion, but a line's end. */
static size_t fixed(const char *form)
{
    return strcspn(form, "%\n");
}

/* Where the text goes on behind what is of that form, and what stands for each conversion. False: it is of another. */
static bool is_of(const char *form, const char *text, struct piece *pieces, const char **behind)
{
    unsigned count = 0;
    char before = '\0';
    while (*form != '\0' && *form != '\n') {
        if (*form != '%') {
            before = *form;
            if (*form++ != *text++)
                return false;
            continue;
        }
        form += conversion(form);
        size_t next = fixed(form);
        const char *end = text + strlen(text);
        if (next > 0)
            for (end = text; *end != '\0' && strncmp(end, form, next) != 0; end++)
                ;
        if (count == PIECES_MAX || (next > 0 && *end == '\0'))
            return false;
        pieces[count++] = (struct piece){text, (size_t)(end - text), before == '\''};
        text = end;
    }
    *behind = text;
    return true;
}

static void put_piece(const struct piece *piece, FILE *out)
{
    char word[128];
    if (piece->len < sizeof word && !piece->is_name) {
        snprintf(word, sizeof word, "%.*s", (int)piece->len, piece->at);
        fputs(mbp_french(word), out);
    } else {
        fwrite(piece->at, 1, piece->len, out);
    }
}

static void put(const char *french, const struct piece *pieces, FILE *out)
{
    while (*french != '\0' && *french != '\n') {
        if (*french == '%') {
            put_piece(pieces++, out);
            french += conversion(french);
        } else {
            putc(*french++, out);
        }
    }
}

/* The pair whose form the text begins with; of several the one that leaves the least. */
static const struct mbp_pair *find(const char *text, struct piece *pieces, const char **rest)
{
    const struct mbp_pair *found = NULL;
    *rest = NULL;
    for (size_t i = 0; i < french_sent.count; i++) {
        struct piece its[PIECES_MAX] = {0};
        const char *end;
        if (!is_of(french_sent.pairs[i].english, text, its, &end) || (found != NULL && end <= *rest))
            continue;
        found = &french_sent.pairs[i];
        *rest = end;
        memcpy(pieces, its, sizeof its);
    }
    return found;
}

const char *mbp_french_sent(const char *text, char *buf, size_t size)
{
    FILE *out = size > 1 ? fmemopen(buf, size - 1, "w") : NULL;
    const char *left = text;
    if (out == NULL)
        return text;
    bool known;
    do {
        struct piece pieces[PIECES_MAX] = {0};
        const char *rest;
        const struct mbp_pair *pair = find(left, pieces, &rest);
        known = pair != NULL && rest != NULL && rest > left;
        if (known) {
            put(pair->french, pieces, out);
            left = rest;
        }
    } while (known && *left != '\0');
    bool whole = known && fflush(out) == 0 && ferror(out) == 0;
    fclose(out);
    buf[size - 1] = '\0'; /* where all of it was needed */
    return whole ? buf : text;
}
