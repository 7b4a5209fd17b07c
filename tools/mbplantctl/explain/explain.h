/* explain: a Modbus frame field by field, with its bytes. Pure: bytes in, text out. */
#ifndef MBP_CTL_EXPLAIN_H
#define MBP_CTL_EXPLAIN_H

#include "mbplant/modbus.h"

enum ctl_side { CTL_SIDE_GUESS, CTL_SIDE_REQUEST, CTL_SIDE_RESPONSE };

/* Bytes from hexadecimal words: "00 01", "0001", "0x00,0x01", "00:01", "[00][01]", "<00><01>". *len is set to how many.
 * Errors: MBP_ERR_FORMAT (why says what), MBP_ERR_FULL. */
enum mbp_status ctl_hex_parse(const char *const *words, int count, uint8_t *bytes, size_t size, size_t *len, char *why,
                              size_t why_size);

/* Whether a text is lines of an offset, bytes, and characters, as Wireshark, tshark -x and xxd show them; the digits of
 * its bytes alone. NULL without memory. Ownership: free. */
bool explain_is_dump(const char *text);
char *explain_dump_digits(const char *text);

/* How many bytes stand before the payload of a packet of Ethernet, IPv4 and TCP; 0 = it is none. */
size_t explain_packet_head(const uint8_t *bytes, size_t len);

/* Prints what the bytes mean: a Modbus TCP frame, an RTU frame (its CRC fits), or a bare PDU. Returns MBP_ERR_FORMAT
 * when something in them does not follow the specification; the text says what. */
enum mbp_status ctl_explain(const uint8_t *bytes, size_t len, enum ctl_side side, FILE *out);

/* ---- inside ------------------------------------------------------------------------------------------------------ */

/* A frame that is being explained. */
struct explain {
    FILE *out;
    const uint8_t *bytes;
    size_t len, at; /* at: the next byte to explain */
    bool wrong;     /* something did not follow the specification */
    /* what earlier fields said and later ones are read by */
    enum mbp_table table;
    uint16_t addr;
    uint16_t quantity;
    bool has_addr;
};

/* Takes n bytes and prints them with what they mean. */
void explain_field(struct explain *e, size_t n, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A line without bytes; `wrong` also marks the frame as breaking the rules. */
void explain_note(struct explain *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
void explain_wrong(struct explain *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The number in the next two bytes, without taking them. */
unsigned explain_peek16(const struct explain *e);

/* n bytes of registers, one a line, then what pairs of them mean in the four word orders. */
void explain_words(struct explain *e, size_t n);

/* The groups of FC 20 and 21 (V1.1b3 6.14, 6.15) up to the end of the PDU, and the objects of FC 43/14 (6.21). */
enum explain_files { EXPLAIN_FILES_ASKED, EXPLAIN_FILES_READ, EXPLAIN_FILES_WRITTEN };
void explain_files(struct explain *e, enum explain_files which);
void explain_objects(struct explain *e);

/* Whether a PDU can begin with this byte: a function code that there is, or its exception. */
bool explain_may_begin(uint8_t code);

/* Explains a PDU from the function code to the end. */
void explain_pdu(struct explain *e, enum ctl_side side);

#endif
