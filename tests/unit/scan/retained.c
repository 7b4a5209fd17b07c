/* What survives a restart, through a real journal. */
#include "line.h"

#include <math.h>

static void restart(struct line *line)
{
    line_stop(line);
    line->time.mono_ns = 0; /* another boot */
    line->time.wall_ms += 3600 * 1000;
    line_start(line, line_yaml);
}

static void test_restart_of_an_untouched_plant_is_as_its_file_says(void **state)
{
    struct line *line = *state;
    line_scan(line, 5);
    restart(line);
    assert_true(line_coil(line, COIL_FILL1 + MBP_EN_SERVICE));
    assert_int_equal(line_holding(line, HR_TT101_LIMITS + MBP_HIGH), 850);
    line_read(line);
    assert_int_equal(line->event_count, 6);
    assert_int_equal(line->events[2].code, MBP_EV_STOP);
    assert_int_equal(line->events[3].code, MBP_EV_START);
    assert_int_equal(line->events[4].code, MBP_EV_PLANT_LOADED);
    assert_int_equal(line->events[5].code, MBP_EV_PRODUCTION);
}

static void test_restart_keeps_machine_states_and_since_when(void **state)
{
    struct line *line = *state;
    line_scan(line, 5);
    line_write_coil(line, COIL_FILL1 + MBP_EN_PANNE, true);
    line_scan(line, 1);
    uint64_t since = mbp_scan_state(line->scan)->machine[FILL1].since_ms;
    assert_int_equal(since, FIXTURE_WALL_MS + 600);
    line_scan(line, 30);
    restart(line);
    assert_true(line_coil(line, COIL_FILL1 + MBP_EN_PANNE)); /* published before any scan */
    line_scan(line, 1);
    assert_true(line_coil(line, COIL_FILL1 + MBP_EN_PANNE));
    assert_int_equal(mbp_scan_state(line->scan)->machine[FILL1].since_ms, since);
    assert_int_equal(mbp_scan_state(line->scan)->machine[FILL1].failures, 1);
}

static void test_restart_keeps_counters_and_goes_on_from_them(void **state)
{
    struct line *line = *state;
    line_scan(line, 103);
    struct mbp_machine_state before = mbp_scan_state(line->scan)->machine[FILL1];
    assert_true(before.good > 30);
    restart(line);
    const struct mbp_machine_state *after = &mbp_scan_state(line->scan)->machine[FILL1];
    assert_int_equal(after->good, before.good);
    assert_int_equal(after->reject, before.reject);
    assert_int_equal(after->running_ns, before.running_ns);
    line_scan(line, 97); /* 20 s in all: 80 products */
    assert_int_equal(after->good + after->reject, 80);
}

static void test_restart_keeps_limits_forced_values_and_shelving(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_TT101_LIMITS + MBP_HIGH, 800);
    line_write_word(line, HR_TT101, 701);
    line_write_coil(line, 2000 + PT101, true);
    line_scan(line, 3);
    restart(line);
    assert_int_equal(line_holding(line, HR_TT101_LIMITS + MBP_HIGH), 800);
    assert_int_equal(line_holding(line, HR_TT101), 701);
    assert_true(line_coil(line, 1000 + TT101));
    assert_true(line_coil(line, 2000 + PT101));
    line_scan(line, 3);
    assert_int_equal(line_holding(line, HR_TT101), 701);
    line_write_coil(line, 1000 + TT101, false);
    line_scan(line, 1);
    assert_int_not_equal(line_holding(line, HR_TT101), 701);
}

static void test_restart_with_an_active_alarm_raises_it_no_second_time(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_TT101, 915);
    line_scan(line, 3);
    restart(line);
    assert_true(line_discrete(line, MBP_HIGH));
    assert_true(line_discrete(line, 4));
    line_scan(line, 5);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_ALARM_RAISED), 1);
    assert_int_equal(line_count(line, MBP_EV_MACHINE_STATE), 1);
    assert_int_equal(line_input(line, 101), TT101); /* still the first-out */
    line_write_coil(line, COIL_FILL1 + MBP_EN_SERVICE, true);
    line_scan(line, 1);
    line_read(line);
    line_find(line, 0, MBP_EV_MACHINE_REFUSED); /* and still in the way */
}

