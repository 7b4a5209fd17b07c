/* Words for enums, diagnoses, references, and what types can show. */
#include "names.h"

#include <float.h>
#include <stdio.h>
#include <string.h>

#include "plant_fixture.h"

static void test_words_of_the_file_stand_for_their_values(void **state)
{
    (void)state;
    assert_string_equal(mbp_state_name(MBP_EN_PANNE), "en_panne");
    assert_string_equal(mbp_limit_name(MBP_HIGH_HIGH), "high_high");
    assert_string_equal(mbp_table_name(MBP_HOLDING_REGISTERS), "holding_registers");
    assert_string_equal(mbp_type_name(MBP_FLOAT32), "float32");
    assert_string_equal(mbp_order_name(MBP_CDAB), "CDAB");
    assert_string_equal(mbp_inject_name(MBP_INJECT_ONCE), "once");
    assert_string_equal(mbp_priority_name(MBP_PRIORITY_CRITICAL), "critical");
    assert_string_equal(mbp_kind_name(MBP_VIBRATION), "vibration");
    assert_string_equal(mbp_kind_name(MBP_GENERIC), "generic");
}

static void test_words_find_each_name_and_synonym_and_nothing_else(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < MBP_KIND_COUNT; kind++) {
        assert_int_equal(mbp_words_find(&mbp_kind_words, mbp_kind_name((enum mbp_kind)kind)), (int)kind);
    }
    assert_int_equal(mbp_words_find(&mbp_state_words, "in_service"), MBP_EN_SERVICE);
    assert_int_equal(mbp_words_find(&mbp_state_words, "faulted"), MBP_EN_PANNE);
    assert_int_equal(mbp_words_find(&mbp_state_words, "EN_PANNE"), -1);
    assert_int_equal(mbp_words_find(&mbp_state_words, ""), -1);
}

static void test_diagnosis_of_temperature_and_pressure_is_the_missions(void **state)
{
    (void)state;
    assert_string_equal(mbp_kind_diagnosis(MBP_TEMPERATURE, MBP_HIGH), "Overheating");
    assert_string_equal(mbp_kind_diagnosis(MBP_TEMPERATURE, MBP_HIGH_HIGH), "Overheating");
    assert_string_equal(mbp_kind_diagnosis(MBP_TEMPERATURE, MBP_LOW), "Low temperature");
    assert_string_equal(mbp_kind_diagnosis(MBP_PRESSURE, MBP_HIGH), "Overpressure");
    assert_string_equal(mbp_kind_diagnosis(MBP_PRESSURE, MBP_LOW_LOW), "Pressure drop");
}

static void test_diagnosis_of_each_kind_tells_low_from_high(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < MBP_KIND_COUNT; kind++) {
        const char *low = mbp_kind_diagnosis((enum mbp_kind)kind, MBP_LOW);
        const char *high = mbp_kind_diagnosis((enum mbp_kind)kind, MBP_HIGH);
        assert_true(strlen(low) > 0 && strlen(high) > 0);
        assert_string_not_equal(low, high);
    }
}

