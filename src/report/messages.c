/* The tables of words. */
#include "messages.h"

#include <string.h>

static const char *const messages[MSG_COUNT][MBP_LANG_COUNT] = {
#define MBP_MESSAGE_ROW(id, en, fr) [MSG_##id] = {en, fr},
    MBP_MESSAGES(MBP_MESSAGE_ROW)
#undef MBP_MESSAGE_ROW
};

static const char *const langs[MBP_LANG_COUNT] = {[MBP_LANG_EN] = "en", [MBP_LANG_FR] = "fr"};

/* French for mbp_kind_diagnosis and mbp_status_text, which are English. */
static const char *const diagnoses_fr[MBP_KIND_COUNT][2] = {
    [MBP_TEMPERATURE] = {"Température basse", "Surchauffe"},
    [MBP_PRESSURE] = {"Chute de pression", "Surpression"},
    [MBP_LEVEL] = {"Niveau bas", "Débordement"},
    [MBP_FLOW] = {"Débit faible", "Débit excessif"},
    [MBP_SPEED] = {"Sous-vitesse", "Survitesse"},
    [MBP_VIBRATION] = {"Signal de vibration faible", "Vibrations excessives"},
    [MBP_CURRENT] = {"Courant faible", "Surintensité"},
    [MBP_VOLTAGE] = {"Sous-tension", "Surtension"},
    [MBP_HUMIDITY] = {"Trop sec", "Trop humide"},
    [MBP_POWER] = {"Puissance faible", "Surcharge"},
    [MBP_TORQUE] = {"Couple faible", "Couple excessif"},
    [MBP_POSITION] = {"Position trop basse", "Dépassement de course"},
    [MBP_WEIGHT] = {"Poids insuffisant", "Surpoids"},
    [MBP_FREQUENCY] = {"Sous-fréquence", "Surfréquence"},
    [MBP_PH] = {"Trop acide", "Trop basique"},
    [MBP_CONDUCTIVITY] = {"Conductivité basse", "Conductivité élevée"},
    [MBP_CONCENTRATION] = {"Concentration basse", "Concentration élevée"},
    [MBP_GENERIC] = {"Valeur basse", "Valeur haute"},
};

