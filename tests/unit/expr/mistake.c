/* Mistakes: each gives one message with its line and column, which says what to do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bed.h"

static const struct {
    const char *text;
    const char *message; /* "line:column: ..." */
} cases[] = {
    /* the text */
    {"", "1:1: an expression is expected here, and nothing stands here"},
    {"TT101 >", "1:8: a value is expected here, not the end"},
    {"TT101 + * 2", "1:9: a value is expected here, not '*'"},
    {"(TT101 + 2", "1:11: ) is expected to close a bracket, not the end"},
    {"TT101) + 2", "1:6: this ) closes no bracket"},
    {"TT101 80", "1:7: an operator or the end is expected here, not '80'"},
    {"yes AND\n  AND no", "2:3: a value is expected here, and AND is a word of the language"},
    {"IF yes THEN", "1:1: a value is expected here, and IF is a word of the language"},
    {"TT101 := 5", "1:7: an assignment has no place here; equality is written ="},
    {"TT101 == 5", "1:7: '==' is not of this language: equality is written ="},
    {"TT101 != 5", "1:7: '!=' is not of this language: inequality is written <>"},
    {"yes && no", "1:5: '&&' is not of this language: and is written AND"},
    {"yes || no", "1:5: '||' is not of this language: or is written OR"},
    {"!yes", "1:1: '!' is not of this language: not is written NOT"},
    {"s16 % 2", "1:5: '%' is not of this language: the remainder is written MOD"},
    {"'TT-101' > 1",
     "1:1: ''' is not of this language: texts have no place in an expression; a name stands in double quotes"},
    {"yes # no", "1:5: '#' has no meaning here"},
    {"yes (* no", "1:5: this comment does not end: *) is missing"},
    {"\"TT-101 > 5", "1:1: this name does not end: a \" is missing"},
    {"\"\" > 5", "1:1: this name is empty"},
    {"température > 5", "1:5: this character is not of a name, unless that stands in double quotes"},
    /* names */
    {"TT102 > 80", "1:1: there is no value named TT102; did you mean TT101?"},
    {"yes AND zzzzzz", "1:9: there is no value named zzzzzz"},
    {"TT-101 > 5",
     "1:1: there is no value named TT: write \"TT-101\" in double quotes, without them it is a subtraction"},
    {"text = 5", "1:1: text: a string has no value in an expression"},
    {"SQR(2)", "1:1: there is no function SQR; did you mean SQRT?"},
    {"quux(2)", "1:1: there is no function quux"},
    {"LOOKUP(curv, 2)", "1:8: there is no curve curv"},
    {"LOOKUP(5, 2)", "1:8: the name of a curve is expected here: it is LOOKUP(CURVE, X)"},
    /* literals */
    {"5s", "1:1: a time is written T#5s"},
    {"0x1F", "1:1: a hexadecimal number is written 16#1F"},
    {"12abc", "1:3: 'abc' cannot follow a number"},
    {"3#12", "1:1: a base is 2, 8 or 16"},
    {"2#12", "1:4: '2' cannot follow a number"},
    {"16#", "1:4: a digit of base 16 is expected here"},
    {"18446744073709551616", "1:1: this number is too large: the largest is 18446744073709551615"},
    {"1e999", "1:1: this number is too large for LREAL"},
    {"REAL#1e39", "1:1: this number is too large for REAL"},
    {"INT#40000", "1:1: INT#40000: INT holds whole numbers from -32768 to 32767"},
    {"UINT#-1", "1:1: UINT#-1: UINT holds whole numbers from 0 to 65535"},
    {"INT#1.5", "1:1: INT#1.5: INT holds whole numbers from -32768 to 32767"},
    {"FLOAT#1", "1:1: there is no type FLOAT"},
    {"T#5", "1:1: a time is written T#1d2h3m4s5ms6us7ns, in this order, and only the last with a fraction"},
    {"T#5s1m", "1:1: a time is written T#1d2h3m4s5ms6us7ns, in this order, and only the last with a fraction"},
    {"T#999999999999d", "1:1: TIME holds at most 106751 days"},
    {"TOD#25:00:00", "1:1: a time of day is written TOD#08:30:00"},
    {"DT#2026-02-29-00:00:00", "1:1: a moment is written DT#2026-06-13-08:30:00, from 1970 to 2261"},
    {"(b8 AND 256) = s8", "1:16: = cannot take WORD and SINT together: 's8' is SINT"},
    {"BYTE#256", "1:1: BYTE#256: BYTE holds whole numbers from 0 to 255"},
    {"9223372036854775808 * 2", "1:21: the result of these numbers is too large"},
    {"1e200 * 1e200", "1:7: the result of these numbers is too large"},
    {"5 / 0", "1:3: this divides by zero"},
    {"f64 / 0.0", "1:5: this divides by zero"},
    {"s16 MOD 0", "1:5: this divides by zero"},
    {"HYSTERESIS(f64, 2.0, 0.6)", "1:17: LOW is above HIGH: it is HYSTERESIS(IN, LOW, HIGH)"},
    {"HYSTERESIS(HIGH := -6, LOW := -5.5, IN := f64)", "1:31: LOW is above HIGH: it is HYSTERESIS(IN, LOW, HIGH)"},
    /* types */
    {"yes + 1", "1:1: + takes numbers and times: 'yes' is BOOL"},
    {"f64 AND yes", "1:1: AND takes BOOL or a bit string: 'f64' is LREAL"},
    {"u16 AND 4",
     "1:1: AND takes BOOL or a bit string, which UINT_TO_WORD and its like make of an integer: 'u16' is UINT"},
    {"yes AND b8", "1:9: AND cannot take BOOL and BYTE together: 'b8' is BYTE"},
    {"yes = 5", "1:7: = needs BOOL, and '5' is a number"},
    {"yes > f64", "1:7: > cannot take BOOL and LREAL together: 'f64' is LREAL; a BOOL becomes a number by BOOL_TO_INT"},
    {"t > 5", "1:5: > cannot take TIME and a number together: '5' is a number; a time is written T#5s"},
    {"t * t", "1:3: * cannot take TIME and TIME; TIME_TO_LREAL gives milliseconds as a number"},
    {"u64 + s8", "1:7: + cannot take ULINT and SINT together: 's8' is SINT"},
    {"-u16", "1:2: - takes what has a sign: 'u16' is UINT"},
    {"+yes", "1:1: + takes a number, and this is BOOL"},
    {"f64 MOD 2", "1:1: MOD takes integers: 'f64' is LREAL"},
    {"SQRT(yes)", "1:6: SQRT takes numbers: 'yes' is BOOL"},
    {"SHL(b8, f64)", "1:9: SHL takes an integer as its second operand: 'f64' is LREAL"},
    {"SEL(f64, 1, 2)", "1:5: SEL needs BOOL, and 'f64' is LREAL: compare it with a number"},
    {"MUX(f64, 1, 2)", "1:5: MUX takes an integer as its first operand: 'f64' is LREAL"},
    {"SEL(yes, 1, yes)", NULL}, /* a literal 1 may be BOOL */
    {"SEL(yes, 7, yes)", "1:10: SEL needs BOOL, and '7' is a number"},
    {"TON(yes, 5)", "1:10: TON needs TIME, and '5' is a number"},
    {"TON(f64 > 1, f64)", "1:14: TON needs TIME, and 'f64' is LREAL; a time is written T#5s"},
    {"INT_TO_REAL(f64)", "1:13: INT_TO_REAL needs INT, and 'f64' is LREAL: LREAL_TO_INT makes one of it"},
    {"BYTE_TO_REAL(b8)", "1:14: there is no BYTE_TO_REAL"},
    {"TIME_TO_BOOL(t)", "1:14: there is no TIME_TO_BOOL"},
    {"TRUNC(yes)", "1:7: TRUNC takes a real: 'yes' is BOOL"},
    /* operands */
    {"SEL(yes, 1)", "1:1: SEL does not take 2 operands: it is SEL(G, IN0, IN1)"},
    {"SQRT()", "1:1: SQRT does not take 0 operands: it is SQRT(IN)"},
    {"RANDOM(1)", "1:1: RANDOM does not take 1 operand: it is RANDOM()"},
    {"MIN(1)", "1:1: MIN does not take 1 operand: it is MIN(IN1, IN2, ..)"},
    {"MUX(1, 2)", "1:1: MUX does not take 2 operands: it is MUX(K, IN0, IN1, ..)"},
    {"TON(IN := yes, T#1s)", "1:16: either all operands have names or none has"},
    {"TON(IN := yes, PV := T#1s)", "1:16: TON has no PV: it is TON(IN, PT)"},
    {"TON(IN := yes, IN := yes)", "1:16: this operand is given twice"},
    {"TON(yes, T#1s).CV", "1:16: TON gives Q ET"},
    {"SQRT(4).Q", "1:1: SQRT has one result and no members"},
    {"MIN(1, 2", "1:9: ) is expected behind the operands, not the end"},
};

