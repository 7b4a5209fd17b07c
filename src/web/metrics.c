/* Figures in the text format of Prometheus 0.0.4: one family after another, each a row here. */
#include <math.h>
#include <string.h>

#include "plant.h"

#define S(ms) ((double)(ms) / 1000.0)

/* What a family has a figure of each. */
enum per { PER_PLANT, PER_MACHINE, PER_SENSOR, PER_ACTUATOR };

struct sample_of {
    const struct mbp_web *web;
    const struct web_status *status;
    uint32_t i;
    FILE *out;
};

struct family {
    const char *name, *type, *help;
    enum per per;
    void (*put)(const struct family *family, const struct sample_of *of);
    size_t member; /* of web_status */
    double scale;
};

/* A label's value: backslash, quote and newline are escaped. */
static void put_label(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\\' || *text == '"')
            putc('\\', out);
        if (*text == '\n')
            fputs("\\n", out);
        else
            putc(*text, out);
    }
}

static void put_number(FILE *out, double number)
{
    if (isnan(number))
        fputs("NaN\n", out);
    else
        fprintf(out, "%.15g\n", number);
}

static void put_labelled(const struct family *family, FILE *out, const char *key, const char *value)
{
    fprintf(out, "%s{%s=\"", family->name, key);
    put_label(out, value);
    putc('"', out);
}

/* ---- the plant --------------------------------------------------------------------------------------------------- */

static void put_u64(const struct family *family, const struct sample_of *of)
{
    uint64_t number;
    memcpy(&number, (const char *)of->status + family->member, sizeof number);
    fprintf(of->out, "%s ", family->name);
    put_number(of->out, (double)number * family->scale);
}

static void put_u32(const struct family *family, const struct sample_of *of)
{
    uint32_t number;
    memcpy(&number, (const char *)of->status + family->member, sizeof number);
    fprintf(of->out, "%s ", family->name);
    put_number(of->out, (double)number * family->scale);
}

static void put_bool(const struct family *family, const struct sample_of *of)
{
    fprintf(of->out, "%s %d\n", family->name, *((const bool *)of->status + family->member));
}

static void put_link(const struct family *family, const struct sample_of *of)
{
    fprintf(of->out, "%s %d\n", family->name, of->status->link.link == MBP_LINK_UP);
}

static void put_double(const struct family *family, const struct sample_of *of)
{
    double number;
    memcpy(&number, (const char *)of->status + family->member, sizeof number);
    fprintf(of->out, "%s ", family->name);
    put_number(of->out, number * family->scale);
}

static void put_build(const struct family *family, const struct sample_of *of)
{
    put_labelled(family, of->out, "version", MBP_VERSION);
    fputs(",plant=\"", of->out);
    put_label(of->out, of->web->plant->name);
    fputs("\"} 1\n", of->out);
}

static void put_http(const struct family *family, const struct sample_of *of)
{
    static const char *const classes[] = {NULL, NULL, "2xx", "3xx", "4xx", "5xx"};
    for (size_t i = 2; i < COUNT_OF(classes); i++) {
        put_labelled(family, of->out, "code", classes[i]);
        fprintf(of->out, "} %llu\n", (unsigned long long)of->web->requests[i]);
    }
}

/* ---- machines ---------------------------------------------------------------------------------------------------- */

static const char *machine_name(const struct sample_of *of)
{
    return of->web->plant->machines[of->i].name;
}

static void put_machine_state(const struct family *family, const struct sample_of *of)
{
    for (unsigned s = 0; s < MBP_STATE_COUNT; s++) {
        put_labelled(family, of->out, "machine", machine_name(of));
        fprintf(of->out, ",state=\"%s\"} %d\n", mbp_state_name((enum mbp_state_code)s),
                of->web->state->machine[of->i].state == s);
    }
}

static void put_machine_time(const struct family *family, const struct sample_of *of)
{
    const struct mbp_machine_state *now = &of->web->state->machine[of->i];
    const uint64_t ns[MBP_STATE_COUNT] = {now->running_ns, now->down_ns, now->maintenance_ns};
    for (unsigned s = 0; s < MBP_STATE_COUNT; s++) {
        put_labelled(family, of->out, "machine", machine_name(of));
        fprintf(of->out, ",state=\"%s\"} ", mbp_state_name((enum mbp_state_code)s));
        put_number(of->out, (double)ns[s] / (double)MBP_NS_PER_S);
    }
}

