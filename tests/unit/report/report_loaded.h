/* The plant of the fixture and its hour, made once for all tests of a file. */
#ifndef MBP_TEST_REPORT_LOADED_H
#define MBP_TEST_REPORT_LOADED_H

#include "report_fixture.h"

extern struct mbp_plant *plant;
extern struct mbp_analysis *analysis;

int report_load(void **state);
int report_unload(void **state);

#endif
