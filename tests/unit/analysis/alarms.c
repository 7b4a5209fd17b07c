/* What a journal tells of alarms, with answers worked out by hand. */
#include "telling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

static uint8_t active[3];
static struct mbp_analysis_now now;

static int begin(void **state)
{
    (void)story_begin(state);
    active[TT] = active[PT] = active[ST] = 0;
    story_start(story, 0);
    return 0;
}

static struct mbp_analysis *tell(double since_s, double until_s, double now_s)
{
    now = (struct mbp_analysis_now){.wall_ms = story_wall(story, now_s),
                                    .scan = (uint32_t)llround((now_s - story->start_s) * 10),
                                    .machines = machines,
                                    .active = active};
    return story_tell(story, plant, since_s, until_s, &now);
}

static void raised(double at_s, uint16_t sensor)
{
    story_alarm(story, at_s, MBP_EV_ALARM_RAISED, sensor, MBP_HIGH);
}

static void cleared(double at_s, uint16_t sensor)
{
    story_alarm(story, at_s, MBP_EV_ALARM_CLEARED, sensor, MBP_HIGH);
}

/* n alarms that come and go, `every` seconds apart from at_s on. */
static void burst(double at_s, unsigned n, double every)
{
    for (unsigned i = 0; i < n; i++) {
        raised(at_s + i * every, (uint16_t)(i % 3));
        cleared(at_s + i * every + 0.5, (uint16_t)(i % 3));
    }
}

static void test_alarms_are_counted_by_kind_and_priority(void **state)
{
    (void)state;
    raised(100, TT);
    raised(200, PT);
    cleared(250, PT);
    raised(300, PT);
    raised(400, ST);
    story_alarm(story, 450, MBP_EV_ALARM_SHELVED, ST, 0);
    cleared(500, ST);
    struct mbp_analysis *analysis = tell(-1, -1, 2 * HOUR);
    const struct mbp_analysis_alarms *alarms = &analysis->alarms;
    assert_int_equal(alarms->raised, 4);
    assert_int_equal(alarms->cleared, 2);
    assert_int_equal(alarms->shelved, 1);
    assert_int_equal(alarms->by_priority[MBP_PRIORITY_LOW], 1);
    assert_int_equal(alarms->by_priority[MBP_PRIORITY_MEDIUM], 1);
    assert_int_equal(alarms->by_priority[MBP_PRIORITY_HIGH], 2);
    NEAR(alarms->per_hour, 2);
    assert_int_equal(alarms->waiting, 3);
    mbp_analysis_free(analysis);
}

static void test_peak_is_the_most_within_ten_minutes(void **state)
{
    (void)state;
    raised(0, TT);
    raised(599, PT);
    raised(600, ST); /* the first has just left */
    raised(650, TT);
    raised(5000, PT);
    struct mbp_analysis *analysis = tell(-1, -1, 2 * HOUR);
    assert_int_equal(analysis->alarms.peak, 3);
    assert_int_equal(analysis->alarms.peak_ms, story_wall(story, 650));
    assert_int_equal(analysis->flood_count, 0);
    NEAR(analysis->alarms.flood_share, 0);
    mbp_analysis_free(analysis);
}

static void test_ten_in_ten_minutes_are_no_flood_and_eleven_are(void **state)
{
    (void)state;
    burst(100, 10, 50);
    struct mbp_analysis *analysis = tell(-1, -1, 2 * HOUR);
    assert_int_equal(analysis->flood_count, 0);
    assert_int_equal(analysis->alarms.peak, 10);
    mbp_analysis_free(analysis);
    burst(4000, 11, 50); /* 4000, 4050 .. 4500 */
    analysis = tell(-1, -1, 2 * HOUR);
    assert_int_equal(analysis->flood_count, 1);
    const struct mbp_analysis_flood *flood = &analysis->floods[0];
    assert_int_equal(flood->from_ms, story_wall(story, 4000));
    /* fewer than five when the fifth newest, of 4300, leaves the window */
    assert_int_equal(flood->to_ms, story_wall(story, 4900));
    assert_int_equal(flood->length_ms, 900000);
    assert_int_equal(flood->alarms, 11);
    assert_int_equal(flood->peak, 11);
    NEAR(analysis->alarms.flood_share, 900.0 / 7200);
    mbp_analysis_free(analysis);
}

static void test_flood_goes_on_while_alarms_come_and_two_are_two(void **state)
{
    (void)state;
    burst(1000, 30, 30); /* to 1870: one flood */
    burst(2200, 1, 1);   /* one more while it lasts (it would end at 1750 + 600) */
    burst(9000, 12, 5);
    struct mbp_analysis *analysis = tell(-1, -1, 9060);
    assert_int_equal(analysis->flood_count, 2);
    assert_int_equal(analysis->floods[0].alarms, 31);
    assert_int_equal(analysis->floods[0].peak, 20);
    assert_int_equal(analysis->floods[1].alarms, 12);
    /* the second is cut off by the period's end */
    assert_int_equal(analysis->floods[1].to_ms, analysis->end_ms);
    mbp_analysis_free(analysis);
}

static void test_three_within_a_minute_chatter(void **state)
{
    (void)state;
    raised(100, TT);
    raised(130, TT);
    raised(161, TT); /* 61 s after the first */
    raised(1000, PT);
    raised(1030, PT);
    raised(1060, PT); /* 60 s */
    raised(1070, PT);
    struct mbp_analysis *analysis = tell(-1, -1, 2 * HOUR);
    assert_int_equal(analysis->alarms.chattering, 1);
    assert_int_equal(analysis->actor_count, 2);
    assert_int_equal(analysis->actors[0].sensor, PT);
    assert_int_equal(analysis->actors[0].raised, 4);
    assert_int_equal(analysis->actors[0].chatter, 2);
    assert_int_equal(analysis->actors[1].sensor, TT);
    assert_int_equal(analysis->actors[1].chatter, 0);
    mbp_analysis_free(analysis);
}

