/* unit: the keys of a unit. */
#include "defs.h"
#include "mbplant/point.h"

enum {
    UNIT_ID,
    UNIT_NAME,
    UNIT_GAPS,
    UNIT_REPEAT,
    UNIT_MACHINES,
    UNIT_SENSORS,
    UNIT_ACTUATORS,
    UNIT_CONTROLLERS,
    UNIT_ALARMS,
    UNIT_TABLES,
    UNIT_LOGIC,
    UNIT_PARAMETERS,
    UNIT_POINTS,
    UNIT_BLOCKS,
    UNIT_ANSWER,
    UNIT_IDENTITY,
    UNIT_FILES
};

#define OF(member) MBP_AT(struct mbp_unit_def, member)
static const struct mbp_field fields[] = {
    [UNIT_ID] = MBP_ROW(COUNT, OF(id), "id", "its Modbus unit id", .required = true, .low = 0, .high = 255),
    [UNIT_NAME] = MBP_ROW(TEXT, OF(name), "name", "what people call it; 'Unit' and its id if not given", .high = 80),
    [UNIT_GAPS] =
        MBP_ROW(CUSTOM, OF(gaps), "gaps", "what a read of addresses in between gets: exception 02, zeros, or a number",
                .usual = "error", .read = mbp_read_gaps, .allowed = "error, zero or a number 0..65535",
                .json = "\"anyOf\": [{\"enum\": [\"error\", \"zero\"]}, {\"type\": \"integer\", \"minimum\": 0, "
                        "\"maximum\": 65535}]"),
    [UNIT_REPEAT] =
        MBP_ROW(COUNT, OF(repeat), "repeat", "makes so many of it with ids that follow; {u} in names counts them",
                .usual = "1", .low = 1, .high = 256),
    [UNIT_MACHINES] = MBP_ROW(LIST, OF(machines), "machines", "its machines, each with sensors of its own",
                              .high = MBP_MACHINES_PER_UNIT_MAX, .schema = &mbp_machine_schema),
    [UNIT_SENSORS] = MBP_ROW(LIST, OF(sensors), "sensors", "sensors of no machine", .high = MBP_SENSORS_PER_UNIT_MAX,
                             .schema = &mbp_sensor_schema),
    [UNIT_ACTUATORS] = MBP_ROW(LIST, OF(actuators), "actuators", "actuators of no machine",
                               .high = MBP_ACTUATORS_PER_UNIT_MAX, .schema = &mbp_actuator_schema),
    [UNIT_CONTROLLERS] = MBP_ROW(LIST, OF(controllers), "controllers", "controllers of no machine",
                                 .high = MBP_CONTROLLERS_PER_UNIT_MAX, .schema = &mbp_controller_schema),
    [UNIT_ALARMS] = MBP_ROW(LIST, OF(alarms), "alarms", "alarms of no sensor and no machine",
                            .high = MBP_SENSORS_PER_UNIT_MAX, .schema = &mbp_own_alarm_schema),
    [UNIT_TABLES] = MBP_ROW(MAP, OF(tables), "tables", "raw points without a meaning, files and FIFO queues",
                            .schema = &mbp_tables_schema),
    [UNIT_LOGIC] =
        MBP_ROW(CUSTOM, OF(logic), "logic", "assignments, run in this order in every scan", .read = mbp_read_logic,
                .print = mbp_print_logic, .allowed = "a list of assignments: [\"P1 := SR(LSH, LSL)\"]",
                .json = "\"type\": \"array\", \"items\": {\"type\": \"string\"}"),
    [UNIT_PARAMETERS] = MBP_ROW(CUSTOM, OF(parameters), "parameters",
                                "numbers that expressions know by a name, at no address; an instructor changes them",
                                .read = mbp_read_parameters, .allowed = "a group of names with numbers: {UA: 40}",
                                .json = "\"type\": \"object\", \"additionalProperties\": {\"type\": \"number\"}"),
    [UNIT_POINTS] = MBP_ROW(LIST, OF(points), "points", "values at addresses of the user's own",
                            .high = 4 * MBP_POINTS_PER_UNIT_MAX, .schema = &mbp_point_schema),
    [UNIT_BLOCKS] = MBP_ROW(CUSTOM, OF(blocks), "blocks",
                            "which blocks of the standard map stand in the unit, and where", .read = mbp_read_blocks,
                            .allowed = "none, or a group such as {default: none, limits: 1000, summary: 30000}",
                            .json = "\"type\": [\"string\", \"object\"]"),
    [UNIT_ANSWER] =
        MBP_ROW(MAP, OF(answer), "answer", "functions, registers of one request, and how values are refused",
                .schema = &mbp_answer_schema),
    [UNIT_IDENTITY] =
        MBP_ROW(CUSTOM, OF(identity), "identity", "objects of FC 43/14 of this unit alone", .read = mbp_read_objects,
                .allowed = "a group of objects of FC 43/14: {vendor: ACME, \"0x87\": \"text\", "
                           "\"0x88\": {hex: \"01 02\"}}",
                .json = "\"type\": \"object\""),
    [UNIT_FILES] =
        MBP_ROW(BOOL, OF(files), "files", "whether the unit serves files beside those that it declares: plant, journal",
                .usual = "true"),
};
#undef OF

