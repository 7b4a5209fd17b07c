/* watch: the live screen of a plant. What is on it (watch_layout.c), what is selected (watch_choice.c) and what a key
 * does (watch_keys.c) are pure; only watch_terminal.c knows ncurses, and only watch.c the slave. */
#ifndef MBP_CTL_WATCH_H
#define MBP_CTL_WATCH_H

#include "mbplant/event/comment.h"
#include "verbs/overview.h"

#define WATCH_WIDTH_MIN  80u
#define WATCH_HEIGHT_MIN 24u
#define WATCH_WIDTH_MAX  400u
#define WATCH_HEIGHT_MAX 200u
#define WATCH_EVENTS     200u /* the newest that are kept */
#define WATCH_RUNS       32u
#define WATCH_FIELDS     9u   /* of a form */
#define WATCH_ANSWER     200u /* bytes */
#define WATCH_CELLS      24u  /* columns of a list that are told apart */

enum watch_page { WATCH_MACHINES, WATCH_SENSORS, WATCH_ALARMS, WATCH_JOURNAL, WATCH_PAGES };

enum watch_mode {
    WATCH_LIST,
    WATCH_ASKS_TEXT,  /* what to force the target to, for how long to shelve it */
    WATCH_ASKS_YES,   /* before a machine is asked for a state */
    WATCH_ASKS_MOVES, /* before points move to other addresses: which is what is read */
    WATCH_HELP,
    WATCH_IN_MENU, /* watch_menu.h, as the next two */
    WATCH_IN_FORM,
    WATCH_READS
};

enum watch_action {
    WATCH_NOTHING,
    WATCH_UP,
    WATCH_DOWN,
    WATCH_PAGE_UP,
    WATCH_PAGE_DOWN,
    WATCH_FIRST,
    WATCH_LAST,
    WATCH_LEFT,
    WATCH_RIGHT,
    WATCH_NEXT_PAGE,
    WATCH_PAGE_1,
    WATCH_PAGE_2,
    WATCH_PAGE_3,
    WATCH_PAGE_4,
    WATCH_LET_GO, /* of what is selected */
    WATCH_SHOW_HELP,
    WATCH_ACKNOWLEDGE,
    WATCH_ACKNOWLEDGE_ALL,
    WATCH_FORCE,
    WATCH_RELEASE,
    WATCH_SHELVE,
    WATCH_UNSHELVE,
    WATCH_RESET,
    WATCH_RESET_ALL,
    WATCH_EN_SERVICE,
    WATCH_EN_PANNE,
    WATCH_MAINTENANCE,
    WATCH_OPEN_MENU,
    WATCH_LIST_WORK,
    WATCH_LIST_INCIDENTS,
    WATCH_WRITE_NOTE,
    WATCH_DO, /* what the form says */
    WATCH_QUIT
};

/* Keys beside the characters, by names of our own so that the table needs no ncurses. */
enum watch_key {
    WATCH_KEY_ENTER = '\n',
    WATCH_KEY_ESCAPE = 27,
    WATCH_KEY_UP = 0x10000,
    WATCH_KEY_DOWN,
    WATCH_KEY_LEFT,
    WATCH_KEY_RIGHT,
    WATCH_KEY_MENU,
    WATCH_KEY_PAGE_UP,
    WATCH_KEY_PAGE_DOWN,
    WATCH_KEY_HOME,
    WATCH_KEY_END,
    WATCH_KEY_BACKSPACE
};

/* What is shown. */
struct watch_model {
    const struct mbp_plant *plant;       /* NULL = the slave has not told it yet */
    const struct ctl_overview *overview; /* NULL likewise; the last one while the slave is gone */
    const struct mbp_event *events;      /* oldest first */
    size_t event_count;
    char *const *comments;         /* what was said with each, NULL = nothing; NULL: with none */
    const struct mbp_names *names; /* of what they are about */
    const char *host;
    uint16_t port;
    uint64_t now_ms;     /* wall time */
    const char *trouble; /* why the slave does not answer; "" = it does */
    uint64_t silent_s;   /* since when */
};

/* What is selected in a list, by what it is and not by where it stands: lists move, and what a key changes must be what
 * the user chose. */
struct watch_choice {
    enum {
        WATCH_NOTHING_CHOSEN,
        WATCH_CHOSEN,
        WATCH_GONE /* what was chosen is no longer in the list: nothing is, until the user chooses again */
    } is;
    char name[MBP_NAME_MAX + 1]; /* of a machine or a sensor */
    enum mbp_limit limit;        /* of an alarm, beside its sensor's name */
    bool bypass;                 /* not that alarm, but the bypass of its interlock */
    uint32_t seq;                /* of an event */
    uint64_t wall_ms;
    size_t at; /* where it stands in the list, or stood last: moving begins there */
};

struct watch_form;

/* The columns of what is shown. Where they are wider than the screen they move, and the first one stays. */
struct watch_sides {
    unsigned width;               /* of the screen */
    unsigned longest;             /* of what is shown */
    unsigned count;               /* of columns; 0 = it has none, so all moves */
    unsigned starts[WATCH_CELLS]; /* of each */
};

