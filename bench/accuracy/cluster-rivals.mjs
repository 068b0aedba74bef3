// Other ways to group faces, for bench/accuracy/clustering.mjs. All take the distances of all pairs, row after row.
import { createRandom } from '../../dist/core/random/random.js';

/**
 * Chinese whispers as dlib ships it: an edge of weight 1 between faces closer than the limit, each face to itself too,
 * 100 sweeps, faces in random order. Source: dlib/clustering/chinese_whispers.h and face_clustering.py.
 */
export function chineseWhispers(distances, size, limit) {
  const random = createRandom(0);
  const neighbors = Array.from({ length: size }, () => []);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) if (i === j || distances[i * size + j] < limit) neighbors[i].push(j);
  }
  const labels = Int32Array.from({ length: size }, (_, i) => i);
  for (let step = 0; step < size * 100; step++) {
    const face = random.int(size);
    const counts = new Map();
    for (const other of neighbors[face]) counts.set(labels[other], (counts.get(labels[other]) ?? 0) + 1);
    let best = labels[face];
    let most = 0;
    for (const [label, count] of counts) {
      if (count > most) {
        most = count;
        best = label;
      }
    }
    labels[face] = best;
  }
  return Array.from(labels);
}

/** Average linkage over all pairs: labels at each limit. */
export function averageLinkage(distances, size, limits) {
  const between = Float64Array.from(distances);
  const sizes = new Int32Array(size).fill(1);
  const labels = Int32Array.from({ length: size }, (_, i) => i);
  const alive = new Set(labels);
  // The nearest living cluster of each, found anew when it is gone.
  const nearest = new Int32Array(size).fill(-1);
  const search = (i) => {
    let best = -1;
    for (const j of alive)
      if (j !== i && (best < 0 || between[i * size + j] < between[i * size + best])) best = j;
    nearest[i] = best;
  };
  for (const i of alive) search(i);
  const results = new Map();
  const wanted = [...limits].sort((a, b) => a - b);
  while (wanted.length > 0) {
    let a = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const i of alive) {
      const distance = nearest[i] < 0 ? Number.POSITIVE_INFINITY : between[i * size + nearest[i]];
      if (distance < least) [a, least] = [i, distance];
    }
    while (wanted.length > 0 && least > wanted[0]) results.set(wanted.shift(), Array.from(labels));
    if (a < 0 || wanted.length === 0) break;
    const b = nearest[a];
    for (const c of alive) {
      if (c === a || c === b) continue;
      const mean =
        (sizes[a] * between[a * size + c] + sizes[b] * between[b * size + c]) / (sizes[a] + sizes[b]);
      between[a * size + c] = between[c * size + a] = mean;
    }
    sizes[a] += sizes[b];
    alive.delete(b);
    for (let i = 0; i < size; i++) if (labels[i] === b) labels[i] = a;
    for (const c of alive) if (c === a || nearest[c] === a || nearest[c] === b) search(c);
  }
  return results;
}

/**
 * HDBSCAN after Campello, Moulavi and Sander 2013: single linkage of mutual reachability, its tree condensed by the least
 * size, the flat clusters of most excess of mass. `epsilon`: clusters closer than that are one (Malzer and Baum 2020).
 * For faces without scikit-learn's, which is older than 1.3.
 *
 * @returns labels; -1 for noise
 */
export function hdbscan(distances, size, { least, epsilon = 0 }) {
  // The distance to the nearest other face: min_samples 2 in scikit-learn's count, which has the face itself in it.
  const core = Float64Array.from({ length: size }, (_, i) => {
    let nearest = Number.POSITIVE_INFINITY;
    for (let j = 0; j < size; j++) if (j !== i) nearest = Math.min(nearest, distances[i * size + j]);
    return nearest;
  });
  const edges = spanningTree(size, (i, j) => Math.max(distances[i * size + j], core[i], core[j]));
  const tree = dendrogram(edges, size);
  const condensed = condense(tree, size, least);
  return label(select(condensed, epsilon), condensed, size);
}

