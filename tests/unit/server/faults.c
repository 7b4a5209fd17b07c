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
        count += faults_draw(plant, states, enabled, 1, &frame, UINT64_MAX) != NULL;
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

static void test_fault_befalls_requests_that_overlap_its_addresses(void **state)
{
    (void)state;
    const uint8_t read_10_to_19[] = {3, 0, 10, 0, 10};
    assert_int_equal(befallen("{kind: drop, addresses: [19, 30]}", read_10_to_19, 5, 1, NULL), 1);
    assert_int_equal(befallen("{kind: drop, addresses: [15, 15]}", read_10_to_19, 5, 1, NULL), 1);
    assert_int_equal(befallen("{kind: drop, addresses: [20, 30]}", read_10_to_19, 5, 1, NULL), 0);
    assert_int_equal(befallen("{kind: drop, addresses: [1, 9]}", read_10_to_19, 5, 1, NULL), 0);
}

static void test_fault_befalls_what_fc_23_reads_and_what_it_writes(void **state)
{
    (void)state;
    const uint8_t both[] = {23, 0, 10, 0, 2, 0, 40, 0, 1, 2, 0, 0};
    assert_int_equal(befallen("{kind: drop, addresses: [11, 11]}", both, sizeof both, 1, NULL), 1);
    assert_int_equal(befallen("{kind: drop, addresses: [40, 40]}", both, sizeof both, 1, NULL), 1);
    assert_int_equal(befallen("{kind: drop, addresses: [12, 39]}", both, sizeof both, 1, NULL), 0);
}

static void test_value_of_a_single_write_is_no_quantity(void **state)
{
    (void)state;
    const uint8_t write[] = {6, 0, 10, 0, 50};
    assert_int_equal(befallen("{kind: drop, addresses: [11, 20]}", write, sizeof write, 1, NULL), 0);
    assert_int_equal(befallen("{kind: drop, addresses: [10, 20]}", write, sizeof write, 1, NULL), 1);
}

static void test_file_request_has_no_address(void **state)
{
    (void)state;
    const uint8_t file[] = {20, 7, 6, 0, 1, 0, 0, 0, 1}; /* 7 and 6 are its byte count and reference type */
    assert_int_equal(befallen("{kind: drop, addresses: [1798, 1798]}", file, sizeof file, 1, NULL), 0);
}

static void test_instructor_suffers_only_faults_that_name_him(void **state)
{
    (void)state;
    const struct mbp_frame frame = {.kind = MBP_FRAME_REQUEST, .pdu = read_12, .pdu_len = sizeof read_12};
    const char *faults[] = {"{kind: drop}", "{kind: drop, unit: 247}"};
    for (size_t i = 0; i < 2; i++) {
        char yaml[256];
        snprintf(yaml, sizeof yaml,
                 "mbplant: 1\ninstructor: true\nserver: {faults: [%s]}\nunits: [{id: 1, tables: {coils: [{at: 0, "
                 "count: 1}]}}]\n",
                 faults[i]);
        struct mbp_plant *plant = fixture_plant(yaml);
        struct fault_state states[1] = {{0}};
        const struct mbp_fault *drawn = faults_draw(plant, states, NULL, MBP_INSTRUCTOR_UNIT, &frame, UINT64_MAX);
        assert_int_equal(drawn != NULL, i == 1);
        mbp_plant_free(plant);
    }
}

static void test_fault_switched_off_and_on_again_has_its_count_again(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_with("{kind: drop, count: 1}");
    struct fault_state states[1] = {{0}};
    uint8_t enabled[1] = {1};
    const struct mbp_frame frame = {.kind = MBP_FRAME_REQUEST, .unit = 1, .pdu = read_12, .pdu_len = sizeof read_12};
    assert_non_null(faults_draw(plant, states, enabled, 1, &frame, UINT64_MAX));
    faults_switched(plant, states, enabled); /* looked at, not changed: the count stays used up */
    assert_null(faults_draw(plant, states, enabled, 1, &frame, UINT64_MAX));
    enabled[0] = 0;
    faults_switched(plant, states, enabled);
    enabled[0] = 1;
    faults_switched(plant, states, enabled);
    assert_non_null(faults_draw(plant, states, enabled, 1, &frame, UINT64_MAX));
    mbp_plant_free(plant);
}

