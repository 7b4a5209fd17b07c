/* Snapshots in bytes of their own: from there the plant goes on as it did, in another run, on another day, at another
 * speed; what is damaged or of another plant changes nothing. */
#include "mbplant/scan/packed.h"

#include <stdlib.h>
#include <string.h>

#include "taught.h"

#define BEFORE 130u
#define BEHIND 260u

static const char *const plants[] = {"boiler.yaml",       "bottling.yaml", "device.yaml", "hello.yaml",
                                     "lift_station.yaml", "solar.yaml",    "tank.yaml",   "water.yaml"};

struct packed_bytes {
    char *bytes;
    size_t len;
};

static void begin(struct line *line, const char *plant)
{
    char path[256];
    char new_dir[] = "/tmp/mbplant-scan-XXXXXX";
    line_end(line);
    snprintf(path, sizeof path, "%s/%s", MBP_CONFIG_DIR, plant);
    assert_non_null(mkdtemp(new_dir));
    snprintf(line->dir, sizeof line->dir, "%s", new_dir);
    line_load(line, path);
}

static void restart(struct line *line, const char *plant)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", MBP_CONFIG_DIR, plant);
    line_stop(line);
    line->time.mono_ns = 0;
    line_load(line, path);
}

/* Instruments that show anything between their ends, and some that stick, so that something happens. */
static void disturb(struct line *line)
{
    uint32_t fault;
    for (uint32_t s = 0; s < line->plant->sensor_count; s++) {
        const double *range = line->plant->sensors[s].range;
        const struct mbp_effect noise = {.subject = s, .kind = MBP_EFFECT_NOISE, .amount = 0.2 * (range[1] - range[0])};
        if (line->plant->sensors[s].reg.type != MBP_STRING)
            mbp_scan_fault_begin(line->scan, &noise, &fault); /* until the places for them are taken */
    }
}

static void play(struct line *line, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        if (i == 7)
            disturb(line);
        line_scan(line, 1);
    }
}

static struct packed_bytes pack(struct line *line)
{
    struct packed_bytes packed;
    assert_int_equal(mbp_scan_pack(line->scan, &packed.bytes, &packed.len), MBP_OK);
    return packed;
}

static void unpack(struct line *line, const struct packed_bytes *packed)
{
    line->time.mono_ns += 60 * MBP_NS_PER_S; /* restores wait their time */
    line->time.wall_ms += 60 * 1000;
    assert_int_equal(mbp_scan_unpack(line->scan, packed->bytes, packed->len, 0), MBP_OK);
}

/* What the journal has behind an event, without what a start and a stop say, and how far the state has come. */
struct told {
    size_t count;
    struct mbp_event event[LINE_EVENTS];
    struct packed_bytes end;
};

static bool is_of_a_run(uint16_t code)
{
    return code == MBP_EV_START || code == MBP_EV_STOP || code == MBP_EV_PLANT_LOADED || code == MBP_EV_PRODUCTION ||
           (code >= MBP_EV_SIM_PAUSED && code <= MBP_EV_SIM_REMOVED);
}

static struct told *tell(struct line *line, uint32_t behind, uint64_t scan)
{
    struct told *told = calloc(1, sizeof *told);
    assert_non_null(told);
    line_read(line);
    for (size_t e = 0; e < line->event_count; e++) {
        struct mbp_event event = line->events[e];
        if (event.seq <= behind || is_of_a_run(event.code))
            continue;
        event.seq = 0;
        event.wall_ms = 0;
        event.scan -= (uint32_t)scan;
        told->event[told->count++] = event;
    }
    told->end = pack(line);
    return told;
}

static uint32_t last_seq(struct line *line)
{
    line_read(line);
    return line->events[line->event_count - 1].seq;
}

static void free_told(struct told *told)
{
    free(told->end.bytes);
    free(told);
}

static void show_both(const struct told *a, const struct told *b)
{
    for (size_t e = 0; e < a->count && e < b->count && e < 12; e++)
        print_message("%u %u.%u scan %u %g | %u %u.%u scan %u %g\n", a->event[e].code, a->event[e].machine,
                      a->event[e].sensor, a->event[e].scan, (double)a->event[e].value, b->event[e].code,
                      b->event[e].machine, b->event[e].sensor, b->event[e].scan, (double)b->event[e].value);
}

/* The same events, and the same values in the end. */
static void assert_same(const struct told *a, struct told *b, const char *plant)
{
    struct mbp_packed heads[2];
    assert_int_equal(mbp_packed_read(a->end.bytes, a->end.len, true, &heads[0]), MBP_OK);
    assert_int_equal(mbp_packed_read(b->end.bytes, b->end.len, true, &heads[1]), MBP_OK);
    assert_true(heads[0].sim_ns == heads[1].sim_ns && heads[0].seed == heads[1].seed);
    if (a->count != b->count || memcmp(a->event, b->event, a->count * sizeof a->event[0]) != 0) {
        show_both(a, b);
        fail_msg("%s: %zu events, and %zu others", plant, a->count, b->count);
    }
    free_told(b);
}

