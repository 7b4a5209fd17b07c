/* read POINT..: what stands there, in engineering units, and how it stands there. */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "slave/snapshot.h"
#include "slave/value.h"
#include "verbs/machine.h"
#include "verbs/why.h"

static const struct mbp_grid_column columns[] = {
    {"POINT", "point", false},         {"VALUE", "value", true},  {"UNIT", "unit", false},
    {"UNIT ID", "unit_id", true},      {"TABLE", "table", false}, {"ADDRESS", "address", true},
    {"REFERENCE", "reference", false}, {"TYPE", "type", false},   {"ORDER", "order", false},
    {"SCALE", "scale", true},          {"WORDS", "words", false},
};

/* One value that was read, for CSV and JSON. */
struct reading {
    const char *name, *value, *unit_text;
    uint8_t unit;
    enum mbp_table table;
    uint16_t addr;
    enum mbp_type type;
    enum mbp_order order;
    double scale;
    const uint16_t *words;
    size_t word_count;
};

static void add_row(struct mbp_grid *grid, const struct reading *reading)
{
    char text[900];
    bool bits = mbp_table_is_bits(reading->table);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", reading->name);
    if (reading->type == MBP_STRING && !bits)
        mbp_grid_text_cell(grid, MBP_PAINT_NONE, reading->value);
    else
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", reading->value);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", reading->unit_text);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", reading->unit);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_table_name(reading->table));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", reading->addr);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_reference(reading->table, reading->addr, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_type_name(reading->type));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", bits ? "" : mbp_order_name(reading->order));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%g", reading->scale);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  bits ? "" : ctl_words_text(reading->words, reading->word_count, text, sizeof text));
}

/* ---- raw addresses ---------------------------------------------------------------------------------------------- */

static void print_raw(const struct ctl_address *address, uint16_t addr, unsigned each, const uint16_t *words, bool raw)
{
    char place[48];
    char value[64];
    char hex[64];
    ctl_address_text(address->table, addr, each, place, sizeof place);
    ctl_words_text(words, each, hex, sizeof hex);
    ctl_raw_text(address->type, address->order, words, value, sizeof value);
    if (address->type == MBP_BOOL)
        ctl_say("%s: %s\n", place, words[0] != 0 ? "on" : "off");
    else if (raw)
        ctl_say("%s: %s\n", place, hex);
    else if (each == 1)
        ctl_say("%s: %s  (%s, %s)\n", place, value, mbp_type_name(address->type), hex);
    else
        ctl_say("%s: %s  (%s %s, %s)\n", place, value, mbp_type_name(address->type), mbp_order_name(address->order),
                hex);
}

static enum ctl_exit show_address(struct ctl *ctl, const char *name, const struct ctl_address *address, uint8_t unit,
                                  struct mbp_grid *grid)
{
    struct ctl_link *link = ctl_link(ctl);
    if (link == NULL)
        return CTL_FAILED;
    uint16_t *words = calloc(address->count, sizeof *words);
    enum mbp_status status =
        words == NULL ? MBP_ERR_MEMORY : ctl_read(link, unit, address->table, address->addr, address->count, words);
    unsigned each = mbp_type_words(address->type);
    for (uint32_t i = 0; i < address->count && status == MBP_OK; i += each) {
        uint16_t addr = (uint16_t)(address->addr + i);
        char value[64];
        if (grid == NULL) {
            print_raw(address, addr, each, words + i, ctl->options->raw);
            continue;
        }
        ctl_raw_text(address->type, address->order, words + i, value, sizeof value);
        add_row(grid, &(struct reading){name, value, "", unit, address->table, addr, address->type, address->order, 1,
                                        words + i, each});
    }
    free(words);
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, name);
}

static enum ctl_exit read_raw(struct ctl *ctl, const char *text, struct mbp_grid *grid)
{
    struct ctl_address address;
    char why[160];
    if (ctl_address_parse(text, &address, why, sizeof why) != MBP_OK) {
        ctl_error("%s: %s", text, why);
        return CTL_USAGE;
    }
    return show_address(ctl, text, &address, ctl_raw_unit(ctl), grid);
}

/* ---- points by name --------------------------------------------------------------------------------------------- */

/* Whether an expression gives what a point shows. */
static bool has_formula(const struct mbp_plant *plant, const struct mbp_point *map)
{
    bool is_value = map->field != NULL && map->field->name[0] == '\0';
    if (map->sensor != UINT32_MAX)
        return is_value && plant->sensors[map->sensor].formula != 0;
    return is_value && map->stored != UINT32_MAX && plant->stored[map->stored].computed;
}

