/* formula: the expressions of the file, compiled once every name of the plant is known. */
#include "formula.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/base/tr.h"
#include "pattern.h"

/* ---- compiling -------------------------------------------------------------------------------------------------- */

struct work {
    struct mbp_load *load;
    struct mbp_formula *formulas;
    uint32_t count;
    struct mbp_input *inputs; /* of all signals with a formula, so far */
    size_t input_count, input_room;
    struct mbp_scope scope;
    char text[MBP_EXPR_TEXT_MAX + 2]; /* with its placeholders filled in */
};

/* The text without placeholders; of one that is too long the compiler shall tell. */
static const char *fill(struct work *work, const struct mbp_formula_def *def, const struct mbp_counters *counters)
{
    if (strchr(def->text, '{') == NULL)
        return def->text;
    size_t len = mbp_pattern_fill(def->text, counters, work->text, sizeof work->text);
    return len == SIZE_MAX ? def->text : mbp_reader_keep(&work->load->reader, work->text, len);
}

static struct mbp_formula *new_formula(struct work *work, const struct mbp_formula_def *def, enum mbp_formula_use use,
                                       uint32_t owner, const struct mbp_counters *counters)
{
    struct mbp_formula *formula = &work->formulas[work->count++];
    *formula = (struct mbp_formula){.text = fill(work, def, counters),
                                    .line = def->node->line,
                                    .column = def->node->column + (def->node->plain ? 0 : 1),
                                    .owner = owner,
                                    .use = (uint8_t)use};
    work->load->plant->formula_count = work->count;
    return formula;
}

/* Behind a formula's cells begin the next one's. */
static void count_cells(struct work *work, struct mbp_formula *formula)
{
    formula->first_cell = work->load->plant->cell_count;
    work->load->plant->cell_count += (uint32_t)mbp_expr_cells(formula->code);
}

/* The inputs that a signal's formula reads, which its sensor has from now on. */
static bool add_inputs(struct work *work, struct mbp_sensor *sensor)
{
    size_t needed = work->input_count + work->scope.input_count;
    if (needed > work->input_room) {
        size_t room = 2 * needed;
        struct mbp_input *larger = realloc(work->inputs, room * sizeof *larger);
        if (larger == NULL) {
            work->load->reader.out_of_memory = true;
            return false;
        }
        work->inputs = larger;
        work->input_room = room;
    }
    sensor->first_input = (uint32_t)(work->load->plant->input_count + work->input_count);
    sensor->input_count = work->scope.input_count;
    for (uint32_t i = 0; i < work->scope.input_count; i++)
        work->inputs[work->input_count++] =
            (struct mbp_input){.from = work->scope.inputs[i], .times = MBP_TIMES_NONE, .gain = 1};
    return true;
}

static void compile_signal(struct work *work, uint32_t s)
{
    struct mbp_load *load = work->load;
    const struct mbp_sensor_origin *origin = &load->origins[s];
    struct mbp_sensor *sensor = &load->sensors[s];
    const struct mbp_formula_def *def = &origin->def->signal->expr;
    struct mbp_formula *formula = new_formula(work, def, MBP_FORMULA_SIGNAL, s, &origin->counters);
    struct mbp_expr_error error;
    work->scope.is_signal = true;
    work->scope.unit = sensor->unit;
    work->scope.input_count = 0;
    const struct mbp_expr_scope names = mbp_scope_names(&work->scope);
    const struct mbp_expr_source source = {formula->text, strlen(formula->text), mbp_name_hash(sensor->name)};
    enum mbp_status status = mbp_expr_compile(&source, sensor->reg.type == MBP_BOOL ? MBP_EXPR_BOOL : MBP_EXPR_LREAL,
                                              &names, &formula->code, &error);
    if (status == MBP_ERR_MEMORY)
        load->reader.out_of_memory = true;
    else if (status != MBP_OK)
        mbp_tell_formula(&work->load->reader, def, &error);
    else if (add_inputs(work, sensor)) {
        count_cells(work, formula);
        sensor->formula = work->count;
    }
}

