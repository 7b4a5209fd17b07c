/* The columns of the alarm database: what stands in each, of an alarm or of what its sensor says for all of them. */
#include "database/database.h"

#include <math.h>
#include <string.h>

#include "mbplant/words.h"

static void put_number(double value, char *buf, size_t size)
{
    char text[32];
    snprintf(buf, size, "%s", isnan(value) ? "" : mbp_number_shortest(value, text));
}

static void put_states(uint8_t states, char *buf, size_t size)
{
    size_t used = 0;
    buf[0] = '\0';
    for (unsigned s = 0; s < MBP_STATE_COUNT; s++) {
        if ((states >> s & 1u) != 0 && used < size)
            used += (size_t)snprintf(buf + used, size - used, "%s%s", used > 0 ? " " : "",
                                     mbp_state_name((enum mbp_state_code)s));
    }
}

static void put_chatter(const struct mbp_chatter *chatter, char *buf, size_t size)
{
    char within[32];
    char calm[32];
    buf[0] = '\0';
    if (chatter->transitions != 0)
        snprintf(buf, size, "%u within %s for %s", chatter->transitions,
                 mbp_duration_format(chatter->within_ns, within, sizeof within),
                 mbp_duration_format(chatter->for_ns, calm, sizeof calm));
}

static const char *text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

void database_setting(const struct mbp_alarm *alarm, enum database_column column, char *buf, size_t size)
{
    switch ((unsigned)column) {
    case DATABASE_PRIORITY:
        snprintf(buf, size, "%s", mbp_priority_name((enum mbp_priority)alarm->priority));
        return;
    case DATABASE_DEADBAND:
        put_number(alarm->deadband, buf, size);
        return;
    case DATABASE_DELAY:
        mbp_duration_format(alarm->delay_ns, buf, size);
        return;
    case DATABASE_OFF_DELAY:
        mbp_duration_format(alarm->off_delay_ns, buf, size);
        return;
    case DATABASE_LATCH:
        snprintf(buf, size, "%s", alarm->latch ? "true" : "false");
        return;
    case DATABASE_SUPPRESS:
        put_states(alarm->suppress, buf, size);
        return;
    case DATABASE_WHEN:
        snprintf(buf, size, "%s", text_or_empty(alarm->when));
        return;
    case DATABASE_RE_ALARM:
        mbp_duration_format(alarm->re_alarm_ns, buf, size);
        return;
    case DATABASE_CHATTER:
        put_chatter(&alarm->chatter, buf, size);
        return;
    case DATABASE_MESSAGE:
        snprintf(buf, size, "%s", text_or_empty(alarm->texts.message));
        return;
    case DATABASE_CAUSE:
        snprintf(buf, size, "%s", text_or_empty(alarm->texts.cause));
        return;
    case DATABASE_CONSEQUENCE:
        snprintf(buf, size, "%s", text_or_empty(alarm->texts.consequence));
        return;
    case DATABASE_ACTION:
        snprintf(buf, size, "%s", text_or_empty(alarm->texts.action));
        return;
    default:
        buf[0] = '\0';
    }
}

