/* What the files of scan/ share. */
#ifndef MBPLANT_SCAN_PRIV_H
#define MBPLANT_SCAN_PRIV_H

#include <uv.h>

#include "mbplant/scan.h"
#include "mbplant/state/mirror.h"

struct scan_writes;
struct scan_checkpoint;
struct scan_pending;

#define SCAN_PLACES 2048u /* points whose writes are remembered; a power of two */

/* tail.c */
struct scan_tail {
    uint8_t *room; /* NULL = there is none */
    uint64_t latched, seen;
    uint64_t half;                    /* the one in use */
    size_t state_bytes;               /* of a copy with each scan; 0 = there is none */
    struct mbp_state_mirror state[2]; /* in each half */
    size_t half_bytes;
    uint64_t snapshot_half, snapshot_sum; /* which of two is the snapshot; 0 = there is none */
    size_t snapshot_bytes;                /* 0 = nobody can take one */
};

/* What a peer's writes may still tell: simulated time saved up, a second at most, of which each event costs a tenth. */
struct scan_budget {
    uint64_t saved_ns, since_ns;
};

struct scan_budget scan_budget_full(uint64_t now_ns);
void scan_budget_save(struct scan_budget *budget, uint64_t now_ns);
bool scan_budget_suffices(const struct scan_budget *budget); /* for one event */
void scan_budget_pay(struct scan_budget *budget);            /* for one; all there is when that is less */

/* Places of peers, each with a budget of its own. What has more to it begins with one. */
#define SCAN_SEATS 64u

struct scan_seat {
    struct scan_budget budget;
    uint16_t actor;
    bool taken, waits; /* something of his is not told yet */
};

/* The actor's of SCAN_SEATS + 1 seats, `size` bytes from one to the next, or one that a quiet peer no longer needs, or
 * the last one, which all share that find none. All budgets are saved up to now. */
struct scan_seat *scan_seat_of(struct scan_seat *seats, size_t size, uint16_t actor, uint64_t now_ns);

/* Whose writes were refused: what is coalesced where something waits. */
struct scan_refuser {
    struct scan_seat seat;
    struct mbp_refusal coalesced;
};

/* Commands of the instructor that were not told yet, oldest first: one of each code, of each point or parameter. */
#define SCAN_COMMANDS_MAX  128u
#define SCAN_COMMAND_CODES 10u /* of these places are for what is of no point */
struct scan_command {
    struct mbp_event event;
    uint32_t count; /* of commands that it stands for */
};
struct scan_commands {
    struct scan_budget budget; /* in time of the monotonic clock: a plant may stand still */
    struct scan_command waiting[SCAN_COMMANDS_MAX];
    size_t count;
    uint64_t restore_at_ns; /* no restore before that */
};

#define SCAN_HAS_ROW 1u /* before every round */

#define SCAN_UNTOLD UINT64_C(0xFFF8A5A5A5A5A5A5) /* a NaN that no reckoning gives */

struct mbp_scan {
    struct mbp_scan_config config;
    struct mbp_state *state;
    struct mbp_process *process;
    struct mbp_control *control;
    struct mbp_events events;
    struct mbp_event recent[MBP_RECENT_EVENTS];
    struct mbp_figures figures;
    struct mbp_scan_stats stats;
    struct mbp_scan_observer observer; /* its functions NULL = nobody */

    struct scan_refuser refusers[SCAN_SEATS + 1];
    bool refusals_wait; /* one of them has something to tell yet */
    struct scan_commands commands;
    double parameters_asked[MBP_PARAMETERS_MAX];
    struct scan_writes *writes; /* accepted ones: what is coalesced, and how much each peer may still bring */

    /* record */
    uint64_t counters_told_ns; /* simulated time when the counters were last retained */
    uint32_t
        retain_from; /* what has a row is retained anew: the sensor, then machine to go on with; UINT32_MAX = none */
    uint32_t shelf_from; /* the sensor whose shelf is looked at next */
    size_t unrecorded;   /* events of the scan that is under way, which the journal does not have yet */
    uint32_t told;       /* the number of what people told last; 0 = nothing, or there is no journal */
    bool trouble_told;
    uint32_t faults_told;   /* the journal knows all of them as they were at this mbp_state.fault_changes */
    bool faults_unknown;    /* ... or nothing of them */
    uint32_t changes_told;  /* likewise at this mbp_state.untold */
    bool commands_missed;   /* some found no room */
    uint32_t round;         /* counts what is recorded in one piece */
    uint32_t *retained_in;  /* per sensor, then machine: the last round that an event retained it in; SCAN_HAS_ROW = it
                             * was retained otherwise, or by another run; 0 = nothing is known of it */
    uint64_t *command_told; /* per command and setting (journal.h): what was retained last; SCAN_UNTOLD = none */
    bool forgets;           /* rows of what the plant does not have are to go */

