/* telegraf: inputs.modbus in its request style: one request block for each unit, table and order. Addresses that are
 * not named are not read (optimization none). */
#include <string.h>

#include "export_priv.h"

#define ORDERS                                                                                                         \
    {                                                                                                                  \
        [MBP_ABCD] = "ABCD", [MBP_CDAB] = "CDAB", [MBP_BADC] = "BADC", [MBP_DCBA] = "DCBA"                             \
    }

static const struct export_words words = {
    .target = "telegraf",
    .type = {[MBP_INT16] = "INT16",
             [MBP_UINT16] = "UINT16",
             [MBP_BOOL] = "UINT16",
             [MBP_UINT8] = "UINT8L",
             [MBP_INT8] = "INT8L",
             [MBP_INT32] = "INT32",
             [MBP_UINT32] = "UINT32",
             [MBP_INT64] = "INT64",
             [MBP_UINT64] = "UINT64",
             [MBP_FLOAT32] = "FLOAT32",
             [MBP_FLOAT64] = "FLOAT64",
             [MBP_STRING] = "STRING"},
    .order_1 = ORDERS,
    .order_2 = ORDERS,
    .order_4 = ORDERS,
    .bits = true,
    .parts = true,
};

static const char *const registers[MBP_TABLE_COUNT] = {[MBP_COILS] = "coil",
                                                       [MBP_DISCRETE_INPUTS] = "discrete",
                                                       [MBP_HOLDING_REGISTERS] = "holding",
                                                       [MBP_INPUT_REGISTERS] = "input"};

static void write_field(const struct mbp_export_row *row, const struct export_said *said, FILE *out)
{
    const struct mbp_point *point = &said->point;
    char number[32];
    fprintf(out, "    { address = %u, name = ", point->addr);
    export_quoted(out, row->name);
    if (said->type != NULL && point->own != NULL && point->own->mask != 0)
        fprintf(out, ", type = \"BIT\", bit = %u", point->own->shift);
    else if (said->type != NULL)
        fprintf(out, ", type = \"%s\"", said->type);
    if (said->type != NULL && point->type == MBP_STRING)
        fprintf(out, ", length = %u", point->count);
    if (said->scale < 1 || said->scale > 1)
        fprintf(out, ", scale = %s, output = \"FLOAT64\"", mbp_number_shortest(said->scale, number));
    fputs(" },\n", out);
}

static void begin_request(unsigned unit_id, unsigned table, const char *order, FILE *out)
{
    fprintf(out, "\n  [[inputs.modbus.request]]\n  slave_id = %u\n  byte_order = \"%s\"\n  register = \"%s\"\n",
            unit_id, order, registers[table]);
    fputs("  measurement = \"mbplant\"\n  fields = [\n", out);
}

/* One request block: those rows of a unit, from first to end, that stand in a table and an order. */
static void write_request(const struct mbp_export *export, size_t first, size_t end, unsigned table, unsigned order,
                          FILE *out, struct mbp_export_told *again)
{
    bool begun = false;
    for (size_t r = first; r < end; r++) {
        struct export_said said;
        const struct mbp_export_row *row = &export->rows[r];
        if (!export_say(export, row, &words, again, &said) || said.point.table != table ||
            strcmp(said.order != NULL ? said.order : "ABCD", words.order_2[order]) != 0)
            continue;
        if (!begun)
            begin_request(row->unit_id, table, words.order_2[order], out);
        begun = true;
        write_field(row, &said, out);
    }
    if (!begun)
        return;
    fputs("  ]\n  [inputs.modbus.request.tags]\n  plant = ", out);
    export_quoted(out, export->plant->name);
    fprintf(out, "\n  unit = \"%u\"\n", export->rows[first].unit_id);
}

/* All request blocks of the unit that a row is of; returns the first row of the next unit. */
static size_t write_unit(const struct mbp_export *export, size_t first, FILE *out, struct mbp_export_told *again)
{
    size_t end = first;
    while (end < export->row_count && export->rows[end].unit == export->rows[first].unit)
        end++;
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++) {
        for (unsigned order = 0; order < MBP_ORDER_COUNT; order++)
            write_request(export, first, end, table, order, out, again);
    }
    return end;
}

void export_telegraf(const struct mbp_export *export, FILE *out, struct mbp_export_told *told)
{
    struct mbp_export_told again = {0}; /* rows are looked at several times, and told once */
    struct export_said said;
    for (size_t r = 0; r < export->row_count; r++)
        export_say(export, &export->rows[r], &words, told, &said);
    fputs("[[inputs.modbus]]\n  name = ", out);
    export_quoted(out, export->plant->name);
    fputs("\n  controller = ", out);
    char place[300];
    snprintf(place, sizeof place, "tcp://%s:%u", export->options->host, export->options->port);
    export_quoted(out, place);
    fputs("\n  timeout = \"1s\"\n  configuration_type = \"request\"\n", out);
    for (size_t r = 0; r < export->row_count;)
        r = write_unit(export, r, out, &again);
}
