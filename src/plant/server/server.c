/* server: the keys of `server`: where to listen, who may do what, and faults on the wire. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "defs.h"
#include "mbplant/instructor.h"
#include "scalar.h"

#define MAPPED_BITS 96u /* an IPv4 address stands behind so many bits of ::ffff: */

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

static void print_network(FILE *out, const void *at)
{
    const struct mbp_access_rule *rule = at;
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    char address[INET6_ADDRSTRLEN] = "";
    bool is_v4 = rule->prefix_bits >= MAPPED_BITS && memcmp(rule->network, mapped, sizeof mapped) == 0;
    if (is_v4) {
        inet_ntop(AF_INET, rule->network + sizeof mapped, address, sizeof address);
    } else {
        inet_ntop(AF_INET6, rule->network, address, sizeof address);
    }
    fprintf(out, "\"%s/%u\"", address, rule->prefix_bits - (is_v4 ? MAPPED_BITS : 0u));
}

enum { ACCESS_FROM, ACCESS_ALLOW, ACCESS_KEEP, ACCESS_AS, ACCESS_UNITS };

#define OF(member) MBP_AT(struct mbp_access_def, member)
static const struct mbp_field access_fields[] = {
    [ACCESS_FROM] = MBP_ROW(CUSTOM, OF(rule), "from", "whom it is about; the first rule that holds the address counts",
                            .required = true, .read = read_network, .print = print_network,
                            .allowed = "an address or a network such as 192.168.1.0/24 or fd00::/8",
                            .json = "\"type\": \"string\", \"pattern\": \"^[0-9A-Fa-f:.]+(/[0-9]+)?$\""),
    [ACCESS_ALLOW] = MBP_ROW(CHOICE, OF(rule.allow), "allow", "operate: read, and write coils but not the instructor's",
                             .required = true, .words = &mbp_allow_words),
    [ACCESS_KEEP] =
        MBP_ROW(BOOL, OF(rule.keep), "keep", "its connections are never closed for a new one", .usual = "false"),
    [ACCESS_AS] = MBP_ROW(TEXT, OF(as), "as", "the operator that it is who writes from there without a name",
                          .high = MBP_OPERATOR_NAME_MAX),
    [ACCESS_UNITS] = MBP_ROW(VALUES, OF(units), "units", "ids of the units that it is about; all if not given",
                             .high = UINT8_MAX, .allowed = "a list of unit ids"),
};
#undef OF

