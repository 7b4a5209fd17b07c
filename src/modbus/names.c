/* Function and exception codes in the specification's words (V1.1b3 sections 6 and 7). */
#include "mbplant/modbus.h"

const char *mbp_function_name(uint8_t function)
{
    switch (function) {
    case 1:
        return "Read Coils";
    case 2:
        return "Read Discrete Inputs";
    case 3:
        return "Read Holding Registers";
    case 4:
        return "Read Input Registers";
    case 5:
        return "Write Single Coil";
    case 6:
        return "Write Single Register";
    case 7:
        return "Read Exception Status";
    case 8:
        return "Diagnostics";
    case 11:
        return "Get Comm Event Counter";
    case 12:
        return "Get Comm Event Log";
    case 15:
        return "Write Multiple Coils";
    case 16:
        return "Write Multiple Registers";
    case 17:
        return "Report Server ID";
    case 20:
        return "Read File Record";
    case 21:
        return "Write File Record";
    case 22:
        return "Mask Write Register";
    case 23:
        return "Read/Write Multiple Registers";
    case 24:
        return "Read FIFO Queue";
    case 43:
        return "Encapsulated Interface Transport";
    default:
        return "unknown function";
    }
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
