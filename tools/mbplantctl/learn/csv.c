/* csv: a register list as vendors publish it. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "learn/csv_columns.h"
#include "learn/learn.h"
#include "text/text_file.h"

/* A list while it is read: twice, first for how its addresses are written. */
struct list {
    const struct ctl_options *options;
    struct learn_device *device;
    struct csv_columns columns;
    const char *named[CSV_ROLES];
    bool has_columns;
    bool hexadecimal; /* some address has a letter without a 0x */
    bool raw;         /* some address is no reference */
    uint32_t numbers, references;
    enum learn_addresses addresses;  /* how they are written */
    const char *told[CSV_CELLS_MAX]; /* headings of columns that are not used */
    unsigned told_count;
};

static const char *cell_of(const struct csv_row *row, const struct csv_columns *columns, enum csv_role role)
{
    int c = columns->of[role];
    return c >= 0 && (unsigned)c < row->count ? row->cells[c] : "";
}

/* ---- addresses --------------------------------------------------------------------------------------------------- */

struct place {
    uint32_t first, last;
    unsigned digits; /* of the first, decimal; 0 = hexadecimal */
    int bit;         /* behind a point; -1 = none */
};

static bool has_hex_letter(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && isxdigit((unsigned char)text[digits]) && text[strspn(text, "0123456789abcdefABCDEF")] == '\0';
}

/* One number: 100, 0x64, 64h, $64, 16#64, &H64; thousands have no separators. Returns its length, 0 = none. */
static size_t parse_number(const char *text, bool hexadecimal, uint32_t *number, unsigned *digits)
{
    static const char *const marks[] = {"0x", "0X", "$", "16#", "&H", "#"};
    size_t mark = 0;
    for (size_t m = 0; m < sizeof marks / sizeof marks[0] && mark == 0; m++)
        mark = strncmp(text, marks[m], strlen(marks[m])) == 0 ? strlen(marks[m]) : 0;
    size_t len = strspn(text + mark, "0123456789abcdefABCDEF");
    bool tail = len > 0 && (text[mark + len] == 'h' || text[mark + len] == 'H');
    bool hex = mark > 0 || tail || hexadecimal;
    if (!hex)
        len = strspn(text, "0123456789");
    if (len == 0 || len > 8)
        return 0;
    *number = (uint32_t)strtoul(text + mark, NULL, hex ? 16 : 10);
    *digits = hex ? 0 : (unsigned)len;
    return mark + len + tail;
}

/* "100", "100-101", "0x64~0x65", "40001.3", "40001 (hi)". */
static bool parse_place(const char *text, bool hexadecimal, struct place *out)
{
    unsigned digits;
    uint32_t number;
    *out = (struct place){.bit = -1};
    size_t len = parse_number(text, hexadecimal, &out->first, &out->digits);
    if (len == 0 || isalpha((unsigned char)text[len]))
        return false;
    out->last = out->first;
    text += len;
    if ((*text == '.' || *text == ':') && isdigit((unsigned char)text[1])) {
        size_t bit_len = parse_number(text + 1, false, &number, &digits);
        if (bit_len == 0 || number > 15)
            return *text == '.' && number == 0 && text[1 + bit_len] == '\0';
        out->bit = (int)number;
        return true;
    }
    text += strspn(text, " ");
    const char *range = strncmp(text, "\xE2\x80\x93", 3) == 0 ? text + 3 : text + strspn(text, "-~.");
    if (range == text && strncmp(text, "to ", 3) == 0)
        range = text + 3;
    range += strspn(range, " ");
    if (range != text && parse_number(range, hexadecimal, &number, &digits) > 0 && number >= out->first)
        out->last = number;
    return true;
}

