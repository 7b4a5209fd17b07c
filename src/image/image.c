/* Building the tables of every unit from the plant's map. */
#include <modbus/modbus.h>
#include <stdlib.h>
#include <string.h>

#include "image_priv.h"

/* ---- declared addresses ---------------------------------------------------------------------------------------- */

struct declaring {
    struct mbp_image_unit *unit;
    uint32_t room[MBP_TABLE_COUNT]; /* of `access`, that grows as addresses come */
    bool refused;                   /* there was no memory */
};

#define ROOM_FIRST 64u

/* The table has addresses up to end. */
static bool reach(struct declaring *declaring, enum mbp_table table, uint32_t end)
{
    struct mbp_image_unit *unit = declaring->unit;
    uint32_t had = declaring->room[table], room = had > 0 ? had : ROOM_FIRST;
    while (room <= end)
        room *= 2;
    if (room > had) {
        uint8_t *access = realloc(unit->access[table], room);
        declaring->refused = declaring->refused || access == NULL;
        if (access == NULL)
            return false;
        memset(access + had, 0, room - had);
        unit->access[table] = access;
        declaring->room[table] = room;
    }
    unit->size[table] = end > unit->size[table] ? end : unit->size[table];
    return true;
}

/* Room that nothing came for is given back. */
static void fit(struct mbp_image_unit *unit)
{
    for (unsigned t = 0; t < MBP_TABLE_COUNT; t++) {
        uint8_t *access = realloc(unit->access[t], unit->size[t] + (size_t)1);
        unit->access[t] = access != NULL ? access : unit->access[t];
    }
}

static int declare_point(const struct mbp_point *point, void *ctx)
{
    struct declaring *declaring = ctx;
    struct mbp_image_unit *unit = declaring->unit;
    uint32_t end = (uint32_t)point->addr + point->count;
    if (!reach(declaring, point->table, end))
        return 1;
    bool unread = point->own != NULL && point->own->write_only;
    uint8_t bits = (uint8_t)(unread ? 0 : MBP_ACCESS_DECLARED);
    unit->write_only = unit->write_only || unread;
    const bool takes = point->writable || point->by_logic; /* which is refused where its value is looked at */
    if (takes)
        bits |= MBP_ACCESS_WRITABLE;
    if (takes && point->field != NULL && point->field->write != MBP_WRITE_SIMULATION &&
        point->field->write != MBP_WRITE_RECORD && point->type != MBP_STRING)
        bits |= MBP_ACCESS_LATCHED;
    for (uint32_t i = 0; i < point->count; i++)
        unit->access[point->table][point->addr + i] |= bits; /* several may share a register */
    return 0;
}

/* Holes inside a block's strides read 0, so that a master can read over several items at once; nobody writes there, and
 * what the file places in one comes first. */
static void declare_holes(struct declaring *declaring)
{
    struct mbp_image_unit *unit = declaring->unit;
    for (unsigned b = 0; b < mbp_map_count; b++) {
        uint32_t first = 0;
        uint32_t count = mbp_map_span(unit->image->plant, unit->unit, b, &first);
        if (count == 0 || !reach(declaring, (enum mbp_table)mbp_map[b].table, first + count))
            continue;
        for (uint32_t addr = first; addr < first + count; addr++)
            unit->access[mbp_map[b].table][addr] |= MBP_ACCESS_DECLARED;
    }
}

/* What nobody declared is never written again. */
static void fill_gaps(struct mbp_image_unit *unit)
{
    const uint8_t bit = unit->gap != 0;
    for (uint32_t i = 0; unit->gaps == MBP_GAPS_NUMBER && i < unit->size[MBP_COILS]; i++)
        unit->coils[i] = unit->access[MBP_COILS][i] == 0 ? bit : unit->coils[i];
    for (uint32_t i = 0; unit->gaps == MBP_GAPS_NUMBER && i < unit->size[MBP_DISCRETE_INPUTS]; i++)
        unit->discrete[i] = unit->access[MBP_DISCRETE_INPUTS][i] == 0 ? bit : unit->discrete[i];
    for (uint32_t i = 0; unit->gaps == MBP_GAPS_NUMBER && i < unit->size[MBP_HOLDING_REGISTERS]; i++)
        unit->holding[i] = unit->access[MBP_HOLDING_REGISTERS][i] == 0 ? unit->gap : unit->holding[i];
    for (uint32_t i = 0; unit->gaps == MBP_GAPS_NUMBER && i < unit->size[MBP_INPUT_REGISTERS]; i++)
        unit->input[i] = unit->access[MBP_INPUT_REGISTERS][i] == 0 ? unit->gap : unit->input[i];
}

