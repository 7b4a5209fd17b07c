/* The exercise: how the scenario goes that plays on the plant. What has not begun yet is not told: a student would know
 * what comes. */
#include "lists.h"
#include "mbplant/scenario.h"

static const struct mbp_play *play_of(const struct web_item *item)
{
    return item->web->config.play;
}

static void put_ms(const struct web_item *item, uint64_t ns)
{
    fprintf(item->out, "%llu", (unsigned long long)(ns / MBP_NS_PER_MS));
}

/* ---- notes ----------------------------------------------------------------------------------------------------- */

struct told {
    const char *text;
    uint64_t told_ns;
};

static void put_note_time(const struct web_item *item)
{
    put_ms(item, ((const struct told *)item->of)->told_ns);
}

static void put_note_text(const struct web_item *item)
{
    web_put_text(item->out, ((const struct told *)item->of)->text);
}

static const struct web_field note_fields[] = {
    {ROW("simulated_ms", "when it was told, from the begin", WEB_COUNT), .put = put_note_time},
    {ROW("text", "what it says", WEB_TEXT), .put = put_note_text},
};
const struct web_noun web_note_noun = WEB_NOUN("Note", note_fields);

/* ---- expectations ------------------------------------------------------------------------------------------------ */

static const struct mbp_expectation *expectation_of(const struct web_item *item)
{
    return item->of;
}

static void put_what(const struct web_item *item)
{
    web_put_text(item->out, expectation_of(item)->what);
}

static void put_verdict(const struct web_item *item)
{
    web_put_text(item->out, mbp_verdict_name(expectation_of(item)->verdict));
}

static const char *verdict_word(unsigned i)
{
    return i + MBP_VERDICT_OPEN < MBP_VERDICT_COUNT ? mbp_verdict_name((enum mbp_verdict)(i + MBP_VERDICT_OPEN)) : NULL;
}

static void put_begin(const struct web_item *item)
{
    put_ms(item, expectation_of(item)->begin_ns);
}

static void put_decided(const struct web_item *item)
{
    if (expectation_of(item)->verdict == MBP_VERDICT_OPEN)
        fputs("null", item->out);
    else
        put_ms(item, expectation_of(item)->decided_ns);
}

static void put_points(const struct web_item *item)
{
    fprintf(item->out, "%u", expectation_of(item)->points);
}

static void put_student(const struct web_item *item)
{
    fputs(expectation_of(item)->student ? "true" : "false", item->out);
}

static void put_found(const struct web_item *item)
{
    web_put_text(item->out, expectation_of(item)->found);
}

static const struct web_field expectation_fields[] = {
    {ROW("what", "is expected", WEB_TEXT), .put = put_what},
    {ROW("verdict", "what came of it", WEB_TEXT), .put = put_verdict, .word = verdict_word},
    {ROW("simulated_ms", "when it began, from the scenario's begin", WEB_COUNT), .put = put_begin},
    {ROW("decided_ms", "when it was met or missed", WEB_COUNT), .nullable = true, .put = put_decided},
    {ROW("points", "that it is worth", WEB_COUNT), .put = put_points},
    {ROW("student", "it is the student's to do", WEB_FLAG), .put = put_student},
    {ROW("found", "what there was instead, when it was missed", WEB_TEXT), .put = put_found},
};
const struct web_noun web_expectation_noun = WEB_NOUN("Expectation", expectation_fields);

/* ---- all --------------------------------------------------------------------------------------------------------- */

static struct mbp_play_sums sums_of(const struct web_item *item)
{
    return mbp_play_sums(play_of(item));
}

static void put_name(const struct web_item *item)
{
    web_put_text(item->out, mbp_scenario_name(item->web->config.scenario));
}

static void put_now(const struct web_item *item)
{
    put_ms(item, mbp_play_now_ns(play_of(item)));
}

static void put_duration(const struct web_item *item)
{
    put_ms(item, mbp_scenario_duration_ns(item->web->config.scenario));
}

