/* See model.h. Section numbers are V1.1b3's. */
#include "model.h"

#include <string.h>

#include "model_priv.h"

uint16_t model_word(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] * 256u + bytes[1]);
}

void model_put_word(uint8_t *bytes, unsigned word)
{
    bytes[0] = (uint8_t)(word / 256u);
    bytes[1] = (uint8_t)(word % 256u);
}

void model_declare(struct model *model, enum model_table table, uint16_t addr, uint16_t count, uint16_t first,
                   uint16_t step, bool writable)
{
    for (uint16_t i = 0; i < count; i++) {
        model->declared[table][addr + i] = true;
        model->writable[table][addr + i] = writable;
        model->value[table][addr + i] = (uint16_t)(first + i * step);
        if (table == MODEL_HOLDING) {
            model->low[addr + i] = 0;
            model->high[addr + i] = 0xFFFF;
        }
    }
}

static bool all(const bool *flags, uint32_t addr, uint32_t count)
{
    if (addr + count > MODEL_POINTS)
        return false;
    for (uint32_t i = addr; i < addr + count; i++) {
        if (!flags[i])
            return false;
    }
    return true;
}

/* ---- one function each: 0 or the exception; *used counts the response's bytes behind the function code ------------
 */

static int read_bits(const struct model *model, enum model_table table, const uint8_t *request, size_t len,
                     uint8_t *data, size_t *used)
{
    uint16_t addr = model_word(request + 1);
    uint16_t count = model_word(request + 3);
    if (len != 5 || count == 0 || count > 2000)
        return ILLEGAL_VALUE;
    if (!all(model->declared[table], addr, count))
        return ILLEGAL_ADDRESS;
    data[0] = (uint8_t)((count + 7) / 8);
    memset(data + 1, 0, data[0]);
    for (uint16_t i = 0; i < count; i++) {
        if (model->value[table][addr + i] != 0)
            data[1 + i / 8] = (uint8_t)(data[1 + i / 8] + (1u << (i % 8)));
    }
    *used = 1u + data[0];
    return 0;
}

static int read_words(const struct model *model, enum model_table table, const uint8_t *request, size_t len,
                      uint8_t *data, size_t *used)
{
    uint16_t addr = model_word(request + 1);
    uint16_t count = model_word(request + 3);
    if (len != 5 || count == 0 || count > 125)
        return ILLEGAL_VALUE;
    if (!all(model->declared[table], addr, count))
        return ILLEGAL_ADDRESS;
    data[0] = (uint8_t)(2 * count);
    for (uint16_t i = 0; i < count; i++)
        model_put_word(data + 1 + 2 * i, model->value[table][addr + i]);
    *used = 1u + data[0];
    return 0;
}

/* The words, if the unit takes them. */
static int store(struct model *model, uint16_t addr, uint16_t count, const uint8_t *bytes)
{
    if (!all(model->writable[MODEL_HOLDING], addr, count))
        return ILLEGAL_ADDRESS;
    for (uint16_t i = 0; i < count; i++) {
        uint16_t word = model_word(bytes + 2 * i);
        if (word < model->low[addr + i] || word > model->high[addr + i])
            return DEVICE_FAILURE;
    }
    for (uint16_t i = 0; i < count; i++)
        model->value[MODEL_HOLDING][addr + i] = model_word(bytes + 2 * i);
    return 0;
}

static int write_coil(struct model *model, const uint8_t *request, size_t len)
{
    uint16_t addr = model_word(request + 1);
    uint16_t value = model_word(request + 3);
    if (len != 5 || (value != 0 && value != 0xFF00))
        return ILLEGAL_VALUE;
    if (!all(model->writable[MODEL_COILS], addr, 1))
        return ILLEGAL_ADDRESS;
    model->value[MODEL_COILS][addr] = value != 0;
    return 0;
}

static int write_coils(struct model *model, const uint8_t *request, size_t len)
{
    uint16_t addr = model_word(request + 1);
    uint16_t count = model_word(request + 3);
    unsigned bytes = (count + 7u) / 8u;
    if (len < 6 || count == 0 || count > 1968 || request[5] != bytes || len != 6 + bytes)
        return ILLEGAL_VALUE;
    if (!all(model->writable[MODEL_COILS], addr, count))
        return ILLEGAL_ADDRESS;
    for (uint16_t i = 0; i < count; i++)
        model->value[MODEL_COILS][addr + i] = (request[6 + i / 8] & (1u << (i % 8))) != 0;
    return 0;
}

static int write_words(struct model *model, const uint8_t *request, size_t len)
{
    uint16_t count = model_word(request + 3);
    if (len < 6 || count == 0 || count > 123 || request[5] != 2 * count || len != 6 + 2u * count)
        return ILLEGAL_VALUE;
    return store(model, model_word(request + 1), count, request + 6);
}

