/* A capture's blocks and packets: lengths that go together, checksums that come out, both families of addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/names.h"
#include "mbplant/trace.h"

static const uint8_t request[] = {3, 0, 0, 0, 2};
static const uint8_t response[] = {3, 4, 1, 2, 3, 4};

static uint32_t get_u32(const uint8_t *at)
{
    uint32_t number;
    memcpy(&number, at, sizeof number);
    return number;
}

/* The ones' complement sum of what a checksum covers is 0xFFFF with it. */
static unsigned sum_of(unsigned begin, const uint8_t *bytes, size_t len)
{
    unsigned sum = begin;
    for (size_t i = 0; i < len; i++)
        sum += i % 2 == 0 ? (unsigned)bytes[i] << 8 : bytes[i];
    while (sum >> 16 != 0)
        sum = (sum & 0xFFFFu) + (sum >> 16);
    return sum;
}

/* The file of one exchange between two addresses; its length. */
static size_t capture(const char *client, const char *server, const struct mbp_exchange *of, char **out)
{
    uint8_t from[16];
    uint8_t to[16];
    struct mbp_pcapng_place place = {.asked = 12};
    struct mbp_exchange exchange = *of;
    size_t len = 0;
    assert_int_equal(mbp_address_parse(client, from), MBP_OK);
    assert_int_equal(mbp_address_parse(server, to), MBP_OK);
    exchange.address = from;
    FILE *file = open_memstream(out, &len);
    assert_non_null(file);
    mbp_pcapng_begin("five", file);
    mbp_pcapng_exchange(&exchange, to, UINT64_C(1795543200123), &place, file);
    fclose(file);
    assert_int_equal(place.asked, 12 + (of->lost != NULL ? of->request_len : 7 + of->request_len));
    return len;
}

/* Blocks one after another, each with its length before and behind. Returns the n-th; *len is its length. */
static const uint8_t *block(const char *file, size_t size, unsigned n, uint32_t *len)
{
    const uint8_t *at = (const uint8_t *)file;
    for (unsigned i = 0; at < (const uint8_t *)file + size; i++) {
        *len = get_u32(at + 4);
        assert_int_equal(*len % 4, 0);
        assert_int_equal(get_u32(at + *len - 4), *len);
        if (i == n)
            return at;
        at += *len;
    }
    return NULL;
}

static void check_packet(const uint8_t *of, size_t ip_len, size_t addresses_at, size_t addresses_len, size_t data)
{
    const uint8_t *packet = of + 28;
    uint32_t len = get_u32(of + 20);
    uint64_t us = (uint64_t)get_u32(of + 12) << 32 | get_u32(of + 16);
    assert_int_equal(len, ip_len + 20 + data);
    assert_true(us == UINT64_C(1795543200123000));
    if (ip_len == 20)
        assert_int_equal(sum_of(0, packet, 20), 0xFFFF);
    unsigned pseudo = sum_of(6 + (unsigned)(len - ip_len), packet + addresses_at, addresses_len);
    assert_int_equal(sum_of(pseudo, packet + ip_len, len - ip_len), 0xFFFF);
}

static void test_exchange_is_two_packets_whose_checksums_come_out(void **state)
{
    (void)state;
    static const struct {
        const char *client, *server;
        size_t ip_len, at, len;
    } cases[] = {{"192.168.1.5", "10.0.0.1", 20, 12, 8}, {"fd00::5", "2001:db8::1", 40, 8, 32}};
    const struct mbp_exchange exchange = {.peer_port = 40000,
                                          .transaction = 7,
                                          .unit = 1,
                                          .request = request,
                                          .response = response,
                                          .request_len = sizeof request,
                                          .response_len = sizeof response};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *file = NULL;
        uint32_t len;
        size_t size = capture(cases[i].client, cases[i].server, &exchange, &file);
        assert_int_equal(get_u32(block(file, size, 0, &len)), 0x0A0D0D0A);
        assert_int_equal(get_u32(block(file, size, 1, &len)), 1);
        check_packet(block(file, size, 2, &len), cases[i].ip_len, cases[i].at, cases[i].len, 7 + sizeof request);
        check_packet(block(file, size, 3, &len), cases[i].ip_len, cases[i].at, cases[i].len, 7 + sizeof response);
        assert_null(block(file, size, 4, &len));
        free(file);
    }
}

static void test_bytes_that_are_no_request_are_one_packet_of_their_own(void **state)
{
    (void)state;
    const struct mbp_exchange exchange = {
        .peer_port = 40000, .request = request, .request_len = sizeof request, .lost = "another protocol"};
    char *file = NULL;
    uint32_t len;
    size_t size = capture("127.0.0.1", "127.0.0.1", &exchange, &file);
    const uint8_t *packet = block(file, size, 2, &len);
    check_packet(packet, 20, 12, 8, sizeof request);
    assert_memory_equal(packet + 28 + 40, request, sizeof request);
    assert_null(block(file, size, 3, &len));
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exchange_is_two_packets_whose_checksums_come_out),
        cmocka_unit_test(test_bytes_that_are_no_request_are_one_packet_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
