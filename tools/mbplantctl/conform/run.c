/* One case: its frames out, the slave's frames in, on a connection of its own. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "conform/conform.h"

#define MBAP_LEN   7u
#define LENGTH_MAX 254u
#define SEGMENT_NS (20 * MBP_NS_PER_MS) /* between pieces that the slave is to get apart */
#define IS_REFUSED 0x80u

struct talk {
    const struct conform_ground *ground;
    const struct conform_case *its;
    struct conform_result *result;
    struct ctl_link *link;
    int fd;
    size_t taken; /* bytes of received that were looked at */
};

static bool fail(struct talk *talk, const char *why)
{
    snprintf(talk->result->why, sizeof talk->result->why, "%s", ctl_tr(why));
    return false;
}

/* ---- out --------------------------------------------------------------------------------------------------------- */

static bool send_piece(struct talk *talk, const uint8_t *bytes, size_t len)
{
    struct conform_frames *sent = &talk->result->sent;
    if (sent->len + len > sizeof sent->bytes || sent->count == sizeof sent->ends / sizeof sent->ends[0])
        return fail(talk, "the case is too long");
    memcpy(sent->bytes + sent->len, bytes, len);
    sent->len += len;
    sent->ends[sent->count++] = sent->len;
    if (send(talk->fd, bytes, len, MSG_NOSIGNAL) == (ssize_t)len)
        return true;
    talk->result->closed = errno == EPIPE || errno == ECONNRESET;
    return false;
}

/* A PDU in a frame of its own; request is the text's next one. */
static bool send_request(struct talk *talk, const char *request, unsigned step)
{
    uint8_t frame[MBAP_LEN + LENGTH_MAX] = {0};
    size_t len;
    if (!conform_bytes(talk->ground, request, frame + MBAP_LEN, sizeof frame - MBAP_LEN, &len))
        return fail(talk, "the case is wrong");
    frame[1] = (uint8_t)(step + 1);
    frame[4] = (uint8_t)((len + 1) >> 8);
    frame[5] = (uint8_t)(len + 1);
    frame[6] = talk->ground->unit;
    return send_piece(talk, frame, MBAP_LEN + len);
}

static void pause_between(void)
{
    struct timespec pause = {0, SEGMENT_NS};
    nanosleep(&pause, NULL);
}

static bool send_raw(struct talk *talk)
{
    const char *text = talk->its->request;
    uint8_t piece[CONFORM_BYTES];
    size_t len;
    for (;;) {
        if (!conform_bytes(talk->ground, text, piece, sizeof piece, &len))
            return fail(talk, "the case is wrong");
        if (!send_piece(talk, piece, len))
            return talk->result->closed;
        text += strcspn(text, "|");
        if (*text == '\0')
            return true;
        text += 2;
        pause_between();
    }
}

/* ---- in ---------------------------------------------------------------------------------------------------------- */

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * MBP_NS_PER_S + (uint64_t)now.tv_nsec;
}

/* A whole frame from talk->taken on: its length; 0 = not yet. */
static size_t whole_frame(const struct talk *talk)
{
    const struct conform_frames *in = &talk->result->received;
    const uint8_t *bytes = in->bytes + talk->taken;
    size_t len = in->len - talk->taken;
    size_t wanted = len >= 6 ? 6u + ((size_t)bytes[4] << 8 | bytes[5]) : MBAP_LEN;
    return len >= MBAP_LEN && len >= wanted ? wanted : 0;
}

/* Bytes until deadline; false when there are none any more. */
static bool receive_some(struct talk *talk, uint64_t deadline_ns)
{
    struct conform_frames *in = &talk->result->received;
    uint64_t now = now_ns();
    struct pollfd input = {.fd = talk->fd, .events = POLLIN};
    if (now >= deadline_ns || in->len == sizeof in->bytes ||
        poll(&input, 1, (int)((deadline_ns - now) / MBP_NS_PER_MS) + 1) <= 0)
        return false;
    ssize_t count = recv(talk->fd, in->bytes + in->len, sizeof in->bytes - in->len, 0);
    talk->result->closed = talk->result->closed || count <= 0;
    in->len += count > 0 ? (size_t)count : 0;
    return count > 0;
}

/* The next frame: its length; 0 = none came. */
static size_t receive_frame(struct talk *talk)
{
    struct conform_frames *in = &talk->result->received;
    uint64_t deadline = now_ns() + talk->ground->ctl->options->target.timeout_ms * MBP_NS_PER_MS;
    size_t len;
    while ((len = whole_frame(talk)) == 0 && receive_some(talk, deadline))
        ;
    if (len == 0 || in->count == sizeof in->ends / sizeof in->ends[0])
        return 0;
    in->ends[in->count++] = talk->taken + len;
    return len;
}

static bool check_header(struct talk *talk, const uint8_t *frame, size_t len, unsigned transaction)
{
    char why[160];
    unsigned got = (unsigned)frame[0] << 8 | frame[1];
    if (got != transaction) {
        snprintf(why, sizeof why, ctl_tr("expected transaction %04X, got %04X"), transaction, got);
        return fail(talk, why);
    }
    if (frame[2] != 0 || frame[3] != 0)
        return fail(talk, "the answer is of another protocol than Modbus");
    return len > MBAP_LEN ? true : fail(talk, "the answer has no function code");
}

/* ---- both -------------------------------------------------------------------------------------------------------- */

/* The PDU that a raw request's frame of that transaction has; what a reply is compared with. */
static const uint8_t *request_of(const struct talk *talk, unsigned transaction)
{
    const struct conform_frames *sent = &talk->result->sent;
    for (size_t at = 0; at + MBAP_LEN < sent->len; at++) {
        if ((sent->bytes[at] << 8 | sent->bytes[at + 1]) == (int)transaction && sent->bytes[at + 2] == 0 &&
            sent->bytes[at + 3] == 0)
            return sent->bytes + at + MBAP_LEN;
    }
    return sent->bytes + MBAP_LEN;
}

