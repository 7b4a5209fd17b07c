/* Learning the plant: the text of its file, from the slave's files 900.. (mbplant-map(7)). */
#include <stdlib.h>

#include "ctl.h"

#define HEADER_WORDS 4u

enum mbp_status ctl_learn_text(struct ctl_link *link, uint8_t unit, char **text, size_t *len)
{
    uint16_t header[HEADER_WORDS];
    enum mbp_status status = ctl_read_file(link, unit, MBP_PLANT_FIRST_FILE, 0, HEADER_WORDS, header);
    if (status != MBP_OK)
        return status;
    uint32_t bytes = ctl_u32(header);
    uint32_t crc = ctl_u32(header + 2);
    if (bytes == 0 || bytes > MBP_PLANT_WIRE_TEXT_MAX)
        return MBP_ERR_CORRUPT;
    char *copy;
    status = ctl_read_text(link, unit, MBP_PLANT_FIRST_FILE, HEADER_WORDS, bytes, &copy);
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
