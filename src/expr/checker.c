/* checker: types, from the leaves to the root. A literal waits for a type until it meets one. */
#include <math.h>
#include <string.h>

#include "compiler.h"

bool checker_is_leaf(const struct node *node)
{
    return node->kind == NODE_LITERAL && type_is_literal(node->type);
}

/* The first operand of a call that takes part in its type: a selector does not. */
static uint16_t first_typed(const struct compiler *compiler, const struct node *call)
{
    bool selects = call->function->rule == RULE_SELECT || call->function->rule == RULE_MULTIPLEX;
    return selects ? compiler->nodes[call->first].next : call->first;
}

/* The operand behind one; of a shift only the first has its type. */
static uint16_t next_typed(const struct compiler *compiler, const struct node *call, uint16_t operand)
{
    return call->function->rule == RULE_SHIFT ? 0 : compiler->nodes[operand].next;
}

/* Whether the integers among the literals of a node fit a type of integers or bits. */
static bool literals_fit(const struct compiler *compiler, uint16_t id, unsigned type)
{
    const struct node *node = &compiler->nodes[id];
    if (node->type != LITERAL_INTEGER && node->type != LITERAL_BITS)
        return true;
    if (node->kind == NODE_LITERAL)
        return type_holds(type, node->integer);
    for (uint16_t operand = first_typed(compiler, node); operand != 0; operand = next_typed(compiler, node, operand))
        if (!literals_fit(compiler, operand, type))
            return false;
    return true;
}

static bool all_fit(const struct compiler *compiler, const struct node *call, unsigned type)
{
    for (uint16_t operand = first_typed(compiler, call); operand != 0; operand = next_typed(compiler, call, operand))
        if (!literals_fit(compiler, operand, type))
            return false;
    return true;
}

/* A type that holds the literals too: the type itself, or the smallest of its sort that does. */
static unsigned widened(const struct compiler *compiler, const struct node *call, unsigned type)
{
    if (type_is_literal(type) || (!type_is_integer(type) && type_class_of(type) != CLASS_BITS))
        return type;
    if (all_fit(compiler, call, type))
        return type;
    for (unsigned wider = 0; wider < MBP_EXPR_TYPE_COUNT; wider++) {
        bool same_sort = type_is_integer(wider) == type_is_integer(type) && type_class_of(wider) != CLASS_BOOL;
        if (same_sort && type_common(wider, type) == wider && all_fit(compiler, call, wider))
            return wider;
    }
    return type; /* becoming it will tell which literal does not fit */
}

static void fail_clash(struct compiler *compiler, const struct node *call, unsigned one, uint16_t other)
{
    char buf[EXCERPT_LEN];
    const struct node *node = &compiler->nodes[other];
    unsigned type = node->type;
    const char *hint = "";
    if ((type_is_number(one) && type_class_of(type) == CLASS_TIME) ||
        (type_is_number(type) && type_class_of(one) == CLASS_TIME))
        hint = mbp_tr("; a time is written T#5s");
    else if ((one == MBP_EXPR_BOOL && type_is_number(type)) || (type == MBP_EXPR_BOOL && type_is_number(one)))
        hint = mbp_tr("; a BOOL becomes a number by BOOL_TO_INT");
    compiler_fail(compiler, node->start, "%s cannot take %s and %s together: '%s' is %s%s", call->function->name,
                  type_name(one), type_name(type), compiler_excerpt(compiler, node->start, node->end, buf),
                  type_name(type), hint);
}

/* The type that all operands of a call have in common, which they become; TYPE_NONE when it failed. */
static unsigned unify(struct compiler *compiler, const struct node *call)
{
    uint16_t first = first_typed(compiler, call);
    unsigned type = compiler->nodes[first].type;
    for (uint16_t operand = next_typed(compiler, call, first); operand != 0;
         operand = next_typed(compiler, call, operand)) {
        unsigned common = type_common(type, compiler->nodes[operand].type);
        if (common == TYPE_NONE) {
            fail_clash(compiler, call, type, operand);
            return TYPE_NONE;
        }
        type = common;
    }
    type = widened(compiler, call, type);
    if (!type_is_literal(type))
        for (uint16_t operand = first; operand != 0; operand = next_typed(compiler, call, operand))
            if (!checker_become(compiler, operand, type, call->function->name))
                return TYPE_NONE;
    return type;
}

/* All operands take the type that literals have by themselves. */
static unsigned settle(struct compiler *compiler, const struct node *call, unsigned type)
{
    if (type == TYPE_NONE || !type_is_literal(type))
        return type;
    unsigned settled = type_by_default(type);
    if (settled == MBP_EXPR_LINT)
        settled = widened(compiler, call, settled);
    for (uint16_t operand = first_typed(compiler, call); operand != 0; operand = next_typed(compiler, call, operand))
        if (!checker_become(compiler, operand, settled, call->function->name))
            return TYPE_NONE;
    return settled;
}

