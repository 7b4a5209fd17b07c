/* french: what the stages say, in French: each text beside its English, by which it is found, so that the code reads as
 * it speaks. Of a format both take the same conversions in the same order. Words of plant files, names, keys and JSON
 * are the same in all languages, and are not here. Threads may ask at the same time. */
#ifndef MBPLANT_FRENCH_H
#define MBPLANT_FRENCH_H

#include <stdbool.h>
#include <stddef.h>

struct mbp_pair {
    const char *english, *french;
};

/* The French of a text, or of a format; the text itself where there is none. Static storage. It fits mbp_tr_use. */
const char *mbp_french(const char *english);

/* The French of a line that a slave sent, whose words are filled in already: found by its form, put into buf. Returns
 * buf; the text itself where no form is that of all of it, or without memory. */
const char *mbp_french_sent(const char *text, char *buf, size_t size);

/* One pair after the other, table by table; false behind the last. */
bool mbp_french_at(size_t index, const struct mbp_pair **out);

#endif
