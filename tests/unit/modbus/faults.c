/* Wire faults: which request they befall, and how often. */
#include "faults.h"

#include "fixture.h"

static struct mbp_plant *plant_with(const char *fault)
{
    char yaml[512];
    snprintf(yaml, sizeof yaml,
             "mbplant: 1\nseed: 3\nserver: {faults: [%s]}\nunits: [{id: 1, tables: {coils: [{at: 0, count: 1}]}}]\n",
             fault);
    return fixture_plant(yaml);
}

/* How many of n equal requests to unit 1 are befallen. */
static unsigned befallen(const char *fault, const uint8_t *pdu, size_t len, unsigned n, const uint8_t *enabled)
{
    struct mbp_plant *plant = plant_with(fault);
    struct fault_state states[1] = {{0}};
    const struct mbp_frame frame = {.kind = MBP_FRAME_REQUEST, .unit = 1, .pdu = pdu, .pdu_len = len};
    unsigned count = 0;
    for (unsigned i = 0; i < n; i++)
        count += faults_draw(plant, states, enabled, 1, &frame) != NULL;
    mbp_plant_free(plant);
    return count;
}

static const uint8_t read_12[] = {3, 0, 12, 0, 1};
static const uint8_t id[] = {17};

static void test_fault_befalls_its_function_only(void **state)
{
    (void)state;
    assert_int_equal(befallen("{kind: drop, function: 3}", read_12, sizeof read_12, 5, NULL), 5);
    assert_int_equal(befallen("{kind: drop, function: 4}", read_12, sizeof read_12, 5, NULL), 0);
}

static void test_fault_befalls_its_unit_only(void **state)
{
    (void)state;
    assert_int_equal(befallen("{kind: drop, unit: 1}", read_12, sizeof read_12, 5, NULL), 5);
    assert_int_equal(befallen("{kind: drop, unit: 2}", read_12, sizeof read_12, 5, NULL), 0);
}

static void test_fault_befalls_its_addresses_only(void **state)
{
    (void)state;
    assert_int_equal(befallen("{kind: drop, addresses: [12, 12]}", read_12, sizeof read_12, 5, NULL), 5);
    assert_int_equal(befallen("{kind: drop, addresses: [13, 20]}", read_12, sizeof read_12, 5, NULL), 0);
    assert_int_equal(befallen("{kind: drop, addresses: [0, 11]}", read_12, sizeof read_12, 5, NULL), 0);
}

static void test_request_without_address_is_befallen_by_a_fault_without_addresses(void **state)
{
    (void)state;
    assert_int_equal(befallen("{kind: drop}", id, sizeof id, 5, NULL), 5);
    assert_int_equal(befallen("{kind: drop, addresses: [0, 100]}", id, sizeof id, 5, NULL), 0);
}

static void test_count_ends_a_fault(void **state)
{
    (void)state;
    assert_int_equal(befallen("{kind: drop, count: 3}", read_12, sizeof read_12, 10, NULL), 3);
}

static void test_probability_befalls_that_share_and_the_same_each_time(void **state)
{
    (void)state;
    unsigned count = befallen("{kind: drop, probability: 30%}", read_12, sizeof read_12, 10000, NULL);
    assert_in_range(count, 2800, 3200);
    assert_int_equal(befallen("{kind: drop, probability: 30%}", read_12, sizeof read_12, 10000, NULL), count);
}

static void test_switch_overrides_the_plant_file(void **state)
{
    (void)state;
    const uint8_t on[1] = {1};
    const uint8_t off[1] = {0};
    assert_int_equal(befallen("{kind: drop, enabled: false}", read_12, sizeof read_12, 5, NULL), 0);
    assert_int_equal(befallen("{kind: drop, enabled: false}", read_12, sizeof read_12, 5, on), 5);
    assert_int_equal(befallen("{kind: drop}", read_12, sizeof read_12, 5, off), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fault_befalls_its_function_only),
        cmocka_unit_test(test_fault_befalls_its_unit_only),
        cmocka_unit_test(test_fault_befalls_its_addresses_only),
        cmocka_unit_test(test_request_without_address_is_befallen_by_a_fault_without_addresses),
        cmocka_unit_test(test_count_ends_a_fault),
        cmocka_unit_test(test_probability_befalls_that_share_and_the_same_each_time),
        cmocka_unit_test(test_switch_overrides_the_plant_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
