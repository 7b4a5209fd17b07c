/* What a unit answers as the device that it stands for: blocks, gaps, functions, identification, unit ids. */
#include <stdlib.h>
#include <string.h>

#include "mbplant/map.h"
#include "plant_fixture.h"

/* A unit of one machine, one sensor and one actuator of each kind, up to further keys in line 6, column 5. */
#define UNIT                                                                                                           \
    "mbplant: 1\n"                                                                                                     \
    "units:\n"                                                                                                         \
    "  - id: 1\n"                                                                                                      \
    "    machines: [{name: M1, sensors: [{name: T1, limits: {high: 80}}]}]\n"                                          \
    "    actuators: [{name: P1, on_off: true}, {name: V1}]\n"                                                          \
    "    "

static int count_point(const struct mbp_point *point, void *ctx)
{
    (void)point;
    ++*(unsigned *)ctx;
    return 0;
}

static unsigned points_of(const struct mbp_plant *plant)
{
    unsigned count = 0;
    mbp_map_points(plant, 0, count_point, &count);
    return count;
}

static void assert_loads_again(const struct mbp_plant *plant)
{
    char *first = config_of(plant);
    struct mbp_plant *again = plant_of_text(first);
    char *second = config_of(again);
    assert_string_equal(first, second);
    free(first);
    free(second);
    mbp_plant_free(again);
}

static void test_blocks_none_leaves_no_address_but_those_that_the_file_gives(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(UNIT "blocks: none\n");
    assert_int_equal(points_of(plant), 0);
    assert_loads_again(plant);
    mbp_plant_free(plant);
    plant = plant_of_text("mbplant: 1\nunits:\n  - id: 1\n    blocks: none\n"
                          "    sensors: [{name: A}, {name: B, register: {at: 7, type: int32}}]\n"
                          "    actuators: [{name: V1, register: {at: 9}}]\n");
    struct mbp_point point;
    assert_int_equal(points_of(plant), 2);
    assert_true(mbp_map_point_at(plant, 0, MBP_HOLDING_REGISTERS, 8, &point));
    assert_string_equal(point.name, "B");
    assert_true(mbp_map_point_at(plant, 0, MBP_HOLDING_REGISTERS, 9, &point));
    assert_string_equal(point.name, "V1");
    assert_loads_again(plant);
    mbp_plant_free(plant);
}

static void test_sensor_without_a_register_has_no_grid(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text("mbplant: 1\nunits:\n  - id: 1\n    blocks: none\n"
                                            "    sensors: [{name: A, range: [0, 100000]}, {name: B, register: {}}]\n"
                                            "    points: [{at: input 0, tag: A}, {at: input 5, tag: B}]\n");
    assert_int_equal(sensor_of(plant, "A")->reg.type, MBP_FLOAT64);
    assert_int_equal(sensor_of(plant, "B")->reg.type, MBP_INT16);
    assert_int_equal(plant->points[0].reg.type, MBP_INT16); /* of a point it stays the default */
    mbp_plant_free(plant);
}

static void test_named_blocks_stand_where_they_are_put_or_nowhere(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(UNIT "blocks: {default: none, limits: 0x7000, summary: 30000}\n");
    const struct mbp_layout *layout = &plant->units[0].layout;
    assert_int_equal(layout->base[MBP_MAP_LIMITS], 0x7000);
    assert_int_equal(layout->base[MBP_MAP_SUMMARY], 30000);
    assert_int_equal(layout->base[MBP_MAP_FORCED], MBP_NO_BASE);
    assert_int_equal(plant->sensors[0].reg.limits_addr, 0x7000);
    assert_true(plant->sensors[0].reg.nowhere);
    assert_loads_again(plant);
    mbp_plant_free(plant);
    plant = plant_of_text(UNIT "blocks: {floats: none, forced: 9000, values: 100}\n");
    layout = &plant->units[0].layout;
    assert_int_equal(layout->base[MBP_MAP_FLOATS], MBP_NO_BASE);
    assert_int_equal(layout->base[MBP_MAP_FORCED], 9000);
    assert_int_equal(layout->base[MBP_MAP_SHELVED], mbp_map[MBP_MAP_SHELVED].usual);
    assert_int_equal(plant->sensors[0].reg.addr, 100);
    assert_loads_again(plant);
    mbp_plant_free(plant);
}

static void test_gaps_are_an_error_zero_or_a_number(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(UNIT "gaps: 0x8000\n");
    assert_int_equal(plant->units[0].gaps, MBP_GAPS_NUMBER);
    assert_int_equal(plant->units[0].gap, 0x8000);
    assert_loads_again(plant);
    mbp_plant_free(plant);
}

