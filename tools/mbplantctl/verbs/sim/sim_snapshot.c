/* sim snapshot NAME, restore NAME, remove NAME, snapshots: those that have names, in files beside the slave's journal.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mbplant/image/named.h"
#include "verbs/sim/sim.h"

#define HEADER_WORDS 4u

/* A large plant takes the slave's disk seconds; each reply has the timeout of its own. */
#define WORK_TIMEOUT_S 60
#define ASK_AGAIN_NS   10000000L

/* ---- there ------------------------------------------------------------------------------------------------------- */

static enum mbp_status read_states(struct ctl_link *link, uint16_t words[MBP_NAMED_IR_END - MBP_NAMED_IR_STATE])
{
    return ctl_read(link, MBP_INSTRUCTOR_UNIT, MBP_INPUT_REGISTERS, MBP_NAMED_IR_STATE,
                    MBP_NAMED_IR_END - MBP_NAMED_IR_STATE, words);
}

/* A text as the slave's files have it. Output: NULL where there is nothing. Ownership: free. */
static enum mbp_status read_text(struct ctl_link *link, uint16_t file, char **out)
{
    uint16_t header[HEADER_WORDS];
    enum mbp_status status = ctl_read_file(link, MBP_INSTRUCTOR_UNIT, file, 0, HEADER_WORDS, header);
    uint32_t len = status == MBP_OK ? mbp_words_u32(header) : 0;
    *out = NULL;
    if (status != MBP_OK || len == 0)
        return status;
    return len > MBP_NAMED_TEXT_MAX ? MBP_ERR_CORRUPT
                                    : ctl_read_text(link, MBP_INSTRUCTOR_UNIT, file, HEADER_WORDS, len, out);
}

static enum ctl_exit say_refused(struct ctl *ctl)
{
    char *said;
    char words[1024];
    enum mbp_status status = read_text(ctl->link, MBP_NAMED_SAID_FILE, &said);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, "the instructor's unit");
    ctl_error("%s", said != NULL ? ctl_sent(said, words, sizeof words) : ctl_tr("the slave refused it"));
    free(said);
    return CTL_FAILED;
}

/* Until the slave has counted one more command that is over. */
static enum ctl_exit wait_for_end(struct ctl *ctl, uint16_t number_before)
{
    uint16_t words[MBP_NAMED_IR_END - MBP_NAMED_IR_STATE];
    time_t end = time(NULL) + WORK_TIMEOUT_S;
    for (;;) {
        enum mbp_status status = read_states(ctl->link, words);
        if (status != MBP_OK)
            return ctl_fail(ctl, status, "the instructor's unit");
        if (words[MBP_NAMED_IR_NUMBER - MBP_NAMED_IR_STATE] != number_before)
            return words[0] == MBP_NAMED_REFUSED ? say_refused(ctl) : CTL_OK;
        if (time(NULL) > end) {
            ctl_error("the slave's disk takes longer than %d s; mbplantctl sim snapshots says what came of it",
                      WORK_TIMEOUT_S);
            return CTL_FAILED;
        }
        nanosleep(&(struct timespec){.tv_nsec = ASK_AGAIN_NS}, NULL);
    }
}

static enum ctl_exit command(struct ctl *ctl, enum mbp_named_command what, const char *name)
{
    static const char busy[] = "the slave is at work on another snapshot, or takes no such name; again in a moment";
    uint16_t words[MBP_NAMED_HR_END - MBP_NAMED_HR_NAME] = {0};
    uint16_t before[MBP_NAMED_IR_END - MBP_NAMED_IR_STATE];
    struct ctl_sim sim = {0};
    enum ctl_exit code = ctl_sim_read(ctl, &sim);
    if (code != CTL_OK)
        return code;
    for (size_t i = 0; name[i] != '\0'; i++)
        words[i / 2] |= (uint16_t)((uint8_t)name[i] << (i % 2 == 0 ? 8 : 0));
    words[MBP_NAMED_HR_COMMAND - MBP_NAMED_HR_NAME] = (uint16_t)what;
    enum mbp_status status = read_states(ctl->link, before);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, "the instructor's unit");
    code = ctl_sim_write(ctl, MBP_HOLDING_REGISTERS, MBP_NAMED_HR_NAME, sizeof words / sizeof words[0], words, busy);
    return code == CTL_OK ? wait_for_end(ctl, before[MBP_NAMED_IR_NUMBER - MBP_NAMED_IR_STATE]) : code;
}

