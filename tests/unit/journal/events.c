/* Events: numbered without gaps, readable when durable and not before, from memory and from the database alike. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "journal_fixture.h"
#include "mbplant/journal/sparse.h"

#define TAIL 1024 /* events that the journal keeps in memory */

static void test_push_first_events_are_numbered_from_one(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    for (uint32_t n = 1; n <= 3; n++) {
        struct mbp_event event = fixture_event(n);
        assert_int_equal(mbp_journal_push_event(f->journal, &event), MBP_OK);
        assert_int_equal(event.seq, n);
    }
}

static void test_push_before_hand_over_is_not_durable(void **state)
{
    struct fixture *f = *state;
    struct mbp_event event = fixture_event(1);
    fixture_open(f);
    assert_int_equal(mbp_journal_push_event(f->journal, &event), MBP_OK);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    assert_int_equal(mbp_journal_last(f->journal), 0);
    assert_int_equal(mbp_journal_recent(f->journal, 1, &event), 0);
    mbp_journal_hand_over(f->journal);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    assert_int_equal(mbp_journal_last(f->journal), 1);
    assert_int_equal(mbp_journal_recent(f->journal, 1, &event), 1);
}

static void test_close_commits_what_was_only_pushed(void **state)
{
    struct fixture *f = *state;
    struct mbp_event event = fixture_event(9);
    const struct mbp_event pushed = event;
    fixture_open(f);
    assert_int_equal(mbp_journal_push_event(f->journal, &event), MBP_OK);
    fixture_close(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_read(f->journal, 1, 1, &event), 1);
    fixture_assert_event(&event, 1, &pushed);
}

static void test_reopen_numbers_go_on_without_a_gap(void **state)
{
    struct fixture *f = *state;
    for (uint32_t run = 0; run < 3; run++) {
        fixture_open(f);
        assert_int_equal(mbp_journal_last(f->journal), 10 * run);
        fixture_store(f, 10 * run + 1, 10);
        fixture_close(f);
    }
    fixture_open(f);
    struct mbp_event events[30];
    assert_int_equal(mbp_journal_read(f->journal, 1, 30, events), 30);
    for (uint32_t n = 1; n <= 30; n++) {
        const struct mbp_event expected = fixture_event(n);
        fixture_assert_event(&events[n - 1], n, &expected);
    }
}

static void test_open_empty_journal_has_no_marks(void **state)
{
    struct fixture *f = *state;
    struct mbp_event event;
    fixture_open(f);
    assert_int_equal(mbp_journal_last(f->journal), 0);
    assert_int_equal(mbp_journal_oldest(f->journal), 0);
    assert_int_equal(mbp_journal_last_incident(f->journal), 0);
    assert_false(mbp_journal_in_trouble(f->journal));
    assert_int_equal(mbp_journal_read(f->journal, 1, 1, &event), 0);
    assert_int_equal(mbp_journal_recent(f->journal, 1, &event), 0);
}

static void test_read_older_than_memory_gives_the_same_events(void **state)
{
    struct fixture *f = *state;
    const uint32_t count = TAIL + 200;
    struct mbp_event *events = calloc(count, sizeof *events);
    assert_non_null(events);
    fixture_open(f);
    fixture_store(f, 1, count);
    /* From the database, up to and into what memory has too. */
    assert_int_equal(mbp_journal_read(f->journal, 1, count, events), count);
    for (uint32_t n = 1; n <= count; n++) {
        const struct mbp_event expected = fixture_event(n);
        fixture_assert_event(&events[n - 1], n, &expected);
    }
    /* From memory. */
    assert_int_equal(mbp_journal_read(f->journal, 201, TAIL, events), TAIL);
    for (uint32_t i = 0; i < TAIL; i++) {
        const struct mbp_event expected = fixture_event(201 + i);
        fixture_assert_event(&events[i], 201 + i, &expected);
    }
    free(events);
}

static void test_read_outside_what_is_stored_gives_none(void **state)
{
    struct fixture *f = *state;
    struct mbp_event events[4];
    fixture_open(f);
    fixture_store(f, 1, 10);
    assert_int_equal(mbp_journal_read(f->journal, 0, 4, events), 0);
    assert_int_equal(mbp_journal_read(f->journal, 11, 4, events), 0);
    assert_int_equal(mbp_journal_read(f->journal, UINT32_MAX, 4, events), 0);
    assert_int_equal(mbp_journal_read(f->journal, 1, 0, events), 0);
    assert_int_equal(mbp_journal_read(f->journal, 9, 4, events), 2);
    assert_int_equal(events[1].seq, 10);
}

