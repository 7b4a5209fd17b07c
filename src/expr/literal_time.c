/* literal_time: T#1d2h3m4s5ms6us7ns, TOD#08:00:00.5, DT#2026-06-13-08:00:00. All in ns. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "compiler.h"

#define SECOND_NS INT64_C(1000000000)
#define DAY_NS    (86400 * SECOND_NS)

/* In the order in which they stand. */
static const struct {
    const char *word;
    int64_t ns;
} units[] = {{"d", DAY_NS},    {"h", 3600 * SECOND_NS}, {"m", 60 * SECOND_NS},
             {"s", SECOND_NS}, {"ms", 1000000},         {"us", 1000},
             {"ns", 1}};

#define UNITS (sizeof units / sizeof units[0])

static char ahead(const struct compiler *compiler, uint32_t bytes)
{
    size_t at = (size_t)compiler->at + bytes;
    return at < compiler->source->len ? compiler->source->text[at] : '\0';
}

static bool is_digit(char c)
{
    return isdigit((unsigned char)c) != 0;
}

static bool expect(struct compiler *compiler, char c)
{
    if (ahead(compiler, 0) != c)
        return false;
    compiler->at++;
    return true;
}

/* Decimal digits; a larger number than INT64_MAX is that. False when there is none. */
static bool read_whole(struct compiler *compiler, int64_t *value)
{
    if (!is_digit(ahead(compiler, 0)))
        return false;
    *value = 0;
    for (; is_digit(ahead(compiler, 0)); compiler->at++)
        if (__builtin_mul_overflow(*value, 10, value) ||
            __builtin_add_overflow(*value, ahead(compiler, 0) - '0', value))
            *value = INT64_MAX;
    return true;
}

/* What stands behind a point, in billionths; later digits do not count. */
static int64_t read_billionths(struct compiler *compiler)
{
    int64_t value = 0;
    int64_t of = SECOND_NS;
    for (; is_digit(ahead(compiler, 0)); compiler->at++) {
        of /= 10;
        value += of * (ahead(compiler, 0) - '0');
    }
    return value;
}

static size_t read_unit(struct compiler *compiler)
{
    uint32_t len = 0;
    while (isalpha((unsigned char)ahead(compiler, len)) != 0)
        len++;
    for (size_t i = 0; i < UNITS; i++) {
        if (strlen(units[i].word) == len &&
            strncasecmp(units[i].word, compiler->source->text + compiler->at, len) == 0) {
            compiler->at += len;
            return i;
        }
    }
    return UNITS;
}

/* Parts in descending order; the last may have a fraction. */
static void read_duration(struct compiler *compiler, uint32_t start)
{
    bool negative = expect(compiler, '-');
    __int128 sum = 0;
    bool fraction = false;
    size_t least = 0; /* the first unit that may come next */
    do {
        int64_t whole;
        int64_t billionths = 0;
        bool number = !fraction && read_whole(compiler, &whole);
        if (number && ahead(compiler, 0) == '.' && is_digit(ahead(compiler, 1))) {
            compiler->at++;
            fraction = true;
            billionths = read_billionths(compiler);
        }
        size_t unit = number ? read_unit(compiler) : UNITS;
        if (unit == UNITS || unit < least) {
            compiler_fail(compiler, start,
                          "a time is written T#1d2h3m4s5ms6us7ns, in this order, and only the last with a fraction");
            return;
        }
        sum += (__int128)whole * units[unit].ns + (__int128)billionths * units[unit].ns / SECOND_NS;
        least = unit + 1;
        if (ahead(compiler, 0) == '_' && is_digit(ahead(compiler, 1)))
            compiler->at++;
    } while (is_digit(ahead(compiler, 0)));
    if (sum > INT64_MAX)
        compiler_fail(compiler, start, "TIME holds at most 106751 days");
    compiler->token.integer = negative ? -sum : sum;
}

/* HH:MM:SS.fraction */
static bool read_time_of_day(struct compiler *compiler, int64_t *ns)
{
    int64_t hours;
    int64_t minutes;
    int64_t seconds;
    bool well = read_whole(compiler, &hours) && expect(compiler, ':') && read_whole(compiler, &minutes) &&
                expect(compiler, ':') && read_whole(compiler, &seconds);
    if (!well || hours > 23 || minutes > 59 || seconds > 59)
        return false;
    *ns = ((hours * 60 + minutes) * 60 + seconds) * SECOND_NS;
    if (ahead(compiler, 0) == '.' && is_digit(ahead(compiler, 1))) {
        compiler->at++;
        *ns += read_billionths(compiler);
    }
    return true;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar: whole years, leap days, days before the month. */
static int64_t days_to(int64_t year, int64_t month, int64_t day)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t past = month > 2 ? year : year - 1; /* the last year whose leap day is behind */
    int64_t leaps = past / 4 - past / 100 + past / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);
    return (year - 1970) * 365 + leaps + before[month - 1] + day - 1;
}

static bool is_date(int64_t year, int64_t month, int64_t day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return year >= 1970 && year <= 2261 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (leap && month == 2 ? 1 : 0);
}

static bool read_date_and_time(struct compiler *compiler, int64_t *ns)
{
    int64_t year;
    int64_t month;
    int64_t day;
    bool well = read_whole(compiler, &year) && expect(compiler, '-') && read_whole(compiler, &month) &&
                expect(compiler, '-') && read_whole(compiler, &day) && expect(compiler, '-') &&
                read_time_of_day(compiler, ns);
    if (!well || !is_date(year, month, day))
        return false;
    *ns += days_to(year, month, day) * DAY_NS;
    return true;
}

void literal_time(struct compiler *compiler, unsigned type)
{
    struct token *token = &compiler->token;
    int64_t ns = 0;
    token->kind = TOKEN_LITERAL;
    token->type = type;
    token->is_real = false;
    if (type == MBP_EXPR_TIME) {
        read_duration(compiler, token->start);
        return;
    }
    bool well = type == MBP_EXPR_TOD ? read_time_of_day(compiler, &ns) : read_date_and_time(compiler, &ns);
    if (!well && type == MBP_EXPR_TOD)
        compiler_fail(compiler, token->start, "a time of day is written TOD#08:30:00");
    else if (!well)
        compiler_fail(compiler, token->start, "a moment is written DT#2026-06-13-08:30:00, from 1970 to 2261");
    token->integer = ns;
}
