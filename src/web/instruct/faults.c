/* The plant file's faults. */
#include <strings.h>

#include "instruct.h"

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
        mhd.get_connection_info(call->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    uint8_t address[MBP_ACTOR_ADDRESS];
    if (info == NULL)
        return false;
    mbp_server_address_of(info->client_addr, address);
    const struct mbp_permit permit = mbp_permit_of(call->web->plant, address, call->web->open_to_network);
    return mbp_permit_allow(&permit, MBP_INSTRUCTOR_UNIT) != MBP_ALLOW_NONE;
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

static uint32_t fault_named(struct web_call *call)
{
    const struct mbp_plant *plant = call->web->plant;
    for (uint32_t f = 0; f < plant->fault_count; f++) {
        if (strcasecmp(plant->faults[f].name, call->name) == 0)
            return f;
    }
    web_unknown(call, WEB_FAULTS, call->name, "");
    return NOTHING;
}

static void put_fault(const struct mbp_web *web, uint32_t fault, FILE *out)
{
    const struct web_item item = {.web = web, .index = fault, .out = out};
    web_put_noun(&web_fault_noun, &item);
}

/* ---- commanded ----------------------------------------------------------------------------------------------------
 */

void web_command_fault(struct web_call *call)
{
    uint32_t fault = web_instructs(call) ? fault_named(call) : NOTHING;
    if (fault == NOTHING)
        return;
    const uint16_t on = web_arg(call, 0)->flag;
    if (web_instruct(call, MBP_COILS, mbp_sim_fault_coil(call->web->plant->fault_count, fault), 1, &on))
        web_await_scan(call);
}

void web_answer_fault(struct web_call *call)
{
    uint32_t fault = fault_named(call);
    if (fault == NOTHING)
        return;
    put_fault(call->web, fault, call->out);
    web_end_command(call);
}
