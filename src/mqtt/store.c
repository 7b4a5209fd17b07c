/* The file of values that wait. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC      0x336D627071747421u /* "mbpqtt!" and a version, as a number */
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

void mqtt_record_put_part(struct mqtt_record *record, const char *text, size_t len)
{
    uint8_t bytes[24] = {[23] = 1}; /* so that it is no record without a time */
    uint64_t words[3];
    memcpy(bytes, text, len < MQTT_STORE_PART ? len : MQTT_STORE_PART);
    memcpy(words, bytes, sizeof words);
    *record =
        (struct mqtt_record){.time_ms = words[2], .bits = words[0], .hash = words[1], .type = MQTT_STORE_TEXT_PART};
}

void mqtt_record_part(const struct mqtt_record *record, char text[MQTT_STORE_PART])
{
    const uint64_t words[3] = {record->bits, record->hash, record->time_ms};
    memcpy(text, words, MQTT_STORE_PART);
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

static uint64_t capacity_of(uint64_t max_bytes)
{
    uint64_t records = max_bytes > HEAD_BYTES ? (max_bytes - HEAD_BYTES) / sizeof(struct stored) : 0;
    return records > 0 ? records : 1;
}

static enum mbp_status open_file(const char *path, int flags, struct mqtt_store **out)
{
    struct mqtt_store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return MBP_ERR_MEMORY;
    store->capacity = 1; /* until it is known: never 0 */
    store->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, FILE_MODE);
    if (store->fd < 0) {
        free(store);
        return MBP_ERR_IO;
    }
    *out = store;
    return MBP_OK;
}

/* The newest that fit. */
static enum mbp_status copy(const struct mqtt_store *from, struct mqtt_store *to)
{
    struct mqtt_record records[MQTT_STORE_BATCH];
    uint64_t count = from->next - from->first, at = from->next - (count < to->capacity ? count : to->capacity);
    enum mbp_status status = write_head(to);
    while (status == MBP_OK && at < from->next) {
        uint64_t left = from->next - at;
        uint32_t got = mqtt_store_read(from, at, left < MQTT_STORE_BATCH ? (uint32_t)left : MQTT_STORE_BATCH, records);
        if (got == 0)
            return MBP_ERR_IO;
        mqtt_store_add(to, records, got, &status);
        at += got;
    }
    return status == MBP_OK && fsync(to->fd) != 0 ? MBP_ERR_IO : status;
}

/* What stands in a file of another size goes into one of this, which takes its place. */
static void resize(struct mqtt_store *store, const char *path, uint64_t capacity)
{
    char fresh[PATH_MAX];
    struct mqtt_store *other = NULL;
    int len = snprintf(fresh, sizeof fresh, "%s.new", path);
    if (len < 0 || (size_t)len >= sizeof fresh || open_file(fresh, O_TRUNC, &other) != MBP_OK)
        return;
    other->capacity = capacity;
    bool good = copy(store, other) == MBP_OK && rename(fresh, path) == 0;
    if (good) {
        int old = store->fd;
        mbp_file_sync_folder(path);
        *store = *other;
        other->fd = old;
    } else {
        unlink(fresh);
    }
    mqtt_store_close(other);
}

enum mbp_status mqtt_store_open(const char *folder, const char *file, uint64_t max_bytes, struct mqtt_store **out)
{
    char path[PATH_MAX];
    bool is_new = false;
    struct mqtt_store *store = NULL;
    int len = snprintf(path, sizeof path, "%s/%s", folder, file);
    enum mbp_status status = len > 0 && (size_t)len < sizeof path ? open_file(path, 0, &store) : MBP_ERR_IO;
    if (status == MBP_OK)
        status = read_head(store, &is_new);
    if (status == MBP_OK && is_new) {
        store->capacity = capacity_of(max_bytes);
        status = write_head(store);
    } else if (status == MBP_OK) {
        find_end(store);
        if (store->capacity != capacity_of(max_bytes))
            resize(store, path, capacity_of(max_bytes));
    }
    if (status == MBP_OK)
        *out = store;
    else
        mqtt_store_close(store);
    return status;
}

uint64_t mqtt_store_capacity(const struct mqtt_store *store)
{
    return store->capacity;
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
