/* Home Assistant's discovery: a message for each point tells what it is; machines are devices. */
#include "mqtt_priv.h"

void mqtt_discover(struct mqtt_link *link, uint32_t metric)
{
    (void)link, (void)metric;
}
