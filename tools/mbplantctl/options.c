/* The command line. Own code instead of getopt, because "write TT101 -5" must not take -5 for an option, and because
 * options may stand before and after the verb. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ctl.h"
#include "mbplant/event/comment.h"

#define TIMEOUT_MS_MAX  UINT64_C(3600000)
#define INTERVAL_MS_MIN UINT64_C(100)

struct option {
    const char *name;
    char letter;          /* 0 = has none */
    const char *argument; /* NULL = takes none */
    unsigned mask;        /* CTL_OPT_ bits; CTL_OPT_COMMON = every verb takes it */
    const char *help;
    bool (*set)(struct ctl_options *options, const char *value); /* false = not allowed; NULL = a flag */
    size_t flag;                                                 /* of a flag: its offset in struct ctl_options */
    const char *allowed;
};

#define FLAG(member) NULL, offsetof(struct ctl_options, member), ""

static bool parse_unsigned(const char *text, uint64_t low, uint64_t high, uint64_t *out)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 10 || text[digits] != '\0')
        return false;
    uint64_t number = strtoull(text, NULL, 10);
    if (number < low || number > high)
        return false;
    *out = number;
    return true;
}

static bool set_colour(struct ctl_options *options, const char *value)
{
    static const char *const words[] = {"auto", "always", "never"};
    for (unsigned w = 0; w < sizeof words / sizeof words[0]; w++) {
        if (strcmp(words[w], value) == 0) {
            options->colour = (enum ctl_colour)w;
            return true;
        }
    }
    return false;
}

/* rtu+tcp://HOST:PORT, rtu:///dev/ttyUSB0?baud=9600 ... */
static bool set_wire(struct ctl_options *options, const char *value)
{
    struct mbp_wire *wire = &options->wire;
    char why[MBP_WIRE_WHY];
    if (mbp_wire_parse(value, wire, why, sizeof why) != MBP_OK || wire->medium == MBP_MEDIUM_PTY)
        return false;
    bool plain = wire->medium == MBP_MEDIUM_TCP && wire->framing == MBP_FRAMING_MBAP;
    options->target.wire = plain ? NULL : wire;
    options->port_of_host = true;
    options->target.host = mbp_wire_is_line(wire) ? wire->path : wire->host;
    options->target.port = wire->has_port ? wire->port : CTL_DEFAULT_PORT;
    return !wire->has_port || wire->port != 0;
}

static bool set_host(struct ctl_options *options, const char *value)
{
    uint16_t port;
    options->target.wire = NULL;
    if (strstr(value, "://") != NULL)
        return set_wire(options, value);
    options->target.host = value;
    if (options->port_of_host) /* that host's port is not this one's */
        options->target.port = CTL_DEFAULT_PORT;
    options->port_of_host = false;
    if (mbp_endpoint_parse(value, options->host, sizeof options->host, &port) != MBP_OK)
        return value[0] != '\0';
    options->target.host = options->host;
    options->target.port = port;
    options->port_of_host = true;
    return port != 0;
}

static bool set_port(struct ctl_options *options, const char *value)
{
    uint64_t port;
    if (!parse_unsigned(value, 1, UINT16_MAX, &port))
        return false;
    options->target.port = (uint16_t)port;
    options->port_of_host = false;
    return true;
}

static bool set_unit(struct ctl_options *options, const char *value)
{
    uint64_t unit;
    if (!parse_unsigned(value, 0, 255, &unit))
        return false;
    options->unit = (int)unit;
    return true;
}

static bool set_plant(struct ctl_options *options, const char *value)
{
    options->plant_path = value;
    return value[0] != '\0';
}

static bool set_timeout(struct ctl_options *options, const char *value)
{
    uint64_t ns;
    if (mbp_duration_parse(value, &ns) != MBP_OK || ns < MBP_NS_PER_MS || ns > TIMEOUT_MS_MAX * MBP_NS_PER_MS)
        return false;
    options->target.timeout_ms = (uint32_t)(ns / MBP_NS_PER_MS);
    return true;
}

static bool set_format(struct ctl_options *options, const char *value)
{
    return mbp_format_find(value, &options->format) == MBP_OK;
}

