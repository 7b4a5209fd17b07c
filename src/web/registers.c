/* Raw registers and bits, as they stand. */
#include <string.h>

#include "points.h"

struct registers {
    struct mbp_image_unit *unit;
    enum mbp_table table;
    uint32_t at, count;
};

static const struct registers *registers_of(const struct web_item *item)
{
    return item->of;
}

static void put_registers_unit(const struct web_item *item)
{
    fprintf(item->out, "%u", registers_of(item)->unit->unit->id);
}

static void put_registers_table(const struct web_item *item)
{
    web_put_text(item->out, mbp_table_name(registers_of(item)->table));
}

static void put_registers_at(const struct web_item *item)
{
    fprintf(item->out, "%u", registers_of(item)->at);
}

static void put_registers_values(const struct web_item *item)
{
    const struct registers *of = registers_of(item);
    for (uint32_t i = 0; i < of->count; i++) {
        bool is = mbp_image_may_read(of->unit, of->table, of->at + i, 1) == MBP_OK;
        bool stands = is && of->at + i < of->unit->size[of->table];
        putc(i == 0 ? '[' : ',', item->out);
        if (is)
            fprintf(item->out, "%u", stands ? web_word_at(of->unit, of->table, of->at + i) : 0u);
        else
            fputs("null", item->out);
    }
    putc(']', item->out);
}

static const struct web_field registers_fields[] = {
    {ROW("unit", "Modbus unit", WEB_COUNT), .put = put_registers_unit},
    {ROW("table", "that they stand in", WEB_TEXT), .put = put_registers_table, .word = web_table_word},
    {ROW("at", "PDU address of the first", WEB_COUNT), .put = put_registers_at},
    {ROW("values", "null where the map has nothing", WEB_NUMBERS), .nullable = true, .put = put_registers_values},
};
const struct web_noun web_registers_noun = WEB_NOUN("Registers", registers_fields);

bool web_table_find(const char *word, enum mbp_table *out)
{
    int table = mbp_table_find(word);
    if (table >= 0)
        *out = (enum mbp_table)table;
    return table >= 0;
}

void web_put_registers(struct web_call *call, struct mbp_image_unit *unit, enum mbp_table table, uint32_t at,
                       uint32_t count)
{
    const struct registers registers = {unit, table, at, count};
    const struct web_item item = {.web = call->web, .of = &registers, .out = call->out};
    web_put_noun(&web_registers_noun, &item);
    putc('\n', call->out);
}

void web_serve_registers(struct web_call *call)
{
    const struct web_arg *count = web_arg(call, 3);
    enum mbp_table table = MBP_HOLDING_REGISTERS;
    const struct mbp_unit *unit = web_unit_of(call, web_arg(call, 0));
    if (unit == NULL)
        return;
    if (web_arg(call, 1)->given && !web_table_find(web_arg(call, 1)->text, &table)) {
        web_problem(call, 400,
                    "'table' cannot be '%.40s': it is coils, discrete_inputs, holding_registers or "
                    "input_registers",
                    web_arg(call, 1)->text);
        return;
    }
    uint32_t at = (uint32_t)web_arg(call, 2)->number;
    uint32_t wanted = count->given ? (uint32_t)count->number : 1;
    if (at + wanted > 65536) {
        web_problem(call, 400, "'at' and 'count' end beyond address 65535");
        return;
    }
    web_put_registers(call, web_image_unit(call->web, unit), table, at, wanted);
}
