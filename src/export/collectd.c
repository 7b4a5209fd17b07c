/* collectd: the plugin modbus of collectd.conf(5), collectd 5.12. It reads registers alone. */
#include "export_priv.h"

static const struct export_words words = {
    .target = "collectd",
    .type = {[MBP_INT16] = "Int16",
             [MBP_UINT16] = "Uint16",
             [MBP_BOOL] = "Uint16",
             [MBP_UINT8] = "Uint16",
             [MBP_INT32] = "Int32",
             [MBP_UINT32] = "Uint32",
             [MBP_FLOAT32] = "Float"},
    .order_1 = {[MBP_ABCD] = "", [MBP_CDAB] = ""},
    .order_2 = {[MBP_ABCD] = "", [MBP_CDAB] = "LE"},
    .offset = true,
};

static void write_data(const struct mbp_export_row *row, const struct export_said *said, FILE *out)
{
    char number[32];
    fprintf(out, "  <Data \"%s\">\n    RegisterBase %u\n    RegisterType %s%s\n    RegisterCmd %s\n", row->id,
            said->point.addr, said->type, said->order,
            said->point.table == MBP_INPUT_REGISTERS ? "ReadInput" : "ReadHolding");
    if (said->scale < 1 || said->scale > 1)
        fprintf(out, "    Scale %s\n", mbp_number_shortest(said->scale, number));
    if (said->offset < 0 || said->offset > 0)
        fprintf(out, "    Shift %s\n", mbp_number_shortest(said->offset, number));
    fputs("    Type gauge\n    Instance ", out);
    export_quoted(out, row->name);
    fputs("\n  </Data>\n", out);
}

void export_collectd(const struct mbp_export *export, FILE *out, struct mbp_export_told *told)
{
    struct mbp_export_told again = {0}; /* the second pass has nothing new to tell */
    struct export_said said;
    fputs("LoadPlugin modbus\n<Plugin modbus>\n", out);
    uint32_t bits = 0;
    for (size_t r = 0; r < export->row_count; r++) {
        bool is_bits = export_is_bits(&export->rows[r].point);
        bits += is_bits;
        if (!is_bits && export_say(export, &export->rows[r], &words, told, &said))
            write_data(&export->rows[r], &said, out);
    }
    if (bits > 0)
        export_lost(told,
                    "collectd: %u coils and discrete inputs are left out: it reads registers alone; "
                    "--select '*.state,*.alarm_states' has them in registers\n",
                    bits);
    fputs("  <Host \"mbplant\">\n    Address ", out);
    export_quoted(out, export->options->host);
    fprintf(out, "\n    Port \"%u\"\n    Interval 1\n", export->options->port);
    uint32_t unit = UINT32_MAX;
    for (size_t r = 0; r < export->row_count; r++) {
        const struct mbp_export_row *row = &export->rows[r];
        if (!export_say(export, row, &words, &again, &said))
            continue;
        if (row->unit != unit)
            fprintf(out, "%s    <Slave %u>\n      Instance \"unit%u\"\n", unit != UINT32_MAX ? "    </Slave>\n" : "",
                    row->unit_id, row->unit_id);
        unit = row->unit;
        fprintf(out, "      Collect \"%s\"\n", row->id);
    }
    fputs(unit != UINT32_MAX ? "    </Slave>\n" : "", out);
    fputs("  </Host>\n</Plugin>\n", out);
}
