/* scadalts: the JSON that Scada-LTS (and ScadaBR) imports: a data source and its points. An alarm's bit has an event
 * detector whose level is the alarm's priority. Ids (xid) there are of at most 50 characters and one for the whole
 * installation, so they begin with what stands for the plant's name. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "export_priv.h"
#include "mbplant/json.h"

#define XID_MAX       50
#define UNIT_MAX      240 /* of its driver: 1..240 */
#define MAX_REGISTERS 125
#define MAX_BITS      2000

/* A suffix says the order of words; for integers and floats of 64 bits it is the reverse order of all words too. */
static const struct export_words words = {
    .target = "scadalts",
    .type = {[MBP_INT16] = "TWO_BYTE_INT_SIGNED",
             [MBP_UINT16] = "TWO_BYTE_INT_UNSIGNED",
             [MBP_BOOL] = "TWO_BYTE_INT_UNSIGNED",
             [MBP_UINT8] = "TWO_BYTE_INT_UNSIGNED",
             [MBP_INT32] = "FOUR_BYTE_INT_SIGNED",
             [MBP_UINT32] = "FOUR_BYTE_INT_UNSIGNED",
             [MBP_INT64] = "EIGHT_BYTE_INT_SIGNED",
             [MBP_UINT64] = "EIGHT_BYTE_INT_UNSIGNED",
             [MBP_FLOAT32] = "FOUR_BYTE_FLOAT",
             [MBP_FLOAT64] = "EIGHT_BYTE_FLOAT",
             [MBP_STRING] = "VARCHAR"},
    .order_1 = {[MBP_ABCD] = "", [MBP_CDAB] = ""},
    .order_2 = {[MBP_ABCD] = "", [MBP_CDAB] = "_SWAPPED"},
    .order_4 = {[MBP_ABCD] = "", [MBP_CDAB] = "_SWAPPED"},
    .bits = true,
    .parts = true,
    .offset = true,
};

/* "DP_5e1c0fd7_u1_TT101_high"; what is too long ends with what stands for all of it. */
static void put_xid(const struct mbp_export *export, const char *kind, const char *id, char xid[XID_MAX + 1])
{
    char whole[200];
    snprintf(whole, sizeof whole, "%s_%08x_%s", kind, (unsigned)(mbp_name_hash(export->plant->name) & 0xFFFFFFFF), id);
    if (strlen(whole) > XID_MAX)
        snprintf(xid, XID_MAX + 1, "%.33s_%016llx", whole, (unsigned long long)mbp_name_hash(whole));
    else
        snprintf(xid, XID_MAX + 1, "%.*s", XID_MAX, whole);
}

static json_t *source_of(const struct mbp_export *export)
{
    char xid[XID_MAX + 1];
    int registers = MAX_REGISTERS;
    put_xid(export, "DS", "mbplant", xid);
    for (uint32_t u = 0; u < export->plant->unit_count; u++) {
        uint32_t most = export->plant->units[u].answer.max_read;
        registers = most > 0 && most < (uint32_t)registers ? (int)most : registers;
    }
    return json_pack("{s:s, s:s, s:s, s:b, s:s, s:i, s:s, s:s, s:i, s:i, s:i, s:b, s:b, s:b, s:b, s:b, s:i, s:i, s:i, "
                     "s:{s:s, s:s, s:s}}",
                     "xid", xid, "type", "MODBUS_IP", "name", export->plant->name, "enabled", 1, "updatePeriodType",
                     "SECONDS", "updatePeriods", 1, "transportType", "TCP", "host", export->options->host, "port",
                     (int)export->options->port, "timeout", 1000, "retries", 2, "encapsulated", 0, "quantize", 0,
                     "contiguousBatches", 1, "createSlaveMonitorPoints", 0, "createSocketMonitorPoint", 0,
                     "maxReadBitCount", MAX_BITS, "maxReadRegisterCount", registers, "maxWriteRegisterCount", 120,
                     "alarmLevels", "DATA_SOURCE_EXCEPTION", "URGENT", "POINT_READ_EXCEPTION", "URGENT",
                     "POINT_WRITE_EXCEPTION", "URGENT");
}

