/* What masters ask, for a scenario that expects something of them. */
#include "daemon.h"
#include "mbplant/functions.h"

#define IS_EXCEPTION 0x80u

static bool start(struct daemon *daemon, void **own)
{
    bool judges = daemon->play != NULL && mbp_scenario_judges_masters(daemon->scenario);
    *own = judges ? daemon : NULL;
    return true;
}

static struct mbp_heard_span span_of(const struct mbp_function_span *span, const struct mbp_exchange *exchange,
                                     uint8_t table)
{
    struct mbp_heard_span out = {.table = table};
    if (span->addr_at == 0 || table >= MBP_TABLE_COUNT ||
        !mbp_function_addresses(span, exchange->request, exchange->request_len, &out.addr, &out.count))
        out.count = 0;
    return out;
}

static void exchange(void *own, const struct mbp_exchange *exchange)
{
    const struct daemon *daemon = own;
    if (exchange->lost != NULL || exchange->request_len == 0)
        return;
    const struct mbp_function *function = mbp_function(exchange->request[0]);
    const struct mbp_heard heard = {
        .address = exchange->address,
        .port = exchange->peer_port,
        .unit = exchange->unit,
        .function = exchange->request[0],
        .refused = exchange->response_len == 0 || (exchange->response[0] & IS_EXCEPTION) != 0,
        .read = span_of(&function->read, exchange, function->table),
        .write = span_of(&function->write, exchange, function->table),
    };
    mbp_play_heard(daemon->play, &heard);
}

static void stop(void **own)
{
    *own = NULL;
}

const struct output scenario_output = {.start = start, .exchange = exchange, .stop = stop};
