/* plant get|check|put FILE: the plant file of a slave, there and back. */
#include <stdlib.h>
#include <string.h>

#include "text/text_file.h"
#include "verbs/plant_put.h"

static enum ctl_exit get(struct ctl *ctl)
{
    char *text = NULL;
    size_t len = 0;
    if (ctl_link(ctl) == NULL)
        return CTL_FAILED;
    /* The instructor is told all of it; students get it without the faults. */
    enum mbp_status status = ctl_learn_text(ctl->link, MBP_INSTRUCTOR_UNIT, &text, &len);
    if (status != MBP_OK)
        status = ctl_learn_text(ctl->link, ctl_any_unit(ctl), &text, &len);
    if (status != MBP_OK)
        return ctl_fail_to_learn(ctl, status);
    const char *path = ctl->options->argc == 2 ? ctl->options->argv[1] : "-";
    enum ctl_exit code = ctl_text_write_new(path, (struct mbp_text){text, len});
    if (code == CTL_OK && strcmp(path, "-") != 0)
        ctl_say("%s: %zu bytes\n", path, len);
    free(text);
    return code;
}

CTL_VERB(plant)
{
    const struct ctl_options *options = ctl->options;
    const char *what = options->argv[0];
    bool put = strcmp(what, "put") == 0;
    if (strcmp(what, "get") == 0)
        return get(ctl);
    if (!put && strcmp(what, "check") != 0) {
        ctl_error("plant: no word '%s'; it is get, check or put", what);
        return CTL_USAGE;
    }
    if (options->argc != 2) {
        ctl_error("usage: mbplantctl plant %s FILE", what);
        return CTL_USAGE;
    }
    char *text = NULL;
    size_t len = 0;
    enum ctl_exit code = ctl_text_read(options->argv[1], &text, &len);
    if (code == CTL_OK)
        code = ctl_plant_command(ctl, options->argv[1], (struct mbp_text){text, len},
                                 put ? MBP_STAGING_PUT : MBP_STAGING_CHECK);
    free(text);
    return code;
}
