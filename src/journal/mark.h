/* mark: how far the journal has come, in a file of its own (DIR/journal.last). A write-ahead log that is damaged or
 * gone takes committed events with it and leaves a database that is sound: only what is written elsewhere can tell. */
#ifndef MBP_JOURNAL_MARK_H
#define MBP_JOURNAL_MARK_H

#include "mbplant/base.h"

struct mbp_mark {
    uint32_t last;    /* the newest event that is stored; 0 = none yet */
    uint32_t given;   /* the highest number that an event ever had here, also in a journal that is gone */
    bool open;        /* a run has begun that has not ended as it should */
    uint32_t salt[2]; /* of the write-ahead log then */
    uint32_t frames;  /* pages in it, all committed; 0 = not known */
};

struct mbp_mark_file {
    bool usable, damaged;
    int error;      /* why it is not usable, as errno */
    int fd, log_fd; /* log_fd: the write-ahead log, for its salts; -1 = not open */
    uint64_t synced_ns;
    struct mbp_mark mark;
};

/* Opens DIR/journal.last, makes it when it is missing, and reads it. One that cannot be used, or is damaged, tells
 * nothing. path: of the database. Ownership: mbp_mark_close. */
void mbp_mark_open(const char *path, struct mbp_mark_file *file);

/* A run begins with last as the newest event; durable when it returns. Says so when there was trouble. */
void mbp_mark_begin(struct mbp_mark_file *file, uint32_t last);

/* A transaction is committed: frames pages are in the log. Survives the end of the process at once, a power cut within
 * a minute. */
void mbp_mark_put(struct mbp_mark_file *file, const char *path, uint32_t last, uint32_t frames, uint64_t now_ns);

/* The run ends: as it should when the log is gone, for then all of it is in the database. */
void mbp_mark_end(struct mbp_mark_file *file, const char *path);
void mbp_mark_close(struct mbp_mark_file *file);

#endif
