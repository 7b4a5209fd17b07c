/* points_output: the points of outputs that act, actuators and controllers. */
#include <stdio.h>
#include <string.h>

#include "points_tour.h"

static const struct mbp_item actuator_floats[] = {
    {"position", "where it stands", "", 0, MBP_FLOAT_WORDS, MBP_FLOAT32, 1},
    {"command", "where it is to go, as float32", "", 2, MBP_FLOAT_WORDS, MBP_FLOAT32, 1},
};

static const struct mbp_item controller_coil = {"automatic", "1 automatic, 0 manual", "", 0, 1, MBP_BOOL, 1};
/* In the order of enum mbp_setting. */
static const char *const setting_whats[MBP_SETTING_COUNT] = {
    "what it holds its input at", "of its error",       "time, 0 = none",        "time, 0 = none",
    "output's lower end",         "output's upper end", "output while in manual"};
static const struct mbp_item controller_floats[] = {
    {"output", "what it gives", "", 0, MBP_FLOAT_WORDS, MBP_FLOAT32, 1},
    {"error", "setpoint less measurement", "", 2, MBP_FLOAT_WORDS, MBP_FLOAT32, 1},
    {"active_setpoint", "the one in effect", "", 4, MBP_FLOAT_WORDS, MBP_FLOAT32, 1},
    {"measurement", "its input as it saw it", "", 6, MBP_FLOAT_WORDS, MBP_FLOAT32, 1},
};

bool mbp_output_suffix_is_taken(const char *suffix)
{
    for (unsigned setting = 0; setting < MBP_SETTING_COUNT; setting++) {
        if (strcmp(mbp_setting_name((enum mbp_setting)setting), suffix) == 0) {
            return true;
        }
    }
    return mbp_items_have_suffix(actuator_floats, COUNT_OF(actuator_floats), suffix) ||
           mbp_items_have_suffix(&controller_coil, 1, suffix) ||
           mbp_items_have_suffix(controller_floats, COUNT_OF(controller_floats), suffix);
}

/* ---- actuators -------------------------------------------------------------------------------------------------- */

static struct mbp_point actuator_point(const struct mbp_tour *tour, uint32_t a, const char *suffix)
{
    const struct mbp_actuator *actuator = &tour->plant->actuators[a];
    struct mbp_point point = {.unit_text = actuator->unit_text,
                              .scale = 1,
                              .sensor = NOTHING,
                              .machine = actuator->machine,
                              .actuator = a,
                              .controller = NOTHING,
                              .table = MBP_INPUT_REGISTERS,
                              .order = MBP_ABCD};
    snprintf(point.name, sizeof point.name, "%s%s%s", actuator->name, suffix[0] != '\0' ? "." : "", suffix);
    return point;
}

/* On/off ones have a coil, the others a holding register in their own type. */
static int visit_commands(const struct mbp_tour *tour, enum mbp_table table)
{
    int stop = 0;
    for (uint32_t i = 0; i < tour->unit->actuator_count && stop == 0; i++) {
        uint32_t a = tour->unit->first_actuator + i;
        const struct mbp_actuator *actuator = &tour->plant->actuators[a];
        struct mbp_point point = actuator_point(tour, a, "");
        if (actuator->on_off != (table == MBP_COILS)) {
            continue;
        }
        point.what = actuator->on_off ? "on/off command" : "command";
        point.unit_text = actuator->on_off ? "" : actuator->unit_text;
        point.scale = actuator->reg.scale;
        point.count = actuator->reg.words;
        point.addr = actuator->reg.addr;
        point.table = (uint8_t)table;
        point.type = actuator->reg.type;
        point.order = actuator->reg.order;
        point.writable = true;
        stop = tour->visit(&point, tour->ctx);
    }
    return stop;
}

static int visit_positions(const struct mbp_tour *tour)
{
    int stop = 0;
    for (uint32_t i = 0; i < tour->unit->actuator_count; i++) {
        for (size_t k = 0; k < COUNT_OF(actuator_floats) && stop == 0; k++) {
            const struct mbp_item *item = &actuator_floats[k];
            struct mbp_point point = actuator_point(tour, tour->unit->first_actuator + i, item->suffix);
            point.what = item->what;
            point.count = item->count;
            point.type = item->type;
            point.addr = (uint16_t)(tour->unit->layout.input_actuators + MBP_ACTUATOR_WORDS * i + item->offset);
            stop = tour->visit(&point, tour->ctx);
        }
    }
    return stop;
}

/* ---- controllers ------------------------------------------------------------------------------------------------ */

