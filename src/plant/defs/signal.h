/* A signal, an expression and a curve as they are written. */
#ifndef MBP_PLANT_DEFS_SIGNAL_H
#define MBP_PLANT_DEFS_SIGNAL_H

#include "defs/common.h"

struct mbp_input_def {
    struct mbp_def def;
    const char *from;  /* may hold placeholders */
    const char *times; /* likewise; NULL = none */
    int function;      /* enum mbp_input_function */
    double gain;
    uint64_t lag_ns, dead_time_ns;
};

struct mbp_wave_def {
    struct mbp_def def;
    int shape; /* enum mbp_wave */
    double amplitude;
    uint64_t period_ns;
    double phase;
};

struct mbp_integrate_def {
    struct mbp_def def;
    double gain, initial;
};

struct mbp_wander_def {
    struct mbp_def def;
    double sigma;
    uint64_t tau_ns;
};

struct mbp_replay_def {
    struct mbp_def def;
    const char *file;   /* NULL = none */
    const char *column; /* NULL = the second */
    bool loop;
};

enum mbp_signal_field {
    MBP_SIGNAL_BASE,
    MBP_SIGNAL_WAVE,
    MBP_SIGNAL_INPUTS,
    MBP_SIGNAL_INTEGRATE,
    MBP_SIGNAL_LAG,
    MBP_SIGNAL_DEAD_TIME,
    MBP_SIGNAL_WANDER,
    MBP_SIGNAL_REPLAY,
    MBP_SIGNAL_NOISE,
    MBP_SIGNAL_TEXT,
    MBP_SIGNAL_EXPR,
    MBP_SIGNAL_AT_LEAST,
    MBP_SIGNAL_AT_MOST,
    MBP_SIGNAL_CUTOFF
};

/* An expression or assignment as the file has it. */
struct mbp_formula_def {
    const struct mbp_node *node;
    const char *text; /* NULL = none; may hold placeholders */
};

struct mbp_curve_def {
    const char *name;
    struct mbp_expr_curve points;
};

struct mbp_signal_def {
    struct mbp_def def;
    struct mbp_signal signal; /* the members that keys fill themselves */
    struct mbp_wave_def wave;
    struct mbp_def_list inputs; /* of struct mbp_input_def */
    struct mbp_integrate_def integrate;
    struct mbp_wander_def wander;
    struct mbp_replay_def replay;
    struct mbp_formula_def expr;
};

#endif
