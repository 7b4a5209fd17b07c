/* Request -> response: the handlers of the functions, and the ones that work on bits and registers. Quantity, value and
 * byte count are checked first (03), by the function's row; then the address span (02): the order of the figures in
 * V1.1b3 section 6. */
#include <string.h>

#include "pdu_priv.h"

/* A device may serve fewer registers at a time than fit a PDU. */
static enum mbp_status may_read(const struct mbp_pdu_context *context, enum mbp_table table, uint16_t addr,
                                uint16_t count)
{
    uint16_t most = context->unit->unit->answer.max_read;
    bool words = table == MBP_HOLDING_REGISTERS || table == MBP_INPUT_REGISTERS;
    if (words && most != 0 && count > most)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    return mbp_image_may_read(context->unit, table, addr, count);
}

/* 6.1 to 6.4 */
static enum mbp_status read_table(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                  uint8_t *response, size_t *out_len)
{
    (void)len;
    const struct mbp_function *function = mbp_function(request[0]);
    const enum mbp_table table = (enum mbp_table)function->table;
    uint16_t addr = pdu_u16(request + 1);
    uint16_t count = pdu_u16(request + 3);
    enum mbp_status status = may_read(context, table, addr, count);
    if (status != MBP_OK)
        return status;
    size_t bytes = mbp_function_data_len(function, count);
    response[1] = (uint8_t)bytes;
    if (mbp_table_is_bits(table))
        mbp_image_read_bits(context->unit, table, addr, count, response + 2);
    else
        mbp_image_read_words(context->unit, table, addr, count, response + 2);
    *out_len = 2 + bytes;
    return MBP_OK;
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
    (void)len;
    enum mbp_status status =
        mbp_image_write_bits(context->unit, pdu_u16(request + 1), pdu_u16(request + 3), request + 6, context->peer);
    return echo(status, request, response, out_len);
}

