/* A trend as an answer: the ring's part at once; what is older is read from the samples in a thread of its own, so that
 * scans and masters do not wait for a disk. */
#include <stdlib.h>
#include <string.h>

#include "past/job.h"
#include "past/trend.h"

#define POINTS_USUAL 602u /* ten minutes in seconds, with those at both ends */
#define SECOND_MS    1000u
#define BUSY         "other trends are being read; again in a moment"
#define SPAN_MAX_MS  (UINT64_C(31) * 86400 * 1000) /* nothing older is kept */

/* What is read in a thread, or was made at once. */
struct web_trend_job {
    struct web_job job;
    char *folder;
    char name[WEB_NAME_MAX];
    struct mbp_sample_trend trend;
    uint64_t memory_from_ms;            /* since when the ring's grain is known */
    uint32_t memory_ms;                 /* that grain */
    struct mbp_sample_bucket buckets[]; /* of the trend */
};

/* ---- what is written ----------------------------------------------------------------------------------------------
 */

struct sample {
    uint64_t time_ms;
    struct mbp_sample_bucket of;
};

static const struct sample *sample_of(const struct web_item *item)
{
    return item->of;
}

static void put_sample_time(const struct web_item *item)
{
    fprintf(item->out, "%llu", (unsigned long long)sample_of(item)->time_ms);
}

static void put_least(const struct web_item *item)
{
    web_put_sensor_value(item->web, item->index, sample_of(item)->of.least, item->out);
}

static void put_most(const struct web_item *item)
{
    web_put_sensor_value(item->web, item->index, sample_of(item)->of.most, item->out);
}

static void put_last(const struct web_item *item)
{
    web_put_sensor_value(item->web, item->index, sample_of(item)->of.last, item->out);
}

static const struct web_field sample_fields[] = {
    {ROW("time_ms", "when it begins, since 1970", WEB_COUNT), .put = put_sample_time},
    {ROW("least", "value", WEB_VALUE), .nullable = true, .put = put_least},
    {ROW("most", "value", WEB_VALUE), .nullable = true, .put = put_most},
    {ROW("last", "value; of a grain of minutes their mean", WEB_VALUE), .nullable = true, .put = put_last},
};
const struct web_noun web_sample_noun = WEB_NOUN("Sample", sample_fields);

struct grain {
    uint64_t from_ms, grain_ms;
};

static void put_grain_from(const struct web_item *item)
{
    fprintf(item->out, "%llu", (unsigned long long)((const struct grain *)item->of)->from_ms);
}

static void put_grain_ms(const struct web_item *item)
{
    fprintf(item->out, "%llu", (unsigned long long)((const struct grain *)item->of)->grain_ms);
}

static const struct web_field grain_fields[] = {
    {ROW("from_ms", "since when, since 1970", WEB_COUNT), .put = put_grain_from},
    {ROW("grain_ms",
         "that is known: 60000 = minutes, 0 = each change, else that of the memory, a scan's period where it has room",
         WEB_COUNT),
     .put = put_grain_ms},
};
const struct web_noun web_grain_noun = WEB_NOUN("Grain", grain_fields);

static const struct web_trend_job *job_of(const struct web_item *item)
{
    return item->of;
}

static void put_name(const struct web_item *item)
{
    web_put_text(item->out, item->web->plant->sensors[item->index].name);
}

static void put_unit(const struct web_item *item)
{
    web_put_text(item->out, item->web->plant->sensors[item->index].unit_text);
}

static void put_bucket_ms(const struct web_item *item)
{
    fprintf(item->out, "%llu", (unsigned long long)job_of(item)->trend.bucket_ms);
}

/* From coarse to fine, of those that something is known of. */
static void put_grains(const struct web_item *item)
{
    const struct web_trend_job *job = job_of(item);
    const struct grain grains[] = {
        {job->trend.minutes_from_ms, 60000}, {job->trend.changes_from_ms, 0}, {job->memory_from_ms, job->memory_ms}};
    bool first = true;
    putc('[', item->out);
    for (unsigned i = 0; i < COUNT_OF(grains); i++) {
        const struct web_item one = {.web = item->web, .of = &grains[i], .out = item->out};
        if (grains[i].from_ms == UINT64_MAX)
            continue;
        fputs(first ? "" : ",", item->out);
        web_put_noun(&web_grain_noun, &one);
        first = false;
    }
    putc(']', item->out);
}

static void put_samples(const struct web_item *item)
{
    const struct mbp_sample_trend *trend = &job_of(item)->trend;
    bool first = true;
    putc('[', item->out);
    for (uint32_t i = 0; i < trend->count; i++) {
        const struct sample sample = {trend->from_ms + i * trend->bucket_ms, trend->buckets[i]};
        const struct web_item one = {.web = item->web, .of = &sample, .index = item->index, .out = item->out};
        if (sample.of.least > sample.of.most)
            continue;
        fputs(first ? "" : ",", item->out);
        web_put_noun(&web_sample_noun, &one);
        first = false;
    }
    putc(']', item->out);
}

static const struct web_field trend_fields[] = {
    {ROW("sensor", "its name", WEB_TEXT), .put = put_name},
    {ROW("unit", "of measurement", WEB_TEXT), .put = put_unit},
    {ROW("grain_ms", "that a sample stands for", WEB_COUNT), .put = put_bucket_ms},
    {ROW("grains", "what is known, from coarse to fine", WEB_OBJECTS), .put = put_grains, .noun = &web_grain_noun},
    {ROW("samples", "oldest first; none where nothing is known", WEB_OBJECTS), .put = put_samples,
     .noun = &web_sample_noun},
};
const struct web_noun web_trend_noun = WEB_NOUN("Trend", trend_fields);

