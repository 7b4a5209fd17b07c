/* dump_names: the names in events as lines of a dump. */
#ifndef MBP_CTL_DUMP_NAMES_H
#define MBP_CTL_DUMP_NAMES_H

#include <jansson.h>

#include "mbplant/names.h"

/* Puts a line for each that told does not have as it is, and notes it there. put takes over the line. Errors:
 * MBP_ERR_MEMORY. */
enum mbp_status ctl_names_to_json(const struct mbp_names *names, struct mbp_names *told,
                                  void (*put)(void *ctx, json_t *line), void *ctx);

/* Whether a line is such a one; what it tells, into names. Errors: MBP_ERR_FORMAT, MBP_ERR_MEMORY. */
bool ctl_is_name(const json_t *line);
enum mbp_status ctl_name_of_json(const json_t *line, struct mbp_names *names);

#endif
