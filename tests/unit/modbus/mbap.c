/* The MBAP framer: any bytes give a frame of some kind. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "mbplant/modbus.h"

static const uint8_t request[12] = {0x12, 0x34, 0, 0, 0, 6, 0x11, 3, 0, 0x6B, 0, 3};

static void test_frame_whole_gives_its_parts(void **state)
{
    (void)state;
    struct mbp_frame frame = mbp_mbap_parse(request, sizeof request);
    assert_int_equal(frame.kind, MBP_FRAME_REQUEST);
    assert_int_equal(frame.len, 12);
    assert_int_equal(frame.transaction, 0x1234);
    assert_int_equal(frame.unit, 0x11);
    assert_ptr_equal(frame.pdu, request + 7);
    assert_int_equal(frame.pdu_len, 5);
}

static void test_frame_cut_anywhere_asks_for_more(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof request; len++) {
        uint8_t *cut = malloc(len + (len == 0)); /* a block of its own: nothing beyond is read */
        assert_non_null(cut);
        memcpy(cut, request, len);
        assert_int_equal(mbp_mbap_parse(cut, len).kind, MBP_FRAME_MORE);
        free(cut);
    }
}

static void test_frame_with_another_behind_takes_only_its_own_bytes(void **state)
{
    (void)state;
    uint8_t two[24];
    memcpy(two, request, 12);
    memcpy(two + 12, request, 12);
    two[13] = 0x35;
    struct mbp_frame frame = mbp_mbap_parse(two, sizeof two);
    assert_int_equal(frame.len, 12);
    frame = mbp_mbap_parse(two + frame.len, sizeof two - frame.len);
    assert_int_equal(frame.kind, MBP_FRAME_REQUEST);
    assert_int_equal(frame.transaction, 0x1235);
}

static void test_frame_of_another_protocol_is_discarded_whole(void **state)
{
    (void)state;
    uint8_t other[sizeof request];
    for (int byte = 2; byte <= 3; byte++) {
        memcpy(other, request, sizeof other);
        other[byte] = 1;
        struct mbp_frame frame = mbp_mbap_parse(other, sizeof other);
        assert_int_equal(frame.kind, MBP_FRAME_DISCARD);
        assert_int_equal(frame.len, sizeof other);
        assert_int_equal(mbp_mbap_parse(other, sizeof other - 1).kind, MBP_FRAME_MORE);
    }
}

static void test_frame_of_each_length_is_taken_from_2_to_254_and_closes_beyond(void **state)
{
    (void)state;
    uint8_t bytes[MBP_ADU_MAX] = {0};
    for (unsigned length = 0; length <= 65535; length++) {
        bytes[4] = (uint8_t)(length >> 8);
        bytes[5] = (uint8_t)length;
        struct mbp_frame frame = mbp_mbap_parse(bytes, sizeof bytes);
        if (length < 2 || length > 254) {
            assert_int_equal(frame.kind, MBP_FRAME_CLOSE);
            continue;
        }
        assert_int_equal(frame.kind, MBP_FRAME_REQUEST);
        assert_int_equal(frame.len, 6 + length);
        assert_int_equal(frame.pdu_len, length - 1);
    }
}

/* As soon as the length is there: the bytes that it promises will never come. */
static void test_frame_of_a_bad_length_closes_before_it_is_complete(void **state)
{
    (void)state;
    static const uint8_t http[] = "GET / HTTP/1.1\r\n";
    static const uint8_t tls[] = {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00};
    assert_int_equal(mbp_mbap_parse(http, 5).kind, MBP_FRAME_MORE);
    assert_int_equal(mbp_mbap_parse(http, 6).kind, MBP_FRAME_CLOSE);
    assert_int_equal(mbp_mbap_parse(tls, 6).kind, MBP_FRAME_CLOSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frame_whole_gives_its_parts),
        cmocka_unit_test(test_frame_cut_anywhere_asks_for_more),
        cmocka_unit_test(test_frame_with_another_behind_takes_only_its_own_bytes),
        cmocka_unit_test(test_frame_of_another_protocol_is_discarded_whole),
        cmocka_unit_test(test_frame_of_each_length_is_taken_from_2_to_254_and_closes_beyond),
        cmocka_unit_test(test_frame_of_a_bad_length_closes_before_it_is_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
