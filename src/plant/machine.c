/* machine: its keys, and what they must have to do with each other. */
#include "defs.h"
#include "mbplant/plant/interlock.h"

/* ---- keys ------------------------------------------------------------------------------------------------------- */

enum { CYCLE_TIME, CYCLE_REJECT, CYCLE_PACE };
#define OF(member) MBP_AT(struct mbp_cycle_def, member)
static const struct mbp_field cycle_fields[] = {
    [CYCLE_TIME] = MBP_ROW(DURATION, OF(time_ns), "time", "how long one product takes", .required = true, .low = MBP_MS,
                           .high = MBP_YEAR),
    [CYCLE_REJECT] = MBP_ROW(SHARE, OF(reject), "reject", "share of products that are rejected", .usual = "0"),
    [CYCLE_PACE] = MBP_ROW(NAME, OF(pace), "pace",
                           "a sensor: so many products an hour it makes now; one in each time if not given"),
};
#undef OF
static const struct mbp_schema cycle_schema = MBP_SCHEMA("a cycle", cycle_fields, struct mbp_cycle_def, .flow = true);

enum { UPKEEP_EVERY, UPKEEP_CYCLES, UPKEEP_WHEN, UPKEEP_TAKES };
#define OF(member) MBP_AT(struct mbp_upkeep_def, member)
static const struct mbp_field upkeep_fields[] = {
    [UPKEEP_EVERY] = MBP_ROW(DURATION, OF(every_ns), "every", "running time after which it is due", .low = MBP_S,
                             .high = 10 * MBP_YEAR),
    [UPKEEP_CYCLES] = MBP_ROW(COUNT, OF(cycles), "cycles", "products after which it is due", .low = 1, .high = 4e9),
    [UPKEEP_WHEN] = MBP_ROW(CUSTOM, OF(when), "when", "it is due, too, once this expression is TRUE in service",
                            .read = mbp_read_formula, .print = mbp_print_formula, .same = mbp_same_formula,
                            .allowed = "an expression in quotes: \"VT101 > 6\"", .json = "\"type\": \"string\""),
    [UPKEEP_TAKES] = MBP_ROW(DURATION, OF(takes_ns), "takes",
                             "how long a planned one lasts; until it is ended by command if not given", .low = MBP_S,
                             .high = MBP_YEAR),
};
#undef OF
static const struct mbp_schema upkeep_schema =
    MBP_SCHEMA("a machine's maintenance", upkeep_fields, struct mbp_upkeep_def, .flow = true);

enum {
    MACHINE_NAME,
    MACHINE_LABEL,
    MACHINE_STATE,
    MACHINE_CYCLE,
    MACHINE_UPKEEP,
    MACHINE_SENSORS,
    MACHINE_ACTUATORS,
    MACHINE_CONTROLLERS,
    MACHINE_ALARMS,
    MACHINE_INTERLOCKS,
    MACHINE_REPEAT,
    MACHINE_FIELDS
};

#define OF(member) MBP_AT(struct mbp_machine_def, member)
static const struct mbp_field fields[] = {
    [MACHINE_NAME] = MBP_ROW(NAME, OF(machine.name), "name", "its name, unique in the plant", .required = true),
    [MACHINE_LABEL] = MBP_ROW(TEXT, OF(machine.label), "label", "what people call it", .usual = "", .high = 80,
                              .change = MBP_CHANGED_LABEL),
    [MACHINE_STATE] = MBP_ROW(CHOICE, OF(machine.initial), "state", "the state it begins in", .usual = "en_service",
                              .words = &mbp_state_words, .change = MBP_CHANGED_STATE),
    [MACHINE_CYCLE] = MBP_ROW(MAP, OF(cycle), "cycle", "what it produces; nothing if not given",
                              .schema = &cycle_schema, .change = MBP_CHANGED_CYCLE),
    [MACHINE_UPKEEP] = MBP_ROW(MAP, OF(maintenance), "maintenance", "when it is due, and how long it takes",
                               .schema = &upkeep_schema, .change = MBP_CHANGED_MAINTENANCE),
    [MACHINE_SENSORS] = MBP_ROW(LIST, OF(sensors), "sensors", "what it measures", .high = MBP_SENSORS_PER_UNIT_MAX,
                                .schema = &mbp_sensor_schema),
    [MACHINE_ACTUATORS] = MBP_ROW(LIST, OF(actuators), "actuators", "what moves it: valves, pumps, heaters",
                                  .high = MBP_ACTUATORS_PER_UNIT_MAX, .schema = &mbp_actuator_schema),
    [MACHINE_CONTROLLERS] = MBP_ROW(LIST, OF(controllers), "controllers", "PID controllers of its actuators",
                                    .high = MBP_CONTROLLERS_PER_UNIT_MAX, .schema = &mbp_controller_schema),
    [MACHINE_ALARMS] = MBP_ROW(LIST, OF(alarms), "alarms", "alarms of no sensor: of what an expression says",
                               .high = MBP_SENSORS_PER_UNIT_MAX, .schema = &mbp_own_alarm_schema),
    [MACHINE_INTERLOCKS] =
        MBP_ROW(LIST, OF(interlocks), "interlocks", "what stops it or does not let it start, beside `trip` of alarms",
                .high = MBP_INTERLOCKS_PER_MACHINE_MAX, .schema = &mbp_interlock_schema),
    [MACHINE_REPEAT] = MBP_ROW(COUNT, OF(repeat), "repeat", "makes so many of it; {n} or {m} in the name counts them",
                               .usual = "1", .low = 1, .high = MBP_MACHINES_PER_UNIT_MAX),
};
#undef OF

