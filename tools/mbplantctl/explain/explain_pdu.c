/* A PDU, field by field as its function's row lists them: what each field says. */
#include "explain/explain.h"

#include <string.h>

#include "french/french.h"
#include "slave/address.h"

#define EXCEPTION_BIT 0x80u

/* Groups of FC 20's request: 7 bytes, each beginning with reference type 6. */
static bool are_files_asked(const uint8_t *bytes, size_t len)
{
    return len > 0 && len % 7 == 0 && bytes[0] == 6;
}

/* Groups of its response: length, reference type 6, data. */
static bool are_files_read(const uint8_t *bytes, size_t len)
{
    size_t at = 0;
    while (at + 2 <= len && bytes[at + 1] == 6 && bytes[at] > 0)
        at += 1u + bytes[at];
    return len > 0 && at == len;
}

/* Whether data (after the function code) has the lengths that the fields ask for. */
static bool fits(const uint8_t *fields, const uint8_t *data, size_t len)
{
    size_t at = 0;
    for (; *fields != MBP_PDU_END; fields++) {
        enum mbp_pdu_field field = (enum mbp_pdu_field) * fields;
        size_t n = mbp_pdu_field_len(field);
        size_t left = len - at;
        if (field == MBP_PDU_FILES_ASKED)
            return are_files_asked(data + at, left);
        if (field == MBP_PDU_FILES_READ)
            return are_files_read(data + at, left);
        if (field == MBP_PDU_WORDS && left % 2 != 0)
            return false;
        if (n == 0)
            return true;
        if (left < n)
            return false;
        if (field == MBP_PDU_BYTES && (data[at] == 0 || data[at] != left - 1))
            return false;
        if (field == MBP_PDU_BYTES_16 && ((size_t)data[at] << 8 | data[at + 1]) != left - 2)
            return false;
        at += n;
    }
    return at == len;
}

/* ---- what each field says --------------------------------------------------------------------------------------- */

static void say_addr(struct explain *e, const char *which)
{
    char text[48];
    e->addr = (uint16_t)explain_peek16(e);
    e->has_addr = true;
    explain_field(e, 2, "%s %u: %s", ctl_tr(which), e->addr, ctl_address_text(e->table, e->addr, 1, text, sizeof text));
}

static void say_quantity(struct explain *e, uint8_t function, bool writing)
{
    char text[48];
    e->quantity = (uint16_t)explain_peek16(e);
    const struct mbp_function *row = mbp_function(function);
    unsigned max = writing || row->read.count_at == 0 ? row->write.count_max : row->read.count_max;
    explain_field(e, 2, "quantity %u: %s", e->quantity,
                  ctl_address_text(e->table, e->addr, e->quantity, text, sizeof text));
    if (e->quantity == 0 || e->quantity > max)
        explain_wrong(e, "the quantity must be 1..%u; a slave answers exception 03", max);
    else if (e->addr + e->quantity > 65536)
        explain_wrong(e, "the last address is beyond 65535; a slave answers exception 02");
}

static void say_coil(struct explain *e)
{
    unsigned value = explain_peek16(e);
    explain_field(e, 2, "value %04X: %s", value,
                  ctl_tr(value == 0xFF00 ? "on"
                         : value == 0    ? "off"
                                         : "neither on nor off"));
    if (value != 0xFF00 && value != 0)
        explain_wrong(e, "only FF00 (on) and 0000 (off) are allowed; a slave answers exception 03");
}

static void say_bits(struct explain *e, size_t n)
{
    size_t bits = e->has_addr ? e->quantity : 8 * n;
    for (size_t i = 0; i < n; i++) {
        char states[9] = "";
        size_t left = bits > 8 * i ? bits - 8 * i : 0;
        for (size_t b = 0; b < 8 && b < left; b++)
            states[b] = e->bytes[e->at] >> b & 1 ? '1' : '0';
        if (e->has_addr)
            explain_field(e, 1, "%s %u..: %s (lowest bit first)", ctl_table_short(e->table),
                          (unsigned)(e->addr + 8 * i), states);
        else
            explain_field(e, 1, "bits %zu..%zu: %s (lowest bit first; bit 0 is the first address asked)", 8 * i,
                          8 * i + 7, states);
    }
}

static void say_byte_count(struct explain *e, size_t len)
{
    size_t promised = len == 1 ? e->bytes[e->at] : explain_peek16(e);
    explain_field(e, len, "byte count %zu: so many bytes follow", promised);
    if (promised != e->len - e->at)
        explain_wrong(e, "%zu bytes follow; a slave answers exception 03", e->len - e->at);
}

