/* type_words: what vendors say for types, orders, access and tables, in the words of a plant file. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "learn/learn.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define WORD_MAX        24
#define WORDS_MAX       16
#define STRING_MAX      125u

/* A text in small letters, cut where letters, digits and the rest meet: "U_INT32 (CDAB)" is u int 32 cdab. */
struct words {
    char word[WORDS_MAX][WORD_MAX];
    unsigned count;
};

static void split(const char *text, struct words *out)
{
    *out = (struct words){0};
    while (*text != '\0' && out->count < WORDS_MAX) {
        size_t len = 0;
        bool digits = isdigit((unsigned char)*text) != 0;
        while (digits ? isdigit((unsigned char)text[len]) : isalpha((unsigned char)text[len]))
            len++;
        for (size_t i = 0; i < len && i < WORD_MAX - 1; i++)
            out->word[out->count][i] = (char)tolower((unsigned char)text[i]);
        if (len > 0)
            out->count++;
        text += len > 0 ? len : 1;
    }
}

static bool has(const struct words *words, const char *word)
{
    for (unsigned w = 0; w < words->count; w++) {
        if (strcmp(words->word[w], word) == 0)
            return true;
    }
    return false;
}

/* ---- types ------------------------------------------------------------------------------------------------------- */

enum kind { UNSAID, SIGNED, UNSIGNED, FLOAT, BIT, TEXT, BCD, BYTES };

static const struct type_word {
    const char *word;
    enum kind kind;
    unsigned bits; /* where no number says it; 0 = what the registers say, else 16 */
} type_words[] = {
    {"uint", UNSIGNED, 0},     {"u", UNSIGNED, 0},        {"unsigned", UNSIGNED, 0}, {"int", SIGNED, 0},
    {"sint", SIGNED, 0},       {"i", SIGNED, 0},          {"s", SIGNED, 0},          {"signed", SIGNED, 0},
    {"integer", SIGNED, 0},    {"short", SIGNED, 16},     {"ushort", UNSIGNED, 16},  {"long", SIGNED, 32},
    {"ulong", UNSIGNED, 32},   {"longlong", SIGNED, 64},  {"dint", SIGNED, 32},      {"udint", UNSIGNED, 32},
    {"lint", SIGNED, 64},      {"ulint", UNSIGNED, 64},   {"usint", UNSIGNED, 8},    {"byte", UNSIGNED, 8},
    {"word", UNSIGNED, 16},    {"uword", UNSIGNED, 16},   {"sword", SIGNED, 16},     {"dword", UNSIGNED, 32},
    {"udword", UNSIGNED, 32},  {"sdword", SIGNED, 32},    {"qword", UNSIGNED, 64},   {"lword", UNSIGNED, 64},
    {"float", FLOAT, 0},       {"f", FLOAT, 0},           {"fp", FLOAT, 0},          {"real", FLOAT, 32},
    {"single", FLOAT, 32},     {"ieee", FLOAT, 0},        {"double", FLOAT, 64},     {"lreal", FLOAT, 64},
    {"bool", BIT, 0},          {"boolean", BIT, 0},       {"bit", BIT, 0},           {"enum", UNSIGNED, 0},
    {"bitfield", UNSIGNED, 0}, {"bitmap", UNSIGNED, 0},   {"bitmask", UNSIGNED, 0},  {"flags", UNSIGNED, 0},
    {"status", UNSIGNED, 0},   {"hex", UNSIGNED, 0},      {"raw", UNSIGNED, 0},      {"acc", UNSIGNED, 0},
    {"counter", UNSIGNED, 0},  {"register", UNSIGNED, 0}, {"decimal", UNSIGNED, 0},  {"number", UNSIGNED, 0},
    {"count", SIGNED, 16},     {"sunssf", SIGNED, 16},    {"pad", SIGNED, 16},       {"ipaddr", UNSIGNED, 32},
    {"ipv", BYTES, 0},         {"eui", UNSIGNED, 64},     {"bcd", BCD, 0},           {"string", TEXT, 0},
    {"str", TEXT, 0},          {"ascii", TEXT, 0},        {"char", TEXT, 0},         {"text", TEXT, 0},
    {"utf", TEXT, 0},          {"bytes", BYTES, 0},       {"array", BYTES, 0},
};

