/* The events by which something is hidden now: listed, and whole, however old they are. */
#include <stdio.h>
#include <string.h>

#include "journal_fixture.h"
#include "mbplant/names.h"
#include "mbplant/state/hiding.h"

#define HIDDEN_MAX 16u

/* One about a sensor, or a machine, by their numbers in unit 1; returns its number. */
static uint32_t push_in(struct fixture *f, uint32_t scan, uint16_t code, uint16_t sensor, uint32_t detail,
                        const char *comment)
{
    struct mbp_event event = {.scan = scan,
                              .code = code,
                              .unit = 1,
                              .machine = FILL1,
                              .sensor = sensor,
                              .detail = detail,
                              .wall_ms = 1790000000000};
    const struct mbp_actor olga = {.kind = MBP_ACTOR_TCP, .name = "Olga"};
    event.actor = mbp_journal_actor(f->journal, &olga);
    if (comment != NULL) {
        event.flags = MBP_EVENT_COMMENT;
        mbp_journal_say(f->journal, (struct mbp_text){comment, strlen(comment)});
    }
    assert_int_equal(mbp_journal_push_event(f->journal, &event), MBP_OK);
    mbp_journal_hand_over(f->journal);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    return event.seq;
}

static uint32_t push(struct fixture *f, uint16_t code, uint16_t sensor, uint32_t detail, const char *comment)
{
    return push_in(f, 0, code, sensor, detail, comment);
}

static uint32_t read_u32(struct fixture *f, uint16_t file, uint16_t record)
{
    uint16_t words[2];
    assert_int_equal(mbp_journal_read_file(f->journal, file, record, 2, words), MBP_OK);
    return (uint32_t)words[0] << 16 | words[1];
}

/* What the files list is this; 0 behind the last. */
static void assert_listed(struct fixture *f, const uint32_t *expected)
{
    uint32_t count = 0;
    while (expected[count] != 0)
        count++;
    assert_int_equal(read_u32(f, MBP_HIDING_FILE, 0), count);
    for (uint32_t i = 0; i <= count; i++)
        assert_int_equal(read_u32(f, MBP_HIDING_FILE + 1, (uint16_t)(2 * i)), expected[i]);
}
#define LISTED(f, ...) assert_listed(f, (const uint32_t[HIDDEN_MAX]){__VA_ARGS__})

static uint32_t one(unsigned alarm)
{
    return mbp_event_of_alarm(0, alarm);
}

static void test_each_way_to_hide_is_listed_until_it_ends(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    uint32_t all = push(f, MBP_EV_ALARM_SHELVED, TT101, 0, NULL);
    uint32_t alone = push(f, MBP_EV_ALARM_SHELVED, TT101, one(MBP_HIGH), NULL);
    uint32_t both = push(f, MBP_EV_ALARM_SUPPRESSED, PT101, 1u << MBP_LOW | 1u << MBP_HIGH, NULL);
    uint32_t out = push(f, MBP_EV_ALARM_OUT_OF_SERVICE, PT101, 0, NULL);
    uint32_t held = push(f, MBP_EV_INTERLOCK_BYPASSED, PT101, one(MBP_HIGH_HIGH), NULL);
    uint32_t away = push(f, MBP_EV_MACHINE_STATE, MBP_NONE16,
                         mbp_event_state_detail(MBP_EN_SERVICE, MBP_MAINTENANCE, MBP_CAUSE_COMMAND), NULL);
    LISTED(f, all, alone, both, out, held, away);
    push(f, MBP_EV_ALARM_UNSHELVED, TT101, 0, NULL);
    push(f, MBP_EV_ALARM_UNSUPPRESSED, PT101, 1u << MBP_LOW, NULL); /* the other is suppressed yet */
    LISTED(f, alone, both, out, held, away);
    push(f, MBP_EV_ALARM_UNSUPPRESSED, PT101, 1u << MBP_HIGH, NULL);
    push(f, MBP_EV_ALARM_IN_SERVICE, PT101, 0, NULL);
    push(f, MBP_EV_INTERLOCK_RESTORED, PT101, one(MBP_HIGH_HIGH), NULL);
    push(f, MBP_EV_MACHINE_STATE, MBP_NONE16,
         mbp_event_state_detail(MBP_MAINTENANCE, MBP_EN_SERVICE, MBP_CAUSE_COMMAND), NULL);
    LISTED(f, alone);
    uint32_t again = push(f, MBP_EV_ALARM_SHELVED, TT101, one(MBP_HIGH), NULL);
    LISTED(f, again);
    push(f, MBP_EV_SENSOR_REMOVED, TT101, 0, NULL);
    LISTED(f, 0);
}

