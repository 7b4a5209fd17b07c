/* schema: tables of the keys that a group of the plant file may have, and the one function that reads by them. So every
 * key gets the same messages: what is wrong, what is allowed, the nearest key for a misspelt one. */
#ifndef MBP_PLANT_SCHEMA_H
#define MBP_PLANT_SCHEMA_H

#include <float.h>

#include "mbplant/plant.h"
#include "names.h"
#include "shared.h"
#include "tree.h"

#define MBP_ALARMS_REMEMBERED 32

struct mbp_reader {
    struct mbp_arena *keep;    /* lives as long as the plant */
    struct mbp_arena *scratch; /* ends with the load */
    struct mbp_errors *errors;
    struct mbp_errors *warnings;                            /* NULL = nobody wants them */
    const uint16_t *zeros;                                  /* 65536 of them, once they are needed */
    const struct mbp_alarms *alarms[MBP_ALARMS_REMEMBERED]; /* the last ones made, for sensors that say the same */
    unsigned alarms_made;
    struct mbp_shared shared;         /* signals, ranges, limits and texts, likewise */
    struct mbp_recording *recordings; /* MBP_RECORDINGS_MAX of them, once they are needed; the plant's */
    uint32_t recording_count;
    bool recordings_told; /* that there are too many */
    bool out_of_memory;
    bool nameless; /* a machine or sensor could not be read so far that its name is known */
    bool unsure;   /* ... or so far that the unit's addresses are known */
};

/* What every struct that a schema fills begins with. Bit i of the sets is field i. */
struct mbp_def {
    const struct mbp_node *node;
    uint32_t present; /* given and right */
    uint32_t wrong;   /* given, told to errors */
};

#define MBP_BIT(field) (UINT32_C(1) << (field))

static inline bool mbp_def_has(const struct mbp_def *def, unsigned field)
{
    return (def->present & MBP_BIT(field)) != 0;
}

enum mbp_field_type {
    MBP_FIELD_TEXT,     /* const char *; at most high bytes */
    MBP_FIELD_ASCII,    /* the same, printable ASCII only */
    MBP_FIELD_NAME,     /* const char *; a name that may hold {n} {m} {u} */
    MBP_FIELD_COUNT,    /* uint32_t in low..high */
    MBP_FIELD_SEED,     /* uint64_t */
    MBP_FIELD_NUMBER,   /* double in low..high */
    MBP_FIELD_SHARE,    /* double, 0..1 or a percentage */
    MBP_FIELD_DURATION, /* uint64_t ns in low..high ns */
    MBP_FIELD_BOOL,     /* bool */
    MBP_FIELD_CHOICE,   /* int, one of words */
    MBP_FIELD_ENDPOINT, /* const char *, "ADDRESS:PORT" */
    MBP_FIELD_MAP,      /* a struct of schema, in place */
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
    enum mbp_field_type type;
    bool required;
    size_t at; /* offset in the schema's struct */
    double low, high;
    const struct mbp_words *words;
    const struct mbp_schema *schema;
    const char *allowed; /* CUSTOM: in words */
    enum mbp_reading (*read)(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                             void *at);
};

struct mbp_schema {
    const char *noun; /* "a sensor" */
    const struct mbp_field *fields;
    unsigned field_count; /* <= 31 */
    size_t size;          /* of the struct */
    bool named;           /* others refer to it by name, and it takes addresses */
    void (*defaults)(void *def);
    void (*check)(struct mbp_reader *reader, void *def); /* after all keys are read */
};

struct mbp_def_list {
    void *items; /* of the schema's size */
    uint32_t count;
};

/* Reads a group into def, which is zeroed. False when node is no group (nothing told, def untouched). */
bool mbp_read_map(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_schema *schema, void *def);

/* Reads the text of a TEXT or ASCII field. */
enum mbp_reading mbp_read_text(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                               const char **out);

/* Reads "ADDRESS:PORT" with a numeric address. */
enum mbp_reading mbp_read_endpoint(struct mbp_reader *reader, const struct mbp_node *node, const char **out);

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

#endif
