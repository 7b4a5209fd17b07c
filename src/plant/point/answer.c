/* answer: what a unit answers as the device that it stands for: which blocks stand in it, what gaps read, which
 * functions there are, how it identifies itself. */
#include <ctype.h>
#include <string.h>

#include "defs.h"
#include "mbplant/base/tr.h"
#include "mbplant/functions.h"
#include "mbplant/map.h"
#include "scalar.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define OBJECT_MAX      244u /* bytes of one: FC 43/14 answers with at least one in a PDU */

/* ---- gaps --------------------------------------------------------------------------------------------------------
 */

enum mbp_reading mbp_read_gaps(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                               void *at)
{
    (void)reader, (void)field;
    struct mbp_gaps_def *gaps = at;
    const char *text = mbp_node_text(node);
    uint64_t number;
    int word = text == NULL ? -1 : mbp_words_find(&mbp_gaps_words, text);
    if (word >= 0) {
        *gaps = (struct mbp_gaps_def){.kind = (uint8_t)word};
        return MBP_READING_OK;
    }
    if (text == NULL || !mbp_scalar_unsigned(text, &number) || number > UINT16_MAX)
        return MBP_READING_WRONG;
    *gaps = (struct mbp_gaps_def){MBP_GAPS_NUMBER, (uint16_t)number};
    return MBP_READING_OK;
}

/* ---- blocks ------------------------------------------------------------------------------------------------------
 */

static const char *const defaults[] = {"standard", "none"};

static int find_default(const char *text)
{
    for (unsigned i = 0; text != NULL && i < COUNT_OF(defaults); i++) {
        if (strcmp(text, defaults[i]) == 0)
            return (int)i;
    }
    return -1;
}

static void tell_no_block(struct mbp_reader *reader, const struct mbp_node *key)
{
    const char *names[MBP_MAP_BLOCKS_MAX + 1] = {"default"};
    unsigned count = 1;
    char excerpt[64];
    for (unsigned b = 0; b < mbp_map_count; b++) {
        if (mbp_map[b].key != NULL)
            names[count++] = mbp_map[b].key;
    }
    const char *near = mbp_nearest(key->text, names, count);
    mbp_reader_tell(reader, key, "'%s' is no block of the map%s%s%s",
                    mbp_scalar_excerpt(key->text, key->len, excerpt, 64),
                    near != NULL ? mbp_tr("; did you mean '") : mbp_tr("; mbplant-map(7) lists them"),
                    near != NULL ? near : "", near != NULL ? mbp_tr("'?") : "");
}

static bool read_block(struct mbp_reader *reader, const struct mbp_node *key, struct mbp_layout *blocks)
{
    const char *text = mbp_node_text(key->next);
    uint64_t addr;
    int word = find_default(text);
    if (strcmp(key->text, "default") == 0) {
        blocks->none = word == 1;
        if (word < 0)
            mbp_reader_tell(reader, key->next, "'default' is standard or none");
        return word >= 0;
    }
    for (unsigned b = 0; b < mbp_map_count; b++) {
        if (mbp_map[b].key == NULL || strcmp(mbp_map[b].key, key->text) != 0)
            continue;
        bool is_addr = text != NULL && mbp_scalar_unsigned(text, &addr) && addr <= UINT16_MAX;
        if (!is_addr && word != 1) {
            mbp_reader_tell(reader, key->next, "'%s' is where that block begins, an address 0..65535, or none",
                            key->text);
            return false;
        }
        blocks->asked[b] = is_addr ? (uint32_t)addr + 1 : MBP_NO_BASE + 1;
        return true;
    }
    tell_no_block(reader, key);
    return false;
}

enum mbp_reading mbp_read_blocks(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                 void *at)
{
    (void)field;
    struct mbp_layout *blocks = at;
    int word = find_default(mbp_node_text(node));
    if (word >= 0) {
        blocks->none = word == 1;
        return MBP_READING_OK;
    }
    if (node->kind != MBP_NODE_MAP)
        return MBP_READING_WRONG;
    bool right = true;
    for (const struct mbp_node *key = node->first; key != NULL; key = key->next->next)
        right = read_block(reader, key, blocks) && right;
    return right ? MBP_READING_OK : MBP_READING_TOLD;
}

