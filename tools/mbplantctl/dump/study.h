/* study: a period of a journal as figures, from a slave or from a dump: the same ones. */
#ifndef MBP_CTL_STUDY_H
#define MBP_CTL_STUDY_H

#include "dump/dump.h"
#include "dump/source.h"
#include "mbplant/analysis.h"
#include "verbs/overview.h"

/* When no period is asked for: so long before its end. */
#define CTL_STUDY_DEFAULT_MS UINT64_C(86400000)

struct ctl_study {
    struct mbp_analysis *analysis;
    struct mbp_analysis_now now;
    struct mbp_analysis_machine_now *machines;
    uint8_t *active, *waiting;
    uint32_t *alarms_since_s;
};

/* The period of ctl->options, of the slave that the overview is of. Errors are told. Ownership: ctl_study_free. */
enum ctl_exit ctl_study_slave(struct ctl *ctl, const struct ctl_overview *overview, struct ctl_study *out);

/* The same of a dump. Where the dump goes on behind its snapshot, or broke off before it, what the plant was like in
 * the end is not known. */
enum ctl_exit ctl_study_dump(struct ctl *ctl, struct ctl_dump *dump, const struct ctl_overview *overview,
                             struct ctl_study *out);
void ctl_study_free(struct ctl_study *study);

/* ---- for the two ------------------------------------------------------------------------------------------------ */

/* Which events to read of a journal of which a part can be read: so many before the period at first, and more in a few
 * steps up to the most when these do not tell what went on at its beginning; so many after it, where they would tell
 * more. */
#define CTL_STUDY_BEFORE      50000u
#define CTL_STUDY_BEFORE_MORE 5u /* times as many with each step */
#define CTL_STUDY_BEFORE_MOST 1250000u
#define CTL_STUDY_AFTER_MOST  100000u

struct ctl_study_of {
    const struct ctl_source *source;
    const struct mbp_names *names; /* of its events */
    uint64_t end_ms;               /* where a period without an end ends */
    bool in_parts;                 /* read as little as tells all */
};

/* What the snapshot tells, as the analysis wants it. Errors: MBP_ERR_MEMORY. */
enum mbp_status ctl_study_take_now(const struct mbp_plant *plant, const struct ctl_overview *overview,
                                   struct ctl_study *study);

/* Fills study->analysis. now may be NULL. Errors: MBP_ERR_MEMORY, those of the source. */
enum mbp_status ctl_study_run(const struct ctl *ctl, const struct ctl_study_of *of, const struct mbp_analysis_now *now,
                              struct ctl_study *study);

#endif
