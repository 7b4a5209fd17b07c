/* controller: the keys of a PID controller. What its names stand for is resolve_controller.c's. */
#include "defs.h"

#define INPUT_UNIT  "the input's unit"
#define OUTPUT_UNIT "the output's unit"

/* ---- keys ------------------------------------------------------------------------------------------------------- */

#define OF(member) MBP_AT(struct mbp_feed_def, member)
static const struct mbp_field feed_fields[] = {
    {.key = "from",
     .help = "the sensor or actuator whose value is added to the output",
     .type = MBP_FIELD_NAME,
     .required = true,
     OF(from)},
    {.key = "gain",
     .help = "what one unit of it adds",
     .type = MBP_FIELD_NUMBER,
     OF(gain),
     .usual = "1",
     MBP_ANY_NUMBER},
};
#undef OF
static const struct mbp_schema feed_schema = {.noun = "a feedforward",
                                              .fields = feed_fields,
                                              .field_count = MBP_COUNT_OF(feed_fields),
                                              .size = sizeof(struct mbp_feed_def),
                                              .flow = true};

#define OF(member) MBP_AT(struct mbp_controller_def, member)
static const struct mbp_field fields[] = {
    [MBP_CONTROLLER_NAME] = {.key = "name",
                             .help = "its name, unique in the plant",
                             .type = MBP_FIELD_NAME,
                             .required = true,
                             OF(controller.name)},
    [MBP_CONTROLLER_LABEL] = {.key = "label",
                              .help = "what people call it",
                              .type = MBP_FIELD_TEXT,
                              OF(controller.label),
                              .usual = "",
                              .high = 80},
    [MBP_CONTROLLER_INPUT] = {.key = "input",
                              .help = "the sensor that it holds at its setpoint",
                              .type = MBP_FIELD_NAME,
                              .required = true,
                              OF(input)},
    [MBP_CONTROLLER_OUTPUT] = {.key = "output",
                               .help = "the actuator that it moves",
                               .type = MBP_FIELD_NAME,
                               OF(output)},
    [MBP_CONTROLLER_CASCADE] = {.key = "cascade",
                                .help = "the controller that gives its setpoint",
                                .type = MBP_FIELD_NAME,
                                OF(cascade)},
    [MBP_CONTROLLER_SETPOINT] = {.key = "setpoint",
                                 .help = "the value that it holds",
                                 .unit = INPUT_UNIT,
                                 .type = MBP_FIELD_NUMBER,
                                 .required = true,
                                 OF(controller.setting[MBP_SET_SETPOINT]),
                                 MBP_ANY_NUMBER},
    [MBP_CONTROLLER_GAIN] = {.key = "gain",
                             .help = "output for an error of one",
                             .type = MBP_FIELD_NUMBER,
                             .required = true,
                             OF(controller.setting[MBP_SET_GAIN]),
                             .low = 0,
                             .high = 1e6},
    [MBP_CONTROLLER_INTEGRAL] = {.key = "integral",
                                 .help = "time in which the integral part repeats the gain's; 0s: no such part",
                                 .type = MBP_FIELD_DURATION,
                                 OF(integral_ns),
                                 .usual = "0s",
                                 .high = MBP_DAY},
    [MBP_CONTROLLER_DERIVATIVE] = {.key = "derivative",
                                   .help = "time by which it looks ahead; 0s: no such part",
                                   .type = MBP_FIELD_DURATION,
                                   OF(derivative_ns),
                                   .usual = "0s",
                                   .high = MBP_DAY},
    [MBP_CONTROLLER_ACTION] = {.key = "action",
                               .help = "reverse: the output falls when the measurement rises (heating, filling)",
                               .type = MBP_FIELD_CHOICE,
                               OF(controller.direct),
                               .usual = "reverse",
                               .words = &mbp_action_words},
    [MBP_CONTROLLER_OUTPUT_RANGE] = {.key = "output_range",
                                     .help = "what it may set; all that the output allows if not given",
                                     .unit = OUTPUT_UNIT,
                                     .type = MBP_FIELD_RANGE,
                                     OF(output_range),
                                     .allowed = "two numbers, the lower first: [0, 100]"},
    [MBP_CONTROLLER_FEEDFORWARD] = {.key = "feedforward",
                                    .help = "other values that are added to the output",
                                    .type = MBP_FIELD_LIST,
                                    OF(feedforward),
                                    .high = MBP_FEEDS_MAX,
                                    .schema = &feed_schema},
    [MBP_CONTROLLER_MODE] = {.key = "mode",
                             .help = "how it begins",
                             .type = MBP_FIELD_CHOICE,
                             OF(controller.automatic),
                             .usual = "auto",
                             .words = &mbp_mode_words},
    [MBP_CONTROLLER_REPEAT] = {.key = "repeat",
                               .help = "makes so many of it; {n} in the name counts them",
                               .type = MBP_FIELD_COUNT,
                               OF(repeat),
                               .usual = "1",
                               .low = 1,
                               .high = MBP_CONTROLLERS_PER_UNIT_MAX},
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

static void check_controller(struct mbp_reader *reader, void *def)
{
    struct mbp_controller_def *controller = def;
    controller->controller.setting[MBP_SET_INTEGRAL] = seconds(controller->integral_ns);
    controller->controller.setting[MBP_SET_DERIVATIVE] = seconds(controller->derivative_ns);
    bool repeats_wrongly = (controller->def.wrong & MBP_BIT(MBP_CONTROLLER_REPEAT)) != 0;
    reader->nameless = reader->nameless || repeats_wrongly || !mbp_def_has(&controller->def, MBP_CONTROLLER_NAME);
    reader->unsure = reader->unsure || repeats_wrongly;
    if (mbp_def_has(&controller->def, MBP_CONTROLLER_OUTPUT_RANGE) &&
        controller->output_range[0] >= controller->output_range[1]) {
        mbp_reader_tell(reader, mbp_def_node(&controller->def, "output_range"),
                        "the output range is reversed; write the lower end first");
    }
}

const struct mbp_schema mbp_controller_schema = {.noun = "a controller",
                                                 .fields = fields,
                                                 .field_count = MBP_COUNT_OF(fields),
                                                 .size = sizeof(struct mbp_controller_def),
                                                 .named = true,
                                                 .defaults = controller_defaults,
                                                 .check = check_controller};

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
              (moves ? 0 : MBP_BIT(MBP_CONTROLLER_OUTPUT)) | (follows ? 0 : MBP_BIT(MBP_CONTROLLER_CASCADE))),
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
            (struct mbp_feed_def){{.present = UINT32_MAX}, mbp_input_source(plant, feed->from), feed->gain};
    }
}
