/* What a plant that comes over the network does not decide. */
#include <string.h>

#include "index.h"
#include "mbplant/plant.h"

/* Rules are bytes and bits without gaps between. */
static bool same_access(const struct mbp_server_options *a, const struct mbp_server_options *b)
{
    return a->access_count == b->access_count &&
           (a->access_count == 0 || memcmp(a->access, b->access, a->access_count * sizeof *a->access) == 0);
}

static bool same_operators(const struct mbp_operators *a, const struct mbp_operators *b)
{
    bool same = a->count == b->count;
    for (uint32_t i = 0; same && i < a->count; i++)
        same = a->items[i].role == b->items[i].role && strcmp(a->items[i].name, b->items[i].name) == 0;
    return same;
}

static void say_kept(FILE *notes, const char *key)
{
    fprintf(notes,
            "'%s' of a plant that comes over Modbus is not taken over: what runs keeps its own. Who has the machine "
            "changes it in mbplantd's plant file (SIGHUP, or a restart)\n",
            key);
}

/* NULL of NULL, and without memory. */
static char *copy(struct mbp_plant_memory *memory, const char *text)
{
    return text != NULL ? mbp_arena_text(&memory->arena, text, strlen(text)) : NULL;
}

static struct mbp_listen *copy_listens(struct mbp_plant_memory *memory, const struct mbp_listens *listens)
{
    struct mbp_listen *items = mbp_arena_array(&memory->arena, listens->count, sizeof *items);
    for (uint32_t i = 0; items != NULL && i < listens->count; i++) {
        const struct mbp_wire_units *units = listens->items[i].units;
        struct mbp_wire_units *own = units != NULL ? mbp_arena_array(&memory->arena, 1, sizeof *own) : NULL;
        items[i] = (struct mbp_listen){copy(memory, listens->items[i].at), own};
        if (items[i].at == NULL || (own == NULL) != (units == NULL))
            return NULL;
        if (own != NULL)
            *own = *units;
    }
    return items;
}

/* NULL without memory. */
static const struct mbp_operator *copy_operators(struct mbp_plant_memory *memory, const struct mbp_operators *operators)
{
    struct mbp_operator *items = mbp_arena_array(&memory->arena, operators->count + 1u, sizeof *items);
    for (uint32_t i = 0; items != NULL && i < operators->count; i++) {
        items[i] = (struct mbp_operator){copy(memory, operators->items[i].name), operators->items[i].role};
        if (items[i].name == NULL)
            return NULL;
    }
    return items;
}

/* The texts of `mqtt`. */
#define MQTT_TEXTS(X)                                                                                                  \
    X(broker)                                                                                                          \
    X(prefix)                                                                                                          \
    X(group)                                                                                                           \
    X(node)                                                                                                            \
    X(client_id)                                                                                                       \
    X(points)                                                                                                          \
    X(username)                                                                                                        \
    X(password_file)                                                                                                   \
    X(ca_file)                                                                                                         \
    X(cert_file)                                                                                                       \
    X(key_file)                                                                                                        \
    X(discovery)                                                                                                       \
    X(primary_host)

static bool copy_mqtt(struct mbp_plant_memory *memory, struct mbp_mqtt_options *mqtt)
{
    bool good = true;
#define COPY(text)                                                                                                     \
    const char *text = mqtt->text;                                                                                     \
    mqtt->text = copy(memory, text);                                                                                   \
    good = good && (mqtt->text == NULL) == (text == NULL);
    MQTT_TEXTS(COPY)
#undef COPY
    return good;
}

/* Without a broker there is nothing to differ. */
static bool same_mqtt(const struct mbp_mqtt_options *a, const struct mbp_mqtt_options *b)
{
    bool same = a->keepalive_ns == b->keepalive_ns && a->buffer_bytes == b->buffer_bytes &&
                a->replay_rate == b->replay_rate && a->format == b->format && a->commands == b->commands;
#define SAME(text) same = same && mbp_text_same(a->text, b->text);
    MQTT_TEXTS(SAME)
#undef SAME
    return same || (a->broker == NULL && b->broker == NULL);
}

/* The running plant goes before this one: what is kept of it is copied. */
static enum mbp_status keep(struct mbp_plant *plant, const struct mbp_plant *now)
{
    struct mbp_plant_memory *memory = plant->memory;
    const struct mbp_server_options *server = &now->server;
    struct mbp_listen *listen = copy_listens(memory, &server->listen);
    char *http = copy(memory, now->http_listen);
    char *token_file = copy(memory, now->http_token_file);
    struct mbp_mqtt_options mqtt = now->mqtt;
    if (!copy_mqtt(memory, &mqtt))
        return MBP_ERR_MEMORY;
    struct mbp_access_rule *access = mbp_arena_array(&memory->arena, server->access_count + 1u, sizeof *access);
    const struct mbp_operator *operators = copy_operators(memory, &now->operators);
    if (listen == NULL || access == NULL || operators == NULL || (http == NULL) != (now->http_listen == NULL) ||
        (token_file == NULL) != (now->http_token_file == NULL))
        return MBP_ERR_MEMORY;
    if (server->access_count > 0)
        memcpy(access, server->access, server->access_count * sizeof *access);
    plant->journal = now->journal;
    plant->samples_max_bytes = now->samples_max_bytes;
    plant->mqtt = mqtt;
    plant->server.listen = (struct mbp_listens){listen, server->listen.count};
    plant->http_listen = http;
    plant->http_named = now->http_named;
    plant->http_token_file = token_file;
    plant->server.access = access;
    plant->server.access_count = server->access_count;
    plant->operators = (struct mbp_operators){operators, now->operators.count};
    return MBP_OK;
}

enum mbp_status mbp_plant_keep_local(struct mbp_plant *plant, const struct mbp_plant *now, FILE *notes, bool *kept)
{
    bool journal = plant->journal.keep_ns != now->journal.keep_ns || plant->journal.max_bytes != now->journal.max_bytes;
    bool samples = plant->samples_max_bytes != now->samples_max_bytes;
    bool listen = !mbp_listens_same(&plant->server.listen, &now->server.listen);
    bool access = !same_access(&plant->server, &now->server);
    bool operators = !same_operators(&plant->operators, &now->operators);
    bool http = !mbp_text_same(plant->http_listen, now->http_listen) ||
                !mbp_text_same(plant->http_token_file, now->http_token_file);
    bool mqtt = !same_mqtt(&plant->mqtt, &now->mqtt);
    *kept = journal || samples || listen || access || operators || http || mqtt;
    enum mbp_status status = *kept ? keep(plant, now) : MBP_OK;
    if (status != MBP_OK)
        return status;
    if (journal)
        say_kept(notes, "journal");
    if (samples)
        say_kept(notes, "samples");
    if (listen)
        say_kept(notes, "server: listen");
    if (access)
        say_kept(notes, "server: access");
    if (operators)
        say_kept(notes, "operators");
    if (http)
        say_kept(notes, "http");
    if (mqtt)
        say_kept(notes, "mqtt");
    return MBP_OK;
}
