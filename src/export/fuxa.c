/* fuxa: a project of FUXA 1.3: devices with tags, alarms on the plant's alarm bits, and a first view of all values.
 *
 * How FUXA reads decides how tags are shared out (measured with 1.3.4): with `options` each run of adjacent tags is one
 * request, and of a run that crosses a multiple of 100 only what lies before it gets a value. So a unit has two
 * devices, one for even and one for odd hundreds: no run of either crosses one, and none is too long for a request. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "export_priv.h"
#include "mbplant/json.h"

#define ROWS_OF_COLUMN 24
#define COLUMN_WIDTH   420
#define ROW_HEIGHT     28
#define TITLE_MAX      36 /* characters of a name */

static const struct export_words words = {
    .target = "fuxa",
    .type = {[MBP_INT16] = "Int16",
             [MBP_UINT16] = "UInt16",
             [MBP_BOOL] = "UInt16", /* a Bool of a register looks at its high byte */
             [MBP_UINT8] = "UInt16",
             [MBP_INT32] = "Int32",
             [MBP_UINT32] = "UInt32",
             [MBP_INT64] = "Int64",
             [MBP_FLOAT32] = "Float32",
             [MBP_FLOAT64] = "Float64"},
    .order_1 = {[MBP_ABCD] = "", [MBP_CDAB] = "", [MBP_BADC] = "LE", [MBP_DCBA] = "LE"},
    .order_2 = {[MBP_ABCD] = "", [MBP_CDAB] = "MLE", [MBP_DCBA] = "LE"},
    .order_4 = {[MBP_ABCD] = "", [MBP_DCBA] = "LE"}, /* its Float64MLE is no CDAB */
    .bits = true,
};

/* ---- devices ----------------------------------------------------------------------------------------------------- */

static json_t *tag_of(const struct mbp_export_row *row, const struct export_said *said)
{
    static const char *const tables[MBP_TABLE_COUNT] = {[MBP_COILS] = "000000",
                                                        [MBP_DISCRETE_INPUTS] = "100000",
                                                        [MBP_INPUT_REGISTERS] = "300000",
                                                        [MBP_HOLDING_REGISTERS] = "400000"};
    char type[32];
    char address[8];
    char number[32];
    snprintf(type, sizeof type, "%s%s", said->type != NULL ? said->type : "Bool",
             said->order != NULL ? said->order : "");
    snprintf(address, sizeof address, "%u", said->point.addr + 1u);
    json_t *tag =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:{s:b, s:b, s:i}}", "id", row->id, "name", row->name, "label",
                  row->name, "type", type, "memaddress", tables[said->point.table], "address", address, "format",
                  (int)row->decimals, "daq", "enabled", row->role == MBP_EXPORT_VALUE, "changed", 1, "interval", 10);
    if (said->scale < 1 || said->scale > 1) /* 1 / 0.1 is 10 */
        json_object_set_new(tag, "divisor", json_string(mbp_number_shortest(round(1e9 / said->scale) / 1e9, number)));
    return tag;
}

static json_t *device_of(const struct mbp_export *export, const struct mbp_export_row *row, const char *id)
{
    char address[300];
    char unit[8];
    char name[64];
    snprintf(address, sizeof address, "%s:%u", export->wish->host, export->wish->port);
    snprintf(unit, sizeof unit, "%u", row->unit_id);
    snprintf(name, sizeof name, "mbplant %s", id + strlen("d_"));
    return json_pack("{s:s, s:s, s:s, s:b, s:i, s:{s:s, s:s, s:s, s:i, s:b}, s:{}}", "id", id, "name", name, "type",
                     "ModbusTCP", "enabled", 1, "polling", 1000, "property", "address", address, "slaveid", unit,
                     "connectionOption", "TcpPort", "delay", 10, "options", 1, "tags");
}

