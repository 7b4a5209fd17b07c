/* Incidents and work out of events. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mbplant/analysis/history.h"
#include "mbplant/report/period.h"

static const char text[] = "mbplant: 1\nname: Line\nscan: 1s\nunits:\n  - id: 1\n    name: PLC\n    machines:\n"
                           "      - {name: M1, maintenance: {every: 1h, takes: 30min}, sensors: [{name: T1, kind: "
                           "temperature, range: [0, 150], max: 85, trip: [high]}]}\n"
                           "      - {name: M2, sensors: [{name: T2, kind: temperature, range: [0, 150]}]}\n";

struct story {
    struct mbp_plant *plant;
    struct mbp_historian *historian;
    struct mbp_event event; /* the last one */
};

static int begin(void **state)
{
    static struct story story;
    story = (struct story){.plant = NULL};
    struct mbp_text file = {text, sizeof text - 1};
    assert_int_equal(mbp_plant_parse("line.yaml", file, stderr, &story.plant), MBP_OK);
    assert_int_equal(mbp_historian_new(story.plant, NULL, &story.historian), MBP_OK);
    *state = &story;
    return 0;
}

static int end(void **state)
{
    const struct story *story = *state;
    mbp_plant_free(story->plant);
    return 0;
}

/* The next event, `scans` after the one before. */
static uint32_t happen(struct story *story, uint32_t scans, struct mbp_event event)
{
    event.seq = story->event.seq + 1;
    event.scan = story->event.scan + scans;
    event.wall_ms = story->event.wall_ms + UINT64_C(1000) * scans;
    event.unit = 1;
    story->event = event;
    assert_int_equal(mbp_historian_take(story->historian, &event), MBP_OK);
    return event.seq;
}

static uint32_t change(struct story *story, uint32_t scans, uint16_t machine, unsigned from, unsigned to)
{
    return happen(story, scans,
                  (struct mbp_event){.code = MBP_EV_MACHINE_STATE,
                                     .machine = machine,
                                     .sensor = MBP_NONE16,
                                     .detail = mbp_event_state_detail(from, to, MBP_CAUSE_COMMAND)});
}

static uint32_t say(struct story *story, uint32_t scans, uint16_t code, uint16_t machine, uint32_t detail)
{
    return happen(
        story, scans,
        (struct mbp_event){
            .code = code, .machine = machine, .sensor = MBP_NONE16, .value = NAN, .limit = NAN, .detail = detail});
}

static struct mbp_history *finish(struct story *story)
{
    struct mbp_history *history = NULL;
    assert_int_equal(mbp_historian_finish(story->historian, NULL, &history), MBP_OK);
    return history;
}

static void test_incident_lasts_from_the_failure_through_repairs_that_fail_to_the_return(void **state)
{
    struct story *story = *state;
    uint32_t number = change(story, 10, 0, MBP_EN_SERVICE, MBP_EN_PANNE);
    say(story, 1, MBP_EV_NOTE, 0, number);
    change(story, 20, 0, MBP_EN_PANNE, MBP_MAINTENANCE);
    change(story, 5, 0, MBP_MAINTENANCE, MBP_EN_PANNE); /* the test run failed */
    change(story, 3, 0, MBP_EN_PANNE, MBP_MAINTENANCE);
    change(story, 7, 0, MBP_MAINTENANCE, MBP_EN_SERVICE);
    say(story, 100, MBP_EV_INCIDENT_CAUSE, MBP_NONE16, number);
    struct mbp_history *history = finish(story);
    assert_int_equal(history->incident_count, 1);
    const struct mbp_incident *incident = mbp_history_incident(history, number);
    assert_non_null(incident);
    assert_string_equal(incident->machine.name, "M1");
    assert_int_equal(incident->down_ms, 36000);
    assert_int_equal(incident->maintenance_ms, 12000);
    assert_int_equal(incident->repair_ms, incident->down_ms); /* as the machine's figures count it */
    assert_int_equal(incident->notes, 1);
    assert_int_equal(incident->end.seq, 6);
    assert_int_equal(incident->cause.seq, 7);
    assert_null(mbp_history_incident(history, number + 1));
    assert_int_equal(history->work_count, 1); /* one repair */
    assert_int_equal(history->work[0].kind, MBP_WORK_CORRECTIVE);
    assert_true(history->work[0].by_state);
    assert_int_equal(history->work[0].state, MBP_WORK_IS_DONE);
    assert_int_equal(history->work[0].real_ms, 15000);
    mbp_history_free(history);
}

