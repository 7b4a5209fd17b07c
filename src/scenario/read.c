/* read: the keys of a scenario file. */
#include <string.h>

#include "defs.h"
#include "scalar.h"
#include "scenario_priv.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define MS              1e6
#define LONGEST         (3650.0 * 86400 * 1e9)
#define NAME_BYTES      96 /* of a point; longer than any that the map has */
#define POINTS_MAX      1000

#define NAME_FIELD(word, offset)                                                                                       \
    {                                                                                                                  \
        .key = (word), .type = MBP_FIELD_TEXT, .at = (offset), .high = NAME_BYTES                                      \
    }
#define TIME_FIELD(word, offset, least)                                                                                \
    {                                                                                                                  \
        .key = (word), .type = MBP_FIELD_DURATION, .at = (offset), .low = (least), .high = LONGEST                     \
    }

/* ---- actions ---------------------------------------------------------------------------------------------------- */

#define INJECT(member) offsetof(struct inject_def, member)
static const struct mbp_field inject_fields[] = {
    [INJECT_SENSOR] =
        {.key = "sensor", .type = MBP_FIELD_TEXT, .required = true, .at = INJECT(sensor), .high = NAME_BYTES},
    [INJECT_VALUE] = {.key = "value",
                      .type = MBP_FIELD_NUMBER,
                      .required = true,
                      .at = INJECT(value),
                      .low = -DBL_MAX,
                      .high = DBL_MAX},
};
static const struct mbp_schema inject_schema = {.noun = "'inject'",
                                                .fields = inject_fields,
                                                .field_count = COUNT_OF(inject_fields),
                                                .size = sizeof(struct inject_def)};

/* A coil's value may be called true or false. */
static enum mbp_reading read_number_or_bool(struct mbp_reader *reader, const struct mbp_node *node,
                                            const struct mbp_field *field, void *at)
{
    (void)reader, (void)field;
    const char *text = mbp_node_text(node);
    bool on;
    if (text != NULL && mbp_scalar_bool(text, &on)) {
        *(double *)at = on ? 1.0 : 0.0;
        return MBP_READING_OK;
    }
    return text != NULL && mbp_scalar_number(text, at) ? MBP_READING_OK : MBP_READING_WRONG;
}

#define WRITE(member) offsetof(struct write_def, member)
static const struct mbp_field write_fields[] = {
    [WRITE_POINT] = {.key = "point", .type = MBP_FIELD_TEXT, .required = true, .at = WRITE(point), .high = NAME_BYTES},
    [WRITE_VALUE] = {.key = "value",
                     .type = MBP_FIELD_CUSTOM,
                     .required = true,
                     .at = WRITE(value),
                     .read = read_number_or_bool,
                     .allowed = "a number, true or false"},
    [WRITE_UNIT] = {.key = "unit", .type = MBP_FIELD_COUNT, .at = WRITE(unit), .low = 1, .high = 255},
};
static const struct mbp_schema write_schema = {
    .noun = "'write'", .fields = write_fields, .field_count = COUNT_OF(write_fields), .size = sizeof(struct write_def)};

#define ASK(member) offsetof(struct ask_def, member)
static const struct mbp_field ask_fields[] = {
    [ASK_NAME] = {.key = "name", .type = MBP_FIELD_TEXT, .required = true, .at = ASK(name), .high = NAME_BYTES},
    [ASK_ASK] = {.key = "ask", .type = MBP_FIELD_CHOICE, .required = true, .at = ASK(ask), .words = &mbp_state_words},
};
static const struct mbp_schema ask_schema = {
    .noun = "'machine'", .fields = ask_fields, .field_count = COUNT_OF(ask_fields), .size = sizeof(struct ask_def)};

