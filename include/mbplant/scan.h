/* scan: latch -> process -> sense -> diagnose -> operate -> publish -> record, once per period, and the pacing around
 * it. The only stage that sees all others. */
#ifndef MBPLANT_SCAN_H
#define MBPLANT_SCAN_H

#include "mbplant/change.h"
#include "mbplant/control.h"
#include "mbplant/image.h"
#include "mbplant/journal.h"
#include "mbplant/process.h"

struct uv_loop_s;
struct mbp_scan;

struct mbp_scan_config {
    const struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_journal *journal; /* NULL = no record is kept (benchmarks, --check) */
    struct mbp_clock clock;
    double speed;                 /* scans per period of wall time; 1 = real time */
    uint64_t checkpoint_every_ns; /* of the clock, while it runs: how old process values are at most after a power cut;
                                     0 = checkpoints are only taken at the end */
};

/* Shape: state as the journal's last checkpoint has it, or else its retained rows, when there is a journal, image
 * published, START and PLANT_LOADED recorded; the first scan is due a period from now. Errors: MBP_ERR_MEMORY, and
 * those of mbp_journal_restore. Ownership: mbp_scan_free. */
enum mbp_status mbp_scan_new(const struct mbp_scan_config *config, struct mbp_scan **out);
void mbp_scan_free(struct mbp_scan *scan);

/* The plant that an earlier run had, when the plant file was edited since: this one began with it and was then changed
 * (mbp_scan_change). It must stay as long as the journal uses it (mbp_journal_plants_left). NULL: there was none.
 * Ownership: mbp_plant_free; of one that nobody takes, mbp_scan_free. */
struct mbp_plant *mbp_scan_take_former(struct mbp_scan *scan);

/* A plant that is to take over from the one that runs. */
struct mbp_next_scan;

/* Shape: all that can be made ready without the running scan, which may go on meanwhile in another thread; `change` is
 * from its plant to config's. plant, image and change must outlive the call to mbp_scan_change or mbp_next_scan_free.
 * Errors: MBP_ERR_MEMORY, and those of mbp_process_new. Ownership: mbp_next_scan_free unless mbp_scan_change took it.
 */
enum mbp_status mbp_next_scan_new(const struct mbp_plant *plant, struct mbp_image *image,
                                  const struct mbp_change *change, struct mbp_next_scan **out);
void mbp_next_scan_free(struct mbp_next_scan *next);

/* Between two scans: what masters have written so far still goes to the old plant; then its state is carried over by
 * name, the new image is published, and the change is recorded: what was removed by the old numbering, PLANT_CHANGED
 * and what was added or changed by the new one. The scan uses the old plant and image no more, the journal
 * still does (mbp_journal_change_plant). peer: who asked for it, 0 = the plant itself.
 * Errors: MBP_ERR_BUSY when the journal has no room and cannot be written, MBP_ERR_MEMORY; nothing is changed then. */
enum mbp_status mbp_scan_change(struct mbp_scan *scan, struct mbp_next_scan *next, uint32_t peer);

/* Somebody who goes along with the scans: called before each, when what he writes to the image or does with faults
 * still enters it, and after each, with its events. He may not run, change or free the scan. */
struct mbp_scan_observer {
    void (*before)(void *ctx);
    void (*after)(void *ctx, const struct mbp_event *events, size_t count);
    void *ctx;
};

/* From the next scan on; NULL = nobody any more. */
void mbp_scan_observe(struct mbp_scan *scan, const struct mbp_scan_observer *observer);

/* One scan, now. */
void mbp_scan_step(struct mbp_scan *scan);

/* Runs every scan that is due at the clock's present time (each one, so simulated time keeps up), for 20 ms at most or
 * one scan where that takes longer; counts those that start late by a period or more, or take that long. Cheap when
 * none is due. */
void mbp_scan_poll(struct mbp_scan *scan);

/* The same for a busy loop, before each batch of requests: what an instructor asked is done at once, steps too, but
 * only every fourth call looks at the clock, and all calls between two polls, or looks at the sockets, share the 20 ms.
 */
void mbp_scan_poll_busy(struct mbp_scan *scan);

