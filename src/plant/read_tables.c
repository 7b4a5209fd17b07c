/* read_tables: raw points of a unit, its files and FIFO queues. */
#include <string.h>

#include "defs.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- blocks --------------------------------------------------------------------------------------------------- */

enum { BLOCK_AT, BLOCK_VALUES, BLOCK_COUNT, BLOCK_ACCESS, BLOCK_MIN, BLOCK_MAX, BLOCK_FIELDS };
#define READ_ONLY_FIELDS BLOCK_MIN /* min and max are for what masters write */

#define BLOCK(member) offsetof(struct mbp_block_def, member)
#define BLOCK_KEYS(highest, items)                                                                                     \
    [BLOCK_AT] = {.key = "at", .type = MBP_FIELD_COUNT, .required = true, .at = BLOCK(at), .high = UINT16_MAX},        \
    [BLOCK_VALUES] = {.key = "values",                                                                                 \
                      .type = MBP_FIELD_VALUES,                                                                        \
                      .at = BLOCK(values),                                                                             \
                      .high = (highest),                                                                               \
                      .allowed = "a list of " items},                                                                  \
    [BLOCK_COUNT] = {.key = "count", .type = MBP_FIELD_COUNT, .at = BLOCK(count), .low = 1, .high = 65536},            \
    [BLOCK_ACCESS] = {.key = "access", .type = MBP_FIELD_CHOICE, .at = BLOCK(access), .words = &mbp_access_words}

