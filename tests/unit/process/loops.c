/* What --check tells of a plant's loops. */
#include <stdio.h>
#include <stdlib.h>

#include "../fixture.h"
#include "mbplant/process.h"

#define HEAD "mbplant: 1\nunits:\n  - id: 1\n    machines:\n      - name: M1\n"

static void assert_told(const char *yaml, const char *expected)
{
    char *told = NULL;
    size_t len = 0;
    struct mbp_plant *plant = fixture_plant(yaml);
    FILE *out = open_memstream(&told, &len);
    assert_non_null(out);
    assert_int_equal(mbp_process_print_loops(plant, out), MBP_OK);
    fclose(out);
    assert_string_equal(told, expected);
    free(told);
    mbp_plant_free(plant);
}

static void test_plant_without_loops_is_told_nothing(void **state)
{
    (void)state;
    assert_told(HEAD "        sensors:\n"
                     "          - {name: A, range: [0, 10]}\n"
                     "          - {name: B, range: [0, 10], signal: {base: 0, inputs: [{from: A}]}}\n",
                "");
}

static void test_signals_that_feed_each_other_are_told_with_the_input_that_waits(void **state)
{
    (void)state;
    assert_told(HEAD "        sensors:\n"
                     "          - {name: A, range: [0, 10], signal: {base: 0, inputs: [{from: B, gain: 0.5}]}}\n"
                     "          - {name: B, range: [0, 10], signal: {base: 0, inputs: [{from: A, gain: 0.5}]}}\n",
                "  loop: B depends on A and back, so it takes in the value of the scan before\n");
}

static void test_control_loop_is_told_by_its_shortest_way(void **state)
{
    (void)state;
    assert_told(HEAD "        actuators:\n"
                     "          - {name: FV}\n"
                     "        controllers:\n"
                     "          - {name: LIC, input: LT, output: FV, setpoint: 5, gain: 1}\n"
                     "        sensors:\n"
                     "          - {name: LT, range: [0, 10], signal: {base: 0, inputs: [{from: X}, {from: FT}]}}\n"
                     "          - {name: X, range: [0, 10], signal: {base: 0, inputs: [{from: FT}]}}\n"
                     "          - {name: FT, range: [0, 10], signal: {base: 0, inputs: [{from: FV}]}}\n",
                "  control loop: LIC reads LT and moves FV -> FT -> LT\n");
}

static void test_cascade_is_told_through_the_controllers_that_it_sets(void **state)
{
    (void)state;
    assert_told(HEAD "        actuators:\n"
                     "          - {name: FV}\n"
                     "        controllers:\n"
                     "          - {name: LIC, input: LT, setpoint: 5, gain: 1}\n"
                     "          - {name: FIC, input: FT, output: FV, cascade: LIC, setpoint: 5, gain: 1}\n"
                     "        sensors:\n"
                     "          - {name: LT, range: [0, 10], signal: {base: 0, inputs: [{from: FT}]}}\n"
                     "          - {name: FT, range: [0, 10], signal: {base: 0, inputs: [{from: FV}]}}\n",
                "  control loop: LIC reads LT, sets FIC, which moves FV -> FT -> LT\n"
                "  control loop: FIC reads FT and moves FV -> FT\n");
}

static void test_valve_that_multiplies_a_flow_closes_the_loop(void **state)
{
    (void)state;
    assert_told(HEAD "        actuators:\n"
                     "          - {name: FV}\n"
                     "        controllers:\n"
                     "          - {name: LIC, input: LT, output: FV, setpoint: 5, gain: 1}\n"
                     "        sensors:\n"
                     "          - {name: LT, range: [0, 10], signal: {base: 0, inputs: [{from: FT}]}}\n"
                     "          - {name: FT, range: [0, 10], signal: {base: 0, inputs: [{from: PT, times: FV}]}}\n"
                     "          - {name: PT, range: [0, 10]}\n",
                "  control loop: LIC reads LT and moves FV -> FT -> LT\n");
}

static void test_controller_that_cannot_reach_its_input_is_warned_of(void **state)
{
    (void)state;
    assert_told(HEAD "        actuators:\n"
                     "          - {name: FV}\n"
                     "        controllers:\n"
                     "          - {name: LIC, input: LT, output: FV, setpoint: 5, gain: 1}\n"
                     "        sensors:\n"
                     "          - {name: LT, range: [0, 10], signal: {base: 0, inputs: [{from: FT}]}}\n"
                     "          - {name: FT, range: [0, 10]}\n",
                "  warning: no control loop: LIC reads LT and moves FV, on which LT does not depend\n");
}

static void test_many_controllers_are_told_of_by_their_number(void **state)
{
    (void)state;
    assert_told(HEAD
                "        actuators:\n"
                "          - {name: \"FV{n}\", repeat: 10}\n"
                "        controllers:\n"
                "          - {name: \"LIC{n}\", repeat: 10, input: LT, output: \"FV{n}\", setpoint: 5, gain: 1}\n"
                "        sensors:\n"
                "          - {name: LT, range: [0, 10], signal: {base: 0, inputs: [{from: FV1}, {from: FV2}, {from: "
                "FV3}, {from: FV4}, {from: FV5}, {from: FV6}, {from: FV7}, {from: FV8}]}}\n",
                "  control loop: LIC1 reads LT and moves FV1 -> LT\n"
                "  control loop: LIC2 reads LT and moves FV2 -> LT\n"
                "  control loop: LIC3 reads LT and moves FV3 -> LT\n"
                "  control loop: LIC4 reads LT and moves FV4 -> LT\n"
                "  control loop: LIC5 reads LT and moves FV5 -> LT\n"
                "  control loop: LIC6 reads LT and moves FV6 -> LT\n"
                "  control loop: LIC7 reads LT and moves FV7 -> LT\n"
                "  control loop: LIC8 reads LT and moves FV8 -> LT\n"
                "  and 2 more controllers\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plant_without_loops_is_told_nothing),
        cmocka_unit_test(test_signals_that_feed_each_other_are_told_with_the_input_that_waits),
        cmocka_unit_test(test_control_loop_is_told_by_its_shortest_way),
        cmocka_unit_test(test_cascade_is_told_through_the_controllers_that_it_sets),
        cmocka_unit_test(test_valve_that_multiplies_a_flow_closes_the_loop),
        cmocka_unit_test(test_controller_that_cannot_reach_its_input_is_warned_of),
        cmocka_unit_test(test_many_controllers_are_told_of_by_their_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