static void check(const char *text, const char *message, bool compiled, const struct mbp_expr_error *error)
{
    char buf[MBP_EXPR_ERROR_LEN + 32];
    if (compiled) {
        if (message != NULL)
            fail_msg("%s: no error", text);
        return;
    }
    snprintf(buf, sizeof buf, "%u:%u: %s", error->line, error->column, error->text);
    if (message == NULL || strcmp(buf, message) != 0)
        fail_msg("%s\nis     %s\nnot    %s", text, buf, message != NULL ? message : "fine");
}

static void test_mistake_of_each_kind_is_told_with_its_place(void **state)
{
    (void)state;
    struct bed bed;
    bed_begin(&bed);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(cases[i].text, cases[i].message, bed_compile(&bed, cases[i].text, MBP_EXPR_ANY), &bed.error);
    bed_end(&bed);
}

static void test_mistake_in_an_assignment_is_told_with_its_place(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"yes", "1:4: := is expected behind the target, not the end"},
        {"f64 = 5", "1:5: an assignment is written :="},
        {"TT101 := 5", "1:1: TT101: a sensor is measured, it cannot be set"},
        {"nn := TRUE", "1:1: there is no target named nn; did you mean no?"},
        {"5 := 5", "1:1: an assignment is expected here: NAME := EXPRESSION"},
        {"s16 := f64", "1:8: the target needs INT, and 'f64' is LREAL: LREAL_TO_INT makes one of it"},
        {"s16 := 40000", "1:8: 40000 does not fit INT, which holds -32768 to 32767"},
        {"yes := TRUE; no := TRUE", "1:14: an operator or the end is expected here, not 'no'"},
    };
    struct bed bed;
    bed_begin(&bed);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        check(wrong[i][0], wrong[i][1], bed_compile_assignment(&bed, wrong[i][0]), &bed.error);
    bed_end(&bed);
}

