/* Alarms and upkeep as a master with nothing but Modbus has them: coils, bits, registers; and what a restart keeps. */
#include "line.h"
#include "mbplant/image/alarm_command.h"
#include "mbplant/map.h"

static const char yaml[] =
    "mbplant: 1\n"
    "name: Alarms\n"
    "scan: 100ms\n"
    "units:\n"
    "  - id: 1\n"
    "    machines:\n"
    "      - name: M1\n"
    "        cycle: {time: 100ms}\n"
    "        maintenance: {every: 10h, cycles: 50, takes: 2s}\n"
    "        sensors:\n"
    "          - {name: L, range: [0, 150], limits: {high: {at: 85, latch: true}}, trip: [high],\n"
    "             signal: {base: 50}}\n"
    "          - {name: P, range: [0, 150], limits: {high: 85}, bad_quality: true,\n"
    "             suppress: [en_panne], signal: {base: 50}}\n"
    "    sensors: [{name: U, range: [0, 150], limits: {high: 85}, signal: {base: 50}},\n"
    "      {name: R, range: [0, 150], rate_of_change: {max: 5, per: 1s}, signal: {base: 50}}]\n";
enum { L, P, U, R };
enum {
    COIL_ACK = 3,
    COIL_RESET,
    COIL_SHELVE,
    ACK = 3000,
    RESET = 4000,
    SERVICE = 7000,
    BITS = 6000,
    SHELVING = 5000,
    UPKEEP = 9000,
    STATES = 10000
};

static int setup(void **state)
{
    line_setup(state);
    line_stop(*state);
    line_start(*state, yaml);
    line_scan(*state, 1);
    return 0;
}

static void show(struct line *line, uint16_t sensor, uint16_t value)
{
    assert_int_equal(line_write_word(line, sensor, value), MBP_OK);
    line_scan(line, 1);
}

static void coil(struct line *line, uint16_t addr, bool on)
{
    assert_int_equal(line_write_coil(line, addr, on), MBP_OK);
    line_scan(line, 1);
}

static unsigned state_of(const struct line *line, uint16_t sensor, unsigned alarm)
{
    return line_input(line, (uint16_t)(STATES + 4 * sensor + alarm / 4)) >> 4 * (alarm % 4) & 0xFu;
}

static uint32_t u32(const struct line *line, uint16_t addr)
{
    return (uint32_t)line_input(line, addr) << 16 | line_input(line, (uint16_t)(addr + 1));
}

static void test_coil_of_a_sensor_acknowledges_it_alone_and_clears_itself(void **state)
{
    struct line *line = *state;
    show(line, P, 90);
    show(line, U, 90);
    assert_int_equal(state_of(line, P, MBP_HIGH), MBP_ALARM_UNACKNOWLEDGED);
    coil(line, ACK + U, true);
    assert_false(line_coil(line, ACK + U));
    assert_int_equal(state_of(line, U, MBP_HIGH), MBP_ALARM_ACKNOWLEDGED);
    assert_int_equal(state_of(line, P, MBP_HIGH), MBP_ALARM_UNACKNOWLEDGED);
    assert_true(u32(line, STATES + 4 * U + 2) > 0);
    coil(line, ACK + P, false); /* asks for nothing */
    assert_int_equal(state_of(line, P, MBP_HIGH), MBP_ALARM_UNACKNOWLEDGED);
}

