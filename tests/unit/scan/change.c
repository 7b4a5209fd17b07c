/* A changed plant takes over between two scans. */
#include <stdlib.h>
#include <string.h>

#include "line.h"

/* line_yaml with the first `what` in it made `with`. */
static const char *edited(char *text, size_t size, const char *what, const char *with)
{
    const char *at = strstr(line_yaml, what);
    assert_non_null(at);
    snprintf(text, size, "%.*s%s%s", (int)(at - line_yaml), line_yaml, with, at + strlen(what));
    return text;
}

static void change(struct line *line, const char *what, const char *with)
{
    char text[4096];
    line_change_to(line, edited(text, sizeof text, what, with));
}

static void test_change_of_a_comment_keeps_everything_and_is_told(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_TT101, 700);
    line_write_word(line, HR_TT101_LIMITS + MBP_HIGH, 800);
    line_write_coil(line, COIL_CAP1 + MBP_MAINTENANCE, true);
    line_scan(line, 5);
    uint16_t good = line_input(line, 100 + 4);
    change(line, "name: Line\n", "name: Line # a comment\n");
    assert_int_equal(line_holding(line, HR_TT101), 700);
    assert_true(line_coil(line, 1000 + TT101));
    assert_int_equal(line_holding(line, HR_TT101_LIMITS + MBP_HIGH), 800);
    assert_true(line_coil(line, COIL_CAP1 + MBP_MAINTENANCE));
    assert_int_equal(line_input(line, 100 + 4), good);
    assert_int_equal(line_input(line, 15), 5); /* scans done */
    line_read(line);
    const struct mbp_event *told = &line->events[line_find(line, 0, MBP_EV_PLANT_CHANGED)];
    assert_int_equal(told->detail, line->plant->text_crc);
    assert_int_equal(told->actor, LINE_PEER);
    fixture_assert_number(told->value, 0);
    assert_int_equal(told, &line->events[line->event_count - 1]);
}

static void test_change_leaves_the_future_of_what_is_unchanged_as_it_was(void **state)
{
    static const char yaml[] =
        "mbplant: 1\n"
        "name: Signals\n"
        "seed: 3\n"
        "units:\n"
        "  - id: 1\n"
        "    sensors:\n"
        "      - {name: A, kind: flow, range: [0, 100], register: {type: float64},\n"
        "         signal: {base: 5, wave: {shape: sine, amplitude: 3, period: 3s}, wander: {sigma: 1, tau: 2s}}}\n"
        "      - {name: B, kind: level, range: [0, 100], register: {type: float64}, signal: {\n"
        "         inputs: [{from: A, gain: 2, lag: 700ms, dead_time: 450ms}], integrate: {gain: 0.2, initial: 30},\n"
        "         lag: 300ms, dead_time: 320ms, wander: {sigma: 0.5, tau: 1s}, noise: 0.1}}\n"
        "      - {name: C, kind: flow, range: [0, 100], register: {type: float64}, signal: {base: 1, lag: 4s,\n"
        "         inputs: [{from: B, gain: 1}]}}\n";
    char text[2048];
    struct line *line = *state;
    double undisturbed[40][3];
    for (int changed = 0; changed < 2; changed++) {
        line_begin(line, yaml);
        line_scan(line, 33);
        if (changed == 1) { /* a sensor before them all gives each another place */
            const char *at = strstr(yaml, "      - {name: A");
            snprintf(text, sizeof text, "%.*s      - {name: NEW, kind: flow, signal: {dead_time: 500ms}}\n%s",
                     (int)(at - yaml), yaml, at);
            line_change_to(line, text);
        }
        for (int i = 0; i < 40; i++) {
            line_scan(line, 1);
            for (int s = 0; s < 3; s++) {
                double value = mbp_scan_state(line->scan)->value[s + changed];
                if (changed == 0)
                    undisturbed[i][s] = value;
                else
                    fixture_assert_number(value, undisturbed[i][s]);
            }
        }
    }
}

