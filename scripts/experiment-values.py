"""Makes test/experiment/values.json: what SciPy, statsmodels and mpmath say, for the tests of src/experiment/.

    python3 -m venv /tmp/values && /tmp/values/bin/pip install scipy statsmodels mpmath
    /tmp/values/bin/python scripts/experiment-values.py > test/experiment/values.json
"""

import json

import mpmath
import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    power_proportions_2indep,
    proportion_confint,
    proportions_ztest,
    samplesize_proportions_2indep_onetail,
)

mpmath.mp.dps = 50
rng = np.random.default_rng(7)


def exact(value):
    return float(value)


def normal():
    zs = [0, 1e-9, 0.1, 0.5, 1, 1.5, 1.96, 2.2, 3, 5, 10, 20, 37]
    return {
        "tails": [[z, exact(mpmath.erfc(mpmath.mpf(z) / mpmath.sqrt(2)))] for z in zs],
        "critical": [[p, float(stats.norm.isf(p / 2))] for p in [1e-12, 0.001, 0.01, 0.05, 0.1, 0.5, 0.999]],
    }


def chi_square():
    return [
        [x, k, exact(mpmath.gammainc(mpmath.mpf(k) / 2, mpmath.mpf(x) / 2, regularized=True))]
        for k in [1, 2, 3, 4, 5, 9, 10, 49]
        for x in [0, 1e-6, 0.5, 2, 6.9, 30, 100, 700]
    ]


def student_tail(t, nu):
    t, nu = mpmath.mpf(t), mpmath.mpf(nu)
    if nu < 1e5:
        return mpmath.betainc(nu / 2, mpmath.mpf(1) / 2, 0, nu / (nu + t * t), regularized=True)
    c = mpmath.exp(mpmath.loggamma((nu + 1) / 2) - mpmath.loggamma(nu / 2)) / mpmath.sqrt(nu * mpmath.pi)
    density = lambda x: c * mpmath.exp(-(nu + 1) / 2 * mpmath.log1p(x * x / nu))
    return 1 - 2 * mpmath.quad(density, [0, t / 2, t])


def student():
    tails = [
        [t, nu, exact(student_tail(t, nu))]
        for nu in [0.5, 1, 2, 3.7, 10, 57.3, 100, 999.9, 9999, 10000, 12345.6]
        for t in [1e-9, 0.01, 0.5, 1, 1.96, 3, 6, 12, 30]
    ] + [[t, nu, exact(student_tail(t, nu))] for nu in [1e6, 1e9, 1e12] for t in [0.01, 1, 1.96, 3, 6]]
    critical = [[p, nu, float(stats.t.isf(p / 2, nu))] for p in [1e-6, 0.01, 0.05, 0.5] for nu in [1, 2.5, 10, 333.3, 20000]]
    return {"tails": tails, "critical": critical}


pairs = [
    # exposed and converted: control, variant
    [44700, 20034, 45489, 20119],
    [44700, 8502, 45489, 8279],
    [100, 10, 100, 15],
    [1000, 1, 1000, 9],
    [20, 0, 30, 4],
    [7, 7, 9, 5],
    [12, 12, 3, 0],
    [1, 0, 1, 1],
    [10**9, 10**4, 10**9, 10**4 + 500],
    [10**12, 5 * 10**11, 10**12, 5 * 10**11 + 3 * 10**6],
    [10**12, 3, 10**12, 9],
]


def rates():
    result = []
    for na, xa, nb, xb in pairs:
        p = proportions_ztest([xb, xa], [nb, na])[1]
        wilson = [list(map(float, proportion_confint(x, n, 0.05, "wilson"))) for x, n in [(xa, na), (xb, nb)]]
        difference = list(map(float, confint_proportions_2indep(xb, nb, xa, na, method="newcomb", compare="diff")))
        lift = None
        if xa > 0 and xb > 0 and not (xa == na and xb == nb):
            ratio = confint_proportions_2indep(xb, nb, xa, na, method="log", compare="ratio")
            lift = [float(end) - 1 for end in ratio]
        result.append(
            {
                "control": {"exposed": na, "converted": xa},
                "variant": {"exposed": nb, "converted": xb},
                "p": float(p),
                "wilson": wilson,
                "difference": difference,
                "lift": lift,
            }
        )
    return result


