/* A serial line, or a pty that stands for one: frames come one at a time and are answered one at a time, silence ends
 * them, and what is not for us is not answered. */
#ifndef MBPLANT_LINE_H
#define MBPLANT_LINE_H

#include "server_priv.h"

/* Opens the device, or makes the pty and the link to it. One line to errors on failure: MBP_ERR_IO, MBP_ERR_MEMORY. */
enum mbp_status line_open(struct listener *listener, FILE *errors);

/* After a failure of line_open too. */
void line_close(struct listener *listener);

/* Whoever is at its end may do what the plant says now. */
void line_change(struct listener *listener);

/* How long the line must be silent before what came is all there is, in ms, rounded up: 3.5 characters, above 19,200
 * baud 1.75 ms (Modbus over Serial Line V1.02, 2.5.1.1). A pty has no characters' time, and the programs on both ends
 * are scheduled when they are: 20 ms at least. In ASCII 1 s (2.5.2.1). */
uint64_t line_silence_ms(const struct mbp_wire *wire);

/* How long a request and its answer are under way, with the silence between them; 0 where characters take no time. */
uint64_t line_time_ns(const struct mbp_wire *wire, size_t request_len, size_t answer_len);

#endif
