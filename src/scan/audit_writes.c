/* Who did what: a master's writes become events at once, until it repeats itself: beyond ten events a second
 * of one peer, further writes of the same point are coalesced into one event, which is told when the peer has budget
 * again: the value before the first of them, the value after the last, and how many there were. None is forgotten. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tail.h"

#define REPEATED_NS (60 * MBP_NS_PER_S) /* so long after its last event a point's next one is a repetition */
#define PLACES      SCAN_PLACES
#define PROBES      8u
#define PEERS       64u
#define COALESCED   0u /* no code of any event */

/* A point that was written, by whom, and what of it is not told yet. */
struct place {
    uint64_t told_ns;   /* simulated time; 0 = never */
    uint32_t key;       /* of the point within its unit and code */
    uint32_t coalesced; /* writes in event that are not told yet */
    bool due;           /* their event is paid for, and told with this scan */
    struct mbp_event event;
};

struct budget {
    struct scan_budget budget;
    uint32_t peer;
};

struct scan_writes {
    struct place places[PLACES];
    uint16_t pending[PLACES]; /* places with something coalesced, oldest first */
    size_t pending_count;
    struct budget budgets[PEERS];
};

enum mbp_status scan_writes_new(struct scan_writes **out)
{
    *out = calloc(1, sizeof **out);
    return *out == NULL ? MBP_ERR_MEMORY : MBP_OK;
}

/* ---- budget ----------------------------------------------------------------------------------------------------- */

static struct budget *budget_of(struct mbp_scan *scan, uint32_t peer)
{
    struct budget *budgets = scan->writes->budgets;
    struct budget *oldest = &budgets[0];
    uint64_t now = scan->state->sim_ns;
    struct budget *found = NULL;
    for (size_t i = 0; i < PEERS && found == NULL; i++) {
        if (budgets[i].peer == peer)
            found = &budgets[i];
        if (budgets[i].budget.since_ns < oldest->budget.since_ns)
            oldest = &budgets[i];
    }
    if (found == NULL) {
        found = oldest;
        *found = (struct budget){.budget = scan_budget_full(now), .peer = peer};
    }
    scan_budget_save(&found->budget, now);
    return found;
}

/* ---- places ----------------------------------------------------------------------------------------------------- */

static enum mbp_event_coalesce coalesce_of(const struct mbp_event *event)
{
    const struct mbp_event_type *type = mbp_event_type(event->code);
    return type != NULL ? (enum mbp_event_coalesce)type->coalesce : MBP_COALESCE_NONE;
}

static bool may_coalesce(const struct mbp_event *event)
{
    enum mbp_event_coalesce coalesce = coalesce_of(event);
    return mbp_actor_is_peer(event->actor) &&
           (coalesce == MBP_COALESCE_SENSOR || coalesce == MBP_COALESCE_ALARM || coalesce == MBP_COALESCE_POINT);
}

static uint32_t key_of(const struct mbp_event *event)
{
    enum mbp_event_coalesce coalesce = coalesce_of(event);
    if (coalesce == MBP_COALESCE_POINT)
        return event->detail & 0xFFFFFu; /* table and address */
    return coalesce == MBP_COALESCE_ALARM ? event->sensor | (event->detail & 0xFu) << 16 : event->sensor;
}

/* Peers share a hash, so that what one does can end what another repeated. */
static size_t hash_of(uint16_t code, uint16_t unit, uint32_t key)
{
    uint64_t mixed = ((uint64_t)code << 48 | (uint64_t)unit << 32 | key) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed >> 40) & (PLACES - 1);
}

static bool is_place(const struct place *place, uint16_t code, uint16_t unit, uint32_t key)
{
    return place->told_ns != 0 && place->event.code == code && place->event.unit == unit && place->key == key;
}

/* The event's place; a new one where it has none, or NULL when all that could be hold something. */
static struct place *place_of(struct scan_writes *writes, const struct mbp_event *event)
{
    uint32_t key = key_of(event);
    size_t at = hash_of(event->code, event->unit, key);
    struct place *spare = NULL;
    for (size_t i = 0; i < PROBES; i++) {
        struct place *place = &writes->places[(at + i) & (PLACES - 1)];
        if (is_place(place, event->code, event->unit, key) && place->event.actor == event->actor)
            return place;
        if (place->coalesced == 0 && (spare == NULL || place->told_ns < spare->told_ns))
            spare = place;
    }
    if (spare != NULL)
        *spare = (struct place){.key = key, .event = *event};
    return spare;
}

