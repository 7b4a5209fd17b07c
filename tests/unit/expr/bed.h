/* A bed for expressions: names of every type with values that a test sets, curves, a clock, and the cells of one
 * expression at a time. */
#ifndef MBP_TEST_EXPR_BED_H
#define MBP_TEST_EXPR_BED_H

#include "mbplant/expr.h"

#define BED_NAMES 40
#define BED_CELLS 512

struct bed_name {
    const char *name;
    enum mbp_expr_type type;
    union mbp_expr_value value; /* at first */
};

/* Ends with a name that is NULL. */
extern const struct bed_name bed_names[];

struct bed {
    union mbp_expr_value values[BED_NAMES];
    struct mbp_expr_world world; /* its time moves with bed_run */
    struct mbp_expr *expr;
    uint64_t cells[BED_CELLS];
    struct mbp_expr_error error;
    struct mbp_expr_name target;
};

/* A scan takes 100 ms. */
void bed_begin(struct bed *bed);
void bed_end(struct bed *bed);
extern const struct mbp_expr_scope bed_scope;

/* Index of a name; the test fails when there is none. */
size_t bed_find(const char *name);

/* Compiles into the bed, in the place of what was there; false, and bed->error, when that is an error. */
bool bed_compile(struct bed *bed, const char *text, enum mbp_expr_type want);
bool bed_compile_assignment(struct bed *bed, const char *text);

/* One scan later. */
struct mbp_expr_result bed_run(struct bed *bed);

/* Compiles and runs once, from anew; the test fails on an error of the text. */
struct mbp_expr_result bed_value(struct bed *bed, const char *text, enum mbp_expr_type *type);

#endif
