/* The thread with the connection. libmosquitto does not reconnect by itself here: each connection is a new one with a
 * Will of its own, and nothing of an old one is sent on it. What cannot be written to the socket at once waits in our
 * ring, not in the library's memory. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mqtt_priv.h"
#include "waiting.h"

#define RETRY_FIRST_NS  (MBP_NS_PER_S / 2)
#define RETRY_MOST_NS   (30 * MBP_NS_PER_S)
#define CONNECT_NS      (15 * MBP_NS_PER_S) /* until the broker has answered */
#define HELD_NS         (30 * MBP_NS_PER_S) /* for a primary host, while there are other brokers */
#define MISC_NS         (MBP_NS_PER_S / 2)
#define GOODBYE_NS      (3 * MBP_NS_PER_S / 2)
#define REPLAY_MS       25 /* between two looks at what waits */
#define PACKETS_AT_ONCE 64
#define CHANGES_A_TURN  8192u /* between two looks at what comes */

/* ---- for the formats --------------------------------------------------------------------------------------------- */

FILE *mqtt_scratch(struct mqtt_link *link)
{
    fseeko(link->out, 0, SEEK_SET);
    return link->out;
}

struct mbp_text mqtt_scratch_text(struct mqtt_link *link)
{
    off_t end = ftello(link->out);
    bool whole = fflush(link->out) == 0 && ferror(link->out) == 0 && end >= 0;
    clearerr(link->out);
    return (struct mbp_text){link->text, whole ? (size_t)end : 0};
}

bool mqtt_link_may_send(const struct mqtt_link *link)
{
    return link->connected && !link->broken && !mqtt_library.want_write(link->mosq);
}

void mqtt_publish(struct mqtt_link *link, const char *topic, const void *payload, size_t len, int qos, bool retain,
                  int *mid)
{
    link->published++;
    int rc = mqtt_library.publish(link->mosq, mid, topic, (int)len, payload, qos, retain);
    if (rc == MOSQ_ERR_SUCCESS)
        atomic_fetch_add(&link->mqtt->sent, 1);
    else if (rc == MOSQ_ERR_NO_CONN || rc == MOSQ_ERR_CONN_LOST || rc == MOSQ_ERR_ERRNO)
        link->broken = true;
}

void mqtt_subscribe(struct mqtt_link *link, const char *topic)
{
    if (mqtt_library.subscribe(link->mosq, NULL, topic, 1) != MOSQ_ERR_SUCCESS)
        link->broken = true;
}

/* ---- what the library tells -------------------------------------------------------------------------------------- */

static void on_connect(struct mosquitto *mosq, void *ctx, int code)
{
    struct mqtt_link *link = ctx;
    struct mbp_mqtt *mqtt = link->mqtt;
    socklen_t size = sizeof link->peer;
    if (code != 0) {
        atomic_store(&mqtt->why, mqtt_library.connack_string(code));
        link->broken = true;
        return;
    }
    memset(&link->peer, 0, sizeof link->peer);
    getpeername(mqtt_library.socket(mosq), (struct sockaddr *)&link->peer, &size);
    link->connected = true;
    link->failures = 0;
    link->born = false;
    link->at = 0;
    link->flying_count = 0;
    if (link->waiting != NULL)
        mqtt_waiting_connected(link);
    link->format->connected(link);
    atomic_store(&mqtt->events_from, link->confirmed + 1);
    atomic_fetch_add(&mqtt->session, 1);
    atomic_fetch_add(&mqtt->connects, 1);
    atomic_store(&mqtt->since_ms, mqtt_wall_ms());
    atomic_store(&mqtt->why, "");
    atomic_store(&mqtt->link, MBP_LINK_UP);
    mqtt_call_loop(mqtt);
}

static void on_message(struct mosquitto *mosq, void *ctx, const struct mosquitto_message *message)
{
    (void)mosq;
    struct mqtt_link *link = ctx;
    link->format->message(link, message);
}

