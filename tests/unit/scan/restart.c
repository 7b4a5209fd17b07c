/* A restart at every step of random sequences, beside a run without: to the bit. */
#include "actor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 4096

/* Two lines of one plant, to which the same is done; the second is restarted. */
struct pair {
    struct line lines[2];
    char *yaml;
    struct actor actor;
};

static char *read_plant(void)
{
    static char text[1 << 14];
    FILE *file = fopen(MBP_TEST_DATA "/restart/everything.yaml", "r");
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    assert_in_range(len, 1, sizeof text - 2);
    text[len] = '\0';
    return text;
}

static void begin(struct pair *pair, uint64_t seed)
{
    pair->actor = (struct actor){.lines = {&pair->lines[0], &pair->lines[1]}, .count = 2, .seed = seed};
    for (int i = 0; i < 2; i++) {
        pair->lines[i].time = (struct fixture_time){.mono_ns = 5 * MBP_NS_PER_S, .wall_ms = FIXTURE_WALL_MS};
        line_begin(&pair->lines[i], pair->yaml);
        mbp_scan_pause(pair->lines[i].scan, 0); /* it runs the scans that the test asks for */
    }
}

static int setup(void **state)
{
    struct pair *pair = calloc(1, sizeof *pair);
    assert_non_null(pair);
    pair->yaml = read_plant();
    *state = pair;
    return 0;
}

static int teardown(void **state)
{
    struct pair *pair = *state;
    for (int i = 0; i < 2; i++)
        line_end(&pair->lines[i]);
    free(pair);
    return 0;
}

/* ---- what must be the same -------------------------------------------------------------------------------------- */

static void assert_same_state(const struct pair *pair, uint32_t step)
{
    struct mbp_span a[MBP_STATE_SPANS];
    struct mbp_span b[MBP_STATE_SPANS];
    unsigned count = mbp_state_spans(mbp_scan_state(pair->lines[0].scan), a);
    assert_int_equal(mbp_state_spans(mbp_scan_state(pair->lines[1].scan), b), count);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(a[i].len, b[i].len);
        const uint8_t *left = a[i].bytes;
        const uint8_t *right = b[i].bytes;
        for (size_t at = 0; at < a[i].len; at++) {
            if (left[at] != right[at])
                fail_msg("seed %u step %u: byte %zu of piece %u of the state differs", (unsigned)pair->actor.seed, step,
                         at, i);
        }
    }
}

/* What tells of events, of which a restart brings its own. */
static bool tells_events(const struct mbp_unit *unit, enum mbp_table table, uint32_t addr)
{
    if (table != MBP_INPUT_REGISTERS || unit->instructor)
        return false;
    uint32_t events = unit->layout.base[MBP_MAP_EVENTS];
    return (addr >= 8 && addr < 14) || (addr >= events && addr < events + MBP_RECENT_WORDS + 16u);
}

static uint32_t word_at(const struct mbp_image_unit *unit, enum mbp_table table, uint32_t addr)
{
    switch (table) {
    case MBP_COILS:
        return unit->coils[addr];
    case MBP_DISCRETE_INPUTS:
        return unit->discrete[addr];
    case MBP_INPUT_REGISTERS:
        return unit->input[addr];
    case MBP_HOLDING_REGISTERS:
    case MBP_TABLE_COUNT:
        break;
    }
    return unit->holding[addr];
}

static void assert_same_tables(struct pair *pair, uint32_t step)
{
    for (uint32_t u = 0; u < pair->lines[0].plant->unit_count; u++) {
        const struct mbp_unit *unit = &pair->lines[0].plant->units[u];
        const struct mbp_image_unit *a = actor_unit(&pair->lines[0], unit->id);
        const struct mbp_image_unit *b = actor_unit(&pair->lines[1], unit->id);
        for (enum mbp_table t = 0; t < MBP_TABLE_COUNT; t++) {
            for (uint32_t addr = 0; addr < a->size[t]; addr++) {
                if (a->access[t][addr] != b->access[t][addr] ||
                    (!tells_events(unit, t, addr) && word_at(a, t, addr) != word_at(b, t, addr)))
                    fail_msg("seed %u step %u: unit %u table %u at %u: %u, and %u after a restart",
                             (unsigned)pair->actor.seed, step, unit->id, (unsigned)t, addr, word_at(a, t, addr),
                             word_at(b, t, addr));
            }
        }
    }
}

