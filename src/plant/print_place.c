/* Where the map has an item, as a comment of a printed plant file. */
#include <string.h>

#include "mbplant/map.h"
#include "print.h"

void mbp_print_places(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, enum mbp_map_per per,
                      uint32_t item, const char *indent)
{
    const char *comma = "# ";
    bool any = false;
    for (unsigned b = 0; b < mbp_map_count; b++) {
        const struct mbp_map_block *row = &mbp_map[b];
        bool own = row->place == MBP_PLACE_VALUE || row->place == MBP_PLACE_COMMAND; /* said by `register` */
        if (row->per != per || own || !mbp_map_item_has(plant, unit, b, item))
            continue;
        const struct mbp_register *reg = mbp_map_register(plant, b, item);
        unsigned last = row->field_count - 1u;
        uint32_t first = mbp_map_addr(plant, unit, b, item);
        uint32_t count =
            (uint32_t)mbp_map_field_offset(b, last, reg) + (uint32_t)mbp_map_field_count(&row->fields[last], reg);
        bool single = row->field_count == 1 && row->fields[0].name[0] != '\0';
        fprintf(out, "%s%s%s: %s%s %u", any ? "" : indent, comma,
                single ? row->fields[0].name : row->what + strlen("the "), mbp_table_noun((enum mbp_table)row->table),
                count > 1 ? "s" : "", first);
        if (count > 1)
            fprintf(out, "..%u", first + count - 1);
        comma = ", ";
        any = true;
    }
    if (any)
        fputc('\n', out);
}