static void load_blocks(struct mbp_image_unit *unit)
{
    for (int t = 0; t < MBP_TABLE_COUNT; t++) {
        for (uint32_t b = 0; b < unit->unit->block_count[t]; b++) {
            const struct mbp_block *block = &unit->unit->blocks[t][b];
            for (uint32_t i = 0; i < block->count; i++) {
                uint16_t value = block->values[i];
                uint32_t addr = block->at + i;
                if (t == MBP_COILS)
                    unit->coils[addr] = value != 0;
                else if (t == MBP_DISCRETE_INPUTS)
                    unit->discrete[addr] = value != 0;
                else if (t == MBP_HOLDING_REGISTERS)
                    unit->holding[addr] = value;
                else
                    unit->input[addr] = value;
                if (block->has_min || block->has_max)
                    unit->access[t][addr] |= MBP_ACCESS_CHECKED;
            }
        }
    }
}

/* ---- indices and files ----------------------------------------------------------------------------------- */

static enum mbp_status index_controllers(const struct mbp_plant *plant, const struct mbp_unit *unit,
                                         struct image_index *index)
{
    index->moved_by = malloc((unit->actuator_count + (size_t)1) * sizeof *index->moved_by);
    if (index->moved_by == NULL)
        return MBP_ERR_MEMORY;
    memset(index->moved_by, 0xFF, (unit->actuator_count + (size_t)1) * sizeof *index->moved_by);
    for (uint32_t c = 0; c < plant->controller_count; c++) {
        uint32_t a = plant->controllers[c].output;
        if (a != UINT32_MAX && a >= unit->first_actuator && a < unit->first_actuator + unit->actuator_count)
            index->moved_by[a - unit->first_actuator] = c;
    }
    return MBP_OK;
}

static enum mbp_status build_index(const struct mbp_plant *plant, const struct mbp_unit *unit,
                                   struct image_index *index)
{
    enum mbp_status status = mbp_map_index_new(plant, unit, &index->map);
    if (status != MBP_OK)
        return status;
    index->files = calloc(unit->file_count + 1, sizeof *index->files);
    if (index->files == NULL)
        return MBP_ERR_MEMORY;
    for (uint32_t f = 0; f < unit->file_count; f++) {
        const struct mbp_file *file = &unit->files[f];
        uint16_t *words = malloc((size_t)file->count * sizeof *words);
        if (words == NULL)
            return MBP_ERR_MEMORY;
        memcpy(words, file->values, (size_t)file->count * sizeof *words);
        index->files[index->file_count++] = (struct image_file){file->number, (uint16_t)file->count, words};
    }
    return MBP_OK;
}

/* ---- units ------------------------------------------------------------------------------------------------------ */

static uint32_t base_of(const struct mbp_unit *unit, unsigned block)
{
    return mbp_map_has(unit, block) ? unit->layout.base[block] : MBP_ADDRESSES;
}

static enum mbp_status build_unit(struct mbp_image *image, uint32_t u)
{
    const struct mbp_plant *plant = image->plant;
    struct mbp_image_unit *unit = &image->units[u];
    *unit = (struct mbp_image_unit){
        .unit = &plant->units[u], .image = image, .gaps = plant->units[u].gaps, .gap = plant->units[u].gap};
    struct declaring declaring = {.unit = unit};
    for (unsigned t = 0; t < MBP_TABLE_COUNT; t++)
        reach(&declaring, (enum mbp_table)t, 0);
    mbp_map_points(plant, u, declare_point, &declaring);
    declare_holes(&declaring);
    if (declaring.refused)
        return MBP_ERR_MEMORY;
    fit(unit);
    modbus_mapping_t *mapping =
        modbus_mapping_new((int)unit->size[MBP_COILS], (int)unit->size[MBP_DISCRETE_INPUTS],
                           (int)unit->size[MBP_HOLDING_REGISTERS], (int)unit->size[MBP_INPUT_REGISTERS]);
    if (mapping == NULL)
        return MBP_ERR_MEMORY;
    unit->mapping = mapping;
    unit->coils = mapping->tab_bits;
    unit->discrete = mapping->tab_input_bits;
    unit->holding = mapping->tab_registers;
    unit->input = mapping->tab_input_registers;
    fill_gaps(unit);
    load_blocks(unit);
    unit->record = base_of(unit->unit, MBP_MAP_ALARM_COMMAND);
    unit->answer = base_of(unit->unit, MBP_MAP_ALARM_ANSWER);
    enum mbp_status status = image_choose_blocks(image->plant, unit->unit, &image->index[u]);
    if (status == MBP_OK)
        status = index_controllers(plant, unit->unit, &image->index[u]);
    if (status == MBP_OK)
        status = build_index(plant, unit->unit, &image->index[u]);
    if (status == MBP_OK)
        status = image_points_new(plant, unit->unit, &image->index[u]);
    if (status == MBP_OK)
        status = image_texts_new(plant, unit->unit, &image->index[u]);
    if (status == MBP_OK)
        image_texts_load(unit);
    return status == MBP_OK ? image_values_new(plant, unit->unit, &image->index[u]) : status;
}

