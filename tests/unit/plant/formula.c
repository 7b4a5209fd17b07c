/* Expressions of the plant file: names, types, loops, curves, places of errors, printing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/formula.h"
#include "plant_fixture.h"

/* A plant up to the end of M1's sensors: two that are there, and what a test adds. */
#define SOME_SENSORS                                                                                                   \
    "mbplant: 1\n"                                                                                                     \
    "curves: {PUMP: [[0, 10], [5, 8]]}\n"                                                                              \
    "units:\n"                                                                                                         \
    "- id: 1\n"                                                                                                        \
    "  machines:\n"                                                                                                    \
    "  - name: M1\n"                                                                                                   \
    "    actuators: [{name: P1, kind: pump, on_off: true}, {name: FV1, kind: valve}]\n"                                \
    "    controllers: [{name: C1, input: LT1, output: FV1, setpoint: 50, gain: 1}]\n"                                  \
    "    sensors:\n"                                                                                                   \
    "    - {name: LT1, range: [0, 100], max: 80}\n"                                                                    \
    "    - {name: TT-2, range: [0, 100]}\n"                                                                            \
    "    - {name: TXT, register: {type: string(4)}}\n"                                                                 \
    "    - "

/* Line 13, column 7; the expression begins in column 39. */
#define ONE_EXPR(text) SOME_SENSORS "{name: X, range: [0, 9], signal: {expr: " text "}}\n"

#define ONE_LOGIC(text) SOME_SENSORS "{name: X, range: [0, 9]}\n  logic:\n  - " text "\n"

static void test_signal_reads_the_process_through_inputs_and_the_rest_by_slots(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(
        ONE_EXPR("'LT1 + SEL(P1, 0, FV1) + LT1.process + LT1.shown + C1.setpoint + SEL(M1.en_service, 0, LT1)'"));
    const struct mbp_sensor *x = sensor_of(plant, "X");
    const struct mbp_formula *formula = &plant->formulas[x->formula - 1];
    const uint32_t *slots;
    assert_int_equal(plant->formula_count, 1);
    assert_int_equal(formula->use, MBP_FORMULA_SIGNAL);
    assert_int_equal(x->input_count, 3);
    assert_int_equal(plant->inputs[x->first_input].from, 0);
    assert_int_equal(plant->inputs[x->first_input + 1].from, plant->sensor_count);
    assert_int_equal(plant->inputs[x->first_input + 2].from, plant->sensor_count + 1);
    assert_int_equal(mbp_expr_reads(formula->code, &slots), 6);
    assert_int_equal(slots[0], mbp_slot(MBP_SLOT_INPUT, 0));
    assert_int_equal(slots[1], mbp_slot(MBP_SLOT_INPUT_ON, 1));
    assert_int_equal(slots[3], mbp_slot(MBP_SLOT_SHOWN, 0));
    assert_int_equal(slots[4], mbp_slot(MBP_SLOT_SETTING, MBP_SET_SETPOINT));
    assert_int_equal(slots[5], mbp_slot(MBP_SLOT_STATE, MBP_EN_SERVICE));
    mbp_plant_free(plant);
}

static void test_logic_reads_what_is_shown_and_sets_commands_and_states(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(
        ONE_LOGIC("P1 := LT1 > 5 AND lt1.HIGH\n  - 'M1.en_panne := \"TT-2\" > 90'\n  - P1.command := P1"));
    const struct mbp_unit *unit = &plant->units[0];
    const uint32_t *slots;
    assert_int_equal(unit->logic_count, 3);
    const struct mbp_formula *logic = &plant->formulas[unit->first_logic];
    assert_int_equal(logic[0].target, mbp_slot(MBP_SLOT_COMMAND_ON, 0));
    assert_int_equal(logic[1].target, mbp_slot(MBP_SLOT_STATE, MBP_EN_PANNE));
    assert_int_equal(logic[2].nth, 1);
    assert_int_equal(mbp_expr_reads(logic[0].code, &slots), 2);
    assert_int_equal(slots[0], mbp_slot(MBP_SLOT_SHOWN, 0));
    assert_int_equal(slots[1], mbp_slot(MBP_SLOT_ALARM, MBP_HIGH));
    mbp_expr_reads(logic[2].code, &slots);
    assert_int_equal(slots[0], mbp_slot(MBP_SLOT_POSITION_ON, 0));
    assert_int_equal(plant->actuators[0].logic, unit->first_logic + 3);
    assert_int_equal(plant->actuators[1].logic, 0);
    mbp_plant_free(plant);
}

