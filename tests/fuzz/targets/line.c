/* Fuzzes the frames of serial lines as a connection uses them: a stream in which what is no frame is discarded. The
 * first byte says which form, and whether the line is silent behind the bytes. What is taken for a frame is made again
 * and must be the same bytes: its check value is right. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/modbus.h"
#include "target.h"

static void require(int condition)
{
    if (!condition)
        abort();
}

static void check_rtu(const uint8_t *bytes, const struct mbp_frame *frame)
{
    uint8_t again[MBP_RTU_MAX];
    require(frame->len <= MBP_RTU_MAX && frame->pdu == bytes + 1 && frame->pdu_len + 3 == frame->len);
    require(frame->unit == bytes[0]);
    memcpy(again, bytes, frame->pdu_len + 1);
    require(mbp_rtu_seal(again, frame->pdu_len) == frame->len && memcmp(again, bytes, frame->len) == 0);
}

static void check_ascii(const uint8_t *bytes, const struct mbp_frame *frame)
{
    uint8_t again[MBP_ASCII_MAX];
    require(frame->len <= MBP_ASCII_MAX && frame->pdu_len >= 1 && frame->pdu_len <= MBP_PDU_MAX);
    again[0] = frame->unit;
    memcpy(again + 1, frame->pdu, frame->pdu_len);
    require(mbp_ascii_seal(again, frame->pdu_len) == frame->len);
    for (size_t i = 0; i < frame->len; i++)
        require(again[i] == toupper(bytes[i]));
}

/* Of a copy of exactly len bytes, so that reading behind them is found. */
static size_t step(const uint8_t *bytes, size_t len, unsigned form, bool quiet)
{
    uint8_t adu[MBP_ADU_MAX];
    uint8_t *exact = malloc(len + 1);
    struct mbp_frame frame;
    if (exact == NULL)
        abort();
    memcpy(exact + 1, bytes, len);
    if (form == 2)
        frame = mbp_ascii_parse(exact + 1, len, quiet, adu);
    else
        frame = (form == 0 ? mbp_rtu_parse : mbp_rtu_parse_reply)(exact + 1, len, quiet);
    require(frame.kind == MBP_FRAME_MORE || frame.kind == MBP_FRAME_REQUEST || frame.kind == MBP_FRAME_DISCARD);
    require(frame.kind == MBP_FRAME_MORE ? !quiet || len == 0 : frame.len > 0 && frame.len <= len);
    require(frame.kind != MBP_FRAME_MORE || len < (form == 2 ? MBP_ASCII_MAX : MBP_RTU_MAX)); /* it fits a connection */
    if (frame.kind == MBP_FRAME_REQUEST)
        (form == 2 ? check_ascii : check_rtu)(exact + 1, &frame);
    free(exact);
    return frame.kind == MBP_FRAME_MORE ? 0 : frame.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    unsigned form = data[0] % 3;
    bool quiet = (data[0] & 0x80u) != 0;
    for (size_t at = 1;;) {
        size_t taken = step(data + at, size - at, form, quiet);
        if (taken == 0)
            return 0;
        at += taken;
    }
}
