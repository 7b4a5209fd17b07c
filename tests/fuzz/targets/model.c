/* See model.h. Section numbers are V1.1b3's. */
#include "model.h"

#include <string.h>

enum { ILLEGAL_FUNCTION = 1, ILLEGAL_ADDRESS = 2, ILLEGAL_VALUE = 3, DEVICE_FAILURE = 4 };

static uint16_t word_at(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] * 256u + bytes[1]);
}

static void put_word(uint8_t *bytes, uint16_t word)
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

bool model_knows(uint8_t function)
{
    return (function >= 1 && function <= 6) || function == 15 || function == 16 || (function >= 22 && function <= 24);
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
    uint16_t addr = word_at(request + 1);
    uint16_t count = word_at(request + 3);
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
    uint16_t addr = word_at(request + 1);
    uint16_t count = word_at(request + 3);
    if (len != 5 || count == 0 || count > 125)
        return ILLEGAL_VALUE;
    if (!all(model->declared[table], addr, count))
        return ILLEGAL_ADDRESS;
    data[0] = (uint8_t)(2 * count);
    for (uint16_t i = 0; i < count; i++)
        put_word(data + 1 + 2 * i, model->value[table][addr + i]);
    *used = 1u + data[0];
    return 0;
}

/* The words, if the unit takes them. */
static int store(struct model *model, uint16_t addr, uint16_t count, const uint8_t *bytes)
{
    if (!all(model->writable[MODEL_HOLDING], addr, count))
        return ILLEGAL_ADDRESS;
    for (uint16_t i = 0; i < count; i++) {
        uint16_t word = word_at(bytes + 2 * i);
        if (word < model->low[addr + i] || word > model->high[addr + i])
            return DEVICE_FAILURE;
    }
    for (uint16_t i = 0; i < count; i++)
        model->value[MODEL_HOLDING][addr + i] = word_at(bytes + 2 * i);
    return 0;
}

static int write_coil(struct model *model, const uint8_t *request, size_t len)
{
    uint16_t addr = word_at(request + 1);
    uint16_t value = word_at(request + 3);
    if (len != 5 || (value != 0 && value != 0xFF00))
        return ILLEGAL_VALUE;
    if (!all(model->writable[MODEL_COILS], addr, 1))
        return ILLEGAL_ADDRESS;
    model->value[MODEL_COILS][addr] = value != 0;
    return 0;
}

static int write_coils(struct model *model, const uint8_t *request, size_t len)
{
    uint16_t addr = word_at(request + 1);
    uint16_t count = word_at(request + 3);
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
    uint16_t count = word_at(request + 3);
    if (len < 6 || count == 0 || count > 123 || request[5] != 2 * count || len != 6 + 2u * count)
        return ILLEGAL_VALUE;
    return store(model, word_at(request + 1), count, request + 6);
}

static int mask_write(struct model *model, const uint8_t *request, size_t len)
{
    uint16_t addr = word_at(request + 1);
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
    uint16_t reads = word_at(request + 3);
    uint16_t writes = word_at(request + 7);
    if (len < 10 || reads == 0 || reads > 125 || writes == 0 || writes > 121 || request[9] != 2 * writes ||
        len != 10 + 2u * writes)
        return ILLEGAL_VALUE;
    if (!all(model->declared[MODEL_HOLDING], word_at(request + 1), reads))
        return ILLEGAL_ADDRESS;
    int refused = store(model, word_at(request + 5), writes, request + 10);
    if (refused != 0)
        return refused;
    return read_words(model, MODEL_HOLDING, request, 5, data, used); /* its first five bytes are those of FC 3 */
}

