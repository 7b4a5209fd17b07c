/* Commands: what a payload says, in the link's thread; the write as a master's, in the loop's. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "mbplant/json.h"
#include "mbplant/modbus.h"
#include "mbplant/report.h"
#include "mbplant/server.h"
#include "mqtt_priv.h"

/* ---- what a payload says ----------------------------------------------------------------------------------------- */

static bool copy_text(char *to, size_t size, const char *from)
{
    int len = snprintf(to, size, "%s", from);
    return len >= 0 && (size_t)len < size;
}

/* on, off and the like. */
static bool read_switch(const char *text, double *out)
{
    static const struct {
        const char *word;
        double number;
    } words[] = {{"on", 1}, {"off", 0}, {"true", 1}, {"false", 0}};
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
        if (strcasecmp(words[w].word, text) == 0) {
            *out = words[w].number;
            return true;
        }
    }
    return false;
}

/* All digits, where the point has so many. False: it is no whole number, or the point has not. */
static bool take_whole(const struct mqtt_metric *metric, bool is, const struct mbp_whole *whole,
                       struct mqtt_command *out)
{
    out->is_whole = is && !metric->is_text && mbp_register_is_wide(&metric->reg);
    if (out->is_whole) {
        out->whole = *whole;
        out->number = whole->negative ? -(double)whole->magnitude : (double)whole->magnitude;
    }
    return out->is_whole;
}

static bool read_scalar(const struct mqtt_metric *metric, const json_t *value, struct mqtt_command *out)
{
    const struct mbp_map_field *field = metric->row.point.field;
    out->is_text = metric->is_text;
    if (metric->is_text)
        return json_is_string(value) && copy_text(out->text, sizeof out->text, json_string_value(value));
    struct mbp_whole whole;
    bool is_whole = mbp_json_whole(value, &whole);
    if (take_whole(metric, is_whole, &whole, out))
        return true;
    if (json_is_number(value))
        out->number = json_number_value(value);
    else if (json_is_boolean(value))
        out->number = json_is_true(value);
    else if (json_is_null(value) && field != NULL && field->write == MBP_WRITE_LIMIT)
        out->number = (double)NAN;
    else
        return json_is_string(value) && read_switch(json_string_value(value), &out->number);
    return true;
}

/* What is said with it: a text that is good, or nothing. */
static bool read_said(const json_t *said, char *out, size_t size)
{
    char why[MBP_COMMENT_WHY];
    if (said == NULL)
        return true;
    return json_is_string(said) &&
           mbp_comment_check(json_string_value(said), json_string_length(said), size - 1, why, sizeof why) == MBP_OK &&
           copy_text(out, size, json_string_value(said));
}

static bool read_object(const struct mqtt_metric *metric, const json_t *root, struct mqtt_command *out)
{
    const json_t *value = json_object_get(root, "value");
    size_t known = (value != NULL) + (size_t)(json_object_get(root, "why") != NULL) +
                   (size_t)(json_object_get(root, "as") != NULL);
    return value != NULL && known == json_object_size(root) && read_scalar(metric, value, out) &&
           read_said(json_object_get(root, "why"), out->why, sizeof out->why) &&
           read_said(json_object_get(root, "as"), out->who, sizeof out->who);
}

bool mqtt_command_read(const struct mqtt_metric *metric, const char *payload, size_t len, struct mqtt_command *out)
{
    json_t *root = NULL;
    char text[MQTT_PAYLOAD_MAX + 1];
    if (len == 0 || len > MQTT_PAYLOAD_MAX || memchr(payload, '\0', len) != NULL)
        return false;
    if (mbp_json_read((struct mbp_text){payload, len}, JSON_DECODE_ANY, &root) == MBP_OK) {
        bool good = json_is_object(root) ? read_object(metric, root, out) : read_scalar(metric, root, out);
        json_decref(root);
        if (good)
            return true;
    }
    memcpy(text, payload, len);
    text[len] = '\0';
    out->is_text = metric->is_text;
    char why[MBP_COMMENT_WHY];
    if (metric->is_text)
        return len < sizeof out->text && text[0] != '{' &&
               mbp_comment_check(text, len, MQTT_TEXT_MAX, why, sizeof why) == MBP_OK &&
               copy_text(out->text, sizeof out->text, text);
    struct mbp_whole whole;
    bool is_whole = mbp_whole_read(text, &whole);
    return take_whole(metric, is_whole, &whole, out) || read_switch(text, &out->number);
}

