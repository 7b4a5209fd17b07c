/* Snapshots with names, as masters ask for them at the instructor's unit (include/mbplant/image/named.h), and what is
 * answered to it. */
#include "mbplant/image/naming.h"

#include <stdlib.h>
#include <string.h>

#include "image_priv.h"

struct image_named {
    struct mbp_image_unit *unit;
    struct mbp_named_asked order;
    bool asked;   /* and not yet taken */
    bool working; /* taken and not yet answered */
    char said[MBP_NAMED_TEXT_MAX + 1];
    char list[MBP_NAMED_TEXT_MAX + 1]; /* pages that nobody writes take no memory */
};

static struct image_named *named_of(const struct mbp_image_unit *unit)
{
    return unit->unit->instructor ? unit->image->named : NULL;
}

enum mbp_status image_named_new(struct mbp_image *image)
{
    struct mbp_image_unit *unit = image->by_id[MBP_INSTRUCTOR_UNIT];
    if (unit == NULL || !unit->unit->instructor)
        return MBP_OK;
    image->named = calloc(1, sizeof *image->named);
    if (image->named == NULL)
        return MBP_ERR_MEMORY;
    image->named->unit = unit;
    return MBP_OK;
}

/* What was asked and answered goes on in the new image, where that has an instructor too. */
void image_named_carry(struct mbp_image *from, struct mbp_image *to)
{
    struct image_named *kept = from->named;
    struct image_named *fresh = to->named;
    if (kept == NULL || fresh == NULL)
        return;
    memcpy(fresh->unit->input + MBP_NAMED_IR_STATE, kept->unit->input + MBP_NAMED_IR_STATE,
           (MBP_NAMED_IR_END - MBP_NAMED_IR_STATE) * sizeof *fresh->unit->input);
    from->named = fresh;
    to->named = kept;
    kept->unit = fresh->unit;
}

/* ---- the request path -------------------------------------------------------------------------------------------- */

bool image_named_shows(const struct mbp_image_unit *unit, uint16_t file)
{
    return named_of(unit) != NULL && file >= MBP_NAMED_SAID_FILE && file < MBP_NAMED_END_FILE;
}

enum mbp_status image_named_read(const struct mbp_image_unit *unit, uint16_t file, uint16_t record, uint16_t count,
                                 uint8_t *big_endian)
{
    const struct image_named *named = named_of(unit);
    uint16_t first = file < MBP_NAMED_LIST_FILE ? MBP_NAMED_SAID_FILE : MBP_NAMED_LIST_FILE;
    if (named == NULL) /* image_named_shows said so */
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    const char *bytes = file < MBP_NAMED_LIST_FILE ? named->said : named->list;
    const struct mbp_text text = {bytes, strlen(bytes)};
    size_t word = (size_t)(file - first) * FILE_WORDS + record;
    return image_text_read(text, mbp_crc32(0, text.bytes, text.len), word, count, big_endian);
}

/* The name as it would stand there with these words. False: it is none. */
static bool name_with(const struct mbp_image_unit *unit, uint16_t addr, uint16_t count, const uint8_t *big_endian,
                      char name[2 * MBP_NAMED_WORDS + 1])
{
    for (uint32_t i = 0; i < MBP_NAMED_WORDS; i++) {
        uint32_t at = MBP_NAMED_HR_NAME + i;
        uint16_t word = unit->holding[at];
        if (big_endian != NULL && at >= addr && at < (uint32_t)addr + count)
            word = (uint16_t)(big_endian[2 * (at - addr)] << 8 | big_endian[2 * (at - addr) + 1]);
        name[2 * i] = (char)(word >> 8);
        name[2 * i + 1] = (char)(word & 0xFFu);
    }
    name[2 * MBP_NAMED_WORDS] = '\0';
    return mbp_file_name_check(name, MBP_NAMED_MAX) == NULL;
}

static bool touches(uint16_t addr, uint16_t count, uint16_t at)
{
    return addr <= at && (uint32_t)addr + count > at;
}

/* Steps do not overtake a restore: whoever asks for them means the state that it brings. */
static bool steps(uint16_t addr, uint16_t count, const uint8_t *big_endian)
{
    static const uint16_t at[] = {MBP_SIM_HR_STEPS, MBP_SIM_HR_LOCK};
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        if (!touches(addr, count, at[i]))
            continue;
        const uint8_t *word = big_endian + 2 * (size_t)(at[i] - addr);
        if (word[0] != 0 || word[1] != 0)
            return true;
    }
    return false;
}

