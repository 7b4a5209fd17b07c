/* areas: which addresses of a device there are. A block that is read whole is there; one that is refused is looked
 * through: in samples, or address by address. Where one answers, its neighbours are asked. */
#include "learn/areas.h"

#include <string.h>

#define GAP_MIN      4u /* so many registers of one word may be gaps */
#define GAP_RUNS_MAX 64u
#define HOLE_MAX     32u /* so many addresses behind an area may be none of its own */

static uint32_t block_of(const struct areas *areas)
{
    return mbp_table_is_bits(areas->table) ? PROBE_BITS : PROBE_REGISTERS;
}

static void mark_there(struct areas *areas, uint32_t addr, uint32_t count, const uint16_t *words)
{
    for (uint32_t i = 0; i < count; i++) {
        areas->found += areas->state[addr + i] != AREA_THERE;
        areas->state[addr + i] = AREA_THERE;
        areas->words[addr + i] = words[i];
    }
}

/* Whether they are there, all of them. What the device says to one address alone is its word on it. */
static bool ask(struct areas *areas, struct probe *probe, uint32_t addr, uint32_t count)
{
    uint16_t words[PROBE_BITS];
    enum mbp_status status = probe_read(probe, areas->table, addr, count, words);
    if (status == MBP_OK)
        mark_there(areas, addr, count, words);
    else if (status > 0 && count == 1 && areas->state[addr] == AREA_UNKNOWN)
        areas->state[addr] = AREA_ABSENT;
    areas->refused = areas->refused || (status == MBP_EX_ILLEGAL_FUNCTION && areas->found == 0);
    return status == MBP_OK;
}

/* One address; registers that are parts of a wide value are given only together by some. */
static bool ask_one(struct areas *areas, struct probe *probe, uint32_t addr)
{
    if (areas->state[addr] != AREA_UNKNOWN)
        return areas->state[addr] == AREA_THERE;
    if (ask(areas, probe, addr, 1))
        return true;
    static const uint32_t widths[] = {2, 4};
    for (size_t w = 0; w < 2 && areas->thorough && !mbp_table_is_bits(areas->table) && !probe->over; w++) {
        if (addr + widths[w] - 1 <= areas->last && ask(areas, probe, addr, widths[w]))
            return true;
    }
    return false;
}

/* From an address that is there upwards, in strides that double; returns the first that is none. */
static uint32_t grow_up(struct areas *areas, struct probe *probe, uint32_t addr)
{
    uint32_t stride = 1;
    uint32_t at = addr + 1;
    while (at <= areas->last && !probe->over) {
        uint32_t count = stride < areas->last - at + 1 ? stride : areas->last - at + 1;
        if (areas->state[at] == AREA_THERE) {
            at++;
        } else if (count == 1 ? ask_one(areas, probe, at) : ask(areas, probe, at, count)) {
            at += count;
            stride = 2 * stride <= block_of(areas) ? 2 * stride : stride;
        } else if (count > 1) {
            stride = count / 2;
        } else {
            break;
        }
    }
    return at;
}

static void grow_down(struct areas *areas, struct probe *probe, uint32_t addr)
{
    uint32_t stride = 1;
    while (addr > areas->first && !probe->over) {
        uint32_t count = stride < addr - areas->first ? stride : addr - areas->first;
        if (areas->state[addr - 1] == AREA_THERE) {
            addr--;
        } else if (count == 1 ? ask_one(areas, probe, addr - 1) : ask(areas, probe, addr - count, count)) {
            addr -= count;
            stride = 2 * stride <= block_of(areas) ? 2 * stride : stride;
        } else if (count > 1) {
            stride = count / 2;
        } else {
            break;
        }
    }
}

/* An area, and the next ones while the holes between them are small. */
static void grow(struct areas *areas, struct probe *probe, uint32_t addr)
{
    grow_down(areas, probe, addr);
    uint32_t at = grow_up(areas, probe, addr);
    for (uint32_t hole = 0; hole < HOLE_MAX && at + hole <= areas->last && !probe->over; hole++) {
        if (ask_one(areas, probe, at + hole)) {
            at = grow_up(areas, probe, at + hole);
            hole = 0;
        }
    }
}

