/* Trouble: while the disk refuses nothing is lost that has room, nothing is shown that is not durable, and storing goes
 * on by itself afterwards. */
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "journal_fixture.h"
#include "writer.h"

/* Another program that has the database for itself. */
static sqlite3 *hold(const struct fixture *f)
{
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(f->db, &other), SQLITE_OK);
    sqlite3_busy_timeout(other, 10000);
    assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    return other;
}

static void let_go(sqlite3 *other)
{
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
}

static void assert_stored(struct fixture *f, uint32_t first, uint32_t last)
{
    assert_int_equal(mbp_journal_last(f->journal), last);
    for (uint32_t n = first; n <= last; n++) {
        struct mbp_event event;
        const struct mbp_event expected = fixture_event(n);
        assert_int_equal(mbp_journal_read(f->journal, n, 1, &event), 1);
        fixture_assert_event(&event, n, &expected);
    }
}

static void test_commit_while_held_shows_nothing_and_later_all(void **state)
{
    struct fixture *f = *state;
    struct mbp_event events[8];
    fixture_open(f);
    fixture_store(f, 1, 3);
    sqlite3 *other = hold(f);
    fixture_push(f, 4, 2);
    fixture_await_trouble(f);
    fixture_push(f, 6, 2);
    /* Reading goes on, and what it gives is durable. */
    assert_int_equal(mbp_journal_last(f->journal), 3);
    assert_int_equal(mbp_journal_read(f->journal, 4, 8, events), 0);
    assert_int_equal(mbp_journal_recent(f->journal, 8, events), 3);
    assert_int_equal(mbp_journal_read(f->journal, 1, 8, events), 3);
    let_go(other);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    assert_false(mbp_journal_in_trouble(f->journal));
    assert_stored(f, 1, 7);
}

static void test_commit_on_a_full_disk_keeps_the_events_until_there_is_room(void **state)
{
    struct fixture *f = *state;
    struct rlimit unlimited;
    fixture_open(f);
    fixture_store(f, 1, 1);
    /* A limit on the size of files stands in for a disk without room: a write fails, and the signal is ignored. */
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    struct rlimit small = {.rlim_cur = 4096, .rlim_max = unlimited.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    fixture_push(f, 2, 500);
    fixture_await_trouble(f);
    uint32_t last_meanwhile = mbp_journal_last(f->journal);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
    signal(SIGXFSZ, before);
    assert_int_equal(last_meanwhile, 1);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    assert_false(mbp_journal_in_trouble(f->journal));
    assert_stored(f, 1, 501);
}

static void copy_file(const char *from, const char *to)
{
    size_t len = 0;
    char *bytes = fixture_read_file(from, &len);
    fixture_write_file(to, bytes, len);
    free(bytes);
}

/* Nobody would find again what is stored there meanwhile. */
static void test_commit_while_the_database_is_elsewhere_waits_until_it_is_back(void **state)
{
    struct fixture *f = *state;
    char elsewhere[sizeof f->db + 8];
    snprintf(elsewhere, sizeof elsewhere, "%s.away", f->db);
    fixture_open(f);
    fixture_store(f, 1, 3);
    assert_int_equal(rename(f->db, elsewhere), 0);
    fixture_push(f, 4, 2);
    fixture_await_trouble(f);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_ERR_BUSY);
    assert_int_equal(mbp_journal_last(f->journal), 3);
    /* A copy is another file. */
    copy_file(elsewhere, f->db);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_ERR_BUSY);
    assert_true(mbp_journal_in_trouble(f->journal));
    assert_int_equal(rename(elsewhere, f->db), 0);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    assert_false(mbp_journal_in_trouble(f->journal));
    assert_stored(f, 1, 5);
    fixture_close(f);
    fixture_open(f);
    assert_stored(f, 1, 5);
}

