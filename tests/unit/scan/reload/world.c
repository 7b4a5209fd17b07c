/* A loop of signals always leads through an integrator, so that the order in the file decides nothing. */
#include "world.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "mbplant/base.h"

#define SENSORS_MAX 24u

struct world {
    FILE *out;
    uint64_t key, drawn;
    const char *recording;
    uint32_t machines, sensors, actuators;
    bool integrates[SENSORS_MAX], is_bool[SENSORS_MAX], is_text[SENSORS_MAX];
    uint32_t machine_of[SENSORS_MAX]; /* 0 = none; also of the actuator and controller of that number */
    uint32_t unit_of[4];              /* of machine 1.. */
};

static uint64_t draw(struct world *world, uint64_t below)
{
    return mbp_rng_draw(world->key, world->drawn++) % below;
}

static bool chance(struct world *world, unsigned percent)
{
    return draw(world, 100) < percent;
}

static double amount(struct world *world, double low, double high)
{
    return low + (high - low) * (double)draw(world, 1000) / 1000;
}

/* ---- sensors ---------------------------------------------------------------------------------------------------- */

static void write_times(struct world *world, unsigned percent)
{
    if (chance(world, percent))
        fprintf(world->out, ", lag: %ums", (unsigned)draw(world, 4000) + 100);
    if (chance(world, percent))
        fprintf(world->out, ", dead_time: %ums", (unsigned)draw(world, 1500) + 10);
}

/* Actuators A0.. of an even number are analogue. */
static void write_inputs(struct world *world, uint32_t s)
{
    const char *comma = "";
    fprintf(world->out, ", inputs: [");
    for (uint64_t left = 1 + draw(world, 3); left > 0; left--) {
        uint32_t from = (uint32_t)draw(world, world->sensors);
        bool may = !world->is_text[from] && (from < s || world->integrates[from]);
        if (chance(world, 40) || !may)
            fprintf(world->out, "%s{from: A%u", comma, (unsigned)draw(world, world->actuators));
        else
            fprintf(world->out, "%s{from: S%u", comma, from);
        fprintf(world->out, ", gain: %.3f", amount(world, -0.8, 0.8));
        write_times(world, 35);
        if (chance(world, 20))
            fprintf(world->out, ", function: square_root");
        if (chance(world, 20))
            fprintf(world->out, ", times: A%u", (unsigned)draw(world, world->actuators));
        fprintf(world->out, "}");
        comma = ", ";
    }
    fprintf(world->out, "]");
}

static void write_signal(struct world *world, uint32_t s)
{
    static const char *const waves[] = {"sine", "square", "triangle", "sawtooth", "steps"};
    fprintf(world->out, ", signal: {");
    if (world->is_text[s]) {
        fprintf(world->out, "text: lot%u}", s);
        return;
    }
    if (chance(world, 8)) {
        fprintf(world->out, "replay: %s, noise: 0.2}", world->recording);
        return;
    }
    fprintf(world->out, "base: {en_service: %.2f, en_panne: %.2f}", amount(world, -20, 60), amount(world, -5, 5));
    if (chance(world, 40))
        fprintf(world->out, ", wave: {shape: %s, amplitude: %.2f, period: %ums, phase: %.2f}", waves[draw(world, 5)],
                amount(world, 1, 30), (unsigned)draw(world, 9000) + 500, amount(world, 0, 0.99));
    if (world->integrates[s] || chance(world, 60))
        write_inputs(world, s);
    if (world->integrates[s])
        fprintf(world->out, ", integrate: {gain: %.3f, initial: %.1f}", amount(world, 0.01, 0.3), amount(world, 0, 50));
    write_times(world, 30);
    if (chance(world, 25))
        fprintf(world->out, ", wander: {sigma: %.2f, tau: %ums}", amount(world, 0.1, 3),
                (unsigned)draw(world, 5000) + 200);
    if (chance(world, 40))
        fprintf(world->out, ", noise: %.2f", amount(world, 0.05, 2));
    fprintf(world->out, "}");
}

