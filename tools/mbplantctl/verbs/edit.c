/* machine and sensor add, remove, set: the slave's plant file is read, edited where it must be, and put. */
#include "verbs/edit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mbplant/change.h"
#include "mbplant/edit.h"
#include "slave/point.h"
#include "text/text_file.h"
#include "verbs/plant_put.h"

#define MOVES_SHOWN 10u

struct editing {
    struct ctl *ctl;
    enum mbp_edit_thing thing;
    uint8_t unit;    /* whose files tell the text: the instructor's, or another's without faults */
    char *was, *now; /* both the plant file's text; now is was as long as nothing is edited */
    size_t was_len, now_len;
    struct mbp_plant *plant; /* of was, when a name was looked for */
};

static const char *noun(const struct editing *editing)
{
    return editing->thing == MBP_EDIT_MACHINE ? "machine" : editing->thing == MBP_EDIT_SENSOR ? "sensor" : "database";
}

/* ---- one step --------------------------------------------------------------------------------------------------- */

static struct mbp_text text_now(const struct editing *editing)
{
    return (struct mbp_text){editing->now, editing->now_len};
}

/* Takes over what a step made of the text, or says why there is nothing. */
static enum ctl_exit take(struct editing *editing, enum mbp_status status, char *made, size_t len, const char *why)
{
    if (status != MBP_OK) {
        ctl_error("%s: %s", noun(editing), why);
        return status == MBP_ERR_MEMORY ? CTL_FAILED : CTL_USAGE;
    }
    if (editing->now != editing->was)
        free(editing->now);
    editing->now = made;
    editing->now_len = len;
    return CTL_OK;
}

static enum ctl_exit set(struct editing *editing, const char *name, const char *key, const char *value)
{
    char why[MBP_EDIT_WHY_LEN];
    char *made = NULL;
    size_t len = 0;
    enum mbp_status status = mbp_edit_set(text_now(editing), editing->thing, name, key, value, &made, &len, why);
    return take(editing, status, made, len, why);
}

static enum ctl_exit add(struct editing *editing, const char *where, const char *name)
{
    const struct ctl_options *options = editing->ctl->options;
    char why[MBP_EDIT_WHY_LEN];
    char *made = NULL;
    size_t len = 0;
    enum mbp_status status = mbp_edit_add(text_now(editing), editing->thing, where, name, &made, &len, why);
    enum ctl_exit code = take(editing, status, made, len, why);
    for (int i = 0; i < options->key_count && code == CTL_OK; i++) {
        char key[128]; /* it may be followed by =VALUE */
        snprintf(key, sizeof key, "%.*s", (int)strcspn(options->keys[i].key, "="), options->keys[i].key);
        code = set(editing, name, key, options->keys[i].value);
    }
    return code;
}

static enum ctl_exit take_away(struct editing *editing, const char *name)
{
    char why[MBP_EDIT_WHY_LEN];
    char *made = NULL;
    size_t len = 0;
    enum mbp_status status = mbp_edit_remove(text_now(editing), editing->thing, name, &made, &len, why);
    return take(editing, status, made, len, why);
}

/* ---- the command ------------------------------------------------------------------------------------------------ */

static enum ctl_exit usage(const struct editing *editing)
{
    ctl_error("usage: mbplantctl %s add %s | remove NAME | set NAME KEY VALUE..; mbplantctl %s --help has examples",
              noun(editing),
              editing->thing == MBP_EDIT_MACHINE ? ctl_tr("NAME --unit ID [--KEY VALUE..]")
                                                 : ctl_tr("MACHINE|UNIT NAME [--KEY VALUE..]"),
              noun(editing));
    return CTL_USAGE;
}

static bool is_well_formed(const struct editing *editing)
{
    const struct ctl_options *options = editing->ctl->options;
    const char *word = options->argv[0];
    if (strcmp(word, "add") == 0)
        return options->argc == (editing->thing == MBP_EDIT_MACHINE ? 2 : 3);
    if (options->key_count > 0)
        return false;
    if (strcmp(word, "remove") == 0)
        return options->argc == 2;
    return strcmp(word, "set") == 0 && options->argc >= 4 && options->argc % 2 == 0;
}