static void assert_same_files(struct pair *pair)
{
    uint8_t bytes[2][16];
    for (int i = 0; i < 2; i++)
        assert_int_equal(mbp_image_read_file(actor_unit(&pair->lines[i], 2), 4, 0, 8, bytes[i]), MBP_OK);
    assert_memory_equal(bytes[0], bytes[1], sizeof bytes[0]);
}

/* Writes of one peer are coalesced, and refused ones; a restart tells what was kept back, and begins anew with it. */
static bool is_of_the_plant(const struct mbp_event *event)
{
    switch (event->code) {
    case MBP_EV_START:
    case MBP_EV_STOP:
    case MBP_EV_PLANT_LOADED:
    case MBP_EV_PRODUCTION:
    case MBP_EV_VALUE_FORCED:
    case MBP_EV_LIMIT_CHANGED:
    case MBP_EV_POINT_WRITTEN:
    case MBP_EV_WRITE_REFUSED:
    case MBP_EV_WRITES_AGGREGATED:
        return false;
    default:
        return true;
    }
}

static size_t keep_the_plants(struct line *line)
{
    size_t kept = 0;
    line_read(line);
    for (size_t i = 0; i < line->event_count; i++) {
        if (is_of_the_plant(&line->events[i]))
            line->events[kept++] = line->events[i];
    }
    return kept;
}

static void assert_same_events(struct pair *pair)
{
    size_t count = keep_the_plants(&pair->lines[0]);
    assert_int_equal(keep_the_plants(&pair->lines[1]), count);
    for (size_t i = 0; i < count; i++) {
        uint16_t words[2][MBP_EVENT_WORDS];
        for (int l = 0; l < 2; l++) {
            pair->lines[l].events[i].seq = 0;
            mbp_event_encode(&pair->lines[l].events[i], words[l]);
        }
        assert_memory_equal(words[0], words[1], sizeof words[0]);
    }
}

/* ---- the walk --------------------------------------------------------------------------------------------------- */

static void scan_both(struct pair *pair, uint32_t scans)
{
    line_scan(&pair->lines[0], scans);
    line_scan(&pair->lines[1], scans);
}

static void walk(struct pair *pair, uint64_t seed, uint32_t steps)
{
    begin(pair, seed);
    for (uint32_t step = 0; step < steps; step++) {
        uint32_t acts = actor_draw(&pair->actor, 4);
        /* A clean stop carries commands out, where a plant that goes on waits for its next scan. */
        pair->actor.records = true;
        pair->actor.commanded = false;
        for (uint32_t i = 0; i < acts; i++)
            actor_act(&pair->actor);
        pair->actor.records = false;
        if (actor_draw(&pair->actor, 3) > 0 || pair->actor.commanded)
            scan_both(pair, 1 + actor_draw(&pair->actor, 6));
        if (actor_draw(&pair->actor, 4) == 0) /* and what waits when it stops */
            actor_act(&pair->actor);
        mbp_scan_poll(pair->lines[0].scan); /* what an instructor asks is done at once, paused or not */
        line_stop(&pair->lines[1]);
        line_start(&pair->lines[1], pair->yaml);
        assert_same_state(pair, step);
        assert_same_tables(pair, step);
        assert_same_files(pair);
    }
    scan_both(pair, 20);
    assert_same_state(pair, steps);
    assert_same_tables(pair, steps);
    assert_same_events(pair);
}

static void test_restart_at_every_step_is_as_none(void **state)
{
    const char *seeds = getenv("MBP_RESTART_SEEDS"); // NOLINT(concurrency-mt-unsafe): the test is one thread here
    uint64_t last = seeds != NULL ? strtoull(seeds, NULL, 10) : 3;
    for (uint64_t seed = 1; seed <= last; seed++)
        walk(*state, seed, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_restart_at_every_step_is_as_none, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
