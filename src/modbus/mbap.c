/* The MODBUS Application Protocol header: transaction u16, protocol u16 (0), length u16 (unit and PDU), unit u8. */
#include "mbplant/modbus.h"

#define LENGTH_MIN  2u   /* unit and function code */
#define LENGTH_MAX  254u /* unit and a PDU of 253: an ADU never exceeds 260 bytes (V1.1b3 4.1) */
#define BEFORE_UNIT 6u

static unsigned get_u16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

struct mbp_frame mbp_mbap_parse(const uint8_t *bytes, size_t len)
{
    struct mbp_frame frame = {.kind = MBP_FRAME_MORE};
    if (len < BEFORE_UNIT)
        return frame;
    unsigned length = get_u16(bytes + 4);
    if (length < LENGTH_MIN || length > LENGTH_MAX) {
        frame.kind = MBP_FRAME_CLOSE;
        return frame;
    }
    if (len < BEFORE_UNIT + length)
        return frame;
    frame.kind = get_u16(bytes + 2) == 0 ? MBP_FRAME_REQUEST : MBP_FRAME_DISCARD;
    frame.len = BEFORE_UNIT + length;
    frame.transaction = (uint16_t)get_u16(bytes);
    frame.unit = bytes[6];
    frame.pdu = bytes + MBP_MBAP_LEN;
    frame.pdu_len = length - 1;
    return frame;
}
