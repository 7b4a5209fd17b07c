/* The points of the instructor's unit beside its wire faults (include/mbplant/instructor.h is the map). */
#include <stdio.h>

#include "points.h"

static const struct instructor_point {
    const char *name, *what, *unit_text;
    uint16_t addr;
    uint8_t table, type, count;
    bool writable;
} points[] = {
    {"paused", "1 pauses the plant, 0 resumes", "", MBP_SIM_COIL_PAUSED, MBP_COILS, MBP_BOOL, 1, true},
    {"take snapshot", "1 takes one; clears itself", "", MBP_SIM_COIL_SNAPSHOT, MBP_COILS, MBP_BOOL, 1, true},
    {"restore snapshot", "1 restores it; clears itself", "", MBP_SIM_COIL_RESTORE, MBP_COILS, MBP_BOOL, 1, true},
    {"speed", "scans per period, 0.1..1000", "", MBP_SIM_HR_SPEED, MBP_HOLDING_REGISTERS, MBP_FLOAT32, 2, true},
    {"step", "scans to run while paused", "", MBP_SIM_HR_STEPS, MBP_HOLDING_REGISTERS, MBP_UINT16, 1, true},
    {"simulation map version", "of this map", "", MBP_SIM_IR_VERSION, MBP_INPUT_REGISTERS, MBP_UINT16, 1, false},
    {"is paused", "no scan runs", "", MBP_SIM_IR_PAUSED, MBP_INPUT_REGISTERS, MBP_UINT16, 1, false},
    {"speed asked", "as in holding register 0", "", MBP_SIM_IR_SPEED, MBP_INPUT_REGISTERS, MBP_FLOAT32, 2, false},
    {"speed reached", "over the last second", "", MBP_SIM_IR_SPEED_NOW, MBP_INPUT_REGISTERS, MBP_FLOAT32, 2, false},
    {"steps left", "of the last step", "", MBP_SIM_IR_STEPS, MBP_INPUT_REGISTERS, MBP_UINT32, 2, false},
    {"scans done", "since the start", "", MBP_SIM_IR_SCANS, MBP_INPUT_REGISTERS, MBP_UINT32, 2, false},
    {"process time", "simulated", "ms", MBP_SIM_IR_TIME, MBP_INPUT_REGISTERS, MBP_UINT64, 4, false},
    {"scans late", "by a period or more", "", MBP_SIM_IR_LATE, MBP_INPUT_REGISTERS, MBP_UINT32, 2, false},
    {"scans lost", "due, and never run", "", MBP_SIM_IR_LOST, MBP_INPUT_REGISTERS, MBP_UINT32, 2, false},
    {"has snapshot", "there is one", "", MBP_SIM_IR_SNAPSHOT, MBP_INPUT_REGISTERS, MBP_UINT16, 1, false},
    {"snapshot scan", "after which it was taken", "", MBP_SIM_IR_SNAPSHOT_SCAN, MBP_INPUT_REGISTERS, MBP_UINT32, 2,
     false},
    {"snapshot time", "simulated", "ms", MBP_SIM_IR_SNAPSHOT_TIME, MBP_INPUT_REGISTERS, MBP_UINT64, 4, false},
    {"times restored", "count", "", MBP_SIM_IR_RESTORED, MBP_INPUT_REGISTERS, MBP_UINT16, 1, false},
    {"wire faults in all", "coils 0..", "", MBP_SIM_IR_WIRE_FAULTS, MBP_INPUT_REGISTERS, MBP_UINT16, 1, false},
    {"faults in all", "coils 1000..", "", MBP_SIM_IR_FAULTS, MBP_INPUT_REGISTERS, MBP_UINT16, 1, false},
    {"faults active", "of those and ad hoc", "", MBP_SIM_IR_FAULTS_ACTIVE, MBP_INPUT_REGISTERS, MBP_UINT16, 1, false},
    {"lateness max", "begin of a scan", "us", MBP_SIM_IR_LATENESS_MAX, MBP_INPUT_REGISTERS, MBP_UINT32, 2, false},
};

static struct mbp_point plain_point(uint16_t addr, enum mbp_table table, enum mbp_type type)
{
    return (struct mbp_point){.what = "",
                              .unit_text = "",
                              .scale = 1,
                              .count = 1,
                              .sensor = UINT32_MAX,
                              .machine = UINT32_MAX,
                              .actuator = UINT32_MAX,
                              .controller = UINT32_MAX,
                              .addr = addr,
                              .table = (uint8_t)table,
                              .type = (uint8_t)type,
                              .order = MBP_ABCD};
}

static int visit_lateness(int (*visit)(const struct mbp_point *point, void *ctx), void *ctx)
{
    int stop = 0;
    for (unsigned i = 0; i < MBP_LATENESS_CLASSES && stop == 0; i++) {
        struct mbp_point point = plain_point((uint16_t)(MBP_SIM_IR_LATENESS + 2 * i), MBP_INPUT_REGISTERS, MBP_UINT32);
        point.count = 2;
        point.what = "scans that began so late";
        if (i + 1 < MBP_LATENESS_CLASSES)
            snprintf(point.name, sizeof point.name, "late to %u us", mbp_lateness_us(i));
        else
            snprintf(point.name, sizeof point.name, "late over %u us", mbp_lateness_us(i - 1));
        stop = visit(&point, ctx);
    }
    return stop;
}

