/* Options as rows. */
#include "option_rows.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TIMEOUT_MS_MAX  UINT64_C(3600000)
#define INTERVAL_MS_MIN UINT64_C(100)

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
    char text[MBP_WIRE_PATH_MAX + 64];
    const char *pty = strstr(value, "+pty://"); /* for who opens it, it is a line as others are */
    int len = pty != NULL ? snprintf(text, sizeof text, "%.*s%s", (int)(pty - value), value, pty + strlen("+pty"))
                          : snprintf(text, sizeof text, "%s", value);
    if (len >= (int)sizeof text || mbp_wire_parse(text, wire, why, sizeof why) != MBP_OK)
        return false;
    bool plain = wire->medium == MBP_MEDIUM_TCP && wire->framing == MBP_FRAMING_MBAP;
    options->target.wire = plain ? NULL : wire;
    options->port_of_host = true;
    options->target.host = mbp_wire_is_line(wire) ? wire->path : wire->host;
    options->target.port = wire->has_port ? wire->port : CTL_DEFAULT_PORT;
    return !wire->has_port || wire->port != 0;
}

bool ctl_is_host(const char *text)
{
    const char *colon = strchr(text, ':');
    bool ipv6 = colon != NULL && strchr(colon + 1, ':') != NULL;
    return text[0] != '\0' && strpbrk(text, "/[]") == NULL && (colon == NULL || ipv6);
}

/* "[::1]", without a port */
static bool take_bracketed(struct ctl_options *options, const char *value)
{
    size_t len = strlen(value);
    if (len < 3 || len - 2 >= sizeof options->host || value[0] != '[' || value[len - 1] != ']')
        return false;
    snprintf(options->host, sizeof options->host, "%.*s", (int)len - 2, value + 1);
    options->target.host = options->host;
    return strpbrk(options->host, "/[]") == NULL;
}

bool ctl_option_set_host(struct ctl_options *options, const char *value)
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
        return ctl_is_host(value) || take_bracketed(options, value);
    options->target.host = options->host;
    options->target.port = port;
    options->port_of_host = true;
    return port != 0;
}

bool ctl_option_set_port(struct ctl_options *options, const char *value)
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
    options->format_said = value; /* which there are is the verb's to say, and it may stand behind */
    return true;
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
    if (mbp_lang_find(value, &options->lang) != MBP_OK)
        return false;
    options->lang_given = true;
    ctl_speak(options->lang); /* what is wrong behind it is said so, too */
    return true;
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

static bool set_template(struct ctl_options *options, const char *value)
{
    options->template_path = value;
    return value[0] != '\0';
}

