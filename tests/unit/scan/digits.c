/* 64-bit integers: what a master wrote reads back to the last digit, although the plant reckons with 53 bits. */
#include <string.h>

#include "line.h"
#include "mbplant/change.h"

#define WORDS 4u

static const char yaml[] =
    "mbplant: 1\n"
    "units:\n"
    "  - id: 1\n"
    "    machines:\n"
    "      - name: M1\n"
    "        sensors:\n"
    "          - {name: U, kind: generic, register: {at: 100, type: uint64}}\n"
    "          - {name: I, kind: generic, register: {at: 104, type: int64, order: CDAB}}\n"
    "          - {name: E, kind: generic, register: {at: 108, type: uint64, scale: 0.01, order: BADC}}\n"
    "        actuators: [{name: V, range: [0, 18446744073709551615], register: {at: 112, type: uint64}}]\n";

static const uint16_t at[] = {100, 104, 108, 112};

static const uint64_t numbers[] = {
    UINT64_C(0x0020000000000001), /* 2^53 + 1 */
    UINT64_C(0x0020000000000002),
    UINT64_C(0x00200000FFFFFFFF),
    UINT64_C(0x7FFFFFFFFFFFFFFF),
    UINT64_C(0x7FFFFFFFFFFFFFFE),
    UINT64_C(0xFFFFFFFFFFFFFFFF), /* 2^64 - 1; of an int64 -1 */
    UINT64_C(0xFFFFFFFFFFFFFFFE),
    UINT64_C(0x8000000000000001),
    UINT64_C(0x0123456789ABCDEF),
    1,
    0,
};

static int set_up(void **state)
{
    line_setup(state);
    line_stop(*state);
    line_start(*state, yaml);
    return 0;
}

static void put(struct line *line, uint16_t addr, uint64_t number)
{
    const uint16_t words[WORDS] = {(uint16_t)(number >> 48), (uint16_t)(number >> 32), (uint16_t)(number >> 16),
                                   (uint16_t)number};
    assert_int_equal(line_write(line, addr, WORDS, words), MBP_OK);
}

static void expect(const struct line *line, uint16_t addr, uint64_t number)
{
    for (uint16_t i = 0; i < WORDS; i++)
        assert_int_equal(line_holding(line, (uint16_t)(addr + i)), number >> 16 * (WORDS - 1 - i) & 0xFFFF);
}

/* The number's words as they are written; the order only says what number they are. */
static void test_number_written_reads_back_to_the_last_digit_scan_after_scan(void **state)
{
    struct line *line = *state;
    for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++) {
        for (size_t i = 0; i < sizeof at / sizeof at[0]; i++)
            put(line, at[i], numbers[n]);
        for (unsigned scan = 0; scan < 3; scan++) {
            line_scan(line, 1);
            for (size_t i = 0; i < sizeof at / sizeof at[0]; i++)
                expect(line, at[i], numbers[n]);
        }
    }
}

static void test_number_that_the_process_gives_is_the_nearest_that_a_double_has(void **state)
{
    struct line *line = *state;
    put(line, at[0], UINT64_C(0x0020000000000001));
    line_scan(line, 1);
    assert_int_equal(line_write_coil(line, 1000, false), MBP_OK); /* released */
    line_scan(line, 1);
    expect(line, at[0], 0);
}

static void test_limit_written_reads_back_to_the_last_digit(void **state)
{
    struct line *line = *state;
    const uint16_t high = (uint16_t)(line->plant->sensors[0].reg.limits_addr + MBP_HIGH * WORDS);
    put(line, high, UINT64_C(0x0020000000000001));
    line_scan(line, 2);
    expect(line, high, UINT64_C(0x0020000000000001));
    put(line, high, UINT64_C(0x8000000000000000)); /* unused */
    line_scan(line, 2);
    expect(line, high, UINT64_C(0x8000000000000000));
}

static void test_digits_outlive_a_change_of_the_plant(void **state)
{
    struct line *line = *state;
    struct mbp_plant *plant = fixture_plant(yaml);
    struct mbp_image *image;
    struct mbp_change *change;
    struct mbp_next_scan *next;
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++)
        put(line, at[i], UINT64_C(0x0020000000000001) + 2 * i);
    line_scan(line, 1);
    assert_int_equal(mbp_image_new(plant, &image), MBP_OK);
    assert_int_equal(mbp_change_find(line->plant, plant, &change), MBP_OK);
    assert_int_equal(mbp_next_scan_new(plant, image, change, &next), MBP_OK);
    assert_int_equal(mbp_scan_change(line->scan, next, LINE_PEER), MBP_OK);
    mbp_change_free(change);
    mbp_image_free(line->image);
    assert_int_equal(mbp_journal_flush(line->journal), MBP_OK);
    mbp_journal_hand_over(line->journal);
    mbp_plant_free(line->plant);
    line->plant = plant;
    line->image = image;
    line->unit = mbp_image_unit(image, 1);
    line_scan(line, 2);
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++)
        expect(line, at[i], UINT64_C(0x0020000000000001) + 2 * i);
}

static void test_digits_outlive_a_restart(void **state)
{
    struct line *line = *state;
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++)
        put(line, at[i], UINT64_C(0x0020000000000001) + 2 * i);
    line_scan(line, 1);
    line_stop(line);
    line_start(line, yaml);
    line_scan(line, 2);
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++)
        expect(line, at[i], UINT64_C(0x0020000000000001) + 2 * i);
}

#define DIGITS_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, line_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIGITS_TEST(test_number_written_reads_back_to_the_last_digit_scan_after_scan),
        DIGITS_TEST(test_number_that_the_process_gives_is_the_nearest_that_a_double_has),
        DIGITS_TEST(test_limit_written_reads_back_to_the_last_digit),
        DIGITS_TEST(test_digits_outlive_a_change_of_the_plant),
        DIGITS_TEST(test_digits_outlive_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
