/* libmicrohttpd by name. */
#include "library.h"

#include "mbplant/base/library.h"

struct web_library mhd;

enum mbp_status web_library_open(FILE *errors)
{
#define NAME(name) "MHD_" #name,
    static const char *const names[] = {WEB_CALLS(NAME)};
#undef NAME
    _Static_assert(sizeof mhd == sizeof names, "a pointer each");
    if (mhd.start_daemon != NULL)
        return MBP_OK;
    return mbp_library_open("libmicrohttpd.so.12", names, sizeof names / sizeof names[0], &mhd, "http", errors);
}
