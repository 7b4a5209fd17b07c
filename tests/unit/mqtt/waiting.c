/* Values that wait for the broker: what comes back of them, and what is left of those that found no room. */
#include "waiting.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "mqtt_priv.h"

#define TOLD     32768u
#define BUFFER   1000000u
#define CAPACITY 27341u /* records of the buffer, less the share of minute means */

static const char line[] = "mbplant: 1\nname: Line\nmqtt: {broker: \"mqtt://h\", buffer: 1MB, replay_rate: 0}\nunits:\n"
                           "  - id: 1\n    name: A\n    machines: [{name: M1, sensors: [\n"
                           "      {name: T1, kind: temperature, range: [0, 150], register: {type: float32}},\n"
                           "      {name: LOT, kind: generic, signal: {text: A}, register: {type: string(20)}}]}]\n";

struct told {
    uint64_t time_ms;
    double value;
    char text[MQTT_TEXT_MAX + 1];
    bool historical;
};

static char folder[64];
static struct told told[TOLD];
static uint32_t told_count;
static struct mbp_plant *plant;
static struct mbp_mqtt *mqtt;
static struct mqtt_link *at;

static void value(struct mqtt_link *link, const struct mqtt_change *change, bool historical)
{
    const struct mqtt_metric *metric = &link->roster->metrics[change->metric];
    struct told *out = &told[told_count++ % TOLD];
    uint16_t words[4];
    mqtt_words(change, words);
    *out = (struct told){.time_ms = change->time_ms, .historical = historical};
    if (metric->is_text)
        mqtt_shown_text(link->roster, change->metric, out->text);
    else
        out->value = mbp_register_decode(&metric->reg, words);
}

static void values(struct mqtt_link *link, const struct mqtt_change *changes, uint32_t count, bool historical)
{
    for (uint32_t c = 0; c < count; c++)
        value(link, &changes[c], historical);
}

static const struct mqtt_format format = {.values = values};

static void open_all(void)
{
    mqtt = calloc(1, sizeof *mqtt);
    at = calloc(1, sizeof *at);
    plant = fixture_plant(line);
    mqtt->options = plant->mqtt;
    mqtt->folder = folder;
    at->mqtt = mqtt;
    at->format = &format;
    assert_int_equal(mqtt_roster_new(plant, &at->roster), MBP_OK);
    at->mosq = mqtt_library.new("test", true, NULL);
    at->waiting = mqtt_waiting_new(mqtt);
    assert_non_null(at->waiting);
    told_count = 0;
}

static void close_all(void)
{
    mqtt_waiting_free(at->waiting);
    mqtt_library.destroy(at->mosq);
    mqtt_roster_free(at->roster);
    mbp_plant_free(plant);
    free(at);
    free(mqtt);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/mbplant-waiting-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(mqtt_library_open(stderr), MBP_OK);
    mqtt_library.lib_init();
    open_all();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    close_all();
    mqtt_library.lib_cleanup();
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

static void note(uint64_t time_ms, float shown)
{
    uint32_t bits;
    memcpy(&bits, &shown, sizeof bits);
    const struct mqtt_change change = {.time_ms = time_ms,
                                       .bits = bits >> 16 | (uint64_t)(bits & 0xFFFFu) << 16,
                                       .metric = mqtt_roster_find(at->roster, "T1")};
    mqtt_waiting_take(at, &change, 1, false);
}

static void connect_and_send(void)
{
    at->connected = true;
    mqtt_waiting_connected(at);
    mqtt_waiting_born(at);
    while (mqtt_waiting_has(at, 1))
        mqtt_waiting_send(at, 1);
}

/* The disk was full in the middle of it. */
static void test_text_without_all_its_parts_is_lost_and_not_told_empty(void **state)
{
    (void)state;
    const struct mqtt_metric *lot = &at->roster->metrics[mqtt_roster_find(at->roster, "LOT")];
    struct mqtt_record records[2] = {{.time_ms = 1000, .bits = 40, .hash = lot->hash, .type = MBP_STRING}};
    enum mbp_status status = MBP_OK;
    mqtt_record_put_part(&records[1], "first of two", 12);
    mqtt_store_add(at->waiting->store, records, 2, &status);
    assert_int_equal(status, MBP_OK);
    note(1100, 20);
    connect_and_send();
    assert_int_equal(told_count, 1);
    assert_int_equal(told[0].time_ms, 1100);
    assert_int_equal(atomic_load(&mqtt->lost), 1);
}

static void test_values_come_back_in_order_as_history(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 50; i++)
        note(1000 + i, (float)i);
    connect_and_send();
    assert_int_equal(told_count, 50);
    for (unsigned i = 0; i < 50; i++) {
        assert_int_equal(told[i].time_ms, 1000 + i);
        assert_float_equal(told[i].value, i, 0.001);
        assert_true(told[i].historical);
    }
    assert_int_equal(at->hole.values, 0);
}

