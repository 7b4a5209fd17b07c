/* The start-up lines. */
#include "banner.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where mbplantctl looks when it is not told. */
#define DEFAULT_HOST "127.0.0.1"
#define DEFAULT_PORT 5020

#define NAME_WIDTH 12

/* A sensor that a newcomer may read and write first: the first that takes injections. */
static const struct mbp_sensor *example_sensor(const struct mbp_plant *plant)
{
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        if (plant->sensors[s].inject != MBP_INJECT_REJECT && plant->sensors[s].reg.type != MBP_STRING)
            return &plant->sensors[s];
    }
    return NULL;
}

/* In a build folder the two stand apart. False: this is none. */
static bool beside_in_build(char *buf, size_t size)
{
    char self[PATH_MAX];
    char here[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len < 0)
        return false;
    self[len] = '\0';
    char *slash = strrchr(self, '/');
    char *folder = slash == NULL ? NULL : strstr(self, "/src/mbplantd");
    if (folder == NULL || folder + strlen("/src") != slash)
        return false;
    snprintf(folder, sizeof self - (size_t)(folder - self), "/tools/mbplantctl/mbplantctl");
    if (access(self, X_OK) != 0)
        return false;
    size_t under = getcwd(here, sizeof here) == NULL ? 0 : strlen(here);
    bool below = under > 1 && strncmp(self, here, under) == 0 && self[under] == '/';
    snprintf(buf, size, "%s", below ? self + under + 1 : self);
    return true;
}

/* How mbplantctl is called from here: by its path in a build folder or beside us where we were called by ours, else by
 * its name. */
static const char *master_command(char *buf, size_t size)
{
    const char *slash = strrchr(program_invocation_name, '/');
    if (beside_in_build(buf, size))
        return buf;
    if (slash != NULL) {
        int len =
            snprintf(buf, size, "%.*s/mbplantctl", (int)(slash - program_invocation_name), program_invocation_name);
        if (len > 0 && (size_t)len < size && access(buf, X_OK) == 0)
            return buf;
    }
    snprintf(buf, size, "mbplantctl");
    return buf;
}

static void print_examples(const struct mbp_plant *plant, const char *host, uint16_t port)
{
    const struct mbp_sensor *sensor = example_sensor(plant);
    const struct mbp_user_point *point;
    char command[PATH_MAX];
    char where[MBP_WIRE_HOST_MAX + 16] = ""; /* " -H HOST -p PORT" */
    char reference[8];
    master_command(command, sizeof command);
    size_t len = 0;
    if (strcmp(host, DEFAULT_HOST) != 0)
        len = (size_t)snprintf(where, sizeof where, " -H %.*s", (int)MBP_WIRE_HOST_MAX, host);
    if (port != DEFAULT_PORT)
        snprintf(where + len, sizeof where - len, " -p %u", port);
    printf("try next    %s%s %s\n", command, where, plant->machine_count + plant->sensor_count > 0 ? "status" : "map");
    if (sensor == NULL)
        return;
    point = mbp_map_register_point(plant, MBP_PER_SENSOR, (uint32_t)(sensor - plant->sensors));
    if (sensor->reg.nowhere && point == NULL)
        return;
    enum mbp_table table = point == NULL ? MBP_HOLDING_REGISTERS : (enum mbp_table)point->table;
    const struct mbp_register *reg = point != NULL ? &point->reg : &sensor->reg;
    mbp_reference(table, sensor->reg.addr, reference, sizeof reference);
    bool pair;
    const char *form =
        mbp_poll_form((enum mbp_type)reg->type, (enum mbp_order)reg->order, mbp_table_is_bits(table), &pair);
    if (point != NULL && point->mask != 0)
        form = ":hex"; /* with the rest of its register */
    printf("            mbpoll -m tcp -p %u -a %u -t %u%s -r %u%s -c %u -1 %s    # %s: %s %u = %s\n", port,
           plant->units[sensor->unit].id, mbp_table_poll(table), form, sensor->reg.addr + 1u,
           pair && reg->order == MBP_ABCD ? " -B" : "", pair ? 1u : reg->words, host, sensor->name,
           mbp_table_noun(table), sensor->reg.addr, reference);
    if (point == NULL || point->writable)
        printf("            %s%s write %s %g    # inject a value; 'release %s' lets it go\n", command, where,
               sensor->name, sensor->range[0] + 0.9 * (sensor->range[1] - sensor->range[0]), sensor->name);
}

/* A line for each way in. */
static void print_wires(const struct mbp_server *server)
{
    const struct mbp_wire *wire;
    for (uint32_t i = 0; (wire = mbp_server_wire(server, i)) != NULL; i++) {
        const char *name = mbp_wire_name(wire);
        int space = (int)strlen(name) < NAME_WIDTH ? NAME_WIDTH - (int)strlen(name) : 1;
        bool v6 = strchr(wire->host, ':') != NULL;
        if (mbp_wire_is_line(wire))
            printf("%s%*s%s\n", name, space, "", wire->path);
        else
            printf("%s%*s%s%s%s:%u\n", name, space, "", v6 ? "[" : "", wire->host, v6 ? "]" : "", wire->port);
    }
}

void banner_print(const struct daemon *daemon)
{
    const struct mbp_plant *plant = daemon->plant;
    const struct mbp_server *server = daemon->server;
    char period[32];
    const uint32_t sensors = plant->sensor_count - plant->alarm_count;
    printf("mbplant " MBP_VERSION ": %s, %u machine%s, %u sensor%s, %u unit%s, scan %s, seed %" PRIu64 "\n",
           plant->name, plant->machine_count, plant->machine_count == 1 ? "" : "s", sensors, sensors == 1 ? "" : "s",
           plant->unit_count, plant->unit_count == 1 ? "" : "s",
           mbp_duration_format(plant->scan_ns, period, sizeof period), plant->seed);
    const struct mbp_wire *tcp = mbp_server_tcp(server);
    print_wires(server);
    if (mbp_server_open_to_network(server) && plant->server.access_count == 0)
        printf("access      other machines may read; only this machine may write (see 'access' in the plant file)\n");
    if (!mbp_server_admits_this_machine(server))
        printf("access      the access rules do not admit this machine: what follows works from others only\n");
    outputs_banner(daemon, stdout);
    printf("data        %s\n", daemon->data_dir);
    if (tcp != NULL) {
        bool any = strcmp(tcp->host, "0.0.0.0") == 0 || strcmp(tcp->host, "::") == 0 || strcmp(tcp->host, "*") == 0;
        print_examples(plant, any ? DEFAULT_HOST : tcp->host, tcp->port);
    }
    fflush(stdout);
}

void banner_print_end(const struct mbp_server *server)
{
    struct mbp_server_counters c = mbp_server_counters(server);
    printf("connections %" PRIu64 " taken; %" PRIu64 " turned away, %" PRIu64 " closed for a new one, %" PRIu64
           " for a deadline, %" PRIu64 " did not read\n",
           c.accepted, c.refused, c.evicted, c.timeouts, c.slow_closed);
    printf("requests    %" PRIu64 "; %" PRIu64 " exceptions, %" PRIu64 " of them refused writes; %" PRIu64
           " frames of another protocol, %" PRIu64 " out of step; %" PRIu64 " met a wire fault\n",
           c.requests, c.exceptions, c.writes_refused, c.discarded, c.bad_frames, c.faults);
    fflush(stdout);
}
