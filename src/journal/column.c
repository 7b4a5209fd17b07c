/* Columns of retained rows. */
#include "column.h"

#include <math.h>
#include <string.h>

int64_t mbp_column_number(sqlite3_stmt *row, int column, int64_t min, int64_t max, bool *bad)
{
    sqlite3_int64 number = sqlite3_column_int64(row, column);
    *bad = *bad || number < min || number > max;
    return number < min || number > max ? min : number;
}

double mbp_column_real(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(row, column);
}

uint32_t mbp_column_sensor(sqlite3_stmt *row, int column, const struct mbp_plant *plant,
                           const struct mbp_machine *machine)
{
    const char *name = (const char *)sqlite3_column_text(row, column);
    uint32_t count = machine != NULL ? mbp_machine_guards(machine) : plant->sensor_count;
    for (uint32_t i = 0; name != NULL && i < count; i++) {
        uint32_t s = machine != NULL ? mbp_machine_guard(machine, i) : i;
        if (strcmp(plant->sensors[s].name, name) == 0)
            return s;
    }
    return UINT32_MAX;
}
