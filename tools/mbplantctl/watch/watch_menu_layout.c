/* What menus, forms and texts look like. */
#include <string.h>

#include "watch/watch_menu.h"
#include "watch/watch_text.h"

#define LABEL_WIDTH 40

void watch_lay_menu(const struct watch_view *view, const struct watch_model *model, struct watch_screen *out,
                    unsigned first, unsigned end)
{
    bool main = view->menu >= WATCH_MENUS_ALL;
    bool picked = !main && view->menu >= WATCH_MENUS;
    char chosen[256] = "";
    if (picked)
        snprintf(chosen, sizeof chosen, "%s", view->subject);
    else if (view->choices[view->page].is == WATCH_CHOSEN)
        watch_choice_words(view, model, chosen, sizeof chosen);
    watch_put(out, &out->rows[first - 1], MBP_PAINT_TITLE, 0, "%s%s%s%s%s", ctl_tr("MENU"), main ? "" : ctl_tr(": "),
              main ? "" : ctl_tr(watch_menus[view->menu].title), chosen[0] != '\0' ? "  -  " : "", chosen);
    for (unsigned i = 0; i < watch_menu_lines(view->menu) && first + i < end; i++) {
        struct watch_row *row = &out->rows[first + i];
        watch_put(out, row, MBP_PAINT_NONE, 0, " %2u  %s%s", i + 1,
                  ctl_tr(main ? watch_menus[i].title : watch_menus[view->menu].forms[i].title), main ? " .." : "");
        row->selected = i == view->line;
    }
}

/* The end of a long answer is where one types. */
static const char *tail_of(const char *answer, unsigned room)
{
    while (watch_columns(answer) > room && answer[0] != '\0') {
        answer++;
        while (((unsigned char)answer[0] & 0xC0u) == 0x80u)
            answer++;
    }
    return answer;
}

static bool any_required(const struct watch_form *form)
{
    bool any = false;
    for (unsigned f = 0; f < watch_form_fields(form); f++)
        any = any || form->fields[f].required;
    return any;
}

void watch_lay_form(const struct watch_view *view, struct watch_screen *out, unsigned first, unsigned end)
{
    const struct watch_form *form = view->form;
    bool has_target = form->needs != WATCH_NEEDS_NONE;
    watch_put(out, &out->rows[first - 1], MBP_PAINT_TITLE, 0, "%s%s%s", ctl_tr(form->title),
              has_target ? ctl_tr(": ") : "", has_target ? view->subject : "");
    for (unsigned f = 0; f < watch_form_fields(form) && first + f < end; f++) {
        const struct watch_field *field = &form->fields[f];
        struct watch_row *row = &out->rows[first + f];
        bool here = f == view->field;
        watch_put(out, row, MBP_PAINT_NONE, LABEL_WIDTH, "%s %s%s", here ? ">" : " ", ctl_tr(field->label),
                  field->required ? " *" : "");
        unsigned room = out->width - row->columns - 8;
        if (field->choices != NULL)
            watch_put(out, row, here ? MBP_PAINT_TITLE : MBP_PAINT_NONE, 0, "< %s >", ctl_tr(view->answers[f]));
        else
            watch_put(out, row, here ? MBP_PAINT_TITLE : MBP_PAINT_NONE, 0, "%s%s", tail_of(view->answers[f], room),
                      here ? "_" : "");
    }
    unsigned below = first + watch_form_fields(form) + 1;
    if (below < end)
        watch_put(out, &out->rows[below], MBP_PAINT_NONE, 0, "  %s",
                  ctl_tr(any_required(form) ? "* must have an answer. Enter goes on; at the last line it is done."
                                            : "Enter goes on; at the last line it is done."));
}

/* The lines around one, up to those that are blank. */
static size_t block_of(const struct watch_view *view, const char *line, const char **first)
{
    const char *end = line;
    while (*end != '\0' && *end != '\n')
        end += strcspn(end, "\n") + (end[strcspn(end, "\n")] == '\n' ? 1 : 0);
    while (line > view->reading && !(line[-1] == '\n' && (line - 1 == view->reading || line[-2] == '\n')))
        line--;
    *first = line;
    return (size_t)(end - line);
}

/* A text of several tables has the columns of each; whose moves by halves of the screen then. */
static struct watch_sides sides_at(const struct watch_view *view, const struct watch_sides *whole, const char *line)
{
    struct watch_sides sides;
    const char *first;
    if (whole->count > 1)
        return *whole;
    size_t len = block_of(view, line, &first);
    watch_sides_of_text(first, len, whole->width, &sides);
    return sides;
}

unsigned watch_lay_reading(const struct watch_view *view, struct watch_screen *out, unsigned first, unsigned end)
{
    bool picks = view->mode == WATCH_READS && view->then != WATCH_THEN_READ;
    size_t rows = end - first;
    size_t top = picks ? view->line / rows * rows : view->line;
    size_t len = 0;
    const char *text = view->reading != NULL ? view->reading : "";
    watch_sides_of_text(text, strlen(text), out->width, &out->sides);
    const unsigned most = watch_across_most(&out->sides);
    const unsigned across = view->across[WATCH_PAGES] < most ? view->across[WATCH_PAGES] : most;
    watch_put(out, &out->rows[first - 1], MBP_PAINT_TITLE, 0, "%s", view->heading);
    for (size_t i = 0; i < rows; i++) {
        const char *line = watch_reading_line(view, top + i, &len);
        struct watch_row *row = &out->rows[first + i];
        if (line == NULL)
            break;
        const struct watch_sides sides = sides_at(view, &out->sides, line);
        watch_show_line(row, line, len, &sides, across);
        row->selected = picks && top + i == view->line;
    }
    return across;
}