static void test_change_goes_on_with_what_an_input_keeps_of_an_actuator(void **state)
{
    static const char yaml[] = "mbplant: 1\nname: Change\nscan: 100ms\nunits:\n  - id: 1\n"
                               "    actuators: [{name: A, initial: 20, register: {type: float32}}]\n"
                               "    sensors:\n"
                               "      - {name: S, label: one, range: [0, 100], register: {type: float64},\n"
                               "         signal: {base: 0, inputs: [{from: A, lag: 10s, dead_time: 300ms}]}}\n";
    char text[1024];
    double undisturbed[20];
    const char *at = strstr(yaml, "one");
    snprintf(text, sizeof text, "%.*stwo%s", (int)(at - yaml), yaml, at + 3);
    for (int changed = 0; changed < 2; changed++) {
        line_teardown(state); /* with the journal, which keeps the command */
        line_setup(state);
        struct line *line = *state;
        line_stop(line);
        line_start(line, yaml);
        line_write(line, line->plant->actuators[0].reg.addr, 2, (const uint16_t[]){0x42A0, 0}); /* to 80 */
        line_scan(line, 30);
        if (changed == 1)
            line_change_to(line, text);
        for (int i = 0; i < 20; i++) {
            line_scan(line, 1);
            double value = mbp_scan_state(line->scan)->value[0];
            if (changed == 0)
                undisturbed[i] = value;
            else
                fixture_assert_number(value, undisturbed[i]);
        }
        assert_true(undisturbed[19] > undisturbed[0] && undisturbed[0] > 20); /* on its way */
    }
}

/* A controller without an integral part has no second chance: what it lost would be lost for good. */
static const char proportional[] =
    "mbplant: 1\nname: P only\nunits:\n  - id: 1\n"
    "    actuators: [{name: FV, initial: 50, register: {type: float32}}]\n"
    "    controllers: [{name: LIC, input: LT, output: FV, setpoint: 50, gain: 2}]\n"
    "    sensors: [{name: LT, label: one, range: [0, 100], register: {type: float32}, signal: {base: 50}}]\n";

static void force_level(struct line *line, uint16_t high)
{
    assert_int_equal(line_write(line, line->plant->sensors[0].reg.addr, 2, (const uint16_t[]){high, 0}), MBP_OK);
}

/* proportional with a journal of its own. */
static struct line *begin_proportional(void **state)
{
    line_teardown(state);
    line_setup(state);
    struct line *line = *state;
    line_stop(line);
    line_start(line, proportional);
    line_scan(line, 5);
    fixture_assert_number(mbp_scan_state(line->scan)->command[0], 50);
    return line;
}

/* Saturated by a level of 90, and then `what` of its file made `with`; the command in the end. */
static double change_saturated(void **state, const char *what, const char *with)
{
    char text[1024];
    const char *at = strstr(proportional, what);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - proportional), proportional, with, at + strlen(what));
    struct line *line = begin_proportional(state);
    force_level(line, 0x42B4); /* 90 */
    line_scan(line, 5);
    fixture_assert_number(mbp_scan_state(line->scan)->command[0], 0);
    line_change_to(line, text);
    line_scan(line, 1);
    line_write_coil(line, 1000, false); /* released */
    line_scan(line, 5);
    return mbp_scan_state(line->scan)->command[0];
}

static void test_change_of_a_label_leaves_a_controller_alone(void **state)
{
    fixture_assert_number(change_saturated(state, "label: one", "label: two"), 50);
}

static void test_change_of_a_setpoint_or_gain_is_as_if_a_master_wrote_it(void **state)
{
    fixture_assert_number(change_saturated(state, "setpoint: 50", "setpoint: 55"), 60);
    /* No bump where it stands, 40 too high. */
    fixture_assert_number(change_saturated(state, "gain: 2", "gain: 3"), 50 + 40);
}

static void test_change_of_what_a_controller_measures_begins_where_its_output_is(void **state)
{
    char text[1024];
    struct line *line = begin_proportional(state);
    snprintf(text, sizeof text, "%s", proportional);
    strstr(text, "input: LT")[strlen("input: L")] = 'X';
    strstr(text, "{name: LT")[strlen("{name: L")] = 'X';
    force_level(line, 0x4234); /* 45 */
    line_scan(line, 2);
    line_change_to(line, text); /* another level, of 50 */
    line_scan(line, 5);
    fixture_assert_number(mbp_scan_state(line->scan)->command[0], 60);
}