/** Prim's minimum spanning tree, shortest edges first. */
function spanningTree(size, distance) {
  const best = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(size);
  const inside = new Uint8Array(size);
  const edges = [];
  let last = 0;
  inside[0] = 1;
  for (let step = 1; step < size; step++) {
    let next = -1;
    for (let j = 0; j < size; j++) {
      if (inside[j]) continue;
      const to = distance(last, j);
      if (to < best[j]) [best[j], from[j]] = [to, last];
      if (next < 0 || best[j] < best[next]) next = j;
    }
    inside[next] = 1;
    edges.push({ a: from[next], b: next, distance: best[next] });
    last = next;
  }
  return edges.sort((x, y) => x.distance - y.distance);
}

/** Nodes from `size` on, each with two children and the distance at which they meet. */
function dendrogram(edges, size) {
  const parent = Int32Array.from({ length: 2 * size - 1 }, (_, i) => i);
  const find = (i) => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]];
    return i;
  };
  return edges.map(({ a, b, distance }, i) => {
    const children = [find(a), find(b)];
    for (const child of children) parent[child] = size + i;
    return { children, distance };
  });
}

/** Clusters of at least the least size: where each is born and what falls out of it, or divides it, at which density. */
function condense(tree, size, least) {
  const sizes = new Int32Array(2 * size - 1).fill(1);
  for (const [i, { children }] of tree.entries()) sizes[size + i] = sizes[children[0]] + sizes[children[1]];
  const leaves = (node) => {
    const found = [];
    for (const stack = [node]; stack.length > 0; ) {
      const next = stack.pop();
      if (next < size) found.push(next);
      else stack.push(...tree[next - size].children);
    }
    return found;
  };
  const clusters = [{ parent: -1, birth: 0, stability: 0, children: [], faces: leaves(2 * size - 2) }];
  for (const stack = [{ node: 2 * size - 2, cluster: 0 }]; stack.length > 0; ) {
    const { node, cluster } = stack.pop();
    if (node < size) continue;
    const { children, distance } = tree[node - size];
    const density = 1 / Math.max(distance, 1e-12);
    const own = clusters[cluster];
    const large = children.filter((child) => sizes[child] >= least);
    if (large.length === 2) {
      own.stability += sizes[node] * (density - own.birth);
      for (const child of children) {
        own.children.push(clusters.length);
        stack.push({ node: child, cluster: clusters.length });
        clusters.push({ parent: cluster, birth: density, stability: 0, children: [], faces: leaves(child) });
      }
      continue;
    }
    for (const child of children) {
      if (large.includes(child)) stack.push({ node: child, cluster });
      else own.stability += sizes[child] * (density - own.birth);
    }
  }
  return clusters;
}

/** The clusters of most excess of mass, without the root; those born below epsilon give way to their parents. */
function select(clusters, epsilon) {
  const chosen = new Set();
  const mass = clusters.map(({ stability }) => stability);
  for (let i = clusters.length - 1; i > 0; i--) {
    const below = clusters[i].children.reduce((sum, child) => sum + mass[child], 0);
    if (clusters[i].stability >= below) chosen.add(i);
    else mass[i] = below;
  }
  const isBelowChosen = (i) => {
    for (let up = clusters[i].parent; up > 0; up = clusters[up].parent) if (chosen.has(up)) return true;
    return false;
  };
  const flat = new Set();
  for (const i of chosen) {
    if (isBelowChosen(i)) continue;
    let up = i;
    while (epsilon > 0 && 1 / clusters[up].birth < epsilon && clusters[up].parent > 0)
      up = clusters[up].parent;
    flat.add(up);
  }
  return flat;
}

function label(flat, clusters, size) {
  const labels = new Array(size).fill(-1);
  // Larger ones first: a cluster of which another one is a part is not chosen together with it, but may be by epsilon.
  const order = [...flat].sort((a, b) => clusters[b].faces.length - clusters[a].faces.length);
  for (const i of order) for (const face of clusters[i].faces) if (labels[face] < 0) labels[face] = i;
  return labels;
}
