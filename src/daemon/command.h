/* command: --exec: a program beside the plant, which ends when that one does; and who waits for the plant to answer. */
#ifndef MBPLANT_COMMAND_H
#define MBPLANT_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct daemon;

#define COMMAND_PLACES 3u /* MBPLANT_HOST, MBPLANT_PORT, MBPLANT_HTTP */

struct command {
    uv_process_t process;
    bool runs;
    bool asked;                       /* to end: a second signal kills it */
    int code;                         /* its exit code, or 128 and the signal's number, as shells have it */
    char places[COMMAND_PLACES][288]; /* a host has up to 253 characters */
};

/* An address of this machine alone, at a port that is free. */
#define COMMAND_LISTEN "127.0.0.1:0"

/* The plant listens: tells --ready-fd where, and starts --exec with that in its environment. In a session of its own,
 * so that a signal to it reaches all that its shell starts. False (told) when it cannot be started. */
bool command_begin(struct daemon *daemon);

/* A signal for mbplantd goes to the command instead while one runs. False = none runs. */
bool command_signal(struct daemon *daemon, int number);

#endif