/* An event is confirmed when all before it are. */
static void on_publish(struct mosquitto *mosq, void *ctx, int mid)
{
    (void)mosq;
    struct mqtt_link *link = ctx;
    for (unsigned f = 0; f < link->flying_count; f++) {
        if (link->flying[f].mid != mid)
            continue;
        link->confirmed = link->flying[f].seq;
        link->flying_count -= f + 1;
        memmove(link->flying, link->flying + f + 1, link->flying_count * sizeof link->flying[0]);
        return;
    }
}

static void on_subscribe(struct mosquitto *mosq, void *ctx, int mid, int count, const int *granted)
{
    (void)mosq, (void)count, (void)granted;
    mqtt_waiting_confirmed(ctx, mid);
}

/* ---- one connection ---------------------------------------------------------------------------------------------- */

static void set_callbacks(struct mqtt_link *link)
{
    mqtt_library.connect_callback_set(link->mosq, on_connect);
    mqtt_library.message_callback_set(link->mosq, on_message);
    mqtt_library.publish_callback_set(link->mosq, on_publish);
    mqtt_library.subscribe_callback_set(link->mosq, on_subscribe);
    mqtt_library.max_inflight_messages_set(link->mosq, 0); /* how many of ours are under way is our own affair */
}

static void later(struct mqtt_link *link)
{
    unsigned rounds = link->failures / mbp_mqtt_broker_count(link->mqtt->options.broker);
    uint64_t wait = RETRY_FIRST_NS << (rounds < 6 ? rounds : 6);
    link->failures++;
    link->broker++; /* the next one's turn */
    link->next_try_ns = mqtt_mono_ns() + (wait < RETRY_MOST_NS ? wait : RETRY_MOST_NS);
}

/* What the library holds back goes to the socket; what is said in its callbacks it always holds back. */
static void write_out(struct mqtt_link *link, uint64_t until_ns)
{
    while (link->mosq != NULL && mqtt_library.want_write(link->mosq) && mqtt_mono_ns() < until_ns) {
        struct pollfd fd = {.fd = mqtt_library.socket(link->mosq), .events = POLLOUT};
        if (fd.fd < 0 || poll(&fd, 1, 50) < 0 || mqtt_library.loop_write(link->mosq, 1) != MOSQ_ERR_SUCCESS)
            return;
    }
}

static void let_go(struct mqtt_link *link)
{
    struct mbp_mqtt *mqtt = link->mqtt;
    if (link->leaving)
        write_out(link, mqtt_mono_ns() + GOODBYE_NS / 3);
    link->leaving = false;
    if (atomic_exchange(&mqtt->link, MBP_LINK_AWAY) == MBP_LINK_UP)
        atomic_store(&mqtt->since_ms, mqtt_wall_ms());
    if (link->mosq != NULL)
        mqtt_library.destroy(link->mosq);
    link->mosq = NULL;
    link->connected = link->broken = link->writing = link->born = link->held = false;
    link->refused_count = 0;
    if (link->waiting != NULL)
        mqtt_waiting_lost(link);
}

static void lose(struct mqtt_link *link, const char *why)
{
    if (why != NULL)
        atomic_store(&link->mqtt->why, why);
    let_go(link);
    later(link);
}

/* Texts of the library and of the system stay. */
static const char *words_of(int rc)
{
    return rc == MOSQ_ERR_ERRNO ? strerrordesc_np(errno) : mqtt_library.strerror(rc);
}

/* Whether the other side has taken the connection. */
static bool is_open(const struct mqtt_link *link)
{
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    return getpeername(mqtt_library.socket(link->mosq), (struct sockaddr *)&peer, &size) == 0;
}

