/* force and release where no master writes: by the record of the instructor's unit (include/mbplant/instructor.h). */
#include "verbs/force_point.h"

#include <string.h>

#include "slave/address.h"
#include "slave/effect.h"
#include "slave/value.h"
#include "verbs/sim/sim.h"

static const uint16_t table_number[MBP_TABLE_COUNT] = {
    [MBP_COILS] = 0, [MBP_DISCRETE_INPUTS] = 1, [MBP_INPUT_REGISTERS] = 3, [MBP_HOLDING_REGISTERS] = 4};

/* ---- the record ---------------------------------------------------------------------------------------------------
 */

struct place {
    const char *name; /* as the user gave it */
    uint8_t unit;
    enum mbp_table table;
    uint16_t addr;
    uint16_t count;
    uint16_t mask; /* bits of its one register; 0 = all */
};

/* One record: of at most so many registers as it has room for. Waits for nothing. */
static enum ctl_exit ask_one(struct ctl *ctl, const struct place *place, const uint16_t *words,
                             enum mbp_force_command command)
{
    uint16_t record[MBP_SIM_FORCE_WORDS + 1] = {place->unit, table_number[place->table], place->addr, place->count};
    char hint[160];
    char where[48];
    if (words != NULL)
        memcpy(record + MBP_SIM_FORCE_VALUE, words, place->count * sizeof *words);
    if (place->mask != 0)
        record[MBP_SIM_FORCE_MASK] = place->mask;
    record[MBP_SIM_FORCE_WORDS] = (uint16_t)command;
    ctl_address_text(place->table, place->addr, place->count, where, sizeof where);
    snprintf(hint, sizeof hint,
             ctl_tr("%s: the slave refuses it: its unit %u has no %s, or %u points are forced already"), place->name,
             place->unit, where, MBP_SIM_FORCED_MAX);
    return ctl_sim_write(ctl, MBP_HOLDING_REGISTERS, MBP_SIM_HR_FORCE, MBP_SIM_FORCE_WORDS + 1, record, hint);
}

/* A text is held piece by piece. */
static enum ctl_exit ask(struct ctl *ctl, const struct place *place, const uint16_t *words,
                         enum mbp_force_command command)
{
    enum ctl_exit code = CTL_OK;
    struct place piece = *place;
    for (uint16_t done = 0; done < place->count && code == CTL_OK; done = (uint16_t)(done + piece.count)) {
        uint16_t left = (uint16_t)(place->count - done);
        piece.addr = (uint16_t)(place->addr + done);
        piece.count = left < MBP_SIM_FORCE_VALUES ? left : MBP_SIM_FORCE_VALUES;
        code = ask_one(ctl, &piece, words != NULL ? words + done : NULL, command);
    }
    return code;
}

static enum ctl_exit send(struct ctl *ctl, const struct place *place, const uint16_t *words,
                          enum mbp_force_command command)
{
    enum ctl_exit code = ask(ctl, place, words, command);
    return code == CTL_OK ? ctl_await_effect(ctl, place->name) : code;
}

static enum ctl_exit read_back(struct ctl *ctl, const struct place *place, uint16_t *words)
{
    enum mbp_status status = ctl_read(ctl->link, place->unit, place->table, place->addr, place->count, words);
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, place->name);
}

static void say_held(const char *name)
{
    ctl_say("held until released: mbplantctl release %s\n", name);
}

/* ---- raw addresses ------------------------------------------------------------------------------------------------
 */

static enum ctl_exit parse(const char *text, struct ctl_address *address)
{
    char why[160];
    if (ctl_address_parse(text, address, why, sizeof why) == MBP_OK)
        return CTL_OK;
    ctl_error("%s: %s", text, why);
    return CTL_USAGE;
}

enum ctl_exit ctl_force_address(struct ctl *ctl)
{
    const struct ctl_options *options = ctl->options;
    struct ctl_address address;
    uint16_t words[CTL_POINT_WORDS_MAX] = {0};
    char why[160];
    char where[48];
    char value[64];
    enum ctl_exit code = parse(options->argv[0], &address);
    if (code != CTL_OK)
        return code;
    if (ctl_raw_parse(&address, options->argv[1], words, why, sizeof why) != MBP_OK) {
        ctl_error("%s: %s", options->argv[0], why);
        return CTL_USAGE;
    }
    uint16_t each = (uint16_t)mbp_type_words(address.type);
    if (address.count > each) {
        ctl_error("%s: one value at a time is forced, and no range", options->argv[0]);
        return CTL_USAGE;
    }
    if (ctl_plant(ctl) == NULL || ctl_link(ctl) == NULL)
        return CTL_FAILED;
    const struct place place = {options->argv[0], ctl_raw_unit(ctl), address.table, address.addr, each, 0};
    code = send(ctl, &place, words, MBP_FORCE_HOLD);
    if (code == CTL_OK && !ctl->pending && !options->no_wait)
        code = read_back(ctl, &place, words);
    if (code != CTL_OK)
        return code;
    ctl_address_text(place.table, place.addr, each, where, sizeof where);
    ctl_raw_text(address.type, address.order, words, value, sizeof value);
    ctl_say("%s: %s\n", where, address.type != MBP_BOOL ? value : words[0] != 0 ? "on" : "off");
    say_held(options->argv[0]);
    return ctl_say_pending(ctl, options->argv[0]);
}

