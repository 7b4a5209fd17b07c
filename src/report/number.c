/* Numbers as people read them: as many digits as the register can tell apart, always with the unit. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "messages.h"
#include "writers.h"

#define DECIMALS_MAX       6u
#define FIXED_DIGITS_LIMIT 1e15 /* beyond, a double has no digits after the point left */

static void append_unit(const char *unit, char *buf, size_t size)
{
    if (unit[0] == '\0')
        return;
    size_t len = strlen(buf);
    snprintf(buf + len, size - len, " %s", unit);
}

static void print_fixed(double value, unsigned decimals, char *buf, size_t size)
{
    if (fabs(value) >= FIXED_DIGITS_LIMIT) {
        snprintf(buf, size, "%.9g", value);
        return;
    }
    if (fabs(value) < 0.5 * pow(10, -(double)decimals))
        value = 0; /* no "-0.0" */
    snprintf(buf, size, "%.*f", (int)decimals, value);
}

const char *mbp_tag_value_text(const struct mbp_event_tag *tag, double value, char *buf, size_t size)
{
    if (isnan(value)) {
        snprintf(buf, size, "-");
        return buf;
    }
    if (tag->decimals == MBP_TAG_ON_OFF) {
        snprintf(buf, size, "%s", value != 0 ? "on" : "off");
        return buf;
    }
    print_fixed(value, tag->decimals < DECIMALS_MAX ? tag->decimals : DECIMALS_MAX, buf, size);
    append_unit(tag->measure, buf, size);
    return buf;
}

const char *mbp_value_text(const struct mbp_sensor *sensor, double value, char *buf, size_t size)
{
    const struct mbp_event_tag tag = mbp_tag_of_sensor(sensor);
    return mbp_tag_value_text(&tag, value, buf, size);
}

const char *mbp_message_actuator(enum mbp_lang lang, const struct mbp_actuator *actuator, double position, char *buf,
                                 size_t size)
{
    bool at_end = position <= actuator->range[0] || position >= actuator->range[1];
    if (isnan(position)) {
        snprintf(buf, size, "-");
        return buf;
    }
    if (actuator->on_off && at_end) {
        snprintf(buf, size, "%s", mbp_message(lang, position > actuator->range[0] ? MSG_W_ON : MSG_W_OFF));
        return buf;
    }
    print_fixed(position, mbp_actuator_decimals(actuator), buf, size);
    append_unit(actuator->unit_text, buf, size);
    return mbp_message_decimal(lang, buf);
}

const char *mbp_actuator_text(const struct mbp_actuator *actuator, double position, char *buf, size_t size)
{
    return mbp_message_actuator(MBP_LANG_EN, actuator, position, buf, size);
}

/* A limit may stand between two numbers that the register shows: as many digits more as it needs. */
static unsigned limit_decimals(const struct mbp_event_tag *tag, double limit)
{
    const double same = 1e-6 * fmax(fabs(limit), 1e-6); /* in events it is a float32 */
    unsigned decimals = tag->decimals == MBP_TAG_ON_OFF ? 0 : tag->decimals;
    for (double power = pow(10, decimals); decimals < DECIMALS_MAX; power *= 10, decimals++) {
        if (fabs(round(limit * power) / power - limit) <= same)
            break;
    }
    return decimals;
}

const char *mbp_tag_limit_text(const struct mbp_event_tag *tag, double limit, char *buf, size_t size)
{
    if (isnan(limit)) {
        snprintf(buf, size, "off");
        return buf;
    }
    print_fixed(limit, limit_decimals(tag, limit), buf, size);
    char *point = strchr(buf, '.');
    if (point != NULL && strchr(buf, 'e') == NULL) {
        char *last = buf + strlen(buf) - 1;
        while (*last == '0')
            *last-- = '\0';
        if (last == point)
            *point = '\0';
    }
    append_unit(tag->measure, buf, size);
    return buf;
}

const char *mbp_limit_text(const struct mbp_sensor *sensor, double limit, char *buf, size_t size)
{
    const struct mbp_event_tag tag = mbp_tag_of_sensor(sensor);
    return mbp_tag_limit_text(&tag, limit, buf, size);
}

const char *mbp_float_text(float number, char *buf, size_t size)
{
    if (isnan(number)) {
        snprintf(buf, size, "%s", "");
        return buf;
    }
    for (int digits = 6; digits <= 9; digits++) {
        snprintf(buf, size, "%.*g", digits, (double)number);
        if (strtof(buf, NULL) == number)
            break;
    }
    return buf;
}

const char *mbp_span_text_in(enum mbp_lang lang, uint64_t seconds, char *buf, size_t size)
{
    uint64_t minutes = seconds / 60;
    uint64_t hours = minutes / 60;
    /* French stands apart from its unit; neither may break. */
    const char *apart = lang == MBP_LANG_FR ? "\xC2\xA0" : "";
    const char *between = lang == MBP_LANG_FR ? "\xC2\xA0" : " ";
    const char *days = mbp_message(lang, MSG_W_DAYS);
    if (hours >= 24)
        snprintf(buf, size, "%" PRIu64 "%s%s%s%" PRIu64 "%sh", hours / 24, apart, days, between, hours % 24, apart);
    else if (hours > 0)
        snprintf(buf, size, "%" PRIu64 "%sh%s%" PRIu64 "%smin", hours, apart, between, minutes % 60, apart);
    else if (minutes > 0)
        snprintf(buf, size, "%" PRIu64 "%smin%s%" PRIu64 "%ss", minutes, apart, between, seconds % 60, apart);
    else
        snprintf(buf, size, "%" PRIu64 "%ss", seconds, apart);
    return buf;
}

bool mbp_report_moment(enum mbp_lang lang, uint64_t wall_ms, struct tm *out)
{
    const time_t seconds = (time_t)(wall_ms / 1000);
    return (lang == MBP_LANG_FR ? localtime_r(&seconds, out) : gmtime_r(&seconds, out)) != NULL;
}

const char *mbp_report_time(enum mbp_lang lang, uint64_t wall_ms, char *buf, size_t size)
{
    struct tm moment;
    buf[0] = '\0';
    if (mbp_report_moment(lang, wall_ms, &moment))
        strftime(buf, size, lang == MBP_LANG_FR ? "%d/%m/%Y %H:%M:%S" : "%Y-%m-%d %H:%M:%SZ", &moment);
    return buf;
}
