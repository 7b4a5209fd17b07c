/* Roles, and what each may do: the one table of it. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mbplant/base.h"
#include "mbplant/plant/operators.h"
#include "names.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

const struct mbp_right_row mbp_rights[MBP_RIGHT_COUNT] = {
    [MBP_RIGHT_ACKNOWLEDGE] = {"acknowledge", "acknowledge and reset alarms", "acquitter et réarmer les alarmes"},
    [MBP_RIGHT_SHELVE] = {"shelve", "shelve alarms", "mettre des alarmes de côté"},
    [MBP_RIGHT_SERVICE] = {"service", "take alarms out of service", "mettre des alarmes hors service"},
    [MBP_RIGHT_BYPASS] = {"bypass", "bypass interlocks", "shunter des sécurités"},
    [MBP_RIGHT_STATES] = {"states", "change machine states", "changer l'état des machines"},
    [MBP_RIGHT_COMMANDS] = {"commands", "operate: actuators, setpoints, modes, stored values",
                            "conduire : actionneurs, consignes, modes, valeurs"},
    [MBP_RIGHT_FORCE] = {"force", "force values", "forcer des valeurs"},
    [MBP_RIGHT_LIMITS] = {"limits", "change alarm limits", "changer des limites d'alarme"},
    [MBP_RIGHT_TUNE] = {"tune", "tune controllers, clear counters, silence a unit",
                        "régler les régulateurs, effacer des compteurs, faire taire une unité"},
    [MBP_RIGHT_LOGBOOK] = {"logbook", "write notes, causes and work", "écrire remarques, causes et interventions"},
    [MBP_RIGHT_PLANT] = {"plant", "change the plant", "modifier l'installation"},
    [MBP_RIGHT_SIMULATION] = {"simulation", "direct the simulation: time, snapshots, faults",
                              "diriger la simulation : temps, instantanés, pannes"},
};

#define MAY(right) MBP_RIGHT_BIT(MBP_RIGHT_##right)

/* What each does beside what the one before does: who repairs an instrument is not who sets its limits. */
#define OPERATES  (MAY(ACKNOWLEDGE) | MAY(SHELVE) | MAY(STATES) | MAY(COMMANDS) | MAY(LOGBOOK))
#define MAINTAINS (OPERATES | MAY(SERVICE) | MAY(BYPASS) | MAY(FORCE))
#define ENGINEERS (MAINTAINS | MAY(LIMITS) | MAY(TUNE) | MAY(PLANT))

const uint32_t mbp_role_rights[MBP_ROLE_COUNT] = {
    [MBP_ROLE_OBSERVER] = 0,         [MBP_ROLE_OPERATOR] = OPERATES,         [MBP_ROLE_MAINTENANCE] = MAINTAINS,
    [MBP_ROLE_ENGINEER] = ENGINEERS, [MBP_ROLE_INSTRUCTOR] = MBP_RIGHTS_ALL,
};

static const char *const names[MBP_ROLE_COUNT] = {"observer", "operator", "maintenance", "engineer", "instructor"};
static const struct mbp_synonym synonyms[] = {{"viewer", MBP_ROLE_OBSERVER}};
const struct mbp_words mbp_role_words = {"a role", names, MBP_ROLE_COUNT, synonyms, COUNT_OF(synonyms)};

const char *mbp_role_name(enum mbp_role role)
{
    return names[role];
}

const char *mbp_right_roles(enum mbp_right right, bool french, char *buf, unsigned size)
{
    unsigned left = 0;
    size_t len = 0;
    buf[0] = '\0';
    for (unsigned r = 0; r < MBP_ROLE_COUNT; r++)
        left += (mbp_role_rights[r] & MBP_RIGHT_BIT(right)) != 0;
    for (unsigned r = 0; r < MBP_ROLE_COUNT && len < size; r++) {
        if ((mbp_role_rights[r] & MBP_RIGHT_BIT(right)) == 0)
            continue;
        const char *between = len == 0 ? "" : left > 1 ? ", " : french ? " ou " : " or ";
        len += (size_t)snprintf(buf + len, size - len, "%s%s", between, names[r]);
        left--;
    }
    return buf;
}

/* ---- people ------------------------------------------------------------------------------------------------------ */

const struct mbp_operator *mbp_operator_find(const struct mbp_operators *operators, const char *name)
{
    for (uint32_t i = 0; i < operators->count; i++) {
        if (strcasecmp(operators->items[i].name, name) == 0)
            return &operators->items[i];
    }
    return NULL;
}

const char *mbp_operator_nearest(const struct mbp_operators *operators, const char *name)
{
    const char *all[MBP_OPERATORS_MAX];
    size_t count = operators->count < MBP_OPERATORS_MAX ? operators->count : MBP_OPERATORS_MAX;
    for (size_t i = 0; i < count; i++)
        all[i] = operators->items[i].name;
    return mbp_nearest(name, all, count);
}

uint32_t mbp_operator_missing(const struct mbp_operators *operators, const struct mbp_operator *who)
{
    if (operators->count == 0)
        return 0;
    return who == NULL ? MBP_RIGHTS_ALL : MBP_RIGHTS_ALL & ~mbp_role_rights[who->role];
}
