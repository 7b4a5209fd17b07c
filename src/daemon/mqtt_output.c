/* The broker that the plant file names. */
#include <stdio.h>

#include "daemon.h"

#if MBP_WITH_MQTT
#include "mbplant/mqtt/mqtt.h"

static void before_request(void *ctx)
{
    mbp_scan_poll_busy(((struct daemon *)ctx)->scan);
}

static bool start(struct daemon *daemon, void **own)
{
    if (daemon->plant->mqtt.broker == NULL)
        return true;
    const struct mbp_mqtt_config config = {
        .loop = &daemon->loop,
        .plant = daemon->plant,
        .image = daemon->image,
        .scan = daemon->scan,
        .journal = daemon->journal,
        .next_event = daemon->outputs.next_event,
        .folder = daemon->data_dir,
        .before_request = before_request,
        .ctx = daemon,
    };
    struct mbp_mqtt *mqtt = NULL;
    enum mbp_status status = mbp_mqtt_open(&config, stderr, &mqtt);
    *own = mqtt;
    return status == MBP_OK;
}

static void banner(const void *own, FILE *out)
{
    (void)own;
    fputs("MQTT        the broker of the plant file\n", out);
}

static enum mbp_status prepare(const struct mbp_plant *plant, void **next)
{
    struct mqtt_roster *roster = NULL;
    enum mbp_status status = mbp_mqtt_prepare(plant, &roster);
    *next = roster;
    return status;
}

static void drop(void *next)
{
    mbp_mqtt_drop(next);
}

static void follow(struct daemon *daemon, void **own, void **next)
{
    mbp_mqtt_follow(*own, *next, daemon->plant, daemon->image);
    *next = NULL;
}

static void changed(void *own)
{
    mbp_mqtt_scanned(own);
}

static void durable(const struct daemon *daemon, void *own, const struct mbp_event *events, size_t count)
{
    (void)daemon, (void)events, (void)count;
    mbp_mqtt_durable(own);
}

static void stop(void **own)
{
    mbp_mqtt_stop(*own);
}

static void end(void **own)
{
    mbp_mqtt_close(*own);
    *own = NULL;
}

const struct output mqtt_output = {.start = start,
                                   .banner = banner,
                                   .prepare = prepare,
                                   .drop = drop,
                                   .follow = follow,
                                   .changed = changed,
                                   .durable = durable,
                                   .stop = stop,
                                   .end = end};

void mqtt_output_summary(const struct mbp_plant *plant, FILE *out)
{
    if (mbp_mqtt_print_summary(plant, out) == MBP_ERR_MEMORY)
        fputs("mbplantd: not enough memory to tell what MQTT publishes\n", stderr);
}

#else

/* This program was built without: who asks for it is told. */
static bool start(struct daemon *daemon, void **own)
{
    (void)own;
    if (daemon->plant->mqtt.broker == NULL)
        return true;
    fputs("mbplantd: this mbplantd was built without MQTT (MBP_MQTT=OFF): leave out mqtt\n", stderr);
    return false;
}

void mqtt_output_summary(const struct mbp_plant *plant, FILE *out)
{
    (void)plant, (void)out;
}

const struct output mqtt_output = {.start = start};

#endif
