// How accurate each way to embed a face is, on the two development folds of Labeled Faces in the Wild.
//   node bench/accuracy/embedding-variants.mjs [--data ../shared/data/lfw-dev] [--json FILE] [--cache FOLDER]

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { euclideanDistance, meanEmbedding, normalizeEmbedding } from '../../dist/core/metric/metric.js';
import { parsePairs } from '../../dist/dataset/pairs-file.js';
import { errorRatesAt, tarAtFar } from '../../dist/evaluate/error-rates.js';
import { bestThreshold, crossValidateThreshold } from '../../dist/evaluate/fold-protocol.js';
import { areaUnderCurve, equalErrorRate } from '../../dist/evaluate/roc.js';
import { DLIB_MEAN_LENGTH } from '../../dist/models/dlib/dlib-facts.js';
import { openEmbedder } from '../../dist/node/models/open-models.js';
import { embedViews, GROUPS, PADDINGS } from './face-views.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: new URL('../../../shared/data/lfw-dev', import.meta.url).pathname },
    json: { type: 'string' },
    cache: { type: 'string', default: join(tmpdir(), 'face-trigger-accuracy', 'lfw-dev') },
  },
});

const { pairs } = parsePairs(readFileSync(join(values.data, 'pairs.txt'), 'utf8'));
const fileOf = ({ person, number }) => join(person, `${person}_${String(number).padStart(4, '0')}.jpg`);
const files = [...new Set(pairs.flatMap(({ first, second }) => [fileOf(first), fileOf(second)]))].sort();
const place = new Map(files.map((file, i) => [file, i]));
const paths = files.map((file) => join(values.data, file));
const views = await embedViews(paths, { folder: values.cache, groups: Object.keys(GROUPS) });

const jittered = (n) => Array.from({ length: n }, (_, i) => `jitter ${i + 1}`);
const both = (...names) => names.flatMap((name) => [name, `${name} mirror`]);
/** [what, views, order of averaging and scaling to length 1] */
const VARIANTS = [
  ['plain', ['plain'], 'none'],
  ['plain', ['plain'], 'after'],
  ['mirror alone', ['mirror'], 'none'],
  ['plain + mirror', ['plain', 'mirror'], 'none'],
  ['plain + mirror', ['plain', 'mirror'], 'after'],
  ['plain + mirror', ['plain', 'mirror'], 'before'],
  ...[5, 10, 20].flatMap((n) => [
    [`${n} jittered`, jittered(n), 'none'],
    [`${n} jittered`, jittered(n), 'after'],
    [`${n} jittered`, jittered(n), 'before'],
    [`plain + mirror + ${n} jittered`, ['plain', 'mirror', ...jittered(n)], 'none'],
    [`plain + mirror + ${n} jittered`, ['plain', 'mirror', ...jittered(n)], 'after'],
  ]),
  ['sub-pixel landmarks', ['sub-pixel'], 'none'],
  ['sub-pixel landmarks + mirror', ['sub-pixel', 'sub-pixel mirror'], 'after'],
  ['mean landmarks of 7 starts', ['mean start'], 'none'],
  ['mean landmarks of 7 starts + mirror', ['mean start', 'mean start mirror'], 'after'],
  ...PADDINGS.flatMap((padding) => [
    [`padding ${padding}`, [`padding ${padding}`], 'none'],
    [`padding ${padding} + mirror`, both(`padding ${padding}`), 'after'],
  ]),
  ['padding .2, .25, .3 + mirrors', ['plain', 'mirror', ...both('padding 0.2', 'padding 0.3')], 'none'],
  ['padding .2, .25, .3 + mirrors', ['plain', 'mirror', ...both('padding 0.2', 'padding 0.3')], 'after'],
  [
    'padding .2 - .35 + mirrors',
    ['plain', 'mirror', ...both('padding 0.2', 'padding 0.3', 'padding 0.35')],
    'after',
  ],
  [
    'padding .15 - .4 + mirrors',
    ['plain', 'mirror', ...both(...PADDINGS.map((p) => `padding ${p}`))],
    'after',
  ],
  ['gray', ['gray'], 'none'],
  ['gray + mirror', ['gray', 'gray mirror'], 'after'],
  ['color, gray + mirrors', ['plain', 'mirror', 'gray', 'gray mirror'], 'after'],
  [
    'padding .2, .25, .3 + mirrors + 10 jittered',
    ['plain', 'mirror', ...both('padding 0.2', 'padding 0.3'), ...jittered(10)],
    'after',
  ],
  ['all color views', [...views.keys()].filter((name) => !name.startsWith('gray')), 'after'],
];

