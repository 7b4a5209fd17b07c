/* Points that the instructor holds at a number, and lets go: a sensor as a sensor, a stored value for all who read it,
 * anything else as masters read it. */
#include <string.h>

#include "mbplant/image/forced.h"
#include "mbplant/state/forced.h"
#include "scan_priv.h"

/* What a record's words are at the point that stands there. */
static double number_of(const struct mbp_point *point, const uint16_t *words)
{
    bool bits = mbp_table_is_bits(point->table);
    const struct mbp_register reg = mbp_point_register(point);
    return bits ? words[0] != 0 : mbp_register_decode(&reg, words);
}

/* The point that a record names whole, as one number; its point is of no block otherwise. */
static bool is_whole(const struct mbp_point *point, const struct mbp_force_wish *wish)
{
    bool part = point->own != NULL && point->own->mask != 0;
    return point->field != NULL && point->addr == wish->addr && point->count == wish->count &&
           point->type != MBP_STRING && !part;
}

static void emit_forced(struct mbp_scan *scan, enum mbp_event_code code, const struct mbp_force_wish *wish,
                        const struct mbp_point *point, uint32_t stored, const uint16_t *before)
{
    bool whole = is_whole(point, wish);
    struct mbp_event event = {.unit = wish->unit, .machine = MBP_NONE16, .sensor = MBP_NONE16};
    if (stored != UINT32_MAX)
        event = mbp_stored_event(scan->config.plant, code, stored);
    event.code = (uint16_t)code;
    event.value = (float)(whole ? number_of(point, wish->words) : wish->words[0]);
    event.limit = (float)(whole ? number_of(point, before) : before[0]);
    event.detail = mbp_event_write_detail(wish->table, wish->addr, 0, 0);
    scan_emit_command_event(scan, event, wish->peer.actor);
}

static void read_shown(const struct mbp_scan *scan, const struct mbp_force_wish *wish, uint16_t *words)
{
    const struct mbp_image_unit *unit = mbp_image_unit(scan->config.image, wish->unit);
    for (unsigned i = 0; i < wish->count; i++)
        words[i] = mbp_image_shown(unit, (enum mbp_table)wish->table, (uint16_t)(wish->addr + i));
}

static void release_point(struct mbp_scan *scan, struct mbp_force_wish wish, const struct mbp_point *point,
                          struct mbp_forced *held)
{
    uint32_t stored = held->stored;
    uint16_t before[MBP_SIM_FORCE_VALUES] = {0};
    wish.count = held->count;
    read_shown(scan, &wish, before);
    mbp_forced_release(scan->state, held);
    scan_publish(scan);
    read_shown(scan, &wish, wish.words);
    emit_forced(scan, MBP_EV_POINT_RELEASED, &wish, point, stored, before);
}

/* Whether it shows a stored value that has a place; a parameter has none. */
static bool stands_at_home(const struct mbp_plant *plant, const struct mbp_point *point)
{
    return point->stored != UINT32_MAX && !plant->stored[point->stored].parameter;
}

static void hold_point(struct mbp_scan *scan, const struct mbp_force_wish *wish, const struct mbp_point *point)
{
    bool stored =
        is_whole(point, wish) && stands_at_home(scan->config.plant, point) && point->field->write == MBP_WRITE_STORED;
    struct mbp_forced wanted = {.stored = stored ? point->stored : UINT32_MAX,
                                .addr = wish->addr,
                                .unit = wish->unit,
                                .table = wish->table,
                                .count = wish->count};
    uint16_t before[MBP_SIM_FORCE_VALUES] = {0};
    const struct mbp_user_point *home =
        stored ? &scan->config.plant->points[scan->config.plant->stored[point->stored].point] : NULL;
    memcpy(wanted.words, wish->words, sizeof wanted.words);
    read_shown(scan, wish, before);
    if (home != NULL && point->own != home) { /* shown there, and held where it stands */
        const struct mbp_register reg = home->reg;
        wanted.table = home->table;
        wanted.addr = home->reg.addr;
        wanted.count = (uint8_t)home->reg.words;
        wanted.words[0] = number_of(point, wish->words) != 0;
        if (home->table == MBP_HOLDING_REGISTERS || home->table == MBP_INPUT_REGISTERS)
            mbp_register_encode(&reg, number_of(point, wish->words), wanted.words);
    }
    const struct mbp_forced *held =
        mbp_forced_find(scan->state, wanted.unit, (enum mbp_table)wanted.table, wanted.addr);
    bool same = held != NULL && memcmp(held->words, wanted.words, sizeof held->words) == 0;
    if (mbp_forced_hold(scan->config.plant, scan->state, &wanted) && !same)
        emit_forced(scan, MBP_EV_POINT_FORCED, wish, point, wanted.stored, before);
}

/* A sensor is forced as a sensor, wherever its value stands. */
static void force_one(struct mbp_scan *scan, const struct mbp_force_wish *wish)
{
    const struct mbp_plant *plant = scan->config.plant;
    const struct mbp_unit *unit = mbp_plant_find_unit(plant, wish->unit);
    struct mbp_point point = {.stored = UINT32_MAX, .sensor = UINT32_MAX};
    if (unit == NULL)
        return;
    mbp_map_point_at(plant, (uint32_t)(unit - plant->units), (enum mbp_table)wish->table, wish->addr, &point);
    struct mbp_forced *held = mbp_forced_find(scan->state, wish->unit, (enum mbp_table)wish->table, wish->addr);
    bool sensor = point.field != NULL && point.field->write == MBP_WRITE_VALUE && is_whole(&point, wish);
    bool hold = wish->command == MBP_FORCE_HOLD;
    if (stands_at_home(plant, &point) && held == NULL && !hold) {
        const struct mbp_user_point *home = &plant->points[plant->stored[point.stored].point];
        held = mbp_forced_find(scan->state, wish->unit, (enum mbp_table)home->table, home->reg.addr);
    }
    scan_between_begin(scan);
    if (sensor && hold)
        mbp_process_force(scan->process, scan->state, point.sensor, number_of(&point, wish->words), wish->peer.actor,
                          &scan->events);
    else if (sensor)
        mbp_process_release(scan->process, scan->state, point.sensor, wish->peer.actor, &scan->events);
    scan_between_end(scan);
    if (!sensor && hold)
        hold_point(scan, wish, &point);
    else if (held != NULL && !hold)
        release_point(scan, *wish, &point, held);
}

static void release_all(struct mbp_scan *scan, struct mbp_peer peer)
{
    for (unsigned i = 0; i < MBP_SIM_FORCED_MAX; i++) {
        const struct mbp_forced *held = &scan->state->forced[i];
        struct mbp_force_wish wish = {.command = MBP_FORCE_RELEASE,
                                      .unit = held->unit,
                                      .table = held->table,
                                      .count = held->count,
                                      .addr = held->addr,
                                      .peer = peer};
        if (held->count > 0)
            force_one(scan, &wish);
    }
}

void scan_apply_forces(struct mbp_scan *scan)
{
    const struct mbp_force_wish *wishes;
    size_t count = mbp_image_latch_forces(scan->config.image, &wishes);
    for (size_t i = 0; i < count; i++) {
        if (wishes[i].command == MBP_FORCE_RELEASE_ALL)
            release_all(scan, wishes[i].peer);
        else
            force_one(scan, &wishes[i]);
    }
}
