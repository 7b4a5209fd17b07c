/* The functions that the specification gives to serial lines and many masters send over TCP all the same: FC 7, 8, 11,
 * 12 and 17 (V1.1b3 6.7-6.10, 6.13). */
#include <stdio.h>
#include <string.h>

#include "pdu_priv.h"

/* Bits of the event log's bytes (6.10). */
#define LOG_RECEIVED            0x80u
#define LOG_RECEIVED_LISTENING  0x20u
#define LOG_SENT                0x40u
#define LOG_SENT_READ_EXCEPTION 0x01u /* exception 1..3 */
#define LOG_SENT_ABORT          0x02u /* 4 */
#define LOG_SENT_BUSY           0x04u /* 5, 6 */
#define LOG_SENT_NAK            0x08u /* 7 */
#define LOG_SENT_LISTENING      0x20u
#define LOG_ENTERED_LISTEN_ONLY 0x04u
#define LOG_RESTART             0x00u

static void log_byte(struct mbp_serial *serial, unsigned byte)
{
    serial->log[serial->logged++ % sizeof serial->log] = (uint8_t)byte;
}

static size_t log_len(const struct mbp_serial *serial)
{
    return serial->logged < sizeof serial->log ? (size_t)serial->logged : sizeof serial->log;
}

/* These two stand in every request's way, so the bytes are computed and not chosen. */
void pdu_serial_received(struct mbp_serial *serial, bool listening)
{
    serial->bus_messages++;
    serial->server_messages = (uint16_t)(serial->server_messages + !listening); /* a listener only monitors */
    log_byte(serial, LOG_RECEIVED + listening * LOG_RECEIVED_LISTENING);
}

static unsigned log_bit_of(enum mbp_status status)
{
    if (status <= MBP_EX_ILLEGAL_DATA_VALUE)
        return LOG_SENT_READ_EXCEPTION;
    if (status == MBP_EX_SERVER_DEVICE_FAILURE)
        return LOG_SENT_ABORT;
    return status == MBP_EX_NEGATIVE_ACKNOWLEDGE ? LOG_SENT_NAK : LOG_SENT_BUSY;
}

void pdu_serial_sent(struct mbp_serial *serial, bool listening, uint8_t function, enum mbp_status status, size_t len)
{
    unsigned byte = LOG_SENT + listening * LOG_SENT_LISTENING;
    if (len == 0) { /* 6.10: this too is logged as sent */
        serial->no_responses++;
    } else if (status == MBP_OK) {
        /* Neither exceptions nor fetching the counter itself count (6.9). */
        if (function != 11)
            serial->event_count++;
    } else {
        serial->exceptions++;
        serial->naks = (uint16_t)(serial->naks + (status == MBP_EX_NEGATIVE_ACKNOWLEDGE));
        serial->busy = (uint16_t)(serial->busy + (status == MBP_EX_SERVER_DEVICE_BUSY));
        byte |= log_bit_of(status);
    }
    log_byte(serial, byte);
}

/* 6.7: eight outputs whose meaning is the device's: bit 0 a machine en_panne, 1 in maintenance, 2 an alarm active, 3
 * one unacknowledged. A unit of raw tables has none of these. */
enum mbp_status pdu_read_exception_status(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                          uint8_t *response, size_t *out_len)
{
    (void)request;
    (void)len;
    const struct mbp_image_unit *unit = context->unit;
    uint8_t status = 0;
    if (unit->unit->machine_count + unit->unit->sensor_count + unit->unit->actuator_count +
            unit->unit->controller_count >
        0)
        status = (uint8_t)((unit->input[3] != 0) | (unit->input[4] != 0) << 1 | (unit->input[6] != 0) << 2 |
                           (unit->input[7] != 0) << 3);
    response[1] = status;
    *out_len = 2;
    return MBP_OK;
}

static void clear_counters(struct mbp_serial *serial)
{
    serial->bus_messages = 0;
    serial->comm_errors = 0;
    serial->exceptions = 0;
    serial->server_messages = 0;
    serial->no_responses = 0;
    serial->naks = 0;
    serial->busy = 0;
    serial->event_count = 0;
}

static void restart(const struct mbp_pdu_context *context, bool clear_log)
{
    clear_counters(context->serial);
    if (clear_log)
        context->serial->logged = 0;
    *context->listen_only = false;
    log_byte(context->serial, LOG_RESTART);
}

/* The sub-functions that answer a number: 2 and 11..18. False: no such sub-function. */
static bool diagnostic_counter(const struct mbp_serial *serial, uint16_t sub_function, uint16_t *number)
{
    switch (sub_function) {
    case 2:  /* diagnostic register */
    case 18: /* character overruns: there are none */
        *number = 0;
        return true;
    case 12: /* TCP delivers no damaged frame, a line does */
        *number = serial->comm_errors;
        return true;
    case 11:
        *number = serial->bus_messages;
        return true;
    case 13:
        *number = serial->exceptions;
        return true;
    case 14:
        *number = serial->server_messages;
        return true;
    case 15:
        *number = serial->no_responses;
        return true;
    case 16:
        *number = serial->naks;
        return true;
    case 17:
        *number = serial->busy;
        return true;
    default:
        return false;
    }
}