static void test_incident_that_lasts_is_as_long_as_the_plant_ran_since(void **state)
{
    struct story *story = *state;
    const struct mbp_analysis_machine_now machines[2] = {{.state = MBP_EN_PANNE}, {.state = MBP_EN_SERVICE}};
    change(story, 10, 0, MBP_EN_SERVICE, MBP_EN_PANNE);
    const struct mbp_analysis_now now = {.scan = story->event.scan + 90, .machines = machines};
    struct mbp_history *history = NULL;
    assert_int_equal(mbp_historian_finish(story->historian, &now, &history), MBP_OK);
    assert_int_equal(history->incidents[0].down_ms, 90000);
    assert_int_equal(history->incidents[0].end.seq, 0);
    mbp_history_free(history);
}

static void test_removal_of_the_machine_ends_its_incident_and_its_work(void **state)
{
    struct story *story = *state;
    uint32_t work = say(story, 1, MBP_EV_WORK_OPENED, 1, MBP_WORK_PREVENTIVE);
    change(story, 10, 1, MBP_EN_SERVICE, MBP_EN_PANNE);
    say(story, 5, MBP_EV_MACHINE_REMOVED, 1, 0);
    struct mbp_history *history = finish(story);
    assert_true(history->incidents[0].removed);
    assert_int_equal(history->incidents[0].down_ms, 5000);
    assert_int_equal(history->incidents[0].repair_ms, 0);
    assert_true(mbp_history_work(history, work)->removed);
    assert_int_equal(mbp_history_work(history, work)->state, MBP_WORK_IS_DONE);
    mbp_history_free(history);
}

static void test_clock_that_is_set_changes_no_length(void **state)
{
    struct story *story = *state;
    uint32_t work = say(story, 1, MBP_EV_WORK_OPENED, 0, MBP_WORK_CORRECTIVE);
    say(story, 1, MBP_EV_WORK_STARTED, 0, work);
    story->event.wall_ms += UINT64_C(86400000);
    change(story, 1, 0, MBP_EN_SERVICE, MBP_EN_PANNE);
    story->event.wall_ms -= UINT64_C(2) * 86400000;
    change(story, 60, 0, MBP_EN_PANNE, MBP_EN_SERVICE);
    say(story, 9, MBP_EV_WORK_DONE, 0, work);
    struct mbp_history *history = finish(story);
    assert_int_equal(history->incidents[0].down_ms, 60000);
    assert_int_equal(mbp_history_work(history, work)->real_ms, 70000);
    mbp_history_free(history);
}

static void test_stop_of_the_plant_is_nobodys_time(void **state)
{
    struct story *story = *state;
    change(story, 10, 0, MBP_EN_SERVICE, MBP_EN_PANNE);
    say(story, 5, MBP_EV_STOP, MBP_NONE16, 0);
    story->event.wall_ms += UINT64_C(86400000);
    say(story, 0, MBP_EV_START, MBP_NONE16, 0);
    change(story, 7, 0, MBP_EN_PANNE, MBP_EN_SERVICE);
    struct mbp_history *history = finish(story);
    assert_int_equal(history->incidents[0].down_ms, 12000);
    mbp_history_free(history);
}

/* Scans are counted through all runs: what a run did that was cut off is time that was lived. */
static void test_run_that_is_cut_off_is_as_long_as_the_scans_that_it_made(void **state)
{
    struct story *story = *state;
    change(story, 10, 0, MBP_EN_SERVICE, MBP_EN_PANNE);
    story->event.wall_ms += UINT64_C(86400000);
    say(story, 3600, MBP_EV_START, MBP_NONE16, 0);
    change(story, 7, 0, MBP_EN_PANNE, MBP_EN_SERVICE);
    struct mbp_history *history = finish(story);
    assert_int_equal(history->incidents[0].down_ms, 3607000);
    mbp_history_free(history);
}

