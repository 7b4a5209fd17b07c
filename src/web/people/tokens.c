/* The tokens that commands need: one of all, or one of each operator. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "web_priv.h"

#define TOKEN_WEAK     16u /* shorter ones can be guessed */
#define TOKEN_MAX      512u
#define TOKEN_LINE_MAX (MBP_OPERATOR_NAME_MAX + 1 + TOKEN_MAX + 2) /* NAME:TOKEN, CR LF */
#define FILE_MAX       ((size_t)MBP_OPERATORS_MAX * TOKEN_LINE_MAX)

struct web_token {
    char *name; /* NULL = whoever has it says who he is */
    char *token;
};

struct web_tokens {
    unsigned count;
    struct web_token items[MBP_OPERATORS_MAX];
};

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static bool is_token(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!isgraph((unsigned char)text[i]))
            return false;
    }
    return len > 0 && len <= TOKEN_MAX;
}

/* What systemd hands over (LoadCredential=) is for this service alone; its access list looks like rights of a group. */
static bool is_credential(const char *path)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY"); // NOLINT(concurrency-mt-unsafe): nobody here sets any
    size_t len = folder != NULL ? strlen(folder) : 0;
    return len > 0 && strncmp(path, folder, len) == 0 && path[len] == '/' && strstr(path + len, "/../") == NULL;
}

struct reading {
    const char *path;
    const struct mbp_operators *operators;
    FILE *errors;
    struct web_tokens *out;
};

static enum mbp_status wrong(const struct reading *reading, unsigned line, const char *what)
{
    fprintf(reading->errors, "mbplantd: http: token_file '%s': line %u: %s\n", reading->path, line, what);
    return MBP_ERR_FORMAT;
}