enum ctl_exit ctl_release_address(struct ctl *ctl)
{
    const char *text = ctl->options->argv[0];
    struct ctl_address address;
    char where[48];
    enum ctl_exit code = parse(text, &address);
    if (code != CTL_OK)
        return code;
    if (ctl_plant(ctl) == NULL || ctl_link(ctl) == NULL)
        return CTL_FAILED;
    const struct place place = {text, ctl_raw_unit(ctl), address.table, address.addr, 1, 0};
    code = send(ctl, &place, NULL, MBP_FORCE_RELEASE);
    if (code != CTL_OK)
        return code;
    ctl_say("%s: released\n", ctl_address_text(place.table, place.addr, 1, where, sizeof where));
    return ctl_say_pending(ctl, text);
}

/* ---- points of the plant ------------------------------------------------------------------------------------------
 */

static struct place place_of(const struct ctl_point *point)
{
    const struct mbp_point *map = &point->map;
    return (struct place){map->name, point->unit,          (enum mbp_table)map->table,
                          map->addr, (uint16_t)map->count, map->own != NULL ? map->own->mask : 0};
}

static bool can_be_forced(const struct ctl_point *point)
{
    const struct mbp_point *map = &point->map;
    char where[48];
    bool one = map->type == MBP_STRING || map->count <= MBP_SIM_FORCE_VALUES;
    ctl_address_text((enum mbp_table)map->table, map->addr, 1, where, sizeof where);
    if (!one)
        ctl_error("%s is no number: its registers are forced one by one, from %s on", map->name, where);
    return one;
}

enum ctl_exit ctl_force_point(struct ctl *ctl, const struct ctl_point *point, const char *text)
{
    const struct place place = place_of(point);
    uint16_t words[CTL_POINT_WORDS_MAX] = {0};
    char why[256];
    char where[48];
    char value[300];
    if (!can_be_forced(point))
        return CTL_USAGE;
    if (ctl_point_parse(point, text, words, why, sizeof why) != MBP_OK) {
        ctl_error("%s: %s", place.name, why);
        return CTL_USAGE;
    }
    ctl_point_put_part(point, 0, words);
    enum ctl_exit code = send(ctl, &place, words, place.mask != 0 ? MBP_FORCE_HOLD_BITS : MBP_FORCE_HOLD);
    if (code == CTL_OK && !ctl->pending && !ctl->options->no_wait)
        code = read_back(ctl, &place, words);
    if (code != CTL_OK)
        return code;
    ctl_point_take_part(point, words);
    ctl_say("%s = %s  (%s)\n", place.name, ctl_point_text(point, words, value, sizeof value),
            ctl_address_text(place.table, place.addr, place.count, where, sizeof where));
    say_held(place.name);
    return ctl_say_pending(ctl, place.name);
}

enum ctl_exit ctl_release_point(struct ctl *ctl, const struct ctl_point *point)
{
    const struct place place = place_of(point);
    uint16_t words[CTL_POINT_WORDS_MAX] = {0};
    char value[300];
    if (!can_be_forced(point))
        return CTL_USAGE;
    enum ctl_exit code = send(ctl, &place, NULL, place.mask != 0 ? MBP_FORCE_RELEASE_BITS : MBP_FORCE_RELEASE);
    if (code != CTL_OK)
        return code;
    if (ctl->pending || ctl->options->no_wait) {
        ctl_say("%s: its release is asked for\n", place.name);
        return ctl_say_pending(ctl, place.name);
    }
    code = read_back(ctl, &place, words);
    ctl_point_take_part(point, words);
    if (code == CTL_OK)
        ctl_say("%s = %s  (released)\n", place.name, ctl_point_text(point, words, value, sizeof value));
    return code;
}

enum ctl_exit ctl_ask_release(struct ctl *ctl, const struct ctl_point *point)
{
    const struct place place = place_of(point);
    return ask(ctl, &place, NULL, place.mask != 0 ? MBP_FORCE_RELEASE_BITS : MBP_FORCE_RELEASE);
}

enum ctl_exit ctl_ask_release_all(struct ctl *ctl)
{
    const struct place place = {.name = "release all", .table = MBP_COILS, .count = 1};
    return ask(ctl, &place, NULL, MBP_FORCE_RELEASE_ALL);
}

/* ---- what is held -------------------------------------------------------------------------------------------------
 */

