/* history: incidents and work, as a journal tells them. Pure: events in order go in, records come out; the daemon, a
 * master and a saved journal make the same of the same events.
 *
 * An incident begins when a machine goes to en_panne, by a trip or because somebody says so, and ends with its return
 * to service. It goes on through repairs that fail. Its number is that of its first event, for good.
 *
 * Work is what somebody opens, starts and ends; what a machine's upkeep makes due (`maintenance` in the plant file);
 * and each stay of a machine in maintenance that belongs to none of those. Its number, too, is that of its first event.
 *
 * Time is the plant's own, as of the analysis: what a clock that is set does to the wall's changes no length.
 */
#ifndef MBPLANT_ANALYSIS_HISTORY_H
#define MBPLANT_ANALYSIS_HISTORY_H

#include "mbplant/analysis.h"
#include "mbplant/event/logbook.h"

/* Whose it is: of a machine that the plant may not have any more. */
struct mbp_history_machine {
    uint8_t unit;     /* Modbus unit id */
    uint16_t id;      /* as events have it */
    uint32_t index;   /* in the plant; UINT32_MAX = it has none of that name */
    const char *name; /* of the table of names, or the plant; "" = nobody knows */
};

struct mbp_incident {
    struct mbp_history_machine machine;
    struct mbp_event begin;        /* its seq is the incident's number */
    struct mbp_event end;          /* the return to service, or the machine's removal; of one that went
                                    * while the plant was stopped, the next start; seq 0 = it lasts */
    struct mbp_event cause;        /* the last that says why; seq 0 = nobody did */
    struct mbp_event acknowledged; /* the first acknowledgement of the alarm that tripped it; seq 0 = none is known */
    uint64_t down_ms;              /* up to its end, or now */
    uint64_t repair_ms;      /* from its begin to the return to service, or now, as figures of machines have it; 0 = it
                              * was never repaired: the machine was removed */
    uint64_t maintenance_ms; /* of it in maintenance */
    uint32_t notes;
    uint32_t alarms; /* raised on the machine meanwhile, beside the one that tripped it */
    bool removed;    /* the machine was */
};

enum mbp_work_state { MBP_WORK_OPEN, MBP_WORK_GOES_ON, MBP_WORK_IS_DONE, MBP_WORK_IS_CANCELLED, MBP_WORK_STATES };

/* "open", "started", "done", "cancelled". Static storage. */
const char *mbp_work_state_name(enum mbp_work_state state);

struct mbp_work_record {
    struct mbp_history_machine machine;
    uint8_t kind;            /* enum mbp_work_kind */
    uint8_t due;             /* enum mbp_work_due: of what due_at counts */
    uint8_t state;           /* enum mbp_work_state */
    bool by_state;           /* the machine's state tells of it, nobody opened it */
    struct mbp_event opened; /* its seq is the work's number */
    struct mbp_event started;
    struct mbp_event done; /* its end: done, or cancelled */
    uint32_t planned_s;    /* 0 = not said */
    uint64_t real_ms;      /* from start to end, or to now */
    double due_at, left;   /* left: seconds or products until it is due, < 0 = overdue; NaN = not known, or never */
    bool overdue;          /* due, and not started */
    bool removed;          /* the machine was: nothing is left to do */
};

/* Whether there is nothing left to do. */
bool mbp_work_is_over(const struct mbp_work_record *work);

struct mbp_history {
    struct mbp_incident *incidents; /* by number */
    size_t incident_count;
    struct mbp_work_record *work; /* by number */
    size_t work_count;
    struct mbp_event *notes; /* NOTE and INCIDENT_CAUSE, in order */
    size_t note_count;
};

struct mbp_historian;

/* names: of what events are about, as of mbp_analyser_new. All must outlive the historian and what it makes. Errors:
 * MBP_ERR_MEMORY. Ownership: mbp_historian_finish or mbp_historian_free. */
enum mbp_status mbp_historian_new(const struct mbp_plant *plant, const struct mbp_names *names,
                                  struct mbp_historian **out);
void mbp_historian_free(struct mbp_historian *historian);

/* The next event, by number. Errors: MBP_ERR_MEMORY. */
enum mbp_status mbp_historian_take(struct mbp_historian *historian, const struct mbp_event *event);

/* Ends it (also on failure). now: what the plant is like, NULL = not known: then it is as after the last event. */
enum mbp_status mbp_historian_finish(struct mbp_historian *historian, const struct mbp_analysis_now *now,
                                     struct mbp_history **out);
void mbp_history_free(struct mbp_history *history);

/* By number; NULL = there is none. */
const struct mbp_incident *mbp_history_incident(const struct mbp_history *history, uint32_t number);
const struct mbp_work_record *mbp_history_work(const struct mbp_history *history, uint32_t number);

/* ---- of any journal ---------------------------------------------------------------------------------------------- */

struct mbp_event_source;

/* All that a journal tells. Errors: MBP_ERR_MEMORY, those of the source. Ownership: mbp_history_free. */
enum mbp_status mbp_history_read(const struct mbp_plant *plant, const struct mbp_names *names,
                                 const struct mbp_event_source *source, const struct mbp_analysis_now *now,
                                 struct mbp_history **out);

/* Puts into an incident of it what its list does not need: who acknowledged, which alarms followed; and hands over, in
 * order, the events that belong to it: those of its machine from its begin to its end, and what people said of it. got
 * returns false to stop. */
enum mbp_status mbp_incident_read(const struct mbp_event_source *source, struct mbp_history *history, size_t incident,
                                  bool (*got)(void *ctx, const struct mbp_event *event), void *ctx);

#endif