static bool set_moment(const char *value, bool is_end, struct mbp_moment *out)
{
    struct mbp_clock clock = mbp_clock_system();
    return mbp_moment_parse(value, clock.wall_ms(clock.ctx), is_end, out) == MBP_OK;
}

static bool set_since(struct ctl_options *options, const char *value)
{
    return set_moment(value, false, &options->since);
}

static bool set_until(struct ctl_options *options, const char *value)
{
    return set_moment(value, true, &options->until);
}

static bool set_machine(struct ctl_options *options, const char *value)
{
    options->machine = value;
    return value[0] != '\0';
}

static bool set_sensor(struct ctl_options *options, const char *value)
{
    options->sensor = value;
    return value[0] != '\0';
}

static bool set_code(struct ctl_options *options, const char *value)
{
    options->code = value;
    return value[0] != '\0';
}

static bool set_lang(struct ctl_options *options, const char *value)
{
    return mbp_lang_find(value, &options->lang) == MBP_OK;
}

/* The shelving register counts seconds; a part of one is one. */
static bool set_shelf(struct ctl_options *options, const char *value)
{
    uint64_t ns;
    if (mbp_duration_parse(value, &ns) != MBP_OK || ns == 0 || ns > (MBP_SHELVE_ONCE - 1) * MBP_NS_PER_S)
        return false;
    options->shelf_s = (uint32_t)((ns + MBP_NS_PER_S - 1) / MBP_NS_PER_S);
    return true;
}

static bool set_interval(struct ctl_options *options, const char *value)
{
    uint64_t ns;
    if (mbp_duration_parse(value, &ns) != MBP_OK || ns < INTERVAL_MS_MIN * MBP_NS_PER_MS ||
        ns > TIMEOUT_MS_MAX * MBP_NS_PER_MS)
        return false;
    options->interval_ms = (uint32_t)(ns / MBP_NS_PER_MS);
    return true;
}

static bool set_within(struct ctl_options *options, const char *value)
{
    uint64_t ns;
    if (mbp_duration_parse(value, &ns) != MBP_OK || ns < MBP_NS_PER_MS || ns > TIMEOUT_MS_MAX * MBP_NS_PER_MS)
        return false;
    options->within_ms = (uint32_t)(ns / MBP_NS_PER_MS);
    return true;
}

static bool set_count(struct ctl_options *options, const char *value)
{
    uint64_t count;
    if (!parse_unsigned(value, 1, UINT32_MAX, &count))
        return false;
    options->count = (uint32_t)count;
    return true;
}

static bool set_last(struct ctl_options *options, const char *value)
{
    uint64_t count;
    if (!parse_unsigned(value, 1, UINT32_MAX, &count))
        return false;
    options->last = (uint32_t)count;
    return true;
}

static bool set_load(struct ctl_options *options, const char *value)
{
    options->load_path = value;
    return value[0] != '\0';
}

static bool set_save(struct ctl_options *options, const char *value)
{
    options->save_path = value;
    return value[0] != '\0';
}

static bool set_output(struct ctl_options *options, const char *value)
{
    options->output_path = value;
    return value[0] != '\0';
}

static bool set_select(struct ctl_options *options, const char *value)
{
    options->select_names = value;
    return value[0] != '\0';
}

static bool set_table(struct ctl_options *options, const char *value)
{
    int table = mbp_table_find(value);
    options->table = table >= 0 ? (enum mbp_table)table : options->table;
    return table >= 0;
}

static bool set_order(struct ctl_options *options, const char *value)
{
    for (unsigned o = 0; o < MBP_ORDER_COUNT; o++) {
        if (strcasecmp(mbp_order_name((enum mbp_order)o), value) == 0) {
            options->order = (enum mbp_order)o;
            return true;
        }
    }
    return false;
}

static bool set_addresses(struct ctl_options *options, const char *value)
{
    static const char *const words[] = {"auto", "0", "1", "references"};
    for (unsigned w = 0; w < sizeof words / sizeof words[0]; w++) {
        if (strcmp(words[w], value) == 0) {
            options->addresses = (enum learn_addresses)w;
            return true;
        }
    }
    return false;
}

