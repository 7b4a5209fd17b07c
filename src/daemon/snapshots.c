/* Snapshots in files. The disk is for a thread of its own; what is copied out of the plant, or put back into it, for
 * the loop's. */
#include "snapshots.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mbplant/event/comment.h"
#include "mbplant/image/naming.h"
#include "mbplant/scan/packed.h"
#include "mbplant/work.h"

#define ENDING      ".snapshot"
#define SNAPSHOTS   500u /* so many at most */
#define BYTES_MAX   ((size_t)1 << 30)
#define FOLDER_MODE 0750
#define FILE_MODE   0640

struct snapshot_job {
    struct daemon *daemon;
    struct mbp_work *work; /* NULL = a restore that waits for its turn */
    struct mbp_named_asked asked;
    char folder[sizeof((struct daemon *)NULL)->data_dir + 16];
    struct mbp_plant plant_seen; /* its text, to tell others' from: a copy that outlives a reload */
    char *text;
    char *bytes; /* to write, or that were read */
    size_t len;
    char *list;
    char said[512]; /* why not; "" = it is done */
};

static void free_job(struct snapshot_job *job)
{
    free(job->text);
    free(job->bytes);
    free(job->list);
    free(job);
}

/* ---- files, in the thread ---------------------------------------------------------------------------------------- */

static void file_of(const struct snapshot_job *job, char name[NAME_MAX + 1])
{
    snprintf(name, NAME_MAX + 1, "%s%s", job->asked.name, ENDING);
}

/* In words what a file is that cannot be restored; NULL = it can. */
static const char *trouble(enum mbp_status status)
{
    switch ((int)status) {
    case MBP_OK:
        return NULL;
    case MBP_ERR_FORMAT:
        return "is no snapshot";
    case MBP_ERR_NEWER:
        return "is of another version of mbplantd";
    case MBP_ERR_RANGE:
        return "is of another plant file";
    case MBP_ERR_CORRUPT:
        return "is damaged, or a part of it is missing";
    default:
        return mbp_status_text(status);
    }
}

/* Snapshots that cannot be read are listed too: whoever looks wants to know. */
static void list_one(const struct snapshot_job *job, const char *file, FILE *out)
{
    int fd = -1;
    struct stat entry = {0};
    struct mbp_packed head = {0};
    size_t stem = strlen(file) - strlen(ENDING);
    enum mbp_status status = mbp_file_open_below(job->folder, file, &fd);
    if (status == MBP_OK) {
        char bytes[sizeof head];
        ssize_t got = fstat(fd, &entry) == 0 ? read(fd, bytes, sizeof bytes) : -1;
        status = got < 0 ? MBP_ERR_IO : mbp_packed_read(bytes, (size_t)got, false, &head);
        if (status == MBP_OK && (uint64_t)entry.st_size != sizeof head + head.state_len)
            status = MBP_ERR_CORRUPT;
        if (status == MBP_OK && !mbp_packed_is_of(&head, &job->plant_seen))
            status = MBP_ERR_RANGE;
        close(fd);
    }
    fprintf(out, "%.*s\t%llu\t%llu\t%llu\t%llu\t%lld\t%s\n", (int)stem, file, (unsigned long long)head.scan,
            (unsigned long long)(head.sim_ns / MBP_NS_PER_MS), (unsigned long long)head.wall_ms,
            (unsigned long long)head.seed, (long long)entry.st_size, status == MBP_OK ? "" : trouble(status));
}