static void test_mistake_in_an_expression_is_told_with_its_place_in_the_file(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {ONE_EXPR("'LT1 >'"), "13:53: a value is expected here, not the end\n"},
        {ONE_EXPR("LT1 > 3"), "13:47: this place needs LREAL, and 'LT1 > 3' is BOOL: BOOL_TO_LREAL makes one of it\n"},
        {ONE_EXPR("LT11"), "13:47: there is no value named LT11; did you mean LT1?\n"},
        {ONE_EXPR("TT-2"), "13:47: there is no value named TT: write \"TT-2\" in double quotes, without them it is a "
                           "subtraction\n"},
        {ONE_EXPR("1 + TXT"), "13:51: TXT: it is a text, and has no value in an expression\n"},
        {ONE_EXPR("LT1.top"),
         "13:47: LT1.top: a sensor has .process, .shown, .bad_quality, .forced, .written, .read, and of each alarm "
         ".high, .high.limit, .high.state, .high.since, .high.raised\n"},
        {ONE_EXPR("'LOOKUP(PUMPS, 1)'"), "13:55: there is no curve PUMPS\n"},
        {ONE_EXPR("[1]"), "13:47: 'expr' is a list; allowed is an expression: \"SEL(M1.en_service, 0, LT1 * 0.3)\"\n"},
        {ONE_EXPR("LT1, base: 5"),
         "13:47: 'expr' takes the place of 'base' and 'inputs'; write them into the expression\n"},
        {ONE_LOGIC("P2 := LT1 > 3"), "15:5: there is no target named P2; did you mean P1?\n"},
        {ONE_LOGIC("LT1 := 3"), "15:5: LT1: it cannot be set: a target is an actuator, a point with a value, or a "
                                "machine's state such as M1.en_service\n"},
        {ONE_LOGIC("M1.good := 3"),
         "15:5: M1.good: of a machine .en_service, .en_panne and .maintenance are asked for\n"},
        {ONE_LOGIC("P1 := LT1"), "15:11: the target needs BOOL, and 'LT1' is LREAL: compare it with a number\n"},
        {ONE_LOGIC("FV1 := LT1"), "15:5: FV1 is moved by the controller C1; logic cannot set it too\n"},
        {ONE_LOGIC("{P1: 3}"), "15:5: an item of 'logic' is a text in quotes: \"P1 := SR(LSH, LSL)\"\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(errors_of_text(cases[i][0]), cases[i][1]);
}

static void test_loop_without_anything_that_takes_time_is_refused(void **state)
{
    (void)state;
    assert_string_equal(
        errors_of_text(SOME_SENSORS "{name: X, signal: {expr: Y + 1}}\n"
                                    "    - {name: Y, signal: {base: 0, inputs: [{from: X}]}}\n"),
        "13:32: this depends on itself: X needs Y, and Y needs X; one of them must take time: integrate, "
        "lag or dead_time\n");
    assert_string_equal(errors_of_text(SOME_SENSORS "{name: X, signal: {expr: X * 0.5}}\n"),
                        "13:32: this depends on itself: X needs X; one of them must take time: integrate, lag or "
                        "dead_time\n");
    static const char *const fine[] = {
        SOME_SENSORS "{name: X, signal: {expr: Y + 1, lag: 1s}}\n    - {name: Y, signal: {expr: X}}\n",
        SOME_SENSORS "{name: X, signal: {expr: Y + 1}}\n    - {name: Y, signal: {expr: X, integrate: {gain: -1}}}\n",
        SOME_SENSORS "{name: X, signal: {expr: Y.shown + 1}}\n    - {name: Y, signal: {expr: X}}\n",
    };
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++)
        mbp_plant_free(plant_of_text(fine[i]));
}

static void test_repeat_fills_placeholders_in_expressions(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        plant_of_text("mbplant: 1\n"
                      "units:\n"
                      "- id: 1\n"
                      "  repeat: 2\n"
                      "  machines:\n"
                      "  - name: \"M{u}\"\n"
                      "    actuators: [{name: \"P{u}\", kind: pump, on_off: true}]\n"
                      "    sensors:\n"
                      "    - {name: \"A{u}.{n}\", repeat: 2}\n"
                      "    - {name: \"B{u}.{n}\", repeat: 2, signal: {expr: '\"A{u}.{n}\" * {n}'}}\n"
                      "  logic: ['P{u} := \"A{u}.1\" > {u}']\n");
    assert_int_equal(plant->formula_count, 6);
    assert_string_equal(plant->formulas[sensor_of(plant, "B2.2")->formula - 1].text, "\"A2.2\" * 2");
    assert_string_equal(plant->formulas[plant->units[1].first_logic].text, "P2 := \"A2.1\" > 2");
    assert_int_equal(plant->actuators[1].logic, plant->units[1].first_logic + 1);
    mbp_plant_free(plant);
}

