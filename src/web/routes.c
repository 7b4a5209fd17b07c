/* The table of routes: what is served, what it takes and what it answers. The document, the contract test and the check
 * of arguments all go by it. */
#include <string.h>

#include "commands.h"
#include "instruct/instruct.h"
#include "lists.h"
#include "mbplant/event/logbook.h"
#include "mbplant/report/made.h"
#include "past/report.h"
#include "past/trend.h"
#include "people/logbook.h"
#include "people/who.h"
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
    {ROW("state",
         "only alarms in it, or all that are active; without it all that are not normal, or whose interlock is "
         "bypassed",
         WEB_TEXT),
     .word = web_alarm_filter_word},
    {ROW("machine", "only its alarms", WEB_TEXT)},
    {ROW("priority", "only those", WEB_TEXT), .word = web_priority_word},
    {ROW("sensor", "only its; without a state all that it has, normal ones too", WEB_TEXT)},
};
static const struct web_param event_params[] = {
    {ROW("since", "an event's number or a time, as mbplantctl's --since; without it the newest ones", WEB_TEXT)},
    {ROW("until", "likewise", WEB_TEXT)},
    {ROW("code",
         "only events of these, as mbplantctl's --code: 'alarm raised', its beginning or number, several with commas",
         WEB_TEXT)},
    {ROW("machine", "only events about it", WEB_TEXT)},
    {ROW("limit", "how many at most, the newest unless 'since' says from where on; 100 unless said", WEB_COUNT),
     .low = 1, .high = 1e9},
    {ROW("format", "of the answer; json unless said", WEB_TEXT), .word = web_event_format_word},
    {ROW("lang", "of what is meant for people; en unless said", WEB_TEXT), .word = web_lang_word},
};
static const struct web_param who_params[] = {
    {ROW("as", "who says so; of the token unless said", WEB_TEXT)},
    {ROW("lang", "of what is meant for people; en unless said", WEB_TEXT), .word = web_lang_word},
};
static const struct web_param lang_param[] = {
    {ROW("lang", "of what is meant for people; en unless said", WEB_TEXT), .word = web_lang_word},
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
    {ROW("host", "where masters reach the plant; where it listens unless said", WEB_TEXT)},
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
    {ROW("lang", "of the events' sentences; en unless said", WEB_TEXT), .word = web_lang_word},
};

static const struct web_param incident_params[] = {
    {ROW("format", "of the answer; json unless said", WEB_TEXT), .word = web_table_format_word},
    {ROW("since", "only those that lasted then: a time, as mbplantctl's --since", WEB_TEXT)},
    {ROW("until", "likewise", WEB_TEXT)},
    {ROW("lang", "of what is meant for people; en unless said", WEB_TEXT), .word = web_lang_word},
    {ROW("machine", "only its", WEB_TEXT)},
    {ROW("limit", "of JSON the newest, how many at most; all unless said", WEB_COUNT), .low = 1, .high = 1e9},
};
static const struct web_param work_params[] = {
    {ROW("format", "of the answer; json unless said", WEB_TEXT), .word = web_table_format_word},
    {ROW("since", "only what was not done by then: a time, as mbplantctl's --since", WEB_TEXT)},
    {ROW("until", "only what was opened by then, likewise", WEB_TEXT)},
    {ROW("lang", "of what is meant for people; en unless said", WEB_TEXT), .word = web_lang_word},
    {ROW("machine", "only its", WEB_TEXT)},
    {ROW("all", "true: what is done, too", WEB_FLAG)},
    {ROW("limit", "of JSON the newest, how many at most; all unless said", WEB_COUNT), .low = 1, .high = 1e9},
};

