/* Drawing wire faults. */
#include "faults.h"

struct span {
    unsigned first, last;
};

static struct span span_of(const uint8_t *field, bool counted)
{
    unsigned first = (unsigned)field[0] << 8 | field[1];
    unsigned count = counted ? (unsigned)field[2] << 8 | field[3] : 1;
    return (struct span){first, first + (count > 0 ? count - 1 : 0)};
}

/* The addresses that a request names: none, one span, or, of FC 23, what it reads and what it writes. A request too
 * short to name its quantity names its first address all the same, so that a fault can befall it. */
static unsigned spans_of(const struct mbp_frame *frame, struct span spans[2])
{
    const uint8_t *pdu = frame->pdu;
    bool counted = pdu[0] <= 4 || pdu[0] == 15 || pdu[0] == 16 || pdu[0] == 23;
    bool addressed = (pdu[0] >= 1 && pdu[0] <= 6) || counted || pdu[0] == 22 || pdu[0] == 24;
    if (!addressed || frame->pdu_len < 3)
        return 0;
    spans[0] = span_of(pdu + 1, counted && frame->pdu_len >= 5);
    if (pdu[0] != 23 || frame->pdu_len < 9)
        return 1;
    spans[1] = span_of(pdu + 5, true);
    return 2;
}

static bool fits(const struct mbp_fault *fault, uint8_t unit_id, const struct mbp_frame *frame)
{
    struct span spans[2];
    if (fault->unit != 0 && fault->unit != unit_id)
        return false;
    if (fault->function != 0 && fault->function != frame->pdu[0])
        return false;
    if (fault->addr_first == 0 && fault->addr_last == UINT16_MAX)
        return true;
    for (unsigned i = spans_of(frame, spans); i-- > 0;) {
        if (spans[i].first <= fault->addr_last && spans[i].last >= fault->addr_first)
            return true;
    }
    return false;
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
