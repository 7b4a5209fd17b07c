/* wait: until a point or a machine is what a script waits for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "slave/address.h"
#include "slave/snapshot.h"
#include "slave/value.h"
#include "slave/wait.h"

#define WITHIN_MS   30000u
#define LOOK_MIN_MS 10u
#define LOOK_MAX_MS 500u

enum relation { IS, IS_NOT, LESS, AT_MOST, MORE, AT_LEAST };

static const struct {
    const char *sign;
    enum relation relation;
} signs[] = {{"==", IS},       {"!=", IS_NOT}, {"<>", IS_NOT}, {"<=", AT_MOST},
             {">=", AT_LEAST}, {"=", IS},      {"<", LESS},    {">", MORE}};
#define SIGNS (sizeof signs / sizeof signs[0])

/* What is waited for. */
struct condition {
    char name[128];
    char value[300]; /* as it was asked for */
    bool compares;   /* there was a sign */
    enum relation relation;
    uint32_t machine; /* UINT32_MAX = a point */
    enum mbp_state_code state;
    struct ctl_point point;
    bool is_text;
    double number;
    bool is_wide; /* a point whose number has more digits than a double: */
    struct ctl_digits digits;
    char seen[320]; /* what was there when it was looked at last */
};

/* ---- the words --------------------------------------------------------------------------------------------------- */

static void trim(const char *text, size_t len, char *out, size_t size)
{
    while (len > 0 && *text == ' ') {
        text++;
        len--;
    }
    while (len > 0 && text[len - 1] == ' ')
        len--;
    snprintf(out, size, "%.*s", (int)len, text);
}

/* "TT101 > 80", "TT101>80", "TT101 80", "TT101.high active", "TT101.high": the words with spaces between. */
static void split(const char *text, struct condition *condition)
{
    size_t at = strcspn(text, "=!<>");
    condition->relation = IS;
    if (text[at] == '\0') {
        size_t name = strcspn(text, " ");
        trim(text, name, condition->name, sizeof condition->name);
        trim(text + name, strlen(text + name), condition->value, sizeof condition->value);
        return;
    }
    for (size_t s = 0; s < SIGNS; s++) {
        size_t len = strlen(signs[s].sign);
        if (strncmp(text + at, signs[s].sign, len) != 0)
            continue;
        condition->relation = signs[s].relation;
        condition->compares = true;
        trim(text, at, condition->name, sizeof condition->name);
        trim(text + at + len, strlen(text + at + len), condition->value, sizeof condition->value);
        return;
    }
    trim(text, strlen(text), condition->name,
         sizeof condition->name); /* a sign that is none: no point has such a name */
}

/* A word that stands for a number. */
static bool take_word(const char *value, double *out)
{
    static const char *const on[] = {"on", "true", "active", "yes"};
    static const char *const off[] = {"off", "false", "normal", "no"};
    for (size_t w = 0; w < sizeof on / sizeof on[0]; w++) {
        if (strcasecmp(value, on[w]) == 0 || strcasecmp(value, off[w]) == 0) {
            *out = strcasecmp(value, on[w]) == 0;
            return true;
        }
    }
    return false;
}

/* A number, perhaps with a unit behind it; or a word that stands for one. */
static bool take_number(struct condition *condition)
{
    const char *unit = condition->point.map.unit_text;
    const char *end = condition->value;
    bool taken = take_word(condition->value, &condition->number);
    if (taken) {
        condition->digits = (struct ctl_digits){.whole = {.magnitude = condition->number > 0}};
        return true;
    }
    if (condition->is_wide) {
        taken = ctl_digits_read(condition->value, &condition->digits, &end);
    } else {
        char *behind;
        condition->number = strtod(condition->value, &behind);
        taken = behind != condition->value && isfinite(condition->number);
        end = behind;
    }
    return taken && (*end == '\0' || *end == ' ' || (unit != NULL && strcmp(end, unit) == 0));
}

static enum ctl_exit wrong(const struct condition *condition, const char *allowed)
{
    ctl_error("wait: %s %s: allowed is %s", condition->name, condition->value, ctl_tr(allowed));
    return CTL_USAGE;
}

static enum ctl_exit find_machine(struct condition *condition)
{
    static const char allowed[] = "en_service, en_panne or maintenance, as it is or with = or !=";
    bool compares = condition->relation == IS || condition->relation == IS_NOT;
    return compares && ctl_state_find(condition->value, &condition->state) ? CTL_OK : wrong(condition, allowed);
}

