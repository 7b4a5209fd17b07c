/* The last ten minutes of every sensor, in memory: each scan's value; of plants with very many sensors of each second
 * or few the least, the most and the last. One ring of columns for all; memory is taken once. What is older comes from
 * the samples (mbplant/samples.h). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "past/trend.h"

#define KEPT_MS     600000u
#define COLUMNS_MAX (UINT32_C(1) << 22) /* of all sensors: 48 MiB */

struct column {
    float least, most, last;
};

struct web_trend {
    uint32_t sensors;       /* 0 = there are no trends */
    uint64_t *time_ms;      /* of each column; 0 = unused */
    struct column *columns; /* as many for each sensor, one sensor after another */
    uint32_t at, count;     /* columns of each */
    uint32_t grain_ms;      /* that a column stands for */
};

/* A scan's period; as many as it takes where that would be too much memory, in whole seconds. */
static uint32_t grain_of(const struct mbp_plant *plant)
{
    uint64_t scan_ms = (plant->scan_ns + 999999u) / 1000000u;
    uint64_t least_ms = ((uint64_t)KEPT_MS * plant->sensor_count + COLUMNS_MAX - 1) / COLUMNS_MAX;
    uint64_t grain_ms = least_ms <= scan_ms ? scan_ms : (least_ms + 999) / 1000 * 1000;
    return grain_ms < KEPT_MS / 2 ? (uint32_t)grain_ms : KEPT_MS / 2;
}

struct web_trend *web_trend_new(const struct mbp_plant *plant)
{
    struct web_trend *trend = calloc(1, sizeof *trend);
    uint32_t sensors = plant->sensor_count <= MBP_SAMPLES_SENSORS_MAX ? plant->sensor_count : 0;
    if (trend == NULL)
        return NULL;
    trend->grain_ms = grain_of(plant);
    trend->count = KEPT_MS / trend->grain_ms;
    trend->time_ms = calloc(trend->count, sizeof *trend->time_ms);
    trend->columns = sensors > 0 ? calloc((size_t)sensors * trend->count, sizeof *trend->columns) : NULL;
    if (trend->time_ms == NULL || (sensors > 0 && trend->columns == NULL)) {
        web_trend_free(trend);
        return NULL;
    }
    trend->sensors = sensors;
    return trend;
}

void web_trend_free(struct web_trend *trend)
{
    if (trend == NULL)
        return;
    free(trend->time_ms);
    free(trend->columns);
    free(trend);
}

void web_trend_sample(struct web_trend *trend, const struct mbp_state *state, uint64_t wall_ms)
{
    if (trend == NULL || trend->sensors == 0)
        return;
    uint64_t begin_ms = wall_ms / trend->grain_ms * trend->grain_ms;
    bool fresh = trend->time_ms[trend->at] != begin_ms;
    if (fresh) {
        trend->at = (trend->at + 1) % trend->count;
        trend->time_ms[trend->at] = begin_ms;
    }
    struct column *column = trend->columns + trend->at;
    for (uint32_t s = 0; s < trend->sensors; s++, column += trend->count) {
        float value = (float)state->value[s];
        if (fresh)
            *column = (struct column){value, value, value};
        column->last = value;
        column->least = value < column->least ? value : column->least;
        column->most = value > column->most ? value : column->most;
    }
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

bool web_trend_is_there(const struct web_trend *trend)
{
    return trend != NULL && trend->sensors > 0;
}

uint32_t web_trend_grain(const struct web_trend *trend)
{
    return trend->grain_ms;
}

/* The columns' order of age begins after the one that is written. */
static uint32_t nth(const struct web_trend *trend, uint32_t n)
{
    return (trend->at + 1 + n) % trend->count;
}

uint64_t web_trend_begin(const struct web_trend *trend)
{
    for (uint32_t n = 0; n < trend->count; n++) {
        uint64_t time_ms = trend->time_ms[nth(trend, n)];
        if (time_ms != 0)
            return time_ms;
    }
    return UINT64_MAX;
}

void web_trend_fill(const struct web_trend *trend, uint32_t sensor, struct mbp_sample_trend *out)
{
    for (uint32_t n = 0; n < trend->count; n++) {
        uint32_t i = nth(trend, n);
        uint64_t time_ms = trend->time_ms[i];
        const struct column *column = &trend->columns[(size_t)sensor * trend->count + i];
        const struct mbp_sample_bucket value = {(double)column->least, (double)column->most, (double)column->last};
        if (time_ms != 0 && time_ms >= out->from_ms)
            mbp_sample_trend_add(out, time_ms, time_ms, value);
    }
}
