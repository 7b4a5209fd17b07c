/* Check values from a slave. */
#include "slave/checks.h"

#include <string.h>

#include "mbplant/event/check.h"
#include "mbplant/names.h"
#include "slave/events.h"

enum mbp_status ctl_seal_read(struct ctl_link *link, uint8_t unit, struct ctl_seal *out)
{
    uint16_t words[MBP_SEAL_WORDS];
    enum mbp_status status = ctl_read_file(link, unit, MBP_NAMES_INDEX_FILE, MBP_SEAL_RECORD, MBP_SEAL_WORDS, words);
    if (status == MBP_OK)
        *out = (struct ctl_seal){mbp_words_u32(words), mbp_words_u32(words + 2), mbp_words_u32(words + 4),
                                 mbp_words_u32(words + 6)};
    return status;
}

enum mbp_status ctl_check_of_file(struct ctl_link *link, uint8_t unit, uint32_t nth, uint32_t *check)
{
    uint16_t words[2];
    enum mbp_status status = ctl_read_file(link, unit, MBP_CHECKS_FILE, 2 * (nth % MBP_JOURNAL_FILES), 2, words);
    if (status == MBP_OK)
        *check = mbp_words_u32(words);
    return status;
}

enum mbp_status ctl_check_of_event(struct ctl_link *link, uint8_t unit, uint32_t seq, uint32_t *check)
{
    static const struct ctl_piece piece = {MBP_CHECK_FILE, 0, MBP_CHECK_WORDS};
    uint16_t words[MBP_CHECK_WORDS];
    enum mbp_status status = ctl_event_read_beside(link, unit, seq, &piece, words);
    if (status == MBP_OK)
        *check = mbp_words_u32(words);
    return status;
}

enum mbp_status ctl_check_before(struct ctl_link *link, uint8_t unit, uint32_t first, uint32_t oldest, uint32_t *check)
{
    struct ctl_seal seal;
    enum mbp_status status = ctl_seal_read(link, unit, &seal);
    if (status != MBP_OK)
        return status;
    if (seal.removed >= first || oldest > first)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    if (oldest < first)
        return ctl_check_of_event(link, unit, first - 1, check);
    *check = seal.removed + 1 == oldest ? seal.removed_check : 0; /* else there was none before */
    return MBP_OK;
}

/* ---- of several ------------------------------------------------------------------------------------------------- */

static uint32_t follow(uint32_t before, const struct ctl_event_said *said)
{
    return mbp_event_check(before, &said->event, (struct mbp_text){said->comment, strlen(said->comment)});
}

void ctl_checks_compute(uint32_t before, struct ctl_event_said *events, size_t count)
{
    for (size_t i = 0; i < count; i++)
        before = events[i].check = follow(before, &events[i]);
}

enum mbp_status ctl_checks_find(struct ctl_link *link, uint8_t unit, const uint32_t *before,
                                struct ctl_event_said *events, size_t count, size_t *wrong)
{
    const size_t first = before != NULL ? 0 : 1;
    enum mbp_status status = MBP_OK;
    uint32_t check = 0;
    *wrong = count;
    if (before == NULL)
        status = ctl_check_of_event(link, unit, events[0].event.seq, &events[0].check);
    if (status == MBP_OK) {
        ctl_checks_compute(before != NULL ? *before : events[0].check, events + first, count - first);
        status = ctl_check_of_event(link, unit, events[count - 1].event.seq, &check);
    }
    if (status != MBP_OK || check == events[count - 1].check)
        return status;
    /* They do not follow from each other, so each is asked for. */
    for (size_t i = first; status == MBP_OK && i < count; i++) {
        uint32_t computed = follow(i > 0 ? events[i - 1].check : *before, &events[i]);
        status = ctl_check_of_event(link, unit, events[i].event.seq, &events[i].check);
        if (*wrong == count && computed != events[i].check)
            *wrong = i;
    }
    return status;
}
