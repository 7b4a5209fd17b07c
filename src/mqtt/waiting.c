/* Values go into the store before they are sent, and leave it when the broker has confirmed that it read them: QoS 0
 * has no answer, but a subscription has, and mosquitto reads what comes on a connection in order. */
#include "waiting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BARRIER_NS MBP_NS_PER_S
#define SAVED_NS   (MBP_NS_PER_S / 10) /* so long what the rate would have allowed is saved up */
#define AT_ONCE    256u

struct mqtt_waiting *mqtt_waiting_new(struct mbp_mqtt *mqtt)
{
    if (mqtt->options.buffer_bytes == 0)
        return NULL;
    struct mqtt_waiting *waiting = calloc(1, sizeof *waiting);
    enum mbp_status status =
        waiting != NULL ? mqtt_store_open(mqtt->folder, mqtt->options.buffer_bytes, &waiting->store) : MBP_ERR_MEMORY;
    if (status == MBP_OK) {
        waiting->history = waiting->begun = mqtt_store_first(waiting->store);
        waiting->live = mqtt_store_next(waiting->store);
        atomic_store(&mqtt->waiting, waiting->live - waiting->history);
        return waiting;
    }
    mbp_log(MBP_LOG_WARNING, "%s/%s cannot be used (%s): values do not wait for the broker", mqtt->folder,
            MQTT_STORE_FILE, status == MBP_ERR_IO ? strerrordesc_np(errno) : mbp_status_text(status));
    free(waiting);
    return NULL;
}

void mqtt_waiting_free(struct mqtt_waiting *waiting)
{
    if (waiting != NULL)
        mqtt_store_close(waiting->store);
    free(waiting);
}

static void count(struct mqtt_link *link)
{
    const struct mqtt_waiting *waiting = link->waiting;
    uint64_t next = mqtt_store_next(waiting->store);
    uint64_t left = link->connected ? waiting->begun - waiting->history + next - waiting->live
                                    : next - mqtt_store_first(waiting->store);
    atomic_store(&link->mqtt->waiting, left);
}

/* What was not confirmed is sent again. */
void mqtt_waiting_connected(struct mqtt_link *link)
{
    struct mqtt_waiting *waiting = link->waiting;
    waiting->history = mqtt_store_first(waiting->store);
    waiting->begun = waiting->live = mqtt_store_next(waiting->store);
    waiting->barrier = 0;
    waiting->barrier_ns = waiting->allowed_ns = 0;
    waiting->barrier_history = waiting->history;
    waiting->barrier_live = waiting->live;
}

void mqtt_waiting_born(struct mqtt_link *link)
{
    struct mqtt_waiting *waiting = link->waiting;
    if (waiting->live == waiting->begun)
        waiting->begun = waiting->live = mqtt_store_next(waiting->store);
}

void mqtt_waiting_lost(struct mqtt_link *link)
{
    count(link);
}

/* ---- keeping ----------------------------------------------------------------------------------------------------- */

static void say_how_it_went(struct mqtt_link *link, enum mbp_status status, uint64_t gone)
{
    struct mqtt_waiting *waiting = link->waiting;
    if (gone > 0 && atomic_fetch_add(&link->mqtt->lost, gone) == 0)
        mbp_log(MBP_LOG_WARNING,
                "mqtt: more values wait for the broker than 'buffer' has room for: the oldest are given up");
    if (status != MBP_OK && !waiting->troubled)
        mbp_log(MBP_LOG_WARNING, "%s/%s cannot be written (%s): values do not wait for the broker", link->mqtt->folder,
                MQTT_STORE_FILE, strerrordesc_np(errno));
    waiting->troubled = status != MBP_OK;
}

/* What was given up is not sent any more either. */
static void keep_up(struct mqtt_waiting *waiting)
{
    uint64_t first = mqtt_store_first(waiting->store);
    waiting->history = waiting->history < first ? first : waiting->history;
    waiting->begun = waiting->begun < waiting->history ? waiting->history : waiting->begun;
    waiting->live = waiting->live < waiting->begun ? waiting->begun : waiting->live;
}

/* Returns how many of the changes are kept: all but texts, which their hash would not bring back. */
static uint32_t keep(struct mqtt_link *link, const struct mqtt_change *changes, uint32_t number)
{
    struct mqtt_record records[MQTT_STORE_BATCH];
    uint32_t kept = 0;
    enum mbp_status status = MBP_OK;
    for (uint32_t c = 0; c < number; c++) {
        const struct mqtt_metric *metric = &link->roster->metrics[changes[c].metric];
        if (!metric->is_text)
            records[kept++] = (struct mqtt_record){changes[c].time_ms, changes[c].bits,        metric->hash,
                                                   changes[c].metric,  metric->row.point.type, changes[c].bad};
    }
    uint64_t gone = kept > 0 ? mqtt_store_add(link->waiting->store, records, kept, &status) : 0;
    if (kept > 0) /* else nothing was tried */
        say_how_it_went(link, status, gone);
    keep_up(link->waiting);
    return kept;
}