static void test_fault_after_a_connect_befalls_young_connections_alone(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_with("{kind: no_answer, after_connect: 2s}");
    struct fault_state states[1] = {{0}};
    const struct mbp_frame frame = {.kind = MBP_FRAME_REQUEST, .unit = 1, .pdu = read_12, .pdu_len = sizeof read_12};
    assert_non_null(faults_draw(plant, states, NULL, 1, &frame, 0));
    assert_non_null(faults_draw(plant, states, NULL, 1, &frame, 2 * MBP_NS_PER_S - 1));
    assert_null(faults_draw(plant, states, NULL, 1, &frame, 2 * MBP_NS_PER_S));
    assert_non_null(faults_draw(plant, states, NULL, 1, &frame, MBP_NS_PER_MS)); /* another connection */
    assert_null(faults_draw(plant, states, NULL, 1, &frame, UINT64_MAX));
    mbp_plant_free(plant);
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

static void test_fault_of_a_first_address_meets_requests_that_begin_there(void **state)
{
    (void)state;
    static const uint8_t read_10_to_19[] = {3, 0, 10, 0, 10};
    static const uint8_t both[] = {23, 0, 10, 0, 2, 0, 40, 0, 1, 2, 0, 7};
    assert_int_equal(befallen("{kind: drop, first: 10}", read_10_to_19, 5, 1, NULL), 1);
    assert_int_equal(befallen("{kind: drop, first: 11}", read_10_to_19, 5, 1, NULL), 0);
    assert_int_equal(befallen("{kind: drop, first: 0}", read_10_to_19, 5, 1, NULL), 0);
    assert_int_equal(befallen("{kind: drop, first: 40}", both, sizeof both, 1, NULL), 1);
    assert_int_equal(befallen("{kind: drop, first: 10}", both, sizeof both, 1, NULL), 1);
    assert_int_equal(befallen("{kind: drop, first: 0}", id, sizeof id, 1, NULL), 0);
    assert_int_equal(befallen("{kind: drop, first: 10, addresses: [30, 40]}", read_10_to_19, 5, 1, NULL), 0);
}

static void test_response_that_counts_its_bytes_is_spoilt_as_its_fault_says(void **state)
{
    (void)state;
    static const struct mbp_fault wrong = {.kind = MBP_FAULT_BYTE_COUNT};
    static const struct mbp_fault shorter = {.kind = MBP_FAULT_SHORT};
    uint8_t words[] = {3, 4, 0, 1, 0, 2};
    assert_int_equal(faults_spoil_pdu(&wrong, words, sizeof words), sizeof words);
    assert_memory_equal(words, "\x03\x05\x00\x01\x00\x02", 6);
    words[1] = 4;
    assert_int_equal(faults_spoil_pdu(&shorter, words, sizeof words), 4);
    assert_memory_equal(words, "\x03\x02\x00\x01", 4);
    uint8_t bits[] = {1, 2, 0xFF, 0x01};
    assert_int_equal(faults_spoil_pdu(&shorter, bits, sizeof bits), 3);
    assert_memory_equal(bits, "\x01\x01\xFF", 3);
    uint8_t exception[] = {0x83, 2};
    uint8_t echo[] = {6, 0, 1, 0, 2};
    assert_int_equal(faults_spoil_pdu(&shorter, exception, 2), 2);
    assert_int_equal(faults_spoil_pdu(&wrong, echo, 5), 5);
    assert_memory_equal(exception, "\x83\x02", 2);
    assert_memory_equal(echo, "\x06\x00\x01\x00\x02", 5);
}

static void test_junk_before_an_answer_is_the_same_again_by_its_seed(void **state)
{
    (void)state;
    uint8_t one[16] = {1, 2, 3};
    uint8_t other[16] = {1, 2, 3};
    assert_int_equal(faults_put_junk(one, 3, 8, 5), 11);
    assert_int_equal(faults_put_junk(other, 3, 8, 5), 11);
    assert_memory_equal(one, other, 11);
    assert_memory_equal(one + 8, "\x01\x02\x03", 3);
    assert_int_equal(faults_put_junk(other, 3, 8, 6), 11);
    assert_memory_not_equal(one, other, 8);
    uint8_t echoed[8] = {1, 2};
    assert_int_equal(faults_put_before(echoed, 2, (const uint8_t[]){8, 9}, 2), 4);
    assert_memory_equal(echoed, "\x08\x09\x01\x02", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fault_of_a_first_address_meets_requests_that_begin_there),
        cmocka_unit_test(test_response_that_counts_its_bytes_is_spoilt_as_its_fault_says),
        cmocka_unit_test(test_junk_before_an_answer_is_the_same_again_by_its_seed),
        cmocka_unit_test(test_fault_befalls_its_function_only),
        cmocka_unit_test(test_fault_befalls_its_unit_only),
        cmocka_unit_test(test_fault_befalls_its_addresses_only),
        cmocka_unit_test(test_request_without_address_is_befallen_by_a_fault_without_addresses),
        cmocka_unit_test(test_fault_befalls_requests_that_overlap_its_addresses),
        cmocka_unit_test(test_fault_befalls_what_fc_23_reads_and_what_it_writes),
        cmocka_unit_test(test_value_of_a_single_write_is_no_quantity),
        cmocka_unit_test(test_file_request_has_no_address),
        cmocka_unit_test(test_instructor_suffers_only_faults_that_name_him),
        cmocka_unit_test(test_fault_switched_off_and_on_again_has_its_count_again),
        cmocka_unit_test(test_fault_after_a_connect_befalls_young_connections_alone),
        cmocka_unit_test(test_count_ends_a_fault),
        cmocka_unit_test(test_probability_befalls_that_share_and_the_same_each_time),
        cmocka_unit_test(test_switch_overrides_the_plant_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
