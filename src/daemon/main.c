/* mbplantd: arguments, start in order, run, stop in reverse. */
#include <fcntl.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "banner.h"
#include "daemon.h"
#include "data_dir.h"
#include "mbplant/report.h"
#include "reload.h"
#include "run_report.h"
#include "scenario_run.h"
#include "service.h"
#include "snapshots.h"

enum { EXIT_OK = 0, EXIT_RUNTIME = 1, EXIT_USAGE = 2 };

/* What mbplantd opens beside its connections, and some for SQLite's and a plant file's passing ones. */
#define OWN_DESCRIPTORS 28u

/* --fast-forward waits for the journal after so many: well below the room between the two. */
#define FLUSH_EVERY_RECORDS 16384u

/* After a power cut process values are so old. */
#define CHECKPOINT_EVERY_NS MBP_NS_PER_S

/* ---- where the data stands -------------------------------------------------------------------------------------- */

static bool find_data_dir(struct daemon *daemon)
{
    const struct options *options = &daemon->options;
    if ((daemon->scenario != NULL || options->command != NULL) && options->data_dir == NULL)
        return scenario_run_make_dir(daemon);
    if (options->data_dir == NULL)
        return data_dir_find(options->plant_path, daemon->data_dir, sizeof daemon->data_dir);
    size_t len = strlen(options->data_dir);
    if (len >= sizeof daemon->data_dir) {
        fputs("mbplantd: the data directory's path is too long: choose another with -d\n", stderr);
        return false;
    }
    memcpy(daemon->data_dir, options->data_dir, len + 1);
    return true;
}

/* ---- the plant file --------------------------------------------------------------------------------------------- */

static int code_of(enum mbp_status status)
{
    return status == MBP_ERR_MEMORY ? EXIT_RUNTIME : EXIT_USAGE;
}

/* All that is wrong with the plant's file and the scenario's is told at once. */
static int load_plant(struct daemon *daemon)
{
    struct options *options = &daemon->options;
    enum mbp_status status = scenario_run_load(daemon);
    if (status != MBP_OK)
        return code_of(status);
    status = mbp_plant_load(options->plant_path, stderr, &daemon->plant);
    if (status == MBP_OK)
        mbp_plant_drop_text(daemon->plant);
    if (status == MBP_OK)
        status = mbp_process_check(daemon->plant, NULL, stderr);
    enum mbp_status scenario = scenario_run_bind(daemon);
    if (status != MBP_OK || scenario != MBP_OK)
        return code_of(status != MBP_OK ? status : scenario);
    if (!options->has_seed && daemon->scenario != NULL)
        options->has_seed = mbp_scenario_seed(daemon->scenario, &options->seed);
    if (options->has_seed)
        daemon->plant->seed = options->seed;
    if (options->mode == MODE_FAST_FORWARD && daemon->scenario != NULL &&
        mbp_scenario_judges_masters(daemon->scenario)) {
        fprintf(
            stderr,
            "mbplantd: %s expects something of masters, and --fast-forward has none: play it live, or beside a master "
            "with --exec\n",
            options->scenario_path);
        return EXIT_USAGE;
    }
    if (options->paused && !daemon->plant->instructor) {
        fprintf(stderr,
                "mbplantd: --paused: nobody could let %s run: it has no instructor; write 'instructor: true' "
                "into it\n",
                options->plant_path);
        return EXIT_USAGE;
    }
    return -1;
}

/* ---- running ---------------------------------------------------------------------------------------------------- */

static void before_request(void *ctx)
{
    mbp_scan_poll_busy(((struct daemon *)ctx)->scan);
}

static uint16_t actor_of(void *ctx, const struct mbp_actor *actor)
{
    return mbp_journal_actor(((struct daemon *)ctx)->journal, actor);
}

/* Where it listens: as the options say, else the plant file. */
static struct mbp_listens listens_of(const struct daemon *daemon)
{
    static const struct mbp_listen free_port = {.at = COMMAND_LISTEN};
    const struct options *options = &daemon->options;
    if (options->listen_count > 0)
        return (struct mbp_listens){options->listen, options->listen_count};
    return options->command != NULL ? (struct mbp_listens){&free_port, 1} : daemon->plant->server.listen;
}

void daemon_stop(struct daemon *daemon)
{
    if (daemon->server == NULL)
        return; /* stopping already */
    service_tell("STOPPING=1");
    mbp_scan_stop(daemon->scan);
    realtime_stop(&daemon->realtime);
    if (daemon->options.verbose)
        banner_print_end(daemon->server);
    outputs_stop(daemon);
    mbp_server_close(daemon->server);
    daemon->server = NULL;
    signals_unref(&daemon->signals);
    uv_close((uv_handle_t *)&daemon->after_round, NULL);
    reload_close(daemon);
    snapshots_close(daemon);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct daemon *daemon = handle->data;
    if (number != SIGHUP && !command_signal(daemon, number))
        daemon_stop(daemon);
    else if (number == SIGHUP && daemon->server != NULL)
        reload_ask(daemon);
}

