/* event: one thing that happened, in the one shape that the scan emits, the journal stores and a master reads.
 * A struct here, a row in the journal, a 20-register record on the wire. */
#ifndef MBPLANT_EVENT_H
#define MBPLANT_EVENT_H

#include "mbplant/base.h"
#include "mbplant/event/changed.h"

#define MBP_EVENT_WORDS        20
#define MBP_EVENTS_PER_FILE    500
#define MBP_JOURNAL_FIRST_FILE 1000
#define MBP_JOURNAL_FILES      64536 /* 1000..65535; after the last comes the first again */

/* Stable on the wire and in the journal: never renumber. What each means, in words and numbers, is in a row of
 * mbp_event_types (src/event/types.c): a new code is a number here and a row there. */
enum mbp_event_code {
    MBP_EV_START = 1,
    MBP_EV_STOP = 2,
    MBP_EV_PLANT_LOADED = 3,  /* limit: the scan period, as of the next */
    MBP_EV_PLANT_CHANGED = 4, /* behind what was removed, before what was added or changed */
    MBP_EV_MACHINE_ADDED = 10,
    MBP_EV_MACHINE_REMOVED = 11,
    MBP_EV_MACHINE_CHANGED = 12,
    MBP_EV_SENSOR_ADDED = 13,
    MBP_EV_SENSOR_REMOVED = 14,
    MBP_EV_SENSOR_CHANGED = 15,
    MBP_EV_ALARM_RAISED = 20,
    MBP_EV_ALARM_CLEARED = 21,
    MBP_EV_ALARM_ACKNOWLEDGED = 22,
    MBP_EV_ALARM_SHELVED = 23, /* all alarms of the sensor, or one, as 24, 28 and 29 */
    MBP_EV_ALARM_UNSHELVED = 24,
    MBP_EV_ALARM_RESET = 25,        /* of a latched one */
    MBP_EV_ALARM_SUPPRESSED = 26,   /* by design: those that are so from now on */
    MBP_EV_ALARM_UNSUPPRESSED = 27, /* those that are so no longer */
    MBP_EV_ALARM_OUT_OF_SERVICE = 28,
    MBP_EV_ALARM_IN_SERVICE = 29,
    MBP_EV_MACHINE_STATE = 30, /* with the sensor and its value when a trip caused it */
    MBP_EV_MACHINE_REFUSED = 31,
    MBP_EV_MAINTENANCE_STARTED = 32,
    MBP_EV_MAINTENANCE_ENDED = 33,
    MBP_EV_MAINTENANCE_DUE = 34, /* limit: where products are the reason; detail: where a condition is */
    MBP_EV_PRODUCTION = 35,  /* counters of a machine with a cycle: each simulated hour, at starts, around restores */
    MBP_EV_ALARM_AGAIN = 36, /* acknowledged for as long as it may, and still there: it waits again */
    MBP_EV_VALUE_FORCED = 40,
    MBP_EV_VALUE_RELEASED = 41, /* value: the forced one that ended */
    MBP_EV_LIMIT_CHANGED = 42,
    MBP_EV_WRITE_REFUSED = 43, /* value: NaN of some of a point's words, or of a limit that was to be unused; where no
                                  point has a name the word or bit. Of several the one that was not allowed */
    MBP_EV_POINT_WRITTEN = 44,
    MBP_EV_WRITES_AGGREGATED = 45, /* so many further events like the one before it */
    MBP_EV_POINT_FORCED = 46,      /* from outside (mbplant/state/forced.h); value and limit as of POINT_WRITTEN */
    MBP_EV_POINT_RELEASED = 47,
    MBP_EV_MASTER_LOST = 48, /* no master has written it for as long as its watchdog allows */
    MBP_EV_MASTER_BACK = 49,
    MBP_EV_JOURNAL_TROUBLE = 50,
    MBP_EV_CLOCK_STEPPED = 51,      /* value: how far the wall clock jumped, negative = back */
    MBP_EV_INTERLOCK_BYPASSED = 54, /* of the alarm that it trips by */
    MBP_EV_INTERLOCK_RESTORED = 55,
    MBP_EV_INTERLOCK_ACTED = 56,   /* one of `interlocks`: what it acts on has come */
    MBP_EV_INTERLOCK_CLEARED = 57, /* ... or gone */
    MBP_EV_SIM_PAUSED = 60,
    MBP_EV_SIM_RESUMED = 61,
    MBP_EV_SIM_STEPPED = 62,
    MBP_EV_SIM_SPEED = 63,
    MBP_EV_SIM_SNAPSHOT = 64,
    MBP_EV_SIM_RESTORED = 65,
    MBP_EV_SIM_SEED = 66,      /* mbplant/event/seed.h */
    MBP_EV_SIM_REMOVED = 67,   /* a snapshot with a name */
    MBP_EV_FORMULA_FAULT = 70, /* once, until it is over; of a sensor's signal, or of its unit's logic */
    MBP_EV_FORMULA_FINE = 71,
    MBP_EV_NOTE = 90, /* what people tell (mbplant/event/logbook.h); its text is the event's comment */
    MBP_EV_INCIDENT_CAUSE = 91,
    MBP_EV_WORK_OPENED = 92,
    MBP_EV_WORK_STARTED = 93,
    MBP_EV_WORK_DONE = 94,
    MBP_EV_WORK_CANCELLED = 95
};

