/* The command record of a unit: taken when its word is written, refused with a reason that can be read. */
#include "mbplant/image/alarm_command.h"
#include "device.h"

#include <stdlib.h>

#include "mbplant/image/keep.h"

static uint16_t at(const struct device *device, unsigned word)
{
    return (uint16_t)(device->plc->record + word);
}

static uint16_t told(const struct device *device, unsigned word)
{
    return device_word(device->plc, MBP_INPUT_REGISTERS, (uint16_t)(device->plc->answer + word));
}

static uint16_t command_word(const struct device *device)
{
    return device_word(device->plc, MBP_HOLDING_REGISTERS, at(device, MBP_RECORD_COMMAND));
}

static enum mbp_status ask(struct device *device, uint16_t tag, uint16_t alarm, uint16_t argument, uint16_t deed)
{
    const uint16_t words[] = {tag, alarm, argument, 0, deed};
    return device_write(device->plc, at(device, 0), sizeof words / sizeof words[0], words);
}

static void test_command_is_taken_with_its_word_which_reads_0_again(void **state)
{
    struct device *device = *state;
    const struct mbp_alarm_asked *commands;
    assert_int_equal(ask(device, T1, MBP_HIGH, 60, MBP_DEED_SHELVE), MBP_OK);
    assert_int_equal(command_word(device), 0);
    assert_int_equal(told(device, MBP_ANSWER_TAKEN), 1);
    assert_int_equal(told(device, MBP_ANSWER_RESULT), MBP_RESULT_WAITS);
    assert_int_equal(mbp_image_latch_alarm_commands(device->image, &commands), 1);
    assert_int_equal(commands[0].command.sensor, T1);
    assert_int_equal(commands[0].command.alarm, MBP_HIGH);
    assert_int_equal(commands[0].command.deed, MBP_DEED_SHELVE);
    assert_int_equal(commands[0].command.seconds, 60);
    assert_int_equal(commands[0].command.peer, DEVICE_PEER);
    mbp_image_answer_alarm_command(device->image, &commands[0], MBP_RESULT_DONE);
    assert_int_equal(told(device, MBP_ANSWER_RESULT), MBP_RESULT_DONE);
    assert_int_equal(told(device, MBP_ANSWER_CARRIED), 1);
    assert_int_equal(mbp_image_latch_alarm_commands(device->image, &commands), 0);
}

static void test_words_before_the_command_do_nothing_and_tell_nothing(void **state)
{
    struct device *device = *state;
    const struct mbp_alarm_asked *commands;
    const struct mbp_written *written;
    struct mbp_written lost;
    assert_int_equal(device_write_word(device->plc, at(device, MBP_RECORD_TAG), P1), MBP_OK);
    assert_int_equal(device_write_word(device->plc, at(device, MBP_RECORD_ALARM), MBP_LOW), MBP_OK);
    assert_int_equal(mbp_image_latch_alarm_commands(device->image, &commands), 0);
    assert_int_equal(device_write_word(device->plc, at(device, MBP_RECORD_COMMAND), MBP_DEED_REMOVE), MBP_OK);
    assert_int_equal(mbp_image_latch_alarm_commands(device->image, &commands), 1);
    assert_int_equal(commands[0].command.sensor, P1);
    assert_int_equal(commands[0].command.alarm, MBP_LOW);
    assert_int_equal(mbp_image_latch_written(device->image, &written, &lost), 0);
}

static void test_two_masters_at_once_on_one_alarm_are_both_taken(void **state)
{
    struct device *device = *state;
    const struct mbp_alarm_asked *commands;
    assert_int_equal(ask(device, T1, MBP_HIGH, 0, MBP_DEED_SHELVE), MBP_OK);
    assert_int_equal(ask(device, T1, MBP_HIGH, 0, MBP_DEED_ACKNOWLEDGE), MBP_OK);
    assert_int_equal(mbp_image_latch_alarm_commands(device->image, &commands), 2);
    assert_int_equal(commands[0].command.deed, MBP_DEED_SHELVE);
    assert_int_equal(commands[1].command.deed, MBP_DEED_ACKNOWLEDGE);
}

