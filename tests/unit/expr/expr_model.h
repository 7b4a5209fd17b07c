/* A second opinion: expressions that are made at random as trees, written as text, and reckoned on the tree in another
 * way than src/expr does: integers in 128 bits, REAL in float, faults as values. */
#ifndef MBP_TEST_EXPR_MODEL_H
#define MBP_TEST_EXPR_MODEL_H

#include "mbplant/expr.h"

#define MODEL_NODES    400
#define MODEL_TEXT_LEN 12000

struct model_node {
    unsigned kind; /* of expr_model.c */
    enum mbp_expr_type type;
    unsigned count;
    unsigned operand[4];
    unsigned variant; /* which operator, name, output .. */
    __int128 integer; /* of a literal */
    double real;
    bool untyped;   /* a literal that takes the type it meets */
    int64_t number; /* what a stateful function remembers */
    uint64_t began_ns;
    bool was, runs;
};

struct model {
    uint64_t (*draw)(void *ctx); /* where choices come from */
    void *ctx;
    struct model_node nodes[MODEL_NODES];
    unsigned count;
    char text[MODEL_TEXT_LEN];
    size_t len;
};

struct model_value {
    enum mbp_expr_fault fault;
    __int128 integer; /* of all types but reals */
    double real;
};

/* The names of its expressions are v0_TYPE .. v2_TYPE; slot = 3 * type + n. */
extern const struct mbp_expr_scope model_scope;
#define MODEL_SLOTS (3 * MBP_EXPR_TYPE_COUNT)

/* Makes an expression of a type, and its text. */
unsigned model_make(struct model *model, enum mbp_expr_type type);

/* A value of a type for a slot, rather an extreme one. */
union mbp_expr_value model_slot_value(struct model *model, enum mbp_expr_type type);

/* Its value in this scan. */
struct model_value model_run(struct model *model, unsigned root, const union mbp_expr_value *slots, uint64_t now_ns);

/* Whether both say the same. */
bool model_agrees(const struct model_value *value, enum mbp_expr_type type, const struct mbp_expr_result *result);

#endif
