/* Every plant of the samples and tests becomes every other one, and itself with one thing changed, while it runs. Built
 * with AddressSanitizer it is also the test that nothing is taken for a thing of the other plant. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "items.h"
#include "story.h"

#define PLANTS_MAX 128u
#define EACH_KIND  6u /* of the things of a large plant */

static char *plants[PLANTS_MAX]; /* as printed */
static size_t plant_count;

static void take(const char *path)
{
    struct mbp_plant *plant = NULL;
    FILE *nowhere = fopen("/dev/null", "w");
    assert_non_null(nowhere);
    if (mbp_plant_load(path, nowhere, &plant) == MBP_OK && mbp_process_check(plant, NULL, nowhere) == MBP_OK) {
        assert_true(plant_count < PLANTS_MAX);
        plants[plant_count++] = items_print(plant);
    }
    mbp_plant_free(plant);
    fclose(nowhere);
}

static int load_all(void **state)
{
    static const char *const where[] = {MBP_CONFIG_DIR "/*.yaml", MBP_TEST_DATA "/*/*.yaml"};
    (void)state;
    for (size_t w = 0; w < 2; w++) {
        glob_t found;
        assert_int_equal(glob(where[w], 0, NULL, &found), 0);
        for (size_t i = 0; i < found.gl_pathc; i++)
            take(found.gl_pathv[i]);
        globfree(&found);
    }
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    while (plant_count > 0)
        free(plants[--plant_count]);
    return 0;
}

static void test_plant_with_one_thing_changed_leaves_all_else_to_the_bit(void **state)
{
    struct story story;
    (void)state;
    assert_true(plant_count >= 16);
    for (size_t p = 0; p < plant_count; p++) {
        story_begin(&story, plants[p], p);
        for (unsigned kind = 0; kind < MUTATION_COUNT; kind++)
            story_tell(&story, (enum mutation_kind)kind, EACH_KIND);
        assert_true(story.told > 3);
        story_end(&story);
    }
}

static size_t every = 3; /* pairs of which one is tried; the slow tests try each */

static void test_plant_becomes_every_other_one(void **state)
{
    struct story story;
    (void)state;
    assert_true(every > 0);
    for (size_t p = 0; p < plant_count; p++) {
        story_begin(&story, plants[p], p);
        for (size_t q = p % every; q < plant_count; q += every)
            story_replace(&story, plants[q]);
        story_end(&story);
    }
}

int main(int argc, char **argv)
{
    every = argc > 1 ? strtoul(argv[1], NULL, 10) : every;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plant_with_one_thing_changed_leaves_all_else_to_the_bit),
        cmocka_unit_test(test_plant_becomes_every_other_one),
    };
    return cmocka_run_group_tests(tests, load_all, free_all);
}
