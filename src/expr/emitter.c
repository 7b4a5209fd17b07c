/* emitter: tree -> code. */
#include <stdlib.h>
#include <string.h>

#include "compiler.h"

#define MS_NS INT64_C(1000000)

struct emitter {
    struct compiler *compiler;
    struct expr_insn *insns;
    size_t insn_count, insn_room;
    uint32_t *reads;
    size_t read_count;
    uint32_t cells;
    uint32_t randoms;
    struct expr_insn nowhere; /* what is emitted after it failed */
};

static void emit_node(struct emitter *emitter, uint16_t id, unsigned level);

static struct expr_insn *emit(struct emitter *emitter, unsigned op, unsigned level, uint32_t place, uint32_t arg)
{
    struct compiler *compiler = emitter->compiler;
    if (level >= MBP_EXPR_DEPTH_MAX)
        compiler_fail(compiler, place, "more than %u values wait for their operation here", MBP_EXPR_DEPTH_MAX);
    if (compiler->failed)
        return &emitter->nowhere;
    if (emitter->insn_count == emitter->insn_room) {
        size_t room = emitter->insn_room == 0 ? 16 : 2 * emitter->insn_room;
        struct expr_insn *larger = realloc(emitter->insns, room * sizeof *larger);
        if (larger == NULL) {
            compiler->failed = compiler->no_memory = true;
            return &emitter->nowhere;
        }
        emitter->insns = larger;
        emitter->insn_room = room;
    }
    struct expr_insn *insn = &emitter->insns[emitter->insn_count++];
    *insn = (struct expr_insn){.op = (uint8_t)op, .level = (uint8_t)level, .place = (uint16_t)place, .arg = arg};
    return insn;
}

static void emit_integer(struct emitter *emitter, unsigned level, uint32_t place, int64_t value)
{
    emit(emitter, OP_CONSTANT, level, place, 0)->constant.i = value;
}

static void emit_real(struct emitter *emitter, unsigned level, uint32_t place, double value)
{
    emit(emitter, OP_CONSTANT, level, place, 0)->constant.r = value;
}

/* ---- conversions ---- */

static void emit_fits(struct emitter *emitter, unsigned from, unsigned to, unsigned level, uint32_t place)
{
    bool is_signed = type_is_signed(from);
    if (is_signed ? expr_type_min(from) < expr_type_min(to) || expr_type_max(from) > expr_type_max(to)
                  : expr_type_max(from) > expr_type_max(to))
        emit(emitter, is_signed ? OP_S_FITS : OP_U_FITS, level, place, to);
}

static void emit_number(struct emitter *emitter, unsigned from, unsigned to, bool truncates, unsigned level,
                        uint32_t place)
{
    bool real = type_class_of(to) == CLASS_REAL;
    bool was_real = type_class_of(from) == CLASS_REAL;
    if (was_real && !real)
        emit(emitter, truncates ? OP_R_TRUNCATE : OP_R_TO_INTEGER, level, place, to);
    else if (was_real && to == MBP_EXPR_REAL && from == MBP_EXPR_LREAL)
        emit(emitter, OP_FLOAT, level, place, 0);
    else if (!was_real && real)
        emit(emitter, type_is_signed(from) ? OP_S_TO_R : OP_U_TO_R, level, place, to == MBP_EXPR_REAL ? 1 : 0);
    else if (!was_real)
        emit_fits(emitter, from, to, level, place);
}

