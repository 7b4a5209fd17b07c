/* zabbix, zabbix7: a template of Zabbix 6.0 or 7.0 for the modbus.get of its agent 2. Bits come by one item a block
 * with an item that depends on it for each; an alarm's bit has a trigger. What identifies things there is made of
 * names, so that an import changes what is there. */
#include <string.h>

#include "export_priv.h"

#define MAX_BITS 2000u

static const struct export_words words = {
    .target = "zabbix",
    .type = {[MBP_INT16] = "int16",
             [MBP_UINT16] = "uint16",
             [MBP_BOOL] = "uint16",
             [MBP_UINT8] = "uint16",
             [MBP_INT32] = "int32",
             [MBP_UINT32] = "uint32",
             [MBP_UINT64] = "uint64",
             [MBP_FLOAT32] = "float",
             [MBP_FLOAT64] = "double"},
    .order_1 = {[MBP_ABCD] = "be", [MBP_CDAB] = "be", [MBP_BADC] = "le", [MBP_DCBA] = "le"},
    .order_2 = {[MBP_ABCD] = "be", [MBP_CDAB] = "mbe", [MBP_BADC] = "mle", [MBP_DCBA] = "le"},
    .order_4 = {[MBP_ABCD] = "be", [MBP_CDAB] = "mle", [MBP_BADC] = "mbe", [MBP_DCBA] = "le"}, /* measured */
    .bits = true,
    .offset = true,
};

/* Of the form of version 4, by the plant's name and the thing's. */
static void write_uuid(const struct mbp_export *export, const char *of, const char *indent, FILE *out)
{
    char text[320];
    snprintf(text, sizeof text, "%.150s/%.150s", export->plant->name, of);
    uint64_t high = (mbp_name_hash(text) & ~UINT64_C(0xF000)) | 0x4000;
    size_t len = strlen(text);
    snprintf(text + len, sizeof text - len, "/low");
    uint64_t low = (mbp_name_hash(text) & ~(UINT64_C(3) << 62)) | UINT64_C(1) << 63;
    fprintf(out, "%suuid: %016llx%016llx\n", indent, (unsigned long long)high, (unsigned long long)low);
}

static void write_name(const char *key, const char *text, FILE *out)
{
    fprintf(out, "          %s: ", key);
    export_quoted(out, text);
    putc('\n', out);
}

/* A ! keeps Zabbix from putting k and M before the unit. */
static void write_unit(const struct mbp_export_row *row, FILE *out)
{
    char unit[80];
    if (row->point.unit_text[0] == '\0')
        return;
    snprintf(unit, sizeof unit, "!%.70s", row->point.unit_text);
    write_name("units", unit, out);
}

static void write_number(const struct mbp_export *export, const struct mbp_export_row *row,
                         const struct export_said *said, FILE *out)
{
    char title[256];
    char scale[32];
    char offset[32];
    write_uuid(export, row->id, "        - ", out);
    write_name("name", mbp_export_title(row, title, sizeof title), out);
    fprintf(out, "          key: 'modbus.get[{$MODBUS.ENDPOINT},%u,%u,%u,1,%s,%s]'\n", row->unit_id,
            export_function(&said->point), said->point.addr, said->type, said->order);
    fputs("          delay: 5s\n          history: 7d\n          value_type: FLOAT\n", out);
    write_unit(row, out);
    if (said->offset < 0 || said->offset > 0)
        fprintf(out,
                "          preprocessing:\n            - type: JAVASCRIPT\n              parameters:\n"
                "                - 'return value * %s + %s;'\n",
                mbp_number_shortest(said->scale, scale), mbp_number_shortest(said->offset, offset));
    else if (said->scale < 1 || said->scale > 1)
        fprintf(out,
                "          preprocessing:\n            - type: MULTIPLIER\n              parameters:\n"
                "                - '%s'\n",
                mbp_number_shortest(said->scale, scale));
    if (mbp_export_is_machine_state(&row->point) && row->point.own == NULL)
        fputs("          valuemap:\n            name: mbplant state\n", out);
}

static void write_trigger(const struct mbp_export *export, const struct mbp_export_row *row, FILE *out)
{
    static const char *const severities[MBP_PRIORITY_COUNT] = {[MBP_PRIORITY_LOW] = "WARNING",
                                                               [MBP_PRIORITY_MEDIUM] = "AVERAGE",
                                                               [MBP_PRIORITY_HIGH] = "HIGH",
                                                               [MBP_PRIORITY_CRITICAL] = "DISASTER"};
    char of[160];
    char title[256];
    snprintf(of, sizeof of, "%s/trigger", row->id);
    fputs("          triggers:\n", out);
    write_uuid(export, of, "            - ", out);
    fprintf(out, "              expression: 'last(/mbplant by Modbus/mbplant.%s)=1'\n              name: ", row->id);
    export_quoted(out, mbp_export_title(row, title, sizeof title));
    fprintf(out, "\n              priority: %s\n", severities[row->priority]);
}

