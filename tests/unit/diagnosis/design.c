/* Suppression by expressions and of chatter, re-alarming: what single alarms are looked after for. */
#include "bench.h"

#include <math.h>

#include "mbplant/event/suppressed.h"
#include "mbplant/retained.h"

static const char yaml[] =
    "mbplant: 1\n"
    "name: Design\n"
    "scan: 1s\n"
    "units:\n"
    "  - id: 5\n"
    "    machines:\n"
    "      - name: M1\n"
    "        sensors:\n"
    "          - {name: A, range: [0, 150], limits: {high: {at: 85, re_alarm: 30s}, high_high: 120}}\n"
    "          - {name: C, range: [0, 150], limits: {high: 85}, trip: [high], suppress: [en_panne],\n"
    "             chatter: {transitions: 3, within: 10s, for: 5s}}\n"
    "    sensors:\n"
    "      - {name: X, range: [0, 150], limits: {high: 85, high_high: {at: 100, suppress: {when: A > 60}}},\n"
    "         suppress: {when: \"A.high_high OR A > 140\"}}\n"
    "      - {name: B, range: [0, 150], limits: {high: 85}}\n";
enum { A, C, X, B };

static int setup(void **state)
{
    bench_setup_of(state, yaml, 50);
    struct bench *bench = *state;
    mbp_diagnosis_update(bench->plant, bench->state);
    return 0;
}

/* What logic does before each diagnosis. */
static void evaluate(struct bench *bench)
{
    const struct mbp_plant *plant = bench->plant;
    const struct mbp_formula_view view = {plant, bench->state, NULL};
    struct mbp_expr_world world = mbp_state_world(plant, bench->state);
    world.ctx = &view;
    for (uint32_t f = plant->first_suppress; f < plant->first_suppress + plant->suppress_count; f++) {
        const struct mbp_formula *formula = &plant->formulas[f];
        struct mbp_expr_result result = mbp_expr_run(formula->code, &world, bench->state->cell + formula->first_cell);
        assert_int_equal(result.fault, MBP_EXPR_FINE);
        bench->state->formula[f].value = result.value.u != 0 ? 1 : 0;
    }
}

/* So many scans of a second each; events are those of the last one. */
static void pass(struct bench *bench, uint32_t s, double value, unsigned scans)
{
    for (unsigned i = 0; i < scans; i++) {
        bench->state->sim_ns += bench->plant->scan_ns;
        bench->state->value[s] = value;
        evaluate(bench);
        bench_show(bench, s, value);
    }
}

static const struct mbp_event *told(const struct bench *bench, uint16_t code)
{
    for (size_t i = 0; i < bench->events.count; i++) {
        if (bench->events.items[i].code == code)
            return &bench->events.items[i];
    }
    return NULL;
}

static enum mbp_alarm_state is(const struct bench *bench, uint32_t s, unsigned alarm)
{
    return mbp_alarm_state(bench->state, s, alarm);
}

static void test_only_alarms_with_such_keys_are_looked_after(void **state)
{
    const struct bench *bench = *state;
    static const uint32_t sensors[] = {A, C, C, C, C, X, X, X, X};
    assert_int_equal(bench->plant->duty_count, sizeof sensors / sizeof sensors[0]);
    for (uint32_t d = 0; d < bench->plant->duty_count; d++)
        assert_int_equal(bench->plant->duties[d].sensor, sensors[d]);
    assert_int_equal(bench->plant->suppress_count, 2);
}

static void test_acknowledged_alarm_waits_again_after_its_time_and_only_then(void **state)
{
    struct bench *bench = *state;
    pass(bench, A, 90, 5);
    mbp_diagnosis_acknowledge_sensor(bench->plant, bench->state, A, BENCH_PEER, &bench->events);
    pass(bench, A, 90, 29);
    assert_int_equal(is(bench, A, MBP_HIGH), MBP_ALARM_ACKNOWLEDGED);
    pass(bench, A, 90, 1);
    assert_int_equal(is(bench, A, MBP_HIGH), MBP_ALARM_UNACKNOWLEDGED);
    const struct mbp_event *again = fixture_only(&bench->events, MBP_EV_ALARM_AGAIN);
    assert_int_equal(again->detail, MBP_HIGH);
    pass(bench, A, 90, 100); /* it waits: nothing more is told */
    assert_int_equal(bench->events.count, 0);
    mbp_diagnosis_acknowledge_sensor(bench->plant, bench->state, A, BENCH_PEER, &bench->events);
    pass(bench, A, 50, 40); /* and none of one that is over */
    assert_int_equal(is(bench, A, MBP_HIGH), MBP_ALARM_NORMAL);
}

