/* lexer: text -> tokens. */
#include <ctype.h>
#include <string.h>

#include "compiler.h"

static char peek(const struct compiler *compiler, uint32_t ahead)
{
    size_t at = (size_t)compiler->at + ahead;
    return at < compiler->source->len ? compiler->source->text[at] : '\0';
}

static bool at_end(const struct compiler *compiler)
{
    return compiler->at >= compiler->source->len;
}

static bool is_letter(char c)
{
    return isalpha((unsigned char)c) != 0 || c == '_';
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) != 0 || c == '_';
}

/* (* .. *), which nest, and // to the end of the line. */
static bool skip_comment(struct compiler *compiler)
{
    uint32_t start = compiler->at;
    if (peek(compiler, 0) == '/' && peek(compiler, 1) == '/') {
        while (!at_end(compiler) && peek(compiler, 0) != '\n')
            compiler->at++;
        return true;
    }
    if (peek(compiler, 0) != '(' || peek(compiler, 1) != '*')
        return false;
    unsigned open = 0;
    do {
        bool opens = peek(compiler, 0) == '(' && peek(compiler, 1) == '*';
        bool closes = peek(compiler, 0) == '*' && peek(compiler, 1) == ')';
        if (at_end(compiler)) {
            compiler_fail(compiler, start, "this comment does not end: *) is missing");
            return false;
        }
        compiler->at += opens || closes ? 2 : 1;
        open += opens ? 1U : 0U;
        open -= closes ? 1U : 0U;
    } while (open > 0);
    return true;
}

static void skip_space(struct compiler *compiler)
{
    while (!compiler->failed) {
        char c = peek(compiler, 0);
        if (!at_end(compiler) && isspace((unsigned char)c) != 0)
            compiler->at++;
        else if (!skip_comment(compiler))
            return;
    }
}

static bool append(struct compiler *compiler, size_t *len, char c)
{
    struct token *token = &compiler->token;
    if (*len >= MBP_EXPR_NAME_MAX) {
        compiler_fail(compiler, token->start, "a name has at most %u characters", MBP_EXPR_NAME_MAX);
        return false;
    }
    token->name[(*len)++] = c;
    return true;
}

/* A word, or anything in double quotes. */
static bool read_part(struct compiler *compiler, size_t *len)
{
    if (peek(compiler, 0) != '"') {
        while (is_word(peek(compiler, 0))) {
            if (!append(compiler, len, peek(compiler, 0)))
                return false;
            compiler->at++;
        }
        return true;
    }
    uint32_t start = compiler->at++;
    compiler->token.quoted = true;
    while (!at_end(compiler) && peek(compiler, 0) != '"') {
        if (!append(compiler, len, peek(compiler, 0)))
            return false;
        compiler->at++;
    }
    if (at_end(compiler) || compiler->at == start + 1) {
        if (at_end(compiler))
            compiler_fail(compiler, start, "this name does not end: a \" is missing");
        else
            compiler_fail(compiler, start, "this name is empty");
        return false;
    }
    compiler->at++;
    return true;
}

/* A name with its members, joined by dots. */
static void read_name(struct compiler *compiler)
{
    size_t len = 0;
    compiler->token.kind = TOKEN_NAME;
    while (read_part(compiler, &len)) {
        char c = peek(compiler, 1);
        if (peek(compiler, 0) != '.' || !(is_letter(c) || c == '"'))
            break;
        if (!append(compiler, &len, '.'))
            return;
        compiler->at++;
    }
    compiler->token.name[len] = '\0';
    if (((unsigned char)peek(compiler, 0) & 0x80) != 0)
        compiler_fail(compiler, compiler->at, "this character is not of a name, unless that stands in double quotes");
}

/* Symbols of other languages, and what they are here. */
static const struct {
    const char *symbol;
    const char *here;
} foreign[] = {{"==", "equality is written ="},
               {"!=", "inequality is written <>"},
               {"&&", "and is written AND"},
               {"||", "or is written OR"},
               {"=>", "this is written >="},
               {"=<", "this is written <="},
               {">>", "shifts are SHL and SHR"},
               {"<<", "shifts are SHL and SHR"},
               {"!", "not is written NOT"},
               {"%", "the remainder is written MOD"},
               {"^", "a power is written **"},
               {"|", "or is written OR"},
               {"~", "not is written NOT"},
               {"?", "a choice is written SEL(condition, if FALSE, if TRUE)"},
               {"'", "texts have no place in an expression; a name stands in double quotes"}};

static bool refuse_foreign(struct compiler *compiler)
{
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        const char *symbol = foreign[i].symbol;
        if (peek(compiler, 0) == symbol[0] && (symbol[1] == '\0' || peek(compiler, 1) == symbol[1])) {
            compiler_fail(compiler, compiler->at, "'%s' is not of this language: %s", symbol, mbp_tr(foreign[i].here));
            return true;
        }
    }
    return false;
}

static void read_symbol(struct compiler *compiler)
{
    static const char *const pairs[] = {":=", "<=", ">=", "<>", "**"};
    struct token *token = &compiler->token;
    char c = peek(compiler, 0);
    token->kind = TOKEN_SYMBOL;
    if (refuse_foreign(compiler))
        return;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (c == pairs[i][0] && peek(compiler, 1) == pairs[i][1]) {
            memcpy(token->name, pairs[i], 3);
            compiler->at += 2;
            return;
        }
    }
    if (c != '\0' && strchr("+-*/&=<>(),.;", c) != NULL) {
        token->name[0] = c;
        token->name[1] = '\0';
        compiler->at++;
        return;
    }
    if (isprint((unsigned char)c) != 0)
        compiler_fail(compiler, compiler->at, "'%c' has no meaning here", c);
    else
        compiler_fail(compiler, compiler->at,
                      "this character has no meaning here; a name that has it stands in double quotes");
}

void lexer_next(struct compiler *compiler)
{
    struct token *token = &compiler->token;
    skip_space(compiler);
    token->kind = TOKEN_END;
    token->start = token->end = compiler->at;
    token->quoted = false;
    token->name[0] = '\0';
    if (compiler->failed || at_end(compiler))
        return;
    char c = peek(compiler, 0);
    if (isdigit((unsigned char)c) != 0) {
        literal_number(compiler, TYPE_NONE);
    } else if (is_letter(c) || c == '"') {
        read_name(compiler);
        unsigned type = token->quoted ? (unsigned)TYPE_NONE : type_find(token->name, strlen(token->name));
        if (peek(compiler, 0) == '#' && !token->quoted && !compiler->failed) {
            compiler->at++;
            if (type == TYPE_NONE)
                compiler_fail(compiler, token->start, "there is no type %s", token->name);
            else
                literal_typed(compiler, type);
        }
    } else {
        read_symbol(compiler);
    }
    token->end = compiler->at;
    if (compiler->failed)
        token->kind = TOKEN_END;
}
