/* Points that are held from outside. */
#include "mbplant/state/forced.h"

#include <string.h>

#include "mbplant/codec.h"
#include "mbplant/point.h"
#include "state_priv.h"

struct mbp_forced *mbp_forced_find(const struct mbp_state *state, uint8_t unit, enum mbp_table table, uint16_t addr)
{
    for (unsigned i = 0; i < MBP_SIM_FORCED_MAX; i++) {
        struct mbp_forced *place = &state->forced[i];
        if (place->count > 0 && place->unit == unit && place->table == table && place->addr == addr)
            return place;
    }
    return NULL;
}

static struct mbp_forced *free_place(const struct mbp_state *state)
{
    for (unsigned i = 0; i < MBP_SIM_FORCED_MAX; i++) {
        if (state->forced[i].count == 0)
            return &state->forced[i];
    }
    return NULL;
}

/* The number that its words are, for whoever reads the value. */
static void hold_stored(const struct mbp_plant *plant, struct mbp_state *state, const struct mbp_forced *forced)
{
    const struct mbp_stored *stored = &plant->stored[forced->stored];
    bool bits = mbp_table_is_bits(forced->table);
    if (state->stored_held[forced->stored] == 0)
        state->stored_beneath[forced->stored] = state->stored[forced->stored];
    state->stored_held[forced->stored] = 1;
    state->stored[forced->stored] =
        bits ? forced->words[0] != 0
             : mbp_codec_bits((enum mbp_type)stored->reg.type, (enum mbp_order)stored->reg.order, forced->words);
}

bool mbp_forced_hold(const struct mbp_plant *plant, struct mbp_state *state, const struct mbp_forced *wanted)
{
    struct mbp_forced *place = mbp_forced_find(state, wanted->unit, (enum mbp_table)wanted->table, wanted->addr);
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

static uint32_t stored_now(const struct mbp_carry *carry, uint32_t stored)
{
    for (uint32_t i = 0; i < carry->to->stored_count; i++) {
        if (carry->stored_from[i] == stored)
            return i;
    }
    return UINT32_MAX;
}

/* A stored value is held where it stands now. False: the plant has it no more. */
static bool follow(const struct mbp_carry *carry, struct mbp_forced *one)
{
    if (mbp_plant_find_unit(carry->to, one->unit) == NULL)
        return false;
    if (one->stored == UINT32_MAX)
        return true;
    one->stored = stored_now(carry, one->stored);
    if (one->stored == UINT32_MAX || carry->to->stored[one->stored].parameter)
        return false; /* a parameter stands nowhere */
    const struct mbp_user_point *home = &carry->to->points[carry->to->stored[one->stored].point];
    one->addr = home->reg.addr;
    one->table = home->table;
    return home->reg.words == one->count && home->mask == 0;
}

void mbp_forced_carry(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_state *to)
{
    memset(to->forced, 0, MBP_SIM_FORCED_MAX * sizeof *to->forced);
    memset(to->stored_held, 0, to->stored_count);
    to->forced_count = 0;
    for (unsigned i = 0; i < MBP_SIM_FORCED_MAX; i++) {
        struct mbp_forced one = from->forced[i];
        if (one.count > 0 && follow(carry, &one))
            mbp_forced_hold(carry->to, to, &one);
    }
}
