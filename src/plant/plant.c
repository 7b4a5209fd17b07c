/* plant: the keys of the plant and its identity. */
#include <string.h>

#include "faults.h"
#include "scalar.h"

/* ---- identity --------------------------------------------------------------------------------------------------- */

/* FC 43/14 answers fit one PDU: 253 bytes less the nine before an object's value. */
#define OBJECT(word, text, index, said)                                                                                \
    [index] = MBP_ROW(ASCII, MBP_AT(struct mbp_identity_def, identity.object[index]), word, text, .usual = (said),     \
                      .high = 244)
static const struct mbp_field identity_fields[] = {
    OBJECT("vendor", "VendorName, object 0 of FC 43/14", 0, "mbplant"),
    OBJECT("product", "ProductCode, object 1", 1, "MBP"),
    OBJECT("revision", "MajorMinorRevision, object 2", 2, MBP_VERSION),
    OBJECT("url", "VendorUrl, object 3", 3, NULL),
    OBJECT("product_name", "ProductName, object 4", 4, NULL),
    OBJECT("model", "ModelName, object 5", 5, NULL),
    OBJECT("application", "UserApplicationName, object 6", 6, NULL),
};
static const struct mbp_schema identity_schema = MBP_SCHEMA("the identity", identity_fields, struct mbp_identity_def);

/* ---- http ------------------------------------------------------------------------------------------------------- */

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
    return mbp_read_value(reader, node, &(const struct mbp_field){.type = MBP_FIELD_ENDPOINT}, at);
}

/* `http: off` is the short form of `http: {listen: off}`. */
static enum mbp_reading read_off(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                 void *at)
{
    return is_off(node) ? read_http_listen(reader, node, field, at) : MBP_READING_WRONG;
}

static void print_http_listen(FILE *out, const void *at)
{
    const char *listen = *(const char *const *)at;
    if (listen == NULL) {
        fputs("off", out);
    } else {
        mbp_print_text(out, listen);
    }
}

#define OFF_JSON   "{\"enum\": [\"off\", false]}"
#define OF(member) MBP_AT(struct mbp_http_def, member)
static const struct mbp_field http_fields[] = {
    [MBP_HTTP_LISTEN] = MBP_ROW(CUSTOM, OF(listen), "listen",
                                "where browsers and programs connect; the default yields where it is taken",
                                .usual = "127.0.0.1:8020", .read = read_http_listen, .print = print_http_listen,
                                .allowed = "off, or ADDRESS:PORT such as 127.0.0.1:8020",
                                .json = "\"anyOf\": [" OFF_JSON ", {\"type\": \"string\", \"pattern\": \":[0-9]+$\"}]"),
    [MBP_HTTP_TOKEN_FILE] =
        MBP_ROW(TEXT, OF(token_file), "token_file",
                "a file with the token that commands must carry; beyond this machine they need one", .high = 4000),
};
static const struct mbp_schema http_schema = MBP_SCHEMA("http", http_fields, struct mbp_http_def);
static const struct mbp_field http_brief = {.key = "http",
                                            .type = MBP_FIELD_CUSTOM,
                                            OF(listen),
                                            .read = read_off,
                                            .print = print_http_listen,
                                            .json = "\"enum\": [\"off\", false]"};
#undef OF

/* ---- alarm policy ------------------------------------------------------------------------------------------------ */

#define LONGEST(word, priority)                                                                                        \
    [priority] = MBP_ROW(DURATION, MBP_AT(struct mbp_longest_def, of[priority]), word,                                 \
                         "of alarms of that priority; 0s = without a limit", .usual = "0s", .high = 20 * MBP_DAY)
static const struct mbp_field longest_fields[] = {
    LONGEST("low", MBP_PRIORITY_LOW),
    LONGEST("medium", MBP_PRIORITY_MEDIUM),
    LONGEST("high", MBP_PRIORITY_HIGH),
    LONGEST("critical", MBP_PRIORITY_CRITICAL),
};
static const struct mbp_schema longest_schema =
    MBP_SCHEMA("the longest shelving times", longest_fields, struct mbp_longest_def, .flow = true);

static const char *const reasoned[] = {"shelve", "remove", "bypass"};
static const struct mbp_words reasoned_words = {"what wants a reason", reasoned, MBP_REASON_COUNT, NULL, 0};

#define OF(member) MBP_AT(struct mbp_policy_def, member)
static const struct mbp_field policy_fields[] = {
    MBP_ROW(MAP, OF(longest), "longest_shelving", "how long an alarm may be shelved, by its priority",
            .schema = &longest_schema),
    MBP_ROW(DURATION, OF(policy.longest_bypass_ns), "longest_bypass", "how long an interlock may be bypassed",
            .usual = "1h", .low = MBP_S, .high = MBP_DAY / 2),
    MBP_ROW(CHOICES, OF(policy.reasons), "reasons", "what nobody may do without saying why", .words = &reasoned_words,
            .allowed = "a list of shelve, remove, bypass"),
};
#undef OF

