/* shelve SENSOR and unshelve SENSOR: its alarms neither raised nor tripping for a while, by its shelved coil. */
#include "address.h"
#include "point.h"
#include "write.h"

static enum ctl_exit set_shelved(struct ctl *ctl, bool on)
{
    const struct mbp_plant *plant = ctl_plant(ctl);
    if (plant == NULL)
        return CTL_FAILED;
    uint32_t sensor = ctl_sensor_find(plant, ctl->options->argv[0]);
    if (sensor == UINT32_MAX)
        return CTL_USAGE;
    const char *name = plant->sensors[sensor].name;
    uint16_t coil = ctl_shelved_coil(plant, sensor);
    enum ctl_exit code = ctl_set_coil(ctl, ctl_sensor_unit(plant, sensor), coil, on, name);
    if (code != CTL_OK)
        return code;
    char place[48];
    ctl_address_text(MBP_COILS, coil, 1, place, sizeof place);
    if (on)
        printf("%s: alarms shelved until mbplantctl unshelve %s  (%s)\n", name, name, place);
    else
        printf("%s: alarms no longer shelved  (%s)\n", name, place);
    return CTL_OK;
}

enum ctl_exit ctl_run_shelve(struct ctl *ctl)
{
    return set_shelved(ctl, true);
}

enum ctl_exit ctl_run_unshelve(struct ctl *ctl)
{
    return set_shelved(ctl, false);
}