static void test_tables_are_found_by_all_of_their_words_in_any_case(void **state)
{
    (void)state;
    static const struct {
        enum mbp_table table;
        const char *words[8];
    } cases[] = {
        {MBP_COILS, {"coil", "coils", "0x", "Coil", "0X"}},
        {MBP_DISCRETE_INPUTS, {"discrete", "discrete_input", "discrete_inputs", "1x", "di", "DI"}},
        {MBP_INPUT_REGISTERS, {"input", "input_register", "input_registers", "ir", "3x", "Input", "IR"}},
        {MBP_HOLDING_REGISTERS,
         {"holding", "holding_register", "holding_registers", "hr", "4x", "HOLDING", "Hr", "HOLDING_REGISTERS"}},
    };
    char place[64];
    uint16_t addr;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        for (size_t w = 0; w < 8 && cases[c].words[w] != NULL; w++) {
            assert_int_equal(mbp_table_find(cases[c].words[w]), cases[c].table);
            snprintf(place, sizeof place, "%s 0x1F", cases[c].words[w]);
            assert_int_equal(mbp_table_place(place, &addr), cases[c].table);
            assert_int_equal(addr, 31);
            snprintf(place, sizeof place, "%s   65535", cases[c].words[w]);
            assert_int_equal(mbp_table_place(place, &addr), cases[c].table);
            assert_int_equal(addr, 65535);
        }
    }
    static const char *const none[] = {"", "2x", "5x", "hold", "inputs", "holdings", "coil ", "4x0"};
    for (size_t n = 0; n < sizeof none / sizeof none[0]; n++)
        assert_int_equal(mbp_table_find(none[n]), -1);
    static const char *const places[] = {"",
                                         "coil",
                                         "coil ",
                                         "coil x",
                                         "coil -1",
                                         "coil 1 2",
                                         "coil:1",
                                         "hr 65536",
                                         "hr 0x",
                                         "hr 0x10000",
                                         "hr 1e3",
                                         "4x 4 ",
                                         "xx 4",
                                         " hr 4",
                                         "hr 99999999999999999999",
                                         "hr +4",
                                         "a_word_that_is_longer_than_any_of_a_table 4"};
    for (size_t n = 0; n < sizeof places / sizeof places[0]; n++)
        assert_int_equal(mbp_table_place(places[n], &addr), -1);
}

static void test_reference_is_counted_from_one_behind_its_tables_digit(void **state)
{
    (void)state;
    char buf[8];
    assert_string_equal(mbp_reference(MBP_COILS, 0, buf, sizeof buf), "00001");
    assert_string_equal(mbp_reference(MBP_DISCRETE_INPUTS, 7, buf, sizeof buf), "10008");
    assert_string_equal(mbp_reference(MBP_INPUT_REGISTERS, 1000, buf, sizeof buf), "31001");
    assert_string_equal(mbp_reference(MBP_HOLDING_REGISTERS, 9998, buf, sizeof buf), "49999");
    assert_string_equal(mbp_reference(MBP_HOLDING_REGISTERS, 9999, buf, sizeof buf), "410000");
    assert_string_equal(mbp_reference(MBP_HOLDING_REGISTERS, 65535, buf, sizeof buf), "465536");
}

static void test_type_range_with_a_decimal_scale_has_clean_ends(void **state)
{
    (void)state;
    double low, high;
    mbp_type_range(MBP_INT16, 0.1, &low, &high);
    assert_same_number(low, -3276.8);
    assert_same_number(high, 3276.7);
    mbp_type_range(MBP_UINT16, 10, &low, &high);
    assert_same_number(low, 0);
    assert_same_number(high, 655350);
    mbp_type_range(MBP_FLOAT32, 1, &low, &high);
    assert_same_number(low, -FLT_MAX);
    mbp_type_range(MBP_FLOAT64, 1000, &low, &high);
    assert_same_number(high, DBL_MAX);
    mbp_type_range(MBP_INT64, 1, &low, &high);
    assert_same_number(low, -0x1p63);
}

static void test_type_words_are_what_the_wire_needs(void **state)
{
    (void)state;
    assert_int_equal(mbp_type_words(MBP_INT16), 1);
    assert_int_equal(mbp_type_words(MBP_UINT32), 2);
    assert_int_equal(mbp_type_words(MBP_FLOAT64), 4);
    assert_int_equal(mbp_type_words(MBP_BOOL), 1);
    assert_int_equal(mbp_type_words(MBP_STRING), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_of_the_file_stand_for_their_values),
        cmocka_unit_test(test_words_find_each_name_and_synonym_and_nothing_else),
        cmocka_unit_test(test_diagnosis_of_temperature_and_pressure_is_the_missions),
        cmocka_unit_test(test_diagnosis_of_each_kind_tells_low_from_high),
        cmocka_unit_test(test_tables_are_found_by_all_of_their_words_in_any_case),
        cmocka_unit_test(test_reference_is_counted_from_one_behind_its_tables_digit),
        cmocka_unit_test(test_type_range_with_a_decimal_scale_has_clean_ends),
        cmocka_unit_test(test_type_words_are_what_the_wire_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