/* What stands at an address of any slave, as a point that belongs to nothing. */
static enum ctl_exit take_address(struct ctl *ctl, struct condition *condition)
{
    struct ctl_address address;
    char why[160];
    if (ctl_address_parse(condition->name, &address, why, sizeof why) != MBP_OK) {
        ctl_error("%s: %s", condition->name, why);
        return CTL_USAGE;
    }
    condition->point = (struct ctl_point){.unit = ctl_raw_unit(ctl), .limit = -1};
    condition->point.map = (struct mbp_point){.what = "raw",
                                              .unit_text = "",
                                              .scale = 1,
                                              .count = address.count,
                                              .sensor = UINT32_MAX,
                                              .machine = UINT32_MAX,
                                              .actuator = UINT32_MAX,
                                              .controller = UINT32_MAX,
                                              .stored = UINT32_MAX,
                                              .addr = address.addr,
                                              .table = (uint8_t)address.table,
                                              .type = (uint8_t)address.type,
                                              .order = (uint8_t)address.order};
    snprintf(condition->point.map.name, sizeof condition->point.map.name, "%.90s", condition->name);
    return CTL_OK;
}

static enum ctl_exit find_point(struct ctl *ctl, const char *name, struct condition *condition)
{
    bool equals = condition->relation == IS || condition->relation == IS_NOT;
    if (ctl_address_is_raw(name)) {
        enum ctl_exit code = take_address(ctl, condition);
        if (code != CTL_OK)
            return code;
    } else if (!ctl_point_find(ctl->plant, ctl->options->unit, name, &condition->point)) {
        ctl_unknown_name(ctl->plant, CTL_ANY_POINT, name);
        return CTL_USAGE;
    }
    snprintf(condition->name, sizeof condition->name, "%s", condition->point.map.name); /* as the plant spells it */
    if (ctl_point_values(&condition->point) > 1)
        return wrong(condition, "a point of one value");
    if (condition->point.map.own != NULL && condition->point.map.own->write_only)
        return wrong(condition, "a point that may be read");
    condition->is_text = condition->point.map.type == MBP_STRING && !mbp_table_is_bits(condition->point.map.table);
    if (condition->is_text)
        return equals && condition->value[0] != '\0' ? CTL_OK : wrong(condition, "a text, as it is or with = or !=");
    const struct mbp_register reg = mbp_point_register(&condition->point.map);
    condition->is_wide = !mbp_table_is_bits(condition->point.map.table) && mbp_register_is_wide(&reg);
    if (condition->value[0] == '\0') { /* until it is on */
        condition->relation = IS_NOT;
        return CTL_OK;
    }
    return take_number(condition) ? CTL_OK : wrong(condition, "a number, on, off, active or normal");
}

