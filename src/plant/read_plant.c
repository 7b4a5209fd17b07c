/* read_plant: the keys of the plant, its server and its identity, of units and machines. */
#include <stdio.h>
#include <string.h>

#include "defs.h"
#include "scalar.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define S               1e9 /* ns */
#define YEAR            (365.0 * 86400 * S)

/* ---- machine -------------------------------------------------------------------------------------------------- */

#define CYCLE(member) offsetof(struct mbp_machine_def, cycle.member) - offsetof(struct mbp_machine_def, cycle)
static const struct mbp_field cycle_fields[] = {
    {.key = "time", .type = MBP_FIELD_DURATION, .required = true, .at = CYCLE(time_ns), .low = 1e6, .high = YEAR},
    {.key = "reject", .type = MBP_FIELD_SHARE, .at = CYCLE(reject)},
};
static const struct mbp_schema cycle_schema = {
    .noun = "a cycle", .fields = cycle_fields, .field_count = COUNT_OF(cycle_fields)};

#define UPKEEP(member)                                                                                                 \
    offsetof(struct mbp_machine_def, maintenance.member) - offsetof(struct mbp_machine_def, maintenance)
static const struct mbp_field upkeep_fields[] = {
    {.key = "every", .type = MBP_FIELD_DURATION, .at = UPKEEP(every_ns), .low = 1 * S, .high = 10 * YEAR},
    {.key = "cycles", .type = MBP_FIELD_COUNT, .at = UPKEEP(cycles), .low = 1, .high = 4e9},
    {.key = "takes", .type = MBP_FIELD_DURATION, .at = UPKEEP(takes_ns), .low = 1 * S, .high = YEAR},
};
static const struct mbp_schema upkeep_schema = {
    .noun = "a machine's maintenance", .fields = upkeep_fields, .field_count = COUNT_OF(upkeep_fields)};

enum {
    MACHINE_NAME,
    MACHINE_LABEL,
    MACHINE_STATE,
    MACHINE_CYCLE,
    MACHINE_UPKEEP,
    MACHINE_SENSORS,
    MACHINE_ACTUATORS,
    MACHINE_CONTROLLERS,
    MACHINE_REPEAT
};

#define MACHINE(member) offsetof(struct mbp_machine_def, member)
static const struct mbp_field machine_fields[] = {
    [MACHINE_NAME] = {.key = "name", .type = MBP_FIELD_NAME, .required = true, .at = MACHINE(name)},
    [MACHINE_LABEL] = {.key = "label", .type = MBP_FIELD_TEXT, .at = MACHINE(label), .high = 80},
    [MACHINE_STATE] = {.key = "state", .type = MBP_FIELD_CHOICE, .at = MACHINE(initial), .words = &mbp_state_words},
    [MACHINE_CYCLE] = {.key = "cycle", .type = MBP_FIELD_MAP, .at = MACHINE(cycle), .schema = &cycle_schema},
    [MACHINE_UPKEEP] = {.key = "maintenance",
                        .type = MBP_FIELD_MAP,
                        .at = MACHINE(maintenance),
                        .schema = &upkeep_schema},
    [MACHINE_SENSORS] = {.key = "sensors",
                         .type = MBP_FIELD_LIST,
                         .at = MACHINE(sensors),
                         .high = MBP_SENSORS_PER_UNIT_MAX,
                         .schema = &mbp_sensor_schema},
    [MACHINE_ACTUATORS] = {.key = "actuators",
                           .type = MBP_FIELD_LIST,
                           .at = MACHINE(actuators),
                           .high = MBP_ACTUATORS_PER_UNIT_MAX,
                           .schema = &mbp_actuator_schema},
    [MACHINE_CONTROLLERS] = {.key = "controllers",
                             .type = MBP_FIELD_LIST,
                             .at = MACHINE(controllers),
                             .high = MBP_CONTROLLERS_PER_UNIT_MAX,
                             .schema = &mbp_controller_schema},
    [MACHINE_REPEAT] =
        {.key = "repeat", .type = MBP_FIELD_COUNT, .at = MACHINE(repeat), .low = 1, .high = MBP_MACHINES_PER_UNIT_MAX},
};

static void machine_defaults(void *def)
{
    struct mbp_machine_def *machine = def;
    machine->label = "";
    machine->repeat = 1;
}

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

static const struct mbp_schema machine_schema = {.noun = "a machine",
                                                 .fields = machine_fields,
                                                 .field_count = COUNT_OF(machine_fields),
                                                 .size = sizeof(struct mbp_machine_def),
                                                 .named = true,
                                                 .defaults = machine_defaults,
                                                 .check = check_machine};

/* ---- unit ----------------------------------------------------------------------------------------------------- */

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
                       .schema = &machine_schema},
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

static const struct mbp_schema unit_schema = {.noun = "a unit",
                                              .fields = unit_fields,
                                              .field_count = COUNT_OF(unit_fields),
                                              .size = sizeof(struct mbp_unit_def),
                                              .named = true,
                                              .defaults = unit_defaults,
                                              .check = check_unit};

/* ---- plant ---------------------------------------------------------------------------------------------------- */

#define PLANT(member) offsetof(struct mbp_plant_def, member)

/* FC 43/14 answers fit one PDU: 253 bytes less the nine before an object's value. */
#define OBJECT(word, index)                                                                                            \
    {                                                                                                                  \
        .key = (word), .type = MBP_FIELD_ASCII,                                                                        \
        .at = PLANT(identity.object) - PLANT(identity) + (index) * sizeof(char *), .high = 244                         \
    }