/* "NAME on", "NAME off". */
static bool read_switch(struct mbp_reader *reader, const char *text, struct fault_def *fault)
{
    size_t len = strcspn(text, " ");
    const char *word = text + len + strspn(text + len, " ");
    if (len == 0 || (strcmp(word, "on") != 0 && strcmp(word, "off") != 0))
        return false;
    fault->name = mbp_reader_keep(reader, text, len);
    fault->on = strcmp(word, "on") == 0;
    return true;
}

static enum mbp_reading read_fault(struct mbp_reader *reader, const struct mbp_node *node,
                                   const struct mbp_field *field, void *at)
{
    (void)field;
    struct fault_def *fault = at;
    const char *text = mbp_node_text(node);
    if (text != NULL)
        return read_switch(reader, text, fault) ? MBP_READING_OK : MBP_READING_WRONG;
    fault->on = true;
    if (!mbp_read_map(reader, node, &mbp_step_fault_schema, &fault->own))
        return MBP_READING_WRONG;
    return fault->own.def.wrong == 0 ? MBP_READING_OK : MBP_READING_TOLD;
}

/* ---- expectations ----------------------------------------------------------------------------------------------- */

#define VALUE(member) offsetof(struct value_def, member)
static const struct mbp_field value_fields[] = {
    [VALUE_SENSOR] =
        {.key = "sensor", .type = MBP_FIELD_TEXT, .required = true, .at = VALUE(sensor), .high = NAME_BYTES},
    [VALUE_BETWEEN] = {.key = "between",
                       .type = MBP_FIELD_RANGE,
                       .required = true,
                       .at = VALUE(between),
                       .allowed = "two numbers, the lower first: [80, 90]"},
};

static void check_value(struct mbp_reader *reader, void *def)
{
    const struct value_def *value = def;
    if (mbp_def_has(&value->def, VALUE_BETWEEN) && value->between[0] > value->between[1])
        mbp_reader_tell(reader, mbp_def_node(&value->def, "between"),
                        "'between' is reversed: %g is above %g; write the lower end first", value->between[0],
                        value->between[1]);
}

static const struct mbp_schema value_schema = {.noun = "'value'",
                                               .fields = value_fields,
                                               .field_count = COUNT_OF(value_fields),
                                               .size = sizeof(struct value_def),
                                               .check = check_value};
static const struct mbp_schema process_schema = {.noun = "'process'",
                                                 .fields = value_fields,
                                                 .field_count = COUNT_OF(value_fields),
                                                 .size = sizeof(struct value_def),
                                                 .check = check_value};

static void count_given(const struct mbp_def *def, unsigned first, unsigned end, unsigned *given, unsigned *wrong)
{
    *given = 0;
    *wrong = 0;
    for (unsigned i = first; i < end; i++) {
        *given += mbp_def_has(def, i) ? 1u : 0u;
        *wrong += (def->wrong & MBP_BIT(i)) != 0 ? 1u : 0u;
    }
}

/* `within`, `before` and `for` exclude each other. */
static void check_times(struct mbp_reader *reader, const struct mbp_def *def, unsigned first, unsigned count)
{
    unsigned given, wrong;
    count_given(def, first, first + count, &given, &wrong);
    if (given > 1)
        mbp_reader_tell(reader, def->node, "an expectation has one time: 'within', 'before' or 'for'; choose one");
}

/* Exactly one of the first keys says what is expected. */
static bool one_subject(struct mbp_reader *reader, const struct mbp_def *def, const struct mbp_schema *schema,
                        unsigned subjects)
{
    unsigned given, wrong;
    char keys[200] = "";
    count_given(def, 0, subjects, &given, &wrong);
    if (given + wrong == 1)
        return given == 1;
    for (unsigned i = 0; i < subjects; i++) {
        size_t used = strlen(keys);
        snprintf(keys + used, sizeof keys - used, "%s%s", i == 0 ? "" : ", ", schema->fields[i].key);
    }
    if (given > 1 || wrong == 0)
        mbp_reader_tell(reader, def->node, "%s is about one thing, one of %s; it has %s", schema->noun, keys,
                        given + wrong == 0 ? "none" : "several: make a step of each");
    return false;
}