static bool set_column(struct ctl_options *options, const char *value)
{
    if (options->column_count == CTL_COLUMNS_MAX || strchr(value, '=') == NULL)
        return false;
    options->columns[options->column_count++] = value;
    return true;
}

static bool set_rate(struct ctl_options *options, const char *value)
{
    uint64_t rate;
    if (!parse_unsigned(value, 1, 1000000, &rate))
        return false;
    options->rate = (uint32_t)rate;
    return true;
}

/* Told with its place by ctl_options_parse. */
static bool set_why(struct ctl_options *options, const char *value)
{
    options->said.why = value;
    return true;
}

static bool set_as(struct ctl_options *options, const char *value)
{
    options->said.who = value;
    return true;
}

static const struct option known[] = {
    {"host", 'H', "HOST[:PORT]", CTL_OPT_COMMON, "the slave's name or address (127.0.0.1)", set_host, 0,
     "a name or address, with a port of 1..65535 behind a colon if need be, and tcp://, rtu+tcp://, ascii+tcp:// or "
     "udp:// before it; or a line: rtu:///dev/ttyUSB0?baud=19200&parity=even, ascii:///dev/ttyUSB0"},
    {"port", 'p', "PORT", CTL_OPT_COMMON, "its TCP port (5020)", set_port, 0, "1..65535"},
    {"unit", 'u', "UNIT", CTL_OPT_COMMON, "unit id for raw addresses (1); a named point knows its own", set_unit, 0,
     "0..255"},
    {"plant", 0, "FILE", CTL_OPT_COMMON, "use this plant file instead of asking the slave", set_plant, 0, "a file"},
    {"timeout", 0, "TIME", CTL_OPT_COMMON, "to connect, and for each reply (1s)", set_timeout, 0,
     "a time from 1ms to 1h, like 500ms or 2s"},
    {"format", 'f', "FORMAT", CTL_OPT_FORMAT, "form of the output", set_format, 0,
     "text, markdown, html, json, csv, jsonl, junit"},
    {"raw", 0, NULL, CTL_OPT_RAW, "the register's words in hexadecimal, not the value", FLAG(raw)},
    {"all", 'a', NULL, CTL_OPT_ALL, "all of them, however many", FLAG(all)},
    {"since", 0, "WHEN", CTL_OPT_PERIOD, "from this event number or time on", set_since, 0, MBP_MOMENT_ALLOWED},
    {"until", 0, "WHEN", CTL_OPT_PERIOD, "to this event number, or before this time", set_until, 0, MBP_MOMENT_ALLOWED},
    {"machine", 0, "NAME", CTL_OPT_JOURNAL, "only what is about this machine or its sensors", set_machine, 0,
     "a machine's name"},
    {"sensor", 0, "NAME", CTL_OPT_JOURNAL, "only what is about this sensor, actuator or controller", set_sensor, 0,
     "the name of one"},
    {"code", 0, "KIND", CTL_OPT_JOURNAL, "only events of this kind: alarm, \"alarm raised\", 20; several with commas",
     set_code, 0, "a kind of event"},
    {"follow", 0, NULL, CTL_OPT_JOURNAL, "keep printing new events until interrupted", FLAG(follow)},
    {"verify", 0, NULL, CTL_OPT_JOURNAL, "say whether any event was changed after it was stored", FLAG(verify)},
    {"save", 0, "FILE", CTL_OPT_JOURNAL, "write a dump that --load reads, or continue it", set_save, 0, "a file"},
    {"load", 0, "FILE", CTL_OPT_PERIOD, "read such a dump instead of asking the slave", set_load, 0, "a file"},
    {"for", 0, "TIME", CTL_OPT_SHELF | CTL_OPT_LEARN, "ends by itself after this time", set_shelf, 0,
     "a time from 1s to 18h, like 10min"},
    {"once", 0, NULL, CTL_OPT_SHELF, "ends by itself when what is beyond has returned to normal", FLAG(once)},
    {"interval", 0, "TIME", CTL_OPT_WATCH, "how often it looks at the slave (1s)", set_interval, 0,
     "a time from 100ms to 1h, like 500ms or 2s"},
    {"last", 'n', "N", CTL_OPT_JOURNAL, "only the last N of them", set_last, 0, "1..4294967295"},
    {"count", 0, "N", CTL_OPT_WATCH, "ends after so many looks", set_count, 0, "1..4294967295"},
    {"within", 0, "TIME", CTL_OPT_WAIT, "how long it waits at most (30s)", set_within, 0,
     "a time from 1ms to 1h, like 500ms or 30s"},
    {"dry-run", 0, NULL, CTL_OPT_EDIT, "show what would change in the plant file, and change nothing", FLAG(dry_run)},
    {"yes", 'y', NULL, CTL_OPT_EDIT, "do not ask, also where addresses of other points move", FLAG(yes)},
    {"no-wait", 0, NULL, CTL_OPT_EFFECT, "end when the slave has taken it, not when a scan has done it", FLAG(no_wait)},
    {"lang", 0, "LANG", CTL_OPT_LANG, "language of what is meant for people: en, fr", set_lang, 0, "en, fr"},
    {"request", 0, NULL, CTL_OPT_EXPLAIN, "take the frame for a request", FLAG(request)},
    {"response", 0, NULL, CTL_OPT_EXPLAIN, "take the frame for a response", FLAG(response)},
    {"output", 'o', "FILE", CTL_OPT_OUTPUT, "write it to FILE, which must be new, not to the terminal", set_output, 0,
     "a file"},
    {"select", 0, "PATTERNS", CTL_OPT_EXPORT, "points of these names: 'TT101*,FILL1.*'; '*' is all", set_select, 0,
     "names with * and ?, commas between"},
    {"table", 0, "TABLE", CTL_OPT_LEARN, "of a list that does not say it (holding)", set_table, 0,
     "coil, discrete, input, holding"},
    {"order", 0, "ORDER", CTL_OPT_LEARN, "byte order of what does not say it (ABCD)", set_order, 0,
     "ABCD, CDAB, BADC, DCBA"},
    {"addresses", 0, "FORM", CTL_OPT_LEARN, "of a list: 0 as in frames, 1 from 1, references as 40001 (auto)",
     set_addresses, 0, "auto, 0, 1, references"},
    {"column", 0, "ROLE=HEADING", CTL_OPT_LEARN, "which column of a list is the address, the type ..", set_column, 0,
     "up to 16 times ROLE=HEADING"},
    {"rate", 0, "N", CTL_OPT_LEARN, "requests a second to a device at most (50)", set_rate, 0, "1..1000000"},
    {"thorough", 0, NULL, CTL_OPT_LEARN, "ask a device for every address, not for samples", FLAG(thorough)},
    {"write", 0, NULL, CTL_OPT_CONFORM, "ask what writes, too: values change, and are put back", FLAG(may_write)},
    {"why", 0, "TEXT", CTL_OPT_COMMON, "a comment that the journal keeps with what is written", set_why, 0, "a text"},
    {"as", 0, "NAME", CTL_OPT_COMMON, "who you are, beside the address, in the journal", set_as, 0, "a name"},
    {"color", 0, "WHEN", CTL_OPT_COMMON, "auto (on a terminal, NO_COLOR heeded), always, never", set_colour, 0,
     "auto, always, never"},
    {"help", 'h', NULL, CTL_OPT_COMMON, "this help, or a verb's", FLAG(help)},
    {"version", 'V', NULL, CTL_OPT_COMMON, "the version", FLAG(version)},
};

