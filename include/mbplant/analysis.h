/* analysis: what a period of the journal tells of machines, alarms and maintenance, as figures that standards define.
 * Pure: a plant, its events in order and what it is like now go in, one struct comes out. Knows nothing of where they
 * come from, nor of how the figures are shown.
 *
 * Time is the plant's own: scans done times the scan period. A wall clock that steps, a plant that runs faster than
 * life and hours during which mbplantd was stopped change no figure. Only the ends of the period and what charts show
 * are wall time.
 *
 * Machines (ISO 22400-2:2014 for OEE and its factors; EN 13306:2017, 4.9 and 9.21, with EN 15341's indicator M12 for
 * availability by the time to restoration):
 *   - running: in en_service
 *   - down: in en_panne, or in maintenance that began there (corrective: the repair)
 *   - planned: in maintenance that began from en_service (preventive); no part of the planned busy time
 *   - availability = running / (running + down)
 *   - technical availability = running / (running + down + planned)
 *   - MTBF = running / failures; a machine that has failed and is not back in service does not fail again
 *   - MTTR = time from failure to the return to service / how many returned
 *   - performance = products x cycle time / running; quality = good / products
 *   - OEE = availability x performance x quality
 *   - products: by the counters that the journal tells with each full hour of the plant's time and at each start (exact
 *     there; in between shared by running time), and by those of now. What a restored snapshot set back counts on
 *
 * What began before the period is looked for in the events before it, what went on at its end in those after it and in
 * what the plant is like now. A period that is still open ends now, or with the last event that is stored while others
 * wait to be.
 *
 * Alarms (ISA-18.2-2016 and IEC 62682:2014, clause 16; EEMUA 191), for one operator:
 *   - a flood begins with more than 10 alarms in 10 minutes and ends with fewer than 5 in 10 minutes
 *   - chattering: 3 times or more in a minute
 *   - stale: active for longer than 24 h
 */
#ifndef MBPLANT_ANALYSIS_H
#define MBPLANT_ANALYSIS_H

#include "mbplant/event.h"
#include "mbplant/names.h"
#include "mbplant/plant.h"
#include "mbplant/view.h"

#define MBP_ANALYSIS_WINDOW_MS  UINT64_C(600000) /* ten minutes */
#define MBP_ANALYSIS_FLOOD_FROM 11u              /* alarms in them that begin a flood */
#define MBP_ANALYSIS_FLOOD_TO   5u               /* fewer end it */
#define MBP_ANALYSIS_CHATTER    3u               /* times in a minute */
#define MBP_ANALYSIS_CHATTER_MS UINT64_C(60000)
#define MBP_ANALYSIS_STALE_MS   UINT64_C(86400000)
#define MBP_ANALYSIS_CLASSES    5u

/* ---- what goes in ----------------------------------------------------------------------------------------------- */

/* What a machine is like now: its counters are since its first start. */
struct mbp_analysis_machine_now {
    enum mbp_state_code state;
    bool untold;       /* to a master: no address shows its state */
    uint64_t since_ms; /* wall time; 0 = unknown */
    uint32_t good, reject, running_s, failures;
    bool due;               /* maintenance */
    uint8_t untold_figures; /* likewise of these: a mask of enum mbp_machine_figure */
};

static inline bool mbp_analysis_tells(const struct mbp_analysis_machine_now *now, enum mbp_machine_figure figure)
{
    return (now->untold_figures >> figure & 1u) == 0;
}

/* What the plant is like now. It tells of the time since the last event when all that happened was taken up to
 * last_event; where the events end before that one, or taking ended, it only tells of machines in whose states nothing
 * changed since. */
struct mbp_analysis_now {
    uint64_t wall_ms;
    uint32_t scan;
    uint32_t last_event;                             /* the newest that has a number, stored or not */
    const struct mbp_analysis_machine_now *machines; /* as the plant's machines[] */
    const uint8_t *active;                           /* per sensor, bit l: its alarm of limit l is active; NULL = ? */
    const uint8_t *waiting;                          /* likewise: it waits for acknowledgement; NULL = ? */
    const uint32_t *alarms_since_s; /* per sensor: when one of its alarms changed last, Unix time; 0, NULL = ? */
};

/* The period: of the events given, those from first_event to before end_event; since_ms and until_ms are where it
 * begins and ends between events, 0 and UINT64_MAX = with its first event, and now. */
struct mbp_analysis_period {
    uint64_t since_ms, until_ms; /* wall time */
    uint64_t first_event, end_event;
};

/* ---- what comes out ---------------------------------------------------------------------------------------------- */

/* Ratios are 0..1 (performance may exceed 1); NaN = cannot be said. Times are ms of the plant's time. */
struct mbp_analysis_machine {
    bool known; /* its state in the period is: else all that follows but `due` is 0 or NaN */
    uint64_t running_ms, down_ms, planned_ms;
    uint64_t maintained_ms; /* of down_ms: in maintenance */
    uint32_t failures;
    uint32_t repairs; /* returns to service after a failure */
    uint64_t repair_ms;
    double availability, technical, mtbf_ms, mttr_ms, performance, quality, oee;
    bool produces, estimated; /* has a cycle time; no counters near the ends of the period tell good and reject: they
                                 are computed from running time */
    uint64_t good, reject;
    uint32_t maintenance_started, maintenance_ended, maintenance_due; /* events of the period */
    bool due, due_untold;                                             /* now; no address shows it */
};

