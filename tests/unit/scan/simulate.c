/* Time in the instructor's hand: pause, step, speed, at unit 247. */
#include "taught.h"

#include <math.h>

#define PERIOD_NS (100 * MBP_NS_PER_MS)

static uint64_t scans(const struct line *line)
{
    return mbp_scan_state(line->scan)->scan;
}

/* ---- pause and resume ------------------------------------------------------------------------------------------- */

static void test_pause_stops_scans_and_none_of_them_is_late_or_lost(void **state)
{
    struct line *line = *state;
    taught_pass(line, PERIOD_NS);
    assert_int_equal(taught_write_coil(line, MBP_SIM_COIL_PAUSED, true), MBP_OK);
    taught_pass(line, 0);
    for (int i = 0; i < 100; i++)
        taught_pass(line, 10 * PERIOD_NS);
    assert_int_equal(scans(line), 1);
    assert_int_equal(taught_input(line, MBP_SIM_IR_PAUSED), 1);
    assert_int_equal(taught_write_coil(line, MBP_SIM_COIL_PAUSED, false), MBP_OK);
    taught_pass(line, 0);
    assert_int_equal(scans(line), 1);
    taught_pass(line, PERIOD_NS - 1);
    assert_int_equal(scans(line), 1);
    taught_pass(line, 1);
    assert_int_equal(scans(line), 2);
    assert_int_equal(taught_input(line, MBP_SIM_IR_PAUSED), 0);
    assert_int_equal(taught_input_u32(line, MBP_SIM_IR_LATE), 0);
    assert_int_equal(taught_input_u32(line, MBP_SIM_IR_LOST), 0);
}

static void test_pause_acts_without_a_scan_and_is_shown_at_once(void **state)
{
    struct line *line = *state;
    assert_int_equal(taught_write_coil(line, MBP_SIM_COIL_PAUSED, true), MBP_OK);
    taught_pass(line, 0);
    assert_int_equal(scans(line), 0);
    assert_int_equal(taught_input(line, MBP_SIM_IR_PAUSED), 1);
    assert_true(taught_coil(line, MBP_SIM_COIL_PAUSED));
}

static void test_write_while_paused_is_read_back_at_once_and_acts_with_the_next_scan(void **state)
{
    struct line *line = *state;
    taught_write_coil(line, MBP_SIM_COIL_PAUSED, true);
    taught_pass(line, 0);
    assert_int_equal(line_write_word(line, HR_TT101, 900), MBP_OK);
    for (int i = 0; i < 5; i++)
        taught_pass(line, 10 * PERIOD_NS); /* the figures are published anew meanwhile */
    assert_int_equal(line_holding(line, HR_TT101), 900);
    assert_false(line_discrete(line, 6)); /* not forced yet */
    assert_int_equal(taught_step(line, 1), MBP_OK);
    taught_pass(line, 0);
    assert_int_equal(scans(line), 1);
    assert_int_equal(line_holding(line, HR_TT101), 900);
    assert_true(line_discrete(line, 6));
    assert_true(line_discrete(line, MBP_HIGH));
}

static void test_pause_shows_events_that_become_durable_meanwhile(void **state)
{
    struct line *line = *state;
    taught_write_coil(line, MBP_SIM_COIL_PAUSED, true);
    taught_pass(line, 0);
    assert_int_equal(mbp_journal_flush(line->journal), MBP_OK);
    taught_pass(line, PERIOD_NS);
    assert_int_equal(line_input(line, 9), mbp_journal_last(line->journal));
}

static void test_pause_after_a_standstill_counts_the_scans_that_never_ran_as_lost(void **state)
{
    struct line *line = *state;
    taught_pass(line, PERIOD_NS);
    line->time.mono_ns += 10 * PERIOD_NS; /* ten are due, the last of them right now */
    mbp_scan_pause(line->scan, 0);
    assert_int_equal(mbp_scan_sim(line->scan).lost, 9);
    mbp_scan_resume(line->scan, 0);
    assert_int_equal(mbp_scan_sim(line->scan).lost, 9);
}

/* ---- step ------------------------------------------------------------------------------------------------------- */

static void test_step_runs_so_many_scans_without_waiting_and_stays_paused(void **state)
{
    struct line *line = *state;
    taught_write_coil(line, MBP_SIM_COIL_PAUSED, true);
    taught_step(line, 25);
    taught_pass(line, 0);
    assert_int_equal(scans(line), 25);
    assert_int_equal(mbp_scan_state(line->scan)->sim_ns, 25 * PERIOD_NS);
    taught_pass(line, 10 * PERIOD_NS);
    assert_int_equal(scans(line), 25);
    assert_int_equal(taught_input_u32(line, MBP_SIM_IR_LATE), 0);
}

