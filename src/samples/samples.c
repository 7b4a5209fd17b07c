/* What the scan's thread does: it notes values in memory that is there already. */
#include "mbplant/samples.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "samples_priv.h"

#define RING_MIN 4096u
#define RING_MAX 65536u
#define RING_A_SENSOR                                                                                                  \
    256u /* changes until the thread comes, at ten scans a second about five times as often as it does */
#define STEADY_MS SAMPLES_MINUTE_MS /* a value that does not change is noted as often, so that a gap is seen as one */

/* ---- one plant
 * -------------------------------------------------------------------------------------------------------- */

static size_t names_size(const struct mbp_plant *plant)
{
    size_t size = 1;
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        size += strlen(plant->sensors[s].name) + 1;
    return size;
}

static void copy_names(struct mbp_samples_gathered *of, const struct mbp_plant *plant)
{
    char *name = of->names;
    for (uint32_t s = 0; s < of->sensors; s++) {
        size_t size = strlen(plant->sensors[s].name) + 1;
        memcpy(name, plant->sensors[s].name, size);
        name += size;
    }
}

/* The plant may go before the thread is done with this: rules are copied behind their array. */
static void copy_rules(struct mbp_samples_gathered *of, const struct mbp_plant *plant)
{
    struct mbp_report_rule *rules = (struct mbp_report_rule *)(of->rules + of->sensors);
    for (uint32_t s = 0; s < of->sensors; s++) {
        if (plant->sensors[s].report != NULL) {
            rules[s] = *plant->sensors[s].report;
            of->rules[s] = &rules[s];
        }
    }
}

static uint32_t ring_size(uint32_t sensors)
{
    uint32_t size = RING_MIN;
    while (size < RING_MAX && size < sensors * RING_A_SENSOR)
        size *= 2;
    return size;
}

enum mbp_status mbp_samples_prepare(const struct mbp_plant *plant, struct mbp_samples_gathered **out)
{
    struct mbp_samples_gathered *of = calloc(1, sizeof *of);
    if (of == NULL)
        return MBP_ERR_MEMORY;
    of->sensors = plant->sensor_count <= MBP_SAMPLES_SENSORS_MAX ? plant->sensor_count : 0;
    of->max_bytes = plant->samples_max_bytes;
    of->sensors = of->max_bytes > 0 ? of->sensors : 0;
    size_t count = of->sensors + 1u; /* never 0 bytes */
    of->ring_size = of->sensors > 0 ? ring_size(of->sensors) : 1;
    of->names = calloc(1, names_size(plant));
    // NOLINTNEXTLINE(bugprone-sizeof-expression): pointers, and behind them what they point to
    of->rules = calloc(count, sizeof *of->rules + sizeof **of->rules);
    of->known = calloc(count, sizeof *of->known);
    of->minutes = calloc(count, sizeof *of->minutes);
    of->handed = calloc(count, sizeof *of->handed);
    of->tags = calloc(count, sizeof *of->tags);
    of->ring = calloc(of->ring_size, sizeof *of->ring);
    if (of->names == NULL || of->rules == NULL || of->known == NULL || of->minutes == NULL || of->handed == NULL ||
        of->tags == NULL || of->ring == NULL) {
        mbp_samples_drop(of);
        return MBP_ERR_MEMORY;
    }
    copy_names(of, plant);
    copy_rules(of, plant);
    *out = of;
    return MBP_OK;
}

void mbp_samples_drop(struct mbp_samples_gathered *of)
{
    if (of == NULL)
        return;
    free(of->names);
    free(of->rules);
    free(of->known);
    free(of->minutes);
    free(of->handed);
    free(of->tags);
    free(of->ring);
    free(of);
}

/* ---- noting
 * ------------------------------------------------------------------------------------------------------------- */

/* Hands over the minute that runs; what the thread has not come to before is lost. */
static void end_minute(struct mbp_samples *samples, struct mbp_samples_gathered *of)
{
    uint64_t minute = of->minute;
    if (minute == 0)
        return;
    if (atomic_load(&of->handed_minute) == 0) {
        struct samples_minute *free_one = of->handed;
        of->handed = of->minutes;
        of->minutes = free_one;
        atomic_store(&of->handed_minute, minute);
        mbp_bell_ring(&samples->work);
    } else {
        atomic_fetch_add(&samples->lost, of->sensors);
    }
    memset(of->minutes, 0, of->sensors * sizeof *of->minutes);
    of->minute = 0;
}

static void add(struct samples_minute *minute, double value)
{
    bool first = minute->count++ == 0;
    minute->sum = first ? value : minute->sum + value;
    minute->least = first || value < minute->least ? value : minute->least;
    minute->most = first || value > minute->most ? value : minute->most;
}

