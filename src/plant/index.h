/* index: machines and sensors by name, in one open-addressed table of the plant's memory. */
#ifndef MBP_PLANT_INDEX_H
#define MBP_PLANT_INDEX_H

#include "arena.h"
#include "mbplant/plant.h"

/* An item is a machine's index; the number of machines plus a sensor's index; that of both plus an actuator's; that
 * of all three plus a controller's; or that of all four plus a stored value's. */
struct mbp_index {
    uint32_t *slots; /* item + 1; 0 = free */
    uint32_t mask;
};

/* What the names of expressions stand for while they are compiled (formula/scope.h). */
struct mbp_scope {
    const struct mbp_plant *plant;
    bool is_signal;
    uint32_t unit;    /* that the expression is of; UINT32_MAX: of none */
    uint32_t *inputs; /* of a signal: what it reads of the process, as mbp_input.from; MBP_EXPR_NODES_MAX have room */
    uint32_t input_count;
};

/* What plant->memory points to. */
struct mbp_plant_memory {
    struct mbp_arena arena;
    struct mbp_arena text; /* apart, so that it can go first */
    struct mbp_index index;
    struct mbp_scope scope; /* of expressions that come later */
};

/* Room for everything that has a name. Errors: MBP_ERR_MEMORY. */
enum mbp_status mbp_index_init(struct mbp_index *index, const struct mbp_plant *plant, struct mbp_arena *arena);

/* How many items there are, and the name of one. */
uint32_t mbp_index_count(const struct mbp_plant *plant);
const char *mbp_index_name(const struct mbp_plant *plant, uint32_t item);

/* The item of this name, UINT32_MAX when there is none. */
uint32_t mbp_index_find(const struct mbp_index *index, const struct mbp_plant *plant, const char *name);

/* What an item may be wanted as. A source is what an input takes in: a sensor, or the number of sensors plus an
 * actuator's index. */
enum mbp_item_kind {
    MBP_ITEM_MACHINE,
    MBP_ITEM_SENSOR,
    MBP_ITEM_ACTUATOR,
    MBP_ITEM_CONTROLLER,
    MBP_ITEM_STORED,
    MBP_ITEM_SOURCE,
    MBP_ITEM_ALARM,     /* of no sensor: an index into sensors[] too */
    MBP_ITEM_INTERLOCK, /* likewise one of `interlocks` */
    MBP_ITEM_WATCHED    /* a sensor, or one of those two */
};

/* The plant-wide index of an item among those of a kind; UINT32_MAX when it is of another, or UINT32_MAX. */
uint32_t mbp_index_as(const struct mbp_plant *plant, uint32_t item, enum mbp_item_kind kind);

/* Adds an item under its name; returns the item that has the name already, or UINT32_MAX when it was free. */
uint32_t mbp_index_add(struct mbp_index *index, const struct mbp_plant *plant, uint32_t item);

#endif
