/* Times as people type them, in a zone with summer time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <time.h>

#include "mbplant/report/period.h"

#define NOW_MS UINT64_C(1795543200000) /* 2026-11-24T18:00:00Z, 19:00 in Paris */
#define DAY_MS UINT64_C(86400000)

static int in_paris(void **state)
{
    (void)state;
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1); // NOLINT(concurrency-mt-unsafe)
    tzset();
    return 0;
}

static uint64_t time_of(const char *text, bool is_end)
{
    struct mbp_moment moment;
    if (mbp_moment_parse(text, NOW_MS, is_end, &moment) != MBP_OK)
        fail_msg("'%s' is not taken", text);
    assert_int_equal(moment.kind, MBP_MOMENT_TIME);
    return moment.ms;
}

static void test_digits_are_an_event_number(void **state)
{
    (void)state;
    struct mbp_moment moment;
    assert_int_equal(mbp_moment_parse("1200", NOW_MS, false, &moment), MBP_OK);
    assert_int_equal(moment.kind, MBP_MOMENT_EVENT);
    assert_int_equal(moment.seq, 1200);
    assert_int_equal(mbp_moment_parse("0", NOW_MS, false, &moment), MBP_ERR_RANGE);
    assert_int_equal(mbp_moment_parse("4294967295", NOW_MS, false, &moment), MBP_OK);
    assert_int_equal(mbp_moment_parse("4294967296", NOW_MS, false, &moment), MBP_ERR_RANGE);
    assert_int_equal(mbp_moment_parse("99999999999999999999", NOW_MS, false, &moment), MBP_ERR_RANGE);
}

static void test_iso_8601_is_local_unless_it_names_a_zone(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t from_now_ms;
    } cases[] = {
        {"2026-11-24T19:00", 0},
        {"2026-11-24 19:00:00", 0},
        {"2026-11-24T18:00Z", 0},
        {"2026-11-24T18:00:00.250Z", 250},
        {"2026-11-24T18:00:00,25z", 250},
        {"2026-11-24T23:30:00+05:30", 0},
        {"2026-11-24T13:00:00-0500", 0},
        {"2026-11-24T13:00:00 -05", 0},
        {"19:00", 0},
        {"18:59:59.999", -1},
        {"18:00Z", 0},
        {"2026-11-24", -19 * INT64_C(3600000)},
        {"2026-07-01T12:00", -(INT64_C(146) * 86400000 + 8 * INT64_C(3600000))}, /* summer time: 10:00Z */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t got = (int64_t)time_of(cases[i].text, false) - (int64_t)NOW_MS;
        if (got != cases[i].from_now_ms)
            fail_msg("%s is %lld ms from now, not %lld", cases[i].text, (long long)got,
                     (long long)cases[i].from_now_ms);
    }
}

static void test_day_that_ends_a_period_is_whole(void **state)
{
    (void)state;
    uint64_t midnight = NOW_MS - 19 * UINT64_C(3600000);
    assert_int_equal(time_of("today", false), midnight);
    assert_int_equal(time_of("today", true), midnight + DAY_MS);
    assert_int_equal(time_of("yesterday", false), midnight - DAY_MS);
    assert_int_equal(time_of("yesterday", true), midnight);
    assert_int_equal(time_of("2026-11-24", true), midnight + DAY_MS);
    /* the last Sunday of October has 25 hours */
    assert_int_equal(time_of("2026-10-25", true) - time_of("2026-10-25", false), 25 * UINT64_C(3600000));
    assert_int_equal(time_of("08:00", true), midnight + 8 * UINT64_C(3600000));
}

static void test_duration_is_so_long_ago(void **state)
{
    (void)state;
    assert_int_equal(time_of("now", false), NOW_MS);
    assert_int_equal(time_of("2h", false), NOW_MS - 2 * UINT64_C(3600000));
    assert_int_equal(time_of("1.5 min", true), NOW_MS - 90000);
}

static void test_what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",           "tomorrow",        "24.11.2026",      "2026-11",
                                        "2026-13-01", "2026-02-30",      "2026-11-24T",     "2026-11-24T25:00",
                                        "12:60",      "12:30:61",        "12:30:",          "12:30:05.",
                                        "2 hours",    "12:30+25:00",     "12:30+01:75",     "2026-11-24T08:00Zx",
                                        "-2h",        "2026-11-24T8:00", "1969-12-31T00:00"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct mbp_moment moment;
        if (mbp_moment_parse(wrong[i], NOW_MS, false, &moment) == MBP_OK)
            fail_msg("'%s' is taken", wrong[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digits_are_an_event_number),
        cmocka_unit_test(test_iso_8601_is_local_unless_it_names_a_zone),
        cmocka_unit_test(test_day_that_ends_a_period_is_whole),
        cmocka_unit_test(test_duration_is_so_long_ago),
        cmocka_unit_test(test_what_is_no_time_is_refused),
    };
    return cmocka_run_group_tests(tests, in_paris, NULL);
}