/* A machine goes with the state that it is expected in, or is to be asked for. */
static void check_pair(struct mbp_reader *reader, const struct mbp_def *def, const struct mbp_schema *schema,
                       unsigned machine, unsigned state)
{
    const char *other = schema->fields[state].key;
    if (mbp_def_has(def, state) && ((def->present | def->wrong) & MBP_BIT(machine)) == 0)
        mbp_reader_tell(reader, mbp_def_node(def, other), "'%s' goes with 'machine'", other);
    if (mbp_def_has(def, machine) && ((def->present | def->wrong) & MBP_BIT(state)) == 0)
        mbp_reader_tell(reader, mbp_def_node(def, "machine"),
                        "'machine' goes with '%s': one of en_service, en_panne, maintenance", other);
}

static const struct mbp_schema expect_schema, student_schema;

static void take_time(struct expect_def *expect);

static void check_expect(struct mbp_reader *reader, void *def)
{
    struct expect_def *expect = def;
    take_time(expect);
    check_times(reader, &expect->def, EXPECT_TIMES, 3);
    check_pair(reader, &expect->def, &expect_schema, EXPECT_MACHINE, EXPECT_STATE);
    if (!one_subject(reader, &expect->def, &expect_schema, EXPECT_STATE))
        expect->def.wrong |= MBP_BIT(EXPECT_ALARM);
}

static void check_student(struct mbp_reader *reader, void *def)
{
    struct student_def *student = def;
    const uint64_t times = MBP_BIT(STUDENT_TIMES + TIMES_WITHIN) | MBP_BIT(STUDENT_TIMES + TIMES_BEFORE);
    check_times(reader, &student->def, STUDENT_TIMES, 2);
    check_pair(reader, &student->def, &student_schema, STUDENT_MACHINE, STUDENT_ASK);
    if (((student->def.present | student->def.wrong) & times) == 0)
        mbp_reader_tell(reader, student->def.node,
                        "a student needs time: 'within' (of this step) or 'before' (since "
                        "the scenario's begin), a duration with its unit");
    if (!one_subject(reader, &student->def, &student_schema, STUDENT_ASK))
        student->def.wrong |= MBP_BIT(STUDENT_ACKNOWLEDGE);
}

/* true, or with its time. */
static enum mbp_reading read_reconnected(struct mbp_reader *reader, const struct mbp_node *node,
                                         const struct mbp_field *field, void *at)
{
    (void)reader, (void)field;
    struct reconnected_def *reconnected = at;
    const char *text = mbp_node_text(node);
    bool yes;
    if (text == NULL)
        return MBP_READING_WRONG;
    if (mbp_scalar_bool(text, &yes))
        return yes ? MBP_READING_OK : MBP_READING_WRONG;
    size_t word = strcspn(text, " ");
    reconnected->timed = true;
    reconnected->before = word == strlen("before") && strncmp(text, "before", word) == 0;
    if (!reconnected->before && (word != strlen("within") || strncmp(text, "within", word) != 0))
        return MBP_READING_WRONG;
    bool is_time = mbp_duration_parse(text + word + strspn(text + word, " "), &reconnected->ns) == MBP_OK;
    return is_time && reconnected->ns > 0 ? MBP_READING_OK : MBP_READING_WRONG;
}

/* Its time as if it had a key of its own. */
static void take_time(struct expect_def *expect)
{
    const struct reconnected_def *reconnected = &expect->reconnected;
    if (!mbp_def_has(&expect->def, EXPECT_RECONNECTED) || !reconnected->timed)
        return;
    unsigned key = EXPECT_TIMES + (reconnected->before ? TIMES_BEFORE : TIMES_WITHIN);
    if (!mbp_def_has(&expect->def, key))
        *(reconnected->before ? &expect->when.before_ns : &expect->when.within_ns) = reconnected->ns;
    else
        expect->def.present |= MBP_BIT(EXPECT_TIMES + TIMES_FOR); /* twice: told as any two times are */
    expect->def.present |= MBP_BIT(key);
}