static double *values_of(const struct line *line)
{
    const struct mbp_state *state = mbp_scan_state(line->scan);
    double *values = calloc((size_t)state->sensor_count + 1, sizeof *values);
    assert_non_null(values);
    memcpy(values, state->value, state->sensor_count * sizeof *values);
    return values;
}

static void assert_values(const struct line *line, const double *values)
{
    const struct mbp_state *state = mbp_scan_state(line->scan);
    assert_memory_equal(state->value, values, state->sensor_count * sizeof *values);
}

static void go_on_from_a_file(struct line *line, const char *plant)
{
    begin(line, plant);
    play(line, 0, BEFORE);
    struct packed_bytes packed = pack(line);
    uint32_t seq = last_seq(line);
    uint64_t scan = mbp_scan_state(line->scan)->scan;
    play(line, BEFORE, BEFORE + BEHIND);
    struct told *as_it_was = tell(line, seq, scan);
    double *values = values_of(line);

    unpack(line, &packed); /* in the same run */
    seq = last_seq(line);
    scan = mbp_scan_state(line->scan)->scan;
    play(line, BEFORE, BEFORE + BEHIND);
    assert_values(line, values);
    assert_same(as_it_was, tell(line, seq, scan), plant);

    unpack(line, &packed); /* with a restart in the middle */
    seq = last_seq(line);
    scan = mbp_scan_state(line->scan)->scan;
    play(line, BEFORE, BEFORE + 100);
    restart(line, plant);
    play(line, BEFORE + 100, BEFORE + BEHIND);
    assert_values(line, values);
    assert_same(as_it_was, tell(line, seq, scan), plant);

    begin(line, plant); /* in another run, which has come farther; and by the clock, at another speed */
    play(line, 0, 31);
    unpack(line, &packed);
    seq = last_seq(line);
    scan = mbp_scan_state(line->scan)->scan;
    assert_int_equal(mbp_scan_set_speed(line->scan, 50, 0), MBP_OK);
    uint64_t period_ns = line->plant->scan_ns / 50;
    for (unsigned i = 0; i < BEHIND; i++)
        taught_pass(line, period_ns);
    assert_int_equal(mbp_scan_state(line->scan)->scan, scan + BEHIND);
    assert_values(line, values);
    assert_same(as_it_was, tell(line, seq, scan), plant);
    assert_true(as_it_was->count > 5);
    free_told(as_it_was);
    free(values);
    free(packed.bytes);
}

static void test_from_a_file_each_sample_plant_goes_on_as_it_did(void **state)
{
    for (size_t i = 0; i < sizeof plants / sizeof plants[0]; i++)
        go_on_from_a_file(*state, plants[i]);
}

static void test_what_is_damaged_or_cut_off_is_refused_and_changes_nothing(void **state)
{
    struct line *line = *state;
    line_scan(line, 10);
    struct packed_bytes packed = pack(line);
    line_scan(line, 10);
    struct packed_bytes before = pack(line);
    line->time.mono_ns += 60 * MBP_NS_PER_S;
    for (size_t len = 0; len < packed.len; len += 1 + len / 64)
        assert_int_not_equal(mbp_scan_unpack(line->scan, packed.bytes, len, 0), MBP_OK);
    for (size_t at = 0; at < packed.len; at += 1 + at / 64) {
        packed.bytes[at] ^= 0x10;
        assert_int_not_equal(mbp_scan_unpack(line->scan, packed.bytes, packed.len, 0), MBP_OK);
        packed.bytes[at] ^= 0x10;
    }
    struct packed_bytes after = pack(line);
    assert_int_equal(before.len, after.len);
    assert_memory_equal(before.bytes, after.bytes, before.len);
    assert_int_equal(mbp_scan_unpack(line->scan, packed.bytes, packed.len, 0), MBP_OK);
    free(packed.bytes);
    free(before.bytes);
    free(after.bytes);
}

static void test_of_another_plant_file_it_is_refused_by_that_name(void **state)
{
    struct line *line = *state;
    char yaml[4096];
    struct packed_bytes packed = pack(line);
    struct mbp_packed head;
    assert_int_equal(mbp_packed_read(packed.bytes, packed.len, true, &head), MBP_OK);
    assert_string_equal(head.plant, "Line");
    snprintf(yaml, sizeof yaml, "%s# edited\n", line_yaml);
    line_begin(line, yaml);
    line->time.mono_ns += 60 * MBP_NS_PER_S;
    assert_int_equal(mbp_scan_unpack(line->scan, packed.bytes, packed.len, 0), MBP_ERR_RANGE);
    assert_false(mbp_packed_is_of(&head, line->plant));
    free(packed.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINE_TEST(test_from_a_file_each_sample_plant_goes_on_as_it_did),
        LINE_TEST(test_what_is_damaged_or_cut_off_is_refused_and_changes_nothing),
        LINE_TEST(test_of_another_plant_file_it_is_refused_by_that_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
