/* json: how all JSON here is written and read. */
#ifndef MBPLANT_JSON_H
#define MBPLANT_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "mbplant/base.h"
#include "mbplant/codec.h"

/* Reads one value; no object may say a key twice. flags are further ones of json_loadb.
 * Errors: MBP_ERR_FORMAT, MBP_ERR_RANGE (it has a number that is too large: an integer beyond 64 bits with a sign),
 * MBP_ERR_MEMORY. Ownership: json_decref. */
enum mbp_status mbp_json_read(struct mbp_text text, size_t flags, json_t **out);

/* A whole number of all its digits: an integer, or a text of digits, as large ones need it. False: it is neither. */
bool mbp_json_whole(const json_t *value, struct mbp_whole *out);

/* Writes root and a newline. flags are those of json_dumps. What a terminal would act on stands there as a number
 * (\u009B), which reads back as the same character. false = no memory, or root is NULL: nothing is written. */
bool mbp_json_write(const json_t *root, size_t flags, FILE *out);

/* Writes a text as what stands between the quotes of a JSON string (RFC 8259, 7), likewise; bytes that are no UTF-8 as
 * '?'. Several times as fast as jansson: a journal has millions of events. */
void mbp_json_put_text(FILE *out, const char *text);

/* Writes a number; null where it is none. */
void mbp_json_put_number(FILE *out, double number);

#endif
