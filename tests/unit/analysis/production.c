/* What machines made in a period, with answers worked out by hand. FILL makes a product every 2 s when it runs. */
#include "telling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

static struct mbp_analysis_now now;

static void set_now(double at_s, uint32_t good, uint32_t reject)
{
    now = (struct mbp_analysis_now){.wall_ms = story_wall(story, at_s),
                                    .scan = (uint32_t)llround((at_s - story->start_s) * 10),
                                    .machines = machines};
    machines[FILL].good = good;
    machines[FILL].reject = reject;
    machines[FILL].running_s = 1; /* not to be reckoned with */
}

static void assert_made(double since_s, double until_s, uint64_t good, uint64_t reject)
{
    struct mbp_analysis *analysis = story_tell(story, plant, since_s, until_s, &now);
    const struct mbp_analysis_machine *fill = &analysis->machines[FILL];
    assert_int_equal(fill->good, good);
    assert_int_equal(fill->reject, reject);
    assert_false(fill->estimated);
    if (fill->running_ms > 0)
        NEAR(fill->performance, (double)(good + reject) * 2000 / (double)fill->running_ms);
    if (good + reject > 0)
        NEAR(fill->quality, (double)good / (double)(good + reject));
    mbp_analysis_free(analysis);
}

/* Four hours: 1,000 made in the first, 200 in the second, 600 (60 bad) in the third, 900 in the fourth. */
static void tell_four_hours(void)
{
    story_start(story, 0);
    story_production(story, 1 * HOUR, 1000, 0);
    story_production(story, 2 * HOUR, 1200, 0);
    story_production(story, 3 * HOUR, 1740, 60);
    set_now(4 * HOUR, 2640, 60);
}

static void test_full_hours_are_as_they_were_counted(void **state)
{
    (void)state;
    tell_four_hours();
    assert_made(1 * HOUR, 3 * HOUR, 740, 60);
    assert_made(2 * HOUR, 3 * HOUR, 540, 60);
    assert_made(3 * HOUR, -1, 900, 0);
    assert_made(0.5, 2 * HOUR, 1200, 0);
}

static void test_part_of_an_hour_is_shared_by_running_time(void **state)
{
    (void)state;
    tell_four_hours();
    assert_made(0.5 * HOUR, 1.5 * HOUR, 600, 0);
    assert_made(1.25 * HOUR, 1.5 * HOUR, 50, 0); /* both ends in the same hour */
    assert_made(3.5 * HOUR, -1, 450, 0);
}

static void test_standstill_within_the_hour_makes_nothing(void **state)
{
    (void)state;
    story_start(story, 0);
    story_production(story, 1 * HOUR, 1000, 0);
    story_state(story, 1.5 * HOUR, FILL, MBP_EN_SERVICE, MBP_EN_PANNE);
    story_production(story, 2 * HOUR, 1500, 0);
    story_state(story, 2.75 * HOUR, FILL, MBP_EN_PANNE, MBP_EN_SERVICE);
    story_production(story, 3 * HOUR, 1700, 0);
    set_now(4 * HOUR, 2000, 0);
    machines[FILL].since_ms = story_wall(story, 2.75 * HOUR);
    assert_made(1 * HOUR, 1.5 * HOUR, 500, 0);
    assert_made(1.5 * HOUR, 2.5 * HOUR, 0, 0);
    assert_made(1.25 * HOUR, 2.75 * HOUR, 250, 0);
    assert_made(2.5 * HOUR, 3 * HOUR, 200, 0);
}

static void test_state_that_only_a_later_change_tells_is_taken_back(void **state)
{
    (void)state;
    story->first_seq = 500; /* what was before is gone: the state is not known at first */
    story_production(story, 1 * HOUR, 1000, 0);
    story_state(story, 1.75 * HOUR, FILL, MBP_MAINTENANCE, MBP_EN_SERVICE);
    story_production(story, 2 * HOUR, 1100, 0);
    set_now(2.5 * HOUR, 1300, 0);
    machines[FILL].since_ms = story_wall(story, 1.75 * HOUR);
    assert_made(1.5 * HOUR, 2 * HOUR, 100, 0);
}

static void test_production_goes_on_over_a_stop_of_the_plant(void **state)
{
    (void)state;
    tell_four_hours();
    story_stop(story, 3.5 * HOUR);
    story_start(story, 60 * HOUR);
    story_production(story, 60 * HOUR, 2190, 60);
    story_production(story, 61 * HOUR, 3190, 60);
    set_now(61.5 * HOUR, 3390, 60);
    assert_made(3 * HOUR, 50 * HOUR, 450, 0);
    assert_made(50 * HOUR, 61 * HOUR, 1000, 0);
    assert_made(2.5 * HOUR, -1, 270 + 450 + 1000 + 200, 30);
}

static void test_counters_that_no_address_shows_tell_nothing_of_now(void **state)
{
    (void)state;
    tell_four_hours();
    machines[FILL].untold_figures = 1u << MBP_FIGURE_REJECT;
    assert_made(1 * HOUR, 3 * HOUR, 740, 60); /* the journal tells it */
    struct mbp_analysis *analysis = story_tell(story, plant, 3 * HOUR, -1, &now);
    assert_true(isnan(analysis->machines[FILL].performance));
    assert_true(isnan(analysis->machines[FILL].quality));
    mbp_analysis_free(analysis);
}

static void test_counters_that_a_restore_set_back_count_on(void **state)
{
    (void)state;
    story_start(story, 0);
    story_production(story, 1 * HOUR, 1000, 0);
    story_production(story, 1.5 * HOUR, 1400, 0);
    story_production(story, 1.5 * HOUR, 200, 0);
    story_production(story, 2 * HOUR, 500, 0);
    set_now(2.5 * HOUR, 700, 0);
    assert_made(1 * HOUR, 2 * HOUR, 700, 0);
}

