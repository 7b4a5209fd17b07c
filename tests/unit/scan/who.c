/* Who did what: each write that changed something is an event; repetitions are coalesced, and none is forgotten. */
#include <string.h>

#include "line.h"

/* The line of line.h with raw points: holding registers 100 and 101, coil 500, file 1. */
static const char tables_yaml[] = "    tables:\n"
                                  "      holding_registers: [{at: 100, values: [7, 8]}]\n"
                                  "      coils: [{at: 500, count: 1}]\n"
                                  "      files: [{number: 1, values: [1, 2, 3]}]\n";
enum { HR_RAW = 100, COIL_RAW = 500, OTHER_PEER = 8 };

static int setup(void **state)
{
    char text[4096];
    line_setup(state);
    struct line *line = *state;
    line_stop(line);
    snprintf(text, sizeof text, "%s%s", line_yaml, tables_yaml);
    line_start(line, text);
    line_read(line);
    line->event_count = 0;
    return 0;
}

#define WHO_TEST(test) cmocka_unit_test_setup_teardown(test, setup, line_teardown)

/* How many writes the events of a code tell, those that are coalesced among them. */
static uint64_t told(const struct line *line, enum mbp_event_code code)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < line->event_count; i++) {
        const struct mbp_event *event = &line->events[i];
        if (event->code == code)
            sum += 1 + (code == MBP_EV_POINT_WRITTEN ? event->detail >> 24 : 0);
        else if (event->code == MBP_EV_WRITES_AGGREGATED && event->detail == code)
            sum += (uint64_t)event->value;
    }
    return sum;
}

static void test_raw_register_that_changed_is_an_event_with_old_and_new_value(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_RAW, 70);
    line_scan(line, 1);
    line_read(line);
    const struct mbp_event *event = &line->events[line_find(line, 0, MBP_EV_POINT_WRITTEN)];
    fixture_assert_number(event->value, 70);
    fixture_assert_number(event->limit, 7);
    assert_int_equal(event->unit, 1);
    assert_int_equal(event->actor, LINE_PEER);
    assert_int_equal(event->detail, mbp_event_write_detail(MBP_HOLDING_REGISTERS, HR_RAW, 0, 0));
}

/* A scenario's steps are as many as its author wrote. */
static void test_each_write_of_a_scenario_is_told(void **state)
{
    struct line *line = *state;
    for (unsigned i = 0; i < 40; i++) {
        const uint8_t word[] = {0, (uint8_t)(100 + i)};
        const struct mbp_peer scenario = {MBP_ACTOR_THE_SCENARIO};
        assert_int_equal(mbp_image_write_words(line->unit, HR_RAW, 1, word, scenario), MBP_OK);
        line_scan(line, 1);
    }
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_POINT_WRITTEN), 40);
    assert_int_equal(line->events[line_find(line, 0, MBP_EV_POINT_WRITTEN)].actor, MBP_ACTOR_THE_SCENARIO);
}

static void test_write_that_changes_nothing_is_no_event(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_RAW, 7);
    line_write_coil(line, COIL_RAW, false);
    line_scan(line, 1);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_POINT_WRITTEN), 0);
}

static void test_raw_coil_and_file_are_told_too(void **state)
{
    struct line *line = *state;
    static const uint8_t words[] = {0, 2, 0, 9, 0, 8};
    line_write_coil(line, COIL_RAW, true);
    assert_int_equal(mbp_image_write_file(line->unit, 1, 0, 3, words, (struct mbp_peer){LINE_PEER}), MBP_OK);
    line_scan(line, 1);
    line_read(line);
    size_t coil = line_find(line, 0, MBP_EV_POINT_WRITTEN);
    assert_int_equal(line->events[coil].detail, mbp_event_write_detail(MBP_COILS, COIL_RAW, 0, 0));
    const struct mbp_event *file = &line->events[line_find(line, coil + 1, MBP_EV_POINT_WRITTEN)];
    assert_int_equal(file->detail, mbp_event_write_detail(MBP_WRITTEN_FILE, 1, 0, 2));
    fixture_assert_number(file->limit, 1);
    fixture_assert_number(file->value, 2);
}

static void test_changes_within_a_scan_are_one_event_that_counts_them(void **state)
{
    struct line *line = *state;
    for (uint16_t i = 0; i < 5; i++)
        line_write_word(line, HR_RAW, (uint16_t)(10 + i));
    line_scan(line, 1);
    line_read(line);
    const struct mbp_event *event = &line->events[line_find(line, 0, MBP_EV_POINT_WRITTEN)];
    assert_int_equal(line_count(line, MBP_EV_POINT_WRITTEN), 1);
    fixture_assert_number(event->limit, 7);
    fixture_assert_number(event->value, 14);
    assert_int_equal(event->detail >> 24, 4);
}

static void test_two_peers_within_a_scan_have_an_event_each(void **state)
{
    struct line *line = *state;
    static const uint8_t word[] = {0, 30};
    line_write_word(line, HR_RAW, 20);
    mbp_image_write_words(line->unit, HR_RAW, 1, word, (struct mbp_peer){OTHER_PEER});
    line_scan(line, 1);
    line_read(line);
    size_t first = line_find(line, 0, MBP_EV_POINT_WRITTEN);
    size_t second = line_find(line, first + 1, MBP_EV_POINT_WRITTEN);
    assert_int_equal(line->events[first].actor, LINE_PEER);
    fixture_assert_number(line->events[first].value, 20);
    assert_int_equal(line->events[second].actor, OTHER_PEER);
    fixture_assert_number(line->events[second].limit, 20);
}

