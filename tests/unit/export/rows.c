/* Which points are exported, how they are called, and which of them one request reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "export_priv.h"
#include "fixture.h"

static const char plain[] =
    "mbplant: 1\nname: P\nunits: [{id: 3, machines: [{name: M1, label: Mill, sensors: [\n"
    "  {name: T1, label: Bearing, unit: °C, range: [0, 100], register: {type: int16, scale: 0.1}, limits: {high: {at: "
    "80, "
    "priority: high}}},\n"
    "  {name: T2, range: [0, 100]}]}], points: [{at: holding 5000, tag: T1}, {at: holding 5001, tag: T1}]}]\n";

static struct mbp_export_row *rows;
static size_t count;

static void collect(const struct mbp_plant *plant, const char *select)
{
    struct mbp_export_options options = {.host = "h", .port = 502, .select = select};
    free(rows);
    rows = NULL;
    assert_int_equal(mbp_export_rows(plant, &options, &rows, &count), MBP_OK);
}

static const struct mbp_export_row *find(const char *name)
{
    for (size_t r = 0; r < count; r++) {
        if (strcmp(rows[r].name, name) == 0)
            return &rows[r];
    }
    return NULL;
}

static void test_usual_points_are_those_in_use(void **state)
{
    (void)state;
    struct mbp_plant *plant = fixture_plant(plain);
    collect(plant, NULL);
    static const char *const there[] = {"T1",         "T1.high.limit", "T1.high", "T1.acknowledge", "M1.en_service",
                                        "M1.running", "active alarms", "M1.good", "T1@5001",        "T2"};
    static const char *const absent[] = {"T1.low.limit",   "T1.low",    "T1.float32",
                                         "T2.acknowledge", "M1.shelve", "scan count"};
    for (size_t i = 0; i < sizeof there / sizeof there[0]; i++)
        assert_non_null(find(there[i]));
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        assert_null(find(absent[i]));
    const struct mbp_export_row *alarm = find("T1.high");
    assert_int_equal(alarm->role, MBP_EXPORT_ALARM);
    assert_int_equal(alarm->priority, MBP_PRIORITY_HIGH);
    const struct mbp_export_row *value = find("T1");
    assert_int_equal(value->role, MBP_EXPORT_VALUE);
    assert_int_equal(value->decimals, 1);
    assert_string_equal(value->label, "Bearing");
    assert_string_equal(value->id, "u3_T1");
    assert_int_equal(find("T1.high.limit")->role, MBP_EXPORT_LIMIT);
    assert_int_equal(find("M1.good")->role, MBP_EXPORT_COUNT);
    assert_int_equal(find("M1.en_service")->role, MBP_EXPORT_COMMAND);
    mbp_plant_free(plant);
}

static void test_patterns_choose_by_name_in_any_case(void **state)
{
    (void)state;
    struct mbp_plant *plant = fixture_plant(plain);
    struct mbp_export_options options = {.host = "h", .select = "nothing*,,"};
    collect(plant, "t1.LOW,m1.*");
    assert_non_null(find("T1.low"));
    assert_non_null(find("M1.shelve"));
    assert_null(find("T1"));
    free(rows);
    rows = NULL;
    assert_int_equal(mbp_export_rows(plant, &options, &rows, &count), MBP_ERR_MISSING);
    assert_null(rows);
    mbp_plant_free(plant);
}

static void test_titles_say_whose_and_what(void **state)
{
    (void)state;
    struct mbp_plant *plant = fixture_plant(plain);
    char title[64];
    collect(plant, NULL);
    assert_string_equal(mbp_export_title(find("T1"), title, sizeof title), "T1 Bearing");
    assert_string_equal(mbp_export_title(find("M1.en_service"), title, sizeof title), "M1 Mill: en_service");
    assert_string_equal(mbp_export_title(find("T2"), title, sizeof title), "T2");
    assert_string_equal(mbp_export_title(find("T1@5001"), title, sizeof title), "T1@5001");
    mbp_plant_free(plant);
}

static struct export_block block_at(const struct mbp_plant *plant, struct mbp_map_index *index, size_t row,
                                    uint32_t max)
{
    struct mbp_map_index *indexes[] = {index};
    struct mbp_export export = {plant, NULL, rows, count, indexes};
    return export_block_at(&export, row, max, max);
}

static void test_blocks_end_at_gaps_and_limits(void **state)
{
    (void)state;
    struct mbp_plant *plant = fixture_plant(
        "mbplant: 1\nname: P\nunits: [{id: 1, blocks: none, answer: {max_read: 6}, points: [\n"
        "  {at: holding 0, name: A, value: 0, count: 1}, {at: holding 1, name: B, value: 0, type: float32}, {at: "
        "holding 5, name: C, value: 0},\n"
        "  {at: holding 6, name: D, value: 0, access: write}, {at: holding 7, name: E, value: 0, type: uint64},\n"
        "  {at: holding 11, name: F, value: 0, type: uint64}, {at: input 15, name: G, value: 0}]}]\n");
    struct mbp_map_index *index = NULL;
    assert_int_equal(mbp_map_index_new(plant, &plant->units[0], &index), MBP_OK);
    collect(plant, NULL);
    struct export_block block = block_at(plant, index, 0, 125);
    assert_int_equal(block.row_count, 2); /* a hole at 3 */
    assert_int_equal(block.count, 3);
    block = block_at(plant, index, 2, 125);
    assert_int_equal(block.row_count, 1); /* what is only written is no read */
    block = block_at(plant, index, 4, 125);
    assert_int_equal(block.row_count, 1); /* 4 and 4 registers are more than the unit gives */
    assert_int_equal(block_at(plant, index, 0, 2).count, 1);
    mbp_map_index_free(index);
    mbp_plant_free(plant);
}

