/* The system's clock behind the injectable one, and durations and times as text. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mbplant/base.h"

static uint64_t system_mono_ns(void *ctx)
{
    (void)ctx;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * MBP_NS_PER_S + (uint64_t)now.tv_nsec;
}

static uint64_t system_wall_ms(void *ctx)
{
    (void)ctx;
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0 || now.tv_sec < 0)
        return 0;
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / MBP_NS_PER_MS;
}

struct mbp_clock mbp_clock_system(void)
{
    return (struct mbp_clock){system_mono_ns, system_wall_ms, NULL};
}

static const struct {
    const char *name;
    uint64_t ns;
} units[] = {{"d", 86400 * MBP_NS_PER_S},
             {"h", 3600 * MBP_NS_PER_S},
             {"min", 60 * MBP_NS_PER_S},
             {"s", MBP_NS_PER_S},
             {"ms", MBP_NS_PER_MS},
             {"us", 1000},
             {"ns", 1}};

#define UNIT_COUNT (sizeof units / sizeof units[0])

enum mbp_status mbp_duration_parse(const char *text, uint64_t *out_ns)
{
    /* strtod also takes hex, inf and nan, which are no durations: allow digits and a point only. */
    size_t digits = strspn(text, "0123456789.");
    if (text[0] == '-')
        return MBP_ERR_RANGE;
    if (digits == 0)
        return MBP_ERR_FORMAT;
    char *end;
    errno = 0;
    double number = strtod(text, &end);
    if (end != text + digits || errno != 0)
        return MBP_ERR_FORMAT;
    while (*end == ' ')
        end++;
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        if (strcmp(end, units[i].name) != 0)
            continue;
        double ns = number * (double)units[i].ns;
        if (ns > 3650.0 * 86400.0 * (double)MBP_NS_PER_S)
            return MBP_ERR_RANGE;
        *out_ns = (uint64_t)llround(ns);
        return MBP_OK;
    }
    return MBP_ERR_FORMAT;
}

const char *mbp_duration_format(uint64_t ns, char *buf, size_t size)
{
    size_t i = 0;
    while (i < UNIT_COUNT - 1 && (ns < units[i].ns || ns % units[i].ns != 0))
        i++;
    if (ns == 0)
        snprintf(buf, size, "0s");
    else
        snprintf(buf, size, "%" PRIu64 "%s", ns / units[i].ns, units[i].name);
    return buf;
}

const char *mbp_time_format(uint64_t wall_ms, char *buf, size_t size)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm utc;
    char whole[32] = "?";
    if (gmtime_r(&seconds, &utc) != NULL)
        strftime(whole, sizeof whole, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(buf, size, "%s.%03uZ", whole, (unsigned)(wall_ms % 1000));
    return buf;
}
