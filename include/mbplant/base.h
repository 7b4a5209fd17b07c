/* base: what every stage needs and no stage is about: status codes, clock, log, repeatable random numbers, text. */
#ifndef MBPLANT_BASE_H
#define MBPLANT_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define MBP_VERSION   "1.0.0"
#define MBP_NONE16    0xFFFFu /* "no unit, machine or sensor" in a 16-bit index */
#define MBP_NAME_MAX  32      /* bytes of a name in a file: [A-Za-z0-9_.-], a letter first */
#define MBP_NS_PER_MS UINT64_C(1000000)
#define MBP_NS_PER_S  UINT64_C(1000000000)

/* 0 is success, 1..11 are Modbus exception codes exactly as on the wire (Application Protocol V1.1b3, section 7),
 * negative ones are ours. Outputs of a function that fails are untouched unless its comment says otherwise. */
enum mbp_status {
    MBP_OK = 0,
    MBP_EX_ILLEGAL_FUNCTION = 1,
    MBP_EX_ILLEGAL_DATA_ADDRESS = 2,
    MBP_EX_ILLEGAL_DATA_VALUE = 3,
    MBP_EX_SERVER_DEVICE_FAILURE = 4,
    MBP_EX_ACKNOWLEDGE = 5,
    MBP_EX_SERVER_DEVICE_BUSY = 6,
    MBP_EX_NEGATIVE_ACKNOWLEDGE = 7,
    MBP_EX_MEMORY_PARITY_ERROR = 8,
    MBP_EX_GATEWAY_PATH_UNAVAILABLE = 10,
    MBP_EX_GATEWAY_TARGET_FAILED = 11,
    MBP_ERR_MEMORY = -1,  /* allocation failed */
    MBP_ERR_IO = -2,      /* the operating system refused; errno says why */
    MBP_ERR_FORMAT = -3,  /* text or bytes that do not follow their format */
    MBP_ERR_RANGE = -4,   /* well formed, but outside what is allowed */
    MBP_ERR_MISSING = -5, /* the named thing does not exist */
    MBP_ERR_BUSY = -6,    /* held by someone else, try later */
    MBP_ERR_CORRUPT = -7, /* stored data is damaged */
    MBP_ERR_NEWER = -8,   /* stored data is of a later format version */
    MBP_ERR_FULL = -9     /* no room; nothing was stored */
};

/* A word for a status, for messages. Never NULL; static storage. */
const char *mbp_status_text(enum mbp_status status);

/* The shortest decimal that reads back as the same number, without an exponent where people write none; returns buf. */
const char *mbp_number_shortest(double value, char buf[32]);

/* ---- time ---------------------------------------------------------------------------------------------------- */

/* The injectable clock. mono_ns never goes back; wall_ms is Unix time in ms and may step. */
struct mbp_clock {
    uint64_t (*mono_ns)(void *ctx);
    uint64_t (*wall_ms)(void *ctx);
    void *ctx;
};

/* CLOCK_MONOTONIC and CLOCK_REALTIME. A wall clock that stands before 1970 is told as 1970. */
struct mbp_clock mbp_clock_system(void);

/* Reads a duration: a decimal number and, with or without spaces between, its unit: ns us ms s min h d ("1.5 h",
 * "200ms"). Units: out in ns. Errors: MBP_ERR_FORMAT (no number, no unit, unknown unit), MBP_ERR_RANGE (negative, over
 * 3650 days). */
enum mbp_status mbp_duration_parse(const char *text, uint64_t *out_ns);

/* Writes a duration in the largest unit that divides it ("90s", "1500us"), so that mbp_duration_parse reads the same
 * one back (any that it gave, and any below 2^53 ns); returns buf. 32 bytes suffice. */
const char *mbp_duration_format(uint64_t ns, char *buf, size_t size);

/* Arithmetic of times and durations, in whatever unit: a result that is too large is UINT64_MAX, one below 0 is 0.
 * UINT64_MAX is later than every time there is. */
