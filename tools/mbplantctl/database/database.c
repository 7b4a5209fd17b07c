/* database [FILE]: the alarms of the plant file as a table, or such a table back into the plant file. */
#include "database/database.h"

#include "mbplant/report.h"

static enum ctl_exit write_table(struct ctl *ctl)
{
    const struct mbp_plant *plant = ctl_plant(ctl);
    struct mbp_grid *grid = NULL;
    char *cell = malloc(DATABASE_CELL);
    enum mbp_status status =
        plant == NULL || cell == NULL ? MBP_ERR_MEMORY : mbp_grid_new(database_columns, DATABASE_COLUMNS, &grid);
    for (uint32_t s = 0; plant != NULL && s < plant->sensor_count && status == MBP_OK; s++) {
        const struct mbp_sensor *sensor = &plant->sensors[s];
        for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
            const struct ctl_one_alarm alarm = {s, a};
            if (!mbp_sensor_has_alarm(sensor, sensor->limits, a))
                continue;
            for (unsigned c = 0; c < DATABASE_COLUMNS; c++) {
                database_cell(plant, &alarm, (enum database_column)c, cell, DATABASE_CELL);
                mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", cell);
            }
        }
    }
    if (status == MBP_OK)
        status = mbp_grid_write(grid, MBP_FORMAT_CSV, false, stdout);
    mbp_grid_free(grid);
    free(cell);
    if (plant == NULL)
        return CTL_FAILED;
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, "database");
}

CTL_VERB(database)
{
    return ctl->options->argc > 0 ? database_take(ctl, ctl->options->argv[0]) : write_table(ctl);
}
