/* made: the whole report of a plant: what it is like now, and a period of its journal. Whoever can show views
 * and hand over events gets one, and the same one: the daemon of itself, a master over Modbus, a saved dump. */
#ifndef MBPLANT_REPORT_MADE_H
#define MBPLANT_REPORT_MADE_H

#include "mbplant/report/history.h"
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
enum mbp_report_what {
    MBP_WANT_REPORT,
    MBP_WANT_INCIDENTS, /* all, or those of a period, of a machine */
    MBP_WANT_INCIDENT,  /* one, with all that belongs to it */
    MBP_WANT_WORK,      /* that is not done, or all */
    MBP_WANT_MACHINE    /* both, of one machine, in order */
};

struct mbp_report_options {
    struct mbp_moment since, until; /* NONE: of a report the last day, to now; of others no end */
    enum mbp_lang lang;
    enum mbp_report_what what;
    uint32_t number;     /* of the incident */
    const char *machine; /* NULL = any */
    bool all;
    unsigned width; /* of the terminal that a list is for; 0 = none */
    uint32_t most;  /* of incidents or works in JSON, the newest; 0 = all */
};

#define MBP_INCIDENT_EVENTS_MAX 100000u /* that one incident shows */

struct mbp_made_report {
    struct mbp_overview seen; /* its report is what mbp_report_write takes */
    struct mbp_analysis *analysis;
    struct mbp_history *history;
    struct mbp_sayings sayings; /* what people said in it */
    struct mbp_event *events;   /* of the one incident */
    size_t event_count;
};

/* Plant and names must outlive it. May be called in any thread, when the source's functions may. Errors:
 * MBP_ERR_MEMORY, those of the events. Ownership: mbp_made_report_free. */
enum mbp_status mbp_report_make(const struct mbp_report_source *source, const struct mbp_report_options *options,
                                struct mbp_made_report *out);
void mbp_made_report_free(struct mbp_made_report *made);

/* Writes what was asked for. Errors: MBP_ERR_MISSING (there is no such incident, nothing is written; or the format
 * cannot hold it), MBP_ERR_MEMORY. */
enum mbp_status mbp_made_write(const struct mbp_made_report *made, const struct mbp_plant *plant,
                               const struct mbp_report_options *options, enum mbp_format format, bool colour,
                               FILE *out);

#endif
