/* Learning the plant: the text of its file, from the slave's files 900.. (DESIGN.md, "The register map"). */
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
    if (bytes == 0 || bytes > MBP_PLANT_WIRE_MAX)
        return MBP_ERR_CORRUPT;
    uint32_t word_count = (bytes + 1) / 2;
    uint16_t *words = calloc(word_count, sizeof *words);
    char *copy = malloc(2 * (size_t)word_count);
    status = MBP_ERR_MEMORY;
    if (words == NULL || copy == NULL)
        goto out;
    status = ctl_read_file(link, unit, MBP_PLANT_FIRST_FILE, HEADER_WORDS, word_count, words);
    if (status != MBP_OK)
        goto out;
    for (uint32_t i = 0; i < word_count; i++) {
        copy[2 * i] = (char)(words[i] >> 8);
        copy[2 * i + 1] = (char)(words[i] & 0xFF);
    }
    status = mbp_crc32(0, copy, bytes) == crc ? MBP_OK : MBP_ERR_CORRUPT;
    if (status == MBP_OK) {
        *text = copy;
        *len = bytes;
        copy = NULL;
    }
out:
    free(words);
    free(copy);
    return status;
}
