/* The PDU of each function as a list of fields (Application Protocol V1.1b3, section 6); what each field says. */
#include "explain/explain.h"

#include <string.h>

#include "slave/address.h"

#define FIELDS_MAX    7
#define EXCEPTION_BIT 0x80u

enum field {
    F_END,
    F_ADDR,
    F_READ_ADDR,
    F_WRITE_ADDR,
    F_QUANTITY,
    F_COIL,
    F_WORD,
    F_AND,
    F_OR,
    F_BYTES,
    F_BYTES_16,
    F_FIFO_COUNT,
    F_STATUS,
    F_BUSY,
    F_EVENTS,
    F_MESSAGES,
    F_SUBFUNCTION,
    F_MEI,
    F_ID_CODE,
    F_OBJECT,
    F_CONFORMITY,
    F_MORE_FOLLOWS,
    F_NEXT_OBJECT,
    F_OBJECT_COUNT,
    /* from here on: all the bytes that are left */
    F_BITS,
    F_WORDS,
    F_DATA,
    F_LOG,
    F_SERVER_ID,
    F_FILES_ASKED,
    F_FILES_READ,
    F_FILES_WRITTEN,
    F_OBJECTS
};

struct message {
    uint8_t function;
    uint8_t request[FIELDS_MAX], response[FIELDS_MAX + 1];
};

static const struct message messages[] = {
    {1, {F_ADDR, F_QUANTITY}, {F_BYTES, F_BITS}},
    {2, {F_ADDR, F_QUANTITY}, {F_BYTES, F_BITS}},
    {3, {F_ADDR, F_QUANTITY}, {F_BYTES, F_WORDS}},
    {4, {F_ADDR, F_QUANTITY}, {F_BYTES, F_WORDS}},
    {5, {F_ADDR, F_COIL}, {F_ADDR, F_COIL}},
    {6, {F_ADDR, F_WORD}, {F_ADDR, F_WORD}},
    {7, {F_END}, {F_STATUS}},
    {8, {F_SUBFUNCTION, F_DATA}, {F_SUBFUNCTION, F_DATA}},
    {11, {F_END}, {F_BUSY, F_EVENTS}},
    {12, {F_END}, {F_BYTES, F_BUSY, F_EVENTS, F_MESSAGES, F_LOG}},
    {15, {F_ADDR, F_QUANTITY, F_BYTES, F_BITS}, {F_ADDR, F_QUANTITY}},
    {16, {F_ADDR, F_QUANTITY, F_BYTES, F_WORDS}, {F_ADDR, F_QUANTITY}},
    {17, {F_END}, {F_BYTES, F_SERVER_ID}},
    {20, {F_BYTES, F_FILES_ASKED}, {F_BYTES, F_FILES_READ}},
    {21, {F_BYTES, F_FILES_WRITTEN}, {F_BYTES, F_FILES_WRITTEN}},
    {22, {F_ADDR, F_AND, F_OR}, {F_ADDR, F_AND, F_OR}},
    {23, {F_READ_ADDR, F_QUANTITY, F_WRITE_ADDR, F_QUANTITY, F_BYTES, F_WORDS}, {F_BYTES, F_WORDS}},
    {24, {F_ADDR}, {F_BYTES_16, F_FIFO_COUNT, F_WORDS}},
    {43,
     {F_MEI, F_ID_CODE, F_OBJECT},
     {F_MEI, F_ID_CODE, F_CONFORMITY, F_MORE_FOLLOWS, F_NEXT_OBJECT, F_OBJECT_COUNT, F_OBJECTS}},
};

static const struct message *find_message(uint8_t function)
{
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        if (messages[i].function == function)
            return &messages[i];
    }
    return NULL;
}

/* Bytes of a field that has a fixed size; 0 = all that are left. */
static size_t field_len(enum field field)
{
    if (field >= F_BITS)
        return 0;
    switch ((int)field) {
    case F_BYTES:
    case F_STATUS:
    case F_MEI:
    case F_ID_CODE:
    case F_OBJECT:
    case F_CONFORMITY:
    case F_MORE_FOLLOWS:
    case F_NEXT_OBJECT:
    case F_OBJECT_COUNT:
        return 1;
    default:
        return 2;
    }
}

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
    for (; *fields != F_END; fields++) {
        enum field field = (enum field) * fields;
        size_t n = field_len(field);
        size_t left = len - at;
        if (field == F_FILES_ASKED)
            return are_files_asked(data + at, left);
        if (field == F_FILES_READ)
            return are_files_read(data + at, left);
        if (field == F_WORDS && left % 2 != 0)
            return false;
        if (n == 0)
            return true;
        if (left < n)
            return false;
        if (field == F_BYTES && (data[at] == 0 || data[at] != left - 1))
            return false;
        if (field == F_BYTES_16 && ((size_t)data[at] << 8 | data[at + 1]) != left - 2)
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
    explain_field(e, 2, "%s %u: %s", which, e->addr, ctl_address_text(e->table, e->addr, 1, text, sizeof text));
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
    explain_field(e, 2, "value %04X: %s", value, value == 0xFF00 ? "on" : value == 0 ? "off" : "neither on nor off");
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
    explain_field(e, 1, "access %u: %s", code, names[code <= 4 ? code : 0]);
    if (code < 1 || code > 4)
        explain_wrong(e,
                      "the access must be 1..4 (basic, regular, extended, one object); a slave answers exception 03");
}

static void say_fixed(struct explain *e, enum field field, const char *what)
{
    if (field_len(field) == 1)
        explain_field(e, 1, "%s %u", what, e->bytes[e->at]);
    else
        explain_field(e, 2, "%s %u = 0x%04X", what, explain_peek16(e), explain_peek16(e));
}

