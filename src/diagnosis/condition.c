/* Values against limits, with deadband and delays; changes within a window; quality. */
#include "condition.h"

#include <math.h>

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
                        (alarm_flags[i] & MBP_ALARMS_ONE_SHOT));
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
    const struct mbp_alarm *alarm = mbp_sensor_alarm(&life->plant->sensors[s], a);
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
            if (holds)
                life_take(life, s, a, alarm->latch ? MBP_ALARM_CLEAR_LATCH : MBP_ALARM_CLEAR);
        }
    }
    /* Also one that was hidden when its condition came, and no longer is. */
    if ((state->beyond[s] & ~state->active[s] & ~state->hidden[s] & bit) != 0)
        life_take(life, s, a, MBP_ALARM_RAISE);
}

static bool touches(const struct mbp_state *state, uint32_t s, unsigned a)
{
    return ((state->beyond[s] | state->waiting[s] | state->active[s]) >> a & 1u) != 0;
}

static void judge_limit(const struct life *life, uint32_t s, unsigned l)
{
    const struct mbp_state *state = life->state;
    const double limit = state->limit[s * MBP_LIMIT_COUNT + l];
    const double value = state->value[s];
    /* An unused limit and a value that is none (NaN) compare false: nothing is exceeded, and all is back. */
    bool exceeded = l >= MBP_HIGH ? value > limit : value < limit;
    if (!exceeded && !touches(state, s, l))
        return;
    double deadband = mbp_sensor_alarm(&life->plant->sensors[s], l)->deadband;
    bool back = l >= MBP_HIGH ? !(value > limit - deadband) : !(value < limit + deadband);
    judge(life, s, l, exceeded, back);
}

void condition_judge(const struct life *life, uint32_t s)
{
    const struct mbp_state *state = life->state;
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++)
        judge_limit(life, s, l);
    bool bad = (state->flags[s] & state->watched[s]) != 0;
    if (bad || touches(state, s, MBP_BAD_QUALITY))
        judge(life, s, MBP_BAD_QUALITY, bad, !bad);
    /* The plant file may have taken away what the alarm was of. */
    if (touches(state, s, MBP_RATE_OF_CHANGE) && !(mbp_sensor_alarms(&life->plant->sensors[s])->rate_max > 0))
        judge(life, s, MBP_RATE_OF_CHANGE, false, true);
}

/* ---- rates of change --------------------------------------------------------------------------------------------- */

/* The value at the window's begin, or the oldest there is; NaN before the first. */
static double oldest(const struct mbp_state *state, const struct mbp_rate *rate)
{
    if (rate->filled == 0)
        return NAN;
    return state->rate_value[rate->first + (rate->filled < rate->count ? 0 : rate->at)];
}

static void remember(struct mbp_state *state, struct mbp_rate *rate, double value)
{
    if (rate->filled > 0 && ++rate->scans < rate->every)
        return;
    rate->scans = 0;
    if (rate->filled < rate->count) {
        state->rate_value[rate->first + rate->filled++] = value;
        return;
    }
    state->rate_value[rate->first + rate->at] = value;
    rate->at = rate->at + 1 == rate->count ? 0 : rate->at + 1;
}

void condition_judge_rates(const struct life *life)
{
    struct mbp_state *state = life->state;
    for (uint32_t r = 0; r < state->rate_count; r++) {
        struct mbp_rate *rate = &state->rate[r];
        uint32_t s = rate->sensor;
        const struct mbp_alarms *alarms = mbp_sensor_alarms(&life->plant->sensors[s]);
        double change = fabs(state->value[s] - oldest(state, rate));
        bool exceeded = change > alarms->rate_max;
        bool too_soon = rate->resumed && rate->filled < rate->count;
        bool back = !too_soon && !(change > alarms->rate_max - alarms->of[MBP_RATE_OF_CHANGE].deadband);
        if (exceeded || touches(state, s, MBP_RATE_OF_CHANGE))
            judge(life, s, MBP_RATE_OF_CHANGE, exceeded, back);
        remember(state, rate, state->value[s]);
    }
}

double mbp_diagnosis_change(const struct mbp_state *state, uint32_t sensor)
{
    uint32_t low = 0;
    uint32_t high = state->rate_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (state->rate[middle].sensor == sensor)
            return state->value[sensor] - oldest(state, &state->rate[middle]);
        if (state->rate[middle].sensor < sensor)
            low = middle + 1;
        else
            high = middle;
    }
    return NAN;
}
