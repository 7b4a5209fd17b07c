/* words: what a scenario says, in sentences. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "scenario_priv.h"

const char *clock_text(uint64_t ns, char buf[CLOCK_LEN])
{
    uint64_t ms = ns / MBP_NS_PER_MS;
    snprintf(buf, CLOCK_LEN, "%02" PRIu64 ":%02u:%02u.%03u", ms / 3600000, (unsigned)(ms / 60000 % 60),
             (unsigned)(ms / 1000 % 60), (unsigned)(ms % 1000));
    return buf;
}

const char *span_text(uint64_t ns, char buf[CLOCK_LEN])
{
    uint64_t minutes = ns / (60 * MBP_NS_PER_S);
    uint64_t rest_ms = ns % (60 * MBP_NS_PER_S) / MBP_NS_PER_MS;
    double rest_s = (double)rest_ms / 1000;
    if (minutes > 0 && rest_s > 0)
        snprintf(buf, CLOCK_LEN, "%" PRIu64 "min %gs", minutes, rest_s);
    else if (minutes > 0)
        snprintf(buf, CLOCK_LEN, "%" PRIu64 "min", minutes);
    else
        snprintf(buf, CLOCK_LEN, "%gs", rest_s);
    return buf;
}

const char *target_text(const struct mbp_plant *plant, const struct target *target, char *buf, size_t size)
{
    if (target->kind == TARGET_ALL)
        snprintf(buf, size, "all");
    else if (target->kind == TARGET_MACHINE)
        snprintf(buf, size, "%s", plant->machines[target->index].name);
    else if (target->alarms == MBP_ALARMS_ALL)
        snprintf(buf, size, "%s", plant->sensors[target->index].name);
    else
        snprintf(buf, size, "%s.%s", plant->sensors[target->index].name,
                 mbp_limit_name((enum mbp_limit)__builtin_ctz(target->alarms)));
    return buf;
}

const char *say(struct mbp_scenario *scenario, const char *format, ...)
{
    char text[1200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return mbp_reader_keep(&scenario->reader, text, strlen(text));
}

const char *when_text(const struct expectation *expectation, char *buf, size_t size)
{
    static const char *const words[] = {
        [WHEN_NEXT] = "", [WHEN_WITHIN] = " within ", [WHEN_BEFORE] = " before ", [WHEN_THROUGHOUT] = " for "};
    char span[32];
    snprintf(buf, size, "%s%s", words[expectation->when],
             expectation->when == WHEN_NEXT ? "" : mbp_duration_format(expectation->span_ns, span, sizeof span));
    return buf;
}
