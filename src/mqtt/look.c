/* What the scan's thread does: it hands over what points show, and events. */
#include <string.h>

#include "mbplant/report.h"
#include "mqtt_priv.h"

#define EVENTS_AT_ONCE 16u

/* ---- values ------------------------------------------------------------------------------------------------------ */

void mqtt_look(struct mbp_mqtt *mqtt, const struct mbp_state *state)
{
    uint32_t missed = 0;
    if (mqtt_watch_look(mqtt->noting->watch, mqtt->image, state, &missed))
        mbp_bell_ring(&mqtt->work);
    if (missed > 0)
        atomic_fetch_add(&mqtt->missed, missed);
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
    struct mbp_event_beside beside = {.comment = mbp_journal_comment(mqtt->config.journal, event, comment)};
    beside.has_check = mbp_journal_check(mqtt->config.journal, event, &beside.check);
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
