/* tables: raw points of a unit, its files and FIFO queues. */
#include <string.h>

#include "defs.h"

/* ---- blocks --------------------------------------------------------------------------------------------------- */

enum { BLOCK_AT, BLOCK_ACCESS, BLOCK_VALUES, BLOCK_COUNT, BLOCK_MIN, BLOCK_MAX };

#define OF(member) MBP_AT(struct mbp_block_def, member)
#define BLOCK_KEYS(highest, items, access_usual)                                                                       \
    [BLOCK_AT] = MBP_ROW(COUNT, OF(at), "at", "address of its first point, counted from 0", .required = true,          \
                         .high = UINT16_MAX),                                                                          \
    [BLOCK_VALUES] = MBP_ROW(VALUES, OF(values), "values", "what its points begin with", .high = (highest),            \
                             .allowed = "a list of " items),                                                           \
    [BLOCK_COUNT] = MBP_ROW(COUNT, OF(count), "count", "instead of values: so many zeros", .low = 1, .high = 65536),   \
    [BLOCK_ACCESS] = MBP_ROW(CHOICE, OF(access), "access", "whether masters may write", .usual = (access_usual),       \
                             .words = &mbp_access_words)
#define BOUNDS                                                                                                         \
    [BLOCK_MIN] = MBP_ROW(COUNT, OF(min), "min", "a write below it is refused with exception 04", .high = UINT16_MAX), \
    [BLOCK_MAX] = MBP_ROW(COUNT, OF(max), "max", "a write above it is refused with exception 04", .high = UINT16_MAX)

/* min and max are for what masters write. */
static const struct mbp_field coil_fields[] = {BLOCK_KEYS(1, "0 and 1", "read_write")};
static const struct mbp_field discrete_fields[] = {BLOCK_KEYS(1, "0 and 1", "read")};
static const struct mbp_field holding_fields[] = {BLOCK_KEYS(UINT16_MAX, "whole numbers 0..65535", "read_write"),
                                                  BOUNDS};
static const struct mbp_field input_fields[] = {BLOCK_KEYS(UINT16_MAX, "whole numbers 0..65535", "read")};
#undef OF

/* All blocks of zeros share one: a short line of the file must not cost 128 KiB each time. */
static const uint16_t *zeros(struct mbp_reader *reader)
{
    struct mbp_plant_own *own = reader->own;
    if (own->zeros == NULL) {
        own->zeros = mbp_reader_array(reader, reader->keep, 65536, sizeof *own->zeros);
    }
    return own->zeros;
}

/* Gives values to a block or file that has a count instead. */
static void complete_values(struct mbp_reader *reader, const struct mbp_def *def, const char *noun,
                            struct mbp_values_def *values, bool has_values, uint32_t count)
{
    if (has_values && count != 0) {
        mbp_reader_tell(reader, mbp_def_node(def, "count"), "'values' and 'count' exclude each other; keep one");
    } else if (has_values && values->count == 0) {
        mbp_reader_tell(reader, mbp_def_node(def, "values"), "'values' is empty; %s holds at least one", noun);
    } else if (!has_values && count == 0) {
        mbp_reader_tell(reader, def->node, "%s needs 'values' (a list) or 'count' (that many zeros)", noun);
    } else if (!has_values) {
        values->items = zeros(reader);
        values->count = values->items == NULL ? 0 : count;
    }
}

static void check_bounds(struct mbp_reader *reader, struct mbp_block_def *block)
{
    block->has_min = mbp_def_has(&block->def, BLOCK_MIN);
    block->has_max = mbp_def_has(&block->def, BLOCK_MAX);
    if (block->has_min && block->has_max && block->min > block->max) {
        mbp_reader_tell(reader, mbp_def_node(&block->def, "max"), "'max' is %u, below 'min', which is %u", block->max,
                        block->min);
    }
}

/* A block that is wrong in itself takes no addresses: it must not seem to overlap others as well. */
static void check_block(struct mbp_reader *reader, void *def)
{
    struct mbp_block_def *block = def;
    uint64_t doubtful = MBP_BIT(BLOCK_AT) | MBP_BIT(BLOCK_VALUES) | MBP_BIT(BLOCK_COUNT);
    if ((block->def.wrong & doubtful) != 0) {
        block->count = 0;
        return;
    }
    complete_values(reader, &block->def, "a block", &block->values, mbp_def_has(&block->def, BLOCK_VALUES),
                    block->count);
    block->count = block->values.count;
    if (block->at + block->count > 65536) {
        mbp_reader_tell(reader, mbp_def_node(&block->def, "at"),
                        "%u points from %u end beyond address 65535; at most %u fit here", block->count, block->at,
                        65536 - block->at);
        block->count = 0;
    }
    check_bounds(reader, block);
}

