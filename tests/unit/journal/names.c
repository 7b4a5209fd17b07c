/* What the numbers in events stand for: ids that a name keeps, who acted, and the files that tell both. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "journal_fixture.h"
#include "mbplant/names.h"

/* A plant of the fixture's first unit with these sensors, without machines. */
struct line {
    struct mbp_unit unit;
    struct mbp_sensor sensors[4];
    struct mbp_plant plant;
};

static const struct mbp_plant *line_of(struct line *line, const char *const names[4], const char *measure)
{
    *line = (struct line){.unit = {.name = "Filler PLC", .id = 1}};
    uint32_t count = 0;
    for (; count < 4 && names[count] != NULL; count++) {
        line->sensors[count] = (struct mbp_sensor){.name = names[count],
                                                   .label = "",
                                                   .kind = MBP_TEMPERATURE,
                                                   .unit_text = measure,
                                                   .machine = UINT32_MAX,
                                                   .reg = {.scale = 0.1, .words = 1, .type = MBP_INT16}};
    }
    line->unit.sensor_count = count;
    line->plant = (struct mbp_plant){.name = "line",
                                     .scan_ns = 100 * MBP_NS_PER_MS,
                                     .units = &line->unit,
                                     .unit_count = 1,
                                     .sensors = line->sensors,
                                     .sensor_count = count};
    return &line->plant;
}

/* An event about the unit's sensor of that number; the id that it bears in the journal. */
static uint16_t id_of_event_about(struct fixture *f, uint16_t sensor)
{
    struct mbp_event event = {
        .code = MBP_EV_ALARM_RAISED, .unit = 1, .machine = MBP_NONE16, .sensor = sensor, .detail = MBP_HIGH};
    assert_int_equal(mbp_journal_push_event(f->journal, &event), MBP_OK);
    mbp_journal_hand_over(f->journal);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    struct mbp_event read;
    uint16_t words[MBP_EVENT_WORDS];
    uint32_t seq = mbp_journal_last(f->journal);
    assert_int_equal(
        mbp_journal_read_file(f->journal, mbp_event_file(seq), mbp_event_place(seq), MBP_EVENT_WORDS, words), MBP_OK);
    mbp_event_decode(words, &read);
    return read.sensor;
}

static void open_with(struct fixture *f, const struct mbp_plant *plant)
{
    f->plant = *plant;
    fixture_open(f);
}

/* ---- tags ------------------------------------------------------------------------------------------------------- */

static void test_name_keeps_its_id_when_those_before_it_go_and_when_the_journal_is_opened_again(void **state)
{
    struct fixture *f = *state;
    struct line both, second, order;
    open_with(f, line_of(&both, (const char *const[4]){"A", "B"}, "°C"));
    const uint16_t a = id_of_event_about(f, 0), b = id_of_event_about(f, 1);
    assert_int_not_equal(a, b);
    assert_int_equal(mbp_journal_change_plant(f->journal, line_of(&second, (const char *const[4]){"B"}, "°C")), MBP_OK);
    assert_int_equal(id_of_event_about(f, 0), b);
    fixture_close(f);
    open_with(f, line_of(&order, (const char *const[4]){"C", "B", "A"}, "°C"));
    assert_int_equal(id_of_event_about(f, 1), b);
    assert_int_equal(id_of_event_about(f, 2), a);
    const uint16_t c = id_of_event_about(f, 0);
    assert_true(c != a && c != b);
}