/* The first line that closing says. */
static void close_and_listen(struct fixture *f, char line[256])
{
    fflush(stderr);
    int before = dup(STDERR_FILENO);
    FILE *said = tmpfile();
    assert_non_null(said);
    dup2(fileno(said), STDERR_FILENO);
    enum mbp_status status = mbp_journal_close(f->journal);
    f->journal = NULL;
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(said);
    assert_non_null(fgets(line, 256, said));
    fclose(said);
    assert_int_equal(status, MBP_ERR_IO);
}

static void assert_told_at_close(struct fixture *f, const char *what, const char *fate)
{
    char elsewhere[sizeof f->db + 8];
    char line[256] = "";
    snprintf(elsewhere, sizeof elsewhere, "%s.away", what);
    fixture_open(f);
    mbp_journal_keep_tail(f->journal);
    fixture_store(f, 1, 3);
    assert_int_equal(rename(what, elsewhere), 0);
    fixture_push(f, 4, 1);
    fixture_await_trouble(f);
    close_and_listen(f, line);
    assert_int_equal(rename(elsewhere, what), 0);
    assert_non_null(strstr(line, fate));
}

static void test_close_while_the_database_is_elsewhere_says_what_becomes_of_events(void **state)
{
    struct fixture *f = *state;
    assert_told_at_close(f, f->dir, "1 events could not be stored and are lost;");
    assert_told_at_close(f, f->db, "1 events could not be stored and are lost unless journal.db is put back");
}