    struct mbp_plant *former; /* that the run began with, where its file was edited; NULL = none, or it was taken */

    /* checkpoints */
    struct scan_checkpoint *checkpoint;       /* NULL = none while the plant runs */
    struct scan_checkpoint *checkpoints_left; /* of former plants, and the last one */
    uint64_t checkpoint_taken_ns;             /* monotonic */
    bool checkpoint_wanted;                   /* whatever the time */
    struct scan_tail tail;
    struct scan_seat tellers[SCAN_SEATS + 1]; /* in time of the monotonic clock, too */
    bool keeps_back; /* what is recorded goes to the journal with what follows, all or nothing */

    /* time */
    struct mbp_sim_figures sim;
    bool stopped_paused;        /* it was paused when the pacing ended */
    struct mbp_state *snapshot; /* memory for one; sim.snapshot says whether it holds one */
    int64_t wall_ahead_ms;      /* of the monotonic clock, at the last scan */
    bool clock_known;

    /* pacing */
    uint64_t next_due_ns;    /* monotonic */
    uint64_t round_spent_ns; /* by scans, since the loop looked at its sockets last */
    unsigned busy_polls;
    uint64_t wall_period_ns;
    uint64_t pace_mark_ns, pace_mark_scans; /* since when the speed reached is measured */
    uint64_t flushed_records;               /* of stats.recorded: known to be durable, by a step */
    uint64_t look_again_ns;                 /* paused: when to look for newly durable events */
    uv_poll_t poll;
    uv_prepare_t prepare; /* before each look at the sockets: what did the instructor ask? */
    int timer_fd;
    bool polling;
};

/* Room for mbp_scan.retained_in. NULL: no memory. Ownership: free. */
uint32_t *scan_retained_new(const struct mbp_plant *plant);

/* Every sensor and machine is retained anew, whether or not it has a row. */
void scan_retain_all(struct mbp_scan *scan);

/* A second's worth of events for the most that one scan of this plant can bring. */
size_t scan_events_capacity(const struct mbp_plant *plant);

/* latch: takes in what masters wrote; their requests to machines too, outside a scan. */
void scan_latch_now(struct mbp_scan *scan);

/* alarm_commands.c: what the command records of units were asked for. It is carried out as far as it came before more
 * than so many of the writes that were latched with it; SIZE_MAX: all. */
struct scan_asked {
    const struct mbp_alarm_asked *items;
    size_t count, done;
};
struct scan_asked scan_take_alarm_commands(struct mbp_scan *scan);
void scan_do_alarm_commands(struct mbp_scan *scan, struct scan_asked *asked, size_t writes);

/* audit_writes.c: who did what. */
enum mbp_status scan_writes_new(struct scan_writes **out); /* Ownership: free */
void scan_latch_written(struct mbp_scan *scan);            /* tells what masters changed that no stage takes in */
void scan_coalesce_writes(struct mbp_scan *scan); /* of the events so far: keeps repetitions back, tells what is due */
void scan_order_writes(struct mbp_scan *scan);    /* tells what must stand before another event of this scan */
void scan_emit_all_writes(struct mbp_scan *scan); /* tells all that was kept back */
void scan_forget_writes(struct mbp_scan *scan);   /* all is told, and numbers mean something else from here on */
bool scan_writes_are_coalesced(const struct mbp_scan *scan);
size_t scan_writes_coalesced(const struct mbp_scan *scan,
                             struct scan_pending *out); /* all of them, at most SCAN_PLACES */
void scan_coalesce_again(struct mbp_scan *scan,
                         const struct scan_pending *pending); /* as another run had them coalesced */
/* audit_refusals.c: takes in what was refused since the last scan, and tells what may be told; tells all. */
void scan_latch_refusals(struct mbp_scan *scan);
void scan_emit_all_refusals(struct mbp_scan *scan);
size_t scan_refusals_coalesced(const struct mbp_scan *scan, struct mbp_refusal out[SCAN_SEATS + 1]); /* all of them */
void scan_refuse_again(struct mbp_scan *scan,
                       const struct mbp_refusal *coalesced); /* as another run had it coalesced */

void scan_emit_more_refused(struct mbp_scan *scan, const struct mbp_event *refused, uint32_t more);

/* pacing: from now on the next scan is due a period from now, at the present speed. What should have begun before this
 * one's turn is lost. */
void scan_pace_anew(struct mbp_scan *scan);

