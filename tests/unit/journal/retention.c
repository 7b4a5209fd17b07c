/* Retention: the oldest events go by size and by age, a few at a time, and never for a clock that jumped. */
#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

#include "journal_fixture.h"
#include "mbplant/names.h"
#include "store.h"

#define HOUR_MS  UINT64_C(3600000)
#define HOUR_NS  (3600 * MBP_NS_PER_S)
#define START_MS UINT64_C(1790000000000)

/* ---- the rules, step by step on a store of our own ------------------------------------------------------------- */

struct bench {
    struct mbp_store store;
    struct mbp_marks marks;
    struct mbp_names names;
    struct mbp_retention_removed gone;
    uint64_t now_ns;
    enum mbp_retention_next next;
};

static void bench_open(struct fixture *f, struct bench *bench)
{
    *bench = (struct bench){.now_ns = MBP_NS_PER_S};
    assert_int_equal(mbp_store_open(f->db, &f->plant, 0, stderr, &bench->store, &bench->marks, &bench->names), MBP_OK);
}

/* Stores count events of this wall time and takes one step of retention with them; returns how many it removed. */
static uint32_t store(struct bench *bench, uint32_t count, uint64_t wall_ms)
{
    uint32_t oldest_before = bench->marks.oldest;
    assert_int_equal(mbp_store_begin(&bench->store), SQLITE_OK);
    for (uint32_t i = 0; i < count; i++) {
        struct mbp_record record = {.kind = MBP_RECORD_EVENT};
        record.of.event = fixture_event(i);
        record.of.event.wall_ms = wall_ms;
        record.of.event.seq = ++bench->marks.last;
        assert_int_equal(mbp_store_put(&bench->store, &record, 0), SQLITE_OK);
    }
    if (bench->marks.oldest == 0)
        oldest_before = bench->marks.oldest = 1;
    assert_int_equal(mbp_retention_step(&bench->store.retention, bench->now_ns, count, &bench->marks.oldest,
                                        bench->marks.last, &bench->gone, &bench->next),
                     SQLITE_OK);
    assert_int_equal(mbp_store_commit(&bench->store, 0), SQLITE_OK);
    return bench->marks.oldest - oldest_before;
}

/* Steps without new events until it says that there is nothing to do now; returns how many went in all. */
static uint32_t settle(struct bench *bench)
{
    uint32_t removed = 0;
    do
        removed += store(bench, 0, 0);
    while (bench->next == MBP_RETENTION_SOON);
    return removed;
}

