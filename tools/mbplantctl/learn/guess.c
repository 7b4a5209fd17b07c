/* guess: what registers may be, by what stood in them and how it moved. */
#include "learn/guess.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/codec.h"

#define TEXT_WORDS_MAX 32u
#define FLOAT_LOW      1e-4
#define FLOAT_HIGH     1e8
#define STEP_MAX       0.25 /* of a value, from one sweep to the next */
#define MOVES_SURE     3u
#define CARRIES_MAX    3 /* of a counter's high word in the time of a look */

static uint16_t last_word(const struct sweeps *sweeps, uint32_t addr)
{
    return sweeps->words[sweeps->count - 1][addr];
}

bool guess_is_still(const struct sweeps *sweeps, uint32_t addr)
{
    for (unsigned s = 1; s < sweeps->count; s++) {
        if (sweeps->words[s][addr] != sweeps->words[0][addr])
            return false;
    }
    return true;
}

/* ---- texts ------------------------------------------------------------------------------------------------------- */

static bool is_text_byte(int byte)
{
    return byte < 0x80 && (isalnum(byte) != 0 || (byte != 0 && strchr(" .-_/:,()+#", byte) != NULL));
}

/* How many registers from there hold a text: two registers and four characters at least, most of them letters or
 * digits. */
static uint32_t text_words(const struct sweeps *sweeps, uint32_t addr, uint32_t end)
{
    uint32_t words = 0;
    unsigned letters = 0;
    unsigned digits = 0;
    unsigned characters = 0;
    bool over = false;
    while (addr + words < end && words < TEXT_WORDS_MAX && !over && guess_is_still(sweeps, addr + words)) {
        int high = last_word(sweeps, addr + words) >> 8;
        int low = last_word(sweeps, addr + words) & 0xFF;
        over = low == 0;
        if (!is_text_byte(high) || (!over && !is_text_byte(low)))
            break;
        letters += (isalpha(high) != 0 ? 1u : 0u) + (isalpha(low) != 0 ? 1u : 0u);
        digits += (isdigit(high) != 0 ? 1u : 0u) + (isdigit(low) != 0 ? 1u : 0u);
        characters += over ? 1 : 2;
        words++;
    }
    /* zeros behind it are its end, and make a few digits of a version one */
    over = over || (addr + words < end && last_word(sweeps, addr + words) == 0);
    bool like_one = letters >= 2 ? 3 * letters >= characters || over : over;
    return words >= 2 && characters >= 4 && 4 * (letters + digits) >= 3 * characters && like_one ? words : 0;
}

static bool guess_text(const struct sweeps *sweeps, uint32_t addr, uint32_t end, struct learn_point *point)
{
    uint32_t words = text_words(sweeps, addr, end);
    if (words == 0)
        return false;
    point->type = MBP_STRING;
    point->words = (uint16_t)words;
    mbp_codec_text(MBP_ABCD, sweeps->words[sweeps->count - 1] + addr, words, point->value);
    snprintf(point->comment, sizeof point->comment, ctl_tr("likely a text"));
    return true;
}

/* ---- floats ------------------------------------------------------------------------------------------------------ */

/* Two registers as a number, over all sweeps. */
struct motion {
    bool plausible;
    unsigned moves; /* from one sweep to the next */
    double step;    /* the largest of them, as a share of the value */
    double low, high;
    unsigned rises; /* of the moves */
};

static double value_of(const struct sweeps *sweeps, unsigned s, uint32_t addr, enum mbp_type type, enum mbp_order order)
{
    return mbp_codec_decode(type, order, 1, sweeps->words[s] + addr);
}

static struct motion motion_of(const struct sweeps *sweeps, uint32_t addr, enum mbp_type type, enum mbp_order order)
{
    struct motion motion = {.plausible = true};
    double before = value_of(sweeps, 0, addr, type, order);
    bool some = false;
    motion.low = motion.high = before;
    for (unsigned s = 0; s < sweeps->count; s++) {
        double now = value_of(sweeps, s, addr, type, order);
        double size = fabs(now);
        motion.plausible =
            motion.plausible && isfinite(now) && (!(size > 0) || (size >= FLOAT_LOW && size <= FLOAT_HIGH));
        some = some || size > 0;
        if (now < before || now > before) {
            motion.moves++;
            motion.rises += now > before;
            motion.step = fmax(motion.step, fabs(now - before) / fmax(fmax(size, fabs(before)), FLOAT_LOW));
        }
        motion.low = fmin(motion.low, now);
        motion.high = fmax(motion.high, now);
        before = now;
    }
    motion.plausible = motion.plausible && some;
    return motion;
}

