#include "expr_model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum kind {
    LITERAL,
    NAME,
    WIDER,  /* an operand of a smaller type, by itself */
    BINARY, /* + - * / MOD */
    NEGATIVE,
    ABSOLUTE,
    COMPARE,
    LOGIC,   /* AND OR XOR */
    INVERSE, /* NOT */
    SHIFT,
    EXTREME, /* MIN MAX */
    LIMITED,
    CHOICE, /* SEL */
    SWITCH, /* MUX */
    CONVERT,
    ROOT,  /* SQRT */
    TIMER, /* TON TOF TP */
    TRIGGER,
    BISTABLE
};

static const struct {
    unsigned bits;
    bool is_signed, is_integer, is_bits, is_real;
} types[MBP_EXPR_TYPE_COUNT] = {
    [MBP_EXPR_BOOL] = {1, 0, 0, 0, 0},  [MBP_EXPR_SINT] = {8, 1, 1, 0, 0},   [MBP_EXPR_INT] = {16, 1, 1, 0, 0},
    [MBP_EXPR_DINT] = {32, 1, 1, 0, 0}, [MBP_EXPR_LINT] = {64, 1, 1, 0, 0},  [MBP_EXPR_USINT] = {8, 0, 1, 0, 0},
    [MBP_EXPR_UINT] = {16, 0, 1, 0, 0}, [MBP_EXPR_UDINT] = {32, 0, 1, 0, 0}, [MBP_EXPR_ULINT] = {64, 0, 1, 0, 0},
    [MBP_EXPR_REAL] = {32, 0, 0, 0, 1}, [MBP_EXPR_LREAL] = {64, 0, 0, 0, 1}, [MBP_EXPR_BYTE] = {8, 0, 0, 1, 0},
    [MBP_EXPR_WORD] = {16, 0, 0, 1, 0}, [MBP_EXPR_DWORD] = {32, 0, 0, 1, 0}, [MBP_EXPR_LWORD] = {64, 0, 0, 1, 0},
    [MBP_EXPR_TIME] = {64, 1, 0, 0, 0}, [MBP_EXPR_TOD] = {64, 1, 0, 0, 0},   [MBP_EXPR_DT] = {64, 1, 0, 0, 0},
};

static __int128 least(unsigned type)
{
    return types[type].is_signed ? -((__int128)1 << (types[type].bits - 1)) : 0;
}

static __int128 most(unsigned type)
{
    return ((__int128)1 << (types[type].bits - (types[type].is_signed ? 1U : 0U))) - 1;
}

/* ---- making ---- */

static unsigned choose(struct model *model, unsigned of)
{
    return (unsigned)(model->draw(model->ctx) % of);
}

static unsigned make(struct model *model, enum mbp_expr_type type, unsigned depth);

static unsigned new_node(struct model *model, enum kind kind, enum mbp_expr_type type)
{
    model->nodes[model->count] = (struct model_node){.kind = kind, .type = type};
    return model->count++;
}

static __int128 extreme_integer(struct model *model, unsigned type)
{
    uint64_t bits = model->draw(model->ctx);
    switch (choose(model, 6)) {
    case 0:
        return least(type);
    case 1:
        return most(type);
    case 2:
        return types[type].is_signed ? -1 : 1;
    case 3:
        return least(type) + (__int128)(bits % (uint64_t)(most(type) - least(type) == (__int128)UINT64_MAX
                                                              ? UINT64_MAX
                                                              : most(type) - least(type) + 1));
    default:
        return most(type) < 20 ? (__int128)(bits & 1) : (__int128)(bits % 20);
    }
}

static double extreme_real(struct model *model, unsigned type)
{
    static const double values[] = {0, 1, -1, 0.5, 2.5, -3.5, 1e10, -1e-10, 127.5, 65535, 3e38, 1e9};
    double value = values[choose(model, sizeof values / sizeof values[0])];
    if (choose(model, 3) == 0)
        value = mbp_rng_uniform(model->draw(model->ctx)) * 200 - 100;
    return type == MBP_EXPR_REAL ? (double)(float)value : value;
}