static void on_round(uv_check_t *check)
{
    struct daemon *daemon = check->data;
    if (daemon->play != NULL && !daemon->command.runs && mbp_play_is_over(daemon->play))
        daemon_stop(daemon);
}

static void watch_scenario(struct daemon *daemon)
{
    uv_check_init(&daemon->loop, &daemon->after_round);
    daemon->after_round.data = daemon;
    if (daemon->play != NULL)
        uv_check_start(&daemon->after_round, on_round);
}

static int serve(struct daemon *daemon)
{
    if (daemon->options.paused)
        mbp_scan_pause(daemon->scan, 0);
    const struct mbp_server_config config = {
        .loop = &daemon->loop,
        .image = daemon->image,
        .plant = daemon->plant,
        .listen = listens_of(daemon),
        .before_request = before_request,
        .actor_of = actor_of,
        .ctx = daemon,
    };
    if (daemon->options.listen_count == 0 && daemon->options.command == NULL)
        daemon->listens_at = daemon_listen_text(&daemon->plant->server.listen);
    if (mbp_server_open(&config, stderr, &daemon->server) != MBP_OK) {
        uv_run(&daemon->loop, UV_RUN_DEFAULT); /* lets go of the half-open server */
        return EXIT_RUNTIME;
    }
    if (!outputs_start(daemon)) {
        outputs_stop(daemon);
        mbp_server_close(daemon->server);
        uv_run(&daemon->loop, UV_RUN_DEFAULT);
        return EXIT_RUNTIME;
    }
    signal(SIGPIPE, SIG_IGN);
    if (mbp_scan_start(daemon->scan, &daemon->loop) != MBP_OK ||
        !signals_watch(&daemon->signals, &daemon->loop, on_signal, daemon)) {
        fprintf(stderr, "mbplantd: cannot start: no descriptor is left for a timer or signals (ulimit -n)\n");
        mbp_scan_stop(daemon->scan);
        outputs_stop(daemon);
        mbp_server_close(daemon->server);
        uv_run(&daemon->loop, UV_RUN_DEFAULT);
        return EXIT_RUNTIME;
    }
    watch_scenario(daemon);
    reload_open(daemon);
    snapshots_open(daemon);
    realtime_start(&daemon->realtime, &daemon->loop);
    if (scenario_run_talks(daemon))
        banner_print(daemon);
    scenario_run_banner(daemon);
    service_tell("READY=1");
    bool begun = command_begin(daemon);
    if (!begun)
        daemon_stop(daemon);
    uv_run(&daemon->loop, UV_RUN_DEFAULT);
    int passed = daemon->play != NULL ? scenario_run_report(daemon) : EXIT_OK;
    if (!begun)
        return EXIT_RUNTIME;
    return daemon->command.code != 0 ? daemon->command.code : passed;
}

/* ---- fast forward ----------------------------------------------------------------------------------------------- */

static uint64_t virtual_mono_ns(void *ctx)
{
    return ((const struct daemon *)ctx)->virtual_now_ns;
}

static uint64_t virtual_wall_ms(void *ctx)
{
    const struct daemon *daemon = ctx;
    return (daemon->virtual_start_ns + daemon->virtual_now_ns) / MBP_NS_PER_MS;
}

/* A scenario's own duration, or what the command line allows of it. */
static uint64_t fast_forward_scans(const struct daemon *daemon)
{
    uint64_t asked_ns = daemon->options.fast_forward_ns;
    uint64_t scenario_ns = daemon->scenario != NULL ? mbp_scenario_duration_ns(daemon->scenario) : 0;
    bool all = scenario_ns != 0 && (asked_ns == 0 || asked_ns > scenario_ns);
    return (all ? scenario_ns : asked_ns) / daemon->plant->scan_ns;
}

/* From now on, or so that it ends when --end says. */
static uint64_t fast_forward_start_ns(const struct daemon *daemon)
{
    uint64_t end_ns = daemon->options.end_ms * MBP_NS_PER_MS;
    uint64_t length_ns = fast_forward_scans(daemon) * daemon->plant->scan_ns;
    if (end_ns == 0)
        return daemon->clock.wall_ms(daemon->clock.ctx) * MBP_NS_PER_MS;
    return end_ns > length_ns ? end_ns - length_ns : 0;
}

