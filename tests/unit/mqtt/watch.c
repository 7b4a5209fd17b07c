/* From the scan's tables to points that have changed. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "mbplant/image/forced.h"
#include "mbplant/image/publish.h"
#include "mbplant/state/forced.h"
#include "mqtt_priv.h"

static const char line[] =
    "mbplant: 1\nname: Line\nmqtt: {broker: \"mqtt://h\"}\nunits:\n"
    "  - id: 1\n    name: A\n    machines: [{name: M1, sensors: [\n"
    "      {name: T1, kind: temperature, range: [0, 150], max: 80, register: {type: float32}},\n"
    "      {name: T2, kind: temperature, range: [0, 150], register: {type: float32}, report: {deadband: 10}},\n"
    "      {name: T3, kind: temperature, range: [0, 150], register: {type: float32}, report: {every: 10s}},\n"
    "      {name: LOT, kind: generic, signal: {text: A}, register: {type: string(2)}}]}]\n";

struct bed {
    struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_state *state;
    struct mqtt_roster *roster;
};

static struct bed bed_of(const char *yaml)
{
    struct bed bed = {.plant = fixture_plant(yaml)};
    assert_int_equal(mbp_image_new(bed.plant, &bed.image), MBP_OK);
    assert_int_equal(mbp_state_new(bed.plant, 1000, &bed.state), MBP_OK);
    assert_int_equal(mqtt_roster_new(bed.plant, &bed.roster), MBP_OK);
    return bed;
}

static void bed_free(struct bed *bed)
{
    mqtt_roster_free(bed->roster);
    mbp_state_free(bed->state);
    mbp_image_free(bed->image);
    mbp_plant_free(bed->plant);
}

static uint32_t look(struct bed *bed, uint64_t time_ms)
{
    uint32_t missed = 0;
    bed->state->wall_ms = time_ms;
    bed->state->scan++;
    mqtt_watch_look(bed->roster->watch, bed->image, bed->state, &missed);
    return missed;
}

static void show(struct bed *bed, const char *name, float value)
{
    const struct mbp_point *point = &bed->roster->metrics[mqtt_roster_find(bed->roster, name)].row.point;
    struct mbp_image_unit *unit = mbp_image_unit(bed->image, 1);
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    mbp_codec_put_bits(MBP_FLOAT32, MBP_ABCD, bits,
                       (point->table == MBP_HOLDING_REGISTERS ? unit->holding : unit->input) + point->addr);
}

static double shown(const struct bed *bed, const struct mqtt_change *change)
{
    uint16_t words[4];
    mqtt_words(change, words);
    return mbp_register_decode(&bed->roster->metrics[change->metric].reg, words);
}

static const char *name_of(const struct bed *bed, const struct mqtt_change *change)
{
    return bed->roster->metrics[change->metric].name;
}

static void take_all(struct bed *bed)
{
    struct mqtt_change change;
    while (mqtt_next_change(bed->roster, &change))
        ;
}

static void assert_next(struct bed *bed, const char *name, uint64_t time_ms)
{
    struct mqtt_change change;
    assert_true(mqtt_next_change(bed->roster, &change));
    assert_string_equal(name_of(bed, &change), name);
    assert_int_equal(change.time_ms, time_ms);
}

static void assert_none(struct bed *bed)
{
    struct mqtt_change change;
    assert_false(mqtt_next_change(bed->roster, &change));
    assert_false(mqtt_watch_has(bed->roster->watch));
}

static void test_first_look_tells_all_and_the_second_nothing(void **state)
{
    (void)state;
    struct bed bed = bed_of(line);
    struct mqtt_change change;
    look(&bed, 1000);
    for (uint32_t m = 0; m < bed.roster->count; m++) {
        assert_true(mqtt_next_change(bed.roster, &change));
        assert_int_equal(change.metric, m);
    }
    assert_none(&bed);
    look(&bed, 1100);
    assert_none(&bed);
    bed_free(&bed);
}

static void test_changes_come_scan_by_scan_with_their_times(void **state)
{
    (void)state;
    struct bed bed = bed_of(line);
    struct mqtt_change change;
    look(&bed, 1000);
    take_all(&bed);
    show(&bed, "T1", 21);
    look(&bed, 1100);
    show(&bed, "T1", 22);
    look(&bed, 1200);
    assert_true(mqtt_next_change(bed.roster, &change));
    assert_int_equal(change.time_ms, 1100);
    assert_float_equal(shown(&bed, &change), 21, 0.001);
    assert_true(mqtt_next_change(bed.roster, &change));
    assert_int_equal(change.time_ms, 1200);
    assert_float_equal(shown(&bed, &change), 22, 0.001);
    assert_none(&bed);
    bed_free(&bed);
}

static void test_deadband_counts_from_what_was_told(void **state)
{
    (void)state;
    struct bed bed = bed_of(line);
    look(&bed, 1000);
    take_all(&bed);
    show(&bed, "T2", 6);
    look(&bed, 1100);
    assert_none(&bed);
    show(&bed, "T2", 11);
    look(&bed, 1200);
    assert_next(&bed, "T2", 1200);
    show(&bed, "T2", 3);
    look(&bed, 1300);
    assert_none(&bed);
    bed_free(&bed);
}

static void test_interval_that_ends_tells_what_stands_still_since(void **state)
{
    (void)state;
    struct bed bed = bed_of(line);
    look(&bed, 1000);
    take_all(&bed);
    show(&bed, "T3", 5);
    look(&bed, 2000);
    assert_none(&bed);
    look(&bed, 10999);
    assert_none(&bed);
    look(&bed, 11000);
    assert_next(&bed, "T3", 11000);
    look(&bed, 30000);
    assert_none(&bed);
    bed_free(&bed);
}

static void test_bad_value_is_told_with_all_points_of_its_sensor(void **state)
{
    (void)state;
    struct bed bed = bed_of(line);
    struct mqtt_change change;
    uint32_t told = 0;
    look(&bed, 1000);
    take_all(&bed);
    bed.state->flags[0] |= MBP_SENSOR_BAD;
    look(&bed, 1100);
    while (mqtt_next_change(bed.roster, &change)) {
        assert_true(change.bad);
        assert_int_equal(bed.roster->metrics[change.metric].row.point.sensor, 0);
        told++;
    }
    assert_true(told >= 3); /* the value, the alarm, its limit */
    bed_free(&bed);
}

