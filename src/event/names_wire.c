/* Tags and actors as the bytes of files. */
#include <string.h>

#include "mbplant/base/registers.h"
#include "mbplant/names.h"

/* ---- the index -------------------------------------------------------------------------------------------------- */

void mbp_names_index_encode(const struct mbp_names_index *index, uint16_t words[MBP_NAMES_INDEX_WORDS])
{
    mbp_words_put_u32(words, MBP_NAMES_MAGIC);
    words[2] = MBP_NAMES_VERSION;
    words[3] = index->left_out;
    mbp_words_put_u32(words + 4, index->tag_count);
    mbp_words_put_u32(words + 6, index->tag_bytes);
    mbp_words_put_u32(words + 8, index->tag_crc);
    mbp_words_put_u32(words + 10, index->actor_count);
    mbp_words_put_u32(words + 12, index->actor_bytes);
    mbp_words_put_u32(words + 14, index->actor_crc);
}

enum mbp_status mbp_names_index_decode(const uint16_t words[MBP_NAMES_INDEX_WORDS], struct mbp_names_index *out)
{
    if (mbp_words_u32(words) != MBP_NAMES_MAGIC || words[2] != MBP_NAMES_VERSION)
        return MBP_ERR_FORMAT;
    *out = (struct mbp_names_index){.left_out = (words[3] & 1u) != 0,
                                    .tag_count = mbp_words_u32(words + 4),
                                    .tag_bytes = mbp_words_u32(words + 6),
                                    .tag_crc = mbp_words_u32(words + 8),
                                    .actor_count = mbp_words_u32(words + 10),
                                    .actor_bytes = mbp_words_u32(words + 12),
                                    .actor_crc = mbp_words_u32(words + 14)};
    return MBP_OK;
}

/* ---- out -------------------------------------------------------------------------------------------------------- */

static void write_u16(unsigned number, FILE *out)
{
    putc((int)(number >> 8 & 0xFFu), out);
    putc((int)(number & 0xFFu), out);
}

static void write_u32(uint32_t number, FILE *out)
{
    write_u16(number >> 16, out);
    write_u16(number, out);
}

static size_t short_len(const char *text)
{
    size_t len = strlen(text);
    return len < UINT8_MAX ? len : UINT8_MAX;
}

static size_t write_end(size_t len, FILE *out)
{
    if (len % 2 != 0)
        putc(0, out);
    return len + len % 2;
}

#define TAG_HEAD   18u
#define ACTOR_HEAD 26u

size_t mbp_names_write_tag(const struct mbp_event_tag *tag, FILE *out)
{
    size_t kind = short_len(tag->kind);
    size_t name = short_len(tag->name);
    size_t measure = short_len(tag->measure);
    size_t label = strlen(tag->label);
    label = label < UINT16_MAX ? label : UINT16_MAX;
    putc(tag->unit, out);
    putc(tag->what, out);
    write_u16(tag->id, out);
    write_u32(tag->since, out);
    write_u32(tag->gone, out);
    putc(tag->decimals, out);
    putc((int)kind, out);
    putc((int)name, out);
    putc((int)measure, out);
    write_u16((unsigned)label, out);
    fwrite(tag->kind, 1, kind, out);
    fwrite(tag->name, 1, name, out);
    fwrite(tag->measure, 1, measure, out);
    fwrite(tag->label, 1, label, out);
    return write_end(TAG_HEAD + kind + name + measure + label, out);
}

size_t mbp_names_write_actor(const struct mbp_actor *actor, FILE *out)
{
    size_t role = short_len(actor->role);
    size_t name = short_len(actor->name);
    write_u16(actor->id, out);
    putc(actor->kind, out);
    putc((int)role, out);
    fwrite(actor->address, 1, sizeof actor->address, out);
    write_u32(actor->since, out);
    putc((int)name, out);
    putc(0, out);
    fwrite(actor->role, 1, role, out);
    fwrite(actor->name, 1, name, out);
    return write_end(ACTOR_HEAD + role + name, out);
}

