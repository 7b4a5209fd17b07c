/* signals: SIGHUP, SIGTERM and SIGINT never end mbplantd otherwise than in order, from its first instruction to its
 * last. */
#ifndef MBPLANT_SIGNALS_H
#define MBPLANT_SIGNALS_H

#include <stdbool.h>
#include <uv.h>

#define SIGNALS 3u

struct signals {
    uv_signal_t handles[SIGNALS];
};

/* They wait from here on. To be called before any thread is started: threads wait with it. */
void signals_hold(void);

/* They act as in any program: for what is no server. */
void signals_let_go(void);

/* SIGTERM and SIGINT end the process at once, with exit code 0: for a server that reads its plant file and has nothing
 * to lose yet. SIGHUP still waits. */
void signals_end_at_once(void);

/* The loop gets them, also those that waited. False where there is no descriptor for it; nothing is started then. */
bool signals_watch(struct signals *signals, uv_loop_t *loop, uv_signal_cb on_signal, void *data);

/* They keep no loop alive any more. The loop goes on to take them in: handles that were closed would leave the process
 * to the next signal, while its journal is still being stored. */
void signals_unref(struct signals *signals);

#endif
