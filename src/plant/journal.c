/* journal: how much of the journal is kept. */
#include <string.h>

#include "defs.h"

#define HOUR_NS (3600 * MBP_NS_PER_S)

static enum mbp_reading read_keep(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                  void *at)
{
    (void)reader, (void)field;
    const char *text = mbp_node_text(node);
    uint64_t ns = 0;
    bool forever = text != NULL && strcmp(text, "forever") == 0;
    if (text == NULL || (!forever && (mbp_duration_parse(text, &ns) != MBP_OK || ns < HOUR_NS))) {
        return MBP_READING_WRONG;
    }
    *(uint64_t *)at = ns;
    return MBP_READING_OK;
}

static void print_keep(FILE *out, const void *at)
{
    uint64_t ns = *(const uint64_t *)at;
    if (ns == 0) {
        fputs("forever", out);
    } else {
        mbp_print_duration(out, "", ns);
    }
}

#define OF(member) MBP_AT(struct mbp_journal_def, member)
static const struct mbp_field fields[] = {
    MBP_ROW(CUSTOM, OF(options.keep_ns), "keep", "how old events become", .usual = "365d", .read = read_keep,
            .print = print_keep, .allowed = "forever, or a duration of at least 1h such as 90d",
            .json = "\"type\": \"string\", \"pattern\": \"^forever$|" MBP_DURATION_PATTERN "\""),
    MBP_ROW(SIZE, OF(options.max_bytes), "max_size", "how large the database becomes; the older events go",
            .usual = "1GB", .low = 1e6, .high = 1e11),
};

const struct mbp_schema mbp_journal_schema = MBP_SCHEMA("the journal", fields, struct mbp_journal_def, .flow = true);
