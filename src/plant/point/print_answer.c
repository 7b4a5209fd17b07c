/* print_answer: what a unit answers as the device that it stands for. */
#include <string.h>

#include "names.h"
#include "print.h"
#include "scalar.h"

static void print_blocks(FILE *out, const struct mbp_layout *layout)
{
    bool any = false;
    for (unsigned b = 0; b < mbp_map_count; b++)
        any = any || layout->asked[b] != MBP_AS_DEFAULT;
    if (!any) {
        fputs(layout->none ? "    blocks: none\n" : "", out);
        return;
    }
    fprintf(out, "    blocks: {default: %s", layout->none ? "none" : "standard");
    for (unsigned b = 0; b < mbp_map_count; b++) {
        if (layout->asked[b] == MBP_NO_BASE + 1)
            fprintf(out, ", %s: none", mbp_map[b].key);
        else if (layout->asked[b] != MBP_AS_DEFAULT)
            fprintf(out, ", %s: %u", mbp_map[b].key, layout->asked[b] - 1);
    }
    fputs("}\n", out);
}

static void print_functions(FILE *out, const struct mbp_answer *answer)
{
    const char *comma = "";
    fputs("functions: [", out);
    for (unsigned code = 0; code < 128; code++) {
        if (mbp_answers(answer, code)) {
            fprintf(out, "%s%u", comma, code);
            comma = ", ";
        }
    }
    fputs("], ", out);
}

static void print_object(FILE *out, const struct mbp_object *object)
{
    char text[256];
    memcpy(text, object->bytes, object->len);
    text[object->len] = '\0';
    fprintf(out, "\"0x%02X\": ", object->id);
    if (strlen(text) == object->len && mbp_scalar_printable(text, object->len)) {
        mbp_print_text(out, text);
        return;
    }
    fputs("{hex: \"", out);
    for (unsigned i = 0; i < object->len; i++)
        fprintf(out, "%02X", object->bytes[i]);
    fputs("\"}", out);
}

void mbp_print_answer(FILE *out, const struct mbp_unit *unit)
{
    const struct mbp_answer *answer = &unit->answer;
    if (unit->gaps == MBP_GAPS_NUMBER)
        fprintf(out, "    gaps: %u\n", unit->gap);
    else
        fprintf(out, "    gaps: %s\n", mbp_gaps_words.names[unit->gaps]);
    print_blocks(out, &unit->layout);
    fputs("    answer: {", out);
    if (answer->some_functions)
        print_functions(out, answer);
    if (answer->max_read != 0)
        fprintf(out, "max_read: %u, ", answer->max_read);
    fprintf(out, "refuse: %s}\n", mbp_refuse_words.names[answer->refuse]);
    if (unit->object_count > 0) {
        fputs("    identity: {", out);
        for (uint32_t i = 0; i < unit->object_count; i++) {
            fputs(i == 0 ? "" : ", ", out);
            print_object(out, &unit->objects[i]);
        }
        fputs("}\n", out);
    }
    fprintf(out, "    files: %s\n", answer->no_files ? "false" : "true");
}