static long ask(struct bench *bench, const char *sql)
{
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_prepare_v2(bench->store.db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    long number = (long)sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return number;
}

/* The rows are those that the marks say. */
static void assert_rows(struct bench *bench)
{
    assert_int_equal(ask(bench, "SELECT min(seq) FROM event"), bench->marks.oldest);
    assert_int_equal(ask(bench, "SELECT max(seq) FROM event"), bench->marks.last);
    assert_int_equal(ask(bench, "SELECT count(*) FROM event"), bench->marks.last - bench->marks.oldest + 1);
}

static void test_step_nothing_too_old_or_large_removes_nothing(void **state)
{
    struct fixture *f = *state;
    struct bench bench;
    f->plant.journal = (struct mbp_journal_options){24 * HOUR_NS, 100000000};
    bench_open(f, &bench);
    store(&bench, 5000, START_MS);
    bench.now_ns += 1000 * HOUR_NS;
    assert_int_equal(store(&bench, 1, START_MS + 24 * HOUR_MS), 0);
    assert_int_equal(bench.next, MBP_RETENTION_DONE);
    assert_rows(&bench);
    mbp_store_close(&bench.store);
}

static void test_step_no_rules_removes_nothing(void **state)
{
    struct fixture *f = *state;
    struct bench bench;
    f->plant.journal = (struct mbp_journal_options){0, 0};
    bench_open(f, &bench);
    store(&bench, 5000, START_MS);
    bench.now_ns += 1000 * HOUR_NS;
    assert_int_equal(store(&bench, 1, START_MS + 90000 * HOUR_MS), 0);
    mbp_store_close(&bench.store);
}

static void test_step_too_large_stays_within_the_size(void **state)
{
    struct fixture *f = *state;
    struct bench bench;
    f->plant.journal = (struct mbp_journal_options){0, 1000000};
    bench_open(f, &bench);
    uint32_t most = 0;
    for (int i = 0; i < 100; i++) {
        uint32_t removed = store(&bench, 1000, START_MS);
        most = removed > most ? removed : most;
    }
    assert_rows(&bench);
    /* A step is bounded by what came, and the file is never much larger than it may be. */
    assert_in_range(most, 1000, 1500);
    assert_in_range(ask(&bench, "SELECT page_count * 4096 FROM pragma_page_count"), 900000, 1200000);
    assert_in_range(bench.marks.last - bench.marks.oldest, 10000, 40000);
    mbp_store_close(&bench.store);
}

static void test_step_the_newest_stay_however_large(void **state)
{
    struct fixture *f = *state;
    struct bench bench;
    f->plant.journal = (struct mbp_journal_options){0, 4096};
    bench_open(f, &bench);
    store(&bench, 3000, START_MS);
    settle(&bench);
    assert_int_equal(bench.marks.last - bench.marks.oldest + 1, MBP_JOURNAL_EVENTS_MIN);
    assert_int_equal(bench.next, MBP_RETENTION_DONE);
    assert_rows(&bench);
    mbp_store_close(&bench.store);
}

static void test_step_too_old_go_as_time_passes(void **state)
{
    struct fixture *f = *state;
    struct bench bench;
    f->plant.journal = (struct mbp_journal_options){24 * HOUR_NS, 0};
    bench_open(f, &bench);
    store(&bench, 4000, START_MS);
    store(&bench, 6000, START_MS + 20 * HOUR_MS);
    /* 24 h of running: enough to remove twice as many as there are. */
    bench.now_ns += 24 * HOUR_NS;
    store(&bench, 1, START_MS + 24 * HOUR_MS + 1);
    settle(&bench);
    assert_int_equal(bench.marks.oldest, 4001);
    assert_rows(&bench);
    mbp_store_close(&bench.store);
}

static void test_step_clock_jumps_a_year_ahead_purges_nothing_at_once(void **state)
{
    struct fixture *f = *state;
    struct bench bench;
    f->plant.journal = (struct mbp_journal_options){90 * 24 * HOUR_NS, 0};
    bench_open(f, &bench);
    for (int i = 0; i < 10; i++)
        store(&bench, 2000, START_MS);
    bench.now_ns += MBP_NS_PER_S;
    assert_int_equal(store(&bench, 1, START_MS + 365 * 24 * HOUR_MS), 0);
    assert_int_equal(bench.next, MBP_RETENTION_LATER);
    /* A day of running costs a tenth of them, no more: time to see that the clock is wrong. */
    bench.now_ns += 24 * HOUR_NS;
    assert_in_range(settle(&bench), 1990, 2010);
    assert_int_equal(bench.next, MBP_RETENTION_LATER);
    assert_rows(&bench);
    /* Put right, nothing more goes. */
    bench.now_ns += 24 * HOUR_NS;
    store(&bench, 1, START_MS + HOUR_MS);
    assert_int_equal(settle(&bench), 0);
    mbp_store_close(&bench.store);
}

static void test_step_clock_goes_back_removes_nothing(void **state)
{
    struct fixture *f = *state;
    struct bench bench;
    f->plant.journal = (struct mbp_journal_options){HOUR_NS, 0};
    bench_open(f, &bench);
    store(&bench, 3000, START_MS);
    bench.now_ns += 100 * HOUR_NS;
    store(&bench, 1, START_MS - 9000 * HOUR_MS);
    assert_int_equal(settle(&bench), 0);
    assert_int_equal(bench.next, MBP_RETENTION_DONE);
    mbp_store_close(&bench.store);
}

static void test_step_event_from_the_future_stays_until_its_time(void **state)
{
    struct fixture *f = *state;
    struct bench bench;
    f->plant.journal = (struct mbp_journal_options){HOUR_NS, 0};
    bench_open(f, &bench);
    store(&bench, 100, START_MS);
    store(&bench, 1, START_MS + 500 * HOUR_MS);
    store(&bench, 3000, START_MS);
    bench.now_ns += 100 * HOUR_NS;
    store(&bench, 1, START_MS + 2 * HOUR_MS);
    settle(&bench);
    assert_int_equal(bench.marks.oldest, 101);
    bench.now_ns += 100 * HOUR_NS;
    store(&bench, 1, START_MS + 502 * HOUR_MS);
    settle(&bench);
    assert_int_equal(bench.marks.last - bench.marks.oldest + 1, MBP_JOURNAL_EVENTS_MIN);
    mbp_store_close(&bench.store);
}

static void test_step_file_shrinks_when_far_less_is_kept(void **state)
{
    struct fixture *f = *state;
    struct bench bench;
    struct stat file;
    bench_open(f, &bench);
    for (int i = 0; i < 75; i++)
        store(&bench, 2000, START_MS);
    mbp_store_close(&bench.store);
    assert_int_equal(stat(f->db, &file), 0);
    assert_true(file.st_size > 6000000);
    f->plant.journal = (struct mbp_journal_options){0, 1000000};
    bench_open(f, &bench);
    settle(&bench);
    assert_rows(&bench);
    assert_int_equal(ask(&bench, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
    mbp_store_close(&bench.store);
    assert_int_equal(stat(f->db, &file), 0);
    assert_in_range(file.st_size, 500000, 1000000 + 1024 * 4096 + 100000);
}

static void test_step_journal_of_an_earlier_mbplant_stays_bounded(void **state)
{
    struct fixture *f = *state;
    struct bench bench;
    bench_open(f, &bench);
    mbp_store_close(&bench.store);
    fixture_sql(f->db, "PRAGMA auto_vacuum = NONE; VACUUM"); /* as they were made */
    f->plant.journal = (struct mbp_journal_options){0, 1000000};
    bench_open(f, &bench);
    for (int i = 0; i < 60; i++)
        store(&bench, 1000, START_MS);
    assert_in_range(ask(&bench, "SELECT page_count * 4096 FROM pragma_page_count"), 900000, 1200000);
    assert_rows(&bench);
    mbp_store_close(&bench.store);
}

/* ---- what a client sees ---------------------------------------------------------------------------------------- */

static void push_incident(struct fixture *f)
{
    struct mbp_event event = fixture_event(1);
    event.code = MBP_EV_MACHINE_STATE;
    event.detail = mbp_event_state_detail(MBP_EN_SERVICE, MBP_EN_PANNE, MBP_CAUSE_TRIP);
    assert_int_equal(mbp_journal_push_event(f->journal, &event), MBP_OK);
}

static void test_removed_events_are_gone_for_clients_and_after_a_restart(void **state)
{
    struct fixture *f = *state;
    struct mbp_event events[2];
    uint16_t words[MBP_EVENT_WORDS];
    f->plant.journal = (struct mbp_journal_options){0, 1000000};
    fixture_open(f);
    for (uint32_t n = 0; n < 40; n++)
        fixture_store(f, n * 1000 + 1, 1000);
    uint32_t oldest = mbp_journal_oldest(f->journal);
    assert_in_range(oldest, 2, 40000 - MBP_JOURNAL_EVENTS_MIN + 1);
    assert_int_equal(mbp_journal_last(f->journal), 40000);
    assert_int_equal(mbp_journal_read(f->journal, oldest - 1, 2, events), 0);
    assert_int_equal(mbp_journal_read(f->journal, oldest, 2, events), 2);
    const struct mbp_event expected = fixture_event(oldest);
    fixture_assert_event(&events[0], oldest, &expected);
    uint16_t file = (uint16_t)(MBP_JOURNAL_FIRST_FILE + oldest / MBP_EVENTS_PER_FILE);
    uint16_t record = (uint16_t)(oldest % MBP_EVENTS_PER_FILE * MBP_EVENT_WORDS);
    assert_int_equal(mbp_journal_read_file(f->journal, file, record, MBP_EVENT_WORDS, words), MBP_OK);
    assert_int_equal(mbp_journal_read_file(f->journal, MBP_JOURNAL_FIRST_FILE, MBP_EVENT_WORDS, 1, words),
                     MBP_EX_ILLEGAL_DATA_ADDRESS);
    fixture_close(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_oldest(f->journal), oldest);
    fixture_store(f, 1, 1);
    assert_int_equal(mbp_journal_last(f->journal), 40001);
}

static uint32_t u32(const uint16_t *words)
{
    return (uint32_t)words[0] << 16 | words[1];
}

/* From what the journal says of the last removed event to what it says of the last one. */
static void assert_chain(struct fixture *f)
{
    uint16_t seal[MBP_SEAL_WORDS];
    uint16_t words[2];
    assert_int_equal(mbp_journal_read_file(f->journal, MBP_NAMES_INDEX_FILE, MBP_SEAL_RECORD, MBP_SEAL_WORDS, seal),
                     MBP_OK);
    const uint32_t oldest = mbp_journal_oldest(f->journal);
    uint32_t check = u32(seal + 6);
    assert_int_equal(u32(seal), mbp_journal_last(f->journal));
    assert_int_equal(u32(seal + 4), oldest - 1);
    for (uint32_t seq = oldest; seq <= u32(seal); seq++) {
        struct mbp_event event;
        uint16_t place = (uint16_t)(2 * (seq / MBP_EVENTS_PER_FILE));
        if (seq % MBP_EVENTS_PER_FILE == 0) {
            assert_int_equal(mbp_journal_read_file(f->journal, MBP_CHECKS_FILE, place, 2, words), MBP_OK);
            assert_int_equal(u32(words), check);
        }
        assert_int_equal(mbp_journal_read(f->journal, seq, 1, &event), 1);
        check = mbp_event_check(check, &event, (struct mbp_text){0});
    }
    assert_int_equal(check, u32(seal + 2));
    assert_int_equal(mbp_journal_read_file(f->journal, MBP_CHECKS_FILE, 0, 2, words), MBP_EX_ILLEGAL_DATA_ADDRESS);
}

static void test_check_values_go_on_from_that_of_the_last_removed_event(void **state)
{
    struct fixture *f = *state;
    f->plant.journal = (struct mbp_journal_options){0, 1000000};
    fixture_open(f);
    for (uint32_t n = 0; n < 40; n++)
        fixture_store(f, n * 1000 + 1, 1000);
    assert_in_range(mbp_journal_oldest(f->journal), 2, 40000);
    assert_chain(f);
    fixture_close(f);
    fixture_open(f);
    assert_chain(f);
    fixture_store(f, 1, 1);
    assert_chain(f);
}

static void test_last_incident_is_kept_or_told_to_be_none(void **state)
{
    struct fixture *f = *state;
    f->plant.journal = (struct mbp_journal_options){0, 1000000};
    fixture_open(f);
    push_incident(f);
    fixture_store(f, 1, 1000);
    assert_int_equal(mbp_journal_last_incident(f->journal), 1);
    for (uint32_t n = 0; n < 40; n++)
        fixture_store(f, n * 1000 + 1, 1000);
    assert_true(mbp_journal_oldest(f->journal) > 1);
    assert_int_equal(mbp_journal_last_incident(f->journal), 0);
    push_incident(f);
    fixture_store(f, 1, 1);
    assert_int_equal(mbp_journal_last_incident(f->journal), 41002);
    fixture_close(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_last_incident(f->journal), 41002);
}

static void test_old_events_that_cannot_be_removed_do_not_hold_new_ones_up(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    fixture_store(f, 1, 3000);
    fixture_close(f);
    fixture_sql(f->db, "CREATE TRIGGER stuck BEFORE DELETE ON event BEGIN SELECT raise(FAIL, 'stuck'); END");
    f->plant.journal = (struct mbp_journal_options){0, 4096};
    fixture_open(f);
    fixture_store(f, 3001, 10);
    fixture_store(f, 3011, 10);
    assert_int_equal(mbp_journal_last(f->journal), 3020);
    assert_int_equal(mbp_journal_oldest(f->journal), 1);
}

static void test_changed_plant_its_rules_hold_from_then_on(void **state)
{
    struct fixture *f = *state;
    struct mbp_plant changed = f->plant;
    fixture_open(f);
    fixture_store(f, 1, 3000);
    changed.journal.max_bytes = 4096;
    assert_int_equal(mbp_journal_oldest(f->journal), 1);
    assert_int_equal(mbp_journal_change_plant(f->journal, &changed), MBP_OK);
    fixture_store(f, 3001, 1);
    fixture_await_oldest(f, 3001 - MBP_JOURNAL_EVENTS_MIN + 1);
    fixture_close(f); /* before the plant goes */
}

/* Nobody pushes: the writer goes on by itself until the rules are kept. */
static void test_much_to_remove_goes_on_without_new_events(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    for (uint32_t n = 0; n < 10; n++)
        fixture_store(f, n * 1000 + 1, 1000);
    fixture_close(f);
    f->plant.journal = (struct mbp_journal_options){0, 4096};
    fixture_open(f);
    fixture_store(f, 10001, 1);
    fixture_await_oldest(f, 10001 - MBP_JOURNAL_EVENTS_MIN + 1);
    assert_int_equal(mbp_journal_last(f->journal), 10001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_step_nothing_too_old_or_large_removes_nothing),
        FIXTURE_TEST(test_step_no_rules_removes_nothing),
        FIXTURE_TEST(test_step_too_large_stays_within_the_size),
        FIXTURE_TEST(test_step_the_newest_stay_however_large),
        FIXTURE_TEST(test_step_too_old_go_as_time_passes),
        FIXTURE_TEST(test_step_clock_jumps_a_year_ahead_purges_nothing_at_once),
        FIXTURE_TEST(test_step_clock_goes_back_removes_nothing),
        FIXTURE_TEST(test_step_event_from_the_future_stays_until_its_time),
        FIXTURE_TEST(test_step_file_shrinks_when_far_less_is_kept),
        FIXTURE_TEST(test_step_journal_of_an_earlier_mbplant_stays_bounded),
        FIXTURE_TEST(test_removed_events_are_gone_for_clients_and_after_a_restart),
        FIXTURE_TEST(test_check_values_go_on_from_that_of_the_last_removed_event),
        FIXTURE_TEST(test_last_incident_is_kept_or_told_to_be_none),
        FIXTURE_TEST(test_old_events_that_cannot_be_removed_do_not_hold_new_ones_up),
        FIXTURE_TEST(test_changed_plant_its_rules_hold_from_then_on),
        FIXTURE_TEST(test_much_to_remove_goes_on_without_new_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
