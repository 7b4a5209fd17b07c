/* A view's members in words and back: every field of every block. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/map.h"
#include "mbplant/view.h"
#include "plant_fixture.h"

union view {
    struct mbp_summary_view summary;
    struct mbp_machine_view machine;
    struct mbp_sensor_view sensor;
    struct mbp_actuator_view actuator;
    struct mbp_controller_view controller;
    struct mbp_sim_view sim;
    unsigned char bytes[512];
};

static const struct mbp_register registers[] = {
    {.scale = 0.5, .words = 1, .type = MBP_INT16, .order = MBP_ABCD},
    {.scale = 1, .words = 2, .type = MBP_FLOAT32, .order = MBP_CDAB},
    {.scale = 1, .words = 4, .type = MBP_FLOAT64, .order = MBP_BADC},
    {.scale = 2, .words = 4, .type = MBP_INT64, .order = MBP_DCBA},
    {.scale = 0.25, .words = 2, .type = MBP_UINT32, .order = MBP_DCBA},
};

/* A number that the field can show, another one for each field. */
static void set_member(const struct mbp_map_field *field, unsigned salt, union view *view)
{
    unsigned char *at = view->bytes + field->member.at;
    uint64_t whole = 1 + salt % 7;
    double number = 2.0 * (1 + salt % 50);
    if (field->form == MBP_FORM_NIBBLES) {
        for (unsigned i = 0; i < field->nibbles; i++)
            at[i] = (unsigned char)((salt + i) % 9);
        return;
    }
    switch ((enum mbp_member_kind)field->member.kind) {
    case MBP_MEMBER_BOOL:
        *(bool *)at = salt % 2 != 0;
        break;
    case MBP_MEMBER_U8:
        *at = (unsigned char)whole;
        break;
    case MBP_MEMBER_U16:
        memcpy(at, &(uint16_t){(uint16_t)whole}, 2);
        break;
    case MBP_MEMBER_U32:
        memcpy(at, &(uint32_t){(uint32_t)whole}, 4);
        break;
    case MBP_MEMBER_U64:
        whole = (uint64_t)salt << 33 | 5;
        memcpy(at, &whole, 8);
        break;
    case MBP_MEMBER_DOUBLE:
        memcpy(at, &number, 8);
        break;
    case MBP_MEMBER_NONE:
        break;
    }
}

static void assert_block_goes_there_and_back(unsigned b, const struct mbp_register *reg, unsigned salt)
{
    static uint16_t words[2048], again[2048];
    static uint8_t bits[64], bits_again[64];
    union view view = {.bytes = {0}};
    union view back = {.bytes = {0}};
    bool is_bits = mbp_map[b].table == MBP_COILS || mbp_map[b].table == MBP_DISCRETE_INPUTS;
    for (unsigned f = 0; f < mbp_map[b].field_count; f++)
        set_member(&mbp_map[b].fields[f], salt + 3 * f, &view);
    memset(words, 0, sizeof words);
    memset(again, 0, sizeof again);
    memset(bits, 0, sizeof bits);
    memset(bits_again, 0, sizeof bits_again);
    if (is_bits) {
        mbp_map_encode_bits(b, &view, bits);
        mbp_map_decode_bits(b, bits, &back);
        mbp_map_encode_bits(b, &back, bits_again);
    } else {
        mbp_map_encode_words(b, reg, &view, words);
        mbp_map_decode_words(b, reg, words, &back);
        mbp_map_encode_words(b, reg, &back, again);
    }
    assert_memory_equal(view.bytes, back.bytes, sizeof view.bytes);
    assert_memory_equal(words, again, sizeof words);
    assert_memory_equal(bits, bits_again, sizeof bits);
}

static void test_every_block_goes_into_words_and_back(void **state)
{
    (void)state;
    for (unsigned b = 0; b < mbp_map_count; b++) {
        bool own = mbp_map[b].place == MBP_PLACE_VALUE || mbp_map[b].place == MBP_PLACE_LIMITS ||
                   mbp_map[b].place == MBP_PLACE_COMMAND;
        for (unsigned salt = 0; salt < 40; salt++) {
            for (size_t r = 0; r < sizeof registers / sizeof registers[0]; r++)
                assert_block_goes_there_and_back(b, own ? &registers[r] : NULL, salt);
        }
    }
}

static void encode_changes(unsigned block, const void *view, uint64_t differ, uint16_t *words)
{
    for (unsigned f = 0; f < mbp_map[block].field_count; f++) {
        const struct mbp_map_field *field = &mbp_map[block].fields[f];
        if ((mbp_map_field_pieces(field) & differ) != 0)
            mbp_map_encode_field(field, view, words + field->offset);
    }
}

/* Every field in turn is the one that changed. */
static void test_changes_make_the_words_that_all_fields_make(void **state)
{
    (void)state;
    static uint16_t words[2048], whole[2048];
    for (unsigned b = 0; b < mbp_map_count; b++) {
        if (mbp_map[b].place != MBP_PLACE_STRIDE || mbp_map[b].table == MBP_COILS ||
            mbp_map[b].table == MBP_DISCRETE_INPUTS)
            continue;
        for (unsigned f = 0; f < mbp_map[b].field_count; f++) {
            union view before = {.bytes = {0}};
            for (unsigned g = 0; g < mbp_map[b].field_count; g++)
                set_member(&mbp_map[b].fields[g], g, &before);
            union view view = before;
            set_member(&mbp_map[b].fields[f], f + 1, &view);
            mbp_map_encode_words(b, NULL, &before, words);
            encode_changes(b, &view, mbp_map_differences(&view, &before, sizeof view), words);
            mbp_map_encode_words(b, NULL, &before, whole);
            mbp_map_encode_words(b, NULL, &view, whole);
            assert_memory_equal(words, whole, sizeof words);
        }
    }
}