static void test_alarm_that_is_hidden_waits_again_once_it_is_seen(void **state)
{
    struct bench *bench = *state;
    pass(bench, A, 90, 1);
    mbp_diagnosis_acknowledge_sensor(bench->plant, bench->state, A, BENCH_PEER, &bench->events);
    mbp_diagnosis_shelve(bench->plant, bench->state, A, true, BENCH_PEER, &bench->events);
    pass(bench, A, 90, 60);
    assert_int_equal(bench->events.count, 0);
    mbp_diagnosis_shelve(bench->plant, bench->state, A, false, BENCH_PEER, &bench->events);
    pass(bench, A, 90, 1);
    fixture_only(&bench->events, MBP_EV_ALARM_AGAIN);
}

static void test_time_since_the_acknowledgement_goes_on_over_a_restart(void **state)
{
    struct bench *bench = *state;
    pass(bench, A, 90, 1);
    mbp_diagnosis_acknowledge_sensor(bench->plant, bench->state, A, BENCH_PEER, &bench->events);
    pass(bench, A, 90, 20);
    const struct mbp_retained_alarms alarms = mbp_retain_alarms(bench->state, A);
    mbp_state_free(bench->state);
    assert_int_equal(mbp_state_new(bench->plant, FIXTURE_WALL_MS, &bench->state), MBP_OK);
    for (uint32_t s = 0; s < bench->plant->sensor_count; s++)
        bench->state->value[s] = s == A ? 90 : 50;
    mbp_retake_alarms(bench->state, &alarms);
    mbp_diagnosis_update(bench->plant, bench->state);
    pass(bench, A, 90, 9);
    assert_int_equal(is(bench, A, MBP_HIGH), MBP_ALARM_ACKNOWLEDGED);
    pass(bench, A, 90, 1);
    fixture_only(&bench->events, MBP_EV_ALARM_AGAIN);
}

static void test_chattering_alarm_is_suppressed_and_told_once_until_it_is_calm(void **state)
{
    struct bench *bench = *state;
    unsigned begun = 0;
    unsigned raised = 0;
    for (unsigned i = 0; i < 8; i++) {
        pass(bench, C, 90, 1);
        raised += told(bench, MBP_EV_ALARM_RAISED) != NULL;
        begun += told(bench, MBP_EV_ALARM_SUPPRESSED) != NULL;
        assert_true(mbp_state_tripping(bench->plant, bench->state, C) != 0); /* the interlock acts as before */
        pass(bench, C, 50, 1);
        const struct mbp_event *event = told(bench, MBP_EV_ALARM_SUPPRESSED);
        begun += event != NULL;
        if (event != NULL)
            assert_int_equal(event->detail, 1u << MBP_HIGH | MBP_BY_CHATTER << MBP_SUPPRESSED_BY_SHIFT);
    }
    assert_int_equal(raised, 3);
    assert_int_equal(begun, 1);
    assert_int_equal(is(bench, C, MBP_HIGH), MBP_ALARM_SUPPRESSED);
    for (unsigned i = 0; i < 10 && told(bench, MBP_EV_ALARM_UNSUPPRESSED) == NULL; i++)
        pass(bench, C, 50, 1);
    const struct mbp_event *end = told(bench, MBP_EV_ALARM_UNSUPPRESSED);
    assert_non_null(end);
    assert_int_equal(end->detail, 1u << MBP_HIGH | MBP_BY_CHATTER << MBP_SUPPRESSED_BY_SHIFT);
    assert_int_equal((int)end->value, 5);
    assert_int_equal(bench->state->alone[C].chattering, 0);
}

static void test_alarm_that_stays_after_it_chattered_is_raised(void **state)
{
    struct bench *bench = *state;
    for (unsigned i = 0; i < 4; i++) {
        pass(bench, C, 50, 1);
        pass(bench, C, 90, 1);
    }
    assert_int_equal(is(bench, C, MBP_HIGH), MBP_ALARM_SUPPRESSED);
    for (unsigned i = 0; i < 10 && is(bench, C, MBP_HIGH) == MBP_ALARM_SUPPRESSED; i++)
        pass(bench, C, 90, 1);
    assert_int_equal(is(bench, C, MBP_HIGH), MBP_ALARM_UNACKNOWLEDGED);
    assert_non_null(told(bench, MBP_EV_ALARM_RAISED));
}

static void test_comings_that_are_far_apart_are_no_chatter(void **state)
{
    struct bench *bench = *state;
    for (unsigned i = 0; i < 6; i++) {
        pass(bench, C, 90, 1);
        pass(bench, C, 50, 5);
        assert_int_equal(bench->state->alone[C].chattering, 0);
    }
}

