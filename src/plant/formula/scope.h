/* scope: what the names of expressions stand for while they are compiled. */
#ifndef MBP_PLANT_SCOPE_H
#define MBP_PLANT_SCOPE_H

#include "index.h"
#include "mbplant/formula.h"

/* For mbp_expr_compile; of a signal it writes into the scope. */
struct mbp_expr_scope mbp_scope_names(const struct mbp_scope *scope);

#endif
