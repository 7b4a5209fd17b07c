/* stateful: the standard's function blocks, each with cells of its own, and HYSTERESIS,
 * CHANGED and PULSE. */
#include "code.h"

/* The second cell of a timer. */
#define WAS    1u /* its input in the scan before */
#define RUNS   2u /* the first cell is when it began */
#define OUTPUT 4u

#define COUNT_MAX INT64_C(2147483647)

unsigned expr_op_cells(unsigned op)
{
    switch (op) {
    case OP_TON:
    case OP_TOF:
    case OP_TP:
    case OP_CTU:
    case OP_CTD:
    case OP_CHANGED:
        return 2;
    case OP_R_TRIG:
    case OP_F_TRIG:
    case OP_SR:
    case OP_RS:
    case OP_HYSTERESIS:
        return 1;
    default:
        return 0;
    }
}

static uint64_t elapsed_ns(const uint64_t *cells, uint64_t now_ns, uint64_t most_ns)
{
    uint64_t ns = mbp_time_sub_sat(now_ns, cells[0]);
    return ns < most_ns ? ns : most_ns;
}

static void begin(uint64_t *cells, uint64_t now_ns)
{
    cells[0] = now_ns;
    cells[1] |= RUNS;
}

/* on: TRUE once the input was TRUE for so long. */
static uint64_t run_ton(uint64_t *cells, bool in, uint64_t preset_ns, uint64_t now_ns)
{
    if (!in) {
        cells[1] = 0;
        return 0;
    }
    if ((cells[1] & RUNS) == 0)
        begin(cells, now_ns);
    uint64_t ns = elapsed_ns(cells, now_ns, preset_ns);
    cells[1] = WAS | RUNS | (ns >= preset_ns ? OUTPUT : 0);
    return ns;
}

/* off: FALSE once the input was FALSE for so long. */
static uint64_t run_tof(uint64_t *cells, bool in, uint64_t preset_ns, uint64_t now_ns)
{
    if (in) {
        cells[1] = WAS | OUTPUT;
        return 0;
    }
    if ((cells[1] & WAS) != 0) {
        cells[1] = OUTPUT;
        begin(cells, now_ns);
    }
    if ((cells[1] & RUNS) == 0)
        return 0;
    uint64_t ns = elapsed_ns(cells, now_ns, preset_ns);
    cells[1] = RUNS | (ns < preset_ns ? OUTPUT : 0);
    return ns;
}

/* pulse: TRUE for so long from a rising edge on, whatever the input does meanwhile. */
static uint64_t run_tp(uint64_t *cells, bool in, uint64_t preset_ns, uint64_t now_ns)
{
    bool rises = in && (cells[1] & WAS) == 0;
    if (rises && (cells[1] & RUNS) == 0)
        begin(cells, now_ns);
    uint64_t ns = (cells[1] & RUNS) != 0 ? elapsed_ns(cells, now_ns, preset_ns) : 0;
    bool done = ns >= preset_ns;
    uint64_t kept = cells[1] & RUNS;
    if (done && !in)
        kept = 0;
    cells[1] = kept | (in ? WAS : 0) | (kept != 0 && !done ? OUTPUT : 0);
    return kept != 0 ? ns : 0;
}

static enum mbp_expr_fault run_timer(const struct expr_insn *insn, uint64_t *cells, uint64_t now_ns,
                                     union mbp_expr_value *v)
{
    bool in = v[0].u != 0;
    if (v[1].i < 0)
        return MBP_EXPR_OUT_OF_RANGE;
    uint64_t ns = insn->op == OP_TON   ? run_ton(cells, in, v[1].u, now_ns)
                  : insn->op == OP_TOF ? run_tof(cells, in, v[1].u, now_ns)
                                       : run_tp(cells, in, v[1].u, now_ns);
    v[0].u = insn->constant.u == OUTPUT_ET ? ns : (cells[1] & OUTPUT) != 0;
    return MBP_EXPR_FINE;
}

/* CTU (CU, R, PV) and CTD (CD, LD, PV): the first cell is the count, the second the input in the scan before. */
static enum mbp_expr_fault run_counter(const struct expr_insn *insn, uint64_t *cells, union mbp_expr_value *v)
{
    bool up = insn->op == OP_CTU;
    bool rises = v[0].u != 0 && cells[1] == 0;
    int64_t count = (int64_t)cells[0];
    if (v[1].u != 0)
        count = up ? 0 : v[2].i;
    else if (rises && up && count < COUNT_MAX)
        count++;
    else if (rises && !up && count > -COUNT_MAX - 1)
        count--;
    cells[0] = (uint64_t)count;
    cells[1] = v[0].u;
    if (insn->constant.u == OUTPUT_CV)
        v[0].i = count;
    else
        v[0].u = up ? count >= v[2].i : count <= 0;
    return MBP_EXPR_FINE;
}

static enum mbp_expr_fault run_hysteresis(uint64_t *cell, union mbp_expr_value *v)
{
    if (v[1].r > v[2].r)
        return MBP_EXPR_OUT_OF_RANGE;
    if (v[0].r > v[2].r)
        *cell = 1;
    else if (v[0].r < v[1].r)
        *cell = 0;
    v[0].u = *cell;
    return MBP_EXPR_FINE;
}

/* The first cell is what it was in the scan before; there was none when the second is 0, which counts as a change. */
static uint64_t run_changed(uint64_t *cells, double in)
{
    union mbp_expr_value was = {.u = cells[0]};
    bool same = cells[1] != 0 && was.r >= in && was.r <= in;
    was.r = in;
    cells[0] = was.u;
    cells[1] = 1;
    return same ? 0 : 1;
}

/* Whether a multiple of the interval lies within this scan. */
static enum mbp_expr_fault run_pulse(const struct mbp_expr_world *world, union mbp_expr_value *v)
{
    if (v[0].i <= 0)
        return MBP_EXPR_OUT_OF_RANGE;
    uint64_t before_ns = mbp_time_sub_sat(world->now_ns, world->period_ns);
    v[0].u = world->now_ns / v[0].u != before_ns / v[0].u;
    return MBP_EXPR_FINE;
}

enum mbp_expr_fault expr_run_stateful(const struct expr_insn *insn, const struct mbp_expr_world *world, uint64_t *cells,
                                      union mbp_expr_value *v)
{
    uint64_t before;
    switch (insn->op) {
    case OP_R_TRIG:
        before = cells[0];
        cells[0] = v[0].u;
        v[0].u = v[0].u != 0 && before == 0;
        return MBP_EXPR_FINE;
    case OP_F_TRIG: /* the cell holds the opposite of its input: at a cold start a FALSE one counts as an edge */
        before = cells[0];
        cells[0] = v[0].u == 0;
        v[0].u = cells[0] != 0 && before == 0;
        return MBP_EXPR_FINE;
    case OP_SR:
        v[0].u = cells[0] = v[0].u != 0 || (v[1].u == 0 && cells[0] != 0);
        return MBP_EXPR_FINE;
    case OP_RS:
        v[0].u = cells[0] = v[1].u == 0 && (v[0].u != 0 || cells[0] != 0);
        return MBP_EXPR_FINE;
    case OP_HYSTERESIS:
        return run_hysteresis(cells, v);
    case OP_CHANGED:
        v[0].u = run_changed(cells, v[0].r);
        return MBP_EXPR_FINE;
    case OP_PULSE:
        return run_pulse(world, v);
    case OP_CTU:
    case OP_CTD:
        return run_counter(insn, cells, v);
    default:
        return run_timer(insn, cells, world->now_ns, v);
    }
}
