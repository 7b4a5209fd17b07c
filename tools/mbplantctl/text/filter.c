/* Choosing events. */
#include "text/filter.h"

#include <string.h>
#include <strings.h>

#include "slave/point.h"

/* ---- kinds of events -------------------------------------------------------------------------------------------- */

void ctl_codes_print(FILE *out)
{
    size_t column = 0;
    fputs(ctl_tr("KIND is one of these, its first words, or its number:\n"), out);
    for (size_t i = 0; i < mbp_event_type_count; i++) {
        const char *name = mbp_event_types[i].name;
        bool is_last = i + 1 == mbp_event_type_count;
        column += strlen(name) + 2;
        fprintf(out, "%s%s%s", name, is_last ? "." : ",", is_last || column > 100 ? "\n" : " ");
        column = column > 100 ? 0 : column;
    }
}

static bool find_codes(const char *list, bool codes[MBP_EVENT_CODES])
{
    char word[MBP_EVENT_CODE_WORD];
    const char *nearest;
    if (mbp_event_codes_find(list, codes, word, &nearest) == MBP_OK)
        return true;
    if (nearest != NULL)
        ctl_error("--code %s: no kind of event; did you mean '%s'? mbplantctl journal --help lists them", word,
                  nearest);
    else
        ctl_error("--code %s: no kind of event; mbplantctl journal --help lists them", word);
    return false;
}

/* ---- the filter ------------------------------------------------------------------------------------------------- */

bool ctl_period_is_reversed(const struct ctl_options *options)
{
    bool reversed = mbp_moments_are_reversed(&options->since, &options->until);
    if (reversed)
        ctl_error("--since is not before --until");
    return reversed;
}

/* What acts has points that are written, and so events, too. */
static bool has(const struct mbp_plant *plant, enum ctl_what what, const char *name)
{
    if (what == CTL_MACHINE)
        return mbp_plant_find_machine(plant, name) != UINT32_MAX;
    return mbp_plant_find_sensor(plant, name) != UINT32_MAX || mbp_plant_find_actuator(plant, name) != UINT32_MAX ||
           mbp_plant_find_controller(plant, name) != UINT32_MAX;
}

/* The name as the plant, or an event, has it, in the case that was given or else in another; NULL = none has it. */
static const char *spelled(const struct mbp_telling *by, enum ctl_what what, const char *name)
{
    const char *other = ctl_spelling(by->plant, name);
    const char *found = NULL;
    if (has(by->plant, what, name))
        return name;
    for (size_t t = 0; by->names != NULL && t < by->names->tag_count; t++) {
        const struct mbp_event_tag *tag = &by->names->tags[t];
        if ((tag->what == MBP_TAG_MACHINE) != (what == CTL_MACHINE))
            continue;
        if (strcmp(tag->name, name) == 0)
            return tag->name;
        if (strcasecmp(tag->name, name) == 0)
            found = tag->name;
    }
    return has(by->plant, what, other) ? other : found;
}

/* Puts the name into *out; says so when nobody has it. */
static bool take_name(const struct mbp_telling *by, enum ctl_what what, const char *name, const char **out)
{
    if (name == NULL)
        return true;
    *out = spelled(by, what, name);
    if (*out == NULL)
        ctl_unknown_name(by->plant, what, name);
    return *out != NULL;
}

enum ctl_exit ctl_filter_make(const struct ctl_options *options, const struct mbp_telling *by, struct ctl_filter *out)
{
    struct ctl_filter filter = {.since = options->since, .until = options->until, .all_codes = options->code == NULL};
    if (ctl_period_is_reversed(options))
        return CTL_USAGE;
    if (!take_name(by, CTL_MACHINE, options->machine, &filter.machine) ||
        !take_name(by, CTL_SENSOR, options->sensor, &filter.sensor))
        return CTL_USAGE;
    if (options->code != NULL && !find_codes(options->code, filter.codes))
        return CTL_USAGE;
    *out = filter;
    return CTL_OK;
}

static bool is_same(const char *name, const char *wanted)
{
    return wanted == NULL || strcasecmp(name, wanted) == 0;
}

bool ctl_filter_passes(const struct ctl_filter *filter, const struct mbp_telling *by, const struct mbp_event *event)
{
    struct mbp_event_tag machine = {.name = ""};
    struct mbp_event_tag item = {.name = ""};
    if (!mbp_moments_hold(&filter->since, &filter->until, event))
        return false;
    if (!filter->all_codes && !(event->code < MBP_EVENT_CODES && filter->codes[event->code]))
        return false;
    if (filter->machine == NULL && filter->sensor == NULL)
        return true;
    mbp_event_machine(by, event, &machine);
    mbp_event_item(by, event, &item);
    return is_same(machine.name, filter->machine) && is_same(item.name, filter->sensor);
}
