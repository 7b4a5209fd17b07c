/* Request -> response: the table of functions, and the ones that work on bits and registers. Each checks in the order
 * of its figure in V1.1b3 section 6: quantity, value and byte count (03), then the address span (02). */
#include <string.h>

#include "pdu_priv.h"

#define READ_BITS_MAX        2000u /* 0x7D0 */
#define READ_WORDS_MAX       125u  /* 0x7D */
#define WRITE_BITS_MAX       1968u /* 0x7B0 */
#define WRITE_WORDS_MAX      123u  /* 0x7B */
#define READ_WRITE_WORDS_MAX 121u  /* 0x79 */

/* 6.1 to 6.4 */
static enum mbp_status read_table(const struct mbp_pdu_context *context, const uint8_t *request, uint8_t *response,
                                  size_t *out_len, enum mbp_table table)
{
    const bool bits = table == MBP_COILS || table == MBP_DISCRETE_INPUTS;
    uint16_t addr = pdu_u16(request + 1);
    uint16_t count = pdu_u16(request + 3);
    if (count < 1 || count > (bits ? READ_BITS_MAX : READ_WORDS_MAX))
        return MBP_EX_ILLEGAL_DATA_VALUE;
    enum mbp_status status = mbp_image_may_read(context->unit, table, addr, count);
    if (status != MBP_OK)
        return status;
    size_t bytes = bits ? (count + 7u) / 8u : 2 * (size_t)count;
    response[1] = (uint8_t)bytes;
    if (bits)
        mbp_image_read_bits(context->unit, table, addr, count, response + 2);
    else
        mbp_image_read_words(context->unit, table, addr, count, response + 2);
    *out_len = 2 + bytes;
    return MBP_OK;
}

static enum mbp_status read_coils(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                  uint8_t *response, size_t *out_len)
{
    (void)len;
    return read_table(context, request, response, out_len, MBP_COILS);
}

static enum mbp_status read_discrete_inputs(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                            uint8_t *response, size_t *out_len)
{
    (void)len;
    return read_table(context, request, response, out_len, MBP_DISCRETE_INPUTS);
}

static enum mbp_status read_holding_registers(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                              uint8_t *response, size_t *out_len)
{
    (void)len;
    return read_table(context, request, response, out_len, MBP_HOLDING_REGISTERS);
}

static enum mbp_status read_input_registers(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                            uint8_t *response, size_t *out_len)
{
    (void)len;
    return read_table(context, request, response, out_len, MBP_INPUT_REGISTERS);
}

/* The response to a write: the first five bytes of its request. */
static enum mbp_status echo(enum mbp_status status, const uint8_t *request, uint8_t *response, size_t *out_len)
{
    if (status == MBP_OK) {
        memcpy(response + 1, request + 1, 4);
        *out_len = 5;
    }
    return status;
}

/* 6.5 */
static enum mbp_status write_single_coil(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                         uint8_t *response, size_t *out_len)
{
    (void)len;
    uint16_t value = pdu_u16(request + 3);
    if (value != 0x0000 && value != 0xFF00)
        return MBP_EX_ILLEGAL_DATA_VALUE;
    const uint8_t bit = value != 0;
    enum mbp_status status = mbp_image_write_bits(context->unit, pdu_u16(request + 1), 1, &bit, context->peer);
    return echo(status, request, response, out_len);
}

/* 6.6 */
static enum mbp_status write_single_register(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                             uint8_t *response, size_t *out_len)
{
    (void)len;
    enum mbp_status status = mbp_image_write_words(context->unit, pdu_u16(request + 1), 1, request + 3, context->peer);
    return echo(status, request, response, out_len);
}

/* 6.11 */
static enum mbp_status write_multiple_coils(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                            uint8_t *response, size_t *out_len)
{
    uint16_t count = pdu_u16(request + 3);
    size_t bytes = (count + 7u) / 8u;
    if (count < 1 || count > WRITE_BITS_MAX || request[5] != bytes || len != 6 + bytes)
        return MBP_EX_ILLEGAL_DATA_VALUE;
    enum mbp_status status =
        mbp_image_write_bits(context->unit, pdu_u16(request + 1), count, request + 6, context->peer);
    return echo(status, request, response, out_len);
}

