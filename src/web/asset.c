/* The files of the page, as they were embedded at build time. */
#include <string.h>

#include "web_priv.h"

static bool takes_gzip(const struct web_call *call)
{
    const char *accepted = web_header(call, "Accept-Encoding");
    return accepted != NULL && strstr(accepted, "gzip") != NULL && strstr(accepted, "gzip;q=0") == NULL;
}

void web_serve_asset(struct web_call *call)
{
    const char *known = web_header(call, "If-None-Match");
    const struct web_asset *asset = NULL;
    for (unsigned i = 0; i < web_asset_count; i++) {
        if (strcmp(web_assets[i].path, call->route->path) == 0)
            asset = &web_assets[i];
    }
    if (asset == NULL) {
        web_problem(call, 404, "this page was not built in");
        return;
    }
    bool packed = takes_gzip(call);
    bool same = known != NULL && strcmp(known, asset->tag) == 0;
    const unsigned char *bytes = packed ? asset->packed : asset->plain;
    size_t len = same ? 0 : packed ? asset->packed_len : asset->plain_len;
    call->response = mhd.create_response_from_buffer(len, (void *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT);
    if (call->response == NULL)
        return;
    call->status = same ? 304 : 200;
    mhd.add_response_header(call->response, "ETag", asset->tag);
    mhd.add_response_header(call->response, "Cache-Control", "no-cache");
    mhd.add_response_header(call->response, "Vary", "Accept-Encoding");
    if (packed && !same)
        mhd.add_response_header(call->response, "Content-Encoding", "gzip");
}
