/* Every way in which a disk, a file system or another program can refuse a commit, in the middle of the run: nothing is
 * lost, nothing is shown that is not stored, reading goes on, and so does storing when the refusal ends. */
#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "journal_fixture.h"
#include "refusing_vfs.h"

static const struct {
    const char *like;
    enum refusing what;
    int code;
    int system_error;
} refusals[] = {
    {"a full disk", REFUSE_WRITES, SQLITE_FULL, ENOSPC},
    {"a full quota", REFUSE_WRITES, SQLITE_IOERR_WRITE, EDQUOT},
    {"a remount that made it read-only", REFUSE_WRITES, SQLITE_IOERR_WRITE, EROFS},
    {"a file system that went read-only", REFUSE_WRITES, SQLITE_READONLY, EROFS},
    {"a broken disk", REFUSE_WRITES, SQLITE_IOERR_WRITE, EIO},
    {"a disk that loses what it took", REFUSE_SYNCS, SQLITE_IOERR_FSYNC, EIO},
    {"another program that writes", REFUSE_LOCKS, SQLITE_BUSY, EAGAIN},
};

static void assert_stored(struct fixture *f, uint32_t last)
{
    assert_int_equal(mbp_journal_last(f->journal), last);
    for (uint32_t n = 1; n <= last; n++) {
        struct mbp_event event;
        const struct mbp_event expected = fixture_event(n);
        assert_int_equal(mbp_journal_read(f->journal, n, 1, &event), 1);
        fixture_assert_event(&event, n, &expected);
    }
}

static void test_refused_commit_is_trouble_and_passes(void **state)
{
    struct fixture *f = *state;
    struct mbp_event events[8];
    uint32_t last = 2000;
    fixture_open(f);
    fixture_store(f, 1, last);
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        print_message("  %s\n", refusals[i].like);
        refusing_vfs_refuse(refusals[i].what, refusals[i].code, refusals[i].system_error);
        fixture_push(f, last + 1, 7);
        fixture_await_trouble(f);
        fixture_push(f, last + 8, 3);
        bool shown = mbp_journal_last(f->journal) != last || mbp_journal_read(f->journal, last + 1, 1, events) != 0;
        size_t old = mbp_journal_read(f->journal, 1, 8, events); /* not in memory any more */
        int tried = refusing_vfs_count();
        refusing_vfs_relent();
        assert_false(shown);
        assert_int_equal(old, 8);
        assert_true(tried > 0);
        assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
        assert_false(mbp_journal_in_trouble(f->journal));
        last += 10;
    }
    assert_stored(f, last);
    fixture_close(f);
    fixture_open(f);
    assert_stored(f, last);
}

/* The retained state of a scan is stored with its events, or not yet. */
static void test_refused_commit_does_not_part_state_and_events(void **state)
{
    struct fixture *f = *state;
    struct mbp_state *restored = NULL;
    struct mbp_retained_machine machine = {.machine = FILL1, .state = {.good = 1, .first_out = UINT32_MAX}};
    fixture_open(f);
    assert_int_equal(mbp_journal_push_machine(f->journal, &machine), MBP_OK);
    fixture_store(f, 1, 1);
    refusing_vfs_refuse(REFUSE_SYNCS, SQLITE_IOERR_FSYNC, EIO);
    machine.state.good = 2;
    assert_int_equal(mbp_journal_push_machine(f->journal, &machine), MBP_OK);
    fixture_push(f, 2, 1);
    fixture_await_trouble(f);
    assert_int_equal(mbp_state_new(&f->plant, 1, &restored), MBP_OK);
    enum mbp_status status = mbp_journal_restore(f->journal, false, restored, NULL, NULL);
    refusing_vfs_relent();
    assert_int_equal(status, MBP_OK);
    assert_int_equal(restored->machine[FILL1].good, 1);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    assert_int_equal(mbp_journal_restore(f->journal, false, restored, NULL, NULL), MBP_OK);
    assert_int_equal(restored->machine[FILL1].good, 2);
    mbp_state_free(restored);
}

static void test_open_on_a_disk_that_refuses_is_one_line(void **state)
{
    struct fixture *f = *state;
    refusing_vfs_refuse(REFUSE_WRITES, SQLITE_FULL, ENOSPC);
    enum mbp_status status = fixture_try_open(f, f->dir);
    refusing_vfs_relent();
    assert_int_equal(status, MBP_ERR_IO);
    assert_non_null(strstr(f->errors, "cannot be used"));
    fixture_open(f); /* and leaves nothing in the way */
    fixture_store(f, 1, 1);
}

int main(void)
{
    refusing_vfs_install();
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_refused_commit_is_trouble_and_passes),
        FIXTURE_TEST(test_refused_commit_does_not_part_state_and_events),
        FIXTURE_TEST(test_open_on_a_disk_that_refuses_is_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
