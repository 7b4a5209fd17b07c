/* Files and FIFO queues. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "mbplant/image/exercise.h"
#include "mbplant/names.h"

#define MISSING MBP_EX_ILLEGAL_DATA_ADDRESS

static const char yaml[] =
    "mbplant: 1\n"
    "name: Files\n"
    "units:\n"
    "  - id: 1\n"
    "    tables:\n"
    "      files: [{number: 1, values: [10, 11, 12]}, {number: 899, count: 10000}]\n"
    "      fifos: [{at: 5, values: [440, 4740]}, {at: 6, values: []}]\n"
    "  - id: 2\n"
    "    tables: {files: [{number: 1, values: [20]}]}\n"
    "  - id: 3\n"
    "    tables: {files: [{number: 800, values: [30]}]}\n"; /* odd length: the last byte stands alone */

struct files {
    struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_image_unit *unit;
};

static int setup(void **state)
{
    struct files *files = calloc(1, sizeof *files);
    assert_non_null(files);
    files->plant = fixture_plant(yaml);
    assert_int_equal(mbp_image_new(files->plant, &files->image), MBP_OK);
    files->unit = mbp_image_unit(files->image, 1);
    *state = files;
    return 0;
}

static int teardown(void **state)
{
    struct files *files = *state;
    mbp_image_free(files->image);
    mbp_plant_free(files->plant);
    free(files);
    return 0;
}

