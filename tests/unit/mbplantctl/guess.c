/* What registers may be, by how they moved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "learn/guess.h"

static uint16_t seen[GUESS_SWEEPS_MAX][AREAS_ADDRESSES];

static struct sweeps all(void)
{
    return (struct sweeps){GUESS_SWEEPS_MAX, (const uint16_t(*)[AREAS_ADDRESSES])seen};
}

/* The words of a float at an address in each sweep: a + s * b. */
static void put_float(uint32_t addr, bool swapped, float a, float b)
{
    for (unsigned s = 0; s < GUESS_SWEEPS_MAX; s++) {
        float value = a + (float)s * b;
        uint32_t bits;
        memcpy(&bits, &value, sizeof bits);
        seen[s][addr + (swapped ? 1 : 0)] = (uint16_t)(bits >> 16);
        seen[s][addr + (swapped ? 0 : 1)] = (uint16_t)bits;
    }
}

static void put(uint32_t addr, uint16_t from, uint16_t step)
{
    for (unsigned s = 0; s < GUESS_SWEEPS_MAX; s++)
        seen[s][addr] = (uint16_t)(from + s * step);
}

static struct learn_point guess(uint32_t addr, uint32_t end)
{
    struct sweeps sweeps = all();
    return guess_at(&sweeps, MBP_HOLDING_REGISTERS, addr, end);
}

static int setup(void **state)
{
    (void)state;
    memset(seen, 0, sizeof seen);
    return 0;
}

static void test_float_that_moves_is_sure_in_its_order(void **state)
{
    (void)state;
    put_float(0, false, 230.1F, 0.13F);
    put_float(2, true, 4.7F, 0.013F);
    struct learn_point first = guess(0, 4);
    struct learn_point second = guess(2, 4);
    assert_int_equal(first.type, MBP_FLOAT32);
    assert_int_equal(first.order, MBP_ABCD);
    assert_int_equal(first.words, 2);
    assert_string_equal(first.comment, "sure a float32: it moved 15 times, from 230.1 to 232.05");
    assert_int_equal(second.type, MBP_FLOAT32);
    assert_int_equal(second.order, MBP_CDAB);
}

static void test_float_that_stands_still_is_likely_when_it_is_short(void **state)
{
    (void)state;
    put_float(0, false, 0.95F, 0);
    put_float(10, false, 0.123456789F, 0);
    put_float(20, false, 2, 0);
    struct learn_point point = guess(0, 2);
    assert_int_equal(point.type, MBP_FLOAT32);
    assert_string_equal(point.value, "0.95");
    assert_non_null(strstr(point.comment, "likely a float32"));
    assert_int_equal(guess(10, 12).type, MBP_UINT16);
    assert_int_equal(guess(20, 22).type, MBP_UINT16);
}

static void test_register_before_a_float_is_not_its_half(void **state)
{
    (void)state;
    put(0, 3, 0);
    put_float(1, false, 230.1F, 0.13F);
    put(10, 3, 0);
    put_float(11, false, 230.5F, 0);
    assert_int_equal(guess(0, 3).type, MBP_UINT16);
    assert_int_equal(guess(1, 3).type, MBP_FLOAT32);
    assert_int_equal(guess(10, 13).words, 1);
    assert_int_equal(guess(11, 13).type, MBP_FLOAT32);
}

static void test_two_numbers_of_a_register_each_are_no_float(void **state)
{
    (void)state;
    put(0, 39, 1);
    put(1, 200, 0);
    struct learn_point point = guess(0, 2);
    assert_int_equal(point.type, MBP_UINT16);
    assert_string_equal(point.value, "54");
    assert_string_equal(point.comment, "39 to 54, moves: 15");
}

static void test_counter_that_carries_is_sure(void **state)
{
    (void)state;
    for (unsigned s = 0; s < GUESS_SWEEPS_MAX; s++) {
        uint32_t count = 0x0001FFF0u + 3 * s;
        seen[s][0] = (uint16_t)(count >> 16);
        seen[s][1] = (uint16_t)count;
        seen[s][3] = (uint16_t)(count >> 16);
        seen[s][2] = (uint16_t)count;
        seen[s][5] = 2;
        seen[s][4] = (uint16_t)(100 + s);
    }
    struct learn_point point = guess(0, 2);
    assert_int_equal(point.type, MBP_UINT32);
    assert_int_equal(point.order, MBP_ABCD);
    assert_string_equal(point.value, "131101");
    assert_non_null(strstr(point.comment, "sure a uint32: it rose 15 times"));
    point = guess(2, 4);
    assert_int_equal(point.type, MBP_UINT32);
    assert_int_equal(point.order, MBP_CDAB);
    assert_int_equal(guess(4, 6).type, MBP_UINT16);
}

static void test_register_that_passes_zero_has_a_sign(void **state)
{
    (void)state;
    put(0, (uint16_t)-5, 1);
    put(10, (uint16_t)-50, 1);
    put(20, 0, 0x1111);
    struct learn_point point = guess(0, 1);
    assert_int_equal(point.type, MBP_INT16);
    assert_string_equal(point.comment, "sure an int16: -5 to 10, moves: 15");
    assert_string_equal(point.value, "10");
    point = guess(10, 11);
    assert_int_equal(point.type, MBP_INT16);
    assert_non_null(strstr(point.comment, "likely an int16"));
    assert_int_equal(guess(20, 21).type, MBP_UINT16);
}

static void test_text_is_likely_where_letters_stand(void **state)
{
    (void)state;
    static const char *const texts[] = {"SDM630 M", "5.22", "a-1"};
    static const struct {
        enum mbp_type type;
        uint16_t words;
    } wanted[] = {{MBP_STRING, 4}, {MBP_STRING, 2}, {MBP_UINT16, 1}};
    for (unsigned t = 0; t < 3; t++) {
        setup(state);
        for (unsigned i = 0; texts[t][i] != '\0'; i++) {
            for (unsigned s = 0; s < GUESS_SWEEPS_MAX; s++)
                seen[s][i / 2] =
                    (uint16_t)(seen[s][i / 2] | (unsigned)(unsigned char)texts[t][i] << (i % 2 == 0 ? 8 : 0));
        }
        struct learn_point point = guess(0, 6);
        assert_int_equal(point.type, wanted[t].type);
        assert_int_equal(point.words, wanted[t].words);
        if (point.type == MBP_STRING)
            assert_string_equal(point.value, texts[t]);
    }
}

static void test_bits_are_what_they_are(void **state)
{
    (void)state;
    put(0, 1, 0);
    struct sweeps sweeps = all();
    struct learn_point point = guess_at(&sweeps, MBP_COILS, 0, 1);
    assert_int_equal(point.type, MBP_BOOL);
    assert_string_equal(point.value, "1");
    assert_string_equal(point.comment, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_float_that_moves_is_sure_in_its_order, setup),
        cmocka_unit_test_setup(test_float_that_stands_still_is_likely_when_it_is_short, setup),
        cmocka_unit_test_setup(test_register_before_a_float_is_not_its_half, setup),
        cmocka_unit_test_setup(test_two_numbers_of_a_register_each_are_no_float, setup),
        cmocka_unit_test_setup(test_counter_that_carries_is_sure, setup),
        cmocka_unit_test_setup(test_register_that_passes_zero_has_a_sign, setup),
        cmocka_unit_test_setup(test_text_is_likely_where_letters_stand, setup),
        cmocka_unit_test_setup(test_bits_are_what_they_are, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
