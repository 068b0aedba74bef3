#!/usr/bin/python3
"""Writes test/fixtures/evaluate/metrics.json: what scikit-learn and SciPy answer on seeded scores.

Run with Debian's python3-sklearn (1.2.1) and python3-scipy (1.10.1):
    /usr/bin/python3 scripts/goldens/evaluate.py
"""
import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy.interpolate import interp1d
from scipy.optimize import brentq
from scipy.special import betainc
from scipy.stats import beta, norm
from sklearn.metrics import roc_auc_score, roc_curve

OUT = Path(__file__).resolve().parents[2] / "test/fixtures/evaluate/metrics.json"


def scores(seed, genuine, impostor, decimals):
    rng = np.random.default_rng(seed)
    g = np.round(rng.normal(0.45, 0.12, genuine), decimals)
    i = np.round(rng.normal(0.80, 0.12, impostor), decimals)
    return g, i


def case(name, seed, genuine, impostor, decimals):
    g, i = scores(seed, genuine, impostor, decimals)
    truth = np.r_[np.ones(len(g)), np.zeros(len(i))]
    similarity = -np.r_[g, i]
    fpr, tpr, thresholds = roc_curve(truth, similarity, drop_intermediate=False)
    eer = brentq(lambda x: 1.0 - x - interp1d(fpr, tpr)(x), 0.0, 1.0, xtol=1e-15)
    tar = {}
    for far in (1e-1, 1e-2, 1e-3):
        tar[str(far)] = float(tpr[np.searchsorted(fpr, far, side="right") - 1])
    return {
        "name": name,
        "genuine": g.tolist(),
        "impostor": i.tolist(),
        "auc": float(roc_auc_score(truth, similarity)),
        "eer": float(eer),
        "fpr": fpr.tolist(),
        "tpr": tpr.tolist(),
        "maxDistances": (-thresholds[1:]).tolist(),
        "tarAtFar": tar,
    }


def intervals():
    rows = []
    for count, trials, confidence in [(0, 10, 0.95), (1, 10, 0.95), (5, 10, 0.9), (10, 10, 0.95), (3, 3000, 0.95),
                                      (2999, 3000, 0.99), (0, 100000, 0.95), (50, 100000, 0.999)]:
        tail = (1 - confidence) / 2
        z = norm.ppf(1 - tail)
        p = count / trials
        center = (p + z * z / (2 * trials)) / (1 + z * z / trials)
        half = z * np.sqrt(p * (1 - p) / trials + z * z / (4 * trials**2)) / (1 + z * z / trials)
        rows.append({
            "count": count, "trials": trials, "confidence": confidence,
            "clopperPearson": [0.0 if count == 0 else float(beta.ppf(tail, count, trials - count + 1)),
                               1.0 if count == trials else float(beta.ppf(1 - tail, count + 1, trials - count))],
            "wilson": [max(0.0, float(center - half)), min(1.0, float(center + half))],
            "upper": 1.0 if count == trials else float(beta.ppf(confidence, count + 1, trials - count)),
        })
    return rows


def main():
    golden = {
        "tool": f"scikit-learn {sklearn.__version__}, SciPy {scipy.__version__}, NumPy {np.__version__}",
        "cases": [case("many ties", 1, 120, 150, 2), case("no ties", 2, 90, 200, 6), case("few", 3, 4, 7, 1)],
        "intervals": intervals(),
        "beta": [{"x": x, "a": a, "b": b, "share": float(betainc(a, b, x))}
                 for x, a, b in [(0.5, 2, 3), (0.01, 1, 300), (0.99, 50, 0.5), (0.2, 20, 80), (1e-5, 1, 99999),
                                 (0.5, 5000, 5000)]],
        "normal": [{"share": s, "z": float(norm.ppf(s))} for s in [0.5, 0.9, 0.975, 0.995, 0.9999, 1e-6]],
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(golden, indent=1) + "\n")


main()
