/* story: one plant that is never changed, one that is changed on its way, and one that had the change from the start;
 * masters write the same to all three. */
#ifndef MBPLANT_TEST_SCAN_STORY_H
#define MBPLANT_TEST_SCAN_STORY_H

#include "kin.h"
#include "mutate.h"

#define STORY_BEFORE 25u /* scans before the change */
#define STORY_AFTER  35u /* and after it */
#define STORY_SCANS  (STORY_BEFORE + STORY_AFTER)

struct story {
    char *printed;
    struct twin then, after; /* the unchanged plant when another was changed, and at the end */
    struct action actions[STORY_SCANS];
    size_t told, alike; /* changes so far, and things that were found alike after them */
};

/* yaml: of the plant that is not changed. What masters write is chance by `key`. */
void story_begin(struct story *story, const char *yaml, uint64_t key);
void story_end(struct story *story);

/* All changes of one kind, or `most` of them that are evenly apart. */
void story_tell(struct story *story, enum mutation_kind kind, uint32_t most);

/* The plant becomes any other one on its way; nothing but that it works is looked at. */
void story_replace(const struct story *story, const char *yaml);

#endif