/* The event's place where something waits already; NULL when nothing does. */
static struct place *waiting_place(struct scan_writes *writes, const struct mbp_event *event)
{
    uint32_t key = key_of(event);
    size_t at = hash_of(event->code, event->unit, key);
    for (size_t i = 0; i < PROBES; i++) {
        struct place *place = &writes->places[(at + i) & (PLACES - 1)];
        if (is_place(place, event->code, event->unit, key) && place->event.actor == event->actor)
            return place->coalesced > 0 ? place : NULL;
    }
    return NULL;
}

/* The next force of a released sensor is no repetition. */
static void forget_force(struct scan_writes *writes, const struct mbp_event *release)
{
    size_t at = hash_of(MBP_EV_VALUE_FORCED, release->unit, release->sensor);
    for (size_t i = 0; i < PROBES; i++) {
        struct place *place = &writes->places[(at + i) & (PLACES - 1)];
        if (is_place(place, MBP_EV_VALUE_FORCED, release->unit, release->sensor) && place->coalesced == 0)
            place->told_ns = 0;
    }
}

/* ---- telling ---------------------------------------------------------------------------------------------------- */

static void emit_at(struct mbp_events *events, size_t at, struct mbp_event event)
{
    size_t count = events->count;
    mbp_events_emit(events, event);
    if (events->count == count || at >= count)
        return;
    event = events->items[count]; /* with its stamps */
    memmove(&events->items[at + 1], &events->items[at], (count - at) * sizeof event);
    events->items[at] = event;
}

/* The coalesced event and, where it has no room for it, how many writes it stands for. */
static void emit(struct mbp_scan *scan, struct place *place, size_t at)
{
    struct mbp_event event = place->event;
    uint32_t more = place->coalesced - 1;
    if (event.code == MBP_EV_POINT_WRITTEN) {
        uint32_t has_room = more > UINT8_MAX ? UINT8_MAX : more;
        event.detail = (event.detail & 0xFFFFFFu) | has_room << 24;
        more -= has_room;
    }
    if (more > 0) {
        struct mbp_event counts = event;
        counts.code = MBP_EV_WRITES_AGGREGATED;
        counts.value = (float)more;
        counts.limit = NAN;
        counts.detail = event.code;
        counts.flags = 0;
        emit_at(&scan->events, at, counts);
    }
    emit_at(&scan->events, at, event);
    place->coalesced = 0;
    place->due = false;
    place->told_ns = scan->state->sim_ns + 1;
}

static void emit_pending(struct mbp_scan *scan, bool (*due)(struct mbp_scan *scan, const struct place *place),
                         size_t at)
{
    struct scan_writes *writes = scan->writes;
    size_t kept = 0;
    for (size_t i = 0; i < writes->pending_count; i++) {
        struct place *place = &writes->places[writes->pending[i]];
        size_t count = scan->events.count;
        if (scan->events.capacity - count >= 2 && due(scan, place)) {
            emit(scan, place, at < count ? at : count);
            at += at < count ? scan->events.count - count : 0; /* the next one stands behind it */
        } else {
            writes->pending[kept++] = writes->pending[i];
        }
    }
    writes->pending_count = kept;
}

static bool has_budget(struct mbp_scan *scan, const struct mbp_event *event)
{
    struct budget *budget = budget_of(scan, event->actor);
    if (!scan_budget_suffices(&budget->budget))
        return false;
    scan_budget_pay(&budget->budget);
    return true;
}

static bool always(struct mbp_scan *scan, const struct place *place)
{
    (void)scan;
    (void)place;
    return true;
}

static bool is_due(struct mbp_scan *scan, const struct place *place)
{
    (void)scan;
    return place->due;
}

/* The sensor whose state, or that of its alarms, is stored with the event: of none that is written by its address
 * alone. */
static uint16_t sensor_of(const struct mbp_event *event)
{
    const struct mbp_event_type *type = mbp_event_type(event->code);
    return type != NULL && (type->retains & MBP_RETAINS_ALARMS) != 0 ? event->sensor : MBP_NONE16;
}

static bool is_same_point(const struct mbp_event *other, const struct mbp_event *event)
{
    if (other->code == MBP_EV_WRITES_AGGREGATED)
        return other->detail == event->code;
    return other->code == event->code && key_of(other) == key_of(event);
}

/* Whether this scan tells something else about the same sensor: for which it is the reason, or which ends it; and with
 * which what it is about is stored, so that what is stored could be ahead of what is told. */
static bool is_mentioned(struct mbp_scan *scan, const struct place *place)
{
    const struct mbp_event *event = &place->event;
    uint16_t sensor = sensor_of(event);
    for (size_t i = 0; i < scan->events.count && sensor != MBP_NONE16; i++) {
        const struct mbp_event *other = &scan->events.items[i];
        if (other->unit == event->unit && sensor_of(other) == sensor && !is_same_point(other, event))
            return true;
    }
    return false;
}

