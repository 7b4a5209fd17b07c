/* What a journal tells of machines, with answers worked out by hand. */
#include "telling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

static struct mbp_analysis_now now;

static void set_now(double at_s)
{
    now = (struct mbp_analysis_now){.wall_ms = story_wall(story, at_s),
                                    .scan = (uint32_t)llround((at_s - story->start_s) * 10),
                                    .machines = machines};
}

/* An hour: running 20 min, down 5, repaired in maintenance 5, running 20, preventive maintenance 10, running to the
 * end. */
static void tell_an_hour(void)
{
    story_start(story, 0);
    story_state(story, 1200, FILL, MBP_EN_SERVICE, MBP_EN_PANNE);
    story_state(story, 1500, FILL, MBP_EN_PANNE, MBP_MAINTENANCE);
    story_state(story, 1800, FILL, MBP_MAINTENANCE, MBP_EN_SERVICE);
    story_state(story, 3000, FILL, MBP_EN_SERVICE, MBP_MAINTENANCE);
    story_state(story, 3600, FILL, MBP_MAINTENANCE, MBP_EN_SERVICE);
    machines[FILL].since_ms = story_wall(story, 3600);
}

static void test_whole_life_gives_each_figure_by_its_definition(void **state)
{
    (void)state;
    tell_an_hour();
    set_now(4200);
    machines[FILL].good = 1188;
    machines[FILL].reject = 12;
    machines[FILL].running_s = 3000;
    struct mbp_analysis *analysis = story_tell(story, plant, -1, -1, &now);
    const struct mbp_analysis_machine *fill = &analysis->machines[FILL];
    assert_true(analysis->whole_life);
    assert_int_equal(analysis->length_ms, 4200000);
    assert_int_equal(analysis->begin_ms, BIRTH_MS);
    assert_int_equal(analysis->end_ms, now.wall_ms);
    assert_int_equal(fill->running_ms, 3000000);
    assert_int_equal(fill->down_ms, 600000); /* the repair is down time */
    assert_int_equal(fill->maintained_ms, 300000);
    assert_int_equal(fill->planned_ms, 600000);
    assert_int_equal(fill->failures, 1);
    assert_int_equal(fill->repairs, 1);
    NEAR(fill->availability, 3000.0 / 3600);
    NEAR(fill->technical, 3000.0 / 4200);
    NEAR(fill->mtbf_ms, 3000000);
    NEAR(fill->mttr_ms, 600000);
    NEAR(fill->performance, 1200 * 2.0 / 3000);
    NEAR(fill->quality, 0.99);
    NEAR(fill->oee, 3000.0 / 3600 * 0.8 * 0.99);
    assert_false(fill->estimated);
    assert_int_equal(fill->good, 1188);
    const struct mbp_analysis_machine *pack = &analysis->machines[PACK];
    assert_true(pack->known); /* no change ever: as it is now */
    assert_int_equal(pack->running_ms, 4200000);
    assert_true(isnan(pack->mtbf_ms));
    assert_true(isnan(pack->mttr_ms));
    assert_true(isnan(pack->oee)); /* produces nothing */
    NEAR(pack->availability, 1);
    NEAR(analysis->availability, 7200.0 / 7800);
    mbp_analysis_free(analysis);
}

static void test_segments_cover_the_period_without_gaps(void **state)
{
    (void)state;
    tell_an_hour();
    set_now(4200);
    struct mbp_analysis *analysis = story_tell(story, plant, -1, -1, &now);
    uint64_t reached[2] = {BIRTH_MS, BIRTH_MS};
    static const uint8_t states[] = {MBP_EN_SERVICE, MBP_EN_PANNE, MBP_MAINTENANCE, MBP_EN_SERVICE, MBP_MAINTENANCE};
    assert_int_equal(analysis->segment_count, 7);
    for (size_t i = 0; i < analysis->segment_count; i++) {
        const struct mbp_analysis_segment *segment = &analysis->segments[i];
        assert_int_equal(segment->from_ms, reached[segment->machine]);
        reached[segment->machine] = segment->to_ms;
        if (i < 5) {
            assert_int_equal(segment->state, states[i]);
            assert_int_equal(segment->is_repair, i == 2);
        }
    }
    assert_int_equal(reached[FILL], now.wall_ms);
    assert_int_equal(reached[PACK], now.wall_ms);
    mbp_analysis_free(analysis);
}