/* As the plant file spells it; where that cannot be understood, as it was given. */
static const char *spelling(struct editing *editing, const char *name)
{
    if (editing->plant == NULL)
        ctl_parse_quietly((struct mbp_text){editing->was, editing->was_len}, &editing->plant);
    return editing->plant != NULL ? ctl_spelling(editing->plant, name) : name;
}

/* The unit is said where there are several. */
static enum ctl_exit add_machine(struct editing *editing)
{
    const struct ctl_options *options = editing->ctl->options;
    char unit[12] = "1";
    spelling(editing, "");
    const struct mbp_plant *plant = editing->plant;
    uint32_t units = 0; /* but the instructor's */
    for (uint32_t u = 0; plant != NULL && u < plant->unit_count; u++)
        units += plant->units[u].id != MBP_INSTRUCTOR_UNIT;
    if (options->unit < 0 && units > 1) {
        ctl_error("machine add %s: which of the %u units? Say it with --unit, as in --unit %u", options->argv[1], units,
                  plant->units[0].id);
        return CTL_USAGE;
    }
    if (options->unit >= 0)
        snprintf(unit, sizeof unit, "%d", options->unit);
    else if (units == 1)
        snprintf(unit, sizeof unit, "%u", plant->units[0].id);
    return add(editing, unit, options->argv[1]);
}

static enum ctl_exit edit(struct editing *editing)
{
    const struct ctl_options *options = editing->ctl->options;
    const char *word = options->argv[0];
    if (strcmp(word, "remove") == 0)
        return take_away(editing, spelling(editing, options->argv[1]));
    if (strcmp(word, "add") == 0 && editing->thing == MBP_EDIT_SENSOR)
        return add(editing, spelling(editing, options->argv[1]), options->argv[2]);
    if (strcmp(word, "add") == 0)
        return add_machine(editing);
    enum ctl_exit code = CTL_OK;
    for (int i = 2; i < options->argc && code == CTL_OK; i += 2)
        code = set(editing, spelling(editing, options->argv[1]), options->argv[i], options->argv[i + 1]);
    return code;
}

/* Which addresses of the slave's points would be others; "" = none. Ownership: free; NULL without memory, or where the
 * plant as it is now cannot be read. */
static char *find_moves(const struct editing *editing, const struct mbp_plant *next)
{
    struct mbp_plant *was = NULL;
    struct mbp_change *change = NULL;
    struct mbp_buffer buffer = {0};
    char *moves = NULL;
    if (ctl_parse_quietly((struct mbp_text){editing->was, editing->was_len}, &was) == MBP_OK &&
        mbp_change_find(was, next, &change) == MBP_OK && mbp_buffer_open(&buffer)) {
        mbp_change_print_moves(change, MOVES_SHOWN, buffer.out);
        moves = mbp_buffer_close(&buffer);
    }
    mbp_change_free(change);
    mbp_plant_free(was);
    return moves;
}

/* On a terminal only: a script has said what it wants. The slave tells it again when it has done it. */
static bool may_move(const struct editing *editing, const char *moves)
{
    const struct ctl_options *options = editing->ctl->options;
    bool terminal = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
    char answer[16] = "";
    if (moves == NULL || moves[0] == '\0' || options->yes || options->dry_run)
        return true;
    if (editing->ctl->may_move != NULL) {
        editing->ctl->moves_told = editing->ctl->may_move(editing->ctl->may_move_ctx, moves);
        return editing->ctl->moves_told;
    }
    if (!terminal)
        return true;
    mbp_text_print(stderr, ctl_tr("Masters that know these addresses would find other points there:\n"));
    fputs(moves, stderr);
    fputs(ctl_tr("(at: in the sensor's register gives it a place behind the others.) Go on? [y/N] "), stderr);
    return fgets(answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y');
}

/* What is wrong with the edited text is told here already, and nothing is sent. */
static enum ctl_exit check(const struct editing *editing)
{
    struct mbp_plant *plant = NULL;
    enum mbp_status status = mbp_plant_parse(ctl_tr("plant file"), text_now(editing), stderr, &plant);
    char *moves = status == MBP_OK ? find_moves(editing, plant) : NULL;
    mbp_plant_free(plant);
    bool may = may_move(editing, moves);
    if (status == MBP_OK && editing->ctl->options->dry_run && moves != NULL)
        fputs(moves, stderr);
    free(moves);
    if (status == MBP_OK && may)
        return CTL_OK;
    ctl_error(status == MBP_OK ? "%s: nothing was changed"
                               : "%s: so the plant file would be wrong; nothing was changed",
              noun(editing));
    return status == MBP_OK ? CTL_FAILED : CTL_USAGE;
}

/* Whoever else edited it meanwhile must not lose that. */
static enum ctl_exit check_unmoved(const struct editing *editing)
{
    struct ctl *ctl = editing->ctl;
    uint16_t header[4];
    enum mbp_status status = ctl_read_file(ctl->link, editing->unit, MBP_PLANT_FIRST_FILE, 0, 4, header);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, "reading the plant file");
    if (mbp_words_u32(header + 2) == mbp_crc32(0, editing->was, editing->was_len))
        return CTL_OK;
    ctl_error("the slave's plant file was changed by somebody else just now; again");
    return CTL_FAILED;
}