static void test_machine_with_a_latched_trip_says_why_it_refuses_until_it_is_reset(void **state)
{
    struct line *line = *state;
    assert_int_equal(line_input(line, UPKEEP), MBP_NONE16);
    show(line, L, 90);
    line_scan(line, 1);
    assert_true(line_coil(line, MBP_EN_PANNE));
    coil(line, MBP_EN_SERVICE, true);
    assert_int_equal(line_input(line, UPKEEP), MBP_EN_SERVICE);
    assert_int_equal(line_input(line, UPKEEP + 1), MBP_CAUSE_TRIP_ACTIVE);
    assert_int_equal(line_input(line, UPKEEP + 2), L);
    show(line, L, 50);
    assert_true(line_discrete(line, BITS + 2)); /* latched */
    assert_true(line_discrete(line, MBP_HIGH)); /* and so still shown */
    coil(line, MBP_EN_SERVICE, true);
    assert_int_equal(line_input(line, UPKEEP + 1), MBP_CAUSE_TRIP_LATCHED);
    coil(line, COIL_RESET, true);
    assert_false(line_coil(line, COIL_RESET));
    assert_false(line_discrete(line, BITS + 2));
    coil(line, MBP_EN_SERVICE, true);
    assert_true(line_coil(line, MBP_EN_SERVICE));
    assert_int_equal(line_input(line, UPKEEP), MBP_NONE16);
    assert_int_equal(line_input(line, UPKEEP + 1), 0);
    assert_int_equal(line_input(line, UPKEEP + 2), MBP_NONE16);
    assert_int_equal(line_input(line, UPKEEP + 13), 1); /* repaired once */
    show(line, L, 90);
    show(line, L, 50);
    coil(line, RESET + L, true); /* by the sensor's own */
    assert_false(line_discrete(line, BITS + 2));
}

static void test_shelving_register_counts_down_and_ends(void **state)
{
    struct line *line = *state;
    show(line, U, 90);
    assert_int_equal(line_write_word(line, SHELVING + U, 3), MBP_OK);
    assert_int_equal(line_holding(line, SHELVING + U), 3);
    line_scan(line, 1);
    assert_true(line_coil(line, 2000 + U));
    assert_false(line_discrete(line, 8 * U + MBP_HIGH)); /* not shown */
    assert_int_equal(state_of(line, U, MBP_HIGH), MBP_ALARM_SHELVED);
    for (unsigned left_ms = 3000; left_ms > 0; left_ms -= 100) { /* rounded up, in every scan */
        assert_int_equal(line_holding(line, SHELVING + U), (left_ms + 999) / 1000);
        line_scan(line, 1);
    }
    assert_int_equal(line_holding(line, SHELVING + U), 0);
    assert_false(line_coil(line, 2000 + U));
    assert_true(line_discrete(line, 8 * U + MBP_HIGH));
    line_read(line);
    size_t at = line_find(line, 0, MBP_EV_ALARM_UNSHELVED);
    assert_int_equal(line->events[at].detail, MBP_UNSHELVED_BY_TIME);
    assert_string_equal(line_item(line, &line->events[at]), line->plant->sensors[U].name);
}

static void test_shelving_register_takes_once_for_ever_and_none(void **state)
{
    struct line *line = *state;
    assert_int_equal(line_write_word(line, SHELVING + U, 65534), MBP_OK);
    line_scan(line, 1);
    assert_int_equal(line_holding(line, SHELVING + U), 65534);
    show(line, U, 90);
    show(line, U, 50);
    assert_int_equal(line_holding(line, SHELVING + U), 0); /* it came and went */
    assert_int_equal(line_write_word(line, SHELVING + U, 65535), MBP_OK);
    line_scan(line, 100);
    assert_int_equal(line_holding(line, SHELVING + U), 65535);
    assert_int_equal(line_write_word(line, SHELVING + U, 0), MBP_OK);
    line_scan(line, 1);
    assert_false(line_coil(line, 2000 + U));
    coil(line, 2000 + U, true); /* by the coil: no end either */
    assert_int_equal(line_holding(line, SHELVING + U), 65535);
}

static void test_coil_of_a_machine_shelves_all_its_sensors_and_tells_whether_they_are(void **state)
{
    struct line *line = *state;
    coil(line, COIL_SHELVE, true);
    assert_true(line_coil(line, 2000 + L) && line_coil(line, 2000 + P));
    assert_false(line_coil(line, 2000 + U));
    assert_true(line_coil(line, COIL_SHELVE));
    coil(line, 2000 + P, false);
    assert_false(line_coil(line, COIL_SHELVE));
    coil(line, COIL_SHELVE, false);
    assert_false(line_coil(line, 2000 + L));
}