/* The first word that says a kind; a word before it may say that it has no sign. */
static const struct type_word *find_kind(const struct words *words)
{
    const struct type_word *found = NULL;
    for (unsigned w = 0; w < words->count; w++) {
        for (size_t i = 0; i < COUNT_OF(type_words); i++) {
            if (strcmp(words->word[w], type_words[i].word) != 0)
                continue;
            bool more = found != NULL && found->bits == 0 && found->kind <= UNSIGNED && type_words[i].bits > 0 &&
                        type_words[i].kind <= UNSIGNED;
            bool bit = found != NULL && found->kind == BIT && type_words[i].kind != BIT;
            if (found == NULL || more || bit) /* "unsigned long", "32 bit float" */
                found = &type_words[i];
        }
    }
    return found;
}

static unsigned find_bits(const struct words *words)
{
    static const unsigned known[] = {8, 16, 24, 32, 48, 64, 128};
    for (unsigned w = 0; w < words->count; w++) {
        for (size_t i = 0; i < COUNT_OF(known); i++) {
            if (strtoul(words->word[w], NULL, 10) == known[i])
                return known[i];
        }
    }
    return 0;
}

/* How many registers a word like "2 words" says. */
static uint32_t find_registers(const struct words *words)
{
    static const char *const units[] = {"words", "registers", "regs", "reg"};
    for (unsigned w = 1; w < words->count; w++) {
        for (size_t i = 0; i < COUNT_OF(units); i++) {
            if (strcmp(words->word[w], units[i]) == 0 && isdigit((unsigned char)words->word[w - 1][0]))
                return (uint32_t)strtoul(words->word[w - 1], NULL, 10);
        }
    }
    return 0;
}

static void find_order(const struct words *words, enum kind kind, struct learn_point *point)
{
    static const char *const orders[] = {"abcd", "cdab", "badc", "dcba"};
    static const char *const swapped[] = {"le", "little", "swap", "swapped", "sw", "lsw", "inverse", "reversed"};
    for (unsigned o = 0; o < COUNT_OF(orders); o++) {
        if (has(words, orders[o]))
            point->order = (enum mbp_order)o;
    }
    for (size_t i = 0; i < COUNT_OF(swapped); i++) {
        if (has(words, swapped[i]))
            point->order = MBP_CDAB;
    }
    const char *last = words->word[words->count - 1]; /* uint32s, float32snan: of evcc */
    const char *first = words->word[0];
    bool evcc = strcmp(last, "s") == 0 || strcmp(last, "snan") == 0;
    if (evcc && words->count > 1 && (kind == FLOAT || strcmp(first, "uint") == 0 || strcmp(first, "int") == 0))
        point->order = MBP_CDAB;
}

void learn_order(const char *text, struct learn_point *point)
{
    struct words of;
    split(text, &of);
    if (of.count > 0)
        find_order(&of, UNSAID, point);
}

/* Of a number: its type by its kind and bits; MBP_TYPE_COUNT = there is none. */
static enum mbp_type number_type(enum kind kind, unsigned bits)
{
    static const struct {
        enum kind kind;
        unsigned bits;
        enum mbp_type type;
    } types[] = {
        {SIGNED, 8, MBP_INT8},      {SIGNED, 16, MBP_INT16},    {SIGNED, 24, MBP_INT24},    {SIGNED, 32, MBP_INT32},
        {SIGNED, 48, MBP_INT48},    {SIGNED, 64, MBP_INT64},    {UNSIGNED, 8, MBP_UINT8},   {UNSIGNED, 16, MBP_UINT16},
        {UNSIGNED, 24, MBP_UINT24}, {UNSIGNED, 32, MBP_UINT32}, {UNSIGNED, 48, MBP_UINT48}, {UNSIGNED, 64, MBP_UINT64},
        {FLOAT, 32, MBP_FLOAT32},   {FLOAT, 64, MBP_FLOAT64},   {BCD, 16, MBP_BCD16},       {BCD, 32, MBP_BCD32},
        {UNSAID, 16, MBP_UINT16},   {UNSAID, 32, MBP_UINT32},   {UNSAID, 64, MBP_UINT64},
    };
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (types[i].kind == kind && types[i].bits == bits)
            return types[i].type;
    }
    return MBP_TYPE_COUNT;
}

