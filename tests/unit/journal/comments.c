/* Comments: stored with their events, in the chain, as long as they. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "journal_fixture.h"

static const char why[] = "Pompe réparée";

static uint32_t push(struct fixture *f, struct mbp_text comment)
{
    struct mbp_event event = fixture_event(mbp_journal_last(f->journal) + 1);
    event.flags = comment.len > 0 ? MBP_EVENT_COMMENT : 0;
    mbp_journal_say(f->journal, comment);
    assert_int_equal(mbp_journal_push_event(f->journal, &event), MBP_OK);
    mbp_journal_hand_over(f->journal);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    return event.seq;
}

static uint32_t say(struct fixture *f, const char *text)
{
    return push(f, (struct mbp_text){text, strlen(text)});
}

static const char *comment_of(struct fixture *f, uint32_t seq)
{
    static char text[MBP_COMMENT_MAX + 1];
    static char by_file[MBP_COMMENT_MAX + 1];
    struct mbp_event event;
    assert_int_equal(mbp_journal_read(f->journal, seq, 1, &event), 1);
    assert_int_equal(mbp_journal_comment_at(f->journal, mbp_event_file(seq), mbp_event_place(seq), by_file), MBP_OK);
    mbp_journal_comment(f->journal, &event, text);
    assert_string_equal(text, by_file);
    return text;
}

static void test_comment_is_its_events_alone_also_after_a_restart(void **state)
{
    struct fixture *f = *state;
    char long_text[MBP_COMMENT_MAX + 1];
    memset(long_text, 'x', MBP_COMMENT_MAX);
    long_text[MBP_COMMENT_MAX] = '\0';
    fixture_open(f);
    const uint32_t a = say(f, why), none = say(f, ""), b = say(f, long_text), c = say(f, "!");
    for (int round = 0; round < 2; round++) {
        assert_string_equal(comment_of(f, a), why);
        assert_string_equal(comment_of(f, none), "");
        assert_string_equal(comment_of(f, b), long_text);
        assert_string_equal(comment_of(f, c), "!");
        fixture_close(f);
        fixture_open(f);
    }
    char text[MBP_COMMENT_MAX + 1];
    assert_int_equal(mbp_journal_comment_at(f->journal, mbp_event_file(c + 1), mbp_event_place(c + 1), text),
                     MBP_EX_ILLEGAL_DATA_ADDRESS);
}

/* A new journal is connected to when something is first asked that its memory has not. */
static void test_new_journal_is_read_again_when_there_is_a_descriptor_for_it(void **state)
{
    struct fixture *f = *state;
    char text[MBP_COMMENT_MAX + 1];
    struct mbp_event event;
    struct rlimit had, none;
    fixture_open(f);
    uint32_t seq = say(f, why);
    int next = dup(STDOUT_FILENO);
    close(next);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &had), 0);
    none = (struct rlimit){(rlim_t)next, had.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    enum mbp_status refused = mbp_journal_comment_at(f->journal, mbp_event_file(seq), mbp_event_place(seq), text);
    size_t in_memory = mbp_journal_read(f->journal, seq, 1, &event);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &had), 0);
    assert_int_equal(refused, MBP_EX_SERVER_DEVICE_FAILURE);
    assert_int_equal(in_memory, 1);
    assert_string_equal(comment_of(f, seq), why);
}

static uint32_t check_of_last(struct fixture *f)
{
    uint16_t words[MBP_SEAL_WORDS];
    assert_int_equal(mbp_journal_read_file(f->journal, MBP_NAMES_INDEX_FILE, MBP_SEAL_RECORD, MBP_SEAL_WORDS, words),
                     MBP_OK);
    return (uint32_t)words[2] << 16 | words[3];
}

static void test_comment_is_in_the_check_value(void **state)
{
    struct fixture *f = *state;
    struct mbp_event event;
    fixture_open(f);
    uint32_t seq = say(f, why);
    assert_int_equal(mbp_journal_read(f->journal, seq, 1, &event), 1);
    assert_int_equal(check_of_last(f), mbp_event_check(0, &event, (struct mbp_text){why, strlen(why)}));
    assert_int_not_equal(check_of_last(f), mbp_event_check(0, &event, (struct mbp_text){"", 0}));
}

static void test_comments_go_with_the_events_that_retention_removes(void **state)
{
    struct fixture *f = *state;
    sqlite3 *db = NULL;
    sqlite3_stmt *row = NULL;
    fixture_open(f);
    for (int i = 0; i < 20; i++)
        say(f, why);
    fixture_close(f);
    f->plant.journal = (struct mbp_journal_options){.max_bytes = 1};
    fixture_open(f);
    for (uint32_t n = 21; n < 21 + 2 * MBP_JOURNAL_EVENTS_MIN; n += 64)
        fixture_store(f, n, 64);
    fixture_await_oldest(f, 20 + MBP_JOURNAL_EVENTS_MIN + 1);
    fixture_close(f);
    assert_int_equal(sqlite3_open_v2(f->db, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM comment", -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(row, 0), 0);
    sqlite3_finalize(row);
    sqlite3_close(db);
}

static void test_comment_that_has_no_room_is_lost_with_its_event_and_not_with_the_next(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    uint32_t pushed = 0;
    enum mbp_status status = MBP_OK;
    while (status == MBP_OK && pushed < 1000000) {
        struct mbp_event event = fixture_event(pushed + 1);
        event.flags = MBP_EVENT_COMMENT;
        mbp_journal_say(f->journal, (struct mbp_text){why, strlen(why)});
        status = mbp_journal_push_event(f->journal, &event);
        pushed += status == MBP_OK;
    }
    assert_int_equal(status, MBP_ERR_FULL);
    mbp_journal_hand_over(f->journal);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    uint32_t next = say(f, "");
    assert_string_equal(comment_of(f, next), "");
    assert_string_equal(comment_of(f, pushed), why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_comment_is_its_events_alone_also_after_a_restart),
        FIXTURE_TEST(test_new_journal_is_read_again_when_there_is_a_descriptor_for_it),
        FIXTURE_TEST(test_comment_is_in_the_check_value),
        FIXTURE_TEST(test_comments_go_with_the_events_that_retention_removes),
        FIXTURE_TEST(test_comment_that_has_no_room_is_lost_with_its_event_and_not_with_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
