/* libmosquitto by name. */
#include "library.h"

#include "mbplant/base/library.h"

struct mqtt_library mqtt_library;

enum mbp_status mqtt_library_open(FILE *errors)
{
#define NAME(name) "mosquitto_" #name,
    static const char *const names[] = {MQTT_CALLS(NAME)};
#undef NAME
    _Static_assert(sizeof mqtt_library == sizeof names, "a pointer each");
    if (mqtt_library.lib_init != NULL)
        return MBP_OK;
    return mbp_library_open("libmosquitto.so.1", names, sizeof names / sizeof names[0], &mqtt_library, "mqtt", errors);
}