static void test_recent_is_newest_first_also_after_reopen(void **state)
{
    struct fixture *f = *state;
    struct mbp_event events[64];
    fixture_open(f);
    fixture_store(f, 1, TAIL + 100);
    for (int run = 0; run < 2; run++) {
        assert_int_equal(mbp_journal_recent(f->journal, 64, events), 64);
        for (uint32_t i = 0; i < 64; i++) {
            const struct mbp_event expected = fixture_event(TAIL + 100 - i);
            fixture_assert_event(&events[i], TAIL + 100 - i, &expected);
        }
        fixture_close(f);
        fixture_open(f);
    }
}

static void test_recent_more_than_there_are_gives_all(void **state)
{
    struct fixture *f = *state;
    struct mbp_event events[64];
    fixture_open(f);
    fixture_store(f, 1, 3);
    assert_int_equal(mbp_journal_recent(f->journal, 64, events), 3);
    assert_int_equal(events[0].seq, 3);
    assert_int_equal(events[2].seq, 1);
}

static void test_push_extreme_numbers_survive_the_database(void **state)
{
    struct fixture *f = *state;
    const struct mbp_event pushed = {
        .wall_ms = UINT64_C(253402300799999), /* the end of the year 9999 */
        .scan = UINT32_MAX,
        .code = 65535,
        .unit = 65535,
        .machine = 65535,
        .sensor = 65535,
        .value = -FLT_MAX,
        .limit = 1e-45F, /* the smallest there is */
        .actor = UINT16_MAX,
        .flags = UINT16_MAX,
        .detail = UINT32_MAX,
    };
    struct mbp_event event = pushed;
    fixture_open(f);
    assert_int_equal(mbp_journal_push_event(f->journal, &event), MBP_OK);
    fixture_close(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_read(f->journal, 1, 1, &event), 1);
    fixture_assert_event(&event, 1, &pushed);
}

/* A dump tells them in JSON, which has neither. */
static void test_push_infinite_number_and_negative_zero_are_stored_as_none_and_zero(void **state)
{
    struct fixture *f = *state;
    struct mbp_event event = fixture_event(1);
    event.value = -INFINITY;
    event.limit = -0.0F;
    fixture_open(f);
    assert_int_equal(mbp_journal_push_event(f->journal, &event), MBP_OK);
    fixture_close(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_read(f->journal, 1, 1, &event), 1);
    assert_true(isnan(event.value));
    assert_true(event.limit == 0 && !signbit(event.limit));
}

static void push_transition(struct fixture *f, unsigned from, unsigned to)
{
    struct mbp_event event = fixture_event(1);
    event.code = MBP_EV_MACHINE_STATE;
    event.detail = mbp_event_state_detail(from, to, MBP_CAUSE_TRIP);
    assert_int_equal(mbp_journal_push_event(f->journal, &event), MBP_OK);
}

static void test_last_incident_is_the_last_change_to_en_panne(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    push_transition(f, MBP_EN_SERVICE, MBP_EN_PANNE);
    push_transition(f, MBP_EN_SERVICE, MBP_EN_PANNE);
    push_transition(f, MBP_EN_PANNE, MBP_MAINTENANCE);
    /* An alarm whose detail looks like a change to en_panne is none. */
    struct mbp_event alarm = fixture_event(1);
    alarm.detail = MBP_EN_PANNE;
    assert_int_equal(mbp_journal_push_event(f->journal, &alarm), MBP_OK);
    fixture_store(f, 5, 10);
    assert_int_equal(mbp_journal_last_incident(f->journal), 2);
    fixture_close(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_last_incident(f->journal), 2);
    push_transition(f, MBP_MAINTENANCE, MBP_EN_PANNE);
    fixture_store(f, 15, 1);
    assert_int_equal(mbp_journal_last_incident(f->journal), 15);
}

static void test_open_after_retention_oldest_is_the_first_left(void **state)
{
    struct fixture *f = *state;
    struct mbp_event events[4];
    fixture_open(f);
    fixture_store(f, 1, 20);
    fixture_close(f);
    fixture_sql(f->db, "DELETE FROM event WHERE seq < 15");
    fixture_open(f);
    assert_int_equal(mbp_journal_oldest(f->journal), 15);
    assert_int_equal(mbp_journal_last(f->journal), 20);
    assert_int_equal(mbp_journal_read(f->journal, 14, 4, events), 0);
    assert_int_equal(mbp_journal_read(f->journal, 15, 4, events), 4);
}