static void test_period_within_takes_the_state_before_from_the_first_change(void **state)
{
    (void)state;
    tell_an_hour();
    set_now(4200);
    machines[FILL].good = 990;
    machines[FILL].reject = 10;
    machines[FILL].running_s = 2000; /* pace 2000 / 2000.5, quality 0.99 */
    struct mbp_analysis *analysis = story_tell(story, plant, 1320, 3120, &now);
    const struct mbp_analysis_machine *fill = &analysis->machines[FILL];
    assert_false(analysis->whole_life);
    assert_int_equal(analysis->length_ms, 1800000);
    assert_int_equal(fill->down_ms, 480000);
    assert_int_equal(fill->running_ms, 1200000);
    assert_int_equal(fill->planned_ms, 120000);
    assert_int_equal(fill->failures, 0); /* it failed before */
    assert_int_equal(fill->repairs, 1);  /* and came back within */
    NEAR(fill->mttr_ms, 600000);
    assert_true(fill->estimated);
    assert_int_equal(fill->good + fill->reject, 599);
    assert_int_equal(fill->good, 593);
    mbp_analysis_free(analysis);
}

static void test_period_without_events_is_told_by_the_next_change(void **state)
{
    (void)state;
    tell_an_hour();
    set_now(4200);
    story->first_seq = 1;
    /* the events before are not given: the journal begins with the third change */
    struct story *late = story_new();
    late->first_seq = 50;
    story_alarm(late, 2000, MBP_EV_ALARM_RAISED, TT, MBP_HIGH);
    story_state(late, 3000, FILL, MBP_EN_SERVICE, MBP_MAINTENANCE);
    story_state(late, 3600, FILL, MBP_MAINTENANCE, MBP_EN_SERVICE);
    struct mbp_analysis *analysis = story_tell(late, plant, 2100, 2700, &now);
    assert_int_equal(analysis->events, 0);
    assert_int_equal(analysis->length_ms, 600000);
    assert_int_equal(analysis->machines[FILL].running_ms, 600000);
    assert_int_equal(analysis->machines[PACK].running_ms, 600000);
    mbp_analysis_free(analysis);
    analysis = story_tell(late, plant, 3060, 3120, &now);
    assert_int_equal(analysis->machines[FILL].planned_ms, 60000);
    mbp_analysis_free(analysis);
    analysis = story_tell(late, plant, 3700, -1, &now);
    assert_int_equal(analysis->machines[FILL].running_ms, 500000);
    mbp_analysis_free(analysis);
    test_free(late);
}

static void test_machine_of_which_nothing_is_known_has_no_figures(void **state)
{
    (void)state;
    story_start(story, 0);
    story_stop(story, 100);
    struct mbp_analysis *analysis = story_tell(story, plant, -1, -1, NULL);
    assert_false(analysis->machines[FILL].known);
    assert_true(isnan(analysis->machines[FILL].availability));
    assert_true(isnan(analysis->availability));
    assert_int_equal(analysis->length_ms, 100000);
    mbp_analysis_free(analysis);
}

static void test_maintenance_of_a_machine_that_began_en_panne_is_its_repair(void **state)
{
    (void)state;
    story_start(story, 0); /* its file says state: en_panne, so no event tells of it */
    story_state(story, 600, FILL, MBP_EN_PANNE, MBP_MAINTENANCE);
    story_state(story, 900, FILL, MBP_MAINTENANCE, MBP_EN_SERVICE);
    set_now(1500);
    struct mbp_analysis *analysis = story_tell(story, plant, -1, -1, &now);
    const struct mbp_analysis_machine *fill = &analysis->machines[FILL];
    assert_int_equal(fill->down_ms, 900000);
    assert_int_equal(fill->maintained_ms, 300000);
    assert_int_equal(fill->planned_ms, 0);
    assert_int_equal(fill->failures, 0);
    assert_int_equal(fill->repairs, 1);
    NEAR(fill->mttr_ms, 900000);
    assert_int_equal(analysis->looked_from, 0); /* it is the plant's first event */
    mbp_analysis_free(analysis);
}

