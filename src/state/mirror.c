/* A copy of the state for who comes after a kill. It stands in the way of each scan, so it copies what changed. */
#include "mbplant/state/mirror.h"

#include <assert.h>
#include <string.h>

#include "state_priv.h"

static uint64_t sum_of(const struct mbp_state *state, const uint64_t *sums)
{
    uint64_t sum = mbp_checksum(state->layout, sums, (state_array_count + 1) * sizeof *sums);
    return sum != 0 ? sum : 1;
}

static bool stands(const struct mbp_state *state, const struct mbp_state_mirror *mirror, unsigned version)
{
    switch ((enum state_version)version) {
    case STATE_BY_LIMITS:
        return mirror->filled && mirror->limits_version == state->limits_version;
    case STATE_BY_SHELVES:
        return mirror->filled && mirror->shelves_version == state->shelves_version;
    case STATE_BY_SCAN:
        break;
    }
    return false;
}

static void bring_up(struct mbp_state_mirror *mirror, unsigned i, struct mbp_span span, uint8_t *bytes)
{
    const uint64_t sum = mbp_checksum(i, span.bytes, span.len);
    if (mirror->filled && sum == mirror->sum[i])
        return;
    memcpy(bytes, span.bytes, span.len);
    mirror->sum[i] = sum;
}

uint64_t mbp_state_mirror(const struct mbp_state *state, struct mbp_state_mirror *mirror)
{
    struct mbp_span spans[MBP_STATE_SPANS];
    uint8_t *bytes = mirror->bytes;
    for (unsigned i = 0, count = mbp_state_spans(state, spans); i < count; bytes += spans[i++].len) {
        if (spans[i].len == 0)
            continue;
        if (i > 0 && stands(state, mirror, state_arrays[i - 1].version)) /* the figures come first */
            assert(memcmp(bytes, spans[i].bytes, spans[i].len) == 0);
        else
            bring_up(mirror, i, spans[i], bytes);
    }
    mirror->limits_version = state->limits_version;
    mirror->shelves_version = state->shelves_version;
    mirror->filled = true;
    return sum_of(state, mirror->sum);
}

uint64_t mbp_state_mirrored(const struct mbp_state *state, const uint8_t *bytes)
{
    struct mbp_span spans[MBP_STATE_SPANS];
    uint64_t sums[MBP_STATE_SPANS] = {0};
    for (unsigned i = 0, count = mbp_state_spans(state, spans); i < count; bytes += spans[i++].len)
        sums[i] = spans[i].len > 0 ? mbp_checksum(i, bytes, spans[i].len) : 0;
    return sum_of(state, sums);
}
