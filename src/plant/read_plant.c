/* read_plant: the keys of the plant and its identity. */
#include <stdio.h>
#include <string.h>

#include "defs.h"
#include "scalar.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define S               1e9 /* ns */
#define YEAR            (365.0 * 86400 * S)

/* ---- plant ---------------------------------------------------------------------------------------------------- */

#define PLANT(member) offsetof(struct mbp_plant_def, member)

/* FC 43/14 answers fit one PDU: 253 bytes less the nine before an object's value. */
#define OBJECT(word, index, text)                                                                                      \
    {                                                                                                                  \
        .key = (word), .type = MBP_FIELD_ASCII,                                                                        \
        .at = PLANT(identity.object) - PLANT(identity) + (index) * sizeof(char *), .high = 244, .usual = (text)        \
    }
static const struct mbp_field identity_fields[] = {
    OBJECT("vendor", 0, "mbplant"), OBJECT("product", 1, "MBP"),     OBJECT("revision", 2, MBP_VERSION),
    OBJECT("url", 3, NULL),         OBJECT("product_name", 4, NULL), OBJECT("model", 5, NULL),
    OBJECT("application", 6, NULL),
};
static const struct mbp_schema identity_schema = {.noun = "the identity",
                                                  .fields = identity_fields,
                                                  .field_count = COUNT_OF(identity_fields),
                                                  .size = sizeof((struct mbp_plant_def *)NULL)->identity};

static enum mbp_reading read_http_listen(struct mbp_reader *reader, const struct mbp_node *node,
                                         const struct mbp_field *field, void *at);

static const struct mbp_field http_fields[] = {{.key = "listen",
                                                .type = MBP_FIELD_CUSTOM,
                                                .at = PLANT(http.listen) - PLANT(http),
                                                .usual = "127.0.0.1:8020",
                                                .read = read_http_listen,
                                                .allowed = "off, or ADDRESS:PORT such as 127.0.0.1:8020"}};
static const struct mbp_schema http_schema = {.noun = "http",
                                              .fields = http_fields,
                                              .field_count = COUNT_OF(http_fields),
                                              .size = sizeof((struct mbp_plant_def *)NULL)->http};

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

static const struct mbp_field http_brief = {
    .key = "http", .type = MBP_FIELD_CUSTOM, .at = PLANT(http.listen) - PLANT(http), .read = read_off};

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
     .type = MBP_FIELD_MAP,
     .at = PLANT(http),
     .schema = &http_schema,
     .brief = &http_brief,
     .allowed = "off, or {listen: ADDRESS:PORT}"},
    {.key = "journal", .type = MBP_FIELD_MAP, .at = PLANT(journal), .schema = &mbp_journal_schema},
    {.key = "instructor", .type = MBP_FIELD_BOOL, .at = PLANT(instructor)},
    {.key = "identity", .type = MBP_FIELD_MAP, .at = PLANT(identity), .schema = &identity_schema},
    {.key = "units",
     .type = MBP_FIELD_LIST,
     .required = true,
     .at = PLANT(units),
     .high = 247,
     .schema = &mbp_unit_schema},
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
