/* Wander against the Ornstein-Uhlenbeck process that it says it is: each figure within four of its standard errors,
 * which follow from the number of scans (Bartlett 1946, for a first-order autoregressive series). */
#include "running.h"

#include <math.h>
#include <stdlib.h>

#define SCANS  200000u
#define SIGMA  0.5
#define TAU_S  10.0
#define ERRORS 4.0

static const char *const sensors[] = {
    "{name: W1, kind: flow, range: [-100, 100], register: {type: float64},\n"
    "             signal: {base: 0, wander: {sigma: 0.5, tau: 10s}}}",
    "{name: W2, kind: flow, range: [-100, 100], register: {type: float64},\n"
    "             signal: {base: 0, wander: {sigma: 0.5, tau: 10s}, noise: 0.5}}",
};

static void assert_within(const char *what, double actual, double expected, double error)
{
    if (!(fabs(actual - expected) <= ERRORS * error))
        fail_msg("%s is %.6f, not %.6f +- %.6f", what, actual, expected, ERRORS * error);
}

/* Mean product of x and y so many scans later; both have the mean 0. */
static double covariance(const double *x, const double *y, uint32_t later)
{
    double sum = 0;
    for (uint32_t i = 0; i + later < SCANS; i++)
        sum += x[i] * y[i + later];
    return sum / (SCANS - later);
}

/* What each scan adds is as large as it must be, and knows nothing of the scan before: far sharper than the variance.
 */
static void judge_steps(const double *x, double decay)
{
    double squares = 0;
    double products = 0;
    double before = 0;
    double size = SIGMA * sqrt(1 - decay * decay);
    for (uint32_t i = 1; i < SCANS; i++) {
        double step = (x[i] - decay * x[i - 1]) / size;
        squares += step * step;
        products += step * before;
        before = step;
    }
    assert_within("variance of a step", squares / (SCANS - 1), 1, sqrt(2.0 / SCANS));
    assert_within("correlation of steps", products / (SCANS - 1), 0, sqrt(1.0 / SCANS));
}

static void judge(const double *x, const double *other, double scan_s)
{
    const uint32_t lags[] = {1, (uint32_t)(TAU_S / scan_s), (uint32_t)(2 * TAU_S / scan_s)};
    double decay = exp(-scan_s / TAU_S);
    double d2 = decay * decay;
    double mean = 0;
    for (uint32_t i = 0; i < SCANS; i++)
        mean += x[i] / SCANS;
    assert_within("mean", mean, 0, SIGMA * sqrt((1 + decay) / (1 - decay) / SCANS));
    double variance = covariance(x, x, 0);
    double independent = SCANS * (1 - d2) / (1 + d2);
    assert_within("variance", variance, SIGMA * SIGMA, SIGMA * SIGMA * sqrt(2 / independent));
    assert_within("covariance of two", covariance(x, other, 0), 0, SIGMA * SIGMA * sqrt(1 / independent));
    for (size_t i = 0; i < sizeof lags / sizeof lags[0]; i++) {
        double k = lags[i];
        double error = sqrt(((1 + d2) * (1 - pow(d2, k)) / (1 - d2) - 2 * k * pow(d2, k)) / SCANS);
        assert_within("autocorrelation", covariance(x, x, lags[i]) / variance, exp(-k * scan_s / TAU_S), error);
    }
    judge_steps(x, decay);
}

static void wander_at(const char *period)
{
    struct running running;
    double *x = calloc(2 * (size_t)SCANS, sizeof *x);
    assert_non_null(x);
    running_begin(&running, period, sensors, 2);
    for (uint32_t i = 0; i < SCANS; i++) {
        running_scan(&running);
        x[i] = running.state->lagged[0];
        x[SCANS + i] = running.state->lagged[1];
    }
    double scan_s = (double)running.plant->scan_ns / (double)MBP_NS_PER_S;
    judge(x, x + SCANS, scan_s);
    judge(x + SCANS, x, scan_s);
    running_end(&running);
    free(x);
}

static void test_wander_has_its_variance_and_autocorrelation_at_a_short_period(void **state)
{
    (void)state;
    wander_at("100ms");
}

static void test_wander_has_its_variance_and_autocorrelation_at_a_long_period(void **state)
{
    (void)state;
    wander_at("2s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wander_has_its_variance_and_autocorrelation_at_a_short_period),
        cmocka_unit_test(test_wander_has_its_variance_and_autocorrelation_at_a_long_period),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
