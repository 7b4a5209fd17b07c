/* Events' names in the journal's formats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mbplant/event.h"

static void test_name_of_a_code_is_that_code_alones(void **state)
{
    (void)state;
    for (size_t i = 0; i < mbp_event_type_count; i++) {
        const char *name = mbp_event_code_name(mbp_event_types[i].code);
        assert_string_not_equal(name, "unknown");
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(name, mbp_event_types[k].name);
    }
}

static void test_name_of_codes_on_the_wire_stays_as_published(void **state)
{
    (void)state;
    assert_string_equal(mbp_event_code_name(1), "start");
    assert_string_equal(mbp_event_code_name(20), "alarm raised");
    assert_string_equal(mbp_event_code_name(95), "work cancelled");
    assert_string_equal(mbp_event_code_name(30), "machine state");
    assert_string_equal(mbp_event_code_name(43), "write refused");
    assert_string_equal(mbp_event_code_name(45), "writes aggregated");
    assert_string_equal(mbp_event_code_name(50), "journal trouble");
    assert_string_equal(mbp_event_code_name(60), "simulation paused");
    assert_string_equal(mbp_event_code_name(65), "snapshot restored");
    assert_string_equal(mbp_event_code_name(66), "seed changed");
    assert_string_equal(mbp_event_code_name(51), "clock stepped");
}

static void test_name_of_an_unknown_code_is_unknown(void **state)
{
    (void)state;
    assert_string_equal(mbp_event_code_name(0), "unknown");
    assert_string_equal(mbp_event_code_name(999), "unknown");
}

static void test_types_stand_by_rising_code_and_each_is_found(void **state)
{
    (void)state;
    assert_null(mbp_event_type(0));
    assert_null(mbp_event_type(5));
    assert_null(mbp_event_type(UINT16_MAX));
    for (size_t i = 0; i < mbp_event_type_count; i++) {
        const struct mbp_event_type *type = &mbp_event_types[i];
        assert_true(i == 0 || type->code > type[-1].code);
        assert_ptr_equal(mbp_event_type(type->code), type);
        assert_true(type->name[0] != '\0' && type->french[0] != '\0');
        assert_true(type->form < MBP_FORM_COUNT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_name_of_a_code_is_that_code_alones),
        cmocka_unit_test(test_name_of_codes_on_the_wire_stays_as_published),
        cmocka_unit_test(test_name_of_an_unknown_code_is_unknown),
        cmocka_unit_test(test_types_stand_by_rising_code_and_each_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