/* Into a bit each. */
static enum mbp_reading read_functions(struct mbp_reader *reader, const struct mbp_node *node,
                                       const struct mbp_field *field, void *at)
{
    (void)reader, (void)field;
    uint8_t *functions = at;
    if (node->kind != MBP_NODE_LIST || node->len == 0)
        return MBP_READING_WRONG;
    for (const struct mbp_node *item = node->first; item != NULL; item = item->next) {
        const char *text = mbp_node_text(item);
        double number;
        if (text == NULL || !mbp_scalar_number(text, &number) || !(number >= 1) || !(number <= 127) ||
            number > (double)(unsigned)number)
            return MBP_READING_WRONG;
        functions[(unsigned)number / 8] |= (uint8_t)(1u << (unsigned)number % 8);
    }
    return MBP_READING_OK;
}

#define EXPECT(member) offsetof(struct expect_def, member)
static const struct mbp_field expect_fields[] = {
    [EXPECT_ALARM] = NAME_FIELD("alarm", EXPECT(alarm)),
    [EXPECT_NO_ALARM] = NAME_FIELD("no_alarm", EXPECT(no_alarm)),
    [EXPECT_MACHINE] = NAME_FIELD("machine", EXPECT(machine)),
    [EXPECT_ACKNOWLEDGED] = NAME_FIELD("acknowledged", EXPECT(acknowledged)),
    [EXPECT_VALUE] = {.key = "value", .type = MBP_FIELD_MAP, .at = EXPECT(value), .schema = &value_schema},
    [EXPECT_PROCESS] = {.key = "process", .type = MBP_FIELD_MAP, .at = EXPECT(process), .schema = &process_schema},
    [EXPECT_POLLED] = NAME_FIELD("polled", EXPECT(polled)),
    [EXPECT_RECONNECTED] = {.key = "reconnected",
                            .type = MBP_FIELD_CUSTOM,
                            .at = EXPECT(reconnected),
                            .read = read_reconnected,
                            .allowed =
                                "within 10s (of this step), before 1min (since the scenario's begin), or true with "
                                "a key 'within' or 'before'"},
    [EXPECT_NEVER_WROTE] = NAME_FIELD("never_wrote", EXPECT(never_wrote)),
    [EXPECT_FUNCTIONS] = {.key = "functions",
                          .type = MBP_FIELD_CUSTOM,
                          .at = EXPECT(functions),
                          .read = read_functions,
                          .allowed = "a list of function codes from 1 to 127: [1, 3, 4]"},
    [EXPECT_UNIT] = {.key = "unit", .type = MBP_FIELD_COUNT, .at = EXPECT(unit), .low = 0, .high = 255},
    [EXPECT_CLIENT] = NAME_FIELD("client", EXPECT(client)),
    [EXPECT_EVERY] = TIME_FIELD("every", EXPECT(every_ns), MS),
    [EXPECT_STATE] = {.key = "state", .type = MBP_FIELD_CHOICE, .at = EXPECT(state), .words = &mbp_state_words},
    [EXPECT_TIMES + TIMES_WITHIN] = TIME_FIELD("within", EXPECT(when.within_ns), MS),
    [EXPECT_TIMES + TIMES_BEFORE] = TIME_FIELD("before", EXPECT(when.before_ns), MS),
    [EXPECT_TIMES + TIMES_FOR] = TIME_FIELD("for", EXPECT(when.for_ns), MS),
    {.key = "points", .type = MBP_FIELD_COUNT, .at = EXPECT(when.points), .low = 0, .high = POINTS_MAX},
};
static const struct mbp_schema expect_schema = {.noun = "'expect'",
                                                .fields = expect_fields,
                                                .field_count = COUNT_OF(expect_fields),
                                                .size = sizeof(struct expect_def),
                                                .check = check_expect};

