/* parser: what its two files share. Each of these leaves the token behind what it took, and compiler->failed says
 * whether that went well. */
#ifndef MBP_EXPR_PARSER_H
#define MBP_EXPR_PARSER_H

#include "compiler.h"

bool parser_at_symbol(const struct compiler *compiler, const char *symbol);
bool parser_at_word(const struct compiler *compiler, const char *word);
bool parser_take_symbol(struct compiler *compiler, const char *symbol, const char *after);

/* "'x'", or "the end". */
const char *parser_what_stands(const struct compiler *compiler, char buf[QUOTED_LEN]);

/* One bracket deeper; false when it is too deep. */
bool parser_enter(struct compiler *compiler);

/* Operators of a level or above, from left to right. */
uint16_t parser_binary(struct compiler *compiler, unsigned least);

/* A name, and a bracket behind it. */
uint16_t parser_call(struct compiler *compiler);

/* Makes a call of operands, and gives it its type. */
uint16_t parser_make_call(struct compiler *compiler, const struct function *function, const uint16_t *operands,
                          unsigned count, uint32_t place);

/* There is no such name, or why it cannot stand here. */
void parser_fail_name(struct compiler *compiler, const char *what, const char *why);

#endif
