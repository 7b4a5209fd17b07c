/* The rate-of-change alarm: what is within the window is changed by more than `max`, from its lowest to its highest. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "mbplant/codec.h"

/* One sensor, R, scan 100 ms. */
static struct bench *rate_bench(const char *reg, const char *rate)
{
    struct bench *bench = calloc(1, sizeof *bench);
    char yaml[512];
    assert_non_null(bench);
    snprintf(yaml, sizeof yaml,
             "mbplant: 1\nname: Rate\nscan: 100ms\nunits:\n  - id: 5\n    sensors:\n"
             "      - {name: R, range: [0, 150], rate_of_change: %s, register: %s}\n",
             rate, reg);
    bench->plant = fixture_plant(yaml);
    bench->events = fixture_events();
    assert_int_equal(mbp_state_new(bench->plant, FIXTURE_WALL_MS, &bench->state), MBP_OK);
    return bench;
}

static void rate_free(struct bench *bench)
{
    bench_teardown((void *)&(void *){bench});
}

/* Shows a value so often; how many alarms were raised and cleared meanwhile. */
static void show(struct bench *bench, double value, unsigned scans, unsigned *raised, unsigned *cleared)
{
    for (unsigned i = 0; i < scans; i++) {
        bench_show(bench, 0, value);
        *raised += (unsigned)fixture_count(&bench->events, MBP_EV_ALARM_RAISED);
        *cleared += (unsigned)fixture_count(&bench->events, MBP_EV_ALARM_CLEARED);
    }
}

static void test_rate_of_one_spike_is_one_alarm_until_the_spike_has_left_the_window(void **state)
{
    (void)state;
    struct bench *bench = rate_bench("{type: int16, scale: 0.1}", "{max: 20, per: 1s}");
    unsigned raised = 0, cleared = 0;
    show(bench, 50, 20, &raised, &cleared);
    assert_int_equal(raised, 0);
    bench_show(bench, 0, 80);
    assert_true(fixture_only(&bench->events, MBP_EV_ALARM_RAISED)->value > 29.9f);
    show(bench, 50, 10, &raised, &cleared);
    assert_int_equal(raised + cleared, 0);
    bench_show(bench, 0, 50);
    assert_true(fixture_only(&bench->events, MBP_EV_ALARM_CLEARED)->value < 0.1f);
    show(bench, 50, 50, &raised, &cleared);
    assert_int_equal(raised + cleared, 0);
    rate_free(bench);
}

/* Windows of more scans than there are places for: a spike of one scan falls between no two of them. */
static void test_rate_of_a_spike_in_a_long_window_is_one_alarm_wherever_it_comes(void **state)
{
    (void)state;
    for (unsigned at = 0; at < 25; at++) {
        struct bench *bench = rate_bench("{type: float32}", "{max: 20, per: 2min}"); /* 1200 scans: 20 a place */
        unsigned raised = 0, cleared = 0;
        show(bench, 50, 2000 + at, &raised, &cleared);
        show(bench, 80, 1, &raised, &cleared);
        assert_int_equal(raised, 1);
        show(bench, 50, 1200, &raised, &cleared);
        assert_int_equal(cleared, 0);
        show(bench, 50, 20, &raised, &cleared);
        assert_int_equal(cleared, 1);
        show(bench, 50, 2000, &raised, &cleared);
        assert_int_equal(raised, 1);
        rate_free(bench);
    }
}

static void test_rate_of_a_change_that_equals_max_is_no_alarm_in_any_register(void **state)
{
    (void)state;
    static const char *const regs[] = {"{type: int16, scale: 0.1}", "{type: uint32, scale: 0.1}",
                                       "{type: int64, scale: 0.1}", "{type: float32}", "{type: float64}"};
    for (size_t r = 0; r < sizeof regs / sizeof regs[0]; r++) {
        struct bench *bench = rate_bench(regs[r], "{max: 0.3, per: 100ms}");
        const struct mbp_register *reg = &bench->plant->sensors[0].reg;
        for (int tenths = 0; tenths < 1490; tenths++) {
            unsigned raised = 0, cleared = 0;
            double low = mbp_codec_quantise((enum mbp_type)reg->type, reg->scale, tenths / 10.0);
            double high = mbp_codec_quantise((enum mbp_type)reg->type, reg->scale, (tenths + 3) / 10.0);
            double more = mbp_codec_quantise((enum mbp_type)reg->type, reg->scale, (tenths + 4) / 10.0);
            show(bench, low, 1, &raised, &cleared);
            show(bench, high, 1, &raised, &cleared);
            show(bench, low, 2, &raised, &cleared);
            assert_int_equal(raised, 0);
            show(bench, more, 1, &raised, &cleared);
            assert_int_equal(raised, 1);
            show(bench, more, 3, &raised, &cleared);
            assert_int_equal(cleared, 1);
            for (int now = tenths + 4; now > tenths + 1; now--)
                show(bench, mbp_codec_quantise((enum mbp_type)reg->type, reg->scale, now / 10.0), 2, &raised, &cleared);
            assert_int_equal(raised, 1);
        }
        rate_free(bench);
    }
}

