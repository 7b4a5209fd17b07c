/* tree: libyaml's events -> nodes. Works on events and not on libyaml's documents, because libyaml neither limits
 * depth nor time: nested brackets cost it quadratic time, so they must be refused while they arrive. */
#include "tree.h"

#include <assert.h>
#include <string.h>
#include <yaml.h>

#include "mbplant/base/tr.h"
#include "tree_error.h"

struct builder {
    struct mbp_text text;
    struct mbp_arena *arena;
    struct mbp_errors *errors;
    struct mbp_node *root;
    unsigned depth;
    unsigned documents;
    struct {
        struct mbp_node *node;
        struct mbp_node *last; /* child */
        bool key_next;         /* of a map */
    } open[MBP_YAML_DEPTH_MAX];
};

enum step { STEP_ON, STEP_END, STEP_REFUSED, STEP_NO_MEMORY };

static void refuse(struct builder *builder, yaml_mark_t mark, const char *message)
{
    mbp_errors_add(builder->errors, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1, "%s", mbp_tr(message));
}

/* Hangs a node below the innermost open list or map. */
static enum step hang(struct builder *builder, struct mbp_node *node, yaml_mark_t mark)
{
    if (builder->depth == 0) {
        builder->root = node;
        return STEP_ON;
    }
    unsigned top = builder->depth - 1;
    struct mbp_node *parent = builder->open[top].node;
    assert(parent != NULL);
    if (parent->kind == MBP_NODE_MAP) {
        builder->open[top].key_next = !builder->open[top].key_next;
        if (!builder->open[top].key_next && node->kind != MBP_NODE_SCALAR) {
            refuse(builder, mark, "a list or group cannot be a key; a key is a word followed by ':'");
            return STEP_REFUSED;
        }
    }
    if (parent->kind == MBP_NODE_LIST || builder->open[top].key_next) {
        parent->len++;
    }
    if (builder->open[top].last == NULL) {
        parent->first = node;
    } else {
        builder->open[top].last->next = node;
    }
    builder->open[top].last = node;
    return STEP_ON;
}

static struct mbp_node *new_node(struct builder *builder, yaml_mark_t mark, enum mbp_node_kind kind)
{
    struct mbp_node *node = mbp_arena_array(builder->arena, 1, sizeof *node);
    if (node != NULL) {
        node->kind = (uint8_t)kind;
        node->line = (uint32_t)mark.line + 1;
        node->column = (uint32_t)mark.column + 1;
    }
    return node;
}

static void set_end(struct mbp_node *node, yaml_mark_t mark)
{
    assert(node != NULL); /* libyaml ends no group that it has not begun */
    node->end_line = (uint32_t)mark.line + 1;
    node->end_column = (uint32_t)mark.column + 1;
}

static enum step add_scalar(struct builder *builder, const yaml_event_t *event, const char *bytes, size_t len,
                            bool plain)
{
    struct mbp_node *node = new_node(builder, event->start_mark, MBP_NODE_SCALAR);
    char *text = mbp_arena_text(builder->arena, bytes, len);
    if (node == NULL || text == NULL) {
        return STEP_NO_MEMORY;
    }
    node->text = text;
    node->len = (uint32_t)len;
    node->plain = plain;
    set_end(node, event->end_mark);
    return hang(builder, node, event->start_mark);
}

static enum step open_group(struct builder *builder, yaml_mark_t mark, enum mbp_node_kind kind, bool flow)
{
    if (builder->depth == MBP_YAML_DEPTH_MAX) {
        mbp_errors_add(builder->errors, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1,
                       "nested too deeply; allowed are %d levels", MBP_YAML_DEPTH_MAX);
        return STEP_REFUSED;
    }
    struct mbp_node *node = new_node(builder, mark, kind);
    if (node == NULL) {
        return STEP_NO_MEMORY;
    }
    node->flow = flow;
    enum step step = hang(builder, node, mark);
    if (step == STEP_ON) {
        unsigned top = builder->depth++;
        builder->open[top].node = node;
        builder->open[top].last = NULL;
        builder->open[top].key_next = true;
    }
    return step;
}

/* Told, but not a reason to stop: one run should name every anchor and tag. */
static void refuse_extras(struct builder *builder, const yaml_event_t *event, const yaml_char_t *anchor,
                          const yaml_char_t *tag)
{
    if (anchor != NULL) {
        refuse(builder, event->start_mark, "anchors (&name) are not allowed; write the values out, or use 'repeat'");
    }
    if (tag != NULL) {
        refuse(builder, event->start_mark, "tags (!name) are not allowed; write the plain value");
    }
}

