/* The events, a row each: code, words, how it is said, what its numbers are, which may stand for each other, what
 * survives a restart with it (mbplant/event.h). */
#include "mbplant/event.h"

#include <string.h>

#define M        MBP_RETAINS_MACHINE
#define A        MBP_RETAINS_ALARMS
#define S        (MBP_RETAINS_SENSOR | MBP_RETAINS_ALARMS)
#define SETTINGS MBP_RETAINS_SETTINGS
#define H        MBP_RETAINS_HISTORY /* a change here: a new number of the journal's format (journal/schema.h) */

#define EVENT(code, name, french, form, value, limit, detail, coalesce, retains)                                       \
    {                                                                                                                  \
        MBP_EV_##code, name, french, MBP_FORM_##form, MBP_NUMBER_##value, MBP_NUMBER_##limit, MBP_DETAIL_##detail,     \
            MBP_COALESCE_##coalesce, retains                                                                           \
    }

/* By rising code. */
// clang-format off
const struct mbp_event_type mbp_event_types[] = {
    EVENT(START, "start", "démarrage", PLAIN, NONE, NONE, NONE, NONE, H),
    EVENT(STOP, "stop", "arrêt", PLAIN, NONE, NONE, NONE, NONE, H),
    EVENT(PLANT_LOADED, "plant loaded", "installation chargée", PLAIN, NONE, SECONDS, PLANT, NONE, H),
    EVENT(PLANT_CHANGED, "plant changed", "installation modifiée", PLANT, COUNT, SECONDS, PLANT, NONE, H),
    EVENT(MACHINE_ADDED, "machine added", "machine ajoutée", PLAIN, NONE, NONE, NONE, NONE, M),
    EVENT(MACHINE_REMOVED, "machine removed", "machine retirée", PLAIN, NONE, NONE, NONE, NONE, H),
    EVENT(MACHINE_CHANGED, "machine changed", "machine modifiée", CHANGE, NUMBER, NUMBER, CHANGED, NONE, M),
    EVENT(SENSOR_ADDED, "sensor added", "capteur ajouté", PLAIN, NONE, NONE, NONE, NONE, S | M),
    EVENT(SENSOR_REMOVED, "sensor removed", "capteur retiré", PLAIN, NONE, NONE, NONE, NONE, 0),
    EVENT(SENSOR_CHANGED, "sensor changed", "capteur modifié", CHANGE, ADDRESS, ADDRESS, CHANGED, NONE, S | M),
    EVENT(ALARM_RAISED, "alarm raised", "alarme apparue", ALARM, MEASURED, LIMIT, ALARM, NONE, A | M),
    EVENT(ALARM_CLEARED, "alarm cleared", "alarme disparue", ALARM, MEASURED, LIMIT, ALARM, NONE, A | M),
    EVENT(ALARM_ACKNOWLEDGED, "alarm acknowledged", "alarme acquittée", ALARM, MEASURED, LIMIT, ALARM, NONE, A | M),
    EVENT(ALARM_SHELVED, "alarm shelved", "alarmes mises de côté", SHELVING, SECONDS, NONE, SHELVED, NONE, A | M),
    EVENT(ALARM_UNSHELVED, "alarm unshelved", "alarmes réactivées", SHELVING, NONE, NONE, UNSHELVED, NONE, A | M),
    EVENT(ALARM_RESET, "alarm reset", "alarme réarmée", ALARM, MEASURED, LIMIT, ALARM, NONE, A | M),
    EVENT(ALARM_SUPPRESSED, "alarm suppressed", "alarme inhibée", SUPPRESSION, NONE, NONE, ALARMS, NONE, A | M),
    EVENT(ALARM_UNSUPPRESSED, "alarm unsuppressed", "alarme rétablie", SUPPRESSION, COUNT, NONE, ALARMS, NONE, A | M),
    EVENT(ALARM_OUT_OF_SERVICE, "alarm out of service", "alarmes hors service", SERVICE, NONE, NONE, SERVICE, NONE, A | M),
    EVENT(ALARM_IN_SERVICE, "alarm in service", "alarmes en service", SERVICE, NONE, NONE, SERVICE, NONE, A | M),
    EVENT(MACHINE_STATE, "machine state", "changement d'état", STATE, MEASURED, LIMIT, STATE, NONE, A | M | H),
    EVENT(MACHINE_REFUSED, "machine refused", "changement d'état refusé", STATE, MEASURED, LIMIT, STATE, NONE, A | M),
    EVENT(MAINTENANCE_STARTED, "maintenance started", "début de maintenance", PLAIN, NONE, NONE, NONE, NONE, M),
    EVENT(MAINTENANCE_ENDED, "maintenance ended", "fin de maintenance", PLAIN, NONE, NONE, NONE, NONE, M),
    EVENT(MAINTENANCE_DUE, "maintenance due", "maintenance due", PLAIN, HOURS, PRODUCTS, DUE, NONE, M | H),
    EVENT(PRODUCTION, "production", "production", PLAIN, COUNT, COUNT, GOOD, NONE, M),
    EVENT(ALARM_AGAIN, "alarm annunciated again", "alarme rappelée", ALARM, MEASURED, LIMIT, ALARM, NONE, A | M),
    EVENT(VALUE_FORCED, "value forced", "valeur forcée", FORCE, MEASURED, MEASURED, ONCE, SENSOR, S | M),
    EVENT(VALUE_RELEASED, "value released", "forçage levé", FORCE, MEASURED, NONE, NONE, NONE, S | M),
    EVENT(LIMIT_CHANGED, "limit changed", "limite modifiée", LIMIT, LIMIT, LIMIT, ALARM, ALARM, S | M),
    EVENT(WRITE_REFUSED, "write refused", "écriture refusée", REFUSAL, WRITTEN, LIMIT, WRITE, PEER, 0),
    EVENT(POINT_WRITTEN, "point written", "point écrit", WRITTEN, WRITTEN, WRITTEN, WRITE, POINT, SETTINGS),
    EVENT(WRITES_AGGREGATED, "writes aggregated", "écritures regroupées", AGGREGATED, COUNT, NONE, CODE, NONE, 0),
    EVENT(POINT_FORCED, "point forced", "point forcé", WRITTEN, WRITTEN, WRITTEN, WRITE, COMMAND, 0),
    EVENT(POINT_RELEASED, "point released", "forçage du point levé", WRITTEN, WRITTEN, WRITTEN, WRITE, COMMAND, 0),
    EVENT(MASTER_LOST, "master lost", "maître perdu", PLAIN, SECONDS, NONE, NONE, NONE, 0),
    EVENT(MASTER_BACK, "master back", "maître de retour", PLAIN, NONE, NONE, NONE, NONE, 0),
    EVENT(JOURNAL_TROUBLE, "journal trouble", "incident du journal", TROUBLE, COUNT, NONE, TROUBLE, NONE, 0),
    EVENT(CLOCK_STEPPED, "clock stepped", "saut d'horloge", CLOCK, SECONDS, NONE, NONE, NONE, 0),
    EVENT(INTERLOCK_BYPASSED, "interlock bypassed", "sécurité shuntée", SHELVING, SECONDS, NONE, SHELVED, NONE, A | M),
    EVENT(INTERLOCK_RESTORED, "interlock restored", "sécurité rétablie", SHELVING, NONE, NONE, UNSHELVED, NONE, A | M),
    EVENT(INTERLOCK_ACTED, "interlock acted", "sécurité déclenchée", PLAIN, NONE, NONE, ALARM, NONE, A | M),
    EVENT(INTERLOCK_CLEARED, "interlock cleared", "sécurité disparue", PLAIN, NONE, NONE, ALARM, NONE, A | M),
    EVENT(SIM_PAUSED, "simulation paused", "simulation en pause", PLAIN, NONE, NONE, NONE, COMMAND, 0),
    EVENT(SIM_RESUMED, "simulation resumed", "simulation reprise", PLAIN, NONE, NONE, NONE, COMMAND, 0),
    EVENT(SIM_STEPPED, "simulation stepped", "simulation avancée", SIMULATION, COUNT, NONE, NONE, SUM, 0),
    EVENT(SIM_SPEED, "simulation speed", "vitesse de simulation", SIMULATION, SPEED, SPEED, NONE, COMMAND, 0),
    EVENT(SIM_SNAPSHOT, "snapshot taken", "instantané pris", PLAIN, NONE, NONE, NONE, COMMAND, 0),
    EVENT(SIM_RESTORED, "snapshot restored", "instantané rétabli", SIMULATION, NONE, NONE, SCAN, NONE, H),
    EVENT(SIM_SEED, "seed changed", "graine modifiée", SIMULATION, SEED, SEED_TOP, SEED, COMMAND, SETTINGS),
    EVENT(SIM_REMOVED, "snapshot removed", "instantané supprimé", PLAIN, NONE, NONE, NONE, NONE, 0),
    EVENT(FORMULA_FAULT, "expression fault", "expression en défaut", FORMULA, LOGIC, POINT, FORMULA, NONE, 0),
    EVENT(FORMULA_FINE, "expression recovered", "expression rétablie", FORMULA, LOGIC, POINT, FORMULA, NONE, 0),
    EVENT(NOTE, "note", "remarque", LOGBOOK, NONE, NONE, NUMBER, NONE, H),
    EVENT(INCIDENT_CAUSE, "incident cause", "cause d'incident", LOGBOOK, NONE, NONE, NUMBER, NONE, H),
    EVENT(WORK_OPENED, "work opened", "intervention ouverte", LOGBOOK, SECONDS, DUE, WORK, NONE, H),
    EVENT(WORK_STARTED, "work started", "intervention commencée", LOGBOOK, NONE, NONE, NUMBER, NONE, H),
    EVENT(WORK_DONE, "work done", "intervention terminée", LOGBOOK, NONE, NONE, NUMBER, NONE, H),
    EVENT(WORK_CANCELLED, "work cancelled", "intervention annulée", LOGBOOK, NONE, NONE, NUMBER, NONE, H),
};
// clang-format on
const size_t mbp_event_type_count = sizeof mbp_event_types / sizeof mbp_event_types[0];

