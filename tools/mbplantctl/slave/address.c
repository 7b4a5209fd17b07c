/* Raw addresses: reading them and printing them. Pure text, no slave and no plant. */
#include "slave/address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "french/french.h"

#define TEXT_MAX  64
#define ADDRESSES 65536u

/* The table that text begins with, as a word of its own, and where the rest begins; -1 = none. */
static int table_before(const char *text, size_t *rest)
{
    char word[32];
    size_t len = strcspn(text, ": ");
    *rest = len + strspn(text + len, text[len] == ' ' ? " " : ":");
    if (len >= sizeof word || text[len] == '\0' || (text[len] == ':' && *rest != len + 1))
        return -1;
    snprintf(word, sizeof word, "%.*s", (int)len, text);
    return mbp_table_find(word);
}

bool ctl_address_is_raw(const char *text)
{
    return (text[0] >= '0' && text[0] <= '9') || strchr(text, ':') != NULL;
}

bool ctl_address_is_place(const char *text)
{
    uint16_t addr;
    return mbp_table_place(text, &addr) >= 0;
}

const char *ctl_table_short(enum mbp_table table)
{
    switch (table) {
    case MBP_COILS:
        return "coil";
    case MBP_DISCRETE_INPUTS:
        return "DI";
    case MBP_HOLDING_REGISTERS:
        return "HR";
    case MBP_INPUT_REGISTERS:
        return "IR";
    case MBP_TABLE_COUNT:
        break;
    }
    return "?";
}

const char *ctl_address_text(enum mbp_table table, uint16_t addr, uint32_t count, char *buf, size_t size)
{
    char first[8];
    char last[8];
    mbp_reference(table, addr, first, sizeof first);
    if (count <= 1) {
        snprintf(buf, size, "%s %u = %s", ctl_table_short(table), addr, first);
        return buf;
    }
    uint16_t end = (uint16_t)(addr + count - 1);
    mbp_reference(table, end, last, sizeof last);
    snprintf(buf, size, "%s %u..%u = %s..%s", ctl_table_short(table), addr, end, first, last);
    return buf;
}

/* An enum's value by its word, ignoring case: true and *out, or false. */
static bool ctl_type_find(const char *word, enum mbp_type *out)
{
    for (unsigned i = 0; i < MBP_TYPE_COUNT; i++) {
        if (i != MBP_STRING && strcasecmp(mbp_type_name((enum mbp_type)i), word) == 0) {
            *out = (enum mbp_type)i;
            return true;
        }
    }
    return false;
}

static bool ctl_order_find(const char *word, enum mbp_order *out)
{
    for (unsigned i = 0; i < MBP_ORDER_COUNT; i++) {
        if (strcasecmp(mbp_order_name((enum mbp_order)i), word) == 0) {
            *out = (enum mbp_order)i;
            return true;
        }
    }
    return false;
}

/* Decimal or 0x hexadecimal, nothing else. */
static bool parse_number(const char *text, uint32_t *out)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hex ? text + 2 : text;
    size_t len = strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789");
    if (len == 0 || len > 8 || digits[len] != '\0')
        return false;
    *out = (uint32_t)strtoul(digits, NULL, hex ? 16 : 10);
    return true;
}

static enum mbp_status complain(char *why, size_t size, const char *what)
{
    snprintf(why, size, "%s", ctl_tr(what));
    return MBP_ERR_FORMAT;
}

/* "40001", "400001", "1": the table's digit, then a number that counts from 1. One to four digits are a coil. */
static enum mbp_status parse_reference(const char *text, enum mbp_table *table, uint32_t *addr, char *why, size_t size)
{
    static const char known[] = "references are 1..9999 and 00001 (coils), 10001 (discrete inputs), 30001 (input "
                                "registers), 40001 (holding registers), or six digits like 400001";
    size_t len = strlen(text);
    if (strspn(text, "0123456789") != len || len > 6 || len == 0)
        return complain(why, size, known);
    uint32_t number = (uint32_t)strtoul(text, NULL, 10);
    char lead = '0';
    if (len >= 5) {
        lead = text[0];
        number = (uint32_t)strtoul(text + 1, NULL, 10);
    }
    if (lead != '0' && lead != '1' && lead != '3' && lead != '4')
        return complain(why, size, known);
    if (number == 0 || number > ADDRESSES)
        return complain(why, size, "references count from 1 to 65536 (40001 is PDU address 0); hr:0 counts from 0");
    *table = lead == '0'   ? MBP_COILS
             : lead == '1' ? MBP_DISCRETE_INPUTS
             : lead == '3' ? MBP_INPUT_REGISTERS
                           : MBP_HOLDING_REGISTERS;
    *addr = number - 1;
    return MBP_OK;
}