/* From and to milliseconds. */
static void emit_time(struct emitter *emitter, unsigned from, unsigned to, unsigned level, uint32_t place)
{
    if (from == MBP_EXPR_DT && to == MBP_EXPR_TOD) {
        emit(emitter, OP_WRAP_DAY, level, place, 0);
        return;
    }
    bool to_time = !type_is_number(to);
    unsigned number = to_time ? from : to;
    bool real = type_class_of(number) == CLASS_REAL;
    if (!to_time && real)
        emit(emitter, OP_S_TO_R, level, place, 0);
    if (to_time && !real)
        emit_fits(emitter, from, MBP_EXPR_LINT, level, place);
    if (real)
        emit_real(emitter, level + 1, place, (double)MS_NS);
    else
        emit_integer(emitter, level + 1, place, MS_NS);
    emit(emitter, to_time ? (real ? OP_MUL_R : OP_MUL_S) : (real ? OP_DIV_R : OP_DIV_S), level, place, 0);
    if (to_time && real)
        emit(emitter, OP_R_TO_INTEGER, level, place, to);
    if (to_time && to == MBP_EXPR_TOD)
        emit(emitter, OP_WRAP_DAY, level, place, 0);
    if (!to_time)
        emit_number(emitter, real ? MBP_EXPR_LREAL : MBP_EXPR_LINT, to, false, level, place);
}

/* Bit strings, to and from integers, reals and one another. */
static void emit_bits(struct emitter *emitter, unsigned from, unsigned to, unsigned level, uint32_t place)
{
    unsigned bits = type_bits(to) < type_bits(from) ? type_bits(to) : type_bits(from);
    if (type_class_of(to) == CLASS_REAL) {
        emit(emitter, to == MBP_EXPR_REAL ? OP_BITS_TO_REAL : OP_BITS_TO_LREAL, level, place, 0);
    } else if (type_class_of(from) == CLASS_REAL) {
        if (from == MBP_EXPR_REAL)
            emit(emitter, OP_REAL_TO_BITS, level, place, 0);
    } else if (type_is_signed(to)) {
        if (type_bits(to) <= type_bits(from) && bits < 64)
            emit(emitter, OP_SIGN, level, place, bits);
    } else if (bits < 64) {
        emit(emitter, OP_MASK, level, place, bits);
    }
}

static void emit_conversion(struct emitter *emitter, const struct node *node, unsigned level)
{
    unsigned from = emitter->compiler->nodes[node->first].type;
    unsigned to = node->type;
    enum type_class a = type_class_of(from);
    enum type_class b = type_class_of(to);
    if (a == CLASS_TIME || a == CLASS_MOMENT || b == CLASS_TIME || b == CLASS_MOMENT)
        emit_time(emitter, from, to, level, node->place);
    else if (b == CLASS_BOOL && a != CLASS_BITS)
        emit(emitter, a == CLASS_REAL ? OP_NOT_ZERO_R : OP_NOT_ZERO, level, node->place, 0);
    else if (a == CLASS_BOOL && b == CLASS_REAL)
        emit(emitter, OP_U_TO_R, level, node->place, 0);
    else if (a == CLASS_BITS || b == CLASS_BITS)
        emit_bits(emitter, from, to, level, node->place);
    else if (a != CLASS_BOOL)
        emit_number(emitter, from, to, node->truncates, level, node->place);
}

/* ---- calls ---- */

static unsigned op_of(const struct function *function, unsigned type)
{
    if (type_class_of(type) == CLASS_REAL)
        return function->op_real;
    return type_is_signed(type) ? function->op : function->op_unsigned;
}

/* Brings a result of 64 bits into its type. */
static void emit_range(struct emitter *emitter, const struct node *call, unsigned level)
{
    if (call->type == MBP_EXPR_REAL)
        emit(emitter, OP_FLOAT, level, call->place, 0);
    else if (call->type == MBP_EXPR_TOD)
        emit(emitter, OP_WRAP_DAY, level, call->place, 0);
    else if (type_is_integer(call->type) && type_bits(call->type) < 64)
        emit(emitter, type_is_signed(call->type) ? OP_S_FITS : OP_U_FITS, level, call->place, call->type);
}

/* The first operand, then each of the others with the operation behind it. */
static void emit_chain(struct emitter *emitter, const struct node *call, unsigned op, bool range, unsigned level)
{
    const struct node *nodes = emitter->compiler->nodes;
    emit_node(emitter, call->first, level);
    for (uint16_t operand = nodes[call->first].next; operand != 0; operand = nodes[operand].next) {
        emit_node(emitter, operand, level + 1);
        emit(emitter, op, level, call->place, 0);
        if (range)
            emit_range(emitter, call, level);
    }
}