static bool set_text(const struct words *words, uint32_t registers, struct learn_point *point, char *why)
{
    for (unsigned w = 0; w < words->count && registers == 0; w++) { /* characters: string(16) */
        if (isdigit((unsigned char)words->word[w][0]) && (w == 0 || strcmp(words->word[w - 1], "utf") != 0))
            registers = (uint32_t)(strtoul(words->word[w], NULL, 10) + 1) / 2;
    }
    if (registers == 0 || registers > STRING_MAX) {
        snprintf(why, LEARN_WHY_MAX, ctl_tr("a text of %u registers; it has 1 to %u"), registers, STRING_MAX);
        return false;
    }
    point->type = MBP_STRING;
    point->words = (uint16_t)registers;
    return true;
}

/* Registers without a meaning of their own, or a run of numbers of one type. */
static bool set_run(enum mbp_type type, uint32_t registers, struct learn_point *point, const char *text, char *why)
{
    unsigned own = mbp_type_words(type);
    if (registers > UINT16_MAX || registers % own != 0) {
        snprintf(why, LEARN_WHY_MAX, ctl_tr("a '%.40s' takes %u registers, but its length is %u"), text, own,
                 registers);
        return false;
    }
    point->type = type;
    point->words = (uint16_t)registers;
    return true;
}

bool learn_type(const char *text, uint32_t words, struct learn_point *point, char why[LEARN_WHY_MAX])
{
    struct words of;
    split(text, &of);
    const struct type_word *found = find_kind(&of);
    if (found == NULL && of.count > 0 && find_bits(&of) == 0) {
        snprintf(why, LEARN_WHY_MAX, ctl_tr("'%.40s' is no type that mbplant has"), text);
        return false;
    }
    enum kind kind = found != NULL ? found->kind : UNSAID;
    uint32_t registers = words > 0 ? words : find_registers(&of);
    if (kind == SIGNED && (has(&of, "unsigned") || has(&of, "u")))
        kind = UNSIGNED;
    if (of.count > 0)
        find_order(&of, kind, point);
    if (kind == TEXT)
        return set_text(&of, registers, point, why);
    if (kind == BIT) {
        point->type = MBP_BOOL;
        point->words = 1;
        return true;
    }
    unsigned bits = find_bits(&of);
    if (bits == 0 && found != NULL)
        bits = found->bits;
    if (bits == 0)
        bits = kind == FLOAT && registers == 0 ? 32 : registers == 0 ? 16 : 16 * registers;
    enum mbp_type type = kind == BYTES ? MBP_UINT16 : number_type(kind, bits);
    if (type == MBP_TYPE_COUNT && kind <= UNSIGNED && (found == NULL || found->bits == 0) && registers > 0)
        type = MBP_UINT16; /* so many registers, of whatever */
    if (type == MBP_TYPE_COUNT) {
        snprintf(why, LEARN_WHY_MAX, ctl_tr("'%.40s' of %u bits is no type that mbplant has"), text, bits);
        return false;
    }
    return set_run(type, registers > 0 ? registers : mbp_type_words(type), point, text, why);
}

/* ---- access ------------------------------------------------------------------------------------------------------ */

