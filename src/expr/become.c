/* become: a node takes another type, by itself where nothing can be lost, else by a conversion function; literals are
 * joined to one where they meet. */
#include <math.h>
#include <stdio.h>

#include "compiler.h"

/* ---- without a function ---- */

static bool fail_become(struct compiler *compiler, const struct node *node, unsigned type, const char *who)
{
    char buf[EXCERPT_LEN];
    compiler_excerpt(compiler, node->start, node->end, buf);
    if (type_is_literal(node->type))
        compiler_fail(compiler, node->start, "%s needs %s, and '%s' is %s", who, type_name(type), buf,
                      type_name(node->type));
    else if (type == MBP_EXPR_BOOL && type_is_number(node->type))
        compiler_fail(compiler, node->start, "%s needs BOOL, and '%s' is %s: compare it with a number", who, buf,
                      type_name(node->type));
    else if (type == MBP_EXPR_TIME || node->type == MBP_EXPR_TIME)
        compiler_fail(compiler, node->start, "%s needs %s, and '%s' is %s; a time is written T#5s", who,
                      type_name(type), buf, type_name(node->type));
    else
        compiler_fail(compiler, node->start, "%s needs %s, and '%s' is %s: %s_TO_%s makes one of it", who,
                      type_name(type), buf, type_name(node->type), type_name(node->type), type_name(type));
    return false;
}

static bool leaf_becomes(struct compiler *compiler, struct node *node, unsigned type, const char *who)
{
    char buf[EXCERPT_LEN];
    if (type_class_of(type) == CLASS_REAL) {
        double real = node->type == LITERAL_REAL ? node->real : (double)node->integer;
        node->real = type == MBP_EXPR_REAL ? (double)(float)real : real;
        if (!isfinite(node->real)) {
            compiler_fail(compiler, node->start, "%s is too large for REAL",
                          compiler_excerpt(compiler, node->start, node->end, buf));
            return false;
        }
    } else if (type == MBP_EXPR_BOOL && !type_holds(type, node->integer)) {
        return fail_become(compiler, node, type, who);
    } else if (!type_holds(type, node->integer)) {
        compiler_fail(compiler, node->start, "%s does not fit %s, which holds %lld to %llu",
                      compiler_excerpt(compiler, node->start, node->end, buf), type_name(type),
                      (long long)expr_type_min(type), (unsigned long long)expr_type_max(type));
        return false;
    }
    node->type = (uint8_t)type;
    return true;
}

/* What is made of literals alone takes its type with all of them. */
static bool call_becomes(struct compiler *compiler, struct node *call, unsigned type, const char *who)
{
    const struct function *function = call->function;
    uint16_t operand = call->first;
    if (function->rule == RULE_NEGATE && !type_is_signed(type) && type_class_of(type) != CLASS_REAL)
        return fail_become(compiler, call, type, who);
    if (function->rule == RULE_SELECT || function->rule == RULE_MULTIPLEX)
        operand = compiler->nodes[operand].next;
    for (; operand != 0; operand = compiler->nodes[operand].next) {
        if (!checker_become(compiler, operand, type, who))
            return false;
        if (function->rule == RULE_SHIFT)
            break;
    }
    call->type = (uint8_t)type;
    return true;
}

/* Puts a conversion in the place of a node, which becomes its operand. */
static bool wrap(struct compiler *compiler, uint16_t id, unsigned type, bool truncates)
{
    struct node *node = &compiler->nodes[id];
    uint16_t inner = compiler_node(compiler, NODE_CONVERT, node->start, node->end);
    if (inner == 0)
        return false;
    compiler->nodes[inner] = *node;
    compiler->nodes[inner].next = 0;
    node->kind = NODE_CONVERT;
    node->first = inner;
    node->count = 1;
    node->function = NULL;
    node->truncates = truncates;
    node->place = node->start;
    node->type = (uint8_t)type;
    return true;
}

bool checker_become(struct compiler *compiler, uint16_t id, unsigned type, const char *who)
{
    struct node *node = &compiler->nodes[id];
    if (node->type == type)
        return true;
    if (type_common(node->type, type) != type)
        return fail_become(compiler, node, type, who);
    if (!type_is_literal(node->type))
        return wrap(compiler, id, type, false);
    return node->kind == NODE_LITERAL ? leaf_becomes(compiler, node, type, who)
                                      : call_becomes(compiler, node, type, who);
}

