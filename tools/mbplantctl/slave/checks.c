/* Check values from a slave. */
#include "slave/checks.h"

#include <string.h>

#include "mbplant/event/check.h"
#include "mbplant/names.h"

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

/* ---- of an event ------------------------------------------------------------------------------------------------ */

#define FC_READ_FILE_RECORD 20u
#define REFERENCE_TYPE      6u
#define GROUP_LEN           7u
#define ANSWER_LEN          12u

struct asking {
    uint32_t seq, check;
    bool asked;
};

static void put_group(uint8_t *bytes, unsigned file, unsigned record, unsigned count)
{
    const uint8_t group[GROUP_LEN] = {REFERENCE_TYPE,  (uint8_t)(file >> 8),  (uint8_t)file, (uint8_t)(record >> 8),
                                      (uint8_t)record, (uint8_t)(count >> 8), (uint8_t)count};
    memcpy(bytes, group, sizeof group);
}

/* A word of the event, so that the slave knows which; then its check value. */
static size_t ask(void *ctx, uint8_t *pdu)
{
    struct asking *asking = ctx;
    if (asking->asked)
        return 0;
    asking->asked = true;
    pdu[0] = FC_READ_FILE_RECORD;
    pdu[1] = 2 * GROUP_LEN;
    put_group(pdu + 2, mbp_event_file(asking->seq), mbp_event_place(asking->seq), 1);
    put_group(pdu + 2 + GROUP_LEN, MBP_CHECK_FILE, 0, MBP_CHECK_WORDS);
    return 2 + 2 * GROUP_LEN;
}

static enum mbp_status take(void *ctx, struct ctl_link *link, const uint8_t *pdu, size_t len, bool *more)
{
    struct asking *asking = ctx;
    (void)more;
    if (len != ANSWER_LEN || pdu[6] != 1 + 2 * MBP_CHECK_WORDS || pdu[7] != REFERENCE_TYPE)
        return ctl_link_fail(link, "the reply to Read File Record does not fit the request");
    asking->check = (uint32_t)pdu[8] << 24 | (uint32_t)pdu[9] << 16 | (uint32_t)pdu[10] << 8 | pdu[11];
    return MBP_OK;
}

enum mbp_status ctl_check_of_event(struct ctl_link *link, uint8_t unit, uint32_t seq, uint32_t *check)
{
    struct asking asking = {.seq = seq};
    const struct ctl_dialogue dialogue = {ask, take, &asking};
    enum mbp_status status = ctl_converse(link, unit, &dialogue);
    if (status == MBP_OK)
        *check = asking.check;
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
