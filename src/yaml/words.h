/* words: the words of a file for the values of an enum. */
#ifndef MBP_YAML_WORDS_H
#define MBP_YAML_WORDS_H

#include <stddef.h>

struct mbp_synonym {
    const char *word;
    int value;
};

/* The words of one enum, in its order; synonyms are accepted but never written. */
struct mbp_words {
    const char *what; /* "a kind" */
    const char *const *names;
    unsigned count;
    const struct mbp_synonym *synonyms;
    unsigned synonym_count;
};

/* The value of a word, or -1. */
int mbp_words_find(const struct mbp_words *words, const char *word);

/* "a, b, c" of all names, as far as it fits; returns buf. */
const char *mbp_words_list(const struct mbp_words *words, char *buf, size_t size);

#endif