static void put_over(const struct web_item *item)
{
    fputs(mbp_play_is_over(play_of(item)) ? "true" : "false", item->out);
}

static void put_passed(const struct web_item *item)
{
    fputs(mbp_play_passed(play_of(item)) ? "true" : "false", item->out);
}

static void put_count(const struct web_item *item)
{
    fprintf(item->out, "%u", mbp_play_count(play_of(item)));
}

static void put_met(const struct web_item *item)
{
    fprintf(item->out, "%u", sums_of(item).met);
}

static void put_missed(const struct web_item *item)
{
    fprintf(item->out, "%u", sums_of(item).missed);
}

static void put_won(const struct web_item *item)
{
    fprintf(item->out, "%u", sums_of(item).points);
}

static void put_lost(const struct web_item *item)
{
    fprintf(item->out, "%u", sums_of(item).points_lost);
}

static void put_all(const struct web_item *item)
{
    fprintf(item->out, "%u", sums_of(item).points_all);
}

static void put_notes(const struct web_item *item)
{
    struct told told = {NULL, 0};
    putc('[', item->out);
    for (uint32_t i = 0; (told.text = mbp_play_note(play_of(item), i, &told.told_ns)) != NULL; i++) {
        const struct web_item one = {.web = item->web, .of = &told, .out = item->out};
        fputs(i == 0 ? "" : ",", item->out);
        web_put_noun(&web_note_noun, &one);
    }
    putc(']', item->out);
}

static void put_expectations(const struct web_item *item)
{
    bool first = true;
    putc('[', item->out);
    for (uint32_t i = 0; i < mbp_play_count(play_of(item)); i++) {
        const struct mbp_expectation expectation = mbp_play_expectation(play_of(item), i);
        const struct web_item one = {.web = item->web, .of = &expectation, .out = item->out};
        if (expectation.verdict == MBP_VERDICT_WAITING)
            continue;
        fputs(first ? "" : ",", item->out);
        web_put_noun(&web_expectation_noun, &one);
        first = false;
    }
    putc(']', item->out);
}

static const struct web_field exercise_fields[] = {
    {ROW("name", "of the scenario", WEB_TEXT), .put = put_name},
    {ROW("simulated_ms", "since its begin", WEB_COUNT), .put = put_now},
    {ROW("duration_ms", "that it takes; 0 = until all is decided", WEB_COUNT), .put = put_duration},
    {ROW("over", "its time is over, and all is decided", WEB_FLAG), .put = put_over},
    {ROW("passed", "all are met, and every step of it could be done", WEB_FLAG), .put = put_passed},
    {ROW("expectations_all", "how many there are, also later ones", WEB_COUNT), .put = put_count},
    {ROW("met", "how many are", WEB_COUNT), .put = put_met},
    {ROW("missed", "how many are", WEB_COUNT), .put = put_missed},
    {ROW("points", "of those that are met", WEB_COUNT), .put = put_won},
    {ROW("points_lost", "of those that are missed", WEB_COUNT), .put = put_lost},
    {ROW("points_all", "of all", WEB_COUNT), .put = put_all},
    {ROW("notes", "that were told, oldest first", WEB_OBJECTS), .put = put_notes, .noun = &web_note_noun},
    {ROW("expectations", "that have begun, in the file's order", WEB_OBJECTS), .put = put_expectations,
     .noun = &web_expectation_noun},
};
const struct web_noun web_exercise_noun = WEB_NOUN("Exercise", exercise_fields);

void web_serve_exercise(struct web_call *call)
{
    const struct web_item item = {.web = call->web, .out = call->out};
    if (call->web->config.play == NULL) {
        web_problem(call, 409, "no scenario plays on this plant: mbplantd --scenario FILE plays one");
        return;
    }
    web_put_noun(&web_exercise_noun, &item);
    putc('\n', call->out);
}