void mqtt_call_loop(struct mbp_mqtt *mqtt)
{
    const uint64_t once = 1;
    ssize_t written = write(mqtt->command_fd, &once, sizeof once); /* fails only when 2^64 - 2 of them wait */
    (void)written;
}

bool mqtt_command_hand_over(struct mbp_mqtt *mqtt, const struct mqtt_command *command)
{
    uint32_t head = atomic_load(&mqtt->command_head);
    if (head - atomic_load(&mqtt->command_tail) == MQTT_COMMANDS)
        return false;
    mqtt->commands[head % MQTT_COMMANDS] = *command;
    atomic_store(&mqtt->command_head, head + 1);
    mqtt_call_loop(mqtt);
    return true;
}

/* ---- refused before anybody saw it ------------------------------------------------------------------------------- */

/* What is told of a command that was refused. Either thread. */
static void mqtt_put_refused(const char *name, const char *why, FILE *out)
{
    fputs("{\"name\":\"", out);
    mbp_json_put_text(out, name);
    fputs("\",\"why\":\"", out);
    mbp_json_put_text(out, why);
    fputs("\"}", out);
}

void mqtt_refuse(struct mqtt_link *link)
{
    atomic_fetch_add(&link->mqtt->command_count, 1);
    atomic_fetch_add(&link->mqtt->refused, 1);
}

void mqtt_refuse_because(struct mqtt_link *link, const char *name, size_t len, const char *why)
{
    mqtt_refuse(link);
    if (link->refused_count == MQTT_REFUSED)
        return;
    char *to = link->refused[link->refused_count].name;
    const size_t most = sizeof link->refused[0].name - 1;
    snprintf(to, most + 1, "%.*s", (int)(len < most ? len : most), name);
    link->refused[link->refused_count++].why = why;
}

/* In the order in which they came. */
void mqtt_tell_refused(struct mqtt_link *link)
{
    for (unsigned r = 0; r < link->refused_count && link->format->mail != NULL; r++) {
        FILE *out = mqtt_scratch(link);
        mqtt_put_refused(link->refused[r].name, link->refused[r].why, out);
        struct mbp_text text = mqtt_scratch_text(link);
        link->format->mail(link, &(const struct mqtt_mail){(char *)text.bytes, text.len, 0, 0, MQTT_MAIL_REFUSED});
    }
    link->refused_count = 0;
}

/* ---- carrying it out --------------------------------------------------------------------------------------------- */

static void refused(struct mbp_mqtt *mqtt, const struct mqtt_metric *metric, const char *why)
{
    atomic_fetch_add(&mqtt->refused, 1);
    fseeko(mqtt->out, 0, SEEK_SET);
    mqtt_put_refused(metric->name, why, mqtt->out);
    off_t end = ftello(mqtt->out);
    if (fflush(mqtt->out) == 0 && end > 0)
        mqtt_mail(mqtt, MQTT_MAIL_REFUSED, 0, mqtt->text, (size_t)end);
}

/* What an exception says, where the plant file does not say it better. */
static const char *exception_words(enum mbp_status exception)
{
    switch ((int)exception) {
    case MBP_EX_ILLEGAL_FUNCTION:
        return "the access rules do not let the broker's host write there";
    case MBP_EX_SERVER_DEVICE_FAILURE:
        return "this value is not allowed there";
    case MBP_EX_SERVER_DEVICE_BUSY:
        return "the plant is busy; again in a moment";
    default:
        return mbp_status_text(exception);
    }
}

static enum mbp_status request(struct mbp_mqtt *mqtt, const struct mqtt_command *command, struct mbp_image_unit *unit,
                               const uint8_t *bytes, size_t len, enum mbp_right *lacks)
{
    uint8_t response[MBP_PDU_MAX];
    const struct sockaddr *peer = (const struct sockaddr *)&command->peer;
    struct mbp_actor actor = {.kind = MBP_ACTOR_MQTT};
    mbp_server_address_of(peer, actor.address);
    struct mbp_permit permit = mbp_permit_of(mqtt->plant, actor.address, true);
    mbp_access_introduce(mqtt->plant, command->who, &permit, &actor);
    uint32_t comment = 0;
    if (command->why[0] != '\0')
        comment = mbp_image_comment(mqtt->image, (struct mbp_text){command->why, strlen(command->why)});
    if (command->why[0] != '\0' && comment == 0)
        return MBP_EX_SERVER_DEVICE_BUSY;
    const struct mbp_pdu_context context = {
        .unit = unit,
        .identity = &mqtt->plant->identity,
        .peer = {.actor = mbp_journal_actor(mqtt->config.journal, &actor) | comment << 16},
        .permit = &permit,
    };
    mbp_pdu_respond(&context, bytes, len, response);
    enum mbp_status status = (response[0] & 0x80u) == 0 ? MBP_OK : (enum mbp_status)response[1];
    *lacks = status == MBP_EX_ILLEGAL_FUNCTION ? mbp_pdu_lacks(&context, bytes, len) : MBP_RIGHT_COUNT;
    return status;
}

