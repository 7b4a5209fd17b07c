/* Asks one path over and over on so many connections, one request in flight on each. PORT PATH CONNECTIONS MS; prints
 * requests a second as JSON. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 60
#define ANSWER_MAX      65536u

struct asker {
    int fd;
    size_t len;
    char answer[ANSWER_MAX];
};

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Whether an answer is whole, by its Content-Length. */
static bool is_whole(const struct asker *asker)
{
    const char *end = strstr(asker->answer, "\r\n\r\n");
    const char *length = strstr(asker->answer, "Content-Length: ");
    return end != NULL && length != NULL &&
           asker->len >= (size_t)(end + 4 - asker->answer) + strtoul(length + strlen("Content-Length: "), NULL, 10);
}

static int connect_to(uint16_t port)
{
    const int on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

int main(int argc, char **argv)
{
    static struct asker askers[CONNECTIONS_MAX];
    char request[512];
    unsigned long answered = 0;
    if (argc != 5)
        return 2;
    int count = atoi(argv[3]);
    int len = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", argv[2]);
    int epoll = epoll_create1(0);
    for (int i = 0; i < count && i < CONNECTIONS_MAX; i++) {
        askers[i].fd = connect_to((uint16_t)atoi(argv[1]));
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &askers[i]};
        if (askers[i].fd < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, askers[i].fd, &event) != 0 ||
            write(askers[i].fd, request, (size_t)len) != len)
            return 1;
    }
    double begin = now_s();
    double end = begin + atoi(argv[4]) / 1000.0;
    while (now_s() < end) {
        struct epoll_event events[CONNECTIONS_MAX];
        int ready = epoll_wait(epoll, events, CONNECTIONS_MAX, 1000);
        for (int i = 0; i < ready; i++) {
            struct asker *asker = events[i].data.ptr;
            ssize_t got = read(asker->fd, asker->answer + asker->len, ANSWER_MAX - 1 - asker->len);
            if (got <= 0)
                return 1;
            asker->len += (size_t)got;
            asker->answer[asker->len] = '\0';
            if (!is_whole(asker))
                continue;
            answered++;
            asker->len = 0;
            if (write(asker->fd, request, (size_t)len) != len)
                return 1;
        }
    }
    printf("{\"rps\": %.1f}\n", (double)answered / (now_s() - begin));
    return 0;
}
