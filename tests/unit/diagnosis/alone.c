/* Single alarms: acknowledged, reset, shelved and taken out of service by themselves, beside their sensor's. */
#include "bench.h"
#include "mbplant/event/comment.h"

#include <math.h>

#define HIGH_BIT (1u << MBP_HIGH)

/* Beyond high (85) and high_high (95). */
static void raise_both(struct bench *bench)
{
    bench_show(bench, T1, 99);
    bench_forget(bench);
}

static enum mbp_deed_result act(struct bench *bench, enum mbp_alarm_deed deed, unsigned alarm, uint16_t seconds)
{
    const struct mbp_alarm_command command = {
        .sensor = T1, .alarm = (uint8_t)alarm, .deed = (uint8_t)deed, .seconds = seconds, .peer = BENCH_PEER};
    bench_forget(bench);
    return mbp_diagnosis_do(bench->plant, bench->state, &command, &bench->events);
}

static void pass(struct bench *bench, uint64_t ms, double value)
{
    for (uint64_t done = 0; done < ms; done += 100) {
        bench->state->sim_ns += bench->plant->scan_ns;
        bench_show(bench, T1, value);
    }
}

static void test_acknowledge_of_one_alarm_leaves_the_other_waiting(void **state)
{
    struct bench *bench = *state;
    raise_both(bench);
    assert_int_equal(act(bench, MBP_DEED_ACKNOWLEDGE, MBP_HIGH, 0), MBP_RESULT_DONE);
    const struct mbp_event *event = fixture_only(&bench->events, MBP_EV_ALARM_ACKNOWLEDGED);
    assert_int_equal(mbp_event_alarm(event), MBP_HIGH);
    assert_int_equal(event->actor, BENCH_PEER);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH), MBP_ALARM_ACKNOWLEDGED);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH_HIGH), MBP_ALARM_UNACKNOWLEDGED);
    assert_int_equal(act(bench, MBP_DEED_ACKNOWLEDGE, MBP_HIGH, 0), MBP_RESULT_NOTHING_TO_DO);
    assert_int_equal(bench->events.count, 0);
}

static void test_shelved_alarm_is_hidden_alone_and_its_event_names_it(void **state)
{
    struct bench *bench = *state;
    raise_both(bench);
    assert_int_equal(act(bench, MBP_DEED_SHELVE, MBP_HIGH, 0), MBP_RESULT_DONE);
    const struct mbp_event *event = fixture_only(&bench->events, MBP_EV_ALARM_SHELVED);
    assert_int_equal(mbp_event_alarm(event), MBP_HIGH);
    assert_int_equal(mbp_event_shelving(event->detail), MBP_SHELVED_UNTIL_UNSHELVED);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH), MBP_ALARM_SHELVED);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH_HIGH), MBP_ALARM_UNACKNOWLEDGED);
    assert_int_equal(bench->state->hidden[T1], HIGH_BIT);
    assert_int_equal(bench->state->flags[T1] & MBP_SENSOR_SHELVED, 0);
    assert_int_equal(act(bench, MBP_DEED_SHELVE, MBP_HIGH, 0), MBP_RESULT_NOTHING_TO_DO);
    assert_int_equal(act(bench, MBP_DEED_UNSHELVE, MBP_HIGH, 0), MBP_RESULT_DONE);
    assert_int_equal(mbp_event_alarm(fixture_only(&bench->events, MBP_EV_ALARM_UNSHELVED)), MBP_HIGH);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH), MBP_ALARM_UNACKNOWLEDGED);
}

static void test_timed_shelf_of_one_alarm_ends_by_itself_to_the_scan(void **state)
{
    struct bench *bench = *state;
    act(bench, MBP_DEED_SHELVE, MBP_HIGH, 2);
    pass(bench, 1900, 90);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH), MBP_ALARM_SHELVED);
    pass(bench, 100, 90);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH), MBP_ALARM_UNACKNOWLEDGED);
    assert_int_equal(fixture_count(&bench->events, MBP_EV_ALARM_RAISED), 1);
}