bool mbp_blocks_have_values(const struct mbp_node *blocks)
{
    bool is_map = blocks->kind == MBP_NODE_MAP;
    const struct mbp_node *of = is_map ? mbp_node_find(blocks, mbp_map[MBP_MAP_VALUES].key) : blocks;
    if (of == NULL)
        of = mbp_node_find(blocks, "default");
    return of == NULL || find_default(mbp_node_text(of)) != 1;
}

/* ---- answer ------------------------------------------------------------------------------------------------------
 */

enum { ANSWER_FUNCTIONS, ANSWER_MAX_READ, ANSWER_REFUSE };

#define ANSWER(member) MBP_AT(struct mbp_answer_def, member)
static const struct mbp_field answer_fields[] = {
    [ANSWER_FUNCTIONS] = {.key = "functions",
                          .help = "all function codes that there are; others are exception 01",
                          .type = MBP_FIELD_VALUES,
                          ANSWER(functions),
                          .high = 127,
                          .allowed = "a list of function codes 1..127"},
    [ANSWER_MAX_READ] = {.key = "max_read",
                         .help = "registers of one request; more are exception 02",
                         .type = MBP_FIELD_COUNT,
                         ANSWER(answer.max_read),
                         .low = 1,
                         .high = 125},
    [ANSWER_REFUSE] = {.key = "refuse",
                       .help = "what becomes of a value that is not accepted",
                       .type = MBP_FIELD_CHOICE,
                       ANSWER(answer.refuse),
                       .usual = "4",
                       .words = &mbp_refuse_words},
};

/* The code of a function that there is, by its number nearest to this one; of two the lower. */
static unsigned nearest_function(unsigned code)
{
    for (unsigned away = 1; away < 128; away++) {
        if (code > away && mbp_function((uint8_t)(code - away))->name != NULL)
            return code - away;
        if (code + away < 128 && mbp_function((uint8_t)(code + away))->name != NULL)
            return code + away;
    }
    return 0;
}

static void check_functions(struct mbp_reader *reader, const struct mbp_answer_def *of)
{
    const struct mbp_node *node = mbp_def_node(&of->def, answer_fields[ANSWER_FUNCTIONS].key);
    for (const struct mbp_node *item = node->first; item != NULL; item = item->next) {
        uint64_t code;
        const char *text = mbp_node_text(item);
        bool is_code = text != NULL && mbp_scalar_unsigned(text, &code) && code <= 127; /* else it was told already */
        if (!is_code || mbp_function((uint8_t)code)->name != NULL)
            continue;
        unsigned near = nearest_function((unsigned)code);
        mbp_reader_tell(reader, item, "mbplantd has no function %u; the nearest is %u, %s", (unsigned)code, near,
                        mbp_function_name((uint8_t)near));
    }
}

static void check_answer(struct mbp_reader *reader, void *def)
{
    struct mbp_answer_def *of = def;
    of->answer.some_functions = mbp_def_has(&of->def, ANSWER_FUNCTIONS);
    if (of->answer.some_functions)
        check_functions(reader, of);
    for (uint32_t i = 0; i < of->functions.count; i++)
        of->answer.functions[of->functions.items[i] / 8] |= (uint8_t)(1u << of->functions.items[i] % 8);
}

const struct mbp_schema mbp_answer_schema = {.noun = "the answer",
                                             .fields = answer_fields,
                                             .field_count = COUNT_OF(answer_fields),
                                             .size = sizeof(struct mbp_answer_def),
                                             .check = check_answer};

/* ---- identity ----------------------------------------------------------------------------------------------------
 */

static const char *const object_names[] = {"vendor",       "product", "revision",   "url",
                                           "product_name", "model",   "application"};

