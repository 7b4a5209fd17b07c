/* public: the plant file's text as everybody may read it: without its faults, which only an instructor is to know. */
#include <string.h>

#include "load.h"

/* Where a line begins in the text; its length when there is no such line. */
static size_t line_start(struct mbp_text text, uint32_t line)
{
    size_t at = 0;
    for (uint32_t i = 1; i < line; i++) {
        const char *end = at < text.len ? memchr(text.bytes + at, '\n', text.len - at) : NULL;
        if (end == NULL) {
            return text.len;
        }
        at = (size_t)(end - text.bytes) + 1;
    }
    return at;
}

/* The lines from the key `faults` up to the next key, end excluded; false when it has none of its own, or shares one
 * with another key ("{mbplant: 1, faults: ...}"). */
static bool lines_of_faults(const struct mbp_node *root, uint32_t *first, uint32_t *end)
{
    const struct mbp_node *faults = NULL;
    *end = UINT32_MAX;
    for (const struct mbp_node *key = root->first; key != NULL; key = key->next->next) {
        if (strcmp(key->text, "faults") == 0) {
            faults = key;
        } else if (faults != NULL && *end == UINT32_MAX) {
            *end = key->line;
        }
        if (key->column != 1) {
            return false;
        }
    }
    *first = faults != NULL ? faults->line : 0;
    return faults != NULL;
}

void mbp_set_public_text(struct mbp_load *load, const struct mbp_node *root)
{
    struct mbp_plant *plant = load->plant;
    uint32_t first, end;
    plant->public_text = plant->text;
    plant->public_crc = plant->text_crc;
    if (!lines_of_faults(root, &first, &end)) {
        return;
    }
    size_t cut = line_start(plant->text, first), rest = line_start(plant->text, end);
    size_t behind = plant->text.len - rest;
    char *text = mbp_reader_array(&load->reader, load->reader.keep, cut + behind + 1, 1);
    if (text == NULL) {
        return;
    }
    memcpy(text, plant->text.bytes, cut);
    memcpy(text + cut, plant->text.bytes + rest, behind);
    plant->public_text = (struct mbp_text){text, cut + behind};
    plant->public_crc = mbp_crc32(0, text, cut + behind);
}
