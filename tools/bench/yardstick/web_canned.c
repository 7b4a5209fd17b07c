/* The yardstick of the web: libmicrohttpd alone, which gives one ready answer to everything. PORT LEN */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum MHD_Result answer(void *ctx, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_len, void **call)
{
    (void)url, (void)method, (void)version, (void)upload, (void)upload_len;
    static int seen;
    if (*call == NULL) { /* as all do who look at a request's body */
        *call = &seen;
        return MHD_YES;
    }
    return MHD_queue_response(connection, 200, ctx);
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    size_t len = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
    char *body = malloc(len + 1);
    if (argc < 2 || body == NULL) {
        free(body);
        return 2;
    }
    memset(body, 'x', len);
    address.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
    struct MHD_Response *response = MHD_create_response_from_buffer(len, body, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "application/json");
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, response, MHD_OPTION_SOCK_ADDR,
                         (struct sockaddr *)&address, MHD_OPTION_CONNECTION_LIMIT, 64u, MHD_OPTION_END);
    if (daemon == NULL)
        return 1;
    pause();
    return 0;
}
