/* Frames field by field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/explain.h"

struct explained {
    enum mbp_status status;
    char *text;
};

static struct explained explain_bytes(const uint8_t *bytes, size_t len, enum ctl_side side)
{
    struct explained explained = {MBP_OK, NULL};
    size_t text_len = 0;
    FILE *out = open_memstream(&explained.text, &text_len);
    assert_non_null(out);
    explained.status = ctl_explain(bytes, len, side, out);
    fclose(out);
    return explained;
}

static struct explained explain_hex(const char *hex, enum ctl_side side)
{
    uint8_t bytes[512];
    size_t len = 0;
    char why[128] = "";
    if (ctl_hex_parse(&hex, 1, bytes, sizeof bytes, &len, why, sizeof why) != MBP_OK)
        fail_msg("%s: %s", hex, why);
    return explain_bytes(bytes, len, side);
}

static void says(const char *hex, enum ctl_side side, enum mbp_status status, const char *const *wanted)
{
    struct explained explained = explain_hex(hex, side);
    for (; *wanted != NULL; wanted++) {
        if (strstr(explained.text, *wanted) == NULL)
            fail_msg("'%s' is missing in:\n%s", *wanted, explained.text);
    }
    if (explained.status != status)
        fail_msg("status %d, wanted %d:\n%s", explained.status, status, explained.text);
    free(explained.text);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_hex_of_each_notation_gives_the_same_bytes(void **state)
{
    (void)state;
    static const char *const notations[] = {"0003ff0a",         "00 03 FF 0A",         "0x00,0x03,0xff,0x0a",
                                            "00:03:ff:0a",      "00-03-FF-0A",         "[00][03][FF][0A]",
                                            "<00><03><FF><0A>", "\\x00\\x03\\xff\\x0a"};
    static const uint8_t wanted[] = {0x00, 0x03, 0xFF, 0x0A};
    for (size_t i = 0; i < sizeof notations / sizeof notations[0]; i++) {
        uint8_t bytes[8];
        size_t len = 0;
        char why[128];
        assert_int_equal(ctl_hex_parse(&notations[i], 1, bytes, sizeof bytes, &len, why, sizeof why), MBP_OK);
        assert_int_equal(len, 4);
        assert_memory_equal(bytes, wanted, 4);
    }
}

static void test_lines_of_a_dump_give_their_bytes_alone(void **state)
{
    (void)state;
    static const struct {
        const char *text, *digits;
    } dumps[] = {
        {"0000   00 01 00 00 00 06 01 03 00 00 00 01               ............\n", "000100000006010300000001"},
        {"0000  00 01 00 00 00 06 01 03  00 00 00 01               ....\n", "000100000006010300000001"},
        {"00000000: 0001 0000 0006 0103 0000 0001            ............", "000100000006010300000001"},
        {"0000  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f   be ef\n0010  be ef   ..\n",
         "000102030405060708090a0b0c0d0e0fbeef"},
        {"0000   41 42   ab cd", "4142"},
    };
    for (size_t i = 0; i < sizeof dumps / sizeof dumps[0]; i++) {
        assert_true(explain_is_dump(dumps[i].text));
        char *digits = explain_dump_digits(dumps[i].text);
        assert_string_equal(digits, dumps[i].digits);
        free(digits);
    }
    assert_false(explain_is_dump("0001 0000"));
    assert_false(explain_is_dump("000100000006010300000001"));
    assert_false(explain_is_dump("00 01  02"));
}

static void test_payload_of_a_packet_is_found(void **state)
{
    (void)state;
    uint8_t packet[70] = {[12] = 0x08, [14] = 0x45, [23] = 6, [14 + 20 + 12] = 0x80};
    assert_int_equal(explain_packet_head(packet, sizeof packet), 14 + 20 + 32);
    assert_int_equal(explain_packet_head(packet, 66), 0);
    packet[23] = 17;
    assert_int_equal(explain_packet_head(packet, sizeof packet), 0);
    packet[23] = 6;
    packet[14] = 0x4F;
    assert_int_equal(explain_packet_head(packet, sizeof packet), 0);
}

static void test_hex_that_is_wrong_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[2];
    size_t len = 77;
    char why[128];
    static const char *const half = "0", *const letters = "zz", *const long_one = "000102";
    assert_int_equal(ctl_hex_parse(&half, 1, bytes, sizeof bytes, &len, why, sizeof why), MBP_ERR_FORMAT);
    assert_int_equal(ctl_hex_parse(&letters, 1, bytes, sizeof bytes, &len, why, sizeof why), MBP_ERR_FORMAT);
    assert_int_equal(ctl_hex_parse(&long_one, 1, bytes, sizeof bytes, &len, why, sizeof why), MBP_ERR_FULL);
    assert_int_equal(len, 77);
}

static void test_tcp_request_is_explained_with_address_and_reference(void **state)
{
    (void)state;
    says("000100000006 11 03 006B 0003", CTL_SIDE_GUESS, MBP_OK,
         WORDS("Modbus TCP frame, 12 bytes", "transaction id 1", "unit id 17", "Read Holding Registers, a request",
               "HR 107 = 40108", "quantity 3: HR 107..109 = 40108..40110"));
}

static void test_response_is_told_from_a_request_by_its_lengths(void **state)
{
    (void)state;
    says("000100000007 01 03 04 4282 6666", CTL_SIDE_GUESS, MBP_OK,
         WORDS("Read Holding Registers, the response", "byte count 4"));
    says("04 02 000A", CTL_SIDE_GUESS, MBP_OK, WORDS("the response", "register 1: 10"));
    says("0F 0013 000A", CTL_SIDE_GUESS, MBP_OK, WORDS("Write Multiple Coils, the response"));
    says("0F 0013 000A 02 CD01", CTL_SIDE_GUESS, MBP_OK, WORDS("Write Multiple Coils, a request", "10110011"));
    says("14 0E 06 0004 0001 0002 06 0003 0009 0002", CTL_SIDE_GUESS, MBP_OK, WORDS("a request", "file 4", "file 3"));
    says("14 0C 05 06 0DFE 0020 05 06 33CD 0040", CTL_SIDE_GUESS, MBP_OK, WORDS("the response", "3582"));
}

static void test_ambiguous_frame_can_be_taken_for_either(void **state)
{
    (void)state;
    says("01 03 05 00 01", CTL_SIDE_GUESS, MBP_OK, WORDS("a request (a response could look like that: --response)"));
    says("01 03 05 00 01", CTL_SIDE_RESPONSE, MBP_OK, WORDS("the response", "bits 16..23: 10000000"));
    says("06 0001 0003", CTL_SIDE_GUESS, MBP_OK, WORDS("or its response, which repeats it"));
}

static void test_32_bits_are_shown_in_all_four_orders(void **state)
{
    (void)state;
    says("03 04 4282 6666", CTL_SIDE_GUESS, MBP_OK, WORDS("ABCD (big)", "float32   65.2 ", "int32     1115842150"));
    says("03 04 6666 4282", CTL_SIDE_GUESS, MBP_OK, WORDS("2.718428e+23    65.2 "));
    says("03 04 8242 6666", CTL_SIDE_GUESS, MBP_OK, WORDS(" 65.2 "));
    says("03 04 6666 8242", CTL_SIDE_GUESS, MBP_OK, WORDS(" 65.2\n"));
}

static void test_exception_is_named_and_hinted_at(void **state)
{
    (void)state;
    says("000100000003 01 83 02", CTL_SIDE_GUESS, MBP_OK,
         WORDS("exception to Read Holding Registers", "exception 02, illegal data address"));
}

static void test_rtu_frame_is_known_by_its_crc(void **state)
{
    (void)state;
    says("01 03 0000 0001 840A", CTL_SIDE_GUESS, MBP_OK, WORDS("Modbus RTU frame, 8 bytes", "quantity 1", "CRC-16"));
}

/* The middle of this one reads as protocol id 0 and a length that fits. */
static void test_rtu_frame_that_could_be_a_tcp_header_is_rtu_by_its_crc(void **state)
{
    (void)state;
    says("01 03 0000 0002 C40B", CTL_SIDE_GUESS, MBP_OK, WORDS("Modbus RTU frame, 8 bytes", "quantity 2", "CRC-16"));
}