static enum mbp_table table_of(uint16_t number)
{
    unsigned table = 0;
    while (table < MBP_TABLE_COUNT && table_number[table] != number)
        table++;
    return (enum mbp_table)table;
}

/* The point that a record holds, as one. */
static bool find_held(const struct ctl *ctl, uint32_t unit, const uint16_t *record, uint16_t mask,
                      struct mbp_point *out)
{
    enum mbp_table table = table_of(record[MBP_SIM_FORCE_TABLE]);
    uint16_t addr = record[MBP_SIM_FORCE_ADDRESS];
    if (mask != 0)
        return mbp_map_part_at(ctl->plant, unit, table, addr, mask, out);
    return mbp_map_point_at(ctl->plant, unit, table, addr, out) && out->field != NULL &&
           out->count == record[MBP_SIM_FORCE_COUNT];
}

/* A record that holds something, and where; false when it does not, or nobody knows where. */
struct held {
    struct ctl_point point; /* where named */
    bool named;
    uint16_t count, mask;
    uint16_t words[MBP_SIM_FORCE_VALUES];
    char where[48];
};

static bool take_held(const struct ctl *ctl, const uint16_t *record, struct held *out)
{
    const enum mbp_table table = table_of(record[MBP_SIM_FORCE_TABLE]);
    const struct mbp_unit *unit = mbp_plant_find_unit(ctl->plant, record[MBP_SIM_FORCE_UNIT]);
    const uint16_t count = record[MBP_SIM_FORCE_COUNT];
    *out = (struct held){.point = {.limit = -1, .unit = (uint8_t)record[MBP_SIM_FORCE_UNIT]}, .count = count};
    if (count == 0 || count > MBP_SIM_FORCE_VALUES || table >= MBP_TABLE_COUNT || unit == NULL)
        return false;
    memcpy(out->words, record + MBP_SIM_FORCE_VALUE, sizeof out->words);
    out->mask = count == 1 ? record[MBP_SIM_FORCE_MASK] : 0;
    out->named = find_held(ctl, (uint32_t)(unit - ctl->plant->units), record, out->mask, &out->point.map);
    if (out->named)
        ctl_point_take_part(&out->point, out->words);
    ctl_address_text(table, record[MBP_SIM_FORCE_ADDRESS], count, out->where, sizeof out->where);
    return true;
}

static void print_one(const struct ctl *ctl, const uint16_t *record)
{
    struct held held;
    char value[300];
    if (!take_held(ctl, record, &held))
        return;
    const unsigned unit = held.point.unit;
    if (held.named)
        ctl_say("forced: %s = %s  (%s of unit %u)\n", held.point.map.name,
                ctl_point_text(&held.point, held.words, value, sizeof value), held.where, unit);
    else if (held.mask != 0)
        ctl_say("forced: %s of unit %u = 0x%04X of the bits 0x%04X\n", held.where, unit, held.words[0] & held.mask,
                held.mask);
    else
        ctl_say("forced: %s of unit %u = %s\n", held.where, unit,
                ctl_words_text(held.words, held.count, value, sizeof value));
}

enum mbp_status ctl_forced_read(const struct ctl *ctl, struct ctl_forced *out)
{
    out->count = 0;
    if (!ctl->plant->instructor)
        return MBP_OK;
    enum mbp_status status =
        ctl_read(ctl->link, MBP_INSTRUCTOR_UNIT, MBP_INPUT_REGISTERS, MBP_SIM_IR_FORCED_POINTS, 1, &out->count);
    if (status == MBP_OK && out->count > 0)
        status = ctl_read(ctl->link, MBP_INSTRUCTOR_UNIT, MBP_INPUT_REGISTERS, MBP_SIM_IR_FORCED,
                          sizeof out->records / sizeof out->records[0], out->records);
    if (status != MBP_OK)
        out->count = 0;
    return status > 0 ? MBP_OK : status; /* who may not read that unit sees nothing of it */
}

enum mbp_status ctl_print_forced(const struct ctl *ctl)
{
    struct ctl_forced forced;
    const enum mbp_status status = ctl_forced_read(ctl, &forced);
    for (unsigned i = 0; i < MBP_SIM_FORCED_MAX && forced.count > 0; i++)
        print_one(ctl, forced.records + (size_t)i * MBP_SIM_FORCE_WORDS);
    return status;
}

void ctl_say_let_go(const struct ctl *ctl, const struct ctl_forced *forced)
{
    struct held held;
    for (unsigned i = 0; i < MBP_SIM_FORCED_MAX && forced->count > 0; i++) {
        if (!take_held(ctl, forced->records + (size_t)i * MBP_SIM_FORCE_WORDS, &held))
            continue;
        if (held.named)
            ctl_say("  released: %s  (%s of unit %u)\n", held.point.map.name, held.where, held.point.unit);
        else
            ctl_say("  released: %s of unit %u\n", held.where, held.point.unit);
    }
}
