#include "mqtt_priv.h"
const struct mqtt_format mqtt_sparkplug_format;
