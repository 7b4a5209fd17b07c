/* Values against limits, with deadband and delays; changes within a window; quality. */
#include "condition.h"

#include <math.h>

#include "mbplant/codec.h"
#include "mbplant/plant/interlock.h"

/* ---- a block ----------------------------------------------------------------------------------------------------- */

static bool within(uint32_t count, const double *restrict value, const double *restrict low,
                   const double *restrict high)
{
    uint64_t beyond = 0;
    for (uint32_t i = 0; i < count; i++)
        beyond |= (uint64_t)(value[i] < low[i]) | (uint64_t)(value[i] > high[i]);
    return beyond == 0;
}

bool condition_calm(const struct mbp_state *state, uint32_t first, uint32_t count)
{
    const uint8_t *restrict flags = state->flags + first;
    const uint8_t *restrict watched = state->watched + first;
    const uint8_t *restrict waiting = state->waiting + first;
    const uint8_t *restrict condition = state->beyond + first;
    const uint8_t *restrict active = state->active + first;
    const uint8_t *restrict unack = state->unack + first;
    const uint8_t *restrict latched = state->latched + first;
    const uint8_t *restrict alarm_flags = state->alarm_flags + first;
    uint8_t up = 0;
    for (uint32_t i = 0; i < count; i++)
        up |= (uint8_t)((flags[i] & watched[i]) | waiting[i] | condition[i] | active[i] | unack[i] | latched[i] |
                        (alarm_flags[i] & (MBP_ALARMS_ONE_SHOT | MBP_ALARMS_ONE_ALONE)));
    /* A count that the compiler knows lets it take several sensors at once. */
    const double *value = state->value + first;
    const double *low = state->normal_low + first;
    const double *high = state->normal_high + first;
    return up == 0 &&
           (count == CONDITION_BLOCK ? within(CONDITION_BLOCK, value, low, high) : within(count, value, low, high));
}

/* ---- one alarm --------------------------------------------------------------------------------------------------- */

/* Whether what has been so for `scans` scans has been so for delay_ns: the first of them starts the time. */
static bool delay_over(const struct mbp_plant *plant, uint64_t delay_ns, uint32_t scans)
{
    return (uint64_t)(scans - 1) * plant->scan_ns >= delay_ns;
}

/* The condition comes when exceeded for the delay, and goes when back for the off-delay; between the two (within the
 * deadband) it stays as it is. Both in one scan cannot be. */
static void judge(const struct life *life, uint32_t s, unsigned a, bool exceeded, bool back)
{
    struct mbp_state *state = life->state;
    const struct mbp_sensor *sensor = &life->plant->sensors[s];
    const struct mbp_alarm *alarm = mbp_sensor_alarm(sensor, a);
    const uint8_t bit = (uint8_t)(1u << a);
    uint32_t *scans = &state->alarm_scans[s * MBP_ALARM_COUNT + a];
    bool holds = (state->beyond[s] & bit) != 0;
    if (holds ? !back : !exceeded) {
        *scans = 0;
        state->waiting[s] &= (uint8_t)~bit;
    } else {
        *scans += *scans < UINT32_MAX ? 1 : 0;
        state->waiting[s] |= bit;
        if (delay_over(life->plant, holds ? alarm->off_delay_ns : alarm->delay_ns, *scans)) {
            *scans = 0;
            state->waiting[s] &= (uint8_t)~bit;
            state->beyond[s] ^= bit;
            if (mbp_is_interlock(sensor))
                life_act(life, s, !holds);
            else if (holds)
                life_take(life, s, a, alarm->latch ? MBP_ALARM_CLEAR_LATCH : MBP_ALARM_CLEAR);
        }
    }
    /* Also one that was hidden when its condition came, and no longer is. */
    if ((state->beyond[s] & ~state->active[s] & ~state->hidden[s] & bit) != 0 && !mbp_is_interlock(sensor))
        life_take(life, s, a, MBP_ALARM_RAISE);
}

static bool touches(const struct mbp_state *state, uint32_t s, unsigned a)
{
    return ((state->beyond[s] | state->waiting[s] | state->active[s]) >> a & 1u) != 0;
}

static void judge_limit(const struct life *life, uint32_t s, unsigned l)
{
    const struct mbp_state *state = life->state;
    const struct mbp_sensor *sensor = &life->plant->sensors[s];
    const double limit = state->limit[s * MBP_LIMIT_COUNT + l];
    const double value = state->value[s];
    const bool holds = (state->beyond[s] >> l & 1u) != 0;
    const bool stands = touches(state, s, l);
    if (isnan(limit) && !stands)
        return;
    /* An unused limit and a value that is none (NaN) compare false: nothing is exceeded, and all is back. */
    const double deadband = holds ? mbp_sensor_alarm(sensor, l)->deadband : 0;
    const bool beyond = l >= MBP_HIGH ? mbp_grid_above(&sensor->reg, value, limit, deadband)
                                      : mbp_grid_below(&sensor->reg, value, limit, deadband);
    if (beyond || stands)
        judge(life, s, l, beyond, !beyond);
}

/* A contact that is in its state of alarm, or an expression that is TRUE. */
static void judge_condition(const struct life *life, uint32_t s)
{
    const struct mbp_state *state = life->state;
    const uint8_t condition = mbp_sensor_alarms(&life->plant->sensors[s])->condition;
    bool there = condition != MBP_CONDITION_NONE && (state->value[s] >= 0.5) == (condition == MBP_CONDITION_ON);
    /* What an interlock cannot know of is not safe. */
    there = there || (mbp_is_interlock(&life->plant->sensors[s]) && (state->flags[s] & MBP_SENSOR_BAD) != 0);
    if (there || touches(state, s, MBP_CONDITION))
        judge(life, s, MBP_CONDITION, there, !there);
}