static void try_to_connect(struct mqtt_link *link)
{
    const struct mbp_mqtt_options *options = &link->mqtt->options;
    char host[MBP_MQTT_HOST_MAX], id[256];
    uint16_t port = 0;
    bool tls = false;
    mbp_mqtt_broker_parse(mbp_mqtt_broker_of(options->broker, link->broker), host, &port, &tls);
    snprintf(id, sizeof id, "%s%s", options->client_id != NULL ? "" : "mbplant-",
             options->client_id != NULL ? options->client_id : options->node);
    link->mosq = mqtt_library.new(id, true, link);
    if (link->mosq == NULL) {
        lose(link, "not enough memory");
        return;
    }
    set_callbacks(link);
    if (!mqtt_set_password(link) || !mqtt_set_tls(link, tls)) {
        lose(link, NULL);
        return;
    }
    link->format->will(link);
    int rc = mqtt_library.connect_async(link->mosq, host, port, (int)(options->keepalive_ns / MBP_NS_PER_S));
    if (rc != MOSQ_ERR_SUCCESS) {
        lose(link, words_of(rc));
        return;
    }
    link->writing = !is_open(link);
    if (!link->writing && link->format->connecting != NULL)
        link->format->connecting(link);
    link->begun_ns = link->misc_ns = mqtt_mono_ns();
}

/* ---- what goes out ----------------------------------------------------------------------------------------------- */

/* What has changed, at most so many; a text is the last of them. Returns how many. */
static uint32_t take(struct mqtt_roster *roster, struct mqtt_change *out, uint32_t most)
{
    uint32_t count = 0, more;
    while ((more = mqtt_next_changes(roster, out + count, most - count)) > 0) {
        count += more;
        if (roster->metrics[out[count - 1].metric].is_text)
            break;
    }
    return count;
}

/* Changes that nobody can be told of now: they wait on disk, or the last ones count. */
static void catch_up(struct mqtt_link *link)
{
    struct mqtt_change changes[WAITING_BATCH];
    uint32_t count;
    while ((count = take(link->roster, changes, WAITING_BATCH)) > 0) {
        if (link->waiting != NULL)
            mqtt_waiting_take(link, changes, count, false);
        for (uint32_t c = 0; c < count; c++)
            link->roster->now[changes[c].metric] = changes[c];
    }
}

/* As many as can be sent; the others stay where they are. */
static void send_from_ring(struct mqtt_link *link)
{
    struct mqtt_roster *roster = link->roster;
    struct mqtt_change changes[MQTT_VALUES_AT_ONCE];
    uint32_t published = link->published - 1; /* only after a message there may be no room for more */
    for (uint32_t sent = 0, count; sent < CHANGES_A_TURN; sent += count) {
        if (published != link->published && !mqtt_link_may_send(link))
            break;
        published = link->published;
        count = mqtt_next_changes(roster, changes, link->format->at_once);
        if (count == 0)
            break;
        link->format->values(link, changes, count, false);
        for (uint32_t c = 0; c < count; c++)
            roster->now[changes[c].metric] = changes[c];
    }
}

static void send_changes(struct mqtt_link *link)
{
    struct mqtt_change changes[WAITING_BATCH];
    if (link->waiting != NULL) {
        mqtt_waiting_take(link, changes, take(link->roster, changes, WAITING_BATCH), true);
        mqtt_waiting_send(link, mqtt_mono_ns());
    }
    if (link->waiting == NULL)
        send_from_ring(link);
    if (link->format->flush != NULL)
        link->format->flush(link);
    if (link->waiting != NULL)
        mqtt_waiting_ask(link, mqtt_mono_ns());
}

/* A birth comes before them, unless it is one that waits for somebody. */
static bool takes_mails(const struct mqtt_link *link)
{
    return !link->connected || ((link->born || link->held) && link->flying_count < MQTT_MAILS);
}

