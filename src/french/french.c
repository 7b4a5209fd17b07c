/* Finding the French of a text. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tables.h"

#define PAIRS_MAX 4096u

static const struct french_table *const tables[] = {&french_expr, &french_plant, &french_map,    &french_export,
                                                    &french_told, &french_sent,  &french_system, &french_yaml};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const struct mbp_pair *sorted[PAIRS_MAX]; /* of all tables, by their English */
static size_t sorted_count;

bool mbp_french_at(size_t index, const struct mbp_pair **out)
{
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        if (index < tables[t]->count) {
            *out = &tables[t]->pairs[index];
            return true;
        }
        index -= tables[t]->count;
    }
    return false;
}

static int by_english(const void *a, const void *b)
{
    const struct mbp_pair *const *one = a;
    const struct mbp_pair *const *other = b;
    return strcmp((*one)->english, (*other)->english);
}

static void sort(void)
{
    while (sorted_count < PAIRS_MAX && mbp_french_at(sorted_count, &sorted[sorted_count]))
        sorted_count++;
    // NOLINTNEXTLINE(bugprone-sizeof-expression): pointers are what is sorted
    qsort(sorted, sorted_count, sizeof sorted[0], by_english);
}

const char *mbp_french(const char *english)
{
    const struct mbp_pair wanted = {english, NULL};
    const struct mbp_pair *key = &wanted;
    pthread_once(&once, sort);
    // NOLINTNEXTLINE(bugprone-sizeof-expression): likewise
    const struct mbp_pair *const *found = bsearch(&key, sorted, sorted_count, sizeof sorted[0], by_english);
    return found != NULL ? (*found)->french : english;
}
