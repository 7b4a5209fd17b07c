/* Read File Record through the transport, against a slave that answers well, badly or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "slave/transport.h"

#define REQUEST_LEN 16u
#define REPLY_MAX   260u

enum manner {
    HONEST,
    BYTE_BY_BYTE,
    SIXTEEN_TOGETHER, /* answers only when 16 requests are there */
    EXCEPTION_AT_3,   /* the fourth request, and only that */
    CLOSE_AT_0,
    CLOSE_AT_3,
    WRONG_TRANSACTION,
    WRONG_PROTOCOL,
    WRONG_LENGTH, /* a byte more than was asked for */
    WRONG_GROUP,  /* the group's length lies */
    SILENT
};

struct slave {
    int listener;
    uint16_t port;
    enum manner manner;
    pthread_t thread;
};

static uint16_t word_of(unsigned file, unsigned record)
{
    return (uint16_t)(file * 131u + record);
}

static unsigned get16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static void put16(uint8_t *bytes, unsigned number)
{
    bytes[0] = (uint8_t)(number >> 8);
    bytes[1] = (uint8_t)number;
}

/* The reply to a request as the manner has it; returns its length. */
static size_t reply_to(enum manner manner, unsigned number, const uint8_t *request, uint8_t *reply)
{
    unsigned count = get16(request + 14);
    size_t pdu_len = 4 + 2 * (size_t)count;
    memset(reply, 0, REPLY_MAX);
    memcpy(reply, request, 8);
    if (manner == EXCEPTION_AT_3 && number == 3) {
        put16(reply + 4, 3);
        reply[7] = 0x94;
        reply[8] = 2;
        return 9;
    }
    reply[8] = (uint8_t)(2 + 2 * count);
    reply[9] = (uint8_t)(1 + 2 * count - (manner == WRONG_GROUP));
    reply[10] = 6;
    for (unsigned i = 0; i < count; i++)
        put16(reply + 11 + 2 * (size_t)i, word_of(get16(request + 10), get16(request + 12) + i));
    if (manner == WRONG_TRANSACTION)
        put16(reply, get16(request) + 1);
    if (manner == WRONG_PROTOCOL)
        put16(reply + 2, 1);
    if (manner == WRONG_LENGTH)
        pdu_len++;
    put16(reply + 4, (unsigned)(1 + pdu_len));
    return 7 + pdu_len;
}

static void send_reply(int peer, enum manner manner, const uint8_t *reply, size_t len)
{
    size_t step = manner == BYTE_BY_BYTE ? 1 : len;
    for (size_t at = 0; at < len; at += step) {
        if (send(peer, reply + at, step, MSG_NOSIGNAL) < 0)
            return;
    }
}

static void *serve(void *ctx)
{
    const struct slave *slave = ctx;
    int peer = accept(slave->listener, NULL, NULL);
    int one = 1;
    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    uint8_t request[REQUEST_LEN];
    uint8_t held[16][REQUEST_LEN];
    for (unsigned number = 0; recv(peer, request, sizeof request, MSG_WAITALL) == (ssize_t)sizeof request; number++) {
        uint8_t reply[REPLY_MAX] = {0};
        if (slave->manner == CLOSE_AT_0 || (slave->manner == CLOSE_AT_3 && number == 3))
            break;
        if (slave->manner == SILENT)
            continue;
        if (slave->manner == SIXTEEN_TOGETHER) {
            memcpy(held[number % 16], request, sizeof request);
            for (unsigned i = 0; number % 16 == 15 && i < 16; i++)
                send_reply(peer, HONEST, reply, reply_to(HONEST, i, held[i], reply));
            continue;
        }
        send_reply(peer, slave->manner, reply, reply_to(slave->manner, number, request, reply));
    }
    close(peer);
    return NULL;
}

static void start(struct slave *slave, enum manner manner)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    slave->manner = manner;
    slave->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(slave->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(slave->listener, 1), 0);
    assert_int_equal(getsockname(slave->listener, (struct sockaddr *)&address, &len), 0);
    slave->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&slave->thread, NULL, serve, slave), 0);
}

static struct ctl_link *connect_to(const struct slave *slave, uint32_t timeout_ms)
{
    struct ctl_target target = {.host = "127.0.0.1", .port = slave->port, .timeout_ms = timeout_ms};
    struct ctl_link *link = NULL;
    char why[256] = "";
    if (ctl_link_open(&target, why, sizeof why, &link) != MBP_OK)
        fail_msg("%s", why);
    return link;
}

static void stop(struct slave *slave, struct ctl_link *link)
{
    ctl_link_close(link);
    pthread_join(slave->thread, NULL);
    close(slave->listener);
}

#define PATIENCE_MS 20000u

static void reads_right(enum manner manner, uint32_t word, uint32_t count)
{
    struct slave slave;
    start(&slave, manner);
    struct ctl_link *link = connect_to(&slave, PATIENCE_MS);
    uint16_t *words = calloc(count, sizeof *words);
    assert_non_null(words);
    assert_int_equal(ctl_read_file(link, 1, 900, word, count, words), MBP_OK);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(words[i], word_of(900 + (word + i) / 10000, (word + i) % 10000));
    free(words);
    stop(&slave, link);
}

static void test_file_read_across_files_is_whole_and_in_order(void **state)
{
    (void)state;
    reads_right(HONEST, 9990, 25000);
    reads_right(HONEST, 0, 1);
}

static void test_file_read_byte_by_byte_is_the_same(void **state)
{
    (void)state;
    reads_right(BYTE_BY_BYTE, 17, 600);
}

static void test_sixteen_requests_are_under_way_at_once(void **state)
{
    (void)state;
    reads_right(SIXTEEN_TOGETHER, 0, 16 * CTL_FILE_WORDS_MAX);
}

