/* words: found by their text, and listed for messages. */
#include "words.h"

#include <stdio.h>
#include <string.h>

int mbp_words_find(const struct mbp_words *words, const char *word)
{
    for (unsigned i = 0; i < words->count; i++) {
        if (strcmp(words->names[i], word) == 0) {
            return (int)i;
        }
    }
    for (unsigned i = 0; i < words->synonym_count; i++) {
        if (strcmp(words->synonyms[i].word, word) == 0) {
            return words->synonyms[i].value;
        }
    }
    return -1;
}

const char *mbp_words_list(const struct mbp_words *words, char *buf, size_t size)
{
    size_t used = 0;
    buf[0] = '\0';
    for (unsigned i = 0; i < words->count && used < size; i++) {
        used += (size_t)snprintf(buf + used, size - used, "%s%s", i == 0 ? "" : ", ", words->names[i]);
    }
    return buf;
}