/* ---- rules ------------------------------------------------------------------------------------------------------ */

static void check_machine(struct mbp_reader *reader, void *def)
{
    const struct mbp_machine_def *machine = def;
    bool repeats_wrongly = (machine->def.wrong & MBP_BIT(MACHINE_REPEAT)) != 0;
    reader->nameless = reader->nameless || repeats_wrongly || !mbp_def_has(&machine->def, MACHINE_NAME);
    if (machine->maintenance.cycles > 0 && !mbp_def_has(&machine->def, MACHINE_CYCLE) &&
        (machine->def.wrong & MBP_BIT(MACHINE_CYCLE)) == 0) {
        mbp_reader_tell(reader, mbp_def_node(&machine->maintenance.def, "cycles"),
                        "'cycles' counts products, and this machine makes none; give it a 'cycle'");
    }
    uint64_t doubtful = MBP_BIT(MACHINE_SENSORS) | MBP_BIT(MACHINE_ACTUATORS) | MBP_BIT(MACHINE_CONTROLLERS) |
                        MBP_BIT(MACHINE_ALARMS) | MBP_BIT(MACHINE_INTERLOCKS) | MBP_BIT(MACHINE_REPEAT);
    reader->unsure = reader->unsure || (machine->def.wrong & doubtful) != 0;
}

const struct mbp_schema mbp_machine_schema =
    MBP_SCHEMA("a machine", fields, struct mbp_machine_def, .named = true, .check = check_machine);

/* ---- from the plant --------------------------------------------------------------------------------------------- */

/* What it holds is printed apart, as its name is. */
void mbp_machine_view(const struct mbp_plant *plant, uint32_t m, struct mbp_machine_def *def)
{
    const struct mbp_machine *machine = &plant->machines[m];
    *def = (struct mbp_machine_def){
        .machine = *machine,
        .cycle = {{.present = MBP_BIT(CYCLE_TIME) | MBP_BIT(CYCLE_REJECT) |
                              (machine->pace != UINT32_MAX ? MBP_BIT(CYCLE_PACE) : 0)},
                  machine->cycle_ns,
                  machine->reject,
                  machine->pace != UINT32_MAX ? plant->sensors[machine->pace].name : NULL},
        .maintenance = {.every_ns = machine->maintenance_every_ns,
                        .takes_ns = machine->maintenance_takes_ns,
                        .cycles = machine->maintenance_cycles,
                        .when.text =
                            machine->maintenance_when > 0 ? plant->formulas[machine->maintenance_when - 1].text : NULL},
    };
    def->maintenance.def.present = (machine->maintenance_every_ns > 0 ? MBP_BIT(UPKEEP_EVERY) : 0) |
                                   (machine->maintenance_cycles > 0 ? MBP_BIT(UPKEEP_CYCLES) : 0) |
                                   (machine->maintenance_when > 0 ? MBP_BIT(UPKEEP_WHEN) : 0) |
                                   (machine->maintenance_takes_ns > 0 ? MBP_BIT(UPKEEP_TAKES) : 0);
    def->def.present = MBP_BIT(MACHINE_FIELDS) - 1;
    def->def.present &=
        ~(MBP_BIT(MACHINE_NAME) | MBP_BIT(MACHINE_SENSORS) | MBP_BIT(MACHINE_ACTUATORS) | MBP_BIT(MACHINE_CONTROLLERS) |
          MBP_BIT(MACHINE_ALARMS) | MBP_BIT(MACHINE_INTERLOCKS) | MBP_BIT(MACHINE_REPEAT));
    def->def.present &= machine->cycle_ns > 0 ? UINT64_MAX : ~MBP_BIT(MACHINE_CYCLE);
    def->def.present &= def->maintenance.def.present != 0 ? UINT64_MAX : ~MBP_BIT(MACHINE_UPKEEP);
}
