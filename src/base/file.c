/* Opening and reading files of whatever name, without harm. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mbplant/base.h"
#include "mbplant/base/tr.h"

/* O_NONBLOCK: a FIFO that nobody writes to opens at once, so that it can be looked at. */
#define OPEN_FLAGS (O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)

/* Takes fd, or closes it when it is of another kind than allowed (an S_IFMT, besides regular files). */
static enum mbp_status take(int fd, mode_t allowed, int *out)
{
    struct stat status;
    if (fd < 0)
        return MBP_ERR_IO;
    bool known = fstat(fd, &status) == 0;
    int error = errno;
    if (known && (S_ISREG(status.st_mode) || (status.st_mode & S_IFMT) == allowed)) {
        *out = fd;
        return MBP_OK;
    }
    close(fd);
    bool folder = known && S_ISDIR(status.st_mode);
    errno = folder ? EISDIR : error;
    return known && !folder ? MBP_ERR_FORMAT : MBP_ERR_IO;
}

enum mbp_status mbp_file_open(const char *path, int *fd)
{
    return take(open(path, OPEN_FLAGS), S_IFREG, fd);
}

/* ---- below a folder --------------------------------------------------------------------------------------------- */

bool mbp_file_is_below(const char *name)
{
    if (name[0] == '/' || name[0] == '\0')
        return false;
    for (const char *part = name; part != NULL; part = strchr(part, '/')) {
        part += *part == '/';
        size_t len = strcspn(part, "/");
        if (len == 2 && part[0] == '.' && part[1] == '.')
            return false;
    }
    return true;
}

/* For a kernel, or a container, that has no openat2: the name's real path must begin with the folder's. */
static enum mbp_status open_by_real_path(const char *folder, const char *name, int *fd)
{
    char path[PATH_MAX];
    struct stat status;
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path) {
        errno = ENAMETOOLONG;
        return MBP_ERR_IO;
    }
    char *top = realpath(folder, NULL);
    char *real = realpath(path, NULL);
    size_t len = top != NULL ? strlen(top) : 0;
    bool inside = top != NULL && real != NULL && strncmp(real, top, len) == 0 && (len == 1 || real[len] == '/');
    bool is_link = inside && lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
    enum mbp_status result = top == NULL || real == NULL ? MBP_ERR_IO : MBP_ERR_RANGE;
    if (inside && !is_link)
        result = take(open(real, OPEN_FLAGS | O_NOFOLLOW), S_IFREG, fd);
    int error = errno;
    free(top);
    free(real);
    errno = error;
    return result;
}

enum mbp_status mbp_file_open_below(const char *folder, const char *name, int *fd)
{
    const struct open_how how = {.flags = OPEN_FLAGS | O_NOFOLLOW, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    const char *top = folder[0] != '\0' ? folder : ".";
    if (!mbp_file_is_below(name))
        return MBP_ERR_RANGE;
    int at = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (at < 0)
        return MBP_ERR_IO;
    int opened = (int)syscall(SYS_openat2, at, name, &how, sizeof how);
    int error = errno;
    close(at);
    if (opened < 0 && (error == ENOSYS || error == EPERM || error == EAGAIN))
        return open_by_real_path(top, name, fd);
    errno = error;
    if (opened < 0 && (error == EXDEV || error == ELOOP))
        return MBP_ERR_RANGE;
    return take(opened, S_IFREG, fd);
}

/* No part of a path, nothing hidden, nothing that a terminal or a shell takes for something else. */
static bool is_of_name(uint32_t code)
{
    if (code >= 0x80)
        return code >= 0xA0 && !mbp_utf8_is_control(code);
    return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z') ||
           code == '_' || code == '-' || code == '.' || code == ' ';
}

const char *mbp_file_name_check(const char *name, size_t max)
{
    size_t len = strlen(name);
    if (len == 0)
        return mbp_tr("it is empty");
    if (len > max)
        return mbp_tr("it is too long");
    for (size_t at = 0; at < len;) {
        uint32_t code;
        size_t bytes = mbp_utf8_next(name + at, &code);
        if (bytes == 0)
            return mbp_tr("it is no UTF-8");
        if (!is_of_name(code))
            return mbp_tr("it has something else than letters, digits, _ - . and spaces");
        at += bytes;
    }
    if (strchr("-. ", name[0]) != NULL || name[len - 1] == ' ')
        return mbp_tr("it begins with - or . or a space, or ends with a space");
    return NULL;
}

const char *mbp_system_why(int error)
{
    const char *text = strerrordesc_np(error);
    return mbp_tr(text != NULL ? text : "the operating system refused");
}

const char *mbp_file_why(enum mbp_status status)
{
    if (status == MBP_ERR_FORMAT)
        return mbp_tr("it is no regular file");
    if (status == MBP_ERR_RANGE)
        return mbp_tr("it is not below the plant file's folder, or is a link");
    return status == MBP_ERR_IO ? mbp_system_why(errno) : mbp_tr(mbp_status_text(status));
}

/* ---- whole files ------------------------------------------------------------------------------------------------ */

static enum mbp_status read_all(int fd, size_t max, char **bytes, size_t *len)
{
    size_t room = 0, used = 0;
    char *buf = NULL;
    while (used <= max) {
        if (used == room) {
            room = room == 0 ? 64 << 10 : 2 * room;
            char *bigger = realloc(buf, room);
            if (bigger == NULL) {
                free(buf);
                return MBP_ERR_MEMORY;
            }
            buf = bigger;
        }
        ssize_t got = read(fd, buf + used, room - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(buf);
            return MBP_ERR_IO;
        }
        if (got == 0)
            break;
        used += (size_t)got;
    }
    *bytes = buf;
    *len = used;
    return MBP_OK;
}

enum mbp_status mbp_file_read(const char *path, size_t max, char **bytes, size_t *len)
{
    int fd;
    enum mbp_status status = take(open(path, OPEN_FLAGS), S_IFIFO, &fd);
    if (status != MBP_OK)
        return status;
    if (fcntl(fd, F_SETFL, 0) != 0) /* what is still to come of a pipe is waited for */
        status = MBP_ERR_IO;
    if (status == MBP_OK)
        status = read_all(fd, max, bytes, len);
    int error = errno;
    close(fd);
    errno = error;
    return status;
}

void mbp_file_sync_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    if (len >= sizeof folder)
        return;
    memcpy(folder, path, len);
    folder[len] = '\0';
    int fd = open(len == 0 ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}
