/* The file's layout: a page with what it is and two commits, of which the newer whole one counts; the ring's slots; the
 * room of who hands over. */
#include "tail.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define TAIL_MODE  0640
#define PAGE       4096u
#define BYTES_MAX  (UINT64_C(1) << 30)
#define MAGIC      UINT64_C(0x6C6961742D70626D) /* "mbp-tail" */
#define FORMAT     4u
#define COMMITS_AT 256u

/* What it is. */
struct head {
    uint64_t magic, layout, run, slot_count, sum;
};

/* What is in force. */
struct commit {
    uint64_t number, handed, room_at, room_bytes;
    uint8_t note[MBP_JOURNAL_NOTE_MAX];
    uint64_t sum;
};

static_assert(sizeof(struct head) <= COMMITS_AT, "the head fits before the commits");
static_assert(COMMITS_AT + 2 * sizeof(struct commit) <= PAGE, "all of it fits a page");

static uint64_t layout_of_records(void)
{
    const uint64_t parts[] = {FORMAT,
                              sizeof(struct mbp_record),
                              sizeof(struct mbp_event),
                              sizeof(struct mbp_retained_machine),
                              sizeof(struct mbp_retained_sensor),
                              sizeof(struct mbp_retained_alarms),
                              sizeof(struct mbp_retained_upkeep),
                              sizeof(struct mbp_retained_setting),
                              sizeof(struct mbp_retained_fault),
                              sizeof(struct mbp_actor),
                              sizeof(struct mbp_comment_piece),
                              sizeof(struct commit),
                              MBP_RECORD_KINDS};
    return mbp_hash(parts, sizeof parts);
}

static uint64_t sum_of_head(const struct head *head)
{
    return mbp_checksum(MAGIC, head, offsetof(struct head, sum));
}

/* A commit of another database is none. */
static uint64_t sum_of_commit(const struct commit *commit, uint64_t run)
{
    return mbp_checksum(run, commit, offsetof(struct commit, sum));
}

static uint64_t pages(uint64_t bytes)
{
    return (bytes + PAGE - 1) / PAGE * PAGE;
}

/* ---- this run's ------------------------------------------------------------------------------------------------- */

/* All of it now: a page that found no room on the disk when it is first touched would end the process. A file system
 * that writes elsewhere than where it was is asked not to. */
static int take_space(int fd, uint64_t at, uint64_t bytes)
{
    int error;
    do
        error = posix_fallocate(fd, (off_t)at, (off_t)bytes);
    while (error == EINTR);
    return error;
}

static void *map(int fd, uint64_t at, uint64_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)at);
    return memory == MAP_FAILED ? NULL : memory;
}

static int open_beside(const char *path)
{
    struct stat status;
    int flags = FS_NOCOW_FL;
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, TAIL_MODE);
    if (fd < 0)
        return -1;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_nlink != 1 || ftruncate(fd, 0) != 0) {
        close(fd);
        errno = EMLINK;
        return -1;
    }
    (void)ioctl(fd, FS_IOC_SETFLAGS, &flags);
    return fd;
}

static void write_head(struct mbp_tail *tail, uint64_t run)
{
    struct head head = {MAGIC, layout_of_records(), run, tail->slots_bytes / MBP_RING_SLOT_BYTES, 0};
    head.sum = sum_of_head(&head);
    memcpy(tail->head, &head, sizeof head);
}

static char *path_beside(const struct mbp_tail *tail)
{
    char *beside = NULL;
    return asprintf(&beside, "%s.new", tail->path) < 0 ? NULL : beside;
}

static enum mbp_status make(struct mbp_tail *tail, const char *beside)
{
    tail->fd = open_beside(beside);
    if (tail->fd < 0)
        return MBP_ERR_IO;
    uint64_t bytes = PAGE + pages(tail->slots_bytes);
    errno = take_space(tail->fd, 0, bytes);
    if (errno != 0)
        return MBP_ERR_IO;
    tail->head = map(tail->fd, 0, PAGE);
    tail->slots = map(tail->fd, PAGE, pages(tail->slots_bytes));
    return tail->head == NULL || tail->slots == NULL ? MBP_ERR_IO : MBP_OK;
}

enum mbp_status mbp_tail_open(struct mbp_tail *tail, const char *path, uint64_t run, size_t slots_bytes)
{
    *tail = (struct mbp_tail){.fd = -1, .slots_bytes = slots_bytes, .path = strdup(path)};
    char *beside = tail->path != NULL ? path_beside(tail) : NULL;
    enum mbp_status status = beside == NULL ? MBP_ERR_MEMORY : make(tail, beside);
    if (status == MBP_OK) {
        write_head(tail, run);
    } else {
        int error = errno;
        if (beside != NULL && tail->fd >= 0)
            unlink(beside);
        mbp_tail_close(tail);
        errno = error;
    }
    free(beside);
    return status;
}

static void unmap(struct mbp_tail_room *room)
{
    if (room->memory != NULL)
        munmap(room->memory, room->bytes);
    *room = (struct mbp_tail_room){0};
}

void *mbp_tail_take_room(struct mbp_tail *tail, size_t bytes)
{
    if (tail->fd < 0)
        return NULL;
    uint64_t first = PAGE + pages(tail->slots_bytes);
    const struct mbp_tail_room *in_force = tail->former.memory != NULL ? &tail->former : &tail->room;
    struct mbp_tail_room room = {.at = first, .bytes = pages(bytes)};
    if (in_force->memory != NULL && first + room.bytes > in_force->at)
        room.at = in_force->at + in_force->bytes;
    errno = room.at + room.bytes > BYTES_MAX ? EFBIG : take_space(tail->fd, room.at, room.bytes);
    if (errno != 0)
        return NULL;
    room.memory = map(tail->fd, room.at, room.bytes);
    if (room.memory == NULL)
        return NULL;
    if (tail->former.memory != NULL)
        unmap(&tail->room); /* it never came in force */
    else
        tail->former = tail->room;
    tail->room = room;
    return room.memory;
}

