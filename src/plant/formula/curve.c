/* curve: the keys of expressions that the whole plant shares: curves, and where the simulated clock begins. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "defs.h"
#include "pattern.h"
#include "scalar.h"

#define DAY_S INT64_C(86400)

/* ---- curves ----------------------------------------------------------------------------------------------------- */

/* [x, y] */
static bool read_point(const struct mbp_node *node, double *x, double *y)
{
    if (node->kind != MBP_NODE_LIST || node->len != 2)
        return false;
    const char *first = mbp_node_text(node->first);
    const char *second = mbp_node_text(node->first->next);
    return first != NULL && second != NULL && mbp_scalar_number(first, x) && mbp_scalar_number(second, y);
}

/* Another curve of that name, which expressions find in any case. */
static bool is_taken(struct mbp_reader *reader, const struct mbp_node *key, const struct mbp_def_list *list)
{
    const struct mbp_curve_def *curves = list->items;
    for (uint32_t i = 0; i < list->count; i++) {
        if (strcasecmp(curves[i].name, key->text) == 0) {
            mbp_reader_tell(reader, key,
                            "the name '%s' is taken by the curve '%s'; each has its own, whatever their case",
                            key->text, curves[i].name);
            return true;
        }
    }
    return false;
}

static bool read_curve(struct mbp_reader *reader, const struct mbp_node *key, struct mbp_curve_def *curve)
{
    const struct mbp_node *node = key->next;
    if (!mbp_pattern_is_name(key->text) || strlen(key->text) > MBP_NAME_MAX) {
        mbp_reader_tell(reader, key, "a curve's name is a letter, then letters, digits and _.-; at most %d of them",
                        MBP_NAME_MAX);
        return false;
    }
    if (node->kind != MBP_NODE_LIST || node->len == 0 || node->len > MBP_CURVE_MAX) {
        mbp_reader_tell(reader, node, "a curve is a list of 1 to %u points: [[0, 10], [5, 8]]", MBP_CURVE_MAX);
        return false;
    }
    double *x = mbp_reader_array(reader, reader->keep, node->len, sizeof *x);
    double *y = mbp_reader_array(reader, reader->keep, node->len, sizeof *y);
    if (x == NULL || y == NULL)
        return false;
    size_t count = 0;
    for (const struct mbp_node *item = node->first; item != NULL; item = item->next, count++) {
        if (!read_point(item, &x[count], &y[count])) {
            mbp_reader_tell(reader, item, "a point of a curve is two numbers: [x, y]");
            return false;
        }
        if (count > 0 && !(x[count] > x[count - 1])) {
            mbp_reader_tell(reader, item, "the points of a curve stand by rising x: this is not above the one before");
            return false;
        }
    }
    *curve = (struct mbp_curve_def){.name = mbp_reader_keep(reader, key->text, key->len), .points = {x, y, count}};
    return true;
}

MBP_READER(mbp_read_curves)
{
    struct mbp_def_list *list = at;
    bool right = true;
    (void)field;
    if (node->kind != MBP_NODE_MAP || node->len > MBP_CURVES_MAX)
        return MBP_READING_WRONG;
    struct mbp_curve_def *curves = mbp_reader_array(reader, reader->scratch, node->len, sizeof *curves);
    if (curves == NULL)
        return MBP_READING_TOLD;
    *list = (struct mbp_def_list){curves, 0};
    for (const struct mbp_node *key = node->first; key != NULL; key = key->next->next) {
        if (!is_taken(reader, key, list) && read_curve(reader, key, &curves[list->count]))
            list->count++;
        else
            right = false;
    }
    return right ? MBP_READING_OK : MBP_READING_TOLD;
}

void mbp_print_curves(FILE *out, const void *at)
{
    const struct mbp_def_list *list = at;
    const struct mbp_curve_def *curves = list->items;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct mbp_expr_curve *points = &curves[i].points;
        fputs(i == 0 ? "{" : ", ", out);
        mbp_print_name(out, curves[i].name);
        fputs(": [", out);
        for (size_t k = 0; k < points->count; k++) {
            mbp_print_number(out, k == 0 ? "[" : ", [", points->x[k]);
            mbp_print_number(out, ", ", points->y[k]);
            fputc(']', out);
        }
        fputc(']', out);
    }
    fputc('}', out);
}

struct mbp_def_list mbp_curves_view(const struct mbp_plant *plant, struct mbp_arena *arena)
{
    struct mbp_curve_def *curves = mbp_arena_array(arena, plant->curve_count, sizeof *curves);
    for (uint32_t i = 0; curves != NULL && i < plant->curve_count; i++)
        curves[i] = (struct mbp_curve_def){plant->curve_names[i], plant->curves[i]};
    return (struct mbp_def_list){curves, curves != NULL ? plant->curve_count : 0};
}

/* ---- start ------------------------------------------------------------------------------------------------------ */

/* Days from 1970-01-01 to a date, by the days of the years before it (Gregorian calendar). */
static int64_t days_to(int64_t year, int64_t month, int64_t day)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t past = month > 2 ? year : year - 1; /* the last year whose leap day is behind */
    int64_t leaps = past / 4 - past / 100 + past / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);
    return (year - 1970) * 365 + leaps + before[month - 1] + day - 1;
}

/* Tools write a blank for the T (YAML 1.1, timestamp). */
MBP_READER(mbp_read_start)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const char *text = mbp_node_text(node);
    unsigned year, month, day, hour, minute, second;
    int end = 0;
    (void)reader, (void)field;
    if (text == NULL || node->len != 19)
        return MBP_READING_WRONG;
    if (sscanf(text, "%4u-%2u-%2u%*1[T ]%2u:%2u:%2u%n", &year, &month, &day, &hour, &minute, &second, &end) != 6 ||
        end != 19)
        return MBP_READING_WRONG;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > (unsigned)days[month - 1] ||
        (month == 2 && day == 29 && !leap) || hour > 23 || minute > 59 || second > 59)
        return MBP_READING_WRONG;
    int64_t of_day_s = ((int64_t)hour * 60 + minute) * 60 + second;
    *(int64_t *)at = (days_to(year, month, day) * DAY_S + of_day_s) * (int64_t)MBP_NS_PER_S;
    return MBP_READING_OK;
}

/* In UTC, as it is read. */
void mbp_print_start(FILE *out, const void *at)
{
    char text[32];
    mbp_time_format((uint64_t)(*(const int64_t *)at) / MBP_NS_PER_MS, text, sizeof text);
    fprintf(out, "%.19s", text);
}