static void test_command_that_cannot_be_is_refused_and_says_why(void **state)
{
    struct device *device = *state;
    const struct mbp_alarm_asked *commands;
    const struct mbp_refusal *refusals;
    static const struct {
        uint16_t tag, alarm, argument, deed;
        enum mbp_deed_result why;
    } cases[] = {
        {T1, MBP_HIGH, 0, MBP_DEED_COUNT, MBP_RESULT_NO_DEED},
        {T1, MBP_HIGH, 0, 65535, MBP_RESULT_NO_DEED},
        {6, MBP_HIGH, 0, MBP_DEED_ACKNOWLEDGE, MBP_RESULT_NO_TAG}, /* of another unit */
        {65535, MBP_HIGH, 0, MBP_DEED_ACKNOWLEDGE, MBP_RESULT_NO_TAG},
        {T1, MBP_HIGH_HIGH, 0, MBP_DEED_ACKNOWLEDGE, MBP_RESULT_NO_ALARM}, /* an unused limit */
        {T1, 7, 0, MBP_DEED_ACKNOWLEDGE, MBP_RESULT_NO_ALARM},
        {T1, MBP_HIGH, MBP_SHELVE_FOR_EVER, MBP_DEED_SHELVE, MBP_RESULT_TOO_LONG},
        {T1, MBP_RECORD_ALL, 60, MBP_DEED_BYPASS, MBP_RESULT_NO_ALARM}, /* an interlock has its own name */
        {T1, MBP_RECORD_ALL, 0, MBP_DEED_RESTORE, MBP_RESULT_NO_ALARM},
        {P1, MBP_LOW, 60, MBP_DEED_BYPASS, MBP_RESULT_NO_INTERLOCK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(ask(device, cases[i].tag, cases[i].alarm, cases[i].argument, cases[i].deed),
                         MBP_EX_SERVER_DEVICE_FAILURE);
        assert_int_equal(told(device, MBP_ANSWER_RESULT), cases[i].why);
        assert_int_equal(told(device, MBP_ANSWER_TAG), cases[i].tag);
        assert_int_equal(command_word(device), 0);
        assert_int_equal(mbp_image_latch_refusals(device->image, &refusals), 1);
    }
    assert_int_equal(mbp_image_latch_alarm_commands(device->image, &commands), 0);
}

static void test_more_commands_than_a_scan_takes_are_busy_and_none_is_lost(void **state)
{
    struct device *device = *state;
    const struct mbp_alarm_asked *commands;
    for (unsigned i = 0; i < MBP_ALARM_COMMANDS_MAX; i++)
        assert_int_equal(ask(device, T1, MBP_HIGH, 0, MBP_DEED_ACKNOWLEDGE), MBP_OK);
    assert_int_equal(ask(device, T1, MBP_HIGH, 0, MBP_DEED_ACKNOWLEDGE), MBP_EX_SERVER_DEVICE_BUSY);
    assert_int_equal(told(device, MBP_ANSWER_RESULT), MBP_RESULT_TOO_MANY);
    assert_int_equal(mbp_image_latch_alarm_commands(device->image, &commands), MBP_ALARM_COMMANDS_MAX);
}

/* ---- memory that outlives a kill ---- */

struct run {
    void *device, *memory;
};

/* Another run of the same plant, that goes on from what an image noted up to now; latched: a scan had taken it in. */
static struct run go_on(const struct mbp_image *image, const void *memory, bool latched)
{
    struct run run = {.device = NULL};
    uint64_t position = latched ? mbp_image_tail_position(image) : 1;
    assert_int_equal(device_setup(&run.device), 0);
    struct device *device = run.device;
    device_publish(device);
    run.memory = calloc(1, mbp_image_tail_bytes(device->image));
    mbp_image_take_tail(device->image, memory, position, position);
    mbp_image_keep_tail(device->image, run.memory);
    mbp_image_write_tail(device->image, memory, position, position, false);
    mbp_image_write_tail(device->image, memory, position, position, true); /* as a start does it behind its events */
    return run;
}

static void end(struct run *run)
{
    device_teardown(&run->device);
    free(run->memory);
}

static void test_command_of_a_run_before_is_not_carried_out_again(void **state)
{
    struct device *device = *state;
    const struct mbp_alarm_asked *commands;
    void *memory = calloc(1, mbp_image_tail_bytes(device->image));
    mbp_image_keep_tail(device->image, memory);
    assert_int_equal(ask(device, T1, MBP_HIGH, 60, MBP_DEED_SHELVE), MBP_OK);
    assert_int_equal(mbp_image_latch_alarm_commands(device->image, &commands), 1);
    mbp_image_answer_alarm_command(device->image, &commands[0], MBP_RESULT_DONE);
    struct run next = go_on(device->image, memory, true);
    device = next.device;
    assert_int_equal(mbp_image_latch_alarm_commands(device->image, &commands), 0);
    assert_int_equal(told(device, MBP_ANSWER_RESULT), MBP_RESULT_DONE); /* and its answer stands */
    assert_int_equal(told(device, MBP_ANSWER_TAKEN), 1);
    assert_int_equal(told(device, MBP_ANSWER_CARRIED), 1);
    end(&next);
    free(memory);
}

/* noted_at_once: else where the room begins again, with what waits then. Two runs are killed before their first scan.
 */
static void outlive(struct device *device, bool noted_at_once)
{
    const struct mbp_alarm_asked *commands;
    void *memory = calloc(1, mbp_image_tail_bytes(device->image));
    if (noted_at_once)
        mbp_image_keep_tail(device->image, memory);
    assert_int_equal(ask(device, T1, MBP_RECORD_ALL, 60, MBP_DEED_SHELVE), MBP_OK);
    if (!noted_at_once)
        mbp_image_keep_tail(device->image, memory);
    struct run first = go_on(device->image, memory, false);
    struct run second = go_on(((struct device *)first.device)->image, first.memory, false);
    const struct device *now = second.device;
    assert_int_equal(mbp_image_latch_alarm_commands(now->image, &commands), 1);
    assert_int_equal(commands[0].command.sensor, T1);
    assert_int_equal(commands[0].command.alarm, MBP_ALARM_COUNT);
    assert_int_equal(commands[0].command.seconds, 60);
    assert_int_equal(commands[0].command.deed, MBP_DEED_SHELVE);
    assert_int_equal(commands[0].command.peer, DEVICE_PEER);
    assert_int_equal(command_word(now), 0);
    assert_int_equal(told(now, MBP_ANSWER_RESULT), MBP_RESULT_WAITS);
    assert_int_equal(told(now, MBP_ANSWER_TAKEN), 1);
    mbp_image_keep_tail(device->image, NULL);
    end(&first);
    end(&second);
    free(memory);
}

static void test_command_that_no_scan_took_in_outlives_a_kill(void **state)
{
    outlive(*state, true);
}

static void test_command_that_waits_is_noted_when_the_room_begins_again(void **state)
{
    outlive(*state, false);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, device_setup, device_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_command_is_taken_with_its_word_which_reads_0_again),
        TEST(test_words_before_the_command_do_nothing_and_tell_nothing),
        TEST(test_two_masters_at_once_on_one_alarm_are_both_taken),
        TEST(test_command_that_cannot_be_is_refused_and_says_why),
        TEST(test_more_commands_than_a_scan_takes_are_busy_and_none_is_lost),
        TEST(test_command_of_a_run_before_is_not_carried_out_again),
        TEST(test_command_that_no_scan_took_in_outlives_a_kill),
        TEST(test_command_that_waits_is_noted_when_the_room_begins_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
