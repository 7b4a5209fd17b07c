/* Comments over Modbus: those of events, and what goes with what this master writes. */
#include "slave/comments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "french/french.h"

#define FC_READ_FILE_RECORD 20u
#define REFERENCE_TYPE      6u
#define GROUP_LEN           7u
#define WORDS_AT_ONCE       122u /* behind one word of the event: 2 + 4 + 2 + 2 * 122 = 252 bytes */
#define EVENTS_AT_ONCE      500u

/* ---- of an event ------------------------------------------------------------------------------------------------ */

struct asking {
    uint32_t seq;
    uint32_t next, words; /* of the file; how many there are: known when the first came */
    uint16_t word[MBP_COMMENT_WORDS];
    bool asked;
};

static void put16(uint8_t *bytes, unsigned number)
{
    bytes[0] = (uint8_t)(number >> 8);
    bytes[1] = (uint8_t)number;
}

static void put_group(uint8_t *bytes, unsigned file, unsigned record, unsigned count)
{
    bytes[0] = REFERENCE_TYPE;
    put16(bytes + 1, file);
    put16(bytes + 3, record);
    put16(bytes + 5, count);
}

static uint32_t wanted(const struct asking *asking)
{
    uint32_t left = asking->words - asking->next;
    return left < WORDS_AT_ONCE ? left : WORDS_AT_ONCE;
}

/* A word of the event, so that the slave knows which; then as much of its comment as the answer holds. */
static size_t ask(void *ctx, uint8_t *pdu)
{
    struct asking *asking = ctx;
    if (asking->asked)
        return 0;
    asking->asked = true;
    pdu[0] = FC_READ_FILE_RECORD;
    pdu[1] = 2 * GROUP_LEN;
    put_group(pdu + 2, mbp_event_file(asking->seq), mbp_event_place(asking->seq), 1);
    put_group(pdu + 2 + GROUP_LEN, MBP_COMMENT_FILE, asking->next, wanted(asking));
    return 2 + 2 * GROUP_LEN;
}

static enum mbp_status take(void *ctx, struct ctl_link *link, const uint8_t *pdu, size_t len, bool *more)
{
    struct asking *asking = ctx;
    uint32_t count = wanted(asking);
    (void)more;
    if (len != 8 + 2 * (size_t)count || pdu[6] != 1 + 2 * count || pdu[7] != REFERENCE_TYPE)
        return ctl_link_fail(link, "the reply to Read File Record does not fit the request");
    for (uint32_t i = 0; i < count; i++)
        asking->word[asking->next + i] = (uint16_t)(pdu[8 + 2 * i] << 8 | pdu[9 + 2 * i]);
    asking->next += count;
    return MBP_OK;
}

enum mbp_status ctl_comment_read(struct ctl_link *link, uint8_t unit, uint32_t seq, char text[MBP_COMMENT_MAX + 1])
{
    struct asking asking = {.seq = seq, .words = WORDS_AT_ONCE};
    const struct ctl_dialogue dialogue = {ask, take, &asking};
    text[0] = '\0';
    while (asking.next < asking.words) {
        asking.asked = false;
        enum mbp_status status = ctl_converse(link, unit, &dialogue);
        if (status != MBP_OK)
            return status;
        if (asking.word[0] > MBP_COMMENT_MAX)
            return ctl_link_fail(link, "a comment is longer than any can be");
        asking.words = 1u + (asking.word[0] + 1u) / 2u;
    }
    for (uint32_t i = 0; i < asking.word[0]; i++)
        text[i] = (char)(i % 2 == 0 ? asking.word[1 + i / 2] >> 8 : asking.word[1 + i / 2] & 0xFF);
    text[asking.word[0]] = '\0';
    return MBP_OK;
}

/* ---- events with theirs ----------------------------------------------------------------------------------------- */

struct batch {
    struct mbp_event *events;
    size_t count;
};

static bool keep(void *ctx, const struct mbp_event *event)
{
    struct batch *batch = ctx;
    batch->events[batch->count++] = *event;
    return true;
}

enum mbp_status ctl_events_read_said(struct ctl_link *link, uint8_t unit, uint32_t first, uint32_t last,
                                     bool (*got)(void *ctx, const struct mbp_event *event, const char *comment),
                                     void *ctx, uint32_t *next)
{
    char text[MBP_COMMENT_MAX + 1];
    struct batch batch = {calloc(EVENTS_AT_ONCE, sizeof *batch.events), 0};
    enum mbp_status status = batch.events != NULL ? MBP_OK : MBP_ERR_MEMORY;
    bool goes_on = true;
    uint32_t at_once = EVENTS_AT_ONCE;
    *next = first;
    while (status == MBP_OK && goes_on && *next <= last && *next != 0) {
        uint32_t end = last - *next < at_once ? last : *next + at_once - 1;
        batch.count = 0;
        status = ctl_events_read(link, unit, *next, end, keep, &batch, NULL);
        for (size_t i = 0; i < batch.count && goes_on; i++) {
            enum mbp_status said = MBP_OK;
            text[0] = '\0';
            if ((batch.events[i].flags & MBP_EVENT_COMMENT) != 0)
                said = ctl_comment_read(link, unit, batch.events[i].seq, text);
            if (said != MBP_OK) {
                status = said;
                break;
            }
            goes_on = got(ctx, &batch.events[i], text);
            *next = batch.events[i].seq + 1u;
        }
        /* One of several was refused: those before it are there. */
        if (status == MBP_EX_ILLEGAL_DATA_ADDRESS && goes_on && at_once > 1 && *next < end) {
            at_once = 1;
            status = MBP_OK;
        }
    }
    free(batch.events);
    return status;
}

/* ---- of this master --------------------------------------------------------------------------------------------- */

static enum mbp_status write_text(struct ctl_link *link, uint8_t unit, uint16_t file, const char *text)
{
    uint16_t words[MBP_COMMENT_WORDS] = {0};
    size_t len = strlen(text);
    words[0] = (uint16_t)len;
    for (size_t i = 0; i < len; i++)
        words[1 + i / 2] |= (uint16_t)((unsigned)(uint8_t)text[i] << (i % 2 == 0 ? 8 : 0));
    return ctl_write_file(link, unit, file, 0, (uint32_t)(1 + (len + 1) / 2), words);
}

enum mbp_status ctl_say_first(struct ctl_link *link, uint8_t unit, const struct ctl_said *said)
{
    enum mbp_status status = MBP_OK;
    char why[256];
    if (said->who != NULL)
        status = write_text(link, unit, MBP_WHO_FILE, said->who);
    if (status == MBP_OK && said->why != NULL)
        status = write_text(link, unit, MBP_COMMENT_FILE, said->why);
    if (status <= 0)
        return status;
    snprintf(
        why, sizeof why,
        ctl_tr(
            "unit %u does not take what --why and --as say (exception %02X, %s); nothing was written; without them it "
            "may be"),
        unit, (unsigned)status, ctl_tr(mbp_status_text(status)));
    return ctl_link_fail(link, why);
}