void condition_judge(const struct life *life, uint32_t s)
{
    const struct mbp_state *state = life->state;
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++)
        judge_limit(life, s, l);
    judge_condition(life, s);
    bool bad = (state->flags[s] & state->watched[s]) != 0 && !mbp_is_interlock(&life->plant->sensors[s]);
    if (bad || touches(state, s, MBP_BAD_QUALITY))
        judge(life, s, MBP_BAD_QUALITY, bad, !bad);
    /* The plant file may have taken away what the alarm was of. */
    if (touches(state, s, MBP_RATE_OF_CHANGE) && !(mbp_sensor_alarms(&life->plant->sensors[s])->rate_max > 0))
        judge(life, s, MBP_RATE_OF_CHANGE, false, true);
}

/* ---- rates of change --------------------------------------------------------------------------------------------- */

/* b may be none (NaN). */
static struct mbp_rate_value both(struct mbp_rate_value a, struct mbp_rate_value b)
{
    return (struct mbp_rate_value){b.low < a.low ? b.low : a.low, b.high > a.high ? b.high : a.high};
}

static double span(struct mbp_rate_value of)
{
    return of.high - of.low;
}

static bool is_over(const struct mbp_rate *rate)
{
    return rate->scans == rate->every;
}

/* Begins the next part of the window, where the oldest of a full one stands. All are only looked through when one of
 * their two ends has left. */
static void begin_part(struct mbp_state *state, struct mbp_rate *rate, double value)
{
    struct mbp_rate_value *part = state->rate_value + rate->first;
    bool full = rate->filled == rate->count;
    rate->at = rate->filled == 0 || rate->at + 1 == rate->count ? 0 : rate->at + 1;
    rate->scans = rate->filled == 0 ? 0 : 1; /* the first value of all is no scan's change */
    rate->filled += full ? 0 : 1;
    if (full)
        rate->gone = part[rate->at];
    part[rate->at] = (struct mbp_rate_value){value, value};
    if (rate->filled == 1)
        rate->all = part[0];
    if (!full || (rate->gone.low > rate->all.low && rate->gone.high < rate->all.high))
        return;
    rate->all = part[0];
    for (uint32_t i = 1; i < rate->filled; i++)
        rate->all = both(rate->all, part[i]);
}

static void remember(struct mbp_state *state, struct mbp_rate *rate, double value)
{
    const struct mbp_rate_value now = {value, value};
    rate->scans++;
    if (rate->filled == 0)
        begin_part(state, rate, value);
    else if (rate->scans > rate->every)
        begin_part(state, rate, rate->last);
    struct mbp_rate_value *part = &state->rate_value[rate->first + rate->at];
    *part = both(*part, now);
    rate->all = both(rate->all, now);
    rate->last = value;
}

/* The window, and a part more of what is before it while the window is shorter than it should be: what has begun goes
 * on that long, so that it does not end and begin anew with every part. */
static struct mbp_rate_value at_least(const struct mbp_rate *rate)
{
    return is_over(rate) ? rate->all : both(rate->all, rate->gone);
}

/* What a sensor's window comes to, which is all there is to do as long as it holds less than the alarm allows. */
static void judge_rate(const struct life *life, struct mbp_rate *rate, const struct mbp_alarms *alarms)
{
    const uint32_t s = rate->sensor;
    const bool begun = touches(life->state, s, MBP_RATE_OF_CHANGE);
    if (!begun && !(span(rate->all) > alarms->rate_max))
        return;
    struct mbp_rate_value window = begun ? at_least(rate) : rate->all;
    double noise = mbp_grid_noise(&life->plant->sensors[s].reg, fmax(fabs(window.low), fabs(window.high)));
    bool exceeded = span(window) > alarms->rate_max + noise;
    bool back = !rate->resumed && !(span(window) > alarms->rate_max - alarms->of[MBP_RATE_OF_CHANGE].deadband + noise);
    if (exceeded || begun)
        judge(life, s, MBP_RATE_OF_CHANGE, exceeded, back);
}

void condition_judge_rates(const struct life *life)
{
    struct mbp_state *state = life->state;
    for (uint32_t r = 0; r < state->rate_count; r++) {
        struct mbp_rate *rate = &state->rate[r];
        double value = state->value[rate->sensor];
        if (!isnan(value))
            remember(state, rate, value);
        rate->resumed = rate->resumed && !(rate->filled == rate->count && is_over(rate));
        judge_rate(life, rate, mbp_sensor_alarms(&life->plant->sensors[rate->sensor]));
    }
}

/* From the lowest to the highest value of the window, or down from there. */
static double change_of(const struct mbp_rate *rate, double value)
{
    bool fell = value - rate->all.low < rate->all.high - value;
    return fell ? -span(rate->all) : span(rate->all);
}

double mbp_diagnosis_change(const struct mbp_state *state, uint32_t sensor)
{
    uint32_t low = 0;
    uint32_t high = state->rate_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (state->rate[middle].sensor == sensor)
            return change_of(&state->rate[middle], state->value[sensor]);
        if (state->rate[middle].sensor < sensor)
            low = middle + 1;
        else
            high = middle;
    }
    return NAN;
}
