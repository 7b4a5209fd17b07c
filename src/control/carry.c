/* Controllers of a changed plant. */
#include <math.h>
#include <string.h>

#include "control_priv.h"

static bool same_number(double a, double b)
{
    return (a >= b && a <= b) || (isnan(a) && isnan(b));
}

/* Whether an index of the new plant is what was `was` in the old one; both UINT32_MAX is the same nothing. */
static bool same_thing(const uint32_t *from, uint32_t was, uint32_t now)
{
    return now == UINT32_MAX ? was == UINT32_MAX : was != UINT32_MAX && from[now] == was;
}

static bool same_source(const struct mbp_carry *carry, uint32_t was, uint32_t now)
{
    uint32_t old_sensors = carry->from->sensor_count;
    uint32_t new_sensors = carry->to->sensor_count;
    if ((was < old_sensors) != (now < new_sensors))
        return false;
    return now < new_sensors ? carry->sensor_from[now] == was
                             : carry->actuator_from[now - new_sensors] == was - old_sensors;
}

/* Whether the controller acts on the same things in the same sense, so that its integral still means what it did. */
static bool same_loop(const struct mbp_carry *carry, const struct mbp_controller *was, const struct mbp_controller *now)
{
    if (!same_thing(carry->sensor_from, was->input, now->input) ||
        !same_thing(carry->actuator_from, was->output, now->output) ||
        !same_thing(carry->controller_from, was->inner, now->inner) || was->direct != now->direct ||
        was->feed_count != now->feed_count)
        return false;
    for (uint32_t i = 0; i < now->feed_count; i++) {
        if (!same_source(carry, was->feeds[i].from, now->feeds[i].from) ||
            !same_number(was->feeds[i].gain, now->feeds[i].gain))
            return false;
    }
    return true;
}

/* A setting that can be no more is the file's; the two ends of the output go together. */
static void mend_settings(const struct mbp_controller *now, double setting[MBP_SETTING_COUNT])
{
    for (unsigned i = 0; i < MBP_SETTING_COUNT; i++) {
        if (mbp_setting_allowed(now, (enum mbp_setting)i, setting))
            continue;
        setting[i] = now->setting[i];
        if (i == MBP_SET_LOW || i == MBP_SET_HIGH) {
            setting[MBP_SET_LOW] = now->setting[MBP_SET_LOW];
            setting[MBP_SET_HIGH] = now->setting[MBP_SET_HIGH];
        }
    }
}

static void carry_one(const struct mbp_carry *carry, struct mbp_state *to, uint32_t c)
{
    const struct mbp_controller *was = &carry->from->controllers[carry->controller_from[c]];
    const struct mbp_controller *now = &carry->to->controllers[c];
    struct mbp_controller_state *state = &to->controller[c];
    for (unsigned i = 0; i < MBP_SETTING_COUNT; i++) {
        if (!same_number(was->setting[i], now->setting[i]))
            control_keep_output(now, state, (enum mbp_setting)i, now->setting[i]);
    }
    mend_settings(now, state->setting);
    if (was->automatic != now->automatic)
        state->automatic = now->automatic;
    if (!same_loop(carry, was, now))
        state->seen = NAN; /* takes its integral from where its output is */
}

void mbp_control_carry(const struct mbp_carry *carry, struct mbp_state *to)
{
    for (uint32_t c = 0; c < carry->to->controller_count; c++) {
        if (carry->controller_from[c] != UINT32_MAX)
            carry_one(carry, to, c);
    }
}
