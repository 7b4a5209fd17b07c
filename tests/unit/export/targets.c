/* Every target writes every kind of plant, the same bytes each time, and tells what it leaves out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "export_priv.h"
#include "fixture.h"

static char *text;
static char *told;

static void write_as(const struct mbp_plant *plant, const char *target, const char *select)
{
    struct mbp_export_options options = {.host = "10.0.0.7", .port = 1502, .select = select};
    struct mbp_buffer out;
    struct mbp_buffer lines;
    free(text);
    free(told);
    assert_non_null(mbp_export_find(target));
    assert_true(mbp_buffer_open(&out));
    assert_true(mbp_buffer_open(&lines));
    struct mbp_export_told lost = {.out = lines.out};
    assert_int_equal(mbp_export_write(plant, &options, mbp_export_find(target), out.out, &lost), MBP_OK);
    text = mbp_buffer_close(&out);
    told = mbp_buffer_close(&lines);
    assert_non_null(text);
    assert_non_null(told);
}

static void has(const char *where, const char *what)
{
    if (strstr(where, what) == NULL)
        fail_msg("'%s' is not in:\n%.3000s", what, where);
}

static void test_every_target_writes_the_same_bytes_again(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        fixture_plant("mbplant: 1\nname: \"A \\\"plant\\\"\"\nunits: [{id: 1, machines: [{name: M1, sensors: [{name: "
                      "T1, range: [0, 100], max: 80}]}]},"
                      " {id: 9, sensors: [{name: L9, range: [0, 10], register: {type: float64, order: BADC}}]}]\n");
    for (size_t t = 0; t < mbp_export_target_count; t++) {
        const char *target = mbp_export_targets[t].name;
        write_as(plant, target, NULL);
        char *first = text;
        text = NULL;
        write_as(plant, target, NULL);
        assert_string_equal(text, first);
        assert_true(strlen(text) > 100);
        free(first);
    }
    mbp_plant_free(plant);
}

static void test_address_of_the_plant_is_in_the_files_that_need_it(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        fixture_plant("mbplant: 1\nname: P\nunits: [{id: 1, sensors: [{name: T1, range: [0, 100]}]}]\n");
    static const char *const cases[][2] = {{"collectd", "Address \"10.0.0.7\"\n    Port \"1502\""},
                                           {"telegraf", "controller = \"tcp://10.0.0.7:1502\""},
                                           {"homeassistant", "host: \"10.0.0.7\"\n    port: 1502"},
                                           {"zabbix", "tcp://10.0.0.7:1502"},
                                           {"fuxa", "10.0.0.7:1502"},
                                           {"nodered", "\"tcpPort\": \"1502\""},
                                           {"wireshark", "mbtcp.tcp.port:502,1502"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_as(plant, cases[i][0], NULL);
        has(text, cases[i][1]);
    }
    assert_null(mbp_export_find("nothing"));
    assert_non_null(mbp_export_find("ZABBIX"));
    mbp_plant_free(plant);
}

static void test_orders_have_the_words_of_each_target(void **state)
{
    (void)state;
    struct mbp_plant *plant = fixture_plant("mbplant: 1\nname: P\nunits: [{id: 1, blocks: none, points: [{at: holding "
                                            "0, name: A, value: 0, type: uint32, order: CDAB},"
                                            " {at: holding 2, name: B, value: 0, type: float32, order: BADC}, {at: "
                                            "holding 4, name: C, value: 0, type: int32, order: DCBA}]}]\n");
    static const char *const cases[][3] = {
        {"collectd", "RegisterType Uint32LE", "B of unit 1 is left out"},
        {"telegraf", "byte_order = \"BADC\"", ""},
        {"homeassistant", "swap: word_byte", ""},
        {"modbus_exporter", "endianness: yolo", ""},
        {"zabbix", ",2,1,float,mle]", ""},
        {"fuxa", "\"UInt32MLE\"", "B of unit 1 is left out: there is no word for float32 in the order BADC"},
        {"nodered", "order: 'DCBA'", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_as(plant, cases[i][0], NULL);
        has(text, cases[i][1]);
        has(told, cases[i][2]);
    }
    mbp_plant_free(plant);
}

static void test_text_of_a_sensor_is_left_out_and_not_read_as_a_number(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        fixture_plant("mbplant: 1\nname: P\nunits: [{id: 1, sensors: [{name: TXT, register: {type: "
                      "string(4)}, signal: {text: hello}}, {name: L9, range: [0, 10], register: "
                      "{type: int48}}]}]\n");
    static const char *const targets[] = {"collectd",        "fuxa",     "homeassistant", "ignition", "kepware",
                                          "modbus_exporter", "scadalts", "telegraf",      "zabbix",   "zabbix7"};
    char why[80];
    for (size_t t = 0; t < sizeof targets / sizeof targets[0]; t++) {
        write_as(plant, targets[t], "TXT,L9");
        has(told, "L9 of unit 1 is read from its copy as float32");
        assert_null(strstr(told, "TXT of unit 1 is read from its copy"));
        if (strstr(text, "TXT") == NULL) {
            snprintf(why, sizeof why, "%s: TXT of unit 1 is left out: there is no word for string", targets[t]);
            has(told, strcmp(targets[t], "zabbix7") != 0 ? why : "TXT of unit 1 is left out");
        } else {
            assert_true(strcmp(targets[t], "homeassistant") == 0 || strcmp(targets[t], "telegraf") == 0 ||
                        strcmp(targets[t], "scadalts") == 0); /* they know texts */
        }
    }
    mbp_plant_free(plant);
}

