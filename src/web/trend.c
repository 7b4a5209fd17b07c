/* The last ten minutes of every sensor: of each second the least, the most and the last value. One ring of columns for
 * all; memory is taken once. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lists.h"

#define COLUMNS     600u
#define GRAIN_MS    1000u
#define SENSORS_MAX 20000u /* of a larger plant a scan would have to do too much: it has no trends */

struct column {
    float least, most, last;
};

struct web_trend {
    uint32_t sensors;       /* 0 = there are no trends */
    uint64_t *time_ms;      /* of each column; 0 = unused */
    struct column *columns; /* COLUMNS for each sensor, one sensor after another */
    uint32_t at;
};

struct web_trend *web_trend_new(const struct mbp_plant *plant)
{
    struct web_trend *trend = calloc(1, sizeof *trend);
    uint32_t sensors = plant->sensor_count <= SENSORS_MAX ? plant->sensor_count : 0;
    if (trend == NULL)
        return NULL;
    trend->time_ms = calloc(COLUMNS, sizeof *trend->time_ms);
    trend->columns = sensors > 0 ? calloc((size_t)sensors * COLUMNS, sizeof *trend->columns) : NULL;
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
    uint64_t second = wall_ms / GRAIN_MS * GRAIN_MS;
    bool fresh = trend->time_ms[trend->at] != second;
    if (fresh) {
        trend->at = (trend->at + 1) % COLUMNS;
        trend->time_ms[trend->at] = second;
    }
    struct column *column = trend->columns + trend->at;
    for (uint32_t s = 0; s < trend->sensors; s++, column += COLUMNS) {
        float value = (float)state->value[s];
        if (fresh)
            *column = (struct column){value, value, value};
        column->last = value;
        column->least = value < column->least ? value : column->least;
        column->most = value > column->most ? value : column->most;
    }
}

/* ---- serving ----------------------------------------------------------------------------------------------------- */

struct trend_view {
    const struct web_trend *trend;
    uint32_t sensor;
    uint64_t from_ms, to_ms;
    uint32_t merge; /* so many columns become one */
};

static uint32_t nth(const struct web_trend *trend, uint32_t n)
{
    return (trend->at + 1 + n) % COLUMNS;
}

static bool is_within(const struct trend_view *view, uint32_t i)
{
    uint64_t time_ms = view->trend->time_ms[i];
    return time_ms != 0 && time_ms >= view->from_ms && time_ms <= view->to_ms;
}

struct sample {
    uint64_t time_ms;
    struct column of;
};

static void put_sample_time(const struct web_item *item)
{
    fprintf(item->out, "%llu", (unsigned long long)((const struct sample *)item->of)->time_ms);
}

static void put_least(const struct web_item *item)
{
    web_put_sensor_value(item->web, item->index, (double)((const struct sample *)item->of)->of.least, item->out);
}

static void put_most(const struct web_item *item)
{
    web_put_sensor_value(item->web, item->index, (double)((const struct sample *)item->of)->of.most, item->out);
}

static void put_last(const struct web_item *item)
{
    web_put_sensor_value(item->web, item->index, (double)((const struct sample *)item->of)->of.last, item->out);
}

static const struct web_field sample_fields[] = {
    {ROW("time_ms", "when it begins, since 1970", WEB_COUNT), .put = put_sample_time},
    {ROW("least", "value", WEB_VALUE), .nullable = true, .put = put_least},
    {ROW("most", "value", WEB_VALUE), .nullable = true, .put = put_most},
    {ROW("last", "value", WEB_VALUE), .nullable = true, .put = put_last},
};
const struct web_noun web_sample_noun = WEB_NOUN("Sample", sample_fields);

static const struct trend_view *view_of(const struct web_item *item)
{
    return item->of;
}

static void put_name(const struct web_item *item)
{
    web_put_text(item->out, item->web->plant->sensors[view_of(item)->sensor].name);
}

static void put_unit(const struct web_item *item)
{
    web_put_text(item->out, item->web->plant->sensors[view_of(item)->sensor].unit_text);
}

static void put_grain(const struct web_item *item)
{
    fprintf(item->out, "%u", view_of(item)->merge * GRAIN_MS);
}

static void put_sample(const struct web_item *item, const struct sample *sample, bool first)
{
    const struct web_item one = {.web = item->web, .of = sample, .index = view_of(item)->sensor, .out = item->out};
    fputs(first ? "" : ",", item->out);
    web_put_noun(&web_sample_noun, &one);
}

static void put_samples(const struct web_item *item)
{
    const struct trend_view *view = view_of(item);
    struct sample sample = {0};
    uint32_t merged = 0;
    bool first = true;
    putc('[', item->out);
    for (uint32_t n = 0; n < COLUMNS && view->trend->sensors > 0; n++) {
        uint32_t i = nth(view->trend, n);
        const struct column *column = &view->trend->columns[(size_t)view->sensor * COLUMNS + i];
        if (!is_within(view, i))
            continue;
        if (merged == 0)
            sample = (struct sample){view->trend->time_ms[i], *column};
        sample.of.least = column->least < sample.of.least ? column->least : sample.of.least;
        sample.of.most = column->most > sample.of.most ? column->most : sample.of.most;
        sample.of.last = column->last;
        merged = (merged + 1) % view->merge;
        if (merged != 0)
            continue;
        put_sample(item, &sample, first);
        first = false;
    }
    if (merged != 0)
        put_sample(item, &sample, first);
    putc(']', item->out);
}

static const struct web_field trend_fields[] = {
    {ROW("sensor", "its name", WEB_TEXT), .put = put_name},
    {ROW("unit", "of measurement", WEB_TEXT), .put = put_unit},
    {ROW("grain_ms", "that a sample stands for", WEB_COUNT), .put = put_grain},
    {ROW("samples", "oldest first", WEB_OBJECTS), .put = put_samples, .noun = &web_sample_noun},
};
const struct web_noun web_trend_noun = WEB_NOUN("Trend", trend_fields);

void web_serve_trend(struct web_call *call)
{
    const struct web_arg *points = web_arg(call, 2);
    uint32_t sensor = web_sensor_named(call);
    struct trend_view view = {.trend = call->web->trend, .sensor = sensor, .to_ms = UINT64_MAX, .merge = 1};
    uint32_t count = 0;
    if (sensor == NOTHING)
        return;
    if (view.trend == NULL || view.trend->sensors == 0) {
        web_problem(call, 404, "a plant of more than %u sensors has no trends", SENSORS_MAX);
        return;
    }
    view.from_ms = web_arg(call, 0)->given ? (uint64_t)web_arg(call, 0)->number : 0;
    if (web_arg(call, 1)->given)
        view.to_ms = (uint64_t)web_arg(call, 1)->number;
    for (uint32_t i = 0; i < COLUMNS; i++)
        count += is_within(&view, i);
    uint32_t wanted = points->given ? (uint32_t)points->number : COLUMNS;
    if (count > wanted)
        view.merge = (count + wanted - 1) / wanted;
    const struct web_item item = {.web = call->web, .of = &view, .out = call->out};
    web_put_noun(&web_trend_noun, &item);
    putc('\n', call->out);
}
