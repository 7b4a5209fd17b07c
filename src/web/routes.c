/* The table of routes: what is served, what it takes and what it answers. The document, the contract test and the check
 * of arguments all go by it. */
#include <string.h>

#include "commands.h"
#include "lists.h"
#include "past/report.h"
#include "past/trend.h"
#include "plant.h"
#include "plant_file.h"
#include "points.h"
#include "stream.h"
#include "traffic.h"

#define PARAMS(rows)         .params = (rows), .param_count = COUNT_OF(rows)
#define GET(p, w, fn)        .method = "GET", .path = (p), .what = (w), .serve = (fn)
#define POST(p, w, fn, then) .method = "POST", .path = (p), .what = (w), .serve = (fn), .settled = (then)
#define ONE(n)               .answer = &web_##n##_noun
#define LIST(n)              .answer = &web_##n##_noun, .list = true

static const struct web_param machine_param[] = {
    {ROW("machine", "only what belongs to it", WEB_TEXT)},
};
static const struct web_param alarm_params[] = {
    {ROW("state", "only alarms in it; without it all that are not normal", WEB_TEXT), .word = web_alarm_state_word},
    {ROW("machine", "only its alarms", WEB_TEXT)},
    {ROW("priority", "only those", WEB_TEXT), .word = web_priority_word},
};
static const struct web_param event_params[] = {
    {ROW("since", "an event's number or a time, as mbplantctl's --since; without it the newest ones", WEB_TEXT)},
    {ROW("until", "likewise", WEB_TEXT)},
    {ROW("code", "only events of it, as in 'alarm raised'", WEB_TEXT)},
    {ROW("machine", "only events about it", WEB_TEXT)},
    {ROW("limit", "how many at most; 100 unless said", WEB_COUNT), .low = 1, .high = 1e9},
    {ROW("format", "of the answer; json unless said", WEB_TEXT), .word = web_event_format_word},
};
static const struct web_param report_params[] = {
    {ROW("format", "of the answer; json unless said", WEB_TEXT), .word = web_format_word},
    {ROW("since", "an event's number or a time, as mbplantctl's --since; the last day unless said", WEB_TEXT)},
    {ROW("until", "likewise; to now unless said", WEB_TEXT)},
    {ROW("lang", "of what is meant for people; en unless said", WEB_TEXT), .word = web_lang_word},
};
static const struct web_param export_params[] = {
    {ROW("select", "names of points, with * and ?, commas between; those that are usually wanted unless said",
         WEB_TEXT)},
    {ROW("host", "where masters reach the plant; as its file says unless said", WEB_TEXT)},
    {ROW("port", "likewise", WEB_COUNT), .low = 1, .high = 65535},
    {ROW("left_out", "true: what the target has no word for, in the place of the file", WEB_FLAG)},
};
static const struct web_param traffic_params[] = {
    {ROW("client", "only of this address", WEB_TEXT)},
    {ROW("unit", "only to this Modbus unit", WEB_COUNT), .low = 0, .high = 255},
    {ROW("function", "only of this code", WEB_COUNT), .low = 1, .high = 127},
    {ROW("exception", "only answers with this exception code; 0 = with any", WEB_COUNT), .low = 0, .high = 255},
    {ROW("after", "only those with a greater number", WEB_COUNT)},
    {ROW("limit", "the newest of them, how many at most; 1000 unless said", WEB_COUNT), .low = 1, .high = 1000},
    {ROW("format", "of the answer; json unless said", WEB_TEXT), .word = web_traffic_format_word},
};
static const struct web_param unit_param[] = {
    {ROW("unit", "only this Modbus unit", WEB_COUNT), .low = 0, .high = 255},
};
static const struct web_param register_params[] = {
    {ROW("unit", "Modbus unit; the first unless said", WEB_COUNT), .low = 0, .high = 255},
    {ROW("table", "coils, discrete_inputs, holding_registers (also hr, 4x, ...) or input_registers", WEB_TEXT)},
    {ROW("at", "PDU address of the first", WEB_COUNT), .low = 0, .high = 65535},
    {ROW("count", "how many; 1 unless said", WEB_COUNT), .low = 1, .high = 2000},
};
static const struct web_param trend_params[] = {
    {ROW("from", "a time in ms since 1970; ten minutes before `to` unless said", WEB_COUNT)},
    {ROW("to", "likewise; now unless said", WEB_COUNT)},
    {ROW("points", "how many at most; 602 unless said", WEB_COUNT), .low = 2, .high = 2000},
};
static const struct web_param stream_params[] = {
    {ROW("topics", "of values, alarms, machines, events, with commas; all unless said", WEB_TEXT)},
    {ROW("last_event_id", "as the header Last-Event-ID: the journal from the next event on", WEB_COUNT),
     .high = 4294967295.0},
};

