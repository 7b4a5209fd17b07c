/* Values go into the store before they are sent, and leave it when the broker has confirmed that it read them: QoS 0
 * has no answer, but a subscription has, and mosquitto reads what comes on a connection in order. */
#include "waiting.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define BARRIER_NS MBP_NS_PER_S
#define SAVED_NS   (MBP_NS_PER_S / 10) /* so long what the rate would have allowed is saved up */
#define AT_ONCE    256u

/* ---- opening ----------------------------------------------------------------------------------------------------- */

#define MINUTES_SHARE 8u /* the part of the buffer that minute means get */
#define STORE_MIN     65536u

/* One that is damaged is put aside: what it has may be wanted, and nothing more is to be lost. */
static enum mbp_status open_one(const struct mbp_mqtt *mqtt, const char *file, uint64_t bytes, struct mqtt_store **out)
{
    char path[PATH_MAX], aside[PATH_MAX + 16];
    enum mbp_status status = mqtt_store_open(mqtt->folder, file, bytes, out);
    if (status == MBP_ERR_CORRUPT) {
        snprintf(path, sizeof path, "%s/%s", mqtt->folder, file);
        snprintf(aside, sizeof aside, "%s.damaged", path);
        if (rename(path, aside) != 0)
            return MBP_ERR_IO;
        mbp_log(MBP_LOG_WARNING, "mqtt: %s is damaged: what waited there is not sent; it is kept as %s.damaged", path,
                file);
        status = mqtt_store_open(mqtt->folder, file, bytes, out);
    }
    if (status == MBP_OK && mqtt_store_capacity(*out) != (bytes - MQTT_STORE_HEAD) / MQTT_STORE_RECORD)
        mbp_log(MBP_LOG_WARNING, "mqtt: %s/%s cannot be made as large as 'buffer' wants (%s): it stays as it is",
                mqtt->folder, file, strerrordesc_np(errno));
    if (status != MBP_OK)
        mbp_log(MBP_LOG_WARNING, "%s/%s cannot be used (%s): values do not wait for the broker", mqtt->folder, file,
                status == MBP_ERR_IO ? strerrordesc_np(errno) : mbp_status_text(status));
    return status;
}

struct mqtt_waiting *mqtt_waiting_new(struct mbp_mqtt *mqtt)
{
    uint64_t bytes = mqtt->options.buffer_bytes, share = bytes / MINUTES_SHARE;
    struct mqtt_waiting *waiting = NULL;
    if (bytes == 0 || (waiting = calloc(1, sizeof *waiting)) == NULL)
        return NULL;
    share = share > STORE_MIN ? share : STORE_MIN;
    if (open_one(mqtt, MQTT_STORE_FILE, bytes - share, &waiting->store) != MBP_OK) {
        free(waiting);
        return NULL;
    }
    if (open_one(mqtt, MQTT_STORE_MINUTES, share, &waiting->means.store) == MBP_OK)
        waiting->at.mean = mqtt_store_first(waiting->means.store);
    waiting->at.history = waiting->begun = mqtt_store_first(waiting->store);
    waiting->at.live = mqtt_store_next(waiting->store);
    atomic_store(&mqtt->waiting, waiting->at.live - waiting->at.history);
    return waiting;
}

void mqtt_waiting_free(struct mqtt_waiting *waiting)
{
    if (waiting == NULL)
        return;
    mqtt_means_free(&waiting->means);
    mqtt_store_close(waiting->store);
    free(waiting);
}

static uint64_t means_left(const struct mqtt_waiting *waiting)
{
    if (waiting->means.store == NULL)
        return 0;
    uint64_t first = mqtt_store_first(waiting->means.store), next = mqtt_store_next(waiting->means.store);
    return next - (waiting->at.mean < first ? first : waiting->at.mean);
}

static void count(struct mqtt_link *link)
{
    const struct mqtt_waiting *waiting = link->waiting;
    uint64_t next = mqtt_store_next(waiting->store);
    uint64_t left = link->connected ? waiting->begun - waiting->at.history + next - waiting->at.live
                                    : next - mqtt_store_first(waiting->store);
    atomic_store(&link->mqtt->waiting, left + means_left(waiting));
}

