/* mqtt: what publishing costs, beside a bare loop of libmosquitto with the same bytes. bench_mqtt PORT [SECONDS]: a
 * broker listens at 127.0.0.1:PORT. One line of JSON a measurement; times of a thread's own processor, unless it says
 * wall. */
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sparkplug.h"
#include "store.h"

#define SENSORS      1000u
#define METRICS_MANY 10000u
#define ROUNDS       200000u

static uint64_t time_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * MBP_NS_PER_S + (uint64_t)now.tv_nsec;
}

static void check(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "bench_mqtt: %s\n", what);
    exit(1);
}

/* Sensors that show another value in each scan, or always the same. */
static struct mbp_plant *plant_of(unsigned sensors, const char *mqtt, unsigned port, bool moving)
{
    struct mbp_buffer text;
    struct mbp_plant *plant = NULL;
    check(mbp_buffer_open(&text), "no memory");
    fprintf(text.out,
            "mbplant: 1\nname: Bench\nscan: 10ms\nmqtt: {broker: \"mqtt://127.0.0.1:%u\", format: %s}\nunits:\n", port,
            mqtt);
    for (unsigned u = 0; u * 1000 < sensors; u++) {
        fprintf(text.out, "  - id: %u\n    name: U%u\n    machines:\n", u + 1, u);
        for (unsigned m = 0; m < 10; m++) {
            fprintf(text.out, "      - name: M%u_%u\n        sensors:\n", u, m);
            for (unsigned s = 0; s < 100 && u * 1000 + m * 100 + s < sensors; s++)
                fprintf(text.out,
                        "          - {name: T%u_%u_%u, kind: temperature, signal: {base: 50%s}, register: {type: "
                        "float32}}\n",
                        u, m, s, moving ? ", wave: {shape: sine, amplitude: 20, period: 7s}" : "");
        }
    }
    char *bytes = mbp_buffer_close(&text);
    check(bytes != NULL &&
              mbp_plant_parse("bench.yaml", (struct mbp_text){bytes, strlen(bytes)}, stderr, &plant) == MBP_OK,
          "the plant is wrong");
    free(bytes);
    return plant;
}

/* ---- the bare library ------------------------------------------------------------------------------------------- */

struct rate {
    double a_second, ns_each; /* messages by the wall clock; of the thread's processor */
};

/* Publishes as mbplantd does: what the socket does not take at once is waited for. */
static struct rate bench_bare(unsigned port, const char *topic, const void *bytes, size_t len, double seconds)
{
    struct mosquitto *mosq = mosquitto_new("bench-bare", true, NULL);
    check(mosq != NULL && mosquitto_connect(mosq, "127.0.0.1", (int)port, 60) == MOSQ_ERR_SUCCESS, "no broker");
    uint64_t cpu = time_ns(CLOCK_THREAD_CPUTIME_ID), begun = time_ns(CLOCK_MONOTONIC), count = 0, now = begun;
    while ((double)(now - begun) < seconds * 1e9) {
        for (unsigned n = 0; n < 512 && !mosquitto_want_write(mosq); n++, count++)
            mosquitto_publish(mosq, NULL, topic, (int)len, bytes, 0, false);
        struct pollfd fd = {.fd = mosquitto_socket(mosq),
                            .events = (short)(POLLIN | (mosquitto_want_write(mosq) ? POLLOUT : 0))};
        poll(&fd, 1, mosquitto_want_write(mosq) ? 100 : 0);
        if ((fd.revents & POLLIN) != 0)
            mosquitto_loop_read(mosq, 16);
        if ((fd.revents & POLLOUT) != 0)
            mosquitto_loop_write(mosq, 16);
        now = time_ns(CLOCK_MONOTONIC);
    }
    const struct rate rate = {(double)count / ((double)(now - begun) / 1e9),
                              (double)(time_ns(CLOCK_THREAD_CPUTIME_ID) - cpu) / (double)count};
    mosquitto_destroy(mosq);
    return rate;
}