static const struct web_param value_body[] = {
    {ROW("value", "a number, true or false, a text; null switches a limit off", WEB_VALUE), .required = true,
     .nullable = true},
};
static const struct web_param force_body[] = {
    {ROW("value", "in the sensor's unit", WEB_VALUE), .required = true},
};
static const struct web_param state_body[] = {
    {ROW("state", "that it is to be in", WEB_TEXT), .required = true, .word = web_state_word},
};
static const struct web_param limits_body[] = {
    {ROW("low_low", "null = off", WEB_NUMBER), .nullable = true},
    {ROW("low", "null = off", WEB_NUMBER), .nullable = true},
    {ROW("high", "null = off", WEB_NUMBER), .nullable = true},
    {ROW("high_high", "null = off", WEB_NUMBER), .nullable = true},
};
static const struct web_param setting_body[] = {
    {ROW("setpoint", "in its input's unit", WEB_NUMBER)},
    {ROW("gain", "of its error", WEB_NUMBER)},
    {ROW("integral", "time in s; 0 = none", WEB_NUMBER)},
    {ROW("derivative", "time in s; 0 = none", WEB_NUMBER)},
    {ROW("output_low", "its output's lower end", WEB_NUMBER)},
    {ROW("output_high", "its output's upper end", WEB_NUMBER)},
    {ROW("manual", "its output while in manual", WEB_NUMBER)},
    {ROW("automatic", "false = manual", WEB_FLAG)},
};
static const struct web_param shelve_body[] = {
    {ROW("for", "a duration such as 30min, or once; until unshelved unless said", WEB_TEXT)},
};
static const struct web_param registers_body[] = {
    {ROW("unit", "Modbus unit; the first unless said", WEB_COUNT), .low = 0, .high = 255},
    {ROW("table", "coils or holding_registers", WEB_TEXT), .required = true},
    {ROW("at", "PDU address of the first", WEB_COUNT), .required = true, .low = 0, .high = 65535},
    {ROW("values", "one after another", WEB_NUMBERS), .required = true},
};
static const struct web_param sim_body[] = {
    {ROW("pause", "true stops the scans, false lets them run", WEB_FLAG)},
    {ROW("step", "so many scans at once, while paused", WEB_COUNT), .low = 1, .high = 65535},
    {ROW("speed", "scans per period of wall time", WEB_NUMBER), .low = MBP_SPEED_MIN, .high = MBP_SPEED_MAX},
    {ROW("snapshot", "true takes one", WEB_FLAG)},
    {ROW("restore", "true puts the plant back to it", WEB_FLAG)},
};
static const struct web_param plant_body[] = {
    {ROW("text", "the plant file", WEB_TEXT), .required = true},
};
static const struct web_param fault_body[] = {
    {ROW("on", "true begins it, false ends it", WEB_FLAG), .required = true},
};

#define ALARM(word, text, n)                                                                                           \
    {                                                                                                                  \
        POST(WEB_API "/alarms/{name}/" word, text, web_command_alarm, web_settled_alarm), ONE(done), .sub = (n)        \
    }

