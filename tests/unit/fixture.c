/* The fixture's making. */
#include "fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mbp_plant *fixture_plant(const char *yaml)
{
    struct mbp_plant *plant = NULL;
    char *errors = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&errors, &len);
    assert_non_null(stream);
    enum mbp_status status = mbp_plant_parse("test.yaml", (struct mbp_text){yaml, strlen(yaml)}, stream, &plant);
    fclose(stream);
    if (status != MBP_OK)
        fail_msg("the test's plant is wrong:\n%s", errors);
    free(errors);
    return plant;
}

static uint64_t mono_ns(void *ctx)
{
    struct fixture_time *time = ctx;
    time->mono_ns += time->look_ns;
    return time->mono_ns;
}

static uint64_t wall_ms(void *ctx)
{
    return ((const struct fixture_time *)ctx)->wall_ms;
}

struct mbp_clock fixture_clock(struct fixture_time *time)
{
    return (struct mbp_clock){mono_ns, wall_ms, time};
}

struct mbp_events fixture_events(void)
{
    struct mbp_events events;
    assert_int_equal(mbp_events_alloc(&events, 256), MBP_OK);
    events.scan = FIXTURE_SCAN;
    events.wall_ms = FIXTURE_WALL_MS;
    return events;
}

size_t fixture_count(const struct mbp_events *events, enum mbp_event_code code)
{
    size_t count = 0;
    for (size_t i = 0; i < events->count; i++)
        count += events->items[i].code == code ? 1 : 0;
    return count;
}

const struct mbp_event *fixture_only(const struct mbp_events *events, enum mbp_event_code code)
{
    const struct mbp_event *only = NULL;
    for (size_t i = 0; i < events->count; i++) {
        if (events->items[i].code != code)
            continue;
        if (only != NULL)
            fail_msg("more than one event '%s'", mbp_event_code_name((uint16_t)code));
        only = &events->items[i];
    }
    if (only == NULL)
        fail_msg("no event '%s' among %zu", mbp_event_code_name((uint16_t)code), events->count);
    return only;
}

void fixture_assert_number(double actual, double expected)
{
    if (isnan(expected) ? !isnan(actual) : !(actual >= expected && actual <= expected))
        fail_msg("%.17g is not %.17g", actual, expected);
}
