import { availableParallelism } from 'node:os';
import { listImages } from '../../dist/dataset/list-images.js';
import { FacePipeline, PipelinePool } from '../../dist/index.js';
import { analyzeFiles } from '../../dist/pipeline/analyze-files.js';
import { round } from '../measure.mjs';

/** A folder from files to embeddings, in the ways that the package offers. */
export const pipeline = {
  name: 'pipeline',
  title: 'Whole pipeline over a folder',
  columns: {
    what: 'way',
    imagesPerSecond: 'images a second',
    best: 'best round',
    cpuUse: 'cores used',
    faces: 'faces',
    images: 'images',
    rounds: 'rounds',
  },

  async run({ images, quick }) {
    const count = quick ? 12 : 100;
    const { images: files } = await listImages([await images.small(count)]);
    const cores = availableParallelism();
    const single = await FacePipeline.create({ threads: 1 });
    const threaded = await FacePipeline.create();
    const pool = await PipelinePool.create();
    const quickPool = await PipelinePool.create({ detection: 'fast', precision: 'int8' });
    const ways = [
      { what: 'one picture after the other, 1 thread', analyzer: single, concurrency: 1 },
      { what: 'as the command line: 3 in flight, default threads', analyzer: threaded, concurrency: 3 },
      { what: `${pool.size} workers of 1 thread`, analyzer: pool, concurrency: 2 * pool.size },
      {
        what: `${pool.size} workers of 1 thread, fast detection, int8`,
        analyzer: quickPool,
        concurrency: 2 * pool.size,
      },
    ];
    const rounds = ways.map(() => []);
    for (const way of ways) await pass(files.slice(0, quick ? 2 : 10), way);
    // In turns, so that a machine that slows down slows all of them.
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      for (const [i, way] of ways.entries()) rounds[i].push(await pass(files, way));
    }
    for (const analyzer of [single, threaded, pool, quickPool]) await analyzer.dispose();
    return {
      facts: { cores, warmUp: quick ? 2 : 10 },
      rows: ways.map(({ what }, i) => {
        const rates = rounds[i].map(({ seconds }) => files.length / seconds).sort((a, b) => a - b);
        const middle = Math.floor((rates.length - 1) / 2);
        return {
          what,
          imagesPerSecond: round(rates[middle]),
          best: round(rates.at(-1)),
          cpuUse: round(Math.max(...rounds[i].map(({ cpuUse }) => cpuUse))),
          faces: rounds[i][0].faces,
          images: files.length,
          rounds: rates.length,
        };
      }),
    };
  },
};

async function pass(files, { analyzer, concurrency }) {
  const cpuStart = process.cpuUsage();
  const start = performance.now();
  let faces = 0;
  for await (const result of analyzeFiles(files, (image) => analyzer.analyze(image), { concurrency })) {
    if ('error' in result) throw result.error;
    faces += result.faces.length;
  }
  const seconds = (performance.now() - start) / 1000;
  const cpu = process.cpuUsage(cpuStart);
  return { faces, seconds, cpuUse: (cpu.user + cpu.system) / 1e6 / seconds };
}
