/* What the parts of the history share. */
#ifndef MBP_ANALYSIS_HISTORY_PRIV_H
#define MBP_ANALYSIS_HISTORY_PRIV_H

#include "analysis_priv.h"
#include "mbplant/analysis/history.h"

#define NOTHING SIZE_MAX

/* What goes on of a machine. Indices of lists; NOTHING = none. */
struct history_track {
    struct mbp_history_machine machine;
    size_t incident;
    size_t upkeep;    /* work that its upkeep has made due, and that is not done */
    size_t stay;      /* work that the machine's state tells of: it is in maintenance for it */
    uint32_t goes_on; /* how many works */
    bool in_maintenance;
    uint64_t failed_t, maintained_t; /* the plant's time: since when */
    uint64_t maintenance_ms;         /* of the incident, but the stay in maintenance that lasts */
    struct mbp_event without;        /* a run that began without it, perhaps; seq 0 = none */
    uint64_t without_t_ns;           /* the plant's time then */
};

struct mbp_historian {
    const struct mbp_plant *plant;
    const struct mbp_names *names;
    struct axis axis;
    struct analysis_list tracks, incidents, work, notes;
    struct analysis_list begun;       /* per work: the plant's time when it was opened, and since when it goes on */
    uint32_t *of_unit[UINT8_MAX + 1]; /* per id of a machine: its track, from 1; NULL = there are none yet */
};

/* NULL: no memory. Valid until the next call. */
struct history_track *history_track(struct mbp_historian *historian, const struct mbp_event *event);

/* Whether it is about the alarm that tripped the machine. */
bool history_is_first_out(const struct mbp_incident *incident, const struct mbp_event *event);

/* ---- history_work.c ---------------------------------------------------------------------------------------------- */

enum mbp_status history_work_opened(struct mbp_historian *historian, struct history_track *track,
                                    const struct mbp_event *event);
enum mbp_status history_work_goes_on(struct mbp_historian *historian, const struct mbp_event *event);
enum mbp_status history_work_state(struct mbp_historian *historian, struct history_track *track,
                                   const struct mbp_event *event);
void history_work_removed(struct mbp_historian *historian, struct history_track *track, const struct mbp_event *event);
void history_work_finish(struct mbp_historian *historian, const struct mbp_analysis_now *now);

#endif
