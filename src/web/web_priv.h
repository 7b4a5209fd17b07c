/* What the files of web/ share. A request is a call: found in the table of routes, checked, served into the web's
 * scratch text, answered. */
#ifndef MBP_WEB_PRIV_H
#define MBP_WEB_PRIV_H

#include <jansson.h>
#include <netinet/in.h>
#include <uv.h>

#include "mbplant/event/codes.h"
#include "mbplant/map.h"
#include "mbplant/report.h"
#include "mbplant/report/period.h"
#include "mbplant/view.h"
#include "mbplant/web.h"

#include "library.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define NOTHING         UINT32_MAX /* no such index */

#define WEB_CONNECTIONS_MAX 64u
#define WEB_STREAMS_MAX     32u
#define WEB_BODY_MAX        65536u
#define WEB_LARGE_BODY_MAX  (3u << 20) /* a plant file as a JSON string */
#define WEB_ARGS_MAX        10u
#define WEB_NAME_MAX        128u
#define WEB_PART            8192u  /* of a long answer at a time */
#define WEB_REQUEST_MS      10000u /* for a request to be whole */
#define WEB_TICK_MS         1000u
#define WEB_API             "/api/v1"

struct web_call;
struct web_flow;
struct web_stream;
struct web_watch;
struct web_trend;
struct web_job;
struct web_traffic;
struct web_tokens;

/* ---- nouns: what an answer is made of ---------------------------------------------------------------------------- */

enum web_kind {
    WEB_TEXT,
    WEB_NUMBER,
    WEB_COUNT,   /* a whole number from 0 up */
    WEB_WHOLE,   /* a whole number */
    WEB_FLAG,    /* true or false */
    WEB_TIME,    /* RFC 3339 */
    WEB_VALUE,   /* a number, of a bool sensor true or false, of a text a string */
    WEB_NUMBERS, /* an array of whole numbers, null where there is none */
    WEB_OBJECT,  /* of `noun` */
    WEB_OBJECTS  /* an array of those */
};

/* One thing that is being written. */
struct web_item {
    const struct mbp_web *web;
    const void *view; /* what the fields' members are of */
    const void *of;   /* its definition in the plant: struct mbp_sensor and the like */
    uint32_t index;   /* plant-wide */
    unsigned sub;     /* of an alarm: enum mbp_limit */
    FILE *out;
};

struct web_noun;
struct web_field {
    const char *key;
    const char *what;
    uint8_t kind; /* enum web_kind */
    bool nullable;
    struct mbp_member member; /* of the view; or else */
    void (*put)(const struct web_item *item);
    const struct web_noun *noun;
    const char *(*word)(unsigned i); /* the words that a text may be; NULL ends them */
};

/* What all rows of fields and parameters say. */
#define ROW(key_, what_, kind_) .key = (key_), .what = (what_), .kind = (kind_)

struct web_noun {
    const char *name;
    const struct web_field *fields;
    unsigned field_count;
};
#define WEB_NOUN(title, rows)                                                                                          \
    {                                                                                                                  \
        .name = (title), .fields = (rows), .field_count = COUNT_OF(rows)                                               \
    }

/* Writes an object with all its fields. */
void web_put_noun(const struct web_noun *noun, const struct web_item *item);
void web_put_text(FILE *out, const char *text); /* NULL: null */
void web_put_number(FILE *out, double number);  /* NaN: null */
void web_put_time(FILE *out, uint64_t wall_ms); /* 0: null */

/* ---- routes ------------------------------------------------------------------------------------------------------ */

/* What a query or a body may say. */
struct web_param {
    const char *key;
    const char *what;
    uint8_t kind; /* enum web_kind */
    bool required, nullable;
    double low, high; /* of a number; both 0 = any */
    const char *(*word)(unsigned i);
};

struct web_route {
    const char *method;
    const char *path; /* {name} stands for one part of it */
    const char *what;
    void (*serve)(struct web_call *call);
    void (*settled)(struct web_call *call); /* of a command, when a scan has taken it in */
    const struct web_param *params;
    unsigned param_count;
    const struct web_noun *answer; /* NULL = `type` */
    bool list;                     /* an array of those */
    const char *type;              /* NULL = application/json */
    const char *const *types;      /* others that an argument may ask for; NULL ends them */
    unsigned sub;                  /* what several routes of one function differ in */
    bool kept;                     /* between two scans the answer is the same for all who ask; it takes no arguments */
    unsigned body_max;             /* bytes; 0 = WEB_BODY_MAX. Of calls with more than that one at a time is served */
};

