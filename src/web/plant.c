/* The plant as a whole: what the file says, how it stands. */
#include <math.h>
#include <string.h>

#include "mbplant/base/tr.h"
#include "plant.h"

#define USUAL_PORT 502 /* of Modbus TCP */

/* ---- plant and units --------------------------------------------------------------------------------------------- */

static void put_plant_name(const struct web_item *item)
{
    web_put_text(item->out, item->web->plant->name);
}

static void put_version(const struct web_item *item)
{
    web_put_text(item->out, MBP_VERSION);
}

static void put_crc(const struct web_item *item)
{
    fprintf(item->out, "\"%08x\"", item->web->plant->public_crc);
}

static void put_scan_ms(const struct web_item *item)
{
    web_put_number(item->out, (double)item->web->plant->scan_ns / (double)MBP_NS_PER_MS);
}

static void put_seed(const struct web_item *item)
{
    fprintf(item->out, "\"%llu\"", (unsigned long long)item->web->plant->seed);
}

static void put_instructor(const struct web_item *item)
{
    fputs(item->web->plant->instructor ? "true" : "false", item->out);
}

#define PLANT_COUNT(name, member)                                                                                      \
    static void put_##name(const struct web_item *item)                                                                \
    {                                                                                                                  \
        fprintf(item->out, "%u", item->web->plant->member);                                                            \
    }
PLANT_COUNT(machine_count, machine_count)
PLANT_COUNT(sensor_count, sensor_count - item->web->plant->alarm_count)
PLANT_COUNT(actuator_count, actuator_count)
PLANT_COUNT(controller_count, controller_count)

static void put_unit_name(const struct web_item *item)
{
    web_put_text(item->out, ((const struct mbp_unit *)item->of)->name);
}

static void put_unit_id(const struct web_item *item)
{
    fprintf(item->out, "%u", ((const struct mbp_unit *)item->of)->id);
}

