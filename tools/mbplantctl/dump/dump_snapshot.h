/* dump_snapshot: what a plant was like at one moment, as a line of a dump. By names, so that it is readable. */
#ifndef MBP_CTL_DUMP_SNAPSHOT_H
#define MBP_CTL_DUMP_SNAPSHOT_H

#include <jansson.h>

#include "slave/snapshot.h"

/* NULL = out of memory. Ownership: json_decref. */
json_t *ctl_snapshot_to_json(const struct mbp_plant *plant, const struct mbp_plant_view *snapshot, uint64_t now_ms);

/* What the line does not tell is 0 or NaN. Errors: MBP_ERR_MEMORY, MBP_ERR_FORMAT (a name that the plant does not have,
 * a number that is none). Ownership: mbp_plant_view_free. */
enum mbp_status ctl_snapshot_of_json(const struct mbp_plant *plant, const json_t *line, struct mbp_plant_view *out,
                                     uint64_t *now_ms);

#endif
