/* The file of values that wait. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC      0x316D627071747421u /* "mbpqtt!" and a version, as a number */
#define HEAD_BYTES 64
#define GIVE_BACK  (1 << 20) /* bytes: an empty file that was larger becomes small again */
#define FILE_MODE  0640

struct stored {
    uint64_t time_ms, bits, hash;
    uint32_t metric; /* with type and quality in its upper bits */
    uint32_t check;
};

struct head {
    uint64_t magic, capacity, first;
    uint64_t check;
};

struct mqtt_store {
    int fd;
    uint64_t capacity; /* records */
    uint64_t first, next;
    uint64_t high; /* bytes that the file may have grown to */
    struct stored batch[MQTT_STORE_BATCH];
};

/* ---- records as they stand --------------------------------------------------------------------------------------- */

#define METRIC_BITS 20u /* of the hint; above: the type, and the quality in the highest bit */

static uint32_t check_of(const struct stored *stored, uint64_t number)
{
    return (uint32_t)mbp_checksum(number, stored, offsetof(struct stored, check));
}

static struct stored pack(const struct mqtt_record *record, uint64_t number)
{
    struct stored stored = {.time_ms = record->time_ms, .bits = record->bits, .hash = record->hash};
    stored.metric = (record->metric & ((1u << METRIC_BITS) - 1)) | (uint32_t)record->type << METRIC_BITS |
                    (uint32_t)record->bad << 31;
    stored.check = check_of(&stored, number);
    return stored;
}

static struct mqtt_record unpack(const struct stored *stored, uint64_t number)
{
    if (stored->check != check_of(stored, number))
        return (struct mqtt_record){0};
    return (struct mqtt_record){.time_ms = stored->time_ms,
                                .bits = stored->bits,
                                .hash = stored->hash,
                                .metric = stored->metric & ((1u << METRIC_BITS) - 1),
                                .type = (uint8_t)(stored->metric >> METRIC_BITS & 0xFFu),
                                .bad = stored->metric >> 31 != 0};
}

static off_t place_of(const struct mqtt_store *store, uint64_t number)
{
    return HEAD_BYTES + (off_t)(number % store->capacity * sizeof(struct stored));
}

