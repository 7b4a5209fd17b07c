/* Stands between a program and its memory, preloaded: of all that it asks for, one is refused once. Which one says a
 * number in a file that the test writes at any time, MBP_SCARCE names it: so many from then on are given, the next is
 * not. Where it stands at UINT64_MAX, as it does after that, all are given. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic uint64_t plenty = UINT64_MAX;
static _Atomic uint64_t *left = &plenty;

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static int (*real_getattr)(pthread_t, pthread_attr_t *);

/* dlsym itself may take memory: it gets some of this, and never gives it back. */
static _Alignas(16) char first[8192];
static size_t first_used;

static void *take_first(size_t size)
{
    size_t at = first_used;
    first_used += (size + 15) / 16 * 16;
    return first_used <= sizeof first ? first + at : NULL;
}

static void find_real(void)
{
    static int finding;
    if (real_realloc != NULL || finding)
        return;
    finding = 1;
    *(void **)&real_getattr = dlsym(RTLD_NEXT, "pthread_getattr_np");
    *(void **)&real_malloc = dlsym(RTLD_NEXT, "malloc");
    *(void **)&real_calloc = dlsym(RTLD_NEXT, "calloc");
    *(void **)&real_realloc = dlsym(RTLD_NEXT, "realloc");
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("MBP_SCARCE"); // NOLINT(concurrency-mt-unsafe)
    find_real();
    int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *mapped = fd >= 0 ? mmap(NULL, sizeof *left, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (mapped != MAP_FAILED)
        left = mapped;
    if (fd >= 0)
        close(fd);
}

static _Thread_local int exempt __attribute__((tls_model("initial-exec"))); /* it is needed before others may be */

/* AddressSanitizer asks at the start of each thread, and ends the program where it gets no answer. */
int pthread_getattr_np(pthread_t thread, pthread_attr_t *attr)
{
    find_real();
    exempt++;
    int result = real_getattr(thread, attr);
    exempt--;
    return result;
}

static int refused(void)
{
    if (exempt)
        return 0;
    uint64_t now = atomic_load(left);
    while (now != UINT64_MAX && !atomic_compare_exchange_weak(left, &now, now - 1))
        ;
    if (now != 0)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    find_real();
    if (real_malloc == NULL)
        return take_first(size);
    return refused() ? NULL : real_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    find_real();
    if (real_calloc == NULL)
        return take_first(count * size);
    return refused() ? NULL : real_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    find_real();
    if (real_realloc == NULL)
        return NULL;
    return refused() ? NULL : real_realloc(old, size);
}