/* What was not confirmed is sent again. */
void mqtt_waiting_connected(struct mqtt_link *link)
{
    struct mqtt_waiting *waiting = link->waiting;
    waiting->at.history = mqtt_store_first(waiting->store);
    waiting->begun = waiting->at.live = mqtt_store_next(waiting->store);
    if (waiting->means.store != NULL) {
        mqtt_means_flush(&waiting->means);
        waiting->at.mean = mqtt_store_first(waiting->means.store);
    }
    waiting->barrier = 0;
    waiting->barrier_ns = waiting->allowed_ns = 0;
    waiting->asked = waiting->at;
}

/* A birth tells the newest values: what is older and was not sent yet is of the past then. Where history goes on, some
 * of it may come twice. */
void mqtt_waiting_born(struct mqtt_link *link)
{
    struct mqtt_waiting *waiting = link->waiting;
    if (waiting->at.history == waiting->begun)
        waiting->at.history = waiting->at.live;
    waiting->begun = waiting->at.live = mqtt_store_next(waiting->store);
}

void mqtt_waiting_lost(struct mqtt_link *link)
{
    if (link->waiting->means.store != NULL) /* not confirmed */
        link->waiting->at.mean = mqtt_store_first(link->waiting->means.store);
    count(link);
}

void mqtt_waiting_follow(struct mqtt_link *link)
{
    mqtt_means_flush(&link->waiting->means);
    link->waiting->means.roster = NULL; /* it is made anew with the next one's points */
    link->waiting->means.count = 0;
}

/* ---- keeping ----------------------------------------------------------------------------------------------------- */

/* The point of a record; NOTHING: the plant has it no more, or it is of another type now. */
static uint32_t metric_of(const struct mqtt_roster *roster, const struct mqtt_record *record)
{
    uint32_t m = record->metric;
    if (m >= roster->count || roster->metrics[m].hash != record->hash)
        m = mqtt_roster_find_hash(roster, record->hash);
    return m != NOTHING && roster->metrics[m].row.point.type == record->type ? m : NOTHING;
}

/* A value that nobody will hear of but by its minute's mean. */
static void give_up(struct mqtt_link *link, const struct mqtt_record *record)
{
    struct mqtt_hole *hole = &link->hole;
    if (record->time_ms == 0 || record->type == MQTT_STORE_TEXT_PART)
        return;
    if (hole->values++ == 0)
        hole->from_ms = record->time_ms;
    hole->to_ms = record->time_ms;
    atomic_store(&link->mqtt->hole_from_ms, hole->from_ms);
    atomic_store(&link->mqtt->hole_to_ms, hole->to_ms);
    uint32_t m = metric_of(link->roster, record);
    if (m != NOTHING)
        mqtt_means_add(&link->waiting->means, link->roster, m, record);
    if (atomic_fetch_add(&link->mqtt->lost, 1) == 0)
        mbp_log(MBP_LOG_WARNING, "mqtt: more values wait for the broker than 'buffer' has room for: of the oldest only "
                                 "minute means are kept");
}

/* So many of the oldest are about to give way. What has been sent on this connection is no loss. */
static void give_up_oldest(struct mqtt_link *link, uint64_t number)
{
    struct mqtt_waiting *waiting = link->waiting;
    uint64_t at = mqtt_store_first(waiting->store), end = at + number;
    if (link->connected && at < waiting->at.history)
        at = waiting->at.history < end ? waiting->at.history : end;
    while (at < end) {
        struct mqtt_record records[MQTT_STORE_BATCH];
        uint64_t want = end - at;
        uint32_t got =
            mqtt_store_read(waiting->store, at, want < MQTT_STORE_BATCH ? (uint32_t)want : MQTT_STORE_BATCH, records);
        for (uint32_t r = 0; r < got; r++)
            give_up(link, &records[r]);
        if (got == 0)
            return;
        at += got;
    }
}

/* What was given up is not sent any more either. */
static void keep_up(struct mqtt_waiting *waiting)
{
    uint64_t first = mqtt_store_first(waiting->store);
    waiting->at.history = waiting->at.history < first ? first : waiting->at.history;
    waiting->begun = waiting->begun < waiting->at.history ? waiting->at.history : waiting->begun;
    waiting->at.live = waiting->at.live < waiting->begun ? waiting->begun : waiting->at.live;
}