/* "vendor", or a number of any base: 0..6 are those with names, 128..255 private ones. -1 = it is none. */
static int object_id(const char *key)
{
    uint64_t number;
    for (unsigned i = 0; i < COUNT_OF(object_names); i++) {
        if (strcmp(key, object_names[i]) == 0)
            return (int)i;
    }
    bool is_one = mbp_scalar_unsigned(key, &number) && (number < COUNT_OF(object_names) || number >= 128);
    return is_one && number <= 255 ? (int)number : -1;
}

/* "01 02": bytes in hexadecimal. Returns how many, SIZE_MAX when it is something else or too long. */
static size_t read_hex(const char *text, uint8_t bytes[OBJECT_MAX])
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        if (*text == ' ')
            continue;
        if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1]) || count == OBJECT_MAX)
            return SIZE_MAX;
        const char digits[3] = {text[0], text[1], '\0'};
        unsigned byte = 0;
        for (int i = 0; i < 2; i++)
            byte = byte * 16 + (unsigned)(isdigit((unsigned char)digits[i])
                                              ? digits[i] - '0'
                                              : tolower((unsigned char)digits[i]) - 'a' + 10);
        bytes[count++] = (uint8_t)byte;
        text++;
    }
    return count;
}

static bool read_object(struct mbp_reader *reader, const struct mbp_node *key, struct mbp_object *object)
{
    const struct mbp_node *hex = key->next->kind == MBP_NODE_MAP ? mbp_node_find(key->next, "hex") : NULL;
    uint8_t bytes[OBJECT_MAX];
    const char *text = mbp_node_text(hex != NULL ? hex : key->next);
    size_t len = text == NULL ? SIZE_MAX : strlen(text);
    int id = object_id(key->text);
    if (id < 0) {
        mbp_reader_tell(reader, key,
                        "'%s' is no object of FC 43/14; its objects are vendor, product, revision, url, product_name, "
                        "model, application, and private ones \"0x80\" to \"0xFF\"",
                        key->text);
        return false;
    }
    if (text != NULL && hex != NULL)
        len = read_hex(text, bytes);
    else if (text != NULL && len <= OBJECT_MAX)
        memcpy(bytes, text, len); // NOLINT(bugprone-not-null-terminated-result)
    if (len > OBJECT_MAX || (hex != NULL && key->next->len != 1)) {
        mbp_reader_tell(reader, key->next, "an object is a text of at most %u bytes, or {hex: \"01 02\"}", OBJECT_MAX);
        return false;
    }
    uint8_t *kept = mbp_reader_array(reader, reader->keep, len + 1, 1);
    if (kept == NULL)
        return false;
    memcpy(kept, bytes, len);
    *object = (struct mbp_object){kept, (uint8_t)id, (uint8_t)len};
    return true;
}

enum mbp_reading mbp_read_objects(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                  void *at)
{
    (void)field;
    struct mbp_objects_def *objects = at;
    struct mbp_object by_id[256] = {{NULL, 0, 0}};
    bool right = true;
    if (node->kind != MBP_NODE_MAP)
        return MBP_READING_WRONG;
    for (const struct mbp_node *key = node->first; key != NULL; key = key->next->next) {
        struct mbp_object object;
        if (!read_object(reader, key, &object)) {
            right = false;
            continue;
        }
        if (by_id[object.id].bytes != NULL) {
            mbp_reader_tell(reader, key, "object %u is given twice; keep one", object.id);
            right = false;
        }
        by_id[object.id] = object;
    }
    struct mbp_object *items = mbp_reader_array(reader, reader->keep, node->len + 1, sizeof *items);
    if (items == NULL)
        return MBP_READING_TOLD;
    objects->items = items;
    for (unsigned id = 0; id < 256; id++) {
        if (by_id[id].bytes != NULL)
            items[objects->count++] = by_id[id];
    }
    return right ? MBP_READING_OK : MBP_READING_TOLD;
}