static void test_restart_shows_a_once_value_until_the_next_scan(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_ST201, 80);
    line_scan(line, 1);
    restart(line);
    assert_int_equal(line_holding(line, HR_ST201), 80);
    line_scan(line, 1);
    assert_int_equal(line_holding(line, HR_ST201), 50);
    assert_false(line_coil(line, 1000 + ST201));
}

static void test_restart_continues_the_numbers_of_events(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_TT101, 915);
    line_scan(line, 2);
    restart(line);
    line_read(line); /* checks that numbers have no gap */
    assert_int_equal(line->events[line->event_count - 2].code, MBP_EV_START);
    line_scan(line, 1);
    assert_int_equal(line_input(line, 9), line->event_count);
    assert_int_equal(line_input(line, 13), line_find(line, 0, MBP_EV_MACHINE_STATE) + 1); /* last incident */
}

static void test_scan_retains_once_what_several_of_its_events_are_about(void **state)
{
    struct line *line = *state;
    line_scan(line, 2);
    line_read(line);
    const uint64_t before = mbp_scan_stats(line->scan).recorded;
    const size_t events = line->event_count;
    line_write_coil(line, 2000 + TT101, true);
    line_write_coil(line, 2000 + PT101, true);
    line_write_word(line, HR_TT101_LIMITS + MBP_HIGH, 800);
    line_scan(line, 1);
    line_read(line);
    assert_int_equal(line->event_count - events, 3);
    assert_int_equal(mbp_scan_stats(line->scan).recorded - before, 3 + 2 + 1 + 1); /* events; two sensors' alarms, one's
                                                                                    * limits; their machine */
    restart(line);
    assert_true(line_coil(line, 2000 + TT101));
    assert_true(line_coil(line, 2000 + PT101));
    assert_int_equal(line_holding(line, HR_TT101_LIMITS + MBP_HIGH), 800);
}

/* As a large plant after a kill: nothing but rows. */
static void go_on_by_rows(struct line *line, const char *yaml)
{
    line_stop(line);
    line_sql(line, "DELETE FROM checkpoint; DELETE FROM checkpoint_part; DELETE FROM checkpoint_plant");
    line_start(line, yaml);
}

/* Its bits would be another number: 5 of an int16 are 2.5e-323 of a float64. */
static void test_restart_never_takes_a_value_of_another_type_for_one_of_the_same_name(void **state)
{
    struct line *line = *state;
    static const char *const yaml[] = {
        "mbplant: 1\nunits:\n  - {id: 1, blocks: none, points: [{at: holding 0, name: V, value: 0, access: "
        "read_write}]}\n",
        "mbplant: 1\nunits:\n  - {id: 1, blocks: none, parameters: {V: 0}}\n",
        "mbplant: 1\nunits:\n  - {id: 1, blocks: none, points: [{at: holding 0, name: V, type: float32, value: 0, "
        "access: read_write}]}\n",
        "mbplant: 1\nunits:\n  - {id: 1, actuators: [{name: V, range: [0, 100], register: {at: holding 0, type: "
        "uint16}}]}\n",
    };
    for (size_t i = 1; i < sizeof yaml / sizeof yaml[0]; i++) {
        line_begin(line, yaml[0]);
        assert_int_equal(line_write_word(line, 0, 5), MBP_OK);
        line_scan(line, 1);
        go_on_by_rows(line, yaml[0]);
        assert_true(mbp_scan_state(line->scan)->stored[0] == 5);
        for (int other = 1; other >= 0; other--) {
            go_on_by_rows(line, yaml[other != 0 ? i : 0]);
            if (mbp_scan_state(line->scan)->stored_count > 0)
                assert_true(mbp_scan_state(line->scan)->stored[0] == 0);
            else
                fixture_assert_number(mbp_scan_state(line->scan)->command[0], 0);
        }
    }
}

#define ONE_OF_EACH(high, inject, initial, value)                                                                      \
    "mbplant: 1\nunits:\n  - id: 1\n    sensors: [{name: T, range: [0, 100], max: " high ", inject: " inject           \
    ", register: {type: uint16}}]\n"                                                                                   \
    "    actuators: [{name: V, range: [0, 100], initial: " initial                                                     \
    ", register: {at: holding 100, type: uint16, scale: 1}}]\n"                                                        \
    "    points: [{at: holding 200, name: P, value: " value ", access: read_write}]\n"

