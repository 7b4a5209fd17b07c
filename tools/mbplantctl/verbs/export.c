/* export: the plant's points as another program's configuration. */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "mbplant/report/export.h"
#include "text/text_file.h"

static enum ctl_exit list_targets(void)
{
    for (size_t t = 0; t < mbp_export_target_count; t++)
        ctl_say("%-16s %s\n", mbp_export_targets[t].name, ctl_tr(mbp_export_targets[t].what));
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
              nearest != NULL ? ctl_tr("; did you mean ") : "", nearest != NULL ? nearest : "",
              nearest != NULL ? ctl_tr("?") : "");
    return CTL_USAGE;
}

static enum ctl_exit nothing_selected(const char *pattern)
{
    ctl_error("export: no point is selected%s%s; mbplantctl map --all lists their names",
              pattern != NULL ? ctl_tr(" by --select ") : "", pattern != NULL ? pattern : "");
    return CTL_USAGE;
}

static enum ctl_exit write_text(struct ctl *ctl, enum mbp_status status, const char *text)
{
    const struct ctl_options *options = ctl->options;
    if (status == MBP_ERR_MISSING)
        return nothing_selected(options->select_names);
    if (status != MBP_OK || text == NULL)
        return ctl_fail(ctl, MBP_ERR_MEMORY, "export");
    const char *path = options->output_path != NULL ? options->output_path : "-";
    return ctl_text_write_new(path, (struct mbp_text){text, strlen(text)});
}

/* What is written: either a target's file or a template's. */
struct wanted {
    const struct mbp_export_target *target;
    const struct mbp_export_template *template;
};

static enum ctl_exit write_wanted(struct ctl *ctl, const struct wanted *wanted)
{
    const struct ctl_options *options = ctl->options;
    const struct mbp_plant *plant = ctl_plant(ctl);
    char pattern[MBP_EXPORT_PATTERN_MAX];
    struct mbp_export_told told = {.out = stderr};
    struct mbp_buffer buffer;
    if (plant == NULL)
        return CTL_FAILED;
    if (options->select_names != NULL && mbp_export_unmatched(plant, options->select_names, pattern))
        return nothing_selected(pattern);
    struct mbp_export_options choice = {
        .host = options->target.host, .port = options->target.port, .select = options->select_names};
    if (!mbp_buffer_open(&buffer))
        return ctl_fail(ctl, MBP_ERR_MEMORY, "export");
    enum mbp_status status = wanted->target != NULL
                                 ? mbp_export_write(plant, &choice, wanted->target, buffer.out, &told)
                                 : mbp_export_fill(plant, &choice, wanted->template, buffer.out);
    char *text = mbp_buffer_close(&buffer);
    enum ctl_exit code = write_text(ctl, status, text);
    free(text);
    if (code != CTL_OK || !options->strict || told.lost == 0)
        return code;
    ctl_error("export: %zu things above are not in the file, or not as in the plant (--strict)", told.lost);
    return CTL_FAILED;
}

/* The template is looked at before the slave is asked. */
static enum ctl_exit fill_template(struct ctl *ctl, const char *path)
{
    char *text;
    size_t len;
    struct mbp_export_template *template;
    struct mbp_export_flaw flaw;
    enum ctl_exit code = ctl_text_read(path, &text, &len);
    if (code != CTL_OK)
        return code;
    enum mbp_status status = mbp_export_template_new(text, len, &template, &flaw);
    if (status == MBP_OK) {
        code = write_wanted(ctl, &(struct wanted){.template = template});
        mbp_export_template_free(template);
    } else if (status == MBP_ERR_FORMAT) {
        ctl_error("%s:%u:%u: %s", path, flaw.line, flaw.column, flaw.why);
        code = CTL_USAGE;
    } else {
        code = ctl_fail(ctl, status, "export");
    }
    free(text);
    return code;
}

static enum ctl_exit unknown_version(const struct mbp_export_target *target, const char *version, const char *names)
{
    if (names[0] != '\0')
        ctl_error("export: no version '%s' of %s; there are %s", version, target->name, names);
    else
        ctl_error("export: the file for %s is the same for all versions; leave --target-version out", target->name);
    return CTL_USAGE;
}

CTL_VERB(export)
{
    const struct ctl_options *options = ctl->options;
    char names[64];
    if (options->template_path != NULL && options->argc > 0) {
        ctl_error("export: either TARGET or --template");
        return CTL_USAGE;
    }
    if (options->template_path != NULL)
        return fill_template(ctl, options->template_path);
    if (options->argc == 0)
        return list_targets();
    const struct mbp_export_target *target = mbp_export_find(options->argv[0]);
    if (target == NULL)
        return unknown_target(options->argv[0]);
    const struct mbp_export_target *form = target;
    if (options->target_version != NULL)
        form = mbp_export_version(target, options->target_version, names, sizeof names);
    return form != NULL ? write_wanted(ctl, &(struct wanted){.target = form})
                        : unknown_version(target, options->target_version, names);
}