/* T * 2.5 by way of a real. */
static void emit_scaled_time(struct emitter *emitter, const struct node *call, unsigned level)
{
    const struct node *nodes = emitter->compiler->nodes;
    uint16_t second = nodes[call->first].next;
    bool real = nodes[call->first].type == MBP_EXPR_LREAL || nodes[second].type == MBP_EXPR_LREAL;
    emit_node(emitter, call->first, level);
    if (real && nodes[call->first].type == MBP_EXPR_TIME)
        emit(emitter, OP_S_TO_R, level, call->place, 0);
    emit_node(emitter, second, level + 1);
    if (real && nodes[second].type == MBP_EXPR_TIME)
        emit(emitter, OP_S_TO_R, level + 1, call->place, 0);
    emit(emitter, real ? call->function->op_real : call->function->op, level, call->place, 0);
    if (real)
        emit(emitter, OP_R_TO_INTEGER, level, call->place, MBP_EXPR_TIME);
}

static void emit_operands(struct emitter *emitter, const struct node *call, unsigned level)
{
    const struct node *nodes = emitter->compiler->nodes;
    for (uint16_t operand = call->first; operand != 0; operand = nodes[operand].next)
        emit_node(emitter, operand, level++);
}

static void emit_limit(struct emitter *emitter, const struct node *call, unsigned level)
{
    const struct node *nodes = emitter->compiler->nodes;
    uint16_t in = nodes[call->first].next;
    unsigned op = op_of(call->function, call->type);
    emit_node(emitter, call->first, level);
    emit_node(emitter, in, level + 1);
    emit(emitter, op, level, call->place, 0);
    emit_node(emitter, nodes[in].next, level + 1);
    emit(emitter, op - 1, level, call->place, 0); /* each MIN stands before its MAX */
}

static void emit_one(struct emitter *emitter, const struct node *call, unsigned level)
{
    const struct function *function = call->function;
    uint32_t arg = 0;
    if (function->rule == RULE_NOT || function->rule == RULE_SHIFT)
        arg = type_bits(call->type);
    else if (function->rule == RULE_LOOKUP)
        arg = call->slot;
    else if (function->rule == RULE_RANDOM)
        arg = emitter->randoms++;
    else if (function->rule == RULE_MULTIPLEX)
        arg = call->count - 1U;
    emit_operands(emitter, call, level);
    if (function->rule == RULE_FIXED) { /* behind the cells of its operands */
        arg = emitter->cells;
        emitter->cells += expr_op_cells(function->op);
    }
    emit(emitter, function->op, level, call->place, arg)->constant.u = call->output;
}

/* Of a sign: nothing is to do for what has none. */
static void emit_sign(struct emitter *emitter, const struct node *call, unsigned level)
{
    emit_node(emitter, call->first, level);
    if (type_class_of(call->type) == CLASS_UNSIGNED)
        return;
    emit(emitter, op_of(call->function, call->type), level, call->place, 0);
    if (call->type != MBP_EXPR_REAL)
        emit_range(emitter, call, level);
}

