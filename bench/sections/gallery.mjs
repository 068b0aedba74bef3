import { readFileSync } from 'node:fs';
import { ROOT, runNode } from '../child.mjs';

const COLUMNS = {
  faces: 'faces',
  index: 'search',
  p50Ms: 'known: ms, p50',
  p99Ms: 'p99',
  recallAt10: 'recall@10',
  strangersP50Ms: 'strangers: ms, p50',
  strangersP99Ms: 'p99 ',
  strangersRecallAt10: 'recall@10 ',
  longestStopMs: 'longest stop of the event loop, ms',
  startMs: 'start, ms',
  indexedMs: 'index complete, ms',
  memoryMb: 'memory, MB',
  importPerSecond: 'imported a second',
  enrollPerSecond: 'enrolled a second',
};
const AIMS = {
  exactP50Ms: 4,
  graphP50Ms: 1,
  graphRecall: 0.99,
  startMs: 2000,
  stopMs: 50,
};

/** Galleries whose searches compare with everybody. */
export const gallery = {
  name: 'gallery',
  title: 'Search in a gallery of synthetic people, top 10, one thread',
  columns: COLUMNS,
  async run({ quick, log }) {
    const rows = await measureSizes(quick ? [2000] : [10_000, 100_000], { quick, log });
    const { p50Ms, strangersP50Ms, startMs, longestStopMs } = rows.at(-1);
    const p50 = Math.max(p50Ms, strangersP50Ms);
    return {
      rows,
      facts: facts(),
      aims: [
        aim('exact search of 100,000 faces under 4 ms p50, one thread', p50, p50 < AIMS.exactP50Ms),
        aim('a gallery of 100,000 faces starts within 2,000 ms', startMs, startMs < AIMS.startMs),
        aim(
          'searches of 100,000 faces stop the event loop for less than 50 ms',
          longestStopMs,
          longestStopMs < AIMS.stopMs,
        ),
      ],
    };
  },
};

/** A gallery with a graph; building it takes minutes. */
export const galleryMillion = {
  name: 'gallery-million',
  title: 'The same with a million faces',
  columns: COLUMNS,
  onlyWhenNamed: true,
  async run({ quick, log }) {
    const rows = await measureSizes([quick ? 250_000 : 1_000_000], { quick, log });
    const [{ p50Ms, strangersP50Ms, recallAt10, strangersRecallAt10 }] = rows;
    const p50 = Math.max(p50Ms, strangersP50Ms);
    const recall = Math.min(recallAt10, strangersRecallAt10);
    return {
      rows,
      facts: facts(),
      aims: [
        aim('HNSW over 1,000,000 faces under 1 ms p50', p50, p50 < AIMS.graphP50Ms),
        aim('with recall@10 of at least 0.99', recall, recall >= AIMS.graphRecall),
      ],
    };
  },
};

/** Each size runs in a process of its own, so that its memory is its own. */
async function measureSizes(sizes, { quick, log }) {
  const rows = [];
  for (const faces of sizes) {
    log(`${faces} faces`);
    const queries = quick ? 100 : 1000;
    const child = ['--expose-gc', 'bench/children/gallery-size.mjs', String(faces), String(queries)];
    rows.push(JSON.parse(await runNode(child)));
  }
  return rows;
}

function aim(text, value, ok) {
  return { aim: text, value, ok };
}

function facts() {
  const version = (name) =>
    JSON.parse(readFileSync(`${ROOT}/node_modules/${name}/package.json`, 'utf8')).version;
  return { theirs: { usearch: version('usearch'), libsql: version('libsql') } };
}
