/* logbook: what people tell the journal: notes, causes of incidents, work. A master says its text as a comment
 * (mbplant/event/comment.h), then writes a record to a file of its own; each record is one event. */
#ifndef MBPLANT_EVENT_LOGBOOK_H
#define MBPLANT_EVENT_LOGBOOK_H

#include "mbplant/event.h"

/* A file that is only written (FC 21), from its first word on, in a unit that has those of comments. A record is one
 * command, and takes effect whole; its text is the comment that goes with it. Words that a command has no use for, and
 * those behind, may be left out. */
#define MBP_LOGBOOK_FILE  832
#define MBP_LOGBOOK_WORDS 10u

enum mbp_logbook_command {
    MBP_LOGBOOK_NOTE = 1,           /* on a machine, an item, an incident or the plant */
    MBP_LOGBOOK_CAUSE = 2,          /* of an incident */
    MBP_LOGBOOK_WORK_OPENED = 3,    /* on a machine */
    MBP_LOGBOOK_WORK_STARTED = 4,   /* by number */
    MBP_LOGBOOK_WORK_DONE = 5,      /* likewise, as the next */
    MBP_LOGBOOK_WORK_CANCELLED = 6, /* it will not be done */
    MBP_LOGBOOK_COMMANDS
};

/* Files of a unit that has the journal: which of its events lists of incidents and work are made of. The first has how
 * many there were since the beginning of the list (u32); the others their numbers (u32), entry n at n %
 * MBP_HISTORY_ENTRIES, MBP_HISTORY_PER_FILE a file. Where there were more, the oldest ones gave way. Events that
 * retention removed stay in it. */
#define MBP_HISTORY_FILE     833
#define MBP_HISTORY_END_FILE 874
#define MBP_HISTORY_PER_FILE 5000u
#define MBP_HISTORY_ENTRIES  ((MBP_HISTORY_END_FILE - MBP_HISTORY_FILE - 1) * MBP_HISTORY_PER_FILE)

/* Whether lists of incidents and work are made of such events. */
bool mbp_history_wants(uint16_t code);

enum mbp_work_kind { MBP_WORK_CORRECTIVE = 1, MBP_WORK_PREVENTIVE = 2, MBP_WORK_KINDS };

/* "corrective", "preventive". Static storage. */
const char *mbp_work_kind_name(enum mbp_work_kind kind);

/* When work is due: after so many seconds of the plant's time, of its machine's running, or so many products; or since
 * its machine's condition came, which the plant file has (`maintenance: {when: ..}`) and nobody else says. */
enum mbp_work_due { MBP_DUE_NEVER, MBP_DUE_TIME, MBP_DUE_RUNNING, MBP_DUE_PRODUCTS, MBP_DUE_CONDITION, MBP_DUE_KINDS };

/* Words of a record, in this order; numbers high word first. */
struct mbp_logbook_record {
    uint16_t command;       /* enum mbp_logbook_command */
    uint16_t machine, item; /* numbers in the unit; MBP_NONE16 = none */
    uint32_t number;        /* of an incident or of work: that of its first event; 0 = none */
    uint16_t kind;          /* enum mbp_work_kind in the lower byte, enum mbp_work_due in the upper one */
    uint32_t planned_s;     /* how long work is to take; 0 = not said */
    uint32_t due;           /* as kind says */
};

/* The words of a record. */
void mbp_logbook_encode(const struct mbp_logbook_record *record, uint16_t words[MBP_LOGBOOK_WORDS]);

/* count words, at least one: those that are missing are none and 0. */
void mbp_logbook_decode(const uint16_t *words, size_t count, struct mbp_logbook_record *out);

/* Whether it says all that its command needs, of a unit with so many machines and items. */
bool mbp_logbook_is_good(const struct mbp_logbook_record *record, uint32_t machines, uint32_t items);

/* The event that it becomes; whose and of which unit is the caller's. Work: its kind and when it is due in detail as in
 * `kind`, how long it is to take in value, when it is due in limit. Else detail is the number. */
struct mbp_event mbp_logbook_event(const struct mbp_logbook_record *record);

/* When work that an event opened is due: seconds, or products, whole; NaN = never, or nobody knows. Exact up to
 * MBP_DUE_MAX, though a float is not: the rest stands in detail. Setting: at most MBP_DUE_MAX. */
#define MBP_DUE_MAX 0x1p38
double mbp_work_due_at(const struct mbp_event *opened);
void mbp_work_set_due_at(struct mbp_event *opened, double due_at);

#endif
