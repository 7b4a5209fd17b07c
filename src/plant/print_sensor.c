/* print_sensor: sensors with every key. Comments name the addresses that the map gives them beside the value's. */
#include <math.h>
#include <stdio.h>

#include "mbplant/map.h"
#include "print.h"

static void print_inputs(FILE *out, const struct mbp_plant *plant, const struct mbp_sensor *sensor, const char *indent)
{
    fprintf(out, "%s  inputs:\n", indent);
    for (uint32_t i = 0; i < sensor->input_count; i++) {
        const struct mbp_input *input = &plant->inputs[sensor->first_input + i];
        fprintf(out, "%s    - {from: ", indent);
        mbp_print_name(out, mbp_input_source(plant, input->from));
        mbp_print_number(out, ", gain: ", input->gain);
        mbp_print_duration(out, ", lag: ", input->lag_ns);
        mbp_print_duration(out, ", dead_time: ", input->dead_time_ns);
        fprintf(out, ", function: %s", mbp_input_function_name((enum mbp_input_function)input->function));
        if (input->times != MBP_TIMES_NONE) {
            fputs(", times: ", out);
            mbp_print_name(out, plant->actuators[input->times].name);
        }
        fputs("}\n", out);
    }
}

static void print_process(FILE *out, const struct mbp_plant *plant, const struct mbp_sensor *sensor, const char *indent)
{
    const struct mbp_signal *signal = sensor->signal;
    fprintf(out, "%s  base: {", indent);
    for (unsigned state = 0; state < MBP_STATE_COUNT; state++) {
        fprintf(out, "%s%s", state == 0 ? "" : ", ", mbp_state_name((enum mbp_state_code)state));
        mbp_print_number(out, ": ", signal->base[state]);
    }
    fputs("}\n", out);
    if (signal->wave != MBP_WAVE_NONE) {
        fprintf(out, "%s  wave: {shape: %s", indent, mbp_wave_name(signal->wave));
        mbp_print_number(out, ", amplitude: ", signal->wave_amplitude);
        mbp_print_duration(out, ", period: ", signal->wave_period_ns);
        mbp_print_number(out, ", phase: ", signal->wave_phase);
        fputs("}\n", out);
    }
    if (sensor->input_count > 0) {
        print_inputs(out, plant, sensor, indent);
    }
    if (fabs(signal->integrate_gain) > 0) {
        fprintf(out, "%s  integrate: {", indent);
        mbp_print_number(out, "gain: ", signal->integrate_gain);
        mbp_print_number(out, ", initial: ", signal->integrate_initial);
        fputs("}\n", out);
    }
    fprintf(out, "%s", indent);
    mbp_print_duration(out, "  lag: ", signal->lag_ns);
    fprintf(out, "\n%s", indent);
    mbp_print_duration(out, "  dead_time: ", signal->dead_time_ns);
    fputc('\n', out);
    if (signal->wander_sigma > 0) {
        fprintf(out, "%s  wander: {", indent);
        mbp_print_number(out, "sigma: ", signal->wander_sigma);
        mbp_print_duration(out, ", tau: ", signal->wander_tau_ns);
        fputs("}\n", out);
    }
}

static void print_signal(FILE *out, const struct mbp_plant *plant, const struct mbp_sensor *sensor, const char *indent)
{
    const struct mbp_signal *signal = sensor->signal;
    fprintf(out, "%ssignal:\n", indent);
    if (signal->text != NULL) {
        fprintf(out, "%s  text: ", indent);
        mbp_print_text(out, signal->text);
        fputc('\n', out);
        return;
    }
    if (signal->replay != NULL) {
        fprintf(out, "%s  replay: {file: ", indent);
        mbp_print_text(out, signal->replay);
        if (signal->replay_column != NULL) {
            fputs(", column: ", out);
            mbp_print_text(out, signal->replay_column);
        }
        fprintf(out, ", loop: %s}\n", signal->replay_hold ? "false" : "true");
    } else {
        print_process(out, plant, sensor, indent);
    }
    fprintf(out, "%s", indent);
    mbp_print_number(out, "  noise: ", signal->noise);
    fputc('\n', out);
}

static void print_states(FILE *out, const char *before, uint8_t states)
{
    const char *comma = "";
    fprintf(out, "%s[", before);
    for (unsigned state = 0; state < MBP_STATE_COUNT; state++) {
        if ((states >> state & 1u) != 0) {
            fprintf(out, "%s%s", comma, mbp_state_name((enum mbp_state_code)state));
            comma = ", ";
        }
    }
    fputc(']', out);
}

/* All keys but the deadband. A sensor of no machine has no states to be suppressed in. */
static void print_alarm(FILE *out, const struct mbp_alarm *alarm, bool has_machine)
{
    fprintf(out, "priority: %s", mbp_priority_name((enum mbp_priority)alarm->priority));
    mbp_print_duration(out, ", delay: ", alarm->delay_ns);
    mbp_print_duration(out, ", off_delay: ", alarm->off_delay_ns);
    fprintf(out, ", latch: %s", alarm->latch ? "true" : "false");
    if (has_machine) {
        print_states(out, ", suppress: ", alarm->suppress);
    }
}

static bool says_the_same(const struct mbp_alarm *a, const struct mbp_alarm *b)
{
    bool same_deadband = !(a->deadband < b->deadband) && !(a->deadband > b->deadband);
    return same_deadband && a->delay_ns == b->delay_ns && a->off_delay_ns == b->off_delay_ns &&
           a->priority == b->priority && a->suppress == b->suppress && a->latch == b->latch;
}

