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
#include "mbplant/map/rows.h"

#define COLUMNS            4
#define ROWS_OF_COLUMN     24
#define COLUMN_WIDTH       530
#define ROW_HEIGHT         28
#define CONTROL_HEIGHT     22
#define BUTTON_WIDTH       100
#define INPUT_WIDTH        90
#define MACHINE_NAME_WIDTH 270
#define MACHINES_BOTTOM    700 /* as far as rows of machines go: the tags of others are there all the same */
#define TITLE_MAX          36  /* characters of a name */

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
    snprintf(address, sizeof address, "%s:%u", export->options->host, export->options->port);
    snprintf(unit, sizeof unit, "%u", row->unit_id);
    snprintf(name, sizeof name, "mbplant %s", id + strlen("d_"));
    return json_pack("{s:s, s:s, s:s, s:b, s:i, s:{s:s, s:s, s:s, s:i, s:b}, s:{}}", "id", id, "name", name, "type",
                     "ModbusTCP", "enabled", 1, "polling", 1000, "property", "address", address, "slaveid", unit,
                     "connectionOption", "TcpPort", "delay", 10, "options", 1, "tags");
}

static json_t *devices_of(const struct mbp_export *export, json_t *rows, struct mbp_export_told *told)
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

/* Above a row for what can be commanded of each machine, below the values in columns. */
struct view {
    const struct mbp_export *export;
    const json_t *rows; /* those that are tags */
    FILE *svg;
    json_t *items;
    unsigned y; /* where the next thing goes */
    unsigned values, width, bottom;
};

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

static void add_text(struct view *view, const char *id, unsigned x, unsigned y, const char *text)
{
    fprintf(view->svg,
            "<text id=\"svg_%s\" x=\"%u\" y=\"%u\" font-size=\"14\" font-family=\"sans-serif\" fill=\"#000000\" "
            "stroke-width=\"0\" xml:space=\"preserve\">",
            id, x, y);
    put_escaped(view->svg, text);
    fputs("</text>\n", view->svg);
}

static json_t *item_of(const char *id, const char *type, const char *label, const struct mbp_export_row *row,
                       json_t *property)
{
    json_object_set_new(property, "variableId", json_string(row->id));
    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "id", id, "type", type, "name", row->name, "label", label, "property",
                     property);
}

/* The unit shows only with a range of type 1. */
static void add_value(struct view *view, const struct mbp_export_row *row, unsigned x, unsigned y)
{
    char id[160];
    snprintf(id, sizeof id, "VAL_%s", row->id);
    fprintf(view->svg,
            "<g id=\"%s\" type=\"svg-ext-value\" fill=\"#000000\" stroke=\"#000000\" font-size=\"14\" "
            "stroke-width=\"0\" font-family=\"sans-serif\" text-anchor=\"middle\"><text id=\"%s_t\" x=\"%u\" y=\"%u\" "
            "font-size=\"14\" font-family=\"sans-serif\" text-anchor=\"middle\" stroke-width=\"0\" "
            "xml:space=\"preserve\">##.##</text></g>\n",
            id, id, x + 330, y);
    json_object_set_new(view->items, id,
                        item_of(id, "svg-ext-value", "Value", row,
                                json_pack("{s:[], s:[{s:i, s:s, s:i}]}", "events", "ranges", "type", 1, "text",
                                          row->point.unit_text, "fractionDigits", (int)row->decimals)));
}

/* What stands in an HTML element of its own: a button, a field. */
static void add_html(struct view *view, const char *id, const char *type, unsigned x, unsigned y, unsigned width)
{
    fprintf(view->svg,
            "<g id=\"%s\" type=\"%s\" fill=\"#ffffff\" font-size=\"14\" font-family=\"sans-serif\" "
            "text-anchor=\"right\" stroke=\"#000000\"><rect id=\"R-%s\" stroke-width=\"0\" x=\"%u\" y=\"%u\" "
            "width=\"%u\" height=\"%d\" fill=\"#ffffff\"/><foreignObject id=\"H-%s\" x=\"%u\" y=\"%u\" "
            "width=\"%u\" height=\"%d\">",
            id, type, id, x, y - 16, width, CONTROL_HEIGHT, id, x, y - 16, width, CONTROL_HEIGHT);
}

