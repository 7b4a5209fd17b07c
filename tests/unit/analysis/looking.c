/* What is looked for before and after the period, where the events begin late or end early; and journals that nobody
 * but an enemy writes. */
#include "telling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LATE 1000 /* number of the first event: not the plant's first */

static uint8_t active[3], waiting[3];
static struct mbp_analysis_now now;

static int begin(void **state)
{
    (void)story_begin(state);
    active[TT] = active[PT] = active[ST] = 0;
    waiting[TT] = waiting[PT] = waiting[ST] = 0;
    story->first_seq = LATE;
    return 0;
}

/* An hour of nothing, in which the counters of FILL, which made nothing, are told. */
static void tell_quiet_hours(void)
{
    story_production(story, 0, 0, 0);
    story_production(story, HOUR, 0, 0);
    story_production(story, 2 * HOUR, 0, 0);
    story_production(story, 3 * HOUR, 0, 0);
}

static void set_now(double at_s)
{
    now = (struct mbp_analysis_now){.wall_ms = story_wall(story, at_s),
                                    .scan = (uint32_t)llround(at_s * 10),
                                    .last_event = LATE + story->count - 1,
                                    .machines = machines,
                                    .active = active,
                                    .waiting = waiting};
}

static struct mbp_analysis *tell(double since_s, double until_s)
{
    return story_tell(story, plant, since_s, until_s, &now);
}

static bool wants_earlier(double since_s, double until_s)
{
    struct mbp_analysis *analysis = tell(since_s, until_s);
    bool wants = analysis->looked_from == LATE;
    assert_true(wants || analysis->looked_from == 0);
    mbp_analysis_free(analysis);
    return wants;
}

static void test_nothing_that_goes_on_at_the_beginning_wants_nothing_earlier(void **state)
{
    (void)state;
    tell_quiet_hours();
    set_now(4 * HOUR);
    assert_false(wants_earlier(2 * HOUR, -1));
    assert_false(wants_earlier(2 * HOUR, 3 * HOUR));
}

static void test_outage_that_nothing_tells_the_beginning_of_wants_earlier(void **state)
{
    (void)state;
    tell_quiet_hours();
    story_state(story, 3.5 * HOUR, FILL, MBP_MAINTENANCE, MBP_EN_SERVICE);
    set_now(4 * HOUR);
    assert_true(wants_earlier(2 * HOUR, -1));
    assert_true(wants_earlier(2 * HOUR, 3 * HOUR));
    machines[PACK].state = MBP_EN_PANNE; /* and no event at all */
    story->count--;
    set_now(4 * HOUR);
    assert_true(wants_earlier(2 * HOUR, -1));
    assert_true(wants_earlier(2 * HOUR, 3 * HOUR));
}

static void test_outage_that_is_over_before_the_period_wants_nothing_earlier(void **state)
{
    (void)state;
    story_state(story, 0, FILL, MBP_MAINTENANCE, MBP_EN_SERVICE);
    tell_quiet_hours();
    set_now(4 * HOUR);
    assert_false(wants_earlier(2 * HOUR, -1));
}

static void test_alarm_that_nothing_tells_the_raising_of_wants_earlier_and_is_active_from_the_first_event(void **state)
{
    (void)state;
    tell_quiet_hours();
    active[TT] = 1u << MBP_HIGH;
    waiting[TT] = 1u << MBP_HIGH;
    set_now(4 * HOUR);
    struct mbp_analysis *analysis = tell(2 * HOUR, 3 * HOUR);
    assert_true(analysis->looked_from == LATE);
    assert_int_equal(analysis->actor_count, 1);
    assert_int_equal(analysis->actors[0].active_ms, 3 * 3600000);
    assert_int_equal(analysis->alarms.waiting, 1);
    mbp_analysis_free(analysis);
}

static void test_alarm_that_is_cleared_after_the_period_was_active_at_its_end(void **state)
{
    (void)state;
    tell_quiet_hours();
    story_alarm(story, 3.1 * HOUR, MBP_EV_ALARM_CLEARED, TT, MBP_HIGH);
    story_alarm(story, 3.2 * HOUR, MBP_EV_ALARM_ACKNOWLEDGED, TT, MBP_HIGH);
    story_alarm(story, 3.3 * HOUR, MBP_EV_ALARM_RAISED, TT, MBP_HIGH);
    active[TT] = 1u << MBP_HIGH;
    set_now(4 * HOUR);
    struct mbp_analysis *analysis = tell(2 * HOUR, 3 * HOUR);
    assert_true(analysis->looked_from == LATE);
    assert_int_equal(analysis->actor_count, 1);
    assert_true(analysis->actors[0].active);
    assert_int_equal(analysis->alarms.waiting, 1);
    mbp_analysis_free(analysis);
}

static void test_alarm_that_is_raised_after_the_period_was_not_active_at_its_end(void **state)
{
    (void)state;
    tell_quiet_hours();
    story_alarm(story, 3.1 * HOUR, MBP_EV_ALARM_RAISED, TT, MBP_HIGH);
    active[TT] = 1u << MBP_HIGH;
    set_now(4 * HOUR);
    struct mbp_analysis *analysis = tell(2 * HOUR, 3 * HOUR);
    assert_int_equal(analysis->actor_count, 0);
    assert_int_equal(analysis->alarms.waiting, 0);
    assert_true(analysis->looked_from == LATE); /* it may have waited from before */
    mbp_analysis_free(analysis);
}

