/* --trace: each exchange on stdout, decoded, with the time; with --hex its bytes too. */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "daemon.h"
#include "mbplant/names.h"
#include "mbplant/trace.h"

#define READ_FILES   20u
#define GROUP_LEN    7u
#define BYTES_A_LINE 32u
#define IS_EXCEPTION 0x80u

struct tracing {
    struct mbp_trace *trace;
    const struct daemon *daemon;
    uint64_t left_out; /* since the last that was printed */
};

static enum mbp_status prepare(const struct mbp_plant *plant, void **next)
{
    struct mbp_trace *trace = NULL;
    enum mbp_status status = mbp_trace_new(plant, stdout, &trace);
    *next = trace;
    return status;
}

static void drop(void *next)
{
    mbp_trace_free(next);
}

static enum mbp_status begin(struct daemon *daemon, void **own)
{
    if (!daemon->options.trace)
        return MBP_OK;
    setvbuf(stdout, NULL, _IOLBF, 0); /* a trace in a pipe is read while it grows */
    struct tracing *tracing = calloc(1, sizeof *tracing);
    void *trace = NULL;
    if (tracing == NULL || prepare(daemon->plant, &trace) != MBP_OK) {
        free(tracing);
        return MBP_ERR_MEMORY;
    }
    *tracing = (struct tracing){trace, daemon, 0};
    *own = tracing;
    return MBP_OK;
}

static void follow(struct daemon *daemon, void **own, void **next)
{
    (void)daemon;
    struct tracing *tracing = *own;
    void *former = tracing->trace;
    tracing->trace = *next;
    *next = former;
}

/* ---- an exchange ------------------------------------------------------------------------------------------------- */

/* What a master of mbplant reads for itself: the plant's file, names, the journal, the check values; nothing was
 * refused. */
static bool is_own_reading(const struct mbp_exchange *exchange)
{
    const uint8_t *request = exchange->request;
    if (exchange->lost != NULL || request[0] != READ_FILES || exchange->request_len < 2 + GROUP_LEN ||
        exchange->response_len == 0 || (exchange->response[0] & IS_EXCEPTION) != 0)
        return false;
    for (size_t at = 2; at + GROUP_LEN <= exchange->request_len; at += GROUP_LEN) {
        if ((request[at + 1] << 8 | request[at + 2]) < (int)MBP_NAMES_INDEX_FILE)
            return false;
    }
    return true;
}

/* Wall time, in UTC as everywhere. */
static void put_time(const struct tracing *tracing)
{
    const struct mbp_clock *clock = &tracing->daemon->clock;
    uint64_t now_ms = clock->wall_ms(clock->ctx);
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    printf("%02d:%02d:%02d.%03uZ ", parts.tm_hour, parts.tm_min, parts.tm_sec, (unsigned)(now_ms % 1000));
}

/* A frame as it goes over TCP, for explain. */
static void put_frame(char direction, const struct mbp_exchange *exchange, const uint8_t *pdu, size_t len)
{
    printf("    %c %02X%02X 0000 %04zX %02X ", direction, exchange->transaction >> 8, exchange->transaction & 0xFF,
           len + 1, exchange->unit);
    for (size_t i = 0; i < len; i++)
        printf("%s%02X", i > 0 && i % BYTES_A_LINE == 0 ? "\n      " : "", pdu[i]);
    putchar('\n');
}

static void exchange(void *own, const struct mbp_exchange *exchange)
{
    struct tracing *tracing = own;
    const struct options *options = &tracing->daemon->options;
    if (!options->verbose && is_own_reading(exchange)) {
        tracing->left_out++;
        return;
    }
    if (tracing->left_out > 0)
        printf("    (%" PRIu64 " reading%s of the plant's own files, which -v shows)\n", tracing->left_out,
               tracing->left_out == 1 ? "" : "s");
    tracing->left_out = 0;
    put_time(tracing);
    mbp_trace_exchange(tracing->trace, exchange);
    if (!options->hex || exchange->lost != NULL)
        return;
    put_frame('>', exchange, exchange->request, exchange->request_len);
    if (exchange->response_len > 0)
        put_frame('<', exchange, exchange->response, exchange->response_len);
}

static void end(void **own)
{
    struct tracing *tracing = *own;
    mbp_trace_free(tracing->trace);
    free(tracing);
    *own = NULL;
}

const struct output trace_output = {
    .begin = begin, .prepare = prepare, .drop = drop, .follow = follow, .exchange = exchange, .end = end};
