/* Staging a text, the command, and the answer to it. */
#include "verbs/plant_put.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mbplant/change.h"
#include "slave/refusal.h"
#include "slave/rights.h"

#define RESULT_WORDS (MBP_STAGING_IR_END - MBP_STAGING_IR_STATE)
#define HEADER_LEN   8u

/* A large plant takes the slave seconds to read; each reply has the timeout of its own. */
#define WORK_TIMEOUT_S 120
#define ASK_AGAIN_NS   10000000L

static enum ctl_exit fail(struct ctl *ctl, enum mbp_status status)
{
    char why[256];
    if (status == MBP_EX_GATEWAY_TARGET_FAILED || status == MBP_EX_ILLEGAL_DATA_ADDRESS)
        ctl_error(
            "this slave takes no plant file: it has no instructor's unit (247). Add `instructor: true` to its plant "
            "file, at mbplantd's side, and let it read that again (kill -HUP, or a restart)");
    else if (status == MBP_EX_SERVER_DEVICE_BUSY)
        ctl_error("the slave is at work on another plant file; again in a moment");
    else if (status == MBP_EX_ILLEGAL_FUNCTION && ctl_no_right(ctl, status, why, sizeof why) != NULL)
        ctl_error("refused with exception %02X: %s", (unsigned)status, why);
    else if (status == MBP_EX_ILLEGAL_FUNCTION)
        ctl_error("the slave does not let this host change its plant (server: access in its plant file)");
    else
        return ctl_fail(ctl, status, "the instructor's unit");
    return CTL_FAILED;
}

/* ---- there ------------------------------------------------------------------------------------------------------ */

static enum mbp_status stage(struct ctl_link *link, struct mbp_text text, uint32_t crc)
{
    size_t count = (HEADER_LEN + text.len + 1) / 2;
    uint16_t *words = calloc(count, sizeof *words);
    if (words == NULL)
        return MBP_ERR_MEMORY;
    words[0] = (uint16_t)((uint32_t)text.len >> 16);
    words[1] = (uint16_t)text.len;
    words[2] = (uint16_t)(crc >> 16);
    words[3] = (uint16_t)crc;
    for (size_t i = 0; i < text.len; i++)
        words[HEADER_LEN / 2 + i / 2] |= (uint16_t)((uint8_t)text.bytes[i] << (i % 2 == 0 ? 8 : 0));
    enum mbp_status status = ctl_write_file(link, MBP_INSTRUCTOR_UNIT, MBP_PLANT_FIRST_FILE, 0, (uint32_t)count, words);
    free(words);
    return status;
}

static enum mbp_status read_result(struct ctl_link *link, uint16_t words[RESULT_WORDS])
{
    return ctl_read(link, MBP_INSTRUCTOR_UNIT, MBP_INPUT_REGISTERS, MBP_STAGING_IR_STATE, RESULT_WORDS, words);
}

static enum mbp_status give_command(struct ctl_link *link, enum mbp_staging_command command, uint32_t crc)
{
    const uint16_t words[] = {(uint16_t)command, (uint16_t)(crc >> 16), (uint16_t)crc};
    return ctl_write(link, MBP_INSTRUCTOR_UNIT, MBP_HOLDING_REGISTERS, MBP_STAGING_HR_COMMAND, 3, words);
}

static uint16_t word_of(const uint16_t *result, unsigned addr)
{
    return result[addr - MBP_STAGING_IR_STATE];
}

/* Until the slave has counted one more command that is over. */
static enum mbp_status wait_for_end(struct ctl_link *link, uint16_t number_before, uint16_t result[RESULT_WORDS])
{
    time_t end = time(NULL) + WORK_TIMEOUT_S;
    for (;;) {
        enum mbp_status status = read_result(link, result);
        if (status != MBP_OK || word_of(result, MBP_STAGING_IR_NUMBER) != number_before)
            return status;
        if (time(NULL) > end)
            return MBP_ERR_BUSY;
        nanosleep(&(struct timespec){.tv_nsec = ASK_AGAIN_NS}, NULL);
    }
}

/* ---- and back --------------------------------------------------------------------------------------------------- */

/* Where "LINE:COLUMN: what" begins in "FILE:LINE:COLUMN: what"; NULL = it is no such line. */
static const char *place_in(const char *line, const char *end)
{
    for (const char *at = line; at < end; at++) {
        if (*at != ':')
            continue;
        size_t number = strspn(at + 1, "0123456789");
        if (number == 0 || at[1 + number] != ':')
            continue;
        size_t column = strspn(at + 2 + number, "0123456789");
        if (column > 0 && at[2 + number + column] == ':')
            return at + 1;
    }
    return NULL;
}

static void print_plain(const char *line, size_t len)
{
    char english[512];
    char words[1024];
    if (len >= sizeof english) {
        ctl_error("%.*s", (int)len, line);
        return;
    }
    memcpy(english, line, len);
    english[len] = '\0';
    ctl_error("%s", ctl_sent(english, words, sizeof words));
}

/* The slave's words on stderr; where it names its own file, the name that the caller knows. Which points move is not
 * told twice. */
static void print_words(const char *name, const char *text, bool moves_told)
{
    while (*text != '\0') {
        const char *end = text + strcspn(text, "\n");
        const char *place = place_in(text, end);
        bool told = moves_told && mbp_change_tells_move(text, (size_t)(end - text));
        if (place != NULL && !told)
            mbp_text_print(stderr, "%s:%.*s\n", name, (int)(end - place), place);
        else if (!told)
            print_plain(text, (size_t)(end - text));
        text = *end == '\n' ? end + 1 : end;
    }
}

