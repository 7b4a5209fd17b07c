/* tell: how it goes, in lines for masters (mbplant/image/exercise.h). What has not begun yet is not told: a student
 * would know what comes. */
#include <inttypes.h>

#include "mbplant/image/exercise.h"
#include "scenario_priv.h"

struct lines {
    char *text;
    size_t size, len;
    size_t whole; /* to the end of the last line that had room */
    bool full;    /* one had none, so the ones behind it are left out too */
};

static void put_byte(struct lines *out, char byte)
{
    if (out->len < out->size)
        out->text[out->len++] = byte;
    else
        out->full = true;
}

static void put_text(struct lines *out, const char *text)
{
    for (; *text != '\0'; text++)
        put_byte(out, (unsigned char)*text < ' ' ? ' ' : *text);
    put_byte(out, '\t');
}

static void put_number(struct lines *out, uint64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, number);
    put_text(out, text);
}

static void put_ms(struct lines *out, uint64_t ns)
{
    put_number(out, ns / MBP_NS_PER_MS);
}

/* In the place of the last tab. */
static void end_line(struct lines *out)
{
    if (out->full)
        return;
    out->text[out->len - 1] = '\n';
    out->whole = out->len;
}

static void put_sums(struct lines *out, const struct mbp_play *play)
{
    const struct mbp_play_sums sums = mbp_play_sums(play);
    put_text(out, "exercise");
    put_text(out, mbp_scenario_name(play->config.scenario));
    put_ms(out, mbp_play_now_ns(play));
    put_ms(out, mbp_scenario_duration_ns(play->config.scenario));
    put_number(out, mbp_play_is_over(play));
    put_number(out, mbp_play_passed(play));
    put_number(out, mbp_play_count(play));
    put_number(out, sums.met);
    put_number(out, sums.missed);
    put_number(out, sums.points);
    put_number(out, sums.points_lost);
    put_number(out, sums.points_all);
    end_line(out);
}

static void put_note(struct lines *out, const char *note, uint64_t told_ns)
{
    put_text(out, "note");
    put_ms(out, told_ns);
    put_text(out, note);
    end_line(out);
}

static void put_expectation(struct lines *out, const struct mbp_expectation *expectation)
{
    put_text(out, "expectation");
    put_text(out, expectation->what);
    put_text(out, mbp_verdict_name(expectation->verdict));
    put_ms(out, expectation->begin_ns);
    if (expectation->verdict >= MBP_VERDICT_MET)
        put_ms(out, expectation->decided_ns);
    else
        put_text(out, "");
    put_number(out, expectation->points);
    put_number(out, expectation->student);
    put_text(out, expectation->found);
    end_line(out);
}

size_t tell_exercise(void *play, char *text, size_t size)
{
    struct lines out = {.text = text, .size = size};
    const char *note;
    uint64_t told_ns;
    put_sums(&out, play);
    for (uint32_t i = 0; !out.full && (note = mbp_play_note(play, i, &told_ns)) != NULL; i++)
        put_note(&out, note, told_ns);
    for (uint32_t i = 0; !out.full && i < mbp_play_count(play); i++) {
        const struct mbp_expectation expectation = mbp_play_expectation(play, i);
        if (expectation.verdict != MBP_VERDICT_WAITING)
            put_expectation(&out, &expectation);
    }
    return out.whole;
}
