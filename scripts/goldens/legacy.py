#!/usr/bin/python3
"""Writes test/fixtures/legacy/: pickles and joblib files as users of scikit-learn and dlib have them.

Run with Debian's python3-sklearn (1.2.1), python3-joblib (1.2.0) and python3-numpy (1.24.2):
    /usr/bin/python3 scripts/goldens/legacy.py
"""
import json
import pickle
from pathlib import Path

import joblib
import numpy as np
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.preprocessing import LabelEncoder
from sklearn.svm import LinearSVC

OUT = Path(__file__).resolve().parents[2] / "test/fixtures/legacy"
DIMENSION = 6


def samples(classes, seed):
    rng = np.random.default_rng(seed)
    centers = rng.normal(0, 1, (classes, DIMENSION))
    x = np.concatenate([c + rng.normal(0, 0.25, (8, DIMENSION)) for c in centers])
    return x, np.repeat(np.arange(classes), 8), rng.normal(0, 1, (5, DIMENSION))


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    golden = {"tool": f"scikit-learn {sklearn.__version__}, joblib {joblib.__version__}, NumPy {np.__version__}"}

    for name, classes, labels, cv in [
        ("three", 3, np.array(["Ann", "Bob", "Zoë Ü"]), 3),
        ("two", 2, np.array([10, 20]), StratifiedShuffleSplit(n_splits=2, test_size=0.25, random_state=1)),
    ]:
        x, y, probes = samples(classes, classes)
        model = CalibratedClassifierCV(LinearSVC(random_state=0), cv=cv).fit(x, labels[y])
        golden[name] = {
            "labels": labels.tolist(),
            "probes": probes.tolist(),
            "probabilities": model.predict_proba(probes).tolist(),
        }
        for protocol in range(6):
            (OUT / f"{name}-p{protocol}.pkl").write_bytes(pickle.dumps(model, protocol=protocol))
        joblib.dump(model, OUT / f"{name}.joblib")
        joblib.dump(model, OUT / f"{name}-zlib.joblib", compress=("zlib", 3))
        joblib.dump(model, OUT / f"{name}-gzip.joblib", compress=("gzip", 3))

    # A whole model as the Python original kept it: 128-D, encoded classes, named by a label encoder of its own.
    rng = np.random.default_rng(5)
    centers = rng.normal(0, 0.1, (3, 128))
    x = np.concatenate([c + rng.normal(0, 0.03, (6, 128)) for c in centers])
    model = CalibratedClassifierCV(LinearSVC(C=10, random_state=0), cv=3).fit(x, np.repeat(np.arange(3), 6))
    probes = (centers + rng.normal(0, 0.03, (3, 128))).astype(np.float32)
    golden["dlib"] = {"probes": probes.tolist(), "probabilities": model.predict_proba(probes.astype(float)).tolist()}
    joblib.dump(model, OUT / "dlib.joblib", compress=("zlib", 9))

    joblib.dump(LabelEncoder().fit(["Bob", "Ann", "Zoë Ü"]), OUT / "label-encoder.joblib")
    (OUT / "label-encoder-object.pkl").write_bytes(
        pickle.dumps(LabelEncoder().fit(np.array(["Bob", "Ann"], dtype=object))))
    (OUT / "label-dict.pkl").write_bytes(pickle.dumps({0: "Ann", 1: "Bob"}))
    (OUT / "label-dict-numpy.pkl").write_bytes(pickle.dumps({np.int64(0): np.str_("Ann"), np.int64(1): "Bob"}))
    (OUT / "label-list.pkl").write_bytes(pickle.dumps(["Ann", "Bob"], protocol=2))

    rng = np.random.default_rng(9)
    encodings = [rng.normal(0, 0.1, 128) for _ in range(3)]
    golden["encodings"] = [e.astype(np.float32).tolist() for e in encodings]
    (OUT / "encodings-lists.pkl").write_bytes(
        pickle.dumps({"encodings": encodings, "names": ["Ann", "Bob", "Ann"]}))
    (OUT / "encodings-by-name.pkl").write_bytes(
        pickle.dumps({"Ann": np.stack([encodings[0], encodings[2]]), "Bob": encodings[1]}))
    (OUT / "encodings-pair.pkl").write_bytes(pickle.dumps((encodings, ["Ann", "Bob", "Ann"]), protocol=2))

    from sklearn.linear_model import LogisticRegression
    (OUT / "refused-logistic.pkl").write_bytes(pickle.dumps(LogisticRegression()))
    (OUT / "golden.json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")


main()
