/* The oracle of the PDU fuzzer: what a unit of a few points must answer, written from V1.1b3 and from nothing under
 * src/. The functions on bits and registers (1-6, 15, 16, 22, 23) and the FIFO queue (24) exactly; for the others,
 * what every response must satisfy. */
#ifndef MBPLANT_FUZZ_MODEL_H
#define MBPLANT_FUZZ_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_POINTS   64 /* addresses from here on are nobody's */
#define MODEL_FIFO_MAX 31

enum model_table { MODEL_COILS, MODEL_DISCRETE, MODEL_HOLDING, MODEL_INPUT, MODEL_TABLES };

struct model {
    uint16_t value[MODEL_TABLES][MODEL_POINTS];
    bool declared[MODEL_TABLES][MODEL_POINTS];
    bool writable[MODEL_TABLES][MODEL_POINTS];
    uint16_t low[MODEL_POINTS], high[MODEL_POINTS]; /* of the holding registers */
    uint16_t fifo_addr, fifo_count;
    uint16_t fifo[MODEL_FIFO_MAX];
};

/* Declares count points from addr, with values first, first + step, ... */
void model_declare(struct model *model, enum model_table table, uint16_t addr, uint16_t count, uint16_t first,
                   uint16_t step, bool writable);

/* Whether model_respond knows the function exactly. */
bool model_knows(uint8_t function);

/* The response to a request of len bytes; its length. Writes take effect on the model. */
size_t model_respond(struct model *model, const uint8_t *request, size_t len, uint8_t response[253]);

/* NULL, or what is wrong with this response whatever the unit holds. response_len 0 = none. */
const char *model_object(const uint8_t *request, size_t len, const uint8_t *response, size_t response_len);

#endif