/* 40001 as handbooks write it: five or six digits, the table in front. */
static bool is_reference(const struct place *place, uint32_t *addr, enum mbp_table *table)
{
    static const enum mbp_table tables[] = {MBP_COILS, MBP_DISCRETE_INPUTS, MBP_TABLE_COUNT, MBP_INPUT_REGISTERS,
                                            MBP_HOLDING_REGISTERS};
    uint32_t base = place->digits == 6 ? 100000 : 10000;
    uint32_t which = place->first / base;
    uint32_t item = place->first % base;
    if ((place->digits != 5 && place->digits != 6) || which > 4 || which == 2 || item == 0 || item > 65536)
        return false;
    *addr = item - 1;
    *table = tables[which];
    return true;
}

/* ---- a row ------------------------------------------------------------------------------------------------------- */

/* "0.1", "1/10", "/10", "x0,1", "10^-1", "0.1 V"; false where there is none. */
static bool parse_factor(const char *text, double *out)
{
    char copy[32];
    char *end;
    bool inverse = *text == '/';
    text += strspn(text, "/*xX ");
    snprintf(copy, sizeof copy, "%s", text);
    if (strchr(copy, '.') == NULL && strchr(copy, ',') != NULL)
        *strchr(copy, ',') = '.';
    double number = strtod(copy, &end);
    if (end == copy || !isfinite(number))
        return false;
    if (*end == '/' && strtod(end + 1, NULL) > 0)
        number /= strtod(end + 1, NULL);
    else if (*end == '^')
        number = pow(number, strtod(end + 1, NULL));
    *out = inverse ? 1 / number : number;
    return true;
}

/* Decimals scale what is no float, and only where no scale is said beside them: lists that have both tell by them how
 * the scaled value is shown. */
static bool set_scale(const struct list *list, const struct csv_row *row, struct learn_point *point)
{
    double number;
    double scale = 1;
    bool is_float = point->type == MBP_FLOAT32 || point->type == MBP_FLOAT64;
    parse_factor(cell_of(row, &list->columns, CSV_SCALE), &scale);
    bool scaled = scale < 1 || scale > 1;
    if (parse_factor(cell_of(row, &list->columns, CSV_GAIN), &number) && fabs(number) > 0)
        point->scale = 1 / number;
    if (!is_float && !scaled && parse_factor(cell_of(row, &list->columns, CSV_DECIMALS), &number) && fabs(number) <= 12)
        point->scale = pow(10, -number);
    point->scale *= scale;
    if (parse_factor(cell_of(row, &list->columns, CSV_OFFSET), &number))
        point->offset = number;
    char digits[32];
    snprintf(digits, sizeof digits, "%.12g", point->scale); /* 1 / 10 is 0.1 */
    point->scale = strtod(digits, NULL);
    return fabs(point->scale) > 0;
}

static void set_words(const struct list *list, const struct csv_row *row, struct learn_point *point)
{
    const char *name = cell_of(row, &list->columns, CSV_NAME);
    const char *label = cell_of(row, &list->columns, CSV_LABEL);
    char short_label[MBP_NAME_MAX + 1];
    learn_name(name[0] != '\0' ? name : label, point->name);
    learn_name(label, short_label);
    if (name[0] != '\0' && strcmp(name, point->name) != 0)
        learn_note(point, name);
    if (label[0] != '\0' && (name[0] == '\0' ? strcmp(label, point->name) != 0 : strcmp(label, name) != 0))
        learn_note(point, label);
    learn_note(point, cell_of(row, &list->columns, CSV_UNIT));
}

/* Where the numbers of a list begin it says itself, or --addresses. */
static bool set_place(const struct list *list, const struct place *place, struct learn_point *point, char *why)
{
    uint32_t addr = place->first;
    enum mbp_table table;
    if (list->addresses == LEARN_REFERENCES && place->digits > 0) {
        if (!is_reference(place, &addr, &table)) {
            snprintf(why, LEARN_WHY_MAX,
                     ctl_tr("%u is no reference like 40001, as the others are; --addresses 0 or 1 takes "
                            "all as numbers"),
                     place->first);
            return false;
        }
        struct learn_point of = learn_point_of(table, 0, MBP_UINT16);
        point->writable = table == point->table ? point->writable : of.writable;
        point->table = table;
    } else if (list->addresses == LEARN_FROM_1) {
        if (addr == 0) {
            snprintf(why, LEARN_WHY_MAX, ctl_tr("address 0 of a list that counts from 1"));
            return false;
        }
        addr--;
    }
    if (addr > UINT16_MAX) {
        snprintf(why, LEARN_WHY_MAX, ctl_tr("address %u is beyond 65535"), place->first);
        return false;
    }
    point->addr = (uint16_t)addr;
    return true;
}

