/* The screen of watch: what stands where, and what keys do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "watch/watch_text.h"

static const char yaml[] =
    "mbplant: 1\nname: Line\nunits:\n"
    "  - {id: 1, name: A, machines: [{name: M1, sensors: [\n"
    "      {name: T1, kind: temperature, unit: °C, range: [0, 100], limits: {low_low: 10, high: 80}}]},\n"
    "      {name: M2, sensors: [{name: T2, kind: temperature, unit: °C, range: [0, 100]}]}]}\n";

#define NOW_MS UINT64_C(1795507200000) /* 2026-11-24T08:00:00.000Z */

static struct mbp_plant *plant;
static struct mbp_sensor_view sensors[2];
static struct mbp_report_machine machines[2];
static struct mbp_report_alarm alarms[3];
static struct mbp_event events[3];
static struct ctl_overview overview;
static struct watch_model model;
static struct watch_screen screen;

static struct mbp_report_alarm alarm_of(uint32_t sensor, enum mbp_limit limit);

static int load(void **state)
{
    (void)state;
    if (mbp_plant_parse("line.yaml", (struct mbp_text){yaml, strlen(yaml)}, stderr, &plant) != MBP_OK)
        return -1;
    sensors[0] = (struct mbp_sensor_view){.value = 92.5, .limit = {10, NAN, 80, NAN}, .active[MBP_HIGH] = true};
    sensors[1] = (struct mbp_sensor_view){.value = 50, .limit = {NAN, NAN, NAN, NAN}};
    machines[0] = (struct mbp_report_machine){
        .name = "M1", .label = "", .unit = 1, .state = MBP_EN_PANNE, .first_out = "T1", .cause = "", .alarms = 1};
    machines[1] = (struct mbp_report_machine){
        .name = "M2", .label = "", .unit = 1, .state = MBP_EN_SERVICE, .first_out = "", .cause = ""};
    alarms[0] = alarm_of(0, MBP_HIGH);
    for (uint32_t e = 0; e < 3; e++)
        events[e] = (struct mbp_event){
            .seq = e + 1, .code = MBP_EV_MACHINE_STATE, .unit = 1, .machine = 1, .sensor = MBP_NONE16};
    overview.snapshot.sensors = sensors;
    overview.seen.report = (struct mbp_report){
        .plant = "Line", .sensors = 2, .machines = machines, .machine_count = 2, .alarms = alarms, .alarm_count = 1};
    model = (struct watch_model){.plant = plant,
                                 .overview = &overview,
                                 .events = events,
                                 .event_count = 3,
                                 .host = "127.0.0.1",
                                 .port = 5020,
                                 .now_ms = NOW_MS,
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

/* A view in which that line of a page is chosen. */
static struct watch_view choose(enum watch_page page, size_t at)
{
    struct watch_view view = {.page = page};
    watch_choose(&view, &model, page, at);
    return view;
}

/* The alarm of a sensor, as the list has it. */
static struct mbp_report_alarm alarm_of(uint32_t sensor, enum mbp_limit limit)
{
    return (struct mbp_report_alarm){.machine = plant->machines[plant->sensors[sensor].machine].name,
                                     .sensor = &plant->sensors[sensor],
                                     .limit = limit,
                                     .value = 92.5,
                                     .limit_value = 80,
                                     .active = true,
                                     .unacknowledged = true,
                                     .state = MBP_ALARM_UNACKNOWLEDGED};
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
    /* 37 cells for 0..100: low_low 10 in cell 3, high 80 in cell 29, 92.5 in cell 34 */
    assert_non_null(strstr(row->text, "[===!=========================|====#  ]"));
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

static void test_wide_name_of_a_plant_leaves_the_clock_in_its_place(void **state)
{
    (void)state;
    struct watch_view view = {0};
    struct mbp_plant wide = *plant;
    struct watch_model named = model;
    wide.name = "\xE6\xB8\xA9\xE5\xBA\xA6 \xE6\xB8\xA9\xE5\xBA\xA6 \xE2\x9A\xA1 \xE6\xB8\xA9\xE5\xBA\xA6 Line 1 "
                "\xE6\xB8\xA9 Line 2 of them";
    named.plant = &wide;
    watch_layout(&named, &view, 80, 24, &screen);
    assert_int_equal(screen.rows[0].columns, 80);
    assert_non_null(strstr(screen.rows[0].text, "\xE2\x80\xA6 2026-11-24T08:00:00.000Z"));
    setlocale(LC_CTYPE, "C"); /* a terminal without them */
    watch_layout(&named, &view, 80, 24, &screen);
    assert_int_equal(screen.rows[0].columns, 80);
    assert_int_equal(strncmp(screen.rows[0].text, "?? ?? ? ?? Line 1", 17), 0);
    setlocale(LC_CTYPE, "C.UTF-8");
}

static void test_titles_and_keys_are_whole_at_eighty_columns(void **state)
{
    (void)state;
    for (unsigned page = 0; page < WATCH_PAGES; page++) {
        struct watch_view view = {.page = (enum watch_page)page};
        watch_layout(&model, &view, 80, 24, &screen);
        for (unsigned r = 0; r < screen.height && page != WATCH_ALARMS; r++) /* which can be moved sideways */
            assert_null(strstr(screen.rows[r].text, "\xE2\x80\xA6"));
        assert_non_null(strstr(screen.rows[23].text, "q quit"));
    }
    assert_shows("EVENT");
}

static void test_chosen_event_is_told_whole(void **state)
{
    (void)state;
    struct watch_view view = choose(WATCH_JOURNAL, 2);
    struct mbp_event long_one[1] = {
        {.seq = 7,
         .code = MBP_EV_MACHINE_REFUSED,
         .unit = 1,
         .machine = 0,
         .sensor = 0,
         .value = 92.5f,
         .limit = 80,
         .actor = 1,
         .detail = mbp_event_state_detail(MBP_EN_PANNE, MBP_EN_SERVICE, MBP_CAUSE_TRIP_ACTIVE)}};
    struct watch_model one = model;
    one.events = long_one;
    one.event_count = 1;
    watch_choose(&view, &one, WATCH_JOURNAL, 0);
    watch_layout(&one, &view, 80, 24, &screen);
    const struct mbp_telling by = {plant, NULL, MBP_LANG_EN};
    char text[256];
    char *last = strrchr(mbp_report_sentence(&by, &long_one[0], text, sizeof text), ' ');
    assert_non_null(strstr(screen.rows[4].text, "\xE2\x80\xA6"));
    assert_shows("7: M1 en_panne -> en_service refused: T1");
    assert_shows(last); /* on its second row */
}

static void test_what_was_said_with_an_event_stands_behind_it(void **state)
{
    (void)state;
    struct mbp_event note[1] = {
        {.seq = 8, .code = MBP_EV_NOTE, .machine = MBP_NONE16, .sensor = MBP_NONE16, .actor = 1}};
    static char said[] = "pump 2 is noisy";
    char *const comments[1] = {said};
    struct watch_model one = model;
    one.events = note;
    one.comments = comments;
    one.event_count = 1;
    struct watch_view view = {.page = WATCH_JOURNAL};
    watch_layout(&one, &view, 80, 24, &screen);
    assert_shows(" # pump 2 is noisy");
}

static void test_text_beyond_ascii_is_measured_in_columns(void **state)
{
    (void)state;
    assert_int_equal(watch_columns("92.5 °C"), 7);
    assert_int_equal(watch_columns("m³/h µS Ω"), 9);
    assert_int_equal(watch_columns("温度"), 4);
    assert_int_equal(watch_columns("e\xCC\x81"), 1);                 /* e and a combining acute */
    assert_int_equal(watch_columns("\xFF\xC3"), 2);                  /* no UTF-8, and cut off */
    assert_int_equal(watch_columns("\xE2\x9A\xA1\xE2\x9C\x85"), 4);  /* signs that terminals show wide */
    assert_int_equal(watch_columns("a\xE2\x80\x8D\xEF\xB8\x8F"), 1); /* a joiner and a variation selector */
    struct watch_view view = {.page = WATCH_SENSORS};
    watch_layout(&model, &view, 80, 24, &screen);
    const char *bar = strchr(screen.rows[4].text, '[');
    assert_non_null(bar);
    assert_int_equal(bar - screen.rows[4].text,
                     7 + 1 + 7 + 1 + 13 + 1 + 1); /* one byte more than columns: the degree sign */
}

static void test_machines_show_their_state_in_word_and_paint(void **state)
{
    (void)state;
    struct watch_view view = choose(WATCH_MACHINES, 1);
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
    gone.silent_s = 12;
    watch_layout(&gone, &view, 80, 24, &screen);
    assert_shows("NO ANSWER for 12s, trying again");
    assert_shows("en_panne");
    assert_true(screen.rows[4].stale);
    gone.plant = NULL;
    gone.overview = NULL;
    watch_layout(&gone, &view, 80, 24, &screen);
    assert_shows("NO ANSWER");
    assert_shows("connection refused");
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
    struct watch_view view = {.page = WATCH_JOURNAL};
    watch_choose(&view, &longer, WATCH_JOURNAL, 149);
    watch_layout(&longer, &view, 80, 24, &screen);
    unsigned selected = 0;
    for (unsigned r = 0; r < 24; r++)
        selected += screen.rows[r].selected;
    assert_int_equal(selected, 1);
}

static void test_message_is_shown_whole_over_the_last_rows(void **state)
{
    (void)state;
    struct watch_view view = {.message_paint = MBP_PAINT_BAD};
    snprintf(
        view.message, sizeof view.message,
        "mbplantctl machine M1 en_service\nM1 en_panne -> en_service refused: a trip is active (T1 Overheating 92.5 "
        "\xC2\xB0\x43, limit 80 \xC2\xB0\x43); it works again when the alarm has cleared");
    watch_layout(&model, &view, 80, 24, &screen);
    assert_string_equal(screen.rows[20].text, "mbplantctl machine M1 en_service ");
    assert_non_null(strstr(screen.rows[21].text, "refused: a trip is active"));
    assert_non_null(strstr(screen.rows[22].text, "has cleared"));
    assert_non_null(strstr(screen.rows[23].text, "q quit"));
    for (size_t len = strlen(view.message); len < 1000; len++)
        snprintf(view.message + len, sizeof view.message - len, len % 5 == 0 ? " " : "x");
    watch_layout(&model, &view, 80, 24, &screen);
    assert_non_null(strstr(screen.rows[22].text, "...")); /* too long even so, and seen to be */
}

static void test_text_wraps_at_spaces_and_line_ends(void **state)
{
    (void)state;
    size_t skip;
    assert_int_equal(watch_wrap("one two three", 8, &skip), 7);
    assert_int_equal(skip, 1);
    assert_int_equal(watch_wrap("one\ntwo", 80, &skip), 3);
    assert_int_equal(skip, 1);
    assert_int_equal(watch_wrap("abcdefgh", 5, &skip), 5); /* a word that is too long */
    assert_int_equal(skip, 0);
    assert_int_equal(watch_wrap("\xC2\xB0\xC2\xB0\xC2\xB0 x", 3, &skip), 6);
    assert_int_equal(watch_wrap("", 5, &skip), 0);
}

static void test_cell_that_is_cut_ends_in_an_ellipsis(void **state)
{
    (void)state;
    static struct watch_screen small = {.width = 80, .height = 1};
    struct watch_row *row = &small.rows[0];
    memset(row, 0, sizeof *row);
    watch_put(&small, row, MBP_PAINT_NONE, 5, "%s", "12345");
    watch_put(&small, row, MBP_PAINT_NONE, -5, "%s", "1234567");
    watch_put(&small, row, MBP_PAINT_NONE, 3, "%s", "\xE6\xB8\xA9\xE5\xBA\xA6"); /* two columns each */
    assert_string_equal(row->text, "12345 1234\xE2\x80\xA6 \xE6\xB8\xA9\xE2\x80\xA6 ");
    assert_int_equal(row->columns, 16);
}

static void test_flags_have_their_places(void **state)
{
    (void)state;
    char text[16];
    assert_string_equal(watch_flags_text(&(struct mbp_sensor_view){.value = 0}, text, sizeof text), "");
    assert_string_equal(
        watch_flags_text(
            &(struct mbp_sensor_view){.active = {[MBP_HIGH] = true, [MBP_HIGH_HIGH] = true}, .unacknowledged = true},
            text, sizeof text),
        "HH U");
    assert_string_equal(
        watch_flags_text(&(struct mbp_sensor_view){.active[MBP_LOW] = true, .forced = true}, text, sizeof text),
        "L      F");
    struct mbp_sensor_view all = {.value = 0};
    ctl_sensor_set_bits(&all, 0xFF);
    assert_string_equal(watch_flags_text(&all, text, sizeof text), "HH U S F B");
}

/* All flags of the sensor with the longest names, at the least size: nothing hides that it is forced. */
static void test_all_flags_are_shown_at_eighty_columns(void **state)
{
    (void)state;
    static const char long_names[] =
        "mbplant: 1\nname: Line\nunits:\n"
        "  - {id: 1, name: A, machines: [{name: MACHINE-OF-A-NAME-OF-32-LETTERS1, sensors: [\n"
        "      {name: SENSOR-WITH-A-NAME-OF-32-LETTERS, kind: temperature, unit: \xC2\xB0\x43, range: [0, 100]}]}]}\n";
    struct mbp_plant *another = NULL;
    struct watch_view view = {.page = WATCH_SENSORS};
    struct watch_model longer = model;
    assert_int_equal(mbp_plant_parse("l.yaml", (struct mbp_text){long_names, strlen(long_names)}, stderr, &another),
                     MBP_OK);
    longer.plant = another;
    longer.event_count = 0;
    ctl_sensor_set_bits(&sensors[0], 0xFF);
    watch_layout(&longer, &view, 80, 24, &screen);
    assert_non_null(strstr(screen.rows[4].text, "SENSOR-WITH-A-NAME-\xE2\x80\xA6"));
    assert_non_null(strstr(screen.rows[4].text, "] HH U S F B"));
    assert_true(screen.rows[4].columns <= 80);
    assert_shows("F forced");
    ctl_sensor_set_bits(&sensors[0], 1u << MBP_HIGH);
    mbp_plant_free(another);
}

static void test_footer_keeps_quit_at_eighty_columns(void **state)
{
    (void)state;
    struct watch_view view = {0};
    watch_layout(&model, &view, 80, 24, &screen);
    assert_non_null(strstr(screen.rows[23].text, "q quit"));
}

static void test_due_column_shows_what_comes_first(void **state)
{
    (void)state;
    struct watch_view view = {.page = WATCH_MACHINES};
    machines[0].due_by_time = machines[0].due_by_output = true;
    machines[0].due_s = 7200;
    machines[0].due_products = 100; /* M1 makes none, so its running time says when */
    machines[1].due_by_output = true;
    machines[1].due_products = 42;
    watch_layout(&model, &view, 80, 24, &screen);
    assert_shows("DUE IN");
    assert_non_null(strstr(screen.rows[4].text, "0 2h 0min     T1"));
    assert_non_null(strstr(screen.rows[5].text, "42 pcs"));
    machines[1].due = true;
    watch_layout(&model, &view, 80, 24, &screen);
    assert_int_equal(paint_of(&screen.rows[5], "now"), MBP_PAINT_CARE);
    machines[0].due_by_time = machines[0].due_by_output = machines[1].due_by_output = machines[1].due = false;
}

/* ---- the selection ----------------------------------------------------------------------------------------------- */

static void lists_begin(void)
{
    overview.seen.report.alarm_count = 1;
    alarms[0] = alarm_of(0, MBP_HIGH);
    model.events = events;
    model.event_count = 3;
}

static void test_choice_follows_its_alarm_when_another_comes_in_before(void **state)
{
    (void)state;
    alarms[0] = alarm_of(1, MBP_HIGH);
    struct watch_view view = choose(WATCH_ALARMS, 0);
    alarms[0] = alarm_of(0, MBP_HIGH);
    alarms[1] = alarm_of(1, MBP_HIGH);
    overview.seen.report.alarm_count = 2;
    assert_int_equal(watch_press(&view, &model, 'a', 10), WATCH_ACKNOWLEDGE); /* before anything was drawn */
    assert_string_equal(view.target, "T2");
    assert_int_equal(view.choices[WATCH_ALARMS].at, 1);
    watch_layout(&model, &view, 80, 24, &screen);
    assert_false(screen.rows[4].selected);
    assert_true(screen.rows[5].selected);
    lists_begin();
}

static void test_choice_is_an_alarm_and_not_its_sensor(void **state)
{
    (void)state;
    struct watch_view view = choose(WATCH_ALARMS, 0);
    char text[64];
    assert_string_equal(watch_choice_text(&view, text, sizeof text), "T1.high");
    alarms[0] = alarm_of(0, MBP_HIGH_HIGH); /* the same sensor's other limit took its place */
    assert_int_equal(watch_press(&view, &model, 'a', 10), WATCH_NOTHING);
    assert_string_equal(view.message, "nothing done: T1.high has left this list; arrows choose again");
    lists_begin();
}

static void test_choice_that_is_gone_leaves_nothing_selected(void **state)
{
    (void)state;
    alarms[1] = alarm_of(1, MBP_HIGH);
    overview.seen.report.alarm_count = 2;
    struct watch_view view = choose(WATCH_ALARMS, 0);
    alarms[0] = alarm_of(1, MBP_HIGH); /* T1.high went, and T2.high moved up to where it was */
    overview.seen.report.alarm_count = 1;
    static const int keys[] = {'a', 'r', 'f', 'S', 'U', 'x', 's', 'm', 'p'};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        assert_int_equal(watch_press(&view, &model, keys[i], 10), WATCH_NOTHING);
        assert_int_equal(view.mode, WATCH_LIST);
        assert_string_equal(view.target, "");
        assert_non_null(strstr(view.message, "T1.high has left this list"));
    }
    watch_layout(&model, &view, 80, 24, &screen);
    for (unsigned r = 0; r < screen.height; r++)
        assert_false(screen.rows[r].selected);
    alarms[0] = alarm_of(0, MBP_HIGH); /* it came again: not what was chosen, so still nothing is */
    assert_int_equal(watch_press(&view, &model, 'a', 10), WATCH_NOTHING);
    watch_press(&view, &model, 'j', 10);
    assert_int_equal(watch_press(&view, &model, 'a', 10), WATCH_ACKNOWLEDGE);
    assert_string_equal(view.target, "T1");
    lists_begin();
}

static void test_alarm_that_comes_into_an_empty_list_is_not_chosen(void **state)
{
    (void)state;
    struct watch_view view = {.page = WATCH_MACHINES};
    overview.seen.report.alarm_count = 0;
    watch_press(&view, &model, '3', 10);
    overview.seen.report.alarm_count = 1;
    assert_int_equal(watch_press(&view, &model, 'a', 10), WATCH_NOTHING);
    assert_non_null(strstr(view.message, "nothing is selected"));
    watch_press(&view, &model, '3', 10); /* seen */
    assert_int_equal(watch_press(&view, &model, 'a', 10), WATCH_ACKNOWLEDGE);
    lists_begin();
}

static void test_choice_follows_its_event_when_others_come_in(void **state)
{
    (void)state;
    static struct mbp_event more[5];
    memcpy(more, events, sizeof events);
    more[0].machine = 0;
    for (uint32_t e = 3; e < 5; e++)
        more[e] = (struct mbp_event){
            .seq = e + 1, .code = MBP_EV_MACHINE_STATE, .unit = 1, .machine = 1, .sensor = MBP_NONE16};
    model.events = more;
    struct watch_view view = choose(WATCH_JOURNAL, 2); /* event 1, of M1 */
    model.event_count = 5;
    watch_press(&view, &model, 'm', 10);
    assert_string_equal(view.target, "M1");
    assert_int_equal(view.choices[WATCH_JOURNAL].at, 4);
    watch_press(&view, &model, 'n', 10);
    watch_press(&view, &model, WATCH_KEY_ESCAPE, 10);
    assert_int_equal(watch_press(&view, &model, 'a', 10), WATCH_NOTHING);
    lists_begin();
}

static void test_machine_and_sensor_stay_chosen_in_another_plant(void **state)
{
    (void)state;
    static const char other[] = "mbplant: 1\nname: Line\nunits:\n"
                                "  - {id: 1, name: A, machines: [{name: M2, sensors: [\n"
                                "      {name: T9, kind: temperature}, {name: T2, kind: temperature}]}, {name: M9}]}\n";
    struct mbp_plant *another = NULL;
    struct watch_view view = choose(WATCH_MACHINES, 1);
    watch_choose(&view, &model, WATCH_SENSORS, 1);
    struct watch_view gone = choose(WATCH_MACHINES, 0);
    struct watch_model put = model;
    assert_int_equal(mbp_plant_parse("other.yaml", (struct mbp_text){other, strlen(other)}, stderr, &another), MBP_OK);
    put.plant = another;
    overview.seen.report.alarm_count = 0;
    watch_press(&view, &put, 'm', 10);
    assert_string_equal(view.target, "M2");
    assert_int_equal(view.choices[WATCH_MACHINES].at, 0);
    watch_press(&view, &put, 'n', 10);
    watch_press(&view, &put, '2', 10);
    assert_int_equal(watch_press(&view, &put, 'r', 10), WATCH_RELEASE);
    assert_string_equal(view.target, "T2");
    watch_press(&gone, &put, 'm', 10);
    assert_int_equal(gone.mode, WATCH_LIST);
    assert_non_null(strstr(gone.message, "M1 has left this list"));
    mbp_plant_free(another);
    lists_begin();
}

static void test_alarm_that_was_not_seen_is_not_acknowledged(void **state)
{
    (void)state;
    uint8_t waiting[2];
    struct mbp_report report = overview.seen.report;
    watch_note_waiting(&report, plant, waiting);
    assert_null(watch_find_unseen(&report, plant, waiting, "all"));
    alarms[1] = alarm_of(0, MBP_HIGH_HIGH);
    alarms[2] = alarm_of(1, MBP_HIGH);
    report.alarm_count = 3;
    assert_ptr_equal(watch_find_unseen(&report, plant, waiting, "T1"), &alarms[1]);
    assert_ptr_equal(watch_find_unseen(&report, plant, waiting, "M1"), &alarms[1]);
    assert_ptr_equal(watch_find_unseen(&report, plant, waiting, "all"), &alarms[1]);
    assert_ptr_equal(watch_find_unseen(&report, plant, waiting, "M2"), &alarms[2]);
    alarms[1].unacknowledged = false; /* another operator did */
    assert_null(watch_find_unseen(&report, plant, waiting, "T1"));
    lists_begin();
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
        {'S', WATCH_SHELVE},     {'U', WATCH_UNSHELVE},    {'x', WATCH_RESET},           {'X', WATCH_RESET_ALL},
        {'h', WATCH_SHOW_HELP},  {'z', WATCH_NOTHING},     {0, WATCH_NOTHING},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(watch_key_action(cases[i].key), cases[i].action);
}

static void test_moving_stays_in_the_list(void **state)
{
    (void)state;
    struct watch_view view = {0};
    watch_press(&view, &model, 'k', 10);
    assert_int_equal(view.choices[WATCH_MACHINES].at, 0);
    watch_press(&view, &model, 'j', 10);
    watch_press(&view, &model, 'j', 10);
    assert_int_equal(view.choices[WATCH_MACHINES].at, 1);
    watch_press(&view, &model, WATCH_KEY_HOME, 10);
    assert_int_equal(view.choices[WATCH_MACHINES].at, 0);
    watch_press(&view, &model, 'G', 10);
    assert_int_equal(view.choices[WATCH_MACHINES].at, 1);
    watch_press(&view, &model, WATCH_KEY_PAGE_UP, 10);
    assert_int_equal(view.choices[WATCH_MACHINES].at, 0);
    for (unsigned p = 0; p < WATCH_PAGES; p++)
        watch_press(&view, &model, '\t', 10);
    assert_int_equal(view.page, WATCH_MACHINES);
}

static void test_force_asks_for_the_value_of_the_selected_sensor(void **state)
{
    (void)state;
    struct watch_view view = choose(WATCH_SENSORS, 1);
    assert_int_equal(watch_press(&view, &model, 'f', 10), WATCH_NOTHING);
    assert_int_equal(view.mode, WATCH_ASKS_TEXT);
    static const int keys[] = {'9', 'q', WATCH_KEY_BACKSPACE, '.', '5'};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_int_equal(watch_press(&view, &model, keys[i], 10), WATCH_NOTHING);
    watch_layout(&model, &view, 80, 24, &screen);
    assert_shows("force T2 to");
    watch_choose(&view, &model, WATCH_SENSORS, 0); /* the target is the one that was asked about */
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
    struct watch_view view = choose(WATCH_MACHINES, 1);
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
    watch_press(&view, &model, '3', 10); /* an alarm's sensor */
    assert_int_equal(watch_press(&view, &model, 'a', 10), WATCH_ACKNOWLEDGE);
    assert_string_equal(view.target, "T1");
}

static void test_shelving_asks_for_how_long(void **state)
{
    (void)state;
    struct watch_view view = choose(WATCH_SENSORS, 1);
    watch_press(&view, &model, 'S', 10);
    watch_layout(&model, &view, 80, 24, &screen);
    assert_shows("shelve T2 for (10min");
    for (const char *c = "10min"; *c != '\0'; c++)
        watch_press(&view, &model, *c, 10);
    assert_int_equal(watch_press(&view, &model, WATCH_KEY_ENTER, 10), WATCH_SHELVE);
    assert_string_equal(view.target, "T2");
    assert_string_equal(view.answer, "10min");
    watch_press(&view, &model, 'S', 10);
    assert_int_equal(watch_press(&view, &model, WATCH_KEY_ENTER, 10), WATCH_NOTHING); /* no answer, no shelving */
}

static void test_all_means_all_whatever_is_selected(void **state)
{
    (void)state;
    struct watch_view view = choose(WATCH_SENSORS, 1);
    assert_int_equal(watch_press(&view, &model, 'A', 10), WATCH_ACKNOWLEDGE_ALL);
    assert_string_equal(view.target, "all");
    assert_int_equal(watch_press(&view, &model, 'X', 10), WATCH_RESET_ALL);
    assert_string_equal(view.target, "all");
    assert_int_equal(watch_press(&view, &model, 'x', 10), WATCH_RESET);
    assert_string_equal(view.target, "T2");
}

static void test_help_lists_every_action_and_ends_with_any_key(void **state)
{
    (void)state;
    struct watch_view view = {0};
    watch_press(&view, &model, '?', 10);
    watch_layout(&model, &view, 80, 24, &screen);
    assert_shows("acknowledge the alarms of what is selected; all alarms");
    assert_shows("quit; Ctrl-C too");
    assert_int_equal(watch_press(&view, &model, 'x', 10), WATCH_NOTHING);
    assert_int_equal(view.mode, WATCH_LIST);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bar_cell_follows_value_and_stays_in_range),
        cmocka_unit_test(test_bar_shows_value_and_limits_in_their_paint),
        cmocka_unit_test(test_every_page_fits_its_size),
        cmocka_unit_test(test_wide_name_of_a_plant_leaves_the_clock_in_its_place),
        cmocka_unit_test(test_titles_and_keys_are_whole_at_eighty_columns),
        cmocka_unit_test(test_chosen_event_is_told_whole),
        cmocka_unit_test(test_what_was_said_with_an_event_stands_behind_it),
        cmocka_unit_test(test_text_beyond_ascii_is_measured_in_columns),
        cmocka_unit_test(test_machines_show_their_state_in_word_and_paint),
        cmocka_unit_test(test_small_terminal_is_told_so),
        cmocka_unit_test(test_dead_slave_is_told_and_the_last_state_stays),
        cmocka_unit_test(test_list_longer_than_the_screen_shows_the_selection),
        cmocka_unit_test(test_message_is_shown_whole_over_the_last_rows),
        cmocka_unit_test(test_text_wraps_at_spaces_and_line_ends),
        cmocka_unit_test(test_cell_that_is_cut_ends_in_an_ellipsis),
        cmocka_unit_test(test_flags_have_their_places),
        cmocka_unit_test(test_all_flags_are_shown_at_eighty_columns),
        cmocka_unit_test(test_footer_keeps_quit_at_eighty_columns),
        cmocka_unit_test(test_due_column_shows_what_comes_first),
        cmocka_unit_test(test_choice_follows_its_alarm_when_another_comes_in_before),
        cmocka_unit_test(test_choice_is_an_alarm_and_not_its_sensor),
        cmocka_unit_test(test_choice_that_is_gone_leaves_nothing_selected),
        cmocka_unit_test(test_alarm_that_comes_into_an_empty_list_is_not_chosen),
        cmocka_unit_test(test_choice_follows_its_event_when_others_come_in),
        cmocka_unit_test(test_machine_and_sensor_stay_chosen_in_another_plant),
        cmocka_unit_test(test_alarm_that_was_not_seen_is_not_acknowledged),
        cmocka_unit_test(test_keys_have_their_meaning),
        cmocka_unit_test(test_moving_stays_in_the_list),
        cmocka_unit_test(test_force_asks_for_the_value_of_the_selected_sensor),
        cmocka_unit_test(test_machine_state_is_asked_only_after_y),
        cmocka_unit_test(test_action_without_its_target_says_what_to_select),
        cmocka_unit_test(test_shelving_asks_for_how_long),
        cmocka_unit_test(test_all_means_all_whatever_is_selected),
        cmocka_unit_test(test_help_lists_every_action_and_ends_with_any_key),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
