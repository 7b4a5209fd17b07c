/* link: what stands behind a connection. */
#ifndef MBP_CTL_LINK_H
#define MBP_CTL_LINK_H

#include <modbus/modbus.h>

#include "slave/transport.h"

#define CTL_ADU_MAX 260u

struct ctl_link {
    modbus_t *modbus;
    struct ctl_gateway *gateway; /* NULL = the slave speaks Modbus TCP */
    uint32_t timeout_ms;
    char error[256];
    bool answered;
    struct ctl_said said; /* before the first write */
    bool why_stands;      /* the slave has a comment that goes with what is written, until it hears another */
    struct ctl_write last;
    bool has_single;      /* FC 5 and 6 */
    uint16_t transaction; /* of the next request that is sent here */
    /* bytes of replies that came together with the one that was asked for */
    uint8_t buffer[CTL_IN_FLIGHT_MAX * CTL_ADU_MAX];
    size_t len;
};

/* Why it is of no use any more: the slave ended it, or was silent; what libmodbus put into errno, which may be an
 * exception of the slave. */
enum mbp_status ctl_link_fail_closed(struct ctl_link *link);
enum mbp_status ctl_link_fail_timeout(struct ctl_link *link);
enum mbp_status ctl_link_fail_errno(struct ctl_link *link);

#endif
