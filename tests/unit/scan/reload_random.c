/* Plants that chance makes, with one thing changed while they run, beside the same without the change and the same with
 * it from the start. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "story.h"
#include "world.h"

static char recording[] = "/tmp/mbplant-recording-XXXXXX";

static int write_recording(void **state)
{
    (void)state;
    int fd = mkstemp(recording);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "w");
    assert_non_null(file);
    fprintf(file, "t,v\n0,3\n0.7,5.5\n1.6,-2\n2.5,40\n");
    assert_int_equal(fclose(file), 0);
    return 0;
}

static int remove_recording(void **state)
{
    (void)state;
    return unlink(recording);
}

/* How many plants: the first argument, or what takes a few seconds. */
static unsigned long worlds = 15;

static void test_random_plant_with_one_thing_changed_leaves_all_else_to_the_bit(void **state)
{
    struct story story;
    size_t alike = 0;
    (void)state;
    for (unsigned long seed = 1; seed <= worlds; seed++) {
        char *text = world_text(seed, recording);
        assert_non_null(text);
        story_begin(&story, text, seed);
        for (unsigned kind = 0; kind < MUTATION_COUNT; kind++)
            story_tell(&story, (enum mutation_kind)kind, 2);
        assert_true(story.told > 6);
        alike += story.alike;
        story_end(&story);
        free(text);
    }
    printf("%lu plants, %zu things alike\n", worlds, alike);
    assert_true(alike > worlds * 100); /* else changes touch too much to say anything */
}

static void test_random_plant_becomes_another_random_one(void **state)
{
    struct story story;
    (void)state;
    for (unsigned long seed = 1; seed <= worlds; seed++) {
        char *text = world_text(seed, recording);
        char *other = world_text(seed + 1000, recording);
        story_begin(&story, text, seed);
        story_replace(&story, other);
        story_end(&story);
        free(text);
        free(other);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_plant_with_one_thing_changed_leaves_all_else_to_the_bit),
        cmocka_unit_test(test_random_plant_becomes_another_random_one),
    };
    if (argc > 1)
        worlds = strtoul(argv[1], NULL, 10);
    return cmocka_run_group_tests(tests, write_recording, remove_recording);
}
