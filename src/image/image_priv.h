/* What the files of image/ share. */
#ifndef MBPLANT_IMAGE_PRIV_H
#define MBPLANT_IMAGE_PRIV_H

#include "mbplant/image.h"
#include "mbplant/image/alarm_command.h"
#include "mbplant/image/forced.h"
#include "mbplant/image/keep.h"
#include "mbplant/image/lock_step.h"
#include "mbplant/image/logbook.h"
#include "mbplant/view.h"

#define MBP_WRITE_LOG_MIN 4096
#define MBP_PARTIAL_MAX   1024u /* points that wait for the rest of their words; each scan looks at them */
#define MBP_WRITE_LOG_MAX 131072

/* A point that was written: where it starts. A point written twice has two entries; the later one counts. */
struct write_entry {
    uint32_t unit; /* index */
    uint16_t addr; /* first address of the point */
    uint8_t table;
    bool stale;
    struct mbp_peer peer;
};

/* A change that the scan only tells. */
struct written_entry {
    uint32_t unit; /* index */
    struct mbp_written of;
};

struct image_file {
    uint16_t number;
    uint16_t count;
    uint16_t *words;
};

/* Sensors whose registers follow each other, of one type and order. */
struct value_run {
    uint32_t first, count; /* plant-wide sensors */
    uint16_t addr;
    uint8_t type, order;
    bool single; /* one alone: its register has an offset */
};

/* What the alarm blocks of a sensor go by (mbplant/state.h), as they were published last. */
struct image_alarms {
    uint32_t lives;  /* a byte of each of the state's masks */
    uint32_t beside; /* what hides them, all and each alone; bit 15: they were shown */
    uint32_t since_s;
};

/* A block that a scan shows, and where its items are: `stride` apart, the first (plant-wide) at base. */
struct image_block {
    uint32_t first;
    uint16_t base, stride;
    uint8_t block;
    bool strides;  /* else each item's place is its own */
    uint8_t joint; /* of discrete inputs: how many bits an item has, one behind the other; 0 = not so */
};

/* A field of input registers that stand one stride apart, and where the one of the first item is. */
struct image_field {
    const struct mbp_map_field *field;
    uint32_t first; /* item, plant-wide */
    uint16_t base, stride;
    uint16_t more; /* of a kind that follow, in the view and in the registers (mbp_map_follows) */
};

/* The blocks of one kind of item that a scan shows: where masters write; where they do not, as the fields that show
 * each piece of a view (mbp_map_differences), begins[p] to begins[p + 1], behind them as all of them once, to the end,
 * and as blocks what is no such field, with the pieces that those show. */
struct image_blocks {
    struct image_block written[MBP_MAP_BLOCKS_MAX], read[MBP_MAP_BLOCKS_MAX];
    struct image_field *fields;
    uint16_t begins[MBP_MAP_PIECES + 1], end;
    uint64_t read_pieces;
    uint8_t written_count, read_count;
};

/* What image keeps of a unit beside its public tables. */
struct image_index {
    struct mbp_map_index *map; /* which field is at an address */
    uint32_t *moved_by;        /* per actuator of the unit: plant-wide index of its controller; UINT32_MAX = none */
    struct value_run *runs;
    uint32_t run_count;
    double *scale;                          /* per sensor of the unit: its register's */
    uint8_t *bits_shown;                    /* likewise: its eight discrete inputs as published last */
    struct image_alarms *alarms_shown;      /* likewise: what its alarm blocks went by */
    uint8_t *alone_shown;                   /* likewise: which of its alarms stood on a shelf alone */
    struct mbp_machine_view *machine_shown; /* per machine of the unit, as published last */
    struct mbp_summary_view summary_shown;  /* likewise */
    uint32_t last_event;                    /* of the recent events that stand there, and how many they are */
    size_t recent_count;
    struct image_blocks blocks[MBP_PER_COUNT]; /* of the unit: those that a scan shows */
    uint32_t *points;                          /* of the plant: the unit's own, those of one item next to each other */
    struct image_text *texts;                  /* those of one item next to each other */
    uint32_t text_count;
    struct image_file *files;
    uint32_t file_count;
};

#define FILE_WORDS 10000u /* of one file: V1.1b3 6.14 */

#define WRITTEN_PLACES (4u * MBP_WRITTEN_MAX) /* a power of two, never more than a quarter full */