static void test_step_of_many_goes_in_bounded_bites_and_counts_down(void **state)
{
    struct line *line = *state;
    line->time.look_ns = MBP_NS_PER_MS;
    taught_write_coil(line, MBP_SIM_COIL_PAUSED, true);
    taught_step(line, 1000);
    taught_pass(line, 0);
    uint64_t first = scans(line);
    assert_in_range(first, 1, 20);
    assert_int_equal(taught_input_u32(line, MBP_SIM_IR_STEPS), 1000 - first);
    for (int i = 0; i < 1000; i++)
        taught_pass(line, 0);
    assert_int_equal(scans(line), 1000);
    assert_int_equal(taught_input_u32(line, MBP_SIM_IR_STEPS), 0);
}

static void test_step_while_another_runs_adds_to_it(void **state)
{
    struct line *line = *state;
    taught_write_coil(line, MBP_SIM_COIL_PAUSED, true);
    taught_step(line, 100);
    taught_pass(line, 0);
    taught_step(line, 50);
    for (int i = 0; i < 20; i++)
        taught_pass(line, 0);
    assert_int_equal(scans(line), 150);
}

static void test_resume_ends_a_step(void **state)
{
    struct line *line = *state;
    taught_write_coil(line, MBP_SIM_COIL_PAUSED, true);
    taught_step(line, 60000);
    taught_pass(line, 0);
    uint64_t before = scans(line);
    taught_write_coil(line, MBP_SIM_COIL_PAUSED, false);
    taught_pass(line, 0);
    taught_pass(line, PERIOD_NS);
    assert_int_equal(scans(line), before + 1);
}

static void test_step_of_a_running_plant_is_refused_and_the_refusal_journaled(void **state)
{
    struct line *line = *state;
    assert_int_equal(taught_step(line, 5), MBP_EX_SERVER_DEVICE_FAILURE);
    assert_int_equal(mbp_scan_step_by(line->scan, 5, 0), MBP_ERR_BUSY);
    taught_pass(line, PERIOD_NS);
    line_read(line);
    const struct mbp_event *event = &line->events[line_find(line, 0, MBP_EV_WRITE_REFUSED)];
    assert_int_equal(event->unit, MBP_INSTRUCTOR_UNIT);
    assert_int_equal(event->actor, LINE_PEER);
}

/* ---- speed ------------------------------------------------------------------------------------------------------ */

static void test_speed_changes_the_pace_from_the_next_scan_on(void **state)
{
    struct line *line = *state;
    assert_int_equal(taught_write_speed(line, 100), MBP_OK);
    taught_pass(line, 0);
    for (int i = 0; i < 1000; i++)
        taught_pass(line, PERIOD_NS / 100);
    assert_int_equal(scans(line), 1000);
    assert_int_equal(taught_input_u32(line, MBP_SIM_IR_LATE), 0);
    assert_true(fabs(taught_input_float(line, MBP_SIM_IR_SPEED) - 100) < 1e-6);
    assert_true(fabs(taught_input_float(line, MBP_SIM_IR_SPEED_NOW) - 100) < 1);
    assert_int_equal(taught_write_speed(line, 0.1), MBP_OK);
    taught_pass(line, 0);
    taught_pass(line, 10 * PERIOD_NS - 1);
    assert_int_equal(scans(line), 1000);
    taught_pass(line, 1);
    assert_int_equal(scans(line), 1001);
}

static void test_speed_that_the_clock_does_not_allow_shows_in_the_speed_reached(void **state)
{
    struct line *line = *state;
    assert_int_equal(taught_write_speed(line, 1000), MBP_OK);
    taught_pass(line, 0);
    line->time.look_ns = MBP_NS_PER_MS; /* a scan takes some, and 0.1 ms is allowed */
    uint64_t begin = line->time.mono_ns;
    taught_pass(line, 100 * MBP_NS_PER_MS);
    uint64_t each = scans(line); /* 1000 were due */
    assert_in_range(each, 1, 20);
    for (int i = 1; i < 40; i++)
        taught_pass(line, 100 * MBP_NS_PER_MS);
    assert_int_equal(scans(line), 40 * each);
    double passed = (double)(line->time.mono_ns - begin);
    assert_true(fabs(taught_input_float(line, MBP_SIM_IR_SPEED_NOW) - 40 * (double)each * PERIOD_NS / passed) < 1);
    assert_in_range(taught_input_u32(line, MBP_SIM_IR_LATE), 39 * each, 40 * each);
    assert_int_equal(taught_input_u32(line, MBP_SIM_IR_LOST), 0); /* they are still to come */
    uint64_t due = (line->time.mono_ns - begin) / (PERIOD_NS / 1000);
    mbp_scan_set_speed(line->scan, 1, 0);
    assert_in_range(mbp_scan_sim(line->scan).lost, due - 40 * each - 1, due - 40 * each + 20);
}