static void test_change_of_a_limit_in_the_file_wins_over_a_masters(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_TT101_LIMITS + MBP_HIGH, 800);
    line_scan(line, 1);
    change(line, "max: 85", "max: 90");
    assert_int_equal(line_holding(line, HR_TT101_LIMITS + MBP_HIGH), 900);
}

static void test_change_that_a_masters_limit_cannot_stand_with_gives_the_files(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_TT101_LIMITS + MBP_HIGH, 1400);
    line_scan(line, 1);
    change(line, "range: [0, 150]", "range: [0, 120]");
    assert_int_equal(line_holding(line, HR_TT101_LIMITS + MBP_HIGH), 850);
}

static void test_change_of_a_range_or_type_shows_at_once_what_they_allow(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_TT101, 1400);
    line_scan(line, 1);
    change(line, "range: [0, 150]", "range: [0, 120]"); /* and no scan follows: so it is in a pause */
    assert_int_equal(line_holding(line, HR_TT101), 1200);
    fixture_assert_number(mbp_scan_state(line->scan)->value[TT101], 120);
    change(
        line,
        "range: [0, 150], max: 85, signal: {base: 65, noise: 0.2},\n             register: {type: int16, scale: 0.1}",
        "signal: {base: 1}, register: {type: bool}");
    fixture_assert_number(mbp_scan_state(line->scan)->value[TT101], 1);
}

static void test_change_keeps_an_active_alarm_and_raises_it_no_second_time(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_TT101, 900);
    line_scan(line, 2);
    assert_true(line_discrete(line, MBP_HIGH));
    change(line, "noise: 0.2", "noise: 0.3");
    assert_true(line_discrete(line, MBP_HIGH));
    line_scan(line, 5);
    assert_true(line_discrete(line, MBP_HIGH));
    assert_true(line_coil(line, COIL_FILL1 + MBP_EN_PANNE));
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_ALARM_RAISED), 1);
    assert_int_equal(line_count(line, MBP_EV_MACHINE_STATE), 1);
    const struct mbp_event *told = &line->events[line_find(line, 0, MBP_EV_SENSOR_CHANGED)];
    assert_int_equal(told->detail, MBP_CHANGED_SIGNAL);
}

static void test_change_that_removes_an_alarm_counts_it_no_more_at_once(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_TT101, 900);
    line_scan(line, 2);
    assert_int_equal(line_input(line, 102), 1); /* of the machine */
    change(line, "name: TT101", "name: TT102"); /* and no scan follows: so it is in a pause */
    assert_int_equal(line_input(line, 102), 0);
    assert_int_equal(line_input(line, 6), 0);
    assert_int_equal(mbp_scan_state(line->scan)->active_alarms, 0);
    assert_int_equal(mbp_scan_state(line->scan)->unacknowledged, 0);
}

static void test_change_that_renumbers_keeps_the_first_out_by_name(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_TT101, 900);
    line_scan(line, 2);
    assert_int_equal(line_input(line, 101), TT101);
    change(line, "          - {name: TT101", "          - {name: TT100, kind: temperature}\n          - {name: TT101");
    assert_int_equal(line_input(line, 101), TT101 + 1);
    line_scan(line, 1);
    assert_int_equal(line_input(line, 101), TT101 + 1);
}

static void test_change_takes_in_what_masters_wrote_just_before(void **state)
{
    struct line *line = *state;
    line_scan(line, 1);
    line_write_word(line, HR_TT101, 700);
    line_write_coil(line, COIL_CAP1 + MBP_EN_PANNE, true);
    change(line, "          - {name: TT101", "          - {name: TT100, kind: temperature}\n          - {name: TT101");
    line_scan(line, 1);
    uint16_t addr = line->plant->sensors[1].reg.addr;
    assert_int_equal(line_holding(line, addr), 700);
    assert_true(line_coil(line, COIL_CAP1 + MBP_EN_PANNE));
    line_read(line);
    size_t forced = line_find(line, 0, MBP_EV_VALUE_FORCED);
    assert_int_equal(line->events[forced].sensor, TT101);
    assert_true(forced < line_find(line, 0, MBP_EV_PLANT_CHANGED));
}

