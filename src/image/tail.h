/* tail: how confirmed writes lie in memory that outlives the process (mbp_image_keep_tail). It has two halves; in each
 * the image as it was once, and a log of what was written since. */
#ifndef MBPLANT_IMAGE_TAIL_H
#define MBPLANT_IMAGE_TAIL_H

#include "image_priv.h"
#include "mbplant/image/keep.h"

/* In the place of an entry's table: its words are a struct mbp_refusal, the text of a comment, or what a unit answers
 * to alarm commands from then on: by what a scan made of one, or by what a request asks for. */
#define TAIL_REFUSAL  0xFFu
#define TAIL_COMMENT  0xFEu
#define TAIL_CARRIED  0xFDu
#define TAIL_ANSWERED 0xFCu

/* Confirmed at this moment: kept bytes, points that wait, what is to be told, and what was refused. */
struct tail_head {
    uint64_t generation, start, kept_bytes, waiting, written, written_lost, refusals, plant;
    uint64_t sum; /* of all before it, and of what these count */
};

/* Before its words in the log. */
struct tail_entry {
    uint64_t sum; /* with the position that it stands at */
    uint32_t peer;
    uint16_t addr, count; /* of a file: number and words; of a comment: number and bytes */
    uint16_t record;
    uint8_t unit, table; /* id; enum mbp_table, MBP_WRITTEN_FILE, or one of the above */
    uint8_t before, behind;
    uint16_t words;
};

_Static_assert(sizeof(struct tail_entry) == 24, "no gap");

/* Where things stand in a half. */
struct tail_places {
    size_t kept, waiting, written, refusals, log, end;
};

struct tail_places image_tail_places(struct mbp_image *image);

/* Of the plant that the image is of; of a half's beginning; of an entry that stands at a position. */
uint64_t image_tail_plant(const struct mbp_image *image);
uint64_t image_tail_half_sum(const struct tail_head *head, const struct tail_places *at, const uint8_t *half);
uint64_t image_tail_entry_sum(const struct tail_entry *entry, const uint8_t *words, uint64_t position);

size_t image_tail_entry_bytes(const struct tail_entry *entry); /* with its words */

#endif
