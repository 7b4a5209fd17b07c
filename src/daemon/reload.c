/* A plant follows another between two scans. */
#include "reload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "next_plant.h"
#include "service.h"

static const char scenario_plays[] =
    "a scenario plays on the running plant, and is for that one: it can be changed when the scenario has ended";

/* Why a plant that is ready is not taken over. */
static const char *why_not_taken(enum mbp_status status)
{
    return status == MBP_ERR_MEMORY ? "not enough memory for the change"
                                    : "the journal cannot be written and has no room for the change";
}

/* ---- words ------------------------------------------------------------------------------------------------------ */

/* Each line of a text as a warning of its own. */
static void warn_lines(const char *lines)
{
    while (*lines != '\0') {
        size_t len = strcspn(lines, "\n");
        mbp_log(MBP_LOG_WARNING, "%.*s", (int)len, lines);
        lines += len + (lines[len] == '\n' ? 1 : 0);
    }
}

static uint32_t count_lines(const char *text)
{
    uint32_t lines = 0;
    for (; *text != '\0'; text++)
        lines += *text == '\n' ? 1 : 0;
    return lines;
}

/* Without memory the words may be missing too. */
static const char *why_refused(const struct next_plant *made)
{
    bool said = made->errors != NULL && made->errors[0] != '\0';
    return said ? made->errors : "not enough memory for this plant\n";
}

char *daemon_listen_text(const struct mbp_listens *listens)
{
    struct mbp_buffer text;
    if (!mbp_buffer_open(&text))
        return NULL;
    mbp_listens_print(text.out, listens);
    return mbp_buffer_close(&text);
}

/* What is to be said of a plant that is not refused: points that moved, and what only a restart changes. */
static void write_notes(const struct daemon *daemon, const struct next_plant *made, FILE *out)
{
    fputs(made->local_notes != NULL ? made->local_notes : "", out);
    if (made->unchanged)
        return;
    fputs(made->moves, out);
    char *listen = daemon_listen_text(&made->plant->server.listen);
    if (daemon->listens_at != NULL && listen != NULL && strcmp(listen, daemon->listens_at) != 0)
        fprintf(out, "the plant file's 'listen' is now %s: mbplantd stays at %s until it is restarted\n", listen,
                daemon->listens_at);
    free(listen);
    if (!mbp_text_same(daemon->plant->mqtt.broker, made->plant->mqtt.broker))
        fputs("the plant file's 'mqtt' is another one: mbplantd stays with the broker that it has until it is "
              "restarted\n",
              out);
    if (daemon->plant->instructor && !made->plant->instructor)
        fputs("the plant has no instructor any more: plant put, and sim, end with this one\n", out);
}

/* Ownership: free. NULL without memory. */
static char *notes_of(const struct daemon *daemon, const struct next_plant *made)
{
    struct mbp_buffer notes;
    if (!mbp_buffer_open(&notes))
        return NULL;
    write_notes(daemon, made, notes.out);
    return mbp_buffer_close(&notes);
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

/* Nobody in another thread has a use for the oldest one any more. */
static bool is_over(const struct daemon *daemon)
{
    return daemon->former_left != mbp_journal_plants_left(daemon->journal) &&
           !outputs_use(daemon, daemon->former->plant);
}

static void on_former_timer(uv_timer_t *timer)
{
    struct daemon *daemon = timer->data;
    for (; daemon->former != NULL && is_over(daemon); daemon->former_left++)
        free_oldest(daemon);
    if (daemon->former == NULL)
        uv_timer_stop(timer);
}

void reload_free_former(struct daemon *daemon)
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

enum mbp_status reload_begin(struct daemon *daemon)
{
    struct mbp_plant *plant = mbp_scan_take_former(daemon->scan);
    if (plant == NULL)
        return MBP_OK;
    daemon->former = calloc(1, sizeof *daemon->former);
    if (daemon->former == NULL) {
        mbp_plant_free(plant);
        return MBP_ERR_MEMORY;
    }
    daemon->former->plant = plant;
    return MBP_OK;
}

/* ---- the change ------------------------------------------------------------------------------------------------- */

/* Everything that knew the old plant knows the new one, or is gone with it. */
static enum mbp_status take_over(struct daemon *daemon, struct next_plant *made, uint32_t peer)
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
    struct mbp_image *old_image = daemon->image;
    daemon->plant = made->plant;
    daemon->image = made->image;
    outputs_follow(daemon, &made->outputs);
    made->plant = NULL;
    made->image = old_image; /* freed before its plant can be */
    keep_former(daemon, former);
    return MBP_OK;
}

