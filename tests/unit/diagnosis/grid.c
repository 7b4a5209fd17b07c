/* Values and limits are compared as a master sees them: every limit of one and of two decimals, in registers of every
 * type. What is right is reckoned in whole numbers, which know no rounding. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "mbplant/codec.h"

/* ---- one sensor -------------------------------------------------------------------------------------------------- */

struct one {
    struct mbp_plant *plant;
    struct mbp_state *state;
    struct mbp_events events;
    const struct mbp_register *reg;
};

static struct one one_sensor(const char *reg, double deadband)
{
    struct one one = {.events = fixture_events()};
    char yaml[256];
    snprintf(
        yaml, sizeof yaml,
        "mbplant: 1\nname: One\nunits:\n  - id: 1\n    sensors:\n      - {name: S, deadband: %.17g, register: %s}\n",
        deadband, reg);
    one.plant = fixture_plant(yaml);
    assert_int_equal(mbp_state_new(one.plant, FIXTURE_WALL_MS, &one.state), MBP_OK);
    one.reg = &one.plant->sensors[0].reg;
    return one;
}

static void one_free(struct one *one)
{
    mbp_events_free(&one->events);
    mbp_state_free(one->state);
    mbp_plant_free(one->plant);
}

static void set_limit(const struct one *one, enum mbp_limit limit, double to)
{
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++)
        one->state->limit[l] = l == (unsigned)limit ? to : (double)NAN;
    mbp_state_limits_changed(one->plant, one->state, 0);
    one->state->beyond[0] = one->state->active[0] = one->state->unack[0] = 0;
}

/* Whether the alarm of the limit is there with the next scan, in which the sensor shows that. */
static bool alarms(struct one *one, enum mbp_limit limit, double value)
{
    one->events.count = 0;
    one->state->value[0] = value;
    mbp_diagnosis_run(one->plant, one->state, &one->events);
    return (one->state->active[0] >> limit & 1u) != 0;
}

/* ---- what is right ----------------------------------------------------------------------------------------------- */

/* A register whose step is `num` in `den` units; 0 = a float. */
struct kind {
    const char *reg;
    long num, den;
};

