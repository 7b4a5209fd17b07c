/* open: the page of a slave in the user's browser. */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "ctl.h"
#include "slave/snapshot.h"

extern char **environ;

/* A browser without a screen would be one in this terminal. */
static bool has_desktop(void)
{
    return getenv("BROWSER") != NULL || getenv("DISPLAY") != NULL || getenv("WAYLAND_DISPLAY") != NULL;
}

/* Runs the program with the address and waits: it hands over to the browser. False: it could not. */
static bool run_with(const char *program, char *address)
{
    char *arguments[] = {(char *)program, address, NULL};
    pid_t child;
    int code = 0;
    if (posix_spawnp(&child, program, NULL, NULL, arguments, environ) != 0)
        return false;
    while (waitpid(child, &code, 0) < 0) {
        if (errno != EINTR)
            return false;
    }
    return WIFEXITED(code) && WEXITSTATUS(code) == 0;
}

static bool open_browser(char *address)
{
    const char *browser = getenv("BROWSER");
    return has_desktop() && run_with(browser != NULL && browser[0] != '\0' ? browser : "xdg-open", address);
}

/* The host as masters reach it: where HTTP listens on loopback alone, only from the slave's own machine. */
static void print_address(const struct ctl *ctl, unsigned port, char *buf, size_t size)
{
    const char *host = ctl->options->target.host;
    bool v6 = strchr(host, ':') != NULL;
    snprintf(buf, size, "http://%s%.255s%s:%u/", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

CTL_VERB(open)
{
    struct mbp_summary_view summary = {0};
    char address[300];
    int unit = ctl_plant(ctl) != NULL && ctl_link(ctl) != NULL ? ctl_summary_unit(ctl->plant) : -1;
    if (unit < 0)
        return CTL_FAILED;
    enum mbp_status status = ctl_journal_state_read(ctl, (uint8_t)unit, &summary);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, "reading where the page is");
    if (summary.http_port == 0) {
        fputs(ctl_tr("mbplantctl: this plant serves no page: start mbplantd with --http 127.0.0.1:8020, or with an "
                     "http: in the "
                     "plant file\n"),
              stderr);
        return CTL_FAILED;
    }
    print_address(ctl, summary.http_port, address, sizeof address);
    ctl_say("%s\n", address);
    fflush(stdout);
    if (!open_browser(address))
        fputs(ctl_tr("mbplantctl: no browser could be opened from here: open this address in one\n"), stderr);
    return CTL_OK;
}
