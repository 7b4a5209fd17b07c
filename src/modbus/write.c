/* What a master sends to write a point: its words, and the request. */
#include <string.h>

#include "mbplant/modbus.h"

static void put_u16(uint8_t *bytes, unsigned number)
{
    bytes[0] = (uint8_t)(number >> 8);
    bytes[1] = (uint8_t)number;
}

uint16_t mbp_pdu_words_of_whole(const struct mbp_point *point, const struct mbp_whole *whole, uint16_t words[4])
{
    enum mbp_type type = (enum mbp_type)point->type;
    mbp_codec_put_bits(type, (enum mbp_order)point->order, mbp_codec_whole(type, whole->negative, whole->magnitude),
                       words);
    return (uint16_t)point->count;
}

uint16_t mbp_pdu_words_of(const struct mbp_image_unit *unit, const struct mbp_point *point, double value,
                          uint16_t words[4])
{
    const struct mbp_register reg = mbp_point_register(point);
    bool bit = point->table == MBP_COILS || point->type == MBP_BOOL;
    if (point->own != NULL && point->table == MBP_HOLDING_REGISTERS) { /* the rest of its register stays */
        memcpy(words, unit->holding + point->addr, point->count * sizeof words[0]);
        mbp_map_encode_own(point->own, value, true, words);
    } else if (bit) {
        words[0] = value != 0;
    } else {
        mbp_register_encode(&reg, value, words);
    }
    return bit ? 1 : (uint16_t)point->count;
}

size_t mbp_pdu_write(const struct mbp_answer *answer, enum mbp_table table, uint16_t addr, uint16_t count,
                     const uint16_t *words, uint8_t request[MBP_PDU_MAX])
{
    bool bits = table == MBP_COILS;
    size_t bytes = bits ? (count + 7u) / 8u : 2u * count;
    put_u16(request + 1, addr);
    request[0] = bits ? 5 : 6;
    if (count == 1 && mbp_answers(answer, request[0])) {
        put_u16(request + 3, bits ? (words[0] != 0 ? 0xFF00u : 0u) : words[0]);
        return 5;
    }
    request[0] = bits ? 15 : 16;
    put_u16(request + 3, count);
    request[5] = (uint8_t)bytes;
    memset(request + 6, 0, bytes);
    for (uint16_t i = 0; i < count; i++) {
        if (bits)
            request[6 + i / 8] |= (uint8_t)((words[i] != 0) << i % 8);
        else
            put_u16(request + 6 + (size_t)(2 * i), words[i]);
    }
    return 6 + bytes;
}
