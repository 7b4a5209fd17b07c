/* load: what the steps from definitions to a plant hand to each other. */
#ifndef MBP_PLANT_LOAD_H
#define MBP_PLANT_LOAD_H

#include "defs.h"
#include "index.h"
#include "mbplant/point.h"
#include "pattern.h"

/* Where an expanded sensor comes from. */
struct mbp_sensor_origin {
    const struct mbp_sensor_def *def;
    struct mbp_counters counters;
    uint32_t instance; /* of the definition in this unit, from 0 */
    uint32_t point;    /* that its register is, where it has one */
};

struct mbp_actuator_origin {
    const struct mbp_actuator_def *def;
    uint32_t instance;
    uint32_t point; /* as a sensor's */
};

struct mbp_machine_origin {
    const struct mbp_machine_def *def;
    struct mbp_counters counters;
};

struct mbp_controller_origin {
    const struct mbp_controller_def *def;
    struct mbp_counters counters;
};

struct mbp_point_origin {
    const struct mbp_point_def *def;
    struct mbp_counters counters;
    const struct mbp_node *tag; /* the name of what it shows, or the point's own */
    uint32_t stored;            /* that it holds; UINT32_MAX = none */
    int8_t bit;                 /* of its register that it takes alone; -1 = none */
    bool of_register;           /* of an item, whose value or command it shows: `shows` */
    struct mbp_tag shows;
    uint32_t instance; /* it stands so many times its words behind its `at` */
};

struct mbp_load {
    struct mbp_reader reader;
    struct mbp_plant_own own;
    struct mbp_plant_def def;
    struct mbp_plant *plant;
    /* The plant's arrays while they may still be written, and the definition behind each item. */
    struct mbp_unit *units;
    struct mbp_machine *machines;
    struct mbp_sensor *sensors;
    struct mbp_actuator *actuators;
    struct mbp_controller *controllers;
    struct mbp_input *inputs;
    struct mbp_user_point *points;
    struct mbp_stored *stored;
    struct mbp_alias *aliases;
    const struct mbp_unit_def **unit_defs;
    struct mbp_machine_origin *machine_origins;
    const bool *shared_name; /* per item of the index: another one has its name, which is told */
    struct mbp_sensor_origin *origins;
    struct mbp_actuator_origin *actuator_origins;
    struct mbp_controller_origin *controller_origins;
    struct mbp_point_origin *point_origins;
    const struct mbp_point_def **stored_defs, **alias_defs;
};

/* The rules of names that hold for a definition before it is expanded: placeholders where `repeat` needs them. */
void mbp_check_names(struct mbp_load *load);

/* Definitions -> arrays, `repeat` carried out. Errors: MBP_ERR_MEMORY; MBP_ERR_FORMAT when there are too many of
 * something to go on (told). */
enum mbp_status mbp_expand(struct mbp_load *load);

/* Whether it needs no telling that an item found by its name is not what it should be: another one has that name too,
 * which is told, or so much is told that nobody reads it. */
/* What suppresses an alarm; nth: whose it is, as in mbp_formula. */
const struct mbp_suppress_def *mbp_suppression_of(const struct mbp_sensor_def *sensor, unsigned alarm, uint32_t *nth);
void mbp_list_duties(struct mbp_load *load);

bool mbp_is_doubtful(const struct mbp_load *load, uint32_t item);

/* Controllers' inputs, outputs and cascades by name, and what must hold between them. */
void mbp_resolve_controllers(struct mbp_load *load, const struct mbp_index *index);

/* Who watches whether masters write, and where they can. */
void mbp_resolve_watchdogs(struct mbp_load *load);

/* Adds the points of a unit, the number-th of its repeat. */
void mbp_expand_points(struct mbp_load *load, const struct mbp_unit_def *def, uint32_t number, struct mbp_unit *unit);

/* What points show, by name; their types and addresses. */
void mbp_resolve_points(struct mbp_load *load, const struct mbp_index *index);

/* Sorts the points of a unit by table and address; nothing may refer to their origins any more. */
void mbp_sort_points(struct mbp_load *load, const struct mbp_unit *unit);

/* The parameters of a unit, as stored values that stand first in it; all of the plant, once all units are there. */
void mbp_expand_parameters(struct mbp_load *load, const struct mbp_unit_def *def, uint32_t number);
void mbp_list_parameters(struct mbp_load *load);

/* What stored values begin with; the runs of addresses that are the same as others, once the unit's map is laid out. */
void mbp_set_stored(struct mbp_load *load, uint32_t stored);
void mbp_resolve_aliases(struct mbp_load *load, struct mbp_unit *unit, bool silent);

/* Unique names and unit ids; inputs' and machines' sensors by name. Errors: MBP_ERR_MEMORY. */
enum mbp_status mbp_resolve(struct mbp_load *load);

/* Every address; overlaps and what does not fit. Errors: MBP_ERR_MEMORY. */
enum mbp_status mbp_layout(struct mbp_load *load);

/* The file's text without its faults. */
void mbp_set_public_text(struct mbp_load *load, const struct mbp_node *root);

#endif
