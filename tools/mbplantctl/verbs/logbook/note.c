/* note [MACHINE|SENSOR|incident N] TEXT: a line of the operator in the journal. */
#include <string.h>
#include <strings.h>

#include "slave/logbook.h"
#include "slave/names.h"
#include "verbs/logbook/logbook.h"

enum ctl_exit ctl_say_told(struct ctl *ctl, const struct mbp_event *told)
{
    char sentence[256];
    if (told->code == 0)
        return CTL_OK;
    enum mbp_status status = ctl_names_read(ctl, ctl_logbook_unit(ctl));
    if (status != MBP_OK)
        return ctl_fail(ctl, status, "reading the journal");
    const struct mbp_telling by = ctl_telling(ctl);
    ctl_say("event %u: %s\n", told->seq, mbp_report_sentence(&by, told, sentence, sizeof sentence));
    return CTL_OK;
}

enum ctl_exit ctl_note_plain(struct ctl *ctl, const char *text)
{
    const struct mbp_logbook_record record = {.command = MBP_LOGBOOK_NOTE, .machine = MBP_NONE16, .item = MBP_NONE16};
    struct mbp_event told;
    if (ctl_plant(ctl) == NULL)
        return CTL_FAILED;
    enum ctl_exit code = ctl_logbook_tell(ctl, ctl_logbook_unit(ctl), &record, text, &told);
    return code == CTL_OK ? ctl_say_told(ctl, &told) : code;
}

CTL_VERB(note)
{
    const struct ctl_options *options = ctl->options;
    struct mbp_logbook_record record = {.command = MBP_LOGBOOK_NOTE, .machine = MBP_NONE16, .item = MBP_NONE16};
    struct mbp_event told;
    const char *text = options->argv[options->argc - 1];
    if (options->said.why != NULL) {
        ctl_error("note: the text is the last argument; --why is for other commands");
        return CTL_USAGE;
    }
    if (options->argc == 3 && strcasecmp(options->argv[0], "incident") != 0) {
        ctl_error("note: a text of several words stands in quotes: mbplantctl note %s 'TEXT'", options->argv[0]);
        return CTL_USAGE;
    }
    if (ctl_plant(ctl) == NULL)
        return CTL_FAILED;
    if (options->argc == 3)
        return ctl_incident_tell(ctl, options->argv[1], MBP_LOGBOOK_NOTE, text);
    uint8_t unit = ctl_logbook_unit(ctl);
    if (options->argc == 2 && !ctl_logbook_about(ctl->plant, options->argv[0], &record, &unit))
        return CTL_USAGE;
    enum ctl_exit code = ctl_logbook_tell(ctl, unit, &record, text, &told);
    return code == CTL_OK ? ctl_say_told(ctl, &told) : code;
}
