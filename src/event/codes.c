/* codes: kinds of events by the words that people use for them. */
#include "mbplant/event/codes.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/event.h"

/* "alarm" begins "alarm raised" and is no beginning of "alarms"; '_' and '-' stand for a space. */
static bool begins(const char *name, const char *word)
{
    for (; *word != '\0'; word++, name++) {
        char c = *word == '_' || *word == '-' ? ' ' : (char)tolower((unsigned char)*word);
        if (*name != c)
            return false;
    }
    return *name == '\0' || *name == ' ';
}

/* The first word of a code's name, which mbp_event_codes_find takes as their beginning; "" where a code before has it.
 */
static void first_word(size_t i, char word[32])
{
    const char *name = mbp_event_types[i].name;
    size_t len = strcspn(name, " ");
    snprintf(word, 32, "%.*s", (int)len, name);
    for (size_t before = 0; before < i; before++) {
        const char *other = mbp_event_types[before].name;
        if (strncmp(other, name, len) == 0 && (other[len] == ' ' || other[len] == '\0'))
            word[0] = '\0';
    }
}

static const char *nearest_code(const char *word)
{
    static char words[MBP_EVENT_CODES][32];
    const char *names[2 * MBP_EVENT_CODES];
    char spaced[64];
    size_t count = 0;
    snprintf(spaced, sizeof spaced, "%s", word);
    for (char *p = spaced; *p != '\0'; p++) {
        if (*p == '_' || *p == '-')
            *p = ' ';
    }
    for (size_t i = 0; i < mbp_event_type_count; i++) {
        first_word(i, words[i]);
        names[count++] = mbp_event_types[i].name;
        if (words[i][0] != '\0')
            names[count++] = words[i];
    }
    return mbp_nearest(spaced, names, count);
}

static enum mbp_status find_word(const char *word, bool codes[MBP_EVENT_CODES], const char **nearest)
{
    size_t digits = strspn(word, "0123456789");
    bool found = false;
    if (digits > 0 && digits <= 5 && word[digits] == '\0') {
        unsigned long code = strtoul(word, NULL, 10);
        found = code > 0 && code < MBP_EVENT_CODES;
        if (found)
            codes[code] = true;
    }
    for (size_t i = 0; i < mbp_event_type_count && digits == 0 && word[0] != '\0'; i++) {
        if (begins(mbp_event_types[i].name, word))
            codes[mbp_event_types[i].code] = found = true;
    }
    if (found)
        return MBP_OK;
    *nearest = nearest_code(word);
    return MBP_ERR_MISSING;
}

enum mbp_status mbp_event_codes_find(const char *list, bool codes[MBP_EVENT_CODES], char word[MBP_EVENT_CODE_WORD],
                                     const char **nearest)
{
    for (const char *p = list;; p++) {
        size_t len = strcspn(p, ",");
        snprintf(word, MBP_EVENT_CODE_WORD, "%.*s", (int)len, p);
        *nearest = NULL;
        enum mbp_status status = find_word(word, codes, nearest);
        p += len;
        if (status != MBP_OK || *p == '\0')
            return status;
    }
}
