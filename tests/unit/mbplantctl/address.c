/* Raw addresses as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "slave/address.h"

static void test_address_of_each_form_parses_to_its_table_and_pdu_address(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct ctl_address wanted;
    } cases[] = {
        {"hr:0", {MBP_HOLDING_REGISTERS, 0, 1, MBP_UINT16, MBP_ABCD}},
        {"HR:65535", {MBP_HOLDING_REGISTERS, 65535, 1, MBP_UINT16, MBP_ABCD}},
        {"holding:7", {MBP_HOLDING_REGISTERS, 7, 1, MBP_UINT16, MBP_ABCD}},
        {"ir:5", {MBP_INPUT_REGISTERS, 5, 1, MBP_UINT16, MBP_ABCD}},
        {"coil:3", {MBP_COILS, 3, 1, MBP_BOOL, MBP_ABCD}},
        {"di:7-8", {MBP_DISCRETE_INPUTS, 7, 2, MBP_BOOL, MBP_ABCD}},
        {"4x:7", {MBP_HOLDING_REGISTERS, 7, 1, MBP_UINT16, MBP_ABCD}},
        {"input_registers:7", {MBP_INPUT_REGISTERS, 7, 1, MBP_UINT16, MBP_ABCD}},
        {"discrete_inputs:7", {MBP_DISCRETE_INPUTS, 7, 1, MBP_BOOL, MBP_ABCD}},
        {"0x:7", {MBP_COILS, 7, 1, MBP_BOOL, MBP_ABCD}},
        {"hr:0x10", {MBP_HOLDING_REGISTERS, 16, 1, MBP_UINT16, MBP_ABCD}},
        {"hr:0-9", {MBP_HOLDING_REGISTERS, 0, 10, MBP_UINT16, MBP_ABCD}},
        {"hr:0-65535", {MBP_HOLDING_REGISTERS, 0, 65536, MBP_UINT16, MBP_ABCD}},
        {"hr:4:float32:CDAB", {MBP_HOLDING_REGISTERS, 4, 2, MBP_FLOAT32, MBP_CDAB}},
        {"hr:4:INT64:dcba", {MBP_HOLDING_REGISTERS, 4, 4, MBP_INT64, MBP_DCBA}},
        {"ir:0-7:float32", {MBP_INPUT_REGISTERS, 0, 8, MBP_FLOAT32, MBP_ABCD}},
        {"1", {MBP_COILS, 0, 1, MBP_BOOL, MBP_ABCD}},
        {"9999", {MBP_COILS, 9998, 1, MBP_BOOL, MBP_ABCD}},
        {"00001", {MBP_COILS, 0, 1, MBP_BOOL, MBP_ABCD}},
        {"10001", {MBP_DISCRETE_INPUTS, 0, 1, MBP_BOOL, MBP_ABCD}},
        {"30001", {MBP_INPUT_REGISTERS, 0, 1, MBP_UINT16, MBP_ABCD}},
        {"40001", {MBP_HOLDING_REGISTERS, 0, 1, MBP_UINT16, MBP_ABCD}},
        {"49999", {MBP_HOLDING_REGISTERS, 9998, 1, MBP_UINT16, MBP_ABCD}},
        {"400001", {MBP_HOLDING_REGISTERS, 0, 1, MBP_UINT16, MBP_ABCD}},
        {"465536", {MBP_HOLDING_REGISTERS, 65535, 1, MBP_UINT16, MBP_ABCD}},
        {"40001-40004:float32", {MBP_HOLDING_REGISTERS, 0, 4, MBP_FLOAT32, MBP_ABCD}},
        {"0x:3", {MBP_COILS, 3, 1, MBP_BOOL, MBP_ABCD}},
        {"coils:3", {MBP_COILS, 3, 1, MBP_BOOL, MBP_ABCD}},
        {"1x:0x10-17", {MBP_DISCRETE_INPUTS, 16, 2, MBP_BOOL, MBP_ABCD}},
        {"discrete_inputs:3", {MBP_DISCRETE_INPUTS, 3, 1, MBP_BOOL, MBP_ABCD}},
        {"3x:5", {MBP_INPUT_REGISTERS, 5, 1, MBP_UINT16, MBP_ABCD}},
        {"input_registers:5", {MBP_INPUT_REGISTERS, 5, 1, MBP_UINT16, MBP_ABCD}},
        {"4X:4:float32:CDAB", {MBP_HOLDING_REGISTERS, 4, 2, MBP_FLOAT32, MBP_CDAB}},
        {"Holding_Registers:7", {MBP_HOLDING_REGISTERS, 7, 1, MBP_UINT16, MBP_ABCD}},
        {"holding 40", {MBP_HOLDING_REGISTERS, 40, 1, MBP_UINT16, MBP_ABCD}},
        {"4x  0x28", {MBP_HOLDING_REGISTERS, 40, 1, MBP_UINT16, MBP_ABCD}},
        {"coil 40", {MBP_COILS, 40, 1, MBP_BOOL, MBP_ABCD}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ctl_address got;
        char why[160] = "";
        if (ctl_address_parse(cases[i].text, &got, why, sizeof why) != MBP_OK)
            fail_msg("%s: %s", cases[i].text, why);
        assert_true(ctl_address_is_raw(cases[i].text) || ctl_address_is_place(cases[i].text));
        assert_int_equal(got.table, cases[i].wanted.table);
        assert_int_equal(got.addr, cases[i].wanted.addr);
        assert_int_equal(got.count, cases[i].wanted.count);
        assert_int_equal(got.type, cases[i].wanted.type);
        assert_int_equal(got.order, cases[i].wanted.order);
    }
}

static void test_address_that_is_wrong_says_why_and_leaves_the_output_alone(void **state)
{
    (void)state;
    static const char *const bad[] = {"hr:",
                                      "hr:x",
                                      "hr:65536",
                                      "hr:-1",
                                      "hr:9-0",
                                      "hr:0-",
                                      "hr:0-70000",
                                      "xr:0",
                                      "2x:0",
                                      "4x",
                                      "4x:",
                                      "4x::0",
                                      "holding:",
                                      "holding 40 41",
                                      "holding -1",
                                      ":0",
                                      "hr:0:",
                                      "hr:0:float",
                                      "hr:0:float32:ABDC",
                                      "hr:0:float32:ABCD:x",
                                      "hr:0-2:float32",
                                      "hr:65535:float32",
                                      "hr:0:bool",
                                      "hr:0:string",
                                      "coil:0:int16",
                                      "0",
                                      "00000",
                                      "40000",
                                      "20001",
                                      "50001",
                                      "465537",
                                      "4000001",
                                      "40001-30002",
                                      "40001x",
                                      "hr:0x",
                                      "hr:1e3",
                                      "hr:00000000000000000000000000000000000000000000000000000000000000000000000"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ctl_address untouched = {.addr = 4711};
        char why[200] = "";
        if (ctl_address_parse(bad[i], &untouched, why, sizeof why) != MBP_ERR_FORMAT)
            fail_msg("%s was taken", bad[i]);
        assert_int_equal(untouched.addr, 4711);
        assert_int_not_equal(why[0], '\0');
    }
}

static void test_names_of_a_plant_are_no_raw_addresses(void **state)
{
    (void)state;
    assert_false(ctl_address_is_raw("TT101"));
    assert_false(ctl_address_is_raw("TT101.high"));
    assert_false(ctl_address_is_raw("active alarms"));
    assert_false(ctl_address_is_raw("holding 40")); /* the map may call a point so: its name comes first */
    assert_true(ctl_address_is_place("holding 40"));
    assert_true(ctl_address_is_place("holding_registers 901"));
    assert_false(ctl_address_is_place("holding"));
    assert_false(ctl_address_is_place("holding x"));
    assert_false(ctl_address_is_place("machines in all"));
}

static void test_address_text_gives_pdu_address_and_reference(void **state)
{
    (void)state;
    char text[48];
    assert_string_equal(ctl_address_text(MBP_HOLDING_REGISTERS, 0, 1, text, sizeof text), "HR 0 = 40001");
    assert_string_equal(ctl_address_text(MBP_INPUT_REGISTERS, 8, 2, text, sizeof text), "IR 8..9 = 30009..30010");
    assert_string_equal(ctl_address_text(MBP_COILS, 0, 1, text, sizeof text), "coil 0 = 00001");
    assert_string_equal(ctl_address_text(MBP_DISCRETE_INPUTS, 65535, 1, text, sizeof text), "DI 65535 = 165536");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_address_of_each_form_parses_to_its_table_and_pdu_address),
        cmocka_unit_test(test_address_that_is_wrong_says_why_and_leaves_the_output_alone),
        cmocka_unit_test(test_names_of_a_plant_are_no_raw_addresses),
        cmocka_unit_test(test_address_text_gives_pdu_address_and_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
