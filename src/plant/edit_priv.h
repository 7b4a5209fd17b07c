/* What edit.c (which thing, which key) and edit_text.c (where in the text) share. */
#ifndef MBP_PLANT_EDIT_PRIV_H
#define MBP_PLANT_EDIT_PRIV_H

#include "mbplant/edit.h"
#include "tree.h"

struct edit {
    struct mbp_text text;
    struct mbp_arena arena;
    struct mbp_errors *errors;
    const struct mbp_node *root;
    char *why;
    char *out;
    size_t out_len;
};

/* Says why it cannot be done. Returns status. */
enum mbp_status edit_refuse(struct edit *edit, enum mbp_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts `with` in the place of the bytes from begin to end. The first of this starts from the text. */
enum mbp_status edit_splice(struct edit *edit, size_t begin, size_t end, const char *with);

/* Where a node begins and where its last character ends, in bytes of the text. */
size_t edit_begin(const struct edit *edit, const struct mbp_node *node);
size_t edit_end(const struct edit *edit, const struct mbp_node *node);

/* The item of a list, or the value that a map has under a key with the key: of a list or map in brackets with one
 * comma, of one in block form with its lines. */
enum mbp_status edit_take_out(struct edit *edit, const struct mbp_node *group, const struct mbp_node *first,
                              const struct mbp_node *last);

/* Adds "key: value" to a map, or an item to a list, behind the last one; a list in block form puts "- " before it. */
enum mbp_status edit_append(struct edit *edit, const struct mbp_node *group, const char *entry);

#endif
