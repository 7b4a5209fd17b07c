/* plant_server: where a plant is served, who may do what, faults on the wire, and what is kept of the journal. */
#ifndef MBPLANT_PLANT_SERVER_H
#define MBPLANT_PLANT_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Who may do what: the first rule whose network holds the peer's address counts. */
enum mbp_allow { MBP_ALLOW_READ, MBP_ALLOW_OPERATE, MBP_ALLOW_ALL, MBP_ALLOW_NONE, MBP_ALLOW_COUNT };

/* "read", "operate", ... Static storage. */
const char *mbp_allow_name(enum mbp_allow allow);

struct mbp_access_rule {
    uint8_t network[16]; /* IPv6; IPv4 as ::ffff:a.b.c.d */
    uint8_t prefix_bits; /* of 128 */
    uint8_t allow;       /* enum mbp_allow: read; operate = read and write coils, but not the instructor's; all; none */
    bool keep;           /* its connections are never evicted for a new one */
    bool some_units;     /* it is about those in units alone; false = all */
    uint8_t units[32];   /* a bit each: id i at bit i % 8 of i / 8 */
    uint16_t as;         /* the number of the operator who writes from there and says no name, from 1; 0 = nobody */
};

static inline bool mbp_access_names(const struct mbp_access_rule *rule, unsigned unit)
{
    return !rule->some_units || (rule->units[unit / 8] >> unit % 8 & 1) != 0;
}

/* A fault on the wire, for people who test masters. The request is executed and only its answer suffers; but an
 * exception comes instead of that, as from a device that cannot, and NO_ANSWER is a device that does not hear. */
enum mbp_wire_fault {
    MBP_FAULT_DELAY,
    MBP_FAULT_DROP,
    MBP_FAULT_EXCEPTION,
    MBP_FAULT_WRONG_TRANSACTION,
    MBP_FAULT_TRUNCATE,
    MBP_FAULT_SPLIT,
    MBP_FAULT_CLOSE,
    MBP_FAULT_WRONG_UNIT,
    MBP_FAULT_BYTE_COUNT, /* the answer says one byte more than it has */
    MBP_FAULT_SHORT,      /* a register, or eight bits, too few are in it, and it says so */
    MBP_FAULT_JUNK,       /* bytes that mean nothing come before it */
    MBP_FAULT_DUPLICATE,
    MBP_FAULT_NO_ANSWER, /* nor is the request executed */
    MBP_FAULT_CRC,       /* the check value of a line's frame is wrong */
    MBP_FAULT_CUT,       /* the first bytes of it come, then the connection ends */
    MBP_FAULT_ECHO,      /* the request comes before it, as some adapters do */
    MBP_FAULT_COUNT
};

struct mbp_fault {
    const char *name;
    uint8_t kind;     /* enum mbp_wire_fault */
    bool enabled;     /* at start; coil i of unit 247 switches fault i at run time */
    uint8_t unit;     /* id, of a unit that is not there too; 0 = any */
    uint8_t function; /* 0 = any */
    uint16_t addr_first,
        addr_last; /* the request names an address within; 0 and 65535 = any request, with addresses or without */
    bool some_first;
    uint16_t first;            /* with some_first: the request's first address is this one */
    uint64_t after_connect_ns; /* only so long after the connection began; 0 = at any time */
    uint64_t delay_ns;         /* DELAY; SPLIT: between the two parts */
    uint16_t amount;           /* EXCEPTION: its code; TRUNCATE, SPLIT, CUT: bytes of the first part; JUNK: how many */
    double probability;        /* 0..1 */
    uint32_t count;            /* how many times at most; 0 = no end */
};

/* Which unit of the plant an id on a wire is; MBP_NONE16 = none. */
struct mbp_wire_units {
    uint16_t of[256];
};

/* A way in for masters. */
struct mbp_listen {
    const char *at;                     /* as mbp_wire_parse reads it (mbplant/base/wire.h) */
    const struct mbp_wire_units *units; /* NULL = all, by their own ids */
};

#define MBP_LISTEN_MAX 64u

struct mbp_listens {
    const struct mbp_listen *items;
    uint32_t count; /* 1..MBP_LISTEN_MAX */
};

struct mbp_server_options {
    struct mbp_listens listen;
    uint32_t max_connections;
    uint64_t frame_timeout_ns;
    bool serial_functions;
    bool absent_silent;       /* a unit that is not there gives no answer */
    bool broadcast;           /* what is written to unit 0 is written to all, without an answer */
    uint32_t per_client;      /* connections of one address at most; a quarter of all unless the file says */
    uint64_t idle_timeout_ns; /* 0 = never */
    const struct mbp_access_rule *access;
    uint32_t access_count;
    const struct mbp_fault *faults;
    uint32_t fault_count;
};

/* Whether they are the same ways in, for the same units, in the same order. */
bool mbp_listens_same(const struct mbp_listens *a, const struct mbp_listens *b);

/* The first of them that is plain Modbus TCP, as ADDRESS:PORT; NULL = none is. */
const char *mbp_listens_tcp(const struct mbp_listens *listens);

/* As the plant file writes them. */
void mbp_listens_print(FILE *out, const void *listens);

/* FC 43/14 objects 0..6; NULL = absent (0..2 never are). */
struct mbp_identity {
    const char *object[7];
};

/* How much of the journal stays; the older events go (mbplant/journal.h, "Retention"). */
struct mbp_journal_options {
    uint64_t keep_ns;   /* 0 = whatever their age */
    uint64_t max_bytes; /* of the database; 0 = whatever its size (no file says that) */
};

#endif
