/* call: what stands in the brackets of a function. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "parser.h"

#define OPERANDS_MAX 60u

/* Operands in the order of the parameters. */
struct operands {
    uint16_t of[OPERANDS_MAX];
    unsigned count;
    bool named;
};

/* Whether `NAME :=` stands here. */
static bool at_named_operand(const struct compiler *compiler)
{
    const struct mbp_expr_source *source = compiler->source;
    size_t at = compiler->at;
    while (at < source->len && isspace((unsigned char)source->text[at]) != 0)
        at++;
    return compiler->token.kind == TOKEN_NAME && at + 1 < source->len && source->text[at] == ':' &&
           source->text[at + 1] == '=';
}

/* The parameter that a named operand is for; takes `NAME :=`. */
static unsigned parse_parameter(struct compiler *compiler, const struct function *function)
{
    char help[96];
    for (unsigned i = 0; i < PARAMETERS_MAX; i++) {
        if (function != NULL && function->parameters[i].name != NULL &&
            parser_at_word(compiler, function->parameters[i].name)) {
            lexer_next(compiler);
            lexer_next(compiler);
            return i;
        }
    }
    if (function != NULL) {
        function_help(function, help, sizeof help);
        compiler_fail(compiler, compiler->token.start, "%s has no %s: it is %s", function->name, compiler->token.name,
                      help);
    } else {
        compiler_fail(compiler, compiler->token.start, "a conversion has one operand, without a name");
    }
    return OPERANDS_MAX;
}

static bool parse_operand(struct compiler *compiler, const struct function *function, struct operands *operands)
{
    bool named = at_named_operand(compiler);
    uint32_t start = compiler->token.start;
    if (operands->count > 0 && named != operands->named)
        compiler_fail(compiler, start, "either all operands have names or none has");
    else if (operands->count >= OPERANDS_MAX)
        compiler_fail(compiler, start, "a function takes at most %u operands", OPERANDS_MAX);
    if (compiler->failed)
        return false;
    unsigned index = named ? parse_parameter(compiler, function) : operands->count;
    operands->named = named;
    if (compiler->failed)
        return false;
    if (operands->of[index] != 0) {
        compiler_fail(compiler, start, "this operand is given twice");
        return false;
    }
    operands->of[index] = parser_binary(compiler, 0);
    operands->count++;
    return !compiler->failed;
}

/* What stands in the brackets of a call, up to the closing one. */
static bool parse_operands(struct compiler *compiler, const struct function *function, struct operands *operands)
{
    if (!parser_at_symbol(compiler, ")")) {
        do {
            if (!parse_operand(compiler, function, operands))
                return false;
        } while (parser_at_symbol(compiler, ",") && (lexer_next(compiler), !compiler->failed));
    }
    compiler->depth--;
    return parser_take_symbol(compiler, ")", "behind the operands");
}

static bool right_count(struct compiler *compiler, const struct function *function, const struct operands *operands,
                        uint32_t place)
{
    char help[96];
    bool gap = false;
    for (unsigned i = 0; i < operands->count; i++)
        gap |= operands->of[i] == 0;
    if (operands->count >= function->least && operands->count <= function->most && !gap)
        return true;
    function_help(function, help, sizeof help);
    compiler_fail(compiler, place, "%s does not take %s%u operand%s: it is %s", function->name,
                  gap ? mbp_tr("only ") : "", operands->count, operands->count == 1 ? "" : "s", help);
    return false;
}

/* TON(..).ET: another output than the first. */
static void parse_output(struct compiler *compiler, uint16_t id)
{
    struct node *call = &compiler->nodes[id];
    const char *outputs = call->function->outputs;
    lexer_next(compiler);
    if (outputs == NULL) {
        compiler_fail(compiler, call->place, "%s has one result and no members", call->function->name);
    } else if (parser_at_word(compiler, "Q") || (parser_at_word(compiler, "Q1") && strcmp(outputs, "Q1") == 0)) {
        lexer_next(compiler);
    } else if (parser_at_word(compiler, "ET") && strstr(outputs, "ET") != NULL) {
        call->output = OUTPUT_ET;
        call->type = MBP_EXPR_TIME;
        lexer_next(compiler);
    } else if (parser_at_word(compiler, "CV") && strstr(outputs, "CV") != NULL) {
        call->output = OUTPUT_CV;
        call->type = MBP_EXPR_DINT;
        lexer_next(compiler);
    } else {
        compiler_fail(compiler, compiler->token.start, "%s gives %s", call->function->name, outputs);
    }
}

