/* Which keys of a machine or sensor differ: --print-config knows how to say everything about it, so two of them are
 * alike when it prints the same; a key that comes with a later version is noticed without a word here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change_priv.h"

static const struct {
    const char *key;
    uint32_t detail;
} details[] = {
    {"label", MBP_CHANGED_LABEL},
    {"kind", MBP_CHANGED_KIND},
    {"unit", MBP_CHANGED_UNIT},
    {"range", MBP_CHANGED_RANGE},
    {"limits", MBP_CHANGED_LIMITS},
    {"trip", MBP_CHANGED_ALARMS},
    {"deadband", MBP_CHANGED_ALARMS},
    {"delay", MBP_CHANGED_ALARMS},
    {"priority", MBP_CHANGED_ALARMS},
    {"off_delay", MBP_CHANGED_ALARMS},
    {"latch", MBP_CHANGED_ALARMS},
    {"suppress", MBP_CHANGED_ALARMS},
    {"rate_of_change", MBP_CHANGED_ALARMS},
    {"bad_quality", MBP_CHANGED_ALARMS},
    {"signal", MBP_CHANGED_SIGNAL},
    {"register", MBP_CHANGED_REGISTER},
    {"inject", MBP_CHANGED_INJECT},
    {"state", MBP_CHANGED_STATE},
    {"cycle", MBP_CHANGED_CYCLE},
    {"maintenance", MBP_CHANGED_MAINTENANCE},
};

/* ---- printed keys ----------------------------------------------------------------------------------------------- */

/* A key and its value as printed, lines that belong to it included. */
struct section {
    const char *key;
    size_t key_len;
    size_t len; /* from key to the next one */
};

/* Where lines of the thing's own keys are indented to: as far as "- name" has its word. */
static size_t indent_of(const char *text)
{
    const char *dash = strstr(text, "- name:");
    const char *line = dash;
    while (line != NULL && line > text && line[-1] != '\n')
        line--;
    return dash == NULL ? 0 : (size_t)(dash - line) + 2;
}

static bool is_key(const char *line, size_t indent)
{
    return strspn(line, " ") == indent && line[indent] != '#' && line[indent] != '-';
}

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');
    return end == NULL ? line + strlen(line) : end + 1;
}

/* The next section from *at on, behind which *at is then. */
static bool next_section(const char **at, size_t indent, struct section *section)
{
    const char *line = *at;
    while (*line != '\0' && !is_key(line, indent))
        line = next_line(line);
    if (*line == '\0')
        return false;
    section->key = line + indent;
    section->key_len = strcspn(section->key, ":");
    do
        line = next_line(line);
    while (*line != '\0' && !is_key(line, indent));
    section->len = (size_t)(line - section->key);
    *at = line;
    return true;
}

static uint32_t detail_of(const struct section *section)
{
    for (size_t i = 0; i < sizeof details / sizeof details[0]; i++) {
        if (strlen(details[i].key) == section->key_len && memcmp(details[i].key, section->key, section->key_len) == 0)
            return details[i].detail;
    }
    return MBP_CHANGED_OTHER;
}

/* Comments, which tell addresses, are skipped with the line that they stand in. */
static bool same_section(const struct section *a, const struct section *b)
{
    return a->len == b->len && memcmp(a->key, b->key, a->len) == 0;
}

/* The details of those sections of a that b has otherwise or not at all. */
static uint32_t missing(const char *a, const char *b, size_t indent)
{
    uint32_t found = 0;
    struct section of_a;
    while (next_section(&a, indent, &of_a)) {
        const char *at = b;
        struct section of_b;
        bool same = false;
        while (!same && next_section(&at, indent, &of_b))
            same = same_section(&of_a, &of_b);
        found |= same ? 0 : detail_of(&of_a);
    }
    return found;
}

/* ---- pairs ------------------------------------------------------------------------------------------------------ */

/* A text in memory that is written anew for each thing. */
struct page {
    char *text;
    size_t len;
    FILE *file;
};

static bool page_open(struct page *page)
{
    page->file = open_memstream(&page->text, &page->len);
    return page->file != NULL;
}

static void page_close(struct page *page)
{
    if (page->file != NULL)
        fclose(page->file);
    free(page->text);
}

static bool page_print(struct page *page, const struct mbp_plant *plant, bool machine, uint32_t i)
{
    rewind(page->file);
    if (machine)
        mbp_plant_print_machine(plant, i, page->file);
    else
        mbp_plant_print_sensor(plant, i, page->file);
    fputc('\0', page->file);
    return fflush(page->file) == 0 && ferror(page->file) == 0 && page->text != NULL;
}

static uint32_t compare(const struct page *was, const struct page *now)
{
    if (strcmp(was->text, now->text) == 0)
        return 0;
    size_t indent = indent_of(now->text);
    return missing(was->text, now->text, indent) | missing(now->text, was->text, indent);
}

/* `register` is printed with its address, which may move by itself. */
static uint32_t sort_out_register(const struct mbp_register *was, const struct mbp_register *now, uint32_t found)
{
    bool same = was->type == now->type && was->order == now->order && was->words == now->words &&
                !(was->scale < now->scale) && !(was->scale > now->scale);
    return same ? found & ~(uint32_t)MBP_CHANGED_REGISTER : found;
}

static bool same_machine(const struct mbp_change *change, uint32_t was, uint32_t now)
{
    uint32_t before = change->from->sensors[was].machine;
    uint32_t after = change->to->sensors[now].machine;
    if (before == UINT32_MAX || after == UINT32_MAX)
        return before == after;
    return strcmp(change->from->machines[before].name, change->to->machines[after].name) == 0;
}

static enum mbp_status find_all(struct mbp_change *change, struct page *was, struct page *now)
{
    for (uint32_t m = 0; m < change->to->machine_count; m++) {
        uint32_t from = change->machine_from[m];
        if (from == UINT32_MAX)
            continue;
        if (!page_print(was, change->from, true, from) || !page_print(now, change->to, true, m))
            return MBP_ERR_MEMORY;
        change->machine_details[m] |= compare(was, now);
    }
    for (uint32_t s = 0; s < change->to->sensor_count; s++) {
        uint32_t from = change->sensor_from[s];
        if (from == UINT32_MAX)
            continue;
        if (!page_print(was, change->from, false, from) || !page_print(now, change->to, false, s))
            return MBP_ERR_MEMORY;
        change->sensor_details[s] |=
            sort_out_register(&change->from->sensors[from].reg, &change->to->sensors[s].reg, compare(was, now));
        change->sensor_details[s] |= same_machine(change, from, s) ? 0 : MBP_CHANGED_MACHINE;
    }
    return MBP_OK;
}

enum mbp_status change_find_keys(struct mbp_change *change)
{
    struct page was = {0};
    struct page now = {0};
    enum mbp_status status = MBP_ERR_MEMORY;
    if (page_open(&was) && page_open(&now))
        status = find_all(change, &was, &now);
    page_close(&was);
    page_close(&now);
    return status;
}
