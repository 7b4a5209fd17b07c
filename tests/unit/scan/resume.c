/* What a restart must not change, one thing at a time; restart.c walks through all of it at once. */
#include "line.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define ALARMS_LEAVE_ALONE                                                                                             \
    "mbplant: 1\nscan: 100ms\nunits:\n  - id: 1\n    machines:\n      - name: M1\n        sensors:\n"                  \
    "          - {name: T1, kind: temperature, range: [0, 150], register: {type: int16, scale: 0.1}, "                 \
    "signal: {base: 60}, "

enum { T1, M1 = 0, HR_T1 = 0, COIL_M1 = 0, COIL_T1_FORCED = 1000, HR_T1_SHELVING = 5000 };

static void restart(struct line *line, const char *yaml)
{
    line_stop(line);
    line->time.mono_ns = 0; /* another boot, an hour later */
    line->time.wall_ms += 3600 * 1000;
    line_start(line, yaml);
}

static const struct mbp_state *state_of(const struct line *line)
{
    return mbp_scan_state(line->scan);
}

static size_t events_from(struct line *line, size_t from, enum mbp_event_code code)
{
    size_t count = 0;
    line_read(line);
    for (size_t i = from; i < line->event_count; i++)
        count += line->events[i].code == code;
    return count;
}

/* ---- conditions that nobody saw --------------------------------------------------------------------------------- */

/* The instrument is calibrated in maintenance: a false value comes and goes. */
static void calibrate(struct line *line)
{
    line_write_coil(line, COIL_M1 + MBP_MAINTENANCE, true);
    line_scan(line, 2);
    line_write_word(line, HR_T1, 900);
    line_scan(line, 30);
    line_write_coil(line, COIL_T1_FORCED, false);
    line_scan(line, 30);
    line_write_coil(line, COIL_M1 + MBP_EN_SERVICE, true);
    line_scan(line, 2);
    assert_true(line_coil(line, COIL_M1 + MBP_EN_SERVICE));
}

static void assert_calibration_is_no_trip(struct line *line, const char *yaml)
{
    line_begin(line, yaml);
    calibrate(line);
    line_read(line);
    size_t before = line->event_count;
    for (int i = 0; i < 3; i++) {
        restart(line, yaml);
        line_scan(line, 40);
    }
    assert_true(line_coil(line, COIL_M1 + MBP_EN_SERVICE));
    assert_int_equal(events_from(line, before, MBP_EV_ALARM_RAISED), 0);
    assert_int_equal(events_from(line, before, MBP_EV_MACHINE_STATE), 0);
}

static void test_restart_raises_nothing_for_a_condition_that_ended_unseen(void **state)
{
    assert_calibration_is_no_trip(*state, ALARMS_LEAVE_ALONE "max: 85, off_delay: 2s}\n");
}

static void test_restart_raises_nothing_for_a_rate_that_ended_unseen(void **state)
{
    assert_calibration_is_no_trip(*state,
                                  ALARMS_LEAVE_ALONE "rate_of_change: {max: 20, per: 2s}, trip: [rate_of_change]}\n");
}

/* Without its checkpoint a run knows only rows, of which the one of the sensor's last event is older. */
static void test_restart_from_rows_alone_raises_nothing_for_it_either(void **state)
{
    static const char yaml[] = ALARMS_LEAVE_ALONE "max: 85, off_delay: 2s}\n";
    struct line *line = *state;
    line_begin(line, yaml);
    calibrate(line);
    line_read(line);
    size_t before = line->event_count;
    line_stop(line);
    line_sql(line, "DELETE FROM checkpoint");
    line_start(line, yaml);
    line_scan(line, 40);
    assert_true(line_coil(line, COIL_M1 + MBP_EN_SERVICE));
    assert_int_equal(events_from(line, before, MBP_EV_ALARM_RAISED), 0);
}

/* ---- suppression by design -------------------------------------------------------------------------------------- */

static void test_suppression_that_is_there_at_the_first_start_is_told_and_so_is_its_end(void **state)
{
    static const char yaml[] =
        "mbplant: 1\nunits:\n  - id: 1\n    machines:\n      - name: M1\n        state: en_panne\n"
        "        sensors: [{name: T1, max: 85, suppress: [en_panne], signal: {base: 60}}]\n";
    struct line *line = *state;
    line_begin(line, yaml);
    line_scan(line, 2);
    assert_int_equal(events_from(line, 0, MBP_EV_ALARM_SUPPRESSED), 1);
    restart(line, yaml);
    line_scan(line, 2);
    assert_int_equal(events_from(line, 0, MBP_EV_ALARM_SUPPRESSED), 1); /* a restart ends and begins none */
    line_write_coil(line, COIL_M1 + MBP_MAINTENANCE, true);
    line_scan(line, 2);
    assert_int_equal(events_from(line, 0, MBP_EV_ALARM_SUPPRESSED), 1);
    assert_int_equal(events_from(line, 0, MBP_EV_ALARM_UNSUPPRESSED), 1);
}

