/* The exercise as masters read it: from the files of the instructor's unit. */
#include "exercise.h"

#include <string.h>

#include "mbplant/image/exercise.h"

#define WORDS_AT_ONCE  100u
#define WORDS_PER_FILE 10000u

static uint32_t u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Reads it as a master does; "" = it is not there. Valid until the next. */
static const char *told(const struct exercise *exercise)
{
    static char text[MBP_EXERCISE_TEXT_MAX + 2 * WORDS_AT_ONCE];
    const struct mbp_image_unit *unit = mbp_image_unit(exercise->image, MBP_INSTRUCTOR_UNIT);
    uint8_t header[8];
    text[0] = '\0';
    if (mbp_image_read_file(unit, MBP_EXERCISE_FILE, 0, 4, header) != MBP_OK)
        return text;
    const uint32_t len = u32(header);
    const uint32_t end = 4 + (len + 1) / 2;
    assert_true(len <= MBP_EXERCISE_TEXT_MAX);
    for (uint32_t word = 4; word < end;) {
        uint32_t count = end - word < WORDS_AT_ONCE ? end - word : WORDS_AT_ONCE;
        if (count > WORDS_PER_FILE - word % WORDS_PER_FILE)
            count = WORDS_PER_FILE - word % WORDS_PER_FILE;
        assert_int_equal(mbp_image_read_file(unit, (uint16_t)(MBP_EXERCISE_FILE + word / WORDS_PER_FILE),
                                             (uint16_t)(word % WORDS_PER_FILE), (uint16_t)count,
                                             (uint8_t *)text + 2 * (size_t)(word - 4)),
                         MBP_OK);
        word += count;
    }
    text[len] = '\0';
    assert_int_equal(mbp_crc32(0, text, len), u32(header + 4));
    return text;
}

static void test_exercise_tells_what_began_and_nothing_of_what_comes(void **state)
{
    struct exercise *exercise = *state;
    assert_string_equal(told(exercise), ""); /* none plays */
    exercise_play(exercise,
                  "  - {at: 1s, note: \"It gets hot.\"}\n"
                  "  - inject: {sensor: TT101, value: 90}\n"
                  "  - expect: {alarm: TT101.high, within: 5s, points: 3}\n"
                  "  - expect: {machine: FILL1, state: maintenance, points: 4}\n"
                  "  - student: {acknowledge: FILL1, within: 4s, points: 2}\n"
                  "  - {at: 8s, expect: {alarm: PT101.low, within: 1s, points: 9}}\n",
                  false);
    assert_string_equal(told(exercise), "exercise\tA <\"test\">\t0\t10000\t0\t0\t4\t0\t0\t0\t0\t18\n");
    exercise_scan(exercise, 20);
    assert_string_equal(told(exercise),
                        "exercise\tA <\"test\">\t2000\t10000\t0\t0\t4\t1\t1\t3\t4\t18\n"
                        "note\t1000\tIt gets hot.\n"
                        "expectation\tTT101.high is raised within 5s\tmet\t1000\t1100\t3\t0\t\n"
                        "expectation\tFILL1 is maintenance\tmissed\t1000\t1100\t4\t0\tit is en_panne\n"
                        "expectation\tthe student acknowledges FILL1 within 4s\tnot decided\t1000\t\t2\t1\t\n");
}

static void test_exercise_that_is_passed_is_told_so(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - {at: 1s, student: {acknowledge: FILL1, within: 4s}}\n  - {at: 9s, note: End}\n",
                  false);
    exercise_scan(exercise, 5);
    mbp_image_write_words(mbp_image_unit(exercise->image, 1), 0, 1, (const uint8_t[]){0x03, 0x84},
                          (struct mbp_peer){STUDENT}); /* TT101 = 90 */
    exercise_scan(exercise, 10);
    exercise_coil(exercise, COIL_FILL1 + 3);
    exercise_scan(exercise, 10);
    assert_non_null(strstr(told(exercise), "\t10000\t0\t0\t1\t1\t0\t")); /* met, and more is to come */
    exercise_scan(exercise, 80);
    assert_non_null(strstr(told(exercise), "\t10000\t1\t1\t1\t1\t0\t"));
}

static void test_exercise_that_is_too_long_ends_with_a_whole_line(void **state)
{
    static char text[200000];
    struct exercise *exercise = *state;
    size_t len = 0;
    for (unsigned i = 0; i < 2000; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "  - {at: 1s, note: \"%060u\"}\n", i);
    exercise_play(exercise, text, false);
    exercise_scan(exercise, 20);
    const char *all = told(exercise);
    assert_in_range(strlen(all), MBP_EXERCISE_TEXT_MAX - 100, MBP_EXERCISE_TEXT_MAX);
    assert_int_equal(all[strlen(all) - 1], '\n');
}

static void test_exercise_ends_with_its_play(void **state)
{
    struct exercise *exercise = *state;
    exercise_play(exercise, "  - {at: 1s, note: A}\n", false);
    assert_string_not_equal(told(exercise), "");
    mbp_play_free(exercise->play);
    exercise->play = NULL;
    assert_string_equal(told(exercise), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXERCISE_TEST(test_exercise_tells_what_began_and_nothing_of_what_comes),
        EXERCISE_TEST(test_exercise_that_is_passed_is_told_so),
        EXERCISE_TEST(test_exercise_that_is_too_long_ends_with_a_whole_line),
        EXERCISE_TEST(test_exercise_ends_with_its_play),
    };
    return cmocka_run_group_tests_name("unit.scenario.tell", tests, NULL, NULL);
}
