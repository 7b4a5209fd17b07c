/* parser: the expression grammar of IEC 61131-3:2013, annex A. Statements begin at parser_assignment, so that more of
 * them can stand beside it. */
#include "parser.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- tokens ---- */

bool parser_at_symbol(const struct compiler *compiler, const char *symbol)
{
    return compiler->token.kind == TOKEN_SYMBOL && strcmp(compiler->token.name, symbol) == 0;
}

bool parser_at_word(const struct compiler *compiler, const char *word)
{
    return compiler->token.kind == TOKEN_NAME && !compiler->token.quoted && strcasecmp(compiler->token.name, word) == 0;
}

/* "'x'", or "the end". */
const char *parser_what_stands(const struct compiler *compiler, char buf[QUOTED_LEN])
{
    char text[EXCERPT_LEN];
    if (compiler->token.kind == TOKEN_END)
        return mbp_tr("the end");
    snprintf(buf, QUOTED_LEN, mbp_tr("'%s'"),
             compiler_excerpt(compiler, compiler->token.start, compiler->token.end, text));
    return buf;
}

bool parser_take_symbol(struct compiler *compiler, const char *symbol, const char *after)
{
    char buf[QUOTED_LEN];
    if (parser_at_symbol(compiler, symbol)) {
        lexer_next(compiler);
        return !compiler->failed;
    }
    compiler_fail(compiler, compiler->token.start, "%s is expected %s, not %s", symbol, mbp_tr(after),
                  parser_what_stands(compiler, buf));
    return false;
}

/* Words that cannot be names without quotes; most of them are for statements. */
static bool is_reserved(const char *word)
{
    static const char *const words[] = {
        "AND",    "OR",    "XOR",        "NOT",  "MOD",      "IF",     "THEN", "ELSIF",   "ELSE",    "END_IF",
        "CASE",   "OF",    "END_CASE",   "FOR",  "TO",       "BY",     "DO",   "END_FOR", "WHILE",   "END_WHILE",
        "REPEAT", "UNTIL", "END_REPEAT", "EXIT", "CONTINUE", "RETURN", "VAR",  "END_VAR", "PROGRAM", "END_PROGRAM"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp(words[i], word) == 0)
            return true;
    return false;
}

bool parser_enter(struct compiler *compiler)
{
    if (compiler->depth >= MBP_EXPR_DEPTH_MAX) {
        compiler_fail(compiler, compiler->token.start, "brackets nest at most %u deep", MBP_EXPR_DEPTH_MAX);
        return false;
    }
    compiler->depth++;
    return true;
}

/* ---- names ---- */

/* A name with a dash in it that stands without its quotes: TT-101 is TT minus 101. */
static bool find_dashed(struct compiler *compiler, uint32_t start, char *name, size_t size)
{
    const char *text = compiler->source->text;
    size_t len = 0;
    bool dashed = false;
    while (start + len < compiler->source->len && len + 1 < size) {
        char c = text[start + len];
        if (isalnum((unsigned char)c) == 0 && strchr("_.-", c) == NULL)
            break;
        if (c == '\0')
            break;
        dashed |= c == '-';
        name[len++] = c;
    }
    name[len] = '\0';
    struct mbp_expr_name found;
    const char *why = NULL;
    return dashed && compiler->scope->find(compiler->scope->ctx, name, &found, &why);
}

void parser_fail_name(struct compiler *compiler, const char *what, const char *why)
{
    const struct mbp_expr_scope *scope = compiler->scope;
    const struct token *token = &compiler->token;
    char dashed[MBP_EXPR_NAME_MAX + 1];
    what = mbp_tr(what);
    if (why != NULL) {
        compiler_fail(compiler, token->start, "%s: %s", token->name, why);
        return;
    }
    const char *nearest = scope->nearest != NULL ? scope->nearest(scope->ctx, token->name) : NULL;
    if (!token->quoted && find_dashed(compiler, token->start, dashed, sizeof dashed))
        compiler_fail(compiler, token->start,
                      "there is no %s %s: write \"%s\" in double quotes, without them it is a subtraction", what,
                      token->name, dashed);
    else if (nearest != NULL)
        compiler_fail(compiler, token->start, "there is no %s %s; did you mean %s?", what, token->name, nearest);
    else
        compiler_fail(compiler, token->start, "there is no %s %s", what, token->name);
}

