/* Fences between blocks of one allocation. */
#include "mbplant/base.h"

#if defined(__SANITIZE_ADDRESS__)

#include <sanitizer/asan_interface.h>

void mbp_fence_put(const void *at, size_t len)
{
    __asan_poison_memory_region(at, len);
}

void mbp_fence_remove(const void *at, size_t len)
{
    __asan_unpoison_memory_region(at, len);
}

#else

void mbp_fence_put(const void *at, size_t len)
{
    (void)at;
    (void)len;
}

void mbp_fence_remove(const void *at, size_t len)
{
    (void)at;
    (void)len;
}

#endif
