/* Status codes in words. */
#include "mbplant/base.h"

const char *mbp_status_text(enum mbp_status status)
{
    switch (status) {
    case MBP_OK:
        return "ok";
    case MBP_EX_ILLEGAL_FUNCTION:
        return "illegal function";
    case MBP_EX_ILLEGAL_DATA_ADDRESS:
        return "illegal data address";
    case MBP_EX_ILLEGAL_DATA_VALUE:
        return "illegal data value";
    case MBP_EX_SERVER_DEVICE_FAILURE:
        return "server device failure";
    case MBP_EX_ACKNOWLEDGE:
        return "acknowledge";
    case MBP_EX_SERVER_DEVICE_BUSY:
        return "server device busy";
    case MBP_EX_NEGATIVE_ACKNOWLEDGE:
        return "negative acknowledge";
    case MBP_EX_MEMORY_PARITY_ERROR:
        return "memory parity error";
    case MBP_EX_GATEWAY_PATH_UNAVAILABLE:
        return "gateway path unavailable";
    case MBP_EX_GATEWAY_TARGET_FAILED:
        return "gateway target device failed to respond";
    case MBP_ERR_MEMORY:
        return "out of memory";
    case MBP_ERR_IO:
        return "the operating system refused";
    case MBP_ERR_FORMAT:
        return "not in the expected format";
    case MBP_ERR_RANGE:
        return "outside the allowed range";
    case MBP_ERR_MISSING:
        return "there is no such thing";
    case MBP_ERR_BUSY:
        return "held by another program";
    case MBP_ERR_CORRUPT:
        return "stored data is damaged";
    case MBP_ERR_NEWER:
        return "stored data is of a later version";
    case MBP_ERR_FULL:
        return "no room";
    }
    return "unknown status";
}
