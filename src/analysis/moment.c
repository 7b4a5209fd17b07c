/* Times as people type them. */
#include "mbplant/report/period.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MS_PER_S       UINT64_C(1000)
#define MINUTES_PER_H  60
#define OFFSET_MAX_MIN (14 * MINUTES_PER_H) /* UTC+14 exists */

/* Digits of a fixed count; NULL when they are not there. */
static const char *take_digits(const char *text, unsigned count, int *out)
{
    int number = 0;
    for (unsigned i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return NULL;
        number = 10 * number + (text[i] - '0');
    }
    *out = number;
    return text + count;
}

static const char *take_char(const char *text, char wanted)
{
    return text != NULL && *text == wanted ? text + 1 : NULL;
}

/* "2026-11-24" */
static const char *take_date(const char *text, struct tm *date)
{
    const char *p = take_digits(text, 4, &date->tm_year);
    p = take_char(p, '-');
    p = p == NULL ? NULL : take_digits(p, 2, &date->tm_mon);
    p = take_char(p, '-');
    return p == NULL ? NULL : take_digits(p, 2, &date->tm_mday);
}

/* "08:00", "08:00:05", "08:00:05.25" */
static const char *take_clock(const char *text, struct tm *time, unsigned *ms)
{
    const char *p = take_digits(text, 2, &time->tm_hour);
    p = take_char(p, ':');
    p = p == NULL ? NULL : take_digits(p, 2, &time->tm_min);
    if (p == NULL || *p != ':')
        return p;
    p = take_digits(p + 1, 2, &time->tm_sec);
    if (p == NULL || (*p != '.' && *p != ','))
        return p;
    unsigned weight = 100;
    const char *first = ++p;
    for (; *p >= '0' && *p <= '9'; p++, weight /= 10)
        *ms += weight * (unsigned)(*p - '0');
    return p == first ? NULL : p;
}

/* "Z", "+01:00", "+0100", "+01". */
static const char *take_zone(const char *text, int *offset_min)
{
    int hours = 0;
    int minutes = 0;
    if (*text == 'Z' || *text == 'z')
        return text + 1;
    if (*text != '+' && *text != '-')
        return NULL;
    const char *p = take_digits(text + 1, 2, &hours);
    if (p != NULL && *p != '\0')
        p = take_digits(*p == ':' ? p + 1 : p, 2, &minutes);
    *offset_min = (hours * MINUTES_PER_H + minutes) * (*text == '-' ? -1 : 1);
    return minutes < MINUTES_PER_H && abs(*offset_min) <= OFFSET_MAX_MIN ? p : NULL;
}

static bool is_real(const struct tm *asked)
{
    struct tm copy = *asked;
    copy.tm_isdst = 0;
    time_t seconds = timegm(&copy);
    return seconds >= 0 && copy.tm_mday == asked->tm_mday && copy.tm_mon == asked->tm_mon && asked->tm_hour < 24 &&
           asked->tm_min < MINUTES_PER_H && asked->tm_sec < 60;
}

/* A day by its number from today; a day that ends is the beginning of the next one. */
static uint64_t day_ms(uint64_t now_ms, int days)
{
    time_t now = (time_t)(now_ms / MS_PER_S);
    struct tm day;
    localtime_r(&now, &day);
    day.tm_hour = day.tm_min = day.tm_sec = 0;
    day.tm_mday += days;
    day.tm_isdst = -1;
    return (uint64_t)mktime(&day) * MS_PER_S;
}

struct spoken {
    struct tm time;
    unsigned ms;
    bool has_date, has_clock, has_zone;
    int offset_min;
};

static bool take_spoken(const char *text, struct spoken *out)
{
    const char *p = take_date(text, &out->time);
    out->has_date = p != NULL;
    if (p == NULL)
        p = text;
    else if (*p == 'T' || *p == 't' || *p == ' ')
        p++;
    else
        return *p == '\0';
    p = take_clock(p, &out->time, &out->ms);
    out->has_clock = p != NULL;
    if (p == NULL || *p == '\0')
        return p != NULL;
    if (*p == ' ')
        p++;
    p = take_zone(p, &out->offset_min);
    out->has_zone = true;
    return p != NULL && *p == '\0';
}

