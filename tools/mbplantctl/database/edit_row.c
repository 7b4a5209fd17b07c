/* What a row of the alarm database changes in the plant file's text. */
#include <string.h>

#include "database/database.h"
#include "mbplant/edit.h"

/* The text while it is edited. */
struct work {
    const struct mbp_plant *plant;
    const struct database_row *row;
    const struct mbp_sensor *sensor;
    struct mbp_text text;
    char *made; /* text's bytes, once something was edited */
    char *why;
};

static enum mbp_edit_thing thing_of(const struct work *work)
{
    return work->sensor->is_alarm ? MBP_EDIT_ALARM : MBP_EDIT_SENSOR;
}

static enum mbp_status set(struct work *work, const char *key, const char *value)
{
    char *made = NULL;
    size_t len = 0;
    enum mbp_status status =
        mbp_edit_set(work->text, thing_of(work), work->sensor->name, key, value, &made, &len, work->why);
    if (status != MBP_OK)
        return status;
    free(work->made);
    work->made = made;
    work->text = (struct mbp_text){made, len};
    return MBP_OK;
}

/* Takes a key away, if it is there; whether it was. */
static bool take_away(struct work *work, const char *key)
{
    bool was = set(work, key, "") == MBP_OK;
    work->why[0] = '\0';
    return was;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

/* Of zeros at first, so that it always ends with one; what has no room is left out. */
struct line {
    char text[2000];
    size_t used;
};

static void put_byte(struct line *line, char byte)
{
    if (line->used + 1 < sizeof line->text)
        line->text[line->used++] = byte;
}

static void put(struct line *line, const char *text)
{
    for (; *text != '\0'; text++)
        put_byte(line, *text);
}

/* In quotes whatever is in it, so that no cell says more than its key. */
static void put_quoted(struct line *line, const char *text)
{
    put_byte(line, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            put_byte(line, '\\');
        put_byte(line, *text);
    }
    put_byte(line, '"');
}

static void put_plain(struct line *line, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.+_";
    bool number = text[0] == '-' && text[1] != '\0';
    if (text[0] != '\0' && strspn(text + (number ? 1 : 0), plain) == strlen(text + (number ? 1 : 0)))
        put(line, text);
    else
        put_quoted(line, text);
}

/* "en_panne maintenance" as a list. */
static void put_states(struct line *line, const char *text)
{
    const char *comma = "";
    put(line, "[");
    while (*(text += strspn(text, " ,;")) != '\0') {
        char word[64];
        size_t len = strcspn(text, " ,;");
        snprintf(word, sizeof word, "%.*s", (int)len, text);
        put(line, comma);
        put_plain(line, word);
        comma = ", ";
        text += len;
    }
    put(line, "]");
}

/* "3 within 1min for 5min" as a group; what is no such thing as it is, which the plant file's rules refuse. */
static void put_chatter(struct line *line, const char *text)
{
    char count[24];
    char within[24];
    char calm[24];
    if (sscanf(text, "%23s within %23s for %23s", count, within, calm) != 3) {
        put_quoted(line, text);
        return;
    }
    put(line, "{transitions: ");
    put_plain(line, count);
    put(line, ", within: ");
    put_plain(line, within);
    put(line, ", for: ");
    put_plain(line, calm);
    put(line, "}");
}

/* Both columns of a suppression are one key. */
static void put_suppression(struct line *line, const char *states, const char *when)
{
    if (when[0] == '\0') {
        put_states(line, states);
        return;
    }
    put(line, "{");
    if (states[0] != '\0') {
        put(line, "states: ");
        put_states(line, states);
        put(line, ", ");
    }
    put(line, "when: ");
    put_quoted(line, when);
    put(line, "}");
}

/* ---- a setting --------------------------------------------------------------------------------------------------- */

static const struct key {
    const char *key;
    enum database_column column;
} keys[] = {
    {"priority", DATABASE_PRIORITY},
    {"deadband", DATABASE_DEADBAND},
    {"delay", DATABASE_DELAY},
    {"off_delay", DATABASE_OFF_DELAY},
    {"latch", DATABASE_LATCH},
    {"suppress", DATABASE_SUPPRESS},
    {"re_alarm", DATABASE_RE_ALARM},
    {"chatter", DATABASE_CHATTER},
    {"message", DATABASE_MESSAGE},
    {"cause", DATABASE_CAUSE},
    {"consequence", DATABASE_CONSEQUENCE},
    {"action", DATABASE_ACTION},
};
#define KEYS (sizeof keys / sizeof keys[0])

/* What shall stand in a cell: as the table says, else as it is. */
static const char *wanted(const struct work *work, enum database_column column, char *buf)
{
    if (work->row->cells[column] != NULL)
        return work->row->cells[column];
    database_cell(work->plant, &work->row->alarm, column, buf, DATABASE_CELL);
    return buf;
}

static void put_value(const struct work *work, enum database_column column, const char *cell, char *buf,
                      struct line *line)
{
    if (column == DATABASE_SUPPRESS)
        put_suppression(line, cell, wanted(work, DATABASE_WHEN, buf));
    else if (column == DATABASE_CHATTER)
        put_chatter(line, cell);
    else if (column >= DATABASE_MESSAGE)
        put_quoted(line, cell);
    else
        put_plain(line, cell);
}

static bool differs(const struct mbp_alarm *alarm, enum database_column column, const char *cell, char *buf)
{
    database_setting(alarm, column, buf, DATABASE_CELL);
    return !database_same(column, buf, cell);
}

/* The keys of an alarm's group that its sensor does not say alike. */
static void put_settings(const struct work *work, struct line *line, char *cells)
{
    const struct mbp_alarm *common = &mbp_sensor_alarms(work->sensor)->common;
    char *buf = cells + DATABASE_CELL;
    for (size_t k = 0; k < KEYS; k++) {
        const char *cell = wanted(work, keys[k].column, cells);
        bool suppression = keys[k].column == DATABASE_SUPPRESS;
        bool own = differs(common, keys[k].column, cell, buf);
        if (suppression && !own)
            own = differs(common, DATABASE_WHEN, wanted(work, DATABASE_WHEN, buf + DATABASE_CELL), buf);
        bool deadband = keys[k].column == DATABASE_DEADBAND;
        if (!own || (deadband && work->row->alarm.alarm == MBP_BAD_QUALITY))
            continue;
        put(line, line->text[line->used - 1] == '{' ? "" : ", ");
        put(line, keys[k].key);
        put(line, ": ");
        put_value(work, keys[k].column, cell, buf, line);
    }
}

/* ---- the three kinds of alarms ----------------------------------------------------------------------------------- */

/* `max: 85` cannot hold more than its number: the long form, whose trips are said. */
static enum mbp_status make_limits_long(struct work *work)
{
    char value[200];
    char number[40];
    size_t used = 0;
    bool low = take_away(work, "min");
    bool high = take_away(work, "max");
    const char *between = "{";
    if (!low && !high)
        return MBP_OK;
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        const struct ctl_one_alarm one = {work->row->alarm.sensor, l};
        database_cell(work->plant, &one, DATABASE_LIMIT, number, sizeof number);
        if (number[0] == '\0')
            continue;
        used += (size_t)snprintf(value + used, sizeof value - used, "%s%s: %s", between,
                                 mbp_limit_name((enum mbp_limit)l), number);
        between = ", ";
    }
    snprintf(value + used, sizeof value - used, "}");
    enum mbp_status status = set(work, "limits", value);
    used = 0;
    value[0] = '\0';
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        if ((work->sensor->trip >> a & 1u) != 0)
            used += (size_t)snprintf(value + used, sizeof value - used, "%s%s", used > 0 ? ", " : "[",
                                     mbp_limit_name((enum mbp_limit)a));
    }
    snprintf(value + used, sizeof value - used, used > 0 ? "]" : "[]");
    return status == MBP_OK ? set(work, "trip", value) : status;
}