const struct mbp_changed_word mbp_changed_words[] = {
    {MBP_CHANGED_ADDRESS, "address", "adresse"},
    {MBP_CHANGED_NUMBER, "addresses of its other points", "adresses de ses autres points"},
    {MBP_CHANGED_REGISTER, "register", "registre"},
    {MBP_CHANGED_LABEL, "label", "désignation"},
    {MBP_CHANGED_KIND, "kind", "genre"},
    {MBP_CHANGED_UNIT, "unit", "unité"},
    {MBP_CHANGED_RANGE, "range", "étendue"},
    {MBP_CHANGED_LIMITS, "limits", "limites"},
    {MBP_CHANGED_ALARMS, "alarms", "alarmes"},
    {MBP_CHANGED_SIGNAL, "signal", "signal"},
    {MBP_CHANGED_INJECT, "inject", "injection"},
    {MBP_CHANGED_MACHINE, "machine", "machine"},
    {MBP_CHANGED_CYCLE, "cycle", "cadence"},
    {MBP_CHANGED_MAINTENANCE, "maintenance", "maintenance"},
    {MBP_CHANGED_STATE, "first state", "premier état"},
    {MBP_CHANGED_OTHER, "something else", "autre chose"},
};
const size_t mbp_changed_word_count = sizeof mbp_changed_words / sizeof mbp_changed_words[0];

