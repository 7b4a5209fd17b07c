/* print_controller: controllers with every key. A comment names the addresses that the map gives them. */
#include "mbplant/map.h"
#include "print.h"

static void print_feeds(FILE *out, const struct mbp_plant *plant, const struct mbp_controller *controller,
                        const char *indent)
{
    if (controller->feed_count > 0) {
        fprintf(out, "%sfeedforward:\n", indent);
    }
    for (uint32_t i = 0; i < controller->feed_count; i++) {
        fprintf(out, "%s  - {from: ", indent);
        mbp_print_name(out, mbp_input_source(plant, controller->feeds[i].from));
        mbp_print_number(out, ", gain: ", controller->feeds[i].gain);
        fputs("}\n", out);
    }
}

static void print_links(FILE *out, const struct mbp_plant *plant, const struct mbp_controller *controller,
                        const char *indent)
{
    fprintf(out, "%sinput: ", indent);
    mbp_print_name(out, plant->sensors[controller->input].name);
    if (controller->output != UINT32_MAX) {
        fprintf(out, "\n%soutput: ", indent);
        mbp_print_name(out, plant->actuators[controller->output].name);
    }
    if (controller->outer != UINT32_MAX) {
        fprintf(out, "\n%scascade: ", indent);
        mbp_print_name(out, plant->controllers[controller->outer].name);
    }
    fputc('\n', out);
}

static uint64_t duration(const struct mbp_controller *controller, enum mbp_setting setting)
{
    return (uint64_t)(controller->setting[setting] * (double)MBP_NS_PER_S + 0.5);
}

static void print_controller(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t c,
                             const char *indent)
{
    const struct mbp_controller *controller = &plant->controllers[c];
    mbp_print_places(out, plant, unit, MBP_PER_CONTROLLER, c, indent);
    fprintf(out, "%slabel: ", indent);
    mbp_print_text(out, controller->label);
    fputc('\n', out);
    print_links(out, plant, controller, indent);
    fprintf(out, "%s", indent);
    mbp_print_number(out, "setpoint: ", controller->setting[MBP_SET_SETPOINT]);
    fprintf(out, "\n%s", indent);
    mbp_print_number(out, "gain: ", controller->setting[MBP_SET_GAIN]);
    fprintf(out, "\n%s", indent);
    mbp_print_duration(out, "integral: ", duration(controller, MBP_SET_INTEGRAL));
    fprintf(out, "\n%s", indent);
    mbp_print_duration(out, "derivative: ", duration(controller, MBP_SET_DERIVATIVE));
    fprintf(out, "\n%saction: %s\n%s", indent, controller->direct ? "direct" : "reverse", indent);
    mbp_print_number(out, "output_range: [", controller->setting[MBP_SET_LOW]);
    mbp_print_number(out, ", ", controller->setting[MBP_SET_HIGH]);
    fputs("]\n", out);
    print_feeds(out, plant, controller, indent);
    fprintf(out, "%smode: %s\n", indent, controller->automatic ? "auto" : "manual");
}

void mbp_print_controllers(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t first,
                           uint32_t count, const char *indent)
{
    char inner[32];
    snprintf(inner, sizeof inner, "%s    ", indent);
    if (count > 0) {
        fprintf(out, "%scontrollers:\n", indent);
    }
    for (uint32_t c = first; c < first + count; c++) {
        fprintf(out, "%s  - name: ", indent);
        mbp_print_name(out, plant->controllers[c].name);
        fputc('\n', out);
        print_controller(out, plant, unit, c, inner);
    }
}