#define KNOWN (sizeof known / sizeof known[0])
_Static_assert(KNOWN <= 64, "parser.used has a bit for each");

void ctl_options_print(unsigned mask, bool common, FILE *out)
{
    for (size_t i = 0; i < KNOWN; i++) {
        const struct option *option = &known[i];
        if (option->mask == CTL_OPT_COMMON ? !common : (option->mask & mask) == 0)
            continue;
        char head[40];
        char letter[8] = "    ";
        if (option->letter != 0)
            snprintf(letter, sizeof letter, "-%c, ", option->letter);
        snprintf(head, sizeof head, "%s--%s %s", letter, option->name,
                 option->argument != NULL ? option->argument : "");
        ctl_help_line(head, option->help, out);
    }
}

void ctl_options_words(unsigned mask)
{
    for (size_t i = 0; i < KNOWN; i++) {
        if (known[i].mask == CTL_OPT_COMMON || (known[i].mask & mask) != 0)
            ctl_say("--%s\n", known[i].name);
    }
}

static const struct option *find_option(const char *name, size_t len)
{
    for (size_t i = 0; i < KNOWN; i++) {
        if (strlen(known[i].name) == len && memcmp(known[i].name, name, len) == 0)
            return &known[i];
    }
    return NULL;
}

static const struct option *find_letter(char letter)
{
    for (size_t i = 0; i < KNOWN; i++) {
        if (known[i].letter != 0 && known[i].letter == letter)
            return &known[i];
    }
    return NULL;
}

