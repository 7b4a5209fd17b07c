/* Events that the slave lists: of incidents and work, and those by which something is hidden: first which they are,
 * then they. */
#include <stdlib.h>

#include "mbplant/analysis/history.h"
#include "mbplant/event/logbook.h"
#include "mbplant/state/hiding.h"
#include "slave/events.h"

#define EVENTS_A_PIECE  (CTL_FILE_WORDS_MAX / MBP_EVENT_WORDS)
#define ENTRIES_A_PIECE (CTL_FILE_WORDS_MAX / 2u)

/* ---- which ------------------------------------------------------------------------------------------------------ */

/* A list of the slave: its first file has how many entries there were, those behind it the newest of them. */
struct list_files {
    uint16_t file;
    uint32_t entries; /* that they have room for */
};

#define ENTRIES_A_FILE MBP_HISTORY_PER_FILE
_Static_assert(MBP_HIDING_PER_FILE == ENTRIES_A_FILE, "both lists are read alike");

static const struct list_files history_files = {MBP_HISTORY_FILE, MBP_HISTORY_ENTRIES};
static const struct list_files hiding_files = {MBP_HIDING_FILE, MBP_HIDING_ENTRIES};

struct listing {
    const struct list_files *of;
    uint32_t asked, end; /* entries */
    uint32_t *seqs;
    size_t count;
};

static bool next_entries(void *ctx, struct ctl_piece *piece)
{
    struct listing *listing = ctx;
    uint32_t at = listing->asked % listing->of->entries;
    uint32_t count = listing->end - listing->asked;
    if (count == 0)
        return false;
    count = count < ENTRIES_A_PIECE ? count : ENTRIES_A_PIECE;
    uint32_t left = ENTRIES_A_FILE - at % ENTRIES_A_FILE;
    count = count < left ? count : left;
    *piece = (struct ctl_piece){(uint16_t)(listing->of->file + 1u + at / ENTRIES_A_FILE),
                                (uint16_t)(2 * (at % ENTRIES_A_FILE)), (uint16_t)(2 * count)};
    listing->asked += count;
    return true;
}

static bool got_entries(void *ctx, const struct ctl_piece *piece, const uint16_t *words)
{
    struct listing *listing = ctx;
    for (unsigned i = 0; i < piece->count; i += 2)
        listing->seqs[listing->count++] = mbp_words_u32(words + i);
    return true;
}

/* Their numbers, which rise. *whole: none gave way. Ownership: free(out->seqs). */
static enum mbp_status list(struct ctl_link *link, uint8_t unit, const struct list_files *of, struct listing *out,
                            bool *whole)
{
    uint16_t words[2];
    enum mbp_status status = ctl_read_file(link, unit, of->file, 0, 2, words);
    if (status != MBP_OK)
        return status;
    *out = (struct listing){.of = of, .end = mbp_words_u32(words)};
    *whole = out->end <= of->entries;
    out->asked = *whole ? 0 : out->end - of->entries;
    out->seqs = calloc((size_t)out->end - out->asked + 1, sizeof *out->seqs);
    if (out->seqs == NULL)
        return MBP_ERR_MEMORY;
    const struct ctl_piece_reader reader = {next_entries, got_entries, out};
    return ctl_read_pieces(link, unit, &reader);
}

/* ---- they ------------------------------------------------------------------------------------------------------- */

struct fetching {
    const uint32_t *seqs;
    size_t count, asked, next;
    bool (*got)(void *ctx, const struct mbp_event *event);
    void *ctx;
    bool wrong, stopped;
    bool alone; /* one a request */
};

/* Those that follow each other go in one request. */
static bool next_events(void *ctx, struct ctl_piece *piece)
{
    struct fetching *fetching = ctx;
    unsigned count = 1;
    if (fetching->asked == fetching->count)
        return false;
    const uint32_t *seqs = fetching->seqs + fetching->asked;
    while (!fetching->alone && count < EVENTS_A_PIECE && fetching->asked + count < fetching->count &&
           seqs[count] == seqs[0] + count && seqs[count] % MBP_EVENTS_PER_FILE != 0)
        count++;
    *piece = (struct ctl_piece){mbp_event_file(seqs[0]), mbp_event_place(seqs[0]), (uint16_t)(MBP_EVENT_WORDS * count)};
    fetching->asked += count;
    return true;
}