static void test_what_an_edit_superseded_stays_forgotten_when_the_edit_is_taken_back(void **state)
{
    static const char before[] = ONE_OF_EACH("85", "hold", "10", "20");
    static const char edited[] = ONE_OF_EACH("80", "reject", "11", "21");
    enum { HR_T, HR_V = 100, HR_P = 200, HR_T_HIGH = 1000 + MBP_HIGH };
    struct line *line = *state;
    line_begin(line, before);
    assert_int_equal(line_write_word(line, HR_T_HIGH, 90), MBP_OK);
    assert_int_equal(line_write_word(line, HR_T, 50), MBP_OK);
    assert_int_equal(line_write_word(line, HR_V, 60), MBP_OK);
    assert_int_equal(line_write_word(line, HR_P, 70), MBP_OK);
    line_scan(line, 3);
    go_on_by_rows(line, before);
    assert_int_equal(line_holding(line, HR_T_HIGH), 90);
    assert_int_equal(line_holding(line, HR_T), 50);
    assert_int_equal(line_holding(line, HR_V), 60);
    assert_int_equal(line_holding(line, HR_P), 70);
    go_on_by_rows(line, edited);
    assert_int_equal(line_holding(line, HR_T_HIGH), 80);
    assert_int_equal(line_holding(line, HR_V), 11);
    assert_int_equal(line_holding(line, HR_P), 21);
    go_on_by_rows(line, before);
    assert_int_equal(line_holding(line, HR_T_HIGH), 85);
    assert_false(line_coil(line, 1000)); /* nor held any more */
    assert_int_equal(line_holding(line, HR_V), 10);
    assert_int_equal(line_holding(line, HR_P), 20);
}

/* T, V and P may be left out. */
#define TWO_OF_EACH(t, v, p)                                                                                           \
    "mbplant: 1\nunits:\n  - id: 1\n    sensors:\n"                                                                    \
    "      - {name: U, range: [0, 100], max: 85, inject: hold, register: {at: holding 0, type: uint16}}\n" t           \
    "    actuators:\n      - {name: W, range: [0, 100], register: {at: holding 110, type: uint16, scale: 1}}\n" v      \
    "    points:\n      - {at: holding 210, name: Q, value: 20, access: read_write}\n" p
#define T_OF(range, max)                                                                                               \
    "      - {name: T, range: [0, " range "], max: " max ", inject: hold, register: {at: holding 1, type: uint16}}\n"
#define WITH_T                                                                                                         \
    TWO_OF_EACH(T_OF("100", "85"), "      - {name: V, range: [0, 100], register: {at: holding 100, type: uint16}}\n",  \
                "      - {at: holding 200, value: 20, access: read_write}\n")
enum { HR_OF_T = 1, HR_OF_V = 100, HR_OF_W = 110, HR_OF_P = 200, HR_OF_Q = 210, HR_OF_T_HIGH = 1004 + MBP_HIGH };

static void write_to_all(struct line *line)
{
    assert_int_equal(line_write_word(line, HR_OF_T_HIGH, 95), MBP_OK);
    assert_int_equal(line_write_word(line, HR_OF_T, 90), MBP_OK);
    assert_int_equal(line_write_word(line, HR_OF_V, 60), MBP_OK);
    assert_int_equal(line_write_word(line, HR_OF_P, 70), MBP_OK);
    assert_int_equal(line_write_word(line, HR_OF_W, 61), MBP_OK);
    assert_int_equal(line_write_word(line, HR_OF_Q, 71), MBP_OK);
    line_scan(line, 3);
}

static void assert_forgotten(struct line *line, bool by_reload)
{
    static const char without[] = TWO_OF_EACH("", "", "");
    line_begin(line, WITH_T);
    write_to_all(line);
    if (by_reload) {
        line_change_to(line, without);
        line_scan(line, 1);
    } else {
        go_on_by_rows(line, without);
    }
    assert_int_equal(line_holding(line, HR_OF_W), 61);
    assert_int_equal(line_holding(line, HR_OF_Q), 71);
    go_on_by_rows(line, WITH_T);
    assert_int_equal(line_holding(line, HR_OF_T_HIGH), 85);
    assert_false(line_coil(line, 1001));
    assert_int_equal(line_holding(line, HR_OF_V), 0);
    assert_int_equal(line_holding(line, HR_OF_P), 20);
    assert_int_equal(line_holding(line, HR_OF_W), 61); /* what stayed is as it was */
    assert_int_equal(line_holding(line, HR_OF_Q), 71);
}

