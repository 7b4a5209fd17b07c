/* The plant file as everybody may read it: without its faults. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_public_text_of_a_file_without_faults_is_the_file),
        cmocka_unit_test(test_public_text_lacks_the_lines_of_the_faults_wherever_they_stand),
        cmocka_unit_test(test_public_text_loads_to_the_plant_without_faults),
        cmocka_unit_test(test_public_text_of_a_file_in_braces_cannot_be_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
