/* A value's whole way: injected over the image, an alarm, a trip, events, and back. */
#include "line.h"

#include <math.h>

static void test_start_records_start_and_plant_loaded_and_publishes_the_plant(void **state)
{
    struct line *line = *state;
    line_read(line);
    assert_int_equal(line->event_count, 2);
    assert_int_equal(line->events[0].code, MBP_EV_START);
    assert_int_equal(line->events[1].code, MBP_EV_PLANT_LOADED);
    assert_int_equal(line->events[1].detail, line->plant->text_crc);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(line->events[i].unit, 0);
        assert_int_equal(line->events[i].machine, MBP_NONE16);
        assert_int_equal(line->events[i].sensor, MBP_NONE16);
        assert_int_equal(line->events[i].scan, 0);
        assert_int_equal(line->events[i].wall_ms, FIXTURE_WALL_MS);
    }
    /* A client that comes before the first scan sees a plant, not zeros. */
    assert_in_range(line_holding(line, HR_TT101), 640, 660);
    assert_int_equal(line_holding(line, HR_TT101_LIMITS + MBP_HIGH), 850);
    assert_true(line_coil(line, COIL_FILL1 + MBP_EN_SERVICE));
    assert_int_equal(line_input(line, 1), 2);
}

static void test_value_injected_is_seen_at_once_and_acts_with_the_next_scan(void **state)
{
    struct line *line = *state;
    line_scan(line, 3);
    assert_int_equal(line_write_word(line, HR_TT101, 915), MBP_OK);
    assert_int_equal(line_holding(line, HR_TT101), 915);
    assert_false(line_discrete(line, 6)); /* forced: not yet */
    line_scan(line, 1);
    assert_int_equal(line_holding(line, HR_TT101), 915);
    assert_true(line_coil(line, 1000 + TT101));
    assert_true(line_discrete(line, 6));
    assert_true(line_discrete(line, MBP_HIGH)); /* its alarm */
    assert_true(line_discrete(line, 4));        /* unacknowledged */
    assert_true(line_coil(line, COIL_FILL1 + MBP_EN_PANNE));
    assert_false(line_coil(line, COIL_FILL1 + MBP_EN_SERVICE));
    assert_false(line_discrete(line, 4000));        /* running */
    assert_true(line_discrete(line, 4001));         /* trip active */
    assert_int_equal(line_input(line, 3), 1);       /* machines en_panne */
    assert_int_equal(line_input(line, 6), 1);       /* active alarms */
    assert_int_equal(line_input(line, 101), TT101); /* first-out */
}

static void test_value_injected_is_journaled_from_force_to_trip_in_order(void **state)
{
    struct line *line = *state;
    line_scan(line, 3);
    float before = (float)mbp_scan_state(line->scan)->value[TT101];
    line_write_word(line, HR_TT101, 915);
    line_scan(line, 1);
    line_read(line);
    assert_int_equal(line->event_count, 5);
    const struct mbp_event *forced = &line->events[2];
    const struct mbp_event *raised = &line->events[3];
    const struct mbp_event *tripped = &line->events[4];
    for (int i = 2; i < 5; i++) {
        assert_int_equal(line->events[i].scan, 4);
        assert_int_equal(line->events[i].wall_ms, FIXTURE_WALL_MS + 400);
        assert_int_equal(line->events[i].unit, 1);
        assert_int_equal(line->events[i].machine, FILL1);
        assert_int_equal(line->events[i].sensor, TT101);
        fixture_assert_number(line->events[i].value, 91.5f);
    }
    assert_int_equal(forced->code, MBP_EV_VALUE_FORCED);
    fixture_assert_number(forced->limit, before);
    assert_int_equal(forced->actor, LINE_PEER);
    assert_int_equal(raised->code, MBP_EV_ALARM_RAISED);
    fixture_assert_number(raised->limit, 85);
    assert_int_equal(raised->detail, MBP_HIGH);
    assert_int_equal(raised->actor, 0);
    assert_int_equal(tripped->code, MBP_EV_MACHINE_STATE);
    fixture_assert_number(tripped->limit, 85);
    assert_int_equal(
        tripped->detail,
        mbp_event_of_alarm(mbp_event_state_detail(MBP_EN_SERVICE, MBP_EN_PANNE, MBP_CAUSE_TRIP), MBP_HIGH));
}