#define CODES 128u

static uint8_t row_of[CODES]; /* of a code, from 1; 0 = there is none */
_Static_assert(sizeof mbp_event_types / sizeof mbp_event_types[0] < UINT8_MAX, "a row's number fits");
_Static_assert(MBP_EV_WORK_CANCELLED < CODES, "the last code has a place");

/* Before main: each event that is emitted and recorded asks for its row several times. */
__attribute__((constructor)) static void index_rows(void)
{
    for (size_t i = 0; i < mbp_event_type_count; i++)
        row_of[mbp_event_types[i].code] = (uint8_t)(i + 1);
}

const struct mbp_event_type *mbp_event_type(uint16_t code)
{
    return code < CODES && row_of[code] != 0 ? &mbp_event_types[row_of[code] - 1] : NULL;
}

const char *mbp_event_code_name(uint16_t code)
{
    const struct mbp_event_type *type = mbp_event_type(code);
    return type != NULL ? type->name : "unknown";
}

/* ---- words ------------------------------------------------------------------------------------------------------ */

const char *mbp_event_number_what(enum mbp_event_number number)
{
    static const char *const what[] = {
        [MBP_NUMBER_NONE] = "",
        [MBP_NUMBER_MEASURED] = "value, in the sensor's unit of measure",
        [MBP_NUMBER_LIMIT] = "limit, in the sensor's unit of measure",
        [MBP_NUMBER_WRITTEN] = "value, in the point's unit of measure",
        [MBP_NUMBER_COUNT] = "how many",
        [MBP_NUMBER_SECONDS] = "seconds",
        [MBP_NUMBER_HOURS] = "hours of running",
        [MBP_NUMBER_PRODUCTS] = "products",
        [MBP_NUMBER_NUMBER] = "number in the unit",
        [MBP_NUMBER_ADDRESS] = "holding register",
        [MBP_NUMBER_SPEED] = "times real time",
        [MBP_NUMBER_SEED] = "bits 32..47 of the seed, when one of them is set",
        [MBP_NUMBER_SEED_TOP] = "bits 48..63 of the seed, likewise",
        [MBP_NUMBER_POINT] = "65536 * table (0 coils, 1 discretes, 2 holding, 3 input) + address, of an unnamed point",
        [MBP_NUMBER_DUE] = "when it is due, as its detail says: seconds or products",
        [MBP_NUMBER_LOGIC] = "number of the assignment in the unit's logic, from 1",
    };
    return what[number];
}