union mbp_expr_value model_slot_value(struct model *model, enum mbp_expr_type type)
{
    union mbp_expr_value value;
    if (types[type].is_real)
        value.r = choose(model, 12) == 0 ? NAN : extreme_real(model, type);
    else if (type == MBP_EXPR_TOD)
        value.i = (int64_t)(model->draw(model->ctx) % UINT64_C(86400000000000));
    else if (types[type].is_signed)
        value.i = (int64_t)extreme_integer(model, type);
    else
        value.u = (uint64_t)extreme_integer(model, type);
    return value;
}

/* T#-..ns; of moments there is no literal for every value, so they are names. */
static unsigned make_leaf(struct model *model, enum mbp_expr_type type, bool may_be_untyped)
{
    unsigned id = new_node(model, choose(model, 2) == 0 && type < MBP_EXPR_TOD ? LITERAL : NAME, type);
    struct model_node *node = &model->nodes[id];
    node->variant = choose(model, 3);
    if (node->kind == LITERAL && types[type].is_real) {
        node->real = extreme_real(model, type);
    } else if (node->kind == LITERAL) {
        node->integer = extreme_integer(model, type);
        if (type == MBP_EXPR_TIME && node->integer == least(type))
            node->integer = 0; /* T# has no minus of its own that large */
    }
    node->untyped = may_be_untyped && node->kind == LITERAL && type != MBP_EXPR_TIME && type != MBP_EXPR_BOOL &&
                    choose(model, 2) == 0;
    return id;
}

/* A type that becomes another by itself. */
static enum mbp_expr_type smaller(struct model *model, enum mbp_expr_type type)
{
    static const enum mbp_expr_type of_lreal[] = {MBP_EXPR_REAL, MBP_EXPR_INT, MBP_EXPR_UDINT, MBP_EXPR_LINT};
    switch ((unsigned)type) {
    case MBP_EXPR_INT:
        return choose(model, 2) ? MBP_EXPR_SINT : MBP_EXPR_USINT;
    case MBP_EXPR_DINT:
        return choose(model, 2) ? MBP_EXPR_INT : MBP_EXPR_UINT;
    case MBP_EXPR_LINT:
        return choose(model, 2) ? MBP_EXPR_DINT : MBP_EXPR_UDINT;
    case MBP_EXPR_UINT:
        return MBP_EXPR_USINT;
    case MBP_EXPR_UDINT:
        return MBP_EXPR_UINT;
    case MBP_EXPR_ULINT:
        return MBP_EXPR_UDINT;
    case MBP_EXPR_REAL:
        return choose(model, 2) ? MBP_EXPR_INT : MBP_EXPR_USINT;
    case MBP_EXPR_LREAL:
        return of_lreal[choose(model, 4)];
    case MBP_EXPR_WORD:
        return MBP_EXPR_BYTE;
    case MBP_EXPR_DWORD:
        return MBP_EXPR_WORD;
    case MBP_EXPR_LWORD:
        return MBP_EXPR_DWORD;
    default:
        return type;
    }
}

/* An operand beside another that has the type outright. */
static unsigned make_beside(struct model *model, enum mbp_expr_type type, unsigned depth)
{
    enum mbp_expr_type other = smaller(model, type);
    if (choose(model, 4) == 0)
        return make_leaf(model, type, true);
    if (other == type || choose(model, 4) != 0)
        return make(model, type, depth);
    unsigned id = new_node(model, WIDER, type);
    unsigned operand = make(model, other, depth);
    model->nodes[id].operand[0] = operand;
    model->nodes[id].count = 1;
    return id;
}

static unsigned make_operands(struct model *model, enum kind kind, enum mbp_expr_type result, enum mbp_expr_type of,
                              unsigned count, unsigned variant, unsigned depth)
{
    unsigned id = new_node(model, kind, result);
    model->nodes[id].count = count;
    model->nodes[id].variant = variant;
    for (unsigned i = 0; i < count; i++) {
        unsigned operand = i == 0 ? make(model, of, depth) : make_beside(model, of, depth);
        model->nodes[id].operand[i] = operand;
    }
    return id;
}

