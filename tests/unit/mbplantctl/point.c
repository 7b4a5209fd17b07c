/* Names of a plant, the addresses of what belongs to them, and refusals in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "slave/point.h"
#include "slave/refusal.h"

static const char yaml[] = "mbplant: 1\n"
                           "name: Line\n"
                           "units:\n"
                           "  - id: 1\n"
                           "    name: One\n"
                           "    machines:\n"
                           "      - name: A\n"
                           "        sensors:\n"
                           "          - {name: T1, kind: temperature, unit: °C, range: [0, 150], max: 85,\n"
                           "             register: {type: int16, scale: 0.1}}\n"
                           "  - id: 2\n"
                           "    name: Two\n"
                           "    machines:\n"
                           "      - name: B\n"
                           "        sensors:\n"
                           "          - {name: P1, kind: pressure, range: [0, 10], register: {type: float32}}\n"
                           "          - {name: P2, kind: pressure, range: [0, 10], inject: reject,\n"
                           "             register: {type: float32}}\n"
                           "      - name: C\n";

static struct mbp_plant *plant;

static int load(void **state)
{
    (void)state;
    return mbp_plant_parse("line.yaml", (struct mbp_text){yaml, strlen(yaml)}, stderr, &plant) == MBP_OK ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    mbp_plant_free(plant);
    return 0;
}

static struct ctl_point point_named(const char *name)
{
    struct ctl_point point = {.limit = 99};
    if (!ctl_point_find(plant, -1, name, &point))
        fail_msg("no point %s", name);
    return point;
}

static void test_name_is_found_in_any_case(void **state)
{
    (void)state;
    static const char cases[] = "mbplant: 1\nunits: [{id: 1, machines: [{name: m1}], sensors: [{name: T1}, {name: T2},"
                                " {name: Pump_2}]}]\n";
    struct mbp_plant *twins = NULL;
    struct ctl_point point;
    assert_int_equal(mbp_plant_parse("cases.yaml", (struct mbp_text){cases, strlen(cases)}, stderr, &twins), MBP_OK);
    assert_string_equal(ctl_spelling(twins, "t1"), "T1");
    assert_string_equal(ctl_spelling(twins, "T1"), "T1");
    assert_string_equal(ctl_spelling(twins, "PUMP_2"), "Pump_2");
    assert_string_equal(ctl_spelling(twins, "M1"), "m1");
    assert_string_equal(ctl_spelling(twins, "none"), "none");
    assert_int_equal(ctl_sensor_find(twins, "pump_2"), 2);
    assert_int_equal(ctl_machine_find(twins, "M1"), 0);
    assert_true(ctl_point_find(twins, -1, "pump_2.HIGH", &point));
    assert_string_equal(point.map.name, "Pump_2.high");
    mbp_plant_free(twins);
}

static void test_register_that_is_no_limit_is_none(void **state)
{
    (void)state;
    struct ctl_point shelving = point_named("T1.shelving");
    assert_int_equal(shelving.limit, -1);
    assert_false(shelving.is_value);
    assert_string_equal(shelving.map.unit_text, "s");
    for (int l = 0; l < MBP_LIMIT_COUNT; l++) {
        char name[32];
        snprintf(name, sizeof name, "T1.%s.limit", mbp_limit_name((enum mbp_limit)l));
        assert_int_equal(point_named(name).limit, l);
    }
    assert_true(point_named("T1").is_value);
}

static void test_sensor_name_is_its_holding_register_in_its_unit(void **state)
{
    (void)state;
    struct ctl_point point = point_named("P2");
    assert_int_equal(point.map.table, MBP_HOLDING_REGISTERS);
    assert_int_equal(point.map.addr, 2);
    assert_int_equal(point.unit, 2);
    assert_int_equal(point.limit, -1);
    assert_ptr_equal(point.sensor, &plant->sensors[2]);
}

static void test_limit_name_is_the_register_of_that_limit(void **state)
{
    (void)state;
    struct ctl_point point = point_named("P1.high.limit");
    assert_int_equal(point.map.addr, 1004);
    assert_int_equal(point.limit, MBP_HIGH);
    assert_int_equal(point_named("T1.low_low.limit").limit, MBP_LOW_LOW);
}

static void test_name_in_other_letters_is_found_too(void **state)
{
    (void)state;
    assert_string_equal(point_named("t1.HIGH").map.name, "T1.high");
}

static void test_name_restricted_to_a_unit_is_not_found_in_another(void **state)
{
    (void)state;
    struct ctl_point point;
    assert_true(ctl_point_find(plant, 2, "P1", &point));
    assert_false(ctl_point_find(plant, 1, "P1", &point));
    assert_false(ctl_point_find(plant, -1, "P3", &point));
}

static void test_addresses_count_within_the_unit(void **state)
{
    (void)state;
    uint32_t c = mbp_plant_find_machine(plant, "C");
    uint32_t p2 = mbp_plant_find_sensor(plant, "P2");
    assert_int_equal(ctl_machine_unit(plant, c), 2);
    assert_int_equal(ctl_addr_of(plant, MBP_MAP_MACHINE_COILS, c, MBP_WRITE_ACKNOWLEDGE, 0), 11);
    assert_int_equal(ctl_addr(plant, MBP_MAP_MACHINES, c), 116);
    assert_int_equal(ctl_addr(plant, MBP_MAP_MACHINE_BITS, c), 4008);
    assert_int_equal(ctl_sensor_unit(plant, p2), 2);
    assert_int_equal(ctl_addr(plant, MBP_MAP_SENSOR_BITS, p2), 8);
    assert_int_equal(ctl_addr(plant, MBP_MAP_FORCED, p2), 1001);
    assert_int_equal(ctl_addr(plant, MBP_MAP_SHELVED, p2), 2001);
}

static void test_state_words_of_both_languages_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        enum mbp_state_code state;
    } cases[] = {{"en_service", MBP_EN_SERVICE},
                 {"in_service", MBP_EN_SERVICE},
                 {"en_panne", MBP_EN_PANNE},
                 {"faulted", MBP_EN_PANNE},
                 {"maintenance", MBP_MAINTENANCE}};
    enum mbp_state_code found = MBP_STATE_COUNT;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(ctl_state_find(cases[i].word, &found));
        assert_int_equal(found, cases[i].state);
    }
    assert_false(ctl_state_find("broken", &found));
}

static void test_refusal_names_range_limits_or_injection(void **state)
{
    (void)state;
    static const struct {
        const char *point;
        enum mbp_status exception;
        const char *wanted;
    } cases[] = {
        {"T1", MBP_EX_SERVER_DEVICE_FAILURE, "outside its range 0..150 °C"},
        {"T1.high.limit", MBP_EX_SERVER_DEVICE_FAILURE, "low_low < low < high < high_high"},
        {"P2", MBP_EX_ILLEGAL_DATA_ADDRESS, "inject: reject"},
        {"P1", MBP_EX_ILLEGAL_DATA_ADDRESS, "no such address"},
        {"P1", MBP_EX_ILLEGAL_FUNCTION, "does not let this host write"},
        {"P1", MBP_EX_SERVER_DEVICE_BUSY, "again in a moment"},
        {"P1", MBP_EX_GATEWAY_TARGET_FAILED, "no unit of that id"},
        {"A.good", MBP_EX_ILLEGAL_DATA_ADDRESS, "read only"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ctl_point point = point_named(cases[i].point);
        const uint16_t words[2] = {0};
        char reason[256];
        ctl_refusal_reason(plant, &point, words, cases[i].exception, reason, sizeof reason);
        if (strstr(reason, cases[i].wanted) == NULL)
            fail_msg("%s: '%s' is missing in '%s'", cases[i].point, cases[i].wanted, reason);
    }
}

/* Verbs that read and write tell of both in the same words. */
static void test_refusal_of_a_function_to_this_host_says_so_for_any_request(void **state)
{
    (void)state;
    assert_non_null(strstr(ctl_exception_reason(MBP_EX_ILLEGAL_FUNCTION, false), "this host"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_name_is_found_in_any_case),
        cmocka_unit_test(test_register_that_is_no_limit_is_none),
        cmocka_unit_test(test_sensor_name_is_its_holding_register_in_its_unit),
        cmocka_unit_test(test_limit_name_is_the_register_of_that_limit),
        cmocka_unit_test(test_name_in_other_letters_is_found_too),
        cmocka_unit_test(test_name_restricted_to_a_unit_is_not_found_in_another),
        cmocka_unit_test(test_addresses_count_within_the_unit),
        cmocka_unit_test(test_state_words_of_both_languages_are_known),
        cmocka_unit_test(test_refusal_names_range_limits_or_injection),
        cmocka_unit_test(test_refusal_of_a_function_to_this_host_says_so_for_any_request),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
