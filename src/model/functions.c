/* The table of functions, and what follows from a row. */
#include "mbplant/functions.h"

#include "mbplant/base.h"

#define FIELDS(...)                                                                                                    \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }
#define ASKS .request = FIELDS(MBP_PDU_ADDR, MBP_PDU_QUANTITY)
#define READS_BITS(table_name)                                                                                         \
    .len_min = 5, .len_max = 5, .table = (table_name), .read = {1, 3, 2000}, ASKS,                                     \
    .response = FIELDS(MBP_PDU_BYTES, MBP_PDU_BITS)
#define READS_WORDS(table_name)                                                                                        \
    .len_min = 5, .len_max = 5, .table = (table_name), .read = {1, 3, 125}, ASKS,                                      \
    .response = FIELDS(MBP_PDU_BYTES, MBP_PDU_WORDS)
#define BARE      .len_min = 1, .len_max = 1, .flags = MBP_FUNCTION_SERIAL_LINE, .table = MBP_FUNCTION_NO_TABLE
#define ECHO(...) .request = FIELDS(__VA_ARGS__), .response = FIELDS(__VA_ARGS__)

const struct mbp_function mbp_functions[128] = {
    [1] = {"Read Coils", READS_BITS(MBP_COILS)},
    [2] = {"Read Discrete Inputs", READS_BITS(MBP_DISCRETE_INPUTS)},
    [3] = {"Read Holding Registers", READS_WORDS(MBP_HOLDING_REGISTERS)},
    [4] = {"Read Input Registers", READS_WORDS(MBP_INPUT_REGISTERS)},
    [5] = {"Write Single Coil", 5, 5, MBP_FUNCTION_WRITES | MBP_FUNCTION_OPERATES, MBP_COILS, .write = {1, 0, 0},
           .value_at = 3, ECHO(MBP_PDU_ADDR, MBP_PDU_COIL)},
    [6] = {"Write Single Register", 5, 5, MBP_FUNCTION_WRITES, MBP_HOLDING_REGISTERS, .write = {1, 0, 0}, .value_at = 3,
           ECHO(MBP_PDU_ADDR, MBP_PDU_WORD)},
    [7] = {"Read Exception Status", BARE, .response = FIELDS(MBP_PDU_STATUS)},
    [8] = {"Diagnostics", 3, 253, MBP_FUNCTION_SERIAL_LINE | MBP_FUNCTION_HAS_SUB, MBP_DIAGNOSTICS, .value_at = 3,
           ECHO(MBP_PDU_SUBFUNCTION, MBP_PDU_DATA)},
    [11] = {"Get Comm Event Counter", BARE, .response = FIELDS(MBP_PDU_BUSY, MBP_PDU_EVENTS)},
    [12] = {"Get Comm Event Log", BARE,
            .response = FIELDS(MBP_PDU_BYTES, MBP_PDU_BUSY, MBP_PDU_EVENTS, MBP_PDU_MESSAGES, MBP_PDU_LOG)},
    [15] = {"Write Multiple Coils", 7, 253, MBP_FUNCTION_WRITES | MBP_FUNCTION_OPERATES, MBP_COILS,
            .write = {1, 3, 1968}, .bytes_at = 5, .value_at = 6,
            .request = FIELDS(MBP_PDU_ADDR, MBP_PDU_QUANTITY, MBP_PDU_BYTES, MBP_PDU_BITS),
            .response = FIELDS(MBP_PDU_ADDR, MBP_PDU_QUANTITY)},
    [16] = {"Write Multiple Registers", 8, 253, MBP_FUNCTION_WRITES, MBP_HOLDING_REGISTERS, .write = {1, 3, 123},
            .bytes_at = 5, .value_at = 6,
            .request = FIELDS(MBP_PDU_ADDR, MBP_PDU_QUANTITY, MBP_PDU_BYTES, MBP_PDU_WORDS),
            .response = FIELDS(MBP_PDU_ADDR, MBP_PDU_QUANTITY)},
    [17] = {"Report Server ID", BARE, .response = FIELDS(MBP_PDU_BYTES, MBP_PDU_SERVER_ID)},
    [20] = {"Read File Record", 2, 253, 0, MBP_FILES, .request = FIELDS(MBP_PDU_BYTES, MBP_PDU_FILES_ASKED),
            .response = FIELDS(MBP_PDU_BYTES, MBP_PDU_FILES_READ)},
    [21] = {"Write File Record", 2, 253, MBP_FUNCTION_WRITES, MBP_FILES, .value_at = 9,
            ECHO(MBP_PDU_BYTES, MBP_PDU_FILES_WRITTEN)},
    [22] = {"Mask Write Register", 7, 7, MBP_FUNCTION_WRITES, MBP_HOLDING_REGISTERS, .write = {1, 0, 0}, .value_at = 5,
            ECHO(MBP_PDU_ADDR, MBP_PDU_AND, MBP_PDU_OR)},
    [23] = {"Read/Write Multiple Registers", 12, 253, MBP_FUNCTION_WRITES, MBP_HOLDING_REGISTERS, .read = {1, 3, 125},
            .write = {5, 7, 121}, .bytes_at = 9, .value_at = 10,
            .request = FIELDS(MBP_PDU_READ_ADDR, MBP_PDU_QUANTITY, MBP_PDU_WRITE_ADDR, MBP_PDU_QUANTITY, MBP_PDU_BYTES,
                              MBP_PDU_WORDS),
            .response = FIELDS(MBP_PDU_BYTES, MBP_PDU_WORDS)},
    [24] = {"Read FIFO Queue", 3, 3, 0, MBP_HOLDING_REGISTERS, .read = {1, 0, 0}, .request = FIELDS(MBP_PDU_ADDR),
            .response = FIELDS(MBP_PDU_BYTES_16, MBP_PDU_FIFO_COUNT, MBP_PDU_WORDS)},
    [43] = {"Encapsulated Interface Transport", 2, 253, 0, MBP_FUNCTION_NO_TABLE,
            .request = FIELDS(MBP_PDU_MEI, MBP_PDU_ID_CODE, MBP_PDU_OBJECT),
            .response = FIELDS(MBP_PDU_MEI, MBP_PDU_ID_CODE, MBP_PDU_CONFORMITY, MBP_PDU_MORE_FOLLOWS,
                               MBP_PDU_NEXT_OBJECT, MBP_PDU_OBJECT_COUNT, MBP_PDU_OBJECTS)},
};