static bool fail_operand(struct compiler *compiler, const struct node *call, uint16_t operand, const char *takes)
{
    char buf[EXCERPT_LEN];
    const struct node *node = &compiler->nodes[operand];
    compiler_fail(compiler, node->start, "%s takes %s: '%s' is %s",
                  strcmp(call->function->name, "negative") == 0 ? "-" : call->function->name, mbp_tr(takes),
                  compiler_excerpt(compiler, node->start, node->end, buf), type_name(node->type));
    return false;
}

static bool is_op(const struct node *call, unsigned op)
{
    return call->function->op == op;
}

/* ---- rules ---- */

/* T * 2, T / 2, TOD + T, DT - DT ..: which type, or TYPE_NONE. */
static unsigned time_result(const struct node *call, unsigned a, unsigned b)
{
    bool add = is_op(call, OP_ADD_S);
    bool subtract = is_op(call, OP_SUB_S);
    if (a == b && type_class_of(a) == CLASS_MOMENT)
        return subtract ? (unsigned)MBP_EXPR_TIME : TYPE_NONE;
    if (b == MBP_EXPR_TIME && (add || subtract) && (a == b || type_class_of(a) == CLASS_MOMENT))
        return a;
    if (a == MBP_EXPR_TIME && type_is_number(b) && (is_op(call, OP_MUL_S) || is_op(call, OP_DIV_S)))
        return a;
    return b == MBP_EXPR_TIME && type_is_number(a) && is_op(call, OP_MUL_S) ? b : TYPE_NONE;
}

static bool check_times(struct compiler *compiler, struct node *call)
{
    const uint16_t operands[2] = {call->first, compiler->nodes[call->first].next};
    unsigned a = compiler->nodes[operands[0]].type;
    unsigned b = compiler->nodes[operands[1]].type;
    unsigned result = call->count == 2 ? time_result(call, a, b) : TYPE_NONE;
    if (result == TYPE_NONE) {
        compiler_fail(compiler, call->place, "%s cannot take %s and %s; TIME_TO_LREAL gives milliseconds as a number",
                      call->function->name, type_name(a), type_name(b));
        return false;
    }
    for (unsigned i = 0; i < 2; i++) {
        unsigned type = compiler->nodes[operands[i]].type;
        if (type_is_number(type) &&
            !checker_become(compiler, operands[i], type_is_integer(type) ? MBP_EXPR_LINT : MBP_EXPR_LREAL,
                            call->function->name))
            return false;
    }
    call->type = (uint8_t)result;
    return true;
}

static bool is_zero(const struct node *node)
{
    if (node->kind != NODE_LITERAL)
        return false;
    return type_class_of(node->type) == CLASS_REAL ? node->real == 0 : node->integer == 0;
}

static bool check_arithmetic(struct compiler *compiler, struct node *call)
{
    bool divides = is_op(call, OP_DIV_S) || is_op(call, OP_MOD_S);
    bool times = false;
    uint16_t last = call->first;
    for (uint16_t operand = call->first; operand != 0; operand = compiler->nodes[operand].next) {
        unsigned type = compiler->nodes[operand].type;
        bool time = type_class_of(type) == CLASS_TIME || type_class_of(type) == CLASS_MOMENT;
        if (is_op(call, OP_MOD_S) ? !type_is_integer(type) : !type_is_number(type) && !time)
            return fail_operand(compiler, call, operand, is_op(call, OP_MOD_S) ? "integers" : "numbers and times");
        times |= time;
        last = operand;
    }
    if (divides && is_zero(&compiler->nodes[last])) {
        compiler_fail(compiler, call->place, "this divides by zero");
        return false;
    }
    if (times)
        return check_times(compiler, call);
    if (fold_arithmetic(compiler, call))
        return !compiler->failed;
    unsigned type = unify(compiler, call);
    if (type == LITERAL_INTEGER && divides)
        type = settle(compiler, call, type);
    call->type = (uint8_t)type;
    return type != TYPE_NONE;
}

/* - and ABS: of what has a sign; ABS of the others too. */
static bool check_sign(struct compiler *compiler, struct node *call)
{
    const struct node *operand = &compiler->nodes[call->first];
    bool negates = call->function->rule == RULE_NEGATE;
    bool time = operand->type == MBP_EXPR_TIME;
    if (!type_is_number(operand->type) && !time)
        return fail_operand(compiler, call, call->first, "a number");
    if (negates && type_class_of(operand->type) == CLASS_UNSIGNED)
        return fail_operand(compiler, call, call->first, "what has a sign");
    if (negates && fold_arithmetic(compiler, call))
        return !compiler->failed;
    call->type = operand->type;
    return true;
}

