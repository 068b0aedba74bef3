"""Writes test/fixtures/classify/*.json with scikit-learn's answers.

Run once with Debian's python3-sklearn: /usr/bin/python3 scripts/goldens/classify.py
Embeddings are made up: clusters in 128 dimensions, and overlapping ones in 8.
"""

import base64
import json
import pathlib
import warnings

import numpy as np
import scipy
import sklearn
from sklearn.calibration import CalibratedClassifierCV, _sigmoid_calibration
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, StratifiedKFold, StratifiedShuffleSplit
from sklearn.svm import LinearSVC

warnings.simplefilter("error", ConvergenceWarning)
OUT = pathlib.Path(__file__).parents[2] / "test" / "fixtures" / "classify"
VERSIONS = {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "scipy": scipy.__version__}
GRID = [1e-3, 1e-2, 1e-1, 1, 10, 100, 1000]


def packed(matrix):
    matrix = np.asarray(matrix, "<f4")
    return {"rows": matrix.shape[0], "columns": matrix.shape[1],
            "float32": base64.b64encode(matrix.tobytes()).decode()}


def rounded(values, digits=9):
    return [float(f"{v:.{digits}g}") for v in np.asarray(values, float).ravel()]


def clusters(rng, labels, dimension, spread, noise, probes):
    """Clusters around a common mean, as face embeddings are; probes come from the clusters and from elsewhere."""
    count = max(labels) + 1
    common = rng.normal(0, 0.09, dimension)
    centers = common + rng.normal(0, spread, (count, dimension))
    samples = centers[labels] + rng.normal(0, noise, (len(labels), dimension))
    known = centers[rng.integers(0, count, probes)] + rng.normal(0, noise, (probes, dimension))
    strangers = common + rng.normal(0, spread, (3, dimension))
    return samples.astype("f4"), np.vstack([known, strangers]).astype("f4")


def svm(C, weight):
    return LinearSVC(C=C, class_weight=weight, dual=True, tol=1e-10, max_iter=10**7)


def write_case(name, samples, probes, labels, settings, folds, grid_splits):
    X, P = samples.astype("f8"), probes.astype("f8")
    y = np.asarray(labels)
    answers = []
    for C, weight in settings:
        machine = svm(C, weight).fit(X, y)
        calibrated = CalibratedClassifierCV(svm(C, weight), method="sigmoid", cv=folds).fit(X, y)
        answers.append({
            "C": C, "classWeight": weight,
            "decisions": rounded(machine.decision_function(P)),
            "probabilities": rounded(calibrated.predict_proba(P)),
            "labels": calibrated.predict(P).tolist(),
        })
    case = {"versions": VERSIONS, "folds": folds, "samples": packed(samples), "probes": packed(probes),
            "labels": list(labels), "answers": answers}
    if grid_splits:
        splits = list(StratifiedShuffleSplit(grid_splits, test_size=0.3, random_state=5).split(X, y))
        search = GridSearchCV(CalibratedClassifierCV(LinearSVC(tol=1e-10, max_iter=10**7), cv=folds),
                              {"estimator__C": GRID}, cv=splits, error_score="raise").fit(X, y)
        results = search.cv_results_
        case["grid"] = {
            "C": GRID, "bestC": search.best_params_["estimator__C"],
            "splits": [{"train": a.tolist(), "test": b.tolist()} for a, b in splits],
            "accuracies": [[float(results[f"split{s}_test_score"][i]) for s in range(grid_splits)]
                           for i in range(len(GRID))],
        }
    (OUT / f"{name}.json").write_text(json.dumps(case, separators=(",", ":")) + "\n")
    print(name, case.get("grid", {}).get("bestC"))


def exact_sigmoid(scores, y):
    """The optimum that scikit-learn's BFGS (gradient below 1e-5) comes near."""
    positives = y.sum()
    T = np.where(y > 0, (positives + 1) / (positives + 2), 1 / (len(y) - positives + 2))

    def value(ab):
        z = ab[0] * scores + ab[1]
        return np.sum(np.where(z >= 0, T * z, (T - 1) * z) + np.log1p(np.exp(-np.abs(z))))

    def slope(ab):
        p = 1 / (1 + np.exp(ab[0] * scores + ab[1]))
        return np.array([np.dot(T - p, scores), np.sum(T - p)])

    def curvature(ab):
        p = 1 / (1 + np.exp(ab[0] * scores + ab[1]))
        w = p * (1 - p)
        return np.array([[np.dot(w, scores**2), np.dot(w, scores)], [np.dot(w, scores), np.sum(w)]])

    ab = np.array(_sigmoid_calibration(scores, y))
    for _ in range(20):
        ab = ab - np.linalg.solve(curvature(ab), slope(ab))
    assert np.abs(slope(ab)).max() < 1e-9 and value(ab) <= value(np.array(_sigmoid_calibration(scores, y))) + 1e-12
    return ab


def write_sigmoids(rng):
    cases = []
    for n, positives, gap, scale in [(40, 8, 1.5, 1), (200, 100, 0.5, 2), (30, 3, 6, 1), (12, 2, 0, 1), (60, 20, -1, 0.3)]:
        y = np.zeros(n, int)
        y[:positives] = 1
        scores = np.array(rounded(scale * (rng.normal(0, 1, n) + gap * (2 * y - 1)), 7))
        cases.append({"scores": scores.tolist(), "positive": y.tolist(),
                      "sklearn": rounded(_sigmoid_calibration(scores, y), 12),
                      "optimum": rounded(exact_sigmoid(scores, y), 12)})
        print("sigmoid", cases[-1]["sklearn"], cases[-1]["optimum"])
    folds = []
    for counts, k in [((5, 5, 5), 5), ((7, 12, 5, 6), 5), ((4, 9), 3), ((3, 3, 4, 8, 20), 3), ((2, 3), 2)]:
        y = rng.permutation(np.repeat(np.arange(len(counts)), counts))
        test_of = np.empty(len(y), int)
        for fold, (_, test) in enumerate(StratifiedKFold(k).split(y, y)):
            test_of[test] = fold
        folds.append({"labels": y.tolist(), "folds": k, "foldOf": test_of.tolist()})
    (OUT / "sigmoids-and-folds.json").write_text(
        json.dumps({"versions": VERSIONS, "sigmoids": cases, "folds": folds}, separators=(",", ":")) + "\n")


OUT.mkdir(parents=True, exist_ok=True)
rng = np.random.default_rng(20)
SETTINGS = [(1e-3, None), (0.1, "balanced"), (1, None), (1e3, None), (1e3, "balanced")]

uneven = rng.permutation(np.repeat(np.arange(6), [5, 8, 6, 14, 7, 5]))
write_case("many-people", *clusters(rng, uneven, 128, 0.05, 0.03, 8), uneven.tolist(), SETTINGS, 5, 0)
two = rng.permutation(np.repeat([0, 1], [7, 16]))
write_case("two-people", *clusters(rng, two, 128, 0.03, 0.04, 6), two.tolist(), SETTINGS, 3, 0)
overlap = rng.permutation(np.repeat(np.arange(4), [30, 20, 45, 25]))
write_case("overlapping", *clusters(rng, overlap, 8, 0.5, 0.45, 12), overlap.tolist(), SETTINGS, 3, 3)
write_sigmoids(rng)
