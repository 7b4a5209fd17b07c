/* The parameters of the plant's expressions. */
#include <strings.h>

#include "instruct.h"
#include "mbplant/codec.h"
#include "mbplant/point.h"

static const struct mbp_stored *stored_of(const struct web_item *item)
{
    return &item->web->plant->stored[item->web->plant->parameters[item->index]];
}

static void put_name(const struct web_item *item)
{
    web_put_text(item->out, stored_of(item)->name);
}

static void put_value(const struct web_item *item)
{
    uint64_t bits = item->web->state->stored[item->web->plant->parameters[item->index]];
    web_put_number(item->out, mbp_register_of_bits(&stored_of(item)->reg, bits));
}

static void put_in_file(const struct web_item *item)
{
    web_put_number(item->out, mbp_register_of_bits(&stored_of(item)->reg, stored_of(item)->initial));
}

static const struct web_field parameter_fields[] = {
    {ROW("name", "as expressions know it", WEB_TEXT), .put = put_name},
    {ROW("value", "now", WEB_NUMBER), .put = put_value},
    {ROW("in_file", "what the plant file gives it", WEB_NUMBER), .put = put_in_file},
};
const struct web_noun web_parameter_noun = WEB_NOUN("Parameter", parameter_fields);

/* ---- shown ------------------------------------------------------------------------------------------------------- */

static bool next_parameter(struct web_flow *flow, FILE *out)
{
    if (flow->at >= flow->web->plant->parameter_count)
        return false;
    const struct web_item item = {.web = flow->web, .index = (uint32_t)flow->at++, .out = out};
    web_flow_put(flow, &item);
    return true;
}

void web_serve_parameters(struct web_call *call)
{
    struct web_flow *flow = web_instructs(call) ? web_flow_new(call, next_parameter) : NULL;
    if (flow != NULL)
        flow->noun = &web_parameter_noun;
}

/* ---- commanded ----------------------------------------------------------------------------------------------------
 */

static uint32_t parameter_named(struct web_call *call)
{
    const struct mbp_plant *plant = call->web->plant;
    for (uint32_t p = 0; p < plant->parameter_count; p++) {
        if (strcasecmp(plant->stored[plant->parameters[p]].name, call->name) == 0)
            return p;
    }
    web_problem(call, 404, "the plant has no parameter '%s'; %s/parameters lists them", call->name, WEB_API);
    return NOTHING;
}

/* Acts at once, between two scans. */
void web_command_parameter(struct web_call *call)
{
    uint16_t words[MBP_SIM_PARAMETER_WORDS];
    uint32_t parameter = web_instructs(call) ? parameter_named(call) : NOTHING;
    if (parameter == NOTHING)
        return;
    mbp_codec_encode(MBP_FLOAT64, MBP_ABCD, 1.0, web_arg(call, 0)->number, words);
    uint16_t addr = (uint16_t)(MBP_SIM_HR_PARAMETERS + MBP_SIM_PARAMETER_WORDS * parameter);
    if (!web_instruct(call, MBP_HOLDING_REGISTERS, addr, MBP_SIM_PARAMETER_WORDS, words))
        return;
    if (call->web->config.before_request != NULL)
        call->web->config.before_request(call->web->config.ctx);
    call->out = web_scratch(call->web);
    const struct web_item item = {.web = call->web, .index = parameter, .out = call->out};
    web_put_noun(&web_parameter_noun, &item);
    putc('\n', call->out);
}
