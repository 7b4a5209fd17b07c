/* learn csv|sunspec|evcc|scan: a plant file from what describes a device, or from the device. */
#include "learn/learn.h"

#include <string.h>

static const struct {
    const char *word;
    enum ctl_exit (*run)(struct ctl *ctl);
    int files_min, files_max;
    const char *usage;
} sources[] = {
    {"csv", learn_csv, 1, 1, "csv FILE"},
    {"sunspec", learn_sunspec, 1, CTL_ARGUMENTS_MAX, "sunspec FILE.json.."},
    {"evcc", learn_evcc, 1, 1, "evcc FILE.yaml"},
    {"scan", learn_scan, 0, CTL_ARGUMENTS_MAX, "scan [TABLE:FIRST-LAST..] -H HOST -u UNIT"},
};

CTL_VERB(learn)
{
    const struct ctl_options *options = ctl->options;
    for (size_t s = 0; s < sizeof sources / sizeof sources[0]; s++) {
        int files = options->argc - 1;
        if (strcmp(options->argv[0], sources[s].word) != 0)
            continue;
        if (files >= sources[s].files_min && files <= sources[s].files_max)
            return sources[s].run(ctl);
        ctl_error("usage: mbplantctl learn %s [-o PLANT.yaml]", ctl_tr(sources[s].usage));
        return CTL_USAGE;
    }
    ctl_error("learn: no source '%s'; mbplantctl learn --help lists them", options->argv[0]);
    return CTL_USAGE;
}
