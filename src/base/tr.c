/* tr: whom to ask for a text in another language. */
#include "mbplant/base/tr.h"

#include <stddef.h>

static _Thread_local mbp_translator *known;

void mbp_tr_use(mbp_translator *translator)
{
    known = translator;
}

const char *mbp_tr(const char *english)
{
    return known != NULL ? known(english) : english;
}
