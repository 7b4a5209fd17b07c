/* The listening socket. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "mbplant/names.h"
#include "web_priv.h"

#define BACKLOG 128

static bool is_loopback(const char *host)
{
    uint8_t address[MBP_ACTOR_ADDRESS];
    return mbp_address_parse(host, address) == MBP_OK && mbp_address_is_loopback(address);
}

/* Nobody asked for this address: the plant runs without, and one line says so. */
static enum mbp_status taken(const char *endpoint)
{
    mbp_log(MBP_LOG_WARNING,
            "no HTTP: another program has %s; --http ADDRESS:PORT chooses another address, --http off is silent",
            endpoint);
    return MBP_ERR_BUSY;
}

static enum mbp_status cannot(const struct mbp_web *web, const char *endpoint, FILE *errors)
{
    int error = errno;
    if (error == EADDRINUSE && !web->config.named)
        return taken(endpoint);
    fprintf(errors, "mbplantd: cannot serve HTTP at %s: %s%s\n", endpoint, uv_strerror(uv_translate_sys_error(error)),
            error == EADDRINUSE ? "; another program has that port: stop it, or choose another with --http ADDRESS:PORT"
                                : "; choose another address with --http ADDRESS:PORT, or --http off");
    return MBP_ERR_IO;
}

static enum mbp_status bind_to(struct mbp_web *web, const char *endpoint, FILE *errors, int *fd)
{
    struct sockaddr_storage address = {0};
    uint16_t port;
    if (mbp_endpoint_parse(endpoint, web->host, sizeof web->host, &port) != MBP_OK ||
        (uv_ip4_addr(web->host, port, (struct sockaddr_in *)&address) != 0 &&
         uv_ip6_addr(web->host, port, (struct sockaddr_in6 *)&address) != 0)) {
        fprintf(errors, "mbplantd: cannot serve HTTP at '%s': write it as ADDRESS:PORT, for example 127.0.0.1:8020\n",
                endpoint);
        return MBP_ERR_FORMAT;
    }
    *fd = mbp_server_listen((struct sockaddr *)&address, BACKLOG, NULL);
    return *fd < 0 ? cannot(web, endpoint, errors) : MBP_OK;
}

enum mbp_status web_listen(struct mbp_web *web, const char *endpoint, FILE *errors, int *fd)
{
    *fd = mbp_server_take_http(web->config.server);
    enum mbp_status status = *fd < 0 ? bind_to(web, endpoint, errors, fd) : MBP_OK;
    struct sockaddr_in6 address = {0}; /* or sockaddr_in, whose port stands at the same place */
    socklen_t len = sizeof address;
    if (status != MBP_OK || getsockname(*fd, (struct sockaddr *)&address, &len) != 0)
        return status;
    uv_ip_name((struct sockaddr *)&address, web->host, sizeof web->host);
    web->open_to_network = !is_loopback(web->host);
    web->port = ntohs(address.sin6_port);
    return MBP_OK;
}

uint16_t mbp_web_port(const struct mbp_web *web)
{
    return web->port;
}

const char *mbp_web_address(const struct mbp_web *web, char *buf, size_t size)
{
    bool any = strcmp(web->host, "0.0.0.0") == 0 || strcmp(web->host, "::") == 0;
    const char *host = any ? "127.0.0.1" : web->host;
    bool v6 = strchr(host, ':') != NULL;
    snprintf(buf, size, "http://%s%s%s:%u/", v6 ? "[" : "", host, v6 ? "]" : "", web->port);
    return buf;
}
