/* tr: texts that a stage makes for people, in the language of who is told. A stage writes English; who calls it says
 * how its texts are found in another language. A daemon speaks English, but while it answers one who asked for another.
 */
#ifndef MBPLANT_TR_H
#define MBPLANT_TR_H

/* The text in another language, or the same one where it has none. */
typedef const char *mbp_translator(const char *english);

/* From now on this thread's texts are looked for there; NULL = they stay as they are, as they do in a thread that
 * begins. What it returns must last, and of a format take the same conversions in the same order. */
void mbp_tr_use(mbp_translator *translator);

/* The text, or the format, in that language. */
const char *mbp_tr(const char *english) __attribute__((format_arg(1)));

#endif
