/* Which events a user wants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "text/filter.h"

static const char yaml[] = "mbplant: 1\nname: Line\nunits:\n"
                           "  - {id: 1, name: A, machines: [{name: M1, sensors: [{name: T1, kind: temperature}]},\n"
                           "      {name: M2, sensors: [{name: T2, kind: temperature}]}]}\n"
                           "  - {id: 2, name: B, machines: [{name: M3, sensors: [{name: T3, kind: temperature}]}]}\n";

static struct mbp_plant *plant;
static struct mbp_names names; /* none but where a test has some */
static struct mbp_telling by;

static int load(void **state)
{
    (void)state;
    const struct mbp_text text = {yaml, strlen(yaml)};
    if (mbp_plant_parse("line.yaml", text, stderr, &plant) != MBP_OK)
        return -1;
    by = (struct mbp_telling){plant, &names, MBP_LANG_EN};
    return 0;
}

static int unload(void **state)
{
    (void)state;
    mbp_plant_free(plant);
    return 0;
}

static struct ctl_filter made(const struct ctl_options *options)
{
    struct ctl_filter filter;
    assert_int_equal(ctl_filter_make(options, &by, &filter), CTL_OK);
    return filter;
}

static struct mbp_event of(enum mbp_event_code code, uint16_t unit, uint16_t machine, uint16_t sensor)
{
    return (struct mbp_event){
        .seq = 10, .wall_ms = 5000, .code = (uint16_t)code, .unit = unit, .machine = machine, .sensor = sensor};
}

static bool passes(const struct ctl_filter *filter, struct mbp_event event)
{
    return ctl_filter_passes(filter, &by, &event);
}

static void test_no_option_lets_everything_through(void **state)
{
    (void)state;
    struct ctl_filter filter = made(&(struct ctl_options){0});
    assert_true(passes(&filter, of(MBP_EV_START, 0, MBP_NONE16, MBP_NONE16)));
    assert_true(passes(&filter, of((enum mbp_event_code)65, 9, 9, 9)));
}

static void test_machine_takes_in_its_sensors_and_no_other_units(void **state)
{
    (void)state;
    struct ctl_filter filter = made(&(struct ctl_options){.machine = "M1"});
    assert_true(passes(&filter, of(MBP_EV_MACHINE_STATE, 1, 0, MBP_NONE16)));
    assert_true(passes(&filter, of(MBP_EV_VALUE_FORCED, 1, 0, 0)));
    assert_false(passes(&filter, of(MBP_EV_MACHINE_STATE, 1, 1, MBP_NONE16)));
    assert_false(passes(&filter, of(MBP_EV_MACHINE_STATE, 2, 0, 0)));
    assert_false(passes(&filter, of(MBP_EV_START, 0, MBP_NONE16, MBP_NONE16)));
}

static void test_sensor_is_told_apart_by_unit(void **state)
{
    (void)state;
    struct ctl_filter filter = made(&(struct ctl_options){.sensor = "T3"});
    assert_true(passes(&filter, of(MBP_EV_ALARM_RAISED, 2, 0, 0)));
    assert_false(passes(&filter, of(MBP_EV_ALARM_RAISED, 1, 0, 0)));
}

static void test_period_takes_in_its_beginning_and_not_its_end(void **state)
{
    (void)state;
    struct mbp_moment at = {MBP_MOMENT_TIME, 0, 5000};
    struct mbp_moment after = {MBP_MOMENT_TIME, 0, 5001};
    struct mbp_event event = of(MBP_EV_START, 0, MBP_NONE16, MBP_NONE16);
    struct ctl_filter filter = {.since = at, .until = after};
    assert_true(mbp_moments_hold(&filter.since, &filter.until, &event));
    filter = (struct ctl_filter){.since = after};
    assert_false(mbp_moments_hold(&filter.since, &filter.until, &event));
    filter = (struct ctl_filter){.until = at};
    assert_false(mbp_moments_hold(&filter.since, &filter.until, &event));
    /* numbers take in both */
    filter = (struct ctl_filter){.since = {MBP_MOMENT_EVENT, 10, 0}, .until = {MBP_MOMENT_EVENT, 10, 0}};
    assert_true(mbp_moments_hold(&filter.since, &filter.until, &event));
}

