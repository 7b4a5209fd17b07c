/* Opening: what cannot be trusted or had is refused in one line that helps, and stays as it is to the byte. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal_fixture.h"

/* A journal of some pages, closed. */
static void make_journal(struct fixture *f)
{
    fixture_open(f);
    fixture_store(f, 1, 2000);
    fixture_close(f);
}

/* Opening is refused, the line holds `saying`, and the file is what it was. */
static void assert_refused(struct fixture *f, enum mbp_status expected, const char *saying)
{
    size_t len_before;
    size_t len_after;
    char *before = fixture_read_file(f->db, &len_before);
    assert_int_equal(fixture_try_open(f, f->dir), expected);
    assert_non_null(strstr(f->errors, saying));
    assert_non_null(strstr(f->errors, f->db));
    char *after = fixture_read_file(f->db, &len_after);
    assert_int_equal(len_after, len_before);
    assert_memory_equal(after, before, len_before);
    free(before);
    free(after);
}

static void test_open_missing_directory_is_made_with_its_parents(void **state)
{
    struct fixture *f = *state;
    char dir[128];
    struct stat made;
    snprintf(dir, sizeof dir, "%s/a/b/c/", f->dir);
    assert_int_equal(fixture_try_open(f, dir), MBP_OK);
    assert_int_equal(stat(dir, &made), 0);
    assert_true(S_ISDIR(made.st_mode));
}

static void test_open_new_directory_is_not_for_everybody_to_read(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *name;
        mode_t mode;
    } made[] = {{"", 0750}, {"/journal.db", 0640}, {"/journal.db-wal", 0640}, {"/lock", 0640}};
    char dir[128], path[160];
    mode_t before = umask(0);
    snprintf(dir, sizeof dir, "%s/new", f->dir);
    assert_int_equal(fixture_try_open(f, dir), MBP_OK);
    umask(before);
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        struct stat status;
        snprintf(path, sizeof path, "%s%s", dir, made[i].name);
        assert_int_equal(stat(path, &status), 0);
        if ((status.st_mode & 07777) != made[i].mode)
            fail_msg("%s has %o, not %o", path, (unsigned)status.st_mode & 07777u, (unsigned)made[i].mode);
    }
}

/* The lock is written to, and what it leads to may be anybody's. */
static void test_open_lock_that_is_a_link_is_refused_and_its_target_untouched(void **state)
{
    struct fixture *f = *state;
    char theirs[128], lock[128];
    size_t len;
    snprintf(theirs, sizeof theirs, "%s/theirs", f->dir);
    snprintf(lock, sizeof lock, "%s/lock", f->dir);
    fixture_write_file(theirs, "theirs", 6);
    for (int hard = 0; hard < 2; hard++) {
        assert_int_equal(hard ? link(theirs, lock) : symlink(theirs, lock), 0);
        assert_int_equal(fixture_try_open(f, f->dir), MBP_ERR_IO);
        assert_non_null(strstr(f->errors, lock));
        assert_non_null(strstr(f->errors, "is a link, or no file of its own: remove it"));
        assert_int_equal(unlink(lock), 0);
    }
    char *now = fixture_read_file(theirs, &len);
    assert_int_equal(len, 6);
    assert_memory_equal(now, "theirs", 6);
    free(now);
}

static void test_open_directory_below_a_file_is_io(void **state)
{
    struct fixture *f = *state;
    char path[96];
    char dir[128];
    snprintf(path, sizeof path, "%s/file", f->dir);
    snprintf(dir, sizeof dir, "%s/data", path);
    fixture_write_file(path, "x", 1);
    assert_int_equal(fixture_try_open(f, dir), MBP_ERR_IO);
    assert_non_null(strstr(f->errors, dir));
    assert_non_null(strstr(f->errors, "choose another with -d"));
}

static void test_open_path_too_long_is_io(void **state)
{
    struct fixture *f = *state;
    char dir[6000];
    memset(dir, 'd', sizeof dir - 1);
    dir[sizeof dir - 1] = '\0';
    assert_int_equal(fixture_try_open(f, dir), MBP_ERR_IO);
    assert_int_equal(fixture_try_open(f, ""), MBP_ERR_IO);
}

static void test_open_second_time_is_busy_and_names_the_pid(void **state)
{
    struct fixture *f = *state;
    char pid[32];
    fixture_open(f);
    assert_int_equal(fixture_try_open(f, f->dir), MBP_ERR_BUSY);
    snprintf(pid, sizeof pid, "process %ld:", (long)getpid());
    assert_non_null(strstr(f->errors, pid));
    /* The first is none the worse for it, and its end makes room. */
    fixture_store(f, 1, 1);
    fixture_close(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_last(f->journal), 1);
}

static void test_open_lock_without_a_pid_is_busy(void **state)
{
    struct fixture *f = *state;
    char lock[96];
    fixture_open(f);
    snprintf(lock, sizeof lock, "%s/lock", f->dir);
    fixture_write_file(lock, "", 0);
    assert_int_equal(fixture_try_open(f, f->dir), MBP_ERR_BUSY);
    assert_non_null(strstr(f->errors, "in use by another program:"));
}

