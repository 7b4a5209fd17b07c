/* write POINT VALUE: a sensor's value (an injection), a limit, a coil, or any raw address; then what stands there. */
#include "verbs/write.h"

#include <stdlib.h>
#include <string.h>

#include "slave/effect.h"
#include "slave/refusal.h"
#include "slave/rights.h"
#include "slave/value.h"

static bool is_writable_table(enum mbp_table table, const char *name)
{
    if (table == MBP_COILS || table == MBP_HOLDING_REGISTERS)
        return true;
    ctl_error("%s: Modbus has no function that writes %s; write a coil or a holding register", name,
              mbp_table_name(table));
    return false;
}

enum ctl_exit ctl_set_coil(struct ctl *ctl, uint8_t unit, uint16_t addr, bool on, const char *doing)
{
    struct ctl_link *link = ctl_link(ctl);
    if (link == NULL)
        return CTL_FAILED;
    uint16_t word = on;
    enum mbp_status status = ctl_write(link, unit, MBP_COILS, addr, 1, &word);
    if (status > 0) {
        char why[256];
        ctl_error("%s: refused with exception %02X: %s", doing, (unsigned)status,
                  ctl_why_not_written(ctl, status, why, sizeof why));
        return CTL_FAILED;
    }
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, doing);
}

enum ctl_exit ctl_write_point(struct ctl *ctl, const struct ctl_point *point, const char *text,
                              uint16_t words[CTL_POINT_WORDS_MAX])
{
    const struct mbp_point *map = &point->map;
    enum mbp_table table = (enum mbp_table)map->table;
    char why[256];
    if (!is_writable_table(table, map->name))
        return CTL_USAGE;
    if (ctl_point_values(point) > 1) {
        ctl_error("%s has %u values; write them by address: -u %u write %s:%u VALUE..", map->name,
                  ctl_point_values(point), point->unit, table == MBP_COILS ? "coil" : "hr", map->addr);
        return CTL_USAGE;
    }
    if (ctl_point_parse(point, text, words, why, sizeof why) != MBP_OK) {
        ctl_error("%s: %s", map->name, why);
        return CTL_USAGE;
    }
    struct ctl_link *link = ctl_link(ctl);
    if (link == NULL)
        return CTL_FAILED;
    uint16_t count = (uint16_t)map->count;
    uint16_t asked = words[0];
    uint16_t stands = 0;
    enum mbp_status status = MBP_OK;
    if (map->own != NULL && map->own->mask != 0) { /* the rest of its register stays */
        status = ctl_read(link, point->unit, table, map->addr, 1, &stands);
        ctl_point_put_part(point, stands, words);
    }
    if (status == MBP_OK)
        status = ctl_write(link, point->unit, table, map->addr, count, words);
    if (status > 0) {
        words[0] = asked;
        if (ctl_no_right(ctl, status, why, sizeof why) == NULL)
            ctl_refusal_reason(ctl->plant, point, words, status, why, sizeof why);
        ctl_error("%s = %s: refused with exception %02X: %s", map->name, text, (unsigned)status, why);
        return CTL_FAILED;
    }
    if (status == MBP_OK && !(map->own != NULL && map->own->write_only)) {
        status = ctl_read(link, point->unit, table, map->addr, count, words);
        ctl_point_take_part(point, words);
    }
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, map->name);
}

/* Points of the file's `tables` belong to nothing: what is written there is there. */
static bool takes_effect(const struct ctl_point *point)
{
    const struct mbp_point *map = &point->map;
    return map->machine != UINT32_MAX || map->sensor != UINT32_MAX || map->actuator != UINT32_MAX ||
           map->controller != UINT32_MAX || map->stored != UINT32_MAX;
}

/* The values of the command line as words, one after another. */
static enum ctl_exit parse_values(const struct ctl_options *options, struct ctl_address *address, uint16_t *words)
{
    unsigned each = mbp_type_words(address->type);
    uint32_t max = address->table == MBP_COILS ? CTL_WRITE_COILS_MAX : CTL_WRITE_REGISTERS_MAX;
    uint32_t count = each * (uint32_t)(options->argc - 1);
    bool is_range = address->count > each;
    char why[160];
    if (is_range && address->count != count) {
        ctl_error("%s: the range has %u addresses, the values fill %u", options->argv[0], address->count, count);
        return CTL_USAGE;
    }
    if (count > max || address->addr + count > 65536) {
        ctl_error("%s: one request takes at most %u addresses, and the last is 65535", options->argv[0], max);
        return CTL_USAGE;
    }
    for (int i = 1; i < options->argc; i++) {
        if (ctl_raw_parse(address, options->argv[i], words + each * (uint32_t)(i - 1), why, sizeof why) != MBP_OK) {
            ctl_error("%s: %s", options->argv[0], why);
            return CTL_USAGE;
        }
    }
    address->count = count;
    return CTL_OK;
}