/* How many registers a row says that its point takes; 0 = it does not. */
static uint32_t registers_of(const struct list *list, const struct csv_row *row, const struct place *place)
{
    const char *cell = cell_of(row, &list->columns, CSV_COUNT);
    uint32_t count = (uint32_t)strtoul(cell, NULL, 10);
    unsigned digits = (unsigned)strspn(cell, "0123456789");
    if (digits == 0 || digits > 6)
        return place->last > place->first ? place->last - place->first + 1 : 0;
    if (list->columns.word_bytes == 1)
        return (count + 1) / 2;
    return list->columns.word_bytes == 8 ? (count + 15) / 16 : count;
}

static bool set_type(const struct list *list, const struct csv_row *row, const struct place *place,
                     struct learn_point *point, char *why)
{
    const char *type = cell_of(row, &list->columns, CSV_TYPE);
    if (mbp_table_is_bits(point->table)) {
        point->type = MBP_BOOL;
        point->words = 1;
        return true;
    }
    point->order = list->options->order;
    learn_order(cell_of(row, &list->columns, CSV_ORDER), point);
    return learn_type(type, registers_of(list, row, place), point, why);
}

/* A bit of a register, or a truth value in one. */
static bool set_bit(const struct list *list, const struct csv_row *row, const struct place *place,
                    struct learn_point *point, char *why)
{
    const char *cell = cell_of(row, &list->columns, CSV_BIT);
    size_t digits = strspn(cell, "0123456789");
    int bit = digits > 0 && digits < 3 && cell[digits] == '\0' ? atoi(cell) : place->bit;
    if (bit < 0 || mbp_table_is_bits(point->table))
        return true;
    if (bit > 15) {
        snprintf(why, LEARN_WHY_MAX, ctl_tr("bit %d; a register has 0 to 15"), bit);
        return false;
    }
    point->bit = (int8_t)bit;
    point->type = MBP_BOOL;
    point->words = 1;
    return true;
}

/* What it holds at first, if that is a number that it can hold. */
static void set_value(const struct list *list, const struct csv_row *row, struct learn_point *point)
{
    char *end;
    double low;
    double high;
    const char *cell = cell_of(row, &list->columns, CSV_VALUE);
    double number = strtod(cell, &end);
    if (end == cell || *end != '\0' || !isfinite(number) || point->type == MBP_STRING)
        return;
    mbp_type_range(point->type, point->scale, &low, &high);
    number -= point->offset;
    if (point->type == MBP_BOOL || (number >= fmin(low, high) && number <= fmax(low, high)))
        mbp_number_shortest(number + point->offset, point->value);
}

/* Tables: what the row says, what its type says in the place of a type, what --table says. */
static void set_table(const struct list *list, const struct csv_row *row, struct learn_point *point)
{
    struct learn_point of = *point;
    char why[LEARN_WHY_MAX];
    const char *type = cell_of(row, &list->columns, CSV_TYPE);
    if (!learn_table(cell_of(row, &list->columns, CSV_TABLE), point) && !learn_type(type, 0, &of, why) &&
        learn_table(type, &of))
        *point = of;
    learn_access(cell_of(row, &list->columns, CSV_ACCESS), point);
    if (point->table == MBP_INPUT_REGISTERS || point->table == MBP_DISCRETE_INPUTS)
        point->writable = false;
}

static bool is_table_word(const char *text)
{
    struct learn_point any = learn_point_of(MBP_HOLDING_REGISTERS, 0, MBP_UINT16);
    char why[LEARN_WHY_MAX];
    return !learn_type(text, 0, &any, why) && learn_table(text, &any);
}