/* No event tells of it, so that it would be lost with a run that is cut off. */
static void test_chatter_that_begins_while_something_else_suppresses_is_retained(void **state)
{
    struct bench *bench = *state;
    bench->state->machine[0].state = MBP_EN_PANNE;
    pass(bench, C, 50, 1);
    bench->state->alarm_flags[C] &= (uint8_t)~MBP_ALARMS_UNTOLD;
    const uint32_t begun = bench->state->untold;
    for (unsigned i = 0; i < 4; i++) {
        pass(bench, C, 50, 1);
        pass(bench, C, 90, 1);
    }
    assert_int_equal(bench->state->alone[C].chattering, 1u << MBP_HIGH);
    assert_true((bench->state->alarm_flags[C] & MBP_ALARMS_UNTOLD) != 0);
    assert_true(bench->state->untold > begun);
}

static void test_state_of_the_machine_and_chatter_hide_each_by_itself(void **state)
{
    struct bench *bench = *state;
    for (unsigned i = 0; i < 4; i++) {
        pass(bench, C, 50, 1);
        pass(bench, C, 90, 1);
    }
    bench->state->machine[0].state = MBP_EN_PANNE;
    pass(bench, C, 50, 1);
    bench->state->machine[0].state = MBP_EN_SERVICE;
    pass(bench, C, 50, 1);
    assert_int_equal(is(bench, C, MBP_HIGH), MBP_ALARM_SUPPRESSED); /* it still chatters */
    bench->state->machine[0].state = MBP_EN_PANNE;
    pass(bench, C, 50, 20);
    assert_int_equal(bench->state->alone[C].chattering, 0);
    assert_int_equal(is(bench, C, MBP_HIGH), MBP_ALARM_SUPPRESSED); /* its machine is down */
    bench->state->machine[0].state = MBP_EN_SERVICE;
    pass(bench, C, 50, 1);
    assert_int_equal(is(bench, C, MBP_HIGH), MBP_ALARM_RETURNED);
}

static void test_alarm_is_not_raised_while_its_expression_is_true(void **state)
{
    struct bench *bench = *state;
    pass(bench, A, 70, 1);
    const struct mbp_event *event = fixture_only(&bench->events, MBP_EV_ALARM_SUPPRESSED);
    assert_int_equal(event->detail, 1u << MBP_HIGH_HIGH | MBP_BY_EXPRESSION << MBP_SUPPRESSED_BY_SHIFT);
    pass(bench, X, 110, 1);
    assert_int_equal(is(bench, X, MBP_HIGH), MBP_ALARM_UNACKNOWLEDGED);
    assert_int_equal(is(bench, X, MBP_HIGH_HIGH), MBP_ALARM_SUPPRESSED);
    bench->state->value[A] = 50;
    pass(bench, X, 110, 1);
    assert_non_null(told(bench, MBP_EV_ALARM_UNSUPPRESSED));
    assert_int_equal(is(bench, X, MBP_HIGH_HIGH), MBP_ALARM_UNACKNOWLEDGED);
}

static void test_alarm_of_another_sensor_suppresses(void **state)
{
    struct bench *bench = *state;
    pass(bench, A, 130, 2);
    pass(bench, X, 90, 1);
    assert_int_equal(is(bench, A, MBP_HIGH_HIGH), MBP_ALARM_UNACKNOWLEDGED);
    assert_int_equal(is(bench, X, MBP_HIGH), MBP_ALARM_SUPPRESSED);
    assert_int_equal(is(bench, B, MBP_HIGH), MBP_ALARM_NORMAL);
}

static void test_suppression_whose_reason_a_plant_file_took_away_ends(void **state)
{
    struct bench *bench = *state;
    pass(bench, A, 70, 1);
    bench->state->suppressed[B] = 1u << MBP_HIGH; /* as it was carried over from a file that said so */
    mbp_diagnosis_update(bench->plant, bench->state);
    assert_int_equal(is(bench, B, MBP_HIGH), MBP_ALARM_SUPPRESSED);
    pass(bench, A, 70, 1);
    fixture_only(&bench->events, MBP_EV_ALARM_UNSUPPRESSED);
    assert_int_equal(is(bench, B, MBP_HIGH), MBP_ALARM_NORMAL);
    assert_int_equal(is(bench, X, MBP_HIGH_HIGH), MBP_ALARM_SUPPRESSED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_only_alarms_with_such_keys_are_looked_after),
        TEST(test_acknowledged_alarm_waits_again_after_its_time_and_only_then),
        TEST(test_alarm_that_is_hidden_waits_again_once_it_is_seen),
        TEST(test_time_since_the_acknowledgement_goes_on_over_a_restart),
        TEST(test_chattering_alarm_is_suppressed_and_told_once_until_it_is_calm),
        TEST(test_alarm_that_stays_after_it_chattered_is_raised),
        TEST(test_comings_that_are_far_apart_are_no_chatter),
        TEST(test_chatter_that_begins_while_something_else_suppresses_is_retained),
        TEST(test_state_of_the_machine_and_chatter_hide_each_by_itself),
        TEST(test_alarm_is_not_raised_while_its_expression_is_true),
        TEST(test_alarm_of_another_sensor_suppresses),
        TEST(test_suppression_whose_reason_a_plant_file_took_away_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