static long ask(const struct fixture *f, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_open(f->db, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    long number = (long)sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return number;
}

/* State of one machine and one sensor, each told by its number of failures and its flags. */
static void push_state(struct fixture *f, uint32_t machine, uint32_t sensor, unsigned number)
{
    const struct mbp_retained_machine of_machine = {machine, {.failures = (uint16_t)number, .first_out = UINT32_MAX}};
    const struct mbp_retained_sensor of_sensor = {.sensor = sensor, .forced_value = number};
    const struct mbp_retained_alarms of_alarms = {.sensor = sensor, .beyond = (uint8_t)number};
    const struct mbp_retained_upkeep of_upkeep = {machine, {.repairs = number, .refused_sensor = UINT32_MAX}};
    assert_int_equal(mbp_journal_push_machine(f->journal, &of_machine), MBP_OK);
    assert_int_equal(mbp_journal_push_upkeep(f->journal, &of_upkeep), MBP_OK);
    assert_int_equal(mbp_journal_push_sensor(f->journal, &of_sensor), MBP_OK);
    assert_int_equal(mbp_journal_push_alarms(f->journal, &of_alarms), MBP_OK);
}

static const char counting_sql[] =
    "CREATE TABLE counted(what TEXT);"
    "CREATE TRIGGER c1 AFTER INSERT ON retained_machine BEGIN INSERT INTO counted VALUES('machine'); END;"
    "CREATE TRIGGER c2 AFTER INSERT ON retained_upkeep BEGIN INSERT INTO counted VALUES('upkeep'); END;"
    "CREATE TRIGGER c3 AFTER INSERT ON retained_sensor BEGIN INSERT INTO counted VALUES('sensor'); END;"
    "CREATE TRIGGER c4 AFTER INSERT ON retained_alarms BEGIN INSERT INTO counted VALUES('alarms'); END;";

static void test_state_that_waited_is_stored_once_as_it_is_last(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    fixture_store(f, 1, 1);
    fixture_close(f);
    fixture_sql(f->db, counting_sql);
    fixture_open(f);
    sqlite3 *other = hold(f);
    for (unsigned n = 1; n <= 5; n++) {
        push_state(f, FILL1, TT101, n);
        push_state(f, CAP1, LT301, 10 + n);
        fixture_push(f, 1 + n, 1);
    }
    fixture_await_trouble(f);
    let_go(other);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    assert_stored(f, 1, 6);
    assert_int_equal(ask(f, "SELECT count(*) FROM counted"), 8);
    assert_int_equal(ask(f, "SELECT failures FROM retained_machine WHERE name = 'FILL1'"), 5);
    assert_int_equal(ask(f, "SELECT repairs FROM retained_upkeep WHERE name = 'CAP1'"), 15);
    assert_int_equal(ask(f, "SELECT forced_value FROM retained_sensor WHERE name = 'TT101'"), 5);
    assert_int_equal(ask(f, "SELECT beyond FROM retained_alarms WHERE name = 'LT301'"), 15);
}

/* By another plant the same number is another machine. */
static void test_state_that_waited_over_a_change_of_the_plant_is_that_of_both(void **state)
{
    struct fixture *f = *state;
    struct mbp_plant changed = f->plant;
    struct mbp_machine machines[MACHINES] = {f->machines[CAP1], f->machines[FILL1]};
    changed.machines = machines;
    fixture_open(f);
    fixture_store(f, 1, 1);
    sqlite3 *other = hold(f);
    push_state(f, FILL1, TT101, 1);
    push_state(f, CAP1, TT101, 2);
    assert_int_equal(mbp_journal_change_plant(f->journal, &changed), MBP_OK);
    push_state(f, 0, TT101, 3); /* CAP1 now */
    fixture_push(f, 2, 1);
    fixture_await_trouble(f);
    let_go(other);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    assert_int_equal(ask(f, "SELECT failures FROM retained_machine WHERE name = 'FILL1'"), 1);
    assert_int_equal(ask(f, "SELECT failures FROM retained_machine WHERE name = 'CAP1'"), 3);
    assert_int_equal(ask(f, "SELECT forced_value FROM retained_sensor WHERE name = 'TT101'"), 3);
    fixture_close(f); /* before the plant that it knows goes */
}

/* Pushes until the ring has no room; returns how many it took. */
static uint32_t fill_ring(struct fixture *f, uint32_t first)
{
    uint32_t n = first;
    struct mbp_event event = fixture_event(n);
    while (mbp_journal_push_event(f->journal, &event) == MBP_OK) {
        assert_true(n < 1000000);
        event = fixture_event(++n);
        if (n % 1000 == 0)
            mbp_journal_hand_over(f->journal);
    }
    mbp_journal_hand_over(f->journal);
    return n - first;
}

static void test_push_into_a_full_ring_losses_are_counted_and_told(void **state)
{
    struct fixture *f = *state;
    struct mbp_event events[3];
    struct mbp_event event = fixture_event(7);
    struct mbp_retained_machine machine = {.machine = FILL1};
    fixture_open(f);
    sqlite3 *other = hold(f);
    uint32_t taken = fill_ring(f, 1); /* and one lost */
    assert_true(taken >= 65535);      /* the names of the plant take one place */
    for (int i = 0; i < 4; i++)
        assert_int_equal(mbp_journal_push_event(f->journal, &event), MBP_ERR_FULL);
    assert_int_equal(event.seq, 0);
    assert_int_equal(mbp_journal_push_machine(f->journal, &machine), MBP_ERR_FULL);
    let_go(other);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    fixture_store(f, 8, 1);
    /* The loss stands between the last event before it and the first after it, and takes a number as any other. */
    assert_int_equal(mbp_journal_last(f->journal), taken + 2);
    assert_int_equal(mbp_journal_read(f->journal, taken, 3, events), 3);
    const struct mbp_event before = fixture_event(taken);
    const struct mbp_event after = fixture_event(8);
    const struct mbp_event loss = {.wall_ms = event.wall_ms,
                                   .scan = event.scan,
                                   .code = MBP_EV_JOURNAL_TROUBLE,
                                   .unit = MBP_NONE16,
                                   .machine = MBP_NONE16,
                                   .sensor = MBP_NONE16,
                                   .value = 5,
                                   .limit = NAN,
                                   .detail = 2};
    fixture_assert_event(&events[0], taken, &before);
    fixture_assert_event(&events[1], taken + 1, &loss);
    fixture_assert_event(&events[2], taken + 2, &after);
}

static void test_close_after_losses_tells_them(void **state)
{
    struct fixture *f = *state;
    struct mbp_event event;
    fixture_open(f);
    sqlite3 *other = hold(f);
    uint32_t taken = fill_ring(f, 1);
    let_go(other);
    fixture_close(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_last(f->journal), taken + 1);
    assert_int_equal(mbp_journal_recent(f->journal, 1, &event), 1);
    assert_int_equal(event.code, MBP_EV_JOURNAL_TROUBLE);
    assert_true(event.value == 1);
}

/* A writer of our own, with little patience, on the fixture's database. */
struct bench {
    struct mbp_ring ring;
    struct mbp_store store;
    struct mbp_writer writer;
};

static void start_impatient(struct fixture *f, struct bench *bench)
{
    struct mbp_marks marks;
    struct mbp_names names;
    assert_int_equal(mbp_store_open(f->db, &f->plant, 0, stderr, &bench->store, &marks, &names), MBP_OK);
    mbp_names_free(&names);
    assert_int_equal(mbp_ring_new(&bench->ring, 16), MBP_OK);
    assert_int_equal(mbp_writer_start(&bench->writer, &bench->ring, &bench->store, &f->clock, &marks, 20), MBP_OK);
}

static void hand_over_one(struct bench *bench)
{
    struct mbp_record record = {.kind = MBP_RECORD_EVENT};
    record.of.event = fixture_event(1);
    record.of.event.seq = 1;
    assert_int_equal(mbp_ring_put(&bench->ring, &record), MBP_OK);
    mbp_ring_hand_over(&bench->ring);
    mbp_writer_wake(&bench->writer);
}

static void test_stop_and_flush_while_held_give_up_and_say_so(void **state)
{
    struct fixture *f = *state;
    struct bench bench;
    start_impatient(f, &bench);
    sqlite3 *other = hold(f);
    hand_over_one(&bench);
    assert_int_equal(mbp_writer_flush(&bench.writer), MBP_ERR_BUSY);
    assert_true(atomic_load(&bench.writer.trouble));
    mbp_writer_stop(&bench.writer);
    /* Not stored, and not said to be. */
    assert_int_equal(atomic_load(&bench.ring.stored), 0);
    assert_int_equal(atomic_load(&bench.writer.last), 0);
    let_go(other);
    mbp_store_close(&bench.store);
    mbp_ring_free(&bench.ring);
    fixture_open(f);
    assert_int_equal(mbp_journal_last(f->journal), 0);
}

static void test_stop_with_work_left_commits_it_first(void **state)
{
    struct fixture *f = *state;
    struct bench bench;
    start_impatient(f, &bench);
    hand_over_one(&bench);
    mbp_writer_stop(&bench.writer);
    assert_int_equal(atomic_load(&bench.ring.stored), 1);
    mbp_store_close(&bench.store);
    mbp_ring_free(&bench.ring);
    fixture_open(f);
    assert_int_equal(mbp_journal_last(f->journal), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_commit_while_held_shows_nothing_and_later_all),
        FIXTURE_TEST(test_commit_on_a_full_disk_keeps_the_events_until_there_is_room),
        FIXTURE_TEST(test_commit_while_the_database_is_elsewhere_waits_until_it_is_back),
        FIXTURE_TEST(test_close_while_the_database_is_elsewhere_says_what_becomes_of_events),
        FIXTURE_TEST(test_state_that_waited_is_stored_once_as_it_is_last),
        FIXTURE_TEST(test_state_that_waited_over_a_change_of_the_plant_is_that_of_both),
        FIXTURE_TEST(test_push_into_a_full_ring_losses_are_counted_and_told),
        FIXTURE_TEST(test_close_after_losses_tells_them),
        FIXTURE_TEST(test_stop_and_flush_while_held_give_up_and_say_so),
        FIXTURE_TEST(test_stop_with_work_left_commits_it_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
