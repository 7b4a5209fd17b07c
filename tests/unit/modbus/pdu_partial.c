/* Values of several registers that are written word by word, by every function that can: what is confirmed is kept, and
 * takes effect as soon as the whole is a value. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/modbus.h"

/* Around the middle of the range all words of the numbers change. */
static const char plant_text[] =
    "mbplant: 1\n"
    "name: Parts\n"
    "units:\n"
    "  - id: 1\n"
    "    sensors:\n"
    "      - {name: S, kind: level, range: [%s], limits: {low: %s, high: %s}, register: {type: %s, order: %s}}\n"
    "      - {name: M, kind: level, range: [0, 10], register: {at: 8, type: float32}}\n"
    "    actuators: [{name: V, range: [65500, 65600], initial: 65530, register: {type: uint32, order: %s}},\n"
    "                {name: W, range: [0.3, 70.1], initial: 40, register: {type: float32}}]\n"
    "    controllers: [{name: C, input: M, output: W, setpoint: 5, gain: 1, mode: manual}]\n";

struct kind {
    enum mbp_type type;
    const char *range, *low, *high;
    double before, after;
};
static const struct kind kinds[] = {
    {MBP_INT32, "65500, 65600", "65510", "65590", 65530, 65541},
    {MBP_UINT32, "65500, 65600", "65510", "65590", 65530, 65541},
    {MBP_FLOAT32, "65500, 65600", "65510", "65590", 65535.5, 65541.25},
    {MBP_INT64, "4294967200, 4294967400", "4294967210", "4294967390", 4294967290.0, 4294967301.0},
    {MBP_UINT64, "4294967200, 4294967400", "4294967210", "4294967390", 4294967290.0, 4294967301.0},
    {MBP_FLOAT64, "4294967200, 4294967400", "4294967210", "4294967390", 4294967294.625, 4294967301.125},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

struct parts {
    struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_image_unit *unit;
    struct mbp_state *state;
    struct mbp_figures figures;
    const struct mbp_register *reg;
    struct mbp_write latched[64];
    size_t latched_count;
};

/* What is written is in effect, and all is shown: as a scan does it. */
static void scan(struct parts *parts)
{
    const struct mbp_write *writes;
    parts->latched_count = mbp_image_latch(parts->image, &writes);
    assert_true(parts->latched_count <= sizeof parts->latched / sizeof parts->latched[0]);
    for (size_t i = 0; i < parts->latched_count; i++) {
        const struct mbp_write *write = &writes[i];
        parts->latched[i] = *write;
        if (write->kind == MBP_WRITE_VALUE)
            parts->state->value[write->index] = write->value;
        else if (write->kind == MBP_WRITE_LIMIT)
            parts->state->limit[MBP_LIMIT_COUNT * write->index + write->sub] = write->value;
        else if (write->kind == MBP_WRITE_COMMAND)
            parts->state->command[write->index] = write->value;
        else if (write->kind == MBP_WRITE_SETTING)
            parts->state->controller[write->index].setting[write->sub] = write->value;
        else if (write->kind == MBP_WRITE_MODE)
            parts->state->controller[write->index].automatic = write->value != 0;
    }
    parts->state->limits_version++;
    mbp_image_refresh(parts->image, parts->state, &parts->figures);
}

static struct parts *parts_new(const struct kind *kind, enum mbp_order order)
{
    struct parts *parts = calloc(1, sizeof *parts);
    char yaml[1024];
    assert_non_null(parts);
    snprintf(yaml, sizeof yaml, plant_text, kind->range, kind->low, kind->high, mbp_type_name(kind->type),
             mbp_order_name(order), mbp_order_name(order));
    parts->plant = fixture_plant(yaml);
    assert_int_equal(mbp_image_new(parts->plant, &parts->image), MBP_OK);
    assert_int_equal(mbp_state_new(parts->plant, FIXTURE_WALL_MS, &parts->state), MBP_OK);
    parts->unit = mbp_image_unit(parts->image, 1);
    parts->reg = &parts->plant->sensors[0].reg;
    parts->state->value[0] = kind->before;
    parts->state->value[1] = 5;
    scan(parts);
    return parts;
}

static void parts_free(struct parts *parts)
{
    mbp_state_free(parts->state);
    mbp_image_free(parts->image);
    mbp_plant_free(parts->plant);
    free(parts);
}

/* One word by FC 6, 16, 22 or 23; the exception's code, 0 = confirmed. */
static unsigned write_word(const struct parts *parts, unsigned function, unsigned addr, uint16_t word)
{
    static const struct mbp_identity identity;
    struct mbp_serial serial = {0};
    bool listen_only = false;
    const struct mbp_pdu_context context = {.unit = parts->unit,
                                            .identity = &identity,
                                            .serial = &serial,
                                            .listen_only = &listen_only,
                                            .peer = {0x7F000001},
                                            .permit = &mbp_permits[MBP_ALLOW_ALL]};
    const uint8_t at[] = {(uint8_t)(addr >> 8), (uint8_t)addr};
    const uint8_t is[] = {(uint8_t)(word >> 8), (uint8_t)word};
    uint8_t request[16] = {(uint8_t)function, at[0], at[1]};
    uint8_t response[MBP_PDU_MAX];
    size_t len = 5;
    if (function == 6) {
        memcpy(request + 3, is, 2);
    } else if (function == 16) {
        memcpy(request + 3, (const uint8_t[]){0, 1, 2, is[0], is[1]}, 5);
        len = 8;
    } else if (function == 22) {
        memcpy(request + 3, (const uint8_t[]){0, 0, is[0], is[1]}, 4);
        len = 7;
    } else {
        memcpy(request + 3, (const uint8_t[]){0, 1, at[0], at[1], 0, 1, 2, is[0], is[1]}, 9);
        len = 12;
    }
    assert_true(mbp_pdu_respond(&context, request, len, response) >= 2);
    return response[0] == function ? 0 : response[1];
}

static const unsigned functions[] = {6, 16, 22, 23};

static void encode(const struct mbp_register *reg, double value, uint16_t words[4])
{
    mbp_codec_encode((enum mbp_type)reg->type, (enum mbp_order)reg->order, reg->scale, value, words);
}

/* The words in an order: bit i of `backwards` turns the i-th pair round. Each is read back as it was written, from the
 * moment it was confirmed, whatever scans are between. */
static void write_words(struct parts *parts, unsigned function, unsigned addr, unsigned n, const uint16_t *words,
                        bool backwards, bool scans)
{
    for (unsigned i = 0; i < n; i++) {
        unsigned w = backwards ? n - 1 - i : i;
        assert_int_equal(write_word(parts, function, addr + w, words[w]), 0);
        for (unsigned scan_count = 0; scans && scan_count < 3; scan_count++)
            scan(parts);
        for (unsigned done = 0; done <= i; done++) {
            unsigned d = backwards ? n - 1 - done : done;
            assert_int_equal(parts->unit->holding[addr + d], words[d]);
        }
    }
    scan(parts);
}

static void test_value_written_word_by_word_takes_effect_in_every_type_order_and_function(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        for (unsigned order = 0; order < MBP_ORDER_COUNT; order++) {
            for (unsigned way = 0; way < 16; way++) {
                struct parts *parts = parts_new(&kinds[k], (enum mbp_order)order);
                uint16_t words[4];
                encode(parts->reg, kinds[k].after, words);
                write_words(parts, functions[way % 4], parts->reg->addr, parts->reg->words, words, (way & 4) != 0,
                            (way & 8) != 0);
                fixture_assert_number(parts->state->value[0], kinds[k].after);
                parts_free(parts);
            }
        }
    }
}

