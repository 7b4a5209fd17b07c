/* What a broker wants to know who we are: a password, certificates, keys. They go nowhere but to the library. */
#include <stdlib.h>
#include <string.h>

#include "mqtt_priv.h"

#define PASSWORD_MAX 1024u

/* What mbp_mqtt_options names as a path, as it is to be opened; NULL of NULL. */
static const char *mqtt_path(const struct mbp_mqtt *mqtt, const char *file, char *buf, size_t size)
{
    if (file == NULL)
        return NULL;
    snprintf(buf, size, "%s%s", file[0] == '/' ? "" : mqtt->plant_folder, file);
    return buf;
}

/* The first line of the file, which may be another one at each connection. It goes nowhere but to the library. */
bool mqtt_set_password(struct mqtt_link *link)
{
    const struct mbp_mqtt_options *options = &link->mqtt->options;
    char path[8192];
    char *bytes = NULL;
    size_t len = 0;
    if (options->username == NULL)
        return true;
    if (options->password_file == NULL)
        return mqtt_library.username_pw_set(link->mosq, options->username, NULL) == MOSQ_ERR_SUCCESS;
    mqtt_path(link->mqtt, options->password_file, path, sizeof path);
    if (mbp_file_read(path, PASSWORD_MAX, &bytes, &len) != MBP_OK || len > PASSWORD_MAX) {
        free(bytes);
        atomic_store(&link->mqtt->why, "the file with the password cannot be read");
        return false;
    }
    char password[PASSWORD_MAX + 1];
    memcpy(password, bytes, len);
    password[len] = '\0';
    password[strcspn(password, "\r\n")] = '\0';
    int rc = mqtt_library.username_pw_set(link->mosq, options->username, password);
    explicit_bzero(password, sizeof password);
    explicit_bzero(bytes, len);
    free(bytes);
    return rc == MOSQ_ERR_SUCCESS;
}

bool mqtt_set_tls(struct mqtt_link *link, bool tls)
{
    const struct mbp_mqtt_options *options = &link->mqtt->options;
    char ca[8192], cert[8192], key[8192];
    if (!tls)
        return true;
    mqtt_path(link->mqtt, options->ca_file, ca, sizeof ca);
    mqtt_path(link->mqtt, options->cert_file, cert, sizeof cert);
    mqtt_path(link->mqtt, options->key_file, key, sizeof key);
    int rc = mqtt_library.tls_set(
        link->mosq, options->ca_file != NULL ? ca : NULL, options->ca_file != NULL ? NULL : "/etc/ssl/certs",
        options->cert_file != NULL ? cert : NULL, options->key_file != NULL ? key : NULL, NULL);
    if (rc == MOSQ_ERR_SUCCESS)
        return true;
    atomic_store(&link->mqtt->why, "a file of the certificates or keys cannot be read");
    return false;
}