/* What masters say (comments.c). All of it is kept over a restart, so there is no gap in it. */
#define IMAGE_COMMENTS        256u
#define IMAGE_COMMENTS_A_SCAN 32u /* so that none goes before the scan has told what was written with it */
struct image_comment {
    uint64_t at; /* counted from the first byte ever */
    uint16_t len, number;
    uint32_t none;
};
struct image_comments {
    uint64_t end, last; /* of the bytes; the latest number */
    struct image_comment slot[IMAGE_COMMENTS];
    char bytes[65536];
};

struct image_staging;
struct image_named;
struct image_exercise;

/* Where confirmed writes are noted (mbp_image_keep_tail): of two halves the one in use, and how far it is filled. */
struct image_tail {
    uint8_t *memory; /* NULL = nowhere */
    unsigned half;
    size_t half_bytes, log_at, log_bytes; /* log_at: in the half */
    uint64_t generation, start;           /* start: position of the log's first byte */
    size_t used;
};

/* Addresses that a request writes, and what. */
struct image_run {
    const uint8_t *bytes; /* packed bits, or big-endian words */
    uint16_t addr, count;
    uint8_t table; /* coils or holding registers */
};

/* The request that is being judged: its values stand in the tables. */
struct image_request {
    const struct mbp_image_unit *unit; /* NULL = none */
    const struct image_run *runs;
    size_t count;
};

#define IMAGE_RUNS_MAX MBP_IMAGE_WRITE_BITS_MAX

/* A unit's command record as the runs of a request leave it, one after the other, and who writes them. */
struct image_record {
    uint32_t missing; /* rights that he has not */
    uint16_t only;    /* the one operator that he may name, from 1; 0 = each */
    uint16_t words[MBP_RECORD_WORDS];
};

/* A request as it is carried out where some of its addresses are the same as others. */
struct image_runs {
    struct image_run items[IMAGE_RUNS_MAX];
    size_t count, used;
    uint8_t bytes[2 * MBP_IMAGE_WRITE_BITS_MAX]; /* of all items */
    uint16_t before[MBP_IMAGE_WRITE_BITS_MAX];   /* likewise: what stood there */
};

/* Where a text stands; several places may show the same one. */
struct image_text {
    uint32_t item; /* plant-wide */
    uint16_t addr, words;
    uint8_t block, table, order;
    bool home; /* the place that is kept; it stands before the others of its item */
};

/* An address that is held from outside, or the same as one. */
#define IMAGE_HELD_MAX   4096u
#define IMAGE_FORCES_MAX 64u /* commands for that between two scans */
struct image_held {
    uint16_t addr, word, mask; /* mask: its bits that are held */
    uint8_t table, unit;       /* unit: index */
};

struct mbp_image {
    const struct mbp_plant *plant;
    struct mbp_image_unit *units;
    struct image_index *index;
    struct mbp_image_unit *by_id[256];
    struct mbp_file_source source;
    struct write_entry *log;
    size_t log_count, log_capacity;
    uint8_t *read; /* per tag as mbp_state.touched: it was read; NULL = nobody asks */
    bool any_read;
    struct image_runs *runs; /* NULL = no address is the same as another */
    struct image_request request;
    size_t partial_count;               /* points with MBP_ACCESS_PARTIAL */
    struct mbp_write *writes;           /* as many as log */
    struct mbp_image_observer observer; /* written NULL = nobody */
    bool forcing_refused;
    struct mbp_refusal refusals[MBP_REFUSALS_MAX], handed[MBP_REFUSALS_MAX];
    size_t refusal_count;
    struct written_entry written[MBP_WRITTEN_MAX];
    struct mbp_written written_handed[MBP_WRITTEN_MAX], written_lost;
    size_t written_count;
    uint16_t written_places[WRITTEN_PLACES]; /* by address: the point's latest entry in written, from 1; 0 = free */
    uint32_t limits_version;                 /* of the state, at the last publish */
    uint32_t alarms_version;                 /* likewise */
    uint32_t shelves_version;                /* likewise */
    uint64_t shelving_ns, shelving_next_ns;  /* simulated time: the shelving registers show what is left then; when one
                                                of them is to show less */
    bool minds_masters;
    uint64_t instructor_writes, instructor_seen; /* requests that wrote to the instructor's unit; of those, seen */
    bool restore_waits;                          /* asked for, and not yet */
    const struct mbp_state *published;           /* the state that the tables show; NULL before the first time */
    struct mbp_peer instructor_peer;             /* the last of them */
    double instructor_speed;                     /* the speed published last */
    struct image_staging *staging;               /* NULL without an instructor */
    struct image_named *named;                   /* likewise */
    struct image_exercise *exercise;             /* likewise */
    struct image_held held[IMAGE_HELD_MAX];
    struct mbp_force_asked forces[IMAGE_FORCES_MAX];
    size_t held_count, force_count;
    struct mbp_logbook_entry logbook[MBP_LOGBOOK_WAITING], logbook_handed[MBP_LOGBOOK_WAITING];
    size_t logbook_count;
    struct mbp_logbook_gate logbook_gate;
    struct mbp_alarm_asked alarm_asked[MBP_ALARM_COMMANDS_MAX];
    size_t alarm_asked_count;
    uint32_t lock_steps;              /* asked for by the request that is being carried out */
    struct mbp_image_stepper stepper; /* step NULL = nobody */
    struct image_tail tail;
    uint32_t comments_since; /* the last latch: so many came */
    struct image_comments comments;
};

