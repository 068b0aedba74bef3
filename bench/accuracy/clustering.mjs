// Groups the faces of people who are known, in several ways, and judges the groups:
//   node bench/accuracy/clustering.mjs [--json]
// Needs ../shared/data/lfw-dev and att, and dist/ (npm run build). DBSCAN is scikit-learn's where python3 has it
// (`apt-get install python3-sklearn`), and is left out elsewhere; HDBSCAN is scikit-learn's from 1.3 on, else ours.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterFaces } from '../../dist/cluster.js';
import { euclideanDistance } from '../../dist/core/metric/metric.js';
import { createRandom } from '../../dist/core/random/random.js';
import { clusteringMetrics } from '../../dist/evaluate/clustering-metrics.js';
import { markdownTable, plainTable, tableOf } from '../results.mjs';
import { confidenceTable } from './cluster-confidence.mjs';
import { immichRule, questionsUntil } from './cluster-questions.mjs';
import { averageLinkage, chineseWhispers, hdbscan } from './cluster-rivals.mjs';
import { faceCollection } from './face-collections.mjs';

const LEAST_PRECISION = 0.99;
const LIMITS = Array.from({ length: 40 }, (_, i) => 0.3 + i / 100);
const COLUMNS = {
  collection: 'faces',
  method: 'way',
  options: 'set to',
  precision: 'pairs: precision',
  recall: 'recall',
  f: 'F',
  bPrecision: 'BCubed: precision',
  bRecall: 'recall',
  bF: 'F',
  groups: 'groups',
  questions: 'answers until 95 % are named',
};

const lfw = await faceCollection('lfw-dev');
const att = await faceCollection('att');
if (!lfw || !att) {
  console.log('skipped: there is no ../shared/data/lfw-dev or att');
} else {
  const half = halves(lfw.faces);
  const collections = [
    ['LFW dev', lfw.faces],
    ['AT&T', att.faces],
    ['both', [...lfw.faces, ...att.faces]],
    ['LFW dev, one half of the people', half[0]],
    ['LFW dev, the other half', half[1]],
  ];
  const json = process.argv.includes('--json');
  const rows = [];
  const notes = new Set();
  for (const [collection, faces] of collections) {
    for (const row of await judge(faces, lfw.facts, notes)) {
      rows.push({ collection, ...row });
      if (json) console.log(JSON.stringify(rows.at(-1)));
    }
  }
  const confidence = [];
  for (const [collection, faces] of collections) {
    confidence.push({ collection, ...(await confidenceTable(faces, lfw.facts)) });
    if (json) console.log(JSON.stringify(confidence.at(-1)));
  }
  if (!json) {
    const print = process.argv.includes('--markdown') ? markdownTable : plainTable;
    console.log(print(tableOf(COLUMNS, rows)));
    console.log(
      `\n${print(tableOf(Object.fromEntries(Object.keys(confidence[0]).map((k) => [k, k])), confidence))}`,
    );
    for (const note of notes) console.log(`\n${note}`);
  }
}

async function judge(faces, facts, notes) {
  const size = faces.length;
  const people = faces.map(({ person }) => person);
  const distances = allDistances(faces);
  const row = (method, options, labels) => {
    const alone = labels.map((label, i) => (label < 0 ? `alone ${i}` : label));
    const { pairwise, bCubed, groups } = clusteringMetrics(alone, people);
    return {
      method,
      options,
      precision: round(pairwise.precision),
      recall: round(pairwise.recall),
      f: round(pairwise.f),
      bPrecision: round(bCubed.precision),
      bRecall: round(bCubed.recall),
      bF: round(bCubed.f),
      groups,
      questions: questionsUntil(0.95, alone, people),
    };
  };
  const linkage = averageLinkage(distances, size, LIMITS);
  const swept = {
    // Above it everybody is one.
    'Chinese whispers': LIMITS.filter((limit, i) => i % 2 === 0 && limit < 0.55).map((limit) =>
      row('Chinese whispers', `best limit: ${limit.toFixed(2)}`, chineseWhispers(distances, size, limit)),
    ),
    'average linkage': LIMITS.map((limit) =>
      row('average linkage', `best limit: ${limit.toFixed(2)}`, linkage.get(limit)),
    ),
  };
  const { runs, note } = scikitLearn(distances, size);
  notes.add(note);
  for (const { name, options, labels } of runs) {
    swept[name] = [...(swept[name] ?? []), row(name, `best: ${options}`, labels)];
  }
  if (!swept.HDBSCAN) {
    swept.HDBSCAN = [2, 3, 5].flatMap((least) =>
      [0, ...LIMITS.filter((_, i) => i % 2 === 0)].map((epsilon) =>
        row(
          'HDBSCAN (ours)',
          `best: least ${least}, epsilon ${epsilon.toFixed(2)}`,
          hdbscan(distances, size, { least, epsilon }),
        ),
      ),
    );
  }
  return [
    row('face-trigger', 'nothing to set', await ourLabels(faces, facts)),
    row('face-trigger', 'in ten portions', await ourLabels(faces, facts, 10)),
    row('Chinese whispers', "dlib's 0.5", chineseWhispers(distances, size, 0.5)),
    row("Immich's rule", '0.5, 3 faces', immichRule(distances, size, { maxDistance: 0.5, minFaces: 3 })),
    ...Object.values(swept).map(bestOf),
  ];
}