/* One bit: of a block of one its item itself, else an item that depends on the block's. */
static void write_bit(const struct mbp_export *export, const struct mbp_export_row *row,
                      const struct export_block *block, const char *master, FILE *out)
{
    char title[256];
    write_uuid(export, row->id, "        - ", out);
    write_name("name", mbp_export_title(row, title, sizeof title), out);
    fprintf(out, "          type: DEPENDENT\n          key: mbplant.%s\n          delay: '0'\n          history: 7d\n",
            row->id);
    if (block->count > 1)
        fprintf(out,
                "          preprocessing:\n            - type: JSONPATH\n              parameters:\n"
                "                - '$[%u]'\n",
                row->point.addr - block->addr);
    fprintf(out, "          master_item:\n            key: '%s'\n", master);
    if (row->role == MBP_EXPORT_ALARM)
        write_trigger(export, row, out);
}

static void write_block(const struct mbp_export *export, const struct export_block *block, FILE *out)
{
    const struct mbp_export_row *first = &export->rows[block->first_row];
    char master[128];
    char of[64];
    snprintf(master, sizeof master, "modbus.get[{$MODBUS.ENDPOINT},%u,%u,%u,%u,bit]", first->unit_id,
             export_function(&first->point), block->addr, block->count);
    snprintf(of, sizeof of, "block/%u/%u/%u", first->unit_id, export_function(&first->point), block->addr);
    write_uuid(export, of, "        - ", out);
    fprintf(out,
            "          name: \"Unit %u %s %u..%u\"\n          key: '%s'\n          delay: 5s\n          history: '0'\n"
            "          trends: '0'\n          value_type: TEXT\n",
            first->unit_id, mbp_table_word((enum mbp_table)block->table), block->addr, block->addr + block->count - 1,
            master);
    for (size_t r = block->first_row; r < block->first_row + block->row_count; r++)
        write_bit(export, &export->rows[r], block, master, out);
}

static void write_items(const struct mbp_export *export, FILE *out, struct mbp_export_told *told)
{
    fputs("      items:\n", out);
    for (size_t r = 0; r < export->row_count;) {
        const struct mbp_export_row *row = &export->rows[r];
        struct export_said said;
        if (!export_say(export, row, &words, told, &said)) {
            r++;
        } else if (export_is_bits(&said.point)) {
            struct export_block block = export_block_at(export, r, 1, MAX_BITS);
            write_block(export, &block, out);
            r += block.row_count;
        } else {
            write_number(export, row, &said, out);
            r++;
        }
    }
}

static void write_template(const struct mbp_export *export, const char *version, const char *groups, FILE *out,
                           struct mbp_export_told *told)
{
    char place[300];
    fprintf(out, "zabbix_export:\n  version: '%s'\n  %s:\n", version, groups);
    fputs("    - uuid: a571c0d144b14fd4a87a9d9b2aa9fcd6\n      name: Templates/Applications\n  templates:\n", out);
    write_uuid(export, "template", "    - ", out);
    fputs("      template: 'mbplant by Modbus'\n      name: 'mbplant by Modbus'\n      description: ", out);
    export_quoted(out, export->plant->name);
    fputs("\n      groups:\n        - name: Templates/Applications\n", out);
    write_items(export, out, told);
    snprintf(place, sizeof place, "tcp://%s:%u", export->options->host, export->options->port);
    fputs("      macros:\n        - macro: '{$MODBUS.ENDPOINT}'\n          value: ", out);
    export_quoted(out, place);
    fputs("\n      valuemaps:\n", out);
    write_uuid(export, "valuemap state", "        - ", out);
    fputs("          name: 'mbplant state'\n          mappings:\n", out);
    for (unsigned s = 0; s < MBP_STATE_COUNT; s++)
        fprintf(out, "            - value: '%u'\n              newvalue: %s\n", s,
                mbp_state_name((enum mbp_state_code)s));
}

void export_zabbix(const struct mbp_export *export, FILE *out, struct mbp_export_told *told)
{
    write_template(export, "6.0", "groups", out, told);
}

void export_zabbix7(const struct mbp_export *export, FILE *out, struct mbp_export_told *told)
{
    write_template(export, "7.0", "template_groups", out, told);
}
