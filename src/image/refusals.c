/* Writes that were refused since the last latch: where, what was asked there, and why. */
#include <math.h>
#include <string.h>

#include "image_priv.h"

/* What a request asks of the point that covers an address, in its own unit. NaN where the request has only a part of
 * the point's words; the word itself where there is no such point. words: of the request, from addr on. */
static double asked_at(const struct mbp_image_unit *unit, uint16_t at, const uint16_t *words, uint16_t addr,
                       uint16_t count)
{
    struct image_point point;
    if (!image_point_at(unit, MBP_HOLDING_REGISTERS, at, &point))
        return words[at - addr];
    if (!image_point_covered(&point, addr, (uint32_t)addr + count) || point.reg.type == MBP_STRING)
        return (double)NAN;
    return image_number(unit, &point, words + (point.addr - addr));
}

#define REFUSALS_OF_A_PEER 8u /* places that one can take from the others */

static bool is_like(const struct mbp_refusal *a, const struct mbp_refusal *b)
{
    return a->unit == b->unit && a->table == b->table && a->addr == b->addr && a->exception == b->exception;
}

static void count(struct mbp_image *image, struct mbp_refusal refusal)
{
    unsigned own = 0;
    for (size_t i = 0; i < image->refusal_count; i++) {
        struct mbp_refusal *other = &image->refusals[i];
        bool same_peer = MBP_PEER_ACTOR(other->peer) == MBP_PEER_ACTOR(refusal.peer);
        own += same_peer;
        if ((same_peer && (is_like(other, &refusal) || own == REFUSALS_OF_A_PEER)) || i == MBP_REFUSALS_MAX - 1) {
            other->more += 1 + refusal.more;
            other->peer = same_peer ? refusal.peer : MBP_ACTOR_OTHERS;
            return;
        }
    }
    image->refusals[image->refusal_count++] = refusal;
}

static void note(struct mbp_image_unit *unit, struct mbp_refusal refusal)
{
    image_find_owner(unit, refusal.table, refusal.addr, &refusal.machine, &refusal.item);
    count(unit->image, refusal);
    image_tail_note_refusal(unit->image, &refusal);
}

void image_refuse_again(struct mbp_image *image, const struct mbp_refusal *refusal)
{
    if (image->by_id[refusal->unit] != NULL)
        count(image, *refusal);
}

void mbp_image_refuse(struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t value,
                      enum mbp_status why, struct mbp_peer peer)
{
    double asked = table == MBP_HOLDING_REGISTERS ? asked_at(unit, addr, &value, addr, 1) : value;
    note(unit, (struct mbp_refusal){unit->unit->id, (uint8_t)table, (uint8_t)why, addr, asked, peer.actor, 0, 0, 0});
}

void image_refuse_words(struct mbp_image_unit *unit, uint16_t addr, uint16_t count, const uint8_t *big_endian,
                        uint16_t at, enum mbp_status why, struct mbp_peer peer)
{
    uint16_t words[MBP_IMAGE_WRITE_MAX];
    for (uint32_t i = 0; i < count; i++)
        words[i] = (uint16_t)(big_endian[2 * i] << 8 | big_endian[2 * i + 1]);
    double asked = asked_at(unit, at, words, addr, count);
    note(unit,
         (struct mbp_refusal){unit->unit->id, MBP_HOLDING_REGISTERS, (uint8_t)why, at, asked, peer.actor, 0, 0, 0});
}

size_t mbp_image_latch_refusals(struct mbp_image *image, const struct mbp_refusal **refusals)
{
    size_t count = image->refusal_count;
    memcpy(image->handed, image->refusals, count * sizeof image->handed[0]);
    image->refusal_count = 0;
    *refusals = image->handed;
    return count;
}
