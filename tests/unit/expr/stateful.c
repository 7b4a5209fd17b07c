/* Stateful functions: what they give scan by scan, 100 ms each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bed.h"

static struct bed bed;

static int set_up(void **state)
{
    (void)state;
    bed_begin(&bed);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    bed_end(&bed);
    return 0;
}

static void set(const char *name, uint64_t value)
{
    bed.values[bed_find(name)].u = value;
}

static void set_real(const char *name, double value)
{
    bed.values[bed_find(name)].r = value;
}

static void compile(const char *text)
{
    if (!bed_compile(&bed, text, MBP_EXPR_ANY))
        fail_msg("%s: %s", text, bed.error.text);
}

/* Runs a scan for each letter of in: 1 = TRUE; other likewise (NULL = it stays). The results must be those of out. */
static void check(const char *text, const char *in, const char *other, const char *out)
{
    compile(text);
    for (size_t i = 0; in[i] != '\0'; i++) {
        set("in", in[i] == '1');
        if (other != NULL)
            set("other", other[i] == '1');
        struct mbp_expr_result result = bed_run(&bed);
        assert_int_equal(result.fault, MBP_EXPR_FINE);
        if (result.value.u != (uint64_t)(out[i] - '0'))
            fail_msg("%s: scan %zu gives %llu", text, i, (unsigned long long)result.value.u);
    }
}

static void test_ton_is_true_once_its_input_was_true_for_its_time(void **state)
{
    (void)state;
    check("TON(in, T#300ms)", "0111110110111110", NULL, "0000110000000110");
    check("TON(IN := in, PT := T#300ms).Q", "01111100", NULL, "00001100");
    check("TON(in, T#0s)", "0110", NULL, "0110");
}

static void test_ton_tells_the_time_elapsed(void **state)
{
    (void)state;
    static const int64_t elapsed_ms[] = {0, 0, 100, 200, 250, 250, 0};
    compile("TIME_TO_DINT(TON(in, T#250ms).ET)");
    for (size_t i = 0; i < 7; i++) {
        set("in", i > 0 && i < 6);
        assert_int_equal(bed_run(&bed).value.i, elapsed_ms[i]);
    }
}

static void test_tof_stays_true_for_its_time(void **state)
{
    (void)state;
    check("TOF(in, T#300ms)", "001000000110010000", NULL, "001111000111111110");
}

static void test_tp_is_a_pulse_of_its_time_whatever_the_input_does(void **state)
{
    (void)state;
    check("TP(in, T#300ms)", "0100000", NULL, "0111000");
    check("TP(in, T#300ms)", "0111111010", NULL, "0111000011");
    check("TP(in, T#300ms)", "0101010101", NULL, "0111011101");
}

static void test_ctu_counts_edges_up_to_its_preset(void **state)
{
    (void)state;
    check("CTU(in, other, 2)", "0101011010", "0000000010", "0001111100");
    compile("CTU(in, other, 2).CV");
    for (unsigned i = 0; i < 5; i++) {
        set("in", i % 2);
        bed_run(&bed);
    }
    assert_int_equal(bed_run(&bed).value.i, 2);
}

static void test_ctd_counts_edges_down_from_its_preset(void **state)
{
    (void)state;
    check("CTD(in, other, 2)", "0010101", "1100000", "0000111");
}

static void test_triggers_are_true_for_one_scan(void **state)
{
    (void)state;
    check("R_TRIG(in)", "0110100", NULL, "0100100");
    check("R_TRIG(in)", "110", NULL, "100");
    check("F_TRIG(in)", "1100110", NULL, "0010001");
    check("F_TRIG(in)", "001", NULL, "100"); /* as the standard has it at a cold start */
}

static void test_bistables_hold_and_one_input_wins(void **state)
{
    (void)state;
    check("SR(in, other)", "0100110", "0001010", "0110111");
    check("RS(in, other)", "0100110", "0001010", "0110100");
}

static void test_hysteresis_is_true_from_above_high_until_below_low(void **state)
{
    (void)state;
    static const double level[] = {50, 80, 81, 50, 20, 19, 50, 90};
    static const char expected[] = "00111001";
    compile("HYSTERESIS(LEVEL, 20, 80)");
    for (size_t i = 0; i < 8; i++) {
        set_real("LEVEL", level[i]);
        assert_int_equal(bed_run(&bed).value.u, (uint64_t)(expected[i] - '0'));
    }
}

