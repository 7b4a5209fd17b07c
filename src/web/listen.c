/* The listening socket, and the token that commands need. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "web_priv.h"

#define BACKLOG   128
#define TOKEN_MIN 16u
#define TOKEN_MAX 512u

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return (ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >> 24) == 127;
    return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
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

enum mbp_status web_listen(struct mbp_web *web, const char *endpoint, FILE *errors, int *fd)
{
    struct sockaddr_storage address = {0};
    struct sockaddr *any = (struct sockaddr *)&address;
    uint16_t port;
    if (mbp_endpoint_parse(endpoint, web->host, sizeof web->host, &port) != MBP_OK ||
        (uv_ip4_addr(web->host, port, (struct sockaddr_in *)&address) != 0 &&
         uv_ip6_addr(web->host, port, (struct sockaddr_in6 *)&address) != 0)) {
        fprintf(errors, "mbplantd: cannot serve HTTP at '%s': write it as ADDRESS:PORT, for example 127.0.0.1:8020\n",
                endpoint);
        return MBP_ERR_FORMAT;
    }
    web->open_to_network = !is_loopback(any);
    *fd = mbp_server_listen(any, BACKLOG, NULL);
    if (*fd < 0)
        return cannot(web, endpoint, errors);
    socklen_t len = sizeof address;
    if (getsockname(*fd, any, &len) == 0)
        web->port = ntohs(any->sa_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                                     : ((struct sockaddr_in *)&address)->sin_port);
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

/* ---- the token --------------------------------------------------------------------------------------------------- */

static bool is_token(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!isgraph((unsigned char)text[i]))
            return false;
    }
    return len >= TOKEN_MIN && len <= TOKEN_MAX;
}

enum mbp_status web_token_read(const char *path, FILE *errors, char **out)
{
    struct stat info;
    char *bytes = NULL;
    size_t len = 0;
    enum mbp_status status = mbp_file_read(path, TOKEN_MAX + 2, &bytes, &len);
    if (status != MBP_OK || stat(path, &info) != 0) {
        fprintf(errors, "mbplantd: http: token_file '%s' cannot be read: %s\n", path, mbp_file_why(status));
        free(bytes);
        return status == MBP_ERR_MEMORY ? status : MBP_ERR_IO;
    }
    while (len > 0 && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
        len--;
    status = MBP_ERR_FORMAT;
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        fprintf(errors, "mbplantd: http: token_file '%s' is not for its owner alone: chmod 600 it\n", path);
    } else if (!is_token(bytes, len)) {
        fprintf(errors,
                "mbplantd: http: token_file '%s' must hold one line of %u to %u characters without spaces, as "
                "'openssl rand -hex 32' prints\n",
                path, TOKEN_MIN, TOKEN_MAX);
    } else {
        *out = strndup(bytes, len);
        status = *out != NULL ? MBP_OK : MBP_ERR_MEMORY;
    }
    free(bytes);
    return status;
}
