/* Snapshot and restore: the plant as it was, and nothing that a master was shown taken back. */
#include "taught.h"

#include <stdlib.h>
#include <string.h>

#define PERIOD_NS (100 * MBP_NS_PER_MS)

/* What a wandering, lagging, delayed plant with feedback keeps between scans. */
static const char restless_yaml[] =
    "mbplant: 1\n"
    "scan: 100ms\n"
    "seed: 11\n"
    "instructor: true\n"
    "units:\n"
    "  - id: 1\n"
    "    machines:\n"
    "      - name: M1\n"
    "        cycle: {time: 350ms, reject: 20%}\n"
    "        sensors:\n"
    "          - {name: A, range: [-1000, 1000], register: {type: float32}, max: 40,\n"
    "             signal: {base: 20, wave: {shape: sine, amplitude: 15, period: 7s}, wander: {sigma: 9, tau: 3s},\n"
    "                      noise: 2, lag: 1s}}\n"
    "          - {name: B, range: [-1000, 1000], register: {type: float32},\n"
    "             signal: {base: 1, inputs: [{from: A, gain: 2, dead_time: 1.3s, lag: 500ms}], dead_time: 730ms}}\n"
    "          - {name: C, range: [-1000, 1000], register: {type: float32},\n"
    "             signal: {base: 0, inputs: [{from: B, gain: 0.1}, {from: C, gain: -0.1}], integrate: {gain: 1}}}\n";

static void start_restless(struct line *line)
{
    line_stop(line);
    line_start(line, restless_yaml);
}

/* Scans with writes at given places, and what every sensor shows in each. */
#define PLAYED 150u
struct played {
    double value[PLAYED][3];
    uint32_t good[PLAYED], reject[PLAYED];
    uint8_t state[PLAYED];
};

static void play(struct line *line, struct played *out)
{
    const struct mbp_state *state = mbp_scan_state(line->scan);
    for (unsigned i = 0; i < PLAYED; i++) {
        if (i == 10)
            line_write_coil(line, MBP_MAINTENANCE, true);
        if (i == 30)
            line_write_coil(line, MBP_EN_SERVICE, true);
        if (i == 60)
            line_write_word(line, 0, 0x42F0); /* A forced to about 120: it trips M1 */
        if (i == 80)
            line_write_coil(line, 1000, false);
        line_scan(line, 1);
        memcpy(out->value[i], state->value, sizeof out->value[i]);
        out->good[i] = state->machine[0].good;
        out->reject[i] = state->machine[0].reject;
        out->state[i] = state->machine[0].state;
    }
}

static void test_restore_then_the_same_writes_give_the_same_values(void **state)
{
    struct line *line = *state;
    struct played *first = calloc(2, sizeof *first);
    assert_non_null(first);
    struct played *second = first + 1;
    start_restless(line);
    line_scan(line, 77); /* in the middle of every dead time */
    assert_int_equal(mbp_scan_snapshot(line->scan, 0), MBP_OK);
    play(line, first);
    line_scan(line, 1234); /* far away, and not by a multiple of any dead time */
    assert_int_equal(mbp_scan_restore(line->scan, 0), MBP_OK);
    play(line, second);
    assert_memory_equal(first, second, sizeof *first);
    assert_true(first->state[70] == MBP_EN_PANNE); /* something happened */
    free(first);
}

static void test_restore_again_and_again_is_the_same_each_time(void **state)
{
    struct line *line = *state;
    struct played *first = calloc(2, sizeof *first);
    assert_non_null(first);
    start_restless(line);
    mbp_scan_snapshot(line->scan, 0);
    play(line, first);
    for (int i = 0; i < 3; i++) {
        mbp_scan_restore(line->scan, 0);
        play(line, first + 1);
        assert_memory_equal(first, first + 1, sizeof *first);
    }
    assert_int_equal(taught_input(line, MBP_SIM_IR_RESTORED), 3);
    free(first);
}

static void test_restore_puts_alarms_limits_forced_values_and_machines_back_in_image_and_state(void **state)
{
    struct line *line = *state;
    taught_scan(line, 3);
    mbp_scan_snapshot(line->scan, 0);
    line_write_word(line, HR_TT101_LIMITS + MBP_HIGH, 700);
    taught_scan(line, 1);
    line_write_word(line, HR_TT101, 900);
    taught_scan(line, 1);
    assert_true(line_coil(line, MBP_EN_PANNE));
    assert_true(line_discrete(line, MBP_HIGH));
    assert_int_equal(taught_write_coil(line, MBP_SIM_COIL_RESTORE, true), MBP_OK);
    taught_pass(line, 0);
    assert_int_equal(mbp_scan_state(line->scan)->scan, 5); /* no further one: at once */
    assert_true(line_coil(line, MBP_EN_SERVICE));
    assert_false(line_discrete(line, MBP_HIGH));
    assert_false(line_discrete(line, 6));
    assert_false(line_coil(line, 1000));
    assert_int_equal(line_holding(line, HR_TT101_LIMITS + MBP_HIGH), 850);
    assert_in_range(line_holding(line, HR_TT101), 600, 700);
    assert_int_equal(line_input(line, 6), 0);
    assert_false(taught_coil(line, MBP_SIM_COIL_RESTORE)); /* clears itself */
    taught_scan(line, 5);
    assert_true(line_coil(line, MBP_EN_SERVICE));
}