/* The clock may have been set back. */
static uint64_t since_ns(const struct samples_change *known, uint64_t time_ms)
{
    return time_ms < known->time_ms ? UINT64_MAX : mbp_time_mul_sat(time_ms - known->time_ms, MBP_NS_PER_MS);
}

static bool is_worth_it(const struct mbp_samples_gathered *of, uint32_t s, uint64_t time_ms, double value)
{
    const struct samples_change *known = &of->known[s];
    const struct mbp_report_rule *rule = of->rules[s];
    uint64_t after_ns = since_ns(known, time_ms);
    return known->time_ms == 0 || after_ns >= STEADY_MS * MBP_NS_PER_MS ||
           mbp_report_wants(rule, fabs(value - known->value), after_ns);
}

static void note(struct mbp_samples *samples, struct mbp_samples_gathered *of, const struct samples_change *change)
{
    uint32_t head = atomic_load(&of->head), used = head - atomic_load(&of->tail);
    if (used == of->ring_size) {
        atomic_fetch_add(&samples->lost, 1);
        return;
    }
    of->ring[head & (of->ring_size - 1)] = *change;
    of->known[change->sensor] = *change;
    atomic_store(&of->head, head + 1);
    if (used + 1 == of->ring_size / 2)
        mbp_bell_ring(&samples->work);
}

void mbp_samples_scanned(struct mbp_samples *samples, const struct mbp_state *state, uint64_t wall_ms)
{
    struct mbp_samples_gathered *of = samples->noting;
    uint64_t minute = wall_ms / SAMPLES_MINUTE_MS;
    if (of->sensors == 0 || minute == 0)
        return;
    if (of->minute != minute)
        end_minute(samples, of);
    of->minute = minute;
    for (uint32_t s = 0; s < of->sensors; s++) {
        double value = state->value[s];
        if (!isfinite(value))
            continue;
        add(&of->minutes[s], value);
        if (is_worth_it(of, s, wall_ms, value))
            note(samples, of, &(const struct samples_change){wall_ms, value, s});
    }
}

void mbp_samples_follow(struct mbp_samples *samples, struct mbp_samples_gathered *next)
{
    struct mbp_samples_gathered *before = samples->noting;
    end_minute(samples, before);
    samples->noting = next;
    atomic_store(&before->next, next);
    atomic_store(&before->ended, true);
    mbp_bell_ring(&samples->work);
}

void mbp_samples_flush(struct mbp_samples *samples)
{
    unsigned asked = atomic_fetch_add(&samples->asked, 1) + 1;
    mbp_bell_ring(&samples->work);
    for (;;) {
        mbp_bell_prepare(&samples->done);
        bool answered = (int)(atomic_load(&samples->answered) - asked) >= 0;
        mbp_bell_sleep(&samples->done, answered ? 0 : -1);
        if (answered)
            return;
    }
}

uint64_t mbp_samples_lost(const struct mbp_samples *samples)
{
    return atomic_load(&samples->lost);
}

/* ---- life
 * --------------------------------------------------------------------------------------------------------------- */

/* Signals are the loop's. */
static enum mbp_status start_thread(struct mbp_samples *samples)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&samples->thread, NULL, samples_thread, samples);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return error == 0 ? MBP_OK : MBP_ERR_IO;
}

enum mbp_status mbp_samples_open(const char *folder, const struct mbp_plant *plant, struct mbp_samples **out)
{
    struct mbp_samples *samples = calloc(1, sizeof *samples);
    enum mbp_status status = samples != NULL ? mbp_samples_prepare(plant, &samples->noting) : MBP_ERR_MEMORY;
    if (status != MBP_OK)
        goto no_samples;
    samples->first = samples->noting;
    samples->folder = strdup(folder);
    status = samples->folder != NULL ? mbp_bell_new(&samples->work) : MBP_ERR_MEMORY;
    if (status != MBP_OK)
        goto no_work;
    status = mbp_bell_new(&samples->done);
    if (status != MBP_OK)
        goto no_done;
    status = start_thread(samples);
    if (status != MBP_OK)
        goto no_thread;
    *out = samples;
    return MBP_OK;
no_thread:
    mbp_bell_free(&samples->done);
no_done:
    mbp_bell_free(&samples->work);
no_work:
    mbp_samples_drop(samples->noting);
    free(samples->folder);
no_samples:
    free(samples);
    return status;
}

void mbp_samples_close(struct mbp_samples *samples)
{
    if (samples == NULL)
        return;
    mbp_samples_flush(samples); /* so that the last minute has room */
    end_minute(samples, samples->noting);
    atomic_store(&samples->stop, true);
    mbp_bell_ring_anyway(&samples->work);
    pthread_join(samples->thread, NULL);
    mbp_samples_drop(samples->first);
    mbp_bell_free(&samples->work);
    mbp_bell_free(&samples->done);
    free(samples->taken);
    free(samples->folder);
    free(samples);
}
