/* Expressions in a plant that runs: signals, logic, faults, and what becomes of their state. */
#include "line.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/formula.h"
#include "mbplant/names.h"

#define HEAD                                                                                                           \
    "mbplant: 1\n"                                                                                                     \
    "scan: 100ms\n"                                                                                                    \
    "start: 2026-06-13T08:00:00\n"                                                                                     \
    "curves: {OUT: [[0, 0], [50, 3], [100, 5]]}\n"                                                                     \
    "units:\n"                                                                                                         \
    "- id: 1\n"                                                                                                        \
    "  machines:\n"                                                                                                    \
    "  - name: M1\n"                                                                                                   \
    "    actuators:\n"                                                                                                 \
    "    - {name: P1, kind: pump, on_off: true}\n"                                                                     \
    "    - {name: FV1, kind: valve, range: [0, 100]}\n"                                                                \
    "    sensors:\n"

/* A tank with float switches: pump off at 80, on at 20. */
#define TANK                                                                                                           \
    "    - {name: LT1, range: [0, 100], register: {type: float32},\n"                                                  \
    "       signal: {expr: \"SEL(P1, 0, 20) - FT2\", integrate: {gain: 1, initial: 50}}}\n"                            \
    "    - {name: FT2, range: [0, 40], register: {type: float32}, signal: {expr: \"LOOKUP(OUT, LT1)\"}}\n"             \
    "    - {name: LSH, register: {type: bool}, signal: {expr: \"LT1 > 80\"}}\n"                                        \
    "    - {name: LSL, register: {type: bool}, signal: {expr: \"LT1 < 20\"}}\n"

static const char tank[] = HEAD TANK "  logic:\n  - \"P1 := SR(LSL, LSH)\"\n";

static int setup(void **state)
{
    line_setup(state);
    line_stop(*state);
    return 0;
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, line_teardown)

static double value(const struct line *line, const char *name)
{
    uint32_t s = mbp_plant_find_sensor(line->plant, name);
    assert_int_not_equal(s, UINT32_MAX);
    return mbp_scan_state(line->scan)->value[s];
}

static uint8_t flags(const struct line *line, const char *name)
{
    return mbp_scan_state(line->scan)->flags[mbp_plant_find_sensor(line->plant, name)];
}

static double command(const struct line *line, const char *name)
{
    return mbp_scan_state(line->scan)->command[mbp_plant_find_actuator(line->plant, name)];
}

static void assert_near(double actual, double expected)
{
    if (!(fabs(actual - expected) < 1e-4))
        fail_msg("%.15g is not near %.15g", actual, expected);
}

static void test_tank_is_held_between_its_float_switches(void **state)
{
    struct line *line = *state;
    double lowest = 100;
    double highest = 0;
    unsigned starts = 0;
    double was = 0;
    line_start(line, tank);
    for (unsigned i = 0; i < 1500; i++) {
        line_scan(line, 1);
        double level = value(line, "LT1");
        lowest = fmin(lowest, level);
        highest = fmax(highest, level);
        starts += was == 0 && command(line, "P1") > 0 ? 1 : 0;
        was = command(line, "P1");
    }
    assert_true(lowest > 17 && lowest < 20 && highest > 80 && highest < 84);
    assert_true(starts >= 3);
}

static void test_signal_sees_other_signals_of_the_same_scan_and_integrators_of_the_one_before(void **state)
{
    struct line *line = *state;
    line_start(line, tank);
    assert_near(value(line, "FT2"), 3);
    line_scan(line, 1); /* -3 %/s for 0.1 s */
    assert_near(value(line, "LT1"), 49.7);
    assert_near(value(line, "FT2"), 3);
    line_scan(line, 1);
    assert_near(value(line, "FT2"), 3 * 49.7 / 50);
}

static void test_signal_of_a_machine_in_service(void **state)
{
    struct line *line = *state;
    line_start(line, HEAD "    - {name: LT1, range: [0, 100], signal: {base: 40}}\n"
                          "    - {name: AT1, range: [0, 100], register: {type: float32}, signal: {expr: "
                          "'SEL(M1.en_service, 0, LT1 * 0.3)'}}\n");
    line_scan(line, 1);
    assert_near(value(line, "AT1"), 12);
    line_write_coil(line, 2, true); /* maintenance */
    line_scan(line, 2);
    assert_near(value(line, "AT1"), 0);
}

static void test_clock_begins_at_start_and_goes_with_simulated_time(void **state)
{
    struct line *line = *state;
    line_start(line, HEAD "    - {name: H, range: [0, 24], register: {type: float64}, signal: {expr: "
                          "'TOD_TO_LREAL(CLOCK.TOD) / 3600000'}}\n"
                          "    - {name: NIGHT, register: {type: bool}, signal: {expr: 'CLOCK.DT >= "
                          "DT#2026-06-13-08:00:01'}}\n");
    line_scan(line, 9);
    assert_near(value(line, "H") * 3600, 8 * 3600 + 0.9);
    assert_true(value(line, "NIGHT") == 0);
    line_scan(line, 1);
    assert_true(value(line, "NIGHT") == 1);
}