static void check_read_only_block(struct mbp_reader *reader, void *def)
{
    struct mbp_block_def *block = def;
    check_block(reader, def);
    if (mbp_def_has(&block->def, BLOCK_ACCESS) && block->access == MBP_ACCESS_READ_WRITE) {
        mbp_reader_tell(reader, mbp_def_node(&block->def, "access"),
                        "Modbus has no function that writes inputs; allowed is read");
    }
    block->access = MBP_ACCESS_READ;
}

static const struct mbp_schema block_schema[MBP_TABLE_COUNT] = {
    [MBP_COILS] = MBP_SCHEMA("a block of coils", coil_fields, struct mbp_block_def, .flow = true, .check = check_block),
    [MBP_DISCRETE_INPUTS] = MBP_SCHEMA("a block of discrete_inputs", discrete_fields, struct mbp_block_def,
                                       .flow = true, .check = check_read_only_block),
    [MBP_HOLDING_REGISTERS] = MBP_SCHEMA("a block of holding_registers", holding_fields, struct mbp_block_def,
                                         .flow = true, .check = check_block),
    [MBP_INPUT_REGISTERS] = MBP_SCHEMA("a block of input_registers", input_fields, struct mbp_block_def, .flow = true,
                                       .check = check_read_only_block),
};

/* ---- files and FIFO queues ------------------------------------------------------------------------------------ */

enum { FILE_NUMBER, FILE_VALUES, FILE_COUNT };

#define OF(member) MBP_AT(struct mbp_file_def, member)
static const struct mbp_field file_fields[] = {
    [FILE_NUMBER] = MBP_ROW(COUNT, OF(number), "number", "number of the file", .required = true, .low = 1,
                            .high = MBP_PLANT_FIRST_FILE - 1),
    [FILE_VALUES] = MBP_ROW(VALUES, OF(values), "values", "what its records begin with", .high = UINT16_MAX),
    [FILE_COUNT] = MBP_ROW(COUNT, OF(count), "count", "instead of values: so many zeros", .low = 1, .high = 10000),
};
#undef OF

static void check_file(struct mbp_reader *reader, void *def)
{
    struct mbp_file_def *file = def;
    if ((file->def.wrong & (MBP_BIT(FILE_VALUES) | MBP_BIT(FILE_COUNT))) != 0) {
        return;
    }
    complete_values(reader, &file->def, "a file", &file->values, mbp_def_has(&file->def, FILE_VALUES), file->count);
    if (file->values.count > 10000) {
        mbp_reader_tell(reader, mbp_def_node(&file->def, "values"), "a file has at most 10000 records; these are %u",
                        file->values.count);
    }
}

static const struct mbp_schema file_schema =
    MBP_SCHEMA("a file", file_fields, struct mbp_file_def, .flow = true, .check = check_file);

enum { FIFO_AT, FIFO_VALUES };

#define OF(member) MBP_AT(struct mbp_fifo_def, member)
static const struct mbp_field fifo_fields[] = {
    [FIFO_AT] =
        MBP_ROW(COUNT, OF(at), "at", "address of its pointer, counted from 0", .required = true, .high = UINT16_MAX),
    [FIFO_VALUES] =
        MBP_ROW(VALUES, OF(values), "values", "what stands in the queue", .required = true, .high = UINT16_MAX),
};
#undef OF

/* FC 24 reads up to 31 values and answers 03 where more stand in the queue (V1.1b3 6.18): a plant may have such a one.
 */
static void check_fifo(struct mbp_reader *reader, void *def)
{
    const struct mbp_fifo_def *fifo = def;
    if (fifo->values.count > UINT16_MAX) {
        mbp_reader_tell(reader, mbp_def_node(&fifo->def, "values"),
                        "a FIFO queue holds at most 65535 values; these are %u", fifo->values.count);
    }
}

static const struct mbp_schema fifo_schema =
    MBP_SCHEMA("a fifo", fifo_fields, struct mbp_fifo_def, .flow = true, .check = check_fifo);

/* ---- tables --------------------------------------------------------------------------------------------------- */

