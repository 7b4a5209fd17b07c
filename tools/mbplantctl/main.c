/* mbplantctl: the master of a mbplant. Reads the command line and hands over to the verb. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

/* Without a word on it, colour on a terminal only, and not where the user wants none at all (no-color.org). */
static bool wants_colour(enum ctl_colour asked)
{
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    if (asked != CTL_COLOUR_AUTO)
        return asked == CTL_COLOUR_ALWAYS;
    return isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0') &&
           (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

static enum ctl_exit run(const struct ctl_options *options)
{
    ctl_speak(options->lang);
    if (options->version) {
        printf("mbplantctl %s\n", MBP_VERSION);
        return CTL_OK;
    }
    if (options->verb == NULL) {
        ctl_help(options->help ? stdout : stderr);
        return options->help ? CTL_OK : CTL_USAGE;
    }
    if (options->help) {
        ctl_verb_help(options->verb, stdout);
        return CTL_OK;
    }
    struct ctl ctl = {.options = options, .colour = wants_colour(options->colour)};
    bool usable = options->plant_path == NULL || ctl_plant(&ctl) != NULL;
    enum ctl_exit code = usable ? options->verb->run(&ctl) : CTL_USAGE;
    ctl_close(&ctl);
    return code;
}

int main(int argc, char **argv)
{
    static struct ctl_options options;
    ctl_speak(ctl_lang_of_environment());
    if (ctl_options_parse(argc, argv, stderr, &options) != MBP_OK)
        return CTL_USAGE;
    int code = (int)run(&options);
    bool all = fflush(stdout) == 0 && ferror(stdout) == 0; /* what was written out before may have failed */
    if (!all && code == CTL_OK) {
        ctl_error("cannot write the output");
        code = CTL_FAILED;
    }
    return code;
}
