/* Where HTTP is served: the option's word, else the plant file's. */
#include "web_output.h"

#include <stdio.h>
#include <string.h>

#if MBP_WITH_WEB
#include "mbplant/web.h"

static void before_request(void *ctx)
{
    mbp_scan_poll_busy(((struct daemon *)ctx)->scan);
}

/* Relative to the plant file's folder. False: too long. */
static bool token_path(const struct mbp_plant *plant, char *buf, size_t size)
{
    const char *folder = plant->http_token_file[0] == '/' ? "" : plant->folder;
    int len = snprintf(buf, size, "%s%s", folder, plant->http_token_file);
    return len >= 0 && (size_t)len < size;
}

bool web_output_start(struct daemon *daemon)
{
    const struct mbp_plant *plant = daemon->plant;
    const char *listen = daemon->options.http != NULL ? daemon->options.http : plant->http_listen;
    char token_file[8192];
    if (listen == NULL || strcmp(listen, "off") == 0)
        return true;
    if (plant->http_token_file != NULL && !token_path(plant, token_file, sizeof token_file)) {
        fputs("mbplantd: http: the path of token_file is too long\n", stderr);
        return false;
    }
    const struct mbp_web_config config = {
        .loop = &daemon->loop,
        .plant = plant,
        .image = daemon->image,
        .scan = daemon->scan,
        .journal = daemon->journal,
        .server = daemon->server,
        .clock = daemon->clock,
        .listen = listen,
        .named = daemon->options.http != NULL || plant->http_named,
        .token_file = plant->http_token_file != NULL ? token_file : NULL,
        .before_request = before_request,
        .ctx = daemon,
    };
    enum mbp_status status = mbp_web_open(&config, stderr, &daemon->web);
    return status == MBP_OK || status == MBP_ERR_BUSY;
}

void web_output_follow(struct daemon *daemon)
{
    if (daemon->web != NULL && mbp_web_change(daemon->web, daemon->plant, daemon->image) != MBP_OK)
        mbp_log(MBP_LOG_WARNING, "not enough memory to show the changed plant to open streams: they end");
}

bool web_output_uses(const struct daemon *daemon, const struct mbp_plant *plant)
{
    return mbp_web_uses(daemon->web, plant);
}

void web_output_stop(struct daemon *daemon)
{
    mbp_web_close(daemon->web);
    daemon->web = NULL;
}

void web_output_banner(const struct daemon *daemon)
{
    char address[96];
    if (daemon->web != NULL)
        printf("page        %s\n", mbp_web_address(daemon->web, address, sizeof address));
}

#else

/* This program was built without: who asks for it is told. */
bool web_output_start(struct daemon *daemon)
{
    const char *asked = daemon->options.http != NULL ? daemon->options.http
                        : daemon->plant->http_named  ? daemon->plant->http_listen
                                                     : NULL;
    if (asked == NULL || strcmp(asked, "off") == 0)
        return true;
    fputs("mbplantd: this mbplantd was built without HTTP (MBP_WEB=OFF): leave out http and --http\n", stderr);
    return false;
}

void web_output_follow(struct daemon *daemon)
{
    (void)daemon;
}

bool web_output_uses(const struct daemon *daemon, const struct mbp_plant *plant)
{
    (void)daemon, (void)plant;
    return false;
}

void web_output_stop(struct daemon *daemon)
{
    (void)daemon;
}

void web_output_banner(const struct daemon *daemon)
{
    (void)daemon;
}

#endif
