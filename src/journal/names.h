/* names: which id each machine, item and actor has in the journal's events; the tables of them, as masters read them.
 */
#ifndef MBP_JOURNAL_NAMES_H
#define MBP_JOURNAL_NAMES_H

#include "mbplant/journal.h"
#include "mbplant/names.h"

/* The ids of a plant's machines and items, by their numbers. */
struct mbp_plant_ids {
    const struct mbp_plant *plant;
    uint16_t *machine; /* plant-wide */
    uint16_t *item;    /* plant-wide too: each unit's items behind those of the unit before it */
};

/* The scan's side. */
struct mbp_known_names {
    struct mbp_names names;
    struct mbp_plant_ids now, before; /* of the plant that events are of, and of the one that it followed */
    struct mbp_names_index index;
    struct mbp_buffer tags, actors; /* bytes of the files; closed buffers */
};

void mbp_known_names_free(struct mbp_known_names *known);

/* Events are of this plant from next_seq on. What it has keeps its id or gets one; what it no longer has keeps it as
 * long as events from oldest on need it. Output: the tags that are new or otherwise now. Errors: MBP_ERR_MEMORY;
 * nothing is changed. Ownership: mbp_names_free. */
enum mbp_status mbp_known_names_follow(struct mbp_known_names *known, const struct mbp_plant *plant, uint32_t next_seq,
                                       uint32_t oldest, struct mbp_names *changed);

/* The number in its unit of the item with that id; of another plant ids are numbers. UINT32_MAX = none. */
uint32_t mbp_plant_ids_item(const struct mbp_plant_ids *ids, const struct mbp_plant *plant, uint32_t unit, uint16_t id);

uint16_t mbp_plant_ids_of(const struct mbp_plant_ids *ids, const struct mbp_plant *plant, uint32_t unit,
                          uint32_t number);

/* Numbers in the plant to ids. */
void mbp_plant_ids_give(const struct mbp_plant_ids *ids, struct mbp_event *event);

/* The actor of that kind, address and name; a new one when there is none. *is_new says so. NULL: there are too many, or
 * no memory. */
const struct mbp_actor *mbp_known_names_actor(struct mbp_known_names *known, const struct mbp_actor *wanted,
                                              uint32_t next_seq, bool *is_new);

/* The bytes of the files anew; to be called when the tables were filled from elsewhere. Without memory masters learn
 * nothing. */
void mbp_known_names_print(struct mbp_known_names *known);

/* Words of the files MBP_NAMES_INDEX_FILE.. Errors: MBP_EX_ILLEGAL_DATA_ADDRESS. */
enum mbp_status mbp_known_names_read_file(const struct mbp_known_names *known, uint16_t file, uint16_t record,
                                          uint16_t count, uint16_t *words);

#endif