static void test_answer_says_functions_and_how_much_and_how_it_refuses(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(UNIT "answer: {functions: [3, 16, 43], max_read: 16, refuse: 03}\n"
                                                 "    files: false\n");
    const struct mbp_answer *answer = &plant->units[0].answer;
    assert_true(mbp_answers(answer, 3) && mbp_answers(answer, 16) && mbp_answers(answer, 43));
    assert_false(mbp_answers(answer, 4) || mbp_answers(answer, 6));
    assert_int_equal(answer->max_read, 16);
    assert_int_equal(answer->refuse, MBP_REFUSE_VALUE);
    assert_true(answer->no_files);
    assert_loads_again(plant);
    mbp_plant_free(plant);
    plant = plant_of_text(UNIT "name: plain\n");
    assert_true(mbp_answers(&plant->units[0].answer, 6));
    assert_int_equal(plant->units[0].answer.refuse, MBP_REFUSE_FAILURE);
    mbp_plant_free(plant);
}

static void test_identity_of_a_unit_has_private_objects_in_text_and_hex(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        plant_of_text(UNIT "identity: {\"0x88\": {hex: \"01 fF\"}, vendor: ACME, \"0x87\": \"text\"}\n");
    const struct mbp_unit *unit = &plant->units[0];
    static const uint8_t bytes[] = {0x01, 0xFF};
    assert_int_equal(unit->object_count, 3); /* by id */
    assert_int_equal(unit->objects[0].id, 0);
    assert_int_equal(unit->objects[1].id, 0x87);
    assert_memory_equal(unit->objects[1].bytes, "text", 4);
    assert_int_equal(unit->objects[2].len, 2);
    assert_memory_equal(unit->objects[2].bytes, bytes, 2);
    assert_loads_again(plant);
    mbp_plant_free(plant);
}

static void test_mistakes_get_one_clear_error_each(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *said;
    } mistakes[] = {
        {"gaps: 65536\n", "6:11: 'gaps' is '65536'; allowed is error, zero or a number 0..65535\n"},
        {"blocks: {limit: 5}\n", "6:14: 'limit' is no block of the map; did you mean 'limits'?\n"},
        {"blocks: {limits: far}\n", "6:22: 'limits' is where that block begins, an address 0..65535, or none\n"},
        {"blocks: {limits: 65535}\n",
         "6:22: no room for block 'limits': it would end at address 65538; allowed is up to 65535\n"},
        {"blocks: {limits: 0}\n", "6:22: block 'limits' (holding_registers 0..3) overlaps T1 (line 4) at address 0; "
                                  "choose another 'at'\n"},
        {"blocks: {limits: 8000, shelving: 8002}\n",
         "6:38: block 'shelving' (holding_registers 8002..8002) overlaps block 'limits' (line 6) at address 8002; "
         "choose another 'at'\n"},
        {"answer: {functions: [128]}\n", "6:26: value 1 is '128'; allowed is a whole number 0..127\n"},
        {"answer: {functions: [3, 25, 0, 99]}\n",
         "6:29: mbplantd has no function 25; the nearest is 24, Read FIFO Queue\n"
         "6:33: mbplantd has no function 0; the nearest is 1, Read Coils\n"
         "6:36: mbplantd has no function 99; the nearest is 43, Encapsulated Interface Transport\n"},
        {"answer: {refuse: quietly}\n", "6:22: 'refuse' is 'quietly'; allowed is one of 4, 3, clamp, ignore\n"},
        {"answer: {max_read: 0}\n", "6:24: 'max_read' is '0'; allowed is a whole number 1..125\n"},
        {"identity: {\"0x07\": \"x\"}\n",
         "6:16: '0x07' is no object of FC 43/14; its objects are vendor, product, revision, url, product_name, model, "
         "application, and private ones \"0x80\" to \"0xFF\"\n"},
        {"identity: {\"0x80\": {hex: \"0\"}}\n",
         "6:24: an object is a text of at most 244 bytes, or {hex: \"01 02\"}\n"},
    };
    for (size_t m = 0; m < sizeof mistakes / sizeof mistakes[0]; m++) {
        char yaml[800];
        snprintf(yaml, sizeof yaml, UNIT "%s", mistakes[m].keys);
        assert_string_equal(errors_of_text(yaml), mistakes[m].said);
    }
    assert_string_equal(errors_of_text("mbplant: 1\nserver: {broadcast: true}\nunits: [{id: 0}]\n"),
                        "2:21: with 'broadcast: true' unit 0 is all units; give the unit in line 3 another id\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_none_leaves_no_address_but_those_that_the_file_gives),
        cmocka_unit_test(test_sensor_without_a_register_has_no_grid),
        cmocka_unit_test(test_named_blocks_stand_where_they_are_put_or_nowhere),
        cmocka_unit_test(test_gaps_are_an_error_zero_or_a_number),
        cmocka_unit_test(test_answer_says_functions_and_how_much_and_how_it_refuses),
        cmocka_unit_test(test_identity_of_a_unit_has_private_objects_in_text_and_hex),
        cmocka_unit_test(test_mistakes_get_one_clear_error_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