static void test_name_that_comes_to_mean_another_measure_gets_another_id(void **state)
{
    struct fixture *f = *state;
    struct line celsius, kelvin;
    open_with(f, line_of(&celsius, (const char *const[4]){"A"}, "°C"));
    const uint16_t before = id_of_event_about(f, 0);
    const uint32_t seq = mbp_journal_last(f->journal);
    assert_int_equal(mbp_journal_change_plant(f->journal, line_of(&kelvin, (const char *const[4]){"A"}, "K")), MBP_OK);
    const uint16_t after = id_of_event_about(f, 0);
    assert_int_not_equal(before, after);
    const struct mbp_names *names = mbp_journal_names(f->journal);
    const struct mbp_event old = {.seq = seq, .unit = 1, .machine = MBP_NONE16, .sensor = before};
    const struct mbp_event new = {.seq = seq + 1, .unit = 1, .machine = MBP_NONE16, .sensor = after};
    assert_string_equal(mbp_names_item(names, &old)->measure, "°C");
    assert_string_equal(mbp_names_item(names, &new)->measure, "K");
}

static void test_removed_sensor_is_still_known_by_name_kind_and_measure(void **state)
{
    struct fixture *f = *state;
    struct line both, second;
    open_with(f, line_of(&both, (const char *const[4]){"A", "B"}, "°C"));
    const struct mbp_event event = {
        .seq = mbp_journal_last(f->journal) + 1, .unit = 1, .machine = MBP_NONE16, .sensor = id_of_event_about(f, 0)};
    assert_int_equal(mbp_journal_change_plant(f->journal, line_of(&second, (const char *const[4]){"B"}, "°C")), MBP_OK);
    id_of_event_about(f, 0);
    fixture_close(f);
    open_with(f, &second.plant);
    const struct mbp_event_tag *tag = mbp_names_item(mbp_journal_names(f->journal), &event);
    assert_non_null(tag);
    assert_string_equal(tag->name, "A");
    assert_string_equal(tag->kind, "temperature");
    assert_string_equal(tag->measure, "°C");
    assert_int_equal(tag->what, MBP_TAG_SENSOR);
    assert_int_equal(tag->decimals, 1);
    assert_int_not_equal(tag->gone, MBP_TAG_STAYS);
}

/* A run that is cut off here leaves in its tail what is about the new names, but not the names. */
static void test_new_names_are_stored_before_anything_is_about_them(void **state)
{
    struct fixture *f = *state;
    struct line first, both;
    char path[128];
    sqlite3 *db = NULL;
    sqlite3_stmt *row = NULL;
    open_with(f, line_of(&first, (const char *const[4]){"A"}, "°C"));
    mbp_journal_keep_tail(f->journal);
    id_of_event_about(f, 0);
    assert_int_equal(mbp_journal_change_plant(f->journal, line_of(&both, (const char *const[4]){"A", "B"}, "°C")),
                     MBP_OK);
    snprintf(path, sizeof path, "%s/journal.db", f->dir);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM tag WHERE name = 'B'", -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(row, 0), 1);
    sqlite3_finalize(row);
    sqlite3_close(db);
    fixture_close(f); /* while its plant is there */
}

/* ---- actors ----------------------------------------------------------------------------------------------------- */

static struct mbp_actor master(const char *address)
{
    struct mbp_actor actor = {.kind = MBP_ACTOR_TCP};
    assert_int_equal(mbp_address_parse(address, actor.address), MBP_OK);
    return actor;
}

static void test_actor_keeps_its_id_when_the_journal_is_opened_again(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    const struct mbp_actor one = master("10.0.0.1"), other = master("10.0.0.2");
    const uint16_t id = mbp_journal_actor(f->journal, &one);
    assert_int_not_equal(id, MBP_ACTOR_THE_PLANT);
    assert_int_not_equal(mbp_journal_actor(f->journal, &other), id);
    assert_int_equal(mbp_journal_actor(f->journal, &one), id);
    fixture_close(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_actor(f->journal, &one), id);
}

