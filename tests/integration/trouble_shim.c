/* Stands between mbplantd and the system, preloaded, and answers as a system in trouble does: a disk that the kernel
 * has made read-only under open files (which no unprivileged test can have, and of which no mount comes back), a wall
 * clock that somebody sets or that stands still, a file on a server that is gone. What trouble there is stands in a
 * file that the test writes at any time: MBP_SHIM names it.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct trouble {
    volatile uint64_t read_only; /* every disk is */
    volatile int64_t clock_ahead_s;
    volatile uint64_t stuck;    /* who looks at a file stuck.csv waits for ever, as at a server that is gone */
    volatile uint64_t still_ms; /* not 0: what the wall clock says from now on */
    volatile uint64_t steals; /* so many descriptors are taken by somebody else in the moment when they are given up */
};

static struct trouble none;
static struct trouble *trouble = &none;

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("MBP_SHIM"); // NOLINT(concurrency-mt-unsafe)
    int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *mapped = fd >= 0 ? mmap(NULL, sizeof *trouble, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (mapped != MAP_FAILED)
        trouble = mapped;
    if (fd >= 0)
        close(fd);
}

int accept4(int fd, struct sockaddr *address, socklen_t *len, int flags)
{
    static __typeof__(&accept4) real;
    static bool scarce; /* the one before found no descriptor */
    static uint64_t stolen;
    if (real == NULL)
        real = REAL(accept4);
    if (scarce && stolen < trouble->steals && open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0)
        stolen++;
    int got = real(fd, address, len, flags);
    scarce = got < 0 && errno == EMFILE;
    return got;
}

static int real_fstat(int fd, struct stat *status)
{
    static __typeof__(&fstat) real;
    if (real == NULL)
        real = REAL(fstat);
    return real(fd, status);
}

int fstat(int fd, struct stat *status)
{
    char link[64], path[4096];
    if (trouble->stuck != 0) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t len = readlink(link, path, sizeof path - 1);
        path[len < 0 ? 0 : len] = '\0';
        while (strstr(path, "/stuck.csv") != NULL)
            pause();
    }
    return real_fstat(fd, status);
}

static int refused(int fd)
{
    struct stat status;
    if (trouble->read_only == 0 || real_fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        return 0;
    errno = EROFS;
    return 1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
    static __typeof__(&pwrite64) real;
    if (real == NULL)
        real = REAL(pwrite64);
    return refused(fd) ? -1 : real(fd, bytes, len, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    return pwrite64(fd, bytes, len, at);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    static __typeof__(&write) real;
    if (real == NULL)
        real = REAL(write);
    return refused(fd) ? -1 : real(fd, bytes, len);
}

int ftruncate64(int fd, off64_t len)
{
    static __typeof__(&ftruncate64) real;
    if (real == NULL)
        real = REAL(ftruncate64);
    return refused(fd) ? -1 : real(fd, len);
}

int ftruncate(int fd, off_t len)
{
    return ftruncate64(fd, len);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static __typeof__(&clock_gettime) real;
    if (real == NULL)
        real = REAL(clock_gettime);
    int result = real(clock, now);
    if (result == 0 && clock == CLOCK_REALTIME)
        now->tv_sec += trouble->clock_ahead_s;
    if (result == 0 && clock == CLOCK_REALTIME && trouble->still_ms != 0) {
        now->tv_sec = (time_t)(trouble->still_ms / 1000);
        now->tv_nsec = (long)(trouble->still_ms % 1000) * 1000000;
    }
    return result;
}
