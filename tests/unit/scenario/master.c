/* What is expected of masters: by what was heard of them, scan by scan. */
#include "exercise.h"

#include "mbplant/names.h"

#define TT101 0u /* its holding register */

static uint16_t port;

static struct mbp_heard request(const char *client, uint8_t unit, uint8_t function, bool write, uint32_t addr)
{
    static uint8_t address[MBP_ACTOR_ADDRESS];
    assert_int_equal(mbp_address_parse(client, address), MBP_OK);
    struct mbp_heard_span span = {MBP_HOLDING_REGISTERS, addr, 2};
    struct mbp_heard heard = {.address = address, .port = port, .unit = unit, .function = function};
    *(write ? &heard.write : &heard.read) = span;
    return heard;
}

static void hear(struct exercise *exercise, const char *client, uint8_t unit, uint8_t function, bool write,
                 uint32_t addr)
{
    struct mbp_heard heard = request(client, unit, function, write, addr);
    mbp_play_heard(exercise->play, &heard);
}

static int setup(void **state)
{
    port = 40000;
    return exercise_setup(state);
}

#define MASTER_TEST(test) cmocka_unit_test_setup_teardown(test, setup, exercise_teardown)

/* A scan of grace beside `every`: what a scan tells is so old at most. */
static void test_poll_in_time_is_met_and_a_gap_is_missed_when_it_is_too_long(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - expect: {polled: TT101, every: 500ms, for: 3s}\n", false);
    for (unsigned i = 0; i < 35; i++) {
        if (i % 5 == 0)
            hear(exercise, "10.0.0.1", 1, 3, false, TT101);
        exercise_scan(exercise, 1);
    }
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
    assert_same_ms(exercise_decided_s(exercise, 0), 3.0);
    exercise_play(exercise, "  - expect: {polled: TT101, every: 500ms, for: 3s}\n", false);
    exercise_scan(exercise, 3);
    hear(exercise, "10.0.0.1", 1, 3, false, TT101);
    exercise_scan(exercise, 30);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MISSED);
    assert_same_ms(exercise_decided_s(exercise, 0), 1.0);
    assert_string_equal(mbp_play_expectation(exercise->play, 0).found, "the last time was 0.7s ago");
}

static void test_poll_of_another_unit_address_or_client_or_one_refused_is_none(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - expect: {client: 10.0.0.1, polled: TT101, every: 1s, for: 3s}\n", false);
    struct mbp_heard refused = request("10.0.0.1", 1, 3, false, TT101);
    refused.refused = true;
    for (unsigned i = 0; i < 30; i++) {
        hear(exercise, "10.0.0.2", 1, 3, false, TT101);
        hear(exercise, "10.0.0.1", 2, 3, false, TT101);
        hear(exercise, "10.0.0.1", 1, 3, false, TT101 + 1);
        refused = request("10.0.0.1", 1, 3, false, TT101);
        refused.refused = true;
        mbp_play_heard(exercise->play, &refused);
        exercise_scan(exercise, 1);
    }
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MISSED);
    assert_string_equal(mbp_play_expectation(exercise->play, 0).found, "it asked, but not for that");
}

static void test_first_unit_has_other_numbers_too(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - expect: {polled: TT101, every: 1s, for: 500ms}\n  - expect: {never_wrote: TT101}\n",
                  false);
    exercise_scan(exercise, 1); /* with which the step comes */
    hear(exercise, "10.0.0.1", 255, 3, false, TT101);
    hear(exercise, "10.0.0.1", 0, 16, true, TT101);
    exercise_scan(exercise, 100);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
    assert_int_equal(exercise_verdict(exercise, 1), MBP_VERDICT_MISSED);
    assert_string_equal(mbp_play_expectation(exercise->play, 1).found, "it did, with function 16");
}

static void test_without_a_time_it_holds_until_the_scenario_ends(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise,
                  "  - expect: {never_wrote: TT101}\n  - expect: {functions: [3, 4]}\n  - expect: {unit: 1}\n", false);
    hear(exercise, "10.0.0.1", 1, 3, false, TT101);
    exercise_scan(exercise, 99);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(exercise_verdict(exercise, i), MBP_VERDICT_OPEN);
    exercise_scan(exercise, 1);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(exercise_verdict(exercise, i), MBP_VERDICT_MET);
}

static void test_only_a_connection_that_is_younger_than_the_step_is_anew(void **state)
{
    static const char timeline[] = "  - {at: 1s, expect: {client: any, reconnected: within 2s}}\n";
    struct exercise *exercise = *state;
    exercise_play(exercise, timeline, false);
    hear(exercise, "10.0.0.1", 1, 3, false, TT101);
    exercise_scan(exercise, 15);
    hear(exercise, "10.0.0.1", 1, 3, false, TT101);
    exercise_scan(exercise, 5);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_OPEN);
    port++;
    hear(exercise, "10.0.0.1", 1, 3, false, TT101);
    exercise_scan(exercise, 1);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_MET);
    exercise_play(exercise, timeline, false);
    hear(exercise, "10.0.0.1", 1, 3, false, TT101);
    exercise_scan(exercise, 15);
    hear(exercise, "10.0.0.1", 1, 3, false, TT101);
    exercise_scan(exercise, 20);
    assert_string_equal(mbp_play_expectation(exercise->play, 0).found, "it went on asking on a connection of before");
}

/* More connections than are known: the one that was heard last longest ago makes room. */
static void test_many_connections_are_no_trouble(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - {at: 1s, expect: {reconnected: true, within: 2s}}\n", false);
    for (port = 1; port < 2000; port++)
        hear(exercise, "10.0.0.1", 1, 3, false, TT101);
    exercise_scan(exercise, 12);
    port = 1999;
    hear(exercise, "10.0.0.1", 1, 3, false, TT101);
    exercise_scan(exercise, 1);
    assert_int_equal(exercise_verdict(exercise, 0), MBP_VERDICT_OPEN);
}

static void test_scenario_tells_whether_it_needs_masters(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - expect: {no_alarm: all, for: 1s}\n", false);
    assert_false(mbp_scenario_judges_masters(exercise->scenario));
    exercise_play(exercise, "  - expect: {unit: 1}\n", false);
    assert_true(mbp_scenario_judges_masters(exercise->scenario));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MASTER_TEST(test_poll_in_time_is_met_and_a_gap_is_missed_when_it_is_too_long),
        MASTER_TEST(test_poll_of_another_unit_address_or_client_or_one_refused_is_none),
        MASTER_TEST(test_first_unit_has_other_numbers_too),
        MASTER_TEST(test_without_a_time_it_holds_until_the_scenario_ends),
        MASTER_TEST(test_only_a_connection_that_is_younger_than_the_step_is_anew),
        MASTER_TEST(test_many_connections_are_no_trouble),
        MASTER_TEST(test_scenario_tells_whether_it_needs_masters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
