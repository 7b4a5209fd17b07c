/* The last exchanges between masters and the Modbus server, in words and as a capture. Nothing is kept, and the server
 * shows nothing, until somebody asks; a minute after nobody asks any more that is over. */
#include "traffic.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mbplant/names.h"
#include "mbplant/trace.h"

#define KEPT        1000u
#define PATIENCE_MS 60000u
#define BYTES_MAX   MBP_PDU_MAX
#define ANY         UINT32_MAX /* each unit, function, answer */

struct kept {
    uint64_t number, wall_ms;
    uint8_t address[MBP_ACTOR_ADDRESS];
    uint8_t request[BYTES_MAX], response[BYTES_MAX];
    struct mbp_exchange exchange; /* points to them */
};

struct web_traffic {
    struct kept *ring; /* number n at n % KEPT */
    uint64_t next;     /* number, from 1 */
    uint64_t asked_ms; /* loop time */
    struct mbp_trace *trace;
};

const char *const web_traffic_types[] = {"application/x-pcapng", NULL};

/* ---- keeping ----------------------------------------------------------------------------------------------------- */

void web_traffic_free(struct web_traffic *traffic)
{
    if (traffic == NULL)
        return;
    mbp_trace_free(traffic->trace);
    free(traffic->ring);
    free(traffic);
}

static size_t keep_bytes(uint8_t *room, const uint8_t *bytes, size_t len)
{
    size_t kept = len < BYTES_MAX ? len : BYTES_MAX;
    if (kept > 0)
        memcpy(room, bytes, kept);
    return kept;
}

bool mbp_web_looks(const struct mbp_web *web)
{
    return web->traffic != NULL;
}

void mbp_web_exchange(struct mbp_web *web, const struct mbp_exchange *exchange)
{
    struct web_traffic *traffic = web->traffic;
    if (traffic == NULL)
        return;
    struct kept *kept = &traffic->ring[traffic->next % KEPT];
    kept->number = traffic->next++;
    kept->wall_ms = web->config.clock.wall_ms(web->config.clock.ctx);
    kept->exchange = *exchange;
    memcpy(kept->address, exchange->address, sizeof kept->address);
    kept->exchange.address = kept->address;
    kept->exchange.request_len = keep_bytes(kept->request, exchange->request, exchange->request_len);
    kept->exchange.response_len = keep_bytes(kept->response, exchange->response, exchange->response_len);
    kept->exchange.request = kept->request;
    kept->exchange.response = kept->response;
}

static void let_go(struct mbp_web *web)
{
    web_traffic_free(web->traffic);
    web->traffic = NULL;
    web->config.look(web->config.ctx);
}

/* Exchanges of a plant that is gone cannot be told any more. */
void web_traffic_forget(struct mbp_web *web)
{
    if (web->traffic != NULL)
        let_go(web);
}

void web_traffic_tick(struct mbp_web *web)
{
    if (web->traffic != NULL && uv_now(web->config.loop) - web->traffic->asked_ms > PATIENCE_MS)
        let_go(web);
}

/* From now on they are kept, if they were not. False: a problem is answered. */
static bool want(struct web_call *call)
{
    struct mbp_web *web = call->web;
    struct web_traffic *traffic = web->traffic;
    if (traffic == NULL) {
        traffic = calloc(1, sizeof *traffic);
        if (traffic != NULL)
            traffic->ring = calloc(KEPT, sizeof *traffic->ring);
        if (traffic == NULL || traffic->ring == NULL || mbp_trace_new(web->plant, NULL, &traffic->trace) != MBP_OK) {
            web_traffic_free(traffic);
            web_problem(call, 503, "not enough memory to watch the traffic");
            return false;
        }
        traffic->next = 1;
        web->traffic = traffic;
        web->config.look(web->config.ctx);
    }
    traffic->asked_ms = uv_now(web->config.loop);
    return true;
}

/* ---- choosing ---------------------------------------------------------------------------------------------------- */

