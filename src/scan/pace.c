/* When scans run: on a fixed grid of wall time, none skipped. A timer wakes the loop for the next one; the server also
 * asks before each batch of requests, so that a busy loop does not make a scan wait for its turn. */
#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "mbplant/image/lock_step.h"
#include "scan_priv.h"

/* So long scans may take between two looks at the sockets, however many are due: requests, and a stop, do not wait
 * while a plant catches up, or for one whose scans cannot keep up at all. */
#define ROUND_NS (20 * MBP_NS_PER_MS)

/* To look at the clock before each batch of requests is a good part of what a short request costs. A batch takes some
 * ten microseconds. */
#define BUSY_POLLS_PER_LOOK 4u

/* While paused, events that became durable are shown so soon. */
#define LOOK_AGAIN_NS (100 * MBP_NS_PER_MS)

/* A step waits for the journal after so many: well below the room between the two. */
#define FLUSH_EVERY_RECORDS 8192u

/* The speed reached is measured over so long. */
#define MEASURE_NS MBP_NS_PER_S

static void count_lateness(struct mbp_scan *scan, uint64_t late_ns)
{
    uint64_t late_us = (late_ns + 999) / 1000;
    unsigned class = 0;
    while (late_us > mbp_lateness_us(class) && class + 1 < MBP_LATENESS_CLASSES)
        class ++;
    scan->sim.lateness[class]++;
    if (late_us > scan->sim.lateness_max_us)
        scan->sim.lateness_max_us = late_us;
}

static void measure_speed(struct mbp_scan *scan, uint64_t now)
{
    uint64_t passed = now - scan->pace_mark_ns;
    if (passed < MEASURE_NS)
        return;
    uint64_t scans = scan->stats.scans + 1 - scan->pace_mark_scans; /* with the one that begins */
    scan->sim.speed_now = (double)scans * (double)scan->config.plant->scan_ns / (double)passed;
    scan->pace_mark_ns = now;
    scan->pace_mark_scans = scan->stats.scans + 1;
}

/* The next scan, when its time has come. */
static bool run_due(struct mbp_scan *scan, uint64_t now)
{
    if (now < scan->next_due_ns)
        return false;
    uint64_t late_ns = now - scan->next_due_ns;
    bool late = late_ns >= scan->wall_period_ns;
    scan->next_due_ns += scan->wall_period_ns;
    count_lateness(scan, late_ns);
    measure_speed(scan, now);
    mbp_scan_step(scan);
    bool overran = (uint64_t)scan->stats.last_us * 1000 >= scan->wall_period_ns;
    if (late || overran)
        scan->stats.late++;
    return true;
}

/* A step goes as fast as it can, and nothing of it may overrun the journal. */
static void keep_journal_up(struct mbp_scan *scan)
{
    struct mbp_journal *journal = scan->config.journal;
    if (journal == NULL || scan->stats.recorded - scan->flushed_records < FLUSH_EVERY_RECORDS)
        return;
    scan->flushed_records = scan->stats.recorded;
    if (!mbp_journal_in_trouble(journal)) /* else it would keep everybody waiting */
        mbp_journal_flush(journal);
}

/* A scan of a step, when one is left. Else: an event becomes durable some time after it was recorded, and no scan comes
 * to publish it. */
static bool run_step(struct mbp_scan *scan, uint64_t now)
{
    if (scan->sim.steps > 0) {
        scan->sim.steps--;
        mbp_scan_step(scan);
        keep_journal_up(scan);
        return true;
    }
    if (now >= scan->look_again_ns) {
        scan->look_again_ns = now + LOOK_AGAIN_NS;
        if (scan->checkpoint_wanted) {
            scan_between_begin(scan);
            scan_between_end(scan);
        }
        scan_publish(scan);
    }
    return false;
}

