/* Maintenance: due, begun, over. */
#include "shop.h"

static void test_maintenance_begun_and_ended_by_command_is_told_both_times(void **state)
{
    struct shop *shop = *state;
    shop_ask(shop, M2, MBP_MAINTENANCE);
    const struct mbp_event *event = fixture_only(&shop->events, MBP_EV_MAINTENANCE_STARTED);
    assert_int_equal(event->machine, M2);
    assert_int_equal(event->actor, SHOP_PEER);
    shop_operate(shop, 1000); /* it takes no planned time: it stays */
    assert_int_equal(shop->state->machine[M2].state, MBP_MAINTENANCE);
    assert_int_equal(fixture_count(&shop->events, MBP_EV_MACHINE_STATE), 0);
    shop_ask(shop, M2, MBP_EN_SERVICE);
    event = fixture_only(&shop->events, MBP_EV_MAINTENANCE_ENDED);
    assert_int_equal(event->actor, SHOP_PEER);
    fixture_only(&shop->events, MBP_EV_MACHINE_STATE);
}

static void test_maintenance_with_a_planned_time_ends_by_itself_after_exactly_that(void **state)
{
    struct shop *shop = *state;
    shop_ask(shop, M1, MBP_MAINTENANCE);
    shop_operate(shop, 19);
    assert_int_equal(shop->events.count, 0);
    assert_int_equal(shop->state->machine[M1].state, MBP_MAINTENANCE);
    shop_operate(shop, 1);
    assert_int_equal(shop->state->machine[M1].state, MBP_EN_SERVICE);
    const struct mbp_event *event = fixture_only(&shop->events, MBP_EV_MACHINE_STATE);
    assert_int_equal(event->detail,
                     mbp_event_state_detail(MBP_MAINTENANCE, MBP_EN_SERVICE, MBP_CAUSE_MAINTENANCE_OVER));
    assert_int_equal(event->actor, 0);
    fixture_only(&shop->events, MBP_EV_MAINTENANCE_ENDED);
}

static void test_maintenance_of_a_machine_that_failed_is_a_repair_and_ends_by_command_only(void **state)
{
    struct shop *shop = *state;
    shop_trip(shop, T1, true);
    shop_operate(shop, 1);
    assert_int_equal(shop->state->machine[M1].state, MBP_EN_PANNE);
    shop_trip(shop, T1, false);
    shop_ask(shop, M1, MBP_MAINTENANCE);
    shop_operate(shop, 1000);
    assert_int_equal(shop->state->machine[M1].state, MBP_MAINTENANCE);
    assert_int_equal(shop->events.count, 0); /* nor is it refused */
    shop_ask(shop, M1, MBP_EN_SERVICE);
    assert_int_equal(shop->state->machine[M1].state, MBP_EN_SERVICE);
    shop_ask(shop, M1, MBP_MAINTENANCE); /* the next one is planned again */
    shop_operate(shop, 20);
    assert_int_equal(shop->state->machine[M1].state, MBP_EN_SERVICE);
}

/* A test run that fails, or a machine that fails while it is maintained. */
static void test_maintenance_after_a_failure_within_it_is_a_repair(void **state)
{
    struct shop *shop = *state;
    shop_ask(shop, M1, MBP_MAINTENANCE);
    shop_ask(shop, M1, MBP_EN_PANNE);
    shop_ask(shop, M1, MBP_MAINTENANCE);
    shop_operate(shop, 1000);
    assert_int_equal(shop->state->machine[M1].state, MBP_MAINTENANCE);
}

static void test_maintenance_over_while_a_trip_is_active_is_refused_once_and_tried_again(void **state)
{
    struct shop *shop = *state;
    shop_ask(shop, M1, MBP_MAINTENANCE);
    shop_trip(shop, T1, true);
    shop_operate(shop, 100);
    assert_int_equal(shop->state->machine[M1].state, MBP_MAINTENANCE);
    const struct mbp_event *event = fixture_only(&shop->events, MBP_EV_MACHINE_REFUSED);
    assert_int_equal(event->sensor, T1);
    assert_int_equal(event->actor, 0);
    assert_int_equal(
        event->detail,
        mbp_event_of_alarm(mbp_event_state_detail(MBP_MAINTENANCE, MBP_EN_SERVICE, MBP_CAUSE_TRIP_ACTIVE), MBP_HIGH));
    shop_trip(shop, T1, false);
    shop_operate(shop, 1);
    assert_int_equal(shop->state->machine[M1].state, MBP_EN_SERVICE);
}

static void test_maintenance_refused_its_end_is_told_anew_the_next_time(void **state)
{
    struct shop *shop = *state;
    for (int round = 0; round < 2; round++) {
        shop_ask(shop, M1, MBP_MAINTENANCE);
        shop_trip(shop, T1, true);
        shop_operate(shop, 30);
        fixture_only(&shop->events, MBP_EV_MACHINE_REFUSED);
        shop_trip(shop, T1, false);
        shop_operate(shop, 1);
    }
}

static void test_maintenance_is_due_after_its_running_time_and_told_once(void **state)
{
    struct shop *shop = *state;
    shop_operate(shop, 99);
    assert_int_equal(shop->events.count, 0);
    assert_false(shop->state->machine[M1].due);
    shop_operate(shop, 50);
    const struct mbp_event *event = fixture_only(&shop->events, MBP_EV_MAINTENANCE_DUE);
    assert_int_equal(event->machine, M1);
    fixture_assert_number(event->value, (float)(10.0 / 3600));
    assert_true(shop->state->machine[M1].due);
    assert_false(shop->state->machine[M2].due);
}

static void test_maintenance_due_counts_running_time_only(void **state)
{
    struct shop *shop = *state;
    shop_operate(shop, 60);
    shop_ask(shop, M1, MBP_EN_PANNE);
    shop_operate(shop, 500);
    shop_ask(shop, M1, MBP_EN_SERVICE);
    shop_operate(shop, 39);
    assert_false(shop->state->machine[M1].due);
    shop_operate(shop, 1);
    assert_true(shop->state->machine[M1].due);
}

static void test_maintenance_done_is_no_longer_due_and_starts_the_count(void **state)
{
    struct shop *shop = *state;
    shop_operate(shop, 150);
    shop_ask(shop, M1, MBP_MAINTENANCE);
    assert_true(shop->state->machine[M1].due); /* not yet done */
    shop_operate(shop, 20);
    assert_false(shop->state->machine[M1].due);
    shop_operate(shop, 99);
    assert_int_equal(shop->events.count, 0);
    shop_operate(shop, 1);
    fixture_only(&shop->events, MBP_EV_MAINTENANCE_DUE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, shop_setup, shop_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_maintenance_begun_and_ended_by_command_is_told_both_times),
        TEST(test_maintenance_with_a_planned_time_ends_by_itself_after_exactly_that),
        TEST(test_maintenance_of_a_machine_that_failed_is_a_repair_and_ends_by_command_only),
        TEST(test_maintenance_after_a_failure_within_it_is_a_repair),
        TEST(test_maintenance_over_while_a_trip_is_active_is_refused_once_and_tried_again),
        TEST(test_maintenance_refused_its_end_is_told_anew_the_next_time),
        TEST(test_maintenance_is_due_after_its_running_time_and_told_once),
        TEST(test_maintenance_due_counts_running_time_only),
        TEST(test_maintenance_done_is_no_longer_due_and_starts_the_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