static const char *float_text(double value, char buf[32])
{
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(buf, 32, "%.*g", digits, value);
        double back = (double)strtof(buf, NULL);
        bool plain = fabs(value) < 1e9 && strchr(buf, 'e') == NULL; /* 50, not 5e+01 */
        if (!(back < value) && !(back > value) && (plain || fabs(value) >= 1e9 || fabs(value) < 1e-3))
            break;
    }
    return buf;
}

/* Whether a number is one that people write: 230.1, 0.95. */
static bool is_short(double value)
{
    char text[32];
    float_text(value, text);
    return strcspn(text, "e") <= 7 && strchr(text, '.') != NULL;
}

/* What moves, moves in its last bits too; what stands still is a number of few digits, in an order that is usual. Two
 * numbers of one register each are neither. */
static bool is_evident(const struct sweeps *sweeps, uint32_t addr, enum mbp_order order, const struct motion *motion)
{
    unsigned last = 0;
    if (motion->moves == 0)
        return (order == MBP_ABCD || order == MBP_CDAB) && is_short(motion->high);
    for (unsigned s = 0; s < sweeps->count; s++)
        last |= (unsigned)mbp_codec_bits(MBP_FLOAT32, order, sweeps->words[s] + addr) & 0xFFu;
    return last != 0;
}

/* The one order in which two registers are a float that could be; of several the one that moves in small steps. */
static bool float_at(const struct sweeps *sweeps, uint32_t addr, enum mbp_order *order, struct motion *motion)
{
    bool found = false;
    for (unsigned o = 0; o < MBP_ORDER_COUNT; o++) {
        struct motion of = motion_of(sweeps, addr, MBP_FLOAT32, (enum mbp_order)o);
        if (!of.plausible || of.step > STEP_MAX || !is_evident(sweeps, addr, (enum mbp_order)o, &of) ||
            (found && of.step >= motion->step))
            continue;
        found = true;
        *order = (enum mbp_order)o;
        *motion = of;
    }
    return found;
}

/* A register before a float is not the half of another: what moves tells, or the usual order does. */
static bool begins_later(const struct sweeps *sweeps, uint32_t addr, uint32_t end, enum mbp_order order,
                         const struct motion *motion)
{
    enum mbp_order next_order = MBP_ABCD;
    struct motion next = {0};
    if (addr + 3 > end || !float_at(sweeps, addr + 1, &next_order, &next))
        return false;
    if (next.moves != motion->moves)
        return next.moves > motion->moves;
    return order != MBP_ABCD && next_order == MBP_ABCD;
}

static void tell_motion(const struct motion *motion, const char *what, struct learn_point *point)
{
    char low[32];
    char high[32];
    if (motion->moves == 0)
        snprintf(point->comment, sizeof point->comment, ctl_tr("likely a %s: it looks like one, but did not move"),
                 what);
    else
        snprintf(point->comment, sizeof point->comment, ctl_tr("%s a %s: it moved %u times, from %s to %s"),
                 ctl_tr(motion->moves >= MOVES_SURE ? "sure" : "likely"), what, motion->moves,
                 float_text(motion->low, low), float_text(motion->high, high));
}

static bool guess_float(const struct sweeps *sweeps, uint32_t addr, uint32_t end, struct learn_point *point)
{
    enum mbp_order order;
    struct motion motion;
    if (addr + 2 > end || !float_at(sweeps, addr, &order, &motion) || begins_later(sweeps, addr, end, order, &motion))
        return false;
    point->type = MBP_FLOAT32;
    point->order = order;
    point->words = 2;
    float_text(value_of(sweeps, sweeps->count - 1, addr, MBP_FLOAT32, order), point->value);
    tell_motion(&motion, "float32", point);
    return true;
}

/* ---- whole numbers ----------------------------------------------------------------------------------------------- */

/* A counter of two registers: it only rises, and its high word did too while the low one began again. With a high word
 * that stands still it may as well be two numbers. */
