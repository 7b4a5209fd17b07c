/* The story's telling. */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index.h"
#include "items.h"

/* Scans `from` up to `to`; a master writes before most of them. */
static void go_on(const struct story *story, struct twin *twin, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        if (story->actions[i].name[0] != '\0')
            twin_act(twin, &story->actions[i]);
        twin_scan(twin);
    }
}

void story_begin(struct story *story, const char *yaml, uint64_t key)
{
    *story = (struct story){0};
    struct mbp_plant *plant = fixture_plant(yaml);
    story->printed = items_print(plant);
    for (uint32_t i = 0; i < STORY_SCANS; i++)
        story->actions[i] = twin_choose(plant, key, i);
    mbp_plant_free(plant);
    twin_start(&story->then, fixture_plant(story->printed));
    go_on(story, &story->then, 0, STORY_BEFORE);
    twin_start(&story->after, fixture_plant(story->printed));
    go_on(story, &story->after, 0, STORY_SCANS);
}

void story_end(struct story *story)
{
    twin_stop(&story->then);
    twin_stop(&story->after);
    free(story->printed);
}

/* NULL: not every change leaves a plant. */
static struct mbp_plant *plant_of(const char *text)
{
    struct mbp_plant *plant = NULL;
    char *errors = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&errors, &len);
    assert_non_null(stream);
    enum mbp_status status = mbp_plant_parse("test.yaml", (struct mbp_text){text, strlen(text)}, stream, &plant);
    fclose(stream);
    free(errors);
    return status == MBP_OK ? plant : NULL;
}

static void compare(struct story *story, const struct kin *kin, const struct twin *unchanged,
                    const struct twin *changed, const struct mutation *mutation, const char *when)
{
    char what[256];
    snprintf(what, sizeof what, "%s, %s", mutation->what, when);
    kin_compare(kin, unchanged, changed, unchanged == &story->after, what);
    story->alike += kin_alike();
}

/* One change, on the way and from the start. */
static void tell(struct story *story, const struct mutation *mutation)
{
    struct twin twin;
    struct twin new;
    struct kin kin;
    struct mbp_change *change;
    struct mbp_plant *from_start = plant_of(mutation->text);
    if (from_start == NULL)
        return;
    story->told++;
    twin_start(&twin, fixture_plant(story->printed));
    go_on(story, &twin, 0, STORY_BEFORE);
    twin_change(&twin, fixture_plant(mutation->text));
    assert_int_equal(mbp_change_find(story->then.plant, twin.plant, &change), MBP_OK);
    kin_find(&kin, change, mutation->touched);
    kin.reordered = mutation->reordered;
    if (mutation->everything)
        memset(kin.to, true, mbp_index_count(change->to));
    compare(story, &kin, &story->then, &twin, mutation, "at once");
    go_on(story, &twin, STORY_BEFORE, STORY_SCANS);
    compare(story, &kin, &story->after, &twin, mutation, "later");
    twin_start(&new, from_start);
    go_on(story, &new, 0, STORY_SCANS);
    compare(story, &kin, &story->after, &new, mutation, "from the start");
    kin_free(&kin);
    mbp_change_free(change);
    twin_stop(&new);
    twin_stop(&twin);
}

void story_tell(struct story *story, enum mutation_kind kind, uint32_t most)
{
    struct mutation mutation;
    uint32_t count = mutation_count(story->then.plant, kind);
    uint32_t step = count > most ? (count + most - 1) / most : 1;
    for (uint32_t nth = 0; nth < count; nth += step) {
        if (!mutate(story->then.plant, story->printed, kind, nth, &mutation))
            continue;
        tell(story, &mutation);
        free(mutation.text);
    }
}

void story_replace(const struct story *story, const char *yaml)
{
    struct twin twin;
    twin_start(&twin, fixture_plant(story->printed));
    go_on(story, &twin, 0, STORY_BEFORE);
    twin_change(&twin, fixture_plant(yaml));
    go_on(story, &twin, STORY_BEFORE, STORY_BEFORE + 5);
    twin_stop(&twin);
}
