/* The expressions of the file as texts: read, printed, compared. */
#include <string.h>

#include "load.h"

static bool read_text(struct mbp_reader *reader, const struct mbp_node *node, struct mbp_formula_def *def)
{
    const char *text = mbp_node_text(node);
    if (text == NULL)
        return false;
    *def = (struct mbp_formula_def){node, mbp_reader_keep(reader, text, node->len)};
    return true;
}

MBP_READER(mbp_read_formula)
{
    (void)field;
    return read_text(reader, node, at) ? MBP_READING_OK : MBP_READING_WRONG;
}

MBP_READER(mbp_read_logic)
{
    struct mbp_def_list *list = at;
    (void)field;
    if (node->kind != MBP_NODE_LIST)
        return MBP_READING_WRONG;
    if (node->len > MBP_LOGIC_MAX) {
        mbp_reader_tell(reader, node, "'logic' has %u assignments; allowed are %u", node->len, MBP_LOGIC_MAX);
        return MBP_READING_TOLD;
    }
    struct mbp_formula_def *items = mbp_reader_array(reader, reader->scratch, node->len, sizeof *items);
    if (items == NULL)
        return MBP_READING_TOLD;
    *list = (struct mbp_def_list){items, 0};
    for (const struct mbp_node *item = node->first; item != NULL; item = item->next) {
        if (read_text(reader, item, &items[list->count])) {
            list->count++;
        } else {
            list->count = 0;
            mbp_reader_tell(reader, item, "an item of 'logic' is a text in quotes: \"P1 := SR(LSH, LSL)\"");
            return MBP_READING_TOLD;
        }
    }
    return MBP_READING_OK;
}

void mbp_print_formula(FILE *out, const void *at)
{
    const struct mbp_formula_def *def = at;
    mbp_print_text(out, def->text);
}

void mbp_print_logic(FILE *out, const void *at)
{
    const struct mbp_def_list *list = at;
    const struct mbp_formula_def *items = list->items;
    for (uint32_t i = 0; i < list->count; i++) {
        fputs(i == 0 ? "[" : ", ", out);
        mbp_print_text(out, items[i].text);
    }
    fputc(']', out);
}

bool mbp_same_formula(const void *at, const void *other)
{
    const struct mbp_formula_def *def = at;
    const struct mbp_formula_def *second = other;
    return def->text == second->text ||
           (def->text != NULL && second->text != NULL && strcmp(def->text, second->text) == 0);
}

/* At its place in the file. */
void mbp_tell_formula(struct mbp_reader *reader, const struct mbp_formula_def *def, const struct mbp_expr_error *error)
{
    uint32_t line = def->node->line;
    uint32_t column = def->node->column;
    if (reader->errors->count < MBP_ERRORS_SHOWN)
        mbp_node_place(reader->text, def->node, error->offset, &line, &column);
    mbp_errors_add(reader->errors, line, column, "%s", error->text);
}
