/* layout: where each block of a unit stands. What the file places, and values, come first; blocks take what is left. */
#include <stdlib.h>
#include <string.h>

#include "mbplant/map.h"

#define ADDRESSES 65536u
#define STEP      1000u

struct span {
    uint32_t first, end;
    uint8_t table, block;
};

struct work {
    const struct mbp_map_request *request;
    struct mbp_map_claim *claims;
    uint32_t claim_count;
    uint32_t *owner[MBP_TABLE_COUNT]; /* per address: a claim's index + 1; 0 = nobody's. NULL: values stand from 0 on,
                                         and nothing else is claimed */
    uint32_t value_first, value_words;
    struct span spans[MBP_MAP_BLOCKS_MAX]; /* of blocks that have their place */
    unsigned span_count;
    bool failed;
};

/* ---- what the file places, and values -----------------------------------------------------------------------------
 */

/* Whether a block does not stand in the unit because the file says so. */
static bool is_left_out(const struct mbp_unit *unit, unsigned block)
{
    uint32_t asked = unit->layout.asked[block];
    return asked == MBP_NO_BASE + 1 || (asked == MBP_AS_DEFAULT && unit->layout.none);
}

static bool is_placed(const struct work *work, unsigned block, uint32_t item)
{
    const struct mbp_map_request *request = work->request;
    return mbp_map[block].per == MBP_PER_SENSOR ? request->sensor_placed(request->ctx, item)
                                                : request->actuator_placed(request->ctx, item);
}

/* Notes an owner for each address; the first that is somebody else's is told. */
static void occupy(struct work *work, uint32_t c)
{
    const struct mbp_map_claim *claim = &work->claims[c];
    bool told = false;
    for (uint32_t at = claim->first; at < claim->first + claim->count; at++) {
        uint32_t *owner = &work->owner[claim->table][at];
        struct mbp_map_claim *other = *owner == 0 ? NULL : &work->claims[*owner - 1];
        if (other == NULL) {
            *owner = c + 1;
        } else if (claim->part != 0 && other->part != 0 && (claim->part & other->part) == 0) {
            other->part |= claim->part;
        } else if (!told) {
            work->request->overlap(work->request->ctx, claim, other, at);
            work->failed = true;
            told = true;
        }
    }
}

static void claim(struct work *work, struct mbp_map_claim claim)
{
    if (claim.first + claim.count > ADDRESSES) {
        work->request->overflow(work->request->ctx, &claim);
        work->failed = true;
        return;
    }
    work->claims[work->claim_count++] = claim;
    occupy(work, work->claim_count - 1);
}

/* A sensor without an `at` stands where it would stand if no sensor had one, so that moving one moves no other. */
static void place_values(struct work *work)
{
    const struct mbp_unit *unit = work->request->unit;
    uint32_t asked = unit->layout.asked[MBP_MAP_VALUES];
    uint32_t next = asked != MBP_AS_DEFAULT && asked <= MBP_NO_BASE ? asked - 1 : 0;
    bool left_out = is_left_out(unit, MBP_MAP_VALUES);
    work->value_first = next;
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count && !work->failed; s++) {
        struct mbp_register *reg = &work->request->sensors[s].reg;
        bool placed = is_placed(work, MBP_MAP_VALUES, s);
        uint32_t addr = placed ? reg->addr : next;
        struct mbp_user_point *point = reg->pointed ? work->request->sensor_point(work->request->ctx, s) : NULL;
        reg->nowhere = reg->pointed || (left_out && !placed) || work->request->sensors[s].is_alarm;
        if (point != NULL) {
            point->reg.addr = (uint16_t)next;
            next += point->reg.words;
        }
        if (reg->nowhere)
            continue;
        next += reg->words;
        if (addr + reg->words > ADDRESSES) {
            const struct mbp_map_claim beyond = {MBP_CLAIM_VALUE, s, MBP_HOLDING_REGISTERS, addr, reg->words, 0};
            work->request->overflow(work->request->ctx, &beyond);
            work->failed = true;
        }
        reg->addr = (uint16_t)addr;
    }
    work->value_words = next;
}

