/* Former plants, from a slave or a dump. */
#include "slave/past.h"

#include <stdlib.h>
#include <string.h>

#define TRIES 3u /* the slave may drop a plant, or take one in, between two requests */

/* ---- the list --------------------------------------------------------------------------------------------------- */

const struct mbp_plant *ctl_past_at(const struct ctl_past *past, uint32_t seq, const struct mbp_plant *now)
{
    size_t after = 0;
    while (after < past->count && past->entries[after].since <= seq)
        after++;
    if (past->count == 0)
        return now;
    const struct ctl_past_entry *entry = &past->entries[after > 0 ? after - 1 : 0];
    return entry->plant != NULL ? entry->plant : now;
}

enum mbp_status ctl_past_own(struct ctl_past *past, struct mbp_plant *plant)
{
    struct mbp_plant **owned = reallocarray(past->owned, past->owned_count + 1, sizeof(struct mbp_plant *));
    if (owned == NULL) {
        mbp_plant_free(plant);
        return MBP_ERR_MEMORY;
    }
    past->owned = owned;
    owned[past->owned_count++] = plant;
    return MBP_OK;
}

enum mbp_status ctl_past_add(struct ctl_past *past, uint32_t since, const struct mbp_plant *plant)
{
    size_t at = past->count;
    while (at > 0 && past->entries[at - 1].since >= since)
        at--;
    if (at == past->count || past->entries[at].since != since) {
        struct ctl_past_entry *entries = reallocarray(past->entries, past->count + 1, sizeof *entries);
        if (entries == NULL)
            return MBP_ERR_MEMORY;
        memmove(entries + at + 1, entries + at, (past->count - at) * sizeof *entries);
        past->entries = entries;
        past->count++;
    }
    past->entries[at] = (struct ctl_past_entry){.since = since, .plant = plant};
    return MBP_OK;
}

void ctl_past_free(struct ctl_past *past)
{
    for (size_t i = 0; i < past->owned_count; i++)
        mbp_plant_free(past->owned[i]);
    free(past->owned);
    free(past->entries);
    *past = (struct ctl_past){0};
}

/* ---- from a slave ----------------------------------------------------------------------------------------------- */

static bool is_text_of(const struct mbp_plant *plant, const struct ctl_past_entry *entry)
{
    return (plant->public_crc == entry->crc && plant->public_text.len == entry->length) ||
           (plant->text_crc == entry->crc && plant->text.len == entry->length);
}

/* One that is known already; NULL = none. */
static const struct mbp_plant *find_known(const struct ctl *ctl, const struct ctl_past *past,
                                          const struct ctl_past_entry *entry)
{
    if (is_text_of(ctl->plant, entry))
        return ctl->plant;
    for (size_t i = 0; i < past->owned_count; i++) {
        if (is_text_of(past->owned[i], entry))
            return past->owned[i];
    }
    return NULL;
}

/* A slave that does not have these files is no failure: an earlier mbplant, or a plant with files of its own there. */
static enum mbp_status read_index(struct ctl_link *link, uint8_t unit, struct ctl_past_entry **out, size_t *count)
{
    uint16_t header[MBP_PAST_HEADER_WORDS];
    *out = NULL;
    *count = 0;
    enum mbp_status status = ctl_read_file(link, unit, MBP_PAST_INDEX_FILE, 0, MBP_PAST_HEADER_WORDS, header);
    if (status != MBP_OK)
        return status > 0 ? MBP_OK : status;
    if (ctl_u32(header) != MBP_PAST_MAGIC || header[2] != MBP_PAST_VERSION || header[3] > MBP_PAST_PLANTS)
        return MBP_OK;
    uint16_t *words = calloc(header[3] + 1u, MBP_PAST_ENTRY_WORDS * sizeof *words);
    struct ctl_past_entry *entries = calloc(header[3] + 1u, sizeof *entries);
    status = words == NULL || entries == NULL ? MBP_ERR_MEMORY : MBP_OK;
    if (status == MBP_OK)
        status = ctl_read_file(link, unit, MBP_PAST_INDEX_FILE, MBP_PAST_HEADER_WORDS,
                               (uint32_t)header[3] * MBP_PAST_ENTRY_WORDS, words);
    for (size_t i = 0; i < header[3] && status == MBP_OK; i++) {
        const uint16_t *row = words + i * MBP_PAST_ENTRY_WORDS;
        entries[i] = (struct ctl_past_entry){
            .since = ctl_u32(row), .length = ctl_u32(row + 2), .crc = ctl_u32(row + 4), .at = ctl_u32(row + 6)};
    }
    free(words);
    if (status == MBP_OK) {
        *out = entries;
        *count = header[3];
    } else {
        free(entries);
    }
    return status;
}

