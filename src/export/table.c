/* table: csv and markdown: all that is known of each point, and each way to write its address. */
#include "export_priv.h"
#include "mbplant/report.h"

#define COLUMNS_MAX 32

static size_t set_columns(struct mbp_grid_column columns[COLUMNS_MAX])
{
    size_t count = 0;
    for (size_t f = 0; f < export_field_count && count < COLUMNS_MAX; f++) {
        const struct export_field *field = &export_fields[f];
        if (field->column)
            columns[count++] = (struct mbp_grid_column){field->title, field->key, field->number};
    }
    return count;
}

static void write_table(const struct mbp_export *export, enum mbp_format format, FILE *out,
                        struct mbp_export_told *told)
{
    struct mbp_grid_column columns[COLUMNS_MAX];
    struct mbp_grid *grid;
    if (mbp_grid_new(columns, set_columns(columns), &grid) != MBP_OK) {
        export_lost(told, "not enough memory for the table\n");
        return;
    }
    for (size_t r = 0; r < export->row_count; r++) {
        for (size_t f = 0; f < export_field_count; f++) {
            char text[EXPORT_FIELD_MAX];
            if (!export_fields[f].column)
                continue;
            export_fields[f].get(&export->rows[r], text);
            mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", text);
        }
    }
    if (mbp_grid_write(grid, format, false, out) != MBP_OK)
        export_lost(told, "not enough memory for the table\n");
    mbp_grid_free(grid);
}

void export_csv(const struct mbp_export *export, FILE *out, struct mbp_export_told *told)
{
    write_table(export, MBP_FORMAT_CSV, out, told);
}

void export_markdown(const struct mbp_export *export, FILE *out, struct mbp_export_told *told)
{
    write_table(export, MBP_FORMAT_MARKDOWN, out, told);
}