static void read_point(struct list *list, const struct csv_row *row, const struct place *place, const char *at)
{
    char why[LEARN_WHY_MAX];
    struct csv_columns columns = list->columns;
    struct learn_point point = learn_point_of(list->options->table, 0, MBP_UINT16);
    set_table(list, row, &point);
    if (is_table_word(cell_of(row, &columns, CSV_TYPE)))
        list->columns.of[CSV_TYPE] = -1;
    bool good = set_place(list, place, &point, why) && set_type(list, row, place, &point, why) &&
                set_bit(list, row, place, &point, why);
    list->columns = columns;
    if (!good) {
        learn_skip(list->device, at, "%s", why);
        return;
    }
    if (!set_scale(list, row, &point)) {
        learn_skip(list->device, at, "a scale of 0");
        return;
    }
    set_words(list, row, &point);
    set_value(list, row, &point);
    learn_add(list->device, &point, at);
}

/* ---- the list ---------------------------------------------------------------------------------------------------- */

static unsigned cells_said(const struct csv_row *row)
{
    unsigned said = 0;
    for (unsigned c = 0; c < row->count; c++)
        said += row->cells[c][0] != '\0';
    return said;
}

/* Which of the two ways to write an address the list has is seen from all of them. */
static void look_at(struct list *list, const struct csv_row *row)
{
    struct place place;
    uint32_t addr;
    enum mbp_table table = MBP_HOLDING_REGISTERS;
    const char *cell = cell_of(row, &list->columns, CSV_ADDRESS);
    list->hexadecimal = list->hexadecimal || (has_hex_letter(cell) && !isalpha((unsigned char)cell[0]));
    if (!parse_place(cell, list->columns.hexadecimal, &place))
        return;
    list->numbers++;
    struct learn_point of = learn_point_of(MBP_HOLDING_REGISTERS, 0, MBP_UINT16);
    bool reference = is_reference(&place, &addr, &table);
    bool said = learn_table(cell_of(row, &list->columns, CSV_TABLE), &of);
    bool other = said && of.table != table && !(of.also_input && table == MBP_INPUT_REGISTERS);
    bool writes = learn_access(cell_of(row, &list->columns, CSV_ACCESS), &of) && of.writable &&
                  (table == MBP_INPUT_REGISTERS || table == MBP_DISCRETE_INPUTS);
    list->references += reference && place.first >= 10000;
    list->raw = list->raw || !reference || other || writes;
}

static void take_row(struct list *list, const struct csv_row *row)
{
    char at[300];
    struct place place;
    const char *cell = cell_of(row, &list->columns, CSV_ADDRESS);
    snprintf(at, sizeof at, "%s:%u", list->device->source, row->line);
    bool is_place = parse_place(cell, list->columns.hexadecimal || list->hexadecimal, &place);
    if (!is_place && cells_said(row) < 2)
        return; /* a heading of a part, or nothing */
    if (is_place)
        read_point(list, row, &place, at);
    else if (cell[0] == '\0')
        learn_skip(list->device, at, "it has no address");
    else
        learn_skip(list->device, at, "'%.40s' is no address", cell);
}

static bool was_told(const struct list *list, const char *heading)
{
    for (unsigned t = 0; t < list->told_count; t++) {
        if (strcmp(list->told[t], heading) == 0)
            return true;
    }
    return false;
}

/* Once each of a list: what is not used may be why all values are off by ten. Another column of addresses says nothing
 * more. */
static void tell_unused(struct list *list, const struct csv_row *row)
{
    for (unsigned c = 0; c < row->count; c++) {
        const char *cell = row->cells[c];
        enum csv_role like = csv_column_like(&list->columns, cell);
        if (cell[0] == '\0' || csv_column_taken(&list->columns, c) || like == CSV_ADDRESS || was_told(list, cell))
            continue;
        const char *quote = strpbrk(cell, " \t()[]/&;'\"*") != NULL ? "'" : "";
        mbp_text_print(stderr, ctl_tr("%s:%u: column '%s' is not used: --column %s%s=%s%s\n"), list->device->source,
                       row->line, cell, quote, csv_role_names[like], cell, quote);
        if (list->told_count < CSV_CELLS_MAX)
            list->told[list->told_count++] = cell;
    }
}