enum { ARG_CLIENT, ARG_UNIT, ARG_FUNCTION, ARG_EXCEPTION, ARG_AFTER, ARG_LIMIT, ARG_FORMAT };
enum { WANT_UNIT, WANT_FUNCTION, WANT_EXCEPTION, WANT_CLIENT };

const char *web_traffic_format_word(unsigned i)
{
    static const char *const words[] = {"json", "pcapng", NULL};
    return words[i];
}

/* Those that an argument does not want are passed over. */
struct choice {
    uint32_t unit, function, exception; /* ANY; an exception of 0: each one */
    bool has_client;
    uint8_t client[MBP_ACTOR_ADDRESS];
    uint64_t first, limit;
};

static uint32_t number_or_any(const struct web_arg *arg)
{
    return arg->given ? (uint32_t)arg->number : ANY;
}

static bool choose(struct web_call *call, struct choice *choice)
{
    const struct web_arg *client = web_arg(call, ARG_CLIENT);
    *choice = (struct choice){
        .unit = number_or_any(web_arg(call, ARG_UNIT)),
        .function = number_or_any(web_arg(call, ARG_FUNCTION)),
        .exception = number_or_any(web_arg(call, ARG_EXCEPTION)),
        .has_client = client->given,
        .first = web_arg(call, ARG_AFTER)->given ? (uint64_t)web_arg(call, ARG_AFTER)->number + 1 : 1,
        .limit = web_arg(call, ARG_LIMIT)->given ? (uint64_t)web_arg(call, ARG_LIMIT)->number : KEPT,
    };
    if (!client->given || mbp_address_parse(client->text, choice->client) == MBP_OK)
        return true;
    web_problem(call, 400, "'client' cannot be '%.60s': it is an address such as 127.0.0.1", client->text);
    return false;
}

static unsigned exception_of(const struct mbp_exchange *exchange)
{
    bool is_one = exchange->response_len >= 2 && (exchange->response[0] & 0x80u) != 0;
    return is_one ? exchange->response[1] : 0;
}

static bool is_chosen(const struct choice *choice, const struct mbp_exchange *exchange)
{
    unsigned exception = exception_of(exchange);
    bool known = exchange->lost == NULL; /* else it has no unit and no function */
    return (choice->unit == ANY || (known && exchange->unit == choice->unit)) &&
           (choice->function == ANY || (known && exchange->request[0] == choice->function)) &&
           (choice->exception == ANY ||
            (exception != 0 && (choice->exception == 0 || choice->exception == exception))) &&
           (!choice->has_client || memcmp(exchange->address, choice->client, sizeof choice->client) == 0);
}

static uint64_t oldest(const struct web_traffic *traffic)
{
    return traffic->next > KEPT ? traffic->next - KEPT : 1;
}

/* The number from which on there are no more than `limit` chosen ones: the newest. */
static uint64_t begin_of(const struct web_traffic *traffic, const struct choice *choice)
{
    uint64_t count = 0;
    uint64_t least = oldest(traffic) > choice->first ? oldest(traffic) : choice->first;
    uint64_t number = traffic->next;
    while (number > least && count < choice->limit) {
        number--;
        count += is_chosen(choice, &traffic->ring[number % KEPT].exchange);
    }
    return number;
}

/* ---- in words ---------------------------------------------------------------------------------------------------- */

static const struct kept *kept_of(const struct web_item *item)
{
    return item->of;
}

static void put_number(const struct web_item *item)
{
    fprintf(item->out, "%llu", (unsigned long long)kept_of(item)->number);
}

static void put_time(const struct web_item *item)
{
    web_put_time(item->out, kept_of(item)->wall_ms);
}

static void put_time_ms(const struct web_item *item)
{
    fprintf(item->out, "%llu", (unsigned long long)kept_of(item)->wall_ms);
}

static void put_client(const struct web_item *item)
{
    char text[48];
    web_put_text(item->out, mbp_address_text(kept_of(item)->address, text, sizeof text));
}

static void put_port(const struct web_item *item)
{
    fprintf(item->out, "%u", kept_of(item)->exchange.peer_port);
}

