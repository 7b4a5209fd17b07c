/* What the files of this stage share. */
#ifndef MBP_MQTT_PRIV_H
#define MBP_MQTT_PRIV_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <uv.h>

#include "library.h"
#include "mbplant/base/bell.h"
#include "mbplant/mqtt/mqtt.h"
#include "mbplant/report/export.h"
#include "watch.h"

#define NOTHING        UINT32_MAX
#define MQTT_TEXT_MAX  (2u * MBP_STRING_WORDS_MAX)
#define MQTT_TOPIC_MAX 512u

/* The system's clocks, for the link's thread: a broker's time is nobody's to set. */
static inline uint64_t mqtt_mono_ns(void)
{
    struct mbp_clock clock = mbp_clock_system();
    return clock.mono_ns(clock.ctx);
}

static inline uint64_t mqtt_wall_ms(void)
{
    struct mbp_clock clock = mbp_clock_system();
    return clock.wall_ms(clock.ctx);
}

/* ---- roster: what of a plant is published ------------------------------------------------------------------------ */

/* A point. It stays whole when the plant is gone, but for row.point.own: that is for the loop's thread, while the
 * plant is there. */
struct mqtt_metric {
    /* what each value needs, close together */
    const char *name;        /* unique in the plant: "TT101.high" */
    const char *device;      /* the machine that it belongs to; NULL = it is the plant's own */
    uint64_t hash;           /* of the name */
    struct mbp_register reg; /* how its words are a number */
    uint32_t device_end;     /* the first point behind those of that device */
    uint8_t datatype;        /* of Sparkplug: enum mqtt_datatype */
    bool is_bit, is_limit;
    bool is_direct; /* its words are the value: there is no scale */
    bool has_rule;
    bool is_state; /* of a machine: enum mbp_state_code */
    bool is_text;
    struct mbp_report_rule rule;
    struct mbp_export_row row; /* its texts are the roster's */
};

/* What a point shows: its words, the first in the lowest bits; of a text a hash of it. */
struct mqtt_change {
    uint64_t time_ms, bits;
    uint32_t metric;
    bool bad; /* quality */
};

/* What most points are: a float as it stands, by the order of its words and bytes. */
enum mqtt_plain { MQTT_NOT_PLAIN, MQTT_PLAIN_FLOAT /* + enum mbp_order */ };

struct mqtt_roster {
    uint32_t count;
    uint64_t alias_base;         /* its aliases follow this one: those of plants before it name nothing */
    struct mqtt_metric *metrics; /* the plant's own first, then by machine */
    uint32_t *by_name;
    char *texts; /* all names, one after another */

    struct mqtt_watch *watch;
    atomic_bool ended;                  /* nothing more comes: another plant has followed */
    _Atomic(struct mqtt_roster *) next; /* what is published of that */

    /* the thread's */
    const char *past_text;    /* what is being told of a text of the past; NULL = what it shows */
    struct mqtt_change *seen; /* what was found to have changed last; time_ms 0 = not known yet */
    struct mqtt_change *now;  /* what of that is told, or waits: of births */
    uint8_t *plain;           /* of each point: enum mqtt_plain */
};

enum mbp_status mqtt_roster_new(const struct mbp_plant *plant, struct mqtt_roster **out);
void mqtt_roster_free(struct mqtt_roster *roster);

/* The point of that name; NOTHING = none. */
uint32_t mqtt_roster_find(const struct mqtt_roster *roster, const char *name);

/* The same by the hash of its name. */
uint32_t mqtt_roster_find_hash(const struct mqtt_roster *roster, uint64_t hash);

/* The words of what a point shows. Returns how many they are. */
uint32_t mqtt_words(const struct mqtt_change *change, uint16_t words[4]);

/* The thread's: the next changes, scan by scan, in the order of the points: at most so many, of one scan and one
 * device, a text the last of them. Returns how many. */
uint32_t mqtt_next_changes(struct mqtt_roster *roster, struct mqtt_change *out, uint32_t most);

/* The same, one by one. */
bool mqtt_next_change(struct mqtt_roster *roster, struct mqtt_change *out);

/* What a string shows; buf has MQTT_TEXT_MAX + 1 bytes. Returns buf. */
const char *mqtt_shown_text(const struct mqtt_roster *roster, uint32_t metric, char *buf);