static const struct {
    enum mbp_status exception;
    const char *fr;
} exceptions_fr[] = {
    {MBP_EX_ILLEGAL_FUNCTION, "fonction non admise"},
    {MBP_EX_ILLEGAL_DATA_ADDRESS, "adresse non admise"},
    {MBP_EX_ILLEGAL_DATA_VALUE, "valeur non admise"},
    {MBP_EX_SERVER_DEVICE_FAILURE, "défaillance de l'esclave"},
    {MBP_EX_ACKNOWLEDGE, "requête prise en compte"},
    {MBP_EX_SERVER_DEVICE_BUSY, "esclave occupé"},
    {MBP_EX_NEGATIVE_ACKNOWLEDGE, "requête rejetée"},
    {MBP_EX_MEMORY_PARITY_ERROR, "erreur de parité mémoire"},
    {MBP_EX_GATEWAY_PATH_UNAVAILABLE, "passerelle sans chemin"},
    {MBP_EX_GATEWAY_TARGET_FAILED, "aucune réponse derrière la passerelle"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *mbp_lang_name(enum mbp_lang lang)
{
    return langs[lang];
}

enum mbp_status mbp_lang_find(const char *name, enum mbp_lang *out)
{
    for (unsigned i = 0; i < MBP_LANG_COUNT; i++) {
        if (strcmp(langs[i], name) == 0) {
            *out = (enum mbp_lang)i;
            return MBP_OK;
        }
    }
    return MBP_ERR_MISSING;
}

const char *mbp_message(enum mbp_lang lang, enum mbp_message id)
{
    return messages[id][lang];
}

/* kind: MBP_KIND_COUNT = none that is known. */
static const char *diagnosis_of(enum mbp_lang lang, unsigned kind, unsigned limit)
{
    if (limit == MBP_RATE_OF_CHANGE)
        return mbp_message(lang, MSG_RATE_OF_CHANGE);
    if (limit == MBP_CONDITION)
        return mbp_message(lang, MSG_CONDITION);
    if (limit == MBP_BAD_QUALITY)
        return mbp_message(lang, MSG_BAD_QUALITY);
    if (kind >= MBP_KIND_COUNT || limit >= MBP_LIMIT_COUNT)
        return mbp_message(lang, MSG_LIMIT);
    if (lang == MBP_LANG_FR)
        return diagnoses_fr[kind][limit >= MBP_HIGH];
    return mbp_kind_diagnosis((enum mbp_kind)kind, (enum mbp_limit)limit);
}

/* Of the label of a bypass's alarm, which begins in English; what stands behind that is the plant file's. */
static const char *bypassed(enum mbp_lang lang, const char *label)
{
    static const char begin[] = MBP_BYPASS_MESSAGE ": ";
    static _Thread_local char text[2 * MBP_INTERLOCK_MESSAGE_MAX];
    if (lang == MBP_LANG_EN)
        return label;
    if (strncmp(label, begin, sizeof begin - 1) != 0)
        return mbp_message(lang, MSG_W_BYPASSED);
    snprintf(text, sizeof text, mbp_message(lang, MSG_W_BYPASSED_SAYS), label + sizeof begin - 1);
    return text;
}

static bool is_bypass(const struct mbp_event_tag *tag)
{
    size_t len = strlen(tag->name);
    size_t suffix = sizeof MBP_BYPASS_SUFFIX - 1;
    return len > suffix && strcmp(tag->name + len - suffix, MBP_BYPASS_SUFFIX) == 0 &&
           strncmp(tag->label, MBP_BYPASS_MESSAGE, sizeof MBP_BYPASS_MESSAGE - 1) == 0;
}

const char *mbp_report_diagnosis(enum mbp_lang lang, const struct mbp_sensor *sensor, unsigned limit)
{
    if (sensor != NULL && sensor->interlock == MBP_INTERLOCK_BYPASS)
        return bypassed(lang, sensor->label);
    const char *message =
        sensor != NULL && limit < MBP_ALARM_COUNT ? mbp_sensor_alarm_texts(sensor, limit).message : "";
    if (message[0] != '\0')
        return message;
    if (limit == MBP_CONDITION && sensor != NULL && sensor->label[0] != '\0')
        return sensor->label;
    return diagnosis_of(lang, sensor != NULL ? sensor->kind : MBP_KIND_COUNT, limit);
}

const char *mbp_tag_diagnosis(enum mbp_lang lang, const struct mbp_event_tag *tag, unsigned limit)
{
    unsigned kind = 0;
    if (limit == MBP_CONDITION && tag != NULL && tag->label[0] != '\0')
        return is_bypass(tag) ? bypassed(lang, tag->label) : tag->label;
    while (kind < MBP_KIND_COUNT && (tag == NULL || strcmp(mbp_kind_name((enum mbp_kind)kind), tag->kind) != 0))
        kind++;
    return diagnosis_of(lang, kind, limit);
}

const char *mbp_message_state(enum mbp_lang lang, unsigned state)
{
    static const char *const fr[MBP_STATE_COUNT] = {
        [MBP_EN_SERVICE] = "en service", [MBP_EN_PANNE] = "en panne", [MBP_MAINTENANCE] = "en maintenance"};
    if (state >= MBP_STATE_COUNT)
        return mbp_message(lang, MSG_UNKNOWN_STATE);
    return lang == MBP_LANG_FR ? fr[state] : mbp_state_name((enum mbp_state_code)state);
}

const char *mbp_message_limit(enum mbp_lang lang, unsigned limit)
{
    static const char *const fr[MBP_ALARM_COUNT] = {
        [MBP_LOW_LOW] = "très bas",
        [MBP_LOW] = "bas",
        [MBP_HIGH] = "haut",
        [MBP_HIGH_HIGH] = "très haut",
        [MBP_RATE_OF_CHANGE] = "variation",
        [MBP_BAD_QUALITY] = "mesure douteuse",
        [MBP_CONDITION] = "condition",
    };
    if (limit >= MBP_ALARM_COUNT)
        return "?";
    return lang == MBP_LANG_FR ? fr[limit] : mbp_limit_name((enum mbp_limit)limit);
}

const char *mbp_message_priority(enum mbp_lang lang, enum mbp_priority priority)
{
    static const enum mbp_message ids[MBP_PRIORITY_COUNT] = {MSG_W_LOW, MSG_W_MEDIUM, MSG_W_HIGH, MSG_W_CRITICAL};
    return mbp_message(lang, ids[priority]);
}

const char *mbp_message_actuator_kind(enum mbp_lang lang, enum mbp_actuator_kind kind)
{
    static const char *const fr[MBP_ACTUATOR_KIND_COUNT] = {
        [MBP_VALVE] = "vanne",  [MBP_DAMPER] = "volet",     [MBP_PUMP] = "pompe",        [MBP_FAN] = "ventilateur",
        [MBP_MOTOR] = "moteur", [MBP_HEATER] = "chauffage", [MBP_SETPOINT] = "consigne", [MBP_OUTPUT] = "sortie",
    };
    return lang == MBP_LANG_FR ? fr[kind] : mbp_actuator_kind_name(kind);
}

const char *mbp_message_exception(enum mbp_lang lang, enum mbp_status exception)
{
    for (size_t i = 0; i < COUNT(exceptions_fr) && lang == MBP_LANG_FR; i++) {
        if (exceptions_fr[i].exception == exception)
            return exceptions_fr[i].fr;
    }
    return mbp_status_text(exception);
}

const char *mbp_message_code(enum mbp_lang lang, uint16_t code)
{
    const struct mbp_event_type *type = mbp_event_type(code);
    if (type == NULL)
        return "";
    return lang == MBP_LANG_FR ? type->french : type->name;
}

const char *mbp_message_changed(enum mbp_lang lang, uint32_t details, char *buf, size_t size)
{
    size_t len = 0;
    buf[0] = '\0';
    for (size_t i = 0; i < mbp_changed_word_count; i++) {
        const struct mbp_changed_word *word = &mbp_changed_words[i];
        if ((details & word->bit) != 0 && len < size)
            len += (size_t)snprintf(buf + len, size - len, "%s%s", len > 0 ? ", " : "",
                                    lang == MBP_LANG_FR ? word->french : word->name);
    }
    return buf;
}

char *mbp_message_decimal(enum mbp_lang lang, char *text)
{
    const char point = mbp_message(lang, MSG_W_DECIMAL)[0];
    bool behind_digit = false;
    for (char *p = text; *p != '\0'; p++) {
        if (*p == '.' && behind_digit)
            *p = point;
        behind_digit = *p >= '0' && *p <= '9';
    }
    return text;
}

const char *mbp_message_peer(enum mbp_lang lang, const struct mbp_names *names, const struct mbp_event *event,
                             char *buf, size_t size)
{
    static const uint8_t none[MBP_ACTOR_ADDRESS] = {0};
    char address[48];
    const struct mbp_actor *actor = mbp_names_actor(names, event);
    if (event->actor >= MBP_ACTOR_THE_LOGIC) {
        snprintf(buf, size, "%s",
                 mbp_message(lang, event->actor == MBP_ACTOR_THE_LOGIC      ? MSG_W_LOGIC
                                   : event->actor == MBP_ACTOR_THE_SCENARIO ? MSG_W_SCENARIO
                                                                            : MSG_W_OTHER_ACTORS));
        return buf;
    }
    if (actor == NULL || actor->name[0] == '\0' || memcmp(actor->address, none, sizeof none) == 0)
        return mbp_names_peer(names, event, buf, size);
    mbp_address_text(actor->address, address, sizeof address);
    snprintf(buf, size, mbp_message(lang, MSG_W_AT), actor->name, address);
    return buf;
}