static enum mbp_status read_words(const struct files *files, uint16_t file, uint16_t record, uint16_t count,
                                  uint16_t *words)
{
    uint8_t bytes[250];
    enum mbp_status status = mbp_image_read_file(files->unit, file, record, count, bytes);
    for (uint16_t i = 0; status == MBP_OK && i < count; i++)
        words[i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    return status;
}

static void test_file_declared_is_read_from_any_record_to_its_end(void **state)
{
    struct files *files = *state;
    uint16_t words[3];
    assert_int_equal(read_words(files, 1, 0, 3, words), MBP_OK);
    assert_int_equal(words[0], 10);
    assert_int_equal(words[2], 12);
    assert_int_equal(read_words(files, 1, 2, 1, words), MBP_OK);
    assert_int_equal(words[0], 12);
    assert_int_equal(read_words(files, 899, 9999, 1, words), MBP_OK);
}

static void test_file_read_beyond_its_end_or_undeclared_is_02(void **state)
{
    struct files *files = *state;
    uint16_t words[4];
    assert_int_equal(read_words(files, 1, 0, 4, words), MISSING);
    assert_int_equal(read_words(files, 1, 3, 1, words), MISSING);
    assert_int_equal(read_words(files, 1, 65535, 1, words), MISSING);
    assert_int_equal(read_words(files, 899, 9999, 2, words), MISSING);
    assert_int_equal(read_words(files, 2, 0, 1, words), MISSING);
    assert_int_equal(read_words(files, 0, 0, 1, words), MISSING);
}

static void test_file_written_reads_back_and_only_in_its_unit(void **state)
{
    struct files *files = *state;
    static const uint8_t bytes[4] = {0xBE, 0xEF, 0x00, 0x01};
    uint16_t words[3];
    uint8_t other[2];
    assert_int_equal(mbp_image_write_file(files->unit, 1, 1, 2, bytes, (struct mbp_peer){1}), MBP_OK);
    assert_int_equal(read_words(files, 1, 0, 3, words), MBP_OK);
    assert_int_equal(words[0], 10);
    assert_int_equal(words[1], 0xBEEF);
    assert_int_equal(words[2], 1);
    assert_int_equal(mbp_image_read_file(mbp_image_unit(files->image, 2), 1, 0, 1, other), MBP_OK);
    assert_int_equal(other[1], 20);
}

static void test_file_that_is_not_declared_cannot_be_written(void **state)
{
    struct files *files = *state;
    static const uint8_t bytes[8] = {0};
    uint16_t words[1];
    assert_int_equal(mbp_image_write_file(files->unit, 1, 0, 4, bytes, (struct mbp_peer){1}), MISSING);
    assert_int_equal(mbp_image_write_file(files->unit, 2, 0, 1, bytes, (struct mbp_peer){1}), MISSING);
    assert_int_equal(mbp_image_may_write_file(files->unit, MBP_PLANT_FIRST_FILE, 0, 1), MISSING);
    assert_int_equal(mbp_image_may_write_file(files->unit, MBP_JOURNAL_FIRST_FILE, 0, 1), MISSING);
    assert_int_equal(read_words(files, 1, 0, 1, words), MBP_OK);
    assert_int_equal(words[0], 10);
}

static void test_file_900_holds_the_plants_length_checksum_and_text(void **state)
{
    struct files *files = *state;
    uint16_t words[120];
    size_t len = strlen(yaml);
    size_t count = 4 + (len + 1) / 2;
    assert_int_equal(read_words(files, MBP_PLANT_FIRST_FILE, 0, 4, words), MBP_OK);
    assert_int_equal((uint32_t)words[0] << 16 | words[1], len);
    assert_int_equal((uint32_t)words[2] << 16 | words[3], mbp_crc32(0, yaml, len));
    for (size_t w = 4; w < count; w++) {
        char second = 2 * (w - 4) + 1 < len ? yaml[2 * (w - 4) + 1] : '\0'; /* padded with a zero */
        assert_int_equal(read_words(files, MBP_PLANT_FIRST_FILE, (uint16_t)w, 1, words), MBP_OK);
        assert_int_equal(words[0], yaml[2 * (w - 4)] << 8 | second);
    }
    assert_int_equal(read_words(files, MBP_PLANT_FIRST_FILE, (uint16_t)count, 1, words), MISSING);
    assert_int_equal(read_words(files, MBP_PLANT_FIRST_FILE, (uint16_t)(count - 1), 2, words), MISSING);
    assert_int_equal(read_words(files, MBP_PLANT_FIRST_FILE + 1, 0, 1, words), MISSING);
}

/* 25,000 bytes go on in the next file. */
static void test_file_900_tells_the_faults_to_the_instructor_alone(void **state)
{
    (void)state;
    static const char whole[] = "mbplant: 1\ninstructor: true\nunits: [{id: 1, sensors: [{name: S}]}]\n"
                                "faults: [{name: F, kind: stuck, sensor: S}]\n";
    const size_t cut = (size_t)(strstr(whole, "faults") - whole);
    struct mbp_plant *plant = fixture_plant(whole);
    struct mbp_image *image;
    uint16_t words[8];
    assert_int_equal(mbp_image_new(plant, &image), MBP_OK);
    struct files all = {plant, image, mbp_image_unit(image, MBP_INSTRUCTOR_UNIT)};
    assert_int_equal(read_words(&all, 900, 0, 4, words), MBP_OK);
    assert_int_equal(words[1], sizeof whole - 1);
    assert_int_equal((uint32_t)words[2] << 16 | words[3], mbp_crc32(0, whole, sizeof whole - 1));
    assert_int_equal(read_words(&all, 900, (uint16_t)(4 + cut / 2), 1, words), MBP_OK);
    all.unit = mbp_image_unit(image, 1);
    assert_int_equal(read_words(&all, 900, 0, 4, words), MBP_OK);
    assert_int_equal(words[1], cut);
    assert_int_equal((uint32_t)words[2] << 16 | words[3], mbp_crc32(0, whole, cut));
    assert_int_equal(read_words(&all, 900, (uint16_t)(4 + (cut + 1) / 2), 1, words), MISSING);
    mbp_image_free(image);
    mbp_plant_free(plant);
}

static void test_file_901_goes_on_where_900_is_full(void **state)
{
    (void)state;
    size_t head = strlen(yaml);
    char *text = malloc(25000 + 1);
    assert_non_null(text);
    memcpy(text, yaml, head);
    memset(text + head, '#', 25000 - head);
    text[25000] = '\0';
    memcpy(text + 2 * 9996, "XY", 2); /* record 0 of file 901 */
    struct mbp_plant *plant = fixture_plant(text);
    struct mbp_image *image;
    uint8_t bytes[4];
    assert_int_equal(mbp_image_new(plant, &image), MBP_OK);
    struct mbp_image_unit *unit = mbp_image_unit(image, 1);
    assert_int_equal(mbp_image_read_file(unit, 900, 9999, 1, bytes), MBP_OK);
    assert_memory_equal(bytes, "##", 2);
    assert_int_equal(mbp_image_read_file(unit, 901, 0, 2, bytes), MBP_OK);
    assert_memory_equal(bytes, "XY##", 4);
    assert_int_equal(mbp_image_read_file(unit, 901, 2503, 1, bytes), MBP_OK);
    assert_int_equal(mbp_image_read_file(unit, 901, 2504, 1, bytes), MISSING);
    assert_int_equal(mbp_image_read_file(unit, 900, 9999, 2, bytes), MISSING); /* a read does not go over files */
    mbp_image_free(image);
    mbp_plant_free(plant);
    free(text);
}

static enum mbp_status read_journal(void *ctx, uint16_t file, uint16_t record, uint16_t count, uint16_t *words)
{
    if (file != 1000 || record + count > *(const uint16_t *)ctx)
        return MISSING;
    for (uint16_t i = 0; i < count; i++)
        words[i] = (uint16_t)(0x4000 + record + i);
    return MBP_OK;
}

static void test_files_from_1000_are_the_sources(void **state)
{
    struct files *files = *state;
    uint16_t records = 140;
    uint16_t words[140] = {0};
    assert_int_equal(read_words(files, 1000, 0, 1, words), MISSING); /* there is none yet */
    mbp_image_set_files(files->image, (struct mbp_file_source){read_journal, NULL, &records, NULL, NULL});
    assert_int_equal(read_words(files, 1000, 20, 120, words), MBP_OK);
    assert_int_equal(words[0], 0x4014);
    assert_int_equal(words[119], 0x408B);
    assert_int_equal(read_words(files, 1000, 21, 120, words), MISSING);
    assert_int_equal(read_words(files, 1001, 0, 1, words), MISSING);
}

static enum mbp_status any_file(void *ctx, uint16_t file, uint16_t record, uint16_t count, uint16_t *words)
{
    (void)ctx;
    (void)record;
    for (uint16_t i = 0; i < count; i++)
        words[i] = file;
    return MBP_OK;
}

static void test_files_of_names_are_the_sources_where_the_unit_has_none_there(void **state)
{
    struct files *files = *state;
    uint16_t words[2] = {0};
    mbp_image_set_files(files->image, (struct mbp_file_source){any_file, NULL, NULL, NULL, NULL});
    assert_int_equal(read_words(files, MBP_NAMES_INDEX_FILE - 1, 0, 1, words), MISSING);
    assert_int_equal(read_words(files, MBP_NAMES_INDEX_FILE, 0, 2, words), MBP_OK);
    assert_int_equal(words[1], MBP_NAMES_INDEX_FILE);
    assert_int_equal(read_words(files, MBP_NAMES_END_FILE - 1, 0, 1, words), MBP_OK);
    assert_int_equal(read_words(files, MBP_NAMES_END_FILE, 0, 1, words), MISSING);
    files->unit = mbp_image_unit(files->image, 3); /* declares one among them */
    assert_int_equal(read_words(files, 800, 0, 1, words), MBP_OK);
    assert_int_equal(words[0], 30);
    assert_int_equal(read_words(files, MBP_NAMES_INDEX_FILE, 0, 1, words), MISSING);
}

/* A struct mbp_text, as it is now. */
static size_t tell(void *ctx, char *text, size_t size)
{
    const struct mbp_text *now = ctx;
    assert_true(now->len <= size);
    memcpy(text, now->bytes, now->len);
    return now->len;
}

static struct files with_instructor(void)
{
    struct files files = {.plant = fixture_plant("mbplant: 1\ninstructor: true\nunits: [{id: 1}]\n")};
    assert_int_equal(mbp_image_new(files.plant, &files.image), MBP_OK);
    files.unit = mbp_image_unit(files.image, MBP_INSTRUCTOR_UNIT);
    return files;
}

static void test_exercise_is_a_file_of_the_instructors_unit_while_it_plays(void **state)
{
    (void)state;
    struct mbp_text text = {"exercise\tA\n", 11};
    static const uint8_t bytes[2] = {0};
    struct files files = with_instructor();
    uint16_t words[10] = {0};
    assert_int_equal(read_words(&files, MBP_EXERCISE_FILE, 0, 4, words), MISSING);
    mbp_image_set_exercise(files.image, tell, &text);
    assert_int_equal(read_words(&files, MBP_EXERCISE_FILE, 0, 10, words), MBP_OK);
    assert_int_equal((uint32_t)words[0] << 16 | words[1], 11);
    assert_int_equal((uint32_t)words[2] << 16 | words[3], mbp_crc32(0, text.bytes, text.len));
    assert_int_equal(words[4], 'e' << 8 | 'x');
    assert_int_equal(words[9], '\n' << 8); /* padded with a zero */
    assert_int_equal(read_words(&files, MBP_EXERCISE_FILE, 9, 2, words), MISSING);
    assert_int_equal(read_words(&files, MBP_EXERCISE_FILE + 1, 0, 1, words), MISSING);
    assert_int_equal(mbp_image_write_file(files.unit, MBP_EXERCISE_FILE, 0, 1, bytes, (struct mbp_peer){1}), MISSING);
    mbp_image_set_exercise(files.image, NULL, NULL);
    assert_int_equal(read_words(&files, MBP_EXERCISE_FILE, 4, 1, words), MISSING);
    files.unit = mbp_image_unit(files.image, 1);
    mbp_image_set_exercise(files.image, tell, &text);
    assert_int_equal(read_words(&files, MBP_EXERCISE_FILE, 0, 4, words), MISSING);
    mbp_image_free(files.image);
    mbp_plant_free(files.plant);
}

static void test_exercise_stays_as_it_was_until_it_is_read_from_its_begin(void **state)
{
    (void)state;
    struct mbp_text text = {"exercise\tA\n", 11};
    struct files files = with_instructor();
    uint16_t words[10] = {0};
    mbp_image_set_exercise(files.image, tell, &text);
    assert_int_equal(read_words(&files, MBP_EXERCISE_FILE, 0, 4, words), MBP_OK);
    text = (struct mbp_text){"EXERCISE\tB", 10};
    assert_int_equal(read_words(&files, MBP_EXERCISE_FILE, 4, 6, words), MBP_OK);
    assert_int_equal(words[0], 'e' << 8 | 'x');
    assert_int_equal(read_words(&files, MBP_EXERCISE_FILE, 0, 4, words), MBP_OK);
    assert_int_equal(words[1], 10);
    assert_int_equal(read_words(&files, MBP_EXERCISE_FILE, 4, 5, words), MBP_OK);
    assert_int_equal(words[0], 'E' << 8 | 'X');
    assert_int_equal(read_words(&files, MBP_EXERCISE_FILE, 4, 6, words), MISSING);
    mbp_image_free(files.image);
    mbp_plant_free(files.plant);
}

static void test_fifo_declared_gives_its_queue_and_leaves_it(void **state)
{
    struct files *files = *state;
    const uint16_t *words;
    uint16_t count;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(mbp_image_read_fifo(files->unit, 5, &count, &words), MBP_OK);
        assert_int_equal(count, 2);
        assert_int_equal(words[0], 440);
        assert_int_equal(words[1], 4740);
    }
    assert_int_equal(mbp_image_read_fifo(files->unit, 6, &count, &words), MBP_OK);
    assert_int_equal(count, 0);
    assert_int_equal(mbp_image_read_fifo(files->unit, 4, &count, &words), MISSING);
    assert_int_equal(mbp_image_read_fifo(mbp_image_unit(files->image, 2), 5, &count, &words), MISSING);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_file_declared_is_read_from_any_record_to_its_end),
        TEST(test_file_read_beyond_its_end_or_undeclared_is_02),
        TEST(test_file_written_reads_back_and_only_in_its_unit),
        TEST(test_file_that_is_not_declared_cannot_be_written),
        TEST(test_file_900_holds_the_plants_length_checksum_and_text),
        TEST(test_file_900_tells_the_faults_to_the_instructor_alone),
        TEST(test_file_901_goes_on_where_900_is_full),
        TEST(test_files_from_1000_are_the_sources),
        TEST(test_files_of_names_are_the_sources_where_the_unit_has_none_there),
        TEST(test_exercise_is_a_file_of_the_instructors_unit_while_it_plays),
        TEST(test_exercise_stays_as_it_was_until_it_is_read_from_its_begin),
        TEST(test_fifo_declared_gives_its_queue_and_leaves_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
