/* found: what there was instead of what was expected. */
#include <math.h>
#include <stdarg.h>

#include "scenario_priv.h"

static void note(struct open_expectation *open, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void note(struct open_expectation *open, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(open->found, sizeof open->found, format, args);
    va_end(args);
}

/* "65.1 °C", "1" */
static const char *value_text(double value, const char *unit, char *buf, size_t size)
{
    snprintf(buf, size, "%.7g%s%s", value, unit[0] != '\0' ? " " : "", unit);
    return buf;
}

static const char *sensor_text(const struct mbp_play *play, uint32_t s, char *buf, size_t size)
{
    return value_text(mbp_scan_state(play->config.scan)->value[s], play->config.plant->sensors[s].unit_text, buf, size);
}

static void note_alarm(const struct mbp_play *play, const struct expectation *expectation,
                       struct open_expectation *open)
{
    const struct mbp_state *state = mbp_scan_state(play->config.scan);
    uint32_t s = expectation->target.index;
    char value[64];
    if (expectation->target.kind != TARGET_SENSOR || expectation->target.alarms == MBP_ALARMS_ALL) {
        note(open, "none is active");
        return;
    }
    enum mbp_alarm_state is = mbp_alarm_state(state, s, (unsigned)__builtin_ctz(expectation->target.alarms));
    note(open, "it is %s, with %s at %s", mbp_alarm_state_name(is), play->config.plant->sensors[s].name,
         sensor_text(play, s, value, sizeof value));
}

/* The first alarm of the target in a mask. */
static void note_first(const struct mbp_play *play, const struct expectation *expectation, const uint8_t *mask,
                       const uint8_t *without, const char *is, struct open_expectation *open)
{
    uint32_t s;
    char value[64];
    if (!judge_any_alarm(play->config.plant, &expectation->target, mask, without, &s))
        return;
    unsigned there = mask[s] & expectation->target.alarms & ~(without != NULL ? (unsigned)without[s] : 0u);
    note(open, "%s.%s %s, at %s", play->config.plant->sensors[s].name,
         mbp_limit_name((enum mbp_limit)__builtin_ctz(there)), is, sensor_text(play, s, value, sizeof value));
}

static void note_acknowledged(const struct mbp_play *play, const struct expectation *expectation,
                              struct open_expectation *open)
{
    const struct mbp_state *state = mbp_scan_state(play->config.scan);
    note(open, "nobody acknowledged any, and none waits for it");
    note_first(play, expectation, state->unack, state->hidden, "waits for it", open);
}

static void note_value(const struct mbp_play *play, const struct expectation *expectation,
                       struct open_expectation *open)
{
    const struct mbp_plant *plant = play->config.plant;
    const char *unit = expectation->index < plant->sensor_count
                           ? plant->sensors[expectation->index].unit_text
                           : plant->actuators[expectation->index - plant->sensor_count].unit_text;
    char value[64];
    note(open, "it is %s", value_text(judge_value(play, expectation), unit, value, sizeof value));
}

static void note_state(const struct mbp_play *play, const struct expectation *expectation,
                       struct open_expectation *open)
{
    uint8_t is = mbp_scan_state(play->config.scan)->machine[expectation->index].state;
    bool unasked = expectation->kind == EXPECTED_ASKED && is == expectation->state;
    note(open, "it is %s%s", mbp_state_name((enum mbp_state_code)is), unasked ? ", and nobody asked for that" : "");
}

static void note_written(const struct expectation *expectation, struct open_expectation *open)
{
    char value[64];
    value_text(open->written, "", value, sizeof value);
    if (isnan(open->written))
        note(open, "nobody wrote to it");
    else
        note(open, "%s %s", expectation->first ? "what was written first is" : "what was written is", value);
}

void found_note(struct mbp_play *play, uint32_t index)
{
    const struct expectation *expectation = &play->config.scenario->expectations[index];
    struct open_expectation *open = &play->expectations[index];
    if (open->found[0] != '\0')
        return;
    switch (expectation->kind) {
    case EXPECTED_ALARM:
        note_alarm(play, expectation, open);
        break;
    case EXPECTED_NO_ALARM:
        note_first(play, expectation, mbp_scan_state(play->config.scan)->active, NULL, "is active", open);
        break;
    case EXPECTED_ACKNOWLEDGED:
        note_acknowledged(play, expectation, open);
        break;
    case EXPECTED_VALUE:
        note_value(play, expectation, open);
        break;
    case EXPECTED_STATE:
    case EXPECTED_ASKED:
        note_state(play, expectation, open);
        break;
    case EXPECTED_WRITTEN:
        note_written(expectation, open);
        break;
    case EXPECTED_POLLED:
    case EXPECTED_RECONNECTED:
    case EXPECTED_NEVER_WROTE:
    case EXPECTED_FUNCTIONS:
    case EXPECTED_ONE_UNIT:
        master_found(play, index, open->found, sizeof open->found);
        break;
    }
}