/* V1.1b3 6.8 */
static void say_subfunction(struct explain *e)
{
    unsigned sub = explain_peek16(e);
    explain_field(e, 2, "sub-function %u: %s", sub, mbp_diagnostic_name((uint16_t)sub));
}

/* V1.1b3 6.21, figure 30 */
static void say_mei(struct explain *e)
{
    unsigned type = e->bytes[e->at];
    explain_field(e, 1, "MEI type %u%s", type, type == 14 ? ": Read Device Identification" : "");
    if (type != 14)
        explain_wrong(e, "only MEI type 14 is served here; a slave without that type answers exception 01");
}

static void say_id_code(struct explain *e)
{
    static const char *const names[] = {"unknown", "basic", "regular", "extended", "one object"};
    unsigned code = e->bytes[e->at];
    explain_field(e, 1, "access %u: %s", code, ctl_tr(names[code <= 4 ? code : 0]));
    if (code < 1 || code > 4)
        explain_wrong(e,
                      "the access must be 1..4 (basic, regular, extended, one object); a slave answers exception 03");
}

static void say_fixed(struct explain *e, enum mbp_pdu_field field, const char *what)
{
    if (mbp_pdu_field_len(field) == 1)
        explain_field(e, 1, "%s %u", ctl_tr(what), e->bytes[e->at]);
    else
        explain_field(e, 2, "%s %u = 0x%04X", ctl_tr(what), explain_peek16(e), explain_peek16(e));
}

static const char *const plain_names[] = {
    [MBP_PDU_WORD] = "value",
    [MBP_PDU_AND] = "AND mask",
    [MBP_PDU_OR] = "the register becomes (value AND AND-mask) OR (OR-mask AND NOT AND-mask); OR mask",
    [MBP_PDU_FIFO_COUNT] = "registers in the queue:",
    [MBP_PDU_STATUS] = "eight exception status bits:",
    [MBP_PDU_BUSY] = "status (0 = ready, FFFF = busy):",
    [MBP_PDU_EVENTS] = "event count",
    [MBP_PDU_MESSAGES] = "message count",
    [MBP_PDU_OBJECT] = "from object",
    [MBP_PDU_CONFORMITY] = "conformity level",
    [MBP_PDU_MORE_FOLLOWS] = "more follows (255 = yes):",
    [MBP_PDU_NEXT_OBJECT] = "next object to ask for:",
    [MBP_PDU_OBJECT_COUNT] = "objects in this response:",
};

/* Bytes to the end that the function itself gives a meaning. */
static void say_rest(struct explain *e, enum mbp_pdu_field field)
{
    size_t left = e->len - e->at;
    if (field == MBP_PDU_DATA && left == 2) {
        say_fixed(e, MBP_PDU_WORD, "data");
        return;
    }
    explain_field(e, left, "%zu bytes of %s", left,
                  ctl_tr(field == MBP_PDU_DATA  ? "data"
                         : field == MBP_PDU_LOG ? "events, the latest first"
                                                : "the device's own identification and its run indicator"));
}

/* Fields of which the name is all that there is to know. */
static bool say_by_name(struct explain *e, enum mbp_pdu_field field)
{
    static const struct {
        uint8_t field;
        void (*say)(struct explain *e);
    } rows[] = {{MBP_PDU_COIL, say_coil},
                {MBP_PDU_SUBFUNCTION, say_subfunction},
                {MBP_PDU_MEI, say_mei},
                {MBP_PDU_ID_CODE, say_id_code},
                {MBP_PDU_OBJECTS, explain_objects}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].field == field) {
            rows[i].say(e);
            return true;
        }
    }
    return false;
}

static void say_field(struct explain *e, enum mbp_pdu_field field, uint8_t function, bool writing)
{
    if (say_by_name(e, field))
        return;
    switch ((int)field) {
    case MBP_PDU_ADDR:
        say_addr(e, "first address");
        return;
    case MBP_PDU_READ_ADDR:
        say_addr(e, "read from address");
        return;
    case MBP_PDU_WRITE_ADDR:
        say_addr(e, "write from address");
        return;
    case MBP_PDU_QUANTITY:
        say_quantity(e, function, writing);
        return;
    case MBP_PDU_BYTES:
    case MBP_PDU_BYTES_16:
        say_byte_count(e, mbp_pdu_field_len(field));
        return;
    case MBP_PDU_BITS:
        say_bits(e, e->len - e->at);
        return;
    case MBP_PDU_WORDS:
        explain_words(e, e->len - e->at);
        return;
    case MBP_PDU_FILES_ASKED:
        explain_files(e, EXPLAIN_FILES_ASKED);
        return;
    case MBP_PDU_FILES_READ:
        explain_files(e, EXPLAIN_FILES_READ);
        return;
    case MBP_PDU_FILES_WRITTEN:
        explain_files(e, EXPLAIN_FILES_WRITTEN);
        return;
    case MBP_PDU_DATA:
    case MBP_PDU_LOG:
    case MBP_PDU_SERVER_ID:
        say_rest(e, field);
        return;
    default:
        say_fixed(e, field, plain_names[field]);
        return;
    }
}

