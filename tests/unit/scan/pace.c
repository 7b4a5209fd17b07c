/* When scans run: every one that is due, the late ones counted. */
#include "line.h"

#include <uv.h>

#define PERIOD_NS (100 * MBP_NS_PER_MS)

static struct mbp_scan_stats stats(const struct line *line)
{
    return mbp_scan_stats(line->scan);
}

static void turn(struct line *line, uint64_t ns)
{
    line->time.mono_ns += ns;
    mbp_scan_poll(line->scan);
}

static void test_poll_before_a_period_has_passed_runs_nothing(void **state)
{
    struct line *line = *state;
    turn(line, 0);
    turn(line, PERIOD_NS - 1);
    assert_int_equal(stats(line).scans, 0);
    turn(line, 1);
    assert_int_equal(stats(line).scans, 1);
    turn(line, 0);
    assert_int_equal(stats(line).scans, 1);
}

static void test_busy_poll_runs_a_scan_that_is_due_at_the_fourth_call_at_the_latest(void **state)
{
    struct line *line = *state;
    for (unsigned i = 0; i < 100; i++) {
        uint64_t scans = stats(line).scans;
        line->time.mono_ns += PERIOD_NS;
        for (unsigned busy_poll = 0; busy_poll < 4; busy_poll++)
            mbp_scan_poll_busy(line->scan);
        assert_int_equal(stats(line).scans, scans + 1);
    }
    assert_int_equal(stats(line).late, 0);
}

static void test_busy_poll_while_paused_runs_the_steps_asked_at_once(void **state)
{
    struct line *line = *state;
    mbp_scan_pause(line->scan, 0);
    for (unsigned i = 1; i < 10; i++) {
        assert_int_equal(mbp_scan_step_by(line->scan, 1, 0), MBP_OK);
        mbp_scan_poll_busy(line->scan);
        assert_int_equal(stats(line).scans, i);
    }
}

static void test_poll_keeps_to_its_grid_whenever_it_is_called(void **state)
{
    struct line *line = *state;
    for (int i = 0; i < 1000; i++)
        turn(line, 37 * MBP_NS_PER_MS);
    assert_int_equal(stats(line).scans, 370);
    assert_int_equal(stats(line).late, 0);
}

static void test_poll_less_than_a_period_late_counts_nothing_as_late(void **state)
{
    struct line *line = *state;
    turn(line, 2 * PERIOD_NS - 1);
    assert_int_equal(stats(line).scans, 1);
    assert_int_equal(stats(line).late, 0);
}

static void test_poll_after_a_pause_catches_up_every_scan_and_counts_the_late_ones(void **state)
{
    struct line *line = *state;
    turn(line, PERIOD_NS);
    turn(line, 10 * PERIOD_NS);
    assert_int_equal(stats(line).scans, 11);
    assert_int_equal(stats(line).late, 9); /* all but the one that is due right now */
    assert_int_equal(mbp_scan_state(line->scan)->sim_ns, 11 * PERIOD_NS);
    turn(line, PERIOD_NS);
    assert_int_equal(stats(line).scans, 12);
    assert_int_equal(stats(line).late, 9);
    assert_int_equal(line_input(line, 19), 9); /* published */
}

/* Each look at the clock costs a millisecond, and so a scan some. */
static struct mbp_scan *costly_scan(struct line *line, struct fixture_time *time, struct mbp_image **image)
{
    struct mbp_scan *scan;
    struct mbp_scan_config config = {.plant = line->plant, .clock = fixture_clock(time), .speed = 1.0};
    assert_int_equal(mbp_image_new(line->plant, image), MBP_OK);
    config.image = *image;
    time->look_ns = MBP_NS_PER_MS;
    assert_int_equal(mbp_scan_new(&config, &scan), MBP_OK);
    return scan;
}

