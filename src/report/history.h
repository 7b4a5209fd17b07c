/* What the report shows of incidents and work, beside what lists of them are. */
#ifndef MBP_REPORT_HISTORY_PRIV_H
#define MBP_REPORT_HISTORY_PRIV_H

#include "mbplant/report/history.h"
#include "messages.h"

struct history_column {
    enum mbp_message title;
    const char *key;
    bool number;
};

#define MBP_INCIDENT_COLUMNS 8u
#define MBP_WORK_COLUMNS     11u
extern const struct history_column mbp_incident_columns[MBP_INCIDENT_COLUMNS];
extern const struct history_column mbp_work_columns[MBP_WORK_COLUMNS];

/* Whether the list has it; its row. */
bool mbp_incident_is_listed(const struct mbp_history_list *list, const struct mbp_incident *incident);
bool mbp_work_is_listed(const struct mbp_history_list *list, const struct mbp_work_record *work);
void mbp_incident_row(const struct mbp_history_list *list, const struct mbp_incident *incident, struct mbp_grid *grid);
void mbp_work_row(const struct mbp_history_list *list, const struct mbp_work_record *work, struct mbp_grid *grid);

/* An array of what the list has: incidents, or work. */
void mbp_history_put_json(const struct mbp_history_list *list, bool work, FILE *out);

#endif
