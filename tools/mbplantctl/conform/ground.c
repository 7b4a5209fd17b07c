/* What a slave that nobody knows has in its tables: something to read, how far it goes, and an address that is not
 * there. */
#include <stdlib.h>
#include <string.h>

#include "conform/conform.h"

#define PATIENCE 3u

/* Of a letter of CDHI. */
enum mbp_table conform_table(char letter)
{
    switch (letter) {
    case 'C':
        return MBP_COILS;
    case 'D':
        return MBP_DISCRETE_INPUTS;
    case 'I':
        return MBP_INPUT_REGISTERS;
    default:
        return MBP_HOLDING_REGISTERS;
    }
}

static const uint16_t places[] = {0,    1,    2,    99,    100,   256,   1000,  2000, 3000,
                                  4096, 5000, 8192, 10000, 30000, 40000, 40001, 50000};

/* MBP_OK, the slave's exception, or MBP_ERR_IO: no answer, on a new connection each. */
static enum mbp_status look(struct conform_ground *ground, enum mbp_table table, uint32_t addr, uint32_t count,
                            uint16_t *words)
{
    struct ctl *ctl = ground->ctl;
    enum mbp_status status = MBP_ERR_IO;
    for (unsigned i = 0; i < PATIENCE && status < 0; i++) {
        if (ctl_link(ctl) == NULL) {
            ground->told = true;
            return MBP_ERR_IO;
        }
        status = ctl_read(ctl->link, ground->unit, table, (uint16_t)addr, count, words);
        if (status < 0) {
            ctl_link_close(ctl->link);
            ctl->link = NULL;
        }
    }
    return status;
}

/* As many as one request reads from there on; it reads one, and is taken to read without a gap. */
static uint32_t measure(struct conform_ground *ground, enum mbp_table table, uint32_t addr, uint32_t known)
{
    uint16_t words[CONFORM_BITS_AT_ONCE];
    uint32_t good = known;
    uint32_t bad = mbp_table_is_bits(table) ? CONFORM_BITS_AT_ONCE : CONFORM_WORDS_AT_ONCE;
    bad = (addr + bad > 65536 ? 65536 - addr : bad) + 1;
    for (uint32_t next = bad - 1; good + 1 < bad; next = good * 4 < bad ? good * 2 : (good + bad) / 2) {
        if (look(ground, table, addr, next, words) == MBP_OK)
            good = next;
        else
            bad = next;
    }
    return good;
}

/* Refused, whatever for: whether that is as it should be is a case's to say. */
static void find_absent(struct conform_ground *ground, enum mbp_table table)
{
    static const uint16_t far[] = {65535, 65534, 61000, 55555, 45678, 33333, 22222, 12345, 9999, 777};
    struct conform_area *area = &ground->areas[table];
    uint32_t next = (uint32_t)area->addr + area->count;
    uint16_t word;
    if (next <= UINT16_MAX && look(ground, table, next, 1, &word) > MBP_EX_ILLEGAL_FUNCTION) {
        area->ends = area->has_absent = true;
        area->absent = (uint16_t)next;
    }
    area->ends = area->ends || next > UINT16_MAX;
    for (size_t i = 0; i < sizeof far / sizeof far[0] && !area->has_absent; i++) {
        area->has_absent = look(ground, table, far[i], 1, &word) > MBP_EX_ILLEGAL_FUNCTION;
        area->absent = far[i];
    }
}

/* Of an area that the user named only what is not known yet. */
static bool find_area(struct conform_ground *ground, enum mbp_table table)
{
    struct conform_area *area = &ground->areas[table];
    uint16_t word;
    for (size_t p = 0; p < sizeof places / sizeof places[0] && !area->found; p++) {
        enum mbp_status status = look(ground, table, places[p], 1, &word);
        if (status < 0)
            return false;
        if (status == MBP_EX_ILLEGAL_FUNCTION)
            return true;
        area->found = status == MBP_OK;
        area->addr = places[p];
        area->count = 1;
    }
    if (!area->found)
        return true;
    area->count = area->count > 1 ? area->count : (uint16_t)measure(ground, table, area->addr, 1);
    find_absent(ground, table);
    bool read = look(ground, table, area->addr, area->count < 2 ? 1 : 2, area->words) == MBP_OK;
    return read && look(ground, table, (uint32_t)area->addr + area->count - 1, 1, &area->last) == MBP_OK;
}

bool conform_find_ground(struct conform_ground *ground)
{
    const struct ctl_target *target = &ground->ctl->options->target;
    bool any = false;
    for (unsigned t = 0; t < MBP_TABLE_COUNT; t++) {
        if (!find_area(ground, (enum mbp_table)t)) {
            if (!ground->told)
                ctl_error("%s:%u, unit %u: no steady answer", target->host, target->port, ground->unit);
            return false;
        }
        any = any || ground->areas[t].found;
    }
    if (!any)
        ctl_error(
            "%s:%u, unit %u: nothing to read was found in any table: name an area, as in hr:1000-1009, or another "
            "unit with -u",
            target->host, target->port, ground->unit);
    return any;
}

bool conform_has(const struct conform_ground *ground, const char *needs)
{
    while (*needs != '\0') {
        const struct conform_area *area = &ground->areas[conform_table(needs[0])];
        size_t len = strcspn(needs, " ");
        bool is_there = area->found;
        if (needs[1] == 'e')
            is_there = is_there && area->ends;
        else if (needs[1] == 'x')
            is_there = is_there && area->has_absent;
        else
            is_there = is_there && area->count >= strtoul(needs + 1, NULL, 10);
        if (!is_there)
            return false;
        needs += len + (needs[len] == ' ');
    }
    return true;
}

static void put_back(struct conform_ground *ground, enum mbp_table table, uint32_t addr, uint16_t stood)
{
    uint16_t now = stood;
    if (look(ground, table, addr, 1, &now) == MBP_OK && now != stood)
        ctl_write(ground->ctl->link, ground->unit, table, (uint16_t)addr, 1, &stood);
}

void conform_put_back(struct conform_ground *ground)
{
    static const enum mbp_table tables[] = {MBP_COILS, MBP_HOLDING_REGISTERS};
    for (unsigned t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        const struct conform_area *area = &ground->areas[tables[t]];
        if (!area->found)
            continue;
        put_back(ground, tables[t], area->addr, area->words[0]);
        if (area->count > 1)
            put_back(ground, tables[t], area->addr + 1u, area->words[1]);
        put_back(ground, tables[t], area->addr + area->count - 1u, area->last);
    }
    ctl_link_close(ground->ctl->link);
    ground->ctl->link = NULL;
}