static int read_fifo(const struct model *model, const uint8_t *request, size_t len, uint8_t *data, size_t *used)
{
    if (len != 3)
        return ILLEGAL_VALUE;
    if (word_at(request + 1) != model->fifo_addr)
        return ILLEGAL_ADDRESS;
    put_word(data, (uint16_t)(2 + 2 * model->fifo_count));
    put_word(data + 2, model->fifo_count);
    for (uint16_t i = 0; i < model->fifo_count; i++)
        put_word(data + 4 + 2 * i, model->fifo[i]);
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
        return len != 5 ? ILLEGAL_VALUE : store(model, word_at(whole + 1), 1, whole + 3);
    case 15:
        return write_coils(model, whole, len);
    case 16:
        return write_words(model, whole, len);
    case 22:
        *used = 6;
        return mask_write(model, whole, len);
    case 23:
        return read_write(model, whole, len, data, used);
    case 24:
        return read_fifo(model, whole, len, data, used);
    default:
        return ILLEGAL_FUNCTION;
    }
}

size_t model_respond(struct model *model, const uint8_t *request, size_t len, uint8_t response[253])
{
    uint8_t whole[253] = {0};
    size_t used = 4; /* of an echo */
    memcpy(whole, request, len);
    memcpy(response, whole, 7);
    int refused = execute(model, whole, len, response + 1, &used);
    if (refused == 0)
        return 1 + used;
    response[0] = (uint8_t)(request[0] | 0x80u);
    response[1] = (uint8_t)refused;
    return 2;
}

/* ---- what holds for every response ------------------------------------------------------------------------------- */

static const char *object_to_files(const uint8_t *request, size_t len, const uint8_t *response, size_t response_len)
{
    if (request[0] == 21)
        return response_len == len && memcmp(request, response, len) == 0 ? NULL : "a file write is echoed (6.15)";
    size_t at = 2;
    for (size_t group = 2; group < len; group += 7) {
        size_t words = word_at(request + group + 5);
        if (at + 2 + 2 * words > response_len || response[at] != 1 + 2 * words || response[at + 1] != 6)
            return "a group of a file read does not match its request (6.14)";
        at += 2 + 2 * words;
    }
    return at == response_len && response[1] == response_len - 2 ? NULL : "a file read's length is wrong (6.14)";
}

static const char *object_to_identity(const uint8_t *request, const uint8_t *response, size_t response_len)
{
    if (response_len < 7 || response[1] != 14 || response[2] != request[2])
        return "an identification starts with what was asked (6.21)";
    bool more = response[4] == 0xFF;
    if ((!more && response[4] != 0) || (!more && response[5] != 0))
        return "more follows is 00 or FF, and next object 00 without more (6.21)";
    size_t at = 7;
    for (unsigned i = 0; i < response[6]; i++) {
        if (at + 2 > response_len)
            return "an identification lists fewer objects than it says (6.21)";
        at += 2u + response[at + 1];
    }
    return at == response_len ? NULL : "an identification's objects do not fill it (6.21)";
}

const char *model_object(const uint8_t *request, size_t len, const uint8_t *response, size_t response_len)
{
    uint8_t function = request[0];
    if (response_len == 0)
        return function == 8 ? NULL : "only a diagnostic may leave a request unanswered (6.8)";
    if (response_len > 253)
        return "a PDU never exceeds 253 bytes (4.1)";
    if (response[0] == (function | 0x80u)) {
        if (response_len != 2)
            return "an exception response has two bytes (7)";
        return response[1] >= 1 && response[1] <= 4 ? NULL : "an exception code that nothing here gives (7)";
    }
    if (response[0] != function)
        return "a response begins with the request's function code (4.2)";
    switch (function) {
    case 20:
    case 21:
        return object_to_files(request, len, response, response_len);
    case 43:
        return object_to_identity(request, response, response_len);
    case 7:
        return response_len == 2 ? NULL : "an exception status is one byte (6.7)";
    case 8:
        return response_len == len && memcmp(request, response, 3) == 0 ? NULL : "a diagnostic keeps its length (6.8)";
    case 11:
        return response_len == 5 ? NULL : "an event counter is two words (6.9)";
    case 12:
    case 17:
        return response_len >= 2 && response[1] == response_len - 2 ? NULL : "a byte count is wrong (6.10, 6.13)";
    default:
        return model_knows(function) ? NULL : "a function that does not exist was answered (7)";
    }
}