enum { TABLES_FILES = MBP_TABLE_COUNT, TABLES_FIFOS };

#define OF(member) MBP_AT(struct mbp_tables_def, member)
#define TABLE(word, table)                                                                                             \
    [table] = MBP_ROW(LIST, OF(blocks[table]), word, "raw " word, .high = 65536, .schema = &block_schema[table])
static const struct mbp_field tables_fields[] = {
    TABLE("coils", MBP_COILS),
    TABLE("discrete_inputs", MBP_DISCRETE_INPUTS),
    TABLE("holding_registers", MBP_HOLDING_REGISTERS),
    TABLE("input_registers", MBP_INPUT_REGISTERS),
    [TABLES_FILES] = MBP_ROW(LIST, OF(files), "files", "files of records (FC 20 and 21)",
                             .high = MBP_PLANT_FIRST_FILE - 1, .schema = &file_schema),
    [TABLES_FIFOS] = MBP_ROW(LIST, OF(fifos), "fifos", "FIFO queues (FC 24)", .high = 65536, .schema = &fifo_schema),
};
#undef OF

/* Tells when the number that key gives to def is another's already; owners holds one place per number. */
static void check_taken(struct mbp_reader *reader, const struct mbp_def **owners, uint32_t number,
                        const struct mbp_def *def, const char *key, const char *noun)
{
    if (owners[number] != NULL) {
        mbp_reader_tell(reader, mbp_def_node(def, key), "'%s' %u is taken by the %s in line %u; each has its own", key,
                        number, noun, mbp_def_node(owners[number], key)->line);
        return;
    }
    owners[number] = def;
}

static void check_references(struct mbp_reader *reader, const struct mbp_tables_def *tables)
{
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++) {
        const struct mbp_block_def *blocks = tables->blocks[table].items;
        for (uint32_t i = 0; i < tables->blocks[table].count; i++) {
            mbp_check_reference(reader, mbp_def_node(&blocks[i].def, "at"), (enum mbp_table)table, blocks[i].at);
        }
    }
}

static void check_tables(struct mbp_reader *reader, void *def)
{
    const struct mbp_tables_def *tables = def;
    check_references(reader, tables);
    const struct mbp_file_def *files = tables->files.items;
    const struct mbp_fifo_def *fifos = tables->fifos.items;
    const struct mbp_def *file_owners[MBP_PLANT_FIRST_FILE] = {NULL};
    for (uint32_t i = 0; i < tables->files.count; i++) {
        if (mbp_def_has(&files[i].def, FILE_NUMBER)) {
            check_taken(reader, file_owners, files[i].number, &files[i].def, "number", "file");
        }
    }
    if (tables->fifos.count < 2) {
        return;
    }
    const struct mbp_def **fifo_owners =
        mbp_reader_array(reader, reader->scratch, UINT16_MAX + 1, sizeof(struct mbp_def *));
    for (uint32_t i = 0; fifo_owners != NULL && i < tables->fifos.count; i++) {
        if (mbp_def_has(&fifos[i].def, FIFO_AT)) {
            check_taken(reader, fifo_owners, fifos[i].at, &fifos[i].def, "at", "fifo");
        }
    }
}

const struct mbp_schema mbp_tables_schema =
    MBP_SCHEMA("the tables", tables_fields, struct mbp_tables_def, .words = &mbp_table_words, .check = check_tables);

/* ---- into the plant ------------------------------------------------------------------------------------------- */

void mbp_take_blocks(struct mbp_reader *reader, const struct mbp_def_list *list, enum mbp_table table,
                     struct mbp_unit *unit)
{
    const struct mbp_block_def *defs = list->items;
    struct mbp_block *blocks = mbp_reader_array(reader, reader->keep, list->count, sizeof *blocks);
    if (blocks == NULL) {
        return;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        blocks[i] = (struct mbp_block){.at = (uint16_t)defs[i].at,
                                       .count = defs[i].count,
                                       .values = defs[i].values.items,
                                       .writable = defs[i].access == MBP_ACCESS_READ_WRITE,
                                       .has_min = defs[i].has_min,
                                       .has_max = defs[i].has_max,
                                       .min = (uint16_t)defs[i].min,
                                       .max = (uint16_t)defs[i].max};
    }
    unit->blocks[table] = blocks;
    unit->block_count[table] = list->count;
}

