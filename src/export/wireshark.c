/* wireshark: a Lua post-dissector that puts the names of points and their values beside each register, coil and
 * discrete input that Wireshark shows. */
#include <math.h>

#include "export_priv.h"

static const char code[] =
    "local proto = Proto(\"mbplant\", \"mbplant's names of points\")\n"
    "local point = ProtoField.string(\"mbplant.point\", \"Point\")\n"
    "proto.fields = { point }\n"
    "local unit_id = Field.new(\"mbtcp.unit_id\")\n"
    "local func = Field.new(\"modbus.func_code\")\n"
    "local register, words = Field.new(\"modbus.regnum16\"), Field.new(\"modbus.regval_uint16\")\n"
    "local bit, state = Field.new(\"modbus.bitnum\"), Field.new(\"modbus.bitval\")\n"
    "local of_table = { [1] = 1, [2] = 2, [3] = 3, [4] = 4, [5] = 1, [6] = 3, [15] = 1, [16] = 3, [22] = 3, [23] = 3 "
    "}\n"
    "\n"
    "local function number(p, w)\n"
    "  local bytes = \"\"\n"
    "  for i = 1, #w do\n"
    "    local high, low = math.floor(w[i] / 256), w[i] % 256\n"
    "    if p.order == \"BADC\" or p.order == \"DCBA\" then high, low = low, high end\n"
    "    local pair = string.char(high, low)\n"
    "    bytes = (p.order == \"CDAB\" or p.order == \"DCBA\") and pair .. bytes or bytes .. pair\n"
    "  end\n"
    "  if p.type == \"string\" then return bytes:match(\"^[^\\0]*\") end\n"
    "  local raw\n"
    "  if p.type:sub(1, 5) == \"float\" then\n"
    "    raw = Struct.unpack(#bytes == 4 and \">f\" or \">d\", bytes)\n"
    "  else\n"
    "    raw = 0\n"
    "    for i = 1, #bytes do raw = raw * 256 + bytes:byte(i) end\n"
    "    if p.type:sub(1, 3) == \"int\" and bytes:byte(1) >= 128 then raw = raw - 2 ^ (8 * #bytes) end\n"
    "  end\n"
    "  return string.format(\"%.\" .. p.digits .. \"f\", raw * p.scale + p.offset)\n"
    "end\n"
    "\n"
    "function proto.dissector(buffer, pinfo, tree)\n"
    "  local u, f = unit_id(), func()\n"
    "  if u == nil or f == nil or of_table[f.value] == nil then return end\n"
    "  local points = units[u.value] and units[u.value][of_table[f.value]]\n"
    "  if points == nil then return end\n"
    "  local shown\n"
    "  local function show(text)\n"
    "    shown = shown or tree:add(proto, \"mbplant\")\n"
    "    shown:add(point, text)\n"
    "  end\n"
    "  local numbers, values, at = { register() }, { words() }, {}\n"
    "  for i = 1, math.min(#numbers, #values) do at[numbers[i].value] = values[i].value end\n"
    "  for i = 1, #numbers do\n"
    "    local p, w = points[numbers[i].value], {}\n"
    "    for n = 0, p and p.words - 1 or 0 do w[n + 1] = at[numbers[i].value + n] end\n"
    "    if p and #w == p.words then show(p.name .. \" = \" .. number(p, w) .. p.unit) end\n"
    "  end\n"
    "  local bits, states = { bit() }, { state() }\n"
    "  for i = 1, math.min(#bits, #states) do\n"
    "    local p, on = points[bits[i].value], states[i].value\n"
    "    if p then show(p.name .. \" = \" .. ((on == true or on == 1) and \"1\" or \"0\")) end\n"
    "  end\n"
    "end\n"
    "\n"
    "register_postdissector(proto, true)\n";

static const struct export_words words = {
    .target = "wireshark",
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
             [MBP_FLOAT64] = "float64",
             [MBP_INT48] = "int48",
             [MBP_UINT48] = "uint48",
             [MBP_UINT24] = "uint24"},
    .order_1 = {"ABCD", "CDAB", "BADC", "DCBA"},
    .order_2 = {"ABCD", "CDAB", "BADC", "DCBA"},
    .order_4 = {"ABCD", "CDAB", "BADC", "DCBA"},
    .bits = true,
    .offset = true,
};

static void write_point(const struct mbp_export_row *row, const struct export_said *said, FILE *out)
{
    char scale[32];
    char offset[32];
    char unit[64];
    fprintf(out, "    [%u] = { name = ", said->point.addr);
    export_quoted(out, row->name);
    if (said->type != NULL) {
        snprintf(unit, sizeof unit, "%s%.60s", row->point.unit_text[0] != '\0' ? " " : "", row->point.unit_text);
        fprintf(out, ", words = %u, type = \"%s\", order = \"%s\", scale = %s, offset = %s, digits = %u, unit = ",
                said->point.count, said->type, said->order, mbp_number_shortest(said->scale, scale),
                mbp_number_shortest(said->offset, offset), row->decimals);
        export_quoted(out, unit);
    }
    fputs(" },\n", out);
}

void export_wireshark(const struct mbp_export *export, FILE *out, struct mbp_export_told *told)
{
    fprintf(out,
            "-- Names of points for Wireshark. Put it into its folder of Lua plugins (Help, About, Folders) and set "
            "Modbus/TCP\n"
            "-- Port (Preferences, Protocols, Modbus/TCP) to 502,%u; or: tshark -o mbtcp.tcp.port:502,%u -X "
            "lua_script:FILE\n"
            "local units = {}\n",
            export->options->port, export->options->port);
    const struct mbp_export_row *before = NULL;
    for (size_t r = 0; r < export->row_count; r++) {
        const struct mbp_export_row *row = &export->rows[r];
        struct export_said said;
        if (!export_say(export, row, &words, told, &said))
            continue;
        if (before == NULL || before->unit != row->unit)
            fprintf(out, "%sunits[%u] = units[%u] or {}\n", before != NULL ? "}\n" : "", row->unit_id, row->unit_id);
        else if (before->point.table != row->point.table)
            fputs("}\n", out);
        if (before == NULL || before->unit != row->unit || before->point.table != row->point.table)
            fprintf(out, "units[%u][%u] = {\n", row->unit_id, export_function(&row->point));
        write_point(row, &said, out);
        before = row;
    }
    fputs(before != NULL ? "}\n\n" : "\n", out);
    fputs(code, out);
}