static void test_differences_of_equal_views_are_none_and_of_each_byte_are_seen(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 600; size += 7) {
        uint8_t before[600] = {0};
        uint8_t view[600] = {0};
        assert_true(mbp_map_differences(view, before, size) == 0);
        for (size_t at = 0; at < sizeof view; at++) {
            view[at] = 0x80;
            assert_int_equal(mbp_map_differences(view, before, size) != 0, at < size);
            view[at] = 0;
        }
    }
}

static void test_changes_write_what_differs_and_leave_other_words_alone(void **state)
{
    (void)state;
    uint16_t words[64];
    memset(words, 0xA5, sizeof words);
    const struct mbp_summary_view before = {.scans = 1, .machines = 2};
    struct mbp_summary_view view = before;
    view.scans = 7;
    encode_changes(MBP_MAP_SUMMARY, &view, mbp_map_differences(&view, &before, sizeof view), words);
    assert_int_equal(mbp_words_u32(words + 14), 7);
    for (unsigned i = 0; i < 64; i++) /* but for its neighbours in the view */
        assert_true(words[i] == 0xA5A5 || (i >= 12 && i < 18));
}

static void test_number_too_large_for_its_register_stops_at_its_end(void **state)
{
    (void)state;
    uint16_t words[24] = {0};
    const struct mbp_summary_view view = {.active_alarms = 70000, .scan_longest_us = 65536, .machines = 65535};
    mbp_map_encode_words(MBP_MAP_SUMMARY, NULL, &view, words);
    assert_int_equal(words[1], 65535);
    assert_int_equal(words[6], 65535);
    assert_int_equal(words[17], 65535);
}

/* 65535 says "none" there, so a number that large stops before it; none stays none in both directions. */
static void test_none_stands_apart_from_every_number(void **state)
{
    (void)state;
    uint16_t words[16] = {0};
    struct mbp_machine_view view = {.refused_state = MBP_VIEW_NONE,
                                    .refused_sensor = 70000,
                                    .until_due_s = MBP_VIEW_NONE,
                                    .until_due_cycles = MBP_VIEW_NONE - 1,
                                    .maintenance_left_s = 65535};
    struct mbp_machine_view back = {0};
    mbp_map_encode_words(MBP_MAP_UPKEEP, NULL, &view, words);
    assert_int_equal(words[0], 0xFFFF);
    assert_int_equal(words[2], 0xFFFE);
    assert_int_equal(mbp_words_u32(words + 7), UINT32_MAX);
    assert_int_equal(mbp_words_u32(words + 9), UINT32_MAX - 1);
    assert_int_equal(words[15], 0xFFFE);
    mbp_map_decode_words(MBP_MAP_UPKEEP, NULL, words, &back);
    assert_int_equal(back.refused_state, MBP_VIEW_NONE);
    assert_int_equal(back.until_due_s, MBP_VIEW_NONE);
    assert_int_equal(back.maintenance_left_s, 0xFFFE);
}

static void test_unused_limit_is_no_number_in_both_directions(void **state)
{
    (void)state;
    uint16_t words[4] = {0};
    const struct mbp_sensor_view view = {.limit = {NAN, 10, 85, NAN}};
    struct mbp_sensor_view back = {.value = 0};
    mbp_map_encode_words(MBP_MAP_LIMITS, &registers[0], &view, words);
    assert_int_equal(words[0], 0x8000);
    assert_int_equal(words[1], 20);
    mbp_map_decode_words(MBP_MAP_LIMITS, &registers[0], words, &back);
    assert_true(isnan(back.limit[MBP_LOW_LOW]) && isnan(back.limit[MBP_HIGH_HIGH]));
    assert_same_number(back.limit[MBP_HIGH], 85);
}

/* A register of the map's own type holds a float; what a sensor's own register holds is its own affair. */
static void test_view_as_read_is_as_precise_as_its_registers(void **state)
{
    (void)state;
    struct mbp_plant *plant = NULL;
    struct mbp_actuator_view view = {.position = 1.0 / 3, .command = 0.1};
    static const char text[] = "mbplant: 1\nname: P\nunits:\n  - id: 1\n    actuators:\n"
                               "      - {name: V1, kind: valve}\n"
                               "  - id: 2\n    blocks: none\n    actuators:\n      - {name: V2, kind: valve}\n";
    assert_int_equal(mbp_plant_parse("p.yaml", (struct mbp_text){text, sizeof text - 1}, stderr, &plant), MBP_OK);
    struct mbp_actuator_view hidden = view;
    mbp_map_as_read(plant, &plant->units[0], MBP_PER_ACTUATOR, 0, &view);
    mbp_map_as_read(plant, &plant->units[1], MBP_PER_ACTUATOR, 1, &hidden);
    assert_same_number(view.position, (double)(float)(1.0 / 3));
    assert_same_number(view.command, (double)0.1F);
    assert_same_number(hidden.position, 1.0 / 3);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_block_goes_into_words_and_back),
        cmocka_unit_test(test_changes_make_the_words_that_all_fields_make),
        cmocka_unit_test(test_differences_of_equal_views_are_none_and_of_each_byte_are_seen),
        cmocka_unit_test(test_changes_write_what_differs_and_leave_other_words_alone),
        cmocka_unit_test(test_number_too_large_for_its_register_stops_at_its_end),
        cmocka_unit_test(test_none_stands_apart_from_every_number),
        cmocka_unit_test(test_unused_limit_is_no_number_in_both_directions),
        cmocka_unit_test(test_view_as_read_is_as_precise_as_its_registers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