static enum mbp_expr_type any_type(struct model *model)
{
    return (enum mbp_expr_type)choose(model, MBP_EXPR_TOD); /* moments are only read */
}

static unsigned make_choice(struct model *model, enum mbp_expr_type type, unsigned depth)
{
    bool multiplexes = choose(model, 2) == 0;
    unsigned id = new_node(model, multiplexes ? SWITCH : CHOICE, type);
    unsigned count = multiplexes ? 4 : 3;
    model->nodes[id].count = count;
    for (unsigned i = 0; i < count; i++) {
        unsigned operand = i == 0   ? make(model, multiplexes ? MBP_EXPR_USINT : MBP_EXPR_BOOL, depth)
                           : i == 1 ? make(model, type, depth)
                                    : make_beside(model, type, depth);
        model->nodes[id].operand[i] = operand;
    }
    return id;
}

static bool convertible(unsigned from, unsigned to)
{
    bool a = types[from].is_integer || types[from].is_real;
    bool b = types[to].is_integer || types[to].is_real;
    if (from == MBP_EXPR_TIME || to == MBP_EXPR_TIME)
        return a || b || from == to;
    if ((types[from].is_bits && types[to].is_real) || (types[to].is_bits && types[from].is_real))
        return types[from].bits == types[to].bits;
    return true;
}

static unsigned make_conversion(struct model *model, enum mbp_expr_type type, unsigned depth)
{
    enum mbp_expr_type from = any_type(model);
    if (!convertible(from, type) || from == type)
        return make_leaf(model, type, false);
    return make_operands(model, CONVERT, type, from, 1, 0, depth);
}

static unsigned make_bool(struct model *model, unsigned depth)
{
    enum mbp_expr_type of = (enum mbp_expr_type)choose(model, MBP_EXPR_TYPE_COUNT);
    unsigned id;
    unsigned preset;
    switch (choose(model, 8)) {
    case 0:
    case 1:
        return make_operands(model, LOGIC, MBP_EXPR_BOOL, MBP_EXPR_BOOL, 2, choose(model, 3), depth);
    case 2:
        return make_operands(model, INVERSE, MBP_EXPR_BOOL, MBP_EXPR_BOOL, 1, 0, depth);
    case 3:
        id = make_operands(model, TIMER, MBP_EXPR_BOOL, MBP_EXPR_BOOL, 1, choose(model, 3), depth);
        preset = new_node(model, LITERAL, MBP_EXPR_TIME);
        model->nodes[preset].integer = (int64_t)choose(model, 4) * 100000000;
        model->nodes[id].operand[1] = preset;
        model->nodes[id].count = 2;
        return id;
    case 4:
        return make_operands(model, TRIGGER, MBP_EXPR_BOOL, MBP_EXPR_BOOL, 1, choose(model, 2), depth);
    case 5:
        return make_operands(model, BISTABLE, MBP_EXPR_BOOL, MBP_EXPR_BOOL, 2, choose(model, 2), depth);
    default:
        return make_operands(model, COMPARE, MBP_EXPR_BOOL, of, 2, choose(model, 6), depth);
    }
}

static unsigned make_number(struct model *model, enum mbp_expr_type type, unsigned depth)
{
    bool may_negate = types[type].is_signed || types[type].is_real;
    switch (choose(model, 8)) {
    case 0:
        return make_operands(model, may_negate ? NEGATIVE : ABSOLUTE, type, type, 1, 0, depth);
    case 1:
        return make_operands(model, ABSOLUTE, type, type, 1, 0, depth);
    case 2:
        return make_operands(model, EXTREME, type, type, 2 + choose(model, 2), choose(model, 2), depth);
    case 3:
        return make_operands(model, LIMITED, type, type, 3, 0, depth);
    case 4:
        return type == MBP_EXPR_LREAL ? make_operands(model, ROOT, type, type, 1, 0, depth)
                                      : make_conversion(model, type, depth);
    default:
        return make_operands(model, BINARY, type, type, 2, choose(model, types[type].is_real ? 4 : 5), depth);
    }
}