static void test_assignments_run_in_their_order_on_what_is_shown(void **state)
{
    struct line *line = *state;
    line_start(line, HEAD "    - {name: LT1, range: [0, 100], signal: {base: 40}}\n"
                          "  logic:\n"
                          "  - \"FV1 := LT1 + 10\"\n"
                          "  - \"P1 := FV1.command > 45\"\n"
                          "  - \"FV1 := FV1.command * 10\"\n");
    line_scan(line, 1);
    assert_near(command(line, "FV1"), 100); /* 500, held at its range */
    assert_near(command(line, "P1"), 1);
    line_write_word(line, 0, 20); /* what is forced is shown, and logic goes by it */
    line_scan(line, 2);
    assert_near(command(line, "P1"), 0);
}

static void test_machine_state_is_asked_for_once_when_it_becomes_wanted(void **state)
{
    struct line *line = *state;
    line_start(line, HEAD "    - {name: LT1, range: [0, 100], signal: {base: 40}}\n"
                          "  logic:\n"
                          "  - \"M1.en_panne := LT1 > 50\"\n"
                          "  - \"M1.en_service := R_TRIG(LT1 <= 50)\"\n");
    line_scan(line, 1);
    assert_int_equal(mbp_scan_state(line->scan)->machine[0].state, MBP_EN_SERVICE);
    line_write_word(line, 0, 60);
    line_scan(line, 5);
    assert_int_equal(mbp_scan_state(line->scan)->machine[0].state, MBP_EN_PANNE);
    line_write_word(line, 0, 40);
    line_scan(line, 5);
    assert_int_equal(mbp_scan_state(line->scan)->machine[0].state, MBP_EN_SERVICE);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_MACHINE_STATE), 2);
    assert_int_equal(line_count(line, MBP_EV_MACHINE_REFUSED), 0);
    assert_int_equal(line->events[line_find(line, 0, MBP_EV_MACHINE_STATE)].actor, MBP_ACTOR_THE_LOGIC);
}

static void test_master_cannot_move_what_logic_moves(void **state)
{
    struct line *line = *state;
    line_start(line, tank);
    assert_int_equal(line_write_coil(line, 5000, true), MBP_EX_SERVER_DEVICE_FAILURE);
    line_scan(line, 2);
    assert_near(command(line, "P1"), 0);
    assert_false(line_coil(line, 5000));
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_WRITE_REFUSED), 1);
}

static const char faulty[] =
    HEAD "    - {name: LT1, range: [0, 100], register: {type: float32}, signal: {base: 70}}\n"
         "    - {name: X, range: [0, 100], register: {type: float32}, bad_quality: true, signal: "
         "{expr: '80 / (LT1.shown - 50)'}}\n"
         "  logic:\n"
         "  - \"P1 := LT1 > 0\"\n"
         "  - \"FV1 := 100 / (LT1 - 50)\"\n";

static void force_level(struct line *line, uint16_t high_word)
{
    const uint16_t words[2] = {high_word, 0};
    assert_int_equal(line_write(line, 0, 2, words), MBP_OK);
}

static void test_fault_makes_quality_bad_keeps_the_value_and_is_told_once(void **state)
{
    struct line *line = *state;
    line_start(line, faulty);
    force_level(line, 0x4270); /* 60 */
    line_scan(line, 3);
    assert_near(value(line, "X"), 8);
    assert_near(command(line, "FV1"), 10);
    assert_false((flags(line, "X") & MBP_SENSOR_BAD) != 0);
    force_level(line, 0x4248); /* 50 */
    line_scan(line, 20);
    assert_near(value(line, "X"), 8);
    assert_near(command(line, "FV1"), 10);
    assert_near(command(line, "P1"), 1);
    assert_true((flags(line, "X") & MBP_SENSOR_BAD) != 0);
    force_level(line, 0x4270);
    line_scan(line, 3);
    assert_false((flags(line, "X") & (MBP_SENSOR_BAD | MBP_SENSOR_NONE)) != 0);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_FORMULA_FAULT), 2);
    assert_int_equal(line_count(line, MBP_EV_FORMULA_FINE), 2);
    const struct mbp_event *logic = &line->events[line_find(line, 0, MBP_EV_FORMULA_FAULT)];
    const struct mbp_event *signal =
        &line->events[line_find(line, line_find(line, 0, MBP_EV_FORMULA_FAULT) + 1, MBP_EV_FORMULA_FAULT)];
    if (logic->sensor != MBP_NONE16) {
        const struct mbp_event *swap = logic;
        logic = signal;
        signal = swap;
    }
    assert_string_equal(mbp_names_item(mbp_journal_names(line->journal), signal)->name, "X");
    assert_int_equal(signal->detail, MBP_EXPR_DIVISION_BY_ZERO | 4 << 8);
    assert_int_equal(logic->sensor, MBP_NONE16);
    assert_true(logic->value == 2);
    assert_int_equal(logic->detail, MBP_EXPR_DIVISION_BY_ZERO | 12 << 8);
    assert_int_equal(line_count(line, MBP_EV_ALARM_RAISED), 1); /* its bad quality */
}

