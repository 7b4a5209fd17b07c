/* The command line. Own code instead of getopt, because "write TT101 -5" must not take -5 for an option, and because
 * options may stand before and after the verb. */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "mbplant/event/comment.h"
#include "option_rows.h"

static enum mbp_status unknown_option(const char *argument, FILE *errors)
{
    const char *names[CTL_OPTIONS_MAX];
    for (size_t i = 0; i < ctl_option_count; i++)
        names[i] = ctl_option_rows[i].name;
    const char *word = argument + strspn(argument, "-");
    char copy[32];
    snprintf(copy, sizeof copy, "%.*s", (int)strcspn(word, "="), word);
    const char *nearest = mbp_nearest(copy, names, ctl_option_count);
    mbp_text_print(errors, ctl_tr("mbplantctl: unknown option %s; "), argument);
    if (nearest != NULL)
        mbp_text_print(errors, ctl_tr("did you mean --%s? "), nearest);
    fputs(ctl_tr("mbplantctl --help lists them\n"), errors);
    return MBP_ERR_FORMAT;
}

/* "-5" and "-.5" are values. */
static bool is_option(const char *argument)
{
    return argument[0] == '-' && argument[1] != '\0' && strchr("0123456789.", argument[1]) == NULL;
}

struct parser {
    int argc, next;
    char **argv;
    FILE *errors;
    uint64_t used; /* bit per row that was given */
    struct ctl_options *out;
};

/* A key of the plant file, for verbs that edit it: every word that is no option of mbplantctl's own. A sensor's --unit
 * is its unit of measurement. */
static bool is_key(const struct parser *parser, const char *argument, const struct ctl_option *option)
{
    const struct ctl_verb *verb = parser->out->verb;
    if (verb == NULL || (verb->options & CTL_OPT_EDIT) == 0 || argument[1] != '-' || argument[2] == '\0')
        return false;
    return option == NULL || option->mask == CTL_OPT_WORK || /* a sensor has a kind too */
           (strcmp(option->name, "unit") == 0 && strcmp(verb->name, "sensor") == 0);
}

static enum mbp_status take_key(struct parser *parser, const char *key)
{
    struct ctl_options *out = parser->out;
    size_t len = strcspn(key, "=");
    if (out->key_count == CTL_KEYS_MAX || (key[len] == '\0' && parser->next == parser->argc)) {
        mbp_text_print(parser->errors,
                       key[len] == '\0' && parser->next == parser->argc
                           ? ctl_tr("mbplantctl: --%s needs a value: that of the key in the plant file\n")
                           : ctl_tr("mbplantctl: --%s is a key too many\n"),
                       key);
        return MBP_ERR_FORMAT;
    }
    struct ctl_key *taken = &out->keys[out->key_count++];
    taken->key = key;
    taken->value = key[len] == '=' ? key + len + 1 : parser->argv[parser->next++];
    return MBP_OK;
}

static void print_formats(const struct ctl_verb *verb, FILE *errors)
{
    for (unsigned f = 0; f < MBP_FORMAT_COUNT; f++) {
        if ((verb->formats >> f & 1u) != 0)
            mbp_text_print(errors, ctl_tr(" %s"), mbp_format_name((enum mbp_format)f));
    }
    putc('\n', errors);
}

static enum mbp_status needs_value(const struct parser *parser, const struct ctl_option *option)
{
    const struct ctl_verb *verb = parser->out->verb;
    if (option->mask == CTL_OPT_FORMAT && verb != NULL && (verb->options & CTL_OPT_FORMAT) != 0) {
        mbp_text_print(parser->errors, ctl_tr("mbplantctl: --format needs a value; %s has"), verb->name);
        print_formats(verb, parser->errors);
    } else {
        mbp_text_print(parser->errors, ctl_tr("mbplantctl: --%s needs a value: %s\n"), option->name,
                       ctl_tr(option->allowed));
    }
    return MBP_ERR_FORMAT;
}

