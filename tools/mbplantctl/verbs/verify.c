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
    uint32_t check;       /* before next */
    uint32_t wrong;       /* parts */
};

static bool carry_on(void *ctx, const struct mbp_event *event, const char *comment)
{
    struct walk *walk = ctx;
    walk->check = mbp_event_check(walk->check, event, (struct mbp_text){comment, strlen(comment)});
    return true;
}

/* Up to the end of a file of the journal, or of the journal: there the check value is known. */
static enum mbp_status look_at_part(struct walk *walk, const struct ctl_seal *seal)
{
    struct ctl_link *link = walk->ctl->link;
    uint32_t nth = walk->next / MBP_EVENTS_PER_FILE;
    uint32_t end = (nth + 1) * MBP_EVENTS_PER_FILE - 1;
    uint32_t known = seal->check;
    uint32_t begin = walk->next;
    uint32_t next;
    enum mbp_status status = MBP_OK;
    if (end < seal->last)
        status = ctl_check_of_file(link, walk->unit, nth + 1, &known);
    else
        end = seal->last;
    if (status == MBP_OK)
        status = ctl_events_read_said(link, walk->unit, begin, end, carry_on, walk, &next);
    if (status != MBP_OK)
        return status;
    if (walk->check != known) {
        ctl_error("events %u to %u: at least one of them was changed after it was stored", begin, end);
        walk->wrong++;
    }
    walk->check = known;
    walk->next = end + 1;
    return MBP_OK;
}

/* Where retention has come to. */
static enum mbp_status begin(struct walk *walk)
{
    struct mbp_summary_view summary;
    enum mbp_status status = ctl_summary_read(walk->ctl, walk->unit, &summary);
    if (status != MBP_OK || summary.last_event == 0)
        return status;
    if (walk->next != 0 && summary.oldest_event <= walk->next)
        return MBP_EX_ILLEGAL_DATA_ADDRESS; /* that was not it */
    walk->first = walk->next = summary.oldest_event;
    return ctl_check_before(walk->ctl->link, walk->unit, walk->next, summary.oldest_event, &walk->check);
}

enum ctl_exit ctl_verify_slave(struct ctl *ctl, uint8_t unit)
{
    struct walk walk = {.ctl = ctl, .unit = unit};
    struct ctl_seal seal;
    enum mbp_status status = ctl_seal_read(ctl->link, unit, &seal);
    if (status == MBP_OK)
        status = begin(&walk);
    while (status == MBP_OK && walk.next != 0 && walk.next <= seal.last) {
        status = look_at_part(&walk, &seal);
        if (status == MBP_EX_ILLEGAL_DATA_ADDRESS)
            status = begin(&walk);
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
