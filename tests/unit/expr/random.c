/* Expressions made at random, against the second opinion of expr_model.c; and damaged texts, which must give one error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "expr_model.h"

#define EXPRESSIONS 20000
#define SCANS       8
#define SCAN_NS     (100 * MBP_NS_PER_MS)

struct source {
    uint64_t seed, counter;
};

static uint64_t draw(void *ctx)
{
    struct source *source = ctx;
    return mbp_rng_bits(source->seed, 0, source->counter++);
}

static union mbp_expr_value slots[MODEL_SLOTS];

static union mbp_expr_value read_slot(const void *ctx, uint32_t slot)
{
    (void)ctx;
    return slots[slot];
}

static void draw_slots(struct model *model)
{
    for (unsigned slot = 0; slot < MODEL_SLOTS; slot++)
        slots[slot] = model_slot_value(model, (enum mbp_expr_type)(slot / 3));
}

static struct model model;

static void check_one(uint64_t seed, unsigned counts[MBP_EXPR_FAULT_COUNT])
{
    struct source source = {seed, 0};
    model.draw = draw;
    model.ctx = &source;
    enum mbp_expr_type type = (enum mbp_expr_type)(draw(&source) % MBP_EXPR_TYPE_COUNT);
    unsigned root = model_make(&model, type);
    const struct mbp_expr_source text = {model.text, model.len, 0};
    struct mbp_expr *expr = NULL;
    struct mbp_expr_error error;
    enum mbp_status status = mbp_expr_compile(&text, type, &model_scope, &expr, &error);
    if (status != MBP_OK && strstr(error.text, "divides by zero") != NULL)
        return;
    if (status != MBP_OK)
        fail_msg("seed %llu: %s\n%u:%u: %s", (unsigned long long)seed, model.text, error.line, error.column,
                 error.text);
    uint64_t *cells = calloc(mbp_expr_cells(expr) + 1, sizeof *cells);
    assert_non_null(cells);
    struct mbp_expr_world world = {.read = read_slot, .period_ns = SCAN_NS};
    for (unsigned i = 0; i < SCANS; i++) {
        draw_slots(&model);
        world.now_ns += SCAN_NS;
        struct model_value expected = model_run(&model, root, slots, world.now_ns);
        struct mbp_expr_result result = mbp_expr_run(expr, &world, cells);
        counts[result.fault]++;
        if (!model_agrees(&expected, type, &result))
            fail_msg("seed %llu scan %u: %s\nfault %d %lld, not %d %lld %.17g", (unsigned long long)seed, i, model.text,
                     (int)result.fault, (long long)result.value.i, (int)expected.fault, (long long)expected.integer,
                     expected.real);
    }
    free(cells);
    mbp_expr_free(expr);
}

static void test_random_expressions_are_what_the_model_says(void **state)
{
    (void)state;
    unsigned counts[MBP_EXPR_FAULT_COUNT] = {0};
    for (uint64_t seed = 0; seed < EXPRESSIONS; seed++)
        check_one(seed, counts);
    for (unsigned fault = 0; fault < MBP_EXPR_FAULT_COUNT; fault++)
        if (counts[fault] < EXPRESSIONS / 200)
            fail_msg("fault %u came only %u times", fault, counts[fault]);
}

/* A byte is changed, doubled or lost, or the text is cut. */
static void damage(struct source *source, char *text, size_t *len)
{
    static const char bytes[] = "()+-*/<>=.,;:#\"'&_ 019eETFabc\n\xC3\xA9\x00\xFF";
    size_t at = draw(source) % *len;
    switch (draw(source) % 4) {
    case 0:
        text[at] = bytes[draw(source) % (sizeof bytes - 1)];
        break;
    case 1:
        memmove(text + at + 1, text + at, *len - at);
        ++*len;
        break;
    case 2:
        memmove(text + at, text + at + 1, *len - at - 1);
        --*len;
        break;
    default:
        *len = at;
        break;
    }
}

static void test_random_damage_gives_an_error_with_its_place_or_none(void **state)
{
    (void)state;
    unsigned refused = 0;
    for (uint64_t seed = 0; seed < EXPRESSIONS; seed++) {
        struct source source = {seed, 0};
        model.draw = draw;
        model.ctx = &source;
        model_make(&model, (enum mbp_expr_type)(draw(&source) % MBP_EXPR_TYPE_COUNT));
        for (uint64_t i = draw(&source) % 3; i < 3 && model.len > 1 && model.len < MODEL_TEXT_LEN - 8; i++)
            damage(&source, model.text, &model.len);
        char *exact = malloc(model.len + 1); /* so that a look beyond the end is seen */
        assert_non_null(exact);
        memcpy(exact, model.text, model.len);
        char *text = realloc(exact, model.len > 0 ? model.len : 1);
        assert_non_null(text);
        const struct mbp_expr_source given = {text, model.len, 0};
        struct mbp_expr *expr = NULL;
        struct mbp_expr_error error;
        enum mbp_status status = mbp_expr_compile(&given, MBP_EXPR_ANY, &model_scope, &expr, &error);
        if (status != MBP_OK) {
            refused++;
            assert_true(error.line >= 1 && error.column >= 1 && error.offset <= model.len && error.text[0] != '\0');
        }
        mbp_expr_free(status == MBP_OK ? expr : NULL);
        free(text);
    }
    assert_in_range(refused, EXPRESSIONS / 4, EXPRESSIONS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_expressions_are_what_the_model_says),
        cmocka_unit_test(test_random_damage_gives_an_error_with_its_place_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
