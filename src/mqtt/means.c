/* Minute means. */
#include "means.h"

#include <math.h>
#include <stdlib.h>

#define MINUTE_MS 60000u

struct mean {
    double sum;
    uint64_t last_ms, bits; /* of the last value: a mean has its time, so that no other value has the same */
    uint32_t count;
    bool bad; /* one of them was */
};

/* Switches and states have no mean: the last one counts. */
static uint64_t bits_of(const struct mqtt_metric *metric, const struct mean *mean)
{
    uint16_t words[4] = {0};
    if (metric->is_bit || metric->row.role == MBP_EXPORT_STATE || metric->row.point.own != NULL || !isfinite(mean->sum))
        return mean->bits;
    mbp_register_encode(&metric->reg, mean->sum / mean->count, words);
    return words[0] | (uint64_t)words[1] << 16 | (uint64_t)words[2] << 32 | (uint64_t)words[3] << 48;
}

static void end_minute(struct mqtt_means *means, uint32_t m)
{
    struct mean *mean = &means->of[m];
    const struct mqtt_metric *metric = &means->roster->metrics[m];
    enum mbp_status status;
    if (mean->count == 0)
        return;
    const struct mqtt_record record = {.time_ms = mean->last_ms,
                                       .bits = bits_of(metric, mean),
                                       .hash = metric->hash,
                                       .metric = m,
                                       .type = metric->row.point.type,
                                       .bad = mean->bad};
    mqtt_store_add(means->store, &record, 1, &status);
    *mean = (struct mean){0};
}

void mqtt_means_flush(struct mqtt_means *means)
{
    for (uint32_t m = 0; m < means->count; m++)
        end_minute(means, m);
}

static bool make_room(struct mqtt_means *means, const struct mqtt_roster *roster)
{
    if (means->roster == roster)
        return means->of != NULL;
    mqtt_means_flush(means);
    free(means->of);
    means->of = calloc(roster->count, sizeof *means->of);
    means->roster = roster;
    means->count = means->of != NULL ? roster->count : 0;
    return means->of != NULL;
}

void mqtt_means_add(struct mqtt_means *means, const struct mqtt_roster *roster, uint32_t metric,
                    const struct mqtt_record *record)
{
    uint16_t words[4];
    if (means->store == NULL || !make_room(means, roster) || roster->metrics[metric].is_text)
        return;
    struct mean *mean = &means->of[metric];
    if (mean->count > 0 && mean->last_ms / MINUTE_MS != record->time_ms / MINUTE_MS)
        end_minute(means, metric);
    mqtt_words(&(const struct mqtt_change){.bits = record->bits}, words);
    mean->sum += mbp_register_decode(&roster->metrics[metric].reg, words);
    mean->count++;
    mean->last_ms = record->time_ms;
    mean->bits = record->bits;
    mean->bad = mean->bad || record->bad;
}

void mqtt_means_free(struct mqtt_means *means)
{
    mqtt_means_flush(means);
    mqtt_store_close(means->store);
    free(means->of);
}