static void test_code_words_find_codes_by_name_beginning_and_number(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        uint16_t in, out;
    } cases[] = {
        {"alarm raised", 20, 21}, {"alarm_raised", 20, 21},  {"ALARM-raised", 20, 21}, {"alarm", 24, 30},
        {"machine", 10, 20},      {"machine state", 30, 31}, {"20", 20, 21},           {"65", 65, 20},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool codes[MBP_EVENT_CODES] = {false};
        char word[MBP_EVENT_CODE_WORD];
        const char *nearest = NULL;
        assert_int_equal(mbp_event_codes_find(cases[i].word, codes, word, &nearest), MBP_OK);
        assert_true(codes[cases[i].in]);
        assert_false(codes[cases[i].out]);
    }
    struct ctl_filter filter = made(&(struct ctl_options){.code = "start,alarm raised"});
    assert_true(passes(&filter, of(MBP_EV_START, 0, MBP_NONE16, MBP_NONE16)));
    assert_true(passes(&filter, of(MBP_EV_ALARM_RAISED, 1, 0, 0)));
    assert_false(passes(&filter, of(MBP_EV_STOP, 0, MBP_NONE16, MBP_NONE16)));
}

static void test_unknown_code_has_a_nearest_one(void **state)
{
    (void)state;
    bool codes[MBP_EVENT_CODES] = {false};
    char word[MBP_EVENT_CODE_WORD];
    const char *nearest = NULL;
    assert_int_equal(mbp_event_codes_find("alarm_rased", codes, word, &nearest), MBP_ERR_MISSING);
    assert_string_equal(nearest, "alarm raised");
    assert_int_equal(mbp_event_codes_find("alrm", codes, word, &nearest), MBP_ERR_MISSING);
    assert_string_equal(nearest, "alarm");
    static const char *const wrong[] = {"", "alar", "0", "256", "99999", "unknown", "20x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(mbp_event_codes_find(wrong[i], codes, word, &nearest), MBP_ERR_MISSING);
}

static void test_what_the_plant_does_not_have_is_wrong_usage(void **state)
{
    (void)state;
    static const struct ctl_options wrong[] = {
        {.machine = "M9"},
        {.machine = "T1"},
        {.sensor = "M1"},
        {.code = "alarm,nothing"},
        {.since = {MBP_MOMENT_EVENT, 5, 0}, .until = {MBP_MOMENT_EVENT, 4, 0}},
        {.since = {MBP_MOMENT_TIME, 0, 5}, .until = {MBP_MOMENT_TIME, 0, 5}},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct ctl_filter filter;
        assert_int_equal(ctl_filter_make(&wrong[i], &by, &filter), CTL_USAGE);
    }
}

static struct mbp_event_tag tag_of(enum mbp_tag_what what, uint16_t id, const char *name)
{
    return (struct mbp_event_tag){.unit = 1,
                                  .what = (uint8_t)what,
                                  .id = id,
                                  .since = 1,
                                  .gone = MBP_TAG_STAYS,
                                  .name = name,
                                  .kind = "",
                                  .measure = "",
                                  .label = ""};
}

static void test_names_are_those_of_the_tags_of_an_event(void **state)
{
    (void)state;
    const struct mbp_event_tag tags[] = {tag_of(MBP_TAG_MACHINE, 0, "M0"), tag_of(MBP_TAG_MACHINE, 1, "M1"),
                                         tag_of(MBP_TAG_SENSOR, 0, "T0"), tag_of(MBP_TAG_SENSOR, 1, "T1")};
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        assert_int_equal(mbp_names_put_tag(&names, &tags[i]), MBP_OK);
    struct ctl_filter filter = made(&(struct ctl_options){.machine = "M1"});
    assert_true(passes(&filter, of(MBP_EV_MACHINE_STATE, 1, 1, MBP_NONE16)));
    assert_false(passes(&filter, of(MBP_EV_MACHINE_STATE, 1, 0, MBP_NONE16)));
    filter = made(&(struct ctl_options){.sensor = "T1"});
    assert_true(passes(&filter, of(MBP_EV_ALARM_RAISED, 1, 1, 1)));
    assert_false(passes(&filter, of(MBP_EV_ALARM_RAISED, 1, 0, 0)));
    filter = made(&(struct ctl_options){.machine = "m0", .sensor = "t0"}); /* the plant has them no more */
    assert_true(passes(&filter, of(MBP_EV_ALARM_RAISED, 1, 0, 0)));
    assert_false(passes(&filter, of(MBP_EV_ALARM_RAISED, 1, 1, 1)));
    mbp_names_free(&names);
    assert_int_equal(ctl_filter_make(&(struct ctl_options){.machine = "M0"}, &by, &filter), CTL_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_option_lets_everything_through),
        cmocka_unit_test(test_machine_takes_in_its_sensors_and_no_other_units),
        cmocka_unit_test(test_sensor_is_told_apart_by_unit),
        cmocka_unit_test(test_names_are_those_of_the_tags_of_an_event),
        cmocka_unit_test(test_period_takes_in_its_beginning_and_not_its_end),
        cmocka_unit_test(test_code_words_find_codes_by_name_beginning_and_number),
        cmocka_unit_test(test_unknown_code_has_a_nearest_one),
        cmocka_unit_test(test_what_the_plant_does_not_have_is_wrong_usage),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
