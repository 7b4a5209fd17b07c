/* A command's whole way: a master's write, the position, the process, the journal, a restart. */
#include <math.h>
#include <string.h>

#include "line.h"

static const char plant[] = "mbplant: 1\nscan: 100ms\nunits:\n  - id: 1\n    machines:\n      - name: TANK1\n"
                            "        actuators:\n"
                            "          - {name: FV1, travel: 10s, initial: 50, fail: closed}\n"
                            "          - {name: P1, on_off: true}\n"
                            "        sensors:\n"
                            "          - {name: LT1, range: [0, 100], max: 80, register: {type: float32},\n"
                            "             signal: {base: 0, inputs: [{from: FV1, gain: 0.01}, {from: P1, gain: -1}],\n"
                            "                      integrate: {gain: 1, initial: 40}}}\n";

enum { FV1, P1, HR_FV1 = 7000, COIL_P1 = 5001 };

static int setup(void **state)
{
    line_setup(state);
    line_stop(*state);
    line_start(*state, plant);
    return 0;
}

static double position(const struct line *line, uint32_t actuator)
{
    return mbp_scan_state(line->scan)->lagged[line->plant->sensor_count + actuator];
}

static void assert_near(double actual, double expected)
{
    if (!(fabs(actual - expected) < 1e-6))
        fail_msg("%.15g is not near %.15g", actual, expected);
}

static void test_command_moves_the_process(void **state)
{
    struct line *line = *state;
    assert_near(mbp_scan_state(line->scan)->value[0], 40);
    line_scan(line, 10); /* 50 % x 0.01 = 0.5 %/s */
    assert_near(mbp_scan_state(line->scan)->value[0], 40.5);
    assert_int_equal(line_write_coil(line, COIL_P1, true), MBP_OK); /* -1 %/s at once */
    line_scan(line, 10);
    assert_near(mbp_scan_state(line->scan)->value[0], 40);
    line_read(line);
    const struct mbp_event *event = &line->events[line_find(line, 0, MBP_EV_POINT_WRITTEN)];
    assert_int_equal(event->actor, LINE_PEER);
    assert_int_equal(event->detail, mbp_event_write_detail(MBP_COILS, COIL_P1, 0, 0));
}

static void test_trip_closes_the_valve_whose_command_stays(void **state)
{
    struct line *line = *state;
    static const uint16_t ninety[2] = {0x42B4, 0};
    assert_int_equal(line_write(line, 0, 2, ninety), MBP_OK); /* LT1 forced beyond its max */
    line_scan(line, 100);
    assert_near(position(line, FV1), 0);
    assert_int_equal(line_holding(line, HR_FV1), 500);
}

static void test_restart_keeps_commands(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_FV1, 725);
    line_write_coil(line, COIL_P1, true);
    line_scan(line, 1);
    line_stop(line);
    line_start(line, plant);
    assert_int_equal(line_holding(line, HR_FV1), 725);
    assert_true(line_coil(line, COIL_P1));
    assert_near(position(line, FV1), 51); /* on its way, as it was */
    line_scan(line, 1);
    assert_near(position(line, FV1), 52);
}

static void test_restart_keeps_a_controllers_settings_and_goes_on_without_a_bump(void **state)
{
    struct line *line = *state;
    static const char controlled[] =
        "mbplant: 1\nscan: 100ms\nunits:\n  - id: 1\n    machines:\n      - name: TANK1\n"
        "        actuators: [{name: FV1, initial: 50}]\n"
        "        controllers: [{name: LIC1, input: LT1, output: FV1, setpoint: 40, gain: 2, integral: 20s}]\n"
        "        sensors: [{name: LT1, range: [0, 100], register: {type: float32}, signal: {base: 30}}]\n";
    static const uint16_t five[2] = {0x40A0, 0};
    line_begin(line, controlled);
    assert_int_equal(line_write(line, 8002, 2, five), MBP_OK); /* gain */
    line_scan(line, 50);                                       /* 10 too low for 5 s */
    double before = mbp_scan_state(line->scan)->command[0];
    assert_true(before > 55);
    line_stop(line);
    line_start(line, controlled);
    assert_int_equal(line_holding(line, 8002), 0x40A0);
    line_scan(line, 1); /* a scan's share of 5 x 10 over 20 s */
    assert_near(mbp_scan_state(line->scan)->command[0], before + 0.25);
    assert_int_equal(line_write(line, HR_FV1, 1, five), MBP_EX_SERVER_DEVICE_FAILURE); /* it is in automatic */
    assert_int_equal(line_write_coil(line, 6000, false), MBP_OK);
    line_scan(line, 1);
    assert_int_equal(line_write_word(line, HR_FV1, 125), MBP_OK);
    line_scan(line, 1);
    assert_near(mbp_scan_state(line->scan)->command[0], 12.5);
    line_stop(line);
    line_start(line, controlled);
    assert_false(line_coil(line, 6000));
    assert_int_equal(line_holding(line, HR_FV1), 125);
}

static void test_restart_with_another_initial_command_in_the_file_takes_the_files(void **state)
{
    struct line *line = *state;
    char edited[sizeof plant];
    line_write_word(line, HR_FV1, 725);
    line_write_coil(line, COIL_P1, true);
    line_scan(line, 1);
    line_stop(line);
    memcpy(edited, plant, sizeof plant);
    char *initial = strstr(edited, "initial: 50");
    assert_non_null(initial);
    initial[strlen("initial: ")] = '3';
    line_start(line, edited);
    assert_int_equal(line_holding(line, HR_FV1), 300);
    assert_true(line_coil(line, COIL_P1));
}

#define ACTUATOR_TEST(test) cmocka_unit_test_setup_teardown(test, setup, line_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTUATOR_TEST(test_command_moves_the_process),
        ACTUATOR_TEST(test_trip_closes_the_valve_whose_command_stays),
        ACTUATOR_TEST(test_restart_keeps_commands),
        ACTUATOR_TEST(test_restart_keeps_a_controllers_settings_and_goes_on_without_a_bump),
        ACTUATOR_TEST(test_restart_with_another_initial_command_in_the_file_takes_the_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
