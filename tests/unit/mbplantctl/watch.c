/* The screen of watch: what stands where, and what keys do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "watch.h"

static const char yaml[] =
    "mbplant: 1\nname: Line\nunits:\n"
    "  - {id: 1, name: A, machines: [{name: M1, sensors: [\n"
    "      {name: T1, kind: temperature, unit: °C, range: [0, 100], limits: {low_low: 10, high: 80}}]},\n"
    "      {name: M2, sensors: [{name: T2, kind: temperature, unit: °C, range: [0, 100]}]}]}\n";

static struct mbp_plant *plant;
static struct ctl_sensor_now sensors[2];
static struct mbp_report_machine machines[2];
static struct mbp_report_alarm alarms[1];
static struct mbp_event events[3];
static struct ctl_overview overview;
static struct watch_model model;
static struct watch_screen screen;

static int load(void **state)
{
    (void)state;
    if (mbp_plant_parse("line.yaml", (struct mbp_text){yaml, strlen(yaml)}, stderr, &plant) != MBP_OK)
        return -1;
    sensors[0] = (struct ctl_sensor_now){.value = 92.5, .limit = {10, NAN, 80, NAN}, .bits = 1u << MBP_HIGH};
    sensors[1] = (struct ctl_sensor_now){.value = 50, .limit = {NAN, NAN, NAN, NAN}};
    machines[0] = (struct mbp_report_machine){
        .name = "M1", .label = "", .unit = 1, .state = MBP_EN_PANNE, .first_out = "T1", .cause = "", .alarms = 1};
    machines[1] = (struct mbp_report_machine){
        .name = "M2", .label = "", .unit = 1, .state = MBP_EN_SERVICE, .first_out = "", .cause = ""};
    alarms[0] = (struct mbp_report_alarm){.machine = "M1",
                                          .sensor = &plant->sensors[0],
                                          .limit = MBP_HIGH,
                                          .value = 92.5,
                                          .limit_value = 80,
                                          .active = true,
                                          .unacknowledged = true,
                                          .state = MBP_ALARM_UNACKNOWLEDGED};
    for (uint32_t e = 0; e < 3; e++)
        events[e] = (struct mbp_event){
            .seq = e + 1, .code = MBP_EV_MACHINE_STATE, .unit = 1, .machine = 1, .sensor = MBP_NONE16};
    overview.snapshot.sensors = sensors;
    overview.report = (struct mbp_report){
        .plant = "Line", .sensors = 2, .machines = machines, .machine_count = 2, .alarms = alarms, .alarm_count = 1};
    model = (struct watch_model){.plant = plant,
                                 .overview = &overview,
                                 .events = events,
                                 .event_count = 3,
                                 .host = "127.0.0.1",
                                 .port = 5020,
                                 .clock = "2026-11-24T08:00:00.000Z",
                                 .trouble = ""};
    return 0;
}

static int unload(void **state)
{
    (void)state;
    mbp_plant_free(plant);
    return 0;
}

static void assert_shows(const char *text)
{
    for (unsigned r = 0; r < screen.height; r++) {
        if (strstr(screen.rows[r].text, text) != NULL)
            return;
    }
    fail_msg("the screen does not show '%s'", text);
}

/* The paint in which a text of a row is. */
static enum mbp_paint paint_of(const struct watch_row *row, const char *text)
{
    const char *found = strstr(row->text, text);
    assert_non_null(found);
    size_t at = (size_t)(found - row->text);
    unsigned r = 0;
    for (size_t end = row->runs[0].bytes; end <= at; end += row->runs[r].bytes)
        r++;
    assert_true(r < row->run_count);
    return row->runs[r].paint;
}

/* ---- layout ------------------------------------------------------------------------------------------------------ */