/* ---- by a function ---- */

static bool is_time(unsigned type)
{
    return type_class_of(type) == CLASS_TIME || type_class_of(type) == CLASS_MOMENT;
}

/* Bits and reals of one length are the same bits. */
static bool are_same_bits(unsigned a, unsigned b)
{
    return type_bits(a) == type_bits(b);
}

static bool convertible(unsigned from, unsigned to)
{
    enum type_class a = type_class_of(from);
    enum type_class b = type_class_of(to);
    if (from == to || (type_is_number(from) && type_is_number(to)))
        return true;
    if (is_time(from) || is_time(to))
        return type_is_number(from) || type_is_number(to) || (from == MBP_EXPR_DT && to == MBP_EXPR_TOD);
    if ((a == CLASS_BITS && b == CLASS_REAL) || (a == CLASS_REAL && b == CLASS_BITS))
        return are_same_bits(from, to);
    return true;
}

uint16_t checker_conversion(struct compiler *compiler, uint16_t id, unsigned from, unsigned to, bool truncates)
{
    const struct node *node = &compiler->nodes[id];
    char who[32];
    char buf[EXCERPT_LEN];
    unsigned given = from != TYPE_NONE ? from : type_by_default(node->type);
    snprintf(who, sizeof who, "%s_TO_%s", type_name(given), type_name(to));
    if (truncates && !type_is_number(node->type)) {
        compiler_fail(compiler, node->start, "TRUNC takes a real: '%s' is %s",
                      compiler_excerpt(compiler, node->start, node->end, buf), type_name(node->type));
        return 0;
    }
    if (truncates)
        given = node->type == MBP_EXPR_REAL ? MBP_EXPR_REAL : MBP_EXPR_LREAL;
    if (!convertible(given, to)) {
        compiler_fail(compiler, node->start, "there is no %s", who);
        return 0;
    }
    if (!checker_become(compiler, id, given, truncates ? "TRUNC" : who) ||
        (given != to && !wrap(compiler, id, to, truncates)))
        return 0;
    return id;
}

/* ---- literals ---- */

static void fail_fold(struct compiler *compiler, const struct node *call)
{
    compiler_fail(compiler, call->place, "the result of these numbers is too large");
}

static void fold_integers(struct compiler *compiler, struct node *call, __int128 a, __int128 b)
{
    const __int128 most = (__int128)UINT64_MAX;
    __int128 value = 0;
    switch (call->function->op) {
    case OP_ADD_S:
        value = a + b;
        break;
    case OP_SUB_S:
        value = a - b;
        break;
    case OP_MUL_S: /* of numbers below 2^64 each: 128 bits may be too few by one */
        if (__builtin_mul_overflow(a, b, &value))
            value = most + 1;
        break;
    case OP_DIV_S:
        value = a / b;
        break;
    case OP_MOD_S:
        value = a % b;
        break;
    default:
        value = -a;
        break;
    }
    if (value > most || value < (__int128)INT64_MIN)
        fail_fold(compiler, call);
    call->kind = NODE_LITERAL;
    call->type = LITERAL_INTEGER;
    call->integer = value;
}

static void fold_reals(struct compiler *compiler, struct node *call, double a, double b)
{
    double value;
    switch (call->function->op) {
    case OP_ADD_S:
        value = a + b;
        break;
    case OP_SUB_S:
        value = a - b;
        break;
    case OP_MUL_S:
        value = a * b;
        break;
    case OP_DIV_S:
        value = a / b;
        break;
    default:
        value = -a;
        break;
    }
    if (!isfinite(value))
        fail_fold(compiler, call);
    call->kind = NODE_LITERAL;
    call->type = LITERAL_REAL;
    call->real = value;
}

static double as_real(const struct node *node)
{
    return node->type == LITERAL_REAL ? node->real : (double)node->integer;
}

bool fold_arithmetic(struct compiler *compiler, struct node *call)
{
    const struct node *a = &compiler->nodes[call->first];
    const struct node *b = call->count > 1 ? &compiler->nodes[a->next] : a;
    if (call->count > 2 || !checker_is_leaf(a) || !checker_is_leaf(b))
        return false;
    if (a->type == LITERAL_INTEGER && b->type == LITERAL_INTEGER)
        fold_integers(compiler, call, a->integer, b->integer);
    else
        fold_reals(compiler, call, as_real(a), as_real(b));
    return true;
}
