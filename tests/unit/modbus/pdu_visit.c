/* What a master says of itself and of what it writes: the files of its connection. */
#include "slave.h"

#include <stdio.h>
#include <string.h>

#include "mbplant/event/check.h"

static struct mbp_visit visit;

static enum mbp_status comment_of(void *ctx, uint16_t file, uint16_t place, char text[MBP_COMMENT_MAX + 1])
{
    (void)ctx;
    if (file != 1000 || place != 40)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    snprintf(text, MBP_COMMENT_MAX + 1, "abc");
    return MBP_OK;
}

static enum mbp_status nothing(void *ctx, uint16_t file, uint16_t record, uint16_t count, uint16_t *words)
{
    (void)ctx, (void)file;
    memset(words, 0, count * sizeof *words);
    for (uint16_t i = 0; record >= MBP_CHECK_RECORD && i < count; i++)
        words[i] = (uint16_t)(record + i); /* tells what was asked for */
    return MBP_OK;
}

static int setup(void **state)
{
    slave_setup(state);
    struct slave *slave = *state;
    visit = (struct mbp_visit){0};
    mbp_image_set_files(slave->image, (struct mbp_file_source){nothing, comment_of, NULL, NULL, NULL});
    slave->context.visit = &visit;
    slave->context.peer.actor = 3;
    return 0;
}
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, slave_teardown)

/* The comment that went with the last write of a register. */
static struct mbp_text said(struct slave *slave)
{
    const struct mbp_written *written;
    struct mbp_written lost;
    size_t count = mbp_image_latch_written(slave->image, &written, &lost);
    assert_true(count > 0);
    assert_int_equal(MBP_PEER_ACTOR(written[count - 1].peer), 3);
    return mbp_image_comment_text(slave->image, MBP_PEER_COMMENT(written[count - 1].peer));
}

static void write_register(struct slave *slave, unsigned value)
{
    char request[16];
    snprintf(request, sizeof request, "06 0000 %04X", value);
    slave_expect(slave, request, request);
}

static void assert_said(struct slave *slave, const char *text)
{
    struct mbp_text is = said(slave);
    assert_int_equal(is.len, strlen(text));
    assert_memory_equal(is.bytes, text, is.len);
}

static void test_comment_goes_with_all_that_is_written_until_another_one_does(void **state)
{
    struct slave *slave = *state;
    write_register(slave, 1);
    assert_said(slave, "");
    slave_expect(slave, "15 0D 06 033E 0000 0003 0003 6162 6300", "15 0D 06 033E 0000 0003 0003 6162 6300");
    write_register(slave, 2);
    assert_said(slave, "abc");
    write_register(slave, 3);
    assert_said(slave, "abc");
    slave_expect(slave, "15 0B 06 033E 0000 0002 0002 C3A9", "15 0B 06 033E 0000 0002 0002 C3A9");
    write_register(slave, 4);
    assert_said(slave, "\xC3\xA9");
    slave_expect(slave, "15 09 06 033E 0000 0001 0000", "15 09 06 033E 0000 0001 0000");
    write_register(slave, 5);
    assert_said(slave, "");
}

static void test_comment_in_pieces_is_in_force_when_it_is_whole(void **state)
{
    struct slave *slave = *state;
    slave_expect(slave, "15 0B 06 033E 0000 0002 0005 6162", "15 0B 06 033E 0000 0002 0005 6162");
    write_register(slave, 1);
    assert_said(slave, "");
    slave_expect(slave, "15 09 06 033E 0003 0001 6566", "95 02"); /* a gap */
    slave_expect(slave, "15 0B 06 033E 0002 0002 6364 6500", "15 0B 06 033E 0002 0002 6364 6500");
    write_register(slave, 2);
    assert_said(slave, "abcde");
    slave_expect(slave, "14 07 06 033E 0000 0004", "14 0A 09 06 0005 6162 6364 6500"); /* and reads back */
}

static void test_text_that_is_none_is_refused_and_nothing_is_in_force(void **state)
{
    static const char *const requests[] = {
        "15 0B 06 033E 0000 0002 0401 6162", /* 1025 bytes */
        "15 0B 06 033E 0000 0002 0002 C3C3", /* no UTF-8 */
        "15 0B 06 033E 0000 0002 0002 6107", /* a bell */
        "15 0B 06 033E 0000 0002 0002 6100", /* a zero */
        "15 0B 06 033E 0000 0002 0002 C29B", /* C1 */
    };
    struct slave *slave = *state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        slave_expect(slave, requests[i], "95 04");
        write_register(slave, (unsigned)i + 1);
        assert_said(slave, "");
    }
    const struct mbp_refusal *refusals;
    assert_int_equal(mbp_image_latch_refusals(slave->image, &refusals), 0); /* nothing of the plant was asked for */
}

