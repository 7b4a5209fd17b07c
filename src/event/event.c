/* Events: names, details, the 20-register record, the list that a scan fills. */
#include "mbplant/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    uint16_t code;
    const char *name;
} names[] = {
    {MBP_EV_START, "start"},
    {MBP_EV_STOP, "stop"},
    {MBP_EV_PLANT_LOADED, "plant loaded"},
    {MBP_EV_PLANT_CHANGED, "plant changed"},
    {MBP_EV_MACHINE_ADDED, "machine added"},
    {MBP_EV_MACHINE_REMOVED, "machine removed"},
    {MBP_EV_MACHINE_CHANGED, "machine changed"},
    {MBP_EV_SENSOR_ADDED, "sensor added"},
    {MBP_EV_SENSOR_REMOVED, "sensor removed"},
    {MBP_EV_SENSOR_CHANGED, "sensor changed"},
    {MBP_EV_ALARM_RAISED, "alarm raised"},
    {MBP_EV_ALARM_CLEARED, "alarm cleared"},
    {MBP_EV_ALARM_ACKNOWLEDGED, "alarm acknowledged"},
    {MBP_EV_ALARM_SHELVED, "alarm shelved"},
    {MBP_EV_ALARM_UNSHELVED, "alarm unshelved"},
    {MBP_EV_ALARM_RESET, "alarm reset"},
    {MBP_EV_ALARM_SUPPRESSED, "alarm suppressed"},
    {MBP_EV_ALARM_UNSUPPRESSED, "alarm unsuppressed"},
    {MBP_EV_ALARM_OUT_OF_SERVICE, "alarm out of service"},
    {MBP_EV_ALARM_IN_SERVICE, "alarm in service"},
    {MBP_EV_MACHINE_STATE, "machine state"},
    {MBP_EV_MACHINE_REFUSED, "machine refused"},
    {MBP_EV_MAINTENANCE_STARTED, "maintenance started"},
    {MBP_EV_MAINTENANCE_ENDED, "maintenance ended"},
    {MBP_EV_MAINTENANCE_DUE, "maintenance due"},
    {MBP_EV_PRODUCTION, "production"},
    {MBP_EV_VALUE_FORCED, "value forced"},
    {MBP_EV_VALUE_RELEASED, "value released"},
    {MBP_EV_LIMIT_CHANGED, "limit changed"},
    {MBP_EV_WRITE_REFUSED, "write refused"},
    {MBP_EV_POINT_WRITTEN, "point written"},
    {MBP_EV_WRITES_AGGREGATED, "writes aggregated"},
    {MBP_EV_JOURNAL_TROUBLE, "journal trouble"},
    {MBP_EV_SIM_PAUSED, "simulation paused"},
    {MBP_EV_SIM_RESUMED, "simulation resumed"},
    {MBP_EV_SIM_STEPPED, "simulation stepped"},
    {MBP_EV_SIM_SPEED, "simulation speed"},
    {MBP_EV_SIM_SNAPSHOT, "snapshot taken"},
    {MBP_EV_SIM_RESTORED, "snapshot restored"},
    {MBP_EV_CLOCK_STEPPED, "clock stepped"},
};

#define NAME_COUNT (sizeof names / sizeof names[0])

const char *mbp_event_code_name(uint16_t code)
{
    for (size_t i = 0; i < NAME_COUNT; i++) {
        if (names[i].code == code)
            return names[i].name;
    }
    return "unknown";
}

uint16_t mbp_event_code_find(const char *name)
{
    for (size_t i = 0; i < NAME_COUNT; i++) {
        if (strcmp(names[i].name, name) == 0)
            return names[i].code;
    }
    return 0;
}

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

uint32_t mbp_event_write_detail(unsigned table, unsigned addr, unsigned exception, unsigned more)
{
    return (addr & 0xFFFFu) | (table & 0xFu) << 16 | (exception > 15 ? 15u : exception) << 20 |
           (more > 255 ? 255u : more) << 24;
}

const char *mbp_event_changed_text(uint32_t details, char *buf, size_t size)
{
    static const struct {
        uint32_t bit;
        const char *word;
    } words[] = {
        {MBP_CHANGED_ADDRESS, "address"},   {MBP_CHANGED_NUMBER, "addresses of its other points"},
        {MBP_CHANGED_REGISTER, "register"}, {MBP_CHANGED_LABEL, "label"},
        {MBP_CHANGED_KIND, "kind"},         {MBP_CHANGED_UNIT, "unit"},
        {MBP_CHANGED_RANGE, "range"},       {MBP_CHANGED_LIMITS, "limits"},
        {MBP_CHANGED_ALARMS, "alarms"},     {MBP_CHANGED_SIGNAL, "signal"},
        {MBP_CHANGED_INJECT, "inject"},     {MBP_CHANGED_MACHINE, "machine"},
        {MBP_CHANGED_CYCLE, "cycle"},       {MBP_CHANGED_MAINTENANCE, "maintenance"},
        {MBP_CHANGED_STATE, "first state"}, {MBP_CHANGED_OTHER, "something else"},
    };
    size_t len = 0;
    buf[0] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if ((details & words[i].bit) != 0 && len < size)
            len += (size_t)snprintf(buf + len, size - len, "%s%s", len > 0 ? ", " : "", words[i].word);
    }
    return buf;
}

uint16_t mbp_event_file(uint32_t seq)
{
    return (uint16_t)(MBP_JOURNAL_FIRST_FILE + seq / MBP_EVENTS_PER_FILE % MBP_JOURNAL_FILES);
}

uint16_t mbp_event_place(uint32_t seq)
{
    return (uint16_t)(seq % MBP_EVENTS_PER_FILE * MBP_EVENT_WORDS);
}

static void put_u32(uint16_t *words, uint32_t number)
{
    words[0] = (uint16_t)(number >> 16);
    words[1] = (uint16_t)number;
}

static uint32_t get_u32(const uint16_t *words)
{
    return (uint32_t)words[0] << 16 | words[1];
}

static void put_f32(uint16_t *words, float number)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    put_u32(words, bits);
}

static float get_f32(const uint16_t *words)
{
    uint32_t bits = get_u32(words);
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

void mbp_event_encode(const struct mbp_event *event, uint16_t words[MBP_EVENT_WORDS])
{
    put_u32(words, event->seq);
    put_u32(words + 2, event->scan);
    put_u32(words + 4, (uint32_t)(event->wall_ms >> 32));
    put_u32(words + 6, (uint32_t)event->wall_ms);
    words[8] = event->code;
    words[9] = event->unit;
    words[10] = event->machine;
    words[11] = event->sensor;
    put_f32(words + 12, event->value);
    put_f32(words + 14, event->limit);
    put_u32(words + 16, event->peer);
    put_u32(words + 18, event->detail);
}

void mbp_event_decode(const uint16_t words[MBP_EVENT_WORDS], struct mbp_event *event)
{
    *event = (struct mbp_event){
        .seq = get_u32(words),
        .scan = get_u32(words + 2),
        .wall_ms = (uint64_t)get_u32(words + 4) << 32 | get_u32(words + 6),
        .code = words[8],
        .unit = words[9],
        .machine = words[10],
        .sensor = words[11],
        .value = get_f32(words + 12),
        .limit = get_f32(words + 14),
        .peer = get_u32(words + 16),
        .detail = get_u32(words + 18),
    };
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
    event.wall_ms = events->wall_ms;
    event.scan = events->scan;
    events->items[events->count++] = event;
}