/* The text behind an entry. Errors: MBP_ERR_CORRUPT when it is not that one (any more), those of ctl_read_file. */
static enum mbp_status read_text(struct ctl_link *link, uint8_t unit, const struct ctl_past_entry *entry, char **out)
{
    uint32_t count = (entry->length + 1) / 2;
    if (entry->length > MBP_PLANT_WIRE_TEXT_MAX || entry->at > MBP_PAST_WORDS || count > MBP_PAST_WORDS - entry->at)
        return MBP_ERR_CORRUPT;
    char *text;
    enum mbp_status status = ctl_read_text(link, unit, MBP_PAST_FIRST_FILE, entry->at, entry->length, &text);
    if (status != MBP_OK)
        return status;
    if (mbp_crc32(0, text, entry->length) != entry->crc) {
        free(text);
        return MBP_ERR_CORRUPT;
    }
    *out = text;
    return MBP_OK;
}

/* A text that this mbplantctl does not understand leaves the plant unknown, without a word: events are still shown. */
static enum mbp_status parse(char *text, size_t length, struct ctl_past *past, const struct mbp_plant **out)
{
    struct mbp_plant *plant = NULL;
    enum mbp_status status = ctl_parse_quietly((struct mbp_text){text, length}, &plant);
    if (status != MBP_OK)
        return status == MBP_ERR_MEMORY ? status : MBP_OK;
    status = ctl_past_own(past, plant);
    if (status == MBP_OK)
        *out = plant;
    return status;
}

static enum mbp_status learn(struct ctl *ctl, uint8_t unit, struct ctl_past *past, struct ctl_past_entry *entry)
{
    char *text = NULL;
    entry->plant = find_known(ctl, past, entry);
    if (entry->plant != NULL || entry->length == 0)
        return MBP_OK;
    enum mbp_status status = read_text(ctl->link, unit, entry, &text);
    if (status == MBP_OK)
        status = parse(text, entry->length, past, &entry->plant);
    free(text);
    return status;
}

static enum mbp_status read_once(struct ctl *ctl, uint8_t unit, uint32_t first, uint32_t last, struct ctl_past *past)
{
    struct ctl_past_entry *entries;
    size_t count;
    enum mbp_status status = read_index(ctl->link, unit, &entries, &count);
    bool is_told = ctl->options->plant_path == NULL;
    for (size_t i = 0; i < count; i++)
        is_told = is_told || is_text_of(ctl->plant, &entries[i]);
    for (size_t i = 0; i < count && status == MBP_OK; i++) {
        bool ends_before = i + 1 < count && entries[i + 1].since <= first;
        if (i + 1 == count && !is_told)
            entries[i].plant = ctl->plant; /* the user says what it is now */
        else if (!ends_before && (i == 0 || entries[i].since <= last))
            status = learn(ctl, unit, past, &entries[i]);
    }
    if (status != MBP_OK) {
        free(entries);
        return status;
    }
    free(past->entries);
    past->entries = entries;
    past->count = count;
    return MBP_OK;
}

enum mbp_status ctl_past_read(struct ctl *ctl, uint8_t unit, uint32_t first, uint32_t last, struct ctl_past *past)
{
    enum mbp_status status = MBP_ERR_CORRUPT;
    for (unsigned i = 0; i < TRIES && (status == MBP_ERR_CORRUPT || status == MBP_EX_ILLEGAL_DATA_ADDRESS); i++)
        status = read_once(ctl, unit, first, last, past);
    return status;
}
