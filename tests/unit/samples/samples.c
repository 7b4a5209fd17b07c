/* Samples: what is noted scan by scan is there for trends, over a restart and a change of the plant, for as long as it
 * is to be kept; what damages the database costs trends alone. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "samples_priv.h"

#define HEAD     "mbplant: 1\nname: P\nunits:\n  - id: 1\n    sensors:\n"
#define SCAN_MS  100u
#define BEGIN_MS (UINT64_C(500000) * SAMPLES_HOUR_MS)
#define PARTS    600u

static const char yaml[] = HEAD "      - {name: T1}\n"
                                "      - {name: T2, report: {deadband: 5, every: 2s}}\n";

struct run {
    char folder[64];
    struct mbp_plant *plant;
    struct mbp_state *state;
    struct mbp_samples *samples;
    uint64_t now_ms;
    struct mbp_sample_bucket buckets[PARTS];
    struct mbp_sample_trend trend;
};

static void begin(struct run *run, const char *text)
{
    run->plant = fixture_plant(text);
    assert_int_equal(mbp_state_new(run->plant, 5, &run->state), MBP_OK);
    assert_int_equal(mbp_samples_open(run->folder, run->plant, &run->samples), MBP_OK);
}

static void end(struct run *run)
{
    mbp_samples_close(run->samples);
    mbp_state_free(run->state);
    mbp_plant_free(run->plant);
}

static int setup(void **state)
{
    struct run *run = calloc(1, sizeof *run);
    assert_non_null(run);
    strcpy(run->folder, "/tmp/mbplant-samples-XXXXXX");
    assert_non_null(mkdtemp(run->folder));
    run->now_ms = BEGIN_MS;
    begin(run, yaml);
    *state = run;
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

static int teardown(void **state)
{
    struct run *run = *state;
    end(run);
    nftw(run->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(run);
    return 0;
}

static void scan(struct run *run, double t1, double t2)
{
    run->state->value[0] = t1;
    run->state->value[1] = t2;
    mbp_samples_scanned(run->samples, run->state, run->now_ms);
    run->now_ms += SCAN_MS;
}

static void scans(struct run *run, unsigned count, double t1, double t2)
{
    for (unsigned i = 0; i < count; i++)
        scan(run, t1, t2);
}

static enum mbp_status read_trend(struct run *run, const char *sensor, uint64_t from_ms, uint64_t bucket_ms)
{
    run->trend =
        (struct mbp_sample_trend){.from_ms = from_ms, .bucket_ms = bucket_ms, .count = PARTS, .buckets = run->buckets};
    return mbp_samples_read(run->folder, sensor, &run->trend);
}

static void assert_part(const struct run *run, unsigned part, double least, double most, double last)
{
    fixture_assert_number(run->buckets[part].least, least);
    fixture_assert_number(run->buckets[part].most, most);
    fixture_assert_number(run->buckets[part].last, last);
}

static bool is_empty(const struct run *run, unsigned part)
{
    return run->buckets[part].least > run->buckets[part].most;
}

static void test_before_anything_is_stored_there_is_nothing_to_read(void **state)
{
    struct run *run = *state;
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, 1000), MBP_ERR_MISSING);
    assert_true(is_empty(run, 0) && is_empty(run, PARTS - 1));
}

static void test_each_change_is_there_at_its_time_and_holds_until_the_next(void **state)
{
    struct run *run = *state;
    scans(run, 50, 20, 0); /* 5 s */
    scan(run, 21.5, 0);
    scans(run, 49, 20.25, 0);
    mbp_samples_flush(run->samples);
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, 1000), MBP_OK);
    for (unsigned i = 0; i < 5; i++)
        assert_part(run, i, 20, 20, 20);
    assert_part(run, 5, 20.25, 21.5, 20.25);
    assert_int_equal(run->trend.changes_from_ms, BEGIN_MS);
    assert_int_equal(read_trend(run, "T9", BEGIN_MS, 1000), MBP_OK);
    assert_true(is_empty(run, 0));
}