/* 6.12 */
static enum mbp_status write_multiple_registers(const struct mbp_pdu_context *context, const uint8_t *request,
                                                size_t len, uint8_t *response, size_t *out_len)
{
    uint16_t count = pdu_u16(request + 3);
    size_t bytes = 2 * (size_t)count;
    if (count < 1 || count > WRITE_WORDS_MAX || request[5] != bytes || len != 6 + bytes)
        return MBP_EX_ILLEGAL_DATA_VALUE;
    enum mbp_status status =
        mbp_image_write_words(context->unit, pdu_u16(request + 1), count, request + 6, context->peer);
    return echo(status, request, response, out_len);
}

/* 6.16: (current AND and_mask) OR (or_mask AND NOT and_mask) */
static enum mbp_status mask_write_register(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                           uint8_t *response, size_t *out_len)
{
    uint16_t addr = pdu_u16(request + 1);
    uint16_t and_mask = pdu_u16(request + 3);
    uint16_t or_mask = pdu_u16(request + 5);
    uint8_t word[2] = {0, 0};
    if (mbp_image_may_write(context->unit, MBP_HOLDING_REGISTERS, addr, 1) == MBP_OK)
        mbp_image_read_words(context->unit, MBP_HOLDING_REGISTERS, addr, 1, word);
    pdu_put_u16(word, (pdu_u16(word) & and_mask) | (or_mask & (unsigned)~and_mask));
    enum mbp_status status = mbp_image_write_words(context->unit, addr, 1, word, context->peer);
    if (status == MBP_OK) {
        memcpy(response + 1, request + 1, len - 1);
        *out_len = len;
    }
    return status;
}

/* 6.17: the write comes before the read, and nothing is written when either span is wrong. */
static enum mbp_status read_write_registers(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                            uint8_t *response, size_t *out_len)
{
    uint16_t read_addr = pdu_u16(request + 1);
    uint16_t read_count = pdu_u16(request + 3);
    uint16_t write_count = pdu_u16(request + 7);
    size_t bytes = 2 * (size_t)write_count;
    if (read_count < 1 || read_count > READ_WORDS_MAX || write_count < 1 || write_count > READ_WRITE_WORDS_MAX ||
        request[9] != bytes || len != 10 + bytes)
        return MBP_EX_ILLEGAL_DATA_VALUE;
    enum mbp_status status = mbp_image_may_read(context->unit, MBP_HOLDING_REGISTERS, read_addr, read_count);
    if (status != MBP_OK)
        pdu_refuse(context, request, len, status);
    else
        status = mbp_image_write_words(context->unit, pdu_u16(request + 5), write_count, request + 10, context->peer);
    if (status != MBP_OK)
        return status;
    response[1] = (uint8_t)(2 * read_count);
    mbp_image_read_words(context->unit, MBP_HOLDING_REGISTERS, read_addr, read_count, response + 2);
    *out_len = 2 + 2 * (size_t)read_count;
    return MBP_OK;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

/* OPERATES: writes coils, which an operator may do too. */
enum function_flags { WRITES = 1, OPERATES = 2, SERIAL_LINE = 4 };

/* len_min and len_max bound the whole PDU; outside them the request does not fit its function: exception 03. */
static const struct {
    pdu_handler *handle;
    uint8_t len_min, len_max;
    uint8_t flags;
} functions[128] = {
    [1] = {read_coils, 5, 5, 0},
    [2] = {read_discrete_inputs, 5, 5, 0},
    [3] = {read_holding_registers, 5, 5, 0},
    [4] = {read_input_registers, 5, 5, 0},
    [5] = {write_single_coil, 5, 5, WRITES | OPERATES},
    [6] = {write_single_register, 5, 5, WRITES},
    [7] = {pdu_read_exception_status, 1, 1, SERIAL_LINE},
    [8] = {pdu_diagnostics, 3, 253, SERIAL_LINE},
    [11] = {pdu_comm_event_counter, 1, 1, SERIAL_LINE},
    [12] = {pdu_comm_event_log, 1, 1, SERIAL_LINE},
    [15] = {write_multiple_coils, 7, 253, WRITES | OPERATES},
    [16] = {write_multiple_registers, 8, 253, WRITES},
    [17] = {pdu_report_server_id, 1, 1, SERIAL_LINE},
    [20] = {pdu_read_file_record, 2, 253, 0},
    [21] = {pdu_write_file_record, 2, 253, WRITES},
    [22] = {mask_write_register, 7, 7, WRITES},
    [23] = {read_write_registers, 12, 253, WRITES},
    [24] = {pdu_read_fifo_queue, 3, 3, 0},
    [43] = {pdu_encapsulated_interface, 2, 253, 0},
};

bool mbp_pdu_writes(const uint8_t *request, size_t len)
{
    if (request[0] == 8)
        return pdu_diagnostics_write(request, len);
    return request[0] < 128 && (functions[request[0]].flags & WRITES) != 0;
}

/* V1.1b3 section 7, code 01: "not an allowable action for the server". */
static bool allowed(const struct mbp_pdu_context *context, const uint8_t *request, size_t len)
{
    if (context->allow == MBP_ALLOW_ALL)
        return true;
    if (context->allow == MBP_ALLOW_NONE)
        return false;
    bool operates = context->allow == MBP_ALLOW_OPERATE && (functions[request[0]].flags & OPERATES) != 0;
    return operates || !mbp_pdu_writes(request, len);
}

/* Where the writing functions carry what they would write: the address (of FC 21 the number of its first file) and the
 * first value. */
static const struct {
    uint8_t function, table, addr_at, value_at;
} written[] = {
    {5, MBP_COILS, 1, 3},
    {6, MBP_HOLDING_REGISTERS, 1, 3},
    {8, MBP_DIAGNOSTICS, 1, 3},
    {15, MBP_COILS, 1, 6},
    {16, MBP_HOLDING_REGISTERS, 1, 6},
    {21, MBP_FILES, 3, 9},
    {22, MBP_HOLDING_REGISTERS, 1, 5},
    {23, MBP_HOLDING_REGISTERS, 5, 10},
};

static uint16_t first_value(const uint8_t *request, size_t len, size_t at)
{
    if (request[0] == 15)
        return len > at ? request[at] & 1u : 0;
    uint16_t value = len >= at + 2 ? pdu_u16(request + at) : 0;
    return request[0] == 5 ? value != 0 : value;
}

void pdu_refuse(const struct mbp_pdu_context *context, const uint8_t *request, size_t len, enum mbp_status why)
{
    if (!mbp_pdu_writes(request, len))
        return;
    for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
        size_t at = written[i].addr_at;
        if (written[i].function != request[0])
            continue;
        mbp_image_refuse(context->unit, (enum mbp_table)written[i].table, len >= at + 2 ? pdu_u16(request + at) : 0,
                         first_value(request, len, written[i].value_at), why, context->peer);
    }
}

