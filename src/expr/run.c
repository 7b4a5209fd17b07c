/* run: the interpreter. A value that has a fault is marked at its level; what takes it in is marked too, unless it
 * turns out that it did not need it. Nothing is skipped, so stateful functions run in every scan. */
#include <math.h>

#include "code.h"

/* Of the values that are marked: what the fault is and where. Meaningful where a bit of `marked` is set. */
struct marks {
    uint64_t marked;
    uint16_t place[MBP_EXPR_DEPTH_MAX];
    uint8_t fault[MBP_EXPR_DEPTH_MAX];
};

static bool is_marked(const struct marks *marks, unsigned level)
{
    return (marks->marked >> level & 1) != 0;
}

static void mark(struct marks *marks, unsigned level, unsigned fault, uint16_t place)
{
    marks->marked |= UINT64_C(1) << level;
    marks->fault[level] = (uint8_t)fault;
    marks->place[level] = place;
}

/* Forgets the marks from a level on: what was there has been used up. */
static void unmark_from(struct marks *marks, unsigned level)
{
    marks->marked &= (UINT64_C(1) << level) - 1;
}

/* Which operand is the result of a selection; -1: none, the selector is beyond them. */
static int selected(const struct expr_insn *insn, const union mbp_expr_value *v)
{
    if (insn->op == OP_SELECT)
        return v[0].u != 0 ? 2 : 1;
    return v[0].u < insn->arg ? (int)v[0].u + 1 : -1;
}

/* The first operand's mark becomes the result's. */
static void pass_mark(struct marks *marks, unsigned level)
{
    unsigned from = (unsigned)__builtin_ctzll(marks->marked >> level) + level;
    unsigned fault = marks->fault[from];
    uint16_t place = marks->place[from];
    unmark_from(marks, level);
    mark(marks, level, fault, place);
}

/* An operation of which an operand is marked: does it need that one? */
static void run_marked(const struct expr_insn *insn, union mbp_expr_value *v, struct marks *marks)
{
    unsigned level = insn->level;
    bool selects = insn->op == OP_SELECT || insn->op == OP_MULTIPLEX;
    if (is_marked(marks, level) || (!selects && insn->op != OP_AND_BOOL && insn->op != OP_OR_BOOL)) {
        pass_mark(marks, level);
        return;
    }
    if (!selects) {
        bool decided = (v[0].u != 0) == (insn->op == OP_OR_BOOL);
        if (decided)
            unmark_from(marks, level);
        else
            pass_mark(marks, level);
        return;
    }
    int which = selected(insn, v);
    if (which < 0) {
        unmark_from(marks, level);
        mark(marks, level, MBP_EXPR_OUT_OF_RANGE, insn->place);
        return;
    }
    unsigned from = level + (unsigned)which;
    bool needed = is_marked(marks, from);
    unsigned fault = marks->fault[from];
    uint16_t place = marks->place[from];
    unmark_from(marks, level);
    v[0] = v[which];
    if (needed)
        mark(marks, level, fault, place);
}

static enum mbp_expr_fault multiplex(const struct expr_insn *insn, union mbp_expr_value *v)
{
    int which = selected(insn, v);
    if (which < 0)
        return MBP_EXPR_OUT_OF_RANGE;
    v[0] = v[which];
    return MBP_EXPR_FINE;
}

static enum mbp_expr_fault checked(double value, enum mbp_expr_fault otherwise)
{
    return isfinite(value) ? MBP_EXPR_FINE : otherwise;
}

static enum mbp_expr_fault divide(union mbp_expr_value *v)
{
    if (v[1].r == 0)
        return MBP_EXPR_DIVISION_BY_ZERO;
    v[0].r /= v[1].r;
    return checked(v[0].r, MBP_EXPR_OUT_OF_RANGE);
}

/* The operations that are rarer, or longer than the way to them. */
static enum mbp_expr_fault run_other(const struct mbp_expr *expr, const struct expr_insn *insn,
                                     const struct mbp_expr_world *world, uint64_t *cells, union mbp_expr_value *v)
{
    if (insn->op >= OP_FIRST_STATEFUL)
        return expr_run_stateful(insn, world, cells + insn->arg, v);
    if (insn->op >= OP_FIRST_FUNCTION)
        return expr_run_function(expr, insn, world, v);
    if (insn->op >= OP_FIRST_CONVERT)
        return expr_run_convert(insn, v);
    return expr_run_integer(insn, v);
}