static void test_open_garbage_is_corrupt(void **state)
{
    struct fixture *f = *state;
    char garbage[8192];
    for (size_t i = 0; i < sizeof garbage; i++)
        garbage[i] = (char)(i * 31);
    fixture_write_file(f->db, garbage, sizeof garbage);
    assert_refused(f, MBP_ERR_CORRUPT, "move it and its -wal away to start a new journal");
}

static void test_open_empty_or_short_file_is_corrupt(void **state)
{
    struct fixture *f = *state;
    fixture_write_file(f->db, "", 0);
    assert_refused(f, MBP_ERR_CORRUPT, "is no SQLite database");
    fixture_write_file(f->db, "SQLite format 3", 16);
    assert_refused(f, MBP_ERR_CORRUPT, "is no SQLite database");
}

static void test_open_truncated_is_corrupt(void **state)
{
    struct fixture *f = *state;
    make_journal(f);
    size_t len;
    char *bytes = fixture_read_file(f->db, &len);
    assert_true(len > 10 * 4096);
    fixture_write_file(f->db, bytes, len / 2);
    free(bytes);
    assert_refused(f, MBP_ERR_CORRUPT, "is damaged");
}

static void test_open_overwritten_page_is_corrupt(void **state)
{
    struct fixture *f = *state;
    make_journal(f);
    size_t len;
    char *bytes = fixture_read_file(f->db, &len);
    memset(bytes + len - 4096, 0x5A, 4096);
    fixture_write_file(f->db, bytes, len);
    free(bytes);
    assert_refused(f, MBP_ERR_CORRUPT, "is damaged");
}

/* One bit of a page's inside after another: it is refused and left as it is, or the bit meant nothing to the structure
 * and all events are there; never a crash, never a hole. */
static void test_open_flipped_bit_is_corrupt_or_harmless(void **state)
{
    struct fixture *f = *state;
    unsigned refused = 0;
    make_journal(f);
    size_t len;
    char *bytes = fixture_read_file(f->db, &len);
    for (unsigned i = 0; i < 200; i++) {
        size_t bit = 100 * 8 + mbp_rng_bits(3, 1, i) % ((len - 100) * 8); /* behind the header, which has tests above */
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        fixture_write_file(f->db, bytes, len);
        enum mbp_status status = fixture_try_open(f, f->dir);
        if (status == MBP_OK) {
            assert_int_equal(mbp_journal_last(f->journal) - mbp_journal_oldest(f->journal) + 1, 2000);
            fixture_close(f);
        } else {
            assert_int_equal(status, MBP_ERR_CORRUPT);
            size_t len_after;
            char *after = fixture_read_file(f->db, &len_after);
            assert_int_equal(len_after, len);
            assert_memory_equal(after, bytes, len);
            free(after);
            refused++;
        }
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
    }
    assert_true(refused > 10);
    fixture_write_file(f->db, bytes, len); /* put back, as the line says */
    free(bytes);
    fixture_open(f);
    assert_int_equal(mbp_journal_last(f->journal), 2000);
}

static void test_open_without_a_table_is_corrupt(void **state)
{
    struct fixture *f = *state;
    make_journal(f);
    fixture_sql(f->db, "DROP TABLE retained_sensor");
    assert_refused(f, MBP_ERR_CORRUPT, "no such table: retained_sensor");
}

static void test_open_impossible_number_is_corrupt(void **state)
{
    struct fixture *f = *state;
    make_journal(f);
    fixture_sql(f->db, "UPDATE event SET seq = 4294967296 WHERE seq = 2000");
    assert_refused(f, MBP_ERR_CORRUPT, "is damaged");
}

static void test_open_newer_format_is_newer(void **state)
{
    struct fixture *f = *state;
    make_journal(f);
    fixture_sql(f->db, "PRAGMA user_version = 4");
    assert_refused(f, MBP_ERR_NEWER, "written by a later mbplant (format 4, this one knows 3)");
}

static void test_open_older_format_is_refused_in_one_line(void **state)
{
    struct fixture *f = *state;
    make_journal(f);
    fixture_sql(f->db, "PRAGMA user_version = 2");
    assert_refused(f, MBP_ERR_NEWER, "written by an earlier mbplant (format 2, this one keeps 3)");
    assert_ptr_equal(strchr(f->errors, '\n'), f->errors + strlen(f->errors) - 1);
}

static void test_open_foreign_database_is_corrupt(void **state)
{
    struct fixture *f = *state;
    fixture_sql(f->db, "CREATE TABLE cookies(name)");
    assert_refused(f, MBP_ERR_CORRUPT, "is another program's database");
}

static void test_open_database_that_is_a_directory_is_io(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(mkdir(f->db, 0755), 0);
    assert_int_equal(fixture_try_open(f, f->dir), MBP_ERR_IO);
    assert_non_null(strstr(f->errors, f->db));
}