/* An actuator has one master. */
static bool take_actuator(struct work *work, const struct mbp_formula_def *def, uint32_t a)
{
    struct mbp_load *load = work->load;
    const struct mbp_plant *plant = load->plant;
    for (uint32_t c = 0; c < plant->controller_count; c++) {
        if (plant->controllers[c].output == a) {
            mbp_reader_tell(&load->reader, def->node, "%s is moved by the controller %s; logic cannot set it too",
                            plant->actuators[a].name, plant->controllers[c].name);
            return false;
        }
    }
    if (plant->actuators[a].watchdog != 0) {
        mbp_reader_tell(&load->reader, def->node,
                        "%s has a 'watchdog' for masters, and logic sets it, which no master then writes; remove one",
                        plant->actuators[a].name);
        return false;
    }
    load->actuators[a].logic = work->count;
    return true;
}

static void compile_logic(struct work *work, uint32_t u, const struct mbp_formula_def *def, uint32_t number)
{
    struct mbp_load *load = work->load;
    const struct mbp_counters counters = {0, 0, number};
    struct mbp_formula *formula = new_formula(work, def, MBP_FORMULA_LOGIC, u, &counters);
    const struct mbp_formula *first = &work->formulas[load->units[u].first_logic];
    struct mbp_expr_name target;
    struct mbp_expr_error error;
    char place[48];
    work->scope.is_signal = false;
    work->scope.unit = u;
    const struct mbp_expr_scope names = mbp_scope_names(&work->scope);
    snprintf(place, sizeof place, "logic %u %u", load->units[u].id, (unsigned)(formula - first));
    const struct mbp_expr_source source = {formula->text, strlen(formula->text), mbp_name_hash(place)};
    enum mbp_status status = mbp_expr_compile_assignment(&source, &names, &formula->code, &target, &error);
    if (status == MBP_ERR_MEMORY)
        load->reader.out_of_memory = true;
    else if (status != MBP_OK)
        mbp_tell_formula(&work->load->reader, def, &error);
    if (status != MBP_OK)
        return;
    count_cells(work, formula);
    formula->target = target.slot;
    enum mbp_slot_kind kind = mbp_slot_kind(target.slot);
    bool moves = kind == MBP_SLOT_COMMAND || kind == MBP_SLOT_COMMAND_ON;
    if (moves && !take_actuator(work, def, mbp_slot_index(target.slot)))
        return;
    for (const struct mbp_formula *before = first; before < formula; before++)
        formula->nth += before->code != NULL && before->target == target.slot ? 1 : 0;
}

/* ---- points ------------------------------------------------------------------------------------------------------ */

static bool is_number(enum mbp_expr_type type)
{
    return type != MBP_EXPR_TIME && type != MBP_EXPR_TOD && type != MBP_EXPR_DT;
}

/* place: of its random numbers. */
static bool compile_of_point(struct work *work, struct mbp_formula *formula, const struct mbp_formula_def *def,
                             enum mbp_expr_type want, const char *place)
{
    struct mbp_expr_error error;
    work->scope.is_signal = false;
    const struct mbp_expr_scope names = mbp_scope_names(&work->scope);
    const struct mbp_expr_source source = {formula->text, strlen(formula->text), mbp_name_hash(place)};
    enum mbp_status status = mbp_expr_compile(&source, want, &names, &formula->code, &error);
    if (status == MBP_ERR_MEMORY)
        work->load->reader.out_of_memory = true;
    else if (status != MBP_OK)
        mbp_tell_formula(&work->load->reader, def, &error);
    return status == MBP_OK;
}

static void compile_expr(struct work *work, const struct mbp_point_origin *origin)
{
    struct mbp_load *load = work->load;
    const struct mbp_formula_def *def = &origin->def->expr;
    struct mbp_stored *stored = &load->stored[origin->stored];
    struct mbp_formula *formula = new_formula(work, def, MBP_FORMULA_POINT, origin->stored, &origin->counters);
    work->scope.unit = stored->unit;
    if (!compile_of_point(work, formula, def, MBP_EXPR_ANY, stored->name))
        return;
    enum mbp_expr_type type = mbp_expr_type_of(formula->code);
    if (!is_number(type))
        mbp_reader_tell(&load->reader, def->node, "it gives a %s; a point takes a number or a BOOL",
                        mbp_expr_type_name(type));
    count_cells(work, formula);
    stored->formula = work->count;
}

