/* sentence: an event's sentence while it is made, and the words that all of them are made of. */
#ifndef MBP_REPORT_SENTENCE_H
#define MBP_REPORT_SENTENCE_H

#include "mbplant/event/comment.h"
#include "messages.h"

#define SENTENCE_NAME 64

/* A text that grows inside a buffer and is cut where it does not fit. */
struct sentence {
    char *buf;
    size_t size, len;
    const struct mbp_telling *by;
    const struct mbp_event *event;
    enum mbp_lang lang;
    bool has_machine, has_item; /* whether these are known */
    struct mbp_event_tag machine, item;
};

void sentence_say(struct sentence *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A message with what it asks for; that all languages ask for the same is tested. */
void sentence_tell(struct sentence *s, enum mbp_message id, ...);

/* "TT101", or its number and unit when nobody knows its name. */
void sentence_sensor(struct sentence *s);

/* Who did it, where it was not the plant itself: a message with one name in it. */
void sentence_peer(struct sentence *s, enum mbp_message id);

/* The event's numbers in the sensor's digits and unit; as they came when the sensor is unknown. */
void sentence_value_and_limit(struct sentence *s);

const char *sentence_diagnosis(const struct sentence *s, unsigned limit);

/* ---- whole sentences, by what they are about --------------------------------------------------------------------- */

void sentence_alarm(struct sentence *s);
void sentence_shelving(struct sentence *s);
void sentence_suppression(struct sentence *s);
void sentence_service(struct sentence *s);
void sentence_refusal(struct sentence *s);

#endif