def ratios():
    cases = [
        ([44700, 45489], [1, 1]),
        ([821588, 815482], [50, 50]),
        ([900, 105], [0.9, 0.1]),
        ([100, 100, 100, 100], [1, 1, 1, 1]),
        ([10010, 9800, 10150, 10011, 9950, 10003, 9999, 10044, 9870, 10200], [1] * 10),
        ([0, 10], [1, 1]),
        ([10**12, 10**12 + 10**6], [1, 1]),
    ]
    result = []
    for counts, weights in cases:
        expected = np.array(weights, dtype=float) / sum(weights) * sum(counts)
        statistic, p = stats.chisquare(counts, expected)
        result.append({"counts": counts, "weights": weights, "chiSquare": float(statistic), "p": float(p)})
    return result


def amounts(size, scale, spend):
    """Whole ten-thousandths: most units spend nothing, some give back."""
    before = np.round(rng.exponential(scale, size) * (rng.random(size) < spend), 2)
    noise = np.round(rng.normal(0, scale / 2, size) * (rng.random(size) < spend), 2)
    after = np.round(before * 0.7 + noise, 2)
    return before, after


def sums(before, after):
    whole = lambda values: [int(round(value * 10_000)) for value in values]
    x, y = whole(before), whole(after)
    return {
        "count": len(y),
        "sum": str(sum(y)),
        "sumOfSquares": str(sum(v * v for v in y)),
        "before": {
            "sum": str(sum(x)),
            "sumOfSquares": str(sum(v * v for v in x)),
            "sumOfProducts": str(sum(a * b for a, b in zip(x, y))),
        },
    }


def means():
    result = []
    for sizes, scale, spend in [((40, 55), 20, 0.9), ((3, 2), 5, 1), ((900, 1300), 99, 0.2), ((700, 650, 720), 1_000_000, 0.5)]:
        groups = [amounts(size, scale * (1 + 0.1 * i), spend) for i, size in enumerate(sizes)]
        (_, control), (_, variant) = groups[0], groups[1]
        test = stats.ttest_ind(variant, control, equal_var=False)
        interval = test.confidence_interval(0.95)
        own = stats.t.interval(0.95, len(variant) - 1, loc=variant.mean(), scale=stats.sem(variant))
        # ANCOVA with one intercept a group: its slope is theta, its differences are those of CUPED
        y = np.concatenate([after for _, after in groups])
        x = np.concatenate([before for before, _ in groups])
        group = np.concatenate([[i] * size for i, size in enumerate(sizes)])
        design = np.column_stack([(group == i).astype(float) for i in range(len(sizes))] + [x])
        fitted = sm.OLS(y, design).fit()
        slope = fitted.params[-1]
        adjusted = [after - slope * (before - x.mean()) for before, after in groups]
        cuped = stats.ttest_ind(adjusted[1], adjusted[0], equal_var=False)
        cuped_interval = cuped.confidence_interval(0.95)
        result.append(
            {
                "groups": [sums(before, after) for before, after in groups],
                "means": [float(after.mean()) for _, after in groups],
                "variances": [float(after.var(ddof=1)) for _, after in groups],
                "t": float(test.statistic),
                "degreesOfFreedom": float(test.df),
                "p": float(test.pvalue),
                "difference": [float(interval.low), float(interval.high)],
                "variant": [float(own[0]), float(own[1])],
                "cuped": {
                    "theta": float(slope),
                    "difference": float(fitted.params[1] - fitted.params[0]),
                    "variances": [float(values.var(ddof=1)) for values in adjusted],
                    "p": float(cuped.pvalue),
                    "interval": [float(cuped_interval.low), float(cuped_interval.high)],
                },
            }
        )
    return result