/* A latched address's point. */
struct image_point {
    enum mbp_write_kind kind;
    uint32_t index; /* plant-wide */
    uint8_t sub;
    uint8_t table;
    uint16_t addr; /* first */
    uint16_t words;
    const struct mbp_user_point *own; /* the user's, or NULL */
    bool is_switch;                   /* on or off, whatever stands in its words */
    struct mbp_register reg;          /* how its words are a number */
};

/* How many of the user's points stand in the same register as a point, and the first of them: each takes bits of its
 * own. 1 of any other: itself, or nothing of the user's (*first NULL). */
unsigned image_siblings(const struct mbp_image_unit *unit, const struct image_point *point,
                        const struct mbp_user_point **first);

/* The point as one of those. */
struct image_point image_sibling(const struct image_point *point, const struct mbp_user_point *own);

/* The point that covers an address; false where none does. */
bool image_point_at(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, struct image_point *out);

/* What the words of a point are; of a limit NaN = unused. words: the point's, of a coil unused. */
double image_number(const struct mbp_image_unit *unit, const struct image_point *point, const uint16_t *words);
uint64_t image_bits(const struct mbp_image_unit *unit, const struct image_point *point); /* in its type */

/* The point that covers a latched address of the coils or holding registers. */
struct image_point image_find_point(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr);

/* ---- forced.c: what is held from outside ---- */

void image_forced_show(struct mbp_image *image, const struct mbp_state *state);
void image_forced_bits(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count,
                       uint8_t *packed);
void image_forced_words(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count,
                        uint8_t *big_endian);
bool image_force_allowed(const struct mbp_image_unit *unit); /* what stands in the instructor's record */
void image_force_written(struct mbp_image_unit *unit, struct mbp_peer peer);
void image_publish_forced(struct mbp_image_unit *unit, const struct mbp_state *state);

/* ---- logbook.c: what people tell the journal ---- */

bool image_logbook_takes(const struct mbp_image_unit *unit, uint16_t file);
enum mbp_status image_logbook_may_write(const struct mbp_image_unit *unit, uint16_t record, uint16_t count);
enum mbp_status image_logbook_write(struct mbp_image_unit *unit, const uint16_t *words, uint16_t count,
                                    struct mbp_peer peer);

/* ---- rights.c: what a write needs ---- */

/* The right, where it is among the missing ones; MBP_RIGHT_COUNT = it is not. */
enum mbp_right image_lacking(uint32_t missing, enum mbp_right right);

/* ---- alarm_command.c: the command record of a unit ---- */

/* Whether what was written to so many registers may be, before it counts; takes it in. */
enum mbp_status image_alarm_command_allowed(struct mbp_image_unit *unit, uint16_t addr, uint16_t count,
                                            struct mbp_peer peer);
void image_alarm_command_written(struct mbp_image_unit *unit, uint16_t addr, uint16_t count, struct mbp_peer peer);
/* As it stands in the tables. */
void image_alarm_command_begin(const struct mbp_image_unit *unit, struct image_record *record);
/* The right that what a run asks for needs, where it is among the missing ones; MBP_RIGHT_COUNT = it is not. */
enum mbp_right image_alarm_command_lacks(struct mbp_image_unit *unit, const struct image_run *run,
                                         struct image_record *record, uint16_t *at);