static enum mbp_status dispatch(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                uint8_t *response, size_t *out_len)
{
    uint8_t function = request[0];
    if (function >= 128 || functions[function].handle == NULL)
        return MBP_EX_ILLEGAL_FUNCTION;
    if ((functions[function].flags & SERIAL_LINE) != 0 && context->serial == NULL)
        return MBP_EX_ILLEGAL_FUNCTION;
    if (!allowed(context, request, len)) {
        pdu_refuse(context, request, len, MBP_EX_ILLEGAL_FUNCTION);
        return MBP_EX_ILLEGAL_FUNCTION;
    }
    if (len < functions[function].len_min || len > functions[function].len_max)
        return MBP_EX_ILLEGAL_DATA_VALUE;
    return functions[function].handle(context, request, len, response, out_len);
}

__attribute__((cold, noinline)) static enum mbp_status refuse_all(const struct mbp_pdu_context *context,
                                                                  const uint8_t *request, size_t len)
{
    enum mbp_status why = (enum mbp_status)context->instead;
    pdu_refuse(context, request, len, why);
    return why;
}

/* In Listen Only Mode nothing is executed but the restart that ends it (V1.1b3 6.8, sub-function 4). */
static bool ends_listen_only(const uint8_t *request, size_t len)
{
    return len == 5 && request[0] == 8 && pdu_u16(request + 1) == 1;
}

size_t mbp_pdu_respond(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                       uint8_t response[MBP_PDU_MAX])
{
    size_t out_len = 0;
    struct mbp_serial *serial = context->serial;
    bool mute = serial != NULL && *context->listen_only;
    if (serial != NULL)
        pdu_serial_received(serial, mute);
    enum mbp_status status = MBP_OK;
    if (context->instead != 0)
        status = refuse_all(context, request, len);
    else if (!mute || ends_listen_only(request, len))
        status = dispatch(context, request, len, response, &out_len);
    response[0] = request[0];
    if (status != MBP_OK) {
        response[0] = request[0] | 0x80u;
        response[1] = (uint8_t)status;
        out_len = 2;
    }
    if (mute)
        out_len = 0;
    if (serial != NULL)
        pdu_serial_sent(serial, *context->listen_only, request[0], status, out_len);
    return out_len;
}
