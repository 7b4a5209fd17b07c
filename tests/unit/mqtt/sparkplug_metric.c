/* What points show, as metrics of Sparkplug. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "mqtt_priv.h"
#include "sparkplug.h"

static const char line[] =
    "mbplant: 1\nname: Line\nmqtt: {broker: \"mqtt://h\"}\nunits:\n  - id: 1\n    name: A\n    sensors:\n"
    "      - {name: BIG, range: [0, 150], max: 80, register: {type: float32}}\n"
    "      - {name: WORDS, range: [0, 150], register: {at: input 2000, type: float32, order: CDAB}}\n"
    "      - {name: BYTES, range: [0, 150], register: {at: input 2010, type: float32, order: BADC}}\n"
    "      - {name: ALL, range: [0, 150], register: {at: input 2020, type: float32, order: DCBA}}\n"
    "      - {name: SCALED, range: [0, 150], register: {at: input 2030, type: float32, scale: 0.1}}\n"
    "      - {name: WHOLE, range: [0, 150], register: {at: input 2040, type: int16}}\n";

/* Repeatable. */
static uint64_t next(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 16;
}

static struct mqtt_change some_change(const struct mqtt_roster *roster, uint64_t *seed)
{
    static const uint32_t odd[] = {0, 0x7FC00000, 0x7F800000, 0xFF800000, 0x80000000, 1, 0xFFC00001};
    struct mqtt_change change = {.time_ms = 1796004480168, .metric = (uint32_t)(next(seed) % roster->count)};
    const struct mbp_point *point = &roster->metrics[change.metric].row.point;
    uint16_t words[4] = {0};
    uint32_t bits = next(seed) % 4 == 0 ? odd[next(seed) % 7] : (uint32_t)next(seed);
    if (point->type == MBP_FLOAT32)
        mbp_codec_put_bits(MBP_FLOAT32, (enum mbp_order)point->order, bits, words);
    else
        words[0] = roster->metrics[change.metric].is_bit ? bits & 1u : (uint16_t)bits;
    change.bits = words[0] | (uint64_t)words[1] << 16;
    change.bad = next(seed) % 8 == 0;
    return change;
}

/* The quick way of floats says what the other one does: all orders, no numbers, bad ones and the good after them. */
static void test_many_floats_are_as_each_alone(void **state)
{
    (void)state;
    struct mbp_plant *plant = fixture_plant(line);
    struct mqtt_roster *roster = NULL, *slow = NULL;
    struct sparkplug own = {0}, other = {0};
    uint64_t seed = 16;
    unsigned plain = 0;
    assert_int_equal(mqtt_roster_new(plant, &roster), MBP_OK);
    assert_int_equal(mqtt_roster_new(plant, &slow), MBP_OK);
    for (uint32_t m = 0; m < slow->count; m++) {
        plain += slow->plain[m] != MQTT_NOT_PLAIN;
        slow->plain[m] = MQTT_NOT_PLAIN;
    }
    assert_true(plain >= 4);
    struct mqtt_link link = {.roster = roster, .own = &own}, as_ever = {.roster = slow, .own = &other};
    for (unsigned round = 0; round < 2000; round++) {
        struct mqtt_change changes[8];
        bool historical = next(&seed) % 4 == 0;
        mqtt_payload_begin(&own.payload, 1796004480168);
        mqtt_payload_begin(&other.payload, 1796004480168);
        for (unsigned c = 0; c < 8; c++) {
            changes[c] = some_change(roster, &seed);
            roster->now[changes[c].metric].bad = slow->now[changes[c].metric].bad = next(&seed) % 8 == 0;
        }
        sparkplug_put_values(&link, changes, 8, historical);
        sparkplug_put_values(&as_ever, changes, 8, historical);
        assert_int_equal(own.payload.len, other.payload.len);
        assert_memory_equal(own.payload.bytes, other.payload.bytes, own.payload.len);
    }
    free(own.payload.bytes);
    free(other.payload.bytes);
    mqtt_roster_free(roster);
    mqtt_roster_free(slow);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_floats_are_as_each_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
