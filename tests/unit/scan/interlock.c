/* Interlocks of machines: what they do, which acted first, their bypasses, and what outlives restarts, other plants and
 * snapshots. */
#include <stdlib.h>
#include <string.h>

#include "line.h"
#include "mbplant/image/alarm_command.h"
#include "mbplant/map.h"
#include "mbplant/plant/interlock.h"
#include "mbplant/view.h"

static const char yaml[] = "mbplant: 1\n"
                           "name: Locks\n"
                           "scan: 100ms\n"
                           "alarm_policy: {longest_bypass: 20s}\n"
                           "instructor: true\n"
                           "units:\n"
                           "  - id: 1\n"
                           "    machines:\n"
                           "      - name: M1\n"
                           "        sensors:\n"
                           "          - {name: L, range: [0, 10], max: 9, signal: {base: 5}}\n"
                           "        interlocks:\n"
                           "          - {name: LOW, when: \"L < 2\", delay: 200ms, bypass: {longest: 10s}}\n"
                           "          - {name: EMPTY, when: \"L < 1\"}\n"
                           "          - {name: NEXT, when: \"NOT M2.en_service\", action: permissive}\n"
                           "          - {name: RATIO, when: \"1 / (L - 4) > 5\"}\n"
                           "      - name: M2\n"
                           "        sensors: [{name: K, range: [0, 10], signal: {base: 5}}]\n";
enum { M1, M2 };
enum { BYPASS = 9500 }; /* register of M1.LOW */
enum { SHELVED = 5 };   /* coil of M1 */

static int setup(void **state)
{
    line_setup(state);
    line_stop(*state);
    line_start(*state, yaml);
    line_scan(*state, 1);
    return 0;
}
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, line_teardown)

static uint32_t named(const struct line *line, const char *name)
{
    uint32_t s = mbp_plant_find_sensor(line->plant, name);
    assert_int_not_equal(s, UINT32_MAX);
    return s;
}

static const struct mbp_state *now(const struct line *line)
{
    return mbp_scan_state(line->scan);
}

static void show(struct line *line, uint16_t value, unsigned scans)
{
    assert_int_equal(line_write_word(line, 0, value), MBP_OK);
    line_scan(line, scans);
}

static enum mbp_state_code state_of(const struct line *line, uint32_t machine)
{
    return (enum mbp_state_code)now(line)->machine[machine].state;
}

/* A command to an interlock by the command record, and what became of it. */
static unsigned ask(struct line *line, const char *name, enum mbp_alarm_deed deed, uint16_t seconds)
{
    const struct mbp_unit *unit = &line->plant->units[0];
    uint32_t s = named(line, name);
    const uint16_t words[MBP_RECORD_WORDS] = {
        [MBP_RECORD_TAG] = (uint16_t)(s - unit->first_sensor), /* nobody here knows of ids */
        [MBP_RECORD_ALARM] = line->plant->sensors[s].is_alarm ? MBP_RECORD_ALL : MBP_HIGH,
        [MBP_RECORD_ARGUMENT] = seconds,
        [MBP_RECORD_COMMAND] = deed};
    line_write(line, mbp_map_addr(line->plant, unit, MBP_MAP_ALARM_COMMAND, 0), MBP_RECORD_WORDS, words);
    line_scan(line, 1);
    return line_input(line, (uint16_t)(mbp_map_addr(line->plant, unit, MBP_MAP_ALARM_ANSWER, 0) + MBP_ANSWER_RESULT));
}

static enum mbp_interlock_state interlock(const struct line *line, const char *name)
{
    return mbp_interlock_state_of(line->plant, now(line), named(line, name), MBP_CONDITION);
}

static bool alarm_stands(const struct line *line, const char *name)
{
    return (now(line)->active[named(line, name)] >> MBP_CONDITION & 1u) != 0;
}

/* Another plant takes over, as on SIGHUP: the first `what` of ours made `with`. */
static void change(struct line *line, const char *what, const char *with)
{
    char text[4096];
    const char *at = strstr(yaml, what);
    struct mbp_image *image;
    struct mbp_change *changed;
    struct mbp_next_scan *next;
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - yaml), yaml, with, at + strlen(what));
    struct mbp_plant *plant = fixture_plant(text);
    assert_int_equal(mbp_change_find(line->plant, plant, &changed), MBP_OK);
    assert_int_equal(mbp_image_new(plant, &image), MBP_OK);
    assert_int_equal(mbp_next_scan_new(plant, image, changed, &next), MBP_OK);
    assert_int_equal(mbp_scan_change(line->scan, next, LINE_PEER), MBP_OK);
    mbp_change_free(changed);
    mbp_image_free(line->image);
    assert_int_equal(mbp_journal_flush(line->journal), MBP_OK);
    mbp_journal_hand_over(line->journal);
    mbp_plant_free(line->plant);
    line->plant = plant;
    line->image = image;
    line->unit = mbp_image_unit(image, 1);
}

