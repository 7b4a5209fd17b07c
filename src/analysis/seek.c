/* Many-way search: with 96 probes a round, three rounds find one of a million events, and their first round already
 * shows where a clock was set back. */
#include "mbplant/report/period.h"

#define ROUNDS_BACK 4u /* looks for an earlier crossing; each finds another step of the clock */

/* Searching for the last event is searching for the first one from the other end. Places count from the end where the
 * search begins. */
struct search {
    const struct mbp_seek *seek;
    bool backwards;
};

static uint32_t seq_at(const struct search *search, uint64_t place)
{
    return (uint32_t)(search->backwards ? search->seek->last - place : search->seek->oldest + place);
}

static bool is_hit(const struct search *search, uint64_t wall_ms, uint64_t at_ms)
{
    return search->backwards ? wall_ms < at_ms : wall_ms >= at_ms;
}

/* Looks at places first..first+count-1 or, of more than there are probes, at some of them with both ends. */
static enum mbp_status look(const struct search *search, uint64_t first, uint64_t count, uint64_t *places,
                            uint64_t *wall_ms, size_t *looked)
{
    uint32_t seqs[MBP_SEEK_PROBES];
    uint64_t times[MBP_SEEK_PROBES];
    size_t n = count < MBP_SEEK_PROBES ? (size_t)count : MBP_SEEK_PROBES;
    for (size_t i = 0; i < n; i++)
        places[i] = n == count ? first + i : first + (count - 1) * i / (n - 1);
    for (size_t i = 0; i < n; i++) {
        size_t at = search->backwards ? n - 1 - i : i; /* numbers rise */
        seqs[at] = seq_at(search, places[i]);
    }
    enum mbp_status status = search->seek->times(search->seek->ctx, seqs, n, times);
    for (size_t i = 0; i < n && status == MBP_OK; i++)
        wall_ms[i] = times[search->backwards ? n - 1 - i : i];
    *looked = n;
    return status;
}

/* The first place of first..end-1 that hits, as far as probes show; end = none. */
static enum mbp_status cross(const struct search *search, uint64_t first, uint64_t end, uint64_t at_ms, uint64_t *out)
{
    uint64_t places[MBP_SEEK_PROBES];
    uint64_t wall_ms[MBP_SEEK_PROBES];
    uint64_t none = end;
    while (first < end) {
        size_t n;
        size_t i = 0;
        enum mbp_status status = look(search, first, end - first, places, wall_ms, &n);
        if (status != MBP_OK)
            return status;
        bool whole = n == end - first;
        while (i < n && !is_hit(search, wall_ms[i], at_ms))
            i++;
        if (i == n) {
            *out = none;
            return MBP_OK;
        }
        none = places[i];
        if (whole || i == 0) {
            *out = places[i];
            return MBP_OK;
        }
        first = places[i - 1] + 1;
        end = places[i];
    }
    *out = none;
    return MBP_OK;
}

static uint64_t reach_back(const struct search *search, uint64_t at_ms)
{
    if (search->backwards)
        return at_ms < UINT64_MAX - MBP_SEEK_STEP_MS ? at_ms + MBP_SEEK_STEP_MS : UINT64_MAX;
    return at_ms > MBP_SEEK_STEP_MS ? at_ms - MBP_SEEK_STEP_MS : 0;
}

static enum mbp_status outermost(const struct search *search, uint64_t at_ms, uint64_t *out)
{
    uint64_t count = (uint64_t)search->seek->last - search->seek->oldest + 1;
    enum mbp_status status = cross(search, 0, count, at_ms, out);
    for (unsigned round = 0; round < ROUNDS_BACK && status == MBP_OK && *out > 0; round++) {
        uint64_t from;
        uint64_t earlier = *out;
        status = cross(search, 0, *out, reach_back(search, at_ms), &from);
        if (status == MBP_OK && from < *out)
            status = cross(search, from, *out, at_ms, &earlier);
        if (earlier == *out)
            break;
        *out = earlier;
    }
    return status;
}

enum mbp_status mbp_seek_first(const struct mbp_seek *seek, uint64_t at_ms, uint64_t *out)
{
    struct search search = {seek, false};
    uint64_t place = 0;
    enum mbp_status status = seek->last < seek->oldest ? MBP_OK : outermost(&search, at_ms, &place);
    if (status == MBP_OK)
        *out = (uint64_t)seek->oldest + place;
    return status;
}

enum mbp_status mbp_seek_last(const struct mbp_seek *seek, uint64_t at_ms, uint64_t *out)
{
    struct search search = {seek, true};
    uint64_t place = 0;
    enum mbp_status status = seek->last < seek->oldest ? MBP_OK : outermost(&search, at_ms, &place);
    if (status == MBP_OK)
        *out = (uint64_t)seek->last - place;
    return status;
}

enum mbp_status mbp_seek_range(const struct mbp_seek *seek, const struct mbp_moment *since,
                               const struct mbp_moment *until, struct mbp_event_range *out)
{
    struct mbp_event_range range = {seek->oldest, (uint64_t)seek->last + 1};
    enum mbp_status status = MBP_OK;
    if (seek->last == 0 || seek->last < seek->oldest) {
        *out = (struct mbp_event_range){0, 0};
        return MBP_OK;
    }
    if (since->kind == MBP_MOMENT_TIME)
        status = mbp_seek_first(seek, since->ms, &range.first);
    else if (since->kind == MBP_MOMENT_EVENT && since->seq > seek->oldest)
        range.first = since->seq;
    if (status == MBP_OK && until->kind == MBP_MOMENT_TIME) {
        status = mbp_seek_last(seek, until->ms, &range.end);
        range.end++;
    } else if (until->kind == MBP_MOMENT_EVENT && until->seq < seek->last) {
        range.end = (uint64_t)until->seq + 1;
    }
    if (status == MBP_OK)
        *out = range;
    return status;
}
