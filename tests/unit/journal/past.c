/* Former plants: from which event on each is in force, their texts, and how much of that is kept. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "journal_fixture.h"
#include "store.h"

#define PLANTS (MBP_PAST_PLANTS + 8)

/* Plants that differ in their texts alone: what is kept of them is not looked into. */
static struct mbp_plant variants[PLANTS];
static char *texts[PLANTS];

static const struct mbp_plant *variant(const struct fixture *f, unsigned n, size_t length)
{
    free(texts[n]);
    texts[n] = malloc(length + 1);
    assert_non_null(texts[n]);
    for (size_t i = 0; i < length; i++)
        texts[n][i] = (char)('a' + (i * 7 + n) % 26);
    variants[n] = f->plant;
    variants[n].text = variants[n].public_text = (struct mbp_text){texts[n], length};
    variants[n].text_crc = variants[n].public_crc = mbp_crc32(0, texts[n], length);
    return &variants[n];
}

static int past_teardown(void **state)
{
    for (unsigned n = 0; n < PLANTS; n++) {
        free(texts[n]);
        texts[n] = NULL;
    }
    return fixture_teardown(state);
}

/* ---- what masters read ------------------------------------------------------------------------------------------ */

struct told {
    uint32_t since, length, crc, at;
};

static uint32_t u32(const uint16_t *words)
{
    return (uint32_t)words[0] << 16 | words[1];
}

/* How many there are, and the first of them, oldest first. */
static unsigned read_index(struct fixture *f, struct told *told, unsigned max)
{
    uint16_t header[MBP_PAST_HEADER_WORDS];
    uint16_t entry[MBP_PAST_ENTRY_WORDS];
    assert_int_equal(mbp_journal_read_file(f->journal, MBP_PAST_INDEX_FILE, 0, MBP_PAST_HEADER_WORDS, header), MBP_OK);
    assert_int_equal(u32(header), MBP_PAST_MAGIC);
    assert_int_equal(header[2], MBP_PAST_VERSION);
    for (unsigned i = 0; i < header[3] && i < max; i++) {
        uint16_t at = (uint16_t)(MBP_PAST_HEADER_WORDS + i * MBP_PAST_ENTRY_WORDS);
        assert_int_equal(mbp_journal_read_file(f->journal, MBP_PAST_INDEX_FILE, at, MBP_PAST_ENTRY_WORDS, entry),
                         MBP_OK);
        told[i] = (struct told){u32(entry), u32(entry + 2), u32(entry + 4), u32(entry + 6)};
    }
    uint16_t end = (uint16_t)(MBP_PAST_HEADER_WORDS + header[3] * MBP_PAST_ENTRY_WORDS);
    assert_int_equal(mbp_journal_read_file(f->journal, MBP_PAST_INDEX_FILE, end, 1, entry),
                     MBP_EX_ILLEGAL_DATA_ADDRESS);
    return header[3];
}

static enum mbp_status read_words(struct fixture *f, uint32_t at, uint16_t count, uint16_t *words)
{
    return mbp_journal_read_file(f->journal, (uint16_t)(MBP_PAST_FIRST_FILE + at / 10000), (uint16_t)(at % 10000),
                                 count, words);
}

static void assert_text(struct fixture *f, const struct told *told, unsigned n)
{
    size_t words = (told->length + 1) / 2;
    assert_int_equal(told->length, variants[n].public_text.len);
    assert_int_equal(told->crc, variants[n].public_crc);
    for (size_t w = 0; w < words; w++) {
        uint16_t word;
        const char *text = texts[n] + 2 * w;
        uint16_t second = 2 * w + 1 < told->length ? (uint8_t)text[1] : 0;
        assert_int_equal(read_words(f, told->at + (uint32_t)w, 1, &word), MBP_OK);
        assert_int_equal(word, (uint16_t)((uint8_t)text[0] << 8 | second));
    }
}

static void open_with(struct fixture *f, unsigned n, size_t length)
{
    f->plant = *variant(f, n, length);
    fixture_open(f);
}

