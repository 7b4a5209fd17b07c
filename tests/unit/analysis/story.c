#include "story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char yaml[] =
    "mbplant: 1\nname: Line\nscan: 100ms\nunits:\n"
    "  - id: 3\n    name: PLC\n    machines:\n"
    "      - name: FILL\n        cycle: {time: 2s}\n        sensors:\n"
    "          - {name: TT, kind: temperature, max: 85}\n"
    "          - {name: PT, kind: pressure, limits: {low: 1, high: 5, high_high: 6}, priority: high}\n"
    "      - name: PACK\n        sensors:\n"
    "          - {name: ST, kind: speed, max: 100, priority: low}\n";

struct mbp_plant *story_plant(void)
{
    struct mbp_plant *plant = NULL;
    assert_int_equal(mbp_plant_parse("line.yaml", (struct mbp_text){yaml, strlen(yaml)}, stderr, &plant), MBP_OK);
    return plant;
}

struct story *story_new(void)
{
    struct story *story = test_calloc(1, sizeof *story);
    story->first_seq = 1;
    story->wall_speed = 1;
    return story;
}

uint64_t story_wall(const struct story *story, double at_s)
{
    return (uint64_t)((int64_t)BIRTH_MS + llround(at_s * story->wall_speed * 1000) + story->wall_off_ms);
}

static struct mbp_event *add(struct story *story, double at_s, enum mbp_event_code code)
{
    assert_true(story->count < sizeof story->events / sizeof story->events[0]);
    struct mbp_event *event = &story->events[story->count];
    *event = (struct mbp_event){.seq = story->first_seq + story->count,
                                .scan = (uint32_t)llround((at_s - story->start_s) * 10),
                                .wall_ms = story_wall(story, at_s),
                                .code = (uint16_t)code,
                                .machine = MBP_NONE16,
                                .sensor = MBP_NONE16,
                                .value = NAN,
                                .limit = NAN};
    story->count++;
    return event;
}

void story_start(struct story *story, double at_s)
{
    story->start_s = at_s;
    add(story, at_s, MBP_EV_START);
}

void story_stop(struct story *story, double at_s)
{
    add(story, at_s, MBP_EV_STOP);
}

void story_state(struct story *story, double at_s, uint16_t machine, enum mbp_state_code from, enum mbp_state_code to)
{
    struct mbp_event *event = add(story, at_s, MBP_EV_MACHINE_STATE);
    event->unit = 3;
    event->machine = machine;
    event->detail = mbp_event_state_detail(from, to, MBP_CAUSE_COMMAND);
}

void story_alarm(struct story *story, double at_s, enum mbp_event_code code, uint16_t sensor, uint32_t limit)
{
    struct mbp_event *event = add(story, at_s, code);
    event->unit = 3;
    event->machine = sensor == ST ? PACK : FILL;
    event->sensor = sensor;
    event->detail = limit;
}

void story_production(struct story *story, double at_s, uint32_t good, uint32_t reject)
{
    struct mbp_event *event = add(story, at_s, MBP_EV_PRODUCTION);
    event->unit = 3;
    event->machine = FILL;
    event->value = (float)good;
    event->limit = (float)reject;
    event->detail = good;
}

/* The period's events by number: from the first to the last whose own time lies in it; without any it lies before the
 * first event of a later time. */
static struct mbp_analysis_period find_period(const struct story *story, double since_s, double until_s)
{
    struct mbp_analysis_period period = {0, UINT64_MAX, story->first_seq, UINT64_MAX};
    uint64_t first = 0;
    uint64_t end = 0;
    uint64_t behind = story->first_seq + story->count;
    if (since_s >= 0)
        period.since_ms = BIRTH_MS + (uint64_t)llround(since_s * 1000);
    if (until_s >= 0)
        period.until_ms = BIRTH_MS + (uint64_t)llround(until_s * 1000);
    for (uint32_t i = story->count; i-- > 0;) {
        const struct mbp_event *event = &story->events[i];
        if (event->wall_ms < period.since_ms)
            continue;
        behind = event->seq;
        if (event->wall_ms >= period.until_ms)
            continue;
        first = event->seq;
        end = end == 0 ? event->seq + (uint64_t)1 : end;
    }
    if (since_s >= 0)
        period.first_event = first != 0 ? first : behind;
    if (until_s >= 0)
        period.end_event = first != 0 ? end : behind;
    return period;
}

struct mbp_analysis *story_tell(const struct story *story, const struct mbp_plant *plant, double since_s,
                                double until_s, const struct mbp_analysis_now *now)
{
    struct mbp_analysis_period period = find_period(story, since_s, until_s);
    struct mbp_analyser *analyser = NULL;
    struct mbp_analysis *analysis = NULL;
    assert_int_equal(mbp_analyser_new(plant, NULL, &period, now, &analyser), MBP_OK);
    for (uint32_t i = 0; i < story->count; i++) {
        if (story->events[i].seq >= period.end_event && !mbp_analyser_wants_more(analyser))
            break;
        assert_int_equal(mbp_analyser_take(analyser, &story->events[i]), MBP_OK);
    }
    assert_int_equal(mbp_analyser_finish(analyser, &analysis), MBP_OK);
    return analysis;
}
