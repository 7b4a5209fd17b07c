/* The dashboard of the flow for Node-RED: a page of FlowFuse's dashboard 2 with the machines, their buttons and all
 * values. One template draws it; what it shows comes by messages, so that no name of the plant is ever markup. */
#include <stdlib.h>
#include <string.h>

#include "export_priv.h"
#include "mbplant/json.h"
#include "nodered.h"

#define GROUP   "mbplant_group"
#define PAGE    "mbplant_page"
#define THEME   "mbplant_theme"
#define BASE    "mbplant_base"
#define CLOCK   "mbplant_clock"
#define SCREEN  "mbplant_screen"
#define DRAWING "mbplant_drawing"
#define COMMAND "mbplant_command"
#define WRITER  "mbplant_writer"

static const char drawing[] =
    "<template>\n"
    "  <div>\n"
    "    <table style=\"width: 100%; margin-bottom: 1em\"><tbody>\n"
    "      <tr v-for=\"m in (msg?.payload?.machines || [])\" :key=\"m.title\"><td>{{ m.title }}</td>\n"
    "        <td v-for=\"c in m.commands\" :key=\"c.id\"><button class=\"mbplant\" :id=\"c.id\"\n"
    "          :style=\"{ background: c.on ? (c.bad ? '#f5b7b1' : '#a9dfbf') : '' }\"\n"
    "          @click=\"send({ topic: c.id, payload: true })\">{{ c.text }}</button></td></tr>\n"
    "    </tbody></table>\n"
    "    <div style=\"columns: 24em\">\n"
    "      <div v-for=\"v in (msg?.payload?.values || [])\" :key=\"v.title\" style=\"display: flex; gap: 1em; "
    "break-inside: avoid\">\n"
    "        <span style=\"flex: 1\">{{ v.title }}</span>\n"
    "        <b>{{ typeof v.value === 'number' ? v.value.toFixed(v.decimals) : v.value }} {{ v.unit }}</b>\n"
    "        <button v-if=\"v.ack\" class=\"mbplant\" :id=\"v.ack\" @click=\"send({ topic: v.ack, payload: true "
    "})\">acknowledge</button>\n"
    "      </div>\n"
    "    </div>\n"
    "  </div>\n"
    "</template>\n"
    "<style>.mbplant { border: 1px solid #888; border-radius: 3px; padding: 0 .6em; margin: 1px; background: #eee }"
    "</style>\n";

static const char showing[] = "const all = flow.get('mbplant') || {};\n"
                              "msg.payload = {\n"
                              "  machines: machines.map((m) => ({ ...m, commands: m.commands.map((c) => ({ ...c, on: "
                              "all[c.point] })) })),\n"
                              "  values: values.map((v) => ({ ...v, value: all[v.point] })),\n"
                              "};\n"
                              "return msg;\n";

static const char commanding[] = "const at = places[msg.topic];\n"
                                 "if (!at) return null;\n"
                                 "return { payload: { value: true, fc: 5, unitid: at[0], address: at[1], quantity: 1 } "
                                 "};\n";

static void put_machine(const struct mbp_export *export, size_t first, size_t end, FILE *code)
{
    char title[256];
    const struct mbp_export_row *of = &export->rows[first];
    snprintf(title, sizeof title, "%s %s", of->owner, of->label);
    fputs("  { title: ", code);
    export_quoted(code, title);
    fputs(", commands: [\n", code);
    for (size_t r = first; r < end; r++) {
        const struct mbp_export_row *row = &export->rows[r];
        const char *dot = strchr(row->name, '.');
        fprintf(code, "    { id: '%s', bad: %s, text: ", row->id,
                strstr(row->name, "en_panne") != NULL ? "true" : "false");
        export_quoted(code, dot != NULL ? dot + 1 : row->name);
        fputs(", point: ", code);
        export_quoted(code, row->name);
        fputs(" },\n", code);
    }
    fputs("  ] },\n", code);
}

static void put_machines(const struct mbp_export *export, FILE *code)
{
    for (size_t r = 0; r < export->row_count;) {
        size_t end = r;
        uint32_t machine = export->rows[r].point.machine;
        while (end < export->row_count && export_is_command(&export->rows[end]) &&
               export->rows[end].point.sensor == UINT32_MAX && export->rows[end].point.machine == machine &&
               machine != UINT32_MAX)
            end++;
        if (end > r)
            put_machine(export, r, end, code);
        r = end > r ? end : r + 1;
    }
}

static void put_values(const struct mbp_export *export, FILE *code)
{
    char title[256];
    for (size_t r = 0; r < export->row_count; r++) {
        const struct mbp_export_row *row = &export->rows[r];
        const struct mbp_export_row *acknowledge = export_acknowledge_of(export, row);
        if (row->role != MBP_EXPORT_VALUE)
            continue;
        fputs("  { title: ", code);
        export_quoted(code, mbp_export_title(row, title, sizeof title));
        fputs(", point: ", code);
        export_quoted(code, row->name);
        fputs(", unit: ", code);
        export_quoted(code, row->point.unit_text);
        fprintf(code, ", decimals: %u, ack: '%s' },\n", row->decimals, acknowledge != NULL ? acknowledge->id : "");
    }
}