static const struct mbp_field word_block_fields[] = {
    BLOCK_KEYS(UINT16_MAX, "whole numbers 0..65535"),
    [BLOCK_MIN] = {.key = "min", .type = MBP_FIELD_COUNT, .at = BLOCK(min), .low = 0, .high = UINT16_MAX},
    [BLOCK_MAX] = {.key = "max", .type = MBP_FIELD_COUNT, .at = BLOCK(max), .low = 0, .high = UINT16_MAX},
};
static const struct mbp_field bit_block_fields[] = {BLOCK_KEYS(1, "0 and 1")};

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
static void settle_values(struct mbp_reader *reader, const struct mbp_def *def, const char *noun,
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
    uint32_t doubtful = MBP_BIT(BLOCK_AT) | MBP_BIT(BLOCK_VALUES) | MBP_BIT(BLOCK_COUNT);
    if ((block->def.wrong & doubtful) != 0) {
        block->count = 0;
        return;
    }
    settle_values(reader, &block->def, "a block", &block->values, mbp_def_has(&block->def, BLOCK_VALUES), block->count);
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

static void writable_defaults(void *def)
{
    ((struct mbp_block_def *)def)->access = MBP_ACCESS_READ_WRITE;
}

static const struct mbp_schema block_schema[MBP_TABLE_COUNT] = {
    [MBP_COILS] = {.noun = "a block of coils",
                   .fields = bit_block_fields,
                   .field_count = COUNT_OF(bit_block_fields),
                   .size = sizeof(struct mbp_block_def),
                   .defaults = writable_defaults,
                   .check = check_block},
    [MBP_DISCRETE_INPUTS] = {.noun = "a block of discrete_inputs",
                             .fields = bit_block_fields,
                             .field_count = COUNT_OF(bit_block_fields),
                             .size = sizeof(struct mbp_block_def),
                             .check = check_read_only_block},
    [MBP_HOLDING_REGISTERS] = {.noun = "a block of holding_registers",
                               .fields = word_block_fields,
                               .field_count = BLOCK_FIELDS,
                               .size = sizeof(struct mbp_block_def),
                               .defaults = writable_defaults,
                               .check = check_block},
    [MBP_INPUT_REGISTERS] = {.noun = "a block of input_registers",
                             .fields = word_block_fields,
                             .field_count = READ_ONLY_FIELDS,
                             .size = sizeof(struct mbp_block_def),
                             .check = check_read_only_block},
};

/* ---- files and FIFO queues ------------------------------------------------------------------------------------ */

enum { FILE_NUMBER, FILE_VALUES, FILE_COUNT };

#define FILE_DEF(member) offsetof(struct mbp_file_def, member)
static const struct mbp_field file_fields[] = {
    [FILE_NUMBER] = {.key = "number",
                     .type = MBP_FIELD_COUNT,
                     .required = true,
                     .at = FILE_DEF(number),
                     .low = 1,
                     .high = MBP_PLANT_FIRST_FILE - 1},
    [FILE_VALUES] = {.key = "values",
                     .type = MBP_FIELD_VALUES,
                     .at = FILE_DEF(values),
                     .high = UINT16_MAX,
                     .allowed = "a list of whole numbers 0..65535"},
    [FILE_COUNT] = {.key = "count", .type = MBP_FIELD_COUNT, .at = FILE_DEF(count), .low = 1, .high = 10000},
};

static void check_file(struct mbp_reader *reader, void *def)
{
    struct mbp_file_def *file = def;
    if ((file->def.wrong & (MBP_BIT(FILE_VALUES) | MBP_BIT(FILE_COUNT))) != 0) {
        return;
    }
    settle_values(reader, &file->def, "a file", &file->values, mbp_def_has(&file->def, FILE_VALUES), file->count);
    if (file->values.count > 10000) {
        mbp_reader_tell(reader, mbp_def_node(&file->def, "values"), "a file has at most 10000 records; these are %u",
                        file->values.count);
    }
}

static const struct mbp_schema file_schema = {.noun = "a file",
                                              .fields = file_fields,
                                              .field_count = COUNT_OF(file_fields),
                                              .size = sizeof(struct mbp_file_def),
                                              .check = check_file};

enum { FIFO_AT, FIFO_VALUES };

#define FIFO(member) offsetof(struct mbp_fifo_def, member)
static const struct mbp_field fifo_fields[] = {
    [FIFO_AT] = {.key = "at", .type = MBP_FIELD_COUNT, .required = true, .at = FIFO(at), .high = UINT16_MAX},
    [FIFO_VALUES] = {.key = "values",
                     .type = MBP_FIELD_VALUES,
                     .required = true,
                     .at = FIFO(values),
                     .high = UINT16_MAX,
                     .allowed = "a list of whole numbers 0..65535"},
};

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

static const struct mbp_schema fifo_schema = {.noun = "a fifo",
                                              .fields = fifo_fields,
                                              .field_count = COUNT_OF(fifo_fields),
                                              .size = sizeof(struct mbp_fifo_def),
                                              .check = check_fifo};

/* ---- tables --------------------------------------------------------------------------------------------------- */

#define TABLES(member) offsetof(struct mbp_tables_def, member)
#define TABLE(word, table)                                                                                             \
    {                                                                                                                  \
        .key = (word), .type = MBP_FIELD_LIST, .at = TABLES(blocks) + (table) * sizeof(struct mbp_def_list),           \
        .high = 65536, .schema = &block_schema[table]                                                                  \
    }
static const struct mbp_field tables_fields[] = {
    TABLE("coils", MBP_COILS),
    TABLE("discrete_inputs", MBP_DISCRETE_INPUTS),
    TABLE("holding_registers", MBP_HOLDING_REGISTERS),
    TABLE("input_registers", MBP_INPUT_REGISTERS),
    {.key = "files",
     .type = MBP_FIELD_LIST,
     .at = TABLES(files),
     .high = MBP_PLANT_FIRST_FILE - 1,
     .schema = &file_schema},
    {.key = "fifos", .type = MBP_FIELD_LIST, .at = TABLES(fifos), .high = 65536, .schema = &fifo_schema},
};

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

const struct mbp_schema mbp_tables_schema = {.noun = "the tables",
                                             .fields = tables_fields,
                                             .field_count = COUNT_OF(tables_fields),
                                             .size = sizeof(struct mbp_tables_def),
                                             .check = check_tables};
