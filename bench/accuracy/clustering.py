# Labels by scikit-learn for bench/accuracy/clustering.mjs: distances of all pairs come in, labels go out.
import json
import sys

import numpy
import sklearn
from sklearn.cluster import DBSCAN

request = json.load(open(sys.argv[1]))
size = request["size"]
distances = numpy.fromfile(request["file"], dtype=numpy.float32).reshape(size, size).astype(numpy.float64)
runs = []
for least in request["dbscan"]["least"]:
    for limit in request["dbscan"]["limits"]:
        labels = DBSCAN(eps=limit, min_samples=least, metric="precomputed").fit_predict(distances)
        runs.append({"name": "DBSCAN", "options": f"eps {limit}, min_samples {least}", "labels": labels.tolist()})
missing = None
try:
    from sklearn.cluster import HDBSCAN

    for least in request["hdbscan"]["least"]:
        for limit in request["hdbscan"]["limits"]:
            for method in ("eom", "leaf"):
                model = HDBSCAN(
                    min_cluster_size=least,
                    min_samples=1,
                    cluster_selection_epsilon=limit,
                    cluster_selection_method=method,
                    metric="precomputed",
                )
                labels = model.fit_predict(distances.copy())
                options = f"min_cluster_size {least}, epsilon {limit}, {method}"
                runs.append({"name": "HDBSCAN", "options": options, "labels": labels.tolist()})
except ImportError:
    missing = "HDBSCAN came with scikit-learn 1.3"
json.dump({"version": sklearn.__version__, "missing": missing, "runs": runs}, sys.stdout)
