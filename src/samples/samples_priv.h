/* What the files of this stage share. */
#ifndef MBP_SAMPLES_PRIV_H
#define MBP_SAMPLES_PRIV_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "mbplant/base/bell.h"
#include "mbplant/samples.h"

#define SAMPLES_MINUTE_MS    UINT64_C(60000)
#define SAMPLES_HOUR_MS      UINT64_C(3600000)
#define SAMPLES_CHANGE_HOURS 24u  /* that changes are kept */
#define SAMPLES_MINUTE_HOURS 720u /* that minutes are kept */

/* ---- gathered: from the scan to the thread ----------------------------------------------------------------------- */

struct samples_change {
    uint64_t time_ms;
    double value;
    uint32_t sensor;
};

/* A minute of a sensor; count 0 = nothing is known. */
struct samples_minute {
    double sum, least, most;
    uint32_t count;
};

struct mbp_samples_gathered {
    uint32_t sensors;
    char *names; /* one after another, each with its end */
    uint64_t max_bytes;
    const struct mbp_report_rule **rules; /* of each sensor; NULL = each change. They stand behind the array */

    /* the scan's */
    struct samples_change *known;   /* what was noted last of each sensor; time_ms 0 = nothing */
    struct samples_minute *minutes; /* the one that runs */
    uint64_t minute;                /* since 1970; 0 = none has begun */

    /* from the scan to the thread: changes in a ring of a power of two */
    struct samples_change *ring;
    uint32_t ring_size;
    atomic_uint head, tail;
    /* ... and a minute that has ended, while handed_minute is not 0 */
    struct samples_minute *handed;
    _Atomic uint64_t handed_minute;
    atomic_bool ended;                           /* nothing more is noted: another plant has followed */
    _Atomic(struct mbp_samples_gathered *) next; /* what is noted of that */

    /* the thread's */
    sqlite3_int64 *tags; /* the sensors' numbers in the database; 0 = not asked yet */
};

/* ---- a chunk: changes of one sensor in an hour, as bytes ----------------------------------------------------------
 */

#define SAMPLES_CHUNK_MAX 4096u                  /* bytes of one */
#define SAMPLES_ENTRY_MAX (10u + sizeof(double)) /* of one change in it */

struct samples_chunk {
    uint8_t bytes[SAMPLES_CHUNK_MAX];
    uint32_t len;
    uint64_t begin_ms, last_ms;
};

/* False: it is full, or the time does not go on in its hour. An empty one takes any. */
bool samples_chunk_add(struct samples_chunk *chunk, uint64_t time_ms, double value);

/* Where one is in the reading of a chunk's bytes. */
struct samples_reading {
    const uint8_t *bytes;
    uint32_t len, at;
    uint64_t time_ms; /* of the last one; in the beginning the chunk's */
    double value;
};

/* The next one; false: there is none, or the bytes are damaged. */
bool samples_reading_next(struct samples_reading *reading);

/* ---- the database --------------------------------------------------------------------------------------------------
 */

struct samples_db {
    sqlite3 *db; /* NULL = not open */
    sqlite3_stmt *begin, *commit, *rollback, *add_tag, *find_tag, *add_minute, *add_change;
    uint64_t max_bytes;
    uint64_t stored_hour; /* of what was stored last; 0 = nothing yet */
};

/* Opens it, or makes it. Errors: MBP_ERR_CORRUPT (damaged, of another program or another version), MBP_ERR_IO,
 * MBP_ERR_MEMORY; why has a text then. */
enum mbp_status samples_db_open(struct samples_db *db, const char *folder, char *why, size_t size);
void samples_db_close(struct samples_db *db);

/* All that return an int return SQLite's code. */
int samples_run(sqlite3_stmt *statement); /* one that gives no rows */
int samples_db_limit(struct samples_db *db, uint64_t max_bytes);
int samples_db_tag(struct samples_db *db, const char *name, sqlite3_int64 *tag);
int samples_db_put_minute(struct samples_db *db, sqlite3_int64 tag, uint64_t minute, const struct samples_minute *of);
int samples_db_put_chunk(struct samples_db *db, sqlite3_int64 tag, const struct samples_chunk *chunk);

/* Removes what is too old, and the oldest of what is too much. *removed: something went. */
int samples_db_retain(struct samples_db *db, bool *removed);

/* Opens it for reading. Errors as mbp_samples_read. */
enum mbp_status samples_db_open_to_read(const char *folder, sqlite3 **out);

/* ---- the thread -----------------------------------------------------------------------------------------------------
 */

struct mbp_samples {
    char *folder;
    struct mbp_samples_gathered *noting; /* the scan's */
    struct mbp_samples_gathered *first;  /* the thread's: what it takes from */
    struct samples_db db;
    struct samples_change *taken; /* the thread's room for a ring */
    uint32_t taken_size;
    pthread_t thread;
    struct mbp_bell work, done;
    atomic_uint asked, answered; /* flushes */
    atomic_bool stop;
    bool given_up; /* the database cannot be used */
    bool troubled; /* ... just now */
    _Atomic uint64_t lost;
};

void *samples_thread(void *samples);

#endif
