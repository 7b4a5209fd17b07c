/* Recordings: what they show, what is wrong with them, and what nobody learns of other files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "running.h"

#define PLANT "mbplant: 1\nscan: 1s\nunits:\n  - id: 1\n    sensors:\n"

static char folder[64], path[80];

static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/mbplant-replay-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/plant.yaml", folder);
    return 0;
}

static const char *in_folder(const char *name)
{
    static char file[160];
    snprintf(file, sizeof file, "%s/%s", folder, name);
    return file;
}

static int teardown(void **state)
{
    (void)state;
    static const char *const names[] = {"r.csv", "fifo", "link.csv"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(in_folder(names[i]));
    return rmdir(folder);
}

static void record(const char *csv)
{
    FILE *file = fopen(in_folder("r.csv"), "w");
    assert_non_null(file);
    fputs(csv, file);
    fclose(file);
}

static struct mbp_plant *plant_with(const char *replay, bool remote)
{
    char yaml[1024];
    struct mbp_plant *plant = NULL;
    int len = snprintf(yaml, sizeof yaml, PLANT "      - {name: A, signal: {replay: %s}}\n", replay);
    const struct mbp_text text = {yaml, (size_t)len};
    enum mbp_status status =
        remote ? mbp_plant_parse_remote(path, text, stderr, &plant) : mbp_plant_parse(path, text, stderr, &plant);
    assert_int_equal(status, MBP_OK);
    return plant;
}

/* What mbp_process_check says of a plant that replays this, without the path before the place. */
static const char *said_of(const char *replay, bool remote, const struct mbp_plant *now)
{
    static char said[1024];
    struct mbp_buffer errors;
    struct mbp_plant *plant = plant_with(replay, remote);
    assert_true(mbp_buffer_open(&errors));
    enum mbp_status status = mbp_process_check(plant, now, errors.out);
    char *text = mbp_buffer_close(&errors);
    assert_int_equal(status == MBP_OK, text[0] == '\0');
    if (text[0] != '\0')
        assert_memory_equal(text, path, strlen(path));
    snprintf(said, sizeof said, "%s", text[0] != '\0' ? text + strlen(path) + 1 : "");
    free(text);
    mbp_plant_free(plant);
    return said;
}

static void assert_shows(const char *replay, const double *values, size_t count)
{
    struct running running;
    running.plant = plant_with(replay, false);
    running.events = fixture_events();
    assert_int_equal(mbp_process_new(running.plant, &running.process), MBP_OK);
    assert_int_equal(mbp_state_new(running.plant, FIXTURE_WALL_MS, &running.state), MBP_OK);
    mbp_process_find_steady_state(running.process, running.state);
    for (size_t i = 0; i < count; i++) {
        fixture_assert_number(running.state->lagged[0], values[i]);
        running_scan(&running);
    }
    running_end(&running);
}

static void test_recording_holds_each_row_until_the_next_and_starts_again(void **state)
{
    (void)state;
    const double looped[] = {1, 1, 5, 5, 1, 1}, held[] = {1, 1, 5, 5, 5, 5}, third[] = {7, 7, 9, 9, 7};
    record("s, a, b\n# a comment\n\n10, 1, 7\n12, 5, 9\n");
    assert_shows("r.csv", looped, 6);
    assert_shows("{file: r.csv, loop: false}", held, 6);
    assert_shows("{file: r.csv, column: b}", third, 5);
    record("\xEF\xBB\xBF"
           "0;1\r\n2;5\r\n");
    assert_shows("r.csv", looped, 6);
}

static void test_recordings_of_one_file_and_column_are_one(void **state)
{
    (void)state;
    struct mbp_plant *plant = fixture_plant(
        PLANT "      - {name: A, signal: {replay: r.csv}}\n      - {name: B, signal: {replay: {file: r.csv}}}\n"
              "      - {name: C, signal: {replay: {file: r.csv, column: x}}}\n"
              "      - {name: \"D{n}\", repeat: 9, signal: {replay: {file: r.csv, column: x, loop: false}}}\n");
    assert_int_equal(plant->recording_count, 2);
    assert_int_equal(plant->sensors[1].signal->recording, 0);
    assert_int_equal(plant->sensors[11].signal->recording, 1);
    assert_int_equal(plant->recordings[0].line, 6);
    assert_int_equal(plant->recordings[1].line, 8);
    mbp_plant_free(plant);
}

