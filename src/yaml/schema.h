/* schema: tables of the keys that a group of a file may have, and the loops over them: reading (schema.c, value.c),
 * what is allowed in words (allowed.c), printing and comparing (schema_print.c, schema_same.c), JSON Schema
 * (schema_json.c). A row says everything about its key, so a plain key of a sensor is a row in plant/sensor.c and the
 * member that it fills in mbplant/plant/sensor.h; nothing else names it. */
#ifndef MBP_YAML_SCHEMA_H
#define MBP_YAML_SCHEMA_H

#include <float.h>

#include "shared.h"
#include "tree.h"
#include "words.h"

#define MBP_SCHEMAS_MAX      72 /* of one file */
#define MBP_DURATION_PATTERN "^([0-9]+[.]?[0-9]*|[.][0-9]+) *(ns|us|ms|s|min|h|d)$"

struct mbp_reader {
    struct mbp_arena *keep;    /* lives as long as the plant */
    struct mbp_arena *scratch; /* ends with the load */
    struct mbp_text text;      /* of the file */
    struct mbp_errors *errors;
    struct mbp_errors *warnings; /* NULL = nobody wants them */
    struct mbp_shared shared;    /* what many definitions say alike */
    struct {
        const struct mbp_schema *schema;
        const void *def; /* with every default in place */
    } usual[MBP_SCHEMAS_MAX];
    unsigned usual_count;
    void *own; /* what else the definitions of this kind of file share */
    bool out_of_memory;
    bool nameless;            /* a machine or sensor could not be read so far that its name is known */
    bool unsure;              /* ... or so far that the unit's addresses are known */
    uint8_t asked, from_zero; /* bits of tables: whether its addresses count from 0 was looked for, and is so */
};

/* What every struct that a schema fills begins with. Bit i of the sets is field i. */
struct mbp_def {
    const struct mbp_node *node;
    uint64_t present; /* given and right */
    uint64_t wrong;   /* given, told to errors */
};

#define MBP_BIT(field) (UINT64_C(1) << (field))

static inline bool mbp_def_has(const struct mbp_def *def, unsigned field)
{
    return (def->present & MBP_BIT(field)) != 0;
}

enum mbp_field_type {
    MBP_FIELD_TEXT,     /* const char *; at most high bytes */
    MBP_FIELD_ASCII,    /* the same, printable ASCII only */
    MBP_FIELD_NAME,     /* const char *; a name that may hold {n} {m} {u} */
    MBP_FIELD_COUNT,    /* unsigned of size bytes, in low..high */
    MBP_FIELD_SEED,     /* uint64_t */
    MBP_FIELD_NUMBER,   /* double in low..high */
    MBP_FIELD_RANGE,    /* double[2], two numbers */
    MBP_FIELD_SHARE,    /* double, 0..1 or a percentage */
    MBP_FIELD_DURATION, /* uint64_t ns in low..high ns */
    MBP_FIELD_SIZE,     /* uint64_t bytes in low..high */
    MBP_FIELD_BOOL,     /* bool */
    MBP_FIELD_CHOICE,   /* of size bytes, one of words */
    MBP_FIELD_CHOICES,  /* of size bytes, bit i is words' name i: a list of them */
    MBP_FIELD_VALUES,   /* struct mbp_values_def, whole numbers 0..high */
    MBP_FIELD_ENDPOINT, /* const char *, "ADDRESS:PORT" */
    MBP_FIELD_MAP,      /* a struct of schema, in place; `apart`: a pointer to one */
    MBP_FIELD_LIST,     /* struct mbp_def_list of schema; at most high items */
    MBP_FIELD_CUSTOM    /* whatever read makes of it */
};

enum mbp_reading {
    MBP_READING_OK,
    MBP_READING_WRONG, /* to be told as "KEY is ..., allowed is `allowed`" */
    MBP_READING_TOLD   /* told already */
};

struct mbp_schema;

struct mbp_field {
    const char *key;
    const char *help;  /* one line */
    const char *usual; /* what it is when the file does not say, in the file's words; NULL = nothing, or 0 */
    const char *unit;  /* of measurement, in words */
    enum mbp_field_type type;
    bool required, apart;
    bool place;      /* an address: plants that differ in it alone are alike */
    uint32_t size;   /* of the member, where the type leaves that open; 0 = 4 */
    uint32_t change; /* bits of enum mbp_changed */
    size_t at;       /* offset in the schema's struct */
    double low, high;
    const struct mbp_words *words;
    const struct mbp_schema *schema;
    const struct mbp_field *brief; /* MAP: what one word may say in its place; at: offset in the map's struct */
    const char *allowed;           /* in words, where they do not follow from the row */
    const char *json;              /* CUSTOM: members of its JSON Schema */
    enum mbp_reading (*read)(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                             void *at);
    void (*print)(FILE *out, const void *at);        /* CUSTOM, as read takes it back */
    bool (*same)(const void *at, const void *other); /* CUSTOM */
};

/* Where a row's value stands, of a struct and its member. */
#define MBP_AT(type, member) .at = offsetof(type, member), .size = sizeof(((type *)NULL)->member)

