"""Writes test/fixtures/legacy/estimators.json: classifiers of scikit-learn around which and in which other things stand.

Run with Debian's python3-sklearn (1.2.1) and python3-numpy (1.24.2):
    /usr/bin/python3 scripts/goldens/legacy_estimators.py
"""
import base64
import functools
import json
import logging
import pickle
import sys
import types
from pathlib import Path

import numpy as np
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV, RepeatedStratifiedKFold, StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, Normalizer, PolynomialFeatures, RobustScaler, StandardScaler
from sklearn.svm import SVC, LinearSVC

OUT = Path(__file__).resolve().parents[2] / "test/fixtures/legacy/estimators.json"
DIMENSION = 6


class FrozenEstimator(ClassifierMixin, BaseEstimator):
    """Stands for that of scikit-learn 1.6, which Debian does not have: the same name, module and attribute."""

    def __init__(self, estimator):
        self.estimator = estimator

    def __getattr__(self, name):
        if name.startswith("__") or name == "estimator":
            raise AttributeError(name)
        return getattr(self.estimator, name)


FrozenEstimator.__module__ = "sklearn.frozen._frozen"
for module in ("sklearn.frozen", "sklearn.frozen._frozen"):
    sys.modules[module] = types.ModuleType(module)
sys.modules["sklearn.frozen._frozen"].FrozenEstimator = FrozenEstimator


def samples(classes, seed):
    rng = np.random.default_rng(seed)
    centers = rng.normal(0, 1, (classes, DIMENSION))
    x = np.concatenate([c + rng.normal(0, 0.4, (12, DIMENSION)) for c in centers])
    return x, np.repeat(np.arange(classes), 12), rng.normal(0, 1, (5, DIMENSION))


def calibrated(estimator, classes=3, labels=None, fit=None, **options):
    x, y, probes = samples(classes, classes)
    labels = np.array(["Ann", "Bob", "Zoe"]) if labels is None else labels
    if fit is not None:
        estimator = fit(estimator.fit(x, labels[y]))
    model = CalibratedClassifierCV(estimator, **{"cv": 3, **options}).fit(x, labels[y])
    return model, probes


def svc(**options):
    return LinearSVC(**{"random_state": 0, "dual": False, **options})


class Named:
    def __call__(self):
        pass


read, refused = {}, {}
read["plain"] = calibrated(svc())
read["ensemble=False"] = calibrated(svc(), ensemble=False)
read["prefit"] = calibrated(svc(), fit=lambda e: e, cv="prefit")
read["base_estimator of scikit-learn 1.1"] = calibrated(svc())
read["frozen"] = calibrated(svc(), fit=FrozenEstimator)
read["frozen, two classes"] = calibrated(svc(), classes=2, fit=FrozenEstimator)
read["frozen, ensemble=False"] = calibrated(svc(), fit=FrozenEstimator, ensemble=False)
read["frozen pipeline"] = calibrated(make_pipeline(StandardScaler(), svc()), fit=FrozenEstimator)
read["frozen in frozen"] = calibrated(svc(), fit=lambda e: FrozenEstimator(FrozenEstimator(e)))
for name, scaler in {
    "StandardScaler": StandardScaler(),
    "StandardScaler without mean": StandardScaler(with_mean=False),
    "StandardScaler without std": StandardScaler(with_std=False),
    "MinMaxScaler": MinMaxScaler((-1, 2)),
    "MaxAbsScaler": MaxAbsScaler(),
    "RobustScaler": RobustScaler(),
    "RobustScaler without center": RobustScaler(with_centering=False),
    "Normalizer": Normalizer(),
    "passthrough": "passthrough",
}.items():
    read[f"pipeline with {name}"] = calibrated(Pipeline([("scaler", scaler), ("svm", svc())]))
read["pipeline with three steps"] = calibrated(make_pipeline(Normalizer(), MinMaxScaler(), StandardScaler(), svc()))
x, y, probes = samples(3, 3)
names = np.array(["Ann", "Bob", "Zoe"])
outer = make_pipeline(Normalizer(), StandardScaler(), CalibratedClassifierCV(svc(), cv=3)).fit(x, names[y])
read["pipeline around the calibration"] = (outer, probes)
read["grid search around"] = (
    GridSearchCV(CalibratedClassifierCV(svc(), cv=3), {"estimator__C": [0.1, 1]}, cv=2).fit(x, names[y]), probes)
