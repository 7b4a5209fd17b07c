/* computed: points that expressions give, in the order in which they are reckoned. */
#include "formula.h"
#include "walk.h"

struct points {
    struct mbp_walk walk;
    uint32_t *order;
};

static const struct mbp_formula *formula_of(const struct mbp_walk *walk, uint32_t s)
{
    const struct mbp_plant *plant = walk->load->plant;
    return &plant->formulas[plant->stored[s].formula - 1];
}

static bool tell_circle(struct mbp_walk *walk, uint32_t s)
{
    const struct mbp_load *load = walk->load;
    mbp_reader_tell(&walk->load->reader, load->stored_defs[s]->expr.node,
                    "%s depends on itself; a point with a 'value' that logic sets may lie between",
                    load->stored[s].name);
    return false;
}

/* The next computed one that s reads; UINT32_MAX: there is none any more. */
static uint32_t next_read(struct mbp_walk *walk, uint32_t s)
{
    const uint32_t *slots;
    size_t count = mbp_expr_reads(formula_of(walk, s)->code, &slots);
    while (walk->next[s] < count) {
        uint32_t slot = slots[walk->next[s]++];
        uint32_t other = mbp_slot_index(slot);
        bool reads = mbp_slot_kind(slot) == MBP_SLOT_STORED || mbp_slot_kind(slot) == MBP_SLOT_UNKNOWN;
        if (reads && walk->load->stored[other].computed)
            return other;
    }
    return UINT32_MAX;
}

static void order(struct mbp_walk *walk, uint32_t s)
{
    const struct points *points = (const struct points *)walk; /* its first member */
    points->order[walk->load->plant->computed_count++] = s;
}

void mbp_order_computed(struct mbp_load *load)
{
    struct mbp_plant *plant = load->plant;
    struct mbp_reader *reader = &load->reader;
    size_t count = (size_t)plant->stored_count + 1;
    struct points points = {.walk = {.need = next_read, .circle = tell_circle, .done = order, .load = load},
                            .order = mbp_reader_array(reader, reader->keep, count, sizeof *points.order)};
    if (!mbp_walk_make(&points.walk, count, count))
        return;
    plant->computed = points.order;
    for (uint32_t s = 0; s < plant->stored_count && reader->errors->count == 0; s++) {
        if (plant->stored[s].computed)
            mbp_walk_from(&points.walk, s);
    }
}