static const struct web_param note_body[] = {
    {ROW("note", "UTF-8, at most 1024 bytes", WEB_TEXT), .required = true},
    {ROW("machine", "that it is about", WEB_TEXT)},
    {ROW("sensor", "likewise", WEB_TEXT)},
    {ROW("incident", "likewise: its number", WEB_COUNT), .low = 1, .high = 4294967295.0},
};
static const struct web_param incident_body[] = {
    {ROW("note", "a note on it: UTF-8, at most 1024 bytes", WEB_TEXT)},
    {ROW("cause", "why it happened, likewise", WEB_TEXT)},
};
static const struct web_param work_body[] = {
    {ROW("machine", "that it is on", WEB_TEXT), .required = true},
    {ROW("what", "is to be done: UTF-8, at most 1024 bytes", WEB_TEXT)},
    {ROW("kind", "corrective unless said", WEB_TEXT), .word = web_work_kind_word},
    {ROW("due", "after this time, like 3d", WEB_TEXT)},
    {ROW("due_running", "after this time in service", WEB_TEXT)},
    {ROW("due_products", "after so many", WEB_COUNT), .low = 1, .high = 4294967295.0},
    {ROW("takes", "how long it is to take", WEB_TEXT)},
    {ROW("when", "due when this expression is TRUE; the plant file keeps it. Goes with 'machine' and 'what' alone",
         WEB_TEXT)},
};
static const struct web_param text_body[] = {
    {ROW("text", "kept with it: UTF-8, at most 1024 bytes", WEB_TEXT)},
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
static const struct web_param bypass_body[] = {
    {ROW("for", "a duration such as 10min; as long as the plant file allows unless said", WEB_TEXT)},
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
    {ROW("snapshot", "true takes one; a name, one in a file of that name", WEB_VALUE)},
    {ROW("restore", "true puts the plant back to it; a name, to that of this name", WEB_VALUE)},
    {ROW("seed", "of what is random: a whole number, or one as a text; behind the restore", WEB_VALUE)},
    {ROW("remove", "the snapshot of this name", WEB_TEXT)},
};
static const struct web_param plant_body[] = {
    {ROW("text", "the plant file", WEB_TEXT), .required = true},
};
static const struct web_param edit_body[] = {
    {ROW("do", "what", WEB_TEXT), .required = true, .word = web_edit_word},
    {ROW("thing", "to what", WEB_TEXT), .required = true, .word = web_thing_word},
    {ROW("name", "its name, as the plant file spells it", WEB_TEXT), .required = true},
    {ROW("where", "of what is added: the unit's id; of a sensor the machine's name, too", WEB_TEXT)},
    {ROW(
        "keys",
        "that it is to have, with dots into groups, each with a value as YAML writes it in one line: {\"max\": \"90\"};"
        " an empty one takes the key away",
        WEB_OBJECT)},
    {ROW("check", "true: what would come of it is answered, and nothing is done", WEB_FLAG)},
};
static const struct web_param parameter_body[] = {
    {ROW("value", "that it is to have", WEB_NUMBER), .required = true},
};
static const struct web_param fault_body[] = {
    {ROW("on", "true begins it, false ends it", WEB_FLAG), .required = true},
};

#define ALARM(word, text, n)                                                                                           \
    {                                                                                                                  \
        POST(WEB_API "/alarms/{name}/" word, text, web_command_alarm, web_answer_alarm), ONE(done), .sub = (n)         \
    }

const struct web_route web_routes[] = {
    {GET(WEB_API "/plant", "What the plant file says of the plant", web_serve_plant), ONE(plant)},
    {GET(WEB_API "/plant/text", "The plant file; without its faults for who does not instruct", web_serve_plant_text),
     .type = "application/yaml"},
    {POST(WEB_API "/plant/check", "Have a plant file checked; the instructor's", web_command_plant, web_answer_plant),
     PARAMS(plant_body), ONE(verdict), .sub = MBP_STAGING_CHECK, .body_max = WEB_LARGE_BODY_MAX},
    {POST(WEB_API "/plant/put", "Put a plant file in the running one's place; the instructor's", web_command_plant,
          web_answer_plant),
     PARAMS(plant_body), ONE(verdict), .sub = MBP_STAGING_PUT, .body_max = WEB_LARGE_BODY_MAX},
    {POST(WEB_API "/plant/edit", "Add, change or remove a machine or a sensor; the instructor's", web_command_edit,
          web_answer_plant),
     PARAMS(edit_body), ONE(verdict)},
    {GET(WEB_API "/units", "Units behind the Modbus address", web_serve_units), LIST(unit)},
    {GET(WEB_API "/status", "How the plant stands", web_serve_status), ONE(status)},
    {GET(WEB_API "/who", "Who asks, by his token or what he says, and what he may do", web_serve_who),
     PARAMS(who_params), ONE(who)},
    {GET(WEB_API "/connections", "What the Modbus server counted", web_serve_connections), ONE(connections)},
    {GET(WEB_API "/machines", "All machines", web_serve_machines), LIST(machine)},
    {GET(WEB_API "/machines/{name}", "One machine", web_serve_machine), ONE(machine), .kept = true},
    {POST(WEB_API "/machines/{name}/state", "Ask a machine for a state", web_command_state, web_answer_state),
     PARAMS(state_body), ONE(machine)},
    {GET(WEB_API "/sensors", "All sensors", web_serve_sensors), PARAMS(machine_param), LIST(sensor)},
    {GET(WEB_API "/sensors/{name}", "One sensor", web_serve_sensor), ONE(sensor), .kept = true},
    {GET(WEB_API "/sensors/{name}/trend",
         "Its values of a time: each scan of the last ten minutes, changes of a day, minutes of a month",
         web_serve_trend),
     PARAMS(trend_params), ONE(trend)},
    {POST(WEB_API "/sensors/{name}/force", "Give a sensor a value", web_command_force, web_answer_sensor),
     PARAMS(force_body), ONE(sensor)},
    {POST(WEB_API "/sensors/{name}/release", "Let a forced value go", web_command_release, web_answer_sensor),
     ONE(sensor)},
    {POST(WEB_API "/sensors/{name}/limits", "Set limits of a sensor's alarms", web_command_limits, web_answer_sensor),
     PARAMS(limits_body), ONE(sensor)},
    {GET(WEB_API "/actuators", "All actuators", web_serve_actuators), PARAMS(machine_param), LIST(actuator)},
    {GET(WEB_API "/actuators/{name}", "One actuator", web_serve_actuator), ONE(actuator), .kept = true},
    {POST(WEB_API "/actuators/{name}/command", "Command an actuator", web_command_actuator, web_answer_actuator),
     PARAMS(force_body), ONE(actuator)},
    {GET(WEB_API "/controllers", "All controllers", web_serve_controllers), PARAMS(machine_param), LIST(controller)},
    {GET(WEB_API "/controllers/{name}", "One controller", web_serve_controller), ONE(controller), .kept = true},
    {POST(WEB_API "/controllers/{name}/setting", "Set a controller", web_command_setting, web_answer_controller),
     PARAMS(setting_body), ONE(controller)},
    {GET(WEB_API "/alarms", "Alarms that are not normal", web_serve_alarms), PARAMS(alarm_params), LIST(alarm)},
    {GET(WEB_API "/alarms/{name}", "One alarm", web_serve_alarm), ONE(alarm), .kept = true},
    ALARM("ack", "Acknowledge a sensor's or machine's alarms", WEB_ALARM_ACK),
    ALARM("reset", "Reset its latched alarms", WEB_ALARM_RESET),
    {POST(WEB_API "/alarms/{name}/shelve", "Hide its alarms for a time", web_command_alarm, web_answer_alarm),
     PARAMS(shelve_body), ONE(done), .sub = WEB_ALARM_SHELVE},
    ALARM("unshelve", "Show them again", WEB_ALARM_UNSHELVE),
    ALARM("remove", "Take its alarms out of service", WEB_ALARM_REMOVE),
    ALARM("return", "Put them back into service", WEB_ALARM_RETURN),
    {POST(WEB_API "/alarms/{name}/bypass", "Hold off the interlock that an alarm trips by, for a time",
          web_command_alarm, web_answer_alarm),
     PARAMS(shelve_body), ONE(done), .sub = WEB_ALARM_BYPASS},
    ALARM("restore", "Arm that interlock again", WEB_ALARM_RESTORE),
    {GET(WEB_API "/interlocks", "What stops machines or does not let them start", web_serve_interlocks),
     PARAMS(machine_param), LIST(interlock)},
    {POST(WEB_API "/interlocks/{name}/bypass", "Hold off an interlock for a time; it is an alarm while it stands",
          web_command_alarm, web_answer_alarm),
     PARAMS(bypass_body), ONE(done), .sub = WEB_ALARM_BYPASS},
    {POST(WEB_API "/interlocks/{name}/restore", "Arm it again", web_command_alarm, web_answer_alarm), ONE(done),
     .sub = WEB_ALARM_RESTORE},
    {GET(WEB_API "/hiding", "The events by which alarms are hidden or interlocks held off now, however long ago",
         web_serve_hiding),
     PARAMS(lang_param), LIST(event)},
    {GET(WEB_API "/events", "The journal", web_serve_events), PARAMS(event_params), LIST(event),
     .types = web_event_types},
    {POST(WEB_API "/events", "A note for the journal", web_command_note, web_answer_told), PARAMS(note_body),
     ONE(event)},
    {GET(WEB_API "/incidents", "Failures of machines, from the trip to the return to service", web_serve_history),
     PARAMS(incident_params), LIST(incident), .types = web_table_types, .sub = MBP_WANT_INCIDENTS},
    {GET(WEB_API "/incidents/{name}", "One of them, by its number, with the events that belong to it",
         web_serve_history),
     PARAMS(lang_param), ONE(whole_incident), .sub = MBP_WANT_INCIDENT},
    {POST(WEB_API "/incidents/{name}", "A note on it, or its cause, or both; the answer is the last event",
          web_command_incident, web_answer_told),
     PARAMS(incident_body), ONE(event)},
    {GET(WEB_API "/work", "Maintenance that is to be done or goes on", web_serve_history), PARAMS(work_params),
     LIST(work), .types = web_table_types, .sub = MBP_WANT_WORK},
    {POST(WEB_API "/work",
          "Open work on a machine; the event's number is the work's. With 'when' that of the plant's change, and the "
          "work opens itself",
          web_command_work, web_answer_work),
     PARAMS(work_body), ONE(event)},
    {POST(WEB_API "/work/{name}/start", "It is begun", web_command_work_goes_on, web_answer_work_goes_on),
     PARAMS(text_body), ONE(event), .sub = MBP_LOGBOOK_WORK_STARTED},
    {POST(WEB_API "/work/{name}/done", "It is done", web_command_work_goes_on, web_answer_work_goes_on),
     PARAMS(text_body), ONE(event), .sub = MBP_LOGBOOK_WORK_DONE},
    {POST(WEB_API "/work/{name}/cancel", "It will not be done; 'text' or 'why' says why", web_command_work_goes_on,
          web_answer_work_goes_on),
     PARAMS(text_body), ONE(event), .sub = MBP_LOGBOOK_WORK_CANCELLED},
    {GET(WEB_API "/report", "A period of the journal as figures, and what the plant is like now", web_serve_report),
     PARAMS(report_params), ONE(report), .types = web_report_types},
    {GET(WEB_API "/export", "The programs that points are exported for, and how they get there", web_serve_targets),
     LIST(target)},
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
    {POST(WEB_API "/points/{name}", "Write a point", web_command_point, web_answer_point), PARAMS(value_body),
     ONE(point_value)},
    {GET(WEB_API "/registers", "Raw registers or bits", web_serve_registers), PARAMS(register_params), ONE(registers)},
    {POST(WEB_API "/registers", "Write raw registers or coils", web_command_registers, web_answer_registers),
     PARAMS(registers_body), ONE(registers)},
    {GET(WEB_API "/sim", "The simulation", web_serve_sim), ONE(sim)},
    {POST(WEB_API "/sim", "Pause, step, speed, snapshot, restore, seed; the instructor's", web_command_sim,
          web_answer_sim),
     PARAMS(sim_body), ONE(sim)},
    {GET(WEB_API "/faults", "Faults of the plant file; the instructor's", web_serve_faults), LIST(fault)},
    {POST(WEB_API "/faults/{name}", "Begin or end a fault; the instructor's", web_command_fault, web_answer_fault),
     PARAMS(fault_body), ONE(fault)},
    {GET(WEB_API "/parameters", "Parameters of the plant's expressions; the instructor's", web_serve_parameters),
     LIST(parameter)},
    {POST(WEB_API "/parameters/{name}", "Change a parameter; the instructor's", web_command_parameter, NULL),
     PARAMS(parameter_body), ONE(parameter)},
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
