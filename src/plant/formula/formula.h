/* formula: the expressions of a plant, from their texts to their code. */
#ifndef MBP_PLANT_FORMULA_H
#define MBP_PLANT_FORMULA_H

#include "load.h"
#include "scope.h"

/* Compiles all expressions of the file, and takes its curves. Errors: MBP_ERR_MEMORY; what is wrong in them is told. */
enum mbp_status mbp_compile_formulas(struct mbp_load *load);

/* A sensor that needs itself, without anything between that takes time, has no value: that is told. */
void mbp_check_loops(struct mbp_load *load);

/* Nor may interlocks need each other: likewise. */
void mbp_check_condition_loops(struct mbp_load *load);

/* The order in which computed points are reckoned: each behind those that it reads. A circle is told. */
void mbp_order_computed(struct mbp_load *load);

void mbp_free_formulas(struct mbp_plant *plant);

#endif
