/* Keys in menus and forms, and where text is read. */
#include <stdlib.h>
#include <string.h>

#include "watch/watch_menu.h"
#include "watch/watch_text.h"

/* ---- menus ------------------------------------------------------------------------------------------------------- */

void watch_menu_open(struct watch_view *view)
{
    static const enum watch_menu_name first[WATCH_PAGES] = {
        [WATCH_MACHINES] = WATCH_MENU_MACHINE,
        [WATCH_SENSORS] = WATCH_MENU_SENSOR,
        [WATCH_ALARMS] = WATCH_MENU_ALARM,
        [WATCH_JOURNAL] = WATCH_MENU_JOURNAL,
    };
    view->mode = WATCH_IN_MENU;
    view->menu = WATCH_MENUS_ALL;
    view->line = first[view->page];
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

void watch_answer_back(char *answer)
{
    size_t len = strlen(answer);
    while (len > 0 && ((unsigned char)answer[len - 1] & 0xC0u) == 0x80u)
        len--;
    answer[len > 0 ? len - 1 : 0] = '\0';
}

/* Bytes of a character beyond ASCII come one by one; whether they make one is the verb's to say. */
void watch_answer_add(char *answer, size_t size, int key)
{
    size_t len = strlen(answer);
    if (key < ' ' || key > 0xFF || key == 0x7F || len + 1 >= size)
        return;
    answer[len] = (char)key;
    answer[len + 1] = '\0';
}

/* The next of the choices, or the one before. */
static void change(char *answer, size_t size, const char *choices, bool back)
{
    const char *last = NULL;
    const char *found = NULL;
    const char *before = NULL;
    for (const char *at = choices; at != NULL; at = strchr(at, '|'), at = at != NULL ? at + 1 : NULL) {
        size_t len = strcspn(at, "|");
        if (strlen(answer) == len && strncmp(at, answer, len) == 0) {
            found = at;
            before = last;
        }
        last = at;
    }
    const char *behind = found != NULL ? strchr(found, '|') : NULL;
    const char *next = back ? (before != NULL ? before : last) : behind != NULL ? behind + 1 : choices;
    snprintf(answer, size, "%.*s", (int)strcspn(next, "|"), next);
}

/* ---- forms ------------------------------------------------------------------------------------------------------- */

static enum watch_action ask_or_do(struct watch_view *view)
{
    view->asked = WATCH_DO;
    view->mode = view->form->question != NULL ? WATCH_ASKS_YES : WATCH_LIST;
    return view->form->question != NULL ? WATCH_NOTHING : WATCH_DO;
}

enum watch_action watch_form_begin(struct watch_view *view, const struct watch_form *form)
{
    view->form = form;
    view->field = 0;
    for (unsigned f = 0; f < WATCH_FIELDS; f++)
        snprintf(view->answers[f], sizeof view->answers[f], "%s",
                 form->fields[f].label != NULL && form->fields[f].usual != NULL ? form->fields[f].usual : "");
    /* What is added goes where the user is. */
    bool adds = form->words[1] != NULL && strcmp(form->words[1], "add") == 0;
    if (adds && strcmp(form->words[0], "sensor") == 0)
        snprintf(view->answers[0], sizeof view->answers[0], "%s", view->machine);
    else if (adds)
        snprintf(view->answers[1], sizeof view->answers[1], "%s", view->unit);
    if (watch_form_fields(form) == 0)
        return ask_or_do(view);
    view->mode = WATCH_IN_FORM;
    return WATCH_NOTHING;
}

/* The first that must have an answer and has none is where to go on. */
static enum watch_action finish(struct watch_view *view)
{
    for (unsigned f = 0; f < watch_form_fields(view->form); f++) {
        if (view->form->fields[f].required && view->answers[f][0] == '\0') {
            view->field = f;
            view->message_paint = MBP_PAINT_CARE;
            snprintf(view->message, sizeof view->message, "%s", ctl_tr("this line must have an answer; Esc leaves"));
            return WATCH_NOTHING;
        }
    }
    return ask_or_do(view);
}

enum watch_action watch_press_in_form(struct watch_view *view, int key)
{
    unsigned fields = watch_form_fields(view->form);
    const struct watch_field *field = view->field < fields ? &view->form->fields[view->field] : NULL;
    view->message[0] = '\0';
    if (key == WATCH_KEY_ESCAPE) {
        view->mode = WATCH_LIST;
    } else if (key == WATCH_KEY_UP) {
        view->field -= view->field > 0;
    } else if (key == WATCH_KEY_DOWN || key == '\t') {
        view->field += view->field < fields;
    } else if (key == WATCH_KEY_ENTER && view->field + 1 >= fields) {
        return finish(view);
    } else if (key == WATCH_KEY_ENTER) {
        view->field++;
    } else if (field != NULL && field->choices != NULL) {
        if (key == WATCH_KEY_LEFT || key == WATCH_KEY_RIGHT || key == ' ')
            change(view->answers[view->field], sizeof view->answers[0], field->choices, key == WATCH_KEY_LEFT);
    } else if (field != NULL && key == WATCH_KEY_BACKSPACE) {
        watch_answer_back(view->answers[view->field]);
    } else if (field != NULL) {
        watch_answer_add(view->answers[view->field], sizeof view->answers[0], key);
    }
    return WATCH_NOTHING;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

const char *watch_reading_line(const struct watch_view *view, size_t line, size_t *len)
{
    const char *at = view->reading;
    while (at != NULL && *at != '\0' && line > 0) {
        at = strchr(at, '\n');
        at = at != NULL ? at + 1 : NULL;
        line--;
    }
    if (at == NULL || *at == '\0')
        return NULL;
    *len = strcspn(at, "\n");
    return at;
}

const char *watch_reading_number(const struct watch_view *view, size_t line, char *buf, size_t size)
{
    size_t len = 0;
    const char *at = watch_reading_line(view, line, &len);
    size_t skip = at != NULL ? strspn(at, " ") : 0;
    size_t digits = at != NULL ? strspn(at + skip, "0123456789") : 0;
    bool is_one = digits > 0 && digits < size && at[skip + digits] == ' ';
    snprintf(buf, size, "%.*s", is_one ? (int)digits : 0, is_one ? at + skip : "");
    return buf;
}

static size_t count_lines(const struct watch_view *view)
{
    size_t count = 0;
    for (const char *at = view->reading; at != NULL && *at != '\0'; count++) {
        at = strchr(at, '\n');
        at = at != NULL ? at + 1 : NULL;
    }
    return count;
}

/* Of the row that stands there: its number, its machine, and the last that there is of it, which tells what it is
 * about. */
static void name_row(struct watch_view *view)
{
    struct watch_sides sides;
    size_t len = 0;
    const char *line = watch_reading_line(view, view->line, &len);
    char *cells[WATCH_CELLS];
    char text[WATCH_ANSWER * 6];
    watch_sides_of_text(view->reading, strlen(view->reading), WATCH_WIDTH_MIN, &sides);
    snprintf(text, sizeof text, "%.*s", (int)len, line != NULL ? line : "");
    unsigned count = watch_cells_of_line(text, &sides, cells);
    view->subject[0] = '\0';
    for (unsigned c = 0, at = 0; c < count; c++) {
        if (c < 2 || c + 1 == count)
            at +=
                (unsigned)snprintf(view->subject + at, sizeof view->subject - at, "%s%s", c > 0 ? "  " : "", cells[c]);
        if (at >= sizeof view->subject)
            break;
    }
}

static void pick(struct watch_view *view)
{
    char number[16];
    snprintf(view->target, sizeof view->target, "%s", watch_reading_number(view, view->line, number, sizeof number));
    if (view->target[0] == '\0') {
        view->message_paint = MBP_PAINT_CARE;
        snprintf(view->message, sizeof view->message, "%s", ctl_tr("arrows choose a line with a number"));
        return;
    }
    name_row(view);
    view->menu = view->then == WATCH_THEN_PICK_WORK ? WATCH_MENU_OF_WORK : WATCH_MENU_OF_INCIDENT;
    view->line = 0;
    view->mode = WATCH_IN_MENU;
}

/* Row by row in a list that is picked from, else by screens and halves of them. */
void watch_press_in_reading(struct watch_view *view, int key, unsigned page_rows)
{
    size_t count = count_lines(view);
    size_t step = key == WATCH_KEY_PAGE_UP || key == WATCH_KEY_PAGE_DOWN || key == ' ' ? page_rows : 1;
    size_t last = view->then == WATCH_THEN_READ ? (count > page_rows ? count - page_rows : 0)
                  : count > 0                   ? count - 1
                                                : 0;
    unsigned *across = &view->across[WATCH_PAGES];
    view->message[0] = '\0';
    if (key == WATCH_KEY_ESCAPE || key == 'q') {
        view->mode = WATCH_LIST;
    } else if (key == WATCH_KEY_LEFT || key == '<' || key == WATCH_KEY_RIGHT || key == '>') {
        *across = watch_across_next(&view->sides, *across, key == WATCH_KEY_LEFT || key == '<');
    } else if (key == WATCH_KEY_HOME || key == 'g') {
        view->line = 0;
    } else if (key == WATCH_KEY_END || key == 'G') {
        view->line = last;
    } else if (key == WATCH_KEY_UP || key == WATCH_KEY_PAGE_UP || key == 'k') {
        view->line -= view->line < step ? view->line : step;
    } else if (key == WATCH_KEY_DOWN || key == WATCH_KEY_PAGE_DOWN || key == ' ' || key == 'j') {
        view->line = view->line + step < last ? view->line + step : last;
    } else if (key == WATCH_KEY_ENTER && view->then != WATCH_THEN_READ) {
        pick(view);
    }
}

enum watch_action watch_press_at_moves(struct watch_view *view, int key, unsigned page_rows)
{
    const bool yes = key == 'y' || key == 'Y' || key == 'o' || key == 'O'; /* yes, oui */
    if (yes) {
        view->mode = WATCH_LIST;
        return WATCH_DO;
    }
    if (key == 'n' || key == 'N' || key == 'q' || key == WATCH_KEY_ESCAPE) {
        view->moves[0] = '\0';
        view->mode = watch_form_fields(view->form) > 0 ? WATCH_IN_FORM : WATCH_LIST;
        view->message_paint = MBP_PAINT_CARE;
        snprintf(view->message, sizeof view->message, "%s", ctl_tr("nothing was changed"));
        return WATCH_NOTHING;
    }
    watch_press_in_reading(view, key, page_rows);
    return WATCH_NOTHING;
}