/* Whether what hides alarms comes with the reason that the plant file wants, as it stands in the tables; *at: the first
 * address that does not. */
struct image_range {
    uint16_t addr, count;
};
bool image_reasons_given(const struct mbp_image_unit *unit, enum mbp_table table, struct image_range range,
                         struct mbp_peer peer, uint16_t *at);
/* The entries of the log, or what is made of them, stand elsewhere from now on: commands that came before this entry,
 * from the *next one on, stand behind so many. To be called for each entry from the first on, then with SIZE_MAX. */
void image_alarm_commands_place(struct mbp_image *image, size_t *next, size_t entry, size_t behind);

/* The record that asked for it. */
void image_alarm_command_words(const struct mbp_alarm_asked *asked, uint16_t words[MBP_RECORD_WORDS]);

/* ---- values.c: sensors' values into their registers ---- */

enum mbp_status image_values_new(const struct mbp_plant *plant, const struct mbp_unit *unit, struct image_index *index);
void image_values_publish(struct mbp_image_unit *unit, const struct mbp_state *state);

/* Drops stale entries: one is left of each point. */
void image_log_tidy(struct mbp_image *image);

/* Notes one point as written, all of it or some of its words. False when there is no room even after dropping stale
 * entries. */
bool image_log_room(struct mbp_image *image, size_t points);
void image_log_write(struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, bool partial,
                     struct mbp_peer peer);

/* ---- asked.c: what masters have asked for and no scan has taken in ---- */

/* A thing that masters write: what a write of it is, and of which item. */
struct image_wanted {
    enum mbp_map_per per;
    enum mbp_write_kind kind;
    uint32_t item; /* plant-wide */
    uint8_t sub;
};

struct image_asked {
    const struct mbp_image_unit *unit;
    struct image_point point;
    size_t place; /* in the request, from 1; 0 = it came before */
};

/* Where it was written, by the request that is being judged or before it since the last scan. */
bool image_find_asked(const struct mbp_image *image, const struct image_wanted *wanted, struct image_asked *asked);
double image_asked_number(const struct image_asked *asked);

/* ---- allowed.c ---- */

/* Whether a master may change a point now; whether the words that stand there are a value that it can have. */
bool image_point_open(const struct mbp_image_unit *unit, const struct image_point *point);

/* Whether none of count coils is set by logic; else *at is the first that is. */
bool image_coils_open(const struct mbp_image_unit *unit, uint16_t addr, uint16_t count, uint16_t *at);
bool image_point_valid(const struct mbp_image_unit *unit, const struct image_point *point);

/* Whether all words of a point lie from addr up to end. */
bool image_point_covered(const struct image_point *point, uint32_t addr, uint32_t end);

/* What a unit says to a value that it does not accept: an exception, or MBP_ERR_BUSY: it confirms and throws away. */
enum mbp_status image_value_refused(const struct mbp_image_unit *unit);

/* Whether what now stands in count registers from addr is acceptable. Of a point that the request covers only in part
 * the value is judged at the next latch, when its other words have had time to come. *at is where it is not. A unit may
 * hold values at the ends of what it accepts (`refuse: clamp`), which then stand there. Errors: those of
 * mbp_image_write_words; MBP_ERR_BUSY where the unit confirms what it does not carry out (`refuse: ignore`). */
enum mbp_status image_span_allowed(const struct mbp_image_unit *unit, uint16_t addr, uint16_t count, uint16_t *at);

/* ---- refusals.c ---- */

/* Notes the refusal of a request of count words from addr on, for what it asks at one of them. */
void image_refuse_words(struct mbp_image_unit *unit, uint16_t addr, uint16_t count, const uint8_t *big_endian,
                        uint16_t at, enum mbp_status why, struct mbp_peer peer);

/* Notes it as another run had noted it, of the same plant. */
void image_refuse_again(struct mbp_image *image, const struct mbp_refusal *refusal);

/* mbp_image_may_write, and forcing is not refused. packed: the bits that are to be written to coils. */
enum mbp_status image_may_write(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count,
                                const uint8_t *packed);

/* Sets what masters wrote since the last latch aside, and puts it back: around a publish between two scans. */
void image_keep_waiting(struct mbp_image *image);
void image_put_waiting(struct mbp_image *image);