const struct web_route web_routes[] = {
    {GET(WEB_API "/plant", "What the plant file says of the plant", web_serve_plant), ONE(plant)},
    {GET(WEB_API "/plant/text", "The plant file; without its faults for who does not instruct", web_serve_plant_text),
     .type = "application/yaml"},
    {POST(WEB_API "/plant/check", "Have a plant file checked; the instructor's", web_command_plant, web_settled_plant),
     PARAMS(plant_body), ONE(verdict), .sub = MBP_STAGING_CHECK, .body_max = WEB_LARGE_BODY_MAX},
    {POST(WEB_API "/plant/put", "Put a plant file in the running one's place; the instructor's", web_command_plant,
          web_settled_plant),
     PARAMS(plant_body), ONE(verdict), .sub = MBP_STAGING_PUT, .body_max = WEB_LARGE_BODY_MAX},
    {GET(WEB_API "/units", "Units behind the Modbus address", web_serve_units), LIST(unit)},
    {GET(WEB_API "/status", "How the plant stands", web_serve_status), ONE(status)},
    {GET(WEB_API "/connections", "What the Modbus server counted", web_serve_connections), ONE(connections)},
    {GET(WEB_API "/machines", "All machines", web_serve_machines), LIST(machine)},
    {GET(WEB_API "/machines/{name}", "One machine", web_serve_machine), ONE(machine), .kept = true},
    {POST(WEB_API "/machines/{name}/state", "Ask a machine for a state", web_command_state, web_settled_state),
     PARAMS(state_body), ONE(machine)},
    {GET(WEB_API "/sensors", "All sensors", web_serve_sensors), PARAMS(machine_param), LIST(sensor)},
    {GET(WEB_API "/sensors/{name}", "One sensor", web_serve_sensor), ONE(sensor), .kept = true},
    {GET(WEB_API "/sensors/{name}/trend",
         "Its values of a time: each scan of the last ten minutes, changes of a day, minutes of a month",
         web_serve_trend),
     PARAMS(trend_params), ONE(trend)},
    {POST(WEB_API "/sensors/{name}/force", "Give a sensor a value", web_command_force, web_settled_sensor),
     PARAMS(force_body), ONE(sensor)},
    {POST(WEB_API "/sensors/{name}/release", "Let a forced value go", web_command_release, web_settled_sensor),
     ONE(sensor)},
    {POST(WEB_API "/sensors/{name}/limits", "Set limits of a sensor's alarms", web_command_limits, web_settled_sensor),
     PARAMS(limits_body), ONE(sensor)},
    {GET(WEB_API "/actuators", "All actuators", web_serve_actuators), PARAMS(machine_param), LIST(actuator)},
    {GET(WEB_API "/actuators/{name}", "One actuator", web_serve_actuator), ONE(actuator), .kept = true},
    {POST(WEB_API "/actuators/{name}/command", "Command an actuator", web_command_actuator, web_settled_actuator),
     PARAMS(force_body), ONE(actuator)},
    {GET(WEB_API "/controllers", "All controllers", web_serve_controllers), PARAMS(machine_param), LIST(controller)},
    {GET(WEB_API "/controllers/{name}", "One controller", web_serve_controller), ONE(controller), .kept = true},
    {POST(WEB_API "/controllers/{name}/setting", "Set a controller", web_command_setting, web_settled_controller),
     PARAMS(setting_body), ONE(controller)},
    {GET(WEB_API "/alarms", "Alarms that are not normal", web_serve_alarms), PARAMS(alarm_params), LIST(alarm)},
    {GET(WEB_API "/alarms/{name}", "One alarm", web_serve_alarm), ONE(alarm), .kept = true},
    ALARM("ack", "Acknowledge a sensor's or machine's alarms", WEB_ALARM_ACK),
    ALARM("reset", "Reset its latched alarms", WEB_ALARM_RESET),
    {POST(WEB_API "/alarms/{name}/shelve", "Hide its alarms for a time", web_command_alarm, web_settled_alarm),
     PARAMS(shelve_body), ONE(done), .sub = WEB_ALARM_SHELVE},
    ALARM("unshelve", "Show them again", WEB_ALARM_UNSHELVE),
    ALARM("remove", "Take its alarms out of service", WEB_ALARM_REMOVE),
    ALARM("return", "Put them back into service", WEB_ALARM_RETURN),
    {GET(WEB_API "/events", "The journal", web_serve_events), PARAMS(event_params), LIST(event),
     .types = web_event_types},
    {GET(WEB_API "/report", "What the plant is like now, and a period of its journal as figures", web_serve_report),
     PARAMS(report_params), ONE(report), .types = web_report_types},
    {GET(WEB_API "/export/{name}", "The plant's points as another program's configuration: csv, zabbix, fuxa ..",
         web_serve_export),
     PARAMS(export_params), .type = "text/csv; charset=utf-8", .types = web_export_types},
    {GET(WEB_API "/traffic", "The last exchanges with masters; they are kept from when somebody asks until nobody does",
         web_serve_traffic),
     PARAMS(traffic_params), LIST(exchange), .types = web_traffic_types},
    {GET(WEB_API "/stream", "What changes, as server-sent events", web_stream_open), PARAMS(stream_params),
     .type = "text/event-stream"},
    {GET(WEB_API "/map", "The register map", web_serve_map), PARAMS(unit_param), LIST(point)},
    {GET(WEB_API "/points/{name}", "A point of the map and what stands there", web_serve_point), ONE(point_value)},
    {POST(WEB_API "/points/{name}", "Write a point", web_command_point, web_settled_point), PARAMS(value_body),
     ONE(point_value)},
    {GET(WEB_API "/registers", "Raw registers or bits", web_serve_registers), PARAMS(register_params), ONE(registers)},
    {POST(WEB_API "/registers", "Write raw registers or coils", web_command_registers, web_settled_registers),
     PARAMS(registers_body), ONE(registers)},
    {GET(WEB_API "/sim", "The simulation", web_serve_sim), ONE(sim)},
    {POST(WEB_API "/sim", "Pause, step, speed, snapshot, restore; the instructor's", web_command_sim, NULL),
     PARAMS(sim_body), ONE(sim)},
    {GET(WEB_API "/faults", "Faults of the plant file; the instructor's", web_serve_faults), LIST(fault)},
    {POST(WEB_API "/faults/{name}", "Begin or end a fault; the instructor's", web_command_fault, web_settled_fault),
     PARAMS(fault_body), ONE(fault)},
    {GET(WEB_API "/exercise", "The scenario that plays: notes, expectations, points", web_serve_exercise),
     ONE(exercise)},
    {GET(WEB_API "/openapi.json", "This document", web_serve_openapi)},
    {GET("/metrics", "Figures for Prometheus", web_serve_metrics), .type = "text/plain; version=0.0.4; charset=utf-8"},
    {GET("/health/live", "It answers", web_serve_health), ONE(words)},
    {GET("/health/ready", "It answers, and the journal takes events", web_serve_health), ONE(words), .sub = 1},
    {GET("/", "The page", web_serve_asset), .type = "text/html; charset=utf-8"},
    {GET("/app.css", "Of the page", web_serve_asset), .type = "text/css; charset=utf-8"},
    {GET("/app.js", "Of the page", web_serve_asset), .type = "text/javascript; charset=utf-8"},
};
const unsigned web_route_count = COUNT_OF(web_routes);

