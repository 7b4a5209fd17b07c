/* A process killed at any moment: what it said was durable is there, numbers have no gap, and retained state and events
 * of a scan are both there or both not. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "journal_fixture.h"

/* Scan after scan, of 1 to 40 events each, with a machine that counts them; tells each new durable number. */
_Noreturn static void run_until_killed(struct fixture *f, int report)
{
    uint32_t told = 0;
    fixture_open(f);
    uint32_t n = mbp_journal_last(f->journal);
    for (uint32_t scan = 1;; scan++) {
        uint32_t events = scan * 7 % 40 + 1;
        struct mbp_retained_machine machine = {.machine = FILL1,
                                               .state = {.good = n + events, .first_out = UINT32_MAX}};
        if (mbp_journal_push_machine(f->journal, &machine) != MBP_OK)
            _exit(1);
        fixture_push(f, n + 1, events);
        n += events;
        uint32_t durable = mbp_journal_last(f->journal);
        if (durable != told && write(report, &durable, sizeof durable) != (ssize_t)sizeof durable)
            _exit(1);
        told = durable;
        /* No faster than the disk by more than this, or the ring would overrun. */
        if (n - durable > 2000)
            mbp_journal_flush(f->journal);
    }
}

/* Lets a child run for that many reports, kills it; returns the last number that it reported. */
static uint32_t kill_after_reports(struct fixture *f, int reports)
{
    int ends[2];
    uint32_t durable = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        run_until_killed(f, ends[1]);
    }
    close(ends[1]);
    for (int i = 0; i < reports; i++)
        assert_int_equal(read(ends[0], &durable, sizeof durable), sizeof durable);
    assert_int_equal(kill(child, SIGKILL), 0);
    /* What it told between the last report seen and its end counts too. */
    uint32_t more;
    while (read(ends[0], &more, sizeof more) == (ssize_t)sizeof more)
        durable = more;
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how));
    close(ends[0]);
    return durable;
}

static void assert_every_event_up_to(struct fixture *f, uint32_t last)
{
    struct mbp_event events[500];
    for (uint32_t n = 1; n <= last;) {
        size_t count = mbp_journal_read(f->journal, n, 500, events);
        assert_true(count > 0);
        for (size_t i = 0; i < count; i++, n++) {
            const struct mbp_event expected = fixture_event(n);
            fixture_assert_event(&events[i], n, &expected);
        }
    }
}

static void test_kill_at_any_moment_loses_nothing_that_was_durable(void **ctx)
{
    struct fixture *f = *ctx;
    static const int reports[] = {1, 2, 17, 60};
    for (size_t round = 0; round < sizeof reports / sizeof reports[0]; round++) {
        uint32_t durable = kill_after_reports(f, reports[round]);
        assert_true(durable > 0);
        struct mbp_state *state = NULL;
        assert_int_equal(mbp_state_new(&f->plant, 1, &state), MBP_OK);
        fixture_open(f);
        uint32_t last = mbp_journal_last(f->journal);
        assert_true(last >= durable);
        assert_every_event_up_to(f, last);
        assert_int_equal(mbp_journal_restore(f->journal, false, state, NULL, NULL), MBP_OK);
        assert_int_equal(state->machine[FILL1].good, last);
        mbp_state_free(state);
        fixture_close(f);
    }
}

/* What a process that was killed left, with part of its events in the log alone. */
struct wreck {
    char log_path[128], mark_path[128];
    char *db, *log, *mark;
    size_t db_len, log_len, mark_len;
    uint32_t last, marked; /* marked: what was shown at most; a kill may come between a commit and its mark */
};

/* A log that grew to this has been put into the database in part, and is no longer all that a commit consists of. */
#define CHECKPOINTED_LEN (1000u * 4096u)

static void free_wreck(struct wreck *wreck)
{
    free(wreck->db);
    free(wreck->log);
    free(wreck->mark);
}

static void leave_wreck(struct fixture *f, struct wreck *wreck)
{
    snprintf(wreck->log_path, sizeof wreck->log_path, "%s-wal", f->db);
    snprintf(wreck->mark_path, sizeof wreck->mark_path, "%s/journal.last", f->dir);
    do {
        free_wreck(wreck);
        kill_after_reports(f, 12);
        wreck->db = fixture_read_file(f->db, &wreck->db_len);
        wreck->log = fixture_read_file(wreck->log_path, &wreck->log_len);
        wreck->mark = fixture_read_file(wreck->mark_path, &wreck->mark_len);
        fixture_open(f);
        wreck->last = mbp_journal_last(f->journal);
        fixture_close(f);
        assert_int_equal(sscanf(wreck->mark, "event %u", &wreck->marked), 1);
        assert_true(wreck->marked > 0 && wreck->marked <= wreck->last);
    } while (wreck->log_len >= CHECKPOINTED_LEN);
}

static void put_back(struct fixture *f, const struct wreck *wreck, size_t log_len)
{
    char shm[128];
    snprintf(shm, sizeof shm, "%s-shm", f->db);
    unlink(shm);
    fixture_write_file(f->db, wreck->db, wreck->db_len);
    fixture_write_file(wreck->log_path, wreck->log, log_len);
    fixture_write_file(wreck->mark_path, wreck->mark, wreck->mark_len);
}

/* What is open holds whole scans, without a gap, in step with the retained state. */
static uint32_t assert_consistent(struct fixture *f)
{
    struct mbp_state *state = NULL;
    assert_int_equal(mbp_state_new(&f->plant, 1, &state), MBP_OK);
    uint32_t last = mbp_journal_last(f->journal);
    assert_every_event_up_to(f, last);
    assert_int_equal(mbp_journal_restore(f->journal, false, state, NULL, NULL), MBP_OK);
    assert_int_equal(state->machine[FILL1].good, last);
    mbp_state_free(state);
    fixture_close(f);
    return last;
}

