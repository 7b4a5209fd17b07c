/* The log's own checksums, page by page. */
#include "wal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEADER_LEN       32u
#define FRAME_HEADER_LEN 24u
#define MAGIC            0x377F0682u /* its last bit: checksums of big-endian words */
#define PAGE_MAX         65536u

struct log {
    int fd;
    bool big_endian;
    uint32_t page_bytes;
    uint32_t salt[2];
    uint32_t sum[2]; /* up to where it was read */
    uint8_t *frame;
};

/* What is in it. */
struct found {
    uint32_t committed; /* pages up to the last commit whose checksum is right */
    uint32_t bad;       /* the first page that is not right, from 1; 0 = all are */
    uint32_t behind;    /* commits of the same log behind that */
    bool goes_on;       /* and pages behind the first of those: of a transaction that began after it */
};

static uint32_t big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint32_t word_at(const struct log *log, const uint8_t *bytes)
{
    return log->big_endian ? big_endian(bytes)
                           : (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

static void sum_up(const struct log *log, const uint8_t *bytes, size_t len, uint32_t sum[2])
{
    for (size_t i = 0; i < len; i += 8) {
        sum[0] += word_at(log, bytes + i) + sum[1];
        sum[1] += word_at(log, bytes + i + 4) + sum[0];
    }
}

/* False: a header that nothing can be read by. */
static bool read_header(struct log *log, const uint8_t header[HEADER_LEN])
{
    uint32_t magic = big_endian(header);
    log->big_endian = (magic & 1) != 0;
    log->page_bytes = big_endian(header + 8);
    log->salt[0] = big_endian(header + 16);
    log->salt[1] = big_endian(header + 20);
    sum_up(log, header, 24, log->sum);
    return (magic & ~1u) == MAGIC && log->sum[0] == big_endian(header + 24) && log->sum[1] == big_endian(header + 28) &&
           log->page_bytes >= 512 && log->page_bytes <= PAGE_MAX && (log->page_bytes & (log->page_bytes - 1)) == 0;
}

static bool is_of_log(const struct log *log)
{
    return big_endian(log->frame + 8) == log->salt[0] && big_endian(log->frame + 12) == log->salt[1];
}

/* Whether the page that was read follows those before it. */
static bool is_right(struct log *log)
{
    uint32_t sum[2] = {log->sum[0], log->sum[1]};
    sum_up(log, log->frame, 8, sum);
    sum_up(log, log->frame + FRAME_HEADER_LEN, log->page_bytes, sum);
    if (!is_of_log(log) || sum[0] != big_endian(log->frame + 16) || sum[1] != big_endian(log->frame + 20))
        return false;
    memcpy(log->sum, sum, sizeof sum);
    return true;
}

static void take_frame(struct log *log, uint32_t number, struct found *found)
{
    bool commits = big_endian(log->frame + 4) != 0;
    if (found->bad == 0 && is_right(log)) {
        found->committed = commits ? number : found->committed;
        return;
    }
    if (found->bad == 0)
        found->bad = number;
    if (!is_of_log(log))
        return;
    found->goes_on = found->goes_on || found->behind > 0;
    found->behind += commits;
}

static enum mbp_status read_frames(struct log *log, struct found *found)
{
    size_t len = FRAME_HEADER_LEN + log->page_bytes;
    log->frame = malloc(len);
    if (log->frame == NULL)
        return MBP_ERR_MEMORY;
    for (uint32_t number = 1;; number++) {
        ssize_t got = pread(log->fd, log->frame, len, (off_t)HEADER_LEN + (off_t)(number - 1) * (off_t)len);
        if (got < 0)
            return MBP_ERR_IO;
        if (got < (ssize_t)len)
            return MBP_OK;
        take_frame(log, number, found);
    }
}

static enum mbp_status say_damaged(const char *path, const char *why, FILE *errors)
{
    fprintf(errors,
            "%s-wal is damaged (%s): events that were stored are in it and cannot be read; put back a copy of it and "
            "the journal, or move both away to start a new journal\n",
            path, why);
    return MBP_ERR_CORRUPT;
}

/* Of a transaction that was broken off any page may be missing, and its end may be there; but there is only one such,
 * the last, for the next one begins when that is on the disk. */
static enum mbp_status judge(const char *path, const struct log *log, const struct found *found,
                             const struct mbp_mark *mark, FILE *errors)
{
    bool marked = mark->open && mark->frames > 0 && mark->salt[0] == log->salt[0] && mark->salt[1] == log->salt[1];
    char why[96];
    snprintf(why, sizeof why, "page %u of it does not follow those before it", found->bad);
    if (found->bad != 0 && found->behind > 0 && found->goes_on)
        return say_damaged(path, why, errors);
    if (marked && found->committed < mark->frames && found->bad != 0)
        return say_damaged(path, why, errors);
    snprintf(why, sizeof why, "%u of %u pages are missing", marked ? mark->frames - found->committed : 0, mark->frames);
    return marked && found->committed < mark->frames ? say_damaged(path, why, errors) : MBP_OK;
}

static bool is_empty(const uint8_t header[HEADER_LEN])
{
    static const uint8_t nothing[HEADER_LEN];
    return memcmp(header, nothing, HEADER_LEN) == 0;
}

enum mbp_status mbp_wal_check(const char *path, const struct mbp_mark *mark, FILE *errors)
{
    char name[PATH_MAX];
    uint8_t header[HEADER_LEN];
    struct found found = {0};
    struct log log = {0};
    enum mbp_status status = MBP_OK;
    snprintf(name, sizeof name, "%s-wal", path);
    log.fd = open(name, O_RDONLY | O_CLOEXEC);
    if (log.fd < 0 && errno == ENOENT)
        return MBP_OK;
    ssize_t len = log.fd < 0 ? -1 : pread(log.fd, header, HEADER_LEN, 0);
    if (len < 0) {
        fprintf(errors, "%s cannot be read (%s): look at the disk and the permissions\n", name, strerrordesc_np(errno));
        status = MBP_ERR_IO;
    } else if (len == (ssize_t)HEADER_LEN && !is_empty(header)) {
        status = read_header(&log, header) ? read_frames(&log, &found)
                                           : say_damaged(path, "its beginning is not that of a log", errors);
        if (status == MBP_OK)
            status = judge(path, &log, &found, mark, errors);
    }
    free(log.frame);
    if (log.fd >= 0)
        close(log.fd);
    return status;
}