static void test_restore_never_takes_scan_count_or_event_numbers_back(void **state)
{
    struct line *line = *state;
    line_scan(line, 10);
    mbp_scan_snapshot(line->scan, 0);
    line_scan(line, 50);
    line_read(line);
    uint32_t last = line->events[line->event_count - 1].seq;
    mbp_scan_restore(line->scan, LINE_PEER);
    const struct mbp_state *now = mbp_scan_state(line->scan);
    assert_int_equal(now->scan, 60);
    assert_int_equal(now->sim_ns, 10 * PERIOD_NS);
    line_scan(line, 1);
    assert_int_equal(now->scan, 61);
    line_read(line); /* checks that numbers have no gap */
    size_t at = line_find(line, last, MBP_EV_SIM_RESTORED);
    assert_int_equal(line->events[at].detail, 10);
    assert_int_equal(line->events[at].scan, 60);
    assert_int_equal(line->events[at].actor, LINE_PEER);
}

static void test_restore_tells_the_journal_of_each_alarm_and_machine_that_changes_by_it(void **state)
{
    struct line *line = *state;
    line_scan(line, 1);
    mbp_scan_snapshot(line->scan, 0);
    line_write_word(line, HR_TT101, 900);
    line_scan(line, 1);
    mbp_scan_restore(line->scan, 0);
    line_read(line);
    size_t at = line_find(line, 0, MBP_EV_SIM_RESTORED);
    size_t cleared = line_find(line, at, MBP_EV_ALARM_CLEARED);
    assert_int_equal(line->events[cleared].sensor, TT101);
    assert_int_equal(line->events[cleared].detail, MBP_HIGH);
    size_t moved = line_find(line, at, MBP_EV_MACHINE_STATE);
    assert_int_equal(mbp_event_state_from(line->events[moved].detail), MBP_EN_PANNE);
    assert_int_equal(mbp_event_state_to(line->events[moved].detail), MBP_EN_SERVICE);
    assert_int_equal(mbp_event_state_cause(line->events[moved].detail), MBP_CAUSE_RESTORED);
    assert_int_equal(line->event_count - at, 4); /* and its counters */
}

static void test_restore_moves_wall_times_to_now(void **state)
{
    struct line *line = *state;
    const struct mbp_state *now = mbp_scan_state(line->scan);
    line_scan(line, 20);
    uint64_t age_ms = now->wall_ms - now->machine[FILL1].since_ms;
    mbp_scan_snapshot(line->scan, 0);
    line_write_coil(line, MBP_MAINTENANCE, true);
    line_scan(line, 500);
    mbp_scan_restore(line->scan, 0);
    assert_int_equal(now->wall_ms, line->time.wall_ms);
    assert_int_equal(now->wall_ms - now->machine[FILL1].since_ms, age_ms);
}

static void test_restore_leaves_what_a_master_wrote_since_the_last_scan_for_the_next(void **state)
{
    struct line *line = *state;
    line_scan(line, 2);
    mbp_scan_snapshot(line->scan, 0);
    line_scan(line, 2);
    line_write_word(line, HR_ST201, 77);
    line_write_coil(line, COIL_CAP1 + MBP_MAINTENANCE, true);
    mbp_scan_restore(line->scan, 0);
    assert_int_equal(line_holding(line, HR_ST201), 77);
    assert_true(line_coil(line, COIL_CAP1 + MBP_MAINTENANCE));
    line_scan(line, 1);
    assert_int_equal(line_holding(line, HR_ST201), 77);
    assert_int_equal(mbp_scan_state(line->scan)->machine[CAP1].state, MBP_MAINTENANCE);
}

static void test_restored_state_is_what_a_restart_finds(void **state)
{
    struct line *line = *state;
    line_scan(line, 10);
    line_write_word(line, HR_TT101, 500);
    line_scan(line, 1);
    mbp_scan_snapshot(line->scan, 0);
    line_write_word(line, HR_TT101_LIMITS + MBP_HIGH, 700);
    line_write_word(line, HR_TT101, 900);
    line_write_coil(line, COIL_CAP1 + MBP_MAINTENANCE, true);
    line_scan(line, 5);
    mbp_scan_restore(line->scan, 0);
    taught_start(line, ""); /* stops the one before */
    const struct mbp_state *now = mbp_scan_state(line->scan);
    assert_int_equal(now->machine[FILL1].state, MBP_EN_SERVICE);
    assert_int_equal(now->machine[CAP1].state, MBP_EN_SERVICE);
    fixture_assert_number(now->limit[TT101 * MBP_LIMIT_COUNT + MBP_HIGH], 85);
    fixture_assert_number(now->forced_value[TT101], 50);
    assert_true((now->flags[TT101] & MBP_SENSOR_FORCED) != 0);
    assert_int_equal(now->active[TT101], 0);
}

