/* --check: one screen, and what looks like a mistake. */
#include <stdlib.h>
#include <string.h>

#include "plant_fixture.h"

static void assert_summary(const char *yaml, const char *wanted)
{
    struct mbp_plant *plant = plant_of_text(yaml);
    char *summary = summary_of(plant);
    if (strstr(summary, wanted) == NULL) {
        fail_msg("missing: %s\nin: %s", wanted, summary);
    }
    free(summary);
    mbp_plant_free(plant);
}

static void test_summary_of_a_small_plant_is_whole(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_file("design.yaml");
    char *summary = summary_of(plant);
    assert_string_equal(
        summary, "Bottling line 3: 1 unit, 1 machine, 1 sensor; scan 100ms, seed 42\n"
                 "  Modbus 127.0.0.1:5020, HTTP 127.0.0.1:8020\n"
                 "  journal: events are kept for 365d, 1GB of them at most\n"
                 "  unit 1 \"Filler PLC\": 1 machine, 1 sensor\n"
                 "    coils              0..5 500..507 1000 2000 3000 4000 7000\n"
                 "    discrete_inputs    0..7 4000..4002 6000..6005\n"
                 "    holding_registers  0 100..102 200..249 1000..1003 4900..4904 5000\n"
                 "    input_registers    0..23 100..115 1000..1001 5000..6293 6800..6805 9000..9015 10000..10003 "
                 "11000..11014 and 1 more\n"
                 "    1 file, 1 FIFO queue\n");
    free(summary);
    mbp_plant_free(plant);
}

static void test_summary_of_a_large_plant_stays_one_screen(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text("mbplant: 1\nunits: [{id: 1, repeat: 247, machines: [{name: 'M{u}_{n}', "
                                            "repeat: 10, sensors: [{name: 'S{u}_{m}_{n}', repeat: 4, max: 32767}]}]}]");
    char *summary = summary_of(plant);
    unsigned lines = 0;
    for (const char *at = summary; (at = strchr(at, '\n')) != NULL; at++) {
        lines++;
    }
    assert_true(lines <= 24);
    assert_non_null(strstr(summary, "  and 237 more units\n"));
    assert_non_null(strstr(summary, "  and 9872 more warnings\n"));
    free(summary);
    mbp_plant_free(plant);
}

static void test_summary_counts_ranges_that_it_does_not_show(void **state)
{
    (void)state;
    assert_summary(ONE_UNIT_TABLES "{coils: [{at: 0, count: 1}, {at: 20, count: 1}, {at: 40, count: 1}, {at: 60, "
                                   "count: 1}, {at: 80, count: 1}, {at: 100, count: 1}, {at: 120, count: 1}, {at: "
                                   "65535, count: 1}]}",
                   "coils              0 20 40 60 80 100 120 65535\n");
}

static void test_warning_of_a_limit_at_the_end_of_the_range(void **state)
{
    (void)state;
    assert_summary(ONE_SENSOR "{name: S, range: [0, 100], limits: {high: 100}}",
                   "warning: S can never pass its limit high, which is the end of its range, 100\n");
    assert_summary(ONE_SENSOR "{name: S, range: [0, 100], limits: {low: 0}}",
                   "warning: S can never pass its limit low, which is the end of its range, 0\n");
}

static void test_warning_of_a_limit_between_two_steps_tells_what_masters_read(void **state)
{
    (void)state;
    assert_summary(ONE_SENSOR "{name: S, limits: {high: 1450}, register: {scale: 0.075}}",
                   "warning: limit high of S, 1450, is between two steps of its register, in which masters read "
                   "1449.975\n");
}

static void test_warning_of_a_base_that_trips_its_machine(void **state)
{
    (void)state;
    assert_summary(ONE_SENSOR "{name: S, max: 85, signal: {base: 90}}",
                   "warning: in en_service S passes its limit high (85) by itself, so M trips\n");
    assert_summary(ONE_SENSOR "{name: S, max: 85, signal: {base: 84, noise: 0.5}}",
                   "warning: in en_service S passes its limit high (85) by itself, so M trips\n");
    assert_summary(ONE_SENSOR "{name: S, min: 10, signal: {base: {en_service: 20, en_panne: 0}}}",
                   "warning: in en_panne S passes its limit low (10) by itself, so M cannot return to en_service\n");
}

static void test_warning_of_a_base_outside_the_range(void **state)
{
    (void)state;
    assert_summary(ONE_SENSOR "{name: S, range: [0, 10], signal: {base: {en_service: 5, maintenance: 11}}}",
                   "warning: the base of S in maintenance, 11, is outside its range: quality is bad\n");
}

static void test_no_warning_where_inputs_decide_the_value(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        plant_of_text(ONE_SENSOR "{name: S, max: 85, signal: {base: 90, inputs: [{from: S, gain: -1}]}}");
    char *summary = summary_of(plant);
    assert_null(strstr(summary, "warning"));
    free(summary);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summary_of_a_small_plant_is_whole),
        cmocka_unit_test(test_summary_of_a_large_plant_stays_one_screen),
        cmocka_unit_test(test_summary_counts_ranges_that_it_does_not_show),
        cmocka_unit_test(test_warning_of_a_limit_at_the_end_of_the_range),
        cmocka_unit_test(test_warning_of_a_limit_between_two_steps_tells_what_masters_read),
        cmocka_unit_test(test_warning_of_a_base_that_trips_its_machine),
        cmocka_unit_test(test_warning_of_a_base_outside_the_range),
        cmocka_unit_test(test_no_warning_where_inputs_decide_the_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