static int visit_server(int (*visit)(const struct mbp_point *point, void *ctx), void *ctx)
{
    static const char *const names[MBP_SERVER_COUNTS] = {
        [MBP_COUNT_ACCEPTED] = "connections taken",
        [MBP_COUNT_OPEN] = "connections open",
        [MBP_COUNT_EVICTED] = "closed for a new one",
        [MBP_COUNT_TURNED_AWAY] = "turned away",
        [MBP_COUNT_REQUESTS] = "requests",
        [MBP_COUNT_EXCEPTIONS] = "exceptions",
        [MBP_COUNT_WRITES_REFUSED] = "writes refused",
        [MBP_COUNT_DISCARDED] = "frames discarded",
        [MBP_COUNT_BAD_FRAMES] = "closed, out of step",
        [MBP_COUNT_TIMEOUTS] = "closed, deadline",
        [MBP_COUNT_SLOW_CLOSED] = "closed, not reading",
        [MBP_COUNT_FAULTS] = "wire faults befallen",
    };
    int stop = 0;
    for (unsigned i = 0; i < MBP_SERVER_COUNTS && stop == 0; i++) {
        struct mbp_point point = plain_point((uint16_t)(MBP_SIM_IR_SERVER + 2 * i), MBP_INPUT_REGISTERS, MBP_UINT32);
        point.count = 2;
        point.what = "the server's count since the start";
        snprintf(point.name, sizeof point.name, "%s", names[i]);
        stop = visit(&point, ctx);
    }
    return stop;
}

static int visit_faults(const struct mbp_plant *plant, int (*visit)(const struct mbp_point *point, void *ctx),
                        void *ctx)
{
    int stop = 0;
    for (uint32_t f = 0; f < mbp_fault_total(plant) && stop == 0; f++) {
        struct mbp_point point = plain_point(mbp_sim_fault_coil(plant->fault_count, f), MBP_COILS, MBP_BOOL);
        point.what = "1 begins the fault, 0 ends it";
        point.writable = true;
        if (f < plant->fault_count)
            snprintf(point.name, sizeof point.name, "fault %s", plant->faults[f].name);
        else
            snprintf(point.name, sizeof point.name, "fault ad hoc %u", f - plant->fault_count + 1);
        stop = visit(&point, ctx);
    }
    return stop;
}

static int visit_ad_hoc(int (*visit)(const struct mbp_point *point, void *ctx), void *ctx)
{
    int stop = 0;
    for (unsigned i = 0; i < MBP_AD_HOC_FAULTS && stop == 0; i++) {
        struct mbp_point point =
            plain_point((uint16_t)(MBP_SIM_IR_AD_HOC + MBP_SIM_FAULT_WORDS * i), MBP_INPUT_REGISTERS, MBP_UINT16);
        point.count = MBP_SIM_FAULT_WORDS;
        point.what = "its record";
        snprintf(point.name, sizeof point.name, "ad hoc %u", i + 1);
        stop = visit(&point, ctx);
    }
    return stop;
}

static int visit_record(int (*visit)(const struct mbp_point *point, void *ctx), void *ctx)
{
    struct mbp_point record = plain_point(MBP_SIM_HR_FAULT, MBP_HOLDING_REGISTERS, MBP_UINT16);
    record.count = MBP_SIM_FAULT_WORDS;
    record.what = "record of a fault to begin";
    record.writable = true;
    snprintf(record.name, sizeof record.name, "new fault");
    int stop = visit(&record, ctx);
    struct mbp_point begin = plain_point(MBP_SIM_HR_FAULT_BEGIN, MBP_HOLDING_REGISTERS, MBP_UINT16);
    begin.what = "1 begins it; clears itself";
    begin.writable = true;
    snprintf(begin.name, sizeof begin.name, "begin new fault");
    return stop != 0 ? stop : visit(&begin, ctx);
}

int mbp_instructor_points(const struct mbp_plant *plant, enum mbp_table table,
                          int (*visit)(const struct mbp_point *point, void *ctx), void *ctx)
{
    int stop = table == MBP_COILS ? visit_faults(plant, visit, ctx) : 0;
    for (size_t i = 0; i < sizeof points / sizeof points[0] && stop == 0; i++) {
        if (points[i].table != table)
            continue;
        struct mbp_point point = plain_point(points[i].addr, table, (enum mbp_type)points[i].type);
        point.what = points[i].what;
        point.unit_text = points[i].unit_text;
        point.count = points[i].count;
        point.writable = points[i].writable;
        snprintf(point.name, sizeof point.name, "%s", points[i].name);
        stop = visit(&point, ctx);
    }
    if (stop == 0 && table == MBP_HOLDING_REGISTERS)
        stop = visit_record(visit, ctx);
    if (stop == 0 && table == MBP_INPUT_REGISTERS)
        stop = visit_lateness(visit, ctx);
    if (stop == 0 && table == MBP_INPUT_REGISTERS)
        stop = visit_server(visit, ctx);
    return stop == 0 && table == MBP_INPUT_REGISTERS ? visit_ad_hoc(visit, ctx) : stop;
}