/* Where what the plant was before is lost, a run begins without the machine and nothing tells that it went. */
static void test_machine_that_a_run_begins_without_ends_its_incident_and_work_there(void **state)
{
    struct story *story = *state;
    struct mbp_names names = {0};
    const struct mbp_event_tag stays = {.unit = 1,
                                        .what = MBP_TAG_MACHINE,
                                        .gone = MBP_TAG_STAYS,
                                        .name = "M1",
                                        .kind = "",
                                        .measure = "",
                                        .label = ""};
    struct mbp_event_tag gone = stays;
    gone.id = 7;
    gone.gone = 6; /* as it is reckoned before anything is told: no smaller than the number of the start */
    gone.name = "OLD";
    mbp_historian_free(story->historian);
    assert_int_equal(mbp_names_append_tag(&names, &stays), MBP_OK);
    assert_int_equal(mbp_names_append_tag(&names, &gone), MBP_OK);
    mbp_names_sort(&names);
    assert_int_equal(mbp_historian_new(story->plant, &names, &story->historian), MBP_OK);
    say(story, 1, MBP_EV_PLANT_LOADED, MBP_NONE16, 0);
    change(story, 10, 7, MBP_EN_SERVICE, MBP_EN_PANNE);
    uint32_t work = say(story, 1, MBP_EV_WORK_OPENED, 7, MBP_WORK_CORRECTIVE);
    say(story, 1, MBP_EV_WORK_STARTED, MBP_NONE16, work);
    uint32_t start = say(story, 5, MBP_EV_PLANT_LOADED, MBP_NONE16, 0);
    change(story, 20, 0, MBP_EN_SERVICE, MBP_EN_PANNE);
    say(story, 30, MBP_EV_PLANT_LOADED, MBP_NONE16, 0);
    struct mbp_history *history = finish(story);
    assert_true(history->incidents[0].removed);
    assert_int_equal(history->incidents[0].end.seq, start);
    assert_int_equal(history->incidents[0].down_ms, 7000);
    assert_true(mbp_history_work(history, work)->removed);
    assert_int_equal(mbp_history_work(history, work)->real_ms, 5000);
    assert_false(history->incidents[1].removed);
    assert_int_equal(history->incidents[1].down_ms, 30000);
    mbp_history_free(history);
    mbp_names_free(&names);
}

static void test_work_belongs_to_who_started_it_first_and_is_done_once(void **state)
{
    struct story *story = *state;
    uint32_t work = say(story, 1, MBP_EV_WORK_OPENED, 0, MBP_WORK_CORRECTIVE);
    uint32_t first = say(story, 1, MBP_EV_WORK_STARTED, 0, work);
    say(story, 1, MBP_EV_WORK_STARTED, 0, work);
    uint32_t done = say(story, 1, MBP_EV_WORK_DONE, 0, work);
    say(story, 1, MBP_EV_WORK_DONE, 0, work);
    say(story, 1, MBP_EV_WORK_DONE, 0, 4711); /* there is none */
    struct mbp_history *history = finish(story);
    assert_int_equal(history->work_count, 1);
    assert_int_equal(history->work[0].started.seq, first);
    assert_int_equal(history->work[0].done.seq, done);
    mbp_history_free(history);
}

static void test_work_that_is_cancelled_is_over_and_cannot_be_done(void **state)
{
    struct story *story = *state;
    uint32_t open = say(story, 1, MBP_EV_WORK_OPENED, 0, MBP_WORK_CORRECTIVE | MBP_DUE_TIME << 8);
    uint32_t started = say(story, 1, MBP_EV_WORK_OPENED, 0, MBP_WORK_CORRECTIVE);
    say(story, 1, MBP_EV_WORK_STARTED, 0, started);
    uint32_t first = say(story, 1, MBP_EV_WORK_CANCELLED, 0, open);
    uint32_t second = say(story, 4, MBP_EV_WORK_CANCELLED, 0, started);
    say(story, 1, MBP_EV_WORK_DONE, 0, open);
    say(story, 1, MBP_EV_WORK_CANCELLED, 0, 4711);                        /* there is none */
    uint32_t stay = change(story, 1, 0, MBP_EN_SERVICE, MBP_MAINTENANCE); /* of its own: nothing else goes on */
    say(story, 1, MBP_EV_WORK_CANCELLED, 0, stay);
    struct mbp_history *history = finish(story);
    assert_int_equal(history->work_count, 3);
    const struct mbp_work_record *work = mbp_history_work(history, open);
    assert_int_equal(work->state, MBP_WORK_IS_CANCELLED);
    assert_int_equal(work->done.seq, first);
    assert_false(work->overdue);
    work = mbp_history_work(history, started);
    assert_int_equal(work->state, MBP_WORK_IS_CANCELLED);
    assert_int_equal(work->done.seq, second);
    assert_int_equal(work->real_ms, 5000);
    work = mbp_history_work(history, stay);
    assert_true(work->by_state);
    assert_int_equal(work->state, MBP_WORK_GOES_ON);
    mbp_history_free(history);
}