/* ---- what a code means ------------------------------------------------------------------------------------------ */

/* What value and limit are. Emitted events have NaN where their code has none. */
enum mbp_event_number {
    MBP_NUMBER_NONE,
    MBP_NUMBER_MEASURED, /* in the unit of the sensor, as the next */
    MBP_NUMBER_LIMIT,    /* NaN = unused */
    MBP_NUMBER_WRITTEN,  /* in the unit of the point that was written */
    MBP_NUMBER_COUNT,
    MBP_NUMBER_SECONDS,
    MBP_NUMBER_HOURS,    /* that a machine ran */
    MBP_NUMBER_PRODUCTS, /* of a machine */
    MBP_NUMBER_NUMBER,   /* of a machine in its unit */
    MBP_NUMBER_ADDRESS,  /* of a holding register */
    MBP_NUMBER_SPEED,    /* times real time */
    MBP_NUMBER_SEED,     /* 16 bits above those of detail; NaN where none is set, as in the next */
    MBP_NUMBER_SEED_TOP, /* the 16 highest */
    MBP_NUMBER_LOGIC,    /* of an assignment in its unit's logic, from 1 */
    MBP_NUMBER_POINT,    /* of a point without a name: its table times 65536, and its address */
    MBP_NUMBER_DUE       /* when work is, as its detail says */
};

/* What detail is. */
enum mbp_event_detail {
    MBP_DETAIL_NONE,
    MBP_DETAIL_ALARM,     /* enum mbp_limit */
    MBP_DETAIL_ALARMS,    /* a bit per enum mbp_limit */
    MBP_DETAIL_STATE,     /* mbp_event_state_detail() and, of what an alarm caused, mbp_event_of_alarm() */
    MBP_DETAIL_WRITE,     /* mbp_event_write_detail() */
    MBP_DETAIL_CHANGED,   /* enum mbp_changed */
    MBP_DETAIL_PLANT,     /* the plant file's CRC-32 */
    MBP_DETAIL_SHELVED,   /* enum mbp_shelved and, of one alarm alone, mbp_event_of_alarm(), as the next two */
    MBP_DETAIL_UNSHELVED, /* enum mbp_unshelved */
    MBP_DETAIL_SERVICE,
    MBP_DETAIL_ONCE,    /* 1 = for one scan, 0 = until released */
    MBP_DETAIL_CODE,    /* of the event before it */
    MBP_DETAIL_GOOD,    /* products; a float tells them exactly up to 16,777,216 only */
    MBP_DETAIL_TROUBLE, /* 0 = recovered, 1 = cannot be written, 2 = overrun */
    MBP_DETAIL_SCAN,
    MBP_DETAIL_SEED,    /* its lowest 32 bits */
    MBP_DETAIL_FORMULA, /* enum mbp_expr_fault in bits 0..7; the character in its text, from 1, in 8..31 */
    MBP_DETAIL_DUE,     /* MBP_DUE_CONDITION, or 0 */
    MBP_DETAIL_NUMBER,  /* of an incident or of work: that of its first event; 0 = none */
    MBP_DETAIL_WORK     /* enum mbp_work_kind in bits 0..7, enum mbp_work_due in 8..15, the rest of limit in 16..31
                         * (mbplant/event/logbook.h) */
};