/** The row of best BCubed F among those that are precise enough; the most precise one where none is. */
function bestOf(rows) {
  const precise = rows.filter(({ precision }) => precision >= LEAST_PRECISION);
  if (precise.length === 0) return rows.reduce((a, b) => (b.precision > a.precision ? b : a));
  return precise.reduce((a, b) => (b.bF > a.bF ? b : a));
}

async function ourLabels(faces, facts, portions = 1) {
  const profile = { metric: facts.metric, evidence: { balanced: facts.evidence } };
  const given = faces.map(({ person, id, embedding, quality }) => ({
    id: `${person}/${id}`,
    embedding,
    quality,
  }));
  const order = createRandom(1).shuffle([...given.keys()]);
  let result;
  for (let portion = 1; portion <= portions; portion++) {
    const seen = order.slice(0, Math.ceil((given.length * portion) / portions));
    const part = portions === 1 ? given : seen.map((i) => given[i]);
    result = await clusterFaces(part, { profile, state: result?.state });
  }
  const groupOf = new Map(result.groups.flatMap(({ faceIds }, i) => faceIds.map((id) => [id, i])));
  return given.map(({ id }) => groupOf.get(id) ?? -1);
}

function scikitLearn(distances, size) {
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-clustering-'));
  try {
    const file = join(folder, 'distances');
    writeFileSync(file, new Uint8Array(distances.buffer));
    const limits = LIMITS.map((limit) => Number(limit.toFixed(2)));
    const request = {
      file,
      size,
      dbscan: { least: [1, 2, 3, 4], limits },
      hdbscan: { least: [2, 3, 5], limits: [0, ...limits.filter((_, i) => i % 2 === 0)] },
    };
    writeFileSync(join(folder, 'request.json'), JSON.stringify(request));
    const program = join(import.meta.dirname, 'clustering.py');
    // Debian's, which has Debian's packages, whatever other python3 comes first.
    const out = execFileSync('/usr/bin/python3', [program, join(folder, 'request.json')], {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { version, missing, runs } = JSON.parse(out);
    return {
      runs,
      note: `DBSCAN of scikit-learn ${version}.${missing ? ` ${missing}: the one here is ours.` : ''}`,
    };
  } catch (error) {
    const why = String(error.stderr ?? error.message)
      .trim()
      .split('\n')
      .at(-1);
    return { runs: [], note: `skipped: DBSCAN, since scikit-learn could not be run (${why})` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The people in two halves, by chance. */
function halves(faces) {
  const people = createRandom(1).shuffle([...new Set(faces.map(({ person }) => person))]);
  const first = new Set(people.slice(0, Math.ceil(people.length / 2)));
  return [faces.filter(({ person }) => first.has(person)), faces.filter(({ person }) => !first.has(person))];
}

function allDistances(faces) {
  const size = faces.length;
  const distances = new Float32Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      distances[i * size + j] = distances[j * size + i] = euclideanDistance(
        faces[i].embedding,
        faces[j].embedding,
      );
    }
  }
  return distances;
}

function round(value) {
  return Number(value.toFixed(4));
}
