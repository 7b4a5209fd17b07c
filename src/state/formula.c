/* A changed plant takes over: what its formulas remember. */
#include <string.h>

#include "mbplant/point.h"
#include "state_priv.h"

/* The name of what is set by logic; which of its states, of a machine. */
static const char *target_name(const struct mbp_plant *plant, const struct mbp_formula *formula)
{
    uint32_t index = mbp_slot_index(formula->target);
    switch ((unsigned)mbp_slot_kind(formula->target)) {
    case MBP_SLOT_STATE:
        return plant->machines[index / MBP_STATE_COUNT].name;
    case MBP_SLOT_STORED:
        return plant->stored[index].name;
    default:
        return plant->actuators[index].name;
    }
}

static bool same_target(const struct mbp_carry *carry, const struct mbp_formula *was, const struct mbp_formula *now)
{
    bool is_state = mbp_slot_kind(now->target) == MBP_SLOT_STATE;
    if (is_state != (mbp_slot_kind(was->target) == MBP_SLOT_STATE) || was->nth != now->nth)
        return false;
    if (is_state && mbp_slot_index(was->target) % MBP_STATE_COUNT != mbp_slot_index(now->target) % MBP_STATE_COUNT)
        return false;
    return strcmp(target_name(carry->from, was), target_name(carry->to, now)) == 0;
}

/* The unit of the old plant with the same id. */
static const struct mbp_unit *old_unit(const struct mbp_carry *carry, const struct mbp_formula *now)
{
    return mbp_plant_find_unit(carry->from, carry->to->units[now->owner].id);
}

/* Of logic: of the unit's the one with the same target. */
static uint32_t find_old_logic(const struct mbp_carry *carry, const struct mbp_formula *now)
{
    const struct mbp_unit *unit = old_unit(carry, now);
    for (uint32_t i = 0; unit != NULL && i < unit->logic_count; i++) {
        if (same_target(carry, &carry->from->formulas[unit->first_logic + i], now))
            return unit->first_logic + i;
    }
    return UINT32_MAX;
}

/* The formula that stood in the same place; UINT32_MAX = there was none. */
static uint32_t find_old(const struct mbp_carry *carry, const struct mbp_formula *now)
{
    const struct mbp_plant *from = carry->from;
    const uint32_t *were = now->use == MBP_FORMULA_UPKEEP  ? carry->machine_from
                           : now->use == MBP_FORMULA_POINT ? carry->stored_from
                                                           : carry->sensor_from;
    if (now->use == MBP_FORMULA_LOGIC)
        return find_old_logic(carry, now);
    const uint32_t owner = now->use != MBP_FORMULA_ACCEPT ? were[now->owner] : UINT32_MAX; /* that remembers nothing */
    if (owner == UINT32_MAX)
        return UINT32_MAX;
    const uint32_t formula = now->use == MBP_FORMULA_SIGNAL     ? from->sensors[owner].formula
                             : now->use == MBP_FORMULA_ALARM    ? from->sensors[owner].when
                             : now->use == MBP_FORMULA_UPKEEP   ? from->machines[owner].maintenance_when
                             : now->use == MBP_FORMULA_SUPPRESS ? mbp_formula_of_suppression(from, owner, now->nth)
                                                                : from->stored[owner].formula;
    return formula != 0 ? formula - 1 : UINT32_MAX;
}

void state_carry_formulas(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_state *to)
{
    for (uint32_t f = 0; f < carry->to->formula_count; f++) {
        const struct mbp_formula *now = &carry->to->formulas[f];
        uint32_t old = find_old(carry, now);
        if (old == UINT32_MAX)
            continue;
        const struct mbp_formula *was = &carry->from->formulas[old];
        to->formula[f] = from->formula[old];
        mbp_expr_carry(was->code, from->cell + was->first_cell, now->code, to->cell + now->first_cell);
    }
}