static void test_value_released_clears_its_alarm_and_lets_the_machine_go_back_in_the_same_scan(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_TT101, 915);
    line_scan(line, 5);
    line_write_coil(line, 1000 + TT101, false);
    line_write_coil(line, COIL_FILL1 + MBP_EN_SERVICE, true);
    line_scan(line, 1);
    line_read(line);
    assert_int_equal(line->event_count, 8);
    assert_int_equal(line->events[5].code, MBP_EV_VALUE_RELEASED);
    assert_int_equal(line->events[5].actor, LINE_PEER);
    fixture_assert_number(line->events[5].value, 91.5f);
    assert_int_equal(line->events[6].code, MBP_EV_ALARM_CLEARED);
    assert_int_equal(line->events[7].code, MBP_EV_MACHINE_STATE);
    assert_int_equal(line->events[7].actor, LINE_PEER);
    assert_int_equal(line->events[7].detail, mbp_event_state_detail(MBP_EN_PANNE, MBP_EN_SERVICE, MBP_CAUSE_COMMAND));
    assert_true(line_coil(line, COIL_FILL1 + MBP_EN_SERVICE));
    assert_false(line_coil(line, 1000 + TT101));
    assert_true(line_discrete(line, 4)); /* nobody acknowledged it */
}

static void test_events_durable_are_shown_newest_first_in_the_input_registers(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_TT101, 915);
    line_scan(line, 1);
    line_read(line);
    line_scan(line, 1);
    assert_int_equal(line_input(line, 9), 5);  /* last durable */
    assert_int_equal(line_input(line, 11), 1); /* oldest */
    assert_int_equal(line_input(line, 13), 5); /* last incident: the trip */
    for (uint16_t e = 0; e < 5; e++) {
        uint16_t words[MBP_EVENT_WORDS];
        mbp_event_encode(&line->events[4 - e], words);
        for (uint16_t i = 0; i < MBP_EVENT_WORDS; i++)
            assert_int_equal(line_input(line, (uint16_t)(5000 + MBP_EVENT_WORDS * e + i)), words[i]);
    }
}

static void test_value_of_a_once_sensor_acts_for_one_scan(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_ST201, 95);
    line_scan(line, 1);
    assert_int_equal(line_holding(line, HR_ST201), 95);
    assert_true(line_coil(line, COIL_CAP1 + MBP_EN_PANNE));
    line_scan(line, 1);
    assert_int_equal(line_holding(line, HR_ST201), 50);
    line_read(line);
    assert_int_equal(line->events[line_find(line, 0, MBP_EV_VALUE_FORCED)].detail, 1);
    line_find(line, 0, MBP_EV_ALARM_CLEARED);
    assert_int_equal(line_count(line, MBP_EV_VALUE_RELEASED), 0);
}

static void test_stop_is_the_last_event(void **state)
{
    struct line *line = *state;
    line_scan(line, 2);
    line->time.wall_ms += 77;
    mbp_scan_close(line->scan);
    line_read(line);
    const struct mbp_event *last = &line->events[line->event_count - 1];
    assert_int_equal(last->code, MBP_EV_STOP);
    assert_int_equal(last->scan, 2);
    assert_int_equal(last->wall_ms, FIXTURE_WALL_MS + 277);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINE_TEST(test_start_records_start_and_plant_loaded_and_publishes_the_plant),
        LINE_TEST(test_value_injected_is_seen_at_once_and_acts_with_the_next_scan),
        LINE_TEST(test_value_injected_is_journaled_from_force_to_trip_in_order),
        LINE_TEST(test_value_released_clears_its_alarm_and_lets_the_machine_go_back_in_the_same_scan),
        LINE_TEST(test_events_durable_are_shown_newest_first_in_the_input_registers),
        LINE_TEST(test_value_of_a_once_sensor_acts_for_one_scan),
        LINE_TEST(test_stop_is_the_last_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