static void test_bar_cell_follows_value_and_stays_in_range(void **state)
{
    (void)state;
    static const double range[2] = {-50, 150};
    static const double empty[2] = {5, 5};
    assert_int_equal(watch_bar_cell(range, -50, 20), 0);
    assert_int_equal(watch_bar_cell(range, -41, 20), 0);
    assert_int_equal(watch_bar_cell(range, 50, 20), 10);
    assert_int_equal(watch_bar_cell(range, 150, 20), 19);
    assert_int_equal(watch_bar_cell(range, 1e9, 20), 19);
    assert_int_equal(watch_bar_cell(range, -1e9, 20), 0);
    assert_int_equal(watch_bar_cell(range, NAN, 20), 20);
    assert_int_equal(watch_bar_cell(empty, 5, 20), 20);
}

static void test_bar_shows_value_and_limits_in_their_paint(void **state)
{
    (void)state;
    struct watch_view view = {.page = WATCH_SENSORS};
    watch_layout(&model, &view, 80, 24, &screen);
    const struct watch_row *row = &screen.rows[4];
    /* 26 cells for 0..100: low_low 10 in cell 2, high 80 in cell 20, 92.5 in cell 24 */
    assert_non_null(strstr(row->text, "[==!=================|===# ]"));
    assert_int_equal(paint_of(row, "#"), MBP_PAINT_BAD);
    assert_int_equal(paint_of(row, "!"), MBP_PAINT_BAD);
    assert_int_equal(paint_of(row, "|"), MBP_PAINT_CARE);
    assert_int_equal(paint_of(&screen.rows[5], "#"), MBP_PAINT_GOOD);
}

static void test_every_page_fits_its_size(void **state)
{
    (void)state;
    static const unsigned sizes[][2] = {{80, 24}, {81, 25}, {132, 50}, {400, 200}, {1000, 1000}, {79, 24}, {5, 1}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (unsigned page = 0; page < WATCH_PAGES; page++) {
            struct watch_view view = {.page = (enum watch_page)page};
            watch_layout(&model, &view, sizes[i][0], sizes[i][1], &screen);
            for (unsigned r = 0; r < screen.height; r++) {
                size_t bytes = 0;
                assert_true(watch_columns(screen.rows[r].text) <= sizes[i][0]);
                assert_int_equal(watch_columns(screen.rows[r].text), screen.rows[r].columns);
                for (unsigned n = 0; n < screen.rows[r].run_count; n++)
                    bytes += screen.rows[r].runs[n].bytes;
                assert_int_equal(bytes, strlen(screen.rows[r].text));
            }
        }
    }
}

static void test_text_beyond_ascii_is_measured_in_columns(void **state)
{
    (void)state;
    assert_int_equal(watch_columns("92.5 °C"), 7);
    assert_int_equal(watch_columns("m³/h µS Ω"), 9);
    assert_int_equal(watch_columns("温度"), 4);
    assert_int_equal(watch_columns("e\xCC\x81"), 1); /* e and a combining acute */
    assert_int_equal(watch_columns("\xFF\xC3"), 2);  /* no UTF-8, and cut off */
    struct watch_view view = {.page = WATCH_SENSORS};
    watch_layout(&model, &view, 80, 24, &screen);
    const char *bar = strchr(screen.rows[4].text, '[');
    assert_non_null(bar);
    assert_int_equal(bar - screen.rows[4].text, 36 + 1); /* one byte more than columns: the degree sign */
}

static void test_machines_show_their_state_in_word_and_paint(void **state)
{
    (void)state;
    struct watch_view view = {.page = WATCH_MACHINES, .selected = {1}};
    watch_layout(&model, &view, 80, 24, &screen);
    assert_int_equal(paint_of(&screen.rows[4], "en_panne"), MBP_PAINT_BAD);
    assert_int_equal(paint_of(&screen.rows[5], "en_service"), MBP_PAINT_GOOD);
    assert_false(screen.rows[4].selected);
    assert_true(screen.rows[5].selected);
    assert_shows("Line  at 127.0.0.1:5020");
    assert_shows("1 unacknowledged");
    assert_shows("LAST EVENTS");
}

