/* Checkpoints: all that the plant is between two scans, so that another run goes on from there as after a pause. Taken
 * when the plant stops, and while it runs as often as that costs little: a copy in the scan's thread, from which the
 * journal's thread stores what is different from the one before. */
#include "checkpoint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/diagnosis.h"
#include "mbplant/fault.h"
#include "mbplant/image/keep.h"

/* The copy of so many bytes takes about a millisecond, and storing them a few percent of a processor in a second. A
 * plant with a larger state (some 30,000 sensors) waits a second for each of it; beyond the largest, which would also
 * take its memory twice, it has checkpoints only when it stops, and its retained rows in between. */
#define BYTES_A_SECOND (4u << 20)
#define BYTES_LARGEST  (8u << 20)

/* Of copies with each scan, in simulated time: one or two percent of a processor. */
#define SMALL_BYTES_A_SECOND (100u << 20)

#define WAITING_MAX 4096u /* writes between two scans that a copy has room for */

/* What stands before the rest. All of one size, so that there is no gap in it. */
struct head {
    uint64_t state_bytes, snapshot_bytes, kept_bytes, waiting; /* the last: how many */
    uint64_t paused, steps;
    double speed, speed_given; /* the second: of the command line */
};

enum { OF_HEAD, OF_KEPT, OF_WAITING, OF_STATE, OF_SNAPSHOT, PIECES, SPANS = OF_STATE + 2 * MBP_STATE_SPANS };

struct scan_checkpoint {
    struct head head;
    struct mbp_state *state; /* a copy; NULL = the scan's own */
    void *kept;
    struct mbp_waiting *waiting;
    size_t waiting_room;
    struct mbp_span spans[SPANS];
    struct mbp_checkpoint pushed;
    struct scan_checkpoint *next; /* of those that are no longer used, but may be on their way to the disk */
};

/* ---- life ------------------------------------------------------------------------------------------------------- */

void scan_checkpoint_free(struct scan_checkpoint *checkpoint)
{
    while (checkpoint != NULL) {
        struct scan_checkpoint *next = checkpoint->next;
        mbp_state_free(checkpoint->state);
        free(checkpoint->kept);
        free(checkpoint->waiting);
        free(checkpoint);
        checkpoint = next;
    }
}

static uint64_t layout_of(const struct mbp_state *state, size_t kept_bytes)
{
    const uint64_t parts[] = {mbp_state_layout(state), kept_bytes, sizeof(struct head), sizeof(struct mbp_waiting)};
    return mbp_hash(parts, sizeof parts);
}

/* state: the copy's, or the scan's own where there is to be no copy. */
static void join(struct scan_checkpoint *checkpoint, const struct mbp_state *state, size_t kept_bytes)
{
    unsigned of_state = mbp_state_spans(state, checkpoint->spans + OF_STATE);
    checkpoint->spans[OF_HEAD] = (struct mbp_span){&checkpoint->head, sizeof checkpoint->head};
    checkpoint->spans[OF_KEPT] = (struct mbp_span){checkpoint->kept, kept_bytes};
    checkpoint->spans[OF_WAITING] = (struct mbp_span){checkpoint->waiting, 0};
    checkpoint->head.state_bytes = mbp_state_bytes(state);
    checkpoint->head.kept_bytes = kept_bytes;
    checkpoint->pushed = (struct mbp_checkpoint){layout_of(state, kept_bytes), checkpoint->spans, OF_STATE + of_state};
}

static enum mbp_status new_one(struct mbp_image *image, const struct mbp_state *state, bool copy, size_t waiting_room,
                               struct scan_checkpoint **out)
{
    size_t kept_bytes = mbp_image_kept_bytes(image);
    struct scan_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
    if (checkpoint == NULL)
        return MBP_ERR_MEMORY;
    checkpoint->kept = malloc(kept_bytes + 1);
    checkpoint->waiting = malloc(waiting_room * sizeof *checkpoint->waiting + 1);
    checkpoint->waiting_room = waiting_room;
    enum mbp_status status = checkpoint->kept == NULL || checkpoint->waiting == NULL ? MBP_ERR_MEMORY : MBP_OK;
    if (status == MBP_OK && copy)
        status = mbp_state_clone(state, &checkpoint->state);
    if (status != MBP_OK) {
        scan_checkpoint_free(checkpoint);
        return status;
    }
    join(checkpoint, copy ? checkpoint->state : state, kept_bytes);
    *out = checkpoint;
    return MBP_OK;
}