/* Whether the instructor may write that: words that stand in the tables already, bits that do not yet. */
bool image_instructor_allows_words(const struct mbp_image_unit *unit, uint16_t addr, uint16_t count);
bool image_instructor_allows_bits(const struct mbp_image_unit *unit, uint16_t addr, uint16_t count,
                                  const uint8_t *packed);
/* ---- points.c: the user's own points ---- */

enum mbp_status image_points_new(const struct mbp_plant *plant, const struct mbp_unit *unit, struct image_index *index);
void image_points_publish(struct mbp_image_unit *unit, const struct mbp_state *state,
                          const struct mbp_summary_view *summary);

/* ---- touched.c: what expressions want to know of requests ---- */

enum mbp_status image_touched_new(struct mbp_image *image);

/* Notes a read of addresses of which some are watched. */
void image_note_read(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count);

/* Whether each point of a request that an expression judges (`accept`) is to be as it stands now; *bad and *at say
 * which is not. */
bool image_request_accepted(const struct mbp_image *image, size_t *bad, uint16_t *at);

/* ---- alias.c ---- */

enum mbp_status image_alias_new(struct mbp_image *image);

/* Where an address stands itself that is the same as another; any other one is left as it is. */
void image_alias_home(const struct mbp_image_unit *unit, enum mbp_table *table, uint16_t *addr);

/* Shows all of them; those of which other addresses were written. */
void image_alias_show(struct mbp_image_unit *unit);
void image_alias_written(struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count);

/* The request as it is carried out; NULL: as it stands. What is returned stays until the next call. */
struct image_runs *image_alias_runs(struct mbp_image_unit *unit, const struct image_run *run, size_t *count);

/* ---- texts.c ---- */

enum mbp_status image_texts_new(const struct mbp_plant *plant, const struct mbp_unit *unit, struct image_index *index);

/* As the file has them; all places of each as its home is; as the place that was written. */
void image_texts_load(struct mbp_image_unit *unit);
void image_texts_show(struct mbp_image_unit *unit);
void image_texts_forget(struct mbp_image_unit *unit); /* those that do not outlive a run */
const char *image_first_text(const struct mbp_plant *plant, const struct image_text *text); /* the file's */
void image_texts_written(struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count);

/* ---- shown.c: an item's blocks ---- */

/* Which blocks of the unit publishing goes over. Errors: MBP_ERR_MEMORY. Ownership: fields of each, free. */
enum mbp_status image_choose_blocks(const struct mbp_plant *plant, const struct mbp_unit *unit,
                                    struct image_index *index);

/* An item (plant-wide) from its view: where masters write, for the state stands again after each scan, whatever they
 * asked for; where they do not, all of it, or what differs (mbp_map_differences) from the view that was shown before;
 * both; both of an item whose bits are those of another that has just been shown (or of the item itself). */
void image_show_written(struct mbp_image_unit *unit, enum mbp_map_per per, uint32_t item, const void *view);
void image_show_read(struct mbp_image_unit *unit, enum mbp_map_per per, uint32_t item, const void *view);
void image_show_changes(struct mbp_image_unit *unit, enum mbp_map_per per, uint32_t item, const void *view,
                        uint64_t differ);
void image_show_all(struct mbp_image_unit *unit, enum mbp_map_per per, uint32_t item, const void *view);
void image_show_after(struct mbp_image_unit *unit, enum mbp_map_per per, uint32_t item, uint32_t same,
                      const void *view);

/* The simulation's view in the instructor's unit. */
void image_show_instructor(struct mbp_image_unit *unit, const struct mbp_sim_view *view);

/* ---- written.c: what the scan only tells ---- */

void image_note_again(struct mbp_image *image, const struct written_entry *entry); /* as it was noted before */
/* The machine and the item whose point stands there, as events count them; MBP_NONE16 = none. */
void image_find_owner(const struct mbp_image_unit *unit, unsigned table, uint16_t addr, uint16_t *machine,
                      uint16_t *item);

void image_note_written(struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t before, uint16_t now,
                        struct mbp_peer peer);
void image_note_file(struct mbp_image_unit *unit, uint16_t file, const uint16_t *before, const uint16_t *now,
                     uint16_t count, struct mbp_peer peer);

/* ---- staging.c: the plant file to come, at the instructor's unit ---- */

