/* sparse: durable events of a journal that somebody has taken some out of by hand. */
#ifndef MBPLANT_JOURNAL_SPARSE_H
#define MBPLANT_JOURNAL_SPARSE_H

#include "mbplant/journal.h"

/* As mbp_journal_read, but numbers that are missing, first too, are no end: it goes on behind them. */
size_t mbp_journal_read_sparse(struct mbp_journal *journal, uint32_t first, size_t max, struct mbp_event *events);

#endif
