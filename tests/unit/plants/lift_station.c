/* config/lift_station.yaml: sewage is neither made nor lost, two pumps relieve each other, and floats say when. */
#include "stand.h"

#include <math.h>

#define H    3600.0
#define AREA 6.0 /* m² of the well */

struct books {
    double well;
    double in, up, over; /* m³ */
};

static void keep_books(struct stand *stand, void *ctx)
{
    struct books *books = ctx;
    double step = stand->scan_s / H;
    books->in += stand_value(stand, "FT1") * step;
    books->up += stand_value(stand, "FT2") * step;
    books->over += stand_value(stand, "FT3") * step;
    stand_assert_sane(stand, NULL);
    stand_assert_within(stand, "LT1", 0, 4);
}

static void assert_balanced(const struct stand *stand, const struct books *books)
{
    double there = stand_value(stand, "LT1") * AREA;
    double known = books->well + books->in - books->up - books->over;
    if (fabs(there - known) > 1e-7)
        fail_msg("%.9g m³ by the books, %.9g in the well", known, there);
}

static struct books opened(const struct stand *stand)
{
    return (struct books){.well = stand_value(stand, "LT1") * AREA};
}

static void test_station_lifts_all_that_comes_for_a_day(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "lift_station.yaml");
    struct books books = opened(&stand);
    stand_run(&stand, 24 * H, keep_books, &books);
    assert_balanced(&stand, &books);
    assert_true(books.over < 1e-12);
    stand_assert_within(&stand, "LT1", 0.3, 1.3);
    /* Both wear alike. */
    double first = stand_value(&stand, "NS1");
    stand_assert_within(&stand, "NS2", first - 1, first + 1);
    assert_true(first > 5);
    double hours = stand_value(&stand, "HS1H");
    stand_assert_within(&stand, "HS2H", hours * 0.85, hours * 1.15);
    stand_end(&stand);
}

static void test_second_pump_comes_and_gives_less_than_the_first(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "lift_station.yaml");
    stand_command(&stand, "QD1", 45);
    double one = 0, both = 0;
    for (int i = 0; i < 4 * 360; i++) {
        stand_run(&stand, 10, stand_assert_sane, NULL);
        double flow = stand_value(&stand, "FT2");
        if (stand_value(&stand, "NP") > 1.5)
            both = fmax(both, flow);
        else if (stand_value(&stand, "XS1") + stand_value(&stand, "XS2") < 1.5)
            one = fmax(one, flow);
    }
    assert_true(one > 50 && both > one * 1.1 && both < one * 1.5);
    stand_end(&stand);
}

static void test_cloudburst_runs_over_and_is_counted(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "lift_station.yaml");
    struct books books = opened(&stand);
    stand_command(&stand, "QD1", 200);
    stand_run(&stand, 6 * H, keep_books, &books);
    assert_balanced(&stand, &books);
    assert_true(books.over > 100);
    stand_assert_within(&stand, "VQ3", books.over - 1e-6, books.over + 1e-6);
    stand_assert_within(&stand, "LSHH", 1, 1);
    stand_end(&stand);
}

static void test_one_pump_does_the_work_of_one_that_fails(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "lift_station.yaml");
    stand_ask(&stand, "PUMP1", MBP_MAINTENANCE);
    struct books books = opened(&stand);
    stand_run(&stand, 6 * H, keep_books, &books);
    stand_ask(&stand, "PUMP1", MBP_EN_PANNE); /* a planned one ended by itself meanwhile */
    stand_run(&stand, 12 * H, keep_books, &books);
    assert_balanced(&stand, &books);
    assert_true(books.over < 1e-12);
    assert_true(stand_value(&stand, "NS2") > 5);
    stand_assert_within(&stand, "LT1", 0.3, 1.3);
    stand_end(&stand);
}

static void test_station_without_pumps_fills_and_runs_over(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "lift_station.yaml");
    stand_ask(&stand, "PUMP1", MBP_EN_PANNE);
    stand_ask(&stand, "PUMP2", MBP_EN_PANNE);
    struct books books = opened(&stand);
    stand_run(&stand, 24 * H, keep_books, &books);
    assert_balanced(&stand, &books);
    assert_true(books.up < 1e-12 && books.over > 100);
    stand_end(&stand);
}

static void test_pumps_by_hand_do_not_run_dry(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "lift_station.yaml");
    stand_command(&stand, "QD1", 0);
    stand_command(&stand, "HS1", 1);
    stand_command(&stand, "HS2", 1);
    struct books books = opened(&stand);
    stand_run(&stand, H, keep_books, &books);
    assert_balanced(&stand, &books);
    stand_assert_within(&stand, "LT1", 0.3, 0.4);
    stand_assert_within(&stand, "NP", 0, 0);
    stand_assert_within(&stand, "FT2", 0, 0.01);
    /* A stop float that sticks: the interlocks see the level, and stop them. */
    stand_force(&stand, "LSLL", 1);
    stand_run(&stand, H, keep_books, &books);
    assert_balanced(&stand, &books);
    stand_assert_within(&stand, "LT1", 0.2, 0.3);
    assert_int_equal(stand_state(&stand, "PUMP1"), MBP_EN_PANNE);
    assert_int_equal(stand_state(&stand, "PUMP2"), MBP_EN_PANNE);
    stand_end(&stand);
}

static void test_pumps_that_nothing_stops_draw_air_and_no_more_than_there_is(void **state)
{
    (void)state;
    static const char *const without[][2] = {
        {"P1 AND LT1 < 0.3", "FALSE"}, {"P2 AND LT1 < 0.3", "FALSE"}, {NULL, NULL}};
    struct stand stand;
    stand_begin_edited(&stand, "lift_station.yaml", without);
    stand_command(&stand, "QD1", 0);
    stand_command(&stand, "HS1", 1);
    stand_command(&stand, "HS2", 1);
    stand_force(&stand, "LSLL", 1);
    struct books books = opened(&stand);
    stand_run(&stand, 2 * H, keep_books, &books);
    assert_balanced(&stand, &books);
    stand_assert_within(&stand, "LT1", 0, 0.2);
    stand_end(&stand);
}

static void test_float_that_sticks_leaves_the_one_above_it(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "lift_station.yaml");
    stand_force(&stand, "LSL", 0);
    stand_command(&stand, "QD1", 30);
    struct books books = opened(&stand);
    stand_run(&stand, 6 * H, keep_books, &books);
    assert_balanced(&stand, &books);
    assert_true(books.over < 1e-12);
    assert_true(stand_value(&stand, "NS1") > 1 && stand_value(&stand, "NS2") > 1);
    stand_end(&stand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_station_lifts_all_that_comes_for_a_day),
        cmocka_unit_test(test_second_pump_comes_and_gives_less_than_the_first),
        cmocka_unit_test(test_cloudburst_runs_over_and_is_counted),
        cmocka_unit_test(test_one_pump_does_the_work_of_one_that_fails),
        cmocka_unit_test(test_station_without_pumps_fills_and_runs_over),
        cmocka_unit_test(test_pumps_by_hand_do_not_run_dry),
        cmocka_unit_test(test_pumps_that_nothing_stops_draw_air_and_no_more_than_there_is),
        cmocka_unit_test(test_float_that_sticks_leaves_the_one_above_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
