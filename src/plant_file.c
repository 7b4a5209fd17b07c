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
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return false;
    size_t got = 0;
    bool same = true;
    while (same && (got = fread(chunk, 1, sizeof chunk, file)) > 0) {
        same = got <= text.len - at && memcmp(chunk, text.bytes + at, got) == 0;
        at += got;
    }
    same = same && ferror(file) == 0 && at == text.len;
    fclose(file);
    return same;
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

static enum mbp_status write_draft(const struct plant_file_draft *draft, struct mbp_text text)
{
    struct stat was;
    mode_t mode = stat(draft->target, &was) == 0 ? was.st_mode & 07777 : MODE_OF_A_NEW_ONE;
    int fd = open(draft->draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0)
        return MBP_ERR_IO;
    bool ok = write_all(fd, text) && fchmod(fd, mode) == 0 && fsync(fd) == 0;
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
    forget(draft);
    return MBP_OK;
}

void plant_file_drop(struct plant_file_draft *draft)
{
    if (draft->draft != NULL)
        unlink(draft->draft);
    forget(draft);
}
