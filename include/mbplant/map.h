/* map: the register map, the only place where a block, an address or the name of a point is written.
 *
 * A block is a row: in which table it stands, of what it has an item (a machine, a sensor, ...), where it usually
 * begins, how far its items stand apart, and which fields each item has. A field is a row too: its name, type, offset,
 * the view's member that it shows, and the command that a write of it is. Everything else about the map is a loop over
 * these rows: where blocks stand in a unit (mbp_map_layout), all points by name (mbp_map_points), which point is at an
 * address (mbp_map_find), words from a view and back (mbp_map_encode, mbp_map_decode).
 *
 * A new block that is only read is a row in src/map/blocks.c and a member of a view (mbplant/view.h).
 * Source: the tables and data types are those of MODBUS Application Protocol V1.1b3, clause 4. */
#ifndef MBPLANT_MAP_H
#define MBPLANT_MAP_H

#include "mbplant/base/registers.h"
#include "mbplant/map/rows.h"

#define MBP_MAP_VERSION 2

/* ---- items and addresses ----------------------------------------------------------------------------------------- */

/* The first item of a unit that a block may have, plant-wide, and how many. Of a unit's block: 0 and 1. */
uint32_t mbp_map_items(const struct mbp_plant *plant, const struct mbp_unit *unit, enum mbp_map_per per,
                       uint32_t *first);

/* The name of an item (plant-wide index) of that kind; "" of kinds that have none, or none that masters use. */
const char *mbp_map_item_name(const struct mbp_plant *plant, enum mbp_map_per per, uint32_t item);

/* Whether a block stands in a unit: the unit has items for it and found a place. */
bool mbp_map_has(const struct mbp_unit *unit, unsigned block);

/* Whether an item (plant-wide index) has addresses in a block that stands in its unit. */
bool mbp_map_item_has(const struct mbp_plant *plant, const struct mbp_unit *unit, unsigned block, uint32_t item);

/* Whether an item that stands in a block has this field of it: a two-position controller has no gain, no times and no
 * ends of its output. Where it has not there is a hole. */
bool mbp_map_field_stands(const struct mbp_plant *plant, unsigned block, unsigned field, uint32_t item);

/* The first address of an item (plant-wide index), and how many addresses its fields span. Only where
 * mbp_map_item_has. */
uint16_t mbp_map_addr(const struct mbp_plant *plant, const struct mbp_unit *unit, unsigned block, uint32_t item);
uint16_t mbp_map_item_count(const struct mbp_plant *plant, unsigned block, uint32_t item);

/* The addresses from a block's first item to the end of its last one's stride, holes between the fields among them; 0
 * of a block that does not stand in the unit, or whose items stand where their registers do. */
uint32_t mbp_map_span(const struct mbp_plant *plant, const struct mbp_unit *unit, unsigned block, uint32_t *first);

/* Whether an address lies inside such a span: where no point is, it is a hole, which reads 0. */
bool mbp_map_spans(const struct mbp_plant *plant, const struct mbp_unit *unit, enum mbp_table table, uint16_t addr);

/* The register whose type, scale and order an item's fields have; NULL where their rows say so. */
const struct mbp_register *mbp_map_register(const struct mbp_plant *plant, unsigned block, uint32_t item);

/* Where a field of an item stands behind the item's first address, and how many addresses it takes. reg: the item's
 * (mbp_map_register). */
uint16_t mbp_map_field_offset(unsigned block, unsigned field, const struct mbp_register *reg);
uint16_t mbp_map_field_count(const struct mbp_map_field *field, const struct mbp_register *reg);

/* Of what kind of items a sensor, an alarm of none or an interlock is one. */
static inline enum mbp_map_per mbp_sensor_per(const struct mbp_plant *plant, uint32_t sensor)
{
    return !plant->sensors[sensor].is_alarm                    ? MBP_PER_SENSOR
           : plant->sensors[sensor].interlock == MBP_INTERLOCK ? MBP_PER_INTERLOCK
                                                               : MBP_PER_ALARM;
}

/* Whether a sensor's type carries limits: numbers do. */
bool mbp_sensor_has_limits(const struct mbp_sensor *sensor);

/* Whether a unit has standard blocks: machines, sensors, actuators or controllers stand in it, or its file asks for
 * one. */
bool mbp_unit_has_map(const struct mbp_unit *unit);

/* ---- layout ------------------------------------------------------------------------------------------------------ */

/* Something that the file itself places, or a value: what may collide. */
enum mbp_map_claimant {
    MBP_CLAIM_VALUE,
    MBP_CLAIM_COMMAND,
    MBP_CLAIM_RAW,
    MBP_CLAIM_POINT,
    MBP_CLAIM_ALIAS,
    MBP_CLAIM_BLOCK
};
struct mbp_map_claim {
    enum mbp_map_claimant who;
    uint32_t index; /* plant-wide sensor, actuator, point or alias; raw: block of the unit's table; block of mbp_map */
    enum mbp_table table;
    uint32_t first, count; /* addresses */
    uint16_t part;         /* bits of its register that it takes; 0 = all, and nothing else may stand there */
};

