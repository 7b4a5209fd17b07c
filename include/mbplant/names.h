/* names: what the numbers in events stand for, kept as long as events need them. A tag is a name of a unit: of a
 * machine, or of an item (sensor, actuator, controller, point). An actor is who made something happen. The journal
 * keeps both, masters read them as files, dumps tell them. */
#ifndef MBPLANT_NAMES_H
#define MBPLANT_NAMES_H

#include <stdio.h>

#include "mbplant/event.h"

/* ---- tags ------------------------------------------------------------------------------------------------------- */

enum mbp_tag_what {
    MBP_TAG_MACHINE,
    MBP_TAG_SENSOR,
    MBP_TAG_ACTUATOR,
    MBP_TAG_CONTROLLER,
    MBP_TAG_POINT,
    MBP_TAG_COUNT
};

/* "machine", "sensor", ... Static storage. */
const char *mbp_tag_what_name(enum mbp_tag_what what);

#define MBP_TAG_ON_OFF 0xFFu      /* in place of decimals: its value is on or off */
#define MBP_TAG_STAYS  UINT32_MAX /* in place of `gone`: the plant has it */

/* A unit gives an id once to a name, machines and items apart, and never again while events need it. A name that comes
 * to mean something else (its kind, its unit of measure) gets a new one. */
struct mbp_event_tag {
    uint8_t unit; /* Modbus unit id */
    uint8_t what; /* enum mbp_tag_what */
    uint8_t decimals;
    uint16_t id;
    uint32_t since;      /* the first event that can be about it */
    uint32_t gone;       /* the last one, when the plant no longer has it */
    const char *name;    /* never NULL, as the next three */
    const char *kind;    /* of a sensor: "temperature" */
    const char *measure; /* unit of measure */
    const char *label;
};

/* ---- actors ----------------------------------------------------------------------------------------------------- */

enum mbp_actor_kind {
    MBP_ACTOR_PLANT,
    MBP_ACTOR_TCP,
    MBP_ACTOR_RTU,
    MBP_ACTOR_UDP,
    MBP_ACTOR_HTTP,
    MBP_ACTOR_MQTT,
    MBP_ACTOR_SCENARIO,
    MBP_ACTOR_LOGIC,
    MBP_ACTOR_KIND_COUNT
};

/* "plant", "tcp", ... Static storage. */
const char *mbp_actor_kind_name(enum mbp_actor_kind kind);

#define MBP_ACTORS_MAX    4096u /* ids 1..; those of mbplant/event.h take no place */
#define MBP_ACTOR_ADDRESS 16u

struct mbp_actor {
    uint16_t id;
    uint8_t kind;                       /* enum mbp_actor_kind */
    uint8_t address[MBP_ACTOR_ADDRESS]; /* IPv6; IPv4 as ::ffff:a.b.c.d; 0 = it has none */
    uint32_t since;                     /* the first event that can be its */
    char role[12], name[32];            /* "" = none */
};

/* "192.168.1.5", "fd00::1"; returns buf. 48 bytes suffice. */
const char *mbp_address_text(const uint8_t address[MBP_ACTOR_ADDRESS], char *buf, size_t size);

/* The same back. Errors: MBP_ERR_FORMAT. */
enum mbp_status mbp_address_parse(const char *text, uint8_t address[MBP_ACTOR_ADDRESS]);

/* 127.0.0.0/8 or ::1: this machine itself. */
bool mbp_address_is_loopback(const uint8_t address[MBP_ACTOR_ADDRESS]);

/* ---- a table of both -------------------------------------------------------------------------------------------- */

struct mbp_names_block;

/* Zero-initialise. Tags by rising unit, machines before items, id, since; actors by rising id, since. */
struct mbp_names {
    struct mbp_event_tag *tags;
    struct mbp_actor *actors;
    size_t tag_count, tag_room, actor_count, actor_room;
    struct mbp_names_block *blocks; /* of the texts */
    bool left_out;                  /* not all tags are there: of the others the id is their number in the unit */
};