/* A stretch of one machine's time in one state; of the plant's, while it was stopped. By a clock that was set back, or
 * of a plant that runs much faster than life, one has no length on the wall. */
struct mbp_analysis_segment {
    uint64_t from_ms, to_ms;       /* wall time, never falling */
    uint64_t from_at_ms, to_at_ms; /* plant's time from the beginning of the period */
    uint32_t machine;
    uint8_t state;  /* enum mbp_state_code */
    bool is_repair; /* maintenance after a failure */
};

struct mbp_analysis_stop {
    uint64_t from_ms, to_ms; /* wall time */
};

struct mbp_analysis_raise {
    uint64_t at_ms;   /* plant's time from the beginning of the period */
    uint64_t wall_ms; /* never falling */
    uint8_t priority; /* enum mbp_priority */
};

struct mbp_analysis_flood {
    uint64_t from_ms, to_ms; /* wall time */
    uint64_t length_ms;      /* plant's time */
    uint32_t alarms, peak;   /* in all, and in its worst ten minutes */
};

/* One alarm: a limit of a sensor. */
struct mbp_analysis_actor {
    uint32_t sensor;
    uint8_t limit; /* enum mbp_limit, one of all six */
    uint8_t priority;
    bool active;        /* at the end of the period */
    bool stale;         /* and for longer than 24 h */
    uint32_t raised;    /* times */
    uint32_t chatter;   /* times that it was the third or later within a minute; > 0 = chattering */
    uint64_t active_ms; /* how long it has been active, at least */
};

struct mbp_analysis_alarms {
    uint32_t raised, cleared, acknowledged, shelved; /* events of the period */
    uint32_t by_priority[MBP_PRIORITY_COUNT];
    double per_hour;
    uint32_t peak;                             /* in the worst ten minutes */
    uint64_t peak_ms;                          /* wall time of its last alarm; 0 = none */
    double flood_share;                        /* of the period */
    uint32_t answered;                         /* acknowledged ones whose raising the events tell */
    double answer_ms;                          /* mean time from raised to acknowledged */
    uint32_t waiting;                          /* raised and not acknowledged at the end */
    uint32_t chattering, stale;                /* alarms that are */
    uint32_t windows;                          /* of ten minutes, one after another */
    uint32_t windows_of[MBP_ANALYSIS_CLASSES]; /* ... in which there were so many alarms */
    double top_ten_share;                      /* of the ten alarms that were raised most */
};

/* Alarms in ten minutes: none, up to 2, up to 5, up to 10, more. */
extern const uint32_t mbp_analysis_class_most[MBP_ANALYSIS_CLASSES - 1];

struct mbp_analysis {
    const struct mbp_plant *plant;
    uint64_t begin_ms, end_ms; /* wall time */
    uint64_t length_ms;        /* plant's time */
    uint64_t events;
    uint32_t plant_changes; /* in it */
    bool whole_life;        /* from the plant's first event to now: counters are those of the period */
    uint32_t looked_from; /* 0 = all is known; else the first event that was taken: what those before it would tell, if
                             there are any, is since when an alarm or an outage goes on that counts, or what was made */
    double availability;  /* of all machines together: by time */
    double line_availability; /* of machines that need each other: while none is down, of when none is in planned
                                 maintenance alone */
    struct mbp_analysis_machine *machines; /* as the plant's machines[] */
    struct mbp_analysis_alarms alarms;
    struct mbp_analysis_actor *actors; /* that were raised or are active; worst first */
    size_t actor_count;
    struct mbp_analysis_flood *floods;
    size_t flood_count;
    struct mbp_analysis_raise *raises;
    size_t raise_count;
    struct mbp_analysis_segment *segments; /* in the order of their ends */
    size_t segment_count;
    struct mbp_analysis_stop *stops;
    size_t stop_count;
};

struct mbp_analyser;

/* names: of what events are about; machines and sensors that the plant has too, by unit id and name, are those, others
 * are none, and what it did not have yet, or not any more for a while, does not exist then. NULL, or without tags: they
 * are numbers in the plant. now may be NULL: not known. All but the period must outlive the analyser, plant the
 * analysis too. Errors: MBP_ERR_MEMORY. Ownership: mbp_analysis_finish or mbp_analyser_free. */
enum mbp_status mbp_analyser_new(const struct mbp_plant *plant, const struct mbp_names *names,
                                 const struct mbp_analysis_period *period, const struct mbp_analysis_now *now,
                                 struct mbp_analyser **out);
void mbp_analyser_free(struct mbp_analyser *analyser);

/* The next event, by number. Those before the period tell what went on when it began; whether enough of them were taken
 * looked_from says in the end. Errors: MBP_ERR_MEMORY. */
enum mbp_status mbp_analyser_take(struct mbp_analyser *analyser, const struct mbp_event *event);

/* Whether events after the period would still tell something of it: the state of a machine or alarm that nothing told
 * of yet is told by its next change, what was made up to the end by the next telling of counters. */
bool mbp_analyser_wants_more(const struct mbp_analyser *analyser);

/* Ends it (also on failure). Errors: MBP_ERR_MEMORY. Ownership: mbp_analysis_free. */
enum mbp_status mbp_analyser_finish(struct mbp_analyser *analyser, struct mbp_analysis **out);
void mbp_analysis_free(struct mbp_analysis *analysis);

#endif