static void test_report_leaves_small_and_early_changes_out(void **state)
{
    struct run *run = *state;
    scan(run, 0, 100);        /* the first one */
    scans(run, 30, 0, 104.9); /* too little */
    scan(run, 0, 105);        /* at 3.1 s */
    scan(run, 0, 95);         /* too early: 2 s have not passed */
    scans(run, 30, 0, 105);
    mbp_samples_flush(run->samples);
    assert_int_equal(read_trend(run, "T2", BEGIN_MS, 1000), MBP_OK);
    assert_part(run, 0, 100, 100, 100);
    assert_part(run, 3, 100, 105, 105);
    assert_true(is_empty(run, 4)); /* nothing was noted since: who asks has that in memory */
}

static void test_minutes_have_mean_least_and_most(void **state)
{
    struct run *run = *state;
    for (unsigned minute = 0; minute < 3; minute++) {
        scans(run, 300, 10.0 * minute, 0);
        scans(run, 300, 10.0 * minute + 4, 0);
        mbp_samples_flush(run->samples);
    }
    scan(run, 0, 0); /* ends the third */
    mbp_samples_flush(run->samples);
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, SAMPLES_MINUTE_MS), MBP_OK);
    for (unsigned minute = 0; minute < 3; minute++)
        assert_part(run, minute, 10.0 * minute, 10.0 * minute + 4, 10.0 * minute + 2);
    assert_true(is_empty(run, 3));
    assert_int_equal(run->trend.minutes_from_ms, BEGIN_MS);
    assert_int_equal(mbp_samples_lost(run->samples), 0);
}

static void test_restart_goes_on_and_the_gap_stays_one(void **state)
{
    struct run *run = *state;
    scans(run, 10, 1, 0);
    end(run); /* what was not stored yet is, and the minute that ran too */
    run->now_ms += 10 * SAMPLES_MINUTE_MS;
    begin(run, yaml);
    scans(run, 10, 2, 0);
    mbp_samples_flush(run->samples);
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, 10000), MBP_OK);
    assert_part(run, 0, 1, 1, 1);
    assert_true(is_empty(run, 10) && is_empty(run, 59));
    assert_part(run, 60, 2, 2, 2);
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, SAMPLES_MINUTE_MS), MBP_OK);
    assert_part(run, 0, 1, 1, 1);
}

static void test_another_plant_goes_on_by_name(void **state)
{
    struct run *run = *state;
    struct mbp_samples_gathered *next = NULL;
    scans(run, 10, 1, 50);
    struct mbp_plant *after = fixture_plant(HEAD "      - {name: NEW}\n      - {name: T1}\n");
    assert_int_equal(mbp_samples_prepare(after, &next), MBP_OK);
    mbp_samples_follow(run->samples, next);
    scans(run, 10, 77, 2); /* T1 is the second now */
    mbp_samples_flush(run->samples);
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, 1000), MBP_OK);
    assert_part(run, 0, 1, 1, 1);
    assert_part(run, 1, 2, 2, 2);
    assert_int_equal(read_trend(run, "NEW", BEGIN_MS, 1000), MBP_OK);
    assert_true(is_empty(run, 0));
    assert_part(run, 1, 77, 77, 77);
    assert_int_equal(mbp_samples_prepare(after, &next), MBP_OK);
    mbp_samples_drop(next);
    mbp_plant_free(after);
}

static void test_changes_go_after_a_day_and_minutes_after_thirty(void **state)
{
    struct run *run = *state;
    scans(run, 10, 1, 0);
    run->now_ms += 26 * SAMPLES_HOUR_MS;
    scan(run, 2, 0); /* ends the minute of the day before */
    mbp_samples_flush(run->samples);
    scan(run, 3, 0);
    mbp_samples_flush(run->samples);
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, 1000), MBP_OK);
    assert_true(run->trend.changes_from_ms > BEGIN_MS + SAMPLES_HOUR_MS);
    assert_part(run, 0, 1, 1, 1); /* of the minute, now */
    run->now_ms += 31 * 24 * SAMPLES_HOUR_MS;
    for (unsigned i = 0; i < 3; i++) {
        scan(run, 4, 0);
        run->now_ms += SAMPLES_MINUTE_MS;
        mbp_samples_flush(run->samples);
    }
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, 1000), MBP_OK);
    assert_true(is_empty(run, 0));
    assert_true(run->trend.minutes_from_ms > BEGIN_MS + 700 * SAMPLES_HOUR_MS);
}

