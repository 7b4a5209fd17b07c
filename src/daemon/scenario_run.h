/* A scenario in the running mbplantd. */
#ifndef MBPLANT_SCENARIO_RUN_H
#define MBPLANT_SCENARIO_RUN_H

#include "daemon.h"

/* Reads the scenario that the command line names, if any; where it names no plant, the plant is the scenario's.
 * MBP_OK, or what mbp_scenario_load says; MBP_ERR_MISSING when nobody names a plant. All told. */
enum mbp_status scenario_run_load(struct daemon *daemon);

/* Finds in the plant what the scenario names (plant NULL = it could not be loaded: only the scenario's own mistakes are
 * told). Errors: MBP_ERR_FORMAT, MBP_ERR_MEMORY. */
enum mbp_status scenario_run_bind(struct daemon *daemon);

/* A directory for this run only. False (told) when there can be none. */
bool scenario_run_make_dir(struct daemon *daemon);

/* Whether the journal is new, as a scenario needs it: what survived an earlier run would change this one. Told. */
bool scenario_run_is_fresh(const struct daemon *daemon);

/* --output: opened before anything runs; what stood in it stays until there is a report. False (told) when it cannot be
 * written. */
bool scenario_run_open_report(struct daemon *daemon);

/* To be called with the scan made. Errors: MBP_ERR_MEMORY. */
enum mbp_status scenario_run_begin(struct daemon *daemon);

/* Whether mbplantd says on standard output what it does: not where that is kept for a report of another form, or for a
 * command's output (unless it is to be verbose). */
bool scenario_run_talks(const struct daemon *daemon);

/* Live: what there is to know, below the banner. */
void scenario_run_banner(const struct daemon *daemon);

/* How it went: the exit code. */
int scenario_run_report(struct daemon *daemon);

/* Frees all, and the directory if it was for this run only. */
void scenario_run_end(struct daemon *daemon);

#endif