static void assert_told(struct line *line, enum mbp_event_code code, const char *item, size_t count)
{
    size_t found = 0;
    line_read(line);
    for (size_t i = 0; i < line->event_count; i++)
        found += line->events[i].code == code && strcmp(line_item(line, &line->events[i]), item) == 0;
    assert_int_equal(found, count);
}

/* ---- what they do ------------------------------------------------------------------------------------------------ */

static void test_interlock_trips_behind_its_delay_and_is_no_alarm(void **state)
{
    struct line *line = *state;
    uint32_t low = named(line, "M1.LOW");
    show(line, 1, 2);
    assert_int_equal(state_of(line, M1), MBP_EN_SERVICE); /* 100 ms of 200 */
    line_scan(line, 2);
    assert_int_equal(state_of(line, M1), MBP_EN_PANNE);
    assert_int_equal(now(line)->machine[M1].first_out, low);
    assert_int_equal(now(line)->active_alarms, 0);
    assert_int_equal(now(line)->active[low] | now(line)->unack[low], 0);
    assert_told(line, MBP_EV_INTERLOCK_ACTED, "M1.LOW", 1);
    assert_told(line, MBP_EV_MACHINE_STATE, "M1.LOW", 1);
    line_write_coil(line, MBP_EN_SERVICE, true);
    line_scan(line, 1);
    assert_int_equal(state_of(line, M1), MBP_EN_PANNE); /* it stands */
    show(line, 5, 1);
    assert_told(line, MBP_EV_INTERLOCK_CLEARED, "M1.LOW", 1);
    line_write_coil(line, MBP_EN_SERVICE, true);
    line_scan(line, 1);
    assert_int_equal(state_of(line, M1), MBP_EN_SERVICE);
    assert_int_equal(now(line)->machine[M1].first_out, UINT32_MAX);
}

static void test_first_out_is_the_one_that_acted_first_whatever_follows(void **state)
{
    struct line *line = *state;
    uint32_t empty = named(line, "M1.EMPTY");
    show(line, 0, 1); /* LOW has a delay */
    assert_int_equal(now(line)->machine[M1].first_out, empty);
    line_scan(line, 5);
    assert_int_equal(interlock(line, "M1.LOW"), MBP_INTERLOCK_ACTING);
    assert_int_equal(now(line)->machine[M1].first_out, empty);
    struct mbp_sensor_view view;
    mbp_view_sensor(line->plant, now(line), empty, &view);
    assert_true(view.first_out && view.acting);
    mbp_view_sensor(line->plant, now(line), named(line, "M1.LOW"), &view);
    assert_true(!view.first_out && view.acting);
    line_stop(line);
    line_start(line, yaml);
    assert_int_equal(now(line)->machine[M1].first_out, empty);
}

/* It acts and is over in maintenance; what stops the machine afterwards is a master. */
static void test_first_out_is_none_when_a_command_stops_the_machine(void **state)
{
    struct line *line = *state;
    line_write_coil(line, MBP_MAINTENANCE, true);
    line_scan(line, 1);
    show(line, 1, 5);
    assert_int_equal(interlock(line, "M1.LOW"), MBP_INTERLOCK_ACTING);
    show(line, 5, 1);
    line_write_coil(line, MBP_EN_PANNE, true);
    line_scan(line, 2);
    assert_int_equal(state_of(line, M1), MBP_EN_PANNE);
    assert_int_equal(now(line)->machine[M1].first_out, UINT32_MAX);
    assert_told(line, MBP_EV_MACHINE_STATE, "M1.LOW", 0);
}

static void test_permissive_refuses_the_start_and_stops_nothing(void **state)
{
    struct line *line = *state;
    line_write_coil(line, 8 + MBP_EN_PANNE, true); /* M2 */
    line_scan(line, 2);
    assert_int_equal(state_of(line, M1), MBP_EN_SERVICE);
    assert_int_equal(interlock(line, "M1.NEXT"), MBP_INTERLOCK_ACTING);
    assert_true(now(line)->machine[M1].barred && !now(line)->machine[M1].trip);
    line_write_coil(line, MBP_EN_PANNE, true);
    line_scan(line, 1);
    line_write_coil(line, MBP_EN_SERVICE, true);
    line_scan(line, 1);
    assert_int_equal(state_of(line, M1), MBP_EN_PANNE);
    line_read(line);
    const struct mbp_event *refused = &line->events[line_find(line, 0, MBP_EV_MACHINE_REFUSED)];
    assert_string_equal(line_item(line, refused), "M1.NEXT");
    assert_int_equal(mbp_event_state_cause(refused->detail), MBP_CAUSE_PERMISSIVE);
    assert_int_equal(ask(line, "M1.NEXT", MBP_DEED_BYPASS, 5), MBP_RESULT_DONE);
    line_write_coil(line, MBP_EN_SERVICE, true);
    line_scan(line, 1);
    assert_int_equal(state_of(line, M1), MBP_EN_SERVICE);
}

