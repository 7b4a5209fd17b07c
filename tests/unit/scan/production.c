/* The machines' counters in the journal: each full hour, at each start, around a restore. */
#include "line.h"

/* A scan of 10 s, so that hours are few scans. FILL1 makes a product every 2 s, CAP1 none. */
static const char slow_yaml[] =
    "mbplant: 1\nname: Slow\nscan: 10s\nseed: 7\nunits:\n"
    "  - {id: 1, machines: [{name: CAP1}, {name: FILL1, cycle: {time: 2s, reject: 10%}}]}\n";

#define HOUR 360u /* scans */

static int slow_setup(void **state)
{
    int failed = line_setup(state);
    struct line *line = *state;
    if (failed == 0) {
        line_stop(line);
        line_start(line, slow_yaml);
    }
    return failed;
}

static const struct mbp_event *told(const struct line *line, size_t nth)
{
    size_t at = 0;
    for (size_t i = 0; i <= nth; i++)
        at = line_find(line, i == 0 ? 0 : at + 1, MBP_EV_PRODUCTION);
    return &line->events[at];
}

static void test_production_is_told_with_each_full_hour_by_machines_that_make_something(void **state)
{
    struct line *line = *state;
    line_scan(line, HOUR - 1);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_PRODUCTION), 0);
    line_scan(line, HOUR + 1);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_PRODUCTION), 2);
    for (unsigned hour = 1; hour <= 2; hour++) {
        const struct mbp_event *event = told(line, hour - 1);
        assert_int_equal(event->scan, hour * HOUR);
        assert_string_equal(line_machine(line, event), line->plant->machines[1].name);
        assert_int_equal(event->detail + (uint32_t)event->limit, hour * 1800);
        assert_true(event->value == (float)event->detail);
        assert_true(event->limit > 0);
    }
}

static void test_production_is_told_at_a_start_as_it_was_at_the_end(void **state)
{
    struct line *line = *state;
    line_scan(line, 100);
    struct mbp_machine_state before = mbp_scan_state(line->scan)->machine[1];
    line_stop(line);
    line_start(line, slow_yaml);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_PRODUCTION), 1);
    const struct mbp_event *event = told(line, 0);
    assert_int_equal(event->detail, before.good);
    assert_int_equal(event->limit, before.reject);
    assert_int_equal(event[-1].code, MBP_EV_PLANT_LOADED);
}

static void test_production_of_a_plant_that_has_made_nothing_is_not_told_at_a_start(void **state)
{
    struct line *line = *state;
    line_stop(line);
    line_start(line, slow_yaml);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_PRODUCTION), 0);
}

static void test_production_is_told_before_and_after_a_restore(void **state)
{
    struct line *line = *state;
    line_scan(line, 10);
    assert_int_equal(mbp_scan_snapshot(line->scan, 0), MBP_OK);
    uint32_t then = mbp_scan_state(line->scan)->machine[1].good;
    line_scan(line, 50);
    uint32_t later = mbp_scan_state(line->scan)->machine[1].good;
    assert_int_equal(mbp_scan_restore(line->scan, 0), MBP_OK);
    line_read(line);
    size_t restored = line_find(line, 0, MBP_EV_SIM_RESTORED);
    assert_int_equal(line->events[restored - 1].detail, later);
    assert_int_equal(told(line, 1)->detail, then);
    assert_true(told(line, 1) > &line->events[restored]);
}

/* A machine whose pace is a sensor: what the sensor senses, not what it shows. */
static void test_production_goes_at_the_pace_that_the_process_has(void **state)
{
    static const char yaml[] = "mbplant: 1\nname: Paced\nscan: 1s\nunits:\n"
                               "  - {id: 1, machines: [{name: M1, cycle: {time: 2s, pace: S1}, sensors: ["
                               "{name: S1, range: [-4000, 4000], signal: {inputs: [{from: V1}]}}],\n"
                               "     actuators: [{name: V1, range: [-4000, 4000], initial: 900,"
                               " register: {type: int16, scale: 1}}]}]}\n";
    struct line *line = *state;
    line_begin(line, yaml);
    line_scan(line, 401);
    assert_int_equal(mbp_scan_state(line->scan)->machine[0].good, 100); /* 900 an hour, whatever its time is */
    line_write_word(line, 0, 3600);                                     /* forced: shown alone */
    line_scan(line, 40);
    assert_int_equal(mbp_scan_state(line->scan)->machine[0].good, 110);
    line_write_word(line, 7000, 0);
    line_scan(line, 100);
    uint32_t stood = mbp_scan_state(line->scan)->machine[0].good;
    assert_in_range(stood, 110, 111);
    line_write_word(line, 7000, (uint16_t)-3000); /* a pace below 0 takes nothing back */
    line_scan(line, 100);
    assert_int_equal(mbp_scan_state(line->scan)->machine[0].good, stood);
    line_write_word(line, 7000, 3600);
    line_scan(line, 100);
    assert_in_range(mbp_scan_state(line->scan)->machine[0].good, stood + 99, stood + 100);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, slow_setup, line_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_production_is_told_with_each_full_hour_by_machines_that_make_something),
        TEST(test_production_is_told_at_a_start_as_it_was_at_the_end),
        TEST(test_production_of_a_plant_that_has_made_nothing_is_not_told_at_a_start),
        TEST(test_production_is_told_before_and_after_a_restore),
        TEST(test_production_goes_at_the_pace_that_the_process_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