/* Paces mbp_scan_poll from the loop (uses CLOCK_MONOTONIC, as mbp_clock_system does) until mbp_scan_stop, after which
 * the loop must run until it is idle. Errors: MBP_ERR_IO. */
enum mbp_status mbp_scan_start(struct mbp_scan *scan, struct uv_loop_s *loop);
void mbp_scan_stop(struct mbp_scan *scan);

/* ---- time (what the instructor does; unit 247 asks for the same) ------------------------------------------------ */

/* All of these act at once, between two scans, are recorded (SIM_... events; peer 0 = the plant itself) and change no
 * value of any scan: only when it runs. */

/* Paused, mbp_scan_poll runs no scan and none is late. Requests are served; what masters write stands in the image at
 * once and takes effect with the next scan. */
void mbp_scan_pause(struct mbp_scan *scan, uint32_t peer);
void mbp_scan_resume(struct mbp_scan *scan, uint32_t peer);

/* The coming calls of mbp_scan_poll run so many more scans as fast as they can. MBP_ERR_BUSY while not paused. */
enum mbp_status mbp_scan_step_by(struct mbp_scan *scan, uint32_t scans, uint32_t peer);

/* Scans per period of wall time, from the next scan on. MBP_ERR_RANGE outside 0.1 .. 1000. */
enum mbp_status mbp_scan_set_speed(struct mbp_scan *scan, double speed, uint32_t peer);

/* Keeps a copy of the state, in place of the one before. The first takes memory unless the plant has an instructor:
 * MBP_ERR_MEMORY. */
enum mbp_status mbp_scan_snapshot(struct mbp_scan *scan, uint32_t peer);

/* Puts the process, machines, alarms, limits, forced values and counters back to where they were, simulated time too:
 * the same writes then give the same values. The scan count and the numbers of events go on; wall times (`since`) move
 * to now. What masters wrote since the last scan waits on. Raw tables and wire faults are not part of it.
 * MBP_ERR_MISSING without a snapshot. */
enum mbp_status mbp_scan_restore(struct mbp_scan *scan, uint32_t peer);

/* Begins or ends a fault of the plant's (fault.h), to act with the next scan. Not recorded: students read the journal.
 * MBP_ERR_MISSING when there is none of that number. */
enum mbp_status mbp_scan_fault_set(struct mbp_scan *scan, uint32_t fault, bool on);

/* The same for one that is in no file. Output: its number. MBP_ERR_RANGE, MBP_ERR_FULL. */
enum mbp_status mbp_scan_fault_begin(struct mbp_scan *scan, const struct mbp_effect *effect, uint32_t *fault);

/* Another seed for what is random, from the next scan on; recorded. Faults that come by chance draw anew when they
 * begin or end. What it is already changes nothing. */
void mbp_scan_set_seed(struct mbp_scan *scan, uint64_t seed, uint32_t peer);

/* Where the page is, for masters: its port; 0 = there is none. Shown from the next scan on. */
void mbp_scan_set_http_port(struct mbp_scan *scan, uint16_t port);

/* How the connection to the broker goes; likewise. */
void mbp_scan_set_link(struct mbp_scan *scan, const struct mbp_link_figures *link);
const struct mbp_link_figures *mbp_scan_link(const struct mbp_scan *scan);

/* What unit 247 shows. */
struct mbp_sim_figures mbp_scan_sim(const struct mbp_scan *scan);

/* Records refused writes not yet told, STOP, what is left of the retained state, and a checkpoint: what masters wrote
 * since the last scan waits there for the first one of the next run. No step may follow, and nothing may be freed
 * before the journal is closed. */
void mbp_scan_close(struct mbp_scan *scan);

/* The number of the last event that people told (mbplant/event/logbook.h); 0 = none. */
uint32_t mbp_scan_told(const struct mbp_scan *scan);

/* The plant as it is: valid until the plant is changed or the scan is freed. Between two scans alone. */
const struct mbp_state *mbp_scan_state(const struct mbp_scan *scan);

struct mbp_scan_stats {
    uint64_t scans;
    uint64_t late;     /* started late by a period or more, or took that long */
    uint64_t recorded; /* events and retained states handed to the journal */
    uint32_t last_us, max_us;
};
struct mbp_scan_stats mbp_scan_stats(const struct mbp_scan *scan);

#endif
