/* template: a text with tags in double braces, and what it becomes over a plant's rows. A tag is a field, a section
 * that is written for each point, for each unit or where a field has something in it, or a comment. */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/base/tr.h"

#include "export_priv.h"

#define DEPTH_MAX 16
#define WORD_MAX  80 /* of a field's name, of a value that is compared */
#define OUTSIDE   "inside {{#points}} .. {{/points}}"

enum node_kind { TEXT, FIELD, EACH_POINT, EACH_UNIT, WHERE, END };

/* What is no row's. */
enum plant_field { PLANT, HOST, PORT, OPEN, FIRST, LAST, PLANT_FIELDS };

struct node {
    uint8_t kind;   /* enum node_kind */
    uint8_t filter; /* of FIELD */
    bool inverse;   /* of WHERE: {{^field}} */
    bool compared;  /* of WHERE: {{#field=value}} */
    size_t field;   /* enum plant_field, then export_fields */
    size_t close;   /* of a section: its END */
    const char *text;
    size_t len; /* of TEXT; of what is compared */
};

struct mbp_export_template {
    struct node *nodes;
    size_t count, room;
};

static const struct {
    const char *key, *what;
} plant_fields[PLANT_FIELDS] = {
    [PLANT] = {"plant", "the plant's name"},
    [HOST] = {"host", "where masters reach it"},
    [PORT] = {"port", ""},
    [OPEN] = {"open", "two opening braces"},
    [FIRST] = {"first", "of points and units: yes, or empty"},
    [LAST] = {"last", "likewise"},
};

const char *mbp_export_field(size_t n, const char **what)
{
    bool of_plant = n < PLANT_FIELDS;
    if (n >= PLANT_FIELDS + export_field_count)
        return NULL;
    *what = of_plant ? plant_fields[n].what : export_fields[n - PLANT_FIELDS].what;
    return of_plant ? plant_fields[n].key : export_fields[n - PLANT_FIELDS].key;
}

/* ---- filters ----------------------------------------------------------------------------------------------------- */

enum filter { PLAIN, JSON, CSV, XML, ID, UPPER, FILTERS };

static const char *const filters[FILTERS] = {
    [PLAIN] = "", [JSON] = "json", [CSV] = "csv", [XML] = "xml", [ID] = "id", [UPPER] = "upper"};

static void put_xml(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("<>&\"'", *text) != NULL)
            fprintf(out, "&#%u;", (unsigned char)*text);
        else
            putc(*text, out);
    }
}

/* RFC 4180. */
static void put_csv(FILE *out, const char *text)
{
    if (strpbrk(text, ",;\"\r\n") == NULL) {
        fputs(text, out);
        return;
    }
    putc('"', out);
    for (; *text != '\0'; text++)
        fprintf(out, *text == '"' ? "\"%c" : "%c", *text);
    putc('"', out);
}

