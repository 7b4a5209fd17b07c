/* export: the targets, and a file for one of them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "export_priv.h"

const struct mbp_export_target mbp_export_targets[] = {
    {.name = "csv",
     .what = "Spreadsheets: every point with all that is known of it, a row each",
     .type = "text/csv; charset=utf-8",
     .file = "mbplant-csv.csv",
     .steps =
         "Open it in a spreadsheet, or give it to any tool that imports a list of tags.\n"
         "Each row has the address in every way of writing, function codes, type, order, scale, range and priority.",
     .write = export_csv},
    {.name = "markdown",
     .what = "Documents: the same as a table to read",
     .type = "text/markdown; charset=utf-8",
     .file = "mbplant-markdown.md",
     .steps = "Put it into a document or a wiki.",
     .write = export_markdown},
    {.name = "collectd",
     .what = "collectd.conf(5): the plugin modbus",
     .type = "text/plain; charset=utf-8",
     .file = "mbplant-collectd.conf",
     .steps = "Put it into /etc/collectd/collectd.conf.d.\n"
              "Start collectd again. It reads registers alone, once a second, from {address}.",
     .write = export_collectd,
     .ids = true},
    {.name = "telegraf",
     .what = "Telegraf: inputs.modbus in its request style (TOML)",
     .type = "text/plain; charset=utf-8",
     .file = "mbplant-telegraf.conf",
     .steps = "Put it into /etc/telegraf/telegraf.d.\n"
              "Start telegraf again. One request an order of bytes asks {address}, and no address beside those named.",
     .write = export_telegraf},
    {.name = "homeassistant",
     .what = "Home Assistant: the integration modbus (YAML)",
     .type = "application/yaml",
     .file = "mbplant-homeassistant.yaml",
     .steps = "Put it beside configuration.yaml, without its first line, and write there: modbus: !include "
              "mbplant-homeassistant.yaml\n"
              "Restart Home Assistant. Coils are switches, alarms are problems; it polls {address}.",
     .write = export_homeassistant,
     .ids = true},
    {.name = "modbus_exporter",
     .what = "RichiH's modbus_exporter for Prometheus: modbus.yml",
     .type = "application/yaml",
     .file = "mbplant-modbus_exporter.yml",
     .steps = "Start modbus_exporter with --config.file=mbplant-modbus_exporter.yml.\n"
              "Let Prometheus scrape /modbus?target={address}&module=mbplant_unit_1&sub_target=1; a module a unit, "
              "registers only.",
     .write = export_modbus_exporter,
     .ids = true},
    {.name = "wireshark",
     .what = "Wireshark and tshark: a Lua dissector that names points",
     .type = "text/plain; charset=utf-8",
     .file = "mbplant-wireshark.lua",
     .steps = "Put it into Wireshark's folder of personal Lua plugins (Help, About, Folders).\n"
              "Preferences, Protocols, Modbus/TCP: add the port of {address}.\n"
              "Names and values then stand beside what each frame holds.",
     .write = export_wireshark},
    {.name = "zabbix",
     .what = "Zabbix 6.0: a template for the agent 2, with triggers (YAML)",
     .type = "application/yaml",
     .file = "mbplant-zabbix.yaml",
     .steps = "Configuration, Templates, Import.\n"
              "Make a host with an agent 2 that reaches {address}, and link the template mbplant by Modbus to it.\n"
              "Bits come by one request a block; each alarm is a trigger with the alarm's priority.",
     .write = export_zabbix,
     .ids = true},
    {.name = "zabbix7",
     .what = "the same for Zabbix 7.0",
     .type = "application/yaml",
     .file = "mbplant-zabbix7.yaml",
     .steps = "Data collection, Templates, Import.\n"
              "Make a host with an agent 2 that reaches {address}, and link the template mbplant by Modbus to it.\n"
              "Bits come by one request a block; each alarm is a trigger with the alarm's priority.",
     .write = export_zabbix7,
     .ids = true},
    {.name = "fuxa",
     .what = "FUXA 1.3: a project with devices, alarms and a first view (JSON)",
     .type = "application/json",
     .file = "mbplant-fuxa.json",
     .steps = "In the editor: Projects, Open project; or post it to /api/project of FUXA.\n"
              "Settings, Plugins: install modbus-serial if FUXA does not have it yet.\n"
              "The view has values, states and buttons; FUXA polls {address} once a second.",
     .write = export_fuxa,
     .ids = true},
    {.name = "nodered",
     .what = "Node-RED with contrib-modbus: a flow that reads, decodes and commands (JSON)",
     .type = "application/json",
     .file = "mbplant-nodered.json",
     .steps = "Manage palette, Install: node-red-contrib-modbus and @flowfuse/node-red-dashboard.\n"
              "Import, select the file, Deploy. It polls {address} once a second.\n"
              "Each value is a message with its name as topic, all of them stand in the flow's context mbplant; a "
              "button a command.",
     .write = export_nodered,
     .ids = true},
    {.name = "kepware",
     .what = "KEPServerEX: tags of its Modbus TCP driver (CSV)",
     .type = "text/csv; charset=utf-8",
     .file = "mbplant-kepware.csv",
     .steps = "Make a channel of the driver Modbus TCP/IP Ethernet and a device a unit, at {address}.\n"
              "Device properties, Tag generation or the device's menu: Import CSV.",
     .write = export_kepware,
     .ids = true},
    {.name = "ignition",
     .what = "Ignition: tags with alarms, for its Modbus TCP driver (JSON)",
     .type = "application/json",
     .file = "mbplant-ignition.json",
     .steps =
         "Gateway, Devices: add a Modbus TCP device with the name mbplant at {address}, zero-based addressing off.\n"
         "Designer, Tag browser: Import tags.",
     .write = export_ignition,
     .ids = true},
    {.name = "scadalts",
     .what = "Scada-LTS and ScadaBR: a data source with its points and alarms (JSON)",
     .type = "application/json",
     .file = "mbplant-scadalts.json",
     .steps = "Import/export: paste the file's text, Import. Users with the admin right can.\n"
              "Scada-LTS polls {address} once a second; each alarm is an event with the alarm's priority.",
     .write = export_scadalts,
     .ids = true},
};

const size_t mbp_export_target_count = sizeof mbp_export_targets / sizeof mbp_export_targets[0];

const struct mbp_export_target *mbp_export_find(const char *name)
{
    for (size_t t = 0; t < mbp_export_target_count; t++) {
        if (strcasecmp(mbp_export_targets[t].name, name) == 0)
            return &mbp_export_targets[t];
    }
    return NULL;
}

static void free_indexes(struct mbp_map_index **indexes, uint32_t count)
{
    for (uint32_t u = 0; indexes != NULL && u < count; u++)
        mbp_map_index_free(indexes[u]);
    free(indexes);
}

static struct mbp_map_index **new_indexes(const struct mbp_plant *plant)
{
    struct mbp_map_index **indexes = calloc(plant->unit_count, sizeof(struct mbp_map_index *));
    for (uint32_t u = 0; indexes != NULL && u < plant->unit_count; u++) {
        if (mbp_map_index_new(plant, &plant->units[u], &indexes[u]) == MBP_OK)
            continue;
        free_indexes(indexes, u);
        return NULL;
    }
    return indexes;
}

/* Programs whose file differs from version to version. */
static const struct {
    const char *target, *version, *form;
} versions[] = {{"zabbix", "6.0", "zabbix"}, {"zabbix", "7.0", "zabbix7"}};

