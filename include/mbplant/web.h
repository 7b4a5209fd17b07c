/* web: the plant over HTTP: a REST interface, a stream of what changes, metrics, and a page for browsers. It reads the
 * views (view.h) and writes as a Modbus master does: the same access rules, refusals and journal.
 *
 * One table (src/web/routes.c) says which routes there are; /api/v1/openapi.json is printed from it.
 * libmicrohttpd runs in the libuv loop: no call that waits. Long answers are written in parts, between which scans and
 * masters have their turn; a report is made in a thread.
 * Sources: RFC 9110 and 9112 (HTTP), RFC 9457 (problem details), the WHATWG HTML standard, 9.2 (server-sent events). */
#ifndef MBPLANT_WEB_H
#define MBPLANT_WEB_H

#include <stdio.h>

#include "mbplant/journal.h"
#include "mbplant/scan.h"
#include "mbplant/server.h"

struct mbp_web;
struct mbp_scenario;
struct mbp_play;

struct mbp_web_config {
    struct uv_loop_s *loop;
    const struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_scan *scan;
    struct mbp_journal *journal;
    struct mbp_server *server;           /* what it counted is shown */
    const struct mbp_scenario *scenario; /* NULL = none plays; valid as long as the web */
    const struct mbp_play *play;
    struct mbp_clock clock;
    const char *listen;                /* "ADDR:PORT" */
    bool named;                        /* somebody asked for that address */
    const char *folder;                /* with the samples (samples.h); NULL = none */
    const char *token_file;            /* NULL = none: commands need no token, and are taken from this machine alone */
    void (*before_request)(void *ctx); /* before each batch of requests: a due scan may run */
    void (*look)(void *ctx);           /* what mbp_web_looks says has changed */
    void *ctx;
};

/* Listens. Ownership: mbp_web_close, then run the loop until it is idle. One line to errors on failure:
 * MBP_ERR_BUSY (the address is taken and nobody named it: a warning), MBP_ERR_IO, MBP_ERR_FORMAT (address or token
 * file), MBP_ERR_MEMORY. */
enum mbp_status mbp_web_open(const struct mbp_web_config *config, FILE *errors, struct mbp_web **out);
void mbp_web_close(struct mbp_web *web);

/* From here on another plant is shown. To be called from the loop, outside of the web's own calls. The old plant is
 * used no longer than mbp_web_uses says, its image not any more; answers that are half written end there. Errors:
 * MBP_ERR_MEMORY, streams then end. */
enum mbp_status mbp_web_change(struct mbp_web *web, const struct mbp_plant *plant, struct mbp_image *image);

/* A scan has run: what changed goes to streams, commands that waited for it are answered. From the loop, as above. */
void mbp_web_scanned(struct mbp_web *web);

/* Whether somebody wants to see the exchanges with masters; and one of them. From the loop. */
bool mbp_web_looks(const struct mbp_web *web);
void mbp_web_exchange(struct mbp_web *web, const struct mbp_exchange *exchange);

/* Whether a report of that plant is still being made. */
bool mbp_web_uses(const struct mbp_web *web, const struct mbp_plant *plant);

/* Its port. */
uint16_t mbp_web_port(const struct mbp_web *web);

/* Where it is: "http://127.0.0.1:8020/". Returns buf. 80 bytes suffice. */
const char *mbp_web_address(const struct mbp_web *web, char *buf, size_t size);

#endif
