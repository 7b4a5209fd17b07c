/* The table of functions, and what follows from a row. */
#include "mbplant/functions.h"

#include "mbplant/base.h"

#define READS_BITS(table_name)  .len_min = 5, .len_max = 5, .table = (table_name), .read = {1, 3, 2000}
#define READS_WORDS(table_name) .len_min = 5, .len_max = 5, .table = (table_name), .read = {1, 3, 125}
#define BARE                    .len_min = 1, .len_max = 1, .flags = MBP_FUNCTION_SERIAL_LINE, .table = MBP_FUNCTION_NO_TABLE

const struct mbp_function mbp_functions[128] = {
    [1] = {"Read Coils", READS_BITS(MBP_COILS)},
    [2] = {"Read Discrete Inputs", READS_BITS(MBP_DISCRETE_INPUTS)},
    [3] = {"Read Holding Registers", READS_WORDS(MBP_HOLDING_REGISTERS)},
    [4] = {"Read Input Registers", READS_WORDS(MBP_INPUT_REGISTERS)},
    [5] = {"Write Single Coil", 5, 5, MBP_FUNCTION_WRITES | MBP_FUNCTION_OPERATES, MBP_COILS, .write = {1, 0, 0},
           .value_at = 3},
    [6] = {"Write Single Register", 5, 5, MBP_FUNCTION_WRITES, MBP_HOLDING_REGISTERS, .write = {1, 0, 0},
           .value_at = 3},
    [7] = {"Read Exception Status", BARE},
    [8] = {"Diagnostics", 3, 253, MBP_FUNCTION_SERIAL_LINE | MBP_FUNCTION_HAS_SUB, MBP_DIAGNOSTICS, .value_at = 3},
    [11] = {"Get Comm Event Counter", BARE},
    [12] = {"Get Comm Event Log", BARE},
    [15] = {"Write Multiple Coils", 7, 253, MBP_FUNCTION_WRITES | MBP_FUNCTION_OPERATES, MBP_COILS,
            .write = {1, 3, 1968}, .bytes_at = 5, .value_at = 6},
    [16] = {"Write Multiple Registers", 8, 253, MBP_FUNCTION_WRITES, MBP_HOLDING_REGISTERS, .write = {1, 3, 123},
            .bytes_at = 5, .value_at = 6},
    [17] = {"Report Server ID", BARE},
    [20] = {"Read File Record", 2, 253, 0, MBP_FILES},
    [21] = {"Write File Record", 2, 253, MBP_FUNCTION_WRITES, MBP_FILES, .value_at = 9},
    [22] = {"Mask Write Register", 7, 7, MBP_FUNCTION_WRITES, MBP_HOLDING_REGISTERS, .write = {1, 0, 0}, .value_at = 5},
    [23] = {"Read/Write Multiple Registers", 12, 253, MBP_FUNCTION_WRITES, MBP_HOLDING_REGISTERS, .read = {1, 3, 125},
            .write = {5, 7, 121}, .bytes_at = 9, .value_at = 10},
    [24] = {"Read FIFO Queue", 3, 3, 0, MBP_HOLDING_REGISTERS, .read = {1, 0, 0}},
    [43] = {"Encapsulated Interface Transport", 2, 253, 0, MBP_FUNCTION_NO_TABLE},
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

const char *mbp_exception_name(uint8_t exception)
{
    bool known = exception >= 1 && exception <= 11 && exception != 9; /* section 7 has no 9 */
    return known ? mbp_status_text((enum mbp_status)exception) : "unknown exception";
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
    bool bits = function->table == MBP_COILS || function->table == MBP_DISCRETE_INPUTS;
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