static unsigned make_bits(struct model *model, enum mbp_expr_type type, unsigned depth)
{
    unsigned id;
    unsigned by;
    switch (choose(model, 4)) {
    case 0:
        return make_operands(model, INVERSE, type, type, 1, 0, depth);
    case 1:
        id = make_operands(model, SHIFT, type, type, 1, choose(model, 4), depth);
        by = make(model, MBP_EXPR_SINT, 0);
        model->nodes[id].operand[1] = by;
        model->nodes[id].count = 2;
        return id;
    default:
        return make_operands(model, LOGIC, type, type, 2, choose(model, 3), depth);
    }
}

static unsigned make_time(struct model *model, unsigned depth)
{
    switch (choose(model, 3)) {
    case 0:
        return make_operands(model, NEGATIVE, MBP_EXPR_TIME, MBP_EXPR_TIME, 1, 0, depth);
    case 1:
        return make_operands(model, EXTREME, MBP_EXPR_TIME, MBP_EXPR_TIME, 2, choose(model, 2), depth);
    default:
        return make_operands(model, BINARY, MBP_EXPR_TIME, MBP_EXPR_TIME, 2, choose(model, 2), depth);
    }
}

static unsigned make(struct model *model, enum mbp_expr_type type, unsigned depth)
{
    if (depth == 0 || model->count > MODEL_NODES - 60 || type >= MBP_EXPR_TOD)
        return make_leaf(model, type, false);
    depth--;
    switch (choose(model, 6)) {
    case 0:
        return make_leaf(model, type, false);
    case 1:
        return make_choice(model, type, depth);
    case 2:
        return make_conversion(model, type, depth);
    default:
        if (type == MBP_EXPR_BOOL)
            return make_bool(model, depth);
        if (type == MBP_EXPR_TIME)
            return make_time(model, depth);
        return types[type].is_bits ? make_bits(model, type, depth) : make_number(model, type, depth);
    }
}

/* ---- writing ---- */

static void put(struct model *model, const char *text)
{
    size_t len = strlen(text);
    if (model->len + len < MODEL_TEXT_LEN) {
        memcpy(model->text + model->len, text, len + 1);
        model->len += len;
    }
}

static void put_integer(struct model *model, const struct model_node *node)
{
    char buf[96];
    const char *type = mbp_expr_type_name(node->type);
    bool negative = node->integer < 0;
    unsigned long long size = (unsigned long long)(negative ? -node->integer : node->integer);
    if (node->type == MBP_EXPR_TIME)
        snprintf(buf, sizeof buf, "T#%s%lluns", negative ? "-" : "", size);
    else if (node->untyped)
        snprintf(buf, sizeof buf, negative ? "(-%llu)" : "%llu", size);
    else if (node->variant == 0 && !negative)
        snprintf(buf, sizeof buf, "%s#16#%llX", type, size);
    else
        snprintf(buf, sizeof buf, "%s#%s%llu", type, negative ? "-" : "", size);
    put(model, buf);
}

static void write_node(struct model *model, unsigned id);

/* NAME(a, b, ..) */
static void write_call(struct model *model, const char *name, const struct model_node *node)
{
    put(model, name);
    put(model, "(");
    for (unsigned i = 0; i < node->count; i++) {
        put(model, i > 0 ? ", " : "");
        write_node(model, node->operand[i]);
    }
    put(model, ")");
}

static void write_infix(struct model *model, const char *symbol, const struct model_node *node)
{
    put(model, "(");
    write_node(model, node->operand[0]);
    put(model, " ");
    put(model, symbol);
    put(model, " ");
    write_node(model, node->operand[1]);
    put(model, ")");
}

