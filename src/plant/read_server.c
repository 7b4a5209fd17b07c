/* read_server: the keys of `server`: where to listen, who may do what, and faults on the wire. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "defs.h"
#include "mbplant/instructor.h"
#include "scalar.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define MS              1e6
#define S               1e9

/* ---- access rules ---------------------------------------------------------------------------------------------- */

/* "192.168.1.0/24", "fd00::/8" or one address; IPv4 is kept as ::ffff:a.b.c.d. */
static enum mbp_reading read_network(struct mbp_reader *reader, const struct mbp_node *node,
                                     const struct mbp_field *field, void *at)
{
    (void)reader, (void)field;
    struct mbp_access_rule rule = {.network = {[10] = 0xFF, [11] = 0xFF}};
    char address[INET6_ADDRSTRLEN];
    /* In quotes too: YAML takes some IPv6 addresses for something else without. */
    const char *text = node->kind == MBP_NODE_SCALAR ? node->text : "";
    size_t len = strlen(text) == node->len ? strcspn(text, "/") : 0;
    uint64_t bits;
    if (len == 0 || len >= sizeof address) {
        return MBP_READING_WRONG;
    }
    memcpy(address, text, len);
    address[len] = '\0';
    bool is_v4 = inet_pton(AF_INET, address, rule.network + 12) == 1;
    if (!is_v4 && inet_pton(AF_INET6, address, rule.network) != 1) {
        return MBP_READING_WRONG;
    }
    uint64_t most = is_v4 ? 32 : 128;
    if (text[len] == '\0') {
        bits = most;
    } else if (!mbp_scalar_unsigned(text + len + 1, &bits) || bits > most) {
        return MBP_READING_WRONG;
    }
    rule.prefix_bits = (uint8_t)(is_v4 ? bits + 96 : bits);
    struct mbp_access_rule *out = at;
    memcpy(out->network, rule.network, sizeof rule.network);
    out->prefix_bits = rule.prefix_bits;
    return MBP_READING_OK;
}

enum { ACCESS_FROM, ACCESS_ALLOW, ACCESS_UNITS, ACCESS_KEEP };

#define ACCESS(member) offsetof(struct mbp_access_def, member)
static const struct mbp_field access_fields[] = {
    [ACCESS_FROM] = {.key = "from",
                     .type = MBP_FIELD_CUSTOM,
                     .required = true,
                     .at = ACCESS(rule),
                     .read = read_network,
                     .allowed = "an address or a network such as 192.168.1.0/24 or fd00::/8"},
    [ACCESS_ALLOW] =
        {.key = "allow", .type = MBP_FIELD_CHOICE, .required = true, .at = ACCESS(allow), .words = &mbp_allow_words},
    [ACCESS_UNITS] = {.key = "units",
                      .type = MBP_FIELD_VALUES,
                      .at = ACCESS(units),
                      .high = MBP_INSTRUCTOR_UNIT,
                      .allowed = "a list of unit ids"},
    [ACCESS_KEEP] = {.key = "keep", .type = MBP_FIELD_BOOL, .at = ACCESS(rule.keep)},
};

/* Whether the plant has the units is seen when they are known (resolve). */
static void check_access(struct mbp_reader *reader, void *def)
{
    struct mbp_access_def *access = def;
    struct mbp_access_rule *rule = &access->rule;
    rule->allow = (uint8_t)access->allow;
    if (!mbp_def_has(&access->def, ACCESS_UNITS)) {
        return;
    }
    rule->some_units = true;
    for (uint32_t i = 0; i < access->units.count; i++) {
        rule->units[access->units.items[i] / 8] |= (uint8_t)(1u << access->units.items[i] % 8);
    }
    if (access->units.count == 0) {
        mbp_reader_tell(reader, mbp_def_node(&access->def, "units"),
                        "'units' is empty; name those that the rule is about, or leave the key out for all");
    }
}

static const struct mbp_schema access_schema = {.noun = "an access rule",
                                                .fields = access_fields,
                                                .field_count = COUNT_OF(access_fields),
                                                .size = sizeof(struct mbp_access_def),
                                                .check = check_access};