/* Those without an `at` first: who moved takes the blame. */
static void claim_values(struct work *work, bool placed)
{
    const struct mbp_unit *unit = work->request->unit;
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count; s++) {
        const struct mbp_register *reg = &work->request->sensors[s].reg;
        if (!reg->nowhere && is_placed(work, MBP_MAP_VALUES, s) == placed)
            claim(work, (struct mbp_map_claim){MBP_CLAIM_VALUE, s, MBP_HOLDING_REGISTERS, reg->addr, reg->words, 0});
    }
}

static void claim_commands(struct work *work)
{
    const struct mbp_unit *unit = work->request->unit;
    for (uint32_t a = unit->first_actuator; a < unit->first_actuator + unit->actuator_count; a++) {
        const struct mbp_register *reg = &work->request->actuators[a].reg;
        if (is_placed(work, MBP_MAP_COMMANDS, a))
            claim(work, (struct mbp_map_claim){MBP_CLAIM_COMMAND, a, MBP_HOLDING_REGISTERS, reg->addr, reg->words, 0});
    }
}

static void claim_raw(struct work *work)
{
    const struct mbp_unit *unit = work->request->unit;
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++) {
        for (uint32_t b = 0; b < unit->block_count[table]; b++) {
            const struct mbp_block *block = &unit->blocks[table][b];
            claim(work, (struct mbp_map_claim){MBP_CLAIM_RAW, b, (enum mbp_table)table, block->at, block->count, 0});
        }
    }
}

/* Points share a register when they are different parts of it. */
static void claim_points(struct work *work)
{
    const struct mbp_unit *unit = work->request->unit;
    for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++) {
        const struct mbp_user_point *point = &work->request->plant->points[p];
        claim(work, (struct mbp_map_claim){MBP_CLAIM_POINT, p, (enum mbp_table)point->table, point->reg.addr,
                                           point->reg.words, point->mask});
    }
}

static void claim_aliases(struct work *work)
{
    const struct mbp_unit *unit = work->request->unit;
    for (uint32_t a = unit->first_alias; a < unit->first_alias + unit->alias_count; a++) {
        const struct mbp_alias *alias = &work->request->plant->aliases[a];
        claim(work,
              (struct mbp_map_claim){MBP_CLAIM_ALIAS, a, (enum mbp_table)alias->table, alias->addr, alias->count, 0});
    }
}

/* Whether the file itself places anything in the unit: then there is more than a span of values to look at. */
static bool places_anything(const struct work *work)
{
    const struct mbp_unit *unit = work->request->unit;
    bool any = unit->point_count + unit->alias_count > 0 || unit->layout.none;
    for (unsigned b = 0; b < mbp_map_count; b++)
        any = any || unit->layout.asked[b] != MBP_AS_DEFAULT;
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++)
        any = any || unit->block_count[table] > 0;
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count && !any; s++)
        any = is_placed(work, MBP_MAP_VALUES, s);
    for (uint32_t a = unit->first_actuator; a < unit->first_actuator + unit->actuator_count && !any; a++)
        any = is_placed(work, MBP_MAP_COMMANDS, a);
    return any;
}

static enum mbp_status claim_all(struct work *work)
{
    const struct mbp_unit *unit = work->request->unit;
    size_t claims = (size_t)unit->sensor_count + unit->actuator_count + unit->point_count + unit->alias_count + 1;
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++)
        claims += unit->block_count[table];
    work->claims = calloc(claims, sizeof *work->claims);
    work->owner[0] = calloc((size_t)MBP_TABLE_COUNT * ADDRESSES, sizeof *work->owner[0]);
    if (work->claims == NULL || work->owner[0] == NULL)
        return MBP_ERR_MEMORY;
    for (unsigned table = 1; table < MBP_TABLE_COUNT; table++)
        work->owner[table] = work->owner[0] + (size_t)table * ADDRESSES;
    claim_values(work, false);
    claim_values(work, true);
    claim_commands(work);
    claim_raw(work);
    claim_points(work);
    claim_aliases(work);
    return MBP_OK;
}

