/* The seed of what is random, changed while the plant runs: the same from the same state is the same run, and it goes
 * with the state wherever that goes. */
#include "taught.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/event/seed.h"

#define SCANS 400u

/* Everything that draws: noise, wander, rejects, faults by chance, a fault's spikes, RANDOM(). */
static const char random_yaml[] =
    "mbplant: 1\n"
    "scan: 100ms\n"
    "seed: 11\n"
    "instructor: true\n"
    "units:\n"
    "  - id: 1\n"
    "    parameters: {K: 1}\n"
    "    machines:\n"
    "      - name: M1\n"
    "        cycle: {time: 350ms, reject: 20%}\n"
    "        sensors:\n"
    "          - {name: A, range: [0, 100], register: {type: float32}, max: 60,\n"
    "             signal: {base: 50, wander: {sigma: 6, tau: 3s}, noise: 1}}\n"
    "          - {name: B, range: [0, 100], register: {type: float32}, max: 99, signal: {expr: \"100 * RANDOM() * "
    "K\"}}\n"
    "          - {name: C, range: [0, 100], register: {type: float32}, max: 60, signal: {base: 50, noise: 0.1}}\n"
    "faults:\n"
    "  - {name: SPIKES, kind: spike, sensor: C, amount: 20, every: 3s, mttf: 5s, mttr: 8s}\n";

static void start_random(struct line *line)
{
    line_stop(line);
    line_start(line, random_yaml);
}

static void set_seed(struct line *line, uint64_t seed)
{
    uint16_t words[MBP_SIM_SEED_WORDS];
    mbp_codec_put_bits(MBP_UINT64, MBP_ABCD, seed, words);
    assert_int_equal(taught_write(line, MBP_SIM_HR_SEED, MBP_SIM_SEED_WORDS, words), MBP_OK);
    taught_pass(line, 0);
}

static uint64_t seed_shown(const struct line *line)
{
    const struct mbp_image_unit *unit = mbp_image_unit(line->image, MBP_INSTRUCTOR_UNIT);
    uint16_t words[MBP_SIM_SEED_WORDS];
    uint8_t bytes[sizeof words];
    mbp_image_read_words(unit, MBP_HOLDING_REGISTERS, MBP_SIM_HR_SEED, MBP_SIM_SEED_WORDS, bytes);
    for (unsigned i = 0; i < MBP_SIM_SEED_WORDS; i++)
        words[i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    return mbp_codec_bits(MBP_UINT64, MBP_ABCD, words);
}

/* What a run of so many scans shows and journals; of events what does not count on through all runs. */
struct run {
    float value[SCANS][3];
    uint32_t good, reject, faults;
    size_t event_count;
    struct mbp_event events[LINE_EVENTS];
};

static struct run *run_on(struct line *line)
{
    const struct mbp_state *state = mbp_scan_state(line->scan);
    struct run *run = calloc(1, sizeof *run);
    assert_non_null(run);
    line_read(line);
    size_t first = line->event_count;
    uint64_t scan = state->scan;
    for (unsigned i = 0; i < SCANS; i++) {
        line_scan(line, 1);
        for (unsigned s = 0; s < 3; s++)
            run->value[i][s] = (float)state->value[s];
    }
    run->good = state->machine[0].good;
    run->reject = state->machine[0].reject;
    run->faults = state->fault_changes;
    line_read(line);
    for (size_t e = first; e < line->event_count; e++) {
        struct mbp_event event = line->events[e];
        event.seq = 0;
        event.wall_ms = 0;
        event.scan -= (uint32_t)scan;
        run->events[run->event_count++] = event;
    }
    return run;
}

static bool same_bytes(const void *a, const void *b, size_t len)
{
    return memcmp(a, b, len) == 0;
}

/* Both began as zeros, gaps too. */
static bool same_run(const struct run *a, const struct run *b)
{
    return same_bytes(a, b, sizeof *a);
}

static void edit_seed(char *yaml)
{
    strstr(yaml, "seed: 11")[7] = '2';
}

static void test_same_seed_from_the_same_state_is_the_same_journal_and_another_is_another(void **state)
{
    struct line *line = *state;
    const uint64_t seeds[] = {5, 6, 5};
    struct run *runs[3];
    start_random(line);
    line_scan(line, 33);
    mbp_scan_snapshot(line->scan, 0);
    for (unsigned i = 0; i < 3; i++) {
        mbp_scan_restore(line->scan, 0);
        mbp_scan_set_seed(line->scan, seeds[i], 0);
        runs[i] = run_on(line);
    }
    assert_true(runs[0]->event_count > 10);
    assert_true(same_run(runs[0], runs[2]));
    assert_false(same_run(runs[0], runs[1]));
    for (unsigned s = 0; s < 3; s++)
        assert_true(runs[0]->value[SCANS - 1][s] < runs[1]->value[SCANS - 1][s] ||
                    runs[0]->value[SCANS - 1][s] > runs[1]->value[SCANS - 1][s]);
    for (unsigned i = 0; i < 3; i++)
        free(runs[i]);
}

static void test_seed_given_to_the_plant_and_set_by_hand_are_the_same_run(void **state)
{
    struct line *line = *state;
    char yaml[sizeof random_yaml + 8];
    line_begin(line, random_yaml);
    mbp_scan_set_seed(line->scan, 12, 0); /* before the first scan */
    struct run *by_hand = run_on(line);
    snprintf(yaml, sizeof yaml, "%s", random_yaml);
    edit_seed(yaml);
    line_begin(line, yaml);
    struct run *by_file = run_on(line);
    assert_memory_equal(by_hand->value, by_file->value, sizeof by_hand->value);
    assert_int_equal(by_hand->reject, by_file->reject);
    free(by_hand);
    free(by_file);
}

static void test_seed_is_journaled_whole_and_once(void **state)
{
    struct line *line = *state;
    const uint64_t seeds[] = {1, UINT32_MAX, UINT64_C(1) << 32, UINT64_C(0xFEDCBA9876543210), UINT64_MAX, 0};
    line_read(line);
    size_t at = line->event_count;
    for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++) {
        set_seed(line, seeds[i]);
        set_seed(line, seeds[i]);
        assert_true(seed_shown(line) == seeds[i]);
    }
    line_read(line);
    for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++) {
        at = line_find(line, at, MBP_EV_SIM_SEED);
        assert_true(mbp_event_seed(&line->events[at]) == seeds[i]);
        assert_int_equal(line->events[at++].actor, LINE_PEER);
    }
    assert_int_equal(line_count(line, MBP_EV_SIM_SEED), sizeof seeds / sizeof seeds[0]);
}

