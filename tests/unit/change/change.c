/* What is different between two plants. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "mbplant/change.h"

static const char before_yaml[] =
    "mbplant: 1\n"
    "units:\n"
    "  - id: 1\n"
    "    machines:\n"
    "      - {name: A, label: First, cycle: {time: 2s}, sensors: [\n"
    "          {name: S1, kind: level, range: [0, 10], limits: {low: 1, high: 9}, signal: {base: 5, noise: 0.1}},\n"
    "          {name: S2, kind: flow, range: [0, 10], unit: l/s, inject: once}]}\n"
    "      - {name: B, sensors: [{name: S3, kind: level, range: [0, 10]}]}\n"
    "  - id: 2\n"
    "    sensors: [{name: S4, kind: flow, range: [0, 10]}]\n";

struct pair {
    struct mbp_plant *from, *to;
    struct mbp_change *change;
    struct mbp_events events;
};

/* The plant above, and the same with the first `what` in its text made `with`. */
static struct pair pair_with(const char *what, const char *with)
{
    struct pair pair = {.from = fixture_plant(before_yaml), .events = fixture_events()};
    char text[2048];
    const char *at = strstr(before_yaml, what);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - before_yaml), before_yaml, with, at + strlen(what));
    pair.to = fixture_plant(text);
    assert_int_equal(mbp_change_find(pair.from, pair.to, &pair.change), MBP_OK);
    return pair;
}

static void pair_free(struct pair *pair)
{
    mbp_change_free(pair->change);
    mbp_plant_free(pair->from);
    mbp_plant_free(pair->to);
    mbp_events_free(&pair->events);
}

static uint32_t details_of(const struct pair *pair, const char *name)
{
    uint32_t s = mbp_plant_find_sensor(pair->to, name);
    uint32_t m = mbp_plant_find_machine(pair->to, name);
    return s != UINT32_MAX ? pair->change->sensor_details[s] : pair->change->machine_details[m];
}

static void assert_changed(const struct pair *pair, uint32_t added, uint32_t removed, uint32_t changed)
{
    assert_int_equal(pair->change->added, added);
    assert_int_equal(pair->change->removed, removed);
    assert_int_equal(pair->change->changed, changed);
}

static void test_change_of_a_comment_is_none(void **state)
{
    (void)state;
    struct pair pair = pair_with("mbplant: 1\n", "# a comment\nmbplant: 1\n");
    assert_changed(&pair, 0, 0, 0);
    mbp_change_emit_removed(pair.change, 0, &pair.events);
    mbp_change_emit_added(pair.change, 0, &pair.events);
    assert_int_equal(pair.events.count, 0);
    pair_free(&pair);
}

