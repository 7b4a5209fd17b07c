/* Shared libraries by name. */
#include "mbplant/base/library.h"

#include <dlfcn.h>
#include <string.h>

/* A function's address is no pointer to an object in C; POSIX says that it comes as one. */
enum mbp_status mbp_library_open(const char *file, const char *const *names, size_t count, void *calls,
                                 const char *what, FILE *errors)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    bool whole = library != NULL;
    for (size_t i = 0; i < count && whole; i++)
        whole = dlsym(library, names[i]) != NULL;
    if (!whole) {
        fprintf(errors, "mbplantd: %s: the library for it cannot be used: %s\n", what, dlerror());
        return MBP_ERR_MISSING;
    }
    for (size_t i = 0; i < count; i++) {
        void *found = dlsym(library, names[i]);
        memcpy((char *)calls + i * sizeof found, &found, sizeof found);
    }
    return MBP_OK;
}
