/* ignition: tags of Ignition as its tag browser imports them: a folder a unit, addresses of its Modbus TCP driver from
 * 1 (a device "mbplant" whose addresses are not zero-based). The order of words is the device's, so that only the usual
 * one can be said. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "export_priv.h"
#include "mbplant/json.h"

#define DEVICE "mbplant"

/* Designators of registers: HR is a signed word of a holding register, HRF a float of two. */
static const struct export_words words = {
    .target = "ignition",
    .type = {[MBP_INT16] = "",
             [MBP_UINT16] = "US",
             [MBP_BOOL] = "US",
             [MBP_UINT8] = "US",
             [MBP_INT32] = "I",
             [MBP_UINT32] = "UI",
             [MBP_INT64] = "I_64",
             [MBP_UINT64] = "UI_64",
             [MBP_FLOAT32] = "F",
             [MBP_FLOAT64] = "D"},
    .order_1 = {[MBP_ABCD] = "", [MBP_CDAB] = ""},
    .order_2 = {[MBP_ABCD] = ""},
    .order_4 = {[MBP_ABCD] = ""},
    .bits = true,
    .offset = true,
};

/* The smallest of its types that holds what the register says. */
static const char *data_type(const struct export_said *said)
{
    static const char *const types[MBP_TYPE_COUNT] = {
        [MBP_INT16] = "Int2",     [MBP_UINT16] = "Int4",   [MBP_BOOL] = "Int4",  [MBP_UINT8] = "Int4",
        [MBP_INT32] = "Int4",     [MBP_UINT32] = "Int8",   [MBP_INT64] = "Int8", [MBP_UINT64] = "Int8",
        [MBP_FLOAT32] = "Float4", [MBP_FLOAT64] = "Float8"};
    bool scaled = said->scale < 1 || said->scale > 1 || said->offset < 0 || said->offset > 0;
    if (said->type == NULL)
        return "Boolean";
    return scaled ? "Float8" : types[said->point.type];
}

static json_t *alarm_of(const struct mbp_export_row *row)
{
    static const char *const priorities[MBP_PRIORITY_COUNT] = {[MBP_PRIORITY_LOW] = "Low",
                                                               [MBP_PRIORITY_MEDIUM] = "Medium",
                                                               [MBP_PRIORITY_HIGH] = "High",
                                                               [MBP_PRIORITY_CRITICAL] = "Critical"};
    char title[256];
    return json_pack("[{s:s, s:s, s:i, s:s, s:s}]", "name", row->id, "mode", "Equality", "setpointA", 1, "priority",
                     priorities[row->priority], "displayPath", mbp_export_title(row, title, sizeof title));
}

static json_t *tag_of(const struct mbp_export_row *row, const struct export_said *said)
{
    static const char *const areas[MBP_TABLE_COUNT] = {
        [MBP_COILS] = "C", [MBP_DISCRETE_INPUTS] = "DI", [MBP_INPUT_REGISTERS] = "IR", [MBP_HOLDING_REGISTERS] = "HR"};
    char path[96];
    char title[256];
    char number[32];
    snprintf(path, sizeof path, "ns=1;s=[" DEVICE "]%u.%s%s%u", row->unit_id, areas[said->point.table],
             said->type != NULL ? said->type : "", said->point.addr + 1u);
    json_t *tag =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "name", row->id, "tagType", "AtomicTag", "valueSource",
                  "opc", "opcServer", "Ignition OPC UA Server", "opcItemPath", path, "dataType", data_type(said),
                  "documentation", mbp_export_title(row, title, sizeof title), "readOnly", !said->point.writable);
    if (row->point.unit_text[0] != '\0')
        json_object_set_new(tag, "engUnit", json_string(row->point.unit_text));
    if (isfinite(row->range[0]) && isfinite(row->range[1])) {
        json_object_set_new(tag, "engLow", json_real(row->range[0]));
        json_object_set_new(tag, "engHigh", json_real(row->range[1]));
    }
    if (said->type != NULL && strcmp(data_type(said), "Float8") == 0 && said->point.type != MBP_FLOAT64) {
        double scale = strtod(mbp_number_shortest(said->scale, number), NULL);
        json_object_update_new(tag,
                               json_pack("{s:s, s:f, s:f, s:f, s:f}", "scaleMode", "Linear", "rawLow", 0.0, "rawHigh",
                                         1000.0, "scaledLow", said->offset, "scaledHigh", scale * 1000 + said->offset));
    }
    if (row->role == MBP_EXPORT_ALARM)
        json_object_set_new(tag, "alarms", alarm_of(row));
    return tag;
}

void export_ignition(const struct mbp_export *export, FILE *out, struct mbp_export_told *told)
{
    json_t *folders = json_array();
    json_t *tags = NULL;
    uint32_t unit = UINT32_MAX;
    for (size_t r = 0; r < export->row_count; r++) {
        const struct mbp_export_row *row = &export->rows[r];
        struct export_said said;
        if (!export_say(export, row, &words, told, &said))
            continue;
        if (row->unit != unit) {
            char name[16];
            snprintf(name, sizeof name, "Unit%u", row->unit_id);
            tags = json_array();
            json_array_append_new(folders,
                                  json_pack("{s:s, s:s, s:o}", "name", name, "tagType", "Folder", "tags", tags));
        }
        unit = row->unit;
        json_array_append_new(tags, tag_of(row, &said));
    }
    json_t *root = json_pack("{s:s, s:s, s:o}", "name", DEVICE, "tagType", "Folder", "tags", folders);
    if (!mbp_json_write(root, JSON_INDENT(1), out))
        export_lost(told, "ignition: not enough memory\n");
    export_note(told,
                "ignition: the tags are of a Modbus TCP device named " DEVICE ", at %s:%u, zero-based addressing off\n",
                export->options->host, export->options->port);
    json_decref(root);
}