/* ---- shelves ---------------------------------------------------------------------------------------------------- */

/* Scans that a shelf of five seconds stands, with a restart on the way. */
static unsigned shelf_scans(struct line *line, const char *yaml, bool restarts, bool rows_alone)
{
    line_begin(line, yaml);
    line_write_word(line, HR_T1_SHELVING, 5);
    unsigned scans = 0;
    for (line_scan(line, 1); line_coil(line, 2000 + T1); line_scan(line, 1)) {
        if (++scans == 2 && restarts) {
            line_stop(line);
            if (rows_alone)
                line_sql(line, "DELETE FROM checkpoint");
            line_start(line, yaml);
        }
        assert_in_range(scans, 1, 100);
    }
    return scans;
}

static void test_restart_lengthens_no_shelf(void **state)
{
    static const char *const plants[] = {
        ALARMS_LEAVE_ALONE "max: 85}\n",
        "mbplant: 1\nscan: 1s\nunits:\n  - id: 1\n    machines: [{name: M1, sensors: [{name: T1, max: 85}]}]\n",
    };
    for (size_t i = 0; i < 2; i++) {
        unsigned expected = shelf_scans(*state, plants[i], false, false);
        assert_int_equal(shelf_scans(*state, plants[i], true, false), expected);
        assert_int_equal(shelf_scans(*state, plants[i], true, true), expected);
    }
}

/* ---- what masters wrote ----------------------------------------------------------------------------------------- */

static void test_restart_takes_in_a_write_that_no_scan_has_seen(void **state)
{
    struct line *line = *state;
    line_scan(line, 3);
    assert_int_equal(line_write_word(line, HR_TT101_LIMITS + MBP_HIGH, 900), MBP_OK);
    assert_int_equal(line_write_coil(line, COIL_CAP1 + MBP_MAINTENANCE, true), MBP_OK);
    restart(line, line_yaml);
    assert_int_equal(line_holding(line, HR_TT101_LIMITS + MBP_HIGH), 900); /* reads back at once, as it did */
    assert_true(line_coil(line, COIL_CAP1 + MBP_MAINTENANCE));
    line_scan(line, 1);
    assert_int_equal(line_holding(line, HR_TT101_LIMITS + MBP_HIGH), 900);
    assert_int_equal(state_of(line)->machine[CAP1].state, MBP_MAINTENANCE);
    line_read(line);
    const struct mbp_event *changed = &line->events[line_find(line, 0, MBP_EV_LIMIT_CHANGED)];
    assert_int_equal(changed->actor, LINE_PEER);
    fixture_assert_number((double)changed->value, 90);
    fixture_assert_number((double)changed->limit, 85);
}

static const char tables[] = "mbplant: 1\nunits:\n  - id: 1\n    tables:\n"
                             "      holding_registers: [{at: 3999, values: [250], min: 5, max: 6000}]\n"
                             "      coils: [{at: 10, values: [0, 1]}]\n"
                             "      files: [{number: 4, values: [1, 2, 3]}]\n"
                             "    sensors: [{name: SN, register: {type: string(2), at: 10}, signal: {text: abcd}}]\n";

static void test_restart_keeps_raw_registers_bits_files_and_texts(void **state)
{
    static const uint8_t words[] = {0, 9, 0, 8};
    uint8_t bytes[6];
    struct line *line = *state;
    line_begin(line, tables);
    assert_int_equal(line_write_word(line, 3999, 400), MBP_OK);
    assert_int_equal(line_write_coil(line, 11, false), MBP_OK);
    assert_int_equal(line_write_word(line, 11, 0x7A7A), MBP_OK);
    assert_int_equal(mbp_image_write_file(line->unit, 4, 1, 2, words, (struct mbp_peer){LINE_PEER}), MBP_OK);
    line_scan(line, 1);
    for (int i = 0; i < 2; i++) {
        restart(line, tables);
        assert_int_equal(line_holding(line, 3999), 400);
        assert_false(line_coil(line, 10));
        assert_false(line_coil(line, 11));
        assert_int_equal(line_holding(line, 10), 0x6162);
        assert_int_equal(line_holding(line, 11), 0x7A7A);
        assert_int_equal(mbp_image_read_file(line->unit, 4, 0, 3, bytes), MBP_OK);
        assert_memory_equal(bytes + 2, words, sizeof words);
    }
}

