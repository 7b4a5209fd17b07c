/* An expression: any text, compiled and run for a while; or choices of which the second opinion of
 * tests/unit/expr/expr_model.c makes an expression, which must then be what it says. The first byte chooses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expr_model.h"
#include "target.h"

#define SCANS   6
#define SCAN_NS (100 * MBP_NS_PER_MS)

struct choices {
    const uint8_t *bytes;
    size_t len, at;
};

/* Two bytes a choice; after the last they are drawn from their number. */
static uint64_t draw(void *ctx)
{
    struct choices *choices = ctx;
    size_t at = choices->at;
    choices->at += 2;
    if (at + 2 > choices->len)
        return mbp_rng_bits(7, choices->len, at);
    return (uint64_t)choices->bytes[at] << 8 | choices->bytes[at + 1];
}

static union mbp_expr_value slots[MODEL_SLOTS];
static struct model model;

static union mbp_expr_value read_slot(const void *ctx, uint32_t slot)
{
    (void)ctx;
    return slots[slot];
}

static void draw_slots(void)
{
    for (unsigned slot = 0; slot < MODEL_SLOTS; slot++)
        slots[slot] = model_slot_value(&model, (enum mbp_expr_type)(slot / 3));
}

/* root: what the model made; -1 = the text is somebody else's. */
static void play(const struct mbp_expr *expr, int root)
{
    uint64_t *cells = calloc(mbp_expr_cells(expr) + 1, sizeof *cells);
    struct mbp_expr_world world = {.read = read_slot, .period_ns = SCAN_NS, .clock_ns = INT64_C(1781337600000000000)};
    if (cells == NULL)
        abort();
    for (unsigned i = 0; i < SCANS; i++) {
        draw_slots();
        world.now_ns += SCAN_NS;
        struct mbp_expr_result result = mbp_expr_run(expr, &world, cells);
        if (root < 0)
            continue;
        struct model_value expected = model_run(&model, (unsigned)root, slots, world.now_ns);
        if (!model_agrees(&expected, mbp_expr_type_of(expr), &result)) {
            fprintf(stderr, "scan %u: %s\n", i, model.text);
            abort();
        }
    }
    free(cells);
}

static void try(const char *text, size_t len, enum mbp_expr_type want, int root)
{
    const struct mbp_expr_source source = {text, len, 1};
    struct mbp_expr *expr = NULL;
    struct mbp_expr_error error = {.line = 0};
    enum mbp_status status = mbp_expr_compile(&source, want, &model_scope, &expr, &error);
    if (status == MBP_ERR_FORMAT) {
        if (error.line == 0 || error.column == 0 || error.text[0] == '\0' || error.offset > len)
            abort();
        if (root >= 0 && strstr(error.text, "divides by zero") == NULL) {
            fprintf(stderr, "%s\n%u: %s\n", text, error.column, error.text);
            abort();
        }
        return;
    }
    if (status == MBP_OK) {
        play(expr, root);
        mbp_expr_free(expr);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct choices choices = {data, size, 1};
    if (size < 2)
        return 0;
    model.draw = draw;
    model.ctx = &choices;
    if (data[0] % 2 == 0) {
        char *text = malloc(size - 1); /* its own, so that a look beyond it is seen */
        if (text == NULL)
            abort();
        memcpy(text, data + 1, size - 1);
        try(text, size - 1, MBP_EXPR_ANY, -1);
        free(text);
        return 0;
    }
    enum mbp_expr_type type = (enum mbp_expr_type)(draw(&choices) % MBP_EXPR_TYPE_COUNT);
    int root = (int)model_make(&model, type);
    try(model.text, model.len, type, root);
    return 0;
}
