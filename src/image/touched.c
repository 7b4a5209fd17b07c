/* What expressions want to know of requests: that a tag was read, and what a write would leave. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "image_priv.h"
#include "mbplant/formula.h"
#include "mbplant/image/touched.h"
#include "mbplant/state/stored.h"

/* ---- reads --------------------------------------------------------------------------------------------------------
 */

/* The tag whose value a field is, as mbp_state.touched counts them; UINT32_MAX: of none. */
static uint32_t tag_of(const struct mbp_plant *plant, unsigned block, const struct mbp_map_field *field, uint32_t item)
{
    if (block == MBP_MAP_STORED && field->write == MBP_WRITE_STORED)
        return mbp_touched_stored(plant, item);
    if (mbp_map[block].per == MBP_PER_SENSOR && (field->write == MBP_WRITE_VALUE || block == MBP_MAP_FLOATS))
        return item;
    if (mbp_map[block].per == MBP_PER_ALARM && field->name[0] == '\0') /* the alarm itself, which bears the name */
        return item;
    return mbp_map[block].per == MBP_PER_ACTUATOR ? plant->sensor_count + item : UINT32_MAX;
}

struct marking {
    struct mbp_image_unit *unit;
    const uint8_t *wanted;
};

static uint32_t item_of(const struct mbp_point *point)
{
    return point->sensor != UINT32_MAX     ? point->sensor
           : point->actuator != UINT32_MAX ? point->actuator
                                           : point->stored;
}

static int mark(const struct mbp_point *point, void *ctx)
{
    const struct marking *marking = ctx;
    const struct mbp_plant *plant = marking->unit->image->plant;
    uint32_t tag = point->field != NULL && item_of(point) != UINT32_MAX
                       ? tag_of(plant, point->block, point->field, item_of(point))
                       : UINT32_MAX;
    if (tag == UINT32_MAX || marking->wanted[tag] == 0)
        return 0;
    for (uint32_t i = 0; i < point->count; i++)
        marking->unit->access[point->table][point->addr + i] |= MBP_ACCESS_WATCHED;
    marking->unit->watched = true;
    return 0;
}

/* The tags whose reads some expression looks at; false: none does. */
static bool find_wanted(const struct mbp_plant *plant, uint8_t *wanted)
{
    bool any = false;
    for (uint32_t f = 0; f < plant->formula_count; f++) {
        const uint32_t *slots;
        size_t count = mbp_expr_reads(plant->formulas[f].code, &slots);
        for (size_t i = 0; i < count; i++) {
            bool reads = mbp_slot_kind(slots[i]) == MBP_SLOT_TOUCHED && mbp_slot_index(slots[i]) % 2 == 1;
            if (reads)
                wanted[mbp_slot_index(slots[i]) / 2] = 1;
            any = any || reads;
        }
    }
    return any;
}

enum mbp_status image_touched_new(struct mbp_image *image)
{
    const struct mbp_plant *plant = image->plant;
    for (uint32_t p = 0; p < plant->point_count; p++) {
        for (uint32_t u = 0; u < plant->unit_count && plant->points[p].accept != 0; u++) {
            const struct mbp_unit *unit = &plant->units[u];
            image->units[u].accepts |= p >= unit->first_point && p < unit->first_point + unit->point_count;
        }
    }
    uint8_t *wanted = calloc((size_t)mbp_touched_count(plant) + 1, 1);
    if (wanted == NULL)
        return MBP_ERR_MEMORY;
    enum mbp_status status = MBP_OK;
    if (find_wanted(plant, wanted)) {
        image->read = calloc((size_t)mbp_touched_count(plant) + 1, 1);
        status = image->read == NULL ? MBP_ERR_MEMORY : MBP_OK;
        for (uint32_t u = 0; u < plant->unit_count; u++) {
            struct marking marking = {&image->units[u], wanted};
            mbp_map_points(plant, u, mark, &marking);
            image->units[u].minded = wanted[mbp_touched_unit(plant, u)] != 0;
            image->minds_masters = image->minds_masters || image->units[u].minded;
        }
    }
    free(wanted);
    return status;
}