static bool set_target_version(struct ctl_options *options, const char *value)
{
    options->target_version = value;
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

static bool set_work_kind(struct ctl_options *options, const char *value)
{
    options->work_kind = value;
    return true;
}

static bool set_work_due(struct ctl_options *options, const char *value)
{
    options->work_due = value;
    return true;
}

static bool set_work_when(struct ctl_options *options, const char *value)
{
    options->work_when = value;
    return true;
}

static bool set_work_takes(struct ctl_options *options, const char *value)
{
    options->work_takes = value;
    return true;
}

const struct ctl_option ctl_option_rows[] = {
    {"host", 'H', "HOST[:PORT]", CTL_OPT_COMMON, "the slave's name or address (127.0.0.1)", ctl_option_set_host, 0,
     "a name or address, with a port of 1..65535 behind a colon if need be, and tcp://, rtu+tcp://, ascii+tcp:// or "
     "udp:// before it; or a line: rtu:///dev/ttyUSB0?baud=19200&parity=even, ascii:///dev/ttyUSB0"},
    {"port", 'p', "PORT", CTL_OPT_COMMON, "its TCP port (5020)", ctl_option_set_port, 0, "1..65535"},
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
    {"load", 0, "FILE", CTL_OPT_PERIOD | CTL_OPT_LOAD, "read such a dump instead of asking the slave", set_load, 0,
     "a file"},
    {"for", 0, "TIME", CTL_OPT_SHELF | CTL_OPT_LEARN, "ends by itself after this time", set_shelf, 0,
     "a time from 1s to 18h, like 10min"},
    {"once", 0, NULL, CTL_OPT_SHELF, "ends by itself when what is beyond has returned to normal", FLAG(once)},
    {"interval", 0, "TIME", CTL_OPT_WATCH, "how often it looks at the slave (1s)", set_interval, 0,
     "a time from 100ms to 1h, like 500ms or 2s"},
    {"last", 'n', "N", CTL_OPT_JOURNAL, "only the last N of them", set_last, 0, "1..4294967295"},
    {"count", 0, "N", CTL_OPT_WATCH, "ends after so many looks", set_count, 0, "1..4294967295"},
    {"within", 0, "TIME", CTL_OPT_WAIT, "how long it waits at most (30s)", set_within, 0,
     "a time from 1ms to 1h, like 500ms or 30s"},
    {"hidden", 0, NULL, CTL_OPT_HIDDEN, "what is shelved, suppressed or out of service, by whom and why", FLAG(hidden)},
    {"dry-run", 0, NULL, CTL_OPT_EDIT, "show what would change in the plant file, and change nothing", FLAG(dry_run)},
    {"yes", 'y', NULL, CTL_OPT_EDIT, "do not ask, also where addresses of other points move", FLAG(yes)},
    {"no-wait", 0, NULL, CTL_OPT_EFFECT, "end when the slave has taken it, not when a scan has done it", FLAG(no_wait)},
    {"lang", 0, "LANG", CTL_OPT_COMMON, "language of what is meant for people: en, fr (as LC_MESSAGES)", set_lang, 0,
     "en, fr"},
    {"request", 0, NULL, CTL_OPT_EXPLAIN, "take the frame for a request", FLAG(request)},
    {"response", 0, NULL, CTL_OPT_EXPLAIN, "take the frame for a response", FLAG(response)},
    {"output", 'o', "FILE", CTL_OPT_OUTPUT, "write it to FILE, which must be new, not to the terminal", set_output, 0,
     "a file"},
    {"select", 0, "PATTERNS", CTL_OPT_EXPORT, "points of these names: 'TT101*,FILL1.*'; '*' is all", set_select, 0,
     "names with * and ?, commas between"},
    {"template", 0, "FILE", CTL_OPT_EXPORT, "a text with the names of fields in double braces, in the place of TARGET",
     set_template, 0, "a file"},
    {"target-version", 0, "VERSION", CTL_OPT_EXPORT, "of the target's program, where its files differ: zabbix 6.0, 7.0",
     set_target_version, 0, "a version"},
    {"strict", 0, NULL, CTL_OPT_EXPORT, "exit with 1 when something was left out or is not as in the plant",
     FLAG(strict)},
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
    {"note", 0, "TEXT", CTL_OPT_COMMON, "the same as --why", set_why, 0, "a text"},
    {"kind", 0, "KIND", CTL_OPT_WORK, "of work that is opened: corrective or preventive (corrective)", set_work_kind, 0,
     "corrective, preventive"},
    {"due", 0, "WHEN", CTL_OPT_WORK, "when it is due: 3d, '200h running', '500 products'", set_work_due, 0, "a time"},
    {"when", 0, "EXPRESSION", CTL_OPT_WORK, "it is due when this is TRUE; the plant file keeps it", set_work_when, 0,
     "an expression like 'VT101 > 7'"},
    {"takes", 0, "TIME", CTL_OPT_WORK, "how long it is to take", set_work_takes, 0, "a time like 2h"},
    {"color", 0, "WHEN", CTL_OPT_COMMON, "auto (on a terminal, NO_COLOR heeded), always, never", set_colour, 0,
     "auto, always, never"},
    {"help", 'h', NULL, CTL_OPT_COMMON, "this help, or a verb's", FLAG(help)},
    {"version", 'V', NULL, CTL_OPT_COMMON, "the version", FLAG(version)},
};

const size_t ctl_option_count = sizeof ctl_option_rows / sizeof ctl_option_rows[0];
_Static_assert(sizeof ctl_option_rows / sizeof ctl_option_rows[0] <= CTL_OPTIONS_MAX, "a bit each");

void ctl_options_print(unsigned mask, bool common, FILE *out)
{
    for (size_t i = 0; i < ctl_option_count; i++) {
        const struct ctl_option *option = &ctl_option_rows[i];
        if (option->mask == CTL_OPT_COMMON ? !common : (option->mask & mask) == 0)
            continue;
        char head[40];
        char letter[8] = "    ";
        if (option->letter != 0)
            snprintf(letter, sizeof letter, "-%c, ", option->letter);
        snprintf(head, sizeof head, "%s--%s %s", letter, option->name,
                 option->argument != NULL ? ctl_tr(option->argument) : "");
        ctl_help_line(head, ctl_tr(option->help), out);
    }
}

void ctl_options_words(unsigned mask)
{
    for (size_t i = 0; i < ctl_option_count; i++) {
        if (ctl_option_rows[i].mask == CTL_OPT_COMMON || (ctl_option_rows[i].mask & mask) != 0)
            ctl_say("--%s\n", ctl_option_rows[i].name);
    }
}

const struct ctl_option *ctl_option_find(const char *name, size_t len)
{
    for (size_t i = 0; i < ctl_option_count; i++) {
        if (strlen(ctl_option_rows[i].name) == len && memcmp(ctl_option_rows[i].name, name, len) == 0)
            return &ctl_option_rows[i];
    }
    return NULL;
}

const struct ctl_option *ctl_option_of_letter(char letter)
{
    for (size_t i = 0; i < ctl_option_count; i++) {
        if (ctl_option_rows[i].letter != 0 && ctl_option_rows[i].letter == letter)
            return &ctl_option_rows[i];
    }
    return NULL;
}