static bool only_the_limit(const struct work *work)
{
    bool more = false;
    for (unsigned c = DATABASE_PER; c < DATABASE_COLUMNS; c++)
        more = more || work->row->cells[c] != NULL;
    return !more;
}

static bool is_there(const struct work *work, const char *key)
{
    char *made = NULL;
    size_t len = 0;
    bool there =
        mbp_edit_set(work->text, thing_of(work), work->sensor->name, key, "", &made, &len, work->why) == MBP_OK;
    free(made);
    work->why[0] = '\0';
    return there;
}

/* Whether the short form said it; then it does so still, in its place and with its comment. */
static bool set_short(struct work *work, unsigned alarm, const char *limit)
{
    const char *key = alarm == MBP_LOW ? "min" : "max";
    return (alarm == MBP_LOW || alarm == MBP_HIGH) && is_there(work, key) && set(work, key, limit) == MBP_OK;
}

static enum mbp_status edit_group(struct work *work, char *cells)
{
    const unsigned alarm = work->row->alarm.alarm;
    struct line line = {.used = 0};
    char key[40];
    if (alarm < MBP_LIMIT_COUNT && only_the_limit(work) && set_short(work, alarm, wanted(work, DATABASE_LIMIT, cells)))
        return MBP_OK;
    enum mbp_status status = alarm < MBP_LIMIT_COUNT ? make_limits_long(work) : MBP_OK;
    put(&line, "{");
    if (alarm != MBP_BAD_QUALITY) {
        put(&line, alarm < MBP_LIMIT_COUNT ? "at: " : "max: ");
        put_plain(&line, wanted(work, DATABASE_LIMIT, cells));
    }
    if (alarm == MBP_RATE_OF_CHANGE) {
        put(&line, ", per: ");
        put_plain(&line, wanted(work, DATABASE_PER, cells));
    }
    put_settings(work, &line, cells);
    put(&line, "}");
    if (line.used + 1 >= sizeof line.text) {
        snprintf(work->why, MBP_EDIT_WHY_LEN, "its cells are too long together for one line of the plant file");
        return MBP_ERR_FORMAT;
    }
    snprintf(key, sizeof key, alarm < MBP_LIMIT_COUNT ? "limits.%s" : "%s", mbp_limit_name((enum mbp_limit)alarm));
    bool bare = alarm == MBP_BAD_QUALITY && strcmp(line.text, "{}") == 0;
    return status == MBP_OK ? set(work, key, bare ? "true" : line.text) : status;
}