/* ---- wire faults ------------------------------------------------------------------------------------------------ */

struct fault_def {
    struct mbp_def def;
    struct mbp_fault fault;
    int kind;
    uint32_t unit, function, code, bytes;
    struct mbp_values_def addresses;
};

enum {
    FAULT_KIND,
    FAULT_NAME,
    FAULT_ENABLED,
    FAULT_UNIT,
    FAULT_FUNCTION,
    FAULT_ADDRESSES,
    FAULT_TIME,
    FAULT_CODE,
    FAULT_BYTES,
    FAULT_PROBABILITY,
    FAULT_TIMES
};

#define FAULT(member) offsetof(struct fault_def, member)
static const struct mbp_field fault_fields[] = {
    [FAULT_KIND] =
        {.key = "kind", .type = MBP_FIELD_CHOICE, .required = true, .at = FAULT(kind), .words = &mbp_wire_fault_words},
    [FAULT_NAME] = {.key = "name", .type = MBP_FIELD_TEXT, .at = FAULT(fault.name), .high = MBP_NAME_MAX},
    [FAULT_ENABLED] = {.key = "enabled", .type = MBP_FIELD_BOOL, .at = FAULT(fault.enabled)},
    [FAULT_UNIT] = {.key = "unit", .type = MBP_FIELD_COUNT, .at = FAULT(unit), .low = 1, .high = 247},
    [FAULT_FUNCTION] = {.key = "function", .type = MBP_FIELD_COUNT, .at = FAULT(function), .low = 1, .high = 127},
    [FAULT_ADDRESSES] = {.key = "addresses",
                         .type = MBP_FIELD_VALUES,
                         .at = FAULT(addresses),
                         .high = UINT16_MAX,
                         .allowed = "two addresses, [first, last]"},
    [FAULT_TIME] =
        {.key = "time", .type = MBP_FIELD_DURATION, .at = FAULT(fault.delay_ns), .low = MS, .high = 3600 * S},
    [FAULT_CODE] = {.key = "code", .type = MBP_FIELD_COUNT, .at = FAULT(code), .low = 1, .high = 255},
    [FAULT_BYTES] = {.key = "bytes", .type = MBP_FIELD_COUNT, .at = FAULT(bytes), .low = 1, .high = 259},
    [FAULT_PROBABILITY] = {.key = "probability", .type = MBP_FIELD_SHARE, .at = FAULT(fault.probability)},
    [FAULT_TIMES] = {.key = "count", .type = MBP_FIELD_COUNT, .at = FAULT(fault.count), .low = 1, .high = UINT32_MAX},
};

static void fault_defaults(void *def)
{
    struct fault_def *fault = def;
    fault->fault = (struct mbp_fault){
        .name = "", .enabled = true, .addr_last = UINT16_MAX, .delay_ns = 20 * MBP_NS_PER_MS, .probability = 1.0};
    fault->code = MBP_EX_SERVER_DEVICE_BUSY;
    fault->bytes = 5;
}

/* Each kind has its own keys beside those of all; another's would be without effect. */
static void check_own_keys(struct mbp_reader *reader, const struct fault_def *fault)
{
    static const struct {
        unsigned field;
        uint32_t kinds;
    } own[] = {
        {FAULT_TIME, MBP_BIT(MBP_FAULT_DELAY) | MBP_BIT(MBP_FAULT_SPLIT)},
        {FAULT_CODE, MBP_BIT(MBP_FAULT_EXCEPTION)},
        {FAULT_BYTES, MBP_BIT(MBP_FAULT_TRUNCATE) | MBP_BIT(MBP_FAULT_SPLIT)},
    };
    for (size_t i = 0; i < COUNT_OF(own); i++) {
        if (mbp_def_has(&fault->def, own[i].field) && (own[i].kinds & MBP_BIT(fault->kind)) == 0) {
            const char *key = fault_fields[own[i].field].key;
            mbp_reader_tell(reader, mbp_def_node(&fault->def, key), "'%s' means nothing to a fault of kind %s", key,
                            mbp_wire_fault_words.names[fault->kind]);
        }
    }
}