static enum mbp_status build_log(struct mbp_image *image)
{
    size_t latched = 11 * (size_t)image->plant->sensor_count + 6 * (size_t)image->plant->machine_count +
                     image->plant->actuator_count + 8 * (size_t)image->plant->controller_count;
    latched += image->plant->point_count;
    image->log_capacity = 2 * latched + MBP_WRITE_LOG_MIN;
    if (image->log_capacity > MBP_WRITE_LOG_MAX)
        image->log_capacity = MBP_WRITE_LOG_MAX;
    image->log = calloc(image->log_capacity, sizeof *image->log);
    /* a register may be of several points, each a write of its own */
    image->writes = calloc(image->log_capacity + image->plant->point_count, sizeof *image->writes);
    return image->log == NULL || image->writes == NULL ? MBP_ERR_MEMORY : MBP_OK;
}

enum mbp_status mbp_image_new(const struct mbp_plant *plant, struct mbp_image **out)
{
    enum mbp_status status = MBP_ERR_MEMORY;
    struct mbp_image *image = calloc(1, sizeof *image);
    if (image == NULL)
        return status;
    image->plant = plant;
    image->units = calloc(plant->unit_count, sizeof *image->units);
    image->index = calloc(plant->unit_count, sizeof *image->index);
    if (image->units == NULL || image->index == NULL)
        goto out;
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        status = build_unit(image, u);
        if (status != MBP_OK)
            goto out;
        image->by_id[plant->units[u].id] = &image->units[u];
    }
    /* Messaging Guide 4.4.1.2: a server that is no gateway answers 0xFF and 0 as itself. */
    if (image->by_id[0] == NULL && !plant->server.broadcast)
        image->by_id[0] = &image->units[0];
    if (image->by_id[255] == NULL)
        image->by_id[255] = &image->units[0];
    status = image_staging_new(image);
    if (status == MBP_OK)
        status = image_named_new(image);
    if (status == MBP_OK)
        status = image_exercise_new(image);
    if (status == MBP_OK)
        status = build_log(image);
    if (status == MBP_OK)
        status = image_alias_new(image);
    if (status == MBP_OK)
        status = image_touched_new(image);
    for (uint32_t u = 0; u < plant->unit_count && status == MBP_OK; u++)
        image_alias_show(&image->units[u]);
out:
    if (status != MBP_OK)
        mbp_image_free(image);
    else
        *out = image;
    return status;
}

void mbp_image_free(struct mbp_image *image)
{
    if (image == NULL)
        return;
    for (uint32_t u = 0; image->units != NULL && image->index != NULL && u < image->plant->unit_count; u++) {
        struct image_index *index = &image->index[u];
        for (uint32_t f = 0; f < index->file_count; f++)
            free(index->files[f].words);
        free(index->files);
        free(index->runs);
        free(index->scale);
        free(index->bits_shown);
        free(index->alarms_shown);
        free(index->alone_shown);
        free(index->machine_shown);
        for (unsigned per = 0; per < MBP_PER_COUNT; per++)
            free(index->blocks[per].fields);
        mbp_map_index_free(index->map);
        free(index->moved_by);
        free(index->points);
        free(index->texts);
        for (int t = 0; t < MBP_TABLE_COUNT; t++)
            free(image->units[u].access[t]);
        if (image->units[u].mapping != NULL)
            modbus_mapping_free(image->units[u].mapping);
    }
    free(image->units);
    free(image->index);
    free(image->staging);
    free(image->named);
    free(image->exercise);
    free(image->log);
    free(image->writes);
    free(image->runs);
    free(image->read);
    free(image);
}

struct mbp_image_unit *mbp_image_unit(struct mbp_image *image, uint8_t id)
{
    return image->by_id[id];
}

void mbp_image_set_files(struct mbp_image *image, struct mbp_file_source source)
{
    image->source = source;
}