/* Against one that looks at every value of the window. */
static void test_rate_of_random_values_is_as_the_whole_window_says(void **state)
{
    (void)state;
    enum { WINDOW = 7, SCANS = 20000 };
    struct bench *bench = rate_bench("{type: float32}", "{max: 10, per: 700ms, deadband: 2}");
    double past[SCANS];
    uint64_t draws = 0;
    bool active = false;
    double value = 75;
    for (int i = 0; i < SCANS; i++) {
        value += ((double)(mbp_rng_bits(11, 4, draws++) % 81) - 40) / 8;
        value = fmin(fmax(value, 0), 150);
        past[i] = value;
        double low = value, high = value;
        for (int k = i > WINDOW ? i - WINDOW : 0; k < i; k++)
            low = fmin(low, past[k]), high = fmax(high, past[k]);
        active = active ? high - low > 8 : high - low > 10;
        bench_show(bench, 0, value);
        assert_int_equal(bench->state->active[0] >> MBP_RATE_OF_CHANGE & 1u, active);
        fixture_assert_number(fabs(mbp_diagnosis_change(bench->state, 0)), high - low);
    }
    rate_free(bench);
}

/* A slow ramp by not more than max in any window is none, however the window is divided. */
static void test_rate_of_a_ramp_is_no_alarm_as_long_as_no_window_holds_more_than_max(void **state)
{
    (void)state;
    struct bench *bench = rate_bench("{type: float64}", "{max: 120, per: 2min}");
    unsigned raised = 0, cleared = 0;
    for (int i = 0; i < 1490; i++)
        show(bench, i * 0.1, 1, &raised, &cleared); /* 120 in 1200 scans */
    assert_int_equal(raised, 0);
    rate_free(bench);
    bench = rate_bench("{type: float64}", "{max: 120, per: 2min}");
    for (int i = 0; i < 1400; i++)
        show(bench, i * 0.1003, 1, &raised, &cleared);
    assert_int_equal(raised, 1);
    assert_int_equal(cleared, 0);
    rate_free(bench);
}

/* In long windows too, of which the ends are not looked at in every scan. */
static void test_rate_of_a_ramp_that_lasts_for_the_delay_is_raised_once_and_cleared_after_the_off_delay(void **state)
{
    (void)state;
    struct bench *bench = rate_bench("{type: float64}", "{max: 24, per: 24s, delay: 8s, off_delay: 3s}");
    unsigned raised = 0, cleared = 0;
    for (int i = 0; i < 200; i++)
        show(bench, 20, 1, &raised, &cleared);
    for (int i = 0; i < 240 + 60; i++)
        show(bench, 20 + i * 0.101, 1, &raised, &cleared);
    assert_int_equal(raised, 0);
    for (int i = 240 + 60; i < 500; i++)
        show(bench, 20 + i * 0.101, 1, &raised, &cleared);
    assert_int_equal(raised, 1);
    assert_int_equal(cleared, 0);
    show(bench, 70.5, 30, &raised, &cleared);
    assert_int_equal(cleared, 0);
    show(bench, 70.5, 15, &raised, &cleared);
    assert_int_equal(cleared, 1);
    assert_int_equal(raised, 1);
    rate_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rate_of_one_spike_is_one_alarm_until_the_spike_has_left_the_window),
        cmocka_unit_test(test_rate_of_a_spike_in_a_long_window_is_one_alarm_wherever_it_comes),
        cmocka_unit_test(test_rate_of_a_change_that_equals_max_is_no_alarm_in_any_register),
        cmocka_unit_test(test_rate_of_random_values_is_as_the_whole_window_says),
        cmocka_unit_test(test_rate_of_a_ramp_is_no_alarm_as_long_as_no_window_holds_more_than_max),
        cmocka_unit_test(test_rate_of_a_ramp_that_lasts_for_the_delay_is_raised_once_and_cleared_after_the_off_delay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