static void emit_call(struct emitter *emitter, const struct node *call, unsigned level)
{
    const struct function *function = call->function;
    const struct node *nodes = emitter->compiler->nodes;
    unsigned type = call->first != 0 ? nodes[call->first].type : MBP_EXPR_ANY;
    switch ((enum rule)function->rule) {
    case RULE_ARITHMETIC:
        if (call->type == MBP_EXPR_TIME &&
            (type_is_number(type) || type_is_number(nodes[nodes[call->first].next].type)))
            emit_scaled_time(emitter, call, level);
        else
            emit_chain(emitter, call, op_of(function, type), true, level);
        break;
    case RULE_NEGATE:
    case RULE_ABS:
        emit_sign(emitter, call, level);
        break;
    case RULE_COMPARE:
        emit_chain(emitter, call, op_of(function, type), false, level);
        break;
    case RULE_BITS:
        emit_chain(emitter, call, type == MBP_EXPR_BOOL ? function->op_unsigned : function->op, false, level);
        break;
    case RULE_SAME:
        if (strcmp(function->name, "LIMIT") == 0)
            emit_limit(emitter, call, level);
        else
            emit_chain(emitter, call, op_of(function, type), false, level);
        break;
    case RULE_MOVE:
        emit_node(emitter, call->first, level);
        break;
    case RULE_REALS:
    case RULE_POWER:
        emit_one(emitter, call, level);
        emit_range(emitter, call, level);
        break;
    case RULE_NOT:
    case RULE_SELECT:
    case RULE_MULTIPLEX:
    case RULE_SHIFT:
    case RULE_FIXED:
    case RULE_LOOKUP:
    case RULE_RANDOM:
    case RULE_CLOCK:
        emit_one(emitter, call, level);
        break;
    }
}

static void emit_read(struct emitter *emitter, const struct node *node, unsigned level)
{
    size_t i = 0;
    while (i < emitter->read_count && emitter->reads[i] != node->slot)
        i++;
    if (i == emitter->read_count)
        emitter->reads[emitter->read_count++] = node->slot;
    emit(emitter, type_class_of(node->type) == CLASS_REAL ? OP_READ_REAL : OP_READ, level, node->start, node->slot);
}

static void emit_node(struct emitter *emitter, uint16_t id, unsigned level)
{
    const struct node *node = &emitter->compiler->nodes[id];
    if (emitter->compiler->failed)
        return;
    switch ((enum node_kind)node->kind) {
    case NODE_LITERAL:
        if (type_class_of(node->type) == CLASS_REAL)
            emit_real(emitter, level, node->start, node->real);
        else
            emit_integer(emitter, level, node->start, (int64_t)node->integer);
        break;
    case NODE_READ:
        emit_read(emitter, node, level);
        break;
    case NODE_CALL:
        emit_call(emitter, node, level);
        break;
    case NODE_CONVERT:
        emit_node(emitter, node->first, level);
        emit_conversion(emitter, node, level);
        break;
    }
}

/* Code and reads in one piece of memory. */
static struct mbp_expr *assemble(const struct emitter *emitter, unsigned type)
{
    size_t code = emitter->insn_count * sizeof(struct expr_insn);
    struct mbp_expr *expr = malloc(sizeof *expr + code + emitter->read_count * sizeof *expr->reads);
    if (expr == NULL)
        return NULL;
    *expr = (struct mbp_expr){.type = (enum mbp_expr_type)type,
                              .insn_count = (uint32_t)emitter->insn_count,
                              .read_count = (uint32_t)emitter->read_count,
                              .cell_count = emitter->cells,
                              .stream = emitter->compiler->source->stream};
    memcpy(expr->insns, emitter->insns, code);
    expr->reads = (uint32_t *)(void *)((char *)expr->insns + code);
    if (emitter->read_count > 0)
        memcpy(expr->reads, emitter->reads, emitter->read_count * sizeof *expr->reads);
    return expr;
}

struct mbp_expr *emitter_code(struct compiler *compiler, uint16_t root)
{
    struct mbp_expr *expr = NULL;
    struct emitter emitter = {.compiler = compiler};
    emitter.reads = calloc(compiler->node_count, sizeof *emitter.reads);
    compiler->no_memory |= emitter.reads == NULL;
    compiler->failed |= compiler->no_memory;
    if (emitter.reads != NULL) {
        emit_node(&emitter, root, 0);
        emit(&emitter, OP_END, 0, 0, 0);
    }
    if (!compiler->failed) {
        expr = assemble(&emitter, compiler->nodes[root].type);
        compiler->no_memory = expr == NULL;
    }
    free(emitter.insns);
    free(emitter.reads);
    return expr;
}
