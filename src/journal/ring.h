/* ring: the one way between the scan's thread and the writer's, a bounded single-producer single-consumer ring of
 * records. Slots go round in a circle: filled by the producer, seen by the consumer only when handed over (so a scan
 * is seen whole or not at all), stored by the consumer, and taken back by the producer, who thus learns what became
 * durable and needs no lock for it. */
#ifndef MBP_JOURNAL_RING_H
#define MBP_JOURNAL_RING_H

#include <stdatomic.h>

#include "mbplant/journal.h"
#include "mbplant/names.h"

enum mbp_record_kind {
    MBP_RECORD_EVENT,
    MBP_RECORD_MACHINE,
    MBP_RECORD_SENSOR,
    MBP_RECORD_ALARMS,
    MBP_RECORD_UPKEEP,
    MBP_RECORD_SETTING,
    MBP_RECORD_FAULT,
    MBP_RECORD_PLANT,
    MBP_RECORD_CHECKPOINT,
    MBP_RECORD_TAGS,
    MBP_RECORD_ACTOR,
    MBP_RECORD_COMMENT,
    MBP_RECORD_NOTHING, /* takes a slot, so that what follows has the position that it had in another run */
    MBP_RECORD_FORGET,  /* rows of what the plant does not have */
    MBP_RECORD_KINDS
};

/* From here on indices are of another plant; when this is taken back, the consumer has no more use for the one before.
 */
struct mbp_plant_change {
    const struct mbp_plant *to;
    uint32_t crc; /* of its file, for who finds this in another run */
    uint64_t len;
};

/* What stands there must stay until this is taken back. */
struct mbp_checkpoint_push {
    const struct mbp_checkpoint *of; /* NULL = there is none any more */
};

/* Tags that the next events need; freed when this is taken back. */
struct mbp_tags_push {
    struct mbp_names *changed;
    uint32_t oldest; /* tags that only older events need are no longer kept */
    uint32_t crc;    /* of the plant's file, for who finds this in another run */
    uint64_t len;
};

/* A piece of the comment of the event that comes next: as much as fits two slots. */
struct mbp_comment_piece {
    uint16_t at, len;
    char bytes[84];
};

#define MBP_RECORD_SLOT      48u /* bytes of a record in a slot */
#define MBP_RECORD_SLOTS_MAX 4u  /* that one takes */

/* What one slot holds, or several: events, of which there are many, take one. A record's end that is zero takes none.
 */
struct mbp_record {
    uint16_t kind;  /* enum mbp_record_kind */
    uint16_t slots; /* that it takes: the ring says so */
    union {
        struct mbp_event event;
        struct mbp_retained_machine machine;
        struct mbp_retained_sensor sensor;
        struct mbp_plant_change plant;
        struct mbp_retained_setting setting;
        struct mbp_retained_alarms alarms;
        struct mbp_retained_upkeep upkeep;
        struct mbp_retained_fault fault;
        struct mbp_checkpoint_push checkpoint;
        struct mbp_tags_push tags;
        struct mbp_actor actor;
        struct mbp_comment_piece comment;
        unsigned char whole_slots[MBP_RECORD_SLOTS_MAX * MBP_RECORD_SLOT - sizeof(uint64_t)];
    } of;
};

/* Positions count slots from the making of the database on and never wrap (64 bits). freed <= stored <= handed <= head.
 */
struct mbp_ring {
    unsigned char *slots;
    bool lent;           /* slots are somebody else's memory (mbp_ring_move) */
    uint64_t slot_count; /* a power of two */
    uint64_t head;       /* producer's: the next slot to fill */
    uint64_t freed;      /* producer's: slots below were taken back */
    _Atomic uint64_t handed;
    _Atomic uint64_t stored;
};

/* At least this many slots. Errors: MBP_ERR_MEMORY. Ownership: mbp_ring_free. */
enum mbp_status mbp_ring_new(struct mbp_ring *ring, uint64_t slots);
void mbp_ring_free(struct mbp_ring *ring);

/* Before anything is put: the first record gets this position. */
void mbp_ring_begin_at(struct mbp_ring *ring, uint64_t position);

/* While all that was put was taken back: goes on in other memory of mbp_ring_bytes, which must outlive the ring. There
 * each slot has its checksum. */
size_t mbp_ring_bytes(const struct mbp_ring *ring);
void mbp_ring_move(struct mbp_ring *ring, void *memory);

/* ---- the producer's side */

/* Slots that can be filled now. */
uint64_t mbp_ring_room(const struct mbp_ring *ring);

/* Slots that a record of this kind takes at most. */
unsigned mbp_ring_slots(enum mbp_record_kind kind);

/* What stands behind the member that the record holds, in its last slot, goes with it. Sets the record's slots. Errors:
 * MBP_ERR_FULL, nothing taken. */
enum mbp_status mbp_ring_put(struct mbp_ring *ring, struct mbp_record *record);

/* Lets the consumer see all that was put. False: it has seen all of it. */
bool mbp_ring_hand_over(struct mbp_ring *ring);

/* The oldest stored record that was not taken back yet; frees its slots. False when there is none. */
bool mbp_ring_take_back(struct mbp_ring *ring, struct mbp_record *record);

/* Of which kind that one is; MBP_RECORD_KINDS: there is none. */
enum mbp_record_kind mbp_ring_stored_kind(const struct mbp_ring *ring);

/* Frees its slots without a copy. False when there is none. */
bool mbp_ring_drop(struct mbp_ring *ring);

/* ---- the consumer's side */

/* Makes the memory of the next slots from position real, so that the producer need not wait for the kernel there. It
 * may be filling them. */
void mbp_ring_prepare(const struct mbp_ring *ring, uint64_t position, uint64_t slots);

/* Copies the record at position, which must be below handed; returns the position after it. */
uint64_t mbp_ring_get(const struct mbp_ring *ring, uint64_t position, struct mbp_record *record);

/* ---- of a ring that another run left ---- */

#define MBP_RING_SLOT_BYTES 56u

/* Copies the record at position out of slot_count slots, a power of two; the position after it, or 0 when what stands
 * there was never put there as a whole. */
uint64_t mbp_ring_left(const unsigned char *slots, uint64_t slot_count, uint64_t position, struct mbp_record *record);

#endif
