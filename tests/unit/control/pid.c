/* The algorithm against its closed forms, and that nothing bumps. */
#include <math.h>

#include "loop.h"
#include "mbplant/state/forced.h"

static double command(const struct loop *loop, uint32_t actuator)
{
    return loop->state->command[actuator];
}

static void test_start_is_without_a_bump(void **state)
{
    struct loop *loop = *state;
    loop_assert_near(command(loop, FV), 40);
    loop_assert_near(command(loop, HV), 20);
    loop_scan(loop, 100);
    loop_assert_near(command(loop, FV), 40); /* no error, so nothing to do */
}

static void test_constant_error_gives_a_step_and_a_ramp(void **state)
{
    struct loop *loop = *state;
    loop->state->value[LT] = 48; /* 2 too low: 2 x 2 at once, and as much again every 10 s */
    for (int i = 0; i < 100; i++) {
        loop_scan(loop, 1);
        loop_assert_near(command(loop, FV), 40 + 4 + 4 * (i * 0.1) / 10);
    }
}

static void test_direct_action_opens_when_the_measurement_rises(void **state)
{
    struct loop *loop = *state;
    loop->state->value[TT] = 130;
    loop_scan(loop, 50);
    loop_assert_near(command(loop, HV), 50); /* no integral part: it stays */
}

/* A ramp of 5 a second behind a lag of a tenth of 4 s. */
static void test_derivative_acts_on_the_measurement_behind_its_filter(void **state)
{
    struct loop *loop = *state;
    loop_set(loop, TIC, MBP_SET_GAIN, 0.5);
    loop_set(loop, TIC, MBP_SET_DERIVATIVE, 4);
    for (int i = 1; i <= 20; i++) {
        loop->state->value[TT] = 100 + 0.5 * i;
        loop_scan(loop, 1);
        double rate = 5 * (1 - exp(-0.1 * i / 0.4));
        loop_assert_near(command(loop, HV), 20 + 0.5 * (0.5 * i + 4 * rate));
    }
    loop_set(loop, TIC, MBP_SET_SETPOINT, 110); /* gives no kick but its own step */
    loop_scan(loop, 1);
    double rate = 5 * (1 - exp(-2 / 0.4)) * exp(-0.1 / 0.4);
    loop_assert_near(command(loop, HV), 20 + 0.5 * (4 * rate));
}

static void test_output_at_its_end_does_not_wind_up(void **state)
{
    struct loop *loop = *state;
    loop->state->value[LT] = 10;
    loop_scan(loop, 36000); /* an hour of 40 too low */
    loop_assert_near(command(loop, FV), 100);
    loop->state->value[LT] = 52; /* as soon as the error turns, so does the output */
    loop_scan(loop, 1);
    assert_true(command(loop, FV) < 100);
    loop_set(loop, LIC, MBP_SET_HIGH, 60);
    loop_scan(loop, 1);
    loop_assert_near(command(loop, FV), 60);
}

static void test_manual_follows_the_actuator_and_automatic_goes_on_from_there(void **state)
{
    struct loop *loop = *state;
    loop_switch(loop, LIC, false);
    loop->state->command[FV] = 77; /* a master at the valve itself */
    loop->state->value[LT] = 30;
    loop_scan(loop, 10);
    loop_assert_near(command(loop, FV), 77);
    loop_assert_near(loop->state->controller[LIC].setting[MBP_SET_MANUAL], 77);
    loop_switch(loop, LIC, true);
    loop_scan(loop, 1);
    loop_assert_near(command(loop, FV), 77);
    loop_scan(loop, 1); /* and then integrates: 2 x 20 / 10 s */
    loop_assert_near(command(loop, FV), 77.4);
}

static void test_new_gain_does_not_bump(void **state)
{
    struct loop *loop = *state;
    loop->state->value[LT] = 45;
    loop_scan(loop, 10);
    double before = command(loop, FV) + 2 * 5 * 0.1 / 10;
    loop_set(loop, LIC, MBP_SET_GAIN, 6);
    loop_scan(loop, 1);
    loop_assert_near(command(loop, FV), before);
}

