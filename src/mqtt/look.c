/* What the scan's thread does: it compares what points show with what it told of them last. */
#include <math.h>
#include <string.h>

#include "mbplant/image/forced.h"
#include "mbplant/report.h"
#include "mqtt_priv.h"

#define EVENTS_AT_ONCE 16u

/* ---- values ------------------------------------------------------------------------------------------------------ */

static uint64_t bits_of(const struct mbp_image_unit *unit, const struct mbp_point *point)
{
    uint64_t bits = 0;
    bool is_bit = mbp_table_is_bits(point->table);
    uint32_t count = is_bit ? 1 : point->count;
    for (uint32_t i = 0; i < count && i < 4; i++)
        bits |= (uint64_t)mbp_image_shown(unit, (enum mbp_table)point->table, (uint16_t)(point->addr + i)) << 16 * i;
    if (point->own != NULL && point->own->mask != 0)
        bits = (bits & point->own->mask) >> point->own->shift;
    return bits;
}

/* Of a text a hash; what it shows is put where the thread finds it. False: that is looking there just now. */
static bool text_bits(struct mqtt_roster *roster, uint32_t m, const struct mbp_image_unit *unit, uint64_t *out)
{
    const struct mbp_point *point = &roster->metrics[m].row.point;
    uint16_t words[MBP_STRING_WORDS_MAX];
    uint32_t count = point->count < MBP_STRING_WORDS_MAX ? point->count : MBP_STRING_WORDS_MAX;
    for (uint32_t i = 0; i < count; i++)
        words[i] = mbp_image_shown(unit, (enum mbp_table)point->table, (uint16_t)(point->addr + i));
    *out = mbp_hash(words, count * sizeof words[0]);
    if (roster->seen[m].known && roster->seen[m].bits == *out)
        return true;
    if (pthread_mutex_trylock(&roster->text_lock) != 0)
        return false;
    mbp_codec_text((enum mbp_order)point->order, words, count, roster->shown[roster->text_of[m]]);
    mbp_text_as_utf8(roster->shown[roster->text_of[m]]);
    pthread_mutex_unlock(&roster->text_lock);
    return true;
}

/* Whether a change is one to somebody who asked for a rule. */
static bool is_worth_it(const struct mqtt_metric *metric, const struct mqtt_seen *seen, double value, uint64_t now_ms)
{
    uint64_t after_ns = now_ms < seen->time_ms ? UINT64_MAX : (now_ms - seen->time_ms) * MBP_NS_PER_MS;
    return mbp_report_wants(&metric->rule, fabs(value - seen->value), after_ns);
}

static double value_of(const struct mqtt_metric *metric, uint64_t bits)
{
    uint16_t words[4];
    mqtt_words(&(const struct mqtt_change){.bits = bits}, words);
    return mbp_register_decode(&metric->reg, words);
}

void mqtt_look(struct mbp_mqtt *mqtt, const struct mbp_state *state)
{
    struct mqtt_roster *roster = mqtt->noting;
    const uint64_t now_ms = state->wall_ms;
    uint32_t head = atomic_load(&roster->head), tail = atomic_load(&roster->tail), begun = head, missed = 0;
    struct mbp_image_unit *unit = NULL;
    uint32_t unit_index = NOTHING;
    for (uint32_t m = 0; m < roster->count; m++) {
        const struct mqtt_metric *metric = &roster->metrics[m];
        const struct mbp_point *point = &metric->row.point;
        struct mqtt_seen *seen = &roster->seen[m];
        if (metric->row.unit != unit_index) {
            unit_index = metric->row.unit;
            unit = mbp_image_unit(mqtt->image, metric->row.unit_id);
        }
        uint64_t bits = 0;
        if (!metric->is_text)
            bits = bits_of(unit, point);
        else if (!text_bits(roster, m, unit, &bits))
            continue;
        bool bad = point->sensor != NOTHING && (state->flags[point->sensor] & MBP_SENSOR_BAD) != 0;
        if (seen->known && bits == seen->bits && bad == seen->bad)
            continue;
        double value = metric->has_rule ? value_of(metric, bits) : 0;
        if (metric->has_rule && seen->known && bad == seen->bad && !is_worth_it(metric, seen, value, now_ms))
            continue;
        if (head - tail == roster->ring_size) {
            missed++;
            continue;
        }
        *seen = (struct mqtt_seen){.bits = bits, .time_ms = now_ms, .value = value, .bad = bad, .known = true};
        roster->ring[head++ & (roster->ring_size - 1)] =
            (struct mqtt_change){.time_ms = now_ms, .bits = bits, .metric = m, .bad = bad};
    }
    if (missed > 0)
        atomic_fetch_add(&mqtt->missed, missed);
    atomic_store(&roster->head, head);
    if (head != begun)
        mbp_bell_ring(&mqtt->work);
}