read["grid search inside"] = calibrated(GridSearchCV(svc(), {"C": [0.1, 1]}, cv=2))
read["LogisticRegression"] = calibrated(LogisticRegression())
read["LogisticRegression, two classes"] = calibrated(LogisticRegression(), classes=2)
read["SGDClassifier"] = calibrated(SGDClassifier(random_state=0))
read["LinearDiscriminantAnalysis"] = calibrated(LinearDiscriminantAnalysis())
read["linear SVC, two classes"] = calibrated(SVC(kernel="linear"), classes=2)
read["linear SVC with probability, two classes"] = calibrated(SVC(kernel="linear", probability=True), classes=2)
read["without intercept"] = calibrated(svc(fit_intercept=False))
read["object labels"] = calibrated(svc(), labels=np.array(["Ann", "Bob", "Zoe"], dtype=object))
read["byte labels"] = calibrated(svc(), labels=np.array([b"Ann", b"Bob", b"Zoe"]))
read["boolean labels"] = calibrated(svc(), classes=2, labels=np.array([False, True]))
read["float labels"] = calibrated(svc(), labels=np.array([1.0, 2.0, 5.0]))
read["int8 labels"] = calibrated(svc(), labels=np.array([1, 2, 5], dtype="i1"))
generators = {
    "RandomState": np.random.RandomState(3),
    "mtrand": np.random.mtrand._rand,
    "Generator": np.random.default_rng(1),
    "Philox": np.random.Generator(np.random.Philox(1)),
    "SFC64": np.random.Generator(np.random.SFC64(1)),
    "MT19937": np.random.MT19937(1),
    "SeedSequence": np.random.SeedSequence(1),
    "logger": logging.getLogger("x"),
    "partial": functools.partial(print, 1, sep=""),
    "function": len,
    "bound method": "abc".upper,
    "complex": 1j,
    "date": np.datetime64("2026-01-01"),
    "structured array": np.zeros(3, dtype=[("a", "f4"), ("b", "U3")]),
    "masked array": np.ma.masked_array([1, 2], [0, 1]),
    "long double": np.longdouble(1.5),
    "large integer": 2**200,
    "uint64": np.uint64(2**64 - 1),
    "range": range(3),
    "bytes array": bytearray(b"abc"),
    "tuple keys": {(1, 2): 3},
    "class": Path,
    "path": Path("/tmp/x"),
    "exception": ValueError("x"),
    "cross-validation": RepeatedStratifiedKFold(random_state=np.random.RandomState(1)),
    "pool": StratifiedKFold(3, shuffle=True, random_state=np.random.RandomState(1)),
}
for name, thing in generators.items():
    model, probes = calibrated(svc())
    model.verbose = thing
    model.calibrated_classifiers_[0].estimator.random_state = thing
    model.calibrated_classifiers_[0].estimator.cache_ = {"deep": [thing, {"deeper": thing}]}
    read[f"beside {name}"] = (model, probes)

refused["isotonic"] = (calibrated(svc(), method="isotonic")[0], "isotonic")
refused["rbf SVC"] = (calibrated(SVC(kernel="rbf"), classes=2)[0], 'kernel "rbf"')
refused["linear SVC of three"] = (calibrated(SVC(kernel="linear"))[0], "more than two classes")
refused["SVC alone"] = (SVC(kernel="linear", probability=True).fit(x, names[y]), "sklearn.svm.SVC where")
refused["LogisticRegression alone"] = (LogisticRegression().fit(x, names[y]), "LogisticRegression where")
refused["not fitted"] = (CalibratedClassifierCV(svc()), "never fitted")
refused["PolynomialFeatures"] = (calibrated(make_pipeline(PolynomialFeatures(), svc()))[0], "PolynomialFeatures")
refused["Normalizer l1"] = (calibrated(make_pipeline(Normalizer("l1"), svc()))[0], 'norm "l1"')
refused["scaler before Normalizer"] = (calibrated(make_pipeline(StandardScaler(), Normalizer(), svc()))[0], "before its Normalizer")
refused["MinMaxScaler that clips"] = (calibrated(make_pipeline(MinMaxScaler(clip=True), svc()))[0], "clips")
broken, _ = calibrated(svc())
broken.calibrated_classifiers_[0].estimator.coef_ = np.random.RandomState(1)
refused["coef_ of another class"] = (broken, "RandomState|coef_")
broken, _ = calibrated(svc())
broken.classes_ = np.array([1 + 1j, 2, 3])
refused["complex classes"] = (broken, "c16")

content = {
    "tool": f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}",
    "read": {},
    "refused": {},
}
for turn, (name, (model, probes)) in enumerate(read.items()):
    probabilities = model.predict_proba(probes).tolist()
    if name.startswith("base_estimator"):
        for each in model.calibrated_classifiers_:
            each.base_estimator = each.__dict__.pop("estimator")
    labels = [int(label) if isinstance(label, float) else label for label in model.classes_.tolist()]
    content["read"][name] = {
        "pickle": base64.b64encode(pickle.dumps(model, protocol=(2, 3, 4, 5)[turn % 4])).decode(),
        "labels": [label.decode() if isinstance(label, bytes) else str(label) for label in labels],
        "probes": probes.tolist(),
        "probabilities": probabilities,
    }
for name, (model, reason) in refused.items():
    content["refused"][name] = {"pickle": base64.b64encode(pickle.dumps(model)).decode(), "reason": reason}
OUT.write_text(json.dumps(content, indent=0) + "\n")
print(len(read), "read,", len(refused), "refused,", OUT.stat().st_size, "bytes")
