/* Points that have another address than before. */
#include <stdlib.h>
#include <string.h>

#include "change_priv.h"
#include "mbplant/base/tr.h"
#include "mbplant/map.h"

/* The points of one unit, by name. */
struct points {
    struct mbp_point *items;
    size_t count, room;
};

static int count_point(const struct mbp_point *point, void *ctx)
{
    (void)point;
    ((struct points *)ctx)->room++;
    return 0;
}

static int take_point(const struct mbp_point *point, void *ctx)
{
    struct points *points = ctx;
    points->items[points->count++] = *point;
    return 0;
}

/* A standard point has its name alone; one of the user's may show the same in another place. */
static int by_name(const void *a, const void *b)
{
    const struct mbp_point *left = a;
    const struct mbp_point *right = b;
    int order = (left->own != NULL) - (right->own != NULL);
    return order != 0 ? order : strcmp(left->name, right->name);
}

static bool collect(const struct mbp_plant *plant, uint32_t unit, struct points *points)
{
    *points = (struct points){0};
    mbp_map_points(plant, unit, count_point, points);
    points->items = calloc(points->room + 1, sizeof *points->items);
    if (points->items == NULL)
        return false;
    mbp_map_points(plant, unit, take_point, points);
    qsort(points->items, points->count, sizeof *points->items, by_name);
    return true;
}

static void note(struct mbp_change *change, const struct mbp_point *point)
{
    if (point->sensor != UINT32_MAX) {
        bool value = strcmp(point->name, change->to->sensors[point->sensor].name) == 0;
        change->sensor_details[point->sensor] |= value ? MBP_CHANGED_ADDRESS : MBP_CHANGED_NUMBER;
        change->sensor_moved[point->sensor]++;
    } else if (point->machine != UINT32_MAX) {
        change->machine_details[point->machine] |= MBP_CHANGED_NUMBER;
        change->machine_moved[point->machine]++;
    }
}

static void compare(struct mbp_change *change, const struct points *was, const struct points *now)
{
    for (size_t i = 0; i < now->count; i++) {
        const struct mbp_point *point = &now->items[i];
        if (point->own != NULL)
            break; /* they stand behind the others; the user said where */
        const struct mbp_point *before = bsearch(point, was->items, was->count, sizeof *point, by_name);
        if (before != NULL && (before->table != point->table || before->addr != point->addr))
            note(change, point);
    }
}

enum mbp_status change_find_moves(struct mbp_change *change)
{
    for (uint32_t u = 0; u < change->to->unit_count; u++) {
        const struct mbp_unit *before = mbp_plant_find_unit(change->from, change->to->units[u].id);
        struct points was = {0};
        struct points now = {0};
        if (before == NULL)
            continue;
        bool ok = collect(change->from, (uint32_t)(before - change->from->units), &was) && collect(change->to, u, &now);
        if (ok)
            compare(change, &was, &now);
        free(was.items);
        free(now.items);
        if (!ok)
            return MBP_ERR_MEMORY;
    }
    return MBP_OK;
}

/* ---- in words --------------------------------------------------------------------------------------------------- */

static void print_moved(const char *name, uint8_t unit, uint32_t points, FILE *out)
{
    fprintf(out, mbp_tr("%s of unit %u: %u of its points moved to other addresses\n"), name, unit, points);
}

static void print_sensor(const struct mbp_change *change, uint32_t s, FILE *out)
{
    const struct mbp_sensor *now = &change->to->sensors[s];
    const struct mbp_sensor *was = &change->from->sensors[change->sensor_from[s]];
    uint8_t unit = change->to->units[now->unit].id;
    char before[8];
    char after[8];
    if ((change->sensor_details[s] & MBP_CHANGED_ADDRESS) == 0) {
        print_moved(now->name, unit, change->sensor_moved[s], out);
        return;
    }
    fprintf(out, mbp_tr("%s of unit %u: its value moved from holding register %u (%s) to %u (%s)"), now->name, unit,
            was->reg.addr, mbp_reference(MBP_HOLDING_REGISTERS, was->reg.addr, before, sizeof before), now->reg.addr,
            mbp_reference(MBP_HOLDING_REGISTERS, now->reg.addr, after, sizeof after));
    if (change->sensor_moved[s] > 1)
        fprintf(out, mbp_tr(", and %u of its other points"), change->sensor_moved[s] - 1);
    fputc('\n', out);
}

void mbp_change_print_moves(const struct mbp_change *change, uint32_t max, FILE *out)
{
    uint32_t told = 0;
    uint32_t more = 0;
    for (uint32_t m = 0; m < change->to->machine_count; m++) {
        if (change->machine_moved[m] == 0)
            continue;
        if (told++ >= max) {
            more++;
            continue;
        }
        const struct mbp_machine *machine = &change->to->machines[m];
        print_moved(machine->name, change->to->units[machine->unit].id, change->machine_moved[m], out);
    }
    for (uint32_t s = 0; s < change->to->sensor_count; s++) {
        if (change->sensor_moved[s] == 0)
            continue;
        if (told++ < max)
            print_sensor(change, s, out);
        else
            more++;
    }
    if (more > 0)
        fprintf(out, mbp_tr("and %u more machines and sensors\n"), more);
}

bool mbp_change_tells_move(const char *line, size_t len)
{
    static const char *const parts[] = {": its value moved from ", " of its points moved to other addresses",
                                        " more machines and sensors"};
    bool is = false;
    for (size_t p = 0; p < sizeof parts / sizeof parts[0] && !is; p++)
        is = memmem(line, len, parts[p], strlen(parts[p])) != NULL;
    return is;
}
