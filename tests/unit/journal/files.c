/* Files 1000..: event n at file 1000 + n/500, record 20 * (n % 500). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "journal_fixture.h"
#include "mbplant/event/check.h"

#define STORED 1200 /* events: files 1000, 1001 and a part of 1002 */

static int files_setup(void **state)
{
    fixture_setup(state);
    fixture_open(*state);
    fixture_store(*state, 1, STORED);
    return 0;
}

static void expected_words(uint32_t n, uint16_t words[MBP_EVENT_WORDS])
{
    struct mbp_event event = fixture_event(n);
    event.seq = n;
    mbp_event_encode(&event, words);
}

static void assert_file_holds_event(struct fixture *f, uint16_t file, uint16_t record, uint32_t n)
{
    uint16_t expected[MBP_EVENT_WORDS];
    uint16_t words[MBP_EVENT_WORDS];
    expected_words(n, expected);
    assert_int_equal(mbp_journal_read_file(f->journal, file, record, MBP_EVENT_WORDS, words), MBP_OK);
    assert_memory_equal(words, expected, sizeof words);
}

static void test_read_file_each_event_is_where_the_map_says(void **state)
{
    struct fixture *f = *state;
    assert_file_holds_event(f, 1000, 20, 1);
    assert_file_holds_event(f, 1000, 9980, 499);
    assert_file_holds_event(f, 1001, 0, 500);
    assert_file_holds_event(f, 1001, 9980, 999);
    assert_file_holds_event(f, 1002, 0, 1000);
    assert_file_holds_event(f, 1002, 4000, 1200);
}

static void test_read_file_part_of_an_event_gives_its_words(void **state)
{
    struct fixture *f = *state;
    uint16_t expected[MBP_EVENT_WORDS];
    uint16_t word = 0;
    expected_words(7, expected);
    for (uint16_t i = 0; i < MBP_EVENT_WORDS; i++) {
        assert_int_equal(mbp_journal_read_file(f->journal, 1000, (uint16_t)(7 * 20 + i), 1, &word), MBP_OK);
        assert_int_equal(word, expected[i]);
    }
}

static void test_read_file_across_events_gives_consecutive_words(void **state)
{
    struct fixture *f = *state;
    uint16_t expected[20 * MBP_EVENT_WORDS];
    uint16_t words[20 * MBP_EVENT_WORDS];
    for (uint32_t i = 0; i < 20; i++)
        expected_words(100 + i, expected + i * MBP_EVENT_WORDS);
    /* 125 registers from the middle of an event, as a master with the largest request reads; then many more. */
    assert_int_equal(mbp_journal_read_file(f->journal, 1000, 100 * 20 + 13, 125, words), MBP_OK);
    assert_memory_equal(words, expected + 13, 125 * sizeof words[0]);
    assert_int_equal(mbp_journal_read_file(f->journal, 1000, 100 * 20 + 1, 399, words), MBP_OK);
    assert_memory_equal(words, expected + 1, 399 * sizeof words[0]);
}

static void test_read_file_where_no_event_is_illegal_address(void **state)
{
    struct fixture *f = *state;
    static const struct {
        uint16_t file, record, count;
    } cases[] = {
        {1000, 0, 1},      /* event 0 */
        {1000, 19, 1},     /* its last word */
        {1000, 19, 2},     /* from it into event 1 */
        {1002, 4020, 1},   /* after the last event */
        {1002, 4019, 2},   /* from the last event beyond it */
        {1003, 0, 1},      /* a file without events */
        {65535, 9999, 1},  /* the last file there can be */
        {999, 20, 1},      /* no file of the journal */
        {1000, 9999, 2},   /* beyond the end of the file, though the next one has events */
        {1000, 11000, 2},  /* no such record */
        {1000, 65535, 20}, /* and none that overflows */
        {1000, 20, 0},     /* nothing */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint16_t words[20] = {0xBEEF};
        assert_int_equal(mbp_journal_read_file(f->journal, cases[i].file, cases[i].record, cases[i].count, words),
                         MBP_EX_ILLEGAL_DATA_ADDRESS);
        assert_int_equal(words[0], 0xBEEF);
    }
}

static void test_read_file_behind_its_events_are_their_check_values(void **state)
{
    struct fixture *f = *state;
    uint32_t expected = 0;
    for (uint32_t n = 1; n <= STORED; n++) {
        struct mbp_event event;
        uint16_t words[2];
        uint16_t file = mbp_event_file(n);
        uint16_t record = (uint16_t)(MBP_CHECK_RECORD + mbp_event_place(n) / MBP_EVENT_WORDS * MBP_CHECK_WORDS);
        assert_int_equal(mbp_journal_read(f->journal, n, 1, &event), 1);
        expected = mbp_event_check(expected, &event, (struct mbp_text){0});
        if (n % 100 > 1 && n != STORED)
            continue;
        assert_int_equal(mbp_journal_read_file(f->journal, file, record, 2, words), MBP_OK);
        assert_int_equal((uint32_t)words[0] << 16 | words[1], expected);
        assert_int_equal(mbp_journal_read_file(f->journal, file, record + 1, 1, words), MBP_OK);
        assert_int_equal(words[0], (uint16_t)expected);
        assert_int_equal(mbp_journal_read_file(f->journal, file, record + 1, 2, words), MBP_EX_ILLEGAL_DATA_ADDRESS);
    }
}

