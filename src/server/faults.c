/* Drawing wire faults. */
#include "faults.h"

#include <string.h>

static bool meets(const struct mbp_fault *fault, const struct mbp_function_span *span, const struct mbp_frame *frame)
{
    uint32_t first;
    uint32_t count;
    if (!mbp_function_addresses(span, frame->pdu, frame->pdu_len, &first, &count))
        return false;
    uint32_t last = first + (count > 0 ? count - 1 : 0);
    return first <= fault->addr_last && last >= fault->addr_first;
}

static bool begins_at(uint16_t addr, const struct mbp_function_span *span, const struct mbp_frame *frame)
{
    uint32_t first;
    uint32_t count;
    return mbp_function_addresses(span, frame->pdu, frame->pdu_len, &first, &count) && first == addr;
}

/* FC 23 has two first addresses: what it reads from, what it writes from. */
static bool begins(const struct mbp_fault *fault, const struct mbp_frame *frame)
{
    const struct mbp_function *function = mbp_function(frame->pdu[0]);
    return begins_at(fault->first, &function->read, frame) || begins_at(fault->first, &function->write, frame);
}

static bool fits(const struct mbp_fault *fault, uint8_t unit_id, const struct mbp_frame *frame, uint64_t age_ns)
{
    if (fault->after_connect_ns != 0 && age_ns >= fault->after_connect_ns)
        return false;
    if (fault->unit != 0 && fault->unit != unit_id)
        return false;
    if (fault->function != 0 && fault->function != frame->pdu[0])
        return false;
    if (fault->some_first && !begins(fault, frame))
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
                                    uint8_t unit_id, const struct mbp_frame *frame, uint64_t age_ns)
{
    for (uint32_t i = 0; i < plant->server.fault_count; i++) {
        const struct mbp_fault *fault = &plant->server.faults[i];
        struct fault_state *state = &states[i];
        bool on = enabled != NULL ? enabled[i] != 0 : fault->enabled;
        if (unit_id == MBP_INSTRUCTOR_UNIT && plant->instructor && fault->unit != unit_id)
            continue; /* who switches the faults is not cut off by one that was meant for the plant */
        if (!on || (fault->count != 0 && state->uses >= fault->count) || !fits(fault, unit_id, frame, age_ns))
            continue;
        uint64_t bits = mbp_rng_bits(plant->seed, mbp_name_hash(fault->name), state->draws++);
        if (mbp_rng_uniform(bits) >= fault->probability)
            continue;
        state->uses++;
        return fault;
    }
    return NULL;
}

/* ---- what it does ------------------------------------------------------------------------------------------------ */

/* A response whose first field counts the bytes behind it. */
static bool counts_bytes(const uint8_t *pdu, size_t len)
{
    return len >= 2 && pdu[0] < 128 && mbp_function(pdu[0])->response[0] == MBP_PDU_BYTES;
}

size_t faults_spoil_pdu(const struct mbp_fault *fault, uint8_t *pdu, size_t len)
{
    if (!counts_bytes(pdu, len))
        return len;
    if (fault->kind == MBP_FAULT_BYTE_COUNT)
        pdu[1]++;
    size_t item = mbp_table_is_bits(mbp_function(pdu[0])->table) ? 1 : 2;
    if (fault->kind != MBP_FAULT_SHORT || pdu[1] < item || len < 2 + item)
        return len;
    pdu[1] = (uint8_t)(pdu[1] - item);
    return len - item;
}

size_t faults_put_junk(uint8_t *out, size_t len, size_t count, uint64_t seed)
{
    memmove(out + count, out, len);
    for (size_t i = 0; i < count; i++)
        out[i] = (uint8_t)mbp_rng_bits(seed, mbp_name_hash("junk"), i);
    return count + len;
}

size_t faults_put_before(uint8_t *out, size_t len, const uint8_t *bytes, size_t count)
{
    memmove(out + count, out, len);
    memcpy(out, bytes, count);
    return count + len;
}