static void test_repetitions_are_ten_events_a_second_that_chain_and_count_all(void **state)
{
    struct line *line = *state;
    uint64_t writes = 0;
    for (uint16_t scan = 0; scan < 100; scan++) { /* ten seconds, two points */
        line_write_word(line, HR_RAW, (uint16_t)(1000 + scan));
        line_write_word(line, HR_RAW + 1, (uint16_t)(2000 + scan));
        writes += 2;
        line_scan(line, 1);
    }
    line_read(line);
    assert_in_range(line_count(line, MBP_EV_POINT_WRITTEN), 95, 115);
    mbp_scan_close(line->scan);
    line_read(line);
    assert_int_equal(told(line, MBP_EV_POINT_WRITTEN), writes);
    float last[2] = {7, 8};
    for (size_t i = 0; i < line->event_count; i++) { /* each begins where the one before ended */
        const struct mbp_event *event = &line->events[i];
        if (event->code != MBP_EV_POINT_WRITTEN)
            continue;
        unsigned point = (event->detail & 0xFFFFu) - HR_RAW;
        fixture_assert_number(event->limit, last[point]);
        last[point] = event->value;
    }
    fixture_assert_number(last[0], 1099);
    fixture_assert_number(last[1], 2099);
}

static void test_peers_have_a_budget_each(void **state)
{
    struct line *line = *state;
    for (uint16_t scan = 0; scan < 50; scan++) {
        const uint8_t word[] = {1, (uint8_t)scan};
        for (int i = 0; i < 8; i++)
            line_write_word(line, (uint16_t)(HR_RAW), (uint16_t)(1000 + 8 * scan + i));
        mbp_image_write_words(line->unit, HR_RAW + 1, 1, word, (struct mbp_peer){OTHER_PEER});
        line_scan(line, 1);
    }
    line_read(line);
    size_t others = 0;
    for (size_t i = 0; i < line->event_count; i++)
        others += line->events[i].actor == OTHER_PEER ? 1 : 0;
    assert_int_equal(others, 50); /* ten a second: all of them told at once */
}

static void test_repeated_forces_are_coalesced_and_counted_beside(void **state)
{
    struct line *line = *state;
    for (uint16_t scan = 0; scan < 60; scan++) {
        line_write_word(line, HR_TT101, (uint16_t)(600 + scan));
        line_write_word(line, HR_RAW, (uint16_t)(600 + scan)); /* eats half of the credit */
        line_scan(line, 1);
    }
    mbp_scan_close(line->scan);
    line_read(line);
    assert_true(line_count(line, MBP_EV_VALUE_FORCED) < 60);
    assert_int_equal(told(line, MBP_EV_VALUE_FORCED), 60);
}

static void test_release_comes_after_the_forces_that_it_ends(void **state)
{
    struct line *line = *state;
    for (uint16_t scan = 0; scan < 40; scan++) {
        line_write_word(line, HR_RAW, (uint16_t)(600 + scan));
        line_write_word(line, HR_TT101, (uint16_t)(600 + scan));
        line_scan(line, 1);
    }
    line_write_coil(line, 1000 + TT101, false);
    line_scan(line, 1);
    line_read(line);
    size_t released = line_find(line, 0, MBP_EV_VALUE_RELEASED);
    size_t forced = 0;
    for (size_t at = 0; at < line->event_count; at++)
        forced = line->events[at].code == MBP_EV_VALUE_FORCED ? at : forced;
    assert_true(forced < released);
    fixture_assert_number(line->events[forced].value, 63.9f);
    assert_int_equal(told(line, MBP_EV_VALUE_FORCED), 40);
}

static void test_first_force_after_a_release_is_told_at_once(void **state)
{
    struct line *line = *state;
    for (uint16_t scan = 0; scan < 40; scan++) {
        line_write_word(line, HR_RAW, (uint16_t)(600 + scan));
        line_write_word(line, HR_RAW + 1, (uint16_t)(600 + scan));
        if (scan % 2 == 0)
            line_write_word(line, HR_TT101, (uint16_t)(600 + scan));
        else
            line_write_coil(line, 1000 + TT101, false);
        line_scan(line, 1);
    }
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_VALUE_FORCED), 20);
    assert_int_equal(line_count(line, MBP_EV_VALUE_RELEASED), 20);
}

static void test_flood_of_changes_in_one_scan_is_counted_beyond_what_has_room(void **state)
{
    struct line *line = *state;
    static const uint8_t words[2][2] = {{0, 1}, {0, 2}};
    for (uint32_t i = 0; i < 3000; i++) /* another peer each time, so that none can join the one before */
        mbp_image_write_words(line->unit, HR_RAW, 1, words[i % 2], (struct mbp_peer){1000 + i});
    line_scan(line, 1);
    line_read(line);
    assert_int_equal(told(line, MBP_EV_POINT_WRITTEN), 3000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHO_TEST(test_raw_register_that_changed_is_an_event_with_old_and_new_value),
        WHO_TEST(test_each_write_of_a_scenario_is_told),
        WHO_TEST(test_write_that_changes_nothing_is_no_event),
        WHO_TEST(test_raw_coil_and_file_are_told_too),
        WHO_TEST(test_changes_within_a_scan_are_one_event_that_counts_them),
        WHO_TEST(test_two_peers_within_a_scan_have_an_event_each),
        WHO_TEST(test_repetitions_are_ten_events_a_second_that_chain_and_count_all),
        WHO_TEST(test_peers_have_a_budget_each),
        WHO_TEST(test_repeated_forces_are_coalesced_and_counted_beside),
        WHO_TEST(test_release_comes_after_the_forces_that_it_ends),
        WHO_TEST(test_first_force_after_a_release_is_told_at_once),
        WHO_TEST(test_flood_of_changes_in_one_scan_is_counted_beyond_what_has_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