/* ---- encoding ---------------------------------------------------------------------------------------------------- */

/* Messages of so many values, made; and as many bytes published by the bare library. */
static void bench_encode(unsigned port, unsigned values, double seconds)
{
    static uint8_t bytes[65536];
    struct mqtt_float floats[MQTT_VALUES_AT_ONCE];
    struct mqtt_payload payload = {0};
    const unsigned rounds = ROUNDS / values * 10;
    uint64_t begun = time_ns(CLOCK_THREAD_CPUTIME_ID), time_ms = 1796004480168;
    for (unsigned r = 0; r < rounds; r++) {
        mqtt_payload_begin(&payload, time_ms + r);
        for (unsigned m = 0; m < values; m++)
            floats[m] = (struct mqtt_float){100 + m, 0x42480000u + r + m};
        mqtt_payload_floats(&payload, time_ms + r, floats, values);
        mqtt_payload_seq(&payload, (uint8_t)r);
    }
    double each = (double)(time_ns(CLOCK_THREAD_CPUTIME_ID) - begun) / rounds;
    memcpy(bytes, payload.bytes, payload.len);
    struct rate bare = bench_bare(port, "spBv1.0/plants/DDATA/Bench/M0_9", bytes, payload.len, seconds);
    printf("{\"what\": \"encode\", \"values\": %u, \"bytes\": %zu, \"ns\": %.1f, \"bare_cpu_ns\": %.0f, "
           "\"of_bare\": %.3f}\n",
           values, payload.len, each, bare.ns_each, each / bare.ns_each);
    free(payload.bytes);
}

static void bench_birth(void)
{
    struct mbp_plant *plant = plant_of(METRICS_MANY, "sparkplug", 1, false);
    struct mqtt_roster *roster = NULL;
    struct sparkplug own = {0};
    check(mqtt_roster_new(plant, &roster) == MBP_OK, "no roster");
    struct mqtt_link link = {.roster = roster, .own = &own};
    for (uint32_t m = 0; m < roster->count; m++)
        roster->now[m].time_ms = 1;
    uint64_t begun = time_ns(CLOCK_THREAD_CPUTIME_ID);
    for (uint32_t m = 0; m < roster->count;)
        m = sparkplug_put_birth(&link, m, roster->metrics[m].device);
    uint64_t took = time_ns(CLOCK_THREAD_CPUTIME_ID) - begun;
    printf("{\"what\": \"births\", \"metrics\": %u, \"ms\": %.2f, \"ms_of_10000\": %.2f}\n", roster->count,
           (double)took / 1e6, (double)took / 1e6 * METRICS_MANY / roster->count);
    free(own.payload.bytes);
    mqtt_roster_free(roster);
    mbp_plant_free(plant);
}

/* ---- the scan's part --------------------------------------------------------------------------------------------- */

static void bench_look(bool moving)
{
    struct mbp_plant *plant = plant_of(SENSORS, "json", 1, moving);
    struct mbp_mqtt *mqtt = calloc(1, sizeof *mqtt);
    struct mbp_image *image = NULL;
    struct mbp_scan *scan = NULL;
    check(mqtt != NULL && mbp_image_new(plant, &image) == MBP_OK && mqtt_roster_new(plant, &mqtt->noting) == MBP_OK &&
              mbp_bell_new(&mqtt->work) == MBP_OK,
          "no memory");
    const struct mbp_scan_config config = {plant, image, NULL, mbp_clock_system(), 1, 0};
    check(mbp_scan_new(&config, &scan) == MBP_OK, "no scan");
    mqtt->image = image;
    uint64_t step_ns = 0, look_ns = 0, changes = 0;
    for (unsigned r = 0; r < 2000; r++) {
        uint64_t begun = time_ns(CLOCK_THREAD_CPUTIME_ID);
        mbp_scan_step(scan);
        uint64_t stepped = time_ns(CLOCK_THREAD_CPUTIME_ID);
        mqtt_look(mqtt, mbp_scan_state(scan));
        look_ns += time_ns(CLOCK_THREAD_CPUTIME_ID) - stepped;
        step_ns += stepped - begun;
        struct mqtt_change change;
        while (mqtt_next_change(mqtt->noting, &change))
            changes++;
    }
    printf("{\"what\": \"look\", \"points\": %u, \"changes_a_scan\": %.0f, \"scan_us\": %.1f, \"look_us\": %.1f, "
           "\"ns_a_point\": %.1f}\n",
           mqtt->noting->count, (double)changes / 2000, (double)step_ns / 2e6, (double)look_ns / 2e6,
           (double)look_ns / 2000 / mqtt->noting->count);
    mbp_scan_free(scan);
    mbp_image_free(image);
    mqtt_roster_free(mqtt->noting);
    mbp_bell_free(&mqtt->work);
    free(mqtt);
    mbp_plant_free(plant);
}

