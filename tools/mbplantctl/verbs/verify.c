/* Check values anew: of a slave's journal a file at a time, of a dump line by line. */
#include "verbs/verify.h"

#include <string.h>

#include "slave/checks.h"
#include "slave/comments.h"
#include "slave/snapshot.h"

/* ---- a slave's -------------------------------------------------------------------------------------------------- */

struct walk {
    struct ctl *ctl;
    uint8_t unit;
    uint32_t first, next; /* events up to before next were looked at */
    uint32_t check;       /* before next, computed; in its part: */
    uint32_t begin;
    uint32_t computed[MBP_EVENTS_PER_FILE];
    uint32_t wrong; /* parts, and holes */
};

static bool carry_on(void *ctx, const struct mbp_event *event, const char *comment)
{
    struct walk *walk = ctx;
    walk->check = mbp_event_check(walk->check, event, (struct mbp_text){comment, strlen(comment)});
    walk->computed[event->seq - walk->begin] = walk->check;
    return true;
}

/* Where a part can end without a word of any single event: there it is known from every slave. */
static enum mbp_status known_check(const struct walk *walk, const struct ctl_seal *seal, uint32_t last, uint32_t *check)
{
    *check = seal->check;
    if (last == seal->last)
        return MBP_OK;
    if ((last + 1) % MBP_EVENTS_PER_FILE == 0)
        return ctl_check_of_file(walk->ctl->link, walk->unit, (last + 1) / MBP_EVENTS_PER_FILE, check);
    return ctl_check_of_event(walk->ctl->link, walk->unit, last, check);
}

/* The first of events begin..last whose check value is not the one that is kept: before it they are the same, at last
 * they are not. Errors: those of ctl_check_of_event. */
static enum mbp_status find_first(const struct walk *walk, uint32_t last, uint32_t *found)
{
    uint32_t low = walk->begin;
    uint32_t high = last;
    enum mbp_status status = MBP_OK;
    while (status == MBP_OK && low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint32_t kept;
        status = ctl_check_of_event(walk->ctl->link, walk->unit, middle, &kept);
        if (status == MBP_OK && kept == walk->computed[middle - walk->begin])
            low = middle + 1;
        else
            high = middle;
    }
    *found = high;
    return status;
}

static enum mbp_status judge(struct walk *walk, const struct ctl_seal *seal, uint32_t last)
{
    uint32_t known;
    uint32_t found;
    enum mbp_status status = known_check(walk, seal, last, &known);
    if (status != MBP_OK)
        return status > 0 ? MBP_OK : status; /* removed meanwhile */
    if (walk->check == known)
        return MBP_OK;
    walk->wrong++;
    status = find_first(walk, last, &found);
    if (status == MBP_OK)
        ctl_error("events %u to %u: event %u is the first of them that was changed after it was stored", walk->begin,
                  last, found);
    else
        ctl_error("events %u to %u: at least one of them was changed after it was stored", walk->begin, last);
    walk->check = known;
    return status > 0 ? MBP_OK : status;
}

/* Up to the end of a file of the journal, or of the journal, or to what is not there. */
static enum mbp_status look_at_part(struct walk *walk, const struct ctl_seal *seal)
{
    uint32_t end = (walk->next / MBP_EVENTS_PER_FILE + 1) * MBP_EVENTS_PER_FILE - 1;
    walk->begin = walk->next;
    enum mbp_status status = ctl_events_read_said(walk->ctl->link, walk->unit, walk->begin,
                                                  end < seal->last ? end : seal->last, carry_on, walk, &walk->next);
    enum mbp_status judged = walk->next > walk->begin ? judge(walk, seal, walk->next - 1) : MBP_OK;
    return judged == MBP_OK ? status : judged;
}

/* Where retention has come to. */
static enum mbp_status begin(struct walk *walk, const struct mbp_summary_view *summary)
{
    walk->first = walk->next = summary->oldest_event;
    return ctl_check_before(walk->ctl->link, walk->unit, walk->next, summary->oldest_event, &walk->check);
}