/* ---- plants that ship ------------------------------------------------------------------------------------------- */

static void test_restart_of_a_plant_that_ships_goes_on_to_the_bit(void **state)
{
    static const char *const files[] = {"device.yaml", "water.yaml", "boiler.yaml", "bottling.yaml"};
    struct line *line = *state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[256];
        double before[128];
        snprintf(path, sizeof path, MBP_CONFIG_DIR "/%s", files[i]);
        line_begin(line, line_yaml); /* for its directory */
        line_stop(line);
        line_load(line, path);
        line_scan(line, 200);
        uint32_t count = line->plant->sensor_count;
        uint64_t sim_ns = state_of(line)->sim_ns;
        assert_in_range(count, 1, 128);
        memcpy(before, state_of(line)->value, count * sizeof before[0]);
        line_stop(line);
        line_load(line, path);
        assert_memory_equal(state_of(line)->value, before, count * sizeof before[0]);
        assert_int_equal(state_of(line)->sim_ns, sim_ns);
        assert_int_equal(state_of(line)->scan, 200);
    }
}

/* ---- checkpoints that are none ---------------------------------------------------------------------------------- */

static void assert_rows_count(struct line *line)
{
    line_start(line, line_yaml);
    assert_int_equal(line_holding(line, HR_TT101_LIMITS + MBP_HIGH), 900);
    assert_int_equal(line_holding(line, HR_TT101), 701);
    assert_true(line_coil(line, COIL_CAP1 + MBP_MAINTENANCE));
    assert_int_equal(state_of(line)->sim_ns, 0); /* as much as rows know */
    line_scan(line, 1);
}

static void test_checkpoint_that_is_damaged_or_foreign_is_refused_and_rows_go_on(void **state)
{
    static const char *const damages[] = {
        "UPDATE checkpoint_part SET bytes = zeroblob(length(bytes))",
        "UPDATE checkpoint_part SET bytes = substr(bytes, 2)",
        "DELETE FROM checkpoint_part",
        "INSERT INTO checkpoint_part(part, bytes) VALUES(77, x'00')",
        "UPDATE checkpoint SET bytes = 9223372036854775807",
        "UPDATE checkpoint SET hash = hash + 1",
        "UPDATE checkpoint SET layout = layout + 1",
        "UPDATE checkpoint SET format = 99",
    };
    struct line *line = *state;
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        line_begin(line, line_yaml);
        line_write_word(line, HR_TT101_LIMITS + MBP_HIGH, 900);
        line_write_word(line, HR_TT101, 701);
        line_write_coil(line, COIL_CAP1 + MBP_MAINTENANCE, true);
        line_scan(line, 5);
        line_stop(line);
        line_sql(line, damages[i]);
        assert_rows_count(line);
    }
}

/* ---- plant files that were edited meanwhile -----------------------------------------------------------------------
 */

static char *edited(const char *yaml, const char *from, const char *to)
{
    static char text[8192];
    const char *at = strstr(yaml, from);
    assert_non_null(at);
    assert_in_range(snprintf(text, sizeof text, "%.*s%s%s", (int)(at - yaml), yaml, to, at + strlen(from)), 1,
                    sizeof text - 1);
    return text;
}

static const char vessel[] =
    "mbplant: 1\nname: Vessel\nseed: 3\nscan: 100ms\nunits:\n  - id: 1\n    sensors:\n"
    "      - {name: A, kind: flow, range: [0, 100], register: {type: float64}, signal: {base: 5,\n"
    "         wave: {shape: sine, amplitude: 3, period: 3s}, wander: {sigma: 1, tau: 2s}, noise: 0.2}}\n"
    "      - {name: B, kind: level, range: [0, 100], register: {type: float64}, signal: {lag: 300ms, dead_time: "
    "320ms,\n"
    "         inputs: [{from: A, gain: 2, lag: 700ms, dead_time: 450ms}], integrate: {gain: 0.2, initial: 30}}}\n"
    "    tables: {holding_registers: [{at: 2000, values: [1, 2]}]}\n";

