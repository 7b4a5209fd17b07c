/* FC 1..4: quantity (03), then the span (02). */
#include "slave.h"

#include <stdio.h>

static void test_read_of_declared_points_gives_their_values(void **state)
{
    static const struct slave_case cases[] = {
        {"01 0000 000A", "01 02 55 01"}, /* the rest of the last byte is 0 */
        {"01 0002 0003", "01 01 05"},        {"01 0009 0001", "01 01 00"},
        {"02 0000 000A", "02 02 49 02"},     {"02 0003 0001", "02 01 01"},
        {"03 0000 0002", "03 04 1000 1001"}, {"03 0009 0001", "03 02 1009"},
        {"03 001E 0001", "03 02 0007"},      {"04 0000 0003", "04 06 2000 2001 2002"},
        {"04 0009 0001", "04 02 2009"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_read_of_a_quantity_out_of_bounds_is_03_whatever_the_address(void **state)
{
    static const struct {
        unsigned function, max;
    } functions[] = {{1, 2000}, {2, 2000}, {3, 125}, {4, 125}};
    static const unsigned addresses[] = {0, 9, 10, 65535};
    for (size_t f = 0; f < 4; f++) {
        for (size_t a = 0; a < 4; a++) {
            const unsigned wrong[] = {0, functions[f].max + 1, 0x7FFF, 65535};
            for (size_t q = 0; q < 4; q++) {
                char request[32];
                char response[16];
                snprintf(request, sizeof request, "%02X %04X %04X", functions[f].function, addresses[a], wrong[q]);
                snprintf(response, sizeof response, "%02X 03", 0x80u | functions[f].function);
                slave_expect(*state, request, response);
            }
        }
    }
}

static void test_read_beyond_what_is_declared_is_02(void **state)
{
    static const struct slave_case cases[] = {
        {"01 0000 000B", "81 02"}, {"01 000A 0001", "81 02"}, {"01 0000 07D0", "81 02"}, {"02 0009 0002", "82 02"},
        {"02 FFFF 0001", "82 02"}, {"03 0009 0002", "83 02"}, {"03 FFFF 0002", "83 02"}, {"03 0000 007D", "83 02"},
        {"04 000A 0001", "84 02"}, {"04 FFFF 007D", "84 02"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_read_of_another_length_than_5_is_03(void **state)
{
    static const struct slave_case cases[] = {
        {"01", "81 03"},
        {"01 0000", "81 03"},
        {"02 0000 00", "82 03"},
        {"03 0000 0001 00", "83 03"},
        {"04 0000 0001 0000", "84 03"},
        {"03 FFFF", "83 03"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_function_that_there_is_not_is_01_and_keeps_its_code(void **state)
{
    static const struct slave_case cases[] = {
        {"00", "80 01"}, {"09", "89 01"},    {"0A 0000 0001", "8A 01"}, {"12", "92 01"},
        {"19", "99 01"}, {"2A", "AA 01"},    {"64 0000 0001", "E4 01"}, {"7F", "FF 01"},
        {"80", "80 01"}, {"83 02", "83 01"}, {"FF", "FF 01"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SLAVE_TEST(test_read_of_declared_points_gives_their_values),
        SLAVE_TEST(test_read_of_a_quantity_out_of_bounds_is_03_whatever_the_address),
        SLAVE_TEST(test_read_beyond_what_is_declared_is_02),
        SLAVE_TEST(test_read_of_another_length_than_5_is_03),
        SLAVE_TEST(test_function_that_there_is_not_is_01_and_keeps_its_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