static void arm(struct mbp_scan *scan)
{
    uint64_t at_ns = scan->next_due_ns;
    if (scan->sim.paused)
        at_ns = scan->sim.steps > 0 ? 1 : scan->look_again_ns; /* 1: long ago, which is at once */
    struct itimerspec when = {
        .it_value = {.tv_sec = (time_t)(at_ns / MBP_NS_PER_S), .tv_nsec = (long)(at_ns % MBP_NS_PER_S)}};
    timerfd_settime(scan->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void apply(struct mbp_scan *scan)
{
    if (scan_apply_sim_commands(scan) && scan->polling)
        arm(scan);
}

static void run_all_due(struct mbp_scan *scan)
{
    if (scan->round_spent_ns >= ROUND_NS)
        return;
    uint64_t now = scan_now_ns(scan);
    while (scan->round_spent_ns < ROUND_NS && (scan->sim.paused ? run_step(scan, now) : run_due(scan, now))) {
        uint64_t done = scan_now_ns(scan);
        scan->round_spent_ns += done - now;
        now = done;
    }
}

static void begin_round(struct mbp_scan *scan)
{
    scan->round_spent_ns = 0;
    apply(scan);
    scan_emit_due_commands(scan);
}

void mbp_scan_poll(struct mbp_scan *scan)
{
    begin_round(scan);
    run_all_due(scan);
}

void mbp_scan_poll_busy(struct mbp_scan *scan)
{
    apply(scan);
    if (scan->sim.paused || ++scan->busy_polls % BUSY_POLLS_PER_LOOK == 0)
        run_all_due(scan);
}

/* Within a request, whose answer shows what came of it: as a step, and at once. */
static void lock_step(void *ctx, uint32_t scans, uint32_t peer)
{
    struct mbp_scan *scan = ctx;
    apply(scan);
    if (!scan->sim.paused)
        return; /* it was let go in the same request */
    scan_note_command(scan, MBP_EV_SIM_STEPPED, scans, peer);
    for (uint32_t i = 0; i < scans; i++) {
        mbp_scan_step(scan);
        keep_journal_up(scan);
    }
}

void scan_serve_lock_steps(struct mbp_scan *scan)
{
    mbp_image_set_stepper(scan->config.image, (struct mbp_image_stepper){lock_step, scan});
}

/* ---- the loop --------------------------------------------------------------------------------------------------- */

static void on_due(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    struct mbp_scan *scan = poll->data;
    uint64_t expirations;
    ssize_t got = read(scan->timer_fd, &expirations, sizeof expirations);
    (void)got; /* only the wake-up matters */
    apply(scan);
    run_all_due(scan);
    arm(scan);
}

void scan_pace_anew(struct mbp_scan *scan)
{
    uint64_t now = scan_now_ns(scan);
    if (!scan->sim.paused && now > scan->next_due_ns)
        scan->sim.lost += (now - scan->next_due_ns) / scan->wall_period_ns;
    scan->wall_period_ns = (uint64_t)((double)scan->config.plant->scan_ns / scan->sim.speed);
    scan->next_due_ns = now + scan->wall_period_ns;
    scan->pace_mark_ns = now;
    scan->pace_mark_scans = scan->stats.scans;
    if (scan->polling)
        arm(scan);
}

static void on_round(uv_prepare_t *prepare)
{
    begin_round(prepare->data);
}

enum mbp_status mbp_scan_start(struct mbp_scan *scan, struct uv_loop_s *loop)
{
    scan->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (scan->timer_fd < 0)
        return MBP_ERR_IO;
    if (uv_poll_init(loop, &scan->poll, scan->timer_fd) != 0) {
        close(scan->timer_fd);
        return MBP_ERR_IO;
    }
    scan->poll.data = scan;
    scan->polling = true;
    scan_publish(scan); /* what the outputs have told of themselves since: who asks before the first scan sees it */
    scan_serve_lock_steps(scan);
    scan->pace_mark_ns = scan_now_ns(scan);
    scan->next_due_ns = scan->pace_mark_ns + scan->wall_period_ns;
    arm(scan);
    uv_poll_start(&scan->poll, UV_READABLE, on_due); /* fails for a closed handle only */
    uv_prepare_init(loop, &scan->prepare);
    scan->prepare.data = scan;
    uv_prepare_start(&scan->prepare, on_round);
    return MBP_OK;
}

static void on_closed(uv_handle_t *handle)
{
    struct mbp_scan *scan = handle->data;
    close(scan->timer_fd);
    scan->timer_fd = -1;
}

void mbp_scan_stop(struct mbp_scan *scan)
{
    if (!scan->polling)
        return;
    scan->polling = false;
    mbp_image_set_stepper(scan->config.image, (struct mbp_image_stepper){0});
    scan->stopped_paused = scan->sim.paused; /* no request that is still on its way may run a step */
    scan->sim.paused = false;
    scan->next_due_ns = UINT64_MAX;
    uv_close((uv_handle_t *)&scan->poll, on_closed);
    uv_close((uv_handle_t *)&scan->prepare, NULL);
}
