/* libmosquitto by name. */
#include "library.h"

#include <dlfcn.h>
#include <string.h>

#define FILE_NAME "libmosquitto.so.1"

struct mqtt_library mqtt_library;

/* A function's address is no pointer to an object in C; POSIX says that it comes as one. */
static bool find(void *library, const char *name, void *into, size_t size)
{
    void *found = dlsym(library, name);
    memcpy(into, &found, size < sizeof found ? size : sizeof found);
    return found != NULL;
}

/* It stays: OpenSSL has things to do when the program ends. */
enum mbp_status mqtt_library_open(FILE *errors)
{
    if (mqtt_library.lib_init != NULL)
        return MBP_OK;
    struct mqtt_library found;
    void *library = dlopen(FILE_NAME, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    bool whole = library != NULL;
#define FIND(name) whole = whole && find(library, "mosquitto_" #name, &found.name, sizeof found.name);
    MQTT_CALLS(FIND)
#undef FIND
    if (!whole) {
        fprintf(errors, "mbplantd: mqtt: the library for it cannot be used: %s\n", dlerror());
        return MBP_ERR_MISSING;
    }
    mqtt_library = found;
    return MBP_OK;
}
