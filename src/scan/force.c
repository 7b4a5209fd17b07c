/* Points that the instructor holds at a number, and lets go: a sensor as a sensor, a stored value for all who read it,
 * anything else as masters read it. */
#include <math.h>
#include <string.h>

#include "mbplant/image/forced.h"
#include "mbplant/state/forced.h"
#include "scan_priv.h"

static uint16_t mask_of(const struct mbp_point *point)
{
    return point->own != NULL ? point->own->mask : 0;
}

/* What a record's words are at the point that stands there. */
static double number_of(const struct mbp_point *point, const uint16_t *words)
{
    const uint16_t mask = mask_of(point);
    const struct mbp_register reg = mbp_point_register(point);
    if (mask == 0 && mbp_table_is_bits(point->table))
        return words[0] != 0;
    const uint16_t part = mask != 0 ? (uint16_t)((words[0] & mask) >> point->own->shift) : 0;
    return mbp_register_decode(&reg, mask != 0 ? &part : words);
}

/* The point that a record names whole, as one number; its point is of no block otherwise. */
static bool is_whole(const struct mbp_point *point, const struct mbp_force_asked *asked)
{
    return point->field != NULL && point->addr == asked->addr && point->count == asked->count &&
           point->type != MBP_STRING && mask_of(point) == asked->mask;
}

/* What words are in an event: the number of a whole point, else its bits. */
static double told_of(const struct mbp_point *point, const struct mbp_force_asked *asked, const uint16_t *words)
{
    const uint16_t mask = asked->mask != 0 ? asked->mask : UINT16_MAX;
    return is_whole(point, asked) ? number_of(point, words) : words[0] & mask;
}

static struct mbp_event event_of(const struct mbp_scan *scan, enum mbp_event_code code,
                                 const struct mbp_force_asked *asked, const struct mbp_forced *held)
{
    struct mbp_event event = {.unit = asked->unit, .machine = MBP_NONE16, .sensor = MBP_NONE16};
    if (held->stored != UINT32_MAX)
        event = mbp_stored_event(scan->config.plant, code, held->stored);
    else if (held->actuator != UINT32_MAX)
        event = mbp_actuator_event(scan->config.plant, code, held->actuator);
    event.code = (uint16_t)code;
    event.detail = mbp_event_write_detail(asked->table, asked->addr, 0, 0);
    return event;
}

static void read_shown(const struct mbp_scan *scan, const struct mbp_force_asked *asked, uint16_t *words)
{
    const struct mbp_image_unit *unit = mbp_image_unit(scan->config.image, asked->unit);
    for (unsigned i = 0; i < asked->count; i++)
        words[i] = mbp_image_shown(unit, (enum mbp_table)asked->table, (uint16_t)(asked->addr + i));
}

/* Lets it go. Returns what is told of it. */
static struct mbp_event let_go(struct mbp_scan *scan, struct mbp_force_asked asked, const struct mbp_point *point,
                               struct mbp_forced *held)
{
    uint16_t before[MBP_SIM_FORCE_VALUES] = {0};
    bool here = held->table == asked.table && held->addr == asked.addr;
    asked.count = here || point->count > MBP_SIM_FORCE_VALUES ? held->count : (uint8_t)point->count;
    struct mbp_event event = event_of(scan, MBP_EV_POINT_RELEASED, &asked, held);
    read_shown(scan, &asked, before);
    mbp_forced_release(scan->state, held);
    scan_publish(scan);
    read_shown(scan, &asked, asked.words);
    event.value = (float)told_of(point, &asked, asked.words);
    event.limit = (float)told_of(point, &asked, before);
    return event;
}

static void find_point(const struct mbp_plant *plant, const struct mbp_force_asked *asked, struct mbp_point *out)
{
    const struct mbp_unit *unit = mbp_plant_find_unit(plant, asked->unit);
    const enum mbp_table table = (enum mbp_table)asked->table;
    *out = (struct mbp_point){.stored = UINT32_MAX, .sensor = UINT32_MAX, .actuator = UINT32_MAX};
    if (unit == NULL)
        return;
    const uint32_t u = (uint32_t)(unit - plant->units);
    if (asked->mask == 0 || !mbp_map_part_at(plant, u, table, asked->addr, asked->mask, out))
        mbp_map_point_at(plant, u, table, asked->addr, out);
}