/* It writes a 1; the coil says the rest. */
static void add_button(struct view *view, const struct mbp_export_row *row, unsigned x, unsigned y, unsigned width)
{
    char id[160];
    const char *dot = strchr(row->name, '.');
    const char *text = dot != NULL ? dot + 1 : row->name;
    snprintf(id, sizeof id, "HXB_%s", row->id);
    add_html(view, id, "svg-ext-html_button", x, y, width);
    fprintf(view->svg, "<button id=\"B-%s\" style=\"width: 100%%; height: 100%%; padding: 0;\">", id);
    put_escaped(view->svg, text);
    fputs("</button></foreignObject></g>\n", view->svg);
    json_object_set_new(view->items, id,
                        item_of(id, "svg-ext-html_button", "HtmlButton", row,
                                json_pack("{s:s, s:[{s:s, s:s, s:s, s:{}}]}", "text", text, "events", "type", "click",
                                          "action", "onSetValue", "actparam", "1", "actoptions")));
}

static void add_input(struct view *view, const struct mbp_export_row *row, unsigned x, unsigned y)
{
    char id[160];
    snprintf(id, sizeof id, "HXI_%s", row->id);
    add_html(view, id, "svg-ext-html_input", x, y, INPUT_WIDTH);
    fprintf(view->svg,
            "<input id=\"I-%s\" type=\"text\" style=\"width: calc(100%% - 7px); height: calc(100%% - 7px); "
            "text-align: right; background-color: #f1f1f1;\"/></foreignObject></g>\n",
            id);
    json_object_set_new(
        view->items, id,
        item_of(id, "svg-ext-html_input", "HtmlInput", row,
                json_pack("{s:[], s:{s:b, s:b}, s:[{s:i, s:s, s:i}]}", "events", "options", "updated", 1, "numeric", 1,
                          "ranges", "type", 1, "text", row->point.unit_text, "fractionDigits", (int)row->decimals)));
}

/* Green where a machine runs, red where it has failed; else yellow. */
static void add_lamp(struct view *view, const struct mbp_export_row *row, unsigned x, unsigned y)
{
    char id[160];
    const char *colour = strstr(row->name, "en_service") != NULL ? "#00a000"
                         : strstr(row->name, "en_panne") != NULL ? "#e00000"
                                                                 : "#e0b000";
    snprintf(id, sizeof id, "GSE_%s", row->id);
    fprintf(view->svg,
            "<g id=\"%s\" type=\"svg-ext-gauge_semaphore\" fill=\"#000000\" stroke=\"#000000\"><ellipse id=\"%s_e\" "
            "cx=\"%u\" cy=\"%u\" rx=\"7\" ry=\"7\" fill=\"#bfbfbf\" stroke=\"#000000\"/></g>\n",
            id, id, x, y - 5);
    json_object_set_new(view->items, id,
                        item_of(id, "svg-ext-gauge_semaphore", "HtmlSemaphore", row,
                                json_pack("{s:[], s:[{s:s, s:i, s:i, s:s}, {s:s, s:i, s:i, s:s}]}", "events", "ranges",
                                          "type", "range", "min", 0, "max", 0, "color", "#bfbfbf", "type", "range",
                                          "min", 1, "max", 1, "color", colour)));
}

static const struct mbp_export_row *row_at(const struct view *view, size_t i)
{
    return &view->export->rows[json_integer_value(json_array_get(view->rows, i))];
}

static bool is_machine_command(const struct mbp_export_row *row)
{
    return export_is_command(row) && row->point.sensor == UINT32_MAX && row->point.machine != UINT32_MAX;
}

/* A machine: its name, and for each thing that can be asked of it a lamp and a button. Returns the row behind it. */
static size_t add_machine(struct view *view, size_t first)
{
    const struct mbp_export_row *of = row_at(view, first);
    char title[256];
    unsigned x = 30 + MACHINE_NAME_WIDTH;
    snprintf(title, sizeof title, "%s %s", of->owner, of->label);
    add_text(view, of->id, 30, view->y, title);
    size_t i = first;
    for (; i < json_array_size(view->rows) && is_machine_command(row_at(view, i)) &&
           row_at(view, i)->point.machine == of->point.machine;
         i++) {
        const struct mbp_export_row *row = row_at(view, i);
        if (row->point.field->write == MBP_WRITE_STATE)
            add_lamp(view, row, x, view->y);
        add_button(view, row, x + 16, view->y, BUTTON_WIDTH);
        x += BUTTON_WIDTH + 40;
    }
    view->width = x > view->width ? x : view->width;
    view->y += ROW_HEIGHT;
    return i;
}

static bool is_setting(const struct mbp_export_row *row)
{
    return row->point.own == NULL && row->point.writable && row->point.table == MBP_HOLDING_REGISTERS &&
           (row->point.block == MBP_MAP_SETTINGS || row->point.block == MBP_MAP_COMMANDS);
}

