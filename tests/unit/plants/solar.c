/* config/solar.yaml: what the house takes is what roof, battery and grid give, and no energy comes of nothing. */
#include "stand.h"

#include <math.h>

#define H   3600.0
#define DAY (24 * H)

static void assert_near(const char *what, double value, double expected, double within)
{
    if (!(fabs(value - expected) <= within))
        fail_msg("%s: %.9g, expected %.9g", what, value, expected);
}

struct books {
    double roof, battery_in, battery_out, import, export, house; /* kWh */
    double most;                                                 /* kW of the roof */
};

static void check_phases(const struct stand *stand)
{
    static const char *const names[3][6] = {{"U1", "I1", "P1", "Q1", "S1", "PF1"},
                                            {"U2", "I2", "P2", "Q2", "S2", "PF2"},
                                            {"U3", "I3", "P3", "Q3", "S3", "PF3"}};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double p = stand_value(stand, names[i][2]);
        double q = stand_value(stand, names[i][3]);
        double ui = stand_value(stand, names[i][0]) * stand_value(stand, names[i][1]) / 1000;
        assert_near("U x I x PF", ui * stand_value(stand, names[i][5]), p, 1e-9);
        assert_near("U x I", ui, stand_value(stand, names[i][4]), 1e-9);
        assert_near("S", ui * ui, p * p + q * q, 1e-9);
        sum += p;
    }
    assert_near("the phases", sum, stand_value(stand, "PG1"), 1e-9);
}

static void keep_books(struct stand *stand, void *ctx)
{
    struct books *books = ctx;
    double step = stand->scan_s / H;
    double roof = stand_value(stand, "PA1");
    double battery = stand_value(stand, "PB1");
    double grid = stand_value(stand, "PG1");
    assert_near("the house", roof + battery + grid, stand_value(stand, "PL1"), 1e-9);
    assert_near("DC", stand_value(stand, "UDC1") * stand_value(stand, "IDC1") / 1000,
                stand_value(stand, "UDC1") > 1 ? stand_value(stand, "PDC1") : 0, 1e-9);
    check_phases(stand);
    stand_assert_sane(stand, NULL);
    stand_assert_within(stand, "PA1", 0, fmin(8, stand_value(stand, "PV1")));
    stand_assert_within(stand, "PB1", -5, 5);
    books->roof += roof * step;
    books->battery_out += fmax(battery, 0) * step;
    books->battery_in += fmax(-battery, 0) * step;
    books->import += fmax(grid, 0) * step;
    books->export += fmax(-grid, 0) * step;
    books->house += stand_value(stand, "PL1") * step;
    books->most = fmax(books->most, roof);
}

static void test_energy_is_kept_for_two_days(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "solar.yaml");
    struct books books = {0};
    double charge = stand_value(&stand, "SOC1");
    double import = stand_value(&stand, "EI1");
    double export = stand_value(&stand, "EX1");
    stand_run(&stand, DAY, keep_books, &books);
    stand_command(&stand, "CL1", 80);
    stand_command(&stand, "WH1", 1);
    stand_run(&stand, DAY, keep_books, &books);
    /* 10 kWh, of which 5 % are lost each way */
    double stored = (stand_value(&stand, "SOC1") - charge) / 10;
    assert_near("the battery", books.battery_in * 0.95 - books.battery_out / 0.95, stored, 1e-6);
    assert_near("import", stand_value(&stand, "EI1") - import, books.import, 1e-6);
    assert_near("export", stand_value(&stand, "EX1") - export, books.export, 1e-6);
    assert_near("all", books.roof + books.battery_out + books.import, books.house + books.battery_in + books.export,
                1e-6);
    assert_true(books.roof > 30 && books.roof < 140);
    assert_true(books.most > 6);
    stand_end(&stand);
}

static void test_battery_rests_at_its_ends(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "solar.yaml");
    stand_command(&stand, "CL1", 0);
    struct books books = {0};
    stand_run(&stand, 10 * H, keep_books, &books); /* three in the afternoon */
    stand_assert_within(&stand, "SOC1", 99, 100);
    stand_assert_within(&stand, "CS1", 4, 6);
    stand_assert_within(&stand, "PG1", -8, 0);
    stand_command(&stand, "CL1", 100);
    stand_command(&stand, "WH1", 1);
    stand_run(&stand, 13 * H, keep_books, &books); /* four in the night */
    stand_assert_within(&stand, "SOC1", 5, 6);
    stand_assert_within(&stand, "PA1", 0, 0);
    stand_assert_within(&stand, "ST1", 2, 2);
    stand_assert_within(&stand, "PG1", 2.9, 5); /* the grid does all of it */
    stand_end(&stand);
}