static void compile_accept(struct work *work, const struct mbp_point_origin *origin, uint32_t p, uint32_t unit)
{
    struct mbp_load *load = work->load;
    const struct mbp_formula_def *def = &origin->def->accept;
    char place[96];
    struct mbp_formula *formula = new_formula(work, def, MBP_FORMULA_ACCEPT, unit, &origin->counters);
    snprintf(place, sizeof place, "accept %u %u", load->points[p].table, load->points[p].reg.addr);
    work->scope.unit = unit;
    if (!compile_of_point(work, formula, def, MBP_EXPR_BOOL, place))
        return;
    if (mbp_expr_cells(formula->code) > 0)
        mbp_reader_tell(&load->reader, def->node,
                        "'accept' is asked when a request comes, between scans: a function that remembers has no place "
                        "in it");
    else if (!load->points[p].writable)
        mbp_reader_tell(&load->reader, def->node, "no master writes this point; remove 'accept'");
    formula->first_cell = work->load->plant->cell_count;
    load->points[p].accept = work->count;
}

static void compile_points(struct work *work)
{
    struct mbp_load *load = work->load;
    struct mbp_plant *plant = load->plant;
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        const struct mbp_unit *unit = &load->units[u];
        for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++) {
            const struct mbp_point_origin *origin = &load->point_origins[p];
            if (mbp_errors_hopeless(load->reader.errors))
                return;
            if (origin->stored != UINT32_MAX && load->stored[origin->stored].computed)
                compile_expr(work, origin);
            if (mbp_def_has(&origin->def->def, MBP_POINT_ACCEPT))
                compile_accept(work, origin, p, u);
        }
    }
}

/* ---- alarms of no sensor ----------------------------------------------------------------------------------------- */

/* Whether what a short form names is a thing that can be so. Its text is nobody's, so no error may point into it. */
static bool check_short_form(struct work *work, const struct mbp_sensor_origin *origin)
{
    struct mbp_load *load = work->load;
    const struct mbp_plant_memory *memory = load->plant->memory;
    const struct {
        const char *name, *key, *noun;
        enum mbp_item_kind kind;
    } of[] = {{origin->def->brief.deviation, "deviation", "a controller", MBP_ITEM_CONTROLLER},
              {origin->def->brief.frozen, "frozen", "a sensor", MBP_ITEM_SENSOR},
              {origin->def->brief.mismatch, "mismatch", "an actuator", MBP_ITEM_ACTUATOR}};
    for (size_t i = 0; i < MBP_COUNT_OF(of); i++) {
        if (of[i].name == NULL)
            continue;
        const struct mbp_formula_def name = {.text = of[i].name};
        const char *filled = fill(work, &name, &origin->counters);
        uint32_t item = mbp_index_find(&memory->index, load->plant, filled);
        uint32_t found = mbp_index_as(load->plant, item, of[i].kind);
        bool shows_none = found != UINT32_MAX && of[i].kind == MBP_ITEM_SENSOR &&
                          (load->sensors[found].reg.type == MBP_BOOL || load->sensors[found].reg.type == MBP_STRING);
        const struct mbp_node *node = mbp_def_node(&origin->def->def, of[i].key);
        if (item == UINT32_MAX)
            mbp_reader_tell(&load->reader, node, "there is no %s '%s' in the plant",
                            mbp_tr(strchr(of[i].noun, ' ') + 1), filled);
        else if (found == UINT32_MAX)
            mbp_reader_tell(&load->reader, node, "'%s' is of %s, and %s is none", of[i].key, mbp_tr(of[i].noun),
                            filled);
        else if (shows_none)
            mbp_reader_tell(&load->reader, node, "%s shows no number, so it may well rest", filled);
        return found != UINT32_MAX && !shows_none;
    }
    return true;
}

static void compile_alarm(struct work *work, uint32_t s)
{
    struct mbp_load *load = work->load;
    const struct mbp_sensor_origin *origin = &load->origins[s];
    const struct mbp_formula_def *def = &origin->def->when;
    if (!check_short_form(work, origin))
        return;
    struct mbp_formula *formula = new_formula(work, def, MBP_FORMULA_ALARM, s, &origin->counters);
    work->scope.unit = load->sensors[s].unit;
    if (!compile_of_point(work, formula, def, MBP_EXPR_BOOL, load->sensors[s].name))
        return;
    count_cells(work, formula);
    load->sensors[s].when = work->count;
}

