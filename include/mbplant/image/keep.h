/* image_keep: what masters put into an image and no state holds, kept for the next run: by a checkpoint, and in memory
 * that outlives a kill. */
#ifndef MBPLANT_IMAGE_KEEP_H
#define MBPLANT_IMAGE_KEEP_H

#include "mbplant/image.h"

/* ---- a checkpoint ------------------------------------------------------------------------------------------------ */

/* The bytes of what masters have put into the tables and no state holds (see mbp_image_carry): always as many and in
 * the same order for one plant. mbp_image_take puts them back. */
size_t mbp_image_kept_bytes(struct mbp_image *image);
void mbp_image_keep(struct mbp_image *image, void *bytes);
void mbp_image_take(struct mbp_image *image, const void *bytes);

/* A point that a master wrote since the last latch, or of whose words some wait for others, as it stands in the tables.
 */
enum { MBP_WAITING_BIT, MBP_WAITING_WORDS, MBP_WAITING_PART };
struct mbp_waiting {
    uint32_t peer;
    uint16_t addr; /* first of the point */
    uint8_t unit;  /* id */
    uint8_t kind;
    uint16_t words[4]; /* of a coil: 0 or 1 */
};

/* Those points in the order of their last writes, the first `max` of them into out; returns how many there are. */
size_t mbp_image_waiting(struct mbp_image *image, struct mbp_waiting *out, size_t max);

/* Writes them again, for the next latch: they were allowed when they came. What is no such point is left out. */
void mbp_image_wait(struct mbp_image *image, const struct mbp_waiting *waiting, size_t count);

/* ---- what outlives a kill ---------------------------------------------------------------------------------------- */

/* How much memory confirmed writes are noted in: bytes of it, aligned for any object. */
size_t mbp_image_tail_bytes(struct mbp_image *image);

/* From now on each write that is confirmed or refused stands there before it is: what the tables hold that no state
 * does, and the writes since. It needs no heap, and room always: when it is full, it begins again with what the tables
 * hold then. memory must outlive the image or the next call; NULL = nowhere. What another image noted there before it
 * was carried over into this one (mbp_image_carry) does no harm. */
void mbp_image_keep_tail(struct mbp_image *image, void *memory);

/* Up to where all writes so far are noted. To be called when what was noted up to `latched` is on its way to the
 * journal: begins again when the room is half used. */
uint64_t mbp_image_tail_position(const struct mbp_image *image);
void mbp_image_tidy_tail(struct mbp_image *image);

/* What another run noted in memory of len bytes, for this plant's image; false: it is of another plant, or damaged from
 * its beginning. */
bool mbp_image_tail_is_whole(struct mbp_image *image, const void *memory, size_t len);

/* Puts back such a one up to `latched`, in the instructor's unit up to `seen`: the tables are as they were, and nothing
 * of that is latched again; what was refused since is to be latched. The image must be published, for what a part of a
 * value makes depends on what stands beside it, and be published again. mbp_image_write_tail then writes again what
 * came after; again: only what stands in tables, which were published since: the rest waits still. */
void mbp_image_take_tail(struct mbp_image *image, const void *memory, uint64_t latched, uint64_t seen);
void mbp_image_write_tail(struct mbp_image *image, const void *memory, uint64_t latched, uint64_t seen, bool again);

#endif