#define UNIT_COUNT(noun)                                                                                               \
    static void put_unit_##noun##s(const struct web_item *item)                                                        \
    {                                                                                                                  \
        fprintf(item->out, "%u", ((const struct mbp_unit *)item->of)->noun##_count);                                   \
    }
UNIT_COUNT(machine)
UNIT_COUNT(actuator)
UNIT_COUNT(controller)

static void put_unit_sensors(const struct web_item *item)
{
    fprintf(item->out, "%u", mbp_unit_sensors(item->of));
}

static const struct web_field unit_fields[] = {
    {ROW("id", "Modbus unit", WEB_COUNT), .put = put_unit_id},
    {ROW("name", "of the plant file", WEB_TEXT), .put = put_unit_name},
    {ROW("machines", "count", WEB_COUNT), .put = put_unit_machines},
    {ROW("sensors", "count", WEB_COUNT), .put = put_unit_sensors},
    {ROW("actuators", "count", WEB_COUNT), .put = put_unit_actuators},
    {ROW("controllers", "count", WEB_COUNT), .put = put_unit_controllers},
};
const struct web_noun web_unit_noun = WEB_NOUN("Unit", unit_fields);

static void put_units(const struct web_item *item)
{
    for (uint32_t u = 0; u < item->web->plant->unit_count; u++) {
        const struct web_item unit = {.web = item->web, .of = &item->web->plant->units[u], .out = item->out};
        putc(u == 0 ? '[' : ',', item->out);
        web_put_noun(&web_unit_noun, &unit);
    }
    putc(']', item->out);
}

static void put_token_needed(const struct web_item *item)
{
    fputs(item->web->tokens != NULL ? "true" : "false", item->out);
}

static void put_broker(const struct web_item *item)
{
    web_put_text(item->out, item->web->plant->mqtt.broker);
}

static void put_broker_format(const struct web_item *item)
{
    const struct mbp_mqtt_options *mqtt = &item->web->plant->mqtt;
    web_put_text(item->out, mqtt->broker == NULL ? NULL : mqtt->format == MBP_MQTT_JSON ? "json" : "sparkplug");
}

static void put_broker_node(const struct web_item *item)
{
    const struct mbp_mqtt_options *mqtt = &item->web->plant->mqtt;
    web_put_text(item->out, mqtt->broker == NULL ? NULL : mqtt->node);
}

uint16_t web_modbus_port(const struct mbp_web *web)
{
    const struct mbp_wire *tcp = mbp_server_tcp(web->config.server);
    return tcp != NULL ? tcp->port : USUAL_PORT;
}

static void put_modbus_port(const struct web_item *item)
{
    fprintf(item->out, "%u", web_modbus_port(item->web));
}

static void put_scenario(const struct web_item *item)
{
    fputs(item->web->config.play != NULL ? "true" : "false", item->out);
}

static const struct web_field plant_fields[] = {
    {ROW("name", "of the plant file", WEB_TEXT), .put = put_plant_name},
    {ROW("version", "of mbplant", WEB_TEXT), .put = put_version},
    {ROW("crc", "CRC-32 of the plant file", WEB_TEXT), .put = put_crc},
    {ROW("scan_ms", "period of the scan", WEB_NUMBER), .put = put_scan_ms},
    {ROW("seed", "of noise and rejects", WEB_TEXT), .put = put_seed},
    {ROW("instructor", "unit 247 is there", WEB_FLAG), .put = put_instructor},
    {ROW("broker", "where it is published", WEB_TEXT), .nullable = true, .put = put_broker},
    {ROW("broker_format", "json or sparkplug", WEB_TEXT), .nullable = true, .put = put_broker_format},
    {ROW("broker_node", "what it is called there", WEB_TEXT), .nullable = true, .put = put_broker_node},
    {ROW("scenario", "one plays: see exercise", WEB_FLAG), .put = put_scenario},
    {ROW("modbus_port", "where masters reach it over TCP", WEB_COUNT), .put = put_modbus_port},
    {ROW("machines", "count", WEB_COUNT), .put = put_machine_count},
    {ROW("sensors", "count", WEB_COUNT), .put = put_sensor_count},
    {ROW("actuators", "count", WEB_COUNT), .put = put_actuator_count},
    {ROW("controllers", "count", WEB_COUNT), .put = put_controller_count},
    {ROW("token_needed", "commands need the token of token_file", WEB_FLAG), .put = put_token_needed},
    {ROW("units", "behind the Modbus address", WEB_OBJECTS), .put = put_units, .noun = &web_unit_noun},
};
const struct web_noun web_plant_noun = WEB_NOUN("Plant", plant_fields);

static void serve_noun(struct web_call *call, const struct web_noun *noun, const void *view)
{
    const struct web_item item = {.web = call->web, .view = view, .out = call->out};
    web_put_noun(noun, &item);
    putc('\n', call->out);
}

void web_serve_plant(struct web_call *call)
{
    serve_noun(call, &web_plant_noun, NULL);
}

void web_serve_units(struct web_call *call)
{
    const struct web_item item = {.web = call->web, .out = call->out};
    put_units(&item);
    putc('\n', call->out);
}

/* ---- status ------------------------------------------------------------------------------------------------------ */

void web_status_look(const struct mbp_web *web, struct web_status *out)
{
    const struct mbp_state *state = web->state;
    const struct mbp_scan_stats stats = mbp_scan_stats(web->config.scan);
    const struct mbp_sim_figures sim = mbp_scan_sim(web->config.scan);
    const struct mbp_journal_health health = mbp_journal_health(web->config.journal);
    *out = (struct web_status){
        .active_alarms = state->active_alarms,
        .unacknowledged = state->unacknowledged,
        .scans = stats.scans,
        .late_scans = stats.late,
        .scan_last_us = stats.last_us,
        .scan_longest_us = stats.max_us,
        .simulated_ms = state->sim_ns / MBP_NS_PER_MS,
        .wall_ms = web->config.clock.wall_ms(web->config.clock.ctx),
        .speed = sim.speed,
        .speed_now = sim.speed_now,
        .paused = sim.paused,
        .first_event = mbp_journal_oldest(web->config.journal),
        .last_event = mbp_journal_last(web->config.journal),
        .events_lost = health.lost,
        .journal_trouble = health.trouble,
        .journal_memory_percent = health.used_permille / 10.0,
        .streams = web->stream_count,
        .server = mbp_server_counters(web->config.server),
        .link = *mbp_scan_link(web->config.scan),
    };
    for (uint32_t m = 0; m < web->plant->machine_count; m++)
        out->machines_in_state[state->machine[m].state]++;
}

static void put_now(const struct web_item *item)
{
    web_put_time(item->out, ((const struct web_status *)item->view)->wall_ms);
}

#define STATUS(m) .member = MBP_MEMBER(web_status, m)
static const char *link_word(unsigned i)
{
    static const char *const words[MBP_LINK_COUNT] = {"none", "away", "connected"};
    return i < MBP_LINK_COUNT ? words[i] : NULL;
}

static void put_link(const struct web_item *item)
{
    web_put_text(item->out, link_word(((const struct web_status *)item->view)->link.link));
}

static void put_link_why(const struct web_item *item)
{
    const struct mbp_link_figures *link = &((const struct web_status *)item->view)->link;
    web_put_text(item->out, link->link == MBP_LINK_AWAY && link->why[0] != '\0' ? mbp_tr(link->why) : NULL);
}

static void put_time_or_null(const struct web_item *item, uint64_t time_ms)
{
    if (time_ms != 0)
        fprintf(item->out, "%llu", (unsigned long long)time_ms);
    else
        fputs("null", item->out);
}

static void put_link_since(const struct web_item *item)
{
    put_time_or_null(item, ((const struct web_status *)item->view)->link.since_ms);
}

static void put_hole_from(const struct web_item *item)
{
    put_time_or_null(item, ((const struct web_status *)item->view)->link.hole_from_ms);
}

static void put_hole_to(const struct web_item *item)
{
    put_time_or_null(item, ((const struct web_status *)item->view)->link.hole_to_ms);
}

static const struct web_field status_fields[] = {
    {ROW("time", "of this answer", WEB_TIME), .put = put_now},
    {ROW("scans", "since the start", WEB_COUNT), STATUS(scans)},
    {ROW("late_scans", "that began late, or took too long", WEB_COUNT), STATUS(late_scans)},
    {ROW("scan_last_us", "how long the last one took", WEB_COUNT), STATUS(scan_last_us)},
    {ROW("scan_longest_us", "of all", WEB_COUNT), STATUS(scan_longest_us)},
    {ROW("simulated_ms", "since the start", WEB_COUNT), STATUS(simulated_ms)},
    {ROW("paused", "the simulation is", WEB_FLAG), STATUS(paused)},
    {ROW("speed", "that was asked for", WEB_NUMBER), STATUS(speed)},
    {ROW("speed_now", "that is reached", WEB_NUMBER), STATUS(speed_now)},
    {ROW("en_service", "machines in service", WEB_COUNT), STATUS(machines_in_state[MBP_EN_SERVICE])},
    {ROW("en_panne", "machines that failed", WEB_COUNT), STATUS(machines_in_state[MBP_EN_PANNE])},
    {ROW("maintenance", "machines in maintenance", WEB_COUNT), STATUS(machines_in_state[MBP_MAINTENANCE])},
    {ROW("active_alarms", "that the operator sees", WEB_COUNT), STATUS(active_alarms)},
    {ROW("unacknowledged", "alarms that wait", WEB_COUNT), STATUS(unacknowledged)},
    {ROW("oldest_event", "its number in the journal; 0 = none", WEB_COUNT), STATUS(first_event)},
    {ROW("last_event", "its number in the journal; 0 = none", WEB_COUNT), STATUS(last_event)},
    {ROW("journal_trouble", "the journal cannot be written", WEB_FLAG), STATUS(journal_trouble)},
    {ROW("journal_memory_percent", "of what waits to be written", WEB_NUMBER), STATUS(journal_memory_percent)},
    {ROW("events_lost", "for want of that memory", WEB_COUNT), STATUS(events_lost)},
    {ROW("streams", "that are open", WEB_COUNT), STATUS(streams)},
    {ROW("mqtt", "the connection to the broker", WEB_TEXT), .put = put_link, .word = link_word},
    {ROW("mqtt_why", "it is away", WEB_TEXT), .nullable = true, .put = put_link_why},
    {ROW("mqtt_since_ms", "it is so, in ms since 1970", WEB_COUNT), .nullable = true, .put = put_link_since},
    {ROW("mqtt_hole_from_ms", "from here to mqtt_hole_to_ms the broker gets minute means alone", WEB_COUNT),
     .nullable = true, .put = put_hole_from},
    {ROW("mqtt_hole_to_ms", "see mqtt_hole_from_ms", WEB_COUNT), .nullable = true, .put = put_hole_to},
#define LINK_FIELD(count, what) {ROW("mqtt_" #count, what, WEB_COUNT), STATUS(link.count)},
    MBP_LINK_COUNTS(LINK_FIELD)
#undef LINK_FIELD
};
const struct web_noun web_status_noun = WEB_NOUN("Status", status_fields);

void web_serve_status(struct web_call *call)
{
    struct web_status status;
    web_status_look(call->web, &status);
    serve_noun(call, &web_status_noun, &status);
}

/* What mbplantd's Modbus side counted since the start. */
static const struct web_field connections_fields[] = {
    {ROW("accepted", "Modbus connections taken", WEB_COUNT), STATUS(server.accepted)},
    {ROW("open", "Modbus connections", WEB_COUNT), STATUS(server.open)},
    {ROW("evicted", "closed for a new one", WEB_COUNT), STATUS(server.evicted)},
    {ROW("refused", "turned away", WEB_COUNT), STATUS(server.refused)},
    {ROW("requests", "answered", WEB_COUNT), STATUS(server.requests)},
    {ROW("exceptions", "among the answers", WEB_COUNT), STATUS(server.exceptions)},
    {ROW("writes_refused", "among those", WEB_COUNT), STATUS(server.writes_refused)},
    {ROW("discarded", "frames of another protocol", WEB_COUNT), STATUS(server.discarded)},
    {ROW("bad_frames", "connections closed for frames out of step", WEB_COUNT), STATUS(server.bad_frames)},
    {ROW("timeouts", "connections closed for a deadline", WEB_COUNT), STATUS(server.timeouts)},
    {ROW("slow_closed", "connections closed for not reading", WEB_COUNT), STATUS(server.slow_closed)},
    {ROW("faults", "answers that met a wire fault", WEB_COUNT), STATUS(server.faults)},
    {ROW("streams", "of this interface that are open", WEB_COUNT), STATUS(streams)},
};
const struct web_noun web_connections_noun = WEB_NOUN("Connections", connections_fields);

void web_serve_connections(struct web_call *call)
{
    struct web_status status;
    web_status_look(call->web, &status);
    serve_noun(call, &web_connections_noun, &status);
}

/* ---- health ------------------------------------------------------------------------------------------------------ */

static const struct web_field words_fields[] = {
    {ROW("status", "ok", WEB_TEXT)},
};
const struct web_noun web_words_noun = WEB_NOUN("Health", words_fields);

/* Alive: it answers. Ready: scans run, or are paused on purpose, and the journal takes events. */
void web_serve_health(struct web_call *call)
{
    if (call->route->sub != 0 && mbp_journal_in_trouble(call->web->config.journal))
        web_problem(call, 503, "the journal cannot be written: events wait in memory");
    else
        fputs("{\"status\":\"ok\"}\n", call->out);
}