static void test_speed_outside_its_range_is_refused_and_nothing_changes(void **state)
{
    struct line *line = *state;
    const double wrong[] = {0, 0.09, -1, 1000.1, 1e30, INFINITY, NAN};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(mbp_scan_set_speed(line->scan, wrong[i], 0), MBP_ERR_RANGE);
        assert_int_equal(taught_write_speed(line, wrong[i]), MBP_EX_SERVER_DEVICE_FAILURE);
    }
    taught_pass(line, 0);
    assert_true(fabs(taught_input_float(line, MBP_SIM_IR_SPEED) - 1) < 1e-9);
    const uint16_t half = 0x42C8; /* 100.0 is 42C8 0000 */
    const uint16_t other = 0;
    assert_int_equal(taught_write(line, MBP_SIM_HR_SPEED, 1, &half), MBP_OK);
    taught_pass(line, PERIOD_NS);
    assert_int_equal(taught_write(line, MBP_SIM_HR_SPEED + 1, 1, &other), MBP_OK);
    taught_pass(line, PERIOD_NS);
    assert_true(fabs(taught_input_float(line, MBP_SIM_IR_SPEED) - 100) < 1e-6);
}

/* ---- what the journal has of it --------------------------------------------------------------------------------- */

static void test_every_command_is_journaled_once_with_who_gave_it(void **state)
{
    struct line *line = *state;
    taught_write_coil(line, MBP_SIM_COIL_PAUSED, true);
    taught_pass(line, 0);
    taught_write_coil(line, MBP_SIM_COIL_PAUSED, true); /* again: nothing */
    taught_pass(line, 0);
    taught_step(line, 3);
    taught_pass(line, 0);
    taught_write_speed(line, 2.5);
    taught_pass(line, 0);
    taught_write_speed(line, 2.5);
    taught_pass(line, 0);
    taught_write_coil(line, MBP_SIM_COIL_PAUSED, false);
    taught_pass(line, 0);
    line_read(line);
    size_t at = line_find(line, 0, MBP_EV_SIM_PAUSED);
    assert_int_equal(line->events[at].actor, LINE_PEER);
    at = line_find(line, at, MBP_EV_SIM_STEPPED);
    fixture_assert_number((double)line->events[at].value, 3);
    at = line_find(line, at, MBP_EV_SIM_SPEED);
    fixture_assert_number((double)line->events[at].value, 2.5);
    fixture_assert_number((double)line->events[at].limit, 1);
    assert_int_equal(line->events[at].scan, 3);
    line_find(line, at, MBP_EV_SIM_RESUMED);
    for (int code = MBP_EV_SIM_PAUSED; code <= MBP_EV_SIM_SPEED; code++)
        assert_int_equal(line_count(line, (enum mbp_event_code)code), 1);
}

/* Nobody turns the journal over by pausing and taking snapshots as fast as he can; none of it is forgotten. */
static void test_flood_of_commands_is_coalesced_and_counted(void **state)
{
    struct line *line = *state;
    enum { TURNS = 500 };
    for (int i = 0; i < TURNS; i++) {
        taught_write_coil(line, MBP_SIM_COIL_SNAPSHOT, true);
        taught_pass(line, 0);
        taught_write_coil(line, MBP_SIM_COIL_PAUSED, true);
        taught_pass(line, 0);
        taught_step(line, 2);
        taught_pass(line, MBP_NS_PER_MS);
        taught_write_coil(line, MBP_SIM_COIL_PAUSED, false);
        taught_pass(line, MBP_NS_PER_MS); /* a second in all */
    }
    taught_write_coil(line, MBP_SIM_COIL_PAUSED, true);
    taught_pass(line, 0);
    taught_pass(line, 200 * MBP_NS_PER_MS); /* what waits is told by itself */
    line_read(line);
    size_t events = 0;
    double counted = 0, steps = 0;
    uint16_t last = 0;
    for (size_t i = 0; i < line->event_count; i++) {
        const struct mbp_event *event = &line->events[i];
        bool command = event->code >= MBP_EV_SIM_PAUSED && event->code <= MBP_EV_SIM_SNAPSHOT;
        bool more = event->code == MBP_EV_WRITES_AGGREGATED;
        events += command || more;
        counted += more ? (double)event->value : command ? 1 : 0;
        steps += event->code == MBP_EV_SIM_STEPPED ? (double)event->value : 0;
        last = command && event->code != MBP_EV_SIM_SNAPSHOT && event->code != MBP_EV_SIM_STEPPED ? event->code : last;
    }
    fixture_assert_number(counted, 4 * TURNS + 1);
    fixture_assert_number(steps, 2 * TURNS);
    assert_in_range(events, 20, 140);
    assert_int_equal(last, MBP_EV_SIM_PAUSED); /* as it is now */
}

