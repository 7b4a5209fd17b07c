/* journal: a plant's scans on their fixed grid, its events into a journal on a real disk: how late the scans start, how
 * long they take, and how many events are durable. One line of JSON.
 *
 *   bench_journal PLANT.yaml DATA_DIR|- SECONDS CPU|-
 *
 * DATA_DIR -: no journal, for comparison. CPU: the scan's processor, on which it has real-time priority; -: it is
 * scheduled like any other thread, on whichever there is, as mbplantd's is. */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mbplant/scan.h"

struct bench {
    struct mbp_plant *plant;
    struct mbp_journal *journal;
    struct mbp_image *image;
    struct mbp_scan *scan;
    uint32_t *late_us; /* of each scan: its start after it was due */
    uint32_t *took_us;
    size_t scans;
};

static uint64_t now_ns(void)
{
    struct mbp_clock clock = mbp_clock_system();
    return clock.mono_ns(clock.ctx);
}

static uint32_t us(uint64_t ns)
{
    return ns / 1000 > UINT32_MAX ? UINT32_MAX : (uint32_t)(ns / 1000);
}

static void sleep_until(uint64_t due_ns)
{
    const struct timespec due = {(time_t)(due_ns / MBP_NS_PER_S), (long)(due_ns % MBP_NS_PER_S)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
        ;
}

static bool open_all(struct bench *bench, const char *file, const char *dir)
{
    const struct mbp_clock clock = mbp_clock_system();
    if (mbp_plant_load(file, stderr, &bench->plant) != MBP_OK)
        return false;
    if (strcmp(dir, "-") != 0 && mbp_journal_open(dir, bench->plant, &clock, stderr, &bench->journal) != MBP_OK)
        return false;
    if (mbp_image_new(bench->plant, &bench->image) != MBP_OK)
        return false;
    const struct mbp_scan_config config = {bench->plant, bench->image, bench->journal, clock, 1.0, MBP_NS_PER_S};
    return mbp_scan_new(&config, &bench->scan) == MBP_OK;
}

/* For this thread alone, after the writer's began: a processor, and precedence over all that is not the journal's,
 * where that is permitted. */
static bool take_cpu(int cpu)
{
    cpu_set_t set;
    const struct sched_param first = {.sched_priority = 1};
    if (sched_setscheduler(0, SCHED_FIFO, &first) != 0)
        fprintf(stderr, "no real-time priority here: other programs will make scans late\n");
    CPU_ZERO(&set);
    CPU_SET((size_t)cpu, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0;
}

static void run(struct bench *bench)
{
    uint64_t due_ns = now_ns();
    for (size_t i = 0; i < bench->scans; i++) {
        due_ns += bench->plant->scan_ns;
        sleep_until(due_ns);
        uint64_t begin_ns = now_ns();
        mbp_scan_step(bench->scan);
        bench->late_us[i] = us(begin_ns - due_ns);
        bench->took_us[i] = us(now_ns() - begin_ns);
    }
}

static int compare(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static uint32_t quantile(uint32_t *sorted, size_t count, double share)
{
    size_t at = (size_t)(share * (double)count);
    return sorted[at < count ? at : count - 1];
}

static void print_times(const char *name, uint32_t *times, size_t count)
{
    qsort(times, count, sizeof *times, compare);
    printf(", \"%s_p50_us\": %u, \"%s_p999_us\": %u, \"%s_max_us\": %u", name, quantile(times, count, 0.5), name,
           quantile(times, count, 0.999), name, times[count - 1]);
}

static void report(struct bench *bench, uint64_t took_ns)
{
    uint32_t events = 0;
    uint64_t flush_ns = 0;
    struct mbp_journal_health health = {0};
    if (bench->journal != NULL) {
        health = mbp_journal_health(bench->journal);
        uint64_t begin_ns = now_ns();
        mbp_journal_flush(bench->journal); /* what was under way when the last scan ended */
        flush_ns = now_ns() - begin_ns;
        events = mbp_journal_last(bench->journal);
    }
    printf("{\"scans\": %zu, \"seconds\": %.3f, \"events\": %" PRIu32 ", \"lost\": %" PRIu32
           ", \"used_permille\": %u, \"behind_ms\": %.1f",
           bench->scans, (double)took_ns / 1e9, events, health.lost, health.used_permille, (double)flush_ns / 1e6);
    print_times("late", bench->late_us, bench->scans);
    print_times("scan", bench->took_us, bench->scans);
    puts("}");
}

int main(int argc, char **argv)
{
    static struct bench bench;
    if (argc != 5) {
        fprintf(stderr, "usage: bench_journal PLANT.yaml DATA_DIR|- SECONDS CPU|-\n");
        return 2;
    }
    bool pinned = strcmp(argv[4], "-") != 0;
    if (!open_all(&bench, argv[1], argv[2]) || (pinned && !take_cpu((int)strtol(argv[4], NULL, 10)))) {
        fprintf(stderr, "bench_journal: cannot start\n");
        return 1;
    }
    bench.scans = (size_t)(strtod(argv[3], NULL) * 1e9 / (double)bench.plant->scan_ns) + 1;
    bench.late_us = calloc(bench.scans, sizeof *bench.late_us);
    bench.took_us = calloc(bench.scans, sizeof *bench.took_us);
    if (bench.late_us == NULL || bench.took_us == NULL)
        return 1;
    uint64_t begin_ns = now_ns();
    run(&bench);
    report(&bench, now_ns() - begin_ns);
    mbp_scan_close(bench.scan);
    mbp_journal_close(bench.journal);
    mbp_scan_free(bench.scan);
    mbp_image_free(bench.image);
    mbp_plant_free(bench.plant);
    free(bench.late_us);
    free(bench.took_us);
    return 0;
}
