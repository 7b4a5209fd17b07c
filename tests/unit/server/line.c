/* The time of a serial line: its silences, and how long a request and its answer take. */
#include "line.h"

#include "fixture.h"

static struct mbp_wire wire_of(const char *text)
{
    struct mbp_wire wire;
    char why[MBP_WIRE_WHY];
    assert_int_equal(mbp_wire_parse(text, &wire, why, sizeof why), MBP_OK);
    return wire;
}

static uint64_t silence_ms(const char *text)
{
    struct mbp_wire wire = wire_of(text);
    return line_silence_ms(&wire);
}

static void test_silence_is_three_and_a_half_characters_and_no_less_above_19200_baud(void **state)
{
    (void)state;
    assert_int_equal(silence_ms("rtu:///dev/x?baud=1200"), 33);   /* 3.5 x 11 / 1200 = 32.1 ms */
    assert_int_equal(silence_ms("rtu:///dev/x?baud=9600"), 5);    /* 4.01 ms */
    assert_int_equal(silence_ms("rtu:///dev/x?baud=19200"), 3);   /* 2.01 ms */
    assert_int_equal(silence_ms("rtu:///dev/x?baud=38400"), 2);   /* 1.75 ms */
    assert_int_equal(silence_ms("rtu:///dev/x?baud=4000000"), 2); /* likewise */
}

static void test_silence_of_a_pty_allows_for_its_programs_and_that_of_ascii_is_a_second(void **state)
{
    (void)state;
    assert_int_equal(silence_ms("rtu+pty:///tmp/x"), 20);
    assert_int_equal(silence_ms("rtu+pty:///tmp/x?baud=1200"), 33);
    assert_int_equal(silence_ms("ascii:///dev/x"), 1000);
    assert_int_equal(silence_ms("ascii+pty:///tmp/x?baud=9600"), 1000);
}

static void test_time_of_an_exchange_is_that_of_its_characters_and_the_silence_between(void **state)
{
    (void)state;
    struct mbp_wire rtu = wire_of("rtu+pty:///tmp/x?baud=9600");
    struct mbp_wire ascii = wire_of("ascii+pty:///tmp/x?baud=9600");
    struct mbp_wire at_once = wire_of("rtu+pty:///tmp/x");
    assert_int_equal(line_time_ns(&rtu, 8, 7) / 1000, 21197);     /* 18.5 x 11 / 9600 */
    assert_int_equal(line_time_ns(&ascii, 17, 15) / 1000, 33333); /* 32 x 10 / 9600 */
    assert_int_equal(line_time_ns(&at_once, 8, 7), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_silence_is_three_and_a_half_characters_and_no_less_above_19200_baud),
        cmocka_unit_test(test_silence_of_a_pty_allows_for_its_programs_and_that_of_ascii_is_a_second),
        cmocka_unit_test(test_time_of_an_exchange_is_that_of_its_characters_and_the_silence_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
