/* Replacing the plant file. */
#include "plant_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODE_OF_A_NEW_ONE 0644

static char *with_ending(const char *path, const char *ending)
{
    size_t size = strlen(path) + strlen(ending) + 1;
    char *made = malloc(size);
    if (made != NULL)
        snprintf(made, size, "%s%s", path, ending);
    return made;
}

/* Whether the file holds exactly this. */
static bool holds(const char *path, struct mbp_text text)
{
    char chunk[16384];
    size_t at = 0;
    int fd;
    ssize_t got = 0;
    bool same = true;
    if (mbp_file_open(path, &fd) != MBP_OK)
        return false;
    while (same && (got = read(fd, chunk, sizeof chunk)) > 0) {
        same = (size_t)got <= text.len - at && memcmp(chunk, text.bytes + at, (size_t)got) == 0;
        at += (size_t)got;
    }
    close(fd);
    return same && got == 0 && at == text.len;
}

static bool write_all(int fd, struct mbp_text text)
{
    for (size_t at = 0; at < text.len;) {
        ssize_t put = write(fd, text.bytes + at, text.len - at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        at += (size_t)put;
    }
    return true;
}

/* The owner and permissions of the file that it is to replace, as far as they may be given. */
static bool dress(int fd, const struct stat *was)
{
    if (was == NULL)
        return fchmod(fd, MODE_OF_A_NEW_ONE) == 0;
    if (fchown(fd, was->st_uid, was->st_gid) != 0 && fchown(fd, (uid_t)-1, was->st_gid) != 0)
        mbp_log(MBP_LOG_DEBUG, "the plant file's owner and group cannot be kept");
    return fchmod(fd, was->st_mode & 07777) == 0;
}

/* Whatever has the draft's name, left behind or put there, goes; nobody's file is written through it. */
static enum mbp_status write_draft(const struct plant_file_draft *draft, struct mbp_text text)
{
    struct stat was;
    bool replaces = stat(draft->target, &was) == 0;
    unlink(draft->draft);
    int fd = open(draft->draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return MBP_ERR_IO;
    bool ok = write_all(fd, text) && dress(fd, replaces ? &was : NULL) && fsync(fd) == 0;
    int error = errno;
    close(fd);
    if (ok)
        return MBP_OK;
    unlink(draft->draft);
    errno = error;
    return MBP_ERR_IO;
}

enum mbp_status plant_file_prepare(const char *path, struct mbp_text text, struct plant_file_draft *out)
{
    struct plant_file_draft draft = {.target = realpath(path, NULL)};
    if (draft.target == NULL)
        draft.target = with_ending(path, ""); /* it is gone: a new one comes in its place */
    if (draft.target == NULL)
        return MBP_ERR_MEMORY;
    enum mbp_status status = MBP_OK;
    if (!holds(draft.target, text)) {
        draft.draft = with_ending(draft.target, ".new");
        status = draft.draft == NULL ? MBP_ERR_MEMORY : write_draft(&draft, text);
    }
    if (status == MBP_OK) {
        *out = draft;
        return MBP_OK;
    }
    int error = errno;
    free(draft.draft);
    free(draft.target);
    errno = error;
    return status;
}

static void forget(struct plant_file_draft *draft)
{
    free(draft->draft);
    free(draft->target);
    *draft = (struct plant_file_draft){0};
}

/* A second name for the old file, so that the rename that follows is the only moment of change. */
static void keep_old(const char *target)
{
    char *old = with_ending(target, "~");
    if (old == NULL)
        return;
    unlink(old);
    if (link(target, old) != 0 && errno != ENOENT)
        mbp_log(MBP_LOG_WARNING, "%s cannot be kept as %s: %s", target, old, strerrordesc_np(errno));
    free(old);
}

enum mbp_status plant_file_accept(struct plant_file_draft *draft)
{
    if (draft->draft == NULL) {
        forget(draft);
        return MBP_OK;
    }
    keep_old(draft->target);
    if (rename(draft->draft, draft->target) != 0) {
        int error = errno;
        plant_file_drop(draft);
        errno = error;
        return MBP_ERR_IO;
    }
    mbp_file_sync_folder(draft->target);
    forget(draft);
    return MBP_OK;
}

void plant_file_drop(struct plant_file_draft *draft)
{
    if (draft->draft != NULL)
        unlink(draft->draft);
    forget(draft);
}