static void test_stay_in_maintenance_is_the_work_that_goes_on_or_is_due_or_work_of_its_own(void **state)
{
    struct story *story = *state;
    uint32_t work = say(story, 1, MBP_EV_WORK_OPENED, 0, MBP_WORK_CORRECTIVE);
    say(story, 1, MBP_EV_WORK_STARTED, 0, work);
    change(story, 1, 0, MBP_EN_SERVICE, MBP_MAINTENANCE);
    change(story, 1, 0, MBP_MAINTENANCE, MBP_EN_SERVICE); /* of that work */
    say(story, 1, MBP_EV_WORK_DONE, 0, work);
    uint32_t due = say(story, 1, MBP_EV_MAINTENANCE_DUE, 0, 0);
    say(story, 1, MBP_EV_MAINTENANCE_DUE, 0, 0); /* told again */
    change(story, 1, 0, MBP_EN_SERVICE, MBP_MAINTENANCE);
    change(story, 30, 0, MBP_MAINTENANCE, MBP_EN_SERVICE);
    uint32_t stay = change(story, 1, 0, MBP_EN_SERVICE, MBP_MAINTENANCE);
    struct mbp_history *history = finish(story);
    assert_int_equal(history->work_count, 3);
    const struct mbp_work_record *upkeep = mbp_history_work(history, due);
    assert_int_equal(upkeep->state, MBP_WORK_IS_DONE);
    assert_int_equal(upkeep->planned_s, 1800);
    assert_int_equal(upkeep->real_ms, 30000);
    assert_false(upkeep->by_state);
    assert_int_equal(mbp_history_work(history, stay)->state, MBP_WORK_GOES_ON);
    assert_int_equal(mbp_history_work(history, stay)->kind, MBP_WORK_PREVENTIVE);
    mbp_history_free(history);
}

static void test_repair_does_what_was_due_but_not_what_somebody_has_begun(void **state)
{
    struct story *story = *state;
    uint32_t due = say(story, 1, MBP_EV_MAINTENANCE_DUE, 0, 0);
    change(story, 1, 0, MBP_EN_SERVICE, MBP_EN_PANNE);
    uint32_t repair = change(story, 1, 0, MBP_EN_PANNE, MBP_MAINTENANCE);
    uint32_t back = change(story, 30, 0, MBP_MAINTENANCE, MBP_EN_SERVICE);
    uint32_t again = say(story, 1, MBP_EV_MAINTENANCE_DUE, 0, 0);
    say(story, 1, MBP_EV_WORK_STARTED, 0, again);
    change(story, 1, 0, MBP_EN_SERVICE, MBP_EN_PANNE);
    change(story, 1, 0, MBP_EN_PANNE, MBP_EN_SERVICE); /* repaired without a stay */
    struct mbp_history *history = finish(story);
    assert_int_equal(history->work_count, 3);
    const struct mbp_work_record *upkeep = mbp_history_work(history, due);
    assert_int_equal(upkeep->state, MBP_WORK_IS_DONE);
    assert_int_equal(upkeep->done.seq, back);
    assert_int_equal(upkeep->real_ms, 0);
    assert_int_equal(mbp_history_work(history, repair)->state, MBP_WORK_IS_DONE);
    assert_int_equal(mbp_history_work(history, again)->state, MBP_WORK_GOES_ON);
    mbp_history_free(history);
}