const plain = decisions(score(['plain'], 'none'));
const rows = VARIANTS.map(([what, names, unit]) => describe(what, names, unit));
const cost = await measureCost();
const result = {
  what: 'LFW View 2 folds 1 and 2, deep-funnelled; accuracy with the threshold of the other fold',
  pairs: pairs.length,
  pictures: files.length,
  withoutFace: views.get('plain').filter((embedding) => embedding === null).length,
  cpu: cpus()[0]?.model,
  node: process.version,
  date: new Date().toISOString().slice(0, 10),
  cost,
  rows,
};
console.log(JSON.stringify(result, null, 2));
console.table(rows.map(({ thresholds, ...row }) => ({ ...row, thresholds: thresholds.join(' ') })));
console.table(cost);
if (values.json) {
  mkdirSync(dirname(values.json), { recursive: true });
  writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
}

function describe(what, names, unit) {
  const scored = score(names, unit);
  const found = scored.filter(({ distance }) => distance !== null);
  const distances = (same) =>
    Float64Array.from(found.filter((pair) => pair.same === same).map(({ distance }) => distance));
  const scores = { genuine: distances(true), impostor: distances(false) };
  const { folds, countedAsErrors } = crossValidateThreshold(scored);
  const own = decisions(scored);
  const tar = (far) => percent(tarAtFar(scores, { far, rounds: 0 }).tar);
  const limit = bestThreshold(scored);
  const { fmr, fnmr } = errorRatesAt(scores, { maxDistance: limit });
  return {
    what,
    unit,
    views: names.length,
    accuracy: percent(countedAsErrors.mean),
    // Pairs that this way decides rightly and plain does not, and the other way round.
    gained: own.filter((right, i) => right && !plain[i]).length,
    lost: own.filter((right, i) => !right && plain[i]).length,
    'TAR@1e-2': tar(1e-2),
    // 600 pairs of strangers cannot resolve 1e-3: what passes without any false match.
    'TAR@0 of 600': tar(1e-3),
    EER: percent(equalErrorRate(scores).eer),
    AUC: round(areaUnderCurve(scores), 5),
    thresholds: folds.map(({ maxDistance }) => round(maxDistance, 3)),
    best: round(limit, 3),
    fmr: percent(fmr.rate),
    fnmr: percent(fnmr.rate),
    // False matches / misses at dlib's distance, embeddings of one length at the length that qualities give them.
    'errors at 0.6': fixedErrors(scores, unit === 'none' ? 0.6 : 0.6 / DLIB_MEAN_LENGTH),
    sameMean: round(mean(scores.genuine), 3),
    strangersMean: round(mean(scores.impostor), 3),
    strangersSd: round(deviation(scores.impostor), 3),
  };
}

function fixedErrors(scores, maxDistance) {
  const { fmr, fnmr } = errorRatesAt(scores, { maxDistance });
  return `${fmr.count} / ${fnmr.count}`;
}

function score(names, unit) {
  const embeddings = files.map((_, i) => {
    const parts = names.map((name) => views.get(name)[i]);
    if (parts.some((part) => part === null)) return null;
    const averaged = meanEmbedding(unit === 'before' ? parts.map(normalizeEmbedding) : parts);
    return unit === 'none' ? averaged : normalizeEmbedding(averaged);
  });
  return pairs.map(({ fold, same, first, second }) => {
    const a = embeddings[place.get(fileOf(first))];
    const b = embeddings[place.get(fileOf(second))];
    return { fold, same, distance: a && b ? euclideanDistance(a, b) : null };
  });
}

/** Whether each pair is decided rightly with the threshold of the other fold. */
function decisions(scored) {
  const limits = new Map(
    crossValidateThreshold(scored).folds.map(({ fold, maxDistance }) => [fold, maxDistance]),
  );
  return scored.map(({ fold, same, distance }) => distance !== null && distance <= limits.get(fold) === same);
}

/** CPU time is counted, not the clock's: other work on the machine does not change it much. */
async function measureCost() {
  const embedder = await openEmbedder({ threads: 1 });
  const chip = { width: 150, height: 150, channels: 3, data: new Uint8Array(150 * 150 * 3).fill(128) };
  const table = [];
  for (const count of [1, 2, 6, 12, 22]) {
    const chips = Array.from({ length: count }, () => chip);
    await embedder.embed(chips);
    const times = [];
    for (let run = 0; run < 15; run++) {
      const before = process.cpuUsage();
      await embedder.embed(chips);
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
    }
    times.sort((a, b) => a - b);
    table.push({ views: count, medianCpuMs: round(times[7], 1) });
  }
  await embedder.dispose();
  return table;
}

function percent(share) {
  return round(share * 100, 2);
}

function round(value, digits) {
  return Number(value.toFixed(digits));
}

function mean(numbers) {
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

function deviation(numbers) {
  const center = mean(numbers);
  return Math.sqrt(numbers.reduce((sum, value) => sum + (value - center) ** 2, 0) / (numbers.length - 1));
}