/* Which events of one peer may stand for each other when it brings more of them than are told. */
enum mbp_event_coalesce {
    MBP_COALESCE_NONE,
    MBP_COALESCE_SENSOR,  /* of the same sensor */
    MBP_COALESCE_ALARM,   /* of the same alarm of a sensor */
    MBP_COALESCE_POINT,   /* at the same address */
    MBP_COALESCE_PEER,    /* any of the code */
    MBP_COALESCE_COMMAND, /* of an instructor: any of the code; the last one's value counts, or */
    MBP_COALESCE_SUM      /* ... their sum */
};

/* What survives a restart as it is with the event, in the same transaction: bits. */
#define MBP_RETAINS_MACHINE  0x01u
#define MBP_RETAINS_SENSOR   0x02u /* its limits, and what it is forced to */
#define MBP_RETAINS_ALARMS   0x04u /* a sensor's */
#define MBP_RETAINS_SETTINGS 0x10u /* commands of actuators, settings of controllers */
#define MBP_RETAINS_HISTORY  0x08u /* its own number, in an index of what incidents and work are made of */

/* How its sentence is put (report). Plain: what it is about, the code's own words, its numbers. */
enum mbp_event_form {
    MBP_FORM_PLAIN,
    MBP_FORM_PLANT,
    MBP_FORM_CHANGE,
    MBP_FORM_ALARM,
    MBP_FORM_SHELVING,
    MBP_FORM_SUPPRESSION,
    MBP_FORM_SERVICE,
    MBP_FORM_STATE,
    MBP_FORM_FORCE,
    MBP_FORM_LIMIT,
    MBP_FORM_REFUSAL,
    MBP_FORM_WRITTEN,
    MBP_FORM_AGGREGATED,
    MBP_FORM_TROUBLE,
    MBP_FORM_SIMULATION,
    MBP_FORM_CLOCK,
    MBP_FORM_FORMULA,
    MBP_FORM_LOGBOOK,
    MBP_FORM_COUNT
};

struct mbp_event_type {
    uint16_t code;             /* enum mbp_event_code */
    const char *name, *french; /* as a word of the journal's formats and of filters; for people */
    uint8_t form;              /* enum mbp_event_form */
    uint8_t value, limit;      /* enum mbp_event_number */
    uint8_t detail;            /* enum mbp_event_detail */
    uint8_t coalesce;          /* enum mbp_event_coalesce */
    uint8_t retains;           /* MBP_RETAINS_... */
};

extern const struct mbp_event_type mbp_event_types[]; /* by rising code */
extern const size_t mbp_event_type_count;

/* NULL: no code of this version. */
const struct mbp_event_type *mbp_event_type(uint16_t code);

/* What a number or a detail is, in words; "" = nothing. Static storage. */
const char *mbp_event_number_what(enum mbp_event_number number);
const char *mbp_event_detail_what(enum mbp_event_detail detail);

/* ---- details ---------------------------------------------------------------------------------------------------- */

/* How long a sensor is shelved, and why it no longer is. */
enum mbp_shelved { MBP_SHELVED_UNTIL_UNSHELVED, MBP_SHELVED_TIMED, MBP_SHELVED_ONE_SHOT };
enum mbp_unshelved {
    MBP_UNSHELVED_BY_COMMAND,
    MBP_UNSHELVED_BY_TIME,
    MBP_UNSHELVED_BY_RETURN,
    MBP_UNSHELVED_BY_PLANT /* another one, which has the interlock no more, or does not let it be bypassed */
};

/* Why a machine changed state, or was refused to. */
enum mbp_cause {
    MBP_CAUSE_COMMAND = 1,          /* a master asked */
    MBP_CAUSE_TRIP = 2,             /* an alarm that trips the machine */
    MBP_CAUSE_MAINTENANCE_OVER = 3, /* its planned duration ended */
    MBP_CAUSE_TRIP_ACTIVE = 4,      /* refused: a tripping alarm is still active (its sensor in the event) */
    MBP_CAUSE_NO_TRANSITION = 5,    /* refused: the transition table has no such way */
    MBP_CAUSE_RESTORED = 6,         /* taken over from the journal at start */
    MBP_CAUSE_TRIP_LATCHED = 7,     /* refused: what tripped it is over, but latched until it is reset */
    MBP_CAUSE_PERMISSIVE = 8        /* refused: an interlock does not let it start */
};

/* Who made an event happen (mbplant/names.h). */
#define MBP_ACTOR_THE_PLANT    0u
#define MBP_ACTOR_THE_LOGIC    0xFFFDu /* of the event's unit */
#define MBP_ACTOR_THE_SCENARIO 0xFFFEu /* its steps */
#define MBP_ACTOR_OTHERS       0xFFFFu /* several at once, or one of more than can be told apart */