static void test_text_is_told_and_read(void **state)
{
    (void)state;
    struct bed bed = bed_of(line);
    char text[MQTT_TEXT_MAX + 1];
    uint32_t lot = mqtt_roster_find(bed.roster, "LOT");
    const struct mbp_point *point = &bed.roster->metrics[lot].row.point;
    struct mbp_image_unit *unit = mbp_image_unit(bed.image, 1);
    look(&bed, 1000);
    take_all(&bed);
    mbp_codec_put_text((enum mbp_order)point->order, "B7", 2, point->count,
                       (point->table == MBP_HOLDING_REGISTERS ? unit->holding : unit->input) + point->addr);
    look(&bed, 1100);
    assert_next(&bed, "LOT", 1100);
    assert_string_equal(mqtt_shown_text(bed.roster, lot, text), "B7");
    bed_free(&bed);
}

/* The thread does not come: the last value is told in the end, and what could not be told in between is counted. */
static void test_full_ring_loses_values_in_between_and_never_the_last(void **state)
{
    (void)state;
    struct bed bed = bed_of(line);
    struct mqtt_change change = {0};
    uint32_t missed = 0, scan = 0, last = 2 * bed.roster->watch->slot_count;
    double before = -1;
    for (; scan < last; scan++) {
        show(&bed, "T1", (float)(scan + 1));
        missed += look(&bed, 1000 + scan);
    }
    assert_true(missed > 0);
    take_all(&bed);
    look(&bed, 1000 + scan);
    while (mqtt_next_change(bed.roster, &change))
        before = strcmp(name_of(&bed, &change), "T1") == 0 ? shown(&bed, &change) : before;
    assert_float_equal(before, last, 0.001);
    bed_free(&bed);
}

static const char apart[] = "mbplant: 1\nname: Line\nmqtt: {broker: \"mqtt://h\"}\nunits:\n"
                            "  - id: 1\n    name: A\n    sensors:\n"
                            "      - {name: WIDE, range: [0, 4e9], register: {at: input 31, type: uint32}}\n"
                            "      - {name: OTHER, range: [0, 150], register: {at: input 100, type: uint16}}\n";

/* Its two words stand in two blocks, and both are the same number. others: scans before in which another point alone
 * changes, so that the ring ends once between the blocks and once behind them. */
static void try_half_value(uint32_t others)
{
    struct bed bed = bed_of(apart);
    struct mqtt_change change = {0};
    struct mbp_image_unit *unit = mbp_image_unit(bed.image, 1);
    uint32_t wide = mqtt_roster_find(bed.roster, "WIDE"), scan = 0, missed = 0, told = 0;
    uint16_t words[4] = {0};
    look(&bed, 1000);
    take_all(&bed);
    for (; missed == 0; scan++) {
        uint16_t *shown = scan < others ? &unit->input[100] : &unit->input[31];
        shown[0] = (uint16_t)(scan + 1);
        unit->input[32] = unit->input[31];
        missed = look(&bed, 1001 + scan);
    }
    for (unsigned round = 0; round < 2; round++) {
        while (mqtt_next_change(bed.roster, &change)) {
            mqtt_words(&change, words);
            if (change.metric == wide)
                assert_int_equal(words[0], words[1]);
            told += change.metric == wide;
        }
        look(&bed, 1001 + scan);
    }
    assert_true(told > 0);
    assert_int_equal(change.metric != wide ? scan : words[0], scan);
    bed_free(&bed);
}

