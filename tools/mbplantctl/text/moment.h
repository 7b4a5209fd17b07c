/* moment: where a period of the journal begins or ends: an event's number, or a time of day. Pure. */
#ifndef MBP_CTL_MOMENT_H
#define MBP_CTL_MOMENT_H

#include "mbplant/base.h"

enum ctl_moment_kind { CTL_MOMENT_NONE, CTL_MOMENT_EVENT, CTL_MOMENT_TIME };

struct ctl_moment {
    enum ctl_moment_kind kind;
    uint32_t seq; /* EVENT: the first or last one */
    uint64_t ms;  /* TIME: Unix time; a period takes in its beginning and not its end */
};

#define CTL_MOMENT_ALLOWED                                                                                             \
    "an event number from 1, a time (2026-11-24, 2026-11-24T08:00, 08:00, with Z or +01:00 for another zone than the " \
    "local one), a time ago (2h), today, yesterday or now"

/* Reads what the user typed: "1200", ISO 8601 ("2026-11-24T08:00:05.250Z"; date and time may be apart by a space; local
 * time when there is no zone), "08:00" (today), "2h" (ago), "today", "yesterday", "now". is_end: a whole day means its
 * end, so that --since yesterday --until yesterday is that day. Errors: MBP_ERR_FORMAT (none of these), MBP_ERR_RANGE
 * (event 0, the 30th of February). Source: ISO 8601-1:2019, 5.4.2. */
enum mbp_status ctl_moment_parse(const char *text, uint64_t now_ms, bool is_end, struct ctl_moment *out);

/* Unix ms as local time with its offset: "2026-11-24T09:00:00.000+01:00", Z when the offset is 0. Returns buf. 48 bytes
 * suffice. */
const char *ctl_moment_text(uint64_t ms, char *buf, size_t size);

#endif