#define STUDENT(member) offsetof(struct student_def, member)
static const struct mbp_field student_fields[] = {
    [STUDENT_ACKNOWLEDGE] = NAME_FIELD("acknowledge", STUDENT(acknowledge)),
    [STUDENT_MACHINE] = NAME_FIELD("machine", STUDENT(machine)),
    [STUDENT_WRITE] = {.key = "write", .type = MBP_FIELD_MAP, .at = STUDENT(write), .schema = &write_schema},
    [STUDENT_ASK] = {.key = "ask", .type = MBP_FIELD_CHOICE, .at = STUDENT(ask), .words = &mbp_state_words},
    [STUDENT_TIMES + TIMES_WITHIN] = TIME_FIELD("within", STUDENT(when.within_ns), MS),
    [STUDENT_TIMES + TIMES_BEFORE] = TIME_FIELD("before", STUDENT(when.before_ns), MS),
    {.key = "model", .type = MBP_FIELD_DURATION, .at = STUDENT(model_ns), .low = 0, .high = LONGEST},
    {.key = "points", .type = MBP_FIELD_COUNT, .at = STUDENT(when.points), .low = 0, .high = POINTS_MAX},
    {.key = "first", .type = MBP_FIELD_BOOL, .at = STUDENT(first)},
    {.key = "in_order", .type = MBP_FIELD_BOOL, .at = STUDENT(in_order)},
};
static const struct mbp_schema student_schema = {.noun = "'student'",
                                                 .fields = student_fields,
                                                 .field_count = COUNT_OF(student_fields),
                                                 .size = sizeof(struct student_def),
                                                 .check = check_student};

/* ---- a step ----------------------------------------------------------------------------------------------------- */

#define STEP(member) offsetof(struct step_def, member)
static const struct mbp_field step_fields[] = {
    [STEP_AT] = TIME_FIELD("at", STEP(at_ns), 0),
    [STEP_AFTER] = TIME_FIELD("after", STEP(after_ns), 0),
    [STEP_ACT + ACT_INJECT] = {.key = "inject", .type = MBP_FIELD_MAP, .at = STEP(inject), .schema = &inject_schema},
    [STEP_ACT + ACT_RELEASE] = NAME_FIELD("release", STEP(release)),
    [STEP_ACT + ACT_FAULT] = {.key = "fault",
                              .type = MBP_FIELD_CUSTOM,
                              .at = STEP(fault),
                              .read = read_fault,
                              .allowed = "NAME on, NAME off, or a group of keys: name, kind, sensor, actuator, amount, "
                                         "value, over, every, after, shows, for"},
    [STEP_ACT + ACT_WRITE] = {.key = "write", .type = MBP_FIELD_MAP, .at = STEP(write), .schema = &write_schema},
    [STEP_ACT + ACT_MACHINE] = {.key = "machine", .type = MBP_FIELD_MAP, .at = STEP(machine), .schema = &ask_schema},
    [STEP_ACT + ACT_ACKNOWLEDGE] = NAME_FIELD("acknowledge", STEP(acknowledge)),
    [STEP_ACT + ACT_NOTE] = {.key = "note", .type = MBP_FIELD_TEXT, .at = STEP(note), .high = 1000},
    [STEP_ACT + ACT_EXPECT] = {.key = "expect", .type = MBP_FIELD_MAP, .at = STEP(expect), .schema = &expect_schema},
    [STEP_ACT +
        ACT_STUDENT] = {.key = "student", .type = MBP_FIELD_MAP, .at = STEP(student), .schema = &student_schema},
    [STEP_WHEN] = {.key = "when",
                   .help = "what it waits for, from its time on",
                   .type = MBP_FIELD_CUSTOM,
                   .at = STEP(when),
                   .read = mbp_read_formula,
                   .allowed = "a condition: \"LT1 > 80 AND NOT P1\""},
};

static const struct mbp_schema step_schema;

