/* `interlocks` of a machine: what they become, what is printed of them, and what is refused. */
#include "plant_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "mbplant/plant/interlock.h"

/* A machine with a level, up to its interlocks, which follow in line 9, column 20. */
#define ONE_MACHINE                                                                                                    \
    "mbplant: 1\n"                                                                                                     \
    "alarm_policy: {longest_bypass: 20min}\n"                                                                          \
    "units:\n"                                                                                                         \
    "  - id: 1\n"                                                                                                      \
    "    machines:\n"                                                                                                  \
    "     - name: M1\n"                                                                                                \
    "       sensors: [{name: LT1, range: [0, 10], max: 9}]\n"                                                          \
    "       alarms: [{name: A, when: \"LT1 > 8\"}]\n"                                                                  \
    "       interlocks: "

static void test_interlock_is_itself_and_the_alarm_of_its_bypass_behind_all_alarms(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(
        ONE_MACHINE "[{name: LOW, when: \"LT1 < 1\", delay: 3s, message: Low level,\n"
                    "         bypass: {longest: 10min, priority: high}}, {name: READY, when: \"NOT M2.en_service\",\n"
                    "         action: permissive}]\n     - name: M2\n       sensors: [{name: LT2}]\n");
    const struct mbp_unit *unit = &plant->units[0];
    assert_int_equal(unit->interlock_count, 2);
    assert_int_equal(unit->alarm_count, 5); /* A, two alarms of bypasses, the two themselves */
    uint32_t low = mbp_plant_find_sensor(plant, "M1.LOW");
    uint32_t bypass = mbp_plant_find_sensor(plant, "M1.LOW.bypassed");
    uint32_t ready = mbp_plant_find_sensor(plant, "M1.READY");
    assert_int_equal(low, mbp_unit_first_interlock(unit));
    assert_int_equal(ready, low + 1);
    assert_int_equal(mbp_bypass_of_interlock(plant, low), bypass);
    assert_int_equal(mbp_interlock_of_bypass(plant, bypass), low);
    const struct mbp_sensor *of = &plant->sensors[low];
    assert_true(mbp_is_interlock(of));
    assert_int_equal(of->trip, 1u << MBP_CONDITION);
    assert_int_equal(plant->sensors[ready].trip, 0);
    assert_int_equal(mbp_sensor_interlocks(&plant->sensors[ready]), 1u << MBP_CONDITION);
    assert_int_equal(mbp_sensor_alarm(of, MBP_CONDITION)->delay_ns, 3 * MBP_NS_PER_S);
    assert_int_equal(mbp_longest_bypass_ns(plant, low), 600 * MBP_NS_PER_S);
    assert_int_equal(mbp_longest_bypass_ns(plant, ready), 1200 * MBP_NS_PER_S); /* as the policy says */
    assert_int_equal(plant->sensors[bypass].priority, MBP_PRIORITY_HIGH);
    assert_int_equal(plant->sensors[mbp_bypass_of_interlock(plant, ready)].priority, MBP_PRIORITY_MEDIUM);
    assert_string_equal(plant->sensors[bypass].label, "interlock bypassed: Low level");
    /* It is no alarm, the other is one. */
    assert_false(mbp_sensor_has_alarm(of, of->limits, MBP_CONDITION));
    assert_true(mbp_sensor_has_alarm(&plant->sensors[bypass], of->limits, MBP_CONDITION));
    mbp_plant_free(plant);
}

static void test_interlock_of_repeated_machines_is_each_ones_own(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text("mbplant: 1\nunits:\n - id: 1\n   repeat: 2\n   machines:\n"
                                            "   - {name: \"U{u}M{n}\", repeat: 2, sensors: [{name: \"L{u}{m}\"}],\n"
                                            "      interlocks: [{name: LOW, when: \"L{u}{m} < 1\"}]}\n");
    assert_int_equal(plant->units[1].interlock_count, 2);
    uint32_t s = mbp_plant_find_sensor(plant, "U2M1.LOW");
    assert_int_equal(plant->sensors[s].machine, 2);
    assert_string_equal(plant->sensors[mbp_bypass_of_interlock(plant, s)].name, "U2M1.LOW.bypassed");
    assert_int_not_equal(mbp_plant_find_sensor(plant, "U1M2.LOW"), UINT32_MAX);
    mbp_plant_free(plant);
}