static const struct mbp_field identity_fields[] = {
    OBJECT("vendor", 0),       OBJECT("product", 1), OBJECT("revision", 2),    OBJECT("url", 3),
    OBJECT("product_name", 4), OBJECT("model", 5),   OBJECT("application", 6),
};
static const struct mbp_schema identity_schema = {
    .noun = "the identity", .fields = identity_fields, .field_count = COUNT_OF(identity_fields)};

static enum mbp_reading read_http_listen(struct mbp_reader *reader, const struct mbp_node *node,
                                         const struct mbp_field *field, void *at);

static const struct mbp_field http_fields[] = {{.key = "listen",
                                                .type = MBP_FIELD_CUSTOM,
                                                .at = PLANT(http.listen) - PLANT(http),
                                                .read = read_http_listen,
                                                .allowed = "off, or ADDRESS:PORT such as 127.0.0.1:8020"}};
static const struct mbp_schema http_schema = {
    .noun = "http", .fields = http_fields, .field_count = COUNT_OF(http_fields)};

static bool is_off(const struct mbp_node *node)
{
    const char *text = mbp_node_text(node);
    bool on;
    return text != NULL && mbp_scalar_switch(text, &on) && !on;
}

static enum mbp_reading read_http_listen(struct mbp_reader *reader, const struct mbp_node *node,
                                         const struct mbp_field *field, void *at)
{
    (void)field;
    if (is_off(node)) {
        *(const char **)at = NULL;
        return MBP_READING_OK;
    }
    return mbp_read_endpoint(reader, node, at);
}

/* `http: off` is the short form of `http: {listen: off}`. */
static enum mbp_reading read_http(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                  void *at)
{
    (void)field;
    if (is_off(node)) {
        return read_http_listen(reader, node, &http_fields[0], (unsigned char *)at + http_fields[0].at);
    }
    return mbp_read_map(reader, node, &http_schema, at) ? MBP_READING_OK : MBP_READING_WRONG;
}

static enum mbp_reading read_version(struct mbp_reader *reader, const struct mbp_node *node,
                                     const struct mbp_field *field, void *at)
{
    (void)reader, (void)field, (void)at;
    const char *text = mbp_node_text(node);
    return text != NULL && strcmp(text, "1") == 0 ? MBP_READING_OK : MBP_READING_WRONG;
}

static const struct mbp_field plant_fields[] = {
    {.key = "mbplant",
     .type = MBP_FIELD_CUSTOM,
     .required = true,
     .read = read_version,
     .allowed = "1, the version of the format that this mbplant reads"},
    {.key = "name", .type = MBP_FIELD_TEXT, .at = PLANT(name), .high = 80},
    {.key = "scan", .type = MBP_FIELD_DURATION, .at = PLANT(scan_ns), .low = 1e6, .high = 10 * S},
    {.key = "seed", .type = MBP_FIELD_SEED, .at = PLANT(seed)},
    {.key = "server", .type = MBP_FIELD_MAP, .at = PLANT(server), .schema = &mbp_server_schema},
    {.key = "http",
     .type = MBP_FIELD_CUSTOM,
     .at = PLANT(http),
     .read = read_http,
     .allowed = "off, or {listen: ADDRESS:PORT}"},
    {.key = "journal", .type = MBP_FIELD_MAP, .at = PLANT(journal), .schema = &mbp_journal_schema},
    {.key = "instructor", .type = MBP_FIELD_BOOL, .at = PLANT(instructor)},
    {.key = "identity", .type = MBP_FIELD_MAP, .at = PLANT(identity), .schema = &identity_schema},
    {.key = "units", .type = MBP_FIELD_LIST, .required = true, .at = PLANT(units), .high = 247, .schema = &unit_schema},
    {.key = "faults",
     .type = MBP_FIELD_LIST,
     .at = PLANT(faults),
     .high = MBP_PLANT_FAULTS_MAX,
     .schema = &mbp_plant_fault_schema},
};

static void plant_defaults(void *def)
{
    struct mbp_plant_def *plant = def;
    plant->scan_ns = 100 * MBP_NS_PER_MS;
    plant->seed = 1;
    plant->server.options = (struct mbp_server_options){.listen = "127.0.0.1:5020",
                                                        .max_connections = 1024,
                                                        .frame_timeout_ns = 2 * MBP_NS_PER_S,
                                                        .serial_functions = true};
    plant->http.listen = "127.0.0.1:8020";
    plant->journal.options =
        (struct mbp_journal_options){.keep_ns = 365 * 86400 * MBP_NS_PER_S, .max_bytes = 1000000000};
    plant->identity.object[0] = "mbplant";
    plant->identity.object[1] = "MBP";
    plant->identity.object[2] = MBP_VERSION;
}

static void check_plant(struct mbp_reader *reader, void *def)
{
    struct mbp_plant_def *plant = def;
    struct mbp_server_options *server = &plant->server.options;
    if (server->per_client == 0) {
        server->per_client = (server->max_connections + 3) / 4;
    }
    if (plant->units.count == 0 && mbp_node_find(plant->def.node, "units") != NULL && reader->errors->count == 0) {
        mbp_reader_tell(reader, mbp_def_node(&plant->def, "units"), "'units' is empty; a plant has at least one unit");
    }
}

const struct mbp_schema mbp_plant_schema = {.noun = "a plant",
                                            .fields = plant_fields,
                                            .field_count = COUNT_OF(plant_fields),
                                            .size = sizeof(struct mbp_plant_def),
                                            .defaults = plant_defaults,
                                            .check = check_plant};