/* Records from a number on that stand one behind the other in the file. */
static uint32_t in_a_row(const struct mqtt_store *store, uint64_t number, uint32_t count)
{
    uint64_t left = store->capacity - number % store->capacity;
    return count < left ? count : (uint32_t)left;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static enum mbp_status write_head(const struct mqtt_store *store)
{
    struct head head = {.magic = MAGIC, .capacity = store->capacity, .first = store->first};
    head.check = mbp_checksum(0, &head, offsetof(struct head, check));
    return pwrite(store->fd, &head, sizeof head, 0) == (ssize_t)sizeof head ? MBP_OK : MBP_ERR_IO;
}

static enum mbp_status read_head(struct mqtt_store *store, bool *is_new)
{
    struct head head;
    ssize_t len = pread(store->fd, &head, sizeof head, 0);
    *is_new = len == 0;
    if (len == 0)
        return MBP_OK;
    if (len != (ssize_t)sizeof head || head.magic != MAGIC || head.capacity == 0 ||
        head.check != mbp_checksum(0, &head, offsetof(struct head, check)))
        return len < 0 ? MBP_ERR_IO : MBP_ERR_CORRUPT;
    store->capacity = head.capacity;
    store->first = head.first;
    return MBP_OK;
}

/* How far it goes is where the numbers end. A head that is older than the records (a power cut) tells of some that
 * have given way. */
static void find_end(struct mqtt_store *store)
{
    struct mqtt_record record;
    while (mqtt_store_read(store, store->first + store->capacity, 1, &record) == 1 && record.time_ms != 0)
        store->first++;
    store->next = store->first;
    while (store->next - store->first < store->capacity && mqtt_store_read(store, store->next, 1, &record) == 1 &&
           record.time_ms != 0)
        store->next++;
}

/* What stands in a file of another size goes into one of this. */
static enum mbp_status resize(struct mqtt_store *store, uint64_t capacity)
{
    uint64_t count = store->next - store->first, keep = count < capacity ? count : capacity;
    struct mqtt_record *records = malloc((size_t)(keep + 1) * sizeof *records);
    if (records == NULL)
        return MBP_ERR_MEMORY;
    uint64_t from = store->next - keep;
    uint32_t got = 0;
    while (got < keep) {
        uint32_t more = mqtt_store_read(store, from + got, (uint32_t)(keep - got), records + got);
        if (more == 0)
            break;
        got += more;
    }
    store->capacity = capacity;
    store->first = store->next = 0;
    enum mbp_status status = ftruncate(store->fd, 0) == 0 ? write_head(store) : MBP_ERR_IO;
    for (uint32_t at = 0; at < got && status == MBP_OK; at += MQTT_STORE_BATCH)
        mqtt_store_add(store, records + at, got - at < MQTT_STORE_BATCH ? got - at : MQTT_STORE_BATCH, &status);
    free(records);
    return status;
}

enum mbp_status mqtt_store_open(const char *folder, uint64_t max_bytes, struct mqtt_store **out)
{
    char path[PATH_MAX];
    bool is_new = false;
    uint64_t capacity = (max_bytes - HEAD_BYTES) / sizeof(struct stored);
    struct mqtt_store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return MBP_ERR_MEMORY;
    store->fd = -1;
    enum mbp_status status = MBP_ERR_IO;
    int len = snprintf(path, sizeof path, "%s/%s", folder, MQTT_STORE_FILE);
    if (len > 0 && (size_t)len < sizeof path)
        store->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    if (store->fd >= 0)
        status = read_head(store, &is_new);
    if (status == MBP_OK && is_new) {
        store->capacity = capacity;
        status = write_head(store);
    } else if (status == MBP_OK) {
        find_end(store);
        status = store->capacity != capacity ? resize(store, capacity) : MBP_OK;
    }
    if (status == MBP_OK)
        *out = store;
    else
        mqtt_store_close(store);
    return status;
}

void mqtt_store_close(struct mqtt_store *store)
{
    if (store == NULL)
        return;
    int error = errno;
    if (store->fd >= 0)
        close(store->fd);
    free(store);
    errno = error;
}

uint64_t mqtt_store_first(const struct mqtt_store *store)
{
    return store->first;
}

uint64_t mqtt_store_next(const struct mqtt_store *store)
{
    return store->next;
}

/* ---- in and out -------------------------------------------------------------------------------------------------- */

/* The oldest give way to so many more: the head says so before they are overwritten, else nothing would be found
 * after a kill in between. Returns how many. */
static uint64_t make_room(struct mqtt_store *store, uint32_t more, enum mbp_status *status)
{
    uint64_t count = store->next - store->first + more;
    uint64_t gone = count > store->capacity ? count - store->capacity : 0;
    store->first += gone;
    *status = gone > 0 ? write_head(store) : MBP_OK;
    return gone;
}

uint64_t mqtt_store_add(struct mqtt_store *store, const struct mqtt_record *records, uint32_t count,
                        enum mbp_status *status)
{
    uint64_t gone = 0;
    for (uint32_t i = 0; i < count; i++)
        store->batch[i] = pack(&records[i], store->next + i);
    for (uint32_t i = 0, row; i < count; i += row) {
        row = in_a_row(store, store->next, count - i);
        ssize_t bytes = (ssize_t)(row * sizeof store->batch[0]), written = -1;
        uint64_t room = make_room(store, row, status);
        if (*status == MBP_OK)
            written = pwrite(store->fd, store->batch + i, (size_t)bytes, place_of(store, store->next));
        if (written < 0 && room > 0) { /* they are all there */
            int error = errno;
            store->first -= room;
            write_head(store);
            errno = error;
            room = 0;
        }
        gone += room;
        if (written != bytes) {
            *status = MBP_ERR_IO;
            return gone;
        }
        store->next += row;
        uint64_t end = (uint64_t)place_of(store, store->next - 1) + sizeof store->batch[0];
        store->high = end > store->high ? end : store->high;
    }
    return gone;
}

uint32_t mqtt_store_read(const struct mqtt_store *store, uint64_t number, uint32_t max, struct mqtt_record *out)
{
    struct stored row[MQTT_STORE_BATCH];
    uint32_t count = max < MQTT_STORE_BATCH ? max : MQTT_STORE_BATCH;
    count = in_a_row(store, number, count);
    ssize_t len = pread(store->fd, row, count * sizeof row[0], place_of(store, number));
    count = len > 0 ? (uint32_t)((size_t)len / sizeof row[0]) : 0;
    for (uint32_t i = 0; i < count; i++)
        out[i] = unpack(&row[i], number + i);
    return count;
}

void mqtt_store_confirm(struct mqtt_store *store, uint64_t number)
{
    if (number <= store->first || number > store->next)
        return;
    store->first = number;
    write_head(store);
    if (store->first == store->next && store->high > GIVE_BACK && ftruncate(store->fd, HEAD_BYTES) == 0)
        store->high = HEAD_BYTES;
}