static void say_fields(struct explain *e, uint8_t function, const uint8_t *fields)
{
    bool writing = false;
    for (; *fields != MBP_PDU_END; fields++) {
        enum mbp_pdu_field field = (enum mbp_pdu_field) * fields;
        size_t n = mbp_pdu_field_len(field);
        if (e->len - e->at < (n > 0 ? n : 0)) {
            explain_wrong(e, "the frame ends here: %zu more bytes belong to it", n - (e->len - e->at));
            e->at = e->len;
            return;
        }
        writing |= field == MBP_PDU_WRITE_ADDR;
        say_field(e, field, function, writing);
    }
    if (e->at < e->len) {
        size_t left = e->len - e->at;
        explain_field(e, left, "%zu bytes too many", left);
        explain_wrong(e, "the function has no such field; a slave answers exception 03");
    }
}

static void explain_exception(struct explain *e, uint8_t function)
{
    static const char *const hints[] = {[1] = "the slave does not know this function, or not from this peer",
                                        [2] = "an address that the slave does not have, or may not be written",
                                        [3] = "a quantity, byte count or value that the function does not allow",
                                        [4] = "the device could not do it: here, a value outside the allowed range",
                                        [6] = "ask again later",
                                        [11] = "no device with that unit id"};
    explain_field(e, 1, "function %u + 0x80: an exception to %s", function, mbp_function_name(function));
    if (e->at == e->len) {
        explain_wrong(e, "the exception code is missing");
        return;
    }
    uint8_t code = e->bytes[e->at];
    const char *hint = code < sizeof hints / sizeof hints[0] && hints[code] != NULL ? ctl_tr(hints[code]) : "";
    explain_field(e, 1, "exception %02X, %s%s%s", code, ctl_tr(mbp_exception_name(code)),
                  hint[0] != '\0' ? ctl_tr(": ") : "", hint);
    if (e->at < e->len)
        explain_wrong(e, "%zu bytes too many: an exception is two bytes", e->len - e->at);
}

static enum ctl_side guess_side(const struct explain *e, const struct mbp_function *row)
{
    const uint8_t *data = e->bytes + e->at + 1;
    size_t len = e->len - e->at - 1;
    bool request = fits(row->request, data, len);
    bool response = fits(row->response, data, len);
    return response && !request ? CTL_SIDE_RESPONSE : request && response ? CTL_SIDE_GUESS : CTL_SIDE_REQUEST;
}

bool explain_may_begin(uint8_t code)
{
    return mbp_function(code & (uint8_t)~EXCEPTION_BIT)->name != NULL;
}

void explain_pdu(struct explain *e, enum ctl_side side)
{
    if (e->at == e->len) {
        explain_wrong(e, "the frame ends before its function code");
        return;
    }
    uint8_t function = e->bytes[e->at];
    if ((function & EXCEPTION_BIT) != 0) {
        explain_exception(e, (uint8_t)(function & ~EXCEPTION_BIT));
        return;
    }
    const struct mbp_function *row = mbp_function(function);
    if (row->name == NULL) {
        explain_field(e, 1, "function %u: unknown; a slave answers exception 01", function);
        e->wrong = true;
        return;
    }
    e->table = (enum mbp_table)mbp_function(function)->table;
    if (side == CTL_SIDE_GUESS)
        side = guess_side(e, row);
    const char *name = mbp_function_name(function);
    bool echo = memcmp(row->request, row->response, sizeof row->request) == 0;
    if (side == CTL_SIDE_RESPONSE)
        explain_field(e, 1, "function %u: %s, the response", function, name);
    else if (side == CTL_SIDE_REQUEST)
        explain_field(e, 1, "function %u: %s, a request", function, name);
    else
        explain_field(
            e, 1, "function %u: %s, a request%s", function, name,
            ctl_tr(echo ? ", or its response, which repeats it" : " (a response could look like that: --response)"));
    say_fields(e, function, side == CTL_SIDE_RESPONSE ? row->response : row->request);
}
