/* Wire faults: which one, if any, happens to the answer to a request (the plant file's `server: faults`), and what it
 * does to bytes. */
#ifndef MBPLANT_FAULTS_H
#define MBPLANT_FAULTS_H

#include "mbplant/modbus.h"

/* What has been used up of each fault, by its index in the plant file. */
struct fault_state {
    uint64_t draws; /* requests it could have happened to */
    uint32_t uses;
    bool off; /* when the instructor's coils were last looked at */
};

/* To be called after each request to the instructor's unit, whose coils are `enabled`: a fault that was switched off
 * and is switched on again has its whole `count` again. */
void faults_switched(const struct mbp_plant *plant, struct fault_state *states, const uint8_t *enabled);

/* The first enabled fault that fits the request, is drawn by its probability and not used up; NULL = none. `enabled`
 * (NULL = as the plant file says) holds a byte per fault; unit_id is the id of the unit that answers. A fault of an
 * address range happens to requests that name any address in it, one with `after_connect` to those of a connection
 * younger than that (age_ns; UINT64_MAX = no connection, as on a line); the instructor's unit suffers only faults that
 * name it. Seeded: the same requests in the same order fare the same. */
const struct mbp_fault *faults_draw(const struct mbp_plant *plant, struct fault_state *states, const uint8_t *enabled,
                                    uint8_t unit_id, const struct mbp_frame *frame, uint64_t age_ns);

/* BYTE_COUNT and SHORT, of a response of len bytes: one that counts its bytes. Returns its new length. */
size_t faults_spoil_pdu(const struct mbp_fault *fault, uint8_t *pdu, size_t len);

/* Before the len bytes at out come `count` ones that mean nothing, repeatably by the seed; or those at bytes. Return
 * the new length. There must be room. */
size_t faults_put_junk(uint8_t *out, size_t len, size_t count, uint64_t seed);
size_t faults_put_before(uint8_t *out, size_t len, const uint8_t *bytes, size_t count);

#endif
