/* Production: one product a cycle, good or rejected. */
#include "shop.h"

static uint32_t products(const struct shop *shop)
{
    return shop->state->machine[M1].good + shop->state->machine[M1].reject;
}

static void test_production_counts_one_product_a_cycle_whatever_the_scan(void **state)
{
    struct shop *shop = *state;
    shop_operate(shop, 2);
    assert_int_equal(products(shop), 0);
    shop_operate(shop, 1); /* 300 ms: one, and 50 ms of the next */
    assert_int_equal(products(shop), 1);
    shop_operate(shop, 2);
    assert_int_equal(products(shop), 2);
    shop_operate(shop, 995); /* 100 s in all */
    assert_int_equal(products(shop), 400);
}

static void test_production_of_several_cycles_a_scan_counts_each(void **state)
{
    struct shop *shop = *state;
    shop->plant->scan_ns = MBP_NS_PER_S;
    shop_operate(shop, 10);
    assert_int_equal(products(shop), 40);
}

static void test_production_stands_still_out_of_service_and_goes_on_with_the_same_product(void **state)
{
    struct shop *shop = *state;
    shop_operate(shop, 2);
    shop_ask(shop, M1, MBP_EN_PANNE);
    shop_operate(shop, 50);
    shop_ask(shop, M1, MBP_MAINTENANCE);
    shop_operate(shop, 10);
    assert_int_equal(products(shop), 0);
    shop_ask(shop, M1, MBP_EN_SERVICE);
    shop_operate(shop, 1);
    assert_int_equal(products(shop), 1);
}

static void test_production_without_a_cycle_makes_nothing(void **state)
{
    struct shop *shop = *state;
    shop_operate(shop, 100);
    assert_int_equal(shop->state->machine[M2].good + shop->state->machine[M2].reject, 0);
}

/* Somebody has edited the plant: what is in the machine is done, and that is one product. */
static void test_production_with_a_shorter_cycle_finishes_one_product_and_not_those_it_never_began(void **state)
{
    struct shop *shop = *state;
    shop->state->machine[M1].cycle_ns = 8000 * 3600 * MBP_NS_PER_S;
    shop_operate(shop, 1); /* and 100 ms of the next */
    assert_int_equal(products(shop), 1);
    shop_operate(shop, 2);
    assert_int_equal(products(shop), 2);
}

static void test_production_rejects_its_share(void **state)
{
    struct shop *shop = *state;
    shop_operate(shop, 25000);
    assert_int_equal(products(shop), 10000);
    assert_in_range(shop->state->machine[M1].reject, 1840, 2160); /* 20 %, four deviations */
}

/* Which products are bad depends on the seed and their number, not on how the scans cut the time. */
static void test_production_with_another_scan_period_rejects_the_same_products(void **state)
{
    struct shop *shop = *state;
    uint32_t rejects[3];
    static const uint64_t periods_ms[3] = {50, 100, 1000};
    for (int i = 0; i < 3; i++) {
        shop->state->machine[M1] = (struct mbp_machine_state){.first_out = UINT32_MAX};
        shop->plant->scan_ns = periods_ms[i] * MBP_NS_PER_MS;
        shop_operate(shop, (unsigned)(100000 / periods_ms[i]));
        assert_int_equal(products(shop), 400);
        rejects[i] = shop->state->machine[M1].reject;
    }
    assert_int_equal(rejects[0], rejects[1]);
    assert_int_equal(rejects[1], rejects[2]);
}

static void test_production_with_another_seed_rejects_others(void **state)
{
    struct shop *shop = *state;
    uint32_t history[2][400];
    for (int i = 0; i < 2; i++) {
        shop->state->machine[M1] = (struct mbp_machine_state){.first_out = UINT32_MAX};
        shop->plant->scan_ns = 250 * MBP_NS_PER_MS;
        shop->state->seed = (uint64_t)i;
        for (int k = 0; k < 400; k++) {
            shop_operate(shop, 1);
            history[i][k] = shop->state->machine[M1].reject;
        }
    }
    assert_memory_not_equal(history[0], history[1], sizeof history[0]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, shop_setup, shop_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_production_counts_one_product_a_cycle_whatever_the_scan),
        TEST(test_production_of_several_cycles_a_scan_counts_each),
        TEST(test_production_stands_still_out_of_service_and_goes_on_with_the_same_product),
        TEST(test_production_without_a_cycle_makes_nothing),
        TEST(test_production_with_a_shorter_cycle_finishes_one_product_and_not_those_it_never_began),
        TEST(test_production_rejects_its_share),
        TEST(test_production_with_another_scan_period_rejects_the_same_products),
        TEST(test_production_with_another_seed_rejects_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
