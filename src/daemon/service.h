/* service: what systemd is told of a unit with Type=notify. */
#ifndef MBPLANT_SERVICE_H
#define MBPLANT_SERVICE_H

/* "READY=1" once the server listens, and after each reload; before that "RELOADING=1"; "STOPPING=1". Without systemd
 * (no NOTIFY_SOCKET) nothing happens. Source: sd_notify(3), "Notes". */
void service_tell(const char *state);

#endif