/* LOOKUP(curve, x): the curve is a name, not a value. */
static uint16_t parse_lookup(struct compiler *compiler, const struct function *function, uint32_t place)
{
    const struct mbp_expr_scope *scope = compiler->scope;
    uint32_t curve = 0;
    if (compiler->token.kind != TOKEN_NAME || scope->find_curve == NULL ||
        !scope->find_curve(scope->ctx, compiler->token.name, &curve)) {
        if (compiler->token.kind == TOKEN_NAME)
            parser_fail_name(compiler, "curve", NULL);
        else
            compiler_fail(compiler, compiler->token.start,
                          "the name of a curve is expected here: it is LOOKUP(CURVE, X)");
        return 0;
    }
    lexer_next(compiler);
    if (!parser_take_symbol(compiler, ",", "behind the curve"))
        return 0;
    uint16_t x = parser_binary(compiler, 0);
    compiler->depth--;
    if (compiler->failed || !parser_take_symbol(compiler, ")", "behind the operands"))
        return 0;
    uint16_t id = parser_make_call(compiler, function, &x, 1, place);
    compiler->nodes[id].slot = curve;
    return id;
}

struct conversion {
    unsigned from; /* TYPE_NONE = whatever it is */
    unsigned to;
    bool truncates;
};

/* INT_TO_REAL, TO_REAL, TRUNC, TRUNC_INT: conversions are made of the names of types. */
static bool is_conversion(const char *name, struct conversion *out)
{
    *out = (struct conversion){TYPE_NONE, TYPE_NONE, false};
    if (strcasecmp(name, "TRUNC") == 0) {
        out->truncates = true;
        out->to = MBP_EXPR_DINT;
        return true;
    }
    if (strncasecmp(name, "TRUNC_", 6) == 0) {
        out->truncates = true;
        out->to = type_find(name + 6, strlen(name + 6));
        return out->to != TYPE_NONE && type_is_integer(out->to);
    }
    const char *middle = strncasecmp(name, "TO_", 3) == 0 ? name : strcasestr(name, "_TO_");
    if (middle == NULL)
        return false;
    const char *last = middle + (middle == name ? 3 : 4);
    out->to = type_find(last, strlen(last));
    if (middle != name)
        out->from = type_find(name, (size_t)(middle - name));
    return out->to != TYPE_NONE && (middle == name || out->from != TYPE_NONE);
}

static uint16_t parse_conversion(struct compiler *compiler, const struct conversion *conversion, uint32_t place)
{
    struct operands operands = {.count = 0};
    if (!parse_operands(compiler, NULL, &operands))
        return 0;
    if (operands.count != 1) {
        compiler_fail(compiler, place, "a conversion takes one operand");
        return 0;
    }
    uint16_t id = checker_conversion(compiler, operands.of[0], conversion->from, conversion->to, conversion->truncates);
    compiler->nodes[id].place = place;
    compiler->nodes[id].start = place;
    return id;
}

/* A name, and a bracket behind it. */
uint16_t parser_call(struct compiler *compiler)
{
    char name[MBP_EXPR_NAME_MAX + 1];
    struct conversion conversion;
    uint32_t place = compiler->token.start;
    memcpy(name, compiler->token.name, sizeof name);
    const struct function *function = function_find(name);
    bool converts = function == NULL && is_conversion(name, &conversion);
    if (function == NULL && !converts) {
        const struct function *nearest = function_nearest(name);
        compiler_fail(compiler, place, "there is no function %s%s%s%s", name,
                      nearest != NULL ? mbp_tr("; did you mean ") : "", nearest != NULL ? nearest->name : "",
                      nearest != NULL ? mbp_tr("?") : "");
        return 0;
    }
    lexer_next(compiler);
    if (compiler->failed || !parser_enter(compiler))
        return 0;
    lexer_next(compiler);
    if (function == NULL)
        return parse_conversion(compiler, &conversion, place);
    if (function->rule == RULE_LOOKUP)
        return parse_lookup(compiler, function, place);
    struct operands operands = {.count = 0};
    uint32_t end = compiler->token.end;
    if (!parse_operands(compiler, function, &operands) || !right_count(compiler, function, &operands, place))
        return 0;
    uint16_t id = parser_make_call(compiler, function, operands.of, operands.count, place);
    if (compiler->failed)
        return 0;
    if (compiler->nodes[id].end < end)
        compiler->nodes[id].end = end;
    if (parser_at_symbol(compiler, "."))
        parse_output(compiler, id);
    return id;
}
