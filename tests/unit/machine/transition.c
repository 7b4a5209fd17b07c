/* The machine's transition table: every cell, with what it tells. */
#include "shop.h"

#include <math.h>

/* Puts a machine into a state as if it had always been there. */
static void put(struct shop *shop, uint32_t machine, enum mbp_state_code code)
{
    struct mbp_machine_state *m = &shop->state->machine[machine];
    m->state = (uint8_t)code;
    m->since_ms = FIXTURE_WALL_MS;
    m->in_state_ns = MBP_NS_PER_S;
    m->first_out = UINT32_MAX;
    m->failures = 0;
}

/* A master's request from each state to each, with and without an active trip. */
static void test_request_in_every_cell_goes_stays_or_is_refused(void **state)
{
    struct shop *shop = *state;
    enum outcome { GOES, STAYS, REFUSED };
    static const enum outcome cells[2][MBP_STATE_COUNT][MBP_STATE_COUNT] = {
        /*            to: en_service, en_panne, maintenance */
        {{STAYS, GOES, GOES}, {GOES, STAYS, GOES}, {GOES, GOES, STAYS}},
        {{STAYS, GOES, GOES}, {REFUSED, STAYS, GOES}, {REFUSED, GOES, STAYS}},
    };
    for (int tripped = 0; tripped <= 1; tripped++) {
        for (int from = 0; from < MBP_STATE_COUNT; from++) {
            for (int to = 0; to < MBP_STATE_COUNT; to++) {
                enum outcome expected = cells[tripped][from][to];
                put(shop, M1, (enum mbp_state_code)from);
                shop_trip(shop, T1, tripped != 0);
                enum mbp_status status = shop_ask(shop, M1, (enum mbp_state_code)to);
                assert_int_equal(status, expected == REFUSED ? MBP_ERR_BUSY : MBP_OK);
                assert_int_equal(shop->state->machine[M1].state, expected == GOES ? to : from);
                assert_int_equal(fixture_count(&shop->events, MBP_EV_MACHINE_STATE), expected == GOES);
                assert_int_equal(fixture_count(&shop->events, MBP_EV_MACHINE_REFUSED), expected == REFUSED);
                if (expected == STAYS)
                    assert_int_equal(shop->events.count, 0);
            }
        }
    }
}

static void test_trip_takes_a_working_machine_out_and_no_other(void **state)
{
    struct shop *shop = *state;
    for (int from = 0; from < MBP_STATE_COUNT; from++) {
        put(shop, M1, (enum mbp_state_code)from);
        shop_trip(shop, T1, true);
        shop_operate(shop, 3);
        bool goes = from == MBP_EN_SERVICE;
        assert_int_equal(shop->state->machine[M1].state, goes ? MBP_EN_PANNE : from);
        assert_int_equal(shop->events.count, goes ? 1 : 0);
        assert_int_equal(shop->state->machine[M2].state, MBP_EN_SERVICE);
    }
}

static void test_trip_is_told_with_the_sensor_its_value_and_its_limit(void **state)
{
    struct shop *shop = *state;
    shop_trip(shop, P1, true);
    shop_operate(shop, 1);
    const struct mbp_event *event = fixture_only(&shop->events, MBP_EV_MACHINE_STATE);
    assert_int_equal(event->unit, 3);
    assert_int_equal(event->machine, M1);
    assert_int_equal(event->sensor, P1);
    fixture_assert_number(event->value, 99);
    fixture_assert_number(event->limit, 8);
    assert_int_equal(
        event->detail,
        mbp_event_of_alarm(mbp_event_state_detail(MBP_EN_SERVICE, MBP_EN_PANNE, MBP_CAUSE_TRIP), MBP_HIGH));
    assert_int_equal(event->actor, 0);
}

static void test_return_to_service_forgets_the_first_out_in_the_same_scan(void **state)
{
    struct shop *shop = *state;
    shop_trip(shop, T1, true);
    shop_operate(shop, 1);
    shop_trip(shop, T1, false);
    assert_int_equal(shop_ask(shop, M1, MBP_MAINTENANCE), MBP_OK);
    assert_int_equal(shop->state->machine[M1].first_out, T1); /* still what stopped it */
    assert_int_equal(shop_ask(shop, M1, MBP_EN_SERVICE), MBP_OK);
    assert_int_equal(shop->state->machine[M1].first_out, UINT32_MAX);
}

static void test_request_taken_is_told_with_its_peer_and_starts_the_states_time(void **state)
{
    struct shop *shop = *state;
    put(shop, M2, MBP_EN_SERVICE);
    assert_int_equal(shop_ask(shop, M2, MBP_EN_PANNE), MBP_OK);
    const struct mbp_event *event = fixture_only(&shop->events, MBP_EV_MACHINE_STATE);
    assert_int_equal(event->machine, M2);
    assert_int_equal(event->sensor, MBP_NONE16);
    assert_true(isnan(event->value) && isnan(event->limit));
    assert_int_equal(event->detail, mbp_event_state_detail(MBP_EN_SERVICE, MBP_EN_PANNE, MBP_CAUSE_COMMAND));
    assert_int_equal(event->actor, SHOP_PEER);
    assert_int_equal(shop->state->machine[M2].since_ms, FIXTURE_WALL_MS + 1000);
    assert_int_equal(shop->state->machine[M2].in_state_ns, 0);
}

static void test_request_refused_is_told_each_time_with_the_sensor_that_trips_now(void **state)
{
    struct shop *shop = *state;
    shop_trip(shop, T1, true);
    shop_operate(shop, 1);
    shop_trip(shop, P1, true);
    shop->state->active[T1] = 0; /* the first-out is over; another one trips */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(shop_ask(shop, M1, MBP_EN_SERVICE), MBP_ERR_BUSY);
        const struct mbp_event *event = fixture_only(&shop->events, MBP_EV_MACHINE_REFUSED);
        assert_int_equal(event->sensor, P1);
        fixture_assert_number(event->value, 99);
        fixture_assert_number(event->limit, 8);
        assert_int_equal(
            event->detail,
            mbp_event_of_alarm(mbp_event_state_detail(MBP_EN_PANNE, MBP_EN_SERVICE, MBP_CAUSE_TRIP_ACTIVE), MBP_HIGH));
        assert_int_equal(event->actor, SHOP_PEER);
    }
}

static void test_failures_count_every_way_into_en_panne(void **state)
{
    struct shop *shop = *state;
    shop_trip(shop, T1, true);
    shop_operate(shop, 5);
    assert_int_equal(shop->state->machine[M1].failures, 1);
    shop_trip(shop, T1, false);
    shop_ask(shop, M1, MBP_EN_SERVICE);
    shop_ask(shop, M1, MBP_EN_PANNE);
    shop_ask(shop, M1, MBP_EN_PANNE);
    shop_ask(shop, M1, MBP_MAINTENANCE);
    assert_int_equal(shop->state->machine[M1].failures, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, shop_setup, shop_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_request_in_every_cell_goes_stays_or_is_refused),
        TEST(test_trip_takes_a_working_machine_out_and_no_other),
        TEST(test_trip_is_told_with_the_sensor_its_value_and_its_limit),
        TEST(test_return_to_service_forgets_the_first_out_in_the_same_scan),
        TEST(test_request_taken_is_told_with_its_peer_and_starts_the_states_time),
        TEST(test_request_refused_is_told_each_time_with_the_sensor_that_trips_now),
        TEST(test_failures_count_every_way_into_en_panne),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