static void check_fault(struct mbp_reader *reader, void *def)
{
    struct fault_def *fault = def;
    if (!mbp_def_has(&fault->def, FAULT_KIND)) {
        return;
    }
    check_own_keys(reader, fault);
    const struct mbp_values_def *span = &fault->addresses;
    if (mbp_def_has(&fault->def, FAULT_ADDRESSES)) {
        if (span->count != 2 || span->items[0] > span->items[1]) {
            mbp_reader_tell(reader, mbp_def_node(&fault->def, "addresses"),
                            "'addresses' must be two, [first, last], in rising order");
            return;
        }
        fault->fault.addr_first = span->items[0];
        fault->fault.addr_last = span->items[1];
    }
    if (fault->fault.name[0] == '\0') {
        fault->fault.name = mbp_wire_fault_words.names[fault->kind];
    }
    bool is_exception = fault->kind == MBP_FAULT_EXCEPTION;
    fault->fault.kind = (uint8_t)fault->kind;
    fault->fault.unit = (uint8_t)fault->unit;
    fault->fault.function = (uint8_t)fault->function;
    fault->fault.amount = (uint16_t)(is_exception ? fault->code : fault->bytes);
}

static const struct mbp_schema fault_schema = {.noun = "a fault",
                                               .fields = fault_fields,
                                               .field_count = COUNT_OF(fault_fields),
                                               .size = sizeof(struct fault_def),
                                               .defaults = fault_defaults,
                                               .check = check_fault};

/* ---- server ----------------------------------------------------------------------------------------------------- */

#define SERVER(member) offsetof(struct mbp_server_def, member)
static const struct mbp_field server_fields[] = {
    {.key = "listen", .type = MBP_FIELD_ENDPOINT, .at = SERVER(options.listen), .usual = "127.0.0.1:5020"},
    {.key = "max_connections",
     .type = MBP_FIELD_COUNT,
     .at = SERVER(options.max_connections),
     .usual = "1024",
     .low = 1,
     .high = 65535},
    {.key = "per_client", .type = MBP_FIELD_COUNT, .at = SERVER(options.per_client), .low = 1, .high = 65535},
    {.key = "frame_timeout",
     .type = MBP_FIELD_DURATION,
     .at = SERVER(options.frame_timeout_ns),
     .usual = "2s",
     .low = 10 * MS,
     .high = 3600 * S},
    {.key = "idle_timeout",
     .type = MBP_FIELD_DURATION,
     .at = SERVER(options.idle_timeout_ns),
     .low = 100 * MS,
     .high = 86400 * S},
    {.key = "serial_functions", .type = MBP_FIELD_BOOL, .at = SERVER(options.serial_functions), .usual = "true"},
    {.key = "access", .type = MBP_FIELD_LIST, .at = SERVER(access), .high = 1000, .schema = &access_schema},
    {.key = "faults", .type = MBP_FIELD_LIST, .at = SERVER(faults), .high = 1000, .schema = &fault_schema},
};

static void check_server(struct mbp_reader *reader, void *def)
{
    struct mbp_server_def *server = def;
    struct mbp_access_rule *rules = mbp_reader_array(reader, reader->keep, server->access.count + 1, sizeof *rules);
    struct mbp_fault *faults = mbp_reader_array(reader, reader->keep, server->faults.count + 1, sizeof *faults);
    if (rules == NULL || faults == NULL) {
        return;
    }
    for (uint32_t i = 0; i < server->access.count; i++) {
        rules[i] = ((const struct mbp_access_def *)server->access.items)[i].rule;
    }
    for (uint32_t i = 0; i < server->faults.count; i++) {
        faults[i] = ((const struct fault_def *)server->faults.items)[i].fault;
    }
    server->options.access = rules;
    server->options.access_count = server->access.count;
    server->options.faults = faults;
    server->options.fault_count = server->faults.count;
}

const struct mbp_schema mbp_server_schema = {.noun = "the server",
                                             .fields = server_fields,
                                             .field_count = COUNT_OF(server_fields),
                                             .size = sizeof(struct mbp_server_def),
                                             .check = check_server};