static int is_snapshot(const struct dirent *entry)
{
    char stem[NAME_MAX + 1];
    size_t len = strlen(entry->d_name);
    size_t ending = strlen(ENDING);
    if (len <= ending || strcmp(entry->d_name + len - ending, ENDING) != 0)
        return 0;
    snprintf(stem, sizeof stem, "%.*s", (int)(len - ending), entry->d_name);
    return mbp_file_name_check(stem, MBP_NAMED_MAX) == NULL;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Returns how many there are. */
static size_t list(struct snapshot_job *job)
{
    struct dirent **entries = NULL;
    size_t len;
    int count = scandir(job->folder, &entries, is_snapshot, by_name); /* -1: there is no folder yet */
    free(job->list);
    job->list = NULL;
    FILE *out = open_memstream(&job->list, &len);
    for (int i = 0; i < count; i++) {
        if (out != NULL)
            list_one(job, entries[i]->d_name, out);
        free(entries[i]);
    }
    free(entries);
    if (out != NULL)
        fclose(out);
    return count > 0 ? (size_t)count : 0;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t put = write(fd, bytes, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes += put;
        len -= (size_t)put;
    }
    return true;
}

/* Whole under its name, or not at all: one that has the name stays as it is until then. */
static bool write_file(const struct snapshot_job *job, const char *path, const char *draft)
{
    unlink(draft);
    int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return false;
    bool ok = write_all(fd, job->bytes, job->len) && fsync(fd) == 0;
    int error = errno;
    close(fd);
    if (ok && rename(draft, path) == 0) {
        mbp_file_sync_folder(path);
        return true;
    }
    error = ok ? errno : error;
    unlink(draft);
    errno = error;
    return false;
}

static void take(struct snapshot_job *job)
{
    char name[NAME_MAX + 1];
    char path[sizeof job->folder + sizeof name + 1];
    char draft[sizeof path + 8];
    file_of(job, name);
    snprintf(path, sizeof path, "%s/%s", job->folder, name);
    snprintf(draft, sizeof draft, "%s/.new", job->folder);
    if (list(job) >= SNAPSHOTS && access(path, F_OK) != 0) {
        snprintf(job->said, sizeof job->said, "there are %u snapshots: remove some first", SNAPSHOTS);
        return;
    }
    bool there = mkdir(job->folder, FOLDER_MODE) == 0 || errno == EEXIST;
    if (!there || !write_file(job, path, draft))
        snprintf(job->said, sizeof job->said, "snapshot '%s' cannot be written: %s; nothing was changed",
                 job->asked.name, strerrordesc_np(errno));
}

static enum mbp_status read_file(struct snapshot_job *job, const char *name)
{
    int fd;
    struct stat entry;
    enum mbp_status status = mbp_file_open_below(job->folder, name, &fd);
    if (status != MBP_OK)
        return status;
    bool known = fstat(fd, &entry) == 0 && (uint64_t)entry.st_size <= BYTES_MAX;
    job->bytes = known ? malloc((size_t)entry.st_size + 1) : NULL;
    status = known ? MBP_ERR_MEMORY : MBP_ERR_IO;
    for (ssize_t got = 1; job->bytes != NULL && got > 0 && job->len < (size_t)entry.st_size;) {
        got = read(fd, job->bytes + job->len, (size_t)entry.st_size - job->len);
        job->len += got > 0 ? (size_t)got : 0;
        status = got < 0 ? MBP_ERR_IO : MBP_OK;
    }
    int error = errno;
    close(fd);
    errno = error;
    if (job->bytes != NULL && entry.st_size == 0)
        status = MBP_OK;
    return status;
}

static void none(struct snapshot_job *job)
{
    snprintf(job->said, sizeof job->said, "there is no snapshot '%s'; mbplantctl sim snapshots lists them",
             job->asked.name);
}

static void say_trouble(struct snapshot_job *job, enum mbp_status status, const struct mbp_packed *head)
{
    int len = snprintf(job->said, sizeof job->said, "snapshot '%s' %s", job->asked.name, trouble(status));
    if (status == MBP_ERR_RANGE && len > 0 && (size_t)len < sizeof job->said)
        snprintf(job->said + len, sizeof job->said - (size_t)len,
                 " than the one that runs (of %.63s): it can be restored where that runs", head->plant);
}

/* Reads it, and looks whether it is whole and of this plant. */
static void fetch(struct snapshot_job *job)
{
    char name[NAME_MAX + 1];
    struct mbp_packed head = {0};
    file_of(job, name);
    enum mbp_status status = read_file(job, name);
    if (status == MBP_ERR_IO && errno == ENOENT) {
        none(job);
    } else if (status != MBP_OK) {
        snprintf(job->said, sizeof job->said, "snapshot '%s' cannot be read: %s", job->asked.name,
                 mbp_file_why(status));
    } else {
        status = mbp_packed_read(job->bytes, job->len, true, &head);
        if (status == MBP_OK && !mbp_packed_is_of(&head, &job->plant_seen))
            status = MBP_ERR_RANGE;
        if (status != MBP_OK)
            say_trouble(job, status, &head);
    }
}

static void discard(struct snapshot_job *job)
{
    char name[NAME_MAX + 1];
    char path[sizeof job->folder + sizeof name + 1];
    file_of(job, name);
    snprintf(path, sizeof path, "%s/%s", job->folder, name);
    if (unlink(path) == 0)
        mbp_file_sync_folder(path);
    else if (errno == ENOENT || errno == ENOTDIR)
        none(job);
    else
        snprintf(job->said, sizeof job->said, "snapshot '%s' cannot be removed: %s", job->asked.name,
                 strerrordesc_np(errno));
}

static void work(void *ctx)
{
    struct snapshot_job *job = ctx;
    switch (job->asked.command) {
    case MBP_NAMED_TAKE:
        take(job);
        break;
    case MBP_NAMED_RESTORE:
        fetch(job);
        break;
    case MBP_NAMED_REMOVE:
        discard(job);
        break;
    case MBP_NAMED_NONE:
    case MBP_NAMED_LOOK:
    case MBP_NAMED_COMMAND_COUNT:
        break;
    }
    list(job);
}

/* ---- the plant, in the loop -------------------------------------------------------------------------------------- */

/* The journal says which one, and what the master said with it. */
static uint32_t peer_of(const struct snapshot_job *job)
{
    char text[MBP_COMMENT_MAX + 1];
    struct mbp_image *image = job->daemon->image;
    struct mbp_text said = mbp_image_comment_text(image, MBP_PEER_COMMENT(job->asked.peer.actor));
    size_t room = sizeof text - strlen(job->asked.name) - 3;
    int len = said.len > 0 && said.len <= room
                  ? snprintf(text, sizeof text, "%s: %.*s", job->asked.name, (int)said.len, said.bytes)
                  : snprintf(text, sizeof text, "%s", job->asked.name);
    uint16_t comment = mbp_image_comment(image, (struct mbp_text){text, (size_t)len});
    return MBP_PEER_ACTOR(job->asked.peer.actor) | (uint32_t)comment << 16;
}

static void answer(struct snapshot_job *job)
{
    struct daemon *daemon = job->daemon;
    mbp_image_named_answer(daemon->image, job->said, job->list);
    daemon->snapshot_job = NULL;
    free_job(job);
}

/* False: not yet, for the plant was restored a moment ago. */
static bool restore(struct snapshot_job *job)
{
    struct mbp_packed head = {0};
    enum mbp_status status = mbp_scan_unpack(job->daemon->scan, job->bytes, job->len, peer_of(job));
    if (status == MBP_ERR_BUSY)
        return false;
    if (status != MBP_OK) {
        mbp_packed_read(job->bytes, job->len, false, &head);
        say_trouble(job, status, &head);
    }
    return true;
}

static void on_done(void *ctx)
{
    struct snapshot_job *job = ctx;
    enum mbp_named_command command = job->asked.command;
    job->work = NULL;
    if (job->said[0] == '\0' && command == MBP_NAMED_RESTORE && !restore(job))
        return; /* on_asked tries again */
    if (job->said[0] == '\0' && (command == MBP_NAMED_TAKE || command == MBP_NAMED_REMOVE))
        mbp_scan_tell_snapshot(job->daemon->scan, command == MBP_NAMED_TAKE, peer_of(job));
    answer(job);
}

static struct snapshot_job *new_job(struct daemon *daemon)
{
    struct snapshot_job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return NULL;
    job->daemon = daemon;
    const struct mbp_text text = daemon->plant->text;
    job->text = text.bytes != NULL ? malloc(text.len + 1) : NULL; /* too long a text is not kept */
    if (job->text == NULL && text.bytes != NULL) {
        free_job(job);
        return NULL;
    }
    if (job->text != NULL)
        memcpy(job->text, text.bytes, text.len);
    job->plant_seen.text = (struct mbp_text){job->text, text.len};
    job->plant_seen.text_crc = daemon->plant->text_crc;
    snprintf(job->folder, sizeof job->folder, "%s/snapshots", daemon->data_dir);
    return job;
}

/* What is to be written is copied now, between two scans. */
static void begin(struct daemon *daemon, const struct mbp_named_asked *asked)
{
    struct snapshot_job *job = new_job(daemon);
    enum mbp_status status = job == NULL ? MBP_ERR_MEMORY : MBP_OK;
    if (status == MBP_OK) {
        job->asked = *asked;
        if (asked->command == MBP_NAMED_TAKE)
            status = mbp_scan_pack(daemon->scan, &job->bytes, &job->len);
    }
    if (status == MBP_OK)
        status = mbp_work_start(&daemon->loop, work, on_done, job, &job->work);
    if (status == MBP_OK) {
        daemon->snapshot_job = job;
        return;
    }
    if (job != NULL)
        free_job(job);
    mbp_image_named_answer(daemon->image, "no memory or thread for it\n", NULL);
}

static void on_asked(uv_check_t *check)
{
    struct daemon *daemon = check->data;
    struct snapshot_job *job = daemon->snapshot_job;
    struct mbp_named_asked asked;
    if (job != NULL && job->work == NULL && restore(job))
        answer(job);
    if (daemon->snapshot_job == NULL && mbp_image_named_asked(daemon->image, &asked))
        begin(daemon, &asked);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

void snapshots_open(struct daemon *daemon)
{
    uv_check_init(&daemon->loop, &daemon->snapshots_asked);
    daemon->snapshots_asked.data = daemon;
    uv_check_start(&daemon->snapshots_asked, on_asked);
    struct snapshot_job *job = daemon->plant->instructor ? new_job(daemon) : NULL;
    if (job == NULL)
        return;
    list(job);
    mbp_image_named_show(daemon->image, job->list);
    free_job(job);
}

void snapshots_close(struct daemon *daemon)
{
    uv_close((uv_handle_t *)&daemon->snapshots_asked, NULL);
    if (daemon->snapshot_job != NULL && daemon->snapshot_job->work != NULL)
        mbp_work_leave(daemon->snapshot_job->work);
}

bool snapshots_end(struct daemon *daemon)
{
    struct snapshot_job *job = daemon->snapshot_job;
    if (job == NULL)
        return true;
    if (job->work != NULL && !mbp_work_end(job->work))
        return false;
    free_job(job);
    daemon->snapshot_job = NULL;
    return true;
}