enum mbp_status image_staging_new(struct mbp_image *image);
void image_staging_carry(struct mbp_image *from, struct mbp_image *to);

/* Whether a file is written to, or read from, there. */
bool image_staging_takes(const struct mbp_image_unit *unit, uint16_t file);
bool image_staging_shows(const struct mbp_image_unit *unit, uint16_t file);
void image_staging_write(struct mbp_image_unit *unit, uint16_t file, uint16_t record, uint16_t count,
                         const uint8_t *big_endian);
enum mbp_status image_staging_read(const struct mbp_image_unit *unit, uint16_t file, uint16_t record, uint16_t count,
                                   uint8_t *big_endian);

/* Words of a text with its length and CRC before it, as each file of a text has it. */
enum mbp_status image_text_read(struct mbp_text text, uint32_t crc, size_t word, uint16_t count, uint8_t *big_endian);

/* Whether words may be written that may be a command, before they are; and what it asks for, when they were. */
enum mbp_status image_staging_may_command(const struct mbp_image_unit *unit, uint16_t addr, uint16_t count,
                                          const uint8_t *big_endian);
void image_staging_command(struct mbp_image_unit *unit, uint16_t addr, uint16_t count, struct mbp_peer peer);

/* ---- named.c: snapshots with names, likewise ---- */

enum mbp_status image_named_new(struct mbp_image *image);
void image_named_carry(struct mbp_image *from, struct mbp_image *to);
bool image_named_shows(const struct mbp_image_unit *unit, uint16_t file);
enum mbp_status image_named_read(const struct mbp_image_unit *unit, uint16_t file, uint16_t record, uint16_t count,
                                 uint8_t *big_endian);
enum mbp_status image_named_may_command(const struct mbp_image_unit *unit, uint16_t addr, uint16_t count,
                                        const uint8_t *big_endian);
void image_named_command(struct mbp_image_unit *unit, uint16_t addr, uint16_t count, struct mbp_peer peer);

/* ---- exercise.c: the exercise that plays, likewise ---- */

enum mbp_status image_exercise_new(struct mbp_image *image);
bool image_exercise_shows(const struct mbp_image_unit *unit, uint16_t file);
enum mbp_status image_exercise_read(const struct mbp_image_unit *unit, uint16_t file, uint16_t record, uint16_t count,
                                    uint8_t *big_endian);

/* A number of two registers, high word first, at its largest when they hold no more. */
void image_put_u32(uint16_t *words, uint64_t number);

/* ---- comments.c ---- */

void image_comment_again(struct mbp_image *image, uint16_t number, struct mbp_text text); /* as another run took it */
void image_comments_latched(struct mbp_image *image); /* what came so far is about to be told */

/* ---- tail.c ---- */

/* Addresses of coils or registers that a request wrote, with those of its first and its last point that it did not. */
struct image_span {
    uint16_t addr, count;
    uint8_t before, behind; /* how many of those */
};

/* Notes a write that stands in the tables; what is packed bits, or words. */
void image_tail_note(struct mbp_image_unit *unit, enum mbp_table table, struct image_span span, struct mbp_peer peer);
void image_tail_note_file(struct mbp_image_unit *unit, uint16_t file, uint16_t record, uint16_t count,
                          const uint16_t *words, struct mbp_peer peer);
void image_tail_note_alarm_command(struct mbp_image *image, const struct mbp_alarm_asked *asked);
/* What a unit answers now; carried: by the scan that took the command in. */
void image_tail_note_answer(struct mbp_image_unit *unit, bool carried);
void image_tail_note_refusal(struct mbp_image *image, const struct mbp_refusal *refusal);
void image_tail_note_comment(struct mbp_image *image, uint16_t number, struct mbp_text text);

/* The positions of the one go on behind those of the other. */
void image_tail_carry(const struct mbp_image *from, struct mbp_image *to);

/* request.c: writes again what was allowed when it came; only where the plant has such addresses. */
bool image_write_again(struct mbp_image_unit *unit, enum mbp_table table, struct image_span span, const uint16_t *words,
                       struct mbp_peer peer);
void image_write_file_again(struct mbp_image_unit *unit, uint16_t file, uint16_t record, uint16_t count,
                            const uint16_t *words, struct mbp_peer peer);

/* instructor.c: where another speed than this one was shown last, it takes its place. */
void image_show_speed(struct mbp_image *image, double speed);

#endif