/* In the order of their scans; of a snapshot that scan 15 made. */
static void test_restore_brings_back_what_was_hidden_and_by_whom(void **state)
{
    struct fixture *f = *state;
    fixture_open(f);
    uint32_t first = push_in(f, 10, MBP_EV_ALARM_SHELVED, TT101, 0, "first");
    uint32_t yet = push_in(f, 15, MBP_EV_ALARM_SHELVED, PT101, one(MBP_HIGH), "yet");
    push_in(f, 15, MBP_EV_SIM_SNAPSHOT, MBP_NONE16, 0, NULL);
    push_in(f, 16, MBP_EV_ALARM_UNSHELVED, TT101, 0, NULL);
    push_in(f, 17, MBP_EV_ALARM_SHELVED, TT101, 0, "second");
    push_in(f, 18, MBP_EV_ALARM_UNSHELVED, TT101, 0, NULL);
    uint32_t later = push_in(f, 19, MBP_EV_ALARM_SHELVED, PT101, one(MBP_LOW), "later");
    LISTED(f, yet, later);
    push_in(f, 20, MBP_EV_SIM_RESTORED, MBP_NONE16, 15, NULL);
    LISTED(f, first, yet);
    uint32_t third = push_in(f, 21, MBP_EV_ALARM_SHELVED, TT101, 0, "third");
    LISTED(f, yet, third);
    push_in(f, 22, MBP_EV_SIM_RESTORED, MBP_NONE16, 15, NULL);
    LISTED(f, first, yet);
    push_in(f, 23, MBP_EV_SIM_RESTORED, MBP_NONE16, 16, NULL); /* of when the first was over */
    LISTED(f, yet);
    push_in(f, 24, MBP_EV_SIM_RESTORED, MBP_NONE16, 20, NULL); /* of when the first had come back */
    LISTED(f, first, yet);
    push_in(f, 25, MBP_EV_SIM_RESTORED, MBP_NONE16, 26, NULL); /* of another life */
    LISTED(f, first, yet);
}

static void assert_kept(struct fixture *f, uint32_t seq, const char *comment)
{
    uint16_t words[MBP_EVENT_WORDS];
    char text[MBP_COMMENT_MAX + 1];
    char who[MBP_PEER_TEXT];
    struct mbp_event event;
    assert_int_equal(
        mbp_journal_read_file(f->journal, mbp_event_file(seq), mbp_event_place(seq), MBP_EVENT_WORDS, words), MBP_OK);
    mbp_event_decode(words, &event);
    assert_int_equal(event.seq, seq);
    assert_int_equal(event.code, MBP_EV_ALARM_SHELVED);
    assert_int_equal(mbp_journal_comment_at(f->journal, mbp_event_file(seq), mbp_event_place(seq), text), MBP_OK);
    assert_string_equal(text, comment);
    mbp_names_peer(mbp_journal_names(f->journal), &event, who, sizeof who);
    assert_non_null(strstr(who, "Olga"));
}