static void test_shelf_without_an_end_is_as_long_as_the_plant_file_allows_whatever_was_before(void **state)
{
    struct bench *bench = *state;
    bench->plant->policy.longest_shelf_ns[mbp_sensor_alarm(&bench->plant->sensors[T1], MBP_HIGH)->priority] =
        4 * MBP_NS_PER_S;
    act(bench, MBP_DEED_SHELVE, MBP_HIGH, 1);
    assert_int_equal(act(bench, MBP_DEED_SHELVE, MBP_HIGH, 0), MBP_RESULT_DONE);
    pass(bench, 3900, 90);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH), MBP_ALARM_SHELVED);
    pass(bench, 100, 90);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH), MBP_ALARM_UNACKNOWLEDGED);
}

static void test_timed_shelf_ends_beyond_where_milliseconds_wrap(void **state)
{
    struct bench *bench = *state;
    bench->state->sim_ns = (UINT64_C(1) << 32) * MBP_NS_PER_MS - 1000 * MBP_NS_PER_MS;
    act(bench, MBP_DEED_SHELVE, MBP_HIGH, 3);
    pass(bench, 2900, 90);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH), MBP_ALARM_SHELVED);
    pass(bench, 100, 90);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH), MBP_ALARM_UNACKNOWLEDGED);
}

static void test_one_shot_shelf_of_one_alarm_ends_with_its_own_return(void **state)
{
    struct bench *bench = *state;
    act(bench, MBP_DEED_SHELVE, MBP_HIGH_HIGH, MBP_SHELVE_ONCE);
    bench_show(bench, T1, 90); /* another alarm of the sensor comes and goes */
    bench_show(bench, T1, 50);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH_HIGH), MBP_ALARM_SHELVED);
    bench_show(bench, T1, 99);
    bench_show(bench, T1, 92);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH_HIGH), MBP_ALARM_NORMAL);
    assert_int_equal(mbp_event_shelving(fixture_only(&bench->events, MBP_EV_ALARM_UNSHELVED)->detail),
                     MBP_UNSHELVED_BY_RETURN);
}

static void test_sensors_shelf_and_an_alarms_own_end_each_for_itself(void **state)
{
    struct bench *bench = *state;
    raise_both(bench);
    act(bench, MBP_DEED_SHELVE, MBP_HIGH, 0);
    act(bench, MBP_DEED_SHELVE, MBP_ALARM_COUNT, 0);
    act(bench, MBP_DEED_UNSHELVE, MBP_HIGH, 0);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH), MBP_ALARM_SHELVED); /* by its sensor's */
    act(bench, MBP_DEED_SHELVE, MBP_HIGH, 0);
    mbp_diagnosis_shelve(bench->plant, bench->state, T1, false, BENCH_PEER, &bench->events);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH), MBP_ALARM_SHELVED);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH_HIGH), MBP_ALARM_UNACKNOWLEDGED);
    act(bench, MBP_DEED_SHELVE, MBP_ALARM_COUNT, 0);
    act(bench, MBP_DEED_UNSHELVE, MBP_ALARM_COUNT, 0); /* by its name: nothing of it stays hidden */
    assert_int_equal(bench->state->hidden[T1], 0);
}

static void test_one_alarm_out_of_service_is_neither_raised_nor_acknowledged(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(act(bench, MBP_DEED_REMOVE, MBP_HIGH, 0), MBP_RESULT_DONE);
    assert_int_equal(mbp_event_alarm(fixture_only(&bench->events, MBP_EV_ALARM_OUT_OF_SERVICE)), MBP_HIGH);
    raise_both(bench);
    assert_int_equal(bench->state->active[T1], 1u << MBP_HIGH_HIGH);
    assert_int_equal(act(bench, MBP_DEED_ACKNOWLEDGE, MBP_HIGH, 0), MBP_RESULT_NOTHING_TO_DO);
    assert_int_equal(act(bench, MBP_DEED_RETURN, MBP_HIGH, 0), MBP_RESULT_DONE);
    bench_show(bench, T1, 99);
    fixture_only(&bench->events, MBP_EV_ALARM_RAISED);
}

static void test_raise_time_stays_what_it_was_when_the_alarm_is_acknowledged(void **state)
{
    struct bench *bench = *state;
    const uint32_t *raised = &bench->state->raised_s[T1 * MBP_ALARM_COUNT + MBP_HIGH];
    bench->state->wall_ms = 1000000;
    assert_int_equal(*raised, 0);
    raise_both(bench);
    assert_int_equal(*raised, 1000);
    bench->state->wall_ms = 2000000;
    act(bench, MBP_DEED_ACKNOWLEDGE, MBP_HIGH, 0);
    assert_int_equal(*raised, 1000);
    assert_int_equal(bench->state->alarm_since_s[T1], 2000);
}

