/* parameter: numbers that expressions know by a name and that stand at no address: the file's, read and printed. */
#include <stdio.h>
#include <string.h>

#include "defs.h"
#include "load.h"
#include "mbplant/codec.h"
#include "mbplant/point.h"
#include "pattern.h"
#include "print.h"
#include "scalar.h"

static bool read_one(struct mbp_reader *reader, const struct mbp_node *key, struct mbp_parameter_def *out)
{
    const char *text = mbp_node_text(key->next);
    if (!mbp_pattern_is_name(key->text) || strlen(key->text) > MBP_NAME_MAX || strlen(key->text) != key->len) {
        mbp_reader_tell(reader, key, "a parameter's name is a letter, then letters, digits and _.-; at most %d of them",
                        MBP_NAME_MAX);
        return false;
    }
    *out = (struct mbp_parameter_def){.point = {.def = {.node = key, .present = MBP_BIT(MBP_POINT_NAME)},
                                                .name = mbp_reader_keep(reader, key->text, key->len)}};
    if (text == NULL || !mbp_scalar_number(text, &out->value)) {
        mbp_reader_tell(reader, key->next, "the parameter %s is no number", key->text);
        return false;
    }
    return true;
}

MBP_READER(mbp_read_parameters)
{
    struct mbp_def_list *list = at;
    bool right = true;
    (void)field;
    if (node->kind != MBP_NODE_MAP)
        return MBP_READING_WRONG;
    if (node->len > MBP_PARAMETERS_MAX) {
        mbp_reader_tell(reader, node, "there are %u parameters; allowed are %u in the plant", node->len,
                        MBP_PARAMETERS_MAX);
        return MBP_READING_TOLD;
    }
    struct mbp_parameter_def *items = mbp_reader_array(reader, reader->scratch, node->len, sizeof *items);
    if (items == NULL)
        return MBP_READING_TOLD;
    *list = (struct mbp_def_list){items, 0};
    for (const struct mbp_node *key = node->first; key != NULL; key = key->next->next) {
        if (read_one(reader, key, &items[list->count]))
            list->count++;
        else
            right = false;
    }
    return right ? MBP_READING_OK : MBP_READING_TOLD;
}

void mbp_expand_parameters(struct mbp_load *load, const struct mbp_unit_def *def, uint32_t number)
{
    struct mbp_plant *plant = load->plant;
    const struct mbp_parameter_def *items = def->parameters.items;
    const struct mbp_counters counters = {number, 0, number};
    for (uint32_t i = 0; i < def->parameters.count; i++) {
        char name[MBP_NAME_MAX + 1] = "";
        size_t len = mbp_pattern_fill(items[i].point.name, &counters, name, sizeof name);
        struct mbp_stored *stored = &load->stored[plant->stored_count];
        *stored = (struct mbp_stored){
            .name = mbp_reader_keep(&load->reader, name, len == SIZE_MAX ? 0 : len),
            .reg = {.scale = 1, .words = 4, .type = MBP_FLOAT64, .order = MBP_ABCD, .nowhere = true},
            .unit = plant->unit_count,
            .point = UINT32_MAX,
            .named = true,
            .retain = true,
            .parameter = true};
        stored->initial = mbp_register_bits(&stored->reg, items[i].value);
        load->stored_defs[plant->stored_count++] = &items[i].point;
    }
}

/* Where each stands among the stored values of the plant. */
void mbp_list_parameters(struct mbp_load *load)
{
    struct mbp_plant *plant = load->plant;
    uint32_t count = 0;
    for (uint32_t s = 0; s < plant->stored_count; s++)
        count += plant->stored[s].parameter ? 1 : 0;
    if (count > MBP_PARAMETERS_MAX)
        mbp_reader_tell(&load->reader, mbp_def_node(&load->def.def, "units"),
                        "the plant has %u parameters; allowed are %u", count, MBP_PARAMETERS_MAX);
    uint32_t *parameters = mbp_reader_array(&load->reader, load->reader.keep, count, sizeof *parameters);
    if (parameters == NULL || count > MBP_PARAMETERS_MAX)
        return;
    for (uint32_t s = 0; s < plant->stored_count; s++) {
        if (plant->stored[s].parameter)
            parameters[plant->parameter_count++] = s;
    }
    plant->parameters = parameters;
}

void mbp_print_parameters(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit)
{
    const char *before = "    parameters: {";
    for (uint32_t s = unit->first_stored; s < unit->first_stored + unit->named_count; s++) {
        if (!plant->stored[s].parameter)
            continue;
        fputs(before, out);
        mbp_print_name(out, plant->stored[s].name);
        mbp_print_number(out, ": ", mbp_register_of_bits(&plant->stored[s].reg, plant->stored[s].initial));
        before = ", ";
    }
    fputs(before[0] == ',' ? "}\n" : "", out);
}