static uint32_t put_text(const struct mqtt_roster *roster, uint32_t metric, struct mqtt_record *records)
{
    char text[MQTT_TEXT_MAX + 1];
    uint32_t parts = 0;
    size_t len = strlen(mqtt_shown_text(roster, metric, text));
    records[-1].bits = len;
    for (size_t at = 0; at < len; at += MQTT_STORE_PART, parts++)
        mqtt_record_put_part(&records[parts], text + at, len - at);
    return parts;
}

/* may: what cannot be kept is sent at least. */
static void keep(struct mqtt_link *link, const struct mqtt_change *changes, uint32_t number, bool may)
{
    struct mqtt_record records[MQTT_STORE_BATCH];
    struct mqtt_waiting *waiting = link->waiting;
    uint32_t kept = 0;
    enum mbp_status status = MBP_OK;
    for (uint32_t c = 0; c < number; c++) {
        const struct mqtt_metric *metric = &link->roster->metrics[changes[c].metric];
        records[kept++] = (struct mqtt_record){changes[c].time_ms, changes[c].bits,        metric->hash,
                                               changes[c].metric,  metric->row.point.type, changes[c].bad};
        if (metric->is_text)
            kept += put_text(link->roster, changes[c].metric, records + kept);
    }
    if (kept == 0)
        return;
    uint64_t used = mqtt_store_next(waiting->store) - mqtt_store_first(waiting->store) + kept;
    if (used > mqtt_store_capacity(waiting->store) && !waiting->troubled)
        give_up_oldest(link, used - mqtt_store_capacity(waiting->store));
    uint64_t before = mqtt_store_next(waiting->store);
    mqtt_store_add(waiting->store, records, kept, &status);
    for (uint64_t r = mqtt_store_next(waiting->store) - before; !may && r < kept; r++)
        give_up(link, &records[r]); /* the disk does not take it, and nobody else is there */
    if (status != MBP_OK && !waiting->troubled)
        mbp_log(MBP_LOG_WARNING, "%s/%s cannot be written (%s): values do not wait for the broker", link->mqtt->folder,
                MQTT_STORE_FILE, strerrordesc_np(errno));
    waiting->troubled = status != MBP_OK;
    keep_up(waiting);
}

/* Records that a change takes. */
static uint32_t records_of(const struct mqtt_roster *roster, uint32_t metric)
{
    char text[MQTT_TEXT_MAX + 1];
    if (!roster->metrics[metric].is_text)
        return 1;
    return 1 + (uint32_t)((strlen(mqtt_shown_text(roster, metric, text)) + MQTT_STORE_PART - 1) / MQTT_STORE_PART);
}

void mqtt_waiting_take(struct mqtt_link *link, const struct mqtt_change *changes, uint32_t number, bool may)
{
    struct mqtt_waiting *waiting = link->waiting;
    bool first = waiting->at.live == mqtt_store_next(waiting->store); /* nothing waits that is older */
    keep(link, changes, number, may);
    bool kept = !waiting->troubled;
    for (uint32_t c = 0; c < number; c++) {
        first = first && may && mqtt_link_may_send(link);
        if (first)
            link->format->values(link, &changes[c], 1, false);
        if (first && kept)
            waiting->at.live += records_of(link->roster, changes[c].metric);
        link->roster->now[changes[c].metric] = changes[c];
    }
    count(link);
}

/* ---- sending ----------------------------------------------------------------------------------------------------- */

/* A text, whose parts stand behind its record, from `at` on. *parts: how many they are. False: not all of them are
 * there, for the disk took no more. */
static bool read_text(const struct mqtt_store *store, uint64_t at, uint64_t len, char text[MQTT_TEXT_MAX + 1],
                      uint32_t *parts)
{
    char bytes[MQTT_TEXT_MAX + MQTT_STORE_PART + 1] = "";
    for (*parts = 0; len <= MQTT_TEXT_MAX && *parts * (uint64_t)MQTT_STORE_PART < len; ++*parts) {
        struct mqtt_record record;
        if (mqtt_store_read(store, at + *parts, 1, &record) != 1 || record.type != MQTT_STORE_TEXT_PART)
            return false;
        mqtt_record_part(&record, bytes + (size_t)*parts * MQTT_STORE_PART);
    }
    if (len > MQTT_TEXT_MAX)
        return false;
    memcpy(text, bytes, len);
    text[len] = '\0';
    return true;
}

