/* Alarms per time: the rate, the worst ten minutes, the floods (ISA-18.2-2016 and IEC 62682:2014, clause 16; EEMUA
 * 191). */
#include <math.h>

#include "analysis_priv.h"

#define MS_PER_H 3600000.0

/* While raises are gone through: those of the last ten minutes are first..i. */
struct window {
    const struct mbp_analysis_raise *raises;
    size_t first;
    bool flooding;
    struct mbp_analysis_flood flood;
    uint64_t begin_at; /* of the flood */
    struct analysis_list found;
};

/* Ends the flood when the window ran below its end before at_ms: with the leaving of the fifth newest of those before
 * i.
 */
static enum mbp_status end_flood(struct window *window, size_t i, uint64_t at_ms)
{
    const struct mbp_analysis_raise *leaving = &window->raises[i - MBP_ANALYSIS_FLOOD_TO];
    uint64_t end_at = mbp_time_add_sat(leaving->at_ms, MBP_ANALYSIS_WINDOW_MS);
    if (!window->flooding || end_at > at_ms)
        return MBP_OK;
    window->flooding = false;
    window->flood.length_ms = mbp_time_sub_sat(end_at, window->begin_at);
    window->flood.to_ms = mbp_time_add_sat(leaving->wall_ms, MBP_ANALYSIS_WINDOW_MS);
    return analysis_list_add(&window->found, &window->flood, sizeof window->flood);
}

static void count_in(struct window *window, size_t i)
{
    const struct mbp_analysis_raise *raised = &window->raises[i];
    uint32_t count = (uint32_t)(i - window->first + 1);
    if (!window->flooding && count >= MBP_ANALYSIS_FLOOD_FROM) {
        const struct mbp_analysis_raise *first = &window->raises[window->first];
        window->flooding = true;
        window->begin_at = first->at_ms;
        window->flood = (struct mbp_analysis_flood){.from_ms = first->wall_ms, .alarms = count - 1};
    }
    if (window->flooding) {
        window->flood.alarms++;
        window->flood.to_ms = raised->wall_ms;
        if (count > window->flood.peak)
            window->flood.peak = count;
    }
}

static enum mbp_status go_through(struct mbp_analysis *analysis, struct window *window)
{
    enum mbp_status status = MBP_OK;
    for (size_t i = 0; i < analysis->raise_count && status == MBP_OK; i++) {
        uint64_t at = analysis->raises[i].at_ms;
        if (window->flooding)
            status = end_flood(window, i, at);
        while (window->first < i &&
               mbp_time_sub_sat(at, analysis->raises[window->first].at_ms) >= MBP_ANALYSIS_WINDOW_MS)
            window->first++;
        count_in(window, i);
        uint32_t count = (uint32_t)(i - window->first + 1);
        if (count > analysis->alarms.peak) {
            analysis->alarms.peak = count;
            analysis->alarms.peak_ms = analysis->raises[i].wall_ms;
        }
    }
    if (window->flooding && status == MBP_OK)
        status = end_flood(window, analysis->raise_count, analysis->length_ms);
    if (window->flooding && status == MBP_OK) { /* the period ended before it */
        window->flood.length_ms = mbp_time_sub_sat(analysis->length_ms, window->begin_at);
        window->flood.to_ms = analysis->end_ms;
        status = analysis_list_add(&window->found, &window->flood, sizeof window->flood);
    }
    return status;
}

enum mbp_status floods_find(struct mbp_analysis *analysis)
{
    struct window window = {.raises = analysis->raises};
    enum mbp_status status = go_through(analysis, &window);
    double length = (double)analysis->length_ms;
    double flooded = 0;
    analysis->floods = window.found.items;
    analysis->flood_count = window.found.count;
    for (size_t f = 0; f < analysis->flood_count; f++)
        flooded += (double)analysis->floods[f].length_ms;
    analysis->alarms.flood_share = length > 0 ? flooded / length : (double)NAN;
    analysis->alarms.per_hour = length > 0 ? analysis->alarms.raised * MS_PER_H / length : (double)NAN;
    return status;
}

const uint32_t mbp_analysis_class_most[MBP_ANALYSIS_CLASSES - 1] = {0, 2, 5, MBP_ANALYSIS_FLOOD_FROM - 1};

static unsigned class_of(uint32_t count)
{
    unsigned class = 0;
    while (class < MBP_ANALYSIS_CLASSES - 1 && count > mbp_analysis_class_most[class])
        class ++;
    return class;
}

void windows_count(struct mbp_analysis *analysis)
{
    struct mbp_analysis_alarms *alarms = &analysis->alarms;
    uint64_t all = (analysis->length_ms + MBP_ANALYSIS_WINDOW_MS - 1) / MBP_ANALYSIS_WINDOW_MS;
    uint32_t told = 0;
    uint32_t top = 0;
    alarms->windows = all < UINT32_MAX ? (uint32_t)all : UINT32_MAX;
    for (size_t i = 0; i < analysis->raise_count;) {
        uint64_t window = analysis->raises[i].at_ms / MBP_ANALYSIS_WINDOW_MS;
        uint32_t count = 0;
        for (; i < analysis->raise_count && analysis->raises[i].at_ms / MBP_ANALYSIS_WINDOW_MS == window; i++)
            count++;
        alarms->windows_of[class_of(count)]++;
        told++;
    }
    alarms->windows = alarms->windows > told ? alarms->windows : told;
    alarms->windows_of[0] += alarms->windows - told;
    for (size_t a = 0; a < analysis->actor_count && a < 10; a++)
        top += analysis->actors[a].raised;
    alarms->top_ten_share = alarms->raised > 0 ? (double)top / alarms->raised : (double)NAN;
}
