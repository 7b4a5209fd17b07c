/* conform: what a slave says on the wire, compared with the specification, request by request: a table of cases
 * (table.c), in each of which addresses stand for what was found in the slave (ground.c).
 *
 * A case's request is words: bytes in hexadecimal, with small letters, and these, of the area that was found in a
 * table, C D H I for coils, discrete inputs, holding and input registers: C0 C1    its first, its second address Ce its
 * last one             Cx  one that the slave has not H0= H1=  the word that stands there             H0^ that with its
 * lowest bit turned over C0= C0^  the same of a coil, as FC 5 has it      C0b C0!  the same as a byte: of a reply, or
 * of FC 15 U        the unit      z9  nine bytes of 0      |  a pause: what follows is sent by itself      ;  the next
 * request What is expected, for each request: x02      that exception; several: any of them    bits 10, words 2   a
 * reply to a reading function echo     the request again    head  its first five bytes    = WORDS  these bytes    id an
 * identification any      any answer to that function             closed  no answer, the connection ends     silent  no
 * answer With RAW the request is whole frames with their MBAP header, and each expectation begins with the transaction.
 */
#ifndef MBP_CTL_CONFORM_H
#define MBP_CTL_CONFORM_H

#include "ctl.h"

#define CONFORM_BITS_AT_ONCE  2000u /* of one request: V1.1b3 6.1 */
#define CONFORM_WORDS_AT_ONCE 125u  /* 6.3 */

#define CONFORM_BYTES   5200u /* of all frames of a case */
#define CONFORM_STEPS   4u
#define CONFORM_REPLIES 16u

enum conform_flags {
    CONFORM_WRITE = 1,  /* may change something, also where a slave should refuse it: only with --write */
    CONFORM_CHOICE = 2, /* the specification leaves a choice, or only recommends: who does otherwise is not wrong */
    CONFORM_RAW = 4,
    CONFORM_BASIC = 8 /* tells whether the function is there: exception 01 is an answer to it */
};

struct conform_case {
    const char *name;
    const char *clause; /* of V1.1b3 where it begins with a number or Fig.; MG = Messaging Guide V1.0b */
    const char *needs;  /* of the areas: "H10" = ten registers, "He" = where they end, "Hx" = an address not there */
    const char *request, *expect;
    unsigned flags;
};

extern const struct conform_case conform_cases[];
extern const size_t conform_case_count;

/* ---- what the slave has ------------------------------------------------------------------------------------------ */

struct conform_area {
    bool found;
    uint16_t addr;
    uint16_t count; /* as many as one request reads, at most */
    bool ends;      /* what follows is not there */
    bool has_absent;
    uint16_t absent;
    uint16_t words[2]; /* of its first two, as they stood before anything was written */
    uint16_t last;     /* likewise */
};

struct conform_ground {
    struct ctl *ctl;
    uint8_t unit;
    bool told; /* that nobody listens */
    struct conform_area areas[MBP_TABLE_COUNT];
};

enum mbp_table conform_table(char letter);

/* Looks for something to read in each table that areas names not yet. False (told) when the slave does not answer or
 * nothing is found. */
bool conform_find_ground(struct conform_ground *ground);

/* ---- a case ------------------------------------------------------------------------------------------------------ */

enum conform_verdict { CONFORM_PASS, CONFORM_FAIL, CONFORM_DIFFERS, CONFORM_SKIPPED, CONFORM_VERDICTS };

struct conform_frames {
    uint8_t bytes[CONFORM_BYTES];
    size_t len;
    size_t ends[CONFORM_REPLIES + CONFORM_STEPS]; /* where each frame, or piece that is sent by itself, ends */
    unsigned count;
};

struct conform_result {
    enum conform_verdict verdict;
    char why[160]; /* "" when it passed */
    struct conform_frames sent, received;
    bool closed; /* by the slave */
};

/* The bytes of one request or expectation; text ends at ';', '|' or its end. False: no ground for it. */
bool conform_bytes(const struct conform_ground *ground, const char *text, uint8_t *bytes, size_t size, size_t *len);

/* What stood in the first and last coils and holding registers, where a case that failed has left something else. */
void conform_put_back(struct conform_ground *ground);

/* Whether the areas suffice. */
bool conform_has(const struct conform_ground *ground, const char *needs);

/* Asks on a connection of its own. offered: a byte a function, 0 = not known yet, 1 = there, 2 = not there. */
void conform_run(const struct conform_ground *ground, const struct conform_case *its, uint8_t offered[256],
                 struct conform_result *result);

/* Whether a reply PDU is as expected; why says what is not. request: the PDU. */
bool conform_judge(const struct conform_ground *ground, const char *expect, const uint8_t *request, size_t request_len,
                   const uint8_t *reply, size_t len, char why[160]);

/* ---- the table of results ---------------------------------------------------------------------------------------- */

/* On standard output, in the form that was asked for. Errors: MBP_ERR_MEMORY. */
enum mbp_status conform_write(const struct conform_ground *ground, const struct conform_result *results);

#endif
