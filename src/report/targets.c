/* The figures of alarm systems, and what they should be. */
#include "document.h"

#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define PER_DAY  150.0
#define PER_TEN  1.0
#define OVER_TEN 0.01
#define FLOODED  0.01
#define TOP_TEN  0.05
#define STALE    5.0

/* About 80 % low, 15 % medium, 5 % high, and hardly any above that. */
static const struct {
    const char *key;
    double about;
} priorities[MBP_PRIORITY_COUNT] = {
    [MBP_PRIORITY_LOW] = {"priority_low", 0.80},
    [MBP_PRIORITY_MEDIUM] = {"priority_medium", 0.15},
    [MBP_PRIORITY_HIGH] = {"priority_high", 0.05},
    [MBP_PRIORITY_CRITICAL] = {"priority_critical", 0.01},
};

static double ratio(uint32_t part, uint32_t all)
{
    return all > 0 ? (double)part / all : (double)NAN;
}

void mbp_targets_of(const struct mbp_analysis *analysis, struct mbp_target out[MBP_TARGETS])
{
    const struct mbp_analysis_alarms *alarms = &analysis->alarms;
    const double over = ratio(alarms->windows_of[MBP_ANALYSIS_CLASSES - 1], alarms->windows);
    /* of less than ten minutes: what? */
    const double per_hour = analysis->length_ms >= MBP_ANALYSIS_WINDOW_MS ? alarms->per_hour : (double)NAN;
    /* Ten alarms are at least 10 of all: of so few they cannot be a share below the target. */
    const bool enough = alarms->raised * TOP_TEN >= 10;
    const struct mbp_target judged[] = {
        {"per_day", MSG_W_PER_DAY, 24 * per_hour, PER_DAY, false, true, true, 0},
        {"per_10min", MSG_W_PER_TEN, per_hour / 6, PER_TEN, false, true, true, 0},
        {"peak_10min", MSG_W_PEAK_TEN, alarms->peak, MBP_ANALYSIS_FLOOD_FROM - 1, false, true, true, 0},
        {"over_10_in_10min", MSG_W_OVER_TEN, over, OVER_TEN, true, true, true, 0},
        {"flood_share", MSG_W_FLOODED, alarms->flood_share, FLOODED, true, true, true, 0},
        {"top_ten_share", MSG_W_TOP_TEN, alarms->top_ten_share, TOP_TEN, true, true, enough, 0},
        {"chattering", MSG_W_CHATTERING, alarms->chattering, 0, false, true, true, 0},
        {"stale", MSG_W_STALE_ONES, alarms->stale, STALE, false, true, true, 0},
    };
    _Static_assert(COUNT(judged) + MBP_PRIORITY_COUNT == MBP_TARGETS, "as many as there are");
    size_t count = 0;
    while (count < COUNT(judged)) {
        out[count] = judged[count];
        count++;
    }
    for (unsigned p = 0; p < MBP_PRIORITY_COUNT; p++)
        out[count++] = (struct mbp_target){.key = priorities[p].key,
                                           .title = MSG_W_PRIORITY_OF,
                                           .value = ratio(alarms->by_priority[p], alarms->raised),
                                           .target = priorities[p].about,
                                           .share = true,
                                           .most = p == MBP_PRIORITY_CRITICAL,
                                           .priority = (enum mbp_priority)p};
}

const char *mbp_target_title(enum mbp_lang lang, const struct mbp_target *target, char *buf, size_t size)
{
    if (target->title == MSG_W_PRIORITY_OF)
        snprintf(buf, size, mbp_message(lang, MSG_W_PRIORITY_OF), mbp_message_priority(lang, target->priority));
    else
        snprintf(buf, size, "%s", mbp_message(lang, target->title));
    return buf;
}