static void test_small_terminal_is_told_so(void **state)
{
    (void)state;
    struct watch_view view = {0};
    watch_layout(&model, &view, 79, 24, &screen);
    assert_string_equal(screen.rows[0].text, "terminal too small: 79x24 ");
    watch_layout(&model, &view, 80, 23, &screen);
    assert_shows("watch needs 80x24");
}

static void test_dead_slave_is_told_and_the_last_state_stays(void **state)
{
    (void)state;
    struct watch_view view = {0};
    struct watch_model gone = model;
    gone.trouble = "connection refused";
    watch_layout(&gone, &view, 80, 24, &screen);
    assert_shows("NO SLAVE, trying again: connection refused");
    assert_shows("en_panne");
    gone.plant = NULL;
    gone.overview = NULL;
    watch_layout(&gone, &view, 80, 24, &screen);
    assert_shows("NO SLAVE");
}

static void test_list_longer_than_the_screen_shows_the_selection(void **state)
{
    (void)state;
    static struct mbp_event many[150];
    for (uint32_t e = 0; e < 150; e++)
        many[e] = (struct mbp_event){.seq = e + 1, .code = MBP_EV_START, .machine = MBP_NONE16, .sensor = MBP_NONE16};
    struct watch_model longer = model;
    longer.events = many;
    longer.event_count = 150;
    struct watch_view view = {.page = WATCH_JOURNAL, .selected = {0, 0, 0, 149}};
    watch_layout(&longer, &view, 80, 24, &screen);
    unsigned selected = 0;
    for (unsigned r = 0; r < 24; r++)
        selected += screen.rows[r].selected;
    assert_int_equal(selected, 1);
}

/* ---- keys -------------------------------------------------------------------------------------------------------- */