static int fast_forward(struct daemon *daemon)
{
    struct mbp_clock system = mbp_clock_system();
    uint64_t begin_ns = system.mono_ns(system.ctx);
    uint64_t period_ns = daemon->plant->scan_ns;
    uint64_t scans = fast_forward_scans(daemon);
    uint64_t flushed = 0;
    for (uint64_t i = 1; i <= scans; i++) {
        daemon->virtual_now_ns += period_ns;
        mbp_scan_step(daemon->scan);
        if (mbp_scan_stats(daemon->scan).recorded - flushed < FLUSH_EVERY_RECORDS && i < scans)
            continue;
        flushed = mbp_scan_stats(daemon->scan).recorded;
        if (mbp_journal_flush(daemon->journal) != MBP_OK) { /* the journal must keep up: nothing may overrun */
            fprintf(stderr, "mbplantd: the journal in %s cannot be written; see above\n", daemon->data_dir);
            return EXIT_RUNTIME;
        }
    }
    if (daemon->play != NULL)
        return scenario_run_report(daemon);
    if (daemon->options.has_run_report) {
        enum mbp_status status = run_report_write(daemon);
        if (status != MBP_OK)
            fprintf(stderr, "mbplantd: no report: %s\n", mbp_status_text(status));
        return status == MBP_OK ? EXIT_OK : EXIT_RUNTIME;
    }
    double took_s = (double)(system.mono_ns(system.ctx) - begin_ns) / (double)MBP_NS_PER_S;
    char duration[32];
    printf("mbplant " MBP_VERSION ": %s of %s in %.3f s, %" PRIu64 " scans; the journal stands in %s\n",
           mbp_duration_format(scans * period_ns, duration, sizeof duration), daemon->plant->name, took_s, scans,
           daemon->data_dir);
    return EXIT_OK;
}

/* ---- start and stop --------------------------------------------------------------------------------------------- */

static enum mbp_status read_journal_comment(void *ctx, uint16_t file, uint16_t place, char text[MBP_COMMENT_MAX + 1])
{
    return mbp_journal_comment_at(ctx, file, place, text);
}

static uint32_t find_journal_item(void *ctx, const struct mbp_plant *plant, uint32_t unit, uint16_t id)
{
    return mbp_journal_item(ctx, plant, unit, id);
}

/* The same from the same place, by the operator's name. */
static uint16_t actor_for(void *ctx, uint16_t actor, const struct mbp_operator *who)
{
    struct mbp_journal *journal = ctx;
    const struct mbp_event by = {.actor = actor, .seq = UINT32_MAX};
    const struct mbp_actor *known = mbp_names_actor(mbp_journal_names(journal), &by);
    struct mbp_actor for_him = {.kind = MBP_ACTOR_TCP};
    if (known != NULL)
        for_him = *known;
    snprintf(for_him.name, sizeof for_him.name, "%s", who->name);
    snprintf(for_him.role, sizeof for_him.role, "%s", mbp_role_name((enum mbp_role)who->role));
    return mbp_journal_actor(journal, &for_him);
}

static enum mbp_status read_journal_file(void *ctx, uint16_t file, uint16_t record, uint16_t count, uint16_t *words)
{
    return mbp_journal_read_file(ctx, file, record, count, words);
}

/* libuv ends the process where it finds no descriptor for its loop, so that is seen before. */
static bool has_descriptors(void)
{
    int taken[OWN_DESCRIPTORS];
    size_t count = 0;
    while (count < OWN_DESCRIPTORS && (taken[count] = open("/", O_PATH | O_CLOEXEC)) >= 0)
        count++;
    bool enough = count == OWN_DESCRIPTORS;
    if (!enough)
        fprintf(stderr, "mbplantd: cannot start: %zu descriptors are left, and it needs %u (ulimit -n)\n", count,
                OWN_DESCRIPTORS);
    while (count-- > 0)
        close(taken[count]);
    return enough;
}

/* The loop, with room for what will be opened. */
static bool open_loop(struct daemon *daemon)
{
    if (daemon->options.mode == MODE_RUN)
        mbp_server_make_room(daemon->plant);
    if (!has_descriptors())
        return false;
    int error = uv_loop_init(&daemon->loop);
    if (error != 0)
        fprintf(stderr, "mbplantd: cannot start: %s\n", uv_strerror(error));
    return error == 0;
}