/* What bytes that are no request do not have. */
static void put_known(const struct web_item *item, unsigned number)
{
    if (kept_of(item)->exchange.lost != NULL)
        fputs("null", item->out);
    else
        fprintf(item->out, "%u", number);
}

static void put_transaction(const struct web_item *item)
{
    put_known(item, kept_of(item)->exchange.transaction);
}

static void put_unit(const struct web_item *item)
{
    put_known(item, kept_of(item)->exchange.unit);
}

static void put_function(const struct web_item *item)
{
    put_known(item, kept_of(item)->request[0]);
}

static void put_exception(const struct web_item *item)
{
    unsigned exception = exception_of(&kept_of(item)->exchange);
    if (exception == 0)
        fputs("null", item->out);
    else
        fprintf(item->out, "%u", exception);
}

/* Any bytes are allowed in it, so it is made as a text of its own first. */
static void put_words(const struct web_item *item,
                      void (*words)(const struct mbp_trace *trace, const struct mbp_exchange *exchange, FILE *out))
{
    struct mbp_buffer buffer;
    char *text = NULL;
    if (mbp_buffer_open(&buffer)) {
        words(item->web->traffic->trace, &kept_of(item)->exchange, buffer.out);
        text = mbp_buffer_close(&buffer);
    }
    web_put_text(item->out, text == NULL ? "" : text[0] == ' ' ? text + 1 : text);
    free(text);
}

static void put_request(const struct web_item *item)
{
    put_words(item, mbp_trace_request);
}

static void put_response(const struct web_item *item)
{
    put_words(item, mbp_trace_response);
}

static void put_hex(FILE *out, const uint8_t *bytes, size_t len)
{
    putc('"', out);
    for (size_t i = 0; i < len; i++)
        fprintf(out, "%02x", bytes[i]);
    putc('"', out);
}

static void put_request_bytes(const struct web_item *item)
{
    put_hex(item->out, kept_of(item)->request, kept_of(item)->exchange.request_len);
}

static void put_response_bytes(const struct web_item *item)
{
    put_hex(item->out, kept_of(item)->response, kept_of(item)->exchange.response_len);
}

static const struct web_field exchange_fields[] = {
    {ROW("number", "since they are kept", WEB_COUNT), .put = put_number},
    {ROW("time", "of the answer", WEB_TIME), .put = put_time},
    {ROW("time_ms", "the same, since 1970", WEB_COUNT), .put = put_time_ms},
    {ROW("client", "its address", WEB_TEXT), .put = put_client},
    {ROW("port", "the client's", WEB_COUNT), .put = put_port},
    {ROW("transaction", "its identifier; null: no request", WEB_COUNT), .nullable = true, .put = put_transaction},
    {ROW("unit", "as the request gave it", WEB_COUNT), .nullable = true, .put = put_unit},
    {ROW("function", "its code", WEB_COUNT), .nullable = true, .put = put_function},
    {ROW("exception", "its code; null: none", WEB_COUNT), .nullable = true, .put = put_exception},
    {ROW("request", "in words", WEB_TEXT), .put = put_request},
    {ROW("response", "in words, an exception with its reason", WEB_TEXT), .put = put_response},
    {ROW("request_bytes", "its PDU; what was lost as it came", WEB_TEXT), .put = put_request_bytes},
    {ROW("response_bytes", "its PDU; empty: none was sent", WEB_TEXT), .put = put_response_bytes},
};
const struct web_noun web_exchange_noun = WEB_NOUN("Exchange", exchange_fields);

static bool next_exchange(struct web_flow *flow, FILE *out)
{
    const struct web_traffic *traffic = flow->web->traffic;
    struct choice choice = {.unit = flow->want[WANT_UNIT],
                            .function = flow->want[WANT_FUNCTION],
                            .exception = flow->want[WANT_EXCEPTION],
                            .has_client = flow->want[WANT_CLIENT] != 0};
    memcpy(choice.client, flow->want_address, sizeof choice.client);
    if (traffic == NULL || flow->at >= flow->end)
        return false;
    if (flow->at < oldest(traffic)) /* overwritten while this was sent */
        flow->at = oldest(traffic);
    const struct kept *kept = &traffic->ring[flow->at++ % KEPT];
    const struct web_item item = {.web = flow->web, .of = kept, .out = out};
    if (is_chosen(&choice, &kept->exchange))
        web_flow_put(flow, &item);
    return true;
}