/* Whether both tell of the same places, line by line. */
static bool same_places(const char *here, const char *there)
{
    while (*here != '\0' && *there != '\0') {
        const char *here_end = here + strcspn(here, "\n");
        const char *there_end = there + strcspn(there, "\n");
        const char *at = place_in(here, here_end);
        const char *its = place_in(there, there_end);
        size_t len = at != NULL ? strcspn(at, " ") : 0;
        if (at == NULL || its == NULL || strncmp(at, its, len) != 0)
            return false;
        here = *here_end == '\n' ? here_end + 1 : here_end;
        there = *there_end == '\n' ? there_end + 1 : there_end;
    }
    return *here == *there;
}

/* A slave speaks English. The same rules are here, and speak the language of who reads: what they say, where they find
 * what the slave found. NULL = they do not. Ownership: free. */
static char *said_here(struct mbp_text text, const char *there)
{
    struct mbp_buffer buffer;
    struct mbp_plant *plant = NULL;
    if (ctl_spoken() == MBP_LANG_EN || !mbp_buffer_open(&buffer))
        return NULL;
    mbp_plant_parse("", text, buffer.out, &plant);
    mbp_plant_free(plant);
    char *here = mbp_buffer_close(&buffer);
    if (here != NULL && !same_places(here, there)) {
        free(here);
        return NULL;
    }
    return here;
}

static enum mbp_status print_answer(const struct ctl *ctl, const char *name, struct mbp_text staged)
{
    struct ctl_link *link = ctl->link;
    uint16_t header[HEADER_LEN / 2];
    enum mbp_status status = ctl_read_file(link, MBP_INSTRUCTOR_UNIT, MBP_STAGING_TEXT_FILE, 0, HEADER_LEN / 2, header);
    uint32_t len = status == MBP_OK ? mbp_words_u32(header) : 0;
    if (status != MBP_OK || len == 0)
        return status;
    if (len > MBP_STAGING_TEXT_MAX)
        return MBP_ERR_CORRUPT;
    char *text;
    status = ctl_read_text(link, MBP_INSTRUCTOR_UNIT, MBP_STAGING_TEXT_FILE, HEADER_LEN / 2, len, &text);
    if (status != MBP_OK)
        return status;
    char *here = said_here(staged, text);
    print_words(name, here != NULL ? here : text, ctl->moves_told);
    free(here);
    free(text);
    return MBP_OK;
}

static void print_done(const char *name, const uint16_t *result, enum mbp_staging_command command)
{
    unsigned added = word_of(result, MBP_STAGING_IR_ADDED);
    unsigned removed = word_of(result, MBP_STAGING_IR_REMOVED);
    unsigned changed = word_of(result, MBP_STAGING_IR_CHANGED);
    const char *saved = command == MBP_STAGING_PUT && word_of(result, MBP_STAGING_IR_SAVED) != 0
                            ? ctl_tr(", and its plant file is this one")
                            : "";
    if (word_of(result, MBP_STAGING_IR_STATE) == MBP_STAGING_UNCHANGED)
        ctl_say("%s: unchanged, the slave runs this plant%s\n", name, saved);
    else if (command == MBP_STAGING_CHECK)
        ctl_say("%s: good; would add %u machines and sensors, remove %u, change %u\n", name, added, removed, changed);
    else
        ctl_say("%s: the slave runs it%s; machines and sensors: %u added, %u removed, %u changed\n", name, saved, added,
                removed, changed);
}

/* A plant without an instructor has been put: its unit is gone, and only the plant itself can tell. */
static enum ctl_exit ask_the_plant(struct ctl *ctl, const char *name, uint32_t crc)
{
    uint16_t header[HEADER_LEN / 2];
    enum mbp_status status =
        ctl_read_file(ctl->link, ctl_any_unit(ctl), MBP_PLANT_FIRST_FILE, 0, HEADER_LEN / 2, header);
    if (status != MBP_OK || mbp_words_u32(header + 2) != crc)
        return fail(ctl, MBP_EX_GATEWAY_TARGET_FAILED);
    ctl_say("%s: the slave runs it. It has no instructor: this was the last plant file that it took\n", name);
    return CTL_OK;
}

enum ctl_exit ctl_plant_command(struct ctl *ctl, const char *name, struct mbp_text text,
                                enum mbp_staging_command command)
{
    struct ctl_link *link = ctl_link(ctl);
    uint32_t crc = mbp_crc32(0, text.bytes, text.len);
    uint16_t before[RESULT_WORDS];
    uint16_t result[RESULT_WORDS];
    if (link == NULL)
        return CTL_FAILED;
    if (text.len == 0 || text.len > MBP_PLANT_WIRE_TEXT_MAX) {
        ctl_error("%s: %s", name,
                  text.len == 0 ? ctl_tr("it is empty") : ctl_tr("it is longer than the 2 MB that Modbus takes"));
        return CTL_USAGE;
    }
    enum mbp_status status = read_result(link, before);
    if (status == MBP_OK)
        status = stage(link, text, crc);
    if (status == MBP_OK)
        status = give_command(link, command, crc);
    if (status != MBP_OK)
        return fail(ctl, status);
    status = wait_for_end(link, word_of(before, MBP_STAGING_IR_NUMBER), result);
    if (status == MBP_EX_GATEWAY_TARGET_FAILED && command == MBP_STAGING_PUT)
        return ask_the_plant(ctl, name, crc);
    if (status == MBP_OK)
        status = print_answer(ctl, name, text);
    if (status != MBP_OK)
        return fail(ctl, status);
    if (word_of(result, MBP_STAGING_IR_STATE) == MBP_STAGING_REFUSED) {
        ctl_error("%s: refused; the slave's plant is as it was", name);
        return CTL_FAILED;
    }
    print_done(name, result, command);
    return CTL_OK;
}
