/* The same plant, seed and writes at the same scan numbers give the same journal. */
#include "line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *seeded(const char *seed)
{
    size_t size = strlen(line_yaml) + 32;
    char *yaml = malloc(size);
    assert_non_null(yaml);
    const char *at = strstr(line_yaml, "seed: 7\n");
    snprintf(yaml, size, "%.*sseed: %s\n%s", (int)(at - line_yaml), line_yaml, seed, at + strlen("seed: 7\n"));
    return yaml;
}

/* A history with noise about a limit, injections, commands and refusals; its journal's events, stamps of time aside. */
static size_t play(const char *seed, uint64_t wall_ms, bool by_poll, struct mbp_event *out)
{
    void *state;
    line_setup(&state);
    struct line *line = state;
    line_stop(line);
    char *yaml = seeded(seed);
    snprintf(line->dir + strlen(line->dir), 4, "/2");
    line->time.wall_ms = wall_ms;
    line_start(line, yaml);
    for (unsigned scan = 0; scan < 600; scan++) {
        if (scan == 20)
            line_write_word(line, HR_TT101_LIMITS + MBP_HIGH, 652); /* amid the noise */
        if (scan % 50 == 30)
            line_write_coil(line, COIL_FILL1 + MBP_EN_SERVICE, true);
        if (scan % 97 == 0)
            line_write_word(line, HR_ST201, 95);
        if (scan % 40 == 7)
            line_write_word(line, HR_TT101, 0x7FFF);
        if (by_poll) {
            line->time.mono_ns += line->plant->scan_ns + (scan % 3 == 0 ? 7 : 0);
            line->time.wall_ms += 333;
            mbp_scan_poll(line->scan);
        } else {
            line_scan(line, 1);
        }
    }
    line_read(line);
    size_t count = line->event_count;
    memcpy(out, line->events, count * sizeof *out);
    for (size_t i = 0; i < count; i++) {
        out[i].wall_ms = 0;
        if (out[i].code == MBP_EV_PLANT_LOADED)
            out[i].detail = 0; /* the text's checksum, and the text has the seed */
    }
    free(yaml);
    line->dir[strlen(line->dir) - 2] = '\0';
    line_teardown(&state);
    return count;
}

struct journals {
    struct mbp_event a[LINE_EVENTS], b[LINE_EVENTS];
};

static bool same(const struct mbp_event *a, const struct mbp_event *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint16_t words_a[MBP_EVENT_WORDS];
        uint16_t words_b[MBP_EVENT_WORDS];
        mbp_event_encode(&a[i], words_a);
        mbp_event_encode(&b[i], words_b);
        if (memcmp(words_a, words_b, sizeof words_a) != 0)
            return false;
    }
    return true;
}

static void test_same_seed_and_writes_give_the_same_journal_at_any_wall_time(void **state)
{
    (void)state;
    struct journals *journals = calloc(1, sizeof *journals);
    assert_non_null(journals);
    size_t a = play("7", FIXTURE_WALL_MS, false, journals->a);
    size_t b = play("7", 12345, true, journals->b);
    assert_true(a > 100);
    assert_int_equal(a, b);
    assert_true(same(journals->a, journals->b, a));
    free(journals);
}

static void test_another_seed_gives_another_journal(void **state)
{
    (void)state;
    struct journals *journals = calloc(1, sizeof *journals);
    assert_non_null(journals);
    size_t a = play("7", FIXTURE_WALL_MS, false, journals->a);
    size_t b = play("8", FIXTURE_WALL_MS, false, journals->b);
    assert_false(a == b && same(journals->a, journals->b, a));
    free(journals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_seed_and_writes_give_the_same_journal_at_any_wall_time),
        cmocka_unit_test(test_another_seed_gives_another_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