static void test_masters_limits_hold(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "solar.yaml");
    stand_command(&stand, "CL1", 0);
    struct books books = {0};
    stand_run(&stand, 5 * H, keep_books, &books);
    stand_command(&stand, "SM1", 1);
    stand_command(&stand, "IR1", 0);
    stand_command(&stand, "WE1", 1);
    stand_command(&stand, "WL1", 30);
    stand_run(&stand, 60, keep_books, &books);
    stand_assert_within(&stand, "PB1", 0, 0.01); /* no charging */
    stand_assert_within(&stand, "PA1", 2.4, 2.4);
    stand_assert_within(&stand, "ST1", 5, 5);
    stand_command(&stand, "CN1", 0);
    stand_run(&stand, 60, keep_books, &books);
    stand_assert_within(&stand, "PI1", 0, 0);
    stand_assert_within(&stand, "ST1", 1, 1);
    stand_assert_within(&stand, "PG1", stand_value(&stand, "PL1"), stand_value(&stand, "PL1"));
    stand_command(&stand, "CN1", 1);
    stand_ask(&stand, "INV1", MBP_EN_PANNE);
    stand_run(&stand, 60, keep_books, &books);
    stand_assert_within(&stand, "PI1", 0, 0);
    stand_assert_within(&stand, "ST1", 7, 7);
    stand_end(&stand);
}

static void test_without_sun_battery_and_grid_do_all(void **state)
{
    static const char *const dark[][2] = {{"950 * MAX(0", "0 * MAX(0"}, {NULL, NULL}};
    (void)state;
    struct stand stand;
    stand_begin_edited(&stand, "solar.yaml", dark);
    struct books books = {0};
    double charge = stand_value(&stand, "SOC1");
    stand_run(&stand, DAY, keep_books, &books);
    assert_near("the roof", books.roof, 0, 0);
    assert_near("the battery's charging", books.battery_in, 0, 0);
    assert_near("export", books.export, 0, 0);
    assert_near("the battery", books.battery_out, (charge - stand_value(&stand, "SOC1")) / 10 * 0.95, 1e-6);
    assert_near("all", books.battery_out + books.import, books.house, 1e-6);
    stand_assert_within(&stand, "SOC1", 5, 6);
    stand_end(&stand);
}

static void test_when_the_grid_is_gone_nothing_flows_and_it_goes_on_where_it_was(void **state)
{
    static const char *const still[] = {"PA1", "PB1", "PI1", "PG1", "PL1", "U1", "U2", "U3", "U12", "I1", "IA", "F1"};
    (void)state;
    struct stand stand;
    stand_begin(&stand, "solar.yaml");
    stand_command(&stand, "CL1", 0);
    struct books books = {0};
    stand_run(&stand, 6 * H, keep_books, &books);
    stand_command(&stand, "GR1", 0);
    stand_run(&stand, 1, NULL, NULL);
    double charge = stand_value(&stand, "SOC1");
    double import = stand_value(&stand, "EI1");
    books = (struct books){0};
    stand_run(&stand, H, keep_books, &books);
    for (size_t i = 0; i < sizeof still / sizeof still[0]; i++)
        assert_near(still[i], stand_value(&stand, still[i]), 0, 0);
    assert_near("what flowed", books.roof + books.house + books.import + books.export + books.battery_in, 0, 0);
    assert_near("the battery", stand_value(&stand, "SOC1"), charge, 0);
    assert_near("import", stand_value(&stand, "EI1"), import, 0);
    stand_assert_within(&stand, "ST1", 1, 1);
    stand_command(&stand, "GR1", 1);
    stand_run(&stand, 60, keep_books, &books);
    stand_assert_within(&stand, "U1", 220, 245);
    assert_true(stand_value(&stand, "PA1") > 1);
    stand_end(&stand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_energy_is_kept_for_two_days),
        cmocka_unit_test(test_battery_rests_at_its_ends),
        cmocka_unit_test(test_masters_limits_hold),
        cmocka_unit_test(test_without_sun_battery_and_grid_do_all),
        cmocka_unit_test(test_when_the_grid_is_gone_nothing_flows_and_it_goes_on_where_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
