/* operators: people by name, and their roles. */
#include <string.h>
#include <strings.h>

#include "mbplant/base/tr.h"

#include "defs.h"

enum { OPERATOR_NAME, OPERATOR_ROLE };

#define OF(member) MBP_AT(struct mbp_operator_def, member)
static const struct mbp_field operator_fields[] = {
    [OPERATOR_NAME] = MBP_ROW(TEXT, OF(operator_.name), "name", "as `--as` and tokens say it, in any case",
                              .required = true, .high = MBP_OPERATOR_NAME_MAX),
    [OPERATOR_ROLE] = MBP_ROW(CHOICE, OF(operator_.role), "role", "what he or she may do", .required = true,
                              .words = &mbp_role_words),
};
#undef OF

/* A line of a token file is NAME:TOKEN, and blanks at an end cannot be seen. */
static void check_operator(struct mbp_reader *reader, void *def)
{
    struct mbp_operator_def *operator_ = def;
    const char *name = operator_->operator_.name;
    if (!mbp_def_has(&operator_->def, OPERATOR_NAME)) {
        return;
    }
    size_t len = strlen(name);
    if (len == 0 || name[0] == ' ' || name[len - 1] == ' ' || strchr(name, ':') != NULL) {
        mbp_reader_tell(reader, mbp_def_node(&operator_->def, "name"),
                        "the name of an operator is 1 to %u bytes without ':' and without a space at its ends",
                        MBP_OPERATOR_NAME_MAX);
    }
}

const struct mbp_schema mbp_operator_schema =
    MBP_SCHEMA("an operator", operator_fields, struct mbp_operator_def, .flow = true, .check = check_operator);

/* ---- who is who -------------------------------------------------------------------------------------------------- */

static void check_same(struct mbp_reader *reader, const struct mbp_operator_def *defs, uint32_t i)
{
    for (uint32_t before = 0; before < i; before++) {
        if (mbp_def_has(&defs[before].def, OPERATOR_NAME) &&
            strcasecmp(defs[before].operator_.name, defs[i].operator_.name) == 0) {
            mbp_reader_tell(reader, mbp_def_node(&defs[i].def, "name"),
                            "there is an operator '%s' already; names differ in more than their case",
                            defs[before].operator_.name);
            return;
        }
    }
}

/* The number of whom a rule names, from 1; 0 = none, told. */
static uint16_t number_of(struct mbp_reader *reader, const struct mbp_operators *operators,
                          const struct mbp_access_def *access)
{
    const struct mbp_operator *who = mbp_operator_find(operators, access->as);
    if (who != NULL) {
        return (uint16_t)(who - operators->items + 1);
    }
    const char *nearest = mbp_operator_nearest(operators, access->as);
    mbp_reader_tell(reader, mbp_def_node(&access->def, "as"), "there is no operator '%s' in 'operators'%s%s%s",
                    access->as, nearest != NULL ? mbp_tr("; did you mean '") : "", nearest != NULL ? nearest : "",
                    nearest != NULL ? mbp_tr("'?") : "");
    return 0;
}

void mbp_resolve_operators(struct mbp_reader *reader, struct mbp_plant_def *def, struct mbp_operators *out)
{
    const struct mbp_operator_def *defs = def->operators.items;
    struct mbp_operator *items = mbp_reader_array(reader, reader->keep, def->operators.count + 1u, sizeof *items);
    const struct mbp_access_def *access = def->server.access.items;
    /* Its rules stand in an array of the reader's, which nobody else changes. */
    struct mbp_access_rule *rules = (struct mbp_access_rule *)def->server.options.access;
    uint32_t count = 0;
    for (uint32_t i = 0; items != NULL && i < def->operators.count; i++) {
        if (!mbp_def_has(&defs[i].def, OPERATOR_NAME)) {
            continue;
        }
        check_same(reader, defs, i);
        items[count++] = defs[i].operator_;
    }
    *out = (struct mbp_operators){items, items != NULL ? count : 0};
    for (uint32_t r = 0; r < def->server.access.count && rules != NULL; r++) {
        if (access[r].as != NULL) {
            rules[r].as = number_of(reader, out, &access[r]);
        }
    }
}

struct mbp_def_list mbp_operators_view(const struct mbp_operators *operators, struct mbp_arena *arena)
{
    struct mbp_operator_def *defs = mbp_arena_array(arena, operators->count, sizeof *defs);
    for (uint32_t i = 0; defs != NULL && i < operators->count; i++) {
        defs[i] =
            (struct mbp_operator_def){{.present = MBP_BIT(MBP_COUNT_OF(operator_fields)) - 1}, operators->items[i]};
    }
    return (struct mbp_def_list){defs, defs != NULL ? operators->count : 0};
}