static enum mbp_status unknown_option(const char *argument, FILE *errors)
{
    const char *names[KNOWN];
    for (size_t i = 0; i < KNOWN; i++)
        names[i] = known[i].name;
    const char *word = argument + strspn(argument, "-");
    char copy[32];
    snprintf(copy, sizeof copy, "%.*s", (int)strcspn(word, "="), word);
    const char *nearest = mbp_nearest(copy, names, KNOWN);
    mbp_text_print(errors, "mbplantctl: unknown option %s; ", argument);
    if (nearest != NULL)
        mbp_text_print(errors, "did you mean --%s? ", nearest);
    fputs("mbplantctl --help lists them\n", errors);
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
    uint64_t used; /* bit per entry of known[] that was given */
    struct ctl_options *out;
};

/* A key of the plant file, for verbs that edit it: every word that is no option of mbplantctl's own. A sensor's --unit
 * is its unit of measurement. */
static bool is_key(const struct parser *parser, const char *argument, const struct option *option)
{
    const struct ctl_verb *verb = parser->out->verb;
    if (verb == NULL || (verb->options & CTL_OPT_EDIT) == 0 || argument[1] != '-' || argument[2] == '\0')
        return false;
    return option == NULL || (strcmp(option->name, "unit") == 0 && strcmp(verb->name, "sensor") == 0);
}

static enum mbp_status take_key(struct parser *parser, const char *key)
{
    struct ctl_options *out = parser->out;
    size_t len = strcspn(key, "=");
    if (out->key_count == CTL_KEYS_MAX || (key[len] == '\0' && parser->next == parser->argc)) {
        mbp_text_print(parser->errors,
                       key[len] == '\0' && parser->next == parser->argc
                           ? "mbplantctl: --%s needs a value: that of the key in the plant file\n"
                           : "mbplantctl: --%s is a key too many\n",
                       key);
        return MBP_ERR_FORMAT;
    }
    struct ctl_key *taken = &out->keys[out->key_count++];
    taken->key = key;
    taken->value = key[len] == '=' ? key + len + 1 : parser->argv[parser->next++];
    return MBP_OK;
}

/* One option with its value: "--port 5020", "--port=5020", "-p 5020", "-p5020". */
static enum mbp_status take_option(struct parser *parser, const char *argument)
{
    const struct option *option;
    const char *value = NULL;
    if (argument[1] == '-') {
        size_t len = strcspn(argument + 2, "=");
        option = find_option(argument + 2, len);
        if (argument[2 + len] == '=')
            value = argument + 2 + len + 1;
    } else {
        option = find_letter(argument[1]);
        if (argument[2] != '\0')
            value = argument + 2;
    }
    if (is_key(parser, argument, option))
        return take_key(parser, argument + 2);
    if (option == NULL || (value != NULL && option->argument == NULL))
        return unknown_option(argument, parser->errors);
    if (option->argument != NULL && value == NULL) {
        if (parser->next == parser->argc) {
            mbp_text_print(parser->errors, "mbplantctl: --%s needs a value: %s\n", option->name, option->allowed);
            return MBP_ERR_FORMAT;
        }
        value = parser->argv[parser->next++];
    }
    if (option->set == NULL)
        *(bool *)((char *)parser->out + option->flag) = true;
    else if (!option->set(parser->out, value)) {
        mbp_text_print(parser->errors, "mbplantctl: --%s %s: allowed is %s\n", option->name, value, option->allowed);
        return MBP_ERR_FORMAT;
    }
    parser->used |= UINT64_C(1) << (option - known);
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
            mbp_text_print(parser->errors, "mbplantctl: more than %d arguments\n", CTL_ARGUMENTS_MAX);
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
    mbp_text_print(parser->errors, "mbplantctl: unknown verb %s; ", word);
    if (nearest != NULL)
        mbp_text_print(parser->errors, "did you mean %s? ", nearest);
    fputs("mbplantctl --help lists them\n", parser->errors);
    return MBP_ERR_FORMAT;
}

