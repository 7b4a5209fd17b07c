/* How a master reaches a slave: the text that says it. */
#include "mbplant/base/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct mbp_wire wire_of(const char *text)
{
    struct mbp_wire wire;
    char why[MBP_WIRE_WHY] = "";
    if (mbp_wire_parse(text, &wire, why, sizeof why) != MBP_OK)
        fail_msg("%s: %s", text, why);
    return wire;
}

static void test_wire_of_a_host_has_its_medium_framing_and_port(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host;
        uint8_t medium, framing;
        uint16_t port;
    } cases[] = {
        {"127.0.0.1:5020", "127.0.0.1", MBP_MEDIUM_TCP, MBP_FRAMING_MBAP, 5020},
        {"tcp://[::1]:0", "::1", MBP_MEDIUM_TCP, MBP_FRAMING_MBAP, 0},
        {"rtu+tcp://plc.example:4001", "plc.example", MBP_MEDIUM_TCP, MBP_FRAMING_RTU, 4001},
        {"ascii+tcp://0.0.0.0:1", "0.0.0.0", MBP_MEDIUM_TCP, MBP_FRAMING_ASCII, 1},
        {"udp://localhost:65535", "localhost", MBP_MEDIUM_UDP, MBP_FRAMING_MBAP, 65535},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mbp_wire wire = wire_of(cases[i].text);
        assert_string_equal(wire.host, cases[i].host);
        assert_int_equal(wire.medium, cases[i].medium);
        assert_int_equal(wire.framing, cases[i].framing);
        assert_int_equal(wire.port, cases[i].port);
        assert_true(wire.has_port);
        assert_false(mbp_wire_is_line(&wire));
    }
    assert_false(wire_of("rtu+tcp://[fe80::1]").has_port);
    assert_string_equal(wire_of("rtu+tcp://[fe80::1]").host, "fe80::1");
}

static void test_line_has_the_specifications_defaults_and_its_own_keys(void **state)
{
    (void)state;
    struct mbp_wire usual = wire_of("rtu:///dev/ttyUSB0");
    assert_string_equal(usual.path, "/dev/ttyUSB0");
    assert_int_equal(usual.baud, 19200);
    assert_int_equal(usual.parity, 'E');
    assert_int_equal(usual.data_bits, 8);
    assert_int_equal(usual.stop_bits, 1);
    assert_int_equal(wire_of("ascii:///dev/ttyS0").data_bits, 7);
    struct mbp_wire own = wire_of("rtu:///dev/ttyS1?baud=9600&parity=none&stop=2");
    assert_int_equal(own.baud, 9600);
    assert_int_equal(own.parity, 'N');
    assert_int_equal(own.stop_bits, 2);
    assert_int_equal(mbp_wire_character_ns(&own), 11 * MBP_NS_PER_S / 9600);
    assert_int_equal(mbp_wire_character_ns(&usual), 11 * MBP_NS_PER_S / 19200);
}

static void test_pty_takes_no_time_unless_its_speed_is_given(void **state)
{
    (void)state;
    struct mbp_wire wire = wire_of("rtu+pty:///run/plc");
    assert_int_equal(mbp_wire_character_ns(&wire), 0);
    wire = wire_of("ascii+pty:///run/plc?baud=9600");
    assert_int_equal(mbp_wire_character_ns(&wire), 10 * MBP_NS_PER_S / 9600);
}

static void test_text_that_is_no_wire_says_why_and_changes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"http://h:1", "it begins with none of tcp, rtu+tcp, ascii+tcp, udp, rtu, ascii, rtu+pty, ascii+pty"},
        {"tcp://h:70000", "it names no host and port, as 127.0.0.1:5020 and [::1]:5020 do"},
        {"tcp://", "it names no host and port, as 127.0.0.1:5020 and [::1]:5020 do"},
        {"::1:5020", "it names no host and port, as 127.0.0.1:5020 and [::1]:5020 do"},
        {"rtu://ttyUSB0", "a line needs the path of its device, as in rtu:///dev/ttyUSB0"},
        {"rtu://?baud=9600", "a line needs the path of its device, as in rtu:///dev/ttyUSB0"},
        {"rtu:///dev/x?baud=0", "'baud' is '0'; allowed is 50..4000000"},
        {"rtu:///dev/x?baud=9600999999999999999999", "'baud' is '960099999999999'; allowed is 50..4000000"},
        {"rtu:///dev/x?parity=mark", "'parity' is 'mark'; allowed is none, even or odd"},
        {"rtu:///dev/x?bits=7", "'bits' is '7'; allowed is 8 (ASCII: 7 too)"},
        {"rtu:///dev/x?stop", "'stop' is ''; allowed is 1 or 2"},
        {"rtu:///dev/x?speed=1", "'speed' is no key of a line; allowed are baud, parity, bits, stop"},
        {"rtu:///dev/x?baud=9600&", "'' is no key of a line; allowed are baud, parity, bits, stop"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mbp_wire wire = {.port = 77};
        char why[MBP_WIRE_WHY] = "";
        if (mbp_wire_parse(cases[i].text, &wire, why, sizeof why) != MBP_ERR_FORMAT)
            fail_msg("%s is taken", cases[i].text);
        assert_string_equal(why, cases[i].why);
        assert_int_equal(wire.port, 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wire_of_a_host_has_its_medium_framing_and_port),
        cmocka_unit_test(test_line_has_the_specifications_defaults_and_its_own_keys),
        cmocka_unit_test(test_pty_takes_no_time_unless_its_speed_is_given),
        cmocka_unit_test(test_text_that_is_no_wire_says_why_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
