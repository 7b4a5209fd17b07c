/* Commands that wait for one scan are carried out in their order, whichever way each of them came: what is there after
 * two of them in one scan is what is there after the same two with a scan between. */
#include <stdlib.h>
#include <string.h>

#include "line.h"
#include "mbplant/image/alarm_command.h"
#include "mbplant/map.h"

static const char yaml[] = "mbplant: 1\n"
                           "name: Opposites\n"
                           "scan: 100ms\n"
                           "alarm_policy: {longest_bypass: 20s}\n"
                           "units:\n"
                           "  - id: 1\n"
                           "    points: [{at: holding 200, name: V, type: uint16, value: 0, retain: false}]\n"
                           "    machines:\n"
                           "      - name: M1\n"
                           "        sensors:\n"
                           "          - {name: L, range: [0, 10], max: 9, signal: {base: 5}}\n"
                           "        interlocks:\n"
                           "          - {name: LOW, when: \"L < 2\"}\n";
enum { L };
enum { BYPASS = 9500 }; /* register of M1.LOW */

static int setup(void **state)
{
    line_setup(state);
    line_begin(*state, yaml);
    line_scan(*state, 1);
    return 0;
}
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, line_teardown)

/* ---- ways -------------------------------------------------------------------------------------------------------- */

enum way {
    BY_POINT,   /* a coil of the sensor; of an interlock its register */
    BY_SECONDS, /* the sensor's register of its shelf */
    BY_ALL,     /* the command record, for all alarms of the sensor */
    BY_ALARM,   /* the command record, for one */
    WAYS
};

/* What a master does. */
struct deed {
    enum way way;
    enum mbp_alarm_deed deed;
};

static uint16_t addr_of(const struct line *line, unsigned block, uint32_t item)
{
    return (uint16_t)mbp_map_addr(line->plant, &line->plant->units[0], block, item);
}

static uint32_t interlock_of(const struct line *line)
{
    uint32_t s = mbp_plant_find_sensor(line->plant, "M1.LOW");
    assert_int_not_equal(s, UINT32_MAX);
    return s;
}

static void record(struct line *line, uint32_t sensor, uint16_t alarm, enum mbp_alarm_deed deed)
{
    const uint16_t words[MBP_RECORD_WORDS] = {[MBP_RECORD_TAG] = (uint16_t)sensor, /* nobody here knows of ids */
                                              [MBP_RECORD_ALARM] = alarm,
                                              [MBP_RECORD_ARGUMENT] = 10,
                                              [MBP_RECORD_COMMAND] = deed};
    assert_int_equal(line_write(line, addr_of(line, MBP_MAP_ALARM_COMMAND, 0), MBP_RECORD_WORDS, words), MBP_OK);
}

static bool begins(enum mbp_alarm_deed deed)
{
    return deed == MBP_DEED_SHELVE || deed == MBP_DEED_REMOVE || deed == MBP_DEED_BYPASS;
}

static void command(struct line *line, struct deed deed)
{
    const bool bypass = deed.deed == MBP_DEED_BYPASS || deed.deed == MBP_DEED_RESTORE;
    const bool shelf = deed.deed == MBP_DEED_SHELVE || deed.deed == MBP_DEED_UNSHELVE;
    const uint32_t sensor = bypass ? interlock_of(line) : L;
    if (deed.way == BY_ALL || deed.way == BY_ALARM)
        record(line, sensor, deed.way == BY_ALL || bypass ? MBP_RECORD_ALL : MBP_HIGH, deed.deed);
    else if (bypass)
        assert_int_equal(line_write_word(line, BYPASS, begins(deed.deed) ? 10 : 0), MBP_OK);
    else if (deed.way == BY_SECONDS)
        assert_int_equal(line_write_word(line, addr_of(line, MBP_MAP_SHELVING, sensor), begins(deed.deed) ? 10 : 0),
                         MBP_OK);
    else
        assert_int_equal(
            line_write_coil(line, addr_of(line, shelf ? MBP_MAP_SHELVED : MBP_MAP_SERVICE, sensor), begins(deed.deed)),
            MBP_OK);
}

static bool has_way(const struct deed *deed)
{
    bool shelf = deed->deed == MBP_DEED_SHELVE || deed->deed == MBP_DEED_UNSHELVE;
    return deed->way != BY_SECONDS || shelf;
}

/* ---- what is there then ------------------------------------------------------------------------------------------ */

struct hidden {
    uint8_t shelved, removed, bypassed, flags, alarm_flags;
};

static struct hidden look(const struct line *line)
{
    const struct mbp_state *now = mbp_scan_state(line->scan);
    return (struct hidden){.shelved = now->alone[L].shelved,
                           .removed = now->alone[L].removed,
                           .bypassed = now->alone[interlock_of(line)].bypassed,
                           .flags = now->flags[L] & MBP_SENSOR_SHELVED,
                           .alarm_flags = now->alarm_flags[L] & MBP_ALARMS_REMOVED};
}

/* From where nothing is hidden, or what was done before. */
static struct hidden after(struct line *line, const struct deed *before, struct deed first, struct deed second,
                           unsigned scans_between)
{
    static const struct hidden nothing = {0};
    command(line, (struct deed){BY_ALL, MBP_DEED_UNSHELVE});
    command(line, (struct deed){BY_ALL, MBP_DEED_RETURN});
    command(line, (struct deed){BY_ALL, MBP_DEED_RESTORE});
    line_scan(line, 1);
    const struct hidden clean = look(line);
    assert_memory_equal(&clean, &nothing, sizeof nothing);
    if (before != NULL)
        command(line, *before);
    line_scan(line, 1);
    command(line, first);
    line_scan(line, scans_between);
    command(line, second);
    line_scan(line, 1);
    return look(line);
}