static enum mbp_status check_said(const char *option, const char *text, size_t max, FILE *errors)
{
    char why[MBP_COMMENT_WHY];
    if (text == NULL || mbp_comment_check(text, strlen(text), max, why, sizeof why) == MBP_OK)
        return MBP_OK;
    mbp_text_print(errors, "mbplantctl: --%s: %s\n", option, why);
    return MBP_ERR_FORMAT;
}

/* The format that was asked for, or the verb's own. */
static enum mbp_status check_format(const struct ctl_verb *verb, bool given, struct ctl_options *options, FILE *errors)
{
    if (!given) {
        unsigned f = 0;
        while (f < MBP_FORMAT_COUNT - 1 && (verb->formats >> f & 1u) == 0)
            f++;
        options->format = (enum mbp_format)f;
        return MBP_OK;
    }
    if ((verb->formats >> options->format & 1u) != 0)
        return MBP_OK;
    mbp_text_print(errors, "mbplantctl: %s has no format %s; it has", verb->name, mbp_format_name(options->format));
    for (unsigned f = 0; f < MBP_FORMAT_COUNT; f++) {
        if ((verb->formats >> f & 1u) != 0)
            mbp_text_print(errors, " %s", mbp_format_name((enum mbp_format)f));
    }
    putc('\n', errors);
    return MBP_ERR_FORMAT;
}

/* What was given must be what the verb takes. */
static enum mbp_status check_for_verb(const struct parser *parser)
{
    struct ctl_options *out = parser->out;
    const struct ctl_verb *verb = out->verb;
    if (out->help || out->version || verb == NULL)
        return MBP_OK;
    bool format_given = false;
    for (size_t i = 0; i < KNOWN; i++) {
        if ((parser->used >> i & 1u) == 0 || known[i].mask == CTL_OPT_COMMON)
            continue;
        format_given |= known[i].mask == CTL_OPT_FORMAT;
        if ((known[i].mask & verb->options) == 0) {
            mbp_text_print(parser->errors,
                           "mbplantctl: %s does not take --%s; mbplantctl %s --help lists its options\n", verb->name,
                           known[i].name, verb->name);
            return MBP_ERR_FORMAT;
        }
    }
    if (out->argc < verb->arguments_min || out->argc > verb->arguments_max) {
        mbp_text_print(parser->errors, "mbplantctl: usage: mbplantctl %s%s%s; mbplantctl %s --help has examples\n",
                       verb->name, verb->arguments[0] != '\0' ? " " : "", verb->arguments, verb->name);
        return MBP_ERR_FORMAT;
    }
    return check_format(verb, format_given, out, parser->errors);
}

/* What -H and -p need not say. A port beside the host's own is that of a host without one. */
static bool take_environment(struct ctl_options *out, FILE *errors)
{
    const char *host = getenv("MBPLANT_HOST");
    const char *port = getenv("MBPLANT_PORT");
    if (host != NULL && host[0] != '\0' && !set_host(out, host)) {
        mbp_text_print(errors, "mbplantctl: MBPLANT_HOST %s: allowed is HOST, HOST:PORT, or a wire as -H takes it\n",
                       host);
        return false;
    }
    if (port == NULL || port[0] == '\0' || out->port_of_host)
        return true;
    if (!set_port(out, port)) {
        mbp_text_print(errors, "mbplantctl: MBPLANT_PORT %s: allowed is 1..65535\n", port);
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
    return check_for_verb(&parser);
}
