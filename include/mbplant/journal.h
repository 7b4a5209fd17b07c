/* journal: every event and the retained state in SQLite, written by a thread of its own. The scan's thread pushes and
 * reads; it never waits for a commit. Only durable (committed) events can be read. While the disk refuses, records are
 * kept in memory and tried again until it takes them. */
#ifndef MBPLANT_JOURNAL_H
#define MBPLANT_JOURNAL_H

#include <stdio.h>

#include "mbplant/event/comment.h"
#include "mbplant/names.h"
#include "mbplant/plant.h"
#include "mbplant/retained.h"

struct mbp_journal;

/* Retention (struct mbp_journal_options of the plant): the writer removes the oldest events, a few with each
 * transaction and so without delay, while the database is larger than max_bytes, there are more than
 * MBP_JOURNAL_EVENTS_MAX, or the oldest are older than keep_ns. The newest MBP_JOURNAL_EVENTS_MIN always stay.
 * Age is what the newest event's wall time says, not the clock: nothing new, nothing goes; an event that a wrong clock
 * stamped in the future stays until its time has come. A clock that jumps ahead must not cost the journal: age removes
 * at most as many events as there are in 10 days of running (of keep_ns / 2 when that is shorter). */
#define MBP_JOURNAL_EVENTS_MIN 1024u
#define MBP_JOURNAL_EVENTS_MAX 32000000u /* files 1000..65535 hold 32,268,000 */

/* A number that masters set: the command of an actuator, a setting or the mode of a controller, a stored value. They
 * are counted: first the actuators, then MBP_SETTING_COUNT + 1 of each controller, its mode last, then stored values.
 */
#define MBP_SETTINGS_RETAINED (MBP_SETTING_COUNT + 1)
size_t mbp_setting_count(const struct mbp_plant *plant);

/* What a setting is now, and what the plant file says: the bits of a double; of a stored value those of its type. */
uint64_t mbp_setting_now(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t index);
uint64_t mbp_setting_in_file(const struct mbp_plant *plant, uint32_t index);

struct mbp_retained_setting {
    uint32_t index;
    uint64_t value;
    uint64_t file_value; /* what the plant file said: when it says otherwise now, the file wins */
};

/* Opens (creates) DIR/journal.db and starts the writer. One line to errors on failure:
 * MBP_ERR_IO (directory or file not usable), MBP_ERR_BUSY (another process holds the directory), MBP_ERR_CORRUPT,
 * MBP_ERR_NEWER (a later or an earlier mbplant wrote it), MBP_ERR_MEMORY. The journal is as it was on failure.
 * plant must outlive the journal; clock is called from the writer's thread too.
 * Durability: WAL, synchronous=FULL, one transaction per wake-up (group commit). Ownership: mbp_journal_close. */
enum mbp_status mbp_journal_open(const char *dir, const struct mbp_plant *plant, const struct mbp_clock *clock,
                                 FILE *errors, struct mbp_journal **out);

/* Commits all that was pushed, stops the writer, closes. When the disk keeps refusing for three seconds it gives up and
 * logs how many events are lost: MBP_ERR_IO. NULL is allowed. */
enum mbp_status mbp_journal_close(struct mbp_journal *journal);

/* Takes what an earlier run left of retained rows into state; newer_only: those alone that were stored after the
 * checkpoint that mbp_journal_checkpoint gave last, also where a later row says that there is none. Names that the
 * plant no longer has are left in the database. A limit that the file now gives otherwise than when the row was stored
 * is the file's; so are all four where the stored ones no longer go with it. had (NULL: nobody asks) is told of each
 * item that a row was taken of; they are counted through: sensors, machines, settings. Errors, one line on stderr:
 * MBP_ERR_CORRUPT, MBP_ERR_IO, MBP_ERR_MEMORY; state is then as it was. */
enum mbp_status mbp_journal_restore(struct mbp_journal *journal, bool newer_only, struct mbp_state *state,
                                    void (*had)(void *ctx, uint32_t item), void *ctx);

/* The faults of the plant, those of the ad hoc places too, that an earlier run left, one call each. One whose
 * sensor is gone, or whose mean times the file gives otherwise now, has sensor UINT32_MAX. Errors: as above. */
enum mbp_status mbp_journal_faults(struct mbp_journal *journal, bool newer_only,
                                   void (*take)(void *ctx, const struct mbp_retained_fault *fault), void *ctx);

