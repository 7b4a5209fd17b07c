/* The plant file on disk, replaced whole or not at all: a draft beside it becomes it by a rename, and what it was stays
 * as FILE~. */
#ifndef MBPLANT_PLANT_FILE_H
#define MBPLANT_PLANT_FILE_H

#include "mbplant/base.h"

struct plant_file_draft {
    char *target; /* what path leads to, links followed */
    char *draft;  /* NULL = there is nothing to do: the file is this text already */
};

/* Writes text beside the file, down to the disk, with its permissions. Slow. Errors: MBP_ERR_MEMORY; MBP_ERR_IO, errno
 * says why. Ownership: plant_file_accept or plant_file_drop. */
enum mbp_status plant_file_prepare(const char *path, struct mbp_text text, struct plant_file_draft *out);

/* The draft becomes the file. Errors: MBP_ERR_IO, errno says why; the file is as it was then. */
enum mbp_status plant_file_accept(struct plant_file_draft *draft);
void plant_file_drop(struct plant_file_draft *draft);

#endif