static struct mbp_point controller_point(const struct mbp_tour *tour, uint32_t c, const char *suffix)
{
    const struct mbp_controller *controller = &tour->plant->controllers[c];
    struct mbp_point point = {.unit_text = "",
                              .scale = 1,
                              .count = MBP_FLOAT_WORDS,
                              .sensor = NOTHING,
                              .machine = controller->machine,
                              .actuator = NOTHING,
                              .controller = c,
                              .type = MBP_FLOAT32,
                              .order = MBP_ABCD};
    snprintf(point.name, sizeof point.name, "%s.%s", controller->name, suffix);
    return point;
}

/* The unit of a controller's output: its actuator's, or of what it gives the setpoint of. */
static const char *output_unit(const struct mbp_plant *plant, const struct mbp_controller *controller)
{
    if (controller->output != NOTHING) {
        return plant->actuators[controller->output].unit_text;
    }
    return plant->sensors[plant->controllers[controller->inner].input].unit_text;
}

static const char *setting_unit(const struct mbp_plant *plant, const struct mbp_controller *controller,
                                enum mbp_setting setting)
{
    switch (setting) {
    case MBP_SET_SETPOINT:
        return plant->sensors[controller->input].unit_text;
    case MBP_SET_GAIN:
        return "";
    case MBP_SET_INTEGRAL:
    case MBP_SET_DERIVATIVE:
        return "s";
    case MBP_SET_LOW:
    case MBP_SET_HIGH:
    case MBP_SET_MANUAL:
    case MBP_SETTING_COUNT:
        break;
    }
    return output_unit(plant, controller);
}

static int visit_settings(const struct mbp_tour *tour)
{
    int stop = 0;
    for (uint32_t i = 0; i < tour->unit->controller_count; i++) {
        uint32_t c = tour->unit->first_controller + i;
        for (unsigned k = 0; k < MBP_SETTING_COUNT && stop == 0; k++) {
            struct mbp_point point = controller_point(tour, c, mbp_setting_name((enum mbp_setting)k));
            point.what = setting_whats[k];
            point.unit_text = setting_unit(tour->plant, &tour->plant->controllers[c], (enum mbp_setting)k);
            point.addr = (uint16_t)(tour->unit->layout.holding_controllers + MBP_CONTROLLER_SETTING_WORDS * i +
                                    MBP_FLOAT_WORDS * k);
            point.table = MBP_HOLDING_REGISTERS;
            point.writable = true;
            stop = tour->visit(&point, tour->ctx);
        }
    }
    return stop;
}

static int visit_modes(const struct mbp_tour *tour)
{
    int stop = 0;
    for (uint32_t i = 0; i < tour->unit->controller_count && stop == 0; i++) {
        struct mbp_point point = controller_point(tour, tour->unit->first_controller + i, controller_coil.suffix);
        point.what = controller_coil.what;
        point.count = 1;
        point.type = MBP_BOOL;
        point.addr = (uint16_t)(tour->unit->layout.coil_controllers + i);
        point.table = MBP_COILS;
        point.writable = true;
        stop = tour->visit(&point, tour->ctx);
    }
    return stop;
}

static int visit_outputs(const struct mbp_tour *tour)
{
    int stop = 0;
    for (uint32_t i = 0; i < tour->unit->controller_count; i++) {
        const struct mbp_controller *controller = &tour->plant->controllers[tour->unit->first_controller + i];
        for (size_t k = 0; k < COUNT_OF(controller_floats) && stop == 0; k++) {
            const struct mbp_item *item = &controller_floats[k];
            struct mbp_point point = controller_point(tour, tour->unit->first_controller + i, item->suffix);
            point.what = item->what;
            point.unit_text =
                k == 0 ? output_unit(tour->plant, controller) : tour->plant->sensors[controller->input].unit_text;
            point.addr = (uint16_t)(tour->unit->layout.input_controllers + MBP_CONTROLLER_WORDS * i + item->offset);
            point.table = MBP_INPUT_REGISTERS;
            stop = tour->visit(&point, tour->ctx);
        }
    }
    return stop;
}

/* ---- both ------------------------------------------------------------------------------------------------------- */

int mbp_output_points(const struct mbp_tour *tour, enum mbp_table table)
{
    int stop = 0;
    switch (table) {
    case MBP_COILS:
        stop = visit_commands(tour, table);
        return THEN(stop, visit_modes(tour));
    case MBP_HOLDING_REGISTERS:
        stop = visit_commands(tour, table);
        return THEN(stop, visit_settings(tour));
    case MBP_INPUT_REGISTERS:
        stop = visit_positions(tour);
        return THEN(stop, visit_outputs(tour));
    case MBP_DISCRETE_INPUTS:
    case MBP_TABLE_COUNT:
        break;
    }
    return stop;
}
