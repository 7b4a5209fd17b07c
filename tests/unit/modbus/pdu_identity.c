/* FC 43/14: device identification. */
#include "slave.h"

#include <string.h>

static void test_identity_of_basic_objects_is_a_basic_device(void **state)
{
    static const struct slave_case cases[] = {
        {"2B 0E 01 00", "2B 0E 01 81 00 00 03 00 04 41434D45 01 02 5031 02 04 56312E30"},
        {"2B 0E 01 02", "2B 0E 01 81 00 00 01 02 04 56312E30"},
        {"2B 0E 02 00", "2B 0E 02 81 00 00 03 00 04 41434D45 01 02 5031 02 04 56312E30"}, /* its own level */
        {"2B 0E 03 01", "2B 0E 03 81 00 00 02 01 02 5031 02 04 56312E30"},
        {"2B 0E 04 01", "2B 0E 04 81 00 00 01 01 02 5031"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_identity_with_regular_objects_skips_those_it_lacks(void **state)
{
    struct slave *slave = *state;
    static const struct slave_case cases[] = {
        {"2B 0E 01 00", "2B 0E 01 82 00 00 03 00 04 41434D45 01 02 5031 02 04 56312E30"},
        {"2B 0E 02 02", "2B 0E 02 82 00 00 03 02 04 56312E30 03 01 75 06 02 6170"},
        {"2B 0E 04 06", "2B 0E 04 82 00 00 01 06 02 6170"},
    };
    slave->identity.object[3] = "u";
    slave->identity.object[6] = "ap";
    SLAVE_EXPECT_ALL(slave, cases);
}

static void test_identity_stream_from_an_unknown_object_starts_anew(void **state)
{
    static const struct slave_case cases[] = {
        {"2B 0E 01 03", "2B 0E 01 81 00 00 03 00 04 41434D45 01 02 5031 02 04 56312E30"},
        {"2B 0E 02 80", "2B 0E 02 81 00 00 03 00 04 41434D45 01 02 5031 02 04 56312E30"},
        {"2B 0E 03 FF", "2B 0E 03 81 00 00 03 00 04 41434D45 01 02 5031 02 04 56312E30"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_identity_of_an_unknown_object_is_02_and_of_an_unknown_code_03(void **state)
{
    static const struct slave_case cases[] = {
        {"2B 0E 04 03", "AB 02"}, {"2B 0E 04 80", "AB 02"}, {"2B 0E 05 00", "AB 03"},
        {"2B 0E 00 00", "AB 03"}, {"2B 0E 05 80", "AB 02"}, /* the object comes first */
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_identity_of_another_transport_is_01_and_of_another_length_03(void **state)
{
    static const struct slave_case cases[] = {
        {"2B 0D 00 00", "AB 01"}, {"2B 00", "AB 01"},    {"2B", "AB 03"},
        {"2B 0E", "AB 03"},       {"2B 0E 01", "AB 03"}, {"2B 0E 01 00 00", "AB 03"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

/* Three objects of 120 bytes: one response holds two. */
static void test_identity_that_does_not_fit_one_response_goes_on_in_the_next(void **state)
{
    struct slave *slave = *state;
    char text[121];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < 3; i++)
        slave->identity.object[i] = text;
    slave_ask(slave, "2B 0E 01 00");
    assert_int_equal(slave->response_len, 7 + 2 * 122);
    assert_memory_equal(slave->response, "\x2B\x0E\x01\x81\xFF\x02\x02", 7); /* more, from object 2 */
    slave_ask(slave, "2B 0E 01 02");
    assert_int_equal(slave->response_len, 7 + 122);
    assert_memory_equal(slave->response, "\x2B\x0E\x01\x81\x00\x00\x01\x02\x78", 9);
}

static void test_identity_longer_than_a_response_is_cut(void **state)
{
    struct slave *slave = *state;
    char text[301];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    slave->identity.object[1] = text;
    slave_ask(slave, "2B 0E 04 01");
    assert_int_equal(slave->response_len, MBP_PDU_MAX);
    assert_int_equal(slave->response[8], 244);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SLAVE_TEST(test_identity_of_basic_objects_is_a_basic_device),
        SLAVE_TEST(test_identity_with_regular_objects_skips_those_it_lacks),
        SLAVE_TEST(test_identity_stream_from_an_unknown_object_starts_anew),
        SLAVE_TEST(test_identity_of_an_unknown_object_is_02_and_of_an_unknown_code_03),
        SLAVE_TEST(test_identity_of_another_transport_is_01_and_of_another_length_03),
        SLAVE_TEST(test_identity_that_does_not_fit_one_response_goes_on_in_the_next),
        SLAVE_TEST(test_identity_longer_than_a_response_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
