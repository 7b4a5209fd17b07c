/* RTU frames in a stream: by the function's length, by silence, and after noise. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "mbplant/modbus.h"

#define READ      0x01, 0x03, 0x00, 0x00, 0x00, 0x0A, 0xC5, 0xCD /* the example of many manuals */
#define WRITE_TWO 0x11, 0x10, 0x00, 0x01, 0x00, 0x02, 0x04, 0x00, 0x0A, 0x01, 0x02, 0xC6, 0xF0

static const uint8_t reading[] = {READ};
static const uint8_t writing[] = {WRITE_TWO};

/* Of a block that ends where the bytes do. */
static struct mbp_frame parse(const uint8_t *bytes, size_t len, bool quiet)
{
    uint8_t *exact = malloc(len + (len == 0));
    assert_non_null(exact);
    memcpy(exact, bytes, len);
    struct mbp_frame frame = mbp_rtu_parse(exact, len, quiet);
    if (frame.kind == MBP_FRAME_REQUEST)
        frame.pdu = bytes + (frame.pdu - exact);
    free(exact);
    return frame;
}

/* Makes a frame of hex-like bytes: unit, PDU. */
static size_t sealed(uint8_t *out, const uint8_t *bytes, size_t len)
{
    memcpy(out, bytes, len);
    return mbp_rtu_seal(out, len - 1);
}

static void test_crc_is_that_of_the_specification(void **state)
{
    (void)state;
    assert_int_equal(mbp_crc16((const uint8_t[]){0x02, 0x07}, 2), 0x1241); /* V1.02, appendix B */
    assert_int_equal(mbp_crc16(reading, sizeof reading), 0);
    assert_int_equal(mbp_crc16(writing, sizeof writing), 0);
}

static void test_frame_whole_gives_its_parts(void **state)
{
    (void)state;
    for (int quiet = 0; quiet < 2; quiet++) {
        struct mbp_frame frame = parse(writing, sizeof writing, quiet != 0);
        assert_int_equal(frame.kind, MBP_FRAME_REQUEST);
        assert_int_equal(frame.len, sizeof writing);
        assert_int_equal(frame.unit, 0x11);
        assert_ptr_equal(frame.pdu, writing + 1);
        assert_int_equal(frame.pdu_len, sizeof writing - 3);
    }
}

static void test_frame_cut_anywhere_asks_for_more_until_it_is_quiet(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof writing; len++) {
        assert_int_equal(parse(writing, len, false).kind, MBP_FRAME_MORE);
        struct mbp_frame frame = parse(writing, len, true);
        assert_int_equal(frame.kind, len == 0 ? MBP_FRAME_MORE : MBP_FRAME_DISCARD);
        assert_int_equal(frame.len, len);
    }
}

static void test_frames_in_a_row_are_taken_one_by_one(void **state)
{
    (void)state;
    static const uint8_t two[] = {READ, WRITE_TWO};
    for (int quiet = 0; quiet < 2; quiet++) {
        struct mbp_frame frame = parse(two, sizeof two, quiet != 0);
        assert_int_equal(frame.kind, MBP_FRAME_REQUEST);
        assert_int_equal(frame.len, sizeof reading);
        frame = parse(two + frame.len, sizeof two - frame.len, quiet != 0);
        assert_int_equal(frame.kind, MBP_FRAME_REQUEST);
        assert_int_equal(frame.len, sizeof writing);
    }
}

static void test_noise_before_a_frame_is_discarded_up_to_it(void **state)
{
    (void)state;
    static const uint8_t noisy[] = {0x55, 0xFF, 0x01, READ};
    struct mbp_frame frame = {0};
    size_t at = 0;
    while (at < 3) {
        frame = parse(noisy + at, sizeof noisy - at, true);
        assert_int_equal(frame.kind, MBP_FRAME_DISCARD);
        at += frame.len;
    }
    assert_int_equal(at, 3);
    assert_int_equal(parse(noisy + at, sizeof noisy - at, true).kind, MBP_FRAME_REQUEST);
}

static void test_frame_with_a_wrong_crc_does_not_take_the_next_one_along(void **state)
{
    (void)state;
    uint8_t two[] = {READ, READ};
    two[6] ^= 1;
    size_t at = 0;
    struct mbp_frame frame = parse(two, sizeof two, false);
    while (frame.kind == MBP_FRAME_DISCARD) {
        at += frame.len;
        frame = parse(two + at, sizeof two - at, false);
    }
    assert_int_equal(frame.kind, MBP_FRAME_REQUEST);
    assert_int_equal(at, sizeof reading);
}

static void test_function_without_a_length_is_all_that_is_there(void **state)
{
    (void)state;
    uint8_t frame[MBP_RTU_MAX];
    size_t len = sealed(frame, (const uint8_t[]){1, 0x41, 9, 9, 9}, 5);
    struct mbp_frame found = parse(frame, len, false);
    assert_int_equal(found.kind, MBP_FRAME_REQUEST);
    assert_int_equal(found.pdu_len, 4);
    assert_int_equal(parse(frame, len - 1, false).kind, MBP_FRAME_MORE);
    assert_int_equal(parse(frame, len - 1, true).kind, MBP_FRAME_DISCARD);
}