static json_t *locator_of(const struct mbp_export_row *row, const struct export_said *said)
{
    static const char *const ranges[MBP_TABLE_COUNT] = {[MBP_COILS] = "COIL_STATUS",
                                                        [MBP_DISCRETE_INPUTS] = "INPUT_STATUS",
                                                        [MBP_INPUT_REGISTERS] = "INPUT_REGISTER",
                                                        [MBP_HOLDING_REGISTERS] = "HOLDING_REGISTER"};
    const struct mbp_point *point = &said->point;
    bool part = said->type != NULL && point->own != NULL && point->own->mask != 0;
    char type[64];
    snprintf(type, sizeof type, "%s%s", said->type != NULL && !part ? said->type : "BINARY",
             said->order != NULL && !part && point->type != MBP_STRING ? said->order : "");
    return json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:s, s:f, s:f, s:b, s:b, s:b}", "range", ranges[point->table],
                     "modbusDataType", type, "slaveId", (int)row->unit_id, "offset", (int)point->addr, "bit",
                     part ? (int)point->own->shift : 0, "registerCount",
                     said->type != NULL && point->type == MBP_STRING ? (int)point->count : 0, "charset", "ASCII",
                     "multiplier", said->scale, "additive", said->offset, "settableOverride", point->writable,
                     "slaveMonitor", 0, "socketMonitor", 0);
}

static json_t *detector_of(const struct mbp_export *export, const struct mbp_export_row *row)
{
    static const char *const levels[MBP_PRIORITY_COUNT] = {[MBP_PRIORITY_LOW] = "INFORMATION",
                                                           [MBP_PRIORITY_MEDIUM] = "URGENT",
                                                           [MBP_PRIORITY_HIGH] = "CRITICAL",
                                                           [MBP_PRIORITY_CRITICAL] = "LIFE_SAFETY"};
    char xid[XID_MAX + 1];
    char title[256];
    put_xid(export, "PED", row->id, xid);
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:s, s:i}", "xid", xid, "type", "BINARY_STATE", "alarmLevel",
                     levels[row->priority], "alias", mbp_export_title(row, title, sizeof title), "state", 1,
                     "durationType", "SECONDS", "duration", 0);
}

/* How it is shown: with so many digits and its unit. */
static json_t *renderer_of(const struct mbp_export_row *row, const struct export_said *said)
{
    char format[16];
    char suffix[80];
    if (said->type == NULL || said->point.type == MBP_STRING || (said->point.own != NULL && said->point.own->mask != 0))
        return json_pack("{s:s, s:s}", "type", "PLAIN", "suffix", "");
    snprintf(format, sizeof format, "0%s%.*s", row->decimals > 0 ? "." : "", row->decimals, "000000");
    snprintf(suffix, sizeof suffix, "%s%.70s", row->point.unit_text[0] != '\0' ? " " : "", row->point.unit_text);
    return json_pack("{s:s, s:s, s:s}", "type", "ANALOG", "format", format, "suffix", suffix);
}

static json_t *point_of(const struct mbp_export *export, const struct mbp_export_row *row,
                        const struct export_said *said, const char *source)
{
    char xid[XID_MAX + 1];
    char title[256];
    put_xid(export, "DP", row->id, xid);
    json_t *detectors = json_array();
    if (row->role == MBP_EXPORT_ALARM && said->type == NULL)
        json_array_append_new(detectors, detector_of(export, row));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s, s:i, s:s, s:s, s:i, s:i, s:f, s:b, s:s, s:o, s:o, s:o}",
                     "xid", xid, "dataSourceXid", source, "name", row->name, "deviceName", export->plant->name,
                     "description", mbp_export_title(row, title, sizeof title), "enabled", 1, "loggingType",
                     "ON_CHANGE", "intervalLoggingPeriodType", "MINUTES", "intervalLoggingPeriod", 15,
                     "intervalLoggingType", "INSTANT", "purgeType", "DAYS", "purgePeriod", 7, "defaultCacheSize", 1,
                     "tolerance", 0.0, "discardExtremeValues", 0, "engineeringUnits", "", "textRenderer",
                     renderer_of(row, said), "eventDetectors", detectors, "pointLocator", locator_of(row, said));
}

void export_scadalts(const struct mbp_export *export, FILE *out, struct mbp_export_told *told)
{
    json_t *source = source_of(export);
    json_t *points = json_array();
    for (size_t r = 0; r < export->row_count; r++) {
        const struct mbp_export_row *row = &export->rows[r];
        struct export_said said;
        if (row->unit_id == 0 || row->unit_id > UNIT_MAX)
            export_leave_out(told, words.target, row, "its driver has the units 1 to 240 alone");
        else if (export_say(export, row, &words, told, &said))
            json_array_append_new(points,
                                  point_of(export, row, &said, json_string_value(json_object_get(source, "xid"))));
    }
    json_t *root = json_pack("{s:[o], s:o}", "dataSources", source, "dataPoints", points);
    if (!mbp_json_write(root, JSON_INDENT(1), out))
        export_lost(told, "scadalts: not enough memory\n");
    json_decref(root);
}