static const char *const plain_names[] = {
    [F_WORD] = "value",
    [F_AND] = "AND mask",
    [F_OR] = "the register becomes (value AND AND-mask) OR (OR-mask AND NOT AND-mask); OR mask",
    [F_FIFO_COUNT] = "registers in the queue:",
    [F_STATUS] = "eight exception status bits:",
    [F_BUSY] = "status (0 = ready, FFFF = busy):",
    [F_EVENTS] = "event count",
    [F_MESSAGES] = "message count",
    [F_OBJECT] = "from object",
    [F_CONFORMITY] = "conformity level",
    [F_MORE_FOLLOWS] = "more follows (255 = yes):",
    [F_NEXT_OBJECT] = "next object to ask for:",
    [F_OBJECT_COUNT] = "objects in this response:",
};

/* Bytes to the end that the function itself gives a meaning. */
static void say_rest(struct explain *e, enum field field)
{
    size_t left = e->len - e->at;
    if (field == F_DATA && left == 2) {
        say_fixed(e, F_WORD, "data");
        return;
    }
    explain_field(e, left, "%zu bytes of %s", left,
                  field == F_DATA  ? "data"
                  : field == F_LOG ? "events, the latest first"
                                   : "the device's own identification and its run indicator");
}

/* Fields of which the name is all that there is to know. */
static bool say_by_name(struct explain *e, enum field field)
{
    static const struct {
        uint8_t field;
        void (*say)(struct explain *e);
    } rows[] = {{F_COIL, say_coil},
                {F_SUBFUNCTION, say_subfunction},
                {F_MEI, say_mei},
                {F_ID_CODE, say_id_code},
                {F_OBJECTS, explain_objects}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].field == field) {
            rows[i].say(e);
            return true;
        }
    }
    return false;
}

static void say_field(struct explain *e, enum field field, uint8_t function, bool writing)
{
    if (say_by_name(e, field))
        return;
    switch ((int)field) {
    case F_ADDR:
        say_addr(e, "first address");
        return;
    case F_READ_ADDR:
        say_addr(e, "read from address");
        return;
    case F_WRITE_ADDR:
        say_addr(e, "write from address");
        return;
    case F_QUANTITY:
        say_quantity(e, function, writing);
        return;
    case F_BYTES:
    case F_BYTES_16:
        say_byte_count(e, field_len(field));
        return;
    case F_BITS:
        say_bits(e, e->len - e->at);
        return;
    case F_WORDS:
        explain_words(e, e->len - e->at);
        return;
    case F_FILES_ASKED:
        explain_files(e, EXPLAIN_FILES_ASKED);
        return;
    case F_FILES_READ:
        explain_files(e, EXPLAIN_FILES_READ);
        return;
    case F_FILES_WRITTEN:
        explain_files(e, EXPLAIN_FILES_WRITTEN);
        return;
    case F_DATA:
    case F_LOG:
    case F_SERVER_ID:
        say_rest(e, field);
        return;
    default:
        say_fixed(e, field, plain_names[field]);
        return;
    }
}

static void say_fields(struct explain *e, const struct message *message, const uint8_t *fields)
{
    bool writing = false;
    for (; *fields != F_END; fields++) {
        enum field field = (enum field) * fields;
        size_t n = field_len(field);
        if (e->len - e->at < (n > 0 ? n : 0)) {
            explain_wrong(e, "the frame ends here: %zu more bytes belong to it", n - (e->len - e->at));
            e->at = e->len;
            return;
        }
        writing |= field == F_WRITE_ADDR;
        say_field(e, field, message->function, writing);
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
    explain_field(e, 1, "function %u + 80: an exception to %s", function, mbp_function_name(function));
    if (e->at == e->len) {
        explain_wrong(e, "the exception code is missing");
        return;
    }
    uint8_t code = e->bytes[e->at];
    const char *hint = code < sizeof hints / sizeof hints[0] && hints[code] != NULL ? hints[code] : "";
    explain_field(e, 1, "exception %02X, %s%s%s", code, mbp_exception_name(code), hint[0] != '\0' ? ": " : "", hint);
    if (e->at < e->len)
        explain_wrong(e, "%zu bytes too many: an exception is two bytes", e->len - e->at);
}

static enum ctl_side guess_side(const struct explain *e, const struct message *message)
{
    const uint8_t *data = e->bytes + e->at + 1;
    size_t len = e->len - e->at - 1;
    bool request = fits(message->request, data, len);
    bool response = fits(message->response, data, len);
    return response && !request ? CTL_SIDE_RESPONSE : request && response ? CTL_SIDE_GUESS : CTL_SIDE_REQUEST;
}

bool explain_may_begin(uint8_t code)
{
    return find_message(code & (uint8_t)~EXCEPTION_BIT) != NULL;
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
    const struct message *message = find_message(function);
    if (message == NULL) {
        explain_field(e, 1, "function %u: unknown; a slave answers exception 01", function);
        e->wrong = true;
        return;
    }
    e->table = (enum mbp_table)mbp_function(function)->table;
    if (side == CTL_SIDE_GUESS)
        side = guess_side(e, message);
    const char *name = mbp_function_name(function);
    bool echo = memcmp(message->request, message->response, FIELDS_MAX) == 0;
    if (side == CTL_SIDE_RESPONSE)
        explain_field(e, 1, "function %u: %s, the response", function, name);
    else if (side == CTL_SIDE_REQUEST)
        explain_field(e, 1, "function %u: %s, a request", function, name);
    else
        explain_field(e, 1, "function %u: %s, a request%s", function, name,
                      echo ? ", or its response, which repeats it" : " (a response could look like that: --response)");
    say_fields(e, message, side == CTL_SIDE_RESPONSE ? message->response : message->request);
}
