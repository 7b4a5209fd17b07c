/* Events: details, the 20-register record, the list that a scan fills. */
#include "mbplant/event.h"
#include "mbplant/base/bits.h"

#include <math.h>
#include <stdlib.h>

#include "mbplant/base/registers.h"

uint32_t mbp_event_state_detail(unsigned from, unsigned to, enum mbp_cause cause)
{
    return (to & 0xFFu) | (from & 0xFFu) << 8 | ((unsigned)cause & 0xFFu) << 16;
}

unsigned mbp_event_state_to(uint32_t detail)
{
    return detail & 0xFFu;
}

unsigned mbp_event_state_from(uint32_t detail)
{
    return detail >> 8 & 0xFFu;
}

enum mbp_cause mbp_event_state_cause(uint32_t detail)
{
    return (enum mbp_cause)(detail >> 16 & 0xFFu);
}

uint32_t mbp_event_of_alarm(uint32_t detail, unsigned alarm)
{
    return (detail & 0xFFFFFFu) | (alarm + 1u) << 24;
}

/* Whether details of that kind have the alarm above what else they say. */
static bool is_above(unsigned detail)
{
    return detail == MBP_DETAIL_STATE || detail == MBP_DETAIL_SHELVED || detail == MBP_DETAIL_UNSHELVED ||
           detail == MBP_DETAIL_SERVICE;
}

unsigned mbp_event_alarm(const struct mbp_event *event)
{
    const struct mbp_event_type *type = mbp_event_type(event->code);
    unsigned alarm = type == NULL                       ? MBP_NO_ALARM
                     : type->detail == MBP_DETAIL_ALARM ? event->detail
                     : is_above(type->detail)           ? (event->detail >> 24) - 1u
                                                        : MBP_NO_ALARM;
    return alarm < MBP_NO_ALARM ? alarm : MBP_NO_ALARM;
}

uint32_t mbp_event_write_detail(unsigned table, unsigned addr, unsigned exception, unsigned more)
{
    return (addr & 0xFFFFu) | (table & 0xFu) << 16 | (exception > 15 ? 15u : exception) << 20 |
           (more > 255 ? 255u : more) << 24;
}

uint16_t mbp_event_file(uint32_t seq)
{
    return (uint16_t)(MBP_JOURNAL_FIRST_FILE + seq / MBP_EVENTS_PER_FILE % MBP_JOURNAL_FILES);
}

uint16_t mbp_event_place(uint32_t seq)
{
    return (uint16_t)(seq % MBP_EVENTS_PER_FILE * MBP_EVENT_WORDS);
}

/* There is one NaN: the journal's rows keep no more of it. */
static void put_f32(uint16_t *words, float number)
{
    mbp_words_put_u32(words, isnan(number) ? 0x7FC00000 : mbp_bits_of_float(number));
}

static float get_f32(const uint16_t *words)
{
    return mbp_float_of_bits(mbp_words_u32(words));
}

void mbp_event_encode(const struct mbp_event *event, uint16_t words[MBP_EVENT_WORDS])
{
    mbp_words_put_u32(words, event->seq);
    mbp_words_put_u32(words + 2, event->scan);
    mbp_words_put_u32(words + 4, (uint32_t)(event->wall_ms >> 32));
    mbp_words_put_u32(words + 6, (uint32_t)event->wall_ms);
    words[8] = event->code;
    words[9] = event->unit;
    words[10] = event->machine;
    words[11] = event->sensor;
    put_f32(words + 12, event->value);
    put_f32(words + 14, event->limit);
    words[16] = event->actor;
    words[17] = event->flags;
    mbp_words_put_u32(words + 18, event->detail);
}

void mbp_event_decode(const uint16_t words[MBP_EVENT_WORDS], struct mbp_event *event)
{
    *event = (struct mbp_event){
        .seq = mbp_words_u32(words),
        .scan = mbp_words_u32(words + 2),
        .wall_ms = (uint64_t)mbp_words_u32(words + 4) << 32 | mbp_words_u32(words + 6),
        .code = words[8],
        .unit = words[9],
        .machine = words[10],
        .sensor = words[11],
        .value = get_f32(words + 12),
        .limit = get_f32(words + 14),
        .actor = words[16],
        .flags = words[17],
        .detail = mbp_words_u32(words + 18),
    };
}

uint32_t mbp_event_check(uint32_t before, const struct mbp_event *event, struct mbp_text comment)
{
    uint16_t words[2 + MBP_EVENT_WORDS];
    uint8_t bytes[2 * (2 + MBP_EVENT_WORDS)];
    mbp_words_put_u32(words, before);
    mbp_event_encode(event, words + 2);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        bytes[2 * i] = (uint8_t)(words[i] >> 8);
        bytes[2 * i + 1] = (uint8_t)words[i];
    }
    return mbp_crc32(mbp_crc32(0, bytes, sizeof bytes), comment.bytes, comment.len);
}

enum mbp_status mbp_events_alloc(struct mbp_events *events, size_t capacity)
{
    struct mbp_event *items = calloc(capacity, sizeof *items);
    if (items == NULL)
        return MBP_ERR_MEMORY;
    *events = (struct mbp_events){.items = items, .capacity = capacity};
    return MBP_OK;
}

void mbp_events_free(struct mbp_events *events)
{
    free(events->items);
    *events = (struct mbp_events){0};
}

void mbp_events_emit(struct mbp_events *events, struct mbp_event event)
{
    if (events->count == events->capacity) {
        events->lost++;
        return;
    }
    const struct mbp_event_type *type = mbp_event_type(event.code);
    if (type != NULL && type->value == MBP_NUMBER_NONE)
        event.value = NAN;
    if (type != NULL && type->limit == MBP_NUMBER_NONE)
        event.limit = NAN;
    event.wall_ms = events->wall_ms;
    event.scan = events->scan;
    events->items[events->count++] = event;
}