static int mask_write(struct model *model, const uint8_t *request, size_t len)
{
    uint16_t addr = model_word(request + 1);
    uint8_t result[2];
    if (len != 7)
        return ILLEGAL_VALUE;
    if (!all(model->writable[MODEL_HOLDING], addr, 1))
        return ILLEGAL_ADDRESS;
    for (int i = 0; i < 2; i++) {
        uint8_t and_mask = request[3 + i];
        uint8_t or_mask = request[5 + i];
        uint16_t word = model->value[MODEL_HOLDING][addr];
        uint8_t now = (uint8_t)(i == 0 ? word / 256u : word % 256u);
        result[i] = (uint8_t)((now & and_mask) | (or_mask & (0xFF - and_mask)));
    }
    return store(model, addr, 1, result);
}

static int read_write(struct model *model, const uint8_t *request, size_t len, uint8_t *data, size_t *used)
{
    uint16_t reads = model_word(request + 3);
    uint16_t writes = model_word(request + 7);
    if (len < 10 || reads == 0 || reads > 125 || writes == 0 || writes > 121 || request[9] != 2 * writes ||
        len != 10 + 2u * writes)
        return ILLEGAL_VALUE;
    if (!all(model->declared[MODEL_HOLDING], model_word(request + 1), reads))
        return ILLEGAL_ADDRESS;
    int refused = store(model, model_word(request + 5), writes, request + 10);
    if (refused != 0)
        return refused;
    return read_words(model, MODEL_HOLDING, request, 5, data, used); /* its first five bytes are those of FC 3 */
}

static int read_fifo(const struct model *model, const uint8_t *request, size_t len, uint8_t *data, size_t *used)
{
    if (len != 3)
        return ILLEGAL_VALUE;
    if (model_word(request + 1) != model->fifo_addr)
        return ILLEGAL_ADDRESS;
    model_put_word(data, (uint16_t)(2 + 2 * model->fifo_count));
    model_put_word(data + 2, model->fifo_count);
    for (uint16_t i = 0; i < model->fifo_count; i++)
        model_put_word(data + 4 + 2 * i, model->fifo[i]);
    *used = 4 + 2u * model->fifo_count;
    return 0;
}

/* 0 or the exception; *used as above. `whole` is the request with zeros behind it, so that a short one can be read to
 * the end before its length is judged. */
static int execute(struct model *model, const uint8_t *whole, size_t len, uint8_t *data, size_t *used)
{
    switch (whole[0]) {
    case 1:
        return read_bits(model, MODEL_COILS, whole, len, data, used);
    case 2:
        return read_bits(model, MODEL_DISCRETE, whole, len, data, used);
    case 3:
        return read_words(model, MODEL_HOLDING, whole, len, data, used);
    case 4:
        return read_words(model, MODEL_INPUT, whole, len, data, used);
    case 5:
        return write_coil(model, whole, len);
    case 6:
        return len != 5 ? ILLEGAL_VALUE : store(model, model_word(whole + 1), 1, whole + 3);
    case 7:
    case 8:
    case 11:
    case 12:
    case 17:
        return model_serial(model, whole, len, data, used);
    case 15:
        return write_coils(model, whole, len);
    case 16:
        return write_words(model, whole, len);
    case 20:
        return model_read_files(model, whole, len, data, used);
    case 21:
        return model_write_files(model, whole, len, used);
    case 22:
        *used = 6;
        return mask_write(model, whole, len);
    case 23:
        return read_write(model, whole, len, data, used);
    case 24:
        return read_fifo(model, whole, len, data, used);
    case 43:
        return model_identify(model, whole, len, data, used);
    default:
        return ILLEGAL_FUNCTION;
    }
}

static bool forbidden(const struct model *model, uint8_t function)
{
    bool coils = function == 5 || function == 15;
    bool words = function == 6 || function == 16 || (function >= 21 && function <= 23);
    return (words && !model->may_write_words) || (coils && !model->may_write_coils);
}

/* The length of the response, listening or not. */
static size_t respond(struct model *model, const uint8_t *request, size_t len, uint8_t response[253])
{
    uint8_t whole[MODEL_WHOLE] = {0};
    size_t used = 4; /* of an echo */
    memcpy(whole, request, len);
    memcpy(response, whole, 253);
    int refused = forbidden(model, whole[0]) ? ILLEGAL_FUNCTION : execute(model, whole, len, response + 1, &used);
    if (refused == 0)
        return used == MODEL_SILENCE ? 0 : 1 + used;
    response[0] = (uint8_t)(request[0] | 0x80u);
    response[1] = (uint8_t)refused;
    return 2;
}

size_t model_respond(struct model *model, const uint8_t *request, size_t len, uint8_t response[253])
{
    if (!model->serial_on)
        return respond(model, request, len, response);
    bool listening = model_received(model);
    size_t out = 0;
    if (!listening || model_is_restart(request, len))
        out = respond(model, request, len, response);
    if (listening)
        out = 0;
    model_sent(model, response, out);
    return out;
}
