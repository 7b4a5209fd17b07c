/* The alarm database in again: which rows say something else than the plant file, and the text that follows. */
#include <ctype.h>
#include <string.h>

#include "database/database.h"
#include "learn/csv_rows.h"
#include "mbplant/edit.h"
#include "slave/point.h"
#include "text/text_file.h"
#include "verbs/edit.h"

struct table {
    struct ctl *ctl;
    const char *path;
    char *text; /* its cells lie in it */
    char separator;
    int column_of[DATABASE_COLUMNS]; /* place in a row; -1 = the table has it not */
    struct mbp_plant *plant;         /* of the slave's text */
    struct database_row *rows;       /* that change something */
    size_t count, room;
    uint8_t *seen; /* per sensor: alarms that have had their row */
    char *cell;
};

/* ---- the header -------------------------------------------------------------------------------------------------- */

static bool take_header(struct table *table, const struct csv_row *row)
{
    const char *names[DATABASE_COLUMNS];
    for (unsigned c = 0; c < DATABASE_COLUMNS; c++) {
        table->column_of[c] = -1;
        names[c] = database_columns[c].key;
    }
    for (unsigned i = 0; i < row->count; i++) {
        unsigned c = 0;
        while (c < DATABASE_COLUMNS && strcasecmp(names[c], row->cells[i]) != 0)
            c++;
        if (row->cells[i][0] == '\0')
            continue;
        if (c == DATABASE_COLUMNS || table->column_of[c] >= 0) {
            const char *near = c == DATABASE_COLUMNS ? mbp_nearest(row->cells[i], names, DATABASE_COLUMNS) : NULL;
            ctl_error("%s:%u: column %u is '%.40s', which %s%s%s%s", table->path, row->line, i + 1, row->cells[i],
                      ctl_tr(c == DATABASE_COLUMNS ? "the alarm database does not have" : "is there twice"),
                      near != NULL ? ctl_tr("; did you mean '") : "", near != NULL ? near : "",
                      near != NULL ? ctl_tr("'?") : "");
            return false;
        }
        table->column_of[c] = (int)i;
    }
    if (table->column_of[DATABASE_ALARM] < 0)
        ctl_error("%s:%u: there is no column 'alarm'; mbplantctl database writes such a table", table->path, row->line);
    return table->column_of[DATABASE_ALARM] >= 0;
}

/* ---- a row ------------------------------------------------------------------------------------------------------- */

static char *cell_of(const struct table *table, const struct csv_row *row, unsigned column)
{
    int place = table->column_of[column];
    return place >= 0 && (unsigned)place < row->count ? row->cells[place] : NULL;
}

/* The alarm of a row; false: told. */
static bool find_alarm(struct table *table, const struct csv_row *row, struct ctl_one_alarm *out)
{
    const struct mbp_plant *plant = table->plant;
    const char *name = cell_of(table, row, DATABASE_ALARM);
    if (name == NULL || name[0] == '\0') {
        ctl_error("%s:%u: column 'alarm' is empty", table->path, row->line);
        return false;
    }
    bool found = ctl_one_alarm_find(plant, name, out);
    uint32_t s = found ? out->sensor : mbp_plant_find_sensor(plant, ctl_spelling(plant, name));
    if (!found && s != UINT32_MAX && plant->sensors[s].is_alarm) {
        *out = (struct ctl_one_alarm){s, MBP_CONDITION};
        found = true;
    }
    if (!found || !mbp_sensor_has_alarm(&plant->sensors[out->sensor], plant->sensors[out->sensor].limits, out->alarm)) {
        ctl_error("%s:%u: column 'alarm': the plant file has no alarm '%.60s'; a new one is added with mbplantctl "
                  "sensor set, or in the file",
                  table->path, row->line, name);
        return false;
    }
    if ((table->seen[out->sensor] >> out->alarm & 1u) != 0) {
        ctl_error("%s:%u: %.60s has a row before this one", table->path, row->line, name);
        return false;
    }
    table->seen[out->sensor] |= (uint8_t)(1u << out->alarm);
    return true;
}

static void decimal_point(char *cell)
{
    char *comma = strchr(cell, ',');
    if (comma != NULL && strspn(cell, "-+0123456789,") == strlen(cell) && strchr(comma + 1, ',') == NULL)
        *comma = '.';
}