static void assert_same_file(const char *path, const char *bytes, size_t len)
{
    size_t now_len;
    char *now = fixture_read_file(path, &now_len);
    assert_int_equal(now_len, len);
    assert_memory_equal(now, bytes, len);
    free(now);
}

/* A log that lost something is refused in one line and left alone; otherwise all that was shown is there. */
static bool opens_whole_or_not(struct fixture *f, const struct wreck *wreck, size_t log_len)
{
    enum mbp_status status = fixture_try_open(f, f->dir);
    if (status == MBP_OK) {
        uint32_t last = assert_consistent(f);
        assert_true(last >= wreck->marked);
        return true;
    }
    assert_int_equal(status, MBP_ERR_CORRUPT);
    assert_ptr_equal(strchr(f->errors, '\n'), f->errors + f->errors_len - 1);
    assert_same_file(f->db, wreck->db, wreck->db_len);
    assert_same_file(wreck->log_path, wreck->log, log_len);
    return false;
}

static void test_log_cut_off_anywhere_is_refused_where_events_were_in_it(void **ctx)
{
    struct fixture *f = *ctx;
    struct wreck wreck = {0};
    leave_wreck(f, &wreck);
    for (size_t part = 0; part <= 16; part++) {
        size_t log_len = wreck.log_len * part / 16;
        put_back(f, &wreck, log_len);
        bool opens = opens_whole_or_not(f, &wreck, log_len);
        assert_true(opens ? part > 8 : part < 16);
    }
    put_back(f, &wreck, 0);
    unlink(wreck.log_path);
    assert_int_equal(fixture_try_open(f, f->dir), MBP_ERR_CORRUPT);
    assert_non_null(strstr(f->errors, "its -wal is missing"));
    free_wreck(&wreck);
}

/* A power cut may leave the mark behind, and any part of the last transaction. */
static void test_log_cut_off_anywhere_opens_at_a_whole_scan_where_nothing_tells_of_more(void **ctx)
{
    struct fixture *f = *ctx;
    struct wreck wreck = {0};
    uint32_t before = 0;
    leave_wreck(f, &wreck);
    for (size_t part = 0; part <= 16; part++) {
        put_back(f, &wreck, wreck.log_len * part / 16);
        unlink(wreck.mark_path);
        fixture_open(f);
        uint32_t last = assert_consistent(f);
        assert_true(last >= before); /* the longer the log, the more of it */
        before = last;
    }
    assert_int_equal(before, wreck.last);
    free_wreck(&wreck);
}

static void test_log_with_a_flipped_bit_is_refused_or_whole(void **ctx)
{
    struct fixture *f = *ctx;
    struct wreck wreck = {0};
    unsigned refused = 0;
    leave_wreck(f, &wreck);
    for (unsigned i = 0; i < 80; i++) {
        size_t bit = mbp_rng_bits(5, 1, i) % (wreck.log_len * 8);
        wreck.log[bit / 8] = (char)(wreck.log[bit / 8] ^ 1 << bit % 8);
        put_back(f, &wreck, wreck.log_len);
        refused += !opens_whole_or_not(f, &wreck, wreck.log_len);
        wreck.log[bit / 8] = (char)(wreck.log[bit / 8] ^ 1 << bit % 8);
    }
    assert_true(refused > 0);
    put_back(f, &wreck, wreck.log_len);
    assert_true(opens_whole_or_not(f, &wreck, wreck.log_len));
    free_wreck(&wreck);
}

/* With later transactions behind a page that is wrong, the log alone tells. */
static void test_log_with_a_flipped_bit_early_on_is_refused_without_a_mark_too(void **ctx)
{
    struct fixture *f = *ctx;
    struct wreck wreck = {0};
    leave_wreck(f, &wreck);
    for (unsigned i = 0; i < 40; i++) {
        size_t bit = mbp_rng_bits(6, 1, i) % (wreck.log_len / 4 * 8);
        wreck.log[bit / 8] = (char)(wreck.log[bit / 8] ^ 1 << bit % 8);
        put_back(f, &wreck, wreck.log_len);
        unlink(wreck.mark_path);
        opens_whole_or_not(f, &wreck, wreck.log_len);
        wreck.log[bit / 8] = (char)(wreck.log[bit / 8] ^ 1 << bit % 8);
    }
    free_wreck(&wreck);
}

static void test_numbers_go_on_behind_those_of_a_journal_that_was_moved_away(void **ctx)
{
    struct fixture *f = *ctx;
    struct wreck wreck = {0};
    leave_wreck(f, &wreck);
    unlink(f->db);
    unlink(wreck.log_path);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) { /* it is new, and ends before anything is stored in it */
        fixture_open(f);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &(int){0}, 0), child);
    fixture_open(f);
    fixture_push(f, 1, 3);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    assert_int_equal(mbp_journal_oldest(f->journal), wreck.last + 1);
    assert_int_equal(mbp_journal_last(f->journal), wreck.last + 3);
    fixture_close(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_last(f->journal), wreck.last + 3);
    free_wreck(&wreck);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_kill_at_any_moment_loses_nothing_that_was_durable),
        FIXTURE_TEST(test_log_cut_off_anywhere_is_refused_where_events_were_in_it),
        FIXTURE_TEST(test_log_cut_off_anywhere_opens_at_a_whole_scan_where_nothing_tells_of_more),
        FIXTURE_TEST(test_log_with_a_flipped_bit_is_refused_or_whole),
        FIXTURE_TEST(test_log_with_a_flipped_bit_early_on_is_refused_without_a_mark_too),
        FIXTURE_TEST(test_numbers_go_on_behind_those_of_a_journal_that_was_moved_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