/* What is wrong, and what a master is told of it: the rule, and nothing of what stands in the file. */
static void test_mistake_in_a_recording_tells_its_line_and_to_a_master_no_content(void **state)
{
    (void)state;
    static const struct {
        const char *csv, *replay, *rule, *content;
    } cases[] = {
        {"s,a\n0,secret\n", "r.csv", "line 2: the value is no number", ": 'secret' in column 2"},
        {"0,1\nsecret,2\n", "r.csv", "line 2: the time is no number; the first column is seconds", ": 'secret'"},
        {"0,1\n0,2\n", "r.csv", "line 2: the time is not later than the line before's; sort the rows by time", ": 0"},
        {"0,1\n1e11,2\n", "r.csv", "line 2: the time is more than 100 years after the first; times are in seconds",
         ": 1e+11"},
        {"0,1\n", "{file: r.csv, column: x}",
         "line 1: a column is asked for by name, but there is no header; name the columns in the first line", ": 'x'"},
        {"s,secret\n0,1\n", "{file: r.csv, column: x}", "line 1: there is no column of that name",
         ": 'x'; the columns are: s,secret"},
        {"# none\n", "r.csv", "line 1: there is no row; a row is a time in seconds and a value: 0.5,21.7", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char expected[512];
        unsigned column = cases[i].replay[0] == '{' ? 43 : 36;
        record(cases[i].csv);
        snprintf(expected, sizeof expected, "6:%u: the recording r.csv, %s%s\n", column, cases[i].rule,
                 cases[i].content);
        assert_string_equal(said_of(cases[i].replay, false, NULL), expected);
        snprintf(expected, sizeof expected, "6:%u: the recording r.csv, %s\n", column, cases[i].rule);
        assert_string_equal(said_of(cases[i].replay, true, NULL), expected);
    }
}

static void test_recording_that_is_not_there_tells_the_line_that_names_it(void **state)
{
    (void)state;
    assert_string_equal(said_of("none.csv", false, NULL),
                        "6:36: the recording none.csv cannot be read: No such file or directory\n");
    assert_string_equal(said_of("{loop: true, file: none.csv}", false, NULL),
                        "6:55: the recording none.csv cannot be read: No such file or directory\n");
}

static void test_recording_without_an_end_or_a_line_is_refused_at_once(void **state)
{
    (void)state;
    char *line = malloc(70000);
    assert_non_null(line);
    memset(line, '1', 69999);
    line[69999] = '\0';
    record(line);
    free(line);
    assert_string_equal(said_of("r.csv", false, NULL),
                        "6:36: the recording r.csv, line 1: it is longer than 65534 bytes; a row is a time in seconds "
                        "and a value\n");
    FILE *file = fopen(in_folder("r.csv"), "w");
    fwrite("0,\0 1\n", 1, 6, file);
    fclose(file);
    assert_string_equal(said_of("r.csv", false, NULL), "6:36: the recording r.csv, line 1: it is no text\n");
    assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
    assert_string_equal(said_of("fifo", false, NULL),
                        "6:36: the recording fifo cannot be read: it is no regular file\n");
    assert_string_equal(said_of("/dev/zero", false, NULL),
                        "6:36: the recording /dev/zero cannot be read: it is no regular file\n");
}

static void test_recording_of_a_remote_plant_must_stand_below_its_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"/etc/passwd", "../x.csv", "a/../../x.csv", "/proc/self/environ"};
    record("0,1\n");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char expected[256];
        snprintf(expected, sizeof expected,
                 "6:36: the recording %s: of a plant that comes over the network recordings stand below the plant "
                 "file's folder; write a relative name without '..'\n",
                 names[i]);
        assert_string_equal(said_of(names[i], true, NULL), expected);
    }
    assert_int_equal(symlink("/etc/passwd", in_folder("link.csv")), 0);
    assert_string_equal(said_of("link.csv", true, NULL), "6:36: the recording link.csv cannot be read: it is not below "
                                                         "the plant file's folder, or is a link\n");
    assert_string_equal(said_of("r.csv", true, NULL), "");
}

static void test_recording_that_the_running_plant_plays_stays_allowed(void **state)
{
    (void)state;
    char name[160];
    record("0,1\n");
    snprintf(name, sizeof name, "%s", in_folder("r.csv"));
    struct mbp_plant *now = plant_with(name, false);
    assert_string_equal(said_of(name, true, now), "");
    assert_non_null(strstr(said_of("/etc/passwd", true, now), "below the plant file's folder"));
    mbp_plant_free(now);
}

static void test_recording_with_more_rows_than_there_is_memory_for_is_refused(void **state)
{
    (void)state;
    struct mbp_buffer errors;
    record("0,1\n1,2\n2,3\n");
    struct mbp_plant *plant = plant_with("r.csv", false);
    plant->recording_bytes = 2 * 16;
    assert_true(mbp_buffer_open(&errors));
    assert_int_equal(mbp_process_check(plant, NULL, errors.out), MBP_ERR_FORMAT);
    char *text = mbp_buffer_close(&errors);
    assert_non_null(strstr(text, "line 3: there is no memory for so many rows; leave out what is not needed\n"));
    free(text);
    plant->recording_bytes = 3 * 16;
    assert_int_equal(mbp_process_check(plant, NULL, stderr), MBP_OK);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recording_holds_each_row_until_the_next_and_starts_again),
        cmocka_unit_test(test_recordings_of_one_file_and_column_are_one),
        cmocka_unit_test(test_mistake_in_a_recording_tells_its_line_and_to_a_master_no_content),
        cmocka_unit_test(test_recording_that_is_not_there_tells_the_line_that_names_it),
        cmocka_unit_test(test_recording_without_an_end_or_a_line_is_refused_at_once),
        cmocka_unit_test(test_recording_of_a_remote_plant_must_stand_below_its_folder),
        cmocka_unit_test(test_recording_that_the_running_plant_plays_stays_allowed),
        cmocka_unit_test(test_recording_with_more_rows_than_there_is_memory_for_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
