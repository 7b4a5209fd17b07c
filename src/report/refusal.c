/* Why a point did not take a value: what the plant file says of it decides. */
#include <math.h>
#include <string.h>

#include "mbplant/formula.h"
#include "mbplant/plant/interlock.h"
#include "mbplant/state.h"
#include "messages.h"

#define NUMBER 32

static const char *owner_of(const struct mbp_plant *plant, const struct mbp_point *point)
{
    return point->sensor < plant->sensor_count           ? plant->sensors[point->sensor].name
           : point->actuator < plant->actuator_count     ? plant->actuators[point->actuator].name
           : point->controller < plant->controller_count ? plant->controllers[point->controller].name
                                                         : "";
}

bool mbp_event_point(const struct mbp_telling *by, const struct mbp_event *event, struct mbp_point *out)
{
    const struct mbp_plant *plant = by->plant;
    const struct mbp_event_type *type = mbp_event_type(event->code);
    const struct mbp_unit *unit = mbp_plant_find_unit(plant, event->unit);
    unsigned table = event->detail >> 16 & 0xFu;
    struct mbp_point point;
    struct mbp_event_tag item;
    if (type == NULL || type->detail != MBP_DETAIL_WRITE || unit == NULL || table >= MBP_TABLE_COUNT ||
        !mbp_map_point_at(plant, (uint32_t)(unit - plant->units), (enum mbp_table)table, (uint16_t)event->detail,
                          &point))
        return false;
    if (mbp_event_item(by, event, &item) && strcmp(owner_of(plant, &point), item.name) != 0)
        return false;
    *out = point;
    return true;
}

/* ---- a range ---------------------------------------------------------------------------------------------------- */

static bool is_within(double value, const double range[2])
{
    return value >= range[0] && value <= range[1];
}

/* All its digits, be they 16. */
static const char *say_end(enum mbp_lang lang, double end, char buf[NUMBER])
{
    if (fabs(end) < 1e17 && end == floor(end))
        snprintf(buf, NUMBER, "%.0f", end);
    else
        mbp_number_shortest(end, buf);
    return mbp_message_decimal(lang, buf);
}

static const char *say_range(enum mbp_lang lang, const double range[2], const char *unit_text, char *buf, size_t size)
{
    char low[NUMBER];
    char high[NUMBER];
    snprintf(buf, size, mbp_message(lang, MSG_WHY_RANGE), say_end(lang, range[0], low), say_end(lang, range[1], high),
             unit_text[0] != '\0' ? " " : "", unit_text);
    return buf;
}

/* ---- points that act -------------------------------------------------------------------------------------------- */

/* The controller that moves an actuator; NULL = none. */
static const struct mbp_controller *mover_of(const struct mbp_plant *plant, uint32_t actuator)
{
    for (uint32_t c = 0; c < plant->controller_count; c++) {
        if (plant->controllers[c].output == actuator)
            return &plant->controllers[c];
    }
    return NULL;
}

static const char *why_command(enum mbp_lang lang, const struct mbp_plant *plant, const struct mbp_point *point,
                               double value, char *buf, size_t size)
{
    const struct mbp_actuator *actuator = &plant->actuators[point->actuator];
    const struct mbp_controller *mover = mover_of(plant, point->actuator);
    if (!actuator->on_off && !mbp_grid_within(&actuator->reg, actuator->range, value))
        return say_range(lang, actuator->range, actuator->unit_text, buf, size);
    if (actuator->logic != 0)
        return mbp_message(lang, MSG_WHY_LOGIC);
    if (mover == NULL)
        return NULL;
    snprintf(buf, size, mbp_message(lang, MSG_WHY_MOVED), mover->name);
    return buf;
}

/* In automatic a controller sets its output by itself, and an inner one takes its setpoint from its outer one. */
static const char *why_setting(enum mbp_lang lang, const struct mbp_plant *plant, const struct mbp_point *point,
                               double value, char *buf, size_t size)
{
    const struct mbp_controller *controller = &plant->controllers[point->controller];
    enum mbp_setting setting = (enum mbp_setting)point->field->sub;
    const double *range = mbp_setting_range(controller, setting);
    if (!isnan(value) && !mbp_grid_within(&mbp_setting_register, range, value))
        return say_range(lang, range, point->unit_text, buf, size);
    if (setting == MBP_SET_MANUAL)
        snprintf(buf, size, mbp_message(lang, MSG_WHY_MOVED), controller->name);
    else if (setting == MBP_SET_SETPOINT && controller->outer != UINT32_MAX)
        snprintf(buf, size, mbp_message(lang, MSG_WHY_MOVED), plant->controllers[controller->outer].name);
    else if (setting == MBP_SET_LOW || setting == MBP_SET_HIGH)
        return mbp_message(lang, MSG_WHY_LOW_HIGH);
    else
        return NULL;
    return buf;
}