/* ---- maintenance that is due by a condition ---------------------------------------------------------------------- */

static void compile_upkeep(struct work *work, uint32_t m)
{
    struct mbp_load *load = work->load;
    const struct mbp_machine_origin *origin = &load->machine_origins[m];
    const struct mbp_formula_def *def = &origin->def->maintenance.when;
    struct mbp_formula *formula = new_formula(work, def, MBP_FORMULA_UPKEEP, m, &origin->counters);
    char place[MBP_NAME_MAX + 16];
    snprintf(place, sizeof place, "maintenance %s", load->machines[m].name);
    work->scope.unit = load->machines[m].unit;
    if (!compile_of_point(work, formula, def, MBP_EXPR_BOOL, place))
        return;
    count_cells(work, formula);
    load->machines[m].maintenance_when = work->count;
}

/* ---- suppression by design -------------------------------------------------------------------------------------- */

/* Those of one sensor: one for its alarms that say nothing else, one for each that says its own. */
static void compile_suppression(struct work *work, uint32_t s)
{
    struct mbp_load *load = work->load;
    const struct mbp_sensor_origin *origin = &load->origins[s];
    bool done = false; /* the sensor's own */
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        uint32_t nth;
        char place[MBP_NAME_MAX + 32];
        const struct mbp_formula_def *def = &mbp_suppression_of(origin->def, a, &nth)->when;
        if (def->text == NULL || (nth == 0 && done))
            continue;
        done = done || nth == 0;
        struct mbp_formula *formula = new_formula(work, def, MBP_FORMULA_SUPPRESS, s, &origin->counters);
        formula->nth = nth;
        snprintf(place, sizeof place, "suppress %s %u", load->sensors[s].name, (unsigned)nth);
        work->scope.unit = load->sensors[s].unit;
        if (compile_of_point(work, formula, def, MBP_EXPR_BOOL, place))
            count_cells(work, formula);
    }
}

/* At most so many. */
static uint32_t count_suppressions(const struct mbp_sensor_def *def)
{
    uint32_t nth;
    uint32_t count = def->suppress.when.text != NULL ? 1 : 0;
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++)
        count += mbp_suppression_of(def, a, &nth)->when.text != NULL && nth != 0 ? 1 : 0;
    return count;
}

/* ---- all -------------------------------------------------------------------------------------------------------- */

static bool has_formula(const struct mbp_load *load, uint32_t s)
{
    const struct mbp_signal_def *signal = load->origins[s].def->signal;
    return signal != NULL && mbp_def_has(&signal->def, MBP_SIGNAL_EXPR) && load->sensors[s].reg.type != MBP_STRING;
}

static uint32_t count_formulas(const struct mbp_load *load)
{
    uint32_t count = 0;
    for (uint32_t s = 0; s < load->plant->sensor_count; s++)
        count += has_formula(load, s) ? 1 : 0;
    for (uint32_t s = 0; s < load->plant->sensor_count; s++)
        count += (load->origins[s].def->when.text != NULL ? 1 : 0) + count_suppressions(load->origins[s].def);
    for (uint32_t m = 0; m < load->plant->machine_count; m++)
        count += load->machine_origins[m].def->maintenance.when.text != NULL ? 1 : 0;
    for (uint32_t u = 0; u < load->plant->unit_count; u++)
        count += load->unit_defs[u]->logic.count;
    for (uint32_t p = 0; p < load->plant->point_count; p++) {
        const struct mbp_point_origin *origin = &load->point_origins[p];
        count += origin->stored != UINT32_MAX && load->stored[origin->stored].computed ? 1 : 0;
        count += mbp_def_has(&origin->def->def, MBP_POINT_ACCEPT) ? 1 : 0;
    }
    return count;
}

/* The plant's inputs, and those of formulas behind them. */
static void join_inputs(struct work *work)
{
    struct mbp_load *load = work->load;
    struct mbp_plant *plant = load->plant;
    if (work->input_count == 0)
        return;
    struct mbp_input *all =
        mbp_reader_array(&load->reader, load->reader.keep, plant->input_count + work->input_count, sizeof *all);
    if (all == NULL)
        return;
    if (plant->input_count > 0)
        memcpy(all, load->inputs, plant->input_count * sizeof *all);
    memcpy(all + plant->input_count, work->inputs, work->input_count * sizeof *all);
    load->inputs = all;
    plant->inputs = all;
    plant->input_count += (uint32_t)work->input_count;
}

