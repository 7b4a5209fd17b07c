/* --help, for the whole and for each verb, out of the tables of verbs and options. */
#include <ctype.h>
#include <string.h>

#include "ctl.h"
#include "text/filter.h"

#define HEAD_COLUMNS 26

/* A head that is too long has its text in the line below, in the same column. */
void ctl_help_line(const char *head, const char *text, FILE *out)
{
    if (strlen(head) > HEAD_COLUMNS)
        fprintf(out, "  %s\n  %-*s %s\n", head, HEAD_COLUMNS, "", text);
    else
        fprintf(out, "  %-*s %s\n", HEAD_COLUMNS, head, text);
}

void ctl_help(FILE *out)
{
    fputs("mbplantctl: the master of a mbplant, over Modbus alone\n\n"
          "Usage: mbplantctl [OPTION..] VERB [ARGUMENT..]\n\nVerbs:\n",
          out);
    for (size_t i = 0; i < ctl_verb_count; i++) {
        const struct ctl_verb *verb = &ctl_verbs[i];
        char head[96];
        snprintf(head, sizeof head, "%s %s", verb->name, verb->arguments);
        ctl_help_line(head, verb->help, out);
    }
    fputs("\nOptions:\n", out);
    ctl_options_print(CTL_OPT_COMMON, true, out);
    fputs("\nEnvironment: MBPLANT_HOST=HOST[:PORT] and MBPLANT_PORT name the slave where -H does not; NO_COLOR.\n"
          "Exit code: 0 done, 1 the slave refused or did not answer, 2 wrong usage.\n"
          "mbplantctl VERB --help has the verb's options and examples.\n",
          out);
}

void ctl_verb_help(const struct ctl_verb *verb, FILE *out)
{
    fprintf(out, "Usage: mbplantctl [OPTION..] %s%s%s\n\n%c%s.\n%s", verb->name, verb->arguments[0] != '\0' ? " " : "",
            verb->arguments, toupper(verb->help[0]), verb->help + 1, verb->details);
    if ((verb->options & CTL_OPT_JOURNAL) != 0)
        ctl_codes_print(out);
    if (verb->options != CTL_OPT_COMMON) {
        fputs("\nOptions of its own:\n", out);
        ctl_options_print(verb->options, false, out);
    }
    if (verb->formats != 1u << MBP_FORMAT_TEXT) {
        fprintf(out, "  %-*s FORMAT is", HEAD_COLUMNS, "");
        for (unsigned f = 0; f < MBP_FORMAT_COUNT; f++) {
            if ((verb->formats >> f & 1u) != 0)
                fprintf(out, " %s", mbp_format_name((enum mbp_format)f));
        }
        putc('\n', out);
    }
    fprintf(out, "\nExamples:\n%s", verb->examples);
}