static void test_snapshot_outlives_a_restart_and_gives_the_same_values(void **state)
{
    struct line *line = *state;
    static struct played first, again;
    start_restless(line);
    line_scan(line, 37);
    mbp_scan_snapshot(line->scan, 0);
    play(line, &first);
    start_restless(line);
    line_scan(line, 5);
    start_restless(line);
    assert_true(mbp_scan_sim(line->scan).snapshot);
    assert_int_equal(mbp_scan_sim(line->scan).snapshot_scan, 37);
    assert_int_equal(mbp_scan_restore(line->scan, 0), MBP_OK);
    play(line, &again);
    assert_memory_equal(&first, &again, sizeof first);
}

static void test_restore_without_a_snapshot_is_refused_and_changes_nothing(void **state)
{
    struct line *line = *state;
    taught_scan(line, 3);
    assert_int_equal(mbp_scan_restore(line->scan, 0), MBP_ERR_MISSING);
    assert_int_equal(taught_write_coil(line, MBP_SIM_COIL_RESTORE, true), MBP_EX_SERVER_DEVICE_FAILURE);
    taught_pass(line, 0);
    assert_int_equal(mbp_scan_state(line->scan)->sim_ns, 3 * PERIOD_NS);
    assert_int_equal(taught_write_coil(line, MBP_SIM_COIL_RESTORE, false), MBP_OK);
    assert_int_equal(taught_write_coil(line, MBP_SIM_COIL_SNAPSHOT, true), MBP_OK);
    taught_pass(line, 0);
    assert_int_equal(taught_input(line, MBP_SIM_IR_SNAPSHOT), 1);
    assert_int_equal(taught_input_u32(line, MBP_SIM_IR_SNAPSHOT_SCAN), 3);
    assert_int_equal(taught_write_coil(line, MBP_SIM_COIL_RESTORE, true), MBP_OK);
    line_read(line);
}

static void do_to_high_of_st201(struct line *line, enum mbp_alarm_deed deed)
{
    const uint16_t words[] = {ST201, MBP_HIGH, 60, 0, (uint16_t)deed};
    assert_int_equal(line_write(line, (uint16_t)line->unit->record, 5, words), MBP_OK);
    line_scan(line, 1);
}

static void test_restore_tells_of_interlocks_that_it_holds_off_or_arms(void **state)
{
    struct line *line = *state;
    do_to_high_of_st201(line, MBP_DEED_BYPASS);
    assert_int_equal(mbp_scan_snapshot(line->scan, 0), MBP_OK);
    do_to_high_of_st201(line, MBP_DEED_RESTORE);
    assert_int_equal(mbp_scan_restore(line->scan, 0), MBP_OK);
    line_read(line);
    size_t restored = line_find(line, 0, MBP_EV_SIM_RESTORED);
    size_t told = line_find(line, restored, MBP_EV_INTERLOCK_BYPASSED);
    assert_int_equal(mbp_event_alarm(&line->events[told]), MBP_HIGH);
    assert_string_equal(line_item(line, &line->events[told]), "ST201");
    fixture_assert_number((double)line->events[told].value, 60);
    assert_int_equal(line_count(line, MBP_EV_INTERLOCK_RESTORED), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TAUGHT_TEST(test_restore_then_the_same_writes_give_the_same_values),
        TAUGHT_TEST(test_restore_again_and_again_is_the_same_each_time),
        TAUGHT_TEST(test_restore_puts_alarms_limits_forced_values_and_machines_back_in_image_and_state),
        TAUGHT_TEST(test_restore_never_takes_scan_count_or_event_numbers_back),
        TAUGHT_TEST(test_restore_tells_the_journal_of_each_alarm_and_machine_that_changes_by_it),
        TAUGHT_TEST(test_restore_tells_of_interlocks_that_it_holds_off_or_arms),
        TAUGHT_TEST(test_restore_moves_wall_times_to_now),
        TAUGHT_TEST(test_restore_leaves_what_a_master_wrote_since_the_last_scan_for_the_next),
        TAUGHT_TEST(test_restored_state_is_what_a_restart_finds),
        TAUGHT_TEST(test_snapshot_outlives_a_restart_and_gives_the_same_values),
        TAUGHT_TEST(test_restore_without_a_snapshot_is_refused_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