static void test_limit_written_word_by_word_takes_effect_in_every_type_order_and_function(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        for (unsigned order = 0; order < MBP_ORDER_COUNT; order++) {
            for (unsigned way = 0; way < 16; way++) {
                struct parts *parts = parts_new(&kinds[k], (enum mbp_order)order);
                unsigned addr = parts->reg->limits_addr + MBP_LOW * parts->reg->words;
                uint16_t words[4];
                encode(parts->reg, kinds[k].after, words);
                write_words(parts, functions[way % 4], addr, parts->reg->words, words, (way & 4) != 0, (way & 8) != 0);
                fixture_assert_number(parts->state->limit[MBP_LOW], kinds[k].after);
                parts_free(parts);
            }
        }
    }
}

static void test_command_written_word_by_word_takes_effect(void **state)
{
    (void)state;
    for (unsigned order = 0; order < MBP_ORDER_COUNT; order++) {
        for (unsigned way = 0; way < 16; way++) {
            struct parts *parts = parts_new(&kinds[0], (enum mbp_order)order);
            const struct mbp_register *reg = &parts->plant->actuators[0].reg;
            uint16_t words[4];
            encode(reg, 65541, words);
            write_words(parts, functions[way % 4], reg->addr, 2, words, (way & 4) != 0, (way & 8) != 0);
            fixture_assert_number(parts->state->command[0], 65541);
            parts_free(parts);
        }
    }
}