static void test_frame_of_another_length_than_its_functions_is_taken_whole(void **state)
{
    (void)state;
    uint8_t frame[MBP_RTU_MAX];
    size_t len = sealed(frame, (const uint8_t[]){1, 3, 0, 0, 0, 1, 0, 0}, 8); /* two bytes too many */
    assert_int_equal(parse(frame, len, false).pdu_len, 7);
    len = sealed(frame, (const uint8_t[]){1, 3, 0, 0}, 4); /* two too few: known by silence alone */
    assert_int_equal(parse(frame, len, false).kind, MBP_FRAME_MORE);
    assert_int_equal(parse(frame, len, true).pdu_len, 3);
}

static void test_length_that_no_frame_has_is_noise(void **state)
{
    (void)state;
    static const uint8_t huge[] = {1, 16, 0, 0, 0, 1, 255, 1}; /* 264 bytes */
    assert_int_equal(parse(huge, sizeof huge, false).kind, MBP_FRAME_DISCARD);
    uint8_t endless[MBP_RTU_MAX];
    memset(endless, 0x41, sizeof endless);
    assert_int_equal(parse(endless, sizeof endless, false).kind, MBP_FRAME_DISCARD);
}

static void test_every_function_tells_the_length_of_a_request_of_its_own(void **state)
{
    (void)state;
    static const struct {
        uint8_t pdu[12];
        size_t len;
    } cases[] = {
        {{1, 0, 0, 0, 1}, 5},
        {{5, 0, 0, 0xFF, 0}, 5},
        {{7}, 1},
        {{8, 0, 0, 1, 2}, 5},
        {{11}, 1},
        {{15, 0, 0, 0, 1, 1, 1}, 7},
        {{16, 0, 0, 0, 1, 2, 0, 1}, 8},
        {{20, 7, 6, 0, 1, 0, 0, 0, 1}, 9},
        {{22, 0, 0, 0, 1, 0, 2}, 7},
        {{23, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 1}, 12},
        {{24, 0, 0}, 3},
        {{43, 14, 1, 0}, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[32] = {1};
        memcpy(bytes + 1, cases[i].pdu, cases[i].len);
        size_t len = mbp_rtu_seal(bytes, cases[i].len);
        memcpy(bytes + len, reading, sizeof reading); /* the next one is there already */
        struct mbp_frame frame = parse(bytes, len + sizeof reading, false);
        assert_int_equal(frame.kind, MBP_FRAME_REQUEST);
        assert_int_equal(frame.pdu_len, cases[i].len);
    }
}

static void test_reply_is_as_long_as_its_function_says(void **state)
{
    (void)state;
    static const struct {
        uint8_t pdu[16];
        size_t len;
    } cases[] = {
        {{3, 4, 0, 1, 0, 2}, 6},     {{1, 1, 5}, 3}, {{6, 0, 0, 0, 1}, 5},  {{0x83, 2}, 2}, {{16, 0, 0, 0, 1}, 5},
        {{24, 0, 4, 0, 1, 0, 7}, 7}, {{7, 1}, 2},    {{11, 0, 0, 0, 3}, 5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[64] = {1};
        memcpy(bytes + 1, cases[i].pdu, cases[i].len);
        size_t len = mbp_rtu_seal(bytes, cases[i].len);
        for (size_t part = 0; part < len; part++)
            assert_int_equal(mbp_rtu_parse_reply(bytes, part, false).kind, MBP_FRAME_MORE);
        memcpy(bytes + len, reading, sizeof reading);
        assert_int_equal(mbp_rtu_parse_reply(bytes, len + sizeof reading, false).kind, MBP_FRAME_REQUEST);
        assert_int_equal(mbp_rtu_parse_reply(bytes, len + sizeof reading, false).pdu_len, cases[i].len);
    }
    uint8_t objects[32];
    size_t len = sealed(objects, (const uint8_t[]){1, 43, 14, 1, 1, 0, 0, 1, 0, 1, 'A'}, 11); /* no length of its own */
    assert_int_equal(mbp_rtu_parse_reply(objects, len, false).pdu_len, 10);
    assert_int_equal(mbp_rtu_parse_reply(objects, len - 1, false).kind, MBP_FRAME_MORE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crc_is_that_of_the_specification),
        cmocka_unit_test(test_frame_whole_gives_its_parts),
        cmocka_unit_test(test_frame_cut_anywhere_asks_for_more_until_it_is_quiet),
        cmocka_unit_test(test_frames_in_a_row_are_taken_one_by_one),
        cmocka_unit_test(test_noise_before_a_frame_is_discarded_up_to_it),
        cmocka_unit_test(test_frame_with_a_wrong_crc_does_not_take_the_next_one_along),
        cmocka_unit_test(test_function_without_a_length_is_all_that_is_there),
        cmocka_unit_test(test_frame_of_another_length_than_its_functions_is_taken_whole),
        cmocka_unit_test(test_length_that_no_frame_has_is_noise),
        cmocka_unit_test(test_reply_is_as_long_as_its_function_says),
        cmocka_unit_test(test_every_function_tells_the_length_of_a_request_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
