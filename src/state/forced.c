/* Points that are held from outside. */
#include "mbplant/state/forced.h"

#include <math.h>
#include <string.h>

#include "mbplant/codec.h"
#include "mbplant/map.h"
#include "mbplant/point.h"
#include "mbplant/state/stored.h"
#include "state_priv.h"

struct mbp_forced *mbp_forced_find(const struct mbp_state *state, uint8_t unit, enum mbp_table table, uint16_t addr,
                                   uint16_t mask)
{
    for (unsigned i = 0; i < MBP_SIM_FORCED_MAX; i++) {
        struct mbp_forced *place = &state->forced[i];
        if (place->count > 0 && place->unit == unit && place->table == table && place->addr == addr &&
            place->mask == mask)
            return place;
    }
    return NULL;
}

struct mbp_forced *mbp_forced_of(const struct mbp_state *state, uint32_t actuator)
{
    uint32_t left = state->forced_count;
    for (unsigned i = 0; left > 0 && i < MBP_SIM_FORCED_MAX; i++) {
        struct mbp_forced *one = &state->forced[i];
        left -= one->count > 0;
        if (one->count > 0 && one->actuator == actuator)
            return one;
    }
    return NULL;
}

double mbp_forced_command(const struct mbp_state *state, uint32_t actuator)
{
    const struct mbp_forced *held = mbp_forced_of(state, actuator);
    return held != NULL ? held->command : (double)NAN;
}

double mbp_actuator_told(const struct mbp_state *state, uint32_t actuator)
{
    double held = mbp_forced_command(state, actuator);
    return isnan(held) ? state->command[actuator] : held;
}

static struct mbp_forced *free_place(const struct mbp_state *state)
{
    for (unsigned i = 0; i < MBP_SIM_FORCED_MAX; i++) {
        if (state->forced[i].count == 0)
            return &state->forced[i];
    }
    return NULL;
}

/* Words of a part of a register stand at its bits. */
static void put_in_place(const struct mbp_user_point *own, uint16_t *words)
{
    if (own != NULL && own->mask != 0)
        words[0] = (uint16_t)((uint32_t)words[0] << own->shift & own->mask);
}

void mbp_forced_words(const struct mbp_point *point, double number, uint16_t words[MBP_SIM_FORCE_VALUES])
{
    const struct mbp_register reg = mbp_point_register(point);
    memset(words, 0, MBP_SIM_FORCE_VALUES * sizeof *words);
    if (mbp_table_is_bits(point->table)) {
        words[0] = (uint16_t)(number < 0 || number > 0);
        return;
    }
    mbp_register_encode(&reg, number, words);
    put_in_place(point->own, words);
}

/* The number that its words are, for whoever reads the value. */
static void hold_stored(const struct mbp_plant *plant, struct mbp_state *state, const struct mbp_forced *forced)
{
    const struct mbp_stored *stored = &plant->stored[forced->stored];
    const uint16_t part = (uint16_t)((forced->words[0] & forced->mask) >> plant->points[stored->point].shift);
    const uint16_t *words = forced->mask != 0 ? &part : forced->words;
    bool bits = mbp_table_is_bits(forced->table);
    if (state->stored_held[forced->stored] == 0)
        state->stored_beneath[forced->stored] = state->stored[forced->stored];
    state->stored_held[forced->stored] = 1;
    state->stored[forced->stored] =
        bits ? words[0] != 0
             : mbp_codec_bits((enum mbp_type)stored->reg.type, (enum mbp_order)stored->reg.order, words);
}

static bool share_addresses(const struct mbp_forced *a, const struct mbp_forced *b)
{
    const uint16_t a_bits = a->mask != 0 ? a->mask : UINT16_MAX;
    const uint16_t b_bits = b->mask != 0 ? b->mask : UINT16_MAX;
    return a->unit == b->unit && a->table == b->table && a->addr < b->addr + b->count && b->addr < a->addr + a->count &&
           (a_bits & b_bits) != 0;
}

static bool is_same_point(const struct mbp_forced *a, const struct mbp_forced *b)
{
    return a->unit == b->unit && a->table == b->table && a->addr == b->addr && a->mask == b->mask &&
           a->count == b->count && a->stored == b->stored && a->actuator == b->actuator;
}

bool mbp_forced_is_of_same(const struct mbp_forced *a, const struct mbp_forced *b)
{
    return (a->stored != UINT32_MAX && a->stored == b->stored) ||
           (a->actuator != UINT32_MAX && a->actuator == b->actuator);
}

struct mbp_forced *mbp_forced_replaced(const struct mbp_state *state, const struct mbp_forced *wanted)
{
    for (unsigned i = 0; state->forced_count > 0 && i < MBP_SIM_FORCED_MAX; i++) {
        struct mbp_forced *one = &state->forced[i];
        if (one->count > 0 && !is_same_point(one, wanted) &&
            (share_addresses(one, wanted) || mbp_forced_is_of_same(one, wanted)))
            return one;
    }
    return NULL;
}

bool mbp_forced_hold(const struct mbp_plant *plant, struct mbp_state *state, const struct mbp_forced *wanted)
{
    struct mbp_forced *replaced;
    while ((replaced = mbp_forced_replaced(state, wanted)) != NULL)
        mbp_forced_release(state, replaced);
    struct mbp_forced *place =
        mbp_forced_find(state, wanted->unit, (enum mbp_table)wanted->table, wanted->addr, wanted->mask);
    if (place == NULL) {
        place = free_place(state);
        state->forced_count += place != NULL;
    }
    if (place == NULL)
        return false;
    *place = *wanted;
    if (place->stored != UINT32_MAX)
        hold_stored(plant, state, place);
    return true;
}

