/* What has changed of a plant, point by point, for the link's thread. */
#include <math.h>
#include <string.h>

#include "mqtt_priv.h"

static double value_of(const struct mqtt_metric *metric, uint64_t bits)
{
    uint16_t words[4];
    mqtt_words(&(const struct mqtt_change){.bits = bits}, words);
    return mbp_register_decode(&metric->reg, words);
}

/* Whether a change is one to somebody who asked for a rule. */
static bool is_worth_it(struct mqtt_roster *roster, uint32_t m, const struct mqtt_change *change)
{
    const struct mqtt_metric *metric = &roster->metrics[m];
    const struct mqtt_change *seen = &roster->seen[m];
    uint64_t after_ns =
        change->time_ms < seen->time_ms ? UINT64_MAX : mbp_time_mul_sat(change->time_ms - seen->time_ms, MBP_NS_PER_MS);
    double by = fabs(value_of(metric, change->bits) - value_of(metric, seen->bits));
    if (mbp_report_wants(&metric->rule, by, after_ns))
        return true;
    if (mbp_report_wants(&metric->rule, by, UINT64_MAX))
        mqtt_watch_later(roster->watch, m);
    return false;
}

static void put(struct mqtt_change *to, uint64_t time_ms, uint64_t bits, uint32_t m, bool bad)
{
    to->time_ms = time_ms;
    to->bits = bits;
    to->metric = m;
    to->bad = bad;
}

/* Whether a point is to be told of; out: what it shows. It is put twice, for to read again what was only just written
 * in other pieces takes the processor longer. */
static inline bool look(struct mqtt_roster *roster, uint32_t m, struct mqtt_change *out)
{
    const struct mqtt_watch *watch = roster->watch;
    struct mqtt_change *seen = &roster->seen[m];
    const uint64_t bits = mqtt_watch_bits(watch, m);
    const bool bad = mqtt_watch_bad(watch, m), known = seen->time_ms != 0, quality = bad != seen->bad;
    if (known && bits == seen->bits && !quality)
        return false;
    put(out, watch->time_ms, bits, m, bad);
    if (known && !quality && watch->rows[m].has_rule && !is_worth_it(roster, m, out))
        return false;
    put(seen, watch->time_ms, bits, m, bad);
    return true;
}

uint32_t mqtt_next_changes(struct mqtt_roster *roster, struct mqtt_change *out, uint32_t most)
{
    struct mqtt_watch *watch = roster->watch;
    uint32_t count = 0, end = UINT32_MAX, m;
    do {
        while (count < most && (m = mqtt_watch_turn(watch, end)) != NOTHING) {
            if (!look(roster, m, &out[count]))
                continue;
            if (count++ == 0)
                end = roster->metrics[m].device_end;
            if (watch->rows[m].kind == ROW_TEXT)
                return count;
        }
    } while (count == 0 && most > 0 && mqtt_watch_open(watch));
    return count;
}

bool mqtt_next_change(struct mqtt_roster *roster, struct mqtt_change *out)
{
    return mqtt_next_changes(roster, out, 1) > 0;
}

uint32_t mqtt_words(const struct mqtt_change *change, uint16_t words[4])
{
    for (unsigned i = 0; i < 4; i++)
        words[i] = (uint16_t)(change->bits >> 16 * i);
    return 4;
}

const char *mqtt_shown_text(const struct mqtt_roster *roster, uint32_t metric, char *buf)
{
    const struct mqtt_row *row = &roster->watch->rows[metric];
    uint16_t words[MBP_STRING_WORDS_MAX];
    if (roster->past_text != NULL) {
        snprintf(buf, MQTT_TEXT_MAX + 1, "%s", roster->past_text);
        return buf;
    }
    memcpy(words, roster->watch->now + row->at, row->count * sizeof words[0]);
    mbp_codec_text((enum mbp_order)roster->metrics[metric].row.point.order, words, row->count, buf);
    mbp_text_as_utf8(buf);
    return buf;
}