/* Whether the plant has the units is seen when they are known (resolve). */
static void check_access(struct mbp_reader *reader, void *def)
{
    struct mbp_access_def *access = def;
    struct mbp_access_rule *rule = &access->rule;
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

static const struct mbp_schema access_schema =
    MBP_SCHEMA("an access rule", access_fields, struct mbp_access_def, .flow = true, .check = check_access);

/* ---- wire faults ------------------------------------------------------------------------------------------------ */

struct fault_def {
    struct mbp_def def;
    struct mbp_fault fault; /* what keys fill themselves */
    uint32_t code, bytes;
    struct mbp_values_def addresses;
};

enum {
    FAULT_KIND,
    FAULT_NAME,
    FAULT_ENABLED,
    FAULT_UNIT,
    FAULT_FUNCTION,
    FAULT_ADDRESSES,
    FAULT_FIRST,
    FAULT_AFTER_CONNECT,
    FAULT_TIME,
    FAULT_CODE,
    FAULT_BYTES,
    FAULT_PROBABILITY,
    FAULT_TIMES,
    FAULT_FIELDS
};

#define OF(member) MBP_AT(struct fault_def, member)
static const struct mbp_field fault_fields[] = {
    [FAULT_KIND] = MBP_ROW(CHOICE, OF(fault.kind), "kind", "what happens to an answer", .required = true,
                           .words = &mbp_wire_fault_words),
    [FAULT_NAME] =
        MBP_ROW(TEXT, OF(fault.name), "name", "what people call it; its kind if not given", .high = MBP_NAME_MAX),
    [FAULT_ENABLED] = MBP_ROW(BOOL, OF(fault.enabled), "enabled",
                              "false: until a coil of the instructor's unit switches it on", .usual = "true"),
    [FAULT_UNIT] = MBP_ROW(COUNT, OF(fault.unit), "unit", "requests to this unit only", .low = 1, .high = 255),
    [FAULT_FUNCTION] =
        MBP_ROW(COUNT, OF(fault.function), "function", "requests with this function code only", .low = 1, .high = 127),
    [FAULT_ADDRESSES] = MBP_ROW(VALUES, OF(addresses), "addresses", "requests that name an address of these only",
                                .high = UINT16_MAX, .allowed = "two addresses, [first, last]"),
    [FAULT_FIRST] =
        MBP_ROW(COUNT, OF(fault.first), "first", "requests whose first address is this one only", .high = UINT16_MAX),
    [FAULT_AFTER_CONNECT] =
        MBP_ROW(DURATION, OF(fault.after_connect_ns), "after_connect",
                "requests within so long after their TCP connection began only", .low = MBP_MS, .high = 3600 * MBP_S),
    [FAULT_TIME] = MBP_ROW(DURATION, OF(fault.delay_ns), "time", "how long a delay or the pause of a split lasts",
                           .usual = "20ms", .low = MBP_MS, .high = 3600 * MBP_S),
    [FAULT_CODE] =
        MBP_ROW(COUNT, OF(code), "code", "the exception that is answered", .usual = "6", .low = 1, .high = 255),
    [FAULT_BYTES] = MBP_ROW(COUNT, OF(bytes), "bytes",
                            "how many come of a truncated or cut answer, first of a split one, or before it as junk",
                            .usual = "5", .low = 1, .high = 259),
    [FAULT_PROBABILITY] =
        MBP_ROW(SHARE, OF(fault.probability), "probability", "share of requests that it happens to", .usual = "1"),
    [FAULT_TIMES] = MBP_ROW(COUNT, OF(fault.count), "count", "how often at most; without end if not given", .low = 1,
                            .high = UINT32_MAX),
};
#undef OF

static void fault_defaults(void *def)
{
    ((struct fault_def *)def)->fault.addr_last = UINT16_MAX;
}

/* Each kind has its own keys beside those of all; another's would be without effect. */
static const struct {
    unsigned field;
    uint32_t kinds;
} own[] = {
    {FAULT_TIME, MBP_BIT(MBP_FAULT_DELAY) | MBP_BIT(MBP_FAULT_SPLIT)},
    {FAULT_CODE, MBP_BIT(MBP_FAULT_EXCEPTION)},
    {FAULT_BYTES,
     MBP_BIT(MBP_FAULT_TRUNCATE) | MBP_BIT(MBP_FAULT_SPLIT) | MBP_BIT(MBP_FAULT_CUT) | MBP_BIT(MBP_FAULT_JUNK)},
};

static void check_own_keys(struct mbp_reader *reader, const struct fault_def *fault)
{
    for (size_t i = 0; i < MBP_COUNT_OF(own); i++) {
        if (mbp_def_has(&fault->def, own[i].field) && (own[i].kinds & MBP_BIT(fault->fault.kind)) == 0) {
            const char *key = fault_fields[own[i].field].key;
            mbp_reader_tell(reader, mbp_def_node(&fault->def, key), "'%s' means nothing to a fault of kind %s", key,
                            mbp_wire_fault_words.names[fault->fault.kind]);
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
    fault->fault.some_first = mbp_def_has(&fault->def, FAULT_FIRST);
    if (fault->fault.name == NULL) {
        fault->fault.name = mbp_wire_fault_words.names[fault->fault.kind];
    }
    bool is_exception = fault->fault.kind == MBP_FAULT_EXCEPTION;
    fault->fault.amount = (uint16_t)(is_exception ? fault->code : fault->bytes);
}

static const struct mbp_schema fault_schema = MBP_SCHEMA("a fault", fault_fields, struct fault_def, .flow = true,
                                                         .defaults = fault_defaults, .check = check_fault);

/* ---- server ----------------------------------------------------------------------------------------------------- */

enum {
    SERVER_LISTEN,
    SERVER_MAX_CONNECTIONS,
    SERVER_PER_CLIENT,
    SERVER_FRAME_TIMEOUT,
    SERVER_IDLE_TIMEOUT,
    SERVER_SERIAL_FUNCTIONS,
    SERVER_ABSENT,
    SERVER_BROADCAST,
    SERVER_ACCESS,
    SERVER_FAULTS,
    SERVER_FIELDS
};

#define PLACE_JSON "\"type\": \"string\", \"pattern\": \"(:[0-9]+$|://)\""
#define ID_JSON    "\"type\": \"integer\", \"minimum\": 0, \"maximum\": 255"
#define UNITS_JSON                                                                                                     \
    "\"description\": \"the units that are there: a list, or {1: 7} where unit 1 of the wire is unit 7\", "            \
    "\"anyOf\": [{\"type\": \"array\", \"minItems\": 1, \"items\": {" ID_JSON "}}, {\"type\": \"object\", "            \
    "\"minProperties\": 1, \"patternProperties\": {\"^[0-9]+$\": {" ID_JSON "}}, \"additionalProperties\": false}]"
#define ONE_JSON                                                                                                       \
    "{" PLACE_JSON "}, {\"type\": \"object\", \"additionalProperties\": false, \"required\": [\"listen\"], "           \
    "\"properties\": {\"listen\": {\"description\": \"where masters connect\", " PLACE_JSON "}, "                      \
    "\"units\": {" UNITS_JSON "}}}"
#define LISTEN_JSON                                                                                                    \
    "\"anyOf\": [" ONE_JSON                                                                                            \
    ", {\"type\": \"array\", \"minItems\": 1, \"maxItems\": 64, \"items\": {\"anyOf\": [" ONE_JSON "]}}]"

#define OF(member) MBP_AT(struct mbp_server_def, member)
static const struct mbp_field server_fields[] = {
    [SERVER_LISTEN] =
        MBP_ROW(CUSTOM, OF(options.listen), "listen", "where masters connect: one place or a list of them",
                .usual = "127.0.0.1:5020", .read = mbp_read_listen, .print = mbp_listens_print, .same = mbp_same_listen,
                .allowed = "a place such as 127.0.0.1:5020, or a list of them", .json = LISTEN_JSON),
    [SERVER_MAX_CONNECTIONS] = MBP_ROW(COUNT, OF(options.max_connections), "max_connections", "how many at most",
                                       .usual = "1024", .low = 1, .high = 65535),
    [SERVER_PER_CLIENT] =
        MBP_ROW(COUNT, OF(options.per_client), "per_client",
                "how many of one address at most; a quarter of all if not given", .low = 1, .high = 65535),
    [SERVER_FRAME_TIMEOUT] = MBP_ROW(DURATION, OF(options.frame_timeout_ns), "frame_timeout",
                                     "a request that takes longer to arrive ends its connection", .usual = "2s",
                                     .low = 10 * MBP_MS, .high = 3600 * MBP_S),
    [SERVER_IDLE_TIMEOUT] = MBP_ROW(DURATION, OF(options.idle_timeout_ns), "idle_timeout",
                                    "a connection without requests ends after it; never if not given",
                                    .low = 100 * MBP_MS, .high = MBP_DAY),
    [SERVER_SERIAL_FUNCTIONS] =
        MBP_ROW(BOOL, OF(options.serial_functions), "serial_functions",
                "answers the functions of serial lines too (7, 8, 11, 12, 17)", .usual = "true"),
    [SERVER_ABSENT] = MBP_ROW(CHOICE, OF(options.absent_silent), "absent",
                              "what a unit that is not there does: answers exception 0B, or stays silent",
                              .usual = "exception", .words = &mbp_absent_words),
    [SERVER_BROADCAST] =
        MBP_ROW(BOOL, OF(options.broadcast), "broadcast",
                "what is written to unit 0 is written to all units, without an answer", .usual = "false"),
    [SERVER_ACCESS] = MBP_ROW(LIST, OF(access), "access", "who may do what; without it everybody may do all",
                              .high = 1000, .schema = &access_schema),
    [SERVER_FAULTS] = MBP_ROW(LIST, OF(faults), "faults", "faults on the wire, for people who test masters",
                              .high = 1000, .schema = &fault_schema),
};
#undef OF

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

const struct mbp_schema mbp_server_schema =
    MBP_SCHEMA("the server", server_fields, struct mbp_server_def, .check = check_server);

/* ---- from the plant --------------------------------------------------------------------------------------------- */

static void view_access(const struct mbp_plant *plant, struct mbp_arena *arena, struct mbp_def_list *list)
{
    const struct mbp_server_options *server = &plant->server;
    struct mbp_access_def *defs = mbp_arena_array(arena, server->access_count, sizeof *defs);
    for (uint32_t i = 0; defs != NULL && i < server->access_count; i++) {
        struct mbp_access_def *def = &defs[i];
        uint16_t *units = mbp_arena_array(arena, 256, sizeof *units);
        def->rule = server->access[i];
        def->units.items = units;
        for (unsigned id = 0; units != NULL && def->rule.some_units && id < 256; id++) {
            if (mbp_access_names(&def->rule, id)) {
                units[def->units.count++] = (uint16_t)id;
            }
        }
        if (def->rule.as != 0) {
            def->as = plant->operators.items[def->rule.as - 1].name;
        }
        def->def.present = MBP_BIT(ACCESS_FROM) | MBP_BIT(ACCESS_ALLOW) | MBP_BIT(ACCESS_KEEP) |
                           (def->rule.as != 0 ? MBP_BIT(ACCESS_AS) : 0) |
                           (def->rule.some_units ? MBP_BIT(ACCESS_UNITS) : 0);
    }
    *list = (struct mbp_def_list){defs, defs != NULL ? server->access_count : 0};
}

static void view_fault(const struct mbp_fault *fault, struct fault_def *def)
{
    *def = (struct fault_def){
        .fault = *fault, .code = fault->amount, .bytes = fault->amount, .addresses = {&fault->addr_first, 2}};
    uint64_t hidden = (fault->unit != 0 ? 0 : MBP_BIT(FAULT_UNIT)) | (fault->count != 0 ? 0 : MBP_BIT(FAULT_TIMES)) |
                      (fault->function != 0 ? 0 : MBP_BIT(FAULT_FUNCTION)) |
                      (fault->some_first ? 0 : MBP_BIT(FAULT_FIRST)) |
                      (fault->after_connect_ns != 0 ? 0 : MBP_BIT(FAULT_AFTER_CONNECT));
    for (size_t i = 0; i < MBP_COUNT_OF(own); i++) {
        hidden |= (own[i].kinds & MBP_BIT(fault->kind)) != 0 ? 0 : MBP_BIT(own[i].field);
    }
    def->def.present = (MBP_BIT(FAULT_FIELDS) - 1) & ~hidden;
}

/* The two ends of the addresses are read as a list. */
_Static_assert(offsetof(struct mbp_fault, addr_last) == offsetof(struct mbp_fault, addr_first) + sizeof(uint16_t),
               "they stand one behind the other");

void mbp_server_view(const struct mbp_plant *plant, struct mbp_arena *arena, struct mbp_server_def *def)
{
    const struct mbp_server_options *server = &plant->server;
    struct fault_def *faults = mbp_arena_array(arena, server->fault_count, sizeof *faults);
    *def = (struct mbp_server_def){.options = *server};
    def->def.present = MBP_BIT(SERVER_FIELDS) - 1;
    def->def.present &= server->idle_timeout_ns != 0 ? UINT64_MAX : ~MBP_BIT(SERVER_IDLE_TIMEOUT);
    view_access(plant, arena, &def->access);
    for (uint32_t i = 0; faults != NULL && i < server->fault_count; i++) {
        view_fault(&server->faults[i], &faults[i]);
    }
    def->faults = (struct mbp_def_list){faults, faults != NULL ? server->fault_count : 0};
}