static void test_full_ring_never_tells_half_a_value(void **state)
{
    (void)state;
    try_half_value(0);
    try_half_value(1);
}

static void test_limit_is_told_when_the_state_says_that_one_changed(void **state)
{
    (void)state;
    struct bed bed = bed_of(line);
    look(&bed, 1000);
    take_all(&bed);
    show(&bed, "T1.high.limit", 70);
    bed.state->limits_version++;
    look(&bed, 1100);
    assert_next(&bed, "T1.high.limit", 1100);
    show(&bed, "T1.high.limit", 71); /* nobody says so: it is found all the same */
    for (unsigned scan = 0; scan < 16; scan++)
        look(&bed, 1200);
    assert_next(&bed, "T1.high.limit", 1200);
    assert_none(&bed);
    bed_free(&bed);
}

static void publish(struct bed *bed)
{
    const struct mbp_figures figures = {0};
    mbp_image_publish(bed->image, bed->state, &figures);
}

static void test_alarm_is_told_with_the_scan_that_shows_it(void **state)
{
    (void)state;
    struct bed bed = bed_of(line);
    publish(&bed);
    look(&bed, 1000);
    take_all(&bed);
    for (unsigned scan = 1; scan < 40; scan++) {
        bed.state->active[0] ^= 1u << MBP_HIGH;
        bed.state->alarms_version++;
        publish(&bed);
        look(&bed, 1000 + scan);
        struct mqtt_change change;
        bool told = false;
        while (mqtt_next_change(bed.roster, &change)) {
            if (strcmp(name_of(&bed, &change), "T1.high") == 0) {
                assert_int_equal(change.bits, scan % 2);
                assert_int_equal(change.time_ms, 1000 + scan);
                told = true;
            }
        }
        assert_true(told);
    }
    bed_free(&bed);
}

static void force(struct bed *bed, uint32_t metric, uint16_t word)
{
    const struct mbp_point *point = &bed->roster->metrics[metric].row.point;
    struct mbp_forced one = {.stored = UINT32_MAX,
                             .actuator = UINT32_MAX,
                             .addr = (uint16_t)point->addr,
                             .unit = 1,
                             .table = point->table,
                             .count = (uint8_t)(point->count <= 4 ? point->count : 4)};
    if (mbp_table_is_bits(point->table))
        one.count = 1;
    for (unsigned w = 0; w < one.count; w++)
        one.words[w] = mbp_table_is_bits(point->table) ? word & 1u : (uint16_t)(word + w);
    assert_true(mbp_forced_hold(bed->plant, bed->state, &one));
}

/* No limit and no alarm has changed: it is held from outside, and let go. */
static void test_what_is_forced_is_told_with_the_next_scan(void **state)
{
    (void)state;
    static const char *const names[] = {"T1", "T1.high", "T1.high.limit"};
    struct bed bed = bed_of(line);
    publish(&bed);
    look(&bed, 1000);
    take_all(&bed);
    for (unsigned n = 0; n < 3; n++) {
        const uint64_t time_ms = 1100 + 100 * n;
        force(&bed, mqtt_roster_find(bed.roster, names[n]), 0x4301);
        publish(&bed);
        look(&bed, time_ms);
        assert_next(&bed, names[n], time_ms);
        assert_none(&bed);
        memset(bed.state->forced, 0, MBP_SIM_FORCED_MAX * sizeof *bed.state->forced);
        bed.state->forced_count = 0;
        publish(&bed);
        look(&bed, time_ms + 50);
        assert_next(&bed, names[n], time_ms + 50);
        assert_none(&bed);
    }
    bed_free(&bed);
}

static uint64_t shown_to_masters(const struct bed *bed, uint32_t metric)
{
    const struct mbp_point *point = &bed->roster->metrics[metric].row.point;
    const struct mbp_image_unit *unit = mbp_image_unit(bed->image, 1);
    uint64_t bits = 0;
    for (unsigned w = 0; w < (mbp_table_is_bits(point->table) ? 1 : point->count); w++)
        bits |= (uint64_t)mbp_image_shown(unit, (enum mbp_table)point->table, (uint16_t)(point->addr + w)) << 16 * w;
    return bits;
}