/* What follows on a hole has nothing to be checked against but itself: the first one behind it is taken as it is. */
static enum mbp_status begin_behind(struct walk *walk, uint32_t last)
{
    struct ctl_link *link = walk->ctl->link;
    uint32_t next = walk->next;
    enum mbp_status status = ctl_events_skip_hole(link, walk->unit, last, &next);
    if (status != MBP_OK)
        return status;
    ctl_events_say_hole(walk->next, next);
    walk->wrong++;
    if (next <= last)
        status = ctl_check_of_event(link, walk->unit, next, &walk->check);
    walk->next = next + 1;
    return status;
}

static enum mbp_status go_on(struct walk *walk, const struct ctl_seal *seal)
{
    struct mbp_summary_view summary;
    enum mbp_status status = ctl_summary_read(walk->ctl, walk->unit, &summary);
    if (status != MBP_OK || summary.last_event == 0)
        return status;
    return summary.oldest_event > walk->next ? begin(walk, &summary) : begin_behind(walk, seal->last);
}

enum ctl_exit ctl_verify_slave(struct ctl *ctl, uint8_t unit)
{
    struct walk walk = {.ctl = ctl, .unit = unit};
    struct ctl_seal seal;
    enum mbp_status status = ctl_seal_read(ctl->link, unit, &seal);
    if (status == MBP_OK)
        status = go_on(&walk, &seal);
    while (status == MBP_OK && walk.next != 0 && walk.next <= seal.last) {
        status = look_at_part(&walk, &seal);
        if (status == MBP_EX_ILLEGAL_DATA_ADDRESS)
            status = go_on(&walk, &seal);
    }
    if (status != MBP_OK)
        return ctl_fail(ctl, status, "reading the journal");
    if (walk.next == 0)
        ctl_say("the journal has no event yet\n");
    else if (walk.wrong == 0)
        ctl_say("events %u to %u are as they were stored; the last one's check value is %08X\n", walk.first, seal.last,
                seal.check);
    return walk.wrong == 0 ? CTL_OK : CTL_FAILED;
}

/* ---- a dump's --------------------------------------------------------------------------------------------------- */

struct reading {
    const struct ctl_dump *dump;
    uint32_t last, check; /* event before, and its check value as it stands there */
    bool known;
    uint64_t count, unknown, wrong;
};

static void say_wrong(struct reading *reading, uint32_t seq, const char *what)
{
    reading->wrong++;
    ctl_error("event %u %s", seq, ctl_tr(what));
}

static bool check_line(void *ctx, const struct mbp_event *event)
{
    struct reading *reading = ctx;
    const struct mbp_event_beside *beside = &reading->dump->beside;
    const char *comment = beside->comment != NULL ? beside->comment : "";
    bool follows = reading->known && event->seq == reading->last + 1;
    bool has_before = beside->has_before || follows;
    uint32_t before = follows ? reading->check : beside->before;
    reading->count++;
    if (reading->count > 1 && !follows && !beside->has_before && beside->has_check)
        say_wrong(reading, event->seq, "follows on others that are missing in the dump");
    else if (!has_before || !beside->has_check)
        reading->unknown++;
    else if (mbp_event_check(before, event, (struct mbp_text){comment, strlen(comment)}) != beside->check)
        say_wrong(reading, event->seq, "was changed after it was stored, or the one before it was");
    reading->last = event->seq;
    reading->check = beside->check;
    reading->known = beside->has_check;
    return true;
}

enum ctl_exit ctl_verify_dump(const char *path, struct ctl_dump *dump)
{
    char why[CTL_DUMP_WHY] = "";
    struct reading reading = {.dump = dump};
    if (ctl_dump_events(dump, check_line, &reading, why) != MBP_OK) {
        ctl_error("--load %s: %s", path, why);
        return CTL_FAILED;
    }
    ctl_dump_say_missing(path, dump);
    if (reading.unknown > 0)
        ctl_error("%llu events have no check value, or nothing that it could be checked against",
                  (unsigned long long)reading.unknown);
    if (reading.wrong == 0 && reading.unknown == 0)
        ctl_say("%llu event%s in %s: as stored; the last one's check value is %08X\n",
                (unsigned long long)reading.count, reading.count == 1 ? "" : "s", path, reading.check);
    return reading.wrong == 0 && reading.unknown == 0 ? CTL_OK : CTL_FAILED;
}