static void test_poll_after_a_long_pause_catches_up_for_20_ms_at_a_time(void **state)
{
    struct fixture_time time = {0};
    struct mbp_image *image;
    struct mbp_scan *scan = costly_scan(*state, &time, &image);
    time.mono_ns += 1000 * PERIOD_NS;
    unsigned polls = 0;
    for (uint64_t scans = UINT64_MAX; scans != mbp_scan_stats(scan).scans; polls++) {
        scans = mbp_scan_stats(scan).scans;
        uint64_t begin = time.mono_ns;
        mbp_scan_poll(scan);
        assert_in_range(time.mono_ns - begin, 0, 30 * MBP_NS_PER_MS); /* 20 ms, and the scan that ended beyond */
    }
    assert_in_range(polls, 20, 1000);
    assert_int_equal(mbp_scan_stats(scan).scans, time.mono_ns / PERIOD_NS); /* none lost */
    mbp_scan_free(scan);
    mbp_image_free(image);
}

static void test_busy_polls_between_two_polls_share_their_20_ms(void **state)
{
    struct fixture_time time = {0};
    struct mbp_image *image;
    struct mbp_scan *scan = costly_scan(*state, &time, &image);
    time.mono_ns += 1000 * PERIOD_NS;
    mbp_scan_poll(scan);
    uint64_t scans = mbp_scan_stats(scan).scans;
    uint64_t spent = time.mono_ns;
    for (unsigned i = 0; i < 1000; i++)
        mbp_scan_poll_busy(scan);
    assert_int_equal(mbp_scan_stats(scan).scans, scans);
    assert_int_equal(time.mono_ns, spent); /* nor did one look at the clock */
    mbp_scan_poll(scan);
    assert_true(mbp_scan_stats(scan).scans > scans);
    mbp_scan_free(scan);
    mbp_image_free(image);
}

static void test_steps_take_20_ms_at_a_time_too(void **state)
{
    struct fixture_time time = {0};
    struct mbp_image *image;
    struct mbp_scan *scan = costly_scan(*state, &time, &image);
    mbp_scan_pause(scan, 0);
    assert_int_equal(mbp_scan_step_by(scan, 1000, 0), MBP_OK);
    uint64_t begin = time.mono_ns;
    mbp_scan_poll(scan);
    assert_in_range(time.mono_ns - begin, 20 * MBP_NS_PER_MS, 30 * MBP_NS_PER_MS);
    for (unsigned i = 0; i < 1000; i++)
        mbp_scan_poll(scan);
    assert_int_equal(mbp_scan_stats(scan).scans, 1000);
    mbp_scan_free(scan);
    mbp_image_free(image);
}

/* A clock that takes its time: each look at it costs half a period. */
static uint64_t slow_mono_ns(void *ctx)
{
    struct fixture_time *time = ctx;
    time->mono_ns += PERIOD_NS / 2;
    return time->mono_ns;
}

static uint64_t wall_ms(void *ctx)
{
    return ((const struct fixture_time *)ctx)->wall_ms;
}

static void test_scan_that_takes_its_time_is_measured(void **state)
{
    struct line *line = *state;
    struct fixture_time time = {0};
    struct mbp_image *image;
    struct mbp_scan *scan;
    assert_int_equal(mbp_image_new(line->plant, &image), MBP_OK);
    const struct mbp_scan_config config = {line->plant, image, NULL, {slow_mono_ns, wall_ms, &time}, 1.0, 0};
    assert_int_equal(mbp_scan_new(&config, &scan), MBP_OK);
    mbp_scan_step(scan);
    assert_int_equal(mbp_scan_stats(scan).last_us, 50000);
    assert_int_equal(mbp_scan_stats(scan).max_us, 50000);
    mbp_scan_free(scan);
    mbp_image_free(image);
}

static uint64_t slower_mono_ns(void *ctx)
{
    struct fixture_time *time = ctx;
    time->mono_ns += PERIOD_NS;
    return time->mono_ns;
}

