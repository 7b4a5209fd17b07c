/* Clocks, and wall time as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mbplant/base.h"

static void test_time_written_is_utc_with_milliseconds(void **state)
{
    (void)state;
    char buf[32];
    assert_string_equal(mbp_time_format(0, buf, sizeof buf), "1970-01-01T00:00:00.000Z");
    assert_string_equal(mbp_time_format(UINT64_C(1700000000123), buf, sizeof buf), "2023-11-14T22:13:20.123Z");
    assert_string_equal(mbp_time_format(UINT64_C(1709164800007), buf, sizeof buf), "2024-02-29T00:00:00.007Z");
}

static void test_time_beyond_any_calendar_still_ends_in_the_buffer(void **state)
{
    (void)state;
    char buf[32];
    const char *text = mbp_time_format(UINT64_MAX, buf, sizeof buf);
    assert_ptr_equal(text, buf);
    assert_in_range(strlen(text), 1, sizeof buf - 1);
}

static void test_system_clock_asked_twice_never_goes_back(void **state)
{
    (void)state;
    struct mbp_clock clock = mbp_clock_system();
    uint64_t first = clock.mono_ns(clock.ctx);
    assert_true(clock.mono_ns(clock.ctx) >= first);
    assert_true(clock.wall_ms(clock.ctx) > UINT64_C(1577836800000)); /* after 2020: Unix time, in ms */
    assert_true(clock.wall_ms(clock.ctx) < UINT64_C(32503680000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time_written_is_utc_with_milliseconds),
        cmocka_unit_test(test_time_beyond_any_calendar_still_ends_in_the_buffer),
        cmocka_unit_test(test_system_clock_asked_twice_never_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
