/* dump: a journal in a file, so that it can be read anywhere: JSON lines. The first tells the plant (its whole file),
 * where it came from and when; then what the plant was like, the names in events, an event a line, and whether it is
 * whole. It only ever grows: a dump that broke off, or an older one, is continued where it
 * ended. */
#ifndef MBP_CTL_DUMP_H
#define MBP_CTL_DUMP_H

#include <stdio.h>

#include "mbplant/event.h"
#include "mbplant/names.h"
#include "mbplant/plant.h"
#include "mbplant/report.h"
#include "slave/snapshot.h"

#define CTL_DUMP_VERSION 4    /* others are refused */
#define CTL_DUMP_WHY     200u /* bytes that a reason takes */

/* ---- writing ---------------------------------------------------------------------------------------------------- */

/* Creates a dump file with its first line; source: "127.0.0.1:5020". An existing file is never overwritten: errno is
 * EEXIST then. On failure why says what happened: MBP_ERR_IO. */
enum mbp_status ctl_dump_create(const char *path, const struct mbp_plant *plant, const char *source, uint64_t now_ms,
                                FILE **out, char why[CTL_DUMP_WHY]);

/* The plant, for a dump that goes on after the plant was changed. */
void ctl_dump_put_plant(FILE *file, const struct mbp_plant *plant, const char *source, uint64_t now_ms);
void ctl_dump_put_snapshot(FILE *file, const struct mbp_plant *plant, const struct mbp_plant_view *snapshot,
                           uint64_t now_ms);
/* Those names that the dump does not have as they are; told is what it has. Errors: MBP_ERR_MEMORY. */
enum mbp_status ctl_dump_put_names(FILE *file, const struct mbp_names *names, struct mbp_names *told);
/* whole: every event up to last is there; if not, why. */
void ctl_dump_put_end(FILE *file, uint32_t last, bool whole, const char *why);

/* ---- reading ---------------------------------------------------------------------------------------------------- */

struct ctl_dump {
    FILE *file;
    struct mbp_plant *plant; /* the last one that the dump tells */
    struct mbp_names names;  /* in its events */
    char source[80];
    uint64_t made_ms;               /* Unix time of its (last) beginning */
    struct mbp_event last;          /* seq 0 = there is none */
    struct mbp_event_beside beside; /* of the event that is handed over; until then of the last one */
    char *comment;
    uint32_t first, events; /* first number, and how many */
    bool gap;               /* some between are missing */
    bool whole;             /* it ended as it should */
    char why[CTL_DUMP_WHY]; /* why it is not whole, "" = it was cut off */
    long end;               /* bytes of whole lines: where to go on */
    bool has_snapshot;
    uint64_t snapshot_ms;
    struct mbp_plant_view snapshot;
};

/* Reads a dump through but for its events. One that is cut off in the middle of a line counts up to there.
 * Errors: MBP_ERR_IO, MBP_ERR_FORMAT; why says which line and what is wrong. Ownership: ctl_dump_close. */
enum mbp_status ctl_dump_open(const char *path, struct ctl_dump *out, char why[CTL_DUMP_WHY]);
void ctl_dump_close(struct ctl_dump *dump);

/* Hands over the events in order; got returns false to stop. Errors as above. */
enum mbp_status ctl_dump_events(struct ctl_dump *dump, bool (*got)(void *ctx, const struct mbp_event *event), void *ctx,
                                char why[CTL_DUMP_WHY]);

/* Says on stderr what is missing in it, if something is: it is read all the same. */
void ctl_dump_say_missing(const char *path, const struct ctl_dump *dump);

/* Opens it for more, after its last whole line. Errors: MBP_ERR_IO. */
enum mbp_status ctl_dump_resume(const char *path, const struct ctl_dump *dump, FILE **out, char why[CTL_DUMP_WHY]);

#endif