static void put_products(const struct family *family, const struct sample_of *of)
{
    const struct mbp_machine_state *now = &of->web->state->machine[of->i];
    put_labelled(family, of->out, "machine", machine_name(of));
    fprintf(of->out, ",quality=\"good\"} %u\n", now->good);
    put_labelled(family, of->out, "machine", machine_name(of));
    fprintf(of->out, ",quality=\"reject\"} %u\n", now->reject);
}

static void put_failures(const struct family *family, const struct sample_of *of)
{
    put_labelled(family, of->out, "machine", machine_name(of));
    fprintf(of->out, "} %u\n", of->web->state->machine[of->i].failures);
}

/* ---- sensors and actuators --------------------------------------------------------------------------------------- */

static void put_sensor(const struct family *family, const struct sample_of *of, const char *more, const char *word)
{
    const struct mbp_sensor *sensor = &of->web->plant->sensors[of->i];
    put_labelled(family, of->out, "sensor", sensor->name);
    fputs(",machine=\"", of->out);
    put_label(of->out, sensor->machine != NOTHING ? of->web->plant->machines[sensor->machine].name : "");
    fprintf(of->out, "\",%s=\"", more);
    put_label(of->out, word);
    fputs("\"} ", of->out);
}

/* What stands behind the sensors for an alarm alone, or for an interlock, measures nothing. */
static void put_sensor_value(const struct family *family, const struct sample_of *of)
{
    const struct mbp_sensor *sensor = &of->web->plant->sensors[of->i];
    if (sensor->is_alarm || sensor->reg.type == MBP_STRING)
        return;
    put_sensor(family, of, "unit", sensor->unit_text);
    put_number(of->out, of->web->state->value[of->i]);
}

static void put_sensor_good(const struct family *family, const struct sample_of *of)
{
    const struct mbp_sensor *sensor = &of->web->plant->sensors[of->i];
    if (sensor->is_alarm)
        return;
    put_sensor(family, of, "unit", sensor->unit_text);
    fprintf(of->out, "%d\n", (of->web->state->flags[of->i] & MBP_SENSOR_BAD) == 0);
}

static void put_alarm_active(const struct family *family, const struct sample_of *of)
{
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        if (!web_has_alarm(of->web, of->i, a))
            continue;
        put_sensor(family, of, "alarm", mbp_limit_name((enum mbp_limit)a));
        fprintf(of->out, "%d\n", of->web->state->active[of->i] >> a & 1);
    }
}