static uint16_t parse_name(struct compiler *compiler)
{
    const struct token *token = &compiler->token;
    struct mbp_expr_name found;
    const char *why = NULL;
    if (!compiler->scope->find(compiler->scope->ctx, token->name, &found, &why)) {
        parser_fail_name(compiler, "value named", why);
        return 0;
    }
    uint16_t id = compiler_node(compiler, NODE_READ, token->start, token->end);
    compiler->nodes[id].type = (uint8_t)found.type;
    compiler->nodes[id].slot = found.slot;
    lexer_next(compiler);
    return id;
}

static uint16_t parse_literal(struct compiler *compiler)
{
    const struct token *token = &compiler->token;
    uint16_t id = compiler_node(compiler, NODE_LITERAL, token->start, token->end);
    struct node *node = &compiler->nodes[id];
    node->type = (uint8_t)token->type;
    if (token->is_real)
        node->real = token->real;
    else
        node->integer = token->integer;
    if (node->type == MBP_EXPR_REAL)
        node->real = (double)(float)node->real;
    lexer_next(compiler);
    return id;
}

static uint16_t parse_bool(struct compiler *compiler, bool value)
{
    compiler->token.type = MBP_EXPR_BOOL;
    compiler->token.is_real = false;
    compiler->token.integer = value ? 1 : 0;
    return parse_literal(compiler);
}

/* Makes a call of operands, and gives it its type. */
uint16_t parser_make_call(struct compiler *compiler, const struct function *function, const uint16_t *operands,
                          unsigned count, uint32_t place)
{
    uint32_t start = place;
    if (count > 0 && compiler->nodes[operands[0]].start < start)
        start = compiler->nodes[operands[0]].start;
    uint16_t id = compiler_node(compiler, NODE_CALL, start, compiler->token.start);
    if (id == 0)
        return 0;
    struct node *call = &compiler->nodes[id];
    call->place = place;
    call->function = function;
    call->count = (uint16_t)count;
    call->end = count > 0 ? compiler->nodes[operands[count - 1]].end : place;
    uint16_t *link = &call->first;
    for (unsigned i = 0; i < count; i++) {
        *link = operands[i];
        link = &compiler->nodes[operands[i]].next;
    }
    return checker_call(compiler, id) ? id : 0;
}

/* ---- the grammar ---- */

static uint16_t parse_brackets(struct compiler *compiler)
{
    uint32_t start = compiler->token.start;
    if (!parser_enter(compiler))
        return 0;
    lexer_next(compiler);
    uint16_t id = parser_binary(compiler, 0);
    compiler->depth--;
    uint32_t end = compiler->token.end;
    if (compiler->failed || !parser_take_symbol(compiler, ")", "to close a bracket"))
        return 0;
    compiler->nodes[id].start = start;
    compiler->nodes[id].end = end;
    return id;
}

static bool bracket_follows(const struct compiler *compiler)
{
    size_t at = compiler->at;
    while (at < compiler->source->len && isspace((unsigned char)compiler->source->text[at]) != 0)
        at++;
    return at < compiler->source->len && compiler->source->text[at] == '(' &&
           (at + 1 >= compiler->source->len || compiler->source->text[at + 1] != '*');
}

static uint16_t parse_primary(struct compiler *compiler)
{
    char buf[QUOTED_LEN];
    if (compiler->failed)
        return 0;
    if (compiler->token.kind == TOKEN_LITERAL)
        return parse_literal(compiler);
    if (parser_at_symbol(compiler, "("))
        return parse_brackets(compiler);
    if (parser_at_word(compiler, "TRUE") || parser_at_word(compiler, "FALSE"))
        return parse_bool(compiler, parser_at_word(compiler, "TRUE"));
    bool name = compiler->token.kind == TOKEN_NAME;
    /* AND(a, b): where a value stands, the words of operators are functions */
    bool function =
        name && !compiler->token.quoted && bracket_follows(compiler) && function_find(compiler->token.name) != NULL;
    if (name && (compiler->token.quoted || function || !is_reserved(compiler->token.name))) {
        const struct function *clock = compiler->token.quoted ? NULL : function_find(compiler->token.name);
        if (clock != NULL && clock->rule == RULE_CLOCK) {
            uint32_t place = compiler->token.start;
            lexer_next(compiler);
            return parser_make_call(compiler, clock, NULL, 0, place);
        }
        return !compiler->token.quoted && bracket_follows(compiler) ? parser_call(compiler) : parse_name(compiler);
    }
    if (name)
        compiler_fail(compiler, compiler->token.start, "a value is expected here, and %s is a word of the language",
                      compiler->token.name);
    compiler_fail(compiler, compiler->token.start, "a value is expected here, not %s",
                  parser_what_stands(compiler, buf));
    return 0;
}

