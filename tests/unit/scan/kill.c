/* What a kill must not change, one thing at a time; restart_kill.c walks through all of it at once. What the process
 * left is a copy of its directory, from which another begins while the first one lives. */
#include "line.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/image/alarm_command.h"
#include "mbplant/map.h"

static const char yaml[] = "mbplant: 1\n"
                           "name: Kill\n"
                           "scan: 100ms\n"
                           "units:\n"
                           "  - id: 1\n"
                           "    machines: [{name: M1, sensors: [{name: T, max: 85, register: {type: uint16}}]}]\n"
                           "    sensors: [{name: U, max: 85, register: {type: uint16}}]\n";
enum { T, U };
enum { COIL_M1 = 0, FORCED = 1000, SERVICE = 7000, LIMITS = 1000 };

struct killed {
    struct line line, next;
};

static int setup(void **state)
{
    struct killed *killed = calloc(1, sizeof *killed);
    assert_non_null(killed);
    killed->line.time = (struct fixture_time){.mono_ns = 5 * MBP_NS_PER_S, .wall_ms = FIXTURE_WALL_MS};
    killed->line.checkpoint_every_ns = 3600 * MBP_NS_PER_S; /* none but the first: what is known is in the tail */
    line_begin(&killed->line, yaml);
    line_scan(&killed->line, 1);
    *state = killed;
    return 0;
}

static int teardown(void **state)
{
    struct killed *killed = *state;
    line_end(&killed->line);
    line_end(&killed->next);
    free(killed);
    return 0;
}

static void copy(const char *from, const char *to, const char *name)
{
    char path[2][512];
    char bytes[65536];
    snprintf(path[0], sizeof path[0], "%s/%s", from, name);
    snprintf(path[1], sizeof path[1], "%s/%s", to, name);
    FILE *in = fopen(path[0], "rb");
    FILE *out = fopen(path[1], "wb");
    assert_non_null(in);
    assert_non_null(out);
    for (size_t len = fread(bytes, 1, sizeof bytes, in); len > 0; len = fread(bytes, 1, sizeof bytes, in))
        assert_int_equal(fwrite(bytes, 1, len, out), len);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

/* The one that begins where the line would have been killed now. */
static struct line *kill_now(struct killed *killed)
{
    struct line *line = &killed->line;
    struct line *next = &killed->next;
    assert_int_equal(mbp_journal_flush(line->journal),
                     MBP_OK); /* its thread rests, and what waits to be stored waits */
    line_end(next);
    *next = (struct line){.time = line->time, .checkpoint_every_ns = line->checkpoint_every_ns};
    snprintf(next->dir, sizeof next->dir, "/tmp/mbplant-kill-XXXXXX");
    assert_non_null(mkdtemp(next->dir));
    DIR *dir = opendir(line->dir);
    assert_non_null(dir);
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (entry->d_name[0] != '.')
            copy(line->dir, next->dir, entry->d_name);
    }
    closedir(dir);
    line_start(next, line->plant->text.bytes);
    return next;
}

static void write_coil(struct line *line, uint16_t addr, bool on)
{
    assert_int_equal(line_write_coil(line, addr, on), MBP_OK);
    line_scan(line, 1);
}

static void write_word(struct line *line, uint16_t addr, uint16_t word)
{
    assert_int_equal(line_write_word(line, addr, word), MBP_OK);
    line_scan(line, 1);
}

static uint16_t address_of(const struct line *line, unsigned block)
{
    return mbp_map_addr(line->plant, line->unit->unit, block, 0);
}

static void ask(struct line *line, uint16_t tag, uint16_t argument, enum mbp_alarm_deed deed)
{
    const uint16_t words[MBP_RECORD_WORDS] = {[MBP_RECORD_TAG] = tag,
                                              [MBP_RECORD_ALARM] = MBP_RECORD_ALL,
                                              [MBP_RECORD_ARGUMENT] = argument,
                                              [MBP_RECORD_COMMAND] = (uint16_t)deed};
    line_write(line, address_of(line, MBP_MAP_ALARM_COMMAND), MBP_RECORD_WORDS, words);
}

/* ---- after a change of the plant -------------------------------------------------------------------------------- */

