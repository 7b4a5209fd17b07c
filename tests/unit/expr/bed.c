#include "bed.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#define T0_NS INT64_C(1781337600000000000) /* 2026-06-13 08:00:00 */

const struct bed_name bed_names[] = {
    {"yes", MBP_EXPR_BOOL, {.u = 1}},
    {"no", MBP_EXPR_BOOL, {.u = 0}},
    {"in", MBP_EXPR_BOOL, {.u = 0}},
    {"other", MBP_EXPR_BOOL, {.u = 0}},
    {"s8", MBP_EXPR_SINT, {.i = -5}},
    {"s16", MBP_EXPR_INT, {.i = 1000}},
    {"s32", MBP_EXPR_DINT, {.i = 100000}},
    {"s64", MBP_EXPR_LINT, {.i = INT64_C(5000000000)}},
    {"u8", MBP_EXPR_USINT, {.u = 200}},
    {"u16", MBP_EXPR_UINT, {.u = 60000}},
    {"u32", MBP_EXPR_UDINT, {.u = UINT64_C(4000000000)}},
    {"u64", MBP_EXPR_ULINT, {.u = UINT64_C(18000000000000000000)}},
    {"f32", MBP_EXPR_REAL, {.r = 2.5}},
    {"f64", MBP_EXPR_LREAL, {.r = 3.25}},
    {"zero", MBP_EXPR_LREAL, {.r = 0}},
    {"none", MBP_EXPR_LREAL, {.r = NAN}},
    {"b8", MBP_EXPR_BYTE, {.u = 0xA5}},
    {"b16", MBP_EXPR_WORD, {.u = 0xF00F}},
    {"b32", MBP_EXPR_DWORD, {.u = 0x3FC00000}}, /* 1.5 as a REAL */
    {"b64", MBP_EXPR_LWORD, {.u = UINT64_C(0x8000000000000001)}},
    {"t", MBP_EXPR_TIME, {.i = INT64_C(1500000000)}},
    {"tod", MBP_EXPR_TOD, {.i = INT64_C(3600000000000)}},
    {"dt", MBP_EXPR_DT, {.i = T0_NS}},
    {"TT101", MBP_EXPR_LREAL, {.r = 85}},
    {"TT101.high", MBP_EXPR_BOOL, {.u = 1}},
    {"TT-101", MBP_EXPR_LREAL, {.r = 7}},
    {"FIC101.setpoint", MBP_EXPR_LREAL, {.r = 40}},
    {"LEVEL", MBP_EXPR_LREAL, {.r = 50}},
    {"NOT", MBP_EXPR_BOOL, {.u = 1}}, /* only in quotes */
    {NULL, MBP_EXPR_BOOL, {.u = 0}},
};

static const double curve_x[] = {0, 10, 20};
static const double curve_y[] = {100, 200, 0};
static const double dot_x[] = {5};
static const double dot_y[] = {-1};
static const struct mbp_expr_curve curves[] = {{curve_x, curve_y, 3}, {dot_x, dot_y, 1}};

static bool find(const void *ctx, const char *name, struct mbp_expr_name *out, const char **why)
{
    (void)ctx;
    if (strcasecmp(name, "text") == 0)
        *why = "a string has no value in an expression";
    for (uint32_t i = 0; bed_names[i].name != NULL; i++) {
        if (strcasecmp(bed_names[i].name, name) == 0) {
            *out = (struct mbp_expr_name){bed_names[i].type, i};
            return true;
        }
    }
    return false;
}

static bool find_target(const void *ctx, const char *name, struct mbp_expr_name *out, const char **why)
{
    if (strcasecmp(name, "TT101") == 0) {
        *why = "a sensor is measured, it cannot be set";
        return false;
    }
    return find(ctx, name, out, why);
}

static bool find_curve(const void *ctx, const char *name, uint32_t *index)
{
    (void)ctx;
    *index = strcasecmp(name, "DOT") == 0 ? 1 : 0;
    return *index == 1 || strcasecmp(name, "CURVE") == 0;
}

static const char *nearest(const void *ctx, const char *name)
{
    (void)ctx;
    const char *names[BED_NAMES];
    size_t count = 0;
    for (; bed_names[count].name != NULL; count++)
        names[count] = bed_names[count].name;
    return mbp_nearest(name, names, count);
}

static union mbp_expr_value read_value(const void *ctx, uint32_t slot)
{
    const struct bed *bed = ctx;
    return bed->values[slot];
}

const struct mbp_expr_scope bed_scope = {find, find_target, find_curve, nearest, NULL};

void bed_begin(struct bed *bed)
{
    memset(bed, 0, sizeof *bed);
    for (size_t i = 0; bed_names[i].name != NULL; i++)
        bed->values[i] = bed_names[i].value;
    bed->world = (struct mbp_expr_world){.read = read_value,
                                         .ctx = bed,
                                         .curves = curves,
                                         .period_ns = 100 * MBP_NS_PER_MS,
                                         .clock_ns = T0_NS,
                                         .seed = 1};
}

void bed_end(struct bed *bed)
{
    mbp_expr_free(bed->expr);
    bed->expr = NULL;
}

size_t bed_find(const char *name)
{
    for (size_t i = 0; bed_names[i].name != NULL; i++)
        if (strcmp(bed_names[i].name, name) == 0)
            return i;
    fail_msg("no name %s", name);
    return 0;
}

static bool compile(struct bed *bed, const char *text, size_t len, enum mbp_expr_type want, bool assignment)
{
    const struct mbp_expr_source source = {text, len, 77};
    bed_end(bed);
    enum mbp_status status =
        assignment ? mbp_expr_compile_assignment(&source, &bed_scope, &bed->expr, &bed->target, &bed->error)
                   : mbp_expr_compile(&source, want, &bed_scope, &bed->expr, &bed->error);
    memset(bed->cells, 0, sizeof bed->cells);
    if (status != MBP_OK)
        assert_int_equal(status, MBP_ERR_FORMAT);
    else
        assert_in_range(mbp_expr_cells(bed->expr), 0, BED_CELLS);
    return status == MBP_OK;
}

bool bed_compile(struct bed *bed, const char *text, enum mbp_expr_type want)
{
    return compile(bed, text, strlen(text), want, false);
}

bool bed_compile_assignment(struct bed *bed, const char *text)
{
    return compile(bed, text, strlen(text), MBP_EXPR_ANY, true);
}

struct mbp_expr_result bed_run(struct bed *bed)
{
    bed->world.now_ns += bed->world.period_ns;
    bed->world.clock_ns += (int64_t)bed->world.period_ns;
    bed->world.tick++;
    return mbp_expr_run(bed->expr, &bed->world, bed->cells);
}

struct mbp_expr_result bed_value(struct bed *bed, const char *text, enum mbp_expr_type *type)
{
    if (!bed_compile(bed, text, MBP_EXPR_ANY))
        fail_msg("%s: %u:%u: %s", text, bed->error.line, bed->error.column, bed->error.text);
    if (type != NULL)
        *type = mbp_expr_type_of(bed->expr);
    return bed_run(bed);
}
