/* A plant follows another between two scans. */
#include "takeover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "successor.h"

/* Each line of a text as a warning of its own. */
static void warn_lines(const char *lines)
{
    while (lines != NULL && *lines != '\0') {
        size_t len = strcspn(lines, "\n");
        mbp_log(MBP_LOG_WARNING, "%.*s", (int)len, lines);
        lines += len + (lines[len] == '\n' ? 1 : 0);
    }
}

/* What a running mbplantd does not follow. */
static void warn_restart(const struct daemon *daemon, const struct mbp_plant *was, const struct mbp_plant *now)
{
    if (daemon->options.listen == NULL && strcmp(was->server.listen, now->server.listen) != 0)
        mbp_log(MBP_LOG_WARNING, "the plant file's 'listen' is now %s: mbplantd stays at %s until it is restarted",
                now->server.listen, was->server.listen);
}

static void say_done(const struct successor *made)
{
    const struct mbp_change *change = made->change;
    mbp_log(MBP_LOG_INFO, "the plant has changed: machines and sensors: %u added, %u removed, %u changed",
            change->added, change->removed, change->changed);
}

/* ---- former plants ---------------------------------------------------------------------------------------------- */

#define FORMER_CHECK_MS 100u

static void free_oldest(struct daemon *daemon)
{
    struct former *oldest = daemon->former;
    daemon->former = oldest->next;
    mbp_plant_free(oldest->plant);
    free(oldest);
}

static void on_former_timer(uv_timer_t *timer)
{
    struct daemon *daemon = timer->data;
    for (; daemon->former != NULL && daemon->former_left != mbp_journal_plants_left(daemon->journal);
         daemon->former_left++)
        free_oldest(daemon);
    if (daemon->former == NULL)
        uv_timer_stop(timer);
}

void takeover_open(struct daemon *daemon)
{
    uv_timer_init(&daemon->loop, &daemon->former_timer);
    daemon->former_timer.data = daemon;
}

void takeover_close(struct daemon *daemon)
{
    uv_close((uv_handle_t *)&daemon->former_timer, NULL);
}

void takeover_free_former(struct daemon *daemon)
{
    while (daemon->former != NULL)
        free_oldest(daemon);
}

static void keep_former(struct daemon *daemon, struct former *former)
{
    struct former **end = &daemon->former;
    while (*end != NULL)
        end = &(*end)->next;
    *end = former;
    uv_timer_start(&daemon->former_timer, on_former_timer, FORMER_CHECK_MS, FORMER_CHECK_MS);
}

/* ---- the change ------------------------------------------------------------------------------------------------- */

/* Everything that knew the old plant knows the new one, or is gone with it. */
static enum mbp_status take_over(struct daemon *daemon, struct successor *made, uint32_t peer)
{
    struct former *former = malloc(sizeof *former);
    if (former == NULL)
        return MBP_ERR_MEMORY;
    enum mbp_status status = mbp_scan_change(daemon->scan, made->scan, peer);
    if (status != MBP_OK) {
        free(former);
        return status;
    }
    *former = (struct former){.plant = daemon->plant};
    made->scan = NULL;
    mbp_server_change(daemon->server, made->image, made->plant);
    if (daemon->narrator.journal != NULL)
        narrator_follow(&daemon->narrator, made->plant);
    warn_restart(daemon, daemon->plant, made->plant);
    struct mbp_image *old_image = daemon->image;
    struct mbp_trace *old_trace = daemon->trace;
    daemon->plant = made->plant;
    daemon->image = made->image;
    daemon->trace = made->trace;
    made->plant = NULL;
    made->image = old_image; /* freed before its plant can be */
    made->trace = old_trace;
    keep_former(daemon, former);
    return MBP_OK;
}

static void on_reloaded(void *ctx, struct successor *made)
{
    struct daemon *daemon = ctx;
    daemon->changing = false;
    if (daemon->server == NULL)
        return; /* stopping */
    const char *path = daemon->options.plant_path;
    if (made->status != MBP_OK) {
        fputs(made->errors != NULL ? made->errors : "", stderr);
        mbp_log(MBP_LOG_WARNING, "SIGHUP: %s is not taken over: the running plant goes on", path);
    } else if (made->unchanged) {
        mbp_log(MBP_LOG_INFO, "SIGHUP: %s is unchanged", path);
    } else if (take_over(daemon, made, 0) == MBP_OK) {
        say_done(made);
        warn_lines(made->moves);
    } else {
        mbp_log(MBP_LOG_WARNING, "SIGHUP: the journal cannot be written and is full: the running plant goes on");
    }
    if (daemon->reload_again)
        takeover_reload(daemon);
}

void takeover_reload(struct daemon *daemon)
{
    daemon->reload_again = daemon->changing;
    if (daemon->changing)
        return;
    const struct successor_request request = {
        .path = daemon->options.plant_path,
        .now = daemon->plant,
        .seed = daemon->options.has_seed ? &daemon->options.seed : NULL,
        .traced = daemon->trace != NULL,
    };
    daemon->changing = successor_make(&daemon->loop, &request, on_reloaded, daemon) == MBP_OK;
    if (!daemon->changing)
        mbp_log(MBP_LOG_ERROR, "SIGHUP: no memory or thread to read the plant file again: the running plant goes on");
}
