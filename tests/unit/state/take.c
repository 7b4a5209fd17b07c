/* A state back from its bytes: to the bit, unless an index, a choice or a count in it cannot be. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "mbplant/state.h"
#include "mbplant/state/forced.h"

static const char yaml[] = "mbplant: 1\nname: Line\nunits:\n  - id: 1\n    machines:\n      - name: M1\n"
                           "        sensors:\n"
                           "          - {name: T1, kind: temperature, max: 85, rate_of_change: {max: 8, per: 5s}}\n"
                           "          - {name: F1, signal: {inputs: [{from: V1, gain: 1}]}}\n"
                           "        actuators: [{name: V1}]\n"
                           "        controllers: [{name: C1, input: F1, output: V1, setpoint: 5, gain: 1}]\n"
                           "faults:\n  - {name: HOT, kind: step, sensor: T1, amount: 10}\n";

struct both {
    struct mbp_plant *plant;
    struct mbp_state *from, *to;
    uint8_t *bytes;
    size_t len;
};

static int setup(void **state)
{
    struct both *both = calloc(1, sizeof *both);
    assert_non_null(both);
    both->plant = fixture_plant(yaml);
    assert_int_equal(mbp_state_new(both->plant, 5, &both->from), MBP_OK);
    assert_int_equal(mbp_state_new(both->plant, 9, &both->to), MBP_OK);
    both->len = mbp_state_bytes(both->from);
    both->bytes = malloc(both->len);
    assert_non_null(both->bytes);
    *state = both;
    return 0;
}

static int teardown(void **state)
{
    struct both *both = *state;
    mbp_state_free(both->from);
    mbp_state_free(both->to);
    mbp_plant_free(both->plant);
    free(both->bytes);
    free(both);
    return 0;
}

static enum mbp_status take(struct both *both)
{
    struct mbp_span spans[MBP_STATE_SPANS];
    uint8_t *at = both->bytes;
    mbp_state_free(both->to); /* one that took what it should not is of no more use */
    assert_int_equal(mbp_state_new(both->plant, 9, &both->to), MBP_OK);
    for (unsigned i = 0, count = mbp_state_spans(both->from, spans); i < count; i++) {
        if (spans[i].len > 0)
            memcpy(at, spans[i].bytes, spans[i].len);
        at += spans[i].len;
    }
    return mbp_state_take(both->plant, both->to, both->bytes, both->len);
}

static void test_take_whole_state_is_the_same_to_the_bit(void **state)
{
    struct both *both = *state;
    struct mbp_span a[MBP_STATE_SPANS];
    struct mbp_span b[MBP_STATE_SPANS];
    both->from->value[0] = 61.25;
    both->from->machine[0].good = 77;
    both->from->sim_ns = 12345;
    assert_int_equal(take(both), MBP_OK);
    unsigned count = mbp_state_spans(both->from, a);
    assert_int_equal(mbp_state_spans(both->to, b), count);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(a[i].len, b[i].len);
        if (a[i].len > 0)
            assert_memory_equal(a[i].bytes, b[i].bytes, a[i].len);
    }
}

static void test_take_other_length_is_refused(void **state)
{
    struct both *both = *state;
    assert_int_equal(take(both), MBP_OK);
    assert_int_equal(mbp_state_take(both->plant, both->to, both->bytes, both->len - 1), MBP_ERR_CORRUPT);
}