static void check_policy(struct mbp_reader *reader, void *def)
{
    struct mbp_policy_def *policy = def;
    (void)reader;
    memcpy(policy->policy.longest_shelf_ns, policy->longest.of, sizeof policy->longest.of);
}

static const struct mbp_schema policy_schema =
    MBP_SCHEMA("the alarm policy", policy_fields, struct mbp_policy_def, .check = check_policy);

/* ---- plant ------------------------------------------------------------------------------------------------------ */

static enum mbp_reading read_version(struct mbp_reader *reader, const struct mbp_node *node,
                                     const struct mbp_field *field, void *at)
{
    (void)reader, (void)field, (void)at;
    const char *text = mbp_node_text(node);
    return text != NULL && strcmp(text, "1") == 0 ? MBP_READING_OK : MBP_READING_WRONG;
}

static void print_version(FILE *out, const void *at)
{
    (void)at;
    fputc('1', out);
}

enum {
    PLANT_VERSION,
    PLANT_NAME,
    PLANT_SCAN,
    PLANT_SEED,
    PLANT_START,
    PLANT_CURVES,
    PLANT_SERVER,
    PLANT_HTTP,
    PLANT_MQTT,
    PLANT_JOURNAL,
    PLANT_SAMPLES,
    PLANT_POLICY,
    PLANT_OPERATORS,
    PLANT_INSTRUCTOR,
    PLANT_IDENTITY,
    PLANT_UNITS,
    PLANT_FAULTS
};

#define OF(member) MBP_AT(struct mbp_plant_def, member)
static const struct mbp_field fields[] = {
    [PLANT_VERSION] = {.key = "mbplant",
                       .help = "version of the format of this file",
                       .type = MBP_FIELD_CUSTOM,
                       .required = true,
                       .read = read_version,
                       .print = print_version,
                       .allowed = "1, the version of the format that this mbplant reads",
                       .json = "\"enum\": [1, \"1\"]"},
    [PLANT_NAME] = {.key = "name",
                    .help = "what people call the plant, at the head of each report",
                    .type = MBP_FIELD_TEXT,
                    OF(name),
                    .usual = "plant", /* not the file's name: a master has the text alone */
                    .high = 80},
    [PLANT_SCAN] = MBP_ROW(DURATION, OF(scan_ns), "scan", "simulated time from one scan to the next", .usual = "100ms",
                           .low = MBP_MS, .high = 10 * MBP_S),
    [PLANT_SEED] = MBP_ROW(SEED, OF(seed), "seed", "of what is random: the same seed gives the same run", .usual = "1"),
    [PLANT_START] = MBP_ROW(CUSTOM, OF(start_ns), "start", "what the simulated clock of expressions begins with, UTC",
                            .usual = "1970-01-01T00:00:00", .read = mbp_read_start, .print = mbp_print_start,
                            .allowed = "a date and a time: 2026-06-13T08:00:00",
                            .json = "\"type\": \"string\", \"format\": \"date-time\""),
    [PLANT_CURVES] = MBP_ROW(
        CUSTOM, OF(curves), "curves", "points of curves, for LOOKUP in expressions", .read = mbp_read_curves,
        .print = mbp_print_curves, .allowed = "names with their points, x rising: {PUMP: [[0, 10], [5, 8], [10, 0]]}",
        .json = "\"type\": \"object\", \"additionalProperties\": {\"type\": \"array\", \"items\": {\"type\": "
                "\"array\", \"items\": {\"type\": \"number\"}, \"minItems\": 2, \"maxItems\": 2}}"),
    [PLANT_SERVER] = MBP_ROW(MAP, OF(server), "server", "the Modbus server", .schema = &mbp_server_schema),
    [PLANT_HTTP] = MBP_ROW(MAP, OF(http), "http", "the web page", .schema = &http_schema, .brief = &http_brief,
                           .allowed = "off, or {listen: ADDRESS:PORT, token_file: PATH}"),
    [PLANT_MQTT] =
        MBP_ROW(MAP, OF(mqtt), "mqtt", "the broker that the plant is published at", .schema = &mbp_mqtt_schema),
    [PLANT_JOURNAL] =
        MBP_ROW(MAP, OF(journal), "journal", "how much of the journal is kept", .schema = &mbp_journal_schema),
    [PLANT_SAMPLES] =
        MBP_ROW(MAP, OF(samples), "samples", "how much of the values is kept for trends", .schema = &mbp_samples_schema,
                .brief = &mbp_samples_brief, .allowed = "off, or {max_size: SIZE} such as {max_size: 256MB}"),
    [PLANT_POLICY] = MBP_ROW(MAP, OF(policy), "alarm_policy", "what may be done with alarms and interlocks",
                             .schema = &policy_schema),
    [PLANT_OPERATORS] = MBP_ROW(LIST, OF(operators), "operators",
                                "who may do what; without it whoever the access rules let in may do it",
                                .high = MBP_OPERATORS_MAX, .schema = &mbp_operator_schema),
    [PLANT_INSTRUCTOR] =
        MBP_ROW(BOOL, OF(instructor), "instructor", "adds unit 247, which switches faults", .usual = "false"),
    [PLANT_IDENTITY] = MBP_ROW(MAP, OF(identity), "identity", "what FC 43/14 answers", .schema = &identity_schema),
    [PLANT_UNITS] = MBP_ROW(LIST, OF(units), "units", "what masters address by a unit id", .required = true,
                            .high = 256, .schema = &mbp_unit_schema),
    [PLANT_FAULTS] = MBP_ROW(LIST, OF(faults), "faults", "what goes wrong with sensors and in the process",
                             .high = MBP_PLANT_FAULTS_MAX, .schema = &mbp_plant_fault_schema),
};
#undef OF