static inline uint64_t mbp_time_add_sat(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static inline uint64_t mbp_time_sub_sat(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

static inline uint64_t mbp_time_mul_sat(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/* Unix ms as "2026-11-23T22:55:18.123Z"; returns buf. 32 bytes suffice. */
const char *mbp_time_format(uint64_t wall_ms, char *buf, size_t size);

/* ---- log ------------------------------------------------------------------------------------------------------ */

enum mbp_log_level { MBP_LOG_ERROR, MBP_LOG_WARNING, MBP_LOG_INFO, MBP_LOG_DEBUG };

/* One line to stderr, coloured on a terminal only. Levels above the set one are dropped. Thread-safe. */
void mbp_log(enum mbp_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
void mbp_log_set_level(enum mbp_log_level level); /* at start: MBP_LOG_INFO */

/* ---- files ---------------------------------------------------------------------------------------------------- */

/* Opens a file for reading whose name may be anybody's: it never waits, not for the writer of a FIFO either, and takes
 * nothing but a regular file. Errors: MBP_ERR_IO (errno), MBP_ERR_FORMAT (something else than a regular file).
 * Ownership: the caller closes *fd. */
enum mbp_status mbp_file_open(const char *path, int *fd);

/* The same of a name that is not to be trusted: relative, without "..", and no link leads out of the folder ("" = the
 * current one). Errors: also MBP_ERR_RANGE, for a name that leads out or that is a link. */
enum mbp_status mbp_file_open_below(const char *folder, const char *name, int *fd);

/* Whether a name is relative and has no "..". */
bool mbp_file_is_below(const char *name);

/* Why a name of somebody's cannot be that of a file in a folder of ours; NULL = it can. It is 1..max bytes of UTF-8:
 * letters, digits, and _ - . and spaces within it. */
const char *mbp_file_name_check(const char *name, size_t max);

/* What the operating system says of an errno, in the language of who is told (mbplant/base/tr.h). Never NULL; static
 * storage. */
const char *mbp_system_why(int error);

/* Why one of these could not be opened or read, in a few words. Never NULL; static storage. */
const char *mbp_file_why(enum mbp_status status);

/* Reads a whole file, or all that a pipe brings: the caller's own choice of a name, as the command line gives it. Of
 * more than max bytes it reads some more than max, which tells it. Errors: as mbp_file_open, MBP_ERR_MEMORY.
 * Ownership: free(*bytes). */
enum mbp_status mbp_file_read(const char *path, size_t max, char **bytes, size_t *len);

/* What was renamed, made or removed at this path is on the disk when it returns; as far as that can be had. */
void mbp_file_sync_folder(const char *path);

/* ---- texts in memory ------------------------------------------------------------------------------------------ */

/* A text that is written by stdio. Zero-initialise. */
struct mbp_buffer {
    FILE *out; /* NULL without memory */
    char *bytes;
    size_t len;
};

/* False without memory. */
bool mbp_buffer_open(struct mbp_buffer *buffer);

/* The text, NUL-terminated; NULL where memory was out at any time, or when it is not open. Ownership: free. */
char *mbp_buffer_close(struct mbp_buffer *buffer);

/* ---- repeatable random numbers -------------------------------------------------------------------------------- */

/* Counter-based: the same (seed, stream, counter) always gives the same bits, whatever was drawn before, so results
 * do not depend on the order of evaluation. Source: the SplitMix64 finaliser (Steele, Lea, Flood 2014). */
uint64_t mbp_rng_bits(uint64_t seed, uint64_t stream, uint64_t counter);

/* The same in two steps, for who draws from one stream again and again: mbp_rng_bits(seed, stream, counter) is
 * mbp_rng_draw(mbp_rng_key(seed, stream), counter). */
uint64_t mbp_rng_key(uint64_t seed, uint64_t stream);
uint64_t mbp_rng_draw(uint64_t key, uint64_t counter);

/* Uniform in [0, 1), 53 bits. */
double mbp_rng_uniform(uint64_t bits);

/* Mean 0, variance 1: the sum of eight 16-bit uniforms (Irwin-Hall), so |result| < 4.9. Two draws of bits. */
double mbp_rng_normal(uint64_t bits_a, uint64_t bits_b);

/* How many bits are set. Where the processor is not known to have an instruction for it, compilers call a function. */
static inline uint32_t mbp_bits_set(uint8_t mask)
{
    uint32_t pairs = mask - (mask >> 1 & 0x55u);
    uint32_t nibbles = (pairs & 0x33u) + (pairs >> 2 & 0x33u);
    return (nibbles + (nibbles >> 4)) & 0x0Fu;
}

/* FNV-1a, 64 bits, of any bytes. */
uint64_t mbp_hash(const void *bytes, size_t len);

/* XXH3, 64 bits: tells bytes that were changed by chance or are of another time (seed), not those that somebody made
 * up. Its values stand in files (journal.tail, snapshots, the store of a broker): who changes it changes their
 * versions. Source: https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md. */
uint64_t mbp_checksum(uint64_t seed, const void *bytes, size_t len);

/* The same of a name: a stream number that survives a reordering of the plant file. */
uint64_t mbp_name_hash(const char *name);

/* ---- fences ----------------------------------------------------------------------------------------------------- */

/* Blocks that one allocation holds lie side by side, so an access behind one meets the next and nobody notices. Under
 * AddressSanitizer there is a fence between them, which it reports; in any other build a fence has no length and these
 * do nothing. A fence is taken away before the memory is given back or copied as a whole. */
#if defined(__SANITIZE_ADDRESS__)
#define MBP_FENCE_LEN 64u
#else
#define MBP_FENCE_LEN 0u
#endif
void mbp_fence_put(const void *at, size_t len);
void mbp_fence_remove(const void *at, size_t len);

/* ---- text and checks ------------------------------------------------------------------------------------------ */

/* The candidate nearest to word by edit distance (case-insensitive, transposition counts one), or NULL when none is
 * within a third of the word's length (at least 1, at most 3). Candidates: n pointers. */
const char *mbp_nearest(const char *word, const char *const *candidates, size_t n);

/* CRC-32 (ISO-HDLC, as in zlib and PNG) of len bytes; start with crc 0, chain by passing the previous result. */
uint32_t mbp_crc32(uint32_t crc, const void *data, size_t len);

/* Splits "HOST:PORT", "[V6]:PORT". Outputs: host (without brackets; size bytes), port. Port 0 is allowed (any free
 * port). Errors: MBP_ERR_FORMAT. */
enum mbp_status mbp_endpoint_parse(const char *text, char *host, size_t size, uint16_t *port);

/* Whether it is such a text whose host is an IP address, as one must be to listen there. */
bool mbp_endpoint_is_address(const char *text);

/* ---- foreign text: a slave's, a master's, a file's ------------------------------------------------------------ */

/* One character of UTF-8: returns how many bytes it takes and puts its code point into *code; 0, and *code untouched,
 * where the bytes are none (RFC 3629: overlong forms and surrogates are none either). */
size_t mbp_utf8_next(const char *text, uint32_t *code);

/* Whether a terminal acts on it instead of showing it: C0, DEL and C1, and what turns the direction of the text around
 * it (U+202A..E, U+2066..9). */
bool mbp_utf8_is_control(uint32_t code);

/* Makes a text harmless for a terminal, in place: each such character, and each byte that is no UTF-8, becomes a '?'.
 * Returns text. */
char *mbp_text_harmless(char *text);

/* Makes a text UTF-8, in place, and no more than that: each byte that is none becomes a '?'. For JSON, which shows
 * controls as numbers. Returns text. */
char *mbp_text_as_utf8(char *text);

/* Prints like fprintf, with all that the arguments bring in made harmless. Newlines are only those that the format
 * begins and ends with, so that no argument can begin a line of its own. */
void mbp_text_print(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void mbp_text_vprint(FILE *out, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* A text as XML has it, in an attribute or between tags. */
void mbp_text_xml(const char *text, FILE *out);

/* Whether a spreadsheet would take the text for a formula: it begins with = + - @, a tab or a carriage return, and is
 * no number. A ' before it makes it a text. */
bool mbp_text_is_formula(const char *text);

/* Whether two texts are the same, NULL a text that is none. */
bool mbp_text_same(const char *a, const char *b);

/* A non-owning array view: len bytes of text, not NUL-terminated necessarily. */
struct mbp_text {
    const char *bytes;
    size_t len;
};

/* The same of any bytes. */
struct mbp_span {
    const void *bytes;
    size_t len;
};

#endif