enum mbp_status image_named_may_command(const struct mbp_image_unit *unit, uint16_t addr, uint16_t count,
                                        const uint8_t *big_endian)
{
    const struct image_named *named = named_of(unit);
    char name[2 * MBP_NAMED_WORDS + 1];
    if (named == NULL)
        return MBP_OK;
    bool busy = named->asked || named->working;
    if (busy && named->order.command == MBP_NAMED_RESTORE && steps(addr, count, big_endian))
        return MBP_EX_SERVER_DEVICE_BUSY;
    if (!touches(addr, count, MBP_NAMED_HR_COMMAND))
        return MBP_OK;
    const uint8_t *command = big_endian + 2 * (size_t)(MBP_NAMED_HR_COMMAND - addr);
    if (command[0] != 0 || command[1] >= MBP_NAMED_COMMAND_COUNT)
        return MBP_EX_SERVER_DEVICE_FAILURE;
    if (command[1] == MBP_NAMED_NONE)
        return MBP_OK;
    if (busy)
        return MBP_EX_SERVER_DEVICE_BUSY;
    bool needs_name = command[1] != MBP_NAMED_LOOK;
    return needs_name && !name_with(unit, addr, count, big_endian, name) ? MBP_EX_SERVER_DEVICE_FAILURE : MBP_OK;
}

void image_named_command(struct mbp_image_unit *unit, uint16_t addr, uint16_t count, struct mbp_peer peer)
{
    struct image_named *named = named_of(unit);
    if (named == NULL || !touches(addr, count, MBP_NAMED_HR_COMMAND))
        return;
    uint16_t *command = &unit->holding[MBP_NAMED_HR_COMMAND];
    char name[2 * MBP_NAMED_WORDS + 1];
    if (*command == MBP_NAMED_NONE)
        return;
    named->order = (struct mbp_named_asked){.command = (enum mbp_named_command) * command, .peer = peer};
    if (name_with(unit, 0, 0, NULL, name))
        memcpy(named->order.name, name, strlen(name) + 1);
    named->asked = true;
    unit->input[MBP_NAMED_IR_STATE] = MBP_NAMED_WORKING;
    unit->input[MBP_NAMED_IR_COMMAND] = *command;
    *command = MBP_NAMED_NONE;
}

/* ---- who carries it out ------------------------------------------------------------------------------------------ */

bool mbp_image_named_asked(struct mbp_image *image, struct mbp_named_asked *out)
{
    struct image_named *named = image->named;
    if (named == NULL || !named->asked)
        return false;
    named->asked = false;
    named->working = true;
    *out = named->order;
    return true;
}

/* The longest beginning of whole lines that has room. */
static void put_lines(char *to, const char *text)
{
    size_t len = strlen(text);
    if (len > MBP_NAMED_TEXT_MAX) {
        len = MBP_NAMED_TEXT_MAX;
        while (len > 0 && text[len - 1] != '\n')
            len--;
    }
    memcpy(to, text, len);
    to[len] = '\0';
}

void mbp_image_named_show(struct mbp_image *image, const char *list)
{
    struct image_named *named = image->named;
    uint16_t count = 0;
    if (named == NULL || list == NULL)
        return;
    put_lines(named->list, list);
    for (const char *at = named->list; *at != '\0'; at++)
        count = (uint16_t)(count + (*at == '\n'));
    named->unit->input[MBP_NAMED_IR_COUNT] = count;
}

void mbp_image_named_answer(struct mbp_image *image, const char *said, const char *list)
{
    struct image_named *named = image->named;
    if (named == NULL)
        return; /* the new plant has no instructor */
    mbp_image_named_show(image, list);
    put_lines(named->said, said);
    named->working = false;
    named->unit->input[MBP_NAMED_IR_NUMBER]++;
    named->unit->input[MBP_NAMED_IR_STATE] = said[0] == '\0' ? MBP_NAMED_DONE : MBP_NAMED_REFUSED;
}

const char *mbp_image_named_said(const struct mbp_image *image)
{
    return image->named != NULL ? image->named->said : "";
}

const char *mbp_image_named_list(const struct mbp_image *image)
{
    return image->named != NULL ? image->named->list : "";
}
