/* explain HEX: the verb, the hexadecimal text, and the frame around the PDU. */
#include "explain/explain.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

#define FRAME_MAX     512u
#define BYTES_A_LINE  4u
#define RTU_LEN_MIN   4u
#define ASCII_LEN_MIN 3u
#define ASCII_MAX     256u

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

enum mbp_status ctl_hex_parse(const char *const *words, int count, uint8_t *bytes, size_t size, size_t *len, char *why,
                              size_t why_size)
{
    size_t used = 0;
    for (int w = 0; w < count; w++) {
        const char *p = words[w];
        while (*p != '\0') {
            if (strchr(" \t\r\n:,;-[]<>", *p) != NULL) {
                p++;
            } else if ((p[0] == '0' || p[0] == '\\') && (p[1] == 'x' || p[1] == 'X')) {
                p += 2;
            } else if (hex_digit(p[0]) < 0 || hex_digit(p[1]) < 0) {
                snprintf(why, why_size, ctl_tr("'%.8s' is not two hexadecimal digits a byte, like 00 01 00 00 00 06"),
                         p);
                return MBP_ERR_FORMAT;
            } else if (used == size) {
                snprintf(why, why_size, ctl_tr("more than %zu bytes: a Modbus frame has at most 260"), size);
                return MBP_ERR_FULL;
            } else {
                bytes[used++] = (uint8_t)(hex_digit(p[0]) << 4 | hex_digit(p[1]));
                p += 2;
            }
        }
    }
    *len = used;
    return MBP_OK;
}

void explain_field(struct explain *e, size_t n, const char *format, ...)
{
    size_t left = e->len - e->at;
    size_t taken = n < left ? n : left;
    size_t shown = taken < BYTES_A_LINE ? taken : BYTES_A_LINE;
    char hex[3 * BYTES_A_LINE + 4] = "";
    for (size_t i = 0; i < shown; i++)
        snprintf(hex + 3 * i, sizeof hex - 3 * i, "%02X ", e->bytes[e->at + i]);
    if (taken > shown)
        snprintf(hex + 3 * shown, sizeof hex - 3 * shown, "..");
    fprintf(e->out, "  %-15s ", hex);
    va_list args;
    va_start(args, format);
    mbp_text_vprint(e->out, ctl_tr(format), args);
    va_end(args);
    putc('\n', e->out);
    e->at += taken;
}

void explain_note(struct explain *e, const char *format, ...)
{
    fprintf(e->out, "  %-15s ", "");
    va_list args;
    va_start(args, format);
    mbp_text_vprint(e->out, ctl_tr(format), args);
    va_end(args);
    putc('\n', e->out);
}

void explain_wrong(struct explain *e, const char *format, ...)
{
    e->wrong = true;
    fprintf(e->out, "  %-15s %s", "", ctl_tr("WRONG: "));
    va_list args;
    va_start(args, format);
    mbp_text_vprint(e->out, ctl_tr(format), args);
    va_end(args);
    putc('\n', e->out);
}

unsigned explain_peek16(const struct explain *e)
{
    return e->at + 2 <= e->len ? (unsigned)e->bytes[e->at] << 8 | e->bytes[e->at + 1] : 0;
}

static bool is_rtu(const uint8_t *bytes, size_t len)
{
    return len >= RTU_LEN_MIN && mbp_crc16(bytes, len - 2) == (bytes[len - 2] | bytes[len - 1] << 8);
}

/* A protocol id of 0 and a length that fits a frame, or one of them where no PDU can begin. */
static bool is_tcp(const uint8_t *bytes, size_t len)
{
    if (len < MBP_MBAP_LEN)
        return false;
    const bool modbus = bytes[2] == 0 && bytes[3] == 0;
    const size_t length = (size_t)bytes[4] << 8 | bytes[5];
    if (modbus && mbp_mbap_parse(bytes, len).kind != MBP_FRAME_CLOSE)
        return true;
    return (modbus || length == len - 6) && !explain_may_begin(bytes[0]);
}

static void explain_unit(struct explain *e)
{
    unsigned unit = e->bytes[e->at];
    if (unit == 0 || unit == 255)
        explain_field(e, 1, "unit id %u: the device itself (no gateway behind it)", unit);
    else
        explain_field(e, 1, "unit id %u", unit);
}

static void explain_tcp(struct explain *e, enum ctl_side side)
{
    size_t whole = e->len;
    fprintf(e->out, ctl_tr("Modbus TCP frame, %zu bytes\n"), whole);
    explain_field(e, 2, "transaction id %u: the response carries the same number", explain_peek16(e));
    unsigned protocol = explain_peek16(e);
    explain_field(e, 2, "protocol id %u%s", protocol, protocol == 0 ? ctl_tr(": Modbus") : "");
    if (protocol != 0)
        explain_wrong(e, "Modbus is 0; a slave discards the frame without an answer");
    unsigned length = explain_peek16(e);
    explain_field(e, 2, "length %u: so many bytes follow (unit id and PDU)", length);
    size_t end = 6 + (size_t)length;
    const bool possible = length >= 2 && length <= 1 + MBP_PDU_MAX;
    if (!possible) {
        explain_wrong(e, "it must be 2..%u; a slave closes the connection", 1 + MBP_PDU_MAX);
        end = whole;
    } else if (whole < end)
        explain_wrong(e, "only %zu bytes follow: the frame is cut off", whole - 6);
    else
        e->len = end;
    explain_unit(e);
    explain_pdu(e, side);
    e->len = whole;
    if (whole > end)
        fprintf(e->out, ctl_tr("  then %zu more bytes of the stream: explain them as a frame of their own\n"),
                whole - end);
}

