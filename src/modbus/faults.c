/* Drawing wire faults. */
#include "faults.h"

static bool fits(const struct mbp_fault *fault, uint8_t unit_id, const struct mbp_frame *frame)
{
    if (fault->unit != 0 && fault->unit != unit_id)
        return false;
    if (fault->function != 0 && fault->function != frame->pdu[0])
        return false;
    if (fault->addr_first == 0 && fault->addr_last == UINT16_MAX)
        return true;
    if (frame->pdu_len < 3)
        return false;
    unsigned addr = (unsigned)frame->pdu[1] << 8 | frame->pdu[2];
    return addr >= fault->addr_first && addr <= fault->addr_last;
}

const struct mbp_fault *faults_draw(const struct mbp_plant *plant, struct fault_state *states, const uint8_t *enabled,
                                    uint8_t unit_id, const struct mbp_frame *frame)
{
    for (uint32_t i = 0; i < plant->server.fault_count; i++) {
        const struct mbp_fault *fault = &plant->server.faults[i];
        struct fault_state *state = &states[i];
        bool on = enabled != NULL ? enabled[i] != 0 : fault->enabled;
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
