/* scalar: the strict reading of a word of the file: whole text or nothing. */
#ifndef MBP_YAML_SCALAR_H
#define MBP_YAML_SCALAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether it would be a number if the comma in it were a point: "0,8". */
bool mbp_scalar_has_comma(const char *text);

/* A decimal number (sign, point, exponent) or a hexadecimal (0x) or octal (0o) integer, as YAML 1.2; finite. */
bool mbp_scalar_number(const char *text, double *out);

/* A whole number without sign, decimal, hexadecimal (0x) or octal (0o). */
bool mbp_scalar_unsigned(const char *text, uint64_t *out);

/* A share: "1.5%" or 0.015. */
bool mbp_scalar_share(const char *text, double *out);

/* A size with its unit, in bytes: "500MB", "1.5 GB" (kB MB GB: powers of 1000; KiB MiB GiB: of 1024); below 2^53. */
bool mbp_scalar_size(const char *text, uint64_t *out);

/* A size in the largest unit that divides it, so that mbp_scalar_size reads it back; returns buf. 32 bytes suffice. */
const char *mbp_scalar_size_format(uint64_t bytes, char *buf, size_t size);

/* "true" or "false". */
bool mbp_scalar_bool(const char *text, bool *out);

/* "on" or "off"; to many tools these words are truth values, which they write as "true" and "false". */
bool mbp_scalar_switch(const char *text, bool *on);

/* The shortest decimal that reads back as the same number; returns buf. 32 bytes suffice. */
const char *mbp_scalar_format(double value, char *buf, size_t size);

/* UTF-8 without control characters (mbp_utf8_is_control) and line separators: what may stand in a table's cell. */
bool mbp_scalar_printable(const char *text, size_t len);

/* The start of text for a message: at most 40 bytes, whole characters, no control characters; returns buf. */
const char *mbp_scalar_excerpt(const char *text, size_t len, char *buf, size_t size);

#endif