static void add_measured(struct view *view, const struct mbp_export_row *row)
{
    char title[256];
    unsigned n = view->values++;
    unsigned x = 30 + n / ROWS_OF_COLUMN * COLUMN_WIDTH;
    unsigned y = view->y + n % ROWS_OF_COLUMN * ROW_HEIGHT;
    const struct mbp_export_row *acknowledge = export_acknowledge_of(view->export, row);
    add_text(view, row->id, x, y, mbp_export_title(row, title, sizeof title));
    if (is_setting(row))
        add_input(view, row, x + 330 - INPUT_WIDTH / 2, y);
    else
        add_value(view, row, x, y);
    if (acknowledge != NULL)
        add_button(view, acknowledge, x + 390, y, BUTTON_WIDTH);
    view->width = x + COLUMN_WIDTH > view->width ? x + COLUMN_WIDTH : view->width;
    view->bottom = y > view->bottom ? y : view->bottom;
}

static void fill_view(struct view *view)
{
    size_t count = json_array_size(view->rows);
    for (size_t i = 0; i < count;) {
        bool shown = is_machine_command(row_at(view, i)) && view->y < MACHINES_BOTTOM;
        i = shown ? add_machine(view, i) : i + 1;
    }
    view->y += ROW_HEIGHT;
    view->bottom = view->y;
    for (size_t i = 0; i < count && view->values < COLUMNS * ROWS_OF_COLUMN; i++) {
        if (row_at(view, i)->role == MBP_EXPORT_VALUE)
            add_measured(view, row_at(view, i));
    }
}

static json_t *view_of(const struct mbp_export *export, const json_t *rows)
{
    struct mbp_buffer svg;
    struct mbp_buffer all;
    struct view view = {.export = export, .rows = rows, .items = json_object(), .y = 80, .width = 800};
    if (!mbp_buffer_open(&svg) || !mbp_buffer_open(&all)) {
        json_decref(view.items);
        return NULL;
    }
    view.svg = svg.out;
    fill_view(&view);
    char *inner = mbp_buffer_close(&svg);
    unsigned height = view.bottom + ROW_HEIGHT;
    fprintf(all.out,
            "<svg width=\"%u\" height=\"%u\" xmlns=\"http://www.w3.org/2000/svg\">\n<g><title>Layer 1</title>\n"
            "<text id=\"svg_title\" x=\"30\" y=\"40\" font-size=\"22\" font-family=\"sans-serif\" fill=\"#000000\">",
            view.width, height);
    put_escaped(all.out, export->plant->name);
    fprintf(all.out, "</text>\n%s</g></svg>", inner != NULL ? inner : "");
    char *text = mbp_buffer_close(&all);
    json_t *made = json_pack("{s:s, s:s, s:{s:i, s:i, s:s}, s:o, s:{}, s:s}", "id", "v_mbplant", "name", "mbplant",
                             "profile", "width", (int)view.width, "height", (int)height, "bkcolor", "#ffffffff",
                             "items", view.items, "variables", "svgcontent", text != NULL ? text : "");
    free(inner);
    free(text);
    return made;
}

/* ---- the project ------------------------------------------------------------------------------------------------- */

void export_fuxa(const struct mbp_export *export, FILE *out, struct mbp_export_told *told)
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
    json_t *layout = json_pack("{s:s, s:b, s:{s:s, s:s, s:[]}, s:{s:s, s:s, s:s, s:s, s:s}, s:b, s:s}", "start",
                               "v_mbplant", "autoresize", 0, "navigation", "mode", "void", "type", "inline", "items",
                               "header", "title", export->plant->name, "alarms", "fix", "infos", "fix", "bkcolor",
                               "#ffffff", "fontcolor", "#000000", "hidenavigation", 0, "inputdialog", "false");
    json_t *project =
        json_pack("{s:s, s:s, s:o, s:{s:o, s:[o]}, s:[], s:[], s:o, s:[], s:[], s:[], s:[], s:{s:s, s:s, s:s, s:{}}}",
                  "version", "1.01", "name", export->plant->name, "devices", devices, "hmi", "layout", layout, "views",
                  view_of(export, rows), "charts", "graphs", "alarms", alarms, "notifications", "scripts", "reports",
                  "texts", "server", "id", "0", "name", "FUXA Server", "type", "FuxaServer", "property");
    if (!mbp_json_write(project, JSON_INDENT(1), out))
        export_lost(told, "fuxa: not enough memory\n");
    json_decref(project);
    json_decref(rows);
}