static void write_leaf(struct model *model, const struct model_node *node)
{
    char buf[64];
    if (node->kind == NAME) {
        snprintf(buf, sizeof buf, "v%u_%s", node->variant, mbp_expr_type_name(node->type));
        put(model, buf);
    } else if (types[node->type].is_real) {
        snprintf(buf, sizeof buf, "%s#%.17e", mbp_expr_type_name(node->type), node->real);
        if (node->untyped)
            snprintf(buf, sizeof buf, "(%.17e)", node->real);
        put(model, buf);
    } else {
        put_integer(model, node);
    }
}

static void write_node(struct model *model, unsigned id)
{
    static const char *const binary[] = {"+", "-", "*", "/", "MOD"};
    static const char *const compare[] = {"=", "<>", "<", "<=", ">", ">="};
    static const char *const logic[] = {"AND", "OR", "XOR"};
    static const char *const shift[] = {"SHL", "SHR", "ROL", "ROR"};
    static const char *const timer[] = {"TON", "TOF", "TP"};
    const struct model_node *node = &model->nodes[id];
    char buf[64];
    switch ((enum kind)node->kind) {
    case LITERAL:
    case NAME:
        write_leaf(model, node);
        break;
    case WIDER:
        write_node(model, node->operand[0]);
        break;
    case BINARY:
        write_infix(model, binary[node->variant], node);
        break;
    case COMPARE:
        write_infix(model, compare[node->variant], node);
        break;
    case LOGIC:
        write_infix(model, logic[node->variant], node);
        break;
    case NEGATIVE:
        write_call(model, "-", node);
        break;
    case INVERSE:
        write_call(model, "NOT ", node);
        break;
    case ABSOLUTE:
        write_call(model, "ABS", node);
        break;
    case SHIFT:
        write_call(model, shift[node->variant], node);
        break;
    case EXTREME:
        write_call(model, node->variant == 0 ? "MIN" : "MAX", node);
        break;
    case LIMITED:
        write_call(model, "LIMIT", node);
        break;
    case CHOICE:
        write_call(model, "SEL", node);
        break;
    case SWITCH:
        write_call(model, "MUX", node);
        break;
    case ROOT:
        write_call(model, "SQRT", node);
        break;
    case TIMER:
        write_call(model, timer[node->variant], node);
        break;
    case TRIGGER:
        write_call(model, node->variant == 0 ? "R_TRIG" : "F_TRIG", node);
        break;
    case BISTABLE:
        write_call(model, node->variant == 0 ? "SR" : "RS", node);
        break;
    case CONVERT:
        snprintf(buf, sizeof buf, "%s_TO_%s", mbp_expr_type_name(model->nodes[node->operand[0]].type),
                 mbp_expr_type_name(node->type));
        write_call(model, buf, node);
        break;
    }
}

unsigned model_make(struct model *model, enum mbp_expr_type type)
{
    model->count = 0;
    model->len = 0;
    model->text[0] = '\0';
    unsigned root = make(model, type, 1 + choose(model, 4));
    write_node(model, root);
    return root;
}

/* ---- reckoning ---- */

struct run {
    struct model *model;
    const union mbp_expr_value *slots;
    uint64_t now_ns;
};

static struct model_value faulty(enum mbp_expr_fault fault)
{
    return (struct model_value){.fault = fault};
}

static struct model_value of_integer(__int128 value, unsigned type)
{
    if (value < least(type) || value > most(type))
        return faulty(MBP_EXPR_OUT_OF_RANGE);
    return (struct model_value){.integer = value};
}

static struct model_value of_real(double value, unsigned type)
{
    if (type == MBP_EXPR_REAL)
        value = (double)(float)value;
    if (!isfinite(value))
        return faulty(MBP_EXPR_OUT_OF_RANGE);
    return (struct model_value){.real = value};
}

static struct model_value of_bool(bool value)
{
    return (struct model_value){.integer = value ? 1 : 0};
}

static struct model_value run_leaf(const struct run *run, const struct model_node *node)
{
    struct model_value value = {.integer = node->integer, .real = node->real};
    if (node->kind == NAME) {
        union mbp_expr_value slot = run->slots[3 * (unsigned)node->type + node->variant];
        if (types[node->type].is_real)
            return isnan(slot.r) ? faulty(MBP_EXPR_NO_VALUE) : (struct model_value){.real = slot.r};
        value.integer = types[node->type].is_signed ? (__int128)slot.i : (__int128)slot.u;
    }
    return value;
}