/* Before anything is pushed: retained rows, and what is pushed, are of this plant and not of the one that the journal
 * was opened with. It must stay as one that is changed (mbp_journal_change_plant). */
void mbp_journal_begin_with(struct mbp_journal *journal, const struct mbp_plant *plant);

/* A checkpoint: bytes that are the plant's business alone, all of them as they were at one moment. */
struct mbp_checkpoint {
    uint64_t layout; /* says what the bytes mean */
    const struct mbp_span *spans;
    unsigned span_count;
};

/* The one that an earlier run left, and the plant file that it is of. Ownership: mbp_stored_checkpoint_free. */
struct mbp_stored_checkpoint {
    uint64_t layout;
    uint64_t position; /* among what was handed over: what stood behind it is newer */
    uint8_t *bytes;
    size_t len;
    uint32_t plant_crc; /* CRC-32 and length of the file */
    size_t plant_len;
    char *plant_text; /* NULL: it was too long to be kept */
};

/* Errors: MBP_ERR_MISSING (there is none), MBP_ERR_NEWER (another version stored it otherwise), MBP_ERR_CORRUPT (it is
 * not as it was stored), MBP_ERR_IO, MBP_ERR_MEMORY. */
enum mbp_status mbp_journal_checkpoint(struct mbp_journal *journal, struct mbp_stored_checkpoint *out);
void mbp_stored_checkpoint_free(struct mbp_stored_checkpoint *checkpoint);

/* Whether retained rows were stored after it, any where there was none. False when they cannot be read, too. */
bool mbp_journal_has_newer(struct mbp_journal *journal);

/* ---- what a run that was cut off leaves ---------------------------------------------------------------------------
 */

/* Beside the database stands DIR/journal.tail while a run lasts: what was handed over and is not stored yet, and what
 * else the scan needs. It is there after SIGKILL, as this process's memory is; after a power cut as far as the system
 * had written it. */
#define MBP_JOURNAL_NOTE_MAX 160u

struct mbp_journal_left {
    uint8_t *bytes;
    const uint8_t *room; /* as it was at the last hand-over, or later */
    size_t room_bytes;
    uint8_t note[MBP_JOURNAL_NOTE_MAX]; /* of the last hand-over */
};

/* Before anything is pushed: stores what an earlier run had handed over, once, with the numbers that it had. What that
 * run counted by another plant than the journal's present one is left out, its events are not. A file that is damaged
 * is told of, and taken as far as it is whole. Errors: MBP_ERR_MISSING: there is nothing of use in it, or no file.
 * Ownership: free(out->bytes). */
enum mbp_status mbp_journal_recover(struct mbp_journal *journal, struct mbp_journal_left *out);

/* Before anything is pushed: from now on there is such a file. Where it cannot be made, that is told, and all goes on
 * without. */
void mbp_journal_keep_tail(struct mbp_journal *journal);

/* Memory that stands in the file in place of the one before, from the next hand-over on; it holds anything. NULL: there
 * is no file, or no room for it, which is told. */
void *mbp_journal_tail_room(struct mbp_journal *journal, size_t bytes);

/* What goes with the next hand-over. */
void mbp_journal_note(struct mbp_journal *journal, const void *note, size_t len);

/* ---- the scan's side (one thread) ----------------------------------------------------------------------------- */

/* Appends to the current scan's record, with ids in place of numbers in the plant; event->seq is given here, gapless
 * from the last stored one. Without room:
 * MBP_ERR_FULL, nothing taken, and the loss is counted and becomes a JOURNAL_TROUBLE event when there is room. Retained
 * state without room is the caller's to push again with a later scan. */
enum mbp_status mbp_journal_push_event(struct mbp_journal *journal, struct mbp_event *event);

/* The number in its unit of the item that events from now on know by an id; UINT32_MAX = none. plant: the one that
 * they are of, else ids are these numbers. */
uint32_t mbp_journal_item(const struct mbp_journal *journal, const struct mbp_plant *plant, uint32_t unit, uint16_t id);

/* The id that they know such a number by. */
uint16_t mbp_journal_item_id(const struct mbp_journal *journal, const struct mbp_plant *plant, uint32_t unit,
                             uint32_t number);