static void write_alarms(struct world *world, bool of_machine)
{
    static const char *const suppress[] = {"", "en_panne", "maintenance", "en_service"};
    bool rate = chance(world, 30);
    bool bad = chance(world, 25);
    bool trips = of_machine && chance(world, 15);
    fprintf(world->out, ", limits: {low_low: -60, low: %.1f, high: {at: %.1f, latch: %s, deadband: 2}, high_high: 150}",
            amount(world, -50, 5), amount(world, 30, 100), chance(world, 30) ? "true" : "false");
    fprintf(world->out, ", trip: [%s%s]", trips ? "high_high" : "", trips && rate ? ", rate_of_change" : "");
    fprintf(world->out, ", deadband: %.1f, delay: %ums, off_delay: %ums", amount(world, 0, 2),
            (unsigned)draw(world, 5) * 150, (unsigned)draw(world, 5) * 170);
    if (chance(world, 25))
        fprintf(world->out, ", suppress: {when: \"S0 > %.1f\"}", amount(world, -20, 60));
    else if (of_machine)
        fprintf(world->out, ", suppress: [%s]", suppress[draw(world, 4)]);
    if (rate)
        fprintf(world->out, ", rate_of_change: {max: %.1f, per: %ums, delay: %ums}", amount(world, 2, 20),
                (unsigned)draw(world, 9000) + 200, (unsigned)draw(world, 3) * 200);
    if (bad)
        fprintf(world->out, ", bad_quality: {delay: %ums}", (unsigned)draw(world, 3) * 200);
    if (chance(world, 30))
        fprintf(world->out, ", re_alarm: %ums", (unsigned)draw(world, 4000) + 500);
    if (chance(world, 30))
        fprintf(world->out, ", chatter: {transitions: %u, within: %ums, for: %ums}", (unsigned)draw(world, 3) + 2,
                (unsigned)draw(world, 8000) + 500, (unsigned)draw(world, 4000) + 500);
}

static void write_sensor(struct world *world, uint32_t s, const char *indent)
{
    static const char *const types[] = {"float32", "float64", "int32, scale: 0.01", "float32, order: CDAB"};
    static const char *const injects[] = {"hold", "once", "hold", "reject"};
    fprintf(world->out, "%s- {name: S%u, label: label %u", indent, s, s);
    if (world->is_text[s])
        fprintf(world->out, ", register: {type: string(4)}");
    else if (world->is_bool[s])
        fprintf(world->out, ", register: {type: bool}");
    else
        fprintf(world->out, ", range: [-100, 200], register: {type: %s}", types[draw(world, 4)]);
    if (!world->is_bool[s] && !world->is_text[s] && chance(world, 60))
        write_alarms(world, world->machine_of[s] != 0);
    fprintf(world->out, ", inject: %s", injects[draw(world, 4)]);
    write_signal(world, s);
    fprintf(world->out, "}\n");
}

/* ---- outputs ---------------------------------------------------------------------------------------------------- */

static void write_actuator(struct world *world, uint32_t a, const char *indent)
{
    bool on_off = a % 2 == 1;
    fprintf(world->out, "%s- {name: A%u, label: label %u, travel: %ums", indent, a, a, (unsigned)draw(world, 6) * 700);
    if (on_off)
        fprintf(world->out, ", on_off: true");
    else
        fprintf(world->out, ", initial: %.1f, register: {type: float32}", amount(world, 0, 100));
    if (world->machine_of[a] != 0 && chance(world, 50))
        fprintf(world->out, ", fail: %s", on_off ? "off" : "closed");
    fprintf(world->out, "}\n");
}

/* Some sensor that shows a number; S0 always does. */
static uint32_t measured(struct world *world)
{
    uint32_t s = (uint32_t)draw(world, world->sensors);
    return world->is_text[s] || world->is_bool[s] ? 0 : s;
}

