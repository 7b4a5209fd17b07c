/* loops: conditions of alarms and interlocks that need each other. What one does comes back through its machine's
 * state, the process or the alarm that it raises, and takes a scan; a condition that needs itself would hold for ever
 * once it had come. */
#include "formula/formula.h"
#include "formula/walk.h"
#include "mbplant/base/tr.h"
#include "mbplant/plant/interlock.h"

/* The next one whose condition the expression of s reads; UINT32_MAX: there is none any more. */
static uint32_t next_read(struct mbp_walk *walk, uint32_t s)
{
    const struct mbp_plant *plant = walk->load->plant;
    const uint32_t *slots;
    size_t count = mbp_expr_reads(plant->formulas[plant->sensors[s].when - 1].code, &slots);
    while (walk->next[s] < count) {
        uint32_t slot = slots[walk->next[s]++];
        enum mbp_slot_kind kind = mbp_slot_kind(slot);
        uint32_t index = mbp_slot_index(slot);
        if (kind == MBP_SLOT_OF_INTERLOCK)
            index /= MBP_OF_INTERLOCK_COUNT;
        else if (kind != MBP_SLOT_SHOWN_ON)
            continue;
        if (plant->sensors[index].when != 0)
            return index;
    }
    return UINT32_MAX;
}

/* s: where the path comes to again from its end. */
static bool tell_circle(struct mbp_walk *walk, uint32_t s)
{
    const struct mbp_load *load = walk->load;
    uint32_t last = walk->path[walk->depth - 1];
    mbp_reader_tell(&walk->load->reader, load->origins[s].def->when.node,
                    mbp_is_interlock(&load->sensors[s]) ? "the interlock %s depends on itself%s%s"
                                                        : "the alarm %s depends on itself%s%s",
                    load->sensors[s].name, last != s ? mbp_tr(", by ") : "", last != s ? load->sensors[last].name : "");
    return false;
}

void mbp_check_condition_loops(struct mbp_load *load)
{
    const struct mbp_plant *plant = load->plant;
    const struct mbp_reader *reader = &load->reader;
    struct mbp_walk walk = {.need = next_read, .circle = tell_circle, .load = load};
    if (plant->alarm_count == 0 || !mbp_walk_make(&walk, plant->sensor_count, (size_t)plant->sensor_count + 1))
        return;
    for (uint32_t s = 0; s < plant->sensor_count && reader->errors->count == 0; s++) {
        if (plant->sensors[s].when != 0)
            mbp_walk_from(&walk, s);
    }
}
