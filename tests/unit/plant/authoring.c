/* Mistakes that people make when they write a plant file: each is told once, where it is, with what to write instead.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plant_fixture.h"

/* ---- one mistake, one message ----------------------------------------------------------------------------------- */

#define UNIT    "mbplant: 1\nunits:\n  - id: 1\n"
#define SENSORS UNIT "    sensors:\n      - "
#define MACHINE UNIT "    machines:\n      - name: M1\n"
#define LOOP(sensor, actuator, controller)                                                                             \
    MACHINE "        sensors: [" sensor "]\n"                                                                          \
            "        actuators: [" actuator "]\n"                                                                      \
            "        controllers: [" controller "]\n"
#define LT  "{name: LT1, range: [0, 100]}"
#define FV  "{name: FV1}"
#define LIC "{name: LIC1, input: LT1, output: FV1, setpoint: 60, gain: 1}"

#define NO_COLON                                                                                                       \
    "not valid YAML: there is no ': ' between a key and its value; write KEY: VALUE, with a blank behind the colon\n"

struct mistake {
    const char *yaml, *told;
};

static const struct mistake mistakes[] = {
    /* a colon that is missing: told in its line, not in the next */
    {"mbplant 1\nunits: []\n", "1:1: " NO_COLON},
    {"mbplant: 1\nunits\n  - id: 1\n", "2:1: " NO_COLON},
    {"mbplant: 1\nscan 100ms\nunits: [{id: 1}]\n", "2:1: " NO_COLON},
    {"mbplant: 1\nscan 100ms\n", "2:1: " NO_COLON},
    {UNIT "    machines:\n      - name M1\n        label: x\n", "5:9: " NO_COLON},
    {UNIT "    machines:\n      - name:M1\n\n        # x\n        label: x\n", "5:9: " NO_COLON},
    {UNIT "    sensors\n      - name: T1\n", "4:5: " NO_COLON},
    {SENSORS "{name: T, max 5}\n", "5:19: 'max 5': there is no ': ' between the key and its value; write max: VALUE\n"},
    {SENSORS "{name: T, max:5}\n", "5:19: 'max:5': there is no ': ' between the key and its value; write max: VALUE\n"},
    {"mbplant: 1\nname: a: b\n", "2:8: not valid YAML: a second ': ' in one line; put a value with ': ' in it in "
                                 "quotes, and each key in a line of its own\n"},
    /* characters that YAML keeps for itself */
    {SENSORS "{name: T, unit: %}\n", "5:25: not valid YAML: a value cannot begin with '%'; quote it: \"%\"\n"},
    {SENSORS "name: T\n        unit: %rh\n",
     "6:15: not valid YAML: a value cannot begin with '%'; quote it: \"%rh\"\n"},
    {SENSORS "name: T\n        label: @home\n",
     "6:16: not valid YAML: a value cannot begin with '@'; quote it: \"@home\"\n"},
    /* a decimal comma */
    {SENSORS "name: T\n        max: 1,5\n",
     "6:14: 'max' is '1,5'; allowed is a number; write a decimal point, not a comma\n"},
    {SENSORS "{name: T, signal: {noise: 0,8}}\n",
     "5:35: '0,8' is two things; write a decimal point, not a comma: 0.8\n"},
    {SENSORS "{name: T, signal: {inputs: [{from: T, gain: -1,25}]}}\n",
     "5:53: '-1,25' is two things; write a decimal point, not a comma: -1.25\n"},
    /* indentation, brackets, quotes */
    {UNIT "     name: x\n", "4:6: not valid YAML: this line is indented deeper than the one above, whose value it goes "
                            "on with; begin the keys of one group in the same column\n"},
    {UNIT "   name: x\n", "4:4: not valid YAML: did not find expected '-' indicator (while parsing a block collection "
                          "that begins in line 3)\n"},
    {"mbplant: 1\nunits:\n  -id: 1\n",
     "3:3: 'units' is a group of keys; allowed is a list of at most 256, each a unit; "
     "a '-' needs a blank behind it\n"},
    {SENSORS "{name: T, max: 5\n      - {name: U}\n", "6:9: not valid YAML: did not find expected ',' or '}' (while "
                                                      "parsing a flow mapping that begins in line 5)\n"},
    {"mbplant: 1\nname: \"abc\nunits: [{id: 1}]\n", "4:1: not valid YAML: found unexpected end of stream (while "
                                                    "scanning a quoted scalar that begins in line 2)\n"},
    {UNIT "\tname: x\n", "4:1: not valid YAML: a tab; indent with spaces\n"},
    /* what follows from another mistake is not told */
    {LOOP("{name: LT1, rnage: [0, 100]}", FV, LIC), "6:31: 'rnage' is not a key of a sensor; did you mean 'range'?\n"},
    {LOOP("{name: LT1, range: [0, 100], register: {type: bool}}", FV, LIC),
     "6:38: a bool sensor has no 'range'; remove it, or choose a number type\n"},
    {LOOP(LT, "{name: FV1, range: [100, 0]}", LIC), "7:40: the range is reversed; write the lower end first\n"},
    {LOOP("{name: LT1, range: [0, 100]}, {name: FV1}", FV, LIC),
     "7:28: the name 'FV1' is taken by the sensor in line 6; names are unique in the plant\n"},
    {LOOP(LT, FV, "{name: LIC1, input: LT1, outptu: FV1, setpoint: 60, gain: 1}"),
     "8:48: 'outptu' is not a key of a controller; did you mean 'output'?\n"},
    {LOOP(LT, FV,
          "{name: A, input: LT1, setpoint: 60, gain: 1}, "
          "{name: B, input: LT1, output: FV1, cascaed: A, setpoint: 60, gain: 1}"),
     "8:104: 'cascaed' is not a key of a controller; did you mean 'cascade'?\n"},
    {LOOP(LT, FV,
          "{name: A, input: LT1, setpoint: 60, gain: 1}, "
          "{name: B, input: LT1, output: FV1, cascade: C, setpoint: 60, gain: 1}"),
     "8:113: there is no controller 'C' in the plant\n"},
    {MACHINE "        sesnors: [" LT "]\n        actuators: [" FV "]\n        controllers: [" LIC "]\n",
     "6:9: 'sesnors' is not a key of a machine; did you mean 'sensors'?\n"},
    {SENSORS "{name: T, regster: {type: string(4)}, signal: {text: abc}}\n",
     "5:19: 'regster' is not a key of a sensor; did you mean 'register'?\n"},
    /* things of the wrong kind */
    {LOOP("{name: LT1, signal: {inputs: [{from: LIC1}]}}", FV,
          "{name: LIC1, input: LT1, output: FV1, setpoint: 1, "
          "gain: 1}"),
     "6:56: there is no sensor 'LIC1' in the plant; 'from' names a sensor or an actuator\n"},
    {LOOP("{name: LT1, signal: {inputs: [{from: M1}]}}", FV, ""),
     "6:56: there is no sensor 'M1' in the plant; 'from' names a sensor or an actuator\n"},
    {LOOP("{name: LT1, signal: {inputs: [{from: FV1, times: LT1}]}}", FV, ""),
     "6:68: there is no actuator 'LT1' in the plant; 'times' names one, whose position multiplies the input\n"},
    {LOOP(LT, FV, "") "faults: [{name: f, kind: bias, amount: 1, sensor: FV1}]\n",
     "9:51: there is no sensor 'FV1' in the plant\n"},
    {LOOP(LT, FV, LIC) "faults: [{name: f, kind: bias, amount: 1, sensor: LIC1}]\n",
     "9:51: there is no sensor 'LIC1' in the plant\n"},
    {LOOP(LT, FV, "{name: LIC1, input: FV1, output: FV1, setpoint: 60, gain: 1}"),
     "8:43: there is no sensor 'FV1' in the plant\n"},
    {LOOP(LT, FV, "{name: LIC1, input: LT1, output: LT1, setpoint: 60, gain: 1}"),
     "8:56: there is no actuator 'LT1' in the plant\n"},
    {LOOP(LT, "{name: FV1, on_off: true}", LIC),
     "8:56: FV1 is on/off; a controller needs an actuator that it can set in between, or type: two_position, low: .., "
     "high: .. to switch it\n"},
    /* values */
    {SENSORS "{name: T, kind: \"temperatur\"}\n",
     "5:25: 'kind' is 'temperatur'; allowed is one of temperature, pressure, level, flow, speed, vibration, current, "
     "voltage, humidity, power, torque, position, weight, frequency, ph, conductivity, concentration, generic; did you "
     "mean 'temperature'?\n"},
    {"mbplant: 1\nscan: 5\nunits: [{id: 1}]\n",
     "2:7: 'scan' is '5'; allowed is a duration 1ms..10s, a number with its unit (us ms s min h d)\n"},
    {"mbplant: 2\nunits: [{id: 1}]\n",
     "1:10: 'mbplant' is '2'; allowed is 1, the version of the format that this mbplant reads\n"},
    {SENSORS "{name: 1T}\n", "5:16: 'name' is '1T'; allowed is a name of at most 32 letters, digits, '_', '-', '.', a "
                             "letter first\n"},
    {SENSORS "{name: T, register: {at: 400001}}\n",
     "5:34: 'at' is '400001'; allowed is a whole number 0..65535, or a table and a number: input 0; "
     "addresses count from 0: 400001 is at: 0, 400011 is at: "
     "10\n"},
    {SENSORS "{name: T, register: {at: 70000}}\n",
     "5:34: 'at' is '70000'; allowed is a whole number 0..65535, or a table and a number: input 0\n"},
    {SENSORS "{name: T, range: [100, 0]}\n",
     "5:26: the range is reversed: 100 is not below 0; write the lower end first\n"},
    {SENSORS "{name: T, range: 100}\n", "5:26: 'range' is '100'; allowed is two numbers, the lower first: [0, 150]\n"},
    {SENSORS "{name: T, range: [0, 10], limits: {high: 20}}\n", "5:50: 'high' is 20, outside the range 0..10\n"},
    {SENSORS "{name: T, label: }\n", "5:26: 'label' has no value; allowed is a text of one line, at most 80 bytes\n"},
    {SENSORS "{name: T, max: \"\"}\n", "5:24: 'max' is ''; allowed is a number\n"},
    {MACHINE "        actuators: [{name: P1, on_off: true, fail: yes}]\n",
     "6:52: 'fail' is 'yes'; allowed is closed (or off), open (or on), last, a number within the range, or one of "
     "these per state: {en_panne: , maintenance: }\n"},
};

