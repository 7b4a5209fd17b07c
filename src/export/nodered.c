/* nodered: a flow of Node-RED with node-red-contrib-modbus: a read node a block and a function that decodes it; a
 * button for what is commanded; a dashboard. One client serves all units. What identifies nodes is made of names and
 * addresses. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "export_priv.h"
#include "mbplant/json.h"
#include "nodered.h"

#define MAX_REGISTERS 125u
#define MAX_BITS      2000u
#define DEBUG         "mbplant_debug"

static const struct export_words words = {
    .target = "nodered",
    .type = {[MBP_INT16] = "int16",
             [MBP_UINT16] = "uint16",
             [MBP_BOOL] = "uint16",
             [MBP_UINT8] = "uint16",
             [MBP_INT32] = "int32",
             [MBP_UINT32] = "uint32",
             [MBP_INT64] = "int64",
             [MBP_UINT64] = "uint64",
             [MBP_FLOAT32] = "float32",
             [MBP_STRING] = "string",
             [MBP_FLOAT64] = "float64"},
    .order_1 = {"ABCD", "CDAB", "BADC", "DCBA"},
    .order_2 = {"ABCD", "CDAB", "BADC", "DCBA"},
    .order_4 = {"ABCD", "CDAB", "BADC", "DCBA"},
    .bits = true,
    .offset = true,
    .no_copy = true,
};

/* Behind the table of a block's points: a message a point, and all of them in the flow's context as "mbplant". */
static const char decoder[] =
    "const all = flow.get('mbplant') || {};\n"
    "const out = [];\n"
    "for (const p of points) {\n"
    "  let value = msg.payload[p.at];\n"
    "  if (p.type) {\n"
    "    let words = [];\n"
    "    for (let i = 0; i < p.words; i++) {\n"
    "      const w = msg.payload[p.at + i];\n"
    "      const swap = p.order === 'BADC' || p.order === 'DCBA';\n"
    "      words.push(swap ? [w & 255, w >> 8] : [w >> 8, w & 255]);\n"
    "    }\n"
    "    if (p.type !== 'string' && (p.order === 'CDAB' || p.order === 'DCBA')) words.reverse();\n"
    "    const b = Buffer.from(words.flat());\n"
    "    const read = { int16: 'readInt16BE', uint16: 'readUInt16BE', int32: 'readInt32BE', uint32: 'readUInt32BE',\n"
    "      int64: 'readBigInt64BE', uint64: 'readBigUInt64BE', float32: 'readFloatBE', float64: 'readDoubleBE' };\n"
    "    value = p.type === 'string' ? b.toString('utf8').split('\\0')[0] : Number(b[read[p.type]](0)) * p.scale + "
    "p.offset;\n"
    "    if (p.type !== 'string') value = Number(value.toPrecision(15));\n"
    "  }\n"
    "  all[p.name] = value;\n"
    "  out.push({ topic: p.name, payload: value, unit: p.unit });\n"
    "}\n"
    "flow.set('mbplant', all);\n"
    "return [out];\n";

static json_t *client_of(const struct mbp_export *export)
{
    char port[8];
    snprintf(port, sizeof port, "%u", export->options->port);
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:b}", "id",
                     NODERED_CLIENT, "type", "modbus-client", "name", export->plant->name, "clienttype", "tcp",
                     "bufferCommands", 1, "stateLogEnabled", 0, "queueLogEnabled", 0, "failureLogEnabled", 1, "tcpHost",
                     export->options->host, "tcpPort", port, "tcpType", "DEFAULT", "unit_id", "1", "commandDelay", "1",
                     "clientTimeout", "1000", "reconnectOnTimeout", 1, "reconnectTimeout", "2000",
                     "parallelUnitIdsAllowed", 1);
}

static json_t *reader_of(const struct mbp_export *export, const struct export_block *block, const char *id,
                         const char *function, int y)
{
    static const char *const types[MBP_TABLE_COUNT] = {[MBP_COILS] = "Coil",
                                                       [MBP_DISCRETE_INPUTS] = "Input",
                                                       [MBP_HOLDING_REGISTERS] = "HoldingRegister",
                                                       [MBP_INPUT_REGISTERS] = "InputRegister"};
    char unit[8];
    char address[8];
    char quantity[16];
    snprintf(unit, sizeof unit, "%u", export->rows[block->first_row].unit_id);
    snprintf(address, sizeof address, "%u", block->addr);
    snprintf(quantity, sizeof quantity, "%u", block->count);
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:b, s:b, s:i, s:i, s:[[s],[]]}",
        "id", id, "type", "modbus-read", "z", NODERED_TAB, "name", id, "topic", id, "showErrors", 1, "showWarnings", 1,
        "unitid", unit, "dataType", types[block->table], "adr", address, "quantity", quantity, "rate", "1", "rateUnit",
        "s", "delayOnStart", 0, "server", NODERED_CLIENT, "useIOFile", 0, "emptyMsgOnFail", 0, "x", 160, "y", y,
        "wires", function);
}

static void write_point(const struct mbp_export_row *row, const struct export_said *said, unsigned at, FILE *code)
{
    char number[32];
    char offset[32];
    fputs("  { name: ", code);
    export_quoted(code, row->name);
    fprintf(code, ", at: %u", at);
    if (said->type != NULL)
        fprintf(code, ", words: %u, type: '%s', order: '%s', scale: %s, offset: %s", said->point.count, said->type,
                said->order, mbp_number_shortest(said->scale, number), mbp_number_shortest(said->offset, offset));
    fputs(", unit: ", code);
    export_quoted(code, row->point.unit_text);
    fputs(" },\n", code);
}

