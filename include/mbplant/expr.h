/* expr: expressions of IEC 61131-3 Structured Text: text -> checked code -> value. The language, and what it decides
 * where the standard leaves it open, is in src/expr/README.md.
 * Ownership: code is on the heap and never changes; running it takes no memory. What stateful functions remember lies
 * in an array of the caller's. Nothing here is global, so threads may run the same code on arrays of their own. */
#ifndef MBPLANT_EXPR_H
#define MBPLANT_EXPR_H

#include "mbplant/base.h"

#define MBP_EXPR_TEXT_MAX  16384u /* bytes of one expression */
#define MBP_EXPR_NODES_MAX 4096u  /* literals, names and operations of one */
#define MBP_EXPR_DEPTH_MAX 64u    /* nested brackets, and values that wait for an operation at the same time */
#define MBP_EXPR_NAME_MAX  128u   /* bytes of a name with its members */
#define MBP_EXPR_ERROR_LEN 256u

enum mbp_expr_type {
    MBP_EXPR_BOOL,
    MBP_EXPR_SINT,
    MBP_EXPR_INT,
    MBP_EXPR_DINT,
    MBP_EXPR_LINT,
    MBP_EXPR_USINT,
    MBP_EXPR_UINT,
    MBP_EXPR_UDINT,
    MBP_EXPR_ULINT,
    MBP_EXPR_REAL,
    MBP_EXPR_LREAL,
    MBP_EXPR_BYTE,
    MBP_EXPR_WORD,
    MBP_EXPR_DWORD,
    MBP_EXPR_LWORD,
    MBP_EXPR_TIME,
    MBP_EXPR_TOD, /* TIME_OF_DAY */
    MBP_EXPR_DT,  /* DATE_AND_TIME */
    MBP_EXPR_TYPE_COUNT
};

/* In the place of a wanted type: whatever the expression gives. */
#define MBP_EXPR_ANY MBP_EXPR_TYPE_COUNT

/* A value of a type: i of SINT..LINT, and of TIME, TOD (since midnight) and DT (since 1970-01-01), in ns; r of REAL and
 * LREAL; u of the others, BOOL as 0 or 1. */
union mbp_expr_value {
    int64_t i;
    uint64_t u;
    double r;
};

/* Why an expression has no value at present. */
enum mbp_expr_fault {
    MBP_EXPR_FINE,
    MBP_EXPR_DIVISION_BY_ZERO,
    MBP_EXPR_OUT_OF_RANGE, /* of a type, or of what a function takes: a selector, a shift, a time */
    MBP_EXPR_UNDEFINED,    /* a function is not defined there: SQRT(-1), LN(0) */
    MBP_EXPR_NO_VALUE,     /* something that it reads has none */
    MBP_EXPR_FAULT_COUNT
};

/* "LREAL". Never NULL; static storage. */
const char *mbp_expr_type_name(enum mbp_expr_type type);

/* ---- compiling --------------------------------------------------------------------------------------------------- */

/* What a name stands for. The slot means something to the caller alone. */
struct mbp_expr_name {
    enum mbp_expr_type type;
    uint32_t slot;
};

/* The names that an expression may use. Each is asked with a name as it is written, members and all, without quotes. */
struct mbp_expr_scope {
    /* Puts what the name is into *out. False: there is none, or *why says why it cannot be read here ("a string has no
     * value in an expression"); *why is NULL before. */
    bool (*find)(const void *ctx, const char *name, struct mbp_expr_name *out, const char **why);
    /* The same of a name on the left of := ; NULL = there are none. */
    bool (*find_target)(const void *ctx, const char *name, struct mbp_expr_name *out, const char **why);
    /* A curve's index, for LOOKUP; NULL = there are none. */
    bool (*find_curve)(const void *ctx, const char *name, uint32_t *index);
    /* A name that was perhaps meant, or NULL; it must live until the call that asked returns. May be NULL. */
    const char *(*nearest)(const void *ctx, const char *name);
    const void *ctx;
};

struct mbp_expr_source {
    const char *text;
    size_t len;
    uint64_t stream; /* of its random numbers: a hash of the place where it is written */
};

/* Where a text is wrong, and how. line and column count from 1 within the text, columns in characters. */
struct mbp_expr_error {
    uint32_t offset; /* in bytes */
    uint32_t line, column;
    char text[MBP_EXPR_ERROR_LEN];
};

struct mbp_expr;

/* Compiles an expression that is to give a value of type `want`. Errors: MBP_ERR_FORMAT, and *error says what is wrong;
 * MBP_ERR_MEMORY. Ownership: mbp_expr_free. */
enum mbp_status mbp_expr_compile(const struct mbp_expr_source *source, enum mbp_expr_type want,
                                 const struct mbp_expr_scope *scope, struct mbp_expr **out,
                                 struct mbp_expr_error *error);

/* The same of an assignment `NAME := EXPRESSION`, with or without a semicolon behind it; it gives a value of the
 * target's type. Output: also what the target is. */
enum mbp_status mbp_expr_compile_assignment(const struct mbp_expr_source *source, const struct mbp_expr_scope *scope,
                                            struct mbp_expr **out, struct mbp_expr_name *target,
                                            struct mbp_expr_error *error);
void mbp_expr_free(struct mbp_expr *expr);

/* The type of the value. */
enum mbp_expr_type mbp_expr_type_of(const struct mbp_expr *expr);

/* The slots that it reads, each once, in the order of the text. */
size_t mbp_expr_reads(const struct mbp_expr *expr, const uint32_t **slots);

/* ---- state of stateful functions ------------------------------------------------------------------------------------
 */

/* How many cells the stateful functions of an expression need. All 0 is how they begin. */
size_t mbp_expr_cells(const struct mbp_expr *expr);

/* Takes what an edited expression's functions remember from what they were: the n-th TON from the n-th TON, and so on.
 * Cells of which there were none become 0. */
void mbp_expr_carry(const struct mbp_expr *from, const uint64_t *from_cells, const struct mbp_expr *to,
                    uint64_t *to_cells);

/* ---- running
 * ---------------------------------------------------------------------------------------------------------- */

/* Points of a curve: count >= 1, x ascends strictly. Linear between two, level beyond the ends. */
struct mbp_expr_curve {
    const double *x, *y;
    size_t count;
};

/* The world as an expression sees it in one scan. */
struct mbp_expr_world {
    /* The value of a slot; a REAL or LREAL that has none is NaN. */
    union mbp_expr_value (*read)(const void *ctx, uint32_t slot);
    const void *ctx;
    const struct mbp_expr_curve *curves;
    uint64_t now_ns;    /* simulated time, for the timers */
    uint64_t period_ns; /* of the scan */
    int64_t clock_ns;   /* what the simulated clock shows, since 1970-01-01 */
    uint64_t seed;      /* of random numbers ... */
    uint64_t tick;      /* ... which are others in each scan */
};

struct mbp_expr_result {
    union mbp_expr_value value; /* 0 when there is a fault */
    enum mbp_expr_fault fault;
    uint32_t offset; /* where in the text the fault is */
};

/* Runs it once, as each scan does; stateful functions run whether or not their result counts. */
struct mbp_expr_result mbp_expr_run(const struct mbp_expr *expr, const struct mbp_expr_world *world, uint64_t *cells);

#endif