static json_t *devices_of(const struct mbp_export *export, json_t *rows, FILE *told)
{
    json_t *devices = json_object();
    for (size_t r = 0; r < export->row_count; r++) {
        const struct mbp_export_row *row = &export->rows[r];
        struct export_said said;
        char id[32];
        if (!export_say(export, row, &words, told, &said))
            continue;
        snprintf(id, sizeof id, "d_u%u_%s", row->unit_id, said.point.addr / 100 % 2 == 0 ? "even" : "odd");
        if (json_object_get(devices, id) == NULL)
            json_object_set_new(devices, id, device_of(export, row, id));
        json_object_set_new(json_object_get(json_object_get(devices, id), "tags"), row->id, tag_of(row, &said));
        json_array_append_new(rows, json_integer((json_int_t)r));
    }
    return devices;
}

/* ---- alarms ------------------------------------------------------------------------------------------------------ */

/* FUXA has four classes, and no low low. The bit decides, so that the plant's delays and deadbands hold. */
static json_t *alarm_of(const struct mbp_export_row *row)
{
    static const char *const classes[] = {"highhigh", "high", "low", "info"};
    static const char *const colours[] = {"#FF2222", "#FF8800", "#FFCC00", "#4488FF"};
    char title[256];
    const char *dot = strrchr(row->point.name, '.'); /* the sensor's own name may have "low" in it */
    const char *name = dot != NULL ? dot : row->point.name;
    unsigned of = strstr(name, "high_high") != NULL ? 0
                  : strstr(name, "high") != NULL    ? 1
                  : strstr(name, "low") != NULL     ? 2
                                                    : 3;
    json_t *alarm =
        json_pack("{s:s, s:{s:s, s:i}}", "name", row->id, "property", "variableId", row->id, "permission", 0);
    for (unsigned c = 0; c < 4; c++)
        json_object_set_new(alarm, classes[c],
                            json_pack("{s:b, s:i, s:i, s:i, s:i, s:s, s:s, s:s, s:s, s:s}", "enabled", c == of,
                                      "checkdelay", 1, "min", 1, "max", 1, "timedelay", 0, "text",
                                      c == of ? mbp_export_title(row, title, sizeof title) : "", "group",
                                      mbp_priority_name((enum mbp_priority)row->priority), "ackmode",
                                      "alarm.ack-active", "bkcolor", colours[c], "color", "#000000"));
    json_object_set_new(alarm, "actions", json_pack("{s:b, s:[]}", "enabled", 0, "values"));
    return alarm;
}

/* ---- the view ---------------------------------------------------------------------------------------------------- */

/* As many characters as stand beside a value. */
static void put_escaped(FILE *out, const char *text)
{
    for (unsigned n = 0; *text != '\0' && n < TITLE_MAX; n++) {
        uint32_t code = 0;
        size_t len = mbp_utf8_next(text, &code);
        if (len == 0 || mbp_utf8_is_control(code) || strchr("<>&\"", *text) != NULL)
            fprintf(out, "&#%u;", len == 0 || mbp_utf8_is_control(code) ? (unsigned)'?' : (unsigned)code);
        else
            fwrite(text, 1, len, out);
        text += len > 0 ? len : 1;
    }
    fputs(*text != '\0' ? ".." : "", out);
}

/* A name and a value; the unit shows only with a range of type 1. */
static void add_value(const struct mbp_export_row *row, unsigned n, FILE *svg, json_t *items)
{
    char id[160];
    char title[256];
    unsigned x = 30 + n / ROWS_OF_COLUMN * COLUMN_WIDTH;
    unsigned y = 80 + n % ROWS_OF_COLUMN * ROW_HEIGHT;
    snprintf(id, sizeof id, "VAL_%s", row->id);
    fprintf(svg,
            "<text id=\"svg_%s\" x=\"%u\" y=\"%u\" font-size=\"14\" font-family=\"sans-serif\" fill=\"#000000\" "
            "stroke-width=\"0\" xml:space=\"preserve\">",
            row->id, x, y);
    put_escaped(svg, mbp_export_title(row, title, sizeof title));
    fprintf(svg,
            "</text><g id=\"%s\" type=\"svg-ext-value\" fill=\"#000000\" stroke=\"#000000\" font-size=\"14\" "
            "stroke-width=\"0\" font-family=\"sans-serif\" text-anchor=\"middle\"><text id=\"%s_t\" x=\"%u\" y=\"%u\" "
            "font-size=\"14\" font-family=\"sans-serif\" text-anchor=\"middle\" stroke-width=\"0\" "
            "xml:space=\"preserve\">##.##</text></g>\n",
            id, id, x + 330, y);
    json_object_set_new(items, id,
                        json_pack("{s:s, s:s, s:s, s:s, s:{s:[], s:s, s:[{s:i, s:s, s:i}]}}", "id", id, "type",
                                  "svg-ext-value", "name", row->name, "label", "Value", "property", "events",
                                  "variableId", row->id, "ranges", "type", 1, "text", row->point.unit_text,
                                  "fractionDigits", (int)row->decimals));
}

