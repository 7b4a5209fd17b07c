/* work: something long in a thread of its own, while the loop goes on.
 *
 * libuv's own ways back into a loop (uv_async_send, uv_queue_work) do not go with a loop at real-time priority: it
 * spins until the sender has left the call, and the sender, an ordinary thread, may not run before that. Here a thread
 * says by a descriptor that it has ended, and nobody waits for it. */
#ifndef MBPLANT_WORK_H
#define MBPLANT_WORK_H

#include "mbplant/base.h"

struct uv_loop_s;
struct mbp_work;

/* Calls run in a thread; when that has ended, done in the loop's. Errors: MBP_ERR_MEMORY, MBP_ERR_IO (no descriptor or
 * no thread). Ownership: *out goes with the call of done. */
enum mbp_status mbp_work_start(struct uv_loop_s *loop, void (*run)(void *ctx), void (*done)(void *ctx), void *ctx,
                               struct mbp_work **out);

/* The loop is to end, with the work under way or not: done is not called any more. */
void mbp_work_leave(struct mbp_work *work);

/* Once the loop has ended after mbp_work_leave: waits for a second. False: run has not ended, and may use all that it
 * was given until the process ends. */
bool mbp_work_end(struct mbp_work *work);

#endif