static void test_setting_written_word_by_word_takes_effect(void **state)
{
    (void)state;
    for (unsigned way = 0; way < 16; way++) {
        struct parts *parts = parts_new(&kinds[0], MBP_ABCD);
        unsigned addr = parts->unit->unit->layout.base[MBP_MAP_SETTINGS] + 2 * MBP_SET_HIGH;
        uint16_t words[4];
        encode(&mbp_setting_register, 65.3, words); /* 70.1 before: 70.099998 and 65.07 in between */
        write_words(parts, functions[way % 4], addr, 2, words, (way & 4) != 0, (way & 8) != 0);
        fixture_assert_number(parts->state->controller[0].setting[MBP_SET_HIGH], (double)65.3f);
        encode(&mbp_setting_register, 70.1, words); /* the end of its range, as a float32 above it */
        write_words(parts, functions[way % 4], addr, 2, words, (way & 4) != 0, (way & 8) != 0);
        fixture_assert_number(parts->state->controller[0].setting[MBP_SET_HIGH], (double)70.1f);
        parts_free(parts);
    }
}

static void test_part_that_makes_no_value_has_no_effect_until_it_does(void **state)
{
    (void)state;
    struct parts *parts = parts_new(&kinds[0], MBP_ABCD); /* 0000 FFFA; 0001 FFFA is beyond the range */
    assert_int_equal(write_word(parts, 6, parts->reg->addr, 1), 0);
    for (int i = 0; i < 5; i++) {
        parts->state->value[0] = 65520 + i; /* the process goes on behind it */
        scan(parts);
        assert_int_equal(parts->latched_count, 0);
        assert_int_equal(parts->unit->holding[parts->reg->addr], 1);
        assert_int_equal(parts->unit->holding[parts->reg->addr + 1], 0xFFFA);
    }
    assert_int_equal(write_word(parts, 6, parts->reg->addr + 1, 5), 0);
    scan(parts);
    assert_int_equal(parts->latched_count, 1);
    fixture_assert_number(parts->latched[0].value, 65541);
    parts_free(parts);
}

static void test_part_of_a_value_is_forgotten_when_the_sensor_is_released_or_written_whole(void **state)
{
    (void)state;
    const uint8_t off = 0;
    struct parts *parts = parts_new(&kinds[0], MBP_ABCD);
    assert_int_equal(write_word(parts, 6, parts->reg->addr, 1), 0);
    scan(parts);
    assert_int_equal(mbp_image_write_bits(parts->unit, parts->unit->unit->layout.base[MBP_MAP_FORCED], 1, &off,
                                          (struct mbp_peer){1}),
                     MBP_OK);
    scan(parts);
    assert_int_equal(parts->unit->holding[parts->reg->addr], 0);
    assert_int_equal(write_word(parts, 6, parts->reg->addr, 1), 0);
    scan(parts);
    const uint8_t whole[] = {0, 0, 0xFF, 0xFF};
    assert_int_equal(mbp_image_write_words(parts->unit, parts->reg->addr, 2, whole, (struct mbp_peer){1}), MBP_OK);
    scan(parts);
    assert_int_equal(parts->latched_count, 1);
    fixture_assert_number(parts->latched[0].value, 65535);
    scan(parts);
    assert_int_equal(parts->latched_count, 0);
    parts_free(parts);
}

static void test_part_of_a_limit_keeps_nobody_from_the_other_limits(void **state)
{
    (void)state;
    struct parts *parts = parts_new(&kinds[0], MBP_ABCD);
    unsigned low = parts->reg->limits_addr + 2 * MBP_LOW;
    const uint8_t high[] = {0, 1, 0, 0x10}; /* 65552 */
    assert_int_equal(write_word(parts, 6, low, 0x7FFF), 0);
    scan(parts);
    assert_int_equal(parts->latched_count, 0);
    assert_int_equal(mbp_image_write_words(parts->unit, (uint16_t)(low + 2), 2, high, (struct mbp_peer){1}), MBP_OK);
    scan(parts);
    assert_int_equal(parts->latched_count, 1);
    fixture_assert_number(parts->state->limit[MBP_HIGH], 65552);
    fixture_assert_number(parts->state->limit[MBP_LOW], 65510);
    /* Whole it is judged against them: 65570 is above the upper one, until that makes room. */
    assert_int_equal(write_word(parts, 6, low, 1), 0);
    assert_int_equal(write_word(parts, 6, low + 1, 34), 0);
    scan(parts);
    assert_int_equal(parts->latched_count, 0);
    assert_int_equal(write_word(parts, 6, low + 3, 44), 0);
    scan(parts);
    fixture_assert_number(parts->state->limit[MBP_LOW], 65570);
    fixture_assert_number(parts->state->limit[MBP_HIGH], 65580);
    parts_free(parts);
}