static void test_actuator_at_its_fail_position_is_followed(void **state)
{
    struct loop *loop = *state;
    loop->state->machine[0].state = MBP_EN_PANNE;
    loop->state->value[LT] = 0;
    loop_scan(loop, 600);
    loop_assert_near(loop->state->controller[LIC].output, 0);
    loop->state->machine[0].state = MBP_EN_SERVICE;
    loop_scan(loop, 1);
    loop_assert_near(command(loop, FV), 0); /* from where it is, not from where an hour of error would have it */
}

static void hold(struct loop *loop, uint32_t actuator, double command)
{
    const struct mbp_forced wanted = {
        .command = command, .stored = UINT32_MAX, .actuator = actuator, .unit = 1, .count = 1};
    assert_true(mbp_forced_hold(loop->plant, loop->state, &wanted));
}

static void test_actuator_that_is_held_from_outside_is_followed(void **state)
{
    struct loop *loop = *state;
    loop->state->value[LT] = 45;
    loop_scan(loop, 10);
    hold(loop, FV, 90);
    loop_scan(loop, 100);
    loop_assert_near(loop->state->controller[LIC].output, 90);
    mbp_forced_release(loop->state, &loop->state->forced[0]);
    loop_scan(loop, 1);
    loop_assert_near(command(loop, FV), 90); /* it goes on from there, by what the error adds in a scan */
}

static void test_outer_controller_gives_the_setpoint_of_the_inner_one(void **state)
{
    struct loop *loop = *state;
    loop->state->value[PT] = 4; /* 4 x 1 at once */
    loop_scan(loop, 1);
    loop_assert_near(loop->state->controller[FIC].setpoint, 24);
    loop_assert_near(loop->state->controller[FIC].error, 4);
    loop_assert_near(command(loop, PV), 34);
    loop_switch(loop, FIC, false);
    loop->state->value[PT] = 9;
    loop_scan(loop, 100);
    loop_assert_near(loop->state->controller[PIC].output, loop->state->controller[FIC].setting[MBP_SET_SETPOINT]);
    loop_switch(loop, FIC, true);
    double before = loop->state->controller[FIC].setpoint;
    loop_scan(loop, 1);
    assert_true(fabs(loop->state->controller[FIC].setpoint - before) < 0.2); /* one step of the outer integral */
}

static void test_outer_controller_follows_while_the_inner_ones_actuator_is_at_its_fail_position(void **state)
{
    struct loop *loop = *state;
    loop->state->machine[0].state = MBP_EN_PANNE;
    loop->state->value[FT] = 0;
    loop->state->value[PT] = 3; /* 4 x 2 at once, and as much again every 20 s */
    loop_scan(loop, 1200);
    loop_assert_near(loop->state->controller[PIC].output, 20);
    loop_assert_near(loop->state->controller[FIC].setpoint, 20);
    loop_assert_near(loop->state->controller[FIC].output, 0);
    loop->state->machine[0].state = MBP_EN_SERVICE;
    loop_scan(loop, 1);
    loop_assert_near(loop->state->controller[FIC].setpoint, 20);
    loop_assert_near(command(loop, PV), 0);
    loop_scan(loop, 10);
    loop_assert_near(loop->state->controller[FIC].setpoint, 20 + 10 * 8 * 0.1 / 20);
}

static void test_outer_controller_in_manual_gives_the_setpoint_while_the_inner_one_follows(void **state)
{
    struct loop *loop = *state;
    loop->state->machine[0].state = MBP_EN_PANNE;
    loop_switch(loop, PIC, false);
    loop_set(loop, PIC, MBP_SET_MANUAL, 33);
    loop_scan(loop, 2);
    loop_assert_near(loop->state->controller[FIC].setpoint, 33);
}

static void test_outer_controller_does_not_wind_up_where_the_inner_one_is_at_its_end(void **state)
{
    struct loop *loop = *state;
    struct mbp_controller_state *outer = &loop->state->controller[PIC];
    loop->state->value[FT] = 0; /* whatever the valve does */
    loop->state->value[PT] = 4.5;
    while (command(loop, PV) < 100)
        loop_scan(loop, 1);
    loop_scan(loop, 2); /* the outer one runs first, and shows its integral with the scan after */
    double integral = outer->integral;
    double output = outer->output;
    assert_true(output < 30); /* it is far from its own end */
    loop_scan(loop, 36000);
    loop_assert_near(outer->integral, integral);
    loop_assert_near(outer->output, output);
    loop->state->value[PT] = 5.5; /* and back it goes as ever */
    loop_scan(loop, 100);
    loop_assert_near(outer->integral, integral - 100 * 4 * 0.5 * 0.1 / 20);
}