/* ---- blocks -------------------------------------------------------------------------------------------------------
 */

/* How many addresses an item takes of its block, and whether it stands there and not elsewhere. */
static uint32_t item_span(const struct work *work, unsigned block, uint32_t item, bool *there)
{
    const struct mbp_map_request *request = work->request;
    *there = true;
    switch ((enum mbp_map_place)mbp_map[block].place) {
    case MBP_PLACE_LIMITS:
        *there = mbp_sensor_has_limits(&request->sensors[item]);
        return *there ? (uint32_t)MBP_LIMIT_COUNT * request->sensors[item].reg.words : 0;
    case MBP_PLACE_COMMAND:
        *there =
            !request->actuators[item].on_off && !request->actuators[item].reg.pointed && !is_placed(work, block, item);
        return request->actuators[item].on_off || request->actuators[item].reg.pointed
                   ? 0
                   : request->actuators[item].reg.words;
    case MBP_PLACE_ON_OFF:
        *there = request->actuators[item].on_off && !request->actuators[item].reg.pointed;
        break;
    case MBP_PLACE_VALUE:
    case MBP_PLACE_STRIDE:
    case MBP_PLACE_POINT:
        break;
    }
    return mbp_map[block].stride;
}

/* Of all items; *any: one of them stands there. */
static uint32_t block_span(const struct work *work, unsigned block, bool *any)
{
    uint32_t first;
    uint32_t count =
        mbp_map_items(work->request->plant, work->request->unit, (enum mbp_map_per)mbp_map[block].per, &first);
    uint32_t span = 0;
    *any = false;
    if (mbp_map[block].place == MBP_PLACE_STRIDE) {
        *any = count > 0;
        return mbp_map[block].stride * count;
    }
    for (uint32_t item = first; item < first + count; item++) {
        bool there;
        span += item_span(work, block, item, &there);
        *any = *any || there;
    }
    return span;
}

static bool is_owned(const struct work *work, enum mbp_table table, uint32_t first, uint32_t end)
{
    if (work->owner[table] == NULL)
        return table == MBP_HOLDING_REGISTERS && first < work->value_words && end > work->value_first;
    for (uint32_t at = first; at < end; at++) {
        if (work->owner[table][at] != 0)
            return true;
    }
    return false;
}

/* Whether what the file places leaves the fields of a block free: holes between them are nobody's. */
static bool fields_are_free(const struct work *work, unsigned block, uint32_t base)
{
    const struct mbp_map_block *row = &mbp_map[block];
    uint32_t first;
    uint32_t count = mbp_map_items(work->request->plant, work->request->unit, (enum mbp_map_per)row->per, &first);
    for (uint32_t item = first, at = base; item < first + count; item++) {
        bool there;
        uint32_t span = item_span(work, block, item, &there);
        bool own = row->place == MBP_PLACE_LIMITS || row->place == MBP_PLACE_COMMAND;
        for (unsigned f = 0; f < row->field_count && there && !own; f++) {
            uint32_t from = at + row->fields[f].offset;
            if (is_owned(work, (enum mbp_table)row->table, from,
                         from + (uint32_t)mbp_map_field_count(&row->fields[f], NULL)))
                return false;
        }
        if (own && there && is_owned(work, (enum mbp_table)row->table, at, at + span))
            return false;
        at += span;
    }
    return true;
}

