/* What is hidden now, and which interlocks are held off: the events that did it, however long ago, as the journal lists
 * them. */
#include "mbplant/state/hiding.h"

#include "lists.h"
#include "mbplant/base/registers.h"

#define AT_ONCE 20u /* a file's entries are a multiple of it */

_Static_assert(MBP_HIDING_PER_FILE % AT_ONCE == 0, "a part lies in one file");

/* An event that retention removed is kept as long as it hides: its files have it, the journal's list has not. */
static bool get_event(struct mbp_journal *journal, uint32_t seq, struct mbp_event *out)
{
    uint16_t words[MBP_EVENT_WORDS];
    if (mbp_journal_read_file(journal, mbp_event_file(seq), mbp_event_place(seq), MBP_EVENT_WORDS, words) != MBP_OK)
        return false;
    mbp_event_decode(words, out);
    return out->seq == seq;
}

static bool next_hiding(struct web_flow *flow, FILE *out)
{
    struct mbp_journal *journal = flow->web->config.journal;
    uint16_t words[2 * AT_ONCE];
    const uint16_t file = (uint16_t)(MBP_HIDING_FILE + 1u + flow->at / MBP_HIDING_PER_FILE);
    const uint16_t record = (uint16_t)(flow->at % MBP_HIDING_PER_FILE * 2);
    if (flow->at >= MBP_HIDING_ENTRIES || mbp_journal_read_file(journal, file, record, 2 * AT_ONCE, words) != MBP_OK)
        return false;
    for (unsigned i = 0; i < AT_ONCE; i++) {
        uint32_t seq = mbp_words_u32(words + 2 * i);
        struct mbp_event event;
        if (seq == 0)
            return false;
        if (!get_event(journal, seq, &event))
            continue; /* it ended meanwhile */
        web_separate(flow, out);
        web_put_event(flow->web, &event, (enum mbp_lang)flow->want[0], out);
    }
    flow->at += AT_ONCE;
    return true;
}

void web_serve_hiding(struct web_call *call)
{
    struct web_flow *flow = web_flow_new(call, next_hiding);
    if (flow != NULL)
        flow->want[0] = (uint32_t)web_lang_of(web_arg(call, 0));
}
