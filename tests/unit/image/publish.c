/* The state, published to every block of the register map. */
#include "device.h"

#include <math.h>
#include <string.h>

static uint16_t input(const struct device *device, uint16_t addr)
{
    return device_word(device->plc, MBP_INPUT_REGISTERS, addr);
}

static uint32_t input_u32(const struct device *device, uint16_t addr)
{
    return device_u32(device->plc, MBP_INPUT_REGISTERS, addr);
}

static void test_publish_shows_values_in_their_type_and_as_float32(void **state)
{
    struct device *device = *state;
    device->state->value[T1] = 91.5;
    device->state->value[P1] = 4;
    device->state->value[C1] = 70000;
    device->state->value[B1] = 1;
    device->state->value[L1] = 12.3;
    device_publish(device);
    static const uint16_t expected[6] = {915, 0x0000, 0x4080, 0x0001, 0x1170, 1};
    for (uint16_t i = 0; i < 6; i++)
        assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, i), expected[i]);
    assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, 50), 123);
    assert_int_equal(input_u32(device, 1000), 0x42B70000);          /* 91.5f */
    assert_int_equal(input_u32(device, 1002), 0x40800000);          /* 4.0f */
    assert_int_equal(input_u32(device, 1004), 0x4788B800);          /* 70000.0f */
    assert_int_equal(input_u32(device, 1000 + 2 * L1), 0x4144CCCD); /* 12.3f */
}

static void test_publish_shows_the_bits_of_a_sensor(void **state)
{
    struct device *device = *state;
    static const struct {
        uint8_t active, unack, flags;
        uint8_t bits; /* low_low, low, high, high_high, unacknowledged, shelved, forced, bad; lowest first */
    } cases[] = {{0, 0, 0, 0x00},
                 {0x01, 0, 0, 0x01},
                 {0x06, 0x02, 0, 0x16},
                 {0x0F, 0x0F, 0, 0x1F},
                 {0, 0x08, 0, 0x10},
                 {0, 0, MBP_SENSOR_SHELVED, 0x20},
                 {0, 0, MBP_SENSOR_FORCED, 0x40},
                 {0, 0, MBP_SENSOR_BAD, 0x80}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bits = 0;
        device->state->active[P1] = cases[i].active;
        device->state->unack[P1] = cases[i].unack;
        device->state->flags[P1] = cases[i].flags;
        device_publish(device);
        mbp_image_read_bits(device->plc, MBP_DISCRETE_INPUTS, 8 * P1, 8, &bits);
        assert_int_equal(bits, cases[i].bits);
        mbp_image_read_bits(device->plc, MBP_DISCRETE_INPUTS, 8 * T1, 8, &bits);
        assert_int_equal(bits, 0);
    }
}

static void test_publish_answers_the_coils_of_a_sensor(void **state)
{
    struct device *device = *state;
    device->state->flags[P1] = MBP_SENSOR_FORCED;
    device->state->flags[L1] = MBP_SENSOR_SHELVED;
    assert_int_equal(device_write_bit(device->plc, 1000 + T1, true), MBP_OK); /* asked, but the scan did not take it */
    device_publish(device);
    for (int s = T1; s <= L1; s++) {
        assert_int_equal(device_bit(device->plc, MBP_COILS, (uint16_t)(1000 + s)), s == P1);
        assert_int_equal(device_bit(device->plc, MBP_COILS, (uint16_t)(2000 + s)), s == L1);
    }
}

static void test_publish_lights_exactly_the_coil_of_a_machines_state(void **state)
{
    struct device *device = *state;
    for (int code = 0; code < MBP_STATE_COUNT; code++) {
        static const uint16_t base = 8 * M2;
        device->state->machine[M2].state = (uint8_t)code;
        for (int i = 0; i < 4; i++)
            device_write_bit(device->plc, (uint16_t)(base + i), true);
        device_publish(device);
        for (int i = 0; i < MBP_STATE_COUNT; i++)
            assert_int_equal(device_bit(device->plc, MBP_COILS, (uint16_t)(base + i)), i == code);
        assert_false(device_bit(device->plc, MBP_COILS, base + 3)); /* acknowledge clears itself */
        assert_int_equal(device_bit(device->plc, MBP_DISCRETE_INPUTS, 4008), code == MBP_EN_SERVICE);
    }
}

