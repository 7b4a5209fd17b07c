/* What --check tells of a plant's loops. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../fixture.h"
#include "mbplant/process.h"

#define HEAD "mbplant: 1\nunits:\n  - id: 1\n    machines:\n      - name: M1\n"

/* Ownership: free. */
static char *told_of(const char *yaml)
{
    struct mbp_buffer told;
    struct mbp_plant *plant = fixture_plant(yaml);
    assert_true(mbp_buffer_open(&told));
    assert_int_equal(mbp_process_print_loops(plant, told.out), MBP_OK);
    mbp_plant_free(plant);
    return mbp_buffer_close(&told);
}

static void assert_told(const char *yaml, const char *expected)
{
    char *told = told_of(yaml);
    assert_string_equal(told, expected);
    free(told);
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

static void test_loop_of_many_inputs_is_told_once(void **state)
{
    (void)state;
    assert_told(HEAD "        sensors:\n"
                     "          - {name: A, range: [0, 10], signal: {base: 0, inputs: [{from: A, gain: 0.1}, {from: A, "
                     "gain: 0.1}]}}\n"
                     "          - {name: B, range: [0, 10], signal: {base: 0, inputs: [{from: C, gain: 0.1}, {from: D, "
                     "gain: 0.1}]}}\n"
                     "          - {name: C, range: [0, 10], signal: {base: 0, inputs: [{from: B, gain: 0.1}]}}\n"
                     "          - {name: D, range: [0, 10], signal: {base: 0, inputs: [{from: B, gain: 0.1}]}}\n",
                "  loop: A depends on itself, so it takes in the value of the scan before\n"
                "  loop: C depends on B and back (3 signals feed each other), so it takes in the value of the scan "
                "before\n");
}

/* ---- signs ------------------------------------------------------------------------------------------------------- */

#define LOOP(signal, action)                                                                                           \
    HEAD "        actuators:\n"                                                                                        \
         "          - {name: FV}\n"                                                                                    \
         "        controllers:\n"                                                                                      \
         "          - {name: LIC, input: LT, output: FV, setpoint: 5, gain: 1" action "}\n"                            \
         "        sensors:\n"                                                                                          \
         "          - {name: LT, range: [0, 10], signal: " signal "}\n"                                                \
         "          - {name: FT, range: [0, 10], signal: {base: 0, inputs: [{from: FV, gain: 0.1}]}}\n"                \
         "          - {name: UT, range: [-5, 5]}\n"

static void test_controller_that_drives_away_from_its_setpoint_is_warned_of(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        const char *more; /* output does what; NULL = no warning */
        const char *action;
    } cases[] = {
        {LOOP("{inputs: [{from: FT}]}", ""), NULL, NULL},
        {LOOP("{inputs: [{from: FT}]}", ", action: reverse"), NULL, NULL},
        {LOOP("{inputs: [{from: FT}]}", ", action: direct"), "raises", "reverse"},
        {LOOP("{inputs: [{from: FT, gain: -1}]}", ""), "lowers", "direct"},
        {LOOP("{inputs: [{from: FT, gain: -1}]}", ", action: direct"), NULL, NULL},
        {LOOP("{inputs: [{from: FT}], integrate: {gain: 0.01}}", ", action: direct"), "raises", "reverse"},
        {LOOP("{inputs: [{from: FT}], integrate: {gain: -0.01}}", ""), "lowers", "direct"},
        {LOOP("{inputs: [{from: FT, function: square_root}]}", ", action: direct"), "raises", "reverse"},
        {LOOP("{inputs: [{from: FT, times: FV, gain: -1}]}", ""), "lowers", "direct"},
        /* nobody knows: two ways against each other, a factor of either sign, a gain of nothing */
        {LOOP("{inputs: [{from: FT, gain: -1}, {from: FT, lag: 9s}]}", ""), NULL, NULL},
        {LOOP("{inputs: [{from: UT, times: FV, gain: -1}]}", ""), NULL, NULL},
        {LOOP("{inputs: [{from: FT, gain: 0}]}", ", action: direct"), NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char expected[256] = "";
        char *told = told_of(cases[i].yaml);
        if (cases[i].more != NULL)
            snprintf(expected, sizeof expected,
                     "  warning: positive feedback: where LT is too high, LIC raises it still more, for more output %s "
                     "it; write 'action: %s'\n",
                     cases[i].more, cases[i].action);
        const char *warning = strstr(told, "  warning: positive");
        if (strcmp(warning != NULL ? warning : "", expected) != 0)
            fail_msg("of\n%s\nis told\n%snot\n%s", cases[i].yaml, told, expected);
        free(told);
    }
}

static void test_cascade_is_judged_by_what_its_output_does_in_the_end(void **state)
{
    (void)state;
    static const char *const cascade =
        HEAD "        actuators:\n"
             "          - {name: FV}\n"
             "        controllers:\n"
             "          - {name: LIC, input: LT, setpoint: 5, gain: 1%s}\n"
             "          - {name: FIC, input: FT, output: FV, cascade: LIC, setpoint: 5, gain: 1, action: direct}\n"
             "        sensors:\n"
             "          - {name: LT, range: [0, 10], signal: {inputs: [{from: FT}]}}\n"
             "          - {name: FT, range: [0, 10], signal: {base: 10, inputs: [{from: FV, gain: -0.1}]}}\n";
    char yaml[1024];
    /* More setpoint closes FV, which raises FT and with it LT. */
    snprintf(yaml, sizeof yaml, cascade, "");
    char *told = told_of(yaml);
    assert_null(strstr(told, "warning"));
    free(told);
    snprintf(yaml, sizeof yaml, cascade, ", action: direct");
    told = told_of(yaml);
    assert_non_null(strstr(told, "positive feedback: where LT is too high, LIC raises it still more, for more output "
                                 "raises it; write 'action: reverse'\n"));
    free(told);
}

static void test_integral_that_fills_at_once_is_warned_of(void **state)
{
    (void)state;
    assert_told(HEAD
                "        actuators:\n"
                "          - {name: FV}\n"
                "        sensors:\n"
                "          - {name: A, range: [0, 100], signal: {inputs: [{from: FV, gain: 0.5}], integrate: {gain: "
                "1}}}\n"
                "          - {name: B, range: [0, 100], signal: {inputs: [{from: FV, gain: 0.5}], integrate: {gain: "
                "0.01}}}\n"
                "          - {name: C, range: [0, 100], signal: {base: 50, inputs: [{from: C, gain: -1}], "
                "integrate: {gain: 1}}}\n",
                "  loop: C depends on itself, so it takes in the value of the scan before\n"
                "  warning: A can run through its whole range within 2 s; the gain of 'integrate' is per second\n");
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
        cmocka_unit_test(test_loop_of_many_inputs_is_told_once),
        cmocka_unit_test(test_controller_that_drives_away_from_its_setpoint_is_warned_of),
        cmocka_unit_test(test_cascade_is_judged_by_what_its_output_does_in_the_end),
        cmocka_unit_test(test_integral_that_fills_at_once_is_warned_of),
        cmocka_unit_test(test_many_controllers_are_told_of_by_their_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