/* Bits of mbp_event.flags. */
#define MBP_EVENT_COMMENT 0x0001u /* somebody left a comment with it */

/* seq 0 means "not yet numbered": the journal numbers, without gaps, from 1. Until then machine and sensor are numbers
 * in the plant's unit (mbplant/tag.h), from then on ids of tags. MBP_NONE16 = none. value and limit are NaN when the
 * code has none. */
struct mbp_event {
    uint64_t wall_ms;
    uint32_t seq;
    uint32_t scan;
    uint16_t code; /* enum mbp_event_code */
    uint16_t unit; /* Modbus unit id */
    uint16_t machine;
    uint16_t sensor; /* or actuator, or controller */
    float value;
    float limit;
    uint16_t actor;
    uint16_t flags; /* MBP_EVENT_... */
    uint32_t detail;
};

/* detail of MACHINE_STATE and MACHINE_REFUSED: to in bits 0-7, from in 8-15, enum mbp_cause in 16-23; in 24-31 the
 * alarm that is the reason, 0 = none, else enum mbp_limit + 1. */
uint32_t mbp_event_state_detail(unsigned from, unsigned to, enum mbp_cause cause);
unsigned mbp_event_state_from(uint32_t detail);
unsigned mbp_event_state_to(uint32_t detail);
enum mbp_cause mbp_event_state_cause(uint32_t detail);

/* The same with that alarm, as details of shelving and service have it. */
uint32_t mbp_event_of_alarm(uint32_t detail, unsigned alarm);

#define MBP_NO_ALARM 0xFFu

/* Which alarm an event is of or comes of, enum mbp_limit; MBP_NO_ALARM = none, or several. */
unsigned mbp_event_alarm(const struct mbp_event *event);

/* detail of WRITE_REFUSED: address in bits 0-15, enum mbp_table (4 = a file, by number; 5 = FC 8, by
 * sub-function) in 16-19, exception code in 20-23 (15 = that or above), how many more like it were coalesced into this
 * event in 24-31 (255 = that many or more). */
uint32_t mbp_event_write_detail(unsigned table, unsigned addr, unsigned exception, unsigned more);

/* The code as a word of the journal's formats ("alarm raised"), or "unknown". Static storage. */
const char *mbp_event_code_name(uint16_t code);

/* Where an event stands for FC 20: its file, and its first word there (mbplant-map(7)). Every
 * 32,268,000 events the files begin again; retention sees to it that no two kept ones have the same place. */
uint16_t mbp_event_file(uint32_t seq);
uint16_t mbp_event_place(uint32_t seq);

/* A check value that an event carries on from the one before it (0 before the first): CRC-32 of that value, high byte
 * first, of the event's 20 registers, likewise, and of its comment. */
uint32_t mbp_event_check(uint32_t before, const struct mbp_event *event, struct mbp_text comment);

/* Check values as files of a unit that has the journal: behind the index of names (mbplant/names.h) those of the last
 * event and of the last one that retention removed, each its number u32 and its check value u32; and of each of the
 * journal's files the check value of the event before its first one. */
#define MBP_SEAL_RECORD     16
#define MBP_SEAL_WORDS      8
#define MBP_CHECKS_FILE     816
#define MBP_CHECKS_END_FILE 829
#define MBP_CHECKS_PER_FILE 5000u

/* To and from the 20 registers, each number high word first (mbplant/event.h). Total: cannot fail. */
void mbp_event_encode(const struct mbp_event *event, uint16_t words[MBP_EVENT_WORDS]);
void mbp_event_decode(const uint16_t words[MBP_EVENT_WORDS], struct mbp_event *event);

/* What the stages of one scan append to. Fixed capacity; what does not fit is counted in lost. */
struct mbp_events {
    struct mbp_event *items;
    size_t count, capacity;
    uint64_t lost;
    uint64_t wall_ms; /* stamped on each event by mbp_events_emit */
    uint32_t scan;    /* likewise */
};

/* Errors: MBP_ERR_MEMORY. Ownership: free with mbp_events_free. */
enum mbp_status mbp_events_alloc(struct mbp_events *events, size_t capacity);
void mbp_events_free(struct mbp_events *events);

/* Appends event with the scan's stamps; value and limit as given, NaN where its code has none. */
void mbp_events_emit(struct mbp_events *events, struct mbp_event event);

#endif
