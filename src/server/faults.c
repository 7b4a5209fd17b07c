/* Drawing wire faults. */
#include "faults.h"

static bool meets(const struct mbp_fault *fault, const struct mbp_function_span *span, const struct mbp_frame *frame)
{
    uint32_t first;
    uint32_t count;
    if (!mbp_function_addresses(span, frame->pdu, frame->pdu_len, &first, &count))
        return false;
    uint32_t last = first + (count > 0 ? count - 1 : 0);
    return first <= fault->addr_last && last >= fault->addr_first;
}

static bool fits(const struct mbp_fault *fault, uint8_t unit_id, const struct mbp_frame *frame)
{
    if (fault->unit != 0 && fault->unit != unit_id)
        return false;
    if (fault->function != 0 && fault->function != frame->pdu[0])
        return false;
    if (fault->addr_first == 0 && fault->addr_last == UINT16_MAX)
        return true;
    const struct mbp_function *function = mbp_function(frame->pdu[0]);
    return meets(fault, &function->read, frame) || meets(fault, &function->write, frame);
}

void faults_switched(const struct mbp_plant *plant, struct fault_state *states, const uint8_t *enabled)
{
    for (uint32_t i = 0; i < plant->server.fault_count; i++) {
        bool off = enabled[i] == 0;
        if (states[i].off && !off)
            states[i].uses = 0;
        states[i].off = off;
    }
}

const struct mbp_fault *faults_draw(const struct mbp_plant *plant, struct fault_state *states, const uint8_t *enabled,
                                    uint8_t unit_id, const struct mbp_frame *frame)
{
    for (uint32_t i = 0; i < plant->server.fault_count; i++) {
        const struct mbp_fault *fault = &plant->server.faults[i];
        struct fault_state *state = &states[i];
        bool on = enabled != NULL ? enabled[i] != 0 : fault->enabled;
        if (unit_id == MBP_INSTRUCTOR_UNIT && plant->instructor && fault->unit != unit_id)
            continue; /* who switches the faults is not cut off by one that was meant for the plant */
        if (!on || (fault->count != 0 && state->uses >= fault->count) || !fits(fault, unit_id, frame))
            continue;
        uint64_t bits = mbp_rng_bits(plant->seed, mbp_name_hash(fault->name), state->draws++);
        if (mbp_rng_uniform(bits) >= fault->probability)
            continue;
        state->uses++;
        return fault;
    }
    return NULL;
}
