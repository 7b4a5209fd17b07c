/* The shop's making. */
#include "shop.h"

#include <stdlib.h>

static const char yaml[] =
    "mbplant: 1\n"
    "name: Shop\n"
    "scan: 100ms\n"
    "seed: 42\n"
    "units:\n"
    "  - id: 3\n"
    "    machines:\n"
    "      - name: M1\n"
    "        cycle: {time: 250ms, reject: 20%}\n"
    "        maintenance: {every: 10s, takes: 2s}\n"
    "        sensors:\n"
    "          - {name: T1, kind: temperature, range: [0, 150], max: 85, register: {type: float32}}\n"
    "          - {name: P1, kind: pressure, range: [0, 10], max: 8, register: {type: float32}}\n"
    "      - name: M2\n"
    "        sensors: [{name: Q1, kind: flow, range: [0, 10], register: {type: float32}}]\n";

int shop_setup(void **state)
{
    struct shop *shop = calloc(1, sizeof *shop);
    assert_non_null(shop);
    shop->plant = fixture_plant(yaml);
    shop->events = fixture_events();
    assert_int_equal(mbp_state_new(shop->plant, FIXTURE_WALL_MS, &shop->state), MBP_OK);
    for (uint32_t s = 0; s < shop->plant->sensor_count; s++)
        shop->state->value[s] = 5;
    shop->state->wall_ms = FIXTURE_WALL_MS + 1000;
    *state = shop;
    return 0;
}

int shop_teardown(void **state)
{
    struct shop *shop = *state;
    mbp_events_free(&shop->events);
    mbp_state_free(shop->state);
    mbp_plant_free(shop->plant);
    free(shop);
    return 0;
}

void shop_trip(struct shop *shop, uint32_t sensor, bool on)
{
    struct mbp_machine_state *machine = &shop->state->machine[shop->plant->sensors[sensor].machine];
    shop->state->active[sensor] = on ? 1u << MBP_HIGH : 0;
    shop->state->value[sensor] = on ? 99 : 5;
    machine->trip = on;
    if (on && machine->first_out == UINT32_MAX)
        machine->first_out = sensor;
}

enum mbp_status shop_ask(struct shop *shop, uint32_t machine, enum mbp_state_code to)
{
    shop->events.count = 0;
    return mbp_machine_request(shop->plant, shop->state, machine, to, SHOP_PEER, &shop->events);
}

void shop_operate(struct shop *shop, unsigned scans)
{
    shop->events.count = 0;
    for (unsigned i = 0; i < scans; i++)
        mbp_machine_operate(shop->plant, shop->state, &shop->events);
}
