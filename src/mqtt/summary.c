/* --check: how much is published. */
#include <stdlib.h>

#include "sparkplug.h"

/* Births with every value there, as they are sent; the largest. */
static size_t largest_birth(struct mqtt_link *link, const char **of)
{
    struct mqtt_roster *roster = link->roster;
    size_t largest = 0;
    for (uint32_t m = 0; m < roster->count; m++)
        roster->now[m].time_ms = 1;
    for (uint32_t m = 0; m < roster->count;) {
        const char *device = roster->metrics[m].device;
        m = sparkplug_put_birth(link, m, device);
        const struct mqtt_payload *payload = &((struct sparkplug *)link->own)->payload;
        if (payload->len > largest) {
            largest = payload->len;
            *of = device != NULL ? device : "the node";
        }
    }
    return largest;
}

enum mbp_status mbp_mqtt_print_summary(const struct mbp_plant *plant, FILE *out)
{
    struct mqtt_roster *roster = NULL;
    if (plant->mqtt.broker == NULL)
        return MBP_OK;
    enum mbp_status status = mqtt_roster_new(plant, &roster);
    if (status == MBP_ERR_RANGE)
        fprintf(out, "  warning: MQTT would publish no point, or more than %u: say which in 'points'\n",
                MBP_MQTT_POINTS_MAX);
    if (status != MBP_OK)
        return status;
    fprintf(out, "  MQTT publishes %u points", roster->count);
    if (plant->mqtt.format == MBP_MQTT_SPARKPLUG) {
        struct sparkplug own = {0};
        struct mqtt_link link = {.roster = roster, .own = &own};
        const char *of = "";
        size_t bytes = largest_birth(&link, &of);
        fprintf(out, "; the largest birth, of %s, has about %zu bytes", of, bytes);
        free(own.payload.bytes);
    }
    putc('\n', out);
    mqtt_roster_free(roster);
    return MBP_OK;
}
