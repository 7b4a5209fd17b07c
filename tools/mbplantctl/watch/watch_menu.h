/* watch_menu: menus and forms for who knows no key. A form is a command line of mbplantctl with gaps: what is asked for
 * fills them, and the verb does the rest. Texts are in English here, and shown in the language that is asked for. */
#ifndef MBP_CTL_WATCH_MENU_H
#define MBP_CTL_WATCH_MENU_H

#include "watch/watch.h"

#define WATCH_FORM_WORDS 10u

/* What must be selected. */
enum watch_needs {
    WATCH_NEEDS_NONE,
    WATCH_NEEDS_ALL,    /* it concerns all */
    WATCH_NEEDS_ANY,    /* a sensor, or a machine */
    WATCH_NEEDS_ALARM,  /* on the page of alarms that one alone, else as ANY */
    WATCH_NEEDS_SENSOR, /* its name */
    WATCH_NEEDS_MACHINE,
    WATCH_NEEDS_PICKED /* a number out of a list that was read */
};

/* What becomes of what the verb says. */
enum watch_then {
    WATCH_THEN_SAY,       /* in the rows of messages */
    WATCH_THEN_READ,      /* it is read, over the whole list */
    WATCH_THEN_PICK_WORK, /* likewise, and one of its rows is chosen */
    WATCH_THEN_PICK_INCIDENT,
    WATCH_THEN_SAVE /* into the file of the last field */
};

struct watch_field {
    const char *label;
    const char *flag;    /* "--max", with the answer behind it where there is one; NULL = the words have its place */
    const char *usual;   /* NULL = "" */
    const char *choices; /* "one|other": arrows change it; NULL = it is typed */
    bool required;
};

struct watch_form {
    const char *title;
    enum watch_needs needs;
    const char *words[WATCH_FORM_WORDS]; /* @ = the target, $1.. = the answers; NULL behind the last */
    struct watch_field fields[WATCH_FIELDS];
    const char *question; /* asked before it is done; NULL = it is done at once */
    enum watch_then then;
};

struct watch_menu {
    const char *title;
    const struct watch_form *forms; /* title NULL behind the last */
};

/* The main menu, in the order of its lines; behind them those of what was picked. */
enum watch_menu_name {
    WATCH_MENU_MACHINE,
    WATCH_MENU_SENSOR,
    WATCH_MENU_ALARM,
    WATCH_MENU_WORK,
    WATCH_MENU_INCIDENT,
    WATCH_MENU_JOURNAL,
    WATCH_MENUS,
    WATCH_MENU_OF_WORK = WATCH_MENUS,
    WATCH_MENU_OF_INCIDENT,
    WATCH_MENUS_ALL
};

extern const struct watch_menu watch_menus[WATCH_MENUS_ALL];

/* The form of a menu with these first two words; NULL = there is none. */
const struct watch_form *watch_form_find(enum watch_menu_name menu, const char *verb, const char *word);

/* How many lines a menu has; of the main one, for WATCH_MENUS_ALL. */
unsigned watch_menu_lines(unsigned menu);

unsigned watch_form_fields(const struct watch_form *form);

/* ---- keys (watch_form.c) ----------------------------------------------------------------------------------------- */

/* Opens the menu that fits the page. */
void watch_menu_open(struct watch_view *view);

/* Begins a form on the target that is taken already: WATCH_DO where nothing is left to be asked. */
enum watch_action watch_form_begin(struct watch_view *view, const struct watch_form *form);

/* A key in a form. */
enum watch_action watch_press_in_form(struct watch_view *view, int key);

/* A key where text is read. */
void watch_press_in_reading(struct watch_view *view, int key, unsigned page_rows);

/* A key where it is asked whether points may move. */
enum watch_action watch_press_at_moves(struct watch_view *view, int key, unsigned page_rows);

/* A line of what is read: NULL behind the last. *len: its bytes. */
const char *watch_reading_line(const struct watch_view *view, size_t line, size_t *len);

/* The number that a line begins with; "" = none. Returns buf; 16 bytes suffice. */
const char *watch_reading_number(const struct watch_view *view, size_t line, char *buf, size_t size);

/* Takes an answer's last character away, and adds a byte of one. */
void watch_answer_back(char *answer);
void watch_answer_add(char *answer, size_t size, int key);

/* ---- layout (watch_menu_layout.c) -------------------------------------------------------------------------------- */

/* A menu, a form or what is read, in rows first to end - 1, under a title in the row before. */
void watch_lay_menu(const struct watch_view *view, const struct watch_model *model, struct watch_screen *out,
                    unsigned first, unsigned end);
void watch_lay_form(const struct watch_view *view, struct watch_screen *out, unsigned first, unsigned end);

/* Returns how far what is read is moved sideways. */
unsigned watch_lay_reading(const struct watch_view *view, struct watch_screen *out, unsigned first, unsigned end);

#endif
