/* libmodbus_loop: libmodbus as its own examples serve many clients: select, modbus_receive, modbus_reply, one request
 * at a time. Descriptors from 1024 on do not fit a select set, and libmodbus 3.1.6 checks none, so this refuses them.
 */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../wire.h"

static void serve(modbus_t *modbus, modbus_mapping_t *mapping, int fd, fd_set *clients)
{
    uint8_t request[MODBUS_TCP_MAX_ADU_LENGTH];
    int len;

    modbus_set_socket(modbus, fd);
    len = modbus_receive(modbus, request);
    if (len > 0)
        len = modbus_reply(modbus, request, len, mapping);
    if (len == -1) {
        close(fd);
        FD_CLR(fd, clients);
    }
}

static int accept_one(int listener, fd_set *clients, bool nagle)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

    if (fd < 0)
        return -1;
    if (fd >= FD_SETSIZE) {
        close(fd);
        return -1;
    }
    /* libmodbus leaves Nagle's algorithm on for accepted sockets. Off by default here, as it is for the servers beside
     * it: on, pipelined replies wait for acknowledgements and leave together, which halves this loop's work. */
    if (!nagle)
        bench_nodelay(fd);
    FD_SET(fd, clients);
    return fd;
}

static void loop(modbus_t *modbus, modbus_mapping_t *mapping, int listener, bool nagle)
{
    int highest = listener;
    fd_set clients, ready;

    FD_ZERO(&clients);
    FD_SET(listener, &clients);
    for (;;) {
        ready = clients;
        if (select(highest + 1, &ready, NULL, NULL, NULL) < 0)
            bench_die("select: %s", strerror(errno));
        for (int fd = 0; fd <= highest; fd++) {
            if (!FD_ISSET(fd, &ready))
                continue;
            if (fd == listener) {
                int accepted = accept_one(listener, &clients, nagle);
                highest = accepted > highest ? accepted : highest;
            } else {
                serve(modbus, mapping, fd, &clients);
            }
        }
    }
}

int main(int argc, char **argv)
{
    modbus_mapping_t *mapping = modbus_mapping_new(100, 100, 100, 100);
    modbus_t *modbus;
    int port, listener;
    bool nagle = argc == 3 && strcmp(argv[2], "nagle") == 0;

    if (argc != 2 && !nagle) {
        fputs("usage: bench_libmodbus_loop PORT [nagle]\nlibmodbus's own server loop on 127.0.0.1:PORT.\n", stderr);
        return 2;
    }
    port = (int)bench_number("PORT", argv[1], 1, 65535);
    modbus = modbus_new_tcp("127.0.0.1", port);
    if (modbus == NULL || mapping == NULL)
        bench_die("libmodbus: %s", modbus_strerror(errno));
    listener = modbus_tcp_listen(modbus, SOMAXCONN);
    if (listener < 0)
        bench_die("cannot listen on 127.0.0.1:%d: %s", port, modbus_strerror(errno));
    loop(modbus, mapping, listener, nagle);
}