void image_note_read(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count)
{
    struct mbp_image *image = unit->image;
    const struct image_index *index = &image->index[unit - image->units];
    for (uint32_t a = addr; a < (uint32_t)addr + count; a++) {
        struct mbp_map_found found;
        enum mbp_table home = table;
        uint16_t at = (uint16_t)a;
        image_alias_home(unit, &home, &at);
        if ((unit->access[home][at] & MBP_ACCESS_WATCHED) == 0 || !mbp_map_find(index->map, home, at, &found))
            continue;
        uint32_t tag = tag_of(image->plant, found.block, found.field, found.item);
        if (tag == UINT32_MAX)
            continue;
        image->read[tag] = 1;
        image->any_read = true;
    }
}

bool mbp_image_minds_masters(const struct mbp_image *image)
{
    return image->minds_masters;
}

void mbp_image_note_request(const struct mbp_image_unit *unit)
{
    struct mbp_image *image = unit->image;
    if (!unit->minded)
        return;
    image->read[mbp_touched_unit(image->plant, (uint32_t)(unit - image->units))] = 1;
    image->any_read = true;
}

void mbp_image_latch_reads(struct mbp_image *image, uint8_t *touched)
{
    if (!image->any_read)
        return;
    for (uint32_t tag = 0; tag < mbp_touched_count(image->plant); tag++) {
        touched[tag] |= image->read[tag] != 0 ? MBP_TOUCHED_READ : 0;
        image->read[tag] = 0;
    }
    image->any_read = false;
}

/* ---- accept -------------------------------------------------------------------------------------------------------
 */

/* The state as a request would leave it. */
struct judging {
    const struct mbp_image *image;
    struct mbp_formula_view state;
};

/* The bits that a stored value would have: they stand where its home is. */
static uint64_t stored_bits(const struct mbp_image *image, uint32_t s)
{
    const struct mbp_stored *stored = &image->plant->stored[s];
    if (stored->parameter)
        return image->published->stored[s];
    const struct mbp_user_point *home = &image->plant->points[stored->point];
    const struct mbp_image_unit *unit = &image->units[stored->unit];
    uint16_t words[4];
    if (mbp_table_is_bits(home->table))
        return (home->table == MBP_COILS ? unit->coils : unit->discrete)[home->reg.addr];
    const uint16_t *stands = (home->table == MBP_HOLDING_REGISTERS ? unit->holding : unit->input) + home->reg.addr;
    memcpy(words, stands, home->reg.words * sizeof *words);
    if (home->mask != 0)
        words[0] = (uint16_t)((words[0] & home->mask) >> home->shift);
    return mbp_codec_bits((enum mbp_type)home->reg.type, (enum mbp_order)home->reg.order, words);
}

/* What values of expressions are to masters that write them; `times` in a slot for each item. */
static const struct written_slot {
    uint8_t per, kind, times; /* times 0: nobody writes it */
} written_slots[MBP_SLOT_COUNT] = {
    [MBP_SLOT_SHOWN] = {MBP_PER_SENSOR, MBP_WRITE_VALUE, 1},
    [MBP_SLOT_SHOWN_ON] = {MBP_PER_SENSOR, MBP_WRITE_VALUE, 1},
    [MBP_SLOT_LIMIT] = {MBP_PER_SENSOR, MBP_WRITE_LIMIT, MBP_ALARM_COUNT},
    [MBP_SLOT_COMMAND] = {MBP_PER_ACTUATOR, MBP_WRITE_COMMAND, 1},
    [MBP_SLOT_COMMAND_ON] = {MBP_PER_ACTUATOR, MBP_WRITE_COMMAND, 1},
    [MBP_SLOT_SETTING] = {MBP_PER_CONTROLLER, MBP_WRITE_SETTING, MBP_SETTING_COUNT},
    [MBP_SLOT_AUTOMATIC] = {MBP_PER_CONTROLLER, MBP_WRITE_MODE, 1},
    [MBP_SLOT_STORED] = {MBP_PER_STORED, MBP_WRITE_STORED, 1},
};

