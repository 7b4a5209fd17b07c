/* watch's screen on ncurses. */
#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "watch/watch.h"

#define ESCAPE_DELAY_MS 25 /* a lone Escape is told from an arrow key by what follows at once */
#define DELETE          127
#define CONTROL_L       12

static SCREEN *terminal;
static bool painted, utf8;

enum mbp_status watch_terminal_open(bool colour)
{
    const char *name = getenv("TERM");
    setlocale(LC_CTYPE, "");
    /* Where nobody said what the terminal's characters are (LANG=C), they are what all of mbplantctl writes. */
    if (strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") == 0)
        setlocale(LC_CTYPE, "C.UTF-8");
    utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    terminal = newterm(NULL, stdout, stdin);
    if (terminal == NULL) {
        ctl_error("watch: this terminal (TERM=%s) is not known here; mbplantctl watch | cat prints plain text",
                  name != NULL ? name : "");
        return MBP_ERR_IO;
    }
    set_escdelay(ESCAPE_DELAY_MS);
    cbreak();
    noecho();
    nonl();
    curs_set(0);
    keypad(stdscr, true);
    painted = colour && has_colors();
    if (painted) {
        start_color();
        use_default_colors();
        init_pair(MBP_PAINT_GOOD, COLOR_GREEN, -1);
        init_pair(MBP_PAINT_BAD, COLOR_RED, -1);
        init_pair(MBP_PAINT_CARE, COLOR_YELLOW, -1);
    }
    return MBP_OK;
}

void watch_terminal_size(unsigned *width, unsigned *height)
{
    *width = (unsigned)COLS;
    *height = (unsigned)LINES;
}

static attr_t attributes(enum mbp_paint paint, const struct watch_row *row)
{
    attr_t set = (row->selected ? A_REVERSE : A_NORMAL) | (row->stale ? A_DIM : A_NORMAL);
    if (paint == MBP_PAINT_TITLE)
        set |= A_BOLD;
    else if (paint != MBP_PAINT_NONE && painted)
        set |= COLOR_PAIR((int)paint);
    return set;
}

/* Where the terminal's characters are not UTF-8, what is beyond ASCII becomes a question mark. */
static void write_run(const char *text, size_t bytes)
{
    if (utf8) {
        addnstr(text, (int)bytes);
        return;
    }
    for (size_t i = 0; i < bytes; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte < 0x80)
            addch(byte);
        else if ((byte & 0xC0u) == 0xC0u)
            addch('?');
    }
}

void watch_terminal_draw(const struct watch_screen *screen)
{
    erase();
    for (unsigned r = 0; r < screen->height; r++) {
        const struct watch_row *row = &screen->rows[r];
        const char *text = row->text;
        move((int)r, 0);
        for (unsigned i = 0; i < row->run_count; i++) {
            attrset((int)attributes(row->runs[i].paint, row));
            write_run(text, row->runs[i].bytes);
            text += row->runs[i].bytes;
        }
    }
    attrset(A_NORMAL);
    refresh();
}

static bool is_gone(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&in, 1, 0) > 0 && (in.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

int watch_terminal_key(int timeout_ms)
{
    static const struct {
        int curses, ours;
    } keys[] = {
        {ERR, 0},
        {KEY_RESIZE, 0},
        {KEY_UP, WATCH_KEY_UP},
        {KEY_DOWN, WATCH_KEY_DOWN},
        {KEY_LEFT, WATCH_KEY_LEFT},
        {KEY_RIGHT, WATCH_KEY_RIGHT},
        {KEY_F(10), WATCH_KEY_MENU},
        {KEY_PPAGE, WATCH_KEY_PAGE_UP},
        {KEY_NPAGE, WATCH_KEY_PAGE_DOWN},
        {KEY_HOME, WATCH_KEY_HOME},
        {KEY_END, WATCH_KEY_END},
        {KEY_BACKSPACE, WATCH_KEY_BACKSPACE},
        {DELETE, WATCH_KEY_BACKSPACE},
        {'\b', WATCH_KEY_BACKSPACE},
        {KEY_ENTER, WATCH_KEY_ENTER},
        {'\r', WATCH_KEY_ENTER},
    };
    timeout(timeout_ms);
    int key = getch();
    if (key == ERR && is_gone())
        return -1;
    if (key == CONTROL_L) {
        clearok(curscr, true); /* the next drawing writes all, over what another program has left there */
        return 0;
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i].curses == key)
            return keys[i].ours;
    }
    return key;
}

void watch_terminal_close(void)
{
    endwin();
    delscreen(terminal);
    terminal = NULL;
}
