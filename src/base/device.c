/* Terminals: as a serial line has them, without anything that would change or hold back a byte. */
#include "mbplant/base/device.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/serial.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

static const struct {
    uint32_t baud;
    speed_t speed;
} speeds[] = {
    {50, B50},           {75, B75},           {110, B110},         {134, B134},         {150, B150},
    {200, B200},         {300, B300},         {600, B600},         {1200, B1200},       {1800, B1800},
    {2400, B2400},       {4800, B4800},       {9600, B9600},       {19200, B19200},     {38400, B38400},
    {57600, B57600},     {115200, B115200},   {230400, B230400},   {460800, B460800},   {500000, B500000},
    {576000, B576000},   {921600, B921600},   {1000000, B1000000}, {1152000, B1152000}, {1500000, B1500000},
    {2000000, B2000000}, {2500000, B2500000}, {3000000, B3000000}, {3500000, B3500000}, {4000000, B4000000},
};

static int close_failed(int fd)
{
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static bool set_speed(struct termios *form, uint32_t baud)
{
    for (size_t i = 0; i < sizeof speeds / sizeof speeds[0]; i++) {
        if (speeds[i].baud == baud)
            return cfsetispeed(form, speeds[i].speed) == 0 && cfsetospeed(form, speeds[i].speed) == 0;
    }
    errno = EINVAL;
    return false;
}

/* Some adapters keep what they receive for up to 16 ms, longer than the silence between two frames. */
static void set_low_latency(int fd)
{
    struct serial_struct serial;
    if (ioctl(fd, TIOCGSERIAL, &serial) != 0)
        return;
    serial.flags = (int)((unsigned)serial.flags | ASYNC_LOW_LATENCY);
    ioctl(fd, TIOCSSERIAL, &serial);
}

/* A pty has no parity, nor characters of 7 bits; asked for them, the system may say that nothing could be set. */
#define PTY_MAJOR_FIRST 136u
#define PTY_MAJOR_LAST  143u
static bool is_pty(int fd)
{
    struct stat device;
    return fstat(fd, &device) == 0 && major(device.st_rdev) >= PTY_MAJOR_FIRST &&
           major(device.st_rdev) <= PTY_MAJOR_LAST;
}

static bool set_form(int fd, const struct mbp_wire *wire)
{
    struct termios form;
    if (tcgetattr(fd, &form) != 0)
        return false;
    cfmakeraw(&form);
    if (is_pty(fd))
        return set_speed(&form, wire->baud) && tcsetattr(fd, TCSANOW, &form) == 0;
    form.c_cflag &= ~(tcflag_t)(CSIZE | PARENB | PARODD | CSTOPB | CRTSCTS);
    form.c_cflag |= (tcflag_t)(CLOCAL | CREAD) | (tcflag_t)(wire->data_bits == 7 ? CS7 : CS8);
    form.c_cflag |= (tcflag_t)(wire->parity != 'N' ? PARENB : 0) | (tcflag_t)(wire->parity == 'O' ? PARODD : 0);
    form.c_cflag |= (tcflag_t)(wire->stop_bits == 2 ? CSTOPB : 0);
    form.c_iflag |= (tcflag_t)(wire->parity != 'N' ? INPCK : 0);
    return set_speed(&form, wire->baud) && tcsetattr(fd, TCSANOW, &form) == 0;
}

int device_open(const struct mbp_wire *wire)
{
    int fd = open(wire->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return -1;
    if (!set_form(fd, wire))
        return close_failed(fd);
    set_low_latency(fd);
    tcflush(fd, TCIOFLUSH);
    return fd;
}

/* ---- pty --------------------------------------------------------------------------------------------------------- */

static bool make_link(const char *target, const char *path)
{
    struct stat there;
    if (lstat(path, &there) == 0) {
        if (!S_ISLNK(there.st_mode)) {
            errno = EEXIST;
            return false;
        }
        if (unlink(path) != 0)
            return false;
    }
    return symlink(target, path) == 0;
}

static bool make_raw(int fd)
{
    struct termios form;
    if (tcgetattr(fd, &form) != 0)
        return false;
    cfmakeraw(&form);
    return tcsetattr(fd, TCSANOW, &form) == 0;
}

int device_make_pty(const struct mbp_wire *wire, int *other)
{
    char name[64];
    int pty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (pty < 0)
        return -1;
    int error = grantpt(pty) != 0 || unlockpt(pty) != 0 ? errno : ptsname_r(pty, name, sizeof name);
    if (error != 0 || fcntl(pty, F_SETFL, O_NONBLOCK) != 0) {
        errno = error != 0 ? error : errno;
        return close_failed(pty);
    }
    int end = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (end < 0)
        return close_failed(pty);
    if (!make_raw(end) || !make_link(name, wire->path)) {
        close_failed(end);
        return close_failed(pty);
    }
    *other = end;
    return pty;
}

void device_remove_link(const struct mbp_wire *wire, int pty)
{
    char name[64];
    char target[PATH_MAX];
    ssize_t len = readlink(wire->path, target, sizeof target - 1);
    if (len < 0 || ptsname_r(pty, name, sizeof name) != 0)
        return;
    target[len] = '\0';
    if (strcmp(target, name) == 0)
        unlink(wire->path);
}
