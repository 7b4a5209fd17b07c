/* What a master may set, and who sees it. */
#include <math.h>

#include "loop.h"

static double setting(const struct loop *loop, uint32_t c, enum mbp_setting which)
{
    return loop->state->controller[c].setting[which];
}

static void test_setting_is_an_event_of_old_and_new_and_who(void **state)
{
    struct loop *loop = *state;
    loop_set(loop, TIC, MBP_SET_SETPOINT, 120);
    const struct mbp_event *event = fixture_only(&loop->events, MBP_EV_POINT_WRITTEN);
    fixture_assert_number((double)event->value, 120);
    fixture_assert_number((double)event->limit, 100);
    assert_int_equal(event->actor, LOOP_PEER);
    assert_int_equal(event->machine, 0);
    assert_int_equal(event->detail, mbp_event_write_detail(MBP_HOLDING_REGISTERS, 8016, 0, 0));
    loop_set(loop, TIC, MBP_SET_SETPOINT, 120);
    assert_int_equal(loop->events.count, 0);
    loop_switch(loop, TIC, false);
    assert_int_equal(fixture_only(&loop->events, MBP_EV_POINT_WRITTEN)->detail,
                     mbp_event_write_detail(MBP_COILS, 6001, 0, 0));
}

static void test_settings_that_cannot_be_are_not_taken(void **state)
{
    struct loop *loop = *state;
    static const struct {
        enum mbp_setting setting;
        double value;
    } wrong[] = {{MBP_SET_SETPOINT, 101}, {MBP_SET_SETPOINT, NAN},   {MBP_SET_GAIN, -1}, {MBP_SET_GAIN, INFINITY},
                 {MBP_SET_INTEGRAL, -1},  {MBP_SET_DERIVATIVE, NAN}, {MBP_SET_LOW, 101}, {MBP_SET_HIGH, -0.5}};
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        double before = setting(loop, LIC, wrong[i].setting);
        loop_set(loop, LIC, wrong[i].setting, wrong[i].value);
        assert_int_equal(loop->events.count, 0);
        fixture_assert_number(setting(loop, LIC, wrong[i].setting), before);
    }
}

static void test_output_is_a_masters_in_manual_only(void **state)
{
    struct loop *loop = *state;
    loop_set(loop, LIC, MBP_SET_MANUAL, 66);
    loop_scan(loop, 1);
    fixture_assert_number(loop->state->command[FV], 40);
    loop_switch(loop, LIC, false);
    loop_set(loop, LIC, MBP_SET_MANUAL, 66);
    fixture_assert_number(loop->state->command[FV], 66);
    loop_scan(loop, 10);
    fixture_assert_number(loop->state->command[FV], 66);
}

static void test_setpoint_of_an_inner_controller_is_its_outer_ones_in_automatic(void **state)
{
    struct loop *loop = *state;
    loop_set(loop, FIC, MBP_SET_SETPOINT, 33);
    assert_int_equal(loop->events.count, 0);
    loop_switch(loop, FIC, false);
    loop_set(loop, FIC, MBP_SET_SETPOINT, 33);
    fixture_assert_number(setting(loop, FIC, MBP_SET_SETPOINT), 33);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(test_setting_is_an_event_of_old_and_new_and_who),
        LOOP_TEST(test_settings_that_cannot_be_are_not_taken),
        LOOP_TEST(test_output_is_a_masters_in_manual_only),
        LOOP_TEST(test_setpoint_of_an_inner_controller_is_its_outer_ones_in_automatic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