/* Likewise of one that nobody asked for by its address. */
static struct mbp_event let_go_there(struct mbp_scan *scan, struct mbp_forced *held)
{
    struct mbp_point point;
    const struct mbp_force_asked asked = {.command = MBP_FORCE_RELEASE,
                                          .unit = held->unit,
                                          .table = held->table,
                                          .count = held->count,
                                          .addr = held->addr,
                                          .mask = held->mask};
    find_point(scan->config.plant, &asked, &point);
    return let_go(scan, asked, &point, held);
}

/* What takes some of the same bits is let go. The same value or actuator goes on being held, by another word. */
static void make_way(struct mbp_scan *scan, const struct mbp_forced *wanted, struct mbp_peer peer)
{
    struct mbp_forced *held;
    while ((held = mbp_forced_replaced(scan->state, wanted)) != NULL) {
        if (mbp_forced_is_of_same(held, wanted))
            mbp_forced_release(scan->state, held);
        else
            scan_emit_command_event(scan, let_go_there(scan, held), peer.actor);
    }
}

/* Whether it shows a stored value that has a place; a parameter has none. */
static bool stands_at_home(const struct mbp_plant *plant, const struct mbp_point *point)
{
    return point->stored != UINT32_MAX && !plant->stored[point->stored].parameter;
}

/* Where a value of a stored one is held: it may be shown at other places, and is held where it stands. */
static void hold_at_home(const struct mbp_plant *plant, const struct mbp_point *point, struct mbp_forced *wanted)
{
    const struct mbp_user_point *own = &plant->points[plant->stored[point->stored].point];
    const double number = number_of(point, wanted->words);
    struct mbp_point home;
    wanted->stored = point->stored;
    if (point->own == own)
        return;
    mbp_map_own_point(plant, own, &home);
    wanted->table = home.table;
    wanted->addr = home.addr;
    wanted->mask = own->mask;
    wanted->count = (uint8_t)home.count;
    mbp_forced_words(&home, number, wanted->words);
}

/* The actuator goes there, whoever moves it, as a PLC's output does that is forced. */
static void hold_actuator(const struct mbp_plant *plant, const struct mbp_point *point, struct mbp_forced *wanted)
{
    const struct mbp_actuator *actuator = &plant->actuators[point->actuator];
    const double number = number_of(point, wanted->words);
    wanted->actuator = point->actuator;
    wanted->command = number;
    if (isnan(number))
        return; /* before it is held within its range, which would make a number of it */
    if (actuator->on_off) {
        wanted->command = actuator->range[number < 0 || number > 0 ? 1 : 0];
        return;
    }
    wanted->command = fmin(fmax(number, actuator->range[0]), actuator->range[1]);
    mbp_forced_words(point, wanted->command, wanted->words);
}

/* The record, with nothing in it that it does not hold. */
static struct mbp_forced wanted_of(const struct mbp_force_asked *asked)
{
    struct mbp_forced wanted = {.stored = UINT32_MAX,
                                .actuator = UINT32_MAX,
                                .addr = asked->addr,
                                .mask = asked->mask,
                                .unit = asked->unit,
                                .table = asked->table,
                                .count = asked->count};
    memcpy(wanted.words, asked->words, asked->count * sizeof *wanted.words);
    if (mbp_table_is_bits(asked->table))
        wanted.words[0] = (uint16_t)(wanted.words[0] != 0);
    if (asked->mask != 0)
        wanted.words[0] = (uint16_t)(wanted.words[0] & asked->mask);
    return wanted;
}

/* The number that it is held at: of an actuator and of a stored value another one than was asked, where they end. */
static double held_at(const struct mbp_scan *scan, const struct mbp_force_asked *asked, const struct mbp_point *point,
                      const struct mbp_forced *held)
{
    if (held->actuator != UINT32_MAX)
        return number_of(point, held->words);
    if (held->stored != UINT32_MAX)
        return mbp_register_of_bits(&scan->config.plant->stored[held->stored].reg, scan->state->stored[held->stored]);
    return told_of(point, asked, held->words);
}

