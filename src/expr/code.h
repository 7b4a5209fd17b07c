/* code: what expressions are compiled to. A value waits at its level, a number that the compiler knows; an operation
 * takes its operands from its level upwards and leaves its result there. */
#ifndef MBP_EXPR_CODE_H
#define MBP_EXPR_CODE_H

#include "mbplant/expr.h"

/* S: signed integers and times, U: unsigned integers and bit strings, I: both, R: reals. */
enum expr_op {
    OP_END,
    OP_CONSTANT,
    OP_READ,
    OP_READ_REAL,
    OP_ADD_R,
    OP_SUB_R,
    OP_MUL_R,
    OP_DIV_R,
    OP_NEG_R,
    OP_ABS_R,
    OP_MIN_R,
    OP_MAX_R,
    OP_FLOAT, /* a real, rounded to REAL */
    OP_EQ_R,
    OP_NE_R,
    OP_LT_R,
    OP_LE_R,
    OP_GT_R,
    OP_GE_R,
    OP_EQ_I,
    OP_NE_I,
    OP_LT_S,
    OP_LE_S,
    OP_GT_S,
    OP_GE_S,
    OP_LT_U,
    OP_LE_U,
    OP_GT_U,
    OP_GE_U,
    OP_AND_BOOL, /* what the left decides needs no right */
    OP_OR_BOOL,
    OP_AND,
    OP_OR,
    OP_XOR,
    OP_SELECT,
    OP_MULTIPLEX, /* arg: how many follow the selector */
    /* integer.c */
    OP_ADD_S,
    OP_SUB_S,
    OP_MUL_S,
    OP_DIV_S,
    OP_MOD_S,
    OP_NEG_S,
    OP_ABS_S,
    OP_MIN_S,
    OP_MAX_S,
    OP_ADD_U,
    OP_SUB_U,
    OP_MUL_U,
    OP_DIV_U,
    OP_MOD_U,
    OP_MIN_U,
    OP_MAX_U,
    OP_INVERT, /* arg: bits, as of all these */
    OP_SHL,
    OP_SHR,
    OP_ROL,
    OP_ROR,
    OP_WRAP_DAY, /* ns into 0..24 h */
    /* convert.c */
    OP_S_FITS, /* arg: the type whose range it must be in; as of all these */
    OP_U_FITS,
    OP_S_TO_R, /* arg: 1 = to REAL, as of the next */
    OP_U_TO_R,
    OP_R_TO_INTEGER,
    OP_R_TRUNCATE,
    OP_NOT_ZERO,
    OP_NOT_ZERO_R,
    OP_MASK, /* arg: bits, as of the next */
    OP_SIGN,
    OP_BITS_TO_REAL,
    OP_REAL_TO_BITS,
    OP_BITS_TO_LREAL,
    /* function.c */
    OP_SQRT,
    OP_LN,
    OP_LOG,
    OP_EXP,
    OP_SIN,
    OP_COS,
    OP_TAN,
    OP_ASIN,
    OP_ACOS,
    OP_ATAN,
    OP_ATAN2,
    OP_POWER,
    OP_LOOKUP, /* arg: the curve */
    OP_RANDOM, /* arg: which one of the expression */
    OP_CLOCK_DT,
    OP_CLOCK_TOD,
    /* stateful.c; arg: the first cell; which of its outputs stands in the constant */
    OP_TON,
    OP_TOF,
    OP_TP,
    OP_CTU,
    OP_CTD,
    OP_R_TRIG,
    OP_F_TRIG,
    OP_SR,
    OP_RS,
    OP_HYSTERESIS,
    OP_CHANGED,
    OP_PULSE,
    OP_COUNT
};

#define OP_FIRST_INTEGER  OP_ADD_S
#define OP_FIRST_CONVERT  OP_S_FITS
#define OP_FIRST_FUNCTION OP_SQRT
#define OP_FIRST_STATEFUL OP_TON

struct expr_insn {
    uint8_t op;
    uint8_t level;  /* of its result and its first operand */
    uint16_t place; /* in the text, for faults */
    uint32_t arg;
    union mbp_expr_value constant; /* or a curve's range */
};

/* Outputs of stateful functions. */
enum expr_output { OUTPUT_Q, OUTPUT_ET, OUTPUT_CV };

struct mbp_expr {
    enum mbp_expr_type type;
    uint32_t insn_count;
    uint32_t read_count;
    uint32_t cell_count;
    uint64_t stream;
    uint32_t *reads;          /* behind the instructions */
    struct expr_insn insns[]; /* the last is OP_END */
};

/* The numbers of a type. */
int64_t expr_type_min(unsigned type);
uint64_t expr_type_max(unsigned type);

/* How many cells an operation has; 0 = it is not stateful. */
unsigned expr_op_cells(unsigned op);

/* One operation of each part, on values from its level upwards. */
enum mbp_expr_fault expr_run_integer(const struct expr_insn *insn, union mbp_expr_value *v);
enum mbp_expr_fault expr_run_convert(const struct expr_insn *insn, union mbp_expr_value *v);
enum mbp_expr_fault expr_run_function(const struct mbp_expr *expr, const struct expr_insn *insn,
                                      const struct mbp_expr_world *world, union mbp_expr_value *v);
enum mbp_expr_fault expr_run_stateful(const struct expr_insn *insn, const struct mbp_expr_world *world, uint64_t *cells,
                                      union mbp_expr_value *v);

#endif
