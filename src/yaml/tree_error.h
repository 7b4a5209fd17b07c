/* tree_error: what libyaml says of a text that is no YAML, in words that say what to change, at the line to change. */
#ifndef MBP_YAML_TREE_ERROR_H
#define MBP_YAML_TREE_ERROR_H

#include "errors.h"
#include "mbplant/base.h"

/* What libyaml tells: lines and columns from 0, columns in characters. */
struct mbp_yaml_trouble {
    const char *problem;
    const char *context; /* what it was doing; NULL = nothing in particular */
    size_t line, column;
    size_t context_line, context_column; /* where that began */
};

void mbp_tree_tell(struct mbp_errors *errors, struct mbp_text text, const struct mbp_yaml_trouble *trouble);

#endif