static void test_outer_controller_of_a_direct_inner_one_stops_at_the_other_end(void **state)
{
    struct loop *loop = *state;
    struct mbp_controller *inner = (struct mbp_controller *)&loop->plant->controllers[FIC];
    struct mbp_controller_state *outer = &loop->state->controller[PIC];
    inner->direct = true;
    loop->state->value[FT] = 0; /* a setpoint above it closes the valve */
    loop->state->value[PT] = 4.5;
    while (command(loop, PV) > 0)
        loop_scan(loop, 1);
    double integral = outer->integral;
    loop_scan(loop, 1000);
    loop_assert_near(outer->integral, integral);
    loop->state->value[PT] = 5.5;
    loop_scan(loop, 10);
    assert_true(outer->integral < integral);
}

static void test_feedforward_adds_its_change_at_once(void **state)
{
    struct loop *loop = *state;
    loop->state->value[FT2] = 16;
    loop_scan(loop, 1);
    loop_assert_near(command(loop, PV), 30 + 0.5 * 6);
}

static void test_sensor_without_a_number_leaves_the_output(void **state)
{
    struct loop *loop = *state;
    loop->state->value[LT] = NAN;
    loop_scan(loop, 100);
    loop_assert_near(command(loop, FV), 40);
}

static void test_nothing_a_master_can_do_makes_the_output_no_number(void **state)
{
    struct loop *loop = *state;
    static const double extremes[] = {0, 1e-300, 1e6, -1e6, 100, 1e300, -1e300, NAN, INFINITY, -INFINITY, 50};
    const unsigned count = sizeof extremes / sizeof extremes[0];
    for (unsigned i = 0; i < 20000; i++) {
        uint32_t c = i % 4;
        loop_set(loop, c, (enum mbp_setting)(i / 4 % MBP_SETTING_COUNT), extremes[i / 28 % count]);
        if (i % 97 == 0)
            loop_switch(loop, c, i % 2 != 0);
        loop->state->value[i % 5] = extremes[i / 7 % count];
        loop->state->machine[0].state = (uint8_t)(i / 1000 % MBP_STATE_COUNT);
        loop_scan(loop, 1);
        for (uint32_t a = 0; a < 3; a++)
            assert_true(command(loop, a) >= 0 && command(loop, a) <= 100);
    }
    for (int s = 0; s < 5; s++)
        loop->state->value[s] = 3;
    loop_scan(loop, 10);
    for (uint32_t c = 0; c < 4; c++)
        assert_true(isfinite(loop->state->controller[c].output));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(test_start_is_without_a_bump),
        LOOP_TEST(test_constant_error_gives_a_step_and_a_ramp),
        LOOP_TEST(test_direct_action_opens_when_the_measurement_rises),
        LOOP_TEST(test_derivative_acts_on_the_measurement_behind_its_filter),
        LOOP_TEST(test_output_at_its_end_does_not_wind_up),
        LOOP_TEST(test_manual_follows_the_actuator_and_automatic_goes_on_from_there),
        LOOP_TEST(test_new_gain_does_not_bump),
        LOOP_TEST(test_actuator_at_its_fail_position_is_followed),
        LOOP_TEST(test_actuator_that_is_held_from_outside_is_followed),
        LOOP_TEST(test_outer_controller_gives_the_setpoint_of_the_inner_one),
        LOOP_TEST(test_outer_controller_follows_while_the_inner_ones_actuator_is_at_its_fail_position),
        LOOP_TEST(test_outer_controller_in_manual_gives_the_setpoint_while_the_inner_one_follows),
        LOOP_TEST(test_outer_controller_does_not_wind_up_where_the_inner_one_is_at_its_end),
        LOOP_TEST(test_outer_controller_of_a_direct_inner_one_stops_at_the_other_end),
        LOOP_TEST(test_feedforward_adds_its_change_at_once),
        LOOP_TEST(test_sensor_without_a_number_leaves_the_output),
        LOOP_TEST(test_nothing_a_master_can_do_makes_the_output_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
