/* What a run that was cut off had handed over: the next one stores it, once, as far as it is whole. */
#include "tail.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal_fixture.h"
#include "refusing_vfs.h"

#define STORED 3u
#define LEFT   40u /* events that were handed over and not stored */

static const char *const names[] = {"journal.db", "journal.db-wal", "journal.last", "journal.tail"};

static void path_in(const char *dir, const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", dir, name);
}

/* What a kill leaves. */
static void copy_files(const char *from, const char *to)
{
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t len = 0;
        path_in(from, names[i], path);
        if (access(path, F_OK) != 0)
            continue;
        char *bytes = fixture_read_file(path, &len);
        path_in(to, names[i], path);
        fixture_write_file(path, bytes, len);
        free(bytes);
    }
}

static bool exists(const struct fixture *f, const char *name)
{
    char path[128];
    path_in(f->dir, name, path);
    return access(path, F_OK) == 0;
}

static void push_machine(struct fixture *f, uint32_t good)
{
    const struct mbp_retained_machine machine = {.machine = FILL1, .state = {.good = good, .first_out = UINT32_MAX}};
    assert_int_equal(mbp_journal_push_machine(f->journal, &machine), MBP_OK);
}

/* A run with the tail's room and a note, whose disk refuses after STORED events; its files go to another directory,
 * which the fixture has from then on. forgets: what its plant does not have. */
static void cut_off_so(struct fixture *f, char former[64], bool forgets)
{
    snprintf(former, 64, "%s", f->dir);
    fixture_open(f);
    mbp_journal_keep_tail(f->journal);
    char *room = mbp_journal_tail_room(f->journal, 5000);
    assert_non_null(room);
    memset(room, 7, 5000);
    mbp_journal_note(f->journal, "note", 5);
    push_machine(f, 1);
    fixture_store(f, 1, STORED);
    refusing_vfs_refuse(REFUSE_WRITES, SQLITE_FULL, ENOSPC);
    push_machine(f, 2);
    if (forgets)
        assert_int_equal(mbp_journal_push_forget(f->journal), MBP_OK);
    for (uint32_t n = STORED + 1; n <= STORED + LEFT; n++)
        fixture_push(f, n, 1);
    const struct mbp_event unhanded = fixture_event(99);
    struct mbp_event event = unhanded;
    assert_int_equal(mbp_journal_push_event(f->journal, &event), MBP_OK);
    fixture_await_trouble(f);
    snprintf(f->dir, sizeof f->dir, "/tmp/mbplant-journal-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    copy_files(former, f->dir);
    refusing_vfs_relent();
    fixture_close(f);
}

static void cut_off(struct fixture *f, char former[64])
{
    cut_off_so(f, former, false);
}

static void assert_events(struct fixture *f, uint32_t last)
{
    assert_int_equal(mbp_journal_last(f->journal), last);
    for (uint32_t n = 1; n <= last; n++) {
        struct mbp_event event;
        const struct mbp_event expected = fixture_event(n);
        assert_int_equal(mbp_journal_read(f->journal, n, 1, &event), 1);
        fixture_assert_event(&event, n, &expected);
    }
}

static uint32_t restored_good(struct fixture *f)
{
    struct mbp_state *state = NULL;
    assert_int_equal(mbp_state_new(&f->plant, 1, &state), MBP_OK);
    assert_int_equal(mbp_journal_restore(f->journal, false, state, NULL, NULL), MBP_OK);
    uint32_t good = (uint32_t)state->machine[FILL1].good;
    mbp_state_free(state);
    return good;
}

static void clear(const char *dir)
{
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        path_in(dir, names[i], path);
        unlink(path);
    }
    path_in(dir, "journal.db-shm", path);
    unlink(path);
    path_in(dir, "lock", path);
    unlink(path);
    assert_int_equal(rmdir(dir), 0);
}