extern const struct web_route web_routes[];
extern const unsigned web_route_count;

/* The route of a method and a path; name receives what {name} stands for. NULL: none; *allowed then says which methods
 * the path has, "" = it is none. */
const struct web_route *web_route_find(const char *method, const char *path, char name[WEB_NAME_MAX], char allowed[32]);

/* ---- calls ------------------------------------------------------------------------------------------------------- */

struct web_arg {
    bool given;
    bool null, flag;
    double number;
    const char *text;
    const json_t *json;
};

/* What every command may say beside what it takes: texts. */
enum { WEB_SAID_WHY, WEB_SAID_AS, WEB_SAID };
extern const struct web_param web_said_params[WEB_SAID];

enum web_stage { WEB_FRESH, WEB_BODY, WEB_SERVED, WEB_WAITS, WEB_ANSWERED };

struct web_call {
    struct mbp_web *web;
    struct MHD_Connection *connection;
    const struct web_route *route;
    char name[WEB_NAME_MAX];
    struct web_arg args[WEB_ARGS_MAX];
    struct web_arg said_args[WEB_SAID];
    const char *token_of; /* the operator whose token it bears; NULL = of nobody */
    uint16_t comment;     /* the number of the first of these in the image; 0 = none yet */
    char *body;
    size_t body_len;
    json_t *json;
    FILE *out;                           /* the web's scratch text */
    const char *type;                    /* of the answer */
    bool starved;                        /* a part of the body found no memory */
    bool large;                          /* it is the web's large_call */
    unsigned status;                     /* HTTP's */
    uint8_t stage;                       /* enum web_stage */
    enum mbp_lang lang;                  /* of what its problems say */
    bool bad_path;                       /* the raw path has what none has */
    bool pending;                        /* no scan has taken the command in: the plant is paused */
    struct web_flow *flow;               /* the answer, where it is a long one */
    struct MHD_Response *response;       /* or is made already */
    struct MHD_Response *shared;         /* or was made for another caller */
    void (*then)(struct web_call *call); /* what it waits for is there */
    struct web_job *job;                 /* what was made for it in a thread */
    /* while a command waits for a scan */
    uint64_t scan, since_ms;
    bool (*over)(const struct web_call *call); /* what it waits for; NULL = a scan */
    struct web_call *next_waiting;
    uint32_t index; /* what the command is about, plant-wide */
    unsigned sub;
    uint32_t before, until; /* events that there were before a command, and with the scan that took it in */
    uint16_t actor;         /* who it is of; 0 = nobody yet */
    char said[256];         /* what the answer says beside */
};

static inline const struct web_arg *web_arg(const struct web_call *call, unsigned i)
{
    return &call->args[i];
}

/* An argument that says where a period begins or ends, as mbplantctl reads it. False: a problem is answered. */
bool web_moment(struct web_call *call, unsigned i, bool is_end, struct mbp_moment *out);