static size_t bytes_of(struct mbp_image *image, const struct mbp_state *state)
{
    return mbp_state_bytes(state) + mbp_image_kept_bytes(image);
}

bool scan_checkpoint_is_small(const struct mbp_state *state, uint64_t scan_ns)
{
    size_t bytes = mbp_state_bytes(state);
    return bytes <= BYTES_LARGEST && bytes <= SMALL_BYTES_A_SECOND / (double)MBP_NS_PER_S * (double)scan_ns;
}

enum mbp_status scan_checkpoint_new(struct mbp_image *image, const struct mbp_state *state,
                                    struct scan_checkpoint **out)
{
    *out = NULL;
    if (bytes_of(image, state) > BYTES_LARGEST)
        return MBP_OK;
    return new_one(image, state, true, WAITING_MAX, out);
}

/* ---- out -------------------------------------------------------------------------------------------------------- */

/* False when more writes wait than there is room for. */
static bool fill(const struct mbp_scan *scan, struct scan_checkpoint *checkpoint)
{
    size_t waiting = mbp_image_waiting(scan->config.image, checkpoint->waiting, checkpoint->waiting_room);
    if (waiting > checkpoint->waiting_room)
        return false;
    checkpoint->head.waiting = waiting;
    checkpoint->spans[OF_WAITING].len = waiting * sizeof *checkpoint->waiting;
    checkpoint->head.paused = scan->sim.paused;
    checkpoint->head.steps = scan->sim.steps;
    checkpoint->head.speed = scan->sim.speed;
    checkpoint->head.speed_given = scan->config.speed;
    if (checkpoint->state != NULL)
        mbp_state_copy(checkpoint->state, scan->state);
    mbp_image_keep(scan->config.image, checkpoint->kept);
    return true;
}

static bool is_due(const struct mbp_scan *scan)
{
    const struct head *head = &scan->checkpoint->head;
    uint64_t seconds = (head->state_bytes + head->kept_bytes + BYTES_A_SECOND - 1) / BYTES_A_SECOND;
    return scan->checkpoint_wanted ||
           scan_now_ns(scan) - scan->checkpoint_taken_ns >= seconds * scan->config.checkpoint_every_ns;
}

void scan_checkpoint_take(struct mbp_scan *scan)
{
    struct mbp_journal *journal = scan->config.journal;
    if (scan->checkpoint == NULL && scan->checkpoint_wanted)
        scan->checkpoint_wanted = mbp_journal_push_checkpoint(journal, NULL) != MBP_OK;
    if (scan->checkpoint == NULL || !is_due(scan) || mbp_journal_checkpoint_busy(journal))
        return;
    scan_checkpoint_free(scan->checkpoints_left);
    scan->checkpoints_left = NULL;
    if (!fill(scan, scan->checkpoint) || mbp_journal_push_checkpoint(journal, &scan->checkpoint->pushed) != MBP_OK)
        return;
    scan->stats.recorded++;
    scan->checkpoint_wanted = false;
    scan->checkpoint_taken_ns = scan_now_ns(scan);
}

static void leave(struct mbp_scan *scan, struct scan_checkpoint *checkpoint)
{
    if (checkpoint == NULL)
        return;
    checkpoint->next = scan->checkpoints_left;
    scan->checkpoints_left = checkpoint;
}

void scan_checkpoint_change(struct mbp_scan *scan, struct scan_checkpoint **to)
{
    leave(scan, scan->checkpoint);
    scan->checkpoint = NULL;
    if (scan->config.checkpoint_every_ns != 0) {
        scan->checkpoint = *to;
        *to = NULL;
    }
    scan->checkpoint_wanted = true;
}

/* While the plant runs the journal's tail has it. */
static void join_snapshot(struct scan_checkpoint *checkpoint, const struct mbp_state *snapshot)
{
    struct mbp_checkpoint *pushed = &checkpoint->pushed;
    checkpoint->head.snapshot_bytes = mbp_state_bytes(snapshot);
    pushed->span_count += mbp_state_spans(snapshot, checkpoint->spans + pushed->span_count);
}

