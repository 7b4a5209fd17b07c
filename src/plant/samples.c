/* samples: what of the values is kept for trends: how much of all (`samples` of the plant), and which changes of a
 * sensor are worth it (its `report`). */
#include <float.h>
#include <string.h>

#include "defs.h"
#include "scalar.h"

/* ---- of the plant ------------------------------------------------------------------------------------------------ */

#define MB 1000000u

static enum mbp_reading read_off(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                 void *at)
{
    (void)reader, (void)field;
    const char *text = mbp_node_text(node);
    bool on;
    if (text == NULL || !mbp_scalar_switch(text, &on) || on)
        return MBP_READING_WRONG;
    *(uint64_t *)at = 0;
    return MBP_READING_OK;
}

static enum mbp_reading read_max_size(struct mbp_reader *reader, const struct mbp_node *node,
                                      const struct mbp_field *field, void *at)
{
    if (read_off(reader, node, field, at) == MBP_READING_OK)
        return MBP_READING_OK;
    return mbp_read_value(reader, node, &(const struct mbp_field){.type = MBP_FIELD_SIZE, .low = MB, .high = 1e11}, at);
}

static void print_max_size(FILE *out, const void *at)
{
    char text[32];
    uint64_t bytes = *(const uint64_t *)at;
    fputs(bytes == 0 ? "off" : mbp_scalar_size_format(bytes, text, sizeof text), out);
}

#define OFF_JSON "{\"enum\": [\"off\", false]}"
#define AT_MAX   MBP_AT(struct mbp_samples_def, max_bytes)
static const struct mbp_field samples_fields[] = {
    MBP_ROW(CUSTOM, AT_MAX, "max_size", "how large the file of the values for trends becomes; off = it is not kept",
            .usual = "256MB", .read = read_max_size, .print = print_max_size, .allowed = "off, or a size from 1MB on",
            .json = "\"anyOf\": [" OFF_JSON ", {\"type\": \"string\", \"pattern\": \"^[0-9.]+ *([kMG]B|[KMG]iB)$\"}]"),
};
const struct mbp_schema mbp_samples_schema =
    MBP_SCHEMA("samples", samples_fields, struct mbp_samples_def, .flow = true);
const struct mbp_field mbp_samples_brief = {.key = "samples",
                                            .type = MBP_FIELD_CUSTOM,
                                            AT_MAX,
                                            .read = read_off,
                                            .print = print_max_size,
                                            .json = "\"enum\": [\"off\", false]"};

/* ---- of a sensor ------------------------------------------------------------------------------------------------- */

#define OF(member) MBP_AT(struct mbp_report_def, rule.member)
static const struct mbp_field report_fields[] = {
    MBP_ROW(NUMBER, OF(deadband), "deadband", "a smaller change is not kept; 0 = each that the sensor shows",
            .unit = MBP_VALUE_UNIT, .usual = "0", .low = 0, .high = DBL_MAX),
    MBP_ROW(DURATION, OF(every_ns), "every", "the least time from one kept change to the next", .usual = "0s",
            .high = MBP_DAY),
};
const struct mbp_schema mbp_report_schema =
    MBP_SCHEMA("what is kept of a sensor", report_fields, struct mbp_report_def, .flow = true);

const struct mbp_report_rule *mbp_complete_report(struct mbp_reader *reader, const struct mbp_report_def *def)
{
    struct mbp_report_rule rule;
    memset(&rule, 0, sizeof rule); /* padding too: equal ones are found by their bytes */
    rule.deadband = def->rule.deadband;
    rule.every_ns = def->rule.every_ns;
    return rule.deadband > 0 || rule.every_ns > 0 ? mbp_reader_share(reader, &rule, sizeof rule) : NULL;
}