/* ---- the scan's events ------------------------------------------------------------------------------------------ */

static void add_to(struct place *place, const struct mbp_event *event)
{
    place->event.value = event->value;
    place->event.flags = event->flags != 0 ? event->flags : place->event.flags;
    place->coalesced += 1 + (event->code == MBP_EV_POINT_WRITTEN ? event->detail >> 24 : 0);
}

/* False: the event goes into its place and not into the journal, for now. */
static bool is_told(struct mbp_scan *scan, const struct mbp_event *event)
{
    struct scan_writes *writes = scan->writes;
    if (event->code == MBP_EV_VALUE_RELEASED)
        forget_force(writes, event);
    if (!may_coalesce(event))
        return true;
    struct budget *budget = budget_of(scan, event->actor);
    struct place *place = place_of(writes, event);
    uint64_t now = scan->state->sim_ns;
    bool repeated = place != NULL && place->told_ns != 0 && now + 1 - place->told_ns < REPEATED_NS;
    if (place != NULL && place->coalesced == 0 && (!repeated || scan_budget_suffices(&budget->budget))) {
        scan_budget_pay(&budget->budget);
        place->told_ns = now + 1;
        return true;
    }
    if (place == NULL) {
        scan_budget_pay(&budget->budget);
        return true;
    }
    if (place->coalesced == 0) {
        place->event = *event;
        writes->pending[writes->pending_count++] = (uint16_t)(place - writes->places);
    }
    add_to(place, event);
    return false;
}

/* Tells what waits of the sensor of the event at `at`, before it: what that event is the reason of, or ends. Returns
 * how many events were put before it. */
static size_t emit_before(struct mbp_scan *scan, size_t at)
{
    struct scan_writes *writes = scan->writes;
    const struct mbp_event event = scan->events.items[at];
    size_t count = scan->events.count;
    size_t kept = 0;
    for (size_t i = 0; i < writes->pending_count; i++) {
        struct place *place = &writes->places[writes->pending[i]];
        bool same = place->event.unit == event.unit && sensor_of(&place->event) == sensor_of(&event);
        if (same && scan->events.capacity - scan->events.count >= 2)
            emit(scan, place, at);
        else
            writes->pending[kept++] = writes->pending[i];
    }
    writes->pending_count = kept;
    return scan->events.count - count;
}

/* Whether an event before this one in the scan, which is no write itself, is about the same sensor. With it all of the
 * sensor that survives a restart is stored, so that what comes after it must be told as well. */
static bool follows_another(const struct mbp_scan *scan, size_t at)
{
    const struct mbp_event *event = &scan->events.items[at];
    uint16_t sensor = sensor_of(event);
    for (size_t i = 0; i < at && sensor != MBP_NONE16; i++) {
        const struct mbp_event *other = &scan->events.items[i];
        if (!may_coalesce(other) && other->code != COALESCED && other->unit == event->unit &&
            sensor_of(other) == sensor)
            return true;
    }
    return false;
}

/* Who waits is paid for first, or would wait for ever behind what comes new in every scan. */
static void pay_for_waiting(struct mbp_scan *scan)
{
    for (size_t i = 0; i < scan->writes->pending_count; i++) {
        struct place *place = &scan->writes->places[scan->writes->pending[i]];
        place->due = place->due || has_budget(scan, &place->event);
    }
}

/* Whether the event at `at` stays among those that are told now; else it is in its place. */
static bool stays(struct mbp_scan *scan, size_t at, bool others)
{
    const struct mbp_event *event = &scan->events.items[at];
    if (!may_coalesce(event))
        return is_told(scan, event);
    struct place *place = waiting_place(scan->writes, event);
    if (place != NULL) {
        add_to(place, event);
        return false;
    }
    return (others && follows_another(scan, at)) || is_told(scan, event);
}

/* Drops the events that are in their places now. */
static void close_up(struct mbp_events *events)
{
    size_t kept = 0;
    for (size_t i = 0; i < events->count; i++) {
        if (events->items[i].code != COALESCED)
            events->items[kept++] = events->items[i];
    }
    events->count = kept;
}

void scan_coalesce_writes(struct mbp_scan *scan)
{
    struct mbp_events *events = &scan->events;
    bool others = false; /* there was an event about a sensor that is no write */
    pay_for_waiting(scan);
    for (size_t i = 0; i < events->count; i++) {
        bool other = !may_coalesce(&events->items[i]) && sensor_of(&events->items[i]) != MBP_NONE16;
        others = others || other;
        if (other && scan->writes->pending_count > 0)
            i += emit_before(scan, i);
        if (!stays(scan, i, others))
            events->items[i].code = COALESCED;
    }
    close_up(events);
    if (scan->writes->pending_count > 0)
        emit_pending(scan, is_due, 0);
}

