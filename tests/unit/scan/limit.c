/* Masters' changes of limits, from the registers to the diagnosis and back. */
#include "line.h"

#include <string.h>

static void test_limit_written_holds_with_the_next_scan_and_is_journaled(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_TT101_LIMITS + MBP_HIGH, 600);
    line_scan(line, 1);
    assert_true(line_coil(line, COIL_FILL1 + MBP_EN_PANNE)); /* 65 is above it */
    line_read(line);
    const struct mbp_event *event = &line->events[2];
    assert_int_equal(event->code, MBP_EV_LIMIT_CHANGED);
    assert_int_equal(event->sensor, TT101);
    fixture_assert_number(event->value, 60);
    fixture_assert_number(event->limit, 85);
    assert_int_equal(event->detail, MBP_HIGH);
    assert_int_equal(event->actor, LINE_PEER);
    assert_int_equal(line->events[3].code, MBP_EV_ALARM_RAISED);
}

/* Low, then high, each beyond the other's old place: the image said yes, so the scan must take both. */
static void test_limits_moved_past_each_other_in_one_request_all_hold(void **state)
{
    struct line *line = *state;
    static const uint16_t words[4] = {0x8000, 900, 950, 1000};
    assert_int_equal(line_write(line, HR_TT101_LIMITS, 4, words), MBP_OK);
    line_scan(line, 1);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_WRITE_REFUSED), 0);
    assert_int_equal(line_count(line, MBP_EV_LIMIT_CHANGED), 3);
    for (uint16_t i = 0; i < 4; i++)
        assert_int_equal(line_holding(line, (uint16_t)(HR_TT101_LIMITS + i)), words[i]);
    const double *limits = &mbp_scan_state(line->scan)->limit[MBP_LIMIT_COUNT * TT101];
    fixture_assert_number(limits[MBP_LOW], 90);
    fixture_assert_number(limits[MBP_HIGH], 95);
}

/* The same by single writes, the last of which moves the first limit again. */
static void test_limits_moved_past_each_other_in_one_scan_all_hold(void **state)
{
    struct line *line = *state;
    assert_int_equal(line_write_word(line, HR_TT101_LIMITS + MBP_HIGH, 1000), MBP_OK);
    assert_int_equal(line_write_word(line, HR_TT101_LIMITS + MBP_LOW, 900), MBP_OK);
    assert_int_equal(line_write_word(line, HR_TT101_LIMITS + MBP_HIGH, 950), MBP_OK);
    line_scan(line, 1);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_WRITE_REFUSED), 0);
    assert_int_equal(line_holding(line, HR_TT101_LIMITS + MBP_LOW), 900);
    assert_int_equal(line_holding(line, HR_TT101_LIMITS + MBP_HIGH), 950);
}

/* FC 6 can write a float's limit only in halves; scans may come between. */
static void test_limit_half_written_holds_when_the_other_half_has_come(void **state)
{
    struct line *line = *state;
    const uint16_t high = HR_TT101_LIMITS + 4 + 2 * MBP_HIGH; /* PT101's high: 8.0 = 4100 0000 */
    const double *limits = &mbp_scan_state(line->scan)->limit[MBP_LIMIT_COUNT * PT101];
    assert_int_equal(line_write_word(line, high, 0x4F08), MBP_OK); /* 2.3e9 */
    line_scan(line, 5);
    assert_int_equal(line_holding(line, high), 0x4F08);
    fixture_assert_number(limits[MBP_HIGH], 8);
    assert_int_equal(line_write_word(line, high, 0x4108), MBP_OK); /* 8.5 */
    line_scan(line, 1);
    line_read(line);
    fixture_assert_number(limits[MBP_HIGH], 8.5);
    assert_int_equal(line_count(line, MBP_EV_WRITE_REFUSED), 0);
    assert_int_equal(line_count(line, MBP_EV_LIMIT_CHANGED), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINE_TEST(test_limit_written_holds_with_the_next_scan_and_is_journaled),
        LINE_TEST(test_limits_moved_past_each_other_in_one_request_all_hold),
        LINE_TEST(test_limits_moved_past_each_other_in_one_scan_all_hold),
        LINE_TEST(test_limit_half_written_holds_when_the_other_half_has_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
