/* modbus_exporter: modbus.yml of RichiH/modbus_exporter: a module a unit. The first digit of an address is the function
 * code, the rest counts from 0. It reads no coils and no discrete inputs: one alone ends its main branch. */
#include <string.h>

#include "export_priv.h"

#define ORDERS                                                                                                         \
    {                                                                                                                  \
        [MBP_ABCD] = "big", [MBP_CDAB] = "yolo", [MBP_BADC] = "mixed", [MBP_DCBA] = "little"                           \
    }

static const struct export_words words = {
    .target = "modbus_exporter",
    .type = {[MBP_INT16] = "int16",
             [MBP_UINT16] = "uint16",
             [MBP_BOOL] = "uint16",
             [MBP_UINT8] = "uint16",
             [MBP_INT32] = "int32",
             [MBP_UINT32] = "uint32",
             [MBP_FLOAT32] = "float32"},
    .order_1 = {[MBP_ABCD] = "big", [MBP_CDAB] = "big", [MBP_BADC] = "little", [MBP_DCBA] = "little"},
    .order_2 = ORDERS,
};

static void write_metric(const struct mbp_export_row *row, const struct export_said *said, FILE *out)
{
    char title[256];
    char number[32];
    fprintf(out, "      - name: mbplant_%s\n        help: ", row->id);
    export_quoted(out, mbp_export_title(row, title, sizeof title));
    fputs("\n        labels:\n          point: ", out);
    export_quoted(out, row->name);
    fputs("\n          measure: ", out);
    export_quoted(out, row->point.unit_text);
    fprintf(out, "\n        address: %u%05u\n        dataType: %s\n        endianness: %s\n        metricType: %s\n",
            export_function(&said->point), said->point.addr, said->type, said->order,
            row->role == MBP_EXPORT_COUNT ? "counter" : "gauge");
    if (said->scale < 1 || said->scale > 1)
        fprintf(out, "        factor: %s\n", mbp_number_shortest(said->scale, number));
}

void export_modbus_exporter(const struct mbp_export *export, FILE *out, struct mbp_export_told *told)
{
    uint32_t bits = 0;
    fputs("# A scrape asks for /modbus?target=HOST:PORT&module=mbplant_unit_N&sub_target=N.\n", out);
    fprintf(out, "# HOST:PORT is %s:%u.\nmodules:\n", export->options->host, export->options->port);
    uint32_t unit = UINT32_MAX;
    for (size_t r = 0; r < export->row_count; r++) {
        const struct mbp_export_row *row = &export->rows[r];
        struct export_said said;
        bool is_bits = export_is_bits(&row->point);
        bits += is_bits;
        if (is_bits || !export_say(export, row, &words, told, &said))
            continue;
        if (row->unit != unit)
            fprintf(out, "  - name: mbplant_unit_%u\n    protocol: tcp/ip\n    timeout: 2000\n    metrics:\n",
                    row->unit_id);
        unit = row->unit;
        write_metric(row, &said, out);
    }
    if (bits > 0)
        export_lost(told,
                    "modbus_exporter: %u coils and discrete inputs are left out: it reads none rightly; "
                    "--select '*.state,*.alarm_states' has them in registers\n",
                    bits);
}