static enum ctl_exit finish(const struct editing *editing)
{
    const struct mbp_text was = {editing->was, editing->was_len};
    enum ctl_exit code = check(editing);
    if (code != CTL_OK)
        return code;
    if (editing->ctl->options->dry_run) {
        ctl_diff_print(was, text_now(editing), stdout);
        return CTL_OK;
    }
    code = check_unmoved(editing);
    return code == CTL_OK ? ctl_plant_command(editing->ctl, ctl_tr("plant file"), text_now(editing), MBP_STAGING_PUT)
                          : code;
}

/* The slave's plant file, and whose files told it. */
static enum ctl_exit learn(struct editing *editing)
{
    struct ctl *ctl = editing->ctl;
    if (ctl_link(ctl) == NULL)
        return CTL_FAILED;
    editing->unit = MBP_INSTRUCTOR_UNIT;
    /* Whole, from the instructor, who is needed to put it back anyway: other units tell it without its faults. */
    enum mbp_status status = ctl_learn_text(ctl->link, editing->unit, &editing->was, &editing->was_len);
    if (status > 0) {
        editing->unit = ctl_any_unit(ctl);
        status = ctl_learn_text(ctl->link, editing->unit, &editing->was, &editing->was_len);
    }
    if (status != MBP_OK)
        return ctl_fail_to_learn(ctl, status);
    editing->now = editing->was;
    editing->now_len = editing->was_len;
    return CTL_OK;
}

enum ctl_exit ctl_edit_text(struct ctl *ctl, ctl_text_editor *editor, void *ctx)
{
    struct editing editing = {.ctl = ctl, .thing = MBP_EDIT_ALARM};
    char *made = NULL;
    size_t len = 0;
    enum ctl_exit code = learn(&editing);
    if (code == CTL_OK)
        code = editor(ctx, text_now(&editing), &made, &len);
    if (code == CTL_OK && made != NULL) {
        editing.now = made;
        editing.now_len = len;
        code = finish(&editing);
    }
    free(made);
    free(editing.was);
    return code;
}

static enum ctl_exit run(struct ctl *ctl, enum mbp_edit_thing thing)
{
    struct editing editing = {.ctl = ctl, .thing = thing};
    if (!is_well_formed(&editing))
        return usage(&editing);
    enum ctl_exit code = learn(&editing);
    if (code == CTL_OK)
        code = edit(&editing);
    if (code == CTL_OK)
        code = finish(&editing);
    if (editing.now != editing.was)
        free(editing.now);
    free(editing.was);
    mbp_plant_free(editing.plant);
    return code;
}

bool ctl_edit_is_meant(const struct ctl_options *options)
{
    enum mbp_state_code state;
    const char *word = options->argv[0];
    bool edits = strcmp(word, "add") == 0 || strcmp(word, "remove") == 0 || strcmp(word, "set") == 0;
    return edits && options->argc >= 2 && !(options->argc == 2 && ctl_state_find(options->argv[1], &state));
}

enum ctl_exit ctl_edit_machine(struct ctl *ctl)
{
    return run(ctl, MBP_EDIT_MACHINE);
}

CTL_VERB(sensor)
{
    return run(ctl, MBP_EDIT_SENSOR);
}