def beta_chances():
    """By mpmath's own quadrature over densities and incomplete beta functions."""
    cases = [
        [[44700, 8502], [45489, 8279]],
        [[100, 10], [100, 15]],
        [[0, 0], [10, 3]],
        [[50, 0], [60, 0]],
        [[50, 50], [60, 58]],
        [[5, 1], [5, 2], [5, 3]],
        [[1000, 100], [1100, 115], [900, 99], [1000, 80]],
        [[100000, 3], [120000, 9]],
        [[10000000, 5000000], [10000000, 5002000]],
        [[20, 5], [200000, 52000]],
    ]
    result = []
    for case in cases:
        shapes = [(mpmath.mpf(x + 1), mpmath.mpf(n - x + 1)) for n, x in case]
        best, loss = [], []
        mpmath.mp.dps = 25
        cuts = {mpmath.mpf(0), mpmath.mpf(1)}
        for a, b in shapes:
            mean, deviation = a / (a + b), mpmath.sqrt(a * b / (a + b) ** 2 / (a + b + 1))
            cuts |= {c for s in [-30, -12, -6, -3, -1, 0, 1, 3, 6, 12, 30] if 0 < (c := mean + s * deviation) < 1}
        cuts = sorted(cuts)
        logs = [mpmath.loggamma(a + b) - mpmath.loggamma(a) - mpmath.loggamma(b) for a, b in shapes]
        density = lambda k, p: mpmath.exp(logs[k] + (shapes[k][0] - 1) * mpmath.log(p) + (shapes[k][1] - 1) * mpmath.log1p(-p)) if 0 < p < 1 else mpmath.mpf(0)
        below = lambda k, p: mpmath.mpf(stats.beta.cdf(float(p), float(shapes[k][0]), float(shapes[k][1])))
        for k in range(len(shapes)):
            others = lambda p: mpmath.fprod(below(j, p) for j in range(len(shapes)) if j != k)
            best.append(exact(mpmath.quad(lambda p: density(k, p) * others(p), cuts, maxdegree=5)))
            loss.append(exact(mpmath.quad(lambda p: below(k, p) * (1 - others(p)), cuts, maxdegree=5)))
        mpmath.mp.dps = 50
        result.append({"rates": case, "best": best, "loss": loss})
    return result


def discoveries():
    cases = [[0.01, 0.04, 0.03, 0.005], [0.5], [0.05, 0.05, 0.05], [1, 0.2, 1e-300, 0, 0.8, 0.0012, 0.9]]
    cases.append([float(p) for p in rng.random(20) ** 2])
    return [{"p": case, "adjusted": [float(p) for p in multipletests(case, method="fdr_bh")[1]]} for case in cases]


def sizes():
    rates = [
        {
            "rate": rate,
            "lift": lift,
            "confidence": confidence,
            "power": power,
            "units": float(samplesize_proportions_2indep_onetail(rate * lift, rate, power, ratio=1, alpha=1 - confidence)),
        }
        for rate in [0.001, 0.1, 0.5]
        for lift in [0.05, -0.2, 0.5]
        for confidence, power in [(0.95, 0.8), (0.99, 0.9), (0.9, 0.5), (0.95, 0.3)]
    ]
    for each in rates:
        ends = (each["rate"] * each["lift"], each["rate"])
        power = power_proportions_2indep(*ends, each["units"], ratio=1, alpha=1 - each["confidence"])
        each["powerReached"] = float(power.power)
    means = [
        {
            "difference": d,
            "standardDeviation": s,
            "power": p,
            "units": float(NormalIndPower().solve_power(d / s, alpha=0.05, power=p, ratio=1, alternative="two-sided")),
        }
        for d, s, p in [(1, 10, 0.8), (0.5, 20, 0.9), (-2, 3, 0.95)]
    ]
    return {"rates": rates, "means": means}


print(
    json.dumps(
        {
            "madeWith": {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__, "mpmath": mpmath.__version__},
            "normal": normal(),
            "chiSquare": chi_square(),
            "student": student(),
            "rates": rates(),
            "ratios": ratios(),
            "means": means(),
            "chances": beta_chances(),
            "discoveries": discoveries(),
            "sizes": sizes(),
        },
        indent=1,
    )
)
