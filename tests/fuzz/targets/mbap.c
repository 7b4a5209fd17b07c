/* Fuzzes mbp_mbap_parse as a connection uses it: frame after frame of a stream, and every shorter piece of each. The
 * oracle is the header's definition (Messaging Guide 3.1.3): transaction, protocol, length, unit, then the PDU. */
#include <stdlib.h>
#include <string.h>

#include "mbplant/modbus.h"
#include "target.h"

static void require(int condition)
{
    if (!condition)
        abort();
}

/* Parses a copy of exactly len bytes, so that reading behind them is found. */
static struct mbp_frame parse(const uint8_t *bytes, size_t len)
{
    uint8_t *exact = malloc(len + 1); /* 0 bytes need an address too */
    if (exact == NULL)
        abort();
    memcpy(exact + 1, bytes, len);
    struct mbp_frame frame = mbp_mbap_parse(exact + 1, len);
    if (frame.pdu != NULL) {
        require(frame.pdu == exact + 1 + MBP_MBAP_LEN);
        frame.pdu = bytes + MBP_MBAP_LEN;
    }
    free(exact);
    return frame;
}

static void check(const uint8_t *bytes, size_t len, const struct mbp_frame *frame)
{
    if (len < 6) {
        require(frame->kind == MBP_FRAME_MORE);
        return;
    }
    size_t length = bytes[4] * 256u + bytes[5];
    if (length < 2 || length > 254) {
        require(frame->kind == MBP_FRAME_CLOSE);
        return;
    }
    if (len < 6 + length) {
        require(frame->kind == MBP_FRAME_MORE);
        return;
    }
    require(frame->kind == (bytes[2] == 0 && bytes[3] == 0 ? MBP_FRAME_REQUEST : MBP_FRAME_DISCARD));
    require(frame->len == 6 + length);
    if (frame->kind == MBP_FRAME_REQUEST) {
        require(frame->transaction == bytes[0] * 256u + bytes[1]);
        require(frame->unit == bytes[6]);
        require(frame->pdu == bytes + 7 && frame->pdu_len == length - 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (;;) {
        struct mbp_frame frame = parse(data, size);
        check(data, size, &frame);
        size_t whole = frame.kind == MBP_FRAME_MORE || frame.kind == MBP_FRAME_CLOSE ? size : frame.len;
        for (size_t len = 0; len < whole && len < MBP_ADU_MAX; len++) {
            struct mbp_frame piece = parse(data, len);
            check(data, len, &piece);
        }
        if (frame.kind == MBP_FRAME_MORE || frame.kind == MBP_FRAME_CLOSE)
            return 0;
        data += frame.len;
        size -= frame.len;
    }
}