static bool check_bits(struct compiler *compiler, struct node *call)
{
    for (uint16_t operand = call->first; operand != 0; operand = next_typed(compiler, call, operand)) {
        unsigned type = compiler->nodes[operand].type;
        bool is = type_is_bits(type) || (type == MBP_EXPR_BOOL && call->function->rule != RULE_SHIFT);
        if (!is && type_is_integer(type))
            return fail_operand(compiler, call, operand,
                                "BOOL or a bit string, which UINT_TO_WORD and its like make of an integer");
        if (!is)
            return fail_operand(compiler, call, operand, "BOOL or a bit string");
    }
    unsigned type = unify(compiler, call);
    call->type = (uint8_t)(type == LITERAL_INTEGER ? (unsigned)LITERAL_BITS : type);
    return type != TYPE_NONE;
}

static bool check_shift(struct compiler *compiler, struct node *call)
{
    uint16_t by = compiler->nodes[call->first].next;
    if (!check_bits(compiler, call))
        return false;
    if (!type_is_integer(compiler->nodes[by].type))
        return fail_operand(compiler, call, by, "an integer as its second operand");
    return checker_become(compiler, by, type_by_default(compiler->nodes[by].type), call->function->name);
}

/* REAL when all are REAL, else LREAL. */
static bool check_reals(struct compiler *compiler, struct node *call)
{
    bool single = true;
    bool power = call->function->rule == RULE_POWER;
    for (uint16_t operand = call->first; operand != 0; operand = compiler->nodes[operand].next) {
        unsigned type = compiler->nodes[operand].type;
        if (!type_is_number(type))
            return fail_operand(compiler, call, operand, "numbers");
        single = single && (type == MBP_EXPR_REAL || (power && operand != call->first));
    }
    for (uint16_t operand = call->first; operand != 0; operand = compiler->nodes[operand].next) {
        unsigned type = single && compiler->nodes[operand].type == MBP_EXPR_REAL ? MBP_EXPR_REAL : MBP_EXPR_LREAL;
        if (!checker_become(compiler, operand, type, call->function->name))
            return false;
    }
    call->type = single ? MBP_EXPR_REAL : MBP_EXPR_LREAL;
    return true;
}

static bool check_selector(struct compiler *compiler, struct node *call)
{
    uint16_t selector = call->first;
    if (call->function->rule == RULE_SELECT) {
        if (!checker_become(compiler, selector, MBP_EXPR_BOOL, "SEL"))
            return false;
    } else {
        if (!type_is_integer(compiler->nodes[selector].type))
            return fail_operand(compiler, call, selector, "an integer as its first operand");
        if (!checker_become(compiler, selector, type_by_default(compiler->nodes[selector].type), "MUX"))
            return false;
    }
    unsigned type = unify(compiler, call);
    call->type = (uint8_t)type;
    return type != TYPE_NONE;
}

/* With two numbers that no run can mend. */
static bool check_hysteresis(struct compiler *compiler, const struct node *call)
{
    char help[96];
    const struct node *low = &compiler->nodes[compiler->nodes[call->first].next];
    const struct node *high = &compiler->nodes[low->next];
    if (low->kind != NODE_LITERAL || high->kind != NODE_LITERAL || low->real <= high->real)
        return true;
    function_help(call->function, help, sizeof help);
    compiler_fail(compiler, low->start, "LOW is above HIGH: it is %s", help);
    return false;
}

static bool check_fixed(struct compiler *compiler, struct node *call)
{
    unsigned i = 0;
    for (uint16_t operand = call->first; operand != 0; operand = compiler->nodes[operand].next)
        if (!checker_become(compiler, operand, call->function->parameters[i++].type, call->function->name))
            return false;
    call->type = MBP_EXPR_BOOL;
    return !is_op(call, OP_HYSTERESIS) || check_hysteresis(compiler, call);
}

bool checker_call(struct compiler *compiler, uint16_t id)
{
    struct node *call = &compiler->nodes[id];
    unsigned type;
    switch ((enum rule)call->function->rule) {
    case RULE_ARITHMETIC:
        return check_arithmetic(compiler, call);
    case RULE_NEGATE:
    case RULE_ABS:
        return check_sign(compiler, call);
    case RULE_COMPARE:
        type = settle(compiler, call, unify(compiler, call));
        call->type = MBP_EXPR_BOOL;
        return type != TYPE_NONE;
    case RULE_BITS:
    case RULE_NOT:
        return check_bits(compiler, call);
    case RULE_SHIFT:
        return check_shift(compiler, call);
    case RULE_REALS:
    case RULE_POWER:
        return check_reals(compiler, call);
    case RULE_SAME:
    case RULE_MOVE:
        type = unify(compiler, call);
        call->type = (uint8_t)type;
        return type != TYPE_NONE;
    case RULE_SELECT:
    case RULE_MULTIPLEX:
        return check_selector(compiler, call);
    case RULE_FIXED:
        return check_fixed(compiler, call);
    case RULE_LOOKUP:
        call->type = MBP_EXPR_LREAL;
        return checker_become(compiler, call->first, MBP_EXPR_LREAL, "LOOKUP");
    case RULE_RANDOM:
        call->type = MBP_EXPR_LREAL;
        return true;
    case RULE_CLOCK:
        call->type = call->function->parameters[0].type;
        return true;
    }
    return false;
}
