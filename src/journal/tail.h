/* tail: what is not in the database yet, in a file beside it (DIR/journal.tail) that is memory of this process too: the
 * system keeps what was put there when the process is killed, at no cost for the scan. It does not survive a power cut
 * for sure, nor has it to: each piece has its checksum, and the file belongs to one state of one database. */
#ifndef MBP_JOURNAL_TAIL_H
#define MBP_JOURNAL_TAIL_H

#include "ring.h"

struct mbp_tail_room {
    void *memory;
    uint64_t at, bytes; /* in the file, whole pages */
};

struct mbp_tail {
    int fd; /* -1 = there is none */
    char *path;
    void *head; /* its first page */
    void *slots;
    size_t slots_bytes;
    struct mbp_tail_room room;   /* in force with the next commit */
    struct mbp_tail_room former; /* in force until then */
    uint64_t commits;
    uint8_t note[MBP_JOURNAL_NOTE_MAX];
    bool in_place; /* until then it stands beside its place, where another run's may be */
};

/* ---- this run's ------------------------------------------------------------------------------------------------- */

/* Makes it with room for so many bytes of slots. path: of the file; run: which database it is of. Errors: MBP_ERR_IO
 * (errno), MBP_ERR_MEMORY. Ownership: mbp_tail_close. */
enum mbp_status mbp_tail_open(struct mbp_tail *tail, const char *path, uint64_t run, size_t slots_bytes);

/* Other room, in place of the one before with the next commit; NULL: the disk is full (errno). */
void *mbp_tail_take_room(struct mbp_tail *tail, size_t bytes);

/* What is in force from here on, all at once: records up to handed, the room and the note. */
void mbp_tail_commit(struct mbp_tail *tail, uint64_t handed);

/* The file stays. */
void mbp_tail_close(struct mbp_tail *tail);

/* ---- one that another run left ---------------------------------------------------------------------------------- */

struct mbp_tail_left {
    uint8_t *bytes;
    const uint8_t *slots, *room;
    uint8_t note[MBP_JOURNAL_NOTE_MAX];
    uint64_t slot_count, position, handed;
    size_t room_bytes;
    bool damaged; /* a record was, and none after it is read */
};

/* Reads the file at path. run, position: of the database, what stands before position is stored.
 * Errors: MBP_ERR_MISSING (there is none, or nothing in it that is not stored), MBP_ERR_NEWER (another version's),
 * MBP_ERR_RANGE (of another database), MBP_ERR_CORRUPT, MBP_ERR_IO (errno), MBP_ERR_MEMORY.
 * Ownership: free(out->bytes). */
enum mbp_status mbp_tail_load(const char *path, uint64_t run, uint64_t position, struct mbp_tail_left *out);

/* The same of bytes in memory, which must stay and be aligned for any object. */
enum mbp_status mbp_tail_parse(uint8_t *bytes, size_t len, uint64_t run, uint64_t position, struct mbp_tail_left *out);

/* The next record; false at the end. */
bool mbp_tail_next(struct mbp_tail_left *left, struct mbp_record *record);

#endif
