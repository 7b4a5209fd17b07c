/* study: a period of the journal as the analysis' figures, from a slave or from a dump. */
#ifndef MBP_CTL_STUDY_H
#define MBP_CTL_STUDY_H

#include "dump.h"
#include "mbplant/analysis.h"
#include "overview.h"

/* When no period is asked for: so long before its end. */
#define CTL_STUDY_DEFAULT_MS UINT64_C(86400000)

struct ctl_study {
    struct mbp_analysis *analysis;
    struct mbp_analysis_now now;
    struct mbp_analysis_machine_now *machines;
    uint8_t *active;
};

/* The period of ctl->options, of the slave that the overview is of. Errors are told. Ownership: ctl_study_free. */
enum ctl_exit ctl_study_slave(struct ctl *ctl, const struct ctl_overview *overview, struct ctl_study *out);

/* The same of a dump. Where the dump goes on behind its snapshot, or broke off before it, what the plant was like in
 * the end is not known. */
enum ctl_exit ctl_study_dump(struct ctl *ctl, struct ctl_dump *dump, const struct ctl_overview *overview,
                             struct ctl_study *out);
void ctl_study_free(struct ctl_study *study);

#endif
