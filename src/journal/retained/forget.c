/* One walk over each table, whose keys are looked up in the plant. */
#include "retained/forget.h"

#include <stdio.h>
#include <string.h>

#include "retained/columns.h"
#include "retained/retained_fault.h"
#include "retained/setting.h"

#define HAS "mbp_plant_has" /* a function of the statement's: kind, unit or place, name */

enum kind { OF_MACHINE, OF_SENSOR, OF_SETTING, OF_FAULT };

/* Names that differ in case alone are one name to the plant, and two keys here. */
static bool has_machine(const struct mbp_plant *plant, int unit, const char *name)
{
    const uint32_t m = mbp_plant_find_machine(plant, name);
    return m != UINT32_MAX && plant->units[plant->machines[m].unit].id == unit &&
           strcmp(plant->machines[m].name, name) == 0;
}

static bool has_sensor(const struct mbp_plant *plant, int unit, const char *name)
{
    const uint32_t s = mbp_plant_find_sensor(plant, name);
    return s != UINT32_MAX && plant->units[plant->sensors[s].unit].id == unit &&
           strcmp(plant->sensors[s].name, name) == 0;
}

static bool has(const struct mbp_setting_keys *keys, enum kind kind, int unit, const char *name)
{
    switch (kind) {
    case OF_MACHINE:
        return has_machine(keys->plant, unit, name);
    case OF_SENSOR:
        return has_sensor(keys->plant, unit, name);
    case OF_SETTING:
        return mbp_setting_has(keys, unit, name);
    case OF_FAULT:
        break;
    }
    return mbp_retained_fault_has(keys->plant, unit, name);
}

static void say_has(sqlite3_context *sql, int count, sqlite3_value **column)
{
    (void)count;
    const char *name = (const char *)sqlite3_value_text(column[2]);
    if (name == NULL)
        sqlite3_result_error_nomem(sql); /* a key is never NULL */
    else
        sqlite3_result_int(sql, has(sqlite3_user_data(sql), (enum kind)sqlite3_value_int(column[0]),
                                    sqlite3_value_int(column[1]), name));
}

static int forget(sqlite3 *db, const char *table, const char *number, enum kind kind)
{
    char sql[160];
    snprintf(sql, sizeof sql, "DELETE FROM %s WHERE NOT " HAS "(%d, %s, name)", table, (int)kind, number);
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int forget_all(sqlite3 *db)
{
    int rc = SQLITE_OK;
    for (enum mbp_retained_what what = 0; what < MBP_RETAINED_COUNT && rc == SQLITE_OK; what++)
        rc = forget(db, mbp_retained_table(what), "unit", mbp_retained_is_of_machine(what) ? OF_MACHINE : OF_SENSOR);
    if (rc == SQLITE_OK)
        rc = forget(db, "retained_setting", "unit", OF_SETTING);
    return rc == SQLITE_OK ? forget(db, "retained_fault", "place", OF_FAULT) : rc;
}

int mbp_retained_forget(sqlite3 *db, const struct mbp_plant *plant)
{
    struct mbp_setting_keys keys;
    if (!mbp_setting_keys_new(&keys, plant))
        return SQLITE_NOMEM;
    int rc = sqlite3_create_function_v2(db, HAS, 3, SQLITE_UTF8 | SQLITE_DIRECTONLY, &keys, say_has, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = forget_all(db);
    sqlite3_create_function_v2(db, HAS, 3, SQLITE_UTF8, NULL, NULL, NULL, NULL, NULL);
    mbp_setting_keys_free(&keys);
    return rc;
}
