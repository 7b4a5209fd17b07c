/* walk: depth first, with a path in the place of a recursion: what needs what may be as deep as a plant has things. */
#include "walk.h"

#include "load.h"

enum visit { UNSEEN, ENTERED, DONE };

bool mbp_walk_make(struct mbp_walk *walk, size_t count, size_t longest)
{
    struct mbp_reader *reader = &walk->load->reader;
    walk->visit = mbp_reader_array(reader, reader->scratch, count, sizeof *walk->visit);
    walk->next = mbp_reader_array(reader, reader->scratch, count, sizeof *walk->next);
    walk->path = mbp_reader_array(reader, reader->scratch, longest, sizeof *walk->path);
    return !reader->out_of_memory;
}

static void enter(struct mbp_walk *walk, uint32_t s)
{
    walk->visit[s] = ENTERED;
    walk->path[walk->depth++] = s;
}

void mbp_walk_from(struct mbp_walk *walk, uint32_t root)
{
    if (walk->visit[root] == UNSEEN)
        enter(walk, root);
    while (walk->depth > 0) {
        uint32_t s = walk->path[walk->depth - 1];
        uint32_t other = walk->need(walk, s);
        if (other == UINT32_MAX) {
            walk->visit[s] = DONE;
            walk->depth--;
            if (walk->done != NULL)
                walk->done(walk, s);
        } else if (walk->visit[other] == UNSEEN) {
            enter(walk, other);
        } else if (walk->visit[other] == ENTERED && !walk->circle(walk, other)) {
            return;
        }
    }
}
