/* Comments over Modbus: those of events, and what goes with what this master writes. */
#include "slave/comments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "french/french.h"

#define EVENTS_AT_ONCE 500u

/* ---- of an event ------------------------------------------------------------------------------------------------ */

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

enum mbp_status ctl_comment_read(struct ctl_link *link, uint8_t unit, uint32_t seq, char text[MBP_COMMENT_MAX + 1])
{
    uint16_t word[MBP_COMMENT_WORDS];
    uint32_t words = CTL_BESIDE_WORDS_MAX; /* how many there are: known when the first came */
    text[0] = '\0';
    for (uint32_t next = 0; next < words;) {
        const uint32_t count = smaller(words - next, CTL_BESIDE_WORDS_MAX);
        const struct ctl_piece piece = {MBP_COMMENT_FILE, (uint16_t)next, (uint16_t)count};
        enum mbp_status status = ctl_event_read_beside(link, unit, seq, &piece, word + next);
        if (status != MBP_OK)
            return status;
        if (word[0] > MBP_COMMENT_MAX)
            return ctl_link_fail(link, "a comment is longer than any can be");
        words = 1u + (word[0] + 1u) / 2u;
        next += count;
    }
    for (uint32_t i = 0; i < word[0]; i++)
        text[i] = (char)(i % 2 == 0 ? word[1 + i / 2] >> 8 : word[1 + i / 2] & 0xFF);
    text[word[0]] = '\0';
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