static void test_what_hides_an_alarm_disarms_no_interlock(void **state)
{
    struct bench *bench = *state;
    static const enum mbp_alarm_deed deeds[] = {MBP_DEED_SHELVE, MBP_DEED_REMOVE};
    for (size_t i = 0; i < 4; i++) {
        act(bench, deeds[i % 2], i < 2 ? MBP_HIGH_HIGH : MBP_ALARM_COUNT, 0);
        bench_show(bench, T1, 99);
        assert_int_equal(bench->state->hidden[T1] >> MBP_HIGH_HIGH & 1u, 1);
        assert_true(bench->state->machine[M1].trip);
        assert_int_equal(bench->state->machine[M1].first_out, T1);
    }
}

static void test_bypass_holds_the_interlock_off_and_ends_by_itself(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(act(bench, MBP_DEED_BYPASS, MBP_HIGH_HIGH, 2), MBP_RESULT_DONE);
    const struct mbp_event *event = fixture_only(&bench->events, MBP_EV_INTERLOCK_BYPASSED);
    assert_int_equal(mbp_event_alarm(event), MBP_HIGH_HIGH);
    fixture_assert_number(event->value, 2);
    pass(bench, 1900, 99);
    assert_false(bench->state->machine[M1].trip);
    assert_int_equal(mbp_alarm_state(bench->state, T1, MBP_HIGH_HIGH), MBP_ALARM_UNACKNOWLEDGED); /* it is seen */
    pass(bench, 100, 99);
    assert_int_equal(fixture_count(&bench->events, MBP_EV_INTERLOCK_RESTORED), 1);
    assert_true(bench->state->machine[M1].trip);
}

static void test_bypass_that_cannot_be_is_refused(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(act(bench, MBP_DEED_BYPASS, MBP_HIGH, 2), MBP_RESULT_NO_INTERLOCK);
    assert_int_equal(act(bench, MBP_DEED_BYPASS, MBP_HIGH_HIGH, 3601), MBP_RESULT_TOO_LONG); /* longest_bypass: 1h */
    assert_int_equal(act(bench, MBP_DEED_BYPASS, MBP_ALARM_COUNT, 2), MBP_RESULT_NO_ALARM);
    assert_int_equal(act(bench, MBP_DEED_RESTORE, MBP_HIGH_HIGH, 0), MBP_RESULT_NOTHING_TO_DO);
    assert_int_equal(bench->events.count, 0);
    act(bench, MBP_DEED_BYPASS, MBP_HIGH_HIGH, 0);
    const uint32_t version = bench->state->shelves_version;
    assert_int_equal(act(bench, MBP_DEED_RESTORE, MBP_HIGH_HIGH, 0), MBP_RESULT_DONE);
    assert_int_equal(bench->state->shelves_version, version + 1); /* once is enough */
    assert_int_equal(bench->state->alone[T1].bypassed, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_acknowledge_of_one_alarm_leaves_the_other_waiting),
        TEST(test_shelved_alarm_is_hidden_alone_and_its_event_names_it),
        TEST(test_timed_shelf_of_one_alarm_ends_by_itself_to_the_scan),
        TEST(test_shelf_without_an_end_is_as_long_as_the_plant_file_allows_whatever_was_before),
        TEST(test_timed_shelf_ends_beyond_where_milliseconds_wrap),
        TEST(test_one_shot_shelf_of_one_alarm_ends_with_its_own_return),
        TEST(test_sensors_shelf_and_an_alarms_own_end_each_for_itself),
        TEST(test_one_alarm_out_of_service_is_neither_raised_nor_acknowledged),
        TEST(test_what_hides_an_alarm_disarms_no_interlock),
        TEST(test_bypass_holds_the_interlock_off_and_ends_by_itself),
        TEST(test_bypass_that_cannot_be_is_refused),
        TEST(test_raise_time_stays_what_it_was_when_the_alarm_is_acknowledged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