static void test_part_of_what_a_controller_holds_is_refused_like_the_whole(void **state)
{
    (void)state;
    struct parts *parts = parts_new(&kinds[0], MBP_ABCD);
    const uint16_t command = parts->plant->actuators[1].reg.addr;
    const uint8_t on = 1;
    assert_int_equal(write_word(parts, 6, command, 0x7FFF), 0); /* no number so far */
    scan(parts);
    assert_int_equal(mbp_image_write_bits(parts->unit, parts->unit->unit->layout.base[MBP_MAP_AUTOMATIC], 1, &on,
                                          (struct mbp_peer){1}),
                     MBP_OK);
    assert_int_equal(write_word(parts, 6, command, 0x4210), MBP_EX_SERVER_DEVICE_FAILURE);
    assert_int_equal(
        write_word(parts, 6, parts->unit->unit->layout.base[MBP_MAP_SETTINGS] + 2 * MBP_SET_MANUAL, 0x4210),
        MBP_EX_SERVER_DEVICE_FAILURE);
    scan(parts);
    assert_int_equal(parts->latched_count, 1); /* the switch; the part is over, the controller has the valve */
    uint16_t words[4];
    encode(&parts->plant->actuators[1].reg, 40, words);
    assert_int_equal(parts->unit->holding[command], words[0]);
    parts_free(parts);
}

static void test_parts_of_more_values_than_can_wait_are_busy_until_some_are_whole(void **state)
{
    (void)state;
    struct mbp_plant *plant = fixture_plant(
        "mbplant: 1\nname: Many\nunits:\n  - id: 1\n    sensors:\n"
        "      - {name: \"S{n}\", kind: level, range: [0, 100], repeat: 1200, register: {type: int32}}\n");
    struct mbp_image *image;
    const struct mbp_write *writes;
    assert_int_equal(mbp_image_new(plant, &image), MBP_OK);
    struct mbp_image_unit *unit = mbp_image_unit(image, 1);
    const uint8_t high[] = {0x7F, 0xFF}, zero[] = {0, 0};
    unsigned taken = 0;
    while (taken < 1200 && mbp_image_write_words(unit, (uint16_t)(2 * taken), 1, high, (struct mbp_peer){1}) == MBP_OK)
        taken++;
    assert_int_equal(taken, 1024);
    assert_int_equal(mbp_image_write_words(unit, (uint16_t)(2 * taken), 1, high, (struct mbp_peer){1}),
                     MBP_EX_SERVER_DEVICE_BUSY);
    assert_int_equal(mbp_image_write_words(unit, 2, 1, high, (struct mbp_peer){1}), MBP_OK); /* it waits already */
    assert_int_equal(mbp_image_latch(image, &writes), 0);
    assert_int_equal(mbp_image_write_words(unit, 2, 1, zero, (struct mbp_peer){1}), MBP_OK);
    assert_int_equal(mbp_image_latch(image, &writes), 1);
    assert_int_equal(writes[0].index, 1);
    assert_int_equal(mbp_image_write_words(unit, (uint16_t)(2 * taken), 1, high, (struct mbp_peer){1}), MBP_OK);
    mbp_image_free(image);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_value_written_word_by_word_takes_effect_in_every_type_order_and_function),
        cmocka_unit_test(test_limit_written_word_by_word_takes_effect_in_every_type_order_and_function),
        cmocka_unit_test(test_command_written_word_by_word_takes_effect),
        cmocka_unit_test(test_setting_written_word_by_word_takes_effect),
        cmocka_unit_test(test_part_that_makes_no_value_has_no_effect_until_it_does),
        cmocka_unit_test(test_part_of_a_value_is_forgotten_when_the_sensor_is_released_or_written_whole),
        cmocka_unit_test(test_part_of_a_limit_keeps_nobody_from_the_other_limits),
        cmocka_unit_test(test_part_of_what_a_controller_holds_is_refused_like_the_whole),
        cmocka_unit_test(test_parts_of_more_values_than_can_wait_are_busy_until_some_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