static void test_publish_shows_trip_and_maintenance_due(void **state)
{
    struct device *device = *state;
    device->state->machine[M2].trip = true;
    device_publish(device);
    assert_true(device_bit(device->plc, MBP_DISCRETE_INPUTS, 4009));
    assert_false(device_bit(device->plc, MBP_DISCRETE_INPUTS, 4010));
    assert_false(device_bit(device->plc, MBP_DISCRETE_INPUTS, 4001));
    device->state->machine[M2].trip = false;
    device->state->machine[M2].due = true;
    device_publish(device);
    assert_false(device_bit(device->plc, MBP_DISCRETE_INPUTS, 4009));
    assert_true(device_bit(device->plc, MBP_DISCRETE_INPUTS, 4010));
}

static void test_publish_shows_the_block_of_a_machine(void **state)
{
    struct device *device = *state;
    device->state->machine[M2] = (struct mbp_machine_state){
        .state = MBP_EN_PANNE,
        .first_out = L1,
        .alarms = 3,
        .good = 0x00012345,
        .reject = 0x00020006,
        .running_ns = UINT64_C(70001) * MBP_NS_PER_S + 999999999,
        .down_ns = 65536 * MBP_NS_PER_S,
        .maintenance_ns = 2 * MBP_NS_PER_S,
        .failures = 17,
        .since_ms = UINT64_C(1700000000999),
    };
    device_publish(device);
    static const uint16_t expected[16] = {1,
                                          L1,
                                          3,
                                          0x0001,
                                          0x2345,
                                          0x0002,
                                          0x0006,
                                          /* running s, down s, maintenance s */ 0x0001,
                                          0x1171,
                                          0x0001,
                                          0x0000,
                                          0,
                                          2,
                                          17,
                                          /* since, Unix s */ 0x6553,
                                          0xF100};
    for (uint16_t i = 0; i < 16; i++)
        assert_int_equal(input(device, (uint16_t)(116 + i)), expected[i]);
    assert_int_equal(input(device, 101), 0xFFFF); /* M1: no first-out */
}

static void test_publish_numbers_first_out_within_the_unit(void **state)
{
    struct device *device = *state;
    const struct mbp_image_unit *other = mbp_image_unit(device->image, 9);
    device->state->machine[M3].first_out = T3;
    device_publish(device);
    assert_int_equal(device_word(other, MBP_INPUT_REGISTERS, 101), 0);
}

static void test_publish_shows_the_summary_of_each_unit_by_itself(void **state)
{
    struct device *device = *state;
    struct mbp_state *s = device->state;
    s->machine[M1].state = MBP_MAINTENANCE;
    s->machine[M2].state = MBP_EN_PANNE;
    s->active[T1] = 0x06;
    s->active[L1] = 0x08;
    s->unack[L1] = 0x08;
    s->active[T3] = 0x04;
    s->scan = 0x00010005;
    s->sim_ns = (UINT64_C(0x0000000100020003) * MBP_NS_PER_MS) + 5;
    device->figures = (struct mbp_figures){.last_event = 0x00030001,
                                           .oldest_event = 0x00010002,
                                           .last_incident = 0x00020003,
                                           .scan_us_last = 250,
                                           .scan_us_max = 70000,
                                           .late_scans = 0x00040005};
    device_publish(device);
    static const uint16_t expected[24] = {
        2,      2,      0,      1,      1,      6,      3,      1,   0x0003,
        0x0001, 0x0001, 0x0002, 0x0002, 0x0003, 0x0001, 0x0005, 250, /* no more than a word can say */ 0xFFFF,
        0x0004, 0x0005, 0x0000, 0x0001, 0x0002, 0x0003};
    for (uint16_t i = 0; i < 24; i++)
        assert_int_equal(input(device, i), expected[i]);
    const struct mbp_image_unit *other = mbp_image_unit(device->image, 9);
    static const uint16_t of_other[8] = {2, 1, 1, 0, 0, 1, 1, 0};
    for (uint16_t i = 0; i < 8; i++)
        assert_int_equal(device_word(other, MBP_INPUT_REGISTERS, i), of_other[i]);
}

static void test_publish_shows_recent_events_newest_first_and_zeros_behind(void **state)
{
    struct device *device = *state;
    struct mbp_event recent[2] = {{.seq = 8, .code = MBP_EV_ALARM_RAISED, .unit = 1}, {.seq = 7, .code = MBP_EV_START}};
    uint16_t words[MBP_EVENT_WORDS];
    device->figures.recent = recent;
    device->figures.recent_count = 2;
    device_publish(device);
    for (uint16_t e = 0; e < 2; e++) {
        mbp_event_encode(&recent[e], words);
        for (uint16_t i = 0; i < MBP_EVENT_WORDS; i++)
            assert_int_equal(input(device, (uint16_t)(5000 + MBP_EVENT_WORDS * e + i)), words[i]);
    }
    for (uint16_t i = 2 * MBP_EVENT_WORDS; i < MBP_RECENT_EVENTS * MBP_EVENT_WORDS; i++)
        assert_int_equal(input(device, (uint16_t)(5000 + i)), 0);
}