bool learn_access(const char *text, struct learn_point *point)
{
    static const struct {
        const char *word;
        bool reads, writes;
    } known[] = {
        {"r", true, false},         {"ro", true, false},      {"read", true, false},     {"rd", true, false},
        {"readonly", true, false},  {"w", false, true},       {"wo", false, true},       {"write", false, true},
        {"writeonly", false, true}, {"wr", false, true},      {"rw", true, true},        {"wrt", false, true},
        {"readwrite", true, true},  {"lecture", true, false}, {"ecriture", false, true}, {"lesen", true, false},
        {"schreiben", false, true}, {"writable", true, true}, {"writeable", true, true},
    };
    struct words of;
    bool reads = false;
    bool writes = false;
    split(text, &of);
    for (unsigned w = 0; w < of.count; w++) {
        for (size_t i = 0; i < COUNT_OF(known); i++) {
            if (strcmp(of.word[w], known[i].word) == 0) {
                reads = reads || known[i].reads;
                writes = writes || known[i].writes;
            }
        }
    }
    if (!reads && !writes)
        return false;
    point->readable = reads || !writes;
    point->writable = writes;
    return true;
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static const struct {
    unsigned code;
    enum mbp_table table;
    bool writes;
} codes[] = {
    {1, MBP_COILS, false},
    {2, MBP_DISCRETE_INPUTS, false},
    {3, MBP_HOLDING_REGISTERS, false},
    {4, MBP_INPUT_REGISTERS, false},
    {5, MBP_COILS, true},
    {15, MBP_COILS, true},
    {6, MBP_HOLDING_REGISTERS, true},
    {16, MBP_HOLDING_REGISTERS, true},
    {22, MBP_HOLDING_REGISTERS, true},
    {23, MBP_HOLDING_REGISTERS, true},
};

/* Codes stand in decimal or hexadecimal ("10H", "0x10", and "10" alone, which is no decimal code of any table). */
static unsigned code_of(const char *text, size_t *len)
{
    char *end;
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    unsigned long number = strtoul(text, &end, hex ? 16 : 10);
    if (!hex && (toupper((unsigned char)*end) == 'F' || toupper((unsigned char)*end) == 'H' || number == 10))
        number = strtoul(text, &end, 16);
    if (toupper((unsigned char)*end) == 'H')
        end++;
    *len = (size_t)(end - text);
    return number > 127 ? 0 : (unsigned)number;
}

static bool table_of_codes(const char *text, struct learn_point *point)
{
    bool reads[MBP_TABLE_COUNT] = {false};
    bool writes[MBP_TABLE_COUNT] = {false};
    while (*text != '\0') {
        size_t len = 1;
        unsigned code = isdigit((unsigned char)*text) ? code_of(text, &len) : 0;
        for (size_t i = 0; i < COUNT_OF(codes); i++) {
            if (codes[i].code == code)
                *(codes[i].writes ? &writes[codes[i].table] : &reads[codes[i].table]) = true;
        }
        text += len > 0 ? len : 1;
    }
    static const enum mbp_table order[] = {MBP_HOLDING_REGISTERS, MBP_INPUT_REGISTERS, MBP_COILS, MBP_DISCRETE_INPUTS};
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        enum mbp_table table = order[i];
        if (!reads[table] && !writes[table])
            continue;
        point->table = table;
        point->readable = reads[table] || !writes[table];
        point->writable = writes[table];
        point->also_input = table == MBP_HOLDING_REGISTERS && reads[MBP_INPUT_REGISTERS];
        return true;
    }
    return false;
}

bool learn_table(const char *text, struct learn_point *point)
{
    static const struct {
        const char *word;
        enum mbp_table table;
    } known[] = {{"holding", MBP_HOLDING_REGISTERS},
                 {"hr", MBP_HOLDING_REGISTERS},
                 {"hold", MBP_HOLDING_REGISTERS},
                 {"discrete", MBP_DISCRETE_INPUTS},
                 {"di", MBP_DISCRETE_INPUTS},
                 {"contact", MBP_DISCRETE_INPUTS},
                 {"coil", MBP_COILS},
                 {"coils", MBP_COILS},
                 {"do", MBP_COILS},
                 {"input", MBP_INPUT_REGISTERS},
                 {"inputs", MBP_INPUT_REGISTERS},
                 {"ir", MBP_INPUT_REGISTERS},
                 {"writemultiple", MBP_HOLDING_REGISTERS},
                 {"writesingle", MBP_HOLDING_REGISTERS},
                 {"writeholding", MBP_HOLDING_REGISTERS},
                 {"writeholdings", MBP_HOLDING_REGISTERS},
                 {"writecoil", MBP_COILS}};
    static const enum mbp_table references[] = {MBP_COILS, MBP_DISCRETE_INPUTS, MBP_TABLE_COUNT, MBP_INPUT_REGISTERS,
                                                MBP_HOLDING_REGISTERS};
    struct words of;
    split(text, &of);
    bool digital = has(&of, "digital") || has(&of, "status");
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (!has(&of, known[i].word))
            continue;
        point->table = known[i].table == MBP_INPUT_REGISTERS && digital ? MBP_DISCRETE_INPUTS : known[i].table;
        bool can = point->table == MBP_COILS || point->table == MBP_HOLDING_REGISTERS;
        point->writable = can;
        point->readable = strncmp(known[i].word, "write", 5) != 0;
        return true;
    }
    bool reference = of.count == 2 && strcmp(of.word[1], "x") == 0 && of.word[0][1] == '\0' && of.word[0][0] <= '4';
    if (reference && references[of.word[0][0] - '0'] != MBP_TABLE_COUNT) {
        point->table = references[of.word[0][0] - '0'];
        point->writable = point->table == MBP_COILS || point->table == MBP_HOLDING_REGISTERS;
        return true;
    }
    return table_of_codes(text, point);
}
