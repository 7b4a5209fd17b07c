/* facts: rows of the CSV report. */
#ifndef MBP_REPORT_FACTS_H
#define MBP_REPORT_FACTS_H

#include "mbplant/report.h"

void mbp_fact_text(struct mbp_grid *grid, const char *section, const char *subject, const char *field,
                   const char *value, const char *unit);
void mbp_fact_count(struct mbp_grid *grid, const char *section, const char *subject, const char *field, uint64_t value,
                    const char *unit);

/* What a period's analysis tells: sections period, figures, period alarms, worst alarm, flood. */
void mbp_facts_of_analysis(const struct mbp_analysis *analysis, enum mbp_lang lang, struct mbp_grid *grid);

#endif