static void test_printed_interlocks_load_to_the_same(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        plant_of_text(ONE_MACHINE "[{name: LOW, when: \"LT1 < 1\", bypass: {longest: 0s}}, {name: READY, when: \"A\",\n"
                                  "         action: permissive, delay: 2s, message: \"not \\\"ready\\\"\"}]\n");
    char *printed = config_of(plant);
    struct mbp_plant *again = plant_of_text(printed);
    char *twice = config_of(again);
    assert_non_null(strstr(printed, "interlocks:\n          - name: LOW\n"));
    assert_null(strstr(printed, "bypassed\n")); /* the alarms of bypasses come of the interlocks */
    assert_string_equal(printed, twice);
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        assert_int_equal(mbp_plant_sensor_differs(plant, s, again, s), 0);
    free(printed);
    free(twice);
    mbp_plant_free(plant);
    mbp_plant_free(again);
}

static void test_interlocks_have_names_of_their_own_in_the_map_and_in_expressions(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(
        ONE_MACHINE "[{name: LOW, when: \"LT1 < 1\"}, {name: NEXT, when: \"m1.low.acting AND NOT\n"
                    "         M1.LOW.bypassed OR M1.LOW.first_out OR M1.LOW.state = 3 OR M1.LOW\"}]\n"
                    "    points: [{at: discrete 9000, tag: m1.Low}, {at: holding 30000, tag: M1.LOW.bypass}]\n");
    mbp_plant_free(plant);
}

static void test_interlocks_that_cannot_be_are_told_at_their_places(void **state)
{
    (void)state;
    static const struct {
        const char *text, *told;
    } wrong[] = {
        {"[{name: LOW}]\n", "9:21: an interlock needs 'when'"},
        {"[{when: \"LT1 < 1\"}]\n", "9:21: an interlock needs 'name'"},
        {"[{name: LOW, when: \"LT9 < 1\"}]\n", "9:40: there is no value named LT9; did you mean LT1?"},
        {"[{name: LOW, when: \"LT1 + 1\"}]\n", "9:40: "},
        {"[{name: LOW, when: \"LT1 < 1\", action: stop}]\n", "'action' is 'stop'; allowed is one of trip, permissive"},
        {"[{name: LOW, when: \"LT1 < 1\", bypass: {longest: 13h}}]\n", "'longest' is "},
        {"[{name: state, when: \"LT1 < 1\"}]\n", "9:28: an interlock may not be called 'state'"},
        {"[{name: ABCDEFGHIJKLMNOPQRSTU, when: \"LT1 < 1\"}]\n", "9:28: the name 'ABCDEFGHIJKLMNOPQRSTU' is too long"},
        {"[{name: LOX, when: \"LT1 < 1\"}, {name: lox, when: A}]\n",
         "the name 'M1.lox' is taken by the interlock in line 9; names are unique in the plant, whatever their case"},
        {"[{name: LOW, when: \"M1.LOW OR LT1 < 1\"}]\n", "9:39: the interlock M1.LOW depends on itself\n"},
        {"[{name: LOW, when: \"M1.B.acting\"}, {name: B, when: \"M1.LOW\"}]\n",
         "the interlock M1.LOW depends on itself, by M1.B\n"},
        {"[{name: LOW, wen: \"LT1 < 1\"}]\n", "did you mean 'when'?"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char text[1024];
        snprintf(text, sizeof text, "%s%s", ONE_MACHINE, wrong[i].text);
        const char *errors = errors_of_text(text);
        if (strstr(errors, wrong[i].told) == NULL)
            fail_msg("%s\ninstead of\n%s", errors, wrong[i].told);
    }
}

static void test_machine_has_at_most_so_many_interlocks(void **state)
{
    (void)state;
    char *text = malloc(20000);
    size_t len = (size_t)snprintf(text, 20000, "%s\n", ONE_MACHINE);
    for (unsigned i = 0; i <= MBP_INTERLOCKS_PER_MACHINE_MAX; i++)
        len += (size_t)snprintf(text + len, 20000 - len, "       - {name: I%u, when: A}\n", i);
    assert_non_null(strstr(errors_of_text(text), "64"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interlock_is_itself_and_the_alarm_of_its_bypass_behind_all_alarms),
        cmocka_unit_test(test_interlock_of_repeated_machines_is_each_ones_own),
        cmocka_unit_test(test_printed_interlocks_load_to_the_same),
        cmocka_unit_test(test_interlocks_have_names_of_their_own_in_the_map_and_in_expressions),
        cmocka_unit_test(test_interlocks_that_cannot_be_are_told_at_their_places),
        cmocka_unit_test(test_machine_has_at_most_so_many_interlocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