static void test_what_left_the_file_stays_forgotten_when_it_is_put_back(void **state)
{
    assert_forgotten(*state, false);
    assert_forgotten(*state, true);
}

/* As a restart by checkpoint has it. */
static void test_forced_value_stays_within_the_range_that_an_edit_gave(void **state)
{
    struct line *line = *state;
    line_begin(line, WITH_T);
    write_to_all(line);
    go_on_by_rows(line, TWO_OF_EACH(T_OF("50", "45"), "", ""));
    assert_int_equal(line_holding(line, HR_OF_T), 50);
    go_on_by_rows(line, WITH_T);
    assert_true(line_coil(line, 1001)); /* still held */
    assert_int_equal(line_holding(line, HR_OF_T), 50);
}

/* Else what a large plant tells after a kill is durable only when all its sensors are. */
static void test_start_by_rows_retains_again_what_had_a_row_and_no_more(void **state)
{
    static const char many[] = "mbplant: 1\nunits:\n  - {id: 1, blocks: none, sensors: [{name: \"S{n}\", repeat: 1000, "
                               "inject: hold, register: {at: holding 0, type: uint16}}], points: [{name: \"P{n}\", "
                               "repeat: 1000, at: holding 2000, value: 1, access: read_write}]}\n";
    struct line *line = *state;
    line_begin(line, many);
    assert_int_equal(line_write_word(line, 7, 50), MBP_OK);
    assert_int_equal(line_write_word(line, 2007, 60), MBP_OK);
    line_scan(line, 1);
    for (int i = 0; i < 2; i++) {
        go_on_by_rows(line, many);
        assert_in_range(mbp_scan_stats(line->scan).recorded, 4, 64); /* events of the start, faults, the seed */
        assert_int_equal(line_holding(line, 7), 50);
        assert_int_equal(line_holding(line, 2007), 60);
    }
}

/* It changes without an event what no event of this run was about. */
static void test_snapshot_restored_is_what_another_start_by_rows_finds(void **state)
{
    static const char yaml[] =
        "mbplant: 1\ninstructor: true\nunits:\n  - {id: 1, sensors: [{name: T, range: [0, 100], max: 85}]}\n";
    struct line *line = *state;
    line_begin(line, yaml);
    line_scan(line, 1);
    assert_int_equal(mbp_scan_snapshot(line->scan, LINE_PEER), MBP_OK);
    assert_int_equal(line_write_word(line, 1000 + MBP_HIGH, 95), MBP_OK);
    line_scan(line, 1);
    line_stop(line);
    line_start(line, yaml);
    assert_int_equal(line_holding(line, 1000 + MBP_HIGH), 95);
    assert_int_equal(mbp_scan_restore(line->scan, LINE_PEER), MBP_OK);
    line_scan(line, 1);
    assert_int_equal(line_holding(line, 1000 + MBP_HIGH), 85);
    go_on_by_rows(line, yaml);
    assert_int_equal(line_holding(line, 1000 + MBP_HIGH), 85);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINE_TEST(test_restart_of_an_untouched_plant_is_as_its_file_says),
        LINE_TEST(test_restart_keeps_machine_states_and_since_when),
        LINE_TEST(test_restart_keeps_counters_and_goes_on_from_them),
        LINE_TEST(test_restart_keeps_limits_forced_values_and_shelving),
        LINE_TEST(test_restart_with_an_active_alarm_raises_it_no_second_time),
        LINE_TEST(test_restart_shows_a_once_value_until_the_next_scan),
        LINE_TEST(test_restart_continues_the_numbers_of_events),
        LINE_TEST(test_restart_never_takes_a_value_of_another_type_for_one_of_the_same_name),
        LINE_TEST(test_what_an_edit_superseded_stays_forgotten_when_the_edit_is_taken_back),
        LINE_TEST(test_what_left_the_file_stays_forgotten_when_it_is_put_back),
        LINE_TEST(test_forced_value_stays_within_the_range_that_an_edit_gave),
        LINE_TEST(test_start_by_rows_retains_again_what_had_a_row_and_no_more),
        LINE_TEST(test_snapshot_restored_is_what_another_start_by_rows_finds),
        LINE_TEST(test_scan_retains_once_what_several_of_its_events_are_about),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
