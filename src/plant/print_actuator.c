/* print_actuator: actuators with every key. A comment names the addresses that the map gives them beside the command's.
 */
#include <math.h>

#include "mbplant/map.h"
#include "print.h"

static void print_fail(FILE *out, const struct mbp_actuator *actuator, const char *indent)
{
    const char *comma = "";
    fprintf(out, "%sfail: {", indent);
    for (unsigned state = MBP_EN_SERVICE + 1; state < MBP_STATE_COUNT; state++) {
        fprintf(out, "%s%s: ", comma, mbp_state_name((enum mbp_state_code)state));
        if (isnan(actuator->fail[state])) {
            fputs("last", out);
        } else {
            mbp_print_number(out, "", actuator->fail[state]);
        }
        comma = ", ";
    }
    fputs("}\n", out);
}

static void print_actuator(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t a,
                           const char *indent)
{
    const struct mbp_actuator *actuator = &plant->actuators[a];
    mbp_print_places(out, plant, unit, MBP_PER_ACTUATOR, a, indent);
    fprintf(out, "%slabel: ", indent);
    mbp_print_text(out, actuator->label);
    fprintf(out, "\n%skind: %s\n%sunit: ", indent, mbp_actuator_kind_name((enum mbp_actuator_kind)actuator->kind),
            indent);
    mbp_print_text(out, actuator->unit_text);
    fprintf(out, "\n%son_off: %s\n%s", indent, actuator->on_off ? "true" : "false", indent);
    mbp_print_number(out, "range: [", actuator->range[0]);
    mbp_print_number(out, ", ", actuator->range[1]);
    fprintf(out, "]\n%s", indent);
    mbp_print_duration(out, "travel: ", actuator->travel_ns);
    fprintf(out, "\n%s", indent);
    mbp_print_number(out, "initial: ", actuator->initial);
    fputc('\n', out);
    if (actuator->machine != UINT32_MAX) {
        print_fail(out, actuator, indent);
    }
    if (!actuator->on_off) {
        const struct mbp_register *reg = &actuator->reg;
        fprintf(out, "%sregister: {at: %u, type: %s", indent, reg->addr, mbp_type_name((enum mbp_type)reg->type));
        mbp_print_number(out, ", scale: ", reg->scale);
        fprintf(out, ", order: %s}\n", mbp_order_name((enum mbp_order)reg->order));
    }
}

void mbp_print_actuators(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t first,
                         uint32_t count, const char *indent)
{
    char inner[32];
    snprintf(inner, sizeof inner, "%s    ", indent);
    if (count > 0) {
        fprintf(out, "%sactuators:\n", indent);
    }
    for (uint32_t a = first; a < first + count; a++) {
        const struct mbp_actuator *actuator = &plant->actuators[a];
        fprintf(out, "%s  - name: ", indent);
        mbp_print_name(out, actuator->name);
        fputc('\n', out);
        print_actuator(out, plant, unit, a, inner);
    }
}
