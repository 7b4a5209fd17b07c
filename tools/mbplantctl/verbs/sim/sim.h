/* sim: what the words after `mbplantctl sim` share: the instructor's unit of the slave. */
#ifndef MBP_CTL_SIM_H
#define MBP_CTL_SIM_H

#include "ctl.h"

/* What stands in the input registers of unit 247 (include/mbplant/instructor.h). */
struct ctl_sim {
    bool paused, snapshot;
    double speed, speed_now;
    uint32_t steps, scans, late, lost, snapshot_scan, restored;
    uint32_t wire_faults, faults, faults_active;
    uint64_t time_ms, snapshot_ms;
    uint32_t lateness_max_us, lateness[MBP_LATENESS_CLASSES];
    uint32_t server[MBP_SERVER_COUNTS];
};

/* Reads them. Errors are told: where the slave has no instructor, what to do about it. */
enum ctl_exit ctl_sim_read(struct ctl *ctl, struct ctl_sim *out);

/* Writes to unit 247. Errors are told; hint says why the slave may refuse this with exception 04. */
enum ctl_exit ctl_sim_write(struct ctl *ctl, enum mbp_table table, uint16_t addr, uint16_t count, const uint16_t *words,
                            const char *hint);

/* "1 h 2 min 3.4 s" of simulated time. Returns buf. 48 bytes suffice. */
const char *ctl_sim_time_text(uint64_t ms, char *buf, size_t size);

enum ctl_exit ctl_sim_pause(struct ctl *ctl);
enum ctl_exit ctl_sim_resume(struct ctl *ctl);
enum ctl_exit ctl_sim_step(struct ctl *ctl);
enum ctl_exit ctl_sim_speed(struct ctl *ctl);
enum ctl_exit ctl_sim_seed(struct ctl *ctl);
enum ctl_exit ctl_sim_say_seed(struct ctl *ctl);
enum ctl_exit ctl_sim_snapshot(struct ctl *ctl);
enum ctl_exit ctl_sim_snapshots(struct ctl *ctl);
enum ctl_exit ctl_sim_remove(struct ctl *ctl);
/* The one without a name. */
enum ctl_exit ctl_sim_snapshot_plain(struct ctl *ctl);
enum ctl_exit ctl_sim_restore_plain(struct ctl *ctl);
enum ctl_exit ctl_sim_restore(struct ctl *ctl);
enum ctl_exit ctl_sim_fault(struct ctl *ctl);
enum ctl_exit ctl_sim_parameter(struct ctl *ctl);

#endif