static void test_bits_tell_suppression_service_and_quality(void **state)
{
    struct line *line = *state;
    coil(line, SERVICE + U, true);
    assert_true(line_discrete(line, BITS + 8 * U + 4));
    assert_true(line_coil(line, SERVICE + U));
    coil(line, SERVICE + U, false);
    assert_false(line_discrete(line, BITS + 8 * U + 4));
    coil(line, MBP_EN_PANNE, true);
    line_scan(line, 1);
    assert_true(line_discrete(line, BITS + 8 * P + 3));
    assert_int_equal(state_of(line, P, MBP_BAD_QUALITY), MBP_ALARM_SUPPRESSED);
    coil(line, MBP_MAINTENANCE, true);
    line_scan(line, 1);
    assert_false(line_discrete(line, BITS + 8 * P + 3));
    assert_int_equal(line_input(line, UPKEEP + 15), 65535); /* a repair has no planned end */
    coil(line, MBP_EN_SERVICE, true);
    coil(line, MBP_MAINTENANCE, true);
    line_scan(line, 1);
    assert_false(line_discrete(line, BITS + 8 * P + 3));
    assert_true(line_discrete(line, BITS + 8 * P + 4) && line_discrete(line, BITS + 8 * L + 4));
    assert_int_equal(line_input(line, UPKEEP + 15), 1); /* of two seconds' maintenance */
    line_scan(line, 20);
    assert_true(line_coil(line, MBP_EN_SERVICE));
    assert_false(line_discrete(line, BITS + 8 * P + 4));
    assert_int_equal(line_input(line, UPKEEP + 14), 2);
}

static void ask(struct line *line, uint16_t sensor, unsigned alarm, enum mbp_alarm_deed deed)
{
    const uint16_t words[MBP_RECORD_WORDS] = {[MBP_RECORD_TAG] = sensor, /* nobody here knows of ids */
                                              [MBP_RECORD_ALARM] = (uint16_t)alarm,
                                              [MBP_RECORD_COMMAND] = (uint16_t)deed};
    const uint16_t record = mbp_map_addr(line->plant, line->unit->unit, MBP_MAP_ALARM_COMMAND, 0);
    assert_int_equal(line_write(line, record, MBP_RECORD_WORDS, words), MBP_OK);
    line_scan(line, 1);
}

/* Hidden it stays, and the time of the last change has no more than seconds. */
static void test_state_of_an_alarm_tells_what_hides_it_also_within_one_second(void **state)
{
    struct line *line = *state;
    line->time.wall_ms += 1000 - line->time.wall_ms % 1000;
    static const struct {
        enum mbp_alarm_deed deed;
        enum mbp_alarm_state state;
    } steps[] = {{MBP_DEED_SHELVE, MBP_ALARM_SHELVED},
                 {MBP_DEED_REMOVE, MBP_ALARM_OUT_OF_SERVICE},
                 {MBP_DEED_RETURN, MBP_ALARM_SHELVED},
                 {MBP_DEED_UNSHELVE, MBP_ALARM_NORMAL}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        ask(line, U, MBP_HIGH, steps[i].deed);
        assert_int_equal(state_of(line, U, MBP_HIGH), steps[i].state);
    }
}

static void test_maintenance_is_due_by_products_and_counts_anew_after_it(void **state)
{
    struct line *line = *state;
    assert_int_equal(u32(line, UPKEEP + 5) + u32(line, UPKEEP + 9), 50);
    line_scan(line, 47);
    assert_false(line_discrete(line, 4002));
    line_scan(line, 3);
    assert_true(line_discrete(line, 4002));
    assert_int_equal(u32(line, UPKEEP + 9), 0);
    line_read(line);
    assert_true(line->events[line_find(line, 0, MBP_EV_MAINTENANCE_DUE)].limit >= 50);
    coil(line, MBP_MAINTENANCE, true);
    line_scan(line, 25);
    assert_false(line_discrete(line, 4002));
    assert_true(u32(line, UPKEEP + 5) < 10);
    assert_int_equal(u32(line, UPKEEP + 3), 0); /* seconds */
}