void database_cell(const struct mbp_plant *plant, const struct ctl_one_alarm *alarm, enum database_column column,
                   char *buf, size_t size)
{
    const struct mbp_sensor *sensor = &plant->sensors[alarm->sensor];
    const struct mbp_alarms *alarms = mbp_sensor_alarms(sensor);
    switch ((unsigned)column) {
    case DATABASE_ALARM:
        ctl_one_alarm_name(plant, alarm, buf, size);
        return;
    case DATABASE_MACHINE:
        snprintf(buf, size, "%s", sensor->machine != UINT32_MAX ? plant->machines[sensor->machine].name : "");
        return;
    case DATABASE_KIND:
        snprintf(buf, size, "%s", sensor->is_alarm ? "expression" : mbp_limit_name((enum mbp_limit)alarm->alarm));
        return;
    case DATABASE_UNIT:
        snprintf(buf, size, "%s", sensor->unit_text);
        return;
    case DATABASE_TRIPS:
        snprintf(buf, size, "%s", (sensor->trip >> alarm->alarm & 1u) != 0 ? "true" : "false");
        return;
    case DATABASE_LIMIT:
        put_number(alarm->alarm < MBP_LIMIT_COUNT       ? sensor->limits[alarm->alarm]
                   : alarm->alarm == MBP_RATE_OF_CHANGE ? alarms->rate_max
                                                        : (double)NAN,
                   buf, size);
        return;
    case DATABASE_PER:
        buf[0] = '\0';
        if (alarm->alarm == MBP_RATE_OF_CHANGE)
            mbp_duration_format(alarms->rate_per_ns, buf, size);
        return;
    case DATABASE_MESSAGE:
        snprintf(buf, size, "%s", mbp_sensor_alarm_texts(sensor, alarm->alarm).message);
        return;
    default:
        database_setting(&alarms->of[alarm->alarm], column, buf, size);
    }
}

const struct mbp_grid_column database_columns[DATABASE_COLUMNS] = {
    [DATABASE_ALARM] = {"ALARM", "alarm", false},
    [DATABASE_MACHINE] = {"MACHINE", "machine", false},
    [DATABASE_KIND] = {"KIND", "kind", false},
    [DATABASE_UNIT] = {"UNIT", "unit", false},
    [DATABASE_TRIPS] = {"TRIPS", "trips", false},
    [DATABASE_LIMIT] = {"LIMIT", "limit", false},
    [DATABASE_PER] = {"PER", "per", false},
    [DATABASE_PRIORITY] = {"PRIORITY", "priority", false},
    [DATABASE_DEADBAND] = {"DEADBAND", "deadband", false},
    [DATABASE_DELAY] = {"DELAY", "delay", false},
    [DATABASE_OFF_DELAY] = {"OFF DELAY", "off_delay", false},
    [DATABASE_LATCH] = {"LATCH", "latch", false},
    [DATABASE_SUPPRESS] = {"SUPPRESS IN", "suppress", false},
    [DATABASE_WHEN] = {"SUPPRESS WHEN", "suppress_when", false},
    [DATABASE_RE_ALARM] = {"RE-ALARM", "re_alarm", false},
    [DATABASE_CHATTER] = {"CHATTER", "chatter", false},
    [DATABASE_MESSAGE] = {"MESSAGE", "message", false},
    [DATABASE_CAUSE] = {"CAUSE", "cause", false},
    [DATABASE_CONSEQUENCE] = {"CONSEQUENCE", "consequence", false},
    [DATABASE_ACTION] = {"ACTION", "action", false},
};

bool database_is_fixed(enum database_column column)
{
    return column <= DATABASE_TRIPS;
}

static const char *skip_spaces(const char *text, size_t *len)
{
    text += strspn(text, " ");
    *len = strlen(text);
    while (*len > 0 && text[*len - 1] == ' ')
        (*len)--;
    return text;
}

static bool same_text(const char *a, const char *b)
{
    size_t len_a;
    size_t len_b;
    a = skip_spaces(a, &len_a);
    b = skip_spaces(b, &len_b);
    return len_a == len_b && strncmp(a, b, len_a) == 0;
}

/* 85.0 is 85, TRUE is true: programs for tables write them so. */
bool database_same(enum database_column column, const char *a, const char *b)
{
    char *end_a;
    char *end_b;
    double number_a = strtod(a, &end_a);
    double number_b = strtod(b, &end_b);
    bool numbers = (column == DATABASE_LIMIT || column == DATABASE_DEADBAND) && end_a != a && end_b != b &&
                   *end_a == '\0' && *end_b == '\0';
    if (numbers)
        return !(number_a < number_b) && !(number_a > number_b);
    return column == DATABASE_LATCH || column == DATABASE_TRIPS || column == DATABASE_PRIORITY ? strcasecmp(a, b) == 0
                                                                                               : same_text(a, b);
}
