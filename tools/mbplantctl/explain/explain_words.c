/* Registers of a frame: each alone, then two by two as 32-bit values in the four word orders. */
#include "explain/explain.h"

#include <string.h>

#include "french/french.h"
#include "slave/address.h"

#define PAIRS_MAX 8u

static uint16_t word_at(const struct explain *e, size_t at)
{
    return (uint16_t)(e->bytes[at] << 8 | e->bytes[at + 1]);
}

/* "HR 0 = 40001" where the frame says the address, "register 1" where it does not. */
static void word_name(const struct explain *e, size_t i, char *buf, size_t size)
{
    if (e->has_addr && e->table != MBP_TABLE_COUNT && e->addr + i < 65536)
        ctl_address_text(e->table, (uint16_t)(e->addr + i), 1, buf, size);
    else
        snprintf(buf, size, ctl_tr("register %zu"), i + 1);
}

static void say_pair(struct explain *e, size_t first, size_t at)
{
    uint16_t words[2] = {word_at(e, at), word_at(e, at + 2)};
    static const enum mbp_type types[] = {MBP_FLOAT32, MBP_INT32, MBP_UINT32};
    explain_note(e, "%zu and %zu: %04X %04X", first + 1, first + 2, words[0], words[1]);
    for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
        char line[160];
        size_t len = 0;
        for (unsigned order = 0; order < MBP_ORDER_COUNT; order++) {
            double value = mbp_codec_decode(types[t], (enum mbp_order)order, 1, words);
            int width = order + 1 < MBP_ORDER_COUNT ? 14 : 0;
            int digits = types[t] == MBP_FLOAT32 ? 7 : 10;
            len += (size_t)snprintf(line + len, sizeof line - len, "  %-*.*g", width, digits, value);
        }
        explain_note(e, "  %-8s%s", mbp_type_name(types[t]), line);
    }
}

void explain_words(struct explain *e, size_t n)
{
    size_t start = e->at;
    size_t count = n / 2;
    for (size_t i = 0; i < count; i++) {
        char name[48];
        uint16_t word = word_at(e, e->at);
        word_name(e, i, name, sizeof name);
        if (word >= 0x8000)
            explain_field(e, 2, "%s: %u, as int16 %d", name, word, (int16_t)word);
        else
            explain_field(e, 2, "%s: %u", name, word);
    }
    if (n % 2 != 0) {
        explain_field(e, 1, "half a register");
        explain_wrong(e, "registers are two bytes each");
    }
    if (count < 2)
        return;
    explain_note(e, "as 32-bit values, two registers each, in the four word orders:");
    explain_note(e, "          ABCD (big)      CDAB (swapped)  BADC            DCBA (little)");
    size_t pairs = count / 2 < PAIRS_MAX ? count / 2 : PAIRS_MAX;
    for (size_t p = 0; p < pairs; p++)
        say_pair(e, 2 * p, start + 4 * p);
    if (count / 2 > pairs)
        explain_note(e, "and %zu pairs more", count / 2 - pairs);
}