static void test_changed_is_true_when_it_is_not_what_it_was_and_at_first(void **state)
{
    (void)state;
    static const double level[] = {0, 0, 81, 81, 80.999, 80.999, -0.0, 0};
    static const char expected[] = "10101010";
    compile("CHANGED(LEVEL)");
    for (size_t i = 0; i < 8; i++) {
        set_real("LEVEL", level[i]);
        assert_int_equal(bed_run(&bed).value.u, (uint64_t)(expected[i] - '0'));
    }
}

static void test_pulse_is_true_in_one_scan_of_each_interval(void **state)
{
    (void)state;
    compile("PULSE(T#1s)");
    unsigned count = 0;
    for (unsigned i = 1; i <= 50; i++) {
        uint64_t value = bed_run(&bed).value.u;
        assert_int_equal(value, i % 10 == 0);
        count += (unsigned)value;
    }
    assert_int_equal(count, 5);
    compile("PULSE(T#50ms)");
    assert_int_equal(bed_run(&bed).value.u, 1);
}

static void test_each_place_has_a_state_of_its_own(void **state)
{
    (void)state;
    check("TON(in, T#200ms) XOR TON(in, T#400ms)", "1111111", NULL, "0011000");
    check("SR(R_TRIG(in), R_TRIG(other))", "01111111", "00011101", "01100000");
}

static void test_stateful_function_that_is_not_chosen_runs_all_the_same(void **state)
{
    (void)state;
    check("SEL(other, FALSE, TON(in, T#300ms))", "111111", "000011", "000011");
    check("MUX(BOOL_TO_INT(other), FALSE, CTU(in, FALSE, 2))", "010100", "000001", "000001");
    check("other AND TON(in, T#300ms)", "111111", "000011", "000011");
    check("other OR TON(in, T#300ms)", "1111110", "1100000", "1101110");
}

static void test_carry_takes_the_state_of_the_same_function_in_the_same_order(void **state)
{
    (void)state;
    static struct bed edited;
    bed_begin(&edited);
    compile("SR(in, FALSE) AND CTU(other, FALSE, 3).CV > 0 OR TON(in, T#1s)");
    set("in", 1);
    for (unsigned i = 0; i < 6; i++) {
        set("other", i % 2);
        bed_run(&bed);
    }
    assert_true(bed_compile(&edited,
                            "TIME_TO_DINT(TON(in, T#2s).ET) + CTU(other, FALSE, 9).CV * 10000 + SEL(RS(in, in), 0, 7)",
                            MBP_EXPR_ANY));
    memset(edited.cells, 0xFF, sizeof edited.cells);
    mbp_expr_carry(bed.expr, bed.cells, edited.expr, edited.cells);
    edited.values[bed_find("in")].u = 1;
    edited.values[bed_find("other")].u = 1;
    edited.world.now_ns = bed.world.now_ns;
    assert_int_equal(bed_run(&edited).value.i, 600 + 30000);
    bed_end(&edited);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_ton_is_true_once_its_input_was_true_for_its_time),
        TEST(test_ton_tells_the_time_elapsed),
        TEST(test_tof_stays_true_for_its_time),
        TEST(test_tp_is_a_pulse_of_its_time_whatever_the_input_does),
        TEST(test_ctu_counts_edges_up_to_its_preset),
        TEST(test_ctd_counts_edges_down_from_its_preset),
        TEST(test_triggers_are_true_for_one_scan),
        TEST(test_bistables_hold_and_one_input_wins),
        TEST(test_hysteresis_is_true_from_above_high_until_below_low),
        TEST(test_changed_is_true_when_it_is_not_what_it_was_and_at_first),
        TEST(test_pulse_is_true_in_one_scan_of_each_interval),
        TEST(test_each_place_has_a_state_of_its_own),
        TEST(test_stateful_function_that_is_not_chosen_runs_all_the_same),
        TEST(test_carry_takes_the_state_of_the_same_function_in_the_same_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
