/* period: a stretch of a journal. Where it begins and ends as people say it, which events are in it, and its figures.
 * Pure: events come through callbacks, so a slave's journal, the daemon's own and a dump are all the same here. */
#ifndef MBPLANT_REPORT_PERIOD_H
#define MBPLANT_REPORT_PERIOD_H

#include "mbplant/analysis.h"

/* ---- moments ---------------------------------------------------------------------------------------------------- */

/* Where a period begins or ends: an event's number, or a time of day. */
enum mbp_moment_kind { MBP_MOMENT_NONE, MBP_MOMENT_EVENT, MBP_MOMENT_TIME };

struct mbp_moment {
    enum mbp_moment_kind kind;
    uint32_t seq; /* EVENT: the first or last one */
    uint64_t ms;  /* TIME: Unix time; a period takes in its beginning and not its end */
};

#define MBP_MOMENT_ALLOWED                                                                                             \
    "an event number from 1, a time (2026-11-24, 2026-11-24T08:00, 08:00, with Z or +01:00 for another zone than the " \
    "local one), a time ago (2h), today, yesterday or now"

/* Reads what the user typed: "1200", ISO 8601 ("2026-11-24T08:00:05.250Z"; date and time may be apart by a space; local
 * time when there is no zone), "08:00" (today), "2h" (ago), "today", "yesterday", "now". is_end: a whole day means its
 * end, so that --since yesterday --until yesterday is that day. Errors: MBP_ERR_FORMAT (none of these), MBP_ERR_RANGE
 * (event 0, the 30th of February). Source: ISO 8601-1:2019, 5.4.2. */
enum mbp_status mbp_moment_parse(const char *text, uint64_t now_ms, bool is_end, struct mbp_moment *out);

/* Whether a period would end before it begins. */
bool mbp_moments_are_reversed(const struct mbp_moment *since, const struct mbp_moment *until);

/* Whether an event's own number and time lie in the period. */
bool mbp_moments_hold(const struct mbp_moment *since, const struct mbp_moment *until, const struct mbp_event *event);

/* ---- finding a time --------------------------------------------------------------------------------------------- */

/* Wall clocks are set forwards and back, so times need not rise with the numbers: the outermost crossing is taken, and
 * what lies between is for the reader to judge by each event's own time. */
#define MBP_SEEK_PROBES 96u /* events looked at in one round */

/* A clock that was set back by as much as this is seen, when it ran ahead for at least a hundredth of it. */
#define MBP_SEEK_STEP_MS (UINT64_C(3) * 3600 * 1000)

struct mbp_seek {
    uint32_t oldest, last; /* the events there are; none when last < oldest */
    /* The wall times of count events (at most MBP_SEEK_PROBES), whose numbers rise. */
    enum mbp_status (*times)(void *ctx, const uint32_t *seqs, size_t count, uint64_t *wall_ms);
    void *ctx;
};

/* The first event of at_ms or later, last + 1 when there is none. Errors: those of times. */
enum mbp_status mbp_seek_first(const struct mbp_seek *seek, uint64_t at_ms, uint64_t *out);

/* The last event of before at_ms, oldest - 1 when there is none. Errors: those of times. */
enum mbp_status mbp_seek_last(const struct mbp_seek *seek, uint64_t at_ms, uint64_t *out);

struct mbp_event_range {
    uint64_t first, end; /* none when end <= first */
};

/* The events that can lie between two moments. Clocks may have been set, so each event's own time is still to be looked
 * at. Errors: those of times. */
enum mbp_status mbp_seek_range(const struct mbp_seek *seek, const struct mbp_moment *since,
                               const struct mbp_moment *until, struct mbp_event_range *out);

/* ---- where events come from ------------------------------------------------------------------------------------- */

/* Whoever works with events works with any journal, and finds the same in each. */
struct mbp_event_source {
    uint32_t oldest, last; /* the events there are; last 0 = none */
    /* Hands over events first..last in order; got returns false to stop. */
    enum mbp_status (*read)(void *ctx, uint64_t first, uint64_t last,
                            bool (*got)(void *got_ctx, const struct mbp_event *event), void *got_ctx);
    /* As of struct mbp_seek: a part of the journal can be read by itself, so no more is read than tells all. NULL = it
     * is read from its beginning anyway. */
    enum mbp_status (*times)(void *ctx, const uint32_t *seqs, size_t count, uint64_t *wall_ms);
    /* The same as read, but of those alone that lists of incidents and work are made of (mbplant/analysis/history.h),
     * without reading the others. NULL = they are read. */
    enum mbp_status (*history)(void *ctx, uint64_t first, uint64_t last,
                               bool (*got)(void *got_ctx, const struct mbp_event *event), void *got_ctx);
    /* The comments of count events, whose numbers rise, in this order; of one without "". NULL = nobody knows them. */
    enum mbp_status (*comments)(void *ctx, const uint32_t *seqs, size_t count,
                                enum mbp_status (*got)(void *got_ctx, size_t i, const char *text), void *got_ctx);
    void *ctx;
};

/* The events of a period by number: from the first to the last whose own time or number lies in it, for clocks are set
 * back, and what happened between these two belongs to it. Without any, it is empty and lies before the first event of
 * a later time. Errors: those of the source. */
enum mbp_status mbp_event_source_range(const struct mbp_event_source *source, const struct mbp_moment *since,
                                       const struct mbp_moment *until, struct mbp_event_range *out);

/* ---- its figures ------------------------------------------------------------------------------------------------ */

/* When no period is asked for: so long before its end. */
#define MBP_STUDY_DEFAULT_MS UINT64_C(86400000)

/* Which events to read of a journal of which a part can be read: so many before the period at first, and more in a few
 * steps up to the most when these do not tell what went on at its beginning; so many after it, where they would tell
 * more. */
#define MBP_STUDY_BEFORE      50000u
#define MBP_STUDY_BEFORE_MORE 5u /* times as many with each step */
#define MBP_STUDY_BEFORE_MOST 1250000u
#define MBP_STUDY_AFTER_MOST  100000u

struct mbp_study {
    const struct mbp_plant *plant;
    const struct mbp_names *names; /* of the events */
    const struct mbp_event_source *source;
    const struct mbp_analysis_now *now; /* NULL = not known */
    struct mbp_moment since, until;     /* NONE: the last day, to the end */
    uint64_t end_ms;                    /* where a period without an end ends */
};

/* The figures of a period. Errors: MBP_ERR_MEMORY, those of the source. Ownership: mbp_analysis_free. */
enum mbp_status mbp_study_run(const struct mbp_study *study, struct mbp_analysis **out);

#endif