static void test_keys_have_their_meaning(void **state)
{
    (void)state;
    static const struct {
        int key;
        enum watch_action action;
    } cases[] = {
        {'j', WATCH_DOWN},       {'k', WATCH_UP},          {WATCH_KEY_UP, WATCH_UP},     {WATCH_KEY_DOWN, WATCH_DOWN},
        {'\t', WATCH_NEXT_PAGE}, {'1', WATCH_PAGE_1},      {'4', WATCH_PAGE_4},          {'a', WATCH_ACKNOWLEDGE},
        {'f', WATCH_FORCE},      {'r', WATCH_RELEASE},     {'A', WATCH_ACKNOWLEDGE_ALL}, {'s', WATCH_EN_SERVICE},
        {'p', WATCH_EN_PANNE},   {'m', WATCH_MAINTENANCE}, {'?', WATCH_SHOW_HELP},       {'q', WATCH_QUIT},
        {'x', WATCH_NOTHING},    {0, WATCH_NOTHING},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(watch_key_action(cases[i].key), cases[i].action);
}

static void test_moving_stays_in_the_list(void **state)
{
    (void)state;
    struct watch_view view = {0};
    watch_press(&view, &model, 'k', 10);
    assert_int_equal(view.selected[WATCH_MACHINES], 0);
    watch_press(&view, &model, 'j', 10);
    watch_press(&view, &model, 'j', 10);
    assert_int_equal(view.selected[WATCH_MACHINES], 1);
    watch_press(&view, &model, WATCH_KEY_HOME, 10);
    assert_int_equal(view.selected[WATCH_MACHINES], 0);
    watch_press(&view, &model, 'G', 10);
    assert_int_equal(view.selected[WATCH_MACHINES], 1);
    watch_press(&view, &model, WATCH_KEY_PAGE_UP, 10);
    assert_int_equal(view.selected[WATCH_MACHINES], 0);
    for (unsigned p = 0; p < WATCH_PAGES; p++)
        watch_press(&view, &model, '\t', 10);
    assert_int_equal(view.page, WATCH_MACHINES);
}

static void test_force_asks_for_the_value_of_the_selected_sensor(void **state)
{
    (void)state;
    struct watch_view view = {.page = WATCH_SENSORS, .selected = {0, 1}};
    assert_int_equal(watch_press(&view, &model, 'f', 10), WATCH_NOTHING);
    assert_int_equal(view.mode, WATCH_ASKS_VALUE);
    static const int keys[] = {'9', 'q', WATCH_KEY_BACKSPACE, '.', '5'};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_int_equal(watch_press(&view, &model, keys[i], 10), WATCH_NOTHING);
    watch_layout(&model, &view, 80, 24, &screen);
    assert_shows("force T2 to");
    view.selected[WATCH_SENSORS] = 0; /* the target is the one that was asked about */
    assert_int_equal(watch_press(&view, &model, WATCH_KEY_ENTER, 10), WATCH_FORCE);
    assert_string_equal(view.target, "T2");
    assert_string_equal(view.answer, "9.5");
    watch_press(&view, &model, 'f', 10);
    assert_int_equal(watch_press(&view, &model, WATCH_KEY_ESCAPE, 10), WATCH_NOTHING);
    assert_int_equal(view.mode, WATCH_LIST);
}

static void test_machine_state_is_asked_only_after_y(void **state)
{
    (void)state;
    struct watch_view view = {.page = WATCH_MACHINES, .selected = {1}};
    assert_int_equal(watch_press(&view, &model, 'm', 10), WATCH_NOTHING);
    watch_layout(&model, &view, 80, 24, &screen);
    assert_shows("ask M2 for maintenance? y / n");
    assert_int_equal(watch_press(&view, &model, 'n', 10), WATCH_NOTHING);
    assert_int_equal(view.mode, WATCH_LIST);
    watch_press(&view, &model, 'm', 10);
    assert_int_equal(watch_press(&view, &model, 'y', 10), WATCH_MAINTENANCE);
    assert_string_equal(view.target, "M2");
}

static void test_action_without_its_target_says_what_to_select(void **state)
{
    (void)state;
    struct watch_view view = {.page = WATCH_MACHINES};
    assert_int_equal(watch_press(&view, &model, 'f', 10), WATCH_NOTHING);
    assert_int_equal(view.mode, WATCH_LIST);
    assert_non_null(strstr(view.message, "select a sensor"));
    struct watch_model none = model;
    none.overview = NULL;
    assert_int_equal(watch_press(&view, &none, 'a', 10), WATCH_NOTHING);
    view.page = WATCH_ALARMS; /* an alarm's sensor */
    assert_int_equal(watch_press(&view, &model, 'a', 10), WATCH_ACKNOWLEDGE);
    assert_string_equal(view.target, "T1");
}

static void test_help_lists_every_action_and_ends_with_any_key(void **state)
{
    (void)state;
    struct watch_view view = {0};
    watch_press(&view, &model, '?', 10);
    watch_layout(&model, &view, 80, 24, &screen);
    assert_shows("acknowledge all alarms");
    assert_shows("quit; Ctrl-C too");
    assert_int_equal(watch_press(&view, &model, 'x', 10), WATCH_NOTHING);
    assert_int_equal(view.mode, WATCH_LIST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bar_cell_follows_value_and_stays_in_range),
        cmocka_unit_test(test_bar_shows_value_and_limits_in_their_paint),
        cmocka_unit_test(test_every_page_fits_its_size),
        cmocka_unit_test(test_text_beyond_ascii_is_measured_in_columns),
        cmocka_unit_test(test_machines_show_their_state_in_word_and_paint),
        cmocka_unit_test(test_small_terminal_is_told_so),
        cmocka_unit_test(test_dead_slave_is_told_and_the_last_state_stays),
        cmocka_unit_test(test_list_longer_than_the_screen_shows_the_selection),
        cmocka_unit_test(test_keys_have_their_meaning),
        cmocka_unit_test(test_moving_stays_in_the_list),
        cmocka_unit_test(test_force_asks_for_the_value_of_the_selected_sensor),
        cmocka_unit_test(test_machine_state_is_asked_only_after_y),
        cmocka_unit_test(test_action_without_its_target_says_what_to_select),
        cmocka_unit_test(test_help_lists_every_action_and_ends_with_any_key),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
