/* expr: expressions of ten operations, in turns with the same in C. One line of JSON for each: ns of one run, the
 * median of the rounds.
 *
 *   bench_expr ROUNDS */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/expr.h"

#define RUNS 20000u /* in a round */

static double numbers[4] = {85.5, 40.25, 3.5, 12};
static uint64_t bits[2] = {1, 0};

static const struct {
    const char *name;
    struct mbp_expr_name what;
} names[] = {{"a", {MBP_EXPR_LREAL, 0}}, {"b", {MBP_EXPR_LREAL, 1}}, {"c", {MBP_EXPR_LREAL, 2}},
             {"d", {MBP_EXPR_LREAL, 3}}, {"p", {MBP_EXPR_BOOL, 4}},  {"q", {MBP_EXPR_BOOL, 5}}};

static bool find(const void *ctx, const char *name, struct mbp_expr_name *out, const char **why)
{
    (void)ctx;
    (void)why;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i].name, name) == 0) {
            *out = names[i].what;
            return true;
        }
    }
    return false;
}

static union mbp_expr_value read_slot(const void *ctx, uint32_t slot)
{
    (void)ctx;
    union mbp_expr_value value;
    if (slot < 4)
        value.r = numbers[slot];
    else
        value.u = bits[slot - 4];
    return value;
}

static double c_arithmetic(void)
{
    double a = numbers[0];
    double b = numbers[1];
    return (a + b * 2 - numbers[2] / 4) * (a - b) + numbers[3] * numbers[3] - a / b + 1;
}

static double c_logic(void)
{
    return (numbers[0] > 80 && bits[0] == 0) || (numbers[1] < 50 && numbers[2] >= 3 && bits[1] == 0) ||
           (numbers[3] > 90 && bits[0] != 0);
}

static double c_choice(void)
{
    double x = bits[0] != 0 ? numbers[0] * 0.3 : 0;
    x = fmin(fmax(0, x + numbers[1] * 1.5), 100);
    return x + (numbers[2] > 3 ? numbers[3] - 2 : numbers[3] + 2);
}

static double c_functions(void)
{
    return sqrt(fabs(numbers[0] - numbers[1])) + sin(numbers[2]) * 4 + exp(-numbers[3] / 10) + fmax(numbers[0], 3);
}

static const struct {
    const char *name, *text;
    double (*in_c)(void);
} cases[] = {
    {"arithmetic", "(a + b * 2 - c / 4) * (a - b) + d * d - a / b + 1", c_arithmetic},
    {"logic", "a > 80 AND NOT p OR b < 50 AND c >= 3 AND NOT q OR d > 90 AND p", c_logic},
    {"choice", "LIMIT(0, SEL(p, 0, a * 0.3) + b * 1.5, 100) + SEL(c > 3, d + 2, d - 2)", c_choice},
    {"functions", "SQRT(ABS(a - b)) + SIN(c) * 4 + EXP(-d / 10) + MAX(a, 3)", c_functions},
};

static double now_ns(void)
{
    struct mbp_clock clock = mbp_clock_system();
    return (double)clock.mono_ns(clock.ctx);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, ascending);
    return values[count / 2];
}

static double round_of_expr(const struct mbp_expr *expr, const struct mbp_expr_world *world, volatile uint64_t *sink)
{
    double begin_ns = now_ns();
    for (unsigned i = 0; i < RUNS; i++) {
        numbers[0] = 80 + (i & 7);
        *sink += mbp_expr_run(expr, world, NULL).value.u;
    }
    return (now_ns() - begin_ns) / RUNS;
}

static double round_of_c(double (*in_c)(void), volatile double *sink)
{
    double (*volatile call)(void) = in_c; /* so that it is not reckoned once and for all */
    double begin_ns = now_ns();
    for (unsigned i = 0; i < RUNS; i++) {
        numbers[0] = 80 + (i & 7);
        *sink += call();
    }
    return (now_ns() - begin_ns) / RUNS;
}

static bool measure(size_t which, size_t rounds, double *expr_ns, double *c_ns)
{
    static const struct mbp_expr_scope scope = {.find = find};
    const struct mbp_expr_source source = {cases[which].text, strlen(cases[which].text), 0};
    const struct mbp_expr_world world = {.read = read_slot, .period_ns = 1};
    struct mbp_expr *expr;
    struct mbp_expr_error error;
    volatile uint64_t sink = 0;
    volatile double sum = 0;
    if (mbp_expr_compile(&source, MBP_EXPR_ANY, &scope, &expr, &error) != MBP_OK) {
        fprintf(stderr, "bench_expr: %s: %u: %s\n", cases[which].text, error.column, error.text);
        return false;
    }
    for (size_t i = 0; i < rounds; i++) {
        expr_ns[i] = round_of_expr(expr, &world, &sink);
        c_ns[i] = round_of_c(cases[which].in_c, &sum);
    }
    printf("{\"name\": \"%s\", \"expr_ns\": %.1f, \"c_ns\": %.1f}\n", cases[which].name, median(expr_ns, rounds),
           median(c_ns, rounds));
    mbp_expr_free(expr);
    return true;
}

int main(int argc, char **argv)
{
    size_t rounds = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    double *expr_ns = calloc(rounds + 1, sizeof *expr_ns);
    double *c_ns = calloc(rounds + 1, sizeof *c_ns);
    bool well = rounds > 0 && rounds < 100000 && expr_ns != NULL && c_ns != NULL;
    if (!well)
        fprintf(stderr, "usage: bench_expr ROUNDS\n");
    for (size_t i = 0; well && i < sizeof cases / sizeof cases[0]; i++)
        well = measure(i, rounds, expr_ns, c_ns);
    free(expr_ns);
    free(c_ns);
    return well ? 0 : 1;
}
