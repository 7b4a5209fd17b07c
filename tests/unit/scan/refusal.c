/* Refused writes in the journal: at most ten a second of each peer, none forgotten. */
#include "line.h"

/* One refused write from each of n peers. */
static void refuse(struct line *line, unsigned peers)
{
    static const uint8_t zero[2] = {0, 0};
    for (unsigned i = 0; i < peers; i++)
        mbp_image_write_words(line->unit, 60000, 1, zero, (struct mbp_peer){1000u + i});
}

/* Two refused writes of one peer, of which each would be an event of its own. */
static void refuse_twice(struct line *line, uint32_t peer)
{
    static const uint8_t zero[2] = {0, 0};
    mbp_image_write_words(line->unit, 60000, 1, zero, (struct mbp_peer){peer});
    mbp_image_write_bits(line->unit, 60000, 1, zero, (struct mbp_peer){peer});
}

static size_t count_of(const struct line *line, uint32_t peer)
{
    size_t count = 0;
    for (size_t i = 0; i < line->event_count; i++)
        count += line->events[i].code == MBP_EV_WRITE_REFUSED && line->events[i].actor == peer;
    return count;
}

static uint64_t told_of(const struct line *line, uint32_t peer)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < line->event_count; i++) {
        if (line->events[i].code == MBP_EV_WRITE_REFUSED && line->events[i].actor == peer)
            sum += 1 + (line->events[i].detail >> 24);
    }
    return sum;
}

static uint64_t told(const struct line *line)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < line->event_count; i++) {
        if (line->events[i].code == MBP_EV_WRITE_REFUSED)
            sum += 1 + (line->events[i].detail >> 24);
    }
    return sum;
}

static void test_refusal_is_told_with_the_next_scan(void **state)
{
    struct line *line = *state;
    assert_int_equal(line_write_word(line, HR_TT101, 0x7FFF), MBP_EX_SERVER_DEVICE_FAILURE);
    line_scan(line, 1);
    line_read(line);
    const struct mbp_event *event = &line->events[2];
    assert_int_equal(event->code, MBP_EV_WRITE_REFUSED);
    assert_int_equal(event->unit, 1);
    assert_string_equal(line_machine(line, event), "FILL1");
    assert_string_equal(line_item(line, event), "TT101");
    fixture_assert_number(event->value, (double)3276.7F);
    assert_int_equal(event->actor, LINE_PEER);
    assert_int_equal(event->detail,
                     mbp_event_write_detail(MBP_HOLDING_REGISTERS, HR_TT101, MBP_EX_SERVER_DEVICE_FAILURE, 0));
}

static void test_refusals_in_a_flood_are_ten_events_a_second_that_count_all(void **state)
{
    struct line *line = *state;
    for (int scan = 0; scan < 100; scan++) {
        refuse_twice(line, LINE_PEER);
        refuse_twice(line, LINE_PEER);
        line_scan(line, 1);
    }
    line_read(line);
    assert_in_range(line_count(line, MBP_EV_WRITE_REFUSED), 95, 110);
    assert_true(told(line) >= 400 - 4);
    line_scan(line, 2); /* what is left comes with the next that may be told */
    line_read(line);
    assert_int_equal(told(line), 400);
}

static void test_refusals_of_one_peer_in_a_flood_take_nothing_from_another(void **state)
{
    enum { FLOODING = 71, QUIET = 72 };
    struct line *line = *state;
    for (int scan = 0; scan < 100; scan++) {
        for (int i = 0; i < 50; i++)
            refuse_twice(line, FLOODING);
        if (scan % 5 == 4)
            refuse_twice(line, QUIET);
        line_scan(line, 1);
    }
    line_scan(line, 2);
    line_read(line);
    assert_in_range(count_of(line, FLOODING), 95, 110);
    assert_int_equal(told_of(line, FLOODING), 10000);
    assert_int_equal(count_of(line, QUIET), 40); /* each one by itself, with the scan after it */
    assert_int_equal(told_of(line, QUIET), 40);
}

static void test_refusals_after_a_quiet_second_are_told_ten_at_once(void **state)
{
    struct line *line = *state;
    for (int scan = 0; scan < 30; scan++) {
        refuse_twice(line, LINE_PEER);
        line_scan(line, 1);
    }
    line_scan(line, 50);
    line_read(line);
    size_t before = line_count(line, MBP_EV_WRITE_REFUSED);
    for (int scan = 0; scan < 4; scan++) {
        refuse_twice(line, LINE_PEER);
        line_scan(line, 1);
    }
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_WRITE_REFUSED), before + 8);
}

/* More peers at once than there are places: what has none is told together, as of several, and at the pace of one. */
static void test_refusals_of_more_peers_than_places_are_all_counted(void **state)
{
    struct line *line = *state;
    for (int scan = 0; scan < 100; scan++) {
        refuse(line, 150);
        line_scan(line, 1);
    }
    line_scan(line, 2);
    line_read(line);
    uint64_t sum = 0;
    for (size_t i = 0; i < line->event_count; i++) {
        if (line->events[i].code == MBP_EV_WRITES_AGGREGATED)
            sum += (uint64_t)line->events[i].value;
    }
    assert_int_equal(told(line) + sum, 15000);
    assert_in_range(count_of(line, MBP_ACTOR_OTHERS), 90, 120);
    assert_in_range(count_of(line, 1000), 90, 110);
}

static void test_refusals_not_yet_told_are_told_when_the_plant_stops(void **state)
{
    struct line *line = *state;
    refuse(line, 20);
    line_scan(line, 1);
    refuse(line, 5); /* since the last scan */
    mbp_scan_close(line->scan);
    line_read(line);
    assert_int_equal(told(line), 25);
    assert_int_equal(line->events[line->event_count - 1].code, MBP_EV_STOP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINE_TEST(test_refusal_is_told_with_the_next_scan),
        LINE_TEST(test_refusals_in_a_flood_are_ten_events_a_second_that_count_all),
        LINE_TEST(test_refusals_of_one_peer_in_a_flood_take_nothing_from_another),
        LINE_TEST(test_refusals_of_more_peers_than_places_are_all_counted),
        LINE_TEST(test_refusals_after_a_quiet_second_are_told_ten_at_once),
        LINE_TEST(test_refusals_not_yet_told_are_told_when_the_plant_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
