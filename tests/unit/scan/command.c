/* Masters' commands: machines, forced and shelved coils, acknowledging. */
#include "line.h"

static void trip(struct line *line)
{
    line_write_word(line, HR_TT101, 915);
    line_scan(line, 1);
}

static void test_machine_asked_back_while_its_trip_is_active_is_refused_with_the_sensor(void **state)
{
    struct line *line = *state;
    trip(line);
    assert_int_equal(line_write_coil(line, COIL_FILL1 + MBP_EN_SERVICE, true), MBP_OK);
    line_scan(line, 1);
    assert_false(line_coil(line, COIL_FILL1 + MBP_EN_SERVICE));
    assert_true(line_coil(line, COIL_FILL1 + MBP_EN_PANNE));
    line_read(line);
    const struct mbp_event *event = &line->events[line_find(line, 0, MBP_EV_MACHINE_REFUSED)];
    assert_int_equal(event->machine, FILL1);
    assert_int_equal(event->sensor, TT101);
    fixture_assert_number(event->value, 91.5f);
    fixture_assert_number(event->limit, 85);
    assert_int_equal(event->actor, LINE_PEER);
    assert_int_equal(
        event->detail,
        mbp_event_of_alarm(mbp_event_state_detail(MBP_EN_PANNE, MBP_EN_SERVICE, MBP_CAUSE_TRIP_ACTIVE), MBP_HIGH));
}

/* The alarm of this very scan counts: commands come after the diagnosis. */
static void test_machine_asked_back_in_the_scan_that_trips_it_again_is_refused(void **state)
{
    struct line *line = *state;
    line_write_coil(line, COIL_FILL1 + MBP_EN_PANNE, true);
    line_scan(line, 1);
    line_write_coil(line, COIL_FILL1 + MBP_EN_SERVICE, true);
    trip(line);
    assert_true(line_coil(line, COIL_FILL1 + MBP_EN_PANNE));
    line_read(line);
    line_find(line, 0, MBP_EV_MACHINE_REFUSED);
}

static void test_machine_coil_written_0_asks_nothing(void **state)
{
    struct line *line = *state;
    line_write_coil(line, COIL_FILL1 + MBP_EN_SERVICE, false);
    line_scan(line, 1);
    assert_true(line_coil(line, COIL_FILL1 + MBP_EN_SERVICE)); /* shown as it is again */
    line_read(line);
    assert_int_equal(line->event_count, 2);
}

static void test_machine_in_planned_maintenance_comes_back_by_itself(void **state)
{
    struct line *line = *state;
    line_write_coil(line, COIL_CAP1 + MBP_MAINTENANCE, true);
    line_scan(line, 19);
    assert_true(line_coil(line, COIL_CAP1 + MBP_MAINTENANCE));
    line_scan(line, 1);
    assert_true(line_coil(line, COIL_CAP1 + MBP_EN_SERVICE));
    line_read(line);
    assert_int_equal(line->event_count, 6);
    assert_int_equal(line->events[2].code, MBP_EV_MACHINE_STATE);
    assert_int_equal(line->events[3].code, MBP_EV_MAINTENANCE_STARTED);
    assert_int_equal(line->events[4].code, MBP_EV_MACHINE_STATE);
    assert_int_equal(line->events[4].scan, 20);
    assert_int_equal(line->events[5].code, MBP_EV_MAINTENANCE_ENDED);
}

static void test_acknowledge_coil_acknowledges_and_clears_itself(void **state)
{
    struct line *line = *state;
    trip(line);
    line_write_coil(line, COIL_FILL1 + 3, true);
    line_scan(line, 1);
    assert_false(line_coil(line, COIL_FILL1 + 3));
    assert_false(line_discrete(line, 4));
    assert_true(line_discrete(line, MBP_HIGH));
    line_read(line);
    assert_int_equal(line->events[line_find(line, 0, MBP_EV_ALARM_ACKNOWLEDGED)].actor, LINE_PEER);
    line_write_coil(line, COIL_FILL1 + 3, false);
    line_scan(line, 1);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_ALARM_ACKNOWLEDGED), 1);
}

static void test_forced_coil_written_1_holds_what_is_shown(void **state)
{
    struct line *line = *state;
    line_scan(line, 3);
    uint16_t shown = line_holding(line, HR_TT101);
    line_write_coil(line, 1000 + TT101, true);
    for (int i = 0; i < 20; i++) {
        line_scan(line, 1);
        assert_int_equal(line_holding(line, HR_TT101), shown); /* its noise is gone */
    }
    assert_true(line_coil(line, 1000 + TT101));
}

static void test_forced_coil_of_a_once_sensor_written_1_does_nothing(void **state)
{
    struct line *line = *state;
    line_write_coil(line, 1000 + ST201, true);
    line_scan(line, 1);
    assert_false(line_coil(line, 1000 + ST201));
    line_read(line);
    assert_int_equal(line->event_count, 2);
}

static void test_shelved_coil_shelves_and_unshelves(void **state)
{
    struct line *line = *state;
    line_write_coil(line, 2000 + TT101, true);
    trip(line);
    assert_true(line_coil(line, 2000 + TT101));
    assert_true(line_coil(line, COIL_FILL1 + MBP_EN_PANNE)); /* an alarm is shelved, not what protects the machine */
    line_write_coil(line, 2000 + TT101, false);
    line_scan(line, 1);
    assert_true(line_coil(line, COIL_FILL1 + MBP_EN_PANNE));
    line_read(line);
    assert_true(line_find(line, 0, MBP_EV_ALARM_SHELVED) < line_find(line, 0, MBP_EV_ALARM_UNSHELVED));
    assert_true(line_find(line, 0, MBP_EV_ALARM_UNSHELVED) < line_find(line, 0, MBP_EV_ALARM_RAISED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINE_TEST(test_machine_asked_back_while_its_trip_is_active_is_refused_with_the_sensor),
        LINE_TEST(test_machine_asked_back_in_the_scan_that_trips_it_again_is_refused),
        LINE_TEST(test_machine_coil_written_0_asks_nothing),
        LINE_TEST(test_machine_in_planned_maintenance_comes_back_by_itself),
        LINE_TEST(test_acknowledge_coil_acknowledges_and_clears_itself),
        LINE_TEST(test_forced_coil_written_1_holds_what_is_shown),
        LINE_TEST(test_forced_coil_of_a_once_sensor_written_1_does_nothing),
        LINE_TEST(test_shelved_coil_shelves_and_unshelves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