static void test_push_while_the_writer_commits_every_event_arrives(void **state)
{
    struct fixture *f = *state;
    const uint32_t count = 20000;
    struct mbp_event event;
    fixture_open(f);
    for (uint32_t n = 1; n <= count; n += 10) {
        const struct mbp_retained_machine machine = {.machine = CAP1, .state = {.good = n}};
        assert_int_equal(mbp_journal_push_machine(f->journal, &machine), MBP_OK);
        fixture_push(f, n, 10);
        /* Whatever is said to be durable can be read at once, and the newest is no older. */
        uint32_t durable = mbp_journal_last(f->journal);
        if (durable == 0)
            continue;
        const struct mbp_event expected = fixture_event(durable);
        assert_int_equal(mbp_journal_read(f->journal, durable, 1, &event), 1);
        fixture_assert_event(&event, durable, &expected);
        assert_int_equal(mbp_journal_recent(f->journal, 1, &event), 1);
        assert_true(event.seq >= durable);
    }
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    assert_int_equal(mbp_journal_last(f->journal), count);
}

static void test_push_when_numbers_end_is_refused(void **state)
{
    struct fixture *f = *state;
    struct mbp_event event = fixture_event(1);
    fixture_open(f);
    fixture_store(f, 1, 1);
    fixture_close(f);
    fixture_sql(f->db, "UPDATE event SET seq = 4294967294");
    fixture_open(f);
    assert_int_equal(mbp_journal_last(f->journal), UINT32_MAX - 1);
    assert_int_equal(mbp_journal_push_event(f->journal, &event), MBP_ERR_FULL);
    assert_int_equal(event.seq, 0);
}

static void assert_sparse(struct fixture *f, uint32_t first, const uint32_t *seqs, size_t count)
{
    struct mbp_event events[8];
    assert_int_equal(mbp_journal_read_sparse(f->journal, first, count, events), count);
    for (size_t i = 0; i < count; i++) {
        const struct mbp_event expected = fixture_event(seqs[i]);
        fixture_assert_event(&events[i], seqs[i], &expected);
    }
}

static void test_read_sparse_goes_on_behind_what_is_missing(void **state)
{
    struct fixture *f = *state;
    struct mbp_event events[8];
    fixture_open(f);
    fixture_store(f, 1, 2000);
    fixture_close(f);
    fixture_sql(f->db, "DELETE FROM event WHERE seq IN (5, 6, 1998)");
    fixture_open(f);
    assert_int_equal(mbp_journal_read(f->journal, 3, 8, events), 2);
    assert_int_equal(mbp_journal_read(f->journal, 5, 8, events), 0);
    assert_sparse(f, 3, (const uint32_t[]){3, 4, 7, 8}, 4);
    assert_sparse(f, 5, (const uint32_t[]){7, 8}, 2);
    fixture_store(f, 2001, 1);
    assert_int_equal(mbp_journal_read_sparse(f->journal, 1997, 8, events), 4);
    assert_sparse(f, 1997, (const uint32_t[]){1997, 1999, 2000, 2001}, 4);
    assert_int_equal(mbp_journal_read_sparse(f->journal, 2002, 8, events), 0);
    assert_int_equal(mbp_journal_read_sparse(f->journal, 0, 8, events), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_push_first_events_are_numbered_from_one),
        FIXTURE_TEST(test_push_before_hand_over_is_not_durable),
        FIXTURE_TEST(test_close_commits_what_was_only_pushed),
        FIXTURE_TEST(test_reopen_numbers_go_on_without_a_gap),
        FIXTURE_TEST(test_open_empty_journal_has_no_marks),
        FIXTURE_TEST(test_read_older_than_memory_gives_the_same_events),
        FIXTURE_TEST(test_read_outside_what_is_stored_gives_none),
        FIXTURE_TEST(test_recent_is_newest_first_also_after_reopen),
        FIXTURE_TEST(test_recent_more_than_there_are_gives_all),
        FIXTURE_TEST(test_push_extreme_numbers_survive_the_database),
        FIXTURE_TEST(test_push_infinite_number_and_negative_zero_are_stored_as_none_and_zero),
        FIXTURE_TEST(test_last_incident_is_the_last_change_to_en_panne),
        FIXTURE_TEST(test_open_after_retention_oldest_is_the_first_left),
        FIXTURE_TEST(test_read_sparse_goes_on_behind_what_is_missing),
        FIXTURE_TEST(test_push_while_the_writer_commits_every_event_arrives),
        FIXTURE_TEST(test_push_when_numbers_end_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