/* Whether the cell says something else; then it is as the plant file is to have it. */
static bool changes(struct table *table, const struct ctl_one_alarm *alarm, unsigned column, const char **cell)
{
    database_cell(table->plant, alarm, (enum database_column)column, table->cell, DATABASE_CELL);
    if (database_same((enum database_column)column, table->cell, *cell))
        return false;
    if ((*cell)[0] == '\'' && mbp_text_is_formula(*cell + 1))
        (*cell)++;
    return !database_same((enum database_column)column, table->cell, *cell);
}

static bool add_row(struct table *table, const struct database_row *row)
{
    if (table->count == table->room) {
        size_t room = table->room != 0 ? 2 * table->room : 64;
        struct database_row *rows = realloc(table->rows, room * sizeof *rows);
        if (rows == NULL)
            return false;
        table->rows = rows;
        table->room = room;
    }
    table->rows[table->count++] = *row;
    return true;
}

/* False: told. */
static bool take_row(struct table *table, const struct csv_row *cells)
{
    struct database_row row = {.line = cells->line};
    bool any = false;
    bool right = find_alarm(table, cells, &row.alarm);
    for (unsigned c = DATABASE_ALARM + 1; c < DATABASE_COLUMNS && right; c++) {
        char *cell = cell_of(table, cells, c);
        if (cell == NULL)
            continue;
        if (c == DATABASE_LIMIT || c == DATABASE_DEADBAND)
            decimal_point(cell);
        const char *meant = cell;
        bool other = changes(table, &row.alarm, c, &meant);
        row.cells[c] = other ? meant : NULL;
        any = any || other;
        if (other && database_is_fixed((enum database_column)c)) {
            ctl_error("%s:%u: column '%s' is '%.60s', and '%.60s' in the plant file: this table does not change it",
                      table->path, row.line, database_columns[c].key, meant, table->cell);
            right = false;
        } else if (other && meant[0] == '\0' && c <= DATABASE_DEADBAND && table->cell[0] != '\0') {
            ctl_error("%s:%u: column '%s' is empty, and '%.60s' in the plant file", table->path, row.line,
                      database_columns[c].key, table->cell);
            right = false;
        }
    }
    if (right && any && !add_row(table, &row)) {
        ctl_error("database: not enough memory");
        right = false;
    }
    return right;
}

static bool take_rows(struct table *table)
{
    char *at = table->text;
    uint32_t line = 1;
    struct csv_row row;
    bool headed = false;
    bool right = true;
    uint32_t told = 0;
    while (told < 20 && csv_next(&at, &line, table->separator, &row)) {
        if (row.count <= 1 && (row.count == 0 || row.cells[0][0] == '\0'))
            continue;
        bool good = headed ? take_row(table, &row) : take_header(table, &row);
        if (!good && !headed)
            return false;
        headed = true;
        told += good ? 0 : 1;
        right = right && good;
    }
    if (!headed)
        ctl_error("%s: there is no row in it", table->path);
    return headed && right;
}

/* ---- the text ---------------------------------------------------------------------------------------------------- */

static void say_changes(struct table *table)
{
    char name[MBP_NAME_MAX + 32];
    for (size_t i = 0; i < table->count; i++) {
        const struct database_row *row = &table->rows[i];
        ctl_one_alarm_name(table->plant, &row->alarm, name, sizeof name);
        for (unsigned c = 0; c < DATABASE_COLUMNS; c++) {
            if (row->cells[c] == NULL)
                continue;
            database_cell(table->plant, &row->alarm, (enum database_column)c, table->cell, DATABASE_CELL);
            mbp_text_print(stdout, "%s %s: %s -> %s\n", name, database_columns[c].key,
                           table->cell[0] != '\0' ? table->cell : "-", row->cells[c][0] != '\0' ? row->cells[c] : "-");
        }
    }
}

/* What a plant file of this text would be told: the first line; "" = nothing is wrong. Ownership: free. */
static char *judge(struct mbp_text text)
{
    struct mbp_buffer buffer;
    struct mbp_plant *plant = NULL;
    if (!mbp_buffer_open(&buffer))
        return NULL;
    mbp_plant_parse("", text, buffer.out, &plant);
    mbp_plant_free(plant);
    char *told = mbp_buffer_close(&buffer);
    if (told != NULL)
        told[strcspn(told, "\n")] = '\0';
    return told;
}