static void test_tcp_header_that_no_slave_answers_says_so(void **state)
{
    (void)state;
    says("0001 0001 0006 01 03 0000 0001", CTL_SIDE_GUESS, MBP_ERR_FORMAT,
         WORDS("Modbus TCP frame, 12 bytes", "protocol id 1", "discards", "quantity 1"));
    says("0001 0000 00FF 01 03 0000 0001", CTL_SIDE_GUESS, MBP_ERR_FORMAT,
         WORDS("Modbus TCP frame, 12 bytes", "length 255", "closes the connection", "unit id 1"));
    says("0001 0000 0001 01", CTL_SIDE_GUESS, MBP_ERR_FORMAT, WORDS("length 1", "closes the connection"));
    says("0001 0000 0000 01 03 0000 0001", CTL_SIDE_GUESS, MBP_ERR_FORMAT, WORDS("length 0", "closes the connection"));
    says("10 0000 0001 02 0005", CTL_SIDE_GUESS, MBP_OK, WORDS("PDU alone", "Write Multiple Registers, a request"));
}

static void test_rules_that_are_broken_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *hex, *wanted;
    } cases[] = {
        {"03 0000 007E", "must be 1..125"},
        {"01 0000 07D1", "must be 1..2000"},
        {"10 0000 0000", "must be 1..123"},
        {"03 FFFF 0002", "beyond 65535"},
        {"05 0003 FF01", "only FF00 (on) and 0000 (off)"},
        {"10 0000 0001 04 0001", "2 bytes follow"},
        {"03 0000", "the frame ends here"},
        {"03 0000 0001 00", "too many"},
        {"63 00", "unknown"},
        {"83", "exception code is missing"},
        {"14 07 05 0001 0000 0001", "reference type 5"},
        {"14 07 05 0001 0000 0001", "must be 6; a slave answers exception 02"},
        {"14 07 06 0000 0000 0001", "files count from 1; a slave answers exception 02"},
        {"14 07 06 0001 2710 0001", "records are 0..9999; a slave answers exception 02"},
        {"14 07 06 0001 270F 0002", "records are 0..9999; a slave answers exception 02"},
        {"14 07 06 0001 0000 0000", "no registers; a slave answers exception 03"},
        {"14 03 06 00 01", "the group ends here"},
        {"15 09 06 0001 0000 0002 1111", "the group's data is cut off"},
        {"2B 0D 00 00", "only MEI type 14"},
        {"2B 0E 05 00", "the access must be 1..4"},
        {"000100000006 01 03 00", "cut off"},
        {"000100000002 01", "ends before its function code"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        says(cases[i].hex, CTL_SIDE_REQUEST, MBP_ERR_FORMAT, WORDS(cases[i].wanted));
    struct explained nothing = explain_bytes(NULL, 0, CTL_SIDE_GUESS);
    assert_int_equal(nothing.status, MBP_ERR_FORMAT);
    free(nothing.text);
}

static void test_diagnostics_say_their_number(void **state)
{
    (void)state;
    says("08 000C 0003", CTL_SIDE_GUESS, MBP_OK, WORDS("Return Bus Communication Error Count", "data 3 = 0x0003"));
    says("08 0000 A537 0001", CTL_SIDE_GUESS, MBP_OK, WORDS("4 bytes of data"));
}

static void test_identification_objects_are_shown_as_text(void **state)
{
    (void)state;
    says("2B 0E 01 01 00 00 02 00 03 414243 01 02 5800", CTL_SIDE_GUESS, MBP_OK,
         WORDS("object 0: vendor", "\"ABC\"", "object 1: product code", "\"X.\""));
}

/* Any bytes: every length, taken for either side; the sanitizers watch the reads. */
static void explain_text(const char *frame, const char *wanted, bool right)
{
    struct explained explained = explain_bytes((const uint8_t *)frame, strlen(frame), CTL_SIDE_GUESS);
    if (strstr(explained.text, wanted) == NULL)
        fail_msg("%s: %s", frame, explained.text);
    assert_int_equal(explained.status, right ? MBP_OK : MBP_ERR_FORMAT);
    free(explained.text);
}

static void test_ascii_frame_is_known_by_its_colon_and_its_check_value_told(void **state)
{
    (void)state;
    explain_text(":010300000001FB\r\n", "Modbus ASCII frame, 7 bytes", true);
    explain_text(":010300000001FB", "Read Holding Registers, a request", true);
    explain_text(":010300000001FB", "LRC: right", true);
    explain_text(":010300000001fb\n", "first address 0: HR 0 = 40001", true);
    explain_text(":010300000001FA", "it is FB for these bytes", false);
    explain_text(":0103", "at least", false);
    explain_text(":01030", "PDU alone", false); /* half a byte: no such frame */
    explain_text(":01", "at least", false);
}

static void test_any_bytes_are_explained_without_reading_beyond_them(void **state)
{
    (void)state;
    uint64_t draw = 0;
    for (unsigned round = 0; round < 4000; round++) {
        size_t len = round % 24 + 1;
        uint8_t *bytes = malloc(len);
        assert_non_null(bytes);
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)mbp_rng_bits(1, 2, draw++);
        if (round % 3 == 0)
            bytes[0] = (uint8_t)(round % 44); /* a function code that has fields */
        struct explained explained = explain_bytes(bytes, len, (enum ctl_side)(round % 3));
        assert_true(strlen(explained.text) > 0);
        free(explained.text);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hex_of_each_notation_gives_the_same_bytes),
        cmocka_unit_test(test_lines_of_a_dump_give_their_bytes_alone),
        cmocka_unit_test(test_payload_of_a_packet_is_found),
        cmocka_unit_test(test_hex_that_is_wrong_is_refused),
        cmocka_unit_test(test_tcp_request_is_explained_with_address_and_reference),
        cmocka_unit_test(test_response_is_told_from_a_request_by_its_lengths),
        cmocka_unit_test(test_ambiguous_frame_can_be_taken_for_either),
        cmocka_unit_test(test_32_bits_are_shown_in_all_four_orders),
        cmocka_unit_test(test_exception_is_named_and_hinted_at),
        cmocka_unit_test(test_rtu_frame_is_known_by_its_crc),
        cmocka_unit_test(test_rtu_frame_that_could_be_a_tcp_header_is_rtu_by_its_crc),
        cmocka_unit_test(test_tcp_header_that_no_slave_answers_says_so),
        cmocka_unit_test(test_rules_that_are_broken_are_named),
        cmocka_unit_test(test_diagnostics_say_their_number),
        cmocka_unit_test(test_identification_objects_are_shown_as_text),
        cmocka_unit_test(test_ascii_frame_is_known_by_its_colon_and_its_check_value_told),
        cmocka_unit_test(test_any_bytes_are_explained_without_reading_beyond_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
