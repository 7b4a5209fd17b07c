/* ASCII frames in a stream. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "mbplant/modbus.h"

#define READ ":01030000000AF2\r\n"

static struct mbp_frame parse(const char *text, bool quiet, uint8_t adu[MBP_ADU_MAX])
{
    size_t len = strlen(text);
    uint8_t *exact = malloc(len + (len == 0));
    assert_non_null(exact);
    memcpy(exact, text, len); // NOLINT(bugprone-not-null-terminated-result): bytes, and none behind them
    struct mbp_frame frame = mbp_ascii_parse(exact, len, quiet, adu);
    free(exact);
    return frame;
}

static void test_frame_whole_gives_its_parts_in_either_case(void **state)
{
    (void)state;
    static const char *const texts[] = {READ, ":01030000000af2\r\n"};
    for (size_t i = 0; i < 2; i++) {
        uint8_t adu[MBP_ADU_MAX];
        struct mbp_frame frame = parse(texts[i], false, adu);
        assert_int_equal(frame.kind, MBP_FRAME_REQUEST);
        assert_int_equal(frame.len, strlen(READ));
        assert_int_equal(frame.unit, 1);
        assert_int_equal(frame.pdu_len, 5);
        assert_memory_equal(frame.pdu, "\x03\x00\x00\x00\x0A", 5);
    }
}

static void test_frame_cut_anywhere_asks_for_more_until_it_is_quiet(void **state)
{
    (void)state;
    char cut[sizeof READ] = READ;
    uint8_t adu[MBP_ADU_MAX];
    for (size_t len = strlen(READ); len-- > 1;) {
        cut[len] = '\0';
        assert_int_equal(parse(cut, false, adu).kind, MBP_FRAME_MORE);
        assert_int_equal(parse(cut, true, adu).kind, MBP_FRAME_DISCARD);
    }
    assert_int_equal(parse("", false, adu).kind, MBP_FRAME_MORE);
}

static void test_what_is_no_frame_is_discarded_up_to_the_next_colon(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
    } cases[] = {
        {"xx\r\n" READ, 4},               /* noise */
        {"xx", 2},                        /* and nothing behind it */
        {":0103" READ, 5},                /* a frame that was broken off */
        {":01030000000AF3\r\n" READ, 17}, /* LRC */
        {":01030000000AF2\n" READ, 16},   /* no CR */
        {":01030000000AF\r\n" READ, 16},  /* half a byte */
        {":0103000000ZAF2\r\n" READ, 17}, /* no digit */
        {":0103\r\n" READ, 7},            /* without a check value */
        {":\r\n" READ, 3},
        {":\n" READ, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t adu[MBP_ADU_MAX];
        struct mbp_frame frame = parse(cases[i].text, false, adu);
        assert_int_equal(frame.kind, MBP_FRAME_DISCARD);
        assert_int_equal(frame.len, cases[i].len);
    }
}

static void test_frame_that_does_not_end_is_discarded(void **state)
{
    (void)state;
    uint8_t adu[MBP_ADU_MAX];
    char endless[MBP_ASCII_MAX + 1];
    memset(endless, '0', sizeof endless);
    endless[0] = ':';
    endless[MBP_ASCII_MAX] = '\0';
    struct mbp_frame frame = parse(endless, false, adu);
    assert_int_equal(frame.kind, MBP_FRAME_DISCARD);
    assert_int_equal(frame.len, MBP_ASCII_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frame_whole_gives_its_parts_in_either_case),
        cmocka_unit_test(test_frame_cut_anywhere_asks_for_more_until_it_is_quiet),
        cmocka_unit_test(test_what_is_no_frame_is_discarded_up_to_the_next_colon),
        cmocka_unit_test(test_frame_that_does_not_end_is_discarded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
