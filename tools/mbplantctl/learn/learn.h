/* learn: plant files from what describes a device: a vendor's list of registers, models, templates, or the device. All
 * sources make points; these become one text, which loads. */
#ifndef MBP_CTL_LEARN_H
#define MBP_CTL_LEARN_H

#include "ctl.h"

#define LEARN_COMMENT_MAX 160
#define LEARN_WHY_MAX     160

/* Where and what a point is. words: registers that it takes; of coils and discrete inputs 1. */
struct learn_point {
    enum mbp_table table;
    uint16_t addr;
    uint16_t words; /* of MBP_STRING its length; of a number more than its type has: a run of such numbers */
    enum mbp_type type;
    enum mbp_order order;
    double scale, offset;
    int8_t bit; /* of one register; -1 = all of it */
    bool readable, writable;
    bool also_input; /* input registers at the same addresses show the same */
    char name[MBP_NAME_MAX + 1];
    char value[72]; /* as the plant file says it; "" = 0, or an empty text */
    char comment[LEARN_COMMENT_MAX];
};

/* All of a device. named = skipped + loaded; of the loaded some stand at registers of others. */
struct learn_device {
    const char *source;  /* what it is learnt from, for messages and the head of the file */
    const char *heading; /* further lines of the head, each with its "# "; NULL = none */
    const char *answer;  /* keys of the unit beside its points, whole lines; NULL = none */
    uint8_t unit;
    struct learn_point *points;
    size_t count, room;
    uint32_t named, skipped, shared;
    uint32_t expanded; /* points that they become: a run is several */
    bool scanned;      /* of a device: what stood there, and no counts of what was named */
    bool out_of_memory;
};

/* A point that does nothing special: a number of that type. */
struct learn_point learn_point_of(enum mbp_table table, uint16_t addr, enum mbp_type type);

/* Takes a point in, or skips it and says why on stderr with its place ("list.csv:12"). It counts as named. Returns
 * whether it was taken. */
bool learn_add(struct learn_device *device, const struct learn_point *point, const char *place);

/* What was named and cannot be said: told on stderr, counted. */
void learn_skip(struct learn_device *device, const char *place, const char *why, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts the points in the order of their addresses, gives each name once, and lets what stands at the same registers
 * share them: what is wider stands, the rest is in its comment. */
void learn_settle(struct learn_device *device);

void learn_free(struct learn_device *device);

/* Settles, prints, checks and writes it (-o), and says the counts. */
enum ctl_exit learn_write(const struct ctl_options *options, struct learn_device *device);

/* ---- words ------------------------------------------------------------------------------------------------------- */

/* A name as a plant file has it, of any text: letters, digits and _, a letter first. "" when nothing is left. */
void learn_name(const char *text, char name[MBP_NAME_MAX + 1]);

/* What may stand in a comment: one line, printable, no more than fits. Adds to what is there, behind a comma. */
void learn_note(struct learn_point *point, const char *text);

/* What vendors say for types and orders ("U32", "unsigned int (2 words)", "FLOAT32 CDAB", "STRING[16]"). words: how
 * many registers the source says elsewhere, 0 = does not say. Sets type, order and words of the point. Errors: why. */
bool learn_type(const char *text, uint32_t words, struct learn_point *point, char why[LEARN_WHY_MAX]);

/* The same of an order alone ("CDAB", "little endian", "swapped"); nothing changes where it says none. */
void learn_order(const char *text, struct learn_point *point);

/* "RW", "read only", "W"; false and nothing changed where it says nothing. */
bool learn_access(const char *text, struct learn_point *point);

/* A table by its name or by function codes ("Holding register", "FC03", "3/6/16", "4x"). Sets table, and what the codes
 * say of access and of the same by FC 4. False where it says nothing. */
bool learn_table(const char *text, struct learn_point *point);

/* ---- sources ----------------------------------------------------------------------------------------------------- */

enum ctl_exit learn_csv(struct ctl *ctl);
enum ctl_exit learn_sunspec(struct ctl *ctl);
enum ctl_exit learn_evcc(struct ctl *ctl);
enum ctl_exit learn_scan(struct ctl *ctl);

#endif