static char *code_of_screen(const struct mbp_export *export)
{
    struct mbp_buffer code;
    if (!mbp_buffer_open(&code))
        return NULL;
    fputs("const machines = [\n", code.out);
    put_machines(export, code.out);
    fputs("];\nconst values = [\n", code.out);
    put_values(export, code.out);
    fputs("];\n", code.out);
    fputs(showing, code.out);
    return mbp_buffer_close(&code);
}

static char *code_of_commands(const struct mbp_export *export)
{
    struct mbp_buffer code;
    if (!mbp_buffer_open(&code))
        return NULL;
    fputs("const places = {\n", code.out);
    for (size_t r = 0; r < export->row_count; r++) {
        const struct mbp_export_row *row = &export->rows[r];
        if (export_is_command(row))
            fprintf(code.out, "  %s: [%u, %u],\n", row->id, row->unit_id, row->point.addr);
    }
    fputs("};\n", code.out);
    fputs(commanding, code.out);
    return mbp_buffer_close(&code);
}

static json_t *function_node(const char *id, const char *name, char *code, int x, const char *wire)
{
    json_t *node =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:s, s:s, s:[], s:i, s:i, s:[[s]]}", "id", id, "type",
                  "function", "z", NODERED_TAB, "name", name, "func", code != NULL ? code : "", "outputs", 1, "timeout",
                  0, "noerr", 0, "initialize", "", "finalize", "", "libs", "x", x, "y", 20, "wires", wire);
    free(code);
    return node;
}

static void add_settings(const struct mbp_export *export, json_t *flow)
{
    json_array_append_new(flow, json_pack("{s:s, s:s, s:s, s:s, s:b, s:[s,s], s:b, s:s, s:s}", "id", BASE, "type",
                                          "ui-base", "name", "Dashboard", "path", "/dashboard", "includeClientData", 1,
                                          "acceptsClientConfig", "ui-notification", "ui-control", "showPathInSidebar",
                                          0, "navigationStyle", "default", "titleBarStyle", "default"));
    json_array_append_new(flow, json_pack("{s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s, s:s}, s:{s:s, s:s, s:s, s:s}}", "id",
                                          THEME, "type", "ui-theme", "name", "Plain", "colors", "surface", "#ffffff",
                                          "primary", "#0094CE", "bgPage", "#eeeeee", "groupBg", "#ffffff",
                                          "groupOutline", "#cccccc", "sizes", "pagePadding", "12px", "groupGap", "12px",
                                          "groupBorderRadius", "4px", "widgetGap", "12px"));
    json_array_append_new(flow, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:s}", "id", PAGE,
                                          "type", "ui-page", "name", export->plant->name, "ui", BASE, "path",
                                          "/mbplant", "icon", "home", "layout", "grid", "theme", THEME, "order", 1,
                                          "className", "", "visible", "true", "disabled", "false"));
    json_array_append_new(flow, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:b, s:s, s:s, s:s}", "id", GROUP,
                                          "type", "ui-group", "name", export->plant->name, "page", PAGE, "width", "12",
                                          "height", "1", "order", 1, "showTitle", 1, "className", "", "visible", "true",
                                          "disabled", "false"));
}

void nodered_add_screen(const struct mbp_export *export, json_t *flow)
{
    add_settings(export, flow);
    json_array_append_new(flow,
                          json_pack("{s:s, s:s, s:s, s:s, s:[{s:s}], s:s, s:s, s:b, s:s, s:s, s:s, s:i, s:i, s:[[s]]}",
                                    "id", CLOCK, "type", "inject", "z", NODERED_TAB, "name", "each second", "props",
                                    "p", "payload", "repeat", "1", "crontab", "", "once", 1, "topic", "", "payload", "",
                                    "payloadType", "date", "x", 160, "y", 20, "wires", SCREEN));
    json_array_append_new(flow, function_node(SCREEN, "what is shown", code_of_screen(export), 340, DRAWING));
    json_array_append_new(
        flow,
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:s, s:s, s:i, s:i, s:[[s]]}",
                  "id", DRAWING, "type", "ui-template", "z", NODERED_TAB, "group", GROUP, "name", "drawing", "order", 1,
                  "width", "0", "height", "0", "head", "", "format", drawing, "storeOutMessages", 1, "passthru", 0,
                  "resendOnRefresh", 1, "templateScope", "local", "className", "", "x", 520, "y", 20, "wires",
                  COMMAND));
    json_array_append_new(flow, function_node(COMMAND, "which coil", code_of_commands(export), 700, WRITER));
    json_array_append_new(flow, json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:s, s:b, s:b, s:i, s:i, s:[[],[]]}", "id",
                                          WRITER, "type", "modbus-flex-write", "z", NODERED_TAB, "name", "commands",
                                          "showErrors", 1, "showStatusActivities", 1, "server", NODERED_CLIENT,
                                          "emptyMsgOnFail", 0, "keepMsgProperties", 0, "x", 880, "y", 20, "wires"));
}