const struct mbp_function *mbp_function(uint8_t code)
{
    return &mbp_functions[code < 128 ? code : 0];
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

const char *mbp_function_name(uint8_t code)
{
    const char *name = mbp_function(code)->name;
    return name != NULL ? name : "unknown function";
}

bool mbp_exception_known(uint8_t exception)
{
    return exception >= 1 && exception <= 11 && exception != 9; /* section 7 has no 9 */
}

const char *mbp_exception_name(uint8_t exception)
{
    return mbp_exception_known(exception) ? mbp_status_text((enum mbp_status)exception) : "unknown exception";
}

const char *mbp_diagnostic_name(uint16_t sub_function)
{
    static const char *const names[] = {"Return Query Data",
                                        "Restart Communications Option",
                                        "Return Diagnostic Register",
                                        "Change ASCII Input Delimiter",
                                        "Force Listen Only Mode",
                                        [10] = "Clear Counters and Diagnostic Register",
                                        "Return Bus Message Count",
                                        "Return Bus Communication Error Count",
                                        "Return Bus Exception Error Count",
                                        "Return Server Message Count",
                                        "Return Server No Response Count",
                                        "Return Server NAK Count",
                                        "Return Server Busy Count",
                                        "Return Bus Character Overrun Count",
                                        [20] = "Clear Overrun Counter and Flag"};
    const char *name = sub_function < sizeof names / sizeof names[0] ? names[sub_function] : NULL;
    return name != NULL ? name : "reserved sub-function";
}

/* ---- fields ----------------------------------------------------------------------------------------------------- */

size_t mbp_pdu_field_len(enum mbp_pdu_field field)
{
    if (field >= MBP_PDU_BITS)
        return 0;
    switch ((int)field) {
    case MBP_PDU_BYTES:
    case MBP_PDU_STATUS:
    case MBP_PDU_MEI:
    case MBP_PDU_ID_CODE:
    case MBP_PDU_OBJECT:
    case MBP_PDU_CONFORMITY:
    case MBP_PDU_MORE_FOLLOWS:
    case MBP_PDU_NEXT_OBJECT:
    case MBP_PDU_OBJECT_COUNT:
        return 1;
    default:
        return 2;
    }
}

size_t mbp_function_length(const uint8_t fields[8], const uint8_t *pdu, size_t len)
{
    size_t at = 1;
    for (unsigned f = 0; f < 8 && fields[f] != MBP_PDU_END; f++) {
        size_t own = mbp_pdu_field_len((enum mbp_pdu_field)fields[f]);
        if (fields[f] == MBP_PDU_OBJECTS)
            return 0;
        bool counts = fields[f] == MBP_PDU_BYTES || fields[f] == MBP_PDU_BYTES_16;
        if (counts && len < at + own)
            return SIZE_MAX;
        if (counts)
            return at + own + (own == 1 ? pdu[at] : (size_t)pdu[at] << 8 | pdu[at + 1]);
        at += own != 0 ? own : 2;
    }
    return at;
}

/* ---- requests --------------------------------------------------------------------------------------------------- */

static unsigned u16_at(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

bool mbp_function_addresses(const struct mbp_function_span *span, const uint8_t *request, size_t len, uint32_t *first,
                            uint32_t *count)
{
    if (span->addr_at == 0 || len < span->addr_at + 2u)
        return false;
    *first = u16_at(request + span->addr_at);
    *count = span->count_at != 0 && len >= span->count_at + 2u ? u16_at(request + span->count_at) : 1;
    return true;
}

size_t mbp_function_data_len(const struct mbp_function *function, uint32_t count)
{
    bool bits = mbp_table_is_bits(function->table);
    return bits ? (count + 7u) / 8u : 2 * (size_t)count;
}

static bool count_is_good(const struct mbp_function_span *span, const uint8_t *request)
{
    unsigned count = span->count_at != 0 ? u16_at(request + span->count_at) : 1;
    return span->count_at == 0 || (count >= 1 && count <= span->count_max);
}

enum mbp_form_error mbp_function_check(const struct mbp_function *function, const uint8_t *request, size_t len)
{
    if (len < function->len_min || len > function->len_max)
        return MBP_FORM_LENGTH;
    if (!count_is_good(&function->read, request))
        return MBP_FORM_READ_COUNT;
    if (!count_is_good(&function->write, request))
        return MBP_FORM_WRITE_COUNT;
    if (function->bytes_at == 0 || function->write.count_at == 0)
        return MBP_FORM_GOOD;
    size_t bytes = mbp_function_data_len(function, u16_at(request + function->write.count_at));
    bool fits = request[function->bytes_at] == bytes && len == function->bytes_at + 1u + bytes;
    return fits ? MBP_FORM_GOOD : MBP_FORM_BYTE_COUNT;
}
