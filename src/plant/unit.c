/* unit: the keys of a unit. */
#include "defs.h"

enum {
    UNIT_ID,
    UNIT_NAME,
    UNIT_GAPS,
    UNIT_REPEAT,
    UNIT_MACHINES,
    UNIT_SENSORS,
    UNIT_ACTUATORS,
    UNIT_CONTROLLERS,
    UNIT_TABLES
};

#define UNIT(member) offsetof(struct mbp_unit_def, member)
static const struct mbp_field unit_fields[] = {
    [UNIT_ID] = {.key = "id", .type = MBP_FIELD_COUNT, .required = true, .at = UNIT(id), .low = 1, .high = 247},
    [UNIT_NAME] = {.key = "name", .type = MBP_FIELD_TEXT, .at = UNIT(name), .high = 80},
    [UNIT_GAPS] = {.key = "gaps", .type = MBP_FIELD_CHOICE, .at = UNIT(gaps), .words = &mbp_gaps_words},
    [UNIT_REPEAT] = {.key = "repeat", .type = MBP_FIELD_COUNT, .at = UNIT(repeat), .low = 1, .high = 247},
    [UNIT_MACHINES] = {.key = "machines",
                       .type = MBP_FIELD_LIST,
                       .at = UNIT(machines),
                       .high = MBP_MACHINES_PER_UNIT_MAX,
                       .schema = &mbp_machine_schema},
    [UNIT_SENSORS] = {.key = "sensors",
                      .type = MBP_FIELD_LIST,
                      .at = UNIT(sensors),
                      .high = MBP_SENSORS_PER_UNIT_MAX,
                      .schema = &mbp_sensor_schema},
    [UNIT_ACTUATORS] = {.key = "actuators",
                        .type = MBP_FIELD_LIST,
                        .at = UNIT(actuators),
                        .high = MBP_ACTUATORS_PER_UNIT_MAX,
                        .schema = &mbp_actuator_schema},
    [UNIT_CONTROLLERS] = {.key = "controllers",
                          .type = MBP_FIELD_LIST,
                          .at = UNIT(controllers),
                          .high = MBP_CONTROLLERS_PER_UNIT_MAX,
                          .schema = &mbp_controller_schema},
    [UNIT_TABLES] = {.key = "tables", .type = MBP_FIELD_MAP, .at = UNIT(tables), .schema = &mbp_tables_schema},
};

static void unit_defaults(void *def)
{
    ((struct mbp_unit_def *)def)->repeat = 1;
}

static void check_unit(struct mbp_reader *reader, void *def)
{
    struct mbp_unit_def *unit = def;
    uint32_t doubtful =
        MBP_BIT(UNIT_MACHINES) | MBP_BIT(UNIT_SENSORS) | MBP_BIT(UNIT_ACTUATORS) | MBP_BIT(UNIT_CONTROLLERS);
    unit->unsure = reader->unsure || (unit->def.wrong & doubtful) != 0;
    reader->nameless = reader->nameless || (unit->def.wrong & (doubtful | MBP_BIT(UNIT_REPEAT))) != 0;
    reader->unsure = false;
    if (mbp_def_has(&unit->def, UNIT_ID) && mbp_def_has(&unit->def, UNIT_REPEAT) && unit->id + unit->repeat - 1 > 247) {
        mbp_reader_tell(reader, mbp_def_node(&unit->def, "repeat"),
                        "unit ids %u..%u are needed; allowed are ids up to 247", unit->id, unit->id + unit->repeat - 1);
    }
}

const struct mbp_schema mbp_unit_schema = {.noun = "a unit",
                                           .fields = unit_fields,
                                           .field_count = MBP_COUNT_OF(unit_fields),
                                           .size = sizeof(struct mbp_unit_def),
                                           .named = true,
                                           .defaults = unit_defaults,
                                           .check = check_unit};
