/* completion: a script for a shell, which asks this program for words as they are needed; the hidden words are here
 * too.
 */
#include <string.h>

#include "ctl.h"
#include "slave/point.h"

/* The options that say which plant's names are meant, with what stands between them in a shell's words for a choice. */
#define OF_THE_PLANT(or) "-H" or "-p" or "-u" or "--host" or "--port" or "--unit" or "--plant"

/* Which words there may be behind the verb; a plant that does not answer is not waited for. */
#define WORDS(options) "mbplantctl --timeout 300ms " options " completion words --"

static const char bash[] =
    "# Completion of mbplantctl for bash, with the names of the plant that runs:\n"
    "#   source <(mbplantctl completion bash)\n"
    "_mbplantctl() {\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} verb= i options=()\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        case ${COMP_WORDS[i]} in\n"
    "        " OF_THE_PLANT(" | ") ") options+=(\"${COMP_WORDS[i]}\" \"${COMP_WORDS[i + 1]}\"); "
                                   "((i++)) ;;\n"
                                   "        -*) ;;\n"
                                   "        *) [[ -z $verb ]] && verb=${COMP_WORDS[i]} ;;\n"
                                   "        esac\n"
                                   "    done\n"
                                   "    COMPREPLY=()\n"
                                   "    local IFS=$'\\n'\n"
                                   "    COMPREPLY=($(compgen -W \"$(" WORDS(
                                       "\"${options[@]}\"") " \"$verb\" \"$word\" 2>/dev/null)\" -- \"$word\"))\n"
                                                            "    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then\n"
                                                            "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
                                                            "    fi\n"
                                                            "}\n"
                                                            "complete -F _mbplantctl mbplantctl\n";

static const char zsh[] =
    "#compdef mbplantctl\n"
    "# Completion of mbplantctl for zsh, with the names of the plant that runs, after compinit:\n"
    "#   source <(mbplantctl completion zsh)\n"
    "_mbplantctl() {\n"
    "    local verb= i\n"
    "    local -a options offered\n"
    "    for ((i = 2; i < CURRENT; i++)); do\n"
    "        case ${(Q)words[i]} in\n"
    "        (" OF_THE_PLANT("|") ") options+=(\"${(Q)words[i]}\" \"${(Q)words[i + 1]}\"); ((i++)) ;;\n"
                                  "        (-*) ;;\n"
                                  "        (*) [[ -z $verb ]] && verb=${(Q)words[i]} ;;\n"
                                  "        esac\n"
                                  "    done\n"
                                  "    offered=(${(f)\"$(" WORDS(
                                      "\"${options[@]}\"") " \"$verb\" \"$PREFIX\" 2>/dev/null)\"})\n"
                                                           "    compadd -a offered || _files\n"
                                                           "}\n"
                                                           "compdef _mbplantctl mbplantctl\n";

static const char fish[] =
    "# Completion of mbplantctl for fish, with the names of the plant that runs:\n"
    "#   mbplantctl completion fish | source\n"
    "function __mbplantctl_words\n"
    "    set -l verb\n"
    "    set -l options\n"
    "    set -l before (commandline -opc)\n"
    "    set -l word (commandline -ct)\n"
    "    set -e before[1]\n"
    "    while set -q before[1]\n"
    "        switch $before[1]\n"
    "            case " OF_THE_PLANT(" ") "\n"
                                          "                set -a options $before[1..2]\n"
                                          "                set -e before[1]\n"
                                          "            case '-*'\n"
                                          "            case '*'\n"
                                          "                test -z \"$verb\"; and set verb $before[1]\n"
                                          "        end\n"
                                          "        set -e before[1]\n"
                                          "    end\n"
                                          "    set -l offered (command " WORDS(
                                              "$options") " \"$verb\" \"$word\" 2>/dev/null)\n"
                                                          "    if string match -q -- \"$word*\" $offered\n"
                                                          "        printf '%s\\n' $offered\n"
                                                          "    else\n"
                                                          "        __fish_complete_path \"$word\"\n"
                                                          "    end\n"
                                                          "end\n"
                                                          "complete -c mbplantctl -f -a '(__mbplantctl_words)'\n";

static const struct {
    const char *name, *script;
} shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

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
    for (size_t s = 0; s < sizeof shells / sizeof shells[0]; s++) {
        if (strcmp(shell, shells[s].name) == 0) {
            fputs(shells[s].script, stdout);
            return CTL_OK;
        }
    }
    ctl_error("completion %s: there is one for bash, zsh and fish", shell);
    return CTL_USAGE;
}