/* Where vendors let areas begin: low, even, and at round numbers of either base, as they count: from 0 or from 1. */
static bool is_sample(const struct areas *areas, uint32_t addr)
{
    bool round = addr % 50 == 0 || addr % 64 == 0 || addr % 100 <= 2 || addr % 100 == 99;
    if (mbp_table_is_bits(areas->table))
        return addr < 256 || (addr < 16384 && addr % 16 == 0) || round;
    return addr < 256 || (addr < 16384 && (addr % 2 == 0 || addr % 10 == 1 || addr % 10 == 9)) || round;
}

static void look_through(struct areas *areas, struct probe *probe, uint32_t addr, uint32_t count)
{
    for (uint32_t at = addr; at < addr + count && !probe->over && !areas->refused; at++) {
        if (areas->progress != NULL)
            areas->progress(areas->ctx, areas, at);
        if (areas->state[at] != AREA_UNKNOWN || (!areas->thorough && !is_sample(areas, at)))
            continue;
        if (ask_one(areas, probe, at))
            grow(areas, probe, at);
    }
}

void areas_find(struct areas *areas, struct probe *probe)
{
    for (uint32_t at = areas->first; at <= areas->last && !probe->over && !areas->refused;) {
        uint32_t block = block_of(areas);
        uint32_t count = block < areas->last - at + 1 ? block : areas->last - at + 1;
        if (areas->progress != NULL)
            areas->progress(areas->ctx, areas, at);
        if (!ask(areas, probe, at, count))
            look_through(areas, probe, at, count);
        at += count;
    }
}

/* The device's word on one address that it showed among others. */
static bool is_gap(const struct areas *areas, struct probe *probe, uint32_t addr)
{
    uint16_t word;
    return probe_read(probe, areas->table, addr, 1, &word) == MBP_EX_ILLEGAL_DATA_ADDRESS;
}

/* The middle of the next run of one word; AREAS_ADDRESSES = there is none. *from goes behind it. */
static uint32_t next_run(const struct areas *areas, uint32_t *from)
{
    for (uint32_t at = *from; at <= areas->last; at++) {
        uint32_t end = at;
        while (end <= areas->last && areas->state[end] == AREA_THERE && areas->words[end] == areas->words[at])
            end++;
        if (end - at >= GAP_MIN) {
            *from = end;
            return at + (end - at) / 2;
        }
        at = end > at ? end - 1 : at;
    }
    return AREAS_ADDRESSES;
}

int areas_find_gap(struct areas *areas, struct probe *probe)
{
    uint32_t from = areas->first;
    uint32_t at = AREAS_ADDRESSES;
    unsigned runs = 0;
    while (!mbp_table_is_bits(areas->table) && !probe->over && runs++ < GAP_RUNS_MAX) {
        at = next_run(areas, &from);
        if (at == AREAS_ADDRESSES)
            return -1;
        if (is_gap(areas, probe, at))
            break;
        at = AREAS_ADDRESSES;
    }
    if (at == AREAS_ADDRESSES)
        return -1;
    uint16_t gap = areas->words[at];
    for (uint32_t a = areas->first; a <= areas->last && !probe->over; a++) {
        if (areas->state[a] != AREA_THERE || areas->words[a] != gap || !is_gap(areas, probe, a))
            continue;
        areas->state[a] = AREA_ABSENT;
        areas->found--;
    }
    return gap;
}

/* A run may be longer than the device gives in one answer: then less is asked for. */
static bool read_run(struct areas *areas, struct probe *probe, uint32_t addr, uint32_t end)
{
    uint32_t stride = block_of(areas);
    while (addr < end && !probe->over) {
        uint32_t count = stride < end - addr ? stride : end - addr;
        if (ask(areas, probe, addr, count))
            addr += count;
        else if (count > 1)
            stride = count / 2;
        else
            addr++; /* it was there, and is not now: its last word stays */
    }
    return !probe->over;
}

bool areas_read_again(struct areas *areas, struct probe *probe)
{
    for (uint32_t at = areas->first; at <= areas->last; at++) {
        uint32_t end = at;
        while (end <= areas->last && areas->state[end] == AREA_THERE)
            end++;
        if (end > at && !read_run(areas, probe, at, end))
            return false;
        at = end > at ? end - 1 : at;
    }
    return true;
}
