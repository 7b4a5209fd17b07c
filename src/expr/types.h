/* types: what the compiler knows of types. Beside the types of values there are three of literals, which take the type
 * that they meet. */
#ifndef MBP_EXPR_TYPES_H
#define MBP_EXPR_TYPES_H

#include "mbplant/expr.h"

enum {
    LITERAL_INTEGER = MBP_EXPR_TYPE_COUNT + 1, /* a number without a type; also BOOL 0 and 1, or bits */
    LITERAL_REAL,
    LITERAL_BITS, /* what bit operations make of literals */
    TYPE_NONE = 255
};

enum type_class { CLASS_BOOL, CLASS_SIGNED, CLASS_UNSIGNED, CLASS_REAL, CLASS_BITS, CLASS_TIME, CLASS_MOMENT };

bool type_is_literal(unsigned type);
enum type_class type_class_of(unsigned type); /* of a literal: that of the type which it takes without any other */
unsigned type_bits(unsigned type);
bool type_is_integer(unsigned type); /* literals too */
bool type_is_number(unsigned type);
bool type_is_bits(unsigned type); /* bit strings; of literals those that can be one */

/* Whether values stand in `i`. */
bool type_is_signed(unsigned type);

/* Whether an integer of a literal fits a type. */
bool type_holds(unsigned type, __int128 value);

/* The type of a literal that meets none. */
unsigned type_by_default(unsigned type);

/* The smallest type that takes both in without a conversion function, or TYPE_NONE. */
unsigned type_common(unsigned a, unsigned b);

/* For messages, in the language of who reads: also "a number", of a literal. */
const char *type_name(unsigned type);

/* The type of a word, without regard to case, or TYPE_NONE. */
unsigned type_find(const char *word, size_t len);

#endif
