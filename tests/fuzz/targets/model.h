/* The oracle of the PDU fuzzer: what a unit of a few points must answer, written from V1.1b3 and from nothing under
 * src/: every function, byte for byte. */
#ifndef MBPLANT_FUZZ_MODEL_H
#define MBPLANT_FUZZ_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_POINTS       64 /* addresses from here on are nobody's */
#define MODEL_FIFO_MAX     31
#define MODEL_FILE_RECORDS 10

enum model_table { MODEL_COILS, MODEL_DISCRETE, MODEL_HOLDING, MODEL_INPUT, MODEL_TABLES };

struct model {
    uint16_t value[MODEL_TABLES][MODEL_POINTS];
    bool declared[MODEL_TABLES][MODEL_POINTS];
    bool writable[MODEL_TABLES][MODEL_POINTS];
    uint16_t low[MODEL_POINTS], high[MODEL_POINTS]; /* of the holding registers */
    uint16_t fifo_addr, fifo_count;
    uint16_t fifo[MODEL_FIFO_MAX];
    uint16_t file[MODEL_FILE_RECORDS]; /* file 1 */
    const char *text;                  /* files 900..: the plant file, as the README says it is wrapped */
    size_t text_len;
    const char *object[7]; /* FC 43/14; NULL = absent */
    uint8_t unit_id;
    bool may_write_words, may_write_coils;
    bool serial_on, listening;
    uint16_t bus_messages, exceptions, server_messages, no_responses, events;
    uint8_t log[64]; /* newest first */
    size_t log_len;
};

/* Declares count points from addr, with values first, first + step, ... */
void model_declare(struct model *model, enum model_table table, uint16_t addr, uint16_t count, uint16_t first,
                   uint16_t step, bool writable);

/* The response to a request of len bytes (1..253); its length, 0 = none. Writes take effect on the model. */
size_t model_respond(struct model *model, const uint8_t *request, size_t len, uint8_t response[253]);

#endif