/* A row: TYPE, where its value stands, the key and a line of help; then what else there is to say, as designators. */
#define MBP_ROW(kind, where, word, line, ...)                                                                          \
    {                                                                                                                  \
        .key = (word), .help = (line), .type = MBP_FIELD_##kind, where, __VA_ARGS__                                    \
    }

struct mbp_schema {
    const char *noun;               /* "a sensor" */
    const struct mbp_field *fields; /* one without a key is none: schemas that share rows share their numbers */
    unsigned field_count;           /* <= 63 */
    size_t size;                    /* of the struct */
    bool named;                     /* others refer to it by name, and it takes addresses */
    bool flow;                      /* printed in one line, in brackets */
    const struct mbp_words *words;  /* whose synonyms are other words for the fields of their values; or NULL */
    void (*enter)(struct mbp_reader *reader, const struct mbp_node *node); /* before any key is read */
    void (*defaults)(void *def);                                           /* beside the rows' */
    void (*check)(struct mbp_reader *reader, void *def);                   /* after all keys are read */
};

#define MBP_SCHEMA(words, rows, type, ...)                                                                             \
    {                                                                                                                  \
        .noun = (words), .fields = (rows), .field_count = sizeof(rows) / sizeof((rows)[0]), .size = sizeof(type),      \
        __VA_ARGS__                                                                                                    \
    }

struct mbp_def_list {
    void *items; /* of the schema's size */
    uint32_t count;
};

struct mbp_values_def {
    const uint16_t *items;
    uint32_t count;
};

static inline const void *mbp_field_at(const struct mbp_field *field, const void *def)
{
    const unsigned char *at = (const unsigned char *)def + field->at;
    return field->apart ? *(const void *const *)at : at;
}

/* Reads a group into def, which is zeroed. False when node is no group (nothing told, def untouched). */
bool mbp_read_map(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_schema *schema, void *def);

/* Reads the text of a TEXT or ASCII field. */
enum mbp_reading mbp_read_text(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                               const char **out);

/* Reads the value of a field of any type. */
enum mbp_reading mbp_read_value(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                void *at);

/* Tells that a value is not what its field allows. */
void mbp_tell_wrong(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field);

/* The struct of a schema as a group without keys leaves it. NULL = no memory. */
const void *mbp_schema_usual(struct mbp_reader *reader, const struct mbp_schema *schema);

/* Counts what a group would have named as not known. */
void mbp_reader_miss(struct mbp_reader *reader, const struct mbp_schema *schema);

/* The member of a field of size bytes as a number. */
uint64_t mbp_field_get(const struct mbp_field *field, const void *at);

/* What a key may hold ("a whole number 1..247"), and the keys of a group ("a, b, c"); for messages, cut to size. */
void mbp_field_allowed(const struct mbp_field *field, char *buf, size_t size);
const char *mbp_schema_keys(const struct mbp_schema *schema, char *buf, size_t size);

/* Tells an error at a node. */
void mbp_reader_tell(struct mbp_reader *reader, const struct mbp_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Likewise what is allowed and yet hardly meant. */
void mbp_reader_warn(struct mbp_reader *reader, const struct mbp_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Where to show an error about a key of def: its value, or def itself when it has no such key. */
const struct mbp_node *mbp_def_node(const struct mbp_def *def, const char *key);

/* A scalar that was left empty, or null. */
bool mbp_node_is_null(const struct mbp_node *node);

/* The text of a scalar, quoted or not: tools quote what people do not. NULL for groups, lists, and where nothing is
 * given.
 */
const char *mbp_node_text(const struct mbp_node *node);

/* Copies into the plant's memory; "" (and out_of_memory) when there is none left. */
const char *mbp_reader_keep(struct mbp_reader *reader, const char *text, size_t len);

/* The same, one copy for all equal texts; and for equal bytes (shared.h), NULL when there is no memory left. */
const char *mbp_reader_share_text(struct mbp_reader *reader, const char *text, uint32_t len);
const void *mbp_reader_share(struct mbp_reader *reader, const void *bytes, uint32_t len);

/* Zeroed scratch or plant memory; NULL (and out_of_memory) when there is none left. */
void *mbp_reader_array(struct mbp_reader *reader, struct mbp_arena *arena, size_t count, size_t size);

/* ---- printing and comparing -------------------------------------------------------------------------------------- */

/* Prints the keys that are present, "key: value" as they are read back: a line each, indented, or in brackets. */
void mbp_schema_print(FILE *out, const struct mbp_schema *schema, const void *def, const char *indent);

/* The change bits of keys that only one of two has, or that differ; a row without bits counts as `other`. Addresses
 * (`place`) are not compared. */
uint32_t mbp_schema_differs(const struct mbp_schema *schema, const void *a, const void *b, uint32_t other);

/* A JSON Schema of the whole file, one line a key. */
void mbp_schema_json(FILE *out, const struct mbp_schema *schema, const char *title);

/* In double quotes. */
void mbp_print_text(FILE *out, const char *text);

/* A name needs no quotes, but one of them has a meaning in YAML. */
void mbp_print_name(FILE *out, const char *name);

/* Each after the text `before`. */
void mbp_print_number(FILE *out, const char *before, double value);
void mbp_print_duration(FILE *out, const char *before, uint64_t ns);

#endif