/* 6.12 */
static enum mbp_status write_multiple_registers(const struct mbp_pdu_context *context, const uint8_t *request,
                                                size_t len, uint8_t *response, size_t *out_len)
{
    (void)len;
    enum mbp_status status =
        mbp_image_write_words(context->unit, pdu_u16(request + 1), pdu_u16(request + 3), request + 6, context->peer);
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
    enum mbp_status status = may_read(context, MBP_HOLDING_REGISTERS, read_addr, read_count);
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

#define HANDLER(code, name) [code] = pdu_##name,
static pdu_handler *const handlers[128] = {[1] = read_table,
                                           [2] = read_table,
                                           [3] = read_table,
                                           [4] = read_table,
                                           [5] = write_single_coil,
                                           [6] = write_single_register,
                                           [15] = write_multiple_coils,
                                           [16] = write_multiple_registers,
                                           [22] = mask_write_register,
                                           [23] = read_write_registers,
                                           PDU_HANDLERS(HANDLER)};

bool mbp_pdu_writes(const uint8_t *request, size_t len)
{
    if (request[0] == 8)
        return pdu_diagnostics_write(request, len);
    return (mbp_function(request[0])->flags & MBP_FUNCTION_WRITES) != 0;
}

static uint16_t first_value(const uint8_t *request, size_t len, size_t at)
{
    if (request[0] == 15)
        return len > at ? request[at] & 1u : 0;
    uint16_t value = len >= at + 2 ? pdu_u16(request + at) : 0;
    return request[0] == 5 ? value != 0 : value;
}

/* Where it stands: the address, of FC 21 the number of its first file, of FC 8 the sub-function. */
static size_t place_at(const struct mbp_function *function)
{
    if (function->write.addr_at != 0)
        return function->write.addr_at;
    return function->table == MBP_FILES ? 3 : 1;
}

void pdu_refuse(const struct mbp_pdu_context *context, const uint8_t *request, size_t len, enum mbp_status why)
{
    if (!mbp_pdu_writes(request, len) || (mbp_pdu_speaks(request, len) && pdu_hears(context)))
        return;
    const struct mbp_function *function = mbp_function(request[0]);
    size_t at = place_at(function);
    mbp_image_refuse(context->unit, (enum mbp_table)function->table, len >= at + 2 ? pdu_u16(request + at) : 0,
                     first_value(request, len, function->value_at), why, context->peer);
}

/* ---- access ------------------------------------------------------------------------------------------------------ */

/* What a request of good form writes: one deed, or of FC 21 one a group. */
struct deeds {
    const struct mbp_permit *permit;
    const uint8_t *request;
    size_t len, at; /* where the next one stands; 0 = none was looked at */
    struct mbp_image_deed deed;
    uint8_t words[2];
};

static bool next_file(struct deeds *deeds)
{
    size_t at = deeds->at != 0 ? deeds->at : 2;
    if (deeds->len - at < PDU_GROUP_LEN)
        return false;
    deeds->deed = (struct mbp_image_deed){.table = MBP_FILES, .addr = pdu_u16(deeds->request + at + 1), .count = 1};
    deeds->at = at + PDU_GROUP_LEN + 2 * (size_t)pdu_u16(deeds->request + at + 5);
    return deeds->at <= deeds->len;
}

/* What a request writes, of good form. words: room for one. */
static struct mbp_image_deed deed_of(const uint8_t *request, size_t len, const struct mbp_permit *permit,
                                     uint8_t words[2])
{
    const struct mbp_function *function = mbp_function(request[0]);
    struct mbp_image_deed deed = {.table = function->table, .bytes = words, .count = 1, .only = permit->only};
    uint32_t first = 0;
    uint32_t count = 1;
    deed.addr = pdu_u16(request + 1);
    if (function->table == MBP_DIAGNOSTICS)
        return deed;
    if (mbp_function_addresses(&function->write, request, len, &first, &count)) {
        deed.addr = (uint16_t)first;
        deed.count = (uint16_t)count;
    }
    if (function->bytes_at != 0)
        deed.bytes = request + function->value_at;
    else if (request[0] == 22) /* of what stands there nothing counts: a command word reads 0 */
        pdu_put_u16(words, pdu_u16(request + 5) & (unsigned)~pdu_u16(request + 3));
    else if (request[0] == 5)
        words[0] = pdu_u16(request + 3) != 0;
    else
        memcpy(words, request + 3, 2);
    return deed;
}

/* The next one into `deed`; false: there is none. */
static bool next_deed(struct deeds *deeds)
{
    if (mbp_function(deeds->request[0])->table == MBP_FILES)
        return next_file(deeds);
    if (deeds->at != 0)
        return false;
    deeds->deed = deed_of(deeds->request, deeds->len, deeds->permit, deeds->words);
    deeds->at = deeds->len;
    return true;
}

/* What most requests are: nothing else has to be looked at. */
static inline bool needs_no_look(const struct mbp_pdu_context *context, const uint8_t *request)
{
    const struct mbp_permit *permit = context->permit;
    if (permit->unlimited)
        return true;
    bool reads = (mbp_functions[request[0]].flags & MBP_FUNCTION_WRITES) == 0 && request[0] != 8;
    return reads && mbp_permit_allow(permit, context->unit->unit->id) != MBP_ALLOW_NONE;
}

static struct mbp_access_ask ask_of(const struct mbp_pdu_context *context, const uint8_t *request, size_t len)
{
    bool coils = (mbp_function(request[0])->flags & MBP_FUNCTION_OPERATES) != 0;
    return (struct mbp_access_ask){.unit = context->unit,
                                   .writes = mbp_pdu_writes(request, len),
                                   .operates = coils || mbp_pdu_speaks(request, len) || pdu_tells(request, len)};
}

/* By the rules, before anything else: whoever may not use a function learns nothing of its form. */
__attribute__((cold, noinline)) static bool is_admitted(const struct mbp_pdu_context *context, const uint8_t *request,
                                                        size_t len)
{
    const struct mbp_access_ask ask = ask_of(context, request, len);
    uint16_t at = 0;
    enum mbp_status status = mbp_access_check(context->permit, &ask, &at);
    if (status != MBP_OK)
        pdu_refuse(context, request, len, status);
    return status == MBP_OK;
}

/* Whether it depends on what is written. */
static bool is_by_role(const struct mbp_pdu_context *context, const uint8_t *request, size_t len)
{
    return context->permit->by_role && mbp_pdu_writes(request, len) && !mbp_pdu_speaks(request, len);
}

/* By what is written, of a request of good form. A refusal is noted where it belongs. */
__attribute__((cold, noinline)) static bool is_entitled(const struct mbp_pdu_context *context, const uint8_t *request,
                                                        size_t len)
{
    struct mbp_access_ask ask = ask_of(context, request, len);
    struct deeds deeds = {.permit = context->permit, .request = request, .len = len};
    enum mbp_status status = MBP_OK;
    uint16_t at = 0;
    if (!is_by_role(context, request, len))
        return true;
    ask.deed = &deeds.deed;
    while (status == MBP_OK && next_deed(&deeds))
        status = mbp_access_check(context->permit, &ask, &at);
    if (status != MBP_OK)
        mbp_image_refuse_deed(context->unit, &deeds.deed, at, status, context->peer);
    return status == MBP_OK;
}

enum mbp_right mbp_pdu_lacks(const struct mbp_pdu_context *context, const uint8_t *request, size_t len)
{
    struct deeds deeds = {.permit = context->permit, .request = request, .len = len};
    enum mbp_right right = MBP_RIGHT_COUNT;
    uint16_t at = 0;
    if (!is_by_role(context, request, len))
        return right;
    while (right == MBP_RIGHT_COUNT && next_deed(&deeds))
        right = mbp_image_lacks(context->unit, &deeds.deed, context->permit->missing, &at);
    return right;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

/* Files of its own are a device's; those of the plant are ours. */
static bool has_files(const struct mbp_unit *unit)
{
    return !unit->answer.no_files || unit->file_count > 0;
}

static enum mbp_status dispatch(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                uint8_t *response, size_t *out_len)
{
    uint8_t function = request[0];
    if (function >= 128 || handlers[function] == NULL)
        return MBP_EX_ILLEGAL_FUNCTION;
    if ((mbp_functions[function].flags & MBP_FUNCTION_SERIAL_LINE) != 0 && context->serial == NULL)
        return MBP_EX_ILLEGAL_FUNCTION;
    bool file = mbp_functions[function].table == MBP_FILES;
    if (!mbp_answers(&context->unit->unit->answer, function) || (file && !has_files(context->unit->unit))) {
        pdu_refuse(context, request, len, MBP_EX_ILLEGAL_FUNCTION);
        return MBP_EX_ILLEGAL_FUNCTION;
    }
    bool is_free = needs_no_look(context, request);
    if (!is_free && !is_admitted(context, request, len))
        return MBP_EX_ILLEGAL_FUNCTION;
    if (mbp_function_check(&mbp_functions[function], request, len) != MBP_FORM_GOOD)
        return MBP_EX_ILLEGAL_DATA_VALUE;
    if (!is_free && !is_entitled(context, request, len))
        return MBP_EX_ILLEGAL_FUNCTION;
    return handlers[function](context, request, len, response, out_len);
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
    struct mbp_pdu_context said; /* copied where something is said alone: most requests read */
    const struct mbp_pdu_context *of = context;
    if (context->visit != NULL && mbp_pdu_writes(request, len) && !mbp_pdu_speaks(request, len)) {
        said = *context;
        of = &said;
        status = pdu_say(&said);
    }
    if (context->instead != 0)
        status = refuse_all(of, request, len);
    else if (status == MBP_OK && (!mute || ends_listen_only(request, len)))
        status = dispatch(of, request, len, response, &out_len);
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
