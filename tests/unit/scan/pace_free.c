/* Property: pausing, stepping and changing the speed, in any order, change no value that a scan of a given number has,
 * and nothing of what the journal tells but the commands themselves and the time of day. */
#include "taught.h"

#include <stdlib.h>
#include <string.h>

#define SCANS 400u
#define PLAYS 40u

struct record {
    double value[SCANS + 1][3];
    struct mbp_machine_state machine[SCANS + 1][2];
    struct mbp_event events[LINE_EVENTS];
    size_t event_count;
};

/* A master's writes by scan number: what a process under control would get. */
static void master(struct line *line, uint64_t scan)
{
    if (scan % 41 == 7)
        line_write_word(line, HR_ST201, 95);
    if (scan % 97 == 20)
        line_write_coil(line, COIL_FILL1 + MBP_EN_SERVICE, true);
    if (scan == 60)
        line_write_word(line, HR_TT101_LIMITS + MBP_HIGH, 652); /* amid the noise */
    if (scan % 150 == 100)
        line_write_coil(line, COIL_CAP1 + MBP_MAINTENANCE, true);
}

static void note(const struct line *line, struct record *out)
{
    const struct mbp_state *state = mbp_scan_state(line->scan);
    memcpy(out->value[state->scan], state->value, sizeof out->value[0]);
    memcpy(out->machine[state->scan], state->machine, sizeof out->machine[0]);
    for (int m = 0; m < 2; m++)
        out->machine[state->scan][m].since_ms = 0; /* the time of day */
}

/* Everything but what was done to time, without the time of day, numbered anew. */
static void keep_events(struct line *line, struct record *out)
{
    line_read(line);
    for (size_t i = 0; i < line->event_count; i++) {
        struct mbp_event event = line->events[i];
        uint32_t code = event.code == MBP_EV_WRITES_AGGREGATED ? event.detail : event.code; /* of several commands */
        if (code >= MBP_EV_SIM_PAUSED && code <= MBP_EV_SIM_RESTORED)
            continue;
        event.wall_ms = 0;
        event.seq = 0;
        out->events[out->event_count++] = event;
    }
}

static void play_plainly(struct line *line, struct record *out)
{
    for (uint64_t scan = 1; scan <= SCANS; scan++) {
        master(line, scan);
        line_scan(line, 1);
        note(line, out);
    }
    keep_events(line, out);
}

static uint32_t draw(uint64_t play, uint64_t *counter, uint32_t below)
{
    return (uint32_t)(mbp_rng_bits(play, 1, (*counter)++) % below);
}

static void meddle(struct line *line, uint64_t play, uint64_t *counter)
{
    switch (draw(play, counter, 6)) {
    case 0:
        mbp_scan_pause(line->scan, LINE_PEER);
        break;
    case 1:
    case 2:
        mbp_scan_resume(line->scan, LINE_PEER);
        break;
    case 3:
        mbp_scan_step_by(line->scan, 1, LINE_PEER);
        break;
    case 4:
        mbp_scan_set_speed(line->scan, 0.1 + draw(play, counter, 10000) / 10.0, LINE_PEER);
        break;
    default:
        break;
    }
}

/* One scan at most becomes due at a time, so that the master's writes fall into the gap before their scan. */
static void play_with_time(struct line *line, uint64_t play, struct record *out)
{
    uint64_t counter = 0;
    const struct mbp_state *state = mbp_scan_state(line->scan);
    uint64_t written = 0;
    while (state->scan < SCANS) {
        if (written == state->scan) {
            written++;
            master(line, written);
        }
        meddle(line, play, &counter);
        uint64_t before = state->scan;
        double speed = mbp_scan_sim(line->scan).speed;
        taught_pass(line, (uint64_t)(1e8 / speed) / (1 + draw(play, &counter, 3)));
        assert_in_range(state->scan - before, 0, 1);
        if (state->scan != before)
            note(line, out);
    }
    keep_events(line, out);
}

static void compare(const struct record *a, const struct record *b)
{
    for (uint64_t scan = 1; scan <= SCANS; scan++) {
        assert_memory_equal(a->value[scan], b->value[scan], sizeof a->value[0]);
        assert_memory_equal(a->machine[scan], b->machine[scan], sizeof a->machine[0]);
    }
    assert_int_equal(a->event_count, b->event_count);
    for (size_t i = 0; i < a->event_count; i++) {
        uint16_t words_a[MBP_EVENT_WORDS];
        uint16_t words_b[MBP_EVENT_WORDS];
        mbp_event_encode(&a->events[i], words_a);
        mbp_event_encode(&b->events[i], words_b);
        assert_memory_equal(words_a, words_b, sizeof words_a);
    }
}

static void restart(void **state)
{
    line_teardown(state);
    taught_setup(state);
}

static void test_values_and_journal_by_scan_number_do_not_depend_on_pace(void **state)
{
    struct record *plain = calloc(1, sizeof *plain);
    struct record *paced = calloc(1, sizeof *paced);
    assert_non_null(plain);
    assert_non_null(paced);
    play_plainly(*state, plain);
    assert_in_range(plain->event_count, 50, LINE_EVENTS);
    for (uint64_t play = 1; play <= PLAYS; play++) {
        restart(state);
        memset(paced, 0, sizeof *paced);
        play_with_time(*state, play, paced);
        compare(plain, paced);
    }
    free(plain);
    free(paced);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TAUGHT_TEST(test_values_and_journal_by_scan_number_do_not_depend_on_pace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
