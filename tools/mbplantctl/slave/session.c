/* One run of mbplantctl: the connection and the plant, made when something needs them, and how their failures read. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ctl.h"
#include "mbplant/base/wire.h"
#include "mbplant/report/words.h"
#include "slave/names.h"
#include "slave/refusal.h"
#include "slave/rights.h"

#define UNIT_OF_NO_GATEWAY 255

void ctl_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("mbplantctl: ", stderr);
    mbp_text_vprint(stderr, ctl_tr(format), args);
    putc('\n', stderr);
    va_end(args);
}

void ctl_say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    mbp_text_vprint(stdout, ctl_tr(format), args);
    va_end(args);
}

enum mbp_status ctl_grid_new(const struct mbp_grid_column *columns, size_t count, struct mbp_grid **out)
{
    static struct mbp_grid_column spoken[CTL_TITLES_MAX]; /* a grid is written before the next one is made */
    for (size_t c = 0; c < count && c < CTL_TITLES_MAX; c++)
        spoken[c] = (struct mbp_grid_column){ctl_tr(columns[c].title), columns[c].key, columns[c].number};
    return mbp_grid_new(spoken, count < CTL_TITLES_MAX ? count : CTL_TITLES_MAX, out);
}

enum mbp_lang ctl_lang_written(const struct ctl *ctl)
{
    return ctl_lang_of_format(ctl->options->format, ctl_spoken());
}

const char *ctl_time_text(enum mbp_lang lang, uint64_t wall_ms, char *buf, size_t size)
{
    return lang == MBP_LANG_EN ? mbp_time_format(wall_ms, buf, size) : mbp_report_time(lang, wall_ms, buf, size);
}

enum mbp_lang ctl_lang_of_format(enum mbp_format format, enum mbp_lang lang)
{
    bool people = format == MBP_FORMAT_TEXT || format == MBP_FORMAT_MARKDOWN || format == MBP_FORMAT_HTML;
    return people ? lang : MBP_LANG_EN;
}

const char *ctl_number(double number, int digits, char *buf, size_t size)
{
    snprintf(buf, size, "%.*g", digits, number);
    return mbp_message_decimal(ctl_spoken(), buf);
}

unsigned ctl_terminal_width(const struct ctl *ctl)
{
    struct winsize size;
    bool known = !ctl->scrolls && isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    return known ? size.ws_col : 0;
}

void ctl_say_painted(const struct ctl *ctl, enum mbp_paint paint, const char *text)
{
    fputs(ctl->colour ? mbp_paint_code(paint) : "", stdout);
    ctl_say("%s", text);
    fputs(ctl->colour ? "\033[0m" : "", stdout);
}

struct ctl_link *ctl_link(struct ctl *ctl)
{
    if (ctl->link != NULL)
        return ctl->link;
    const struct ctl_target *target = &ctl->options->target;
    char why[256];
    if (ctl_link_open(target, why, sizeof why, &ctl->link) != MBP_OK && !ctl->no_link)
        ctl_error("cannot connect to %s: %s", ctl_target_text(target), why);
    ctl->no_link = ctl->link == NULL;
    if (ctl->link != NULL)
        ctl_link_say(ctl->link, &ctl->options->said);
    return ctl->link;
}

uint8_t ctl_any_unit(const struct ctl *ctl)
{
    const struct mbp_wire *wire = ctl->options->target.wire;
    bool line = wire != NULL && wire->framing != MBP_FRAMING_MBAP; /* which answers none but its own units */
    return ctl->options->unit >= 0 ? (uint8_t)ctl->options->unit : line ? 1 : UNIT_OF_NO_GATEWAY;
}

uint8_t ctl_raw_unit(const struct ctl *ctl)
{
    return ctl->options->unit >= 0 ? (uint8_t)ctl->options->unit : 1;
}

const char *ctl_why(struct ctl *ctl, enum mbp_status status, char *buf, size_t size)
{
    const struct ctl_target *target = &ctl->options->target;
    char why[256];
    if (status == MBP_ERR_IO && ctl->link != NULL)
        snprintf(buf, size, "%s: %s", ctl_target_text(target), ctl_link_error(ctl->link));
    else if (status > 0 && ctl_no_right(ctl, status, why, sizeof why) != NULL)
        snprintf(buf, size, ctl_tr("refused with exception %02X: %s"), (unsigned)status, why);
    else if (status > 0)
        snprintf(buf, size, ctl_tr("refused with exception %02X: %s"), (unsigned)status,
                 ctl_exception_reason(status, false));
    else if (status == MBP_ERR_NEWER)
        snprintf(buf, size,
                 ctl_tr("%s is no mbplant, or one of another version: its input register 0 is not the version "
                        "of a register map that this mbplantctl (%s) knows"),
                 ctl_target_text(target), MBP_VERSION);
    else
        snprintf(buf, size, "%s", ctl_tr(mbp_status_text(status)));
    return buf;
}

enum ctl_exit ctl_fail(struct ctl *ctl, enum mbp_status status, const char *doing)
{
    char why[512];
    ctl_error("%s: %s", ctl_tr(doing), ctl_why(ctl, status, why, sizeof why));
    return CTL_FAILED;
}

