/* How long a machine has been in each state. */
#include "shop.h"

static void test_time_of_each_state_adds_up_to_the_simulated_time(void **state)
{
    struct shop *shop = *state;
    const struct mbp_machine_state *m = &shop->state->machine[M2];
    shop_operate(shop, 7);
    shop_ask(shop, M2, MBP_EN_PANNE);
    shop_operate(shop, 11);
    shop_ask(shop, M2, MBP_MAINTENANCE);
    shop_operate(shop, 13);
    shop_ask(shop, M2, MBP_EN_SERVICE);
    shop_operate(shop, 1);
    assert_int_equal(m->running_ns, 800 * MBP_NS_PER_MS);
    assert_int_equal(m->down_ns, 1100 * MBP_NS_PER_MS);
    assert_int_equal(m->maintenance_ns, 1300 * MBP_NS_PER_MS);
    assert_int_equal(m->in_state_ns, 100 * MBP_NS_PER_MS);
}

static void test_time_of_a_scan_that_trips_is_already_down(void **state)
{
    struct shop *shop = *state;
    shop_trip(shop, T1, true);
    shop_operate(shop, 1);
    assert_int_equal(shop->state->machine[M1].running_ns, 0);
    assert_int_equal(shop->state->machine[M1].down_ns, 100 * MBP_NS_PER_MS);
}

static void test_time_since_the_change_is_kept_while_the_state_stays(void **state)
{
    struct shop *shop = *state;
    shop_operate(shop, 5);
    shop->state->wall_ms += 5000;
    shop_operate(shop, 5);
    assert_int_equal(shop->state->machine[M2].since_ms, FIXTURE_WALL_MS);
    shop_ask(shop, M2, MBP_EN_SERVICE);
    assert_int_equal(shop->state->machine[M2].since_ms, FIXTURE_WALL_MS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, shop_setup, shop_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_time_of_each_state_adds_up_to_the_simulated_time),
        TEST(test_time_of_a_scan_that_trips_is_already_down),
        TEST(test_time_since_the_change_is_kept_while_the_state_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