static void enter_unit(struct mbp_reader *reader, const struct mbp_node *node)
{
    const struct mbp_node *blocks = mbp_node_find(node, "blocks");
    ((struct mbp_plant_own *)reader->own)->bare = blocks != NULL && !mbp_blocks_have_values(blocks);
}

static void check_unit(struct mbp_reader *reader, void *def)
{
    struct mbp_unit_def *unit = def;
    uint64_t doubtful = MBP_BIT(UNIT_PARAMETERS) | MBP_BIT(UNIT_MACHINES) | MBP_BIT(UNIT_SENSORS) |
                        MBP_BIT(UNIT_ACTUATORS) | MBP_BIT(UNIT_CONTROLLERS) | MBP_BIT(UNIT_ALARMS);
    unit->unsure = reader->unsure || (unit->def.wrong & doubtful) != 0;
    reader->nameless = reader->nameless || (unit->def.wrong & (doubtful | MBP_BIT(UNIT_REPEAT))) != 0;
    reader->unsure = false;
    if (mbp_def_has(&unit->def, UNIT_ID) && mbp_def_has(&unit->def, UNIT_REPEAT) && unit->id + unit->repeat - 1 > 255) {
        mbp_reader_tell(reader, mbp_def_node(&unit->def, "repeat"),
                        "unit ids %u..%u are needed; allowed are ids up to 255", unit->id, unit->id + unit->repeat - 1);
    }
}

const struct mbp_schema mbp_unit_schema =
    MBP_SCHEMA("a unit", fields, struct mbp_unit_def, .named = true, .enter = enter_unit, .check = check_unit);

/* The id is printed apart, before what the unit holds; its tables behind that. */
void mbp_unit_view(const struct mbp_unit *unit, struct mbp_arena *arena, struct mbp_unit_def *def)
{
    *def = (struct mbp_unit_def){.def.present = MBP_BIT(UNIT_NAME), .name = unit->name, .id = unit->id};
    mbp_tables_view(unit, arena, &def->tables);
}

void mbp_unit_view_logic(const struct mbp_plant *plant, const struct mbp_unit *unit, struct mbp_arena *arena,
                         struct mbp_unit_def *def)
{
    struct mbp_formula_def *items = mbp_arena_array(arena, unit->logic_count, sizeof *items);
    for (uint32_t i = 0; items != NULL && i < unit->logic_count; i++) {
        items[i].text = plant->formulas[unit->first_logic + i].text;
    }
    def->logic = (struct mbp_def_list){items, items != NULL ? unit->logic_count : 0};
    def->def.present = MBP_BIT(UNIT_LOGIC);
}
