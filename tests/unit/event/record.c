/* The 20-register record of an event. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mbplant/event.h"

static void test_record_of_an_event_is_these_words(void **state)
{
    (void)state;
    const struct mbp_event event = {
        .seq = 0x00010002,
        .scan = 0x00030004,
        .wall_ms = UINT64_C(0x0005000600070008),
        .code = MBP_EV_ALARM_RAISED,
        .unit = 247,
        .machine = 3,
        .sensor = MBP_NONE16,
        .value = 91.5f,   /* 42B70000 */
        .limit = -0.375f, /* BEC00000 */
        .actor = 0x7F00,
        .flags = 0x0001,
        .detail = 0xA1B2C3D4,
    };
    static const uint16_t expected[MBP_EVENT_WORDS] = {0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x0007,
                                                       0x0008, 20,     247,    3,      0xFFFF, 0x42B7, 0x0000,
                                                       0xBEC0, 0x0000, 0x7F00, 0x0001, 0xA1B2, 0xC3D4};
    uint16_t words[MBP_EVENT_WORDS];
    mbp_event_encode(&event, words);
    assert_memory_equal(words, expected, sizeof words);
}

static void test_record_read_back_is_the_event(void **state)
{
    (void)state;
    const struct mbp_event event = {.wall_ms = UINT64_MAX - 1,
                                    .seq = UINT32_MAX,
                                    .scan = 1,
                                    .code = MBP_EV_JOURNAL_TROUBLE,
                                    .unit = 65535,
                                    .machine = 0,
                                    .sensor = 3999,
                                    .value = -1e30f,
                                    .limit = NAN,
                                    .actor = 0xC0A8,
                                    .flags = 0x0001,
                                    .detail = 7};
    uint16_t words[MBP_EVENT_WORDS];
    struct mbp_event read;
    mbp_event_encode(&event, words);
    mbp_event_decode(words, &read);
    assert_int_equal(read.wall_ms, event.wall_ms);
    assert_int_equal(read.seq, event.seq);
    assert_int_equal(read.scan, event.scan);
    assert_int_equal(read.code, event.code);
    assert_int_equal(read.unit, event.unit);
    assert_int_equal(read.machine, event.machine);
    assert_int_equal(read.sensor, event.sensor);
    assert_true(read.value <= event.value && read.value >= event.value);
    assert_true(isnan(read.limit));
    assert_int_equal(read.actor, event.actor);
    assert_int_equal(read.detail, event.detail);
}

/* Any words are a record: every bit has its place, and comes back. */
static void test_record_of_any_words_decoded_and_encoded_is_unchanged(void **state)
{
    (void)state;
    for (uint64_t n = 0; n < 1000; n++) {
        uint16_t words[MBP_EVENT_WORDS];
        uint16_t again[MBP_EVENT_WORDS];
        for (uint64_t i = 0; i < MBP_EVENT_WORDS; i++)
            words[i] = (uint16_t)mbp_rng_bits(n, i, 0);
        struct mbp_event event;
        mbp_event_decode(words, &event);
        if (isnan(event.value) || isnan(event.limit))
            continue; /* a processor may quieten a NaN: not the same bits, but a NaN still */
        mbp_event_encode(&event, again);
        assert_memory_equal(words, again, sizeof words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record_of_an_event_is_these_words),
        cmocka_unit_test(test_record_read_back_is_the_event),
        cmocka_unit_test(test_record_of_any_words_decoded_and_encoded_is_unchanged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
