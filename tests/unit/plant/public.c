/* The plant file as everybody may read it: without its faults. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plant_fixture.h"

#define HEAD   "mbplant: 1\n# a line\nunits: [{id: 1, sensors: [{name: S1}]}]\n"
#define FAULTS "faults:\n  - {name: F, kind: stuck,\n     sensor: S1}\n# about it\n"

static void assert_public(const char *yaml, const char *expected)
{
    struct mbp_plant *plant = plant_of_text(yaml);
    assert_int_equal(plant->public_text.len, strlen(expected));
    assert_memory_equal(plant->public_text.bytes, expected, strlen(expected));
    assert_int_equal(plant->public_crc, mbp_crc32(0, expected, strlen(expected)));
    assert_int_equal(plant->text.len, strlen(yaml));
    assert_memory_equal(plant->text.bytes, yaml, strlen(yaml));
    mbp_plant_free(plant);
}

static void test_public_text_of_a_file_without_faults_is_the_file(void **state)
{
    (void)state;
    assert_public(HEAD, HEAD);
    assert_public("{mbplant: 1, units: [{id: 1}]}", "{mbplant: 1, units: [{id: 1}]}");
}

static void test_public_text_lacks_the_lines_of_the_faults_wherever_they_stand(void **state)
{
    (void)state;
    assert_public(HEAD FAULTS, HEAD);
    assert_public(FAULTS HEAD, HEAD);
    assert_public("scan: 50ms\n" FAULTS HEAD, "scan: 50ms\n" HEAD);
    assert_public(HEAD "\"faults\":\n- {name: F, kind: stuck, sensor: S1}\nseed: 3", HEAD "seed: 3");
    assert_public(HEAD "faults: [{name: F, kind: stuck, sensor: S1}]", HEAD);
}

static void test_public_text_loads_to_the_plant_without_faults(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(HEAD FAULTS);
    struct mbp_plant *back = NULL;
    assert_int_equal(plant->fault_count, 1);
    assert_int_equal(mbp_plant_parse("public", plant->public_text, stderr, &back), MBP_OK);
    assert_int_equal(back->fault_count, 0);
    assert_int_equal(back->sensor_count, 1);
    mbp_plant_free(back);
    mbp_plant_free(plant);
}

static void test_public_text_of_a_file_in_braces_cannot_be_cut(void **state)
{
    (void)state;
    const char *yaml = "{mbplant: 1, units: [{id: 1, sensors: [{name: S1}]}],\n"
                       "faults: [{name: F, kind: stuck, sensor: S1}]}";
    assert_public(yaml, yaml);
}

static void test_text_that_masters_can_read_is_not_dropped(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(HEAD FAULTS);
    mbp_plant_drop_text(plant);
    assert_memory_equal(plant->text.bytes, HEAD FAULTS, strlen(HEAD FAULTS));
    assert_memory_equal(plant->public_text.bytes, HEAD, strlen(HEAD));
    mbp_plant_free(plant);
}

/* The head, then as many bytes of comment as make the text len long, then the end. */
static char *long_text(const char *end, size_t len)
{
    char *text = malloc(len + 1);
    assert_non_null(text);
    const size_t head = strlen(HEAD);
    const size_t tail = strlen(end);
    snprintf(text, len + 1, "%s", HEAD);
    for (size_t at = head; at < len - tail; at++)
        text[at] = (at - head) % 64 == 0 ? '#' : (at - head) % 64 == 63 ? '\n' : 'x';
    text[len - tail - 1] = '\n';
    snprintf(text + len - tail, tail + 1, "%s", end);
    return text;
}

static void test_text_too_long_for_any_master_is_dropped_and_known_by_length_and_crc(void **state)
{
    (void)state;
    char *text = long_text("", MBP_PLANT_WIRE_TEXT_MAX + 1);
    struct mbp_plant *plant = plant_of_text(text);
    mbp_plant_drop_text(plant);
    assert_null(plant->text.bytes);
    assert_null(plant->public_text.bytes);
    assert_int_equal(plant->text.len, MBP_PLANT_WIRE_TEXT_MAX + 1);
    assert_int_equal(plant->text_crc, mbp_crc32(0, text, strlen(text)));
    mbp_plant_free(plant);
    free(text);
}

static void test_public_text_stays_when_only_the_faults_make_the_file_too_long(void **state)
{
    (void)state;
    char *text = long_text(FAULTS, MBP_PLANT_WIRE_TEXT_MAX + 8);
    struct mbp_plant *plant = plant_of_text(text);
    mbp_plant_drop_text(plant);
    assert_null(plant->text.bytes);
    assert_int_equal(plant->public_text.len, strlen(text) - strlen(FAULTS));
    assert_memory_equal(plant->public_text.bytes, text, plant->public_text.len);
    mbp_plant_free(plant);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_public_text_of_a_file_without_faults_is_the_file),
        cmocka_unit_test(test_public_text_lacks_the_lines_of_the_faults_wherever_they_stand),
        cmocka_unit_test(test_public_text_loads_to_the_plant_without_faults),
        cmocka_unit_test(test_public_text_of_a_file_in_braces_cannot_be_cut),
        cmocka_unit_test(test_text_that_masters_can_read_is_not_dropped),
        cmocka_unit_test(test_text_too_long_for_any_master_is_dropped_and_known_by_length_and_crc),
        cmocka_unit_test(test_public_text_stays_when_only_the_faults_make_the_file_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