enum ctl_exit ctl_fail_to_learn(struct ctl *ctl, enum mbp_status status)
{
    const char *advice = ctl_tr("read and write work by raw address (mbplantctl read hr:0), the rest needs the plant: "
                                "--plant FILE");
    const struct ctl_target *target = &ctl->options->target;
    if (status == MBP_EX_GATEWAY_TARGET_FAILED && ctl->options->unit < 0)
        ctl_error("%s does not tell its plant: it has no unit %u (exception 0B); -u names one that it has; %s",
                  ctl_target_text(target), ctl_any_unit(ctl), advice);
    else if (status > 0)
        ctl_error("%s does not tell its plant (file %d: exception %02X, %s): no mbplant, or one whose plant file "
                  "is too long for Modbus; %s",
                  ctl_target_text(target), MBP_PLANT_FIRST_FILE, (unsigned)status, ctl_tr(mbp_status_text(status)),
                  advice);
    else if (status == MBP_ERR_CORRUPT)
        ctl_error("%s has a file %d, but it is no plant file (its length or CRC does not fit); %s",
                  ctl_target_text(target), MBP_PLANT_FIRST_FILE, advice);
    else if (status == MBP_ERR_IO && !ctl_link_answered(ctl->link))
        ctl_error("%s: %s", ctl_target_text(target), ctl_link_error(ctl->link));
    else if (status == MBP_ERR_IO)
        ctl_error("%s does not tell its plant: %s (is it a mbplant?); %s", ctl_target_text(target),
                  ctl_link_error(ctl->link), advice);
    else
        ctl_fail(ctl, status, "learning the plant");
    return CTL_FAILED;
}

/* Parses what the slave told; its messages name the slave instead of a file. */
static enum mbp_status parse_learned(struct ctl *ctl, char *bytes, size_t len)
{
    const struct ctl_target *target = &ctl->options->target;
    char name[128];
    snprintf(name, sizeof name, "%s/file %d", ctl_target_text(target), MBP_PLANT_FIRST_FILE);
    struct mbp_text text = {bytes, len};
    return mbp_plant_parse(name, text, stderr, &ctl->plant);
}

static bool is_target(const struct mbp_listen *listen, const struct ctl_target *target)
{
    static const struct mbp_wire plain = {.medium = MBP_MEDIUM_TCP, .framing = MBP_FRAMING_MBAP};
    const struct mbp_wire *to = target->wire != NULL ? target->wire : &plain;
    struct mbp_wire wire;
    char why[MBP_WIRE_WHY];
    if (mbp_wire_parse(listen->at, &wire, why, sizeof why) != MBP_OK || wire.framing != to->framing)
        return false;
    if (mbp_wire_is_line(to))
        return mbp_wire_is_line(&wire) && strcmp(wire.path, to->path) == 0;
    return wire.medium == to->medium && wire.port == target->port;
}

/* Whether the plant's listener that is asked calls its units by other ids: names would stand for other units' values.
 */
static bool is_renumbered(const struct ctl *ctl)
{
    const struct mbp_listens *listens = &ctl->plant->server.listen;
    for (uint32_t i = 0; i < listens->count; i++) {
        const struct mbp_wire_units *units = listens->items[i].units;
        for (unsigned id = 0; units != NULL && id < sizeof units->of / sizeof units->of[0]; id++) {
            if (units->of[id] != MBP_NONE16 && units->of[id] != id &&
                is_target(&listens->items[i], &ctl->options->target))
                return true;
        }
    }
    return false;
}

/* Then its exception 01 is a refusal, which need not be asked for again by another function. */
static bool has_single(const struct mbp_plant *plant)
{
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        if (!mbp_answers(&plant->units[u].answer, 5) || !mbp_answers(&plant->units[u].answer, 6))
            return false;
    }
    return true;
}

static void learn(struct ctl *ctl, uint8_t unit)
{
    if (ctl_link(ctl) == NULL)
        return;
    char *text = NULL;
    size_t len = 0;
    enum mbp_status status = ctl_learn_text(ctl->link, unit, &text, &len);
    if (status != MBP_OK) {
        ctl_fail_to_learn(ctl, status);
        return;
    }
    if (parse_learned(ctl, text, len) != MBP_OK)
        ctl_error("this mbplantctl (%s) does not understand the slave's plant file; is mbplantd of another version?",
                  MBP_VERSION);
    else if (has_single(ctl->plant))
        ctl_link_has_single(ctl->link);
    free(text);
    if (ctl->plant != NULL && is_renumbered(ctl)) {
        ctl_error("%s calls units by other ids than the plant does (server: listen: units): names work at the plant's "
                  "other listeners, raw addresses with -u here too",
                  ctl_target_text(&ctl->options->target));
        mbp_plant_free(ctl->plant);
        ctl->plant = NULL;
    }
}

const struct mbp_plant *ctl_plant(struct ctl *ctl)
{
    return ctl_plant_of(ctl, ctl_any_unit(ctl));
}

const struct mbp_plant *ctl_plant_of(struct ctl *ctl, uint8_t unit)
{
    if (ctl->plant != NULL || ctl->no_plant)
        return ctl->plant;
    if (ctl->options->plant_path == NULL)
        learn(ctl, unit);
    else
        mbp_plant_load(ctl->options->plant_path, stderr, &ctl->plant); /* says itself what is wrong */
    ctl->no_plant = ctl->plant == NULL;
    return ctl->plant;
}

const struct mbp_plant *ctl_plant_if_told(struct ctl *ctl)
{
    char *text = NULL;
    size_t len = 0;
    if (ctl->plant == NULL && ctl->link != NULL && ctl_learn_text(ctl->link, ctl_any_unit(ctl), &text, &len) == MBP_OK)
        parse_learned(ctl, text, len);
    free(text);
    return ctl->plant;
}

void ctl_close(struct ctl *ctl)
{
    ctl_link_close(ctl->link);
    mbp_plant_free(ctl->plant);
    ctl_names_free(ctl);
    ctl->link = NULL;
    ctl->plant = NULL;
}