static const char *why_not_allowed(enum mbp_lang lang, const struct mbp_plant *plant, const struct mbp_point *point,
                                   double value, char *buf, size_t size)
{
    const struct mbp_sensor *sensor = point->sensor != UINT32_MAX ? &plant->sensors[point->sensor] : NULL;
    if (point->field->write == MBP_WRITE_COMMAND)
        return why_command(lang, plant, point, value, buf, size);
    if (point->field->write == MBP_WRITE_SETTING)
        return why_setting(lang, plant, point, value, buf, size);
    if (sensor == NULL)
        return NULL;
    const uint64_t longest_s = mbp_longest_bypass_ns(plant, point->sensor) / MBP_NS_PER_S;
    const double bypass[2] = {0, (double)longest_s};
    if (point->field->write == MBP_WRITE_BYPASS)
        return is_within(value, bypass) ? NULL : say_range(lang, bypass, "s", buf, size);
    if (point->field->write == MBP_WRITE_VALUE)
        return say_range(lang, sensor->range, sensor->unit_text, buf, size);
    if (point->field->write == MBP_WRITE_LIMIT && !isnan(value) && !is_within(value, sensor->range))
        return say_range(lang, sensor->range, sensor->unit_text, buf, size);
    if (point->field->write == MBP_WRITE_LIMIT)
        return mbp_message(lang, MSG_WHY_ORDER);
    return NULL;
}

/* The condition of the plant file that a write has to leave TRUE. */
static const char *why_accept(enum mbp_lang lang, const struct mbp_plant *plant, const struct mbp_point *point,
                              char *buf, size_t size)
{
    snprintf(buf, size, mbp_message(lang, MSG_WHY_ACCEPT), plant->formulas[point->own->accept - 1].text);
    return buf;
}

/* ---- all of it -------------------------------------------------------------------------------------------------- */

const char *mbp_report_refusal(enum mbp_lang lang, const struct mbp_plant *plant, const struct mbp_point *point,
                               double value, enum mbp_status exception, char *buf, size_t size)
{
    const char *said = NULL;
    bool known = point->field != NULL;
    bool is_value = known && point->field->write == MBP_WRITE_VALUE;
    if (known && exception == MBP_EX_SERVER_DEVICE_FAILURE) {
        bool judged = point->own != NULL && point->own->accept != 0;
        bool fits = judged && is_value && is_within(value, plant->sensors[point->sensor].range);
        said = fits ? NULL : why_not_allowed(lang, plant, point, value, buf, size);
        if (said == NULL && judged)
            said = why_accept(lang, plant, point, buf, size);
    } else if (is_value && exception == MBP_EX_ILLEGAL_DATA_ADDRESS && !point->writable)
        said = mbp_message(lang, MSG_WHY_REJECT);
    else if (exception == MBP_EX_ILLEGAL_DATA_ADDRESS && !point->writable)
        said = mbp_message(lang, MSG_WHY_READ_ONLY);
    if (said != NULL && said != buf)
        snprintf(buf, size, "%s", said);
    return said != NULL ? buf : NULL;
}

/* ---- who may not ------------------------------------------------------------------------------------------------- */

const char *mbp_report_no_right(enum mbp_lang lang, const struct mbp_operators *operators, const char *who,
                                enum mbp_right right, char *buf, size_t size)
{
    char roles[96];
    const bool french = lang == MBP_LANG_FR;
    if (right == MBP_RIGHT_COUNT || operators->count == 0)
        return NULL;
    const struct mbp_operator *found = who[0] != '\0' ? mbp_operator_find(operators, who) : NULL;
    if (found != NULL && (mbp_operator_missing(operators, found) & MBP_RIGHT_BIT(right)) == 0)
        return NULL;
    const char *does = french ? mbp_rights[right].french : mbp_rights[right].name;
    const char *nearest = who[0] != '\0' ? mbp_operator_nearest(operators, who) : NULL;
    mbp_right_roles(right, french, roles, sizeof roles);
    if (found != NULL)
        snprintf(buf, size, mbp_message(lang, MSG_NO_RIGHT), found->name, mbp_role_name((enum mbp_role)found->role),
                 roles, does);
    else if (who[0] == '\0')
        snprintf(buf, size, mbp_message(lang, MSG_NO_NAME), roles, does);
    else if (nearest != NULL)
        snprintf(buf, size, mbp_message(lang, MSG_NO_OPERATOR_BUT), who, nearest, roles, does);
    else
        snprintf(buf, size, mbp_message(lang, MSG_NO_OPERATOR), who, roles, does);
    return buf;
}