/* The other run's file goes when this one is whole. */
static void put_in_place(struct mbp_tail *tail)
{
    char *beside = path_beside(tail);
    if (beside != NULL && rename(beside, tail->path) == 0)
        tail->in_place = true;
    free(beside);
}

void mbp_tail_commit(struct mbp_tail *tail, uint64_t handed)
{
    if (tail->fd < 0)
        return;
    struct head head;
    struct commit commit = {++tail->commits, handed, tail->room.at, tail->room.bytes, {0}, 0};
    memcpy(&head, tail->head, sizeof head);
    memcpy(commit.note, tail->note, sizeof commit.note);
    commit.sum = sum_of_commit(&commit, head.run);
    /* What the commit speaks of is there before it is. */
    atomic_signal_fence(memory_order_seq_cst);
    memcpy((uint8_t *)tail->head + COMMITS_AT + commit.number % 2 * sizeof commit, &commit, sizeof commit);
    atomic_signal_fence(memory_order_seq_cst);
    unmap(&tail->former);
    if (!tail->in_place)
        put_in_place(tail);
}

void mbp_tail_close(struct mbp_tail *tail)
{
    unmap(&tail->room);
    unmap(&tail->former);
    if (tail->head != NULL)
        munmap(tail->head, PAGE);
    if (tail->slots != NULL)
        munmap(tail->slots, pages(tail->slots_bytes));
    if (tail->fd >= 0)
        close(tail->fd);
    free(tail->path);
    *tail = (struct mbp_tail){.fd = -1};
}

/* ---- one that another run left ---------------------------------------------------------------------------------- */

/* The newer whole one; false: none is. */
static bool find_commit(const uint8_t *bytes, size_t len, uint64_t run, struct commit *out)
{
    bool found = false;
    for (unsigned i = 0; i < 2; i++) {
        struct commit commit;
        memcpy(&commit, bytes + COMMITS_AT + i * sizeof commit, sizeof commit);
        if (commit.sum != sum_of_commit(&commit, run) || commit.room_at > len ||
            commit.room_bytes > len - commit.room_at || commit.room_at % PAGE != 0)
            continue;
        if (!found || commit.number > out->number)
            *out = commit;
        found = true;
    }
    return found;
}

static bool is_power_of_two(uint64_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

enum mbp_status mbp_tail_parse(uint8_t *bytes, size_t len, uint64_t run, uint64_t position, struct mbp_tail_left *out)
{
    struct head head;
    struct commit commit = {0};
    if (len < PAGE)
        return MBP_ERR_CORRUPT;
    memcpy(&head, bytes, sizeof head);
    if (head.magic != MAGIC)
        return MBP_ERR_CORRUPT;
    if (head.layout != layout_of_records()) /* before the sum, which another version may make otherwise */
        return MBP_ERR_NEWER;
    if (head.sum != sum_of_head(&head))
        return MBP_ERR_CORRUPT;
    if (head.run != run)
        return MBP_ERR_RANGE;
    if (!is_power_of_two(head.slot_count) || head.slot_count > (len - PAGE) / MBP_RING_SLOT_BYTES ||
        !find_commit(bytes, len, run, &commit))
        return MBP_ERR_CORRUPT;
    if (commit.handed < position)
        return MBP_ERR_MISSING; /* a later run had none, and went on */
    if (commit.handed - position > head.slot_count)
        return MBP_ERR_RANGE;
    *out = (struct mbp_tail_left){.bytes = bytes,
                                  .slots = bytes + PAGE,
                                  .room = bytes + commit.room_at,
                                  .slot_count = head.slot_count,
                                  .position = position,
                                  .handed = commit.handed,
                                  .room_bytes = commit.room_bytes};
    memcpy(out->note, commit.note, sizeof out->note);
    return MBP_OK;
}

static enum mbp_status read_all(int fd, uint8_t **bytes, size_t *len)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || (uint64_t)status.st_size > BYTES_MAX)
        return MBP_ERR_CORRUPT;
    size_t size = (size_t)status.st_size;
    size_t got = 0;
    *bytes = malloc(size + 1);
    if (*bytes == NULL)
        return MBP_ERR_MEMORY;
    while (got < size) {
        ssize_t n = pread(fd, *bytes + got, size - got, (off_t)got);
        if (n < 0 && errno != EINTR)
            return MBP_ERR_IO;
        if (n == 0)
            break;
        got += n > 0 ? (size_t)n : 0;
    }
    *len = got;
    return MBP_OK;
}

enum mbp_status mbp_tail_load(const char *path, uint64_t run, uint64_t position, struct mbp_tail_left *out)
{
    uint8_t *bytes = NULL;
    size_t len = 0;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? MBP_ERR_MISSING : MBP_ERR_IO;
    enum mbp_status status = read_all(fd, &bytes, &len);
    close(fd);
    if (status == MBP_OK)
        status = mbp_tail_parse(bytes, len, run, position, out);
    if (status != MBP_OK)
        free(bytes);
    return status;
}

bool mbp_tail_next(struct mbp_tail_left *left, struct mbp_record *record)
{
    if (left->position >= left->handed || left->damaged)
        return false;
    uint64_t next = mbp_ring_left(left->slots, left->slot_count, left->position, record);
    left->damaged = next == 0 || next > left->handed;
    if (!left->damaged)
        left->position = next;
    return !left->damaged;
}
