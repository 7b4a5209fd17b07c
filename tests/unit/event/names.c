/* Tables of tags and actors, and their way over the wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mbplant/event/comment.h"

static struct mbp_event_tag tag(uint8_t unit, enum mbp_tag_what what, uint16_t id, uint32_t since, const char *name)
{
    return (struct mbp_event_tag){.unit = unit,
                                  .what = (uint8_t)what,
                                  .decimals = 2,
                                  .id = id,
                                  .since = since,
                                  .gone = MBP_TAG_STAYS,
                                  .name = name,
                                  .kind = "pressure",
                                  .measure = "bar",
                                  .label = "a label"};
}

static void put(struct mbp_names *names, struct mbp_event_tag tag)
{
    assert_int_equal(mbp_names_put_tag(names, &tag), MBP_OK);
}

static void fill(struct mbp_names *names)
{
    put(names, tag(2, MBP_TAG_SENSOR, 0, 1, "S"));
    put(names, tag(1, MBP_TAG_SENSOR, 7, 50, "LATER"));
    put(names, tag(1, MBP_TAG_SENSOR, 7, 10, "FIRST"));
    put(names, tag(1, MBP_TAG_MACHINE, 7, 1, "M"));
    struct mbp_actor actor = {.id = 3, .kind = MBP_ACTOR_HTTP, .since = 5, .role = "operate", .name = "anna"};
    assert_int_equal(mbp_address_parse("fd00::7", actor.address), MBP_OK);
    assert_int_equal(mbp_names_put_actor(names, &actor), MBP_OK);
}

static void test_id_given_anew_means_what_it_meant_when_the_event_was(void **state)
{
    (void)state;
    struct mbp_names names = {0};
    fill(&names);
    struct mbp_event event = {.seq = 49, .unit = 1, .machine = 7, .sensor = 7, .actor = 3};
    assert_string_equal(mbp_names_item(&names, &event)->name, "FIRST");
    assert_string_equal(mbp_names_machine(&names, &event)->name, "M");
    event.seq = 50;
    assert_string_equal(mbp_names_item(&names, &event)->name, "LATER");
    event.seq = 9;
    assert_string_equal(mbp_names_item(&names, &event)->name, "FIRST");
    event.unit = 3;
    assert_null(mbp_names_machine(&names, &event));
    mbp_names_free(&names);
}

/* All that a table is, as the two files of bytes. */
static void print(const struct mbp_names *names, char *text[2], size_t len[2])
{
    FILE *tags = open_memstream(&text[0], &len[0]);
    FILE *actors = open_memstream(&text[1], &len[1]);
    assert_non_null(tags);
    assert_non_null(actors);
    for (size_t i = 0; i < names->tag_count; i++)
        mbp_names_write_tag(&names->tags[i], tags);
    for (size_t i = 0; i < names->actor_count; i++)
        mbp_names_write_actor(&names->actors[i], actors);
    fclose(tags);
    fclose(actors);
}

static void test_table_read_back_is_the_same(void **state)
{
    (void)state;
    struct mbp_names names = {0}, read = {0};
    char *text[2], *again[2];
    size_t len[2], again_len[2];
    fill(&names);
    print(&names, text, len);
    assert_int_equal(mbp_names_read_tags(&read, (const uint8_t *)text[0], len[0]), MBP_OK);
    assert_int_equal(mbp_names_read_actors(&read, (const uint8_t *)text[1], len[1]), MBP_OK);
    assert_string_equal(read.actors[0].name, "anna");
    assert_string_equal(read.actors[0].role, "operate");
    print(&read, again, again_len);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(again_len[i], len[i]);
        assert_memory_equal(again[i], text[i], len[i]);
        free(again[i]);
        free(text[i]);
    }
    mbp_names_free(&names);
    mbp_names_free(&read);
}

/* A master, a dump or a broken line may tell anything. */
static void test_bytes_cut_anywhere_are_refused_or_read_and_nothing_is_read_beyond(void **state)
{
    (void)state;
    struct mbp_names names = {0};
    char *text[2];
    size_t len[2];
    fill(&names);
    print(&names, text, len);
    for (int which = 0; which < 2; which++) {
        for (size_t cut = 0; cut <= len[which]; cut++) {
            struct mbp_names read = {0};
            uint8_t *bytes = malloc(cut + 1);
            assert_non_null(bytes);
            memcpy(bytes, text[which], cut);
            enum mbp_status status =
                which == 0 ? mbp_names_read_tags(&read, bytes, cut) : mbp_names_read_actors(&read, bytes, cut);
            assert_true(status == MBP_OK || status == MBP_ERR_FORMAT);
            mbp_names_free(&read);
            free(bytes);
        }
        free(text[which]);
    }
    mbp_names_free(&names);
}

static void test_address_in_words_is_the_address(void **state)
{
    (void)state;
    static const char *const texts[] = {"127.0.0.1", "::1", "fd00::1", "255.255.255.255", "2001:db8::ff00:42:8329"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        uint8_t address[MBP_ACTOR_ADDRESS];
        char text[48];
        assert_int_equal(mbp_address_parse(texts[i], address), MBP_OK);
        assert_string_equal(mbp_address_text(address, text, sizeof text), texts[i]);
    }
    uint8_t address[MBP_ACTOR_ADDRESS];
    assert_int_equal(mbp_address_parse("127.0.0", address), MBP_ERR_FORMAT);
    assert_int_equal(mbp_address_parse("", address), MBP_ERR_FORMAT);
}

static void test_logic_and_scenario_are_known_without_a_place_in_the_table(void **state)
{
    (void)state;
    static const struct {
        uint16_t actor;
        const char *peer;
        bool outside;
    } cases[] = {{MBP_ACTOR_THE_PLANT, "", false},
                 {MBP_ACTOR_THE_LOGIC, "logic", false},
                 {MBP_ACTOR_THE_SCENARIO, "scenario", false},
                 {MBP_ACTOR_OTHERS, "others", true},
                 {MBP_ACTORS_MAX, "actor 4096", true}};
    const struct mbp_names names = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct mbp_event event = {.seq = 1, .actor = cases[i].actor};
        char text[MBP_PEER_TEXT];
        assert_string_equal(mbp_names_peer(&names, &event, text, sizeof text), cases[i].peer);
        assert_int_equal(mbp_actor_is_peer(cases[i].actor), cases[i].outside);
    }
}

static void test_loopback_is_this_machine_alone(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is;
    } cases[] = {{"127.0.0.1", true},      {"127.255.0.9", true}, {"::1", true}, {"128.0.0.1", false},
                 {"192.168.127.1", false}, {"fd00::1", false},    {"::", false}, {"0.0.0.0", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t address[MBP_ACTOR_ADDRESS];
        assert_int_equal(mbp_address_parse(cases[i].text, address), MBP_OK);
        assert_int_equal(mbp_address_is_loopback(address), cases[i].is);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_id_given_anew_means_what_it_meant_when_the_event_was),
        cmocka_unit_test(test_table_read_back_is_the_same),
        cmocka_unit_test(test_bytes_cut_anywhere_are_refused_or_read_and_nothing_is_read_beyond),
        cmocka_unit_test(test_address_in_words_is_the_address),
        cmocka_unit_test(test_logic_and_scenario_are_known_without_a_place_in_the_table),
        cmocka_unit_test(test_loopback_is_this_machine_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