/* Whether a path is one of the route's; name receives what stands for {name}. */
static bool matches(const char *pattern, const char *path, char name[WEB_NAME_MAX])
{
    const char *hole = strchr(pattern, '{');
    if (hole == NULL)
        return strcmp(pattern, path) == 0;
    size_t before = (size_t)(hole - pattern);
    const char *after = strchr(hole, '}') + 1;
    if (strncmp(pattern, path, before) != 0)
        return false;
    size_t len = strcspn(path + before, "/");
    if (len == 0 || len >= WEB_NAME_MAX || strcmp(path + before + len, after) != 0)
        return false;
    memcpy(name, path + before, len);
    name[len] = '\0';
    return true;
}

const struct web_route *web_route_find(const char *method, const char *path, char name[WEB_NAME_MAX], char allowed[32])
{
    const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
    size_t len = 0;
    allowed[0] = '\0';
    for (unsigned r = 0; r < web_route_count; r++) {
        if (!matches(web_routes[r].path, path, name))
            continue;
        if (strcmp(web_routes[r].method, wanted) == 0)
            return &web_routes[r];
        len += (size_t)snprintf(allowed + len, 32 - len, "%s%s", len > 0 ? ", " : "", web_routes[r].method);
    }
    if (strstr(allowed, "GET") != NULL)
        snprintf(allowed + len, 32 - len, ", HEAD");
    return NULL;
}