static bool wanted_of(uint32_t slot, struct image_wanted *wanted)
{
    const struct written_slot *row = &written_slots[mbp_slot_kind(slot)];
    uint32_t index = mbp_slot_index(slot);
    if (row->times == 0)
        return false;
    *wanted = (struct image_wanted){(enum mbp_map_per)row->per, (enum mbp_write_kind)row->kind, index / row->times,
                                    (uint8_t)(index % row->times)};
    return true;
}

static bool is_bool(enum mbp_slot_kind kind)
{
    return kind == MBP_SLOT_SHOWN_ON || kind == MBP_SLOT_COMMAND_ON || kind == MBP_SLOT_AUTOMATIC;
}

/* As it would stand at its home: another point that shows it may have another type. */
static uint64_t bits_asked(const struct image_asked *asked, const struct mbp_register *home)
{
    const struct mbp_register *reg = &asked->point.reg;
    uint64_t bits = image_bits(asked->unit, &asked->point);
    bool same = asked->point.own->home ||
                (reg->type == home->type && mbp_register_is_plain(reg) && mbp_register_is_plain(home));
    return same ? bits : mbp_register_bits(home, mbp_register_of_bits(reg, bits));
}

static union mbp_expr_value read_asked(const void *ctx, uint32_t slot)
{
    const struct judging *judging = ctx;
    const struct mbp_plant *plant = judging->state.plant;
    uint32_t index = mbp_slot_index(slot);
    enum mbp_slot_kind kind = mbp_slot_kind(slot);
    struct image_wanted wanted;
    struct image_asked asked;
    bool stored = kind == MBP_SLOT_STORED && !plant->stored[index].computed;
    bool found = wanted_of(slot, &wanted) && image_find_asked(judging->image, &wanted, &asked);
    if (stored)
        return mbp_stored_value(&plant->stored[index].reg, found ? bits_asked(&asked, &plant->stored[index].reg)
                                                                 : stored_bits(judging->image, index));
    if (!found)
        return mbp_state_read(&judging->state, slot);
    const double number = image_asked_number(&asked);
    union mbp_expr_value value = {.r = number};
    if (is_bool(kind))
        value = (union mbp_expr_value){.u = number >= 0.5};
    return value;
}

static bool is_accepted(const struct judging *judging, const struct mbp_user_point *own)
{
    const struct mbp_plant *plant = judging->state.plant;
    struct mbp_expr_world world = mbp_state_world(plant, judging->state.state);
    world.read = read_asked;
    world.ctx = judging;
    struct mbp_expr_result result = mbp_expr_run(plant->formulas[own->accept - 1].code, &world, NULL);
    return result.fault == MBP_EXPR_FINE && result.value.u != 0;
}

static bool is_run_accepted(const struct judging *judging, const struct mbp_image_unit *unit,
                            const struct image_run *run, uint16_t *at)
{
    for (uint32_t a = run->addr; a < (uint32_t)run->addr + run->count; a++) {
        struct image_point point;
        const struct mbp_user_point *own;
        *at = (uint16_t)a;
        if (!image_point_at(unit, (enum mbp_table)run->table, (uint16_t)a, &point))
            continue;
        unsigned siblings = image_siblings(unit, &point, &own);
        for (unsigned s = 0; s < siblings && own != NULL; s++) {
            if (own[s].accept != 0 && !is_accepted(judging, &own[s]))
                return false;
        }
        a = (uint32_t)point.addr + point.words - 1;
    }
    return true;
}

bool image_request_accepted(const struct mbp_image *image, size_t *bad, uint16_t *at)
{
    const struct image_request *request = &image->request;
    const struct judging judging = {image, {image->plant, image->published, NULL}};
    for (size_t r = 0; r < request->count && image->published != NULL; r++) {
        *bad = r;
        if (!is_run_accepted(&judging, request->unit, &request->runs[r], at))
            return false;
    }
    return true;
}
