/* tree: a YAML text as nodes that know their place. The only file pair that sees libyaml. */
#ifndef MBP_YAML_TREE_H
#define MBP_YAML_TREE_H

#include "arena.h"
#include "errors.h"
#include "mbplant/base.h"

#define MBP_YAML_DEPTH_MAX 32 /* nesting; checked in the event stream, libyaml has no limit */

enum mbp_node_kind { MBP_NODE_SCALAR, MBP_NODE_LIST, MBP_NODE_MAP };

struct mbp_node {
    struct mbp_node *next; /* sibling */
    union {
        const char *text;       /* scalar: NUL-terminated; may hold further NULs, see len */
        struct mbp_node *first; /* list: items; map: key, value, key, value ... (keys are scalars) */
    };
    uint32_t line, column;         /* from 1 */
    uint32_t end_line, end_column; /* behind its last character; of a list or map in block form nothing is known */
    uint32_t len;                  /* bytes of a scalar, items of a list, pairs of a map */
    uint8_t kind;                  /* enum mbp_node_kind */
    bool plain;                    /* a scalar without quotes */
    bool flow;                     /* a list or map in brackets */
};

/* Reads one document. What a plant file may not hold is refused here: anchors, aliases, tags, directives, a second
 * document, keys that are not words, nesting beyond MBP_YAML_DEPTH_MAX.
 * Errors: MBP_ERR_FORMAT (told to errors), MBP_ERR_MEMORY. Ownership: the nodes are the arena's. */
enum mbp_status mbp_tree_parse(struct mbp_text text, struct mbp_arena *arena, struct mbp_errors *errors,
                               const struct mbp_node **root);

/* Where the byte `offset` of a scalar's value stands in the file that the node was read from; behind the last one where
 * the value ends. */
void mbp_node_place(struct mbp_text text, const struct mbp_node *node, uint32_t offset, uint32_t *line,
                    uint32_t *column);

/* The value that a map has under key, or NULL. */
const struct mbp_node *mbp_node_find(const struct mbp_node *map, const char *key);

#endif
