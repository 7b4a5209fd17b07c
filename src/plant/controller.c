/* controller: the keys of a controller. What its names stand for is resolve_controller.c's. */
#include "defs.h"

#include "mbplant/base/tr.h"

#define INPUT_UNIT  "the input's unit"
#define OUTPUT_UNIT "the output's unit"

/* ---- keys ------------------------------------------------------------------------------------------------------- */

#define OF(member) MBP_AT(struct mbp_feed_def, member)
static const struct mbp_field feed_fields[] = {
    MBP_ROW(NAME, OF(from), "from", "the sensor or actuator whose value is added to the output", .required = true),
    MBP_ROW(NUMBER, OF(gain), "gain", "what one unit of it adds", .usual = "1", MBP_ANY_NUMBER),
};
#undef OF
static const struct mbp_schema feed_schema =
    MBP_SCHEMA("a feedforward", feed_fields, struct mbp_feed_def, .flow = true);

#define OF(member) MBP_AT(struct mbp_controller_def, member)
static const struct mbp_field fields[] = {
    [MBP_CONTROLLER_NAME] =
        MBP_ROW(NAME, OF(controller.name), "name", "its name, unique in the plant", .required = true),
    [MBP_CONTROLLER_LABEL] =
        MBP_ROW(TEXT, OF(controller.label), "label", "what people call it", .usual = "", .high = 80),
    [MBP_CONTROLLER_TYPE] =
        MBP_ROW(CHOICE, OF(controller.two_position), "type", "pid, or two_position: it switches an on/off actuator",
                .usual = "pid", .words = &mbp_controller_type_words),
    [MBP_CONTROLLER_INPUT] =
        MBP_ROW(NAME, OF(input), "input", "the sensor that it holds at its setpoint", .required = true),
    [MBP_CONTROLLER_OUTPUT] = MBP_ROW(NAME, OF(output), "output", "the actuator that it moves"),
    [MBP_CONTROLLER_CASCADE] = MBP_ROW(NAME, OF(cascade), "cascade", "the controller that gives its setpoint"),
    [MBP_CONTROLLER_LOW] = MBP_ROW(NUMBER, OF(controller.low), "low",
                                   "of a two-position one: here and below the actuator is on (direct: off)",
                                   .unit = INPUT_UNIT, MBP_ANY_NUMBER),
    [MBP_CONTROLLER_HIGH] = MBP_ROW(NUMBER, OF(controller.high), "high",
                                    "of a two-position one: here and above the actuator is off (direct: on)",
                                    .unit = INPUT_UNIT, MBP_ANY_NUMBER),
    [MBP_CONTROLLER_SETPOINT] = MBP_ROW(NUMBER, OF(controller.setting[MBP_SET_SETPOINT]), "setpoint",
                                        "the value that it holds", .unit = INPUT_UNIT, MBP_ANY_NUMBER),
    [MBP_CONTROLLER_GAIN] = MBP_ROW(NUMBER, OF(controller.setting[MBP_SET_GAIN]), "gain", "output for an error of one",
                                    .low = 0, .high = 1e6),
    [MBP_CONTROLLER_INTEGRAL] =
        MBP_ROW(DURATION, OF(integral_ns), "integral",
                "time in which the integral part repeats the gain's; 0s: no such part", .usual = "0s", .high = MBP_DAY),
    [MBP_CONTROLLER_DERIVATIVE] =
        MBP_ROW(DURATION, OF(derivative_ns), "derivative", "time by which it looks ahead; 0s: no such part",
                .usual = "0s", .high = MBP_DAY),
    [MBP_CONTROLLER_ACTION] = MBP_ROW(CHOICE, OF(controller.direct), "action",
                                      "reverse: the output falls when the measurement rises (heating, filling)",
                                      .usual = "reverse", .words = &mbp_action_words),
    [MBP_CONTROLLER_OUTPUT_RANGE] =
        MBP_ROW(RANGE, OF(output_range), "output_range", "what it may set; all that the output allows if not given",
                .unit = OUTPUT_UNIT, .allowed = "two numbers, the lower first: [0, 100]"),
    [MBP_CONTROLLER_FEEDFORWARD] =
        MBP_ROW(LIST, OF(feedforward), "feedforward", "other values that are added to the output",
                .high = MBP_FEEDS_MAX, .schema = &feed_schema),
    [MBP_CONTROLLER_MODE] =
        MBP_ROW(CHOICE, OF(controller.automatic), "mode", "how it begins", .usual = "auto", .words = &mbp_mode_words),
    [MBP_CONTROLLER_REPEAT] = MBP_ROW(COUNT, OF(repeat), "repeat", "makes so many of it; {n} in the name counts them",
                                      .usual = "1", .low = 1, .high = MBP_CONTROLLERS_PER_UNIT_MAX),
};
#undef OF

/* ---- rules ------------------------------------------------------------------------------------------------------ */

static void controller_defaults(void *def)
{
    struct mbp_controller *controller = &((struct mbp_controller_def *)def)->controller;
    controller->input = controller->output = controller->outer = controller->inner = UINT32_MAX;
}

static double seconds(uint64_t ns)
{
    return (double)ns / (double)MBP_NS_PER_S;
}

