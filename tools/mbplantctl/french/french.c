/* Finding the French of a text. */
#include "french/french.h"

#include <stdlib.h>
#include <string.h>

#include "mbplant/base/tr.h"

#define PAIRS_MAX 2048u

static enum mbp_lang spoken = MBP_LANG_EN;
static const struct mbp_pair *sorted[PAIRS_MAX]; /* of all tables, by their English */
static size_t sorted_count;

bool ctl_french_at(size_t index, const struct mbp_pair **out)
{
    const struct {
        const struct mbp_pair *pairs;
        size_t count;
    } tables[] = {{ctl_french_watch, ctl_french_watch_count},
                  {ctl_french_verbs, ctl_french_verbs_count},
                  {ctl_french_help, ctl_french_help_count},
                  {ctl_french_device, ctl_french_device_count}};
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        if (index < tables[t].count) {
            const struct mbp_pair *pairs = tables[t].pairs;
            *out = pairs + index;
            return true;
        }
        index -= tables[t].count;
    }
    return false;
}

static int by_english(const void *a, const void *b)
{
    const struct mbp_pair *const *one = a;
    const struct mbp_pair *const *other = b;
    return strcmp((*one)->english, (*other)->english);
}

void ctl_speak(enum mbp_lang lang)
{
    spoken = lang;
    mbp_tr_use(lang == MBP_LANG_EN ? NULL : ctl_tr);
    if (sorted_count > 0)
        return;
    while (sorted_count < PAIRS_MAX && ctl_french_at(sorted_count, &sorted[sorted_count]))
        sorted_count++;
    qsort(sorted, sorted_count, sizeof(const struct mbp_pair *), by_english);
}

enum mbp_lang ctl_spoken(void)
{
    return spoken;
}

const char *ctl_tr(const char *english)
{
    return ctl_tr_in(spoken, english);
}

const char *ctl_tr_in(enum mbp_lang lang, const char *english)
{
    const struct mbp_pair wanted = {english, NULL};
    const struct mbp_pair *key = &wanted;
    if (lang == MBP_LANG_EN)
        return english;
    const struct mbp_pair *const *found =
        bsearch(&key, sorted, sorted_count, sizeof(const struct mbp_pair *), by_english);
    return found != NULL ? (*found)->french : mbp_french(english);
}

const char *ctl_sent(const char *text, char *buf, size_t size)
{
    return spoken == MBP_LANG_EN ? text : mbp_french_sent(text, buf, size);
}

enum mbp_lang ctl_lang_of_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return strncmp(value, "fr", 2) == 0 && (value[2] == '\0' || strchr("_.@", value[2]) != NULL) ? MBP_LANG_FR
                                                                                                         : MBP_LANG_EN;
    }
    return MBP_LANG_EN;
}