/* One option with its value: "--port 5020", "--port=5020", "-p 5020", "-p5020". */
static enum mbp_status take_option(struct parser *parser, const char *argument)
{
    const struct ctl_option *option;
    const char *value = NULL;
    if (argument[1] == '-') {
        size_t len = strcspn(argument + 2, "=");
        option = ctl_option_find(argument + 2, len);
        if (argument[2 + len] == '=')
            value = argument + 2 + len + 1;
    } else {
        option = ctl_option_of_letter(argument[1]);
        if (argument[2] != '\0')
            value = argument + 2;
    }
    if (is_key(parser, argument, option))
        return take_key(parser, argument + 2);
    if (option == NULL || (value != NULL && option->argument == NULL))
        return unknown_option(argument, parser->errors);
    if (option->argument != NULL && value == NULL) {
        if (parser->next == parser->argc)
            return needs_value(parser, option);
        value = parser->argv[parser->next++];
    }
    if (option->set == NULL)
        *(bool *)((char *)parser->out + option->flag) = true;
    else if (!option->set(parser->out, value)) {
        mbp_text_print(parser->errors, ctl_tr("mbplantctl: --%s %s: allowed is %s\n"), option->name, value,
                       ctl_tr(option->allowed));
        return MBP_ERR_FORMAT;
    }
    parser->used |= UINT64_C(1) << (option - ctl_option_rows);
    return MBP_OK;
}

static enum mbp_status take_word(struct parser *parser, const char *word)
{
    struct ctl_options *out = parser->out;
    if (out->verb == NULL && !out->help && strcmp(word, "help") == 0) { /* as --help, with a verb or without */
        out->help = true;
        return MBP_OK;
    }
    if (out->verb != NULL) {
        if (out->argc == CTL_ARGUMENTS_MAX) {
            mbp_text_print(parser->errors, ctl_tr("mbplantctl: more than %d arguments\n"), CTL_ARGUMENTS_MAX);
            return MBP_ERR_FORMAT;
        }
        out->argv[out->argc++] = word;
        return MBP_OK;
    }
    out->verb = ctl_verb_find(word);
    if (out->verb != NULL)
        return MBP_OK;
    const char *names[64] = {NULL};
    size_t count = 0;
    for (; count < ctl_verb_count && count < 64; count++)
        names[count] = ctl_verbs[count].name;
    const char *nearest = mbp_nearest(word, names, count);
    mbp_text_print(parser->errors, ctl_tr("mbplantctl: unknown verb %s; "), word);
    if (nearest != NULL)
        mbp_text_print(parser->errors, ctl_tr("did you mean %s? "), nearest);
    fputs(ctl_tr("mbplantctl --help lists them\n"), parser->errors);
    return MBP_ERR_FORMAT;
}

static enum mbp_status check_said(const char *option, const char *text, size_t max, FILE *errors)
{
    char why[MBP_COMMENT_WHY];
    if (text == NULL || mbp_comment_check(text, strlen(text), max, why, sizeof why) == MBP_OK)
        return MBP_OK;
    mbp_text_print(errors, ctl_tr("mbplantctl: --%s: %s\n"), option, why);
    return MBP_ERR_FORMAT;
}

/* The format that was asked for, or the verb's own. */
static enum mbp_status check_format(const struct ctl_verb *verb, struct ctl_options *options, FILE *errors)
{
    if (options->format_said == NULL) {
        unsigned f = 0;
        while (f < MBP_FORMAT_COUNT - 1 && (verb->formats >> f & 1u) == 0)
            f++;
        options->format = (enum mbp_format)f;
        return MBP_OK;
    }
    if (mbp_format_find(options->format_said, &options->format) == MBP_OK &&
        (verb->formats >> options->format & 1u) != 0)
        return MBP_OK;
    mbp_text_print(errors, ctl_tr("mbplantctl: %s has no format %s; it has"), verb->name, options->format_said);
    print_formats(verb, errors);
    return MBP_ERR_FORMAT;
}