static void test_open_log_of_a_vanished_journal_is_corrupt(void **state)
{
    struct fixture *f = *state;
    char log[128];
    snprintf(log, sizeof log, "%s-wal", f->db);
    fixture_write_file(log, "frames", 6);
    assert_int_equal(fixture_try_open(f, f->dir), MBP_ERR_CORRUPT);
    assert_non_null(strstr(f->errors, log));
    assert_int_equal(access(log, F_OK), 0);
    assert_int_equal(access(f->db, F_OK), -1);
}

static void test_open_leftover_of_a_broken_start_is_overcome(void **state)
{
    struct fixture *f = *state;
    char draft[128];
    snprintf(draft, sizeof draft, "%s.new", f->db);
    fixture_write_file(draft, "half a database", 15);
    fixture_open(f);
    assert_int_equal(access(draft, F_OK), -1);
}

static void test_open_database_held_by_another_program_is_busy(void **state)
{
    struct fixture *f = *state;
    sqlite3 *other = NULL;
    make_journal(f);
    assert_int_equal(sqlite3_open(f->db, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT", NULL, NULL, NULL),
                     SQLITE_OK);
    enum mbp_status status = fixture_try_open(f, f->dir);
    sqlite3_close(other);
    assert_int_equal(status, MBP_ERR_BUSY);
    assert_non_null(strstr(f->errors, "held by another program"));
    fixture_open(f);
    assert_int_equal(mbp_journal_last(f->journal), 2000);
}

static void test_open_refused_directory_can_be_opened_later(void **state)
{
    struct fixture *f = *state;
    fixture_write_file(f->db, "x", 1);
    assert_int_equal(fixture_try_open(f, f->dir), MBP_ERR_CORRUPT);
    assert_int_equal(unlink(f->db), 0);
    fixture_open(f);
    fixture_store(f, 1, 1);
}

static void test_open_database_has_the_promised_settings(void **state)
{
    struct fixture *f = *state;
    make_journal(f);
    size_t len;
    char *bytes = fixture_read_file(f->db, &len);
    /* Bytes 18 and 19: 2 = WAL; 60 and 68: user_version and application_id (sqlite.org/fileformat2.html, 1.3). */
    assert_memory_equal(bytes + 18, "\2\2", 2);
    assert_memory_equal(bytes + 60, "\0\0\0\3", 4);
    assert_memory_equal(bytes + 68, "MBPJ", 4);
    free(bytes);
}

/* A column of those rows of sql in which it matches the pattern, one behind the other. */
static void look(const char *path, const char *sql, int column, const char *pattern, char *text, size_t size)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    text[0] = '\0';
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *found = (const char *)sqlite3_column_text(stmt, column);
        if (sqlite3_strglob(pattern, found) == 0)
            snprintf(text + strlen(text), size - strlen(text), "%s ", found);
    }
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

/* Of an index by a list of codes SQLite would make a table anew for each event that is stored. */
static void test_open_indexes_of_events_need_no_table_an_event(void **state)
{
    struct fixture *f = *state;
    char found[64];
    make_journal(f);
    look(f->db, "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'event' ORDER BY name", 0, "*",
         found, sizeof found);
    assert_string_equal(found, "history incident ");
    look(f->db, "EXPLAIN INSERT INTO event DEFAULT VALUES", 1, "Open*", found, sizeof found);
    assert_string_equal(found, "OpenWrite OpenWrite OpenWrite ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_open_missing_directory_is_made_with_its_parents),
        FIXTURE_TEST(test_open_new_directory_is_not_for_everybody_to_read),
        FIXTURE_TEST(test_open_lock_that_is_a_link_is_refused_and_its_target_untouched),
        FIXTURE_TEST(test_open_directory_below_a_file_is_io),
        FIXTURE_TEST(test_open_path_too_long_is_io),
        FIXTURE_TEST(test_open_second_time_is_busy_and_names_the_pid),
        FIXTURE_TEST(test_open_lock_without_a_pid_is_busy),
        FIXTURE_TEST(test_open_garbage_is_corrupt),
        FIXTURE_TEST(test_open_empty_or_short_file_is_corrupt),
        FIXTURE_TEST(test_open_truncated_is_corrupt),
        FIXTURE_TEST(test_open_overwritten_page_is_corrupt),
        FIXTURE_TEST(test_open_flipped_bit_is_corrupt_or_harmless),
        FIXTURE_TEST(test_open_without_a_table_is_corrupt),
        FIXTURE_TEST(test_open_impossible_number_is_corrupt),
        FIXTURE_TEST(test_open_newer_format_is_newer),
        FIXTURE_TEST(test_open_older_format_is_refused_in_one_line),
        FIXTURE_TEST(test_open_foreign_database_is_corrupt),
        FIXTURE_TEST(test_open_database_that_is_a_directory_is_io),
        FIXTURE_TEST(test_open_log_of_a_vanished_journal_is_corrupt),
        FIXTURE_TEST(test_open_leftover_of_a_broken_start_is_overcome),
        FIXTURE_TEST(test_open_database_held_by_another_program_is_busy),
        FIXTURE_TEST(test_open_refused_directory_can_be_opened_later),
        FIXTURE_TEST(test_open_database_has_the_promised_settings),
        FIXTURE_TEST(test_open_indexes_of_events_need_no_table_an_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