static enum mbp_status print_point(struct ctl *ctl, const struct ctl_point *point, const uint16_t *words)
{
    const struct mbp_point *map = &point->map;
    char place[48];
    char value[300];
    char form[300];
    char bits[96] = "";
    ctl_address_text((enum mbp_table)map->table, map->addr, map->count, place, sizeof place);
    if (ctl->options->raw) {
        ctl_say("%s = %s  (%s)\n", map->name, ctl_words_text(words, map->count, value, sizeof value), place);
        return MBP_OK;
    }
    /* a value says how it came about: forced, in alarm, out of the instrument's range */
    if (point->is_value) {
        struct mbp_sensor_view now;
        enum mbp_status status = ctl_sensor_flags_read(ctl, map->sensor, &now);
        if (status != MBP_OK)
            return status;
        ctl_flags_text(&now, bits, sizeof bits);
    }
    ctl_say("%s = %s  (%s, %s)%s%s\n", map->name, ctl_point_text(point, words, value, sizeof value), place,
            ctl_point_form(point, words, form, sizeof form), bits[0] != '\0' ? "  " : "", bits);
    if (has_formula(ctl->plant, map))
        ctl_say_why_bad(ctl, map->name);
    return MBP_OK;
}

static enum ctl_exit read_point(struct ctl *ctl, const struct ctl_point *point, struct mbp_grid *grid)
{
    const struct mbp_point *map = &point->map;
    enum mbp_table table = (enum mbp_table)map->table;
    enum mbp_type type = (enum mbp_type)map->type;
    uint16_t words[CTL_POINT_WORDS_MAX];
    if (ctl_point_values(point) > 1)
        return show_address(ctl, map->name,
                            &(struct ctl_address){table, map->addr, map->count, type, (enum mbp_order)map->order},
                            point->unit, grid);
    struct ctl_link *link = ctl_link(ctl);
    if (link == NULL)
        return CTL_FAILED;
    if (map->own != NULL && map->own->write_only) {
        ctl_error("%s is only written: its slave lets nobody read it", map->name);
        return CTL_FAILED;
    }
    enum mbp_status status = ctl_read(link, point->unit, table, map->addr, map->count, words);
    if (status == MBP_OK)
        ctl_point_take_part(point, words);
    if (status == MBP_OK && grid == NULL)
        status = print_point(ctl, point, words);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, map->name);
    if (grid != NULL) {
        char value[300];
        ctl_point_number(point, words, value, sizeof value);
        add_row(grid, &(struct reading){map->name, value, map->unit_text, point->unit, table, map->addr, type,
                                        (enum mbp_order)map->order, map->scale, words, map->count});
    }
    return CTL_OK;
}

/* A machine's name stands for its state; in tables for its state register. */
static enum ctl_exit read_name(struct ctl *ctl, const char *name, struct mbp_grid *grid)
{
    const struct mbp_plant *plant = ctl_plant(ctl);
    if (plant == NULL)
        return CTL_FAILED;
    char state[MBP_NAME_MAX + 8];
    struct ctl_point point;
    name = ctl_spelling(plant, name);
    uint32_t machine = mbp_plant_find_machine(plant, name);
    if (machine != UINT32_MAX && grid == NULL)
        return ctl_machine_show(ctl, machine);
    if (machine != UINT32_MAX) {
        snprintf(state, sizeof state, "%s.state", name);
        name = state;
    }
    if (!ctl_point_find(plant, ctl->options->unit, name, &point)) {
        if (ctl_address_is_place(name))
            return read_raw(ctl, name, grid);
        ctl_unknown_name(plant, CTL_ANY_POINT, name);
        return CTL_USAGE;
    }
    return read_point(ctl, &point, grid);
}

CTL_VERB(read)
{
    const struct ctl_options *options = ctl->options;
    struct mbp_grid *grid = NULL;
    bool is_table = options->format != MBP_FORMAT_TEXT;
    if (is_table && mbp_grid_new(columns, sizeof columns / sizeof columns[0], &grid) != MBP_OK)
        return ctl_fail(ctl, MBP_ERR_MEMORY, "read");
    enum ctl_exit code = CTL_OK;
    for (int i = 0; i < options->argc && code == CTL_OK; i++) {
        const char *name = options->argv[i];
        code = ctl_address_is_raw(name) ? read_raw(ctl, name, grid) : read_name(ctl, name, grid);
    }
    if (grid != NULL && code == CTL_OK)
        mbp_grid_write(grid, options->format, false, stdout);
    mbp_grid_free(grid);
    return code;
}
