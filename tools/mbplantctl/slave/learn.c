/* Learning the plant: the text of its file, from the slave's files 900.. (mbplant-map(7)). */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

#define HEADER_WORDS 4u

#define TRIES 5

static enum mbp_status read_header(struct ctl_link *link, uint8_t unit, uint16_t header[HEADER_WORDS])
{
    return ctl_read_file(link, unit, MBP_PLANT_FIRST_FILE, 0, HEADER_WORDS, header);
}

static enum mbp_status read_body(struct ctl_link *link, uint8_t unit, const uint16_t header[HEADER_WORDS], char **text,
                                 size_t *len)
{
    uint32_t bytes = mbp_words_u32(header);
    uint32_t crc = mbp_words_u32(header + 2);
    if (bytes == 0 || bytes > MBP_PLANT_WIRE_TEXT_MAX)
        return MBP_ERR_CORRUPT;
    char *copy;
    enum mbp_status status = ctl_read_text(link, unit, MBP_PLANT_FIRST_FILE, HEADER_WORDS, bytes, &copy);
    if (status != MBP_OK)
        return status;
    if (mbp_crc32(0, copy, bytes) != crc) {
        free(copy);
        return MBP_ERR_CORRUPT;
    }
    *text = copy;
    *len = bytes;
    return MBP_OK;
}

/* Where another plant took over while its text was read, the header is another one now: then all is read once more. */
enum mbp_status ctl_learn_text(struct ctl_link *link, uint8_t unit, char **text, size_t *len)
{
    uint16_t header[HEADER_WORDS];
    uint16_t now[HEADER_WORDS];
    enum mbp_status status = read_header(link, unit, header);
    if (status != MBP_OK)
        return status;
    for (int i = 0; i < TRIES; i++) {
        status = read_body(link, unit, header, text, len);
        bool may_have_changed = status == MBP_EX_ILLEGAL_DATA_ADDRESS || status == MBP_ERR_CORRUPT;
        if (!may_have_changed || read_header(link, unit, now) != MBP_OK || memcmp(now, header, sizeof now) == 0)
            break;
        memcpy(header, now, sizeof header);
    }
    return status;
}

enum mbp_status ctl_parse_quietly(struct mbp_text text, struct mbp_plant **out)
{
    char *said = NULL;
    size_t said_len;
    FILE *errors = open_memstream(&said, &said_len);
    if (errors == NULL)
        return MBP_ERR_MEMORY;
    enum mbp_status status = mbp_plant_parse("plant", text, errors, out);
    fclose(errors);
    free(said);
    return status;
}
