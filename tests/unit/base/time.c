/* Clocks, wall time as text, and arithmetic that ends at the ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

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

int __real_clock_gettime(clockid_t id, struct timespec *out); // NOLINT: the linker gives the names
int __wrap_clock_gettime(clockid_t id, struct timespec *out); // NOLINT

static const struct timespec *wall; /* NULL = the system's */

int __wrap_clock_gettime(clockid_t id, struct timespec *out) // NOLINT
{
    if (id != CLOCK_REALTIME || wall == NULL)
        return __real_clock_gettime(id, out);
    *out = *wall;
    return 0;
}

static void test_system_clock_before_1970_is_told_as_1970(void **state)
{
    (void)state;
    struct mbp_clock clock = mbp_clock_system();
    const struct timespec before = {.tv_sec = -1, .tv_nsec = 999000000}, after = {.tv_sec = 1, .tv_nsec = 5000000};
    wall = &before;
    assert_int_equal(clock.wall_ms(clock.ctx), 0);
    wall = &after;
    assert_int_equal(clock.wall_ms(clock.ctx), 1005);
    wall = NULL;
}

static void test_time_added_beyond_the_end_is_the_end(void **state)
{
    (void)state;
    assert_int_equal(mbp_time_add_sat(40, 2), 42);
    assert_int_equal(mbp_time_add_sat(UINT64_MAX - 2, 2), UINT64_MAX);
    assert_int_equal(mbp_time_add_sat(UINT64_MAX - 2, 3), UINT64_MAX);
    assert_int_equal(mbp_time_add_sat(UINT64_MAX, UINT64_MAX), UINT64_MAX);
}

static void test_time_taken_away_below_nothing_is_nothing(void **state)
{
    (void)state;
    assert_int_equal(mbp_time_sub_sat(44, 2), 42);
    assert_int_equal(mbp_time_sub_sat(2, 2), 0);
    assert_int_equal(mbp_time_sub_sat(2, 3), 0);
    assert_int_equal(mbp_time_sub_sat(0, UINT64_MAX), 0);
}

static void test_time_multiplied_beyond_the_end_is_the_end(void **state)
{
    (void)state;
    assert_int_equal(mbp_time_mul_sat(21, 2), 42);
    assert_int_equal(mbp_time_mul_sat(UINT64_MAX, 0), 0);
    assert_int_equal(mbp_time_mul_sat(UINT64_MAX / 2, 2), UINT64_MAX - 1);
    assert_int_equal(mbp_time_mul_sat(UINT64_MAX / 2 + 1, 2), UINT64_MAX);
    assert_int_equal(mbp_time_mul_sat(UINT64_C(1) << 33, UINT64_C(1) << 33), UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time_written_is_utc_with_milliseconds),
        cmocka_unit_test(test_time_beyond_any_calendar_still_ends_in_the_buffer),
        cmocka_unit_test(test_system_clock_asked_twice_never_goes_back),
        cmocka_unit_test(test_system_clock_before_1970_is_told_as_1970),
        cmocka_unit_test(test_time_added_beyond_the_end_is_the_end),
        cmocka_unit_test(test_time_taken_away_below_nothing_is_nothing),
        cmocka_unit_test(test_time_multiplied_beyond_the_end_is_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