/* Texts of an earlier connection are told again by who made them. */
static void send_mails(struct mqtt_link *link)
{
    struct mbp_mqtt *mqtt = link->mqtt;
    uint32_t tail = atomic_load(&mqtt->mail_tail), head = atomic_load(&mqtt->mail_head);
    while (tail != head && takes_mails(link) && (!link->connected || mqtt_link_may_send(link))) {
        struct mqtt_mail mail = mqtt->mails[tail % MQTT_MAILS];
        if (link->connected && link->format->mail != NULL && mail.session == atomic_load(&mqtt->session))
            link->format->mail(link, &mail);
        free(mail.text);
        atomic_store(&mqtt->mail_tail, ++tail);
        if (tail == head)
            mqtt_call_loop(mqtt);
    }
}

/* The old one is free when all that was noted of it is taken. */
static void follow(struct mqtt_link *link)
{
    struct mqtt_roster *roster = link->roster;
    if (!atomic_load(&roster->ended) || mqtt_watch_has(roster->watch))
        return;
    if (link->waiting != NULL)
        mqtt_waiting_follow(link);
    link->roster = atomic_load(&roster->next);
    atomic_store(&link->mqtt->points, link->roster->count);
    link->born = false;
    link->at = 0;
    if (link->connected && link->format->follow != NULL)
        link->format->follow(link, roster);
    mqtt_roster_free(roster);
}

static bool has_work(struct mqtt_link *link)
{
    struct mbp_mqtt *mqtt = link->mqtt;
    return mqtt_watch_has(link->roster->watch) ||
           (takes_mails(link) && atomic_load(&mqtt->mail_head) != atomic_load(&mqtt->mail_tail)) ||
           atomic_load(&link->roster->ended) || link->refused_count > 0 ||
           (link->connected && !link->born && !link->held) ||
           (link->connected && link->born && link->waiting != NULL && mqtt_waiting_has(link, mqtt_mono_ns()));
}

static void pump(struct mqtt_link *link)
{
    follow(link);
    if (!link->connected) {
        catch_up(link);
        send_mails(link);
        return;
    }
    if (!link->born) {
        if (link->at == 0)
            catch_up(link);
        if (link->at == 0 && link->waiting != NULL && !link->held)
            mqtt_waiting_born(link);
        link->born = !link->held && link->format->birth(link);
    }
    if (link->born)
        send_changes(link);
    send_mails(link);
    if (link->refused_count > 0 && mqtt_link_may_send(link))
        mqtt_tell_refused(link);
}

/* ---- the loop ---------------------------------------------------------------------------------------------------- */

/* What of the socket is to be waited for, and how long. */
static int wait_ms(const struct mqtt_link *link)
{
    uint64_t now = mqtt_mono_ns();
    if (link->mosq != NULL)
        return link->waiting != NULL && atomic_load(&link->mqtt->waiting) > 0 ? REPLAY_MS
                                                                              : (int)(MISC_NS / MBP_NS_PER_MS);
    return link->next_try_ns <= now ? 0 : (int)((link->next_try_ns - now) / MBP_NS_PER_MS) + 1;
}

/* The primary host may be at another broker. */
static void walk_on(struct mqtt_link *link)
{
    mqtt_library.disconnect(link->mosq);
    lose(link, "the primary host is not at this broker");
}

static void serve(struct mqtt_link *link, short events)
{
    int rc = MOSQ_ERR_SUCCESS;
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0)
        rc = mqtt_library.loop_read(link->mosq, PACKETS_AT_ONCE);
    if (rc == MOSQ_ERR_SUCCESS && (events & POLLOUT) != 0) {
        if (link->writing && is_open(link) && link->format->connecting != NULL)
            link->format->connecting(link);
        link->writing = false;
        rc = mqtt_library.loop_write(link->mosq, PACKETS_AT_ONCE);
    }
    uint64_t now = mqtt_mono_ns();
    if (rc == MOSQ_ERR_SUCCESS && now - link->misc_ns >= MISC_NS) {
        link->misc_ns = now;
        rc = mqtt_library.loop_misc(link->mosq);
    }
    if (rc != MOSQ_ERR_SUCCESS)
        lose(link, link->broken ? NULL : words_of(rc));
    else if (link->broken)
        lose(link, NULL);
    else if (!link->connected && now - link->begun_ns >= CONNECT_NS)
        lose(link, "the broker does not answer");
    else if (link->held && mbp_mqtt_broker_count(link->mqtt->options.broker) > 1 && now - link->begun_ns >= HELD_NS)
        walk_on(link);
}