static void test_change_tells_refused_writes_by_the_plant_that_refused_them(void **state)
{
    struct line *line = *state;
    line_scan(line, 1);
    for (unsigned i = 0; i < 30; i++) { /* more a second than may be told */
        for (unsigned table = 0; table < 2; table++)
            mbp_image_refuse(line->unit, table == 0 ? MBP_COILS : MBP_HOLDING_REGISTERS, 0, 1,
                             MBP_EX_SERVER_DEVICE_FAILURE, (struct mbp_peer){LINE_PEER});
        line_scan(line, 1);
    }
    change(line, "          - {name: TT101", "          - {name: TT100, kind: temperature}\n          - {name: TT101");
    line_scan(line, 30);
    line_read(line);
    size_t changed = line_find(line, 0, MBP_EV_PLANT_CHANGED);
    uint32_t told = 0;
    for (size_t i = 0; i < line->event_count; i++) {
        if (line->events[i].code != MBP_EV_WRITE_REFUSED)
            continue;
        assert_true(i < changed);
        told += 1 + (line->events[i].detail >> 24);
    }
    assert_int_equal(told, 60);
}

static void test_change_tells_what_goes_before_and_what_comes_after_it(void **state)
{
    struct line *line = *state;
    line_scan(line, 1);
    change(line, "      - name: CAP1\n        maintenance: {takes: 2s}\n        sensors:\n          - {name: ST201,",
           "      - name: CAP2\n        sensors:\n          - {name: ST202,");
    line_scan(line, 1);
    line_read(line);
    size_t changed = line_find(line, 0, MBP_EV_PLANT_CHANGED);
    size_t sensor_removed = line_find(line, 0, MBP_EV_SENSOR_REMOVED);
    assert_true(sensor_removed < changed);
    assert_true(line_find(line, 0, MBP_EV_MACHINE_REMOVED) < changed);
    const struct mbp_event *sensor_added = &line->events[line_find(line, changed, MBP_EV_SENSOR_ADDED)];
    assert_string_equal(line_item(line, &line->events[sensor_removed]), "ST201");
    assert_string_equal(line_machine(line, &line->events[sensor_removed]), "CAP1");
    assert_string_equal(line_item(line, sensor_added), "ST202");
    assert_string_equal(line_machine(line, sensor_added), "CAP2");
    assert_int_not_equal(sensor_added->sensor, line->events[sensor_removed].sensor); /* never given again */
    fixture_assert_number(line->events[changed].value, 4);
}

static void test_change_is_kept_by_a_restart_by_the_new_names(void **state)
{
    struct line *line = *state;
    char text[4096];
    edited(text, sizeof text, "          - {name: TT101",
           "          - {name: TT100, kind: temperature}\n          - {name: TT101");
    line_write_word(line, HR_TT101, 700);
    line_scan(line, 1);
    line_change_to(line, text);
    uint16_t addr = line->plant->sensors[1].reg.addr;
    line_write_word(line, addr, 710);
    line_scan(line, 1);
    line_stop(line);
    line_start(line, text);
    assert_int_equal(line_holding(line, addr), 710);
    assert_true(line_coil(line, 1001));
    assert_false(line_coil(line, 1000));
}

static void test_change_of_the_scan_period_goes_on_at_the_new_one(void **state)
{
    struct line *line = *state;
    line_scan(line, 3);
    uint64_t done_ns = mbp_scan_state(line->scan)->sim_ns;
    change(line, "scan: 100ms", "scan: 20ms");
    line->time.mono_ns += 60 * MBP_NS_PER_MS;
    mbp_scan_poll(line->scan);
    assert_int_equal(mbp_scan_state(line->scan)->sim_ns, done_ns + 60 * MBP_NS_PER_MS);
}

static void test_change_of_a_sensor_to_a_text_lets_go_of_its_forced_value(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_TT101, 700);
    line_scan(line, 1);
    change(line,
           "{name: TT101, kind: temperature, range: [0, 150], max: 85, signal: {base: 65, noise: 0.2},\n"
           "             register: {type: int16, scale: 0.1}}",
           "{name: TT101, kind: generic, signal: {text: hello}, register: {type: string(3)}}");
    line_scan(line, 2);
    assert_false(line_coil(line, 1000));
    assert_int_equal(line_holding(line, 0), 'h' << 8 | 'e');
}

