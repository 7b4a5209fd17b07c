/* export: the plant's points as another program's configuration. */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "mbplant/report/export.h"
#include "text/text_file.h"

static enum ctl_exit list_targets(void)
{
    for (size_t t = 0; t < mbp_export_target_count; t++)
        ctl_say("%-16s %s\n", mbp_export_targets[t].name, mbp_export_targets[t].what);
    return CTL_OK;
}

static enum ctl_exit unknown_target(const char *name)
{
    const char *names[64];
    size_t count = 0;
    for (; count < mbp_export_target_count && count < 64; count++)
        names[count] = mbp_export_targets[count].name;
    const char *nearest = mbp_nearest(name, names, count);
    ctl_error("export: no target '%s'%s%s%s; mbplantctl export lists them", name,
              nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
    return CTL_USAGE;
}

static enum ctl_exit write_text(struct ctl *ctl, enum mbp_status status, const char *text)
{
    const struct ctl_options *options = ctl->options;
    if (status == MBP_ERR_MISSING) {
        ctl_error("export: no point is selected%s%s; mbplantctl map lists their names",
                  options->select_names != NULL ? " by --select " : "",
                  options->select_names != NULL ? options->select_names : "");
        return CTL_USAGE;
    }
    if (status != MBP_OK || text == NULL)
        return ctl_fail(ctl, MBP_ERR_MEMORY, "export");
    const char *path = options->output_path != NULL ? options->output_path : "-";
    return ctl_text_write_new(path, (struct mbp_text){text, strlen(text)});
}

enum ctl_exit ctl_run_export(struct ctl *ctl)
{
    const struct ctl_options *options = ctl->options;
    if (options->argc == 0)
        return list_targets();
    const struct mbp_export_target *target = mbp_export_find(options->argv[0]);
    if (target == NULL)
        return unknown_target(options->argv[0]);
    const struct mbp_plant *plant = ctl_plant(ctl);
    if (plant == NULL)
        return CTL_FAILED;
    struct mbp_export_wish wish = {
        .host = options->target.host, .port = options->target.port, .select = options->select_names};
    struct mbp_buffer buffer;
    if (!mbp_buffer_open(&buffer))
        return ctl_fail(ctl, MBP_ERR_MEMORY, "export");
    enum mbp_status status = mbp_export_write(plant, &wish, target, buffer.out, stderr);
    char *text = mbp_buffer_close(&buffer);
    enum ctl_exit code = write_text(ctl, status, text);
    free(text);
    return code;
}