static void test_printed_plant_loads_to_the_same_expressions(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text("start: 2026-06-13T08:00:00\n" ONE_EXPR(
        "'LOOKUP(PUMP, LT1) + \"TT-2\"'") "  logic: ['P1 := SR(LT1 > 80, \"TT-2\" < 20)']\n");
    char *first = config_of(plant);
    assert_non_null(strstr(first, "start: 2026-06-13T08:00:00\n"));
    assert_non_null(strstr(first, "curves: {PUMP: [[0, 10], [5, 8]]}\n"));
    assert_non_null(strstr(first, "expr: \"LOOKUP(PUMP, LT1) + \\\"TT-2\\\"\"\n"));
    assert_non_null(strstr(first, "    logic: [\"P1 := SR(LT1 > 80, \\\"TT-2\\\" < 20)\"]\n"));
    struct mbp_plant *again = plant_of_text(first);
    char *second = config_of(again);
    assert_string_equal(first, second);
    assert_int_equal(again->start_ns, plant->start_ns);
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        assert_int_equal(mbp_plant_sensor_differs(plant, s, again, s), 0);
    free(first);
    free(second);
    mbp_plant_free(plant);
    mbp_plant_free(again);
}

static void test_another_expression_is_a_change_of_the_signal(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_EXPR("LT1"));
    struct mbp_plant *other = plant_of_text(ONE_EXPR("LT1 + 0"));
    uint32_t s = mbp_plant_find_sensor(plant, "X");
    assert_int_equal(mbp_plant_sensor_differs(plant, s, other, s), 1 << 9); /* MBP_CHANGED_SIGNAL */
    mbp_plant_free(plant);
    mbp_plant_free(other);
}

