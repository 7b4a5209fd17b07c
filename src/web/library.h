/* library: libmicrohttpd, linked when a plant is to be found by browsers: it brings GnuTLS, and to link both is a sixth
 * of a start. */
#ifndef MBP_WEB_LIBRARY_H
#define MBP_WEB_LIBRARY_H

#include <microhttpd.h>
#include <stdio.h>

#include "mbplant/base.h"

/* What is called of it: MHD_NAME. */
#define WEB_CALLS(CALL)                                                                                                \
    CALL(add_connection)                                                                                               \
    CALL(add_response_header)                                                                                          \
    CALL(create_response_from_buffer)                                                                                  \
    CALL(create_response_from_callback)                                                                                \
    CALL(destroy_response)                                                                                             \
    CALL(get_connection_info)                                                                                          \
    CALL(get_connection_values)                                                                                        \
    CALL(get_daemon_info)                                                                                              \
    CALL(get_response_header)                                                                                          \
    CALL(get_timeout)                                                                                                  \
    CALL(lookup_connection_value)                                                                                      \
    CALL(queue_response)                                                                                               \
    CALL(resume_connection)                                                                                            \
    CALL(run)                                                                                                          \
    CALL(start_daemon)                                                                                                 \
    CALL(stop_daemon)                                                                                                  \
    CALL(suspend_connection)

#define WEB_CALL(name) __typeof__(&MHD_##name) name;
struct web_library {
    WEB_CALLS(WEB_CALL)
};
#undef WEB_CALL

extern struct web_library mhd;

/* Before anything else is done with it; again: nothing. Errors: MBP_ERR_MISSING, told. */
enum mbp_status web_library_open(FILE *errors);

#endif