/* One field at a time has a value that it cannot have. */
#define OUT_OF_RANGE(field, type, number)                                                                              \
    do {                                                                                                               \
        type before_, bad_ = (type)(number);                                                                           \
        memcpy(&before_, &both->from->field, sizeof before_);                                                          \
        assert_int_equal(take(both), MBP_OK);                                                                          \
        memcpy(&both->from->field, &bad_, sizeof bad_);                                                                \
        if (take(both) != MBP_ERR_CORRUPT)                                                                             \
            fail_msg("%s as %s is taken", #field, #number);                                                            \
        memcpy(&both->from->field, &before_, sizeof before_);                                                          \
    } while (0)

/* Counts say where the rest lies: they are changed in the bytes alone, where the single figures stand first. */
#define COUNT(field, type, number)                                                                                     \
    do {                                                                                                               \
        const type bad_ = (number);                                                                                    \
        assert_int_equal(take(both), MBP_OK);                                                                          \
        memcpy(both->bytes + offsetof(struct mbp_state, field), &bad_, sizeof bad_);                                   \
        if (mbp_state_take(both->plant, both->to, both->bytes, both->len) != MBP_ERR_CORRUPT)                          \
            fail_msg("%s as %s is taken", #field, #number);                                                            \
    } while (0)

static void test_take_count_of_another_plant_is_refused(void **state)
{
    struct both *both = *state;
    COUNT(sensor_count, uint32_t, 3);
    COUNT(machine_count, uint32_t, 2);
    COUNT(actuator_count, uint32_t, 0);
    COUNT(controller_count, uint32_t, 2);
    COUNT(fault_count, uint32_t, 1);
    COUNT(rate_count, uint32_t, 0);
    COUNT(rate_value_count, uint32_t, 1);
    COUNT(part_count, size_t, 4000);
}

static void test_take_machine_out_of_range_is_refused(void **state)
{
    struct both *both = *state;
    OUT_OF_RANGE(machine[0].state, uint8_t, MBP_STATE_COUNT);
    OUT_OF_RANGE(machine[0].first_out, uint32_t, 2);
    OUT_OF_RANGE(machine[0].trip, uint8_t, 2);
    OUT_OF_RANGE(machine[0].due, uint8_t, 2);
    OUT_OF_RANGE(machine[0].refusal_told, uint8_t, 255);
    OUT_OF_RANGE(upkeep[0].refused_sensor, uint32_t, 2);
    OUT_OF_RANGE(upkeep[0].refused_state, uint8_t, MBP_STATE_COUNT + 1);
    OUT_OF_RANGE(upkeep[0].in_repair, uint8_t, 2);
    OUT_OF_RANGE(dressed[0], uint8_t, MBP_STATE_COUNT + 1);
    OUT_OF_RANGE(based[0], uint8_t, MBP_STATE_COUNT + 1);
    OUT_OF_RANGE(based[1], uint8_t, MBP_STATE_COUNT + 1);
}

static void test_take_alarm_out_of_range_is_refused(void **state)
{
    struct both *both = *state;
    OUT_OF_RANGE(waiting[0], uint8_t, MBP_ALARMS_ALL + 1);
    OUT_OF_RANGE(beyond[0], uint8_t, 0x80);
    OUT_OF_RANGE(active[1], uint8_t, 0x80);
    OUT_OF_RANGE(unack[0], uint8_t, 0x80);
    OUT_OF_RANGE(latched[0], uint8_t, 0x80);
    OUT_OF_RANGE(suppressed[0], uint8_t, 0x80);
    OUT_OF_RANGE(hidden[1], uint8_t, 0x80);
}

static void test_take_rate_out_of_range_is_refused(void **state)
{
    struct both *both = *state;
    assert_int_equal(both->from->rate_count, 1);
    OUT_OF_RANGE(rate[0].sensor, uint32_t, 1);
    OUT_OF_RANGE(rate[0].first, uint32_t, 1);
    OUT_OF_RANGE(rate[0].count, uint32_t, 2);
    OUT_OF_RANGE(rate[0].every, uint32_t, 77);
    OUT_OF_RANGE(rate[0].at, uint32_t, both->from->rate[0].count);
    OUT_OF_RANGE(rate[0].filled, uint32_t, both->from->rate[0].count + 1);
    OUT_OF_RANGE(rate[0].resumed, uint8_t, 2);
}

static void test_take_forced_point_out_of_range_is_refused(void **state)
{
    struct both *both = *state;
    const struct mbp_forced one = {
        .stored = UINT32_MAX, .actuator = UINT32_MAX, .unit = 1, .table = MBP_INPUT_REGISTERS, .count = 1};
    assert_true(mbp_forced_hold(both->plant, both->from, &one));
    OUT_OF_RANGE(forced[0].table, uint8_t, MBP_TABLE_COUNT);
    OUT_OF_RANGE(forced[0].count, uint8_t, MBP_SIM_FORCE_VALUES + 1);
    OUT_OF_RANGE(forced[0].count, uint8_t, 0); /* and one is counted */
    OUT_OF_RANGE(forced[0].stored, uint32_t, 5);
    OUT_OF_RANGE(forced[1].count, uint8_t, 1);
}

static void test_forced_points_have_so_many_places(void **state)
{
    struct both *both = *state;
    for (unsigned i = 0; i <= MBP_SIM_FORCED_MAX; i++) {
        const struct mbp_forced one = {
            .stored = UINT32_MAX, .actuator = UINT32_MAX, .unit = 1, .addr = (uint16_t)i, .count = 1};
        assert_int_equal(mbp_forced_hold(both->plant, both->from, &one), i < MBP_SIM_FORCED_MAX);
    }
    mbp_forced_release(both->from, mbp_forced_find(both->from, 1, MBP_COILS, 7, 0));
    assert_int_equal(both->from->forced_count, MBP_SIM_FORCED_MAX - 1);
    assert_null(mbp_forced_find(both->from, 1, MBP_COILS, 7, 0));
    assert_null(mbp_forced_find(both->from, 1, MBP_DISCRETE_INPUTS, 8, 0));
    assert_null(mbp_forced_find(both->from, 2, MBP_COILS, 8, 0));
}

static void test_take_fault_out_of_range_is_refused(void **state)
{
    struct both *both = *state;
    OUT_OF_RANGE(fault[0].active, uint8_t, 2);
    OUT_OF_RANGE(fault[0].active, uint8_t, 1); /* and it is not among the active ones */
    OUT_OF_RANGE(fault[0].effect.upscale, uint8_t, 2);
    OUT_OF_RANGE(fault[0].effect.subject, uint32_t, 1); /* not what the file says */
    OUT_OF_RANGE(fault[0].effect.kind, uint8_t, 1);
    OUT_OF_RANGE(fault[0].effect.amount, double, 11);
    OUT_OF_RANGE(fault[0].effect.over_ns, uint64_t, 11);
    OUT_OF_RANGE(fault[0].effect.after_ns, uint64_t, 11);
    OUT_OF_RANGE(fault[0].effect.duration_ns, uint64_t, 11);
    OUT_OF_RANGE(fault[1].effect.kind, uint8_t, MBP_EFFECT_COUNT); /* an unused place */
    OUT_OF_RANGE(fault[1].effect.subject, uint32_t, 7);
    OUT_OF_RANGE(faults_planned, uint8_t, 2);
    OUT_OF_RANGE(fault_active_count, uint32_t, 1);
}

static void test_take_active_fault_that_is_none_is_refused(void **state)
{
    struct both *both = *state;
    both->from->fault[0].active = true;
    both->from->fault_active_count = 1;
    both->from->fault_active[0] = 0;
    OUT_OF_RANGE(fault_active[0], uint32_t, both->from->fault_count);
    OUT_OF_RANGE(fault_active[0], uint32_t, 1);
}

static void test_take_controller_out_of_range_is_refused(void **state)
{
    struct both *both = *state;
    OUT_OF_RANGE(controller[0].automatic, uint8_t, 3);
}

#define TAKE_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TAKE_TEST(test_take_whole_state_is_the_same_to_the_bit),
        TAKE_TEST(test_take_other_length_is_refused),
        TAKE_TEST(test_take_count_of_another_plant_is_refused),
        TAKE_TEST(test_take_machine_out_of_range_is_refused),
        TAKE_TEST(test_take_alarm_out_of_range_is_refused),
        TAKE_TEST(test_take_rate_out_of_range_is_refused),
        TAKE_TEST(test_take_forced_point_out_of_range_is_refused),
        TAKE_TEST(test_forced_points_have_so_many_places),
        TAKE_TEST(test_take_fault_out_of_range_is_refused),
        TAKE_TEST(test_take_active_fault_that_is_none_is_refused),
        TAKE_TEST(test_take_controller_out_of_range_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
