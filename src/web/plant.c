/* The plant as a whole: what the file says, how it stands, its simulation and its faults. */
#include <math.h>
#include <string.h>

#include "plant.h"

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
UNIT_COUNT(sensor)
UNIT_COUNT(actuator)
UNIT_COUNT(controller)

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
    fputs(item->web->token != NULL ? "true" : "false", item->out);
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
    {ROW("scenario", "one plays: see exercise", WEB_FLAG), .put = put_scenario},
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
    web_put_text(item->out, link->link == MBP_LINK_AWAY && link->why[0] != '\0' ? link->why : NULL);
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

/* ---- the simulation ---------------------------------------------------------------------------------------------- */

static const struct mbp_sim_figures *sim_of(const struct web_item *item)
{
    return item->view;
}

static void put_steps(const struct web_item *item)
{
    web_put_number(item->out, (double)sim_of(item)->steps);
}

static void put_snapshot_ms(const struct web_item *item)
{
    const struct mbp_sim_figures *sim = sim_of(item);
    uint64_t ms = sim->snapshot_ns / MBP_NS_PER_MS;
    web_put_number(item->out, sim->snapshot ? (double)ms : (double)NAN);
}

static void put_simulated_ms(const struct web_item *item)
{
    uint64_t ms = item->web->state->sim_ns / MBP_NS_PER_MS;
    web_put_number(item->out, (double)ms);
}

#define SIM(m) .member = MBP_MEMBER(mbp_sim_figures, m)
static const struct web_field sim_fields[] = {
    {ROW("paused", "no scan runs", WEB_FLAG), SIM(paused)},
    {ROW("speed", "scans per period of wall time, asked for", WEB_NUMBER), SIM(speed)},
    {ROW("speed_now", "reached", WEB_NUMBER), SIM(speed_now)},
    {ROW("steps_left", "scans that a step still has to run", WEB_COUNT), .put = put_steps},
    {ROW("simulated_ms", "since the start; a restore takes it back", WEB_COUNT), .put = put_simulated_ms},
    {ROW("snapshot", "there is one", WEB_FLAG), SIM(snapshot)},
    {ROW("snapshot_ms", "its simulated time", WEB_COUNT), .nullable = true, .put = put_snapshot_ms},
    {ROW("restored", "how many times", WEB_COUNT), SIM(restored)},
    {ROW("late_scans", "count", WEB_COUNT), SIM(late)},
};
const struct web_noun web_sim_noun = WEB_NOUN("Simulation", sim_fields);

void web_serve_sim(struct web_call *call)
{
    const struct mbp_sim_figures sim = mbp_scan_sim(call->web->config.scan);
    serve_noun(call, &web_sim_noun, &sim);
}

/* ---- faults ------------------------------------------------------------------------------------------------------ */

static void put_fault_name(const struct web_item *item)
{
    web_put_text(item->out, item->web->plant->faults[item->index].name);
}

static void put_fault_kind(const struct web_item *item)
{
    const struct mbp_plant_fault *fault = &item->web->plant->faults[item->index];
    web_put_text(item->out, mbp_effect_name((enum mbp_effect_kind)fault->effect.kind));
}

/* Of one that is an actuator's there is no sensor, and the other way round. */
static void put_fault_subject(const struct web_item *item, bool actuators)
{
    const struct mbp_plant *plant = item->web->plant;
    const struct mbp_effect *effect = &plant->faults[item->index].effect;
    if (actuators == (effect->subject >= plant->sensor_count))
        web_put_text(item->out, mbp_effect_of(plant, effect));
    else
        fputs("null", item->out);
}

static void put_fault_sensor(const struct web_item *item)
{
    put_fault_subject(item, false);
}

static void put_fault_actuator(const struct web_item *item)
{
    put_fault_subject(item, true);
}

static void put_fault_active(const struct web_item *item)
{
    fputs(item->web->state->fault[item->index].active ? "true" : "false", item->out);
}

static const struct web_field fault_fields[] = {
    {ROW("name", "of the plant file", WEB_TEXT), .put = put_fault_name},
    {ROW("kind", "what goes wrong", WEB_TEXT), .put = put_fault_kind},
    {ROW("sensor", "with which, or it is an actuator's", WEB_TEXT), .nullable = true, .put = put_fault_sensor},
    {ROW("actuator", "with which, or it is a sensor's", WEB_TEXT), .nullable = true, .put = put_fault_actuator},
    {ROW("active", "now", WEB_FLAG), .put = put_fault_active},
};
const struct web_noun web_fault_noun = WEB_NOUN("Fault", fault_fields);

bool web_may_instruct(const struct web_call *call)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(call->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info != NULL && mbp_server_allow_of(call->web->plant, info->client_addr, call->web->open_to_network,
                                               MBP_INSTRUCTOR_UNIT) != MBP_ALLOW_NONE;
}

/* Students are not to see what is wrong: the plant file's faults are the instructor's. */
bool web_instructs(struct web_call *call)
{
    if (!call->web->plant->instructor)
        web_problem(call, 409, "the plant has no instructor: it says instructor: true in the plant file");
    else if (!web_may_instruct(call))
        web_problem(call, 403, "the access rules do not let this host see the instructor's unit");
    else
        return true;
    return false;
}

static bool next_fault(struct web_flow *flow, FILE *out)
{
    if (flow->at >= flow->web->plant->fault_count)
        return false;
    const struct web_item item = {.web = flow->web, .index = (uint32_t)flow->at++, .out = out};
    web_flow_put(flow, &item);
    return true;
}

void web_serve_faults(struct web_call *call)
{
    struct web_flow *flow = web_instructs(call) ? web_flow_new(call, next_fault) : NULL;
    if (flow != NULL)
        flow->noun = &web_fault_noun;
}

uint32_t web_fault_named(struct web_call *call)
{
    const struct mbp_plant *plant = call->web->plant;
    for (uint32_t f = 0; f < plant->fault_count; f++) {
        if (strcmp(plant->faults[f].name, call->name) == 0)
            return f;
    }
    web_problem(call, 404, "the plant has no fault '%s'", call->name);
    return NOTHING;
}

void web_put_fault(const struct mbp_web *web, uint32_t fault, FILE *out)
{
    const struct web_item item = {.web = web, .index = fault, .out = out};
    web_put_noun(&web_fault_noun, &item);
}