static void test_interlock_that_cannot_be_reckoned_acts(void **state)
{
    struct line *line = *state;
    show(line, 4, 2); /* 1 / 0 */
    assert_int_equal(interlock(line, "M1.RATIO"), MBP_INTERLOCK_ACTING);
    assert_int_equal(state_of(line, M1), MBP_EN_PANNE);
    assert_told(line, MBP_EV_FORMULA_FAULT, "M1.RATIO", 1);
    show(line, 5, 2);
    assert_int_equal(interlock(line, "M1.RATIO"), MBP_INTERLOCK_READY);
}

/* ---- bypasses ---------------------------------------------------------------------------------------------------- */

static void test_bypass_holds_it_off_for_its_time_and_is_an_alarm_as_long(void **state)
{
    struct line *line = *state;
    assert_int_equal(ask(line, "M1.LOW", MBP_DEED_BYPASS, 2), MBP_RESULT_DONE);
    assert_true(alarm_stands(line, "M1.LOW.bypassed"));
    assert_int_equal(now(line)->active_alarms, 1);
    assert_int_equal(now(line)->unacknowledged, 1);
    show(line, 1, 10);
    assert_int_equal(state_of(line, M1), MBP_EN_SERVICE);
    assert_int_equal(interlock(line, "M1.LOW"), MBP_INTERLOCK_DEFEATED);
    line_scan(line, 12);
    assert_int_equal(state_of(line, M1), MBP_EN_PANNE);
    assert_false(alarm_stands(line, "M1.LOW.bypassed"));
    assert_told(line, MBP_EV_INTERLOCK_BYPASSED, "M1.LOW", 1);
    assert_told(line, MBP_EV_INTERLOCK_RESTORED, "M1.LOW", 1);
    assert_told(line, MBP_EV_ALARM_RAISED, "M1.LOW.bypassed", 1);
    assert_told(line, MBP_EV_ALARM_CLEARED, "M1.LOW.bypassed", 1);
}

static void test_bypass_stays_an_alarm_while_its_machine_is_in_maintenance(void **state)
{
    struct line *line = *state;
    line_write_coil(line, MBP_MAINTENANCE, true);
    line_scan(line, 2);
    assert_int_equal(ask(line, "M1.LOW", MBP_DEED_BYPASS, 5), MBP_RESULT_DONE);
    assert_int_equal(now(line)->active_alarms, 1);
}

static void test_machine_is_put_on_the_shelf_without_the_alarms_of_bypasses(void **state)
{
    struct line *line = *state;
    struct mbp_machine_view view;
    assert_int_equal(ask(line, "M1.LOW", MBP_DEED_BYPASS, 5), MBP_RESULT_DONE);
    line_write_coil(line, SHELVED, true);
    line_scan(line, 1);
    mbp_view_machine(line->plant, now(line), M1, &view);
    assert_true(view.shelved);
    assert_true((now(line)->flags[named(line, "L")] & MBP_SENSOR_SHELVED) != 0);
    assert_int_equal(now(line)->flags[named(line, "M1.LOW.bypassed")] & MBP_SENSOR_SHELVED, 0);
    assert_int_equal(now(line)->active_alarms, 1);
}

static void test_bypass_that_may_not_be_is_refused_and_nothing_else_is_asked_of_an_interlock(void **state)
{
    struct line *line = *state;
    static const struct {
        const char *name;
        enum mbp_alarm_deed deed;
        uint16_t seconds;
        enum mbp_deed_result result;
    } asked[] = {
        {"M1.LOW", MBP_DEED_BYPASS, 11, MBP_RESULT_TOO_LONG},
        {"M1.EMPTY", MBP_DEED_BYPASS, 21, MBP_RESULT_TOO_LONG}, /* the policy's */
        {"M1.LOW", MBP_DEED_SHELVE, 5, MBP_RESULT_NO_ALARM},
        {"M1.LOW", MBP_DEED_ACKNOWLEDGE, 0, MBP_RESULT_NO_ALARM},
        {"M1.LOW", MBP_DEED_REMOVE, 0, MBP_RESULT_NO_ALARM},
        {"M1.LOW.bypassed", MBP_DEED_BYPASS, 5, MBP_RESULT_NO_INTERLOCK},
        {"M1.LOW", MBP_DEED_RESTORE, 0, MBP_RESULT_NOTHING_TO_DO},
    };
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        assert_int_equal(ask(line, asked[i].name, asked[i].deed, asked[i].seconds), asked[i].result);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_INTERLOCK_BYPASSED), 0);
    line_write_coil(line, SHELVED, true); /* of its alarms, which an interlock is not */
    line_scan(line, 1);
    assert_int_equal(now(line)->flags[named(line, "M1.LOW")] & MBP_SENSOR_SHELVED, 0);
}

