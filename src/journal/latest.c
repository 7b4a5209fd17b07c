/* The last record of each machine and sensor. */
#include "latest.h"

#include <stdlib.h>

enum { OF_MACHINE, OF_UPKEEP, OF_SENSOR, OF_ALARMS };

void mbp_latest_new(struct mbp_latest *latest, const struct mbp_plant *plant)
{
    const size_t counts[MBP_LATEST_KINDS] = {
        [OF_MACHINE] = plant->machine_count,
        [OF_UPKEEP] = plant->machine_count,
        [OF_SENSOR] = plant->sensor_count,
        [OF_ALARMS] = plant->sensor_count,
    };
    for (size_t k = 0; k < MBP_LATEST_KINDS; k++) {
        latest->at[k] = calloc(counts[k] + 1, sizeof *latest->at[k]);
        latest->count[k] = latest->at[k] != NULL ? counts[k] : 0;
    }
}

void mbp_latest_free(struct mbp_latest *latest)
{
    for (size_t k = 0; k < MBP_LATEST_KINDS; k++)
        free(latest->at[k]);
    *latest = (struct mbp_latest){0};
}

/* NULL: a record that is kept in any case. */
static uint32_t *place_of(const struct mbp_latest *latest, const struct mbp_record *record)
{
    size_t kind;
    uint32_t index;
    switch ((enum mbp_record_kind)record->kind) {
    case MBP_RECORD_MACHINE:
        kind = OF_MACHINE;
        index = record->of.machine.machine;
        break;
    case MBP_RECORD_UPKEEP:
        kind = OF_UPKEEP;
        index = record->of.upkeep.machine;
        break;
    case MBP_RECORD_SENSOR:
        kind = OF_SENSOR;
        index = record->of.sensor.sensor;
        break;
    case MBP_RECORD_ALARMS:
        kind = OF_ALARMS;
        index = record->of.alarms.sensor;
        break;
    case MBP_RECORD_EVENT:
    case MBP_RECORD_SETTING:
    case MBP_RECORD_FAULT:
    case MBP_RECORD_PLANT:
    case MBP_RECORD_CHECKPOINT:
    case MBP_RECORD_TAGS:
    case MBP_RECORD_ACTOR:
    case MBP_RECORD_COMMENT:
    case MBP_RECORD_NOTHING:
    case MBP_RECORD_FORGET:
    case MBP_RECORD_KINDS:
    default:
        return NULL;
    }
    return index < latest->count[kind] ? &latest->at[kind][index] : NULL;
}

/* A ring holds fewer than 2^32 slots, so the lower half of a position tells them apart. */
void mbp_latest_note(struct mbp_latest *latest, const struct mbp_record *record, uint64_t position)
{
    uint32_t *place = place_of(latest, record);
    if (place != NULL)
        *place = (uint32_t)position;
}

bool mbp_latest_is_outdated(const struct mbp_latest *latest, const struct mbp_record *record, uint64_t position)
{
    const uint32_t *place = place_of(latest, record);
    return place != NULL && *place != (uint32_t)position;
}
