/* wire: how a master reaches a slave, as one text: "tcp://HOST:PORT" (or "HOST:PORT" alone), "rtu+tcp://",
 * "ascii+tcp://" and "udp://" likewise, "rtu:///dev/ttyUSB0?baud=19200&parity=even" and "ascii://" for a serial line,
 * "rtu+pty://PATH" and "ascii+pty://PATH" for a terminal that the slave makes and PATH then names. */
#ifndef MBPLANT_BASE_WIRE_H
#define MBPLANT_BASE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mbplant/base.h"

enum mbp_medium { MBP_MEDIUM_TCP, MBP_MEDIUM_UDP, MBP_MEDIUM_SERIAL, MBP_MEDIUM_PTY };
enum mbp_framing { MBP_FRAMING_MBAP, MBP_FRAMING_RTU, MBP_FRAMING_ASCII };

#define MBP_WIRE_HOST_MAX 254u /* with the 0 behind it, as a path */
#define MBP_WIRE_PATH_MAX 108u

struct mbp_wire {
    uint8_t medium;  /* enum mbp_medium */
    uint8_t framing; /* enum mbp_framing */
    char host[MBP_WIRE_HOST_MAX];
    bool has_port;
    uint16_t port;
    char path[MBP_WIRE_PATH_MAX]; /* of a line: SERIAL, PTY */
    uint32_t baud;                /* 0 on a pty: what goes over it takes no time */
    uint8_t data_bits, stop_bits;
    char parity; /* 'N', 'E', 'O' */
};

/* Reads such a text. A serial line that does not say otherwise has 19200 baud, even parity, 8 data bits (ASCII: 7) and
 * 1 stop bit (Modbus over Serial Line V1.02, 2.2, 2.5). Output: why, in words, when it is none. Errors: MBP_ERR_FORMAT.
 */
enum mbp_status mbp_wire_parse(const char *text, struct mbp_wire *out, char *why, size_t why_size);
#define MBP_WIRE_WHY 160u

/* Whether a master connects to it: a port is needed then. */
static inline bool mbp_wire_is_line(const struct mbp_wire *wire)
{
    return wire->medium == MBP_MEDIUM_SERIAL || wire->medium == MBP_MEDIUM_PTY;
}

/* How long a character takes on the line; 0 where nothing takes time. */
uint64_t mbp_wire_character_ns(const struct mbp_wire *wire);

/* The silence between two RTU frames on it: 3.5 characters, above 19,200 baud 1.75 ms (V1.02, 2.5.1.1); 0 likewise. */
uint64_t mbp_wire_silence_ns(const struct mbp_wire *wire);

/* "Modbus TCP", "Modbus RTU over TCP" ... Static storage. */
const char *mbp_wire_name(const struct mbp_wire *wire);

#endif