/* Whatever is held: all points are told as masters read them. */
static void test_what_is_told_is_what_masters_read(void **state)
{
    (void)state;
    struct bed bed = bed_of(line);
    const uint32_t count = bed.roster->count;
    if (count == 0) {
        fail_msg("the plant has no point to tell");
        return;
    }
    srand(16);
    for (unsigned scan = 0; scan < 200; scan++) {
        if (rand() % 3 == 0) {
            memset(bed.state->forced, 0, MBP_SIM_FORCED_MAX * sizeof *bed.state->forced);
            bed.state->forced_count = 0;
        }
        for (int f = rand() % 3; f > 0 && bed.state->forced_count < MBP_SIM_FORCED_MAX; f--) {
            uint32_t metric = (uint32_t)rand() % count;
            if (!bed.roster->metrics[metric].is_text)
                force(&bed, metric, (uint16_t)rand());
        }
        bed.state->active[0] ^= (uint8_t)(rand() % 4 == 0) << MBP_HIGH;
        bed.state->alarms_version++;
        publish(&bed);
        look(&bed, 1000 + scan);
        take_all(&bed);
        for (uint32_t m = 0; m < count; m++) {
            if (!bed.roster->metrics[m].is_text && !bed.roster->metrics[m].has_rule)
                assert_int_equal(bed.roster->seen[m].bits, shown_to_masters(&bed, m));
        }
    }
    bed_free(&bed);
}

static const char several[] =
    "mbplant: 1\nname: Line\nmqtt: {broker: \"mqtt://h\"}\nunits:\n  - id: 1\n    name: A\n    machines:\n"
    "      - {name: M1, sensors: [{name: T1, kind: temperature, register: {type: float32}},\n"
    "          {name: T2, kind: temperature, register: {type: float32}},\n"
    "          {name: LOT, kind: generic, signal: {text: A}, register: {type: string(2)}},\n"
    "          {name: T3, kind: temperature, register: {type: float32}}]}\n"
    "      - {name: M2, sensors: [{name: T4, kind: temperature, register: {type: float32}}]}\n";

/* Many at once are those that come one by one, of one scan and one device, a text the last. */
static void try_many(uint32_t most)
{
    struct bed bed = bed_of(several), other = bed_of(several);
    struct mqtt_change changes[8], change;
    const char *names[] = {"T1", "T2", "T3", "T4"};
    for (uint64_t scan = 0; scan < 9; scan++) {
        for (unsigned n = 0; n < 4; n++) {
            if (scan % (n + 1) == 0) {
                show(&bed, names[n], (float)scan + 1);
                show(&other, names[n], (float)scan + 1);
            }
        }
        look(&bed, 1000 + scan);
        look(&other, 1000 + scan);
    }
    for (uint32_t count; (count = mqtt_next_changes(bed.roster, changes, most)) > 0;) {
        assert_true(count <= most);
        for (uint32_t c = 0; c < count; c++) {
            const struct mqtt_metric *metric = &bed.roster->metrics[changes[c].metric];
            assert_true(mqtt_next_change(other.roster, &change));
            assert_int_equal(change.bits, changes[c].bits);
            assert_int_equal(change.metric, changes[c].metric);
            assert_int_equal(changes[c].time_ms, changes[0].time_ms);
            assert_true(metric->device == bed.roster->metrics[changes[0].metric].device);
            assert_true(c + 1 == count || !metric->is_text);
        }
    }
    assert_none(&other);
    assert_none(&bed);
    bed_free(&bed);
    bed_free(&other);
}

static void test_many_at_once_are_those_of_one_scan_and_device(void **state)
{
    (void)state;
    for (uint32_t most = 1; most <= 8; most++)
        try_many(most);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_look_tells_all_and_the_second_nothing),
        cmocka_unit_test(test_changes_come_scan_by_scan_with_their_times),
        cmocka_unit_test(test_deadband_counts_from_what_was_told),
        cmocka_unit_test(test_interval_that_ends_tells_what_stands_still_since),
        cmocka_unit_test(test_bad_value_is_told_with_all_points_of_its_sensor),
        cmocka_unit_test(test_text_is_told_and_read),
        cmocka_unit_test(test_full_ring_loses_values_in_between_and_never_the_last),
        cmocka_unit_test(test_full_ring_never_tells_half_a_value),
        cmocka_unit_test(test_limit_is_told_when_the_state_says_that_one_changed),
        cmocka_unit_test(test_alarm_is_told_with_the_scan_that_shows_it),
        cmocka_unit_test(test_what_is_forced_is_told_with_the_next_scan),
        cmocka_unit_test(test_what_is_told_is_what_masters_read),
        cmocka_unit_test(test_many_at_once_are_those_of_one_scan_and_device),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