static void test_mistake_of_a_wanted_type_is_told(void **state)
{
    (void)state;
    struct bed bed;
    bed_begin(&bed);
    check("f64", "1:1: this place needs BOOL, and 'f64' is LREAL: compare it with a number",
          bed_compile(&bed, "f64", MBP_EXPR_BOOL), &bed.error);
    check("yes", "1:1: this place needs LREAL, and 'yes' is BOOL: BOOL_TO_LREAL makes one of it",
          bed_compile(&bed, "yes", MBP_EXPR_LREAL), &bed.error);
    bed_end(&bed);
}

/* count times open, then middle, then count times close. */
static char *nested(const char *open, const char *middle, const char *close, size_t count)
{
    char *text = malloc(count * (strlen(open) + strlen(close)) + strlen(middle) + 1);
    assert_non_null(text);
    char *at = text;
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, open);
    at = stpcpy(at, middle);
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, close);
    return text;
}

static void check_nested(const char *open, const char *middle, const char *close, size_t count, const char *message)
{
    struct bed bed;
    bed_begin(&bed);
    char *text = nested(open, middle, close, count);
    check(open, message, bed_compile(&bed, text, MBP_EXPR_ANY), &bed.error);
    free(text);
    bed_end(&bed);
}

static void test_brackets_too_deep_are_one_error(void **state)
{
    (void)state;
    check_nested("(", "1", ")", 64, NULL);
    check_nested("(", "1", ")", 65, "1:65: brackets nest at most 64 deep");
    check_nested("(", "1", ")", 5000, "1:65: brackets nest at most 64 deep");
    check_nested("ABS(", "1", ")", 65, "1:260: brackets nest at most 64 deep");
    check_nested("NOT ", "yes", "", 65, "1:257: brackets nest at most 64 deep");
    check_nested("f64+(", "1", ")", 63, NULL);
    check_nested("SEL(yes,1,", "1", ")", 40, "1:325: more than 64 values wait for their operation here");
}

static void test_text_too_long_is_one_error(void **state)
{
    (void)state;
    check_nested("(", "1", ")", 100000, "1:1: an expression has at most 16384 bytes, and this has 200001");
    check_nested("1+", "1", "", 500000, "1:1: an expression has at most 16384 bytes, and this has 1000001");
    check_nested("no OR ", "no", "", 2000, NULL);
    check_nested("t+", "t", "", 8000, "1:4097: this expression is too long: it has more than 4096 parts");
    check_nested("x", "", "", 129, "1:1: a name has at most 128 characters");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistake_of_each_kind_is_told_with_its_place),
        cmocka_unit_test(test_mistake_in_an_assignment_is_told_with_its_place),
        cmocka_unit_test(test_mistake_of_a_wanted_type_is_told),
        cmocka_unit_test(test_brackets_too_deep_are_one_error),
        cmocka_unit_test(test_text_too_long_is_one_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