/* ---- the broker -------------------------------------------------------------------------------------------------- */

struct running {
    struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_journal *journal;
    struct mbp_scan *scan;
    struct mbp_mqtt *mqtt;
    uv_loop_t loop;
    char folder[64];
};

/* A scan after which each sensor shows another value, without what the scan itself takes: that is measured above, and
 * would take the processor of the broker here. */
static void put_scan(struct mbp_image *image, struct mqtt_roster *roster, uint64_t time_ms)
{
    static uint8_t flags[SENSORS];
    const struct mbp_state state = {.wall_ms = time_ms, .flags = flags};
    struct mbp_image_unit *unit = mbp_image_unit(image, 1);
    uint32_t missed = 0;
    float shown = 50.0F + (float)(time_ms % 1000) / 100.0F;
    uint32_t bits;
    memcpy(&bits, &shown, sizeof bits);
    for (uint32_t m = 0; m < roster->count; m++) {
        const struct mbp_point *point = &roster->metrics[m].row.point;
        if (roster->metrics[m].row.role != MBP_EXPORT_VALUE || point->type != MBP_FLOAT32)
            continue;
        uint16_t *words = (point->table == MBP_HOLDING_REGISTERS ? unit->holding : unit->input) + point->addr;
        words[0] = (uint16_t)(bits >> 16);
        words[1] = (uint16_t)bits;
    }
    mqtt_watch_look(roster->watch, image, &state, &missed);
}

/* What waited on disk for the broker: scans in which each sensor showed another value. */
static void fill_store(const struct running *running, unsigned scans)
{
    struct mqtt_roster *roster = NULL;
    struct mqtt_store *store = NULL;
    check(mqtt_roster_new(running->plant, &roster) == MBP_OK &&
              mqtt_store_open(running->folder, MQTT_STORE_FILE, running->plant->mqtt.buffer_bytes / 8 * 7, &store) ==
                  MBP_OK,
          "no store");
    uint64_t time_ms = time_ns(CLOCK_REALTIME) / 1000000 - scans;
    for (unsigned scan = 0; scan < scans; scan++) {
        struct mqtt_record records[MQTT_STORE_BATCH];
        struct mqtt_change change;
        enum mbp_status status = MBP_OK;
        uint32_t count = 0;
        put_scan(running->image, roster, time_ms + scan);
        while (mqtt_next_change(roster, &change)) {
            const struct mqtt_metric *metric = &roster->metrics[change.metric];
            records[count++] = (struct mqtt_record){change.time_ms,         change.bits, metric->hash, change.metric,
                                                    metric->row.point.type, false};
            if (count == MQTT_STORE_BATCH) {
                mqtt_store_add(store, records, count, &status);
                count = 0;
            }
        }
        if (count > 0)
            mqtt_store_add(store, records, count, &status);
        check(status == MBP_OK, "the store is full");
    }
    mqtt_store_close(store);
    mqtt_roster_free(roster);
}