#define COMPARE(member, operator) v[0].u = v[0].member operator v[1].member

struct mbp_expr_result mbp_expr_run(const struct mbp_expr *expr, const struct mbp_expr_world *world, uint64_t *cells)
{
    union mbp_expr_value values[MBP_EXPR_DEPTH_MAX];
    struct marks marks;
    values[0].u = 0;
    marks.marked = 0;
    for (const struct expr_insn *insn = expr->insns; insn->op != OP_END; insn++) {
        union mbp_expr_value *v = values + insn->level;
        enum mbp_expr_fault fault = MBP_EXPR_FINE;
        if (marks.marked >> insn->level != 0) {
            run_marked(insn, v, &marks);
            continue;
        }
        // clang-format off
        switch (insn->op) {
        case OP_CONSTANT: v[0] = insn->constant; break;
        case OP_READ: v[0] = world->read(world->ctx, insn->arg); break;
        case OP_READ_REAL: v[0] = world->read(world->ctx, insn->arg); fault = checked(v[0].r, MBP_EXPR_NO_VALUE); break;
        case OP_ADD_R: v[0].r += v[1].r; fault = checked(v[0].r, MBP_EXPR_OUT_OF_RANGE); break;
        case OP_SUB_R: v[0].r -= v[1].r; fault = checked(v[0].r, MBP_EXPR_OUT_OF_RANGE); break;
        case OP_MUL_R: v[0].r *= v[1].r; fault = checked(v[0].r, MBP_EXPR_OUT_OF_RANGE); break;
        case OP_DIV_R: fault = divide(v); break;
        case OP_NEG_R: v[0].r = -v[0].r; break;
        case OP_ABS_R: v[0].r = fabs(v[0].r); break;
        case OP_MIN_R: v[0].r = v[1].r < v[0].r ? v[1].r : v[0].r; break;
        case OP_MAX_R: v[0].r = v[1].r > v[0].r ? v[1].r : v[0].r; break;
        case OP_FLOAT: v[0].r = (double)(float)v[0].r; fault = checked(v[0].r, MBP_EXPR_OUT_OF_RANGE); break;
        case OP_EQ_R: COMPARE(r, ==); break;
        case OP_NE_R: COMPARE(r, !=); break;
        case OP_LT_R: COMPARE(r, <); break;
        case OP_LE_R: COMPARE(r, <=); break;
        case OP_GT_R: COMPARE(r, >); break;
        case OP_GE_R: COMPARE(r, >=); break;
        case OP_EQ_I: COMPARE(u, ==); break;
        case OP_NE_I: COMPARE(u, !=); break;
        case OP_LT_S: COMPARE(i, <); break;
        case OP_LE_S: COMPARE(i, <=); break;
        case OP_GT_S: COMPARE(i, >); break;
        case OP_GE_S: COMPARE(i, >=); break;
        case OP_LT_U: COMPARE(u, <); break;
        case OP_LE_U: COMPARE(u, <=); break;
        case OP_GT_U: COMPARE(u, >); break;
        case OP_GE_U: COMPARE(u, >=); break;
        case OP_AND_BOOL: case OP_AND: v[0].u &= v[1].u; break;
        case OP_OR_BOOL: case OP_OR: v[0].u |= v[1].u; break;
        case OP_XOR: v[0].u ^= v[1].u; break;
        case OP_SELECT: v[0] = v[0].u != 0 ? v[2] : v[1]; break;
        case OP_MULTIPLEX: fault = multiplex(insn, v); break;
        default: fault = run_other(expr, insn, world, cells, v); break;
        }
        // clang-format on
        if (fault != MBP_EXPR_FINE)
            mark(&marks, insn->level, fault, insn->place);
    }
    struct mbp_expr_result result = {.value = values[0], .fault = MBP_EXPR_FINE, .offset = 0};
    if (is_marked(&marks, 0))
        result = (struct mbp_expr_result){.value.u = 0, .fault = marks.fault[0], .offset = marks.place[0]};
    return result;
}