/* Its event is gone for all others; who did it and why is there as long as it hides, over restarts too. */
static void test_event_that_retention_removes_is_kept_while_it_hides(void **state)
{
    struct fixture *f = *state;
    uint16_t word;
    char text[MBP_COMMENT_MAX + 1];
    f->plant.journal = (struct mbp_journal_options){0, 4096};
    fixture_open(f);
    uint32_t shelved = push(f, MBP_EV_ALARM_SHELVED, TT101, 0, "Fühler defekt");
    uint32_t other = push(f, MBP_EV_ALARM_ACKNOWLEDGED, TT101, MBP_HIGH, "seen");
    fixture_store(f, 3, 4 * MBP_JOURNAL_EVENTS_MIN);
    fixture_await_oldest(f, other + 3 * MBP_JOURNAL_EVENTS_MIN + 1);
    for (int round = 0; round < 2; round++) {
        LISTED(f, shelved);
        assert_kept(f, shelved, "Fühler defekt");
        assert_int_equal(mbp_journal_read_file(f->journal, mbp_event_file(other), mbp_event_place(other), 1, &word),
                         MBP_EX_ILLEGAL_DATA_ADDRESS);
        assert_int_equal(mbp_journal_comment_at(f->journal, mbp_event_file(other), mbp_event_place(other), text),
                         MBP_EX_ILLEGAL_DATA_ADDRESS);
        fixture_close(f);
        fixture_open(f);
    }
    push(f, MBP_EV_ALARM_UNSHELVED, TT101, 0, NULL);
    LISTED(f, 0);
    fixture_close(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_read_file(f->journal, mbp_event_file(shelved), mbp_event_place(shelved), 1, &word),
                     MBP_EX_ILLEGAL_DATA_ADDRESS);
}

/* What names no event that can be read would say nothing, and keep who reads the list from those that do. */
static void test_restore_brings_back_none_whose_event_is_gone(void **state)
{
    struct fixture *f = *state;
    f->plant.journal = (struct mbp_journal_options){0, 4096};
    for (int restarted = 0; restarted < 2; restarted++) {
        fixture_open(f);
        push_in(f, 10, MBP_EV_ALARM_SHELVED, TT101, 0, "first");
        uint32_t ended = push_in(f, UINT32_MAX - 2, MBP_EV_ALARM_UNSHELVED, TT101, 0, NULL);
        fixture_store(f, ended + 1, 4 * MBP_JOURNAL_EVENTS_MIN);
        fixture_await_oldest(f, ended + 3 * MBP_JOURNAL_EVENTS_MIN + 1);
        if (restarted != 0) {
            fixture_close(f);
            fixture_open(f);
        }
        uint32_t mine = push_in(f, 11, MBP_EV_ALARM_SHELVED, PT101, 0, "mine");
        push_in(f, UINT32_MAX, MBP_EV_SIM_RESTORED, MBP_NONE16, 12, NULL);
        LISTED(f, mine);
        assert_kept(f, mine, "mine");
        push(f, MBP_EV_ALARM_UNSHELVED, PT101, 0, NULL);
        fixture_close(f);
    }
}

static void test_files_beyond_the_list_are_no_addresses(void **state)
{
    struct fixture *f = *state;
    uint16_t words[4];
    fixture_open(f);
    assert_int_equal(mbp_journal_read_file(f->journal, MBP_HIDING_FILE, 0, 3, words), MBP_EX_ILLEGAL_DATA_ADDRESS);
    assert_int_equal(mbp_journal_read_file(f->journal, MBP_HIDING_FILE + 1, 9998, 3, words),
                     MBP_EX_ILLEGAL_DATA_ADDRESS);
    assert_int_equal(mbp_journal_read_file(f->journal, MBP_HIDING_END_FILE - 1, 9998, 2, words), MBP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_each_way_to_hide_is_listed_until_it_ends),
        FIXTURE_TEST(test_restore_brings_back_what_was_hidden_and_by_whom),
        FIXTURE_TEST(test_event_that_retention_removes_is_kept_while_it_hides),
        FIXTURE_TEST(test_restore_brings_back_none_whose_event_is_gone),
        FIXTURE_TEST(test_files_beyond_the_list_are_no_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