static void test_holes_within_strides_are_read_over(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        fixture_plant("mbplant: 1\nname: P\nunits: [{id: 1, machines: [{name: M1}, {name: M2}]}]\n");
    struct mbp_map_index *index = NULL;
    assert_int_equal(mbp_map_index_new(plant, &plant->units[0], &index), MBP_OK);
    collect(plant, "*.en_service,*.maintenance");
    struct export_block block = block_at(plant, index, 0, 2000);
    assert_int_equal(block.row_count, 4);
    assert_int_equal(block.count, 11);
    mbp_map_index_free(index);
    mbp_plant_free(plant);
}

/* One of each that has a field of that name: only a machine's has the words en_service, en_panne, maintenance. */
static void test_state_of_a_machine_is_no_other_state(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool machine;
    } cases[] = {{"M1.state", true},
                 {"M1.state@20000", true},
                 {"M1.IL.state", false},
                 {"M1.IL.state@20001", false},
                 {"A1.state", false}};
    struct mbp_plant *plant = fixture_plant(
        "mbplant: 1\nname: P\nunits: [{id: 1, machines: [{name: M1, sensors: [{name: L, range: [0, 10]}], "
        "alarms: [{name: A1, when: \"L > 8\"}], interlocks: [{name: IL, when: \"L < 2\"}]}], points: [\n"
        "  {at: input 20000, tag: M1.state}, {at: input 20001, tag: M1.IL.state}]}]\n");
    collect(plant, "*");
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        const struct mbp_export_row *row = find(cases[c].name);
        assert_non_null(row);
        assert_int_equal(mbp_export_is_machine_state(&row->point), cases[c].machine);
    }
    mbp_plant_free(plant);
}

static void assert_range(const char *name, double low, double high)
{
    const struct mbp_export_row *row = find(name);
    assert_non_null(row);
    fixture_assert_number(row->range[0], low);
    fixture_assert_number(row->range[1], high);
}

static void test_ranges_are_those_of_what_stands_there(void **state)
{
    (void)state;
    struct mbp_plant *plant = fixture_plant(
        "mbplant: 1\nname: P\nalarm_policy: {longest_bypass: 2h}\nunits: [{id: 1, machines: [{name: M1, sensors: "
        "[{name: L, "
        "range: [-5, 10], max: 9}], alarms: [{name: A1, when: \"L > 8\"}], interlocks: [\n"
        "  {name: IL, when: \"L < 2\", bypass: {longest: 10min}}, {name: LONG, when: \"L < 1\"}]}]}]\n");
    collect(plant, "*");
    assert_range("L", -5, 10);
    assert_range("L.high.limit", -5, 10);
    assert_range("L.float32", -5, 10);
    assert_range("M1.IL.bypass", 0, 600);
    assert_range("M1.LONG.bypass", 0, 7200);
    assert_range("L.high.bypass", 0, 7200);
    assert_range("L.shelving", 0, 65535);
    assert_range("A1.shelving", 0, 65535);
    assert_true(isnan(find("L.alarm_since")->range[1]));
    assert_true(isnan(find("A1.since")->range[1]));
    assert_true(isnan(find("M1.IL.since")->range[1]));
    mbp_plant_free(plant);
}

static int tear_down(void **state)
{
    (void)state;
    free(rows);
    rows = NULL;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usual_points_are_those_in_use),
        cmocka_unit_test(test_patterns_choose_by_name_in_any_case),
        cmocka_unit_test(test_titles_say_whose_and_what),
        cmocka_unit_test(test_blocks_end_at_gaps_and_limits),
        cmocka_unit_test(test_holes_within_strides_are_read_over),
        cmocka_unit_test(test_state_of_a_machine_is_no_other_state),
        cmocka_unit_test(test_ranges_are_those_of_what_stands_there),
    };
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
