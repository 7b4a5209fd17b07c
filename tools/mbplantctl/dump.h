/* dump: a journal in a file: the plant file in its first line, then an event a line, so that it can be read anywhere.
 */
#ifndef MBP_CTL_DUMP_H
#define MBP_CTL_DUMP_H

#include <stdio.h>

#include "mbplant/event.h"
#include "mbplant/plant.h"

/* Creates a dump file with its first line. An existing file is never overwritten. On failure why (of size bytes) says
 * what to do: MBP_ERR_IO. */
enum mbp_status ctl_dump_create(const char *path, const struct mbp_plant *plant, FILE **out, char *why, size_t size);

/* Reads a dump: *plant (to be freed by mbp_plant_free) when *plant is NULL, then hands over its events. One that is cut
 * off in the middle of a line gives all lines before it. Errors: MBP_ERR_IO, MBP_ERR_FORMAT; why says which line. */
enum mbp_status ctl_dump_load(const char *path, struct mbp_plant **plant,
                              bool (*got)(void *ctx, const struct mbp_event *event), void *ctx, char *why, size_t size);

#endif