static void test_what_has_failed_does_not_fail_again_before_it_is_back_in_service(void **state)
{
    (void)state;
    story_start(story, 0);
    story_state(story, 1000, FILL, MBP_EN_SERVICE, MBP_EN_PANNE);
    story_state(story, 1100, FILL, MBP_EN_PANNE, MBP_MAINTENANCE);
    story_state(story, 1200, FILL, MBP_MAINTENANCE, MBP_EN_PANNE); /* a test run that failed */
    story_state(story, 1300, FILL, MBP_EN_PANNE, MBP_MAINTENANCE);
    story_state(story, 1400, FILL, MBP_MAINTENANCE, MBP_EN_SERVICE);
    story_state(story, 2400, FILL, MBP_EN_SERVICE, MBP_MAINTENANCE);
    story_state(story, 2500, FILL, MBP_MAINTENANCE, MBP_EN_PANNE); /* planned maintenance found a fault */
    story_state(story, 2700, FILL, MBP_EN_PANNE, MBP_EN_SERVICE);
    set_now(3700);
    struct mbp_analysis *analysis = story_tell(story, plant, -1, -1, &now);
    const struct mbp_analysis_machine *fill = &analysis->machines[FILL];
    assert_int_equal(fill->failures, 2);
    assert_int_equal(fill->repairs, 2);
    assert_int_equal(fill->running_ms, 3000000);
    assert_int_equal(fill->down_ms, 600000);
    NEAR(fill->mtbf_ms, 1500000);
    NEAR(fill->mttr_ms, (400000 + 200000) / 2.0);
    mbp_analysis_free(analysis);
    analysis = story_tell(story, plant, 1150, 2000, &now); /* it failed before */
    assert_int_equal(analysis->machines[FILL].failures, 0);
    assert_int_equal(analysis->machines[FILL].repairs, 1);
    mbp_analysis_free(analysis);
}

/* Three hours ahead of the clock, as --fast-forward goes, and then on from its beginning. */
static void test_state_of_now_is_not_that_of_a_time_before_the_clock_went_back(void **state)
{
    (void)state;
    story_start(story, 0);
    story_stop(story, 3 * HOUR);
    story->wall_off_ms = -3 * 3600 * 1000;
    story_start(story, 3 * HOUR + 1);
    story_state(story, 3 * HOUR + 10, FILL, MBP_EN_SERVICE, MBP_EN_PANNE);
    set_now(3 * HOUR + 20);
    machines[FILL].state = MBP_EN_PANNE;
    machines[FILL].since_ms = story_wall(story, 3 * HOUR + 10);
    struct mbp_analysis *analysis = story_tell(story, plant, 1800, 5400, &now);
    assert_int_equal(analysis->length_ms, 3600000);
    assert_int_equal(analysis->machines[FILL].running_ms, 3600000);
    assert_int_equal(analysis->machines[FILL].down_ms, 0);
    mbp_analysis_free(analysis);
}

static void test_hours_without_the_plant_running_count_nowhere(void **state)
{
    (void)state;
    story_start(story, 0);
    story_state(story, 600, FILL, MBP_EN_SERVICE, MBP_EN_PANNE);
    story_stop(story, 700);
    story_start(story, 7900); /* two hours later; the machine is still down */
    story_state(story, 8000, FILL, MBP_EN_PANNE, MBP_EN_SERVICE);
    set_now(8300);
    struct mbp_analysis *analysis = story_tell(story, plant, -1, -1, &now);
    const struct mbp_analysis_machine *fill = &analysis->machines[FILL];
    assert_int_equal(analysis->length_ms, 1100000);
    assert_int_equal(fill->running_ms, 900000);
    assert_int_equal(fill->down_ms, 200000);
    NEAR(fill->mttr_ms, 200000);
    assert_int_equal(analysis->stop_count, 1);
    assert_int_equal(analysis->stops[0].from_ms, story_wall(story, 700));
    assert_int_equal(analysis->stops[0].to_ms, story_wall(story, 7900));
    mbp_analysis_free(analysis);
}

