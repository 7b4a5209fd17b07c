/* french: what mbplantctl says, in French: a text of the program beside its French. A text is found by its English, so
 * that the code reads as it speaks; the conversions (%s) of both are the same, in the same order. What machines read
 * (JSON, CSV, names, states as words of the plant file) is never translated. What the stages below say has its French
 * in src/french. */
#ifndef MBP_CTL_FRENCH_H
#define MBP_CTL_FRENCH_H

#include "mbplant/french.h"
#include "mbplant/report.h"

/* In which language people are spoken to from now on; English before. */
void ctl_speak(enum mbp_lang lang);
enum mbp_lang ctl_spoken(void);

/* The text in that language; the English one where there is no other. Static storage. */
const char *ctl_tr(const char *english) __attribute__((format_arg(1)));

/* The same where what is written has a language of its own: English in what machines read. */
const char *ctl_tr_in(enum mbp_lang lang, const char *english) __attribute__((format_arg(2)));

/* The same of a line that a slave sent, which is English with its words filled in. Returns buf, or text. */
const char *ctl_sent(const char *text, char *buf, size_t size);

/* The language that the environment asks for: LC_ALL, else LC_MESSAGES, else LANG. */
enum mbp_lang ctl_lang_of_environment(void);

/* ---- the tables, a file a room ----------------------------------------------------------------------------------- */

/* One table behind the other; false behind the last of all. What the stages below say is not in them (mbp_french_at).
 */
bool ctl_french_at(size_t index, const struct mbp_pair **out);

extern const struct mbp_pair ctl_french_watch[], ctl_french_verbs[], ctl_french_help[], ctl_french_device[];
extern const size_t ctl_french_watch_count, ctl_french_verbs_count, ctl_french_help_count, ctl_french_device_count;

#endif