static void put_filtered(FILE *out, const char *text, enum filter filter)
{
    if (filter == JSON)
        export_quoted(out, text);
    else if (filter == CSV)
        put_csv(out, text);
    else if (filter == XML)
        put_xml(out, text);
    else
        for (; *text != '\0'; text++)
            putc(filter == UPPER                                  ? toupper((unsigned char)*text)
                 : filter == ID && !isalnum((unsigned char)*text) ? '_'
                                                                  : *text,
                 out);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

struct reading {
    const char *text, *at, *end;
    struct mbp_export_template *made;
    struct mbp_export_flaw *flaw;
    size_t open[DEPTH_MAX]; /* sections */
    unsigned depth;
    enum mbp_status status;
};

__attribute__((format(printf, 3, 4))) static void refuse(struct reading *reading, const char *at, const char *format,
                                                         ...)
{
    va_list args;
    if (reading->status != MBP_OK)
        return;
    reading->status = MBP_ERR_FORMAT;
    reading->flaw->line = reading->flaw->column = 1;
    for (const char *c = reading->text; c < at; c++) {
        bool newline = *c == '\n';
        reading->flaw->line += newline;
        reading->flaw->column = newline ? 1 : reading->flaw->column + (((unsigned char)*c & 0xC0) != 0x80);
    }
    va_start(args, format);
    vsnprintf(reading->flaw->why, sizeof reading->flaw->why, mbp_tr(format), args);
    va_end(args);
}

static struct node *add_node(struct reading *reading, enum node_kind kind)
{
    struct mbp_export_template *made = reading->made;
    if (made->count == made->room) {
        size_t room = made->room == 0 ? 64 : 2 * made->room;
        struct node *nodes = realloc(made->nodes, room * sizeof *nodes);
        if (nodes == NULL) {
            reading->status = MBP_ERR_MEMORY;
            return NULL;
        }
        made->nodes = nodes;
        made->room = room;
    }
    made->nodes[made->count] = (struct node){.kind = (uint8_t)kind};
    return &made->nodes[made->count++];
}

static bool is_within(const struct reading *reading, enum node_kind kind)
{
    for (unsigned d = 0; d < reading->depth; d++) {
        if (reading->made->nodes[reading->open[d]].kind == kind)
            return true;
    }
    return false;
}

static void add_text(struct reading *reading, const char *from, const char *to)
{
    struct node *node = from < to ? add_node(reading, TEXT) : NULL;
    if (node == NULL)
        return;
    node->text = from;
    node->len = (size_t)(to - from);
}

/* "no field 'adress'; did you mean address?", or all that there are. */
static void refuse_field(struct reading *reading, const char *at, const char *word, const char *const *names,
                         size_t count)
{
    char all[400] = "";
    size_t len = 0;
    const char *nearest = mbp_nearest(word, names, count);
    for (size_t n = 0; nearest == NULL && n < count && len < sizeof all; n++)
        len += (size_t)snprintf(all + len, sizeof all - len, "%s%s", n > 0 ? ", " : "", names[n]);
    if (nearest != NULL)
        refuse(reading, at, "no field '%s'; did you mean %s?", word, nearest);
    else
        refuse(reading, at, "no field '%s'; there are %s", word, all);
}

static size_t find_field(struct reading *reading, const char *at, const char *word)
{
    const char *names[PLANT_FIELDS + 64];
    const char *what;
    size_t count = 0;
    for (; count < sizeof names / sizeof names[0] && mbp_export_field(count, &what) != NULL; count++) {
        names[count] = mbp_export_field(count, &what);
        if (strcmp(names[count], word) == 0)
            break;
    }
    if (mbp_export_field(count, &what) == NULL)
        refuse_field(reading, at, word, names, count);
    else if (count >= PLANT_FIELDS && !is_within(reading, EACH_POINT) &&
             !(strcmp(word, "unit_id") == 0 && is_within(reading, EACH_UNIT)))
        refuse(reading, at, "'%s' is a point's: it stands " OUTSIDE, word);
    else if ((count == FIRST || count == LAST) && !is_within(reading, EACH_POINT) && !is_within(reading, EACH_UNIT))
        refuse(reading, at, "'%s' stands " OUTSIDE " or in those of units", word);
    return count;
}

static void add_field(struct reading *reading, const char *at, char *word)
{
    char *bar = strchr(word, '|');
    enum filter filter = PLAIN;
    if (bar != NULL) {
        *bar = '\0';
        while (filter < FILTERS && strcmp(filters[filter], bar + 1) != 0)
            filter++;
        if (filter == FILTERS || filter == PLAIN)
            refuse(reading, at, "no filter '%s': there are json, csv, xml, id, upper", bar + 1);
    }
    size_t field = find_field(reading, at, word);
    struct node *node = reading->status == MBP_OK ? add_node(reading, FIELD) : NULL;
    if (node == NULL)
        return;
    node->field = field;
    node->filter = (uint8_t)filter;
}

/* at: the tag's first character; word: its copy, "points" or "role=alarm". */
static void open_section(struct reading *reading, const char *at, char *word, bool inverse)
{
    bool points = strcmp(word, "points") == 0;
    bool units = strcmp(word, "units") == 0;
    char *equals = strchr(word, '=');
    size_t field = 0;
    if (equals != NULL)
        *equals = '\0';
    if ((points || units) && inverse)
        refuse(reading, at, "{{^%s}} is none: there are always some", word);
    else if ((points && is_within(reading, EACH_POINT)) ||
             (units && (is_within(reading, EACH_POINT) || is_within(reading, EACH_UNIT))))
        refuse(reading, at, "{{#%s}} stands inside {{#%s}} already", word,
               is_within(reading, EACH_POINT) ? "points" : "units");
    else if (reading->depth == DEPTH_MAX)
        refuse(reading, at, "sections are %d deep at most", DEPTH_MAX);
    else if (!points && !units)
        field = find_field(reading, at, word);
    struct node *node = reading->status == MBP_OK ? add_node(reading, points  ? EACH_POINT
                                                                      : units ? EACH_UNIT
                                                                              : WHERE)
                                                  : NULL;
    if (node == NULL)
        return;
    node->field = field;
    node->inverse = inverse;
    node->compared = equals != NULL;
    if (equals != NULL) {
        node->text = strchr(at, '=') + 1;
        node->len = strlen(equals + 1);
    }
    reading->open[reading->depth++] = reading->made->count - 1;
}

static const char *section_name(const struct node *node)
{
    const char *what;
    return node->kind == EACH_POINT  ? "points"
           : node->kind == EACH_UNIT ? "units"
                                     : mbp_export_field(node->field, &what);
}

static void close_section(struct reading *reading, const char *at, const char *word)
{
    if (reading->depth == 0) {
        refuse(reading, at, "{{/%s}} closes nothing", word);
        return;
    }
    size_t open = reading->open[reading->depth - 1];
    const char *name = section_name(&reading->made->nodes[open]);
    if (strcmp(name, word) != 0) {
        refuse(reading, at, "{{/%s}} where {{/%s}} is expected", word, name);
        return;
    }
    reading->depth--;
    if (add_node(reading, END) != NULL)
        reading->made->nodes[open].close = reading->made->count - 1;
}

/* Copies what stands between two places, without blanks around it; false, and told, where it is too long. */
static bool copy_word(struct reading *reading, const char *from, const char *to, char word[WORD_MAX])
{
    while (from < to && isspace((unsigned char)*from))
        from++;
    while (to > from && isspace((unsigned char)to[-1]))
        to--;
    if (from == to || to - from >= WORD_MAX || memchr(from, '\0', (size_t)(to - from)) != NULL) {
        refuse(reading, from, from == to ? "an empty tag" : "a tag of more than %d characters", WORD_MAX - 1);
        return false;
    }
    memcpy(word, from, (size_t)(to - from));
    word[to - from] = '\0';
    return true;
}

static void read_tag(struct reading *reading, const char *from, const char *to)
{
    char word[WORD_MAX];
    bool sign = from < to && strchr("#^/!", *from) != NULL && *from != '\0';
    if (sign && *from == '!')
        return;
    if (!copy_word(reading, from + sign, to, word))
        return;
    if (!sign)
        add_field(reading, from, word);
    else if (*from == '/')
        close_section(reading, from, word);
    else
        open_section(reading, from, word, *from == '^');
}

/* A section's tag or a comment that stands alone on its line takes the line with it: *from and *to then are around the
 * line. */
static void widen(const struct reading *reading, const char **from, const char **to)
{
    const char *begin = *from;
    const char *end = *to;
    while (begin > reading->text && (begin[-1] == ' ' || begin[-1] == '\t'))
        begin--;
    while (end < reading->end && (*end == ' ' || *end == '\t' || *end == '\r'))
        end++;
    bool alone = (begin == reading->text || begin[-1] == '\n') && (end == reading->end || *end == '\n');
    if (!alone || strchr("#^/!", (*from)[2]) == NULL)
        return;
    *from = begin;
    *to = end < reading->end ? end + 1 : end;
}

static const char *find_pair(const char *from, const char *end, char sign)
{
    for (; from + 1 < end; from++) {
        if (from[0] == sign && from[1] == sign)
            return from;
    }
    return NULL;
}

static void read_all(struct reading *reading)
{
    while (reading->status == MBP_OK && reading->at < reading->end) {
        const char *open = find_pair(reading->at, reading->end, '{');
        if (open == NULL) {
            add_text(reading, reading->at, reading->end);
            break;
        }
        const char *close = find_pair(open + 2, reading->end, '}');
        const char *next = close != NULL ? close + 2 : NULL;
        const char *begin = open;
        if (close == NULL) {
            refuse(reading, open, "a tag that does not end: }} is missing");
            break;
        }
        widen(reading, &begin, &next);
        add_text(reading, reading->at, begin);
        read_tag(reading, open + 2, close);
        reading->at = next;
    }
    if (reading->status == MBP_OK && reading->depth > 0)
        refuse(reading, reading->end, "{{/%s}} is missing",
               section_name(&reading->made->nodes[reading->open[reading->depth - 1]]));
}

enum mbp_status mbp_export_template_new(const char *text, size_t len, struct mbp_export_template **out,
                                        struct mbp_export_flaw *flaw)
{
    struct mbp_export_template *made = calloc(1, sizeof *made);
    if (made == NULL)
        return MBP_ERR_MEMORY;
    struct reading reading = {.text = text, .at = text, .end = text + len, .made = made, .flaw = flaw};
    read_all(&reading);
    if (reading.status != MBP_OK) {
        mbp_export_template_free(made);
        return reading.status;
    }
    *out = made;
    return MBP_OK;
}

void mbp_export_template_free(struct mbp_export_template *template)
{
    if (template == NULL)
        return;
    free(template->nodes);
    free(template);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

struct writing {
    const struct mbp_export *export;
    const struct mbp_export_template *template;
    FILE *out;
    size_t first, end; /* the rows that {{#points}} means here */
    size_t row;
    bool is_first, is_last;
};

static void get_field(const struct writing *writing, size_t field, char text[EXPORT_FIELD_MAX])
{
    const struct mbp_export *export = writing->export;
    if (field >= PLANT_FIELDS)
        export_fields[field - PLANT_FIELDS].get(&export->rows[writing->row], text);
    else if (field == PORT)
        snprintf(text, EXPORT_FIELD_MAX, "%u", export->options->port);
    else
        snprintf(text, EXPORT_FIELD_MAX, "%s",
                 field == PLANT                                            ? export->plant->name
                 : field == HOST                                           ? export->options->host
                 : field == OPEN                                           ? "{{"
                 : (field == FIRST ? writing->is_first : writing->is_last) ? "yes"
                                                                           : "");
}

static void write_nodes(struct writing *writing, size_t from, size_t to);

static size_t unit_end(const struct mbp_export *export, size_t first)
{
    size_t end = first;
    while (end < export->row_count && export->rows[end].unit == export->rows[first].unit)
        end++;
    return end;
}

static void write_each(struct writing *writing, size_t open, bool units)
{
    const struct node *section = &writing->template->nodes[open];
    size_t end = writing->end;
    for (size_t r = writing->first; r < end;) {
        struct writing inner = *writing;
        size_t next = units ? unit_end(writing->export, r) : r + 1;
        inner.row = r;
        inner.is_first = r == writing->first;
        inner.is_last = next == end;
        if (units) {
            inner.first = r;
            inner.end = next;
        }
        write_nodes(&inner, open + 1, section->close);
        r = next;
    }
}

static bool holds(const struct writing *writing, const struct node *section)
{
    char text[EXPORT_FIELD_MAX];
    get_field(writing, section->field, text);
    bool is = section->compared ? strlen(text) == section->len && memcmp(text, section->text, section->len) == 0
                                : text[0] != '\0';
    return is != section->inverse;
}

static void write_nodes(struct writing *writing, size_t from, size_t to)
{
    for (size_t n = from; n < to; n++) {
        const struct node *node = &writing->template->nodes[n];
        char text[EXPORT_FIELD_MAX];
        if (node->kind == TEXT) {
            fwrite(node->text, 1, node->len, writing->out);
        } else if (node->kind == FIELD) {
            get_field(writing, node->field, text);
            put_filtered(writing->out, text, (enum filter)node->filter);
        } else if (node->kind == WHERE && holds(writing, node)) {
            write_nodes(writing, n + 1, node->close);
        } else if (node->kind == EACH_POINT || node->kind == EACH_UNIT) {
            write_each(writing, n, node->kind == EACH_UNIT);
        }
        if (node->kind != TEXT && node->kind != FIELD)
            n = node->close;
    }
}

void export_template(const struct mbp_export *export, const struct mbp_export_template *template, FILE *out)
{
    struct writing writing = {.export = export, .template = template, .out = out, .end = export->row_count};
    write_nodes(&writing, 0, template->count);
}
