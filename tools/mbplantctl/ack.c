/* ack MACHINE|all: acknowledges alarms by the machines' acknowledge coils. */
#include <string.h>

#include "point.h"
#include "snapshot.h"
#include "write.h"

/* Alarms of a machine's sensors that wait for acknowledgement. */
static unsigned waiting_sensors(const struct mbp_machine *machine, const struct ctl_snapshot *snapshot)
{
    unsigned count = 0;
    for (uint32_t s = machine->first_sensor; s < machine->first_sensor + machine->sensor_count; s++)
        count += snapshot->sensors[s].bits >> CTL_BIT_UNACKNOWLEDGED & 1u;
    return count;
}

static enum ctl_exit acknowledge(struct ctl *ctl, uint32_t machine, const struct ctl_snapshot *snapshot)
{
    const struct mbp_machine *of = &ctl->plant->machines[machine];
    unsigned waiting = waiting_sensors(of, snapshot);
    if (waiting == 0)
        return CTL_OK;
    enum ctl_exit code = ctl_set_coil(ctl, ctl_machine_unit(ctl->plant, machine),
                                      ctl_machine_coil(ctl->plant, machine, CTL_ACKNOWLEDGE_COIL), true, of->name);
    if (code == CTL_OK)
        printf("%s: alarms of %u sensor%s acknowledged\n", of->name, waiting, waiting == 1 ? "" : "s");
    return code;
}

static enum ctl_exit acknowledge_wanted(struct ctl *ctl, uint32_t first, uint32_t end,
                                        const struct ctl_snapshot *snapshot)
{
    unsigned waiting = 0;
    for (uint32_t m = first; m < end; m++) {
        waiting += waiting_sensors(&ctl->plant->machines[m], snapshot);
        enum ctl_exit code = acknowledge(ctl, m, snapshot);
        if (code != CTL_OK)
            return code;
    }
    if (waiting == 0)
        printf("no alarm of a machine waits for acknowledgement\n");
    return CTL_OK;
}

/* Sensors of a unit itself have alarms too, but no coil acknowledges them. */
static void name_those_without_machine(const struct mbp_plant *plant, const struct ctl_snapshot *snapshot)
{
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        if (plant->sensors[s].machine == UINT32_MAX && (snapshot->sensors[s].bits >> CTL_BIT_UNACKNOWLEDGED & 1u) != 0)
            printf("%s waits, but belongs to no machine, and alarms are acknowledged by machine\n",
                   plant->sensors[s].name);
    }
}

enum ctl_exit ctl_run_ack(struct ctl *ctl)
{
    const struct mbp_plant *plant = ctl_plant(ctl);
    const char *name = ctl->options->argv[0];
    if (plant == NULL)
        return CTL_FAILED;
    uint32_t first = 0;
    uint32_t end = plant->machine_count;
    uint32_t sensor = mbp_plant_find_sensor(plant, name);
    if (sensor != UINT32_MAX && plant->sensors[sensor].machine == UINT32_MAX) {
        ctl_error("%s belongs to no machine, and alarms are acknowledged by machine", name);
        return CTL_USAGE;
    }
    if (sensor != UINT32_MAX) {
        first = plant->sensors[sensor].machine;
        end = first + 1;
    } else if (strcmp(name, "all") != 0) {
        first = ctl_machine_find(plant, name);
        end = first + 1;
    }
    if (first == UINT32_MAX)
        return CTL_USAGE;
    struct ctl_snapshot snapshot;
    enum ctl_exit code = ctl_snapshot_take(ctl, &snapshot);
    if (code != CTL_OK)
        return code;
    code = acknowledge_wanted(ctl, first, end, &snapshot);
    if (strcmp(name, "all") == 0)
        name_those_without_machine(plant, &snapshot);
    ctl_snapshot_free(ctl->plant, &snapshot);
    return code;
}