void mbp_take_files(struct mbp_reader *reader, const struct mbp_tables_def *tables, struct mbp_unit *unit)
{
    const struct mbp_file_def *file_defs = tables->files.items;
    const struct mbp_fifo_def *fifo_defs = tables->fifos.items;
    struct mbp_file *files = mbp_reader_array(reader, reader->keep, tables->files.count, sizeof *files);
    struct mbp_fifo *fifos = mbp_reader_array(reader, reader->keep, tables->fifos.count, sizeof *fifos);
    if (files == NULL || fifos == NULL) {
        return;
    }
    for (uint32_t i = 0; i < tables->files.count; i++) {
        files[i] =
            (struct mbp_file){(uint16_t)file_defs[i].number, file_defs[i].values.count, file_defs[i].values.items};
    }
    for (uint32_t i = 0; i < tables->fifos.count; i++) {
        fifos[i] = (struct mbp_fifo){(uint16_t)fifo_defs[i].at, (uint16_t)fifo_defs[i].values.count,
                                     fifo_defs[i].values.items};
    }
    unit->files = files;
    unit->file_count = tables->files.count;
    unit->fifos = fifos;
    unit->fifo_count = tables->fifos.count;
}

/* ---- from the plant --------------------------------------------------------------------------------------------- */

#define ZEROS_MIN 8 /* so many zeros are printed as their count */

/* The row of the two that says it: values or count. */
static uint64_t values_or_count(const uint16_t *values, uint32_t count, unsigned values_row, unsigned count_row)
{
    bool zeros_only = count >= ZEROS_MIN;
    for (uint32_t i = 0; i < count && zeros_only; i++) {
        zeros_only = values[i] == 0;
    }
    return MBP_BIT(zeros_only ? count_row : values_row);
}

static void view_blocks(const struct mbp_block *blocks, uint32_t count, struct mbp_arena *arena,
                        struct mbp_def_list *list)
{
    struct mbp_block_def *defs = mbp_arena_array(arena, count, sizeof *defs);
    for (uint32_t b = 0; defs != NULL && b < count; b++) {
        const struct mbp_block *block = &blocks[b];
        defs[b] = (struct mbp_block_def){
            .at = block->at,
            .count = block->count,
            .values = {block->values, block->count},
            .access = block->writable ? MBP_ACCESS_READ_WRITE : MBP_ACCESS_READ,
            .min = block->min,
            .max = block->max,
        };
        defs[b].def.present = MBP_BIT(BLOCK_AT) | MBP_BIT(BLOCK_ACCESS) | (block->has_min ? MBP_BIT(BLOCK_MIN) : 0) |
                              (block->has_max ? MBP_BIT(BLOCK_MAX) : 0) |
                              values_or_count(block->values, block->count, BLOCK_VALUES, BLOCK_COUNT);
    }
    *list = (struct mbp_def_list){defs, defs != NULL ? count : 0};
}

void mbp_tables_view(const struct mbp_unit *unit, struct mbp_arena *arena, struct mbp_tables_def *def)
{
    struct mbp_file_def *files = mbp_arena_array(arena, unit->file_count, sizeof *files);
    struct mbp_fifo_def *fifos = mbp_arena_array(arena, unit->fifo_count, sizeof *fifos);
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++) {
        view_blocks(unit->blocks[table], unit->block_count[table], arena, &def->blocks[table]);
    }
    for (uint32_t f = 0; files != NULL && f < unit->file_count; f++) {
        const struct mbp_file *file = &unit->files[f];
        files[f] = (struct mbp_file_def){.number = file->number, .count = file->count};
        files[f].values = (struct mbp_values_def){file->values, file->count};
        files[f].def.present =
            MBP_BIT(FILE_NUMBER) | values_or_count(file->values, file->count, FILE_VALUES, FILE_COUNT);
    }
    for (uint32_t f = 0; fifos != NULL && f < unit->fifo_count; f++) {
        fifos[f] =
            (struct mbp_fifo_def){.def.present = MBP_BIT(FIFO_AT) | MBP_BIT(FIFO_VALUES), .at = unit->fifos[f].at};
        fifos[f].values = (struct mbp_values_def){unit->fifos[f].values, unit->fifos[f].count};
    }
    def->files = (struct mbp_def_list){files, files != NULL ? unit->file_count : 0};
    def->fifos = (struct mbp_def_list){fifos, fifos != NULL ? unit->fifo_count : 0};
    def->def.present = UINT64_MAX;
}