/* The points of a block that the target has words for. */
static json_t *function_of(const struct mbp_export *export, const struct export_block *block, const char *id, int y,
                           struct mbp_export_told *told)
{
    struct mbp_buffer code;
    if (!mbp_buffer_open(&code))
        return NULL;
    fputs("const points = [\n", code.out);
    for (size_t r = block->first_row; r < block->first_row + block->row_count; r++) {
        struct export_said said;
        if (export_say(export, &export->rows[r], &words, told, &said))
            write_point(&export->rows[r], &said, (unsigned)said.point.addr - block->addr, code.out);
    }
    fputs("];\n", code.out);
    fputs(decoder, code.out);
    char *text = mbp_buffer_close(&code);
    json_t *node =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:s, s:s, s:[], s:i, s:i, s:[[s]]}", "id", id, "type",
                  "function", "z", NODERED_TAB, "name", "decode", "func", text != NULL ? text : "", "outputs", 1,
                  "timeout", 0, "noerr", 0, "initialize", "", "finalize", "", "libs", "x", 420, "y", y, "wires", DEBUG);
    free(text);
    return node;
}

/* A button and what it writes. */
static void add_command(const struct mbp_export_row *row, json_t *flow, int y)
{
    char inject[160];
    char writer[160];
    char unit[8];
    char address[8];
    snprintf(inject, sizeof inject, "do_%s", row->id);
    snprintf(writer, sizeof writer, "write_%s", row->id);
    snprintf(unit, sizeof unit, "%u", row->unit_id);
    snprintf(address, sizeof address, "%u", row->point.addr);
    json_array_append_new(flow, json_pack("{s:s, s:s, s:s, s:s, s:[], s:s, s:s, s:b, s:s, s:s, s:s, s:i, s:i, s:[[s]]}",
                                          "id", inject, "type", "inject", "z", NODERED_TAB, "name", row->name, "props",
                                          "repeat", "", "crontab", "", "once", 0, "topic", "", "payload", "true",
                                          "payloadType", "bool", "x", 720, "y", y, "wires", writer));
    json_array_append_new(
        flow, json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:s, s:s, s:s, s:s, s:s, s:b, s:i, s:i, s:[[],[]]}", "id",
                        writer, "type", "modbus-write", "z", NODERED_TAB, "name", row->name, "showErrors", 1,
                        "showStatusActivities", 1, "unitid", unit, "dataType", "Coil", "adr", address, "quantity", "1",
                        "server", NODERED_CLIENT, "emptyMsgOnFail", 0, "x", 960, "y", y, "wires"));
    json_t *made = json_array_get(flow, json_array_size(flow) - 2);
    json_array_append_new(json_object_get(made, "props"), json_pack("{s:s}", "p", "payload"));
}

static void add_block(const struct mbp_export *export, const struct export_block *block, json_t *flow, int y,
                      struct mbp_export_told *told)
{
    char id[64];
    char function[80];
    snprintf(id, sizeof id, "read_u%u_%s_%u", export->rows[block->first_row].unit_id,
             mbp_table_word((enum mbp_table)block->table), block->addr);
    snprintf(function, sizeof function, "decode_%s", id);
    json_array_append_new(flow, reader_of(export, block, id, function, y));
    json_array_append_new(flow, function_of(export, block, function, y, told));
}

void export_nodered(const struct mbp_export *export, FILE *out, struct mbp_export_told *told)
{
    json_t *flow =
        json_pack("[{s:s, s:s, s:s, s:b, s:s}, o, {s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:s, s:s, s:i, s:i, s:[]}]", "id",
                  NODERED_TAB, "type", "tab", "label", export->plant->name, "disabled", 0, "info", "",
                  client_of(export), "id", DEBUG, "type", "debug", "z", NODERED_TAB, "name", "values", "active", 0,
                  "tosidebar", 1, "console", 0, "complete", "true", "targetType", "full", "x", 620, "y", 40, "wires");
    int y = 80;
    for (size_t r = 0; r < export->row_count; y += 40) {
        struct export_block block = export_block_at(export, r, MAX_REGISTERS, MAX_BITS);
        if (export->rows[r].point.own != NULL && export->rows[r].point.own->write_only) {
            struct export_said said;
            export_say(export, &export->rows[r++], &words, told, &said);
            continue;
        }
        if (export->rows[r].point.count > MAX_REGISTERS) {
            export_leave_out(told, "nodered", &export->rows[r++], "it is many registers");
            continue;
        }
        add_block(export, &block, flow, y, told);
        r += block.row_count;
    }
    y = 80;
    for (size_t r = 0; r < export->row_count; r++) {
        const struct mbp_export_row *row = &export->rows[r];
        if (row->role != MBP_EXPORT_COMMAND || row->point.table != MBP_COILS || !row->point.writable)
            continue;
        add_command(row, flow, y);
        y += 40;
    }
    nodered_add_screen(export, flow);
    if (!mbp_json_write(flow, JSON_INDENT(1), out))
        export_lost(told, "nodered: not enough memory\n");
    json_decref(flow);
}
