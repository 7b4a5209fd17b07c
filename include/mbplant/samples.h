/* samples: what sensors showed, kept for trends in a database beside the journal (samples.db in the data directory):
 * of each minute the mean, the least and the most, for 30 days; each change that the sensor's `report` asks for, for
 * 24 hours; both only as long as they fit into the plant's `samples: max_size`, changes go first.
 *
 * The scan's thread notes values in memory that was taken before, and never waits. A thread of its own stores them,
 * every few seconds. What a cut of the power takes is not in the database any more; what could not be stored or noted
 * is counted. A database that is damaged or another program's is left as it is: one warning, and nothing is kept. Times
 * are wall time in ms since 1970, values are in engineering units. */
#ifndef MBPLANT_SAMPLES_H
#define MBPLANT_SAMPLES_H

#include "mbplant/plant.h"
#include "mbplant/state.h"

#define MBP_SAMPLES_FILE        "samples.db"
#define MBP_SAMPLES_SENSORS_MAX 20000u /* of a larger plant a scan would have to do too much: nothing is kept */

struct mbp_samples;
struct mbp_samples_gathered; /* what is noted of one plant */

/* Begins with what is noted of the plant. The database is made when there is something to store. Errors:
 * MBP_ERR_MEMORY, MBP_ERR_IO (no thread). Ownership: mbp_samples_close; folder is copied. */
enum mbp_status mbp_samples_open(const char *folder, const struct mbp_plant *plant, struct mbp_samples **out);

/* Stores what there is and ends. NULL allowed. */
void mbp_samples_close(struct mbp_samples *samples);

/* A scan has run. From one thread; nothing is allocated, and it does not wait. */
void mbp_samples_scanned(struct mbp_samples *samples, const struct mbp_state *state, uint64_t wall_ms);

/* For a plant that may follow: made in another thread, then taken over between two scans (samples owns it from there)
 * or dropped. Errors: MBP_ERR_MEMORY. */
enum mbp_status mbp_samples_prepare(const struct mbp_plant *plant, struct mbp_samples_gathered **out);
void mbp_samples_drop(struct mbp_samples_gathered *next);
void mbp_samples_follow(struct mbp_samples *samples, struct mbp_samples_gathered *next);

/* Waits until all that was noted before is stored, or could not be. */
void mbp_samples_flush(struct mbp_samples *samples);

/* Values that were not kept: there was no room for them until they could be stored, or the disk refused. */
uint64_t mbp_samples_lost(const struct mbp_samples *samples);

/* ---- reading ------------------------------------------------------------------------------------------------------
 */

/* A part of a trend. Nothing is known of it while least > most. */
struct mbp_sample_bucket {
    double least, most, last;
};

/* A sensor's values from a time on, in equal parts. A part of a minute and more is made of minutes: there last is the
 * mean. */
struct mbp_sample_trend {
    uint64_t from_ms; /* when the first part begins */
    uint64_t bucket_ms;
    uint32_t count;
    struct mbp_sample_bucket *buckets; /* the caller's */
    uint64_t changes_from_ms;          /* from then on every change is known; UINT64_MAX = of none */
    uint64_t minutes_from_ms;          /* the same of minutes */
};

/* Makes all parts empty. */
void mbp_sample_trend_clear(struct mbp_sample_trend *trend);

/* Takes a value that the sensor had from one time to another into the parts that it concerns. */
void mbp_sample_trend_add(struct mbp_sample_trend *trend, uint64_t from_ms, uint64_t to_ms,
                          struct mbp_sample_bucket value);

/* Fills the parts with what the database in that folder has of the sensor, and the last two members. By a connection of
 * its own: any thread. Errors: MBP_ERR_MISSING (there is no database yet), MBP_ERR_CORRUPT, MBP_ERR_IO,
 * MBP_ERR_MEMORY. */
enum mbp_status mbp_samples_read(const char *folder, const char *sensor, struct mbp_sample_trend *trend);

#endif
