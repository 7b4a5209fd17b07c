/* export: the targets, and a file for one of them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "export_priv.h"

const struct mbp_export_target mbp_export_targets[] = {
    {"csv", "every point with all that is known of it, a row each", "text/csv; charset=utf-8", export_csv},
    {"markdown", "the same as a table to read", "text/markdown; charset=utf-8", export_markdown},
    {"collectd", "collectd.conf(5): the plugin modbus", "text/plain; charset=utf-8", export_collectd},
    {"telegraf", "Telegraf: inputs.modbus in its request style (TOML)", "text/plain; charset=utf-8", export_telegraf},
    {"homeassistant", "Home Assistant: the integration modbus (YAML)", "application/yaml", export_homeassistant},
    {"modbus_exporter", "RichiH's modbus_exporter for Prometheus: modbus.yml", "application/yaml",
     export_modbus_exporter},
    {"wireshark", "Wireshark and tshark: a Lua dissector that names points", "text/plain; charset=utf-8",
     export_wireshark},
    {"zabbix", "Zabbix 6.0: a template for the agent 2, with triggers (YAML)", "application/yaml", export_zabbix},
    {"zabbix7", "the same for Zabbix 7.0", "application/yaml", export_zabbix7},
    {"fuxa", "FUXA 1.3: a project with devices, alarms and a first view (JSON)", "application/json", export_fuxa},
    {"nodered", "Node-RED with contrib-modbus: a flow that reads, decodes and commands (JSON)", "application/json",
     export_nodered},
    {"kepware", "KEPServerEX: tags of its Modbus TCP driver (CSV)", "text/csv; charset=utf-8", export_kepware},
    {"ignition", "Ignition: tags with alarms, for its Modbus TCP driver (JSON)", "application/json", export_ignition},
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

enum mbp_status mbp_export_write(const struct mbp_plant *plant, const struct mbp_export_wish *wish,
                                 const struct mbp_export_target *target, FILE *out, FILE *told)
{
    struct mbp_export_row *rows = NULL;
    size_t count = 0;
    enum mbp_status status = mbp_export_rows(plant, wish, &rows, &count);
    if (status != MBP_OK)
        return status;
    struct mbp_map_index **indexes = new_indexes(plant);
    if (indexes != NULL) {
        struct mbp_export export = {plant, wish, rows, count, indexes};
        target->write(&export, out, told);
    }
    free_indexes(indexes, plant->unit_count);
    free(rows);
    return indexes != NULL ? MBP_OK : MBP_ERR_MEMORY;
}