static const struct kind kinds[] = {
    {"{type: int16, scale: 0.1}", 1, 10},
    {"{type: uint16, scale: 0.1}", 1, 10},
    {"{type: int32, scale: 0.01}", 1, 100},
    {"{type: uint32, scale: 0.1}", 1, 10},
    {"{type: int64, scale: 0.001}", 1, 1000},
    {"{type: uint64, scale: 0.1}", 1, 10},
    {"{type: int16, scale: 0.3}", 3, 10},
    {"{type: int32, scale: 0.075}", 75, 1000},
    {"{type: int32, scale: 0.0067}", 67, 10000},
    {"{type: int16}", 1, 1},
    {"{type: float32}", 0, 1},
    {"{type: float32, scale: 0.1, order: CDAB}", 0, 1},
    {"{type: float64}", 0, 1},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

/* The number that stands in the register for the nearest to tenths / parts that is not above it (below: not below). */
static double shown_from(const struct one *one, const struct kind *kind, long tenths, long parts, bool below)
{
    if (kind->num == 0)
        return mbp_codec_quantise((enum mbp_type)one->reg->type, one->reg->scale, (double)tenths / (double)parts);
    long over = tenths * kind->den;
    long step = parts * kind->num;
    long raw = over / step;
    if (over % step != 0)
        raw += (over > 0 ? 0 : -1) + (below ? 1 : 0);
    return (double)raw * one->reg->scale;
}

/* The next number that the register can show. */
static double step_from(const struct one *one, const struct kind *kind, double value, int steps)
{
    double raw = value / one->reg->scale;
    if (kind->num != 0)
        return (round(raw) + steps) * one->reg->scale;
    double towards = steps > 0 ? (double)INFINITY : -(double)INFINITY;
    raw = one->reg->type == MBP_FLOAT32 ? (double)nextafterf((float)raw, (float)towards) : nextafter(raw, towards);
    return raw * one->reg->scale;
}

#define CHECK(what, so)                                                                                                \
    do {                                                                                                               \
        if (!(so))                                                                                                     \
            fail_msg("%s, limit %ld/%ld, deadband %ld/%ld, side %d: %s", kind->reg, tenths, parts, band, parts,        \
                     (int)limit, what);                                                                                \
    } while (0)

/* Both ends of one limit: with the value on it, a step beyond it, back at its deadband, and a step before that. (Steps
 * of a float64, and of a float32 at zero, are smaller than what a difference of two numbers is exact to.) */
static void check_limit(struct one *one, const struct kind *kind, enum mbp_limit limit, long tenths, long parts,
                        long band)
{
    int sign = limit >= MBP_HIGH ? 1 : -1;
    double on = shown_from(one, kind, tenths, parts, sign < 0);
    double back = shown_from(one, kind, tenths - sign * band, parts, sign < 0);
    bool is_zero = !(back < 0) && !(back > 0);
    bool exact = kind->num != 0 || (one->reg->type == MBP_FLOAT32 && !is_zero);
    CHECK("alarm on the limit", !alarms(one, limit, on));
    CHECK("no alarm a step beyond it", alarms(one, limit, step_from(one, kind, on, sign)));
    if (exact && band != 0)
        CHECK("cleared a step before the deadband", alarms(one, limit, step_from(one, kind, back, sign)));
    CHECK("not cleared at the deadband", !alarms(one, limit, back));
}

/* As the file has it, as a master who reads it writes it back, and as one writes it for the first time. */
static void check_ways(struct one *one, const struct kind *kind, enum mbp_limit limit, long tenths, long parts,
                       long band)
{
    double written = (double)tenths / (double)parts;
    double as_read[MBP_LIMIT_COUNT] = {NAN, NAN, NAN, NAN};
    bool on_grid = kind->num == 0 || tenths * kind->den % (parts * kind->num) == 0;
    as_read[limit] = mbp_codec_quantise((enum mbp_type)one->reg->type, one->reg->scale, written);
    set_limit(one, limit, written);
    check_limit(one, kind, limit, tenths, parts, band);
    one->events.count = 0;
    mbp_diagnosis_set_limit(one->plant, one->state, 0, limit, as_read, BENCH_PEER, &one->events);
    CHECK("writing back what is read is told", one->events.count == 0);
    double now = one->state->limit[limit];
    CHECK("writing back what is read changes the limit", now >= written && now <= written);
    if (!on_grid)
        return;
    set_limit(one, limit, NAN);
    mbp_diagnosis_set_limit(one->plant, one->state, 0, limit, as_read, BENCH_PEER, &one->events);
    CHECK("a master's write is not told", one->events.count == 1);
    check_limit(one, kind, limit, tenths, parts, band);
}

static void check_all(long parts, long from, long to, long band)
{
    for (size_t k = 0; k < KINDS; k++) {
        struct one one = one_sensor(kinds[k].reg, (double)band / (double)parts);
        bool is_unsigned = one.reg->type == MBP_UINT16 || one.reg->type == MBP_UINT32 || one.reg->type == MBP_UINT64;
        for (long tenths = is_unsigned ? 2 * band + 40 : from; tenths <= to; tenths++) {
            check_ways(&one, &kinds[k], MBP_HIGH, tenths, parts, band);
            check_ways(&one, &kinds[k], MBP_LOW, tenths, parts, band);
        }
        one_free(&one);
    }
}

static void test_limit_of_one_decimal_alarms_beyond_it_and_never_on_it(void **state)
{
    (void)state;
    check_all(10, -200, 1500, 0);
}

static void test_limit_of_two_decimals_alarms_beyond_it_and_never_on_it(void **state)
{
    (void)state;
    check_all(100, -100, 1500, 0);
}

static void test_deadband_of_one_decimal_clears_at_its_end_and_not_before(void **state)
{
    (void)state;
    for (long band = 1; band <= 10; band++)
        check_all(10, 1, 700, band);
}

static void test_deadband_of_two_decimals_clears_at_its_end_and_not_before(void **state)
{
    (void)state;
    check_all(100, 1, 1000, 7);
}

/* ---- in between -------------------------------------------------------------------------------------------------- */

static void test_limit_between_two_raw_values_compares_as_written_and_shows_the_nearest(void **state)
{
    (void)state;
    struct one one = one_sensor("{type: int16, scale: 0.075}", 0);
    const double shown[MBP_LIMIT_COUNT] = {NAN, NAN, 19333 * 0.075, NAN};
    const double other[MBP_LIMIT_COUNT] = {NAN, NAN, 19334 * 0.075, NAN};
    set_limit(&one, MBP_HIGH, 1450); /* 19333.3 steps */
    assert_false(alarms(&one, MBP_HIGH, 19333 * 0.075));
    assert_true(alarms(&one, MBP_HIGH, 19334 * 0.075));
    assert_false(alarms(&one, MBP_HIGH, 19333 * 0.075));
    one.events.count = 0;
    mbp_diagnosis_set_limit(one.plant, one.state, 0, MBP_HIGH, shown, BENCH_PEER, &one.events);
    assert_int_equal(one.events.count, 0);
    fixture_assert_number(one.state->limit[MBP_HIGH], 1450);
    mbp_diagnosis_set_limit(one.plant, one.state, 0, MBP_HIGH, other, BENCH_PEER, &one.events);
    fixture_only(&one.events, MBP_EV_LIMIT_CHANGED);
    assert_false(alarms(&one, MBP_HIGH, 19334 * 0.075));
    assert_true(alarms(&one, MBP_HIGH, 19335 * 0.075));
    one_free(&one);
}

static void test_limits_in_order_are_compared_as_their_registers_show_them(void **state)
{
    (void)state;
    struct one one = one_sensor("{type: int16, scale: 0.1}", 0);
    const struct mbp_sensor *sensor = &one.plant->sensors[0];
    const double equal[MBP_LIMIT_COUNT] = {NAN, 70.14, 701 * 0.1, NAN};   /* both show 701 */
    const double falling[MBP_LIMIT_COUNT] = {NAN, 70.16, 701 * 0.1, NAN}; /* 702, 701 */
    assert_true(mbp_limits_in_order(sensor, equal));
    assert_false(mbp_limits_in_order(sensor, falling));
    one_free(&one);
}

static void test_value_that_is_no_number_and_limit_that_is_unused_alarm_nothing(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        struct one one = one_sensor(kinds[k].reg, 1);
        assert_false(mbp_grid_above(one.reg, NAN, 70.1, 0));
        assert_false(mbp_grid_below(one.reg, NAN, 70.1, 0));
        assert_false(mbp_grid_above(one.reg, 70.1, NAN, 1));
        assert_false(mbp_grid_below(one.reg, 70.1, NAN, 1));
        set_limit(&one, MBP_HIGH, 70.1);
        assert_false(alarms(&one, MBP_HIGH, NAN));
        one_free(&one);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limit_of_one_decimal_alarms_beyond_it_and_never_on_it),
        cmocka_unit_test(test_limit_of_two_decimals_alarms_beyond_it_and_never_on_it),
        cmocka_unit_test(test_deadband_of_one_decimal_clears_at_its_end_and_not_before),
        cmocka_unit_test(test_deadband_of_two_decimals_clears_at_its_end_and_not_before),
        cmocka_unit_test(test_limit_between_two_raw_values_compares_as_written_and_shows_the_nearest),
        cmocka_unit_test(test_limits_in_order_are_compared_as_their_registers_show_them),
        cmocka_unit_test(test_value_that_is_no_number_and_limit_that_is_unused_alarm_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