/* ---- SIGHUP ----------------------------------------------------------------------------------------------------- */

static void next_change(struct daemon *daemon)
{
    daemon->making = NULL;
    if (daemon->reload_again)
        reload_ask(daemon);
    if (daemon->making == NULL)
        service_tell("READY=1"); /* also where nothing was told: it is no news then */
}

static void say_changed(const struct mbp_change *change)
{
    mbp_log(MBP_LOG_INFO, "the plant has changed: machines and sensors: %u added, %u removed, %u changed",
            change->added, change->removed, change->changed);
}

static void reload(struct daemon *daemon, struct next_plant *made)
{
    const char *path = daemon->options.plant_path;
    if (made->status != MBP_OK) {
        fputs(why_refused(made), stderr);
        mbp_log(MBP_LOG_WARNING, "SIGHUP: %s is not taken over: the running plant goes on", path);
        return;
    }
    if (made->unchanged) {
        mbp_log(MBP_LOG_INFO, "SIGHUP: %s is unchanged", path);
        return;
    }
    char *notes = notes_of(daemon, made);
    enum mbp_status status = take_over(daemon, made, 0);
    if (status == MBP_OK) {
        say_changed(made->change);
        warn_lines(notes != NULL ? notes : "");
    } else {
        mbp_log(MBP_LOG_WARNING, "SIGHUP: %s: the running plant goes on", why_not_taken(status));
    }
    free(notes);
}

static void on_reloaded(void *ctx, struct next_plant *made)
{
    struct daemon *daemon = ctx;
    reload(daemon, made);
    next_change(daemon);
}

void reload_ask(struct daemon *daemon)
{
    if (daemon->play != NULL) {
        mbp_log(MBP_LOG_WARNING, "SIGHUP: %s", scenario_plays);
        return;
    }
    daemon->reload_again = daemon->making != NULL;
    if (daemon->making != NULL)
        return;
    const struct next_plant_request request = {
        .path = daemon->options.plant_path,
        .now = daemon->plant,
        .seed = daemon->options.has_seed ? &daemon->options.seed : NULL,
        .outputs = outputs_there(daemon),
    };
    if (next_plant_make(&daemon->loop, &request, on_reloaded, daemon, &daemon->making) == MBP_OK)
        service_tell("RELOADING=1");
    else
        mbp_log(MBP_LOG_ERROR, "SIGHUP: no memory or thread to read the plant file again: the running plant goes on");
}

/* ---- plant commands of the instructor's unit -------------------------------------------------------------------- */

static void refuse(struct daemon *daemon, uint32_t crc, const char *text, const char *french)
{
    uint32_t errors = count_lines(text);
    const struct mbp_staged_answer answer = {
        .state = MBP_STAGING_REFUSED, .crc = crc, .errors = errors > 0 ? errors : 1, .text = text, .french = french};
    mbp_image_staging_answer(daemon->image, &answer);
}

/* Why the text that was asked for is not what is staged; NULL = it is. */
static const char *wrong_text(const struct mbp_staged_asked *order, enum mbp_status status, uint32_t crc)
{
    if (status == MBP_ERR_MISSING)
        return "nothing is staged: write the new plant file to files 900.. of this unit first\n";
    if (status == MBP_ERR_RANGE)
        return "the staged text's length, its first two registers, is beyond what files 900.. hold\n";
    if (order->crc != 0 && order->crc != crc)
        return "another text is staged than the one that is meant: two masters at once? transfer it again\n";
    if (status != MBP_OK)
        return "the staged text does not fit its CRC-32: a part of it is missing, or two masters wrote at once; "
               "transfer it again\n";
    return NULL;
}

/* The plant runs already; a restart must begin with it too. */
static bool save(const struct daemon *daemon, struct next_plant *made, FILE *notes)
{
    const char *path = daemon->options.plant_path;
    if (made->local) { /* a restart would take over what was not */
        fprintf(notes, "so %s on mbplantd's side stays as it is: a restart begins with that\n", path);
        return false;
    }
    int error = made->save_error;
    if (error == 0 && plant_file_accept(&made->draft) != MBP_OK)
        error = errno;
    if (error == 0)
        return true;
    mbp_log(MBP_LOG_WARNING, "%s cannot be replaced (%s): a restart begins with what it was", path,
            strerrordesc_np(error));
    fprintf(notes,
            "the plant runs, but %s on mbplantd's side cannot be replaced (%s): a restart begins with what it "
            "was\n",
            path, strerrordesc_np(error));
    return false;
}

