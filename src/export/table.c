/* table: csv and markdown: all that is known of each point, and each way to write its address. */
#include <math.h>

#include "export_priv.h"
#include "mbplant/report.h"

static const struct mbp_grid_column columns[] = {
    {"POINT", "point", false},         {"LABEL", "label", false},       {"UNIT ID", "unit_id", true},
    {"TABLE", "table", false},         {"ADDRESS", "address", true},    {"FROM 1", "address_from_1", true},
    {"REFERENCE", "reference", true},  {"REGISTERS", "count", true},    {"READ", "read_function", true},
    {"WRITE", "write_function", true}, {"TYPE", "type", false},         {"ORDER", "order", false},
    {"SCALE", "scale", true},          {"OFFSET", "offset", true},      {"UNIT", "unit", false},
    {"LOW", "range_low", true},        {"HIGH", "range_high", true},    {"DECIMALS", "decimals", true},
    {"ROLE", "role", false},           {"PRIORITY", "priority", false}, {"ACCESS", "access", false},
    {"WHAT", "what", false},
};

static void cell_number(struct mbp_grid *grid, bool known, double value)
{
    char number[32];
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", known && isfinite(value) ? mbp_number_shortest(value, number) : "");
}

/* Six digits throughout: five do not name them all. */
static unsigned reference_of(const struct mbp_point *point)
{
    static const unsigned bases[MBP_TABLE_COUNT] = {[MBP_COILS] = 0,
                                                    [MBP_DISCRETE_INPUTS] = 100000,
                                                    [MBP_INPUT_REGISTERS] = 300000,
                                                    [MBP_HOLDING_REGISTERS] = 400000};
    return bases[point->table] + point->addr + 1;
}

static unsigned write_function(const struct mbp_point *point)
{
    if (!point->writable)
        return 0;
    return point->table == MBP_COILS ? 5 : point->count == 1 ? 6 : 16;
}

static void add_address(struct mbp_grid *grid, const struct mbp_export_row *row)
{
    const struct mbp_point *point = &row->point;
    unsigned write = write_function(point);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", row->unit_id);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_table_name((enum mbp_table)point->table));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", point->addr);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", point->addr + 1u);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%06u", reference_of(point));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", point->count);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", export_function(point));
    if (write > 0)
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", write);
    else
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", "");
}

static void add_type(struct mbp_grid *grid, const struct mbp_export_row *row)
{
    const struct mbp_point *point = &row->point;
    struct mbp_register reg = mbp_point_register(point);
    bool bits = export_is_bits(point);
    bool number = !bits && reg.type != MBP_STRING && reg.type != MBP_BOOL;
    if (!bits && reg.type == MBP_STRING)
        mbp_grid_cell(grid, MBP_PAINT_NONE, "string(%u)", point->count);
    else if (!bits && point->own != NULL && point->own->mask != 0 && point->type == MBP_BOOL)
        mbp_grid_cell(grid, MBP_PAINT_NONE, "bit %u", point->own->shift);
    else
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_type_name(bits ? MBP_BOOL : (enum mbp_type)reg.type));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", bits ? "" : mbp_order_name((enum mbp_order)reg.order));
    cell_number(grid, number, reg.scale);
    cell_number(grid, number, reg.offset);
}

static void add_meaning(struct mbp_grid *grid, const struct mbp_export_row *row)
{
    static const char *const roles[MBP_EXPORT_ROLES] = {
        [MBP_EXPORT_VALUE] = "value",     [MBP_EXPORT_LIMIT] = "limit",     [MBP_EXPORT_ALARM] = "alarm",
        [MBP_EXPORT_STATE] = "state",     [MBP_EXPORT_COMMAND] = "command", [MBP_EXPORT_COUNT] = "count",
        [MBP_EXPORT_OTHER] = "registers",
    };
    const struct mbp_point *point = &row->point;
    bool write_only = point->own != NULL && point->own->write_only;
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", point->unit_text);
    cell_number(grid, true, row->range[0]);
    cell_number(grid, true, row->range[1]);
    if (export_is_bits(point))
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", "");
    else
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", row->decimals);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", roles[row->role]);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  row->role == MBP_EXPORT_ALARM ? mbp_priority_name((enum mbp_priority)row->priority) : "");
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", write_only ? "write" : point->writable ? "read, write" : "read");
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", point->what);
}

static void write_table(const struct mbp_export *export, enum mbp_format format, FILE *out, FILE *told)
{
    struct mbp_grid *grid;
    if (mbp_grid_new(columns, sizeof columns / sizeof columns[0], &grid) != MBP_OK) {
        fputs("not enough memory for the table\n", told);
        return;
    }
    for (size_t r = 0; r < export->row_count; r++) {
        const struct mbp_export_row *row = &export->rows[r];
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", row->point.name);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", row->label);
        add_address(grid, row);
        add_type(grid, row);
        add_meaning(grid, row);
    }
    if (mbp_grid_write(grid, format, false, out) != MBP_OK)
        fputs("not enough memory for the table\n", told);
    mbp_grid_free(grid);
}

void export_csv(const struct mbp_export *export, FILE *out, FILE *told)
{
    write_table(export, MBP_FORMAT_CSV, out, told);
}

void export_markdown(const struct mbp_export *export, FILE *out, FILE *told)
{
    write_table(export, MBP_FORMAT_MARKDOWN, out, told);
}