static json_t *view_of(const struct mbp_export *export, const json_t *rows)
{
    struct mbp_buffer svg;
    json_t *items = json_object();
    unsigned shown = 0;
    size_t i;
    const json_t *r;
    if (!mbp_buffer_open(&svg)) {
        json_decref(items);
        return NULL;
    }
    fputs("<svg width=\"1700\" height=\"800\" xmlns=\"http://www.w3.org/2000/svg\">\n<g><title>Layer 1</title>\n"
          "<text id=\"svg_title\" x=\"30\" y=\"40\" font-size=\"22\" font-family=\"sans-serif\" fill=\"#000000\">",
          svg.out);
    put_escaped(svg.out, export->plant->name);
    fputs("</text>\n", svg.out);
    json_array_foreach(rows, i, r)
    {
        const struct mbp_export_row *row = &export->rows[json_integer_value(r)];
        if (shown < 4 * ROWS_OF_COLUMN && row->role == MBP_EXPORT_VALUE)
            add_value(row, shown++, svg.out, items);
    }
    fputs("</g></svg>", svg.out);
    char *text = mbp_buffer_close(&svg);
    json_t *view = json_pack("{s:s, s:s, s:{s:i, s:i, s:s}, s:o, s:{}, s:s}", "id", "v_mbplant", "name", "mbplant",
                             "profile", "width", 1700, "height", 800, "bkcolor", "#ffffffff", "items", items,
                             "variables", "svgcontent", text != NULL ? text : "");
    free(text);
    return view;
}

/* ---- the project ------------------------------------------------------------------------------------------------- */

void export_fuxa(const struct mbp_export *export, FILE *out, FILE *told)
{
    json_t *rows = json_array(); /* those that it has words for */
    json_t *devices = devices_of(export, rows, told);
    json_t *alarms = json_array();
    size_t i;
    const json_t *r;
    json_array_foreach(rows, i, r)
    {
        const struct mbp_export_row *row = &export->rows[json_integer_value(r)];
        if (row->role == MBP_EXPORT_ALARM)
            json_array_append_new(alarms, alarm_of(row));
    }
    json_t *layout =
        json_pack("{s:s, s:b, s:{s:s, s:s, s:[]}, s:{}, s:b, s:s}", "start", "v_mbplant", "autoresize", 0, "navigation",
                  "mode", "void", "type", "inline", "items", "header", "hidenavigation", 1, "inputdialog", "false");
    json_t *project =
        json_pack("{s:s, s:s, s:o, s:{s:o, s:[o]}, s:[], s:[], s:o, s:[], s:[], s:[], s:[], s:{s:s, s:s, s:s, s:{}}}",
                  "version", "1.01", "name", export->plant->name, "devices", devices, "hmi", "layout", layout, "views",
                  view_of(export, rows), "charts", "graphs", "alarms", alarms, "notifications", "scripts", "reports",
                  "texts", "server", "id", "0", "name", "FUXA Server", "type", "FuxaServer", "property");
    if (!mbp_json_write(project, JSON_INDENT(1), out))
        fputs("fuxa: not enough memory\n", told);
    json_decref(project);
    json_decref(rows);
}
