/* Records of what people tell, as words and as events. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mbplant/event/logbook.h"

static void test_record_comes_back_from_its_words(void **state)
{
    (void)state;
    const struct mbp_logbook_record record = {
        MBP_LOGBOOK_WORK_OPENED, 3, MBP_NONE16, 70000, MBP_WORK_PREVENTIVE | MBP_DUE_RUNNING << 8, 90000, UINT32_MAX};
    struct mbp_logbook_record back;
    uint16_t words[MBP_LOGBOOK_WORDS];
    mbp_logbook_encode(&record, words);
    mbp_logbook_decode(words, MBP_LOGBOOK_WORDS, &back);
    assert_memory_equal(&record, &back, sizeof record);
}

static void test_words_that_are_left_out_are_none(void **state)
{
    (void)state;
    const uint16_t words[] = {MBP_LOGBOOK_NOTE};
    struct mbp_logbook_record record;
    mbp_logbook_decode(words, 1, &record);
    assert_int_equal(record.machine, MBP_NONE16);
    assert_int_equal(record.item, MBP_NONE16);
    assert_int_equal(record.number, 0);
    assert_true(mbp_logbook_is_good(&record, 0, 0));
    const struct mbp_event event = mbp_logbook_event(&record);
    assert_int_equal(event.code, MBP_EV_NOTE);
    assert_true(isnan(event.value) && isnan(event.limit));
}

static void test_record_that_does_not_say_what_its_command_needs_is_none(void **state)
{
    (void)state;
    static const struct mbp_logbook_record bad[] = {
        {.command = 0, .machine = 0, .item = 0},
        {.command = MBP_LOGBOOK_COMMANDS, .machine = 0, .item = 0, .number = 1, .kind = 1},
        {.command = MBP_LOGBOOK_NOTE, .machine = 2, .item = MBP_NONE16},
        {.command = MBP_LOGBOOK_NOTE, .machine = 0, .item = 4},
        {.command = MBP_LOGBOOK_CAUSE, .machine = MBP_NONE16, .item = MBP_NONE16},
        {.command = MBP_LOGBOOK_WORK_STARTED, .machine = 0, .item = MBP_NONE16},
        {.command = MBP_LOGBOOK_WORK_CANCELLED, .machine = 0, .item = MBP_NONE16},
        {.command = MBP_LOGBOOK_WORK_OPENED, .machine = MBP_NONE16, .item = MBP_NONE16, .kind = 1},
        {.command = MBP_LOGBOOK_WORK_OPENED, .machine = 0, .item = MBP_NONE16, .kind = 0},
        {.command = MBP_LOGBOOK_WORK_OPENED, .machine = 0, .item = MBP_NONE16, .kind = MBP_WORK_KINDS},
        {.command = MBP_LOGBOOK_WORK_OPENED, .machine = 0, .item = MBP_NONE16, .kind = 1 | MBP_DUE_KINDS << 8},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(mbp_logbook_is_good(&bad[i], 2, 4));
}

/* A float has 24 bits. */
static void test_work_is_due_at_exactly_what_was_said_however_large(void **state)
{
    (void)state;
    static const double dues[] = {
        0, 1, 16777216, 16777217, 33554435, 4294967295.0, 4294967297.0, 68719476735.0, 274877906943.0, MBP_DUE_MAX};
    for (size_t i = 0; i < sizeof dues / sizeof dues[0]; i++) {
        struct mbp_event event = {.detail = MBP_WORK_PREVENTIVE | MBP_DUE_PRODUCTS << 8};
        mbp_work_set_due_at(&event, dues[i]);
        assert_true(mbp_work_due_at(&event) == dues[i]);
        assert_int_equal(event.detail & 0xFFFFu, MBP_WORK_PREVENTIVE | MBP_DUE_PRODUCTS << 8);
        assert_true(fabs((double)event.limit - dues[i]) <= 8192); /* who reads the float alone is near */
    }
    const struct mbp_logbook_record record = {
        MBP_LOGBOOK_WORK_OPENED, 0, MBP_NONE16, 0, MBP_WORK_PREVENTIVE | MBP_DUE_TIME << 8, 0, 16777217};
    const struct mbp_event opened = mbp_logbook_event(&record);
    assert_true(mbp_work_due_at(&opened) == 16777217);
}

static void test_work_that_is_never_due_or_of_a_journal_made_by_hand_has_no_time(void **state)
{
    (void)state;
    const struct mbp_event never = {.detail = MBP_WORK_CORRECTIVE, .limit = NAN};
    const struct mbp_event bad = {.detail = MBP_WORK_CORRECTIVE | MBP_DUE_TIME << 8, .limit = INFINITY};
    assert_true(isnan(mbp_work_due_at(&never)));
    assert_true(isnan(mbp_work_due_at(&bad)));
    struct mbp_event event = {.detail = MBP_DUE_PRODUCTS << 8};
    mbp_work_set_due_at(&event, 1e300);
    assert_true(mbp_work_due_at(&event) == MBP_DUE_MAX);
    mbp_work_set_due_at(&event, -5);
    assert_true(mbp_work_due_at(&event) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record_comes_back_from_its_words),
        cmocka_unit_test(test_words_that_are_left_out_are_none),
        cmocka_unit_test(test_work_is_due_at_exactly_what_was_said_however_large),
        cmocka_unit_test(test_work_that_is_never_due_or_of_a_journal_made_by_hand_has_no_time),
        cmocka_unit_test(test_record_that_does_not_say_what_its_command_needs_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