/* ---- reading -------------------------------------------------------------------------------------------------------
 */

static void free_trend(struct web_job *of)
{
    struct web_trend_job *job = (struct web_trend_job *)of;
    free(job->folder);
    free(job);
}

/* In the thread. */
static void read_samples(void *ctx)
{
    struct web_trend_job *job = ctx;
    job->job.status = mbp_samples_read(job->folder, job->name, &job->trend);
}

/* The sensor is looked up again: another plant may have taken over meanwhile. */
static void answer(struct web_call *call)
{
    struct web_trend_job *job = (struct web_trend_job *)call->job;
    call->job = NULL;
    uint32_t sensor = job != NULL ? web_sensor_named(call) : NOTHING;
    if (job == NULL) {
        web_problem(call, 503, "mbplantd is stopping");
    } else if (sensor != NOTHING && job->job.status != MBP_OK && job->job.work == NULL) {
        web_problem(call, 503, BUSY);
    } else if (sensor != NOTHING && job->job.status != MBP_OK && job->job.status != MBP_ERR_MISSING) {
        web_problem(call, 503, "the file of samples cannot be read (%s): mbplantd's log says why",
                    mbp_status_text(job->job.status));
    } else if (sensor != NOTHING) {
        const struct web_item item = {.web = call->web, .of = job, .index = sensor, .out = call->out};
        if (web_trend_is_there(call->web->trend)) {
            job->memory_from_ms = web_trend_begin(call->web->trend);
            job->memory_ms = web_trend_grain(call->web->trend);
            web_trend_fill(call->web->trend, sensor, &job->trend);
        }
        web_put_noun(&web_trend_noun, &item);
        putc('\n', call->out);
    }
    if (job != NULL)
        free_trend(&job->job);
}

static const struct web_job_kind kind = {.most = 32, .make = read_samples, .answer = answer, .free = free_trend};

/* In a thread, beside others. */
static void begin(struct web_trend_job *job)
{
    const struct mbp_web *web = job->job.web;
    job->folder = strdup(web->config.folder);
    if (job->folder != NULL && !web_jobs_are_many(web, &kind)) {
        web_job_begin(&job->job);
        return;
    }
    web_problem(job->job.call, 503, BUSY);
    free_trend(&job->job);
}

/* ---- asking --------------------------------------------------------------------------------------------------------
 */

/* From..to in parts that are multiples of a unit, as many as asked or fewer. NULL: no memory. */
static struct web_trend_job *job_new(uint64_t from_ms, uint64_t to_ms, uint32_t points, uint32_t unit_ms)
{
    uint64_t bucket_ms = (to_ms - from_ms) / points / unit_ms * unit_ms;
    uint64_t begin_ms;
    uint32_t count;
    do {
        bucket_ms += unit_ms;
        begin_ms = from_ms / bucket_ms * bucket_ms; /* so that a trend that is asked again has the same parts */
        count = (uint32_t)((to_ms - begin_ms) / bucket_ms) + 1;
    } while (count > points);
    struct web_trend_job *job = calloc(1, sizeof *job + count * sizeof *job->buckets);
    if (job == NULL)
        return NULL;
    job->trend =
        (struct mbp_sample_trend){.from_ms = begin_ms, .bucket_ms = bucket_ms, .count = count, .buckets = job->buckets};
    job->memory_from_ms = UINT64_MAX;
    mbp_sample_trend_clear(&job->trend);
    return job;
}

static uint64_t time_of(const struct web_arg *arg, uint64_t unless)
{
    return !arg->given ? unless : arg->number < 1e15 ? (uint64_t)arg->number : unless;
}

void web_serve_trend(struct web_call *call)
{
    struct mbp_web *web = call->web;
    const struct web_arg *points = web_arg(call, 2);
    uint64_t now_ms = web->config.clock.wall_ms(web->config.clock.ctx);
    if (web_sensor_named(call) == NOTHING)
        return;
    if (!web_trend_is_there(web->trend)) {
        web_problem(call, 404, "a plant of more than %u sensors has no trends", MBP_SAMPLES_SENSORS_MAX);
        return;
    }
    uint64_t memory_ms = web_trend_begin(web->trend);
    uint64_t to_ms = time_of(web_arg(call, 1), now_ms);
    uint64_t from_ms = time_of(web_arg(call, 0), mbp_time_sub_sat(to_ms, 600000));
    to_ms = to_ms > now_ms ? now_ms : to_ms;
    if (from_ms > to_ms) {
        web_problem(call, 400, "'from' is after 'to', or after now");
        return;
    }
    if (to_ms - from_ms > SPAN_MAX_MS)
        from_ms = to_ms - SPAN_MAX_MS;
    bool remembered = from_ms >= memory_ms;
    uint32_t grain_ms = web_trend_grain(web->trend);
    struct web_trend_job *job = job_new(from_ms, to_ms, points->given ? (uint32_t)points->number : POINTS_USUAL,
                                        remembered || grain_ms > SECOND_MS ? grain_ms : SECOND_MS);
    if (job == NULL) {
        web_problem(call, 503, "not enough memory for the trend");
        return;
    }
    job->job = (struct web_job){.kind = &kind, .web = web, .call = call};
    snprintf(job->name, sizeof job->name, "%s", call->name);
    if (!remembered && web->config.folder != NULL) {
        begin(job);
        return;
    }
    call->job = &job->job;
    answer(call);
}
