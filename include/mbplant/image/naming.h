/* naming: who carries out what was asked of snapshots with names (mbplant/image/named.h). */
#ifndef MBPLANT_IMAGE_NAMING_H
#define MBPLANT_IMAGE_NAMING_H

#include "mbplant/image.h"
#include "mbplant/image/named.h"

struct mbp_named_asked {
    enum mbp_named_command command;
    char name[MBP_NAMED_MAX + 1];
    struct mbp_peer peer;
};

/* What was asked and is not yet answered: once. */
bool mbp_image_named_asked(struct mbp_image *image, struct mbp_named_asked *out);

/* What came of it: said = why it was refused, "" = it is done. list: as in files 845.., whose lines are counted; NULL =
 * as before. */
void mbp_image_named_answer(struct mbp_image *image, const char *said, const char *list);
void mbp_image_named_show(struct mbp_image *image, const char *list);

/* The same texts. */
const char *mbp_image_named_said(const struct mbp_image *image);
const char *mbp_image_named_list(const struct mbp_image *image);

#endif