static void test_mistake_in_curves_and_start_is_told(void **state)
{
    (void)state;
    static const char rest[] = "units: [{id: 1}]\n";
    static const char *const cases[][2] = {
        {"curves: [1]\n",
         "2:9: 'curves' is a list; allowed is names with their points, x rising: {PUMP: [[0, 10], [5, 8], "
         "[10, 0]]}\n"},
        {"curves: {A: 3}\n", "2:13: a curve is a list of 1 to 1000 points: [[0, 10], [5, 8]]\n"},
        {"curves: {A: [[1, 2], [1, 3]]}\n",
         "2:22: the points of a curve stand by rising x: this is not above the one before\n"},
        {"curves: {A: [[1, 2]], B: [[1, 2]], a: [[1, 2]]}\n",
         "2:36: the name 'a' is taken by the curve 'A'; each has its own, whatever their case\n"},
        {"curves: {A: []}\n", "2:13: a curve is a list of 1 to 1000 points: [[0, 10], [5, 8]]\n"},
        {"curves: {9A: [[1, 2]]}\n", NULL},
        {"curves: {A: [[x, 2]]}\n", "2:14: a point of a curve is two numbers: [x, y]\n"},
        {"curves: {A: [[1, y]]}\n", "2:14: a point of a curve is two numbers: [x, y]\n"},
        {"curves: {A: [1]}\n", "2:14: a point of a curve is two numbers: [x, y]\n"},
        {"curves: {A: [[1, 2, 3]]}\n", "2:14: a point of a curve is two numbers: [x, y]\n"},
        {"start: tomorrow\n", "2:8: 'start' is 'tomorrow'; allowed is a date and a time: 2026-06-13T08:00:00\n"},
        {"start: 2026-02-29T08:00:00\n",
         "2:8: 'start' is '2026-02-29T08:00:00'; allowed is a date and a time: 2026-06-13T08:00:00\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "mbplant: 1\n%s%s", cases[i][0], rest);
        if (cases[i][1] != NULL)
            assert_string_equal(errors_of_text(text), cases[i][1]);
        else
            assert_non_null(strstr(errors_of_text(text), "name"));
    }
}

static void test_start_is_a_day_that_there_is_and_a_time_of_it(void **state)
{
    (void)state;
    static const struct {
        const char *start;
        bool right;
    } cases[] = {
        {"1970-01-01T00:00:00", true},  {"2200-12-31T23:59:59", true},  {"2000-02-29T00:00:00", true},
        {"2024-02-29 12:00:00", true},  {"1969-12-31T23:59:59", false}, {"2201-01-01T00:00:00", false},
        {"2100-02-29T00:00:00", false}, {"2026-00-01T00:00:00", false}, {"2026-13-01T00:00:00", false},
        {"2026-04-00T00:00:00", false}, {"2026-04-31T00:00:00", false}, {"2026-04-30T24:00:00", false},
        {"2026-04-30T23:60:00", false}, {"2026-04-30T23:59:60", false}, {"2026-04-30T23:59:5x", false},
        {"2026-04-30X23:59:59", false}, {"2026-04-30T23:59", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "mbplant: 1\nstart: \"%s\"\nunits: [{id: 1}]\n", cases[i].start);
        if (cases[i].right)
            mbp_plant_free(plant_of_text(text));
        else
            assert_non_null(strstr(errors_of_text(text), "2:8: 'start' is"));
    }
}

static void test_brackets_and_texts_without_end_are_one_error(void **state)
{
    (void)state;
    size_t len = 200000;
    char *text = malloc(len + 2048);
    assert_non_null(text);
    char *at = stpcpy(text, SOME_SENSORS "{name: X, signal: {expr: '");
    memset(at, '(', len / 2);
    memset(at + len / 2, ')', len / 2);
    memcpy(at + len, "'}}\n", sizeof "'}}\n");
    assert_string_equal(errors_of_text(text), "13:33: an expression has at most 16384 bytes, and this has 200000\n");
    memset(at, '(', 8000);
    memset(at + 8000, ')', 8000);
    memcpy(at + 16000, "'}}\n", sizeof "'}}\n");
    assert_string_equal(errors_of_text(text), "13:97: brackets nest at most 64 deep\n");
    free(text);
}

static void test_mistake_is_told_at_its_place_whatever_form_the_text_has(void **state)
{
    (void)state;
    static const struct {
        const char *expr, *place; /* behind `      - at: input 0` in line 5 */
    } forms[] = {
        {"expr: 1 + FOO", "6:19"},
        {"expr: '1 + FOO'", "6:20"},
        {"expr: \"1 + FOO\"", "6:20"},
        {"expr: \"\\x31 + FOO\"", "6:23"},
        {"expr: '(* it''s *) FOO'", "6:28"},
        {"expr: '(* \xC3\xA9 *) FOO'", "6:24"},
        {"expr: 1 +\n          2 +\n           FOO", "8:12"},
        {"expr: \"1 +\n\n          2 + FOO\"", "8:15"},
        {"expr: \"1 + \\\n          2 + FOO\"", "7:15"},
        {"expr: >-\n          1 +\n          FOO", "8:11"},
        {"expr: >\n          1 +\n\n\n          FOO + 2", "10:11"},
        {"expr: |\n          1 +\n            FOO", "8:13"},
        {"expr: |-\n\n          1 + FOO", "8:15"},
        {"expr: |\r\n          1 +\r\n          FOO\r", "8:11"},
        {"expr: >\n          1 +\n          2 *", "8:14"},
    };
    for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++) {
        char yaml[400];
        snprintf(yaml, sizeof yaml, "mbplant: 1\nunits:\n  - id: 1\n    points:\n      - at: input 0\n        %s\n",
                 forms[f].expr);
        const char *said = errors_of_text(yaml);
        size_t len = strlen(forms[f].place);
        if (strncmp(said, forms[f].place, len) != 0 || said[len] != ':')
            fail_msg("%s: %s, not at %s", forms[f].expr, said, forms[f].place);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistake_is_told_at_its_place_whatever_form_the_text_has),
        cmocka_unit_test(test_signal_reads_the_process_through_inputs_and_the_rest_by_slots),
        cmocka_unit_test(test_logic_reads_what_is_shown_and_sets_commands_and_states),
        cmocka_unit_test(test_mistake_in_an_expression_is_told_with_its_place_in_the_file),
        cmocka_unit_test(test_loop_without_anything_that_takes_time_is_refused),
        cmocka_unit_test(test_repeat_fills_placeholders_in_expressions),
        cmocka_unit_test(test_printed_plant_loads_to_the_same_expressions),
        cmocka_unit_test(test_another_expression_is_a_change_of_the_signal),
        cmocka_unit_test(test_mistake_in_curves_and_start_is_told),
        cmocka_unit_test(test_start_is_a_day_that_there_is_and_a_time_of_it),
        cmocka_unit_test(test_brackets_and_texts_without_end_are_one_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