void mbp_forced_release(struct mbp_state *state, struct mbp_forced *forced)
{
    if (forced->stored != UINT32_MAX) {
        state->stored[forced->stored] = mbp_stored_kept(state, forced->stored);
        state->stored_held[forced->stored] = 0;
    }
    forced->count = 0;
    state->forced_count--;
}

/* Where the item that was `old` stands now: from[i] is what item i was. UINT32_MAX = it is no more. */
static uint32_t now_of(const uint32_t *from, uint32_t count, uint32_t old)
{
    for (uint32_t i = 0; i < count; i++) {
        if (from[i] == old)
            return i;
    }
    return UINT32_MAX;
}

/* The point that takes just these bits there. */
static bool find_point(const struct mbp_plant *plant, const struct mbp_forced *one, struct mbp_point *out)
{
    const uint32_t unit = (uint32_t)(mbp_plant_find_unit(plant, one->unit) - plant->units);
    const enum mbp_table table = (enum mbp_table)one->table;
    if (one->mask != 0)
        return mbp_map_part_at(plant, unit, table, one->addr, one->mask, out);
    return mbp_map_point_at(plant, unit, table, one->addr, out) && out->addr == one->addr &&
           (out->own == NULL || out->own->mask == 0);
}

/* An actuator that stands at the same place goes on being held there. */
static bool follow_actuator(const struct mbp_carry *carry, struct mbp_forced *one)
{
    struct mbp_point point;
    one->actuator = now_of(carry->actuator_from, carry->to->actuator_count, one->actuator);
    if (one->actuator == UINT32_MAX || !find_point(carry->to, one, &point) || point.actuator != one->actuator ||
        point.count > MBP_SIM_FORCE_VALUES)
        return false;
    const struct mbp_actuator *actuator = &carry->to->actuators[one->actuator];
    const double *range = actuator->range;
    one->command = fmin(fmax(one->command, range[0]), range[1]);
    const bool on = one->command > range[0];
    if (actuator->on_off)
        one->command = range[on ? 1 : 0];
    one->count = (uint8_t)point.count;
    mbp_forced_words(&point, actuator->on_off ? (double)on : one->command, one->words);
    return true;
}

/* Whether a register has that number, which came out of it as `back`. */
static bool has_number(const struct mbp_register *reg, double number, double back)
{
    double low;
    double high;
    if (isnan(number))
        return isnan(back);
    mbp_register_range(reg, &low, &high);
    return (number >= low && number <= high) || (back >= number && back <= number);
}

/* A stored value is held where it stands now, at the number that it was, in the words of its register now. */
static bool follow_stored(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_forced *one)
{
    const uint32_t old = one->stored;
    struct mbp_point home;
    one->stored = now_of(carry->stored_from, carry->to->stored_count, old);
    if (one->stored == UINT32_MAX || carry->to->stored[one->stored].parameter)
        return false; /* a parameter stands nowhere */
    const struct mbp_stored *now = &carry->to->stored[one->stored];
    mbp_map_own_point(carry->to, &carry->to->points[now->point], &home);
    const uint64_t bits = mbp_stored_bits(carry->from, from, old, &now->reg);
    const double number = mbp_register_of_bits(&carry->from->stored[old].reg, from->stored[old]);
    if (home.count > MBP_SIM_FORCE_VALUES || !has_number(&now->reg, number, mbp_register_of_bits(&now->reg, bits)))
        return false;
    one->addr = home.addr;
    one->table = home.table;
    one->mask = home.own->mask;
    one->count = (uint8_t)home.count;
    memset(one->words, 0, sizeof one->words);
    if (mbp_table_is_bits(home.table))
        one->words[0] = (uint16_t)(bits != 0);
    else
        mbp_codec_put_bits((enum mbp_type)now->reg.type, (enum mbp_order)now->reg.order, bits, one->words);
    put_in_place(home.own, one->words);
    return true;
}

/* False: the plant has it no more, or it cannot be what it was held at. */
static bool follow(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_forced *one)
{
    if (mbp_plant_find_unit(carry->to, one->unit) == NULL)
        return false;
    if (one->actuator != UINT32_MAX)
        return follow_actuator(carry, one);
    return one->stored == UINT32_MAX || follow_stored(carry, from, one);
}

bool mbp_forced_goes_on(const struct mbp_carry *carry, const struct mbp_state *from, const struct mbp_forced *held,
                        const struct mbp_state *to)
{
    struct mbp_forced now = *held;
    if (!follow(carry, from, &now))
        return false;
    const struct mbp_forced *place = mbp_forced_find(to, now.unit, (enum mbp_table)now.table, now.addr, now.mask);
    return place != NULL && is_same_point(place, &now);
}

void mbp_forced_carry(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_state *to)
{
    memset(to->forced, 0, MBP_SIM_FORCED_MAX * sizeof *to->forced);
    memset(to->stored_held, 0, to->stored_count);
    to->forced_count = 0;
    for (unsigned i = 0; i < MBP_SIM_FORCED_MAX; i++) {
        struct mbp_forced one = from->forced[i];
        if (one.count > 0 && follow(carry, from, &one))
            mbp_forced_hold(carry->to, to, &one);
    }
}
