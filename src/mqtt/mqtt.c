/* The life of the output: what is made, what the loop's thread calls, and the end. */
#include "mbplant/mqtt/mqtt.h"

#include <errno.h>
#include <signal.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "mqtt_priv.h"

#define PATIENCE_S 5 /* for the thread to end: a name may be being looked up */

/* ---- opening ----------------------------------------------------------------------------------------------------- */

/* The texts of the options, which the first plant has; one after another. */
static bool copy_options(struct mbp_mqtt *mqtt, const struct mbp_plant *plant)
{
    const char **texts[] = {&mqtt->options.broker,        &mqtt->options.prefix,       &mqtt->options.group,
                            &mqtt->options.node,          &mqtt->options.client_id,    &mqtt->options.username,
                            &mqtt->options.password_file, &mqtt->options.ca_file,      &mqtt->options.cert_file,
                            &mqtt->options.key_file,      &mqtt->options.primary_host, &mqtt->options.discovery};
    bool good = true;
    mqtt->options = plant->mqtt;
    mqtt->options.points = NULL; /* of each plant */
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
        const char *text = *texts[t];
        *texts[t] = text != NULL ? strdup(text) : NULL;
        good = good && (text == NULL || *texts[t] != NULL);
    }
    mqtt->plant_folder = strdup(plant->folder);
    return good && mqtt->plant_folder != NULL;
}

static void release(struct mbp_mqtt *mqtt)
{
    const char *texts[] = {mqtt->options.broker,        mqtt->options.prefix,       mqtt->options.group,
                           mqtt->options.node,          mqtt->options.client_id,    mqtt->options.username,
                           mqtt->options.password_file, mqtt->options.ca_file,      mqtt->options.cert_file,
                           mqtt->options.key_file,      mqtt->options.primary_host, mqtt->options.discovery};
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++)
        free((char *)texts[t]);
    for (uint32_t tail = mqtt->mail_tail; tail != mqtt->mail_head; tail++)
        free(mqtt->mails[tail % MQTT_MAILS].text);
    if (mqtt->out != NULL)
        fclose(mqtt->out);
    if (mqtt->command_fd >= 0)
        close(mqtt->command_fd);
    if (mqtt->work.fd >= 0)
        mbp_bell_free(&mqtt->work);
    free(mqtt->text);
    free(mqtt->commands);
    free(mqtt->folder);
    free(mqtt->plant_folder);
    free(mqtt);
    mqtt_library.lib_cleanup();
}

static void on_command(uv_poll_t *poll, int error, int events)
{
    (void)error, (void)events;
    struct mbp_mqtt *mqtt = poll->data;
    uint64_t rings;
    ssize_t got = read(mqtt->command_fd, &rings, sizeof rings);
    (void)got;
    if (mqtt->config.before_request != NULL)
        mqtt->config.before_request(mqtt->config.ctx);
    mqtt_carry_out(mqtt);
    mqtt_tell_events(mqtt);
}

static struct mqtt_link *link_new(struct mbp_mqtt *mqtt)
{
    struct mqtt_link *link = calloc(1, sizeof *link);
    if (link == NULL)
        return NULL;
    link->mqtt = mqtt;
    link->format = mqtt->options.format == MBP_MQTT_JSON ? &mqtt_json_format : &mqtt_sparkplug_format;
    link->roster = mqtt->noting;
    link->confirmed = mqtt->config.next_event - 1;
    link->out = open_memstream(&link->text, &link->text_len);
    if (link->out == NULL) {
        free(link);
        return NULL;
    }
    __fsetlocking(link->out, FSETLOCKING_BYCALLER);
    return link;
}

/* Signals are the loop's. */
static enum mbp_status start_thread(struct mbp_mqtt *mqtt)
{
    sigset_t all, before;
    struct mqtt_link *link = link_new(mqtt);
    if (link == NULL)
        return MBP_ERR_MEMORY;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&mqtt->thread, NULL, mqtt_thread, link);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0)
        return MBP_OK;
    errno = error;
    fclose(link->out);
    free(link->text);
    free(link);
    return MBP_ERR_IO;
}

static enum mbp_status make(struct mbp_mqtt *mqtt)
{
    const struct mbp_mqtt_config *config = &mqtt->config;
    mqtt->folder = strdup(config->folder);
    mqtt->commands = calloc(MQTT_COMMANDS, sizeof *mqtt->commands);
    mqtt->out = open_memstream(&mqtt->text, &mqtt->text_len);
    if (!copy_options(mqtt, config->plant) || mqtt->folder == NULL || mqtt->commands == NULL || mqtt->out == NULL)
        return MBP_ERR_MEMORY;
    mqtt->command_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (mqtt->command_fd < 0 || mbp_bell_new(&mqtt->work) != MBP_OK)
        return MBP_ERR_IO;
    enum mbp_status status = mqtt_roster_new(config->plant, &mqtt->noting);
    if (status != MBP_OK)
        return status;
    atomic_store(&mqtt->points, mqtt->noting->count);
    mqtt_look(mqtt, mbp_scan_state(config->scan));
    if (uv_poll_init(config->loop, &mqtt->poll, mqtt->command_fd) != 0)
        return MBP_ERR_IO;
    mqtt->poll.data = mqtt;
    uv_poll_start(&mqtt->poll, UV_READABLE, on_command);
    uv_unref((uv_handle_t *)&mqtt->poll);
    return start_thread(mqtt);
}