static void compile_all(struct work *work)
{
    struct mbp_load *load = work->load;
    struct mbp_plant *plant = load->plant;
    const struct mbp_unit_def *before = NULL;
    uint32_t number = 0;
    for (uint32_t s = 0; s < plant->sensor_count && !mbp_errors_hopeless(load->reader.errors); s++)
        if (has_formula(load, s))
            compile_signal(work, s);
    for (uint32_t u = 0; u < plant->unit_count && !mbp_errors_hopeless(load->reader.errors); u++) {
        const struct mbp_unit_def *def = load->unit_defs[u];
        assert(def != NULL);
        number = def == before ? number + 1 : 1;
        before = def;
        load->units[u].first_logic = work->count;
        for (uint32_t i = 0; i < def->logic.count; i++)
            compile_logic(work, u, (const struct mbp_formula_def *)def->logic.items + i, number);
        load->units[u].logic_count = work->count - load->units[u].first_logic;
    }
    compile_points(work);
    for (uint32_t s = 0; s < plant->sensor_count && !mbp_errors_hopeless(load->reader.errors); s++)
        if (load->origins[s].def->when.text != NULL)
            compile_alarm(work, s);
    for (uint32_t m = 0; m < plant->machine_count && !mbp_errors_hopeless(load->reader.errors); m++)
        if (load->machine_origins[m].def->maintenance.when.text != NULL)
            compile_upkeep(work, m);
    plant->first_suppress = work->count;
    for (uint32_t s = 0; s < plant->sensor_count && !mbp_errors_hopeless(load->reader.errors); s++)
        compile_suppression(work, s);
    plant->suppress_count = work->count - plant->first_suppress;
    join_inputs(work);
}

static bool take_curves(struct mbp_load *load)
{
    const struct mbp_def_list *list = &load->def.curves;
    const struct mbp_curve_def *defs = list->items;
    struct mbp_expr_curve *curves = mbp_reader_array(&load->reader, load->reader.keep, list->count, sizeof *curves);
    const char **names = mbp_reader_array(&load->reader, load->reader.keep, list->count, sizeof(const char *));
    if (curves == NULL || names == NULL)
        return false;
    for (uint32_t i = 0; i < list->count; i++) {
        curves[i] = defs[i].points;
        names[i] = defs[i].name;
    }
    load->plant->curves = curves;
    load->plant->curve_names = names;
    load->plant->curve_count = list->count;
    return true;
}

enum mbp_status mbp_compile_formulas(struct mbp_load *load)
{
    struct mbp_plant_memory *memory = load->plant->memory;
    memory->scope.plant = load->plant;
    memory->scope.unit = UINT32_MAX;
    if (!take_curves(load))
        return MBP_ERR_MEMORY;
    uint32_t count = count_formulas(load);
    if (count == 0 || load->reader.nameless) /* names that are missing would be told as unknown */
        return MBP_OK;
    struct work *work = calloc(1, sizeof *work);
    if (work == NULL)
        return MBP_ERR_MEMORY;
    work->load = load;
    work->scope.plant = load->plant;
    work->scope.inputs =
        mbp_reader_array(&load->reader, load->reader.scratch, MBP_EXPR_NODES_MAX, sizeof *work->scope.inputs);
    work->formulas = mbp_reader_array(&load->reader, load->reader.keep, count, sizeof *work->formulas);
    load->plant->formulas = work->formulas;
    if (!load->reader.out_of_memory)
        compile_all(work);
    if (!load->reader.out_of_memory && load->reader.errors->count == 0)
        mbp_check_loops(load);
    if (!load->reader.out_of_memory && load->reader.errors->count == 0)
        mbp_check_condition_loops(load);
    if (!load->reader.out_of_memory && load->reader.errors->count == 0)
        mbp_order_computed(load);
    free(work->inputs);
    free(work);
    return load->reader.out_of_memory ? MBP_ERR_MEMORY : MBP_OK;
}

void mbp_free_formulas(struct mbp_plant *plant)
{
    for (uint32_t f = 0; f < plant->formula_count; f++)
        mbp_expr_free(plant->formulas[f].code);
}