static void check_plant(struct mbp_reader *reader, void *def)
{
    struct mbp_plant_def *plant = def;
    struct mbp_server_options *server = &plant->server.options;
    reader->nameless = reader->nameless || (plant->def.wrong & MBP_BIT(PLANT_CURVES)) != 0;
    if (server->per_client == 0) {
        server->per_client = (server->max_connections + 3) / 4;
    }
    mbp_mqtt_check_node(reader, plant);
    if (mbp_def_has(&plant->def, PLANT_OPERATORS) && plant->operators.count == 0) {
        mbp_reader_tell(reader, mbp_def_node(&plant->def, "operators"),
                        "'operators' is empty; without the key whoever the access rules let in may do what they say");
    }
    if (plant->units.count == 0 && mbp_node_find(plant->def.node, "units") != NULL && reader->errors->count == 0) {
        mbp_reader_tell(reader, mbp_def_node(&plant->def, "units"), "'units' is empty; a plant has at least one unit");
    }
}

const struct mbp_schema mbp_plant_schema = MBP_SCHEMA("a plant", fields, struct mbp_plant_def, .check = check_plant);

/* ---- from the plant --------------------------------------------------------------------------------------------- */

void mbp_plant_view(const struct mbp_plant *plant, struct mbp_arena *arena, struct mbp_plant_def *def)
{
    struct mbp_plant_fault_def *faults = mbp_arena_array(arena, plant->fault_count, sizeof *faults);
    uint64_t hidden = (plant->curve_count > 0 ? 0 : MBP_BIT(PLANT_CURVES)) |
                      (plant->operators.count > 0 ? 0 : MBP_BIT(PLANT_OPERATORS));
    *def = (struct mbp_plant_def){.def.present = (MBP_BIT(PLANT_UNITS) - 1) & ~hidden,
                                  .name = plant->name,
                                  .scan_ns = plant->scan_ns,
                                  .seed = plant->seed,
                                  .start_ns = plant->start_ns,
                                  .curves = mbp_curves_view(plant, arena),
                                  .http = {{0}, plant->http_listen, plant->http_token_file},
                                  .journal = {{.present = UINT64_MAX}, plant->journal},
                                  .samples = {{.present = UINT64_MAX}, plant->samples_max_bytes},
                                  .policy = {{.present = UINT64_MAX}, {{.present = UINT64_MAX}, {0}}, plant->policy},
                                  .operators = mbp_operators_view(&plant->operators, arena),
                                  .instructor = plant->instructor,
                                  .identity.identity = plant->identity};
    memcpy(def->policy.longest.of, plant->policy.longest_shelf_ns, sizeof def->policy.longest.of);
    mbp_server_view(plant, arena, &def->server);
    def->http.def.present = (plant->http_named ? MBP_BIT(MBP_HTTP_LISTEN) : 0) |
                            (plant->http_token_file != NULL ? MBP_BIT(MBP_HTTP_TOKEN_FILE) : 0);
    if (def->http.def.present == 0) {
        def->def.present &= ~MBP_BIT(PLANT_HTTP);
    }
    mbp_mqtt_view(&plant->mqtt, &def->mqtt);
    if (plant->mqtt.broker == NULL) {
        def->def.present &= ~MBP_BIT(PLANT_MQTT);
    }
    for (unsigned i = 0; i < MBP_COUNT_OF(identity_fields); i++) {
        def->identity.def.present |= plant->identity.object[i] != NULL ? MBP_BIT(i) : 0;
    }
    for (uint32_t f = 0; faults != NULL && f < plant->fault_count; f++) {
        mbp_fault_view(plant, f, &faults[f]);
    }
    def->faults = (struct mbp_def_list){faults, faults != NULL ? plant->fault_count : 0};
}

void mbp_plant_view_faults(struct mbp_plant_def *def)
{
    def->def.present = MBP_BIT(PLANT_FAULTS);
}

void mbp_plant_print_schema(FILE *out)
{
    mbp_schema_json(out, &mbp_plant_schema, "mbplant plant file");
}
