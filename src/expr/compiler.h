/* compiler: what lexer, parser, checker and emitter share: the text, the tree that grows, and the one error that ends
 * it all. */
#ifndef MBP_EXPR_COMPILER_H
#define MBP_EXPR_COMPILER_H

#include "code.h"
#include "mbplant/base/tr.h"
#include "types.h"

/* ---- tokens ---- */

enum token_kind {
    TOKEN_END,
    TOKEN_NAME,    /* members and all; `call` when a bracket follows */
    TOKEN_LITERAL, /* type and value */
    TOKEN_SYMBOL   /* its one or two characters */
};

struct token {
    enum token_kind kind;
    uint32_t start, end;              /* of the text */
    char name[MBP_EXPR_NAME_MAX + 1]; /* upper and lower case as written; a symbol's characters */
    bool quoted;                      /* of a name: it cannot be a word of the language */
    unsigned type;                    /* of a literal */
    bool is_real;                     /* its value is in `real` */
    __int128 integer;
    double real;
};

/* ---- the tree ---- */

enum node_kind { NODE_LITERAL, NODE_READ, NODE_CALL, NODE_CONVERT };

struct node {
    uint8_t kind;
    uint8_t type;
    uint8_t output;       /* of a stateful function */
    bool truncates;       /* of a conversion */
    uint32_t start, end;  /* of the text */
    uint32_t place;       /* where its faults are: its operator, or its start */
    uint16_t first, next; /* its first operand, the next one of whom it is an operand; 0 = none */
    uint16_t count;       /* of operands */
    const struct function *function;
    union {
        __int128 integer;
        double real;
        uint32_t slot; /* of what is read; of a curve */
    };
};

/* ---- functions; operators are functions with another way to write them ---- */

enum rule {
    RULE_ARITHMETIC, /* + - * / MOD */
    RULE_NEGATE,
    RULE_ABS,
    RULE_COMPARE,
    RULE_BITS, /* AND OR XOR */
    RULE_NOT,
    RULE_REALS, /* takes reals, gives a real */
    RULE_POWER,
    RULE_SAME, /* MIN MAX LIMIT: all of one type that has an order */
    RULE_SELECT,
    RULE_MULTIPLEX,
    RULE_SHIFT,
    RULE_MOVE,
    RULE_FIXED, /* the parameters have types, and it gives BOOL */
    RULE_LOOKUP,
    RULE_RANDOM,
    RULE_CLOCK
};

#define PARAMETERS_MAX 3u

struct function {
    const char *name;
    uint8_t rule;
    uint8_t least, most;              /* operands; most 255 = any number */
    uint8_t op, op_unsigned, op_real; /* of the rule's choice; op is that of signed ones, or the only one */
    const char *outputs;              /* "Q ET" */
    struct {
        const char *name;
        uint8_t type;
    } parameters[PARAMETERS_MAX];
};

/* By name, without regard to case; NULL = there is none. Operators have their symbols for names. */
const struct function *function_find(const char *name);
const struct function *function_nearest(const char *name);
void function_help(const struct function *function, char *buf, size_t size); /* "TON(IN, PT)" */

/* ---- the compiler ---- */

struct compiler {
    const struct mbp_expr_source *source;
    const struct mbp_expr_scope *scope;
    struct mbp_expr_error *error;
    bool failed;
    bool no_memory;
    uint32_t at; /* the lexer's place */
    struct token token;
    unsigned depth;
    struct node *nodes; /* number 0 is none */
    uint32_t node_count, node_room;
};

/* Tells what is wrong at a place, unless something was before. The format is given in English, and told in the language
 * of who reads (mbp_tr); the words that go into it are in that language already. */
void compiler_fail(struct compiler *compiler, uint32_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The text of a node, shortened, for messages; returns buf. */
#define EXCERPT_LEN 48
#define QUOTED_LEN  (EXCERPT_LEN + 10) /* with the quotes of any language */
const char *compiler_excerpt(const struct compiler *compiler, uint32_t start, uint32_t end, char buf[EXCERPT_LEN]);

/* A new node, or 0 when it failed. */
uint16_t compiler_node(struct compiler *compiler, enum node_kind kind, uint32_t start, uint32_t end);

/* Reads the next token into compiler->token. */
void lexer_next(struct compiler *compiler);

/* Reads a number that begins at compiler->at, of a type (TYPE_NONE = not said), into the token. */
void literal_number(struct compiler *compiler, unsigned type);

/* Reads what stands behind TYPE# at compiler->at into the token. */
void literal_typed(struct compiler *compiler, unsigned type);

/* literal_time.c: the same of TIME, TOD and DT. */
void literal_time(struct compiler *compiler, unsigned type);

/* The whole text as an expression; 0 when it failed. With target, as an assignment. */
uint16_t parser_expression(struct compiler *compiler);
uint16_t parser_assignment(struct compiler *compiler, struct mbp_expr_name *target);

/* Gives a call whose operands are in place its type; false when it failed. */
bool checker_call(struct compiler *compiler, uint16_t call);

/* An explicit conversion of a node, which must be of the type `from` (TYPE_NONE = of any); returns it, or 0. */
uint16_t checker_conversion(struct compiler *compiler, uint16_t node, unsigned from, unsigned to, bool truncates);

/* Makes a node be of a type without a conversion function; false when that cannot be. `who` takes it in: "the result",
 * "TON". */
bool checker_become(struct compiler *compiler, uint16_t node, unsigned type, const char *who);

/* Whether a node is a literal itself, not made of some. */
bool checker_is_leaf(const struct node *node);

/* Joins two or folds one number, where all are literals; true when it was done (the call is a literal then). */
bool fold_arithmetic(struct compiler *compiler, struct node *call);

/* The code of the tree. Errors: *failed, no_memory. */
struct mbp_expr *emitter_code(struct compiler *compiler, uint16_t root);

#endif