static void test_publish_lets_recent_events_stand_until_there_is_a_newer_one(void **state)
{
    struct device *device = *state;
    struct mbp_event recent[2] = {{.seq = 8, .code = MBP_EV_ALARM_RAISED}, {.seq = 7, .code = MBP_EV_START}};
    device->figures.recent = &recent[1];
    device->figures.recent_count = 1;
    device->figures.last_event = 7;
    device_publish(device);
    device->figures.recent = NULL; /* not even looked at */
    device_publish(device);
    assert_int_equal(input_u32(device, 5000), 7);
    device->figures.recent = recent;
    device->figures.recent_count = 2;
    device->figures.last_event = 8;
    device_publish(device);
    assert_int_equal(input_u32(device, 5000), 8);
    assert_int_equal(input_u32(device, 5000 + MBP_EVENT_WORDS), 7);
}

static void test_publish_tells_behind_them_how_it_stands_with_the_journal(void **state)
{
    struct device *device = *state;
    device_publish(device);
    for (uint16_t i = 6280; i < 6286; i++)
        assert_int_equal(input(device, i), 0);
    device->figures.journal_trouble = true;
    device->figures.journal_used_permille = 345;
    device->figures.events_lost = 0x12345678;
    device->figures.newest_event = 0x9ABCDEF0;
    device_publish(device);
    assert_int_equal(input(device, 6280), 1);
    assert_int_equal(input(device, 6281), 345);
    assert_int_equal(input(device, 6282), 0x1234);
    assert_int_equal(input(device, 6283), 0x5678);
    assert_int_equal(input(device, 6284), 0x9ABC);
    assert_int_equal(input(device, 6285), 0xDEF0);
}

static void test_publish_copies_limits_when_they_changed(void **state)
{
    struct device *device = *state;
    device->state->limit[MBP_LIMIT_COUNT * T1 + MBP_HIGH] = 90;
    device->state->limit[MBP_LIMIT_COUNT * T1 + MBP_LOW] = NAN;
    device->state->limits_version++;
    device_publish(device);
    assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, 1000 + MBP_HIGH), 900);
    assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, 1000 + MBP_LOW), 0x8000);
}

static void test_publish_leaves_raw_points_alone(void **state)
{
    struct device *device = *state;
    static const uint16_t words[3] = {5, 6, 7};
    device_write(device->plc, 3000, 3, words);
    device_write_bit(device->plc, 5001, true);
    device_publish(device);
    assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, 3000), 5);
    assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, 3010), 7);
    assert_true(device_bit(device->plc, MBP_COILS, 5001));
    assert_int_equal(device_word(device->plc, MBP_INPUT_REGISTERS, 7000), 100);
}

static void test_publish_of_a_sensor_without_limits_touches_no_neighbour(void **state)
{
    struct device *device = *state;
    device->state->limits_version++;
    device_publish(device);
    /* B1 is a bool: R1's limits follow C1's at once. */
    assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, 1012), 0x8000);
    assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, 1013), 0x0000);
    for (uint16_t i = 1020; i < 1028; i++)
        assert_int_equal(device_word(device->plc, MBP_HOLDING_REGISTERS, i), 0x8000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, device_setup, device_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_publish_shows_values_in_their_type_and_as_float32),
        TEST(test_publish_shows_the_bits_of_a_sensor),
        TEST(test_publish_answers_the_coils_of_a_sensor),
        TEST(test_publish_lights_exactly_the_coil_of_a_machines_state),
        TEST(test_publish_shows_trip_and_maintenance_due),
        TEST(test_publish_shows_the_block_of_a_machine),
        TEST(test_publish_numbers_first_out_within_the_unit),
        TEST(test_publish_shows_the_summary_of_each_unit_by_itself),
        TEST(test_publish_shows_recent_events_newest_first_and_zeros_behind),
        TEST(test_publish_lets_recent_events_stand_until_there_is_a_newer_one),
        TEST(test_publish_tells_behind_them_how_it_stands_with_the_journal),
        TEST(test_publish_copies_limits_when_they_changed),
        TEST(test_publish_leaves_raw_points_alone),
        TEST(test_publish_of_a_sensor_without_limits_touches_no_neighbour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