void scan_order_writes(struct mbp_scan *scan)
{
    if (scan->writes->pending_count > 0)
        emit_pending(scan, is_mentioned, 0);
}

void scan_emit_all_writes(struct mbp_scan *scan)
{
    emit_pending(scan, always, SIZE_MAX);
}

void scan_forget_writes(struct mbp_scan *scan)
{
    memset(scan->writes, 0, sizeof *scan->writes);
}

/* ---- over a kill ------------------------------------------------------------------------------------------------ */

bool scan_writes_are_coalesced(const struct mbp_scan *scan)
{
    return scan->writes->pending_count > 0;
}

/* What the writes made of the point: a number of the state with all its digits, where there is one. */
static double *number_of(const struct mbp_scan *scan, const struct mbp_event *event)
{
    const struct mbp_unit *unit = mbp_plant_find_unit(scan->config.plant, event->unit);
    if (unit == NULL || event->sensor >= unit->sensor_count)
        return NULL;
    uint32_t sensor = unit->first_sensor + event->sensor;
    if (event->code == MBP_EV_LIMIT_CHANGED && (event->detail & 0xFu) < MBP_LIMIT_COUNT)
        return &scan->state->limit[sensor * MBP_LIMIT_COUNT + (event->detail & 0xFu)];
    bool held = scan->config.plant->sensors[sensor].inject == MBP_INJECT_HOLD;
    return event->code == MBP_EV_VALUE_FORCED && held ? &scan->state->forced_value[sensor] : NULL;
}

size_t scan_writes_coalesced(const struct mbp_scan *scan, struct scan_pending *out)
{
    const struct scan_writes *writes = scan->writes;
    for (size_t i = 0; i < writes->pending_count; i++) {
        const struct place *place = &writes->places[writes->pending[i]];
        const double *number = number_of(scan, &place->event);
        memset(&out[i], 0, sizeof out[i]);
        out[i].event = place->event;
        out[i].coalesced = place->coalesced;
        out[i].value = number != NULL ? *number : 0;
    }
    return writes->pending_count;
}

void scan_coalesce_again(struct mbp_scan *scan, const struct scan_pending *pending)
{
    struct scan_writes *writes = scan->writes;
    double *number = number_of(scan, &pending->event);
    struct place *place = may_coalesce(&pending->event) ? place_of(writes, &pending->event) : NULL;
    if (number != NULL)
        *number = pending->value;
    if (number != NULL && pending->event.code == MBP_EV_VALUE_FORCED)
        scan->state->flags[number - scan->state->forced_value] |= MBP_SENSOR_FORCED;
    if (place == NULL || place->coalesced != 0 || pending->coalesced == 0)
        return;
    *place = (struct place){.key = key_of(&pending->event), .coalesced = pending->coalesced, .event = pending->event};
    writes->pending[writes->pending_count++] = (uint16_t)(place - writes->places);
}

/* ---- raw points ------------------------------------------------------------------------------------------------- */

static struct mbp_event written_event(const struct mbp_written *written)
{
    struct mbp_event event = {
        .code = MBP_EV_POINT_WRITTEN,
        .unit = written->unit,
        .machine = written->machine,
        .sensor = written->item,
        .value = written->value,
        .limit = written->before,
        .detail = mbp_event_write_detail(written->table, written->addr, 0, written->more),
    };
    mbp_event_by(&event, written->peer);
    return event;
}

static void emit_more(struct mbp_scan *scan, const struct mbp_event *like, uint32_t more)
{
    struct mbp_event event = *like;
    event.code = MBP_EV_WRITES_AGGREGATED;
    event.value = (float)more;
    event.limit = NAN;
    event.detail = like->code;
    event.flags = 0;
    mbp_events_emit(&scan->events, event);
}

void scan_latch_written(struct mbp_scan *scan)
{
    const struct mbp_written *written;
    struct mbp_written lost;
    size_t count = mbp_image_latch_written(scan->config.image, &written, &lost);
    for (size_t i = 0; i < count; i++) {
        struct mbp_event event = written_event(&written[i]);
        mbp_events_emit(&scan->events, event);
        if (written[i].more > UINT8_MAX)
            emit_more(scan, &event, written[i].more - UINT8_MAX);
    }
    if (lost.more > 0) {
        struct mbp_event event = written_event(&lost);
        emit_more(scan, &event, lost.more);
    }
}

void scan_emit_more_refused(struct mbp_scan *scan, const struct mbp_event *refused, uint32_t more)
{
    if (more > UINT8_MAX)
        emit_more(scan, refused, more - UINT8_MAX);
}