static void start(struct running *running, unsigned port, const char *mqtt_keys, unsigned waiting_scans)
{
    struct mbp_clock clock = mbp_clock_system();
    strcpy(running->folder, "/tmp/mbplant-bench-XXXXXX");
    check(mkdtemp(running->folder) != NULL, "no folder");
    running->plant = plant_of(SENSORS, mqtt_keys, port, true);
    uv_loop_init(&running->loop);
    check(mbp_journal_open(running->folder, running->plant, &clock, stderr, &running->journal) == MBP_OK &&
              mbp_image_new(running->plant, &running->image) == MBP_OK,
          "no journal");
    if (waiting_scans > 0)
        fill_store(running, waiting_scans);
    const struct mbp_scan_config config = {running->plant, running->image, running->journal, clock, 1, 0};
    check(mbp_scan_new(&config, &running->scan) == MBP_OK, "no scan");
    const struct mbp_mqtt_config mqtt = {.loop = &running->loop,
                                         .plant = running->plant,
                                         .image = running->image,
                                         .scan = running->scan,
                                         .journal = running->journal,
                                         .next_event = mbp_journal_last(running->journal) + 1,
                                         .folder = running->folder};
    check(mbp_mqtt_open(&mqtt, stderr, &running->mqtt) == MBP_OK, "no MQTT");
    while (atomic_load(&running->mqtt->link) != MBP_LINK_UP)
        poll(NULL, 0, 10);
}

static void stop(struct running *running)
{
    char command[128];
    mbp_mqtt_stop(running->mqtt);
    uv_run(&running->loop, UV_RUN_DEFAULT);
    uv_loop_close(&running->loop);
    mbp_mqtt_close(running->mqtt);
    mbp_scan_free(running->scan);
    mbp_journal_close(running->journal);
    mbp_image_free(running->image);
    mbp_plant_free(running->plant);
    snprintf(command, sizeof command, "rm -r '%s'", running->folder);
    check(system(command) == 0, "the folder stays");
}