static void test_acknowledgement_wants_the_event_before_the_raising_that_it_answers(void **state)
{
    (void)state;
    tell_quiet_hours();
    story_alarm(story, 3.1 * HOUR, MBP_EV_ALARM_RAISED, TT, MBP_HIGH);
    story_alarm(story, 3.2 * HOUR, MBP_EV_ALARM_ACKNOWLEDGED, TT, MBP_HIGH);
    set_now(4 * HOUR);
    assert_true(wants_earlier(2 * HOUR, -1));
    story->events[1].code = MBP_EV_ALARM_ACKNOWLEDGED; /* the one of an hour: now it did not wait */
    story->events[1].unit = 3;
    story->events[1].sensor = TT;
    story->events[1].detail = MBP_HIGH;
    assert_false(wants_earlier(2 * HOUR, -1));
}

static void test_too_little_before_the_period_wants_earlier(void **state)
{
    (void)state;
    tell_quiet_hours();
    set_now(4 * HOUR);
    assert_true(wants_earlier(30, -1)); /* less than a minute: an alarm may chatter */
}

static void test_what_waits_to_be_stored_ends_the_period_with_the_last_event(void **state)
{
    (void)state;
    tell_quiet_hours();
    set_now(4 * HOUR);
    now.last_event += 2;
    machines[FILL].state = MBP_EN_PANNE; /* of which one of the two tells */
    machines[FILL].since_ms = story_wall(story, 3.5 * HOUR);
    active[TT] = 1u << MBP_HIGH;
    struct mbp_analysis *analysis = tell(HOUR, -1);
    assert_int_equal(analysis->end_ms, story_wall(story, 3 * HOUR));
    assert_int_equal(analysis->length_ms, 2 * 3600000);
    assert_false(analysis->machines[FILL].known);
    assert_int_equal(analysis->machines[PACK].running_ms, 2 * 3600000); /* nothing of it waits */
    assert_int_equal(analysis->actor_count, 0);
    mbp_analysis_free(analysis);
}

/* Of a long journal not all that followed is looked at. */
static void test_alarm_that_did_not_change_since_is_as_it_is_now_where_events_are_left_out(void **state)
{
    (void)state;
    static uint32_t since_s[3];
    tell_quiet_hours();
    active[TT] = active[PT] = 1u << MBP_HIGH;
    set_now(4 * HOUR);
    now.last_event += 1000;
    now.alarms_since_s = since_s;
    since_s[TT] = (uint32_t)(story_wall(story, HOUR) / 1000);
    since_s[PT] = (uint32_t)(story_wall(story, 3 * HOUR) / 1000);
    struct mbp_analysis *analysis = tell(HOUR + 60, 2.5 * HOUR);
    assert_int_equal(analysis->actor_count, 1);
    assert_int_equal(analysis->actors[0].sensor, TT);
    mbp_analysis_free(analysis);
}

static void test_period_until_the_last_event_ends_with_it(void **state)
{
    (void)state;
    const struct mbp_analysis_period period = {0, UINT64_MAX, LATE, LATE + 4};
    struct mbp_analyser *analyser = NULL;
    struct mbp_analysis *analysis = NULL;
    tell_quiet_hours();
    set_now(4 * HOUR);
    assert_int_equal(mbp_analyser_new(plant, NULL, &period, &now, &analyser), MBP_OK);
    for (uint32_t i = 0; i < story->count; i++)
        assert_int_equal(mbp_analyser_take(analyser, &story->events[i]), MBP_OK);
    assert_int_equal(mbp_analyser_finish(analyser, &analysis), MBP_OK);
    assert_int_equal(analysis->length_ms, 3 * 3600000);
    assert_int_equal(analysis->end_ms, story_wall(story, 3 * HOUR));
    mbp_analysis_free(analysis);
}

static void test_scan_counts_beyond_all_time_end_in_figures_all_the_same(void **state)
{
    (void)state;
    struct mbp_plant *slow = story_plant();
    slow->scan_ns = 10 * MBP_NS_PER_S;
    story->first_seq = 1;
    for (uint32_t i = 0; i < 60; i++) {
        story_alarm(story, i, MBP_EV_ALARM_RAISED, (uint16_t)(i % 3), MBP_HIGH);
        story->events[i].scan = i % 2 == 0 ? 0 : UINT32_MAX;
    }
    now = (struct mbp_analysis_now){
        .wall_ms = UINT64_MAX, .scan = UINT32_MAX, .machines = machines, .active = active, .waiting = waiting};
    for (uint32_t since = 0; since < 60; since++) {
        struct mbp_analysis *analysis = story_tell(story, slow, since, -1, &now);
        assert_true(analysis->alarms.peak <= 60);
        for (size_t i = 0; i < analysis->raise_count; i++)
            assert_true(analysis->raises[i].at_ms <= analysis->length_ms);
        mbp_analysis_free(analysis);
    }
    mbp_plant_free(slow);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, story_end)
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_that_goes_on_at_the_beginning_wants_nothing_earlier),
        TEST(test_outage_that_nothing_tells_the_beginning_of_wants_earlier),
        TEST(test_outage_that_is_over_before_the_period_wants_nothing_earlier),
        TEST(test_alarm_that_nothing_tells_the_raising_of_wants_earlier_and_is_active_from_the_first_event),
        TEST(test_alarm_that_is_cleared_after_the_period_was_active_at_its_end),
        TEST(test_alarm_that_is_raised_after_the_period_was_not_active_at_its_end),
        TEST(test_acknowledgement_wants_the_event_before_the_raising_that_it_answers),
        TEST(test_too_little_before_the_period_wants_earlier),
        TEST(test_what_waits_to_be_stored_ends_the_period_with_the_last_event),
        TEST(test_alarm_that_did_not_change_since_is_as_it_is_now_where_events_are_left_out),
        TEST(test_period_until_the_last_event_ends_with_it),
        TEST(test_scan_counts_beyond_all_time_end_in_figures_all_the_same),
    };
    return cmocka_run_group_tests(tests, story_load, story_unload);
}
