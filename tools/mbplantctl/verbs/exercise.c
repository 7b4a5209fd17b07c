/* exercise: the scenario that plays on the plant, as its student and its instructor may see it. */
#include <stdlib.h>
#include <string.h>

#include "mbplant/image/exercise.h"
#include "mbplant/json.h"
#include "verbs/sim/sim.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HEADER_WORDS 4u
#define TRIES        5 /* another master may begin to read while this one does */

/* ---- there ------------------------------------------------------------------------------------------------------- */

static enum mbp_status read_once(struct ctl_link *link, char **out)
{
    uint16_t header[HEADER_WORDS];
    char *text = NULL;
    enum mbp_status status = ctl_read_file(link, MBP_INSTRUCTOR_UNIT, MBP_EXERCISE_FILE, 0, HEADER_WORDS, header);
    if (status != MBP_OK)
        return status;
    const uint32_t len = mbp_words_u32(header);
    if (len == 0 || len > MBP_EXERCISE_TEXT_MAX)
        return MBP_ERR_CORRUPT;
    status = ctl_read_text(link, MBP_INSTRUCTOR_UNIT, MBP_EXERCISE_FILE, HEADER_WORDS, len, &text);
    if (status == MBP_EX_ILLEGAL_DATA_ADDRESS) /* it is shorter than it was a moment ago */
        return MBP_ERR_CORRUPT;
    if (status == MBP_OK && mbp_crc32(0, text, len) != mbp_words_u32(header + 2)) {
        free(text);
        return MBP_ERR_CORRUPT;
    }
    *out = text;
    return status;
}

/* Ownership: free(*out). Errors are told. */
static enum ctl_exit read_exercise(struct ctl *ctl, char **out)
{
    struct ctl_sim sim;
    enum mbp_status status = MBP_ERR_CORRUPT;
    enum ctl_exit code = ctl_sim_read(ctl, &sim); /* which says what to do where there is no instructor */
    if (code != CTL_OK)
        return code;
    for (int i = 0; i < TRIES && status == MBP_ERR_CORRUPT; i++)
        status = read_once(ctl->link, out);
    if (status == MBP_OK)
        return CTL_OK;
    if (status != MBP_EX_ILLEGAL_DATA_ADDRESS)
        return ctl_fail(ctl, status, "the instructor's unit");
    ctl_error("no exercise plays on this plant: mbplantd --scenario FILE plays one, see mbplant-scenario(5)");
    return CTL_FAILED;
}

/* ---- lines to objects -------------------------------------------------------------------------------------------- */

enum is { IS_TEXT, IS_COUNT, IS_FLAG };

/* What a line has behind its first word, by the names that HTTP has for it too. */
struct key {
    const char *name;
    enum is is;
};

static const struct key exercise_keys[] = {
    {"name", IS_TEXT},    {"simulated_ms", IS_COUNT},     {"duration_ms", IS_COUNT}, {"over", IS_FLAG},
    {"passed", IS_FLAG},  {"expectations_all", IS_COUNT}, {"met", IS_COUNT},         {"missed", IS_COUNT},
    {"points", IS_COUNT}, {"points_lost", IS_COUNT},      {"points_all", IS_COUNT},
};
static const struct key note_keys[] = {{"simulated_ms", IS_COUNT}, {"text", IS_TEXT}};
static const struct key expectation_keys[] = {
    {"what", IS_TEXT},    {"verdict", IS_TEXT}, {"simulated_ms", IS_COUNT}, {"decided_ms", IS_COUNT},
    {"points", IS_COUNT}, {"student", IS_FLAG}, {"found", IS_TEXT},
};

/* Cuts the next field off. */
static char *next_field(char **line)
{
    char *field = *line;
    *line += strcspn(field, "\t");
    if (**line == '\t')
        *(*line)++ = '\0';
    return field;
}

static json_t *value_of(enum is is, const char *field)
{
    if (is == IS_TEXT)
        return json_string(field);
    if (is == IS_FLAG)
        return json_boolean(field[0] == '1');
    return field[0] == '\0' ? json_null() : json_integer((json_int_t)strtoull(field, NULL, 10));
}

/* An object takes over what it is given, also where it cannot keep it. */
static void take_fields(json_t *object, const struct key *keys, size_t count, char *line)
{
    for (size_t k = 0; k < count; k++) {
        json_t *value = value_of(keys[k].is, next_field(&line));
        json_object_set_new(object, keys[k].name, value != NULL ? value : json_string("?")); /* no UTF-8 */
    }
}

static void append(json_t *exercise, const char *list, const struct key *keys, size_t count, char *line)
{
    json_t *object = json_object();
    take_fields(object, keys, count, line);
    json_array_append_new(json_object_get(exercise, list), object);
}