static void assert_same(struct line *line, const struct deed *before, struct deed first, struct deed second)
{
    const struct hidden apart = after(line, before, first, second, 1);
    const struct hidden together = after(line, before, first, second, 0);
    if (memcmp(&apart, &together, sizeof apart) != 0)
        fail_msg(
            "deeds %d and %d by ways %d and %d: shelved %x not %x, removed %x not %x, bypassed %x not %x, flags %x "
            "not %x, %x not %x",
            (int)first.deed, (int)second.deed, (int)first.way, (int)second.way, together.shelved, apart.shelved,
            together.removed, apart.removed, together.bypassed, apart.bypassed, together.flags, apart.flags,
            together.alarm_flags, apart.alarm_flags);
}

/* Each way of one against each way of the other, in both orders. */
static void assert_in_order(struct line *line, enum mbp_alarm_deed doing, enum mbp_alarm_deed ending)
{
    for (unsigned pair = 0; pair < WAYS * WAYS; pair++) {
        const struct deed one = {(enum way)(pair / WAYS), doing};
        const struct deed other = {(enum way)(pair % WAYS), ending};
        if (!has_way(&one) || !has_way(&other))
            continue;
        assert_same(line, NULL, one, other);
        assert_same(line, &one, other, one);
    }
}

static void test_shelving_and_unshelving_before_one_scan_come_in_their_order(void **state)
{
    assert_in_order(*state, MBP_DEED_SHELVE, MBP_DEED_UNSHELVE);
}

static void test_out_of_service_and_back_before_one_scan_come_in_their_order(void **state)
{
    assert_in_order(*state, MBP_DEED_REMOVE, MBP_DEED_RETURN);
}

static void test_bypass_and_its_end_before_one_scan_come_in_their_order(void **state)
{
    assert_in_order(*state, MBP_DEED_BYPASS, MBP_DEED_RESTORE);
}

/* A point that is written again stands in the log once, behind the commands that came between. */
static void test_point_written_again_behind_a_command_counts_behind_it(void **state)
{
    struct line *line = *state;
    const struct deed shelve = {BY_POINT, MBP_DEED_SHELVE};
    const struct deed unshelve = {BY_ALL, MBP_DEED_UNSHELVE};
    command(line, shelve);
    command(line, unshelve);
    command(line, shelve);
    line_scan(line, 1);
    assert_int_equal(look(line).flags, MBP_SENSOR_SHELVED);
    command(line, unshelve);
    command(line, shelve);
    command(line, unshelve);
    line_scan(line, 1);
    assert_int_equal(look(line).flags, 0);
}

/* The log is tidied where it is full: commands stay between the writes that they came between. */
static void test_order_outlives_a_log_that_is_tidied(void **state)
{
    struct line *line = *state;
    const uint16_t forced = 5;
    command(line, (struct deed){BY_ALL, MBP_DEED_UNSHELVE});
    command(line, (struct deed){BY_POINT, MBP_DEED_SHELVE});
    for (unsigned i = 0; i < 10000; i++) /* more writes of one point than the log has entries */
        assert_int_equal(line_write_word(line, 0, forced), MBP_OK);
    command(line, (struct deed){BY_ALL, MBP_DEED_REMOVE});
    command(line, (struct deed){BY_POINT, MBP_DEED_RETURN});
    line_scan(line, 1);
    assert_int_equal(look(line).flags, MBP_SENSOR_SHELVED);
    assert_int_equal(look(line).alarm_flags, 0);
}

/* After a kill what is not retained is let go of: the order of the rest stays. */
static void test_order_outlives_what_is_forgotten(void **state)
{
    struct line *line = *state;
    assert_int_equal(line_write_word(line, 200, 7), MBP_OK);
    command(line, (struct deed){BY_ALL, MBP_DEED_SHELVE});
    command(line, (struct deed){BY_POINT, MBP_DEED_UNSHELVE});
    command(line, (struct deed){BY_POINT, MBP_DEED_SHELVE});
    command(line, (struct deed){BY_ALL, MBP_DEED_UNSHELVE});
    command(line, (struct deed){BY_POINT, MBP_DEED_SHELVE});
    mbp_image_forget(line->image);
    line_scan(line, 1);
    assert_int_equal(look(line).flags, MBP_SENSOR_SHELVED);
    assert_int_equal(line_write_word(line, 200, 7), MBP_OK);
    command(line, (struct deed){BY_ALL, MBP_DEED_SHELVE});
    command(line, (struct deed){BY_POINT, MBP_DEED_UNSHELVE});
    mbp_image_forget(line->image);
    line_scan(line, 1);
    assert_int_equal(look(line).flags, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_shelving_and_unshelving_before_one_scan_come_in_their_order),
        TEST(test_out_of_service_and_back_before_one_scan_come_in_their_order),
        TEST(test_bypass_and_its_end_before_one_scan_come_in_their_order),
        TEST(test_point_written_again_behind_a_command_counts_behind_it),
        TEST(test_order_outlives_a_log_that_is_tidied),
        TEST(test_order_outlives_what_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