static enum ctl_exit find(struct ctl *ctl, struct condition *condition)
{
    const struct ctl_options *options = ctl->options;
    char text[300] = "";
    size_t len = 0;
    for (int a = 0; a < options->argc && len < sizeof text; a++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", a > 0 ? " " : "", options->argv[a]);
    if (len >= sizeof text)
        return wrong(condition, "one name and one value");
    split(text, condition);
    if (condition->name[0] == '\0' || (condition->compares && condition->value[0] == '\0')) {
        ctl_error("wait: %s: a name, a sign and a value, as in 'TT101 > 80'", text);
        return CTL_USAGE;
    }
    if (ctl_address_is_raw(condition->name))
        return find_point(ctl, condition->name, condition);
    if (ctl_plant(ctl) == NULL)
        return CTL_FAILED;
    const char *name = ctl_spelling(ctl->plant, condition->name);
    condition->machine = mbp_plant_find_machine(ctl->plant, name);
    if (condition->machine == UINT32_MAX)
        return find_point(ctl, name, condition);
    snprintf(condition->name, sizeof condition->name, "%s", name);
    return find_machine(condition);
}

/* ---- looking ----------------------------------------------------------------------------------------------------- */

static bool holds(enum relation relation, bool less, bool more, bool none)
{
    switch (relation) {
    case IS:
        return !less && !more && !none;
    case IS_NOT:
        return less || more;
    case LESS:
        return less;
    case AT_MOST:
        return less || (!more && !none);
    case MORE:
        return more;
    case AT_LEAST:
        return more || (!less && !none);
    }
    return false;
}

/* What is there, as text, beside what is waited for. */
static bool number_holds(const struct condition *condition, const char *text)
{
    const double value = text[0] != '\0' ? strtod(text, NULL) : (double)NAN;
    const bool less = value < condition->number;
    return holds(condition->relation, less, value > condition->number, isnan(value));
}

/* All digits of both. What has more than 64 bits, or decimals, no register equals. */
static bool whole_holds(const struct condition *condition, const uint16_t *words)
{
    const struct mbp_point *map = &condition->point.map;
    const struct ctl_digits *wanted = &condition->digits;
    const uint64_t bits = mbp_codec_bits((enum mbp_type)map->type, (enum mbp_order)map->order, words);
    const struct mbp_whole now = mbp_codec_whole_of((enum mbp_type)map->type, bits);
    int order = mbp_whole_compare(&now, &wanted->whole);
    if (wanted->beyond || (order == 0 && wanted->fraction))
        order = wanted->whole.negative ? 1 : -1;
    const bool less = order < 0;
    return holds(condition->relation, less, order > 0, false);
}

/* Whether an address tells if a machine is in that state. */
static bool is_shown(const struct mbp_plant *plant, const struct condition *condition)
{
    const size_t flag = offsetof(struct mbp_machine_view, in_state) + condition->state * sizeof(bool);
    return CTL_SHOWS(plant, MBP_PER_MACHINE, condition->machine, mbp_machine_view, state) ||
           ctl_shows(plant, MBP_PER_MACHINE, condition->machine, flag);
}

static enum mbp_status look_at_machine(struct ctl *ctl, struct condition *condition, bool *met)
{
    struct mbp_machine_view now;
    enum mbp_status status = ctl_machine_read(ctl, condition->machine, &now);
    if (status != MBP_OK)
        return status;
    const bool by_flag = !CTL_SHOWS(ctl->plant, MBP_PER_MACHINE, condition->machine, mbp_machine_view, state);
    const bool is = by_flag ? now.in_state[condition->state] : now.state == condition->state;
    *met = is == (condition->relation == IS);
    if (by_flag && !is)
        snprintf(condition->seen, sizeof condition->seen, ctl_tr("not %s"), mbp_state_name(condition->state));
    else
        snprintf(condition->seen, sizeof condition->seen, "%s", mbp_state_name(now.state));
    return MBP_OK;
}

static enum mbp_status look_at_point(struct ctl *ctl, struct condition *condition, bool *met)
{
    const struct mbp_point *map = &condition->point.map;
    uint16_t words[CTL_POINT_WORDS_MAX];
    char number[300];
    enum mbp_status status =
        ctl_read(ctl->link, condition->point.unit, (enum mbp_table)map->table, map->addr, map->count, words);
    if (status != MBP_OK)
        return status;
    ctl_point_take_part(&condition->point, words);
    ctl_point_text(&condition->point, words, condition->seen, sizeof condition->seen);
    ctl_point_number(&condition->point, words, number, sizeof number);
    if (condition->is_text)
        *met = (strcmp(number, condition->value) == 0) == (condition->relation == IS);
    else
        *met =
            condition->is_wide && number[0] != '\0' ? whole_holds(condition, words) : number_holds(condition, number);
    return MBP_OK;
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / MBP_NS_PER_MS;
}

/* Four looks a scan; of a slave whose scan nobody knows ten a second. */
static uint64_t pause_ms(const struct mbp_plant *plant)
{
    uint64_t quarter = plant != NULL ? plant->scan_ns / 4 / MBP_NS_PER_MS : 100;
    return quarter < LOOK_MIN_MS ? LOOK_MIN_MS : quarter > LOOK_MAX_MS ? LOOK_MAX_MS : quarter;
}

CTL_VERB(wait)
{
    struct condition condition = {.machine = UINT32_MAX};
    uint32_t within_ms = ctl->options->within_ms > 0 ? ctl->options->within_ms : WITHIN_MS;
    enum ctl_exit code = find(ctl, &condition);
    char span[32];
    if (code != CTL_OK)
        return code;
    if (condition.machine != UINT32_MAX && !is_shown(ctl->plant, &condition)) {
        ctl_no_place(condition.name, "state", MBP_INPUT_REGISTERS);
        return CTL_FAILED;
    }
    if (ctl_link(ctl) == NULL)
        return CTL_FAILED;
    uint64_t deadline = now_ms() + within_ms;
    for (;;) {
        bool met = false;
        enum mbp_status status = condition.machine != UINT32_MAX ? look_at_machine(ctl, &condition, &met)
                                                                 : look_at_point(ctl, &condition, &met);
        if (status != MBP_OK)
            return ctl_fail(ctl, status, condition.name);
        if (met) {
            ctl_say("%s = %s\n", condition.name, condition.seen);
            return CTL_OK;
        }
        if (now_ms() >= deadline)
            break;
        ctl_pause(pause_ms(ctl->plant));
    }
    ctl_error("wait: %s: not within %s: it is %s", ctl->options->argv[0],
              mbp_duration_format(within_ms * MBP_NS_PER_MS, span, sizeof span), condition.seen);
    return CTL_FAILED;
}