/* Ownership: json_decref. */
static json_t *exercise_of(char *text)
{
    json_t *exercise = json_object();
    char *line = text;
    char *rest = text + strcspn(text, "\n");
    if (*rest == '\n')
        *rest++ = '\0';
    next_field(&line);
    take_fields(exercise, exercise_keys, COUNT(exercise_keys), line);
    json_object_set_new(exercise, "notes", json_array());
    json_object_set_new(exercise, "expectations", json_array());
    for (line = rest; *line != '\0'; line = rest) {
        rest = line + strcspn(line, "\n");
        if (*rest == '\n')
            *rest++ = '\0';
        const char *of = next_field(&line);
        if (strcmp(of, "note") == 0)
            append(exercise, "notes", note_keys, COUNT(note_keys), line);
        else if (strcmp(of, "expectation") == 0)
            append(exercise, "expectations", expectation_keys, COUNT(expectation_keys), line);
    }
    return exercise;
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static unsigned count_of(const json_t *object, const char *key)
{
    return (unsigned)json_integer_value(json_object_get(object, key));
}

static const char *time_of(const json_t *object, const char *key, char *buf, size_t size)
{
    return ctl_sim_time_text((uint64_t)json_integer_value(json_object_get(object, key)), buf, size);
}

static bool is_true(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static const char *state_of(const json_t *exercise)
{
    if (is_true(exercise, "passed"))
        return ctl_tr("passed");
    if (is_true(exercise, "over") || count_of(exercise, "missed") > 0)
        return ctl_tr("not passed");
    return ctl_tr("not yet passed");
}

static void say_head(const json_t *exercise)
{
    char now[48];
    char duration[48];
    ctl_say("%s: %s\n", text_of(exercise, "name"), state_of(exercise));
    ctl_say("  time          %s of %s\n", time_of(exercise, "simulated_ms", now, sizeof now),
            time_of(exercise, "duration_ms", duration, sizeof duration));
    ctl_say("  expectations  %u of %u met, %u missed\n", count_of(exercise, "met"),
            count_of(exercise, "expectations_all"), count_of(exercise, "missed"));
    if (count_of(exercise, "points_all") > 0)
        ctl_say("  points        %u of %u, %u lost\n", count_of(exercise, "points"), count_of(exercise, "points_all"),
                count_of(exercise, "points_lost"));
}

static void say_notes(const json_t *notes)
{
    char when[48];
    for (size_t n = 0; n < json_array_size(notes); n++) {
        const json_t *note = json_array_get(notes, n);
        ctl_say("  note at %s: %s\n", time_of(note, "simulated_ms", when, sizeof when), text_of(note, "text"));
    }
}

static const struct mbp_grid_column columns[] = {
    {"RESULT", "verdict", false}, {"AT", "decided", true},   {"POINTS", "points", true},
    {"EXPECTED", "what", false},  {"FOUND", "found", false},
};

static void put_expectation(struct mbp_grid *grid, const json_t *expectation)
{
    char when[48];
    const char *verdict = text_of(expectation, "verdict");
    const bool decided = !json_is_null(json_object_get(expectation, "decided_ms"));
    const enum mbp_paint paint = strcmp(verdict, "met") == 0 ? MBP_PAINT_GOOD
                                 : decided                   ? MBP_PAINT_BAD
                                                             : MBP_PAINT_CARE;
    mbp_grid_cell(grid, paint, "%s", ctl_tr(verdict));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", decided ? time_of(expectation, "decided_ms", when, sizeof when) : "");
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%u", count_of(expectation, "points"));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", text_of(expectation, "what"));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", text_of(expectation, "found"));
}

static enum mbp_status say_expectations(const struct ctl *ctl, const json_t *expectations)
{
    struct mbp_grid *grid = NULL;
    if (json_array_size(expectations) == 0)
        return MBP_OK;
    enum mbp_status status = ctl_grid_new(columns, COUNT(columns), &grid);
    for (size_t e = 0; status == MBP_OK && e < json_array_size(expectations); e++)
        put_expectation(grid, json_array_get(expectations, e));
    if (status == MBP_OK)
        status = mbp_grid_write(grid, MBP_FORMAT_TEXT, ctl->colour, stdout);
    mbp_grid_free(grid);
    return status;
}

CTL_VERB(exercise)
{
    char *text = NULL;
    enum mbp_status status = MBP_OK;
    enum ctl_exit code = read_exercise(ctl, &text);
    if (code != CTL_OK || text == NULL)
        return code;
    json_t *exercise = exercise_of(text);
    if (ctl->options->format == MBP_FORMAT_JSON) {
        status = mbp_json_write(exercise, JSON_INDENT(2), stdout) ? MBP_OK : MBP_ERR_MEMORY;
    } else {
        say_head(exercise);
        say_notes(json_object_get(exercise, "notes"));
        status = say_expectations(ctl, json_object_get(exercise, "expectations"));
    }
    const bool passed = is_true(exercise, "passed");
    json_decref(exercise);
    free(text);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, "exercise");
    return passed ? CTL_OK : CTL_FAILED;
}
