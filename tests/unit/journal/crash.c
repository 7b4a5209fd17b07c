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
        assert_int_equal(mbp_journal_restore(f->journal, state), MBP_OK);
        assert_int_equal(state->machine[FILL1].good, last);
        mbp_state_free(state);
        fixture_close(f);
    }
}

/* The two files of a process that was killed with part of its events in the log alone. */
struct wreck {
    char log_path[128];
    char *db, *log;
    size_t db_len, log_len;
    uint32_t last;
};

/* A log that grew to this has been put into the database in part, and is no longer all that a commit consists of. */
#define CHECKPOINTED_LEN (1000u * 4096u)

static void leave_wreck(struct fixture *f, struct wreck *wreck)
{
    snprintf(wreck->log_path, sizeof wreck->log_path, "%s-wal", f->db);
    do {
        free(wreck->db);
        free(wreck->log);
        kill_after_reports(f, 12);
        wreck->db = fixture_read_file(f->db, &wreck->db_len);
        wreck->log = fixture_read_file(wreck->log_path, &wreck->log_len);
        fixture_open(f);
        wreck->last = mbp_journal_last(f->journal);
        fixture_close(f);
    } while (wreck->log_len >= CHECKPOINTED_LEN);
}

static void put_back(struct fixture *f, const struct wreck *wreck, size_t log_len)
{
    char shm[128];
    snprintf(shm, sizeof shm, "%s-shm", f->db);
    unlink(shm);
    fixture_write_file(f->db, wreck->db, wreck->db_len);
    fixture_write_file(wreck->log_path, wreck->log, log_len);
}

/* Opens what is there: it holds whole scans, without a gap, in step with the retained state. */
static uint32_t assert_consistent(struct fixture *f)
{
    struct mbp_state *state = NULL;
    assert_int_equal(mbp_state_new(&f->plant, 1, &state), MBP_OK);
    fixture_open(f);
    uint32_t last = mbp_journal_last(f->journal);
    assert_every_event_up_to(f, last);
    assert_int_equal(mbp_journal_restore(f->journal, state), MBP_OK);
    assert_int_equal(state->machine[FILL1].good, last);
    mbp_state_free(state);
    fixture_close(f);
    return last;
}

static void test_log_cut_off_anywhere_opens_at_a_whole_scan(void **ctx)
{
    struct fixture *f = *ctx;
    struct wreck wreck = {0};
    uint32_t before = 0;
    leave_wreck(f, &wreck);
    for (size_t part = 0; part <= 16; part++) {
        put_back(f, &wreck, wreck.log_len * part / 16);
        uint32_t last = assert_consistent(f);
        assert_true(last >= before); /* the longer the log, the more of it */
        before = last;
    }
    assert_int_equal(before, wreck.last);
    free(wreck.db);
    free(wreck.log);
}

static void test_log_with_a_flipped_bit_opens_at_the_scan_before_it(void **ctx)
{
    struct fixture *f = *ctx;
    struct wreck wreck = {0};
    leave_wreck(f, &wreck);
    for (unsigned i = 0; i < 40; i++) {
        size_t bit = mbp_rng_bits(5, 1, i) % (wreck.log_len * 8);
        wreck.log[bit / 8] = (char)(wreck.log[bit / 8] ^ 1 << bit % 8);
        put_back(f, &wreck, wreck.log_len);
        assert_true(assert_consistent(f) <= wreck.last);
        wreck.log[bit / 8] = (char)(wreck.log[bit / 8] ^ 1 << bit % 8);
    }
    put_back(f, &wreck, wreck.log_len);
    assert_int_equal(assert_consistent(f), wreck.last);
    free(wreck.db);
    free(wreck.log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_kill_at_any_moment_loses_nothing_that_was_durable),
        FIXTURE_TEST(test_log_cut_off_anywhere_opens_at_a_whole_scan),
        FIXTURE_TEST(test_log_with_a_flipped_bit_opens_at_the_scan_before_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