/* What the user has chosen. */
struct watch_view {
    enum watch_page page;
    struct watch_choice choices[WATCH_PAGES];
    enum watch_mode mode;
    enum watch_action asked; /* what the question is about */
    char target[128];        /* whom: kept by name, for the list may move before the answer */
    char subject[128];       /* the same in words for people */
    char answer[40];
    char machine[MBP_NAME_MAX + 1]; /* that is selected, "" = none, and its unit's id: where what is added goes */
    char unit[12];
    unsigned menu;                 /* which; WATCH_MENUS_ALL = the main one */
    size_t line;                   /* of the menu, or of what is read */
    const struct watch_form *form; /* that is filled in, or done */
    unsigned field;
    char answers[WATCH_FIELDS][WATCH_ANSWER];
    int then;            /* enum watch_then: what is done with what is read */
    const char *reading; /* text, whose owner is who does what a form says; NULL = none yet */
    char heading[128];
    char moves[4096];   /* which addresses move, as the user was told; "" = he was not */
    char message[2048]; /* what became of the last action, in lines; "" = nothing to say */
    enum mbp_paint message_paint;
    unsigned across[WATCH_PAGES + 1]; /* how far the columns of a page, or of what is read, are moved */
    struct watch_sides sides;         /* of what was drawn last */
};

/* A piece of a row in one paint. */
struct watch_run {
    enum mbp_paint paint;
    size_t bytes;
};

struct watch_row {
    char text[4 * WATCH_WIDTH_MAX + 1]; /* UTF-8 */
    size_t bytes;
    unsigned columns;
    struct watch_run runs[WATCH_RUNS];
    unsigned run_count;
    unsigned cells, starts[WATCH_CELLS]; /* put so far, and where they stand */
    bool selected;
    bool stale; /* of a slave that does not answer now */
};

struct watch_screen {
    unsigned width, height;
    struct watch_sides sides; /* of the list, or of what is read */
    struct watch_row rows[WATCH_HEIGHT_MAX];
};

/* How events are told there. */
struct mbp_telling watch_telling(const struct watch_model *model);

#define WATCH_EVENT_TEXT (256 + sizeof " # " + MBP_COMMENT_MAX)

/* The at-th event as a sentence, with what was said with it. */
const char *watch_event_text(const struct watch_model *model, size_t at, char buf[WATCH_EVENT_TEXT]);

/* ---- layout ------------------------------------------------------------------------------------------------------ */

/* Fills height rows (at most the MAX ones), none wider than width. */
void watch_layout(const struct watch_model *model, const struct watch_view *view, unsigned width, unsigned height,
                  struct watch_screen *out);

/* How many lines a page's list has. */
size_t watch_count(const struct watch_model *model, enum watch_page page);

/* Lines of a list that a screen of that height shows. */
unsigned watch_list_height(enum watch_page page, unsigned height);

/* The cell of a bar over range that value falls into, clamped to its ends; width = none (NaN, or a range without
 * extent). */
unsigned watch_bar_cell(const double range[2], double value, unsigned width);

/* A sensor's flags in their places: "HH U F", "H  S  B"; ends without spaces. Returns buf; 16 bytes suffice. */
const char *watch_flags_text(const struct mbp_sensor_view *now, char *buf, size_t size);

/* ---- keys -------------------------------------------------------------------------------------------------------- */

/* What a key means in the list; WATCH_NOTHING when it has no meaning. */
enum watch_action watch_key_action(int key);

/* One line of help per key, by index; false behind the last. */
bool watch_key_help(size_t index, const char **keys, const char **help);

/* How far columns can be moved, and where they are behind one move more, to the left or to the right. */
unsigned watch_across_most(const struct watch_sides *sides);
unsigned watch_across_next(const struct watch_sides *sides, unsigned across, bool left);

/* Takes a key: moves in the view, asks, or returns what is to be done now, on view->target with view->answer. page_rows
 * is how far a page goes. */
enum watch_action watch_press(struct watch_view *view, const struct watch_model *model, int key, unsigned page_rows);

/* ---- the selection ----------------------------------------------------------------------------------------------- */

/* Finds in the lists as they are now what was chosen in them before. In machines and sensors, whose order does not
 * change, the first is chosen where nothing was yet; in alarms and events the user alone chooses. */
void watch_view_follow(struct watch_view *view, const struct watch_model *model);

/* Chooses what stands there in a page's list, the last for SIZE_MAX and what is beyond; nothing when it is empty. */
void watch_choose(struct watch_view *view, const struct watch_model *model, enum watch_page page, size_t at);

/* What is or was chosen on the page that is shown: "TT101.high", "event 17". Returns buf; 64 bytes suffice. */
const char *watch_choice_text(const struct watch_view *view, char *buf, size_t size);

/* The same in words for people: "TT101 high", of an event what it tells. Returns buf. */
const char *watch_choice_words(const struct watch_view *view, const struct watch_model *model, char *buf, size_t size);

/* The alarms that wait for acknowledgement, a bit per enum mbp_limit of each sensor: what the user has seen of them. */
void watch_note_waiting(const struct mbp_report *report, const struct mbp_plant *plant, uint8_t *waiting);

/* The first alarm of target (a sensor, a machine, "all") that waits now and did not when waiting was noted; NULL =
 * none: it is safe to acknowledge them unread no more. */
const struct mbp_report_alarm *watch_find_unseen(const struct mbp_report *report, const struct mbp_plant *plant,
                                                 const uint8_t *waiting, const char *target);

/* ---- the terminal ------------------------------------------------------------------------------------------------ */

/* Takes over the terminal. Errors are told: MBP_ERR_IO. */
enum mbp_status watch_terminal_open(bool colour);
void watch_terminal_size(unsigned *width, unsigned *height);
void watch_terminal_draw(const struct watch_screen *screen);

/* The next key; 0 after timeout_ms, on a signal, or when the size changed; -1 when the terminal is gone. */
int watch_terminal_key(int timeout_ms);
void watch_terminal_close(void);

#endif
