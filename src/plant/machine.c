/* machine: its keys, and what they must have to do with each other. */
#include "defs.h"

/* ---- keys ------------------------------------------------------------------------------------------------------- */

#define OF(member) MBP_AT(struct mbp_cycle_def, member)
static const struct mbp_field cycle_fields[] = {
    {.key = "time",
     .help = "how long one product takes",
     .type = MBP_FIELD_DURATION,
     .required = true,
     OF(time_ns),
     .low = MBP_MS,
     .high = MBP_YEAR},
    {.key = "reject", .help = "share of products that are rejected", .type = MBP_FIELD_SHARE, OF(reject), .usual = "0"},
};
#undef OF
static const struct mbp_schema cycle_schema = {.noun = "a cycle",
                                               .fields = cycle_fields,
                                               .field_count = MBP_COUNT_OF(cycle_fields),
                                               .size = sizeof(struct mbp_cycle_def),
                                               .flow = true};

enum { UPKEEP_EVERY, UPKEEP_CYCLES, UPKEEP_TAKES };
#define OF(member) MBP_AT(struct mbp_upkeep_def, member)
static const struct mbp_field upkeep_fields[] = {
    [UPKEEP_EVERY] = {.key = "every",
                      .help = "running time after which it is due",
                      .type = MBP_FIELD_DURATION,
                      OF(every_ns),
                      .low = MBP_S,
                      .high = 10 * MBP_YEAR},
    [UPKEEP_CYCLES] = {.key = "cycles",
                       .help = "products after which it is due",
                       .type = MBP_FIELD_COUNT,
                       OF(cycles),
                       .low = 1,
                       .high = 4e9},
    [UPKEEP_TAKES] = {.key = "takes",
                      .help = "how long a planned one lasts; until it is ended by command if not given",
                      .type = MBP_FIELD_DURATION,
                      OF(takes_ns),
                      .low = MBP_S,
                      .high = MBP_YEAR},
};
#undef OF
static const struct mbp_schema upkeep_schema = {.noun = "a machine's maintenance",
                                                .fields = upkeep_fields,
                                                .field_count = MBP_COUNT_OF(upkeep_fields),
                                                .size = sizeof(struct mbp_upkeep_def),
                                                .flow = true};

enum {
    MACHINE_NAME,
    MACHINE_LABEL,
    MACHINE_STATE,
    MACHINE_CYCLE,
    MACHINE_UPKEEP,
    MACHINE_SENSORS,
    MACHINE_ACTUATORS,
    MACHINE_CONTROLLERS,
    MACHINE_REPEAT,
    MACHINE_FIELDS
};

#define OF(member) MBP_AT(struct mbp_machine_def, member)
static const struct mbp_field fields[] = {
    [MACHINE_NAME] = {.key = "name",
                      .help = "its name, unique in the plant",
                      .type = MBP_FIELD_NAME,
                      .required = true,
                      OF(machine.name)},
    [MACHINE_LABEL] = {.key = "label",
                       .help = "what people call it",
                       .type = MBP_FIELD_TEXT,
                       OF(machine.label),
                       .usual = "",
                       .high = 80,
                       .change = MBP_CHANGED_LABEL},
    [MACHINE_STATE] = {.key = "state",
                       .help = "the state it begins in",
                       .type = MBP_FIELD_CHOICE,
                       OF(machine.initial),
                       .usual = "en_service",
                       .words = &mbp_state_words,
                       .change = MBP_CHANGED_STATE},
    [MACHINE_CYCLE] = {.key = "cycle",
                       .help = "what it produces; nothing if not given",
                       .type = MBP_FIELD_MAP,
                       OF(cycle),
                       .schema = &cycle_schema,
                       .change = MBP_CHANGED_CYCLE},
    [MACHINE_UPKEEP] = {.key = "maintenance",
                        .help = "when it is due, and how long it takes",
                        .type = MBP_FIELD_MAP,
                        OF(maintenance),
                        .schema = &upkeep_schema,
                        .change = MBP_CHANGED_MAINTENANCE},
    [MACHINE_SENSORS] = {.key = "sensors",
                         .help = "what it measures",
                         .type = MBP_FIELD_LIST,
                         OF(sensors),
                         .high = MBP_SENSORS_PER_UNIT_MAX,
                         .schema = &mbp_sensor_schema},
    [MACHINE_ACTUATORS] = {.key = "actuators",
                           .help = "what moves it: valves, pumps, heaters",
                           .type = MBP_FIELD_LIST,
                           OF(actuators),
                           .high = MBP_ACTUATORS_PER_UNIT_MAX,
                           .schema = &mbp_actuator_schema},
    [MACHINE_CONTROLLERS] = {.key = "controllers",
                             .help = "PID controllers of its actuators",
                             .type = MBP_FIELD_LIST,
                             OF(controllers),
                             .high = MBP_CONTROLLERS_PER_UNIT_MAX,
                             .schema = &mbp_controller_schema},
    [MACHINE_REPEAT] = {.key = "repeat",
                        .help = "makes so many of it; {n} or {m} in the name counts them",
                        .type = MBP_FIELD_COUNT,
                        OF(repeat),
                        .usual = "1",
                        .low = 1,
                        .high = MBP_MACHINES_PER_UNIT_MAX},
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
    uint32_t doubtful =
        MBP_BIT(MACHINE_SENSORS) | MBP_BIT(MACHINE_ACTUATORS) | MBP_BIT(MACHINE_CONTROLLERS) | MBP_BIT(MACHINE_REPEAT);
    reader->unsure = reader->unsure || (machine->def.wrong & doubtful) != 0;
}

const struct mbp_schema mbp_machine_schema = {.noun = "a machine",
                                              .fields = fields,
                                              .field_count = MBP_COUNT_OF(fields),
                                              .size = sizeof(struct mbp_machine_def),
                                              .named = true,
                                              .check = check_machine};

/* ---- from the plant --------------------------------------------------------------------------------------------- */

/* What it holds is printed apart, as its name is. */
void mbp_machine_view(const struct mbp_plant *plant, uint32_t m, struct mbp_machine_def *def)
{
    const struct mbp_machine *machine = &plant->machines[m];
    *def = (struct mbp_machine_def){
        .machine = *machine,
        .cycle = {{.present = UINT32_MAX}, machine->cycle_ns, machine->reject},
        .maintenance = {.every_ns = machine->maintenance_every_ns,
                        .takes_ns = machine->maintenance_takes_ns,
                        .cycles = machine->maintenance_cycles},
    };
    def->maintenance.def.present = (machine->maintenance_every_ns > 0 ? MBP_BIT(UPKEEP_EVERY) : 0) |
                                   (machine->maintenance_cycles > 0 ? MBP_BIT(UPKEEP_CYCLES) : 0) |
                                   (machine->maintenance_takes_ns > 0 ? MBP_BIT(UPKEEP_TAKES) : 0);
    def->def.present = MBP_BIT(MACHINE_FIELDS) - 1;
    def->def.present &= ~(MBP_BIT(MACHINE_NAME) | MBP_BIT(MACHINE_SENSORS) | MBP_BIT(MACHINE_ACTUATORS) |
                          MBP_BIT(MACHINE_CONTROLLERS) | MBP_BIT(MACHINE_REPEAT));
    def->def.present &= machine->cycle_ns > 0 ? UINT32_MAX : ~MBP_BIT(MACHINE_CYCLE);
    def->def.present &= def->maintenance.def.present != 0 ? UINT32_MAX : ~MBP_BIT(MACHINE_UPKEEP);
}