static bool guess_counter(const struct sweeps *sweeps, uint32_t addr, uint32_t end, struct learn_point *point)
{
    static const enum mbp_order orders[] = {MBP_ABCD, MBP_CDAB};
    for (size_t o = 0; o < 2 && addr + 2 <= end; o++) {
        uint32_t high = orders[o] == MBP_ABCD ? addr : addr + 1;
        struct motion motion = motion_of(sweeps, addr, MBP_UINT32, orders[o]);
        uint32_t low = high == addr ? addr + 1 : addr;
        bool rises = motion.moves >= 2 && motion.rises == motion.moves && motion.step < STEP_MAX;
        rises = rises && !guess_is_still(sweeps, low);
        if (!rises || guess_is_still(sweeps, high) || last_word(sweeps, high) - sweeps->words[0][high] > CARRIES_MAX)
            continue;
        point->type = MBP_UINT32;
        point->order = orders[o];
        point->words = 2;
        snprintf(point->value, sizeof point->value, "%.0f",
                 value_of(sweeps, sweeps->count - 1, addr, MBP_UINT32, orders[o]));
        snprintf(point->comment, sizeof point->comment, ctl_tr("sure a uint32: it rose %u times, from %.0f to %.0f"),
                 motion.moves, motion.low, motion.high);
        return true;
    }
    return false;
}

/* One register: where it moved over 0, or stands little below it, it has a sign. */
static void guess_word(const struct sweeps *sweeps, uint32_t addr, struct learn_point *point)
{
    bool low = false;
    bool high = false;
    bool between = false; /* then it is a part of something wider */
    struct motion motion = motion_of(sweeps, addr, MBP_UINT16, MBP_ABCD);
    for (unsigned s = 0; s < sweeps->count; s++) {
        low = low || sweeps->words[s][addr] < 0x2000;
        high = high || sweeps->words[s][addr] > 0xE000;
        between = between || (sweeps->words[s][addr] >= 0x2000 && sweeps->words[s][addr] <= 0xE000);
    }
    bool crossed = low && high && !between;
    bool below = high && !low && !between && motion.moves > 0;
    if (crossed || below) {
        motion = motion_of(sweeps, addr, MBP_INT16, MBP_ABCD);
        point->type = MBP_INT16;
    }
    if (motion.moves > 0)
        snprintf(point->comment, sizeof point->comment, ctl_tr("%s%.0f to %.0f, moves: %u"),
                 crossed ? ctl_tr("sure an int16: ")
                 : below ? ctl_tr("likely an int16: ")
                         : "",
                 motion.low, motion.high, motion.moves);
    snprintf(point->value, sizeof point->value, "%.0f",
             value_of(sweeps, sweeps->count - 1, addr, point->type, MBP_ABCD));
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

/* The words that the plant file's value will show: they must be those that were seen, to the bit. */
static bool shows_the_same(const struct sweeps *sweeps, const struct learn_point *point)
{
    uint16_t words[TEXT_WORDS_MAX] = {0};
    const uint16_t *seen = sweeps->words[sweeps->count - 1] + point->addr;
    if (point->type == MBP_STRING)
        mbp_codec_put_text(MBP_ABCD, point->value, strlen(point->value), point->words, words);
    else
        mbp_codec_encode(point->type, point->order, 1, strtod(point->value, NULL), words);
    return memcmp(words, seen, point->words * sizeof words[0]) == 0;
}

struct learn_point guess_at(const struct sweeps *sweeps, enum mbp_table table, uint32_t addr, uint32_t end)
{
    struct learn_point plain = learn_point_of(table, (uint16_t)addr, mbp_table_is_bits(table) ? MBP_BOOL : MBP_UINT16);
    struct learn_point point = plain;
    if (mbp_table_is_bits(table)) {
        snprintf(point.value, sizeof point.value, "%u", last_word(sweeps, addr) != 0);
        return point;
    }
    bool wide = guess_text(sweeps, addr, end, &point) || guess_float(sweeps, addr, end, &point) ||
                guess_counter(sweeps, addr, end, &point);
    if (wide && shows_the_same(sweeps, &point))
        return point;
    point = plain;
    guess_word(sweeps, addr, &point);
    return point;
}
