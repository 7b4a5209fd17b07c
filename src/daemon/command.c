/* A program beside the plant, and the line for who waits. */
#include "command.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon.h"

#define CODE_OF_SIGNALS 128
#define STANDARD_FDS    3

extern char **environ;

/* ---- where the plant is ----------------------------------------------------------------------------------------- */

static const char *loopback_of(const char *host)
{
    if (strcmp(host, "0.0.0.0") == 0)
        return "127.0.0.1";
    return strcmp(host, "::") == 0 ? "::1" : host;
}

/* NAME=VALUE, as an environment has it and a shell's export takes it. Returns how many there are. */
static unsigned find_places(struct daemon *daemon)
{
    char(*places)[sizeof daemon->command.places[0]] = daemon->command.places;
    const struct mbp_wire *tcp = mbp_server_tcp(daemon->server);
    unsigned count = 0;
    if (tcp != NULL) {
        snprintf(places[count++], sizeof *places, "MBPLANT_HOST=%s", loopback_of(tcp->host));
        snprintf(places[count++], sizeof *places, "MBPLANT_PORT=%u", tcp->port);
    }
    if (daemon->http_address[0] != '\0')
        snprintf(places[count++], sizeof *places, "MBPLANT_HTTP=%s", daemon->http_address);
    return count;
}

static void tell_ready(struct daemon *daemon, unsigned count)
{
    char line[COMMAND_PLACES * sizeof daemon->command.places[0] + 2] = "";
    size_t len = 0;
    for (unsigned p = 0; p < count; p++)
        len += (size_t)snprintf(line + len, sizeof line - len, "%s%s", p > 0 ? " " : "", daemon->command.places[p]);
    len += (size_t)snprintf(line + len, sizeof line - len, "\n");
    if (write(daemon->options.ready_fd, line, len) != (ssize_t)len)
        mbp_log(MBP_LOG_WARNING, "--ready-fd %d: nobody took the line: %s", daemon->options.ready_fd,
                strerrordesc_np(errno));
    if (daemon->options.ready_fd >= STANDARD_FDS)
        close(daemon->options.ready_fd);
}

/* ---- the command ------------------------------------------------------------------------------------------------ */

/* Another plant's place, of a command within a command; and what systemd said to this process alone. */
static bool is_dropped(const char *variable)
{
    static const char *const names[] = {
        "MBPLANT_HOST=", "MBPLANT_PORT=",   "MBPLANT_HTTP=",  "NOTIFY_SOCKET=", "LISTEN_FDS=",
        "LISTEN_PID=",   "LISTEN_FDNAMES=", "WATCHDOG_USEC=", "WATCHDOG_PID="};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        if (strncmp(variable, names[n], strlen(names[n])) == 0)
            return true;
    }
    return false;
}

/* Ours, with the places instead of any that stood there. NULL = no memory. Ownership: free. */
static char **environment_of(struct command *command, unsigned count)
{
    size_t all = 0;
    size_t kept = 0;
    while (environ[all] != NULL)
        all++;
    char **variables = calloc(all + count + 1, sizeof *variables);
    for (size_t v = 0; variables != NULL && v < all; v++) {
        if (!is_dropped(environ[v]))
            variables[kept++] = environ[v];
    }
    for (unsigned p = 0; variables != NULL && p < count; p++)
        variables[kept++] = command->places[p];
    return variables;
}

static void on_exit_of_command(uv_process_t *process, int64_t status, int number)
{
    struct daemon *daemon = process->data;
    daemon->command.runs = false;
    daemon->command.code = number != 0 ? CODE_OF_SIGNALS + number : (int)status;
    uv_close((uv_handle_t *)process, NULL);
    daemon_stop(daemon);
}

static bool start(struct daemon *daemon, unsigned count)
{
    struct command *command = &daemon->command;
    char shell[] = "/bin/sh";
    char flag[] = "-c";
    char *text = strdup(daemon->options.command);
    char **variables = environment_of(command, count);
    char *words[] = {shell, flag, text, NULL};
    uv_stdio_container_t inherited[STANDARD_FDS];
    for (int fd = 0; fd < STANDARD_FDS; fd++)
        inherited[fd] = (uv_stdio_container_t){.flags = UV_INHERIT_FD, .data.fd = fd};
    const uv_process_options_t options = {
        .exit_cb = on_exit_of_command,
        .file = shell,
        .args = words,
        .env = variables,
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = STANDARD_FDS,
        .stdio = inherited,
    };
    int error = text == NULL || variables == NULL ? UV_ENOMEM : uv_spawn(&daemon->loop, &command->process, &options);
    command->process.data = daemon;
    command->runs = error == 0;
    if (error != 0)
        fprintf(stderr, "mbplantd: --exec: cannot start /bin/sh: %s\n", uv_strerror(error));
    free(variables);
    free(text);
    return command->runs;
}

bool command_begin(struct daemon *daemon)
{
    const struct options *options = &daemon->options;
    if (options->command == NULL && options->ready_fd < 0)
        return true;
    unsigned count = find_places(daemon);
    if (options->ready_fd >= 0)
        tell_ready(daemon, count);
    return options->command == NULL || start(daemon, count);
}

bool command_signal(struct daemon *daemon, int number)
{
    struct command *command = &daemon->command;
    if (!command->runs)
        return false;
    kill(-command->process.pid, command->asked ? SIGKILL : number);
    command->asked = true;
    return true;
}