enum act step_act(const struct step_def *step)
{
    enum act found = ACT_COUNT;
    for (unsigned act = 0; act < ACT_COUNT; act++) {
        if (!mbp_def_has(&step->def, STEP_ACT + act))
            continue;
        if (found != ACT_COUNT)
            return ACT_COUNT;
        found = (enum act)act;
    }
    return found;
}

static void check_step(struct mbp_reader *reader, void *def)
{
    const struct step_def *step = def;
    unsigned given, wrong;
    char keys[160] = "";
    count_given(&step->def, STEP_ACT, STEP_ACT + ACT_COUNT, &given, &wrong);
    if (mbp_def_has(&step->def, STEP_AT) && mbp_def_has(&step->def, STEP_AFTER))
        mbp_reader_tell(reader, mbp_def_node(&step->def, "after"),
                        "a step has one time: 'at' (since the scenario's begin) or 'after' (the step before); choose "
                        "one");
    if (given + wrong == 1)
        return;
    for (unsigned i = STEP_ACT; i < STEP_ACT + ACT_COUNT; i++) {
        size_t used = strlen(keys);
        snprintf(keys + used, sizeof keys - used, "%s%s", i == STEP_ACT ? "" : ", ", step_fields[i].key);
    }
    mbp_reader_tell(reader, step->def.node, "a step does one thing, one of %s; this one does %s", keys,
                    given + wrong == 0 ? "none" : "several: make a step of each");
}

static const struct mbp_schema step_schema = {.noun = "a step",
                                              .fields = step_fields,
                                              .field_count = COUNT_OF(step_fields),
                                              .size = sizeof(struct step_def),
                                              .check = check_step};

/* ---- the file --------------------------------------------------------------------------------------------------- */

static enum mbp_reading read_version(struct mbp_reader *reader, const struct mbp_node *node,
                                     const struct mbp_field *field, void *at)
{
    (void)reader, (void)field, (void)at;
    const char *text = mbp_node_text(node);
    return text != NULL && strcmp(text, "1") == 0 ? MBP_READING_OK : MBP_READING_WRONG;
}

static const char *const forcings[] = {[FORCING_ALLOWED] = "allowed", [FORCING_REFUSED] = "refused"};
static const struct mbp_words forcing_words = {.what = "forcing", .names = forcings, .count = COUNT_OF(forcings)};

#define SCENARIO(member) offsetof(struct scenario_def, member)
static const struct mbp_field scenario_fields[] = {
    [SCENARIO_VERSION] = {.key = "mbplant_scenario",
                          .type = MBP_FIELD_CUSTOM,
                          .required = true,
                          .read = read_version,
                          .allowed = "1, the version of the format that this mbplant reads"},
    [SCENARIO_NAME] = {.key = "name", .type = MBP_FIELD_TEXT, .required = true, .at = SCENARIO(name), .high = 80},
    [SCENARIO_PLANT] = {.key = "plant", .type = MBP_FIELD_TEXT, .at = SCENARIO(plant), .high = 1000},
    [SCENARIO_DURATION] = {.key = "duration",
                           .type = MBP_FIELD_DURATION,
                           .required = true,
                           .at = SCENARIO(duration_ns),
                           .low = MS,
                           .high = LONGEST},
    [SCENARIO_SEED] = {.key = "seed", .type = MBP_FIELD_SEED, .at = SCENARIO(seed)},
    [SCENARIO_FORCING] = {.key = "forcing", .type = MBP_FIELD_CHOICE, .at = SCENARIO(forcing), .words = &forcing_words},
    [SCENARIO_TIMELINE] = {.key = "timeline",
                           .type = MBP_FIELD_LIST,
                           .required = true,
                           .at = SCENARIO(timeline),
                           .schema = &step_schema,
                           .high = MBP_SCENARIO_STEPS_MAX},
};
const struct mbp_schema scenario_schema = {.noun = "a scenario",
                                           .fields = scenario_fields,
                                           .field_count = COUNT_OF(scenario_fields),
                                           .size = sizeof(struct scenario_def)};
