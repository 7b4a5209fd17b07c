/* What the detail of an event packs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mbplant/event.h"

static void test_state_detail_packs_to_from_and_cause_in_bytes(void **state)
{
    (void)state;
    uint32_t detail = mbp_event_state_detail(2, 1, MBP_CAUSE_TRIP);
    assert_int_equal(detail, 0x00020201);
    assert_int_equal(mbp_event_state_from(detail), 2);
    assert_int_equal(mbp_event_state_to(detail), 1);
    assert_int_equal(mbp_event_state_cause(detail), MBP_CAUSE_TRIP);
}

static void test_write_detail_packs_address_table_exception_and_more(void **state)
{
    (void)state;
    assert_int_equal(mbp_event_write_detail(2, 0xABCD, 4, 17), 0x1142ABCDu);
    assert_int_equal(mbp_event_write_detail(0, 0, 2, 0), 0x00200000u);
}

static void test_write_detail_with_more_than_255_says_255(void **state)
{
    (void)state;
    assert_int_equal(mbp_event_write_detail(0, 0, 0, 255) >> 24, 255);
    assert_int_equal(mbp_event_write_detail(0, 0, 0, 256) >> 24, 255);
    assert_int_equal(mbp_event_write_detail(0, 0, 0, UINT32_MAX) >> 24, 255);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_state_detail_packs_to_from_and_cause_in_bytes),
        cmocka_unit_test(test_write_detail_packs_address_table_exception_and_more),
        cmocka_unit_test(test_write_detail_with_more_than_255_says_255),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
