/* completion: a script for bash, which asks this program for words as they are needed; the hidden words are here too.
 */
#include <string.h>

#include "ctl.h"
#include "slave/point.h"

static const char script[] = "# Completion of mbplantctl for bash, with the names of the plant that runs:\n"
                             "#   source <(mbplantctl completion bash)\n"
                             "_mbplantctl() {\n"
                             "    local word=${COMP_WORDS[COMP_CWORD]} verb= i options=()\n"
                             "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                             "        case ${COMP_WORDS[i]} in\n"
                             "        -H | -p | -u | --host | --port | --unit | --plant) "
                             "options+=(\"${COMP_WORDS[i]}\" \"${COMP_WORDS[i + 1]}\"); ((i++)) ;;\n"
                             "        -*) ;;\n"
                             "        *) [[ -z $verb ]] && verb=${COMP_WORDS[i]} ;;\n"
                             "        esac\n"
                             "    done\n"
                             "    COMPREPLY=()\n"
                             "    local IFS=$'\\n'\n"
                             "    COMPREPLY=($(compgen -W \"$(mbplantctl --timeout 300ms \"${options[@]}\" completion "
                             "words -- \"$verb\" \"$word\" 2>/dev/null)\" -- \"$word\"))\n"
                             "    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then\n"
                             "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
                             "    fi\n"
                             "}\n"
                             "complete -F _mbplantctl mbplantctl\n";

/* What a verb's first words may be, beside names of the plant: the words in its arguments that are no placeholders. */
static void say_words_of(const struct ctl_verb *verb)
{
    const char *at = verb->arguments;
    while (*at != '\0') {
        size_t len = strspn(at, "abcdefghijklmnopqrstuvwxyz_");
        bool whole = len > 1 && strchr(" |]", at[len]) != NULL;
        if (whole)
            ctl_say("%.*s\n", (int)len, at);
        at += len > 0 ? len : 1;
    }
}

static int say_point(const struct mbp_point *point, void *ctx)
{
    const struct mbp_unit *unit = ctx;
    (void)unit;
    if (strchr(point->name, ' ') == NULL)
        ctl_say("%s\n", point->name);
    return 0;
}

/* Names of the plant, if one runs: it is no mistake to complete without. */
static void say_names(struct ctl *ctl, bool points)
{
    const struct mbp_plant *plant = ctl_plant(ctl);
    if (plant == NULL)
        return;
    for (uint32_t m = 0; m < plant->machine_count; m++)
        ctl_say("%s\n", plant->machines[m].name);
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        ctl_say("%s\n", plant->sensors[s].name);
    for (uint32_t a = 0; a < plant->actuator_count; a++)
        ctl_say("%s\n", plant->actuators[a].name);
    for (uint32_t u = 0; points && u < plant->unit_count; u++)
        mbp_map_points(plant, u, say_point, (void *)&plant->units[u]);
}

/* Whether a verb's arguments have that placeholder. */
static bool takes(const struct ctl_verb *verb, const char *placeholder)
{
    return strstr(verb->arguments, placeholder) != NULL;
}

static enum ctl_exit say_words(struct ctl *ctl)
{
    const struct ctl_options *options = ctl->options;
    const char *word = options->argc > 2 ? options->argv[2] : "";
    const struct ctl_verb *verb = options->argc > 1 ? ctl_verb_find(options->argv[1]) : NULL;
    if (word[0] == '-') {
        ctl_options_words(verb != NULL ? verb->options : CTL_OPT_COMMON);
        return CTL_OK;
    }
    for (size_t v = 0; v < ctl_verb_count && verb == NULL; v++)
        ctl_say("%s\n", ctl_verbs[v].name);
    if (verb == NULL)
        return CTL_OK;
    say_words_of(verb);
    if (takes(verb, "SENSOR") || takes(verb, "MACHINE") || takes(verb, "NAME") || takes(verb, "POINT"))
        say_names(ctl, takes(verb, "POINT") && strchr(word, '.') != NULL);
    return CTL_OK;
}

CTL_VERB(completion)
{
    const char *shell = ctl->options->argv[0];
    if (strcmp(shell, "words") == 0)
        return say_words(ctl);
    if (strcmp(shell, "bash") != 0) {
        ctl_error("completion %s: there is one for bash", shell);
        return CTL_USAGE;
    }
    fputs(script, stdout);
    return CTL_OK;
}