static void test_clock_that_steps_changes_no_figure(void **state)
{
    (void)state;
    story_start(story, 0);
    story_state(story, 600, FILL, MBP_EN_SERVICE, MBP_EN_PANNE);
    story->wall_off_ms = -3600000; /* set back by an hour */
    story_state(story, 900, FILL, MBP_EN_PANNE, MBP_EN_SERVICE);
    story->wall_off_ms = 3600000;
    story_state(story, 1500, FILL, MBP_EN_SERVICE, MBP_EN_PANNE);
    set_now(1800);
    machines[FILL].state = MBP_EN_PANNE;
    struct mbp_analysis *analysis = story_tell(story, plant, -1, -1, &now);
    assert_int_equal(analysis->length_ms, 1800000);
    assert_int_equal(analysis->machines[FILL].running_ms, 1200000);
    assert_int_equal(analysis->machines[FILL].down_ms, 600000);
    NEAR(analysis->line_availability, 1200.0 / 1800);
    for (size_t i = 0; i < analysis->segment_count; i++)
        assert_true(analysis->segments[i].from_ms <= analysis->segments[i].to_ms);
    mbp_analysis_free(analysis);
}

/* A shift that was run through in a second ends hours ahead; what follows it live is behind the last stamp. */
static void test_stop_of_the_line_behind_the_last_stamp_counts_as_it_does_for_its_machine(void **state)
{
    (void)state;
    story_start(story, 0);
    story_stop(story, 3600);
    story->wall_off_ms = -3600000;
    story_start(story, 3601);
    story_state(story, 3700, FILL, MBP_EN_SERVICE, MBP_EN_PANNE);
    set_now(4000);
    now.wall_ms -= 3600000;
    machines[FILL].state = MBP_EN_PANNE;
    struct mbp_analysis *analysis = story_tell(story, plant, -1, -1, &now);
    assert_int_equal(analysis->machines[FILL].down_ms, 300000);
    assert_true(analysis->machines[FILL].availability < 0.95);
    NEAR(analysis->line_availability, analysis->machines[FILL].availability);
    mbp_analysis_free(analysis);
}

static void test_plant_faster_than_life_is_measured_in_its_own_time(void **state)
{
    (void)state;
    story->wall_speed = 0.01; /* --speed 100 */
    story_start(story, 0);
    story_state(story, 36000, FILL, MBP_EN_SERVICE, MBP_EN_PANNE);
    set_now(72000);
    machines[FILL].state = MBP_EN_PANNE;
    /* its second half: from 360 s of wall time */
    struct mbp_analysis *analysis = story_tell(story, plant, 180, -1, &now);
    assert_int_equal(analysis->length_ms, 54000000);
    assert_int_equal(analysis->machines[FILL].running_ms, 18000000);
    assert_int_equal(analysis->machines[FILL].down_ms, 36000000);
    mbp_analysis_free(analysis);
}

static void test_period_before_the_journal_or_empty_has_no_length(void **state)
{
    (void)state;
    tell_an_hour();
    set_now(4200);
    struct mbp_analysis *analysis = story_tell(story, plant, 5000, -1, &now);
    assert_int_equal(analysis->length_ms, 0);
    assert_true(isnan(analysis->machines[FILL].availability));
    mbp_analysis_free(analysis);
    struct story *empty = story_new();
    analysis = story_tell(empty, plant, -1, -1, &now);
    assert_int_equal(analysis->length_ms, 0);
    assert_int_equal(analysis->events, 0);
    assert_true(isnan(analysis->alarms.per_hour));
    mbp_analysis_free(analysis);
    test_free(empty);
}

static void test_maintenance_events_of_the_period_are_counted(void **state)
{
    (void)state;
    story_start(story, 0);
    story_alarm(story, 10, MBP_EV_MAINTENANCE_DUE, TT, 0);
    story_alarm(story, 20, MBP_EV_MAINTENANCE_STARTED, TT, 0);
    story_alarm(story, 30, MBP_EV_MAINTENANCE_ENDED, TT, 0);
    story_alarm(story, 40, MBP_EV_MAINTENANCE_DUE, TT, 0);
    set_now(60);
    machines[FILL].due = true;
    struct mbp_analysis *analysis = story_tell(story, plant, 15, -1, &now);
    assert_int_equal(analysis->machines[FILL].maintenance_started, 1);
    assert_int_equal(analysis->machines[FILL].maintenance_ended, 1);
    assert_int_equal(analysis->machines[FILL].maintenance_due, 1);
    assert_true(analysis->machines[FILL].due);
    mbp_analysis_free(analysis);
}