static void test_limits_of_one_sensor_are_alarms_of_their_own(void **state)
{
    (void)state;
    story_alarm(story, 10, MBP_EV_ALARM_RAISED, PT, MBP_HIGH);
    story_alarm(story, 20, MBP_EV_ALARM_RAISED, PT, MBP_HIGH_HIGH);
    story_alarm(story, 30, MBP_EV_ALARM_RAISED, PT, 4); /* rate of change */
    story_alarm(story, 40, MBP_EV_ALARM_RAISED, PT, 5); /* bad quality */
    struct mbp_analysis *analysis = tell(-1, -1, HOUR);
    assert_int_equal(analysis->actor_count, 4);
    assert_int_equal(analysis->alarms.chattering, 0);
    assert_int_equal(analysis->actors[0].limit, MBP_HIGH); /* all raised once: the longest first */
    mbp_analysis_free(analysis);
}

static void test_active_for_more_than_a_day_is_stale(void **state)
{
    (void)state;
    raised(1000, TT);
    raised(3000, PT);
    cleared(4000, PT);
    raised(5000, PT);
    struct mbp_analysis *analysis = tell(-1, -1, 24 * HOUR + 1000);
    assert_int_equal(analysis->alarms.stale, 1);
    assert_int_equal(analysis->actors[1].sensor, TT);
    assert_true(analysis->actors[1].stale);
    assert_int_equal(analysis->actors[1].active_ms, 86400000);
    assert_false(analysis->actors[0].stale);
    mbp_analysis_free(analysis);
}

static void test_alarm_raised_before_the_first_event_is_as_old_as_that_at_least(void **state)
{
    (void)state;
    active[ST] = 1u << MBP_HIGH;
    struct mbp_analysis *analysis = tell(-1, -1, 25 * HOUR);
    assert_int_equal(analysis->actor_count, 1);
    assert_true(analysis->actors[0].active);
    assert_true(analysis->actors[0].stale);
    assert_int_equal(analysis->actors[0].raised, 0);
    mbp_analysis_free(analysis);
    analysis = tell(-1, -1, 23 * HOUR);
    assert_false(analysis->actors[0].stale);
    mbp_analysis_free(analysis);
    analysis = tell(-1, 25 * HOUR, 30 * HOUR); /* what is now says nothing of then */
    assert_int_equal(analysis->actor_count, 0);
    mbp_analysis_free(analysis);
}

static void test_time_to_acknowledge_is_from_the_first_raising(void **state)
{
    (void)state;
    raised(100, TT);
    cleared(110, TT);
    raised(120, TT);
    story_alarm(story, 160, MBP_EV_ALARM_ACKNOWLEDGED, TT, MBP_HIGH); /* 60 s */
    raised(200, PT);
    story_alarm(story, 220, MBP_EV_ALARM_ACKNOWLEDGED, PT, MBP_HIGH); /* 20 s */
    story_alarm(story, 230, MBP_EV_ALARM_ACKNOWLEDGED, ST, MBP_HIGH); /* raised before anything that is told */
    struct mbp_analysis *analysis = tell(-1, -1, HOUR);
    assert_int_equal(analysis->alarms.acknowledged, 3);
    assert_int_equal(analysis->alarms.answered, 2);
    NEAR(analysis->alarms.answer_ms, 40000);
    assert_int_equal(analysis->alarms.waiting, 0);
    mbp_analysis_free(analysis);
}

static void test_alarm_raised_before_the_period_is_told_but_not_counted(void **state)
{
    (void)state;
    raised(100, TT);
    raised(700, PT);
    story_alarm(story, 800, MBP_EV_ALARM_ACKNOWLEDGED, TT, MBP_HIGH);
    struct mbp_analysis *analysis = tell(600, 900, HOUR);
    assert_int_equal(analysis->alarms.raised, 1);
    NEAR(analysis->alarms.answer_ms, 700000);
    assert_int_equal(analysis->actor_count, 2);
    assert_int_equal(analysis->actors[0].sensor, PT);
    assert_int_equal(analysis->actors[1].sensor, TT);
    assert_int_equal(analysis->actors[1].active_ms, 800000);
    assert_int_equal(analysis->raises[0].at_ms, 100000);
    mbp_analysis_free(analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_alarms_are_counted_by_kind_and_priority, begin, story_end),
        cmocka_unit_test_setup_teardown(test_peak_is_the_most_within_ten_minutes, begin, story_end),
        cmocka_unit_test_setup_teardown(test_ten_in_ten_minutes_are_no_flood_and_eleven_are, begin, story_end),
        cmocka_unit_test_setup_teardown(test_flood_goes_on_while_alarms_come_and_two_are_two, begin, story_end),
        cmocka_unit_test_setup_teardown(test_three_within_a_minute_chatter, begin, story_end),
        cmocka_unit_test_setup_teardown(test_limits_of_one_sensor_are_alarms_of_their_own, begin, story_end),
        cmocka_unit_test_setup_teardown(test_active_for_more_than_a_day_is_stale, begin, story_end),
        cmocka_unit_test_setup_teardown(test_alarm_raised_before_the_first_event_is_as_old_as_that_at_least, begin,
                                        story_end),
        cmocka_unit_test_setup_teardown(test_time_to_acknowledge_is_from_the_first_raising, begin, story_end),
        cmocka_unit_test_setup_teardown(test_alarm_raised_before_the_period_is_told_but_not_counted, begin, story_end),
    };
    return cmocka_run_group_tests(tests, story_load, story_unload);
}