static void test_register_of_an_interlock_bypasses_it_within_what_is_allowed(void **state)
{
    struct line *line = *state;
    assert_int_equal(line_write_word(line, BYPASS, 11), MBP_EX_SERVER_DEVICE_FAILURE);
    assert_int_equal(line_write_word(line, BYPASS, 10), MBP_OK);
    line_scan(line, 1);
    assert_int_equal(interlock(line, "M1.LOW"), MBP_INTERLOCK_BYPASSED);
    assert_int_equal(line_holding(line, BYPASS), 10);
    line_scan(line, 15);
    assert_int_equal(line_holding(line, BYPASS), 9);
    assert_int_equal(line_write_word(line, BYPASS, 0), MBP_OK);
    line_scan(line, 1);
    assert_int_equal(interlock(line, "M1.LOW"), MBP_INTERLOCK_READY);
    assert_told(line, MBP_EV_INTERLOCK_RESTORED, "M1.LOW", 1);
}

static void test_two_who_bypass_at_once_are_both_told_and_the_last_time_counts(void **state)
{
    struct line *line = *state;
    assert_int_equal(ask(line, "M1.LOW", MBP_DEED_BYPASS, 10), MBP_RESULT_DONE);
    assert_int_equal(ask(line, "M1.LOW", MBP_DEED_BYPASS, 1), MBP_RESULT_DONE);
    assert_told(line, MBP_EV_INTERLOCK_BYPASSED, "M1.LOW", 2);
    line_scan(line, 10);
    assert_told(line, MBP_EV_INTERLOCK_RESTORED, "M1.LOW", 1);
}

/* ---- what they outlive ------------------------------------------------------------------------------------------- */

static void test_bypass_and_its_alarm_outlive_a_restart(void **state)
{
    struct line *line = *state;
    ask(line, "M1.LOW", MBP_DEED_BYPASS, 5);
    show(line, 1, 5);
    line_stop(line);
    line_start(line, yaml);
    line_scan(line, 20);
    assert_int_equal(interlock(line, "M1.LOW"), MBP_INTERLOCK_DEFEATED);
    assert_true(alarm_stands(line, "M1.LOW.bypassed"));
    assert_int_equal(state_of(line, M1), MBP_EN_SERVICE);
    line_scan(line, 30);
    assert_int_equal(state_of(line, M1), MBP_EN_PANNE);
    assert_told(line, MBP_EV_ALARM_RAISED, "M1.LOW.bypassed", 1);
}

static void test_bypass_outlives_a_loss_of_the_checkpoint(void **state)
{
    struct line *line = *state;
    ask(line, "M1.LOW", MBP_DEED_BYPASS, 10);
    line_stop(line);
    line_sql(line, "DELETE FROM checkpoint");
    line_start(line, yaml);
    line_scan(line, 1);
    assert_int_equal(interlock(line, "M1.LOW"), MBP_INTERLOCK_BYPASSED);
    assert_true(alarm_stands(line, "M1.LOW.bypassed"));
}

static void assert_ended_by_plant(struct line *line, const char *item)
{
    assert_told(line, MBP_EV_INTERLOCK_RESTORED, item, 1);
    const struct mbp_event *told = &line->events[line_find(line, 0, MBP_EV_INTERLOCK_RESTORED)];
    assert_int_equal(mbp_event_shelving(told->detail), MBP_UNSHELVED_BY_PLANT);
}

static void test_new_plant_ends_the_bypass_of_a_trip_that_it_has_no_more(void **state)
{
    struct line *line = *state;
    ask(line, "L", MBP_DEED_BYPASS, 10);
    change(line, "max: 9", "limits: {high: 9}");
    line_scan(line, 1);
    assert_ended_by_plant(line, "L");
}