static void test_changes_of_the_plant_in_the_period_are_counted(void **state)
{
    (void)state;
    story_start(story, 0);
    story_alarm(story, 10, MBP_EV_PLANT_CHANGED, TT, 0);
    story->events[1].value = 3;
    story_alarm(story, 20, MBP_EV_PLANT_CHANGED, TT, 0);
    story->events[2].value = 2;
    story_alarm(story, 30, MBP_EV_PLANT_CHANGED, TT, 0);
    story->events[3].value = 0; /* nothing that has a number */
    set_now(60);
    struct mbp_analysis *analysis = story_tell(story, plant, 15, -1, &now);
    assert_int_equal(analysis->plant_changes, 1);
    mbp_analysis_free(analysis);
}

static void put_tag(struct mbp_names *names, enum mbp_tag_what what, uint16_t id, const char *name, uint32_t since)
{
    const struct mbp_event_tag tag = {.unit = 3,
                                      .what = (uint8_t)what,
                                      .id = id,
                                      .since = since,
                                      .gone = MBP_TAG_STAYS,
                                      .name = name,
                                      .kind = "temperature",
                                      .measure = "",
                                      .label = ""};
    assert_int_equal(mbp_names_put_tag(names, &tag), MBP_OK);
}

/* In the line before it was changed ADD came first, and PACK was not there yet. */
static void test_machine_is_followed_by_its_tag_through_a_change_of_the_plant(void **state)
{
    (void)state;
    enum { OF_ADD, OF_FILL, OF_PACK };
    struct mbp_names names = {0};
    put_tag(&names, MBP_TAG_MACHINE, OF_ADD, "ADD", 1);
    put_tag(&names, MBP_TAG_MACHINE, OF_FILL, "FILL", 1);
    put_tag(&names, MBP_TAG_MACHINE, OF_PACK, "PACK", 6);
    put_tag(&names, MBP_TAG_SENSOR, OF_ADD, "AT", 1);
    put_tag(&names, MBP_TAG_SENSOR, OF_FILL, "TT", 1);
    story_start(story, 0);
    story->events[0].code = MBP_EV_PLANT_LOADED;
    story->events[0].limit = 0.2F;
    story_state(story, 10, OF_FILL, MBP_EN_SERVICE, MBP_EN_PANNE);
    story_state(story, 20, OF_ADD, MBP_EN_SERVICE, MBP_EN_PANNE); /* which is no more */
    story_state(story, 40, OF_FILL, MBP_EN_PANNE, MBP_EN_SERVICE);
    story_alarm(story, 45, MBP_EV_ALARM_RAISED, OF_FILL, MBP_HIGH);
    for (uint32_t i = 0; i < story->count; i++)
        story->events[i].scan /= 2; /* its scan was twice as long */
    story_alarm(story, 50, MBP_EV_PLANT_CHANGED, OF_FILL, 0);
    story->events[5].scan = 250;
    story->events[5].limit = 0.1F;
    story_state(story, 60, OF_FILL, MBP_EN_SERVICE, MBP_EN_PANNE);
    story->events[6].scan = 350;
    story_state(story, 70, OF_PACK, MBP_EN_SERVICE, MBP_EN_PANNE);
    story->events[7].scan = 450;
    set_now(80);
    now.scan = 550;
    machines[FILL].state = machines[PACK].state = MBP_EN_PANNE;
    const struct mbp_analysis_period all = {0, UINT64_MAX, 0, UINT64_MAX};
    struct mbp_analyser *analyser = NULL;
    struct mbp_analysis *analysis = NULL;
    assert_int_equal(mbp_analyser_new(plant, &names, &all, &now, &analyser), MBP_OK);
    for (uint32_t i = 0; i < story->count; i++)
        assert_int_equal(mbp_analyser_take(analyser, &story->events[i]), MBP_OK);
    assert_int_equal(mbp_analyser_finish(analyser, &analysis), MBP_OK);
    assert_int_equal(analysis->length_ms, 80000);
    assert_int_equal(analysis->machines[FILL].failures, 2);
    assert_int_equal(analysis->machines[FILL].running_ms, 30000);
    assert_int_equal(analysis->machines[FILL].down_ms, 50000);
    assert_int_equal(analysis->machines[PACK].failures, 1);
    assert_int_equal(analysis->machines[PACK].running_ms, 20000); /* not before there was one */
    assert_int_equal(analysis->machines[PACK].down_ms, 10000);
    assert_int_equal(analysis->alarms.raised, 1);
    assert_int_equal(analysis->actors[0].sensor, TT);
    mbp_analysis_free(analysis);
    mbp_names_free(&names);
}