void mqtt_waiting_take(struct mqtt_link *link, const struct mqtt_change *changes, uint32_t number, bool may)
{
    struct mqtt_waiting *waiting = link->waiting;
    uint64_t before = mqtt_store_next(waiting->store);
    bool first = waiting->live == before; /* nothing waits that is older */
    keep(link, changes, number);
    bool kept = !waiting->troubled;
    for (uint32_t c = 0; c < number; c++) {
        bool text = link->roster->metrics[changes[c].metric].is_text;
        bool now = may && mqtt_link_may_send(link) && (text || first);
        if (now)
            link->format->value(link, &changes[c], false);
        else if (!text)
            first = false;
        if (now && !text && kept)
            waiting->live++;
        link->roster->now[changes[c].metric] = changes[c];
    }
    count(link);
}

/* ---- sending ----------------------------------------------------------------------------------------------------- */

/* The point of a record; NOTHING: the plant has it no more, or it is of another type now. */
static uint32_t metric_of(const struct mqtt_roster *roster, const struct mqtt_record *record)
{
    uint32_t m = record->metric;
    if (m >= roster->count || roster->metrics[m].hash != record->hash)
        m = mqtt_roster_find_hash(roster, record->hash);
    return m != NOTHING && roster->metrics[m].row.point.type == record->type ? m : NOTHING;
}

/* Sends from *at on to end. Returns how many. */
static uint32_t send_some(struct mqtt_link *link, uint64_t *at, uint64_t end, bool historical, uint32_t most)
{
    struct mqtt_record records[AT_ONCE];
    uint32_t sent = 0;
    while (*at < end && sent < most && mqtt_link_may_send(link)) {
        uint64_t want = end - *at < most - sent ? end - *at : most - sent;
        uint32_t got = mqtt_store_read(link->waiting->store, *at, want < AT_ONCE ? (uint32_t)want : AT_ONCE, records);
        if (got == 0) { /* the disk gives them back no more */
            atomic_fetch_add(&link->mqtt->lost, end - *at);
            *at = end;
        }
        for (uint32_t r = 0; r < got && mqtt_link_may_send(link); r++, ++*at, sent++) {
            uint32_t m = records[r].time_ms != 0 ? metric_of(link->roster, &records[r]) : NOTHING;
            const struct mqtt_change change = {records[r].time_ms, records[r].bits, m, records[r].bad};
            if (m != NOTHING)
                link->format->value(link, &change, historical);
            else
                atomic_fetch_add(&link->mqtt->lost, 1);
        }
    }
    return sent;
}

/* Between two values of the past; 0 = they may go at once. */
static uint64_t each_ns(const struct mqtt_link *link)
{
    uint32_t rate = link->mqtt->options.replay_rate;
    return rate == 0 ? 0 : rate < MBP_NS_PER_S ? MBP_NS_PER_S / rate : 1;
}

/* How many of the past may go now. */
static uint32_t allowed(struct mqtt_link *link, uint64_t now_ns)
{
    struct mqtt_waiting *waiting = link->waiting;
    uint64_t each = each_ns(link), saved = each > SAVED_NS ? each : SAVED_NS;
    if (each == 0)
        return MQTT_STORE_BATCH;
    if (waiting->allowed_ns + saved < now_ns) /* what was not used is not saved up */
        waiting->allowed_ns = now_ns - saved;
    return waiting->allowed_ns < now_ns ? (uint32_t)((now_ns - waiting->allowed_ns) / each) : 0;
}

void mqtt_waiting_ask(struct mqtt_link *link, uint64_t now_ns)
{
    struct mqtt_waiting *waiting = link->waiting;
    bool news = waiting->history != waiting->barrier_history || waiting->live != waiting->barrier_live;
    if (waiting->barrier != 0 || !news || now_ns - waiting->barrier_ns < BARRIER_NS || !mqtt_link_may_send(link))
        return;
    int mid = 0;
    if (mosquitto_subscribe(link->mosq, &mid, link->barrier_topic, 1) != MOSQ_ERR_SUCCESS)
        return;
    waiting->barrier = mid;
    waiting->barrier_ns = now_ns;
    waiting->barrier_history = waiting->history;
    waiting->barrier_live = waiting->live;
}

void mqtt_waiting_send(struct mqtt_link *link, uint64_t now_ns)
{
    struct mqtt_waiting *waiting = link->waiting;
    send_some(link, &waiting->live, mqtt_store_next(waiting->store), false, MQTT_STORE_BATCH);
    if (waiting->history < waiting->begun) {
        uint32_t sent = send_some(link, &waiting->history, waiting->begun, true, allowed(link, now_ns));
        waiting->allowed_ns += sent * each_ns(link);
    }
    count(link);
}

void mqtt_waiting_confirmed(struct mqtt_link *link, int mid)
{
    struct mqtt_waiting *waiting = link->waiting;
    if (waiting == NULL || waiting->barrier == 0 || mid != waiting->barrier)
        return;
    waiting->barrier = 0;
    mqtt_store_confirm(waiting->store,
                       waiting->barrier_history < waiting->begun ? waiting->barrier_history : waiting->barrier_live);
}

bool mqtt_waiting_has(const struct mqtt_link *link, uint64_t now_ns)
{
    const struct mqtt_waiting *waiting = link->waiting;
    if (waiting->live < mqtt_store_next(waiting->store))
        return true;
    return waiting->history < waiting->begun && now_ns >= waiting->allowed_ns + each_ns(link);
}