static void explain_rtu(struct explain *e, enum ctl_side side)
{
    fprintf(e->out, ctl_tr("Modbus RTU frame, %zu bytes (its CRC fits)\n"), e->len);
    explain_unit(e);
    e->len -= 2;
    explain_pdu(e, side);
    e->len += 2;
    e->at = e->len - 2;
    explain_field(e, 2, "CRC-16, low byte first: right");
}

/* ":", two digits a byte, the check value, CR LF (Modbus over Serial Line V1.02, 2.5.2). */
static void explain_ascii(struct explain *e, enum ctl_side side)
{
    uint8_t sum = 0;
    fprintf(e->out, ctl_tr("Modbus ASCII frame, %zu bytes behind its colon\n"), e->len);
    for (size_t i = 0; i < e->len; i++)
        sum = (uint8_t)(sum + e->bytes[i]);
    if (e->len < ASCII_LEN_MIN) {
        explain_wrong(e, "a frame has a unit id, a function and a check value at least");
        return;
    }
    explain_unit(e);
    e->len--;
    explain_pdu(e, side);
    e->len++;
    e->at = e->len - 1;
    uint8_t right = (uint8_t)(e->bytes[e->at] - sum);
    explain_field(e, 1, "LRC%s", sum == 0 ? ctl_tr(": right") : "");
    if (sum != 0)
        explain_wrong(e, "it is %02X for these bytes; a slave does not answer", right);
}

/* The characters of an ASCII frame as the bytes that they stand for: a colon, then digits; false = they are none. */
static bool from_ascii(const uint8_t *bytes, size_t len, uint8_t out[ASCII_MAX], size_t *out_len)
{
    *out_len = 0;
    while (len > 0 && (bytes[len - 1] == '\r' || bytes[len - 1] == '\n'))
        len--;
    if (len < 3 || len % 2 == 0 || bytes[0] != ':' || len / 2 > ASCII_MAX)
        return false;
    for (size_t i = 1; i < len; i += 2) {
        int high = hex_digit((char)bytes[i]);
        int low = hex_digit((char)bytes[i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[(*out_len)++] = (uint8_t)(high << 4 | low);
    }
    return true;
}

enum mbp_status ctl_explain(const uint8_t *bytes, size_t len, enum ctl_side side, FILE *out)
{
    struct explain e = {.out = out, .bytes = bytes, .len = len, .table = MBP_TABLE_COUNT};
    if (len == 0) {
        fputs(ctl_tr("no bytes\n"), out);
        return MBP_ERR_FORMAT;
    }
    uint8_t ascii[ASCII_MAX];
    size_t ascii_len;
    if (from_ascii(bytes, len, ascii, &ascii_len)) {
        e.bytes = ascii;
        e.len = ascii_len;
        explain_ascii(&e, side);
        return e.wrong ? MBP_ERR_FORMAT : MBP_OK;
    }
    /* The CRC first: it fits by chance once in 65,536 frames, and RTU requests that begin like a TCP header are many.
     */
    if (is_rtu(bytes, len)) {
        explain_rtu(&e, side);
    } else if (is_tcp(bytes, len)) {
        explain_tcp(&e, side);
    } else {
        fprintf(out, ctl_tr("PDU alone, %zu bytes (no Modbus TCP header, no RTU frame with a right CRC)\n"), len);
        explain_pdu(&e, side);
    }
    return e.wrong ? MBP_ERR_FORMAT : MBP_OK;
}

/* The words; one that is a dump of lines is taken by itself. */
static enum ctl_exit take_bytes(const struct ctl_options *options, uint8_t bytes[FRAME_MAX], size_t *len)
{
    char why[128];
    const char *first = options->argv[0];
    size_t digits_len = strspn(first + 1, "0123456789abcdefABCDEF");
    if (first[0] == ':' && options->argc == 1 &&
        first[1 + digits_len + strspn(first + 1 + digits_len, "\r\n")] == '\0' &&
        digits_len < FRAME_MAX) { /* a frame of Modbus ASCII, as it is */
        *len = digits_len + 1;
        memcpy(bytes, first, *len);
        return CTL_OK;
    }
    for (int a = 0; a < options->argc; a++) {
        size_t more = 0;
        char *digits = explain_is_dump(options->argv[a]) ? explain_dump_digits(options->argv[a]) : NULL;
        const char *word = digits != NULL ? digits : options->argv[a];
        enum mbp_status status = ctl_hex_parse(&word, 1, bytes + *len, FRAME_MAX - *len, &more, why, sizeof why);
        free(digits);
        if (status != MBP_OK) {
            ctl_error("explain: %s", why);
            return CTL_USAGE;
        }
        *len += more;
    }
    return CTL_OK;
}

CTL_VERB(explain)
{
    const struct ctl_options *options = ctl->options;
    uint8_t bytes[FRAME_MAX];
    size_t len = 0;
    if (options->request && options->response) {
        ctl_error("explain: --request or --response, not both");
        return CTL_USAGE;
    }
    enum ctl_exit code = take_bytes(options, bytes, &len);
    if (code != CTL_OK)
        return code;
    if (len == 0) {
        ctl_error("explain: no bytes; mbplantctl explain --help has examples");
        return CTL_USAGE;
    }
    size_t head = explain_packet_head(bytes, len);
    if (head > 0)
        ctl_say("Packet: %zu bytes of Ethernet, IP and TCP, then\n", head);
    enum ctl_side side = options->request ? CTL_SIDE_REQUEST : options->response ? CTL_SIDE_RESPONSE : CTL_SIDE_GUESS;
    return ctl_explain(bytes + head, len - head, side, stdout) == MBP_OK ? CTL_OK : CTL_FAILED;
}