static void test_exception_in_the_middle_leaves_the_stream_in_step(void **state)
{
    (void)state;
    struct slave slave;
    uint16_t words[12 * CTL_FILE_WORDS_MAX];
    start(&slave, EXCEPTION_AT_3);
    struct ctl_link *link = connect_to(&slave, PATIENCE_MS);
    assert_int_equal(ctl_read_file(link, 1, 900, 0, 12 * CTL_FILE_WORDS_MAX, words), MBP_EX_ILLEGAL_DATA_ADDRESS);
    assert_int_equal(ctl_read_file(link, 1, 900, 0, 200, words), MBP_OK);
    assert_int_equal(words[199], word_of(900, 199));
    stop(&slave, link);
}

static void fails_with(enum manner manner, uint32_t timeout_ms, const char *wanted)
{
    struct slave slave;
    uint16_t words[12 * CTL_FILE_WORDS_MAX];
    start(&slave, manner);
    struct ctl_link *link = connect_to(&slave, timeout_ms);
    assert_int_equal(ctl_read_file(link, 1, 900, 0, 12 * CTL_FILE_WORDS_MAX, words), MBP_ERR_IO);
    if (strstr(ctl_link_error(link), wanted) == NULL)
        fail_msg("'%s' is missing in '%s'", wanted, ctl_link_error(link));
    stop(&slave, link);
}

static void test_reply_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    fails_with(WRONG_TRANSACTION, PATIENCE_MS, "another request's transaction");
    fails_with(WRONG_PROTOCOL, PATIENCE_MS, "not Modbus TCP");
    fails_with(WRONG_LENGTH, PATIENCE_MS, "does not fit the request");
    fails_with(WRONG_GROUP, PATIENCE_MS, "does not fit the request");
}

static void test_slave_that_closes_or_says_nothing_is_told(void **state)
{
    (void)state;
    fails_with(CLOSE_AT_3, PATIENCE_MS, "the slave closed the connection");
    fails_with(SILENT, 10, "no answer within 10ms");
}

/* Three pieces of one word; stops after the second. */
struct pieces {
    unsigned asked, received;
};

static bool next_piece(void *ctx, struct ctl_piece *piece)
{
    struct pieces *pieces = ctx;
    *piece = (struct ctl_piece){900, (uint16_t)pieces->asked, 1};
    return pieces->asked++ < 30;
}

static bool got_piece(void *ctx, const struct ctl_piece *piece, const uint16_t *words)
{
    struct pieces *pieces = ctx;
    assert_int_equal(piece->record, pieces->received);
    assert_int_equal(words[0], word_of(900, pieces->received));
    return ++pieces->received < 2;
}

static void test_reader_that_has_enough_gets_no_more(void **state)
{
    (void)state;
    struct slave slave;
    struct pieces pieces = {0, 0};
    struct ctl_piece_reader reader = {next_piece, got_piece, &pieces};
    uint16_t word = 0;
    start(&slave, HONEST);
    struct ctl_link *link = connect_to(&slave, PATIENCE_MS);
    assert_int_equal(ctl_read_pieces(link, 1, &reader), MBP_OK);
    assert_int_equal(pieces.received, 2);
    assert_int_equal(ctl_read_file(link, 1, 905, 7, 1, &word), MBP_OK);
    assert_int_equal(word, word_of(905, 7));
    stop(&slave, link);
}

static void test_connection_refused_is_told(void **state)
{
    (void)state;
    struct slave slave;
    char why[256] = "";
    start(&slave, HONEST);
    struct ctl_link *link = connect_to(&slave, PATIENCE_MS);
    stop(&slave, link);
    struct ctl_target target = {.host = "127.0.0.1", .port = slave.port, .timeout_ms = PATIENCE_MS};
    assert_int_equal(ctl_link_open(&target, why, sizeof why, &link), MBP_ERR_IO);
    assert_string_equal(why, "Connection refused: nobody listens there; is mbplantd running? -H and -p name another "
                             "slave");
}

static void test_name_that_nobody_knows_is_told_and_no_server_is_blamed(void **state)
{
    (void)state;
    char why[256] = "";
    struct ctl_link *link = NULL;
    struct ctl_target target = {
        .host = "no such host", .port = 5020, .timeout_ms = PATIENCE_MS}; /* a blank: no resolver is asked */
    assert_int_equal(ctl_link_open(&target, why, sizeof why, &link), MBP_ERR_IO);
    assert_non_null(strstr(why, "the name cannot be resolved: "));
    assert_null(strstr(why, "mbplantd"));
    assert_null(link);
}

static void test_slave_that_closes_before_it_answers_does_not_serve_this_host(void **state)
{
    (void)state;
    fails_with(CLOSE_AT_0, PATIENCE_MS, "before it answered anything: it does not serve this host");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_read_across_files_is_whole_and_in_order),
        cmocka_unit_test(test_file_read_byte_by_byte_is_the_same),
        cmocka_unit_test(test_sixteen_requests_are_under_way_at_once),
        cmocka_unit_test(test_exception_in_the_middle_leaves_the_stream_in_step),
        cmocka_unit_test(test_reply_that_does_not_fit_is_refused),
        cmocka_unit_test(test_slave_that_closes_or_says_nothing_is_told),
        cmocka_unit_test(test_reader_that_has_enough_gets_no_more),
        cmocka_unit_test(test_connection_refused_is_told),
        cmocka_unit_test(test_name_that_nobody_knows_is_told_and_no_server_is_blamed),
        cmocka_unit_test(test_slave_that_closes_before_it_answers_does_not_serve_this_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