/* The column that a message of the plant file's rules is about: its key stands in quotes. */
static const char *column_in(const char *message)
{
    static const char open[] = "«\xc2\xa0"; /* with the blank that French has behind it */
    const char *quote = strchr(message, '\'');
    const char *french = strstr(message, open);
    if (french != NULL && (quote == NULL || french < quote))
        quote = french + sizeof open - 2;
    size_t len = quote != NULL ? strcspn(quote + 1, "'\xc2") : 0;
    if (len > 0 && ((len == 2 && strncmp(quote + 1, "at", 2) == 0) || (len == 3 && strncmp(quote + 1, "max", 3) == 0)))
        return "limit";
    for (unsigned c = 0; c < DATABASE_COLUMNS; c++) {
        if (len > 0 && strlen(database_columns[c].key) == len && strncmp(database_columns[c].key, quote + 1, len) == 0)
            return database_columns[c].key;
    }
    return "limit";
}

/* Behind "PATH:LINE:COLUMN: ". */
static const char *words_of(const char *message)
{
    const char *space = strstr(message, ": ");
    return space != NULL ? space + 2 : message;
}

/* One row after the other; with `each` the text is judged after each, so that a wrong row is found. */
static enum ctl_exit edit_rows(struct table *table, struct mbp_text text, bool each, char **out, size_t *out_len)
{
    char why[MBP_EDIT_WHY_LEN];
    char *made = NULL;
    for (size_t i = 0; i < table->count; i++) {
        const struct database_row *row = &table->rows[i];
        char *next = NULL;
        size_t len = 0;
        const struct mbp_text now = made != NULL ? (struct mbp_text){made, *out_len} : text;
        enum mbp_status status = database_edit(table->plant, now, row, &next, &len, why);
        if (status != MBP_OK) {
            ctl_error("%s:%u: %s", table->path, row->line, why[0] != '\0' ? why : "not enough memory");
            free(made);
            return CTL_USAGE;
        }
        if (next != NULL) {
            free(made);
            made = next;
            *out_len = len;
        }
        char *told = each && made != NULL ? judge((struct mbp_text){made, *out_len}) : NULL;
        if (told != NULL && told[0] != '\0') {
            ctl_error("%s:%u: column '%s': %s", table->path, row->line, column_in(told), words_of(told));
            free(told);
            free(made);
            return CTL_USAGE;
        }
        free(told);
    }
    *out = made;
    return CTL_OK;
}

static enum ctl_exit edit(void *ctx, struct mbp_text text, char **out, size_t *out_len)
{
    struct table *table = ctx;
    if (ctl_parse_quietly(text, &table->plant) != MBP_OK) {
        ctl_error("database: the slave's plant file cannot be read here");
        return CTL_FAILED;
    }
    table->seen = calloc((size_t)table->plant->sensor_count + 1, sizeof *table->seen);
    table->cell = malloc(DATABASE_CELL);
    if (table->seen == NULL || table->cell == NULL)
        return ctl_fail(table->ctl, MBP_ERR_MEMORY, "database");
    if (!take_rows(table)) {
        ctl_error("%s: nothing was changed", table->path);
        return CTL_USAGE;
    }
    if (table->count == 0) {
        ctl_say("%s: says what the plant file says; nothing to do\n", table->path);
        return CTL_OK;
    }
    enum ctl_exit code = edit_rows(table, text, false, out, out_len);
    char *told = code == CTL_OK && *out != NULL ? judge((struct mbp_text){*out, *out_len}) : NULL;
    if (told != NULL && told[0] != '\0') {
        free(*out);
        *out = NULL;
        code = edit_rows(table, text, true, out, out_len);
    }
    free(told);
    if (code != CTL_OK)
        ctl_error("%s: nothing was changed", table->path);
    else
        say_changes(table);
    return code;
}

enum ctl_exit database_take(struct ctl *ctl, const char *path)
{
    struct table table = {.ctl = ctl, .path = strcmp(path, "-") == 0 ? ctl_tr("standard input") : path};
    char *bytes = NULL;
    size_t len = 0;
    if (ctl->options->key_count > 0) {
        ctl_error("database: it has no option --%.40s", ctl->options->keys[0].key);
        return CTL_USAGE;
    }
    enum ctl_exit code = ctl_text_read(path, &bytes, &len);
    if (code != CTL_OK)
        return code;
    table.text = csv_text(bytes, len);
    free(bytes);
    if (table.text == NULL)
        return ctl_fail(ctl, MBP_ERR_MEMORY, "database");
    table.separator = csv_separator(table.text);
    code = ctl_edit_text(ctl, edit, &table);
    mbp_plant_free(table.plant);
    free(table.rows);
    free(table.seen);
    free(table.cell);
    free(table.text);
    return code;
}