/* LT1 rises past 80, so the pump's bistable is reset; then it is in between, and only memory says that it is off. */
static const char timed[] = HEAD TANK "  logic:\n"
                                      "  - \"P1 := SR(LSL, LSH)\"\n"
                                      "  - \"FV1 := SEL(TON(M1.en_service, T#5s), 0, 70)\"\n";

static void test_reload_keeps_what_stateful_functions_remember(void **state)
{
    struct line *line = *state;
    static const char edited[] = HEAD TANK "    - {name: NEW, range: [0, 9]}\n"
                                           "  logic:\n"
                                           "  - \"M1.en_panne := TON(FALSE, T#1s)\"\n"
                                           "  - \"FV1 := SEL(TON(M1.en_service, T#6s), 0, 60)\"\n"
                                           "  - \"P1 := SR(LSL, LSH) AND NOT M1.en_panne\"\n";
    line_start(line, timed);
    for (unsigned i = 0; i < 400 && command(line, "P1") < 1; i++)
        line_scan(line, 1);
    line_scan(line, 20); /* it is between the switches, and the pump runs */
    line_stop(line);
    line_start(line, timed);
    assert_near(command(line, "FV1"), 70);
    line_scan(line, 1);
    assert_near(command(line, "P1"), 1);
    assert_near(command(line, "FV1"), 70); /* its five seconds are not waited for again */
    line_stop(line);
    line_start(line, edited); /* another place in the list, and another text */
    line_scan(line, 1);
    assert_near(command(line, "P1"), 1);
    assert_near(command(line, "FV1"), 60);
}

static void test_same_seed_gives_the_same_values(void **state)
{
    struct line *line = *state;
    static const char random[] = HEAD "    - {name: R, range: [0, 1], register: {type: float64}, signal: {expr: "
                                      "'RANDOM()'}}\n"
                                      "    - {name: Q, range: [0, 1], register: {type: float64}, signal: {expr: "
                                      "'RANDOM()'}}\n";
    double first[50];
    line_start(line, tank);
    line_end(line);
    line_begin(line, random);
    for (unsigned i = 0; i < 50; i++) {
        line_scan(line, 1);
        first[i] = value(line, "R");
        assert_true(first[i] != value(line, "Q"));
    }
    line_end(line);
    line_begin(line, random);
    for (unsigned i = 0; i < 50; i++) {
        line_scan(line, 1);
        assert_true(value(line, "R") == first[i]);
    }
    line_end(line);
    line_begin(line, tank);
}

static void test_snapshot_puts_back_what_stateful_functions_remember(void **state)
{
    struct line *line = *state;
    line_start(line, timed);
    line_scan(line, 40);
    mbp_scan_snapshot(line->scan, 0);
    line_scan(line, 9);
    assert_near(command(line, "FV1"), 0);
    line_scan(line, 5);
    assert_near(command(line, "FV1"), 70);
    assert_int_equal(mbp_scan_restore(line->scan, 0), MBP_OK);
    line_scan(line, 9);
    assert_near(command(line, "FV1"), 0);
    line_scan(line, 5);
    assert_near(command(line, "FV1"), 70);
}

static void test_restore_tells_of_a_fault_that_is_again(void **state)
{
    struct line *line = *state;
    line_start(line, faulty);
    force_level(line, 0x4248); /* 50 */
    line_scan(line, 3);
    mbp_scan_snapshot(line->scan, 0);
    force_level(line, 0x4270); /* 60 */
    line_scan(line, 3);
    mbp_scan_restore(line->scan, 0);
    line_scan(line, 3);
    force_level(line, 0x4270);
    line_scan(line, 3);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_FORMULA_FAULT), 4); /* of a signal and of logic, twice each */
    assert_int_equal(line_count(line, MBP_EV_FORMULA_FINE), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_tank_is_held_between_its_float_switches),
        TEST(test_signal_sees_other_signals_of_the_same_scan_and_integrators_of_the_one_before),
        TEST(test_signal_of_a_machine_in_service),
        TEST(test_clock_begins_at_start_and_goes_with_simulated_time),
        TEST(test_assignments_run_in_their_order_on_what_is_shown),
        TEST(test_machine_state_is_asked_for_once_when_it_becomes_wanted),
        TEST(test_master_cannot_move_what_logic_moves),
        TEST(test_fault_makes_quality_bad_keeps_the_value_and_is_told_once),
        TEST(test_reload_keeps_what_stateful_functions_remember),
        TEST(test_same_seed_gives_the_same_values),
        TEST(test_restore_tells_of_a_fault_that_is_again),
        TEST(test_snapshot_puts_back_what_stateful_functions_remember),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
