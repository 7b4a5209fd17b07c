/* A reader of its own: the journal as it was at one moment, in any thread, whatever is stored or removed meanwhile. */
#include "journal_fixture.h"

struct got {
    uint32_t next, most;
    bool wrong;
};

static bool take(void *ctx, const struct mbp_event *event)
{
    struct got *got = ctx;
    const struct mbp_event expected = fixture_event(event->seq);
    got->wrong = got->wrong || event->seq != got->next || event->wall_ms != expected.wall_ms ||
                 event->detail != expected.detail || event->code != expected.code;
    got->next++;
    return got->next <= got->most;
}

static void test_reader_sees_the_journal_of_the_moment_when_it_was_opened(void **state)
{
    struct fixture *f = *state;
    struct mbp_journal_reading *reading;
    struct got got = {.next = 1, .most = UINT32_MAX};
    fixture_open(f);
    fixture_store(f, 1, 100);
    assert_int_equal(mbp_journal_reading_open(f->journal, &reading), MBP_OK);
    fixture_store(f, 101, 50);
    assert_int_equal(mbp_journal_reading_oldest(reading), 1);
    assert_int_equal(mbp_journal_reading_last(reading), 100);
    assert_int_equal(mbp_journal_reading_events(reading, 1, 1000, take, &got), MBP_OK);
    assert_int_equal(got.next, 101);
    assert_false(got.wrong);
    mbp_journal_reading_close(reading);
    assert_int_equal(mbp_journal_reading_open(f->journal, &reading), MBP_OK);
    assert_int_equal(mbp_journal_reading_last(reading), 150);
    mbp_journal_reading_close(reading);
}

static void test_reader_hands_over_what_is_asked_and_stops_when_told(void **state)
{
    struct fixture *f = *state;
    struct mbp_journal_reading *reading;
    struct got some = {.next = 30, .most = UINT32_MAX};
    struct got few = {.next = 1, .most = 5};
    fixture_open(f);
    fixture_store(f, 1, 100);
    assert_int_equal(mbp_journal_reading_open(f->journal, &reading), MBP_OK);
    assert_int_equal(mbp_journal_reading_events(reading, 30, 39, take, &some), MBP_OK);
    assert_int_equal(some.next, 40);
    assert_int_equal(mbp_journal_reading_events(reading, 1, 100, take, &few), MBP_OK);
    assert_int_equal(few.next, 6);
    assert_false(some.wrong || few.wrong);
    mbp_journal_reading_close(reading);
}

static void test_times_are_those_of_the_events_and_one_that_is_none_is_missing(void **state)
{
    struct fixture *f = *state;
    struct mbp_journal_reading *reading;
    static const uint32_t seqs[] = {1, 7, 20};
    static const uint32_t beyond[] = {20, 21};
    uint64_t times[3];
    fixture_open(f);
    fixture_store(f, 1, 20);
    assert_int_equal(mbp_journal_reading_open(f->journal, &reading), MBP_OK);
    assert_int_equal(mbp_journal_reading_times(reading, seqs, 3, times), MBP_OK);
    for (size_t i = 0; i < 3; i++)
        assert_true(times[i] == fixture_event(seqs[i]).wall_ms);
    assert_int_equal(mbp_journal_reading_times(reading, beyond, 2, times), MBP_ERR_MISSING);
    mbp_journal_reading_close(reading);
}

static void test_reader_of_an_empty_journal_has_no_events(void **state)
{
    struct fixture *f = *state;
    struct mbp_journal_reading *reading;
    struct got got = {.next = 1, .most = UINT32_MAX};
    fixture_open(f);
    assert_int_equal(mbp_journal_reading_open(f->journal, &reading), MBP_OK);
    assert_int_equal(mbp_journal_reading_last(reading), 0);
    assert_int_equal(mbp_journal_reading_events(reading, 1, 10, take, &got), MBP_OK);
    assert_int_equal(got.next, 1);
    mbp_journal_reading_close(reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_reader_sees_the_journal_of_the_moment_when_it_was_opened),
        FIXTURE_TEST(test_reader_hands_over_what_is_asked_and_stops_when_told),
        FIXTURE_TEST(test_times_are_those_of_the_events_and_one_that_is_none_is_missing),
        FIXTURE_TEST(test_reader_of_an_empty_journal_has_no_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