/* The first part of "hr:0-9:..." or "40001-40010:...", and where it begins. */
static enum mbp_status parse_span(char *first, bool has_table, struct ctl_address *out, char *why, size_t size)
{
    char *dash = strchr(first, '-');
    if (dash != NULL)
        *dash++ = '\0';
    uint32_t low = 0;
    enum mbp_table table = out->table;
    enum mbp_status status = MBP_OK;
    if (!has_table)
        status = parse_reference(first, &table, &low, why, size);
    else if (!parse_number(first, &low))
        return complain(why, size, "the address after the table is a number, like hr:0, hr:0x10 or hr:0-9");
    uint32_t high = low;
    enum mbp_table high_table = table;
    if (status == MBP_OK && dash != NULL && !has_table)
        status = parse_reference(dash, &high_table, &high, why, size);
    else if (dash != NULL && has_table && !parse_number(dash, &high))
        return complain(why, size, "a range ends in a number, like hr:0-9");
    if (status != MBP_OK)
        return status;
    if (high_table != table)
        return complain(why, size, "a range stays within one table");
    if (low >= ADDRESSES || high >= ADDRESSES)
        return complain(why, size, "PDU addresses are 0..65535");
    if (high < low)
        return complain(why, size, "the range ends before it begins");
    out->table = table;
    out->addr = (uint16_t)low;
    out->count = high - low + 1;
    return MBP_OK;
}

/* The rest: ":float32:CDAB". */
static enum mbp_status parse_type(char *words[2], bool has_range, struct ctl_address *out, char *why, size_t size)
{
    bool bits = mbp_table_is_bits(out->table);
    out->type = bits ? MBP_BOOL : MBP_UINT16;
    out->order = MBP_ABCD;
    if (words[0] == NULL)
        return MBP_OK;
    if (bits)
        return complain(why, size, "coils and discrete inputs have no type");
    if (!ctl_type_find(words[0], &out->type) || out->type == MBP_BOOL)
        return complain(why, size, "the type is int16 uint16 int32 uint32 int64 uint64 float32 or float64");
    if (words[1] != NULL && !ctl_order_find(words[1], &out->order))
        return complain(why, size, "the word order is ABCD, CDAB, BADC or DCBA");
    unsigned each = mbp_type_words(out->type);
    if (!has_range)
        out->count = each;
    if (out->count % each != 0)
        return complain(why, size, "the range does not hold whole values of that type");
    if (out->addr + out->count > ADDRESSES)
        return complain(why, size, "the value reaches beyond address 65535");
    return MBP_OK;
}

enum mbp_status ctl_address_parse(const char *text, struct ctl_address *out, char *why, size_t size)
{
    char copy[TEXT_MAX];
    if ((size_t)snprintf(copy, sizeof copy, "%s", text) >= sizeof copy)
        return complain(why, size, "too long for an address");
    size_t begin;
    int table = table_before(copy, &begin);
    bool has_table = table >= 0;
    struct ctl_address address = {.table = has_table ? (enum mbp_table)table : MBP_TABLE_COUNT};
    if (!has_table && !(copy[0] >= '0' && copy[0] <= '9'))
        return complain(why, size, "the table is one of hr, ir, coil, di, or another of their words, like hr:0");
    char *parts[4] = {NULL};
    size_t count = 0;
    char *rest = copy + (has_table ? begin : 0);
    while (rest != NULL && count < 4)
        parts[count++] = strsep(&rest, ":");
    if (rest != NULL || count > 3)
        return complain(why, size, "an address is TABLE:ADDRESS[-LAST][:TYPE[:ORDER]], like hr:0:float32:CDAB");
    bool has_range = strchr(parts[0], '-') != NULL;
    enum mbp_status status = parse_span(parts[0], has_table, &address, why, size);
    if (status == MBP_OK)
        status = parse_type(&parts[1], has_range, &address, why, size);
    if (status == MBP_OK)
        *out = address;
    return status;
}
