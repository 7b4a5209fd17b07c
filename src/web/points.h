/* Points of the register map, by name and by cursor. */
#ifndef MBP_WEB_POINTS_H
#define MBP_WEB_POINTS_H

#include "web_priv.h"

struct point_item {
    const struct mbp_unit *unit;
    struct mbp_point point;
};

/* The point of that name, in any case, of whichever unit: of several the register, of those the one that can be
 * written. False: there is none. */
bool web_point_find(const struct mbp_plant *plant, const char *name, struct point_item *out);

/* The same of one that is to be written: an actuator's `command` is written by the actuator's name. */
bool web_point_find_to_write(const struct mbp_plant *plant, const char *name, struct point_item *out);

/* A table by one of its words: holding, hr, holding_registers, 4x and the like. */
bool web_table_find(const char *word, enum mbp_table *out);

/* What stands at an address: a word, or a bit as 0 or 1. */
uint16_t web_word_at(const struct mbp_image_unit *unit, enum mbp_table table, uint32_t addr);

void web_put_registers(struct web_call *call, struct mbp_image_unit *unit, enum mbp_table table, uint32_t at,
                       uint32_t count);

void web_serve_point(struct web_call *call);
void web_serve_written_point(struct web_call *call); /* after a write by its name */
void web_serve_map(struct web_call *call);
void web_serve_registers(struct web_call *call);

#endif