/* What the layout of one unit goes by and tells. */
struct mbp_map_request {
    const struct mbp_plant *plant;
    struct mbp_unit *unit;          /* of the plant; its layout is set */
    struct mbp_sensor *sensors;     /* the plant's; a register's addr is where the file placed it, or is set */
    struct mbp_actuator *actuators; /* likewise */
    bool (*sensor_placed)(void *ctx, uint32_t sensor);
    bool (*actuator_placed)(void *ctx, uint32_t actuator);
    struct mbp_user_point *(*sensor_point)(void *ctx, uint32_t sensor); /* that is to stand where its value would */
    void (*overlap)(void *ctx, const struct mbp_map_claim *mine, const struct mbp_map_claim *other, uint32_t at);
    void (*overflow)(void *ctx, const struct mbp_map_claim *claim); /* it would end beyond address 65535 */
    void *ctx;
};

/* Places everything of a unit. What the file places and values stand where they are said to; each block goes to its
 * usual place where that is free; then the others, in the order of the rows, to the next thousand that is free; one
 * that finds no room has none (mbp_map_has). Blocks that yield come after those that do not. Holes inside a stride are
 * free for what the file places. Errors: MBP_ERR_MEMORY; MBP_ERR_RANGE after overflow or overlap was called. */
enum mbp_status mbp_map_layout(const struct mbp_map_request *request);

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* What a name stands for, whether its field has an address anywhere or not: "TT101", "TT101.high", "M1.en_service",
 * "active alarms". find: the plant-wide index of the item of a kind (machine, sensor, actuator, ...) that has a
 * name, UINT32_MAX when none has. unit: index of the one whose own fields are meant. Case does not matter. */
typedef uint32_t mbp_map_find_item(const void *ctx, enum mbp_map_per per, const char *name);
bool mbp_map_tag(const struct mbp_plant *plant, uint32_t unit, const char *name, mbp_map_find_item *find,
                 const void *ctx, struct mbp_tag *out);

/* The name of a tag: the item's, a point, the field's. Returns buf; 96 bytes suffice. */
const char *mbp_map_tag_name(const struct mbp_plant *plant, const struct mbp_tag *tag, char *buf, size_t size);

static inline const struct mbp_map_field *mbp_map_tag_field(const struct mbp_tag *tag)
{
    return &mbp_map[tag->block].fields[tag->field];
}

/* The point of the user's own that the `register` of a sensor or an actuator is; NULL where that stands in the standard
 * map, or nowhere. */
const struct mbp_user_point *mbp_map_register_point(const struct mbp_plant *plant, enum mbp_map_per per, uint32_t item);

/* Whether a master's write of a tag has an effect. */
bool mbp_map_tag_writable(const struct mbp_plant *plant, const struct mbp_tag *tag);

/* Whether logic sets it in every scan, and no master; known when the plant's logic is. */
bool mbp_map_tag_by_logic(const struct mbp_plant *plant, const struct mbp_tag *tag);

/* ---- points ------------------------------------------------------------------------------------------------------ */

/* One thing of the map, with all that a table of it needs. */
struct mbp_point {
    char name[96];    /* unique in the unit: "TT101", "TT101.high", "FILL1.en_panne", "active alarms", ... */
    const char *what; /* a few words: "value", "limit", "ask for this state", ... */
    const char *unit_text;
    const struct mbp_map_field *field; /* NULL of a raw block */
    const struct mbp_user_point *own;  /* the user's, or NULL */
    double scale, offset;
    uint32_t count;           /* addresses it covers */
    uint32_t sensor, machine; /* plant-wide index or UINT32_MAX, these and the next three */
    uint32_t actuator, controller, stored;
    uint16_t addr;
    uint8_t block; /* of mbp_map; of a raw block the number among those of its table */
    uint8_t table; /* enum mbp_table */
    uint8_t type;  /* enum mbp_type; MBP_BOOL in bit tables */
    uint8_t order;
    bool writable;
    bool by_logic; /* it is not, for logic sets it: a master's write finds it, and is refused with the reason */
};

/* How the words of a point of registers are a number. */
struct mbp_register mbp_point_register(const struct mbp_point *point);

/* Calls visit for each point of a unit, default map and raw tables (a block is one point), table by table, in address
 * order within a kind of point. Stops and returns what visit returns when that is not 0. */
int mbp_map_points(const struct mbp_plant *plant, uint32_t unit, int (*visit)(const struct mbp_point *point, void *ctx),
                   void *ctx);

/* The point of one field of an item (plant-wide index) that has addresses in a block of the unit (mbp_map_item_has). */
void mbp_map_field_point(const struct mbp_plant *plant, const struct mbp_unit *unit, unsigned block, uint32_t item,
                         unsigned field, struct mbp_point *out);

/* One of the user's own. */
void mbp_map_own_point(const struct mbp_plant *plant, const struct mbp_user_point *own, struct mbp_point *out);