static int start(struct daemon *daemon)
{
    daemon->clock = mbp_clock_system();
    if (daemon->options.mode == MODE_FAST_FORWARD) {
        daemon->virtual_start_ns = fast_forward_start_ns(daemon);
        daemon->clock = (struct mbp_clock){virtual_mono_ns, virtual_wall_ms, daemon};
    }
    const char *plant_path = daemon->options.plant_path;
    if (!open_loop(daemon) || !find_data_dir(daemon) || !data_dir_is_of(daemon->data_dir, plant_path))
        return EXIT_RUNTIME;
    if (mbp_journal_open(daemon->data_dir, daemon->plant, &daemon->clock, stderr, &daemon->journal) != MBP_OK ||
        !scenario_run_is_fresh(daemon) || !scenario_run_open_report(daemon))
        return EXIT_RUNTIME;
    data_dir_remember(daemon->data_dir, plant_path);
    enum mbp_status status = outputs_begin(daemon);
    if (status == MBP_OK)
        status = mbp_image_new(daemon->plant, &daemon->image);
    if (status == MBP_OK) {
        mbp_image_set_files(daemon->image, (struct mbp_file_source){read_journal_file, read_journal_comment,
                                                                    daemon->journal, find_journal_item, actor_for});
        const struct mbp_scan_config config = {
            daemon->plant, daemon->image,         daemon->journal,
            daemon->clock, daemon->options.speed, daemon->options.mode == MODE_RUN ? CHECKPOINT_EVERY_NS : 0};
        status = mbp_scan_new(&config, &daemon->scan);
    }
    if (status == MBP_OK)
        status = reload_begin(daemon);
    if (status == MBP_OK)
        status = scenario_run_begin(daemon);
    if (status != MBP_OK) {
        fprintf(stderr, "mbplantd: cannot start: %s\n", mbp_status_text(status));
        return EXIT_RUNTIME;
    }
    return daemon->options.mode == MODE_FAST_FORWARD ? fast_forward(daemon) : serve(daemon);
}

/* Returns code, or EXIT_RUNTIME where the journal could not take the last events. */
static int stop(struct daemon *daemon, int code)
{
    if (daemon->scan != NULL)
        mbp_scan_close(daemon->scan);
    outputs_end(daemon);
    if (mbp_journal_close(daemon->journal) != MBP_OK)
        code = EXIT_RUNTIME;
    scenario_run_end(daemon);
    bool reloaded = reload_end(daemon);
    if (!reloaded || !snapshots_end(daemon)) {
        mbp_log(MBP_LOG_WARNING, "a changed plant or a snapshot was still on its way: it is left at that");
        fflush(stdout);
        fflush(stderr);
        _exit(code); /* nothing that the reading thread looks at may go before it does */
    }
    reload_free_former(daemon);
    mbp_scan_free(daemon->scan);
    mbp_image_free(daemon->image);
    mbp_plant_free(daemon->plant);
    free(daemon->listens_at);
    return code;
}

/* Left alone, glibc keeps ever larger blocks in its heap, once some were given back: holes that stay, and zeroing of
 * what nobody ever uses. What a plant takes is taken once and in large blocks; each is pages of its own. */
static void steady_memory(void)
{
#ifdef M_MMAP_THRESHOLD
    mallopt(M_MMAP_THRESHOLD, 128 << 10);
#endif
}

/* What only prints has failed where nobody got it. */
static int printed(int code)
{
    if ((fflush(stdout) == 0 && ferror(stdout) == 0) || code != EXIT_OK)
        return code;
    fprintf(stderr, "mbplantd: cannot write the output\n");
    return EXIT_RUNTIME;
}

int main(int argc, char **argv)
{
    static struct daemon daemon;
    signals_hold();
    steady_memory();
    int code = options_read(argc, argv, &daemon.options);
    if (code >= 0)
        return printed(code);
    if (daemon.options.mode == MODE_RUN)
        signals_end_at_once();
    else
        signals_let_go();
    if (daemon.options.verbose)
        mbp_log_set_level(MBP_LOG_DEBUG);
    code = load_plant(&daemon);
    if (code >= 0) {
        mbp_plant_free(daemon.plant);
        mbp_scenario_free(daemon.scenario);
        return code;
    }
    if (daemon.options.mode == MODE_CHECK || daemon.options.mode == MODE_PRINT_CONFIG) {
        if (daemon.options.mode == MODE_CHECK) {
            mbp_plant_print_summary(daemon.plant, stdout);
            mqtt_output_summary(daemon.plant, stdout);
            mbp_process_print_loops(daemon.plant, stdout);
            if (daemon.scenario != NULL)
                mbp_scenario_print_summary(daemon.scenario, stdout);
        } else {
            mbp_plant_print_config(daemon.plant, stdout);
        }
        mbp_scenario_free(daemon.scenario);
        mbp_plant_free(daemon.plant);
        return printed(EXIT_OK);
    }
    if (daemon.options.mode == MODE_RUN)
        signals_hold(); /* until the loop gets them */
    code = start(&daemon);
    code = stop(&daemon, code);
    return daemon.options.mode == MODE_FAST_FORWARD ? printed(code) : code;
}