static void test_ipv6_master_is_told_by_all_of_its_address(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    static const char *const addresses[] = {"127.0.0.1", "::1", "fd00::1", "fd00::2", "fd00:1::1"};
    uint16_t ids[5];
    char text[48];
    for (unsigned i = 0; i < 5; i++) {
        const struct mbp_actor actor = master(addresses[i]);
        ids[i] = mbp_journal_actor(f->journal, &actor);
        for (unsigned k = 0; k < i; k++)
            assert_int_not_equal(ids[k], ids[i]);
    }
    for (unsigned i = 0; i < 5; i++) {
        const struct mbp_event event = {.seq = 1000, .actor = ids[i]};
        assert_string_equal(mbp_names_peer(mbp_journal_names(f->journal), &event, text, sizeof text), addresses[i]);
    }
}

static void test_same_address_by_other_ways_and_in_other_roles_is_another_actor(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    struct mbp_actor actor = master("10.0.0.1");
    const uint16_t tcp = mbp_journal_actor(f->journal, &actor);
    actor.kind = MBP_ACTOR_HTTP;
    const uint16_t http = mbp_journal_actor(f->journal, &actor);
    strcpy(actor.role, "operate");
    const uint16_t oper = mbp_journal_actor(f->journal, &actor);
    strcpy(actor.name, "anna");
    const uint16_t anna = mbp_journal_actor(f->journal, &actor);
    assert_true(tcp != http && http != oper && oper != anna);
}