static bool judge_frame(struct talk *talk, const char *expect, unsigned transaction, const uint8_t *pdu, size_t pdu_len)
{
    struct conform_frames *in = &talk->result->received;
    size_t len = receive_frame(talk);
    if (len == 0)
        return fail(talk, talk->result->closed ? "the connection was closed, expected an answer" : "no answer");
    const uint8_t *frame = in->bytes + talk->taken;
    talk->taken += len;
    return check_header(talk, frame, len, transaction) &&
           conform_judge(talk->ground, expect, pdu, pdu_len, frame + MBAP_LEN, len - MBAP_LEN, talk->result->why);
}

/* Whether nothing comes, or only the end. */
static bool judge_silence(struct talk *talk, bool must_close)
{
    if (receive_frame(talk) > 0 || talk->result->received.len > 0)
        return fail(talk, "expected no answer");
    return talk->result->closed || !must_close ? true : fail(talk, "the connection stays open");
}

static const char *next_of(const char *text)
{
    text += strcspn(text, ";");
    return *text == ';' ? text + 2 : text;
}

static bool talk_raw(struct talk *talk)
{
    const char *expect = talk->its->expect;
    if (!send_raw(talk))
        return false;
    if (expect[0] == 'c' || expect[0] == 's')
        return judge_silence(talk, expect[0] == 'c');
    for (; *expect != '\0'; expect = next_of(expect)) {
        unsigned transaction = (unsigned)strtoul(expect, NULL, 16);
        if (!judge_frame(talk, expect + 5, transaction, request_of(talk, transaction), 5))
            return false;
    }
    return true;
}

static bool talk_requests(struct talk *talk)
{
    const char *request = talk->its->request;
    const char *expect = talk->its->expect;
    struct conform_frames *sent = &talk->result->sent;
    for (unsigned step = 0; *request != '\0'; step++, request = next_of(request), expect = next_of(expect)) {
        size_t begin = sent->len;
        if (!send_request(talk, request, step))
            return talk->result->why[0] != '\0' ? false : fail(talk, "the connection was closed, expected an answer");
        if (!judge_frame(talk, expect, step + 1, sent->bytes + begin + MBAP_LEN, sent->len - begin - MBAP_LEN))
            return false;
    }
    return true;
}

/* ---- whether it is to be asked ------------------------------------------------------------------------------------
 */

static bool skip(struct conform_result *result, const char *why)
{
    result->verdict = CONFORM_SKIPPED;
    snprintf(result->why, sizeof result->why, "%s", ctl_tr(why));
    return false;
}

static uint8_t function_of(const struct conform_case *its)
{
    return (its->flags & CONFORM_RAW) != 0 ? 0 : (uint8_t)strtoul(its->request, NULL, 16);
}

static bool is_asked(const struct talk *talk, const uint8_t offered[256])
{
    if ((talk->its->flags & CONFORM_WRITE) != 0 && !talk->ground->ctl->options->may_write)
        return skip(talk->result, "writes: only with --write");
    if (!conform_has(talk->ground, talk->its->needs))
        return skip(talk->result, "no such addresses were found");
    if ((talk->its->flags & CONFORM_RAW) == 0 && offered[function_of(talk->its)] == 2)
        return skip(talk->result, "the slave has not this function");
    return true;
}

/* Exception 01 to a request that any slave with that function takes: it has it not. A value that the slave does not
 * take at this address says nothing about its function. */
static void settle(struct talk *talk, bool good, uint8_t offered[256])
{
    const struct conform_frames *in = &talk->result->received;
    bool refused = in->len == MBAP_LEN + 2 && (in->bytes[MBAP_LEN] & IS_REFUSED) != 0;
    uint8_t exception = refused ? in->bytes[MBAP_LEN + 1] : 0;
    if ((talk->its->flags & CONFORM_BASIC) != 0) {
        bool has_not = exception == MBP_EX_ILLEGAL_FUNCTION;
        offered[function_of(talk->its)] = has_not ? 2 : 1;
        if (has_not) {
            skip(talk->result, "the slave has not this function");
            return;
        }
        if ((talk->its->flags & CONFORM_WRITE) != 0 && !good && refused &&
            (exception == MBP_EX_ILLEGAL_DATA_ADDRESS || exception == MBP_EX_SERVER_DEVICE_FAILURE)) {
            skip(talk->result, "the slave does not let this address be written");
            return;
        }
    }
    talk->result->verdict = good                                       ? CONFORM_PASS
                            : (talk->its->flags & CONFORM_CHOICE) != 0 ? CONFORM_DIFFERS
                                                                       : CONFORM_FAIL;
}

void conform_run(const struct conform_ground *ground, const struct conform_case *its, uint8_t offered[256],
                 struct conform_result *result)
{
    struct talk talk = {.ground = ground, .its = its, .result = result};
    const struct ctl_target *target = &ground->ctl->options->target;
    char error[256];
    *result = (struct conform_result){0};
    if (!is_asked(&talk, offered))
        return;
    if (ctl_link_open(target, error, sizeof error, &talk.link) != MBP_OK) {
        result->verdict = CONFORM_FAIL;
        fail(&talk, "it takes no connection any more");
        return;
    }
    talk.fd = ctl_link_socket(talk.link);
    bool good = (its->flags & CONFORM_RAW) != 0 ? talk_raw(&talk) : talk_requests(&talk);
    if (good)
        result->why[0] = '\0';
    settle(&talk, good, offered);
    ctl_link_close(talk.link);
}