/* What only the one type has, or the other. */
#define TWO_POSITION_KEYS (MBP_BIT(MBP_CONTROLLER_LOW) | MBP_BIT(MBP_CONTROLLER_HIGH))
#define PID_KEYS                                                                                                       \
    (MBP_BIT(MBP_CONTROLLER_CASCADE) | MBP_BIT(MBP_CONTROLLER_SETPOINT) | MBP_BIT(MBP_CONTROLLER_GAIN) |               \
     MBP_BIT(MBP_CONTROLLER_INTEGRAL) | MBP_BIT(MBP_CONTROLLER_DERIVATIVE) | MBP_BIT(MBP_CONTROLLER_OUTPUT_RANGE) |    \
     MBP_BIT(MBP_CONTROLLER_FEEDFORWARD))

static void check_type(struct mbp_reader *reader, struct mbp_controller_def *controller)
{
    const struct mbp_def *def = &controller->def;
    bool two = controller->controller.two_position;
    uint64_t needed = two ? TWO_POSITION_KEYS | MBP_BIT(MBP_CONTROLLER_OUTPUT)
                          : MBP_BIT(MBP_CONTROLLER_SETPOINT) | MBP_BIT(MBP_CONTROLLER_GAIN);
    uint64_t given = def->present | def->wrong;
    char allowed[160];
    for (unsigned f = 0; f < MBP_COUNT_OF(fields) && (def->wrong & MBP_BIT(MBP_CONTROLLER_TYPE)) == 0; f++) {
        if ((needed & ~given & MBP_BIT(f)) != 0) {
            mbp_field_allowed(&fields[f], allowed, sizeof allowed);
            mbp_reader_tell(reader, def->node, "a %scontroller needs '%s': %s", two ? mbp_tr("two-position ") : "",
                            fields[f].key, allowed);
        }
        if ((given & (two ? PID_KEYS : TWO_POSITION_KEYS) & MBP_BIT(f)) != 0) {
            mbp_reader_tell(reader, mbp_def_node(def, fields[f].key),
                            two ? "a two-position controller has no '%s'; remove it"
                                : "'%s' is of a two-position controller: write type: two_position, or remove it",
                            fields[f].key);
        }
    }
    if (!two || (TWO_POSITION_KEYS & ~def->present) != 0)
        return;
    if (!(controller->controller.low < controller->controller.high))
        mbp_reader_tell(reader, mbp_def_node(def, "high"), "'high' is not above 'low'");
    controller->controller.setting[MBP_SET_SETPOINT] =
        controller->controller.low + (controller->controller.high - controller->controller.low) / 2;
}

static void check_controller(struct mbp_reader *reader, void *def)
{
    struct mbp_controller_def *controller = def;
    controller->controller.setting[MBP_SET_INTEGRAL] = seconds(controller->integral_ns);
    controller->controller.setting[MBP_SET_DERIVATIVE] = seconds(controller->derivative_ns);
    bool repeats_wrongly = (controller->def.wrong & MBP_BIT(MBP_CONTROLLER_REPEAT)) != 0;
    reader->nameless = reader->nameless || repeats_wrongly || !mbp_def_has(&controller->def, MBP_CONTROLLER_NAME);
    reader->unsure = reader->unsure || repeats_wrongly;
    check_type(reader, controller);
    if (mbp_def_has(&controller->def, MBP_CONTROLLER_OUTPUT_RANGE) &&
        controller->output_range[0] >= controller->output_range[1]) {
        mbp_reader_tell(reader, mbp_def_node(&controller->def, "output_range"),
                        "the output range is reversed; write the lower end first");
    }
}

const struct mbp_schema mbp_controller_schema =
    MBP_SCHEMA("a controller", fields, struct mbp_controller_def, .named = true, .defaults = controller_defaults,
               .check = check_controller);

/* ---- from the plant --------------------------------------------------------------------------------------------- */

static uint64_t duration(const struct mbp_controller *controller, enum mbp_setting setting)
{
    return (uint64_t)(controller->setting[setting] * (double)MBP_NS_PER_S + 0.5);
}

/* The name is printed apart. */
void mbp_controller_view(const struct mbp_plant *plant, uint32_t c, struct mbp_controller_view *view)
{
    const struct mbp_controller *controller = &plant->controllers[c];
    bool moves = controller->output != UINT32_MAX, follows = controller->outer != UINT32_MAX;
    view->def = (struct mbp_controller_def){
        .def.present =
            ~(MBP_BIT(MBP_CONTROLLER_NAME) | MBP_BIT(MBP_CONTROLLER_REPEAT) |
              (controller->two_position ? PID_KEYS : TWO_POSITION_KEYS) | (moves ? 0 : MBP_BIT(MBP_CONTROLLER_OUTPUT)) |
              (follows ? 0 : MBP_BIT(MBP_CONTROLLER_CASCADE))),
        .controller = *controller,
        .input = plant->sensors[controller->input].name,
        .output = moves ? plant->actuators[controller->output].name : NULL,
        .cascade = follows ? plant->controllers[controller->outer].name : NULL,
        .integral_ns = duration(controller, MBP_SET_INTEGRAL),
        .derivative_ns = duration(controller, MBP_SET_DERIVATIVE),
        .output_range = {controller->setting[MBP_SET_LOW], controller->setting[MBP_SET_HIGH]},
        .feedforward = {view->feeds, controller->feed_count},
    };
    for (uint32_t i = 0; i < controller->feed_count; i++) {
        const struct mbp_feed *feed = &controller->feeds[i];
        view->feeds[i] =
            (struct mbp_feed_def){{.present = UINT64_MAX}, mbp_input_source(plant, feed->from), feed->gain};
    }
}