static bool got_events(void *ctx, const struct ctl_piece *piece, const uint16_t *words)
{
    struct fetching *fetching = ctx;
    for (unsigned i = 0; i < piece->count / MBP_EVENT_WORDS; i++) {
        struct mbp_event event;
        mbp_event_decode(words + (size_t)i * MBP_EVENT_WORDS, &event);
        fetching->wrong = event.seq != fetching->seqs[fetching->next++];
        fetching->stopped = fetching->wrong || !fetching->got(fetching->ctx, &event);
        if (fetching->stopped)
            return false;
    }
    return true;
}

static enum mbp_status fetch(struct ctl_link *link, uint8_t unit, struct fetching *fetching)
{
    const struct ctl_piece_reader reader = {next_events, got_events, fetching};
    enum mbp_status status = ctl_read_pieces(link, unit, &reader);
    return fetching->wrong ? MBP_ERR_CORRUPT : status;
}

/* As fetch, without those that cannot be read: of several in one request, that is known of each only when it is asked
 * for alone. */
static enum mbp_status fetch_there(struct ctl_link *link, uint8_t unit, struct fetching *fetching)
{
    enum mbp_status status = fetch(link, unit, fetching);
    while (status == MBP_EX_ILLEGAL_DATA_ADDRESS) {
        fetching->next += fetching->alone ? 1 : 0;
        fetching->alone = !fetching->alone;
        fetching->asked = fetching->next;
        status = fetch(link, unit, fetching);
    }
    return status;
}

/* ---- both ------------------------------------------------------------------------------------------------------- */

struct choosing {
    bool (*got)(void *ctx, const struct mbp_event *event);
    void *ctx;
    bool stopped;
};

static bool choose(void *ctx, const struct mbp_event *event)
{
    struct choosing *choosing = ctx;
    choosing->stopped = mbp_history_wants(event->code) && !choosing->got(choosing->ctx, event);
    return !choosing->stopped;
}

enum mbp_status ctl_events_read_history(struct ctl_link *link, uint8_t unit, uint32_t first, uint32_t last,
                                        bool (*got)(void *ctx, const struct mbp_event *event), void *ctx)
{
    struct listing listing = {.seqs = NULL};
    struct choosing choosing = {got, ctx, false};
    bool whole = false;
    enum mbp_status status = list(link, unit, &history_files, &listing, &whole);
    uint32_t listed = status == MBP_OK && listing.count > 0 ? listing.seqs[0] : 0;
    if (status > 0) /* it has no such list */
        status = ctl_events_read(link, unit, first, last, choose, &choosing, NULL);
    else if (status == MBP_OK && !whole && listed > first)
        status = ctl_events_read(link, unit, first, (listed <= last ? listed : last + 1) - 1, choose, &choosing, NULL);
    if (listing.count == 0) {
        free(listing.seqs);
        return status;
    }
    size_t from = 0;
    while (from < listing.count && listing.seqs[from] < first)
        from++;
    size_t to = listing.count;
    while (to > from && listing.seqs[to - 1] > last)
        to--;
    struct fetching fetching = {.seqs = listing.seqs + from, .count = to - from, .got = got, .ctx = ctx};
    if (status == MBP_OK && !choosing.stopped && to > from)
        status = fetch(link, unit, &fetching);
    free(listing.seqs);
    return status;
}

/* The list may become shorter while it is read. */
static size_t without_zeros(uint32_t *seqs, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (seqs[i] != 0)
            seqs[kept++] = seqs[i];
    }
    return kept;
}

enum mbp_status ctl_events_read_hiding(struct ctl_link *link, uint8_t unit,
                                       bool (*got)(void *ctx, const struct mbp_event *event), void *ctx)
{
    struct listing listing = {.seqs = NULL};
    bool whole = false;
    enum mbp_status status = list(link, unit, &hiding_files, &listing, &whole);
    if (status == MBP_OK) {
        struct fetching fetching = {
            .seqs = listing.seqs, .count = without_zeros(listing.seqs, listing.count), .got = got, .ctx = ctx};
        status = fetch_there(link, unit, &fetching);
    }
    free(listing.seqs);
    return status;
}
