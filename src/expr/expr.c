/* expr: compiling from the first byte to the code, and what is told of code. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler.h"

/* Line and column, from 1, of a place in a text. */
static void expr_place(const char *text, size_t len, uint32_t offset, uint32_t *line, uint32_t *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < len && i < offset; i++) {
        if (text[i] == '\n') {
            ++*line;
            *column = 1;
        } else if (((unsigned char)text[i] & 0xC0) != 0x80) {
            ++*column;
        }
    }
}

void compiler_fail(struct compiler *compiler, uint32_t offset, const char *format, ...)
{
    struct mbp_expr_error *error = compiler->error;
    va_list args;
    if (compiler->failed)
        return;
    compiler->failed = true;
    error->offset = offset;
    expr_place(compiler->source->text, compiler->source->len, offset, &error->line, &error->column);
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, mbp_tr(format), args);
    va_end(args);
    mbp_text_harmless(error->text); /* also what was cut within a character */
}

const char *compiler_excerpt(const struct compiler *compiler, uint32_t start, uint32_t end, char buf[EXCERPT_LEN])
{
    size_t len = end > start ? end - start : 0;
    while (len > 0 && strchr(" \t\r\n", compiler->source->text[start + len - 1]) != NULL)
        len--;
    bool cut = len > EXCERPT_LEN - 4;
    if (cut)
        len = EXCERPT_LEN - 4;
    for (size_t i = 0; i < len; i++)
        buf[i] = compiler->source->text[start + i] == '\n' ? ' ' : compiler->source->text[start + i];
    memcpy(buf + len, cut ? ".." : "", cut ? 3 : 1);
    return buf;
}

uint16_t compiler_node(struct compiler *compiler, enum node_kind kind, uint32_t start, uint32_t end)
{
    if (compiler->failed)
        return 0;
    if (compiler->node_count >= compiler->node_room) {
        compiler_fail(compiler, start, "this expression is too long: it has more than %u parts", MBP_EXPR_NODES_MAX);
        return 0;
    }
    uint16_t id = (uint16_t)compiler->node_count++;
    compiler->nodes[id] = (struct node){.kind = (uint8_t)kind, .start = start, .end = end, .place = start};
    return id;
}

/* The tree's type becomes the one that is wanted, and the code is made. */
static struct mbp_expr *finish(struct compiler *compiler, uint16_t root, enum mbp_expr_type want, const char *who)
{
    unsigned type = want != MBP_EXPR_ANY ? (unsigned)want : type_by_default(compiler->nodes[root].type);
    const struct node *node = &compiler->nodes[root];
    if (want == MBP_EXPR_ANY && type == MBP_EXPR_LINT && node->kind == NODE_LITERAL && node->type == LITERAL_INTEGER &&
        !type_holds(type, node->integer))
        type = MBP_EXPR_ULINT;
    return !compiler->failed && checker_become(compiler, root, type, who) ? emitter_code(compiler, root) : NULL;
}

static enum mbp_status compile(const struct mbp_expr_source *source, enum mbp_expr_type want,
                               const struct mbp_expr_scope *scope, struct mbp_expr **out, struct mbp_expr_name *target,
                               struct mbp_expr_error *error)
{
    struct compiler compiler = {.source = source, .scope = scope, .error = error, .node_count = 1};
    if (source->len > MBP_EXPR_TEXT_MAX) {
        compiler_fail(&compiler, 0, "an expression has at most %u bytes, and this has %zu", MBP_EXPR_TEXT_MAX,
                      source->len);
        return MBP_ERR_FORMAT;
    }
    size_t room = 2 * source->len + 16; /* a part for each byte, and its conversion */
    compiler.node_room = room < MBP_EXPR_NODES_MAX ? (uint32_t)room : MBP_EXPR_NODES_MAX;
    compiler.nodes = calloc(compiler.node_room, sizeof *compiler.nodes);
    if (compiler.nodes == NULL)
        return MBP_ERR_MEMORY;
    uint16_t root = target == NULL ? parser_expression(&compiler) : parser_assignment(&compiler, target);
    struct mbp_expr *expr = finish(&compiler, root, target == NULL ? want : target->type,
                                   mbp_tr(target == NULL ? "this place" : "the target"));
    free(compiler.nodes);
    if (expr == NULL)
        return compiler.no_memory ? MBP_ERR_MEMORY : MBP_ERR_FORMAT;
    *out = expr;
    return MBP_OK;
}

enum mbp_status mbp_expr_compile(const struct mbp_expr_source *source, enum mbp_expr_type want,
                                 const struct mbp_expr_scope *scope, struct mbp_expr **out,
                                 struct mbp_expr_error *error)
{
    return compile(source, want, scope, out, NULL, error);
}

enum mbp_status mbp_expr_compile_assignment(const struct mbp_expr_source *source, const struct mbp_expr_scope *scope,
                                            struct mbp_expr **out, struct mbp_expr_name *target,
                                            struct mbp_expr_error *error)
{
    struct mbp_expr_name found = {.type = MBP_EXPR_ANY};
    enum mbp_status status = compile(source, MBP_EXPR_ANY, scope, out, &found, error);
    if (status == MBP_OK)
        *target = found;
    return status;
}

void mbp_expr_free(struct mbp_expr *expr)
{
    free(expr);
}

enum mbp_expr_type mbp_expr_type_of(const struct mbp_expr *expr)
{
    return expr->type;
}

size_t mbp_expr_reads(const struct mbp_expr *expr, const uint32_t **slots)
{
    *slots = expr->reads;
    return expr->read_count;
}

/* ---- cells ---- */

size_t mbp_expr_cells(const struct mbp_expr *expr)
{
    return expr->cell_count;
}

/* The n-th instruction of an operation; NULL = there are fewer. */
static const struct expr_insn *find_nth(const struct mbp_expr *expr, unsigned op, unsigned n)
{
    for (const struct expr_insn *insn = expr->insns; insn->op != OP_END; insn++)
        if (insn->op == op && n-- == 0)
            return insn;
    return NULL;
}

void mbp_expr_carry(const struct mbp_expr *from, const uint64_t *from_cells, const struct mbp_expr *to,
                    uint64_t *to_cells)
{
    unsigned seen[OP_COUNT] = {0};
    for (const struct expr_insn *insn = to->insns; insn->op != OP_END; insn++) {
        unsigned cells = expr_op_cells(insn->op);
        if (cells == 0)
            continue;
        const struct expr_insn *was = find_nth(from, insn->op, seen[insn->op]++);
        if (was != NULL)
            memcpy(to_cells + insn->arg, from_cells + was->arg, cells * sizeof *to_cells);
        else
            memset(to_cells + insn->arg, 0, cells * sizeof *to_cells);
    }
}
