/* config/water.yaml: water and chlorine are neither made nor lost, and nobody drinks from an empty tank. */
#include "stand.h"

#include <math.h>

#define H    3600.0
#define TANK 50.0      /* m³ of each tank */
#define PART (1.0 / 6) /* m³ of each part of the pipe */

/* ---- balances ---------------------------------------------------------------------------------------------------- */

struct books {
    double raw, clear, chlorine;                      /* as they were; m³, m³, g */
    double wells, transfer, town, spilt, spilt_clear; /* since; m³ */
    double dosed, taken, carried;                     /* g */
};

static double in_pipe(const struct stand *stand)
{
    return PART * (stand_value(stand, "AY301") + stand_value(stand, "AY302") + stand_value(stand, "AY303"));
}

static struct books opened(const struct stand *stand)
{
    return (struct books){.raw = stand_value(stand, "LT201") * TANK / 100,
                          .clear = stand_value(stand, "LT301") * TANK / 100,
                          .chlorine = in_pipe(stand)};
}

struct watch {
    struct books books;
    double end_of_pipe; /* what flows out in a scan is what stood there at its begin */
};

static void keep_books(struct stand *stand, void *ctx)
{
    struct watch *watch = ctx;
    struct books *books = &watch->books;
    double step = stand->scan_s / H;
    double flow = stand_value(stand, "FT202");
    double takes = fmin(stand_value(stand, "FT303"), flow * stand_value(stand, "DX302"));
    books->wells += stand_value(stand, "FT201") * step;
    books->transfer += flow * step;
    books->town += stand_value(stand, "FT301") * step;
    books->spilt += stand_value(stand, "FT203") * step;
    books->spilt_clear += stand_value(stand, "FT302") * step;
    books->dosed += stand_value(stand, "FT303") * step;
    books->taken += takes * step;
    books->carried += flow * watch->end_of_pipe * step;
    watch->end_of_pipe = stand_value(stand, "AY303");
    stand_assert_sane(stand, NULL);
}

static struct watch begun(const struct stand *stand)
{
    return (struct watch){opened(stand), stand_value(stand, "AY303")};
}

static void assert_same(const char *what, double books, double there)
{
    if (fabs(books - there) > 1e-7)
        fail_msg("%s: %.9g by the books, there is %.9g", what, books, there);
}

static void assert_balanced(const struct stand *stand, const struct watch *watch)
{
    const struct books *books = &watch->books;
    struct books now = opened(stand);
    assert_same("raw water", books->raw + books->wells - books->transfer - books->spilt, now.raw);
    assert_same("clear water", books->clear + books->transfer - books->town - books->spilt_clear, now.clear);
    assert_same("chlorine", books->chlorine + books->dosed - books->taken - books->carried, now.chlorine);
}

static void manual(struct stand *stand, const char *controller, double output)
{
    stand_automatic(stand, controller, false);
    stand_setting(stand, controller, MBP_SET_MANUAL, output);
}

static void test_waterworks_keep_water_and_chlorine_whatever_is_done_to_them(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "water.yaml");
    struct watch watch = begun(&stand);
    stand_run(&stand, H, keep_books, &watch);
    stand_command(&stand, "SD301", 60); /* more than there is: the tank runs empty */
    stand_run(&stand, 4 * H, keep_books, &watch);
    stand_command(&stand, "SD301", 0);
    stand_run(&stand, H, keep_books, &watch);
    stand_ask(&stand, "TRANS1", MBP_EN_PANNE);
    stand_run(&stand, H, keep_books, &watch);
    stand_ask(&stand, "TRANS1", MBP_EN_SERVICE);
    manual(&stand, "LIC301", 100); /* too much: the clear tank runs over */
    stand_run(&stand, 3 * H, keep_books, &watch);
    assert_balanced(&stand, &watch);
    assert_true(watch.books.spilt_clear > 1);
    assert_same("spill counter", watch.books.spilt_clear, stand_value(&stand, "VQ302"));
    stand_end(&stand);
}

/* ---- extremes ---------------------------------------------------------------------------------------------------- */

static void test_town_gets_nothing_from_an_empty_tank(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "water.yaml");
    stand_ask(&stand, "TRANS1", MBP_EN_PANNE);
    stand_run(&stand, 3 * H, stand_assert_sane, NULL);
    stand_assert_within(&stand, "LT301", 0, 0.1);
    stand_assert_within(&stand, "FT301", 0, 1);
    struct watch watch = begun(&stand);
    stand_run(&stand, H, keep_books, &watch);
    assert_true(watch.books.town < 0.05);
    assert_balanced(&stand, &watch);
    stand_end(&stand);
}

static void test_pump_that_is_too_fast_makes_the_clear_tank_run_over(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "water.yaml");
    manual(&stand, "LIC301", 100);
    stand_run(&stand, 2 * H, stand_assert_sane, NULL);
    stand_assert_within(&stand, "LT301", 97, 99.5);
    double spills = stand_value(&stand, "FT202") - stand_value(&stand, "FT301");
    stand_assert_within(&stand, "FT302", spills - 1, spills + 1);
    assert_true(spills > 10);
    stand_end(&stand);
}

