/* types: their names, sizes and what meets what. */
#include "types.h"

#include <string.h>
#include <strings.h>

#include "code.h"
#include "mbplant/base/tr.h"

static const struct {
    const char *name;
    enum type_class class;
    unsigned bits;
} facts[MBP_EXPR_TYPE_COUNT] = {
    [MBP_EXPR_BOOL] = {"BOOL", CLASS_BOOL, 1},        [MBP_EXPR_SINT] = {"SINT", CLASS_SIGNED, 8},
    [MBP_EXPR_INT] = {"INT", CLASS_SIGNED, 16},       [MBP_EXPR_DINT] = {"DINT", CLASS_SIGNED, 32},
    [MBP_EXPR_LINT] = {"LINT", CLASS_SIGNED, 64},     [MBP_EXPR_USINT] = {"USINT", CLASS_UNSIGNED, 8},
    [MBP_EXPR_UINT] = {"UINT", CLASS_UNSIGNED, 16},   [MBP_EXPR_UDINT] = {"UDINT", CLASS_UNSIGNED, 32},
    [MBP_EXPR_ULINT] = {"ULINT", CLASS_UNSIGNED, 64}, [MBP_EXPR_REAL] = {"REAL", CLASS_REAL, 32},
    [MBP_EXPR_LREAL] = {"LREAL", CLASS_REAL, 64},     [MBP_EXPR_BYTE] = {"BYTE", CLASS_BITS, 8},
    [MBP_EXPR_WORD] = {"WORD", CLASS_BITS, 16},       [MBP_EXPR_DWORD] = {"DWORD", CLASS_BITS, 32},
    [MBP_EXPR_LWORD] = {"LWORD", CLASS_BITS, 64},     [MBP_EXPR_TIME] = {"TIME", CLASS_TIME, 64},
    [MBP_EXPR_TOD] = {"TOD", CLASS_MOMENT, 64},       [MBP_EXPR_DT] = {"DT", CLASS_MOMENT, 64},
};

static const struct {
    const char *word;
    uint8_t type;
} aliases[] = {{"T", MBP_EXPR_TIME}, {"TIME_OF_DAY", MBP_EXPR_TOD}, {"DATE_AND_TIME", MBP_EXPR_DT}};

const char *mbp_expr_type_name(enum mbp_expr_type type)
{
    return (unsigned)type < MBP_EXPR_TYPE_COUNT ? facts[type].name : "?";
}

bool type_is_literal(unsigned type)
{
    return type == LITERAL_INTEGER || type == LITERAL_REAL || type == LITERAL_BITS;
}

unsigned type_by_default(unsigned type)
{
    switch (type) {
    case LITERAL_INTEGER:
        return MBP_EXPR_LINT;
    case LITERAL_REAL:
        return MBP_EXPR_LREAL;
    case LITERAL_BITS:
        return MBP_EXPR_LWORD;
    default:
        return type;
    }
}

enum type_class type_class_of(unsigned type)
{
    return facts[type_by_default(type)].class;
}

unsigned type_bits(unsigned type)
{
    return facts[type_by_default(type)].bits;
}

bool type_is_integer(unsigned type)
{
    enum type_class class = type_class_of(type);
    return class == CLASS_SIGNED || class == CLASS_UNSIGNED;
}

bool type_is_number(unsigned type)
{
    return type_is_integer(type) || type_class_of(type) == CLASS_REAL;
}

bool type_is_bits(unsigned type)
{
    return type == LITERAL_INTEGER || type_class_of(type) == CLASS_BITS;
}

bool type_is_signed(unsigned type)
{
    enum type_class class = type_class_of(type);
    return class == CLASS_SIGNED || class == CLASS_TIME || class == CLASS_MOMENT;
}

int64_t expr_type_min(unsigned type)
{
    return type_is_signed(type) ? INT64_MIN >> (64 - facts[type].bits) : 0;
}

uint64_t expr_type_max(unsigned type)
{
    return UINT64_MAX >> (64 - facts[type].bits + (type_is_signed(type) ? 1 : 0));
}

bool type_holds(unsigned type, __int128 value)
{
    return value >= (__int128)expr_type_min(type) && value <= (__int128)expr_type_max(type);
}

const char *type_name(unsigned type)
{
    switch (type) {
    case LITERAL_INTEGER:
    case LITERAL_REAL:
        return mbp_tr("a number");
    case LITERAL_BITS:
        return mbp_tr("a bit string");
    default:
        return mbp_expr_type_name((enum mbp_expr_type)type);
    }
}

unsigned type_find(const char *word, size_t len)
{
    for (unsigned type = 0; type < MBP_EXPR_TYPE_COUNT; type++)
        if (strlen(facts[type].name) == len && strncasecmp(facts[type].name, word, len) == 0)
            return type;
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if (strlen(aliases[i].word) == len && strncasecmp(aliases[i].word, word, len) == 0)
            return aliases[i].type;
    return TYPE_NONE;
}

/* Whether every value of a type is one of another of the same sort. */
static bool contains(unsigned outer, unsigned inner)
{
    return expr_type_min(outer) <= expr_type_min(inner) && expr_type_max(outer) >= expr_type_max(inner);
}

static unsigned common_integer(unsigned a, unsigned b)
{
    if (contains(a, b))
        return a;
    if (contains(b, a))
        return b;
    for (unsigned type = MBP_EXPR_SINT; type <= MBP_EXPR_LINT; type++) /* a signed and an unsigned one */
        if (contains(type, a) && contains(type, b))
            return type;
    return TYPE_NONE;
}

static unsigned common_of_literals(unsigned a, unsigned b)
{
    if (a == LITERAL_INTEGER)
        return b;
    if (b == LITERAL_INTEGER)
        return a;
    return TYPE_NONE; /* a real and bits */
}

/* A literal meets a type. Whether an integer fits it, its value will say. */
static unsigned common_with_literal(unsigned literal, unsigned type)
{
    enum type_class class = facts[type].class;
    if (literal == LITERAL_REAL)
        return class == CLASS_REAL ? type : type_is_integer(type) ? (unsigned)MBP_EXPR_LREAL : TYPE_NONE;
    if (class == CLASS_BITS || class == CLASS_BOOL)
        return type;
    return literal == LITERAL_INTEGER && type_is_number(type) ? type : TYPE_NONE;
}

unsigned type_common(unsigned a, unsigned b)
{
    if (a == b)
        return a;
    if (type_is_literal(a) && type_is_literal(b))
        return common_of_literals(a, b);
    if (type_is_literal(a))
        return common_with_literal(a, b);
    if (type_is_literal(b))
        return common_with_literal(b, a);
    if (type_is_integer(a) && type_is_integer(b))
        return common_integer(a, b);
    if (type_is_number(a) && type_is_number(b)) { /* a REAL holds integers of 16 bits */
        bool small =
            type_bits(a) <= (type_is_integer(a) ? 16U : 32U) && type_bits(b) <= (type_is_integer(b) ? 16U : 32U);
        return small ? MBP_EXPR_REAL : MBP_EXPR_LREAL;
    }
    if (facts[a].class == CLASS_BITS && facts[b].class == CLASS_BITS)
        return facts[a].bits > facts[b].bits ? a : b;
    return TYPE_NONE;
}