static void test_change_of_a_key_names_that_key_of_that_thing_alone(void **state)
{
    (void)state;
    static const struct {
        const char *what, *with, *name;
        uint32_t details;
    } cases[] = {
        {"noise: 0.1", "noise: 0.2", "S1", MBP_CHANGED_SIGNAL},
        {"base: 5", "base: {en_service: 5, en_panne: 4, maintenance: 3}", "S1", MBP_CHANGED_SIGNAL},
        {"high: 9", "high: 8", "S1", MBP_CHANGED_LIMITS | MBP_CHANGED_ALARMS}, /* it may trip, when nothing is said */
        {"range: [0, 10], unit", "range: [0, 20], unit", "S2", MBP_CHANGED_RANGE | MBP_CHANGED_SIGNAL},
        {"unit: l/s", "unit: m3/h", "S2", MBP_CHANGED_UNIT},
        {"inject: once", "inject: reject", "S2", MBP_CHANGED_INJECT},
        {"kind: flow, range: [0, 10], unit", "kind: speed, range: [0, 10], unit", "S2", MBP_CHANGED_KIND},
        {"inject: once", "inject: once, label: Flow", "S2", MBP_CHANGED_LABEL},
        {"inject: once", "inject: once, register: {order: DCBA}", "S2", MBP_CHANGED_REGISTER},
        {"inject: once", "inject: once, register: {at: 500}", "S2", MBP_CHANGED_ADDRESS},
        {"label: First", "label: One", "A", MBP_CHANGED_LABEL},
        {"time: 2s", "time: 3s", "A", MBP_CHANGED_CYCLE},
        {"{name: B,", "{name: B, state: maintenance,", "B", MBP_CHANGED_STATE},
        {"{name: B,", "{name: B, maintenance: {every: 9h},", "B", MBP_CHANGED_MAINTENANCE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pair pair = pair_with(cases[i].what, cases[i].with);
        uint32_t details = details_of(&pair, cases[i].name);
        if ((details & ~cases[i].details) != 0 || details == 0)
            fail_msg("%s -> %s: details 0x%x", cases[i].what, cases[i].with, details);
        assert_changed(&pair, 0, 0, 1);
        pair_free(&pair);
    }
}

static void test_change_that_removes_a_sensor_moves_those_after_it(void **state)
{
    (void)state;
    struct pair pair = pair_with("{name: S1, kind: level, range: [0, 10], limits: {low: 1, high: 9}, "
                                 "signal: {base: 5, noise: 0.1}},\n          ",
                                 "");
    assert_changed(&pair, 0, 1, 2);
    assert_int_equal(details_of(&pair, "S2"), MBP_CHANGED_ADDRESS | MBP_CHANGED_NUMBER);
    assert_int_equal(details_of(&pair, "S3"), MBP_CHANGED_ADDRESS | MBP_CHANGED_NUMBER);
    assert_int_equal(details_of(&pair, "S4"), 0); /* in another unit */
    mbp_change_emit_removed(pair.change, 9, &pair.events);
    const struct mbp_event *removed = fixture_only(&pair.events, MBP_EV_SENSOR_REMOVED);
    assert_int_equal(removed->sensor, 0);
    assert_int_equal(removed->machine, 0);
    assert_int_equal(removed->actor, 9);
    mbp_change_emit_added(pair.change, 9, &pair.events);
    assert_int_equal(fixture_count(&pair.events, MBP_EV_SENSOR_CHANGED), 2);
    const struct mbp_event *moved = &pair.events.items[1];
    assert_int_equal(moved->sensor, 0); /* S2 by its new number */
    fixture_assert_number(moved->value, 0);
    fixture_assert_number(moved->limit, pair.from->sensors[1].reg.addr);
    pair_free(&pair);
}

static void test_change_that_adds_a_machine_counts_it_and_its_sensors(void **state)
{
    (void)state;
    struct pair pair =
        pair_with("  - id: 2\n", "      - {name: C, sensors: [{name: S9, kind: flow, range: [0, 10]}]}\n  - id: 2\n");
    assert_changed(&pair, 2, 0, 0);
    mbp_change_emit_added(pair.change, 0, &pair.events);
    assert_int_equal(fixture_only(&pair.events, MBP_EV_MACHINE_ADDED)->machine, 2);
    assert_int_equal(fixture_only(&pair.events, MBP_EV_SENSOR_ADDED)->sensor, 3);
    pair_free(&pair);
}

static void test_change_of_a_unit_id_removes_and_adds(void **state)
{
    (void)state;
    struct pair pair = pair_with("id: 2", "id: 3");
    assert_changed(&pair, 1, 1, 0);
    pair_free(&pair);
}

static void test_change_that_gives_a_sensor_to_another_machine_says_so(void **state)
{
    (void)state;
    struct pair pair = pair_with("]}\n      - {name: B, sensors: [", "]}\n      - {name: B, sensors: ["
                                                                     "{name: S5, kind: flow, range: [0, 10]}, ");
    assert_changed(&pair, 1, 0, 1); /* S3 moves */
    pair_free(&pair);
    pair =
        pair_with(",\n          {name: S2, kind: flow, range: [0, 10], unit: l/s, inject: once}]}\n"
                  "      - {name: B, sensors: [",
                  "]}\n      - {name: B, sensors: [{name: S2, kind: flow, range: [0, 10], unit: l/s, inject: once}, ");
    assert_changed(&pair, 0, 0, 1);
    assert_int_equal(details_of(&pair, "S2"), MBP_CHANGED_MACHINE);
    pair_free(&pair);
}

static void test_moves_are_told_by_name_with_both_addresses(void **state)
{
    (void)state;
    struct pair pair = pair_with("{name: S1, kind: level, range: [0, 10], limits: {low: 1, high: 9}, "
                                 "signal: {base: 5, noise: 0.1}},\n          ",
                                 "");
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    mbp_change_print_moves(pair.change, 1, out);
    fclose(out);
    char expected[128];
    unsigned words = pair.from->sensors[0].reg.words;
    snprintf(expected, sizeof expected,
             "S2 of unit 1: its value moved from holding register %u (%05u) to 0 (40001), and", words, 40001 + words);
    assert_memory_equal(text, expected, strlen(expected));
    assert_non_null(strstr(text, "\nand 1 more machines and sensors\n"));
    free(text);
    pair_free(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_change_of_a_comment_is_none),
        cmocka_unit_test(test_change_of_a_key_names_that_key_of_that_thing_alone),
        cmocka_unit_test(test_change_that_removes_a_sensor_moves_those_after_it),
        cmocka_unit_test(test_change_that_adds_a_machine_counts_it_and_its_sensors),
        cmocka_unit_test(test_change_of_a_unit_id_removes_and_adds),
        cmocka_unit_test(test_change_that_gives_a_sensor_to_another_machine_says_so),
        cmocka_unit_test(test_moves_are_told_by_name_with_both_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
