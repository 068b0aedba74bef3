"""Writes test/fixtures/legacy/names-numpy1.json and names-numpy2.json: the same five encodings of three people in every
form that scripts keep them in, pickled by NumPy 1 and by NumPy 2.

Run once with a Python that has NumPy 1 and once with one that has NumPy 2 (1.24.2 and 2.4.6 made these files); joblib
is used where it is installed:
    python3 scripts/goldens/legacy_names.py
"""
import base64
import collections
import io
import json
import pickle
from pathlib import Path

import numpy as np

try:
    import joblib
except ImportError:
    joblib = None

OUT = Path(__file__).resolve().parents[2] / "test/fixtures/legacy"
MAJOR = int(np.__version__.split(".")[0])
NAMES = ["Ada", "Ada", "Nic", "Zoë Ü", "Nic"]
# Halves and quarters are the same in all precisions.
ROWS = [[0.5, 1.25, -2.0, 0.75], [0.5, 1.5, -2.25, 1.0], [4.0, -1.0, 0.25, 8.0], [-3.0, 0.0, 0.5, 0.125], [4.0, -1.5, 0.5, 9.0]]


def objects(items):
    array = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):
        array[i] = item
    return array


table = np.array(ROWS)
names = {
    "list": NAMES,
    "tuple": tuple(NAMES),
    "<U": np.array(NAMES, dtype="<U9"),
    ">U": np.array(NAMES, dtype=">U9"),
    "S": np.array([n.encode() for n in NAMES]),
    "O": np.array(NAMES, dtype=object),
    "O of str_": objects([np.str_(n) for n in NAMES]),
    "list of str_": [np.str_(n) for n in NAMES],
    "list of bytes": [n.encode() for n in NAMES],
    "list of 0-d": [np.array(n) for n in NAMES],
    "column": np.array(NAMES).reshape(-1, 1),
    "Fortran": np.asfortranarray(np.array(NAMES).reshape(1, -1)),
}
if MAJOR >= 2:
    names["StringDType"] = np.array(NAMES, dtype=np.dtypes.StringDType())
    names["StringDType with na"] = np.array(NAMES, dtype=np.dtypes.StringDType(na_object=None))
encodings = {
    "list of f8": list(table),
    "list of lists": ROWS,
    "f8": table,
    "f4": table.astype("f4"),
    "f2": table.astype("f2"),
    ">f8": table.astype(">f8"),
    ">f4": table.astype(">f4"),
    "Fortran": np.asfortranarray(table),
    "strided": np.repeat(table, 2, axis=0)[::2],
    "O of arrays": objects(list(table)),
    "O of numbers": table.astype(object),
    "list of scalars": [[np.float32(x) for x in row] for row in ROWS],
    "three axes": table.reshape(5, 1, 4),
    "list of rows": [row.reshape(1, 4) for row in table],
}
containers = {
    "dict": lambda e, n: {"encodings": e, "names": n},
    "known": lambda e, n: {"known_face_names": n, "known_face_encodings": e},
    "labels": lambda e, n: {"embeddings": e, "labels": n},
    "pair": lambda e, n: (e, n),
    "names first": lambda e, n: [n, e],
    "ordered": lambda e, n: collections.OrderedDict([("encodings", e), ("names", n)]),
}


def by_name(kind):
    people = kind()
    for name, row in zip(NAMES, table):
        people.setdefault(name, []).append(row)
    return people


cases = {}
protocols = range(6)
turn = 0
for name, n in names.items():
    for container, make in containers.items():
        protocol = protocols[turn % 6]
        turn += 1
        cases[f"names {name}, {container}, protocol {protocol}"] = pickle.dumps(make(list(table), n), protocol=protocol)
for kind, e in encodings.items():
    for protocol in (turn % 6, (turn + 3) % 6):
        cases[f"encodings {kind}, protocol {protocol}"] = pickle.dumps({"encodings": e, "names": names["<U"]}, protocol=protocol)
    turn += 1
for protocol in protocols:
    more = {
        "dictionary": by_name(dict),
        "defaultdict": by_name(lambda: collections.defaultdict(list)),
        "dictionary of arrays": {k: np.array(v) for k, v in by_name(dict).items()},
        "dictionary by bytes": {k.encode(): v for k, v in by_name(dict).items()},
        "list of pairs": list(zip(NAMES, table)),
        "list of pairs, encoding first": [(row, np.str_(n)) for n, row in zip(NAMES, table)],
        "list of dictionaries": [{"name": n, "encoding": row, "path": "a.jpg"} for n, row in zip(NAMES, table)],
        "array of pairs": objects(list(zip(NAMES, table))),
    }
    for kind, value in more.items():
        cases[f"{kind}, protocol {protocol}"] = pickle.dumps(value, protocol=protocol)
if joblib:
    for compress in (0, 3, ("gzip", 3)):
        for name in ("<U", ">U", "S", "O"):
            file = io.BytesIO()
            joblib.dump({"encodings": table.astype("f4"), "names": names[name]}, file, compress=compress)
            cases[f"joblib {name}, compress {compress}"] = file.getvalue()

OUT.mkdir(parents=True, exist_ok=True)
content = {
    "tool": f"NumPy {np.__version__}" + (f", joblib {joblib.__version__}" if joblib else ""),
    "names": NAMES,
    "rows": ROWS,
    "cases": {name: base64.b64encode(data).decode() for name, data in cases.items()},
}
(OUT / f"names-numpy{MAJOR}.json").write_text(json.dumps(content, indent=0, ensure_ascii=False) + "\n")
print(len(cases), "cases")
