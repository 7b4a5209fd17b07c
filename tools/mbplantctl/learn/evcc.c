/* evcc: the registers that a Modbus template of evcc names. It is YAML with placeholders of Go templates in it, all of
 * whose branches are read: so it is taken line by line, and what a placeholder decides is asked of nobody. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "learn/learn.h"
#include "text/text_file.h"

#define TEXT_MAX 240
#define FILE_MAX (1u << 20)

/* A line that says a key. Spaces before it, and before the key behind a dash, are its indent. */
struct line {
    uint32_t number;
    int indent;
    char key[40];
    char value[TEXT_MAX]; /* without what stands in {{ }} */
    char comment[TEXT_MAX];
};

struct template
{
    struct learn_device *device;
    const struct ctl_options *options;
    struct line *lines;
    size_t count;
    uint32_t sunspec; /* values of SunSpec models that it names */
};

/* ---- lines ------------------------------------------------------------------------------------------------------- */

/* A line without its placeholders: each leaves a space, so that what it chooses between stays apart. */
static void drop_placeholders(const char *from, size_t len, char out[TEXT_MAX])
{
    size_t used = 0;
    bool inside = false;
    for (size_t i = 0; i < len && used < TEXT_MAX - 1; i++) {
        bool opens = i + 1 < len && from[i] == '{' && from[i + 1] == '{';
        bool closes = i + 1 < len && from[i] == '}' && from[i + 1] == '}';
        if (opens || closes) {
            inside = opens;
            out[used++] = ' ';
            i++;
        } else if (!inside) {
            out[used++] = from[i];
        }
    }
    out[used] = '\0';
}

static char *trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        text[--len] = '\0';
    return text;
}

/* False for a line without a key. */
static bool parse_line(const char *from, size_t len, struct line *out)
{
    char text[TEXT_MAX];
    drop_placeholders(from, len, text);
    char *at = text + strspn(text, " ");
    while (at[0] == '-' && at[1] == ' ')
        at += 2 + strspn(at + 2, " ");
    out->indent = (int)(at - text);
    size_t key = strcspn(at, ": #");
    if (key == 0 || key >= sizeof out->key || at[key] != ':' ||
        (at[key + 1] != '\0' && !isspace((unsigned char)at[key + 1])))
        return false;
    snprintf(out->key, sizeof out->key, "%.*s", (int)key, at);
    at += key + 1;
    char *comment = strstr(at, " #");
    out->comment[0] = '\0';
    if (comment != NULL) {
        snprintf(out->comment, sizeof out->comment, "%s", trim(comment + 2));
        *comment = '\0';
    }
    snprintf(out->value, sizeof out->value, "%s", trim(at));
    return true;
}

static bool read_lines(struct template *template, const char *bytes, size_t len)
{
    size_t room = 1;
    for (size_t i = 0; i < len; i++)
        room += bytes[i] == '\n';
    template->lines = calloc(room, sizeof *template->lines);
    uint32_t number = 0;
    for (size_t at = 0; template->lines != NULL && at < len;) {
        const char *end = memchr(bytes + at, '\n', len - at);
        size_t line_len = end != NULL ? (size_t)(end - (bytes + at)) : len - at;
        struct line *line = &template->lines[template->count];
        line->number = ++number;
        template->count += parse_line(bytes + at, line_len, line);
        at += line_len + 1;
    }
    return template->lines != NULL;
}

/* ---- registers --------------------------------------------------------------------------------------------------- */

/* What is said of one register: texts as they stand there. */
struct said {
    uint32_t line;
    const char *address, *type, *decode, *length, *scale, *comment, *name;
};

/* The first word that a text without placeholders has. */
static void first_word(const char *text, char out[40])
{
    text += strspn(text, " \"'");
    snprintf(out, 40, "%.*s", (int)strcspn(text, " \"'"), text);
}

static bool make_point(const struct template *template, const struct said *said, struct learn_point *point, char *why)
{
    char word[40];
    *point = learn_point_of(MBP_HOLDING_REGISTERS, 0, MBP_UINT16);
    point->writable = false;
    point->order = template->options->order;
    first_word(said->type, word);
    if (word[0] != '\0' && !learn_table(word, point)) {
        snprintf(why, LEARN_WHY_MAX, ctl_tr("'%.30s' is no type of a register"), word);
        return false;
    }
    if (strncmp(word, "write", 5) != 0)
        point->writable = false;
    point->readable = true;
    first_word(said->decode, word);
    uint32_t length = (uint32_t)strtoul(said->length, NULL, 10);
    if (mbp_table_is_bits(point->table)) {
        point->type = MBP_BOOL;
    } else if (!learn_type(word, length, point, why)) {
        return false;
    }
    first_word(said->scale, word);
    char *end;
    double scale = strtod(word, &end);
    if (end != word)
        point->scale = scale;
    learn_name(said->comment[0] != '\0' ? said->comment : said->name, point->name);
    if (said->comment[0] != '\0')
        learn_note(point, said->name);
    learn_note(point, said->comment);
    return true;
}

