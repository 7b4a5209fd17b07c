/* A scan in which everything happens at once. */
#include "line.h"

#include <string.h>

#define SENSORS 100u

static const char yaml[] = "mbplant: 1\n"
                           "name: Load\n"
                           "scan: 100ms\n"
                           "units:\n"
                           "  - id: 1\n"
                           "    machines:\n"
                           "      - name: M1\n"
                           "        sensors:\n"
                           "          - {name: \"S{n}\", repeat: 100, kind: level, range: [-100, 100],\n"
                           "             limits: {low_low: -90, low: -80, high: 10, high_high: 20},\n"
                           "             signal: {base: 50}, register: {type: int16}}\n";

static void write_values(struct line *line, int value)
{
    uint16_t words[SENSORS];
    for (unsigned i = 0; i < SENSORS; i++)
        words[i] = (uint16_t)value;
    assert_int_equal(line_write(line, 0, SENSORS, words), MBP_OK);
}

static void write_limits(struct line *line)
{
    static const int limits[4] = {-70, -60, 60, 70};
    uint16_t words[100];
    for (unsigned i = 0; i < 100; i++)
        words[i] = (uint16_t)limits[i % 4];
    for (unsigned i = 0; i < 4 * SENSORS; i += 100)
        assert_int_equal(line_write(line, (uint16_t)(1000 + i), 100, words), MBP_OK);
}

/* Each sensor: forced, four limits moved, shelved, four alarms acknowledged and two cleared, in one scan. */
static void test_scan_in_which_everything_happens_loses_no_event(void **state)
{
    struct line *line = *state;
    uint8_t ones[13];
    memset(ones, 0xFF, sizeof ones);
    line_stop(line);
    line_start(line, yaml);
    line_scan(line, 1);
    write_values(line, -95);
    line_scan(line, 1);
    line_read(line);
    size_t before = line->event_count;
    assert_int_equal(line_count(line, MBP_EV_ALARM_RAISED), 4 * SENSORS); /* first above, then below */
    assert_int_equal(line_count(line, MBP_EV_ALARM_CLEARED), 2 * SENSORS);
    write_limits(line);
    write_values(line, 0);
    assert_int_equal(line_write_coil(line, 3, true), MBP_OK);
    assert_int_equal(mbp_image_write_bits(line->unit, 2000, SENSORS, ones, (struct mbp_peer){LINE_PEER}), MBP_OK);
    line_scan(line, 1);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_JOURNAL_TROUBLE), 0);
    assert_int_equal(line_count(line, MBP_EV_VALUE_FORCED), 2 * SENSORS);
    assert_int_equal(line_count(line, MBP_EV_LIMIT_CHANGED), 4 * SENSORS);
    assert_int_equal(line_count(line, MBP_EV_ALARM_SHELVED), SENSORS);
    assert_int_equal(line_count(line, MBP_EV_ALARM_ACKNOWLEDGED), 4 * SENSORS);
    assert_int_equal(line_count(line, MBP_EV_ALARM_CLEARED), 4 * SENSORS);
    assert_int_equal(line->event_count - before, 12 * SENSORS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINE_TEST(test_scan_in_which_everything_happens_loses_no_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