/* ---- texts ------------------------------------------------------------------------------------------------------- */

bool mqtt_mail(struct mbp_mqtt *mqtt, enum mqtt_mail_kind kind, uint32_t seq, const char *text, size_t len)
{
    uint32_t head = atomic_load(&mqtt->mail_head);
    if (head - atomic_load(&mqtt->mail_tail) == MQTT_MAILS)
        return false;
    uint32_t session = kind == MQTT_MAIL_EVENT ? mqtt->session_seen : atomic_load(&mqtt->session);
    char *copy = strndup(text, len);
    if (copy == NULL)
        return false;
    mqtt->mails[head % MQTT_MAILS] = (struct mqtt_mail){copy, len, seq, session, (uint8_t)kind};
    atomic_store(&mqtt->mail_head, head + 1);
    mbp_bell_ring(&mqtt->work);
    return true;
}

static bool tell(struct mbp_mqtt *mqtt, const struct mbp_event *event)
{
    const struct mbp_telling by = {mqtt->plant, mbp_journal_names(mqtt->config.journal), MBP_LANG_EN};
    char comment[MBP_COMMENT_MAX + 1];
    const struct mbp_event_beside beside = {.comment = mbp_journal_comment(mqtt->config.journal, event, comment)};
    fseeko(mqtt->out, 0, SEEK_SET);
    mbp_report_event(&by, event, &beside, MBP_FORMAT_JSON, mqtt->out);
    off_t end = ftello(mqtt->out);
    if (fflush(mqtt->out) != 0 || end <= 0)
        return false;
    size_t len = (size_t)end - (mqtt->text[end - 1] == '\n');
    return mqtt_mail(mqtt, MQTT_MAIL_EVENT, event->seq, mqtt->text, len);
}

/* The journal keeps what finds no room, and what comes while nobody is there. */
void mqtt_tell_events(struct mbp_mqtt *mqtt)
{
    struct mbp_event events[EVENTS_AT_ONCE];
    uint32_t session = atomic_load(&mqtt->session);
    if (atomic_load(&mqtt->link) != MBP_LINK_UP || session == 0 || mqtt->options.format != MBP_MQTT_JSON)
        return;
    if (session != mqtt->session_seen) {
        mqtt->session_seen = session;
        mqtt->next_event = atomic_load(&mqtt->events_from);
    }
    while (mbp_journal_last(mqtt->config.journal) >= mqtt->next_event) {
        size_t count = mbp_journal_read(mqtt->config.journal, mqtt->next_event, EVENTS_AT_ONCE, events);
        if (count == 0) { /* it keeps them no longer, or cannot read them just now */
            uint32_t oldest = mbp_journal_oldest(mqtt->config.journal);
            if (oldest <= mqtt->next_event)
                return;
            mqtt->next_event = oldest;
            continue;
        }
        for (size_t e = 0; e < count; e++) {
            if (!tell(mqtt, &events[e]))
                return;
            mqtt->next_event = events[e].seq + 1;
        }
    }
}