static struct model_value real_binary(unsigned op, double a, double b, unsigned type)
{
    if (op == 3 && b == 0)
        return faulty(MBP_EXPR_DIVISION_BY_ZERO);
    if (type == MBP_EXPR_REAL) {
        float x = (float)a;
        float y = (float)b;
        float z = op == 0 ? x + y : op == 1 ? x - y : op == 2 ? x * y : x / y;
        return of_real((double)z, type);
    }
    return of_real(op == 0 ? a + b : op == 1 ? a - b : op == 2 ? a * b : a / b, type);
}

static struct model_value integer_binary(unsigned op, __int128 a, __int128 b, unsigned type)
{
    __int128 product;
    if (op >= 3 && b == 0)
        return faulty(MBP_EXPR_DIVISION_BY_ZERO);
    if (op == 2)
        return __builtin_mul_overflow(a, b, &product) ? faulty(MBP_EXPR_OUT_OF_RANGE) : of_integer(product, type);
    return of_integer(op == 0 ? a + b : op == 1 ? a - b : op == 3 ? a / b : a % b, type);
}

static int compare_values(const struct model_value *a, const struct model_value *b, unsigned type)
{
    if (types[type].is_real)
        return a->real < b->real ? -1 : a->real > b->real;
    return a->integer < b->integer ? -1 : a->integer > b->integer;
}

static bool compares(unsigned op, int order)
{
    const bool is[] = {order == 0, order != 0, order<0, order <= 0, order> 0, order >= 0};
    return is[op];
}

static struct model_value shifted(unsigned op, __int128 value, __int128 by, unsigned bits)
{
    if (by < 0)
        return faulty(MBP_EXPR_OUT_OF_RANGE);
    for (__int128 i = 0; i < by; i++) {
        __int128 top = value >> (bits - 1) & 1;
        __int128 low = value & 1;
        if (op == 0 || op == 2)
            value = (value << 1 & (((__int128)1 << bits) - 1)) | (op == 2 ? top : 0);
        else
            value = value >> 1 | (op == 3 ? low << (bits - 1) : 0);
    }
    return (struct model_value){.integer = value};
}

/* To the nearest, of two the even one; without nearbyint. */
static struct model_value rounded(double value, unsigned type)
{
    if (!(fabs(value) < 0x1p100))
        return faulty(MBP_EXPR_OUT_OF_RANGE);
    double below = floor(value);
    double part = value - below;
    __int128 whole = (__int128)below;
    if (part > 0.5 || (part == 0.5 && (whole & 1) != 0))
        whole++;
    return of_integer(whole, type);
}

static __int128 low_bits(__int128 value, unsigned bits)
{
    return value & (((__int128)1 << bits) - 1);
}

static struct model_value converted_bits(const struct model_value *from, unsigned a, unsigned b)
{
    unsigned bits = types[a].bits < types[b].bits ? types[a].bits : types[b].bits;
    struct model_value value = *from;
    if (types[b].is_real) {
        uint64_t lword = (uint64_t)from->integer;
        uint32_t dword = (uint32_t)lword;
        float real;
        memcpy(&real, &dword, sizeof real);
        memcpy(&value.real, &lword, sizeof value.real);
        if (b == MBP_EXPR_REAL)
            value.real = (double)real;
        return isfinite(value.real) ? value : faulty(MBP_EXPR_UNDEFINED);
    }
    if (types[a].is_real) {
        float real = (float)from->real;
        uint64_t lword;
        uint32_t dword;
        memcpy(&lword, &from->real, sizeof lword);
        memcpy(&dword, &real, sizeof dword);
        value.integer = a == MBP_EXPR_REAL ? (__int128)dword : (__int128)lword;
        return value;
    }
    value.integer = low_bits(from->integer, bits);
    if (types[b].is_signed && bits == types[b].bits && (value.integer >> (bits - 1) & 1) != 0)
        value.integer -= (__int128)1 << bits;
    return value;
}