/* Each row behind a heading; a list may have several headings, of which the second pass tells. */
static void each_row(struct list *list, char *text, char separator, void (*with)(struct list *, const struct csv_row *))
{
    struct csv_row row;
    struct csv_columns columns;
    uint32_t line = 1;
    list->has_columns = false;
    while (csv_next(&text, &line, separator, &row)) {
        struct place place;
        const char *cell = list->has_columns ? cell_of(&row, &list->columns, CSV_ADDRESS) : "";
        if (!parse_place(cell, false, &place) && csv_columns_find(&row, list->named, &columns)) {
            list->columns = columns;
            list->has_columns = true;
            if (with == take_row)
                tell_unused(list, &row);
        } else if (list->has_columns) {
            with(list, &row);
        }
    }
}

static enum ctl_exit take_named(struct list *list)
{
    const struct ctl_options *options = list->options;
    for (int c = 0; c < options->column_count; c++) {
        char word[24];
        const char *text = options->columns[c];
        size_t len = strcspn(text, "=");
        snprintf(word, sizeof word, "%.*s", (int)len, text);
        int role = csv_role_find(word);
        if (role < 0 || text[len] == '\0') {
            ctl_error(
                "--column %s: it is ROLE=HEADING, with one of the roles address, name, label, type, count, scale, "
                "gain, decimals, offset, order, unit, access, table, value, bit",
                text);
            return CTL_USAGE;
        }
        list->named[role] = text + len + 1;
    }
    return CTL_OK;
}

static void choose_addresses(struct list *list)
{
    list->addresses = list->options->addresses;
    if (list->addresses != LEARN_ADDRESSES_AUTO)
        return;
    list->addresses = list->references > 0 && !list->raw ? LEARN_REFERENCES : LEARN_FROM_0;
    if (list->addresses == LEARN_REFERENCES)
        mbp_text_print(stderr,
                       ctl_tr("%s: addresses are taken for references: 40001 is holding register 0 (--addresses 0 "
                              "takes them as they are)\n"),
                       list->device->source);
}

static enum ctl_exit read_list(struct list *list, const char *bytes, size_t len)
{
    char *text = csv_text(bytes, len);
    char *again = text != NULL ? strdup(text) : NULL;
    enum ctl_exit code = CTL_FAILED;
    if (again != NULL) {
        char separator = csv_separator(text);
        each_row(list, text, separator, look_at);
        choose_addresses(list);
        each_row(list, again, separator, take_row);
        if (list->has_columns)
            code = learn_write(list->options, list->device);
        else
            ctl_error("%s: no row names its columns: one of them must be the address (address, register, offset ..), "
                      "another what it is; --column address=HEADING names one",
                      list->device->source);
    } else {
        ctl_error("%s: not enough memory", list->device->source);
    }
    free(text);
    free(again);
    return code;
}

enum ctl_exit learn_csv(struct ctl *ctl)
{
    const struct ctl_options *options = ctl->options;
    struct learn_device device = {.source = options->argv[1], .unit = ctl_raw_unit(ctl)};
    struct list list = {.options = options, .device = &device};
    char *bytes = NULL;
    size_t len = 0;
    enum ctl_exit code = take_named(&list);
    if (code == CTL_OK)
        code = ctl_text_read(device.source, &bytes, &len);
    if (code == CTL_OK && len > MBP_PLANT_FILE_MAX) {
        ctl_error("%s: it is longer than %u bytes, and no list is", device.source, (unsigned)MBP_PLANT_FILE_MAX);
        code = CTL_USAGE;
    }
    if (code == CTL_OK)
        code = read_list(&list, bytes, len);
    free(bytes);
    learn_free(&device);
    return code;
}
