/* Settings, out and in. */
#include "retained/setting.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "mbplant/base/bits.h"
#include "mbplant/point.h"
#include "mbplant/state/forced.h"
#include "mbplant/words.h"

const char mbp_setting_create_sql[] =
    "CREATE TABLE retained_setting(unit INTEGER, name TEXT, value ANY, file_value ANY, position INTEGER NOT NULL, "
    "PRIMARY KEY(unit, name)) STRICT, WITHOUT ROWID";
const char mbp_setting_put_sql[] =
    "INSERT OR REPLACE INTO retained_setting(unit, name, value, file_value, position) VALUES(?, ?, ?, ?, ?)";
static const char get_sql[] =
    "SELECT value, file_value FROM retained_setting WHERE unit = ?1 AND name = ?2 AND position > ?3";

/* ---- which is which --------------------------------------------------------------------------------------------- */

static size_t first_stored(const struct mbp_plant *plant)
{
    return plant->actuator_count + (size_t)MBP_SETTINGS_RETAINED * plant->controller_count;
}

/* The last is the seed of what is random. */
static size_t place_of_seed(const struct mbp_plant *plant)
{
    return first_stored(plant) + plant->stored_count;
}

static bool is_seed(const struct mbp_plant *plant, uint32_t index)
{
    return index == place_of_seed(plant);
}

size_t mbp_setting_count(const struct mbp_plant *plant)
{
    return place_of_seed(plant) + 1;
}

static const struct mbp_stored *stored_of(const struct mbp_plant *plant, uint32_t index)
{
    bool is = index >= first_stored(plant) && !is_seed(plant, index);
    return is ? &plant->stored[index - first_stored(plant)] : NULL;
}

static uint32_t controller_of(const struct mbp_plant *plant, uint32_t index)
{
    return (index - plant->actuator_count) / MBP_SETTINGS_RETAINED;
}

static unsigned part_of(const struct mbp_plant *plant, uint32_t index)
{
    return (index - plant->actuator_count) % MBP_SETTINGS_RETAINED;
}

uint64_t mbp_setting_now(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t index)
{
    if (is_seed(plant, index))
        return state->seed;
    if (stored_of(plant, index) != NULL)
        return mbp_stored_kept(state, (uint32_t)(index - first_stored(plant)));
    if (index < plant->actuator_count)
        return mbp_bits_of_double(state->command[index]);
    const struct mbp_controller_state *controller = &state->controller[controller_of(plant, index)];
    unsigned part = part_of(plant, index);
    return mbp_bits_of_double(part == MBP_SETTING_COUNT ? (double)controller->automatic : controller->setting[part]);
}

uint64_t mbp_setting_in_file(const struct mbp_plant *plant, uint32_t index)
{
    if (is_seed(plant, index))
        return plant->seed;
    if (stored_of(plant, index) != NULL)
        return stored_of(plant, index)->initial;
    if (index < plant->actuator_count)
        return mbp_bits_of_double(plant->actuators[index].initial);
    const struct mbp_controller *controller = &plant->controllers[controller_of(plant, index)];
    unsigned part = part_of(plant, index);
    return mbp_bits_of_double(part == MBP_SETTING_COUNT ? (double)controller->automatic : controller->setting[part]);
}

/* The key is the point's name in the map; these words are stored, so they do not change with it. */
static const char *const words[] = {"setpoint",   "gain",        "integral", "derivative",
                                    "output_low", "output_high", "manual",   "automatic"};
static_assert(sizeof words / sizeof words[0] == MBP_SETTINGS_RETAINED, "a word for each");

static const char seed_name[] = "#seed"; /* of unit 0; nothing else can have it */

static void bind_key(sqlite3_stmt *stmt, const struct mbp_plant *plant, uint32_t index)
{
    char name[MBP_NAME_MAX + 16];
    uint32_t unit;
    const struct mbp_stored *stored = stored_of(plant, index);
    if (is_seed(plant, index)) {
        sqlite3_bind_int(stmt, 1, 0);
        sqlite3_bind_text(stmt, 2, seed_name, -1, SQLITE_STATIC);
        return;
    }
    if (stored != NULL) {
        unit = stored->unit;
        snprintf(name, sizeof name, "%s", stored->name);
    } else if (index < plant->actuator_count) {
        unit = plant->actuators[index].unit;
        snprintf(name, sizeof name, "%s", plant->actuators[index].name);
    } else {
        const struct mbp_controller *controller = &plant->controllers[controller_of(plant, index)];
        unit = controller->unit;
        snprintf(name, sizeof name, "%s.%s", controller->name, words[part_of(plant, index)]);
    }
    sqlite3_bind_int(stmt, 1, plant->units[unit].id);
    sqlite3_bind_text(stmt, 2, name, -1, SQLITE_TRANSIENT);
}

