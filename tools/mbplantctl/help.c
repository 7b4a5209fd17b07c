/* --help, for the whole and for each verb, out of the tables of verbs and options. */
#include <ctype.h>
#include <string.h>

#include "ctl.h"
#include "text/filter.h"

#define HEAD_COLUMNS 26

static unsigned columns_of(const char *text)
{
    unsigned columns = 0;
    uint32_t code;
    for (size_t len = 0; *text != '\0'; text += len) {
        len = mbp_utf8_next(text, &code);
        len = len > 0 ? len : 1;
        columns++;
    }
    return columns;
}

/* A head that is too long has its text in the line below, in the same column. */
void ctl_help_line(const char *head, const char *text, FILE *out)
{
    unsigned columns = columns_of(head);
    if (columns > HEAD_COLUMNS)
        fprintf(out, "  %s\n  %-*s %s\n", head, HEAD_COLUMNS, "", text);
    else
        fprintf(out, "  %s%*s %s\n", head, (int)(HEAD_COLUMNS - columns), "", text);
}

void ctl_help(FILE *out)
{
    fputs(ctl_tr("mbplantctl: the master of a mbplant, over Modbus alone\n\n"
                 "Usage: mbplantctl [OPTION..] VERB [ARGUMENT..]\n\nVerbs:\n"),
          out);
    for (size_t i = 0; i < ctl_verb_count; i++) {
        const struct ctl_verb *verb = &ctl_verbs[i];
        char head[96];
        snprintf(head, sizeof head, "%s %s", verb->name, ctl_tr(verb->arguments));
        ctl_help_line(head, ctl_tr(verb->help), out);
    }
    fputs(ctl_tr("\nOptions:\n"), out);
    ctl_options_print(CTL_OPT_COMMON, true, out);
    fputs(ctl_tr("\nEnvironment: MBPLANT_HOST=HOST[:PORT] and MBPLANT_PORT name the slave where -H does not,\n"
                 "MBPLANT_AS and MBPLANT_WHY what --as and --why do not; LC_MESSAGES the language; NO_COLOR.\n"
                 "Exit code: 0 done, 1 the slave refused or did not answer, 2 wrong usage.\n"
                 "mbplantctl VERB --help has the verb's options and examples.\n"),
          out);
}

void ctl_verb_help(const struct ctl_verb *verb, FILE *out)
{
    const char *help = ctl_tr(verb->help);
    fprintf(out, ctl_tr("Usage: mbplantctl [OPTION..] %s%s%s\n\n%c%s.\n%s"), verb->name,
            verb->arguments[0] != '\0' ? " " : "", ctl_tr(verb->arguments), toupper((unsigned char)help[0]), help + 1,
            ctl_tr(verb->details));
    if ((verb->options & CTL_OPT_JOURNAL) != 0)
        ctl_codes_print(out);
    if (verb->options != CTL_OPT_COMMON) {
        fputs(ctl_tr("\nOptions of its own:\n"), out);
        ctl_options_print(verb->options, false, out);
    }
    if (verb->formats != 1u << MBP_FORMAT_TEXT) {
        fputs(ctl_tr("FORMAT is"), out);
        for (unsigned f = 0; f < MBP_FORMAT_COUNT; f++) {
            if ((verb->formats >> f & 1u) != 0)
                fprintf(out, " %s", mbp_format_name((enum mbp_format)f));
        }
        putc('\n', out);
    }
    fprintf(out, ctl_tr("\nExamples:\n%s"), ctl_tr(verb->examples));
}