static void serve_list(struct web_call *call, const struct choice *choice)
{
    const struct web_traffic *traffic = call->web->traffic;
    struct web_flow *flow = web_flow_new(call, next_exchange);
    if (flow == NULL)
        return;
    flow->noun = &web_exchange_noun;
    flow->at = begin_of(traffic, choice);
    flow->end = traffic->next;
    flow->want[WANT_UNIT] = choice->unit;
    flow->want[WANT_FUNCTION] = choice->function;
    flow->want[WANT_EXCEPTION] = choice->exception;
    flow->want[WANT_CLIENT] = choice->has_client;
    memcpy(flow->want_address, choice->client, sizeof choice->client);
}

/* ---- as a capture ------------------------------------------------------------------------------------------------ */

static bool is_same_connection(const struct kept *a, const struct kept *b)
{
    return a->exchange.peer_port == b->exchange.peer_port && memcmp(a->address, b->address, sizeof a->address) == 0;
}

/* Where a server that listens everywhere was reached is not known: at the client's own machine, or else at an address
 * for examples (RFC 5737, RFC 3849). */
static void server_address(const struct web_call *call, const struct kept *kept, uint8_t out[MBP_ACTOR_ADDRESS])
{
    const char *listen = mbp_listens_tcp(&call->web->plant->server.listen);
    char client[48];
    char host[64];
    uint16_t port;
    mbp_address_text(kept->address, client, sizeof client);
    bool v6 = strchr(client, ':') != NULL;
    if (mbp_address_is_loopback(kept->address)) {
        memcpy(out, kept->address, MBP_ACTOR_ADDRESS);
        return;
    }
    bool known = listen != NULL && mbp_endpoint_parse(listen, host, sizeof host, &port) == MBP_OK &&
                 strcmp(host, "0.0.0.0") != 0 && strcmp(host, "::") != 0 && (strchr(host, ':') != NULL) == v6;
    if (!known || mbp_address_parse(host, out) != MBP_OK)
        mbp_address_parse(v6 ? "2001:db8::1" : "192.0.2.1", out);
}

static void serve_capture(struct web_call *call, const struct choice *choice)
{
    const struct web_traffic *traffic = call->web->traffic;
    struct mbp_pcapng_place *places = calloc(KEPT, sizeof *places); /* behind the exchange of that number */
    if (places == NULL) {
        web_problem(call, 503, "not enough memory for the capture");
        return;
    }
    mbp_pcapng_begin("made up by mbplant " MBP_VERSION
                     " around what it was asked and answered; its port is written as 502",
                     call->out);
    uint64_t begin = begin_of(traffic, choice);
    for (uint64_t n = begin; n < traffic->next; n++) {
        const struct kept *kept = &traffic->ring[n % KEPT];
        uint8_t server[MBP_ACTOR_ADDRESS];
        if (!is_chosen(choice, &kept->exchange))
            continue;
        for (uint64_t before = n; before-- > begin;) {
            const struct kept *other = &traffic->ring[before % KEPT];
            if (!is_chosen(choice, &other->exchange) || !is_same_connection(kept, other))
                continue;
            places[n % KEPT] = places[before % KEPT];
            break;
        }
        server_address(call, kept, server);
        mbp_pcapng_exchange(&kept->exchange, server, kept->wall_ms, &places[n % KEPT], call->out);
    }
    free(places);
    call->type = web_traffic_types[0];
}

void web_serve_traffic(struct web_call *call)
{
    struct choice choice;
    const struct web_arg *format = web_arg(call, ARG_FORMAT);
    if (!choose(call, &choice) || !want(call))
        return;
    if (format->given && strcasecmp(format->text, "pcapng") == 0)
        serve_capture(call, &choice);
    else
        serve_list(call, &choice);
}