/* As many scans as the thread can publish. */
static struct rate bench_link(unsigned port, const char *format, double seconds, double *values_a_message)
{
    struct running running = {0};
    clockid_t clock;
    start(&running, port, format, 0);
    struct mqtt_roster *roster = running.mqtt->noting;
    struct mqtt_watch *watch = roster->watch;
    pthread_getcpuclockid(running.mqtt->thread, &clock);
    uint64_t cpu = time_ns(clock), begun = time_ns(CLOCK_MONOTONIC), now = begun, scans = 0;
    uint64_t sent = atomic_load(&running.mqtt->sent), first_ms = time_ns(CLOCK_REALTIME) / 1000000;
    while ((double)(now - begun) < seconds * 1e9) {
        if (atomic_load(&watch->head) - atomic_load(&watch->tail) < watch->slot_count / 2) {
            put_scan(running.image, roster, first_ms + scans++);
            mbp_bell_ring(&running.mqtt->work);
        } else {
            poll(NULL, 0, 1);
        }
        now = time_ns(CLOCK_MONOTONIC);
    }
    double count = (double)(atomic_load(&running.mqtt->sent) - sent);
    *values_a_message = (double)scans * SENSORS / count;
    const struct rate rate = {count / ((double)(now - begun) / 1e9), (double)(time_ns(clock) - cpu) / count};
    stop(&running);
    return rate;
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static double median_of(double *numbers, unsigned count)
{
    qsort(numbers, count, sizeof *numbers, by_size);
    return numbers[count / 2];
}

/* In turns, so that both see the same machine. */
#define TURNS 5u
static void bench_publish(unsigned port, const char *format, const char *topic, size_t bytes, double seconds)
{
    static char payload[65536];
    double values = 0, rates[TURNS], bares[TURNS], ratios[TURNS], cpu[TURNS], bare_cpu[TURNS];
    for (unsigned t = 0; t < TURNS; t++) {
        struct rate link = bench_link(port, format, seconds / TURNS, &values);
        struct rate bare = bench_bare(port, topic, payload, bytes, seconds / TURNS);
        rates[t] = link.a_second;
        bares[t] = bare.a_second;
        ratios[t] = link.a_second / bare.a_second;
        cpu[t] = link.ns_each;
        bare_cpu[t] = bare.ns_each;
    }
    printf(
        "{\"what\": \"publish\", \"format\": \"%s\", \"bytes\": %zu, \"values_a_message\": %.0f, \"a_second\": %.0f, "
        "\"bare_a_second\": %.0f, \"of_bare\": %.2f, \"cpu_ns\": %.0f, \"bare_cpu_ns\": %.0f}\n",
        format, bytes, values, median_of(rates, TURNS), median_of(bares, TURNS), median_of(ratios, TURNS),
        median_of(cpu, TURNS), median_of(bare_cpu, TURNS));
}

/* All that waits, as fast as it goes; nothing new comes meanwhile. Values a second. */
static double replay(unsigned port, unsigned scans)
{
    struct running running = {0};
    uint64_t begun = 0, now = 0;
    start(&running, port, "sparkplug, buffer: 500MB, replay_rate: 0", scans);
    begun = now = time_ns(CLOCK_MONOTONIC);
    uint64_t first = atomic_load(&running.mqtt->waiting), left = first;
    while (left > 0 && now - begun < 60 * MBP_NS_PER_S) {
        poll(NULL, 0, 1);
        left = atomic_load(&running.mqtt->waiting);
        now = time_ns(CLOCK_MONOTONIC);
    }
    check(left == 0, "what waits does not end");
    stop(&running);
    return (double)first / ((double)(now - begun) / 1e9);
}

/* Beside live values of the same plant, without a buffer and with one. */
static void bench_replay(unsigned port, double seconds)
{
    double values = 0, live[TURNS], kept[TURNS], late[TURNS], ratios[TURNS];
    for (unsigned t = 0; t < TURNS; t++) {
        live[t] = bench_link(port, "sparkplug", seconds / TURNS, &values).a_second;
        live[t] *= values;
        kept[t] = bench_link(port, "sparkplug, buffer: 500MB", seconds / TURNS, &values).a_second;
        kept[t] *= values;
        late[t] = replay(port, 2000);
        ratios[t] = late[t] / live[t];
    }
    printf("{\"what\": \"replay\", \"values_a_second\": %.0f, \"live_a_second\": %.0f, \"live_with_buffer\": %.0f, "
           "\"of_live\": %.2f}\n",
           median_of(late, TURNS), median_of(live, TURNS), median_of(kept, TURNS), median_of(ratios, TURNS));
}

static bool is_wanted(const char *only, const char *part)
{
    return only == NULL || strcmp(only, part) == 0;
}

/* The parts, or only those of a name. */
int main(int argc, char **argv)
{
    unsigned port = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
    double seconds = argc > 2 ? strtod(argv[2], NULL) : 5;
    const char *only = argc > 3 ? argv[3] : NULL;
    check(port > 0 && port < 65536, "bench_mqtt PORT [SECONDS [encode|births|look|json|sparkplug|replay]]");
    mosquitto_lib_init();
    if (is_wanted(only, "encode")) {
        bench_encode(port, 10, seconds / 2);
        bench_encode(port, 100, seconds / 2);
    }
    if (is_wanted(only, "births"))
        bench_birth();
    if (is_wanted(only, "look")) {
        bench_look(false);
        bench_look(true);
    }
    if (is_wanted(only, "json"))
        bench_publish(port, "json", "plants/Bench/T0_9_99", 66, seconds);
    if (is_wanted(only, "sparkplug"))
        bench_publish(port, "sparkplug", "spBv1.0/plants/DDATA/Bench/M0_9", 1682, seconds);
    if (is_wanted(only, "replay"))
        bench_replay(port, seconds);
    return 0;
}
