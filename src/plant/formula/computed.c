/* computed: points that expressions give, in the order in which they are reckoned. */
#include "formula.h"

enum visit { UNSEEN, ENTERED, DONE };

/* Where a walk along what they read stands. */
struct walk {
    struct mbp_load *load;
    uint8_t *visit;
    size_t *next;   /* per stored value: what it reads next */
    uint32_t *path; /* from the first to the present one */
    uint32_t depth;
    uint32_t *order;
};

static const struct mbp_formula *formula_of(const struct walk *walk, uint32_t s)
{
    const struct mbp_plant *plant = walk->load->plant;
    return &plant->formulas[plant->stored[s].formula - 1];
}

static void tell_circle(const struct walk *walk, uint32_t s)
{
    const struct mbp_load *load = walk->load;
    mbp_reader_tell(&walk->load->reader, load->stored_defs[s]->expr.node,
                    "%s depends on itself; a point with a 'value' that logic sets may lie between",
                    load->stored[s].name);
}

/* The next computed one that s reads; UINT32_MAX: there is none any more. */
static uint32_t next_read(struct walk *walk, uint32_t s)
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

static void enter(struct walk *walk, uint32_t s)
{
    walk->visit[s] = ENTERED;
    walk->path[walk->depth++] = s;
}

static void follow(struct walk *walk, uint32_t root)
{
    struct mbp_plant *plant = walk->load->plant;
    enter(walk, root);
    while (walk->depth > 0) {
        uint32_t s = walk->path[walk->depth - 1];
        uint32_t other = next_read(walk, s);
        if (other == UINT32_MAX) {
            walk->visit[s] = DONE;
            walk->depth--;
            walk->order[plant->computed_count++] = s;
        } else if (walk->visit[other] == UNSEEN) {
            enter(walk, other);
        } else if (walk->visit[other] == ENTERED) {
            tell_circle(walk, other);
            return; /* where that is mended, the next will be told */
        }
    }
}

void mbp_order_computed(struct mbp_load *load)
{
    struct mbp_plant *plant = load->plant;
    struct mbp_reader *reader = &load->reader;
    size_t count = (size_t)plant->stored_count + 1;
    struct walk walk = {.load = load,
                        .visit = mbp_reader_array(reader, reader->scratch, count, sizeof *walk.visit),
                        .next = mbp_reader_array(reader, reader->scratch, count, sizeof *walk.next),
                        .path = mbp_reader_array(reader, reader->scratch, count, sizeof *walk.path),
                        .order = mbp_reader_array(reader, reader->keep, count, sizeof *walk.order)};
    if (reader->out_of_memory)
        return;
    plant->computed = walk.order;
    for (uint32_t s = 0; s < plant->stored_count && reader->errors->count == 0; s++) {
        if (plant->stored[s].computed && walk.visit[s] == UNSEEN)
            follow(&walk, s);
    }
}
