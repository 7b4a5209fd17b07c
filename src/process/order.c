/* The order of dependency, by Tarjan's algorithm (1972): it finds the groups of sensors that feed each other in a loop,
 * and finishes each group after those that it depends on. Within a group some inputs are cut, which then see the scan
 * before: first those from integrators, whose value is the past by its nature (so that what leaves one tank and enters
 * another is the same number for both); if loops remain, the input that closes one in file order. No recursion, for a
 * chain may be as long as the plant. */
#include "order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum visit { UNSEEN, ENTERED, DONE };

struct search {
    const struct mbp_plant *plant;
    struct process_order *order;
    uint32_t *number;  /* in the order of first sight, from 1; 0 = not seen */
    uint32_t *lowest;  /* number that its inputs lead to among the waiting ones */
    uint32_t *next;    /* its input to follow next */
    uint32_t *path;    /* from the root to the sensor being followed */
    uint32_t *waiting; /* seen, but their group is not complete */
    uint32_t *group;   /* complete ones: number of their group; 0 = not complete */
    uint8_t *visit;    /* within a group: enum visit */
    uint32_t seen, depth, waiting_count, group_count;
};

static const struct mbp_input *input_of(const struct search *search, uint32_t s, uint32_t i)
{
    return &search->plant->inputs[search->plant->sensors[s].first_input + i];
}

static bool integrates(const struct mbp_plant *plant, uint32_t s)
{
    return fabs(plant->sensors[s].signal->integrate_gain) > 0;
}

static int by_index(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* ---- within a group ---------------------------------------------------------------------------------------------- */

static void cut_integrators(struct search *search, uint32_t s)
{
    const struct mbp_sensor *sensor = &search->plant->sensors[s];
    for (uint32_t i = 0; i < sensor->input_count; i++) {
        uint32_t from = input_of(search, s, i)->from;
        if (from < search->plant->sensor_count && search->group[from] == search->group[s] &&
            integrates(search->plant, from))
            search->order->cut[sensor->first_input + i] = true;
    }
}

/* Appends root after what it depends on within its group; an input that leads back to the path is cut. */
static void order_from(struct search *search, uint32_t root)
{
    uint32_t *path = search->path + search->depth;
    uint32_t depth = 0;
    path[depth++] = root;
    search->visit[root] = ENTERED;
    while (depth > 0) {
        uint32_t s = path[depth - 1];
        const struct mbp_sensor *sensor = &search->plant->sensors[s];
        if (search->next[s] == sensor->input_count) {
            search->visit[s] = DONE;
            search->order->sensors[search->order->count++] = s;
            depth--;
            continue;
        }
        uint32_t i = search->next[s]++;
        uint32_t from = input_of(search, s, i)->from;
        if (from >= search->plant->sensor_count || search->group[from] != search->group[s] ||
            search->order->cut[sensor->first_input + i])
            continue;
        if (search->visit[from] == ENTERED)
            search->order->cut[sensor->first_input + i] = true;
        else if (search->visit[from] == UNSEEN) {
            search->visit[from] = ENTERED;
            path[depth++] = from;
        }
    }
}

static void order_group(struct search *search, uint32_t *members, uint32_t count)
{
    qsort(members, count, sizeof *members, by_index);
    for (uint32_t m = 0; m < count; m++) {
        cut_integrators(search, members[m]);
        search->next[members[m]] = 0;
    }
    for (uint32_t m = 0; m < count; m++) {
        if (search->visit[members[m]] == UNSEEN)
            order_from(search, members[m]);
    }
}

/* ---- groups ------------------------------------------------------------------------------------------------------ */

static void enter(struct search *search, uint32_t s)
{
    search->number[s] = search->lowest[s] = ++search->seen;
    search->waiting[search->waiting_count++] = s;
    search->path[search->depth++] = s;
}

/* The sensors that wait since s are a group: they all depend on each other. */
static void complete_group(struct search *search, uint32_t s)
{
    uint32_t first = search->waiting_count;
    search->group_count++;
    do
        search->group[search->waiting[--first]] = search->group_count;
    while (search->waiting[first] != s);
    order_group(search, search->waiting + first, search->waiting_count - first);
    search->waiting_count = first;
}

static void leave(struct search *search, uint32_t s)
{
    search->depth--;
    if (search->depth > 0) {
        uint32_t user = search->path[search->depth - 1];
        if (search->lowest[s] < search->lowest[user])
            search->lowest[user] = search->lowest[s];
    }
    if (search->lowest[s] == search->number[s])
        complete_group(search, s);
}

static void follow(struct search *search, uint32_t root)
{
    enter(search, root);
    while (search->depth > 0) {
        uint32_t s = search->path[search->depth - 1];
        if (search->next[s] == search->plant->sensors[s].input_count) {
            leave(search, s);
            continue;
        }
        uint32_t from = input_of(search, s, search->next[s]++)->from;
        if (from >= search->plant->sensor_count || search->plant->sensors[from].input_count == 0)
            continue; /* an actuator, or a signal that depends on nothing */
        if (search->number[from] == 0)
            enter(search, from);
        else if (search->group[from] == 0 && search->number[from] < search->lowest[s])
            search->lowest[s] = search->number[from];
    }
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

static void search_free(struct search *search)
{
    free(search->number);
    free(search->lowest);
    free(search->next);
    free(search->path);
    free(search->waiting);
    free(search->group);
    free(search->visit);
}

static bool search_new(struct search *search, size_t sensors)
{
    search->number = calloc(sensors + 1, sizeof *search->number);
    search->lowest = calloc(sensors + 1, sizeof *search->lowest);
    search->next = calloc(sensors + 1, sizeof *search->next);
    search->path = calloc(sensors + 1, sizeof *search->path);
    search->waiting = calloc(sensors + 1, sizeof *search->waiting);
    search->group = calloc(sensors + 1, sizeof *search->group);
    search->visit = calloc(sensors + 1, sizeof *search->visit);
    return search->number != NULL && search->lowest != NULL && search->next != NULL && search->path != NULL &&
           search->waiting != NULL && search->group != NULL && search->visit != NULL;
}

enum mbp_status process_order_find(const struct mbp_plant *plant, struct process_order *out)
{
    struct process_order order = {.sensors = calloc((size_t)plant->sensor_count + 1, sizeof *order.sensors),
                                  .cut = calloc((size_t)plant->input_count + 1, sizeof *order.cut)};
    struct search search = {.plant = plant, .order = &order};
    enum mbp_status status = MBP_ERR_MEMORY;
    if (order.sensors == NULL || order.cut == NULL || !search_new(&search, plant->sensor_count))
        goto out;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        if (plant->sensors[s].input_count > 0 && search.number[s] == 0)
            follow(&search, s);
    }
    order.group = search.group;
    order.group_count = search.group_count;
    search.group = NULL;
    *out = order;
    order = (struct process_order){0};
    status = MBP_OK;
out:
    search_free(&search);
    process_order_free(&order);
    return status;
}

void process_order_free(struct process_order *order)
{
    free(order->sensors);
    free(order->group);
    free(order->cut);
}