/* ---- the words ----------------------------------------------------------------------------------------------------
 */

static bool is_name(const char *word, const char *name)
{
    const char *why = mbp_file_name_check(name, MBP_NAMED_MAX);
    if (why != NULL)
        ctl_error("sim %s: '%s' is no name for a snapshot: %s", word, name, why);
    return why == NULL;
}

static enum ctl_exit do_named(struct ctl *ctl, enum mbp_named_command what, const char *said)
{
    const char *name = ctl->options->argv[1];
    char text[48];
    struct ctl_sim sim = {0};
    if (!is_name(ctl->options->argv[0], name))
        return CTL_USAGE;
    enum ctl_exit code = command(ctl, what, name);
    if (code == CTL_OK)
        code = ctl_sim_read(ctl, &sim);
    if (code == CTL_OK)
        ctl_say("%s: %s after scan %u, at %s of simulated time\n", name, said, sim.scans,
                ctl_sim_time_text(sim.time_ms, text, sizeof text));
    return code;
}

enum ctl_exit ctl_sim_snapshot(struct ctl *ctl)
{
    if (ctl->options->argc > 1)
        return do_named(ctl, MBP_NAMED_TAKE, "taken");
    return ctl_sim_snapshot_plain(ctl);
}

enum ctl_exit ctl_sim_restore(struct ctl *ctl)
{
    if (ctl->options->argc > 1)
        return do_named(ctl, MBP_NAMED_RESTORE, "restored");
    return ctl_sim_restore_plain(ctl);
}

enum ctl_exit ctl_sim_remove(struct ctl *ctl)
{
    const char *name = ctl->options->argv[1];
    if (!is_name("remove", name))
        return CTL_USAGE;
    enum ctl_exit code = command(ctl, MBP_NAMED_REMOVE, name);
    if (code == CTL_OK)
        ctl_say("%s: removed\n", name);
    return code;
}

/* NAME, scan, simulated ms, ms since 1970, seed, bytes, what is wrong. */
enum { FIELD_NAME, FIELD_SCAN, FIELD_SIM, FIELD_WALL, FIELD_SEED, FIELD_BYTES, FIELD_WRONG, FIELDS };

static void print_line(char *line)
{
    char *field[FIELDS];
    char when[32] = "";
    char text[48];
    for (unsigned i = 0; i < FIELDS; i++) {
        field[i] = line;
        line += strcspn(line, "\t");
        if (*line == '\t')
            *line++ = '\0';
    }
    time_t seconds = (time_t)(strtoull(field[FIELD_WALL], NULL, 10) / 1000);
    struct tm local;
    if (localtime_r(&seconds, &local) != NULL)
        strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", &local);
    if (field[FIELD_SIM][0] == '\0' || strtoull(field[FIELD_WALL], NULL, 10) == 0)
        ctl_say("%-20s  ", field[FIELD_NAME]);
    else
        ctl_say("%-20s  taken %s after scan %s, at %s of simulated time, seed %s", field[FIELD_NAME], when,
                field[FIELD_SCAN], ctl_sim_time_text(strtoull(field[FIELD_SIM], NULL, 10), text, sizeof text),
                field[FIELD_SEED]);
    ctl_say("%s%s\n", field[FIELD_WRONG][0] != '\0' ? "  it " : "", field[FIELD_WRONG]);
}

enum ctl_exit ctl_sim_snapshots(struct ctl *ctl)
{
    char *list = NULL;
    enum ctl_exit code = command(ctl, MBP_NAMED_LOOK, "");
    if (code != CTL_OK)
        return code;
    enum mbp_status status = read_text(ctl->link, MBP_NAMED_LIST_FILE, &list);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, "the instructor's unit");
    if (list == NULL)
        ctl_say("there are no snapshots with names; mbplantctl sim snapshot NAME takes one\n");
    for (char *line = list, *next; line != NULL && *line != '\0'; line = next) {
        next = line + strcspn(line, "\n");
        if (*next == '\n')
            *next++ = '\0';
        print_line(line);
    }
    free(list);
    return CTL_OK;
}