static struct model_value converted(const struct model_value *from, unsigned a, unsigned b)
{
    const __int128 ms = 1000000;
    if (b == MBP_EXPR_BOOL && !types[a].is_bits)
        return of_bool(types[a].is_real ? from->real != 0 : from->integer != 0);
    if (types[a].is_bits || types[b].is_bits)
        return converted_bits(from, a, b);
    if (b == MBP_EXPR_TIME) {
        if (types[a].is_real)
            return isfinite(from->real * 1e6) ? rounded(from->real * 1e6, b) : faulty(MBP_EXPR_OUT_OF_RANGE);
        return of_integer(from->integer * ms, b);
    }
    if (a == MBP_EXPR_TIME && types[b].is_real)
        return of_real((double)(int64_t)from->integer / 1e6, b);
    if (a == MBP_EXPR_TIME)
        return of_integer(from->integer / ms, b);
    if (types[a].is_real)
        return types[b].is_real ? of_real(from->real, b) : rounded(from->real, b);
    if (!types[b].is_real)
        return of_integer(from->integer, b);
    double wide = types[a].is_signed ? (double)(int64_t)from->integer : (double)(uint64_t)from->integer;
    float narrow = types[a].is_signed ? (float)(int64_t)from->integer : (float)(uint64_t)from->integer;
    return of_real(b == MBP_EXPR_REAL ? (double)narrow : wide, b);
}

static bool run_timer(struct model_node *node, bool in, int64_t preset_ns, uint64_t now_ns)
{
    bool rises = in && !node->was;
    bool falls = !in && node->was;
    node->was = in;
    if (node->variant == 0 ? rises : node->variant == 1 ? falls : rises && !node->runs) {
        node->began_ns = now_ns;
        node->runs = true;
    }
    bool over = now_ns - node->began_ns >= (uint64_t)preset_ns;
    if (node->variant == 0)
        return in && over;
    if (node->variant == 1)
        return in || (node->runs && !over);
    bool q = node->runs && !over;
    if (over && !in)
        node->runs = false;
    return q;
}

static struct model_value run_stateful(const struct run *run, struct model_node *node, const struct model_value *v)
{
    bool a = v[0].integer != 0;
    bool b = node->count > 1 && v[1].integer != 0;
    bool was = node->was;
    switch (node->kind) {
    case TIMER:
        return of_bool(run_timer(node, a, (int64_t)v[1].integer, run->now_ns));
    case TRIGGER:
        node->was = node->variant == 0 ? a : !a;
        return of_bool(node->was && !was);
    default: /* BISTABLE */
        node->was = node->variant == 0 ? a || (was && !b) : !b && (a || was);
        return of_bool(node->was);
    }
}

static struct model_value run_node(const struct run *run, unsigned id);

/* The operands in order; the first fault is that of the whole. */
static struct model_value run_plain(const struct run *run, struct model_node *node)
{
    struct model_value v[4] = {{.fault = MBP_EXPR_FINE}};
    struct model_value first = {.fault = MBP_EXPR_FINE};
    for (unsigned i = 0; i < node->count; i++) {
        v[i] = run_node(run, node->operand[i]);
        if (first.fault == MBP_EXPR_FINE)
            first.fault = v[i].fault;
    }
    unsigned of = node->count > 0 ? run->model->nodes[node->operand[0]].type : MBP_EXPR_BOOL;
    if (first.fault != MBP_EXPR_FINE)
        return first;
    switch (node->kind) {
    case WIDER:
    case CONVERT:
        return converted(&v[0], of, node->type);
    case BINARY:
        return types[of].is_real ? real_binary(node->variant, v[0].real, v[1].real, of)
                                 : integer_binary(node->variant, v[0].integer, v[1].integer, of);
    case NEGATIVE:
        return types[of].is_real ? of_real(-v[0].real, of) : of_integer(-v[0].integer, of);
    case ABSOLUTE:
        if (types[of].is_real)
            return of_real(v[0].real < 0 ? -v[0].real : v[0].real, of);
        return of_integer(v[0].integer < 0 ? -v[0].integer : v[0].integer, of);
    case COMPARE:
        return of_bool(compares(node->variant, compare_values(&v[0], &v[1], of)));
    case INVERSE:
        return of_integer(most(of) - v[0].integer, of);
    case SHIFT:
        return shifted(node->variant, v[0].integer, v[1].integer, types[of].bits);
    case EXTREME:
        for (unsigned i = 1; i < node->count; i++)
            if (compare_values(&v[i], &v[0], of) == (node->variant == 0 ? -1 : 1))
                v[0] = v[i];
        return v[0];
    case LIMITED:
        if (compare_values(&v[1], &v[0], of) < 0)
            v[1] = v[0];
        return compare_values(&v[1], &v[2], of) > 0 ? v[2] : v[1];
    case ROOT:
        return v[0].real < 0 ? faulty(MBP_EXPR_UNDEFINED) : of_real(sqrt(v[0].real), of);
    default:
        return run_stateful(run, node, v);
    }
}