static void on_closed(uv_handle_t *poll)
{
    release(poll->data);
}

/* The loop holds its handle until it has said that it is closed. */
static void give_up(struct mbp_mqtt *mqtt)
{
    mqtt_roster_free(mqtt->noting);
    if (mqtt->poll.data != NULL)
        uv_close((uv_handle_t *)&mqtt->poll, on_closed);
    else
        release(mqtt);
}

/* How it goes, from the next time on that the plant is published. */
static void show_figures(const struct mbp_mqtt *mqtt)
{
    const struct mbp_link_figures figures = {
        .link = (uint8_t)atomic_load(&mqtt->link),
        .since_ms = atomic_load(&mqtt->since_ms),
        .why = atomic_load(&mqtt->why),
        .hole_from_ms = atomic_load(&mqtt->hole_from_ms),
        .hole_to_ms = atomic_load(&mqtt->hole_to_ms),
        .points = atomic_load(&mqtt->points),
        .connects = atomic_load(&mqtt->connects),
        .sent = atomic_load(&mqtt->sent),
        .waiting = atomic_load(&mqtt->waiting),
        .missed = atomic_load(&mqtt->missed),
        .lost = atomic_load(&mqtt->lost),
        .commands = atomic_load(&mqtt->command_count),
        .refused = atomic_load(&mqtt->refused),
    };
    mbp_scan_set_link(mqtt->config.scan, &figures);
}

enum mbp_status mbp_mqtt_open(const struct mbp_mqtt_config *config, FILE *errors, struct mbp_mqtt **out)
{
    enum mbp_status status = mqtt_library_open(errors);
    if (status != MBP_OK)
        return status;
    struct mbp_mqtt *mqtt = calloc(1, sizeof *mqtt);
    if (mqtt == NULL)
        return MBP_ERR_MEMORY;
    mqtt_library.lib_init();
    mqtt->config = *config;
    mqtt->plant = config->plant;
    mqtt->image = config->image;
    mqtt->command_fd = mqtt->work.fd = -1;
    mqtt->next_event = config->next_event;
    atomic_store(&mqtt->link, MBP_LINK_AWAY);
    atomic_store(&mqtt->why, "");
    status = make(mqtt);
    if (status == MBP_OK) {
        show_figures(mqtt);
        *out = mqtt;
        return MBP_OK;
    }
    if (status == MBP_ERR_RANGE)
        fprintf(errors, "mbplantd: mqtt: no point, or more than %u, would be published: say which in 'points'\n",
                MBP_MQTT_POINTS_MAX);
    else
        fprintf(errors, "mbplantd: mqtt: %s\n", mbp_status_text(status));
    give_up(mqtt);
    return status;
}

/* ---- while it runs ----------------------------------------------------------------------------------------------- */

void mbp_mqtt_scanned(struct mbp_mqtt *mqtt)
{
    mqtt_look(mqtt, mbp_scan_state(mqtt->config.scan));
    show_figures(mqtt);
}

void mbp_mqtt_durable(struct mbp_mqtt *mqtt)
{
    mqtt_tell_events(mqtt);
}

enum mbp_status mbp_mqtt_prepare(const struct mbp_plant *plant, struct mqtt_roster **out)
{
    return mqtt_roster_new(plant, out);
}

void mbp_mqtt_drop(struct mqtt_roster *next)
{
    mqtt_roster_free(next);
}

void mbp_mqtt_follow(struct mbp_mqtt *mqtt, struct mqtt_roster *next, const struct mbp_plant *plant,
                     struct mbp_image *image)
{
    struct mqtt_roster *before = mqtt->noting;
    mqtt->plant = plant;
    mqtt->image = image;
    mqtt->noting = next;
    mqtt_look(mqtt, mbp_scan_state(mqtt->config.scan));
    next->alias_base = before->alias_base + before->count;
    atomic_store(&before->next, next);
    atomic_store(&before->ended, true);
    mbp_bell_ring(&mqtt->work);
}

/* ---- the end ----------------------------------------------------------------------------------------------------- */

void mbp_mqtt_stop(struct mbp_mqtt *mqtt)
{
    mqtt->stopped = true;
    uv_close((uv_handle_t *)&mqtt->poll, NULL);
}

void mbp_mqtt_close(struct mbp_mqtt *mqtt)
{
    struct timespec until;
    if (mqtt == NULL)
        return;
    atomic_store(&mqtt->stop, true);
    mbp_bell_ring_anyway(&mqtt->work);
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += PATIENCE_S;
    if (pthread_clockjoin_np(mqtt->thread, NULL, CLOCK_MONOTONIC, &until) == 0) {
        release(mqtt);
        return;
    }
    mbp_log(MBP_LOG_WARNING, "mqtt: the connection to the broker does not end: it is left at that");
    pthread_detach(mqtt->thread); /* what it looks at stays */
}
