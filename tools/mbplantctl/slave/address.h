/* address: raw addresses as masters write them, without a plant: "hr:0", "ir:5-9", "coil:3", "hr:0:float32:CDAB",
 * "holding 40", references "40001", "30001", "10001", "1" and their six-digit forms. A table is named by any of its
 * words (mbp_table_find). */
#ifndef MBP_CTL_ADDRESS_H
#define MBP_CTL_ADDRESS_H

#include "mbplant/plant.h"

struct ctl_address {
    enum mbp_table table;
    uint16_t addr;  /* PDU address of the first */
    uint32_t count; /* addresses: words or bits */
    enum mbp_type type;
    enum mbp_order order;
};

/* Whether text is meant as a raw address: it has a colon or starts with a digit, which no name of a plant does. */
bool ctl_address_is_raw(const char *text);

/* Whether it is one like "holding 40", which may also be how the map calls a point: where no point has that name it is
 * the address. */
bool ctl_address_is_place(const char *text);

/* Errors: MBP_ERR_FORMAT; why (of size bytes) then says what is wrong and what is allowed. */
enum mbp_status ctl_address_parse(const char *text, struct ctl_address *out, char *why, size_t size);

/* "HR 0 = 40001" or "HR 0..1 = 40001..40002". Returns buf. 48 bytes suffice. */
const char *ctl_address_text(enum mbp_table table, uint16_t addr, uint32_t count, char *buf, size_t size);

/* "HR", "IR", "DI", "coil". Static storage. */
const char *ctl_table_short(enum mbp_table table);

#endif