/* A comment that goes with the event that is pushed next, and is stored with it or not at all; it must stay until then,
 * and be one that mbp_comment_check finds good. Its len 0 = none. */
void mbp_journal_say(struct mbp_journal *journal, struct mbp_text comment);

/* The same of a machine or sensor of the plant before the last change: with its numbers. */
enum mbp_status mbp_journal_push_gone(struct mbp_journal *journal, struct mbp_event *event);

/* The id of an actor of that kind, address, role and name; it gets one when it has none, and keeps it as long as events
 * need it. MBP_ACTOR_OTHERS: there are MBP_ACTORS_MAX already, or no room. */
uint16_t mbp_journal_actor(struct mbp_journal *journal, const struct mbp_actor *actor);

/* What events are about and whose they are. It stays until the plant is changed or the journal closed. */
const struct mbp_names *mbp_journal_names(const struct mbp_journal *journal);

/* What of a machine, a sensor, a controller's setting or a fault survives a restart: the row of before is replaced.
 * Copied. Errors: MBP_ERR_FULL: there is no room; nothing is kept of it. */
enum mbp_status mbp_journal_push_machine(struct mbp_journal *journal, const struct mbp_retained_machine *machine);
enum mbp_status mbp_journal_push_sensor(struct mbp_journal *journal, const struct mbp_retained_sensor *sensor);
enum mbp_status mbp_journal_push_setting(struct mbp_journal *journal, const struct mbp_retained_setting *setting);
enum mbp_status mbp_journal_push_fault(struct mbp_journal *journal, const struct mbp_retained_fault *fault);

/* Whether that many more records have room now. */
bool mbp_journal_has_room(struct mbp_journal *journal, size_t records);

/* What is pushed from here on counts machines and sensors as `to` does. The plant so far must stay until the writer's
 * thread has no more use for it: mbp_journal_plants_left says of how many of them, in order, that is so. Its new names
 * are stored when this returns, unless the disk refuses.
 * Errors: MBP_ERR_FULL, nothing changed. */
enum mbp_status mbp_journal_change_plant(struct mbp_journal *journal, const struct mbp_plant *to);
uint32_t mbp_journal_plants_left(const struct mbp_journal *journal);
enum mbp_status mbp_journal_push_alarms(struct mbp_journal *journal, const struct mbp_retained_alarms *alarms);
enum mbp_status mbp_journal_push_upkeep(struct mbp_journal *journal, const struct mbp_retained_upkeep *upkeep);

/* Retained rows of what the plant does not have go: when it is put back, it is as its file says. Errors:
 * MBP_ERR_FULL. */
enum mbp_status mbp_journal_push_forget(struct mbp_journal *journal);

/* A checkpoint of this moment, in place of the one before: what was pushed so far is older, what comes is newer. It and
 * its bytes must stay as they are until mbp_journal_checkpoint_busy is false. NULL: there is none from now on, and all
 * retained rows count. Errors: MBP_ERR_FULL, MBP_ERR_BUSY (one is on its way to the disk). */
enum mbp_status mbp_journal_push_checkpoint(struct mbp_journal *journal, const struct mbp_checkpoint *checkpoint);
bool mbp_journal_checkpoint_busy(struct mbp_journal *journal);

/* Hands the scan's record, whole, to the writer: it will be one transaction or a part of one. */
void mbp_journal_hand_over(struct mbp_journal *journal);

/* ---- durable events ------------------------------------------------------------------------------------------- */

uint32_t mbp_journal_last(const struct mbp_journal *journal);   /* newest durable seq; 0 = none */
uint32_t mbp_journal_oldest(const struct mbp_journal *journal); /* 0 = none */
uint32_t
mbp_journal_last_incident(const struct mbp_journal *journal);   /* last stored MACHINE_STATE to en_panne; 0 = none */
bool mbp_journal_in_trouble(const struct mbp_journal *journal); /* the last commit failed; it is being retried */

/* How it stands with the writing. */
struct mbp_journal_health {
    bool trouble;           /* as mbp_journal_in_trouble */
    uint16_t used_permille; /* of the memory for what is not durable yet */
    uint32_t lost;          /* events refused for want of that memory, since the opening */
    uint32_t newest;        /* event that has a number, durable or not */
};
struct mbp_journal_health mbp_journal_health(const struct mbp_journal *journal);