static void test_waterworks_without_wells_run_dry_and_are_never_less_than_empty(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "water.yaml");
    manual(&stand, "LIC201", 0);
    struct watch watch = begun(&stand);
    stand_run(&stand, 12 * H, keep_books, &watch);
    assert_balanced(&stand, &watch);
    assert_int_equal(stand_state(&stand, "TRANS1"), MBP_EN_PANNE); /* no pump runs dry */
    stand_assert_within(&stand, "LT201", 5, 10.1);
    stand_assert_within(&stand, "FT301", 0, 0.1);
    stand_assert_within(&stand, "IT202", 0, 0.01);
    stand_end(&stand);
}

static void test_raw_tank_with_all_wells_open_trips_them_or_runs_over(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "water.yaml");
    stand_force(&stand, "LT201", 50); /* blind: neither controller nor trip */
    manual(&stand, "LIC201", 100);
    stand_command(&stand, "P203", 1);
    struct watch watch = begun(&stand);
    stand_run(&stand, 3 * H, keep_books, &watch);
    assert_balanced(&stand, &watch);
    stand_assert_within(&stand, "LT201", 97, 100);
    assert_true(watch.books.spilt > 10);
    stand_end(&stand);
}

/* ---- what an engineer looks for ---------------------------------------------------------------------------------- */

static void test_pump_has_a_curve_and_lifts_nothing_when_it_is_slow(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "water.yaml");
    manual(&stand, "LIC301", 40);
    stand_run(&stand, 120, stand_assert_sane, NULL);
    stand_assert_within(&stand, "FT202", 0, 0.01); /* 9.6 m are less than the tanks ask */
    stand_assert_within(&stand, "PT203", 1, 1.5);
    stand_assert_within(&stand, "IT202", 5.9, 6.1);
    stand_setting(&stand, "LIC301", MBP_SET_MANUAL, 65);
    stand_run(&stand, 120, stand_assert_sane, NULL);
    double slow = stand_value(&stand, "FT202");
    stand_setting(&stand, "LIC301", MBP_SET_MANUAL, 100);
    stand_run(&stand, 120, stand_assert_sane, NULL);
    double fast = stand_value(&stand, "FT202");
    assert_true(slow > 28 && slow < 32);
    assert_true(fast > slow * 1.6 && fast < slow * 2); /* more than the speed, for there is height to be lifted */
    stand_end(&stand);
}

static void test_chlorine_is_what_was_dosed_into_what_flowed(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "water.yaml");
    manual(&stand, "AIC301", 25);
    manual(&stand, "LIC301", 65);
    stand_run(&stand, 1200, stand_assert_sane, NULL);
    double expected = (25 * 0.4) / stand_value(&stand, "FT202") - stand_value(&stand, "DX302");
    stand_assert_within(&stand, "AT301", expected - 0.03, expected + 0.03);
    stand_setting(&stand, "AIC301", MBP_SET_MANUAL, 0);
    stand_run(&stand, 1800, stand_assert_sane, NULL);
    stand_assert_within(&stand, "AT301", 0, 0.002); /* none without dosing */
    stand_setting(&stand, "AIC301", MBP_SET_MANUAL, 100);
    stand_ask(&stand, "TRANS1", MBP_EN_PANNE);
    stand_run(&stand, 600, stand_assert_sane, NULL);
    stand_assert_within(&stand, "FT303", 0, 0); /* nor into standing water */
    stand_end(&stand);
}

/* The seconds until the analyser has seen half of a step of the dosing. */
static double seconds_of_half(struct stand *stand)
{
    double before = stand_value(stand, "AT301");
    double step = 10 * 0.4 / stand_value(stand, "FT202");
    stand_setting(stand, "AIC301", MBP_SET_MANUAL, stand_value(stand, "P301") + 10);
    int seconds = 0;
    for (; seconds < 1200 && stand_value(stand, "AT301") < before + step / 2; seconds++)
        stand_run(stand, 1, NULL, NULL);
    return seconds;
}

static void test_chlorine_takes_the_longer_to_the_analyser_the_less_flows(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "water.yaml");
    manual(&stand, "AIC301", 40);
    manual(&stand, "LIC301", 100);
    stand_run(&stand, 900, NULL, NULL);
    double fast = seconds_of_half(&stand);
    stand_setting(&stand, "LIC301", MBP_SET_MANUAL, 52);
    stand_run(&stand, 1200, NULL, NULL);
    double slow = seconds_of_half(&stand);
    assert_true(fast > 60 && slow > fast + 30 && slow < 600);
    stand_end(&stand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waterworks_keep_water_and_chlorine_whatever_is_done_to_them),
        cmocka_unit_test(test_town_gets_nothing_from_an_empty_tank),
        cmocka_unit_test(test_pump_that_is_too_fast_makes_the_clear_tank_run_over),
        cmocka_unit_test(test_waterworks_without_wells_run_dry_and_are_never_less_than_empty),
        cmocka_unit_test(test_raw_tank_with_all_wells_open_trips_them_or_runs_over),
        cmocka_unit_test(test_pump_has_a_curve_and_lifts_nothing_when_it_is_slow),
        cmocka_unit_test(test_chlorine_is_what_was_dosed_into_what_flowed),
        cmocka_unit_test(test_chlorine_takes_the_longer_to_the_analyser_the_less_flows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
