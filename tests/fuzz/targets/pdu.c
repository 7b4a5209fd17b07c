/* Fuzzes mbp_pdu_respond. Input: a byte of flags (bit 0: serial functions on; bits 1 and 2: the peer may not do all),
 * then requests, each a length byte and that many bytes; state carries over from one to the next. The oracle is
 * model.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/modbus.h"
#include "model.h"
#include "target.h"

static const char plant_text[] =
    "mbplant: 1\n"
    "name: Fuzz\n"
    "identity: {vendor: MBP, product: P1, revision: V1.0, product_name: a name, application: testing}\n"
    "units:\n"
    "  - id: 1\n"
    "    tables:\n"
    "      coils:\n"
    "        - {at: 0, values: [1, 0, 1, 0, 1, 0, 1, 0, 1, 0]}\n"
    "        - {at: 10, values: [0, 0, 0, 0], access: read}\n"
    "        - {at: 20, values: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]}\n"
    "      discrete_inputs:\n"
    "        - {at: 0, values: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}\n"
    "      holding_registers:\n"
    "        - {at: 0, values: [4096, 4097, 4098, 4099, 4100, 4101, 4102, 4103, 4104, 4105]}\n"
    "        - {at: 10, values: [7, 7], access: read}\n"
    "        - {at: 12, values: [100, 100, 100, 100], min: 50, max: 1000}\n"
    "        - {at: 40, values: [0, 0, 0, 0, 0, 0, 0, 0]}\n"
    "      input_registers:\n"
    "        - {at: 0, values: [8192, 8193, 8194, 8195, 8196, 8197, 8198, 8199, 8200, 8201]}\n"
    "      files:\n"
    "        - {number: 1, values: [12288, 12289, 12290, 12291, 12292, 12293, 12294, 12295, 12296, 12297]}\n"
    "      fifos:\n"
    "        - {at: 9, values: [440, 4740]}\n";

/* The same as the text above. */
static void make_model(struct model *model)
{
    memset(model, 0, sizeof *model);
    for (uint16_t i = 0; i < 10; i++)
        model_declare(model, MODEL_COILS, i, 1, i % 2 == 0, 0, true);
    model_declare(model, MODEL_COILS, 10, 4, 0, 0, false);
    model_declare(model, MODEL_COILS, 20, 20, 0, 0, true);
    model_declare(model, MODEL_DISCRETE, 0, 10, 1, 0, false);
    model_declare(model, MODEL_HOLDING, 0, 10, 4096, 1, true);
    model_declare(model, MODEL_HOLDING, 10, 2, 7, 0, false);
    model_declare(model, MODEL_HOLDING, 12, 4, 100, 0, true);
    for (int i = 12; i < 16; i++) {
        model->low[i] = 50;
        model->high[i] = 1000;
    }
    model_declare(model, MODEL_HOLDING, 40, 8, 0, 0, true);
    model_declare(model, MODEL_INPUT, 0, 10, 8192, 1, false);
    model->fifo_addr = 9;
    model->fifo_count = 2;
    model->fifo[0] = 440;
    model->fifo[1] = 4740;
    for (uint16_t i = 0; i < MODEL_FILE_RECORDS; i++)
        model->file[i] = (uint16_t)(12288 + i);
    model->text = plant_text;
    model->text_len = sizeof plant_text - 1;
    model->object[0] = "MBP";
    model->object[1] = "P1";
    model->object[2] = "V1.0";
    model->object[4] = "a name";
    model->object[6] = "testing";
    model->unit_id = 1;
}

static void print_bytes(const char *title, const uint8_t *bytes, size_t len)
{
    fprintf(stderr, "%s", title);
    for (size_t i = 0; i < len; i++)
        fprintf(stderr, "%02x", bytes[i]);
    fprintf(stderr, "\n");
}

static void fail(const char *why, const uint8_t *request, size_t len, const uint8_t *response, size_t response_len)
{
    fprintf(stderr, "%s\n", why);
    print_bytes("request  ", request, len);
    print_bytes("response ", response, response_len);
    abort();
}

static void play(const struct mbp_pdu_context *context, struct model *model, const uint8_t *request, size_t len)
{
    uint8_t response[MBP_PDU_MAX];
    uint8_t expected[MBP_PDU_MAX];
    uint8_t *exact = malloc(len); /* of its own, so that reading behind the request is found */
    if (exact == NULL)
        abort();
    memcpy(exact, request, len);
    size_t response_len = mbp_pdu_respond(context, exact, len, response);
    free(exact);
    size_t expected_len = model_respond(model, request, len, expected);
    if (expected_len != response_len || memcmp(expected, response, response_len) != 0) {
        print_bytes("expected ", expected, expected_len);
        fail("not what the model answers", request, len, response, response_len);
    }
}

static void check_tables(const struct mbp_image_unit *unit, const struct model *model)
{
    for (uint32_t i = 0; i < MODEL_POINTS; i++) {
        if (i < unit->size[MBP_COILS] && unit->coils[i] != model->value[MODEL_COILS][i])
            abort();
        if (i < unit->size[MBP_HOLDING_REGISTERS] && unit->holding[i] != model->value[MODEL_HOLDING][i])
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct mbp_plant *plant; /* never changes; loaded once */
    const struct mbp_text text = {plant_text, sizeof plant_text - 1};
    struct mbp_image *image = NULL;
    struct model model;
    struct mbp_serial serial = {0};
    bool listen_only = false;
    if (size == 0)
        return 0;
    if ((plant == NULL && mbp_plant_parse("fuzz.yaml", text, stderr, &plant) != MBP_OK) ||
        mbp_image_new(plant, &image) != MBP_OK)
        abort();
    make_model(&model);
    model.serial_on = (data[0] & 1) != 0;
    model.may_write_words = (data[0] & 2) == 0;
    model.may_write_coils = (data[0] & 2) == 0 || (data[0] & 4) != 0;
    const struct mbp_pdu_context context = {
        .unit = mbp_image_unit(image, 1),
        .identity = &plant->identity,
        .serial = (data[0] & 1) != 0 ? &serial : NULL,
        .listen_only = &listen_only,
        .permit = &mbp_permits[(data[0] & 2) == 0   ? MBP_ALLOW_ALL
                               : (data[0] & 4) != 0 ? MBP_ALLOW_OPERATE
                                                    : MBP_ALLOW_READ],
    };
    for (size_t at = 1; at < size && data[at] >= 1 && data[at] <= MBP_PDU_MAX && at + data[at] < size;
         at += 1u + data[at])
        play(&context, &model, data + at + 1, data[at]);
    check_tables(context.unit, &model);
    mbp_image_free(image);
    return 0;
}