static void test_work_is_due_by_time_running_or_products(void **state)
{
    struct story *story = *state;
    const struct mbp_analysis_machine_now machines[2] = {{.running_s = 700, .good = 90, .reject = 20}};
    struct mbp_event event = {
        .code = MBP_EV_WORK_OPENED, .machine = 0, .sensor = MBP_NONE16, .value = NAN, .limit = 600};
    event.detail = MBP_WORK_PREVENTIVE | MBP_DUE_TIME << 8;
    uint32_t by_time = happen(story, 1, event);
    event.detail = MBP_WORK_PREVENTIVE | MBP_DUE_RUNNING << 8;
    uint32_t by_running = happen(story, 0, event);
    event.detail = MBP_WORK_PREVENTIVE | MBP_DUE_PRODUCTS << 8;
    uint32_t by_products = happen(story, 0, event);
    event.limit = INFINITY; /* which only a journal that was made by hand has */
    uint32_t by_nothing = happen(story, 0, event);
    const struct mbp_analysis_now now = {.scan = story->event.scan + 200, .machines = machines};
    struct mbp_history *history = NULL;
    assert_int_equal(mbp_historian_finish(story->historian, &now, &history), MBP_OK);
    assert_true(mbp_history_work(history, by_time)->left > 399 && mbp_history_work(history, by_time)->left < 401);
    assert_true(mbp_history_work(history, by_running)->overdue);
    assert_false(mbp_history_work(history, by_products)->overdue);
    assert_true(mbp_history_work(history, by_products)->left > 489);
    assert_true(isnan(mbp_history_work(history, by_nothing)->left));
    mbp_history_free(history);
}

static void test_work_is_due_by_no_counter_that_no_address_shows(void **state)
{
    struct story *story = *state;
    const struct mbp_analysis_machine_now machines[2] = {
        {.good = 90, .untold_figures = 1u << MBP_FIGURE_RUNNING | 1u << MBP_FIGURE_REJECT}};
    struct mbp_event event = {
        .code = MBP_EV_WORK_OPENED, .machine = 0, .sensor = MBP_NONE16, .value = NAN, .limit = 600};
    event.detail = MBP_WORK_PREVENTIVE | MBP_DUE_RUNNING << 8;
    uint32_t by_running = happen(story, 0, event);
    event.detail = MBP_WORK_PREVENTIVE | MBP_DUE_PRODUCTS << 8;
    uint32_t by_products = happen(story, 0, event);
    const struct mbp_analysis_now now = {.scan = story->event.scan + 200, .machines = machines};
    struct mbp_history *history = NULL;
    assert_int_equal(mbp_historian_finish(story->historian, &now, &history), MBP_OK);
    assert_true(isnan(mbp_history_work(history, by_running)->left));
    assert_true(isnan(mbp_history_work(history, by_products)->left));
    mbp_history_free(history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_incident_lasts_from_the_failure_through_repairs_that_fail_to_the_return,
                                        begin, end),
        cmocka_unit_test_setup_teardown(test_incident_that_lasts_is_as_long_as_the_plant_ran_since, begin, end),
        cmocka_unit_test_setup_teardown(test_work_is_due_by_no_counter_that_no_address_shows, begin, end),
        cmocka_unit_test_setup_teardown(test_removal_of_the_machine_ends_its_incident_and_its_work, begin, end),
        cmocka_unit_test_setup_teardown(test_clock_that_is_set_changes_no_length, begin, end),
        cmocka_unit_test_setup_teardown(test_stop_of_the_plant_is_nobodys_time, begin, end),
        cmocka_unit_test_setup_teardown(test_run_that_is_cut_off_is_as_long_as_the_scans_that_it_made, begin, end),
        cmocka_unit_test_setup_teardown(test_machine_that_a_run_begins_without_ends_its_incident_and_work_there, begin,
                                        end),
        cmocka_unit_test_setup_teardown(test_work_belongs_to_who_started_it_first_and_is_done_once, begin, end),
        cmocka_unit_test_setup_teardown(test_work_that_is_cancelled_is_over_and_cannot_be_done, begin, end),
        cmocka_unit_test_setup_teardown(test_stay_in_maintenance_is_the_work_that_goes_on_or_is_due_or_work_of_its_own,
                                        begin, end),
        cmocka_unit_test_setup_teardown(test_repair_does_what_was_due_but_not_what_somebody_has_begun, begin, end),
        cmocka_unit_test_setup_teardown(test_work_is_due_by_time_running_or_products, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