static void change_to(struct fixture *f, unsigned n, size_t length)
{
    struct mbp_event changed = {.code = MBP_EV_PLANT_CHANGED};
    assert_int_equal(mbp_journal_change_plant(f->journal, variant(f, n, length)), MBP_OK);
    fixture_push(f, 1, 1); /* what was removed is told by the old plant's numbers, behind the change's record */
    assert_int_equal(mbp_journal_push_event(f->journal, &changed), MBP_OK);
    mbp_journal_hand_over(f->journal);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
}

static void test_fresh_journal_tells_of_no_plant(void **state)
{
    struct fixture *f = *state;
    struct told told[1] = {{0}};
    uint16_t word;
    open_with(f, 0, 100);
    assert_int_equal(read_index(f, told, 1), 0);
    assert_int_equal(read_words(f, 0, 1, &word), MBP_EX_ILLEGAL_DATA_ADDRESS);
}

static void test_plant_is_in_force_from_the_first_event_of_a_run(void **state)
{
    struct fixture *f = *state;
    struct told told[2] = {{0}};
    open_with(f, 0, 9001);
    fixture_store(f, 1, 3);
    fixture_store(f, 4, 2);
    assert_int_equal(read_index(f, told, 2), 1);
    assert_int_equal(told[0].since, 1);
    assert_text(f, &told[0], 0);
}

static void test_changed_plant_is_in_force_from_the_event_that_tells_it(void **state)
{
    struct fixture *f = *state;
    struct told told[3] = {{0}};
    open_with(f, 0, 4096);
    fixture_store(f, 1, 5);
    change_to(f, 1, 12289); /* event 6 removed, 7 changed */
    fixture_store(f, 8, 1);
    change_to(f, 2, 1);
    assert_int_equal(read_index(f, told, 3), 3);
    assert_int_equal(told[0].since, 1);
    assert_int_equal(told[1].since, 7);
    assert_int_equal(told[2].since, 10);
    for (unsigned n = 0; n < 3; n++)
        assert_text(f, &told[n], n);
}

static void test_read_across_texts_gives_consecutive_words(void **state)
{
    struct fixture *f = *state;
    uint16_t words[4], past_the_end[3];
    open_with(f, 0, 5); /* words 0..2 */
    fixture_store(f, 1, 1);
    change_to(f, 1, 4); /* words 3, 4 */
    assert_int_equal(read_words(f, 1, 4, words), MBP_OK);
    assert_int_equal(words[0], (uint16_t)(texts[0][2] << 8 | texts[0][3]));
    assert_int_equal(words[1], (uint16_t)(texts[0][4] << 8));
    assert_int_equal(words[2], (uint16_t)(texts[1][0] << 8 | texts[1][1]));
    assert_int_equal(words[3], (uint16_t)(texts[1][2] << 8 | texts[1][3]));
    assert_int_equal(read_words(f, 3, 3, past_the_end), MBP_EX_ILLEGAL_DATA_ADDRESS);
}

static void test_restart_with_the_same_plant_adds_nothing_with_another_one_does(void **state)
{
    struct fixture *f = *state;
    struct told told[2] = {{0}};
    open_with(f, 0, 50);
    fixture_store(f, 1, 4);
    fixture_close(f);
    open_with(f, 0, 50);
    fixture_store(f, 5, 2);
    assert_int_equal(read_index(f, told, 2), 1);
    fixture_close(f);
    open_with(f, 1, 60);
    fixture_store(f, 7, 2);
    assert_int_equal(read_index(f, told, 2), 2);
    assert_int_equal(told[1].since, 7);
    assert_text(f, &told[1], 1);
}

static void test_text_that_masters_could_not_read_is_told_without_it(void **state)
{
    struct fixture *f = *state;
    struct told told[2] = {{0}};
    open_with(f, 0, 50);
    fixture_store(f, 1, 1);
    change_to(f, 1, MBP_PLANT_WIRE_MAX + 1);
    assert_int_equal(read_index(f, told, 2), 2);
    assert_int_equal(told[1].since, 3);
    assert_int_equal(told[1].length, 0);
    assert_text(f, &told[0], 0);
}

