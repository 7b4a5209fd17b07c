/* Interlocks: those of `interlocks` in the plant file, and each alarm that trips its machine. */
#include "mbplant/plant/interlock.h"

#include "lists.h"

static const struct mbp_sensor *sensor_of(const struct web_item *item)
{
    return &item->web->plant->sensors[item->index];
}

static void put_name(const struct web_item *item)
{
    web_put_alarm_name(item->out, sensor_of(item), item->sub);
}

static void put_machine(const struct web_item *item)
{
    web_put_text(item->out, item->web->plant->machines[sensor_of(item)->machine].name);
}

static void put_message(const struct web_item *item)
{
    web_put_text(item->out, sensor_of(item)->label);
}

static void put_action(const struct web_item *item)
{
    bool trips = (sensor_of(item)->trip >> item->sub & 1u) != 0;
    web_put_text(item->out, mbp_interlock_action_name(trips ? MBP_INTERLOCK_TRIP : MBP_INTERLOCK_PERMISSIVE));
}

static const char *action_word(unsigned i)
{
    return i < MBP_INTERLOCK_ACTION_COUNT ? mbp_interlock_action_name((enum mbp_interlock_action)i) : NULL;
}

static void put_state(const struct web_item *item)
{
    enum mbp_interlock_state state = mbp_interlock_state_of(item->web->plant, item->web->state, item->index, item->sub);
    web_put_text(item->out, mbp_interlock_state_name(state));
}

static const char *state_word(unsigned i)
{
    return i < MBP_INTERLOCK_STATE_COUNT ? mbp_interlock_state_name((enum mbp_interlock_state)i) : NULL;
}

/* The alarm that tripped the machine is the first of its sensor that stands. */
static void put_first_out(const struct web_item *item)
{
    const struct mbp_web *web = item->web;
    bool first = web->state->machine[sensor_of(item)->machine].first_out == item->index;
    bool trips = (mbp_state_tripping(web->plant, web->state, item->index) >> item->sub & 1u) != 0;
    fputs(first && trips ? "true" : "false", item->out);
}

static void put_bypass(const struct web_item *item)
{
    uint32_t left_s = mbp_view_bypassed_s(item->web->state, item->index, item->sub);
    if (left_s == 0)
        fputs("null", item->out);
    else
        fprintf(item->out, "%u", left_s);
}

static void put_longest(const struct web_item *item)
{
    fprintf(item->out, "%u", (unsigned)(mbp_longest_bypass_ns(item->web->plant, item->index) / MBP_NS_PER_S));
}

static const struct web_field interlock_fields[] = {
    {ROW("name", "MACHINE.NAME, or SENSOR.ALARM of an alarm that trips", WEB_TEXT), .put = put_name},
    {ROW("machine", "that it stops", WEB_TEXT), .put = put_machine},
    {ROW("action", "trip stops it and does not let it start; permissive does not let it start", WEB_TEXT),
     .put = put_action, .word = action_word},
    {ROW("state", "defeated: bypassed, and it would act", WEB_TEXT), .put = put_state, .word = state_word},
    {ROW("first_out", "it tripped its machine first, and stands", WEB_FLAG), .put = put_first_out},
    {ROW("bypass_s", "left of its bypass; null = it is armed", WEB_COUNT), .nullable = true, .put = put_bypass},
    {ROW("longest_bypass_s", "that is allowed; 0 = none", WEB_COUNT), .put = put_longest},
    {ROW("message", "of the plant file", WEB_TEXT), .put = put_message},
};
const struct web_noun web_interlock_noun = WEB_NOUN("Interlock", interlock_fields);

static void put_interlock(const struct mbp_web *web, uint32_t sensor, unsigned alarm, FILE *out)
{
    const struct web_item item = {.web = web, .index = sensor, .sub = alarm, .out = out};
    web_put_noun(&web_interlock_noun, &item);
}

/* Those that a sensor, an alarm of none or an interlock is. */
static bool next_interlocks(struct web_flow *flow, FILE *out)
{
    const struct mbp_plant *plant = flow->web->plant;
    if (flow->at >= plant->sensor_count)
        return false;
    uint32_t s = (uint32_t)flow->at++;
    if (!web_machine_wanted(flow, plant->sensors[s].machine))
        return true;
    for (unsigned left = mbp_sensor_interlocks(&plant->sensors[s]); left != 0; left &= left - 1) {
        web_separate(flow, out);
        put_interlock(flow->web, s, (unsigned)__builtin_ctz(left), out);
    }
    return true;
}

void web_serve_interlocks(struct web_call *call)
{
    struct web_flow *flow = web_flow_new(call, next_interlocks);
    if (flow != NULL)
        web_want_machine(call, flow, web_arg(call, 0));
}
