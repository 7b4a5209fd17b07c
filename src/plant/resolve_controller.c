/* resolve_controller: what a controller measures, moves and follows, by name, and what must hold between controllers:
 * each moves an actuator of its own, or gives the setpoint of exactly one other. */
#include <string.h>

#include "load.h"
#include "mbplant/base/tr.h"
#include "scalar.h"

static const struct mbp_controller_def *def_of(const struct mbp_load *load, uint32_t c)
{
    return load->controller_origins[c].def;
}

static const struct mbp_node *node_of(const struct mbp_load *load, uint32_t c, const char *key)
{
    return mbp_def_node(&def_of(load, c)->def, key);
}

static bool has(const struct mbp_load *load, uint32_t c, enum mbp_controller_field field)
{
    return mbp_def_has(&def_of(load, c)->def, field);
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

/* The index of what the pattern names; UINT32_MAX (told) when there is no such thing. */
static uint32_t find(struct mbp_load *load, const struct mbp_index *index, uint32_t c, const struct mbp_node *node,
                     const char *pattern, enum mbp_item_kind wanted)
{
    static const char *const nouns[] = {[MBP_ITEM_SENSOR] = "sensor",
                                        [MBP_ITEM_ACTUATOR] = "actuator",
                                        [MBP_ITEM_CONTROLLER] = "controller",
                                        [MBP_ITEM_SOURCE] = "sensor or actuator"};
    char name[MBP_NAME_MAX + 1];
    if (mbp_pattern_fill(pattern, &load->controller_origins[c].counters, name, sizeof name) == SIZE_MAX) {
        name[0] = '\0';
    }
    uint32_t item = mbp_index_find(index, load->plant, name);
    uint32_t found = mbp_index_as(load->plant, item, wanted);
    if (found == UINT32_MAX && !mbp_is_doubtful(load, item)) {
        mbp_reader_tell(&load->reader, node, "there is no %s '%s' in the plant", mbp_tr(nouns[wanted]), name);
    }
    return found;
}

static void find_feeds(struct mbp_load *load, const struct mbp_index *index, uint32_t c)
{
    const struct mbp_def_list *list = &def_of(load, c)->feedforward;
    const struct mbp_feed_def *defs = list->items;
    struct mbp_feed *feeds = mbp_reader_array(&load->reader, load->reader.keep, list->count, sizeof *feeds);
    if (feeds == NULL) {
        return;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        const struct mbp_node *node = mbp_def_node(&defs[i].def, "from");
        feeds[i].gain = defs[i].gain;
        feeds[i].from = defs[i].from == NULL ? UINT32_MAX : find(load, index, c, node, defs[i].from, MBP_ITEM_SOURCE);
    }
    load->controllers[c].feeds = feeds;
    load->controllers[c].feed_count = list->count;
}

static void find_all(struct mbp_load *load, const struct mbp_index *index, uint32_t c)
{
    const struct mbp_controller_def *def = def_of(load, c);
    struct mbp_controller *controller = &load->controllers[c];
    if (def->input != NULL) {
        controller->input = find(load, index, c, node_of(load, c, "input"), def->input, MBP_ITEM_SENSOR);
    }
    if (def->output != NULL) {
        controller->output = find(load, index, c, node_of(load, c, "output"), def->output, MBP_ITEM_ACTUATOR);
    }
    if (def->cascade != NULL) {
        controller->outer = find(load, index, c, node_of(load, c, "cascade"), def->cascade, MBP_ITEM_CONTROLLER);
    }
    find_feeds(load, index, c);
}

/* ---- what must hold --------------------------------------------------------------------------------------------- */

static void check_output(struct mbp_load *load, uint32_t c, uint32_t *owner)
{
    const struct mbp_controller *controller = &load->controllers[c];
    const struct mbp_node *node = node_of(load, c, "output");
    if (controller->output == UINT32_MAX) {
        return;
    }
    const struct mbp_actuator *actuator = &load->actuators[controller->output];
    if (actuator->on_off && !controller->two_position) {
        mbp_reader_tell(
            &load->reader, node,
            "%s is on/off; a controller needs an actuator that it can set in between, or type: two_position, "
            "low: .., high: .. to switch it",
            actuator->name);
        return;
    }
    if (!actuator->on_off && controller->two_position) {
        mbp_reader_tell(&load->reader, node, "%s is not on/off; a two-position controller switches one that is",
                        actuator->name);
        return;
    }
    if (owner[controller->output] != 0) {
        mbp_reader_tell(&load->reader, node, "%s is moved by %s already; each actuator has one controller",
                        actuator->name, load->controllers[owner[controller->output] - 1].name);
        return;
    }
    owner[controller->output] = c + 1;
}

static void check_cascade(struct mbp_load *load, uint32_t c)
{
    const struct mbp_controller *controller = &load->controllers[c];
    if (controller->outer == UINT32_MAX) {
        return;
    }
    struct mbp_controller *outer = &load->controllers[controller->outer];
    const struct mbp_node *node = node_of(load, c, "cascade");
    if (controller->outer == c) {
        mbp_reader_tell(&load->reader, node, "a controller cannot give its own setpoint");
    } else if (def_of(load, controller->outer)->output != NULL) {
        mbp_reader_tell(&load->reader, node,
                        "%s has an 'output' of its own; in a cascade its output is the setpoint of %s: "
                        "remove one",
                        outer->name, controller->name);
    } else if (outer->inner != UINT32_MAX) {
        mbp_reader_tell(&load->reader, node, "%s gives the setpoint of %s already", outer->name,
                        load->controllers[outer->inner].name);
    } else {
        outer->inner = c;
    }
}

static bool is_wrong(const struct mbp_load *load, uint32_t c, enum mbp_controller_field field)
{
    return (def_of(load, c)->def.wrong & MBP_BIT(field)) != 0;
}

/* Whether it is not known of some controller which one gives its setpoint; that is told already. */
static bool cascades_are_doubtful(const struct mbp_load *load)
{
    for (uint32_t c = 0; c < load->plant->controller_count; c++) {
        bool lost = def_of(load, c)->cascade != NULL && load->controllers[c].outer == UINT32_MAX;
        if (lost || is_wrong(load, c, MBP_CONTROLLER_CASCADE)) {
            return true;
        }
    }
    return false;
}

/* Every way through inner ones ends at an actuator. */
static void check_end(struct mbp_load *load, uint32_t c)
{
    uint32_t at = c;
    for (uint32_t steps = 0; steps <= load->plant->controller_count; steps++) {
        const struct mbp_controller *controller = &load->controllers[at];
        if (def_of(load, at)->output != NULL || is_wrong(load, at, MBP_CONTROLLER_OUTPUT)) {
            return;
        }
        if (controller->inner == UINT32_MAX) {
            break;
        }
        at = controller->inner;
    }
    mbp_reader_tell(&load->reader, def_of(load, c)->def.node,
                    "%s moves nothing: it needs an 'output', or another controller with 'cascade: %s'",
                    load->controllers[c].name, load->controllers[c].name);
}

static void tell_outside(struct mbp_load *load, uint32_t c, const char *key, double value, const double range[2])
{
    char text[3][32];
    mbp_reader_tell(&load->reader, node_of(load, c, key), "'%s' is %s, outside the range %s..%s", key,
                    mbp_scalar_format(value, text[0], sizeof text[0]),
                    mbp_scalar_format(range[0], text[1], sizeof text[1]),
                    mbp_scalar_format(range[1], text[2], sizeof text[2]));
}

static bool is_within(double value, const double range[2])
{
    return value >= range[0] && value <= range[1];
}

static void complete_ranges(struct mbp_load *load, uint32_t c)
{
    struct mbp_controller *controller = &load->controllers[c];
    const struct mbp_controller_def *def = def_of(load, c);
    const double *input = load->sensors[controller->input].range;
    bool moves = controller->output != UINT32_MAX;
    const double *output = moves ? load->actuators[controller->output].range
                                 : load->sensors[load->controllers[controller->inner].input].range;
    memcpy(controller->setpoint_range, input, sizeof controller->setpoint_range);
    memcpy(controller->output_range, output, sizeof controller->output_range);
    bool input_right = load->origins[controller->input].def->range_right;
    bool output_right = moves ? load->actuator_origins[controller->output].def->range_right
                              : load->origins[load->controllers[controller->inner].input].def->range_right;
    if (input_right && has(load, c, MBP_CONTROLLER_SETPOINT) &&
        !is_within(def->controller.setting[MBP_SET_SETPOINT], input)) {
        tell_outside(load, c, "setpoint", def->controller.setting[MBP_SET_SETPOINT], input);
    }
    for (int end = 0; end < 2 && input_right && controller->two_position; end++) {
        double value = end == 0 ? controller->low : controller->high;
        if (!is_within(value, input)) {
            tell_outside(load, c, end == 0 ? "low" : "high", value, input);
        }
    }
    const double *wanted = has(load, c, MBP_CONTROLLER_OUTPUT_RANGE) ? def->output_range : output;
    for (int end = 0; end < 2; end++) {
        if (output_right && !is_within(wanted[end], output)) {
            tell_outside(load, c, "output_range", wanted[end], output);
        }
    }
    controller->setting[MBP_SET_LOW] = wanted[0];
    controller->setting[MBP_SET_HIGH] = wanted[1];
    /* Where the output begins. */
    controller->setting[MBP_SET_MANUAL] = moves ? load->actuators[controller->output].initial
                                                : def_of(load, controller->inner)->controller.setting[MBP_SET_SETPOINT];
}

static bool is_whole(const struct mbp_load *load, uint32_t c)
{
    const struct mbp_controller *controller = &load->controllers[c];
    bool ends = controller->output != UINT32_MAX ||
                (controller->inner != UINT32_MAX && load->controllers[controller->inner].input != UINT32_MAX);
    return ends && controller->input != UINT32_MAX;
}

void mbp_resolve_controllers(struct mbp_load *load, const struct mbp_index *index)
{
    uint32_t count = load->plant->controller_count;
    uint32_t *owner = mbp_reader_array(&load->reader, load->reader.scratch, load->plant->actuator_count, sizeof *owner);
    if (owner == NULL || load->reader.nameless) {
        return;
    }
    for (uint32_t c = 0; c < count; c++) {
        find_all(load, index, c);
    }
    for (uint32_t c = 0; c < count; c++) {
        check_output(load, c, owner);
        check_cascade(load, c);
    }
    for (uint32_t c = 0; c < count && !cascades_are_doubtful(load) && !mbp_errors_hopeless(load->reader.errors); c++) {
        check_end(load, c);
    }
    for (uint32_t c = 0; c < count && !mbp_errors_hopeless(load->reader.errors); c++) {
        if (is_whole(load, c)) {
            complete_ranges(load, c);
        }
    }
}
