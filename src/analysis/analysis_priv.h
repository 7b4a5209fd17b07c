/* What the parts of the analysis share. */
#ifndef MBP_ANALYSIS_PRIV_H
#define MBP_ANALYSIS_PRIV_H

#include "list.h"
#include "mbplant/analysis.h"

/* ---- axis: the plant's time of each event ------------------------------------------------------------------------ */

enum axis_phase { AXIS_BEFORE, AXIS_WITHIN, AXIS_AFTER };

/* t is the plant's time in ms since the first event that was taken. */
struct axis {
    uint64_t scan_ns;
    struct mbp_analysis_period period;
    enum axis_phase phase;
    bool started;                 /* an event was taken */
    bool begun;                   /* begin_t is known */
    uint64_t t_ns, wall_ms;       /* of the last event; wall never falls */
    uint32_t scan, seq;           /* of the last event */
    uint64_t begin_t, begin_wall; /* of the period */
    uint64_t end_t, end_wall;     /* meaningful in phase AFTER */
    bool from_birth;              /* the first event taken is the journal's first */
    bool first_is_in;             /* the first event taken lies in the period */
    uint32_t first_seq;           /* of it */
};

/* Takes in an event's stamps and moves the phase. */
void axis_take(struct axis *axis, const struct mbp_event *event);

/* The plant runs at another pace from this event on, perhaps. */
void axis_follow_pace(struct axis *axis, const struct mbp_event *event);

/* After the last event: the period ends now at the latest. now may be NULL. */
void axis_finish(struct axis *axis, const struct mbp_analysis_now *now);

static inline uint64_t axis_t(const struct axis *axis)
{
    return axis->t_ns / MBP_NS_PER_MS;
}

/* Whether the period goes on until now. */
static inline bool axis_is_to_now(const struct axis *axis)
{
    return axis->period.end_event > UINT32_MAX && axis->period.until_ms == UINT64_MAX;
}

/* ---- machines ---------------------------------------------------------------------------------------------------- */

#define STATE_UNKNOWN MBP_STATE_COUNT

struct machine_track {
    uint8_t state; /* enum mbp_state_code or STATE_UNKNOWN */
    bool is_repair;
    bool absent;                  /* the plant of that time does not have it */
    bool born;                    /* it came with a plant: there is nothing of it before */
    bool failed;                  /* failed_t is when */
    bool untold;                  /* it was out of service already before anything tells of it, and this counts */
    uint64_t since_t, since_wall; /* of the state */
    uint64_t failed_t;
};

struct machines {
    struct machine_track *tracks;
    struct mbp_analysis_machine *figures;
    struct analysis_list segments, stops;
    bool closed; /* the period's end was reached */
};

/* ---- production -------------------------------------------------------------------------------------------------- */

/* Counters at one moment; they count on where they were set back. */
struct production_sample {
    bool marked, known; /* t and run_ms are; good and reject are */
    uint64_t t, run_ms; /* running time up to there */
    double good, reject;
};

struct production {
    uint8_t state; /* enum mbp_state_code or STATE_UNKNOWN */
    uint64_t since_t, run_ms;
    uint32_t good, reject; /* as they were told last */
    struct production_sample told, begin, end;
};

/* ---- subjects: what events are about ----------------------------------------------------------------------------- */

struct subjects {
    const struct mbp_names *names;          /* NULL = events have numbers in the plant */
    uint32_t *of_tag;                       /* per tag: its machine or sensor in the plant; UINT32_MAX = none */
    uint32_t *machine_since, *sensor_since; /* the first event that can be about it; 0 = any */
    uint32_t next_since;                    /* nothing that is not there yet comes before this event */
};

struct mbp_analyser {
    const struct mbp_plant *plant;
    const struct mbp_analysis_now *now;
    struct axis axis;
    uint64_t events;
    uint32_t plant_changes;
    struct subjects subjects;
    struct machines machines;
    struct production *production; /* as the plant's machines[] */
    bool production_begun, production_ended;
    struct alarms *alarms;
};