static enum mbp_status resolve_spoken(struct spoken *spoken, uint64_t now_ms, bool is_end, uint64_t *out)
{
    struct tm *time = &spoken->time;
    if (spoken->has_date) {
        time->tm_year -= 1900;
        time->tm_mon -= 1;
    } else {
        struct tm today;
        time_t now = (time_t)(now_ms / MS_PER_S) + spoken->offset_min * 60;
        if (spoken->has_zone)
            gmtime_r(&now, &today);
        else
            localtime_r(&now, &today);
        time->tm_year = today.tm_year;
        time->tm_mon = today.tm_mon;
        time->tm_mday = today.tm_mday;
    }
    if (!is_real(time))
        return MBP_ERR_RANGE;
    if (!spoken->has_clock && is_end)
        time->tm_mday++;
    time->tm_isdst = -1;
    time_t seconds = spoken->has_zone ? timegm(time) - spoken->offset_min * 60 : mktime(time);
    if (seconds < 0)
        return MBP_ERR_RANGE;
    *out = (uint64_t)seconds * MS_PER_S + spoken->ms;
    return MBP_OK;
}

static enum mbp_status parse_time(const char *text, uint64_t now_ms, bool is_end, uint64_t *out)
{
    uint64_t ago_ns;
    if (strcmp(text, "now") == 0) {
        *out = now_ms;
        return MBP_OK;
    }
    if (strcmp(text, "today") == 0 || strcmp(text, "yesterday") == 0) {
        *out = day_ms(now_ms, (text[0] == 'y' ? -1 : 0) + (is_end ? 1 : 0));
        return MBP_OK;
    }
    enum mbp_status status = mbp_duration_parse(text, &ago_ns);
    if (status == MBP_OK) {
        uint64_t ago_ms = ago_ns / MBP_NS_PER_MS;
        *out = ago_ms < now_ms ? now_ms - ago_ms : 0;
        return MBP_OK;
    }
    struct spoken spoken = {0};
    if (!take_spoken(text, &spoken))
        return status == MBP_ERR_RANGE ? MBP_ERR_RANGE : MBP_ERR_FORMAT;
    return resolve_spoken(&spoken, now_ms, is_end, out);
}

enum mbp_status mbp_moment_parse(const char *text, uint64_t now_ms, bool is_end, struct mbp_moment *out)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || text[digits] != '\0') {
        uint64_t ms;
        enum mbp_status status = parse_time(text, now_ms, is_end, &ms);
        if (status == MBP_OK)
            *out = (struct mbp_moment){MBP_MOMENT_TIME, 0, ms};
        return status;
    }
    uint64_t seq = digits <= 10 ? strtoull(text, NULL, 10) : 0;
    if (seq == 0 || seq > UINT32_MAX)
        return MBP_ERR_RANGE;
    *out = (struct mbp_moment){MBP_MOMENT_EVENT, (uint32_t)seq, 0};
    return MBP_OK;
}

bool mbp_moments_are_reversed(const struct mbp_moment *since, const struct mbp_moment *until)
{
    return since->kind == until->kind && ((since->kind == MBP_MOMENT_EVENT && since->seq > until->seq) ||
                                          (since->kind == MBP_MOMENT_TIME && since->ms >= until->ms));
}

bool mbp_moments_hold(const struct mbp_moment *since, const struct mbp_moment *until, const struct mbp_event *event)
{
    return !(since->kind == MBP_MOMENT_EVENT && event->seq < since->seq) &&
           !(since->kind == MBP_MOMENT_TIME && event->wall_ms < since->ms) &&
           !(until->kind == MBP_MOMENT_EVENT && event->seq > until->seq) &&
           !(until->kind == MBP_MOMENT_TIME && event->wall_ms >= until->ms);
}