/* Each number that stands for the address: where a placeholder chooses, all that it chooses between. */
static void add_registers(struct template *template, const struct said *said)
{
    char place[300];
    char why[LEARN_WHY_MAX];
    struct learn_point point;
    unsigned found = 0;
    snprintf(place, sizeof place, "%s:%u", template->device->source, said->line);
    bool good = make_point(template, said, &point, why);
    for (const char *at = said->address + strspn(said->address, " \"'"); isdigit((unsigned char)*at); found++) {
        char *end;
        unsigned long addr = strtoul(at, &end, 0);
        if (!good)
            learn_skip(template->device, place, "%s", why);
        else if (addr > UINT16_MAX)
            learn_skip(template->device, place, "address %lu is beyond 65535", addr);
        else {
            point.addr = (uint16_t)addr;
            learn_add(template->device, &point, place);
        }
        at = end + strspn(end, " \"'");
    }
    if (found == 0)
        learn_skip(template->device, place, "its address is a parameter of the template");
}

/* The key under `render` that a line belongs to: power, energy, soc .. */
static const char *name_of(const struct template *template, size_t l)
{
    int indent = template->lines[l].indent;
    const char *name = "";
    for (size_t up = l; up-- > 0 && indent > 2;) {
        const struct line *line = &template->lines[up];
        if (line->indent >= indent)
            continue;
        indent = line->indent;
        name = line->key;
    }
    return name;
}

/* The scale of a register stands beside it. */
static const char *scale_of(const struct template *template, size_t l)
{
    int indent = template->lines[l].indent;
    for (size_t at = l + 1; at < template->count && template->lines[at].indent >= indent; at++) {
        const struct line *line = &template->lines[at];
        if (line->indent == indent && (strcmp(line->key, "source") == 0 || strcmp(line->key, "register") == 0))
            break;
        if (line->indent == indent && strcmp(line->key, "scale") == 0)
            return line->value;
    }
    for (size_t at = l; at-- > 0 && template->lines[at].indent >= indent;) {
        const struct line *line = &template->lines[at];
        if (line->indent == indent && strcmp(line->key, "source") == 0)
            break;
        if (line->indent == indent && strcmp(line->key, "scale") == 0)
            return line->value;
    }
    return "";
}

static void take_register(struct template *template, size_t l)
{
    const struct line *head = &template->lines[l];
    struct said said = {head->number, "", "", "", "", scale_of(template, l), "", name_of(template, l)};
    for (size_t at = l + 1; at<template->count &&template->lines[at].indent> head->indent; at++) {
        const struct line *line = &template->lines[at];
        if (strcmp(line->key, "address") == 0) {
            said.line = line->number;
            said.address = line->value;
            said.comment = line->comment;
        } else if (strcmp(line->key, "type") == 0) {
            said.type = line->value;
        } else if (strcmp(line->key, "decode") == 0 || strcmp(line->key, "encoding") == 0) {
            said.decode = line->value;
        } else if (strcmp(line->key, "length") == 0) {
            said.length = line->value;
        }
    }
    add_registers(template, &said);
}

/* modbus/read?address=5000&type=input&encoding=uint16&scale=100&{modbus} */
static void take_service(struct template *template, size_t l, const char *query)
{
    const struct line *line = &template->lines[l];
    const char *name = "";
    for (size_t up = l; up-- > 0 && template->lines[up].indent >= line->indent && name[0] == '\0';) {
        if (template->lines[up].indent == line->indent && strcmp(template->lines[up].key, "name") == 0)
            name = template->lines[up].value;
    }
    char words[6][40] = {""};
    static const char *const keys[] = {"address", "type", "encoding", "length", "scale"};
    while (*query != '\0') {
        size_t len = strcspn(query, "& ");
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            size_t key = strlen(keys[k]);
            if (len > key && strncmp(query, keys[k], key) == 0 && query[key] == '=')
                snprintf(words[k], sizeof words[k], "%.*s", (int)(len - key - 1), query + key + 1);
        }
        query += len + (query[len] == '&');
        if (*query == ' ')
            break;
    }
    struct said said = {line->number, words[0], words[1], words[2], words[3], words[4], line->comment, name};
    add_registers(template, &said);
}

static void take_lines(struct template *template)
{
    static const char service[] = "modbus/read?";
    for (size_t l = 0; l < template->count; l++) {
        const struct line *line = &template->lines[l];
        const char *query = strstr(line->value, service);
        if (query != NULL)
            take_service(template, l, query + strlen(service));
        else if (strcmp(line->key, "register") == 0 && line->value[0] == '\0')
            take_register(template, l);
        template->sunspec += strcmp(line->key, "source") == 0 && strcmp(line->value, "sunspec") == 0;
    }
}

enum ctl_exit learn_evcc(struct ctl *ctl)
{
    const struct ctl_options *options = ctl->options;
    struct learn_device device = {.source = options->argv[1], .unit = ctl_raw_unit(ctl)};
    struct template template = {.device = &device, .options = options};
    char *bytes = NULL;
    size_t len = 0;
    enum ctl_exit code = ctl_text_read(device.source, &bytes, &len);
    if (code == CTL_OK && len > FILE_MAX) {
        ctl_error("%s: it is longer than %u bytes, and no template is", device.source, FILE_MAX);
        code = CTL_USAGE;
    }
    if (code == CTL_OK && !read_lines(&template, bytes, len)) {
        ctl_error("%s: not enough memory", device.source);
        code = CTL_FAILED;
    }
    if (code == CTL_OK) {
        take_lines(&template);
        if (template.sunspec > 0)
            mbp_text_print(stderr,
                           ctl_tr("%s: %u of its values are points of SunSpec models, which have no address here: "
                                  "mbplantctl learn sunspec\n"),
                           device.source, template.sunspec);
        code = learn_write(options, &device);
    }
    free(template.lines);
    free(bytes);
    learn_free(&device);
    return code;
}