/* ---- from the loop's thread to the other, and back --------------------------------------------------------------- */

enum mqtt_mail_kind { MQTT_MAIL_EVENT, MQTT_MAIL_REFUSED };

/* A text to be published. */
struct mqtt_mail {
    char *text; /* whoever takes it frees it */
    size_t len;
    uint32_t seq;     /* of an event */
    uint32_t session; /* for which it was made */
    uint8_t kind;     /* enum mqtt_mail_kind */
};
#define MQTT_MAILS 256u

/* What came from the broker, taken apart. */
struct mqtt_command {
    const struct mqtt_roster *roster;
    uint32_t metric;
    struct sockaddr_storage peer; /* the broker */
    bool is_text;
    bool is_whole;
    struct mbp_whole whole; /* all digits of a number of 64 bits */
    double number;          /* NaN: a limit is to be unused */
    char text[MQTT_TEXT_MAX + 1];
    char why[MBP_COMMENT_MAX + 1], who[MBP_WHO_MAX + 1]; /* "" = nothing said */
};
#define MQTT_COMMANDS    64u
#define MQTT_PAYLOAD_MAX 2048u /* bytes of a command */

/* ---- both threads ------------------------------------------------------------------------------------------------ */

struct mqtt_link;

struct mbp_mqtt {
    struct mbp_mqtt_config config;
    struct mbp_mqtt_options options; /* the first plant's; texts are copies */
    char *folder, *plant_folder;
    /* the loop's thread */
    const struct mbp_plant *plant;
    struct mbp_image *image;
    struct mqtt_roster *noting; /* of that plant */
    uint32_t next_event, session_seen;
    uv_poll_t poll;
    bool stopped;
    FILE *out; /* scratch text */
    char *text;
    size_t text_len;
    /* from the loop's thread to the other */
    struct mqtt_mail mails[MQTT_MAILS];
    atomic_uint mail_head, mail_tail;
    struct mbp_bell work;
    atomic_bool stop;
    /* and back */
    struct mqtt_command *commands;
    atomic_uint command_head, command_tail;
    int command_fd;
    atomic_uint session;     /* counts connections; 0 = none yet */
    atomic_uint events_from; /* the first event that the broker has not confirmed, at its begin */
    /* figures */
    atomic_uint link;
    _Atomic uint64_t hole_from_ms, hole_to_ms;
    _Atomic uint64_t since_ms, points, connects, sent, waiting, missed, lost, command_count, refused;
    _Atomic(const char *) why;
    pthread_t thread;
};

/* ---- the scan's thread (look.c, commands.c) ---------------------------------------------------------------------- */

void mqtt_look(struct mbp_mqtt *mqtt, const struct mbp_state *state);

/* Tells events that are new to a broker that is there. */
void mqtt_tell_events(struct mbp_mqtt *mqtt);

/* Carries out what has come. */
void mqtt_carry_out(struct mbp_mqtt *mqtt);

/* Puts a text into the ring; false: there is no room, or no memory. */
bool mqtt_mail(struct mbp_mqtt *mqtt, enum mqtt_mail_kind kind, uint32_t seq, const char *text, size_t len);

/* ---- the other (link.c and the formats) -------------------------------------------------------------------------- */

/* Takes a payload of a command apart: a number, true, false, on, off, a text, null, or {"value": .., "why": .., "as":
 * ..}. False: it is none of these. */
bool mqtt_command_read(const struct mqtt_metric *metric, const char *payload, size_t len, struct mqtt_command *out);

/* Has the loop's thread look for commands, and for events that there is room for now. */
void mqtt_call_loop(struct mbp_mqtt *mqtt);

/* Hands a command over; false: too many wait. */
bool mqtt_command_hand_over(struct mbp_mqtt *mqtt, const struct mqtt_command *command);

#define MQTT_VALUES_AT_ONCE 128u

