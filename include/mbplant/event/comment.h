/* comment: what somebody says with what he does, and who he says he is. A master writes both to files of their own
 * before it writes anything else; they then go with all that its connection writes, until it writes others. */
#ifndef MBPLANT_EVENT_COMMENT_H
#define MBPLANT_EVENT_COMMENT_H

#include "mbplant/event.h"
#include "mbplant/names.h"

#define MBP_COMMENT_MAX 1024u                                          /* bytes of UTF-8 */
#define MBP_WHO_MAX     (sizeof(((struct mbp_actor *)NULL)->name) - 1) /* likewise, of a name */

/* The text must be UTF-8 without control characters, of 1..max bytes; it ends with a 0. Output: why, in words for
 * people, when it is not. Errors: MBP_ERR_FORMAT. */
enum mbp_status mbp_comment_check(const char *text, size_t len, size_t max, char *why, size_t why_size);
#define MBP_COMMENT_WHY 96u

/* ---- files ------------------------------------------------------------------------------------------------------- */

/* Two files of a unit that has those of names (mbplant/names.h). Each is a length in bytes, and from the next word on
 * that many bytes, two a word, the first in its upper half. Written, they are what goes with the connection's writes
 * from then on; a length of 0 ends it. A comment may come in pieces, in order; a name is one piece. Read, they are what
 * is in force, but a comment that is read behind a group of the same request that reads an event from its first word on
 * is that event's, whatever its length is: behind it there are zeros. */
#define MBP_COMMENT_FILE  830
#define MBP_WHO_FILE      831
#define MBP_COMMENT_WORDS (1u + MBP_COMMENT_MAX / 2u)
#define MBP_WHO_WORDS     (1u + (MBP_WHO_MAX + 1u) / 2u)

/* Words of such a file, big-endian: of a text, with its length before it. */
void mbp_comment_words(const char *text, uint16_t record, uint16_t count, uint8_t *big_endian);

/* ---- details ---------------------------------------------------------------------------------------------------- */

/* How a sensor or an alarm is shelved, or why it no longer is, of an event's detail. */
static inline uint32_t mbp_event_shelving(uint32_t detail)
{
    return detail & 0xFFu;
}

/* ---- peers ------------------------------------------------------------------------------------------------------- */

/* Who did something and what he said with it, in one word that is passed on as `peer`: the id of an actor in bits
 * 0..15, the number of a comment in 16..30, 0 = none. */
#define MBP_COMMENT_NUMBERS    0x7FFFu
#define MBP_PEER_ACTOR(peer)   ((uint16_t)(peer))
#define MBP_PEER_COMMENT(peer) ((uint16_t)((peer) >> 16))

/* Whether an actor is one from outside: what peers bring into the journal is limited; the plant, its logic and a
 * scenario tell all that they do. */
static inline bool mbp_actor_is_peer(uint16_t actor)
{
    return actor != MBP_ACTOR_THE_PLANT && actor != MBP_ACTOR_THE_LOGIC && actor != MBP_ACTOR_THE_SCENARIO;
}

/* Makes an event that peer's. Until it is recorded its flags hold the comment's number in bits 1..15. */
static inline void mbp_event_by(struct mbp_event *event, uint32_t peer)
{
    uint16_t comment = MBP_PEER_COMMENT(peer);
    event->actor = MBP_PEER_ACTOR(peer);
    event->flags = comment != 0 ? (uint16_t)(MBP_EVENT_COMMENT | (unsigned)comment << 1) : 0;
}

/* The number of its comment, of an event that is not recorded yet; 0 = none. */
static inline uint16_t mbp_event_comment(const struct mbp_event *event)
{
    return (uint16_t)(event->flags >> 1);
}

#endif