static bool fits(const struct mbp_point *point, double value)
{
    const struct mbp_register reg = mbp_point_register(point);
    if (mbp_table_is_bits(point->table) || point->type == MBP_BOOL || isnan(value))
        return true;
    return mbp_register_holds(&reg, value);
}

/* The words that it comes to; 0 = it cannot be. */
static uint16_t words_of(const struct mqtt_command *command, const struct mbp_image_unit *unit,
                         const struct mbp_point *point, uint16_t *words)
{
    const struct mbp_register reg = mbp_point_register(point);
    if (command->is_whole && mbp_register_is_wide(&reg))
        return mbp_register_holds_whole(&reg, &command->whole) ? mbp_pdu_words_of_whole(point, &command->whole, words)
                                                               : 0;
    if (!command->is_text)
        return fits(point, command->number) ? mbp_pdu_words_of(unit, point, command->number, words) : 0;
    size_t len = strlen(command->text);
    if (len > 2 * (size_t)point->count)
        return 0;
    mbp_codec_put_text((enum mbp_order)point->order, command->text, len, point->count, words);
    return (uint16_t)point->count;
}

static void carry_out(struct mbp_mqtt *mqtt, const struct mqtt_command *command)
{
    const struct mqtt_metric *metric = &mqtt->noting->metrics[command->metric];
    const struct mbp_point *point = &metric->row.point;
    const struct mbp_unit *of = &mqtt->plant->units[metric->row.unit];
    struct mbp_image_unit *unit = mbp_image_unit(mqtt->image, of->id);
    uint16_t words[MBP_STRING_WORDS_MAX] = {0};
    uint8_t bytes[MBP_PDU_MAX];
    char why[256];
    if (!(point->writable || point->by_logic) || (point->table != MBP_COILS && point->table != MBP_HOLDING_REGISTERS)) {
        refused(mqtt, metric, "it cannot be written");
        return;
    }
    uint16_t count = words_of(command, unit, point, words);
    if (count == 0) {
        refused(mqtt, metric, "its type cannot hold this value");
        return;
    }
    size_t len = mbp_pdu_write(&of->answer, (enum mbp_table)point->table, point->addr, count, words, bytes);
    enum mbp_right lacks = MBP_RIGHT_COUNT;
    enum mbp_status status = request(mqtt, command, unit, bytes, len, &lacks);
    if (status == MBP_OK)
        return;
    const char *said =
        status == MBP_EX_ILLEGAL_FUNCTION
            ? mbp_report_no_right(MBP_LANG_EN, &mqtt->plant->operators, command->who, lacks, why, sizeof why)
        : command->is_text
            ? NULL
            : mbp_report_refusal(MBP_LANG_EN, mqtt->plant, point, command->number, status, why, sizeof why);
    refused(mqtt, metric, said != NULL ? said : exception_words(status));
}

void mqtt_carry_out(struct mbp_mqtt *mqtt)
{
    uint32_t tail = atomic_load(&mqtt->command_tail), head = atomic_load(&mqtt->command_head);
    while (tail != head) {
        const struct mqtt_command *command = &mqtt->commands[tail % MQTT_COMMANDS];
        if (command->roster == mqtt->noting && command->metric < mqtt->noting->count && !mqtt->stopped)
            carry_out(mqtt, command);
        else
            atomic_fetch_add(&mqtt->refused, 1); /* it was for a plant that is gone */
        atomic_store(&mqtt->command_tail, ++tail);
    }
    if (head != atomic_load(&mqtt->command_head)) /* what came meanwhile waits until the loop has done other work */
        mqtt_call_loop(mqtt);
}