static void test_actors_beyond_those_that_are_kept_are_others(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    char text[48];
    for (uint32_t i = 0; i < MBP_ACTORS_MAX; i++) {
        struct mbp_actor actor = {.kind = MBP_ACTOR_TCP,
                                  .address = {0xFD, [14] = (uint8_t)(i >> 8), [15] = (uint8_t)i}};
        assert_int_equal(mbp_journal_actor(f->journal, &actor), i + 1);
        if (i % 256 == 0)
            assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    }
    const struct mbp_actor late = master("10.0.0.1"), first = master("fd00::");
    assert_int_equal(mbp_journal_actor(f->journal, &late), MBP_ACTOR_OTHERS);
    assert_int_equal(mbp_journal_actor(f->journal, &first), 1);
    const struct mbp_event event = {.seq = 1, .actor = MBP_ACTOR_OTHERS};
    assert_string_equal(mbp_names_peer(mbp_journal_names(f->journal), &event, text, sizeof text), "others");
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

/* All bytes that the index tells, as a master reads them. */
static uint8_t *read_bytes(struct fixture *f, uint16_t file, uint32_t len)
{
    uint8_t *bytes = test_malloc(len + 2);
    for (uint32_t word = 0; word < (len + 1) / 2; word++) {
        uint16_t got;
        assert_int_equal(
            mbp_journal_read_file(f->journal, (uint16_t)(file + word / 10000), (uint16_t)(word % 10000), 1, &got),
            MBP_OK);
        bytes[2 * (size_t)word] = (uint8_t)(got >> 8);
        bytes[2 * (size_t)word + 1] = (uint8_t)got;
    }
    uint16_t beyond;
    uint32_t end = (len + 1) / 2;
    assert_int_equal(
        mbp_journal_read_file(f->journal, (uint16_t)(file + end / 10000), (uint16_t)(end % 10000), 1, &beyond),
        MBP_EX_ILLEGAL_DATA_ADDRESS);
    return bytes;
}

static void test_files_tell_all_that_the_journal_knows(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    const struct mbp_actor one = master("10.0.0.1"), other = master("fd00::1");
    mbp_journal_actor(f->journal, &one);
    mbp_journal_actor(f->journal, &other);
    fixture_store(f, 1, 1); /* what no event is about has no name yet */
    uint16_t words[MBP_NAMES_INDEX_WORDS];
    struct mbp_names_index index;
    assert_int_equal(mbp_journal_read_file(f->journal, MBP_NAMES_INDEX_FILE, 0, MBP_NAMES_INDEX_WORDS, words), MBP_OK);
    assert_int_equal(mbp_names_index_decode(words, &index), MBP_OK);
    assert_int_equal(index.tag_count, MACHINES + SENSORS);
    assert_int_equal(index.actor_count, 2);
    uint8_t *tags = read_bytes(f, MBP_NAMES_TAG_FILE, index.tag_bytes);
    uint8_t *actors = read_bytes(f, MBP_NAMES_ACTOR_FILE, index.actor_bytes);
    assert_int_equal(mbp_crc32(0, tags, index.tag_bytes), index.tag_crc);
    assert_int_equal(mbp_crc32(0, actors, index.actor_bytes), index.actor_crc);
    struct mbp_names read = {0};
    assert_int_equal(mbp_names_read_tags(&read, tags, index.tag_bytes), MBP_OK);
    assert_int_equal(mbp_names_read_actors(&read, actors, index.actor_bytes), MBP_OK);
    const struct mbp_names *kept = mbp_journal_names(f->journal);
    assert_int_equal(read.tag_count, kept->tag_count);
    assert_int_equal(read.actor_count, kept->actor_count);
    for (size_t i = 0; i < read.tag_count; i++) {
        assert_string_equal(read.tags[i].name, kept->tags[i].name);
        assert_int_equal(read.tags[i].id, kept->tags[i].id);
        assert_int_equal(read.tags[i].what, kept->tags[i].what);
    }
    for (size_t i = 0; i < read.actor_count; i++)
        assert_memory_equal(read.actors[i].address, kept->actors[i].address, MBP_ACTOR_ADDRESS);
    mbp_names_free(&read);
    test_free(tags);
    test_free(actors);
}

static void test_index_is_one_file_that_is_read_in_any_pieces(void **state)
{
    struct fixture *f = *state;
    const uint16_t all_count = MBP_NAMES_INDEX_WORDS + MBP_SEAL_WORDS;
    uint16_t all[MBP_NAMES_INDEX_WORDS + MBP_SEAL_WORDS];
    uint16_t part[MBP_NAMES_INDEX_WORDS + MBP_SEAL_WORDS];
    fixture_open(f);
    fixture_store(f, 1, 1);
    assert_int_equal(mbp_journal_read_file(f->journal, MBP_NAMES_INDEX_FILE, 0, all_count, all), MBP_OK);
    assert_int_equal(all[MBP_SEAL_RECORD + 1], mbp_journal_last(f->journal));
    for (uint16_t from = 0; from < all_count; from++) {
        for (uint16_t count = 1; from + count <= all_count; count++) {
            assert_int_equal(mbp_journal_read_file(f->journal, MBP_NAMES_INDEX_FILE, from, count, part), MBP_OK);
            assert_memory_equal(part, all + from, count * sizeof *part);
        }
        assert_int_equal(
            mbp_journal_read_file(f->journal, MBP_NAMES_INDEX_FILE, from, (uint16_t)(all_count - from + 1), part),
            MBP_EX_ILLEGAL_DATA_ADDRESS);
    }
    assert_int_equal(mbp_journal_read_file(f->journal, MBP_NAMES_INDEX_FILE, 0, 0, part), MBP_EX_ILLEGAL_DATA_ADDRESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_index_is_one_file_that_is_read_in_any_pieces),
        FIXTURE_TEST(test_name_keeps_its_id_when_those_before_it_go_and_when_the_journal_is_opened_again),
        FIXTURE_TEST(test_name_that_comes_to_mean_another_measure_gets_another_id),
        FIXTURE_TEST(test_new_names_are_stored_before_anything_is_about_them),
        FIXTURE_TEST(test_removed_sensor_is_still_known_by_name_kind_and_measure),
        FIXTURE_TEST(test_actor_keeps_its_id_when_the_journal_is_opened_again),
        FIXTURE_TEST(test_ipv6_master_is_told_by_all_of_its_address),
        FIXTURE_TEST(test_same_address_by_other_ways_and_in_other_roles_is_another_actor),
        FIXTURE_TEST(test_actors_beyond_those_that_are_kept_are_others),
        FIXTURE_TEST(test_files_tell_all_that_the_journal_knows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