/* Whether what is known of now is what comes after the last event taken. */
static inline bool analyser_reaches_now(const struct mbp_analyser *analyser)
{
    return analyser->now != NULL && (!analyser->axis.started || analyser->axis.seq >= analyser->now->last_event);
}

enum mbp_status machines_new(struct mbp_analyser *analyser);
void machines_free(struct mbp_analyser *analyser);
enum mbp_status machines_take(struct mbp_analyser *analyser, const struct mbp_event *event, uint32_t machine);
bool machines_want_more(const struct mbp_analyser *analyser);

/* The plant was stopped from the last event's wall time to this one's. */
enum mbp_status machines_stopped(struct mbp_analyser *analyser, uint64_t from_wall, uint64_t to_wall);

/* From the last event on there is such a machine, or there is none. */
enum mbp_status machines_presence(struct mbp_analyser *analyser, uint32_t machine, bool absent);

enum mbp_status subjects_new(struct mbp_analyser *analyser, const struct mbp_names *names);
void subjects_free(struct mbp_analyser *analyser);

/* Plant-wide indices of what an event is about; UINT32_MAX = nothing that the plant has. */
void subjects_find(const struct mbp_analyser *analyser, const struct mbp_event *event, uint32_t *machine,
                   uint32_t *sensor);

/* What is there from this event on, or no more. */
enum mbp_status subjects_follow(struct mbp_analyser *analyser, const struct mbp_event *event, bool is_first);

/* At the end of the period, and after the last event. */
enum mbp_status machines_close(struct mbp_analyser *analyser);
enum mbp_status machines_finish(struct mbp_analyser *analyser, bool whole_life);

/* After that: whether one was out of service when the period began, and nothing taken tells since when. */
bool machines_want_earlier(const struct mbp_analyser *analyser);

enum mbp_status production_new(struct mbp_analyser *analyser);
void production_free(struct mbp_analyser *analyser);

/* After the axis, before anything of the event: marks the ends of the period that lie before it. */
void production_follow(struct mbp_analyser *analyser);
void production_state(struct mbp_analyser *analyser, const struct mbp_event *event, uint32_t machine);
void production_counters(struct mbp_analyser *analyser, const struct mbp_event *event, uint32_t machine);
void production_birth(struct mbp_analyser *analyser, uint32_t machine);    /* it has made nothing yet */
void production_presence(struct mbp_analyser *analyser, uint32_t machine); /* it comes or goes with a plant */
bool production_wants_more(const struct mbp_analyser *analyser);
bool production_wants_earlier(const struct mbp_analyser *analyser);
void production_finish(struct mbp_analyser *analyser);

/* What it made in the period; false when no counters near its ends tell. */
bool production_of(const struct mbp_analyser *analyser, uint32_t machine, uint64_t *good, uint64_t *reject);

/* ---- alarms ------------------------------------------------------------------------------------------------------ */

enum mbp_status alarms_new(struct mbp_analyser *analyser);
void alarms_free(struct mbp_analyser *analyser);
enum mbp_status alarms_take(struct mbp_analyser *analyser, const struct mbp_event *event, uint32_t sensor);

/* There is no such sensor up to the last event, or from there on. */
void alarms_presence(struct mbp_analyser *analyser, uint32_t sensor);

/* Whether events after the period would still tell how an alarm stood at its end. */
bool alarms_want_more(const struct mbp_analyser *analyser);

/* Moves what was found to out. */
enum mbp_status alarms_finish(struct mbp_analyser *analyser, struct mbp_analysis *out);

/* After that: whether earlier events would tell more. */
bool alarms_want_earlier(const struct mbp_analyser *analyser);

/* ---- floods ------------------------------------------------------------------------------------------------------ */

/* Rates, the peak and the floods of alarms->raises, into alarms and floods. */
enum mbp_status floods_find(struct mbp_analysis *analysis);

/* How alarms spread over the period, ten minutes by ten; how much of them the ten worst are. */
void windows_count(struct mbp_analysis *analysis);

/* ---- line -------------------------------------------------------------------------------------------------------- */

/* What its machines are together, by the segments. Errors: MBP_ERR_MEMORY. */
enum mbp_status line_availability(struct mbp_analysis *analysis);

#endif