static struct model_value run_logic(const struct run *run, const struct model_node *node)
{
    struct model_value a = run_node(run, node->operand[0]);
    struct model_value b = run_node(run, node->operand[1]);
    if (a.fault != MBP_EXPR_FINE)
        return a;
    bool decided = node->type == MBP_EXPR_BOOL && node->variant < 2 && (a.integer != 0) == (node->variant == 1);
    if (decided)
        return a;
    if (b.fault != MBP_EXPR_FINE)
        return b;
    a.integer = node->variant == 0   ? (a.integer & b.integer)
                : node->variant == 1 ? (a.integer | b.integer)
                                     : (a.integer ^ b.integer);
    return a;
}

static struct model_value run_choice(const struct run *run, const struct model_node *node)
{
    struct model_value v[4] = {{.fault = MBP_EXPR_FINE}};
    for (unsigned i = 0; i < node->count; i++)
        v[i] = run_node(run, node->operand[i]);
    if (v[0].fault != MBP_EXPR_FINE)
        return v[0];
    if (v[0].integer + 1 >= node->count)
        return faulty(MBP_EXPR_OUT_OF_RANGE);
    return v[v[0].integer + 1];
}

static struct model_value run_node(const struct run *run, unsigned id)
{
    struct model_node *node = &run->model->nodes[id];
    switch (node->kind) {
    case LITERAL:
    case NAME:
        return run_leaf(run, node);
    case LOGIC:
        return run_logic(run, node);
    case CHOICE:
    case SWITCH:
        return run_choice(run, node);
    default:
        return run_plain(run, node);
    }
}

struct model_value model_run(struct model *model, unsigned root, const union mbp_expr_value *slots, uint64_t now_ns)
{
    const struct run run = {model, slots, now_ns};
    return run_node(&run, root);
}

bool model_agrees(const struct model_value *value, enum mbp_expr_type type, const struct mbp_expr_result *result)
{
    if (value->fault != result->fault)
        return false;
    if (value->fault != MBP_EXPR_FINE)
        return result->value.u == 0;
    if (types[type].is_real)
        return value->real == result->value.r;
    return types[type].is_signed ? value->integer == result->value.i : value->integer == result->value.u;
}

/* ---- names ---- */

static bool find(const void *ctx, const char *name, struct mbp_expr_name *out, const char **why)
{
    (void)ctx;
    (void)why;
    for (unsigned type = 0; type < MBP_EXPR_TYPE_COUNT; type++) {
        if (name[0] == 'v' && name[1] >= '0' && name[1] < '3' && name[2] == '_' &&
            strcmp(name + 3, mbp_expr_type_name((enum mbp_expr_type)type)) == 0) {
            *out = (struct mbp_expr_name){(enum mbp_expr_type)type, 3 * type + (uint32_t)(name[1] - '0')};
            return true;
        }
    }
    return false;
}

const struct mbp_expr_scope model_scope = {find, find, NULL, NULL, NULL};