static void write_law(struct world *world)
{
    fprintf(world->out, ", setpoint: %.1f, gain: %.2f, action: %s", amount(world, 0, 80), amount(world, 0.1, 3),
            chance(world, 30) ? "direct" : "reverse");
    if (chance(world, 70))
        fprintf(world->out, ", integral: %ums", (unsigned)draw(world, 20000) + 500);
    if (chance(world, 30))
        fprintf(world->out, ", derivative: %ums", (unsigned)draw(world, 3000) + 100);
    if (chance(world, 30))
        fprintf(world->out, ", feedforward: [{from: S%u, gain: 0.2}, {from: A1, gain: 3}]", measured(world));
    if (chance(world, 20))
        fprintf(world->out, ", mode: manual");
    fprintf(world->out, "}\n");
}

/* Controller C<a> moves actuator A<a>; some have an outer one, O<a>. */
static void write_controllers(struct world *world, uint32_t a, const char *indent)
{
    bool cascade = chance(world, 40);
    if (cascade) {
        fprintf(world->out, "%s- {name: O%u, input: S%u", indent, a, measured(world));
        write_law(world);
    }
    fprintf(world->out, "%s- {name: C%u, input: S%u, output: A%u", indent, a, measured(world), a);
    if (cascade)
        fprintf(world->out, ", cascade: O%u", a);
    write_law(world);
}

/* ---- the plant -------------------------------------------------------------------------------------------------- */

/* What a condition is about: S0, or an alarm or position that often changes. */
static void write_condition(struct world *world)
{
    const double than = amount(world, -20, 60);
    switch (draw(world, 4)) {
    case 0:
        fprintf(world->out, "\"S0 > %.1f\"", than);
        break;
    case 1:
        fprintf(world->out, "\"S0 < %.1f AND A1\"", than);
        break;
    case 2:
        fprintf(world->out, "\"A2 > %.1f AND NOT A1\"", than);
        break;
    default:
        fprintf(world->out, "\"1 / (S0 - %.1f) > 4\"", than);
        break;
    }
}

/* Interlock K<machine>_<n>; alarm L<machine>_<n>, of a unit machine 0. */
static void write_interlocks(struct world *world, uint32_t machine, const char *indent)
{
    uint64_t count = machine != 0 ? draw(world, 4) : 0;
    if (count > 0)
        fprintf(world->out, "%sinterlocks:\n", indent);
    for (uint64_t n = 0; n < count; n++) {
        fprintf(world->out, "%s  - {name: K%u_%u, when: ", indent, machine, (unsigned)n);
        write_condition(world);
        if (chance(world, 40))
            fprintf(world->out, ", delay: %ums", (unsigned)draw(world, 900) + 50);
        if (chance(world, 40))
            fprintf(world->out, ", action: permissive");
        if (chance(world, 40))
            fprintf(world->out, ", bypass: {longest: %us}", (unsigned)draw(world, 6) + 1);
        fprintf(world->out, "}\n");
    }
    count = draw(world, 3);
    if (count > 0)
        fprintf(world->out, "%salarms:\n", indent);
    for (uint64_t n = 0; n < count; n++) {
        fprintf(world->out, "%s  - {name: L%u_%u, when: ", indent, machine, (unsigned)n);
        write_condition(world);
        if (chance(world, 40))
            fprintf(world->out, ", re_alarm: %ums", (unsigned)draw(world, 2000) + 200);
        if (chance(world, 30))
            fprintf(world->out, ", chatter: {transitions: 2, within: 3s, for: 1s}");
        if (chance(world, 30))
            fprintf(world->out, ", suppress: {when: \"S0 > %.1f\"}", amount(world, -20, 60));
        if (chance(world, 30))
            fprintf(world->out, ", latch: true");
        if (machine != 0 && chance(world, 20))
            fprintf(world->out, ", trip: true");
        fprintf(world->out, "}\n");
    }
}

