/* model: what incidents and work are, by looking at the machines after each scan and by what was said. It knows nothing
 * of events: each scan makes what lasts one period longer. */
#ifndef MBPLANT_TEST_TOLD_MODEL_H
#define MBPLANT_TEST_TOLD_MODEL_H

#include "line.h"
#include "mbplant/analysis/history.h"

#define MODEL_TRACKS    64u
#define MODEL_INCIDENTS 512u
#define MODEL_WORK      1024u
#define MODEL_NONE      UINT32_MAX

/* A machine by its unit and name: whatever comes and goes under it. */
struct model_track {
    uint8_t unit;
    char name[16];
    bool there;
    uint8_t state; /* enum mbp_state_code */
    bool due;
    uint32_t incident, upkeep, stay; /* MODEL_NONE = none */
    uint32_t goes_on;                /* how many works */
};

struct model_incident {
    uint32_t track;
    uint32_t number; /* 0 = not seen yet */
    bool lasts, removed;
    uint32_t down, maintained; /* scans */
    uint32_t notes, cause;     /* of the cause: how many times it was told */
};

struct model_work {
    uint32_t track;
    uint32_t number;
    uint8_t kind, state; /* enum mbp_work_kind, enum mbp_work_state */
    bool by_state, removed;
    uint32_t real; /* scans */
};

struct model {
    struct model_track tracks[MODEL_TRACKS];
    struct model_incident incidents[MODEL_INCIDENTS];
    struct model_work work[MODEL_WORK];
    uint32_t track_count, incident_count, work_count;
};

/* What the plant has now begins here, without a past. */
void model_begin(struct model *model, const struct line *line);

/* A scan was made; a plant was changed, or a snapshot restored: no time went by. */
void model_scan(struct model *model, const struct line *line);
void model_change(struct model *model, const struct line *line);

/* What was said. */
void model_open(struct model *model, uint32_t track, enum mbp_work_kind kind, uint32_t number);
void model_start(struct model *model, uint32_t work);
void model_end(struct model *model, uint32_t work, bool cancelled);

/* The machine of the plant. */
uint32_t model_track_of(struct model *model, const struct line *line, uint32_t machine);

/* Fails where the journal tells something else; what it calls an incident it must call it ever after. */
void model_assert_told(struct model *model, struct line *line, const char *when);

#endif