/* Two plants take turns in the tail's room, so the third one stands where the first did. */
static void test_kill_after_two_changes_of_the_plant_repeats_no_write_of_before(void **state)
{
    struct killed *killed = *state;
    struct line *line = &killed->line;
    char edited[sizeof yaml + 32];
    write_word(line, LIMITS + MBP_HIGH, 80);
    write_word(line, T, 20);
    write_word(line, U, 30);
    write_coil(line, COIL_M1 + MBP_MAINTENANCE, true);
    snprintf(edited, sizeof edited, "%s# one\n", yaml);
    line_change_to(line, edited);
    write_coil(line, FORCED + T, false);
    write_coil(line, FORCED + U, false);
    write_coil(line, COIL_M1 + MBP_EN_SERVICE, true);
    snprintf(edited, sizeof edited, "%s# two\n", yaml);
    line_change_to(line, edited);
    write_word(line, LIMITS + MBP_HIGH, 81);
    line_scan(line, 1);
    struct line *next = kill_now(killed);
    line_scan(next, 2);
    assert_int_equal(line_holding(next, LIMITS + MBP_HIGH), 81);
    assert_false(line_coil(next, FORCED + T));
    assert_false(line_coil(next, FORCED + U));
    assert_true(line_coil(next, COIL_M1 + MBP_EN_SERVICE));
    line_read(next);
    assert_int_equal(line_count(next, MBP_EV_VALUE_FORCED), 2);
}

/* ---- what is shown ---------------------------------------------------------------------------------------------- */

static void test_kill_shows_no_sensor_out_of_service_that_was_put_back_otherwise(void **state)
{
    struct killed *killed = *state;
    struct line *line = &killed->line;
    write_coil(line, SERVICE + U, true);
    ask(line, U, 0, MBP_DEED_RETURN);
    line_scan(line, 1);
    assert_false(line_coil(line, SERVICE + U));
    struct line *next = kill_now(killed);
    assert_false(line_coil(next, SERVICE + U));
    line_scan(next, 1);
    assert_false(line_coil(next, SERVICE + U));
}

static void test_coil_tells_what_a_command_of_the_same_scan_made_of_it(void **state)
{
    struct killed *killed = *state;
    struct line *line = &killed->line;
    line->time.wall_ms += 1000 - line->time.wall_ms % 1000; /* of what was last, no second tells it apart */
    write_coil(line, SERVICE + U, true);
    write_coil(line, SERVICE + U, false);
    assert_int_equal(line_write_coil(line, SERVICE + U, true), MBP_OK);
    ask(line, U, 0, MBP_DEED_RETURN);
    line_scan(line, 1);
    assert_int_equal(mbp_scan_state(line->scan)->alarm_flags[U] & MBP_ALARMS_REMOVED, 0);
    assert_false(line_coil(line, SERVICE + U));
}

/* ---- commands to alarms ----------------------------------------------------------------------------------------- */

static unsigned answer(const struct line *line, enum mbp_alarm_answer word)
{
    return line_input(line, (uint16_t)(address_of(line, MBP_MAP_ALARM_ANSWER) + word));
}

static void assert_same_answers(const struct line *line, const struct line *next)
{
    for (enum mbp_alarm_answer word = MBP_ANSWER_TAKEN; word < MBP_ANSWER_WORDS; word++)
        assert_int_equal(answer(next, word), answer(line, word));
}

static void test_kill_keeps_what_was_answered_to_commands(void **state)
{
    struct killed *killed = *state;
    struct line *line = &killed->line;
    ask(line, U, 60, MBP_DEED_SHELVE);
    line_scan(line, 2);
    assert_int_equal(answer(line, MBP_ANSWER_RESULT), MBP_RESULT_DONE);
    assert_same_answers(line, kill_now(killed));
    ask(line, 99, 60, MBP_DEED_SHELVE);
    assert_int_equal(answer(line, MBP_ANSWER_RESULT), MBP_RESULT_NO_TAG);
    assert_same_answers(line, kill_now(killed));
    line_scan(line, 1);
    assert_same_answers(line, kill_now(killed));
    assert_int_equal(answer(&killed->next, MBP_ANSWER_TAKEN), 1);
    assert_int_equal(answer(&killed->next, MBP_ANSWER_CARRIED), 1);
}

static void test_kill_carries_out_once_what_was_asked_and_no_scan_took_in(void **state)
{
    struct killed *killed = *state;
    struct line *line = &killed->line;
    ask(line, U, 60, MBP_DEED_SHELVE);
    struct line *next = kill_now(killed);
    assert_same_answers(line, next);
    line_scan(next, 1);
    line_scan(line, 1);
    assert_same_answers(line, next);
    assert_int_equal(answer(next, MBP_ANSWER_CARRIED), 1);
    line_read(next);
    assert_int_equal(line_count(next, MBP_EV_ALARM_SHELVED), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_kill_after_two_changes_of_the_plant_repeats_no_write_of_before),
        TEST(test_kill_shows_no_sensor_out_of_service_that_was_put_back_otherwise),
        TEST(test_coil_tells_what_a_command_of_the_same_scan_made_of_it),
        TEST(test_kill_keeps_what_was_answered_to_commands),
        TEST(test_kill_carries_out_once_what_was_asked_and_no_scan_took_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