/* What stands there may be a secret, so it is not shown. */
static enum mbp_status no_operator(const struct reading *reading, unsigned line, const char *name)
{
    char what[160];
    const char *nearest = mbp_operator_nearest(reading->operators, name);
    snprintf(what, sizeof what, "the plant has no operator of the name before ':'%s%s%s",
             nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
    return wrong(reading, line, what);
}

static bool has_token(const struct web_tokens *tokens, const char *token)
{
    unsigned i = 0;
    while (i < tokens->count && strcmp(tokens->items[i].token, token) != 0)
        i++;
    return i < tokens->count;
}

static enum mbp_status keep(const struct reading *reading, const char *name, const char *token)
{
    struct web_tokens *tokens = reading->out;
    if (strlen(token) < TOKEN_WEAK)
        mbp_log(MBP_LOG_WARNING,
                "http: the token in '%s' has %zu characters, and can be guessed: 'openssl rand -hex 32' prints a long "
                "one",
                reading->path, strlen(token));
    struct web_token *item = &tokens->items[tokens->count++];
    *item = (struct web_token){name != NULL ? strdup(name) : NULL, strdup(token)};
    return item->token != NULL && (name == NULL || item->name != NULL) ? MBP_OK : MBP_ERR_MEMORY;
}

/* text: len bytes, and then a 0. */
static enum mbp_status take_line(const struct reading *reading, unsigned line, char *text, size_t len)
{
    char *colon = memchr(text, ':', len);
    char *token = colon != NULL ? colon + 1 : text;
    if (colon != NULL)
        *colon = '\0';
    if (!is_token(token, len - (size_t)(token - text)))
        return wrong(reading, line,
                     "it must be NAME:TOKEN or TOKEN, of 1 to 512 characters without spaces, as 'openssl rand -hex 32' "
                     "prints");
    bool whole = colon == NULL || strlen(text) == (size_t)(colon - text); /* a 0 within would hide what follows */
    if (colon != NULL && (!whole || mbp_operator_find(reading->operators, text) == NULL))
        return no_operator(reading, line, text);
    if (reading->out->count == MBP_OPERATORS_MAX)
        return wrong(reading, line, "there are too many tokens");
    if (has_token(reading->out, token))
        return wrong(reading, line, "this token stands in another line already; each says who somebody is");
    return keep(reading, colon != NULL ? text : NULL, token);
}

static enum mbp_status take_lines(const struct reading *reading, char *bytes, size_t len)
{
    enum mbp_status status = MBP_OK;
    unsigned line = 1;
    for (char *at = bytes; at < bytes + len && status == MBP_OK; line++) {
        char *end = memchr(at, '\n', (size_t)(bytes + len - at));
        char *next = end != NULL ? end + 1 : bytes + len;
        size_t text = (size_t)((end != NULL ? end : bytes + len) - at);
        while (text > 0 && at[text - 1] == '\r')
            text--;
        at[text] = '\0'; /* where its end stood, or behind all */
        status = take_line(reading, line, at, text);
        at = next;
    }
    return status == MBP_OK && reading->out->count == 0 ? wrong(reading, 1, "there is no token") : status;
}

/* Of a plant without operators. */
static enum mbp_status take_one(const struct reading *reading, char *bytes, size_t len)
{
    while (len > 0 && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
        len--;
    bytes[len] = '\0';
    if (is_token(bytes, len))
        return keep(reading, NULL, bytes);
    fprintf(reading->errors,
            "mbplantd: http: token_file '%s' must hold one line of 1 to %u characters without spaces, as 'openssl rand "
            "-hex 32' prints; lines NAME:TOKEN are of a plant with 'operators'\n",
            reading->path, TOKEN_MAX);
    return MBP_ERR_FORMAT;
}

/* Every byte of it; one more for an end. */
static enum mbp_status take_bytes(const struct reading *reading, const char *bytes, size_t len)
{
    char *copy = malloc(len + 1);
    enum mbp_status status = MBP_ERR_MEMORY;
    if (copy != NULL) {
        memcpy(copy, bytes, len);
        status = (reading->operators->count > 0 ? take_lines : take_one)(reading, copy, len);
        explicit_bzero(copy, len);
    }
    free(copy);
    return status;
}

void web_tokens_free(struct web_tokens *tokens)
{
    for (unsigned i = 0; tokens != NULL && i < tokens->count; i++) {
        free(tokens->items[i].name);
        free(tokens->items[i].token);
    }
    free(tokens);
}

enum mbp_status web_tokens_read(const char *path, const struct mbp_operators *operators, FILE *errors,
                                struct web_tokens **out)
{
    struct stat info;
    char *bytes = NULL;
    size_t len = 0;
    struct reading reading = {path, operators, errors, calloc(1, sizeof *reading.out)};
    enum mbp_status status = reading.out == NULL ? MBP_ERR_MEMORY : mbp_file_read(path, FILE_MAX, &bytes, &len);
    if (status != MBP_OK || stat(path, &info) != 0) {
        fprintf(errors, "mbplantd: http: token_file '%s' cannot be read: %s\n", path, mbp_file_why(status));
        status = status == MBP_ERR_MEMORY ? status : MBP_ERR_IO;
    } else if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0 && !is_credential(path)) {
        fprintf(errors, "mbplantd: http: token_file '%s' is not for its owner alone: chmod 600 it\n", path);
        status = MBP_ERR_FORMAT;
    } else if (len > FILE_MAX) {
        fprintf(errors, "mbplantd: http: token_file '%s' is longer than %zu bytes: it holds tokens alone\n", path,
                FILE_MAX);
        status = MBP_ERR_FORMAT;
    } else {
        status = take_bytes(&reading, bytes, len);
    }
    free(bytes);
    if (status != MBP_OK) {
        web_tokens_free(reading.out);
        return status;
    }
    *out = reading.out;
    return MBP_OK;
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

/* In a time that tells nothing of where they differ. */
static bool same_secret(const char *a, const char *b)
{
    size_t given = strlen(a);
    size_t len = strlen(b);
    unsigned differ = given != len;
    for (size_t i = 0; i < len; i++) /* to the end, whatever differs */
        differ |= (unsigned)(unsigned char)a[given > i ? i : 0] ^ (unsigned char)b[i];
    return differ == 0;
}

bool web_tokens_have(const struct web_tokens *tokens, const char *token, const char **name)
{
    bool found = false;
    for (unsigned i = 0; i < tokens->count; i++) { /* all of them, whichever it is */
        if (!same_secret(token, tokens->items[i].token))
            continue;
        found = true;
        *name = tokens->items[i].name;
    }
    return found;
}