const struct mbp_export_target *mbp_export_version(const struct mbp_export_target *target, const char *version,
                                                   char *names, size_t size)
{
    size_t len = 0;
    names[0] = '\0';
    for (size_t v = 0; v < sizeof versions / sizeof versions[0]; v++) {
        if (strcmp(versions[v].target, target->name) != 0)
            continue;
        if (strcmp(versions[v].version, version) == 0)
            return mbp_export_find(versions[v].form);
        if (len < size)
            len += (size_t)snprintf(names + len, size - len, "%s%s", len > 0 ? ", " : "", versions[v].version);
    }
    return NULL;
}

/* Names that are one without the signs that an id does not have. */
static void tell_ids(const struct mbp_export *export, const char *target, struct mbp_export_told *told)
{
    for (size_t r = 0; r < export->row_count; r++) {
        const struct mbp_export_row *row = &export->rows[r];
        if (row->numbered)
            export_note(told, "%s: %s of unit %u is %s there: another name is the same but for its signs\n", target,
                        row->name, row->unit_id, row->id);
    }
}

/* Either a target's file or a template's. */
static enum mbp_status write_rows(const struct mbp_plant *plant, const struct mbp_export_options *options,
                                  const struct mbp_export_target *target, const struct mbp_export_template *template,
                                  FILE *out, struct mbp_export_told *told)
{
    struct mbp_export_row *rows = NULL;
    size_t count = 0;
    enum mbp_status status = mbp_export_rows(plant, options, &rows, &count);
    if (status != MBP_OK)
        return status;
    struct mbp_map_index **indexes = new_indexes(plant);
    if (indexes != NULL) {
        struct mbp_export export = {plant, options, rows, count, indexes};
        if (target != NULL && target->ids)
            tell_ids(&export, target->name, told);
        if (target != NULL)
            target->write(&export, out, told);
        else
            export_template(&export, template, out);
    }
    free_indexes(indexes, plant->unit_count);
    free(rows);
    return indexes != NULL ? MBP_OK : MBP_ERR_MEMORY;
}

enum mbp_status mbp_export_write(const struct mbp_plant *plant, const struct mbp_export_options *options,
                                 const struct mbp_export_target *target, FILE *out, struct mbp_export_told *told)
{
    return write_rows(plant, options, target, NULL, out, told);
}

enum mbp_status mbp_export_fill(const struct mbp_plant *plant, const struct mbp_export_options *options,
                                const struct mbp_export_template *template, FILE *out)
{
    return write_rows(plant, options, NULL, template, out, NULL);
}
