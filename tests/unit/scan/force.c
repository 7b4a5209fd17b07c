/* Points that an instructor holds: what replaces what, what a reload makes of them, and what is told. */
#include <math.h>
#include <string.h>

#include "mbplant/state/forced.h"
#include "taught.h"

static const char plant[] = "mbplant: 1\n"
                            "name: Forced\n"
                            "instructor: true\n"
                            "units:\n"
                            "  - id: 1\n"
                            "    blocks: {default: none, summary: 30000, events: 31000}\n"
                            "    actuators:\n"
                            "      - {name: V1, kind: valve, register: {at: 6, type: float32}}\n"
                            "      - {name: P1, kind: pump, on_off: true, register: {at: coil 5}}\n"
                            "    points:\n"
                            "      - {at: holding 70, bit: 2, name: B2, value: true}\n"
                            "      - {at: holding 70, byte: high, name: HB, value: 7}\n"
                            "      - {at: input 75, bits: {0: P1}}\n"
                            "      - {at: holding 100, name: LEVEL, value: 2, type: float32}\n"
                            "    tables:\n"
                            "      holding_registers: [{at: 40, values: [1, 1]}]\n";

enum { V1 = 6, LEVEL = 100, BITS = 70, P1_BITS = 75, B2_MASK = 0x0004, HB_MASK = 0xFF00 };

static int setup(void **state)
{
    line_setup(state);
    struct line *line = *state;
    line_stop(line);
    line_start(line, plant);
    taught_scan(line, 1);
    return 0;
}
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, line_teardown)

/* A record, and one scan. */
static void ask(struct line *line, enum mbp_force_command command, uint16_t table, uint16_t addr, uint16_t count,
                const uint16_t values[MBP_SIM_FORCE_VALUES])
{
    uint16_t words[MBP_SIM_FORCE_WORDS + 1] = {1, table, addr, count};
    memcpy(words + MBP_SIM_FORCE_VALUE, values, MBP_SIM_FORCE_VALUES * sizeof *words);
    words[MBP_SIM_FORCE_WORDS] = (uint16_t)command;
    assert_int_equal(taught_write(line, MBP_SIM_HR_FORCE, MBP_SIM_FORCE_WORDS + 1, words), MBP_OK);
    taught_scan(line, 1);
}

static void hold(struct line *line, uint16_t addr, uint16_t count, uint16_t first, uint16_t second)
{
    ask(line, MBP_FORCE_HOLD, 4, addr, count, (const uint16_t[MBP_SIM_FORCE_VALUES]){first, second});
}

static void hold_float(struct line *line, uint16_t addr, double number)
{
    uint16_t words[MBP_SIM_FORCE_VALUES] = {0};
    mbp_codec_encode(MBP_FLOAT32, MBP_ABCD, 1.0, number, words);
    ask(line, MBP_FORCE_HOLD, 4, addr, 2, words);
}

static void hold_bits(struct line *line, uint16_t mask, uint16_t word)
{
    ask(line, MBP_FORCE_HOLD_BITS, 4, BITS, 1, (const uint16_t[MBP_SIM_FORCE_VALUES]){word, mask});
}

static void release(struct line *line, uint16_t table, uint16_t addr, uint16_t mask)
{
    ask(line, mask != 0 ? MBP_FORCE_RELEASE_BITS : MBP_FORCE_RELEASE, table, addr, 1,
        (const uint16_t[MBP_SIM_FORCE_VALUES]){0, mask});
}

static void release_all(struct line *line)
{
    ask(line, MBP_FORCE_RELEASE_ALL, 4, 0, 1, (const uint16_t[MBP_SIM_FORCE_VALUES]){0});
}

static double shown_as(const struct line *line, uint16_t addr, enum mbp_order order)
{
    const uint16_t words[2] = {line_holding(line, addr), line_holding(line, (uint16_t)(addr + 1))};
    return mbp_codec_decode(MBP_FLOAT32, order, 1.0, words);
}

static double shown(const struct line *line, uint16_t addr)
{
    return shown_as(line, addr, MBP_ABCD);
}

/* A checkpoint of what is now is one that a start takes. */
static void assert_state_is_taken(struct line *line)
{
    line_stop(line);
    line_start(line, plant);
    taught_scan(line, 1);
}