/* What an edit does not touch goes on as if the plant had never stopped, and what it makes new begins. */
static void test_restart_with_an_edited_file_goes_on_with_all_that_is_the_same_by_name(void **state)
{
    const char *const other =
        edited(vessel, "      - {name: A", "      - {name: NEW, register: {type: float64}}\n      - {name: A");
    struct line *line = *state;
    double expected[20][2];
    for (int run = 0; run < 2; run++) {
        line_begin(line, vessel);
        line_scan(line, 33);
        assert_int_equal(line_write_word(line, 2001, 77), MBP_OK); /* no scan takes it in before the stop */
        if (run == 1) {
            restart(line, other);
            assert_int_equal(line_holding(line, 2001), 77);
        }
        for (int i = 0; i < 20; i++) {
            line_scan(line, 1);
            for (int s = 0; s < 2; s++) {
                double value = state_of(line)->value[s + run];
                if (run == 0)
                    expected[i][s] = value;
                else
                    assert_memory_equal(&value, &expected[i][s], sizeof value);
            }
        }
    }
    line_read(line);
    size_t start = line_find(line, line_find(line, 0, MBP_EV_STOP), MBP_EV_START);
    size_t changed = line_find(line, start, MBP_EV_PLANT_CHANGED);
    line_find(line, changed, MBP_EV_SENSOR_ADDED);
    restart(line, vessel); /* and back again */
    line_scan(line, 3);
    line_read(line);
    line_find(line, changed + 1, MBP_EV_SENSOR_REMOVED);
}

static void test_write_that_no_scan_has_seen_is_taken_in_by_the_plant_that_it_was_for(void **state)
{
    struct line *line = *state;
    line_scan(line, 3);
    line_write_word(line, HR_TT101_LIMITS + MBP_HIGH, 900);
    line_write_coil(line, COIL_CAP1 + MBP_MAINTENANCE, true);
    restart(line, edited(line_yaml, "      - name: FILL1", "      - {name: NEW1}\n      - name: FILL1"));
    assert_int_equal(line_holding(line, HR_TT101_LIMITS + MBP_HIGH), 900);
    assert_int_equal(state_of(line)->machine[CAP1 + 1].state, MBP_MAINTENANCE);
    line_read(line);
    size_t start = line_find(line, line_find(line, 0, MBP_EV_STOP), MBP_EV_START);
    size_t limit = line_find(line, start, MBP_EV_LIMIT_CHANGED);
    size_t moved = line_find(line, limit, MBP_EV_MACHINE_STATE);
    assert_int_equal(line->events[moved].machine, CAP1); /* by the numbers of then */
    line_find(line, moved, MBP_EV_PLANT_CHANGED);
}

static void test_restart_without_the_text_of_the_former_plant_goes_on_from_rows(void **state)
{
    struct line *line = *state;
    line_write_word(line, HR_TT101_LIMITS + MBP_HIGH, 900);
    line_scan(line, 3);
    line_stop(line);
    line_sql(line, "DELETE FROM checkpoint_plant");
    line_start(line, edited(line_yaml, "name: Line", "name: Lane"));
    assert_int_equal(line_holding(line, HR_TT101_LIMITS + MBP_HIGH), 900);
    assert_int_equal(state_of(line)->sim_ns, 0);
    line_stop(line);
    line_sql(line, "UPDATE checkpoint_plant SET text = x'3f3f', length = 2, crc = 1"); /* nor one that is none */
    line_sql(line, "UPDATE checkpoint SET plant_length = 2, plant_crc = 1");
    line_start(line, line_yaml);
    assert_int_equal(line_holding(line, HR_TT101_LIMITS + MBP_HIGH), 900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINE_TEST(test_restart_raises_nothing_for_a_condition_that_ended_unseen),
        LINE_TEST(test_restart_raises_nothing_for_a_rate_that_ended_unseen),
        LINE_TEST(test_restart_from_rows_alone_raises_nothing_for_it_either),
        LINE_TEST(test_suppression_that_is_there_at_the_first_start_is_told_and_so_is_its_end),
        LINE_TEST(test_restart_lengthens_no_shelf),
        LINE_TEST(test_restart_takes_in_a_write_that_no_scan_has_seen),
        LINE_TEST(test_restart_keeps_raw_registers_bits_files_and_texts),
        LINE_TEST(test_restart_of_a_plant_that_ships_goes_on_to_the_bit),
        LINE_TEST(test_restart_with_an_edited_file_goes_on_with_all_that_is_the_same_by_name),
        LINE_TEST(test_write_that_no_scan_has_seen_is_taken_in_by_the_plant_that_it_was_for),
        LINE_TEST(test_restart_without_the_text_of_the_former_plant_goes_on_from_rows),
        LINE_TEST(test_checkpoint_that_is_damaged_or_foreign_is_refused_and_rows_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