static void test_name_makes_another_actor(void **state)
{
    struct slave *slave = *state;
    slave_expect(slave, "15 0D 06 033F 0000 0003 0004 616E 6E61", "15 0D 06 033F 0000 0003 0004 616E 6E61");
    assert_true(visit.renamed);
    assert_string_equal(visit.who, "anna");
    slave_expect(slave, "14 07 06 033F 0000 0003", "14 08 07 06 0004 616E 6E61");
    visit.renamed = false;
    slave_ask(slave, "15 0D 06 033F 0000 0003 0004 616E 6E61"); /* the same again */
    assert_false(visit.renamed);
    slave_expect(slave, "15 0B 06 033F 0000 0002 0002 1B5B", "95 04");
    slave_expect(slave, "15 0B 06 033F 0000 0002 0020 6161", "95 04"); /* 32 bytes */
    assert_string_equal(visit.who, "anna");
}

static void test_comment_behind_an_event_is_that_events(void **state)
{
    struct slave *slave = *state;
    slave_expect(slave, "14 0E 06 03E8 0028 0001 06 033E 0000 0004", "14 0E 03 06 0000 09 06 0003 6162 6300 0000");
    slave_expect(slave, "14 0E 06 03E8 0014 0001 06 033E 0000 0004", "94 02"); /* there is no such event */
    slave_expect(slave, "14 0E 06 03E8 0028 0001 06 033E 0201 0001", "94 02"); /* behind its end */
}

static void test_check_value_behind_an_event_is_that_events(void **state)
{
    struct slave *slave = *state;
    slave_expect(slave, "14 0E 06 03E8 0028 0001 06 033D 0000 0002", "14 0A 03 06 0000 05 06 2714 2715");
    slave_expect(slave, "14 0E 06 03E8 0028 0001 06 033D 0001 0001", "14 08 03 06 0000 03 06 2715");
    slave_expect(slave, "14 0E 06 03E8 0028 0001 06 033D 0001 0002", "94 02"); /* behind its end */
    slave_expect(slave, "14 0E 06 03E8 0029 0001 06 033D 0000 0002", "94 02"); /* no event begins there */
}

static void test_who_may_operate_may_say_why_and_who_may_only_read_may_not(void **state)
{
    struct slave *slave = *state;
    slave->context.permit = &mbp_permits[MBP_ALLOW_OPERATE];
    slave_expect(slave, "15 0B 06 033E 0000 0002 0002 6162", "15 0B 06 033E 0000 0002 0002 6162");
    slave_expect(slave, "15 09 06 0001 0000 0001 0000", "95 01");
    slave->context.permit = &mbp_permits[MBP_ALLOW_READ];
    slave_expect(slave, "15 0B 06 033E 0000 0002 0002 6162", "95 01");
}

static void test_request_that_says_and_writes_at_once_is_02(void **state)
{
    struct slave *slave = *state;
    slave_expect(slave, "15 12 06 033E 0000 0001 0000 06 0001 0000 0001 1234", "95 02");
}

static void test_more_comments_than_a_scan_can_tell_are_busy_and_nothing_is_written(void **state)
{
    struct slave *slave = *state;
    char request[64];
    char busy = 0;
    for (unsigned i = 0; i < 100 && !busy; i++) {
        snprintf(request, sizeof request, "15 0B 06 033E 0000 0002 0002 61%02X", 0x30 + i);
        slave_expect(slave, request, request);
        snprintf(request, sizeof request, "06 0000 %04X", i + 1);
        slave_ask(slave, request);
        busy = slave->response[0] == 0x86;
    }
    assert_true(busy);
    assert_int_equal(slave->response[1], MBP_EX_SERVER_DEVICE_BUSY);
    const struct mbp_write *writes;
    mbp_image_latch(slave->image, &writes);
    write_register(slave, 0x1111);
}

static void test_without_a_connections_files_there_are_none(void **state)
{
    struct slave *slave = *state;
    slave->context.visit = NULL;
    slave_expect(slave, "15 0B 06 033E 0000 0002 0002 6162", "95 02");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_comment_goes_with_all_that_is_written_until_another_one_does),
        TEST(test_comment_in_pieces_is_in_force_when_it_is_whole),
        TEST(test_text_that_is_none_is_refused_and_nothing_is_in_force),
        TEST(test_name_makes_another_actor),
        TEST(test_comment_behind_an_event_is_that_events),
        TEST(test_check_value_behind_an_event_is_that_events),
        TEST(test_who_may_operate_may_say_why_and_who_may_only_read_may_not),
        TEST(test_request_that_says_and_writes_at_once_is_02),
        TEST(test_more_comments_than_a_scan_can_tell_are_busy_and_nothing_is_written),
        TEST(test_without_a_connections_files_there_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