/* What was asked for has succeeded so far. */
static void finish(struct daemon *daemon, struct next_plant *made, const char *notes)
{
    bool put = daemon->order.command == MBP_STAGING_PUT;
    uint32_t crc = made->plant->text_crc;
    enum mbp_status status = put && !made->unchanged ? take_over(daemon, made, daemon->order.peer.actor) : MBP_OK;
    if (status != MBP_OK) {
        refuse(daemon, crc, why_not_taken(status), NULL);
        return;
    }
    struct mbp_buffer words;
    FILE *out = mbp_buffer_open(&words) ? words.out : NULL;
    struct mbp_staged_answer answer = {.state = made->unchanged ? MBP_STAGING_UNCHANGED : MBP_STAGING_DONE, .crc = crc};
    if (out != NULL)
        fputs(notes != NULL ? notes : "", out);
    if (put)
        answer.saved = save(daemon, made, out != NULL ? out : stderr);
    if (made->change != NULL) {
        answer.added = made->change->added;
        answer.removed = made->change->removed;
        answer.changed = made->change->changed;
    }
    char *text = mbp_buffer_close(&words);
    answer.text = text != NULL ? text : "";
    mbp_image_staging_answer(daemon->image, &answer);
    free(text);
    if (put && made->change != NULL) {
        say_changed(made->change);
        warn_lines(notes != NULL ? notes : "");
    }
}

static void on_staged(void *ctx, struct next_plant *made)
{
    struct daemon *daemon = ctx;
    if (made->status != MBP_OK) {
        refuse(daemon, daemon->order.crc, why_refused(made), made->french);
    } else {
        char *notes = notes_of(daemon, made);
        finish(daemon, made, notes);
        free(notes);
    }
    next_change(daemon);
}

static void on_asked(uv_check_t *check)
{
    struct daemon *daemon = check->data;
    if (daemon->making != NULL || !mbp_image_staging_asked(daemon->image, &daemon->order))
        return;
    struct mbp_text text;
    uint32_t crc;
    enum mbp_status status = mbp_image_staged(daemon->image, &text, &crc);
    const char *wrong = wrong_text(&daemon->order, status, crc);
    if (wrong != NULL) {
        refuse(daemon, crc, wrong, NULL);
        return;
    }
    daemon->order.crc = crc;
    if (daemon->play != NULL && daemon->order.command == MBP_STAGING_PUT) {
        refuse(daemon, crc, scenario_plays, NULL);
        return;
    }
    const struct next_plant_request request = {
        .path = daemon->options.plant_path,
        .text = text.bytes,
        .text_len = text.len,
        .now = daemon->plant,
        .seed = daemon->options.has_seed ? &daemon->options.seed : NULL,
        .check_only = daemon->order.command == MBP_STAGING_CHECK,
        .save = daemon->order.command == MBP_STAGING_PUT,
        .outputs = outputs_there(daemon),
    };
    if (next_plant_make(&daemon->loop, &request, on_staged, daemon, &daemon->making) != MBP_OK)
        refuse(daemon, crc, "no memory or thread to read it\n", NULL);
}

/* ---- life ------------------------------------------------------------------------------------------------------- */

void reload_open(struct daemon *daemon)
{
    uv_timer_init(&daemon->loop, &daemon->former_timer);
    uv_check_init(&daemon->loop, &daemon->asked);
    daemon->former_timer.data = daemon;
    daemon->asked.data = daemon;
    uv_check_start(&daemon->asked, on_asked);
    if (daemon->former != NULL)
        uv_timer_start(&daemon->former_timer, on_former_timer, FORMER_CHECK_MS, FORMER_CHECK_MS);
}

void reload_close(struct daemon *daemon)
{
    uv_close((uv_handle_t *)&daemon->former_timer, NULL);
    uv_close((uv_handle_t *)&daemon->asked, NULL);
    if (daemon->making != NULL)
        next_plant_leave(daemon->making);
}

bool reload_end(struct daemon *daemon)
{
    return daemon->making == NULL || next_plant_end(daemon->making);
}
