/* Trouble around the scan: a disk that refuses, a journal's memory that is full, a wall clock that jumps. The scan goes
 * on, masters are told, and nothing needs a restart. */
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>

#include "line.h"

enum { IR_SCANS = 14, IR_TROUBLE = 6280, IR_USED = 6281, IR_LOST = 6282, IR_DURABLE = 8, IR_NEWEST = 6284 };
enum { RECOVERED, CANNOT_WRITE, OVERRUN };

/* A limit on the size of files stands in for a disk without room: a write fails, and the signal is ignored. */
static void fill_disk(struct rlimit *before)
{
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, before), 0);
    const struct rlimit small = {.rlim_cur = 4096, .rlim_max = before->rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
}

static void make_room(const struct rlimit *before)
{
    assert_int_equal(setrlimit(RLIMIT_FSIZE, before), 0);
    signal(SIGXFSZ, SIG_DFL);
}

static void await_trouble(const struct line *line)
{
    for (int ms = 0; !mbp_journal_in_trouble(line->journal); ms++) {
        assert_true(ms < 10000);
        poll(NULL, 0, 1);
    }
}

static uint32_t scans(const struct line *line)
{
    return (uint32_t)line_input(line, IR_SCANS) << 16 | line_input(line, IR_SCANS + 1);
}

/* Where the next journal trouble of this kind is. */
static size_t find_trouble(const struct line *line, size_t from, uint32_t detail)
{
    size_t at = line_find(line, from, MBP_EV_JOURNAL_TROUBLE);
    while (line->events[at].detail != detail)
        at = line_find(line, at + 1, MBP_EV_JOURNAL_TROUBLE);
    return at;
}

static unsigned waiting(struct line *line)
{
    return (unsigned)line_input(line, IR_NEWEST + 1) - line_input(line, IR_DURABLE + 1);
}

static void test_full_disk_raises_the_alarm_and_passes_without_a_restart(void **state)
{
    struct line *line = *state;
    struct rlimit before;
    line_scan(line, 1);
    line_read(line);
    size_t known = line->event_count;
    assert_int_equal(line_input(line, IR_TROUBLE), 0);
    fill_disk(&before);
    assert_int_equal(line_write_word(line, HR_TT101, 900), MBP_OK);
    line_scan(line, 1);
    await_trouble(line);
    uint32_t done = scans(line);
    line_scan(line, 20);
    bool told = line_input(line, IR_TROUBLE) == 1;
    uint32_t scanned = scans(line) - done;
    bool panne = line_coil(line, COIL_FILL1 + 1);
    unsigned unstored = waiting(line);
    make_room(&before);
    assert_true(told);
    assert_int_equal(scanned, 20);
    assert_true(unstored >= 4); /* forced, raised, tripped, cannot be written */
    assert_true(panne);         /* diagnosis and machines go on as well */
    line_read(line);
    line_scan(line, 1); /* sees that it is written again, and says so */
    assert_int_equal(line_input(line, IR_TROUBLE), 0);
    line_read(line);
    size_t forced = line_find(line, known, MBP_EV_VALUE_FORCED);
    size_t alarm = find_trouble(line, forced, CANNOT_WRITE);
    find_trouble(line, alarm, RECOVERED);
    assert_int_equal(line_input(line, IR_LOST + 1), 0);
}

static void test_events_of_a_scan_wait_until_they_are_durable(void **state)
{
    struct line *line = *state;
    line_scan(line, 1);
    line_read(line);
    line_scan(line, 1);
    assert_int_equal(waiting(line), 0);
    assert_int_equal(line_write_word(line, HR_TT101, 900), MBP_OK);
    line_scan(line, 1); /* forced, raised, tripped: its registers show all of it, and that nothing is stored yet */
    assert_int_equal(waiting(line), 3);
    line_read(line);
    line_scan(line, 1);
    assert_int_equal(waiting(line), 0);
}

static void test_overrun_is_counted_told_and_leaves_the_retained_state_right(void **state)
{
    struct line *line = *state;
    struct rlimit before;
    struct mbp_event filler = {.code = MBP_EV_WRITE_REFUSED, .unit = 1, .machine = MBP_NONE16, .sensor = MBP_NONE16};
    line_scan(line, 1);
    line_read(line);
    fill_disk(&before);
    while (mbp_journal_push_event(line->journal, &filler) == MBP_OK)
        ;
    /* No room for these: forced, raised, tripped. */
    assert_int_equal(line_write_word(line, HR_TT101, 900), MBP_OK);
    line_scan(line, 3);
    uint16_t used = line_input(line, IR_USED);
    uint16_t lost = line_input(line, IR_LOST + 1);
    make_room(&before);
    assert_true(used >= 999);
    assert_true(lost >= 4);
    assert_int_equal(mbp_journal_flush(line->journal), MBP_OK);
    line_scan(line, 2);
    assert_int_equal(mbp_journal_flush(line->journal), MBP_OK);
    struct mbp_event newest[MBP_RECENT_EVENTS];
    size_t count = mbp_journal_recent(line->journal, MBP_RECENT_EVENTS, newest);
    double told = 0;
    for (size_t i = 0; i < count; i++) {
        if (newest[i].code == MBP_EV_JOURNAL_TROUBLE && newest[i].detail == OVERRUN)
            told += (double)newest[i].value;
    }
    assert_true(told == (double)(line_input(line, IR_LOST + 1)));
    /* The events are gone, but not what they did. */
    line_stop(line);
    line_start(line, line_yaml);
    line_scan(line, 1);
    assert_int_equal(line_holding(line, HR_TT101), 900);
    assert_true(line_coil(line, COIL_FILL1 + 1));
}

static void test_wall_clock_jumps_are_told_and_change_nothing_else(void **state)
{
    struct line *line = *state;
    line_scan(line, 2);
    uint64_t sim_ns = mbp_scan_state(line->scan)->sim_ns;
    line->time.wall_ms += 3600 * 1000;
    line_scan(line, 1);
    line->time.wall_ms -= 2 * 3600 * 1000;
    line_scan(line, 1);
    line->time.wall_ms += 999; /* slewed, not set */
    line_scan(line, 1);
    assert_true(mbp_scan_state(line->scan)->sim_ns == sim_ns + 3 * line->plant->scan_ns);
    line_read(line);
    assert_int_equal(line_count(line, MBP_EV_CLOCK_STEPPED), 2);
    size_t ahead = line_find(line, 0, MBP_EV_CLOCK_STEPPED);
    size_t back = line_find(line, ahead + 1, MBP_EV_CLOCK_STEPPED);
    assert_true(line->events[ahead].value == 3600);
    assert_true(line->events[back].value == -7200);
    assert_int_equal(line->events[back].unit, line->events[0].unit);
    assert_int_equal(mbp_journal_oldest(line->journal), 1);
    assert_int_equal(mbp_scan_stats(line->scan).late, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINE_TEST(test_full_disk_raises_the_alarm_and_passes_without_a_restart),
        LINE_TEST(test_events_of_a_scan_wait_until_they_are_durable),
        LINE_TEST(test_overrun_is_counted_told_and_leaves_the_retained_state_right),
        LINE_TEST(test_wall_clock_jumps_are_told_and_change_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