/* A limit that has what the sensor's own keys say is its number alone. */
static void print_limit(FILE *out, const struct mbp_sensor *sensor, unsigned limit)
{
    const struct mbp_alarms *alarms = mbp_sensor_alarms(sensor);
    const struct mbp_alarm *alarm = &alarms->of[limit];
    if (says_the_same(alarm, &alarms->common)) {
        mbp_print_number(out, ": ", sensor->limits[limit]);
        return;
    }
    mbp_print_number(out, ": {at: ", sensor->limits[limit]);
    mbp_print_number(out, ", deadband: ", alarm->deadband);
    fputs(", ", out);
    print_alarm(out, alarm, sensor->machine != UINT32_MAX);
    fputc('}', out);
}

static void print_alarms_beside(FILE *out, const struct mbp_sensor *sensor, const char *indent)
{
    const struct mbp_alarms *alarms = mbp_sensor_alarms(sensor);
    bool has_machine = sensor->machine != UINT32_MAX;
    if (alarms->rate_max > 0) {
        fprintf(out, "%srate_of_change: {", indent);
        mbp_print_number(out, "max: ", alarms->rate_max);
        mbp_print_duration(out, ", per: ", alarms->rate_per_ns);
        mbp_print_number(out, ", deadband: ", alarms->of[MBP_RATE_OF_CHANGE].deadband);
        fputs(", ", out);
        print_alarm(out, &alarms->of[MBP_RATE_OF_CHANGE], has_machine);
        fputs("}\n", out);
    }
    if (alarms->bad_quality) {
        fprintf(out, "%sbad_quality: {", indent);
        print_alarm(out, &alarms->of[MBP_BAD_QUALITY], has_machine);
        fputs("}\n", out);
    }
}

/* The sensor's own keys, which hold for what says nothing else. */
static void print_common(FILE *out, const struct mbp_sensor *sensor, const char *indent)
{
    const struct mbp_alarm *common = &mbp_sensor_alarms(sensor)->common;
    fprintf(out, "%s", indent);
    mbp_print_number(out, "deadband: ", common->deadband);
    fprintf(out, "\n%s", indent);
    mbp_print_duration(out, "delay: ", common->delay_ns);
    fprintf(out, "\n%s", indent);
    mbp_print_duration(out, "off_delay: ", common->off_delay_ns);
    fprintf(out, "\n%slatch: %s\n", indent, common->latch ? "true" : "false");
    if (sensor->machine != UINT32_MAX) {
        fprintf(out, "%s", indent);
        print_states(out, "suppress: ", common->suppress);
        fputc('\n', out);
    }
    fprintf(out, "%spriority: %s\n", indent, mbp_priority_name((enum mbp_priority)common->priority));
}

static void print_limits(FILE *out, const struct mbp_sensor *sensor, const char *indent)
{
    const char *comma = "";
    fprintf(out, "%slimits: {", indent);
    for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++) {
        if (!isnan(sensor->limits[limit])) {
            fprintf(out, "%s%s", comma, mbp_limit_name((enum mbp_limit)limit));
            print_limit(out, sensor, limit);
            comma = ", ";
        }
    }
    fprintf(out, "}\n%strip: [", indent);
    comma = "";
    for (unsigned alarm = 0; alarm < MBP_ALARM_COUNT; alarm++) {
        if ((sensor->trip >> alarm & 1u) != 0) {
            fprintf(out, "%s%s", comma, mbp_limit_name((enum mbp_limit)alarm));
            comma = ", ";
        }
    }
    fputs("]\n", out);
    print_common(out, sensor, indent);
    print_alarms_beside(out, sensor, indent);
}

static void print_register(FILE *out, const struct mbp_sensor *sensor, const char *indent)
{
    const struct mbp_register *reg = &sensor->reg;
    fprintf(out, "%sregister: {at: %u, type: %s", indent, reg->addr, mbp_type_name((enum mbp_type)reg->type));
    if (reg->type == MBP_STRING) {
        fprintf(out, "(%u)", reg->words);
    }
    if (mbp_sensor_has_limits(sensor)) {
        mbp_print_number(out, ", scale: ", reg->scale);
    }
    fprintf(out, ", order: %s}\n", mbp_order_name((enum mbp_order)reg->order));
}

void mbp_print_sensors(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t first,
                       uint32_t count, const char *indent)
{
    char inner[32];
    snprintf(inner, sizeof inner, "%s    ", indent);
    if (count > 0) {
        fprintf(out, "%ssensors:\n", indent);
    }
    for (uint32_t s = first; s < first + count; s++) {
        const struct mbp_sensor *sensor = &plant->sensors[s];
        fprintf(out, "%s  - name: ", indent);
        mbp_print_name(out, sensor->name);
        fputc('\n', out);
        mbp_print_places(out, plant, unit, MBP_PER_SENSOR, s, inner);
        fprintf(out, "%slabel: ", inner);
        mbp_print_text(out, sensor->label);
        fprintf(out, "\n%skind: %s\n%sunit: ", inner, mbp_kind_name((enum mbp_kind)sensor->kind), inner);
        mbp_print_text(out, sensor->unit_text);
        fputc('\n', out);
        if (mbp_sensor_has_limits(sensor)) {
            fprintf(out, "%s", inner);
            mbp_print_number(out, "range: [", sensor->range[0]);
            mbp_print_number(out, ", ", sensor->range[1]);
            fputs("]\n", out);
            print_limits(out, sensor, inner);
        }
        print_signal(out, plant, sensor, inner);
        print_register(out, sensor, inner);
        fprintf(out, "%sinject: %s\n", inner, mbp_inject_name((enum mbp_inject)sensor->inject));
    }
}
