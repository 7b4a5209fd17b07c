/* listen: where a plant is served: one text, or a list of texts and of groups {listen, units}. */
#include <stdlib.h>
#include <string.h>

#include "defs.h"
#include "mbplant/base/wire.h"
#include "scalar.h"

#define SCHEME "tcp://"

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static bool is_right(struct mbp_reader *reader, const struct mbp_node *node)
{
    struct mbp_wire wire;
    char why[MBP_WIRE_WHY];
    const char *text = node->kind == MBP_NODE_SCALAR && strlen(node->text) == node->len ? node->text : NULL;
    if (text == NULL) {
        mbp_reader_tell(reader, node, "'listen' is no text such as 127.0.0.1:5020");
        return false;
    }
    bool wrong = mbp_wire_parse(text, &wire, why, sizeof why) != MBP_OK;
    if (!wrong && !mbp_wire_is_line(&wire) && !wire.has_port) {
        snprintf(why, sizeof why, "it has no port, as in 127.0.0.1:5020");
        wrong = true;
    }
    if (wrong) {
        char excerpt[64];
        mbp_reader_tell(reader, node, "'listen' is '%s': %s",
                        mbp_scalar_excerpt(text, node->len, excerpt, sizeof excerpt), why);
    }
    return !wrong;
}

static bool read_id(struct mbp_reader *reader, const struct mbp_node *node, uint64_t *id)
{
    const char *text = mbp_node_text(node);
    if (text != NULL && mbp_scalar_unsigned(text, id) && *id <= UINT8_MAX) {
        return true;
    }
    mbp_reader_tell(reader, node,
                    "'units' of a listener are ids 0..255: [1, 2], or {1: 7} where unit 1 of the wire is "
                    "unit 7");
    return false;
}

/* [1, 2]: these alone; {1: 7}: unit 1 of this wire is unit 7. */
static bool read_units(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_wire_units **out)
{
    struct mbp_wire_units *units = mbp_reader_array(reader, reader->keep, 1, sizeof *units);
    bool is_map = node->kind == MBP_NODE_MAP;
    uint64_t id;
    uint64_t own;
    if (units == NULL) {
        return false;
    }
    if ((!is_map && node->kind != MBP_NODE_LIST) || node->len == 0) {
        return read_id(reader, &(const struct mbp_node){.text = "", .line = node->line, .column = node->column}, &id);
    }
    memset(units->of, 0xFF, sizeof units->of);
    for (const struct mbp_node *item = node->first; item != NULL; item = item->next) {
        if (!read_id(reader, item, &id) || (is_map && !read_id(reader, item->next, &own))) {
            return false;
        }
        if (units->of[id] != MBP_NONE16) {
            mbp_reader_tell(reader, item, "unit %u of this listener is given twice; keep one", (unsigned)id);
            return false;
        }
        units->of[id] = (uint16_t)(is_map ? own : id);
        item = is_map ? item->next : item;
    }
    *out = units;
    return true;
}

static bool read_group(struct mbp_reader *reader, const struct mbp_node *node, struct mbp_listen *out)
{
    const struct mbp_node *at = mbp_node_find(node, "listen");
    const struct mbp_node *units = mbp_node_find(node, "units");
    if (at == NULL || node->len != (units != NULL ? 2u : 1u)) {
        mbp_reader_tell(reader, node, "a listener is a text such as 127.0.0.1:5020, or a group of keys: listen, units");
        return false;
    }
    if (!is_right(reader, at) || (units != NULL && !read_units(reader, units, &out->units))) {
        return false;
    }
    out->at = mbp_reader_keep(reader, at->text, at->len);
    return true;
}

static bool read_one(struct mbp_reader *reader, const struct mbp_node *node, struct mbp_listen *out)
{
    if (node->kind == MBP_NODE_MAP) {
        return read_group(reader, node, out);
    }
    if (!is_right(reader, node)) {
        return false;
    }
    out->at = mbp_reader_keep(reader, node->text, node->len);
    return true;
}

/* Whether two listeners would want the same port or path. */
static bool is_same_place(const struct mbp_wire *a, const struct mbp_wire *b)
{
    if (mbp_wire_is_line(a) || mbp_wire_is_line(b))
        return strcmp(a->path, b->path) == 0; /* "" of those that are no lines */
    return a->medium == b->medium && a->port == b->port && a->port != 0 && strcmp(a->host, b->host) == 0;
}