static void test_size_is_kept_and_changes_go_first(void **state)
{
    struct run *run = *state;
    end(run);
    begin(run, "mbplant: 1\nname: P\nsamples: {max_size: 1MB}\nunits:\n  - id: 1\n    sensors:\n      - {name: T1}\n"
               "      - {name: T2}\n");
    char path[128];
    struct stat status;
    for (unsigned hour = 0; hour < 12; hour++) {
        for (unsigned i = 0; i < 12000; i++) {
            scan(run, i + 0.1, i + 0.3);
            if (i % 500 == 499)
                mbp_samples_flush(run->samples);
        }
        run->now_ms = BEGIN_MS + (hour + 1) * SAMPLES_HOUR_MS;
    }
    mbp_samples_flush(run->samples);
    snprintf(path, sizeof path, "%s/" MBP_SAMPLES_FILE, run->folder);
    assert_int_equal(stat(path, &status), 0);
    assert_true(status.st_size <= 1000000);
    assert_int_equal(mbp_samples_lost(run->samples), 0);
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, SAMPLES_MINUTE_MS), MBP_OK);
    assert_int_equal(run->trend.minutes_from_ms, BEGIN_MS);
    assert_true(run->trend.changes_from_ms > BEGIN_MS && run->trend.changes_from_ms < UINT64_MAX);
    assert_false(is_empty(run, 0));
}

static void test_off_keeps_nothing(void **state)
{
    struct run *run = *state;
    end(run);
    begin(run, "mbplant: 1\nname: P\nsamples: off\nunits: [{id: 1, sensors: [{name: T1}, {name: T2}]}]\n");
    scans(run, 2000, 1, 2);
    mbp_samples_flush(run->samples);
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, 1000), MBP_ERR_MISSING);
}

static void write_file(const struct run *run, const char *bytes, size_t len)
{
    char path[128];
    snprintf(path, sizeof path, "%s/" MBP_SAMPLES_FILE, run->folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    fclose(file);
}

/* Left as it is: who wrote it may want it. */
static void test_damaged_or_foreign_file_is_left_alone_and_counted(void **state)
{
    struct run *run = *state;
    char junk[5000], back[sizeof junk], path[128];
    memset(junk, 'x', sizeof junk);
    mbp_log_set_level(MBP_LOG_ERROR);
    write_file(run, junk, sizeof junk);
    scans(run, 10, 1, 2);
    mbp_samples_flush(run->samples);
    assert_int_equal(mbp_samples_lost(run->samples), 2);
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, 1000), MBP_ERR_CORRUPT);
    snprintf(path, sizeof path, "%s/" MBP_SAMPLES_FILE, run->folder);
    FILE *file = fopen(path, "rb");
    assert_int_equal(fread(back, 1, sizeof back, file), sizeof back);
    fclose(file);
    assert_memory_equal(back, junk, sizeof junk);
}

static void run_sql(const struct run *run, const char *sql)
{
    char path[128];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/" MBP_SAMPLES_FILE, run->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* What the writer has made of it so far is all or nothing. */
static void test_file_without_tables_yet_has_nothing_to_read_and_becomes_ours(void **state)
{
    struct run *run = *state;
    write_file(run, "", 0);
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, 1000), MBP_ERR_MISSING);
    run_sql(run, "PRAGMA user_version = 0; VACUUM;"); /* a page, no table */
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, 1000), MBP_ERR_MISSING);
    scans(run, 10, 1, 2);
    mbp_samples_flush(run->samples);
    assert_int_equal(mbp_samples_lost(run->samples), 0);
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, 1000), MBP_OK);
}