/* ---- bits ---------------------------------------------------------------------------------------------------------
 */

/* Bits mean something in their type alone: a point may have another one tomorrow, or be a parameter. So they are stored
 * as a text, the type first: "int16 1 0 0000000000000011". */
#define TEXT_SIZE 128

static const char *text_of(const struct mbp_stored *stored, uint64_t bits, char text[TEXT_SIZE])
{
    if (stored != NULL)
        snprintf(text, TEXT_SIZE, "%s %.17g %.17g %016llx", mbp_type_name((enum mbp_type)stored->reg.type),
                 stored->reg.scale, stored->reg.offset, (unsigned long long)bits);
    else
        snprintf(text, TEXT_SIZE, "seed %016llx", (unsigned long long)bits);
    return text;
}

/* False: it is of another type, or none of ours. */
static bool bits_in(sqlite3_stmt *row, int column, const struct mbp_stored *stored, uint64_t *bits)
{
    char expected[TEXT_SIZE];
    const char *text = (const char *)sqlite3_column_text(row, column);
    size_t len = strlen(text_of(stored, 0, expected));
    size_t digits = 2 * sizeof *bits;
    if (text == NULL || strlen(text) != len || strncmp(text, expected, len - digits) != 0)
        return false;
    char *end;
    *bits = strtoull(text + len - digits, &end, 16);
    return *end == '\0';
}

/* ---- out and in ------------------------------------------------------------------------------------------------- */