/* publish: the state and the figures, into the image. */
void scan_publish(struct mbp_scan *scan);

/* Looks whether masters still write what has a watchdog, and writes in their place what that says. */
void scan_watch_masters(struct mbp_scan *scan);

/* Does what the instructor's unit was asked for since the last call; whether there was anything. */
bool scan_apply_sim_commands(struct mbp_scan *scan);

/* Around events that are told between two scans. */
void scan_between_begin(struct mbp_scan *scan);
void scan_emit(struct mbp_scan *scan, enum mbp_event_code code, double value, double before, uint32_t detail,
               uint32_t peer);
void scan_between_end(struct mbp_scan *scan);

static inline uint64_t scan_now_ns(const struct mbp_scan *scan)
{
    return scan->config.clock.mono_ns(scan->config.clock.ctx);
}

/* commands.c: tells that the instructor did something, between two scans, or coalesces it; tells what waits and may be
 * told, for it is cheap when nothing does; emits all that waits. Whether a restore may be now; that one was, of so many
 * events. */
void scan_emit_command(struct mbp_scan *scan, enum mbp_event_code code, double value, double before, uint32_t peer);
/* Likewise, but told with the next round of the loop at the earliest: for what comes thousands of times a second. */
void scan_note_command(struct mbp_scan *scan, enum mbp_event_code code, double value, uint32_t peer);
void scan_emit_command_event(struct mbp_scan *scan, struct mbp_event event, uint32_t peer);

/* pace.c: requests that ask for scans before their answer get them. */
void scan_serve_lock_steps(struct mbp_scan *scan);

/* logbook.c: what people told since the last time. */
void scan_tell_logbook(struct mbp_scan *scan);
/* From here on each peer may tell ten a second. */
void scan_guard_logbook(struct mbp_scan *scan);

/* force.c: what was asked of points since the last time. */
void scan_apply_forces(struct mbp_scan *scan);

/* Before another plant takes over: lets go what cannot be held there, and tells it. `to` is the state that it will
 * have. */
void scan_release_dropped(struct mbp_scan *scan, const struct mbp_carry *carry, struct mbp_state *to, uint32_t peer);

void scan_emit_due_commands(struct mbp_scan *scan);
void scan_emit_waiting_commands(struct mbp_scan *scan);
bool scan_may_restore(const struct mbp_scan *scan);
void scan_pay_restore(struct mbp_scan *scan, size_t events);

/* snapshot.c: the plant is as it was then, in a state of its own. */
void scan_restore_to(struct mbp_scan *scan, const struct mbp_state *then, uint32_t peer);

/* snapshot.c: the bytes of one that another run took of this plant; what is none is left out. */
void scan_take_snapshot(struct mbp_scan *scan, const void *bytes, size_t len);

/* production.c: the machines' counters as events: now; if there is anything to tell; when a full hour of simulated time
 * is over with this scan. */
void scan_emit_production(struct mbp_scan *scan);
void scan_emit_production_at_start(struct mbp_scan *scan);
void scan_emit_production_on_the_hour(struct mbp_scan *scan);

/* resume.c: what an earlier run left. A plant file that was edited meanwhile takes over as one does while the plant
 * runs: the run begins with the plant that it was. */
struct scan_past {
    struct mbp_stored_checkpoint stored;
    struct mbp_image *image; /* of the former plant; NULL = the file is the same */
    bool goes_on;            /* from the checkpoint */
    struct mbp_journal_left left;
    bool tail_taken; /* the image is as it was when the run before was cut off */
};

/* Reads it, and gives scan->config the plant to begin with. Ownership: scan_past_free. */
enum mbp_status scan_look_back(struct mbp_scan *scan, struct scan_past *past);
void scan_past_free(struct scan_past *past);

/* The state that the run begins with. Errors: those of mbp_scan_new. */
enum mbp_status scan_resume(struct mbp_scan *scan, struct scan_past *past);

/* The plant of the present file takes over, where it is another one. */
enum mbp_status scan_follow_edit(struct mbp_scan *scan, const struct mbp_scan_config *config);

/* record: hands the scan's events, and what they changed of the retained state, to the journal. */
void scan_record(struct mbp_scan *scan);

/* The same for more events than the journal may have room for at once: waits for it. */
void scan_record_many(struct mbp_scan *scan);

/* The same for events about what is no longer there: nothing of it is retained. */
void scan_record_gone(struct mbp_scan *scan);

/* The same for the last time: with all counters, and waiting for room where there is none. */
void scan_record_last(struct mbp_scan *scan);

/* Emits an event when the wall clock jumped since the last call. */
void scan_emit_clock(struct mbp_scan *scan, uint64_t mono_ns);

#endif