enum diagnostics {
    RETURN_QUERY = 0,
    RESTART = 1,
    CHANGE_DELIMITER = 3,
    LISTEN_ONLY = 4,
    CLEAR_COUNTERS = 10,
    CLEAR_OVERRUN = 20
};

bool pdu_diagnostics_write(const uint8_t *request, size_t len)
{
    uint16_t sub_function = len >= 3 ? pdu_u16(request + 1) : 0;
    return sub_function == RESTART || sub_function == LISTEN_ONLY || sub_function == CLEAR_COUNTERS ||
           sub_function == CLEAR_OVERRUN;
}

static bool data_fits(uint16_t sub_function, uint16_t data)
{
    if (sub_function == CHANGE_DELIMITER)
        return (data & 0xFFu) == 0; /* the character stands in the high byte */
    return data == 0 || (sub_function == RESTART && data == 0xFF00);
}

/* What FC 8 does, beside counting. The delimiter is that of the ASCII lines' frames, and there is none here; nor are
 * there characters that overrun. */
static void carry_out(const struct mbp_pdu_context *context, uint16_t sub_function, uint16_t data)
{
    uint16_t before = context->serial->bus_messages;
    if (sub_function == RESTART) {
        restart(context, data == 0xFF00);
    } else if (sub_function == CLEAR_COUNTERS) {
        clear_counters(context->serial);
    } else if (sub_function == LISTEN_ONLY) {
        *context->listen_only = true;
        log_byte(context->serial, LOG_ENTERED_LISTEN_ONLY);
    }
    if (sub_function != LISTEN_ONLY && sub_function != CHANGE_DELIMITER)
        mbp_image_note_diagnostics(context->unit, sub_function, data, before, context->peer);
}

/* 6.8 */
enum mbp_status pdu_diagnostics(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                uint8_t *response, size_t *out_len)
{
    uint16_t sub_function = pdu_u16(request + 1);
    uint16_t number = 0;
    if (sub_function == RETURN_QUERY) { /* any number of words comes back */
        if (len < 5 || len % 2 == 0)
            return MBP_EX_ILLEGAL_DATA_VALUE;
        memcpy(response + 1, request + 1, len - 1);
        *out_len = len;
        return MBP_OK;
    }
    bool counter = diagnostic_counter(context->serial, sub_function, &number);
    bool acts = sub_function == CHANGE_DELIMITER || pdu_diagnostics_write(request, len);
    if (!counter && !acts)
        return MBP_EX_ILLEGAL_FUNCTION;
    if (len != 5)
        return MBP_EX_ILLEGAL_DATA_VALUE;
    uint16_t data = pdu_u16(request + 3);
    if (!data_fits(sub_function, data))
        return MBP_EX_ILLEGAL_DATA_VALUE;
    memcpy(response + 1, request + 1, 4);
    *out_len = sub_function == LISTEN_ONLY ? 0 : 5;
    if (counter)
        pdu_put_u16(response + 3, number);
    else
        carry_out(context, sub_function, data);
    return MBP_OK;
}

/* 6.9. The status word is 0: no program function is ever in progress. */
enum mbp_status pdu_comm_event_counter(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                       uint8_t *response, size_t *out_len)
{
    (void)request;
    (void)len;
    pdu_put_u16(response + 1, 0);
    pdu_put_u16(response + 3, context->serial->event_count);
    *out_len = 5;
    return MBP_OK;
}

/* 6.10: the log with its newest byte first. */
enum mbp_status pdu_comm_event_log(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                   uint8_t *response, size_t *out_len)
{
    (void)request;
    (void)len;
    const struct mbp_serial *serial = context->serial;
    const size_t events = log_len(serial);
    response[1] = (uint8_t)(6 + events);
    pdu_put_u16(response + 2, 0);
    pdu_put_u16(response + 4, serial->event_count);
    pdu_put_u16(response + 6, serial->bus_messages);
    for (size_t i = 0; i < events; i++)
        response[8 + i] = serial->log[(serial->logged - 1 - i) % sizeof serial->log];
    *out_len = 8 + events;
    return MBP_OK;
}

/* 6.13: the unit id as server id, running, then who it is in words. */
enum mbp_status pdu_report_server_id(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                     uint8_t *response, size_t *out_len)
{
    (void)request;
    (void)len;
    char text[MBP_PDU_MAX - 4 + 1]; /* what does not fit is cut */
    const char *const *object = context->identity->object;
    int written = snprintf(text, sizeof text, "%s %s %s", object[0], object[1], object[2]);
    size_t text_len = written < (int)sizeof text ? (size_t)written : sizeof text - 1;
    response[1] = (uint8_t)(2 + text_len);
    response[2] = context->unit->unit->id;
    response[3] = 0xFF;
    memcpy(response + 4, text, text_len);
    *out_len = 4 + text_len;
    return MBP_OK;
}
