/* outputs: what a running mbplantd shows itself by: one list, over which start, reload, each scan and the end loop. An
 * output is a file NAME_output.c and its word in OUTPUTS here. */
#ifndef MBPLANT_OUTPUTS_H
#define MBPLANT_OUTPUTS_H

#include <stdio.h>
#include <uv.h>

#include "mbplant/event.h"
#include "mbplant/plant.h"
#include "mbplant/server.h"

/* In the order in which they start; they stop the other way round. */
#define OUTPUTS(X)                                                                                                     \
    X(event_printer)                                                                                                   \
    X(trace)                                                                                                           \
    X(scenario)                                                                                                        \
    X(samples)                                                                                                         \
    X(web)                                                                                                             \
    X(mqtt)

#define OUTPUT_ONE(name) +1
#define OUTPUT_COUNT     (0 OUTPUTS(OUTPUT_ONE))

struct daemon;

/* What an output does; NULL = nothing. own is the output's: while it is NULL the output is not there, and only begin
 * and start are called. All in the loop's thread but prepare. */
struct output {
    /* The plant is made, nothing runs yet; before --fast-forward too. Errors: MBP_ERR_MEMORY. */
    enum mbp_status (*begin)(struct daemon *daemon, void **own);
    /* The server listens, scans are about to run. False after one line on stderr. */
    bool (*start)(struct daemon *daemon, void **own);
    void (*banner)(const void *own, FILE *out);
    /* What it needs for a plant that may follow: made in another thread, before it is known whether that plant does.
     * Errors: MBP_ERR_MEMORY. Ownership: drop, NULL allowed. */
    enum mbp_status (*prepare)(const struct mbp_plant *plant, void **next);
    void (*drop)(void *next);
    /* Another plant has taken over: daemon has it. What prepare made is in *next; what is left there is dropped. */
    void (*follow)(struct daemon *daemon, void **own, void **next);
    /* Whether it still looks at a plant that was followed by another, in another thread. */
    bool (*uses)(const void *own, const struct mbp_plant *plant);
    /* A request was answered: outputs_look must be called when it comes to want that, or does not any more. */
    void (*exchange)(void *own, const struct mbp_exchange *exchange);
    bool (*looks)(const void *own); /* NULL = always */
    void (*changed)(void *own);     /* a scan has run: there is something new to see */
    void (*durable)(const struct daemon *daemon, void *own, const struct mbp_event *events, size_t count);
    /* The loop is about to end: it lets go of what it has there. Sets *own to NULL if there is nothing more to do. */
    void (*stop)(void **own);
    void (*end)(void **own); /* the last events are durable; it frees what it has */
};

#define OUTPUT_DECLARE(name) extern const struct output name##_output;
OUTPUTS(OUTPUT_DECLARE)

/* What a plant that may follow comes with. */
struct outputs_next {
    void *of[OUTPUT_COUNT];
};

struct outputs {
    void *own[OUTPUT_COUNT];
    uint64_t scan;       /* that was shown last */
    uint32_t next_event; /* the first that is not told yet */
    uv_prepare_t after_scan;
    uv_timer_t events;
};

/* Where HTTP is to be served: the option's word, else the plant file's; NULL = nowhere. */
const char *outputs_http(const struct daemon *daemon);

enum mbp_status outputs_begin(struct daemon *daemon);
bool outputs_start(struct daemon *daemon);
void outputs_banner(const struct daemon *daemon, FILE *out);

/* The server shows its exchanges as long as an output wants to see them. */
void outputs_look(struct daemon *daemon);

/* --check: what the broker would be told. */
void mqtt_output_summary(const struct mbp_plant *plant, FILE *out);

/* In the thread that makes a plant to follow; there: by which outputs there are. */
uint32_t outputs_there(const struct daemon *daemon);
enum mbp_status outputs_prepare(uint32_t there, const struct mbp_plant *plant, struct outputs_next *next);
void outputs_drop(struct outputs_next *next);

void outputs_follow(struct daemon *daemon, struct outputs_next *next);
bool outputs_use(const struct daemon *daemon, const struct mbp_plant *plant);

/* The loop must run on until it is idle. */
void outputs_stop(struct daemon *daemon);

/* With all stored, where that is possible, and the journal still open. */
void outputs_end(struct daemon *daemon);

#endif