static void test_part_of_a_seed_is_refused(void **state)
{
    struct line *line = *state;
    const uint16_t words[MBP_SIM_SEED_WORDS + 1] = {1, 1, 1, 1, 0};
    for (uint16_t first = 0; first <= MBP_SIM_SEED_WORDS; first++) {
        for (uint16_t count = 1; first + count <= MBP_SIM_SEED_WORDS; count++) {
            if (count == MBP_SIM_SEED_WORDS)
                continue;
            assert_int_equal(taught_write(line, (uint16_t)(MBP_SIM_HR_SEED + first), count, words),
                             MBP_EX_SERVER_DEVICE_FAILURE);
        }
    }
    assert_true(seed_shown(line) == 7);
}

static void test_snapshot_holds_the_seed_and_one_asked_with_the_restore_comes_after_it(void **state)
{
    struct line *line = *state;
    mbp_scan_snapshot(line->scan, 0);
    set_seed(line, 99);
    mbp_scan_restore(line->scan, 0);
    assert_true(seed_shown(line) == 7);
    set_seed(line, 99);
    uint16_t words[MBP_SIM_SEED_WORDS];
    mbp_codec_put_bits(MBP_UINT64, MBP_ABCD, 100, words);
    line->time.mono_ns += 10 * MBP_NS_PER_S;
    taught_write_coil(line, MBP_SIM_COIL_RESTORE, true);
    taught_write(line, MBP_SIM_HR_SEED, MBP_SIM_SEED_WORDS, words);
    taught_pass(line, 0);
    assert_true(seed_shown(line) == 100);
}

static void restart(struct line *line, const char *yaml, bool with_checkpoint)
{
    line_stop(line);
    if (!with_checkpoint)
        line_sql(line, "DELETE FROM checkpoint; DELETE FROM checkpoint_part");
    line->time.mono_ns = 0;
    line_start(line, yaml);
}

static void test_seed_survives_a_restart_with_a_checkpoint_and_without(void **state)
{
    struct line *line = *state;
    start_random(line);
    set_seed(line, UINT64_C(0xFEDCBA9876543210));
    for (int with_checkpoint = 1; with_checkpoint >= 0; with_checkpoint--) {
        line_scan(line, 3);
        restart(line, random_yaml, with_checkpoint != 0);
        assert_true(seed_shown(line) == UINT64_C(0xFEDCBA9876543210));
    }
    restart(line, random_yaml, true);
    assert_true(seed_shown(line) == UINT64_C(0xFEDCBA9876543210));
}