/* What was given must be what the verb takes. */
static enum mbp_status check_for_verb(const struct parser *parser)
{
    struct ctl_options *out = parser->out;
    const struct ctl_verb *verb = out->verb;
    if (out->help || out->version || verb == NULL)
        return MBP_OK;
    for (size_t i = 0; i < ctl_option_count; i++) {
        if ((parser->used >> i & 1u) == 0 || ctl_option_rows[i].mask == CTL_OPT_COMMON)
            continue;
        if ((ctl_option_rows[i].mask & verb->options) == 0) {
            mbp_text_print(parser->errors,
                           ctl_tr("mbplantctl: %s does not take --%s; mbplantctl %s --help lists its options\n"),
                           verb->name, ctl_option_rows[i].name, verb->name);
            return MBP_ERR_FORMAT;
        }
    }
    if (out->argc < verb->arguments_min || out->argc > verb->arguments_max) {
        mbp_text_print(parser->errors,
                       ctl_tr("mbplantctl: usage: mbplantctl %s%s%s; mbplantctl %s --help has examples\n"), verb->name,
                       verb->arguments[0] != '\0' ? " " : "", ctl_tr(verb->arguments), verb->name);
        return MBP_ERR_FORMAT;
    }
    return check_format(verb, out, parser->errors);
}

/* Nor --as and --why. */
static void take_said(struct ctl_options *out)
{
    const char *who = getenv("MBPLANT_AS");
    const char *why = getenv("MBPLANT_WHY");
    out->said.who = who != NULL && who[0] != '\0' ? who : NULL;
    out->said.why = why != NULL && why[0] != '\0' ? why : NULL;
}

/* What -H and -p need not say. A port beside the host's own is that of a host without one. */
static bool take_environment(struct ctl_options *out, FILE *errors)
{
    const char *host = getenv("MBPLANT_HOST");
    const char *port = getenv("MBPLANT_PORT");
    if (host != NULL && host[0] != '\0' && !ctl_option_set_host(out, host)) {
        mbp_text_print(errors,
                       ctl_tr("mbplantctl: MBPLANT_HOST %s: allowed is HOST, HOST:PORT, or a wire as -H takes it\n"),
                       host);
        return false;
    }
    take_said(out);
    if (port == NULL || port[0] == '\0' || out->port_of_host)
        return true;
    if (!ctl_option_set_port(out, port)) {
        mbp_text_print(errors, ctl_tr("mbplantctl: MBPLANT_PORT %s: allowed is 1..65535\n"), port);
        return false;
    }
    out->port_of_host = true;
    return true;
}

enum mbp_status ctl_options_parse(int argc, char **argv, FILE *errors, struct ctl_options *out)
{
    *out = (struct ctl_options){
        .target = {.host = CTL_DEFAULT_HOST, .port = CTL_DEFAULT_PORT, .timeout_ms = CTL_DEFAULT_TIMEOUT_MS},
        .unit = -1,
        .table = MBP_HOLDING_REGISTERS,
        .lang = ctl_lang_of_environment(),
    };
    if (!take_environment(out, errors))
        return MBP_ERR_FORMAT;
    struct parser parser = {.argc = argc, .next = 1, .argv = argv, .errors = errors, .out = out};
    bool options_over = false;
    while (parser.next < argc) {
        const char *argument = argv[parser.next++];
        enum mbp_status status;
        if (!options_over && strcmp(argument, "--") == 0) {
            options_over = true;
            continue;
        }
        if (!options_over && is_option(argument))
            status = take_option(&parser, argument);
        else
            status = take_word(&parser, argument);
        if (status != MBP_OK)
            return status;
    }
    if (check_said("why", out->said.why, MBP_COMMENT_MAX, errors) != MBP_OK ||
        check_said("as", out->said.who, MBP_WHO_MAX, errors) != MBP_OK)
        return MBP_ERR_FORMAT;
    enum mbp_status good = check_for_verb(&parser);
    if (!out->lang_given && good == MBP_OK)
        out->lang = ctl_lang_of_format(out->format, out->lang);
    return good;
}