static void test_another_version_or_program_is_not_used(void **state)
{
    struct run *run = *state;
    mbp_log_set_level(MBP_LOG_ERROR);
    run_sql(run, "CREATE TABLE mine(x); PRAGMA application_id = 7;");
    scans(run, 10, 1, 2);
    mbp_samples_flush(run->samples);
    assert_int_equal(mbp_samples_lost(run->samples), 2);
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, 1000), MBP_ERR_CORRUPT);
    run_sql(run, "DROP TABLE mine; PRAGMA application_id = 0;");
    end(run);
    begin(run, yaml);
    scans(run, 10, 1, 2);
    mbp_samples_flush(run->samples);
    assert_int_equal(mbp_samples_lost(run->samples), 0);
    end(run);
    run_sql(run, "PRAGMA user_version = 2;");
    begin(run, yaml);
    scans(run, 10, 1, 2);
    mbp_samples_flush(run->samples);
    assert_int_equal(mbp_samples_lost(run->samples), 2);
}

/* A chunk that is no chunk gives no values, and those around it stay. */
static void test_damaged_rows_give_no_values(void **state)
{
    struct run *run = *state;
    scans(run, 10, 1, 2);
    mbp_samples_flush(run->samples);
    run_sql(run, "INSERT INTO change SELECT hour, tag, time_ms + 2000, x'FFFFFFFFFFFFFFFFFFFFFFFF' FROM change");
    run_sql(run, "INSERT INTO change SELECT hour, tag, time_ms + 5000, x'' FROM change");
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, 1000), MBP_OK);
    assert_part(run, 0, 1, 1, 1);
    run_sql(run, "DROP TABLE change");
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, 1000), MBP_ERR_CORRUPT);
}

static void test_folder_that_refuses_is_counted_and_tried_again(void **state)
{
    struct run *run = *state;
    char path[128];
    mbp_log_set_level(MBP_LOG_ERROR);
    snprintf(path, sizeof path, "%s/" MBP_SAMPLES_FILE, run->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    scans(run, 10, 1, 2);
    mbp_samples_flush(run->samples);
    assert_int_equal(mbp_samples_lost(run->samples), 2);
    assert_int_equal(rmdir(path), 0);
    scan(run, 5, 2);
    mbp_samples_flush(run->samples);
    assert_int_equal(mbp_samples_lost(run->samples), 2);
    assert_int_equal(read_trend(run, "T1", BEGIN_MS, 1000), MBP_OK);
    assert_part(run, 1, 5, 5, 5);
}

/* More changes than the thread can be waited for: none waits, and the rest is counted. */
static void test_full_ring_is_counted(void **state)
{
    struct run *run = *state;
    unsigned total = 0;
    struct mbp_samples_gathered *of = run->samples->noting;
    atomic_store(&of->tail, of->ring_size); /* as if the thread had not come: head would have to pass it */
    atomic_store(&of->head, of->ring_size * 2);
    scan(run, 1, 2);
    total += (unsigned)mbp_samples_lost(run->samples);
    assert_int_equal(total, 2);
    atomic_store(&of->head, 0);
    atomic_store(&of->tail, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_before_anything_is_stored_there_is_nothing_to_read),
        TEST(test_each_change_is_there_at_its_time_and_holds_until_the_next),
        TEST(test_report_leaves_small_and_early_changes_out),
        TEST(test_minutes_have_mean_least_and_most),
        TEST(test_restart_goes_on_and_the_gap_stays_one),
        TEST(test_another_plant_goes_on_by_name),
        TEST(test_changes_go_after_a_day_and_minutes_after_thirty),
        TEST(test_size_is_kept_and_changes_go_first),
        TEST(test_off_keeps_nothing),
        TEST(test_damaged_or_foreign_file_is_left_alone_and_counted),
        TEST(test_file_without_tables_yet_has_nothing_to_read_and_becomes_ours),
        TEST(test_another_version_or_program_is_not_used),
        TEST(test_damaged_rows_give_no_values),
        TEST(test_folder_that_refuses_is_counted_and_tried_again),
        TEST(test_full_ring_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