static const struct mbp_event *last_of(struct line *line, enum mbp_event_code code)
{
    line_read(line);
    for (size_t i = line->event_count; i > 0; i--) {
        if (line->events[i - 1].code == code)
            return &line->events[i - 1];
    }
    fail();
    return NULL;
}

static size_t told(struct line *line, enum mbp_event_code code)
{
    line_read(line);
    return line_count(line, code);
}

/* The plant with the first `what` in it made `with`. */
static void reload(struct line *line, const char *what, const char *with)
{
    char text[4096];
    const char *at = strstr(plant, what);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - plant), plant, with, at + strlen(what));
    line_change_to(line, text);
    taught_scan(line, 1);
}

/* ---- the newest replaces what it covers ------------------------------------------------------------------------- */

static void test_part_of_a_held_value_lets_the_value_go(void **state)
{
    struct line *line = *state;
    hold_float(line, LEVEL, 9);
    hold(line, LEVEL, 1, 16384, 0);
    assert_int_equal(taught_input(line, MBP_SIM_IR_FORCED_POINTS), 1);
    release_all(line);
    fixture_assert_number(shown(line, LEVEL), 2);
    assert_int_equal(told(line, MBP_EV_POINT_RELEASED), 2);
    assert_int_equal(taught_input(line, MBP_SIM_IR_FORCED_POINTS), 0);
    for (uint32_t i = 0; i < line->plant->stored_count; i++)
        assert_int_equal(mbp_scan_state(line->scan)->stored_held[i], 0);
    line_write_word(line, LEVEL, 0x40A0);
    taught_scan(line, 1);
    fixture_assert_number(shown(line, LEVEL), 5);
}

static void test_second_register_of_a_held_value_lets_the_value_go(void **state)
{
    struct line *line = *state;
    hold_float(line, LEVEL, 9);
    hold(line, LEVEL + 1, 1, 1, 0);
    assert_int_equal(line_holding(line, LEVEL), 0x4000);
    assert_int_equal(line_holding(line, LEVEL + 1), 1);
    assert_int_equal(taught_input(line, MBP_SIM_IR_FORCED_POINTS), 1);
}

static void test_whole_value_replaces_its_held_parts(void **state)
{
    struct line *line = *state;
    hold(line, LEVEL, 1, 16384, 0);
    hold(line, LEVEL + 1, 1, 7, 0);
    hold_float(line, LEVEL, 9);
    fixture_assert_number(shown(line, LEVEL), 9);
    assert_int_equal(taught_input(line, MBP_SIM_IR_FORCED_POINTS), 1);
    release(line, 4, LEVEL, 0);
    fixture_assert_number(shown(line, LEVEL), 2);
}

static void test_state_with_replaced_points_is_one_that_restore_and_restart_take(void **state)
{
    struct line *line = *state;
    struct mbp_state *copy;
    hold_float(line, LEVEL, 9);
    hold(line, LEVEL, 1, 16384, 0);
    const struct mbp_state *now = mbp_scan_state(line->scan);
    assert_int_equal(mbp_state_clone(now, &copy), MBP_OK);
    const size_t len = mbp_state_bytes(now);
    char *bytes = test_malloc(len);
    struct mbp_span spans[MBP_STATE_SPANS];
    size_t count = mbp_state_spans(now, spans);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(bytes + at, spans[i].bytes, spans[i].len);
        at += spans[i].len;
    }
    assert_int_equal(at, len);
    assert_int_equal(mbp_state_take(line->plant, copy, bytes, len), MBP_OK);
    mbp_state_free(copy);
    test_free(bytes);
    assert_state_is_taken(line);
    assert_int_equal(line_holding(line, LEVEL), 16384);
    assert_int_equal(taught_input(line, MBP_SIM_IR_FORCED_POINTS), 1);
}