/* Sensors, actuators and controllers of a machine, or of a unit itself (0). */
static void write_group(struct world *world, uint32_t machine, const char *indent)
{
    char item[32];
    const char *key = "sensors";
    snprintf(item, sizeof item, "%s  ", indent);
    for (uint32_t s = 0; s < world->sensors; s++) {
        if (world->machine_of[s] != machine)
            continue;
        if (key != NULL)
            fprintf(world->out, "%s%s:\n", indent, key);
        key = NULL;
        write_sensor(world, s, item);
    }
    key = "actuators";
    for (uint32_t a = 0; a < world->actuators; a++) {
        if (world->machine_of[a] != machine)
            continue;
        if (key != NULL)
            fprintf(world->out, "%s%s:\n", indent, key);
        key = NULL;
        write_actuator(world, a, item);
    }
    key = "controllers";
    for (uint32_t a = 0; a < world->actuators; a += 2) {
        if (world->machine_of[a] != machine || a % 4 == 0)
            continue;
        if (key != NULL)
            fprintf(world->out, "%s%s:\n", indent, key);
        key = NULL;
        write_controllers(world, a, item);
    }
    write_interlocks(world, machine, indent);
}

static void write_machine(struct world *world, uint32_t machine)
{
    fprintf(world->out, "      - name: M%u\n        label: label %u\n", machine, machine);
    if (chance(world, 50))
        fprintf(world->out, "        cycle: {time: %ums, reject: 20%%}\n", (unsigned)draw(world, 900) + 50);
    if (chance(world, 50))
        fprintf(world->out, "        maintenance: {every: %us, takes: %us}\n", (unsigned)draw(world, 9) + 1,
                (unsigned)draw(world, 4) + 1);
    write_group(world, machine, "        ");
}

static void write_faults(struct world *world)
{
    static const char *const kinds[] = {"stuck",
                                        "bias, amount: 7",
                                        "drift, amount: 3, over: 2s",
                                        "spike, amount: 40, every: 1s",
                                        "dropout, shows: low",
                                        "noise, amount: 4",
                                        "step, amount: 15",
                                        "ramp, amount: -20, over: 3s"};
    fprintf(world->out, "faults:\n");
    for (uint32_t f = 0; f < 6; f++) {
        fprintf(world->out, "  - {name: F%u, sensor: S%u, kind: %s", f, measured(world), kinds[draw(world, 8)]);
        if (chance(world, 40))
            fprintf(world->out, ", start: %ums, duration: %ums", (unsigned)draw(world, 8000),
                    (unsigned)draw(world, 6000) + 100);
        else if (chance(world, 60))
            fprintf(world->out, ", mttf: %ums, mttr: %ums", (unsigned)draw(world, 5000) + 100,
                    (unsigned)draw(world, 5000) + 100);
        fprintf(world->out, "}\n");
    }
}

static void decide(struct world *world)
{
    world->machines = 1 + (uint32_t)draw(world, 3);
    world->sensors = 6 + (uint32_t)draw(world, SENSORS_MAX - 6);
    world->actuators = 4 + (uint32_t)draw(world, 5);
    if (world->actuators > world->sensors)
        world->actuators = world->sensors;
    for (uint32_t s = 0; s < world->sensors; s++) {
        world->machine_of[s] = (uint32_t)draw(world, world->machines + 1);
        world->is_text[s] = s > 0 && chance(world, 5);
        world->is_bool[s] = s > 0 && !world->is_text[s] && chance(world, 15);
        world->integrates[s] = !world->is_text[s] && !world->is_bool[s] && chance(world, 25);
    }
    for (uint32_t m = 0; m < world->machines; m++)
        world->unit_of[m] = m == 2 ? 2 : 1;
}

char *world_text(uint64_t seed, const char *recording)
{
    char *text = NULL;
    size_t len = 0;
    struct world world = {.key = mbp_rng_key(seed, 0x776F726C64), .recording = recording};
    world.out = open_memstream(&text, &len);
    if (world.out == NULL)
        return NULL;
    decide(&world);
    fprintf(world.out, "mbplant: 1\nname: World %llu\nscan: 100ms\nseed: %llu\nunits:\n", (unsigned long long)seed,
            (unsigned long long)seed + 5);
    for (uint32_t unit = 1; unit <= (world.machines > 2 ? 2 : 1); unit++) {
        fprintf(world.out, "  - id: %u\n    machines:\n", unit);
        for (uint32_t m = 0; m < world.machines; m++) {
            if (world.unit_of[m] == unit)
                write_machine(&world, m + 1);
        }
        if (unit == 1)
            write_group(&world, 0, "    ");
    }
    write_faults(&world);
    fclose(world.out);
    return text;
}