void mbp_setting_bind(sqlite3_stmt *stmt, const struct mbp_plant *plant, const struct mbp_retained_setting *record,
                      uint64_t position)
{
    bind_key(stmt, plant, record->index);
    sqlite3_bind_int64(stmt, 5, (sqlite3_int64)position);
    const struct mbp_stored *stored = stored_of(plant, record->index);
    char text[TEXT_SIZE];
    if (stored != NULL || is_seed(plant, record->index)) {
        sqlite3_bind_text(stmt, 3, text_of(stored, record->value, text), -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(stmt, 4, text_of(stored, record->file_value, text), -1, SQLITE_TRANSIENT);
    } else {
        sqlite3_bind_double(stmt, 3, mbp_double_of_bits(record->value));
        sqlite3_bind_double(stmt, 4, mbp_double_of_bits(record->file_value));
    }
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* NaN where there is none, or what stands there is of a point that had the name before. */
static double real(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_FLOAT ? sqlite3_column_double(row, column) : (double)NAN;
}

static void take_command(const struct mbp_actuator *actuator, double stored, double *command)
{
    *command = fmin(fmax(stored, actuator->range[0]), actuator->range[1]);
    if (actuator->on_off)
        *command = actuator->range[stored > actuator->range[0] ? 1 : 0];
}

/* Who edits a setting in the file means it, whatever a master wrote before; else the master's stays, as far as what the
 * file says now allows it. */
static void take(sqlite3_stmt *row, const struct mbp_plant *plant, struct mbp_state *state, uint32_t index)
{
    double stored = real(row, 0);
    if (stored_of(plant, index) != NULL || is_seed(plant, index)) {
        uint64_t in_file;
        uint64_t bits;
        if (bits_in(row, 1, stored_of(plant, index), &in_file) && in_file == mbp_setting_in_file(plant, index) &&
            bits_in(row, 0, stored_of(plant, index), &bits))
            *(is_seed(plant, index) ? &state->seed : &state->stored[index - first_stored(plant)]) = bits;
        return;
    }
    if (!same(real(row, 1), mbp_double_of_bits(mbp_setting_in_file(plant, index))) || isnan(stored))
        return;
    if (index < plant->actuator_count) {
        take_command(&plant->actuators[index], stored, &state->command[index]);
        return;
    }
    const struct mbp_controller *controller = &plant->controllers[controller_of(plant, index)];
    struct mbp_controller_state *now = &state->controller[controller_of(plant, index)];
    unsigned part = part_of(plant, index);
    if (part == MBP_SETTING_COUNT) {
        now->automatic = stored > 0;
        return;
    }
    double before = now->setting[part];
    now->setting[part] = stored;
    if (!mbp_setting_allowed(controller, (enum mbp_setting)part, now->setting))
        now->setting[part] = before;
    now->output = now->setting[MBP_SET_MANUAL];
}

int mbp_setting_restore(sqlite3 *db, const struct mbp_plant *plant, int64_t newer_than, struct mbp_state *state,
                        void (*had)(void *ctx, uint32_t item), void *ctx)
{
    const uint32_t first = plant->sensor_count + plant->machine_count;
    sqlite3_stmt *stmt = NULL;
    size_t count = mbp_setting_count(plant);
    int rc = sqlite3_prepare_v2(db, get_sql, -1, &stmt, NULL);
    sqlite3_bind_int64(stmt, 3, newer_than);
    for (uint32_t i = 0; rc == SQLITE_OK && i < count; i++) {
        bind_key(stmt, plant, i);
        rc = sqlite3_step(stmt);
        if (rc == SQLITE_ROW)
            take(stmt, plant, state, i);
        if (rc == SQLITE_ROW && had != NULL)
            had(ctx, first + i);
        if (rc == SQLITE_ROW || rc == SQLITE_DONE)
            rc = SQLITE_OK;
        sqlite3_reset(stmt);
    }
    sqlite3_finalize(stmt);
    return rc;
}

/* ---- what the plant has ------------------------------------------------------------------------------------------ */

struct mbp_setting_key {
    const char *name;
    int unit; /* id */
};

static int by_key(const void *a, const void *b)
{
    const struct mbp_setting_key *left = a;
    const struct mbp_setting_key *right = b;
    return left->unit != right->unit ? left->unit - right->unit : strcmp(left->name, right->name);
}

bool mbp_setting_keys_new(struct mbp_setting_keys *keys, const struct mbp_plant *plant)
{
    *keys = (struct mbp_setting_keys){plant, calloc((size_t)plant->stored_count + 1, sizeof *keys->stored)};
    if (keys->stored == NULL)
        return false;
    for (uint32_t s = 0; s < plant->stored_count; s++)
        keys->stored[s] = (struct mbp_setting_key){plant->stored[s].name, plant->units[plant->stored[s].unit].id};
    qsort(keys->stored, plant->stored_count, sizeof *keys->stored, by_key);
    return true;
}

void mbp_setting_keys_free(struct mbp_setting_keys *keys)
{
    free(keys->stored);
    keys->stored = NULL;
}

static bool has_actuator(const struct mbp_plant *plant, int unit, const char *name)
{
    const uint32_t a = mbp_plant_find_actuator(plant, name);
    return a != UINT32_MAX && plant->units[plant->actuators[a].unit].id == unit &&
           strcmp(plant->actuators[a].name, name) == 0;
}

/* As bind_key puts it together. */
static bool has_controller(const struct mbp_plant *plant, int unit, const char *name)
{
    char of[MBP_NAME_MAX + 16];
    const char *dot = strrchr(name, '.');
    if (dot == NULL || (size_t)(dot - name) >= sizeof of)
        return false;
    snprintf(of, sizeof of, "%.*s", (int)(dot - name), name);
    const uint32_t c = mbp_plant_find_controller(plant, of);
    if (c == UINT32_MAX || plant->units[plant->controllers[c].unit].id != unit ||
        strcmp(plant->controllers[c].name, of) != 0)
        return false;
    unsigned part = 0;
    while (part < MBP_SETTINGS_RETAINED && strcmp(words[part], dot + 1) != 0)
        part++;
    return part < MBP_SETTINGS_RETAINED;
}

bool mbp_setting_has(const struct mbp_setting_keys *keys, int unit, const char *name)
{
    const struct mbp_setting_key key = {name, unit};
    const struct mbp_plant *plant = keys->plant;
    return (unit == 0 && strcmp(name, seed_name) == 0) || has_actuator(plant, unit, name) ||
           bsearch(&key, keys->stored, plant->stored_count, sizeof key, by_key) != NULL ||
           has_controller(plant, unit, name);
}