static void test_texts_come_back_as_they_were(void **state)
{
    (void)state;
    static const char *const texts[] = {"A 1", "", "forty letters, which take two records ..", "B"};
    uint32_t lot = mqtt_roster_find(at->roster, "LOT");
    for (unsigned i = 0; i < 4; i++) {
        const struct mqtt_change change = {.time_ms = 1000 + i, .bits = i, .metric = lot};
        at->roster->past_text = texts[i]; /* what the scan would show */
        mqtt_waiting_take(at, &change, 1, false);
        at->roster->past_text = NULL;
        note(2000 + i, (float)i);
    }
    close_all(); /* a restart in between */
    open_all();
    connect_and_send();
    assert_int_equal(told_count, 8);
    for (unsigned i = 0; i < 4; i++) {
        assert_string_equal(told[2 * i].text, texts[i]);
        assert_float_equal(told[2 * i + 1].value, i, 0.001);
    }
}

/* A value each second, which counts its minute: a mean is the minute's number. */
static void test_beyond_the_buffer_there_are_minute_means_and_a_hole(void **state)
{
    (void)state;
    const unsigned beyond = 600, all = CAPACITY + beyond;
    for (unsigned i = 0; i < all; i++) {
        unsigned minute = i / 60;
        note(60000 + i * 1000u, (float)minute + (i % 2 == 0 ? -1.0F : 1.0F));
    }
    assert_int_equal(at->hole.values, beyond);
    assert_int_equal(at->hole.from_ms, 60000);
    assert_int_equal(at->hole.to_ms, 60000 + (beyond - 1) * 1000);
    assert_int_equal(atomic_load(&mqtt->lost), beyond);
    at->connected = true;
    mqtt_waiting_connected(at);
    mqtt_waiting_born(at);
    mqtt_waiting_send(at, 1);
    for (unsigned m = 0; m < beyond / 60; m++) { /* the first that are sent, since they are older */
        assert_float_equal(told[m].value, m, 0.001);
        assert_int_equal(told[m].time_ms, 60000 + (m * 60 + 59) * 1000);
        assert_true(told[m].historical);
    }
    while (mqtt_waiting_has(at, 1))
        mqtt_waiting_send(at, 1);
    assert_int_equal(told_count, CAPACITY + beyond / 60);
}

/* A birth told a newer one meanwhile: times of what is live never go back. */
static void test_birth_makes_history_of_what_was_not_sent(void **state)
{
    (void)state;
    connect_and_send();
    note(1000, 1);
    note(1001, 2); /* the socket takes no more */
    mqtt_waiting_born(at);
    while (mqtt_waiting_has(at, 1))
        mqtt_waiting_send(at, 1);
    assert_int_equal(told_count, 2);
    assert_true(told[0].historical && told[1].historical);
    assert_int_equal(told[0].time_ms, 1000);
}

static void test_damaged_file_is_put_aside_and_another_begun(void **state)
{
    (void)state;
    char path[128], aside[160];
    note(1000, 1);
    close_all();
    snprintf(path, sizeof path, "%s/%s", folder, MQTT_STORE_FILE);
    snprintf(aside, sizeof aside, "%s.damaged", path);
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    fputs("rubbish", file);
    fclose(file);
    open_all();
    assert_int_equal(access(aside, F_OK), 0);
    note(2000, 2);
    connect_and_send();
    assert_int_equal(told_count, 1);
    assert_int_equal(told[0].time_ms, 2000);
}

static void test_larger_buffer_keeps_what_waits(void **state)
{
    (void)state;
    struct mqtt_store *store = NULL;
    for (unsigned i = 0; i < 50; i++)
        note(1000 + i, (float)i);
    close_all();
    assert_int_equal(mqtt_store_open(folder, MQTT_STORE_FILE, 2 * BUFFER, &store), MBP_OK);
    assert_int_equal(mqtt_store_next(store) - mqtt_store_first(store), 50);
    mqtt_store_close(store);
    open_all();
    connect_and_send();
    assert_int_equal(told_count, 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_text_without_all_its_parts_is_lost_and_not_told_empty, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_values_come_back_in_order_as_history, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_texts_come_back_as_they_were, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_beyond_the_buffer_there_are_minute_means_and_a_hole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_birth_makes_history_of_what_was_not_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_damaged_file_is_put_aside_and_another_begun, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_larger_buffer_keeps_what_waits, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