static enum step take(struct builder *builder, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        refuse_extras(builder, event, event->data.scalar.anchor, event->data.scalar.tag);
        return add_scalar(builder, event, (const char *)event->data.scalar.value, event->data.scalar.length,
                          event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE);
    case YAML_SEQUENCE_START_EVENT:
        refuse_extras(builder, event, event->data.sequence_start.anchor, event->data.sequence_start.tag);
        return open_group(builder, event->start_mark, MBP_NODE_LIST,
                          event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
    case YAML_MAPPING_START_EVENT:
        refuse_extras(builder, event, event->data.mapping_start.anchor, event->data.mapping_start.tag);
        return open_group(builder, event->start_mark, MBP_NODE_MAP,
                          event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        builder->depth--;
        set_end(builder->open[builder->depth].node, event->end_mark);
        return STEP_ON;
    case YAML_ALIAS_EVENT:
        refuse(builder, event->start_mark, "aliases (*name) are not allowed; write the values out, or use 'repeat'");
        return add_scalar(builder, event, "", 0, true);
    case YAML_DOCUMENT_START_EVENT:
        if (builder->documents++ != 0) {
            refuse(builder, event->start_mark, "a second document starts here; a plant file is one document");
            return STEP_REFUSED;
        }
        return STEP_ON;
    case YAML_STREAM_END_EVENT:
        return STEP_END;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
    return STEP_ON;
}

static void step_over(yaml_mark_t *mark, char byte)
{
    if (byte == '\n') {
        mark->line++;
        mark->column = 0;
    } else if (((unsigned char)byte & 0xC0u) != 0x80u) {
        mark->column++;
    }
}

/* libyaml names a byte where it cannot decode; people look for a line. */
static yaml_mark_t mark_of_offset(struct mbp_text text, size_t offset)
{
    yaml_mark_t mark = {.index = offset};
    for (size_t i = 0; i < offset && i < text.len; i++) {
        step_over(&mark, text.bytes[i]);
    }
    return mark;
}

static void tell_yaml_error(struct builder *builder, const yaml_parser_t *parser)
{
    const char *problem = parser->problem != NULL ? parser->problem : mbp_tr("cannot be read");
    if (parser->error == YAML_READER_ERROR) {
        yaml_mark_t mark = mark_of_offset(builder->text, parser->problem_offset);
        mbp_errors_add(builder->errors, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1,
                       "not a text in UTF-8: %s; save the file as UTF-8", mbp_tr(problem));
        return;
    }
    const struct mbp_yaml_trouble trouble = {.problem = problem,
                                             .context = parser->context,
                                             .line = parser->problem_mark.line,
                                             .column = parser->problem_mark.column,
                                             .context_line = parser->context_mark.line,
                                             .context_column = parser->context_mark.column};
    mbp_tree_tell(builder->errors, builder->text, &trouble);
}

/* libyaml compares each %TAG directive with all before it, so they are refused before it sees them. In a plant file a
 * line can start with '%' only as a directive: what belongs to a key stands indented. */
static bool refuse_directives(struct builder *builder)
{
    const char *at = builder->text.bytes, *end = at + builder->text.len;
    for (uint32_t line = 1; at != NULL && at < end; line++) {
        if (*at == '%') {
            mbp_errors_add(builder->errors, line, 1, "directives (%%...) are not allowed; remove the line");
            return true;
        }
        at = memchr(at, '\n', (size_t)(end - at));
        at = at == NULL ? NULL : at + 1;
    }
    return false;
}

static enum step build(struct builder *builder, yaml_parser_t *parser)
{
    enum step step = STEP_ON;
    while (step == STEP_ON) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) {
            if (parser->error == YAML_MEMORY_ERROR) {
                return STEP_NO_MEMORY;
            }
            tell_yaml_error(builder, parser);
            return STEP_REFUSED;
        }
        step = take(builder, &event);
        yaml_event_delete(&event);
        if (mbp_errors_hopeless(builder->errors)) {
            return STEP_REFUSED;
        }
    }
    return step;
}

enum mbp_status mbp_tree_parse(struct mbp_text text, struct mbp_arena *arena, struct mbp_errors *errors,
                               const struct mbp_node **root)
{
    if (text.len >= 3 && memcmp(text.bytes, "\xEF\xBB\xBF", 3) == 0) {
        text = (struct mbp_text){text.bytes + 3, text.len - 3}; /* a byte order mark would shift libyaml's columns */
    }
    struct builder builder = {.text = text, .arena = arena, .errors = errors};
    if (refuse_directives(&builder)) {
        return MBP_ERR_FORMAT;
    }
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        return MBP_ERR_MEMORY;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.bytes, text.len);
    enum step step = build(&builder, &parser);
    yaml_parser_delete(&parser);
    if (step == STEP_NO_MEMORY) {
        return MBP_ERR_MEMORY;
    }
    if (errors->count == 0 && builder.root == NULL) {
        mbp_errors_add(errors, 1, 1, "the file is empty; a plant file starts with 'mbplant: 1'");
    }
    if (errors->count != 0) {
        return MBP_ERR_FORMAT;
    }
    *root = builder.root;
    return MBP_OK;
}

const struct mbp_node *mbp_node_find(const struct mbp_node *map, const char *key)
{
    const struct mbp_node *node = map->kind == MBP_NODE_MAP ? map->first : NULL;
    for (; node != NULL; node = node->next->next) {
        if (strcmp(node->text, key) == 0) {
            return node->next;
        }
    }
    return NULL;
}