static void test_register_replaces_its_held_bits_and_a_bit_the_register(void **state)
{
    struct line *line = *state;
    hold_bits(line, B2_MASK, 0);
    hold_bits(line, HB_MASK, 0x0300);
    assert_int_equal(line_holding(line, BITS), 0x0300);
    hold(line, BITS, 1, 0xFFFF, 0);
    assert_int_equal(line_holding(line, BITS), 0xFFFF);
    assert_int_equal(taught_input(line, MBP_SIM_IR_FORCED_POINTS), 1);
    release(line, 4, BITS, B2_MASK); /* it is held no more by itself */
    assert_int_equal(line_holding(line, BITS), 0xFFFF);
    hold_bits(line, B2_MASK, 0);
    assert_int_equal(line_holding(line, BITS), 0x0700);
    assert_int_equal(taught_input(line, MBP_SIM_IR_FORCED_POINTS), 1);
    assert_int_equal(told(line, MBP_EV_POINT_RELEASED), 3);
}

/* ---- what is asked ----------------------------------------------------------------------------------------------- */

static void test_number_that_is_none_holds_no_actuator(void **state)
{
    struct line *line = *state;
    hold_float(line, V1, NAN);
    assert_int_equal(taught_input(line, MBP_SIM_IR_FORCED_POINTS), 0);
    assert_int_equal(told(line, MBP_EV_POINT_FORCED), 0);
}

static void test_release_of_other_bits_leaves_the_actuator_and_the_value_held(void **state)
{
    struct line *line = *state;
    ask(line, MBP_FORCE_HOLD, 0, 5, 1, (const uint16_t[MBP_SIM_FORCE_VALUES]){1});
    hold_float(line, LEVEL, 9);
    release(line, 3, P1_BITS, 0x0002);
    release(line, 4, LEVEL, 0x0001);
    assert_true(line_coil(line, 5));
    fixture_assert_number(shown(line, LEVEL), 9);
    release(line, 3, P1_BITS, 0x0001); /* the actuator's own, where else it stands */
    assert_false(line_coil(line, 5));
}

static void test_number_beyond_the_range_is_told_and_listed_as_it_is_held(void **state)
{
    struct line *line = *state;
    hold_float(line, V1, 150);
    const struct mbp_event *event = last_of(line, MBP_EV_POINT_FORCED);
    fixture_assert_number(event->value, 100);
    const uint16_t words[2] = {taught_input(line, MBP_SIM_IR_FORCED + MBP_SIM_FORCE_VALUE),
                               taught_input(line, MBP_SIM_IR_FORCED + MBP_SIM_FORCE_VALUE + 1)};
    fixture_assert_number(mbp_codec_decode(MBP_FLOAT32, MBP_ABCD, 1.0, words), 100);
}

static void test_same_again_with_other_words_behind_it_is_not_told(void **state)
{
    struct line *line = *state;
    ask(line, MBP_FORCE_HOLD, 4, 40, 1, (const uint16_t[MBP_SIM_FORCE_VALUES]){9, 0, 0, 0});
    ask(line, MBP_FORCE_HOLD, 4, 40, 1, (const uint16_t[MBP_SIM_FORCE_VALUES]){9, 1, 2, 3});
    hold_bits(line, B2_MASK, 0);
    hold_bits(line, B2_MASK, 0xFF00);
    assert_int_equal(told(line, MBP_EV_POINT_FORCED), 2);
}

/* ---- a reload ---------------------------------------------------------------------------------------------------- */

#define LEVEL_ROW "LEVEL, value: 2, type: float32"

static void test_reload_with_another_order_goes_on_with_the_number(void **state)
{
    struct line *line = *state;
    hold_float(line, LEVEL, 9);
    reload(line, LEVEL_ROW, LEVEL_ROW ", order: CDAB");
    fixture_assert_number(shown_as(line, LEVEL, MBP_CDAB), 9);
    assert_int_equal(told(line, MBP_EV_POINT_RELEASED), 0);
}

static void test_reload_with_another_type_and_scale_goes_on_with_the_number(void **state)
{
    struct line *line = *state;
    hold_float(line, LEVEL, 9);
    reload(line, LEVEL_ROW, "LEVEL, value: 2, type: int16, scale: 0.1");
    assert_int_equal(line_holding(line, LEVEL), 90);
    assert_int_equal(taught_input(line, MBP_SIM_IR_FORCED_POINTS), 1);
}