static void test_change_keeps_a_text_on_its_shelf(void **state)
{
    static const char yaml[] = "mbplant: 1\nname: Text\nunits:\n  - id: 1\n"
                               "    sensors: [{name: LOT, label: one, register: {type: string(3)}}]\n";
    struct line *line = *state;
    char text[512];
    const char *at = strstr(yaml, "one");
    snprintf(text, sizeof text, "%.*stwo%s", (int)(at - yaml), yaml, at + 3);
    line_stop(line);
    line_start(line, yaml);
    line_write_coil(line, 2000, true);
    line_scan(line, 1);
    assert_true(line_coil(line, 2000));
    line_change_to(line, text);
    line_scan(line, 1);
    assert_true(line_coil(line, 2000));
}

/* The machine's new state came at the end of the last scan; what it suppresses is for the next one to tell. */
static void test_change_between_a_machines_state_and_its_suppression_loses_no_event(void **state)
{
    static const char yaml[] = "mbplant: 1\nname: Dress\nunits:\n  - id: 1\n    machines:\n      - name: M1\n"
                               "        sensors: [{name: S, label: one, range: [0, 10], limits: {high: 5},\n"
                               "                   suppress: [en_panne]}]\n";
    struct line *line = *state;
    char text[512];
    const char *at = strstr(yaml, "one");
    snprintf(text, sizeof text, "%.*stwo%s", (int)(at - yaml), yaml, at + 3);
    line_stop(line);
    line_start(line, yaml);
    line_write_coil(line, MBP_EN_PANNE, true);
    line_scan(line, 1);
    line_change_to(line, text);
    line_scan(line, 1);
    line_change_to(line, yaml);
    line_scan(line, 1);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_ALARM_SUPPRESSED), 1);
}

static void test_change_back_and_forth_many_times_leaves_nothing_behind(void **state)
{
    struct line *line = *state;
    char text[4096];
    edited(text, sizeof text, "seed: 7", "seed: 8");
    for (int i = 0; i < 20; i++) {
        line_scan(line, 1);
        line_change_to(line, i % 2 == 0 ? text : line_yaml);
    }
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_PLANT_CHANGED), 20);
    assert_int_equal(mbp_journal_plants_left(line->journal), 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINE_TEST(test_change_of_a_comment_keeps_everything_and_is_told),
        LINE_TEST(test_change_leaves_the_future_of_what_is_unchanged_as_it_was),
        LINE_TEST(test_change_goes_on_with_what_an_input_keeps_of_an_actuator),
        LINE_TEST(test_change_of_a_label_leaves_a_controller_alone),
        LINE_TEST(test_change_of_a_setpoint_or_gain_is_as_if_a_master_wrote_it),
        LINE_TEST(test_change_of_what_a_controller_measures_begins_where_its_output_is),
        LINE_TEST(test_change_of_a_limit_in_the_file_wins_over_a_masters),
        LINE_TEST(test_change_that_a_masters_limit_cannot_stand_with_gives_the_files),
        LINE_TEST(test_change_of_a_range_or_type_shows_at_once_what_they_allow),
        LINE_TEST(test_change_keeps_an_active_alarm_and_raises_it_no_second_time),
        LINE_TEST(test_change_that_removes_an_alarm_counts_it_no_more_at_once),
        LINE_TEST(test_change_that_renumbers_keeps_the_first_out_by_name),
        LINE_TEST(test_change_takes_in_what_masters_wrote_just_before),
        LINE_TEST(test_change_tells_refused_writes_by_the_plant_that_refused_them),
        LINE_TEST(test_change_tells_what_goes_before_and_what_comes_after_it),
        LINE_TEST(test_change_is_kept_by_a_restart_by_the_new_names),
        LINE_TEST(test_change_of_the_scan_period_goes_on_at_the_new_one),
        LINE_TEST(test_change_of_a_sensor_to_a_text_lets_go_of_its_forced_value),
        LINE_TEST(test_change_keeps_a_text_on_its_shelf),
        LINE_TEST(test_change_between_a_machines_state_and_its_suppression_loses_no_event),
        LINE_TEST(test_change_back_and_forth_many_times_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