static void test_scan_that_takes_longer_than_its_period_is_counted_as_late(void **state)
{
    struct line *line = *state;
    struct fixture_time time = {0};
    struct mbp_image *image;
    struct mbp_scan *scan;
    assert_int_equal(mbp_image_new(line->plant, &image), MBP_OK);
    struct mbp_scan_config config = {line->plant, image, NULL, fixture_clock(&time), 1.0, 0};
    config.clock.mono_ns = slower_mono_ns;
    assert_int_equal(mbp_scan_new(&config, &scan), MBP_OK);
    mbp_scan_poll(scan); /* the first starts on time, the others also late */
    assert_true(mbp_scan_stats(scan).scans > 0);
    assert_int_equal(mbp_scan_stats(scan).late, mbp_scan_stats(scan).scans);
    mbp_scan_free(scan);
    mbp_image_free(image);
}

static void test_scan_at_ten_times_speed_is_due_ten_times_as_often(void **state)
{
    struct line *line = *state;
    struct fixture_time time = {0};
    struct mbp_image *image;
    struct mbp_scan *scan;
    assert_int_equal(mbp_image_new(line->plant, &image), MBP_OK);
    const struct mbp_scan_config config = {line->plant, image, NULL, fixture_clock(&time), 10.0, 0};
    assert_int_equal(mbp_scan_new(&config, &scan), MBP_OK);
    for (int i = 0; i < 100; i++) {
        time.mono_ns += PERIOD_NS / 10;
        mbp_scan_poll(scan);
    }
    assert_int_equal(mbp_scan_stats(scan).scans, 100);
    assert_int_equal(mbp_scan_state(scan)->sim_ns, 100 * PERIOD_NS); /* 10 s in one */
    mbp_scan_free(scan);
    mbp_image_free(image);
}

/* The one test with a real clock: five scans of a millisecond, and the loop is left clean. */
static void test_scans_paced_by_a_loop_run_until_stopped(void **state)
{
    struct line *line = *state;
    uv_loop_t loop;
    struct mbp_image *image;
    struct mbp_scan *scan;
    line->plant->scan_ns = MBP_NS_PER_MS;
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(mbp_image_new(line->plant, &image), MBP_OK);
    const struct mbp_scan_config config = {line->plant, image, NULL, mbp_clock_system(), 1.0, 0};
    assert_int_equal(mbp_scan_new(&config, &scan), MBP_OK);
    assert_int_equal(mbp_scan_start(scan, &loop), MBP_OK);
    while (mbp_scan_stats(scan).scans < 5)
        uv_run(&loop, UV_RUN_ONCE);
    mbp_scan_stop(scan);
    mbp_scan_stop(scan); /* again: nothing */
    uv_run(&loop, UV_RUN_DEFAULT);
    uint64_t scans = mbp_scan_stats(scan).scans;
    mbp_scan_poll(scan);
    assert_int_equal(mbp_scan_stats(scan).scans, scans);
    assert_int_equal(uv_loop_close(&loop), 0);
    mbp_scan_free(scan);
    mbp_image_free(image);
    line->plant->scan_ns = PERIOD_NS;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINE_TEST(test_poll_before_a_period_has_passed_runs_nothing),
        LINE_TEST(test_busy_poll_runs_a_scan_that_is_due_at_the_fourth_call_at_the_latest),
        LINE_TEST(test_busy_poll_while_paused_runs_the_steps_asked_at_once),
        LINE_TEST(test_poll_keeps_to_its_grid_whenever_it_is_called),
        LINE_TEST(test_poll_less_than_a_period_late_counts_nothing_as_late),
        LINE_TEST(test_poll_after_a_pause_catches_up_every_scan_and_counts_the_late_ones),
        LINE_TEST(test_poll_after_a_long_pause_catches_up_for_20_ms_at_a_time),
        LINE_TEST(test_busy_polls_between_two_polls_share_their_20_ms),
        LINE_TEST(test_steps_take_20_ms_at_a_time_too),
        LINE_TEST(test_scan_that_takes_its_time_is_measured),
        LINE_TEST(test_scan_that_takes_longer_than_its_period_is_counted_as_late),
        LINE_TEST(test_scan_at_ten_times_speed_is_due_ten_times_as_often),
        LINE_TEST(test_scans_paced_by_a_loop_run_until_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
