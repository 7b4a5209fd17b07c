/* Check values from a slave. */
#include "slave/checks.h"

#include <string.h>

#include "mbplant/names.h"
#include "slave/comments.h"

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

static bool carry_on(void *ctx, const struct mbp_event *event, const char *comment)
{
    uint32_t *check = ctx;
    *check = mbp_event_check(*check, event, (struct mbp_text){comment, strlen(comment)});
    return true;
}

enum mbp_status ctl_check_before(struct ctl_link *link, uint8_t unit, uint32_t first, uint32_t oldest, uint32_t *check)
{
    struct ctl_seal seal;
    enum mbp_status status = ctl_seal_read(link, unit, &seal);
    if (status != MBP_OK)
        return status;
    uint32_t begin = first / MBP_EVENTS_PER_FILE * MBP_EVENTS_PER_FILE;
    if (seal.removed >= first || oldest > first)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    if (begin <= oldest) {
        begin = oldest;
        *check = seal.removed + 1 == oldest ? seal.removed_check : 0; /* else there was none before */
    } else {
        status = ctl_check_of_file(link, unit, begin / MBP_EVENTS_PER_FILE, check);
    }
    if (status != MBP_OK || begin == first)
        return status;
    uint32_t next = begin;
    return ctl_events_read_said(link, unit, begin, first - 1, carry_on, check, &next);
}
