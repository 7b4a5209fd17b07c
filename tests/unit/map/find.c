/* Which field is at an address: the same as the list of points says, at every address of random units. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/map.h"
#include "plant_fixture.h"

#define ADDRESSES 65536u

struct owners {
    struct mbp_point *of[MBP_TABLE_COUNT]; /* per address; name[0] = 0: nothing stands there */
    bool overlap;
};

static int note(const struct mbp_point *point, void *ctx)
{
    struct owners *owners = ctx;
    for (uint32_t i = 0; i < point->count; i++) {
        struct mbp_point *at = &owners->of[point->table][point->addr + i];
        owners->overlap = owners->overlap || at->name[0] != '\0';
        *at = *point;
    }
    return 0;
}

static uint32_t item_of(const struct mbp_point *point)
{
    switch ((enum mbp_map_per)mbp_map[point->block].per) {
    case MBP_PER_MACHINE:
        return point->machine;
    case MBP_PER_SENSOR:
    case MBP_PER_ALARM:
    case MBP_PER_INTERLOCK:
        return point->sensor;
    case MBP_PER_ACTUATOR:
        return point->actuator;
    case MBP_PER_CONTROLLER:
        return point->controller;
    case MBP_PER_STORED:
        return point->stored;
    case MBP_PER_UNIT:
    case MBP_PER_FAULT:
    case MBP_PER_AD_HOC:
    case MBP_PER_LATENESS:
    case MBP_PER_FORCED:
    case MBP_PER_PARAMETER:
    case MBP_PER_COUNT:
        break;
    }
    return UINT32_MAX;
}

static void assert_unit_agrees(const struct mbp_plant *plant, uint32_t u, struct owners *owners)
{
    struct mbp_map_index *index;
    for (unsigned t = 0; t < MBP_TABLE_COUNT; t++)
        memset(owners->of[t], 0, ADDRESSES * sizeof *owners->of[t]);
    owners->overlap = false;
    assert_int_equal(mbp_map_points(plant, u, note, owners), 0);
    assert_false(owners->overlap);
    assert_int_equal(mbp_map_index_new(plant, &plant->units[u], &index), MBP_OK);
    for (unsigned t = 0; t < MBP_TABLE_COUNT; t++) {
        for (uint32_t a = 0; a < ADDRESSES; a++) {
            const struct mbp_point *point = &owners->of[t][a];
            struct mbp_map_found found;
            bool standard = point->name[0] != '\0' && point->field != NULL;
            bool is_there = mbp_map_find(index, (enum mbp_table)t, (uint16_t)a, &found);
            bool agrees =
                is_there == standard && (!standard || (found.field == point->field && found.addr == point->addr &&
                                                       found.count == point->count && found.block == point->block &&
                                                       (item_of(point) == UINT32_MAX || found.item == item_of(point))));
            if (!agrees) /* one assertion an address would take longer than all the rest */
                fail_msg("%s %u: %s", mbp_table_name((enum mbp_table)t), a, point->name);
        }
    }
    mbp_map_index_free(index);
}

static struct owners owners_new(void)
{
    struct owners owners = {.overlap = false};
    for (unsigned t = 0; t < MBP_TABLE_COUNT; t++) {
        owners.of[t] = calloc(ADDRESSES, sizeof *owners.of[t]);
        assert_non_null(owners.of[t]);
    }
    return owners;
}

static void owners_free(struct owners *owners)
{
    for (unsigned t = 0; t < MBP_TABLE_COUNT; t++)
        free(owners->of[t]);
}

static void test_find_agrees_with_the_points_of_the_samples(void **state)
{
    (void)state;
    static const char *const names[] = {"bottling.yaml", "water.yaml", "boiler.yaml", "device.yaml", "hello.yaml"};
    struct owners owners = owners_new();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct mbp_plant *plant = plant_of_config(names[i]);
        for (uint32_t u = 0; u < plant->unit_count; u++)
            assert_unit_agrees(plant, u, &owners);
        mbp_plant_free(plant);
    }
    owners_free(&owners);
}

static uint32_t random_below(uint64_t *seed, uint32_t n)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % n;
}

/* A unit of random size with raw points anywhere; some of these collide with values and do not load. */
static struct mbp_plant *random_plant(uint64_t *seed)
{
    static const char *const types[] = {"int16", "float32", "float64", "bool", "string(7)", "uint32"};
    char text[4096];
    int len = snprintf(
        text, sizeof text,
        "mbplant: 1\nunits:\n - id: 1\n   machines: [{name: 'M{n}', repeat: %u}]\n   sensors:\n"
        "    - {name: 'S{n}', repeat: %u, register: {type: %s}}\n    - {name: 'T{n}', repeat: %u}\n"
        "   actuators: [{name: 'V{n}', repeat: %u, kind: valve}, {name: 'P{n}', repeat: %u, kind: pump, "
        "on_off: true}]\n   controllers: [{name: C1, input: T1, output: V1, setpoint: 1, gain: 1}]\n   tables:\n",
        1 + random_below(seed, 400), 1 + random_below(seed, 1500), types[random_below(seed, 6)],
        1 + random_below(seed, 300), 1 + random_below(seed, 40), 1 + random_below(seed, 40));
    for (unsigned t = 0; t < MBP_TABLE_COUNT; t++) {
        len += snprintf(text + len, sizeof text - (size_t)len, "    %s: [", mbp_table_name((enum mbp_table)t));
        for (unsigned i = 0; i < 1 + random_below(seed, 4); i++)
            len += snprintf(text + len, sizeof text - (size_t)len, "{at: %u, count: %u}, ",
                            16000 * (i % 4) + random_below(seed, 15000), 1 + random_below(seed, 900));
        len += snprintf(text + len, sizeof text - (size_t)len, "]\n");
    }
    struct mbp_plant *plant = NULL;
    FILE *nowhere = fopen("/dev/null", "w");
    assert_non_null(nowhere);
    mbp_plant_parse("random", (struct mbp_text){text, (size_t)len}, nowhere, &plant);
    fclose(nowhere);
    return plant;
}

static void test_find_agrees_with_the_points_of_random_units(void **state)
{
    (void)state;
    struct owners owners = owners_new();
    uint64_t seed = 20;
    unsigned loaded = 0;
    for (unsigned i = 0; i < 24; i++) {
        struct mbp_plant *plant = random_plant(&seed);
        if (plant == NULL)
            continue;
        loaded++;
        assert_unit_agrees(plant, 0, &owners);
        mbp_plant_free(plant);
    }
    assert_true(loaded > 8); /* else it says nothing */
    owners_free(&owners);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find_agrees_with_the_points_of_the_samples),
        cmocka_unit_test(test_find_agrees_with_the_points_of_random_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
