/* Where HTTP is served: the option's word, else the plant file's. */
#include <stdio.h>
#include <string.h>

#include "daemon.h"

#if MBP_WITH_WEB
#include "mbplant/web.h"

static void before_request(void *ctx)
{
    mbp_scan_poll_busy(((struct daemon *)ctx)->scan);
}

static void look(void *ctx)
{
    outputs_look(ctx);
}

static bool looks(const void *own)
{
    return mbp_web_looks(own);
}

static void exchange(void *own, const struct mbp_exchange *exchange)
{
    mbp_web_exchange(own, exchange);
}

/* Relative to the plant file's folder. False: too long. */
static bool token_path(const struct mbp_plant *plant, char *buf, size_t size)
{
    const char *folder = plant->http_token_file[0] == '/' ? "" : plant->folder;
    int len = snprintf(buf, size, "%s%s", folder, plant->http_token_file);
    return len >= 0 && (size_t)len < size;
}

static bool start(struct daemon *daemon, void **own)
{
    const struct mbp_plant *plant = daemon->plant;
    const char *listen = outputs_http(daemon);
    char token_file[8192];
    if (listen == NULL)
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
        .scenario = daemon->scenario,
        .play = daemon->play,
        .folder = daemon->data_dir,
        .listen = listen,
        .named = daemon->options.http != NULL || plant->http_named,
        .token_file = plant->http_token_file != NULL ? token_file : NULL,
        .before_request = before_request,
        .look = look,
        .ctx = daemon,
    };
    struct mbp_web *web = NULL;
    enum mbp_status status = mbp_web_open(&config, stderr, &web);
    *own = web;
    if (web != NULL) {
        mbp_scan_set_http_port(daemon->scan, mbp_web_port(web));
        mbp_web_address(web, daemon->http_address, sizeof daemon->http_address);
    }
    return status == MBP_OK || status == MBP_ERR_BUSY;
}

static void follow(struct daemon *daemon, void **own, void **next)
{
    (void)next;
    if (mbp_web_change(*own, daemon->plant, daemon->image) != MBP_OK)
        mbp_log(MBP_LOG_WARNING, "not enough memory to show the changed plant to open streams: they end");
}

static bool uses(const void *own, const struct mbp_plant *plant)
{
    return mbp_web_uses(own, plant);
}

static void changed(void *own)
{
    mbp_web_scanned(own);
}

static void stop(void **own)
{
    mbp_web_close(*own);
    *own = NULL;
}

static void banner(const void *own, FILE *out)
{
    char address[96];
    fprintf(out, "page        %s\n", mbp_web_address(own, address, sizeof address));
}

const struct output web_output = {.start = start,
                                  .banner = banner,
                                  .follow = follow,
                                  .uses = uses,
                                  .exchange = exchange,
                                  .looks = looks,
                                  .changed = changed,
                                  .stop = stop};

#else

/* This program was built without: who asks for it is told. */
static bool start(struct daemon *daemon, void **own)
{
    (void)own;
    const char *asked = daemon->options.http != NULL ? daemon->options.http
                        : daemon->plant->http_named  ? daemon->plant->http_listen
                                                     : NULL;
    if (asked == NULL || strcmp(asked, "off") == 0)
        return true;
    fputs("mbplantd: this mbplantd was built without HTTP (MBP_WEB=OFF): leave out http and --http\n", stderr);
    return false;
}

const struct output web_output = {.start = start};

#endif
