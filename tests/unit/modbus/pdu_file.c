/* FC 20, 21 and 24. */
#include "slave.h"

#include <stdio.h>
#include <string.h>

static void test_read_file_of_one_or_more_groups_gives_each(void **state)
{
    static const struct slave_case cases[] = {
        {"14 07 06 0001 0000 0002", "14 06 05 06 3000 3001"},
        {"14 07 06 0001 0009 0001", "14 04 03 06 3009"},
        {"14 0E 06 0001 0000 0001 06 0001 0005 0002", "14 0A 03 06 3000 05 06 3005 3006"},
        {"14 15 06 0001 0000 0001 06 0001 0000 0001 06 0002 01F3 0001", "14 0C 03 06 3000 03 06 3000 03 06 0000"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_read_file_whose_bytes_do_not_fit_is_03(void **state)
{
    static const struct slave_case cases[] = {
        {"14", "94 03"},
        {"14 00", "94 03"},
        {"14 06 06 0001 0000 00", "94 03"},
        {"14 07 06 0001 0000 00", "94 03"},
        {"14 07 06 0001 0000 0001 00", "94 03"},
        {"14 08 06 0001 0000 0001 00", "94 03"},
        {"14 0E 06 0001 0000 0001", "94 03"},
        {"14 07 06 0001 0000 0000", "94 03"}, /* a group of nothing */
        {"14 07 06 0002 0000 007D", "94 03"}, /* 250 bytes of data and four of head are one too many */
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_read_file_that_fills_a_pdu_is_answered(void **state)
{
    struct slave *slave = *state;
    slave_ask(slave, "14 07 06 0002 0000 007C"); /* 124 registers */
    assert_int_equal(slave->response_len, 252);
    assert_int_equal(slave->response[0], 0x14);
    assert_int_equal(slave->response[1], 250);
    assert_int_equal(slave->response[2], 249);
}

static void test_read_file_of_a_wrong_reference_file_or_record_is_02(void **state)
{
    static const struct slave_case cases[] = {
        {"14 07 05 0001 0000 0001", "94 02"}, {"14 07 06 0000 0000 0001", "94 02"},
        {"14 07 06 0003 0000 0001", "94 02"}, {"14 07 06 0001 000A 0001", "94 02"},
        {"14 07 06 0001 0009 0002", "94 02"}, {"14 07 06 0001 2710 0001", "94 02"},
        {"14 07 06 0001 270F 0002", "94 02"}, {"14 0E 06 0001 0000 0001 06 0003 0000 0001", "94 02"},
        {"14 07 06 03E8 0000 0014", "94 02"}, /* no journal here */
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_read_file_900_gives_the_plants_length(void **state)
{
    struct slave *slave = *state;
    char expected[64];
    snprintf(expected, sizeof expected, "14 06 05 06 %08X", (unsigned)slave->plant->text.len);
    slave_expect(slave, "14 07 06 0384 0000 0002", expected);
}

static void test_write_file_is_echoed_and_can_be_read(void **state)
{
    static const struct slave_case cases[] = {
        {"15 0B 06 0001 0002 0002 AAAA BBBB", "15 0B 06 0001 0002 0002 AAAA BBBB"},
        {"14 07 06 0001 0001 0004", "14 0A 09 06 3001 AAAA BBBB 3004"},
        {"15 12 06 0001 0000 0001 0001 06 0001 0009 0001 0002", "15 12 06 0001 0000 0001 0001 06 0001 0009 0001 0002"},
        {"14 0E 06 0001 0000 0001 06 0001 0009 0001", "14 08 03 06 0001 03 06 0002"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_write_file_whose_bytes_do_not_fit_is_03(void **state)
{
    static const struct slave_case cases[] = {
        {"15", "95 03"},
        {"15 00", "95 03"},
        {"15 07 06 0001 0000 0000", "95 03"},
        {"15 09 06 0001 0000 0001 00", "95 03"},
        {"15 09 06 0001 0000 0002 0000", "95 03"},
        {"15 0B 06 0001 0000 0001 0000 0000", "95 03"}, /* a second group that is none */
        {"15 09 06 0001 0000 0001 0000 00", "95 03"},
        {"15 09 06 0001 0000 FFFF 0000", "95 03"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_write_file_with_one_group_wrong_writes_none(void **state)
{
    static const struct slave_case cases[] = {
        {"15 12 06 0001 0000 0001 FFFF 06 0003 0000 0001 FFFF", "95 02"},
        {"15 12 06 0001 0000 0001 FFFF 06 0001 000A 0001 FFFF", "95 02"},
        {"15 12 06 0001 0000 0001 FFFF 07 0001 0001 0001 FFFF", "95 02"},
        {"15 09 06 0384 0000 0001 FFFF", "95 02"}, /* the plant file is not written so */
        {"14 07 06 0001 0000 0001", "14 04 03 06 3000"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_read_fifo_gives_its_count_and_leaves_the_queue(void **state)
{
    static const struct slave_case cases[] = {
        {"18 0005", "18 0006 0002 01B8 1284"},
        {"18 0005", "18 0006 0002 01B8 1284"},
        {"18 0006", "18 0002 0000"},
    };
    struct slave *slave = *state;
    SLAVE_EXPECT_ALL(slave, cases);
    slave_ask(slave, "18 0007");
    assert_int_equal(slave->response_len, 5 + 62);
    assert_memory_equal(slave->response, "\x18\x00\x40\x00\x1F\x00\x01", 7);
    assert_int_equal(slave->response[66], 31);
}

/* 6.18: "If the queue count exceeds 31, an exception response is returned with an error code of 03." */
static void test_read_fifo_of_more_than_31_is_03(void **state)
{
    static const struct slave_case cases[] = {{"18 0008", "98 03"}};
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_read_fifo_elsewhere_is_02_and_of_another_length_03(void **state)
{
    static const struct slave_case cases[] = {
        {"18 0000", "98 02"},
        {"18 FFFF", "98 02"},
        {"18 00", "98 03"},
        {"18 0005 00", "98 03"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SLAVE_TEST(test_read_file_of_one_or_more_groups_gives_each),
        SLAVE_TEST(test_read_file_whose_bytes_do_not_fit_is_03),
        SLAVE_TEST(test_read_file_that_fills_a_pdu_is_answered),
        SLAVE_TEST(test_read_file_of_a_wrong_reference_file_or_record_is_02),
        SLAVE_TEST(test_read_file_900_gives_the_plants_length),
        SLAVE_TEST(test_write_file_is_echoed_and_can_be_read),
        SLAVE_TEST(test_write_file_whose_bytes_do_not_fit_is_03),
        SLAVE_TEST(test_write_file_with_one_group_wrong_writes_none),
        SLAVE_TEST(test_read_fifo_gives_its_count_and_leaves_the_queue),
        SLAVE_TEST(test_read_fifo_of_more_than_31_is_03),
        SLAVE_TEST(test_read_fifo_elsewhere_is_02_and_of_another_length_03),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
