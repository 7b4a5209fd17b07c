/* read_journal: how much of the journal is kept. */
#include <string.h>

#include "defs.h"

#define HOUR_NS   (3600 * MBP_NS_PER_S)
#define MIN_BYTES 1000000u
#define MAX_BYTES 100000000000u

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

#define JOURNAL(member) offsetof(struct mbp_journal_def, options.member)

static const struct mbp_field journal_fields[] = {
    {.key = "keep",
     .type = MBP_FIELD_CUSTOM,
     .at = JOURNAL(keep_ns),
     .usual = "365d",
     .read = read_keep,
     .allowed = "forever, or a duration of at least 1h such as 90d"},
    {.key = "max_size",
     .type = MBP_FIELD_SIZE,
     .at = JOURNAL(max_bytes),
     .usual = "1GB",
     .low = MIN_BYTES,
     .high = MAX_BYTES},
};

const struct mbp_schema mbp_journal_schema = {.noun = "the journal",
                                              .fields = journal_fields,
                                              .field_count = sizeof journal_fields / sizeof journal_fields[0],
                                              .size = sizeof(struct mbp_journal_def)};
