/* own: the report that a running plant makes of itself: what it is like now from its state, the period from its
 * journal. It is the one that a master makes over Modbus, to the byte.
 *
 * Two steps, for it may take a second and no scan waits for that: first what there is to see is noted, between two
 * scans; then any thread makes the report of it. */
#ifndef MBPLANT_REPORT_OWN_H
#define MBPLANT_REPORT_OWN_H

#include "mbplant/report/made.h"
#include "mbplant/scan.h"

struct mbp_own_report;

/* Notes what there is to see now; wall time now_ms. In the scan's thread. Plant and journal must outlive it, scan need
 * not. Errors: MBP_ERR_MEMORY. Ownership: mbp_own_report_free. */
enum mbp_status mbp_own_report_new(const struct mbp_plant *plant, const struct mbp_scan *scan,
                                   const struct mbp_journal *journal, uint64_t now_ms, struct mbp_own_report **out);
void mbp_own_report_free(struct mbp_own_report *own);

/* Makes the report and writes it. In any one thread. What had happened by then is given a second to be stored. Errors:
 * MBP_ERR_IO (the journal cannot be read just now), MBP_ERR_MEMORY, MBP_ERR_MISSING (jsonl), MBP_ERR_BUSY (stopped). */
enum mbp_status mbp_own_report_write(struct mbp_own_report *own, const struct mbp_report_options *options,
                                     enum mbp_format format, FILE *out);

/* From another thread: it ends soon. */
void mbp_own_report_stop(struct mbp_own_report *own);

#endif
