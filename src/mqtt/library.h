/* library: libmosquitto, linked when a plant has a broker: it brings OpenSSL, and to link both is a seventh of a start.
 * mbplantctl links it as usual, so what packages the two finds it. */
#ifndef MBP_MQTT_LIBRARY_H
#define MBP_MQTT_LIBRARY_H

#include <mosquitto.h>
#include <stdio.h>

#include "mbplant/base.h"

/* What is called of it: mosquitto_NAME. */
#define MQTT_CALLS(CALL)                                                                                               \
    CALL(lib_init)                                                                                                     \
    CALL(lib_cleanup)                                                                                                  \
    CALL(new)                                                                                                          \
    CALL(destroy)                                                                                                      \
    CALL(connect_callback_set)                                                                                         \
    CALL(message_callback_set)                                                                                         \
    CALL(publish_callback_set)                                                                                         \
    CALL(subscribe_callback_set)                                                                                       \
    CALL(max_inflight_messages_set)                                                                                    \
    CALL(username_pw_set)                                                                                              \
    CALL(tls_set)                                                                                                      \
    CALL(will_set)                                                                                                     \
    CALL(connect_async)                                                                                                \
    CALL(disconnect)                                                                                                   \
    CALL(subscribe)                                                                                                    \
    CALL(publish)                                                                                                      \
    CALL(socket)                                                                                                       \
    CALL(want_write)                                                                                                   \
    CALL(loop_read)                                                                                                    \
    CALL(loop_write)                                                                                                   \
    CALL(loop_misc)                                                                                                    \
    CALL(connack_string)                                                                                               \
    CALL(strerror)

#define MQTT_CALL(name) __typeof__(&mosquitto_##name) name;
struct mqtt_library {
    MQTT_CALLS(MQTT_CALL)
};
#undef MQTT_CALL

extern struct mqtt_library mqtt_library;

/* Before anything else is done with it; again: nothing. Errors: MBP_ERR_MISSING, told. */
enum mbp_status mqtt_library_open(FILE *errors);

#endif