static void test_events_of_things_that_the_plant_does_not_have_change_nothing(void **state)
{
    (void)state;
    story_start(story, 0);
    story_state(story, 10, 77, MBP_EN_SERVICE, MBP_EN_PANNE);
    story_alarm(story, 10, MBP_EV_ALARM_RAISED, 99, MBP_HIGH);
    story_alarm(story, 10, MBP_EV_ALARM_RAISED, TT, 200);
    story_state(story, 20, FILL, (enum mbp_state_code)9, (enum mbp_state_code)7);
    set_now(60);
    struct mbp_analysis *analysis = story_tell(story, plant, -1, -1, &now);
    assert_int_equal(analysis->alarms.raised, 0);
    assert_int_equal(analysis->machines[FILL].running_ms, 60000);
    mbp_analysis_free(analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whole_life_gives_each_figure_by_its_definition, story_begin, story_end),
        cmocka_unit_test_setup_teardown(test_segments_cover_the_period_without_gaps, story_begin, story_end),
        cmocka_unit_test_setup_teardown(test_period_within_takes_the_state_before_from_the_first_change, story_begin,
                                        story_end),
        cmocka_unit_test_setup_teardown(test_period_without_events_is_told_by_the_next_change, story_begin, story_end),
        cmocka_unit_test_setup_teardown(test_machine_of_which_nothing_is_known_has_no_figures, story_begin, story_end),
        cmocka_unit_test_setup_teardown(test_maintenance_of_a_machine_that_began_en_panne_is_its_repair, story_begin,
                                        story_end),
        cmocka_unit_test_setup_teardown(test_what_has_failed_does_not_fail_again_before_it_is_back_in_service,
                                        story_begin, story_end),
        cmocka_unit_test_setup_teardown(test_state_of_now_is_not_that_of_a_time_before_the_clock_went_back, story_begin,
                                        story_end),
        cmocka_unit_test_setup_teardown(test_hours_without_the_plant_running_count_nowhere, story_begin, story_end),
        cmocka_unit_test_setup_teardown(test_clock_that_steps_changes_no_figure, story_begin, story_end),
        cmocka_unit_test_setup_teardown(test_stop_of_the_line_behind_the_last_stamp_counts_as_it_does_for_its_machine,
                                        story_begin, story_end),
        cmocka_unit_test_setup_teardown(test_plant_faster_than_life_is_measured_in_its_own_time, story_begin,
                                        story_end),
        cmocka_unit_test_setup_teardown(test_period_before_the_journal_or_empty_has_no_length, story_begin, story_end),
        cmocka_unit_test_setup_teardown(test_maintenance_events_of_the_period_are_counted, story_begin, story_end),
        cmocka_unit_test_setup_teardown(test_changes_of_the_plant_in_the_period_are_counted, story_begin, story_end),
        cmocka_unit_test_setup_teardown(test_machine_is_followed_by_its_tag_through_a_change_of_the_plant, story_begin,
                                        story_end),
        cmocka_unit_test_setup_teardown(test_events_of_things_that_the_plant_does_not_have_change_nothing, story_begin,
                                        story_end),
    };
    return cmocka_run_group_tests(tests, story_load, story_unload);
}
