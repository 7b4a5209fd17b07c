/* What is wider than watch's screen: how it moves sideways; and words that each language has its own of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "watch/watch_menu.h"
#include "watch/watch_text.h"

#define NOW_MS UINT64_C(1796060760000) /* 2026-11-30T17:46:00Z */

static const char yaml[] =
    "mbplant: 1\nname: Line\nunits:\n"
    "  - {id: 1, name: A, machines: [{name: FILL1, sensors: [\n"
    "      {name: TT101, kind: temperature, unit: °C, range: [0, 100], limits: {low_low: 10, high: 80}}]}]}\n";

static struct mbp_plant *plant;
static struct mbp_sensor_view sensors[1];
static struct mbp_report_machine machines[1];
static struct mbp_report_alarm alarms[1];
static struct mbp_event events[1];
static struct ctl_overview overview;
static struct watch_model model;
static struct watch_screen screen;

static int load(void **state)
{
    (void)state;
    if (mbp_plant_parse("line.yaml", (struct mbp_text){yaml, strlen(yaml)}, stderr, &plant) != MBP_OK)
        return -1;
    sensors[0] = (struct mbp_sensor_view){.value = 92.5, .limit = {10, NAN, 80, NAN}, .active[MBP_HIGH] = true};
    machines[0] = (struct mbp_report_machine){.name = "FILL1",
                                              .label = "",
                                              .unit = 1,
                                              .state = MBP_EN_PANNE,
                                              .first_out = "TT101",
                                              .cause = "",
                                              .since_ms = NOW_MS - UINT64_C(3599000)};
    alarms[0] = (struct mbp_report_alarm){.machine = "FILL1",
                                          .sensor = &plant->sensors[0],
                                          .limit = MBP_HIGH,
                                          .value = 92.5,
                                          .limit_value = 80,
                                          .active = true,
                                          .unacknowledged = true,
                                          .state = MBP_ALARM_UNACKNOWLEDGED,
                                          .since_ms = NOW_MS - UINT64_C(65000)};
    events[0] = (struct mbp_event){.seq = 50,
                                   .code = MBP_EV_MACHINE_STATE,
                                   .unit = 1,
                                   .machine = 0,
                                   .sensor = MBP_NONE16,
                                   .wall_ms = NOW_MS - UINT64_C(90000000),
                                   .detail = mbp_event_state_detail(MBP_EN_SERVICE, MBP_MAINTENANCE, 0)};
    overview.snapshot.sensors = sensors;
    overview.seen.report = (struct mbp_report){.plant = "Line",
                                               .sensors = 1,
                                               .machines = machines,
                                               .machine_count = 1,
                                               .alarms = alarms,
                                               .alarm_count = 1,
                                               .now_ms = NOW_MS};
    model = (struct watch_model){.plant = plant,
                                 .overview = &overview,
                                 .events = events,
                                 .event_count = 1,
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

static int speak_english(void **state)
{
    (void)state;
    ctl_speak(MBP_LANG_EN);
    return 0;
}
#define TEST(name) cmocka_unit_test_teardown(name, speak_english)

static void draw(struct watch_view *view, unsigned width)
{
    watch_layout(&model, view, width, 24, &screen);
    view->sides = screen.sides;
}

static bool shows(const char *text)
{
    for (unsigned r = 0; r < screen.height; r++) {
        if (strstr(screen.rows[r].text, text) != NULL)
            return true;
    }
    return false;
}

static void assert_shows(const char *text)
{
    if (!shows(text))
        fail_msg("the screen does not show '%s'", text);
}

/* ---- sideways ---------------------------------------------------------------------------------------------------- */

static void test_columns_of_alarms_move_and_the_first_stays(void **state)
{
    (void)state;
    struct watch_view view = {.page = WATCH_ALARMS};
    draw(&view, 80);
    assert_shows("SENSOR  MACHINE ALARM");
    assert_false(shows("DIAGNOSIS"));
    assert_shows("columns >");
    assert_false(shows("< columns"));
    assert_shows("< > columns"); /* what the keys do */
    watch_press(&view, &model, '>', 10);
    draw(&view, 80);
    assert_shows("SENSOR  ALARM");
    assert_shows("TT101   high");
    assert_shows("< columns >");
    for (unsigned i = 0; i < 20; i++) {
        watch_press(&view, &model, WATCH_KEY_RIGHT, 10);
        draw(&view, 80);
    }
    assert_non_null(strstr(screen.rows[3].text, "DIAGNOSIS"));
    assert_non_null(strstr(screen.rows[4].text, "80 \xC2\xB0\x43 Overheating"));
    assert_int_equal(strncmp(screen.rows[4].text, "TT101   ", 8), 0);
    assert_false(shows("columns >"));
    watch_press(&view, &model, '<', 10); /* the first step back is seen: it did not run on behind the end */
    draw(&view, 80);
    assert_shows("columns >");
    for (unsigned i = 0; i < 20; i++)
        watch_press(&view, &model, WATCH_KEY_LEFT, 10);
    draw(&view, 80);
    assert_shows("SENSOR  MACHINE ALARM");
}

static void test_wide_screen_shows_all_columns_and_moves_nothing(void **state)
{
    (void)state;
    struct watch_view view = {.page = WATCH_ALARMS};
    draw(&view, 140);
    assert_shows("DIAGNOSIS");
    assert_false(shows("columns"));
    watch_press(&view, &model, '>', 10);
    draw(&view, 140);
    assert_shows("SENSOR  MACHINE ALARM");
}

/* Each step begins with a column, so that none is cut at its left. */
static void test_every_step_begins_with_a_column(void **state)
{
    (void)state;
    static const char work[] = "NUMBER  MACHINE  OPENED               DUE IN  WHAT\n"
                               "    12  FILL1    2026-11-30 22:05:54  2d 23h  replace the seal of the valve, as the "
                               "manual says on its page of valves\n"
                               "     8  CAP1     2026-11-30 22:05:55          grease\n";
    static const char *const begins[] = {"NUMBER  MACHINE  OPENED", "NUMBER  OPENED     ", "NUMBER  DUE IN  WHAT",
                                         "NUMBER  WHAT"};
    struct watch_view view = {
        .mode = WATCH_READS, .then = WATCH_THEN_PICK_WORK, .reading = work, .heading = "mbplantctl work list"};
    for (unsigned i = 0; i < 4; i++) {
        draw(&view, 80);
        if (strncmp(screen.rows[4].text, begins[i], strlen(begins[i])) != 0)
            fail_msg("step %u: '%s'", i, screen.rows[4].text);
        watch_press(&view, &model, '>', 10);
    }
    assert_shows("page of valves");
    assert_non_null(strstr(screen.rows[6].text, "8  grease"));
}

static void test_text_without_columns_moves_by_halves_of_the_screen(void **state)
{
    (void)state;
    char text[202];
    for (unsigned i = 0; i < 200; i++)
        text[i] = (char)('a' + i / 10 % 20);
    snprintf(text + 200, sizeof text - 200, "\n");
    struct watch_view view = {.mode = WATCH_READS, .then = WATCH_THEN_READ, .reading = text};
    draw(&view, 80);
    assert_non_null(strstr(screen.rows[4].text, "\xE2\x80\xA6"));
    for (unsigned at = 40; at <= 120; at += 40) {
        watch_press(&view, &model, '>', 10);
        draw(&view, 80);
        assert_int_equal(screen.rows[4].text[0], text[at]);
    }
    assert_null(strstr(screen.rows[4].text, "\xE2\x80\xA6"));
    watch_press(&view, &model, '<', 10);
    draw(&view, 80);
    assert_int_equal(screen.rows[4].text[0], text[80]);
}

/* Each table of a text has the columns of its own: the names of its rows stay. */
static void test_tables_of_a_text_keep_their_first_columns(void **state)
{
    (void)state;
    static const char report[] =
        "Report\n"
        "A sentence that stands above the tables, and that is so long that its end has no room on the screen at all\n\n"
        "MACHINE  AVAILABILITY  RUNNING  DOWN  FAILURES  MTBF  MTTR  A COLUMN THAT HAS A VERY LONG HEADING\n"
        "FILL1           4.6 %       2s   48s         1    2s     -  yes\n"
        "(a sentence below it)\n\n"
        "CAUSE           INCIDENTS  SHARE\n"
        "TT101 Overheat          1   50 %\n";
    struct watch_view view = {
        .mode = WATCH_READS, .then = WATCH_THEN_READ, .reading = report, .across = {[WATCH_PAGES] = 40}};
    draw(&view, 80);
    assert_int_equal(strncmp(screen.rows[7].text, "MACHINE  ", 9), 0);
    assert_int_equal(strncmp(screen.rows[8].text, "FILL1    ", 9), 0);
    assert_non_null(strstr(screen.rows[7].text, "LONG HEADING"));
    assert_int_equal(strncmp(screen.rows[12].text, "TT101 Overheat", 14), 0);
    assert_int_equal(strncmp(screen.rows[5].text, "A sentence", 10) == 0, false); /* it has no first column */
    assert_non_null(strstr(screen.rows[5].text, "at all"));
}

static void test_last_events_take_what_the_list_leaves(void **state)
{
    (void)state;
    static struct mbp_event many[30];
    struct watch_view view = {.page = WATCH_MACHINES};
    struct watch_model longer = model;
    for (uint32_t e = 0; e < 30; e++)
        many[e] = (struct mbp_event){.seq = e + 1, .code = MBP_EV_START, .machine = MBP_NONE16, .sensor = MBP_NONE16};
    longer.events = many;
    longer.event_count = 30;
    watch_layout(&longer, &view, 80, 24, &screen);
    assert_non_null(strstr(screen.rows[4].text, "FILL1"));
    assert_string_equal(screen.rows[5].text, "");
    assert_non_null(strstr(screen.rows[6].text, "LAST EVENTS"));
    for (unsigned r = 7; r < 22; r++)
        assert_non_null(strstr(screen.rows[r].text, "start"));
    assert_string_equal(screen.rows[22].text, "");
}

static void test_rows_that_are_moved_fit_and_keep_their_paint(void **state)
{
    (void)state;
    for (unsigned page = 0; page < WATCH_PAGES; page++) {
        for (unsigned across = 0; across < 100; across++) {
            struct watch_view view = {.page = (enum watch_page)page, .across = {across, across, across, across}};
            draw(&view, 80);
            for (unsigned r = 0; r < screen.height; r++) {
                size_t bytes = 0;
                for (unsigned n = 0; n < screen.rows[r].run_count; n++)
                    bytes += screen.rows[r].runs[n].bytes;
                assert_int_equal(bytes, strlen(screen.rows[r].text));
                assert_true(watch_columns(screen.rows[r].text) <= 80);
            }
        }
    }
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static void test_head_has_the_clock_of_its_language(void **state)
{
    (void)state;
    struct watch_view view = {.page = WATCH_MACHINES};
    draw(&view, 80);
    assert_non_null(strstr(screen.rows[0].text, "2026-11-30T17:46:00.000Z"));
    ctl_speak(MBP_LANG_FR);
    draw(&view, 80);
    assert_non_null(strstr(screen.rows[0].text, "30/11/2026 17:46"));
    assert_null(strstr(screen.rows[0].text, "17:46:00"));
    view.page = WATCH_JOURNAL;
    draw(&view, 80);
    assert_non_null(strstr(screen.rows[4].text, "29/11 16:46")); /* of the day before */
}

static void test_spans_are_whole_in_both_languages(void **state)
{
    (void)state;
    struct watch_view view = {.page = WATCH_MACHINES};
    draw(&view, 80);
    assert_shows("59min 59s");
    ctl_speak(MBP_LANG_FR);
    draw(&view, 80);
    assert_shows("59\xC2\xA0min\xC2\xA0\x35\x39\xC2\xA0s ");
    assert_non_null(strstr(screen.rows[4].text, "TT101"));
    view.page = WATCH_ALARMS;
    draw(&view, 140);
    assert_shows("1\xC2\xA0min\xC2\xA0\x35\xC2\xA0s ");
}

static void test_menu_says_in_words_what_is_chosen(void **state)
{
    (void)state;
    struct watch_view view = {.page = WATCH_JOURNAL};
    watch_choose(&view, &model, WATCH_JOURNAL, 0);
    watch_press(&view, &model, WATCH_KEY_ENTER, 10);
    draw(&view, 80);
    assert_shows("MENU  -  FILL1 en_service -> maintenance");
    ctl_speak(MBP_LANG_FR);
    view = (struct watch_view){.page = WATCH_ALARMS};
    watch_choose(&view, &model, WATCH_ALARMS, 0);
    watch_press(&view, &model, WATCH_KEY_ENTER, 10);
    draw(&view, 80);
    assert_shows("MENU  -  TT101 haut");
}

static void test_picked_row_is_named_by_what_it_is_about(void **state)
{
    (void)state;
    static const char work[] = "NUMBER  MACHINE  KIND        STATE  WHAT\n"
                               "     8  FILL1    corrective  open   replace the seal\n";
    struct watch_view view = {.mode = WATCH_READS, .then = WATCH_THEN_PICK_WORK, .reading = work, .line = 1};
    watch_press(&view, &model, WATCH_KEY_ENTER, 10);
    assert_int_equal(view.mode, WATCH_IN_MENU);
    assert_string_equal(view.target, "8");
    draw(&view, 80);
    assert_shows("MENU: Work  -  8  FILL1  replace the seal");
}

static void test_choices_of_forms_speak_french(void **state)
{
    (void)state;
    struct watch_view view = {.page = WATCH_SENSORS};
    ctl_speak(MBP_LANG_FR);
    watch_choose(&view, &model, WATCH_SENSORS, 0);
    watch_form_begin(&view, watch_form_find(WATCH_MENU_SENSOR, "write", "@.$1"));
    draw(&view, 80);
    assert_shows("< haut >");
    watch_press_in_form(&view, WATCH_KEY_RIGHT);
    draw(&view, 80);
    assert_shows("< très haut >");
    assert_string_equal(view.answers[0], "high_high"); /* what the verb is told */
}

static void test_flags_and_their_legend_speak_french(void **state)
{
    (void)state;
    char text[16];
    struct watch_view view = {.page = WATCH_SENSORS};
    struct mbp_sensor_view all = {.value = 0};
    ctl_speak(MBP_LANG_FR);
    ctl_sensor_set_bits(&all, 0xFF);
    assert_string_equal(watch_flags_text(&all, text, sizeof text), "TH A M F D");
    draw(&view, 80);
    assert_shows("TH H B TB limite franchie  A à acquitter  M mise de côté  F forcée  D douteuse");
}

/* ---- points that move -------------------------------------------------------------------------------------------- */

static void test_moves_are_read_and_done_only_after_yes(void **state)
{
    (void)state;
    static const char moves[] = "PT201 of unit 1: its value moved from holding register 6 (40007) to 7 (40008)\n";
    const struct watch_form *form = watch_form_find(WATCH_MENU_SENSOR, "sensor", "add");
    static const int noes[] = {'n', WATCH_KEY_ESCAPE, 'q'};
    struct watch_view view = {.page = WATCH_SENSORS, .mode = WATCH_ASKS_MOVES, .reading = moves, .form = form};
    snprintf(view.moves, sizeof view.moves, "%s", moves);
    draw(&view, 80);
    assert_shows("PT201 of unit 1: its value moved");
    assert_shows("Go on? y / n");
    assert_int_equal(watch_press(&view, &model, 'x', 10), WATCH_NOTHING);
    assert_int_equal(watch_press(&view, &model, WATCH_KEY_ENTER, 10), WATCH_NOTHING);
    assert_int_equal(view.mode, WATCH_ASKS_MOVES);
    for (size_t i = 0; i < sizeof noes / sizeof noes[0]; i++) {
        struct watch_view no = view;
        assert_int_equal(watch_press(&no, &model, noes[i], 10), WATCH_NOTHING);
        assert_int_equal(no.mode, WATCH_IN_FORM); /* with what was typed */
        assert_string_equal(no.moves, "");
        assert_string_equal(no.message, "nothing was changed");
    }
    assert_int_equal(watch_press(&view, &model, 'y', 10), WATCH_DO);
    assert_string_equal(view.moves, moves);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    setenv("TZ", "UTC", 1);
    const struct CMUnitTest tests[] = {
        TEST(test_columns_of_alarms_move_and_the_first_stays),
        TEST(test_wide_screen_shows_all_columns_and_moves_nothing),
        TEST(test_every_step_begins_with_a_column),
        TEST(test_text_without_columns_moves_by_halves_of_the_screen),
        TEST(test_tables_of_a_text_keep_their_first_columns),
        TEST(test_last_events_take_what_the_list_leaves),
        TEST(test_rows_that_are_moved_fit_and_keep_their_paint),
        TEST(test_head_has_the_clock_of_its_language),
        TEST(test_spans_are_whole_in_both_languages),
        TEST(test_menu_says_in_words_what_is_chosen),
        TEST(test_picked_row_is_named_by_what_it_is_about),
        TEST(test_choices_of_forms_speak_french),
        TEST(test_flags_and_their_legend_speak_french),
        TEST(test_moves_are_read_and_done_only_after_yes),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
