/* FC 43: only MEI type 14, Read Device Identification (V1.1b3 6.21). */
#include <string.h>

#include "pdu_priv.h"

#define MEI_DEVICE_IDENTIFICATION 14
#define OBJECTS                   7u /* 0..2 basic, 3..6 regular */
#define BASIC_OBJECTS             3u
#define PRIVATE_END               256u /* 128..255 are private */
#define HEADER_LEN                7u   /* function, MEI, code, conformity, more, next, count */
#define INDIVIDUAL_TOO            0x80u

enum read_code { READ_BASIC = 1, READ_REGULAR = 2, READ_EXTENDED = 3, READ_ONE = 4 };

/* A unit's own objects come before the plant's. len 0 = it has none of that id. */
static const void *object_of(const struct mbp_pdu_context *context, unsigned id, size_t *len)
{
    const struct mbp_unit *unit = context->unit->unit;
    for (uint32_t i = 0; i < unit->object_count; i++) {
        if (unit->objects[i].id == id) {
            *len = unit->objects[i].len;
            return unit->objects[i].bytes;
        }
    }
    const char *text = id < OBJECTS ? context->identity->object[id] : NULL;
    *len = text != NULL ? strlen(text) : 0;
    return text;
}

static bool has_object(const struct mbp_pdu_context *context, unsigned id)
{
    size_t len;
    return object_of(context, id, &len) != NULL;
}

/* Basic objects there always are. */
static unsigned conformity_level(const struct mbp_pdu_context *context)
{
    unsigned level = READ_BASIC;
    for (unsigned id = BASIC_OBJECTS; id < PRIVATE_END; id++) {
        if (has_object(context, id))
            level = id < OBJECTS ? READ_REGULAR : READ_EXTENDED;
    }
    return level;
}

/* Appends an object; false when it does not fit any more. A value longer than a whole response is cut. */
static bool put_object(const struct mbp_pdu_context *context, unsigned id, uint8_t *response, size_t *used)
{
    size_t value_len;
    const void *value = object_of(context, id, &value_len);
    size_t most = MBP_PDU_MAX - HEADER_LEN - 2;
    if (value_len > most)
        value_len = most;
    if (*used + 2 + value_len > MBP_PDU_MAX)
        return false;
    response[*used] = (uint8_t)id;
    response[*used + 1] = (uint8_t)value_len;
    memcpy(response + *used + 2, value, value_len);
    *used += 2 + value_len;
    response[6]++;
    return true;
}

/* Behind the last object of what is asked for. Asked for more than it has, a device answers at its own level. */
static unsigned end_of(unsigned code, unsigned level)
{
    static const unsigned ends[] = {
        [READ_BASIC] = BASIC_OBJECTS, [READ_REGULAR] = OBJECTS, [READ_EXTENDED] = PRIVATE_END};
    return ends[code < level ? code : level];
}

static enum mbp_status read_device_identification(const struct mbp_pdu_context *context, unsigned code, unsigned first,
                                                  uint8_t *response, size_t *out_len)
{
    unsigned level = conformity_level(context);
    bool stream = code >= READ_BASIC && code <= READ_EXTENDED;
    unsigned end = stream ? end_of(code, level) : PRIVATE_END;
    bool known = first < end && has_object(context, first);
    if (!stream && !known)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    if (!stream && code != READ_ONE)
        return MBP_EX_ILLEGAL_DATA_VALUE;
    if (!known)
        first = 0; /* an unknown object restarts the stream */
    response[1] = MEI_DEVICE_IDENTIFICATION;
    response[2] = (uint8_t)code;
    response[3] = (uint8_t)(level | INDIVIDUAL_TOO);
    response[4] = 0x00;
    response[5] = 0x00;
    response[6] = 0;
    size_t used = HEADER_LEN;
    if (code == READ_ONE)
        end = first + 1;
    for (unsigned id = first; id < end; id++) {
        if (!has_object(context, id))
            continue;
        if (!put_object(context, id, response, &used)) {
            response[4] = 0xFF; /* more follows, from this object */
            response[5] = (uint8_t)id;
            break;
        }
    }
    *out_len = used;
    return MBP_OK;
}

enum mbp_status pdu_encapsulated_interface(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                           uint8_t *response, size_t *out_len)
{
    if (request[1] != MEI_DEVICE_IDENTIFICATION)
        return MBP_EX_ILLEGAL_FUNCTION;
    if (len != 4)
        return MBP_EX_ILLEGAL_DATA_VALUE;
    return read_device_identification(context, request[2], request[3], response, out_len);
}
