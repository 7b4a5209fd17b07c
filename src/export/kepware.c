/* kepware: tags of KEPServerEX's Modbus TCP driver as its CSV import takes them. A device there is a unit; the order of
 * words is the device's, so that only the usual one can be said. Names of groups say the unit. */
#include <stdlib.h>

#include "export_priv.h"

static const struct export_words words = {
    .target = "kepware",
    .type = {[MBP_INT16] = "Short",
             [MBP_UINT16] = "Word",
             [MBP_BOOL] = "Word",
             [MBP_UINT8] = "Word",
             [MBP_INT32] = "Long",
             [MBP_UINT32] = "DWord",
             [MBP_INT64] = "LLong",
             [MBP_UINT64] = "QWord",
             [MBP_FLOAT32] = "Float",
             [MBP_FLOAT64] = "Double"},
    .order_1 = {[MBP_ABCD] = "", [MBP_CDAB] = ""},
    .order_2 = {[MBP_ABCD] = ""},
    .order_4 = {[MBP_ABCD] = ""},
    .bits = true,
    .offset = true,
};

/* In quotes, as CSV has them, and no formula to a spreadsheet. */
static void put_cell(FILE *out, const char *text)
{
    putc('"', out);
    fputs(mbp_text_is_formula(text) ? "'" : "", out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putc('"', out);
        putc((unsigned char)*text < ' ' ? '?' : *text, out);
    }
    putc('"', out);
}

/* A straight line through two points: 0 and 1000. */
static void put_scaling(const struct export_said *said, FILE *out)
{
    char low[32];
    char high[32];
    if (!(said->scale < 1 || said->scale > 1 || said->offset < 0 || said->offset > 0)) {
        fputs(",,,,,,,,", out);
        return;
    }
    fprintf(out, ",Linear,0,1000,%s,%s,Double,0,0", mbp_number_shortest(said->offset, low),
            mbp_number_shortest(strtod(mbp_number_shortest(said->scale, high), NULL) * 1000 + said->offset, high));
}

void export_kepware(const struct mbp_export *export, FILE *out, struct mbp_export_told *told)
{
    static const unsigned bases[MBP_TABLE_COUNT] = {[MBP_COILS] = 0,
                                                    [MBP_DISCRETE_INPUTS] = 100000,
                                                    [MBP_INPUT_REGISTERS] = 300000,
                                                    [MBP_HOLDING_REGISTERS] = 400000};
    fputs("Tag Name,Address,Data Type,Respect Data Type,Client Access,Scan Rate,Scaling,Raw Low,Raw High,Scaled Low,"
          "Scaled High,Scaled Data Type,Clamp Low,Clamp High,Eng Units,Description,Negate Value\n",
          out);
    for (size_t r = 0; r < export->row_count; r++) {
        const struct mbp_export_row *row = &export->rows[r];
        struct export_said said;
        char title[256];
        if (!export_say(export, row, &words, told, &said))
            continue;
        fprintf(out, "\"Unit%u.%s\",\"%06u\",%s,1,%s,1000", row->unit_id, row->id,
                bases[said.point.table] + said.point.addr + 1, said.type != NULL ? said.type : "Boolean",
                said.point.writable ? "R/W" : "RO");
        put_scaling(&said, out);
        putc(',', out);
        put_cell(out, row->point.unit_text);
        putc(',', out);
        put_cell(out, mbp_export_title(row, title, sizeof title));
        fputs(",0\n", out);
    }
    if (export->plant->unit_count > 1)
        export_note(told,
                    "kepware: a device there is one unit: import the groups Unit1, Unit2 .. into devices of these ids, "
                    "at %s:%u\n",
                    export->options->host, export->options->port);
}
