/* made: the whole report of a plant: what it is like now, and a period of its journal. Whoever can show views
 * and hand over events gets one, and the same one: the daemon of itself, a master over Modbus, a saved dump. */
#ifndef MBPLANT_REPORT_MADE_H
#define MBPLANT_REPORT_MADE_H

#include "mbplant/report/overview.h"
#include "mbplant/report/period.h"

/* What a report is made of. */
struct mbp_report_source {
    const struct mbp_plant *plant;
    const struct mbp_plant_view *view; /* its summary says how far the journal goes, too */
    uint64_t now_ms;                   /* wall time of the view */
    const struct mbp_names *names;     /* of the events */
    struct mbp_event_source events;
    bool apart; /* the events end before the view or behind it: what the plant was like at their end is not known */
    uint64_t last_ms; /* apart: wall time of the last event */
};

/* What is asked for. */
struct mbp_report_wish {
    struct mbp_moment since, until; /* NONE: the last day, to now */
    enum mbp_lang lang;
};

struct mbp_made_report {
    struct mbp_overview seen; /* its report is what mbp_report_write takes */
    struct mbp_analysis *analysis;
};

/* Plant and names must outlive it. May be called in any thread, when the source's functions may. Errors:
 * MBP_ERR_MEMORY, those of the events. Ownership: mbp_made_report_free. */
enum mbp_status mbp_report_make(const struct mbp_report_source *source, const struct mbp_report_wish *wish,
                                struct mbp_made_report *out);
void mbp_made_report_free(struct mbp_made_report *made);

#endif