static void test_new_plant_ends_the_bypass_of_an_interlock_that_it_has_no_more(void **state)
{
    struct line *line = *state;
    ask(line, "M1.LOW", MBP_DEED_BYPASS, 10);
    change(line, "name: LOW", "name: LOWER");
    line_scan(line, 1);
    assert_ended_by_plant(line, "M1.LOW");
    assert_int_equal(now(line)->active_alarms, 0);
}

static void test_new_plant_ends_the_bypass_of_a_machine_that_it_has_no_more(void **state)
{
    struct line *line = *state;
    ask(line, "M1.EMPTY", MBP_DEED_BYPASS, 10);
    change(line, "name: M1\n", "name: M3\n");
    line_scan(line, 1);
    assert_ended_by_plant(line, "M1.EMPTY");
}

static void test_new_plant_that_allows_less_shortens_a_bypass_or_ends_it(void **state)
{
    struct line *line = *state;
    ask(line, "M1.LOW", MBP_DEED_BYPASS, 10);
    ask(line, "M1.EMPTY", MBP_DEED_BYPASS, 20);
    change(line, "longest: 10s", "longest: 0s");
    line_scan(line, 1);
    assert_ended_by_plant(line, "M1.LOW");
    change(line, "longest_bypass: 20s", "longest_bypass: 1s");
    line_scan(line, 9);
    assert_int_equal(interlock(line, "M1.EMPTY"), MBP_INTERLOCK_BYPASSED);
    line_scan(line, 2);
    assert_int_equal(interlock(line, "M1.EMPTY"), MBP_INTERLOCK_READY);
}

static void test_new_plant_keeps_a_bypass_where_the_interlock_stands_elsewhere(void **state)
{
    struct line *line = *state;
    ask(line, "M1.EMPTY", MBP_DEED_BYPASS, 10);
    change(line, "          - {name: LOW,", "          - {name: NEW, when: \"L < 0\"}\n          - {name: LOW,");
    line_scan(line, 1);
    assert_int_equal(interlock(line, "M1.EMPTY"), MBP_INTERLOCK_BYPASSED);
    assert_true(alarm_stands(line, "M1.EMPTY.bypassed"));
    assert_int_equal(interlock(line, "M1.LOW"), MBP_INTERLOCK_READY);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_INTERLOCK_RESTORED), 0);
    assert_int_equal(line_count(line, MBP_EV_ALARM_RAISED), 1);
}

static void test_snapshot_brings_bypasses_back_as_they_were(void **state)
{
    struct line *line = *state;
    assert_int_equal(mbp_scan_snapshot(line->scan, LINE_PEER), MBP_OK);
    ask(line, "M1.LOW", MBP_DEED_BYPASS, 10);
    assert_int_equal(mbp_scan_restore(line->scan, LINE_PEER), MBP_OK);
    line_scan(line, 1);
    assert_int_equal(interlock(line, "M1.LOW"), MBP_INTERLOCK_READY);
    assert_false(alarm_stands(line, "M1.LOW.bypassed"));
    assert_told(line, MBP_EV_INTERLOCK_RESTORED, "M1.LOW", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_interlock_trips_behind_its_delay_and_is_no_alarm),
        TEST(test_first_out_is_the_one_that_acted_first_whatever_follows),
        TEST(test_first_out_is_none_when_a_command_stops_the_machine),
        TEST(test_permissive_refuses_the_start_and_stops_nothing),
        TEST(test_interlock_that_cannot_be_reckoned_acts),
        TEST(test_bypass_holds_it_off_for_its_time_and_is_an_alarm_as_long),
        TEST(test_bypass_stays_an_alarm_while_its_machine_is_in_maintenance),
        TEST(test_machine_is_put_on_the_shelf_without_the_alarms_of_bypasses),
        TEST(test_bypass_that_may_not_be_is_refused_and_nothing_else_is_asked_of_an_interlock),
        TEST(test_register_of_an_interlock_bypasses_it_within_what_is_allowed),
        TEST(test_two_who_bypass_at_once_are_both_told_and_the_last_time_counts),
        TEST(test_bypass_and_its_alarm_outlive_a_restart),
        TEST(test_bypass_outlives_a_loss_of_the_checkpoint),
        TEST(test_new_plant_ends_the_bypass_of_a_trip_that_it_has_no_more),
        TEST(test_new_plant_ends_the_bypass_of_an_interlock_that_it_has_no_more),
        TEST(test_new_plant_ends_the_bypass_of_a_machine_that_it_has_no_more),
        TEST(test_new_plant_that_allows_less_shortens_a_bypass_or_ends_it),
        TEST(test_new_plant_keeps_a_bypass_where_the_interlock_stands_elsewhere),
        TEST(test_snapshot_brings_bypasses_back_as_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
