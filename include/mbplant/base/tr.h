/* tr: texts that a stage makes for people, in the language of the program that it stands in. A stage writes English; a
 * program that speaks another language says once how a text of a stage is found in it. A daemon says nothing, and
 * speaks English. */
#ifndef MBPLANT_TR_H
#define MBPLANT_TR_H

/* The text in another language, or the same one where it has none. */
typedef const char *mbp_translator(const char *english);

/* From now on texts are looked for there; NULL = they stay as they are. Before a second thread begins. What it returns
 * must last, and of a format take the same conversions in the same order. */
void mbp_tr_use(mbp_translator *translator);

/* The text, or the format, in that language. */
const char *mbp_tr(const char *english) __attribute__((format_arg(1)));

#endif
