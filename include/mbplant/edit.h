/* edit: changing a plant file's text where it says something, and nowhere else: comments, order and form of all that is
 * not concerned stay to the byte. Whether the result is a good plant is for mbp_plant_parse to say. */
#ifndef MBPLANT_EDIT_H
#define MBPLANT_EDIT_H

#include "mbplant/base.h"

enum mbp_edit_thing { MBP_EDIT_MACHINE, MBP_EDIT_SENSOR, MBP_EDIT_ALARM }; /* ALARM: of no sensor */

#define MBP_EDIT_WHY_LEN 400

/* All of these read text, and give the changed one: *out of *out_len bytes, NUL-terminated behind them.
 * Errors: MBP_ERR_MISSING (there is no such thing), MBP_ERR_RANGE (it cannot be edited by itself: a `repeat` makes it,
 * or there is one of that name), MBP_ERR_FORMAT (text is no plant file, a key or value cannot be), MBP_ERR_MEMORY; why
 * (MBP_EDIT_WHY_LEN bytes) says so in words. Ownership: free(*out). */

/* A key of a machine or sensor, with dots into groups ("max", "signal.noise"), gets a value as YAML writes it in one
 * line
 * ("90", "{en_service: 65}"); quotes are put around a text that needs them. An empty value takes the key away. */
enum mbp_status mbp_edit_set(struct mbp_text text, enum mbp_edit_thing thing, const char *name, const char *key,
                             const char *value, char **out, size_t *out_len, char *why);

/* Takes a machine, with its sensors, or a sensor away. */
enum mbp_status mbp_edit_remove(struct mbp_text text, enum mbp_edit_thing thing, const char *name, char **out,
                                size_t *out_len, char *why);

/* Adds one that has only its name yet, behind the others of `where`: a machine's name, or a unit's id in digits. */
enum mbp_status mbp_edit_add(struct mbp_text text, enum mbp_edit_thing thing, const char *where, const char *name,
                             char **out, size_t *out_len, char *why);

#endif