static bool is_free(const struct work *work, unsigned block, uint32_t base, uint32_t span)
{
    if (base + span > ADDRESSES)
        return false;
    for (unsigned i = 0; i < work->span_count; i++) {
        const struct span *other = &work->spans[i];
        if (other->table == mbp_map[block].table && base < other->end && other->first < base + span)
            return false;
    }
    return !is_owned(work, (enum mbp_table)mbp_map[block].table, base, base + span) ||
           (work->owner[0] != NULL && fields_are_free(work, block, base));
}

static void take(struct work *work, unsigned block, uint32_t base, uint32_t span)
{
    work->spans[work->span_count++] = (struct span){base, base + span, mbp_map[block].table, (uint8_t)block};
    work->request->unit->layout.base[block] = base;
}

/* From the usual place on upwards, then from the lowest thousand. */
static bool find_place(struct work *work, unsigned block, uint32_t span)
{
    uint32_t thousands = (ADDRESSES + STEP - 1) / STEP;
    uint32_t from = (mbp_map[block].usual + STEP - 1) / STEP;
    for (uint32_t i = 0; i < thousands; i++) {
        uint32_t base = (from + i) % thousands * STEP;
        if (is_free(work, block, base, span)) {
            take(work, block, base, span);
            return true;
        }
    }
    return false;
}

/* What a block's place says about its items' own registers. */
static void set_registers(struct work *work, unsigned block)
{
    const struct mbp_map_request *request = work->request;
    uint32_t first;
    uint32_t count = mbp_map_items(request->plant, request->unit, (enum mbp_map_per)mbp_map[block].per, &first);
    uint32_t at = request->unit->layout.base[block];
    for (uint32_t item = first; item < first + count; item++) {
        bool there;
        uint32_t span = item_span(work, block, item, &there);
        if (mbp_map[block].place == MBP_PLACE_LIMITS)
            request->sensors[item].reg.limits_addr = (uint16_t)(there && at < MBP_NO_BASE ? at : 0);
        else if (there)
            request->actuators[item].reg.addr = (uint16_t)at;
        at += at < MBP_NO_BASE ? span : 0;
    }
}

/* An actuator's command without a place of its own. */
static void leave_out(struct work *work, unsigned block)
{
    const struct mbp_map_request *request = work->request;
    const struct mbp_unit *unit = request->unit;
    for (uint32_t a = unit->first_actuator; a < unit->first_actuator + unit->actuator_count; a++) {
        struct mbp_register *reg = &request->actuators[a].reg;
        bool its = request->actuators[a].on_off == (mbp_map[block].place == MBP_PLACE_ON_OFF);
        if (its && !is_placed(work, block, a))
            reg->nowhere = true;
    }
}

/* Where the file says: nothing else may stand there. */
static void take_asked(struct work *work, unsigned block, uint32_t base, uint32_t span)
{
    const struct mbp_map_request *request = work->request;
    struct mbp_map_claim mine = {MBP_CLAIM_BLOCK,     block, (enum mbp_table)mbp_map[block].table, base,
                                 span > 0 ? span : 1, 0};
    if (base + span > ADDRESSES) {
        request->overflow(request->ctx, &mine);
        work->failed = true;
        return;
    }
    for (uint32_t at = base; at < base + span && !is_free(work, block, base, span); at++) {
        uint32_t owner = work->owner[mine.table][at];
        if (owner == 0)
            continue;
        request->overlap(request->ctx, &mine, &work->claims[owner - 1], at);
        work->failed = true;
        return;
    }
    for (unsigned i = 0; i < work->span_count; i++) {
        const struct span *other = &work->spans[i];
        if (other->table != mine.table || base >= other->end || other->first >= base + span)
            continue;
        const struct mbp_map_claim its = {
            MBP_CLAIM_BLOCK, other->block, mine.table, other->first, other->end - other->first, 0};
        request->overlap(request->ctx, &mine, &its, base > other->first ? base : other->first);
        work->failed = true;
        return;
    }
    take(work, block, base, span);
}