void scan_checkpoint_take_last(struct mbp_scan *scan)
{
    struct mbp_journal *journal = scan->config.journal;
    struct scan_checkpoint *last = NULL;
    if (journal == NULL)
        return;
    size_t waiting = mbp_image_waiting(scan->config.image, NULL, 0);
    bool ready = new_one(scan->config.image, scan->state, false, waiting, &last) == MBP_OK && fill(scan, last);
    if (ready && scan->sim.snapshot)
        join_snapshot(last, scan->snapshot);
    const struct mbp_checkpoint *pushed = ready ? &last->pushed : NULL;
    while (mbp_journal_push_checkpoint(journal, pushed) != MBP_OK && mbp_journal_flush(journal) == MBP_OK)
        ;
    leave(scan, last);
}

/* ---- in --------------------------------------------------------------------------------------------------------- */

/* The pieces of what was stored; false when they are not as many bytes as they say. */
static bool take_apart(const struct mbp_stored_checkpoint *stored, struct head *head, const uint8_t *piece[PIECES])
{
    if (stored->len < sizeof *head)
        return false;
    memcpy(head, stored->bytes, sizeof *head);
    size_t left = stored->len - sizeof *head;
    if (head->state_bytes > left || head->kept_bytes > left - head->state_bytes)
        return false;
    left -= head->state_bytes + head->kept_bytes;
    if (head->snapshot_bytes > left)
        return false;
    left -= head->snapshot_bytes;
    piece[OF_HEAD] = stored->bytes;
    piece[OF_KEPT] = piece[OF_HEAD] + sizeof *head;
    piece[OF_WAITING] = piece[OF_KEPT] + head->kept_bytes;
    piece[OF_STATE] = piece[OF_WAITING] + left;
    piece[OF_SNAPSHOT] = piece[OF_STATE] + head->state_bytes;
    return left % sizeof(struct mbp_waiting) == 0 && left / sizeof(struct mbp_waiting) == head->waiting;
}

static void wait_again(struct mbp_image *image, const uint8_t *bytes, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct mbp_waiting waiting; /* its place there may be an odd one */
        memcpy(&waiting, bytes + i * sizeof waiting, sizeof waiting);
        mbp_image_wait(image, &waiting, 1);
    }
}

void scan_take_time(struct mbp_scan *scan, bool paused, uint64_t steps, double speed, double speed_given)
{
    bool given = speed_given >= scan->config.speed && speed_given <= scan->config.speed;
    scan->sim.paused = paused;
    scan->sim.steps = steps;
    if (scan->sim.paused)
        mbp_log(MBP_LOG_INFO, "the plant is paused, as it was left: 'mbplantctl sim resume' lets it go on");
    if (given && speed >= MBP_SPEED_MIN && speed <= MBP_SPEED_MAX)
        scan->sim.speed = speed;
    scan->sim.speed_now = scan->sim.paused ? 0 : scan->sim.speed;
    scan->wall_period_ns = (uint64_t)((double)scan->config.plant->scan_ns / scan->sim.speed);
    scan->next_due_ns = scan->pace_mark_ns + scan->wall_period_ns;
    scan->look_again_ns = scan->pace_mark_ns;
}

enum mbp_status scan_checkpoint_resume(struct mbp_scan *scan, const struct mbp_stored_checkpoint *stored,
                                       bool state_only)
{
    const struct mbp_plant *plant = scan->config.plant;
    struct head head;
    const uint8_t *piece[PIECES];
    if (stored->layout != layout_of(scan->state, mbp_image_kept_bytes(scan->config.image)))
        return MBP_ERR_NEWER;
    if (!take_apart(stored, &head, piece) || head.kept_bytes != mbp_image_kept_bytes(scan->config.image))
        return MBP_ERR_CORRUPT;
    enum mbp_status status = mbp_state_take(plant, scan->state, piece[OF_STATE], head.state_bytes);
    if (status != MBP_OK)
        return status;
    scan->faults_told = scan->state->fault_changes;
    if (state_only)
        return MBP_OK;
    mbp_image_take(scan->config.image, piece[OF_KEPT]);
    wait_again(scan->config.image, piece[OF_WAITING], head.waiting);
    if (plant->instructor)
        scan_take_time(scan, head.paused != 0, head.steps, head.speed, head.speed_given);
    if (plant->instructor && head.snapshot_bytes != 0)
        scan_take_snapshot(scan, piece[OF_SNAPSHOT], head.snapshot_bytes);
    return MBP_OK;
}