static void test_alarms_come_with_their_priority(void **state)
{
    (void)state;
    struct mbp_plant *plant = fixture_plant("mbplant: 1\nname: P\nunits: [{id: 1, sensors: [{name: T1, range: [0, "
                                            "100], limits: {high: {at: 80, priority: critical}, low_low: {at: 5, "
                                            "priority: low}}, bad_quality: {priority: medium}}]}]\n");
    write_as(plant, "zabbix", NULL);
    has(text, "last(/mbplant by Modbus/mbplant.u1_T1_high)=1'\n              name: \"T1.high\"\n           "
              "   priority: DISASTER");
    has(text, "priority: WARNING");
    has(text, "priority: AVERAGE");
    write_as(plant, "fuxa", NULL);
    has(text, "\"group\": \"critical\"");
    write_as(plant, "homeassistant", NULL);
    has(text, "device_class: problem");
    mbp_plant_free(plant);
}

static void test_class_of_an_alarm_in_fuxa_goes_by_the_alarm_alone(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        fixture_plant("mbplant: 1\nname: P\nunits: [{id: 1, sensors: [{name: flow, range: [0, 100], "
                      "bad_quality: {priority: medium}}]}]\n");
    write_as(plant, "fuxa", NULL);
    const char *info = strstr(text, "\"info\": {\n    \"enabled\": true");
    assert_non_null(info);
    assert_null(strstr(text, "\"low\": {\n    \"enabled\": true"));
    mbp_plant_free(plant);
}

static void test_only_states_of_machines_have_their_words_in_zabbix(void **state)
{
    (void)state;
    struct mbp_plant *plant = fixture_plant(
        "mbplant: 1\nname: P\nunits: [{id: 1, machines: [{name: M1, sensors: [{name: L, range: [0, 10]}], "
        "interlocks: [{name: IL, when: \"L < 2\"}]}]}]\n");
    write_as(plant, "zabbix", "M1.IL.state");
    has(text, "M1.IL.state");
    assert_null(strstr(text, "valuemap:\n            name: mbplant state"));
    write_as(plant, "zabbix", "M1.state");
    has(text, "valuemap:\n            name: mbplant state");
    mbp_plant_free(plant);
}

static int tear_down(void **state)
{
    (void)state;
    free(text);
    free(told);
    text = told = NULL;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_target_writes_the_same_bytes_again),
        cmocka_unit_test(test_address_of_the_plant_is_in_the_files_that_need_it),
        cmocka_unit_test(test_orders_have_the_words_of_each_target),
        cmocka_unit_test(test_text_of_a_sensor_is_left_out_and_not_read_as_a_number),
        cmocka_unit_test(test_alarms_come_with_their_priority),
        cmocka_unit_test(test_class_of_an_alarm_in_fuxa_goes_by_the_alarm_alone),
        cmocka_unit_test(test_only_states_of_machines_have_their_words_in_zabbix),
    };
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