static void put_position(const struct family *family, const struct sample_of *of)
{
    const struct mbp_actuator *actuator = &of->web->plant->actuators[of->i];
    put_labelled(family, of->out, "actuator", actuator->name);
    fputs(",unit=\"", of->out);
    put_label(of->out, actuator->unit_text);
    fputs("\"} ", of->out);
    put_number(of->out, of->web->state->lagged[of->web->plant->sensor_count + of->i]);
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

#define AT(m) offsetof(struct web_status, m)
static const struct family families[] = {
    {"mbplant_build_info", "gauge", "Version and plant.", PER_PLANT, put_build, 0, 1},
    {"mbplant_scans_total", "counter", "Scans done.", PER_PLANT, put_u64, AT(scans), 1},
    {"mbplant_late_scans_total", "counter", "Scans that began late or took too long.", PER_PLANT, put_u64,
     AT(late_scans), 1},
    {"mbplant_scan_duration_seconds", "gauge", "How long the last scan took.", PER_PLANT, put_u32, AT(scan_last_us),
     1e-6},
    {"mbplant_scan_longest_duration_seconds", "gauge", "How long the longest scan took.", PER_PLANT, put_u32,
     AT(scan_longest_us), 1e-6},
    {"mbplant_simulated_seconds", "gauge", "Simulated time.", PER_PLANT, put_u64, AT(simulated_ms), 1e-3},
    {"mbplant_paused", "gauge", "1 while the simulation is paused.", PER_PLANT, put_bool, AT(paused), 1},
    {"mbplant_speed_ratio", "gauge", "Simulated time per wall time, as asked.", PER_PLANT, put_double, AT(speed), 1},
    {"mbplant_active_alarms", "gauge", "Alarms that the operator sees.", PER_PLANT, put_u32, AT(active_alarms), 1},
    {"mbplant_unacknowledged_alarms", "gauge", "Alarms that wait.", PER_PLANT, put_u32, AT(unacknowledged), 1},
    {"mbplant_journal_events_total", "counter", "Events recorded, by the number of the newest.", PER_PLANT, put_u32,
     AT(last_event), 1},
    {"mbplant_journal_events_lost_total", "counter", "Events lost for want of memory.", PER_PLANT, put_u32,
     AT(events_lost), 1},
    {"mbplant_mqtt_connected", "gauge", "1 while the broker is there.", PER_PLANT, put_link, 0, 1},
#define LINK_FAMILY(count, what) {"mbplant_mqtt_" #count, "gauge", what ".", PER_PLANT, put_u64, AT(link.count), 1},
    MBP_LINK_COUNTS(LINK_FAMILY)
#undef LINK_FAMILY
        {"mbplant_journal_trouble", "gauge", "1 while the journal cannot be written.", PER_PLANT, put_bool,
         AT(journal_trouble), 1},
    {"mbplant_modbus_connections", "gauge", "Modbus connections that are open.", PER_PLANT, put_u64, AT(server.open),
     1},
    {"mbplant_modbus_connections_accepted_total", "counter", "Modbus connections taken.", PER_PLANT, put_u64,
     AT(server.accepted), 1},
    {"mbplant_modbus_connections_refused_total", "counter", "Modbus connections turned away.", PER_PLANT, put_u64,
     AT(server.refused), 1},
    {"mbplant_modbus_requests_total", "counter", "Modbus requests answered.", PER_PLANT, put_u64, AT(server.requests),
     1},
    {"mbplant_modbus_exceptions_total", "counter", "Exceptions among the answers.", PER_PLANT, put_u64,
     AT(server.exceptions), 1},
    {"mbplant_modbus_writes_refused_total", "counter", "Refused writes among those.", PER_PLANT, put_u64,
     AT(server.writes_refused), 1},
    {"mbplant_http_requests_total", "counter", "HTTP requests answered.", PER_PLANT, put_http, 0, 1},
    {"mbplant_http_streams", "gauge", "Event streams that are open.", PER_PLANT, put_u32, AT(streams), 1},
    {"mbplant_machine_state", "gauge", "1 of the state that the machine is in.", PER_MACHINE, put_machine_state, 0, 1},
    {"mbplant_machine_state_seconds_total", "counter", "Simulated time in each state.", PER_MACHINE, put_machine_time,
     0, 1},
    {"mbplant_machine_products_total", "counter", "Products.", PER_MACHINE, put_products, 0, 1},
    {"mbplant_machine_failures_total", "counter", "Failures.", PER_MACHINE, put_failures, 0, 1},
    {"mbplant_sensor_value", "gauge", "What the sensor shows, in its unit.", PER_SENSOR, put_sensor_value, 0, 1},
    {"mbplant_sensor_good", "gauge", "1 while the value's quality is good.", PER_SENSOR, put_sensor_good, 0, 1},
    {"mbplant_alarm_active", "gauge", "1 while the alarm is active.", PER_SENSOR, put_alarm_active, 0, 1},
    {"mbplant_actuator_position", "gauge", "Where the actuator stands, in its unit.", PER_ACTUATOR, put_position, 0, 1},
};

static uint32_t count_of(const struct mbp_plant *plant, enum per per)
{
    switch (per) {
    case PER_MACHINE:
        return plant->machine_count;
    case PER_SENSOR:
        return plant->sensor_count;
    case PER_ACTUATOR:
        return plant->actuator_count;
    case PER_PLANT:
        break;
    }
    return 1;
}

static bool next_sample(struct web_flow *flow, FILE *out)
{
    if (flow->block == COUNT_OF(families))
        return false;
    const struct family *family = &families[flow->block];
    uint32_t count = count_of(flow->web->plant, family->per);
    if (flow->item == 0 && count > 0)
        fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help, family->name, family->type);
    if (flow->item >= count) {
        flow->block++;
        flow->item = 0;
        return true;
    }
    struct web_status status = {0};
    if (family->per == PER_PLANT)
        web_status_look(flow->web, &status);
    const struct sample_of of = {flow->web, &status, flow->item++, out};
    family->put(family, &of);
    return true;
}

void web_serve_metrics(struct web_call *call)
{
    struct web_flow *flow = web_flow_new(call, next_sample);
    if (flow != NULL)
        flow->lines = true;
}