/* The point of a unit's map that covers an address. False when none does. */
bool mbp_map_point_at(const struct mbp_plant *plant, uint32_t unit, enum mbp_table table, uint16_t addr,
                      struct mbp_point *out);

/* The user's point that takes these bits of a register. */
bool mbp_map_part_at(const struct mbp_plant *plant, uint32_t unit, enum mbp_table table, uint16_t addr, uint16_t mask,
                     struct mbp_point *out);

/* The point at an address that is named as in "holding 40" (mbp_table_place). Of a raw block it is that one address;
 * of a longer point it must be the first. */
bool mbp_map_point_named_at(const struct mbp_plant *plant, uint32_t unit, const char *name, struct mbp_point *out);

/* How the map calls the alarm of a contact, NAME.condition everywhere else. */
#define MBP_MAP_CONDITION "condition_alarm"

/* What an item has under a name that no point of the map has by itself: an actuator's "command", which masters know by
 * the actuator's name alone; an alarm's "high.state" and "high.since", which stand in words of the sensor, and its
 * "condition". *out is then the part of a register where it stands (`own`), under that name. False: nothing. */
bool mbp_map_derived_point(const struct mbp_plant *plant, enum mbp_map_per per, uint32_t item, const char *field,
                           struct mbp_point *out);

/* What a master means who writes a point of this name, where that is only shown: of an alarm its limit,
 * TT101.high.limit of TT101.high; of FV101.command FV101; NULL = nothing. Returns buf. */
const char *mbp_map_name_to_write(const struct mbp_point *point, char *buf, size_t size);

/* Whether NAME.suffix is how the map calls a point of something NAME. */
bool mbp_map_suffix_is_taken(const char *suffix);

/* ---- which field is at an address -------------------------------------------------------------------------------- */

/* What of a unit's map stands in its own order of addresses. Ownership: mbp_map_index_free. */
struct mbp_map_index;
enum mbp_status mbp_map_index_new(const struct mbp_plant *plant, const struct mbp_unit *unit,
                                  struct mbp_map_index **out);
void mbp_map_index_free(struct mbp_map_index *index);

struct mbp_map_found {
    const struct mbp_map_field *field;
    const struct mbp_user_point *own; /* the user's, or NULL */
    uint32_t item;                    /* plant-wide */
    uint16_t addr;                    /* first of the field */
    uint16_t count;
    uint8_t block;
};

/* The field of a standard block, or the user's point, that covers an address. False where none does: holes, raw blocks,
 * nothing. No heap; about log2 of the unit's sensors. */
bool mbp_map_find(const struct mbp_map_index *index, enum mbp_table table, uint16_t addr, struct mbp_map_found *out);

/* ---- words and views --------------------------------------------------------------------------------------------- */

/* Which unit's sensors MBP_FORM_INDEX counts is the caller's; numbers stay as the view has them. reg: the item's own
 * register where the block's place says so, else NULL. words and bits begin at the item's first address. Fields without
 * a member are left as they are.
 * Errors of decode: none; what cannot be (a state beyond the last) is the caller's to judge. */
void mbp_map_encode_words(unsigned block, const struct mbp_register *reg, const void *view, uint16_t *words);

/* Where two views of an item differ, a bit a piece of theirs; the pieces that a field shows (0: it has no member); and
 * that field alone, of a block whose place is MBP_PLACE_STRIDE, into its own words. So what changed is written, and
 * nothing else is looked at. */
#define MBP_MAP_PIECES 64u
uint64_t mbp_map_differences(const void *view, const void *before, size_t size);
uint64_t mbp_map_field_pieces(const struct mbp_map_field *field);
void mbp_map_encode_field(const struct mbp_map_field *field, const void *view, uint16_t *words);

/* Whether a field is the next after `count` that begin with `first`, each a 32-bit number, in the view as in the words;
 * and all of them at once. */
bool mbp_map_follows(const struct mbp_map_field *field, const struct mbp_map_field *first, unsigned count);
void mbp_map_encode_run(const struct mbp_map_field *first, unsigned count, const void *view, uint16_t *words);

void mbp_map_encode_bits(unsigned block, const void *view, uint8_t *bits);
void mbp_map_decode_words(unsigned block, const struct mbp_register *reg, const uint16_t *words, void *view);
void mbp_map_decode_bits(unsigned block, const uint8_t *bits, void *view);

/* A view of an item as masters get it: what its unit shows in registers of the map's own types becomes as precise as
 * those are. */
void mbp_map_as_read(const struct mbp_plant *plant, const struct mbp_unit *unit, enum mbp_map_per per, uint32_t item,
                     void *view);

/* One field as a number. */
double mbp_map_number(const struct mbp_map_field *field, const void *view);

/* What a point of the user's shows of a number, into its words. good: the number is a good one. */
void mbp_map_encode_own(const struct mbp_user_point *own, double number, bool good, uint16_t *words);

/* Sets a member to a number. */
void mbp_map_set_number(const struct mbp_map_field *field, double number, void *view);

#endif