/* How values and births look. All by the link's thread. */
struct mqtt_format {
    void (*will)(struct mqtt_link *link);
    void (*connecting)(struct mqtt_link *link); /* CONNECT goes out now; NULL = nothing */
    void (*connected)(struct mqtt_link *link);  /* subscribes; the birth begins anew */
    /* Goes on with the birth; true: all of it is out. To be asked again until then, while mqtt_link_may_send. */
    bool (*birth)(struct mqtt_link *link);
    /* Values of one device and one time; of the past or live ones. */
    void (*values)(struct mqtt_link *link, const struct mqtt_change *changes, uint32_t count, bool historical);
    uint32_t at_once; /* so many of them make no more than one message; at most MQTT_VALUES_AT_ONCE */
    void (*flush)(struct mqtt_link *link); /* no more values come just now */
    void (*mail)(struct mqtt_link *link, const struct mqtt_mail *mail);
    void (*message)(struct mqtt_link *link, const struct mosquitto_message *message);
    /* Another plant: link->roster is its; NULL = the birth that follows says all. */
    void (*follow)(struct mqtt_link *link, const struct mqtt_roster *before);
    void (*goodbye)(struct mqtt_link *link);
    void (*release)(struct mqtt_link *link); /* of what own points to; NULL = nothing */
};
extern const struct mqtt_format mqtt_json_format, mqtt_sparkplug_format;

/* What came in between, and is told by minute means alone. */
struct mqtt_hole {
    uint64_t from_ms, to_ms, values; /* 0 values = there is none */
};

#define MQTT_REFUSED 16u

struct mqtt_link {
    struct mbp_mqtt *mqtt;
    const struct mqtt_format *format;
    struct mqtt_roster *roster;
    struct mosquitto *mosq; /* NULL = no connection is tried just now */
    uint64_t next_try_ns, misc_ns, begun_ns;
    unsigned failures;
    unsigned broker; /* which of several, counted round */
    bool writing;    /* the socket is not connected yet */
    bool connected;  /* the broker has said so */
    bool broken;     /* the connection is over */
    bool leaving;    /* ... because we end it: what is said last goes out */
    bool born;
    bool held;          /* the birth waits for somebody */
    uint32_t at;        /* of the birth */
    uint32_t published; /* counts messages of all connections */
    struct sockaddr_storage peer;
    /* events that the broker has not confirmed */
    struct {
        int mid;
        uint32_t seq;
    } flying[MQTT_MAILS];
    unsigned flying_count;
    uint32_t confirmed; /* the last event that is */
    /* commands that were refused before anybody saw them, and are to be told of */
    struct {
        char name[80]; /* as the topic had it, cut */
        const char *why;
    } refused[MQTT_REFUSED];
    unsigned refused_count;
    FILE *out; /* scratch text, from its beginning: mqtt_scratch */
    char *text;
    size_t text_len;
    char base[300];                     /* of topics */
    char barrier_topic[MQTT_TOPIC_MAX]; /* of ours, for what asks whether all has been read */
    struct mqtt_hole hole;
    bool told_trouble;            /* it is said that what the broker retains cannot be noted */
    struct mqtt_waiting *waiting; /* NULL = nothing waits on disk */
    void *own;                    /* the format's */
};

void *mqtt_thread(void *mqtt);

/* Whether more can be sent without it piling up in memory. */
bool mqtt_link_may_send(const struct mqtt_link *link);

/* Publishes; counts it. */
void mqtt_publish(struct mqtt_link *link, const char *topic, const void *payload, size_t len, int qos, bool retain,
                  int *mid);
void mqtt_subscribe(struct mqtt_link *link, const char *topic);

/* Counts a command that was refused before anybody saw it. */
void mqtt_refuse(struct mqtt_link *link);

/* The same, and tells of it where the format does: of so many as there is room for until they are out. name: len bytes
 * of it; why stays. */
void mqtt_refuse_because(struct mqtt_link *link, const char *name, size_t len, const char *why);
void mqtt_tell_refused(struct mqtt_link *link);

FILE *mqtt_scratch(struct mqtt_link *link);
struct mbp_text mqtt_scratch_text(struct mqtt_link *link);

/* Home Assistant's discovery of a point. */
void mqtt_discover(struct mqtt_link *link, const struct mqtt_metric *metric);

/* Where that stands. Returns buf. */
const char *mqtt_discovery_topic(const struct mqtt_link *link, const struct mqtt_metric *metric,
                                 char buf[MQTT_TOPIC_MAX]);

/* For a connection that is about to be tried. False: why says what is missing. */
bool mqtt_set_password(struct mqtt_link *link);
bool mqtt_set_tls(struct mqtt_link *link, bool tls);

#endif