/* What it has; the struct itself is the caller's, and as if zero-initialised then. */
void mbp_names_free(struct mbp_names *names);

/* Puts one, in place of the one of the same unit, id and since. Texts are copied. Errors: MBP_ERR_MEMORY. */
enum mbp_status mbp_names_put_tag(struct mbp_names *names, const struct mbp_event_tag *tag);
enum mbp_status mbp_names_put_actor(struct mbp_names *names, const struct mbp_actor *actor);

/* Puts one behind all others, for many at once; mbp_names_sort must follow. */
enum mbp_status mbp_names_append_tag(struct mbp_names *names, const struct mbp_event_tag *tag);
void mbp_names_sort(struct mbp_names *names);

/* What an event is about; NULL = nothing, or the table does not have it. */
const struct mbp_event_tag *mbp_names_machine(const struct mbp_names *names, const struct mbp_event *event);
const struct mbp_event_tag *mbp_names_item(const struct mbp_names *names, const struct mbp_event *event);

/* Who it is of; NULL = the plant itself, others, or the table does not have it. */
const struct mbp_actor *mbp_names_actor(const struct mbp_names *names, const struct mbp_event *event);

/* Its actor for people: an address, a name, "anna at 192.168.1.5"; "others" for several at once; "" = the plant itself.
 * Returns buf. MBP_PEER_TEXT bytes suffice. */
#define MBP_PEER_TEXT 96u
const char *mbp_names_peer(const struct mbp_names *names, const struct mbp_event *event, char *buf, size_t size);

/* ---- as files --------------------------------------------------------------------------------------------------- */

/* Files of a unit, unless the plant file declares one of these numbers there: the index, then bytes, two a word, the
 * first in its upper half. Of more tags than have room the rest is left out: these have the number of their item in
 * the unit as id, unless the plant was changed. */
#define MBP_NAMES_INDEX_FILE 700
#define MBP_NAMES_TAG_FILE   701
#define MBP_NAMES_ACTOR_FILE 800
#define MBP_NAMES_END_FILE   890
#define MBP_NAMES_TAG_BYTES  ((MBP_NAMES_ACTOR_FILE - MBP_NAMES_TAG_FILE) * 20000u)

#define MBP_NAMES_MAGIC       0x4D42504Eu /* "MBPN" */
#define MBP_NAMES_VERSION     1u
#define MBP_NAMES_INDEX_WORDS 16u

/* Numbers high word first: magic u32, version, flags (bit 0: some tags are left out), then these. */
struct mbp_names_index {
    bool left_out;
    uint32_t tag_count, tag_bytes, tag_crc; /* CRC-32 of the bytes */
    uint32_t actor_count, actor_bytes, actor_crc;
};

/* The words of an index. */
void mbp_names_index_encode(const struct mbp_names_index *index, uint16_t words[MBP_NAMES_INDEX_WORDS]);

/* Errors: MBP_ERR_FORMAT. */
enum mbp_status mbp_names_index_decode(const uint16_t words[MBP_NAMES_INDEX_WORDS], struct mbp_names_index *out);

/* A tag: unit, what, id u16, since u32, gone u32, decimals, lengths of kind, name and measure (a byte each) and label
 * (u16), their texts; an actor: id u16, kind, length of role, address, since u32, length of name, 0, their texts. Each
 * ends with a 0 where its length is odd. Numbers are big-endian. Returns the bytes written. */
size_t mbp_names_write_tag(const struct mbp_event_tag *tag, FILE *out);
size_t mbp_names_write_actor(const struct mbp_actor *actor, FILE *out);

/* Adds what the bytes tell to a table that has none of it. Errors: MBP_ERR_FORMAT, MBP_ERR_MEMORY; some may have been
 * added. */
enum mbp_status mbp_names_read_tags(struct mbp_names *names, const uint8_t *bytes, size_t len);
enum mbp_status mbp_names_read_actors(struct mbp_names *names, const uint8_t *bytes, size_t len);

#endif
