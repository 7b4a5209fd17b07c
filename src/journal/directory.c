/* mkdir -p and the lock file. */
#include "directory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* What happened in a plant is for its people: neither the journal nor its directory is for everybody to read. */
#define DIRECTORY_MODE 0750
#define LOCK_MODE      0640

static enum mbp_status say_unusable(const char *dir, FILE *errors)
{
    int error = errno;
    fprintf(errors, "data directory %s cannot be used (%s): make it writable or choose another with -d\n", dir,
            strerrordesc_np(error));
    errno = error;
    return MBP_ERR_IO;
}

static enum mbp_status say_no_lock(const char *path, FILE *errors)
{
    int error = errno;
    fprintf(errors, "%s is a link, or no file of its own: remove it\n", path);
    errno = error;
    return MBP_ERR_IO;
}

static enum mbp_status make_with_parents(const char *dir)
{
    char path[PATH_MAX];
    size_t len = strlen(dir);
    if (len == 0 || len >= sizeof path) {
        errno = len == 0 ? ENOENT : ENAMETOOLONG;
        return MBP_ERR_IO;
    }
    memcpy(path, dir, len + 1);
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, DIRECTORY_MODE) != 0 && errno != EEXIST)
            return MBP_ERR_IO;
        *slash = '/';
    }
    return mkdir(path, DIRECTORY_MODE) == 0 || errno == EEXIST ? MBP_OK : MBP_ERR_IO;
}

/* The pid that the holder left in the lock file; 0 when it left none. */
static long holder_of(int fd)
{
    char text[24];
    ssize_t len = pread(fd, text, sizeof text - 1, 0);
    long pid = 0;
    for (ssize_t i = 0; i < len && text[i] >= '0' && text[i] <= '9' && pid < INT_MAX; i++)
        pid = pid * 10 + (text[i] - '0');
    return pid;
}

static enum mbp_status say_held(const char *dir, int fd, FILE *errors)
{
    char who[32] = "another program";
    long pid = holder_of(fd);
    if (pid > 0)
        snprintf(who, sizeof who, "process %ld", pid);
    fprintf(errors, "data directory %s is in use by %s: stop that one or choose another directory with -d\n", dir, who);
    return MBP_ERR_BUSY;
}

/* The lock is written to: neither through a link nor into what has another name too. */
static int open_lock(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, LOCK_MODE);
    if (fd < 0 || (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 1))
        return fd;
    close(fd);
    errno = EMLINK;
    return -1;
}

/* The pid is there for people alone, what counts is the flock: a full disk may leave it out. */
static void sign(int fd)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len)
        mbp_log(MBP_LOG_DEBUG, "the lock file could not be signed");
}

enum mbp_status mbp_directory_hold(const char *dir, FILE *errors, int *lock_fd)
{
    char path[PATH_MAX];
    if (make_with_parents(dir) != MBP_OK)
        return say_unusable(dir, errors);
    if ((size_t)snprintf(path, sizeof path, "%s/lock", dir) >= sizeof path) {
        errno = ENAMETOOLONG;
        return say_unusable(dir, errors);
    }
    int fd = open_lock(path);
    if (fd < 0)
        return errno == ELOOP || errno == EMLINK ? say_no_lock(path, errors) : say_unusable(dir, errors);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        enum mbp_status status = errno == EWOULDBLOCK ? say_held(dir, fd, errors) : say_unusable(dir, errors);
        close(fd);
        return status;
    }
    sign(fd);
    *lock_fd = fd;
    return MBP_OK;
}