static enum ctl_exit write_raw(struct ctl *ctl, const char *text)
{
    struct ctl_address address;
    uint16_t words[CTL_WRITE_COILS_MAX] = {0};
    char why[256];
    if (ctl_address_parse(text, &address, why, sizeof why) != MBP_OK) {
        ctl_error("%s: %s", text, why);
        return CTL_USAGE;
    }
    if (!is_writable_table(address.table, text) || parse_values(ctl->options, &address, words) != CTL_OK)
        return CTL_USAGE;
    struct ctl_link *link = ctl_link(ctl);
    if (link == NULL)
        return CTL_FAILED;
    uint8_t unit = ctl_raw_unit(ctl);
    uint16_t count = (uint16_t)address.count;
    enum mbp_status status = ctl_write(link, unit, address.table, address.addr, count, words);
    if (status > 0) {
        ctl_error("%s: refused with exception %02X: %s", text, (unsigned)status,
                  ctl_why_not_written(ctl, status, why, sizeof why));
        return CTL_FAILED;
    }
    if (status == MBP_OK)
        status = ctl_read(link, unit, address.table, address.addr, count, words);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, text);
    unsigned each = mbp_type_words(address.type);
    for (uint16_t i = 0; i < count; i = (uint16_t)(i + each)) {
        char place[48];
        char value[64];
        ctl_address_text(address.table, (uint16_t)(address.addr + i), each, place, sizeof place);
        ctl_raw_text(address.type, address.order, words + i, value, sizeof value);
        ctl_say("%s: %s\n", place, address.type != MBP_BOOL ? value : words[i] != 0 ? "on" : "off");
    }
    return CTL_OK;
}

/* Whether it asks a machine for a state, and shows after a scan whether that is the one that it is in. */
static bool asks_for_state(const struct ctl *ctl, const struct ctl_point *point)
{
    const struct mbp_point *map = &point->map;
    return map->field != NULL && map->field->write == MBP_WRITE_STATE && !(map->own != NULL && map->own->write_only) &&
           !ctl->pending && !ctl->options->no_wait;
}

/* What stands there behind the scan. A machine that was refused a state has not gone there, and a state that is taken
 * away asks for none. */
static enum ctl_exit read_state(struct ctl *ctl, const struct ctl_point *point, uint16_t *words)
{
    const struct mbp_point *map = &point->map;
    enum mbp_status status =
        ctl_read(ctl->link, point->unit, (enum mbp_table)map->table, map->addr, (uint16_t)map->count, words);
    ctl_point_take_part(point, words);
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, map->name);
}

static enum ctl_exit tell_state(const struct ctl *ctl, const struct ctl_point *point, bool asked, bool stands)
{
    const char *machine = ctl->plant->machines[point->map.machine].name;
    if (asked == stands)
        return CTL_OK;
    if (stands)
        ctl_error("%s stays on: off asks for no state; mbplantctl machine %s STATE asks for another", point->map.name,
                  machine);
    else
        ctl_error("%s stays off: it was refused; mbplantctl machine %s tells by what", point->map.name, machine);
    return CTL_FAILED;
}

/* What was written, where, and what came of it. */
static enum ctl_exit tell_written(struct ctl *ctl, const struct ctl_point *point, uint16_t *words)
{
    const bool asks = asks_for_state(ctl, point);
    const bool asked = words[0] != 0;
    char place[48];
    char value[300];
    char form[300];
    enum ctl_exit code = asks ? read_state(ctl, point, words) : CTL_OK;
    if (code != CTL_OK)
        return code;
    ctl_address_text((enum mbp_table)point->map.table, point->map.addr, point->map.count, place, sizeof place);
    ctl_say("%s = %s  (%s, %s)\n", point->map.name, ctl_point_text(point, words, value, sizeof value), place,
            ctl_point_form(point, words, form, sizeof form));
    return asks ? tell_state(ctl, point, asked, words[0] != 0) : ctl_say_pending(ctl, point->map.name);
}

static enum ctl_exit write_name(struct ctl *ctl, const char *name)
{
    const struct ctl_options *options = ctl->options;
    const struct mbp_plant *plant = ctl_plant(ctl);
    struct ctl_point point;
    if (plant == NULL)
        return CTL_FAILED;
    name = ctl_spelling(plant, name);
    if (mbp_plant_find_machine(plant, name) != UINT32_MAX) {
        ctl_error("%s is a machine: mbplantctl machine %s STATE asks for a state", name, name);
        return CTL_USAGE;
    }
    if (!ctl_point_find_to_write(plant, options->unit, name, &point)) {
        if (ctl_address_is_place(name))
            return write_raw(ctl, name);
        ctl_unknown_name(plant, CTL_ANY_POINT, name);
        return CTL_USAGE;
    }
    if (options->argc > 2) {
        ctl_error("write %s: one value only; several go to a raw address, like hr:%u", name, point.map.addr);
        return CTL_USAGE;
    }
    uint16_t words[CTL_POINT_WORDS_MAX] = {0};
    enum ctl_exit code = ctl_write_point(ctl, &point, options->argv[1], words);
    if (code != CTL_OK)
        return code;
    if (takes_effect(&point))
        code = ctl_await_effect(ctl, point.map.name);
    return code == CTL_OK ? tell_written(ctl, &point, words) : code;
}

CTL_VERB(write)
{
    const char *name = ctl->options->argv[0];
    return ctl_address_is_raw(name) ? write_raw(ctl, name) : write_name(ctl, name);
}
