/* What the files of the model share. */
#ifndef MBPLANT_FUZZ_MODEL_PRIV_H
#define MBPLANT_FUZZ_MODEL_PRIV_H

#include "model.h"

#define MODEL_WHOLE   300u         /* the longest request, with zeros behind it */
#define MODEL_SILENCE ((size_t)-1) /* in *used: done, and nothing is answered */

enum { ILLEGAL_FUNCTION = 1, ILLEGAL_ADDRESS = 2, ILLEGAL_VALUE = 3, DEVICE_FAILURE = 4 };

uint16_t model_word(const uint8_t *bytes);
void model_put_word(uint8_t *bytes, unsigned word);

/* One function each: 0 or the exception. data holds the request's bytes behind the function code and takes the
 * response's; *used counts them. */
int model_read_files(const struct model *model, const uint8_t *request, size_t len, uint8_t *data, size_t *used);
int model_write_files(struct model *model, const uint8_t *request, size_t len, size_t *used);
int model_identify(const struct model *model, const uint8_t *request, size_t len, uint8_t *data, size_t *used);
int model_serial(struct model *model, const uint8_t *request, size_t len, uint8_t *data, size_t *used);

/* Counts a request; whether its connection only listens. */
bool model_received(struct model *model);
bool model_is_restart(const uint8_t *request, size_t len);

/* Counts what was answered (out 0 = nothing). */
void model_sent(struct model *model, const uint8_t *response, size_t out);

#endif