static uint16_t parse_unary(struct compiler *compiler)
{
    bool minus = parser_at_symbol(compiler, "-");
    bool plus = parser_at_symbol(compiler, "+");
    if (!minus && !plus && !parser_at_word(compiler, "NOT"))
        return parse_primary(compiler);
    uint32_t place = compiler->token.start;
    if (!parser_enter(compiler))
        return 0;
    lexer_next(compiler);
    uint16_t operand = parse_unary(compiler);
    compiler->depth--;
    if (compiler->failed)
        return 0;
    if (plus) {
        if (type_is_number(compiler->nodes[operand].type) || compiler->nodes[operand].type == MBP_EXPR_TIME)
            return operand;
        compiler_fail(compiler, place, "+ takes a number, and this is %s", type_name(compiler->nodes[operand].type));
        return 0;
    }
    return parser_make_call(compiler, function_find(minus ? "negative" : "NOT"), &operand, 1, place);
}

/* The binary operators; those that bind more are at a higher level. */
static const struct {
    const char *symbol;
    unsigned level;
} operators[] = {{"OR", 0}, {"XOR", 1}, {"AND", 2}, {"&", 2}, {"=", 3}, {"<>", 3}, {"<", 4},   {">", 4},
                 {"<=", 4}, {">=", 4},  {"+", 5},   {"-", 5}, {"*", 6}, {"/", 6},  {"MOD", 6}, {"**", 7}};

#define OPERATORS (sizeof operators / sizeof operators[0])

static size_t operator_here(const struct compiler *compiler)
{
    for (size_t i = 0; i < OPERATORS; i++)
        if (parser_at_symbol(compiler, operators[i].symbol) || parser_at_word(compiler, operators[i].symbol))
            return i;
    return OPERATORS;
}

/* Operators of a level or above, from left to right. */
uint16_t parser_binary(struct compiler *compiler, unsigned least)
{
    uint16_t left = parse_unary(compiler);
    while (!compiler->failed) {
        size_t which = operator_here(compiler);
        if (which == OPERATORS || operators[which].level < least)
            return left;
        uint32_t place = compiler->token.start;
        lexer_next(compiler);
        const uint16_t operands[2] = {left, parser_binary(compiler, operators[which].level + 1)};
        if (!compiler->failed)
            left = parser_make_call(compiler, function_find(operators[which].symbol), operands, 2, place);
    }
    return 0;
}

static void expect_end(struct compiler *compiler)
{
    char buf[QUOTED_LEN];
    if (compiler->failed || compiler->token.kind == TOKEN_END)
        return;
    if (parser_at_symbol(compiler, ":="))
        compiler_fail(compiler, compiler->token.start, "an assignment has no place here; equality is written =");
    else if (parser_at_symbol(compiler, ")"))
        compiler_fail(compiler, compiler->token.start, "this ) closes no bracket");
    else
        compiler_fail(compiler, compiler->token.start, "an operator or the end is expected here, not %s",
                      parser_what_stands(compiler, buf));
}

uint16_t parser_expression(struct compiler *compiler)
{
    lexer_next(compiler);
    if (!compiler->failed && compiler->token.kind == TOKEN_END)
        compiler_fail(compiler, compiler->token.start, "an expression is expected here, and nothing stands here");
    uint16_t root = parser_binary(compiler, 0);
    expect_end(compiler);
    return compiler->failed ? 0 : root;
}

uint16_t parser_assignment(struct compiler *compiler, struct mbp_expr_name *target)
{
    const struct mbp_expr_scope *scope = compiler->scope;
    const char *why = NULL;
    lexer_next(compiler);
    bool name = compiler->token.kind == TOKEN_NAME && (compiler->token.quoted || !is_reserved(compiler->token.name));
    if (!name)
        compiler_fail(compiler, compiler->token.start, "an assignment is expected here: NAME := EXPRESSION");
    else if (scope->find_target == NULL || !scope->find_target(scope->ctx, compiler->token.name, target, &why))
        parser_fail_name(compiler, "target named", why);
    lexer_next(compiler);
    if (!compiler->failed && parser_at_symbol(compiler, "="))
        compiler_fail(compiler, compiler->token.start, "an assignment is written :=");
    if (compiler->failed || !parser_take_symbol(compiler, ":=", "behind the target"))
        return 0;
    uint16_t root = parser_binary(compiler, 0);
    if (!compiler->failed && parser_at_symbol(compiler, ";"))
        lexer_next(compiler);
    expect_end(compiler);
    return compiler->failed ? 0 : root;
}
