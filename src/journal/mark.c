/* One line of fixed length, written over in place: no room is ever needed for it. */
#include "mark.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK_MODE     0640
#define SYNC_EVERY_NS (60 * MBP_NS_PER_S)

/* "event 0000000160 of 0000000160 open log 1a2b3c4d5e6f7a8b 0000000037 9f86d081\n": the newest event and the highest
 * number, whether the run goes on, salts and pages of the log, CRC-32 of all before it. */
#define LINE_FORMAT "event %010" PRIu32 " of %010" PRIu32 " %-5s log %08" PRIx32 "%08" PRIx32 " %010" PRIu32 " "
#define CRC_AT      68u
#define LINE_LEN    (CRC_AT + 9u)

static const char open_word[] = "open";
static const char ended_word[] = "ended";

static void write_line(const struct mbp_mark *mark, char line[LINE_LEN + 1])
{
    snprintf(line, LINE_LEN + 1, LINE_FORMAT, mark->last, mark->given, mark->open ? open_word : ended_word,
             mark->salt[0], mark->salt[1], mark->frames);
    snprintf(line + CRC_AT, LINE_LEN + 1 - CRC_AT, "%08" PRIx32 "\n", mbp_crc32(0, line, CRC_AT));
}

/* False: it is not such a line. */
static bool read_line(const char line[LINE_LEN + 1], struct mbp_mark *out)
{
    struct mbp_mark mark;
    char word[6];
    char again[LINE_LEN + 1];
    if (sscanf(line, "event %10" SCNu32 " of %10" SCNu32 " %5s log %8" SCNx32 "%8" SCNx32 " %10" SCNu32, &mark.last,
               &mark.given, word, &mark.salt[0], &mark.salt[1], &mark.frames) != 6)
        return false;
    mark.open = strcmp(word, open_word) == 0;
    write_line(&mark, again);
    if (memcmp(line, again, LINE_LEN) != 0)
        return false;
    *out = mark;
    return true;
}

static void store(struct mbp_mark_file *file, bool sync)
{
    char line[LINE_LEN + 1];
    if (!file->usable)
        return;
    write_line(&file->mark, line);
    /* What is not written makes it tell of less, which is no harm. */
    ssize_t put = pwrite(file->fd, line, LINE_LEN, 0);
    if (put == (ssize_t)LINE_LEN && sync)
        fdatasync(file->fd);
}

void mbp_mark_open(const char *path, struct mbp_mark_file *file)
{
    char name[PATH_MAX];
    char line[LINE_LEN + 1] = "";
    struct stat status;
    const char *slash = strrchr(path, '/');
    *file = (struct mbp_mark_file){.fd = -1, .log_fd = -1};
    snprintf(name, sizeof name, "%.*sjournal.last", slash != NULL ? (int)(slash + 1 - path) : 0, path);
    int fd = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, MARK_MODE);
    file->error = errno;
    if (fd >= 0 && (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_nlink != 1)) {
        close(fd);
        fd = -1;
        file->error = EMLINK;
    }
    if (fd < 0)
        return;
    file->fd = fd;
    file->usable = true;
    ssize_t len = pread(fd, line, LINE_LEN, 0);
    file->damaged = len > 0 && !(len == (ssize_t)LINE_LEN && read_line(line, &file->mark));
}

void mbp_mark_begin(struct mbp_mark_file *file, uint32_t last)
{
    uint32_t given = file->mark.given;
    if (!file->usable || file->damaged)
        mbp_log(MBP_LOG_WARNING, "journal.last %s (%s): a journal that loses events will not be noticed by it",
                file->usable ? "is begun anew" : "cannot be used",
                file->usable ? "what stood there is damaged" : strerrordesc_np(file->error));
    file->mark = (struct mbp_mark){.last = last, .given = last > given ? last : given, .open = true};
    store(file, true);
}

static void read_salts(struct mbp_mark_file *file, const char *path)
{
    char name[PATH_MAX];
    uint8_t salts[8];
    snprintf(name, sizeof name, "%s-wal", path);
    if (file->log_fd < 0)
        file->log_fd = open(name, O_RDONLY | O_CLOEXEC);
    bool got = file->log_fd >= 0 && pread(file->log_fd, salts, sizeof salts, 16) == (ssize_t)sizeof salts;
    for (int i = 0; i < 2; i++)
        file->mark.salt[i] = !got ? 0
                                  : (uint32_t)salts[4 * i] << 24 | (uint32_t)salts[4 * i + 1] << 16 |
                                        (uint32_t)salts[4 * i + 2] << 8 | salts[4 * i + 3];
    if (!got)
        file->mark.frames = 0;
}

void mbp_mark_put(struct mbp_mark_file *file, const char *path, uint32_t last, uint32_t frames, uint64_t now_ns)
{
    if (!file->usable)
        return;
    file->mark.last = last;
    file->mark.given = last > file->mark.given ? last : file->mark.given;
    file->mark.frames = frames;
    read_salts(file, path);
    bool sync = now_ns - file->synced_ns >= SYNC_EVERY_NS;
    if (sync)
        file->synced_ns = now_ns;
    store(file, sync);
}

void mbp_mark_end(struct mbp_mark_file *file, const char *path)
{
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s-wal", path);
    file->mark.open = access(name, F_OK) == 0;
    store(file, true);
}

void mbp_mark_close(struct mbp_mark_file *file)
{
    if (file->log_fd >= 0)
        close(file->log_fd);
    if (file->usable)
        close(file->fd);
    *file = (struct mbp_mark_file){.fd = -1, .log_fd = -1};
}