static void test_text_between_what_files_hold_and_what_is_kept_stops_no_event(void **state)
{
    struct fixture *f = *state;
    struct told told[1] = {0};
    for (size_t length = MBP_PLANT_WIRE_TEXT_MAX; length <= MBP_PLANT_WIRE_MAX; length += 4) {
        const struct mbp_plant *plant = variant(f, 0, length);
        if (length > MBP_PLANT_WIRE_TEXT_MAX) /* as mbp_plant_drop_text leaves it */
            variants[0].text.bytes = variants[0].public_text.bytes = NULL;
        f->plant = *plant;
        fixture_open(f);
        fixture_store(f, 1, 1);
        assert_false(mbp_journal_in_trouble(f->journal));
        fixture_close(f);
    }
    fixture_open(f);
    assert_int_equal(read_index(f, told, 1), 3);
    assert_int_equal(told[0].length, MBP_PLANT_WIRE_TEXT_MAX);
}

static void test_text_that_the_database_refuses_is_told_without_it_and_stops_no_event(void **state)
{
    struct fixture *f = *state;
    struct told told[1] = {0};
    fixture_open(f);
    fixture_close(f);
    fixture_sql(f->db, "CREATE TRIGGER refuse BEFORE INSERT ON plant_text WHEN NEW.part = 1 BEGIN SELECT RAISE(ABORT, "
                       "'not this one'); END");
    f->plant = *variant(f, 0, 9000); /* three parts: the second is refused */
    fixture_open(f);
    fixture_store(f, 1, 5);
    assert_false(mbp_journal_in_trouble(f->journal));
    assert_int_equal(mbp_journal_last(f->journal), 5);
    assert_int_equal(read_index(f, told, 1), 1);
    assert_int_equal(told[0].length, 0);
}

static void test_more_plants_than_the_index_holds_lose_the_oldest(void **state)
{
    struct fixture *f = *state;
    struct told told[MBP_PAST_PLANTS] = {{0}};
    open_with(f, 0, 20);
    fixture_store(f, 1, 1);
    for (unsigned n = 1; n < PLANTS; n++)
        change_to(f, n, 20 + n);
    assert_int_equal(read_index(f, told, MBP_PAST_PLANTS), MBP_PAST_PLANTS);
    assert_text(f, &told[0], PLANTS - MBP_PAST_PLANTS);
    assert_text(f, &told[MBP_PAST_PLANTS - 1], PLANTS - 1);
    assert_int_equal(told[0].at, 0);
}

static void test_more_text_than_the_files_hold_loses_the_oldest(void **state)
{
    struct fixture *f = *state;
    struct told told[3] = {{0}};
    open_with(f, 0, 20);
    fixture_store(f, 1, 1);
    change_to(f, 1, 1890000);
    change_to(f, 2, 1890000);
    assert_int_equal(read_index(f, told, 3), 2);
    assert_int_equal(told[0].crc, variants[1].public_crc);
    uint16_t word;
    assert_int_equal(read_words(f, told[1].at + told[1].length / 2 - 1, 1, &word), MBP_OK);
}

/* ---- what goes with its events ---------------------------------------------------------------------------------- */

static long ask(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    long number = (long)sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return number;
}