/* Answers a problem (RFC 9457), in the call's language where web/french has the format. */
void web_problem(struct web_call *call, unsigned status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A text of web/ in the call's language; the English one where there is no other. Static storage. */
const char *web_tr(const struct web_call *call, const char *english) __attribute__((format_arg(2)));

/* From now on the stages speak the call's language in this thread; NULL: English. */
void web_speak(const struct web_call *call);

/* The same of a line that the daemon made. Returns buf, or text. */
const char *web_tr_made(const struct web_call *call, const char *text, char *buf, size_t size);

/* The language that a header Accept-Language asks for; English unless it is another. NULL: there is none. */
enum mbp_lang web_lang_wanted(const char *accepted);

/* Takes arguments out of the query or the body. False: a problem is answered. */
bool web_args_take(struct web_call *call);

/* The answer that call has come to, to the client. */
enum MHD_Result web_reply(struct web_call *call);

/* Whether who calls is let in; false: a problem is answered. */
bool web_guard(struct web_call *call);
const char *web_header(const struct web_call *call, const char *name);

/* ---- tokens ------------------------------------------------------------------------------------------------------ */

/* A file of one token, or, of a plant with operators, of lines NAME:TOKEN. Errors: one line to errors: MBP_ERR_IO,
 * MBP_ERR_FORMAT, MBP_ERR_MEMORY. Ownership: web_tokens_free. */
enum mbp_status web_tokens_read(const char *path, const struct mbp_operators *operators, FILE *errors,
                                struct web_tokens **out);
void web_tokens_free(struct web_tokens *tokens);

/* How a request stands to them; a good token sets token_of. */
enum web_token_state {
    WEB_TOKEN_NONE,       /* none is needed */
    WEB_TOKEN_IMPOSSIBLE, /* there is none, and commands come over a network: none is taken */
    WEB_TOKEN_MISSING,
    WEB_TOKEN_WRONG,
    WEB_TOKEN_GOOD
};
enum web_token_state web_token_of(struct web_call *call);

/* Whether a token is one of them; the operator whose it is, NULL = it is nobody's own. */
bool web_tokens_have(const struct web_tokens *tokens, const char *token, const char **name);

/* ---- long answers ------------------------------------------------------------------------------------------------ */

/* An array that is written in parts. next writes one more item at the cursor and moves on; false = that was all. It may
 * write nothing for items that are not wanted, but then not more than a few hundred at a time. */
struct web_flow {
    struct mbp_web *web;
    struct web_flow *newer, *older; /* all that there are */
    bool (*next)(struct web_flow *flow, FILE *out);
    const struct web_noun *noun;
    uint64_t at, end;
    uint64_t left;   /* items that may still come */
    uint64_t sought; /* of events: how many of the newest ones are still looked for, below `at` */
    uint32_t unit, block, item, field;
    uint32_t want[6]; /* filters: the list's own */
    bool all_codes, codes[MBP_EVENT_CODES];
    struct mbp_moment since, until;
    uint8_t want_address[16];
    bool lines; /* no array, but what `next` writes */
    bool begun, ended, dead;
    char *rest; /* written already, not yet sent */
    size_t rest_at, rest_len;
};

/* Errors: NULL after a problem. Ownership: the call's. */
struct web_flow *web_flow_new(struct web_call *call, bool (*next)(struct web_flow *flow, FILE *out));
struct MHD_Response *web_flow_response(struct web_flow *flow);
void web_flow_free(void *flow);
/* Writes one item, with what separates it from the one before. */
void web_flow_put(struct web_flow *flow, const struct web_item *item);

/* ---- kept answers ------------------------------------------------------------------------------------------------ */

/* Errors: NULL = no memory. */
struct web_kept *web_kept_new(void);
void web_kept_free(struct web_kept *kept);
/* Another plant, or its end. */
void web_kept_forget(struct web_kept *kept);
/* The answer that another caller of this got since the last scan; NULL = none, or the route keeps none. */
struct MHD_Response *web_kept_find(const struct web_call *call);
/* True: the answer is kept, and with it the caller's reference. */
bool web_kept_put(const struct web_call *call, struct MHD_Response *response);

/* ---- items ------------------------------------------------------------------------------------------------------- */

/* The index that the path's {name} means, in any case; NOTHING after a problem. */
uint32_t web_machine_named(struct web_call *call);
uint32_t web_sensor_named(struct web_call *call);
uint32_t web_actuator_named(struct web_call *call);
uint32_t web_controller_named(struct web_call *call);
/* The sensor and the alarm of "TT101.high"; *alarm MBP_ALARM_COUNT where all of the sensor are meant. */
uint32_t web_alarm_named(struct web_call *call, unsigned *alarm);

/* Answers that there is no such thing, with the nearest name and what else there is to say behind it. */
enum web_what { WEB_MACHINES, WEB_SENSORS, WEB_ACTUATORS, WEB_CONTROLLERS, WEB_ALARMS, WEB_POINTS, WEB_FAULTS };
void web_unknown(struct web_call *call, enum web_what what, const char *name, const char *behind);

/* Indices by name, in any case; NOTHING = none. */
uint32_t web_find_machine(const struct mbp_plant *plant, const char *name);
uint32_t web_find_sensor(const struct mbp_plant *plant, const char *name);
/* "TT101.high": its sensor, and which alarm, whether it has that or not. */
uint32_t web_find_alarm(const struct mbp_plant *plant, const char *text, unsigned *alarm);
uint32_t web_find_actuator(const struct mbp_plant *plant, const char *name);
uint32_t web_find_controller(const struct mbp_plant *plant, const char *name);

void web_put_machine(const struct mbp_web *web, uint32_t machine, FILE *out);
void web_put_sensor(const struct mbp_web *web, uint32_t sensor, FILE *out);
void web_put_actuator(const struct mbp_web *web, uint32_t actuator, FILE *out);
void web_put_controller(const struct mbp_web *web, uint32_t controller, FILE *out);
void web_put_alarm(const struct mbp_web *web, uint32_t sensor, unsigned alarm, FILE *out);
void web_put_alarm_name(FILE *out, const struct mbp_sensor *sensor, unsigned alarm);
void web_put_sensor_value(const struct mbp_web *web, uint32_t sensor, double value, FILE *out);

/* Whether a sensor has an alarm of that kind; whether there is something to tell of it: it is not normal, or its
 * interlock is bypassed. */
bool web_has_alarm(const struct mbp_web *web, uint32_t sensor, unsigned alarm);
bool web_tells_alarm(const struct mbp_web *web, uint32_t sensor, unsigned alarm);

/* A unit by its Modbus id, or the one of the call's argument; NULL after a problem. */
const struct mbp_unit *web_unit_of(struct web_call *call, const struct web_arg *arg);
struct mbp_image_unit *web_image_unit(const struct mbp_web *web, const struct mbp_unit *unit);

/* What the journal's events are told by. */
struct mbp_telling web_telling(const struct mbp_web *web, enum mbp_lang lang);

/* An event as the journal's line, with its comment. */
void web_put_event(const struct mbp_web *web, const struct mbp_event *event, enum mbp_lang lang, FILE *out);

/* What an argument of web_lang_word says; English unless it is given. */
const char *web_lang_word(unsigned i);
enum mbp_lang web_lang_of(const struct web_arg *arg);

/* Words for tables of fields and parameters. */
const char *web_state_word(unsigned i);
const char *web_alarm_word(unsigned i);
const char *web_kind_word(unsigned i);
const char *web_alarm_state_word(unsigned i);
const char *web_alarm_filter_word(unsigned i); /* behind them "active" */
/* Whether given, in any case and with _ or - for a space, is a word. */
bool web_word_is(const char *word, const char *given);
const char *web_priority_word(unsigned i);
const char *web_table_word(unsigned i);

extern const struct web_noun web_machine_noun, web_sensor_noun, web_actuator_noun, web_controller_noun, web_alarm_noun,
    web_plant_noun, web_unit_noun, web_status_noun, web_connections_noun, web_point_noun, web_point_value_noun,
    web_registers_noun, web_event_noun, web_sim_noun, web_fault_noun, web_parameter_noun, web_problem_noun,
    web_done_noun, web_trend_noun, web_sample_noun, web_grain_noun, web_note_noun, web_expectation_noun,
    web_exercise_noun, web_words_noun, web_report_noun, web_exchange_noun, web_target_noun, web_interlock_noun;

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* A write as a master's: what to write where. */
struct web_write {
    const struct mbp_unit *unit;
    struct mbp_point point;
    double value;       /* in the point's unit; NaN = a limit that is to be unused */
    const json_t *said; /* the same as it was said, or NULL: of 64 bits it has more digits */
};

/* The point of an item whose write is of that kind. False: the unit's map has none, a problem is answered. */
bool web_write_point(struct web_call *call, enum mbp_map_per per, uint32_t item, const struct mbp_unit *unit,
                     enum mbp_write_kind kind, unsigned sub, struct web_write *out);

/* Writes; false: it was refused, a problem is answered. */
bool web_write_value(struct web_call *call, const struct web_write *write);
bool web_write_text(struct web_call *call, const struct web_write *write, const char *text);
bool web_write_words(struct web_call *call, const struct mbp_unit *unit, enum mbp_table table, uint16_t addr,
                     uint16_t count, const uint16_t *words, const struct mbp_point *point);

/* A request to a unit as who calls would send it by Modbus: what is answered, MBP_OK or the exception. Where a problem
 * is answered already (its comment finds no place), call->status says so. */
enum mbp_status web_request(struct web_call *call, struct mbp_image_unit *unit, const uint8_t *request, size_t len);
/* Answers the problem that an exception is. */
void web_refuse(struct web_call *call, enum mbp_status exception);

/* Answers that the call's token is of somebody else than who speaks with it. */
void web_not_his(struct web_call *call);

/* A command: the answer waits until a scan has taken it in, and settled writes it. */
void web_await_scan(struct web_call *call);
/* The same for what takes longer: until it is over, or for a minute at most. */
void web_await(struct web_call *call, bool (*over)(const struct web_call *call));

/* ---- what changes ------------------------------------------------------------------------------------------------ */

/* Per item the scan after which it last looked different. */
enum mbp_status web_watch_new(const struct mbp_plant *plant, struct web_watch **out);
void web_watch_free(struct web_watch *watch);
void web_watch_look(struct web_watch *watch, const struct mbp_web *web, uint64_t scan);

struct web_trend *web_trend_new(const struct mbp_plant *plant);
void web_trend_free(struct web_trend *trend);
void web_trend_sample(struct web_trend *trend, const struct mbp_state *state, uint64_t wall_ms);

/* Streams: begins one for the call; wakes them; ends all. */
void web_stream_open(struct web_call *call);
bool web_streams_wake(struct mbp_web *web, bool tick);
void web_streams_replan(struct mbp_web *web);
void web_streams_end(struct mbp_web *web);

/* What is made in threads (past/job.h): a call goes and wants none any more; all end; whether a report that is being
 * made still looks at a plant. */
void web_job_leave(struct web_call *call);
void web_jobs_end(struct mbp_web *web);
bool web_reports_use(const struct mbp_web *web, const struct mbp_plant *plant);

/* Exchanges that are kept: of a plant that is gone; whether still somebody asks. */
void web_traffic_free(struct web_traffic *traffic);
void web_traffic_forget(struct mbp_web *web);
void web_traffic_tick(struct mbp_web *web);

/* ---- the web ----------------------------------------------------------------------------------------------------- */

/* A connection, for its deadline. */
struct web_peer {
    struct web_peer *next, *before;
    uint64_t since_ms; /* loop time since which its request is not whole; 0 = it is being answered */
    int fd;
    bool evicted;
};

struct mbp_web {
    struct mbp_web_config config;
    const struct mbp_plant *plant;
    struct mbp_image *image;
    const struct mbp_state *state;
    struct MHD_Daemon *daemon;
    uv_poll_t poll;
    uv_timer_t timer; /* libmicrohttpd's */
    uv_timer_t tick;
    unsigned handles; /* open ones of the loop; the last lets the web go */
    bool closing, running;
    bool open_to_network; /* listens beyond loopback */
    uint16_t port;
    char host[64];             /* of the address; IPv6 without brackets */
    struct web_tokens *tokens; /* NULL = none are needed */
    FILE *out;                 /* scratch text: valid until the next call is served */
    char *text;
    size_t text_len;
    struct web_call *waiting;    /* for a scan */
    struct web_job *jobs;        /* in threads, or waiting for their turn; the oldest first */
    struct web_traffic *traffic; /* NULL = nobody asks */
    bool large_call;             /* one whose body may be large is there */
    struct web_flow *flows;
    struct web_stream *streams;
    unsigned stream_count;
    struct web_peer *peers;
    unsigned peer_count, most_peers;
    bool gone;               /* one of them went in this run of libmicrohttpd */
    struct web_watch *watch; /* while there are streams */
    struct web_trend *trend;
    struct web_kept *kept;
    uint64_t commands;    /* that were taken: after one nothing is as it was kept */
    uint64_t requests[6]; /* by the first digit of their answer's status */
    uint64_t streams_opened, woken_ms;
    char *openapi; /* made when it is first asked for */
};

/* The scratch text from its beginning; and what was written. */
FILE *web_scratch(struct mbp_web *web);
struct mbp_text web_scratch_text(struct mbp_web *web);

/* Lets libmicrohttpd go on: after connections were resumed. */
void web_run(struct mbp_web *web);

/* One of the loop's handles less. */
void web_let_go(struct mbp_web *web);

/* A listening socket at "ADDR:PORT". Errors as mbp_web_open. */
enum mbp_status web_listen(struct mbp_web *web, const char *endpoint, FILE *errors, int *fd);

enum MHD_Result web_on_request(void *ctx, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *upload, size_t *upload_len, void **call);
void *web_on_path(void *ctx, const char *raw, struct MHD_Connection *connection);
void web_on_completed(void *ctx, struct MHD_Connection *connection, void **call, enum MHD_RequestTerminationCode code);

/* A file of the page; NULL: there is none of that path. */
struct web_asset {
    const char *path, *tag; /* tag: of its content */
    const unsigned char *plain, *packed;
    unsigned plain_len, packed_len;
};
extern const struct web_asset web_assets[];
extern const unsigned web_asset_count;

void web_serve_asset(struct web_call *call);
void web_serve_openapi(struct web_call *call);

#endif