static void test_reload_with_a_type_that_the_number_does_not_fit_lets_it_go_and_tells(void **state)
{
    struct line *line = *state;
    hold_float(line, LEVEL, 1000);
    reload(line, LEVEL_ROW, "LEVEL, value: 2, type: int16, scale: 0.01");
    assert_int_equal(line_holding(line, LEVEL), 200);
    assert_int_equal(taught_input(line, MBP_SIM_IR_FORCED_POINTS), 0);
    const struct mbp_event *event = last_of(line, MBP_EV_POINT_RELEASED);
    fixture_assert_number(event->limit, 1000);
    fixture_assert_number(event->value, 2);
    assert_int_equal(event->actor, LINE_PEER);
}

static void test_reload_that_has_the_value_no_more_tells_that_it_is_let_go(void **state)
{
    struct line *line = *state;
    hold_float(line, LEVEL, 9);
    reload(line, "      - {at: holding 100, name: " LEVEL_ROW "}\n", "");
    assert_int_equal(taught_input(line, MBP_SIM_IR_FORCED_POINTS), 0);
    assert_int_equal(told(line, MBP_EV_POINT_RELEASED), 1);
}

static void test_reload_that_moves_a_value_onto_a_held_address_holds_one_of_them_and_tells(void **state)
{
    struct line *line = *state;
    hold_float(line, LEVEL, 9);
    hold(line, 40, 1, 5, 0);
    reload(line,
           "      - {at: holding 100, name: " LEVEL_ROW "}\n"
           "    tables:\n"
           "      holding_registers: [{at: 40, values: [1, 1]}]\n",
           "      - {at: holding 40, name: " LEVEL_ROW "}\n");
    assert_int_equal(taught_input(line, MBP_SIM_IR_FORCED_POINTS), 1);
    assert_int_equal(told(line, MBP_EV_POINT_RELEASED), 1);
    release_all(line);
    fixture_assert_number(shown(line, 40), 2);
    assert_int_equal(mbp_scan_state(line->scan)->stored_held[line->plant->stored_count - 1], 0);
}

static void test_reload_keeps_an_actuator_held_by_a_bit(void **state)
{
    struct line *line = *state;
    ask(line, MBP_FORCE_HOLD_BITS, 3, P1_BITS, 1, (const uint16_t[MBP_SIM_FORCE_VALUES]){1, 1});
    assert_true(line_coil(line, 5));
    reload(line, "name: Forced\n", "name: Forced again\n");
    assert_true(line_coil(line, 5));
    assert_int_equal(taught_input(line, MBP_SIM_IR_FORCED_POINTS), 1);
    assert_int_equal(told(line, MBP_EV_POINT_RELEASED), 0);
}

static void test_reload_that_moves_an_actuator_lets_it_go_and_tells(void **state)
{
    struct line *line = *state;
    ask(line, MBP_FORCE_HOLD, 0, 5, 1, (const uint16_t[MBP_SIM_FORCE_VALUES]){1});
    reload(line, "at: coil 5", "at: coil 15");
    assert_int_equal(taught_input(line, MBP_SIM_IR_FORCED_POINTS), 0);
    assert_int_equal(told(line, MBP_EV_POINT_RELEASED), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_part_of_a_held_value_lets_the_value_go),
        TEST(test_second_register_of_a_held_value_lets_the_value_go),
        TEST(test_whole_value_replaces_its_held_parts),
        TEST(test_state_with_replaced_points_is_one_that_restore_and_restart_take),
        TEST(test_register_replaces_its_held_bits_and_a_bit_the_register),
        TEST(test_number_that_is_none_holds_no_actuator),
        TEST(test_release_of_other_bits_leaves_the_actuator_and_the_value_held),
        TEST(test_number_beyond_the_range_is_told_and_listed_as_it_is_held),
        TEST(test_same_again_with_other_words_behind_it_is_not_told),
        TEST(test_reload_with_another_order_goes_on_with_the_number),
        TEST(test_reload_with_another_type_and_scale_goes_on_with_the_number),
        TEST(test_reload_with_a_type_that_the_number_does_not_fit_lets_it_go_and_tells),
        TEST(test_reload_that_has_the_value_no_more_tells_that_it_is_let_go),
        TEST(test_reload_that_moves_a_value_onto_a_held_address_holds_one_of_them_and_tells),
        TEST(test_reload_keeps_an_actuator_held_by_a_bit),
        TEST(test_reload_that_moves_an_actuator_lets_it_go_and_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