static void test_plant_goes_with_the_last_event_that_needs_it(void **state)
{
    struct fixture *f = *state;
    struct mbp_store store;
    struct mbp_marks marks;
    assert_int_equal(mbp_store_open(f->db, &f->plant, 0, stderr, &store, &marks), MBP_OK);
    assert_int_equal(mbp_past_put(&store.past, 1, variant(f, 0, 5000)), SQLITE_OK);
    assert_int_equal(mbp_past_put(&store.past, 100, variant(f, 1, 5000)), SQLITE_OK);
    assert_int_equal(mbp_past_put(&store.past, 200, variant(f, 0, 5000)), SQLITE_OK);
    assert_int_equal(mbp_past_put(&store.past, 300, variant(f, 2, 5000)), SQLITE_OK);
    assert_int_equal(ask(store.db, "SELECT count(*) FROM plant_text WHERE part = 0"), 3);
    assert_int_equal(mbp_past_drop(&store.past, 99), SQLITE_OK);
    assert_int_equal(ask(store.db, "SELECT min(seq) FROM plant_since"), 1);
    assert_int_equal(mbp_past_drop(&store.past, 100), SQLITE_OK);
    assert_int_equal(ask(store.db, "SELECT min(seq) FROM plant_since"), 100);
    assert_int_equal(ask(store.db, "SELECT count(*) FROM plant_text WHERE part = 0"), 3); /* needed again from 200 on */
    assert_int_equal(mbp_past_drop(&store.past, 250), SQLITE_OK);
    assert_int_equal(ask(store.db, "SELECT min(seq) FROM plant_since"), 200);
    assert_int_equal(ask(store.db, "SELECT count(*) FROM plant_text WHERE part = 0"), 2);
    assert_int_equal(mbp_past_drop(&store.past, 4000), SQLITE_OK);
    assert_int_equal(ask(store.db, "SELECT count(*) FROM plant_since"), 1);
    assert_int_equal(ask(store.db, "SELECT count(*) FROM plant_text"), 2); /* its two parts */
    mbp_store_close(&store);
}

static void test_plant_put_in_a_transaction_that_fails_is_put_with_the_next(void **state)
{
    struct fixture *f = *state;
    struct mbp_store store;
    struct mbp_marks marks;
    f->plant = *variant(f, 0, 300);
    assert_int_equal(mbp_store_open(f->db, &f->plant, 0, stderr, &store, &marks), MBP_OK);
    struct mbp_record record = {.kind = MBP_RECORD_EVENT, .of.event = fixture_event(1)};
    record.of.event.seq = 1;
    assert_int_equal(mbp_store_begin(&store), SQLITE_OK);
    assert_int_equal(mbp_store_put(&store, &record), SQLITE_OK);
    mbp_store_roll_back(&store);
    assert_int_equal(ask(store.db, "SELECT count(*) FROM plant_since"), 0);
    assert_int_equal(mbp_store_begin(&store), SQLITE_OK);
    assert_int_equal(mbp_store_put(&store, &record), SQLITE_OK);
    assert_int_equal(mbp_store_commit(&store, 0), SQLITE_OK);
    assert_int_equal(ask(store.db, "SELECT seq FROM plant_since"), 1);
    mbp_store_close(&store);
}

static void test_journal_of_an_earlier_mbplant_begins_to_tell(void **state)
{
    struct fixture *f = *state;
    struct told told[1] = {{0}};
    open_with(f, 0, 40);
    fixture_store(f, 1, 3);
    fixture_close(f);
    fixture_sql(f->db, "DROP TABLE plant_since; DROP TABLE plant_text");
    open_with(f, 1, 40);
    fixture_store(f, 4, 1);
    assert_int_equal(read_index(f, told, 1), 1);
    assert_int_equal(told[0].since, 4);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, past_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_fresh_journal_tells_of_no_plant),
        TEST(test_plant_is_in_force_from_the_first_event_of_a_run),
        TEST(test_changed_plant_is_in_force_from_the_event_that_tells_it),
        TEST(test_read_across_texts_gives_consecutive_words),
        TEST(test_restart_with_the_same_plant_adds_nothing_with_another_one_does),
        TEST(test_text_that_masters_could_not_read_is_told_without_it),
        TEST(test_text_between_what_files_hold_and_what_is_kept_stops_no_event),
        TEST(test_text_that_the_database_refuses_is_told_without_it_and_stops_no_event),
        TEST(test_more_plants_than_the_index_holds_lose_the_oldest),
        TEST(test_more_text_than_the_files_hold_loses_the_oldest),
        TEST(test_plant_goes_with_the_last_event_that_needs_it),
        TEST(test_plant_put_in_a_transaction_that_fails_is_put_with_the_next),
        TEST(test_journal_of_an_earlier_mbplant_begins_to_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
