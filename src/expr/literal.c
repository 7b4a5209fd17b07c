/* literal: numbers, with or without their base and their type. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compiler.h"

#define NUMBER_LEN 80

static char here(const struct compiler *compiler)
{
    return compiler->at < compiler->source->len ? compiler->source->text[compiler->at] : '\0';
}

static char behind(const struct compiler *compiler, uint32_t ahead)
{
    size_t at = (size_t)compiler->at + ahead;
    return at < compiler->source->len ? compiler->source->text[at] : '\0';
}

static bool is_digit(char c)
{
    return isdigit((unsigned char)c) != 0;
}

static unsigned digit_of(char c)
{
    return is_digit(c)                      ? (unsigned)(c - '0')
           : isalpha((unsigned char)c) != 0 ? (unsigned)(tolower((unsigned char)c) - 'a') + 10
                                            : 99;
}

/* Digits of a base, with single underscores between; false when there is none or the number is too large. */
static bool read_digits(struct compiler *compiler, unsigned base, __int128 *value)
{
    const __int128 most = (__int128)UINT64_MAX;
    uint32_t start = compiler->at;
    *value = 0;
    if (digit_of(here(compiler)) >= base) {
        compiler_fail(compiler, start, "a digit of base %u is expected here", base);
        return false;
    }
    while (digit_of(here(compiler)) < base || (here(compiler) == '_' && digit_of(behind(compiler, 1)) < base)) {
        if (here(compiler) != '_')
            *value = *value * base + digit_of(here(compiler));
        compiler->at++;
        if (*value > most) {
            compiler_fail(compiler, start, "this number is too large: the largest is 18446744073709551615");
            return false;
        }
    }
    return true;
}

/* Whether a point with a digit, or an exponent, stands so many bytes ahead. */
static bool real_follows(const struct compiler *compiler, uint32_t ahead)
{
    char c = behind(compiler, ahead);
    char next = behind(compiler, ahead + 1);
    if (c == '.')
        return is_digit(next);
    return (c == 'e' || c == 'E') &&
           (is_digit(next) || ((next == '+' || next == '-') && is_digit(behind(compiler, ahead + 2))));
}

/* What strtod is to read. */
struct real_text {
    char bytes[NUMBER_LEN];
    size_t len;
};

static void take(struct compiler *compiler, struct real_text *text)
{
    if (text->len < NUMBER_LEN)
        text->bytes[text->len++] = here(compiler);
    compiler->at++;
}

static void take_digits(struct compiler *compiler, struct real_text *text)
{
    while (is_digit(here(compiler)) || (here(compiler) == '_' && is_digit(behind(compiler, 1)))) {
        if (here(compiler) == '_')
            compiler->at++;
        take(compiler, text);
    }
}

static void read_real(struct compiler *compiler)
{
    struct real_text text = {.len = 0};
    uint32_t start = compiler->at;
    take_digits(compiler, &text);
    if (here(compiler) == '.') {
        take(compiler, &text);
        take_digits(compiler, &text);
    }
    if (real_follows(compiler, 0) && here(compiler) != '.') {
        take(compiler, &text);
        take(compiler, &text); /* its sign, or its first digit */
        take_digits(compiler, &text);
    }
    if (text.len >= NUMBER_LEN) {
        compiler_fail(compiler, start, "a number has at most %d characters", NUMBER_LEN - 1);
        return;
    }
    text.bytes[text.len] = '\0';
    compiler->token.real = strtod(text.bytes, NULL);
    if (!isfinite(compiler->token.real))
        compiler_fail(compiler, start, "this number is too large for LREAL");
}