static void test_cut_off_run_what_it_handed_over_is_stored_with_its_numbers(void **state)
{
    struct fixture *f = *state;
    struct mbp_journal_left left = {0};
    char former[64];
    cut_off(f, former);
    fixture_open(f);
    assert_int_equal(mbp_journal_last(f->journal), STORED);
    assert_int_equal(mbp_journal_recover(f->journal, &left), MBP_OK);
    assert_events(f, STORED + LEFT);
    assert_int_equal(restored_good(f), 2);
    assert_string_equal((const char *)left.note, "note");
    assert_true(left.room_bytes >= 5000);
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(left.room[i], 7);
    free(left.bytes);
    fixture_store(f, STORED + LEFT + 1, 5); /* and goes on behind them */
    assert_events(f, STORED + LEFT + 5);
    fixture_close(f);
    assert_false(exists(f, "journal.tail"));
    clear(former);
}

static void test_cut_off_run_recovered_twice_is_stored_once(void **state)
{
    struct fixture *f = *state;
    struct mbp_journal_left left = {0};
    char former[64];
    char again[64];
    cut_off(f, former);
    fixture_open(f);
    assert_int_equal(mbp_journal_recover(f->journal, &left), MBP_OK);
    free(left.bytes);
    snprintf(again, sizeof again, "%s", f->dir);
    snprintf(f->dir, sizeof f->dir, "/tmp/mbplant-journal-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    copy_files(again, f->dir); /* killed before its own file was in place */
    fixture_close(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_recover(f->journal, &left), MBP_OK);
    assert_events(f, STORED + LEFT);
    assert_int_equal(left.room[0], 7);
    free(left.bytes);
    clear(former);
    clear(again);
}

static void test_clean_stop_leaves_no_file(void **state)
{
    struct fixture *f = *state;
    struct mbp_journal_left left = {0};
    fixture_open(f);
    assert_int_equal(mbp_journal_recover(f->journal, &left), MBP_ERR_MISSING);
    mbp_journal_keep_tail(f->journal);
    fixture_store(f, 1, 5);
    assert_true(exists(f, "journal.tail"));
    fixture_close(f);
    assert_false(exists(f, "journal.tail"));
    fixture_open(f);
    assert_int_equal(mbp_journal_recover(f->journal, &left), MBP_ERR_MISSING);
    assert_events(f, 5);
}

static void test_stop_with_a_disk_that_refuses_keeps_what_is_not_stored(void **state)
{
    struct fixture *f = *state;
    struct mbp_journal_left left = {0};
    fixture_open(f);
    mbp_journal_keep_tail(f->journal);
    fixture_store(f, 1, 5);
    refusing_vfs_refuse(REFUSE_WRITES, SQLITE_FULL, ENOSPC);
    fixture_push(f, 6, 4);
    assert_int_equal(mbp_journal_close(f->journal), MBP_ERR_IO);
    f->journal = NULL;
    refusing_vfs_relent();
    fixture_open(f);
    assert_int_equal(mbp_journal_recover(f->journal, &left), MBP_OK);
    free(left.bytes);
    assert_events(f, 9);
}

static void test_file_of_another_database_is_left_out(void **state)
{
    struct fixture *f = *state;
    struct mbp_journal_left left = {0};
    char former[64];
    char path[128];
    cut_off(f, former);
    for (size_t i = 0; i < 3; i++) { /* all but the tail */
        path_in(f->dir, names[i], path);
        unlink(path);
    }
    fixture_open(f);
    assert_int_equal(mbp_journal_recover(f->journal, &left), MBP_ERR_MISSING);
    fixture_store(f, 1, 3);
    assert_events(f, 3);
    clear(former);
}

static void test_file_that_cannot_be_made_all_goes_on_without(void **state)
{
    struct fixture *f = *state;
    char path[128];
    path_in(f->dir, "journal.tail.new", path);
    assert_int_equal(mkdir(path, 0700), 0);
    fixture_open(f);
    mbp_journal_keep_tail(f->journal);
    assert_null(mbp_journal_tail_room(f->journal, 100));
    fixture_store(f, 1, 5);
    assert_events(f, 5);
    assert_false(exists(f, "journal.tail"));
}

static void test_room_taken_again_and_again_the_last_is_in_force(void **state)
{
    struct fixture *f = *state;
    struct mbp_tail_left left = {0};
    char path[128];
    uint64_t run = 0;
    fixture_open(f);
    mbp_journal_keep_tail(f->journal);
    for (unsigned i = 1; i <= 40; i++) {
        size_t len = 4096 * (size_t)(1 + i * 7 % 13);
        uint8_t *room = mbp_journal_tail_room(f->journal, len);
        assert_non_null(room);
        memset(room, (int)i, len);
        if (i % 3 == 0) { /* it never came in force */
            room = mbp_journal_tail_room(f->journal, len);
            assert_non_null(room);
            memset(room, (int)i, len);
        }
        mbp_journal_hand_over(f->journal);
        path_in(f->dir, "journal.tail", path);
        size_t file_len = 0;
        uint8_t *bytes = (uint8_t *)fixture_read_file(path, &file_len);
        memcpy(&run, bytes + 16, sizeof run);
        assert_int_equal(mbp_tail_parse(bytes, file_len, run, 0, &left), MBP_OK);
        assert_int_equal(left.room_bytes, len);
        for (size_t at = 0; at < len; at++)
            assert_int_equal(left.room[at], i);
        free(bytes);
    }
}

/* ---- damage ----------------------------------------------------------------------------------------------------- */

/* Whatever is read is what was put, in its order. */
static void assert_beginning(uint8_t *bytes, size_t len, uint64_t run, uint64_t position)
{
    struct mbp_tail_left left = {0};
    struct mbp_record record;
    if (mbp_tail_parse(bytes, len, run, position, &left) != MBP_OK)
        return;
    for (uint32_t before = 0; mbp_tail_next(&left, &record);) {
        if (record.kind != MBP_RECORD_EVENT)
            continue;
        const uint32_t seq = record.of.event.seq;
        const struct mbp_event expected = fixture_event(seq);
        assert_in_range(seq, 1, STORED + LEFT);
        assert_true(before == 0 || seq == before + 1);
        fixture_assert_event(&record.of.event, seq, &expected);
        before = seq;
    }
}

/* What a run that was cut off left. Ownership: free. */
static uint8_t *tail_of_cut_off(struct fixture *f, char former[64], size_t *len, uint64_t *run)
{
    char path[128];
    cut_off(f, former);
    path_in(f->dir, "journal.tail", path);
    uint8_t *bytes = (uint8_t *)fixture_read_file(path, len);
    memcpy(run, bytes + 16, sizeof *run);
    return bytes;
}

/* Where another version put its records otherwise, its sums may be others too: that is no damage. */
static void test_file_of_another_version_is_told_as_such(void **state)
{
    struct fixture *f = *state;
    struct mbp_tail_left left = {0};
    char former[64];
    size_t len = 0;
    uint64_t run = 0;
    uint8_t *bytes = tail_of_cut_off(f, former, &len, &run);
    assert_int_equal(mbp_tail_parse(bytes, len, run, 0, &left), MBP_OK);
    bytes[8] ^= 1; /* of the layout */
    assert_int_equal(mbp_tail_parse(bytes, len, run, 0, &left), MBP_ERR_NEWER);
    bytes[8] ^= 1;
    bytes[0] ^= 1; /* of the magic */
    assert_int_equal(mbp_tail_parse(bytes, len, run, 0, &left), MBP_ERR_CORRUPT);
    free(bytes);
    clear(former);
}

static void test_damage_anywhere_nothing_is_made_up(void **state)
{
    struct fixture *f = *state;
    char former[64];
    size_t len = 0;
    uint64_t run = 0;
    uint8_t *bytes = tail_of_cut_off(f, former, &len, &run);
    uint8_t *damaged = malloc(len);
    assert_non_null(damaged);
    const size_t used = 4096 + (STORED + LEFT + 8) * (size_t)MBP_RING_SLOT_BYTES;
    for (size_t at = 0; at < used; at++) {
        memcpy(damaged, bytes, used);
        damaged[at] ^= (uint8_t)(1u << at % 8);
        assert_beginning(damaged, len, run, STORED);
        assert_beginning(damaged, len, run, 0);
    }
    memcpy(damaged, bytes, len);
    for (size_t cut = 0; cut < used; cut += 61)
        assert_beginning(damaged, cut, run, STORED);
    for (uint64_t position = 0; position < 100; position++)
        assert_beginning(damaged, len, run, position);
    free(damaged);
    free(bytes);
    clear(former);
}

/* From the start on, with the file damaged where records are: what is before it is stored. */
static void test_damaged_record_those_before_it_are_stored(void **state)
{
    struct fixture *f = *state;
    struct mbp_journal_left left = {0};
    char former[64];
    char path[128];
    size_t len = 0;
    cut_off(f, former);
    path_in(f->dir, "journal.tail", path);
    char *bytes = fixture_read_file(path, &len);
    size_t last = len;
    for (size_t at = 4096; at + MBP_RING_SLOT_BYTES <= len && last == len; at += MBP_RING_SLOT_BYTES) {
        struct mbp_event event;
        memcpy(&event, bytes + at + 16, sizeof event);
        last = event.seq == STORED + LEFT ? at : last;
    }
    assert_true(last < len);
    bytes[last + 20] ^= 1;
    fixture_write_file(path, bytes, len);
    free(bytes);
    fixture_open(f);
    assert_int_equal(mbp_journal_recover(f->journal, &left), MBP_OK);
    free(left.bytes);
    assert_events(f, STORED + LEFT - 1);
    clear(former);
}

static uint32_t restored_good_of_cap1(struct fixture *f)
{
    struct mbp_state *state = NULL;
    fixture_open(f);
    assert_int_equal(mbp_state_new(&f->plant, 1, &state), MBP_OK);
    assert_int_equal(mbp_journal_restore(f->journal, false, state, NULL, NULL), MBP_OK);
    uint32_t good = (uint32_t)state->machine[CAP1].good;
    mbp_state_free(state);
    fixture_close(f);
    return good;
}

static void test_cut_off_run_what_it_was_to_forget_is_forgotten(void **state)
{
    static const char yaml[] = "mbplant: 1\nunits: [{id: 1, machines: [{name: FILL1}]}]\n";
    struct fixture *f = *state;
    struct mbp_journal_left left = {0};
    const struct mbp_retained_machine cap1 = {.machine = CAP1, .state = {.good = 5, .first_out = UINT32_MAX}};
    const struct mbp_plant before = f->plant;
    struct mbp_plant *plant = NULL;
    char former[64];
    fixture_open(f);
    assert_int_equal(mbp_journal_push_machine(f->journal, &cap1), MBP_OK);
    fixture_close(f);
    assert_int_equal(restored_good_of_cap1(f), 5);
    assert_int_equal(mbp_plant_parse("a.yaml", (struct mbp_text){yaml, sizeof yaml - 1}, stderr, &plant), MBP_OK);
    f->plant = *plant;
    cut_off_so(f, former, true);
    fixture_open(f);
    assert_int_equal(mbp_journal_recover(f->journal, &left), MBP_OK);
    assert_int_equal(restored_good(f), 2);
    fixture_close(f);
    f->plant = before;
    assert_int_equal(restored_good_of_cap1(f), 0);
    mbp_plant_free(plant);
    free(left.bytes);
    clear(former);
}

int main(void)
{
    refusing_vfs_install();
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_cut_off_run_what_it_handed_over_is_stored_with_its_numbers),
        FIXTURE_TEST(test_cut_off_run_recovered_twice_is_stored_once),
        FIXTURE_TEST(test_cut_off_run_what_it_was_to_forget_is_forgotten),
        FIXTURE_TEST(test_clean_stop_leaves_no_file),
        FIXTURE_TEST(test_stop_with_a_disk_that_refuses_keeps_what_is_not_stored),
        FIXTURE_TEST(test_file_of_another_database_is_left_out),
        FIXTURE_TEST(test_file_that_cannot_be_made_all_goes_on_without),
        FIXTURE_TEST(test_room_taken_again_and_again_the_last_is_in_force),
        FIXTURE_TEST(test_file_of_another_version_is_told_as_such),
        FIXTURE_TEST(test_damage_anywhere_nothing_is_made_up),
        FIXTURE_TEST(test_damaged_record_those_before_it_are_stored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
