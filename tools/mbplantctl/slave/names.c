/* Names from a slave. */
#include "slave/names.h"

#include <stdlib.h>

#define TRIES 3u /* the plant may be changed between two requests */

struct mbp_telling ctl_telling(const struct ctl *ctl)
{
    return (struct mbp_telling){ctl->plant, &ctl->names, ctl->options->lang};
}

void ctl_names_free(struct ctl *ctl)
{
    mbp_names_free(&ctl->names);
    ctl->names_index = (struct mbp_names_index){0};
}

static enum mbp_status read_bytes(struct ctl_link *link, uint8_t unit, uint16_t file, uint32_t len, uint32_t crc,
                                  char **out)
{
    if (len > (MBP_NAMES_END_FILE - MBP_NAMES_TAG_FILE) * 20000u)
        return MBP_ERR_CORRUPT;
    char *bytes;
    enum mbp_status status = ctl_read_text(link, unit, file, 0, len, &bytes);
    if (status != MBP_OK)
        return status;
    if (mbp_crc32(0, bytes, len) != crc) {
        free(bytes);
        return MBP_ERR_CORRUPT;
    }
    *out = bytes;
    return MBP_OK;
}

static enum mbp_status read_tables(struct ctl_link *link, uint8_t unit, const struct mbp_names_index *index,
                                   struct mbp_names *names)
{
    char *tags = NULL;
    char *actors = NULL;
    enum mbp_status status = read_bytes(link, unit, MBP_NAMES_TAG_FILE, index->tag_bytes, index->tag_crc, &tags);
    if (status == MBP_OK)
        status = read_bytes(link, unit, MBP_NAMES_ACTOR_FILE, index->actor_bytes, index->actor_crc, &actors);
    if (status == MBP_OK)
        status = mbp_names_read_tags(names, (const uint8_t *)tags, index->tag_bytes);
    if (status == MBP_OK)
        status = mbp_names_read_actors(names, (const uint8_t *)actors, index->actor_bytes);
    names->left_out = index->left_out;
    free(tags);
    free(actors);
    return status == MBP_ERR_FORMAT ? MBP_ERR_CORRUPT : status;
}

static bool is_same(const struct mbp_names_index *a, const struct mbp_names_index *b)
{
    return a->tag_bytes == b->tag_bytes && a->tag_crc == b->tag_crc && a->actor_bytes == b->actor_bytes &&
           a->actor_crc == b->actor_crc && a->left_out == b->left_out;
}

static enum mbp_status read_once(struct ctl *ctl, uint8_t unit)
{
    uint16_t words[MBP_NAMES_INDEX_WORDS];
    struct mbp_names_index index;
    struct mbp_names fresh = {0};
    enum mbp_status status = ctl_read_file(ctl->link, unit, MBP_NAMES_INDEX_FILE, 0, MBP_NAMES_INDEX_WORDS, words);
    if (status != MBP_OK)
        return status > 0 ? MBP_OK : status;
    if (mbp_names_index_decode(words, &index) != MBP_OK || is_same(&index, &ctl->names_index))
        return MBP_OK;
    status = read_tables(ctl->link, unit, &index, &fresh);
    if (status != MBP_OK) {
        mbp_names_free(&fresh);
        return status;
    }
    mbp_names_free(&ctl->names);
    ctl->names = fresh;
    ctl->names_index = index;
    return MBP_OK;
}

enum mbp_status ctl_names_read(struct ctl *ctl, uint8_t unit)
{
    enum mbp_status status = MBP_ERR_CORRUPT;
    for (unsigned i = 0; i < TRIES && (status == MBP_ERR_CORRUPT || status == MBP_EX_ILLEGAL_DATA_ADDRESS); i++)
        status = read_once(ctl, unit);
    return status;
}