/* ---- in --------------------------------------------------------------------------------------------------------- */

static uint16_t u16_at(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static uint32_t u32_at(const uint8_t *bytes)
{
    return (uint32_t)u16_at(bytes) << 16 | u16_at(bytes + 2);
}

/* The next text of so many bytes, ended in a buffer of its own. */
static const char *take_text(const uint8_t **bytes, size_t len, char *buf)
{
    memcpy(buf, *bytes, len);
    buf[len] = '\0';
    *bytes += len;
    return mbp_text_as_utf8(buf);
}

static enum mbp_status read_tag(struct mbp_names *names, const uint8_t *bytes, size_t left, size_t *taken)
{
    char texts[3][UINT8_MAX + 1];
    static char label_text[UINT16_MAX + 1];
    if (left < TAG_HEAD)
        return MBP_ERR_FORMAT;
    size_t kind = bytes[13];
    size_t name = bytes[14];
    size_t measure = bytes[15];
    size_t label = u16_at(bytes + 16);
    size_t len = TAG_HEAD + kind + name + measure + label;
    len += len % 2;
    if (len > left || name == 0 || bytes[1] >= MBP_TAG_COUNT)
        return MBP_ERR_FORMAT;
    const uint8_t *text = bytes + TAG_HEAD;
    struct mbp_event_tag tag = {.unit = bytes[0],
                                .what = bytes[1],
                                .id = u16_at(bytes + 2),
                                .since = u32_at(bytes + 4),
                                .gone = u32_at(bytes + 8),
                                .decimals = bytes[12]};
    tag.kind = take_text(&text, kind, texts[0]);
    tag.name = take_text(&text, name, texts[1]);
    tag.measure = take_text(&text, measure, texts[2]);
    tag.label = take_text(&text, label, label_text);
    *taken = len;
    return mbp_names_append_tag(names, &tag);
}

static enum mbp_status read_actor(struct mbp_names *names, const uint8_t *bytes, size_t left, size_t *taken)
{
    char text[UINT8_MAX + 1];
    if (left < ACTOR_HEAD)
        return MBP_ERR_FORMAT;
    size_t role = bytes[3];
    size_t name = bytes[24];
    size_t len = ACTOR_HEAD + role + name;
    len += len % 2;
    struct mbp_actor actor = {.id = u16_at(bytes), .kind = bytes[2], .since = u32_at(bytes + 20)};
    if (len > left || actor.kind >= MBP_ACTOR_KIND_COUNT || role >= sizeof actor.role || name >= sizeof actor.name)
        return MBP_ERR_FORMAT;
    memcpy(actor.address, bytes + 4, sizeof actor.address);
    const uint8_t *at = bytes + ACTOR_HEAD;
    snprintf(actor.role, sizeof actor.role, "%s", take_text(&at, role, text));
    snprintf(actor.name, sizeof actor.name, "%s", take_text(&at, name, text));
    *taken = len;
    return mbp_names_put_actor(names, &actor);
}

static enum mbp_status read_all(struct mbp_names *names, const uint8_t *bytes, size_t len,
                                enum mbp_status (*read_one)(struct mbp_names *names, const uint8_t *bytes, size_t left,
                                                            size_t *taken))
{
    enum mbp_status status = MBP_OK;
    size_t taken = 0;
    for (size_t at = 0; at < len && status == MBP_OK; at += taken)
        status = read_one(names, bytes + at, len - at, &taken);
    return status;
}

enum mbp_status mbp_names_read_tags(struct mbp_names *names, const uint8_t *bytes, size_t len)
{
    enum mbp_status status = read_all(names, bytes, len, read_tag);
    mbp_names_sort(names);
    return status;
}

enum mbp_status mbp_names_read_actors(struct mbp_names *names, const uint8_t *bytes, size_t len)
{
    return read_all(names, bytes, len, read_actor);
}