/* Without its command an actuator could not be moved: no room for it is an error, where other blocks are left out. */
static void settle(struct work *work, unsigned block)
{
    const struct mbp_map_request *request = work->request;
    if (work->failed)
        return;
    bool commands = mbp_map[block].place == MBP_PLACE_COMMAND || mbp_map[block].place == MBP_PLACE_ON_OFF;
    if (commands && request->unit->layout.base[block] == MBP_NO_BASE) {
        const struct mbp_map_claim beyond = {
            MBP_CLAIM_COMMAND, request->unit->first_actuator, (enum mbp_table)mbp_map[block].table, ADDRESSES, 1, 0};
        request->overflow(request->ctx, &beyond);
        work->failed = true;
        return;
    }
    if (commands || mbp_map[block].place == MBP_PLACE_LIMITS)
        set_registers(work, block);
}

/* Those that yield, or those that do not: each to its usual place where that is free, then the others. */
static void place_round(struct work *work, bool yields, const uint32_t *span, bool *waits)
{
    for (unsigned b = 0; b < mbp_map_count && !work->failed; b++) {
        if (!waits[b] || mbp_map[b].yields != yields || !is_free(work, b, mbp_map[b].usual, span[b]))
            continue;
        take(work, b, mbp_map[b].usual, span[b]);
        settle(work, b);
        waits[b] = false;
    }
    for (unsigned b = 0; b < mbp_map_count && !work->failed; b++) {
        if (!waits[b] || mbp_map[b].yields != yields)
            continue;
        find_place(work, b, span[b]);
        settle(work, b);
        waits[b] = false;
    }
}

static void place_blocks(struct work *work)
{
    uint32_t span[MBP_MAP_BLOCKS_MAX];
    bool waits[MBP_MAP_BLOCKS_MAX] = {false};
    struct mbp_layout *layout = &work->request->unit->layout;
    for (unsigned b = 0; b < mbp_map_count; b++) {
        if (mbp_map[b].instructor || mbp_map[b].place == MBP_PLACE_VALUE || mbp_map[b].place == MBP_PLACE_POINT)
            continue;
        span[b] = block_span(work, b, &waits[b]);
        if (!waits[b] && span[b] > 0 && mbp_map[b].place != MBP_PLACE_ON_OFF)
            layout->base[b] = mbp_map[b].usual; /* all that it has was placed by the file */
        if (waits[b] && is_left_out(work->request->unit, b)) {
            waits[b] = false;
            if (mbp_map[b].place == MBP_PLACE_COMMAND || mbp_map[b].place == MBP_PLACE_ON_OFF)
                leave_out(work, b);
            if (mbp_map[b].place == MBP_PLACE_COMMAND)
                layout->base[b] = mbp_map[b].usual; /* of those that the file places */
        } else if (waits[b] && layout->asked[b] != MBP_AS_DEFAULT) {
            take_asked(work, b, layout->asked[b] - 1, span[b]);
            settle(work, b);
            waits[b] = false;
        }
    }
    place_round(work, false, span, waits);
    place_round(work, true, span, waits);
}

enum mbp_status mbp_map_layout(const struct mbp_map_request *request)
{
    struct work work = {.request = request};
    enum mbp_status status = MBP_OK;
    for (unsigned b = 0; b < MBP_MAP_BLOCKS_MAX; b++)
        request->unit->layout.base[b] = MBP_NO_BASE;
    if (mbp_unit_has_map(request->unit)) {
        request->unit->layout.base[MBP_MAP_VALUES] = 0;
        place_values(&work);
    }
    if (!work.failed && places_anything(&work))
        status = claim_all(&work);
    if (status == MBP_OK && !work.failed && mbp_unit_has_map(request->unit))
        place_blocks(&work);
    free(work.claims);
    free(work.owner[0]);
    return status == MBP_OK && work.failed ? MBP_ERR_RANGE : status;
}