static void test_seed_stays_with_an_edit_of_the_file_unless_that_gives_another(void **state)
{
    struct line *line = *state;
    char yaml[sizeof random_yaml + 16];
    start_random(line);
    for (int with_checkpoint = 1; with_checkpoint >= 0; with_checkpoint--) {
        set_seed(line, 4);
        line_scan(line, 3);
        snprintf(yaml, sizeof yaml, "name: Other\n%s", random_yaml);
        restart(line, yaml, with_checkpoint != 0);
        assert_true(seed_shown(line) == 4);
        edit_seed(yaml);
        restart(line, yaml, with_checkpoint != 0);
        assert_true(seed_shown(line) == 12);
        restart(line, random_yaml, with_checkpoint != 0);
        assert_true(seed_shown(line) == 11);
    }
}

/* ---- what an instructor changes faster than is told -------------------------------------------------------------- */

#define PARAMETERS 40

static void start_with_parameters(struct line *line)
{
    char yaml[4096];
    size_t len = (size_t)snprintf(yaml, sizeof yaml,
                                  "mbplant: 1\nscan: 100ms\ninstructor: true\nunits:\n  - id: 1\n"
                                  "    parameters:\n");
    for (int i = 0; i < PARAMETERS; i++)
        len += (size_t)snprintf(yaml + len, sizeof yaml - len, "      K%d: 0\n", i);
    line_begin(line, yaml);
}

static void set_parameter(struct line *line, uint16_t parameter, double value)
{
    uint16_t words[MBP_SIM_PARAMETER_WORDS];
    mbp_codec_encode(MBP_FLOAT64, MBP_ABCD, 1, value, words);
    assert_int_equal(taught_write(line, (uint16_t)(MBP_SIM_HR_PARAMETERS + MBP_SIM_PARAMETER_WORDS * parameter),
                                  MBP_SIM_PARAMETER_WORDS, words),
                     MBP_OK);
    taught_pass(line, 0);
}

static void test_changes_of_many_parameters_are_told_of_each(void **state)
{
    struct line *line = *state;
    start_with_parameters(line);
    for (int round = 1; round <= 3; round++) {
        for (uint16_t p = 0; p < PARAMETERS; p++)
            set_parameter(line, p, 100 * round + p);
    }
    for (int i = 0; i < 100; i++)
        taught_pass(line, 100 * MBP_NS_PER_MS);
    line_read(line);
    unsigned told[PARAMETERS] = {0};
    float last[PARAMETERS] = {0};
    uint32_t all = 0;
    for (size_t e = 0; e < line->event_count; e++) {
        const struct mbp_event *event = &line->events[e];
        if (event->code == MBP_EV_WRITES_AGGREGATED)
            all += (uint32_t)event->value;
        if (event->code != MBP_EV_POINT_WRITTEN)
            continue;
        unsigned p = ((event->detail & 0xFFFFu) - MBP_SIM_HR_PARAMETERS) / MBP_SIM_PARAMETER_WORDS;
        assert_in_range(p, 0, PARAMETERS - 1);
        assert_int_equal((int)event->limit, (int)last[p]); /* from what was told before to what is: nothing between */
        last[p] = event->value;
        told[p]++;
        all++;
    }
    for (unsigned p = 0; p < PARAMETERS; p++) {
        assert_true(told[p] >= 1);
        assert_int_equal((int)last[p], 300 + (int)p);
    }
    assert_int_equal(all, 3 * PARAMETERS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINE_TEST(test_same_seed_from_the_same_state_is_the_same_journal_and_another_is_another),
        LINE_TEST(test_seed_given_to_the_plant_and_set_by_hand_are_the_same_run),
        TAUGHT_TEST(test_seed_is_journaled_whole_and_once),
        TAUGHT_TEST(test_part_of_a_seed_is_refused),
        TAUGHT_TEST(test_snapshot_holds_the_seed_and_one_asked_with_the_restore_comes_after_it),
        LINE_TEST(test_seed_survives_a_restart_with_a_checkpoint_and_without),
        LINE_TEST(test_seed_stays_with_an_edit_of_the_file_unless_that_gives_another),
        LINE_TEST(test_changes_of_many_parameters_are_told_of_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
