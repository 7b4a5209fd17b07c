/* conform: a slave against the specification. */
#include <stdlib.h>
#include <string.h>

#include "conform/conform.h"
#include "slave/address.h"

/* HOST[:PORT] as a word, for the slave is what the verb is about. */
static bool take_host(struct ctl_options *options, const char *word)
{
    uint16_t port;
    options->target.host = word;
    if (mbp_endpoint_parse(word, options->host, sizeof options->host, &port) != MBP_OK)
        return ctl_is_host(word);
    options->target.host = options->host;
    options->target.port = port;
    return port != 0;
}

static enum ctl_exit take_words(struct conform_ground *ground, struct ctl_options *options)
{
    char why[256];
    for (int a = 0; a < options->argc; a++) {
        struct ctl_address address;
        enum mbp_status status = ctl_address_parse(options->argv[a], &address, why, sizeof why);
        if (status != MBP_OK && a == 0 && take_host(options, options->argv[a]))
            continue;
        if (status != MBP_OK) {
            ctl_error("%s: %s", options->argv[a], why);
            return CTL_USAGE;
        }
        struct conform_area *area = &ground->areas[address.table];
        uint32_t most = mbp_table_is_bits(address.table) ? CONFORM_BITS_AT_ONCE : CONFORM_WORDS_AT_ONCE;
        area->found = true;
        area->addr = address.addr;
        area->count = (uint16_t)(address.count < most ? address.count : most);
    }
    return CTL_OK;
}

CTL_VERB(conform)
{
    struct ctl_options options = *ctl->options;
    struct ctl here = {.options = &options, .colour = ctl->colour};
    struct conform_ground ground = {.ctl = &here, .unit = ctl_raw_unit(ctl)};
    uint8_t offered[256] = {0};
    enum ctl_exit code = take_words(&ground, &options);
    if (code != CTL_OK)
        return code;
    bool found = conform_find_ground(&ground);
    ctl_link_close(here.link);
    here.link = NULL;
    if (!found)
        return CTL_FAILED;
    const enum mbp_lang spoken = ctl_spoken(); /* what machines read is in English, the reasons too */
    struct conform_result *results = calloc(conform_case_count, sizeof *results);
    if (results == NULL)
        return ctl_fail(ctl, MBP_ERR_MEMORY, "conform");
    ctl_speak(ctl_lang_written(ctl));
    for (size_t c = 0; c < conform_case_count; c++) {
        conform_run(&ground, &conform_cases[c], offered, &results[c]);
        code = results[c].verdict == CONFORM_FAIL ? CTL_FAILED : code;
    }
    if (options.may_write)
        conform_put_back(&ground);
    if (conform_write(&ground, results) != MBP_OK)
        code = ctl_fail(ctl, MBP_ERR_MEMORY, "conform");
    ctl_speak(spoken);
    free(results);
    return code;
}