static void hold_point(struct mbp_scan *scan, const struct mbp_force_asked *asked, const struct mbp_point *point)
{
    const struct mbp_plant *plant = scan->config.plant;
    bool whole = is_whole(point, asked);
    struct mbp_forced wanted = wanted_of(asked);
    uint16_t before[MBP_SIM_FORCE_VALUES] = {0};
    if (whole && stands_at_home(plant, point) && point->field->write == MBP_WRITE_STORED)
        hold_at_home(plant, point, &wanted);
    else if (whole && point->field->write == MBP_WRITE_COMMAND)
        hold_actuator(plant, point, &wanted);
    if (wanted.actuator != UINT32_MAX && isnan(wanted.command))
        return;
    make_way(scan, &wanted, asked->peer);
    read_shown(scan, asked, before);
    const struct mbp_forced *held =
        mbp_forced_find(scan->state, wanted.unit, (enum mbp_table)wanted.table, wanted.addr, wanted.mask);
    bool same = held != NULL && memcmp(held->words, wanted.words, sizeof held->words) == 0;
    if (!mbp_forced_hold(plant, scan->state, &wanted) || same)
        return;
    struct mbp_event event = event_of(scan, MBP_EV_POINT_FORCED, asked, &wanted);
    event.value = (float)held_at(scan, asked, point, &wanted);
    event.limit = (float)told_of(point, asked, before);
    scan_emit_command_event(scan, event, asked->peer.actor);
}

/* Where the same value or actuator is held that the record names elsewhere, all of it. */
static struct mbp_forced *held_elsewhere(const struct mbp_scan *scan, const struct mbp_force_asked *asked,
                                         const struct mbp_point *point)
{
    const struct mbp_plant *plant = scan->config.plant;
    if (asked->mask != mask_of(point))
        return NULL;
    if (stands_at_home(plant, point)) {
        const struct mbp_user_point *home = &plant->points[plant->stored[point->stored].point];
        return mbp_forced_find(scan->state, asked->unit, (enum mbp_table)home->table, home->reg.addr, home->mask);
    }
    bool command = point->field != NULL && point->field->write == MBP_WRITE_COMMAND;
    return command ? mbp_forced_of(scan->state, point->actuator) : NULL;
}

/* A sensor is forced as a sensor, wherever its value stands. */
static void force_one(struct mbp_scan *scan, const struct mbp_force_asked *asked)
{
    struct mbp_point point;
    find_point(scan->config.plant, asked, &point);
    bool sensor = point.field != NULL && point.field->write == MBP_WRITE_VALUE && is_whole(&point, asked);
    bool hold = asked->command == MBP_FORCE_HOLD || asked->command == MBP_FORCE_HOLD_BITS;
    scan_between_begin(scan);
    if (sensor && hold)
        mbp_process_force(scan->process, scan->state, point.sensor, number_of(&point, asked->words), asked->peer.actor,
                          &scan->events);
    else if (sensor)
        mbp_process_release(scan->process, scan->state, point.sensor, asked->peer.actor, &scan->events);
    scan_between_end(scan);
    if (hold) {
        if (!sensor)
            hold_point(scan, asked, &point);
        return;
    }
    struct mbp_forced *held =
        mbp_forced_find(scan->state, asked->unit, (enum mbp_table)asked->table, asked->addr, asked->mask);
    if (held == NULL)
        held = held_elsewhere(scan, asked, &point);
    if (held != NULL)
        scan_emit_command_event(scan, let_go(scan, *asked, &point, held), asked->peer.actor);
}

static void release_all(struct mbp_scan *scan, struct mbp_peer peer)
{
    for (unsigned i = 0; i < MBP_SIM_FORCED_MAX; i++) {
        struct mbp_forced *held = &scan->state->forced[i];
        if (held->count > 0)
            scan_emit_command_event(scan, let_go_there(scan, held), peer.actor);
    }
}

void scan_release_dropped(struct mbp_scan *scan, const struct mbp_carry *carry, struct mbp_state *to, uint32_t peer)
{
    mbp_forced_carry(carry, scan->state, to);
    for (unsigned i = 0; i < MBP_SIM_FORCED_MAX; i++) {
        struct mbp_forced *held = &scan->state->forced[i];
        if (held->count == 0 || mbp_forced_goes_on(carry, scan->state, held, to))
            continue;
        struct mbp_event event = let_go_there(scan, held);
        mbp_event_by(&event, peer);
        mbp_events_emit(&scan->events, event);
    }
}

void scan_apply_forces(struct mbp_scan *scan)
{
    const struct mbp_force_asked *commands;
    size_t count = mbp_image_latch_forces(scan->config.image, &commands);
    for (size_t i = 0; i < count; i++) {
        if (commands[i].command == MBP_FORCE_RELEASE_ALL)
            release_all(scan, commands[i].peer);
        else
            force_one(scan, &commands[i]);
    }
}