static bool tell_same(struct mbp_reader *reader, const struct mbp_node *first, const struct mbp_listen *items,
                      uint32_t i)
{
    struct mbp_wire wire;
    struct mbp_wire other;
    char why[MBP_WIRE_WHY];
    const struct mbp_node *node = first;
    mbp_wire_parse(items[i].at, &wire, why, sizeof why);
    for (uint32_t n = 0; n < i; n++)
        node = node->next;
    for (uint32_t o = 0; o < i; o++) {
        mbp_wire_parse(items[o].at, &other, why, sizeof why);
        if (is_same_place(&wire, &other)) {
            mbp_reader_tell(reader, node, "'listen' has %s and %s, at the same place; keep one", items[o].at,
                            items[i].at);
            return true;
        }
    }
    return false;
}

enum mbp_reading mbp_read_listen(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                 void *at)
{
    (void)field;
    struct mbp_listens *out = at;
    bool is_list = node->kind == MBP_NODE_LIST;
    uint32_t count = is_list ? node->len : 1;
    if (count == 0 || count > MBP_LISTEN_MAX) {
        mbp_reader_tell(reader, node, "'listen' names %u listeners; allowed are 1..%u", count, MBP_LISTEN_MAX);
        return MBP_READING_TOLD;
    }
    struct mbp_listen *items = mbp_reader_array(reader, reader->keep, count, sizeof *items);
    if (items == NULL) {
        return MBP_READING_TOLD;
    }
    bool right = true;
    uint32_t i = 0;
    for (const struct mbp_node *item = is_list ? node->first : node; i < count; item = item->next, i++) {
        right &= read_one(reader, item, &items[i]);
    }
    for (i = 1; right && i < count; i++) {
        right = !tell_same(reader, node->first, items, i);
    }
    if (!right) {
        return MBP_READING_TOLD;
    }
    *out = (struct mbp_listens){items, count};
    return MBP_READING_OK;
}

/* ---- printing and comparing -------------------------------------------------------------------------------------- */

static void print_units(FILE *out, const struct mbp_wire_units *units)
{
    const char *comma = "";
    fputc('{', out);
    for (unsigned id = 0; id < MBP_COUNT_OF(units->of); id++) {
        if (units->of[id] != MBP_NONE16) {
            fprintf(out, "%s%u: %u", comma, id, units->of[id]);
            comma = ", ";
        }
    }
    fputc('}', out);
}

static void print_one(FILE *out, const struct mbp_listen *listen)
{
    if (listen->units == NULL) {
        mbp_print_text(out, listen->at);
        return;
    }
    fputs("{listen: ", out);
    mbp_print_text(out, listen->at);
    fputs(", units: ", out);
    print_units(out, listen->units);
    fputc('}', out);
}

void mbp_listens_print(FILE *out, const void *at)
{
    const struct mbp_listens *listens = at;
    if (listens->count == 1) {
        print_one(out, &listens->items[0]);
        return;
    }
    for (uint32_t i = 0; i < listens->count; i++) {
        fputs(i == 0 ? "[" : ", ", out);
        print_one(out, &listens->items[i]);
    }
    fputc(']', out);
}

static bool same_units(const struct mbp_wire_units *a, const struct mbp_wire_units *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || memcmp(a, b, sizeof *a) == 0);
}

bool mbp_listens_same(const struct mbp_listens *a, const struct mbp_listens *b)
{
    bool same = a->count == b->count;
    for (uint32_t i = 0; same && i < a->count; i++) {
        same = strcmp(a->items[i].at, b->items[i].at) == 0 && same_units(a->items[i].units, b->items[i].units);
    }
    return same;
}

bool mbp_same_listen(const void *at, const void *other)
{
    return mbp_listens_same(at, other);
}

const char *mbp_listens_tcp(const struct mbp_listens *listens)
{
    for (uint32_t i = 0; i < listens->count; i++) {
        const char *at = listens->items[i].at;
        if (strstr(at, "://") == NULL) {
            return at;
        }
        if (strncmp(at, SCHEME, strlen(SCHEME)) == 0) {
            return at + strlen(SCHEME);
        }
    }
    return NULL;
}
