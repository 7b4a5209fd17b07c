/* read_controller: the keys of a PID controller. What its names stand for is resolve_controller.c's. */
#include "defs.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define DAY             (86400 * 1e9) /* ns */
#define ANY_NUMBER      .low = -DBL_MAX, .high = DBL_MAX

#define FEED(member) offsetof(struct mbp_feed_def, member)
static const struct mbp_field feed_fields[] = {
    {.key = "from", .type = MBP_FIELD_NAME, .required = true, .at = FEED(from)},
    {.key = "gain", .type = MBP_FIELD_NUMBER, .at = FEED(gain), ANY_NUMBER},
};

static void feed_defaults(void *def)
{
    ((struct mbp_feed_def *)def)->gain = 1;
}

static const struct mbp_schema feed_schema = {.noun = "a feedforward",
                                              .fields = feed_fields,
                                              .field_count = COUNT_OF(feed_fields),
                                              .size = sizeof(struct mbp_feed_def),
                                              .defaults = feed_defaults};

#define CONTROLLER(member) offsetof(struct mbp_controller_def, member)
static const struct mbp_field controller_fields[MBP_CONTROLLER_FIELDS] = {
    [MBP_CONTROLLER_NAME] = {.key = "name", .type = MBP_FIELD_NAME, .required = true, .at = CONTROLLER(name)},
    [MBP_CONTROLLER_LABEL] = {.key = "label", .type = MBP_FIELD_TEXT, .at = CONTROLLER(label), .high = 80},
    [MBP_CONTROLLER_INPUT] = {.key = "input", .type = MBP_FIELD_NAME, .required = true, .at = CONTROLLER(input)},
    [MBP_CONTROLLER_OUTPUT] = {.key = "output", .type = MBP_FIELD_NAME, .at = CONTROLLER(output)},
    [MBP_CONTROLLER_CASCADE] = {.key = "cascade", .type = MBP_FIELD_NAME, .at = CONTROLLER(cascade)},
    [MBP_CONTROLLER_SETPOINT] =
        {.key = "setpoint", .type = MBP_FIELD_NUMBER, .required = true, .at = CONTROLLER(setpoint), ANY_NUMBER},
    [MBP_CONTROLLER_GAIN] =
        {.key = "gain", .type = MBP_FIELD_NUMBER, .required = true, .at = CONTROLLER(gain), .low = 0, .high = 1e6},
    [MBP_CONTROLLER_INTEGRAL] =
        {.key = "integral", .type = MBP_FIELD_DURATION, .at = CONTROLLER(integral_ns), .low = 0, .high = DAY},
    [MBP_CONTROLLER_DERIVATIVE] =
        {.key = "derivative", .type = MBP_FIELD_DURATION, .at = CONTROLLER(derivative_ns), .low = 0, .high = DAY},
    [MBP_CONTROLLER_ACTION] = {.key = "action",
                               .type = MBP_FIELD_CHOICE,
                               .at = CONTROLLER(action),
                               .words = &mbp_action_words},
    [MBP_CONTROLLER_OUTPUT_RANGE] = {.key = "output_range",
                                     .type = MBP_FIELD_RANGE,
                                     .at = CONTROLLER(output_range),
                                     .allowed = "two numbers, the lower first: [0, 100]"},
    [MBP_CONTROLLER_FEEDFORWARD] = {.key = "feedforward",
                                    .type = MBP_FIELD_LIST,
                                    .at = CONTROLLER(feedforward),
                                    .high = 16,
                                    .schema = &feed_schema},
    [MBP_CONTROLLER_MODE] = {.key = "mode", .type = MBP_FIELD_CHOICE, .at = CONTROLLER(mode), .words = &mbp_mode_words},
    [MBP_CONTROLLER_REPEAT] = {.key = "repeat",
                               .type = MBP_FIELD_COUNT,
                               .at = CONTROLLER(repeat),
                               .low = 1,
                               .high = MBP_CONTROLLERS_PER_UNIT_MAX},
};

static void controller_defaults(void *def)
{
    struct mbp_controller_def *controller = def;
    controller->label = "";
    controller->mode = 1;
    controller->repeat = 1;
}

static void check_controller(struct mbp_reader *reader, void *def)
{
    const struct mbp_controller_def *controller = def;
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
                                                 .fields = controller_fields,
                                                 .field_count = COUNT_OF(controller_fields),
                                                 .size = sizeof(struct mbp_controller_def),
                                                 .named = true,
                                                 .defaults = controller_defaults,
                                                 .check = check_controller};