const char *mbp_event_detail_what(enum mbp_event_detail detail)
{
    static const char *const what[] = {
        [MBP_DETAIL_NONE] = "",
        [MBP_DETAIL_ALARM] =
            "alarm: 0 low_low, 1 low, 2 high, 3 high_high, 4 rate_of_change, 5 bad_quality, 6 condition",
        [MBP_DETAIL_ALARMS] = "alarms: a bit each, as they are numbered",
        [MBP_DETAIL_STATE] = "new state in bits 0..7, old one in 8..15, cause in 16..23, alarm + 1 in 24..31",
        [MBP_DETAIL_WRITE] = "address in bits 0..15, table in 16..19, exception in 20..23, how many more in 24..31",
        [MBP_DETAIL_CHANGED] = "what is different: a bit each",
        [MBP_DETAIL_PLANT] = "CRC-32 of the plant file",
        [MBP_DETAIL_SHELVED] =
            "0 until unshelved, 1 for a time, 2 until it returns to normal; alarm + 1 in 24..31, 0 all",
        [MBP_DETAIL_UNSHELVED] =
            "0 by command, 1 its time is over, 2 it returned to normal; alarm + 1 in 24..31, 0 all",
        [MBP_DETAIL_SERVICE] = "alarm + 1 in bits 24..31, 0 all",
        [MBP_DETAIL_ONCE] = "1 for one scan, 0 until released",
        [MBP_DETAIL_CODE] = "code of the event before it",
        [MBP_DETAIL_GOOD] = "good products",
        [MBP_DETAIL_TROUBLE] = "0 recovered, 1 cannot be written, 2 overrun",
        [MBP_DETAIL_SCAN] = "scan",
        [MBP_DETAIL_SEED] = "bits 0..31 of the seed",
        [MBP_DETAIL_DUE] = "4 by its condition, 0 by running time or products",
        [MBP_DETAIL_NUMBER] = "number of the incident or work, 0 none",
        [MBP_DETAIL_WORK] =
            "bits 0..7: 1 corrective, 2 preventive; 8..15 due: 0 never, 1 time, 2 running, 3 products; 16..31 rest",
        [MBP_DETAIL_FORMULA] =
            "fault in bits 0..7: 1 division by zero, 2 out of range, 3 undefined, 4 no value; character in 8..31",
    };
    return what[detail];
}
