/* incidents [N|MACHINE], incidents N cause TEXT */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "slave/logbook.h"
#include "slave/point.h"
#include "verbs/logbook/logbook.h"
#include "verbs/report.h"

bool ctl_number_parse(const char *text, uint32_t *out)
{
    char *end = NULL;
    if (text[0] < '0' || text[0] > '9')
        return false;
    unsigned long long number = strtoull(text, &end, 10);
    *out = (uint32_t)number;
    return *end == '\0' && number > 0 && number <= UINT32_MAX;
}

static struct mbp_report_options options_of(const struct ctl *ctl, enum mbp_report_what what)
{
    const struct ctl_options *options = ctl->options;
    return (struct mbp_report_options){.since = options->since,
                                       .until = options->until,
                                       .lang = options->lang,
                                       .what = what,
                                       .all = options->all,
                                       .width = ctl_terminal_width(ctl)};
}

enum ctl_exit ctl_history_make(struct ctl *ctl, struct mbp_made_report *out)
{
    const struct mbp_report_options wanted = options_of(ctl, MBP_WANT_INCIDENTS);
    return ctl_report_of_slave(ctl, &wanted, out);
}

/* Whether the slave's events are about a machine of that name, though the plant has none. */
static bool history_knows(struct ctl *ctl, const char *machine)
{
    struct mbp_made_report made;
    bool known = false;
    if (ctl_history_make(ctl, &made) != CTL_OK)
        return false;
    for (size_t i = 0; i < made.history->incident_count; i++)
        known = known || strcasecmp(made.history->incidents[i].machine.name, machine) == 0;
    for (size_t i = 0; i < made.history->work_count; i++)
        known = known || strcasecmp(made.history->work[i].machine.name, machine) == 0;
    mbp_made_report_free(&made);
    return known;
}

/* A name that was known once may be of a machine that is gone: what there is of it is listed. */
enum ctl_exit ctl_history_print(struct ctl *ctl, enum mbp_report_what what, const char *machine)
{
    struct mbp_report_options wanted = options_of(ctl, what);
    wanted.machine = machine;
    if (machine != NULL && ctl->options->load_path == NULL) {
        if (ctl_plant(ctl) == NULL)
            return CTL_FAILED;
        wanted.machine = ctl_spelling(ctl->plant, machine);
        if (mbp_plant_find_machine(ctl->plant, wanted.machine) == UINT32_MAX && !history_knows(ctl, wanted.machine)) {
            ctl_unknown_name(ctl->plant, CTL_MACHINE, machine);
            return CTL_USAGE;
        }
    }
    return ctl_report_print(ctl, &wanted);
}

/* The incident's machine, as records name it: none where the plant has it no more. */
static uint16_t machine_of(const struct mbp_plant *plant, const struct mbp_history_machine *machine, uint8_t *unit)
{
    if (machine->index == UINT32_MAX)
        return MBP_NONE16;
    *unit = plant->units[plant->machines[machine->index].unit].id;
    return mbp_number_of_machine(plant, machine->index);
}

enum ctl_exit ctl_incident_tell(struct ctl *ctl, const char *number, enum mbp_logbook_command command, const char *text)
{
    struct mbp_logbook_record record = {.command = (uint16_t)command, .machine = MBP_NONE16, .item = MBP_NONE16};
    struct mbp_made_report made;
    struct mbp_event told;
    if (!ctl_number_parse(number, &record.number)) {
        ctl_error("'%s' is no number of an incident; mbplantctl incidents lists them", number);
        return CTL_USAGE;
    }
    if (ctl_plant(ctl) == NULL)
        return CTL_FAILED;
    enum ctl_exit code = ctl_history_make(ctl, &made);
    if (code != CTL_OK)
        return code;
    uint8_t unit = ctl_logbook_unit(ctl);
    const struct mbp_incident *incident = mbp_history_incident(made.history, record.number);
    bool there = incident != NULL;
    if (there)
        record.machine = machine_of(ctl->plant, &incident->machine, &unit);
    mbp_made_report_free(&made);
    if (!there) {
        ctl_error("there is no incident %s; mbplantctl incidents lists them", number);
        return CTL_USAGE;
    }
    code = ctl_logbook_tell(ctl, unit, &record, text, &told);
    return code == CTL_OK ? ctl_say_told(ctl, &told) : code;
}

CTL_VERB(incidents)
{
    const struct ctl_options *options = ctl->options;
    struct mbp_report_options wanted = options_of(ctl, MBP_WANT_INCIDENT);
    if (options->argc == 3 && strcasecmp(options->argv[1], "cause") == 0)
        return ctl_incident_tell(ctl, options->argv[0], MBP_LOGBOOK_CAUSE, options->argv[2]);
    if (options->argc > 1) {
        ctl_error("usage: mbplantctl incidents [N|MACHINE], or mbplantctl incidents N cause 'TEXT'");
        return CTL_USAGE;
    }
    if (options->argc == 1 && ctl_number_parse(options->argv[0], &wanted.number))
        return ctl_report_print(ctl, &wanted);
    return ctl_history_print(ctl, MBP_WANT_INCIDENTS, options->argc == 1 ? options->argv[0] : NULL);
}