static void test_read_file_any_nan_is_the_same_words_from_memory_and_database(void **state)
{
    struct fixture *f = *state;
    static const uint16_t quiet_nan[2] = {0x7FC0, 0};
    struct mbp_event event = fixture_event(1);
    event.value = -NAN;
    event.limit = -NAN;
    assert_int_equal(mbp_journal_push_event(f->journal, &event), MBP_OK);
    fixture_store(f, 1, 1);
    for (int run = 0; run < 2; run++) {
        uint16_t words[4];
        uint16_t record = (STORED + 1) % 500 * 20 + 12;
        assert_int_equal(mbp_journal_read_file(f->journal, 1002, record, 4, words), MBP_OK);
        assert_memory_equal(words, quiet_nan, sizeof quiet_nan);
        assert_memory_equal(words + 2, quiet_nan, sizeof quiet_nan);
        /* So many more that only the database has it. */
        fixture_store(f, 2, 1100);
    }
}

static void test_read_file_removed_event_is_illegal_address(void **state)
{
    struct fixture *f = *state;
    uint16_t words[MBP_EVENT_WORDS];
    fixture_close(f);
    fixture_sql(f->db, "DELETE FROM event WHERE seq <= 600");
    fixture_open(f);
    assert_int_equal(mbp_journal_read_file(f->journal, 1001, 100 * 20, 20, words), MBP_EX_ILLEGAL_DATA_ADDRESS);
    assert_file_holds_event(f, 1001, 101 * 20, 601);
}

/* Too long to be read whole at the start: what is damaged inside is found when it is asked for, and costs no more. */
static void test_read_file_damaged_page_of_a_long_journal_is_device_failure(void **state)
{
    struct fixture *f = *state;
    unsigned failures = 0;
    for (uint32_t n = STORED; n < 420 * 1000 + STORED; n += 30000)
        fixture_store(f, n + 1, 30000);
    uint32_t last = mbp_journal_last(f->journal);
    fixture_close(f);
    size_t len;
    char *bytes = fixture_read_file(f->db, &len);
    assert_true(len > 17 << 20);
    memset(bytes + len / 2 / 4096 * 4096, 0x5A, 4096);
    fixture_write_file(f->db, bytes, len);
    free(bytes);
    fixture_open(f);
    assert_int_equal(mbp_journal_last(f->journal), last);
    for (uint32_t n = 1; n <= last; n += 20) {
        uint16_t word;
        enum mbp_status status = mbp_journal_read_file(f->journal, mbp_event_file(n), mbp_event_place(n), 1, &word);
        assert_true(status == MBP_OK || status == MBP_EX_SERVER_DEVICE_FAILURE);
        failures += status == MBP_OK ? 0 : 1;
    }
    assert_in_range(failures, 1, 10);
    fixture_store(f, last + 1, 10);
    assert_int_equal(mbp_journal_last(f->journal), last + 10);
}

static void test_read_file_after_the_last_file_comes_the_first_again(void **state)
{
    struct fixture *f = *state;
    uint16_t words[MBP_EVENT_WORDS];
    fixture_close(f);
    fixture_sql(f->db, "DELETE FROM event; INSERT INTO event VALUES(32267998, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)");
    fixture_open(f);
    for (uint32_t n = 32267999; n <= 32268600; n++)
        fixture_push(f, n, 1);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    assert_file_holds_event(f, 65535, 9980, 32267999);
    assert_file_holds_event(f, 1000, 0, 32268000);
    assert_file_holds_event(f, 1000, 20, 32268001);
    assert_file_holds_event(f, 1001, 2000, 32268600);
    assert_int_equal(mbp_event_file(32268600), 1001);
    assert_int_equal(mbp_event_place(32268600), 2000);
    assert_int_equal(mbp_journal_read_file(f->journal, 1001, 2020, 1, words), MBP_EX_ILLEGAL_DATA_ADDRESS);
    assert_int_equal(mbp_journal_read_file(f->journal, 65535, 9940, 1, words), MBP_EX_ILLEGAL_DATA_ADDRESS);
}

static void test_read_file_unreadable_database_is_device_failure(void **state)
{
    struct fixture *f = *state;
    uint16_t words[MBP_EVENT_WORDS];
    /* An event older than what is in memory, after somebody took its table away. */
    fixture_sql(f->db, "ALTER TABLE event RENAME TO gone");
    assert_int_equal(mbp_journal_read_file(f->journal, 1000, 20, 20, words), MBP_EX_SERVER_DEVICE_FAILURE);
    fixture_sql(f->db, "ALTER TABLE gone RENAME TO event");
    assert_file_holds_event(f, 1000, 20, 1);
}

int main(void)
{
#define FILES_TEST(test) cmocka_unit_test_setup_teardown(test, files_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        FILES_TEST(test_read_file_each_event_is_where_the_map_says),
        FILES_TEST(test_read_file_part_of_an_event_gives_its_words),
        FILES_TEST(test_read_file_across_events_gives_consecutive_words),
        FILES_TEST(test_read_file_where_no_event_is_illegal_address),
        FILES_TEST(test_read_file_behind_its_events_are_their_check_values),
        FILES_TEST(test_read_file_any_nan_is_the_same_words_from_memory_and_database),
        FILES_TEST(test_read_file_removed_event_is_illegal_address),
        FILES_TEST(test_read_file_damaged_page_of_a_long_journal_is_device_failure),
        FILES_TEST(test_read_file_after_the_last_file_comes_the_first_again),
        FILES_TEST(test_read_file_unreadable_database_is_device_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
