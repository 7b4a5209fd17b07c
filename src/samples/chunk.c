/* A chunk's bytes. A change is a number of 7 bits a byte, lowest first (the highest bit says that more follow), then
 * the value. The number is the time since the one before in ms, times 2; its lowest bit says that the value is a double
 * (8 bytes, lowest first), else a float (4 bytes). */
#include <string.h>

#include "samples_priv.h"

static void put_bytes(struct samples_chunk *chunk, uint64_t bits, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        chunk->bytes[chunk->len++] = (uint8_t)(bits >> (8 * i));
}

static void put_number(struct samples_chunk *chunk, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        chunk->bytes[chunk->len++] = (uint8_t)(number | 0x80);
    chunk->bytes[chunk->len++] = (uint8_t)number;
}

bool samples_chunk_add(struct samples_chunk *chunk, uint64_t time_ms, double value)
{
    float narrow = (float)value;
    bool wide = (double)narrow != value;
    if (chunk->len == 0) {
        chunk->begin_ms = time_ms;
        chunk->last_ms = time_ms;
    }
    if (chunk->len + SAMPLES_ENTRY_MAX > sizeof chunk->bytes || time_ms < chunk->last_ms ||
        time_ms / SAMPLES_HOUR_MS != chunk->begin_ms / SAMPLES_HOUR_MS)
        return false;
    put_number(chunk, (time_ms - chunk->last_ms) << 1 | wide);
    uint64_t bits;
    uint32_t narrow_bits;
    memcpy(&bits, &value, sizeof value);
    memcpy(&narrow_bits, &narrow, sizeof narrow);
    put_bytes(chunk, wide ? bits : narrow_bits, wide ? sizeof value : sizeof narrow);
    chunk->last_ms = time_ms;
    return true;
}

static bool get_bytes(struct samples_reading *reading, unsigned count, uint64_t *bits)
{
    if (reading->len - reading->at < count)
        return false;
    *bits = 0;
    for (unsigned i = 0; i < count; i++)
        *bits |= (uint64_t)reading->bytes[reading->at++] << (8 * i);
    return true;
}

static bool get_number(struct samples_reading *reading, uint64_t *number)
{
    *number = 0;
    for (unsigned shift = 0; shift < 63 && reading->at < reading->len; shift += 7) {
        uint8_t byte = reading->bytes[reading->at++];
        *number |= (uint64_t)(byte & 0x7F) << shift;
        if ((byte & 0x80) == 0)
            return true;
    }
    return false;
}

bool samples_reading_next(struct samples_reading *reading)
{
    uint64_t number, bits;
    float narrow;
    if (reading->at == reading->len || !get_number(reading, &number))
        return false;
    bool wide = (number & 1) != 0;
    if (!get_bytes(reading, wide ? sizeof reading->value : sizeof narrow, &bits))
        return false;
    if (wide) {
        memcpy(&reading->value, &bits, sizeof reading->value);
    } else {
        uint32_t narrow_bits = (uint32_t)bits;
        memcpy(&narrow, &narrow_bits, sizeof narrow);
        reading->value = (double)narrow;
    }
    reading->time_ms = mbp_time_add_sat(reading->time_ms, number >> 1);
    return true;
}