/* Letters right behind a number: 5s, 12abc, 0x10. */
static void refuse_letters(struct compiler *compiler, uint32_t start, __int128 value)
{
    char c = here(compiler);
    if (isalnum((unsigned char)c) == 0 && c != '_')
        return;
    char buf[EXCERPT_LEN];
    uint32_t end = compiler->at;
    while (isalnum((unsigned char)behind(compiler, end - compiler->at)) != 0)
        end++;
    compiler_excerpt(compiler, compiler->at, end, buf);
    static const char *const units[] = {"d", "h", "m", "min", "s", "ms", "us", "ns"};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcasecmp(units[i], buf) == 0) {
            compiler_fail(compiler, start, "a time is written T#%llu%s", (unsigned long long)value,
                          i == 3 ? "m" : units[i]);
            return;
        }
    }
    if (value == 0 && (buf[0] == 'x' || buf[0] == 'X'))
        compiler_fail(compiler, start, "a hexadecimal number is written 16#%s", buf[1] != '\0' ? buf + 1 : "FF");
    else
        compiler_fail(compiler, compiler->at, "'%s' cannot follow a number", buf);
}

void literal_number(struct compiler *compiler, unsigned type)
{
    struct token *token = &compiler->token;
    uint32_t start = compiler->at;
    uint32_t whole = 0; /* digits */
    __int128 value = 0;
    token->kind = TOKEN_LITERAL;
    while (is_digit(behind(compiler, whole)) || behind(compiler, whole) == '_')
        whole++;
    token->is_real = whole > 0 && real_follows(compiler, whole);
    if (token->is_real) {
        token->type = type == TYPE_NONE ? (unsigned)LITERAL_REAL : type;
        read_real(compiler);
        refuse_letters(compiler, start, 1);
        return;
    }
    if (!read_digits(compiler, 10, &value))
        return;
    if (here(compiler) == '#') {
        if (value != 2 && value != 8 && value != 16) {
            compiler_fail(compiler, start, "a base is 2, 8 or 16");
            return;
        }
        compiler->at++;
        if (!read_digits(compiler, (unsigned)value, &value))
            return;
    }
    refuse_letters(compiler, start, value);
    token->type = type == TYPE_NONE ? (unsigned)LITERAL_INTEGER : type;
    token->integer = value;
}

static void read_bool(struct compiler *compiler)
{
    static const char *const words[] = {"FALSE", "TRUE"};
    struct token *token = &compiler->token;
    const char *text = compiler->source->text + compiler->at;
    size_t left = compiler->source->len - compiler->at;
    for (unsigned i = 0; i < 2; i++) {
        size_t len = strlen(words[i]);
        if (left >= len && strncasecmp(text, words[i], len) == 0 &&
            isalnum((unsigned char)behind(compiler, (uint32_t)len)) == 0) {
            compiler->at += (uint32_t)len;
            token->kind = TOKEN_LITERAL;
            token->type = MBP_EXPR_BOOL;
            token->is_real = false;
            token->integer = i;
            return;
        }
    }
    literal_number(compiler, MBP_EXPR_BOOL);
}

void literal_typed(struct compiler *compiler, unsigned type)
{
    struct token *token = &compiler->token;
    uint32_t start = token->start;
    if (type_class_of(type) == CLASS_TIME || type_class_of(type) == CLASS_MOMENT) {
        literal_time(compiler, type);
        return;
    }
    bool negative = here(compiler) == '-';
    if (negative || here(compiler) == '+')
        compiler->at++;
    if (type == MBP_EXPR_BOOL && !negative)
        read_bool(compiler);
    else
        literal_number(compiler, type);
    if (compiler->failed)
        return;
    char buf[EXCERPT_LEN];
    if (type_class_of(type) == CLASS_REAL) {
        double real = token->is_real ? token->real : (double)token->integer;
        token->is_real = true;
        token->real = negative ? -real : real;
        if (type == MBP_EXPR_REAL && !isfinite((float)real))
            compiler_fail(compiler, start, "this number is too large for REAL");
        return;
    }
    token->integer = negative ? -token->integer : token->integer;
    if (token->is_real || !type_holds(type, token->integer))
        compiler_fail(compiler, start, "%s: %s holds whole numbers from %lld to %llu",
                      compiler_excerpt(compiler, start, compiler->at, buf), type_name(type),
                      (long long)expr_type_min(type), (unsigned long long)expr_type_max(type));
}
