/* "HOST:PORT" taken apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mbplant/base.h"

static void assert_parts(const char *text, const char *host, uint16_t port)
{
    char got[32];
    uint16_t got_port = 9;
    assert_int_equal(mbp_endpoint_parse(text, got, sizeof got, &got_port), MBP_OK);
    assert_string_equal(got, host);
    assert_int_equal(got_port, port);
}

static void test_endpoint_of_ipv4_name_or_bracketed_ipv6_gives_its_parts(void **state)
{
    (void)state;
    assert_parts("127.0.0.1:5020", "127.0.0.1", 5020);
    assert_parts("localhost:502", "localhost", 502);
    assert_parts("[::1]:5020", "::1", 5020);
    assert_parts("[fe80::1%eth0]:1", "fe80::1%eth0", 1);
}

static void test_endpoint_port_at_its_bounds_is_taken(void **state)
{
    (void)state;
    assert_parts("h:0", "h", 0);
    assert_parts("h:65535", "h", 65535);
    assert_parts("h:00080", "h", 80);
}

static void test_endpoint_that_is_none_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",      "127.0.0.1", ":5020",     "h:",      "h:65536", "h:123456", "h:-1",
                                        "h: 80", "h:80x",     "::1:5020",  "[]:5020", "[::1:80", "[:80",     "[::1]80",
                                        "h:+80", "a:b:80",    "[::1] :80", "h:0x50",  "h:99999"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char host[32] = "before";
        uint16_t port = 9;
        if (mbp_endpoint_parse(wrong[i], host, sizeof host, &port) != MBP_ERR_FORMAT)
            fail_msg("'%s' is taken", wrong[i]);
        assert_string_equal(host, "before");
        assert_int_equal(port, 9);
    }
}

static void test_endpoint_host_that_fills_the_buffer_needs_room_for_its_end(void **state)
{
    (void)state;
    char host[4] = "";
    uint16_t port;
    assert_int_equal(mbp_endpoint_parse("abc:1", host, sizeof host, &port), MBP_OK);
    assert_string_equal(host, "abc");
    assert_int_equal(mbp_endpoint_parse("abcd:1", host, sizeof host, &port), MBP_ERR_FORMAT);
    assert_string_equal(host, "abc");
}

static void test_endpoint_to_listen_at_is_an_ip_address(void **state)
{
    (void)state;
    static const char *const right[] = {"127.0.0.1:0", "0.0.0.0:502", "[::]:5020", "[::1]:5020", "[fe80::1%eth0]:1"};
    static const char *const wrong[] = {"localhost:5020", "127.0.0.1", "127.1:5020",
                                        "256.0.0.1:1",    "[::g]:1",   "[1.2.3.4]"};
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
        assert_true(mbp_endpoint_is_address(right[i]));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(mbp_endpoint_is_address(wrong[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endpoint_of_ipv4_name_or_bracketed_ipv6_gives_its_parts),
        cmocka_unit_test(test_endpoint_port_at_its_bounds_is_taken),
        cmocka_unit_test(test_endpoint_that_is_none_is_refused_and_changes_nothing),
        cmocka_unit_test(test_endpoint_to_listen_at_is_an_ip_address),
        cmocka_unit_test(test_endpoint_host_that_fills_the_buffer_needs_room_for_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