/* Up to max durable events from first upward. Returns how many; 0 when first is not stored. */
size_t mbp_journal_read(struct mbp_journal *journal, uint32_t first, size_t max, struct mbp_event *events);

/* The numbers of the newest durable events that incidents and work are made of (MBP_RETAINS_HISTORY), at most max, in
 * order. Returns how many; *all: there are no older ones that are stored. */
size_t mbp_journal_newest_history(struct mbp_journal *journal, size_t max, uint32_t *seqs, bool *all);

/* Up to max durable events, newest first, from memory (the last 1024): for the scan. */
size_t mbp_journal_recent(struct mbp_journal *journal, size_t max, struct mbp_event *events);

/* The comment that an event bears, "" = none; returns text. And that of the event whose record begins at a place of the
 * files. Errors: MBP_EX_ILLEGAL_DATA_ADDRESS (there is no such event), MBP_EX_SERVER_DEVICE_FAILURE. */
const char *mbp_journal_comment(struct mbp_journal *journal, const struct mbp_event *event,
                                char text[MBP_COMMENT_MAX + 1]);
enum mbp_status mbp_journal_comment_at(struct mbp_journal *journal, uint16_t file, uint16_t place,
                                       char text[MBP_COMMENT_MAX + 1]);

/* The check value that is stored with an event (mbp_event_check). False: it cannot be had just now. */
bool mbp_journal_check(struct mbp_journal *journal, const struct mbp_event *event, uint32_t *check);

/* Waits until everything handed over is durable (for stopping and tests, never in the scan). MBP_ERR_BUSY: the disk has
 * refused for three seconds; nothing is lost, the writer goes on trying. */
enum mbp_status mbp_journal_flush(struct mbp_journal *journal);

/* Files MBP_NAMES_INDEX_FILE.. tell the names in events (mbplant/names.h).
 * Files 1000..: word `record` of file holds event n = 500 * (file - 1000) + record / 20, words record % 20
 * (mbplant-map(7)). Errors: MBP_EX_ILLEGAL_DATA_ADDRESS when any word's event is not stored,
 * MBP_EX_SERVER_DEVICE_FAILURE when the database cannot be read just now. */
enum mbp_status mbp_journal_read_file(struct mbp_journal *journal, uint16_t file, uint16_t record, uint16_t count,
                                      uint16_t *words);

/* ---- for another thread ------------------------------------------------------------------------------------------ */

/* Durable events while the scan goes on: by a connection of its own to the database, which sees the journal as it was
 * at one moment. */
struct mbp_journal_reading;

/* May be called in any thread, and is then that thread's; the journal must stay open as long. While it lasts the
 * database's log is not taken into it: it is for what takes a second, not for what waits. Errors: MBP_ERR_IO,
 * MBP_ERR_MEMORY. Ownership: mbp_journal_reading_close. */
enum mbp_status mbp_journal_reading_open(const struct mbp_journal *journal, struct mbp_journal_reading **out);
void mbp_journal_reading_close(struct mbp_journal_reading *reading);

/* The events that there were at that moment; 0 = none. */
uint32_t mbp_journal_reading_oldest(const struct mbp_journal_reading *reading);
uint32_t mbp_journal_reading_last(const struct mbp_journal_reading *reading);

/* Hands over events first..last in order; got returns false to stop. Errors: MBP_ERR_IO. */
enum mbp_status mbp_journal_reading_events(struct mbp_journal_reading *reading, uint64_t first, uint64_t last,
                                           bool (*got)(void *ctx, const struct mbp_event *event), void *ctx);

/* The same of those alone that incidents and work are made of (MBP_RETAINS_HISTORY); the comments of count events, "" =
 * none. */
enum mbp_status mbp_journal_reading_history(struct mbp_journal_reading *reading, uint64_t first, uint64_t last,
                                            bool (*got)(void *ctx, const struct mbp_event *event), void *ctx);
enum mbp_status mbp_journal_reading_comments(struct mbp_journal_reading *reading, const uint32_t *seqs, size_t count,
                                             enum mbp_status (*got)(void *ctx, size_t i, const char *text), void *ctx);

/* The wall times of count events. Errors: MBP_ERR_MISSING (one is not there), MBP_ERR_IO. */
enum mbp_status mbp_journal_reading_times(struct mbp_journal_reading *reading, const uint32_t *seqs, size_t count,
                                          uint64_t *wall_ms);

#endif
