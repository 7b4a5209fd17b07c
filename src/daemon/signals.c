/* Signals that are never lost and never kill. */
#include "signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static const int numbers[SIGNALS] = {SIGTERM, SIGINT, SIGHUP};

#define SIGNALS_THAT_END 2u /* the first ones */

static void mask(int how, size_t count)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < count; i++)
        sigaddset(&set, numbers[i]);
    pthread_sigmask(how, &set, NULL);
}

void signals_hold(void)
{
    mask(SIG_BLOCK, SIGNALS);
}

void signals_let_go(void)
{
    mask(SIG_UNBLOCK, SIGNALS);
}

static void end(int number)
{
    (void)number;
    _exit(0);
}

void signals_end_at_once(void)
{
    for (size_t i = 0; i < SIGNALS_THAT_END; i++)
        signal(numbers[i], end);
    mask(SIG_UNBLOCK, SIGNALS_THAT_END);
}

bool signals_watch(struct signals *signals, uv_loop_t *loop, uv_signal_cb on_signal, void *data)
{
    size_t made = 0;
    bool ok = true;
    for (; ok && made < SIGNALS; made++) {
        ok = uv_signal_init(loop, &signals->handles[made]) == 0;
        if (!ok)
            break;
        signals->handles[made].data = data;
        ok = uv_signal_start(&signals->handles[made], on_signal, numbers[made]) == 0;
    }
    if (ok) {
        signals_let_go();
        return true;
    }
    while (made-- > 0)
        uv_close((uv_handle_t *)&signals->handles[made], NULL);
    return false;
}

void signals_unref(struct signals *signals)
{
    for (size_t i = 0; i < SIGNALS; i++)
        uv_unref((uv_handle_t *)&signals->handles[i]);
}