static void test_mistake_is_told_once_where_it_is_with_what_to_write(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        const char *told = errors_of_text(mistakes[i].yaml);
        if (strcmp(told, mistakes[i].told) != 0) {
            print_error("of\n%s\nis told\n%snot\n%s\n", mistakes[i].yaml, told, mistakes[i].told);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/* ---- a letter too many in each key ------------------------------------------------------------------------------- */

static size_t read_text(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(text, 1, size - 1, file);
    fclose(file);
    text[len] = '\0';
    return len;
}

static bool is_key(const char *text, size_t at, size_t len)
{
    const char *line = text + at;
    while (line > text && line[-1] != '\n')
        line--;
    bool begins = at == 0 || strchr(" \n{,", text[at - 1]) != NULL;
    return begins && text[at + len] == ':' && strchr(" \n", text[at + len + 1]) != NULL &&
           memchr(line, '#', (size_t)(text + at - line)) == NULL;
}

/* Loads the text with an x behind the key's first letter. What is told of it, where it does not load; else NULL. */
static const char *told_of_misspelt(const char *text, size_t at)
{
    static char said[65536];
    char *changed = malloc(strlen(text) + 2);
    struct mbp_plant *plant = NULL;
    assert_non_null(changed);
    sprintf(changed, "%.*sx%s", (int)at + 1, text, text + at + 1);
    memset(said, 0, sizeof said);
    FILE *errors = fmemopen(said, sizeof said, "w");
    enum mbp_status status = mbp_plant_parse("f", (struct mbp_text){changed, strlen(changed)}, errors, &plant);
    fclose(errors);
    free(changed);
    mbp_plant_free(plant);
    return status == MBP_OK ? NULL : said;
}

static void assert_each_key_is_told_alone(const char *path)
{
    static char text[65536];
    unsigned keys = 0, line = 1;
    size_t len = read_text(path, text, sizeof text);
    for (size_t at = 0; at < len; at++) {
        line += text[at] == '\n' ? 1 : 0;
        size_t word = strspn(text + at, "abcdefghijklmnopqrstuvwxyz_");
        if (word < 2 || !is_key(text, at, word))
            continue;
        const char *told = told_of_misspelt(text, at);
        unsigned told_line = 0;
        if (told != NULL && (sscanf(told, "f:%u:", &told_line) != 1 || told_line != line ||
                             strchr(told, '\n') != told + strlen(told) - 1))
            fail_msg("of '%.*s' misspelt in line %u of %s is told\n%s", (int)word, text + at, line, path, told);
        keys += told != NULL ? 1 : 0;
        at += word - 1;
    }
    assert_true(keys > 20);
}

static void test_key_with_a_letter_too_many_is_told_alone(void **state)
{
    (void)state;
    static const char *const files[] = {MBP_CONFIG_DIR "/hello.yaml",          MBP_CONFIG_DIR "/device.yaml",
                                        MBP_CONFIG_DIR "/boiler.yaml",         MBP_TEST_DATA "/plant/all_keys.yaml",
                                        MBP_TEST_DATA "/plant/actuators.yaml", MBP_TEST_DATA "/plant/controllers.yaml"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        assert_each_key_is_told_alone(files[i]);
}

/* ---- what tools write -------------------------------------------------------------------------------------------- */

static void assert_same_plant(const char *written, const char *by_tool)
{
    struct mbp_plant *one = plant_of_text(written), *other = plant_of_text(by_tool);
    char *config_one = config_of(one), *config_other = config_of(other);
    assert_string_equal(config_one, config_other);
    free(config_one);
    free(config_other);
    mbp_plant_free(one);
    mbp_plant_free(other);
}

static void test_quoted_value_is_taken_wherever_a_plain_one_is(void **state)
{
    (void)state;
    assert_same_plant(
        "mbplant: 1\nscan: 50ms\nseed: 7\nhttp: off\njournal: {keep: 90d, max_size: 500MB}\nunits:\n"
        "  - {id: 3, gaps: zero, machines: [{name: M1, state: en_panne, cycle: {time: 1s, reject: 1.5%}, sensors: ["
        "{name: T, kind: flow, range: [0, 50], limits: {high: 9}, trip: [high], suppress: [maintenance], latch: true,"
        " signal: {base: {en_service: 3}, wave: {shape: square, amplitude: 2, period: 9s}}, bad_quality: true,"
        " register: {at: 5, type: int32, scale: 0.1, order: CDAB}, inject: once}],"
        " actuators: [{name: P, kind: pump, on_off: true, initial: on, fail: {en_panne: off}}]}],"
        " tables: {coils: [{at: 100, values: [1, 0], access: read}]}}\n",
        "{\"mbplant\": \"1\", \"scan\": \"50ms\", \"seed\": \"7\", \"http\": \"off\", \"journal\": {\"keep\": \"90d\", "
        "\"max_size\": \"500MB\"}, \"units\": [{\"id\": \"3\", \"gaps\": \"zero\", \"machines\": [{\"name\": \"M1\", "
        "\"state\": \"en_panne\", \"cycle\": {\"time\": \"1s\", \"reject\": \"1.5%\"}, \"sensors\": [{\"name\": \"T\", "
        "\"kind\": \"flow\", \"range\": [\"0\", \"50\"], \"limits\": {\"high\": \"9\"}, \"trip\": [\"high\"], "
        "\"suppress\": [\"maintenance\"], \"latch\": \"true\", \"signal\": {\"base\": {\"en_service\": \"3\"}, "
        "\"wave\": {\"shape\": \"square\", \"amplitude\": \"2\", \"period\": \"9s\"}}, \"bad_quality\": \"true\", "
        "\"register\": {\"at\": \"5\", \"type\": \"int32\", \"scale\": \"0.1\", \"order\": \"CDAB\"}, \"inject\": "
        "\"once\"}], \"actuators\": [{\"name\": \"P\", \"kind\": \"pump\", \"on_off\": \"true\", \"initial\": \"on\", "
        "\"fail\": {\"en_panne\": \"off\"}}]}], \"tables\": {\"coils\": [{\"at\": \"100\", \"values\": [\"1\", "
        "\"0\"], \"access\": \"read\"}]}}]}");
}

static void test_on_and_off_are_taken_as_true_and_false(void **state)
{
    (void)state;
    assert_same_plant("mbplant: 1\nhttp: off\nunits:\n  - {id: 1, machines: [{name: M, actuators: ["
                      "{name: A, on_off: true, initial: on, fail: off}, {name: B, fail: on},"
                      "{name: C, fail: {en_panne: off, maintenance: on}}]}]}\n",
                      "mbplant: 1\nhttp: false\nunits:\n  - {id: 1, machines: [{name: M, actuators: ["
                      "{name: A, on_off: true, initial: true, fail: false}, {name: B, fail: true},"
                      "{name: C, fail: {en_panne: false, maintenance: true}}]}]}\n");
    assert_same_plant("mbplant: 1\nhttp: {listen: off}\nunits: [{id: 1}]\n",
                      "mbplant: 1\nhttp: {listen: false}\nunits: [{id: 1}]\n");
}

/* ---- addresses as people call them ------------------------------------------------------------------------------- */

static void test_address_that_looks_like_a_register_number_is_warned_of(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(
        UNIT "    sensors:\n      - {name: T1, register: {at: 40001}}\n      - {name: T2, register: {at: 39999}}\n"
             "    actuators:\n      - {name: V1, register: {at: 40011}}\n"
             "    tables:\n      input_registers: [{at: 30005, count: 3}, {at: 40001, count: 1}]\n"
             "      discrete_inputs: [{at: 10001, count: 1}]\n"
             "      holding_registers: [{at: 49999, count: 1}, {at: 50000, count: 1}]\n"
             "      coils: [{at: 10001, count: 1}]\n");
    const char *warned =
        "  warning: test.yaml:5:35: 'at' counts from 0: this one is what masters call 440002; the one that they call "
        "40001 stands at: 0\n"
        "  warning: test.yaml:8:35: 'at' counts from 0: this one is what masters call 440012; the one that they call "
        "40011 stands at: 10\n"
        "  warning: test.yaml:10:30: 'at' counts from 0: this one is what masters call 330006; the one that they call "
        "30005 stands at: 4\n"
        "  warning: test.yaml:11:30: 'at' counts from 0: this one is what masters call 110002; the one that they call "
        "10001 stands at: 0\n"
        "  warning: test.yaml:12:32: 'at' counts from 0: this one is what masters call 450000; the one that they call "
        "49999 stands at: 9998\n";
    char *told = summary_of(plant);
    const char *first = strstr(told, "  warning: ");
    assert_string_equal(first != NULL ? first : told, warned);
    free(told);
    mbp_plant_free(plant);
}

/* As SunSpec's maps do: 40000 is no register's number. */
static void test_addresses_of_a_map_that_begins_at_40000_are_meant(void **state)
{
    (void)state;
    static const char *const begins[] = {"    points: [{at: holding 40000, value: 7}]\n",
                                         "    tables: {holding_registers: [{at: 40000, values: [7]}]}\n"};
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
        char text[512];
        snprintf(text, sizeof text, "%s    sensors: [{name: T1, register: {at: 40001}}]\n%s", UNIT, begins[i]);
        struct mbp_plant *plant = plant_of_text(text);
        char *told = summary_of(plant);
        assert_null(strstr(told, "'at' counts from 0"));
        free(told);
        mbp_plant_free(plant);
    }
}

static void test_quoted_null_is_a_text(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(SENSORS "{name: T, label: \"null\", unit: '~'}\n");
    assert_string_equal(plant->sensors[0].label, "null");
    assert_string_equal(plant->sensors[0].unit_text, "~");
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistake_is_told_once_where_it_is_with_what_to_write),
        cmocka_unit_test(test_key_with_a_letter_too_many_is_told_alone),
        cmocka_unit_test(test_quoted_value_is_taken_wherever_a_plain_one_is),
        cmocka_unit_test(test_on_and_off_are_taken_as_true_and_false),
        cmocka_unit_test(test_quoted_null_is_a_text),
        cmocka_unit_test(test_address_that_looks_like_a_register_number_is_warned_of),
        cmocka_unit_test(test_addresses_of_a_map_that_begins_at_40000_are_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