/* A contact and an alarm of no sensor have their settings as keys of their own. */
static enum mbp_status edit_keys(struct work *work, char *cells)
{
    enum mbp_status status = MBP_OK;
    char *buf = cells + DATABASE_CELL;
    for (size_t k = 0; k < KEYS && status == MBP_OK; k++) {
        const enum database_column column = keys[k].column;
        const char *cell = work->row->cells[column];
        struct line line = {.used = 0};
        bool when = column == DATABASE_SUPPRESS && work->row->cells[DATABASE_WHEN] != NULL;
        if ((cell == NULL && !when) || column == DATABASE_DEADBAND)
            continue;
        cell = wanted(work, column, cells);
        if (cell[0] == '\0' && !when) {
            take_away(work, keys[k].key);
            continue;
        }
        put_value(work, column, cell, buf, &line);
        status = set(work, keys[k].key, line.text);
    }
    return status;
}

enum mbp_status database_edit(const struct mbp_plant *plant, struct mbp_text text, const struct database_row *row,
                              char **out, size_t *out_len, char *why)
{
    struct work work = {
        .plant = plant, .row = row, .sensor = &plant->sensors[row->alarm.sensor], .text = text, .why = why};
    char *cells = malloc(3 * (size_t)DATABASE_CELL);
    why[0] = '\0';
    if (cells == NULL)
        return MBP_ERR_MEMORY;
    enum mbp_status status = row->alarm.alarm == MBP_CONDITION ? edit_keys(&work, cells) : edit_group(&work, cells);
    free(cells);
    if (status != MBP_OK) {
        free(work.made);
        return status;
    }
    *out = work.made;
    *out_len = work.text.len;
    return MBP_OK;
}