static void wait(struct mqtt_link *link)
{
    struct mbp_mqtt *mqtt = link->mqtt;
    struct pollfd fds[2] = {{.fd = mqtt->work.fd, .events = POLLIN}, {.fd = -1}};
    bool blocked = link->mosq != NULL && (link->writing || mqtt_library.want_write(link->mosq));
    if (link->mosq != NULL) {
        fds[1].fd = mqtt_library.socket(link->mosq);
        fds[1].events = (short)(POLLIN | (blocked ? POLLOUT : 0));
    }
    mbp_bell_prepare(&mqtt->work);
    bool more = !blocked && has_work(link) && (link->mosq == NULL || link->connected);
    poll(fds, 2, more || atomic_load(&mqtt->stop) ? 0 : wait_ms(link));
    mbp_bell_sleep(&mqtt->work, 0);
    if (link->mosq != NULL)
        serve(link, fds[1].revents);
}

/* The library closes its end with the goodbye. What the broker had said meanwhile, and nobody read, makes a reset of
 * that, which takes along what it has not read itself. So fd stays open until the broker has closed too. */
static void hear_out(int fd, uint64_t until_ns)
{
    char nobody_reads[256];
    ssize_t len = 1;
    if (fd < 0)
        return;
    shutdown(fd, SHUT_WR);
    while (len != 0 && mqtt_mono_ns() < until_ns) {
        struct pollfd input = {.fd = fd, .events = POLLIN};
        poll(&input, 1, 50);
        len = recv(fd, nobody_reads, sizeof nobody_reads, MSG_DONTWAIT);
        if (len < 0 && errno != EAGAIN && errno != EINTR)
            break;
    }
    close(fd);
}

/* What is there goes out, then goodbye. */
static void say_goodbye(struct mqtt_link *link)
{
    uint64_t end = mqtt_mono_ns() + GOODBYE_NS;
    while (link->connected && mqtt_mono_ns() < end &&
           ((!link->born && !link->held) || link->flying_count > 0 || has_work(link) ||
            mqtt_library.want_write(link->mosq))) {
        pump(link);
        if (link->flying_count > 0)
            poll(NULL, 0, 1);
        wait(link);
    }
    if (!link->connected)
        return;
    int fd = fcntl(mqtt_library.socket(link->mosq), F_DUPFD_CLOEXEC, 0);
    link->format->goodbye(link);
    mqtt_library.disconnect(link->mosq);
    write_out(link, end + GOODBYE_NS / 3);
    hear_out(fd, mqtt_mono_ns() + GOODBYE_NS / 3);
}

static void end(struct mqtt_link *link)
{
    say_goodbye(link);
    let_go(link);
    mqtt_waiting_free(link->waiting); /* it looks at the roster */
    link->waiting = NULL;
    while (link->roster != NULL) {
        struct mqtt_roster *roster = link->roster;
        link->roster = atomic_load(&roster->next);
        mqtt_roster_free(roster);
    }
    if (link->out != NULL)
        fclose(link->out);
    free(link->text);
    if (link->format->release != NULL)
        link->format->release(link);
    free(link->own);
    free(link);
}

void *mqtt_thread(void *ctx)
{
    struct mqtt_link *link = ctx;
    struct mbp_mqtt *mqtt = link->mqtt;
    link->waiting = mqtt_waiting_new(mqtt);
    while (!atomic_load(&mqtt->stop)) {
        if (link->mosq == NULL && mqtt_mono_ns() >= link->next_try_ns)
            try_to_connect(link);
        pump(link);
        wait(link);
    }
    end(link);
    return NULL;
}
