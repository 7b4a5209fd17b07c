/* functions: the table of functions and operators. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "compiler.h"

#define ANY_NUMBER 255

#define REALS(name, op)                                                                                                \
    {                                                                                                                  \
        name, RULE_REALS, 1, 1, op, 0, 0, NULL,                                                                        \
        {                                                                                                              \
            {                                                                                                          \
                "IN", 0                                                                                                \
            }                                                                                                          \
        }                                                                                                              \
    }
#define BINARY(name, rule, s, u, r)                                                                                    \
    {                                                                                                                  \
        name, rule, 2, 2, s, u, r, NULL,                                                                               \
        {                                                                                                              \
            {"IN1", 0},                                                                                                \
            {                                                                                                          \
                "IN2", 0                                                                                               \
            }                                                                                                          \
        }                                                                                                              \
    }
#define MANY(name, rule, s, u, r)                                                                                      \
    {                                                                                                                  \
        name, rule, 2, ANY_NUMBER, s, u, r, NULL,                                                                      \
        {                                                                                                              \
            {                                                                                                          \
                NULL, 0                                                                                                \
            }                                                                                                          \
        }                                                                                                              \
    }
#define SHIFT(name, op)                                                                                                \
    {                                                                                                                  \
        name, RULE_SHIFT, 2, 2, op, 0, 0, NULL,                                                                        \
        {                                                                                                              \
            {"IN", 0},                                                                                                 \
            {                                                                                                          \
                "N", 0                                                                                                 \
            }                                                                                                          \
        }                                                                                                              \
    }
#define TIMER(name, op)                                                                                                \
    {                                                                                                                  \
        name, RULE_FIXED, 2, 2, op, 0, 0, "Q ET",                                                                      \
        {                                                                                                              \
            {"IN", MBP_EXPR_BOOL},                                                                                     \
            {                                                                                                          \
                "PT", MBP_EXPR_TIME                                                                                    \
            }                                                                                                          \
        }                                                                                                              \
    }

static const struct function functions[] = {
    MANY("+", RULE_ARITHMETIC, OP_ADD_S, OP_ADD_U, OP_ADD_R),
    BINARY("-", RULE_ARITHMETIC, OP_SUB_S, OP_SUB_U, OP_SUB_R),
    MANY("*", RULE_ARITHMETIC, OP_MUL_S, OP_MUL_U, OP_MUL_R),
    BINARY("/", RULE_ARITHMETIC, OP_DIV_S, OP_DIV_U, OP_DIV_R),
    BINARY("MOD", RULE_ARITHMETIC, OP_MOD_S, OP_MOD_U, 0),
    MANY("ADD", RULE_ARITHMETIC, OP_ADD_S, OP_ADD_U, OP_ADD_R),
    BINARY("SUB", RULE_ARITHMETIC, OP_SUB_S, OP_SUB_U, OP_SUB_R),
    MANY("MUL", RULE_ARITHMETIC, OP_MUL_S, OP_MUL_U, OP_MUL_R),
    BINARY("DIV", RULE_ARITHMETIC, OP_DIV_S, OP_DIV_U, OP_DIV_R),
    {"negative", RULE_NEGATE, 1, 1, OP_NEG_S, 0, OP_NEG_R, NULL, {{"IN", 0}}},
    {"ABS", RULE_ABS, 1, 1, OP_ABS_S, 0, OP_ABS_R, NULL, {{"IN", 0}}},
    BINARY("=", RULE_COMPARE, OP_EQ_I, OP_EQ_I, OP_EQ_R),
    BINARY("<>", RULE_COMPARE, OP_NE_I, OP_NE_I, OP_NE_R),
    BINARY("<", RULE_COMPARE, OP_LT_S, OP_LT_U, OP_LT_R),
    BINARY("<=", RULE_COMPARE, OP_LE_S, OP_LE_U, OP_LE_R),
    BINARY(">", RULE_COMPARE, OP_GT_S, OP_GT_U, OP_GT_R),
    BINARY(">=", RULE_COMPARE, OP_GE_S, OP_GE_U, OP_GE_R),
    BINARY("EQ", RULE_COMPARE, OP_EQ_I, OP_EQ_I, OP_EQ_R),
    BINARY("NE", RULE_COMPARE, OP_NE_I, OP_NE_I, OP_NE_R),
    BINARY("LT", RULE_COMPARE, OP_LT_S, OP_LT_U, OP_LT_R),
    BINARY("LE", RULE_COMPARE, OP_LE_S, OP_LE_U, OP_LE_R),
    BINARY("GT", RULE_COMPARE, OP_GT_S, OP_GT_U, OP_GT_R),
    BINARY("GE", RULE_COMPARE, OP_GE_S, OP_GE_U, OP_GE_R),
    MANY("AND", RULE_BITS, OP_AND, OP_AND_BOOL, 0),
    MANY("&", RULE_BITS, OP_AND, OP_AND_BOOL, 0),
    MANY("OR", RULE_BITS, OP_OR, OP_OR_BOOL, 0),
    MANY("XOR", RULE_BITS, OP_XOR, OP_XOR, 0),
    {"NOT", RULE_NOT, 1, 1, OP_INVERT, 0, 0, NULL, {{"IN", 0}}},
    REALS("SQRT", OP_SQRT),
    REALS("LN", OP_LN),
    REALS("LOG", OP_LOG),
    REALS("EXP", OP_EXP),
    REALS("SIN", OP_SIN),
    REALS("COS", OP_COS),
    REALS("TAN", OP_TAN),
    REALS("ASIN", OP_ASIN),
    REALS("ACOS", OP_ACOS),
    REALS("ATAN", OP_ATAN),
    {"ATAN2", RULE_REALS, 2, 2, OP_ATAN2, 0, 0, NULL, {{"Y", 0}, {"X", 0}}},
    BINARY("EXPT", RULE_POWER, OP_POWER, 0, 0),
    BINARY("**", RULE_POWER, OP_POWER, 0, 0),
    MANY("MIN", RULE_SAME, OP_MIN_S, OP_MIN_U, OP_MIN_R),
    MANY("MAX", RULE_SAME, OP_MAX_S, OP_MAX_U, OP_MAX_R),
    {"LIMIT", RULE_SAME, 3, 3, OP_MAX_S, OP_MAX_U, OP_MAX_R, NULL, {{"MN", 0}, {"IN", 0}, {"MX", 0}}},
    {"SEL", RULE_SELECT, 3, 3, OP_SELECT, 0, 0, NULL, {{"G", 0}, {"IN0", 0}, {"IN1", 0}}},
    {"MUX", RULE_MULTIPLEX, 3, ANY_NUMBER, OP_MULTIPLEX, 0, 0, NULL, {{NULL, 0}}},
    {"MOVE", RULE_MOVE, 1, 1, 0, 0, 0, NULL, {{"IN", 0}}},
    SHIFT("SHL", OP_SHL),
    SHIFT("SHR", OP_SHR),
    SHIFT("ROL", OP_ROL),
    SHIFT("ROR", OP_ROR),
    {"LOOKUP", RULE_LOOKUP, 2, 2, OP_LOOKUP, 0, 0, NULL, {{"CURVE", 0}, {"X", 0}}},
    {"RANDOM", RULE_RANDOM, 0, 0, OP_RANDOM, 0, 0, NULL, {{NULL, 0}}},
    {"CLOCK.DT", RULE_CLOCK, 0, 0, OP_CLOCK_DT, 0, 0, NULL, {{NULL, MBP_EXPR_DT}}},
    {"CLOCK.TOD", RULE_CLOCK, 0, 0, OP_CLOCK_TOD, 0, 0, NULL, {{NULL, MBP_EXPR_TOD}}},
    TIMER("TON", OP_TON),
    TIMER("TOF", OP_TOF),
    TIMER("TP", OP_TP),
    {"CTU",
     RULE_FIXED,
     3,
     3,
     OP_CTU,
     0,
     0,
     "Q CV",
     {{"CU", MBP_EXPR_BOOL}, {"R", MBP_EXPR_BOOL}, {"PV", MBP_EXPR_DINT}}},
    {"CTD",
     RULE_FIXED,
     3,
     3,
     OP_CTD,
     0,
     0,
     "Q CV",
     {{"CD", MBP_EXPR_BOOL}, {"LD", MBP_EXPR_BOOL}, {"PV", MBP_EXPR_DINT}}},
    {"R_TRIG", RULE_FIXED, 1, 1, OP_R_TRIG, 0, 0, "Q", {{"CLK", MBP_EXPR_BOOL}}},
    {"F_TRIG", RULE_FIXED, 1, 1, OP_F_TRIG, 0, 0, "Q", {{"CLK", MBP_EXPR_BOOL}}},
    {"SR", RULE_FIXED, 2, 2, OP_SR, 0, 0, "Q1", {{"S1", MBP_EXPR_BOOL}, {"R", MBP_EXPR_BOOL}}},
    {"RS", RULE_FIXED, 2, 2, OP_RS, 0, 0, "Q1", {{"S", MBP_EXPR_BOOL}, {"R1", MBP_EXPR_BOOL}}},
    {"HYSTERESIS",
     RULE_FIXED,
     3,
     3,
     OP_HYSTERESIS,
     0,
     0,
     "Q",
     {{"IN", MBP_EXPR_LREAL}, {"LOW", MBP_EXPR_LREAL}, {"HIGH", MBP_EXPR_LREAL}}},
    {"CHANGED", RULE_FIXED, 1, 1, OP_CHANGED, 0, 0, "Q", {{"IN", MBP_EXPR_LREAL}}},
    {"PULSE", RULE_FIXED, 1, 1, OP_PULSE, 0, 0, "Q", {{"EVERY", MBP_EXPR_TIME}}},
};

#define FUNCTIONS (sizeof functions / sizeof functions[0])

const struct function *function_find(const char *name)
{
    for (size_t i = 0; i < FUNCTIONS; i++)
        if (strcasecmp(functions[i].name, name) == 0)
            return &functions[i];
    return NULL;
}

const struct function *function_nearest(const char *name)
{
    const char *names[FUNCTIONS];
    for (size_t i = 0; i < FUNCTIONS; i++)
        names[i] = functions[i].name;
    const char *nearest = mbp_nearest(name, names, FUNCTIONS);
    return nearest != NULL && nearest[0] >= 'A' && nearest[0] <= 'Z' ? function_find(nearest) : NULL;
}

void function_help(const struct function *function, char *buf, size_t size)
{
    const char *names[PARAMETERS_MAX];
    for (size_t i = 0; i < PARAMETERS_MAX; i++)
        names[i] = function->parameters[i].name;
    if (function->rule == RULE_MULTIPLEX)
        snprintf(buf, size, "%s(K, IN0, IN1, ..)", function->name);
    else if (function->most == ANY_NUMBER)
        snprintf(buf, size, "%s(IN1, IN2, ..)", function->name);
    else if (function->most == 0)
        snprintf(buf, size, "%s()", function->name);
    else
        snprintf(buf, size, "%s(%s%s%s%s%s)", function->name, names[0], function->most > 1 ? ", " : "",
                 function->most > 1 ? names[1] : "", function->most > 2 ? ", " : "",
                 function->most > 2 ? names[2] : "");
}