static void test_whole_life_with_a_restore_counts_what_was_made_before_it(void **state)
{
    (void)state;
    story_start(story, 0);
    story_production(story, 1 * HOUR, 1000, 0);
    story_production(story, 1.5 * HOUR, 1400, 0);
    story_production(story, 1.5 * HOUR, 200, 0);
    set_now(2 * HOUR, 500, 0);
    assert_made(-1, -1, 1700, 0);
}

static void test_counters_that_are_too_far_off_are_reckoned_and_marked(void **state)
{
    (void)state;
    story->first_seq = 500;
    story_alarm(story, 1, MBP_EV_ALARM_RAISED, TT, MBP_HIGH);
    story_production(story, 1 * HOUR, 1000, 0);
    story_alarm(story, 3 * HOUR, MBP_EV_ALARM_CLEARED, TT, MBP_HIGH);
    set_now(9 * HOUR, 9000, 0);
    struct mbp_analysis *analysis = story_tell(story, plant, 2 * HOUR, 3 * HOUR, &now);
    assert_true(analysis->machines[FILL].estimated);
    mbp_analysis_free(analysis);
    analysis = story_tell(story, plant, 0.5 * HOUR, 1 * HOUR, &now); /* nothing before it */
    assert_true(analysis->machines[FILL].estimated);
    mbp_analysis_free(analysis);
}

/* What is told after the period alone says nothing of it. */
static void test_counters_that_are_told_after_the_period_alone_are_not_its(void **state)
{
    (void)state;
    story->first_seq = 500;
    story_alarm(story, 1, MBP_EV_ALARM_RAISED, TT, MBP_HIGH);
    story_production(story, 1.25 * HOUR, 1000, 0);
    story_production(story, 1.5 * HOUR, 1100, 0);
    set_now(9 * HOUR, 9000, 0);
    struct mbp_analysis *analysis = story_tell(story, plant, 0.5 * HOUR, 1 * HOUR, &now);
    assert_true(analysis->machines[FILL].estimated);
    mbp_analysis_free(analysis);
}

static void test_events_after_the_period_are_wanted_until_they_tell_the_counters(void **state)
{
    (void)state;
    const struct mbp_analysis_period period = {BIRTH_MS + 3600000, BIRTH_MS + 5400000, 4, 5};
    struct mbp_analyser *analyser = NULL;
    story_start(story, 0);
    story_state(story, 1, FILL, MBP_MAINTENANCE, MBP_EN_SERVICE);
    story_state(story, 1, PACK, MBP_MAINTENANCE, MBP_EN_SERVICE);
    story_production(story, 1 * HOUR, 1000, 0);
    story_alarm(story, 1.6 * HOUR, MBP_EV_ALARM_RAISED, TT, MBP_HIGH);
    story_production(story, 2 * HOUR, 1500, 0);
    set_now(2.5 * HOUR, 1600, 0);
    assert_int_equal(mbp_analyser_new(plant, NULL, &period, &now, &analyser), MBP_OK);
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(mbp_analyser_take(analyser, &story->events[i]), MBP_OK);
    assert_true(mbp_analyser_wants_more(analyser));
    assert_int_equal(mbp_analyser_take(analyser, &story->events[5]), MBP_OK);
    assert_false(mbp_analyser_wants_more(analyser));
    mbp_analyser_free(analyser);
}

static void test_machine_added_in_the_period_counts_from_nothing(void **state)
{
    (void)state;
    const struct mbp_analysis_period all = {0, UINT64_MAX, 100, UINT64_MAX};
    struct mbp_analyser *analyser = NULL;
    struct mbp_analysis *analysis = NULL;
    story->first_seq = 100;
    story_alarm(story, 10, MBP_EV_PLANT_LOADED, 9, 0);
    story_alarm(story, 1800, MBP_EV_MACHINE_ADDED, TT, 0);
    story_production(story, 1 * HOUR, 800, 100);
    set_now(1.5 * HOUR, 1600, 100);
    assert_int_equal(mbp_analyser_new(plant, NULL, &all, &now, &analyser), MBP_OK);
    for (uint32_t i = 0; i < story->count; i++)
        assert_int_equal(mbp_analyser_take(analyser, &story->events[i]), MBP_OK);
    assert_int_equal(mbp_analyser_finish(analyser, &analysis), MBP_OK);
    assert_int_equal(analysis->machines[FILL].good, 1600);
    assert_int_equal(analysis->machines[FILL].reject, 100);
    assert_false(analysis->machines[FILL].estimated);
    mbp_analysis_free(analysis);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, story_begin, story_end)
    const struct CMUnitTest tests[] = {
        TEST(test_full_hours_are_as_they_were_counted),
        TEST(test_part_of_an_hour_is_shared_by_running_time),
        TEST(test_standstill_within_the_hour_makes_nothing),
        TEST(test_state_that_only_a_later_change_tells_is_taken_back),
        TEST(test_production_goes_on_over_a_stop_of_the_plant),
        TEST(test_counters_that_no_address_shows_tell_nothing_of_now),
        TEST(test_counters_that_a_restore_set_back_count_on),
        TEST(test_whole_life_with_a_restore_counts_what_was_made_before_it),
        TEST(test_counters_that_are_too_far_off_are_reckoned_and_marked),
        TEST(test_counters_that_are_told_after_the_period_alone_are_not_its),
        TEST(test_events_after_the_period_are_wanted_until_they_tell_the_counters),
        TEST(test_machine_added_in_the_period_counts_from_nothing),
    };
    return cmocka_run_group_tests(tests, story_load, story_unload);
}
