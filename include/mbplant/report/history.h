/* report_history: incidents and work in words. */
#ifndef MBPLANT_REPORT_HISTORY_H
#define MBPLANT_REPORT_HISTORY_H

#include "mbplant/analysis/history.h"
#include "mbplant/report.h"
#include "mbplant/report/period.h"

/* What people said with events, by rising number. */
struct mbp_sayings {
    uint32_t *seqs;
    char **texts;
    size_t count;
};

/* What was said with the events of a history, and with those beside. Errors: MBP_ERR_MEMORY, those of the source.
 * Ownership: mbp_sayings_free. */
enum mbp_status mbp_sayings_read(const struct mbp_event_source *source, const struct mbp_history *history,
                                 const struct mbp_event *events, size_t count, struct mbp_sayings *out);
void mbp_sayings_free(struct mbp_sayings *sayings);

/* Of an event; "" = nothing. */
const char *mbp_saying(const struct mbp_sayings *sayings, const struct mbp_event *event);

/* What lists are written of. */
struct mbp_history_list {
    struct mbp_telling by;
    const struct mbp_history *history;
    const struct mbp_sayings *sayings;
    uint64_t since_ms, until_ms; /* only what lies in them, at least in part; 0 and UINT64_MAX = all */
    const char *machine;         /* only of it; NULL = of any */
    bool all;                    /* of work: what is done too */
    size_t most;                 /* only so many of JSON, the newest; 0 = all */
    enum mbp_format format;
    bool colour;
    unsigned width; /* of text on a terminal: columns that are missed least are left out; 0 = all */
};

/* Tables: text, markdown, csv, json (an array). Errors: MBP_ERR_MEMORY, MBP_ERR_MISSING (the others). */
enum mbp_status mbp_incidents_write(const struct mbp_history_list *list, FILE *out);
enum mbp_status mbp_work_write(const struct mbp_history_list *list, FILE *out);

/* Both, one behind the other; json: an object of two arrays. */
enum mbp_status mbp_machine_history_write(const struct mbp_history_list *list, FILE *out);

/* One incident with the events that belong to it: text, markdown, csv (of its events), json (an object). */
enum mbp_status mbp_incident_write(const struct mbp_history_list *list, const struct mbp_incident *incident,
                                   const struct mbp_event *events, size_t count, FILE *out);

#endif
