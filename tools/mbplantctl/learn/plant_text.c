/* plant_text: a device as the text of a plant file. */
#include <stdlib.h>
#include <string.h>

#include "learn/learn.h"
#include "text/text_file.h"

/* A text in double quotes, as YAML has it. */
static void print_quoted(FILE *out, const char *text)
{
    putc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            putc('\\', out);
        if ((unsigned char)*text >= ' ')
            putc(*text, out);
    }
    putc('"', out);
}

static void print_type(FILE *out, const struct learn_point *point)
{
    char number[32];
    if (mbp_table_is_bits(point->table) || point->bit >= 0)
        return;
    if (point->type == MBP_STRING)
        fprintf(out, ", type: string(%u)", point->words);
    else
        fprintf(out, ", type: %s", mbp_type_name(point->type));
    /* In one register there are bytes to swap, and no words. */
    bool one = point->type != MBP_STRING && mbp_type_words(point->type) == 1;
    bool swaps = point->order == MBP_BADC || point->order == MBP_DCBA;
    if (point->order != MBP_ABCD && (swaps || !one))
        fprintf(out, ", order: %s", mbp_order_name(point->order));
    if (point->type == MBP_STRING || point->type == MBP_BOOL)
        return;
    if (point->scale < 1 || point->scale > 1)
        fprintf(out, ", scale: %s", mbp_number_shortest(point->scale, number));
    if (point->offset < 0 || point->offset > 0)
        fprintf(out, ", offset: %s", mbp_number_shortest(point->offset, number));
}

/* Only where it is not what the plant file has by itself. */
static void print_access(FILE *out, const struct learn_point *point)
{
    bool writes = point->table == MBP_COILS || point->table == MBP_HOLDING_REGISTERS;
    if (!writes)
        return;
    if (!point->readable && point->writable)
        fputs(", access: write", out);
    else if (!point->writable)
        fputs(", access: read", out);
}

static void print_point(FILE *out, const struct learn_point *point)
{
    unsigned own = point->type == MBP_STRING ? point->words : mbp_type_words(point->type);
    unsigned times = mbp_table_is_bits(point->table) ? point->words : point->words / own;
    fprintf(out, "      - {at: %s %u", mbp_table_word(point->table), point->addr);
    if (point->bit >= 0)
        fprintf(out, ", bit: %d", point->bit);
    if (point->name[0] != '\0' && times == 1)
        fprintf(out, ", name: %s", point->name);
    fputs(", value: ", out);
    if (point->type == MBP_STRING)
        print_quoted(out, point->value);
    else if (point->type == MBP_BOOL)
        fputs(point->value[0] != '\0' && strcmp(point->value, "0") != 0 ? "true" : "false", out);
    else
        fputs(point->value[0] != '\0' ? point->value : "0", out);
    print_type(out, point);
    if (times > 1)
        fprintf(out, ", count: %u", times);
    print_access(out, point);
    putc('}', out);
    if (point->comment[0] != '\0')
        fprintf(out, "   # %s", point->comment);
    putc('\n', out);
    if (point->also_input)
        fprintf(out, "      - {at: input %u, same_as: holding %u, count: %u}\n", point->addr, point->addr,
                point->words);
}

/* The last part of a path, without its ending. */
static void print_title(FILE *out, const char *source, bool is_file)
{
    char title[64];
    const char *base = strrchr(source, '/');
    snprintf(title, sizeof title, "%s", base != NULL ? base + 1 : source);
    char *dot = is_file ? strrchr(title, '.') : NULL;
    if (dot != NULL && dot != title)
        *dot = '\0';
    mbp_text_harmless(title);
    fputs("name: ", out);
    print_quoted(out, title[0] != '\0' ? title : "Learnt");
    putc('\n', out);
}

static void print_device(FILE *out, const struct learn_device *device)
{
    mbp_text_print(out, ctl_tr("# Learnt from %s by mbplantctl.\n"), device->source);
    fputs(device->heading != NULL ? device->heading : "", out);
    fputs("mbplant: 1\n", out);
    print_title(out, device->source, !device->scanned);
    fprintf(out, "units:\n  - id: %u\n    blocks: none\n", device->unit);
    fputs(device->answer != NULL ? device->answer : "", out);
    fputs("    points:\n", out);
    for (size_t p = 0; p < device->count; p++)
        print_point(out, &device->points[p]);
}

/* The plant file's text; MBP_ERR_MEMORY. Ownership: free. */
static enum mbp_status learn_print(const struct learn_device *device, char **text, size_t *len)
{
    struct mbp_buffer buffer = {0};
    if (device->out_of_memory || !mbp_buffer_open(&buffer))
        return MBP_ERR_MEMORY;
    print_device(buffer.out, device);
    char *bytes = mbp_buffer_close(&buffer);
    if (bytes == NULL)
        return MBP_ERR_MEMORY;
    *text = bytes;
    *len = strlen(bytes);
    return MBP_OK;
}

/* What is written must load; if it does not, mbplantctl is wrong, and says what. */
static bool loads(struct mbp_text text)
{
    struct mbp_plant *plant = NULL;
    if (mbp_plant_parse("learnt", text, stderr, &plant) != MBP_OK) {
        ctl_error("what was learnt does not load, which is a mistake of mbplantctl; nothing is written");
        return false;
    }
    mbp_plant_free(plant);
    return true;
}

enum ctl_exit learn_write(const struct ctl_options *options, struct learn_device *device)
{
    char *bytes = NULL;
    size_t len = 0;
    learn_settle(device);
    if (device->count == 0 && !device->out_of_memory) {
        ctl_error("%s: no point is left to write: %u named, %u skipped", device->source, device->named,
                  device->skipped);
        return CTL_FAILED;
    }
    if (learn_print(device, &bytes, &len) != MBP_OK) {
        ctl_error("%s: not enough memory", device->source);
        return CTL_FAILED;
    }
    struct mbp_text text = {bytes, len};
    enum ctl_exit code = CTL_FAILED;
    if (loads(text))
        code = ctl_text_write_new(options->output_path != NULL ? options->output_path : "-", text);
    free(bytes);
    if (code == CTL_OK && !device->scanned)
        mbp_text_print(stderr, ctl_tr("%s: %u named, %u skipped, %u loaded (%u of them at registers of others)\n"),
                       device->source, device->named, device->skipped, device->named - device->skipped, device->shared);
    return code;
}
