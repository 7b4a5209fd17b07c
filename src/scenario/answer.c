/* answer: what the student does, and whether it still counts. Writes are seen in the request path, so that one of a
 * value that stood there already is one too; the rest is in the events of a scan. */
#include <math.h>
#include <string.h>

#include "mbplant/event/comment.h"
#include "scenario_priv.h"

/* ---- writes ----------------------------------------------------------------------------------------------------- */

static bool touches(const struct put *put, enum mbp_table table, uint16_t addr, uint16_t count)
{
    return put->table == table && addr < put->addr + put->count && put->addr < addr + count;
}

static bool holds(const struct mbp_image_unit *unit, const struct put *put)
{
    if (put->table == MBP_COILS)
        return (unit->coils[put->addr] != 0) == (put->words[0] != 0);
    if (put->mask != 0)
        return (unit->holding[put->addr] & put->mask) == put->words[0];
    return memcmp(unit->holding + put->addr, put->words, put->count * sizeof put->words[0]) == 0;
}

static double value_at(const struct mbp_image_unit *unit, const struct put *put)
{
    if (put->table == MBP_COILS)
        return unit->coils[put->addr];
    return mbp_register_decode(&put->reg, unit->holding + put->addr);
}

/* Some of its words are there, and the others are to come. */
static bool is_partial(const struct mbp_image_unit *unit, const struct put *put)
{
    return (unit->access[put->table][put->addr] & MBP_ACCESS_PARTIAL) != 0;
}

void answer_written(void *ctx, const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count)
{
    struct mbp_play *play = ctx;
    const struct mbp_scenario *scenario = play->config.scenario;
    for (uint32_t i = 0; i < scenario->expectation_count && !play->acting; i++) {
        const struct expectation *expectation = &scenario->expectations[i];
        struct open_expectation *open = &play->expectations[i];
        if (expectation->kind != EXPECTED_WRITTEN || open->verdict != MBP_VERDICT_OPEN)
            continue;
        const struct put *put = &expectation->puts.items[0];
        if (unit->unit->id != put->unit || !touches(put, table, addr, count) || open->spoilt)
            continue;
        open->seen = holds(unit, put);
        open->written = value_at(unit, put);
        open->touched = !open->seen && is_partial(unit, put);
        if (expectation->first && !open->seen && !open->touched)
            open->spoilt = true;
    }
}

/* A value that came in parts is one once the scan has taken it in. */
static void end_parts(struct mbp_play *play)
{
    const struct mbp_scenario *scenario = play->config.scenario;
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        struct open_expectation *open = &play->expectations[i];
        if (!open->touched)
            continue;
        const struct put *put = &scenario->expectations[i].puts.items[0];
        const struct mbp_image_unit *unit = mbp_image_unit(play->config.image, put->unit);
        open->touched = is_partial(unit, put);
        open->spoilt = open->spoilt || (scenario->expectations[i].first && !open->touched);
    }
}

/* ---- events ----------------------------------------------------------------------------------------------------- */

/* The model student is told as the scenario's own steps are; he never acts in the scan of one. */
static bool by_student(const struct mbp_play *play, const struct mbp_event *event)
{
    return mbp_actor_is_peer(event->actor) || (event->actor != MBP_ACTOR_THE_LOGIC && !play->acted);
}

static void spoil(struct mbp_play *play, uint32_t index, const char *text)
{
    struct open_expectation *open = &play->expectations[index];
    if (!open->spoilt)
        snprintf(open->found, sizeof open->found, "%s", text);
    open->spoilt = true;
}

static void see_acknowledged(struct mbp_play *play, const struct mbp_event *event, uint32_t sensor)
{
    const struct mbp_scenario *scenario = play->config.scenario;
    const char *name = play->config.plant->sensors[sensor].name;
    char text[FOUND_LEN];
    snprintf(text, sizeof text, "the first alarm that was acknowledged is %s.%s", name,
             mbp_limit_name((enum mbp_limit)event->detail));
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        const struct expectation *expectation = &scenario->expectations[i];
        const uint32_t machine = play->config.plant->sensors[sensor].machine;
        if (play->expectations[i].verdict != MBP_VERDICT_OPEN || expectation->kind != EXPECTED_ACKNOWLEDGED)
            continue;
        bool of_sensor = expectation->target.kind == TARGET_SENSOR    ? expectation->target.index == sensor
                         : expectation->target.kind == TARGET_MACHINE ? expectation->target.index == machine
                                                                      : true;
        bool counts = !expectation->student || by_student(play, event);
        if (counts && expectation->first && !of_sensor)
            spoil(play, i, text);
        if (counts && of_sensor && (expectation->target.alarms >> event->detail & 1u) != 0)
            play->expectations[i].seen = true;
    }
}

/* What a student asked of a machine, which did it or refused it. */
static void see_asked(struct mbp_play *play, uint32_t machine, unsigned state, bool refused)
{
    const struct mbp_scenario *scenario = play->config.scenario;
    char text[FOUND_LEN];
    snprintf(text, sizeof text, "the first state that was asked for is %s%s",
             mbp_state_name((enum mbp_state_code)state), refused ? ", which was refused" : "");
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        const struct expectation *expectation = &scenario->expectations[i];
        if (play->expectations[i].verdict == MBP_VERDICT_OPEN && expectation->kind == EXPECTED_ASKED &&
            expectation->first && expectation->index == machine && (refused || state != expectation->state))
            spoil(play, i, text);
    }
}

static void see_machine(struct mbp_play *play, const struct mbp_event *event, uint32_t machine)
{
    unsigned to = mbp_event_state_to(event->detail);
    if (event->code == MBP_EV_MACHINE_REFUSED && mbp_actor_is_peer(event->actor))
        see_asked(play, machine, to, true);
    if (event->code != MBP_EV_MACHINE_STATE)
        return;
    bool asked = mbp_event_state_cause(event->detail) == MBP_CAUSE_COMMAND && by_student(play, event);
    play->asked_ns[machine] = asked ? play->now_ns : 0;
    if (asked)
        see_asked(play, machine, to, false);
}

void answer_scan(struct mbp_play *play, const struct mbp_event *events, size_t count)
{
    end_parts(play);
    for (size_t i = 0; i < count; i++) {
        const struct mbp_event *event = &events[i];
        const struct mbp_unit *unit = mbp_plant_find_unit(play->config.plant, event->unit);
        if (unit == NULL)
            continue;
        if (event->code == MBP_EV_ALARM_ACKNOWLEDGED && event->detail < MBP_ALARM_COUNT)
            see_acknowledged(play, event, unit->first_sensor + event->sensor);
        if (event->code == MBP_EV_MACHINE_STATE || event->code == MBP_EV_MACHINE_REFUSED)
            see_machine(play, event, unit->first_machine + event->machine);
    }
}

/* ---- order ------------------------------------------------------------------------------------------------------ */

bool answer_in_order(struct mbp_play *play, uint32_t index)
{
    const struct expectation *expectation = &play->config.scenario->expectations[index];
    char text[FOUND_LEN];
    if (expectation->after == UINT32_MAX)
        return true;
    const struct open_expectation *before = &play->expectations[expectation->after];
    uint64_t did_ns = expectation->kind == EXPECTED_ASKED ? play->asked_ns[expectation->index] : play->now_ns;
    if (before->verdict == MBP_VERDICT_MISSED || (before->verdict == MBP_VERDICT_MET && did_ns >= before->decided_ns))
        return true;
    snprintf(text, sizeof text, "it was done before its turn: %s",
             play->config.scenario->expectations[expectation->after].what);
    spoil(play, index, text);
    return false;
}