/* A record, sent. Returns how many follow that are of it. */
static uint32_t send_one(struct mqtt_link *link, const struct mqtt_store *store, uint64_t at,
                         const struct mqtt_record *record, bool historical)
{
    char text[MQTT_TEXT_MAX + 1] = "";
    uint32_t parts = 0, m = record->time_ms != 0 ? metric_of(link->roster, record) : NOTHING;
    if (record->type == MQTT_STORE_TEXT_PART) /* the text itself has given way */
        return 0;
    bool whole = record->type != MBP_STRING || read_text(store, at + 1, record->bits, text, &parts);
    if (m == NOTHING || !whole) {
        atomic_fetch_add(&link->mqtt->lost, 1);
        return parts;
    }
    const struct mqtt_change change = {record->time_ms, record->bits, m, record->bad};
    link->roster->past_text = record->type == MBP_STRING ? text : NULL;
    link->format->values(link, &change, 1, historical);
    link->roster->past_text = NULL;
    return parts;
}

/* Sends from *at on to end. Returns how many. */
static uint32_t send_some(struct mqtt_link *link, const struct mqtt_store *store, uint64_t *at, uint64_t end,
                          bool historical, uint32_t most)
{
    struct mqtt_record records[AT_ONCE];
    uint32_t sent = 0, published = link->published - 1;
    while (*at < end && sent < most && mqtt_link_may_send(link)) {
        uint64_t want = end - *at < most - sent ? end - *at : most - sent;
        uint32_t got = mqtt_store_read(store, *at, want < AT_ONCE ? (uint32_t)want : AT_ONCE, records);
        if (got == 0) { /* the disk gives them back no more */
            atomic_fetch_add(&link->mqtt->lost, end - *at);
            *at = end;
        }
        for (uint32_t r = 0; r < got; r++, ++*at, sent++) {
            if (published != link->published && !mqtt_link_may_send(link))
                return sent;
            published = link->published;
            uint32_t parts = send_one(link, store, *at, &records[r], historical);
            r += parts;
            *at += parts;
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
    bool news = memcmp(&waiting->at, &waiting->asked, sizeof waiting->at) != 0;
    if (waiting->barrier != 0 || !news || now_ns - waiting->barrier_ns < BARRIER_NS || !mqtt_link_may_send(link))
        return;
    int mid = 0;
    if (mqtt_library.subscribe(link->mosq, &mid, link->barrier_topic, 1) != MOSQ_ERR_SUCCESS)
        return;
    waiting->barrier = mid;
    waiting->barrier_ns = now_ns;
    waiting->asked = waiting->at;
}

/* Older ones first: minute means, then what waited. */
void mqtt_waiting_send(struct mqtt_link *link, uint64_t now_ns)
{
    struct mqtt_waiting *waiting = link->waiting;
    send_some(link, waiting->store, &waiting->at.live, mqtt_store_next(waiting->store), false, MQTT_STORE_BATCH);
    uint32_t may = allowed(link, now_ns), sent = 0;
    if (means_left(waiting) > 0 && waiting->at.mean < mqtt_store_first(waiting->means.store))
        waiting->at.mean = mqtt_store_first(waiting->means.store); /* of them too the oldest have given way */
    if (means_left(waiting) > 0)
        sent =
            send_some(link, waiting->means.store, &waiting->at.mean, mqtt_store_next(waiting->means.store), true, may);
    if (waiting->at.history < waiting->begun && sent < may && means_left(waiting) == 0)
        sent += send_some(link, waiting->store, &waiting->at.history, waiting->begun, true, may - sent);
    waiting->allowed_ns += sent * each_ns(link);
    count(link);
}

void mqtt_waiting_confirmed(struct mqtt_link *link, int mid)
{
    struct mqtt_waiting *waiting = link->waiting;
    if (waiting == NULL || waiting->barrier == 0 || mid != waiting->barrier)
        return;
    waiting->barrier = 0;
    mqtt_store_confirm(waiting->store,
                       waiting->asked.history < waiting->begun ? waiting->asked.history : waiting->asked.live);
    if (waiting->means.store != NULL)
        mqtt_store_confirm(waiting->means.store, waiting->asked.mean);
}

bool mqtt_waiting_has(const struct mqtt_link *link, uint64_t now_ns)
{
    const struct mqtt_waiting *waiting = link->waiting;
    if (waiting->at.live < mqtt_store_next(waiting->store))
        return true;
    return (waiting->at.history < waiting->begun || means_left(waiting) > 0) &&
           now_ns >= waiting->allowed_ns + each_ns(link);
}