static void test_restores_beyond_ten_a_second_wait_and_come(void **state)
{
    struct line *line = *state;
    taught_write_coil(line, MBP_SIM_COIL_SNAPSHOT, true);
    taught_pass(line, 0);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(taught_write_coil(line, MBP_SIM_COIL_RESTORE, true), MBP_OK);
        taught_pass(line, MBP_NS_PER_MS);
    }
    uint32_t restored = mbp_scan_sim(line->scan).restored;
    assert_in_range(restored, 5, 11);
    assert_true(taught_coil(line, MBP_SIM_COIL_RESTORE)); /* one waits */
    taught_pass(line, PERIOD_NS + 20 * MBP_NS_PER_MS);
    assert_int_equal(mbp_scan_sim(line->scan).restored, restored + 1);
    assert_false(taught_coil(line, MBP_SIM_COIL_RESTORE));
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_SIM_RESTORED), restored + 1);
}

/* ---- without an instructor -------------------------------------------------------------------------------------- */

static void test_plant_without_instructor_has_no_such_unit_and_can_be_paused_from_within(void **state)
{
    struct line *line = *state;
    assert_null(mbp_image_unit(line->image, MBP_INSTRUCTOR_UNIT));
    mbp_scan_pause(line->scan, 0);
    taught_pass(line, 10 * PERIOD_NS);
    assert_int_equal(scans(line), 0);
    assert_int_equal(mbp_scan_step_by(line->scan, 2, 0), MBP_OK);
    taught_pass(line, 0);
    assert_int_equal(scans(line), 2);
    mbp_scan_resume(line->scan, 0);
    taught_pass(line, PERIOD_NS);
    assert_int_equal(scans(line), 3);
}

/* ---- lateness --------------------------------------------------------------------------------------------------- */

static void test_lateness_of_each_scan_is_counted_in_its_class(void **state)
{
    struct line *line = *state;
    taught_pass(line, PERIOD_NS);               /* in time: class 0 */
    taught_pass(line, PERIOD_NS + 7000);        /* 7 us: "to 10" */
    taught_pass(line, PERIOD_NS - 7000 + 1001); /* 1.001 us: "to 2" */
    taught_pass(line, PERIOD_NS + 2999 * MBP_NS_PER_MS / 100);
    assert_int_equal(taught_input_u32(line, MBP_SIM_IR_LATENESS), 1);
    assert_int_equal(taught_input_u32(line, MBP_SIM_IR_LATENESS + 2 * 1), 1);
    assert_int_equal(taught_input_u32(line, MBP_SIM_IR_LATENESS + 2 * 3), 1);
    assert_int_equal(taught_input_u32(line, MBP_SIM_IR_LATENESS + 2 * 14), 1); /* 29.99 ms: "to 50 ms" */
    assert_int_equal(taught_input_u32(line, MBP_SIM_IR_LATENESS_MAX), 29992);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TAUGHT_TEST(test_pause_stops_scans_and_none_of_them_is_late_or_lost),
        TAUGHT_TEST(test_pause_acts_without_a_scan_and_is_shown_at_once),
        TAUGHT_TEST(test_write_while_paused_is_read_back_at_once_and_acts_with_the_next_scan),
        TAUGHT_TEST(test_pause_shows_events_that_become_durable_meanwhile),
        TAUGHT_TEST(test_pause_after_a_standstill_counts_the_scans_that_never_ran_as_lost),
        TAUGHT_TEST(test_step_runs_so_many_scans_without_waiting_and_stays_paused),
        TAUGHT_TEST(test_step_of_many_goes_in_bounded_bites_and_counts_down),
        TAUGHT_TEST(test_step_while_another_runs_adds_to_it),
        TAUGHT_TEST(test_resume_ends_a_step),
        TAUGHT_TEST(test_step_of_a_running_plant_is_refused_and_the_refusal_journaled),
        TAUGHT_TEST(test_speed_changes_the_pace_from_the_next_scan_on),
        TAUGHT_TEST(test_speed_that_the_clock_does_not_allow_shows_in_the_speed_reached),
        TAUGHT_TEST(test_speed_outside_its_range_is_refused_and_nothing_changes),
        TAUGHT_TEST(test_every_command_is_journaled_once_with_who_gave_it),
        TAUGHT_TEST(test_flood_of_commands_is_coalesced_and_counted),
        TAUGHT_TEST(test_restores_beyond_ten_a_second_wait_and_come),
        LINE_TEST(test_plant_without_instructor_has_no_such_unit_and_can_be_paused_from_within),
        TAUGHT_TEST(test_lateness_of_each_scan_is_counted_in_its_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