static void test_restart_keeps_shelves_with_their_time_and_raises_nothing_anew(void **state)
{
    struct line *line = *state;
    show(line, L, 90);
    show(line, P, 90);
    show(line, L, 50); /* latched, unacknowledged */
    coil(line, SERVICE + P, true);
    assert_int_equal(line_write_word(line, SHELVING + U, 60), MBP_OK);
    show(line, U, 90);
    line_scan(line, 105);
    uint16_t left = line_holding(line, SHELVING + U);
    unsigned latched = state_of(line, L, MBP_HIGH);
    assert_int_equal(latched, MBP_ALARM_LATCHED_UNACKNOWLEDGED);
    line_read(line);
    size_t raised = line_count(line, MBP_EV_ALARM_RAISED);
    line_stop(line);
    line->time.wall_ms += 3600000; /* off for an hour: the plant's time stands still */
    line_start(line, yaml);
    line_scan(line, 2);
    assert_in_range(line_holding(line, SHELVING + U), left - 1u, left);
    assert_int_equal(state_of(line, L, MBP_HIGH), latched);
    assert_int_equal(state_of(line, P, MBP_HIGH), MBP_ALARM_OUT_OF_SERVICE);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_ALARM_RAISED), raised);
    line_scan(line, 10 * (left + 1u));
    line_read(line);
    line_find(line, 0, MBP_EV_ALARM_UNSHELVED);
    assert_int_equal(line_count(line, MBP_EV_ALARM_RAISED), raised + 1); /* U's, which is beyond */
}

/* Its window goes on where it was. */
static void test_restart_neither_ends_nor_repeats_an_alarm_of_a_rate_of_change(void **state)
{
    struct line *line = *state;
    show(line, R, 50);
    show(line, R, 60);
    assert_int_equal(state_of(line, R, MBP_RATE_OF_CHANGE), MBP_ALARM_UNACKNOWLEDGED);
    for (int restarts = 0; restarts < 3; restarts++) {
        line_stop(line);
        line->time.wall_ms += 1000;
        line_start(line, yaml);
        for (uint16_t i = 0; i < 8; i++) /* still changing, if not yet by so much */
            show(line, R, (uint16_t)(60 + 8 * restarts + i));
        assert_int_equal(state_of(line, R, MBP_RATE_OF_CHANGE), MBP_ALARM_UNACKNOWLEDGED);
    }
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_ALARM_RAISED), 1);
    assert_int_equal(line_count(line, MBP_EV_ALARM_CLEARED), 0);
    line_scan(line, 30); /* at rest for more than a window: this is one */
    assert_int_equal(state_of(line, R, MBP_RATE_OF_CHANGE), MBP_ALARM_RETURNED);
    show(line, R, 99);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_ALARM_CLEARED), 1);
    assert_int_equal(line_count(line, MBP_EV_ALARM_RAISED), 2);
}

static void test_restart_ends_an_alarm_of_a_rate_that_is_over_when_the_window_shows_it(void **state)
{
    struct line *line = *state;
    show(line, R, 50);
    show(line, R, 60);
    line_scan(line, 4);
    line_stop(line);
    line_start(line, yaml);
    line_scan(line, 5); /* as many in all as the window takes */
    assert_int_equal(state_of(line, R, MBP_RATE_OF_CHANGE), MBP_ALARM_UNACKNOWLEDGED);
    line_scan(line, 1);
    assert_int_equal(state_of(line, R, MBP_RATE_OF_CHANGE), MBP_ALARM_RETURNED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, line_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_coil_of_a_sensor_acknowledges_it_alone_and_clears_itself),
        TEST(test_machine_with_a_latched_trip_says_why_it_refuses_until_it_is_reset),
        TEST(test_shelving_register_counts_down_and_ends),
        TEST(test_shelving_register_takes_once_for_ever_and_none),
        TEST(test_coil_of_a_machine_shelves_all_its_sensors_and_tells_whether_they_are),
        TEST(test_bits_tell_suppression_service_and_quality),
        TEST(test_state_of_an_alarm_tells_what_hides_it_also_within_one_second),
        TEST(test_maintenance_is_due_by_products_and_counts_anew_after_it),
        TEST(test_restart_keeps_shelves_with_their_time_and_raises_nothing_anew),
        TEST(test_restart_neither_ends_nor_repeats_an_alarm_of_a_rate_of_change),
        TEST(test_restart_ends_an_alarm_of_a_rate_that_is_over_when_the_window_shows_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
